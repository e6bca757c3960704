//! Sizes as a spec file and an edit say them: one that cannot be sent is refused where it stands.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// Sizes of records: what the two bytes of a length can say.
pub(super) fn of_records<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<usize>, D::Error> {
    sizes::<D, OfRecord>(from)
}

/// Sizes of segments: one without a byte is none.
pub(super) fn of_segments<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<usize>, D::Error> {
    sizes::<D, OfSegment>(from)
}

/// Sizes of the payload of an encrypted_client_hello: what the two bytes of its length can say.
pub(super) fn of_payloads<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<usize>, D::Error> {
    sizes::<D, OfPayload>(from)
}

fn sizes<'de, D: Deserializer<'de>, B: Bounds>(from: D) -> Result<Vec<usize>, D::Error> {
    Ok(Vec::<Size<B>>::deserialize(from)?.into_iter().map(|Size(size, _)| size).collect())
}

/// What a size can be.
pub(super) trait Bounds {
    /// Whether such a piece can be sent, and else why not.
    fn judge(size: u64) -> Result<(), &'static str>;
}

pub(super) struct OfRecord;

impl Bounds for OfRecord {
    fn judge(size: u64) -> Result<(), &'static str> {
        match size {
            0..=0xffff => Ok(()),
            _ => Err("a record has 65535 bytes at most"),
        }
    }
}

pub(super) struct OfSegment;

impl Bounds for OfSegment {
    fn judge(size: u64) -> Result<(), &'static str> {
        match size {
            0 => Err("a segment of 0 bytes cannot be sent"),
            // Longer than all that can be sent in one; TOML could not say each.
            0x1_0000_0000.. => Err("a segment has 4294967295 bytes at most"),
            _ => Ok(()),
        }
    }
}

struct OfPayload;

impl Bounds for OfPayload {
    fn judge(size: u64) -> Result<(), &'static str> {
        match size {
            1..=0xffff => Ok(()),
            _ => Err("a payload has 1 to 65535 bytes"),
        }
    }
}

/// A size within bounds. It is judged while it is read, where the reader knows its place.
struct Size<B>(usize, PhantomData<B>);

impl<'de, B: Bounds> Deserialize<'de> for Size<B> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_u64(Size(0, PhantomData::<B>))
    }
}

impl<B: Bounds> Visitor<'_> for Size<B> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bytes")
    }

    fn visit_u64<E: Error>(self, size: u64) -> Result<Self, E> {
        B::judge(size).map_err(E::custom)?;
        let size = usize::try_from(size).map_err(E::custom)?;
        Ok(Size(size, self.1))
    }

    fn visit_i64<E: Error>(self, size: i64) -> Result<Self, E> {
        match u64::try_from(size) {
            Ok(size) => self.visit_u64(size),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(size), &self)),
        }
    }
}
