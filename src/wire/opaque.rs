//! Bytes without a form of their own, RFC 8446 section 3.3 and 3.4: behind a length, of a fixed
//! number, or all that is left.

use std::marker::PhantomData;

use nom::IResult;
use nom::bytes::complete::take;
use nom::combinator::rest;
use nom::error::{Error, ErrorKind};

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
        vector::<P, R>(r, name, Value::Bytes).map(|found| Opaque::new(found.kept()))
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
        vector::<P, R>(r, name, Value::Text).map(|found| Text::new(found.kept()))
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, P::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

/// Reads bytes behind their length, which mean something.
#[inline(always)]
pub fn vector<'a, P: Prefix, R: Record>(
    r: &mut Reader<'a, R>,
    name: &'static str,
    value: Value,
) -> Read<Found<'a>> {
    let (input, at) = (r.rest(), r.at());
    let bytes = match r.vector(name, P::WIDTH, value) {
        Some(bytes) => bytes,
        None => cut_vector::<P, R>(r, name, value)?,
    };
    bounds::<P, R>(r, name, at, bytes.len());
    Ok(Found { bytes, from: input.get(P::WIDTH..).unwrap_or_default() })
}

/// Bytes that were read, in their place.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// The input from the first of them on.
    from: &'a [u8],
}

impl Found<'_> {
    /// The bytes, as a value keeps them. Few are copied with what stands behind them: a copy of a fixed
    /// width is quick.
    #[inline(always)]
    pub fn kept<const FEW: usize>(self) -> Octets<FEW> {
        match self.from.first_chunk() {
            Some(wide) if self.bytes.len() <= FEW => {
                Octets::from_buf_and_len(*wide, self.bytes.len())
            }
            _ => Octets::from_slice(self.bytes),
        }
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
    r.leaf(name, N, chunk, value).map(Fixed)
}

/// The first bytes of an input, as many as are wanted: of numbers, all at once what nom reads byte by
/// byte.
#[inline(always)]
pub fn chunk<const N: usize>(input: &[u8]) -> IResult<&[u8], [u8; N]> {
    match input.split_first_chunk() {
        Some((bytes, rest)) => Ok((rest, *bytes)),
        None => Err(nom::Err::Error(Error::new(input, ErrorKind::Eof))),
    }
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
