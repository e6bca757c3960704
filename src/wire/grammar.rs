//! How a message is read and written: the presentation language of RFC 8446 section 3, in types.
//!
//! A message is declared once, as a list of fields in the order of the wire (`message!`). From
//! that declaration come the typed value, the parser, the encoder and the byte tree: the same
//! [`Wire::read`] runs over a [`Reader`] that records nothing (`()`) or that records a
//! [`Tree`](super::field::Tree).
//!
//! Promises:
//! - Reading never fails as a whole and never panics. What cannot be read becomes a field of the
//!   tree too; the typed value is then an error that says what was expected and found.
//! - Reading goes on behind a broken part wherever a length tells where that part ends.
//! - Memory and time are linear in the input. No length that a peer claims is ever allocated.

use std::marker::PhantomData;

use nom::IResult;
use nom::bytes::complete::take;
use nom::combinator::rest;
use nom::number::complete::{be_u8, be_u16, be_u24, be_u32, be_u64};

pub use super::context::Context;
pub(crate) use super::declare::{message, named, select};
use super::fault::Fault;
pub use super::field::Record;
use super::field::{Shape, Value};
pub use super::presence::{OnlyDtls, SinceTls12, peek, prefix_fits};
pub use super::reader::{Read, Reader};
use crate::names::Code;

/// What can stand on the wire.
pub trait Wire: Sized {
    /// What one of these is called as a member of a list.
    const ITEM: &'static str = "item";

    /// Reads one. It becomes a field called `name`.
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self>;

    /// Reads the fields of which one is made, without a field of the tree that holds them.
    #[inline(always)]
    fn fields<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        Self::read(r, Self::ITEM)
    }

    /// Reads one as a member of a list, and adds it to those before it.
    #[inline(always)]
    fn read_into<R: Record>(r: &mut Reader<'_, R>, items: &mut Vec<Self>) -> Read<()> {
        items.push(Self::read(r, Self::ITEM)?);
        Ok(())
    }

    /// Reads all that stand in the part that is being read, as `items`. A broken one does not stop
    /// those behind it.
    #[inline(always)]
    fn read_all<R: Record>(r: &mut Reader<'_, R>, items: &mut Vec<Self>) -> Read<()> {
        *items = room(r.rest().len());
        each_by_itself(r, items)
    }

    /// Appends its bytes.
    fn write(&self, out: &mut Vec<u8>);

    /// Its bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Reads one that must take the whole of `input`, without a tree.
    ///
    /// # Errors
    /// What is wrong with the input, at the first place.
    fn decode(input: &[u8], context: Context) -> Read<Self> {
        let mut r = Reader::<()>::new(input, context);
        r.within(Self::ITEM, input.len(), |r| Self::read(r, Self::ITEM))
    }
}

macro_rules! numbers { ($($type:ident $width:literal $parser:ident;)*) => {$(
    impl Wire for $type {
        #[inline(always)]
        fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
            r.leaf(name, $width, $parser, |number| Value::Number(u64::from(*number)))
        }
        fn write(&self, out: &mut Vec<u8>) {
            out.extend_from_slice(&self.to_be_bytes());
        }
    })*
} }
numbers! { u8 1 be_u8; u16 2 be_u16; u32 4 be_u32; u64 8 be_u64; }

/// `uint24`: a number of three bytes. What is more than fits loses its high byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Uint24(pub u32);

impl Wire for Uint24 {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        r.leaf(name, 3, be_u24, |number| Value::Number(u64::from(*number))).map(Uint24)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [_, bytes @ ..] = self.0.to_be_bytes();
        out.extend_from_slice(&bytes);
    }
}

impl<C: Code> Wire for C {
    const ITEM: &'static str = C::ITEM;

    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        r.leaf(name, C::WIDTH, code, |code| Value::code(*code))
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [high, low] = self.number().to_be_bytes();
        match C::WIDTH {
            1 => out.push(low),
            _ => out.extend_from_slice(&[high, low]),
        }
    }
}

#[inline(always)]
fn code<C: Code>(input: &[u8]) -> IResult<&[u8], C> {
    if C::WIDTH == 1 {
        let (input, number) = be_u8(input)?;
        Ok((input, C::from_number(number.into())))
    } else {
        let (input, number) = be_u16(input)?;
        Ok((input, C::from_number(number)))
    }
}

/// A length that stands before what it measures: how wide it is, and which it may be.
pub trait Prefix: 'static {
    /// Bytes that the length itself takes.
    const WIDTH: usize;
    /// The least that it may be, in bytes.
    const LEAST: usize;
    /// The most that it may be.
    const MOST: usize;
}

macro_rules! prefixes { ($($(#[$doc:meta])* $name:ident $width:literal $most:literal;)*) => {$(
    $(#[$doc])*
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct $name<const LEAST: usize = 0, const MOST: usize = $most>;

    impl<const LEAST: usize, const MOST: usize> Prefix for $name<LEAST, MOST> {
        const WIDTH: usize = $width;
        const LEAST: usize = LEAST;
        const MOST: usize = MOST;
    }
)*} }
prefixes! {
    /// A length of one byte: `<0..2^8-1>`. `P8<1>` is `<1..2^8-1>`, and `P8<0, 32>` `<0..32>`.
    P8 1 0xff;
    /// A length of two bytes: `<0..2^16-1>`.
    P16 2 0xffff;
    /// A length of three bytes: `<0..2^24-1>`.
    P24 3 0xff_ffff;
}

/// Notices a length that is not one of those that may be. What it measures is read all the same.
#[inline(always)]
fn bounds<P: Prefix, R: Record>(
    r: &mut Reader<'_, R>,
    name: &'static str,
    at: usize,
    length: usize,
) {
    if R::KEEPS && !(P::LEAST..=P::MOST).contains(&length) {
        let fault = Fault::Size { least: P::LEAST, most: P::MOST, found: length };
        r.notice(name, at..at + P::WIDTH + length, fault);
    }
}

/// Reads a length of `P` bytes.
#[inline(always)]
pub fn length<P: Prefix, R: Record>(r: &mut Reader<'_, R>) -> Read<usize> {
    let parser = |input| match P::WIDTH {
        1 => be_u8(input).map(|(input, number)| (input, usize::from(number))),
        2 => be_u16(input).map(|(input, number)| (input, usize::from(number))),
        _ => be_u24(input).map(|(input, number)| (input, number as usize)),
    };
    r.leaf("length", P::WIDTH, parser, |number| Value::Number(*number as u64))
}

/// Writes what `f` writes behind its length of `width` bytes. A length that does not fit keeps
/// its low bytes: a lie, but the only one that the wire can carry.
pub fn prefixed(out: &mut Vec<u8>, width: usize, f: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.resize(at + width, 0);
    f(out);
    let length = (out.len() - at - width).to_be_bytes();
    let low = length.iter().skip(length.len() - width);
    for (slot, byte) in out.iter_mut().skip(at).zip(low) {
        *slot = *byte;
    }
}

/// `T items<..>`: values of one kind behind their length in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<P, T>(pub Vec<T>, PhantomData<P>);

impl<P, T> List<P, T> {
    /// A list of these.
    pub fn new(items: Vec<T>) -> Self {
        List(items, PhantomData)
    }
}

impl<P: Prefix, T: Wire> Wire for List<P, T> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let mut items = Vec::new();
        r.node(name, Shape::List, |r| {
            let at = r.at();
            let length = length::<P, R>(r)?;
            r.within(name, length, |r| T::read_all(r, &mut items))?;
            bounds::<P, R>(r, name, at, length);
            Ok(())
        })?;
        Ok(List::new(items))
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, P::WIDTH, |out| self.0.iter().for_each(|item| item.write(out)));
    }
}

/// `T items<..>` of numbers from a registry. They are what hellos are made of: they are read in one
/// go, and few of them are kept in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes<P, C>(pub CodeList<C>, PhantomData<P>);

/// The numbers of a list.
pub type CodeList<C> = smallvec::SmallVec<[C; FEW_CODES]>;

/// Numbers that are kept in place: as many as take no more room than a `Vec` of them does.
const FEW_CODES: usize = 8;

impl<P, C> Codes<P, C> {
    /// A list of these.
    pub fn new(codes: impl Into<CodeList<C>>) -> Self {
        Codes(codes.into(), PhantomData)
    }
}

impl<P: Prefix, C: Code> Wire for Codes<P, C> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let mut codes = CodeList::new();
        r.node(name, Shape::List, |r| {
            let at = r.at();
            let length = length::<P, R>(r)?;
            r.within(name, length, |r| {
                codes = r.leaves(C::ITEM, C::WIDTH, code_list, Value::code);
                match r.is_empty() {
                    true => Ok(()),
                    // Half a code is left, which cannot be read.
                    false => C::read(r, C::ITEM).map(|_| ()),
                }
            })?;
            bounds::<P, R>(r, name, at, length);
            Ok(())
        })?;
        Ok(Codes::new(codes))
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, P::WIDTH, |out| self.0.iter().for_each(|code| code.write(out)));
    }
}

/// The codes of these bytes.
#[inline(always)]
fn code_list<C: Code>(bytes: &[u8]) -> CodeList<C> {
    let codes = bytes.chunks_exact(C::WIDTH).map(number);
    if codes.len() > FEW_CODES {
        return CodeList::from_vec(codes.collect());
    }
    let mut few = [C::from_number(0); FEW_CODES];
    let count = codes.len();
    few.iter_mut().zip(codes).for_each(|(place, code)| *place = code);
    CodeList::from_buf_and_len(few, count)
}

/// The code of these bytes, as many as it is wide.
#[inline(always)]
fn number<C: Code>(bytes: &[u8]) -> C {
    C::from_number(match *bytes {
        [high, low] => u16::from_be_bytes([high, low]),
        [low] => low.into(),
        _ => 0,
    })
}

/// Values of one kind up to the end of what holds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence<T>(pub Vec<T>);

impl<T: Wire> Wire for Sequence<T> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let mut items = Vec::new();
        r.node(name, Shape::List, |r| T::read_all(r, &mut items))?;
        Ok(Sequence(items))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.iter().for_each(|item| item.write(out));
    }
}

/// Bytes of room that are made at most for items before the first is read. Allocators have pieces
/// of up to a kilobyte at hand.
const ROOM: usize = 1024;

/// What an item takes on the wire, if it is small.
const SMALL: usize = 6;

/// Room for the items of a part of so many bytes.
#[inline(always)]
fn room<T>(length: usize) -> Vec<T> {
    let room = ROOM / size_of::<T>().max(1);
    Vec::with_capacity(length.div_ceil(SMALL).min(room))
}

/// Items that are bytes behind a length of `width` bytes, until the part that is being read ends:
/// whole ones in one go.
#[inline(always)]
pub fn vectors<T: Wire, R: Record>(
    r: &mut Reader<'_, R>,
    items: &mut Vec<T>,
    width: usize,
    value: Value,
    item: impl Fn(Octets) -> T,
) -> Read<()> {
    *items = room(r.rest().len());
    r.vectors(T::ITEM, width, value, |bytes, from| match few(bytes, from) {
        // Two places of their own, so that few bytes go straight where they stay.
        Some(few) => items.push(item(few)),
        None => items.push(item(Octets::from_slice(bytes))),
    });
    match r.is_empty() {
        true => Ok(()),
        false => each_by_itself(r, items),
    }
}

/// Items until the part that is being read ends, each by its own reader.
#[inline(always)]
fn each_by_itself<T: Wire, R: Record>(r: &mut Reader<'_, R>, items: &mut Vec<T>) -> Read<()> {
    let mut broken = None;
    while !r.is_empty() {
        let at = r.at();
        if let Err(remark) = T::read_into(r, items) {
            broken = broken.or(Some(remark));
        }
        if r.at() == at {
            break;
        }
    }
    match broken {
        None => Ok(()),
        Some(remark) => Err(remark),
    }
}

/// Bytes of a value. Up to `FEW` of them, as most have, are kept in place.
pub type Octets<const FEW: usize = 16> = smallvec::SmallVec<[u8; FEW]>;

/// `opaque bytes<..>`: bytes behind their length.
#[derive(Clone, PartialEq, Eq)]
pub struct Opaque<P, const FEW: usize = 16>(pub Octets<FEW>, PhantomData<P>);

impl<P, const FEW: usize> Opaque<P, FEW> {
    /// These bytes.
    pub fn new(bytes: impl Into<Octets<FEW>>) -> Self {
        Opaque(bytes.into(), PhantomData)
    }
}

impl<P: Prefix, const FEW: usize> Wire for Opaque<P, FEW> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        vector::<P, FEW, R>(r, name, Value::Bytes).map(Opaque::new)
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, P::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

/// Text behind its length. Any bytes can stand in it; printed, they are escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Text<P, const FEW: usize = 16>(pub Octets<FEW>, PhantomData<P>);

impl<P, const FEW: usize> Text<P, FEW> {
    /// This text.
    pub fn new(bytes: impl Into<Octets<FEW>>) -> Self {
        Text(bytes.into(), PhantomData)
    }
}

impl<P: Prefix, const FEW: usize> Wire for Text<P, FEW> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        vector::<P, FEW, R>(r, name, Value::Text).map(Text::new)
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, P::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

/// Reads bytes behind their length, which mean something.
#[inline(always)]
pub fn vector<P: Prefix, const FEW: usize, R: Record>(
    r: &mut Reader<'_, R>,
    name: &'static str,
    value: Value,
) -> Read<Octets<FEW>> {
    let (input, at) = (r.rest(), r.at());
    let bytes = match r.vector(name, P::WIDTH, value) {
        Some(bytes) => bytes,
        None => cut_vector::<P, R>(r, name, value)?,
    };
    bounds::<P, R>(r, name, at, bytes.len());
    Ok(octets(bytes, input.get(P::WIDTH..).unwrap_or_default()))
}

/// Bytes, as a value keeps them; `from` is the input from the first of them on.
#[inline(always)]
fn octets<const FEW: usize>(bytes: &[u8], from: &[u8]) -> Octets<FEW> {
    few(bytes, from).unwrap_or_else(|| Octets::from_slice(bytes))
}

/// Few bytes. They are copied with what stands behind them: a copy of a fixed width is quick.
#[inline(always)]
fn few<const FEW: usize>(bytes: &[u8], from: &[u8]) -> Option<Octets<FEW>> {
    match from.first_chunk() {
        Some(wide) if bytes.len() <= FEW => Some(Octets::from_buf_and_len(*wide, bytes.len())),
        _ => None,
    }
}

/// Reads bytes that are fewer than their length says, or a length that is cut off.
#[cold]
fn cut_vector<'a, P: Prefix, R: Record>(
    r: &mut Reader<'a, R>,
    name: &'static str,
    value: Value,
) -> Read<&'a [u8]> {
    r.node(name, Shape::Vector, |r| {
        let length = length::<P, R>(r)?;
        r.leaf(name, length, take(length), |_| value)
    })
}

/// `opaque bytes[N]`: bytes of a fixed number.
#[derive(Clone, PartialEq, Eq)]
pub struct Fixed<const N: usize>(pub [u8; N]);

impl<const N: usize> Wire for Fixed<N> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        fixed(r, name, Value::Bytes)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

/// Reads bytes of a fixed number that mean something.
#[inline(always)]
pub fn fixed<const N: usize, R: Record>(
    r: &mut Reader<'_, R>,
    name: &'static str,
    value: Value,
) -> Read<Fixed<N>> {
    let bytes = r.leaf(name, N, take(N), |_| value)?;
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    Ok(Fixed(array))
}

/// All bytes up to the end of what holds them.
#[derive(Clone, PartialEq, Eq)]
pub struct Rest(pub Octets);

impl Wire for Rest {
    const ITEM: &'static str = "opaque";

    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let length = r.rest().len();
        r.leaf(name, length, rest, |_| Value::Bytes).map(|bytes| Rest(Octets::from_slice(bytes)))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

/// No bytes at all: the body of an extension that says all by being there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Empty;

impl Wire for Empty {
    #[inline(always)]
    fn read<R: Record>(_: &mut Reader<'_, R>, _: &'static str) -> Read<Self> {
        Ok(Empty)
    }

    fn write(&self, _: &mut Vec<u8>) {}
}

/// A value that is kept apart, so that what holds it stays small and is quickly moved.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Apart<T>(pub Box<T>);

impl<T> From<T> for Apart<T> {
    fn from(value: T) -> Self {
        Apart(Box::new(value))
    }
}

impl<T> std::ops::Deref for Apart<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Apart<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Wire> Wire for Apart<T> {
    const ITEM: &'static str = T::ITEM;

    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        T::read(r, name).map(Apart::from)
    }

    #[inline(always)]
    fn fields<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        T::fields(r).map(Apart::from)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}
