//! One side of a connection, from bytes to messages: records are read, handshake messages put
//! together across them (RFC 8446 section 5.1, RFC 6347 section 4.2.3), and every byte of the
//! stream is owned by one record header or one message.
//!
//! Used by the conversation, which hands in bytes as they come, and by everything that reads
//! bytes from a file. Which records they are, TLS's, SSL 2.0's or DTLS's, the bytes tell: `tls`,
//! `ssl2` and `dtls` each read theirs.

mod agreement;
mod alike;
mod clear;
mod dtls;
mod message;
mod overwritten;
mod reassembly;
mod ssl2;
mod tiling;
mod tls;

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

pub use agreement::agree;
pub(crate) use alike::Alike;
pub(crate) use clear::{
    InClear, agrees_on_keys, begins_with_hello, greets, is_in_clear, is_short, may_begin_with_hello,
};
pub use message::{Body, Message, Ranges};
pub(crate) use message::{NO_HELLO, NO_KEY, NONE_IN_DTLS13, NOT_FINISHED, begins_flight};
pub(crate) use ssl2::is_error;
pub use tiling::check_tiling;

use super::field::Tree;
use super::grammar::{Context, Octets};
use super::record::dtls::{
    CidHeader, DtlsHeader, Kind, UnifiedHeader, are_unified,
    has_form_of_record as has_form_of_datagram, header_kind, looks_like_datagram,
};
use super::record::ssl2::Ssl2Header;
use super::record::ssl2_signs::{
    either, looks_like_answer, looks_like_client_hello, looks_like_error, looks_like_later,
    looks_like_master_key, looks_like_padded_error,
};
use super::record::{
    FIRST_SIGN, RecordHeader, begins_as_tls, begins_oddly, find_first, has_form_of_record,
    looks_like_records,
};
use super::side::Side;
use crate::names::{ContentType, ProtocolVersion};
use reassembly::Reassembly;

/// A record's header, or a message: the pieces of a stream in the order in which they end.
#[derive(Clone, Debug)]
pub enum Unit {
    /// The header of a record.
    Header(Header),
    /// A message, whole or cut off by the end.
    Message(Message),
}

impl Unit {
    /// Gives back room that was made and not used, before it is kept with others; where one of those has
    /// the same tree, both keep one.
    pub(crate) fn settle(&mut self, alike: &mut Alike) {
        match self {
            Unit::Header(header) => alike.settle(&mut header.tree),
            Unit::Message(message) => {
                message.ranges.shrink_to_fit();
                alike.settle(&mut message.tree);
            }
        }
    }
}

/// The header of a record, as it was read.
#[derive(Clone, Debug)]
pub struct Header {
    /// Where in the stream.
    pub range: Range<usize>,
    /// Its bytes.
    pub bytes: Octets,
    /// What it says.
    pub framing: Framing,
    /// Its fields.
    pub tree: Arc<Tree>,
}

impl Header {
    /// The header as TLS has it, where it is one.
    pub fn record(&self) -> Option<&RecordHeader> {
        match &self.framing {
            Framing::Tls(header) => Some(header),
            _ => None,
        }
    }
}

/// What stands before a message or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framing {
    /// A record of SSL 3.0 and later.
    Tls(RecordHeader),
    /// A record of SSL 2.0.
    Ssl2(Ssl2Header),
    /// A record of DTLS.
    Dtls(DtlsHeader),
    /// A record of DTLS 1.2 with a connection id.
    Cid(Box<CidHeader>),
    /// A protected record of DTLS 1.3.
    Unified(Box<UnifiedHeader>),
    /// The content type within a protected record, as a log shows it.
    Inner,
    /// A header that was cut off.
    Cut,
}

impl Framing {
    /// Bytes of what a record carries, as its header says; none where it does not say it, or there is
    /// no record.
    pub fn payload(&self) -> Option<usize> {
        match self {
            Framing::Tls(header) => Some(header.length.into()),
            Framing::Ssl2(header) => Some(header.length),
            Framing::Dtls(header) => Some(header.length.into()),
            Framing::Cid(header) => Some(header.length.into()),
            Framing::Unified(header) => header.length.map(usize::from),
            Framing::Inner | Framing::Cut => None,
        }
    }

    /// The version in a record's header, where there is one.
    pub fn version(&self) -> Option<ProtocolVersion> {
        match self {
            Framing::Tls(header) => Some(header.legacy_record_version),
            Framing::Dtls(header) => Some(header.legacy_record_version),
            Framing::Cid(header) => Some(header.version),
            Framing::Ssl2(_) | Framing::Unified(_) | Framing::Inner | Framing::Cut => None,
        }
    }
}

/// Reads one side of a connection. Bytes are handed in as they come; units come out as soon as
/// they are whole.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// Whose side it is, where that is known.
    side: Option<Side>,
    bytes: Vec<u8>,
    /// Where the next record begins.
    at: usize,
    /// Whether bytes come in datagrams, and where those end that are not read yet.
    datagrams: bool,
    ends: VecDeque<usize>,
    /// Where what was handed in is known to end.
    whole: usize,
    /// What the records so far were, where there were any.
    records: Option<Records>,
    /// How far a text was searched for a record behind it.
    searched: usize,
    /// The handshake message that is not whole yet.
    handshake: tls::Pending,
    /// The alert that is not whole yet: RFC 8446 section 5.1 forbids to cut one, RFC 5246 does not.
    alert: tls::Pending,
    /// The messages of DTLS that are not whole yet.
    parts: Reassembly,
    /// Where the records of DTLS stand in it, by their epochs and numbers.
    numbers: BTreeMap<(u16, u64), Range<usize>>,
    /// Whether a record is this side's is only taken to be so.
    guessed: bool,
    /// The sender has changed to keys that are not known here.
    encrypted: bool,
    /// Bytes of the MAC behind what is by these keys, where they do not encrypt.
    mac_in_clear: Option<usize>,
    /// The sender agrees on keys in a handshake before TLS 1.3, and has not changed to them.
    before_keys: bool,
    /// It begins with the rest of a message, or with something protected.
    in_middle: bool,
    /// What comes next is the rest of a message.
    rest: bool,
    /// The sender said something in clear.
    clear: bool,
    /// The random bytes of the last hello of a client that it said.
    greeted: Option<Vec<u8>>,
    /// There was data, which is never sent in clear.
    data: bool,
    /// The client offered SSL 2.0 and no other version.
    only_ssl2: bool,
    ready: VecDeque<Unit>,
}

/// What kind of records a stream has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Records {
    Tls,
    Ssl2,
    Dtls,
}

/// What comes next in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ahead {
    Record(Records),
    /// Something that is none of ours.
    Plaintext,
    /// What there is does not tell yet.
    Unclear,
}

impl Stream {
    /// The side of a connection that a client or a server sends.
    pub fn of(side: Side) -> Self {
        Stream { side: Some(side), ..Stream::default() }
    }

    /// All bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Hands in bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Hands in a datagram: a record does not reach beyond its end.
    pub fn push_datagram(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.datagrams = true;
            self.bytes.extend_from_slice(bytes);
            self.ends.push_back(self.bytes.len());
        }
    }

    /// Hands in a record, or what else is known to end with these bytes.
    pub fn push_whole(&mut self, bytes: &[u8]) {
        self.push(bytes);
        self.whole = self.bytes.len();
    }

    /// Hands in what is no record, and known to end here.
    pub fn push_words(&mut self, bytes: &[u8]) {
        self.push(bytes);
        let range = self.at..self.bytes.len();
        let message = Message::plaintext(self.slice(&range));
        self.advance(range.end);
        self.message(message, None, vec![range]);
    }

    /// The next unit that is whole. What the messages agree on is noted in `context`, which both
    /// sides of a connection share.
    pub fn next(&mut self, context: &mut Context) -> Option<Unit> {
        loop {
            if let Some(unit) = self.ready.pop_front() {
                return Some(unit);
            }
            if !self.read_on(context, false) {
                return None;
            }
        }
    }

    /// How many bytes the message of TLS still waits for that is not whole yet, as far as its header
    /// tells; none where there is no such message.
    pub(crate) fn awaits(&self) -> usize {
        self.handshake.awaits()
    }

    /// Says that it begins with what is no message: the rest of one, of which the beginning was not
    /// seen, or something protected.
    pub(crate) fn begin_in_middle(&mut self) {
        self.in_middle = true;
    }

    /// Says that the next record is the rest of a message of which the beginning was not seen, since
    /// its side goes on in clear.
    pub(crate) fn go_on_in_middle(&mut self) {
        self.rest = !self.clear;
    }

    /// Whether its records are protected by keys that are not known here, as far as it tells.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Bytes of the MAC behind what is by its keys, where they do not encrypt.
    pub(crate) fn mac_in_clear(&self) -> Option<usize> {
        self.mac_in_clear.filter(|_| self.encrypted)
    }

    /// Whether other parts are here of the message of DTLS that a part is of, by its header, and it
    /// is not whole.
    pub fn began_message_of(&self, header: &[u8]) -> bool {
        self.parts.began(header)
    }

    /// Whether a message of DTLS, or a part of one, stands in one that was whole here, byte for byte
    /// and under its number; none where none of that number was.
    pub fn sent(&self, part: &[u8]) -> Option<bool> {
        self.parts.sent(&self.bytes, part)
    }

    /// Whether a part begins the message of DTLS behind the last one that was whole here.
    pub(crate) fn is_next(&self, header: &[u8]) -> bool {
        self.parts.is_next(header)
    }

    /// Whether its message was left out here, as a whole or in part, when those behind it came.
    pub fn left_out_part(&self, header: &[u8]) -> bool {
        self.parts.left_out(header)
    }

    /// The record of DTLS that had this number, where one did.
    pub(crate) fn record_of(&self, epoch: u16, number: u64) -> Option<&[u8]> {
        self.numbers.get(&(epoch, number)).map(|record| self.slice(record))
    }

    /// Says that from here on records may be the other side's.
    pub(crate) fn guess_sender(&mut self) {
        self.guessed = true;
    }

    /// How often its messages of DTLS began again with their numbers, as in another connection.
    pub(crate) fn begun_again(&self) -> usize {
        self.parts.begun_again()
    }

    /// Says that its messages of DTLS begin again with their numbers, as the other side's did. Returns
    /// those that will not be whole.
    pub(crate) fn begin_again(&mut self, context: &Context) -> Vec<Unit> {
        let own = self.datagram_context(context);
        self.numbers.clear();
        self.parts.begin_again(&self.bytes, own).into_iter().map(Unit::Message).collect()
    }

    /// What is left when nothing more will come: whatever was cut off, and what is not TLS.
    pub fn finish(&mut self, context: &mut Context) -> Vec<Unit> {
        let mut units = Vec::new();
        loop {
            while let Some(unit) = self.next(context) {
                units.push(unit);
            }
            // What is cut off in the middle is read too, as far as it goes.
            if self.at == self.bytes.len() || !self.read_on(context, true) {
                break;
            }
        }
        self.flush_tls(context);
        self.flush_dtls(context);
        units.extend(self.ready.drain(..));
        units
    }

    /// Reads the next record, or the next piece of what is none. False where more bytes are needed;
    /// where there will be no more (`last`), it takes what there is.
    fn read_on(&mut self, context: &mut Context, last: bool) -> bool {
        if self.at == self.bytes.len() {
            return false;
        }
        match self.ahead(context, last || self.whole == self.bytes.len()) {
            Ahead::Record(records) => {
                let read = match records {
                    Records::Tls => self.tls_record(context, last),
                    Records::Ssl2 => self.ssl2_record(context, last),
                    Records::Dtls => self.dtls_record(context, last),
                };
                if read {
                    self.records = Some(records);
                    match records {
                        Records::Dtls => context.datagram = true,
                        Records::Tls | Records::Ssl2 => context.stream = true,
                    }
                }
                read
            }
            Ahead::Unclear if !last => false,
            Ahead::Plaintext | Ahead::Unclear => self.plaintext(last),
        }
    }

    /// What comes next. Some of it is told by what stands behind it, or by that nothing does, where
    /// the bytes end (`ends`).
    fn ahead(&self, context: &Context, ends: bool) -> Ahead {
        let rest = self.rest();
        if self.datagrams || self.records == Some(Records::Dtls) {
            return self.ahead_in_dtls(context, ends);
        }
        if context.version == Some(ProtocolVersion::SSL2_0) {
            return Ahead::Record(Records::Ssl2);
        }
        if self.records.is_none() {
            let datagram =
                if context.stream { Some(false) } else { looks_like_datagram(rest, ends) };
            match datagram {
                Some(true) => return Ahead::Record(Records::Dtls),
                Some(false) => {}
                None => return Ahead::Unclear,
            }
            let later = looks_like_later(rest, self.side, ends);
            match either(self.begins_as_ssl2(rest, ends, context), later) {
                Some(true) => return Ahead::Record(Records::Ssl2),
                Some(false) => {}
                None => return Ahead::Unclear,
            }
        }
        if self.records == Some(Records::Ssl2) {
            match self.ssl2_goes_on(rest, ends) {
                Some(true) => return Ahead::Record(Records::Ssl2),
                Some(false) => {}
                None => return Ahead::Unclear,
            }
        }
        // Once there were records, one of an odd version is one all the same, and so is one of an odd
        // type.
        let is_type = matches!(rest.first(), Some(ContentType::FIRST..=ContentType::LAST));
        let goes_on = self.records == Some(Records::Tls) && is_type;
        if looks_like_records(rest) || goes_on {
            return Ahead::Record(Records::Tls);
        }
        let odd = match self.records {
            Some(Records::Tls) => has_form_of_record(rest, ends),
            _ => begins_oddly(rest, ends),
        };
        match odd {
            Some(true) => Ahead::Record(Records::Tls),
            Some(false) => Ahead::Plaintext,
            None => Ahead::Unclear,
        }
    }

    /// The same where records are DTLS's, or will be. A datagram ends what is in it.
    fn ahead_in_dtls(&self, context: &Context, ends: bool) -> Ahead {
        let end = self.datagram_end();
        let ahead = self.slice(&(self.at..end.unwrap_or(self.bytes.len())));
        let known = self.records == Some(Records::Dtls) || context.datagram;
        match header_kind(ahead) {
            // Nothing was seen before it.
            Some(Kind::Unified) if !known && !are_unified(ahead) => Ahead::Plaintext,
            Some(_) => Ahead::Record(Records::Dtls),
            None => match has_form_of_datagram(ahead, ends || end.is_some()) {
                Some(true) => Ahead::Record(Records::Dtls),
                Some(false) => Ahead::Plaintext,
                None => Ahead::Unclear,
            },
        }
    }

    /// Whether a first message of SSL 2.0 begins here.
    fn begins_as_ssl2(&self, bytes: &[u8], ends: bool, context: &Context) -> Option<bool> {
        let server = || looks_like_answer(bytes, context.asked_in_ssl2, ends);
        match self.side {
            Some(Side::Client) => looks_like_client_hello(bytes),
            Some(Side::Server) => server(),
            None => either(looks_like_client_hello(bytes), server()),
        }
    }

    /// Whether more of SSL 2.0 follows: a server's error or hello behind an error, or what is behind
    /// a client's hello, where the server's answer was not seen.
    fn ssl2_goes_on(&self, rest: &[u8], ends: bool) -> Option<bool> {
        match (self.encrypted, self.only_ssl2) {
            _ if self.side == Some(Side::Server) => looks_like_answer(rest, true, ends),
            (true, _) => Some(true),
            // It may still send an alert that the server's answer was of a later version.
            (false, true) => begins_as_tls(rest).map(|tls| !tls),
            (false, false) => match looks_like_master_key(rest) {
                Some(false) => either(looks_like_error(rest, ends), looks_like_padded_error(rest)),
                found => found,
            },
        }
    }

    /// What is none of our records: a datagram, or all up to where a handshake begins, as behind
    /// the dialogue of STARTTLS.
    fn plaintext(&mut self, last: bool) -> bool {
        let end = match self.datagram_end() {
            Some(end) => end,
            None => match self.find_handshake() {
                Some(at) => at,
                None if last => self.bytes.len(),
                None => return false,
            },
        };
        let range = self.at..end;
        let message = Message::plaintext(self.slice(&range));
        self.advance(end);
        self.message(message, None, vec![range]);
        true
    }

    /// Where behind what comes next a record begins that can be the first of a side.
    fn find_handshake(&mut self) -> Option<usize> {
        let from = self.searched.max(self.at + 1);
        let found = find_first(self.bytes.get(from..).unwrap_or_default());
        let found = found.map(|at| from + at);
        // Behind what was found nothing was looked at.
        let end = self.bytes.len().saturating_sub(FIRST_SIGN - 1).max(from);
        self.searched = found.unwrap_or(end);
        found
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    /// Where the datagram ends that is being read, where there are datagrams.
    fn datagram_end(&self) -> Option<usize> {
        self.ends.front().copied()
    }

    /// Goes on behind what was read.
    fn advance(&mut self, to: usize) {
        self.at = to;
        while self.ends.front().is_some_and(|&end| end <= to) {
            self.ends.pop_front();
        }
    }

    /// The context in which this side's messages are read.
    fn context(&self, context: &Context) -> Context {
        Context { sender: self.side, ..*context }
    }

    fn header(&mut self, range: Range<usize>, framing: Framing, tree: Tree) {
        let (bytes, tree) = (Octets::from_slice(self.slice(&range)), Arc::new(tree));
        self.ready.push_back(Unit::Header(Header { range, bytes, framing, tree }));
    }

    fn message(
        &mut self,
        message: Message,
        record_version: Option<ProtocolVersion>,
        ranges: Vec<Range<usize>>,
    ) {
        let ranges = ranges.into();
        self.ready.push_back(Unit::Message(Message { record_version, ranges, ..message }));
    }

    /// A record's fragment whose inside is not known.
    fn protected(
        &mut self,
        content_type: Option<ContentType>,
        version: Option<ProtocolVersion>,
        range: Range<usize>,
    ) {
        if !range.is_empty() {
            let message = Message::encrypted(content_type, self.slice(&range));
            self.message(message, version, vec![range]);
        }
    }
}
