//! What an expert would notice when a connection is read message by message: each case changes one
//! thing of a sound connection, and exactly what is noticed of it is told.

mod common;

use common::connection::{hello, notices, point, remarks, tls12, tls13, transcript};
use common::flows::Flow;
use common::made::{Made, alt_names};
use helloscope::names::{
    AlertDescription, CertificateCompressionAlgorithm, CertificateType, CipherSuite,
    ClientCertificateType, Code, CompressionMethod, ContentType, ExtensionType, KeyExchange,
    KeyUpdateRequest, NamedGroup, ProtocolVersion, PskKeyExchangeMode, SignatureScheme,
};
use helloscope::transcript::{Reaction, Recorder, Side, Source};
use helloscope::wire::extension::{
    Block, ClientExtension, EncryptedExtension, EntryExtension, Extension, HelloRetryExtension,
    KeyShareEntry, ProtocolName, RequestExtension, ServerExtension,
};
use helloscope::wire::fault::{Fault, Kind, Remark};
use helloscope::wire::grammar::{
    Codes, Context, Empty, Fixed, List, OnlyDtls, Opaque, Rest, SinceTls12, Uint24, Wire,
};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::certificate::{
    Asn1Cert, Certificate, Certificate13, CertificateEntry,
};
use helloscope::wire::handshake::certificate_request::{CertificateRequest, CertificateRequest13};
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::compressed_certificate::CompressedCertificate;
use helloscope::wire::handshake::datagram::HelloVerifyRequest;
use helloscope::wire::handshake::ec_parameters::{EcCurve, EcParameters, ExplicitPrime};
use helloscope::wire::handshake::encrypted_extensions::EncryptedExtensions;
use helloscope::wire::handshake::finishing::{Finished, KeyUpdate};
use helloscope::wire::handshake::key_exchange::{
    ClientEcDiffieHellmanPublic, ClientKeyExchange, DheServerKey, EcdheServerKey, ServerDhParams,
    ServerEcdhParams, ServerKeyExchange, ServerSrpParams, SrpServerKey,
};
use helloscope::wire::handshake::random::{
    DOWNGRADE_TO_TLS1_1, DOWNGRADE_TO_TLS1_2, HELLO_RETRY_REQUEST, Random,
};
use helloscope::wire::handshake::server_hello::{HelloRetryRequest, ServerHello};
use helloscope::wire::handshake::signature::{CertificateVerify, Signature, Signed};
use helloscope::wire::record::records;
use helloscope::wire::stream::{Message, Unit};

fn told(change: impl FnOnce(&mut ClientHello, &mut ServerHello)) -> Vec<(String, String)> {
    let (mut hello, mut answer) = (hello(), tls12());
    change(&mut hello, &mut answer);
    let answer = Handshake::ServerHello(answer);
    let mut told = notices(hello.clone(), vec![answer.clone()]);
    // As in a file in which the server's bytes come first. A hello that renegotiates may stand there in
    // turn.
    if told.iter().any(|(_, found)| found == "a handshake before the first") {
        return told;
    }
    let said = vec![(Side::Server, answer), (Side::Client, Handshake::ClientHello(hello))];
    let remarks = remarks(said).into_iter();
    let mut apart: Vec<_> =
        remarks.map(|remark| (remark.field.to_owned(), remark.fault.found())).collect();
    let in_turn = told.clone();
    told.sort();
    apart.sort();
    assert_eq!(apart, told);
    in_turn
}

fn remove(hello: &mut ClientHello, extension_type: ExtensionType) {
    let block = hello.extensions.as_mut().unwrap();
    block.0.retain(|extension| extension.extension_type() != extension_type);
}

fn answer(server: &mut ServerHello, extension: ServerExtension) {
    server.extensions.as_mut().unwrap().0.push(extension);
}

#[test]
fn a_sound_connection_has_nothing_to_notice() {
    assert_eq!(told(|_, _| {}), []);
}

/// One notice, on this field, that says this.
#[track_caller]
fn one(field: &str, found: &str, change: impl FnOnce(&mut ClientHello, &mut ServerHello)) {
    let notices = told(change);
    assert!(
        matches!(notices.as_slice(), [(at, what)] if at == field && what.contains(found)),
        "{notices:?}, and not {found} at {field}",
    );
}

#[test]
fn what_a_client_should_not_offer() {
    one("legacy_compression_methods", "CRIME", |hello, _| {
        hello.legacy_compression_methods =
            Codes::new(vec![CompressionMethod(1), CompressionMethod(0)]);
    });
    one("cipher_suites", "RC4", |hello, _| {
        hello.cipher_suites.0.push(CipherSuite::TLS_RSA_WITH_RC4_128_SHA);
    });
    one("cipher_suites", "without encryption", |hello, _| {
        hello.cipher_suites.0.push(CipherSuite::TLS_RSA_WITH_NULL_SHA);
    });
    one("cipher_suites", "nobody proves", |hello, _| {
        hello.cipher_suites.0.push(CipherSuite::TLS_DH_anon_WITH_AES_128_CBC_SHA);
    });
    one("cipher_suites", "for export", |hello, _| {
        hello.cipher_suites.0.push(CipherSuite(0x0008));
    });
    one("cipher_suites", "Sweet32", |hello, _| {
        hello.cipher_suites.0.push(CipherSuite::TLS_RSA_WITH_3DES_EDE_CBC_SHA);
    });
    one("cipher_suites", "DES, of 56 bits", |hello, _| {
        hello.cipher_suites.0.push(CipherSuite::TLS_RSA_WITH_DES_CBC_SHA);
    });
    one("ech_outer_extensions", "one", |hello, _| {
        offer(hello, ExtensionType::ech_outer_extensions, &[2, 0, 10]);
    });
    one("record_size_limit", "16386", |hello, _| {
        offer(hello, ExtensionType::record_size_limit, &[0x40, 2]);
    });
    assert_eq!(told(|hello, _| offer(hello, ExtensionType::record_size_limit, &[0x40, 1])), []);
    one("legacy_version", "second try", |hello, _| {
        remove(hello, ExtensionType::supported_versions);
        remove(hello, ExtensionType::key_share);
        hello.cipher_suites.0.push(CipherSuite::TLS_FALLBACK_SCSV);
    });
    one("legacy_version", "the highest that there is", |hello, _| {
        hello.cipher_suites.0.push(CipherSuite::TLS_FALLBACK_SCSV);
    });
    one("extensions", "no signature_algorithms", |hello, _| {
        remove(hello, ExtensionType::signature_algorithms);
    });
    one("extensions", "one of them", |hello, _| {
        remove(hello, ExtensionType::key_share);
    });
    one("key_share", "another group", |hello, _| {
        for extension in &mut hello.extensions.as_mut().unwrap().0 {
            if let ClientExtension::SupportedGroups(groups) = extension {
                groups.0.retain(|group| *group != NamedGroup::x25519);
            }
        }
    });
}

#[test]
fn ssl_3_in_a_fallback() {
    let notices = told(|hello, answer| {
        hello.legacy_version = ProtocolVersion::SSL3_0;
        hello.extensions = None;
        hello.cipher_suites.0.push(CipherSuite::TLS_FALLBACK_SCSV);
        answer.legacy_version = ProtocolVersion::SSL3_0;
        answer.extensions = None;
        answer.cipher_suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    });
    let found: Vec<&str> = notices.iter().map(|(_, found)| found.as_str()).collect();
    assert!(found.iter().any(|found| found.contains("SSL 3.0, which must not")), "{found:?}");
    assert!(found.iter().any(|found| found.contains("second try")), "{found:?}");
    assert!(found.iter().any(|found| found.contains("must not be used")), "{found:?}");
}

#[test]
fn an_answer_to_what_was_not_offered() {
    one("cipher_suite", "one that was not", |_, answer| {
        answer.cipher_suite = CipherSuite::TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256;
    });
    one("max_fragment_length", "not asked for", |_, answer| {
        let extension = ServerExtension::from_data(ExtensionType::max_fragment_length, &[1]);
        self::answer(answer, extension);
    });
    one("legacy_version", "one that was not", |_, answer| {
        answer.legacy_version = ProtocolVersion(0x0305);
    });
    one("GREASE", "GREASE, which clients send", |_, answer| {
        self::answer(answer, ServerExtension::from_data(ExtensionType(0x0a0a), &[]));
    });
}

/// The extensions whose answer must be among what the client offered, by their bytes: the hello's,
/// an answer that is, one that is not.
#[test]
fn an_answer_whose_value_was_not_offered() {
    use ExtensionType as Type;
    for (extension_type, offered, sound, other) in [
        (Type::max_fragment_length, &[1][..], &[1][..], &[2][..]),
        (Type::user_mapping, &[1, 64], &[1, 64], &[1, 65]),
        (Type::client_authz, &[2, 0, 1], &[1, 1], &[1, 2]),
        (Type::server_authz, &[2, 0, 1], &[1, 1], &[1, 2]),
        (Type::cert_type, &[2, 0, 1], &[1], &[2]),
        (Type::use_srtp, &[0, 2, 0, 1, 0], &[0, 2, 0, 1, 0], &[0, 2, 0, 7, 0]),
        (
            Type::application_layer_protocol_negotiation,
            b"\0\x02\x01a",
            b"\0\x02\x01a",
            b"\0\x02\x01b",
        ),
        (Type::client_certificate_type, &[1, 0], &[0], &[2]),
        (Type::server_certificate_type, &[2, 2, 0], &[2], &[3]),
        (Type::token_binding, &[1, 0, 2, 1, 2], &[1, 0, 1, 2], &[1, 0, 1, 0]),
        (Type::cached_info, &[0, 3, 1, 1, 9], &[0, 1, 1], &[0, 1, 2]),
        (Type::supported_ekt_ciphers, &[1, 0], &[0], &[1]),
    ] {
        let told = |data: &[u8]| {
            let data = data.to_vec();
            told(|hello, answer| {
                let offer = ClientExtension::from_data(extension_type, offered);
                hello.extensions.as_mut().unwrap().0.push(offer);
                self::answer(answer, ServerExtension::from_data(extension_type, &data));
            })
        };
        // What only its own extension tells is the matter of its reader.
        assert_eq!(told(sound), [], "{extension_type}");
        let name = extension_type.name().unwrap();
        assert_eq!(told(other), noticed(name, "one that was not"), "{extension_type}");
    }
}

/// RFC 5764 section 4.1.3.
#[test]
fn a_name_of_the_master_key_that_is_not_the_clients() {
    let told = |offered: &[u8], chosen: &[u8]| {
        told(|hello, answer| {
            let offer = ClientExtension::from_data(ExtensionType::use_srtp, offered);
            hello.extensions.as_mut().unwrap().0.push(offer);
            self::answer(answer, ServerExtension::from_data(ExtensionType::use_srtp, chosen));
        })
    };
    let (named, unnamed) = (&[0, 2, 0, 1, 1, b'a'], &[0, 2, 0, 1, 0]);
    assert_eq!(told(named, named), []);
    assert_eq!(told(named, unnamed), []);
    let another = noticed("srtp_mki", "another");
    assert_eq!(told(named, &[0, 2, 0, 1, 1, b'b']), another);
    assert_eq!(told(unnamed, named), another);
}

/// RFC 5764 section 4.1.1, RFC 8472 section 3.
#[test]
fn an_answer_that_chooses_more_than_one_or_a_newer_version() {
    use ExtensionType as Type;
    let told = |extension_type, offered: &[u8], chosen: &[u8]| {
        told(|hello, answer| {
            let offer = ClientExtension::from_data(extension_type, offered);
            hello.extensions.as_mut().unwrap().0.push(offer);
            self::answer(answer, ServerExtension::from_data(extension_type, chosen));
        })
    };
    let profiles = &[0, 4, 0, 1, 0, 2, 0];
    assert_eq!(told(Type::use_srtp, profiles, profiles), noticed("srtp_protection_profiles", "2"));
    let keys = &[1, 0, 2, 1, 2];
    assert_eq!(told(Type::token_binding, keys, keys), noticed("key_parameters_list", "2"));
    let version = |major, minor| told(Type::token_binding, keys, &[major, minor, 1, 2]);
    assert_eq!(version(0, 18), []);
    for (major, minor) in [(1, 1), (2, 0)] {
        assert_eq!(version(major, minor), noticed("token_binding_version", "a higher one"));
    }
}

/// draft-ietf-tls-tlsflags section 3: a flag answers one of the hello.
#[test]
fn a_flag_that_was_not_offered() {
    let told = |flags: &[u8]| {
        let offered = (ExtensionType::tls_flags, &[2, 1, 1][..]);
        told_of_answers(&[offered], tls13(), &[(ExtensionType::tls_flags, flags)])
    };
    assert_eq!(told(&[1, 1]), []);
    assert_eq!(told(&[2, 0, 1]), []);
    for more in [&[1, 2][..], &[2, 0, 2], &[3, 0, 0, 1]] {
        assert_eq!(told(more), noticed("tls_flags", "one that was not"));
    }
}

/// What is noticed of a server's messages by one document, behind a hello with more extensions.
fn told_by(
    reference: &str,
    change: impl FnOnce(&mut ClientHello),
    server: Vec<Handshake>,
) -> Vec<&'static str> {
    let mut hello = hello();
    change(&mut hello);
    let mut said = vec![(Side::Client, Handshake::ClientHello(hello))];
    said.extend(server.into_iter().map(|message| (Side::Server, message)));
    let transcript = transcript(said);
    let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
    let told = remarks.filter(|it| it.kind == Kind::Notice && it.reference == reference);
    told.map(|it| it.field).collect()
}

fn offer(hello: &mut ClientHello, extension_type: ExtensionType, data: &[u8]) {
    let extension = ClientExtension::from_data(extension_type, data);
    hello.extensions.as_mut().unwrap().0.push(extension);
}

/// RFC 6066 section 8: a kind that the client asked for, in one extension or the other.
#[test]
fn a_certificates_status_of_a_kind_that_was_not_asked_for() {
    use ExtensionType as Type;
    let context = Context::of(Some(ProtocolVersion::TLS1_2), None);
    let status = |kind: u8| {
        let bytes = [22, 0, 0, 9, kind, 0, 0, 5, 48, 3, 10, 1, 3];
        Handshake::decode(&bytes, context).unwrap()
    };
    let one: (Type, &[u8]) = (Type::status_request, &[1, 0, 0, 0, 0]);
    let other: (Type, &[u8]) = (Type::status_request_v2, &[0, 7, 1, 0, 4, 0, 0, 0, 0]);
    for (asked, data) in [one, other] {
        let told = |kind| {
            let mut server = tls12();
            answer(&mut server, ServerExtension::from_data(asked, &[]));
            let server = vec![Handshake::ServerHello(server), status(kind)];
            told_by("RFC 6066 8", |hello| offer(hello, asked, data), server)
        };
        assert_eq!(told(1), [""; 0]);
        assert_eq!(told(7), ["status_type"]);
    }
    // There is something in a response, where it is not one of several.
    let empty = Handshake::decode(&[22, 0, 0, 4, 1, 0, 0, 0], context).unwrap();
    let mut server = tls12();
    answer(&mut server, ServerExtension::from_data(one.0, &[]));
    let server = vec![Handshake::ServerHello(server), empty];
    assert_eq!(
        told_by("RFC 6066 8", |hello| offer(hello, one.0, one.1), server),
        ["ocsp_response"]
    );
}

/// RFC 5746 section 3.4, where something before TLS 1.3 may come of the hello.
#[test]
fn a_client_that_does_not_say_how_it_renegotiates() {
    let told = |change: fn(&mut ClientHello)| {
        let mut hello = hello();
        hello.cipher_suites.0.retain(|it| *it != CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
        remove(&mut hello, ExtensionType::renegotiation_info);
        change(&mut hello);
        let told = remarks(vec![(Side::Client, Handshake::ClientHello(hello))]);
        told.iter().map(|it| (it.field, it.reference)).collect::<Vec<_>>()
    };
    let neither = [("client_hello", "RFC 5746 3.4")];
    assert_eq!(told(|_| {}), neither);
    let of_tls12 = |hello: &mut ClientHello| {
        remove(hello, ExtensionType::supported_versions);
        remove(hello, ExtensionType::key_share);
    };
    assert_eq!(told(of_tls12), neither);
    assert_eq!(told(|hello| offer(hello, ExtensionType::renegotiation_info, &[0])), []);
    assert_eq!(
        told(|hello| hello.cipher_suites.0.retain(|it| it.key_exchange() == KeyExchange::Tls13)),
        []
    );
    let of_tls13 = |hello: &mut ClientHello| {
        extension(hello, |it| {
            if let ClientExtension::SupportedVersions(versions) = it {
                versions.0 = vec![ProtocolVersion::TLS1_3].into();
            }
        });
    };
    assert_eq!(told(of_tls13), []);
}

/// RFC 8446 section 4.2.3: in TLS 1.3 an algorithm of ECDSA is of one curve.
#[test]
fn an_algorithm_of_another_curve_than_the_key() {
    let told = |file: &str, scheme| {
        let entry = CertificateEntry { cert_data: Asn1Cert(der(file)), extensions: Block(vec![]) };
        let certificate = Handshake::Certificate13(Certificate13 {
            certificate_request_context: Opaque::new(vec![]),
            certificate_list: List::new(vec![entry]),
        });
        let verify =
            Handshake::CertificateVerify(CertificateVerify { signature: signature(scheme) });
        let server = vec![Handshake::ServerHello(tls13()), certificate, verify];
        told_by("RFC 8446 4.2.3", |_| {}, server)
    };
    let (p256, p384) =
        (SignatureScheme::ecdsa_secp256r1_sha256, SignatureScheme::ecdsa_secp384r1_sha384);
    assert_eq!(told("ecdsa-p256", p256), [""; 0]);
    assert_eq!(told("ecdsa-p384", p384), [""; 0]);
    assert_eq!(told("ecdsa-p256", p384), ["algorithm"]);
    assert_eq!(told("ecdsa-p384", p256), ["algorithm"]);
}

/// RFC 8446 section 4.2.11: a key of an earlier session goes with a hash, which its binder is as long
/// as.
#[test]
fn a_binder_of_another_length_than_the_hash() {
    let told = |binder: usize, suites: &[CipherSuite]| {
        let psks = [
            &[0, 7, 0, 1, b'a', 0, 0, 0, 0][..],
            &[0, binder as u8 + 1, binder as u8],
            &vec![7; binder],
        ];
        let mut server = tls13();
        answer(&mut server, ServerExtension::PreSharedKey(0));
        let change = |hello: &mut ClientHello| {
            hello.cipher_suites.0 = suites.to_vec().into();
            offer(hello, ExtensionType::pre_shared_key, &psks.concat());
        };
        told_by("RFC 8446 4.2.11", change, vec![Handshake::ServerHello(server)])
    };
    let (short, long) = (CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384);
    assert_eq!(told(32, &[short]), [""; 0]);
    assert_eq!(told(48, &[short, long]), ["pre_shared_key"]);
    assert_eq!(told(48, &[short]), ["binder", "pre_shared_key"]);
    // What is not known may have any hash.
    assert_eq!(told(48, &[short, CipherSuite(0x13f0)]), ["pre_shared_key"]);
}

/// RFC 9345 sections 4.1.3 and 4.2, RFC 6962 section 5.2: for how long a key stands in for that of a
/// certificate which allows it, and a log that speaks of a time to come.
#[test]
fn what_stands_beside_a_certificate_is_good_at_its_time() {
    let key = [&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0][..], &[9; 32]].concat();
    let days: u32 = 86_400;
    let told = |file: &str, at: u32, valid_time: u32, milliseconds: u64| {
        let credential =
            [&valid_time.to_be_bytes()[..], &[8, 7, 0, 0, 44], &key, &[4, 3, 0, 1, 7]].concat();
        let time = milliseconds.to_be_bytes();
        let sct = [&[0][..], &[7; 32], &time, &[0, 0, 8, 4, 0, 1, 7]].concat();
        let length = sct.len() as u8;
        let scts = [&[0, length + 2, 0, length][..], &sct].concat();
        let beside = [
            EntryExtension::from_data(ExtensionType::delegated_credential, &credential),
            EntryExtension::from_data(ExtensionType::signed_certificate_timestamp, &scts),
        ];
        let own = der(file);
        let (not_before, _) = helloscope::wire::x509::validity(&own).unwrap();
        let now = not_before.seconds() + i64::from(at);
        let entry =
            CertificateEntry { cert_data: Asn1Cert(own), extensions: Block(beside.to_vec()) };
        let certificate = Handshake::Certificate13(Certificate13 {
            certificate_request_context: Opaque::new(vec![]),
            certificate_list: List::new(vec![entry]),
        });
        let mut transcript =
            transcript(by_server(vec![Handshake::ServerHello(tls13()), certificate]));
        transcript.judge_validity(now);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        // One of them is a precertificate, which is told by itself.
        let own = |it: &&Remark| ["RFC 9345 4", "RFC 6962 5"].contains(&&it.reference[..10]);
        let told = remarks.filter(own);
        told.map(|it| (it.reference, it.fault.found())).collect::<Vec<_>>()
    };
    let (allows, other) = ("private-extensions", "ecdsa-p256");
    assert_eq!(told(allows, days, 8 * days, 0), []);
    assert_eq!(told(other, days, 8 * days, 0), [("RFC 9345 4.2", "none".to_owned())]);
    assert_eq!(told(allows, days, 8 * days + 1, 0), [("RFC 9345 4.1.3", "more".to_owned())]);
    let over = "one that is over: it has expired".to_owned();
    assert_eq!(told(allows, days, days - 1, 0), [("RFC 9345 4.1.3", over)]);
    let to_come = "one that is still to come".to_owned();
    assert_eq!(told(allows, days, 8 * days, u64::MAX / 2), [("RFC 6962 5.2", to_come)]);
}

/// RFC 5246 section 7.4 before TLS 1.3, RFC 8446 section 4.1.3 in it.
#[test]
fn each_version_has_sections_of_its_own() {
    let params = [&[3, 0, 29, 32][..], &[9; 32], &[8, 4, 0, 1, 7, 0]].concat();
    for bytes in [
        [&[12, 0, 0, params.len() as u8][..], &params].concat(),
        vec![14, 0, 0, 1, 0],
        [&[16, 0, 0, 34, 32][..], &[9; 33]].concat(),
    ] {
        let context = Context::of(Some(ProtocolVersion::TLS1_2), Some(tls12().cipher_suite));
        let message = Message::decode(ContentType::handshake, &bytes, context);
        let [remark] = &message.tree.remarks[..] else { panic!("{:?}", message.tree.remarks) };
        assert_eq!((remark.field, remark.reference), ("trailing", "RFC 5246 7.4"));
    }
    let mut server = tls13();
    server.legacy_compression_method = CompressionMethod(1);
    let told = remarks(by_server(vec![Handshake::ServerHello(server)]));
    let told: Vec<_> = told.iter().map(|it| (it.field, it.reference)).collect();
    assert_eq!(told, [("legacy_compression_method", "RFC 8446 4.1.3")]);
}

/// RFC 9345 sections 4.1.1 and 4.1.3: a delegated key signs by an algorithm that the client has for
/// such keys, and is signed by one that it has for certificates.
#[test]
fn a_delegated_key_that_the_client_does_not_take() {
    let (p256, ed25519) = (SignatureScheme::ecdsa_secp256r1_sha256, SignatureScheme::ed25519);
    let key = [&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0][..], &[9; 32]].concat();
    let flight = |delegated: SignatureScheme, by: SignatureScheme, signs: SignatureScheme| {
        let [delegated, by] = [delegated, by].map(|scheme| scheme.0.to_be_bytes());
        let credential = [&[0, 0, 1, 0], &delegated[..], &[0, 0, 44], &key, &by, &[0, 1, 7]];
        let credential = credential.concat();
        let beside = EntryExtension::from_data(ExtensionType::delegated_credential, &credential);
        let entry = CertificateEntry {
            cert_data: Asn1Cert(der("ecdsa-p256")),
            extensions: Block(vec![beside]),
        };
        let certificate = Handshake::Certificate13(Certificate13 {
            certificate_request_context: Opaque::new(vec![]),
            certificate_list: List::new(vec![entry]),
        });
        let signature = signature(signs);
        let verify = Handshake::CertificateVerify(CertificateVerify { signature });
        vec![Handshake::ServerHello(tls13()), certificate, verify]
    };
    let told = |reference, delegated, by, signs| {
        // Ed25519 for such keys alone.
        let change = |hello: &mut ClientHello| {
            offer(hello, ExtensionType::delegated_credential, &[0, 2, 8, 7]);
            extension(hello, |it| {
                if let ClientExtension::SignatureAlgorithms(schemes) = it {
                    schemes.0.retain(|scheme| *scheme != SignatureScheme::ed25519);
                }
            });
        };
        told_by(reference, change, flight(delegated, by, signs))
    };
    let offered = "RFC 9345 4.1.1";
    assert_eq!(told(offered, ed25519, p256, ed25519), [""; 0]);
    assert_eq!(told(offered, p256, p256, p256), ["dc_cert_verify_algorithm"]);
    assert_eq!(told(offered, ed25519, ed25519, ed25519), ["algorithm"]);
    assert_eq!(told("RFC 9345 4.1.3", ed25519, p256, ed25519), [""; 0]);
    assert_eq!(told("RFC 9345 4.1.3", ed25519, p256, p256), ["algorithm"]);
    // It is not measured by what is for certificates.
    assert_eq!(told("RFC 8446 4.2.3", ed25519, p256, ed25519), [""; 0]);
}

/// RFC 8422 section 5.3: the key of a certificate is on a curve that the client has.
#[test]
fn a_certificate_on_a_curve_that_was_not_offered() {
    let told = |suite, certificate: &str, group: Option<NamedGroup>| {
        let change = |hello: &mut ClientHello| match group {
            Some(group) => extension(hello, |it| {
                if let ClientExtension::SupportedGroups(groups) = it {
                    groups.0.retain(|one| *one == group);
                }
            }),
            None => remove(hello, ExtensionType::supported_groups),
        };
        let own = Asn1Cert(der(certificate));
        let certificate = Certificate { certificate_list: List::new(vec![own]) };
        let server = ServerHello { cipher_suite: suite, ..tls12() };
        let server = vec![Handshake::ServerHello(server), Handshake::Certificate(certificate)];
        told_by("RFC 8422 5.3", change, server)
    };
    let ecdsa = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    let rsa = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    assert_eq!(told(ecdsa, "ecdsa-p256", Some(NamedGroup::secp256r1)), [""; 0]);
    assert_eq!(told(ecdsa, "ecdsa-p256", Some(NamedGroup::x25519)), ["certificate_list"]);
    assert_eq!(told(ecdsa, "ecdsa-p256", None), [""; 0]);
    assert_eq!(told(ecdsa, "ed25519", Some(NamedGroup::secp256r1)), [""; 0]);
    assert_eq!(told(rsa, "rsa-2048", Some(NamedGroup::x25519)), [""; 0]);
}

/// RFC 5054 section 2.5.1.2: without a name there is no password to choose the suite for.
#[test]
fn a_suite_of_srp_without_a_name() {
    let suite = CipherSuite::TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA;
    let told = |name: Option<&[u8]>| {
        let change = |hello: &mut ClientHello| {
            hello.cipher_suites.0.push(suite);
            if let Some(name) = name {
                offer(hello, ExtensionType::srp, name);
            }
        };
        let server = Handshake::ServerHello(ServerHello { cipher_suite: suite, ..tls12() });
        told_by("RFC 5054 2.5.1.2", change, vec![server])
    };
    assert_eq!(told(None), ["cipher_suite"]);
    assert_eq!(told(Some(&[1, b'u'])), [""; 0]);
}

/// RFC 8446 sections 2.2 and 4.3.2: a server that goes on with an earlier session shows and asks for
/// no certificate; behind the handshake it may ask, and with RFC 8773 it may show one.
#[test]
fn certificates_beside_a_key_of_an_earlier_session() {
    let request = |context: &[u8]| {
        let schemes = Codes::new(vec![SignatureScheme::ed25519]);
        Handshake::CertificateRequest13(CertificateRequest13 {
            certificate_request_context: Opaque::new(context.to_vec()),
            extensions: Block(vec![RequestExtension::SignatureAlgorithms(schemes)]),
        })
    };
    let entry =
        CertificateEntry { cert_data: Asn1Cert(der("rsa-2048")), extensions: Block(vec![]) };
    let certificate = Handshake::Certificate13(Certificate13 {
        certificate_request_context: Opaque::new(vec![]),
        certificate_list: List::new(vec![entry]),
    });
    let finished = Handshake::Finished(Finished { verify_data: Rest(vec![1; 32].into()) });
    let told = |reference, beside: &[(ExtensionType, &[u8])], said: Vec<Handshake>| {
        let mut server = tls13();
        for (extension_type, data) in beside {
            answer(&mut server, ServerExtension::from_data(*extension_type, data));
        }
        let server = std::iter::once(Handshake::ServerHello(server)).chain(said);
        told_by(reference, |_| {}, server.collect())
    };
    let key: (ExtensionType, &[u8]) = (ExtensionType::pre_shared_key, &[0, 0]);
    let both = [key, (ExtensionType::tls_cert_with_extern_psk, &[])];
    let shows = |beside: &[_]| told("RFC 8446 2.2", beside, vec![certificate.clone()]);
    assert_eq!(shows(&[key]), ["certificate"]);
    assert_eq!(shows(&[]), [""; 0]);
    assert_eq!(shows(&both), [""; 0]);
    let asks = |beside: &[_], said| told("RFC 8446 4.3.2", beside, said);
    assert_eq!(asks(&[key], vec![request(b"")]), ["certificate_request"]);
    assert_eq!(asks(&[], vec![request(b"")]), [""; 0]);
    assert_eq!(asks(&[key], vec![finished, request(b"a")]), [""; 0]);
}

/// RFC 8446 section 4.4.2: another kind of certificate than X.509 is agreed on before.
#[test]
fn a_key_alone_that_was_not_agreed_on() {
    let key = [&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0][..], &[9; 32]].concat();
    let entry = CertificateEntry { cert_data: Asn1Cert(key), extensions: Block(vec![]) };
    let certificate = Handshake::Certificate13(Certificate13 {
        certificate_request_context: Opaque::new(vec![]),
        certificate_list: List::new(vec![entry]),
    });
    let told = |answers: Option<Vec<EncryptedExtension>>| {
        let answers = answers.map(|answers| {
            let extensions = Block(answers);
            Handshake::EncryptedExtensions(EncryptedExtensions { extensions })
        });
        let server = std::iter::once(Handshake::ServerHello(tls13())).chain(answers);
        let server = server.chain([certificate.clone()]).collect();
        let offers = |hello: &mut ClientHello| {
            offer(hello, ExtensionType::server_certificate_type, &[2, 2, 0]);
        };
        told_by("RFC 8446 4.4.2", offers, server)
    };
    let raw = EncryptedExtension::ServerCertificateType(CertificateType::RawPublicKey);
    assert_eq!(told(Some(vec![raw])), [""; 0]);
    assert_eq!(told(Some(vec![])), ["cert_data"]);
    // What was not seen may have agreed on it.
    assert_eq!(told(None), [""; 0]);
}

/// Answers of TLS 1.3 stand in EncryptedExtensions.
#[test]
fn an_encrypted_answer_whose_value_was_not_offered() {
    let told = |chosen: u8| {
        let mut hello = hello();
        let offer = ClientExtension::from_data(ExtensionType::client_certificate_type, &[1, 0]);
        hello.extensions.as_mut().unwrap().0.push(offer);
        let kind = CertificateType(chosen);
        let extensions = Block(vec![EncryptedExtension::ClientCertificateType(kind)]);
        let answers = Handshake::EncryptedExtensions(EncryptedExtensions { extensions });
        notices(hello, vec![Handshake::ServerHello(tls13()), answers])
    };
    assert_eq!(told(0), []);
    assert_eq!(told(2), noticed("client_certificate_type", "one that was not"));
}

/// What is noticed of EncryptedExtensions behind a hello of OpenSSL's with more extensions, by their
/// bytes, and a ServerHello.
fn told_of_answers(
    offered: &[(ExtensionType, &[u8])],
    server: ServerHello,
    answers: &[(ExtensionType, &[u8])],
) -> Vec<(String, String)> {
    let mut hello = hello();
    let offered = offered.iter().map(|(one, data)| ClientExtension::from_data(*one, data));
    hello.extensions.as_mut().unwrap().0.extend(offered);
    let answers = answers.iter().map(|(one, data)| EncryptedExtension::from_data(*one, data));
    let extensions = Block(answers.collect());
    let answers = Handshake::EncryptedExtensions(EncryptedExtensions { extensions });
    let said = vec![
        (Side::Client, Handshake::ClientHello(hello)),
        (Side::Server, Handshake::ServerHello(server)),
        (Side::Server, answers),
    ];
    let transcript = transcript(said);
    let (_, last) = transcript.messages().last().unwrap();
    assert!(last.tree.remarks.iter().all(|remark| remark.kind == Kind::Notice));
    let told = last.tree.remarks.iter();
    told.map(|remark| (remark.field.to_owned(), remark.fault.found())).collect()
}

/// draft-vvv-tls-alps-01 sections 3 and 4: settings are of the protocol that is chosen.
#[test]
fn settings_of_a_protocol_for_which_they_were_not_offered() {
    use ExtensionType as Type;
    const ALPN: Type = Type::application_layer_protocol_negotiation;
    let both = (ALPN, &b"\0\x05\x02h2\x01a"[..]);
    let (chosen, other) = ((ALPN, &b"\0\x03\x02h2"[..]), (ALPN, &b"\0\x02\x01a"[..]));
    for settings in [Type::application_settings, Type::application_settings_old] {
        let told = |answers: &[_]| {
            let offered = (settings, &b"\0\x03\x02h2"[..]);
            told_of_answers(&[both, offered], tls13(), answers)
        };
        let (own, name) = ((settings, &b"own"[..]), settings.name().unwrap());
        assert_eq!(told(&[chosen, own]), []);
        assert_eq!(told(&[other, own]), noticed(name, "one for which they were not"));
        assert_eq!(told(&[own]), noticed(name, "none"));
        assert_eq!(told(&[other]), []);
        // It is not told twice.
        let unasked = told_of_answers(&[both], tls13(), &[chosen, own]);
        assert_eq!(unasked, noticed(name, "one that was not asked for"));
    }
}

/// RFC 8446 section 4.2.10: early data is under the first of the keys that were offered.
#[test]
fn early_data_without_the_key_under_which_it_is() {
    use ExtensionType as Type;
    let identity = b"\0\x02id\0\0\0\x01";
    let binder = [&[32][..], &[7; 32]].concat();
    let keys = [&[0, 16][..], identity, identity, &[0, 66], &binder, &binder].concat();
    let told = |chosen: Option<u16>| {
        let mut server = tls13();
        if let Some(chosen) = chosen {
            answer(&mut server, ServerExtension::PreSharedKey(chosen));
        }
        let offered: [(Type, &[u8]); 3] = [
            (Type::psk_key_exchange_modes, &[1, 1]),
            (Type::early_data, &[]),
            (Type::pre_shared_key, &keys),
        ];
        told_of_answers(&offered, server, &[(Type::early_data, &[])])
    };
    assert_eq!(told(Some(0)), []);
    assert_eq!(told(Some(1)), noticed("early_data", "another"));
    assert_eq!(told(None), noticed("early_data", "no pre_shared_key"));
}

/// RFC 8449 section 5.
#[test]
fn two_limits_of_the_length_of_records() {
    use ExtensionType as Type;
    let length: (Type, &[u8]) = (Type::max_fragment_length, &[2]);
    let limit: (Type, &[u8]) = (Type::record_size_limit, &[4, 0]);
    let new = |answers: &[_]| told_of_answers(&[length, limit], tls13(), answers);
    assert_eq!(new(&[length]), []);
    assert_eq!(new(&[limit]), []);
    assert_eq!(new(&[length, limit]), noticed("max_fragment_length", "one"));
    let told = told(|hello, server| {
        for (extension_type, data) in [length, limit] {
            let offer = ClientExtension::from_data(extension_type, data);
            hello.extensions.as_mut().unwrap().0.push(offer);
            answer(server, ServerExtension::from_data(extension_type, data));
        }
    });
    assert_eq!(told, noticed("max_fragment_length", "one"));
}

/// A certificate of testdata.
fn der(name: &str) -> Vec<u8> {
    std::fs::read(common::path(&format!("testdata/certificates/{name}.der"))).unwrap()
}

/// RFC 5246 sections 7.4.6 and 7.4.8: what a client shows and signs is what the server asked for.
#[test]
fn a_clients_proof_that_the_server_did_not_ask_for() {
    let told = |kind, schemes: Vec<SignatureScheme>| {
        let request = Handshake::CertificateRequest(CertificateRequest {
            certificate_types: Codes::new(vec![kind]),
            supported_signature_algorithms: SinceTls12(Some(Codes::new(schemes))),
            certificate_authorities: List::new(vec![]),
        });
        let own = Asn1Cert(der("rsa-2048"));
        let signature = signature(SignatureScheme::rsa_pkcs1_sha256);
        let mut said = by_server(vec![Handshake::ServerHello(tls12()), request]);
        said.extend(
            [
                Handshake::Certificate(Certificate { certificate_list: List::new(vec![own]) }),
                Handshake::CertificateVerify(CertificateVerify { signature }),
            ]
            .map(|message| (Side::Client, message)),
        );
        let told = remarks(said);
        told.iter().map(|it| (it.fault.found(), it.reference)).collect::<Vec<_>>()
    };
    let sound = vec![SignatureScheme::rsa_pkcs1_sha256];
    let others = vec![SignatureScheme::ecdsa_secp256r1_sha256];
    let (rsa, ecdsa) = (ClientCertificateType::rsa_sign, ClientCertificateType::ecdsa_sign);
    let found = |found: &str, reference| vec![(found.to_owned(), reference)];
    assert_eq!(told(rsa, sound.clone()), []);
    assert_eq!(told(rsa, others), found("one that was not", "RFC 5246 7.4.8"));
    assert_eq!(told(ecdsa, sound.clone()), found("an RSA key", "RFC 5246 7.4.6"));
    // What is not known may be for any key.
    assert_eq!(told(ClientCertificateType(99), sound), []);
}

/// RFC 8446 section 4.4.3: the request that a client answers has the context of its Certificate.
#[test]
fn a_clients_signature_answers_the_request_of_its_context() {
    let request = |context: u8, scheme| {
        let schemes = RequestExtension::SignatureAlgorithms(Codes::new(vec![scheme]));
        Handshake::CertificateRequest13(CertificateRequest13 {
            certificate_request_context: Opaque::new(vec![context]),
            extensions: Block(vec![schemes]),
        })
    };
    let told = |context: u8| {
        let mut said = by_server(vec![
            Handshake::ServerHello(tls13()),
            request(1, SignatureScheme::rsa_pss_rsae_sha256),
            request(2, SignatureScheme::ed25519),
        ]);
        let certificate = Handshake::Certificate13(Certificate13 {
            certificate_request_context: Opaque::new(vec![context]),
            certificate_list: List::new(vec![]),
        });
        let signature = signature(SignatureScheme::rsa_pss_rsae_sha256);
        let verify = Handshake::CertificateVerify(CertificateVerify { signature });
        said.extend([certificate, verify].map(|message| (Side::Client, message)));
        let told = remarks(said);
        let told = told.iter().filter(|it| it.field == "algorithm");
        told.map(|it| (it.fault.found(), it.reference)).collect::<Vec<_>>()
    };
    assert_eq!(told(1), []);
    assert_eq!(told(2), [("one that was not".to_owned(), "RFC 8446 4.4.3")]);
}

/// Were each answer to look through all requests, this would take minutes.
#[test]
fn many_requests_are_answered_in_no_longer_than_they_are_long() {
    let begun = std::time::Instant::now();
    let count = 60_000_u32;
    let request = |context: u32| {
        let schemes = Codes::new(vec![SignatureScheme::ed25519]);
        Handshake::CertificateRequest13(CertificateRequest13 {
            certificate_request_context: Opaque::new(context.to_be_bytes().to_vec()),
            extensions: Block(vec![RequestExtension::SignatureAlgorithms(schemes)]),
        })
    };
    let certificate = Handshake::Certificate13(Certificate13 {
        certificate_request_context: Opaque::new(vec![0; 4]),
        certificate_list: List::new(vec![]),
    });
    let mut said = by_server(vec![Handshake::ServerHello(tls13())]);
    said.extend((0..count).map(|context| (Side::Server, request(context))));
    said.extend((0..count).map(|_| (Side::Client, certificate.clone())));
    assert_eq!(transcript(said).messages().count(), 2 + 2 * count as usize);
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

/// RFC 8446 section 4.4.2: beside a client's certificate stands what the CertificateRequest asks
/// for, and its context is that of one.
#[test]
fn what_stands_beside_a_clients_certificate() {
    let request = |context: &[u8], asked: &[ExtensionType]| {
        let schemes = Codes::new(vec![SignatureScheme::rsa_pss_rsae_sha256]);
        let asked = asked.iter().map(|asked| RequestExtension::from_data(*asked, &[]));
        let schemes = std::iter::once(RequestExtension::SignatureAlgorithms(schemes));
        Handshake::CertificateRequest13(CertificateRequest13 {
            certificate_request_context: Opaque::new(context.to_vec()),
            extensions: Block(schemes.chain(asked).collect()),
        })
    };
    let certificate = |context: &[u8], beside: &[(ExtensionType, &[u8])]| {
        let beside = beside.iter().map(|(beside, data)| EntryExtension::from_data(*beside, data));
        let entry = CertificateEntry {
            cert_data: Asn1Cert(der("rsa-2048")),
            extensions: Block(beside.collect()),
        };
        Handshake::Certificate13(Certificate13 {
            certificate_request_context: Opaque::new(context.to_vec()),
            certificate_list: List::new(vec![entry]),
        })
    };
    let finished = Handshake::Finished(Finished { verify_data: Rest(vec![1; 32].into()) });
    let told = |server: Vec<Handshake>, certificate: Handshake| {
        let server = std::iter::once(Handshake::ServerHello(tls13())).chain(server);
        let mut said = by_server(server.collect());
        said.push((Side::Client, certificate));
        let transcript = transcript(said);
        let (_, last) = transcript.messages().last().unwrap();
        let told = last.tree.remarks.iter();
        told.map(|it| (it.field, it.fault.found(), it.reference)).collect::<Vec<_>>()
    };
    let status = (ExtensionType::status_request, &[1, 0, 0, 5, 48, 3, 10, 1, 3][..]);
    let grease = ExtensionType(0x0a0a);
    let asks = request(b"", &[status.0, grease]);
    assert_eq!(told(vec![asks.clone()], certificate(b"", &[status])), []);
    let sent_back = ("GREASE", "GREASE, sent back".to_owned(), "RFC 8701 4.2");
    assert_eq!(told(vec![asks.clone()], certificate(b"", &[(grease, &[])])), [sent_back]);
    let unasked = ("status_request", "one that was not asked for".to_owned(), "RFC 8446 4.4.2");
    assert_eq!(told(vec![request(b"", &[])], certificate(b"", &[status])), [unasked]);
    let another = ("certificate_request_context", "one that none has".to_owned(), "RFC 8446 4.4.2");
    assert_eq!(told(vec![asks.clone(), finished.clone()], certificate(b"a", &[])), [another]);
    assert_eq!(told(vec![asks, request(b"a", &[]), finished], certificate(b"a", &[])), []);
    // What was not seen may have asked for it.
    assert_eq!(told(vec![request(b"", &[])], certificate(b"a", &[status])), []);
}

/// Messages that go by an extension: the server's, that extension, and the section.
#[test]
fn a_message_that_no_extension_of_the_server_asks_for() {
    use ExtensionType as Type;
    let context = Context::of(Some(ProtocolVersion::TLS1_2), None);
    let supplement: &[u8] = &[23, 0, 0, 8, 0, 0, 5, 0x40, 0x02, 0, 1, b'a'];
    let next: &[u8] = &[&[67, 0, 0, 32, 1, b'a', 29][..], &[0; 29]].concat();
    let channel: &[u8] = &[&[203, 0, 0, 132, 0x75, 0x50, 0, 128][..], &[7; 128]].concat();
    for (from, bytes, asks, data, reference) in [
        (
            Side::Server,
            &[22, 0, 0, 9, 1, 0, 0, 5, 48, 3, 10, 1, 3][..],
            Type::status_request,
            &[][..],
            "RFC 6066 8",
        ),
        (
            Side::Server,
            &[22, 0, 0, 9, 1, 0, 0, 5, 48, 3, 10, 1, 3],
            Type::status_request_v2,
            &[],
            "RFC 6066 8",
        ),
        (
            Side::Server,
            &[4, 0, 0, 7, 0, 0, 1, 0, 0, 1, b't'],
            Type::session_ticket,
            &[],
            "RFC 5077 3.3",
        ),
        (Side::Client, &[21, 0, 0, 3, 0, 0, 0], Type::client_certificate_url, &[], "RFC 6066 5"),
        (Side::Server, supplement, Type::user_mapping, &[1, 64], "RFC 4680 2"),
        (Side::Client, supplement, Type::client_authz, &[1, 1], "RFC 4680 2"),
        (Side::Client, supplement, Type::server_authz, &[1, 1], "RFC 4680 2"),
        (
            Side::Client,
            next,
            Type::next_protocol_negotiation,
            b"\x01a",
            "draft-agl-tls-nextprotoneg-04 3",
        ),
        (Side::Client, channel, Type::channel_id, &[], "draft-balfanz-tls-channelid-01 4"),
    ] {
        let message = Handshake::decode(bytes, context).unwrap();
        let told = |hello: Option<ServerHello>| {
            let hello = hello.map(|hello| (Side::Server, Handshake::ServerHello(hello)));
            let said = hello.into_iter().chain([(from, message.clone())]).collect();
            let transcript = transcript(said);
            let (_, last) = transcript.messages().last().unwrap();
            let told = last
                .tree
                .remarks
                .iter()
                .filter(|it| it.fault.expected().starts_with("none, since"));
            told.map(|it| it.reference).collect::<Vec<_>>()
        };
        let mut answered = tls12();
        answer(&mut answered, ServerExtension::from_data(asks, data));
        assert_eq!(told(Some(tls12())), [reference], "{asks}");
        assert_eq!(told(Some(answered)), [""; 0], "{asks}");
        // What was not seen may have asked for it.
        assert_eq!(told(None), [""; 0], "{asks}");
    }
}

/// RFC 8446 section 4.5.
#[test]
fn the_end_of_early_data_that_was_not_accepted() {
    let told = |extensions: Option<Vec<EncryptedExtension>>| {
        let answers = extensions.map(|extensions| {
            let extensions = Block(extensions);
            Handshake::EncryptedExtensions(EncryptedExtensions { extensions })
        });
        let server = std::iter::once(Handshake::ServerHello(tls13())).chain(answers);
        let mut said = by_server(server.collect());
        said.push((Side::Client, Handshake::EndOfEarlyData(Empty)));
        let transcript = transcript(said);
        let (_, last) = transcript.messages().last().unwrap();
        last.tree.remarks.iter().map(|it| it.reference).collect::<Vec<_>>()
    };
    assert_eq!(told(Some(vec![])), ["RFC 8446 4.5"]);
    assert_eq!(told(Some(vec![EncryptedExtension::EarlyData(Empty)])), [""; 0]);
    // What was not seen may have accepted it.
    assert_eq!(told(None), [""; 0]);
}

/// RFC 6961 section 2.2: several responses answer the second of both extensions alone.
#[test]
fn several_responses_where_one_was_asked_for() {
    let context = Context::of(Some(ProtocolVersion::TLS1_2), None);
    let bytes = [22, 0, 0, 12, 2, 0, 0, 8, 0, 0, 5, 48, 3, 10, 1, 3];
    let message = Handshake::decode(&bytes, context).unwrap();
    let told = |asked| {
        let mut answered = tls12();
        answer(&mut answered, ServerExtension::from_data(asked, &[]));
        let said = by_server(vec![Handshake::ServerHello(answered), message.clone()]);
        let transcript = transcript(said);
        let (_, last) = transcript.messages().last().unwrap();
        last.tree.remarks.iter().map(|it| it.reference).collect::<Vec<_>>()
    };
    assert_eq!(told(ExtensionType::status_request), ["RFC 6961 2.2"]);
    assert_eq!(told(ExtensionType::status_request_v2), [""; 0]);
}

/// RFC 6520 section 2.
#[test]
fn a_heartbeat_that_was_not_agreed_on() {
    let beat = [&[24, 3, 3, 0, 21, 1, 0, 2, b'h', b'i'][..], &[9; 16]].concat();
    let told = |said: Vec<Handshake>| {
        let mut recorder = Recorder::default();
        for message in said {
            let version = ProtocolVersion::TLS1_2;
            let record = records(ContentType::handshake, version, &message.to_bytes(), &[]);
            recorder.push(Side::Server, None, &record);
        }
        recorder.push(Side::Client, None, &beat);
        let transcript = recorder.finish(Source::default(), None);
        let (_, last) = transcript.messages().last().unwrap();
        last.tree.remarks.iter().map(|it| it.reference).collect::<Vec<_>>()
    };
    let mut agreed = tls12();
    answer(&mut agreed, ServerExtension::from_data(ExtensionType::heartbeat, &[1]));
    assert_eq!(told(vec![Handshake::ServerHello(tls12())]), ["RFC 6520 2"]);
    assert_eq!(told(vec![Handshake::ServerHello(agreed)]), [""; 0]);
    assert_eq!(told(vec![]), [""; 0]);
    // In TLS 1.3 it is in EncryptedExtensions.
    assert_eq!(told(vec![Handshake::ServerHello(tls13())]), [""; 0]);
    let answers = |extensions| {
        let extensions = Block(extensions);
        let answers = Handshake::EncryptedExtensions(EncryptedExtensions { extensions });
        vec![Handshake::ServerHello(tls13()), answers]
    };
    let heartbeat = EncryptedExtension::from_data(ExtensionType::heartbeat, &[1]);
    assert_eq!(told(answers(vec![heartbeat])), [""; 0]);
    assert_eq!(told(answers(vec![])), ["RFC 6520 2"]);
}

/// RFC 8446 section 4.6.2: a server asks behind the handshake who says that it may.
#[test]
fn a_request_behind_the_handshake_that_the_client_does_not_take() {
    let request = |context: &[u8]| {
        let schemes = vec![SignatureScheme::ed25519];
        Handshake::CertificateRequest13(CertificateRequest13 {
            certificate_request_context: Opaque::new(context.to_vec()),
            extensions: Block(vec![RequestExtension::SignatureAlgorithms(Codes::new(schemes))]),
        })
    };
    let told = |hello: Option<ClientHello>, behind: Vec<Handshake>| {
        let hello = hello.map(|hello| (Side::Client, Handshake::ClientHello(hello)));
        let server = [Handshake::ServerHello(tls13()), no_answers()].into_iter().chain(behind);
        let server = server.map(|message| (Side::Server, message));
        let told = remarks(hello.into_iter().chain(server).collect());
        told.iter().map(|it| (it.field, it.reference)).collect::<Vec<_>>()
    };
    let behind = |request: Handshake| proved13().into_iter().chain([request]).collect();
    let mut takes = hello();
    let extension = ClientExtension::PostHandshakeAuth(Empty);
    takes.extensions.as_mut().unwrap().0.push(extension);
    let notice = [("certificate_request", "RFC 8446 4.6.2")];
    assert_eq!(told(Some(hello()), behind(request(b"a"))), notice);
    assert_eq!(told(Some(hello()), vec![request(b"")]), []);
    assert_eq!(told(Some(takes.clone()), behind(request(b"a"))), []);
    // A context is of what comes behind the handshake alone, and needed there.
    let context = [("certificate_request_context", "RFC 8446 4.3.2")];
    assert_eq!(told(Some(hello()), vec![request(b"a")]), context);
    assert_eq!(told(Some(takes.clone()), behind(request(b""))), context);
    let twice = |first: &[u8], second: &[u8]| {
        let mut said: Vec<Handshake> = behind(request(first));
        said.push(request(second));
        told(Some(takes.clone()), said)
    };
    assert_eq!(twice(b"a", b"a"), context);
    assert_eq!(twice(b"a", b"b"), []);
    // The hello inside may say it.
    let mut outer = hello();
    let bytes = [&[0, 0, 1, 0, 1, 7, 0, 32][..], &[9; 32], &[0, 128], &[9; 128]].concat();
    let inside = ClientExtension::from_data(ExtensionType::encrypted_client_hello, &bytes);
    outer.extensions.as_mut().unwrap().0.push(inside);
    assert_eq!(told(Some(outer), behind(request(b"a"))), []);
    assert_eq!(told(None, behind(request(b"a"))), []);
}

/// A certificate that is for the host that the hello asks for.
fn of_the_host() -> Vec<u8> {
    let names = alt_names(&[(0x82, b"shop.test.example")]);
    Made::with(|it| it.extensions = vec![names]).bytes()
}

/// A server's certificate in TLS 1.3, its proof, and its Finished.
fn proved13() -> [Handshake; 3] {
    let entry = CertificateEntry { cert_data: Asn1Cert(of_the_host()), extensions: Block(vec![]) };
    let certificate = Handshake::Certificate13(Certificate13 {
        certificate_request_context: Opaque::new(vec![]),
        certificate_list: List::new(vec![entry]),
    });
    let signature = signature(SignatureScheme::rsa_pss_rsae_sha256);
    let verify = Handshake::CertificateVerify(CertificateVerify { signature });
    [certificate, verify, finished13()]
}

fn finished13() -> Handshake {
    Handshake::Finished(Finished { verify_data: Rest(vec![1; 32].into()) })
}

/// What is noticed, by message, field and section, where both sides say this behind the client's
/// hello.
fn told_of(said: Vec<(Side, Handshake)>) -> Vec<(&'static str, &'static str)> {
    let hello = (Side::Client, Handshake::ClientHello(hello()));
    let told = remarks(std::iter::once(hello).chain(said).collect());
    told.iter().map(|it| (it.field, it.reference)).collect()
}

/// RFC 8446 sections 4.4.2, 4.4.3, 4.6.1 and 4.6.3: who proves nothing, and what comes behind a
/// Finished alone.
#[test]
fn what_is_missing_before_a_finished_of_tls13() {
    let (server, client) = (Side::Server, Side::Client);
    let ticket = |nonce: u8| {
        let ticket = [0, 0, 1, 0, 1, 2, 3, 4, 1, nonce, 0, 1, 9, 0, 0];
        let bytes = [&[4, 0, 0, ticket.len() as u8][..], &ticket].concat();
        Handshake::decode(&bytes, Context::of(Some(ProtocolVersion::TLS1_3), None)).unwrap()
    };
    let update =
        Handshake::KeyUpdate(KeyUpdate { request_update: KeyUpdateRequest::update_not_requested });
    let request = Handshake::CertificateRequest13(CertificateRequest13 {
        certificate_request_context: Opaque::new(vec![]),
        extensions: Block(vec![RequestExtension::SignatureAlgorithms(Codes::new(vec![
            SignatureScheme::rsa_pss_rsae_sha256,
        ]))]),
    });
    let [certificate, verify, finished] = proved13();
    let empty = Handshake::Certificate13(Certificate13 {
        certificate_request_context: Opaque::new(vec![]),
        certificate_list: List::new(vec![]),
    });
    let begin = || vec![(server, Handshake::ServerHello(tls13())), (server, no_answers())];
    let told = |said: &[(Side, &Handshake)]| {
        let said = said.iter().map(|(from, message)| (*from, (*message).clone()));
        told_of(begin().into_iter().chain(said).collect())
    };
    let proof = [(server, &certificate), (server, &verify), (server, &finished)];
    assert_eq!(told(&proof), []);
    assert_eq!(told(&[(server, &finished)]), [("finished", "RFC 8446 4.4.2")]);
    let tickets = [ticket(1), ticket(2)];
    let [one, other] = &tickets;
    let early = |message| told(&[&[(server, message)], &proof[..]].concat());
    assert_eq!(early(one), [("new_session_ticket", "RFC 8446 4.6.1")]);
    assert_eq!(early(&update), [("key_update", "RFC 8446 4.6.3")]);
    let late = |more: &[(Side, &Handshake)]| told(&[&proof[..], more].concat());
    assert_eq!(late(&[(client, &update)]), [("key_update", "RFC 8446 4.6.3")]);
    assert_eq!(late(&[(client, &finished), (server, one), (server, other), (server, &update)]), []);
    let again = [("ticket_nonce", "RFC 8446 4.6.1")];
    assert_eq!(late(&[(server, one), (server, one)]), again);
    let asked =
        |answer: &[(Side, &Handshake)]| told(&[&[(server, &request)], &proof[..], answer].concat());
    assert_eq!(asked(&[(client, &empty), (client, &finished)]), []);
    assert_eq!(asked(&[(client, &finished)]), [("finished", "RFC 8446 4.4.2")]);
    let unproved = [("finished", "RFC 8446 4.4.3")];
    assert_eq!(asked(&[(client, &certificate), (client, &finished)]), unproved);
    let whole = [(client, &certificate), (client, &verify), (client, &finished)];
    assert_eq!(asked(&whole), []);
    // It stands in hashes alone.
    let hash = [&[254, 0, 0, 32][..], &[7; 32]].concat();
    let hash = Handshake::decode(&hash, Context::default()).unwrap();
    assert_eq!(told(&[(server, &hash)]), [("message_hash", "RFC 8446 4.4.1")]);
}

/// RFC 5246 sections 7.4.6 and 7.4.8, RFC 8422 section 5.7.
#[test]
fn a_client_that_leaves_out_what_was_asked_for() {
    let (server, client) = (Side::Server, Side::Client);
    let context = Context::of(Some(ProtocolVersion::TLS1_2), Some(tls12().cipher_suite));
    let decode = |bytes: &[u8]| Handshake::decode(bytes, context).unwrap();
    let chain = |certificates: Vec<Asn1Cert>| {
        Handshake::Certificate(Certificate { certificate_list: List::new(certificates) })
    };
    let (own, empty) = (chain(vec![Asn1Cert(of_the_host())]), chain(vec![]));
    let params = [&[3, 0, 29, 32][..], &[9; 32], &[8, 4, 1, 0], &[7; 256]].concat();
    let length = u16::try_from(params.len()).unwrap().to_be_bytes();
    let server_key = decode(&[&[12, 0][..], &length, &params].concat());
    let client_key = decode(&[&[16, 0, 0, 33, 32][..], &[9; 32]].concat());
    let no_key = decode(&[16, 0, 0, 0]);
    let request = decode(&[13, 0, 0, 8, 1, 1, 0, 2, 8, 4, 0, 0]);
    let done = decode(&[14, 0, 0, 0]);
    let verify = decode(&[&[15, 0, 1, 4, 8, 4, 1, 0][..], &[7; 256]].concat());
    let finished = decode(&[&[20, 0, 0, 12][..], &[1; 12]].concat());
    let told = |asks: bool, answer: &[&Handshake]| {
        let hello = Handshake::ServerHello(tls12());
        let mut said: Vec<_> = [&hello, &own, &server_key].map(|it| (server, it)).to_vec();
        said.extend(asks.then_some((server, &request)));
        said.push((server, &done));
        said.extend(answer.iter().map(|it| (client, *it)));
        told_of(said.into_iter().map(|(from, message)| (from, message.clone())).collect())
    };
    // A Finished that can be read in a record is behind no change of keys.
    let in_clear = ("finished", "RFC 5246 7.4.9");
    assert_eq!(told(false, &[&client_key, &finished]), [in_clear]);
    assert_eq!(told(false, &[&no_key]), [("client_key_exchange", "RFC 8422 5.7")]);
    assert_eq!(told(true, &[&client_key]), [("client_key_exchange", "RFC 5246 7.4.6")]);
    assert_eq!(told(true, &[&empty, &client_key, &finished]), [in_clear]);
    let unproved = [("finished", "RFC 5246 7.4.8"), in_clear];
    assert_eq!(told(true, &[&own, &client_key, &finished]), unproved);
    assert_eq!(told(true, &[&own, &client_key, &verify, &finished]), [in_clear]);
}

/// RFC 9849 section 6.1: the hello that is sealed in another may be the one that is answered, and
/// may offer what the other does not; but not where the server says that it could not open it, nor
/// before TLS 1.3.
#[test]
fn an_answer_to_a_hello_that_is_sealed_in_another() {
    let bytes = [&[0, 0, 1, 0, 1, 7, 0, 32][..], &[9; 32], &[0, 128], &[9; 128]].concat();
    let told = |ech: &[u8], version, answers: Vec<EncryptedExtension>| {
        let mut outer = hello();
        let inside = ClientExtension::from_data(ExtensionType::encrypted_client_hello, ech);
        outer.extensions.as_mut().unwrap().0.push(inside);
        let is_new = version == ProtocolVersion::TLS1_3;
        let mut server = if is_new { tls13() } else { tls12() };
        if is_new {
            server.cipher_suite = CipherSuite::TLS_AES_128_CCM_SHA256;
        } else {
            let alpn = ExtensionType::application_layer_protocol_negotiation;
            answer(&mut server, ServerExtension::from_data(alpn, b"\0\x03\x02h2"));
        }
        let answers = is_new.then(|| {
            let extensions = Block(answers);
            Handshake::EncryptedExtensions(EncryptedExtensions { extensions })
        });
        let told = notices(
            outer,
            std::iter::once(Handshake::ServerHello(server)).chain(answers).collect(),
        );
        told.into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    let alpn = ExtensionType::application_layer_protocol_negotiation;
    let alpn = EncryptedExtension::from_data(alpn, b"\0\x03\x02h2");
    let refused = EncryptedExtension::from_data(
        ExtensionType::encrypted_client_hello,
        &[0, 4, 0xfe, 0xaa, 0, 0],
    );
    let name = "application_layer_protocol_negotiation";
    assert_eq!(told(&bytes, ProtocolVersion::TLS1_3, vec![alpn.clone()]), [""; 0]);
    assert_eq!(told(&bytes, ProtocolVersion::TLS1_3, vec![refused, alpn.clone()]), [name]);
    assert_eq!(told(&bytes, ProtocolVersion::TLS1_2, vec![]), [name]);
    // The hello that was inside.
    assert_eq!(told(&[1], ProtocolVersion::TLS1_3, vec![alpn]), ["cipher_suite", name]);
}

/// RFC 6520 section 2: whoever does not allow questions is asked none.
#[test]
fn a_heartbeat_that_the_other_side_does_not_allow() {
    let told = |client: u8, server: u8, from: Side, message_type: u8| {
        let (mut hello, mut answered) = (hello(), tls12());
        let offer = ClientExtension::from_data(ExtensionType::heartbeat, &[client]);
        hello.extensions.as_mut().unwrap().0.push(offer);
        answer(&mut answered, ServerExtension::from_data(ExtensionType::heartbeat, &[server]));
        let mut recorder = Recorder::default();
        for (from, message) in [
            (Side::Client, Handshake::ClientHello(hello)),
            (Side::Server, Handshake::ServerHello(answered)),
        ] {
            let version = ProtocolVersion::TLS1_2;
            let record = records(ContentType::handshake, version, &message.to_bytes(), &[]);
            recorder.push(from, None, &record);
        }
        let beat = [&[24, 3, 3, 0, 21, message_type, 0, 2, b'h', b'i'][..], &[9; 16]].concat();
        recorder.push(from, None, &beat);
        let transcript = recorder.finish(Source::default(), None);
        let (_, last) = transcript.messages().last().unwrap();
        let told = last.tree.remarks.iter();
        told.map(|it| (it.field, it.reference)).collect::<Vec<_>>()
    };
    let (allowed, not_allowed, request, response) = (1, 2, 1, 2);
    let notice = [("message_type", "RFC 6520 2")];
    assert_eq!(told(allowed, not_allowed, Side::Client, request), notice);
    assert_eq!(told(not_allowed, allowed, Side::Server, request), notice);
    for (client, server, from, message_type) in [
        (allowed, not_allowed, Side::Server, request),
        (allowed, not_allowed, Side::Client, response),
        (not_allowed, allowed, Side::Client, request),
    ] {
        assert_eq!(told(client, server, from, message_type), []);
    }
}

/// RFC 5246 section 7.4.6, and RFC 8446 section 4.4.2 for TLS 1.3.
#[test]
fn a_clients_certificate_that_nobody_asked_for() {
    let told = |server: Vec<Handshake>, certificate: Handshake| {
        let mut said = by_server(server);
        said.push((Side::Client, certificate));
        let told = remarks(said);
        let told = told.iter().filter(|it| it.field == "certificate");
        told.map(|it| it.reference).collect::<Vec<_>>()
    };
    let (old, done) = (Handshake::ServerHello(tls12()), Handshake::ServerHelloDone(Empty));
    let request = Handshake::CertificateRequest(CertificateRequest {
        certificate_types: Codes::new(vec![ClientCertificateType::rsa_sign]),
        supported_signature_algorithms: SinceTls12(Some(Codes::new(vec![
            SignatureScheme::rsa_pkcs1_sha256,
        ]))),
        certificate_authorities: List::new(vec![]),
    });
    let certificate =
        || Handshake::Certificate(Certificate { certificate_list: List::new(vec![]) });
    assert_eq!(told(vec![old.clone(), done.clone()], certificate()), ["RFC 5246 7.4.6"]);
    assert_eq!(told(vec![old.clone(), request, done], certificate()), [""; 0]);
    // The rest of what the server says was not seen.
    assert_eq!(told(vec![old], certificate()), [""; 0]);
    let new = Handshake::ServerHello(tls13());
    let finished = Handshake::Finished(Finished { verify_data: Rest(vec![1; 32].into()) });
    let certificate = || {
        Handshake::Certificate13(Certificate13 {
            certificate_request_context: Opaque::new(vec![]),
            certificate_list: List::new(vec![]),
        })
    };
    assert_eq!(told(vec![new.clone(), finished], certificate()), ["RFC 8446 4.4.2"]);
    assert_eq!(told(vec![new], certificate()), [""; 0]);
    // What was seen of TLS 1.3 may begin behind the request.
    let update = KeyUpdate { request_update: KeyUpdateRequest::update_not_requested };
    let begins = Handshake::EncryptedExtensions(EncryptedExtensions { extensions: Block(vec![]) });
    let finished = Handshake::Finished(Finished { verify_data: Rest(vec![1; 32].into()) });
    let update = Handshake::KeyUpdate(update);
    assert_eq!(told(vec![update, finished.clone()], certificate()), [""; 0]);
    assert_eq!(told(vec![begins, finished], certificate()), ["RFC 8446 4.4.2"]);
}

/// RFC 8701 section 3.1: the name of a protocol, in either message in which a server chooses.
#[test]
fn a_protocol_that_is_there_to_be_passed_over() {
    const ALPN: ExtensionType = ExtensionType::application_layer_protocol_negotiation;
    let told = |offered: &[u8], chosen: &[u8]| {
        let mut hello = hello();
        hello.extensions.as_mut().unwrap().0.push(ClientExtension::from_data(ALPN, offered));
        let mut old = tls12();
        answer(&mut old, ServerExtension::from_data(ALPN, chosen));
        let extensions = Block(vec![EncryptedExtension::from_data(ALPN, chosen)]);
        let answers = Handshake::EncryptedExtensions(EncryptedExtensions { extensions });
        let new = vec![Handshake::ServerHello(tls13()), answers];
        let old = notices(hello.clone(), vec![Handshake::ServerHello(old)]);
        assert_eq!(notices(hello, new), old);
        old
    };
    let (both, grease) = (b"\0\x06\x02**\x02h2", b"\0\x03\x02**");
    let name = ALPN.name().unwrap();
    assert_eq!(told(both, grease), noticed(name, "GREASE, sent back"));
    assert_eq!(told(b"\0\x03\x02h2", grease), noticed(name, "GREASE, which clients send"));
    assert_eq!(told(both, b"\0\x03\x02h2"), []);
}

/// RFC 5246 section 7.4.8, RFC 8446 section 4.4.3: who shows nothing has nothing to prove.
#[test]
fn a_clients_proof_of_nothing() {
    let scheme = SignatureScheme::ecdsa_secp256r1_sha256;
    let verify =
        || Handshake::CertificateVerify(CertificateVerify { signature: signature(scheme) });
    let finished = || Handshake::Finished(Finished { verify_data: Rest(vec![1; 32].into()) });
    let told = |hello: bool, server: ServerHello, client: Vec<Handshake>| {
        let mut said = by_server(vec![Handshake::ServerHello(server)]);
        if !hello {
            said.remove(0);
        }
        said.extend(client.into_iter().map(|message| (Side::Client, message)));
        let told = remarks(said);
        let told = told.iter().filter(|it| it.field == "certificate_verify");
        told.map(|it| (it.fault.expected(), it.reference)).collect::<Vec<_>>()
    };
    let old = |certificates: &[&str]| {
        let certificates = certificates.iter().map(|name| Asn1Cert(der(name))).collect();
        Handshake::Certificate(Certificate { certificate_list: List::new(certificates) })
    };
    let new = |certificates: &[&str]| {
        let entries = certificates.iter().map(|name| CertificateEntry {
            cert_data: Asn1Cert(der(name)),
            extensions: Block(vec![]),
        });
        Certificate13 {
            certificate_request_context: Opaque::new(vec![]),
            certificate_list: List::new(entries.collect()),
        }
    };
    let key = || {
        Handshake::ClientKeyExchange(ClientKeyExchange::Ecdhe(ClientEcDiffieHellmanPublic {
            ecdh_yc: Some(Opaque::new(point(NamedGroup::secp256r1, false))),
        }))
    };
    let none = |reference| [("none, since there is no certificate before it".into(), reference)];
    let empty = |reference| [("none, since the certificate before it is empty".into(), reference)];
    let sound: [(String, &str); 0] = [];
    assert_eq!(told(true, tls12(), vec![key(), verify()]), none("RFC 5246 7.4.8"));
    assert_eq!(told(true, tls12(), vec![old(&[]), key(), verify()]), empty("RFC 5246 7.4.8"));
    assert_eq!(told(true, tls12(), vec![old(&["ecdsa-p256"]), key(), verify()]), sound);
    // The client's hello was not seen: nor may its certificate have been.
    assert_eq!(told(false, tls12(), vec![key(), verify()]), sound);
    let certificate = |names: &[&str]| Handshake::Certificate13(new(names));
    let small = |names: &[&str]| {
        let mut body = Vec::new();
        new(names).write(&mut body);
        compressed(&body)
    };
    for shown in [&certificate as &dyn Fn(&[&str]) -> Handshake, &small] {
        assert_eq!(told(true, tls13(), vec![shown(&[]), verify()]), empty("RFC 8446 4.4.3"));
        let said = vec![shown(&["ecdsa-p256"]), verify(), finished()];
        assert_eq!(told(true, tls13(), said.clone()), sound);
        // One more, behind the handshake.
        assert_eq!(told(true, tls13(), [said, vec![verify()]].concat()), none("RFC 8446 4.4.3"));
    }
}

/// A handshake message of DTLS 1.2 of this number, in a record of its own: RFC 6347 section 4.
fn datagram(number: u16, message: &Handshake) -> Vec<u8> {
    let message = message.to_bytes();
    let (header, body) = message.split_at(4);
    let number_of_message = number.to_be_bytes();
    let fragment = [header, &number_of_message, &[0; 3], &header[1..], body].concat();
    let length = u16::try_from(fragment.len()).unwrap().to_be_bytes();
    let number_of_record = u64::from(number).to_be_bytes();
    [&[22, 0xfe, 0xfd][..], &number_of_record, &length, &fragment].concat()
}

/// In datagrams what asks for it may have been lost, but where every number is there.
#[test]
fn a_clients_certificate_in_datagrams_that_nobody_asked_for() {
    let certificate = Handshake::Certificate(Certificate { certificate_list: List::new(vec![]) });
    let mut hello = tls12();
    hello.legacy_version = ProtocolVersion::DTLS1_2;
    let (hello, done) = (Handshake::ServerHello(hello), Handshake::ServerHelloDone(Empty));
    let told = |server: &[(u16, &Handshake)]| {
        let mut recorder = Recorder::default();
        for (number, message) in server {
            recorder.push_datagram(Side::Server, None, &datagram(*number, message));
        }
        recorder.push_datagram(Side::Client, None, &datagram(2, &certificate));
        let transcript = recorder.finish(Source::default(), None);
        let (_, last) = transcript.messages().last().unwrap();
        assert!(last.handshake().is_some());
        let told = last.tree.remarks.iter().filter(|it| it.kind == Kind::Notice);
        told.map(|it| it.reference).collect::<Vec<_>>()
    };
    assert_eq!(told(&[(1, &hello), (2, &done)]), ["RFC 5246 7.4.6"]);
    // Sent again, and out of order.
    assert_eq!(told(&[(1, &hello), (2, &done), (1, &hello), (2, &done)]), ["RFC 5246 7.4.6"]);
    assert_eq!(told(&[(2, &done), (1, &hello)]), ["RFC 5246 7.4.6"]);
    assert_eq!(told(&[(1, &hello), (3, &done)]), [""; 0]);
    assert_eq!(told(&[(1, &hello)]), [""; 0]);
    assert_eq!(told(&[(2, &done)]), [""; 0]);
}

#[test]
fn grease_that_is_sent_back() {
    one("cipher_suite", "GREASE", |hello, answer| {
        hello.cipher_suites.0.insert(0, CipherSuite(0x3a3a));
        answer.cipher_suite = CipherSuite(0x3a3a);
    });
}

#[test]
fn what_a_server_should_not_choose() {
    one("cipher_suite", "forward secrecy", |_, answer| {
        answer.cipher_suite = CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256;
    });
    one("legacy_version", "must not be used", |hello, answer| {
        remove(hello, ExtensionType::supported_versions);
        answer.legacy_version = ProtocolVersion::TLS1_0;
        answer.cipher_suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA;
    });
    one("server_hello", "renegotiation is not safe", |_, answer| {
        answer.extensions = Some(Block(vec![ServerExtension::ExtendedMasterSecret(Empty)]));
    });
}

#[test]
fn a_sentinel_that_says_the_client_could_have_had_more() {
    let sentinel = |answer: &mut ServerHello| {
        answer.random.0.0[24..].copy_from_slice(DOWNGRADE_TO_TLS1_2);
    };
    one("random", "somebody between", |_, answer| sentinel(answer));
    // What belongs below TLS 1.2 says nothing of what the server speaks, but a client of TLS 1.3 ends
    // at it as well.
    let low = |answer: &mut ServerHello| {
        answer.random.0.0[24..].copy_from_slice(DOWNGRADE_TO_TLS1_1);
    };
    let lowered = "DOWNGRD 00, which tells a client of TLS 1.3 that its version was lowered";
    one("random", lowered, |_, answer| low(answer));
    one("random", "DOWNGRD 00, as below TLS 1.2", |hello, answer| {
        remove(hello, ExtensionType::supported_versions);
        remove(hello, ExtensionType::key_share);
        low(answer);
    });
    // By legacy_version alone nothing above TLS 1.2 is offered, RFC 8446 section 4.2.1.
    let notices = told(|hello, answer| {
        remove(hello, ExtensionType::supported_versions);
        remove(hello, ExtensionType::key_share);
        hello.legacy_version = ProtocolVersion::TLS1_3;
        sentinel(answer);
    });
    assert!(notices.iter().all(|notice| !format!("{notice:?}").contains("random")), "{notices:?}");
    // Who did not offer TLS 1.3 is told nothing.
    let notices = told(|hello, answer| {
        remove(hello, ExtensionType::supported_versions);
        remove(hello, ExtensionType::key_share);
        sentinel(answer);
    });
    assert_eq!(notices, []);
}

#[test]
fn a_sentinel_without_the_clients_hello_says_what_the_server_speaks() {
    let notices = |version: ProtocolVersion, sentinel: &[u8]| {
        let mut answer = tls12();
        answer.legacy_version = version;
        answer.random.0.0[24..].copy_from_slice(sentinel);
        let bytes = Handshake::ServerHello(answer).to_bytes();
        let mut recorder = Recorder::default();
        let record = records(ContentType::handshake, ProtocolVersion::TLS1_2, &bytes, &[]);
        recorder.push(Side::Server, None, &record);
        let transcript = recorder.finish(Source::default(), None);
        let remarks = transcript.messages().flat_map(|(_, message)| message.tree.remarks.clone());
        let random: Vec<Remark> = remarks.filter(|remark| remark.field == "random").collect();
        assert!(random.iter().all(|it| (it.kind, it.range.clone()) == (Kind::Notice, 6..38)));
        random.iter().map(|remark| remark.fault.found()).collect::<Vec<_>>()
    };
    let (tls12, tls11) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_1);
    let speaks = |version: &str| vec![format!("a lower one, since it speaks {version} too")];
    assert_eq!(notices(tls12, DOWNGRADE_TO_TLS1_2), speaks("TLS 1.3"));
    assert_eq!(notices(tls11, DOWNGRADE_TO_TLS1_1), speaks("TLS 1.2"));
    let wrong = vec!["DOWNGRD 01, as in TLS 1.2".to_owned()];
    assert_eq!(notices(tls11, DOWNGRADE_TO_TLS1_2), [wrong, speaks("TLS 1.3")].concat());
    let low = "DOWNGRD 00, as below TLS 1.2".to_owned();
    assert_eq!(notices(tls12, DOWNGRADE_TO_TLS1_1), [low]);
    assert_eq!(notices(tls12, &[7; 8]), [] as [String; 0]);
}

/// A signature of this algorithm, of the form that it has by a key of 2048 bits or on a curve.
fn signature(scheme: SignatureScheme) -> Signature {
    let signature = match scheme.name().is_some_and(|name| name.starts_with("rsa_")) {
        true => Opaque::new(vec![7; 256]),
        false => Opaque::new(vec![0x30, 6, 2, 1, 1, 2, 1, 1]),
    };
    Signature { algorithm: SinceTls12(Some(scheme)), signature }
}

#[test]
fn weak_keys_and_signatures_in_the_key_exchange() {
    let dhe = |bytes: usize| {
        let number = |digit, length| Opaque::new(vec![digit; length]);
        let key = ServerKeyExchange::Dhe(DheServerKey {
            params: ServerDhParams {
                dh_p: number(0x81, bytes),
                dh_g: number(2, 1),
                dh_ys: number(0x70, bytes),
            },
            signature: Signed(Some(signature(SignatureScheme::rsa_pss_rsae_sha256))),
        });
        Handshake::ServerKeyExchange(key.into())
    };
    let mut dhe_hello = tls12();
    dhe_hello.cipher_suite = CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;
    // A client that names no primes takes any that is long enough.
    let mut no_names = hello();
    extension(&mut no_names, |it| {
        if let ClientExtension::SupportedGroups(groups) = it {
            groups.0.retain(|group| !group.name().is_some_and(|name| name.starts_with("ffdhe")));
        }
    });
    let with =
        |key| notices(no_names.clone(), vec![Handshake::ServerHello(dhe_hello.clone()), key]);
    assert_eq!(with(dhe(256)), []);
    assert_eq!(with(dhe(128)), [("dh_p".to_owned(), "1024".to_owned())]);
    let srp = |bytes: usize| {
        let number = |length| Opaque::new(vec![0x81; length]);
        let (srp_n, srp_b) = (number(bytes), number(bytes));
        let params =
            ServerSrpParams { srp_n, srp_g: number(1), srp_s: Opaque::new(vec![5; 8]), srp_b };
        let signature = Signed(Some(signature(SignatureScheme::rsa_pss_rsae_sha256)));
        let key = ServerKeyExchange::Srp(SrpServerKey { params, signature });
        let (mut hello, mut answer) = (hello(), tls12());
        answer.cipher_suite = CipherSuite::TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA;
        hello.cipher_suites.0.push(answer.cipher_suite);
        offer(&mut hello, ExtensionType::srp, &[1, b'u']);
        notices(
            hello,
            vec![Handshake::ServerHello(answer), Handshake::ServerKeyExchange(key.into())],
        )
    };
    assert_eq!(srp(256), []);
    assert_eq!(srp(128), [("srp_n".to_owned(), "1024".to_owned())]);
    type Params = ServerDhParams;
    type Set = fn(&mut Params, Vec<u8>);
    let fields: [(&str, Set); 2] = [
        ("dh_ys", |params: &mut Params, value| params.dh_ys = Opaque::new(value)),
        ("dh_g", |params: &mut Params, value| params.dh_g = Opaque::new(value)),
    ];
    let changed = |change: &dyn Fn(&mut Params)| {
        let Handshake::ServerKeyExchange(mut key) = dhe(256) else { panic!() };
        let ServerKeyExchange::Dhe(inner) = &mut *key.0 else { panic!() };
        change(&mut inner.params);
        with(Handshake::ServerKeyExchange(key))
    };
    for (field, set) in fields {
        for (value, told) in [
            (vec![0], Some("0")),
            (vec![0, 1], Some("1")),
            (vec![1], Some("1")),
            (vec![2], None),
            (vec![1, 0], None),
            (vec![0x81; 256], Some("a greater one")),
            (vec![1; 257], Some("a greater one")),
        ] {
            let expected: Vec<_> = told.iter().flat_map(|found| noticed(field, found)).collect();
            assert_eq!(changed(&|params| set(params, value.clone())), expected, "{value:?}");
        }
    }
    let even = changed(&|params| params.dh_p = Opaque::new(vec![0x80; 256]));
    assert_eq!(even, noticed("dh_p", "an even number"));

    let ecdhe_of = |length: usize, group: NamedGroup, scheme| {
        let params = ServerEcdhParams {
            curve_params: EcParameters::Named(group),
            public: Opaque::new(vec![4; length]),
        };
        let key = EcdheServerKey { params, signature: Signed(Some(signature(scheme))) };
        let key = Handshake::ServerKeyExchange(ServerKeyExchange::Ecdhe(key).into());
        notices(hello(), vec![Handshake::ServerHello(tls12()), key])
    };
    let ecdhe = |group, scheme| ecdhe_of(32, group, scheme);
    assert_eq!(ecdhe(NamedGroup::x25519, SignatureScheme::rsa_pkcs1_sha256), []);
    let of_length = |length, group| ecdhe_of(length, group, SignatureScheme::rsa_pkcs1_sha256);
    assert_eq!(of_length(33, NamedGroup::x25519), noticed("public", "33 bytes"));
    let sha1 = ecdhe(NamedGroup::x25519, SignatureScheme::rsa_pkcs1_sha1);
    let found = ["SHA-1", "one that was not"];
    assert_eq!(sha1, found.map(|found| noticed("algorithm", found)).concat());
    let one_byte = || Opaque::new(vec![1]);
    let params = ServerEcdhParams {
        curve_params: EcParameters::ExplicitPrime(ExplicitPrime {
            prime_p: one_byte(),
            curve: EcCurve { a: one_byte(), b: one_byte() },
            base: one_byte(),
            order: one_byte(),
            cofactor: one_byte(),
        }),
        public: one_byte(),
    };
    let signature = Signed(Some(signature(SignatureScheme::rsa_pss_rsae_sha256)));
    let key = ServerKeyExchange::Ecdhe(EcdheServerKey { params, signature });
    let said = vec![Handshake::ServerHello(tls12()), Handshake::ServerKeyExchange(key.into())];
    assert_eq!(notices(hello(), said), noticed("curve_params", "one that is written out"));
    let sect = of_length(43, NamedGroup::sect163k1);
    let found = ["a deprecated one", "one that was not"];
    assert_eq!(sect, found.map(|found| noticed("named_curve", found)).concat());
}

#[test]
fn keys_before_tls13_that_are_no_points_of_their_curve() {
    let told = |curve: NamedGroup, of_server: &[u8], of_client: &[u8]| {
        let mut hello = hello();
        for extension in &mut hello.extensions.as_mut().unwrap().0 {
            if let ClientExtension::SupportedGroups(groups) = extension {
                groups.0.push(NamedGroup::brainpoolP512r1);
            }
        }
        let params = ServerEcdhParams {
            curve_params: EcParameters::Named(curve),
            public: Opaque::new(of_server.to_vec()),
        };
        let signature = Signed(Some(signature(SignatureScheme::rsa_pss_rsae_sha256)));
        let key = ServerKeyExchange::Ecdhe(EcdheServerKey { params, signature });
        let of_client =
            ClientEcDiffieHellmanPublic { ecdh_yc: Some(Opaque::new(of_client.to_vec())) };
        let said = vec![
            (Side::Client, Handshake::ClientHello(hello)),
            (Side::Server, Handshake::ServerHello(tls12())),
            (Side::Server, Handshake::ServerKeyExchange(key.into())),
            (Side::Client, Handshake::ClientKeyExchange(ClientKeyExchange::Ecdhe(of_client))),
        ];
        let remarks = remarks(said);
        remarks.iter().map(|it| (it.field, it.fault.found())).collect::<Vec<_>>()
    };
    let like_point = |form: u8, length: usize| [&[form][..], &vec![7; length - 1]].concat();
    let hybrid = told(NamedGroup::secp256r1, &like_point(6, 65), &like_point(7, 65));
    assert_eq!(hybrid, [("public", "6".to_owned()), ("ecdh_yc", "7".to_owned())]);
    for curve in [NamedGroup::secp256r1, NamedGroup::secp384r1] {
        let mut off = point(curve, false);
        *off.last_mut().unwrap() ^= 1;
        let expected = ["public", "ecdh_yc"].map(|field| (field, "one off it".to_owned()));
        assert_eq!(told(curve, &off, &off), expected, "{curve}");
    }
    for (curve, sound) in [
        (NamedGroup::x25519, vec![9; 32]),
        (NamedGroup::x448, vec![9; 56]),
        (NamedGroup::secp256r1, point(NamedGroup::secp256r1, false)),
        (NamedGroup::secp256r1, point(NamedGroup::secp256r1, true)),
        (NamedGroup::secp384r1, point(NamedGroup::secp384r1, false)),
        (NamedGroup::secp521r1, like_point(4, 133)),
        (NamedGroup::brainpoolP512r1, like_point(4, 129)),
    ] {
        assert_eq!(told(curve, &sound, &sound), [], "{curve}");
        let short = &sound[1..];
        let [longer, shorter] = [&[&sound[..], &[7]].concat(), short];
        if sound.len() % 2 == 1 {
            // Without its first byte it has another form.
            let told = told(curve, longer, &like_point(5, sound.len()));
            let length = format!("{} bytes", longer.len());
            assert_eq!(told, [("public", length), ("ecdh_yc", "5".to_owned())]);
        } else {
            let length = |bytes: &[u8]| format!("{} bytes", bytes.len());
            let expected = [("public", length(shorter)), ("ecdh_yc", length(longer))];
            assert_eq!(told(curve, shorter, longer), expected);
            let nothing = vec![0; sound.len()];
            let zeros = ["public", "ecdh_yc"].map(|field| (field, "zeros".to_owned()));
            assert_eq!(told(curve, &nothing, &nothing), zeros);
        }
    }
}

#[test]
fn keys_that_name_their_curve_are_read_by_themselves() {
    let curve = NamedGroup::secp256r1;
    let told = |of_server: Vec<u8>, of_client: Vec<u8>| {
        let params = ServerEcdhParams {
            curve_params: EcParameters::Named(curve),
            public: Opaque::new(of_server),
        };
        let signature = Signed(Some(signature(SignatureScheme::rsa_pss_rsae_sha256)));
        let key = ServerKeyExchange::Ecdhe(EcdheServerKey { params, signature });
        let of_client = ClientEcDiffieHellmanPublic { ecdh_yc: Some(Opaque::new(of_client)) };
        let transcript = transcript(vec![
            (Side::Server, Handshake::ServerKeyExchange(key.into())),
            (Side::Client, Handshake::ClientKeyExchange(ClientKeyExchange::Ecdhe(of_client))),
        ]);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        let notices = remarks.filter(|remark| remark.kind == Kind::Notice);
        notices.map(|it| (it.field, it.fault.found())).collect::<Vec<_>>()
    };
    assert_eq!(told(point(curve, false), point(curve, true)), []);
    let expected =
        [("public", "33 bytes"), ("ecdh_yc", "one off it")].map(|(at, what)| (at, what.to_owned()));
    assert_eq!(told([vec![4], vec![7; 32]].concat(), vec![4; 65]), expected);
}

#[test]
fn the_curves_part_of_a_hybrid_key_is_a_key_on_it() {
    let on = |curve| point(curve, false);
    // Bytes of ML-KEM's key; the curve's part before or behind it, as the groups' documents have it.
    for (group, before, part, behind, found) in [
        (NamedGroup::X25519MLKEM768, 1184, vec![0; 32], 0, Some("zeros")),
        (NamedGroup::X25519MLKEM768, 0, vec![0; 32], 1184, None),
        (NamedGroup::X25519Kyber768Draft00, 0, vec![0; 32], 1184, Some("zeros")),
        (NamedGroup::X25519Kyber768Draft00, 1184, vec![0; 32], 0, None),
        (NamedGroup::SecP256r1MLKEM768, 0, on(NamedGroup::secp256r1), 1184, None),
        (NamedGroup::SecP256r1MLKEM768, 0, vec![4; 65], 1184, Some("one off it")),
        (NamedGroup::SecP256r1MLKEM768, 0, vec![5; 65], 1184, Some("5")),
        (NamedGroup::SecP256r1MLKEM768, 0, vec![0; 65], 1184, Some("0")),
        (NamedGroup::SecP384r1MLKEM1024, 0, on(NamedGroup::secp384r1), 1568, None),
        (NamedGroup::SecP384r1MLKEM1024, 0, vec![4; 97], 1568, Some("one off it")),
        (NamedGroup::secp256r1, 0, vec![4; 65], 0, Some("one off it")),
        (NamedGroup::SecP384r1MLKEM1024, 0, vec![6; 97], 1568, Some("6")),
    ] {
        let key = [vec![9; before], part, vec![9; behind]].concat();
        let told = told(|hello, _| {
            for extension in &mut hello.extensions.as_mut().unwrap().0 {
                if let ClientExtension::SupportedGroups(groups) = extension {
                    *groups = Codes::new(vec![group]);
                }
            }
            let key_exchange = Opaque::new(key.clone());
            let share = KeyShareEntry { group, key_exchange };
            shares(hello, |shares| *shares = vec![share.clone()]);
        });
        let expected: Vec<_> = found.iter().flat_map(|it| noticed("key_exchange", it)).collect();
        assert_eq!(told, expected, "{group}");
    }
}

#[test]
fn signatures_that_tls13_does_not_have() {
    let with = |scheme, version: Option<ProtocolVersion>| {
        let mut answer = tls12();
        if let Some(version) = version {
            answer.cipher_suite = CipherSuite::TLS_AES_128_GCM_SHA256;
            answer.legacy_session_id_echo = hello().legacy_session_id;
            answer.extensions = Some(Block(vec![
                ServerExtension::SupportedVersions(version),
                ServerExtension::KeyShare(share(NamedGroup::x25519, 32)),
            ]));
        }
        let signature = signature(scheme);
        let verify = Handshake::CertificateVerify(CertificateVerify { signature });
        let mut hello = hello();
        for extension in &mut hello.extensions.as_mut().unwrap().0 {
            if let ClientExtension::SignatureAlgorithms(schemes) = extension {
                schemes.0.push(scheme);
            }
        }
        let answers = version.map(|_| no_answers());
        let server = std::iter::once(Handshake::ServerHello(answer)).chain(answers);
        let mut told = notices(hello, server.chain([verify]).collect());
        // That it is offered at all is told of the hello.
        told.retain(|(field, _)| field != "signature_scheme");
        told
    };
    let pkcs1 = "RSASSA-PKCS1-v1_5, for certificates alone";
    let dsa = "DSA, which TLS 1.3 does not have";
    let clients = "RSASSA-PKCS1-v1_5 of a kind that is for clients alone";
    for (scheme, in_tls12, in_tls13) in [
        (SignatureScheme::rsa_pss_rsae_sha256, &[][..], &[][..]),
        (SignatureScheme::rsa_pkcs1_sha256, &[], &[pkcs1]),
        (SignatureScheme::rsa_pkcs1_sha1, &["SHA-1"], &["SHA-1", pkcs1]),
        (SignatureScheme::ecdsa_sha1, &["SHA-1"], &["SHA-1"]),
        (SignatureScheme::ecdsa_sha224, &[], &["SHA-224"]),
        (SignatureScheme::rsa_pkcs1_md5, &["MD5"], &["MD5", pkcs1]),
        (SignatureScheme::dsa_sha256, &[], &[dsa]),
        (SignatureScheme::dsa_sha1, &["SHA-1"], &["SHA-1", dsa]),
        (SignatureScheme::rsa_pkcs1_sha256_legacy, &[], &[clients]),
    ] {
        let expected = |all: &[&str]| -> Vec<_> {
            all.iter().flat_map(|found| noticed("algorithm", found)).collect()
        };
        assert_eq!(with(scheme, None), expected(in_tls12), "{scheme}");
        let tls13 = Some(ProtocolVersion::TLS1_3);
        assert_eq!(with(scheme, tls13), expected(in_tls13), "{scheme}");
    }
}

#[test]
fn a_mac_after_encryption_is_for_blocks() {
    let of = |suite| {
        told(|hello, server| {
            hello.cipher_suites.0.push(suite);
            server.cipher_suite = suite;
            answer(server, ServerExtension::EncryptThenMac(Empty));
        })
        .into_iter()
        .filter(|(field, _)| field == "encrypt_then_mac")
        .map(|(_, found)| found)
        .collect::<Vec<_>>()
    };
    assert!(of(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA).is_empty());
    for (suite, found) in [
        (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "one that does both at once"),
        (CipherSuite::TLS_ECDHE_RSA_WITH_RC4_128_SHA, "one of a stream cipher"),
        (CipherSuite::TLS_RSA_WITH_NULL_SHA256, "one that does not encrypt"),
    ] {
        assert_eq!(of(suite), [found]);
    }
}

#[test]
fn certificates_are_judged_by_the_time_that_a_caller_has() {
    let flight = std::fs::read(common::path("testdata/flights/tls12-rsa-server.bin")).unwrap();
    let at = |now: i64| {
        let mut recorder = Recorder::default();
        recorder.push(Side::Server, None, &flight);
        let mut transcript = recorder.finish(Source::default(), None);
        transcript.judge_validity(now);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        let validity = remarks.filter(|remark| remark.reference == "RFC 5280 4.1.2.5");
        validity.map(|remark| remark.field).collect::<Vec<_>>()
    };
    let transcript = {
        let mut recorder = Recorder::default();
        recorder.push(Side::Server, None, &flight);
        recorder.finish(Source::default(), None)
    };
    let (not_before, not_after) = helloscope::wire::x509::validity(transcript.chain()[0]).unwrap();
    let count = transcript.chain().len();
    assert_eq!(at(not_before.seconds()), [""; 0]);
    assert_eq!(at(not_after.seconds()), [""; 0]);
    assert_eq!(at(0), vec!["notBefore"; count]);
    assert_eq!(at(i64::MAX), vec!["notAfter"; count]);
}

#[test]
fn a_response_is_good_from_its_time_until_a_newer_one_should_be_there() {
    let path = "testdata/certificates/ocsp/ocsp-stapling-digicert.response";
    let response = std::fs::read(common::path(path)).unwrap();
    let body = [&[1][..], &common::other_records::sized(&response)].concat();
    let bytes = [&[22][..], &common::other_records::sized(&body)].concat();
    let at = |now: i64| {
        let message = Message::decode(ContentType::handshake, &bytes, Context::default());
        let mut recorder = Recorder::default();
        recorder.push_message(Side::Server, message);
        let mut transcript = recorder.finish(Source::default(), None);
        transcript.judge_validity(now);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        let times = ["thisUpdate", "nextUpdate"];
        let told = remarks.filter(|remark| times.contains(&remark.field));
        told.map(|remark| (remark.field, remark.reference)).collect::<Vec<_>>()
    };
    // 2014-07-07 09:09:00 UTC.
    let next_update = 1_404_724_140;
    assert_eq!(at(next_update), []);
    assert_eq!(at(next_update + 1), [("nextUpdate", "RFC 6960 4.2.2.1")]);
    // Nor is it of a time to come: 2014-06-30 08:54:00 UTC.
    let this_update = 1_404_118_440;
    assert_eq!(at(this_update), []);
    assert_eq!(at(this_update - 1), [("thisUpdate", "RFC 6960 4.2.2.1")]);
}

#[test]
fn each_certificate_of_a_chain_is_by_the_one_behind_it() {
    // Both are their own issuers.
    let (rsa, p256) = (der("rsa-2048"), der("ecdsa-p256"));
    let sized = common::other_records::sized;
    let noticed = |version: ProtocolVersion, side: Side, chain: &[&Vec<u8>]| {
        let is_tls13 = version == ProtocolVersion::TLS1_3;
        let extensions: &[u8] = if is_tls13 { &[0, 0] } else { &[] };
        let list = chain.iter().flat_map(|own| [&sized(own)[..], extensions].concat());
        let list = sized(&list.collect::<Vec<u8>>());
        let body = [if is_tls13 { &[0][..] } else { &[] }, &list].concat();
        let bytes = [&[11][..], &sized(&body)].concat();
        let context = Context::of(Some(version), None);
        let mut recorder = Recorder::default();
        recorder.push_message(side, Message::decode(ContentType::handshake, &bytes, context));
        let transcript = recorder.finish(Source::default(), None);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        // That the first goes by no name is another.
        let of_order = remarks
            .filter(|remark| remark.field == "subject" && remark.reference != "RFC 9525 4.1");
        of_order.map(|remark| (remark.range.start, remark.reference)).collect::<Vec<_>>()
    };
    let (tls12, tls13) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
    for side in [Side::Client, Side::Server] {
        for version in [tls12, tls13] {
            assert_eq!(noticed(version, side, &[]), []);
            assert_eq!(noticed(version, side, &[&rsa, &rsa]), []);
            let told = noticed(version, side, &[&rsa, &rsa, &p256, &rsa]);
            let [(place, reference)] = told[..] else { panic!("{told:?}") };
            // In the third certificate.
            assert!((2 * rsa.len()..2 * rsa.len() + p256.len()).contains(&place), "{place}");
            let section = if version == tls12 { "RFC 5246 7.4.2" } else { "RFC 8446 4.4.2" };
            assert_eq!(reference, section);
        }
    }
}

#[test]
fn records_of_an_odd_version_and_without_bytes() {
    let mut recorder = Recorder::default();
    recorder.push(Side::Server, None, &[22, 3, 9, 0, 0, 21, 3, 3, 0, 2, 2, 40]);
    let transcript = recorder.finish(Source::default(), None);
    let remarks: Vec<String> = transcript
        .events
        .iter()
        .filter_map(|event| match &event.unit {
            helloscope::wire::stream::Unit::Header(header) => Some(&header.tree.remarks),
            helloscope::wire::stream::Unit::Message(_) => None,
        })
        .flatten()
        .map(|remark| format!("{} {}", remark.field, remark.fault.found()))
        .collect();
    assert_eq!(remarks, ["legacy_record_version 0x0309", "length 0"]);
}

#[test]
fn lists_that_are_shorter_or_longer_than_they_may_be() {
    one("legacy_session_id", "33 bytes", |hello, answer| {
        hello.legacy_session_id = Opaque::new(vec![1; 33]);
        answer.legacy_session_id_echo = Opaque::new(vec![]);
    });
    one("legacy_compression_methods", "none", |hello, _| {
        hello.legacy_compression_methods = Codes::new(vec![]);
    });
    one("ec_point_formats", "none", |hello, _| {
        for extension in &mut hello.extensions.as_mut().unwrap().0 {
            if let ClientExtension::EcPointFormats(formats) = extension {
                formats.0.clear();
            }
        }
    });
}

#[test]
fn a_protocol_that_was_not_offered_or_more_than_one() {
    const ALPN: &str = "application_layer_protocol_negotiation";
    let offer = |hello: &mut ClientHello| {
        let alpn = ExtensionType::application_layer_protocol_negotiation;
        let block = &mut hello.extensions.as_mut().unwrap().0;
        block.retain(|extension| extension.extension_type() != alpn);
        block.push(ClientExtension::from_data(alpn, b"\0\x03\x02h2"));
    };
    let choose = |answer: &mut ServerHello, names: &[u8]| {
        let alpn = ExtensionType::application_layer_protocol_negotiation;
        self::answer(answer, ServerExtension::from_data(alpn, names));
    };
    one(ALPN, "one that was not", |hello, answer| {
        offer(hello);
        choose(answer, b"\0\x03\x02h3");
    });
    one(ALPN, "2", |hello, answer| {
        offer(hello);
        choose(answer, b"\0\x06\x02h2\x02h2");
    });
    let sound = told(|hello, answer| {
        offer(hello);
        choose(answer, b"\0\x03\x02h2");
    });
    assert_eq!(sound, []);
}

/// Changes the keys of the hello: what its first share is, and how many of it there are.
fn shares(hello: &mut ClientHello, change: impl Fn(&mut Vec<KeyShareEntry>)) {
    for extension in &mut hello.extensions.as_mut().unwrap().0 {
        if let ClientExtension::KeyShare(shares) = extension {
            change(&mut shares.0);
        }
    }
}

/// A key of any length that begins as one on the group's curve.
fn share(group: NamedGroup, length: usize) -> KeyShareEntry {
    let mut key = match group {
        NamedGroup::secp256r1 | NamedGroup::SecP256r1MLKEM768 => {
            point(NamedGroup::secp256r1, false)
        }
        NamedGroup::secp384r1 | NamedGroup::SecP384r1MLKEM1024 => {
            point(NamedGroup::secp384r1, false)
        }
        _ => Vec::new(),
    };
    key.resize(length, 4);
    KeyShareEntry { group, key_exchange: Opaque::new(key) }
}

#[test]
fn two_keys_of_one_group() {
    one("key_share", "another one", |hello, _| {
        shares(hello, |shares| shares.push(shares[0].clone()));
    });
}

#[test]
fn a_key_that_does_not_fit_its_group() {
    for (group, of_client, of_server) in [
        (NamedGroup::x25519, 32, 32),
        (NamedGroup::secp256r1, 65, 65),
        (NamedGroup::secp384r1, 97, 97),
        (NamedGroup::secp521r1, 133, 133),
        (NamedGroup::x448, 56, 56),
        (NamedGroup::ffdhe2048, 256, 256),
        (NamedGroup::ffdhe8192, 1024, 1024),
        // Bytes of ML-KEM's key and ciphertext, FIPS 203 section 8, and of the curve.
        (NamedGroup::X25519MLKEM768, 1184 + 32, 1088 + 32),
        (NamedGroup::SecP256r1MLKEM768, 1184 + 65, 1088 + 65),
        (NamedGroup::SecP384r1MLKEM1024, 1568 + 97, 1568 + 97),
    ] {
        let of = |client: usize, server: usize| {
            told(|hello, answer| {
                for extension in &mut hello.extensions.as_mut().unwrap().0 {
                    if let ClientExtension::SupportedGroups(groups) = extension {
                        *groups = Codes::new(vec![group]);
                    }
                }
                shares(hello, |shares| *shares = vec![share(group, client)]);
                answer.cipher_suite = CipherSuite::TLS_AES_128_GCM_SHA256;
                answer.legacy_session_id_echo = hello.legacy_session_id.clone();
                answer.extensions = Some(Block(vec![
                    ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3),
                    ServerExtension::KeyShare(share(group, server)),
                ]));
            })
        };
        let notice = |length: usize| ("key_exchange".to_owned(), length.to_string());
        assert_eq!(of(of_client, of_server), [], "{group}");
        assert_eq!(of(of_client - 1, of_server), [notice(of_client - 1)], "{group}");
        assert_eq!(of(of_client, of_server + 1), [notice(of_server + 1)], "{group}");
    }
    // Of a group that is not known nothing is said.
    let unknown = told(|hello, _| {
        shares(hello, |shares| shares.push(share(NamedGroup(0x2a2a), 1)));
        for extension in &mut hello.extensions.as_mut().unwrap().0 {
            if let ClientExtension::SupportedGroups(groups) = extension {
                groups.0.push(NamedGroup(0x2a2a));
            }
        }
    });
    assert_eq!(unknown, []);
}

#[test]
fn a_notice_on_one_of_several_keys_stands_at_that_key() {
    let mut hello = hello();
    shares(&mut hello, |shares| shares.push(share(NamedGroup::secp256r1, 64)));
    let message = Handshake::ClientHello(hello).to_bytes();
    let mut recorder = Recorder::default();
    let version = ProtocolVersion::TLS1_2;
    recorder.push(Side::Client, None, &records(ContentType::handshake, version, &message, &[]));
    let transcript = recorder.finish(Source::default(), None);
    let (_, message) = transcript.messages().next().unwrap();
    let [remark] = message.tree.remarks.as_slice() else { panic!("{:?}", message.tree.remarks) };
    assert_eq!(message.bytes[remark.range.clone()][..3], [0, 64, 4]);
}

#[test]
fn signatures_over_broken_hashes() {
    use SignatureScheme as S;
    let md5 = S::rsa_pkcs1_md5;
    let offer = |schemes: Vec<SignatureScheme>, versions: Option<Vec<ProtocolVersion>>| {
        let mut hello = hello();
        for extension in &mut hello.extensions.as_mut().unwrap().0 {
            match (extension, &versions) {
                (ClientExtension::SignatureAlgorithms(offered), _) => {
                    *offered = Codes::new(schemes.clone());
                }
                (ClientExtension::SupportedVersions(offered), Some(versions)) => {
                    *offered = Codes::new(versions.clone());
                }
                _ => {}
            }
        }
        said_of(vec![(Side::Client, Handshake::ClientHello(hello))])
    };
    let told = |bytes: u16, found: &str, reference: &str| {
        vec![(bytes, found.to_owned(), reference.to_owned())]
    };
    assert_eq!(offer(vec![S::ed25519, S::rsa_pss_rsae_sha256], None), []);
    for (schemes, first, found) in [
        (vec![S::ed25519, S::rsa_pkcs1_sha1, S::ecdsa_sha1], 0x0201, "SHA-1"),
        (vec![S::ecdsa_md5, S::ed25519], 0x0103, "MD5"),
        (vec![S::ed25519, S::dsa_sha1, md5], 0x0202, "MD5 and SHA-1"),
        (vec![S::rsa_pkcs1_sha1, md5], 0x0201, "MD5 and SHA-1 alone"),
    ] {
        assert_eq!(offer(schemes.clone(), None), told(first, found, "RFC 9155 2"));
        // Where TLS 1.2 is not offered, what deprecates them in it says nothing.
        let alone = Some(vec![ProtocolVersion::TLS1_3]);
        assert_eq!(offer(schemes.clone(), alone), told(first, found, "RFC 8446 4.2.3"));
        let asked = Handshake::CertificateRequest13(CertificateRequest13 {
            certificate_request_context: Opaque::new(vec![]),
            extensions: Block(vec![RequestExtension::SignatureAlgorithms(Codes::new(
                schemes.clone(),
            ))]),
        });
        let asked = vec![Handshake::ServerHello(tls13()), no_answers(), asked];
        assert_eq!(said_of(by_server(asked)), told(first, found, "RFC 8446 4.2.3"));
        let asked = Handshake::CertificateRequest(CertificateRequest {
            certificate_types: Codes::new(vec![ClientCertificateType::rsa_sign]),
            supported_signature_algorithms: SinceTls12(Some(Codes::new(schemes))),
            certificate_authorities: List::new(vec![]),
        });
        let asked = vec![Handshake::ServerHello(tls12()), asked];
        assert_eq!(said_of(by_server(asked)), told(first, found, "RFC 9155 3"));
    }
}

/// EncryptedExtensions without any.
fn no_answers() -> Handshake {
    Handshake::EncryptedExtensions(EncryptedExtensions { extensions: Block(vec![]) })
}

/// The sound hello, and what a server says to it.
fn by_server(said: Vec<Handshake>) -> Vec<(Side, Handshake)> {
    let said = said.into_iter().map(|message| (Side::Server, message));
    std::iter::once((Side::Client, Handshake::ClientHello(hello()))).chain(said).collect()
}

/// What is noticed of the last of the messages, at which code, and where that is written.
fn said_of(said: Vec<(Side, Handshake)>) -> Vec<(u16, String, String)> {
    let transcript = transcript(said);
    let (_, message) = transcript.messages().last().unwrap();
    let told = message.tree.remarks.iter().filter(|remark| remark.kind == Kind::Notice);
    told.map(|remark| {
        let code = message.bytes[remark.range.clone()].try_into().expect("a code");
        (u16::from_be_bytes(code), remark.fault.found(), remark.reference.to_owned())
    })
    .collect()
}

#[test]
fn numbers_that_mean_nothing_in_alerts_and_key_updates() {
    let remarks = |content_type, bytes: &[u8]| {
        let message = Message::decode(content_type, bytes, Context::default());
        let words = |remark: &Remark| {
            assert_eq!((remark.kind, remark.range.len()), (Kind::Notice, 1));
            let byte = message.bytes[remark.range.start];
            (remark.field, remark.fault.found() == byte.to_string())
        };
        message.tree.remarks.iter().map(words).collect::<Vec<_>>()
    };
    for level in 0..=255 {
        let expected = if [1, 2].contains(&level) { vec![] } else { vec![("level", true)] };
        assert_eq!(remarks(ContentType::alert, &[level, 40]), expected);
    }
    for request in 0..=255 {
        let expected = if request < 2 { vec![] } else { vec![("request_update", true)] };
        assert_eq!(remarks(ContentType::handshake, &[24, 0, 0, 1, request]), expected);
    }
}

/// RFC 5246 section 7.2.2: some alerts have one level alone. TLS 1.3 knows fatal ones.
#[test]
fn an_alert_of_a_level_that_it_never_has() {
    let told = |server: Option<ServerHello>, level: u8, description: AlertDescription| {
        let mut recorder = Recorder::default();
        let hello = (Side::Client, Handshake::ClientHello(hello()));
        let server = server.map(|server| (Side::Server, Handshake::ServerHello(server)));
        for (from, message) in std::iter::once(hello).chain(server) {
            let version = ProtocolVersion::TLS1_2;
            let record = records(ContentType::handshake, version, &message.to_bytes(), &[]);
            recorder.push(from, None, &record);
        }
        recorder.push(Side::Server, None, &[21, 3, 3, 0, 2, level, description.0]);
        let transcript = recorder.finish(Source::default(), None);
        let (_, last) = transcript.messages().last().unwrap();
        last.tree.remarks.iter().map(|it| (it.field, it.reference)).collect::<Vec<_>>()
    };
    use AlertDescription as Alert;
    let (warning, fatal) = (1, 2);
    let notice = [("level", "RFC 5246 7.2.2")];
    for server in [None, Some(tls12())] {
        assert_eq!(told(server.clone(), warning, Alert::handshake_failure), notice);
        assert_eq!(told(server.clone(), warning, Alert::unknown_ca), notice);
        assert_eq!(told(server.clone(), fatal, Alert::no_renegotiation), notice);
        for (level, alert) in [
            (fatal, Alert::handshake_failure),
            (warning, Alert::unrecognized_name),
            (warning, Alert::certificate_expired),
            (warning, Alert::no_renegotiation),
            (warning, Alert::close_notify),
            (fatal, Alert::close_notify),
        ] {
            assert_eq!(told(server.clone(), level, alert), [], "{level} {alert}");
        }
    }
    // Only the first documents say of what level this one is.
    for (version, reference) in
        [(ProtocolVersion::SSL3_0, "RFC 6101 5.4.1"), (ProtocolVersion::TLS1_0, "RFC 2246 7.2.1")]
    {
        let server = Some(ServerHello { legacy_version: version, ..tls12() });
        assert_eq!(told(server.clone(), fatal, Alert::close_notify), [("level", reference)]);
        assert_eq!(told(server, warning, Alert::close_notify), []);
    }
    let new = [("level", "RFC 8446 6")];
    assert_eq!(told(Some(tls13()), warning, Alert::handshake_failure), new);
}

#[test]
fn a_server_of_an_early_draft_says_that_it_has_a_certificate() {
    let hello = |extension: &[u8]| {
        let mut body = vec![0x7f, 0x10];
        body.extend([7; 32]);
        body.extend([0x13, 3, 0, u8::try_from(extension.len()).unwrap()]);
        body.extend(extension);
        let message = [&[2, 0, 0, u8::try_from(body.len()).unwrap()][..], &body].concat();
        let message = Message::decode(ContentType::handshake, &message, Context::default());
        assert!(matches!(message.handshake(), Some(Handshake::DraftServerHello(_))));
        message.tree.remarks.iter().map(|remark| remark.fault.found()).collect::<Vec<_>>()
    };
    assert_eq!(hello(&[0, 13, 0, 0]), [""; 0]);
    assert_eq!(hello(&[0, 15, 0, 1, 1]), ["one that belongs in others"]);
}

/// What real clients and servers sent gives none of the notices that would be wrong of it.
#[test]
fn real_hellos_have_keys_that_fit_and_alerts_a_level() {
    let mut transcripts = Vec::new();
    for sample in common::hellos() {
        let mut recorder = Recorder::default();
        recorder.push(Side::Client, None, &sample.bytes);
        transcripts.push((sample.name, recorder.finish(Source::default(), None)));
    }
    for sample in common::samples("testdata/captures", "flows") {
        let text = String::from_utf8(sample.bytes).unwrap();
        for flow in common::flows::Flow::read(&text) {
            transcripts.push((sample.name.clone(), flow.transcript(&sample.name)));
        }
    }
    for (name, context, bytes) in common::messages() {
        let mut recorder = Recorder::default();
        let message = Message::decode(ContentType::handshake, &bytes, context);
        let side = if bytes[0] == 1 { Side::Client } else { Side::Server };
        recorder.push_message(side, message);
        transcripts.push((name, recorder.finish(Source::default(), None)));
    }
    let mut seen = 0;
    for (name, transcript) in &transcripts {
        for (_, message) in transcript.messages() {
            seen += usize::from(message.tree.find("key_exchange").is_some());
            for remark in &message.tree.remarks {
                let said = (remark.field, remark.reference);
                assert_ne!(said, ("key_exchange", "RFC 8446 4.2.8"), "{name}: {remark}");
                assert_ne!(said, ("key_share", "RFC 8446 4.2.8"), "{name}: {remark}");
                assert_ne!(said, ("signature_algorithms", "RFC 9155 2"), "{name}: {remark}");
                assert_ne!(said, ("signature_algorithms", "RFC 8446 4.2"), "{name}: {remark}");
                assert_ne!(said, ("level", "RFC 8446 6"), "{name}: {remark}");
                assert_ne!(said, ("request_update", "RFC 8446 4.6.3"), "{name}: {remark}");
            }
        }
    }
    assert!(transcripts.len() > 150 && seen > 40, "{} {seen}", transcripts.len());
}

/// What is remarked of a hello of SSL 2.0 of this version, with an id of a session and a challenge of
/// so many bytes.
fn of_ssl2(version: [u8; 2], session_id: u8, challenge: u8) -> Vec<String> {
    let mut hello = vec![1];
    hello.extend(version);
    hello.extend([0, 3, 0, session_id, 0, challenge, 2, 0, 0x80]);
    hello.extend((0..session_id).chain(0..challenge));
    let record = [&[0x80, u8::try_from(hello.len()).unwrap()][..], &hello].concat();
    let mut recorder = Recorder::default();
    recorder.push(Side::Client, None, &record);
    let transcript = recorder.finish(Source::default(), None);
    let remarks = transcript.messages().flat_map(|(_, message)| {
        message.tree.remarks.iter().map(|remark| {
            // What it points at is the length itself.
            let lengths = ["session_id_length", "challenge_length"];
            if lengths.contains(&remark.field) {
                assert_eq!(message.tree.find(remark.field).unwrap().range(), remark.range);
            }
            format!("{} {}", remark.field, remark.reference)
        })
    });
    remarks.collect()
}

#[test]
fn ssl_2_is_noticed_whatever_it_says() {
    let spoken = ["version RFC 6176 3", "cipher_kind RFC 6176 3"];
    for (session_id, challenge) in [(0, 16), (0, 32), (16, 20)] {
        assert_eq!(of_ssl2([0, 2], session_id, challenge), spoken);
    }
}

#[test]
fn lengths_that_a_hello_of_ssl_2_may_not_have() {
    let told = |version, session_id, challenge| {
        let mut remarks = of_ssl2(version, session_id, challenge);
        remarks.retain(|remark| remark.contains("_length"));
        remarks
    };
    assert_eq!(told([0, 2], 0, 34), ["challenge_length SSL 2.0 2.5"]);
    assert_eq!(
        told([0, 2], 7, 15),
        ["session_id_length SSL 2.0 2.5", "challenge_length SSL 2.0 2.5"]
    );
    assert_eq!(told([3, 1], 16, 32), ["session_id_length RFC 5246 E.2"]);
    assert!(told([3, 1], 0, 32).is_empty());
}

#[test]
fn values_that_a_client_may_not_send() {
    use ExtensionType as T;
    let set = |extension_type: T, body: &'static [u8]| {
        move |hello: &mut ClientHello, _: &mut ServerHello| {
            remove(hello, extension_type);
            let extension = ClientExtension::from_data(extension_type, body);
            assert_eq!(extension.data(), body);
            hello.extensions.as_mut().unwrap().0.push(extension);
        }
    };
    one("server_name", "more than one", set(T::server_name, b"\0\x08\0\0\x01a\0\0\x01b"));
    one("host_name", "an address", set(T::server_name, b"\0\x0c\0\0\x09127.0.0.1"));
    one("host_name", "one with it", set(T::server_name, b"\0\x0a\0\0\x07a.test."));
    one("host_name", "an address", set(T::server_name, b"\0\x08\0\0\x05[::1]"));
    one("host_name", "an empty one", set(T::server_name, b"\0\x07\0\0\x04a..b"));
    one("host_name", "an empty one", set(T::server_name, b"\0\x05\0\0\x02.a"));
    one("host_name", "others", set(T::server_name, b"\0\x05\0\0\x02\x1b["));
    one("ec_point_formats", "without it", set(T::ec_point_formats, &[1, 1]));
    one("record_size_limit", "63", set(T::record_size_limit, &[0, 63]));
    one("max_fragment_length", "7", set(T::max_fragment_length, &[7]));
    one("heartbeat", "3", set(T::heartbeat, &[3]));
    one("cookie", "nobody gave", set(T::cookie, &[0, 1, 9]));
    one("renegotiation_info", "before the first", |hello, _| {
        hello.cipher_suites.0.retain(|suite| suite.0 != 0x00ff);
        set(T::renegotiation_info, &[1, 9])(hello, &mut tls12());
    });
    one("early_data", "no pre_shared_key", set(T::early_data, &[]));
    one("legacy_version", "supported_versions", |hello, _| {
        hello.legacy_version = ProtocolVersion::TLS1_3;
    });
    one("legacy_version", "SSL 2.0", |hello, answer| {
        hello.legacy_version = ProtocolVersion::SSL2_0;
        let _ = answer;
    });
}

#[test]
fn choices_that_a_server_may_not_make() {
    one("cipher_suite", "one of TLS 1.3", |_, answer| {
        answer.cipher_suite = CipherSuite::TLS_AES_128_GCM_SHA256;
    });
    let compressed = told(|_, answer| answer.legacy_compression_method = CompressionMethod(1));
    let fields: Vec<_> = compressed.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["legacy_compression_method"; 2], "{compressed:?}");
    assert!(compressed[0].1.contains("CRIME") && compressed[1].1.contains("one that was not"));

    let empty = Certificate { certificate_list: List::new(vec![]) };
    let answers = vec![Handshake::ServerHello(tls12()), Handshake::Certificate(empty)];
    let found = [("certificate_list".to_owned(), "none, which only a client may".to_owned())];
    assert_eq!(notices(hello(), answers), found);
}

fn retry(extensions: Vec<HelloRetryExtension>) -> Handshake {
    Handshake::HelloRetryRequest(HelloRetryRequest {
        legacy_version: ProtocolVersion::TLS1_2,
        random: Random(Fixed(HELLO_RETRY_REQUEST)),
        legacy_session_id_echo: hello().legacy_session_id,
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        legacy_compression_method: CompressionMethod::null,
        extensions: Some(Block(extensions)),
    })
}

/// RFC 8446 section 4.1.4: one HelloRetryRequest, which changes something, and whose suite stays.
#[test]
fn a_hello_retry_request_that_is_none() {
    let versions = HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3);
    let group = HelloRetryExtension::KeyShare(NamedGroup::secp384r1);
    let sound = retry(vec![versions.clone(), group]);
    assert_eq!(notices(hello(), vec![sound.clone()]), []);
    let notice = |found: &str| ("hello_retry_request".to_owned(), found.to_owned());
    assert_eq!(notices(hello(), vec![retry(vec![versions])]), [notice("nothing")]);
    assert_eq!(notices(hello(), vec![sound.clone(), sound]), [notice("a second one")]);
}

/// RFC 8446 section 4.1.4: its fields are those of a ServerHello, and what it chooses stays.
#[test]
fn a_hello_retry_request_is_filled_as_a_server_hello() {
    let sound = || {
        let versions = HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3);
        let cookie = HelloRetryExtension::Cookie(Opaque::new(b"given".to_vec()));
        let Handshake::HelloRetryRequest(retry) = retry(vec![versions, cookie]) else { panic!() };
        retry
    };
    let told = |change: fn(&mut HelloRetryRequest)| {
        let mut retry = sound();
        change(&mut retry);
        notices(hello(), vec![Handshake::HelloRetryRequest(retry)])
    };
    let said = |field: &str, found: &str| vec![(field.to_owned(), found.to_owned())];
    assert_eq!(told(|_| {}), []);
    let echo = "legacy_session_id_echo";
    let none = told(|retry| retry.legacy_session_id_echo = Opaque::new(vec![]));
    assert_eq!(none, said(echo, "another one"));
    let other = told(|retry| retry.legacy_session_id_echo = Opaque::new(vec![9; 32]));
    assert_eq!(other, said(echo, "another one"));
    let old = told(|retry| retry.legacy_version = ProtocolVersion::TLS1_0);
    assert_eq!(old, said("legacy_version", "0x0301"));
    let compressed = told(|retry| retry.legacy_compression_method = CompressionMethod(1));
    let leaks = "compression, by whose lengths secrets leak (CRIME)";
    assert_eq!(compressed, said("legacy_compression_method", leaks));
    let suite = told(|retry| retry.cipher_suite = tls12().cipher_suite);
    assert_eq!(suite, said("cipher_suite", "one of TLS 1.2 or before"));
    // The version that it chose stays.
    let told = notices(
        hello(),
        vec![Handshake::HelloRetryRequest(sound()), Handshake::ServerHello(tls12())],
    );
    assert!(told.contains(&("legacy_version".to_owned(), "another one".to_owned())), "{told:?}");
}

/// A client that changes what only the server may ask it to change, RFC 8446 section 4.1.2.
#[test]
fn a_second_hello_with_another_session_id_is_told() {
    let mut second = hello();
    second.legacy_session_id = Opaque::new(vec![9; 32]);
    let versions = HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3);
    let retry = retry(vec![versions, HelloRetryExtension::KeyShare(NamedGroup::secp256r1)]);
    let client = |hello| (Side::Client, Handshake::ClientHello(hello));
    let told = remarks(vec![client(hello()), (Side::Server, retry), client(second)]);
    let found = told.iter().filter(|it| it.field == "legacy_session_id");
    let found: Vec<_> = found.map(|it| it.reference).collect();
    assert_eq!(found, ["RFC 8446 4.1.2"]);
}

/// RFC 8446 sections 4.1.2 and 4.2.2: what a second hello must have as the first, and what it must
/// bring back.
#[test]
fn a_second_hello_that_is_not_as_it_should_be() {
    use ExtensionType as Type;
    const ALPN: Type = Type::application_layer_protocol_negotiation;
    let retry = retry(vec![
        HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3),
        HelloRetryExtension::Cookie(Opaque::new(b"given".to_vec())),
    ]);
    let cookie: (Type, &[u8]) = (Type::cookie, b"\0\x05given");
    let told = |first: &[(Type, &[u8])], second: &[(Type, &[u8])]| {
        let said = [first, second].map(|more| {
            let mut hello = hello();
            more.iter().for_each(|(one, data)| offer(&mut hello, *one, data));
            (Side::Client, Handshake::ClientHello(hello))
        });
        let [first, second] = said;
        let transcript = transcript(vec![first, (Side::Server, retry.clone()), second]);
        let (_, last) = transcript.messages().last().unwrap();
        let told = last.tree.remarks.iter().filter(|it| it.kind == Kind::Notice);
        told.map(|it| (it.field, it.fault.found(), it.reference)).collect::<Vec<_>>()
    };
    let notice = |field, found: &str, reference| vec![(field, found.to_owned(), reference)];
    let changed = "RFC 8446 4.1.2";
    assert_eq!(told(&[], &[cookie]), []);
    assert_eq!(told(&[], &[]), notice("extensions", "none", "RFC 8446 4.2.2"));
    let other = (Type::cookie, &b"\0\x05other"[..]);
    assert_eq!(told(&[], &[other]), notice("cookie", "another", "RFC 8446 4.2.2"));
    let (one, two) = ((ALPN, &b"\0\x02\x01a"[..]), (ALPN, &b"\0\x02\x01b"[..]));
    let name = ALPN.name().unwrap();
    assert_eq!(told(&[one], &[one, cookie]), []);
    assert_eq!(told(&[one], &[two, cookie]), notice(name, "something else", changed));
    assert_eq!(told(&[], &[one, cookie]), notice(name, "one that it had not", changed));
    assert_eq!(told(&[one], &[cookie]), notice("extensions", "fewer of them", changed));
    // What is not known may say that it changes.
    assert_eq!(told(&[(Type(0xff77), &[1])], &[cookie, (Type(0xff77), &[2])]), []);
    assert_eq!(told(&[(Type::padding, &[0, 0])], &[cookie, (Type::padding, &[0])]), []);
    // Early data, which is under a key.
    let keys = [&[0, 8, 0, 2, b'i', b'd', 0, 0, 0, 1, 0, 33, 32][..], &[7; 32]].concat();
    let (early, keys) = ((Type::early_data, &[][..]), (Type::pre_shared_key, &keys[..]));
    assert_eq!(told(&[early, keys], &[cookie, keys]), []);
    let kept = told(&[early, keys], &[early, cookie, keys]);
    assert_eq!(kept, notice("early_data", "one", changed));
}

/// RFC 6347 section 4.2.1.
#[test]
fn a_second_hello_of_datagrams_that_is_not_as_it_should_be() {
    let first = |random: u8| ClientHello {
        legacy_version: ProtocolVersion::DTLS1_2,
        random: Random(Fixed([random; 32])),
        cookie: OnlyDtls(Some(Opaque::new(vec![]))),
        extensions: None,
        ..hello()
    };
    let request = |cookie: &[u8]| {
        Handshake::HelloVerifyRequest(HelloVerifyRequest {
            server_version: ProtocolVersion::DTLS1_0,
            cookie: Opaque::new(cookie.to_vec()),
        })
    };
    let second = |random, cookie: &[u8]| ClientHello {
        cookie: OnlyDtls(Some(Opaque::new(cookie.to_vec()))),
        ..first(random)
    };
    let told = |said: Vec<(Side, u16, Handshake)>| {
        let mut recorder = Recorder::default();
        for (from, number, message) in said {
            recorder.push_datagram(from, None, &datagram(number, &message));
        }
        let transcript = recorder.finish(Source::default(), None);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        let told = remarks.filter(|it| it.reference == "RFC 6347 4.2.1");
        told.map(|it| (it.field, it.fault.found())).collect::<Vec<_>>()
    };
    let client = |number, hello| (Side::Client, number, Handshake::ClientHello(hello));
    let server = |cookie: &[u8]| (Side::Server, 0, request(cookie));
    let told_of = |hello| told(vec![client(0, first(7)), server(b"a"), client(1, hello)]);
    assert_eq!(told_of(second(7, b"a")), []);
    assert_eq!(told_of(second(7, b"b")), [("cookie", "another".to_owned())]);
    assert_eq!(told_of(second(8, b"a")), [("random", "something else".to_owned())]);
    let fewer = |suites: &mut Codes<_, CipherSuite>| suites.0.truncate(1);
    let mut other = second(7, b"a");
    fewer(&mut other.cipher_suites);
    assert_eq!(told_of(other), [("cipher_suites", "something else".to_owned())]);
    // Begun anew, and the first sent again behind what it is answered with.
    assert_eq!(told_of(first(8)), []);
    assert_eq!(told_of(first(7)), []);
    // What was given to the first may have been given once more.
    let twice = vec![client(0, first(7)), server(b"a"), server(b"b"), client(1, second(7, b"a"))];
    assert_eq!(told(twice), []);
    // What was not seen may have given it.
    assert_eq!(told(vec![client(0, first(7)), client(1, second(8, b"a"))]), []);
}

/// RFC 8446 section 4.2.8: behind a HelloRetryRequest a server takes the group that it asked for.
#[test]
fn a_key_of_another_group_than_the_server_asked_for() {
    let (asked, other) = (NamedGroup::secp384r1, NamedGroup::x25519);
    let answer = |group, length| {
        let version = ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3);
        let key = ServerExtension::KeyShare(share(group, length));
        Handshake::ServerHello(ServerHello {
            extensions: Some(Block(vec![version, key])),
            ..tls13()
        })
    };
    let retry = retry(vec![
        HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3),
        HelloRetryExtension::KeyShare(asked),
    ]);
    let second = |group, length| {
        let mut hello = hello();
        shares(&mut hello, |shares| *shares = vec![share(group, length)]);
        (Side::Client, Handshake::ClientHello(hello))
    };
    let of_group = |said: Vec<(Side, Handshake)>| -> Vec<String> {
        let told = remarks(said).into_iter().filter(|remark| remark.reference == "RFC 8446 4.2.8");
        told.map(|remark| remark.fault.found()).collect()
    };
    let first = || (Side::Client, Handshake::ClientHello(hello()));
    let server = |said: Handshake| (Side::Server, said);
    for (group, length, found) in [(asked, 97, vec![]), (other, 32, vec!["another"])] {
        let said = vec![first(), server(retry.clone()), second(asked, 97)];
        let whole = said.into_iter().chain([server(answer(group, length))]).collect();
        assert_eq!(of_group(whole), found);
        // The server alone, and without the second hello.
        let alone = vec![server(retry.clone()), server(answer(group, length))];
        assert_eq!(of_group(alone), found);
        let said = vec![first(), server(retry.clone()), server(answer(group, length))];
        assert_eq!(of_group(said), found);
    }
    // The client's second hello has no key of the group.
    let said = vec![first(), server(retry), second(other, 32), server(answer(asked, 97))];
    assert_eq!(of_group(said), ["one of which there was none"]);
}

/// Changes the first extension of the hello that a function finds.
fn extension(hello: &mut ClientHello, change: impl FnMut(&mut ClientExtension)) {
    hello.extensions.as_mut().unwrap().0.iter_mut().for_each(change);
}

#[test]
fn what_stands_twice_in_a_list_is_told_once() {
    one("cipher_suite", "a second time", |hello, _| {
        let all = hello.cipher_suites.0.clone();
        hello.cipher_suites.0.extend(all);
    });
    one("version", "a second time", |hello, _| {
        extension(hello, |it| {
            if let ClientExtension::SupportedVersions(versions) = it {
                versions.0.extend([ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2]);
            }
        });
    });
    one("named_group", "a second time", |hello, _| {
        extension(hello, |it| {
            if let ClientExtension::SupportedGroups(groups) = it {
                groups.0.push(NamedGroup::x25519);
            }
        });
    });
    one("signature_scheme", "a second time", |hello, _| {
        extension(hello, |it| {
            if let ClientExtension::SignatureAlgorithms(schemes) = it {
                schemes.0.push(SignatureScheme::ed25519);
            }
        });
    });
    // Nobody minds what means nothing.
    let grease = CipherSuite(0x1a1a);
    assert_eq!(told(|hello, _| hello.cipher_suites.0.extend([grease, grease])), []);
}

#[test]
fn groups_that_nobody_should_use_any_more_are_told_once() {
    one("named_group", "a deprecated one", |hello, _| {
        extension(hello, |it| {
            if let ClientExtension::SupportedGroups(groups) = it {
                let brainpool = NamedGroup::brainpoolP256r1;
                groups.0.extend([brainpool, NamedGroup::sect163k1, NamedGroup::secp256k1]);
            }
        });
    });
}

#[test]
fn a_hello_that_nobody_asked_for() {
    let client = |hello: ClientHello| (Side::Client, Handshake::ClientHello(hello));
    let told = |said: Vec<(Side, Handshake)>| {
        let remarks = remarks(said);
        let found = remarks.iter().filter(|it| it.fault.found().contains("which nobody asked for"));
        found.map(|it| (it.field, it.reference)).collect::<Vec<_>>()
    };
    let answer = (Side::Server, Handshake::ServerHello(tls12()));
    let again = vec![client(hello()), client(hello()), answer.clone()];
    assert_eq!(told(again), [("client_hello", "RFC 8446 4.1.2")]);
    // One that is other may have been asked for by what stands behind it.
    let mut retried = hello();
    retried.legacy_session_id = Opaque::new(vec![7; 32]);
    let other = transcript(vec![client(hello()), client(retried), answer.clone()]);
    let (_, second) = other.messages().nth(1).unwrap();
    let [assumed] = &second.tree.remarks[..] else { panic!("{:?}", second.tree.remarks) };
    assert_eq!((assumed.kind, assumed.reference), (Kind::Assumption, "RFC 8446 4.1.4"));
    // Where the server was not seen, it may have asked for it.
    let alone = transcript(vec![client(hello()), client(hello())]);
    let (_, second) = alone.messages().last().unwrap();
    let [assumed] = &second.tree.remarks[..] else { panic!("{:?}", second.tree.remarks) };
    assert_eq!((assumed.kind, assumed.reference), (Kind::Assumption, "RFC 8446 4.1.4"));
    for name in ["tls13-hello-retry-client.bin", "tls13-cookie-client.bin"] {
        let flight = std::fs::read(common::path(&format!("testdata/flights/{name}"))).unwrap();
        let mut recorder = Recorder::default();
        recorder.push(Side::Client, None, &flight);
        let read = recorder.finish(Source::default(), None);
        let remarks = read.messages().flat_map(|(_, message)| &message.tree.remarks);
        let hellos = remarks.filter(|remark| remark.field == "client_hello");
        let kinds: Vec<_> = hellos.map(|remark| remark.kind).collect();
        assert_eq!(kinds, [Kind::Assumption], "{name}");
    }
    let behind_answer = vec![client(hello()), answer.clone(), client(hello())];
    assert_eq!(told(behind_answer), [("client_hello", "RFC 5246 7.4.1.2")]);
    // A handshake may begin anew behind its end, or where the server asks for it.
    for between in [
        Handshake::HelloRequest(Empty),
        Handshake::Finished(Finished { verify_data: Rest(vec![7; 12].into()) }),
    ] {
        let said = vec![client(hello()), answer.clone(), (Side::Server, between), client(hello())];
        assert_eq!(told(said), []);
    }
}

/// RFC 5746 section 3.5: a hello that renegotiates says how the handshake before it ended, and that
/// need not have been seen.
#[test]
fn a_hello_behind_what_was_not_seen_may_renegotiate() {
    let verify_data = || Opaque::new(vec![7; 12]);
    let mut renegotiating = hello();
    remove(&mut renegotiating, ExtensionType::renegotiation_info);
    let block = renegotiating.extensions.as_mut().unwrap();
    block.0.push(ClientExtension::RenegotiationInfo(verify_data()));
    let mut answer = tls12();
    let info = ServerExtension::RenegotiationInfo(Opaque::new(vec![7; 24]));
    answer.extensions = Some(Block(vec![info]));
    let record =
        |content_type, bytes: &[u8]| records(content_type, ProtocolVersion::TLS1_2, bytes, &[]);
    let message = |handshake: Handshake| record(ContentType::handshake, &handshake.to_bytes());
    let client = message(Handshake::ClientHello(renegotiating.clone()));
    let server = message(Handshake::ServerHello(answer.clone()));
    // What is not the client's, and nothing of the server's own.
    let [others, half] = [&[8; 24][..], &[7; 12]].map(|both| {
        let info = ServerExtension::RenegotiationInfo(Opaque::new(both.to_vec()));
        let answer = ServerHello { extensions: Some(Block(vec![info])), ..tls12() };
        message(Handshake::ServerHello(answer))
    });
    let finished = || Handshake::Finished(Finished { verify_data: Rest(vec![7; 12].into()) });
    let empty = Handshake::Certificate(Certificate { certificate_list: List::new(vec![]) });
    // What is remarked of it, and whether the server is said to have answered it ill.
    let answered = |before: &[(Side, Vec<u8>)], server: &[u8]| {
        let hellos = [(Side::Client, client.clone()), (Side::Server, server.to_vec())];
        let mut recorder = Recorder::default();
        for (from, bytes) in before.iter().chain(&hellos) {
            recorder.push(*from, None, bytes);
        }
        let transcript = recorder.finish(Source::default(), None);
        let reaction = Reaction::of(&transcript);
        assert!(reaction.is_none_or(|reaction| reaction.accepted()), "{before:?}");
        let remarks = transcript.messages().flat_map(|(_, message)| message.tree.remarks.clone());
        let of_info = remarks.filter(|remark| remark.field == "renegotiation_info");
        of_info.map(|remark| remark.reference).collect::<Vec<_>>()
    };
    let told = |before: &[(Side, Vec<u8>)]| answered(before, &others);
    assert_eq!(told(&[]), ["RFC 5746 3.4"; 2]);
    assert_eq!(answered(&[], &half), ["RFC 5746 3.4"; 2]);
    // What stands before a first hello as well.
    assert_eq!(told(&[(Side::Server, record(ContentType::alert, &[1, 100]))]), ["RFC 5746 3.4"; 2]);
    // A server that sends back how the handshake before it ended has seen that.
    assert_eq!(answered(&[], &server), [] as [&str; 0]);
    let sides = [Side::Client, Side::Server];
    for (from, bytes) in [
        (Side::Server, message(Handshake::HelloRequest(Empty))),
        (Side::Server, message(empty.clone())),
        (Side::Client, message(empty)),
        (Side::Server, message(Handshake::ServerHello(tls12()))),
    ]
    .into_iter()
    .chain(sides.map(|side| (side, message(finished()))))
    .chain(sides.map(|side| (side, record(ContentType::application_data, &[7; 30]))))
    .chain(sides.map(|side| (side, record(ContentType::change_cipher_spec, &[1]))))
    {
        assert_eq!(told(&[(from, bytes)]), [] as [&str; 0]);
    }
    // The hello may be what was not seen.
    let told = |hello: ClientHello| {
        let first = notices(hello, vec![Handshake::ServerHello(answer.clone())]);
        first.into_iter().filter(|(field, _)| field == "renegotiation_info").count()
    };
    assert_eq!(told(hello()), 1);
    let answered = remarks(vec![(Side::Server, Handshake::ServerHello(answer.clone()))]);
    assert!(answered.iter().all(|remark| remark.field != "renegotiation_info"), "{answered:?}");
    // Where the server's bytes come behind the client's, or before them, it answers them.
    let mut other = tls12();
    other.cipher_suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8;
    let [client, server] = [Handshake::ClientHello(hello()), Handshake::ServerHello(other)];
    for said in [
        vec![(Side::Client, client.clone()), (Side::Server, server.clone())],
        vec![(Side::Server, server), (Side::Server, finished()), (Side::Client, client)],
    ] {
        let reaction = Reaction::of(&transcript(said)).unwrap();
        assert_eq!(reaction.kind.word(), "malformed");
    }
}

/// RFC 5288 section 4, RFC 5246 section 6.2.3.3.
#[test]
fn a_cipher_that_needs_no_mac_came_with_tls_1_2() {
    use CipherSuite as Suite;
    for (suite, reference) in [
        (Suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, Some("RFC 5288 4")),
        (Suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, Some("RFC 5246 6.2.3.3")),
        (Suite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, None),
    ] {
        for (version, is_old) in [
            (ProtocolVersion::TLS1_0, true),
            (ProtocolVersion::TLS1_1, true),
            (ProtocolVersion::TLS1_2, false),
        ] {
            let answer = ServerHello { legacy_version: version, cipher_suite: suite, ..tls12() };
            let remarks = remarks(by_server(vec![Handshake::ServerHello(answer)]));
            let told = remarks.iter().filter(|it| it.field == "cipher_suite");
            let told: Vec<_> = told.map(|it| it.reference).collect();
            let expected: Vec<_> = reference.into_iter().filter(|_| is_old).collect();
            assert_eq!(told, expected, "{suite} in {version}");
        }
    }
}

/// RFC 8446 section 4.2.9.
#[test]
fn a_key_beside_an_earlier_session_goes_by_the_modes_that_were_offered() {
    use PskKeyExchangeMode as Mode;
    let version = ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3);
    let psk = ServerExtension::PreSharedKey(0);
    let key = ServerExtension::KeyShare(share(NamedGroup::x25519, 32));
    let both = vec![version.clone(), key.clone(), psk.clone()];
    for (modes, answer, expected) in [
        (vec![Mode::psk_ke], both.clone(), noticed("key_share", "a key")),
        (vec![Mode::psk_ke], vec![version.clone(), key], vec![]),
        (vec![Mode::psk_ke], vec![version.clone(), psk.clone()], vec![]),
        (vec![Mode::psk_ke, Mode::psk_dhe_ke], both.clone(), vec![]),
        (vec![Mode::psk_dhe_ke], both, vec![]),
        (vec![Mode::psk_dhe_ke], vec![version, psk], noticed("extensions", "none")),
    ] {
        let mut told = told13(
            |hello| {
                extension(hello, |it| {
                    if let ClientExtension::PskKeyExchangeModes(offered) = it {
                        *offered = Codes::new(modes.clone());
                    }
                });
            },
            answer,
        );
        told.retain(|(field, _)| field != "pre_shared_key");
        assert_eq!(told, expected, "{modes:?}");
    }
}

/// What is told of a hello of TLS 1.3 that is answered with these extensions.
fn told13(
    change: impl FnOnce(&mut ClientHello),
    extensions: Vec<ServerExtension>,
) -> Vec<(String, String)> {
    told(|hello, answer| {
        change(hello);
        answer.cipher_suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        answer.legacy_session_id_echo = hello.legacy_session_id.clone();
        answer.extensions = Some(Block(extensions));
    })
}

fn noticed(field: &str, found: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), found.to_owned())]
}

#[test]
fn a_key_of_a_server_that_no_key_of_the_client_fits() {
    let version = || ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3);
    let key = |group, length| ServerExtension::KeyShare(share(group, length));
    let sound = vec![version(), key(NamedGroup::x25519, 32)];
    assert_eq!(told13(|_| {}, sound.clone()), []);
    let other = vec![version(), key(NamedGroup::secp256r1, 65)];
    let found = "one of which there was none, and no HelloRetryRequest";
    assert_eq!(told13(|_| {}, other), noticed("key_share", found));
    // Neither a key nor a secret that both have.
    assert_eq!(told13(|_| {}, vec![version()]), noticed("extensions", "neither"));
}

#[test]
fn a_version_that_was_not_offered_is_told_where_it_stands() {
    let notices = told13(
        |hello| remove(hello, ExtensionType::supported_versions),
        vec![
            ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3),
            ServerExtension::KeyShare(KeyShareEntry {
                group: NamedGroup::x25519,
                key_exchange: Opaque::new(vec![9; 32]),
            }),
        ],
    );
    let told = |found: &str| ("supported_versions".to_owned(), found.to_owned());
    assert_eq!(notices, [told("one that was not asked for"), told("one that was not")]);
}

#[test]
fn a_version_that_does_not_stand_in_supported_versions() {
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_1] {
        let notices = told(|_, answer| {
            self::answer(answer, ServerExtension::SupportedVersions(version));
        });
        let said = |(field, found): &(String, String)| {
            field == "supported_versions" && found.contains("legacy_version")
        };
        assert!(notices.iter().any(said), "{notices:?}");
    }
    // GREASE is no version, and says nothing of suites.
    let grease = ProtocolVersion(0x2a2a);
    let notices = told13(
        |hello| {
            for extension in &mut hello.extensions.as_mut().unwrap().0 {
                if let ClientExtension::SupportedVersions(versions) = extension {
                    versions.0.push(grease);
                }
            }
        },
        vec![
            ServerExtension::SupportedVersions(grease),
            ServerExtension::KeyShare(share(NamedGroup::x25519, 32)),
        ],
    );
    assert!(notices.iter().all(|(field, _)| field != "cipher_suite"), "{notices:?}");
    assert!(notices.iter().any(|(_, found)| found.contains("GREASE")), "{notices:?}");
}

/// A Certificate that zlib made smaller.
fn compressed(body: &[u8]) -> Handshake {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body).unwrap();
    Handshake::CompressedCertificate(CompressedCertificate {
        algorithm: CertificateCompressionAlgorithm::zlib,
        uncompressed_length: Uint24(u32::try_from(body.len()).unwrap()),
        compressed_certificate_message: Opaque::new(encoder.finish().unwrap()),
    })
}

#[test]
fn a_certificate_that_was_made_smaller_in_a_way_that_was_not_offered() {
    let told = |algorithm, body: &[u8]| {
        let mut hello = hello();
        // The certificate is for another host.
        remove(&mut hello, ExtensionType::server_name);
        let extension = ClientExtension::CompressCertificate(Codes::new(vec![algorithm]));
        hello.extensions.as_mut().unwrap().0.push(extension);
        let mut answer = tls12();
        answer.cipher_suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        answer.legacy_session_id_echo = hello.legacy_session_id.clone();
        answer.extensions = Some(Block(vec![
            ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3),
            ServerExtension::KeyShare(share(NamedGroup::x25519, 32)),
        ]));
        notices(hello, vec![Handshake::ServerHello(answer), no_answers(), compressed(body)])
    };
    let one = common::messages()
        .into_iter()
        .find(|(name, _, message)| name == "tls13-rsa" && message[0] == 11)
        .unwrap()
        .2;
    let (zlib, zstd) =
        (CertificateCompressionAlgorithm::zlib, CertificateCompressionAlgorithm::zstd);
    assert_eq!(told(zlib, &one[4..]), []);
    assert_eq!(told(zstd, &one[4..]), noticed("algorithm", "one that was not"));
    let none = noticed("certificate_list", "none, which only a client may");
    assert_eq!(told(zlib, &[0, 0, 0, 0]), none);
}

/// Nothing is told of one of which only a guess says whose it is.
#[test]
fn a_compressed_certificate_of_an_assumed_side() {
    let told = |kind: Option<Kind>| {
        let context = Context::of(Some(ProtocolVersion::TLS1_3), None);
        let bytes = compressed(&[0, 0, 0, 0]).to_bytes();
        let mut message = Message::decode(ContentType::handshake, &bytes, context);
        let fault = Fault::Form { expected: "which side sent it", found: "a guess" };
        message.remark_all(kind.map(|kind| Remark {
            field: "compressed_certificate",
            range: 0..bytes.len(),
            fault,
            kind,
            reference: "",
        }));
        let mut recorder = Recorder::default();
        recorder.push_message(Side::Server, message);
        let transcript = recorder.finish(Source::default(), None);
        let (_, message) = transcript.messages().last().unwrap();
        message.tree.beneath.iter().map(|beneath| beneath.tree.remarks.len()).sum::<usize>()
    };
    assert_eq!(told(None), 1);
    assert_eq!(told(Some(Kind::Assumption)), 0);
}

/// RFC 8879 section 4: a client's goes by the request that it answers, and so does what is signed
/// behind it.
#[test]
fn a_clients_certificate_that_was_made_smaller() {
    let (rsa, ecdsa) =
        (SignatureScheme::rsa_pss_rsae_sha256, SignatureScheme::ecdsa_secp256r1_sha256);
    let told =
        |asked, algorithm: Option<CertificateCompressionAlgorithm>, signed, context: &[u8]| {
            let mut extensions =
                vec![RequestExtension::SignatureAlgorithms(Codes::new(vec![asked]))];
            extensions.extend(algorithm.map(|algorithm| {
                RequestExtension::CompressCertificate(Codes::new(vec![algorithm]))
            }));
            let mut said = by_server(vec![
                Handshake::ServerHello(tls13()),
                no_answers(),
                Handshake::CertificateRequest13(CertificateRequest13 {
                    certificate_request_context: Opaque::new(vec![]),
                    extensions: Block(extensions),
                }),
            ]);
            let entry = CertificateEntry {
                cert_data: Asn1Cert(der("rsa-2048")),
                extensions: Block(vec![]),
            };
            let mut body = Vec::new();
            Certificate13 {
                certificate_request_context: Opaque::new(context.to_vec()),
                certificate_list: List::new(vec![entry]),
            }
            .write(&mut body);
            let signature = signature(signed);
            let verify = Handshake::CertificateVerify(CertificateVerify { signature });
            said.extend([compressed(&body), verify].map(|message| (Side::Client, message)));
            let told = remarks(said);
            told.iter().map(|it| (it.field, it.fault.found(), it.reference)).collect::<Vec<_>>()
        };
    let (zlib, zstd) =
        (CertificateCompressionAlgorithm::zlib, CertificateCompressionAlgorithm::zstd);
    let other = "one that was not".to_owned();
    assert_eq!(told(rsa, Some(zlib), rsa, b""), []);
    assert_eq!(told(rsa, Some(zstd), rsa, b""), [("algorithm", other.clone(), "RFC 8879 4")]);
    let one = ("compressed_certificate", "one".to_owned(), "RFC 8879 4");
    assert_eq!(told(rsa, None, rsa, b""), [one]);
    let not_asked = [("algorithm", other, "RFC 8446 4.4.3")];
    assert_eq!(told(ecdsa, Some(zlib), rsa, b""), not_asked);
    // The key is inside, and so is the context.
    let key = ("algorithm", "an RSA key".to_owned(), "RFC 8446 4.4.3");
    assert!(told(ecdsa, Some(zlib), ecdsa, b"").contains(&key));
    assert_eq!(told(ecdsa, Some(zlib), rsa, b"another"), []);
}

#[test]
fn a_hello_in_the_form_of_ssl_2_for_a_later_version() {
    let told = |suite: [u8; 3]| {
        let mut hello = vec![1, 3, 3, 0, 6, 0, 0, 0, 16];
        hello.extend(suite);
        hello.extend([0, 0, 0xff]);
        hello.extend([7; 16]);
        let record = [&[0x80, u8::try_from(hello.len()).unwrap()][..], &hello].concat();
        let mut recorder = Recorder::default();
        recorder.push(Side::Client, None, &record);
        let transcript = recorder.finish(Source::default(), None);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        remarks.map(|remark| format!("{} {}", remark.field, remark.reference)).collect::<Vec<_>>()
    };
    let form = "sslv2_client_hello RFC 6176 3";
    assert_eq!(told([0, 0, 0x2f]), [form]);
    assert_eq!(told([0, 0x56, 0]), [form, "version RFC 7507 4"]);
}

#[test]
fn a_heartbeat_has_sixteen_bytes_of_padding() {
    let remarks = |padding: usize| {
        let bytes = [&[1, 0, 2, b'h', b'i'][..], &vec![9; padding]].concat();
        let message = Message::decode(ContentType::heartbeat, &bytes, Context::default());
        let remarks = message.tree.remarks.iter();
        remarks.map(|it| (it.kind, it.field, it.range.len(), it.fault.found())).collect::<Vec<_>>()
    };
    for padding in 0..16 {
        let expected = [(Kind::Notice, "padding", padding, padding.to_string())];
        assert_eq!(remarks(padding), expected);
    }
    assert_eq!((remarks(16), remarks(17)), (vec![], vec![]));
}

/// What is noticed of the headers of records that a side sends, each as field and found.
fn of_headers(pieces: &[(Side, &[u8])]) -> Vec<(String, String)> {
    let mut recorder = Recorder::default();
    for (side, bytes) in pieces {
        recorder.push(*side, None, bytes);
    }
    let transcript = recorder.finish(Source::default(), None);
    let headers = transcript.events.iter().filter_map(|event| match &event.unit {
        Unit::Header(header) => Some(&header.tree.remarks),
        Unit::Message(_) => None,
    });
    headers.flatten().map(|it| (it.field.to_owned(), it.fault.found())).collect()
}

#[test]
fn an_alert_of_tls_1_3_has_a_record_of_its_own() {
    let record = |message: &Handshake| {
        let version = ProtocolVersion::TLS1_2;
        records(ContentType::handshake, version, &message.to_bytes(), &[])
    };
    let hello = record(&Handshake::ClientHello(hello()));
    let noticed = |found: &str| vec![("length".to_owned(), found.to_owned())];
    for (answer, in_tls13) in [(tls13(), true), (tls12(), false)] {
        let answer = record(&Handshake::ServerHello(answer));
        for (alerts, found) in [
            (&[21, 3, 3, 0, 2, 2, 40][..], None),
            (&[21, 3, 3, 0, 4, 1, 112, 2, 40], Some("4")),
            (&[21, 3, 3, 0, 1, 2, 21, 3, 3, 0, 1, 40], Some("1")),
        ] {
            let pieces =
                [(Side::Client, &hello[..]), (Side::Server, &answer), (Side::Server, alerts)];
            let mut told = of_headers(&pieces);
            told.dedup();
            let expected = found.filter(|_| in_tls13).map(noticed).unwrap_or_default();
            assert_eq!(told, expected, "{alerts:?}");
        }
    }
}

#[test]
fn records_between_the_parts_of_a_message() {
    let hello = Handshake::ClientHello(hello()).to_bytes();
    let part = |bytes: &[u8]| records(ContentType::handshake, ProtocolVersion::TLS1_2, bytes, &[]);
    let (first, second) = (part(&hello[..100]), part(&hello[100..]));
    let alert: &[u8] = &[21, 3, 3, 0, 2, 1, 0];
    let side = Side::Client;
    assert_eq!(of_headers(&[(side, &first), (side, &second)]), []);
    let between = of_headers(&[(side, &first), (side, alert), (side, &second)]);
    assert_eq!(between, noticed("content_type", "other records between them"));
    // One that gives up in the middle has not sent it between.
    assert_eq!(of_headers(&[(side, &first), (side, alert)]), []);
    assert_eq!(of_headers(&[(side, &part(&hello)), (side, alert), (side, &part(&hello))]), []);
}

#[test]
fn a_record_says_a_version_that_it_may_say() {
    let alert = |minor: u8| [21, 3, minor, 0, 2, 1, 0];
    for minor in 0..=3 {
        assert_eq!(of_headers(&[(Side::Server, &alert(minor))]), []);
    }
    let version = |code: &str| noticed("legacy_record_version", code);
    assert_eq!(of_headers(&[(Side::Server, &alert(4))]), version("0x0304"));
    let hello = Handshake::ClientHello(hello()).to_bytes();
    let hello = records(ContentType::handshake, ProtocolVersion(0x0505), &hello, &[]);
    assert_eq!(of_headers(&[(Side::Client, &hello)]), version("0x0505"));
    // Behind a ServerHello of TLS 1.3 there is one alone.
    let mut answer = tls12();
    answer.extensions =
        Some(Block(vec![ServerExtension::SupportedVersions(ProtocolVersion::TLS1_3)]));
    let answer = Handshake::ServerHello(answer).to_bytes();
    let answer = records(ContentType::handshake, ProtocolVersion::TLS1_2, &answer, &[]);
    for minor in 0..=3 {
        let told = of_headers(&[(Side::Server, &answer), (Side::Client, &alert(minor))]);
        let expected = if minor == 3 { vec![] } else { version(&format!("0x030{minor}")) };
        assert_eq!(told, expected);
    }
}

/// A transport parameter of QUIC whose id is small, as it stands on the wire.
fn parameter(id: u8, value: &[u8]) -> Vec<u8> {
    [&[id, u8::try_from(value.len()).unwrap()][..], value].concat()
}

/// What is told of a hello with these transport parameters.
fn told_of_parameters(parameters: &[Vec<u8>]) -> Vec<(String, String)> {
    told_of_quic(quic_hello(parameters))
}

/// A hello of QUIC with these transport parameters.
fn quic_hello(parameters: &[Vec<u8>]) -> ClientHello {
    let mut hello = hello();
    hello.legacy_session_id = Opaque::new(vec![]);
    extension(&mut hello, |it| {
        if let ClientExtension::SupportedVersions(versions) = it {
            versions.0 = vec![ProtocolVersion::TLS1_3].into();
        }
    });
    let alpn = ExtensionType::application_layer_protocol_negotiation;
    offer(&mut hello, alpn, b"\0\x03\x02h3");
    offer(&mut hello, ExtensionType::quic_transport_parameters, &parameters.concat());
    hello
}

/// What is told of a hello that comes without a record, as in QUIC.
fn told_of_quic(hello: ClientHello) -> Vec<(String, String)> {
    let bytes = Handshake::ClientHello(hello).to_bytes();
    let message = Message::decode(ContentType::handshake, &bytes, Context::default());
    let mut recorder = Recorder::default();
    recorder.push_message(Side::Client, message);
    let transcript = recorder.finish(Source::default(), None);
    let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
    remarks.map(|remark| (remark.field.to_owned(), remark.fault.found())).collect()
}

/// RFC 9001 sections 4.2, 8.1, 8.2 and 8.4.
#[test]
fn a_hello_of_quic_is_of_tls13_alone_and_in_no_record() {
    let source = [parameter(0x0f, &[7; 8])];
    let sound = || quic_hello(&source);
    assert_eq!(told_of_quic(sound()), []);
    let mut named = sound();
    named.legacy_session_id = Opaque::new(vec![7; 32]);
    assert_eq!(told_of_quic(named), noticed("legacy_session_id", "a session id"));
    let mut without = sound();
    remove(&mut without, ExtensionType::application_layer_protocol_negotiation);
    assert_eq!(told_of_quic(without), noticed("extensions", "none"));
    let mut old = sound();
    extension(&mut old, |it| {
        if let ClientExtension::SupportedVersions(versions) = it {
            versions.0 = vec![ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2].into();
        }
    });
    assert_eq!(told_of_quic(old), noticed("supported_versions", "a version before it"));
    let told = remarks(vec![(Side::Client, Handshake::ClientHello(sound()))]);
    let told: Vec<_> = told.iter().map(|it| (it.field, it.reference)).collect();
    assert_eq!(told, [("quic_transport_parameters", "RFC 9001 8.2")]);
}

/// The same beside the one that every client sends.
fn told_of_parameter(id: u8, value: &[u8]) -> Vec<(String, String)> {
    told_of_parameters(&[parameter(0x0f, &[7; 8]), parameter(id, value)])
}

#[test]
fn numbers_of_transport_parameters_have_bounds() {
    for (id, name, right, wrong, found) in [
        (0x03, "max_udp_payload_size", &[0x44, 0xb0][..], &[0x44, 0xaf][..], "1199"),
        (0x08, "initial_max_streams_bidi", MOST_STREAMS, TOO_MANY_STREAMS, "1152921504606846977"),
        (0x09, "initial_max_streams_uni", MOST_STREAMS, TOO_MANY_STREAMS, "1152921504606846977"),
        (0x0a, "ack_delay_exponent", &[20], &[21], "21"),
        (0x0b, "max_ack_delay", &[0x7f, 0xff], &[0x80, 0, 0x40, 0], "16384"),
        (0x0e, "active_connection_id_limit", &[2], &[1], "1"),
    ] {
        assert_eq!(told_of_parameter(id, right), [], "{name}");
        assert_eq!(told_of_parameter(id, wrong), noticed(name, found));
    }
}

/// 2^60, and one more.
const MOST_STREAMS: &[u8] = &[0xd0, 0, 0, 0, 0, 0, 0, 0];
const TOO_MANY_STREAMS: &[u8] = &[0xd0, 0, 0, 0, 0, 0, 0, 1];

#[test]
fn lengths_of_transport_parameters_have_bounds() {
    let source = |length| told_of_parameters(&[parameter(0x0f, &vec![7; length])]);
    for length in [0, 20] {
        assert_eq!(source(length), []);
    }
    assert_eq!(source(21), noticed("initial_source_connection_id", "21 bytes"));
    // What only servers send is told of a client, too.
    let address = |id: &[u8]| [&[0; 24][..], &parameter(0, id)[1..], &[9; 16]].concat();
    for (id, name, value, expected) in [
        (0x00, "original_destination_connection_id", vec![7; 8], None),
        (0x00, "original_destination_connection_id", vec![7; 7], Some("7 bytes")),
        (0x00, "original_destination_connection_id", vec![7; 21], Some("21 bytes")),
        (0x02, "stateless_reset_token", vec![7; 16], None),
        (0x02, "stateless_reset_token", vec![7; 15], Some("15 bytes")),
        (0x10, "retry_source_connection_id", vec![], None),
        (0x10, "retry_source_connection_id", vec![7; 21], Some("21 bytes")),
        (0x0d, "preferred_address", address(&[7; 20]), None),
        (0x0d, "preferred_address", address(&[]), Some("none")),
        (0x0d, "preferred_address", address(&[7; 21]), Some("21 bytes")),
    ] {
        let field = if id == 0x0d { "connection_id" } else { name };
        let length = expected.iter().flat_map(|found| noticed(field, found));
        let server: Vec<_> = length.chain(noticed(name, "one that only servers send")).collect();
        assert_eq!(told_of_parameter(id, &value), server, "{name}");
    }
}

#[test]
fn transport_parameters_stand_once_and_those_that_must_are_there() {
    let (source, idle) = (parameter(0x0f, &[7; 8]), parameter(1, &[3]));
    assert_eq!(
        told_of_parameters(&[idle.clone(), source.clone(), idle.clone()]),
        noticed("max_idle_timeout", "another one")
    );
    assert_eq!(told_of_parameters(&[idle]), noticed("quic_transport_parameters", "none"));
    // Versions 1 and 2 of QUIC.
    let (one, two) = ([0, 0, 0, 1], [0x6b, 0x33, 0x43, 0xcf]);
    let versions = |versions: &[[u8; 4]]| told_of_parameter(0x11, versions.as_flattened());
    assert_eq!(versions(&[one, two, one]), []);
    assert_eq!(versions(&[one, two]), noticed("version_information", "other versions alone"));
    assert_eq!(versions(&[one, one, [0; 4]]), noticed("version_information", "0, which is none"));
}

#[test]
fn arcs_of_trust_anchors_in_more_bytes_than_they_take() {
    let told = |id: &[u8]| {
        told(|hello, _| {
            let id = [&[u8::try_from(id.len()).unwrap()][..], id].concat();
            let body = [&[0, u8::try_from(id.len()).unwrap()][..], &id].concat();
            let extension = ClientExtension::from_data(ExtensionType::trust_anchors, &body);
            hello.extensions.as_mut().unwrap().0.push(extension);
        })
    };
    assert_eq!(told(&[0x81, 0x80, 0x01]), []);
    for id in [&[0x80, 1][..], &[1, 0x80, 1]] {
        let found = "one that begins with a byte of no use (0x80)";
        assert_eq!(told(id), noticed("trust_anchor_id", found), "{id:?}");
    }
}

/// RFC 6520 section 4, RFC 5246 section 7.2.
#[test]
fn where_a_stream_begins_a_record_whose_form_does_not_fit_is_protected() {
    let read = |records: &[(ContentType, &[u8])]| {
        let mut recorder = Recorder::default();
        for (content_type, bytes) in records {
            let version = ProtocolVersion::TLS1_2;
            let record = self::records(*content_type, version, bytes, &[]);
            recorder.push(Side::Client, None, &record);
        }
        let transcript = recorder.finish(Source::default(), None);
        let remarks = transcript.messages().flat_map(|(_, message)| message.tree.remarks.clone());
        assert!(remarks.into_iter().all(|remark| remark.kind == Kind::Assumption));
        let names = transcript.messages().map(|(_, message)| message.type_name());
        names.collect::<Vec<_>>()
    };
    let (alert, heartbeat) = (ContentType::alert, ContentType::heartbeat);
    // Under an explicit nonce that counts, or one by chance.
    let [counted, by_chance] = [[0; 26], [0x9c; 26]];
    assert_eq!(read(&[(heartbeat, &[0; 43]), (alert, &counted)]), ["encrypted"; 2]);
    assert_eq!(read(&[(heartbeat, &[0x78; 48]), (alert, &by_chance)]), ["encrypted"; 2]);
    // A type that there is, of a length that is none.
    let lies = [&[1, 0x9b, 0x34][..], &[7; 45]].concat();
    assert_eq!(read(&[(heartbeat, &lies), (alert, &by_chance)]), ["encrypted"; 2]);
    // In clear.
    let sound = [&[1, 0, 8][..], &[7; 24]].concat();
    assert_eq!(read(&[(heartbeat, &sound), (alert, &[1, 0])]), ["heartbeat", "alert"]);
}

#[test]
fn real_heartbeats_are_protected_or_not_from_wherever_their_stream_is_seen() {
    let mut protected = 0;
    for name in
        ["heartbleed-encrypted", "heartbleed-encrypted-short", "heartbleed-encrypted-success"]
    {
        for flow in Flow::of_capture(name) {
            for side in [Side::Client, Side::Server] {
                let mut rest = &flow.bytes(side)[..];
                while let [content_type, _, _, high, low, ..] = *rest {
                    let mut recorder = Recorder::default();
                    recorder.push(side, None, rest);
                    let read = recorder.finish(Source::default(), None);
                    let clear = read.messages().any(|(_, it)| it.type_name() == "heartbeat");
                    assert!(!clear, "{name}: {} bytes from the end", rest.len());
                    protected += usize::from(content_type == ContentType::heartbeat.0);
                    let length = 5 + usize::from(u16::from_be_bytes([high, low]));
                    rest = rest.get(length..).unwrap_or_default();
                }
            }
        }
    }
    assert!(protected > 6, "{protected}");
    // The request in clear that asks for more than it has (CVE-2014-0160).
    for name in ["heartbleed", "heartbleed-success"] {
        let flow = Flow::of_capture(name).remove(0);
        let client = flow.bytes(Side::Client);
        let at = client.windows(3).position(|bytes| bytes[..2] == [24, 3]).unwrap();
        let mut recorder = Recorder::default();
        recorder.push(Side::Client, None, &client[at..]);
        let read = recorder.finish(Source::default(), None);
        let (_, request) = read.messages().next().unwrap();
        assert_eq!(request.type_name(), "heartbeat", "{name}");
        assert!(!request.tree.remarks.is_empty(), "{name}");
    }
}

/// What is told of the order of these messages behind a hello, at which message and by which section.
fn told_of_order(said: Vec<(Side, Handshake)>) -> Vec<(&'static str, &'static str, String)> {
    let hello = (Side::Client, Handshake::ClientHello(hello()));
    let transcript = transcript(std::iter::once(hello).chain(said).collect());
    let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
    let sequence = remarks.filter(|it| {
        let expected = it.fault.expected();
        expected.starts_with("what comes behind")
            || expected.starts_with("one in a handshake")
            || expected.ends_with("by the suite")
            || expected.ends_with("behind the server_hello")
            || expected.ends_with("behind the certificate")
            || expected.contains("nobody proves")
    });
    sequence.map(|it| (it.field, it.reference, it.fault.found())).collect()
}

/// RFC 8446 sections 2 and 4.
#[test]
fn the_order_of_a_servers_messages_in_tls13() {
    let hello = || Handshake::ServerHello(tls13());
    let request = |context: &[u8]| {
        let schemes = Codes::new(vec![SignatureScheme::ed25519]);
        Handshake::CertificateRequest13(CertificateRequest13 {
            certificate_request_context: Opaque::new(context.to_vec()),
            extensions: Block(vec![RequestExtension::SignatureAlgorithms(schemes)]),
        })
    };
    let certificate = || {
        let extensions = Block(vec![]);
        let entry = CertificateEntry { cert_data: Asn1Cert(der("rsa-2048")), extensions };
        Handshake::Certificate13(Certificate13 {
            certificate_request_context: Opaque::new(vec![]),
            certificate_list: List::new(vec![entry]),
        })
    };
    let verify = || {
        let signature = signature(SignatureScheme::rsa_pss_rsae_sha256);
        Handshake::CertificateVerify(CertificateVerify { signature })
    };
    let finished = || Handshake::Finished(Finished { verify_data: Rest(vec![1; 32].into()) });
    let told = |server: Vec<Handshake>| {
        told_of_order(server.into_iter().map(|message| (Side::Server, message)).collect())
    };
    let notice = |field, reference, found: &str| vec![(field, reference, found.to_owned())];
    let whole = || vec![hello(), no_answers(), request(b""), certificate(), verify(), finished()];
    assert_eq!(told(whole()), []);
    // One who asks behind it, and one that goes on with an earlier session.
    let behind = [request(b"a"), request(b"b")];
    assert_eq!(told(whole().into_iter().chain(behind).collect()), []);
    assert_eq!(told(vec![hello(), no_answers(), finished()]), []);
    assert_eq!(
        told(vec![hello(), certificate(), verify(), finished()]),
        notice("certificate", "RFC 8446 4.3.1", "none"),
    );
    assert_eq!(
        told(vec![hello(), no_answers(), verify(), certificate(), finished()]),
        notice("certificate", "RFC 8446 4", "certificate"),
    );
    assert_eq!(
        told(vec![hello(), no_answers(), certificate(), request(b""), verify(), finished()]),
        notice("certificate_request", "RFC 8446 4", "certificate_request"),
    );
    assert_eq!(
        told(vec![hello(), no_answers(), certificate(), finished()]),
        notice("finished", "RFC 8446 4.4.3", "none"),
    );
    assert_eq!(
        told(vec![hello(), no_answers(), no_answers(), certificate(), verify(), finished()]),
        notice("encrypted_extensions", "RFC 8446 4", "a second one"),
    );
    assert_eq!(
        told(vec![hello(), hello(), no_answers()]),
        notice("server_hello", "RFC 8446 4", "a second one"),
    );
    // What was not seen from the hello on may have had all of it.
    assert_eq!(told(vec![certificate(), request(b""), verify()]), []);
}

/// RFC 5246 sections 7.3, 7.4.2, 7.4.3 and 7.4.4, RFC 8422 section 5.4, and what others put between.
#[test]
fn the_order_of_a_servers_messages_before_tls13() {
    let ecdhe = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    let rsa = CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256;
    let anon = CipherSuite::TLS_DH_anon_WITH_AES_128_GCM_SHA256;
    let hello = |cipher_suite| {
        let mut hello = ServerHello { cipher_suite, ..tls12() };
        for (extension_type, data) in [
            (ExtensionType::status_request, &[][..]),
            (ExtensionType::session_ticket, &[]),
            (ExtensionType::user_mapping, &[1, 64]),
        ] {
            answer(&mut hello, ServerExtension::from_data(extension_type, data));
        }
        Handshake::ServerHello(hello)
    };
    let context = |suite| Context::of(Some(ProtocolVersion::TLS1_2), Some(suite));
    let read = |bytes: &[u8], suite| Handshake::decode(bytes, context(suite)).unwrap();
    let supplement = || read(&[23, 0, 0, 8, 0, 0, 5, 0x40, 0x02, 0, 1, b'a'], ecdhe);
    let status = || read(&[22, 0, 0, 9, 1, 0, 0, 5, 48, 3, 10, 1, 3], ecdhe);
    let ticket = || read(&[4, 0, 0, 7, 0, 0, 1, 0, 0, 1, b't'], ecdhe);
    let certificate = || {
        let own = Asn1Cert(der("rsa-2048"));
        Handshake::Certificate(Certificate { certificate_list: List::new(vec![own]) })
    };
    let key = || {
        let point = [&[12, 0, 0, 44, 3, 0, 29, 32][..], &[9; 32], &[8, 4, 0, 4, 7, 7, 7, 7]];
        read(&point.concat(), ecdhe)
    };
    let anon_key = || read(&[12, 0, 0, 9, 0, 1, 0x83, 0, 1, 2, 0, 1, 3], anon);
    let request = || {
        Handshake::CertificateRequest(CertificateRequest {
            certificate_types: Codes::new(vec![ClientCertificateType::rsa_sign]),
            supported_signature_algorithms: SinceTls12(Some(Codes::new(vec![
                SignatureScheme::rsa_pkcs1_sha256,
            ]))),
            certificate_authorities: List::new(vec![]),
        })
    };
    let done = || Handshake::ServerHelloDone(Empty);
    let finished = || Handshake::Finished(Finished { verify_data: Rest(vec![1; 12].into()) });
    let told = |server: Vec<Handshake>| {
        told_of_order(server.into_iter().map(|message| (Side::Server, message)).collect())
    };
    for sound in [
        vec![
            hello(ecdhe),
            supplement(),
            certificate(),
            status(),
            key(),
            request(),
            done(),
            ticket(),
            finished(),
        ],
        vec![hello(rsa), certificate(), done()],
        vec![hello(anon), anon_key(), done()],
        // It goes on with an earlier session, and then begins anew.
        vec![hello(ecdhe), ticket(), finished(), Handshake::HelloRequest(Empty), hello(ecdhe)],
        vec![hello(ecdhe), finished(), hello(ecdhe), certificate(), key(), done()],
    ] {
        let names: Vec<_> = sound.iter().map(|message| message.msg_type().to_string()).collect();
        assert_eq!(told(sound), [], "{names:?}");
    }
    let notice = |field, reference, found: &str| vec![(field, reference, found.to_owned())];
    let (order, second) = ("RFC 5246 7.3", "a second one");
    assert_eq!(
        told(vec![hello(ecdhe), certificate(), done()]),
        notice("server_hello_done", "RFC 8422 5.4", "none"),
    );
    assert_eq!(
        told(vec![hello(ecdhe), key(), done()]),
        notice("server_hello_done", "RFC 5246 7.4.2", "none"),
    );
    assert_eq!(
        told(vec![hello(anon), certificate(), anon_key(), done()]),
        notice("certificate", "RFC 5246 7.4.2", "one"),
    );
    assert_eq!(
        told(vec![hello(anon), anon_key(), request(), done()]),
        notice("certificate_request", "RFC 5246 7.4.4", "one"),
    );
    assert_eq!(
        told(vec![hello(ecdhe), certificate(), request(), key(), done()]),
        notice("server_key_exchange", order, "server_key_exchange"),
    );
    assert_eq!(
        told(vec![hello(ecdhe), certificate(), certificate(), key(), done()]),
        notice("certificate", order, second),
    );
    assert_eq!(told(vec![hello(ecdhe), hello(ecdhe)]), notice("server_hello", order, second),);
}

/// RFC 5246 section 7.3: a client proves behind its key that it has the one of its certificate.
#[test]
fn the_order_of_a_clients_messages() {
    let suite = CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256;
    let context = Context::of(Some(ProtocolVersion::TLS1_2), Some(suite));
    let key = || Handshake::decode(&[16, 0, 0, 4, 0, 2, 7, 7], context).unwrap();
    let certificate =
        || Handshake::Certificate(Certificate { certificate_list: List::new(vec![]) });
    let verify = || {
        let signature = signature(SignatureScheme::rsa_pkcs1_sha256);
        Handshake::CertificateVerify(CertificateVerify { signature })
    };
    let told = |client: Vec<Handshake>| {
        let hello = Handshake::ServerHello(ServerHello { cipher_suite: suite, ..tls12() });
        let mut said = vec![(Side::Server, hello)];
        said.extend(client.into_iter().map(|message| (Side::Client, message)));
        told_of_order(said)
    };
    assert_eq!(told(vec![certificate(), key(), verify()]), []);
    assert_eq!(told(vec![key()]), []);
    let order = "RFC 5246 7.3";
    let notice = |field| vec![(field, order, String::from(field))];
    // A server says no such thing: which side says what was not told rightly.
    let hello = || (Side::Server, Handshake::ClientHello(hello()));
    let server = || Handshake::ServerHello(ServerHello { cipher_suite: suite, ..tls12() });
    let said = [server(), certificate(), certificate()].map(|message| (Side::Server, message));
    assert_eq!(told_of_order(said.to_vec()).len(), 1);
    assert_eq!(told_of_order(std::iter::once(hello()).chain(said).collect()), []);
    assert_eq!(told(vec![certificate(), verify(), key()]), notice("client_key_exchange"));
    assert_eq!(told(vec![key(), certificate()]), notice("certificate"));
}

/// In datagrams what is missing may have been lost, and what comes twice was sent again.
#[test]
fn the_order_of_messages_in_datagrams() {
    let rsa = CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256;
    let ecdhe = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    let own = Asn1Cert(der("rsa-2048"));
    let certificate =
        Handshake::Certificate(Certificate { certificate_list: List::new(vec![own]) });
    let done = Handshake::ServerHelloDone(Empty);
    let told = |cipher_suite, numbers: &[u16]| {
        let legacy_version = ProtocolVersion::DTLS1_2;
        let hello = Handshake::ServerHello(ServerHello { cipher_suite, legacy_version, ..tls12() });
        let mut recorder = Recorder::default();
        for number in numbers {
            let message = match number {
                1 => &hello,
                2 => &certificate,
                _ => &done,
            };
            recorder.push_datagram(Side::Server, None, &datagram(*number, message));
        }
        let transcript = recorder.finish(Source::default(), None);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        let told = remarks.filter(|it| ["RFC 5246 7.3", "RFC 8422 5.4"].contains(&it.reference));
        told.map(|it| it.field).collect::<Vec<_>>()
    };
    for numbers in [&[1, 2, 3][..], &[1, 2, 3, 1, 2, 3], &[2, 1, 3], &[1, 2, 2, 3], &[1, 3]] {
        assert_eq!(told(rsa, numbers), [""; 0], "{numbers:?}");
    }
    assert_eq!(told(ecdhe, &[1, 2, 3]), ["server_hello_done"]);
    // Its key has this number.
    assert_eq!(told(ecdhe, &[1, 2, 4]), [""; 0]);
}

#[test]
fn a_certificate_for_another_host_than_was_asked_for() {
    let told = |host: &str| {
        let mut hello = hello();
        hello
            .extensions
            .as_mut()
            .unwrap()
            .0
            .retain(|extension| extension.extension_type() != ExtensionType::server_name);
        offer(&mut hello, ExtensionType::server_name, &sni(host));
        let certificate_list = vec![Asn1Cert(der("extensions"))];
        let certificate =
            Handshake::Certificate(Certificate { certificate_list: List::new(certificate_list) });
        let notices = notices(hello, vec![Handshake::ServerHello(tls12()), certificate]);
        notices.into_iter().any(|(field, found)| field == "dNSName" && found == "others alone")
    };
    for host in ["example.test", "EXAMPLE.test", "www.example.test", "198.51.100.1"] {
        assert!(!told(host), "{host}");
    }
    for host in ["other.test", "a.www.example.test", "test"] {
        assert!(told(host), "{host}");
    }
}

/// The extension of a name that is asked for.
fn sni(host: &str) -> Vec<u8> {
    let length = u16::try_from(host.len()).unwrap();
    let name = [&[0][..], &length.to_be_bytes(), host.as_bytes()].concat();
    [&(length + 3).to_be_bytes()[..], &name].concat()
}

#[test]
fn a_suite_that_http2_forbids() {
    let told = |suite: CipherSuite, protocol: &str| {
        let notices = told(|hello, server| {
            offer(
                hello,
                ExtensionType::application_layer_protocol_negotiation,
                b"\0\x0c\x02h2\x08http/1.1",
            );
            hello.cipher_suites.0.push(suite);
            server.cipher_suite = suite;
            let names = List::new(vec![ProtocolName::new(protocol)]);
            answer(server, ServerExtension::Alpn(names));
        });
        notices.iter().any(|(field, found)| field == "cipher_suite" && found.contains("forbids"))
    };
    assert!(told(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "h2"));
    assert!(told(CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256, "h2"));
    assert!(!told(CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256, "http/1.1"));
    assert!(!told(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "h2"));
    assert!(!told(CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "h2"));
}

#[test]
fn a_hello_of_tls13_without_groups_is_told_once() {
    let notices = told(|hello, _| remove(hello, ExtensionType::supported_groups));
    let of_groups: Vec<_> =
        notices.iter().filter(|(field, _)| field == "extensions" || field == "key_share").collect();
    assert_eq!(of_groups.len(), 1, "{notices:?}");
}
