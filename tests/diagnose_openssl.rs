//! Diagnoses of real servers: `openssl s_server`, set up so that it takes less than all.

mod common;

use common::openssl::{Identity, RSA, is_missing};
use common::program::run;
use serde_json::{Value, json};

/// What `diagnose` says of an `s_server` with these options.
fn diagnose(options: &[&str], hello: &str) -> Value {
    let identity = Identity::new(RSA, "/CN=localhost");
    let server = identity.serve(options);
    run(&["diagnose", &server.address, "--hello", hello, "--timeout", "2", "--format", "json"])
        .json()
}

#[test]
fn a_server_of_tls_1_3_alone_wants_what_an_old_hello_lacks() {
    if is_missing() {
        return;
    }
    for hello in ["openssl-1.0.1g", "openssl-1.0.0m"] {
        let found = diagnose(&["-tls1_3"], hello);
        assert_eq!(found["verdict"], "incompatible", "{hello}");
        assert_eq!(found["cause"], json!({"field": "supported_versions", "lacks": 772}));
        assert_eq!(found["remedy"]["reaction"]["version"], "TLS 1.3");
    }
}

#[test]
fn a_server_of_tls_1_2_alone_wants_more_than_tls_1_0_and_less_than_tls_1_3() {
    if is_missing() {
        return;
    }
    let found = diagnose(&["-tls1_2"], "openssl-1.0.0m");
    assert_eq!(found["verdict"], "incompatible");
    assert_eq!(found["cause"], json!({"field": "legacy_version", "max": 770}));
    let only_tls13 = "openssl-3.0.19-s_client,-supported_versions.TLS 1.2,\
                      -supported_versions.TLS 1.1,-supported_versions.TLS 1.0";
    let found = diagnose(&["-tls1_2"], only_tls13);
    assert_eq!(found["verdict"], "incompatible");
    assert_eq!(
        found["cause"],
        json!({"all": [
            {"field": "extensions", "has": 43},
            {"field": "supported_versions", "lacks": 771},
        ]})
    );
}

#[test]
fn a_server_of_one_cipher_suite_is_told_by_that_suite() {
    if is_missing() {
        return;
    }
    let options = ["-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"];
    let hello = "gnutls-3.7.9,-cipher_suites.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    let found = diagnose(&options, hello);
    assert_eq!(found["verdict"], "incompatible");
    assert_eq!(found["cause"], json!({"field": "cipher_suites", "lacks": 0xc030}));
}

#[test]
fn a_server_of_one_signature_scheme_and_one_without_a_common_protocol_are_told() {
    if is_missing() {
        return;
    }
    let hello = "openssl-3.0.19-s_client,-signature_algorithms.rsa_pkcs1_sha256";
    let found = diagnose(&["-tls1_2", "-sigalgs", "RSA+SHA256"], hello);
    assert_eq!(found["verdict"], "cause");
    assert_eq!(found["cause"], json!({"field": "signature_algorithms", "lacks": 0x0401}));
    let found = diagnose(&["-alpn", "spdy/9"], "chromium-156");
    // Not the extension, but the names in it; and which would do, the server does not tell.
    assert_eq!(found["verdict"], "difference");
    let edits = json!(["-extensions.application_layer_protocol_negotiation"]);
    assert_eq!(found["cause"]["edits"], edits);
    assert!(found["notes"][0].as_str().unwrap().contains("none of the protocols"));
    assert_eq!(found["reaction"]["name"], "no_application_protocol");
}
