//! One side of a connection, from bytes to messages: records are read, handshake messages put
//! together across them (RFC 8446 section 5.1), and every byte of the stream is owned by one
//! record header or one message.
//!
//! Used by the conversation, which hands in bytes as they come, and by everything that reads
//! bytes from a file.

use std::ops::Range;

use super::alert::Alert;
use super::fault::{Fault, Kind, Remark};
use super::field::{Tree, Value};
use super::grammar::{Context, Reader, Record, Wire};
use super::handshake::{Handshake, claimed_length};
use super::record::{RecordHeader, looks_like_records};
use crate::names::{Code, ContentType, HandshakeType, ProtocolVersion};

/// A record's header, or a message: the pieces of a stream in the order in which they end.
#[derive(Clone, Debug)]
pub enum Unit {
    /// The header of a record.
    Header(Header),
    /// A message, whole or cut off by the end.
    Message(Message),
}

/// The header of a record, as it was read.
#[derive(Clone, Debug)]
pub struct Header {
    /// Where in the stream.
    pub range: Range<usize>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it says, where it is whole.
    pub header: Option<RecordHeader>,
    /// Its fields.
    pub tree: Tree,
}

/// A message: of the handshake, an alert, or whatever else a record carried.
#[derive(Clone, Debug)]
pub struct Message {
    /// What the record said it is; none where there was no record.
    pub content_type: Option<ContentType>,
    /// The version in the record's header, where there was one.
    pub record_version: Option<ProtocolVersion>,
    /// Its bytes, put together.
    pub bytes: Vec<u8>,
    /// Where they stand in the stream: one range a record.
    pub ranges: Vec<Range<usize>>,
    /// How long it says it is, with its header.
    pub length: usize,
    /// What it is.
    pub body: Body,
    /// Its fields, in offsets of `bytes`.
    pub tree: Tree,
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Of the handshake, read without fault.
    Handshake(Box<Handshake>),
    /// Of the handshake, but cut off or not of its type's form.
    BrokenHandshake(HandshakeType),
    /// An alert.
    Alert(Alert),
    /// The sender changes to the keys that were agreed.
    ChangeCipherSpec,
    /// Application data that is not protected.
    ApplicationData,
    /// A heartbeat, RFC 6520.
    Heartbeat,
    /// Protected: only the outside is known.
    Encrypted,
    /// Not TLS.
    Plaintext,
    /// None of what is known, or a message too short to say what it is.
    Unknown,
}

impl Message {
    /// Whether all of it is there.
    pub fn complete(&self) -> bool {
        self.bytes.len() >= self.length
    }

    /// The RFC's name of what it is, in lower case: `client_hello`, `alert` …
    pub fn type_name(&self) -> &'static str {
        match &self.body {
            Body::Handshake(handshake) => match **handshake {
                Handshake::HelloRetryRequest(_) => "hello_retry_request",
                _ => handshake.msg_type().name().unwrap_or("unknown"),
            },
            Body::BrokenHandshake(msg_type) => msg_type.name().unwrap_or("unknown"),
            Body::Alert(_) => "alert",
            Body::ChangeCipherSpec => "change_cipher_spec",
            Body::ApplicationData => "application_data",
            Body::Heartbeat => "heartbeat",
            Body::Encrypted => "encrypted",
            Body::Plaintext => "plaintext",
            Body::Unknown if self.content_type == Some(ContentType::alert) => "alert",
            Body::Unknown => "unknown",
        }
    }

    /// The handshake message, where it is one and whole.
    pub fn handshake(&self) -> Option<&Handshake> {
        match &self.body {
            Body::Handshake(handshake) => Some(handshake),
            _ => None,
        }
    }

    /// Decodes a message of a known content type. A handshake message may be cut off; what
    /// belongs behind it is not in `bytes`.
    pub fn decode(content_type: ContentType, bytes: &[u8], context: Context) -> Message {
        let mut r = Reader::<Tree>::new(bytes, context);
        let mut length = bytes.len();
        let body = match content_type {
            ContentType::handshake => {
                length = claimed_length(bytes).unwrap_or(super::handshake::HEADER);
                match (Handshake::read(&mut r), bytes.first()) {
                    (Ok(handshake), _) if r.is_empty() => Body::Handshake(Box::new(handshake)),
                    (_, Some(&msg_type)) => Body::BrokenHandshake(HandshakeType(msg_type)),
                    (_, None) => Body::Unknown,
                }
            }
            ContentType::alert => {
                length = length.max(2);
                Alert::fields(&mut r).map_or(Body::Unknown, Body::Alert)
            }
            ContentType::change_cipher_spec => {
                let spec = u8::read(&mut r, "type");
                if let Ok(found) = spec {
                    if found != 1 {
                        let fault = Fault::Value { expected: "1", found: found.into() };
                        r.remark("type", 0..1, fault);
                    }
                }
                Body::ChangeCipherSpec
            }
            ContentType::application_data => opaque(&mut r, "data", Body::ApplicationData),
            ContentType::heartbeat => opaque(&mut r, "heartbeat", Body::Heartbeat),
            _ => opaque(&mut r, "opaque", Body::Unknown),
        };
        Message {
            content_type: Some(content_type),
            record_version: None,
            bytes: bytes.to_vec(),
            ranges: Vec::new(),
            length,
            body,
            tree: r.finish(),
        }
    }

    /// Bytes whose inside is not known.
    fn undecoded(content_type: Option<ContentType>, bytes: &[u8], body: Body) -> Message {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        let body = match body {
            Body::Plaintext => {
                r.remaining("plaintext", Value::Text);
                body
            }
            body => opaque(&mut r, "encrypted_record", body),
        };
        Message {
            content_type,
            record_version: None,
            bytes: bytes.to_vec(),
            ranges: Vec::new(),
            length: bytes.len(),
            body,
            tree: r.finish(),
        }
    }
}

fn opaque<R: Record>(r: &mut Reader<'_, R>, name: &'static str, body: Body) -> Body {
    r.remaining(name, Value::Bytes);
    body
}

/// Reads one side of a connection. Bytes are handed in as they come; units come out as soon as
/// they are whole.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    bytes: Vec<u8>,
    /// Where the next record begins.
    at: usize,
    /// The handshake message that is not whole yet.
    handshake: Pending,
    /// The alert that is not whole yet: RFC 8446 section 5.1 forbids to cut one, RFC 5246 does not.
    alert: Pending,
    /// The sender has changed to keys that are not known here.
    encrypted: bool,
    ready: std::collections::VecDeque<Unit>,
}

#[derive(Clone, Debug, Default)]
struct Pending {
    bytes: Vec<u8>,
    ranges: Vec<Range<usize>>,
    version: Option<ProtocolVersion>,
}

impl Stream {
    /// All bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Hands in bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next unit that is whole. What the messages agree on is noted in `context`, which both
    /// sides of a connection share.
    pub fn next(&mut self, context: &mut Context) -> Option<Unit> {
        loop {
            if let Some(unit) = self.ready.pop_front() {
                return Some(unit);
            }
            if !self.at_records() {
                return None;
            }
            let bytes = self.ahead(RecordHeader::LENGTH).to_vec();
            let (Ok(header), tree) = RecordHeader::decode(&bytes) else { return None };
            let start = self.at + RecordHeader::LENGTH;
            let fragment = start..start + usize::from(header.length);
            if fragment.end > self.bytes.len() {
                return None;
            }
            let range = self.at..start;
            self.at = fragment.end;
            self.ready.push_back(Unit::Header(Header {
                range,
                bytes,
                header: Some(header.clone()),
                tree,
            }));
            self.fragment(&header, fragment, context);
        }
    }

    /// What is left when nothing more will come: whatever was cut off, and what is not TLS.
    pub fn finish(&mut self, context: &mut Context) -> Vec<Unit> {
        let mut units = Vec::new();
        while let Some(unit) = self.next(context) {
            units.push(unit);
        }
        if self.at < self.bytes.len() {
            self.cut_off(context);
        }
        self.flush_pending(context);
        units.extend(self.ready.drain(..));
        units
    }

    /// Whether what comes next can be a record.
    fn at_records(&self) -> bool {
        looks_like_records(self.bytes.get(self.at..).unwrap_or_default())
    }

    fn ahead(&self, length: usize) -> &[u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        rest.get(..length).unwrap_or(rest)
    }

    /// A record's fragment, by its content type.
    fn fragment(&mut self, header: &RecordHeader, range: Range<usize>, context: &mut Context) {
        let content_type = header.content_type;
        let version = Some(header.legacy_record_version);
        if range.is_empty() {
            return;
        }
        let bytes = self.bytes.get(range.clone()).unwrap_or_default();
        let tls13 = context.version.is_some_and(ProtocolVersion::is_tls13);
        let protected = self.encrypted && content_type != ContentType::change_cipher_spec
            || tls13 && content_type == ContentType::application_data;
        if protected {
            let message = Message::undecoded(Some(content_type), bytes, Body::Encrypted);
            return self.message(message, version, vec![range]);
        }
        match content_type {
            ContentType::handshake | ContentType::alert => {
                let bytes = bytes.to_vec();
                let pending = self.pending(content_type);
                pending.bytes.extend(bytes);
                pending.ranges.push(range);
                pending.version = version;
                self.take_whole(content_type, context);
            }
            _ => {
                let message = Message::decode(content_type, bytes, *context);
                if message.body == Body::ChangeCipherSpec && !tls13 {
                    self.encrypted = true;
                }
                self.message(message, version, vec![range]);
            }
        }
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
            let message = Message::decode(content_type, whole, *context);
            agree(&message, context);
            self.message(message, pending.version, own);
            (bytes, ranges) = (rest, left);
        }
        *self.pending(content_type) =
            Pending { bytes: bytes.to_vec(), ranges, version: pending.version };
    }

    /// The stream ended within a record, or is no TLS from here on.
    fn cut_off(&mut self, context: &mut Context) {
        let range = self.at..self.bytes.len();
        self.at = self.bytes.len();
        let rest = self.bytes.get(range.clone()).unwrap_or_default().to_vec();
        if !looks_like_records(&rest) {
            let message = Message::undecoded(None, &rest, Body::Plaintext);
            return self.message(message, None, vec![range]);
        }
        let (head, fragment) = rest.split_at(RecordHeader::LENGTH.min(rest.len()));
        let (header, mut tree) = RecordHeader::decode(head);
        let start = range.start + head.len();
        let header = header.ok();
        if let Some(header) = &header {
            let expected = usize::from(header.length);
            let fault = Fault::Truncated { expected, found: fragment.len() };
            tree.remarks.push(Remark {
                field: "fragment",
                range: 5..5,
                fault,
                kind: Kind::Form,
                reference: "RFC 8446 5.1",
            });
        }
        self.ready.push_back(Unit::Header(Header {
            range: range.start..start,
            bytes: head.to_vec(),
            header: header.clone(),
            tree,
        }));
        if let Some(header) = header {
            self.fragment(&header, start..range.end, context);
        }
    }

    /// Messages that will never be whole.
    fn flush_pending(&mut self, context: &Context) {
        for content_type in [ContentType::handshake, ContentType::alert] {
            let pending = std::mem::take(self.pending(content_type));
            if !pending.bytes.is_empty() {
                let message = Message::decode(content_type, &pending.bytes, *context);
                self.message(message, pending.version, pending.ranges);
            }
        }
    }

    fn message(
        &mut self,
        message: Message,
        record_version: Option<ProtocolVersion>,
        ranges: Vec<Range<usize>>,
    ) {
        self.ready.push_back(Unit::Message(Message { record_version, ranges, ..message }));
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

/// Notes what a message decides for those that follow.
pub fn agree(message: &Message, context: &mut Context) {
    match message.handshake() {
        Some(Handshake::ServerHello(hello)) => {
            context.version = Some(hello.version());
            context.cipher_suite = Some(hello.cipher_suite);
        }
        Some(Handshake::HelloRetryRequest(_)) => context.version = Some(ProtocolVersion::TLS1_3),
        _ => {}
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

/// Says where the law of a stream is broken: headers and messages must cover its `length` bytes,
/// each once, and each message's leaves must cover the message.
pub fn check_tiling(units: &[Unit], length: usize) -> Result<(), String> {
    let mut ranges = Vec::new();
    for unit in units {
        match unit {
            Unit::Header(header) => {
                header.tree.check_tiling(header.range.len())?;
                ranges.push(header.range.clone());
            }
            Unit::Message(message) => {
                message.tree.check_tiling(message.bytes.len())?;
                let owned: usize = message.ranges.iter().map(ExactSizeIterator::len).sum();
                if owned != message.bytes.len() {
                    let name = message.type_name();
                    return Err(format!("{name} of {} owns {owned}", message.bytes.len()));
                }
                ranges.extend(message.ranges.iter().cloned());
            }
        }
    }
    ranges.sort_by_key(|range| range.start);
    let mut at = 0;
    for range in ranges {
        if range.start != at {
            return Err(format!("{range:?} where {at} is next"));
        }
        at = range.end;
    }
    if at == length { Ok(()) } else { Err(format!("units end at {at} of {length}")) }
}
