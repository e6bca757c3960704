//! Records one behind the other, as far as they go, and the words between them.

use super::beside::{Beside, sole_sender_ahead};
use super::{Guess, Last, Protocol, Record, RecordKind, Turns, dtls, ssl2, tls};
use crate::capture::dialogue::pieces;
use crate::names::{ContentType, HandshakeType};
use crate::transcript::Side;
use crate::wire::record::dtls::{are_unified, header_kind_in_dtls, looks_like_datagram};
use crate::wire::record::{
    RecordHeader, begins_as_tls, begins_oddly, begins_with_hello, find_first, has_form_of_record,
    plaintext,
};
use crate::wire::text::is_mostly_text;

impl Turns {
    /// Takes what is no record, and ends where somebody else speaks or a record begins.
    pub(in super::super) fn words(&mut self, from: Side, bytes: &[u8]) {
        if !bytes.is_empty() {
            (self.speaker, self.word) = (from, from);
            self.part(from).spoke = true;
            self.recorder.push_words(from, None, bytes);
        }
    }

    /// Takes records up to the end. Words between them, behind which records follow, are what stands
    /// before these, as in the other side's stream or in another connection.
    pub(in super::super) fn records(&mut self, mut bytes: &[u8]) {
        loop {
            bytes = self.row(bytes);
            let at =
                find_first(bytes).filter(|at| *at > 0 && self.protocol != Some(Protocol::Dtls));
            let Some((words, behind)) = at.and_then(|at| bytes.split_at_checked(at)) else { break };
            let Some(otherwise) = who_says(words, behind) else { break };
            for (from, piece) in pieces(words, otherwise) {
                self.words(from, piece);
            }
            (self.protocol, self.run, self.ahead) = (None, None, None);
            bytes = behind;
        }
        if !bytes.is_empty() {
            self.other(bytes);
        }
    }

    /// Takes records up to what is none, and returns that.
    fn row<'b>(&mut self, mut bytes: &'b [u8]) -> &'b [u8] {
        while let Some(record) = self.ahead(bytes) {
            let (whole, rest) = bytes.split_at(record.end.min(bytes.len()));
            let protocol = record.kind.protocol();
            if self.protocol != Some(protocol) {
                self.beside = Beside::of(protocol, bytes);
            }
            self.look_ahead(&record, bytes);
            let fragment = whole.len().saturating_sub(record.header);
            if matches!(record.kind, RecordKind::Tls(ContentType::handshake)) {
                let known = self.run.filter(|run| run.has(bytes.len()));
                let mut run = known.unwrap_or_else(|| tls::Run::of(bytes));
                run.pass(fragment);
                self.run = Some(run);
            }
            self.next = tls::ahead(rest)
                .filter(|next| matches!(next.kind, RecordKind::Tls(ContentType::application_data)))
                .map(|next| next.end - next.header);
            self.record(&record, whole, self.beside.sender(bytes.len()));
            bytes = rest;
        }
        bytes
    }

    /// Takes what is no record. A server that knows no TLS answers the hello in its own words.
    fn other(&mut self, bytes: &[u8]) {
        let is_of = |side| plaintext::recognise_side(bytes, side).is_some();
        let says = is_of(Side::Client) && !is_of(Side::Server);
        let asked = self.last == Last::ClientHello || self.has_begun_hello();
        let answers = asked && !says && self.is_no_record(bytes);
        let from = if answers { Side::Server } else { self.speaker };
        if answers && !is_of(Side::Server) && self.guess.is_none() {
            let at = self.recorder.bytes(from).len();
            self.guess = Some(Guess { from, at, first: false });
        }
        self.take(from, bytes, true);
    }

    /// Whether this is not even the beginning of a record.
    fn is_no_record(&self, bytes: &[u8]) -> bool {
        match self.protocol {
            Some(Protocol::Dtls) => header_kind_in_dtls(bytes).is_none(),
            _ => {
                begins_as_tls(bytes) == Some(false)
                    && begins_oddly(bytes, true) == Some(false)
                    && has_form_of_record(bytes, true) == Some(false)
            }
        }
    }

    /// The record that begins here, if one does: the first tells which protocol's they are.
    fn ahead(&self, bytes: &[u8]) -> Option<Record> {
        let datagram = || {
            let from = self.sender_by_id(bytes).unwrap_or(self.speaker);
            dtls::ahead(bytes, from, self.recorder.context())
        };
        match self.protocol {
            Some(Protocol::Dtls) => datagram(),
            None if looks_like_datagram(bytes, true) == Some(true) => datagram(),
            Some(Protocol::Ssl2) if self.is_ssl2_agreed() => ssl2::header(bytes),
            _ if begins_as_tls(bytes) == Some(true) => tls::ahead(bytes),
            None if begins_oddly(bytes, true) == Some(true) => tls::ahead(bytes),
            None if ssl2::is_first(bytes) => ssl2::header(bytes),
            // By what is in it, whatever its version; and by its length, where no hello came before.
            None if begins_with_hello(bytes) => tls::ahead(bytes),
            None if are_unified(bytes) => datagram(),
            None => None,
            Some(Protocol::Ssl2) => ssl2::header(bytes).filter(|_| ssl2::goes_on(bytes)),
            Some(Protocol::Tls) => tls::next(bytes),
        }
    }

    /// Where a message that either side may send stands before any ServerHello, looks for what tells
    /// whose it is. Nothing is looked at twice.
    fn look_ahead(&mut self, record: &Record, bytes: &[u8]) {
        let is_open = |side| self.recorder.stream(side).awaits() > 0;
        if is_open(Side::Client) || is_open(Side::Server) || !record.kind.is_handshake() {
            return;
        }
        let msg_type = bytes.get(record.header).copied().map(HandshakeType);
        self.asked |= msg_type == Some(HandshakeType::client_hello);
        let is_either = msg_type.is_some_and(|msg_type| Side::sole_sender(msg_type).is_none());
        let is_known = self.ahead.is_some_and(|(_, left)| left <= bytes.len());
        if is_either && self.awaits_hello() && !is_known {
            self.ahead = Some(sole_sender_ahead(record.kind.protocol(), bytes));
        }
    }
}

/// Whose words they are before records, by the hello with which these begin, or by themselves; none where
/// they are no words, or do not tell.
fn who_says(words: &[u8], records: &[u8]) -> Option<Side> {
    let [client, server] =
        [Side::Client, Side::Server].map(|side| plaintext::recognise_side(words, side).is_some());
    if !client && !server && !is_mostly_text(words) {
        return None;
    }
    let msg_type = records.get(RecordHeader::LENGTH).copied().map(HandshakeType);
    let hello = msg_type.filter(|_| begins_with_hello(records)).and_then(Side::sole_sender);
    hello.or(match (client, server) {
        (true, false) => Some(Side::Client),
        (false, true) => Some(Side::Server),
        _ => None,
    })
}
