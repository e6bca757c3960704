//! `trust_anchors`, draft-ietf-tls-trust-anchor-ids section 4: the authorities that a peer trusts,
//! by short names of their own. A server lists in EncryptedExtensions those that it could have
//! used, and marks with an empty one the certificate that it chose by them.

use crate::wire::fault::Fault;
use crate::wire::field::Value;
use crate::wire::grammar::{Opaque, P8, Read, Reader, Record, Wire, vector};

/// `opaque TrustAnchorID<1..2^8-1>`: an object identifier that begins below 1.3.6.1.4.1, the
/// enterprises.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct TrustAnchorId(pub Opaque<P8<1>>);

impl Wire for TrustAnchorId {
    const ITEM: &'static str = "trust_anchor_id";

    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let bytes = vector::<P8<1>, 16, R>(r, name, Value::Words(dotted))?;
        if R::KEEPS && !has_minimal_arcs(&bytes) {
            let expected = "arcs in as few bytes as they take";
            let found = "one that begins with a byte of no use (0x80)";
            let range = r.at() - bytes.len()..r.at();
            r.notice("trust_anchor_id", range, Fault::Form { expected, found });
        }
        Ok(TrustAnchorId(Opaque::new(bytes)))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

/// Whether no arc begins with 0x80, X.690 section 8.20.2.
fn has_minimal_arcs(content: &[u8]) -> bool {
    let goes_on = |byte: &u8| byte & 0x80 != 0;
    let before = std::iter::once(&0).chain(content);
    // Most have no such byte at all, and that is soon seen.
    !content.contains(&0x80)
        || !before.zip(content).any(|(before, byte)| !goes_on(before) && *byte == 0x80)
}

/// `32473.1`: the arcs in decimal, X.690 section 8.20. None where one ends early or is too large.
fn dotted(content: &[u8]) -> Option<String> {
    let mut arcs = Vec::new();
    let mut arc: Option<u64> = None;
    for byte in content {
        let high = arc.unwrap_or(0).checked_mul(0x80)?;
        let number = high | u64::from(byte & 0x7f);
        arc = (byte & 0x80 != 0).then_some(number);
        if arc.is_none() {
            arcs.push(number.to_string());
        }
    }
    (arc.is_none() && !arcs.is_empty()).then(|| arcs.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_shown_by_its_arcs() {
        // draft-ietf-tls-trust-anchor-ids 3: 32473.1 is 81 fd 59 01.
        assert_eq!(dotted(&[0x81, 0xfd, 0x59, 0x01]).as_deref(), Some("32473.1"));
        assert_eq!(dotted(&[0x81, 0xfd]), None);
        assert_eq!(dotted(&[]), None);
        assert_eq!(dotted(&[0xff; 11]), None);
    }
}
