//! Whose a record of TLS is: RFC 5246 section 7.3, RFC 8446 section 2.

use super::{Last, Record, RecordKind, Sender, Turns, has_context, is_empty_certificate};
use crate::names::{Code, ContentType, HandshakeType};
use crate::transcript::Side;
use crate::wire::grammar::Context;
use crate::wire::handshake::{HEADER, claimed_length};
use crate::wire::record::{RecordHeader, alert};
use crate::wire::stream::may_be_clear;

/// The record that begins here.
pub(super) fn ahead(bytes: &[u8]) -> Option<Record> {
    let (header, _) = RecordHeader::decode(bytes, Context::default());
    let header = header.ok()?;
    let end = RecordHeader::LENGTH + usize::from(header.length);
    let kind = RecordKind::Tls(header.content_type);
    Some(Record { kind, header: RecordHeader::LENGTH, end })
}

impl Turns {
    /// Who sent a record, of which the `rest` behind it and those `beside` it may tell it.
    pub(super) fn sender(
        &self,
        content_type: ContentType,
        fragment: &[u8],
        rest: &[u8],
        beside: Option<Side>,
    ) -> Sender {
        let (speaker, other) = (self.speaker, self.speaker.other());
        let (own, others) = (self.of(speaker), self.of(other));
        let tls13 = self.recorder.context().tls13() == Some(true);
        // In TLS 1.3 a ChangeCipherSpec changes nothing.
        let [is_protected, is_others] = [own, others].map(|part| part.changed && !tls13);
        // What follows a change of keys at once is by them.
        let changed = matches!(self.last, Last::ChangeCipherSpec | Last::ServerHello);
        // What the speaker has begun in clear, and whether it ends here: the bytes for which it
        // waits are its own, whatever they look like.
        let awaited = if is_protected { 0 } else { self.recorder.stream(speaker).awaits() };
        let ends = awaited > 0 && fragment.get(awaited..).is_some_and(are_messages);
        // Who alone sends what is whole here, whatever the other has begun.
        let whole = content_type == ContentType::handshake && are_messages(fragment);
        let msg_type = HandshakeType(fragment.first().copied().unwrap_or_default());
        let sole = Side::sole_sender(msg_type).filter(|_| whole && !ends);
        let in_clear = match content_type {
            ContentType::handshake => {
                whole || awaited > 0 || may_be_clear(fragment) && message_goes_on(rest)
            }
            ContentType::alert => fragment.len() == alert::LENGTH,
            _ => false,
        };
        match content_type {
            _ if fragment.is_empty() => (speaker, true),
            ContentType::change_cipher_spec if tls13 => match self.last {
                Last::ServerHello => (Side::Server, true),
                _ => (Side::Client, true),
            },
            // One byte is in clear; more is behind keys that a renegotiation changes.
            ContentType::change_cipher_spec if fragment.len() == 1 => {
                (if own.changed && !others.changed { other } else { speaker }, true)
            }
            // Of two sides of which one has changed its keys, that one cannot be read.
            _ if is_protected != is_others => {
                let from = if is_protected == in_clear { other } else { speaker };
                (sole.unwrap_or(from), true)
            }
            _ if is_protected => (speaker, changed),
            ContentType::handshake if awaited > 0 => (sole.unwrap_or(speaker), true),
            ContentType::handshake if beside.is_none() && self.answers_request(fragment) => {
                (Side::Client, true)
            }
            ContentType::handshake => match Side::sole_sender(msg_type).or(beside) {
                Some(from) => (from, true),
                None => self.sender_before_hello(msg_type).unwrap_or(self.sender_by_word()),
            },
            // A server has keys when it has said hello, and goes on with them.
            ContentType::alert if tls13 && in_clear => (Side::Client, true),
            ContentType::alert if self.answers(fragment) => (Side::Server, false),
            ContentType::alert if self.of(self.word).spoke => (self.word, false),
            // Before the server has answered, it is early data.
            ContentType::application_data => (speaker, changed || !self.server.spoke),
            _ => (speaker, false),
        }
    }

    /// Whether a message is a Certificate as a server sends none.
    fn answers_request(&self, message: &[u8]) -> bool {
        has_context(message, self.recorder.context().tls13())
            || !self.has_begun() && is_empty_certificate(message, HEADER)
    }

    /// Whether an alert is a server's answer to the hello before it. Of certificates only a client
    /// speaks here, which has seen the server's.
    pub(super) fn answers(&self, alert: &[u8]) -> bool {
        self.last == Last::ClientHello && !matches!(alert, [_, 41..=46 | 48])
    }
}

/// Whether a message of the handshake can go on in what is behind its first part, or is cut off
/// there.
fn message_goes_on(rest: &[u8]) -> bool {
    rest.first().is_none_or(|first| *first == ContentType::handshake.0)
}

/// Whether a fragment is messages of the handshake in clear: of types that there are, up to its
/// end.
fn are_messages(fragment: &[u8]) -> bool {
    let mut rest = fragment;
    while let Some(&msg_type) = rest.first() {
        let behind = claimed_length(rest).and_then(|length| rest.get(length..));
        match behind {
            Some(behind) if HandshakeType(msg_type).name().is_some() => rest = behind,
            _ => return false,
        }
    }
    true
}
