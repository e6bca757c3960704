//! `padding`, RFC 7685: zero bytes that make a hello longer. The length is what matters: it was
//! made for servers that hang on a hello of 256 to 511 bytes.

use serde::{Deserialize, Serialize};

use crate::wire::fault::Fault;
use crate::wire::field::Value;
use crate::wire::grammar::{Read, Reader, Record, Wire};

/// So many zero bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Padding(pub u16);

impl Wire for Padding {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let at = r.at();
        let bytes = r.remaining(name, Value::Bytes);
        match (u16::try_from(bytes.len()), bytes.iter().find(|&&byte| byte != 0)) {
            (Ok(length), None) => Ok(Padding(length)),
            (_, other) => {
                let found = u64::from(other.copied().unwrap_or(0));
                let fault = Fault::Value { expected: "zero bytes", found };
                Err(r.remark(name, at..at + bytes.len(), fault))
            }
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.resize(out.len() + usize::from(self.0), 0);
    }
}
