//! Every extension in every message in which it may stand, by bodies that were put together from
//! the documents that describe them (`testdata/extensions`).

mod common;

use std::collections::BTreeSet;
use std::fmt::Write;

use helloscope::fuzzing;
use helloscope::names::{Code, ExtensionType};
use helloscope::wire::extension::{
    Block, ClientExtension, EchClientHello, EchConfig, EncryptedExtension, EntryExtension,
    Extension, HelloRetryExtension, ParameterValue, RequestExtension, ServerExtension,
    TicketExtension, TransItem,
};
use helloscope::wire::fault::{Fault, Kind, Remark};
use helloscope::wire::field::{Field, Tree};
use helloscope::wire::grammar::{Context, Reader, Wire};
use proptest::prelude::*;

/// The kinds of message, in the order in which `fuzzing` counts them.
const MESSAGES: [&str; 7] =
    ["client", "server", "encrypted", "retry", "request", "entry", "ticket"];

/// A body of `bodies.txt`.
#[derive(Clone, Debug)]
struct Row {
    message: usize,
    extension_type: ExtensionType,
    body: Vec<u8>,
    source: String,
}

fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(common::path("testdata/extensions/bodies.txt")).unwrap();
    let row = |line: &str| {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().unwrap();
        let message = word();
        Row {
            message: MESSAGES.iter().position(|known| *known == message).unwrap(),
            extension_type: ExtensionType::parse(word()).unwrap(),
            body: unhex(word()),
            source: word().to_owned(),
        }
    };
    text.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Type, length and body.
fn wire(extension_type: ExtensionType, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&extension_type.0.to_be_bytes()[..], &length.to_be_bytes(), body].concat()
}

/// What was read: the tree, whether the value is typed, and the value in words.
struct Seen {
    tree: Tree,
    typed: bool,
}

/// Calls a generic function for the table of a kind of message.
macro_rules! in_table {
    ($message:expr, $call:ident($($argument:expr),*)) => {
        match $message {
            0 => $call::<ClientExtension>($($argument),*),
            1 => $call::<ServerExtension>($($argument),*),
            2 => $call::<EncryptedExtension>($($argument),*),
            3 => $call::<HelloRetryExtension>($($argument),*),
            4 => $call::<RequestExtension>($($argument),*),
            5 => $call::<EntryExtension>($($argument),*),
            _ => $call::<TicketExtension>($($argument),*),
        }
    };
}

fn see<E: Extension + std::fmt::Debug>(bytes: &[u8]) -> Seen {
    let mut r = Reader::<Tree>::new(bytes, Context::default());
    let extension = E::read(&mut r, "extension").unwrap();
    let tree = r.finish();
    tree.check_tiling(bytes.len()).unwrap();
    assert_eq!(extension.to_bytes(), bytes);
    Seen { typed: !format!("{extension:?}").starts_with("Raw("), tree }
}

fn has_form<E: Extension>(extension_type: ExtensionType) -> bool {
    let mut r = Reader::<()>::new(&[], Context::default());
    E::read_body(&mut r, extension_type, &mut { E::PLACE }).is_some()
}

#[test]
fn every_body_is_read_without_a_remark_and_comes_back_to_the_byte() {
    for row in rows() {
        let bytes = wire(row.extension_type, &row.body);
        let seen = in_table!(row.message, see(&bytes));
        let place = format!("{} {}", MESSAGES[row.message], row.extension_type);
        assert_eq!(seen.tree.remarks, [], "{place} ({})", row.source);
        assert!(seen.typed, "{place}");
        for name in ["malformed", "trailing"] {
            assert!(seen.tree.find(name).is_none(), "{place}");
        }
        fuzzing::extensions(&[&[u8::try_from(row.message).unwrap()], &bytes[..]].concat());
    }
}

#[test]
fn the_bodies_are_those_of_every_line_of_every_table() {
    let tried: BTreeSet<_> = rows().iter().map(|row| (row.message, row.extension_type)).collect();
    let known: BTreeSet<_> = (0..MESSAGES.len())
        .flat_map(|message| (0..=0xffff).map(move |number| (message, ExtensionType(number))))
        .filter(|(message, extension_type)| in_table!(message, has_form(*extension_type)))
        .collect();
    assert_eq!(tried, known);
    // And no extension with a name is in no table.
    let in_a_table: BTreeSet<_> =
        known.iter().map(|(_, extension_type)| extension_type.0).collect();
    let named: BTreeSet<_> = ExtensionType::all().iter().map(|&(number, _)| number).collect();
    assert_eq!(in_a_table, named);
}

#[test]
fn extensions_stand_where_iana_says_that_they_may_in_tls_1_3() {
    let csv = common::path("testdata/registries/iana-tls-extensiontype-values-1.csv");
    let csv = std::fs::read_to_string(csv).unwrap();
    let mut differences = Vec::new();
    for row in csv.lines().skip(1) {
        let (number, behind) = row.split_once(',').unwrap();
        let (name, behind) = behind.split_once(',').unwrap();
        let messages = behind.rsplit_once(',').unwrap().0.trim_matches('"');
        let extension_type = ExtensionType(number.parse().unwrap());
        assert_eq!(extension_type.name(), Some(name));
        let theirs: BTreeSet<&str> = messages.split(", ").filter(|word| *word != "-").collect();
        // Every extension of before TLS 1.3 may stand in hellos; which those of TLS 1.3 are, a
        // block that says that it is one tells.
        let mut ours: BTreeSet<&str> = ["EE", "HRR", "CR", "CT", "NST"]
            .into_iter()
            .zip(2..)
            .filter(|&(_, message)| in_table!(message, has_form(extension_type)))
            .map(|(message, _)| message)
            .collect();
        if in_table!(0, has_form(extension_type)) && theirs.contains("CH") {
            ours.insert("CH");
        }
        if may_stand_in_a_server_hello_of_tls_1_3(extension_type) {
            ours.insert("SH");
        }
        if ours != theirs {
            differences.push((name, Vec::from_iter(ours.symmetric_difference(&theirs).copied())));
        }
    }
    let expected = [
        // draft-ietf-tokbind-tls13, which expired.
        ("token_binding", vec!["EE"]),
        // The number of a draft for DTLS 1.2, in which ServerHello has the answers.
        ("connection_id_deprecated", vec!["SH"]),
    ];
    assert_eq!(differences, expected);
}

/// Whether it has a form in a ServerHello, and none minds it in one of TLS 1.3.
fn may_stand_in_a_server_hello_of_tls_1_3(extension_type: ExtensionType) -> bool {
    let row = rows()
        .into_iter()
        .find(|row| (MESSAGES[row.message], row.extension_type) == ("server", extension_type));
    let Some(row) = row else { return false };
    let versions: (_, &[u8]) = (ExtensionType::supported_versions, &[3, 4]);
    let own = (extension_type, &row.body[..]);
    let block = [own, versions];
    let block = &block[usize::from(own.0 == versions.0)..];
    remarks_on_block::<ServerExtension>(block).is_empty()
}

/// The bodies as they are shown: each leaf with its name and its words.
#[test]
fn every_body_is_shown_by_the_names_of_its_document() {
    let mut shown = String::new();
    for row in rows() {
        let bytes = wire(row.extension_type, &row.body);
        let tree = in_table!(row.message, see(&bytes)).tree;
        writeln!(shown, "{} {} ({})", MESSAGES[row.message], row.extension_type, row.source)
            .unwrap();
        for (depth, field) in tree.with_depth().skip(3) {
            let words = match field.is_leaf() {
                true => field
                    .words(&bytes)
                    .unwrap_or_else(|| format!("{} bytes", field.end() - field.start())),
                false => String::new(),
            };
            let line = format!("{}{} {words}", "  ".repeat(depth), field.name);
            writeln!(shown, "{}", line.trim_end()).unwrap();
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_body_cut_anywhere_or_with_any_byte_changed_keeps_the_laws() {
    for row in rows() {
        let message = u8::try_from(row.message).unwrap();
        let body_in = |body: &[u8]| [&[message], &wire(row.extension_type, body)[..]].concat();
        for cut in 0..row.body.len() {
            fuzzing::extensions(&body_in(&row.body[..cut]));
            let mut changed = row.body.clone();
            changed[cut] ^= [0x01, 0x80, 0xff][cut % 3];
            fuzzing::extensions(&body_in(&changed));
        }
        // The extension itself cut short, its length unchanged.
        let whole = body_in(&row.body);
        for cut in 1..whole.len() {
            fuzzing::extensions(&whole[..cut]);
        }
    }
}

/// The remarks on an extension in a kind of message.
fn remarks(message: usize, extension_type: ExtensionType, body: &[u8]) -> Vec<Remark> {
    let bytes = wire(extension_type, body);
    in_table!(message, see(&bytes)).tree.remarks
}

#[test]
fn a_body_is_read_with_a_notice_in_a_message_where_it_does_not_belong() {
    for row in rows() {
        for (message, name) in MESSAGES.iter().enumerate() {
            if in_table!(message, has_form(row.extension_type)) {
                continue;
            }
            let remarks = remarks(message, row.extension_type, &row.body);
            let [notice, rest @ ..] = &remarks[..] else {
                panic!("{} in {name}", row.extension_type);
            };
            assert_eq!((notice.kind, notice.range.clone()), (Kind::Notice, 0..row.body.len() + 4));
            assert_eq!(rest, []);
        }
    }
    // The form is shown, as the client's list of names.
    let body = unhex("000b00000873686f702e74737400".trim_end_matches("00"));
    let bytes = wire(ExtensionType::server_name, &body);
    let seen = see::<TicketExtension>(&bytes);
    assert!(!seen.typed);
    assert_eq!(seen.tree.find("name_type").map(|field| field.range()), Some(6..7));
}

#[test]
fn a_filter_goes_by_an_object_identifier() {
    let request = MESSAGES.iter().position(|name| *name == "request").unwrap();
    let of = |der: &str| {
        let filter = unhex(&format!("{:02x}{der}0000", der.len() / 2));
        let length = u16::try_from(filter.len()).unwrap().to_be_bytes();
        remarks(request, ExtensionType::oid_filters, &[&length[..], &filter].concat())
    };
    assert_eq!(of("0603551d25"), []);
    for (der, found) in [("0203551d25", "INTEGER"), ("3003060155", "SEQUENCE")] {
        let remarks = of(der);
        let [remark] = &remarks[..] else { panic!("{remarks:?}") };
        let told = (remark.kind, remark.fault.expected(), remark.fault.found());
        assert_eq!(told, (Kind::Form, "OBJECT IDENTIFIER".to_owned(), found.to_owned()));
    }
}

#[test]
fn grease_and_unknown_extensions_are_opaque_everywhere_and_nobody_minds() {
    for message in 0..MESSAGES.len() {
        for (extension_type, name) in
            [(ExtensionType(0x3a3a), "GREASE"), (ExtensionType(0x3a3b), "unknown")]
        {
            let bytes = wire(extension_type, &[1, 2, 3]);
            let seen = in_table!(message, see(&bytes));
            assert_eq!(seen.tree.remarks, []);
            assert_eq!(seen.tree.fields[0].name, name);
            assert_eq!(seen.tree.find("opaque").map(|field| field.range()), Some(4..7));
        }
    }
}

/// The first body of an extension in a kind of message, decoded.
fn first<E: Extension>(message: &str, extension_type: ExtensionType) -> E {
    let row = rows()
        .into_iter()
        .find(|row| MESSAGES[row.message] == message && row.extension_type == extension_type);
    E::decode(&wire(extension_type, &row.unwrap().body), Context::default()).unwrap()
}

#[test]
fn a_share_of_a_key_differs_between_the_three_hellos() {
    let client = first("client", ExtensionType::key_share);
    let ClientExtension::KeyShare(shares) = client else { panic!("{client:?}") };
    assert_eq!(shares.0.len(), 2);
    let server = first("server", ExtensionType::key_share);
    let ServerExtension::KeyShare(share) = server else { panic!("{server:?}") };
    assert_eq!((share.group.0, share.key_exchange.0.len()), (0x001d, 32));
    let retry = first("retry", ExtensionType::key_share);
    let HelloRetryExtension::KeyShare(group) = retry else { panic!("{retry:?}") };
    assert_eq!(group.0, 0x0017);
}

#[test]
fn configurations_of_ech_are_read_down_to_the_public_name() {
    let retry = first("encrypted", ExtensionType::encrypted_client_hello);
    let EncryptedExtension::EncryptedClientHello(configs) = retry else { panic!("{retry:?}") };
    let [EchConfig::Ech(config), EchConfig::Raw(draft, _)] = &configs.0[..] else {
        panic!("{configs:?}")
    };
    assert_eq!(config.public_name.0[..], *b"public.example");
    assert_eq!(config.key_config.cipher_suites.0.len(), 2);
    assert_eq!(draft.0, 0xfe0a);
    let inner = ClientExtension::from_data(ExtensionType::encrypted_client_hello, &[1]);
    let ClientExtension::EncryptedClientHello(inner) = inner else { panic!("{inner:?}") };
    assert!(matches!(*inner.0, EchClientHello::Inner(_)));
}

#[test]
fn parameters_of_quic_are_numbers_addresses_and_versions() {
    let quic = first("client", ExtensionType::quic_transport_parameters);
    let ClientExtension::QuicTransportParameters(parameters) = quic else { panic!("{quic:?}") };
    let value = |name: &str| {
        let mut named = parameters.0.iter().filter(|parameter| parameter.id.name() == Some(name));
        named.next().map(|parameter| &parameter.value)
    };
    let Some(ParameterValue::Number(data)) = value("initial_max_data") else { panic!() };
    assert_eq!(data.value(), 15_728_640);
    let Some(ParameterValue::PreferredAddress(address)) = value("preferred_address") else {
        panic!()
    };
    assert_eq!((address.ipv4_address.0, address.ipv4_port), ([192, 0, 2, 1], 443));
    let Some(ParameterValue::VersionInformation(versions)) = value("version_information") else {
        panic!()
    };
    assert_eq!(versions.available_versions.0.len(), 3);
    assert_eq!(parameters.0.iter().filter(|parameter| parameter.length_width == 4).count(), 1);
}

#[test]
fn a_parameter_of_quic_that_lacks_its_form_is_remarked_and_kept() {
    // max_idle_timeout in two bytes where the number says that it takes four (RFC 9000 16).
    let remarks = remarks(0, ExtensionType::quic_transport_parameters, &[1, 2, 0x80, 0, 4, 1, 5]);
    let [remark] = &remarks[..] else { panic!("{remarks:?}") };
    assert_eq!((remark.kind, remark.field), (Kind::Form, "max_idle_timeout"));
}

#[test]
fn a_length_of_a_connection_id_of_quic_is_told_by_what_bounds_it() {
    // original_destination_connection_id, which a client draws, and a reset token.
    for (id, length, reference) in
        [(0, 7, "RFC 9000 7.2"), (0, 21, "RFC 9000 17.2"), (2, 15, "RFC 9000 18.2")]
    {
        let parameter = [&[id, length][..], &vec![7; length.into()]].concat();
        let remarks = remarks(0, ExtensionType::quic_transport_parameters, &parameter);
        let [remark] = &remarks[..] else { panic!("{remarks:?}") };
        assert_eq!(remark.reference, reference, "{id} {length}");
    }
}

#[test]
fn a_parameter_of_quic_that_is_a_flag_has_nothing_in_it() {
    // disable_active_migration, and grease_quic_bit of RFC 9287.
    for id in [&[0x0c][..], &[0x6a, 0xb2]] {
        let of = |rest: &[u8]| {
            remarks(0, ExtensionType::quic_transport_parameters, &[id, rest].concat())
        };
        assert_eq!(of(&[0]), []);
        let remarks = of(&[1, 7]);
        let [remark] = &remarks[..] else { panic!("{remarks:?}") };
        assert_eq!((remark.kind, remark.reference), (Kind::Form, "RFC 9000 18.2"));
        assert_eq!(remark.fault, Fault::Trailing { found: 1 });
    }
}

#[test]
fn timestamps_of_version_2_are_read_down_to_log_and_time() {
    let info = first("entry", ExtensionType::transparency_info);
    let EntryExtension::TransparencyInfo(items) = info else { panic!("{info:?}") };
    let TransItem::X509Sct(timestamp) = &items.0[0].0 else { panic!("{items:?}") };
    assert_eq!(timestamp.timestamp, 1_700_000_000_123);
    assert_eq!(timestamp.log_id.0.len(), 9);
}

#[test]
fn a_choice_in_a_spec_goes_by_its_name_or_by_its_number() {
    for (spec, body) in [
        (r#"{"encrypted_client_hello": {"inner": ""}}"#, "01"),
        (r#"{"encrypted_client_hello": {"type": 7, "data": "abcd"}}"#, "07abcd"),
        (r#"{"type": "encrypted_client_hello", "data": "01"}"#, "01"),
        (r#"{"key_share_old": {"extended_random": "ffff"}}"#, "0002ffff"),
        (
            r#"{"quic_transport_parameters": [{"id": "max_idle_timeout", "value": 30000}]}"#,
            "010480007530",
        ),
    ] {
        let extension: ClientExtension = serde_json::from_str(spec).unwrap();
        assert_eq!(extension.data(), unhex(body), "{spec}");
    }
    for (spec, problem) in [
        (r#"{"encrypted_client_hello": {"iner": ""}}"#, "did you mean \"inner\"?"),
        (
            r#"{"quic_transport_parameters": [{"id": "max_idle", "value": 1}]}"#,
            "no transport parameter",
        ),
        (r#"{"key_share": [], "cookie": ""}"#, "one entry holds one extension"),
    ] {
        let error = serde_json::from_str::<ClientExtension>(spec).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}

/// The example in CONTRIBUTING.md is the code that it is about.
#[test]
fn the_example_of_an_extension_is_how_it_is_done() {
    let read = |path| std::fs::read_to_string(common::path(path)).unwrap();
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sources = [
        "src/names/extension_type.rs",
        "src/wire/extension/ticket.rs",
        "src/wire/extension/tables.rs",
        "testdata/extensions/make.py",
    ];
    let sources = squeeze(&sources.map(read).concat());
    let text = read("CONTRIBUTING.md");
    let blocks: Vec<&str> = text.split("```").skip(1).step_by(2).collect();
    let code = blocks.iter().filter_map(|block| {
        block.strip_prefix("rust\n").or_else(|| block.strip_prefix("python\n"))
    });
    let mut blocks = 0;
    for block in code {
        assert!(sources.contains(&squeeze(block)), "{block}");
        blocks += 1;
    }
    assert_eq!(blocks, 5);
}

/// A block of these extensions, and the remarks on it in a kind of message: how each is meant, the
/// extension that it is on, and what was found.
fn remarks_on_block<E: Extension>(
    extensions: &[(ExtensionType, &[u8])],
) -> Vec<(Kind, &'static str, String)> {
    let all: Vec<u8> = extensions.iter().flat_map(|(number, body)| wire(*number, body)).collect();
    let bytes = [&u16::try_from(all.len()).unwrap().to_be_bytes()[..], &all].concat();
    let mut r = Reader::<Tree>::new(&bytes, Context::default());
    if let Ok(block) = Block::<E>::read(&mut r, "extensions") {
        assert_eq!(block.to_bytes(), bytes);
    }
    let tree = r.finish();
    tree.check_tiling(bytes.len()).unwrap();
    let words = |remark: &Remark| {
        // A notice on a block is on one of its extensions as a whole.
        let whole = |(depth, field): &(usize, &Field)| *depth == 1 && field.range() == remark.range;
        let name = tree.with_depth().find(whole).map_or(remark.field, |(_, field)| field.name);
        (remark.kind, name, remark.fault.found())
    };
    tree.remarks.iter().map(words).collect()
}

#[test]
fn what_is_odd_about_a_block_is_noticed_at_its_place() {
    use ExtensionType as T;
    let versions: (_, &[u8]) = (T::supported_versions, &[3, 4]);
    let share: (_, &[u8]) = (T::key_share, &[0, 29, 0, 1, 9]);
    let protocol: (_, &[u8]) = (T::application_layer_protocol_negotiation, &[0, 3, 2, b'h', b'2']);
    let notice = |name, found: &str| (Kind::Notice, name, found.to_owned());

    // RFC 8446 4.1.3: what is not about keys belongs into EncryptedExtensions.
    let found = remarks_on_block::<ServerExtension>(&[share, protocol, versions]);
    let name = "application_layer_protocol_negotiation";
    assert_eq!(found, [notice(name, "what belongs into EncryptedExtensions")]);
    assert_eq!(remarks_on_block::<ServerExtension>(&[share, versions]), []);
    assert_eq!(remarks_on_block::<ServerExtension>(&[protocol]), []);
    // RFC 8446 4.2: the status of a certificate stands beside that, and others are in no message.
    let found = remarks_on_block::<ServerExtension>(&[share, (T::status_request, &[]), versions]);
    assert_eq!(found, [notice("status_request", "what belongs beside a certificate")]);
    for (of, body) in [
        (T::extended_master_secret, &[][..]),
        (T::renegotiation_info, &[0]),
        (T::encrypt_then_mac, &[]),
        (T::session_ticket, &[]),
        (T::trusted_ca_keys, &[]),
        (T::client_certificate_url, &[]),
        (T::truncated_hmac, &[]),
        (T::status_request_v2, &[]),
        (T::tls_lts, &[]),
        (T::TLMSP, &[]),
        (T::ec_point_formats, &[1, 0]),
    ] {
        let found = remarks_on_block::<ServerExtension>(&[share, (of, body), versions]);
        assert_eq!(found, [notice(of.name().unwrap(), "one that TLS 1.3 does not have")]);
    }
    let found = remarks_on_block::<ServerExtension>(&[protocol, share]);
    assert_eq!(found, [notice("key_share", "one of TLS 1.3, without supported_versions")]);

    // RFC 8446 4.2: no type twice. Types whose numbers differ by 64 are not the same.
    let ems: (_, &[u8]) = (T::extended_master_secret, &[]);
    let found = remarks_on_block::<ClientExtension>(&[ems, (T(23 + 64), &[]), ems]);
    assert_eq!(found, [notice("extended_master_secret", "a second one")]);
    assert_eq!(remarks_on_block::<ClientExtension>(&[ems, (T(23 + 64), &[])]), []);

    // RFC 8446 4.2.11: pre_shared_key stands last.
    let identity = [0, 7, 0, 1, 9, 0, 0, 0, 0];
    let binder = [&[0, 33, 32][..], &[9; 32]].concat();
    let offered = [&identity[..], &binder].concat();
    let psk = (T::pre_shared_key, &*offered);
    let found = remarks_on_block::<ClientExtension>(&[psk, ems]);
    assert_eq!(found, [notice("pre_shared_key", "one before others")]);
    assert_eq!(remarks_on_block::<ClientExtension>(&[ems, psk]), []);
    // Whatever its body is: with a byte more, cut off, and none.
    let more = [&offered[..], &[9]].concat();
    for body in [&more, &offered[..20], &[]] {
        let psk = (T::pre_shared_key, body);
        let notices = |extensions: &[(T, &[u8])]| {
            let mut found = remarks_on_block::<ClientExtension>(extensions);
            found.retain(|(kind, ..)| *kind == Kind::Notice);
            found
        };
        assert_eq!(notices(&[psk, ems]), [notice("pre_shared_key", "one before others")]);
        assert_eq!(notices(&[ems, psk]), []);
    }
}

#[test]
fn where_a_block_breaks_off_what_stands_before_is_noticed_all_the_same() {
    // A pre_shared_key without a body, extended_master_secret twice, and a length beyond the end.
    let block = [0, 16, 0, 41, 0, 0, 0, 23, 0, 0, 0, 23, 0, 0, 0, 35, 0, 9];
    let mut r = Reader::<Tree>::new(&block, Context::default());
    assert!(Block::<ClientExtension>::read(&mut r, "extensions").is_err());
    let tree = r.finish();
    let notices = tree.remarks.iter().filter(|remark| remark.kind == Kind::Notice);
    let found: Vec<_> = notices.map(|it| (it.range.clone(), it.fault.found())).collect();
    let expected = [(10..14, "a second one"), (2..6, "one before others")];
    assert_eq!(found, expected.map(|(range, found)| (range, found.to_owned())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_body_of_any_extension_in_any_message_keeps_the_laws(
        message in 0u8..7,
        (number, _) in proptest::sample::select(ExtensionType::all()),
        body in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        fuzzing::extensions(&[&[message], &wire(ExtensionType(number), &body)[..]].concat());
    }

    #[test]
    fn bodies_with_pieces_of_others_in_them_keep_the_laws(
        row in proptest::sample::select(rows()),
        other in proptest::sample::select(rows()),
        at in any::<proptest::sample::Index>(),
        from in any::<proptest::sample::Index>(),
    ) {
        let mut body = row.body.clone();
        let piece = &other.body[from.index(other.body.len() + 1)..];
        let at = at.index(body.len() + 1);
        body.splice(at..at, piece.iter().copied());
        let message = u8::try_from(row.message).unwrap();
        fuzzing::extensions(&[&[message], &wire(row.extension_type, &body)[..]].concat());
    }
}

#[test]
fn a_protocol_that_is_to_be_ignored_is_named_so() {
    // RFC 8701 section 2: two equal bytes that end in a.
    let body = [0, 9, 2, 0x0a, 0x0a, 2, 0xfa, 0xfa, 2, b'h', b'2'];
    let alpn = ExtensionType::application_layer_protocol_negotiation;
    let bytes = wire(alpn, &body);
    let bytes = [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], &bytes].concat();
    let mut r = Reader::<Tree>::new(&bytes, Context::default());
    let block = Block::<ClientExtension>::read(&mut r, "extensions").unwrap();
    assert_eq!(block.to_bytes(), bytes);
    let tree = r.finish();
    let names = tree.leaves().filter(|leaf| leaf.name == "protocol_name");
    let words: Vec<String> = names.filter_map(|leaf| leaf.words(&bytes)).collect();
    assert_eq!(words, ["GREASE (0x0a0a)", "GREASE (0xfafa)", "h2"]);
}
