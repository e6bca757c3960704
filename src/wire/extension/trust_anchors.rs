//! `trust_anchors`, draft-ietf-tls-trust-anchor-ids section 4: the authorities that a peer trusts,
//! by short names of their own. A server lists in EncryptedExtensions those that it could have
//! used, and marks with an empty one the certificate that it chose by them.

use crate::wire::fault::Fault;
use crate::wire::field::Value;
use crate::wire::grammar::{Found, Opaque, P8, Read, Reader, Record, Wire, vector, vectors};

/// `opaque TrustAnchorID<1..2^8-1>`: an object identifier that begins below 1.3.6.1.4.1, the
/// enterprises.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct TrustAnchorId(pub Opaque<P8<1>>);

impl From<Found<'_>> for TrustAnchorId {
    #[inline(always)]
    fn from(id: Found<'_>) -> Self {
        TrustAnchorId(Opaque::new(id.kept()))
    }
}

impl Wire for TrustAnchorId {
    const ITEM: &'static str = "trust_anchor_id";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let id @ Found { bytes, .. } = vector::<P8<1>, R>(r, name, Value::Words(dotted))?;
        if R::KEEPS && !has_minimal_arcs(bytes) {
            let expected = "arcs in as few bytes as they take";
            let found = "one that begins with a byte of no use (0x80)";
            let range = r.at() - bytes.len()..r.at();
            r.notice("trust_anchor_id", range, Fault::Form { expected, found });
        }
        Ok(id.into())
    }

    // There are many in a list: those that are as they should be are read in one go.
    #[inline(always)]
    fn read_into<R: Record>(r: &mut Reader<'_, R>, ids: &mut Vec<Self>) -> Read<()> {
        vectors::<P8<1>, R>(r, Self::ITEM, Value::Words(dotted), |id| {
            let is_plain = !R::KEEPS || has_minimal_arcs(id.bytes);
            if is_plain {
                ids.push(id.into());
            }
            is_plain
        });
        if !r.is_empty() {
            ids.push(Self::read(r, Self::ITEM)?);
        }
        Ok(())
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

/// Whether no arc begins with 0x80, X.690 section 8.20.2.
#[inline]
fn has_minimal_arcs(content: &[u8]) -> bool {
    // Few have such a byte anywhere.
    let mut begins = true;
    content.iter().all(|&byte| byte != 0x80)
        || content.iter().all(|&byte| {
            let is_minimal = !begins || byte != 0x80;
            begins = byte & 0x80 == 0;
            is_minimal
        })
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
    use crate::wire::field::Tree;
    use crate::wire::grammar::{Context, List, P16};

    #[test]
    fn odd_ids_among_others_are_remarked_each_in_its_place() {
        let ids = [&[4, 0x81, 0xfd, 0x59, 1][..], &[0], &[1, 5], &[2, 0x80, 1], &[1, 6], &[1, 7]];
        let ids = ids.concat();
        let bytes = [&[0, ids.len() as u8][..], &ids].concat();
        let mut r = Reader::<Tree>::new(&bytes, Context::default());
        let list = List::<P16, TrustAnchorId>::read(&mut r, "trust_anchors").unwrap();
        let tree = r.finish();
        assert_eq!(list.to_bytes(), bytes);
        assert_eq!(list, List::decode(&bytes, Context::default()).unwrap());
        tree.check_tiling(bytes.len()).unwrap();
        // The list and its length; each id with its length and its bytes, if it has any.
        assert_eq!(tree.fields.len(), 2 + 5 * 3 + 2);
        let remarks: Vec<_> = tree.remarks.iter().map(|remark| remark.range.clone()).collect();
        assert_eq!(remarks, [7..8, 11..13]);
    }

    #[test]
    fn only_an_arc_that_begins_with_a_byte_of_no_use_is_longer_than_it_must_be() {
        let minimal: [&[u8]; 4] = [&[], &[0x01], &[0x81, 0xfd, 0x59, 0x01], &[0x81, 0x80, 0x01]];
        assert!(minimal.into_iter().all(has_minimal_arcs));
        let longer: [&[u8]; 3] = [&[0x80], &[0x80, 0x01], &[0x01, 0x80, 0x01]];
        assert!(!longer.into_iter().any(has_minimal_arcs));
    }

    #[test]
    fn an_id_is_shown_by_its_arcs() {
        // draft-ietf-tls-trust-anchor-ids 3: 32473.1 is 81 fd 59 01.
        assert_eq!(dotted(&[0x81, 0xfd, 0x59, 0x01]).as_deref(), Some("32473.1"));
        assert_eq!(dotted(&[0x81, 0xfd]), None);
        assert_eq!(dotted(&[]), None);
        assert_eq!(dotted(&[0xff; 11]), None);
    }
}
