//! Diagnoses of OpenSSL 0.9.8, 1.0.0 and 1.0.1, with hellos that they cannot answer. Where each is
//! from, and how a test finds it, stands in `common/old_openssl.rs`.

mod common;

use common::diagnosis::diagnose;
use common::old_openssl;
use common::openssl::{Identity, RSA};
use serde_json::json;

/// It reads `legacy_version` alone, and answers in a version that `supported_versions` lacks.
#[test]
fn a_version_below_those_that_the_hello_lists_is_told() {
    for (version, hello) in [("0.9.8", "chromium-156"), ("1.0.0", "openssl-3.5.8")] {
        let Some(old) = old_openssl::find(version) else { continue };
        let identity = Identity::new(RSA, "/CN=old.test");
        let server = old.serve(&identity, "SSLv23", "ALL");
        let no_tls10 = json!({"all": [
            {"field": "extensions", "has": 43},
            {"field": "supported_versions", "lacks": 769},
        ]});
        let found = diagnose(&server.address, hello);
        assert_eq!(found.json["reaction"]["kind"], "malformed");
        found.told("incompatible", &no_tls10);
        found.helped_by(&["-extensions.supported_versions"]).then_speaks("TLS 1.0");
        // Without that list a server takes the highest version that it has.
        for hello in ["tls12-only", "openssl-1.0.1g"] {
            diagnose(&server.address, hello).accepted("TLS 1.0");
        }
    }
}

#[test]
fn a_server_of_ssl_3_0_alone_does_not_know_of_supported_versions() {
    for version in ["0.9.8", "1.0.1"] {
        let Some(old) = old_openssl::find(version) else { continue };
        let identity = Identity::new(RSA, "/CN=old.test");
        let server = old.serve(&identity, "SSLv3", "ALL");
        let found = diagnose(&server.address, "openssl-3.0.19-s_client");
        found.told("cause", &json!({"field": "extensions", "has": 43}));
        found.helped_by(&["-extensions.supported_versions"]).then_speaks("SSL 3.0");
        diagnose(&server.address, "ssl3").accepted("SSL 3.0");
    }
}

#[test]
fn a_server_of_tls_1_0_alone_wants_more_than_ssl_3_0() {
    for version in ["0.9.8", "1.0.0", "1.0.1"] {
        let Some(old) = old_openssl::find(version) else { continue };
        let identity = Identity::new(RSA, "/CN=old.test");
        let server = old.serve(&identity, "TLSv1", "ALL");
        let found = diagnose(&server.address, "ssl3");
        found.told("incompatible", &json!({"field": "legacy_version", "max": 768}));
        found.helped_by(&["legacy_version=1.0"]).then_speaks("TLS 1.0");
    }
}

#[test]
fn a_server_of_one_suite_is_told_by_that_suite() {
    for version in ["0.9.8", "1.0.0", "1.0.1"] {
        let Some(old) = old_openssl::find(version) else { continue };
        let identity = Identity::new(RSA, "/CN=old.test");
        let server = old.serve(&identity, "SSLv23", "AES256-SHA");
        let hello = "openssl-1.0.1g,-cipher_suites.TLS_RSA_WITH_AES_256_CBC_SHA";
        let found = diagnose(&server.address, hello);
        found.told("incompatible", &json!({"field": "cipher_suites", "lacks": 0x35}));
        found.helped_by(&["+cipher_suites.TLS_RSA_WITH_AES_256_CBC_SHA"]);
    }
}

#[test]
fn a_server_that_has_none_of_the_suites_is_helped_by_one_of_its_time() {
    let Some(old) = old_openssl::find("0.9.8") else { return };
    let identity = Identity::new(RSA, "/CN=old.test");
    let server = old.serve(&identity, "SSLv23", "ALL");
    // The one suite of that hello is of TLS 1.2.
    diagnose(&server.address, "minimal").helped_by_some(&["+cipher_suites.TLS_RSA_WITH_"]);
}
