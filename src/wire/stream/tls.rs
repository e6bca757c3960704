//! Records of SSL 3.0 to TLS 1.3, and the messages that are put together across them: RFC 8446
//! section 5.1.

use std::ops::Range;

use super::{Framing, Message, Stream, agree};
use crate::names::{ContentType, ProtocolVersion};
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::grammar::Context;
use crate::wire::handshake::claimed_length;
use crate::wire::record::RecordHeader;
use crate::wire::stream::Body;

/// Bytes that a record may have that is not protected.
const LARGEST_IN_CLEAR: usize = 1 << 14;

/// A message that is not whole yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    bytes: Vec<u8>,
    ranges: Vec<Range<usize>>,
    version: Option<ProtocolVersion>,
}

impl Stream {
    /// Reads a record.
    pub(super) fn tls_record(&mut self, context: &mut Context, last: bool) -> bool {
        let rest = self.rest();
        let head = rest.get(..RecordHeader::LENGTH).unwrap_or(rest);
        if head.len() < RecordHeader::LENGTH && !last {
            return false;
        }
        let (header, mut tree) = RecordHeader::decode(head);
        let start = self.at + head.len();
        let range = self.at..start;
        let Ok(header) = header else {
            self.header(range, Framing::Cut, tree);
            self.advance(start);
            return true;
        };
        let expected = usize::from(header.length);
        let end = start + expected;
        let mut fragment = start..end;
        if end > self.bytes.len() {
            if !last {
                return false;
            }
            fragment.end = self.bytes.len();
            let fault = Fault::Truncated { expected, found: fragment.len() };
            tree.remarks.push(Remark {
                field: "fragment",
                range: head.len()..head.len(),
                fault,
                kind: Kind::Form,
                reference: "RFC 8446 5.1",
            });
        }
        if expected > LARGEST_IN_CLEAR && !self.is_protected(header.content_type) {
            let expected = "at most 2^14 bytes in clear";
            let fault = Fault::Value { expected, found: header.length.into() };
            let kind = Kind::Notice;
            let reference = "RFC 8446 5.1";
            tree.remarks.push(Remark { field: "length", range: 3..5, fault, kind, reference });
        }
        self.header(range, Framing::Tls(header.clone()), tree);
        self.advance(fragment.end);
        self.fragment(&header, fragment, context);
        true
    }

    /// A record's fragment, by its content type.
    fn fragment(&mut self, header: &RecordHeader, range: Range<usize>, context: &mut Context) {
        let content_type = header.content_type;
        let version = Some(header.legacy_record_version);
        if range.is_empty() {
            return;
        }
        if self.is_protected(content_type) {
            return self.protected(Some(content_type), version, range);
        }
        match content_type {
            ContentType::handshake | ContentType::alert => {
                let bytes = self.slice(&range).to_vec();
                let pending = self.pending(content_type);
                pending.bytes.extend(bytes);
                pending.ranges.push(range);
                pending.version = version;
                self.take_whole(content_type, context);
            }
            _ => {
                let own = self.context(context);
                let message = Message::decode(content_type, self.slice(&range), own);
                let tls13 = context.version.is_some_and(ProtocolVersion::is_tls13);
                if message.body == Body::ChangeCipherSpec && !tls13 {
                    self.encrypted = true;
                }
                self.message(message, version, vec![range]);
            }
        }
    }

    /// Whether a record of this type is protected. Before any keys there is no data: what a client
    /// sends so early is protected by the keys of an earlier session.
    fn is_protected(&self, content_type: ContentType) -> bool {
        self.encrypted && content_type != ContentType::change_cipher_spec
            || content_type == ContentType::application_data
    }

    /// What of a content type is being put together.
    fn pending(&mut self, content_type: ContentType) -> &mut Pending {
        match content_type {
            ContentType::alert => &mut self.alert,
            _ => &mut self.handshake,
        }
    }

    /// Takes the messages that are whole from what was put together.
    fn take_whole(&mut self, content_type: ContentType, context: &mut Context) {
        let waiting = &self.pending(content_type).bytes;
        if whole_length(content_type, waiting).is_none_or(|length| length > waiting.len()) {
            // What was put together so far must not be copied for each record that adds to it.
            return;
        }
        let pending = std::mem::take(self.pending(content_type));
        let mut bytes = pending.bytes.as_slice();
        let mut ranges = pending.ranges;
        while let Some(length) = whole_length(content_type, bytes) {
            let Some((whole, rest)) = bytes.split_at_checked(length) else { break };
            let (own, left) = split_ranges(ranges, length);
            let message = Message::decode(content_type, whole, self.context(context));
            agree(&message, context);
            self.message(message, pending.version, own);
            (bytes, ranges) = (rest, left);
        }
        *self.pending(content_type) =
            Pending { bytes: bytes.to_vec(), ranges, version: pending.version };
    }

    /// Messages that will never be whole.
    pub(super) fn flush_tls(&mut self, context: &Context) {
        for content_type in [ContentType::handshake, ContentType::alert] {
            let pending = std::mem::take(self.pending(content_type));
            if !pending.bytes.is_empty() {
                let message = Message::decode(content_type, &pending.bytes, self.context(context));
                self.message(message, pending.version, pending.ranges);
            }
        }
    }
}

/// The length of the message that begins here, as soon as its beginning tells.
fn whole_length(content_type: ContentType, bytes: &[u8]) -> Option<usize> {
    const ALERT: usize = 2;
    match content_type {
        ContentType::alert => (!bytes.is_empty()).then_some(ALERT),
        _ => claimed_length(bytes),
    }
}

/// Splits ranges behind their first `length` bytes.
fn split_ranges(
    ranges: Vec<Range<usize>>,
    mut length: usize,
) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (mut own, mut left) = (Vec::new(), Vec::new());
    for range in ranges {
        let taken = length.min(range.len());
        length -= taken;
        let (first, second) = (range.start..range.start + taken, range.start + taken..range.end);
        own.extend((!first.is_empty()).then_some(first));
        left.extend((!second.is_empty()).then_some(second));
    }
    (own, left)
}
