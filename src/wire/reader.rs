//! The reader: goes through an input once, from front to back, and tells a [`Record`] what it
//! reads. It is what keeps the promises of the grammar: every byte is told of exactly once, what
//! is missing is said once, and no part reads beyond its end.

use std::ops::Range;

use nom::IResult;

use super::context::Context;
use super::fault::{Fault, Kind, Remark};
use super::field::{Record, Shape, Tree, Value};
use super::length::Prefix;
use super::presence::behind_length;
use crate::names::Code;

/// A value, or the reason why there is none. The reason is boxed, so that what goes well is passed on quickly.
pub type Read<T> = Result<T, Box<Remark>>;

/// Reads an input from front to back, and tells a [`Record`] what it reads.
pub struct Reader<'a, R> {
    rest: &'a [u8],
    at: usize,
    /// The part that is being read ends because the input does: it was said once, and is not
    /// said again for every part that ends with it.
    cut: bool,
    /// Bytes that the part just read lacks; its field takes note when it closes.
    missing: usize,
    /// Bytes that the part that is being read lacks.
    lacking: usize,
    reference: &'static str,
    context: Context,
    record: R,
}

impl<'a, R: Record> Reader<'a, R> {
    /// A reader at the start of an input.
    pub fn new(input: &'a [u8], context: Context) -> Self {
        let record = R::for_input(input.len());
        Reader {
            rest: input,
            at: 0,
            cut: false,
            missing: 0,
            lacking: 0,
            reference: "",
            context,
            record,
        }
    }

    /// What was recorded. Bytes that nothing has read become one last field, `trailing`.
    pub fn finish(mut self) -> R {
        self.trailing();
        self.record
    }

    /// What was recorded of the bytes that were read; the rest is somebody else's.
    pub fn into_record(self) -> R {
        self.record
    }

    /// What is left of the part that is being read.
    #[inline(always)]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is left of the part that is being read.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The offset of the next byte from the start of the input.
    #[inline(always)]
    pub fn at(&self) -> usize {
        self.at
    }

    /// What was agreed before.
    #[inline(always)]
    pub fn context(&self) -> Context {
        self.context
    }

    /// Names the section that describes what is read from here on, for remarks, and returns the
    /// one before, to be put back.
    #[inline(always)]
    pub fn section(&mut self, reference: &'static str) -> &'static str {
        std::mem::replace(&mut self.reference, reference)
    }

    /// Reads a leaf with a nom parser. The bytes that it took are the leaf's. Where it lacks
    /// bytes (`wanted` is what it needs), all that is left is the leaf's, and it is an error.
    #[inline(always)]
    pub fn leaf<T>(
        &mut self,
        name: &'static str,
        wanted: usize,
        parser: impl FnOnce(&'a [u8]) -> IResult<&'a [u8], T>,
        value: Value,
    ) -> Read<T> {
        match parser(self.rest) {
            Ok((rest, read)) => {
                let end = self.at + (self.rest.len() - rest.len());
                self.record.leaf(name, self.at..end, 0, value);
                self.rest = rest;
                self.at = end;
                Ok(read)
            }
            Err(_) => Err(self.short(name, wanted)),
        }
    }

    /// Reads bytes behind their length of `width` bytes, if all of them are there.
    #[inline(always)]
    pub fn vector(&mut self, name: &'static str, width: usize, value: Value) -> Option<&'a [u8]> {
        let (bytes, rest) = behind_length(self.rest, width)?;
        self.record.vector(name, self.at, width, bytes.len(), value);
        self.rest = rest;
        self.at += width + bytes.len();
        Some(bytes)
    }

    /// Reads bytes behind their length, and again, as long as all of them are there and their length
    /// may be. None of them is empty.
    #[inline(always)]
    pub fn vectors<P: Prefix>(&mut self, name: &'static str, value: Value) {
        let rest = self.record.vectors::<P>(name, self.at, self.rest, value);
        self.at += self.rest.len() - rest.len();
        self.rest = rest;
    }

    /// Opens a field that begins with the number of what it is and the length of what follows, two
    /// bytes each, if both are there.
    #[inline(always)]
    pub fn open_tagged<C: Code>(
        &mut self,
        name: &'static str,
        tag: &'static str,
    ) -> Option<(R::Open, C, usize)> {
        let (&[t0, t1, l0, l1], rest) = self.rest.split_first_chunk()?;
        let code = C::from_number(u16::from_be_bytes([t0, t1]));
        let length = u16::from_be_bytes([l0, l1]);
        let open = self.record.open_tagged(name, self.at, tag, Value::Code(C::REGISTRY));
        if R::KEEPS {
            self.missing = 0;
        }
        self.rest = rest;
        self.at += 4;
        Some((open, code, length.into()))
    }

    /// Reads leaves of `width` bytes each, as many as there are, with a parser of all of them.
    #[inline(always)]
    pub fn leaves<T>(
        &mut self,
        name: &'static str,
        width: usize,
        parser: impl FnOnce(&'a [u8]) -> T,
        value: Value,
    ) -> T {
        let (whole, rest) = self.rest.split_at(self.rest.len() / width * width);
        let end = self.at + whole.len();
        self.record.leaves(name, self.at..end, width, value);
        self.rest = rest;
        self.at = end;
        parser(whole)
    }

    /// All that is left as one leaf, if anything is.
    pub fn remaining(&mut self, name: &'static str, value: Value) -> &'a [u8] {
        let all = self.rest;
        let end = self.at + all.len();
        self.record.leaf(name, self.at..end, self.lacking, value);
        self.rest = &[];
        self.at = end;
        all
    }

    /// The field that is read now has fewer bytes than it wants: it gets what there is.
    #[cold]
    fn short(&mut self, name: &'static str, wanted: usize) -> Box<Remark> {
        let found = self.rest.len();
        let range = self.at..self.at + found;
        let remark = self.fault(name, range.clone(), Fault::Truncated { expected: wanted, found });
        if !self.cut {
            self.record.remark(remark.clone());
            self.cut = true;
        }
        self.record.leaf(name, range, wanted.saturating_sub(found), Value::Bytes);
        self.at += found;
        self.rest = &[];
        Box::new(remark)
    }

    /// Bytes left behind the last known part become a leaf, which is remarked.
    #[cold]
    pub fn trailing(&mut self) -> Option<Box<Remark>> {
        let found = self.rest.len();
        if found == 0 {
            return None;
        }
        let remark = self.fault("trailing", self.at..self.at + found, Fault::Trailing { found });
        self.record.remark(remark.clone());
        self.remaining("trailing", Value::Bytes);
        Some(Box::new(remark))
    }

    /// What is left of this part does not have the form that belongs here.
    #[cold]
    pub fn malformed(&mut self, field: &'static str, fault: Fault) -> Box<Remark> {
        let remark = self.fault(field, self.at..self.at + self.rest.len(), fault);
        self.record.remark(remark.clone());
        self.remaining("malformed", Value::Bytes);
        Box::new(remark)
    }

    /// Remarks on bytes that were read, and goes on.
    #[cold]
    pub fn remark(
        &mut self,
        field: &'static str,
        range: Range<usize>,
        fault: Fault,
    ) -> Box<Remark> {
        let remark = self.fault(field, range, fault);
        self.record.remark(remark.clone());
        Box::new(remark)
    }

    /// Says which form was taken for the field that is read next, because what decides it was not
    /// seen.
    #[cold]
    pub fn assume(&mut self, field: &'static str, expected: &'static str, found: &'static str) {
        let range = self.at..self.at;
        let fault = Fault::Form { expected, found };
        let kind = Kind::Assumption;
        self.record.remark(Remark { field, range, fault, kind, reference: self.reference });
    }

    /// Notes something about bytes that have their form, for an expert's eyes.
    #[cold]
    pub fn notice(&mut self, field: &'static str, range: Range<usize>, fault: Fault) {
        let kind = Kind::Notice;
        self.record.remark(Remark { field, range, fault, kind, reference: self.reference });
    }

    /// Puts other bytes beneath the leaf that was read last, with what they hold.
    pub fn beneath(&mut self, name: &'static str, bytes: Vec<u8>, tree: Tree) {
        self.record.beneath(name, bytes, tree);
    }

    fn fault(&self, field: &'static str, range: Range<usize>, fault: Fault) -> Remark {
        Remark { field, range, fault, kind: Kind::Form, reference: self.reference }
    }

    /// A field with parts: all that `f` reads is in it.
    #[inline(always)]
    pub fn node<T>(
        &mut self,
        name: &'static str,
        shape: Shape,
        f: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        let open = self.record.open(name, self.at, shape);
        if R::KEEPS {
            self.missing = 0;
        }
        let read = f(self);
        self.close(open);
        read
    }

    /// The field that was opened ends.
    #[inline(always)]
    pub fn close(&mut self, open: R::Open) {
        let missing = if R::KEEPS { std::mem::take(&mut self.missing) } else { 0 };
        self.record.close(open, self.at, missing);
    }

    /// The next `length` bytes, as somebody claims: `f` reads no further than that. What it
    /// leaves is `trailing`; what is not there is missing from the field `name`; and reading goes
    /// on behind it.
    #[inline(always)]
    pub fn within<T>(
        &mut self,
        name: &'static str,
        length: usize,
        f: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        let Some((inner, behind)) = self.rest.split_at_checked(length) else {
            return self.within_what_is_left(name, length, f);
        };
        let outer = (self.cut, self.lacking);
        if R::KEEPS && outer.0 {
            (self.cut, self.lacking) = (false, 0);
        }
        let read = self.part(inner, behind, f);
        if R::KEEPS {
            (self.cut, self.lacking) = outer;
            self.missing = 0;
        }
        read
    }

    /// The same where fewer bytes are left than somebody claims.
    #[cold]
    fn within_what_is_left<T>(
        &mut self,
        name: &'static str,
        length: usize,
        f: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        // What is missing here is why things are missing within.
        let lacks = self.lacks(name, length);
        let missing = length - self.rest.len();
        let lacking = std::mem::replace(&mut self.lacking, missing);
        self.cut = true;
        let _ = self.part(self.rest, &[], f);
        self.cut = true;
        self.lacking = lacking;
        self.missing = missing;
        Err(lacks)
    }

    /// Reads a part, and goes on behind it. What is left of it is `trailing`.
    #[inline(always)]
    fn part<T>(
        &mut self,
        inner: &'a [u8],
        behind: &'a [u8],
        f: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        self.rest = inner;
        let read = f(self);
        let trailing = if self.rest.is_empty() { None } else { self.trailing() };
        self.rest = behind;
        match trailing {
            None => read,
            Some(remark) => read.and(Err(remark)),
        }
    }

    /// Fewer bytes are left of the part that is being read than somebody claims for `name`.
    #[cold]
    fn lacks(&mut self, name: &'static str, expected: usize) -> Box<Remark> {
        let found = self.rest.len();
        let range = self.at..self.at + found;
        let remark = self.fault(name, range, Fault::Truncated { expected, found });
        if !self.cut {
            self.record.remark(remark.clone());
        }
        Box::new(remark)
    }

    /// A field of `length` bytes with parts.
    #[inline(always)]
    pub fn bounded<T>(
        &mut self,
        name: &'static str,
        shape: Shape,
        length: usize,
        f: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        self.node(name, shape, |r| r.within(name, length, f))
    }
}
