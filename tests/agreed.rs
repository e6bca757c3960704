//! What both sides agreed on, and what does not go with it: messages of other versions, signatures
//! by other keys, a second hello that is another one. Each case changes one thing of a sound
//! connection.

mod common;

use common::connection::{hello, point, remarks, tls12, tls13, transcript};
use common::flows::Flow;
use helloscope::names::{
    AlertDescription, AlertLevel, CachedInformationType, CertificateType, CipherSuite, Code,
    CompressionMethod, ContentType, EcPointFormat, ExtensionType, HandshakeType, NamedGroup,
    ProtocolVersion, SignatureScheme,
};
use helloscope::report::transcript::{Options, text};
use helloscope::transcript::{Reaction, Recorder, Side, Source};
use helloscope::wire::choice::Tagged;
use helloscope::wire::extension::{
    Block, CachedObject, ClientExtension, Extension, HelloRetryExtension, KeyShareEntry,
    ServerExtension,
};
use helloscope::wire::fault::{Kind, Remark};
use helloscope::wire::grammar::{Codes, Context, Empty, Fixed, List, Opaque, Rest, SinceTls12};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::certificate::{
    Asn1Cert, Certificate, Certificate13, CertificateEntry,
};
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::ec_parameters::EcParameters;
use helloscope::wire::handshake::encrypted_extensions::EncryptedExtensions;
use helloscope::wire::handshake::finishing::Finished;
use helloscope::wire::handshake::key_exchange::{
    EcdheServerKey, ServerEcdhParams, ServerKeyExchange,
};
use helloscope::wire::handshake::random::{HELLO_RETRY_REQUEST, Random};
use helloscope::wire::handshake::server_hello::{HelloRetryRequest, ServerHello};
use helloscope::wire::handshake::signature::{CertificateVerify, Signature, Signed};
use helloscope::wire::record::records;
use helloscope::wire::stream::{Message, Unit};

/// Field, what was found, and section.
type Told = (&'static str, String, &'static str);

fn told(said: Vec<(Side, Handshake)>) -> Vec<Told> {
    let remarks = remarks(said);
    remarks.iter().map(|it| (it.field, it.fault.found(), it.reference)).collect()
}

/// What is told of a connection that begins with these hellos, in TLS 1.3 with EncryptedExtensions
/// behind them.
fn behind(hello: ClientHello, answer: ServerHello, said: Vec<(Side, Handshake)>) -> Vec<Told> {
    let is_new = answer.version().is_tls13();
    let mut hellos = vec![
        (Side::Client, Handshake::ClientHello(hello)),
        (Side::Server, Handshake::ServerHello(answer)),
    ];
    if is_new {
        let extensions = Block(vec![]);
        let answers = Handshake::EncryptedExtensions(EncryptedExtensions { extensions });
        hellos.push((Side::Server, answers));
    }
    told([hellos, said].concat())
}

/// A hello that offers a suite and a scheme more.
fn offering(suite: CipherSuite, scheme: SignatureScheme) -> ClientHello {
    let mut hello = hello();
    if !hello.cipher_suites.0.contains(&suite) {
        hello.cipher_suites.0.push(suite);
    }
    for extension in &mut hello.extensions.as_mut().unwrap().0 {
        if let ClientExtension::SignatureAlgorithms(schemes) = extension {
            if !schemes.0.contains(&scheme) {
                schemes.0.push(scheme);
            }
        }
    }
    hello
}

fn of_bytes(msg_type: HandshakeType, body: &[u8], suite: CipherSuite) -> Handshake {
    let length = u8::try_from(body.len()).unwrap();
    let bytes = [&[msg_type.number() as u8, 0, 0, length], body].concat();
    let context = Context::of(Some(ProtocolVersion::TLS1_2), Some(suite));
    Handshake::decode(&bytes, context).unwrap()
}

#[test]
fn messages_that_a_version_does_not_have() {
    let suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    let old = [
        (Side::Server, of_bytes(HandshakeType::hello_request, &[], suite)),
        (Side::Server, of_bytes(HandshakeType::server_hello_done, &[], suite)),
        (Side::Client, of_bytes(HandshakeType::client_key_exchange, &[1, 7], suite)),
        (
            Side::Server,
            of_bytes(HandshakeType::certificate_status, &[1, 0, 0, 5, 0x30, 3, 0x0a, 1, 1], suite),
        ),
    ];
    // The last of them goes by an extension.
    let (mut asking, mut answering) = (hello(), tls12());
    let status_request = ExtensionType::status_request;
    let asks = ClientExtension::from_data(status_request, &[1, 0, 0, 0, 0]);
    asking.extensions.as_mut().unwrap().0.push(asks);
    let answers = ServerExtension::from_data(status_request, &[]);
    answering.extensions.as_mut().unwrap().0.push(answers);
    for (from, message) in old {
        let name = message.msg_type().name().unwrap();
        let said = vec![(from, message.clone())];
        let mut found = behind(asking.clone(), answering.clone(), said);
        // What must stand before it is another matter.
        found.retain(|(_, found, _)| found != "none");
        assert_eq!(found, [], "{name}");
        let notice = (name, "one that only versions before it have".to_owned(), "RFC 8446 B.3");
        assert_eq!(behind(hello(), tls13(), vec![(from, message)]), [notice]);
    }
    let new = Handshake::EndOfEarlyData(Empty);
    let said = vec![
        (Side::Client, Handshake::ClientHello(hello())),
        (Side::Server, Handshake::ServerHello(tls13())),
        (Side::Client, new.clone()),
    ];
    assert_eq!(told(said), []);
    let notice = ("end_of_early_data", "one that only TLS 1.3 has".to_owned(), "RFC 5246 7.4");
    assert_eq!(behind(hello(), tls12(), vec![(Side::Client, new)]), [notice]);
}

fn key_exchange(scheme: SignatureScheme, signature: &[u8], public: &[u8]) -> Handshake {
    let params = ServerEcdhParams {
        curve_params: EcParameters::Named(NamedGroup::x25519),
        public: Opaque::new(public.to_vec()),
    };
    let signature = signed(scheme, signature);
    let key = EcdheServerKey { params, signature: Signed(Some(signature)) };
    Handshake::ServerKeyExchange(ServerKeyExchange::Ecdhe(key).into())
}

fn signed(scheme: SignatureScheme, signature: &[u8]) -> Signature {
    Signature { algorithm: SinceTls12(Some(scheme)), signature: Opaque::new(signature.to_vec()) }
}

/// The bytes of a signature, by a key of 2048 bits or on a curve.
fn own(scheme: SignatureScheme) -> &'static [u8] {
    match scheme.name().is_some_and(|name| name.starts_with("rsa_")) {
        true => &[7; 256],
        false => ECDSA,
    }
}

/// An ECDSA-Sig-Value.
const ECDSA: &[u8] = &[0x30, 6, 2, 1, 1, 2, 1, 1];

#[test]
fn what_a_server_of_tls_1_2_was_not_offered_is_told_by_its_documents() {
    let unasked = |answer: ServerHello, extension_type: ExtensionType| {
        let mut answer = answer;
        let extension = ServerExtension::from_data(extension_type, &[0]);
        answer.extensions.as_mut().unwrap().0.push(extension);
        behind(hello(), answer, vec![]).pop().unwrap()
    };
    let found = "one that was not asked for".to_owned();
    let unknown = ExtensionType(0x1234);
    let notice = ("unknown", found.clone(), "RFC 5246 7.4.1.4");
    assert_eq!(unasked(tls12(), unknown), notice);
    assert_eq!(unasked(tls13(), unknown), ("unknown", found, "RFC 8446 4.2"));

    let mut hello = hello();
    for extension in &mut hello.extensions.as_mut().unwrap().0 {
        match extension {
            ClientExtension::SupportedGroups(groups) => {
                groups.0.retain(|group| *group != NamedGroup::x25519);
            }
            ClientExtension::KeyShare(shares) => shares.0.clear(),
            ClientExtension::SignatureAlgorithms(schemes) => {
                schemes.0.retain(|scheme| *scheme != SignatureScheme::rsa_pss_rsae_sha256);
            }
            _ => {}
        }
    }
    let key = key_exchange(SignatureScheme::rsa_pss_rsae_sha256, &[7; 256], &[7; 32]);
    let told = behind(hello, tls12(), vec![(Side::Server, key)]);
    let found = "one that was not".to_owned();
    assert!(told.contains(&("named_curve", found.clone(), "RFC 8422 5.4")), "{told:?}");
    assert!(told.contains(&("algorithm", found, "RFC 5246 7.4.3")), "{told:?}");
}

#[test]
fn safe_renegotiation_is_agreed_where_it_was_asked_for_and_begins_with_nothing() {
    let told = |asked: bool, data: &[u8]| {
        let mut hello = hello();
        let scsv = CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV;
        hello.cipher_suites.0.retain(|suite| asked || *suite != scsv);
        let block = hello.extensions.as_mut().unwrap();
        block.0.retain(|one| asked || one.extension_type() != ExtensionType::renegotiation_info);
        let mut answer = tls12();
        let info = ServerExtension::RenegotiationInfo(Opaque::new(data.to_vec()));
        answer.extensions = Some(Block(vec![info]));
        behind(hello, answer, vec![])
    };
    assert_eq!(told(true, &[]), []);
    let neither = ("client_hello", "neither".to_owned(), "RFC 5746 3.4");
    let unasked = ("renegotiation_info", "one that was not asked for".to_owned(), "RFC 5746 3.6");
    assert_eq!(told(false, &[]), [neither, unasked]);
    let before = ("renegotiation_info", "a handshake before the first".to_owned(), "RFC 5746 3.4");
    assert_eq!(told(true, &[7; 24]), [before]);
}

#[test]
fn a_suite_that_is_not_known_is_as_one_that_was_not_seen() {
    let key = key_exchange(SignatureScheme::rsa_pkcs1_sha256, &[7; 256], &[7; 32]);
    let answer = ServerHello { cipher_suite: CipherSuite(0xffee), ..tls12() };
    let mut recorder = Recorder::default();
    for message in [Handshake::ServerHello(answer), key.clone()] {
        let bytes = message.to_bytes();
        let record = records(ContentType::handshake, ProtocolVersion::TLS1_2, &bytes, &[]);
        recorder.push(Side::Server, None, &record);
    }
    let transcript = recorder.finish(Source::default(), None);
    let (_, message) = transcript.messages().last().unwrap();
    assert_eq!(message.handshake(), Some(&key));
    let [assumed] = &message.tree.remarks[..] else { panic!("{:?}", message.tree.remarks) };
    assert!(assumed.fault.expected().contains("a cipher suite that is known"), "{assumed}");
}

#[test]
fn a_record_is_too_long_by_what_was_agreed() {
    let of = |answer: ServerHello, over: u16| {
        let mut recorder = Recorder::default();
        let bytes = Handshake::ServerHello(answer).to_bytes();
        let hello = records(ContentType::handshake, ProtocolVersion::TLS1_2, &bytes, &[]);
        let length = (1 << 14) + over;
        let head = [&[23, 3, 3][..], &length.to_be_bytes()].concat();
        recorder.push(Side::Server, None, &hello);
        recorder.push(Side::Server, None, &[20, 3, 3, 0, 1, 1]);
        recorder.push(Side::Server, None, &[head, vec![7; length.into()]].concat());
        let transcript = recorder.finish(Source::default(), None);
        let headers = transcript.events.iter().filter_map(|event| match &event.unit {
            Unit::Header(header) => Some(header.tree.remarks.clone()),
            Unit::Message(_) => None,
        });
        headers.flatten().map(|remark| (remark.field, remark.reference)).collect::<Vec<_>>()
    };
    assert_eq!(of(tls13(), 256), []);
    assert_eq!(of(tls13(), 257), [("length", "RFC 8446 5.2")]);
    assert_eq!(of(tls12(), 2048), []);
    assert_eq!(of(tls12(), 2049), [("length", "RFC 5246 6.2.3")]);
}

#[test]
fn a_key_where_the_certificate_has_it() {
    for (suite, reference) in [
        (CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256, "RFC 5246 7.4.3"),
        (CipherSuite::TLS_DH_RSA_WITH_AES_128_GCM_SHA256, "RFC 5246 7.4.3"),
        (CipherSuite::TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256, "RFC 4492 2.1"),
    ] {
        let answer = ServerHello { cipher_suite: suite, ..tls12() };
        let key = of_bytes(HandshakeType::server_key_exchange, &[3, 0, 29], suite);
        let hello = offering(suite, SignatureScheme::rsa_pkcs1_sha256);
        let mut found = behind(hello, answer, vec![(Side::Server, key)]);
        found.retain(|(field, ..)| *field != "cipher_suite");
        assert_eq!(found, [("server_key_exchange", "one".to_owned(), reference)], "{suite}");
    }
}

/// RFC 7924 section 4 and RFC 6091 section 3.3: what stands for certificates has no form of theirs, and
/// what it stands for is not missing.
#[test]
fn what_stands_for_certificates_is_read_as_was_agreed() {
    let message = |msg_type, body: &[u8]| {
        Handshake::Opaque(HandshakeType(msg_type), Rest(body.to_vec().into()))
    };
    let hash = [&[32][..], &[6; 32]].concat();
    let openpgp = [&[2, 8][..], &[1; 8], &[0, 0, 60], &[0x99; 60]].concat();
    let request = [1, 1, 0, 2, 4, 1, 0, 0];
    let none = [0; 3];
    let kinds = [CachedInformationType::cert, CachedInformationType::cert_req];
    let objects = kinds.map(|kind| CachedObject {
        cached_object_type: kind,
        hash_value: Opaque::new(vec![6; 32]),
    });
    let types = vec![CertificateType::OpenPGP, CertificateType::X509];
    for (offer, answer, [certificate, request, own]) in [
        (
            ClientExtension::CachedInfo(List::new(objects.to_vec())),
            ServerExtension::CachedInfo(Codes::new(kinds.to_vec())),
            [&hash[..], &hash, &none],
        ),
        (
            ClientExtension::CertType(Codes::new(types)),
            ServerExtension::CertType(CertificateType::OpenPGP),
            [&openpgp[..], &request, &openpgp],
        ),
    ] {
        let mut hello = hello();
        hello.extensions.as_mut().unwrap().0.push(offer);
        let mut hello_back = tls12();
        hello_back.extensions.as_mut().unwrap().0.push(answer);
        let mut said = vec![
            (Side::Client, Handshake::ClientHello(hello)),
            (Side::Server, Handshake::ServerHello(hello_back)),
            (Side::Server, message(11, certificate)),
            (Side::Server, message(13, request)),
            (Side::Server, message(14, &[])),
            (Side::Client, message(11, own)),
        ];
        if own != none {
            let signature = signed(SignatureScheme::rsa_pkcs1_sha256, &[7; 256]);
            let verify = CertificateVerify { signature };
            said.push((Side::Client, Handshake::CertificateVerify(verify)));
        }
        assert_eq!(told(said), []);
    }
}

#[test]
fn only_dtls_verifies_where_a_client_is() {
    let request = of_bytes(
        HandshakeType::hello_verify_request,
        &[3, 3, 2, 7, 7],
        CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256,
    );
    let hello = (Side::Client, Handshake::ClientHello(hello()));
    let found = "a message that only DTLS has".to_owned();
    let notice = ("hello_verify_request", found, "RFC 6347 4.2.1");
    assert_eq!(told(vec![hello, (Side::Server, request.clone())]), [notice]);
    // In a datagram it is at home.
    let mut recorder = Recorder::default();
    let message = request.to_datagram_bytes(0);
    let length = u8::try_from(message.len()).unwrap();
    let header = [22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, length];
    recorder.push_datagram(Side::Server, None, &[&header, &message[..]].concat());
    let transcript = recorder.finish(Source::default(), None);
    let (_, message) = transcript.messages().next().unwrap();
    assert_eq!(message.type_name(), "hello_verify_request");
    let of_tls = |reference: &&str| *reference == "RFC 6347 4.2.1";
    assert!(!message.tree.remarks.iter().any(|remark| of_tls(&remark.reference)));
}

fn certificate(name: &str) -> Asn1Cert {
    let path = common::path(&format!("testdata/certificates/{name}.der"));
    Asn1Cert(std::fs::read(path).unwrap())
}

/// What is told of signatures and keys, and not of the certificates by themselves.
fn of_keys(mut told: Vec<Told>) -> Vec<Told> {
    let fields = ["algorithm", "signature", "certificate_list"];
    told.retain(|(field, _, reference)| {
        fields.contains(field) && reference.starts_with("RFC 8") | reference.starts_with("RFC 52")
    });
    told.retain(|(_, _, reference)| !reference.starts_with("RFC 5280"));
    told
}

#[test]
fn a_scheme_takes_a_key_of_its_kind() {
    let schemes = [
        SignatureScheme::rsa_pss_rsae_sha256,
        SignatureScheme::rsa_pss_pss_sha256,
        SignatureScheme::ecdsa_secp256r1_sha256,
        SignatureScheme::ed25519,
        SignatureScheme::ed448,
    ];
    let keys = [
        ("rsa-2048", "an RSA key"),
        ("rsa-pss", "a key of RSASSA-PSS"),
        ("ecdsa-p256", "a key on a curve"),
        ("ed25519", "an Ed25519 key"),
        ("ed448", "an Ed448 key"),
    ];
    for (place, (name, words)) in keys.into_iter().enumerate() {
        for (of, scheme) in schemes.into_iter().enumerate() {
            let suite = match place {
                0 | 1 => CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                _ => CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            };
            let hello = || offering(suite, scheme);
            let mismatch = |reference| match place == of {
                true => vec![],
                false => vec![("algorithm", words.to_owned(), reference)],
            };
            let list = Certificate { certificate_list: List::new(vec![certificate(name)]) };
            let said = vec![
                (Side::Server, Handshake::Certificate(list)),
                (Side::Server, key_exchange(scheme, own(scheme), &[4; 32])),
            ];
            let answer = ServerHello { cipher_suite: suite, ..tls12() };
            let found = of_keys(behind(hello(), answer, said));
            assert_eq!(found, mismatch("RFC 5246 7.4.3"), "{scheme} by {name}");

            let entry =
                CertificateEntry { cert_data: certificate(name), extensions: Block(vec![]) };
            let certificate = Handshake::Certificate13(Certificate13 {
                certificate_request_context: Opaque::new(vec![]),
                certificate_list: List::new(vec![entry]),
            });
            let signature = signed(scheme, own(scheme));
            let verify = Handshake::CertificateVerify(CertificateVerify { signature });
            let said = vec![(Side::Server, certificate), (Side::Server, verify)];
            let found = of_keys(behind(hello(), tls13(), said));
            assert_eq!(found, mismatch("RFC 8446 4.4.3"), "{scheme} by {name}");
        }
    }
}

#[test]
fn a_suite_takes_a_certificate_of_its_kind() {
    let ecdsa = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    let rsa = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    let dhe = CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;
    // The name of the certificate's signer stands in these suites.
    let ecdh = CipherSuite::TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256;
    for (suite, name, notice) in [
        (ecdsa, "ecdsa-p256", None),
        (ecdsa, "ed25519", None),
        (ecdsa, "rsa-2048", Some(("an RSA key", "RFC 8422 5.3"))),
        (rsa, "rsa-2048", None),
        (rsa, "rsa-pss", None),
        (rsa, "ecdsa-p256", Some(("a key on a curve", "RFC 8422 5.3"))),
        (dhe, "rsa-2048", None),
        (dhe, "ed448", Some(("an Ed448 key", "RFC 5246 7.4.2"))),
        (ecdh, "ecdsa-p256", None),
    ] {
        let answer = ServerHello { cipher_suite: suite, ..tls12() };
        let list = Certificate { certificate_list: List::new(vec![certificate(name)]) };
        let said = vec![(Side::Server, Handshake::Certificate(list))];
        let hello = offering(suite, SignatureScheme::ed25519);
        let expected: Vec<Told> = notice
            .iter()
            .map(|(found, reference)| ("certificate_list", (*found).to_owned(), *reference))
            .collect();
        assert_eq!(of_keys(behind(hello, answer, said)), expected, "{suite} with {name}");
    }
}

#[test]
fn a_signature_of_ecdsa_is_two_numbers_in_der() {
    let scheme = SignatureScheme::ecdsa_secp256r1_sha256;
    let suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    for (bytes, is_der) in [
        (ECDSA, true),
        (&[7; 64], false),
        (&[], false),
        // One number, three of them, something behind, a longer form than it takes, no numbers.
        (&[0x30, 3, 2, 1, 1], false),
        (&[0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1], false),
        (&[0x30, 6, 2, 1, 1, 2, 1, 1, 0], false),
        (&[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1], false),
        (&[0x30, 6, 4, 1, 1, 4, 1, 1], false),
    ] {
        let notice = |reference| match is_der {
            true => vec![],
            false => vec![("signature", "something else".to_owned(), reference)],
        };
        let answer = ServerHello { cipher_suite: suite, ..tls12() };
        let key = vec![(Side::Server, key_exchange(scheme, bytes, &[4; 32]))];
        let found = behind(offering(suite, scheme), answer, key);
        assert_eq!(found, notice("RFC 8422 5.4"), "{bytes:02x?}");
        let signature = signed(scheme, bytes);
        let verify = Handshake::CertificateVerify(CertificateVerify { signature });
        let found = behind(hello(), tls13(), vec![(Side::Server, verify)]);
        assert_eq!(found, notice("RFC 8446 4.2.3"), "{bytes:02x?}");
    }
}

#[test]
fn a_finished_is_as_long_as_its_version_has_it() {
    let finished = |length: usize| {
        let verify_data = Rest(vec![7; length].into());
        vec![(Side::Server, Handshake::Finished(Finished { verify_data }))]
    };
    let with = |suite| ServerHello { cipher_suite: suite, ..tls13() };
    let sha256 = with(CipherSuite::TLS_CHACHA20_POLY1305_SHA256);
    let sha384 = with(CipherSuite::TLS_AES_256_GCM_SHA384);
    for (answer, length, reference) in [
        (sha256, 32, "RFC 8446 4.4.4"),
        (sha384, 48, "RFC 8446 4.4.4"),
        (tls12(), 12, "RFC 5246 7.4.9"),
    ] {
        let proof = if answer.version().is_tls13() { proof13() } else { vec![] };
        let told = |length| {
            let said = proof.clone().into_iter().chain(finished(length));
            behind(hello(), answer.clone(), said.collect())
        };
        // One of TLS 1.2 that can be read in a record is behind no change of keys.
        let is_old = !answer.version().is_tls13();
        let in_clear = is_old.then(|| ("finished", "none".to_owned(), "RFC 5246 7.4.9"));
        assert_eq!(told(length), in_clear.as_slice());
        for other in [0, length - 1, length + 1, 36] {
            let found = told(other);
            let expected = std::iter::once(("verify_data", other.to_string(), reference));
            assert_eq!(found, expected.chain(in_clear.clone()).collect::<Vec<_>>());
        }
    }
    // What no hello tells the length of may have any.
    assert_eq!(told(finished(7)), []);
}

/// A server's certificate in TLS 1.3, and its proof.
fn proof13() -> Vec<(Side, Handshake)> {
    let path = common::path("testdata/certificates/ecdsa-p256.der");
    let cert_data = Asn1Cert(std::fs::read(path).unwrap());
    let entry = CertificateEntry { cert_data, extensions: Block(vec![]) };
    let certificate = Handshake::Certificate13(Certificate13 {
        certificate_request_context: Opaque::new(vec![]),
        certificate_list: List::new(vec![entry]),
    });
    let signature = signed(SignatureScheme::ecdsa_secp256r1_sha256, ECDSA);
    let verify = Handshake::CertificateVerify(CertificateVerify { signature });
    vec![(Side::Server, certificate), (Side::Server, verify)]
}

fn retry(extensions: Vec<HelloRetryExtension>) -> (Side, Handshake) {
    let retry = HelloRetryRequest {
        legacy_version: ProtocolVersion::TLS1_2,
        random: Random(Fixed(HELLO_RETRY_REQUEST)),
        legacy_session_id_echo: hello().legacy_session_id,
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        legacy_compression_method: tls13().legacy_compression_method,
        extensions: Some(Block(extensions)),
    };
    (Side::Server, Handshake::HelloRetryRequest(retry))
}

/// What is told of a hello that comes behind a HelloRetryRequest.
fn second(change: impl FnOnce(&mut ClientHello)) -> Vec<Told> {
    let mut second = hello();
    let group = NamedGroup::secp384r1;
    for extension in &mut second.extensions.as_mut().unwrap().0 {
        if let ClientExtension::KeyShare(shares) = extension {
            let key_exchange = Opaque::new(point(group, false));
            shares.0 = vec![KeyShareEntry { group, key_exchange }];
        }
    }
    change(&mut second);
    let version = HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3);
    told(vec![
        (Side::Client, Handshake::ClientHello(hello())),
        retry(vec![version, HelloRetryExtension::KeyShare(group)]),
        (Side::Client, Handshake::ClientHello(second)),
    ])
}

#[test]
fn a_second_hello_is_the_first_but_for_what_was_asked_for() {
    assert_eq!(second(|_| {}), []);
    // Padding may come and go, early data goes.
    let padding = ClientExtension::from_data(ExtensionType::padding, &[0; 9]);
    assert_eq!(second(|hello| hello.extensions.as_mut().unwrap().0.push(padding)), []);
    let notice = |field| [(field, "something else".to_owned(), "RFC 8446 4.1.2")];
    assert_eq!(second(|hello| hello.random = Random(Fixed([9; 32]))), notice("random"));
    let session = |hello: &mut ClientHello| hello.legacy_session_id = Opaque::new(vec![9; 32]);
    assert_eq!(second(session), notice("legacy_session_id"));
    assert_eq!(second(|hello| hello.cipher_suites.0.truncate(1)), notice("cipher_suites"));
    let version = |hello: &mut ClientHello| hello.legacy_version = ProtocolVersion::TLS1_1;
    let of_tls13 = ("legacy_version", "0x0302".to_owned(), "RFC 8446 4.1.2");
    assert_eq!(second(version), [&[of_tls13][..], &notice("legacy_version")].concat());
    // One that renegotiates may be another one.
    let other = ClientHello { random: Random(Fixed([9; 32])), ..hello() };
    let verify_data = Rest(vec![7; 12].into());
    let said = vec![
        (Side::Server, Handshake::Finished(Finished { verify_data })),
        (Side::Client, Handshake::ClientHello(other)),
    ];
    let in_clear = ("finished", "none".to_owned(), "RFC 5246 7.4.9");
    assert_eq!(behind(hello(), tls12(), said), [in_clear]);
}

/// As a file has them that holds one side's bytes behind the other's.
#[test]
fn a_second_hello_is_read_behind_what_asks_for_it_where_it_stands_before() {
    let told = |messages: &[usize], change: fn(&mut ClientHello)| {
        let group = NamedGroup::secp384r1;
        let share = || KeyShareEntry { group, key_exchange: Opaque::new(point(group, false)) };
        let mut second = hello();
        for extension in &mut second.extensions.as_mut().unwrap().0 {
            if let ClientExtension::KeyShare(shares) = extension {
                shares.0 = vec![share()];
            }
        }
        change(&mut second);
        let version = HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3);
        let mut answer = tls13();
        answer.extensions = Some(Block(vec![
            ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3),
            ServerExtension::KeyShare(share()),
        ]));
        let said = [
            (Side::Client, Handshake::ClientHello(hello())),
            retry(vec![version, HelloRetryExtension::KeyShare(group)]),
            (Side::Client, Handshake::ClientHello(second)),
            (Side::Server, Handshake::ServerHello(answer)),
        ];
        told(messages.iter().map(|message| said[*message].clone()).collect())
    };
    for order in [[0, 1, 2, 3], [0, 2, 1, 3], [1, 3, 0, 2]] {
        assert_eq!(told(&order, |_| {}), []);
        let notice = [("random", "something else".to_owned(), "RFC 8446 4.1.2")];
        assert_eq!(told(&order, |hello| hello.random = Random(Fixed([9; 32]))), notice);
    }
    // The first hello was not seen, or the second.
    for order in [[1, 2, 3], [2, 1, 3], [1, 3, 2], [0, 1, 3], [1, 3, 0]] {
        assert_eq!(told(&order, |_| {}), [], "{order:?}");
    }
    // A server that asks for the key that it has, and does not go on.
    let found = ("key_share", "one of which there was".to_owned(), "RFC 8446 4.2.8");
    assert_eq!(told(&[2, 1], |_| {}), [found]);
    for name in ["hrr", "tls13-hrr-p384", "dtls13-wolfssl"] {
        for flow in Flow::of_capture(name) {
            let told = |flow: &Flow| {
                let transcript = flow.transcript(name);
                let messages = transcript.messages().map(|(_, message)| message);
                let hellos = messages.filter(|message| message.begins_flight());
                let of = |message: &Message| (message.bytes.clone(), message.tree.remarks.clone());
                let mut told: Vec<_> = hellos.map(of).collect();
                told.sort_by(|one, other| one.0.cmp(&other.0));
                told
            };
            assert_eq!(told(&flow).len(), 4, "{name}");
            for first in [Side::Client, Side::Server] {
                let mut apart = flow.clone();
                apart.pieces.sort_by_key(|piece| piece.from != first);
                assert_eq!(told(&apart), told(&flow), "{name}");
            }
        }
    }
}

/// RFC 8446 section 4.1.2: early data stands between a first hello and the second.
#[test]
fn a_second_hello_behind_early_data_answers_a_request() {
    let group = NamedGroup::secp384r1;
    let share = || KeyShareEntry { group, key_exchange: Opaque::new(point(group, false)) };
    let version = HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3);
    let (_, request) = retry(vec![version, HelloRetryExtension::KeyShare(group)]);
    let mut answer = tls13();
    answer.extensions = Some(Block(vec![
        ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3),
        ServerExtension::KeyShare(share()),
    ]));
    let of = |message: &Handshake| {
        let bytes = message.to_bytes();
        records(ContentType::handshake, ProtocolVersion::TLS1_2, &bytes, &[])
    };
    let server = [of(&request), of(&Handshake::ServerHello(answer))].concat();
    let data = [&[23, 3, 3, 0, 40][..], &[0x5a; 40]].concat();
    let mut second = hello();
    for extension in &mut second.extensions.as_mut().unwrap().0 {
        if let ClientExtension::KeyShare(shares) = extension {
            shares.0 = vec![share()];
        }
    }
    let second = of(&Handshake::ClientHello(second));
    let told = |change: &[u8], data: &[u8]| {
        let client = [change, data, &second].concat();
        let (client, server) = ((Side::Client, client), (Side::Server, server.clone()));
        [[client.clone(), server.clone()], [server, client]].map(|said| {
            let mut recorder = Recorder::default();
            for (from, bytes) in said {
                recorder.push(from, None, &bytes);
            }
            let read = recorder.finish(Source::default(), None);
            let remarks = read.messages().flat_map(|(_, message)| &message.tree.remarks);
            remarks.map(|it| (it.field, it.reference)).collect::<Vec<_>>()
        })
    };
    let change = [20, 3, 3, 0, 1, 1];
    for data in [&data[..], &data.repeat(3), &[]] {
        for change in [&change[..], &[]] {
            assert_eq!(told(change, data), [[], []] as [[(&str, &str); 0]; 2]);
        }
    }
}

/// RFC 8446 section 4.2.2: what gave the cookie may not have been seen, or stand behind it.
#[test]
fn a_cookie_of_a_second_hello_was_given() {
    let flight = |name: &str| {
        let path = common::path(&format!("testdata/flights/tls13-cookie-{name}.bin"));
        std::fs::read(path).unwrap()
    };
    let records = |bytes: &[u8]| {
        let (mut rest, mut all) = (bytes, Vec::new());
        while let [_, _, _, high, low, ..] = *rest {
            let (record, behind) = rest.split_at(5 + usize::from(u16::from_be_bytes([high, low])));
            all.push(record.to_vec());
            rest = behind;
        }
        all
    };
    let (client, server) = (flight("client"), flight("server"));
    let clients = records(&client);
    let second = clients.iter().rposition(|record| record[0] == 22).unwrap();
    assert!(second > 0);
    for from in [0, second] {
        let client = (Side::Client, clients[from..].concat());
        let server = (Side::Server, server.clone());
        for said in [[client.clone(), server.clone()], [server, client]] {
            let mut recorder = Recorder::default();
            for (from, bytes) in said {
                recorder.push(from, None, &bytes);
            }
            let read = recorder.finish(Source::default(), None);
            let remarks = read.messages().flat_map(|(_, message)| &message.tree.remarks);
            assert_eq!(remarks.collect::<Vec<_>>(), [] as [&Remark; 0], "{from}");
        }
    }
    // In datagrams, the number of the hello says that it is the second.
    let mut seconds = 0;
    for name in ["dtls13-wolfssl", "dtls13-cid"] {
        for mut flow in Flow::of_capture(name) {
            let first = flow.pieces.iter().position(|piece| piece.from == Side::Client).unwrap();
            flow.pieces.drain(..=first);
            let read = flow.transcript(name);
            let mut remarks = read.messages().flat_map(|(_, message)| &message.tree.remarks);
            assert!(!remarks.any(|remark| remark.field == "cookie"), "{name}");
            seconds += 1;
        }
    }
    assert!(seconds > 1);
}

#[test]
fn a_request_for_another_hello_has_a_version_that_was_offered() {
    let group = HelloRetryExtension::KeyShare(NamedGroup::secp384r1);
    let told = |version| {
        let version = HelloRetryExtension::SupportedVersions(version);
        told(vec![
            (Side::Client, Handshake::ClientHello(hello())),
            retry(vec![version, group.clone()]),
        ])
    };
    assert_eq!(told(ProtocolVersion::TLS1_3), []);
    let notice = ("supported_versions", "one that was not".to_owned(), "RFC 8446 4.2.1");
    assert_eq!(told(ProtocolVersion::TLS1_3_DRAFT28), [notice]);
}

#[test]
fn a_signal_of_clients_is_no_suite_to_choose() {
    for (suite, reference) in [
        (CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV, "RFC 5746 3.3"),
        (CipherSuite::TLS_FALLBACK_SCSV, "RFC 7507 2"),
    ] {
        let answer = ServerHello { cipher_suite: suite, ..tls12() };
        let found = behind(hello(), answer, vec![]);
        let notice = ("cipher_suite", "a signal of clients, which is none".to_owned(), reference);
        assert_eq!(found, [notice]);
    }
}

#[test]
fn a_server_of_curves_can_read_a_point_as_it_is() {
    let with = |formats: Vec<EcPointFormat>| {
        let mut answer = tls12();
        let formats = ServerExtension::EcPointFormats(Codes::new(formats));
        answer.extensions.as_mut().unwrap().0.push(formats);
        behind(hello(), answer, vec![])
    };
    let compressed = EcPointFormat::from_number(1);
    assert_eq!(with(vec![compressed, EcPointFormat::uncompressed]), []);
    let notice = ("ec_point_formats", "a list without it".to_owned(), "RFC 8422 5.2");
    assert_eq!(with(vec![compressed]), [notice]);
}

#[test]
fn a_key_of_zeros_makes_no_secret() {
    let zeros = |length| Opaque::new(vec![0; length]);
    for (group, length) in [(NamedGroup::x25519, 32), (NamedGroup::x448, 56)] {
        let key_share = |key_exchange: Opaque<_, 32>| {
            let mut hello = hello();
            for extension in &mut hello.extensions.as_mut().unwrap().0 {
                if let ClientExtension::KeyShare(shares) = extension {
                    let key_exchange = key_exchange.clone();
                    shares.0 = vec![KeyShareEntry { group, key_exchange }];
                }
            }
            told(vec![(Side::Client, Handshake::ClientHello(hello))])
        };
        let notice = ("key_exchange", "zeros".to_owned(), "RFC 8446 7.4.2");
        assert_eq!(key_share(zeros(length)), [notice]);
        let almost = [vec![0; length - 1], vec![1]].concat();
        assert_eq!(key_share(Opaque::new(almost)), []);
    }
    let mut answer = tls13();
    answer.extensions = Some(Block(vec![
        ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3),
        ServerExtension::KeyShare(KeyShareEntry {
            group: NamedGroup::x25519,
            key_exchange: zeros(32),
        }),
    ]));
    let notice = |field, reference| [(field, "zeros".to_owned(), reference)];
    assert_eq!(behind(hello(), answer, vec![]), notice("key_exchange", "RFC 8446 7.4.2"));
    let key = key_exchange(SignatureScheme::rsa_pss_rsae_sha256, &[7; 64], &[0; 32]);
    let found = behind(hello(), tls12(), vec![(Side::Server, key)]);
    assert_eq!(found, notice("public", "RFC 8422 5.11"));
}

#[test]
fn an_alert_that_only_ssl_3_has() {
    let told = |answer: ServerHello| {
        let mut recorder = Recorder::default();
        let said = [
            (Side::Client, Handshake::ClientHello(hello())),
            (Side::Server, Handshake::ServerHello(answer)),
        ];
        for (from, message) in said {
            let version = ProtocolVersion::TLS1_2;
            let record = records(ContentType::handshake, version, &message.to_bytes(), &[]);
            recorder.push(from, None, &record);
        }
        let alert = [AlertLevel::warning.0, AlertDescription::no_certificate.0];
        let record = records(ContentType::alert, ProtocolVersion::TLS1_2, &alert, &[]);
        recorder.push(Side::Client, None, &record);
        let transcript = recorder.finish(Source::default(), None);
        let (_, message) = transcript.messages().last().unwrap();
        let remarks = message.tree.remarks.iter();
        remarks.map(|remark| (remark.field, remark.reference)).collect::<Vec<_>>()
    };
    assert_eq!(told(tls12()), [("description", "RFC 5246 7.2.2")]);
    assert_eq!(told(ServerHello { legacy_version: ProtocolVersion::SSL3_0, ..tls12() }), []);
}

#[test]
fn the_padding_of_a_next_protocol_hides_its_length() {
    let told = |protocol: &[u8], padding: u8| {
        let length = u8::try_from(protocol.len()).unwrap();
        let zeros = vec![0; usize::from(padding)];
        let body = [&[length], protocol, &[padding], &zeros].concat();
        let suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        told(vec![(Side::Client, of_bytes(HandshakeType::next_protocol, &body, suite))])
    };
    for (protocol, padding) in [(&b""[..], 30), (b"h2", 28), (b"http/1.1", 22), (&[b'a'; 30], 32)] {
        assert_eq!(told(protocol, padding), []);
        let reference = "draft-agl-tls-nextprotoneg-04 3";
        for other in [0, padding - 1, padding + 1] {
            assert_eq!(told(protocol, other), [("padding", other.to_string(), reference)]);
        }
    }
}

/// Bodies that have not the form of the extension's: one with a byte too many, one that is cut.
fn broken(data: &[u8]) -> Vec<Vec<u8>> {
    let cut = data.split_last().map(|(_, cut)| cut.to_vec());
    std::iter::once([data, &[0]].concat()).chain(cut).collect()
}

/// What is noticed where two hellos are said, beside what is the matter with their form; and what came of
/// them.
fn noticed(hello: &ClientHello, answer: &ServerHello) -> (Vec<String>, String, String) {
    let transcript = transcript(vec![
        (Side::Client, Handshake::ClientHello(hello.clone())),
        (Side::Server, Handshake::ServerHello(answer.clone())),
    ]);
    let remarks = transcript.messages().flat_map(|(_, message)| message.tree.remarks.clone());
    let notices = remarks.filter(|remark| remark.kind == Kind::Notice);
    let notices = notices.map(|remark| remark.to_string());
    let reaction = format!("{:?}", Reaction::of(&transcript));
    (notices.collect(), reaction, text(&transcript, Options::default()))
}

#[test]
fn of_what_cannot_be_read_nothing_is_said_that_depends_on_it() {
    let hello = hello();
    for answer in [tls12(), tls13()] {
        for index in 0..hello.extensions().len() {
            let of = hello.extensions()[index].extension_type();
            for data in broken(&hello.extensions()[index].data()) {
                let mut hello = hello.clone();
                hello.extensions.as_mut().unwrap().0[index] = ClientExtension::raw(of, data);
                // What is any bytes is right as it is.
                let decoded = Handshake::decode(
                    &Handshake::ClientHello(hello.clone()).to_bytes(),
                    Context::default(),
                );
                let Ok(Handshake::ClientHello(decoded)) = decoded else { panic!("{of}") };
                if !decoded.extensions()[index].is_raw() {
                    continue;
                }
                let (notices, reaction, shown) = noticed(&hello, &answer);
                assert!(notices.is_empty(), "{of} of a client: {notices:?}");
                assert!(!reaction.contains("Malformed"), "{of} of a client: {reaction}");
                if of == ExtensionType::supported_versions {
                    assert!(shown.contains("versions in a broken list"), "{shown}");
                }
            }
        }
    }
    for answer in [tls12(), tls13()] {
        for index in 0..answer.extensions().len() {
            let of = answer.extensions()[index].extension_type();
            for data in broken(&answer.extensions()[index].data()) {
                let mut answer = answer.clone();
                answer.extensions.as_mut().unwrap().0[index] = ServerExtension::raw(of, data);
                let (notices, reaction, _) = noticed(&hello, &answer);
                assert!(notices.is_empty(), "{of} of a server: {notices:?}");
                assert!(!reaction.contains("Malformed"), "{of} of a server: {reaction}");
            }
        }
    }
}

#[test]
fn a_second_hello_is_asked_for_in_a_version_that_cannot_be_read() {
    for data in [&[3, 4, 0][..], &[3]] {
        let version = HelloRetryExtension::raw(ExtensionType::supported_versions, data);
        let group = HelloRetryExtension::KeyShare(NamedGroup::secp256r1);
        let retry = HelloRetryRequest {
            legacy_version: ProtocolVersion::TLS1_2,
            random: Random(Fixed(HELLO_RETRY_REQUEST)),
            legacy_session_id_echo: hello().legacy_session_id,
            cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
            legacy_compression_method: CompressionMethod::null,
            extensions: Some(Block(vec![version, group])),
        };
        let said = vec![
            (Side::Client, Handshake::ClientHello(hello())),
            (Side::Server, Handshake::HelloRetryRequest(retry)),
        ];
        let transcript = transcript(said);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        assert!(remarks.into_iter().all(|remark| remark.kind != Kind::Notice));
    }
}

/// RFC 5246 section 7.4.1.1: only a server asks for another handshake; and what else one side alone sends.
#[test]
fn a_message_of_the_other_side_is_noticed_where_both_said_hello() {
    let told = |from: Side, message: Handshake| {
        let said = vec![
            (Side::Client, Handshake::ClientHello(hello())),
            (Side::Server, Handshake::ServerHello(tls12())),
            (from, message),
        ];
        self::told(said)
    };
    let [request, done] = [Handshake::HelloRequest(Empty), Handshake::ServerHelloDone(Empty)];
    let found = |section| ("one that only a server sends".to_owned(), section);
    let of_client = told(Side::Client, request.clone());
    let (what, section) = found("RFC 5246 7.4.1.1");
    assert_eq!(of_client, [("hello_request", what, section)]);
    assert_eq!(told(Side::Server, request.clone()), []);
    let (what, section) = found("RFC 5246 7.3");
    assert_eq!(told(Side::Client, done), [("server_hello_done", what, section)]);
    // Where nothing tells the sides, nothing is said.
    assert_eq!(self::told(vec![(Side::Client, request)]), []);
}
