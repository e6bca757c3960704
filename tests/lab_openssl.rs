//! The lab's first flight, read by the client of OpenSSL: it checks the signature, the certificate
//! and every extension, and goes on only where all of it is right.
//!
//! Where there is no `openssl`, the test says so and passes, unless `HELLOSCOPE_REQUIRE_PEERS=1`.

#![allow(clippy::panic, clippy::expect_used, reason = "tests may fail")]

mod common;

use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

use helloscope::lab::{Server, Service};

/// What `openssl s_client -msg` prints on its way through the first flight.
fn s_client(server: &Server, options: &[&str]) -> Option<String> {
    if common::openssl::is_missing() {
        return None;
    }
    let output = Command::new("openssl")
        .args(["s_client", "-msg", "-connect", &server.address().to_string()])
        .args(options)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let both = [output.stdout, output.stderr];
    Some(both.map(|out| String::from_utf8_lossy(&out).into_owned()).concat())
}

#[test]
fn openssl_takes_the_first_flight_for_a_true_one() {
    let server = Server::start((Ipv4Addr::LOCALHOST, 0).into(), Service::healthy()).unwrap();
    let cases: &[(&str, &[&str])] = &[
        ("ServerKeyExchange", &["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"]),
        ("ServerKeyExchange", &["-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384"]),
        ("ServerKeyExchange", &["-tls1_2", "-cipher", "ECDHE-RSA-CHACHA20-POLY1305"]),
        ("ServerKeyExchange", &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"]),
        ("ServerKeyExchange", &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"]),
        ("ServerKeyExchange", &["-tls1_2", "-groups", "P-384", "-sigalgs", "RSA+SHA512"]),
        ("ServerKeyExchange", &["-tls1_2", "-groups", "P-256", "-alpn", "h2,http/1.1"]),
        ("ServerKeyExchange", &["-servername", "lab.helloscope.test", "-status"]),
        ("Certificate", &["-tls1_2", "-cipher", "AES128-SHA"]),
        ("Certificate", &["-tls1_2", "-cipher", "AES256-GCM-SHA384"]),
        ("Certificate", &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]),
        ("Certificate", &["-tls1", "-cipher", "ALL:@SECLEVEL=0"]),
    ];
    for (message, options) in cases {
        let Some(log) = s_client(&server, options) else { return };
        for expected in ["ServerHello\n", message, "ServerHelloDone\n"] {
            assert!(log.contains(expected), "{options:?} lacks {expected}:\n{log}");
        }
        // It goes on only where it likes all of that, and says in an alert what it does not like.
        let (before, _) = log.split_once(", ClientKeyExchange\n").expect(&log);
        assert!(!before.contains("Alert"), "{options:?}:\n{log}");
    }
}

#[test]
fn openssl_that_speaks_tls_1_3_alone_is_refused_for_its_version() {
    let server = Server::start((Ipv4Addr::LOCALHOST, 0).into(), Service::healthy()).unwrap();
    let Some(log) = s_client(&server, &["-tls1_3"]) else { return };
    assert!(log.contains("alert protocol version"), "{log}");
}
