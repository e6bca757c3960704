//! In what a hello is carried: records of TLS (RFC 8446 section 5.1), one record of SSL 2.0
//! (RFC 5246 appendix E.2), or datagrams of DTLS (RFC 6347 section 4.2).

use serde::{Deserialize, Serialize};

use super::spec::{FIRST_VERSION, Fresh, HelloSpec, nothing};
use crate::names::{CompressionMethod, ContentType, ProtocolVersion, Ssl2MessageType};
use crate::wire::extension::{ClientExtension, EchClientHello, Extension};
use crate::wire::grammar::{Octets, OnlyDtls, Opaque, Rest, Sequence, Uint24, Wire};
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::client_rules::offers_tls13;
use crate::wire::handshake::{DTLS_HEADER, Handshake};
use crate::wire::record::dtls::{DtlsHeader, Uint48};
use crate::wire::record::ssl2::{CipherKind, Ssl2ClientHello, Ssl2Header};
use crate::wire::record::{LARGEST, cut, records_of};

/// In what a hello is carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// Records of SSL 3.0 and later.
    #[default]
    Tls,
    /// A record and a message of SSL 2.0.
    Sslv2,
    /// Datagrams.
    Dtls,
}

impl Framing {
    /// Every framing.
    pub const ALL: [Framing; 3] = [Framing::Tls, Framing::Sslv2, Framing::Dtls];

    /// As it is written in a spec and in an edit.
    pub fn word(self) -> &'static str {
        match self {
            Framing::Tls => "tls",
            Framing::Sslv2 => "sslv2",
            Framing::Dtls => "dtls",
        }
    }
}

/// What a hello of SSL 2.0 has beside what one of TLS has. Version, session id and suites are the
/// message's, and the challenge is the end of its random.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sslv2Form {
    /// Kinds of ciphers, in order; the message's suites where none is given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cipher_specs: Vec<CipherKind>,
    /// Bytes of the challenge, 32 where nothing is said. Beyond that it begins with zeros.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_length: Option<u8>,
    /// Bytes that fill the record up at its end, which makes its header one of three bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub padding: Option<u8>,
}

/// What the headers of DTLS count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DtlsForm {
    /// Which message of the handshake it is: 1 behind a HelloVerifyRequest.
    pub message_seq: u16,
    /// Which record the first one is.
    pub sequence_number: u64,
    /// By how much the number of each record is more than that of the one before; 1 where nothing
    /// is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_step: Option<u64>,
}

impl DtlsForm {
    /// The number of the record of this index, in the 48 bits that it has.
    pub fn number(&self, index: usize) -> u64 {
        let further = self.sequence_step.unwrap_or(1).wrapping_mul(index as u64);
        self.sequence_number.wrapping_add(further) & LAST_RECORD
    }
}

/// All that the records of a spec carry, as its types say it.
pub fn message(spec: &HelloSpec) -> Vec<u8> {
    let mut message = match spec.framing {
        Framing::Tls => Handshake::ClientHello(spec.hello.clone()).to_bytes(),
        Framing::Dtls => {
            let hello = Handshake::ClientHello(spec.hello.clone());
            hello.to_datagram_bytes(spec.dtls.message_seq)
        }
        Framing::Sslv2 => return ssl2_client_hello(spec).to_bytes(),
    };
    if let Some(length) = spec.handshake_length {
        let [_, claimed @ ..] = length.to_be_bytes();
        for (slot, byte) in message.iter_mut().skip(1).zip(claimed) {
            *slot = byte;
        }
    }
    message
}

/// The spec's message in its frames: one piece over TCP, the datagrams of DTLS.
pub fn frame(spec: &HelloSpec) -> Vec<Vec<u8>> {
    if let Some(flight) = &spec.flight {
        return flight.pieces();
    }
    let message = spec.message();
    // Where the length stands in the first header, and how wide it is.
    let (mut pieces, place) = match spec.framing {
        Framing::Tls => {
            let version = |index| spec.version_of_record(index);
            (vec![records_of(spec.record_type, version, &message, &spec.records)], 3)
        }
        Framing::Dtls => (fragments(spec, &message), 11),
        Framing::Sslv2 => {
            let padding = spec.sslv2.padding;
            let length = message.len() + usize::from(padding.unwrap_or(0));
            let mut record = Vec::with_capacity(length + 3);
            Ssl2Header { length, is_escape: false, padding }.write(&mut record);
            record.extend(message);
            record.resize(record.len() + usize::from(padding.unwrap_or(0)), 0);
            (vec![record], 0)
        }
    };
    if let (Some(length), Some(first)) = (spec.record_length, pieces.first_mut()) {
        let length = match spec.framing {
            Framing::Sslv2 if spec.sslv2.padding.is_none() => length | 0x8000,
            _ => length,
        };
        for (slot, byte) in first.iter_mut().skip(place).zip(length.to_be_bytes()) {
            *slot = byte;
        }
    }
    pieces
}

fn ssl2_client_hello(spec: &HelloSpec) -> Ssl2ClientHello {
    let hello = &spec.hello;
    let kinds = match spec.sslv2.cipher_specs.as_slice() {
        [] => hello.cipher_suites.0.iter().map(|suite| CipherKind(suite.0.into())).collect(),
        kinds => kinds.to_vec(),
    };
    let random = &hello.random.0.0;
    let wanted = usize::from(spec.sslv2.challenge_length.unwrap_or(32));
    let mut challenge = vec![0; wanted.saturating_sub(random.len())];
    challenge.extend(random.iter().skip(random.len().saturating_sub(wanted)));
    Ssl2ClientHello {
        msg_type: Ssl2MessageType::CLIENT_HELLO,
        version: hello.legacy_version,
        cipher_specs: Sequence(kinds),
        session_id: Rest(Octets::from_slice(&hello.legacy_session_id.0)),
        challenge: Rest(challenge.into()),
    }
}

/// A message of DTLS in as many fragments as the spec's records say, each in a record and a
/// datagram of its own.
fn fragments(spec: &HelloSpec, message: &[u8]) -> Vec<Vec<u8>> {
    let (header, body) = message.split_at(message.len().min(DTLS_HEADER));
    // What stands before the offset is the same in all: type, length, number.
    let common = header.get(..6).unwrap_or(header);
    let (mut left, mut offset, mut pieces) = (body, 0, Vec::new());
    for size in fragment_sizes(spec, body.len()) {
        let (part, rest) = left.split_at(size.min(left.len()));
        let whole = part.len() == body.len();
        let mut payload = if whole { header.to_vec() } else { common.to_vec() };
        if !whole {
            Uint24(offset as u32).write(&mut payload);
            Uint24(part.len() as u32).write(&mut payload);
        }
        payload.extend_from_slice(part);
        let header = DtlsHeader {
            content_type: spec.record_type,
            legacy_record_version: spec.version_of_record(pieces.len()),
            epoch: 0,
            sequence_number: Uint48(spec.dtls.number(pieces.len())),
            length: payload.len() as u16,
        };
        let mut piece = header.to_bytes();
        piece.extend(payload);
        pieces.push(piece);
        (left, offset) = (rest, offset + part.len());
    }
    pieces
}

/// Bytes of each fragment of a message's body of this length.
fn fragment_sizes(spec: &HelloSpec, length: usize) -> Vec<usize> {
    let usual = length.min(LARGEST_FRAGMENT);
    cut(length, &spec.records, usual, usize::from(u16::MAX) - DTLS_HEADER)
}

/// Bytes of a message in one record of DTLS at most, where nothing else is asked for.
const LARGEST_FRAGMENT: usize = (1 << 14) - DTLS_HEADER;

/// Bytes of a datagram that are none of the message's: two headers.
pub const DTLS_OVERHEAD: usize = 13 + DTLS_HEADER;

/// The largest number of a record in DTLS: it has 48 bits.
const LAST_RECORD: u64 = (1 << 48) - 1;

/// Why a hello of SSL 2.0 has no extensions.
pub(super) const NO_EXTENSIONS: &str = "a hello of SSL 2.0 has no place for extensions";

/// A field of a spec that its frame has no place for, and why. What it says would not be sent.
pub fn unsent(spec: &HelloSpec) -> Option<(&'static str, &'static str)> {
    const NO_RECORDS: &str =
        "a hello of SSL 2.0 goes in one record, which has neither version nor type";
    if let Some(beside) = beside_bytes(spec) {
        return Some(beside);
    }
    let typed = spec.is_typed();
    let fields = match spec.framing {
        Framing::Sslv2 => [
            (!spec.records.is_empty(), "records", NO_RECORDS),
            (!spec.record_versions.is_empty(), "record_versions", NO_RECORDS),
            (spec.record_type != ContentType::handshake, "record_type", NO_RECORDS),
            (
                spec.handshake_length.is_some(),
                "handshake_length",
                "a message of SSL 2.0 does not say its length",
            ),
            (typed && spec.hello.extensions.is_some(), "extensions", NO_EXTENSIONS),
        ]
        .to_vec(),
        Framing::Dtls => {
            vec![(
                !spec.segments.is_empty(),
                "segments",
                "datagrams have none; `records` cuts them",
            )]
        }
        Framing::Tls => Vec::new(),
    };
    let tables = [
        (
            spec.framing != Framing::Sslv2 && spec.sslv2 != Sslv2Form::default(),
            "sslv2",
            "it belongs to a hello with framing = \"sslv2\"",
        ),
        (
            spec.framing != Framing::Dtls && spec.dtls != DtlsForm::default(),
            "dtls",
            "it belongs to a hello with framing = \"dtls\"",
        ),
        (
            spec.handshake_length.is_some_and(|length| length >= 1 << 24),
            "handshake_length",
            "the length of a message has 24 bits, 16777215 at most",
        ),
        (
            spec.framing != Framing::Sslv2 && has_surplus_versions(spec),
            "record_versions",
            "there are more of them than records",
        ),
        (
            spec.dtls.sequence_number > LAST_RECORD,
            "sequence_number",
            "the number of a record has 48 bits, 281474976710655 at most",
        ),
        (
            spec.dtls.sequence_step.is_some_and(|step| step > LAST_RECORD),
            "sequence_step",
            "the number of a record has 48 bits, 281474976710655 at most",
        ),
    ];
    let found = fields
        .into_iter()
        .chain(tables)
        .chain(too_long(&spec.hello))
        .chain([(
            typed && has_too_long_draw(spec),
            "ech_payload_lengths",
            "with the longest the extensions have more than 65535 bytes",
        )])
        .find(|(is_unsent, ..)| *is_unsent);
    found.map(|(_, field, why)| (field, why))
}

/// A field beside bytes that are sent in its place, and which these are.
fn beside_bytes(spec: &HelloSpec) -> Option<(&'static str, &'static str)> {
    let mut only_bytes = spec.clone();
    let why = match (&spec.flight, &spec.raw) {
        (Some(flight), _) if spec.framing != Framing::Dtls && flight.0.len() > 1 => {
            return Some(("flight", "over TCP it is one text; `segments` cuts it"));
        }
        (Some(_), _) => {
            "`flight` is sent as it is, with nothing of this; one of both belongs there"
        }
        (None, Some(_)) => "`raw` is sent in its place; one of both belongs there",
        (None, None) => return None,
    };
    drop_superseded(&mut only_bytes);
    let is = |field: &'static str, differs: bool| differs.then_some((field, why));
    is("hello", spec.hello != only_bytes.hello)
        .or_else(|| is("raw", spec.raw != only_bytes.raw))
        .or_else(|| is("record_version", spec.record_version != only_bytes.record_version))
        .or_else(|| is("record_versions", spec.record_versions != only_bytes.record_versions))
        .or_else(|| is("record_type", spec.record_type != only_bytes.record_type))
        .or_else(|| is("records", spec.records != only_bytes.records))
        .or_else(|| is("handshake_length", spec.handshake_length != only_bytes.handshake_length))
        .or_else(|| is("record_length", spec.record_length != only_bytes.record_length))
        .or_else(|| is("fresh", spec.fresh != only_bytes.fresh))
        .or_else(|| is("ech_payload_lengths", !spec.ech_payload_lengths.is_empty()))
        .or_else(|| is("sslv2", spec.sslv2 != only_bytes.sslv2))
        .or_else(|| is("dtls", spec.dtls != only_bytes.dtls))
}

/// Takes away what is not sent, since `flight` or `raw` is in its place.
pub(super) fn drop_superseded(spec: &mut HelloSpec) {
    let bytes = HelloSpec::new(FIRST_VERSION, nothing());
    if spec.flight.is_some() {
        *spec = HelloSpec {
            framing: spec.framing,
            segments: std::mem::take(&mut spec.segments),
            delay_ms: spec.delay_ms,
            flight: spec.flight.take(),
            ..bytes
        };
    } else if spec.raw.is_some() {
        spec.hello = bytes.hello;
        spec.handshake_length = None;
        spec.fresh.clear();
        spec.ech_payload_lengths.clear();
    }
}

/// Whether there are versions of records that there are not.
fn has_surplus_versions(spec: &HelloSpec) -> bool {
    // Who has none need not count records.
    !spec.record_versions.is_empty() && spec.record_versions.len() > number_of_records(spec)
}

fn number_of_records(spec: &HelloSpec) -> usize {
    if spec.flight.is_some() {
        return 0;
    }
    let length = spec.length();
    match spec.framing {
        Framing::Tls => cut(length, &spec.records, LARGEST, u16::MAX.into()).len(),
        Framing::Dtls => fragment_sizes(spec, length.saturating_sub(DTLS_HEADER)).len(),
        Framing::Sslv2 => 1,
    }
}

/// Takes away the versions of records that are no more, where a hello is changed.
pub(super) fn drop_surplus_versions(spec: &mut HelloSpec) {
    if has_surplus_versions(spec) {
        spec.record_versions.truncate(number_of_records(spec));
    }
}

/// What is longer than the length before it can say, so that it would be read otherwise.
fn too_long(hello: &ClientHello) -> Vec<(bool, &'static str, &'static str)> {
    const TWO: usize = 0xffff;
    let extensions = hello.extensions();
    let bodies = || extensions.iter().map(|extension| extension.data().len());
    let protocols = extensions.iter().any(|extension| match extension {
        ClientExtension::Alpn(names) => names.0.iter().any(|name| name.0.0.len() > 0xff),
        _ => false,
    });
    let block: usize = bodies().map(|length| length + 4).sum();
    vec![
        (hello.legacy_session_id.0.len() > 0xff, "legacy_session_id", "it has 255 bytes at most"),
        (hello.cipher_suites.0.len() > TWO / 2, "cipher_suites", "there are 32767 at most"),
        (
            hello.legacy_compression_methods.0.len() > 0xff,
            "legacy_compression_methods",
            "there are 255 at most",
        ),
        (protocols, "application_layer_protocol_negotiation", "a name has 255 bytes at most"),
        (bodies().any(|length| length > TWO), "extensions", "each has 65535 bytes at most"),
        (block > TWO, "extensions", "together they have 65535 bytes at most"),
    ]
}

/// Whether a length that can be drawn for an encrypted_client_hello has no place in the extensions.
fn has_too_long_draw(spec: &HelloSpec) -> bool {
    let Some(&longest) = spec.ech_payload_lengths.iter().max() else { return false };
    let length = |extension: &ClientExtension| {
        let grown = match extension {
            ClientExtension::EncryptedClientHello(hello) => match &**hello {
                EchClientHello::Outer(outer) => longest.saturating_sub(outer.payload.0.len()),
                _ => 0,
            },
            _ => 0,
        };
        4 + extension.data().len() + grown
    };
    spec.hello.extensions().iter().map(length).sum::<usize>() > 0xffff
}

/// Carries the spec's message in another frame: what belongs to the frame becomes what clients
/// send in it, and what has no place there goes.
pub fn reframe(spec: &mut HelloSpec, framing: Framing) {
    let before = std::mem::replace(&mut spec.framing, framing);
    if before == framing {
        return;
    }
    (spec.sslv2, spec.dtls) = (Sslv2Form::default(), DtlsForm::default());
    if framing == Framing::Sslv2 {
        (spec.hello.extensions, spec.handshake_length) = (None, None);
        if spec.hello.legacy_version.0 >= ProtocolVersion::SSL3_0.0 {
            // RFC 5246 appendix E.2: who also takes TLS has no session of SSL 2.0.
            spec.hello.legacy_session_id = Opaque::new(Vec::new());
        }
        spec.records.clear();
        spec.record_versions.clear();
        spec.record_type = ContentType::handshake;
    }
    if before == Framing::Sslv2 {
        // RFC 5246 appendix E.2: it has no field for compression, and means that there is none.
        if spec.hello.legacy_compression_methods.0.is_empty() {
            spec.hello.legacy_compression_methods.0.push(CompressionMethod::null);
        }
        spec.record_version = FIRST_VERSION;
    }
    let datagram = framing == Framing::Dtls;
    if datagram != (before == Framing::Dtls) {
        // Records become fragments; segments are TCP's.
        spec.record_versions.clear();
        spec.segments.clear();
        spec.record_version =
            if datagram { ProtocolVersion::DTLS1_0 } else { ProtocolVersion::TLS1_0 };
        if datagram && offers_tls13(&spec.hello) {
            // RFC 9147 section 5.3: one that only looks like a session's is for the middleboxes of
            // TCP.
            spec.hello.legacy_session_id = Opaque::new(Vec::new());
            spec.fresh.retain(|fresh| *fresh != Fresh::LegacySessionId);
        }
        spec.hello.cookie = OnlyDtls(datagram.then(|| Opaque::new(Vec::new())));
        let other = if datagram { to_dtls } else { to_tls };
        spec.hello.legacy_version = other(spec.hello.legacy_version);
        super::lists::map_versions(&mut spec.hello, other);
    }
}

/// The version of DTLS that is as a version of TLS is, RFC 6347 section 4.1 and RFC 9147
/// section 5.3; there is none below 1.1.
fn to_dtls(version: ProtocolVersion) -> ProtocolVersion {
    match version {
        ProtocolVersion::TLS1_3 => ProtocolVersion::DTLS1_3,
        ProtocolVersion::TLS1_2 => ProtocolVersion::DTLS1_2,
        ProtocolVersion::TLS1_1 | ProtocolVersion::TLS1_0 | ProtocolVersion::SSL3_0 => {
            ProtocolVersion::DTLS1_0
        }
        other => other,
    }
}

fn to_tls(version: ProtocolVersion) -> ProtocolVersion {
    match version {
        ProtocolVersion::DTLS1_3 => ProtocolVersion::TLS1_3,
        ProtocolVersion::DTLS1_2 => ProtocolVersion::TLS1_2,
        ProtocolVersion::DTLS1_0 => ProtocolVersion::TLS1_1,
        other => other,
    }
}
