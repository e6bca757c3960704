//! Our tables of names against others: IANA's registry, tls-parser and tshark. Suites have a file
//! of their own, `oracle_suites.rs`. Where one differs from us and we mean it, the test says so and
//! why.

mod common;

use std::ops::RangeInclusive;

use common::registries::{Row, by_asking, differences, file, letters, parse, said_by, tshark_rows};
use helloscope::names::*;
use tls_parser::{TlsAlertDescription, TlsExtensionType, TlsHandshakeType, TlsVersion};

/// A difference that was found: the number, our name (or "" where we have none), theirs.
type Found = (u16, &'static str, String);

/// The same, as it is written here.
type Difference = (u16, &'static str, &'static str);

fn assert_differences<C: Code>(theirs: &[Row], meant: &[Difference]) {
    let owned = |&(number, ours, theirs): &Difference| (number, ours, theirs.to_owned());
    let meant: Vec<_> = meant.iter().map(owned).collect();
    assert_eq!(differences::<C>(theirs), meant, "{}", C::ITEM);
}

#[test]
fn every_group_of_iana_is_here_by_its_name_and_twelve_more() {
    let iana: Vec<Row> = file("iana-tls-parameters-8.csv")
        .lines()
        .skip(1)
        .map(|row| {
            let mut fields = row.split(',');
            let number = parse(fields.next().unwrap());
            (number, fields.next().unwrap().trim_end_matches(" (OBSOLETE)").to_owned())
        })
        .collect();
    assert_eq!(iana.len(), 56);
    assert_differences::<NamedGroup>(&iana, &[]);
    let registered = |number: u16| iana.iter().any(|row| row.0 == u32::from(number));
    let more: Vec<&str> =
        NamedGroup::all().iter().filter(|row| !registered(row.0)).map(|&(_, name)| name).collect();
    assert_eq!(
        more,
        [
            // Never registered.
            "kyber512",
            "kyber768",
            "kyber1024",
            // Registered after the copy was made.
            "curveSM2MLKEM768",
            // Never registered.
            "x25519_kyber512",
            "p256_kyber512",
            "p384_kyber768",
            "p521_kyber1024",
            "CECPQ2",
            "X25519Kyber512Draft00",
            "X25519Kyber768Draft00Old",
            "P256Kyber768Draft00",
        ]
    );
}

#[test]
fn names_are_tls_parsers_except_where_it_abbreviates_or_invents() {
    let alerts = by_asking::<AlertDescription>(|n| TlsAlertDescription(n as u8).to_string());
    assert_differences::<AlertDescription>(
        &alerts,
        &[
            (90, "user_canceled", "UserCancelled"),
            (111, "certificate_unobtainable", "CertUnobtainable"),
            (113, "bad_certificate_status_response", "BadCertStatusResponse"),
            (114, "bad_certificate_hash_value", "BadCertHashValue"),
        ],
    );
    let extensions = by_asking::<ExtensionType>(|n| TlsExtensionType(n).to_string());
    assert_differences::<ExtensionType>(
        &extensions,
        &[
            (2, "client_certificate_url", "ClientCertificate"),
            (35, "session_ticket", "SessionTicketTLS"),
            (45, "psk_key_exchange_modes", "PskExchangeModes"),
            (50, "signature_algorithms_cert", "SigAlgorithmsCert"),
            // One of sixteen, which we tell by RFC 8701's rule.
            (0xfafa, "", "Grease"),
        ],
    );
    let messages = by_asking::<HandshakeType>(|n| format!("{:?}", TlsHandshakeType(n as u8)));
    assert_differences::<HandshakeType>(&messages, &[(14, "server_hello_done", "ServerDone")]);
    let groups = by_asking::<NamedGroup>(|n| format!("{:?}", tls_parser::NamedGroup(n)));
    assert_differences::<NamedGroup>(
        &groups,
        &[(29, "x25519", "EcdhX25519"), (30, "x448", "EcdhX448"), (41, "curveSM2", "Sm2")],
    );
    let versions = by_asking::<ProtocolVersion>(|n| format!("{:?}", TlsVersion(n)));
    // There is no DTLS 1.1.
    assert_differences::<ProtocolVersion>(&versions, &[(0xfefe, "", "DTls11")]);
    let schemes = by_asking::<SignatureScheme>(|n| tls_parser::SignatureScheme(n).to_string());
    assert_differences::<SignatureScheme>(&schemes, &[]);
    let curves = by_asking::<EcCurveType>(|n| tls_parser::ECCurveType(n as u8).to_string());
    // RFC 8422 section 5.4.
    assert_differences::<EcCurveType>(&curves, &[(3, "named_curve", "NamedGroup")]);
    let hashes = by_asking::<HashAlgorithm>(|n| tls_parser::HashAlgorithm(n as u8).to_string());
    assert_differences::<HashAlgorithm>(&hashes, &[]);
    let signatures =
        by_asking::<SignatureAlgorithm>(|n| tls_parser::SignAlgorithm(n as u8).to_string());
    assert_differences::<SignatureAlgorithm>(&signatures, &[]);
}

const TSHARK: &str = "tshark-4.0.17-values.tsv";

/// A field of tshark's, which registry of ours it has, and where the names differ.
struct Table {
    field: &'static str,
    differences: fn(&[Row]) -> Vec<Found>,
    /// Numbers that we do not look at.
    apart: &'static [RangeInclusive<u16>],
    meant: &'static [Difference],
}

const fn table<C: Code>(field: &'static str, meant: &'static [Difference]) -> Table {
    Table { field, differences: differences::<C>, apart: &[], meant }
}

impl Table {
    const fn apart_from(mut self, apart: &'static [RangeInclusive<u16>]) -> Table {
        self.apart = apart;
        self
    }
}

/// Post-quantum experiments of Open Quantum Safe, whose numbers change from release to release.
/// We name Kyber's, which were offered in earnest; IANA has given others to ML-KEM.
const OQS_GROUPS: &[RangeInclusive<u16>] = &[0x0200..=0x0246, 0x2f00..=0x2f46];
const OQS_SIGNATURES: &[RangeInclusive<u16>] = &[0xfe0b..=0xfead];

const TABLES: &[Table] = &[
    table::<AlertDescription>("tls.alert_message.desc", &[]),
    table::<AlertLevel>("tls.alert_message.level", &[]),
    table::<CertificateCompressionAlgorithm>("tls.compress_certificate.algorithm", &[]),
    table::<PskKeyExchangeMode>(
        "tls.extension.psk_ke_mode",
        &[
            (0, "psk_ke", "PSK-only key establishment (psk_ke)"),
            (1, "psk_dhe_ke", "PSK with (EC)DHE key establishment (psk_dhe_ke)"),
        ],
    ),
    table::<ClientCertificateType>(
        "tls.handshake.cert_type",
        &[
            // Of SSL 2.0.
            (0, "", "N/A"),
            (1, "rsa_sign", "X.509 Certificate"),
            (21, "gostr34102_94_sign", "GOST R 34.10-94"),
            (22, "gostr34102_2001_sign", "GOST R 34.10-2001"),
        ],
    ),
    table::<CertificateType>("tls.handshake.cert_type.type", &[]),
    table::<CertChainType>(
        "tls.handshake.cert_url_type",
        // RFC 6066 section 5: individual_certs(0), pkipath(1).
        &[(1, "pkipath", "Individual Certificates"), (2, "", "PKI Path")],
    ),
    table::<CompressionMethod>("tls.handshake.comp_method", &[]),
    table::<HeartbeatMode>(
        "tls.handshake.extension.heartbeat.mode",
        &[
            (1, "peer_allowed_to_send", "Peer allowed to send requests"),
            (2, "peer_not_allowed_to_send", "Peer not allowed to send requests"),
        ],
    ),
    table::<ExtensionType>(
        "tls.handshake.extension.type",
        &[
            // RFC 9345 section 4.1 has the singular.
            (34, "delegated_credential", "delegated_credentials"),
            (40, "key_share_old", "Reserved (key_share)"),
            (46, "ticket_early_data_info", "Reserved (ticket_early_data_info)"),
            // 17613 came after 4.0.
            (17513, "application_settings_old", "application_settings"),
            (
                0xffa5,
                "quic_transport_parameters_draft",
                "quic_transport_parameters (drafts version)",
            ),
        ],
    ),
    table::<ProtocolVersion>(
        "tls.handshake.extensions.supported_version",
        &[
            // GB/T 38636-2020 calls it TLCP.
            (0x0101, "TLCP 1.1", "GMTLS"),
            (0x0100, "DTLS 1.0 of OpenSSL before 0.9.8f", "DTLS 1.0 (OpenSSL pre 0.9.8f)"),
        ],
    ),
    table::<EcPointFormat>("tls.handshake.extensions_ec_point_format", &[]),
    table::<NameType>("tls.handshake.extensions_server_name_type", &[]),
    table::<CertificateStatusType>("tls.handshake.extensions_status_request_type", &[]),
    table::<NamedGroup>("tls.handshake.extensions_supported_group", &[]).apart_from(OQS_GROUPS),
    table::<KeyUpdateRequest>("tls.handshake.key_update.request_update", &[]),
    table::<MaxFragmentLength>(
        "tls.handshake.max_fragment_length",
        &[
            (1, "512 bytes", "512"),
            (2, "1024 bytes", "1024"),
            (3, "2048 bytes", "2048"),
            (4, "4096 bytes", "4096"),
        ],
    ),
    table::<EcCurveType>("tls.handshake.server_curve_type", &[]),
    table::<SignatureScheme>("tls.handshake.sig_hash_alg", &[]).apart_from(OQS_SIGNATURES),
    // IANA has neither: sm2sig_sm3 is a number as a whole.
    table::<HashAlgorithm>("tls.handshake.sig_hash_hash", &[(7, "", "SM3")]),
    table::<SignatureAlgorithm>("tls.handshake.sig_hash_sig", &[(4, "", "SM2")]),
    table::<HeartbeatMessageType>(
        "tls.heartbeat_message.type",
        &[(1, "heartbeat_request", "Request"), (2, "heartbeat_response", "Response")],
    ),
    table::<ContentType>("tls.record.content_type", &[(25, "tls12_cid", "Connection ID")]),
    table::<SrtpProtectionProfile>("dtls.use_srtp.protection_profile", &[]),
    table::<OcspResponseStatus>("ocsp.responseStatus", &[]),
    table::<CrlReason>("x509ce.CRLReason", &[]),
];

#[test]
fn names_are_tsharks_except_those_that_stand_here() {
    let values = file(TSHARK);
    for Table { field, differences, apart, meant } in TABLES {
        let mut rows = tshark_rows(&values, field);
        rows.retain(|(number, _)| !apart.iter().any(|range| range.contains(&(*number as u16))));
        let found = differences(&rows);
        let owned = |&(number, ours, theirs): &Difference| (number, ours, theirs.to_owned());
        assert_eq!(found, meant.iter().map(owned).collect::<Vec<_>>(), "{field}");
    }
}

/// tshark has the messages of SSL 2.0 and of all later versions in one table.
#[test]
fn messages_are_called_as_tshark_calls_them_except_two() {
    let mut differing = Vec::new();
    for (number, theirs) in tshark_rows(&file(TSHARK), "tls.handshake.type") {
        let names = [Ssl2MessageType(number as u8).name(), HandshakeType(number as u8).name()];
        if names.iter().flatten().all(|ours| letters(ours) != letters(&theirs)) {
            differing.push((number, names[1], theirs));
        }
    }
    assert_eq!(
        differing,
        [
            // RFC 6066 section 5 has certificate_url.
            (21, Some("certificate_url"), "Client Certificate URL".to_owned()),
            // draft-agl-tls-nextprotoneg-04 has next_protocol; an earlier one had this.
            (67, Some("next_protocol"), "Encrypted Extensions".to_owned()),
        ]
    );
}

/// The installed tshark may know more than the file, but on what both know it must not contradict
/// us where the file does not.
#[test]
fn the_tshark_at_hand_says_no_other_than_the_file() {
    let Some(values) = said_by("tshark", &["-G", "values"], false) else { return };
    let filed = file(TSHARK);
    for Table { field, differences, .. } in TABLES {
        let known = differences(&tshark_rows(&filed, field));
        let mut rows = tshark_rows(&values, field);
        let numbers: Vec<u32> = tshark_rows(&filed, field).iter().map(|row| row.0).collect();
        rows.retain(|(number, _)| numbers.contains(number));
        let more: Vec<_> =
            differences(&rows).into_iter().filter(|row| !known.contains(row)).collect();
        assert_eq!(more, [], "{field}");
    }
}

#[test]
fn versions_of_quic_are_tsharks() {
    let mut count = 0;
    for row in file(TSHARK).lines() {
        let ["R", "quic.version", first, last, theirs] = row.split('\t').collect::<Vec<_>>()[..]
        else {
            continue;
        };
        count += 1;
        let ours = quic::version(parse(first)).unwrap_or_else(|| panic!("{theirs} has no name"));
        assert_eq!(quic::version(parse(last)), Some(ours), "{theirs}");
        let theirs = match theirs {
            "Version Negotiation" => "version negotiation".to_owned(),
            "1" | "2" => format!("QUIC v{theirs}"),
            "QGO (QUIC GO)" => "quic-go".to_owned(),
            "Proxied QUIC (PROX)" => "PROX".to_owned(),
            _ if theirs.starts_with("Facebook mvfst") => "Facebook".to_owned(),
            _ if theirs.starts_with("draft-") => format!("QUIC v1 {theirs}"),
            _ if theirs.starts_with("v2-") => format!("QUIC {theirs}"),
            _ => theirs.split(" (").next().unwrap().replace(" internal", ""),
        };
        let ours = if ours.starts_with("Facebook") { "Facebook" } else { ours };
        assert_eq!(letters(ours), letters(&theirs));
    }
    assert_eq!(count, 56);
}
