//! What an element is, in the words of ASN.1, as data: the tables of `x509` and `ocsp` are
//! written in it, and the walk in `walk.rs` reads by it.

use std::ops::Range;

use crate::wire::fault::Fault;

/// What the content of an element says, in words that are safe to print.
pub type Words = fn(&[u8]) -> Option<String>;

/// Says what there is to say of the element at the start of these bytes, whose first stands at this
/// place, though it has its form.
pub type Notices = fn(&[u8], usize, Say<'_>);

/// Takes a notice: the section, the field, where, and what.
pub type Say<'s> = &'s mut dyn FnMut(&'static str, &'static str, Range<usize>, Fault);

/// What an element is.
#[derive(Clone, Copy)]
pub enum Schema {
    /// Whatever its tag says.
    Any,
    /// A primitive of the universal type with this identifier octet; by a tag of its own where it
    /// is a member (`[n] IMPLICIT`). The words are better ones than the type's.
    Type(u8, Option<Words>),
    /// `SEQUENCE { … }`, or a tagged one.
    Sequence(&'static [Member]),
    /// `SEQUENCE OF`: items of one name and kind.
    Of(&'static str, &'static Schema),
    /// `SET OF`: the same, in the order of their bytes.
    SetOf(&'static str, &'static Schema),
    /// `[n] EXPLICIT`, or a tagged CHOICE: one element of this kind inside.
    Explicit(&'static str, &'static Schema),
    /// An OCTET STRING with something in it.
    Octets(Inside),
    /// A BIT STRING with something in it, behind its count of unused bits.
    Bits(Inside),
    /// What the OBJECT IDENTIFIER before it chooses, by its content.
    ByOid(fn(&[u8]) -> &'static Schema),
    /// A CHOICE: what its own identifier octet chooses, and how that is called.
    ByTag(fn(u8) -> (&'static str, &'static Schema)),
    /// One of these identifier octets belongs here; the words name them.
    OneOf(&'static [u8], &'static str, &'static Schema),
    /// By these rules, with all that is inside.
    By(Rules, &'static Schema),
    /// The section that describes it.
    In(&'static str, &'static Schema),
    /// One of which there is more to say once it was read.
    Noticed(Notices, &'static Schema),
}

/// The rules by which an element is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// The distinguished ones: one way for each value.
    Der,
    /// The basic ones, which leave choices: X.690 sections 10 and 11 say nothing.
    Ber,
}

/// What stands in a string.
#[derive(Clone, Copy)]
pub enum Inside {
    /// One element.
    Element(&'static str, &'static Schema),
    /// One element where it looks like one, by this name or by its tag's; else bytes.
    Perhaps(&'static str),
    /// Bytes that say something.
    Words(Words),
    /// Bytes that say something, and what comes next, as an OBJECT IDENTIFIER does.
    Key(Words),
    /// Bits whose words hang on how many are unused.
    ByUnused(fn(u8) -> Words),
    /// Bits with names, the words of those that are set. Zeros at the end are left out.
    NamedBits(Words),
    /// A point of an elliptic curve: SEC 1 section 2.3.3.
    Point,
    /// A SignedCertificateTimestampList: RFC 6962 section 3.3.
    Timestamps,
}

/// A part of a SEQUENCE.
pub struct Member {
    /// The name in ASN.1.
    pub name: &'static str,
    /// The identifier octets that it may have; none where it may have any.
    pub tags: &'static [u8],
    /// Whether it may be left out.
    pub presence: Presence,
    /// What it is.
    pub schema: Schema,
}

/// Whether a part of a SEQUENCE may be left out.
#[derive(Clone, Copy)]
pub enum Presence {
    /// It may not.
    Required,
    /// `OPTIONAL`.
    Optional,
    /// `DEFAULT`: it must be left out where its content is this.
    Default(&'static [u8]),
}

/// A part that must be there.
pub const fn member(name: &'static str, tags: &'static [u8], schema: Schema) -> Member {
    Member { name, tags, presence: Presence::Required, schema }
}

/// `OPTIONAL`.
pub const fn optional(name: &'static str, tags: &'static [u8], schema: Schema) -> Member {
    Member { name, tags, presence: Presence::Optional, schema }
}

/// `DEFAULT`, with the content that says no more than to be left out would.
pub const fn default(
    name: &'static str,
    tags: &'static [u8],
    content: &'static [u8],
    schema: Schema,
) -> Member {
    Member { name, tags, presence: Presence::Default(content), schema }
}

/// Identifier octets of universal types, X.680 section 8.4.
pub mod tag {
    #![allow(missing_docs, reason = "each is the type of its name")]
    pub const END_OF_CONTENTS: u8 = 0x00;
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OBJECT_IDENTIFIER: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1a;
    pub const GENERAL_STRING: u8 = 0x1b;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    /// The bit of an identifier octet that says that elements are inside.
    pub const CONSTRUCTED: u8 = 0x20;
}

/// A primitive of a universal type, with the type's own words.
pub const fn of_type(identifier: u8) -> Schema {
    Schema::Type(identifier, None)
}
/// `INTEGER`.
pub const INTEGER: Schema = of_type(tag::INTEGER);
/// `BOOLEAN`.
pub const BOOLEAN: Schema = of_type(tag::BOOLEAN);
/// `OBJECT IDENTIFIER`.
pub const OID: Schema = of_type(tag::OBJECT_IDENTIFIER);
/// `NULL`.
pub const NULL: Schema = of_type(tag::NULL);
/// `OCTET STRING`, of bytes that are nothing more.
pub const OCTETS: Schema = of_type(tag::OCTET_STRING);
/// `IA5String`.
pub const IA5: Schema = of_type(tag::IA5_STRING);
/// `UTF8String`.
pub const UTF8: Schema = of_type(tag::UTF8_STRING);
/// `GeneralizedTime`.
pub const GENERALIZED_TIME: Schema = of_type(tag::GENERALIZED_TIME);
