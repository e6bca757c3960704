//! Our decoding of messages against tls-parser's, on every well-formed sample.
//!
//! Where tls-parser and we differ and the RFC is on our side, a test at the end says so. Such a
//! test fails on the day on which tls-parser learns better, and can go then.

mod common;

use common::Sample;
use helloscope::names::{Code, ExtensionType};
use helloscope::wire::choice::Tagged;
use helloscope::wire::extension::{ClientExtension, Extension, RequestExtension, ServerExtension};
use helloscope::wire::fault::Fault;
use helloscope::wire::field::Tree;
use helloscope::wire::grammar::{Context, Reader, Wire};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::finishing::Finished;
use helloscope::wire::handshake::server_hello::ServerHello;
use helloscope::wire::handshake::signature::CertificateVerify;
use helloscope::wire::record::alert::Alert;
use helloscope::wire::stream::{Body, Stream, Unit};
use helloscope::wire::text::unhex;
use nom::combinator::{all_consuming, complete};
use nom::multi::many0;
use tls_parser::{
    TlsClientHelloContents, TlsExtension, TlsExtensionType, TlsMessage, TlsMessageHandshake,
    TlsServerHelloContents, TlsVersion,
};

/// Bytes of a handshake message before its body.
const HEADER: usize = 4;

fn ours(message: &[u8], context: Context) -> Handshake {
    Handshake::decode(message, context).unwrap()
}

fn theirs(message: &[u8]) -> TlsMessageHandshake<'_> {
    match complete(tls_parser::parse_tls_message_handshake)(message) {
        Ok(([], TlsMessage::Handshake(message))) => message,
        other => panic!("tls-parser says {other:?}"),
    }
}

/// The units of one side of a connection.
fn units(stream: &Sample) -> Vec<Unit> {
    let mut reader = Stream::default();
    reader.push(&stream.bytes);
    reader.finish(&mut Context::default())
}

#[test]
fn every_record_header_is_theirs() {
    for stream in [common::hellos(), common::streams()].concat() {
        for unit in units(&stream) {
            let Unit::Header(header) = unit else { continue };
            let bytes = &stream.bytes[header.range.clone()];
            let (rest, theirs) = tls_parser::parse_tls_record_header(bytes).unwrap();
            let ours = header.record().unwrap().clone();
            assert_eq!(rest, [0; 0]);
            assert_eq!(ours.content_type.0, theirs.record_type.0);
            assert_eq!(ours.legacy_record_version.0, theirs.version.0);
            assert_eq!(ours.length, theirs.len);
        }
    }
}

#[test]
fn every_alert_is_theirs() {
    let mut alerts = 0;
    for stream in common::streams() {
        for unit in units(&stream) {
            let Unit::Message(message) = unit else { continue };
            let Body::Alert(Alert { level, description }) = message.body else { continue };
            let (_, theirs) = tls_parser::parse_tls_message_alert(&message.bytes).unwrap();
            let TlsMessage::Alert(theirs) = theirs else { panic!("{theirs:?}") };
            assert_eq!((level.0, description.0), (theirs.severity.0, theirs.code.0));
            alerts += 1;
        }
    }
    assert!(alerts >= 2);
}

#[test]
fn every_client_hello_is_theirs() {
    let first = common::hellos().into_iter().map(|hello| hello.bytes[5..].to_vec());
    let others = common::messages().into_iter().map(|(_, _, message)| message);
    for message in first.chain(others.filter(|message| message[0] == 1)) {
        let Handshake::ClientHello(ours) = ours(&message, Context::default()) else { panic!() };
        let TlsMessageHandshake::ClientHello(theirs) = theirs(&message) else { panic!() };
        same_client_hello(&ours, &theirs);
    }
}

fn same_client_hello(ours: &ClientHello, theirs: &TlsClientHelloContents<'_>) {
    assert_eq!(ours.legacy_version.0, theirs.version.0);
    assert_eq!(ours.random.0.0, theirs.random);
    assert_eq!(ours.legacy_session_id.0[..], *theirs.session_id.unwrap_or_default());
    let suites: Vec<u16> = ours.cipher_suites.0.iter().map(|suite| suite.0).collect();
    let their_suites: Vec<u16> = theirs.ciphers.iter().map(|suite| suite.0).collect();
    assert_eq!(suites, their_suites);
    let methods: Vec<u8> = ours.legacy_compression_methods.0.iter().map(|m| m.0).collect();
    assert_eq!(methods, theirs.comp.iter().map(|method| method.0).collect::<Vec<_>>());

    let block = theirs.ext.unwrap_or_default();
    same_types_and_bodies(ours.extensions(), block);
    let (rest, theirs) = tls_parser::parse_tls_client_hello_extensions(block).unwrap();
    assert_eq!(rest, [0; 0]);
    assert_eq!(ours.extensions().len(), theirs.len());
    for (ours, theirs) in ours.extensions().iter().zip(&theirs) {
        assert!(same_client_extension(ours, theirs), "{ours:?}, {theirs:?}");
    }
}

/// Holds types and bodies against tls-parser's reading of extensions of any type.
fn same_types_and_bodies<E: Extension>(ours: &[E], block: &[u8]) {
    let raw = complete(tls_parser::parse_tls_extension_unknown);
    let (_, theirs) = all_consuming(many0(raw))(block).unwrap();
    let theirs: Vec<(u16, Vec<u8>)> = theirs
        .into_iter()
        .map(|extension| match extension {
            TlsExtension::Unknown(extension_type, data) => (extension_type.0, data.to_vec()),
            other => panic!("{other:?}"),
        })
        .collect();
    let ours: Vec<(u16, Vec<u8>)> =
        ours.iter().map(|extension| (extension.extension_type().0, extension.data())).collect();
    assert_eq!(ours, theirs);
}

fn same_client_extension(ours: &ClientExtension, theirs: &TlsExtension<'_>) -> bool {
    use ClientExtension as Ours;
    use TlsExtension as Theirs;
    let data = ours.data();
    match (ours, theirs) {
        (Ours::ServerName(ours), Theirs::SNI(theirs)) => {
            let ours = ours.0.iter().map(|name| (name.name_type.0, &name.host_name.0[..]));
            ours.eq(theirs.iter().map(|(name_type, name)| (name_type.0, *name)))
        }
        (Ours::MaxFragmentLength(ours), Theirs::MaxFragmentLength(theirs)) => ours.0 == *theirs,
        (Ours::StatusRequest(ours), Theirs::StatusRequest(Some((status_type, rest)))) => {
            ours.tag().0 == status_type.0 && data[1..] == **rest
        }
        (Ours::SupportedGroups(ours), Theirs::EllipticCurves(theirs)) => {
            ours.0.iter().map(|group| group.0).eq(theirs.iter().map(|group| group.0))
        }
        (Ours::EcPointFormats(ours), Theirs::EcPointFormats(theirs)) => {
            ours.0.iter().map(|format| format.0).eq(theirs.iter().copied())
        }
        (Ours::SignatureAlgorithms(ours), Theirs::SignatureAlgorithms(theirs)) => {
            ours.0.iter().map(|scheme| scheme.0).eq(theirs.iter().copied())
        }
        (Ours::Heartbeat(ours), Theirs::Heartbeat(theirs)) => ours.0 == *theirs,
        (Ours::Alpn(ours), Theirs::ALPN(theirs)) => {
            ours.0.iter().map(|name| &name.0.0[..]).eq(theirs.iter().copied())
        }
        (Ours::Padding(ours), Theirs::Padding(theirs)) => {
            theirs.len() == usize::from(ours.0) && theirs.iter().all(|&byte| byte == 0)
        }
        (Ours::RecordSizeLimit(ours), Theirs::RecordSizeLimit(theirs)) => ours == theirs,
        (
            Ours::EncryptedServerName(ours),
            Theirs::EncryptedServerName {
                ciphersuite,
                group,
                key_share,
                record_digest,
                encrypted_sni,
            },
        ) => {
            let numbers = (ours.suite.0, ours.key_share.group.0);
            numbers == (ciphersuite.0, group.0)
                && ours.key_share.key_exchange.0[..] == **key_share
                && ours.record_digest.0[..] == **record_digest
                && ours.encrypted_sni.0[..] == **encrypted_sni
        }
        (Ours::SupportedVersions(ours), Theirs::SupportedVersions(theirs)) => {
            ours.0.iter().map(|version| version.0).eq(theirs.iter().map(|version| version.0))
        }
        (Ours::PskKeyExchangeModes(ours), Theirs::PskExchangeModes(theirs)) => {
            ours.0.iter().map(|mode| mode.0).eq(theirs.iter().copied())
        }
        (Ours::RenegotiationInfo(ours), Theirs::RenegotiationInfo(theirs)) => {
            ours.0[..] == **theirs
        }
        (Ours::SignedCertificateTimestamp(_), Theirs::SignedCertificateTimestamp(None))
        | (Ours::EncryptThenMac(_), Theirs::EncryptThenMac)
        | (Ours::ExtendedMasterSecret(_), Theirs::ExtendedMasterSecret)
        | (Ours::EarlyData(_), Theirs::EarlyData(None))
        | (Ours::PostHandshakeAuth(_), Theirs::PostHandshakeAuth)
        | (Ours::NextProtocolNegotiation(_), Theirs::NextProtocolNegotiation) => true,
        // These it leaves as bytes.
        (Ours::SessionTicket(_), Theirs::SessionTicket(theirs))
        | (Ours::KeyShare(_), Theirs::KeyShare(theirs))
        | (Ours::PreSharedKey(_), Theirs::PreSharedKey(theirs))
        | (Ours::Cookie(_), Theirs::Cookie(theirs)) => data == **theirs,
        (Ours::Raw(extension_type, _), Theirs::Grease(theirs, body)) => {
            (extension_type.0, &data[..]) == (*theirs, *body)
        }
        // These it has no form for.
        (
            Ours::Raw(..)
            | Ours::StatusRequestV2(_)
            | Ours::CompressCertificate(_)
            | Ours::DelegatedCredential(_)
            | Ours::SignatureAlgorithmsCert(_)
            | Ours::ApplicationSettingsOld(_)
            | Ours::ApplicationSettings(_)
            | Ours::TrustAnchors(_)
            | Ours::EncryptedClientHello(_),
            Theirs::Unknown(extension_type, body),
        ) => (ours.extension_type().0, &data[..]) == (extension_type.0, *body),
        _ => false,
    }
}

/// Bodies of all extensions: tls-parser reads them as we do, or leaves them as bytes.
#[test]
fn every_extension_of_a_client_is_theirs_where_they_have_a_form() {
    let text = std::fs::read_to_string(common::path("testdata/extensions/bodies.txt")).unwrap();
    let (mut same, mut unread) = (0, Vec::new());
    for line in text.lines().filter(|line| line.starts_with("client ")) {
        let words: Vec<&str> = line.split(' ').collect();
        let body = unhex(words[2].trim_start_matches('-')).unwrap();
        let extension_type = ExtensionType::parse(words[1]).unwrap();
        let length = u16::try_from(body.len()).unwrap();
        let head = [extension_type.0.to_be_bytes(), length.to_be_bytes()].concat();
        let bytes = [head, body].concat();
        let ours = ClientExtension::decode(&bytes, Context::default()).unwrap();
        match tls_parser::parse_tls_client_hello_extension(&bytes) {
            Ok(([], TlsExtension::Unknown(number, data))) => {
                assert_eq!((ours.extension_type().0, &ours.data()[..]), (number.0, data));
                unread.push(words[1]);
            }
            Ok(([], theirs)) if same_client_extension(&ours, &theirs) => same += 1,
            theirs => panic!("{}: {ours:02x?}, {theirs:02x?}", words[1]),
        }
    }
    assert_eq!(same, 24);
    assert!(unread.len() > 30, "{unread:?}");
}

#[test]
fn every_server_hello_is_theirs() {
    let mut hellos = 0;
    for (_, context, message) in common::messages() {
        let Handshake::ServerHello(ours) = ours(&message, context) else { continue };
        let TlsMessageHandshake::ServerHello(theirs) = theirs(&message) else { panic!() };
        same_server_hello(&ours, &theirs);
        hellos += 1;
    }
    assert!(hellos >= 15);
}

fn same_server_hello(ours: &ServerHello, theirs: &TlsServerHelloContents<'_>) {
    assert_eq!(ours.legacy_version.0, theirs.version.0);
    assert_eq!(ours.random.0.0, theirs.random);
    assert_eq!(ours.legacy_session_id_echo.0[..], *theirs.session_id.unwrap_or_default());
    assert_eq!(ours.cipher_suite.0, theirs.cipher.0);
    assert_eq!(ours.legacy_compression_method.0, theirs.compression.0);

    let block = theirs.ext.unwrap_or_default();
    same_types_and_bodies(ours.extensions(), block);
    let (rest, theirs) = tls_parser::parse_tls_server_hello_extensions(block).unwrap();
    assert_eq!(rest, [0; 0]);
    for (ours, theirs) in ours.extensions().iter().zip(&theirs) {
        assert!(same_server_extension(ours, theirs), "{ours:?}, {theirs:?}");
    }
}

fn same_server_extension(ours: &ServerExtension, theirs: &TlsExtension<'_>) -> bool {
    use ServerExtension as Ours;
    use TlsExtension as Theirs;
    let data = ours.data();
    match (ours, theirs) {
        (Ours::ServerName(_), Theirs::SNI(theirs)) => theirs.is_empty(),
        (Ours::MaxFragmentLength(ours), Theirs::MaxFragmentLength(theirs)) => ours.0 == *theirs,
        (Ours::EcPointFormats(ours), Theirs::EcPointFormats(theirs)) => {
            ours.0.iter().map(|format| format.0).eq(theirs.iter().copied())
        }
        (Ours::Alpn(ours), Theirs::ALPN(theirs)) => {
            ours.0.iter().map(|name| &name.0.0[..]).eq(theirs.iter().copied())
        }
        (Ours::SupportedVersions(ours), Theirs::SupportedVersions(theirs)) => {
            theirs[..] == [TlsVersion(ours.0)]
        }
        (Ours::RenegotiationInfo(ours), Theirs::RenegotiationInfo(theirs)) => {
            ours.0[..] == **theirs
        }
        (Ours::ExtendedMasterSecret(_), Theirs::ExtendedMasterSecret) => true,
        // tls-parser has the form of encrypt_then_mac (22, RFC 7366) under 21 by mistake.
        (Ours::EncryptThenMac(_), Theirs::Unknown(TlsExtensionType(22), [])) => true,
        (Ours::SessionTicket(_), Theirs::SessionTicket(theirs))
        | (Ours::KeyShare(_), Theirs::KeyShare(theirs))
        | (Ours::PreSharedKey(_), Theirs::PreSharedKey(theirs)) => data == **theirs,
        _ => false,
    }
}

#[test]
fn every_hello_retry_request_is_theirs_but_for_its_name() {
    // To tls-parser it is a ServerHello; it does not look at the random (RFC 8446 4.1.3).
    let mut retries = 0;
    for (_, context, message) in common::messages() {
        let Handshake::HelloRetryRequest(ours) = ours(&message, context) else { continue };
        let TlsMessageHandshake::ServerHello(theirs) = theirs(&message) else { panic!() };
        assert_eq!(ours.legacy_version.0, theirs.version.0);
        assert_eq!(ours.random.0.0, theirs.random);
        assert_eq!(ours.legacy_session_id_echo.0[..], *theirs.session_id.unwrap_or_default());
        assert_eq!(ours.cipher_suite.0, theirs.cipher.0);
        same_types_and_bodies(&ours.extensions.unwrap().0, theirs.ext.unwrap());
        retries += 1;
    }
    assert!(retries >= 2);
}

#[test]
fn every_other_message_up_to_tls_1_2_is_theirs() {
    let mut seen = Vec::new();
    for (name, context, message) in common::messages() {
        let body = &message[HEADER..];
        if name.starts_with("tls13") {
            continue;
        }
        let kind = match (ours(&message, context), theirs(&message)) {
            (Handshake::Certificate(ours), TlsMessageHandshake::Certificate(theirs)) => {
                let ours = ours.certificate_list.0.iter().map(|cert| &cert.0[..]);
                assert!(ours.eq(theirs.cert_chain.iter().map(|cert| cert.data)), "{name}");
                "certificate"
            }
            (
                Handshake::CertificateRequest(ours),
                TlsMessageHandshake::CertificateRequest(theirs),
            ) => {
                let types = ours.certificate_types.0.iter().map(|kind| kind.0);
                assert!(types.eq(theirs.cert_types), "{name}");
                let schemes = ours.supported_signature_algorithms.0;
                let schemes = schemes.map(|list| list.0.iter().map(|s| s.0).collect());
                assert_eq!(schemes, theirs.sig_hash_algs, "{name}");
                let authorities = ours.certificate_authorities.0.iter().map(|a| &a.0[..]);
                assert!(authorities.eq(theirs.unparsed_ca), "{name}");
                "certificate_request"
            }
            (Handshake::NewSessionTicket(ours), TlsMessageHandshake::NewSessionTicket(theirs)) => {
                assert_eq!(ours.ticket_lifetime_hint, theirs.ticket_lifetime_hint, "{name}");
                // Its ticket begins with the length of the ticket (RFC 5077 3.3).
                assert_eq!(ours.ticket.to_bytes(), theirs.ticket, "{name}");
                "new_session_ticket"
            }
            (
                Handshake::ServerKeyExchange(ours),
                TlsMessageHandshake::ServerKeyExchange(theirs),
            ) => {
                let mut bytes = Vec::new();
                ours.write(&mut bytes);
                assert_eq!(bytes, theirs.parameters, "{name}");
                "server_key_exchange"
            }
            (Handshake::ServerHelloDone(_), TlsMessageHandshake::ServerDone([])) => {
                "server_hello_done"
            }
            (
                Handshake::CertificateVerify(CertificateVerify { signature }),
                TlsMessageHandshake::CertificateVerify(theirs),
            ) => {
                assert_eq!(signature.to_bytes(), theirs, "{name}");
                "certificate_verify"
            }
            (
                Handshake::Finished(Finished { verify_data }),
                TlsMessageHandshake::Finished(theirs),
            ) => {
                assert_eq!(verify_data.0[..], *theirs, "{name}");
                "finished"
            }
            // Without the cipher suite it cannot know more of it than its bytes.
            (Handshake::ClientKeyExchange(ours), TlsMessageHandshake::ClientKeyExchange(_)) => {
                let mut bytes = Vec::new();
                ours.write(&mut bytes);
                assert_eq!(bytes, body, "{name}");
                "client_key_exchange"
            }
            (Handshake::ClientHello(_) | Handshake::ServerHello(_), _) => continue,
            (ours, theirs) => panic!("{name}: {ours:?}, {theirs:?}"),
        };
        seen.push(kind);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 8, "{seen:?}");
}

/// The messages of TLS 1.3 of one kind.
fn of_tls13<T>(kind: fn(Handshake) -> Option<T>) -> Vec<(T, Vec<u8>)> {
    let all = common::messages().into_iter();
    let of_kind: Vec<_> = all
        .filter(|(name, ..)| name.starts_with("tls13"))
        .filter_map(|(_, context, message)| Some((kind(ours(&message, context))?, message)))
        .collect();
    assert!(!of_kind.is_empty());
    of_kind
}

#[test]
fn tls_parser_loses_the_chain_of_a_tls_1_3_certificate() {
    // It reads the form of TLS 1.2: the context's length of 0 and the list's first two bytes
    // are a list of no length to it (RFC 8446 4.4.2).
    for (ours, message) in of_tls13(|message| match message {
        Handshake::Certificate13(certificate) => Some(certificate),
        _ => None,
    }) {
        let TlsMessageHandshake::Certificate(theirs) = theirs(&message) else { panic!() };
        assert!(theirs.cert_chain.is_empty());
        assert!(!ours.certificate_list.0.is_empty());
    }
}

#[test]
fn tls_parser_finds_no_algorithms_in_a_tls_1_3_certificate_request() {
    // Again the form of TLS 1.2; what it takes for an authority are the algorithms (RFC 8446
    // 4.3.2).
    for (ours, message) in of_tls13(|message| match message {
        Handshake::CertificateRequest13(request) => Some(request),
        _ => None,
    }) {
        let TlsMessageHandshake::CertificateRequest(theirs) = theirs(&message) else { panic!() };
        assert!(theirs.cert_types.is_empty() && theirs.sig_hash_algs.is_none());
        let algorithms = |extension: &RequestExtension| {
            matches!(extension, RequestExtension::SignatureAlgorithms(_))
        };
        assert!(ours.extensions.0.iter().any(algorithms));
    }
}

#[test]
fn tls_parser_takes_all_of_a_tls_1_3_ticket_for_the_ticket() {
    // Lifetime and opaque bytes: age_add, nonce and extensions are in them (RFC 8446 4.6.1).
    for (ours, message) in of_tls13(|message| match message {
        Handshake::NewSessionTicket13(ticket) => Some(ticket),
        _ => None,
    }) {
        let TlsMessageHandshake::NewSessionTicket(theirs) = theirs(&message) else { panic!() };
        assert_eq!(ours.ticket_lifetime, theirs.ticket_lifetime_hint);
        assert!(ours.ticket.0.len() < theirs.ticket.len());
    }
}

#[test]
fn tls_parser_does_not_know_encrypted_extensions() {
    for (_, message) in of_tls13(|message| match message {
        Handshake::EncryptedExtensions(extensions) => Some(extensions),
        _ => None,
    }) {
        tls_parser::parse_tls_message_handshake(&message).unwrap_err();
    }
}

#[test]
fn tls_parser_calls_too_much_grease() {
    // GREASE has two equal bytes (RFC 8701 2); its mask looks at the low halves alone.
    let extension = [0x1a, 0x2a, 0, 0];
    let (_, theirs) = tls_parser::parse_tls_client_hello_extension(&extension).unwrap();
    assert_eq!(theirs, TlsExtension::Grease(0x1a2a, &[]));
    let ours = ClientExtension::decode(&extension, Context::default()).unwrap();
    assert!(!ours.extension_type().is_grease());
}

#[test]
fn tls_parser_drops_what_follows_a_hello() {
    let mut message = common::hellos()[0].bytes[5..].to_vec();
    message.extend([1, 2, 3]);
    let length = u32::try_from(message.len() - HEADER).unwrap().to_be_bytes();
    message[1..HEADER].copy_from_slice(&length[1..]);

    theirs(&message);
    let mut r = Reader::<Tree>::new(&message, Context::default());
    let remark = Handshake::read(&mut r).unwrap_err();
    assert_eq!(remark.fault, Fault::Trailing { found: 3 });
}

#[test]
fn tls_parser_believes_any_length_within_supported_versions() {
    // 8 bytes of versions, it says, and 4 are there (RFC 8446 4.2.1).
    let extension = [0, 43, 0, 5, 8, 3, 4, 3, 3];
    let (_, theirs) = tls_parser::parse_tls_client_hello_extension(&extension).unwrap();
    let versions = vec![TlsVersion::Tls13, TlsVersion::Tls12];
    assert_eq!(theirs, TlsExtension::SupportedVersions(versions));
    let mut r = Reader::<Tree>::new(&extension, Context::default());
    let ours = ClientExtension::read(&mut r, "extension").unwrap();
    assert!(matches!(ours, ClientExtension::Raw(..)));
    assert_eq!(r.finish().remarks[0].fault, Fault::Truncated { expected: 8, found: 4 });
}

#[test]
fn tls_parser_refuses_a_server_hello_of_an_odd_version() {
    // A server may say 0x0304 there, and must not (RFC 8446 4.1.3); what it says can be read.
    let (_, context, mut message) = common::messages()
        .into_iter()
        .find(|(name, context, message)| {
            name == "tls13-rsa" && matches!(ours(message, *context), Handshake::ServerHello(_))
        })
        .unwrap();
    message[HEADER + 1] = 4;
    tls_parser::parse_tls_message_handshake(&message).unwrap_err();
    let Handshake::ServerHello(ours) = ours(&message, context) else { panic!() };
    assert_eq!(ours.legacy_version.0, 0x0304);
}
