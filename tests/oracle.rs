//! Our decoding against others' on every well-formed sample: tls-parser for messages, x509-parser,
//! der-parser and OpenSSL for certificates.
//!
//! Where tls-parser and we differ and the RFC is on our side, a test at the end of its part says
//! so. Such a test fails on the day on which tls-parser learns better, and can go then.

mod common;

/// Messages, against tls-parser.
mod messages {
    use super::common::{self, Sample};
    use helloscope::names::Code;
    use helloscope::wire::alert::Alert;
    use helloscope::wire::client_hello::ClientHello;
    use helloscope::wire::extension::{
        ClientExtension, Extension, RequestExtension, ServerExtension,
    };
    use helloscope::wire::fault::Fault;
    use helloscope::wire::field::Tree;
    use helloscope::wire::finishing::{CertificateVerify, Finished};
    use helloscope::wire::grammar::{Context, Reader, Wire};
    use helloscope::wire::handshake::Handshake;
    use helloscope::wire::server_hello::ServerHello;
    use helloscope::wire::stream::{Body, Stream, Unit};
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
                let bytes = &stream.bytes[header.range];
                let (rest, theirs) = tls_parser::parse_tls_record_header(bytes).unwrap();
                let ours = header.header.unwrap();
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
        assert_eq!(ours.legacy_session_id.0, theirs.session_id.unwrap_or_default());
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
                ours.status_type.0 == status_type.0 && data[1..] == **rest
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
            (Ours::SupportedVersions(ours), Theirs::SupportedVersions(theirs)) => {
                ours.0.iter().map(|version| version.0).eq(theirs.iter().map(|version| version.0))
            }
            (Ours::PskKeyExchangeModes(ours), Theirs::PskExchangeModes(theirs)) => {
                ours.0.iter().map(|mode| mode.0).eq(theirs.iter().copied())
            }
            (Ours::RenegotiationInfo(ours), Theirs::RenegotiationInfo(theirs)) => ours.0 == *theirs,
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
        assert_eq!(ours.legacy_session_id_echo.0, theirs.session_id.unwrap_or_default());
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
            (Ours::RenegotiationInfo(ours), Theirs::RenegotiationInfo(theirs)) => ours.0 == *theirs,
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
            assert_eq!(ours.legacy_session_id_echo.0, theirs.session_id.unwrap_or_default());
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
                (
                    Handshake::NewSessionTicket(ours),
                    TlsMessageHandshake::NewSessionTicket(theirs),
                ) => {
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
                (Handshake::ServerHelloDone, TlsMessageHandshake::ServerDone([])) => {
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
                    assert_eq!(verify_data.0, theirs, "{name}");
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
            let TlsMessageHandshake::CertificateRequest(theirs) = theirs(&message) else {
                panic!()
            };
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
}

/// Certificates, against x509-parser, asn1-rs below it, and OpenSSL.
mod certificates {
    use std::collections::BTreeSet;
    use std::net::IpAddr;
    use std::ops::Range;
    use std::process::Command;

    use super::common::{self, Sample};
    use der_parser::asn1_rs::{Any, FromDer, Tag};
    use helloscope::wire::field::{Field, Shape, Tree};
    use helloscope::wire::grammar::{Context, Reader};
    use helloscope::wire::handshake::Handshake;
    use helloscope::wire::text::escape;
    use helloscope::wire::x509;
    use x509_parser::certificate::X509Certificate;
    use x509_parser::extensions::{GeneralName, ParsedExtension};
    use x509_parser::time::ASN1Time;
    use x509_parser::x509::X509Name;

    /// The certificates of `testdata/`, and those that servers sent.
    fn all() -> Vec<Sample> {
        let mut all = common::certificates();
        for (name, context, message) in common::messages() {
            let chain = match Handshake::decode(&message, context).unwrap() {
                Handshake::Certificate(certificate) => certificate.certificate_list.0,
                Handshake::Certificate13(certificate) => {
                    let entries = certificate.certificate_list.0;
                    entries.into_iter().map(|entry| entry.cert_data).collect()
                }
                _ => continue,
            };
            all.extend(chain.into_iter().map(|cert| Sample { name: name.clone(), bytes: cert.0 }));
        }
        all
    }

    /// A certificate as we read it, with ways to ask for its parts.
    struct Ours<'a> {
        bytes: &'a [u8],
        tree: Tree,
    }

    impl<'a> Ours<'a> {
        fn read(bytes: &'a [u8]) -> Self {
            let mut r = Reader::<Tree>::new(bytes, Context::default());
            x509::certificate(&mut r);
            Ours { bytes, tree: r.finish() }
        }

        /// The element that lies on this path from the root.
        fn element(&self, path: &[&str]) -> usize {
            path.iter().fold(0, |at, name| {
                let mut inside = self.tree.children(at);
                inside.find(|(_, field)| field.name == *name && !field.is_leaf()).unwrap().0
            })
        }

        fn field(&self, index: usize) -> &Field {
            &self.tree.fields[index]
        }

        fn range(&self, path: &[&str]) -> Range<usize> {
            self.field(self.element(path)).range()
        }

        /// The leaf that is the element's content.
        fn content(&self, index: usize) -> &Field {
            self.tree.children(index).last().unwrap().1
        }

        fn words(&self, index: usize) -> Option<String> {
            let field = self.content(index);
            match field.shape {
                Shape::Leaf(value) => value.words(&self.bytes[field.range()]),
                _ => None,
            }
        }

        fn words_on(&self, path: &[&str]) -> String {
            self.words(self.element(path)).unwrap()
        }

        /// The elements within one, without its own tag and length.
        fn elements(&self, index: usize) -> Vec<usize> {
            let inside = self.tree.children(index);
            inside.filter(|(_, field)| !field.is_leaf()).map(|(index, _)| index).collect()
        }

        fn has(&self, index: usize, name: &str) -> Option<usize> {
            self.elements(index).into_iter().find(|&index| self.field(index).name == name)
        }

        /// Where each element begins, how long its header is, and what length that claims.
        fn headers(&self) -> BTreeSet<(usize, usize, usize)> {
            let fields = self.tree.fields.iter();
            let mut tags = fields.clone().filter(|field| field.name == "tag");
            let mut lengths = fields.filter(|field| field.name == "length");
            let mut headers = BTreeSet::new();
            while let (Some(tag), Some(length)) = (tags.next(), lengths.next()) {
                assert_eq!(tag.end, length.start);
                let Shape::Leaf(value) = length.shape else { panic!() };
                let claimed = usize::try_from(value.number().unwrap()).unwrap();
                headers.insert((tag.start, length.end - tag.start, claimed));
            }
            headers
        }
    }

    /// Where a part of the certificate lies in it.
    fn place(bytes: &[u8], part: &[u8]) -> Range<usize> {
        let start = part.as_ptr() as usize - bytes.as_ptr() as usize;
        assert!(start + part.len() <= bytes.len(), "no part of the certificate");
        start..start + part.len()
    }

    fn theirs(bytes: &[u8]) -> X509Certificate<'_> {
        let (rest, certificate) = X509Certificate::from_der(bytes).unwrap();
        assert_eq!(rest, [0; 0]);
        certificate
    }

    /// All headers as asn1-rs sees them; also within strings that hold DER, if `within_strings`.
    fn their_headers(
        whole: &[u8],
        mut part: &[u8],
        within_strings: bool,
        headers: &mut BTreeSet<(usize, usize, usize)>,
    ) {
        while !part.is_empty() {
            let start = place(whole, part).start;
            let (rest, element) = Any::from_der(part).unwrap();
            let content = place(whole, element.data);
            headers.insert((start, content.start - start, content.len()));
            let inside = match element.tag() {
                _ if element.header.is_constructed() => element.data,
                Tag::OctetString if within_strings => element.data,
                Tag::BitString if within_strings => &element.data[1..],
                _ => &[],
            };
            let holds_der = matches!(Any::from_der(inside), Ok(([], _)));
            if element.header.is_constructed() || holds_der {
                their_headers(whole, inside, within_strings, headers);
            }
            part = rest;
        }
    }

    #[test]
    fn every_header_stands_where_asn1_rs_sees_it() {
        for Sample { name, bytes } in all() {
            let ours = Ours::read(&bytes).headers();
            let (mut fewer, mut more) = (BTreeSet::new(), BTreeSet::new());
            their_headers(&bytes, &bytes, false, &mut fewer);
            their_headers(&bytes, &bytes, true, &mut more);
            assert!(fewer.is_subset(&ours), "{name}: {:?}", fewer.difference(&ours));
            assert!(ours.is_subset(&more), "{name}: {:?}", ours.difference(&more));
        }
    }

    #[test]
    fn every_header_stands_where_openssl_sees_it() {
        if common::openssl::is_missing() {
            return;
        }
        for Sample { name, bytes } in common::certificates() {
            let path = std::env::temp_dir().join(format!("{}-{name}.der", std::process::id()));
            std::fs::write(&path, &bytes).unwrap();
            let mut command = Command::new("openssl");
            command.args(["asn1parse", "-inform", "DER", "-in"]).arg(&path);
            let output = command.output().unwrap();
            std::fs::remove_file(&path).unwrap();

            let mut fewer = BTreeSet::new();
            their_headers(&bytes, &bytes, false, &mut fewer);
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let openssl: BTreeSet<_> = text.lines().map(asn1parse_line).collect();
            assert_eq!(openssl, fewer, "{name}");
            assert!(openssl.is_subset(&Ours::read(&bytes).headers()), "{name}");
        }
    }

    /// `   13:d=2  hl=2 l=  20 prim: INTEGER`: the place, the header's length and the content's.
    fn asn1parse_line(line: &str) -> (usize, usize, usize) {
        let number = |behind: &str| {
            let text = line.split_once(behind).unwrap().1.trim_start();
            text.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
        };
        let place = line.split(':').next().unwrap().trim().parse().unwrap();
        (place, number("hl="), number(" l="))
    }

    #[test]
    fn every_part_lies_where_x509_parser_finds_it() {
        for Sample { name, bytes } in all() {
            let (ours, theirs) = (Ours::read(&bytes), theirs(&bytes));
            let tbs = &theirs.tbs_certificate;
            for (part, path) in [
                (tbs.as_ref(), &["tbsCertificate"][..]),
                (tbs.issuer().as_raw(), &["tbsCertificate", "issuer"]),
                (tbs.subject().as_raw(), &["tbsCertificate", "subject"]),
                (tbs.public_key().raw, &["tbsCertificate", "subjectPublicKeyInfo"]),
            ] {
                assert_eq!(ours.range(path), place(&bytes, part), "{name}: {path:?}");
            }
            let serial = ours.element(&["tbsCertificate", "serialNumber"]);
            let serial = ours.content(serial).range();
            assert_eq!(serial, place(&bytes, tbs.raw_serial()), "{name}");

            // Behind the count of unused bits.
            let signature = ours.range(&["signatureValue"]);
            let theirs_signature = place(&bytes, &theirs.signature_value.data);
            assert_eq!(signature.end, theirs_signature.end, "{name}");
            assert_eq!(ours.bytes[theirs_signature.start - 1], 0, "{name}");

            if tbs.extensions().is_empty() {
                continue;
            }
            let path = ["tbsCertificate", "extensions", "extensions"];
            let extensions = ours.elements(ours.element(&path));
            assert_eq!(extensions.len(), tbs.extensions().len(), "{name}");
            for (index, theirs) in extensions.into_iter().zip(tbs.extensions()) {
                let id = ours.words(ours.has(index, "extnID").unwrap()).unwrap();
                assert_eq!(dotted(&id), theirs.oid.to_id_string(), "{name}");
                let critical = ours.has(index, "critical").and_then(|index| ours.words(index));
                assert_eq!(critical.as_deref() == Some("TRUE"), theirs.critical, "{name}: {id}");
                let value = ours.has(index, "extnValue").unwrap();
                let header = ours.tree.children(value).nth(1).unwrap().1.end;
                let value = header..ours.field(value).end;
                assert_eq!(value, place(&bytes, theirs.value), "{name}: {id}");
            }
        }
    }

    /// The numbers of an OBJECT IDENTIFIER's words, `CN (2.5.4.3)` or without a name.
    fn dotted(words: &str) -> &str {
        words.split_once(" (").map_or(words, |(_, numbers)| numbers.trim_end_matches(')'))
    }

    #[test]
    fn times_are_told_as_x509_parser_has_them() {
        for Sample { name, bytes } in all() {
            let (ours, theirs) = (Ours::read(&bytes), theirs(&bytes));
            let validity = theirs.validity();
            for (field, time) in
                [("notBefore", validity.not_before), ("notAfter", validity.not_after)]
            {
                let words = ours.words_on(&["tbsCertificate", "validity", field]);
                assert_eq!(words, utc(time), "{name}");
            }
        }
    }

    fn utc(time: ASN1Time) -> String {
        let time = time.to_datetime();
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
            time.year(),
            u8::from(time.month()),
            time.day(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }

    #[test]
    fn algorithms_are_those_of_x509_parser() {
        for Sample { name, bytes } in all() {
            let (ours, theirs) = (Ours::read(&bytes), theirs(&bytes));
            let tbs = &theirs.tbs_certificate;
            for (path, theirs) in [
                (&["tbsCertificate", "signature"][..], &tbs.signature),
                (
                    &["tbsCertificate", "subjectPublicKeyInfo", "algorithm"],
                    &tbs.public_key().algorithm,
                ),
                (&["signatureAlgorithm"], &theirs.signature_algorithm),
            ] {
                let words = ours.words_on(&[path, &["algorithm"]].concat());
                assert_eq!(dotted(&words), theirs.algorithm.to_id_string(), "{name}: {path:?}");
            }
        }
    }

    #[test]
    fn names_are_told_as_x509_parser_has_them() {
        for Sample { name, bytes } in all() {
            let (ours, theirs) = (Ours::read(&bytes), theirs(&bytes));
            for (field, theirs) in [("issuer", theirs.issuer()), ("subject", theirs.subject())] {
                let ours = attributes(&ours, ours.element(&["tbsCertificate", field]));
                assert_eq!(ours, their_attributes(theirs), "{name}: {field}");
            }
        }
    }

    /// The attributes of a Name: the type's numbers, and the value in words.
    fn attributes(ours: &Ours<'_>, name: usize) -> Vec<(String, Option<String>)> {
        let parts = ours.elements(name).into_iter().flat_map(|part| ours.elements(part));
        parts
            .map(|attribute| {
                let words = |name| ours.words(ours.has(attribute, name).unwrap());
                (dotted(&words("type").unwrap()).to_owned(), words("value"))
            })
            .collect()
    }

    fn their_attributes(name: &X509Name<'_>) -> Vec<(String, Option<String>)> {
        let attributes = name.iter_attributes();
        attributes
            .map(|attribute| {
                let value = match (attribute.as_str(), attribute.attr_value().tag()) {
                    (Ok(text), _) => Some(escape(text.as_bytes())),
                    (_, Tag::BmpString) => {
                        let units = attribute.as_slice().chunks(2);
                        let units: Vec<u16> =
                            units.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                        Some(String::from_utf16(&units).unwrap())
                    }
                    (_, Tag::T61String) => Some(escape(attribute.as_slice())),
                    // A UniversalString: neither of us puts words to it.
                    _ => None,
                };
                (attribute.attr_type().to_id_string(), value)
            })
            .collect()
    }

    #[test]
    fn what_extensions_say_is_what_x509_parser_makes_of_them() {
        let mut seen = BTreeSet::new();
        for Sample { name, bytes } in all() {
            let (ours, theirs) = (Ours::read(&bytes), theirs(&bytes));
            if theirs.extensions().is_empty() {
                continue;
            }
            let path = ["tbsCertificate", "extensions", "extensions"];
            let extensions = ours.elements(ours.element(&path));
            for (index, theirs) in extensions.into_iter().zip(theirs.extensions()) {
                let value = ours.has(index, "extnValue").unwrap();
                let inside = ours.elements(value);
                let kind = match theirs.parsed_extension() {
                    ParsedExtension::SubjectAlternativeName(names) => {
                        let ours = general_names(&ours, inside[0]);
                        let theirs: Vec<_> =
                            names.general_names.iter().map(their_general_name).collect();
                        assert_eq!(ours, theirs, "{name}");
                        "subjectAltName"
                    }
                    ParsedExtension::KeyUsage(usage) => {
                        let all = [
                            ("digitalSignature", usage.digital_signature()),
                            ("nonRepudiation", usage.non_repudiation()),
                            ("keyEncipherment", usage.key_encipherment()),
                            ("dataEncipherment", usage.data_encipherment()),
                            ("keyAgreement", usage.key_agreement()),
                            ("keyCertSign", usage.key_cert_sign()),
                            ("cRLSign", usage.crl_sign()),
                            ("encipherOnly", usage.encipher_only()),
                            ("decipherOnly", usage.decipher_only()),
                        ];
                        let set = all.into_iter().filter(|(_, is_set)| *is_set);
                        let names: Vec<&str> = set.map(|(name, _)| name).collect();
                        assert_eq!(ours.words(inside[0]), Some(names.join(", ")), "{name}");
                        "keyUsage"
                    }
                    ParsedExtension::BasicConstraints(constraints) => {
                        let part = |part| ours.words(ours.has(inside[0], part)?);
                        assert_eq!(part("cA").as_deref() == Some("TRUE"), constraints.ca, "{name}");
                        let length = constraints.path_len_constraint;
                        let length = length.map(|length| length.to_string());
                        assert_eq!(part("pathLenConstraint"), length, "{name}");
                        "basicConstraints"
                    }
                    ParsedExtension::CertificatePolicies(policies) => {
                        let ours: Vec<_> = ours
                            .elements(inside[0])
                            .into_iter()
                            .map(|policy| ours.has(policy, "policyIdentifier").unwrap())
                            .map(|identifier| ours.words(identifier).unwrap())
                            .collect();
                        let ours = ours.iter().map(|words| dotted(words).to_owned());
                        let theirs = policies.iter().map(|policy| policy.policy_id.to_id_string());
                        assert!(ours.eq(theirs), "{name}");
                        "certificatePolicies"
                    }
                    ParsedExtension::AuthorityInfoAccess(access) => {
                        let ours: Vec<_> = ours
                            .elements(inside[0])
                            .into_iter()
                            .map(|description| {
                                let parts = ours.elements(description);
                                let method = ours.words(parts[0]).unwrap();
                                (dotted(&method).to_owned(), general_name(&ours, parts[1]))
                            })
                            .collect();
                        let theirs = access.accessdescs.iter().map(|access| {
                            let location = their_general_name(&access.access_location);
                            (access.access_method.to_id_string(), location)
                        });
                        assert_eq!(ours, theirs.collect::<Vec<_>>(), "{name}");
                        "authorityInfoAccess"
                    }
                    _ => continue,
                };
                seen.insert(kind);
            }
        }
        assert_eq!(seen.len(), 5, "{seen:?}");
    }

    fn general_names(ours: &Ours<'_>, names: usize) -> Vec<(&'static str, Option<String>)> {
        ours.elements(names).into_iter().map(|name| general_name(ours, name)).collect()
    }

    /// What kind of name it is, and its words where it is a string.
    fn general_name(ours: &Ours<'_>, index: usize) -> (&'static str, Option<String>) {
        (ours.field(index).name, ours.words(index))
    }

    fn their_general_name(name: &GeneralName<'_>) -> (&'static str, Option<String>) {
        let text = |text: &str| Some(escape(text.as_bytes()));
        match name {
            GeneralName::OtherName(..) => ("otherName", None),
            GeneralName::RFC822Name(name) => ("rfc822Name", text(name)),
            GeneralName::DNSName(name) => ("dNSName", text(name)),
            GeneralName::DirectoryName(_) => ("directoryName", None),
            GeneralName::URI(name) => ("uniformResourceIdentifier", text(name)),
            GeneralName::IPAddress(bytes) => {
                let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
                let address = v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
                ("iPAddress", address.ok().map(|address| address.to_string()))
            }
            GeneralName::RegisteredID(oid) => ("registeredID", Some(oid.to_id_string())),
            other => panic!("{other:?}"),
        }
    }
}
