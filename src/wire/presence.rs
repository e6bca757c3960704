//! Fields that are not always there: which, tell the version, the transport, or the end of the
//! message.

use super::grammar::{Read, Reader, Record, Wire};
use crate::names::ProtocolVersion;

/// Present only where bytes are left: `select` on the end of the message.
impl<T: Wire> Wire for Option<T> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        if r.is_empty() { Ok(None) } else { T::read(r, name).map(Some) }
    }

    fn write(&self, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write(out);
        }
    }
}

/// Present only from TLS 1.2 on. Where the version is not known, it is read where the form without
/// it does not fit: RFC 5246 section 7.4.3 and 7.4.4 put it before a list whose length tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinceTls12<T>(pub Option<T>);

impl<T: Wire> Wire for SinceTls12<T> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let present = r.context().at_least(ProtocolVersion::TLS1_2).unwrap_or_else(|| {
            // What follows in either form is a length of two bytes up to the end.
            let absent = prefix_fits(r.rest(), 0, 2);
            let (found, version) = match absent {
                true => ("none of it, as before TLS 1.2", false),
                false => ("it, as in TLS 1.2", true),
            };
            r.assume(name, "a ServerHello that tells the version", found);
            version
        });
        if present {
            T::read(r, name).map(|value| SinceTls12(Some(value)))
        } else {
            Ok(SinceTls12(None))
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

/// Present only in DTLS.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct OnlyDtls<T>(pub Option<T>);

impl<T> Default for OnlyDtls<T> {
    fn default() -> Self {
        OnlyDtls(None)
    }
}

impl<T> OnlyDtls<T> {
    /// Whether it is not there.
    pub fn is_absent(&self) -> bool {
        self.0.is_none()
    }
}

impl<T: Wire> Wire for OnlyDtls<T> {
    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        if r.context().datagram {
            T::read(r, name).map(|value| OnlyDtls(Some(value)))
        } else {
            Ok(OnlyDtls(None))
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

/// The number in `width` bytes behind the first `at`.
#[inline(always)]
pub fn peek(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let number = bytes.get(at..at.checked_add(width)?)?;
    Some(number.iter().fold(0, |number, &byte| number << 8 | usize::from(byte)))
}

/// Whether a length of `width` bytes behind the first `at` reaches exactly to the end.
pub fn prefix_fits(bytes: &[u8], at: usize, width: usize) -> bool {
    peek(bytes, at, width).is_some_and(|length| at + width + length == bytes.len())
}

/// The bytes that stand behind their length of `width` bytes, if all of them are there, and what
/// stands behind them.
#[inline(always)]
pub fn behind_length(input: &[u8], width: usize) -> Option<(&[u8], &[u8])> {
    let length = peek(input, 0, width)?;
    input.get(width..)?.split_at_checked(length)
}
