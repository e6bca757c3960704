//! What stands in strings: more DER, a point, bits with names; and strings in pieces, as BER has
//! them, X.690 sections 8.6.4 and 8.7.3.

use nom::bytes::complete::take;
use nom::number::complete::be_u8;

use super::check;
use super::header::{self, Length};
use super::schema::{Inside, Schema, tag};
use super::walk::{Der, FirstOid};
use crate::wire::fault::Fault;
use crate::wire::field::{Tree, Value};
use crate::wire::grammar::{Reader, Record, Wire};
use crate::wire::point::no_form;
use crate::wire::sct::SignedCertificateTimestampList;

impl<'a, R: Record> Der<'_, 'a, R> {
    /// A string in pieces. What stands in it stands in its only piece; where there are several, in
    /// all of them put together, which lies beneath the last.
    pub(super) fn pieces(&mut self, schema: &Schema) -> FirstOid<'a> {
        if self.has_one_piece() {
            return self.item("", schema);
        }
        let whole = match *schema {
            Schema::Octets(Inside::Element(name, inner)) if R::KEEPS => {
                self.put_together().map(|whole| (name, inner, whole))
            }
            _ => None,
        };
        let first = self.all("", &Schema::Any, false);
        if let Some((name, inner, whole)) = whole {
            let section = self.r.section("");
            self.r.section(section);
            let mut r = Reader::<Tree>::new(&whole, self.r.context());
            r.section(section);
            let (depth, oid, rules) = (self.depth, self.oid, self.rules);
            let mut der = Der { r: &mut r, depth, oid, rules, indefinite: false, complete: true };
            der.element(name, inner);
            let tree = r.finish();
            self.r.beneath(name, whole, tree);
        }
        first
    }

    /// The bytes of all pieces of an OCTET STRING. None where one of them is something else, or not
    /// there to its end, and where there are no bytes.
    fn put_together(&self) -> Option<Vec<u8>> {
        let (mut rest, mut whole) = (self.r.rest(), Vec::new());
        loop {
            match rest {
                [] if !self.indefinite => break,
                [0, 0, ..] if self.indefinite => break,
                _ => {}
            }
            let header = header::parse(rest)?;
            let Length::Definite(length) = header.length else { return None };
            let content = rest.get(header.tag + header.width..)?;
            let (piece, behind) = content.split_at_checked(length)?;
            if header.identifier != tag::OCTET_STRING {
                return None;
            }
            whole.extend_from_slice(piece);
            rest = behind;
        }
        (!whole.is_empty()).then_some(whole)
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
    pub(super) fn inside(&mut self, name: &'static str, inside: Inside) {
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
    pub(super) fn bits(&mut self, name: &'static str, inside: Inside) {
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
