//! What the messages of a connection say of each other, told of whole connections as people have them: the
//! files of testdata/connections, each of which has one thing that an expert would stop at.

mod common;

use helloscope::capture;
use helloscope::report::json;
use helloscope::transcript::Transcript;
use helloscope::wire::fault::Kind;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(common::path(&format!("testdata/connections/{name}"))).unwrap()
}

fn read(name: &str) -> Transcript {
    capture::read(name, &bytes(name)).unwrap()
}

/// A log in which something stands in the place of something else, once.
fn changed(name: &str, before: &str, after: &str) -> Transcript {
    let log = String::from_utf8(bytes(name)).unwrap();
    assert_eq!(log.matches(before).count(), 1);
    capture::read(name, log.replace(before, after).as_bytes()).unwrap()
}

/// What is noticed of a connection: the message, and what is said of it.
fn told(name: &str) -> Vec<String> {
    told_of(&read(name))
}

fn told_of(read: &Transcript) -> Vec<String> {
    let mut told = Vec::new();
    for (_, message) in read.messages() {
        let notices = message.tree.remarks.iter().filter(|remark| remark.kind == Kind::Notice);
        told.extend(notices.map(|remark| format!("{}: {remark}", message.type_name())));
    }
    told
}

#[test]
fn a_clients_delegated_credential_is_held_against_what_was_asked_for() {
    // The certificate is one that may not delegate, and its credential is signed and signs as it may.
    let usage = "certificate: delegated_credential: expected DelegationUsage in the certificate \
                 beside it, found none (RFC 9345 4.2)";
    assert_eq!(told("client-delegated-credential.txt"), [usage]);
    let verify = "certificate_verify: algorithm: expected the algorithm of the delegated \
                  credential, found another (RFC 9345 4.1.3)";
    assert_eq!(told("client-delegated-credential-other-verify.txt"), [usage, verify]);
    // The request names Ed448 for such keys instead of Ed25519.
    let (before, after) = ("00 22 00 04 00 02 08\n    07", "00 22 00 04 00 02 08\n    08");
    let other = told_of(&changed("client-delegated-credential.txt", before, after));
    let scheme = "certificate: dc_cert_verify_algorithm: expected an algorithm that the server \
                  asked for, found one that was not (RFC 9345 4.1.2)";
    assert_eq!(other, [scheme, usage]);
}

#[test]
fn a_server_that_chooses_an_old_version_is_told_by_what_forbids_that_one() {
    for (name, highest, reference) in
        [("tls11.bin", "TLS 1.2", "RFC 8996 5"), ("dtls10.bin", "DTLS 1.2", "RFC 8996 6")]
    {
        let told = told(name);
        let [client, server] = &told[..] else { panic!("{told:?}") };
        let expected = format!("client_hello: legacy_version: expected {highest}, found ");
        assert!(client.starts_with(&expected) && client.contains(reference), "{client}");
        let expected = format!(
            "server_hello: legacy_version: expected {highest} or later, found a version that must \
             not be used any more ({reference})"
        );
        assert_eq!(*server, expected);
    }
}

#[test]
fn another_connection_begins_behind_a_fatal_alert() {
    let told = told("fallback.bin");
    assert!(!told.iter().any(|it| it.contains("nobody asked for")), "{told:?}");
    assert!(told.iter().any(|it| it.contains("TLS_FALLBACK_SCSV")), "{told:?}");
    assert_eq!(self::told("tls12-twice-behind-alert.bin"), [""; 0]);
}

#[test]
fn each_connection_is_told_by_what_is_wrong_with_it() {
    for (name, notice) in [
        (
            "tls12-records-of-other-versions.bin",
            "certificate: certificate: expected a record of the version that was agreed on, found \
             0x0302 (RFC 5246 6.2.1)",
        ),
        (
            "tls13-in-clear.bin",
            "encrypted_extensions: encrypted_extensions: expected a protected record, behind the \
             server_hello, found one in clear (RFC 8446 2)",
        ),
        (
            "tls13-early-data-without-end.txt",
            "finished: finished: expected end_of_early_data before it, as the server accepted \
             early_data, found none (RFC 8446 4.5)",
        ),
        (
            "tls13-alps-without-answer.txt",
            "finished: finished: expected encrypted_extensions before it, as the server accepted \
             application_settings, found none (draft-vvv-tls-alps-01 4)",
        ),
        (
            "tls12-compressed-point.bin",
            "server_key_exchange: public: expected a point of a form that ec_point_formats has, \
             found a compressed one (RFC 8422 5.4)",
        ),
        (
            "tls12-dhe-other-prime.bin",
            "server_key_exchange: dh_p: expected the prime of a group that supported_groups has, \
             found another (RFC 7919 4)",
        ),
        (
            "dtls13-legacy-cookie.bin",
            "client_hello: cookie: expected nothing in it, as DTLS 1.3 alone is offered, found a \
             cookie (RFC 9147 5.3)",
        ),
        (
            "tls12-issuer-no-ca.bin",
            "certificate: basicConstraints: expected that of an authority, as it issued the \
             certificate before it, found none of one (RFC 5280 6.1.4)",
        ),
        (
            "tls13-short-signature.txt",
            "certificate_verify: signature: expected as many bytes as the modulus of the \
             certificate's key has, found 255 (RFC 8017 8.1.2)",
        ),
    ] {
        assert_eq!(told(name), [notice], "{name}");
    }
    // Of another connection behind it, that is told too.
    let mut twice = bytes("tls13-in-clear.bin");
    let mut next = twice.clone();
    next[11] ^= 1;
    twice.extend(next);
    let told_twice = told_of(&capture::read("it", &twice).unwrap());
    let in_clear = told_twice.iter().filter(|it| it.contains("found one in clear"));
    assert_eq!(in_clear.count(), 2, "{told_twice:?}");
    // With its end, which a client says before its Finished.
    let name = "tls13-early-data-without-end.txt";
    let finished = ">>> TLS 1.3, Handshake [length 0024], Finished";
    let ended = format!(
        ">>> TLS 1.3, Handshake [length 0004], EndOfEarlyData\n    05 00 00 00\n{finished}"
    );
    assert_eq!(told_of(&changed(name, finished, &ended)), [""; 0]);
    // With the client's answer: behind the end of early data, and before its certificate.
    let name = "tls13-alps-without-answer.txt";
    let before = "    1c 1d 1e 1f\n>>> TLS 1.3, Handshake [length 0024], Finished";
    let (server, client) = before.split_once('\n').unwrap();
    let settings = ">>> TLS 1.3, Handshake [length 000a], EncryptedExtensions\n    \
                    08 00 00 06 00 04 44 cd 00 00";
    let answered = format!("{server}\n{settings}\n{client}");
    assert_eq!(told_of(&changed(name, before, &answered)), [""; 0]);
    // The old number, which the server did not take.
    let other = told_of(&changed(name, before, &answered.replace("44 cd", "44 69")));
    let lacks = "encrypted_extensions: extensions: expected application_settings, as the server \
                 accepted it, found none (draft-vvv-tls-alps-01 4)";
    assert_eq!(other, [lacks]);
    let scsv = "sslv2_client_hello: sslv2_client_hello: expected \
                TLS_EMPTY_RENEGOTIATION_INFO_SCSV, found none (RFC 5746 3.4)";
    let told = told("ssl2-hello-without-scsv.bin");
    assert!(told.iter().any(|it| it == scsv), "{told:?}");
}

#[test]
fn a_suite_has_the_names_that_openssl_and_gnutls_have_for_it() {
    let names = |name: &str| {
        let read = read(name);
        let shown = json::transcript(&read, false, false);
        serde_json::to_value(shown).unwrap()["summary"]["cipher_suite_names"].clone()
    };
    // For those of TLS 1.3 both have IANA's.
    let own = "TLS_AES_128_GCM_SHA256";
    let expected = serde_json::json!({"iana": own, "openssl": own, "gnutls": own});
    assert_eq!(names("tls13-short-signature.txt"), expected);
    assert_eq!(names("tls12-dhe-other-prime.bin")["openssl"], "DHE-RSA-AES128-GCM-SHA256");
}
