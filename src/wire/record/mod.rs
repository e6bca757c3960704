//! The record's header: RFC 8446 section 5.1, in a form that has not changed since SSL 3.0.
//!
//! ```text
//! struct {
//!     ContentType type;
//!     ProtocolVersion legacy_record_version;
//!     uint16 length;
//!     opaque fragment[TLSPlaintext.length];
//! } TLSPlaintext;
//! ```

pub mod alert;
pub mod dtls;
pub mod heartbeat;
pub mod plaintext;
pub mod return_routability;
pub mod ssl2;
pub mod ssl2_signs;

use super::fault::Fault;
use super::field::Tree;
use super::grammar::{Context, Read, Reader, Record, Wire, message, peek};
use super::handshake::HEADER;
use super::limits::{RECORD_PAYLOAD, RECORD_PAYLOAD_TLS13};
use crate::names::{
    AlertDescription, AlertLevel, Code, ContentType, HandshakeType, ProtocolVersion,
};

message! {
    /// What stands before each fragment.
    RecordHeader, item "record_header", in "RFC 8446 5.1" {
        /// What the fragment is.
        content_type: ContentType,
        /// A version that says little: TLS 1.0 in a first hello, TLS 1.2 in TLS 1.3.
        legacy_record_version: ProtocolVersion,
        /// Bytes of the fragment.
        length: u16,
    }
}

impl RecordHeader {
    /// Bytes of the header.
    pub const LENGTH: usize = 5;

    /// Reads a header that may end early, into a tree of its own.
    pub fn decode(bytes: &[u8], context: Context) -> (Read<Self>, Tree) {
        let mut r = Reader::<Tree>::new(bytes, context);
        let header = Self::read_checked(&mut r);
        (header, r.finish())
    }

    fn read_checked<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let header = Self::read(r, Self::ITEM)?;
        r.section("RFC 8446 5.1");
        // TLS 1.3 has none of its own here.
        let known = ProtocolVersion::SSL3_0..=ProtocolVersion::TLS1_2;
        if !known.contains(&header.legacy_record_version) {
            let found = header.legacy_record_version.number();
            let fault = Fault::Code { expected: "0x0300 to 0x0303", found };
            r.notice("legacy_record_version", 1..3, fault);
        }
        // Before TLS 1.2 nothing is said of them.
        let may_be_empty =
            r.context().most().is_some_and(|most| most.0 < ProtocolVersion::TLS1_2.0);
        if header.length == 0
            && header.content_type != ContentType::application_data
            && !may_be_empty
        {
            let expected = "bytes, since only application data may have none";
            if r.context().is_before_tls13() {
                r.section("RFC 5246 6.2.1");
            }
            r.notice("length", 3..5, Fault::Value { expected, found: 0 });
        }
        // Others are in clear in TLS 1.3, for which there is a bound of its own.
        let tls13 = r.context().tls13() == Some(true)
            && header.content_type == ContentType::application_data;
        let (most, expected, section) = match tls13 {
            true => {
                (RECORD_PAYLOAD_TLS13, "at most 2^14 bytes, and 256 for protection", "RFC 8446 5.2")
            }
            false => {
                (RECORD_PAYLOAD, "at most 2^14 bytes, and 2048 for protection", "RFC 5246 6.2.3")
            }
        };
        if usize::from(header.length) > most {
            let fault = Fault::Value { expected, found: header.length.into() };
            r.section(section);
            r.remark("length", 3..5, fault);
        }
        Ok(header)
    }
}

/// Bytes of a record's payload at most, RFC 8446 section 5.1.
pub const LARGEST: usize = 1 << 14;

/// Cuts a handshake message into records of the sizes that [`cut`] makes of `sizes`.
pub fn records(
    content_type: ContentType,
    version: ProtocolVersion,
    payload: &[u8],
    sizes: &[usize],
) -> Vec<u8> {
    records_of(content_type, |_| version, payload, sizes)
}

/// The same, each record with a version of its own.
pub fn records_of(
    content_type: ContentType,
    version: impl Fn(usize) -> ProtocolVersion,
    payload: &[u8],
    sizes: &[usize],
) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + RecordHeader::LENGTH);
    let mut left = payload;
    for (index, size) in cut(payload.len(), sizes, LARGEST, u16::MAX.into()).into_iter().enumerate()
    {
        let (fragment, rest) = left.split_at(size.min(left.len()));
        let length = u16::try_from(fragment.len()).unwrap_or(u16::MAX);
        let legacy_record_version = version(index);
        RecordHeader { content_type, legacy_record_version, length }.write(&mut out);
        out.extend_from_slice(fragment);
        left = rest;
    }
    out
}

/// Sizes of the pieces of so many bytes: those that are asked for, up to `most`, the last one that
/// is not 0 again and again for what is left; of the `usual` size where none is. A 0 is an empty
/// piece, also where nothing is left; there is one piece at least.
pub fn cut(length: usize, asked: &[usize], usual: usize, most: usize) -> Vec<usize> {
    let (mut left, mut again) = (length, usual.clamp(1, most));
    let mut sizes = Vec::new();
    for &size in asked {
        let size = size.min(most);
        if size > 0 {
            again = size;
        }
        if size == 0 || left > 0 {
            sizes.push(size.min(left));
            left -= size.min(left);
        }
    }
    while left > 0 {
        sizes.push(again.min(left));
        left -= again.min(left);
    }
    if sizes.is_empty() {
        sizes.push(0);
    }
    sizes
}

/// Whether a stream begins as records do. What it needs of a header may not be there yet.
pub fn looks_like_records(bytes: &[u8]) -> bool {
    match *bytes {
        [] => true,
        [ContentType::FIRST..=ContentType::LAST_OF_TLS]
        | [ContentType::FIRST..=ContentType::LAST_OF_TLS, 3, ..] => true,
        _ => begins_with_hello(bytes),
    }
}

/// Whether a record of whatever version begins here, with a hello at its beginning: the lengths of
/// both are such as can be.
pub fn begins_with_hello(bytes: &[u8]) -> bool {
    let [22, _, _, high, low, 1 | 2, 0, ..] = *bytes else { return false };
    let length = usize::from(u16::from_be_bytes([high, low]));
    // The message may go on in another record.
    (HEADER..=LARGEST).contains(&length)
}

/// Whether a record of a version that there is begins here; none where more bytes are needed.
pub fn begins_as_tls(bytes: &[u8]) -> Option<bool> {
    match *bytes {
        []
        | [ContentType::FIRST..=ContentType::LAST_OF_TLS]
        | [ContentType::FIRST..=ContentType::LAST_OF_TLS, 3] => None,
        [ContentType::FIRST..=ContentType::LAST_OF_TLS, 3, minor, ..] => Some(minor <= 4),
        _ => Some(false),
    }
}

/// Whether what begins here has the form of a record whatever its type: its version is one that
/// there is, and behind its length the bytes end or another begins. None where more bytes are
/// needed, unless these are all (`ends`).
pub fn has_form_of_record(bytes: &[u8], ends: bool) -> Option<bool> {
    let [_, 3, 0..=4, high, low, rest @ ..] = bytes else { return Some(false) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if length > RECORD_PAYLOAD {
        return Some(false);
    }
    match rest.get(length..)? {
        [_, 3, 0..=4, ..] => Some(true),
        [] | [_] | [_, 3] => ends.then_some(true),
        _ => Some(false),
    }
}

/// Whether what begins here is a record all the same that no side's first record is: of a type that
/// only DTLS has, or of a version that there is not. None where more bytes are needed, unless these
/// are all (`ends`).
pub fn begins_oddly(bytes: &[u8], ends: bool) -> Option<bool> {
    match (is_under_version_of_dtls(bytes, ends), bytes.first()) {
        (Some(false), Some(21 | 22)) => is_whole_of_any_version(bytes, ends),
        (Some(false), Some(ContentType::FIRST..=ContentType::LAST_OF_TLS)) => Some(false),
        (Some(false), Some(ContentType::FIRST..=ContentType::LAST)) => {
            has_form_of_record(bytes, ends)
        }
        (found, _) => found,
    }
}

/// Whether a record of TLS that has bytes stands here under a version of DTLS, and behind it the
/// bytes end or another of either version begins; the longer header of DTLS, which has an epoch where
/// this one has a length, does not come out so. None where more bytes are needed, unless these are
/// all (`ends`).
pub fn is_under_version_of_dtls(bytes: &[u8], ends: bool) -> Option<bool> {
    const FIRST: u8 = ContentType::FIRST;
    const LAST: u8 = ContentType::LAST_OF_TLS;
    let rest = match bytes {
        [FIRST..=LAST, 0xfe, _, _, _, rest @ ..] => rest,
        [] | [FIRST..=LAST] | [FIRST..=LAST, 0xfe, ..] => return ends.then_some(false),
        _ => return Some(false),
    };
    let length = peek(bytes, 3, 2)?;
    if !(1..=RECORD_PAYLOAD).contains(&length) {
        return Some(false);
    }
    match rest.get(length..) {
        Some([FIRST..=LAST, 3 | 0xfe, ..]) => {}
        Some([]) if ends => {}
        None | Some([] | [FIRST..=LAST]) => return ends.then_some(false),
        Some(_) => return Some(false),
    }
    dtls::has_form_of_record(bytes, ends).map(|is_dtls| !is_dtls)
}

/// Whether an alert or a message of the handshake stands here in a record of whatever version, as
/// long as it should be, and behind it the bytes end or another record begins.
fn is_whole_of_any_version(bytes: &[u8], ends: bool) -> Option<bool> {
    let (content_type, length) = (peek(bytes, 0, 1)?, peek(bytes, 3, 2)?);
    let fragment = bytes.get(RecordHeader::LENGTH..).unwrap_or_default();
    let first = peek(fragment, 0, 1)?;
    let is_message = match content_type {
        21 => {
            let level = u8::try_from(first).map(AlertLevel);
            let is_level = level.is_ok_and(|level| level.name().is_some());
            if length != alert::LENGTH || !is_level {
                return Some(false);
            }
            let description = AlertDescription(*fragment.get(1)?);
            description.name().is_some()
        }
        _ => {
            let msg_type = u8::try_from(first).map(HandshakeType);
            let is_type = msg_type.is_ok_and(|msg_type| msg_type.name().is_some());
            if !(HEADER..=LARGEST).contains(&length) || !is_type {
                return Some(false);
            }
            HEADER + peek(fragment, 1, 3)? == length
        }
    };
    if !is_message {
        return Some(false);
    }
    match fragment.get(length..)? {
        [] => ends.then_some(true),
        [next, ..] => Some((ContentType::FIRST..=ContentType::LAST).contains(next)),
    }
}

/// Bytes by which [`find_first`] tells a record.
pub const FIRST_SIGN: usize = 7;

/// Where in what is said in words the first record begins that can be the first of a side.
pub fn find_first(bytes: &[u8]) -> Option<usize> {
    bytes.windows(FIRST_SIGN).position(|window| match *window {
        // A hello, in a record and in a message of a length that can be.
        [22, 3, 0..=4, 0..=0x40, _, 1 | 2, 0] => true,
        // An alert.
        [21, 3, 0..=4, 0, 2, 1 | 2, _] => true,
        _ => false,
    })
}
