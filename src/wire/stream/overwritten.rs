//! Messages of DTLS over which a log wrote: OpenSSL sends the parts of a message (RFC 6347 section 4.2.3)
//! from where it stands, and shows it when it is sent.

use std::ops::Range;
use std::sync::Arc;

use super::reassembly::{Head, SECTION, read_head};
use super::{Body, Message};
use crate::names::{ContentType, HandshakeType};
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::{Tree, Value};
use crate::wire::grammar::{Context, Reader, peek};
use crate::wire::handshake::DTLS_HEADER;

/// What is said of a message over which a log wrote the headers of its parts.
const OVERWRITTEN: Fault = Fault::Form {
    expected: "the bytes under those",
    found: "what it looks like with the headers of its parts, which OpenSSL writes over it",
};

/// What is said of one whose first part is so short that the header of the next stands over its own.
const HEADER_OVERWRITTEN: Fault = Fault::Form {
    expected: "the bytes under that",
    found: "what the header of its second part says, which OpenSSL writes over its own and the \
            bytes behind it",
};

/// Whether one of them is said.
pub(super) fn is_overwritten(remark: &Remark) -> bool {
    [OVERWRITTEN, HEADER_OVERWRITTEN].contains(&remark.fault)
}

fn overwritten(field: &'static str, range: Range<usize>, fault: Fault) -> Remark {
    Remark { field, range, fault, kind: Kind::Assumption, reference: SECTION }
}

/// The header of a message under that of its second part, which stands in a log where the first part
/// ends: that is within the header itself where the first part has fewer bytes than a header. Returns
/// how many it has.
fn header_beneath(bytes: &[u8], length: usize) -> Option<(usize, Vec<u8>)> {
    let is_whole = |head: Head| DTLS_HEADER + head.length == length;
    let own = Head::of(bytes);
    if is_whole(own) && own.offset == 0 && peek(bytes, 9, 3) == Some(own.length) {
        return None;
    }
    (1..DTLS_HEADER).find_map(|at| {
        let second = bytes.get(at..at + DTLS_HEADER)?;
        let head = Head::of(second);
        let first = [second.get(..6)?, &[0; 3], second.get(1..4)?].concat();
        let fits = is_whole(head) && head.offset == at && bytes.starts_with(first.get(..at)?);
        fits.then_some((at, first))
    })
}

impl Message {
    /// OpenSSL sends the parts of a message from where it stands, each behind its header, which it
    /// writes over what was sent before: so a log of it, which says how long it is, has the message in
    /// the end. What is wrong with it then was not in what was sent.
    pub(crate) fn assume_overwritten(&mut self, length: usize) {
        if self.content_type != Some(ContentType::handshake) {
            return;
        }
        if let Some((at, header)) = header_beneath(&self.bytes, length) {
            self.bytes =
                [&header[..], self.bytes.get(DTLS_HEADER..).unwrap_or_default()].concat().into();
            return self.without_beginning(at);
        }
        // The header of its first part tells type, length and number, and where the part begins.
        let Some(own) = self.bytes.get(..6) else { return };
        let is_header = |at: &usize| {
            let rest = self.bytes.get(*at..).unwrap_or_default();
            rest.starts_with(own) && peek(rest, own.len(), 3) == Some(*at)
        };
        if let Some(at) = (DTLS_HEADER..self.bytes.len()).find(is_header) {
            self.without_faults(at);
        }
    }

    /// Whether a log wrote over it.
    pub(crate) fn is_overwritten(&self) -> bool {
        self.tree.remarks.iter().any(is_overwritten)
    }

    /// Says again what was said of it before it was read anew.
    pub(super) fn assume_overwritten_as(&mut self, said: &Remark) {
        match said.fault {
            HEADER_OVERWRITTEN => self.without_beginning(said.range.len()),
            _ => self.without_faults(said.range.start),
        }
    }

    /// There is the header of a part at this place, and the message was sent without it.
    fn without_faults(&mut self, at: usize) {
        let range = at..(at + DTLS_HEADER).min(self.bytes.len());
        let said = overwritten(self.type_name(), range, OVERWRITTEN);
        let tree = Arc::make_mut(&mut self.tree);
        tree.beneath.iter_mut().for_each(|beneath| beneath.tree.remarks.clear());
        tree.remarks = vec![said];
    }

    /// So many of its first bytes behind its header are not known, by which the others would be read.
    fn without_beginning(&mut self, lost: usize) {
        let name = self.type_name();
        let mut r = Reader::<Tree>::new(&self.bytes, Context::default());
        r.section(SECTION);
        read_head(&mut r);
        r.remaining("fragment", Value::Bytes);
        let mut tree = r.finish();
        self.length = peek(&self.bytes, 1, 3).map_or(self.length, |length| DTLS_HEADER + length);
        let msg_type = HandshakeType(self.bytes.first().copied().unwrap_or_default());
        self.body = Body::BrokenHandshake(msg_type);
        let range = DTLS_HEADER..(DTLS_HEADER + lost).min(self.bytes.len());
        tree.remarks = vec![overwritten(name, range, HEADER_OVERWRITTEN)];
        self.tree = Arc::new(tree);
    }
}
