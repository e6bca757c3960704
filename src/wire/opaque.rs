//! Bytes without a form of their own, RFC 8446 section 3.3 and 3.4: behind a length, of a fixed
//! number, or all that is left.

use std::marker::PhantomData;

use nom::bytes::complete::take;
use nom::combinator::rest;

use super::field::{Shape, Value};
use super::grammar::{Read, Reader, Record, Wire};
use super::length::{Prefix, bounds, length, prefixed};

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

/// Bytes, as a value keeps them; `from` is the input from the first of them on. Few are copied with
/// what stands behind them: a copy of a fixed width is quick.
#[inline(always)]
fn octets<const FEW: usize>(bytes: &[u8], from: &[u8]) -> Octets<FEW> {
    match from.first_chunk() {
        Some(wide) if bytes.len() <= FEW => Octets::from_buf_and_len(*wide, bytes.len()),
        _ => Octets::from_slice(bytes),
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
        r.leaf(name, length, take(length), value)
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
    let bytes = r.leaf(name, N, take(N), value)?;
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
        r.leaf(name, length, rest, Value::Bytes).map(|bytes| Rest(Octets::from_slice(bytes)))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}
