//! Numbers of one, two, four or eight bytes, as QUIC writes them: RFC 9000 section 16. The first
//! two bits tell the width.

use nom::IResult;
use nom::error::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

use super::field::Value;
use super::grammar::{Read, Reader, Record, Wire};

/// A number below 2^62. A sender may spend more bytes on it than it takes, so the width is a part
/// of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
pub struct VarInt {
    value: u64,
    /// The first two bits: 1, 2, 4 or 8 bytes.
    log_width: u8,
}

/// The largest number: 2^62 - 1.
const MAX: u64 = (1 << 62) - 1;

impl VarInt {
    /// A number in as few bytes as it takes. What is too large loses its high bits.
    pub fn new(value: u64) -> VarInt {
        let value = value & MAX;
        let log_width = match value {
            0..0x40 => 0,
            0x40..0x4000 => 1,
            0x4000..0x4000_0000 => 2,
            _ => 3,
        };
        VarInt { value, log_width }
    }

    /// The same number in at least so many bytes; 8 is the most there is.
    pub fn at_least(self, width: usize) -> VarInt {
        let log_width = (0..3).find(|log| 1 << log >= width).unwrap_or(3);
        VarInt { log_width: self.log_width.max(log_width), ..self }
    }

    /// The number.
    pub fn value(self) -> u64 {
        self.value
    }

    /// How many bytes it takes on the wire.
    pub fn width(self) -> usize {
        1 << self.log_width
    }

    /// Whether it takes as few bytes as can be.
    pub fn is_minimal(self) -> bool {
        self == VarInt::new(self.value)
    }

    /// The number at the start of some bytes.
    pub fn parse(input: &[u8]) -> IResult<&[u8], VarInt> {
        let incomplete = || nom::Err::Error(Error::new(input, ErrorKind::Eof));
        let &first = input.first().ok_or_else(incomplete)?;
        let log_width = first >> 6;
        let bytes = input.get(..1 << log_width).ok_or_else(incomplete)?;
        let number = bytes.iter().fold(0u64, |number, &byte| number << 8 | u64::from(byte));
        // Two bits of the first byte are the width.
        let value = number & (u64::MAX >> (66 - 8 * bytes.len()));
        Ok((input.get(1 << log_width..).unwrap_or_default(), VarInt { value, log_width }))
    }

    /// Reads one whose meaning the leaf tells in words of its own.
    pub fn read_as<R: Record>(
        r: &mut Reader<'_, R>,
        name: &'static str,
        value: Value,
    ) -> Read<VarInt> {
        let wanted = r.rest().first().map_or(1, |first| 1 << (first >> 6));
        r.leaf(name, wanted, VarInt::parse, value)
    }
}

fn number(bytes: &[u8]) -> Option<u64> {
    VarInt::parse(bytes).ok().map(|(_, number)| number.value)
}

impl Wire for VarInt {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        VarInt::read_as(r, name, Value::NumberBy(number))
    }

    fn write(&self, out: &mut Vec<u8>) {
        let bytes =
            (self.value | u64::from(self.log_width) << (8 * self.width() - 2)).to_be_bytes();
        out.extend(bytes.iter().skip(8 - self.width()));
    }
}

/// In a spec file: the number, or the number and its width where that is not the least.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Minimal(u64),
    Wide { value: u64, width: u8 },
}

impl From<Form> for VarInt {
    fn from(form: Form) -> VarInt {
        match form {
            Form::Minimal(value) => VarInt::new(value),
            Form::Wide { value, width } => VarInt::new(value).at_least(width.into()),
        }
    }
}

impl From<VarInt> for Form {
    fn from(number: VarInt) -> Form {
        let value = number.value;
        match number.is_minimal() {
            true => Form::Minimal(value),
            false => Form::Wide { value, width: 1 << number.log_width },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::grammar::Context;

    fn decode(bytes: &[u8]) -> VarInt {
        VarInt::decode(bytes, Context::default()).unwrap()
    }

    #[test]
    fn the_examples_of_rfc_9000_a_1_are_read_and_written() {
        for (bytes, number) in [
            (&[0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c][..], 151_288_809_941_952_652),
            (&[0x9d, 0x7f, 0x3e, 0x7d], 494_878_333),
            (&[0x7b, 0xbd], 15_293),
            (&[0x25], 37),
        ] {
            assert_eq!(decode(bytes), VarInt::new(number));
            assert_eq!(VarInt::new(number).to_bytes(), bytes);
        }
    }

    #[test]
    fn more_bytes_than_it_takes_are_kept() {
        // RFC 9000 A.1: 37 in two bytes.
        let wide = decode(&[0x40, 0x25]);
        assert_eq!((wide.value(), wide.width(), wide.is_minimal()), (37, 2, false));
        assert_eq!(wide.to_bytes(), [0x40, 0x25]);
        let spec = serde_json::to_value(wide).unwrap();
        assert_eq!(spec, serde_json::json!({ "value": 37, "width": 2 }));
        assert_eq!(serde_json::from_value::<VarInt>(spec).unwrap(), wide);
    }

    #[test]
    fn a_number_that_ends_early_says_how_long_it_should_be() {
        let remark = VarInt::decode(&[0x9d, 0x7f], Context::default()).unwrap_err();
        assert_eq!((remark.fault.expected().as_str(), remark.range.clone()), ("4 bytes", 0..2));
        VarInt::decode(&[], Context::default()).unwrap_err();
    }
}
