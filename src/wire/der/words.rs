//! What tags and contents of the universal types say, in words that are safe to print.

use super::check;
use super::schema::tag;
use crate::names::oid;
use crate::wire::field::Value;
use crate::wire::text::escape;
use crate::wire::time;

/// How this content of a primitive of this identifier octet is shown.
#[inline]
pub(super) fn value(identifier: u8, content: &[u8]) -> Value {
    match identifier {
        tag::BOOLEAN => Value::Words(boolean),
        tag::INTEGER | tag::ENUMERATED => Value::Words(integer),
        tag::OBJECT_IDENTIFIER => Value::Words(oid_words),
        // RELATIVE-OID
        0x0d => Value::Words(relative_oid),
        tag::TELETEX_STRING if std::str::from_utf8(content).is_err() => Value::Words(latin1),
        // TeletexString and its like are shown as what they mostly hold, ASCII or Latin 1.
        tag::UTF8_STRING | 0x12..=tag::IA5_STRING | 0x19..=tag::GENERAL_STRING => Value::Text,
        tag::UTC_TIME => Value::Words(time::utc_time),
        tag::GENERALIZED_TIME => Value::Words(time::generalized_time),
        tag::UNIVERSAL_STRING => Value::Words(universal_string),
        tag::BMP_STRING => Value::Words(bmp_string),
        _ => Value::Bytes,
    }
}

fn boolean(content: &[u8]) -> Option<String> {
    match content {
        [0] => Some("FALSE".to_owned()),
        [0xff] => Some("TRUE".to_owned()),
        [_] => Some("TRUE, but DER has 0xff for it".to_owned()),
        _ => None,
    }
}

/// A small number in decimal, a large one by its bits.
pub fn integer(content: &[u8]) -> Option<String> {
    let (first, _) = content.split_first()?;
    if content.len() <= 8 {
        // Two's complement: the first bit is the sign.
        let sign = if *first < 0x80 { 0 } else { -1 };
        let number = content.iter().fold(sign, |number: i64, &byte| number << 8 | i64::from(byte));
        return Some(number.to_string());
    }
    if *first >= 0x80 {
        return Some("negative".to_owned());
    }
    Some(format!("{} bits", bits(content)))
}

/// How many bits a number takes, without the zeros before it.
pub fn bits(content: &[u8]) -> usize {
    let mut significant = content.iter().skip_while(|&&byte| byte == 0);
    let behind = significant.clone().count().saturating_sub(1) * 8;
    significant.next().map_or(0, |first| behind + 8 - first.leading_zeros() as usize)
}

/// `CN (2.5.4.3)`, or the numbers alone.
pub fn oid_words(content: &[u8]) -> Option<String> {
    let Some(dotted) = oid::dotted(content) else {
        // A right one whose numbers are beyond all use.
        return check::is_oid(content).then(|| "numbers too large to write out".to_owned());
    };
    Some(match oid::name(&dotted) {
        Some(name) => format!("{name} ({dotted})"),
        None => dotted,
    })
}

/// The numbers of a RELATIVE-OID: those of an identifier, but the first stands for itself.
fn relative_oid(content: &[u8]) -> Option<String> {
    // Behind a first number that is known, the rest reads like any identifier's.
    let dotted = oid::dotted(&[&[0x00], content].concat())?;
    dotted.strip_prefix("0.0").map(|rest| format!("….{}", rest.trim_start_matches('.')))
}

/// What is no UTF-8, in a string that mostly holds Latin 1.
fn latin1(content: &[u8]) -> Option<String> {
    let text: String = content.iter().map(|&byte| char::from(byte)).collect();
    Some(escape(text.as_bytes()))
}

fn bmp_string(content: &[u8]) -> Option<String> {
    let units = content.chunks(2);
    let units = units.map(|pair| pair.iter().fold(0, |unit, &byte| unit << 8 | u16::from(byte)));
    let text: String =
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some(escape(text.as_bytes()))
}

fn universal_string(content: &[u8]) -> Option<String> {
    let units = content.chunks(4);
    let units = units.map(|four| four.iter().fold(0, |unit, &byte| unit << 8 | u32::from(byte)));
    let text: String =
        units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some(escape(text.as_bytes()))
}

/// The names of the bits that are set, in the order of the list; where a bit has no name, its
/// number.
pub fn named_bits(content: &[u8], names: &[&str]) -> Option<String> {
    let all = content.iter().enumerate().flat_map(|(at, byte)| {
        let set = (0..8).filter(move |bit| byte & (0x80 >> bit) != 0);
        set.map(move |bit| at * 8 + bit)
    });
    let words = all.map(|bit| match names.get(bit) {
        Some(name) => (*name).to_owned(),
        None => format!("bit {bit}"),
    });
    // What follows a great many bits says nothing more.
    Some(words.take(64).collect::<Vec<_>>().join(", "))
}

/// What a tag is, as in `SEQUENCE` or `[0]`.
pub(super) fn tag_words(bytes: &[u8]) -> Option<String> {
    let (&identifier, more) = bytes.split_first()?;
    if identifier & 0xc0 == 0 && more.is_empty() {
        return Some(tag_name(identifier).to_owned());
    }
    let class = match identifier >> 6 {
        0 => "UNIVERSAL ",
        1 => "APPLICATION ",
        2 => "",
        _ => "PRIVATE ",
    };
    let number = match more {
        [] => u64::from(identifier & 0x1f),
        [_, ..] if more.len() > 9 => return Some(format!("[{class}more than can be counted]")),
        _ => more.iter().fold(0, |number, byte| number << 7 | u64::from(byte & 0x7f)),
    };
    Some(format!("[{class}{number}]"))
}

/// The name of an element that no schema names.
pub(super) fn tag_name(identifier: u8) -> &'static str {
    if identifier & 0xc0 != 0 {
        return "tagged";
    }
    match identifier & 0x1f {
        0x00 => "end-of-contents",
        0x01 => "BOOLEAN",
        0x02 => "INTEGER",
        0x03 => "BIT STRING",
        0x04 => "OCTET STRING",
        0x05 => "NULL",
        0x06 => "OBJECT IDENTIFIER",
        0x07 => "ObjectDescriptor",
        0x08 => "EXTERNAL",
        0x09 => "REAL",
        0x0a => "ENUMERATED",
        0x0b => "EMBEDDED PDV",
        0x0c => "UTF8String",
        0x0d => "RELATIVE-OID",
        0x10 => "SEQUENCE",
        0x11 => "SET",
        0x12 => "NumericString",
        0x13 => "PrintableString",
        0x14 => "TeletexString",
        0x15 => "VideotexString",
        0x16 => "IA5String",
        0x17 => "UTCTime",
        0x18 => "GeneralizedTime",
        0x19 => "GraphicString",
        0x1a => "VisibleString",
        0x1b => "GeneralString",
        0x1c => "UniversalString",
        0x1d => "CHARACTER STRING",
        0x1e => "BMPString",
        _ => "element",
    }
}
