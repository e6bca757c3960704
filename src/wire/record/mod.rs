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
pub mod ssl2;

use super::fault::Fault;
use super::field::Tree;
use super::grammar::{Context, Read, Reader, Record, Wire, message};
use super::limits::RECORD_PAYLOAD;
use crate::names::{Code, ContentType, ProtocolVersion};

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
    pub fn decode(bytes: &[u8]) -> (Read<Self>, Tree) {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
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
        if header.length == 0 && header.content_type != ContentType::application_data {
            let expected = "bytes, since only application data may have none";
            r.notice("length", 3..5, Fault::Value { expected, found: 0 });
        }
        if usize::from(header.length) > RECORD_PAYLOAD {
            let expected = "at most 2^14 bytes, and 2048 for protection";
            let fault = Fault::Value { expected, found: header.length.into() };
            r.remark("length", 3..5, fault);
        }
        Ok(header)
    }
}

/// Cuts a handshake message into records: as many as `sizes` says, the last size again and again
/// for what is left. None given means records as large as they may be.
pub fn records(
    content_type: ContentType,
    version: ProtocolVersion,
    payload: &[u8],
    sizes: &[usize],
) -> Vec<u8> {
    const LARGEST: usize = 1 << 14;
    let mut out = Vec::with_capacity(payload.len() + RecordHeader::LENGTH);
    let mut left = payload;
    let mut sizes = sizes.iter().copied();
    let mut size = LARGEST;
    loop {
        size = sizes.next().unwrap_or(size).clamp(1, LARGEST);
        let (fragment, rest) = left.split_at(size.min(left.len()));
        let length = u16::try_from(fragment.len()).unwrap_or(u16::MAX);
        RecordHeader { content_type, legacy_record_version: version, length }.write(&mut out);
        out.extend_from_slice(fragment);
        left = rest;
        if left.is_empty() {
            return out;
        }
    }
}

/// Whether a stream begins as records do. What it needs of a header may not be there yet.
pub fn looks_like_records(bytes: &[u8]) -> bool {
    match *bytes {
        [] => true,
        [first] => (20..=24).contains(&first),
        [first, 3, ..] => (20..=24).contains(&first),
        // A hello whose record has an odd version still begins with a hello.
        [22, _, _, _, _, 1 | 2, 0, ..] => true,
        _ => false,
    }
}

/// Whether a record of a version that there is begins here; none where more bytes are needed.
pub fn begins_as_tls(bytes: &[u8]) -> Option<bool> {
    match *bytes {
        [] | [20..=24] | [20..=24, 3] => None,
        [20..=24, 3, minor, ..] => Some(minor <= 4),
        _ => Some(false),
    }
}
