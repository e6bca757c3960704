//! Diagnoses of NSS's `selfserv`, which is told to take less than all.

mod common;

use common::diagnosis::{Found, diagnose, diagnose_host, other_name_than};
use common::ends::Files;
use common::nss::{Database, is_missing};
use common::openssl;
use serde_json::json;

/// What is said of a server with an RSA key and these options.
fn with(options: &str, hello: &str) -> Found {
    let database = Database::new(&Files::new());
    let server = database.serve(&format!("-n rsa {options}"));
    diagnose(&server.address, hello)
}

#[test]
fn a_version_is_told() {
    if openssl::is_missing() || is_missing() {
        return;
    }
    let found = with("-V tls1.3:tls1.3", "openssl-1.0.1g");
    found.told("incompatible", &json!({"field": "supported_versions", "lacks": 772}));
    found.then_speaks("TLS 1.3");
    let found = with("-V tls1.2:tls1.2", "openssl-1.0.0m");
    found.told("incompatible", &json!({"field": "legacy_version", "max": 770}));
    found.helped_by(&["legacy_version=1.2"]);
}

#[test]
fn a_group_and_a_suite_are_told_together() {
    if openssl::is_missing() || is_missing() {
        return;
    }
    let group = json!({"field": "supported_groups", "lacks": 25});
    let suite = json!({"field": "cipher_suites", "lacks": 0xc030});
    let add_group = "+supported_groups.secp521r1";
    let name = "cipher_suites.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    let options = "-V tls1.2:tls1.2 -c :C030 -I P521";
    let found = with(options, &format!("chromium-156,-{name}"));
    found.told("cause", &json!({"any": [group, suite]}));
    found.helped_by(&[add_group, &format!("+{name}")]);
}

#[test]
fn a_group_that_is_missing_for_tls_1_3_is_told_by_what_helps() {
    if openssl::is_missing() || is_missing() {
        return;
    }
    let found = with("-V tls1.3:tls1.3 -I P521", "chromium-156");
    found.helped_by_some(&["+supported_groups.secp521r1"]).then_speaks("TLS 1.3");
}

#[test]
fn a_server_of_one_name_is_told_by_the_wrong_name() {
    if openssl::is_missing() || is_missing() {
        return;
    }
    let database = Database::new(&Files::new());
    // To selfserv a name is what the database calls a certificate.
    let server = database.serve("-n rsa -a ecdsa");
    let found = diagnose_host("ecdsa", &server.address, "tls12-only,server_name=wrong.test");
    assert_eq!(found.json["reaction"]["name"], "unrecognized_name");
    found.told("cause", &other_name_than("ecdsa"));
    found.helped_by(&["server_name=ecdsa"]);
}

#[test]
fn a_wanted_certificate_is_no_cause() {
    if openssl::is_missing() || is_missing() {
        return;
    }
    // Asked for, and insisted on.
    with("-r -r", "chromium-156").accepted("TLS 1.3");
}
