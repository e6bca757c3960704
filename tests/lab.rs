//! The lab's servers, held against real hellos, tls-parser, ring and a plain TCP client.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail")]

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use helloscope::hello::Facts;
use helloscope::hello::named::NamedHello;
use helloscope::lab::{LabTarget, Rule, Server, Service};
use helloscope::names::{
    AlertDescription, AlertLevel, CipherSuite, Code, CompressionMethod, ContentType, ExtensionType,
    NamedGroup, ProtocolVersion, SignatureScheme,
};
use helloscope::probe::{Observation, Probe, Target};
use helloscope::quirks::{Quirk, Response};
use helloscope::transcript::{Kind, Reaction, Side, Step, Transcript};
use helloscope::wire::extension::{ClientExtension, Extension};
use helloscope::wire::fault;
use helloscope::wire::grammar::{Codes, Context, Wire};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::key_exchange::ServerKeyExchange;
use helloscope::wire::record::records;
use helloscope::wire::stream::Unit;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use tls_parser::{TlsMessage, TlsMessageHandshake};
use x509_parser::prelude::{FromDer, X509Certificate};

/// Every captured hello, as its record.
fn hellos() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/hellos");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut hellos: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "bin"))
        .map(|path| {
            (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())
        })
        .collect();
    hellos.sort();
    assert!(hellos.len() > 30);
    hellos
}

fn hello(name: &str) -> Vec<u8> {
    hellos().into_iter().find(|(known, _)| known == name).unwrap().1
}

fn parse(flight: &[u8]) -> ClientHello {
    match Handshake::decode(&flight[5..], Context::default()) {
        Ok(Handshake::ClientHello(hello)) => hello,
        other => panic!("{other:?}"),
    }
}

/// A hello of OpenSSL 1.1.1, changed.
fn changed(change: impl FnOnce(&mut ClientHello)) -> Vec<u8> {
    let mut hello = parse(&self::hello("openssl-1.1.1n"));
    change(&mut hello);
    let message = Handshake::ClientHello(hello).to_bytes();
    records(ContentType::handshake, ProtocolVersion::TLS1_0, &message, &[])
}

/// The same for TLS 1.2 alone, with these suites.
fn with_suites(suites: &[CipherSuite]) -> Vec<u8> {
    changed(|hello| {
        hello.cipher_suites = Codes::new(suites.to_vec());
        remove(hello, ExtensionType::supported_versions);
    })
}

fn remove(hello: &mut ClientHello, extension_type: ExtensionType) {
    let extensions = &mut hello.extensions.as_mut().unwrap().0;
    extensions.retain(|extension| extension.extension_type() != extension_type);
}

fn observe(service: Service, flight: &[u8]) -> Observation {
    LabTarget::new(service).probe(&Probe::new(flight.to_vec()))
}

fn healthy(flight: &[u8]) -> (Reaction, Transcript) {
    let observed = observe(Service::healthy(), flight);
    (observed.reaction, observed.transcript.unwrap())
}

fn fatal(description: AlertDescription) -> Reaction {
    let kind = Kind::Alert { level: AlertLevel::fatal, description };
    Reaction { kind, step: Step::ClientHello }
}

#[track_caller]
fn assert_chosen(flight: &[u8], version: ProtocolVersion, cipher_suite: CipherSuite) {
    let (reaction, _) = healthy(flight);
    let Kind::Accepted { version: v, cipher_suite: c, .. } = reaction.kind else {
        panic!("{reaction:?}")
    };
    assert_eq!((v, c), (version, Some(cipher_suite)));
}

#[test]
fn every_real_hello_is_accepted_unless_it_offers_tls_1_3_alone() {
    for (name, flight) in hellos() {
        let (reaction, _) = healthy(&flight);
        let versions = parse(&flight).extensions().iter().find_map(|extension| match extension {
            ClientExtension::SupportedVersions(versions) => Some(versions.0.clone()),
            _ => None,
        });
        let only_tls13 = versions.is_some_and(|versions| {
            versions.iter().all(|v| v.is_grease() || *v == ProtocolVersion::TLS1_3)
        });
        if only_tls13 {
            assert_eq!(reaction, fatal(AlertDescription::protocol_version), "{name}");
        } else {
            assert!(reaction.accepted(), "{name}: {reaction:?}");
        }
    }
}

#[test]
fn a_flight_decodes_without_a_remark_and_answers_nothing_that_was_not_offered() {
    for (name, flight) in hellos() {
        let (reaction, transcript) = healthy(&flight);
        for event in &transcript.events {
            let remarks = match &event.unit {
                Unit::Header(header) => &header.tree.remarks,
                Unit::Message(message) => &message.tree.remarks,
            };
            // Old clients get old suites, which is noticed, and no fault of the flight.
            let wrong = |remark: &&fault::Remark| remark.kind != fault::Kind::Notice;
            assert_eq!(remarks.iter().find(wrong), None, "{name}");
        }
        if !reaction.accepted() {
            continue;
        }
        let Some(Handshake::ServerHello(server)) =
            transcript.from(Side::Server).next().unwrap().handshake()
        else {
            panic!("{name}")
        };
        let client = parse(&flight);
        assert!(client.cipher_suites.0.contains(&server.cipher_suite), "{name}");
        let offered: Vec<_> = client.extensions().iter().map(Extension::extension_type).collect();
        let scsv = CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV;
        for answer in server.extensions() {
            let by_suite = answer.extension_type() == ExtensionType::renegotiation_info
                && client.cipher_suites.0.contains(&scsv);
            assert!(offered.contains(&answer.extension_type()) || by_suite, "{name}: {answer:?}");
        }
    }
}

#[test]
fn tls_parser_reads_the_same_flight() {
    let flight = hello("openssl-3.0.19-s_client");
    let (_, transcript) = healthy(&flight);
    let mut types = Vec::new();
    for message in transcript.from(Side::Server) {
        let record = records(ContentType::handshake, ProtocolVersion::TLS1_2, &message.bytes, &[]);
        let (rest, plaintext) = tls_parser::parse_tls_plaintext(&record).unwrap();
        assert!(rest.is_empty());
        for message in plaintext.msg {
            types.push(match message {
                TlsMessage::Handshake(TlsMessageHandshake::ServerHello(server)) => {
                    assert_eq!(server.version.0, 0x0303);
                    let extensions =
                        tls_parser::parse_tls_server_hello_extensions(server.ext.unwrap());
                    assert!(extensions.unwrap().0.is_empty());
                    "server_hello"
                }
                TlsMessage::Handshake(TlsMessageHandshake::Certificate(certificate)) => {
                    assert_eq!(certificate.cert_chain[0].data, transcript.chain()[0]);
                    "certificate"
                }
                TlsMessage::Handshake(TlsMessageHandshake::ServerKeyExchange(_)) => "key_exchange",
                TlsMessage::Handshake(TlsMessageHandshake::ServerDone(_)) => "done",
                other => panic!("{other:?}"),
            });
        }
    }
    assert_eq!(types, ["server_hello", "certificate", "key_exchange", "done"]);
}

/// Checks the signature in a flight's ServerKeyExchange by the key in its certificate. Returns
/// its scheme and the group.
fn verified(flight: &[u8]) -> (SignatureScheme, NamedGroup) {
    let (_, transcript) = healthy(flight);
    let mut signed = parse(flight).random.to_bytes();
    let mut found = None;
    for handshake in transcript.from(Side::Server).filter_map(|message| message.handshake()) {
        match handshake {
            Handshake::ServerHello(server) => server.random.write(&mut signed),
            Handshake::ServerKeyExchange(exchange) => {
                let ServerKeyExchange::Ecdhe(key) = &**exchange else { continue };
                key.params.write(&mut signed);
                let group = key.params.curve_params.named_curve().unwrap();
                found = Some((group, key.signature.0.clone().unwrap()));
            }
            _ => {}
        }
    }
    let (group, signature) = found.unwrap();
    let scheme = signature.algorithm.0.unwrap();
    let algorithm: &dyn VerificationAlgorithm = match scheme {
        SignatureScheme::rsa_pkcs1_sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        SignatureScheme::rsa_pkcs1_sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        SignatureScheme::rsa_pkcs1_sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        SignatureScheme::rsa_pss_rsae_sha256 => &signature::RSA_PSS_2048_8192_SHA256,
        SignatureScheme::rsa_pss_rsae_sha384 => &signature::RSA_PSS_2048_8192_SHA384,
        SignatureScheme::rsa_pss_rsae_sha512 => &signature::RSA_PSS_2048_8192_SHA512,
        SignatureScheme::ecdsa_secp256r1_sha256 => &signature::ECDSA_P256_SHA256_ASN1,
        other => panic!("{other}"),
    };
    let chain = transcript.chain();
    let (_, certificate) = X509Certificate::from_der(chain[0]).unwrap();
    let key = &certificate.public_key().subject_public_key.data;
    UnparsedPublicKey::new(algorithm, key).verify(&signed, &signature.signature.0).unwrap();
    (scheme, group)
}

#[test]
fn the_key_exchange_is_signed_by_the_key_of_the_certificate() {
    let schemes = [
        (SignatureScheme::rsa_pkcs1_sha256, CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        (SignatureScheme::rsa_pkcs1_sha384, CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        (SignatureScheme::rsa_pkcs1_sha512, CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        (SignatureScheme::rsa_pss_rsae_sha256, CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        (SignatureScheme::rsa_pss_rsae_sha384, CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        (SignatureScheme::rsa_pss_rsae_sha512, CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        (
            SignatureScheme::ecdsa_secp256r1_sha256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        ),
    ];
    let groups = [NamedGroup::x25519, NamedGroup::secp256r1, NamedGroup::secp384r1];
    for (scheme, suite) in schemes {
        let flight = changed(|hello| {
            hello.cipher_suites = Codes::new(vec![suite]);
            for extension in &mut hello.extensions.as_mut().unwrap().0 {
                if let ClientExtension::SignatureAlgorithms(schemes) = extension {
                    // What the server does not know stands first, and is passed over.
                    *schemes = Codes::new(vec![SignatureScheme::ed448, scheme]);
                }
            }
        });
        assert_eq!(verified(&flight).0, scheme);
    }
    for group in groups {
        let flight = changed(|hello| {
            hello.cipher_suites = Codes::new(vec![CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA]);
            for extension in &mut hello.extensions.as_mut().unwrap().0 {
                if let ClientExtension::SupportedGroups(groups) = extension {
                    *groups = Codes::new(vec![NamedGroup::x448, group]);
                }
            }
        });
        assert_eq!(verified(&flight).1, group);
    }
}

#[test]
fn every_flight_has_a_random_and_a_session_of_its_own() {
    let flight = hello("openssl-1.1.1n");
    let fresh = || {
        let (_, transcript) = healthy(&flight);
        let message = transcript.from(Side::Server).next().unwrap().handshake().cloned();
        let Some(Handshake::ServerHello(server)) = message else { panic!("{message:?}") };
        assert_eq!(server.legacy_session_id_echo.0.len(), 32);
        (server.random, server.legacy_session_id_echo)
    };
    let (first, second) = (fresh(), fresh());
    assert!(first.0 != second.0 && first.1 != second.1);
}

#[test]
fn a_suite_is_chosen_only_where_all_that_it_needs_is_offered() {
    use CipherSuite as C;

    let (tls12, tls10) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_0);
    let rsa = C::TLS_RSA_WITH_AES_128_CBC_SHA;
    let ecdhe = C::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    let ecdsa = C::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    assert_chosen(&with_suites(&[rsa, ecdhe]), tls12, ecdhe);
    assert_chosen(&with_suites(&[rsa, ecdhe, ecdsa]), tls12, ecdsa);

    let without = |extension_type, suites: &[C]| {
        changed(|hello| {
            hello.cipher_suites = Codes::new(suites.to_vec());
            remove(hello, extension_type);
        })
    };
    // Without a scheme the signature would be over SHA-1; without groups any will do.
    let schemes = ExtensionType::signature_algorithms;
    assert_chosen(&without(schemes, &[ecdhe, rsa]), tls12, rsa);
    assert_eq!(healthy(&without(schemes, &[ecdhe])).0, fatal(AlertDescription::handshake_failure));
    assert_chosen(&without(ExtensionType::supported_groups, &[ecdhe]), tls12, ecdhe);

    let old = |suites: &[C]| {
        changed(|hello| {
            hello.legacy_version = tls10;
            hello.cipher_suites = Codes::new(suites.to_vec());
            remove(hello, ExtensionType::supported_versions);
        })
    };
    let ecdhe_sha1 = C::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA;
    let rsa_gcm = C::TLS_RSA_WITH_AES_128_GCM_SHA256;
    assert_chosen(&old(&[ecdhe_sha1, rsa_gcm, rsa]), tls10, rsa);
    let refused = old(&[ecdhe_sha1, rsa_gcm]);
    assert_eq!(healthy(&refused).0, fatal(AlertDescription::handshake_failure));
}

#[test]
fn hellos_that_are_wrong_are_refused_with_the_alert_that_fits() {
    let cases: [(Vec<u8>, AlertDescription); 7] = [
        (with_suites(&[CipherSuite::TLS_AES_128_GCM_SHA256]), AlertDescription::handshake_failure),
        (
            changed(|hello| {
                hello.legacy_version = ProtocolVersion::TLS1_1;
                hello.cipher_suites.0.push(CipherSuite::TLS_FALLBACK_SCSV);
                remove(hello, ExtensionType::supported_versions);
            }),
            AlertDescription::inappropriate_fallback,
        ),
        (
            changed(|hello| hello.legacy_compression_methods = Codes::new(vec![])),
            AlertDescription::illegal_parameter,
        ),
        (
            changed(|hello| {
                hello.legacy_compression_methods = Codes::new(vec![CompressionMethod(1)]);
            }),
            AlertDescription::illegal_parameter,
        ),
        (
            changed(|hello| hello.legacy_session_id.0 = vec![0; 33].into()),
            AlertDescription::decode_error,
        ),
        (
            changed(|hello| {
                remove(hello, ExtensionType::supported_groups);
                let broken = ClientExtension::Raw(ExtensionType::supported_groups, vec![0].into());
                hello.extensions.as_mut().unwrap().0.push(broken);
            }),
            AlertDescription::decode_error,
        ),
        (
            changed(|hello| {
                let info =
                    ClientExtension::Raw(ExtensionType::renegotiation_info, vec![1, 0].into());
                hello.extensions.as_mut().unwrap().0.push(info);
            }),
            AlertDescription::handshake_failure,
        ),
    ];
    for (flight, description) in cases {
        assert_eq!(healthy(&flight).0, fatal(description));
    }
}

/// Whether a reaction is what a response looks like from outside, where it would have been `without`.
fn is_seen_as(seen: &Kind, response: &Response, without: &Kind) -> bool {
    match response {
        Response::Silence => *seen == Kind::Silence,
        Response::Close => *seen == Kind::Closed,
        Response::Reset => *seen == Kind::Reset,
        Response::Alert { level, description } => {
            *seen == Kind::Alert { level: *level, description: *description }
        }
        Response::Plaintext(text) => *seen == Kind::Plaintext { first: text.clone().into_bytes() },
        Response::CipherSuite(_) | Response::Group(_) => seen.word() == "malformed",
        Response::Warning(_) | Response::OtherCertificate => seen.word() == without.word(),
        other => panic!("no quirk does this yet: {other}"),
    }
}

#[test]
fn a_quirk_strikes_exactly_where_its_condition_holds() {
    for (name, flight) in hellos() {
        let (without, _) = healthy(&flight);
        let facts = Facts::of(&flight, &[]);
        for quirk in Quirk::all() {
            let with = observe(Service::healthy().with(quirk), &flight).reaction;
            if quirk.condition.holds(&facts) {
                let is_right = is_seen_as(&with.kind, &quirk.reaction, &without.kind);
                assert!(is_right, "{}: {name}: {with:?}", quirk.id);
            } else {
                assert_eq!(with.kind.word(), without.kind.word(), "{}: {name}", quirk.id);
            }
        }
    }
}

#[test]
fn a_quirk_strikes_on_the_hello_of_its_file_and_the_one_beside_it_passes() {
    for quirk in Quirk::all() {
        let reaction = |hello: &str| {
            let spec = NamedHello::parse(hello).unwrap().recorded().unwrap().spec;
            let probe = Probe { segments: spec.segments.clone(), ..Probe::new(spec.flight()) };
            LabTarget::new(Service::healthy().with(quirk)).probe(&probe).reaction
        };
        let fails = reaction(&quirk.example.fails);
        let passes = reaction(&quirk.example.passes);
        let is_right = is_seen_as(&fails.kind, &quirk.reaction, &passes.kind);
        assert!(is_right, "{}: {fails:?}", quirk.id);
        assert!(passes.accepted(), "{}: {passes:?}", quirk.id);
    }
}

#[test]
fn a_target_counts_its_connections_and_hands_out_greetings() {
    let mut target = LabTarget::new(Service::smtp());
    assert!(target.greeting().unwrap().starts_with(b"220 "));
    let observed = target.probe(&Probe::new(hello("openssl-1.0.1g")));
    assert_eq!(observed.reaction.protocol().unwrap().name, "smtp");
    assert_eq!(target.connections(), 2);

    let mut target = LabTarget::new(Service::http());
    assert_eq!(target.greeting(), None);
    let observed = target.probe(&Probe::new(hello("openssl-1.0.1g")));
    assert_eq!(observed.reaction.protocol().unwrap().name, "http");
}

fn serve(service: Service) -> Server {
    Server::start((Ipv4Addr::LOCALHOST, 0).into(), service).unwrap()
}

/// A service that answers any hello in this way.
fn always(response: Response) -> Service {
    let condition = serde_json::from_str(r#"{"field": "flight.length", "min": 1}"#).unwrap();
    Service::healthy().with(Rule { condition, response })
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// All that comes before the connection ends, and how it ends.
fn answer(server: &Server, flight: &[u8]) -> (Vec<u8>, Result<(), ErrorKind>) {
    let mut stream = connect(server);
    stream.write_all(flight).unwrap();
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).map(drop).map_err(|error| error.kind());
    (bytes, end)
}

#[test]
fn over_tcp_silence_is_a_connection_that_stays_open() {
    let server = serve(always(Response::Silence));
    let mut stream = connect(&server);
    stream.write_all(&hello("openssl-1.0.1e")).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let silence = stream.read(&mut [0; 1]).unwrap_err().kind();
    assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence}");
    stream.write_all(b"still there?").unwrap();
    let silence = stream.read(&mut [0; 1]).unwrap_err().kind();
    assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence}");
}

#[test]
fn over_tcp_a_close_an_alert_and_text_end_in_good_order_and_a_reset_does_not() {
    let hello = hello("openssl-1.0.1e");
    assert_eq!(answer(&serve(always(Response::Close)), &hello), (vec![], Ok(())));
    let reset = answer(&serve(always(Response::Reset)), &hello);
    assert_eq!(reset, (vec![], Err(ErrorKind::ConnectionReset)));
    let (level, description) = (AlertLevel::fatal, AlertDescription::decode_error);
    let alert = answer(&serve(always(Response::Alert { level, description })), &hello);
    assert_eq!(alert, (vec![21, 3, 3, 0, 2, 2, 50], Ok(())));
    let text = answer(&serve(always(Response::Plaintext("no\r\n".to_owned()))), &hello);
    assert_eq!(text, (b"no\r\n".to_vec(), Ok(())));
    let (bytes, end) = answer(&serve(Service::http()), b"\x16\x03\x01");
    assert!(bytes.starts_with(b"HTTP/1.1 400 ") && end == Ok(()));
}

#[test]
fn over_tcp_a_hello_may_come_in_pieces_and_the_first_flight_is_all_that_is_said() {
    let server = serve(Service::healthy());
    let mut stream = connect(&server);
    stream.set_nodelay(true).unwrap();
    for piece in hello("openssl-1.0.1g").chunks(50) {
        stream.write_all(piece).unwrap();
    }
    let mut header = [0; 5];
    stream.read_exact(&mut header).unwrap();
    assert_eq!(header[..3], [22, 3, 3]);
    stream.write_all(b"what a client says next").unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert_eq!(rest[rest.len() - 4..], [14, 0, 0, 0]);
}

#[test]
fn over_tcp_a_mail_server_speaks_first() {
    let server = serve(Service::smtp());
    let mut stream = connect(&server);
    let mut greeting = [0; 4];
    stream.read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"220 ");
}

#[test]
fn a_server_that_is_dropped_listens_no_more() {
    let server = serve(Service::healthy());
    let address = server.address();
    drop(server);
    assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}
