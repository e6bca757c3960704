//! Records of DTLS: RFC 6347 section 4.1 (DTLS 1.0 and 1.2, and 1.3 in clear), RFC 9146 section 4
//! with a connection id, RFC 9147 section 4 (DTLS 1.3, the unified header).

use super::{begins_with_hello, is_under_version_of_dtls};
use crate::names::{
    AlertDescription, AlertLevel, Code, ContentType, HandshakeType, ProtocolVersion,
};
use crate::wire::fault::Fault;
use crate::wire::field::{Shape, Value};
use crate::wire::grammar::{
    Context, Octets, Read, Reader, Record, Wire, message, peek, prefix_fits,
};
use crate::wire::handshake::DTLS_HEADER;
use crate::wire::limits::{RECORD_IN_CLEAR, RECORD_PAYLOAD};
use crate::wire::side::Side;

message! {
    /// What stands before each fragment in clear, and up to DTLS 1.2 before all.
    DtlsHeader, item "record_header", in "RFC 6347 4.1", then check {
        /// What the fragment is.
        content_type: ContentType,
        /// The version: 254 and 255, less the minor one.
        legacy_record_version: ProtocolVersion,
        /// Under which keys; 0 before there are any.
        epoch: u16,
        /// Which record under these keys.
        sequence_number: Uint48,
        /// Bytes of the fragment.
        length: u16,
    }
}

message! {
    /// What stands before a protected fragment where a connection id was agreed on.
    CidHeader, item "record_header", in "RFC 9146 4" {
        /// `tls12_cid`.
        content_type: ContentType,
        /// DTLS 1.2.
        version: ProtocolVersion,
        /// Under which keys.
        epoch: u16,
        /// Which record under these keys.
        sequence_number: Uint48,
        /// Which connection; how long it is was agreed.
        cid: RecordConnectionId,
        /// Bytes of the fragment.
        length: u16,
    }
}

impl DtlsHeader {
    /// Bytes of the header.
    pub const LENGTH: usize = 13;
}

impl CidHeader {
    /// Bytes before the connection id.
    const BEFORE_ID: usize = 11;
}

/// What stands before a protected fragment in DTLS 1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnifiedHeader {
    /// `001CSLEE`: whether there is a connection id, how long the number is, whether there is a
    /// length, and the low bits of the epoch.
    pub flags: u8,
    /// Which connection.
    pub connection_id: Option<RecordConnectionId>,
    /// One or two bytes, encrypted.
    pub sequence_number: Octets,
    /// Bytes of the fragment; without it, it ends with the datagram.
    pub length: Option<u16>,
}

/// A number of 48 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Uint48(pub u64);

impl Wire for Uint48 {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let parser = |input| {
            let (input, bytes): (_, &[u8]) = nom::bytes::complete::take(6usize)(input)?;
            Ok((input, bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))))
        };
        r.leaf(name, 6, parser, Value::Number).map(Uint48)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [_, _, bytes @ ..] = self.0.to_be_bytes();
        out.extend_from_slice(&bytes);
    }
}

/// A connection id as it stands in a record: without a length, which was agreed in the hellos.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RecordConnectionId(#[serde(with = "crate::wire::spec_form::bytes")] pub Vec<u8>);

impl Wire for RecordConnectionId {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        Self::before_length(r, name, Some(0))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

impl RecordConnectionId {
    /// Reads an id that so many bytes and then the record's length follow, where it has one.
    fn before_length<R: Record>(
        r: &mut Reader<'_, R>,
        name: &'static str,
        between: Option<usize>,
    ) -> Read<Self> {
        let context = r.context();
        let agreed = match context.sender {
            Some(Side::Client) => context.server_connection_id,
            Some(Side::Server) => context.client_connection_id,
            None => None,
        };
        let length = agreed.unwrap_or_else(|| {
            // Where a length behind it reaches to the end of the datagram, it ends.
            let fits = between.and_then(|between| {
                let fits = |&length: &usize| prefix_fits(r.rest(), length + between, 2);
                (0..=LONGEST_GUESS).find(fits)
            });
            let found = match (fits, between) {
                (Some(_), _) => "as many bytes as make the length behind it fit the datagram",
                (None, Some(_)) => "no connection id, since no length fits",
                (None, None) => "no connection id, since no length tells where it ends",
            };
            r.assume(name, "hellos that agree how long it is", found);
            fits.unwrap_or(0)
        });
        let bytes = r.leaf(name, length, nom::bytes::complete::take(length), Value::Bytes)?;
        Ok(RecordConnectionId(bytes.to_vec()))
    }
}

/// The longest connection id that is looked for where none was agreed: QUIC's longest.
const LONGEST_GUESS: usize = 20;

impl UnifiedHeader {
    const CONNECTION_ID: u8 = 0x10;
    const LONG_NUMBER: u8 = 0x08;
    const LENGTH: u8 = 0x04;

    fn parts<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let flags = r.leaf("flags", 1, nom::number::complete::be_u8, Value::Words(flags))?;
        let has = |flag| flags & flag != 0;
        let width = if has(Self::LONG_NUMBER) { 2 } else { 1 };
        let connection_id = match has(Self::CONNECTION_ID) {
            true => {
                let between = has(Self::LENGTH).then_some(width);
                Some(RecordConnectionId::before_length(r, "connection_id", between)?)
            }
            false => None,
        };
        let number = nom::bytes::complete::take(width);
        let number: &[u8] = r.leaf("encrypted_sequence_number", width, number, Value::Bytes)?;
        let sequence_number = Octets::from_slice(number);
        let length = match has(Self::LENGTH) {
            true => Some(u16::read(r, "length")?),
            false => None,
        };
        Ok(UnifiedHeader { flags, connection_id, sequence_number, length })
    }
}

impl Wire for UnifiedHeader {
    const ITEM: &'static str = "unified_header";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        r.node(name, Shape::Struct, Self::fields)
    }

    fn fields<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let outer = r.section("RFC 9147 4");
        let header = Self::parts(r);
        r.section(outer);
        header
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.flags);
        self.connection_id.iter().for_each(|id| id.write(out));
        out.extend_from_slice(&self.sequence_number);
        self.length.write(out);
    }
}

fn flags(bytes: &[u8]) -> Option<String> {
    let &flags = bytes.first()?;
    let id = if flags & UnifiedHeader::CONNECTION_ID != 0 { "connection id, " } else { "" };
    let bits = if flags & UnifiedHeader::LONG_NUMBER != 0 { 16 } else { 8 };
    let length = if flags & UnifiedHeader::LENGTH != 0 { "length, " } else { "" };
    Some(format!(
        "{id}{length}number of {bits} bits, the two lowest bits of the epoch binary {:02b}",
        flags & 3
    ))
}

fn check<R: Record>(header: &DtlsHeader, r: &mut Reader<'_, R>) {
    let start = r.at() - DtlsHeader::LENGTH;
    let ContentType(found) = header.content_type;
    if !(ContentType::FIRST..=ContentType::LAST).contains(&found) {
        let fault = Fault::Value { expected: "20 to 27, the types of DTLS", found: found.into() };
        r.notice("content_type", start..start + 1, fault);
    }
    let version = header.legacy_record_version;
    // DTLS 1.3 has none of its own here.
    let known = [ProtocolVersion::DTLS1_0, ProtocolVersion::DTLS1_2];
    if !known.contains(&version) {
        let fault = Fault::Code { expected: "0xfeff or 0xfefd", found: version.0 };
        r.notice("legacy_record_version", start + 1..start + 3, fault);
    }
    if header.length == 0 && header.content_type != ContentType::application_data {
        let expected = "bytes, since only application data may have none";
        r.notice("length", r.at() - 2..r.at(), Fault::Value { expected, found: 0 });
    }
    let length = usize::from(header.length);
    // What is not of this epoch is protected, and longer by as much.
    if header.epoch == 0 && (RECORD_IN_CLEAR + 1..=RECORD_PAYLOAD).contains(&length) {
        let expected = "at most 2^14 bytes in clear";
        let fault = Fault::Value { expected, found: header.length.into() };
        r.notice("length", r.at() - 2..r.at(), fault);
    }
    if length > RECORD_PAYLOAD {
        let expected = "at most 2^14 bytes, and 2048 for protection";
        let fault = Fault::Value { expected, found: header.length.into() };
        r.remark("length", r.at() - 2..r.at(), fault);
    }
}

/// Which header stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A [`DtlsHeader`].
    Plain,
    /// A [`CidHeader`].
    Cid,
    /// A [`UnifiedHeader`].
    Unified,
}

/// Which header of DTLS stands here, where one does.
pub fn header_kind(bytes: &[u8]) -> Option<Kind> {
    let version = peek(bytes, 1, 2);
    let known = version.is_none_or(is_version_of_dtls);
    match *bytes.first()? {
        25 if known => Some(Kind::Cid),
        ContentType::FIRST..=ContentType::LAST if known => Some(Kind::Plain),
        // What is protected looks random, and does not begin with a version and six zeros.
        0x20..=0x3f if version.is_none_or(|it| !is_version_of_dtls(it)) || !is_early(bytes) => {
            Some(Kind::Unified)
        }
        _ => None,
    }
}

/// What begins with the connection id of a record, where it has one: how long it is, its receiver
/// knows, who named it.
pub fn connection_id(record: &[u8]) -> Option<&[u8]> {
    match (header_kind(record)?, *record.first()?) {
        (Kind::Cid, _) => record.get(CidHeader::BEFORE_ID..),
        (Kind::Unified, flags) if flags & UnifiedHeader::CONNECTION_ID != 0 => record.get(1..),
        _ => None,
    }
}

/// Which header stands at the start of what is known to be DTLS, up to its end: also that of a record
/// of a version or of a type that there is not, where behind its length the bytes end or another
/// record begins.
pub fn header_kind_in_dtls(bytes: &[u8]) -> Option<Kind> {
    header_kind(bytes).or((has_form_of_record(bytes, true) == Some(true)).then_some(Kind::Plain))
}

/// Whether what begins here has the form of a record whatever its type or its version. None where
/// more bytes are needed, unless these are all (`ends`).
pub fn has_form_of_record(bytes: &[u8], ends: bool) -> Option<bool> {
    let is_version = |bytes: &[u8]| peek(bytes, 1, 2).map(is_version_of_dtls);
    let more = ends.then_some(false);
    match is_version(bytes) {
        None if !is_type(bytes) => return more,
        Some(false) if !is_type(bytes) => return Some(false),
        _ => {}
    }
    match peek(bytes, DtlsHeader::LENGTH - 2, 2) {
        Some(length) if length > RECORD_PAYLOAD => return Some(false),
        Some(_) => {}
        None => return more,
    }
    let Some((_, behind)) = whole(bytes) else { return more };
    match is_version(behind) {
        _ if is_type(behind) => Some(true),
        Some(is_version) => Some(is_version || header_kind(behind) == Some(Kind::Unified)),
        // A protected record of DTLS 1.3 may begin so.
        None if ends => Some(behind.is_empty() || header_kind(behind) == Some(Kind::Unified)),
        None => None,
    }
}

fn is_version_of_dtls(version: usize) -> bool {
    matches!(version, 0xfe00..=0xfeff | 0x0100)
}

/// The least that a protected record of DTLS 1.3 has: RFC 9147 section 4.2.3 wants 16 bytes to hide
/// its number by.
const LEAST_PROTECTED: usize = 16;

/// Whether bytes before which nothing was seen are protected records of DTLS 1.3 and nothing else:
/// one at least with a length that fits, and none or one behind them without, which ends where they
/// do.
pub fn are_unified(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        match behind_unified(rest, rest.len() < bytes.len()) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    !bytes.is_empty()
}

/// What stands behind a protected record. One without a length may be anything, but where others
/// were `before` it.
fn behind_unified(bytes: &[u8], before: bool) -> Option<&[u8]> {
    if header_kind(bytes) != Some(Kind::Unified) {
        return None;
    }
    let mut r = Reader::<()>::new(bytes, Context { datagram: true, ..Context::default() });
    let header = UnifiedHeader::read(&mut r, UnifiedHeader::ITEM).ok()?;
    let length = match header.length {
        Some(length) => length.into(),
        None if before => r.rest().len(),
        None => return None,
    };
    r.rest().get(length..).filter(|_| length >= LEAST_PROTECTED)
}

/// Whether bytes begin as a datagram of DTLS does before it is protected. A version that there is
/// tells it, unless a hello stands where TLS has it or a record of TLS comes out under it; else a
/// record under no keys, of a small number, that is there to its end, and has what such a record
/// has: a version, or a message. None where more bytes are needed, unless these are all (`ends`).
pub fn looks_like_datagram(bytes: &[u8], ends: bool) -> Option<bool> {
    let more = ends.then_some(false);
    if begins_with_hello(bytes) {
        return Some(false);
    }
    let Some(version) = peek(bytes, 1, 2) else { return more };
    let is_tls = is_under_version_of_dtls(bytes, ends);
    if is_tls != Some(false) {
        return is_tls.map(|_| false);
    }
    if matches!(version, 0xfefc..=0xfeff | 0x0100) && is_type(bytes) {
        return Some(true);
    }
    let numbers = bytes.get(3..).unwrap_or_default();
    if numbers.iter().take(6).any(|&byte| byte != 0) {
        return Some(false);
    }
    let of_message: fn(&[u8]) -> bool = match bytes.first() {
        _ if is_version_of_dtls(version) => |_| true,
        Some(21) => is_alert,
        Some(22) => is_handshake,
        _ => return Some(false),
    };
    let Some((fragment, _)) = whole(bytes) else { return more };
    match is_version_of_dtls(version) && is_type(bytes) {
        true => Some(true),
        false => has_form_of_record(bytes, ends).map(|has_form| has_form && of_message(fragment)),
    }
}

fn is_type(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(ContentType::FIRST..=ContentType::LAST))
}

/// Whether a record is under no keys and of a small number.
fn is_early(bytes: &[u8]) -> bool {
    bytes.get(3..9).is_some_and(|numbers| numbers.iter().all(|&byte| byte == 0))
}

/// The fragment of a record that is there to its end, and what is behind it.
fn whole(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = peek(bytes, DtlsHeader::LENGTH - 2, 2)?;
    bytes.get(DtlsHeader::LENGTH..)?.split_at_checked(length)
}

/// Whether these are messages of the handshake, or parts of such, one behind the other to the end.
fn is_handshake(mut fragment: &[u8]) -> bool {
    while let Some(&msg_type) = fragment.first() {
        let (length, offset, part) =
            (peek(fragment, 1, 3), peek(fragment, 6, 3), peek(fragment, 9, 3));
        let (Some(length), Some(offset), Some(part)) = (length, offset, part) else { return false };
        match fragment.get(DTLS_HEADER + part..) {
            Some(behind) if HandshakeType(msg_type).name().is_some() && offset + part <= length => {
                fragment = behind;
            }
            _ => return false,
        }
    }
    true
}

fn is_alert(fragment: &[u8]) -> bool {
    let [level, description] = *fragment else { return false };
    AlertLevel(level).name().is_some() && AlertDescription(description).name().is_some()
}
