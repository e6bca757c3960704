//! `trust_anchors`, draft-ietf-tls-trust-anchor-ids section 4: the authorities that a peer trusts,
//! by short names of their own. A server lists in EncryptedExtensions those that it could have
//! used, and marks with an empty one the certificate that it chose by them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::fault::Fault;
use crate::wire::field::{Shape, Value};
use crate::wire::grammar::{
    Found, Octets, Opaque, P8, P16, Prefix, Read, Reader, Record, Wire, behind_length, length,
    prefixed, vector,
};

/// `opaque TrustAnchorID<1..2^8-1>`: an object identifier that begins below 1.3.6.1.4.1, the
/// enterprises.
pub type TrustAnchorId = Opaque<P8<1>>;

/// `TrustAnchorID trusted_anchors<0..2^16-1>`. A browser lists dozens: they are kept together, in
/// their bytes on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustAnchors(Octets);

impl TrustAnchors {
    /// The bytes of each, without its length.
    pub fn ids(&self) -> impl Iterator<Item = &[u8]> {
        ids(&self.0)
    }
}

impl FromIterator<TrustAnchorId> for TrustAnchors {
    fn from_iter<I: IntoIterator<Item = TrustAnchorId>>(ids: I) -> Self {
        let mut bytes = Vec::new();
        ids.into_iter().for_each(|id| id.write(&mut bytes));
        TrustAnchors(bytes.into())
    }
}

impl Wire for TrustAnchors {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let mut ids = Octets::new();
        let outer = r.section("draft-ietf-tls-trust-anchor-ids 3");
        let read = r.node(name, Shape::List, |r| {
            let length = length::<P16, R>(r)?;
            r.within(name, length, |r| {
                ids = Octets::from_slice(r.rest());
                // Nearly all lists are without fault: they are read in one pass.
                if !R::KEEPS || !may_be_odd(&ids) {
                    r.vectors::<P8<1>>(ID, Value::Words(dotted));
                }
                let mut broken = None;
                while !r.is_empty() {
                    broken = broken.or(read_id(r).err());
                }
                broken.map_or(Ok(()), Err)
            })
        });
        r.section(outer);
        read.map(|()| TrustAnchors(ids))
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, <P16>::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

/// What one is called.
const ID: &str = "trust_anchor_id";

/// A byte with which no arc has to begin.
const OF_NO_USE: u8 = 0x80;

/// Reads an id, and looks at its arcs.
fn read_id<R: Record>(r: &mut Reader<'_, R>) -> Read<()> {
    let Found { bytes, .. } = vector::<P8<1>, R>(r, ID, Value::Words(dotted))?;
    let range = r.at() - bytes.len()..r.at();
    if R::KEEPS && !has_minimal_arcs(bytes) {
        let expected = "arcs in as few bytes as they take";
        let found = "one that begins with a byte of no use (0x80)";
        r.notice(ID, range, Fault::Form { expected, found });
    } else if R::KEEPS && is_open(bytes) {
        let expected = "arcs that end";
        let found = "one that would go on behind the last byte";
        r.notice(ID, range, Fault::Form { expected, found });
    }
    Ok(())
}

/// Whether there may be a fault in the arcs of one of these, each behind its length.
fn may_be_odd(ids: &Octets) -> bool {
    ids.contains(&OF_NO_USE) || self::ids(ids).any(is_open)
}

/// The bytes of each of these, without its length.
fn ids(bytes: &Octets) -> impl Iterator<Item = &[u8]> {
    let mut rest = &bytes[..];
    std::iter::from_fn(move || {
        let (id, behind) = behind_length(rest, <P8>::WIDTH)?;
        rest = behind;
        Some(id)
    })
}

/// Whether the last arc goes on behind the last byte, X.690 section 8.20.2.
fn is_open(content: &[u8]) -> bool {
    content.last().is_some_and(|last| last & 0x80 != 0)
}

impl Serialize for TrustAnchors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.ids().map(TrustAnchorId::new))
    }
}

impl<'de> Deserialize<'de> for TrustAnchors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<TrustAnchorId>::deserialize(deserializer).map(Self::from_iter)
    }
}

/// Whether no arc begins with 0x80, X.690 section 8.20.2.
fn has_minimal_arcs(content: &[u8]) -> bool {
    let mut begins = true;
    content.iter().all(|&byte| {
        let is_minimal = !begins || byte != OF_NO_USE;
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
    use crate::wire::grammar::Context;

    #[test]
    fn odd_ids_among_others_are_remarked_each_in_its_place() {
        let ids =
            [&[4, 0x81, 0xfd, 0x59, 1][..], &[0], &[1, 5], &[2, 0x80, 1], &[1, 6], &[1, 0x87]];
        let ids = ids.concat();
        let bytes = [&[0, ids.len() as u8][..], &ids].concat();
        let mut r = Reader::<Tree>::new(&bytes, Context::default());
        let list = TrustAnchors::read(&mut r, "trust_anchors").unwrap();
        let tree = r.finish();
        assert_eq!(list.to_bytes(), bytes);
        assert_eq!(list, TrustAnchors::decode(&bytes, Context::default()).unwrap());
        tree.check_tiling(bytes.len()).unwrap();
        // The list and its length; each id with its length and its bytes, if it has any.
        assert_eq!(tree.fields.len(), 2 + 5 * 3 + 2);
        let remarks: Vec<_> = tree.remarks.iter().map(|remark| remark.range.clone()).collect();
        assert_eq!(remarks, [7..8, 11..13, 16..17]);
        let sections = tree.remarks.iter().map(|remark| remark.reference);
        assert!(sections.into_iter().all(|section| section.ends_with("trust-anchor-ids 3")));
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
