//! Whose a record of TLS is: RFC 5246 section 7.3, RFC 8446 section 2.

use super::beside::is_rest;
use super::{Last, Record, RecordKind, Sender, Turns, has_context, is_empty_certificate};
use crate::names::{CipherMode, ContentType, HandshakeType};
use crate::transcript::Side;
use crate::wire::grammar::Context;
use crate::wire::handshake::HEADER;
use crate::wire::record::{
    self, RecordHeader, alert, begins_as_tls, begins_oddly, has_form_of_record,
    is_under_version_of_dtls,
};
use crate::wire::stream::{
    InClear, begins_with_hello, greets, is_in_clear, is_short, may_begin_with_hello,
};

/// The record that begins here.
pub(super) fn ahead(bytes: &[u8]) -> Option<Record> {
    let (header, _) = RecordHeader::decode(bytes, Context::default());
    let header = header.ok()?;
    let end = RecordHeader::LENGTH + usize::from(header.length);
    let kind = RecordKind::Tls(header.content_type);
    Some(Record { kind, header: RecordHeader::LENGTH, end })
}

/// The record that begins here behind others, if one does, whatever its version or its type is.
pub(super) fn next(bytes: &[u8]) -> Option<Record> {
    let begins = begins_as_tls(bytes) == Some(true)
        || has_form_of_record(bytes, true) == Some(true)
        || record::begins_with_hello(bytes)
        || is_under_version_of_dtls(bytes, true) == Some(true)
        || begins_oddly(bytes, true) == Some(true);
    ahead(bytes).filter(|_| begins)
}

/// Whose the records are with which a stream begins in the middle of a connection, by the first
/// message in clear that only one side sends: what goes on from a message is of its side, but what is
/// protected stands before a hello only where the other side's stream ends there.
pub(in super::super) fn side_from_middle(mut bytes: &[u8]) -> Option<Side> {
    // What stands before it: a change of keys, and what is by keys or the rest of a message.
    let (mut changed, mut data, mut protected, mut rest) = (false, false, false, false);
    // An alert before all else, by which a server refused the hello that stands behind it: a client
    // says hello before it has anything to refuse.
    let (mut begun, mut refused) = (false, false);
    // A client's hello stands behind a change of keys or data, which may have been its own.
    let mut greeted = false;
    let mut open = 0;
    while let Some(record) = ahead(bytes) {
        let (whole, behind) = bytes.split_at(record.end.min(bytes.len()));
        let fragment = whole.get(record.header..).unwrap_or_default();
        let length = record.end - record.header;
        bytes = behind;
        let is_first = !std::mem::replace(&mut begun, true);
        match record.kind {
            RecordKind::Tls(ContentType::alert) if length == alert::LENGTH => refused |= is_first,
            // It was the first hello: a client changes its keys once.
            RecordKind::Tls(ContentType::change_cipher_spec) if greeted => {
                return Some(Side::Server);
            }
            RecordKind::Tls(ContentType::change_cipher_spec) => {
                protected |= length > 1;
                changed = true;
            }
            RecordKind::Tls(ContentType::alert) => protected |= length > alert::LENGTH,
            RecordKind::Tls(ContentType::application_data) => data = true,
            RecordKind::Tls(ContentType::handshake) => {
                let skipped = fragment.len().min(open);
                open -= skipped;
                let fragment = fragment.get(skipped..).unwrap_or_default();
                if fragment.is_empty() {
                    continue;
                }
                if is_rest(fragment) {
                    protected |= changed || data;
                    rest = true;
                    continue;
                }
                if let InClear::GoesOn(missing) = InClear::of(fragment) {
                    open = missing;
                }
                let msg_type = fragment.first().copied().map(HandshakeType)?;
                let Some(from) = Side::sole_sender(msg_type) else { continue };
                if greeted {
                    let is_first = from == Side::Client;
                    return Some(if is_first { Side::Server } else { Side::Client });
                }
                let is_others = match msg_type {
                    // Before its second hello a client may have sent early data.
                    HandshakeType::client_hello if !protected && (changed || data) => {
                        greeted = true;
                        continue;
                    }
                    HandshakeType::client_hello => protected || rest || refused,
                    // In TLS 1.3 a change of keys before it that changes nothing.
                    HandshakeType::server_hello => protected || rest || data,
                    _ => changed || data,
                };
                return Some(if is_others { from.other() } else { from });
            }
            _ => {}
        }
    }
    greeted.then_some(Side::Client)
}

/// Records of the handshake that stand one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// How many bytes they carry from the next record on.
    carried: usize,
    /// How many bytes there are behind them.
    behind: usize,
}

impl Run {
    /// Those that begin here.
    pub(super) fn of(mut bytes: &[u8]) -> Run {
        let mut carried = 0;
        while let Some(record) = ahead(bytes).filter(|record| record.kind.is_handshake()) {
            let (whole, rest) = bytes.split_at(record.end.min(bytes.len()));
            carried += whole.len().saturating_sub(record.header);
            bytes = rest;
        }
        Run { carried, behind: bytes.len() }
    }

    /// Whether the record is one of them from which on there are so many bytes.
    pub(super) fn has(&self, left: usize) -> bool {
        left > self.behind
    }

    /// Goes behind a record with so many bytes in it.
    pub(super) fn pass(&mut self, carried: usize) {
        self.carried = self.carried.saturating_sub(carried);
    }

    /// Whether so many bytes more are in them, or may be behind the end.
    fn holds(&self, missing: usize) -> bool {
        missing <= self.carried || self.behind < RecordHeader::LENGTH
    }
}

impl Turns {
    /// The one side that sends such a message as is in clear in a record by keys that do not encrypt.
    pub(super) fn sole_sender(&self, content_type: ContentType, fragment: &[u8]) -> Option<Side> {
        let mac = self.recorder.stream(self.speaker).mac_in_clear()?;
        let content = fragment.get(..fragment.len().checked_sub(mac)?)?;
        let is_whole =
            content_type == ContentType::handshake && InClear::of(content) == InClear::Whole;
        content
            .first()
            .filter(|_| is_whole)
            .and_then(|first| Side::sole_sender(HandshakeType(*first)))
    }

    /// Who sent a record of this length, of which those `beside` it may tell it.
    ///
    /// What a side has begun in clear goes on with its next record: the other does not speak before it
    /// is whole, but for a hello, with which its stream begins behind one that is cut off.
    pub(super) fn sender(
        &self,
        content_type: ContentType,
        length: usize,
        fragment: &[u8],
        beside: Option<Side>,
    ) -> Sender {
        let (speaker, other) = (self.speaker, self.speaker.other());
        let (own, others) = (self.of(speaker), self.of(other));
        let tls13 = self.recorder.context().tls13() == Some(true);
        let is_agreed = self.recorder.context().tls13() == Some(false);
        // In TLS 1.3 a ChangeCipherSpec changes nothing.
        let [is_protected, is_others] = [own, others].map(|part| part.changed && !tls13);
        // What follows a change of keys at once is by them.
        let changed = matches!(self.last, Last::ChangeCipherSpec | Last::ServerHello);
        let is_handshake = content_type == ContentType::handshake;
        let awaited = match is_handshake && !is_protected {
            true => self.recorder.stream(speaker).awaits(),
            false => 0,
        };
        let fits = if is_handshake { InClear::of(fragment) } else { InClear::No };
        let in_clear = match content_type {
            ContentType::handshake => {
                let is_clear = is_short(length) || greets(fragment) == Some(true);
                awaited > 0 || is_clear || self.is_message(fits, is_protected)
            }
            ContentType::alert => length == alert::LENGTH,
            _ => false,
        };
        let ends =
            || fragment.get(awaited..).is_some_and(|rest| InClear::of(rest) == InClear::Whole);
        let hello = match (is_handshake, awaited) {
            (true, 0) => may_begin_with_hello(fragment),
            (true, _) => begins_with_hello(fragment).filter(|_| !ends()),
            _ => None,
        };
        let hello = hello.and_then(Side::sole_sender);
        let msg_type = HandshakeType(fragment.first().copied().unwrap_or_default());
        let sole = Side::sole_sender(msg_type)
            .filter(|_| is_handshake && (is_protected || is_others) && is_in_clear(fragment));
        let renewal = self.renewal.sender(content_type, length);
        let exchange = self.exchange.sender(content_type, self.is_full);
        let flight = match tls13 && self.client.hello {
            true => self.flights.sender(length, self.next, self.recorder.context()),
            false => None,
        };
        match content_type {
            _ if fragment.is_empty() => (speaker, true),
            ContentType::change_cipher_spec if tls13 => match self.last {
                Last::ServerHello => (Side::Server, true),
                _ => (Side::Client, true),
            },
            // It came too early, and those beside it tell who goes on in clear.
            ContentType::change_cipher_spec if length == 1 && beside.is_some() => {
                (beside.unwrap_or(speaker), false)
            }
            // Nobody changes his keys before he has seen the other's proved by them.
            ContentType::change_cipher_spec
                if length == 1 && is_agreed && self.last == Last::ChangeCipherSpec =>
            {
                (speaker, false)
            }
            // One byte is in clear; more is behind keys that a renegotiation changes.
            ContentType::change_cipher_spec if length == 1 => self.sender_of_change(),
            _ if awaited == 0 && sole.is_some() => (sole.unwrap_or(speaker), true),
            // Of two sides of which one has changed its keys, that one cannot be read.
            _ if is_protected != is_others => {
                let from = if is_protected == in_clear { other } else { speaker };
                (hello.unwrap_or(from), true)
            }
            _ if is_protected && hello.is_none() && renewal.is_some() => {
                renewal.unwrap_or((speaker, false))
            }
            _ if is_protected && hello.is_none() && exchange.is_some() => {
                (exchange.unwrap_or(speaker), false)
            }
            // In clear it is another connection's.
            _ if is_protected => (hello.unwrap_or(speaker), changed || hello.is_some()),
            ContentType::handshake if awaited > 0 => (hello.unwrap_or(speaker), true),
            // A client goes on with its hello behind an alert in the middle of it.
            ContentType::handshake if self.has_begun_hello() && !self.server.hello => {
                (hello.unwrap_or(Side::Client), true)
            }
            // It is protected, or the rest of a message that was not seen.
            ContentType::handshake if !in_clear || self.begins_in_middle(fragment) => {
                (beside.unwrap_or(speaker), beside.is_some())
            }
            ContentType::handshake if beside.is_none() && self.answers_request(fragment) => {
                (Side::Client, true)
            }
            ContentType::handshake => match self.ended.sole_sender(msg_type).or(beside) {
                Some(from) => (from, true),
                None => self.sender_before_hello(msg_type).unwrap_or(self.sender_by_word()),
            },
            // A server has keys when it has said hello, and goes on with them.
            ContentType::alert if tls13 && in_clear => (Side::Client, true),
            // A server may end what it does not wait for, and its client says no more.
            ContentType::alert if in_clear && self.has_begun_hello() => (Side::Server, false),
            ContentType::alert if self.answers(fragment) => (Side::Server, false),
            // Who speaks no TLS is refused by who does.
            ContentType::alert if in_clear && self.is_behind_words(Side::Client) => {
                (Side::Server, false)
            }
            ContentType::alert if self.of(self.word).spoke => (self.word, false),
            ContentType::application_data if flight.is_some() => (flight.unwrap_or(speaker), false),
            // A server has no keys yet: what comes is early data that was under way.
            ContentType::application_data if self.awaits_again => (Side::Client, true),
            // A client that sends no early data says nothing by its keys before the server's flight,
            // though it may have changed nothing by a ChangeCipherSpec, RFC 8446 section D.4. Early data
            // may have been under way when the server said hello.
            ContentType::application_data if tls13 && self.owes_flight => {
                (Side::Server, changed && !self.early)
            }
            // Before the server has answered, it is early data.
            ContentType::application_data => (speaker, changed || !self.server.spoke),
            ContentType::heartbeat => self.sender_of_heartbeat(fragment),
            _ => (speaker, false),
        }
    }

    /// Who changes its keys before TLS 1.3. In a full handshake the client does so first, and behind its
    /// own key: one that comes before may be of either, or of somebody between them.
    fn sender_of_change(&self) -> Sender {
        let (own, others) = (self.of(self.speaker), self.of(self.speaker.other()));
        let has_changed = own.told_change && !others.told_change;
        let from = if has_changed { self.speaker.other() } else { self.speaker };
        let is_due = match from {
            Side::Client => self.has_key || self.server.told_change,
            Side::Server => self.client.told_change,
        };
        (from, is_due || !self.is_full)
    }

    /// The part of its nonce with which a protected record begins, where the suite has it so: RFC 5288
    /// section 3, RFC 6655 section 3.
    pub(super) fn nonce(&self, fragment: &[u8]) -> Option<u64> {
        let context = self.recorder.context();
        let cipher = context.known_suite()?.cipher()?;
        let is_explicit =
            matches!(cipher.mode, CipherMode::Gcm | CipherMode::Ccm | CipherMode::Ccm8);
        let first =
            fragment.first_chunk().filter(|_| is_explicit && context.tls13() == Some(false));
        first.map(|nonce| u64::from_be_bytes(*nonce))
    }

    /// Whose a protected record is by its nonce, which most count up: one more than that of the record
    /// before it.
    pub(super) fn sender_by_nonce(&self, fragment: &[u8]) -> Option<Side> {
        let nonce = self.nonce(fragment)?;
        let goes_on = |side: Side| {
            let part = self.of(side);
            part.changed && part.nonce.is_some_and(|last| last.wrapping_add(1) == nonce)
        };
        match (goes_on(Side::Client), goes_on(Side::Server)) {
            (true, false) => Some(Side::Client),
            (false, true) => Some(Side::Server),
            _ => None,
        }
    }

    /// Whether a first record of the handshake is the rest of a message that was not seen.
    pub(super) fn begins_in_middle(&self, fragment: &[u8]) -> bool {
        !self.has_begun() && is_rest(fragment)
    }

    /// Whether the last that was said is this side's words, and no record is behind them.
    fn is_behind_words(&self, side: Side) -> bool {
        self.protocol.is_none() && self.speaker == side && self.of(side).spoke
    }

    /// Whether the client says hello, and it is not whole.
    pub(super) fn has_begun_hello(&self) -> bool {
        self.recorder.stream(Side::Client).awaits() > 0 && !self.client.hello
    }

    /// Whether what a record of the handshake has is messages in clear: what goes on behind it, goes
    /// on in the records that follow. What a side sends at once behind its change of keys is rather by
    /// them.
    fn is_message(&self, fits: InClear, is_protected: bool) -> bool {
        match fits {
            InClear::Whole => true,
            InClear::GoesOn(missing) => {
                let proves = is_protected && self.last == Last::ChangeCipherSpec;
                !proves && self.run.is_some_and(|run| run.holds(missing))
            }
            InClear::No => false,
        }
    }

    /// Whether a message is a Certificate as a server sends none.
    fn answers_request(&self, message: &[u8]) -> bool {
        self.ended.may_answer() && has_context(message, self.recorder.context().tls13())
            || !self.has_begun() && is_empty_certificate(message, HEADER)
    }

    /// Whether an alert is a server's answer to the hello before it. Of certificates only a client
    /// speaks here, which has seen the server's.
    pub(super) fn answers(&self, alert: &[u8]) -> bool {
        self.last == Last::ClientHello && !matches!(alert, [_, 41..=46 | 48])
    }
}
