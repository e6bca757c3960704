//! What we read, under tshark's names: `handshake.ciphersuite` and so on, a value a field.

use helloscope::transcript::Transcript;
use helloscope::wire::field::Tree;
use helloscope::wire::stream::{Body, Framing, Header, Unit};

/// A value of a field, as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Number(u64),
    Text(String),
}

/// A field: the frame that completed what it stands in, its name without `tls.`, its value.
pub type Fact = (u32, &'static str, Value);

/// The fields that are compared.
pub const NAMES: &[&str] = &[
    "alert_message.desc",
    "alert_message.level",
    "extension.psk_ke_mode",
    "handshake.cert_type",
    "handshake.challenge_length",
    "handshake.clear_key_length",
    "handshake.encrypted_key_length",
    "handshake.key_arg_length",
    "handshake.certificate_length",
    "handshake.cipherspec",
    "handshake.ciphersuite",
    "handshake.client_point_len",
    "handshake.comp_method",
    "handshake.dnames_len",
    "handshake.epms_len",
    "handshake.extension.len",
    "handshake.extension.type",
    "handshake.extensions.supported_version",
    "handshake.extensions_alpn_str",
    "handshake.extensions_ec_point_format",
    "handshake.extensions_key_share_group",
    "handshake.extensions_key_share_key_exchange_length",
    "handshake.extensions_key_share_selected_group",
    "handshake.extensions_server_name",
    "handshake.extensions_status_request_type",
    "handshake.extensions_supported_group",
    "handshake.length",
    "handshake.p_len",
    "handshake.random",
    "handshake.server_named_curve",
    "handshake.server_point_len",
    "handshake.session_id",
    "handshake.session_id_length",
    "handshake.session_ticket_length",
    "handshake.session_ticket_lifetime_hint",
    "handshake.sig_hash_alg",
    "handshake.sig_len",
    "handshake.type",
    "handshake.version",
    "record.content_type",
    "record.epoch",
    "record.length",
    "record.sequence_number",
    "record.version",
];

/// Those whose values are text, or bytes in hexadecimal.
pub const TEXTS: &[&str] = &[
    "handshake.random",
    "handshake.session_id",
    "handshake.extensions_server_name",
    "handshake.extensions_alpn_str",
];

/// What is in a transcript, in the order of the wire. Of what is never whole tshark says nothing,
/// so that it is left out.
pub fn facts(transcript: &Transcript) -> Vec<Fact> {
    let mut facts = Vec::new();
    for event in &transcript.events {
        let Some(frame) = event.time.map(|time| time as u32) else { continue };
        let (tree, bytes) = match &event.unit {
            Unit::Header(header) => (&header.tree, &header.bytes),
            Unit::Message(message) if message.body == Body::Encrypted => continue,
            Unit::Message(message) => (&message.tree, &message.bytes),
        };
        let is_header = matches!(event.unit, Unit::Header(_));
        if let Unit::Header(Header { framing: Framing::Ssl2(_), .. }) = event.unit {
            facts.push((frame, "record.version", Value::Number(2)));
        }
        for (name, value) in fields(tree, bytes, is_header) {
            facts.push((frame, name, value));
        }
    }
    facts
}

/// The leaves of a tree that tshark has a name for.
fn fields(tree: &Tree, bytes: &[u8], is_header: bool) -> Vec<(&'static str, Value)> {
    let mut found = Vec::new();
    let mut path: Vec<&str> = Vec::new();
    let mut before = "";
    for (depth, field) in tree.with_depth() {
        path.truncate(depth);
        if !field.is_leaf() {
            path.push(field.name);
            continue;
        }
        let name = match is_header {
            true => header_name(field.name),
            false => message_name(&path, field.name, before),
        };
        before = field.name;
        let Some(name) = name else { continue };
        let number = field.number(bytes);
        let bytes = field.own(bytes);
        let value = match (name, number) {
            ("handshake.extensions_server_name" | "handshake.extensions_alpn_str", _) => {
                Value::Text(String::from_utf8_lossy(bytes).into_owned())
            }
            ("handshake.cipherspec", _) => {
                Value::Number(bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
            }
            (_, Some(number)) => Value::Number(number),
            (_, None) => Value::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
        };
        found.push((name, value));
    }
    found
}

/// What tshark calls a field of a record's header.
fn header_name(leaf: &str) -> Option<&'static str> {
    Some(match leaf {
        "content_type" => "record.content_type",
        "legacy_record_version" => "record.version",
        "length" => "record.length",
        "epoch" => "record.epoch",
        "sequence_number" => "record.sequence_number",
        _ => return None,
    })
}

/// What tshark calls a field of a message: by what it stands in, its own name, and the name of the
/// field before it.
fn message_name(path: &[&str], leaf: &str, before: &str) -> Option<&'static str> {
    let within = |name: &str| path.contains(&name);
    let holder = path.last().copied().unwrap_or_default();
    if within("Certificate") {
        return None;
    }
    Some(match (holder, leaf) {
        (_, "level") => "alert_message.level",
        (_, "description") => "alert_message.desc",
        (_, "msg_type") => "handshake.type",
        ("", "length") => "handshake.length",
        // SSL 2.0 has fields beside the type, and no length.
        ("", "version" | "server_version") => "handshake.version",
        ("", "certificate_type") => "handshake.cert_type",
        ("", "certificate_length") => "handshake.certificate_length",
        ("", "session_id_length") => "handshake.session_id_length",
        ("", "challenge_length") => "handshake.challenge_length",
        ("", "clear_key_length") => "handshake.clear_key_length",
        ("", "encrypted_key_length") => "handshake.encrypted_key_length",
        ("", "key_arg_length") => "handshake.key_arg_length",
        (_, "cipher_kind") => "handshake.cipherspec",
        ("client_hello" | "server_hello" | "hello_retry_request", "legacy_version")
        | ("server_hello", "version")
        | ("hello_verify_request", "server_version") => "handshake.version",
        (_, "random") => "handshake.random",
        ("legacy_session_id" | "legacy_session_id_echo", "length") => "handshake.session_id_length",
        ("legacy_session_id" | "legacy_session_id_echo", _) => "handshake.session_id",
        (_, "cipher_suite") => "handshake.ciphersuite",
        (_, "compression_method" | "legacy_compression_method") => "handshake.comp_method",
        (_, "extension_type") => "handshake.extension.type",
        (_, "length") if before == "extension_type" => "handshake.extension.len",
        ("host_name", "host_name") => "handshake.extensions_server_name",
        ("protocol_name", "protocol_name") if within("application_layer_protocol_negotiation") => {
            "handshake.extensions_alpn_str"
        }
        ("supported_groups", "named_group") => "handshake.extensions_supported_group",
        ("ec_point_formats", "ec_point_format") => "handshake.extensions_ec_point_format",
        (_, "algorithm") if within("server_key_exchange") || within("certificate_verify") => {
            "handshake.sig_hash_alg"
        }
        (_, "signature_scheme") => "handshake.sig_hash_alg",
        ("supported_versions", "version" | "supported_versions") => {
            "handshake.extensions.supported_version"
        }
        (_, "group") => "handshake.extensions_key_share_group",
        ("key_share", "key_share") => "handshake.extensions_key_share_selected_group",
        ("key_exchange", "length") => "handshake.extensions_key_share_key_exchange_length",
        (_, "status_type") => "handshake.extensions_status_request_type",
        ("psk_key_exchange_modes", "ke_mode") => "extension.psk_ke_mode",
        (_, "named_curve") => "handshake.server_named_curve",
        ("public", "length") => "handshake.server_point_len",
        ("ecdh_yc", "length") => "handshake.client_point_len",
        ("dh_p", "length") => "handshake.p_len",
        ("encrypted_pre_master_secret", "length") => "handshake.epms_len",
        ("certificate", "length") => "handshake.certificate_length",
        // Not of a CertificateVerify, for which tshark has no such field.
        ("signature", "length") if within("server_key_exchange") => "handshake.sig_len",
        ("certificate_types", "certificate_type") => "handshake.cert_type",
        ("certificate_authorities", "length") => "handshake.dnames_len",
        (_, "ticket_lifetime_hint") => "handshake.session_ticket_lifetime_hint",
        ("ticket", "length") => "handshake.session_ticket_length",
        _ => return None,
    })
}
