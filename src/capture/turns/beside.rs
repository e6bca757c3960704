//! Whose a Certificate is by the messages beside it, RFC 5246 section 7.3: a client goes on with its
//! key, a server with what it adds to its own certificate. In DTLS the numbers of messages tell which
//! goes on, RFC 6347 section 4.2.2. Records are looked through once, before any is read.

use std::collections::{BTreeMap, BTreeSet};

use super::{Protocol, RecordKind, dtls, tls};
use crate::names::{ContentType, HandshakeType};
use crate::transcript::Side;
use crate::wire::grammar::{Context, peek};
use crate::wire::handshake::{DTLS_HEADER, HEADER, claimed_length};
use crate::wire::stream::{InClear, begins_flight, is_in_clear, is_short};

/// Who goes on behind his certificate with a message of this type.
pub(in super::super) fn goes_on(msg_type: HandshakeType) -> Option<Side> {
    match msg_type {
        HandshakeType::client_key_exchange => Some(Side::Client),
        HandshakeType::server_key_exchange
        | HandshakeType::certificate_request
        | HandshakeType::certificate_status
        | HandshakeType::server_hello_done => Some(Side::Server),
        _ => None,
    }
}

/// Who sends the next message in clear that only one side sends, past hellos that go again, and how
/// many bytes there are from its record on.
pub(super) fn sole_sender_ahead(protocol: Protocol, bytes: &[u8]) -> (Option<Side>, usize) {
    for seen in Clear::of(protocol, bytes) {
        match seen.part {
            // What is behind it is protected.
            None if seen.is_last => return (None, seen.left),
            None => {}
            Some(Part { is_rest: true, .. }) => {}
            Some(Part { msg_type: HandshakeType::client_hello, .. }) => {}
            Some(part) => {
                if let Some(from) = Side::sole_sender(part.msg_type) {
                    return (Some(from), seen.left);
                }
            }
        }
    }
    (None, 0)
}

/// What the messages of a stream tell of those that either side may send.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// Whose the records are that begin with one, by how many bytes there are from them on.
    senders: BTreeMap<usize, Side>,
    /// The numbers of the messages with which a client goes on behind its certificate.
    client_goes_on: BTreeSet<usize>,
    /// Those of a server.
    server_goes_on: BTreeSet<usize>,
}

impl Beside {
    pub(super) fn of(protocol: Protocol, bytes: &[u8]) -> Beside {
        let mut beside = Beside::default();
        // Certificates, behind which no other message is seen yet: one that came late may stand
        // between the parts of the other side's.
        let mut open: BTreeMap<(Option<usize>, usize), Open> = BTreeMap::new();
        // A record that begins with a message that either side may send.
        let mut either = None;
        let mut before = None;
        // Records with what goes on from messages that were not seen.
        let mut rests = Vec::new();
        // Changes of keys, behind which somebody speaks on in clear.
        let mut changes = Vec::new();
        for seen in Clear::of(protocol, bytes) {
            let Some(part) = seen.part else {
                changes.push(seen.left);
                continue;
            };
            if part.is_rest {
                rests.push(seen.left);
                continue;
            }
            let sole = Side::sole_sender(part.msg_type);
            if let Some(from) = sole {
                // A server that speaks on has changed nothing.
                let changes = changes.drain(..).filter(|_| from == Side::Server);
                beside.senders.extend(changes.map(|record| (record, Side::Client)));
                let rests = rests.drain(..).filter(|_| !begins_flight(part.msg_type));
                beside.senders.extend(rests.map(|record| (record, from)));
            }
            if before.replace(seen.left) != Some(seen.left) {
                either = sole.is_none().then_some(seen.left);
            }
            // All messages of a record are of one side.
            if let (Some(record), Some(from)) = (either, sole) {
                beside.senders.insert(record, from);
            }
            if part.msg_type == HandshakeType::certificate {
                let next = part.number.map(|number| number + 1);
                if next.is_none() {
                    open.clear();
                }
                let known = open.entry((next, part.length)).or_default();
                if !known.takes(&part, seen.left) {
                    *known = Open::default();
                    known.takes(&part, seen.left);
                }
                continue;
            }
            let from = goes_on(part.msg_type);
            if let (Some(from), Some(number)) = (from, part.number) {
                match from {
                    Side::Client => beside.client_goes_on.insert(number),
                    Side::Server => beside.server_goes_on.insert(number),
                };
            }
            let open = std::mem::take(&mut open).into_iter();
            let mut before = open.filter(|((next, _), _)| *next == part.number);
            // Of several of one number not all are of the same side.
            if let (Some((_, open)), None, Some(from)) = (before.next(), before.next(), from) {
                beside.senders.extend(open.records.into_iter().map(|record| (record, from)));
            }
        }
        beside
    }

    /// Whose the record is from which on there are so many bytes.
    pub(super) fn sender(&self, left: usize) -> Option<Side> {
        self.senders.get(&left).copied()
    }

    /// Who alone goes on behind a certificate of this number, wherever that stands.
    pub(super) fn sole_going_on(&self, number: usize) -> Option<Side> {
        let next = number + 1;
        match (self.client_goes_on.contains(&next), self.server_goes_on.contains(&next)) {
            (true, false) => Some(Side::Client),
            (false, true) => Some(Side::Server),
            _ => None,
        }
    }
}

/// A certificate of which parts were seen and nothing behind them.
#[derive(Default)]
struct Open<'b> {
    parts: BTreeMap<usize, &'b [u8]>,
    /// The records in which it stands.
    records: Vec<usize>,
}

impl<'b> Open<'b> {
    /// Takes a part of the same number and length, where it can be of the same certificate.
    fn takes(&mut self, part: &Part<'b>, record: usize) -> bool {
        let known = *self.parts.entry(part.offset).or_insert(part.bytes);
        let is_same = known.starts_with(part.bytes) || part.bytes.starts_with(known);
        self.records.extend(is_same.then_some(record));
        is_same
    }
}

/// What was seen in a record.
struct Seen<'b> {
    /// How many bytes there are from the record on.
    left: usize,
    /// A message, or a part of one; none where the sender's keys change.
    part: Option<Part<'b>>,
    /// What is behind it is protected.
    is_last: bool,
}

/// The beginning of a message of TLS; in DTLS a part of one.
struct Part<'b> {
    msg_type: HandshakeType,
    /// Which of its sender's messages it is of, in DTLS.
    number: Option<usize>,
    /// Of the whole message, as it claims.
    length: usize,
    offset: usize,
    bytes: &'b [u8],
    /// In TLS, it is no beginning of a message.
    is_rest: bool,
}

/// Goes along the messages that are in clear.
struct Clear<'b> {
    protocol: Protocol,
    /// The records that follow.
    bytes: &'b [u8],
    /// How many bytes there are from the record on that is being read, and what is left of it.
    left: usize,
    fragment: &'b [u8],
    /// What is left of a message of TLS that spans records.
    open: usize,
    /// What is there of a header of TLS that does.
    head: Vec<u8>,
    over: bool,
}

impl<'b> Clear<'b> {
    fn of(protocol: Protocol, bytes: &'b [u8]) -> Self {
        Clear {
            protocol,
            bytes,
            left: bytes.len(),
            fragment: &[],
            open: 0,
            head: Vec::new(),
            over: false,
        }
    }

    /// Whether the next record is in clear, though a change of keys stands before it.
    fn goes_on_in_clear(&self) -> bool {
        let next = tls::next(self.bytes).filter(|record| record.kind.is_handshake());
        let fragment = next.and_then(|record| self.bytes.get(record.header..record.end));
        fragment.is_some_and(is_in_clear)
    }

    /// Goes to the next record. What is behind a change of keys is protected.
    fn next_record(&mut self) -> Option<RecordKind> {
        let record = match self.protocol {
            // Beyond them there are words.
            Protocol::Tls => tls::next(self.bytes),
            Protocol::Dtls => dtls::ahead(self.bytes, Side::Server, Context::default()),
            Protocol::Ssl2 => None,
        }?;
        self.left = self.bytes.len();
        let (whole, rest) = self.bytes.split_at(record.end.min(self.bytes.len()));
        let fragment = whole.get(record.header..).unwrap_or_default();
        self.bytes = rest;
        self.fragment = if record.kind.is_handshake() { fragment } else { &[] };
        if !self.head.is_empty() {
            let missing = HEADER.saturating_sub(self.head.len()).min(self.fragment.len());
            let (own, behind) = self.fragment.split_at(missing);
            self.head.extend(own);
            self.fragment = behind;
            if let Some(length) = claimed_length(&self.head) {
                self.open = length - HEADER;
                self.head.clear();
            }
        }
        let skipped = self.open.min(self.fragment.len());
        self.open -= skipped;
        self.fragment = self.fragment.get(skipped..).unwrap_or_default();
        Some(record.kind)
    }

    /// Takes the message that begins in what is left of the record.
    fn take(&mut self) -> Option<Part<'b>> {
        let fragment = self.fragment;
        let msg_type = HandshakeType(*fragment.first()?);
        let of_datagram = self.protocol == Protocol::Dtls;
        let is_rest = !of_datagram && is_rest(fragment);
        let (header, length) = match of_datagram {
            true => (DTLS_HEADER, peek(fragment, 9, 3).map(|length| DTLS_HEADER + length)),
            false => (0, claimed_length(fragment)),
        };
        let length = length.filter(|_| !is_rest);
        let end = length.unwrap_or(fragment.len());
        if !of_datagram {
            self.open = end.saturating_sub(fragment.len());
            if length.is_none() && !is_rest {
                self.head = fragment.to_vec();
            }
        }
        let (own, rest) = fragment.split_at(end.min(fragment.len()));
        self.fragment = rest;
        let (number, offset) = match of_datagram {
            true => (peek(own, 4, 2), peek(own, 6, 3).unwrap_or(0)),
            false => (None, 0),
        };
        Some(Part {
            msg_type,
            number,
            length: peek(own, 1, 3).unwrap_or(0),
            offset,
            bytes: own.get(header..).unwrap_or_default(),
            is_rest,
        })
    }
}

/// Whether a record of TLS is, from here on, protected or the rest of a message that was not seen.
pub(super) fn is_rest(fragment: &[u8]) -> bool {
    let is_whole = claimed_length(fragment) == Some(fragment.len());
    InClear::of(fragment) == InClear::No && !(is_short(fragment.len()) && is_whole)
}

impl<'b> Iterator for Clear<'b> {
    type Item = Seen<'b>;

    fn next(&mut self) -> Option<Seen<'b>> {
        while !self.over {
            if let Some(part) = self.take() {
                return Some(Seen { left: self.left, part: Some(part), is_last: false });
            }
            let Some(kind) = self.next_record() else { break };
            if matches!(kind, RecordKind::Tls(ContentType::change_cipher_spec)) {
                self.over = !self.goes_on_in_clear();
                return Some(Seen { left: self.left, part: None, is_last: self.over });
            }
        }
        None
    }
}
