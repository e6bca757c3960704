//! Diagnoses of nginx: by name, and by what it is told to speak.

mod common;

use common::diagnosis::{
    ask, diagnose, diagnose_host, rejected_by_another_name, rejected_without_a_name,
    told_by_the_name,
};
use common::openssl::{self, Identity, RSA};
use common::peers;
use common::web_servers::nginx;
use serde_json::json;

fn is_missing() -> bool {
    openssl::is_missing() || peers::is_missing("nginx")
}

/// A server that knows one name, and refuses every other, and also none.
const BY_NAME: &[&str] =
    &["server_name _; ssl_reject_handshake on;", "server_name shop.test; return 200;"];

#[test]
fn a_server_that_rejects_all_names_but_one_is_told_by_the_name() {
    if is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=shop.test");
    let server = nginx(&identity, BY_NAME);
    diagnose_host("shop.test", &server.address, "tls12-only").accepted("TLS 1.2");
    told_by_the_name(&server.address);
}

#[test]
fn where_nobody_knows_its_name_everything_is_rejected_and_what_is_missing_is_said() {
    if is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=shop.test");
    let server = nginx(&identity, BY_NAME);
    rejected_without_a_name(&server.address, "openssl-1.0.1g");
    rejected_by_another_name(&server.address, "openssl-1.0.1g");
    // With a hello that has the name the same server has nothing to hide.
    let control = "chromium-156,server_name=shop.test";
    let hello = "chromium-156,server_name=wrong.test";
    let found = ask(&[&server.address, "--control", control], &server.address, hello);
    found.helped_by_some(&["server_name=shop.test"]).then_speaks("TLS 1.2");
}

#[test]
fn a_version_and_a_suite_are_told_by_what_it_was_given() {
    if is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=shop.test");
    let tls13 = nginx(&identity, &["ssl_protocols TLSv1.3;"]);
    let found = diagnose(&tls13.address, "tls12-only");
    found.told("incompatible", &json!({"field": "supported_versions", "lacks": 772}));
    found.then_speaks("TLS 1.3");
    let one_suite = "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384;";
    let server = nginx(&identity, &[one_suite]);
    let hello = "openssl-1.0.1g,-cipher_suites.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    let found = diagnose(&server.address, hello);
    found.told("incompatible", &json!({"field": "cipher_suites", "lacks": 0xc030}));
    found.helped_by(&["+cipher_suites.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]);
}
