//! `helloscope connect` against real servers: `openssl s_server` in every version that it still
//! speaks, the lab's services that are no TLS, and nobody at all.

mod common;

use std::net::{Ipv4Addr, SocketAddr};

use common::openssl::{self, ECDSA, Identity, RSA};
use common::program::{Lab, run};
use common::transcript_json::{
    assert_no_remarks, assert_stream_is_covered, assert_trees_tile, certificates, message,
    messages, types,
};
use serde_json::{Value as Json, json};
use socket2::{Domain, Socket, Type};

/// A hello of before TLS 1.3, which still offers what servers of long ago want.
const OLD_HELLO: &str = "openssl-1.0.1g";
const HELLO: &str = "openssl-3.0.19-s_client";

/// Connects; whatever comes back, every byte of it must have its place and its name.
fn connect(address: &str, hello: &str, code: i32) -> Json {
    let run = run(&["connect", address, "--hello", hello, "--format", "json", "--tree"]);
    assert_eq!((run.code, run.stderr.as_str()), (code, ""), "{hello}: {}", run.stdout);
    let transcript = run.json();
    assert_eq!(transcript["server"], address);
    assert_trees_tile(&transcript);
    assert_no_remarks(&transcript);
    assert_stream_is_covered(&transcript, "client");
    assert_stream_is_covered(&transcript, "server");
    transcript
}

/// What was agreed, with a server that accepts.
fn agreed(transcript: &Json) -> (&Json, &Json, &Json) {
    let summary = &transcript["summary"];
    assert_eq!(summary["outcome"]["kind"], "accepted");
    (&summary["version"], &summary["cipher_suite"], &summary["group"])
}

/// A version up to TLS 1.2: s_server's option, and the number on the wire.
const VERSIONS: [(&str, u16); 3] = [("-tls1", 0x0301), ("-tls1_1", 0x0302), ("-tls1_2", 0x0303)];

/// A cipher suite in OpenSSL's words, the number on the wire, and whether there is a message with
/// the parameters of the key exchange.
type Suite = (&'static str, u16, bool);

/// Up to TLS 1.2 all of the first flight is in clear: each suite with each version.
fn first_flights_in_clear(key: &[&str], suites: &[Suite]) {
    if openssl::is_missing() {
        return;
    }
    let identity = Identity::new(key, "/CN=peer.test");
    for (option, version) in VERSIONS {
        for &(name, suite, key_exchange) in suites {
            let ciphers = format!("{name}:@SECLEVEL=0");
            let server = identity.serve(&[option, "-cipher", &ciphers]);
            let transcript = connect(&server.address, OLD_HELLO, 0);
            let (found_version, found_suite, _) = agreed(&transcript);
            assert_eq!((found_version, found_suite), (&json!(version), &json!(suite)), "{name}");
            let mut expected = vec!["server_hello", "certificate"];
            expected.extend(key_exchange.then_some("server_key_exchange"));
            expected.push("server_hello_done");
            assert_eq!(types(&transcript, "server"), expected, "{name}");
            assert_eq!(transcript["summary"]["encrypted_from"], Json::Null);
            assert_eq!(certificates(&transcript), [identity.der()]);
            let openssl = server.certificates_for_openssl(&["-cipher", "ALL:@SECLEVEL=0"]);
            assert_eq!(certificates(&transcript), openssl, "{name}");
        }
    }
}

#[test]
fn a_server_with_an_rsa_certificate_is_read_in_tls_1_0_to_1_2() {
    let suites = [
        ("AES128-SHA", 0x002f, false),
        ("DHE-RSA-AES256-SHA", 0x0039, true),
        ("ECDHE-RSA-AES256-SHA", 0xc014, true),
    ];
    first_flights_in_clear(RSA, &suites);
}

#[test]
fn a_server_with_an_ecdsa_certificate_is_read_in_tls_1_0_to_1_2() {
    first_flights_in_clear(ECDSA, &[("ECDHE-ECDSA-AES128-SHA", 0xc009, true)]);
}

#[test]
fn a_server_of_tls_1_3_is_read_up_to_where_it_encrypts() {
    if openssl::is_missing() {
        return;
    }
    for (key, name, suite) in
        [(RSA, "TLS_CHACHA20_POLY1305_SHA256", 0x1303), (ECDSA, "TLS_AES_128_GCM_SHA256", 0x1301)]
    {
        let identity = Identity::new(key, "/CN=peer.test");
        let server = identity.serve(&["-tls1_3", "-ciphersuites", name]);
        let transcript = connect(&server.address, HELLO, 0);
        assert_eq!(agreed(&transcript), (&json!(0x0304), &json!(suite), &json!(29)), "{name}");
        let types = types(&transcript, "server");
        assert_eq!(types[..2], ["server_hello", "change_cipher_spec"], "{name}");
        // EncryptedExtensions, Certificate, CertificateVerify, Finished: a record each, as many of
        // them as come soon.
        assert!((1..=4).contains(&types[2..].len()), "{types:?}");
        assert!(types[2..].iter().all(|&kind| kind == "encrypted"), "{types:?}");
        // One of the client's stands before them.
        assert_eq!(transcript["summary"]["encrypted_from"], 3, "{name}");
        assert_eq!(transcript["summary"]["certificates"], json!([]), "{name}");
    }
}

#[test]
fn a_chain_of_two_certificates_is_the_chain_that_openssl_gets() {
    if openssl::is_missing() {
        return;
    }
    for key in [RSA, ECDSA] {
        let identity = Identity::with_authority(key, "/C=CH/O=Shop/CN=shop.test");
        let server = identity.serve(&["-tls1_2"]);
        let transcript = connect(&server.address, HELLO, 0);
        assert_eq!(certificates(&transcript), server.certificates_for_openssl(&[]));
        let known = transcript["summary"]["certificates"].as_array().unwrap();
        let names: Vec<_> = known.iter().map(|one| (&one["subject"], &one["issuer"])).collect();
        let (leaf, authority) = (json!("C=CH, O=Shop, CN=shop.test"), json!("CN=authority.test"));
        assert_eq!(names, [(&leaf, &authority), (&authority, &authority)]);
    }
}

#[test]
fn a_server_that_demands_a_client_certificate_is_accepted_for_its_first_flight() {
    if openssl::is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=peer.test");
    let server = identity.serve(&["-tls1_2", "-Verify", "1"]);
    let transcript = connect(&server.address, HELLO, 0);
    let expected = [
        "server_hello",
        "certificate",
        "server_key_exchange",
        "certificate_request",
        "server_hello_done",
    ];
    assert_eq!(types(&transcript, "server"), expected);
    let request = &message(&transcript, "certificate_request")["values"];
    assert_eq!(request["certificate_types"], json!([1, 2, 64]), "{request}");
}

#[test]
fn a_hello_retry_request_is_answered_with_the_share_that_it_asks_for() {
    if openssl::is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=peer.test");
    for (group, name) in [
        ("P-384", "secp384r1"),
        ("P-521", "secp521r1"),
        ("X448", "x448"),
        ("ffdhe3072", "ffdhe3072"),
    ] {
        let server = identity.serve(&["-tls1_3", "-groups", group]);
        let transcript = connect(&server.address, HELLO, 0);
        let mut said = types(&transcript, "server");
        said.retain(|said| *said != "change_cipher_spec");
        assert_eq!(said[..2], ["hello_retry_request", "server_hello"], "{group}: {said:?}");
        let said = types(&transcript, "client");
        assert_eq!(said, ["client_hello", "change_cipher_spec", "client_hello"], "{group}");
        let summary = &transcript["summary"];
        assert_eq!((&summary["hello_retry"], &summary["version"]), (&json!(true), &json!(0x0304)));
        let outcome = &summary["outcome"];
        let step = (&outcome["kind"], &outcome["step"], &outcome["hello_retry"]);
        assert_eq!(step, (&json!("accepted"), &json!("server_hello"), &json!(true)), "{group}");
        assert!(outcome["group"].as_str().unwrap().starts_with(name), "{outcome}");
    }
}

#[test]
fn a_server_without_a_suite_or_a_version_in_common_says_so_in_an_alert() {
    if openssl::is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=peer.test");
    for (options, hello, code, name) in [
        (["-tls1_2", "-cipher", "AES128-CCM8"], HELLO, 40, "handshake_failure"),
        (["-tls1_3", "-cipher", "ALL"], OLD_HELLO, 70, "protocol_version"),
    ] {
        let server = identity.serve(&options);
        let transcript = connect(&server.address, hello, 1);
        assert_eq!(types(&transcript, "server"), ["alert"]);
        assert_eq!(
            transcript["summary"]["outcome"],
            json!({"kind": "alert", "step": "client_hello", "level": 2, "code": code, "name": name})
        );
        let text = run(&["connect", &server.address, "--hello", hello]);
        assert_eq!(text.code, 1);
        assert!(text.stdout.ends_with(&format!("\n  fatal alert {name} ({code})\n")), "{text:?}");
    }
}

#[test]
fn the_server_name_is_that_of_the_host_or_the_one_that_is_asked_for() {
    let lab = Lab::start(&[]);
    let connect = |arguments: &[&str]| {
        let run = run(&[&["connect", "--format", "json"], arguments].concat());
        assert_eq!(run.code, 0, "{run:?}");
        run.json()["summary"]["server_name"].clone()
    };
    assert_eq!(connect(&[lab.address()]), Json::Null);
    assert_eq!(connect(&["shop.test", "--connect-to", lab.address()]), "shop.test");
    let other = ["shop.test.", "--server-name", "other.test", "--connect-to", lab.address()];
    assert_eq!(connect(&other), "other.test");
}

#[test]
fn the_same_seed_sends_the_same_hello() {
    let lab = Lab::start(&[]);
    let random = |seed: &str| {
        let run = run(&["connect", lab.address(), "--seed", seed, "--format", "json"]);
        message(&run.json(), "client_hello")["values"]["random"].clone()
    };
    assert_eq!(random("a"), random("a"));
    assert_ne!(random("a"), random("b"));
}

#[test]
fn a_port_with_nobody_behind_it_refuses() {
    // It belongs to a socket that does not listen, so that nobody else gets it meanwhile.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap().to_string();
    unreachable(&address, "refused", "connection refused");
}

#[test]
fn a_name_that_does_not_exist_has_no_address() {
    unreachable("nosuch.invalid:443", "dns", "the name has no address");
}

fn unreachable(host: &str, kind: &str, words: &str) {
    let json = run(&["connect", host, "--format", "json"]);
    assert_eq!(json.code, 3, "{json:?}");
    assert_eq!(json.json()["summary"]["outcome"], json!({"kind": kind, "step": "connect"}));
    assert_eq!(messages(&json.json()), [] as [Json; 0]);
    let text = run(&["connect", host]);
    assert_eq!(text.code, 3);
    assert_eq!(text.stdout, format!("error: {host} is not reached: {words}\n"));
}

#[test]
fn a_service_that_speaks_something_else_is_named() {
    for (protocol, first) in
        [("http", "HTTP/1.1 400 Bad Request"), ("smtp", "220 lab.helloscope.test")]
    {
        let lab = Lab::start(&["--service", protocol]);
        let json = run(&["connect", lab.address(), "--format", "json", "--tree"]);
        assert_eq!(json.code, 1, "{json:?}");
        let transcript = json.json();
        assert_trees_tile(&transcript);
        let outcome = &transcript["summary"]["outcome"];
        assert_eq!(outcome["kind"], "plaintext");
        assert!(outcome["first_bytes"].as_str().unwrap().starts_with(first), "{outcome}");
        assert_eq!(message(&transcript, "plaintext")["values"], json!({"protocol": protocol}));
        let text = run(&["connect", lab.address()]);
        assert!(text.stdout.contains(&format!("no TLS: {first}")), "{text:?}");
    }
}
