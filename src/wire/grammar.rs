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
        one_by_one(r, items)
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

    // Lists of codes are what hellos are made of: they are read in one go.
    #[inline(always)]
    fn read_all<R: Record>(r: &mut Reader<'_, R>, items: &mut Vec<Self>) -> Read<()> {
        let parse = |bytes: &[u8]| match *bytes {
            [high, low] => C::from_number(u16::from_be_bytes([high, low])),
            [low] => C::from_number(low.into()),
            _ => C::from_number(0),
        };
        *items = r.leaves(C::ITEM, C::WIDTH, parse, Value::code);
        match r.is_empty() {
            true => Ok(()),
            // Half a code is left, which cannot be read.
            false => Self::read(r, C::ITEM).map(|_| ()),
        }
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

/// The width of a length that stands before what it measures.
pub trait Prefix: 'static {
    /// Bytes that the length itself takes.
    const WIDTH: usize;
}

macro_rules! prefixes { ($($(#[$doc:meta])* $name:ident $width:literal;)*) => {$(
    $(#[$doc])* #[derive(Clone, Copy, Debug, PartialEq, Eq)] pub struct $name;
    impl Prefix for $name { const WIDTH: usize = $width; })*
} }
prefixes! {
    /// A length of one byte: `<0..2^8-1>`.
    P8 1;
    /// A length of two bytes: `<0..2^16-1>`.
    P16 2;
    /// A length of three bytes: `<0..2^24-1>`.
    P24 3;
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
            let length = length::<P, R>(r)?;
            r.within(name, length, |r| T::read_all(r, &mut items))
        })?;
        Ok(List::new(items))
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, P::WIDTH, |out| self.0.iter().for_each(|item| item.write(out)));
    }
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

/// Items until the part that is being read ends, each by its own reader.
#[inline(always)]
fn one_by_one<T: Wire, R: Record>(r: &mut Reader<'_, R>, items: &mut Vec<T>) -> Read<()> {
    let room = ROOM / size_of::<T>().max(1);
    items.reserve_exact(r.rest().len().div_ceil(SMALL).min(room));
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

/// Bytes of a value. Few of them, as most are, are kept in place.
pub type Octets = smallvec::SmallVec<[u8; 16]>;

/// `opaque bytes<..>`: bytes behind their length.
#[derive(Clone, PartialEq, Eq)]
pub struct Opaque<P>(pub Octets, PhantomData<P>);

impl<P> Opaque<P> {
    /// These bytes.
    pub fn new(bytes: impl Into<Octets>) -> Self {
        Opaque(bytes.into(), PhantomData)
    }
}

impl<P: Prefix> Wire for Opaque<P> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        vector::<P, R>(r, name, Value::Bytes).map(Opaque::new)
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, P::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

/// Text behind its length. Any bytes can stand in it; printed, they are escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Text<P>(pub Octets, PhantomData<P>);

impl<P> Text<P> {
    /// This text.
    pub fn new(bytes: impl Into<Octets>) -> Self {
        Text(bytes.into(), PhantomData)
    }
}

impl<P: Prefix> Wire for Text<P> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        vector::<P, R>(r, name, Value::Text).map(Text::new)
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, P::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

/// Reads bytes behind their length, which mean something.
#[inline(always)]
pub fn vector<P: Prefix, R: Record>(
    r: &mut Reader<'_, R>,
    name: &'static str,
    value: Value,
) -> Read<Octets> {
    let input = r.rest();
    r.open(name, Shape::Vector);
    let bytes = behind_length::<P, R>(r, name, value);
    r.close();
    let bytes = bytes?;
    // Few bytes are copied with what stands behind them: a copy of a fixed width is quick.
    Ok(match input.get(P::WIDTH..).and_then(<[u8]>::first_chunk) {
        Some(wide) if bytes.len() <= wide.len() => Octets::from_buf_and_len(*wide, bytes.len()),
        _ => Octets::from_slice(bytes),
    })
}

#[inline(always)]
fn behind_length<'a, P: Prefix, R: Record>(
    r: &mut Reader<'a, R>,
    name: &'static str,
    value: Value,
) -> Read<&'a [u8]> {
    let length = length::<P, R>(r)?;
    r.leaf(name, length, take(length), |_| value)
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
        T::read(r, name).map(|value| Apart(Box::new(value)))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}
