//! Whether the content of a primitive has the form of its type: X.690 section 8, as DER narrows
//! it in sections 10 and 11, and the characters that X.680 section 41 gives each string.

use super::schema::tag;
use crate::wire::fault::Fault;
use crate::wire::time::{self, Stamp};

/// What is wrong with a content, and the section that says so.
pub(super) type Wrong = (&'static str, Fault);

const fn wrong(
    section: &'static str,
    expected: &'static str,
    found: &'static str,
) -> Option<Wrong> {
    Some((section, Fault::Form { expected, found }))
}

/// What is wrong with the whole content of a primitive of this universal type.
#[inline]
pub(super) fn content(identifier: u8, content: &[u8]) -> Option<Wrong> {
    match identifier {
        tag::END_OF_CONTENTS => {
            wrong("X.690 8.1.5", "no end-of-contents behind a definite length", "one")
        }
        tag::BOOLEAN => match content {
            [0 | 0xff] => None,
            [_] => wrong("X.690 11.1", "0x00 or 0xff", "another byte"),
            _ => wrong("X.690 8.2.1", "one byte", not_one(content)),
        },
        tag::INTEGER | tag::ENUMERATED => match content {
            [] => wrong("X.690 8.3.1", "a byte at least", "none"),
            [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => {
                let expected = "a number in as few bytes as it takes";
                wrong("X.690 8.3.2", expected, "more bytes than it takes")
            }
            _ => None,
        },
        tag::NULL if !content.is_empty() => wrong("X.690 8.8.2", "no bytes", "some"),
        tag::OBJECT_IDENTIFIER if !is_oid(content) => {
            wrong("X.690 8.19.2", "numbers in as few bytes as they take", "something else")
        }
        tag::UTF8_STRING if std::str::from_utf8(content).is_err() => {
            wrong("X.690 8.23.10", "text in UTF-8", "other bytes")
        }
        tag::NUMERIC_STRING if !content.iter().all(is_numeric) => {
            wrong("X.680 41.2", "digits and spaces", "another character")
        }
        tag::PRINTABLE_STRING if !content.iter().all(is_printable) => {
            let expected = "letters, digits, spaces and '()+,-./:=?";
            wrong("X.680 41.4", expected, unprintable(content))
        }
        tag::IA5_STRING if !content.is_ascii() => {
            wrong("X.680 41.1", "text in ASCII", "bytes of 0x80 and above")
        }
        tag::VISIBLE_STRING if !content.iter().all(|byte| matches!(byte, b' '..=b'~')) => {
            wrong("X.680 41.1", "visible characters and spaces", "another character")
        }
        tag::BMP_STRING if content.len() % 2 != 0 => {
            wrong("X.690 8.23.8", "two bytes for each character", "an odd number of bytes")
        }
        tag::BMP_STRING if has_surrogates(content) => {
            wrong("X.680 41.15", "characters of the basic plane", "half of a surrogate pair")
        }
        tag::UNIVERSAL_STRING if content.len() % 4 != 0 => {
            wrong("X.690 8.23.7", "four bytes for each character", "another number of bytes")
        }
        tag::UNIVERSAL_STRING if content.chunks(4).any(is_no_character) => {
            let expected = "characters of ISO/IEC 10646, up to U+10FFFF and no surrogates";
            wrong("X.690 8.23.7", expected, "a number that is none")
        }
        tag::UTC_TIME => match time::read_utc_time(content) {
            Some(stamp) if stamp.is_leap_second() => {
                wrong("X.680 47.3", "seconds from 00 to 59", "60")
            }
            stamp => moment("X.690 11.8", "YYMMDDhhmmssZ", stamp),
        },
        tag::GENERALIZED_TIME => {
            moment("X.690 11.7", "YYYYMMDDhhmmss[.f]Z", time::read_generalized_time(content))
        }
        // SEQUENCE and SET without the bit that says so, EXTERNAL and its like.
        0x08 | 0x0b | 0x10 | 0x11 | 0x1d => wrong("X.690 8.9.1", "elements inside", "a primitive"),
        _ => None,
    }
}

/// What is wrong with a BIT STRING: the count of unused bits, and the bits behind it.
pub(super) fn bits(unused: u8, bits: &[u8], named: bool) -> Option<Wrong> {
    let last = match (unused, bits.last()) {
        (8.., _) => return wrong("X.690 8.6.2.2", "at most 7 unused bits", "more"),
        (0, None) => return None,
        (_, None) => return wrong("X.690 8.6.2.3", "no unused bits where there are none", "some"),
        (_, Some(last)) => *last,
    };
    if last & !(0xff << unused) != 0 {
        return wrong("X.690 11.2.1", "zeros for unused bits", "a one");
    }
    if named && last & (1 << unused) == 0 {
        return wrong("X.690 11.2.2", "no zeros at the end of named bits", "a zero");
    }
    None
}

/// Whether this is a string of a universal type that has its parts inside: X.690 section 8.7.3.
pub(super) fn is_in_pieces(identifier: u8) -> bool {
    matches!(identifier, 0x23 | 0x24 | 0x27 | 0x2c | 0x32..=0x3c | 0x3e)
}

/// What is wrong with a primitive type that has elements inside, or none.
pub(super) fn constructed(identifier: u8) -> Option<Wrong> {
    match identifier & 0x1f {
        _ if identifier & 0xc0 != 0 => None,
        0x08 | 0x0b | 0x10 | 0x11 | 0x1d => None,
        _ if is_in_pieces(identifier) => {
            wrong("X.690 10.2", "a string in one piece", "a string in pieces")
        }
        0x00 => wrong("X.690 8.1.5", "no end-of-contents behind a definite length", "one"),
        _ => wrong("X.690 8.1.2.5", "a primitive", "elements inside"),
    }
}

fn moment(section: &'static str, form: &'static str, stamp: Option<Stamp>) -> Option<Wrong> {
    match stamp {
        None => wrong(section, form, "something else"),
        Some(stamp) if !stamp.is_in_calendar() => {
            wrong(section, "a day that its month has", "one that it does not have")
        }
        Some(stamp) if stamp.is_der() => None,
        Some(_) => wrong(section, form, ONLY_BER),
    }
}

/// What is found of a time that is one.
const ONLY_BER: &str = "a form that only BER allows";

/// Whether it is DER alone that a content does not follow: it chooses among what BER allows in X.690
/// sections 10 and 11. What is no time at all is none in BER either.
pub(super) fn is_of_der_alone(section: &str, fault: &Fault) -> bool {
    match section {
        "X.690 11.7" | "X.690 11.8" => fault.found() == ONLY_BER,
        section => section.starts_with("X.690 10.") || section.starts_with("X.690 11."),
    }
}

fn not_one(content: &[u8]) -> &'static str {
    if content.is_empty() { "none" } else { "several" }
}

/// X.690 section 8.19.2: no number begins with a byte that says nothing, and the last one ends.
pub(super) fn is_oid(content: &[u8]) -> bool {
    let mut starts = true;
    for &byte in content {
        if starts && byte == 0x80 {
            return false;
        }
        starts = byte < 0x80;
    }
    starts && !content.is_empty()
}

fn is_numeric(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b' ')
}

fn is_printable(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b' ' | b'\'' | b'(' | b')' | b'+'..=b'/' | b':' | b'=' | b'?')
}

/// The character that does not belong, by the ones that are met most.
fn unprintable(content: &[u8]) -> &'static str {
    match content.iter().find(|byte| !is_printable(byte)) {
        Some(b'@') => "@",
        Some(b'*') => "*",
        Some(b'&') => "&",
        Some(b'_') => "_",
        Some(0x80..) => "a byte of 0x80 or above",
        _ => "another character",
    }
}

/// Whether four bytes are the number of no character: above the last, or half of a surrogate pair.
fn is_no_character(four: &[u8]) -> bool {
    let number = four.iter().fold(0, |number, &byte| number << 8 | u32::from(byte));
    char::from_u32(number).is_none()
}

fn has_surrogates(content: &[u8]) -> bool {
    content.chunks(2).any(|pair| matches!(pair, [0xd8..=0xdf, _]))
}
