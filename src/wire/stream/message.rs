//! What records carry: a message of the handshake, an alert, and whatever else there is.

use std::ops::Range;
use std::sync::Arc;

use crate::names::{Code, ContentType, HandshakeType, ProtocolVersion, Ssl2MessageType};
use crate::wire::document::Document;
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::{Tree, Value};
use crate::wire::grammar::{Context, Octets, Read, Reader, Record, Wire, peek};
use crate::wire::handshake::datagram::Ack;
use crate::wire::handshake::{DTLS_HEADER, HEADER, Handshake};
use crate::wire::record::alert::{self, Alert};
use crate::wire::record::heartbeat::HeartbeatMessage;
use crate::wire::record::return_routability::ReturnRoutabilityCheck;
use crate::wire::record::ssl2::{self, Ssl2Message};
use crate::wire::text::is_mostly_text;

/// Places in a stream; most messages have one.
pub type Ranges = smallvec::SmallVec<[Range<usize>; 1]>;

/// A message: of the handshake, an alert, or whatever else a record carried.
#[derive(Clone, Debug)]
pub struct Message {
    /// What the record said it is; none where there was no record, or one that does not say.
    pub content_type: Option<ContentType>,
    /// The version in the record's header, where there was one.
    pub record_version: Option<ProtocolVersion>,
    /// Its bytes, put together.
    pub bytes: Octets,
    /// Where they stand in the stream: one range a record.
    pub ranges: Ranges,
    /// How long it says it is, with its header.
    pub length: usize,
    /// What it is.
    pub body: Body,
    /// Its fields, in offsets of `bytes`.
    pub tree: Arc<Tree>,
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Of the handshake, read without fault.
    Handshake(Box<Handshake>),
    /// Of the handshake, but cut off or not of its type's form.
    BrokenHandshake(HandshakeType),
    /// A part of a message of the handshake that came in parts and is told by itself: what was
    /// there before, and what is never made whole.
    Fragment(HandshakeType),
    /// The rest of a message of the handshake of which the beginning was not seen.
    Rest,
    /// Of SSL 2.0, read without fault.
    Ssl2(Box<Ssl2Message>),
    /// Of SSL 2.0, but cut off or not of its type's form.
    BrokenSsl2(Ssl2MessageType),
    /// An alert.
    Alert(Alert),
    /// The sender changes to the keys that were agreed, if it has its form.
    ChangeCipherSpec,
    /// Application data that is not protected, as logs show it.
    ApplicationData,
    /// A heartbeat, RFC 6520.
    Heartbeat,
    /// Which records have arrived: DTLS 1.3.
    Ack(Box<Ack>),
    /// Whether a path leads to the other side: DTLS, RFC 9853.
    ReturnRoutabilityCheck(Box<ReturnRoutabilityCheck>),
    /// DER by itself, as a file holds it.
    Document(Document),
    /// Protected: only the outside is known.
    Encrypted,
    /// Not TLS.
    Plaintext,
    /// None of what is known, or a message too short to say what it is.
    Unknown,
}

impl Body {
    /// Reads what a record of this type has.
    fn read(content_type: ContentType, r: &mut Reader<'_, Tree>) -> Body {
        let first = r.rest().first().copied();
        match content_type {
            ContentType::handshake => match (Handshake::read(r), first) {
                (Ok(handshake), _) if r.is_empty() => Body::Handshake(Box::new(handshake)),
                (_, Some(msg_type)) => Body::BrokenHandshake(HandshakeType(msg_type)),
                (_, None) => Body::Unknown,
            },
            ContentType::alert => Alert::fields(r).map_or(Body::Unknown, Body::Alert),
            ContentType::change_cipher_spec => {
                r.section("RFC 5246 7.1");
                let spec = u8::read(r, "type");
                if let Ok(found) = spec {
                    if found != 1 {
                        let fault = Fault::Value { expected: "1", found: found.into() };
                        r.remark("type", 0..1, fault);
                    }
                }
                Body::ChangeCipherSpec
            }
            ContentType::application_data => opaque(r, "data", Body::ApplicationData),
            ContentType::heartbeat => {
                // What is wrong with it is in the tree.
                let _ = HeartbeatMessage::fields(r);
                Body::Heartbeat
            }
            // They are of DTLS: in TLS these types are not known.
            ContentType::ack | ContentType::return_routability_check if !r.context().datagram => {
                opaque(r, "opaque", Body::Unknown)
            }
            ContentType::ack => {
                Ack::fields(r).map_or(Body::Unknown, |ack| Body::Ack(Box::new(ack)))
            }
            ContentType::return_routability_check => ReturnRoutabilityCheck::read_noticed(r)
                .map_or(Body::Unknown, |check| Body::ReturnRoutabilityCheck(Box::new(check))),
            _ => opaque(r, "opaque", Body::Unknown),
        }
    }
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
            Body::Fragment(_) | Body::Rest => "handshake_fragment",
            Body::Ssl2(message) => ssl2::type_name(message.msg_type()),
            Body::BrokenSsl2(msg_type) => ssl2::type_name(*msg_type),
            Body::Alert(_) => "alert",
            Body::ChangeCipherSpec => "change_cipher_spec",
            Body::ApplicationData => "application_data",
            Body::Heartbeat => "heartbeat",
            Body::Ack(_) => "ack",
            Body::ReturnRoutabilityCheck(_) => "return_routability_check",
            Body::Document(document) => document.name(),
            Body::Encrypted => "encrypted",
            Body::Plaintext => "plaintext",
            Body::Unknown => match self.content_type {
                Some(ContentType::alert) => "alert",
                Some(ContentType::return_routability_check) if !self.is_opaque() => {
                    "return_routability_check"
                }
                _ => "unknown",
            },
        }
    }

    /// Whether it was not read at all.
    fn is_opaque(&self) -> bool {
        self.tree.fields.first().is_some_and(|field| field.name == "opaque")
    }

    /// Whether its sender goes over to other keys by it: a ChangeCipherSpec that has its form.
    pub fn changes_keys(&self) -> bool {
        self.body == Body::ChangeCipherSpec && self.without_mac() == [1]
    }

    /// Which of its sender's messages it is; only DTLS numbers them, RFC 6347 section 4.2.2.
    pub fn message_seq(&self) -> Option<u16> {
        if matches!(self.body, Body::Fragment(_)) {
            return None;
        }
        let field = self.tree.fields.get(2).filter(|field| field.name == "message_seq")?;
        field.number(&self.bytes)?.try_into().ok()
    }

    /// Whether it is a hello or a request for one: nothing of its sender's flight stands before it.
    pub fn begins_flight(&self) -> bool {
        let msg_type = match &self.body {
            Body::Handshake(handshake) => handshake.msg_type(),
            Body::BrokenHandshake(msg_type) => *msg_type,
            _ => return false,
        };
        begins_flight(msg_type)
    }

    /// Whether it stands behind a hello of a client: where none was seen before it, there was one all
    /// the same. A server asks for a hello before the first, too, but rarely does. In DTLS a hello
    /// that is not its sender's first message is a second one.
    pub fn follows_hello(&self) -> bool {
        match &self.body {
            Body::Handshake(handshake) => {
                handshake.msg_type() != HandshakeType::client_hello
                    || self.message_seq().is_some_and(|number| number > 0)
            }
            Body::BrokenHandshake(_)
            | Body::Fragment(_)
            | Body::Rest
            | Body::ChangeCipherSpec
            | Body::ApplicationData
            | Body::Encrypted
            | Body::Heartbeat
            | Body::Ack(_)
            | Body::ReturnRoutabilityCheck(_) => true,
            _ => false,
        }
    }

    /// Whether it is of TLS 1.3 by itself, whatever a ServerHello said that was not seen.
    pub fn tells_tls13(&self) -> bool {
        matches!(
            self.handshake(),
            Some(
                Handshake::EncryptedExtensions(_)
                    | Handshake::EndOfEarlyData(_)
                    | Handshake::KeyUpdate(_)
                    | Handshake::CompressedCertificate(_)
                    // It was read in this form since it does not have the other.
                    | Handshake::NewSessionTicket13(_)
            )
        )
    }

    /// Says something of it.
    pub fn remark(&mut self, remark: Remark) {
        Arc::make_mut(&mut self.tree).remarks.push(remark);
    }

    /// Says all of this of it. Where that is nothing, its tree stays one with others.
    pub fn remark_all(&mut self, remarks: impl IntoIterator<Item = Remark>) {
        remarks.into_iter().for_each(|remark| self.remark(remark));
    }

    /// Says that it may be the other side's than the one that it was taken for.
    pub fn assume_sender(&mut self) {
        self.remark(Remark {
            field: self.tree.fields.first().map_or("record", |field| field.name),
            range: 0..self.bytes.len(),
            fault: SENDER_ASSUMED,
            kind: Kind::Assumption,
            reference: "",
        });
    }

    /// Whether that was said.
    pub fn has_assumed_sender(&self) -> bool {
        self.tree.remarks.iter().any(|remark| remark.fault == SENDER_ASSUMED)
    }

    /// Whether it is a ChangeCipherSpec of which it was said that there are no keys yet to change to, or
    /// none that it changes to.
    pub fn changes_to_no_keys(&self) -> bool {
        self.body == Body::ChangeCipherSpec
            && self.tree.remarks.iter().any(|remark| {
                remark.fault.expected() == NOT_FINISHED
                    || [NONE_IN_DTLS13, NO_HELLO, NO_KEY].contains(&remark.fault)
            })
    }

    /// Whether it was said that nothing but its bytes tells that it is protected.
    pub fn seems_protected(&self) -> bool {
        self.tree.remarks.iter().any(|remark| remark.fault.expected() == TOLD_BEFORE)
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
        Message::decode_with_mac(content_type, bytes, 0, context)
    }

    /// Decodes the same with so many bytes of a MAC behind it, by which keys that do not encrypt keep it
    /// whole.
    pub(super) fn decode_with_mac(
        content_type: ContentType,
        bytes: &[u8],
        mac: usize,
        context: Context,
    ) -> Message {
        let mut r = Reader::<Tree>::new(bytes, context);
        let own = bytes.len().saturating_sub(mac);
        let length = match content_type {
            ContentType::handshake => claimed_length(bytes, context),
            ContentType::alert => own.max(alert::LENGTH),
            _ => own,
        };
        let body = match mac {
            0 => Body::read(content_type, &mut r),
            _ => {
                let read = r.within("content", own, |r| Ok(Body::read(content_type, r)));
                r.section("RFC 5246 6.2.3.1");
                r.remaining(MAC, Value::Bytes);
                read.unwrap_or(Body::Unknown)
            }
        };
        Message::of(Some(content_type), bytes, length + mac, body, r)
    }

    /// Its bytes but for a MAC.
    pub fn without_mac(&self) -> &[u8] {
        let mac = self.tree.roots().find(|(_, field)| field.name == MAC);
        let own = mac.map_or(self.bytes.len(), |(_, mac)| mac.range().start);
        self.bytes.get(..own).unwrap_or_default()
    }

    /// Decodes a message of SSL 2.0: what a record holds, without its padding.
    pub fn decode_ssl2(bytes: &[u8], context: Context) -> Message {
        Message::decode_ssl2_padded(bytes, 0, context)
    }

    /// Decodes a message of SSL 2.0 with so many bytes of padding behind it.
    pub(super) fn decode_ssl2_padded(bytes: &[u8], padding: usize, context: Context) -> Message {
        let mut r = Reader::<Tree>::new(bytes, context);
        let read: Read<Ssl2Message> = match padding {
            0 => Ssl2Message::fields(&mut r),
            _ => {
                let own = bytes.len().saturating_sub(padding);
                let read = r.within(Ssl2Message::ITEM, own, Ssl2Message::fields);
                r.remaining("padding", Value::Bytes);
                read
            }
        };
        let body = match (read, bytes.first()) {
            (Ok(message), _) if r.is_empty() => Body::Ssl2(Box::new(message)),
            (_, Some(&msg_type)) => Body::BrokenSsl2(Ssl2MessageType(msg_type)),
            (_, None) => Body::Unknown,
        };
        Message::of(None, bytes, bytes.len(), body, r)
    }

    /// Decodes DER that stands by itself. It counts from its own first byte.
    pub fn decode_document(document: Document, bytes: &[u8]) -> Message {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        document.read(&mut r);
        // An element is all that its length says, and nothing more.
        r.section("X.690 8.1.1");
        r.trailing();
        let message = Message::of(None, bytes, bytes.len(), Body::Document(document), r);
        let missing = message.tree.missing(0);
        Message { length: bytes.len().saturating_add(missing), ..message }
    }

    /// Bytes whose inside is not known.
    pub(super) fn encrypted(content_type: Option<ContentType>, bytes: &[u8]) -> Message {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        let body = opaque(&mut r, "encrypted_record", Body::Encrypted);
        Message::of(content_type, bytes, bytes.len(), body, r)
    }

    /// The rest of a message of the handshake.
    pub(super) fn rest(bytes: &[u8]) -> Message {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        let body = opaque(&mut r, "fragment", Body::Rest);
        Message::of(Some(ContentType::handshake), bytes, bytes.len(), body, r)
    }

    /// What nothing names.
    pub fn unknown(bytes: &[u8]) -> Message {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        let body = opaque(&mut r, "opaque", Body::Unknown);
        Message::of(None, bytes, bytes.len(), body, r)
    }

    /// What is not TLS.
    pub(super) fn plaintext(bytes: &[u8]) -> Message {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        let value = if is_mostly_text(bytes) { Value::Text } else { Value::Bytes };
        r.remaining("plaintext", value);
        Message::of(None, bytes, bytes.len(), Body::Plaintext, r)
    }

    pub(super) fn of(
        content_type: Option<ContentType>,
        bytes: &[u8],
        length: usize,
        body: Body,
        r: Reader<'_, Tree>,
    ) -> Message {
        Message {
            content_type,
            record_version: None,
            bytes: Octets::from_slice(bytes),
            ranges: Ranges::new(),
            length,
            body,
            tree: Arc::new(r.finish()),
        }
    }
}

/// What is said of a message that may be either side's.
const SENDER_ASSUMED: Fault = Fault::Form {
    expected: "which side sent it",
    found: "of the side whose turn it seems, as is what follows and could be either's",
};

/// What is said of a ChangeCipherSpec where DTLS 1.3 was agreed.
pub(crate) const NONE_IN_DTLS13: Fault =
    Fault::Form { expected: "none, since DTLS 1.3 has no ChangeCipherSpec", found: "one" };

/// What is said of one before which nothing was.
pub(crate) const NO_HELLO: Fault =
    Fault::Form { expected: "client_hello before it", found: "none" };

/// What is said of one before any keys are agreed on.
pub(crate) const NO_KEY: Fault =
    Fault::Form { expected: "client_key_exchange before it", found: "none" };

/// What is expected behind one whose sender goes on in clear.
pub(crate) const NOT_FINISHED: &str = "finished behind it";

/// What keeps a message whole where keys do not encrypt it.
const MAC: &str = "mac";

/// What tells whether a record of TLS is protected.
pub(super) const TOLD_BEFORE: &str = "a hello or a ChangeCipherSpec before it, to tell";

/// Whether messages of this type are hellos or requests for one.
pub(crate) fn begins_flight(msg_type: HandshakeType) -> bool {
    matches!(
        msg_type,
        HandshakeType::hello_request
            | HandshakeType::client_hello
            | HandshakeType::server_hello
            | HandshakeType::hello_verify_request
            | HandshakeType::hello_retry_request
    )
}

/// The length of a handshake message with its header, as the header claims it; at least a
/// header's.
fn claimed_length(bytes: &[u8], context: Context) -> usize {
    let header = if context.datagram { DTLS_HEADER } else { HEADER };
    peek(bytes, 1, 3).map_or(header, |length| header + length)
}

fn opaque<R: Record>(r: &mut Reader<'_, R>, name: &'static str, body: Body) -> Body {
    r.remaining(name, Value::Bytes);
    body
}
