//! Handshake messages of DTLS put together from their parts: RFC 6347 section 4.2.3. Parts come in
//! any order, again, and over each other; each byte is kept once, and what was there before is
//! told by itself.

use std::collections::BTreeMap;
use std::ops::Range;

use super::message::begins_flight;
use super::overwritten::is_overwritten;
use super::{Body, Message};
use crate::names::{ContentType, HandshakeType};
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::{Tree, Value};
use crate::wire::grammar::{Context, Reader, Uint24, Wire, behind_length, peek};
use crate::wire::handshake::{DTLS_HEADER, FragmentHeader};

/// The messages of one side.
#[derive(Clone, Debug, Default)]
pub(super) struct Reassembly {
    /// Those that are not whole, by their number.
    waiting: BTreeMap<usize, Partial>,
    /// Those that are, by theirs.
    whole: BTreeMap<usize, Whole>,
    /// How often the numbers began again, as in another connection.
    begun_again: usize,
    /// The record whose parts come is the one behind that before it.
    pub(super) goes_on: bool,
}

/// A message that was whole.
#[derive(Clone, Debug)]
struct Whole {
    msg_type: HandshakeType,
    length: usize,
    /// Where what is behind its header stands in the stream, by its offset in that.
    pieces: BTreeMap<usize, Range<usize>>,
}

/// A message of which parts are missing.
#[derive(Clone, Debug)]
struct Partial {
    msg_type: HandshakeType,
    length: usize,
    /// Where the header of its first part stands in the stream.
    header: Option<Range<usize>>,
    /// Where its bytes stand in the stream, by their offset in the message.
    pieces: BTreeMap<usize, Range<usize>>,
    /// How many of its bytes are there.
    found: usize,
}

pub(super) const SECTION: &str = "RFC 6347 4.2.3";

impl Reassembly {
    /// Adds a part: its header, and its bytes. Returns the messages that it makes whole, and what
    /// of it was not needed.
    pub(super) fn add(
        &mut self,
        stream: &[u8],
        header: Range<usize>,
        part: Range<usize>,
        context: Context,
    ) -> Vec<Message> {
        let own = stream.get(header.start..part.end).unwrap_or_default();
        let mut before = Vec::new();
        if self.begins_again(stream, own) {
            before = self.begin_again(stream, context);
        }
        before.extend(self.add_part(stream, header, part, context));
        before
    }

    /// Whether a part is of another hello than the one of its type and number before it: what is sent
    /// again is the same, RFC 6347 section 4.2.4, and another handshake numbers its messages anew; its
    /// records too.
    pub(super) fn begins_again(&self, stream: &[u8], part: &[u8]) -> bool {
        let head = Head::of(part);
        let is_hello =
            begins_flight(head.msg_type) && head.msg_type != HandshakeType::hello_request;
        let is_other = match (self.whole.get(&head.number), self.waiting.get(&head.number)) {
            (Some(whole), _) => {
                whole.msg_type == head.msg_type
                    && self.sent(stream, part) == Some(false)
                    && !(self.goes_on && whole.is_falsified(stream, part))
            }
            (None, Some(partial)) => {
                partial.msg_type == head.msg_type && partial.length != head.length
            }
            (None, None) => false,
        };
        is_hello && is_other
    }

    /// Ends with the messages that there are, whose numbers others will have. Returns those of which
    /// parts are missing.
    pub(super) fn begin_again(&mut self, stream: &[u8], context: Context) -> Vec<Message> {
        self.whole.clear();
        self.begun_again += 1;
        self.finish(stream, context)
    }

    /// How often the numbers began again.
    pub(super) fn begun_again(&self) -> usize {
        self.begun_again
    }

    fn add_part(
        &mut self,
        stream: &[u8],
        header: Range<usize>,
        part: Range<usize>,
        context: Context,
    ) -> Vec<Message> {
        let own = stream.get(header.start..part.end).unwrap_or_default();
        let Head { msg_type, length, number, offset } = Head::of(own);
        let is_whole = offset == 0 && part.len() == length;
        let seen = self.whole.get(&number).map(|whole| whole.msg_type);
        let is_same = self.sent(stream, own) == Some(true);
        if is_whole && !self.waiting.contains_key(&number) {
            self.whole.insert(
                number,
                Whole { msg_type, length, pieces: BTreeMap::from([(0, part.clone())]) },
            );
            let whole = header.start..part.end;
            let mut message = decode(stream, vec![whole], context);
            match seen {
                Some(_) if is_same => message.remark(sent_again()),
                Some(before) if before == msg_type => message.remark(other_bytes()),
                Some(_) => message.remark(same_number()),
                None => {}
            }
            return vec![message];
        }
        if seen.is_some() {
            let found = match is_same {
                true => "a message that was whole",
                false => "the number of another message, which was whole",
            };
            return vec![left_over(stream, msg_type, header, vec![part], Some(found))];
        }
        let partial = self.waiting.entry(number).or_insert(Partial {
            msg_type,
            length,
            header: None,
            pieces: BTreeMap::new(),
            found: 0,
        });
        if (partial.msg_type, partial.length) != (msg_type, length) {
            let found = "another type or length than the parts before it have";
            return vec![left_over(stream, msg_type, header, vec![part], Some(found))];
        }
        if offset + part.len() > length {
            let found = "a part that reaches beyond its message";
            return vec![left_over(stream, msg_type, header, vec![part], Some(found))];
        }
        let (known, other) = partial.fill(stream, offset, part);
        let first = offset == 0 && partial.header.is_none();
        let mut messages = Vec::new();
        if first {
            partial.header = Some(header);
            if !known.is_empty() {
                let start = known.first().map_or(0, |range| range.start);
                messages.push(left_over(stream, msg_type, start..start, known, other));
            }
        } else {
            messages.push(left_over(stream, msg_type, header, known, other));
        }
        if partial.header.is_some() && partial.found == length {
            if let Some(partial) = self.waiting.remove(&number) {
                let pieces = partial.pieces.clone();
                self.whole.insert(number, Whole { msg_type, length, pieces });
                messages.push(decode(stream, partial.ranges(), context));
            }
        }
        messages
    }

    /// Whether a part with this header is of a message of which others are there, and that is not
    /// whole.
    pub(super) fn began(&self, header: &[u8]) -> bool {
        self.open(Head::of(header)).is_some()
    }

    /// Whether a part with this header, and its bytes, stand in the message of its number that was
    /// whole; none where there was none.
    pub(super) fn sent(&self, stream: &[u8], part: &[u8]) -> Option<bool> {
        let head = Head::of(part);
        let whole = self.whole.get(&head.number)?;
        let bytes = part.get(DTLS_HEADER..).unwrap_or_default();
        let bytes = peek(part, 9, 3).and_then(|length| bytes.get(..length));
        let is_same = (whole.msg_type, whole.length) == (head.msg_type, head.length);
        Some(is_same && bytes.is_some_and(|bytes| whole.has(stream, head.offset, bytes)))
    }

    /// Whether a part with this header begins the message behind the last one that was whole.
    pub(super) fn is_next(&self, header: &[u8]) -> bool {
        let head = Head::of(header);
        let last = self.whole.last_key_value().map(|(number, _)| *number);
        head.offset == 0 && last.is_some_and(|last| last + 1 == head.number)
    }

    /// Whether a part with this header is of a message that was left out, as a whole or in part,
    /// when those behind it came.
    pub(super) fn left_out(&self, header: &[u8]) -> bool {
        let head = Head::of(header);
        let number = head.number;
        if self.waiting.contains_key(&number) {
            return self.open(head).is_some();
        }
        let [first, last] = self.ends();
        // Before a hello there may have been no others.
        let is_behind = |(lowest, msg_type): (usize, HandshakeType)| {
            lowest < number || !begins_flight(msg_type)
        };
        !self.whole.contains_key(&number)
            && first.is_some_and(is_behind)
            && last.is_some_and(|(highest, _)| number < highest)
    }

    /// The messages of the lowest number and of the highest, by these and their types.
    fn ends(&self) -> [Option<(usize, HandshakeType)>; 2] {
        let of_whole = |(number, whole): (&usize, &Whole)| (*number, whole.msg_type);
        let of_waiting = |(number, partial): (&usize, &Partial)| (*number, partial.msg_type);
        let first = [
            self.whole.first_key_value().map(of_whole),
            self.waiting.first_key_value().map(of_waiting),
        ];
        let last = [
            self.whole.last_key_value().map(of_whole),
            self.waiting.last_key_value().map(of_waiting),
        ];
        let number = |end: &(usize, HandshakeType)| end.0;
        [
            first.into_iter().flatten().min_by_key(number),
            last.into_iter().flatten().max_by_key(number),
        ]
    }

    /// The message that is not whole and of which this is a part.
    fn open(&self, head: Head) -> Option<&Partial> {
        let partial = self.waiting.get(&head.number)?;
        let is_same = (partial.msg_type, partial.length) == (head.msg_type, head.length);
        is_same.then_some(partial)
    }

    /// Nothing more will come: what is there of the messages that are not whole.
    pub(super) fn finish(&mut self, stream: &[u8], context: Context) -> Vec<Message> {
        let mut messages = Vec::new();
        for (_, partial) in std::mem::take(&mut self.waiting) {
            let msg_type = partial.msg_type;
            let (beginning, scattered) = partial.split();
            if !beginning.is_empty() {
                messages.push(decode(stream, beginning, context));
            }
            for piece in scattered {
                let start = piece.start;
                let found = "one without those before it";
                let piece = vec![piece];
                messages.push(left_over(stream, msg_type, start..start, piece, Some(found)));
            }
        }
        messages
    }
}

/// What the header of a part says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    msg_type: HandshakeType,
    /// Of the message.
    pub(super) length: usize,
    /// Which message of its sender.
    number: usize,
    /// Where in it the part begins.
    pub(super) offset: usize,
}

impl Head {
    pub(super) fn of(header: &[u8]) -> Head {
        let field = |at, width| peek(header, at, width).unwrap_or(0);
        Head {
            msg_type: HandshakeType(field(0, 1) as u8),
            length: field(1, 3),
            number: field(4, 2),
            offset: field(6, 3),
        }
    }
}

impl Whole {
    /// Whether a part with other bytes says something else in its place, where both are of one connection.
    /// Cookies are asked for anew, and brought back, without being remembered: RFC 6347 section 4.2.1.
    fn is_falsified(&self, stream: &[u8], part: &[u8]) -> bool {
        match self.msg_type {
            HandshakeType::client_hello => {
                let own: Vec<u8> = self.pieces.values().cloned().fold(Vec::new(), |own, piece| {
                    [&own, stream.get(piece).unwrap_or_default()].concat()
                });
                cookie(&own) == part.get(DTLS_HEADER..).and_then(cookie)
            }
            HandshakeType::hello_verify_request => false,
            _ => true,
        }
    }

    /// Whether these bytes stand in it at this offset.
    fn has(&self, stream: &[u8], offset: usize, bytes: &[u8]) -> bool {
        let first = self.pieces.range(..=offset).next_back().map_or(offset, |(&start, _)| start);
        let mut left = bytes;
        for (start, piece) in self.pieces.range(first..offset + bytes.len()) {
            let own = stream.get(piece.clone()).unwrap_or_default();
            let own = own.get(offset.saturating_sub(*start)..).unwrap_or_default();
            let (here, behind) = left.split_at(own.len().min(left.len()));
            if !own.starts_with(here) {
                return false;
            }
            left = behind;
        }
        left.is_empty()
    }
}

/// The cookie of a client's hello, behind its version, its random bytes and its session id.
fn cookie(hello: &[u8]) -> Option<&[u8]> {
    let session = peek(hello, 34, 1)?;
    behind_length(hello.get(35 + session..)?, 1).map(|(cookie, _)| cookie)
}

impl Partial {
    /// Takes what is new of a part. Returns where in the stream what was there before stands
    /// again, and what is wrong with that.
    fn fill(
        &mut self,
        stream: &[u8],
        offset: usize,
        part: Range<usize>,
    ) -> (Vec<Range<usize>>, Option<&'static str>) {
        let end = offset + part.len();
        let in_stream =
            |from: usize, to: usize| part.start + (from - offset)..part.start + (to - offset);
        let before = self.pieces.range(..=offset).next_back().map_or(offset, |(&start, _)| start);
        let mut at = offset;
        let (mut new, mut known, mut differs) = (Vec::new(), Vec::new(), false);
        for (&start, piece) in self.pieces.range(before..end) {
            let (from, to) = (start.max(at), (start + piece.len()).min(end));
            if to <= at {
                continue;
            }
            if from > at {
                new.push((at, in_stream(at, from)));
            }
            let mine = in_stream(from, to);
            let theirs = piece.start + (from - start)..piece.start + (to - start);
            differs |= stream.get(mine.clone()) != stream.get(theirs);
            known.push(mine);
            at = to;
        }
        if at < end {
            new.push((at, in_stream(at, end)));
        }
        for (start, piece) in new {
            self.found += piece.len();
            self.pieces.insert(start, piece);
        }
        (known, differs.then_some("other bytes than were there before"))
    }

    /// Where the message stands in the stream: its header, and its pieces.
    fn ranges(self) -> Vec<Range<usize>> {
        self.split().0
    }

    /// The header and what joins on to it; and the rest.
    fn split(self) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
        let (mut beginning, mut scattered) = (Vec::new(), Vec::new());
        beginning.extend(self.header);
        let mut at = 0;
        for (offset, piece) in self.pieces {
            if beginning.is_empty() || offset != at {
                scattered.push(piece);
                continue;
            }
            at += piece.len();
            match beginning.last_mut() {
                Some(last) if last.end == piece.start => last.end = piece.end,
                _ => beginning.push(piece),
            }
        }
        (beginning, scattered)
    }
}

/// A message that stands in these ranges, the first of which begins with its header.
fn decode(stream: &[u8], ranges: Vec<Range<usize>>, context: Context) -> Message {
    let bytes: Vec<u8> = ranges
        .iter()
        .flat_map(|range| stream.get(range.clone()).unwrap_or_default())
        .copied()
        .collect();
    Message { ranges: ranges.into(), ..Message::decode(ContentType::handshake, &bytes, context) }
}

/// What of a part of such a message none needs: its header, unless that is empty, and bytes that
/// were there before.
fn left_over(
    stream: &[u8],
    msg_type: HandshakeType,
    header: Range<usize>,
    known: Vec<Range<usize>>,
    wrong: Option<&'static str>,
) -> Message {
    let has_header = !header.is_empty();
    let mut bytes = stream.get(header.clone()).unwrap_or_default().to_vec();
    for range in &known {
        bytes.extend_from_slice(stream.get(range.clone()).unwrap_or_default());
    }
    let mut r = Reader::<Tree>::new(&bytes, Context::default());
    r.section(SECTION);
    if has_header {
        read_head(&mut r);
    }
    let start = r.at();
    r.remaining("fragment", Value::Bytes);
    let end = r.at();
    if let Some(found) = wrong {
        let fault = Fault::Form { expected: "a part of a message", found };
        r.notice("fragment", start..end, fault);
    } else if end > start {
        r.notice(
            "fragment",
            start..end,
            Fault::Form {
                expected: "a part that is missing",
                found: "bytes that were there before",
            },
        );
    }
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for range in std::iter::once(header).chain(known) {
        match ranges.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ if range.is_empty() => {}
            _ => ranges.push(range),
        }
    }
    let length = bytes.len();
    let message =
        Message::of(Some(ContentType::handshake), &bytes, length, Body::Fragment(msg_type), r);
    Message { ranges: ranges.into(), ..message }
}

/// Reads the header of a part, all of whose bytes are there.
pub(super) fn read_head(r: &mut Reader<'_, Tree>) {
    let _ = HandshakeType::read(r, "msg_type");
    let _ = Uint24::read(r, "length");
    let _ = FragmentHeader::fields(r);
}

/// What is said of a message that was whole before.
fn sent_again() -> Remark {
    let expected = "a message that was not sent before";
    of_number(expected, "one that was: it is sent again", "RFC 6347 4.2.4")
}

/// What is said of a message whose number another had.
fn same_number() -> Remark {
    let expected = "a number that no other message had";
    of_number(expected, "that of one of another type", "RFC 6347 4.2.2")
}

/// What is said of a message that differs from another of its type and number.
fn other_bytes() -> Remark {
    let expected = "a message that was not sent before, or the same as then";
    of_number(expected, "another one of its type and number", "RFC 6347 4.2.4")
}

fn of_number(expected: &'static str, found: &'static str, reference: &'static str) -> Remark {
    let fault = Fault::Form { expected, found };
    Remark { field: "msg_type", range: 0..1, fault, kind: Kind::Notice, reference }
}

impl Message {
    /// Reads a message again that was read before others that stand before it. What its number
    /// told stays, and so does that a log wrote over it.
    pub(crate) fn read_again(&mut self, context: Context) {
        let mut again = Message::decode(ContentType::handshake, &self.bytes, context);
        let by_number = [sent_again(), other_bytes(), same_number()];
        let told = self.tree.remarks.clone();
        if let Some(said) = told.iter().find(|remark| is_overwritten(remark)) {
            again.assume_overwritten_as(said);
        }
        again.remark_all(told.into_iter().filter(|remark| by_number.contains(remark)));
        (self.length, self.body, self.tree) = (again.length, again.body, again.tree);
    }
}
