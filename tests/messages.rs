//! Every handshake message, from bytes put together by its document: read with what was agreed,
//! it is what it says, tiles, and comes back to the byte; read without, the tree says what it took
//! it for.

mod common;

use helloscope::capture;
use helloscope::names::{CertificateType, CipherSuite, ContentType, ProtocolVersion};
use helloscope::transcript::{Reaction, Recorder, Source};
use helloscope::wire::fault::Kind;
use helloscope::wire::field::Tree;
use helloscope::wire::grammar::{Context, Reader, Wire};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::record::records;
use helloscope::wire::record::ssl2::Ssl2Message;
use helloscope::wire::side::Side;
use helloscope::wire::stream::{Message, agree};

/// Bytes behind their length in so many bytes.
fn behind(width: usize, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.len().to_be_bytes()[8 - width..].to_vec();
    out.extend_from_slice(bytes);
    out
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn message(msg_type: u8, body: &[u8]) -> Vec<u8> {
    join(&[&[msg_type], &behind(3, body)])
}

/// Reads a message; what it is called in `Handshake`, and its tree.
fn read(bytes: &[u8], context: Context) -> (Handshake, Tree) {
    let mut r = Reader::<Tree>::new(bytes, context);
    let read = Handshake::read(&mut r);
    let tree = r.finish();
    tree.check_tiling(bytes.len()).unwrap();
    let read = read.unwrap_or_else(|error| panic!("{bytes:02x?}: {error}"));
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!(Handshake::decode(bytes, context).as_ref(), Ok(&read));
    (read, tree)
}

/// The names of the leaves behind the header, without lengths.
fn leaves(tree: &Tree) -> Vec<&'static str> {
    let names = tree.leaves().skip(2).map(|leaf| leaf.name);
    names.filter(|name| *name != "length").collect()
}

fn agreed(version: ProtocolVersion, suite: u16) -> Context {
    Context::of(Some(version), Some(CipherSuite(suite)))
}

const TLS1_2: ProtocolVersion = ProtocolVersion::TLS1_2;

/// A signature with its algorithm, as from TLS 1.2 on; and without.
fn signature() -> Vec<u8> {
    join(&[&[4, 1], &behind(2, &[9; 8])])
}

fn old_signature() -> Vec<u8> {
    behind(2, &[9; 8])
}

/// x25519, and a point.
fn ecdh() -> Vec<u8> {
    join(&[&[3, 0, 29], &behind(1, &[5; 32])])
}

/// A prime, a generator, and a value.
fn dh() -> Vec<u8> {
    join(&[&behind(2, &[0xff; 64]), &behind(2, &[2]), &behind(2, &[7; 64])])
}

/// A prime, a generator, a salt, and a value.
fn srp() -> Vec<u8> {
    join(&[&behind(2, &[0xff; 64]), &behind(2, &[2]), &behind(1, &[3; 8]), &behind(2, &[7; 64])])
}

/// A modulus and an exponent.
fn rsa() -> Vec<u8> {
    join(&[&behind(2, &[0xc1; 64]), &behind(2, &[1, 0, 1])])
}

#[test]
fn a_server_key_exchange_has_the_form_of_its_key_exchange() {
    let hint = behind(2, b"which key");
    let explicit_prime = join(&[
        &[1],
        &behind(1, &[0xfd; 4]),
        &behind(1, &[1]),
        &behind(1, &[2]),
        &behind(1, &[4, 1, 2]),
        &behind(1, &[0xfb; 4]),
        &behind(1, &[1]),
        &behind(1, &[4, 9, 9]),
    ]);
    let explicit_char2 = join(&[
        &[2, 0, 163, 1],
        &behind(1, &[7]),
        &behind(1, &[1]),
        &behind(1, &[2]),
        &behind(1, &[4, 1, 2]),
        &behind(1, &[0xfb; 4]),
        &behind(1, &[2]),
        &behind(1, &[4, 9, 9]),
    ]);
    let signed = ["algorithm", "signature"];
    let ecdh_names = ["curve_type", "named_curve", "public"];
    let dh_names = ["dh_p", "dh_g", "dh_ys"];
    let srp_names = ["srp_n", "srp_g", "srp_s", "srp_b"];
    let cases: Vec<(u16, ProtocolVersion, Vec<u8>, Vec<&str>)> = vec![
        (0xc02f, TLS1_2, join(&[&ecdh(), &signature()]), [&ecdh_names[..], &signed].concat()),
        (
            0xc013,
            ProtocolVersion::TLS1_0,
            join(&[&ecdh(), &old_signature()]),
            [&ecdh_names[..], &["signature"]].concat(),
        ),
        // ECDH_anon, DHE_RSA, DH_anon.
        (0xc018, TLS1_2, ecdh(), ecdh_names.to_vec()),
        (0x0033, TLS1_2, join(&[&dh(), &signature()]), [&dh_names[..], &signed].concat()),
        (0x0034, TLS1_2, dh(), dh_names.to_vec()),
        // PSK, RSA_PSK, DHE_PSK, ECDHE_PSK.
        (0x008c, TLS1_2, hint.clone(), vec!["psk_identity_hint"]),
        (0x0094, TLS1_2, hint.clone(), vec!["psk_identity_hint"]),
        (0x0090, TLS1_2, join(&[&hint, &dh()]), [&["psk_identity_hint"][..], &dh_names].concat()),
        (
            0xc035,
            TLS1_2,
            join(&[&hint, &ecdh()]),
            [&["psk_identity_hint"][..], &ecdh_names].concat(),
        ),
        // SRP alone, and with an RSA certificate.
        (0xc01d, TLS1_2, srp(), srp_names.to_vec()),
        (0xc01e, TLS1_2, join(&[&srp(), &signature()]), [&srp_names[..], &signed].concat()),
        // RSA_EXPORT.
        (
            0x0003,
            ProtocolVersion::TLS1_0,
            join(&[&rsa(), &old_signature()]),
            vec!["rsa_modulus", "rsa_exponent", "signature"],
        ),
        // Curves that are spelled out.
        (
            0xc02f,
            TLS1_2,
            join(&[&explicit_prime, &signature()]),
            vec![
                "curve_type",
                "prime_p",
                "a",
                "b",
                "base",
                "order",
                "cofactor",
                "public",
                "algorithm",
                "signature",
            ],
        ),
        (
            0xc02f,
            TLS1_2,
            join(&[&explicit_char2, &signature()]),
            vec![
                "curve_type",
                "m",
                "basis",
                "k",
                "a",
                "b",
                "base",
                "order",
                "cofactor",
                "public",
                "algorithm",
                "signature",
            ],
        ),
    ];
    for (suite, version, body, names) in cases {
        let (_, tree) = read(&message(12, &body), agreed(version, suite));
        assert_eq!(leaves(&tree), names, "{suite:04x}");
        assert_eq!(tree.remarks, [], "{suite:04x}");
    }
}

#[test]
fn a_client_key_exchange_has_the_form_of_its_key_exchange() {
    let identity = behind(2, b"me");
    let secret = behind(2, &[8; 16]);
    let point = behind(1, &[4; 33]);
    let cases: Vec<(u16, ProtocolVersion, Vec<u8>, Vec<&str>)> = vec![
        (0x002f, TLS1_2, secret.clone(), vec!["encrypted_pre_master_secret"]),
        (0x0003, ProtocolVersion::TLS1_0, secret.clone(), vec!["encrypted_pre_master_secret"]),
        // SSL 3.0 has no length before it.
        (0x002f, ProtocolVersion::SSL3_0, vec![8; 16], vec!["encrypted_pre_master_secret"]),
        (0x0033, TLS1_2, secret.clone(), vec!["dh_yc"]),
        (0xc02f, TLS1_2, point.clone(), vec!["ecdh_yc"]),
        (0xc02f, TLS1_2, vec![], vec![]),
        (0x008c, TLS1_2, identity.clone(), vec!["psk_identity"]),
        (
            0x0094,
            TLS1_2,
            join(&[&identity, &secret]),
            vec!["psk_identity", "encrypted_pre_master_secret"],
        ),
        (0x0090, TLS1_2, join(&[&identity, &secret]), vec!["psk_identity", "dh_yc"]),
        (0xc035, TLS1_2, join(&[&identity, &point]), vec!["psk_identity", "ecdh_yc"]),
        (0xc01d, TLS1_2, secret.clone(), vec!["srp_a"]),
        (
            0x001f,
            TLS1_2,
            join(&[&secret, &[0, 0], &secret]),
            vec!["ticket", "encrypted_pre_master_secret"],
        ),
    ];
    for (suite, version, body, names) in cases {
        let (_, tree) = read(&message(16, &body), agreed(version, suite));
        assert_eq!(leaves(&tree), names, "{suite:04x}");
        assert_eq!(tree.remarks, [], "{suite:04x}");
    }
}

/// An OCSP response that says no more than that it cannot say anything: RFC 6960 section 4.2.1.
const TRY_LATER: &[u8] = &[0x30, 3, 0x0a, 1, 3];

#[test]
fn the_other_messages_have_their_forms() {
    let ocsp = join(&[&[1], &behind(3, TRY_LATER)]);
    let ocsp_multi = join(&[&[2], &behind(3, &join(&[&behind(3, TRY_LATER), &[0, 0, 0]]))]);
    let urls = join(&[&[1], &behind(2, &join(&[&behind(2, b"http://a/"), &[1], &[6; 20]]))]);
    let supplemental = behind(3, &join(&[&[0, 0], &behind(2, b"data")]));
    let next_protocol = join(&[&behind(1, b"spdy/3"), &behind(1, &[0; 24])]);
    let channel_id = join(&[&[0x75, 0x50, 0, 128], &[1; 128]]);
    let ticket13 = join(&[
        &[0, 0, 28, 32, 1, 2, 3, 4],
        &behind(1, &[0; 8]),
        &behind(2, &[7; 40]),
        &behind(2, &join(&[&[0, 42, 0, 4], &[0, 0, 64, 0]])),
    ]);
    let ticket = join(&[&[0, 0, 28, 32], &behind(2, &[7; 40])]);
    let cids = join(&[&behind(2, &join(&[&behind(1, &[1, 2]), &behind(1, &[3])])), &[0]]);
    let key = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
    let key = join(&[&key, &[9; 32]]);
    let tls12 = Context::of(Some(TLS1_2), None);
    let tls13 = Context::of(Some(ProtocolVersion::TLS1_3), None);
    let of_kind = |kind, version| Context {
        sender: Some(Side::Server),
        server_certificate_type: Some(kind),
        ..Context::of(Some(version), None)
    };
    let raw_key = |version| of_kind(CertificateType::RawPublicKey, version);
    let openpgp = of_kind(CertificateType::OpenPGP, TLS1_2);
    let cached = Context {
        sender: Some(Side::Server),
        certificate_is_cached: true,
        request_is_cached: true,
        ..tls12
    };
    let request10 = join(&[&behind(1, &[1, 2, 64]), &[0, 0]]);
    let request12 = join(&[&behind(1, &[1, 64]), &behind(2, &[4, 3, 4, 1]), &[0, 0]]);
    let request13 = join(&[&[0], &behind(2, &join(&[&[0, 13], &behind(2, &behind(2, &[4, 3]))]))]);
    let cases: Vec<(&str, u8, Context, Vec<u8>)> = vec![
        ("HelloRequest(", 0, tls12, vec![]),
        ("HelloVerifyRequest(", 3, tls12, join(&[&[0xfe, 0xff], &behind(1, &[5; 20])])),
        ("NewSessionTicket(", 4, tls12, ticket),
        ("NewSessionTicket13(", 4, tls13, ticket13),
        ("EndOfEarlyData(", 5, tls13, vec![]),
        ("DraftHelloRetryRequest(", 6, tls13, vec![0x7f, 0x12, 0, 6, 0, 40, 0, 2, 0, 29]),
        ("DraftHelloRetryRequest(", 6, tls13, vec![0x7f, 0x13, 0x13, 1, 0, 6, 0, 40, 0, 2, 0, 29]),
        ("EncryptedExtensions(", 8, tls13, vec![0, 4, 0, 0, 0, 0]),
        ("RequestConnectionId(", 9, tls13, vec![2]),
        ("NewConnectionId(", 10, tls13, cids),
        ("RawPublicKey(", 11, raw_key(TLS1_2), behind(3, &key)),
        (
            "Certificate13(",
            11,
            raw_key(ProtocolVersion::TLS1_3),
            join(&[&[0], &behind(3, &join(&[&behind(3, &key), &[0, 0]]))]),
        ),
        ("Certificate(", 11, tls12, vec![0, 0, 0]),
        ("OpenPgpCertificate(Empty", 11, openpgp, vec![1, 0, 0, 0]),
        (
            "OpenPgpCertificate(Subkey",
            11,
            openpgp,
            join(&[&[2], &behind(1, &[1; 8]), &behind(3, &[0x99; 60])]),
        ),
        (
            "OpenPgpCertificate(Fingerprint",
            11,
            openpgp,
            join(&[&[3], &behind(1, &[1; 8]), &behind(1, &[0x99; 20])]),
        ),
        ("OpenPgpCertificate(Raw", 11, openpgp, vec![9, 1, 2, 3]),
        ("CachedCertificate(", 11, cached, behind(1, &[6; 32])),
        // All of it all the same.
        ("Certificate(", 11, cached, vec![0, 0, 0]),
        ("CachedRequest(", 13, cached, behind(1, &[6; 32])),
        ("CertificateRequest(", 13, cached, request12.clone()),
        // Certificates of a kind that has no form here.
        (
            "Certificate13(",
            11,
            of_kind(CertificateType::Ieee1609Dot2, ProtocolVersion::TLS1_3),
            join(&[&[0], &behind(3, &join(&[&behind(3, &[3; 40]), &[0, 0]]))]),
        ),
        ("Certificate13(", 11, tls13, vec![0, 0, 0, 0]),
        ("CertificateRequest(", 13, Context::of(Some(ProtocolVersion::TLS1_0), None), request10),
        ("CertificateRequest(", 13, tls12, request12),
        ("CertificateRequest13(", 13, tls13, request13.clone()),
        ("ServerHelloDone(", 14, tls12, vec![]),
        ("CertificateVerify(", 15, tls13, signature()),
        (
            "CertificateVerify(",
            15,
            Context::of(Some(ProtocolVersion::SSL3_0), None),
            old_signature(),
        ),
        ("ClientCertificateRequest(", 17, tls13, request13),
        ("Finished(", 20, Context::of(Some(ProtocolVersion::SSL3_0), None), vec![3; 36]),
        ("CertificateUrl(", 21, tls12, urls),
        ("CertificateStatus(", 22, tls12, ocsp),
        ("CertificateStatus(", 22, tls12, ocsp_multi),
        ("SupplementalData(", 23, tls12, supplemental),
        (
            "EktKey(",
            26,
            tls12,
            join(&[&behind(2, &[7; 16]), &behind(2, &[9; 12]), &[0, 1, 0, 14, 16]]),
        ),
        ("KeyUpdate(", 24, tls13, vec![1]),
        ("NextProtocol(", 67, tls12, next_protocol),
        ("ChannelId(", 203, tls12, channel_id),
        ("MessageHash(", 254, tls13, vec![8; 32]),
        ("Opaque(", 99, tls12, vec![1, 2, 3]),
    ];
    for (name, msg_type, context, body) in cases {
        let (value, tree) = read(&message(msg_type, &body), context);
        let shown = format!("{value:?}");
        assert!(shown.starts_with(name), "{name} is {shown}");
        assert_eq!(tree.remarks, [], "{name}");
        let unread = ["malformed", "trailing"];
        assert!(!leaves(&tree).iter().any(|leaf| unread.contains(leaf)), "{name}");
    }
}

/// A curve of 256 bits that is written out.
fn explicit_curve() -> Vec<u8> {
    let numbers = [32, 32, 32, 65, 32, 1].map(|length| behind(1, &vec![0xf1; length]));
    join(&[&[1], &numbers.concat()])
}

/// The assumptions of a tree: the field, and the form that was taken.
fn assumptions(tree: &Tree) -> Vec<(&'static str, String)> {
    assert!(
        tree.remarks.iter().all(|remark| remark.kind == Kind::Assumption),
        "{:?}",
        tree.remarks
    );
    tree.remarks.iter().map(|remark| (remark.field, remark.fault.found())).collect()
}

#[test]
fn without_the_hellos_the_form_that_fits_is_taken_and_said() {
    let unknown = Context::default();
    let cases: Vec<(u8, Vec<u8>, &str, &str)> = vec![
        (12, join(&[&ecdh(), &signature()]), "Ecdhe", "a key on a curve"),
        (12, join(&[&dh(), &signature()]), "Dhe(", "a key in a prime field, which"),
        // An exponent of RSA is odd.
        (12, dh(), "Dhe(", "a key in a prime field, which"),
        (12, join(&[&rsa(), &behind(2, &[9; 128])]), "RsaExport(", "a short RSA key, which"),
        (12, join(&[&rsa(), &behind(2, &[9; 64])]), "Dhe(", "a short RSA key looks the same"),
        (12, join(&[&rsa(), &signature()]), "RsaExport(", "a short RSA key, which"),
        (12, join(&[&explicit_curve(), &behind(1, &[4; 65]), &signature()]), "Ecdhe(", "a curve"),
        (12, join(&[&behind(2, b"hint"), &dh()]), "DhePsk(", "a hint at a shared key, and"),
        (12, join(&[&[0, 0], &ecdh()]), "EcdhePsk(", "a hint at a shared key, and"),
        (12, srp(), "Srp(", "half of a password's proof"),
        (12, join(&[&srp(), &signature()]), "Srp(", "half of a password's proof"),
        // Numbers of no size that a prime has, and a prime that is shorter than its generator.
        (12, behind(2, b"none").repeat(3), "Opaque", "no known form"),
        (12, join(&[&behind(2, &[0xff; 64]), &behind(2, &[2; 65]), &[0, 1, 9]]), "Opaque", "no"),
        (12, behind(2, b"hint"), "Psk", "a hint at a shared key"),
        (12, vec![1, 2, 3], "Opaque", "no known form"),
        (16, behind(1, &[4; 65]), "Ecdhe", "a point"),
        (16, behind(2, &[4; 64]), "Rsa", "a secret under an RSA key"),
        (16, behind(2, b"identity"), "Psk(", "the name of a shared key, which"),
        (16, join(&[&behind(2, b"identity"), &behind(1, &[4; 65])]), "EcdhePsk(", "and a point"),
        (16, join(&[&behind(2, b"identity"), &behind(2, &[4; 64])]), "DhePsk(", "and a value"),
        (16, join(&[&behind(2, &[4; 70]), &behind(2, &[4; 64])]), "Opaque", "no known form"),
        (11, vec![0, 0, 0], "Certificate(", "before TLS 1.3"),
        (11, vec![0, 0, 0, 0], "Certificate13", "TLS 1.3"),
        (4, join(&[&[0, 0, 1, 0], &behind(2, &[7; 40])]), "NewSessionTicket(", "before TLS 1.3"),
        (
            13,
            join(&[&behind(1, &[1]), &behind(2, &[4, 3]), &[0, 0]]),
            "CertificateRequest(",
            "before TLS 1.3",
        ),
        (15, signature(), "CertificateVerify", "as in TLS 1.2"),
        (15, old_signature(), "CertificateVerify", "before TLS 1.2"),
    ];
    for (msg_type, body, form, found) in cases {
        let (value, tree) = read(&message(msg_type, &body), unknown);
        let shown = format!("{value:?}");
        assert!(shown.contains(form), "{form}: {shown}");
        let assumed = assumptions(&tree);
        assert!(assumed.iter().any(|(_, what)| what.contains(found)), "{form}: {assumed:?}");
    }
}

#[test]
fn in_dtls_a_hello_has_a_cookie_and_a_message_a_number() {
    let context = Context { datagram: true, ..Context::default() };
    let body = join(&[
        &[0xfe, 0xfd],
        &[3; 32],
        &[0],
        &behind(1, b"cookie"),
        &behind(2, &[0xc0, 0x2f]),
        &[1, 0],
    ]);
    let header = join(&[&[1], &behind(3, &body)[..3], &[0, 7, 0, 0, 0], &behind(3, &body)[..3]]);
    let bytes = join(&[&header, &body]);
    let mut r = Reader::<Tree>::new(&bytes, context);
    let Ok(Handshake::ClientHello(hello)) = Handshake::read(&mut r) else { panic!() };
    let tree = r.finish();
    tree.check_tiling(bytes.len()).unwrap();
    assert_eq!(hello.cookie.0.as_ref().map(|cookie| &cookie.0[..]), Some(&b"cookie"[..]));
    assert!(tree.find("message_seq").is_some() && tree.find("fragment_offset").is_some());
    assert_eq!(Handshake::ClientHello(hello).to_datagram_bytes(7), bytes);
}

#[test]
fn every_message_of_ssl_2_has_its_form() {
    let certificate = std::fs::read(common::path("testdata/certificates/dsa-2048.der")).unwrap();
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap().to_be_bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("Error(", vec![0, 0, 1]),
        ("ClientHello(", join(&[&[1, 0, 2, 0, 3, 0, 0, 0, 16], &[1, 0, 0x80], &[7; 16]])),
        ("ClientMasterKey(", join(&[&[2, 7, 0, 0xc0, 0, 0, 0, 8, 0, 8], &[1; 8], &[2; 8]])),
        ("ClientFinished(", join(&[&[3], &[7; 16]])),
        (
            "ServerHello(",
            join(&[
                &[4, 0, 1, 0, 2],
                &length(&certificate),
                &[0, 3, 0, 16],
                &certificate,
                &[1, 0, 0x80],
                &[7; 16],
            ]),
        ),
        ("ServerVerify(", join(&[&[5], &[7; 16]])),
        ("ServerFinished(", join(&[&[6], &[7; 16]])),
        ("RequestCertificate(", join(&[&[7, 1], &[7; 16]])),
        (
            "ClientCertificate(",
            join(&[&[8, 1], &length(&certificate), &[0, 4], &certificate, &[9; 4]]),
        ),
        ("Opaque(", vec![77, 1, 2]),
    ];
    for (name, bytes) in cases {
        let mut r = Reader::<Tree>::new(&bytes, Context::default());
        let value = Ssl2Message::fields(&mut r).unwrap();
        assert!(r.is_empty(), "{name}");
        let tree = r.finish();
        tree.check_tiling(bytes.len()).unwrap();
        assert!(format!("{value:?}").starts_with(name), "{value:?}");
        assert_eq!(value.to_bytes(), bytes, "{name}");
        assert!(
            tree.remarks.iter().all(|remark| remark.kind == Kind::Notice),
            "{:?}",
            tree.remarks
        );
    }
}

#[test]
fn a_delegated_credential_takes_no_certificates_place() {
    let tls13 = Context::of(Some(ProtocolVersion::TLS1_3), None);
    let der = std::fs::read(common::path("testdata/certificates/ecdsa-p256.der")).unwrap();
    let ed25519 = join(&[
        &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00],
        &[7; 32],
    ]);
    // For two days, a key for Ed25519; signed with ECDSA.
    let credential =
        join(&[&[0, 2, 0xa3, 0, 8, 7], &behind(3, &ed25519), &[4, 3], &behind(2, &[9; 70])]);
    let extension = join(&[&[0, 34], &behind(2, &credential)]);
    let chain = |cert: &[u8], extensions: &[u8]| {
        let entry = join(&[&behind(3, cert), &behind(2, extensions)]);
        let bytes = message(11, &join(&[&[0], &behind(3, &entry)]));
        read(&bytes, tls13);
        let mut recorder = Recorder::default();
        let message = Message::decode(ContentType::handshake, &bytes, tls13);
        recorder.push_message(Side::Server, message);
        let transcript = recorder.finish(Source::default(), None);
        transcript.chain().iter().map(|der| der.to_vec()).collect::<Vec<_>>()
    };
    assert_eq!(chain(&der, &extension), [der.as_slice()]);
    assert_eq!(chain(&der, &[]), [der.as_slice()]);
    // A key that does take its place.
    assert_eq!(chain(&ed25519, &extension), [[0; 0]; 0]);
}

#[test]
fn the_secret_of_rsa_has_no_length_in_ssl_3() {
    for length in [64, 128, 256] {
        let secret = vec![0x5e; length];
        let bytes = message(16, &secret);
        let (read, tree) = read(&bytes, agreed(ProtocolVersion::SSL3_0, 0x0005));
        assert!(format!("{read:?}").starts_with("ClientKeyExchange(Ssl3Rsa("), "{read:?}");
        assert_eq!(leaves(&tree), ["encrypted_pre_master_secret"]);
        assert_eq!(tree.remarks, []);
    }
}

/// What a client sends behind a ServerKeyExchange and a ServerHelloDone, with no hello before them.
fn behind_server_key(server: &[u8], client: &[u8]) -> Message {
    let mut context = Context::default();
    for bytes in [message(12, server), message(14, &[])] {
        agree(&Message::decode(ContentType::handshake, &bytes, context), &mut context);
    }
    let bytes = message(16, client);
    let message = Message::decode(ContentType::handshake, &bytes, context);
    agree(&message, &mut context);
    assert_eq!(context, Context::default());
    message
}

#[test]
fn without_the_hellos_a_client_answers_the_key_that_was_taken() {
    let hint = behind(2, b"hint");
    let (id, value, point) = (behind(2, b"id"), behind(2, &[4; 64]), behind(1, &[4; 65]));
    let cases = [
        (hint.clone(), id.clone(), "Psk("),
        (hint.clone(), join(&[&id, &value]), "RsaPsk("),
        (join(&[&hint, &dh()]), join(&[&id, &value]), "DhePsk("),
        (join(&[&hint, &ecdh()]), join(&[&id, &point]), "EcdhePsk("),
        (join(&[&dh(), &signature()]), value.clone(), "Dhe("),
        (join(&[&rsa(), &behind(2, &[9; 128])]), value.clone(), "Rsa("),
        (srp(), value, "Srp("),
        (join(&[&ecdh(), &signature()]), point, "Ecdhe("),
    ];
    for (server, client, form) in cases {
        let message = behind_server_key(&server, &client);
        let shown = format!("{:?}", message.handshake().unwrap());
        assert!(shown.starts_with(&format!("ClientKeyExchange({form}")), "{form} {shown}");
        let assumed = assumptions(&message.tree);
        assert!(assumed[0].1.contains("what belongs to the server's key"), "{form} {assumed:?}");
    }
    // What does not fit it is read by what it looks like.
    let message = behind_server_key(&hint, &behind(1, &[4; 65]));
    assert_eq!(leaves(&message.tree).last(), Some(&"ecdh_yc"));
}

#[test]
fn of_what_was_only_taken_to_be_there_a_value_is_noticed_where_nothing_else_fits() {
    let read = |context, body: &[u8]| {
        let bytes = message(12, body);
        let mut recorder = Recorder::default();
        let message = Message::decode(ContentType::handshake, &bytes, context);
        recorder.push_message(Side::Server, message);
        let transcript = recorder.finish(Source::default(), None);
        let (_, message) = transcript.messages().next().unwrap();
        message.tree.remarks.iter().filter(|remark| remark.kind == Kind::Notice).count()
    };
    // A prime of 512 bits, which is short whatever was agreed, where the bytes have no other form.
    let signed = join(&[&dh(), &signature()]);
    assert_eq!(read(agreed(TLS1_2, 0x0033), &signed), 1);
    assert_eq!(read(Context::default(), &signed), 1);
    // And where nothing is signed; but what is behind it may make it another form.
    assert_eq!(read(agreed(TLS1_2, 0x0034), &dh()), 1);
    assert_eq!(read(Context::default(), &dh()), 1);
    assert_eq!(read(Context::default(), &join(&[&dh(), &[9; 7]])), 0);
}

#[test]
fn an_exponent_of_rsa_is_odd_and_so_tells_a_short_key_from_a_prime() {
    let told = |body: &[u8]| {
        let message =
            Message::decode(ContentType::handshake, &message(12, body), Context::default());
        let mut recorder = Recorder::default();
        recorder.push_message(Side::Server, message);
        let transcript = recorder.finish(Source::default(), None);
        let (_, message) = transcript.messages().next().unwrap();
        let remarks = &message.tree.remarks;
        let ambiguous = remarks.iter().any(|it| it.fault.found().contains("looks the same"));
        let noticed = remarks.iter().filter(|remark| remark.kind == Kind::Notice);
        (ambiguous, noticed.map(|remark| (remark.field, remark.fault.found())).collect::<Vec<_>>())
    };
    let number = |bytes: &[u8]| behind(2, bytes);
    let short = |field, found: &str| vec![(field, found.to_owned())];
    let (prime, value) = ([0xff; 64], [0x55; 64]);
    for (generator, ambiguous) in [(2, false), (5, true)] {
        let body = join(&[&number(&prime), &number(&[generator]), &number(&value)]);
        assert_eq!(told(&body), (ambiguous, short("dh_p", "512")), "{generator}");
    }
    // Of a long number nothing is said that is not so of both.
    let body = join(&[&number(&[0xff; 256]), &number(&[5]), &number(&[0x55; 256])]);
    assert_eq!(told(&body), (true, vec![]));
    let export = short("rsa_modulus", "a short one, as for export (FREAK)");
    for length in [64, 128] {
        let modulus = number(&vec![0xc1; length]);
        let body = join(&[&modulus, &number(&[1, 0, 1]), &number(&[0x73; 256])]);
        assert_eq!(told(&body), (false, export.clone()), "{length}");
    }
}

#[test]
fn a_broken_hash_is_noticed_where_only_the_form_was_taken() {
    let told = |msg_type: u8, body: &[u8]| {
        let bytes = message(msg_type, body);
        let mut recorder = Recorder::default();
        let message = Message::decode(ContentType::handshake, &bytes, Context::default());
        recorder.push_message(Side::Server, message);
        let transcript = recorder.finish(Source::default(), None);
        let (_, message) = transcript.messages().next().unwrap();
        let noticed = message.tree.remarks.iter().filter(|it| it.kind == Kind::Notice);
        noticed.map(|it| (it.fault.found(), it.reference)).collect::<Vec<_>>()
    };
    let signed = |algorithm: [u8; 2]| join(&[&algorithm, &behind(2, &[0x30, 6, 2, 1, 1, 2, 1, 1])]);
    let sha1 = |section| vec![("SHA-1".to_owned(), section)];
    assert_eq!(told(15, &signed([2, 3])), sha1("RFC 9155 5"));
    assert_eq!(told(15, &signed([4, 3])), vec![]);
    let on_curve = |signature: &[u8]| join(&[&[3, 0, 29, 32], &[0x6b; 32], signature]);
    assert_eq!(told(12, &on_curve(&signed([2, 3]))), sha1("RFC 9155 4"));
    // The same bytes are a signature without an algorithm, whose length begins them.
    let either = join(&[&[2, 3], &behind(2, &[9; 0x203 - 2])]);
    assert_eq!(told(15, &either), vec![]);
}

#[test]
fn what_is_assumed_of_one_message_does_not_contradict_itself() {
    // A CertificateRequest of TLS 1.0: two kinds, and no authorities.
    let (_, tree) = read(&message(13, &[2, 1, 2, 0, 0]), Context::default());
    let assumed: Vec<_> = tree.remarks.iter().map(|remark| remark.fault.found()).collect();
    assert_eq!(assumed, ["the form before TLS 1.3", "none of it, as before TLS 1.2"]);
}

/// RFC 8446 section 4.3.2: a request behind the handshake has a context, whose length looks like the
/// number of kinds that one of TLS 1.2 asks for.
#[test]
fn a_message_that_only_tls_1_3_has_tells_the_version() {
    let schemes = join(&[&[0, 13], &behind(2, &behind(2, &[4, 3]))]);
    let request = message(13, &join(&[&behind(1, &[0x91; 32]), &behind(2, &schemes)]));
    // A lifetime and its age, a nonce, a ticket and no extensions.
    let ticket = join(&[&[0, 0, 1, 0], &[7; 4], &behind(1, &[1]), &behind(2, &[7; 40]), &[0, 0]]);
    let compressed = join(&[&[0, 1], &behind(3, &[]), &behind(3, &[9])]);
    let decode = |bytes: &[u8], context| Message::decode(ContentType::handshake, bytes, context);
    for (msg_type, body) in
        [(8, vec![0, 0]), (5, vec![]), (24, vec![0]), (25, compressed), (4, ticket)]
    {
        let mut context = Context::default();
        let told = decode(&message(msg_type, &body), context);
        agree(&told, &mut context);
        assert_eq!(context.version, Some(ProtocolVersion::TLS1_3), "{msg_type}");
        let read = decode(&request, context);
        assert!(matches!(read.handshake(), Some(Handshake::CertificateRequest13(_))));
        assert_eq!(read.tree.remarks, []);
        // What a ServerHello said counts.
        let mut context = agreed(TLS1_2, 0xc02f);
        agree(&told, &mut context);
        assert_eq!(context.version, Some(TLS1_2));
        let mut context = Context { datagram: true, ..Context::default() };
        let header = [&told.bytes[..4], &[0; 5], &told.bytes[1..]].concat();
        agree(&decode(&header, context), &mut context);
        assert_eq!(context.version, Some(ProtocolVersion::DTLS1_3), "{msg_type}");
    }
    // By itself it has the form of TLS 1.3 alone: its names would have to stand behind their lengths.
    let (read, tree) = read(&request, Context::default());
    assert!(matches!(read, Handshake::CertificateRequest13(_)), "{read:?}");
    assert_eq!(assumptions(&tree).len(), 1);
    // What both have tells nothing, nor does what is broken.
    let old_ticket = join(&[&[0, 0, 1, 0], &behind(2, &[7; 40])]);
    for (msg_type, body) in [(4, old_ticket), (20, vec![7; 12]), (14, vec![]), (8, vec![0, 7])] {
        let mut context = Context::default();
        agree(&decode(&message(msg_type, &body), context), &mut context);
        assert_eq!(context, Context::default(), "{msg_type}");
    }
}

#[test]
fn what_does_not_have_the_form_that_was_taken_is_no_answer_to_a_hello_that_was_not_seen() {
    let hello = Handshake::ClientHello(common::connection::hello()).to_bytes();
    let broken = message(11, &[1, 2]);
    let reaction = |hello: &[u8]| {
        let mut recorder = Recorder::default();
        for (from, bytes) in [(Side::Client, hello), (Side::Server, &broken)] {
            let version = ProtocolVersion::TLS1_2;
            recorder.push(from, None, &records(ContentType::handshake, version, bytes, &[]));
        }
        Reaction::of(&recorder.finish(Source::default(), None))
    };
    assert_eq!(reaction(&hello).unwrap().kind.word(), "malformed");
    assert_eq!(reaction(&[]), None);
}

/// RFC 6347 section 4.2.2: each handshake counts its messages from zero.
#[test]
fn messages_of_a_handshake_do_not_wait_for_those_of_the_next() {
    let log = |version: &str| {
        let name = format!("testdata/logs/s_client-3.0-{version}-msg.txt");
        std::fs::read_to_string(common::path(&name)).unwrap()
    };
    let read = |text: &str| {
        let transcript = capture::read("log", text.as_bytes()).unwrap();
        let messages = transcript.messages().map(|(event, message)| {
            let tree = &message.tree;
            let faults = tree.remarks.iter().filter(|it| it.kind != Kind::Notice).count();
            (event.from, message.type_name(), format!("{:?}", tree.fields), faults)
        });
        messages.collect::<Vec<_>>()
    };
    for (one, next) in [("dtls1", "dtls1_2"), ("dtls1_2", "dtls1"), ("dtls1_2", "dtls1_2")] {
        let (one, next) = (log(one), log(next));
        let begins: Vec<_> = one.match_indices(">>> ").chain(one.match_indices("<<< ")).collect();
        let whole = read(&next);
        assert!(begins.len() > 20);
        for (at, _) in begins {
            let cut = &one[at..];
            let both = read(&format!("{cut}\n{next}"));
            assert_eq!(both, [read(cut), whole.clone()].concat(), "{at}");
        }
    }
}
