//! The walk over DER by a [`Schema`]: every element becomes a field with its tag, its length and
//! its content. What BER allows and DER does not is read too, and remarked.
//!
//! Time is linear in the input: nothing is looked for ahead of the walk. Where a length is
//! indefinite (X.690 section 8.1.3.6) the elements inside are read until an end-of-contents comes.

use nom::bytes::complete::take;
use nom::number::complete::be_u8;

use super::check::{self, Wrong};
use super::header::{self, Header, Length};
use super::schema::{Inside, Member, Presence, Rules, Schema, tag};
use super::words::{tag_name, value};
use crate::wire::fault::Fault;
use crate::wire::field::{Shape, Value};
use crate::wire::grammar::{Reader, Record, Wire};
use crate::wire::limits::DER_DEPTH;
use crate::wire::point::no_form;
use crate::wire::sct::SignedCertificateTimestampList;

/// Reads DER through a [`Reader`].
pub struct Der<'r, 'a, R> {
    r: &'r mut Reader<'a, R>,
    depth: usize,
    /// The content of the OBJECT IDENTIFIER, or of another key, that says what comes next: the last one in the same
    /// SEQUENCE, or the first within the last part of it (an AlgorithmIdentifier's algorithm).
    oid: &'a [u8],
    /// By which rules it is written.
    rules: Rules,
    /// What is being read ends with an end-of-contents.
    indefinite: bool,
    /// What is being read is there to its end.
    complete: bool,
}

/// The first OBJECT IDENTIFIER in an element, if there is one.
type FirstOid<'a> = Option<&'a [u8]>;

impl<'r, 'a, R: Record> Der<'r, 'a, R> {
    /// A reader of DER where `r` stands.
    pub fn new(r: &'r mut Reader<'a, R>) -> Self {
        Der { r, depth: 0, oid: &[], rules: Rules::Der, indefinite: false, complete: true }
    }

    /// Reads one element. What follows it is left where it is.
    pub fn element(&mut self, name: &'static str, schema: &Schema) {
        if !self.r.is_empty() {
            self.item(name, schema);
        }
    }

    /// Reads one element, and remarks on a tag that does not belong to its schema.
    fn item(&mut self, name: &'static str, schema: &Schema) -> FirstOid<'a> {
        let identifier = self.identifier();
        let belongs = universal(schema).unwrap_or(identifier);
        // A string in pieces is one of its kind; the walk remarks on the pieces.
        if identifier == belongs || identifier == belongs | tag::CONSTRUCTED {
            return self.chosen(name, schema);
        }
        self.remark_tag(tag_name(belongs), identifier);
        self.chosen(name, &Schema::Any)
    }

    fn remark_tag(&mut self, expected: &'static str, identifier: u8) {
        let (at, found) = (self.r.at(), tag_name(identifier));
        self.r.remark(found, at..at + 1, Fault::Form { expected, found });
    }

    /// Reads one element by what its schema makes of it here and now.
    fn chosen(&mut self, name: &'static str, schema: &Schema) -> FirstOid<'a> {
        match schema {
            Schema::ByOid(choose) => self.item(name, choose(self.oid)),
            Schema::ByTag(choose) => {
                let (name, schema) = choose(self.identifier());
                self.chosen(name, schema)
            }
            Schema::By(rules, schema) => {
                let outer = std::mem::replace(&mut self.rules, *rules);
                let oid = self.chosen(name, schema);
                self.rules = outer;
                oid
            }
            Schema::In(section, schema) => {
                let outer = self.r.section(section);
                let oid = self.chosen(name, schema);
                self.r.section(outer);
                oid
            }
            Schema::OneOf(tags, expected, schema) => {
                let identifier = self.identifier();
                if !belongs(tags, identifier) {
                    self.remark_tag(expected, identifier);
                }
                self.chosen(name, schema)
            }
            schema if name.is_empty() => self.node(tag_name(self.identifier()), schema),
            schema => self.node(name, schema),
        }
    }

    fn node(&mut self, name: &'static str, schema: &Schema) -> FirstOid<'a> {
        // The closure must not borrow all of `self`, since the reader is a part of it.
        let Der { r, depth, oid, rules, complete, .. } = self;
        let mut first = None;
        // What is wrong is in the tree already, as a remark.
        let _ = r.node(name, Shape::Struct, |r| {
            let header = header::read(r, *rules)?;
            let mut inside = |r: &mut Reader<'a, R>, complete, indefinite| {
                let depth = *depth + 1;
                let mut inner = Der { r, depth, oid, rules: *rules, indefinite, complete };
                first = inner.content(name, &header, schema);
                if indefinite && header.identifier & tag::CONSTRUCTED != 0 {
                    inner.end_of_contents();
                }
                Ok(())
            };
            match header.length {
                Length::Definite(length) => {
                    let complete = length <= r.rest().len();
                    r.within(name, length, |r| inside(r, complete, false))
                }
                _ => inside(r, *complete, true),
            }
        });
        first
    }

    /// Reads what is inside an element, to its end.
    fn content(&mut self, name: &'static str, header: &Header, schema: &Schema) -> FirstOid<'a> {
        let identifier = header.identifier;
        let constructed = identifier & tag::CONSTRUCTED != 0;
        if constructed && self.depth > DER_DEPTH {
            let expected = "elements that nest at most 32 deep";
            self.r.malformed(name, Fault::Form { expected, found: "one deeper" });
            return None;
        }
        if !constructed && self.indefinite {
            let outer = self.r.section("X.690 8.1.3.2");
            let expected = "a definite length, as nothing is inside";
            let found = "an indefinite length";
            self.r.malformed(name, Fault::Form { expected, found });
            self.r.section(outer);
            return None;
        }
        match *schema {
            Schema::Sequence(members) if constructed => self.members(members),
            Schema::Of(item, schema) if constructed => self.all(item, schema, false),
            Schema::SetOf(item, schema) if constructed => self.all(item, schema, true),
            Schema::Explicit(inner, schema) if constructed => self.explicit(inner, schema),
            Schema::Octets(inside) if !constructed => {
                let key = matches!(inside, Inside::Key(_)).then_some(self.r.rest());
                self.inside(name, inside);
                key
            }
            Schema::Bits(inside) if !constructed => {
                self.bits(name, inside);
                None
            }
            Schema::Type(universal, words) if !constructed => {
                let words = words.map(Value::Words);
                self.primitive(name, universal, words)
            }
            _ if constructed => {
                if let Some(wrong) = check::constructed(identifier) {
                    self.wrong(name, wrong);
                }
                // What stands in a string stands in its only piece, X.690 section 8.7.3.
                let is_string = matches!(schema, Schema::Octets(_) | Schema::Bits(_));
                if is_string && check::is_in_pieces(identifier) && self.has_one_piece() {
                    return self.item("", schema);
                }
                self.all("", &Schema::Any, false)
            }
            _ if header.tag == 1 => self.primitive(name, identifier, None),
            _ => self.primitive(name, CONTEXT, None),
        }
    }

    /// A value whose type says what it is.
    #[inline]
    fn primitive(
        &mut self,
        name: &'static str,
        identifier: u8,
        words: Option<Value>,
    ) -> FirstOid<'a> {
        if identifier == tag::BIT_STRING {
            self.bits(name, Inside::Words(|_| None));
            return None;
        }
        let at = self.r.at();
        let words = words.unwrap_or_else(|| value(identifier, self.r.rest()));
        let content = self.r.remaining(name, words);
        if self.complete {
            if let Some((section, fault)) = check::content(identifier, content) {
                self.remark(section, name, at, fault);
            }
        }
        (identifier == tag::OBJECT_IDENTIFIER).then_some(content)
    }

    /// Whether the element that comes is all that is inside.
    fn has_one_piece(&self) -> bool {
        let rest = self.r.rest();
        let Some(header) = header::parse(rest) else { return false };
        let Length::Definite(length) = header.length else { return false };
        let behind = rest.get(header.tag + header.width..).and_then(|own| own.get(length..));
        match behind {
            Some([]) => !self.indefinite,
            Some([0, 0, ..]) => self.indefinite,
            _ => false,
        }
    }

    /// What stands in an OCTET STRING.
    fn inside(&mut self, name: &'static str, inside: Inside) {
        match inside {
            Inside::Element(expected, _) if self.complete && self.r.is_empty() => {
                let (at, found) = (self.r.at(), "no bytes");
                self.r.remark(name, at..at, Fault::Form { expected, found });
            }
            Inside::Element(inner, schema) => self.element(inner, schema),
            Inside::Perhaps(inner) if looks_like_an_element(self.r.rest(), self.complete) => {
                self.element(inner, &Schema::Any);
            }
            Inside::Perhaps(_) => drop(self.r.remaining(name, Value::Bytes)),
            Inside::Words(words) | Inside::NamedBits(words) | Inside::Key(words) => {
                self.r.remaining(name, Value::Words(words));
            }
            // Only a BIT STRING has unused bits.
            Inside::ByUnused(words) => drop(self.r.remaining(name, Value::Words(words(0)))),
            Inside::Point => self.point(),
            Inside::Timestamps => {
                // A timestamp that has no form is in the tree all the same.
                let _ = SignedCertificateTimestampList::read(self.r, "sct_list");
            }
        }
    }

    /// A BIT STRING: the count of unused bits, and what stands behind it.
    fn bits(&mut self, name: &'static str, inside: Inside) {
        let (at, content) = (self.r.at(), self.r.rest());
        let outer = self.r.section("X.690 8.6.2.2");
        let unused = self.r.leaf("unused_bits", 1, be_u8, Value::Number);
        self.r.section(outer);
        let (Ok(unused), Some(bits)) = (unused, content.get(1..)) else { return };
        if self.complete {
            let named = matches!(inside, Inside::NamedBits(_));
            if let Some((section, fault)) = check::bits(unused, bits, named) {
                self.remark(section, name, at, fault);
            }
        }
        let inside = match inside {
            Inside::ByUnused(words) => Inside::Words(words(unused)),
            inside => inside,
        };
        self.inside(name, inside);
    }

    /// A point of a curve: its form in the first byte, and one or two coordinates.
    fn point(&mut self) {
        let words = Value::Words(point_form);
        let at = self.r.at();
        let Ok(form) = self.r.leaf("form", 1, be_u8, words) else { return };
        if !matches!(form, 2..=4 | 6 | 7) {
            self.r.remark("form", at..at + 1, no_form(form));
        }
        let coordinates = self.r.rest().len();
        if matches!(form, 4 | 6 | 7) && coordinates % 2 == 0 {
            let half = coordinates / 2;
            let _ = self.r.leaf("x", half, take(half), Value::Bytes);
            self.r.remaining("y", Value::Bytes);
        } else {
            let name = if matches!(form, 2 | 3) { "x" } else { "point" };
            self.r.remaining(name, Value::Bytes);
        }
    }

    /// The one element that an explicit tag holds.
    fn explicit(&mut self, name: &'static str, schema: &Schema) -> FirstOid<'a> {
        let first = if self.ended() { None } else { self.item(name, schema) };
        self.surplus();
        first
    }

    fn all(&mut self, name: &'static str, schema: &Schema, sorted: bool) -> FirstOid<'a> {
        let (outer, mut first) = (self.oid, None);
        let mut before: &[u8] = &[];
        let mut in_order = true;
        while !self.ended() {
            let (at, rest) = (self.r.at(), self.r.rest());
            self.oid = outer;
            let oid = self.item(name, schema);
            first = first.or(oid);
            let read = self.r.at() - at;
            if read == 0 {
                break;
            }
            if sorted {
                let item = rest.get(..read).unwrap_or_default();
                in_order &= before <= item;
                before = item;
            }
        }
        if !in_order && self.complete {
            let (section, expected) = ("X.690 11.6", "the parts of a SET in order");
            let at = self.r.at() - before.len();
            self.remark(section, "SET", at, Fault::Form { expected, found: "another order" });
        }
        first
    }

    /// The parts of a SEQUENCE. An element that fits none of them is named by its tag.
    fn members(&mut self, members: &'static [Member]) -> FirstOid<'a> {
        let mut left = members;
        let mut first = None;
        while !self.ended() {
            let at = self.r.at();
            let identifier = self.identifier();
            let fits = |member: &Member| member.tags.is_empty() || belongs(member.tags, identifier);
            let found = left.iter().position(fits).and_then(|index| {
                let (skipped, ahead) = left.split_at(index);
                ahead.split_first().map(|(member, behind)| (skipped, member, behind))
            });
            let oid = match found {
                Some((skipped, member, behind)) => {
                    self.missing(skipped, tag_name(identifier));
                    left = behind;
                    self.member(member)
                }
                None => {
                    let expected = match required(left) {
                        Some(member) => member.name,
                        None => "the end of the sequence",
                    };
                    self.remark_tag(expected, identifier);
                    self.node(tag_name(identifier), &Schema::Any)
                }
            };
            if let Some(oid) = oid {
                self.oid = oid;
                first = first.or(Some(oid));
            }
            if self.r.at() == at {
                break;
            }
        }
        if self.complete && !(self.indefinite && self.r.is_empty()) {
            self.missing(left, "the end");
        }
        first
    }

    fn member(&mut self, member: &'static Member) -> FirstOid<'a> {
        let (at, is_default) = (
            self.r.at(),
            match member.presence {
                Presence::Default(content) => own_content(self.r.rest()) == Some(content),
                _ => false,
            },
        );
        let first = self.chosen(member.name, &member.schema);
        if is_default {
            let expected = "a value that is left out, as it is the default";
            let fault = Fault::Form { expected, found: "the default" };
            self.remark("X.690 11.5", member.name, at, fault);
        }
        first
    }

    /// Remarks on the first of these parts that must be there.
    fn missing(&mut self, skipped: &[Member], found: &'static str) {
        if let Some(member) = required(skipped) {
            let at = self.r.at();
            let expected = member.name;
            self.r.remark(expected, at..at, Fault::Form { expected, found });
        }
    }

    /// Elements behind the last one that belongs here, where no length tells that they are such.
    fn surplus(&mut self) {
        while self.indefinite && !self.ended() {
            self.remark_tag("the end-of-contents", self.identifier());
            self.node(tag_name(self.identifier()), &Schema::Any);
        }
    }

    /// What ends an element of indefinite length.
    fn end_of_contents(&mut self) {
        let outer = self.r.section("X.690 8.1.5");
        let _ = self.r.leaf("end-of-contents", 2, take(2usize), Value::Bytes);
        self.r.section(outer);
    }

    /// Whether what is being read is over.
    #[inline]
    fn ended(&self) -> bool {
        self.r.is_empty() || (self.indefinite && matches!(self.r.rest(), [0, 0, ..] | [0]))
    }

    fn wrong(&mut self, name: &'static str, (section, fault): Wrong) {
        self.remark(section, name, self.r.at(), fault);
    }

    /// Remarks on what was read since `at`, or where that is nothing on what comes.
    #[cold]
    fn remark(&mut self, section: &'static str, name: &'static str, at: usize, fault: Fault) {
        if self.rules == Rules::Ber && check::is_of_der_alone(section, &fault) {
            return;
        }
        let outer = self.r.section(section);
        self.r.remark(name, at..self.r.at(), fault);
        self.r.section(outer);
    }

    #[inline]
    fn identifier(&self) -> u8 {
        self.r.rest().first().copied().unwrap_or(0)
    }
}

/// An identifier octet of no universal type, for what has a tag of its own.
const CONTEXT: u8 = 0x80;

/// The identifier octet that an element of this schema has, where it has no tag of its own.
fn universal(schema: &Schema) -> Option<u8> {
    match schema {
        Schema::Sequence(_) | Schema::Of(..) => Some(tag::SEQUENCE),
        Schema::SetOf(..) => Some(tag::SET),
        Schema::Type(identifier, _) => Some(*identifier),
        Schema::Octets(_) => Some(tag::OCTET_STRING),
        Schema::Bits(_) => Some(tag::BIT_STRING),
        Schema::In(_, schema) | Schema::By(_, schema) => universal(schema),
        _ => None,
    }
}

/// Whether an identifier octet is one of these. A string in pieces is one of its kind; the walk
/// remarks on the pieces.
fn belongs(tags: &[u8], identifier: u8) -> bool {
    let in_pieces = check::is_in_pieces(identifier);
    tags.contains(&identifier) || (in_pieces && tags.contains(&(identifier & !tag::CONSTRUCTED)))
}

fn required(members: &[Member]) -> Option<&Member> {
    members.iter().find(|member| matches!(member.presence, Presence::Required))
}

/// The content of the element that stands first.
fn own_content(rest: &[u8]) -> Option<&[u8]> {
    let header = header::parse(rest)?;
    let Length::Definite(length) = header.length else { return None };
    rest.get(header.tag + header.width..)?.get(..length)
}

/// Whether these bytes are exactly one element, as far as its header tells, and as far as they are
/// there. A string that may hold one is only read as such where it does.
fn looks_like_an_element(bytes: &[u8], complete: bool) -> bool {
    header::parse(bytes).is_some_and(|header| match header.length {
        Length::Definite(length) if complete => length == bytes.len() - header.tag - header.width,
        Length::Definite(length) => length >= bytes.len() - header.tag - header.width,
        // What has no length in front is taken for one where it is what most elements are, and
        // another one begins in it.
        Length::Indefinite => {
            matches!(header.identifier, tag::SEQUENCE | tag::SET)
                && bytes.get(2..).is_some_and(begins_an_element)
        }
        Length::Nonsense => false,
    })
}

/// Whether an element begins here that can be as long as it says.
fn begins_an_element(bytes: &[u8]) -> bool {
    header::parse(bytes).is_some_and(|header| match header.length {
        Length::Definite(length) => length <= bytes.len() - header.tag - header.width,
        Length::Indefinite => header.identifier & tag::CONSTRUCTED != 0,
        Length::Nonsense => false,
    })
}

fn point_form(byte: &[u8]) -> Option<String> {
    let form = match byte {
        [0] => "infinity",
        [2] => "compressed, y is even",
        [3] => "compressed, y is odd",
        [4] => "uncompressed",
        [6] => "hybrid, y is even",
        [7] => "hybrid, y is odd",
        _ => return None,
    };
    Some(form.to_owned())
}
