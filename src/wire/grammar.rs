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

pub use super::context::Context;
pub(crate) use super::declare::{message, named, select};
pub use super::field::Record;
use super::field::Value;
pub use super::length::{P8, P16, P24, Prefix, length, prefixed};
pub use super::list::{CodeList, Codes, List, Sequence};
pub use super::opaque::{Fixed, Found, Octets, Opaque, Rest, Text, chunk, fixed, vector};
pub use super::presence::{OnlyDtls, SinceTls12, behind_length, peek, prefix_fits};
pub use super::reader::{Read, Reader};
use crate::names::Code;

/// What can stand on the wire.
pub trait Wire: Sized {
    /// What one of these is called as a member of a list.
    const ITEM: &'static str = "item";
    /// The names of its fields, where it is a message or a part of one.
    const KEYS: &'static [&'static str] = &[];

    /// Reads one. It becomes a field called `name`.
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self>;

    /// Reads the fields of which one is made, without a field of the tree that holds them.
    #[inline(always)]
    fn fields<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        Self::read(r, Self::ITEM)
    }

    /// Reads one as a member of a list, or several in one go, and adds them to those before.
    #[inline(always)]
    fn read_into<R: Record>(r: &mut Reader<'_, R>, items: &mut Vec<Self>) -> Read<()> {
        items.push(Self::read(r, Self::ITEM)?);
        Ok(())
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

macro_rules! numbers { ($($type:ident)*) => {$(
    impl Wire for $type {
        #[inline(always)]
        fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
            r.leaf(name, size_of::<$type>(), chunk, Value::Number).map($type::from_be_bytes)
        }
        fn write(&self, out: &mut Vec<u8>) {
            out.extend_from_slice(&self.to_be_bytes());
        }
    })*
} }
numbers! { u8 u16 u32 u64 }

/// `uint24`: a number of three bytes. What is more than fits loses its high byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Uint24(pub u32);

impl Wire for Uint24 {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let [high, middle, low] = r.leaf(name, 3, chunk, Value::Number)?;
        Ok(Uint24(u32::from_be_bytes([0, high, middle, low])))
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
        let value = Value::Code(C::REGISTRY);
        let number = match C::WIDTH {
            1 => r.leaf(name, 1, chunk, value).map(|[low]| low.into()),
            _ => r.leaf(name, 2, chunk, value).map(u16::from_be_bytes),
        };
        number.map(C::from_number)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let [high, low] = self.number().to_be_bytes();
        match C::WIDTH {
            1 => out.push(low),
            _ => out.extend_from_slice(&[high, low]),
        }
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
