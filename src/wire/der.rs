//! DER: X.690 section 10. Every element as its tag, its length and its value, named by a schema
//! where one is known ([`super::x509`]) and by its tag where not.
//!
//! der-parser reads the headers. What it refuses (indefinite lengths, lengths of over eight
//! bytes) becomes a `malformed` leaf.

use der_parser::asn1_rs::Tag;
use der_parser::der::der_read_element_header;
use nom::bytes::complete::take;

use super::fault::{Fault, Remark};
use super::field::{Shape, Value};
use super::grammar::{Prefix, Read, Reader, Record, length};
use super::limits::DER_DEPTH;
use crate::names::oid;

/// What an element is, in the words of ASN.1.
#[derive(Clone, Copy)]
pub enum Schema {
    /// Whatever its tag says.
    Any,
    /// `SEQUENCE { … }`, or a tagged one.
    Sequence(&'static [Member]),
    /// `SEQUENCE OF`, `SET OF`: items of one name and kind.
    Of(&'static str, &'static Schema),
    /// `[n] EXPLICIT`, or a CHOICE: one element of this kind inside.
    Explicit(&'static str, &'static Schema),
    /// A primitive whose content means what the function says.
    Words(fn(&[u8]) -> Option<String>),
    /// An OCTET STRING that holds an element.
    Holds(&'static str, &'static Schema),
    /// A BIT STRING that holds an element behind its count of unused bits.
    BitsHold(&'static str, &'static Schema),
    /// What the OBJECT IDENTIFIER before it chooses.
    ByOid(fn(&str) -> &'static Schema),
    /// A CHOICE: what its own tag chooses, and how that is called.
    ByTag(fn(u8) -> (&'static str, &'static Schema)),
}

/// A part of a SEQUENCE.
pub struct Member {
    /// The name in ASN.1.
    pub name: &'static str,
    /// The identifier octets that it may have; none where it may have any.
    pub tags: &'static [u8],
    /// Whether it may be left out: `OPTIONAL`, `DEFAULT`.
    pub optional: bool,
    /// What it is.
    pub schema: Schema,
}

/// DER behind its length, shown by what `read` knows of it. Its value is its bytes, whatever stands
/// in them.
pub fn sized<P: Prefix, R: Record>(
    r: &mut Reader<'_, R>,
    name: &'static str,
    read: impl FnOnce(&mut Reader<'_, R>),
) -> Read<Vec<u8>> {
    r.node(name, Shape::Struct, |r| {
        let length = length::<P, R>(r)?;
        let der = r.rest().get(..length).unwrap_or_default().to_vec();
        r.within(name, length, |r| {
            read(r);
            r.trailing();
            Ok(der)
        })
    })
}

/// Reads DER through a [`Reader`].
pub struct Der<'r, 'a, R> {
    r: &'r mut Reader<'a, R>,
    depth: usize,
    /// The content of the last OBJECT IDENTIFIER, which says what comes next.
    last_oid: &'a [u8],
}

impl<'r, 'a, R: Record> Der<'r, 'a, R> {
    /// A reader of DER where `r` stands.
    pub fn new(r: &'r mut Reader<'a, R>) -> Self {
        Der { r, depth: 0, last_oid: &[] }
    }

    /// Reads one element. What follows it is left where it is.
    pub fn element(&mut self, name: &'static str, schema: &Schema) {
        if self.r.is_empty() {
            return;
        }
        let (name, schema) = self.resolve(name, schema);
        // The error is in the tree already, as a remark.
        let _ = self.node(name, schema);
    }

    fn node(&mut self, name: &'static str, schema: &Schema) -> Read<()> {
        // The closure must not borrow all of `self`, since the reader is a part of it.
        let Der { r, depth, last_oid } = self;
        let (depth, mut oid) = (*depth, *last_oid);
        let read = r.node(name, Shape::Struct, |r| {
            let header = header(r)?;
            r.within(name, header.length, |r| {
                let mut inner = Der { r, depth: depth + 1, last_oid: oid };
                inner.content(name, header.identifier, schema);
                oid = inner.last_oid;
                Ok(())
            })
        });
        self.last_oid = oid;
        read
    }

    /// Reads what is inside an element, to its end.
    fn content(&mut self, name: &'static str, identifier: u8, schema: &Schema) {
        let constructed = identifier & 0x20 != 0;
        match *schema {
            _ if self.depth > DER_DEPTH && constructed => {
                let expected = "elements that nest at most 32 deep";
                self.r.malformed(name, Fault::Form { expected, found: "one deeper" });
            }
            Schema::Sequence(members) if constructed => self.members(members),
            Schema::Of(item, schema) if constructed => self.all(item, schema),
            Schema::Explicit(inner, schema) if constructed => self.element(inner, schema),
            Schema::Holds(inner, schema) if !constructed && looks_like_der(self.r.rest()) => {
                self.element(inner, schema);
            }
            Schema::BitsHold(inner, schema) if !constructed => {
                self.unused_bits();
                if looks_like_der(self.r.rest()) {
                    self.element(inner, schema);
                } else {
                    self.r.remaining(name, Value::Bytes);
                }
            }
            Schema::Words(words) if !constructed => {
                self.r.remaining(name, Value::Words(words));
            }
            _ if constructed => self.all("", &Schema::Any),
            _ => self.primitive(name, identifier),
        }
    }

    /// A value whose tag says what it is.
    fn primitive(&mut self, name: &'static str, identifier: u8) {
        if identifier == BIT_STRING {
            self.unused_bits();
        }
        let content = self.r.remaining(name, primitive_value(identifier));
        if identifier == OBJECT_IDENTIFIER {
            self.last_oid = content;
        }
    }

    fn unused_bits(&mut self) {
        let parser = nom::number::complete::be_u8;
        let _ = self.r.leaf("unused_bits", 1, parser, |bits| Value::Number(u64::from(*bits)));
    }

    fn all(&mut self, item: &'static str, schema: &Schema) {
        while !self.r.is_empty() {
            let at = self.r.at();
            self.element(item, schema);
            if self.r.at() == at {
                break;
            }
        }
    }

    /// The parts of a SEQUENCE. An element that fits none of them is named by its tag.
    fn members(&mut self, members: &'static [Member]) {
        let mut left = members.iter();
        while !self.r.is_empty() {
            let at = self.r.at();
            let identifier = self.identifier();
            let fits =
                |member: &&Member| member.tags.is_empty() || member.tags.contains(&identifier);
            let mut ahead = left.clone();
            match ahead.find(fits) {
                Some(member) => {
                    left = ahead;
                    self.element(member.name, &member.schema);
                }
                None => {
                    let expected = match left.clone().find(|member| !member.optional) {
                        Some(member) => member.name,
                        None => "the end of the sequence",
                    };
                    let found = tag_name(identifier);
                    self.r.remark(found, at..at + 1, Fault::Form { expected, found });
                    self.element("", &Schema::Any);
                }
            }
            if self.r.at() == at {
                break;
            }
        }
    }

    /// What an element is and is called, here and now.
    fn resolve<'s>(&self, name: &'static str, schema: &'s Schema) -> (&'static str, &'s Schema) {
        match schema {
            Schema::ByOid(choose) => {
                (name, choose(&oid::dotted(self.last_oid).unwrap_or_default()))
            }
            Schema::ByTag(choose) => choose(self.identifier()),
            schema if name.is_empty() => (tag_name(self.identifier()), schema),
            schema => (name, schema),
        }
    }

    fn identifier(&self) -> u8 {
        self.r.rest().first().copied().unwrap_or(0)
    }
}

struct Header {
    identifier: u8,
    length: usize,
}

/// Reads tag and length, a leaf each.
fn header<R: Record>(r: &mut Reader<'_, R>) -> Read<Header> {
    let input = r.rest();
    let identifier = input.first().copied().unwrap_or(0);
    let parsed = der_read_element_header(input)
        .ok()
        .and_then(|(rest, header)| Some((rest, header.length().definite().ok()?, header)));
    let Some((rest, length, header)) = parsed else {
        return Err(bad_header(r));
    };
    let tag = header.raw_tag().map_or(1, <[u8]>::len);
    let width = input.len() - rest.len() - tag;
    r.leaf("tag", tag, take(tag), |_| Value::Words(tag_words))?;
    r.leaf("length", width, take(width), |_| Value::Number(length as u64))?;
    if width > length_width(length) {
        let expected = "a length in as few bytes as it takes";
        let found = "more bytes than it takes";
        r.remark("length", r.at() - width..r.at(), Fault::Form { expected, found });
    }
    Ok(Header { identifier, length })
}

/// Says why there is no header, and owns the bytes.
fn bad_header<R: Record>(r: &mut Reader<'_, R>) -> Box<Remark> {
    let tag = tag_width(r.rest());
    let behind = r.rest().get(tag..).unwrap_or_default();
    let wanted = match behind.first() {
        Some(first @ 0x81..=0x88) => 1 + usize::from(first & 0x7f),
        _ => 1,
    };
    if behind.len() < wanted {
        // The input ends within the header: what is there of it has a name all the same.
        let read = r
            .leaf("tag", tag, take(tag), |_| Value::Words(tag_words))
            .and_then(|_| r.leaf("length", wanted, take(wanted), |_| Value::Bytes));
        if let Err(remark) = read {
            return remark;
        }
    }
    let expected = "a tag, and a definite length in at most eight bytes";
    let found = match behind.first() {
        Some(0x80) => "an indefinite length",
        Some(0x89..) => "a length of over eight bytes",
        _ => "a tag that is too large",
    };
    r.malformed("element", Fault::Form { expected, found })
}

/// Bytes of a tag, X.690 section 8.1.2: one, or as many as its number needs, seven bits in each.
fn tag_width(input: &[u8]) -> usize {
    match input {
        [first, more @ ..] if first & 0x1f == 0x1f => {
            2 + more.iter().take_while(|&&byte| byte >= 0x80).count()
        }
        _ => 1,
    }
}

/// Bytes that a length takes in DER, X.690 section 10.1: as few as can be.
fn length_width(length: usize) -> usize {
    match length {
        0..0x80 => 1,
        _ => 1 + (usize::BITS - length.leading_zeros()).div_ceil(8) as usize,
    }
}

/// Whether these bytes are exactly one element, as far as its header tells. A string that holds
/// DER is only read as such where it does.
fn looks_like_der(bytes: &[u8]) -> bool {
    match der_read_element_header(bytes) {
        Ok((rest, header)) => header.length().definite().is_ok_and(|length| length >= rest.len()),
        Err(_) => false,
    }
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;

fn primitive_value(identifier: u8) -> Value {
    match identifier {
        0x01 => Value::Words(boolean),
        INTEGER | 0x0a => Value::Words(integer),
        OBJECT_IDENTIFIER => Value::Words(oid_words),
        0x0c | 0x12..=0x16 | 0x1a | 0x1b => Value::Text,
        0x17 => Value::Words(super::time::utc_time),
        0x18 => Value::Words(super::time::generalized_time),
        0x1e => Value::Words(bmp_string),
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
fn integer(content: &[u8]) -> Option<String> {
    let (first, _) = content.split_first()?;
    if content.len() <= 8 && *first < 0x80 {
        let number = content.iter().fold(0u64, |number, &byte| number << 8 | u64::from(byte));
        return Some(number.to_string());
    }
    let significant = content.iter().skip_while(|&&byte| byte == 0);
    let bits = significant.clone().count() * 8
        - significant.clone().next().map_or(0, |byte| byte.leading_zeros() as usize);
    Some(if *first < 0x80 { format!("{bits} bits") } else { "negative".to_owned() })
}

/// `2.5.4.3 commonName`, or the numbers alone.
pub(super) fn oid_words(content: &[u8]) -> Option<String> {
    let dotted = oid::dotted(content)?;
    Some(match oid::name(&dotted) {
        Some(name) => format!("{name} ({dotted})"),
        None => dotted,
    })
}

fn bmp_string(content: &[u8]) -> Option<String> {
    let units: Vec<u16> = content
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |unit, &byte| unit << 8 | u16::from(byte)))
        .collect();
    Some(super::text::escape(String::from_utf16_lossy(&units).as_bytes()))
}

/// What a tag is, as in `SEQUENCE` or `[0] constructed`.
fn tag_words(bytes: &[u8]) -> Option<String> {
    let &identifier = bytes.first()?;
    if identifier & 0xc0 == 0 {
        return Some(tag_name(identifier).to_owned());
    }
    let class = match identifier >> 6 {
        1 => "APPLICATION ",
        2 => "",
        _ => "PRIVATE ",
    };
    let number = match bytes {
        [_] => u32::from(identifier & 0x1f),
        [_, more @ ..] => {
            more.iter().fold(0u32, |number, byte| number.wrapping_shl(7) | u32::from(byte & 0x7f))
        }
        [] => return None,
    };
    Some(format!("[{class}{number}]"))
}

/// The name of an element that no schema names.
fn tag_name(identifier: u8) -> &'static str {
    if identifier & 0xc0 != 0 {
        return "tagged";
    }
    match Tag(u32::from(identifier & 0x1f)) {
        Tag::Boolean => "BOOLEAN",
        Tag::Integer => "INTEGER",
        Tag::BitString => "BIT STRING",
        Tag::OctetString => "OCTET STRING",
        Tag::Null => "NULL",
        Tag::Oid => "OBJECT IDENTIFIER",
        Tag::Enumerated => "ENUMERATED",
        Tag::Utf8String => "UTF8String",
        Tag::Sequence => "SEQUENCE",
        Tag::Set => "SET",
        Tag::NumericString => "NumericString",
        Tag::PrintableString => "PrintableString",
        Tag::T61String => "TeletexString",
        Tag::Ia5String => "IA5String",
        Tag::UtcTime => "UTCTime",
        Tag::GeneralizedTime => "GeneralizedTime",
        Tag::VisibleString => "VisibleString",
        Tag::GeneralString => "GeneralString",
        Tag::UniversalString => "UniversalString",
        Tag::BmpString => "BMPString",
        Tag::EndOfContent => "end-of-contents",
        _ => "element",
    }
}
