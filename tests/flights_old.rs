//! Handshakes of OpenSSL 0.9.8, 1.0.2 and 1.1.1, with what is gone from OpenSSL 3: SSL 2.0 and 3.0,
//! export ciphers, DSS, fixed Diffie-Hellman, SRP. What we read is, message by message, what the
//! library told its own message callback.

mod common;

use std::fs;

use common::flows::{Flow, unhex};
use common::{laws, path};
use helloscope::names::{Code, ContentType};
use helloscope::transcript::{Side, Summary, Transcript};
use helloscope::wire::fault::Kind;
use helloscope::wire::grammar::Context;
use helloscope::wire::stream::{Body, Message, Unit};

/// What the library told of one message.
struct Told {
    from: Side,
    content_type: u16,
    bytes: Vec<u8>,
}

/// In the callback, the content type of a record's header. That of the content type which TLS 1.3
/// protects is the next number.
const HEADER: u16 = 256;

/// The flights: each with its name, and what was told of it.
fn flights() -> Vec<(String, Flow, Vec<Told>)> {
    let mut all = Vec::new();
    for version in fs::read_dir(path("testdata/flights/old")).unwrap() {
        let version = version.unwrap();
        if !version.file_type().unwrap().is_dir() {
            continue;
        }
        for file in fs::read_dir(version.path()).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|extension| extension == "flows") {
                let name = file.file_stem().unwrap().to_string_lossy();
                let name = format!("{} {name}", version.file_name().to_string_lossy());
                let flow = Flow::read(&fs::read_to_string(&file).unwrap()).remove(0);
                let told = fs::read_to_string(file.with_extension("msg")).unwrap();
                all.push((name, flow, told.lines().map(told_line).collect()));
            }
        }
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

fn told_line(line: &str) -> Told {
    let words: Vec<_> = line.split(' ').collect();
    let [arrow, _version, content_type, digits] = words[..] else { panic!("{line}") };
    let from = if arrow == ">" { Side::Client } else { Side::Server };
    Told { from, content_type: content_type.parse().unwrap(), bytes: unhex(digits) }
}

/// Here the server could not sign with its DSS key: a single byte stands where the signature
/// belongs, and its own client answers with handshake_failure.
const UNSIGNED: &[&str] = &[
    "0.9.8e-fips-rhel5 ssl3-dhe-dss",
    "0.9.8e-fips-rhel5 tls10-dhe-dss",
    "0.9.8e-fips-rhel5 tls10-dss-client-certificate",
];

#[test]
fn every_message_is_what_the_library_told() {
    for (name, flow, told) in flights() {
        let transcript = flow.transcript(&name);
        laws::hold(&flow, &transcript, &name);
        let remarks = laws::remarks_of_form(&transcript);
        let broken: Vec<_> = remarks.iter().map(|(message, _)| *message).collect();
        let expected: &[&str] =
            if UNSIGNED.contains(&name.as_str()) { &["server_key_exchange"] } else { &[] };
        assert_eq!(broken, expected, "{name}: {remarks:?}");
        for side in [Side::Client, Side::Server] {
            let told: Vec<_> = told.iter().filter(|told| told.from == side).collect();
            same_headers(&transcript, side, &told, &name);
            same_messages(&transcript, side, &told, &name);
        }
    }
}

/// What is told of headers begins as what we read; the client does not read all to the end.
fn same_headers(transcript: &Transcript, side: Side, told: &[&Told], name: &str) {
    let ours = transcript.events.iter().filter(|event| event.from == side);
    let ours = ours.filter_map(|event| match &event.unit {
        Unit::Header(header) => Some(&header.bytes),
        Unit::Message(_) => None,
    });
    let theirs = told.iter().filter(|told| told.content_type == HEADER);
    for (ours, theirs) in ours.zip(theirs) {
        assert_eq!(ours[..], theirs.bytes[..], "{name}");
    }
}

fn same_messages(transcript: &Transcript, side: Side, told: &[&Told], name: &str) {
    let mut told = told.iter().filter(|told| told.content_type < HEADER).peekable();
    let mut clear = 0;
    for ours in transcript.from(side) {
        if matches!(ours.body, Body::Fragment(_)) {
            continue;
        }
        // OpenSSL 1.1.1 does not tell of one that it reads.
        let untold = ours.body == Body::ChangeCipherSpec && name.starts_with("1.1.1");
        if untold && told.peek().is_some_and(|told| told.content_type != 20) {
            continue;
        }
        let Some(theirs) = told.next() else {
            // The client does not read all to the end.
            assert_eq!(side, Side::Server, "{name}: {ours:?}");
            break;
        };
        if ours.body == Body::Encrypted {
            is_sound(theirs, transcript, side, name);
        } else {
            assert_eq!(
                plain(ours.without_mac(), ours, transcript),
                plain(&theirs.bytes, ours, transcript),
                "{name}"
            );
            clear += 1;
        }
    }
    assert!(told.next().is_none(), "{name}: more was told of the {}", side.name());
    // The client of TLS 1.0 does not take a message of SSL 3.0's server.
    assert!(clear > 0 || name.ends_with("tls10-to-ssl3"), "{name}, {}", side.name());
}

/// A message without what hangs on the parts in which it came.
fn plain(bytes: &[u8], message: &Message, transcript: &Transcript) -> Vec<u8> {
    let datagram = transcript
        .messages()
        .any(|(_, message)| message.record_version.is_some_and(|version| version.0 >> 8 == 0xfe));
    match message.body {
        Body::Handshake(_) if datagram => [&bytes[..6], &bytes[12..]].concat(),
        _ => bytes.to_vec(),
    }
}

/// What was protected on the wire has its form too.
fn is_sound(told: &Told, transcript: &Transcript, side: Side, name: &str) {
    let summary = Summary::of(transcript);
    let datagram = summary.version.is_some_and(|version| version.0 >> 8 == 0xfe);
    let context = Context {
        sender: Some(side),
        datagram,
        ..Context::of(summary.version, summary.cipher_suite)
    };
    let message = match told.content_type {
        0 => Message::decode_ssl2(&told.bytes, context),
        other => Message::decode(ContentType(u8::try_from(other).unwrap()), &told.bytes, context),
    };
    let broken = message.tree.remarks.iter().find(|remark| remark.kind == Kind::Form);
    assert_eq!(broken, None, "{name}: {}", message.type_name());
}

/// What there is to be seen in some of the flights: the version, and the suite that was agreed on.
const AGREED: &[(&str, &str, &str)] = &[
    ("0.9.8e-fips-rhel5 ssl3-export-rsa", "SSL 3.0", "TLS_RSA_EXPORT_WITH_RC4_40_MD5"),
    ("0.9.8e-fips-rhel5 ssl3-export-dh-anon", "SSL 3.0", "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5"),
    ("0.9.8e-fips-rhel5 tls10-dhe-dss", "TLS 1.0", "TLS_DHE_DSS_WITH_AES_128_CBC_SHA"),
    ("0.9.8e-fips-rhel5 dtls10-cookie", "DTLS 1.0", "TLS_RSA_WITH_AES_128_CBC_SHA"),
    ("1.0.2l tls12-fixed-dh", "TLS 1.2", "TLS_DH_RSA_WITH_AES_128_CBC_SHA"),
    ("1.0.2l tls12-fixed-ecdh", "TLS 1.2", "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA"),
    ("1.0.2l tls12-srp-rsa", "TLS 1.2", "TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA"),
    ("1.0.2l dtls12-ecdhe", "DTLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ("1.1.1g tls12-srp-dss", "TLS 1.2", "TLS_SRP_SHA_DSS_WITH_AES_128_CBC_SHA"),
    ("1.1.1g tls12-rsa-psk", "TLS 1.2", "TLS_RSA_PSK_WITH_AES_128_CBC_SHA"),
];

#[test]
fn the_flights_have_what_they_are_named_for() {
    let flights = flights();
    assert!(flights.len() > 40, "{}", flights.len());
    for (wanted, version, suite) in AGREED {
        let (name, flow, _) = flights.iter().find(|(name, ..)| name == wanted).expect(wanted);
        let summary = Summary::of(&flow.transcript(name));
        let agreed = (
            summary.version.and_then(|it| it.name()),
            summary.cipher_suite.and_then(|it| it.name()),
        );
        assert_eq!(agreed, (Some(*version), Some(*suite)), "{name}");
    }
    // Each kind of message of SSL 2.0 is there.
    let mut kinds: Vec<_> = flights
        .iter()
        .flat_map(|(name, flow, _)| {
            let transcript = flow.transcript(name);
            let of_ssl2 = transcript.messages().filter(|(_, it)| matches!(it.body, Body::Ssl2(_)));
            of_ssl2.map(|(_, message)| message.type_name()).collect::<Vec<_>>()
        })
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, ["sslv2_client_hello", "sslv2_client_master_key", "sslv2_server_hello"]);
}
