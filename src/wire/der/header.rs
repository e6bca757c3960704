//! Tag and length of an element: X.690 sections 8.1.2 and 8.1.3, in all that BER allows, with a
//! remark where DER does not (section 10.1) and the rules are those.

use nom::bytes::complete::take;

use super::schema::Rules;
use super::words::tag_words;
use crate::wire::fault::{Fault, Remark};
use crate::wire::field::Value;
use crate::wire::grammar::{Reader, Record};

/// What stands before the content of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The identifier octet, the first one where a tag has several.
    pub identifier: u8,
    /// Bytes of the tag.
    pub tag: usize,
    /// Bytes of the length.
    pub width: usize,
    /// How long the content is.
    pub length: Length,
}

/// How long the content of an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// So many bytes.
    Definite(usize),
    /// As far as its end-of-contents.
    Indefinite,
    /// More bytes than can be counted, or the reserved form.
    Nonsense,
}

/// The header at the start of these bytes, where it is there to its end.
#[inline]
pub(super) fn parse(input: &[u8]) -> Option<Header> {
    if let [identifier, length @ 0..=0x7f, ..] = *input {
        if identifier & 0x1f != 0x1f {
            let length = Length::Definite(length.into());
            return Some(Header { identifier, tag: 1, width: 1, length });
        }
    }
    parse_long(input)
}

fn parse_long(input: &[u8]) -> Option<Header> {
    let (&identifier, tag) = (input.first()?, tag_width(input));
    let octets = input.get(tag..)?;
    let width = length_width(*octets.first()?);
    let length = length_of(octets.get(..width)?)?;
    Some(Header { identifier, tag, width, length })
}

/// The length that these octets tell: X.690 section 8.1.3.
fn length_of(octets: &[u8]) -> Option<Length> {
    let (&first, digits) = octets.split_first()?;
    Some(match first {
        0..=0x7f => Length::Definite(first.into()),
        0x80 => Length::Indefinite,
        0xff => Length::Nonsense,
        _ => {
            let significant = digits.iter().skip_while(|&&digit| digit == 0);
            match significant.clone().count() {
                0..=8 => {
                    let length = significant.fold(0u64, |sum, &digit| sum << 8 | u64::from(digit));
                    usize::try_from(length).map_or(Length::Nonsense, Length::Definite)
                }
                _ => Length::Nonsense,
            }
        }
    })
}

/// A definite length as a number.
fn definite(octets: &[u8]) -> Option<u64> {
    match length_of(octets)? {
        Length::Definite(length) => Some(length as u64),
        Length::Indefinite | Length::Nonsense => None,
    }
}

/// Reads tag and length, a leaf each. Where there is no content to be told from what follows,
/// all that is left is owned, and there is no header.
#[inline]
pub(super) fn read<R: Record>(r: &mut Reader<'_, R>, rules: Rules) -> Result<Header, Box<Remark>> {
    let Some(header) = parse(r.rest()) else { return cut_off(r) };
    let value = match header.length {
        Length::Definite(_) => Value::NumberBy(definite),
        Length::Indefinite => Value::Words(|_| Some("indefinite".to_owned())),
        Length::Nonsense => Value::Bytes,
    };
    let plain = header.tag + header.width == 2 && matches!(header.length, Length::Definite(_));
    let start = r.rest();
    r.leaf("tag", header.tag, take(header.tag), Value::Words(tag_words))?;
    r.leaf("length", header.width, take(header.width), value)?;
    if !plain {
        remark(r, &header, start, rules)?;
    }
    Ok(header)
}

/// What there is to say about a header of more than two bytes, or of indefinite length.
#[cold]
fn remark<R: Record>(
    r: &mut Reader<'_, R>,
    header: &Header,
    bytes: &[u8],
    rules: Rules,
) -> Result<(), Box<Remark>> {
    let (end, middle) = (r.at(), r.at() - header.width);
    let start = middle - header.tag;
    let mut say = |section, field, range, expected, found| {
        let outer = r.section(section);
        r.remark(field, range, Fault::Form { expected, found });
        r.section(outer);
    };
    if let (2.., Some([first, rest @ ..])) = (header.tag, bytes.get(1..header.tag)) {
        if *first == 0x80 || (rest.is_empty() && *first < 0x1f) {
            let expected = "a tag in as few bytes as it takes";
            say("X.690 8.1.2", "tag", start..middle, expected, "more bytes than it takes");
        }
    }
    match header.length {
        Length::Definite(length) => {
            if rules == Rules::Der && header.width > shortest_width(length) {
                let expected = "a length in as few bytes as it takes";
                let found = "more bytes than it takes";
                say("X.690 10.1", "length", middle..end, expected, found);
            }
            Ok(())
        }
        Length::Indefinite if rules == Rules::Ber => Ok(()),
        Length::Indefinite => {
            let expected = "a definite length";
            say("X.690 10.1", "length", middle..end, expected, "an indefinite length");
            Ok(())
        }
        Length::Nonsense => {
            let expected = "a length of at most eight bytes";
            let reserved = header.width == 1;
            let found = if reserved { "0xff, which is reserved" } else { "one of more" };
            let outer = r.section("X.690 8.1.3.5");
            let remark = r.malformed("element", Fault::Form { expected, found });
            r.section(outer);
            Err(remark)
        }
    }
}

/// The input ends within the header: what is there of it has a name all the same.
#[cold]
fn cut_off<R: Record>(r: &mut Reader<'_, R>) -> Result<Header, Box<Remark>> {
    let tag = tag_width(r.rest());
    r.leaf("tag", tag, take(tag), Value::Words(tag_words))?;
    let width = r.rest().first().map_or(1, |&first| length_width(first));
    r.leaf("length", width, take(width), Value::Bytes)?;
    Err(r.malformed("element", Fault::Form { expected: "a tag and a length", found: "neither" }))
}

/// Bytes of a tag: one, or as many as its number needs, seven bits in each.
fn tag_width(input: &[u8]) -> usize {
    match input {
        [first, more @ ..] if first & 0x1f == 0x1f => {
            2 + more.iter().take_while(|&&byte| byte >= 0x80).count()
        }
        _ => 1,
    }
}

/// Bytes of a length that begins with this one.
fn length_width(first: u8) -> usize {
    match first {
        0x81..=0xfe => 1 + usize::from(first & 0x7f),
        _ => 1,
    }
}

/// Bytes that a length takes in DER: as few as can be.
fn shortest_width(length: usize) -> usize {
    match length {
        0..0x80 => 1,
        _ => 1 + (usize::BITS - length.leading_zeros()).div_ceil(8) as usize,
    }
}
