//! The byte tree: every byte of a message in one named field.
//!
//! A [`Tree`] is a list of [`Field`]s in the order of the wire, so that it is built by a row of
//! pushes and read by a walk. Its law: the leaves, in order, cover the input exactly once, whatever
//! the input; no field is empty. So their ranges alone tell which field stands in which.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::{mem, ptr};

use super::fault::{Kind, Remark};
use super::length::Prefix;
use super::presence::behind_length;
use super::text::escape;
use crate::names::code::Registry;

/// A named part of a message.
///
/// Offsets are kept in 32 bits, so that a tree is small: no input is longer than
/// [`INPUT`](super::limits::INPUT).
#[derive(Clone, Debug)]
pub struct Field {
    /// The RFC's name.
    pub name: &'static str,
    /// What it is made of.
    pub shape: Shape,
    start: u32,
    end: u32,
}

impl Field {
    /// First byte, counted from the start of the input.
    pub fn start(&self) -> usize {
        self.start as usize
    }

    /// Behind the last byte.
    pub fn end(&self) -> usize {
        self.end as usize
    }

    /// The bytes that the field owns, counted from the start of the input.
    pub fn range(&self) -> Range<usize> {
        self.start()..self.end()
    }

    /// Its bytes, of those of the input.
    pub fn own<'b>(&self, input: &'b [u8]) -> &'b [u8] {
        input.get(self.range()).unwrap_or_default()
    }

    /// The number that a leaf of this input is.
    pub fn number(&self, input: &[u8]) -> Option<u64> {
        match self.shape {
            Shape::Leaf(value) => value.number(self.own(input)),
            _ => None,
        }
    }

    /// What a leaf of this input says, as [`Value::words`] has it.
    pub fn words(&self, input: &[u8]) -> Option<String> {
        match self.shape {
            Shape::Leaf(value) => value.words(self.own(input)),
            _ => None,
        }
    }

    /// Whether the field owns its bytes itself and has no parts.
    pub fn is_leaf(&self) -> bool {
        matches!(self.shape, Shape::Leaf(_))
    }
}

impl Field {
    fn is_like(&self, other: &Field) -> bool {
        (self.start, self.end) == (other.start, other.end)
            && self.name == other.name
            && match (self.shape, other.shape) {
                (Shape::Leaf(one), Shape::Leaf(other)) => one.is_like(other),
                (one, other) => mem::discriminant(&one) == mem::discriminant(&other),
            }
    }
}

/// An offset as a field keeps it.
#[inline(always)]
fn narrow(offset: usize) -> u32 {
    offset as u32
}

/// What a field is made of.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Parts with names of their own.
    Struct,
    /// A length, and items of one kind.
    List,
    /// A length, and bytes.
    Vector,
    /// Bytes, with what they mean.
    Leaf(Value),
}

/// How the bytes of a leaf are to be read. They are put into numbers and words only when it is
/// shown, so that reading stays fast.
#[derive(Clone, Copy)]
pub enum Value {
    /// Bytes without an inner form.
    Bytes,
    /// A number of at most eight bytes, the high one first.
    Number,
    /// A number that a function reads, in a form of its own.
    NumberBy(fn(&[u8]) -> Option<u64>),
    /// A number from a registry.
    Code(&'static Registry),
    /// Text.
    Text,
    /// Bytes whose meaning a function tells.
    Words(fn(&[u8]) -> Option<String>),
}

impl Value {
    fn is_like(self, other: Value) -> bool {
        match (self, other) {
            (Value::Code(one), Value::Code(other)) => ptr::eq(one, other),
            (Value::NumberBy(one), Value::NumberBy(other)) => ptr::fn_addr_eq(one, other),
            (Value::Words(one), Value::Words(other)) => ptr::fn_addr_eq(one, other),
            (one, other) => mem::discriminant(&one) == mem::discriminant(&other),
        }
    }

    /// The number, where it is one.
    pub fn number(&self, bytes: &[u8]) -> Option<u64> {
        match *self {
            Value::Number | Value::Code(_) => number(bytes),
            Value::NumberBy(number) => number(bytes),
            Value::Bytes | Value::Text | Value::Words(_) => None,
        }
    }

    /// What the leaf says, in words and safe to print, where it says more than its bytes do.
    pub fn words(&self, bytes: &[u8]) -> Option<String> {
        match *self {
            Value::Bytes => None,
            Value::Number | Value::NumberBy(_) => Some(self.number(bytes)?.to_string()),
            Value::Code(registry) => Some(registry.words(number(bytes)?.try_into().ok()?)),
            Value::Text => Some(escape(bytes)),
            Value::Words(words) => words(bytes),
        }
    }
}

/// The number of these bytes, the high one first; none where it has more than eight.
fn number(bytes: &[u8]) -> Option<u64> {
    let number = || bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
    (bytes.len() <= 8).then(number)
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Value::Bytes => "Bytes",
            Value::Number | Value::NumberBy(_) => "Number",
            Value::Code(_) => "Code",
            Value::Text => "Text",
            Value::Words(_) => "Words",
        })
    }
}

/// What a leaf holds in another form: the certificate that was compressed, say.
#[derive(Clone, Debug)]
pub struct Beneath {
    /// The index of the leaf.
    pub field: usize,
    /// What it is.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their fields, in offsets of these bytes.
    pub tree: Tree,
}

/// The fields of one input, and what there is to say about them.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// All fields, a parent before its parts, parts in the order of the wire.
    pub fields: Vec<Field>,
    /// What is not as it should be.
    pub remarks: Vec<Remark>,
    /// What lies beneath leaves whose bytes are another form of it.
    pub beneath: Vec<Beneath>,
    /// How many bytes a field lacks at its end, by its index; most lack none.
    missing: BTreeMap<usize, u32>,
    /// Bytes of the input.
    length: usize,
}

impl Tree {
    /// Whether a form was taken somewhere, as what decides it was not seen.
    pub fn has_assumption(&self) -> bool {
        self.remarks.iter().any(|remark| remark.kind == Kind::Assumption)
    }

    /// Gives back the room that was made for more fields. A tree that is kept with a million
    /// others must not be larger than what it says.
    pub(crate) fn settle(&mut self) {
        give_back(&mut self.remarks);
        if self.fields.len() < FEW {
            // Shrunk where they stand, each would leave a hole too small for the next tree.
            self.fields = self.fields.to_vec();
        } else {
            give_back(&mut self.fields);
        }
    }

    /// Whether it has few fields.
    pub(crate) fn is_small(&self) -> bool {
        self.fields.len() < FEW
    }

    /// Whether it is the same as another small one. One beneath which something lies is taken to be like
    /// none.
    pub(crate) fn is_like(&self, other: &Tree) -> bool {
        let fields = || self.fields.iter().zip(&other.fields);
        self.fields.len() == other.fields.len()
            && self.is_small()
            && fields().all(|(one, other)| one.is_like(other))
            && self.remarks == other.remarks
            && self.missing == other.missing
            && self.beneath.is_empty()
            && other.beneath.is_empty()
    }

    /// Has room for so many fields that are read up to here, and for a few behind them.
    #[inline(always)]
    fn have_room(&mut self, count: usize, at: usize) {
        if self.fields.capacity() - self.fields.len() < count + AHEAD {
            self.make_room(count, at);
        }
    }

    /// Makes room for all fields that will come. Where it is doubled time and again instead, that
    /// takes three times what is kept at last.
    #[cold]
    fn make_room(&mut self, count: usize, at: usize) {
        let fields = self.fields.len();
        let ahead = self.ahead(fields + count, at) + count;
        self.fields.reserve_exact(ahead.max(fields / 4) + ahead / 64 + AHEAD);
    }

    /// How many will come of something of which there were so many up to here, if the rest of the input
    /// is like that.
    fn ahead(&self, so_far: usize, at: usize) -> usize {
        let rest = self.length.saturating_sub(at) as u64;
        ((so_far as u64).saturating_mul(rest) / (at as u64).max(1)) as usize
    }

    /// The leaves in the order of the wire.
    pub fn leaves(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.is_leaf())
    }

    /// How many bytes the field at `index` lacks at its end, because the input or what holds it
    /// ended first.
    pub fn missing(&self, index: usize) -> usize {
        self.missing.get(&index).map_or(0, |&missing| missing as usize)
    }

    /// The index behind the last field that stands in the one at `index`.
    pub fn behind(&self, index: usize) -> usize {
        let within = self.fields.get(index..).unwrap_or_default();
        let Some((field, below)) = within.split_first() else { return index };
        index + 1 + below.partition_point(|other| other.start < field.end)
    }

    /// The fields from an index up to another that stand in no other of these: the index of each,
    /// and the field.
    pub fn outermost(&self, from: usize, to: usize) -> impl Iterator<Item = (usize, &Field)> {
        let mut at = from;
        std::iter::from_fn(move || {
            let (index, field) = (at, self.fields.get(at).filter(|_| at < to)?);
            at = if field.is_leaf() { at + 1 } else { self.behind(at) };
            Some((index, field))
        })
    }

    /// The parts of the field at `index`: the index of each, and the field.
    pub fn children(&self, index: usize) -> impl Iterator<Item = (usize, &Field)> {
        self.outermost(index.saturating_add(1), self.behind(index))
    }

    /// The fields that stand in no other.
    pub fn roots(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.outermost(0, self.fields.len())
    }

    /// Every field with the number of those that it stands in.
    pub fn with_depth(&self) -> impl Iterator<Item = (usize, &Field)> {
        Tree::depths(&self.fields)
    }

    /// The same of some fields that stand one behind the other.
    pub(super) fn depths(fields: &[Field]) -> impl Iterator<Item = (usize, &Field)> {
        let mut ends: Vec<u32> = Vec::new();
        fields.iter().map(move |field| {
            ends.truncate(ends.partition_point(|end| *end > field.start));
            ends.push(field.end);
            (ends.len() - 1, field)
        })
    }

    /// The first field of a name, in the order of the wire.
    pub fn find(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Says where the law of the tree is broken: the leaves must cover `length` bytes in order, each
    /// once, no field may be empty, and each must lie in the one that holds it.
    pub fn check_tiling(&self, length: usize) -> Result<(), String> {
        let mut at = 0;
        let mut holders: Vec<&Field> = Vec::new();
        for field in &self.fields {
            if field.start() != at || field.end <= field.start {
                return Err(format!("{} has {:?}, and {at} is next", field.name, field.range()));
            }
            holders.truncate(holders.partition_point(|holder| holder.end > field.start));
            if let Some(holder) = holders.last().filter(|holder| holder.end < field.end) {
                return Err(format!("{} reaches out of {}", field.name, holder.name));
            }
            if field.is_leaf() {
                at = field.end();
            } else {
                holders.push(field);
            }
        }
        if at != length {
            return Err(format!("leaves end at {at} of {length}"));
        }
        Ok(())
    }
}

/// What becomes of a field once it is read: a node of a tree, or nothing (`()`).
pub trait Record: Sized {
    /// Whether anything becomes of it at all.
    const KEEPS: bool;
    /// By what a field with parts is known until it ends.
    type Open;
    /// A record of what is read from an input of so many bytes.
    fn for_input(length: usize) -> Self;
    /// A leaf was read; `missing` bytes of it were not there.
    fn leaf(&mut self, name: &'static str, range: Range<usize>, missing: usize, value: Value);
    /// Leaves of one name and width were read, one behind the other.
    fn leaves(&mut self, name: &'static str, range: Range<usize>, width: usize, value: Value);
    /// Bytes were read behind their length of `width` bytes, all of which were there.
    fn vector(&mut self, name: &'static str, at: usize, width: usize, length: usize, value: Value);
    /// The same as often as it can be done from the first of these bytes on, each time with more than
    /// none. Returns what is left.
    fn vectors<'b, P: Prefix>(
        &mut self,
        name: &'static str,
        at: usize,
        bytes: &'b [u8],
        value: Value,
    ) -> &'b [u8];
    /// A field with parts begins.
    fn open(&mut self, name: &'static str, at: usize, shape: Shape) -> Self::Open;
    /// A field with parts begins, of which the first two were read: a number that tells what it is,
    /// and a length, two bytes each.
    fn open_tagged(
        &mut self,
        name: &'static str,
        at: usize,
        tag: &'static str,
        value: Value,
    ) -> Self::Open;
    /// An open field ends, short of `missing` bytes.
    fn close(&mut self, open: Self::Open, end: usize, missing: usize);
    /// There is something to say.
    fn remark(&mut self, remark: Remark);
    /// Other bytes lie beneath the leaf that was read last.
    fn beneath(&mut self, name: &'static str, bytes: Vec<u8>, tree: Tree);
}

impl Record for () {
    const KEEPS: bool = false;
    type Open = ();

    #[inline(always)]
    fn for_input(_: usize) -> Self {}
    #[inline(always)]
    fn leaf(&mut self, _: &'static str, _: Range<usize>, _: usize, _: Value) {}
    #[inline(always)]
    fn leaves(&mut self, _: &'static str, _: Range<usize>, _: usize, _: Value) {}
    #[inline(always)]
    fn vector(&mut self, _: &'static str, _: usize, _: usize, _: usize, _: Value) {}
    #[inline(always)]
    fn vectors<'b, P: Prefix>(
        &mut self,
        _: &'static str,
        _: usize,
        bytes: &'b [u8],
        _: Value,
    ) -> &'b [u8] {
        let mut rest = bytes;
        while let Some((_, behind)) = some_behind_length::<P>(rest) {
            rest = behind;
        }
        rest
    }
    #[inline(always)]
    fn open(&mut self, _: &'static str, _: usize, _: Shape) {}
    #[inline(always)]
    fn open_tagged(&mut self, _: &'static str, _: usize, _: &'static str, _: Value) {}
    #[inline(always)]
    fn close(&mut self, (): (), _: usize, _: usize) {}
    #[inline(always)]
    fn remark(&mut self, _: Remark) {}
    #[inline(always)]
    fn beneath(&mut self, _: &'static str, _: Vec<u8>, _: Tree) {}
}

/// The bytes behind their length and what stands behind them, where all are there, they are some, and
/// as many as may be.
#[inline(always)]
fn some_behind_length<P: Prefix>(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let found = behind_length(input, P::WIDTH);
    found.filter(|(own, _)| (P::LEAST.max(1)..=P::MOST).contains(&own.len()))
}

/// Fields that are soon copied.
const FEW: usize = 32;

/// Gives back room, if there is much of it: for a moment there are two of what is moved.
fn give_back<T>(vec: &mut Vec<T>) {
    if vec.capacity() - vec.len() > vec.len() / 8 {
        vec.shrink_to_fit();
    }
}

/// Remarks that few inputs have.
const MANY: usize = 512;

/// What a length before something is.
const LENGTH: Shape = Shape::Leaf(Value::Number);

/// Fields for which there is room when one with parts begins; most have fewer.
const AHEAD: usize = 8;

impl Record for Tree {
    const KEEPS: bool = true;
    type Open = usize;

    fn for_input(length: usize) -> Tree {
        // A message has a field for every three bytes or so, but for long opaque ones.
        let fields = Vec::with_capacity((length / 3 + 2 * AHEAD).min(1024));
        Tree { fields, length, ..Tree::default() }
    }

    #[inline(always)]
    fn leaf(&mut self, name: &'static str, range: Range<usize>, missing: usize, value: Value) {
        if !range.is_empty() {
            if missing > 0 {
                self.missing.insert(self.fields.len(), narrow(missing));
            }
            let (start, end) = (narrow(range.start), narrow(range.end));
            self.fields.push(Field { name, shape: Shape::Leaf(value), start, end });
        }
    }

    #[inline(always)]
    fn leaves(&mut self, name: &'static str, range: Range<usize>, width: usize, value: Value) {
        let (at, width) = (narrow(range.start), narrow(width));
        let count = range.len() as u32 / width;
        self.have_room(count as usize, range.end);
        self.fields.extend((0..count).map(|index| {
            let start = at + index * width;
            Field { name, shape: Shape::Leaf(value), start, end: start + width }
        }));
    }

    #[inline(always)]
    fn vector(&mut self, name: &'static str, at: usize, width: usize, length: usize, value: Value) {
        let (start, middle, end) = (narrow(at), narrow(at + width), narrow(at + width + length));
        let whole = Field { name, shape: Shape::Vector, start, end };
        let length_of = Field { name: "length", shape: LENGTH, start, end: middle };
        let leaf = Field { name, shape: Shape::Leaf(value), start: middle, end };
        // No leaf is empty.
        self.fields.push(whole);
        self.fields.push(length_of);
        if length > 0 {
            self.fields.push(leaf);
        }
    }

    #[inline(always)]
    fn vectors<'b, P: Prefix>(
        &mut self,
        name: &'static str,
        at: usize,
        bytes: &'b [u8],
        value: Value,
    ) -> &'b [u8] {
        let (mut rest, mut start) = (bytes, narrow(at));
        while let Some((own, behind)) = some_behind_length::<P>(rest) {
            self.have_room(3, start as usize);
            let middle = start + narrow(P::WIDTH);
            let end = middle + narrow(own.len());
            self.fields.push(Field { name, shape: Shape::Vector, start, end });
            self.fields.push(Field { name: "length", shape: LENGTH, start, end: middle });
            self.fields.push(Field { name, shape: Shape::Leaf(value), start: middle, end });
            (rest, start) = (behind, end);
        }
        rest
    }

    #[inline(always)]
    fn open(&mut self, name: &'static str, at: usize, shape: Shape) -> usize {
        let start = narrow(at);
        self.have_room(1, at);
        let index = self.fields.len();
        self.fields.push(Field { name, shape, start, end: start });
        index
    }

    #[inline(always)]
    fn open_tagged(
        &mut self,
        name: &'static str,
        at: usize,
        tag: &'static str,
        value: Value,
    ) -> usize {
        let (start, middle, end) = (narrow(at), narrow(at + 2), narrow(at + 4));
        let index = self.fields.len();
        self.fields.push(Field { name, shape: Shape::Struct, start, end: start });
        self.fields.push(Field { name: tag, shape: Shape::Leaf(value), start, end: middle });
        self.fields.push(Field { name: "length", shape: LENGTH, start: middle, end });
        index
    }

    #[inline(always)]
    fn close(&mut self, index: usize, end: usize, missing: usize) {
        if self.fields.len() == index + 1 {
            // Nothing in it: an empty body owns no byte and has no place in the tree.
            self.fields.truncate(index);
        } else if let Some(field) = self.fields.get_mut(index) {
            field.end = narrow(end);
            if missing > 0 {
                self.missing.insert(index, narrow(missing));
            }
        }
    }

    fn remark(&mut self, remark: Remark) {
        let (told, at) = (self.remarks.len(), self.fields.last().map_or(0, Field::end));
        if told == self.remarks.capacity() && told >= MANY {
            let ahead = self.ahead(told, at);
            self.remarks.reserve_exact(ahead.max(told / 4) + ahead / 64);
        }
        self.remarks.push(remark);
    }

    fn beneath(&mut self, name: &'static str, bytes: Vec<u8>, tree: Tree) {
        if let Some(field) = self.fields.len().checked_sub(1) {
            self.beneath.push(Beneath { field, name, bytes, tree });
        }
    }
}
