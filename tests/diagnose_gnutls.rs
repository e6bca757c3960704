//! Diagnoses of `gnutls-serv`, whose priorities leave something out.

mod common;

use common::diagnosis::{Found, diagnose};
use common::openssl::{self, Identity, RSA};
use common::{gnutls, peers};
use serde_json::json;

fn is_missing() -> bool {
    openssl::is_missing() || peers::is_missing("gnutls-serv")
}

/// What is said of a server with these priorities behind `NORMAL`.
fn with(priority: &str, options: &[&str], hello: &str) -> Found {
    let identity = Identity::new(RSA, "/CN=rsa.test");
    let server = gnutls::serve(&identity, &format!("NORMAL{priority}"), options);
    diagnose(&server.address, hello)
}

#[test]
fn a_version_is_told() {
    if is_missing() {
        return;
    }
    let found = with(":-VERS-ALL:+VERS-TLS1.3", &[], "openssl-1.0.1g");
    found.told("incompatible", &json!({"field": "supported_versions", "lacks": 772}));
    found.then_speaks("TLS 1.3");
    let found = with(":-VERS-ALL:+VERS-TLS1.2", &[], "openssl-1.0.0m");
    found.told("incompatible", &json!({"field": "legacy_version", "max": 770}));
    found.helped_by(&["legacy_version=1.2"]);
}

#[test]
fn a_group_is_told() {
    if is_missing() {
        return;
    }
    let secp521r1 = json!({"field": "supported_groups", "lacks": 25});
    let priority = ":-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP521R1";
    let found = with(priority, &[], "tls13-only");
    found.told("cause", &secp521r1).helped_by(&["+supported_groups.secp521r1"]);
    // In TLS 1.2, where a hello has no supported_groups, GnuTLS takes P-256 in spite of its
    // priorities.
    let priority = ":-VERS-ALL:+VERS-TLS1.2:-GROUP-ALL:+GROUP-SECP521R1:-KX-ALL:+ECDHE-RSA";
    let found = with(priority, &[], "chromium-156");
    found.told("cause", &json!({"all": [{"field": "extensions", "has": 10}, secp521r1]}));
    found.helped_by(&["-extensions.supported_groups"]);
    assert_eq!(found.json["remedy"]["reaction"]["group"], "secp256r1");
}

#[test]
fn a_suite_and_a_signature_scheme_are_told() {
    if is_missing() {
        return;
    }
    let priority = ":-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:-KX-ALL:+ECDHE-RSA";
    let hello = "go-1.19.8,-cipher_suites.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    let found = with(priority, &[], hello);
    found.told("incompatible", &json!({"field": "cipher_suites", "lacks": 0xc030}));
    found.helped_by(&["+cipher_suites.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]);
    let priority = ":-VERS-ALL:+VERS-TLS1.3:-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA512";
    let hello = "chromium-156,-signature_algorithms.rsa_pss_rsae_sha512";
    let found = with(priority, &[], hello);
    found.told("cause", &json!({"field": "signature_algorithms", "lacks": 0x0806}));
    found.helped_by(&["+signature_algorithms.rsa_pss_rsae_sha512"]);
}

#[test]
fn a_protocol_inside_is_told_and_a_wanted_certificate_is_no_cause() {
    if is_missing() {
        return;
    }
    let found = with("", &["--alpn", "h2", "--alpn-fatal"], "chromium-156,alpn=http/1.1");
    let no_h2 = json!({"all": [
        {"field": "extensions", "has": 16},
        {"field": "alpn", "lacks": "h2"},
    ]});
    found.told("cause", &no_h2);
    found.helped_by(&["-extensions.application_layer_protocol_negotiation"]);
    with("", &["--require-client-cert"], "chromium-156").accepted("TLS 1.3");
}
