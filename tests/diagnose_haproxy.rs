//! Diagnoses of HAProxy: by name, and by what it is told to speak.

mod common;

use common::diagnosis::{
    diagnose, diagnose_host, rejected_by_another_name, rejected_without_a_name, told_by_the_name,
};
use common::openssl::{self, Identity, RSA};
use common::peers;
use common::web_servers::haproxy;
use serde_json::json;

fn is_missing() -> bool {
    openssl::is_missing() || peers::is_missing("haproxy")
}

#[test]
fn strict_sni_is_told_by_the_name_that_is_missing() {
    if is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=shop.test");
    let server = haproxy(&identity, "strict-sni");
    diagnose_host("shop.test", &server.address, "chromium-156").accepted("TLS 1.3");
    told_by_the_name(&server.address);
}

#[test]
fn where_nobody_knows_its_name_everything_is_rejected_and_what_is_missing_is_said() {
    if is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=shop.test");
    let server = haproxy(&identity, "strict-sni");
    rejected_without_a_name(&server.address, "chromium-156");
    rejected_by_another_name(&server.address, "chromium-156");
}

#[test]
fn a_version_is_told_by_what_it_was_given() {
    if is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=shop.test");
    let server = haproxy(&identity, "ssl-min-ver TLSv1.3");
    let found = diagnose(&server.address, "openssl-1.0.1g");
    found.told("incompatible", &json!({"field": "supported_versions", "lacks": 772}));
    found.then_speaks("TLS 1.3");
}

#[test]
fn a_protocol_inside_that_it_does_not_have_is_no_reason_to_refuse() {
    if is_missing() {
        return;
    }
    // It goes on without, where RFC 7301 section 3.2 has an alert.
    let identity = Identity::new(RSA, "/CN=shop.test");
    let server = haproxy(&identity, "alpn h2");
    diagnose(&server.address, "chromium-156,alpn=http/1.1").accepted("TLS 1.3");
}
