//! Lists, RFC 8446 section 3.4: values of one kind behind their length in bytes, or up to the end
//! of what holds them.

use std::marker::PhantomData;

use super::field::{Shape, Value};
use super::grammar::{Read, Reader, Record, Wire};
use super::length::{Prefix, bounds, length, prefixed};
use crate::names::Code;

/// `T items<..>`: values of one kind behind their length in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<P, T>(pub Vec<T>, PhantomData<P>);

impl<P, T> List<P, T> {
    /// A list of these.
    pub fn new(items: Vec<T>) -> Self {
        List(items, PhantomData)
    }
}

impl<P, T> Default for List<P, T> {
    fn default() -> Self {
        List::new(Vec::new())
    }
}

impl<P: Prefix, T: Wire> Wire for List<P, T> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let mut items = Vec::new();
        r.node(name, Shape::List, |r| {
            let at = r.at();
            let length = length::<P, R>(r)?;
            r.within(name, length, |r| read_items(r, &mut items))?;
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

impl<P, C> Default for Codes<P, C> {
    fn default() -> Self {
        Codes::new(Vec::new())
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
                codes = r.leaves(C::ITEM, C::WIDTH, code_list, Value::Code(C::REGISTRY));
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
        r.node(name, Shape::List, |r| read_items(r, &mut items))?;
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

/// Reads all items up to the end of the part that is being read. A broken one does not stop those
/// behind it.
#[inline(always)]
fn read_items<T: Wire, R: Record>(r: &mut Reader<'_, R>, items: &mut Vec<T>) -> Read<()> {
    *items = room(r.rest().len());
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
