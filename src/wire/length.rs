//! The lengths that stand before what they measure: RFC 8446 section 3.4.
//!
//! `<2..2^16-2>` is [`P16<2>`](P16): the type has the least that a length may be, and the most where
//! it is not as much as its bytes can tell. What a list of two-byte values cannot have, half a value
//! more, is an error anyway.

use super::fault::Fault;
use super::grammar::{Read, Reader, Record, Uint24, Wire};

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
pub(super) fn bounds<P: Prefix, R: Record>(
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
    match P::WIDTH {
        1 => u8::read(r, "length").map(usize::from),
        2 => u16::read(r, "length").map(usize::from),
        _ => Uint24::read(r, "length").map(|length| length.0 as usize),
    }
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
