//! Why bytes are no hello that a spec could say, by the record where that begins.

use std::fmt;

use crate::names::{Code, ContentType};
use crate::wire::grammar::peek;

/// Why bytes are no hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoHello(pub String);

impl fmt::Display for NoHello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoHello {}

/// Why a flight is not what a spec says that was made of it, by the record where that begins. A
/// spec of TLS says all that was read; of the others it says what their clients do.
pub(super) fn unsaid(bytes: &[u8], said: &[Vec<u8>]) -> Option<NoHello> {
    let (mut rest, mut record) = (bytes, 0);
    for piece in said {
        record += 1;
        let Some(behind) = rest.strip_prefix(&piece[..]) else {
            let at = rest.iter().zip(piece).take_while(|(a, b)| a == b).count();
            let what = match rest.first() {
                Some(22) if rest.get(1) == Some(&0xfe) => dtls_part(at),
                _ => "a byte",
            };
            return Some(NoHello(match (rest.get(at), piece.get(at)) {
                (Some(has), Some(says)) => format!(
                    "record {record} cannot be said in a spec: {what} is another than what \
                     follows from the records before it (0x{has:02x} at byte {at}, for 0x{says:02x})"
                ),
                _ => format!("record {record} is cut off, {} bytes are there", rest.len()),
            }));
        };
        rest = behind;
    }
    match rest {
        [] => None,
        rest => Some(behind(record + 1, Some(rest))),
    }
}

/// What stands at this place of a datagram of DTLS, RFC 6347 sections 4.1 and 4.2.2.
fn dtls_part(at: usize) -> &'static str {
    match at {
        0 => "the content type",
        1..=2 => "the record's version",
        3..=4 => "the epoch",
        5..=10 => "the sequence number",
        11..=12 => "the record's length",
        13..=16 => "the message's header",
        17..=18 => "the message_seq",
        19..=21 => "the fragment_offset",
        22..=24 => "the fragment_length",
        _ => "the fragment",
    }
}

pub(super) fn no_handshake(record: usize, content_type: ContentType) -> NoHello {
    let name = content_type.name().unwrap_or("an unknown content type");
    NoHello(format!("record {record} is one of {name}, and no hello"))
}

/// Something behind the hello that is none of it.
pub(super) fn behind(record: usize, rest: Option<&[u8]>) -> NoHello {
    let rest = rest.unwrap_or_default();
    NoHello(match rest {
        [ContentType::FIRST..=ContentType::LAST, 3 | 254, ..] if rest.len() >= 5 => {
            format!("record {record} is none of the hello's, which ends before it")
        }
        [ContentType::FIRST..=ContentType::LAST, 3 | 254, ..] => format!(
            "record {record} is cut off: {} bytes are no whole record, the header alone takes 5",
            rest.len()
        ),
        [first, ..] => format!("record {record} is none: it begins with 0x{first:02x}"),
        [] => format!("record {record} is none"),
    })
}

pub(super) fn cut_off(bytes: &[u8]) -> NoHello {
    NoHello(format!("{} bytes are no whole record: the header alone takes 5", bytes.len()))
}

pub(super) fn not_a_hello(bytes: &[u8]) -> NoHello {
    match bytes.first() {
        Some(first) => NoHello(format!(
            "it begins with 0x{first:02x}: a hello begins with 0x16 (a handshake record), 0x01 \
             (the message itself) or a header of SSL 2.0"
        )),
        None => NoHello("there is nothing in it".to_owned()),
    }
}

/// Which length of a hello of SSL 2.0 behind a header of three bytes does not hold, where they do
/// not come out; none where they do, or it is no such hello. The record says its own length, how
/// much of that is padding, and in the message that of each part behind the first nine bytes.
pub(super) fn wrong_ssl2_length(bytes: &[u8]) -> Option<NoHello> {
    const HEADER: usize = 3;
    const FIXED: usize = 9;
    let (record, padding) = (peek(bytes, 0, 2)? & 0x3fff, peek(bytes, 2, 1)?);
    if !matches!(bytes, [0..=0x3f, _, _, 1, 0 | 3, 0..=4, ..]) {
        return None;
    }
    let there = bytes.len() - HEADER;
    let (Some(specs), Some(id), Some(challenge)) =
        (peek(bytes, 6, 2), peek(bytes, 8, 2), peek(bytes, 10, 2))
    else {
        return Some(NoHello(format!("record 1 is cut off, {there} of {record} bytes are there")));
    };
    let takes = FIXED + specs + id + challenge + padding;
    let parts = format!(
        "{FIXED} bytes, cipher_specs of {specs}, a session_id of {id}, a challenge of {challenge} \
         and a padding of {padding} are {takes}"
    );
    let odd = |name: &str, length: usize, expected: &str| {
        format!("{name}_length is {length}, and {expected} belongs there (SSL 2.0 2.5)")
    };
    Some(NoHello(match record {
        // What its parts say is all that is there.
        _ if record == takes && there < record => {
            format!("record 1 is cut off, {there} of {record} bytes are there")
        }
        _ if specs == 0 || specs % 3 != 0 => odd("cipher_specs", specs, "a multiple of 3"),
        _ if record == takes => return None,
        _ if there == takes => format!("the record's length is {record}, and {parts}"),
        _ if !matches!(id, 0 | 16) => odd("session_id", id, "0 or 16"),
        _ if !(16..=32).contains(&challenge) => odd("challenge", challenge, "16 to 32"),
        _ => format!("the lengths in record 1 do not come out: it has {record} bytes, and {parts}"),
    }))
}
