//! What is noticed of keys that are agreed on, and of sessions that go on: values that make no secret, a
//! secret of another length than its key, coefficients that are none; and a suite or a message that the
//! version has no room for.

mod common;

use common::connection::{hello, remarks, tls12, tls13, transcript};
use helloscope::names::{CipherSuite, NamedGroup};
use helloscope::transcript::{Side, Summary};
use helloscope::wire::extension::{ClientExtension, KeyShareEntry};
use helloscope::wire::grammar::{Context, Empty, List, Opaque};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::certificate::{Asn1Cert, Certificate};
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::server_hello::ServerHello;

/// The message of this type with this body, before TLS 1.3 and in a suite.
fn message(suite: CipherSuite, msg_type: u8, body: &[u8]) -> Handshake {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let bytes = [&[msg_type], &length[1..], body].concat();
    Handshake::decode(&bytes, Context::of(Some(tls12().version()), Some(suite))).unwrap()
}

fn certificate() -> Handshake {
    let der = std::fs::read(common::path("testdata/certificates/rsa-2048.der")).unwrap();
    let own = Asn1Cert(der);
    Handshake::Certificate(Certificate { certificate_list: List::new(vec![own]) })
}

fn answer(suite: CipherSuite, change: impl FnOnce(&mut ServerHello)) -> Handshake {
    let mut answer = ServerHello { cipher_suite: suite, ..tls12() };
    change(&mut answer);
    Handshake::ServerHello(answer)
}

fn two_bytes(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap().to_be_bytes()
}

/// What is noticed, each as its field, what was found, and the section.
fn told(said: Vec<(Side, Handshake)>) -> Vec<(&'static str, String, &'static str)> {
    let remarks = remarks(said);
    remarks.iter().map(|it| (it.field, it.fault.found(), it.reference)).collect()
}

/// RFC 5246 section 7.4.1.3: what a server says in a session that goes on.
#[test]
fn a_session_that_goes_on_needs_no_certificate() {
    let suite = CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256;
    let said = |echo: Vec<u8>| {
        let answer = answer(suite, |it| it.legacy_session_id_echo = Opaque::new(echo));
        let done = Handshake::ServerHelloDone(Empty);
        let mut said = vec![(Side::Client, Handshake::ClientHello(hello()))];
        said.extend([answer, certificate(), done].map(|message| (Side::Server, message)));
        said
    };
    let own = hello().legacy_session_id.0.to_vec();
    let notice = ("certificate", "one".to_owned(), "RFC 5246 7.4.1.3");
    let found = told(said(own.clone()));
    assert_eq!(found.iter().filter(|it| **it == notice).count(), 1, "{found:?}");
    assert!(found.iter().all(|(field, ..)| *field != "server_hello_done"), "{found:?}");
    assert!(!told(said(vec![7; 32])).contains(&notice));
    let resumed = |said| Summary::of(&transcript(said)).resumed;
    assert!(!resumed(said(own.clone())));
    // Up to the ServerHello it is.
    assert!(resumed(said(own).into_iter().take(2).collect()));
}

/// RFC 8017 section 7.2.1: what is encrypted is as long as the modulus.
#[test]
fn a_secret_is_as_long_as_the_key_that_encrypts_it() {
    let suite = CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256;
    let with = |length: usize, with_certificate: bool| {
        let secret = [&two_bytes(length)[..], &vec![9; length]].concat();
        let mut said = vec![
            (Side::Client, Handshake::ClientHello(hello())),
            (Side::Server, answer(suite, |_| {})),
        ];
        said.extend(with_certificate.then(|| (Side::Server, certificate())));
        said.push((Side::Server, Handshake::ServerHelloDone(Empty)));
        said.push((Side::Client, message(suite, 16, &secret)));
        told(said)
            .into_iter()
            .filter(|(.., section)| *section == "RFC 8017 7.2.1")
            .collect::<Vec<_>>()
    };
    assert_eq!(with(256, true), []);
    // Of a certificate that was not seen nothing is said.
    assert_eq!(with(128, false), []);
    let expected = ("encrypted_pre_master_secret", "128".to_owned(), "RFC 8017 7.2.1");
    assert_eq!(with(128, true), [expected]);
}

/// RFC 7919 section 5.1: both sides look at what the other sends.
#[test]
fn a_clients_value_is_held_against_the_servers_prime() {
    let suite = CipherSuite::TLS_DH_anon_WITH_AES_128_CBC_SHA;
    let prime = [0xff; 256];
    let number = |digits: &[u8]| [&two_bytes(digits.len())[..], digits].concat();
    let server = [number(&prime), number(&[2]), number(&[0x70; 256])].concat();
    let with = |value: &[u8]| {
        let said = vec![
            (Side::Client, Handshake::ClientHello(hello())),
            (Side::Server, answer(suite, |_| {})),
            (Side::Server, message(suite, 12, &server)),
            (Side::Server, Handshake::ServerHelloDone(Empty)),
            (Side::Client, message(suite, 16, &number(value))),
        ];
        told(said).into_iter().filter(|(field, ..)| *field == "dh_yc").collect::<Vec<_>>()
    };
    let unfit = |found: &str| vec![("dh_yc", found.to_owned(), "RFC 7919 5.1")];
    assert_eq!(with(&[0x71; 256]), []);
    assert_eq!(with(&[1]), unfit("1"));
    assert_eq!(with(&prime), unfit("a greater one"));
}

fn of_hello(change: impl FnOnce(&mut ClientHello)) -> Vec<(&'static str, String, &'static str)> {
    let mut hello = hello();
    change(&mut hello);
    told(vec![(Side::Client, Handshake::ClientHello(hello))])
}

/// FIPS 203 section 7.2: who gets a key looks whether its coefficients are numbers modulo 3329.
#[test]
fn coefficients_of_a_key_are_below_their_modulus() {
    let with = |group: NamedGroup, key: Vec<u8>| {
        let notices = of_hello(|hello| {
            for extension in &mut hello.extensions.as_mut().unwrap().0 {
                match extension {
                    ClientExtension::KeyShare(shares) => {
                        let key_exchange = Opaque::new(key.clone());
                        *shares = List::new(vec![KeyShareEntry { group, key_exchange }]);
                    }
                    ClientExtension::SupportedGroups(groups) => groups.0.push(group),
                    _ => {}
                }
            }
        });
        notices.into_iter().filter(|(field, ..)| *field == "key_exchange").collect::<Vec<_>>()
    };
    let unfit = [("key_exchange", "larger ones".to_owned(), "FIPS 203 7.2")];
    // 3328 twice, and 3329 as the second of both.
    let (most, more) = ([0x00, 0x0d, 0xd0], [0x00, 0x1d, 0xd0]);
    let at = |length: usize, at: usize, two: [u8; 3]| {
        let mut key = vec![0x7; length];
        key[at..at + 3].copy_from_slice(&two);
        key
    };
    assert_eq!(with(NamedGroup::MLKEM768, at(1184, 1149, most)), []);
    assert_eq!(with(NamedGroup::MLKEM768, at(1184, 1149, more)), unfit);
    // The seed behind them, and the key on a curve, are any bytes.
    assert_eq!(with(NamedGroup::MLKEM768, at(1184, 1152, [0xff; 3])), []);
    assert_eq!(with(NamedGroup::X25519MLKEM768, at(1216, 1190, [0xff; 3])), []);
    assert_eq!(with(NamedGroup::X25519MLKEM768, at(1216, 0, [0xff; 3])), unfit);
    assert_eq!(with(NamedGroup::X25519Kyber768Draft00, at(1216, 40, [0xff; 3])), []);
}

/// RFC 8446 appendix B.4: suites of TLS 1.3 go with it alone.
#[test]
fn tls13_is_offered_with_a_suite_of_it() {
    let found = of_hello(|hello| hello.cipher_suites.0.retain(|suite| suite.is_before_tls13()));
    let expected =
        ("cipher_suites", "suites of TLS 1.2 or before alone".to_owned(), "RFC 8446 B.4");
    assert!(found.contains(&expected), "{found:?}");
    assert!(!of_hello(|_| {}).contains(&expected));
}

#[test]
fn tls13_has_no_next_protocol() {
    let body = [&[2, b'h', b'2', 28][..], &[0; 28]].concat();
    let next = message(CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256, 67, &body);
    let said = vec![
        (Side::Client, Handshake::ClientHello(hello())),
        (Side::Server, Handshake::ServerHello(tls13())),
        (Side::Client, next),
    ];
    let found = told(said);
    let expected =
        ("next_protocol", "one that only versions before it have".to_owned(), "RFC 8446 B.3");
    assert!(found.contains(&expected), "{found:?}");
}
