//! `tls_flags`, draft-ietf-tls-tlsflags section 2: extensions of one bit each.

use nom::bytes::complete::take;
use serde::{Deserialize, Serialize};

use crate::wire::field::{Shape, Value};
use crate::wire::grammar::{P8, Prefix, Read, Reader, Record, Wire, length, prefixed};
use crate::wire::spec_form;

/// `opaque flags<0..255>`: the lowest bit of the first byte is flag 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TlsFlags(#[serde(with = "spec_form::bytes")] pub Vec<u8>);

impl Wire for TlsFlags {
    const ITEM: &'static str = "tls_flags";

    fn read<R: Record>(r: &mut Reader<'_, R>, _: &'static str) -> Read<Self> {
        r.node("flags", Shape::Vector, |r| {
            let length = length::<P8, R>(r)?;
            let bytes = r.leaf("flags", length, take(length), Value::Words(words))?;
            Ok(TlsFlags(bytes.to_vec()))
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, <P8>::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

/// The numbers of the flags that are set, as in `0, 8`.
fn words(bytes: &[u8]) -> Option<String> {
    let bits = bytes.iter().enumerate().flat_map(|(index, byte)| {
        (0..8).filter(move |bit| byte >> bit & 1 == 1).map(move |bit| index * 8 + bit)
    });
    let numbers: Vec<String> = bits.map(|number| number.to_string()).collect();
    Some(if numbers.is_empty() { "none".to_owned() } else { numbers.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_counted_from_the_lowest_bit_of_the_first_byte() {
        // draft-ietf-tls-tlsflags 2: "flags 1, 5, 20, and 21" is 0x22, 0x00, 0x30.
        assert_eq!(words(&[0x22, 0x00, 0x30]).as_deref(), Some("1, 5, 20, 21"));
        assert_eq!(words(&[0]).as_deref(), Some("none"));
    }
}
