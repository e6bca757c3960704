//! The walk over DER by a [`Schema`]: every element becomes a field with its tag, its length and
//! its content. What BER allows and DER does not is read too, and remarked.
//!
//! Time is linear in the input: nothing is looked for ahead of the walk. Where a length is
//! indefinite (X.690 section 8.1.3.6) the elements inside are read until an end-of-contents comes.

use nom::bytes::complete::take;

use super::check::{self, Wrong};
use super::header::{self, Header, Length};
use super::saying;
use super::schema::{Inside, Member, Presence, Rules, Schema, tag};
use super::words::{tag_name, value};
use crate::wire::fault::Fault;
use crate::wire::field::{Shape, Value};
use crate::wire::grammar::{Reader, Record};
use crate::wire::limits::DER_DEPTH;

/// Reads DER through a [`Reader`].
pub struct Der<'r, 'a, R> {
    pub(super) r: &'r mut Reader<'a, R>,
    pub(super) depth: usize,
    /// The content of the OBJECT IDENTIFIER, or of another key, that says what comes next: the last one in the same
    /// SEQUENCE, or the first within the last part of it (an AlgorithmIdentifier's algorithm).
    pub(super) oid: &'a [u8],
    /// By which rules it is written.
    pub(super) rules: Rules,
    /// What is being read ends with an end-of-contents.
    pub(super) indefinite: bool,
    /// What is being read is there to its end.
    pub(super) complete: bool,
}

/// The first OBJECT IDENTIFIER in an element, if there is one.
pub(super) type FirstOid<'a> = Option<&'a [u8]>;

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
    pub(super) fn item(&mut self, name: &'static str, schema: &Schema) -> FirstOid<'a> {
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
            Schema::Noticed(notices, schema) => {
                let (bytes, at) = (self.r.rest(), self.r.at());
                let oid = self.chosen(name, schema);
                if R::KEEPS {
                    saying(self.r, |say| notices(bytes, at, say));
                }
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
                match *schema {
                    Schema::Octets(_) | Schema::Bits(_) if check::is_in_pieces(identifier) => {
                        self.pieces(schema)
                    }
                    _ => self.all("", &Schema::Any, false),
                }
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

    /// The one element that an explicit tag holds.
    fn explicit(&mut self, name: &'static str, schema: &Schema) -> FirstOid<'a> {
        let first = if self.ended() { None } else { self.item(name, schema) };
        self.surplus();
        first
    }

    pub(super) fn all(
        &mut self,
        name: &'static str,
        schema: &Schema,
        sorted: bool,
    ) -> FirstOid<'a> {
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
    pub(super) fn remark(
        &mut self,
        section: &'static str,
        name: &'static str,
        at: usize,
        fault: Fault,
    ) {
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
        Schema::In(_, schema) | Schema::By(_, schema) | Schema::Noticed(_, schema) => {
            universal(schema)
        }
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
