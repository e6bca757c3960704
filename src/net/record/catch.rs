//! What one client sends in its first flight: its hello, and what it sends behind that before it is
//! answered, as in TLS 1.3 a ChangeCipherSpec and early data (RFC 8446 sections 4.2.10 and D.4). No
//! sockets: bytes come in as reads or as datagrams, and out come what is to be answered before TLS and
//! whether to wait for more.

use std::ops::Range;

use crate::hello::no_hello::NoHello;
use crate::hello::spec::HelloSpec;
use crate::names::ContentType;
use crate::net::starttls::{Dialogue, Protocol, State};
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::fault::{Fault, Remark};
use crate::wire::limits::RECORDED;
use crate::wire::record::plaintext;
use crate::wire::stream::{Body, Framing, Header, Message, Unit};

/// Why no more is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The hello is there as a whole.
    Whole,
    /// What came is another protocol, or an alert.
    NotTls,
    /// The dialogue before TLS leads nowhere, and why.
    Dialogue(&'static str),
    /// [`RECORDED`] bytes have come, and no whole hello is in them.
    Full,
    /// The client closed.
    Closed,
    /// The client reset the connection.
    Reset,
    /// The time was up.
    Deadline,
}

impl End {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            End::Whole => "whole",
            End::NotTls => "not-tls",
            End::Dialogue(_) => "dialogue",
            End::Full => "full",
            End::Closed => "closed",
            End::Reset => "reset",
            End::Deadline => "deadline",
        }
    }
}

/// What a client sent.
#[derive(Clone, Debug)]
pub struct Caught {
    /// The protocol in which TLS was asked for.
    pub starttls: Option<Protocol>,
    /// What the client said in it.
    pub dialogue: Vec<u8>,
    /// All that came from where TLS begins, up to [`RECORDED`] bytes or to the end of the record in
    /// which the hello ends.
    pub bytes: Vec<u8>,
    /// How `bytes` came: bytes of each read or datagram.
    pub pieces: Vec<usize>,
    /// Whether they came in datagrams.
    pub datagrams: bool,
    /// How many of these came behind the record in which the hello ends.
    pub behind: usize,
    /// Bytes that came behind those and are not kept.
    pub dropped: usize,
    /// Why no more was waited for.
    pub end: End,
    /// Whether the client reset the connection, as far as that was seen by then.
    pub reset: bool,
    /// The same bytes, read.
    pub transcript: Transcript,
}

impl Caught {
    /// The message, where there is one.
    pub fn hello(&self) -> Option<&Message> {
        self.transcript.from(Side::Client).find(|message| is_hello(message))
    }

    /// The headers of the records.
    pub fn headers(&self) -> impl Iterator<Item = &Header> {
        self.transcript.events.iter().filter_map(|event| match &event.unit {
            Unit::Header(header) => Some(header),
            Unit::Message(_) => None,
        })
    }

    /// Payload bytes of each record.
    pub fn records(&self) -> Vec<usize> {
        self.headers().filter_map(|header| header.framing.payload()).collect()
    }

    /// Whether they end within a record of TLS, or of SSL 2.0, or a datagram does within one of DTLS.
    pub fn is_cut(&self) -> bool {
        if self.datagrams {
            let is_truncated = |remark: &Remark| matches!(remark.fault, Fault::Truncated { .. });
            return self.headers().any(|header| {
                header.framing == Framing::Cut || header.tree.remarks.iter().any(is_truncated)
            });
        }
        let last = self.headers().last();
        last.is_some_and(|header| match header.framing.payload() {
            Some(payload) => header.range.end + payload > self.bytes.len(),
            None => header.framing == Framing::Cut,
        })
    }

    /// Whether the client said nothing at all.
    pub fn is_silence(&self) -> bool {
        self.bytes.is_empty() && self.dialogue.is_empty()
    }

    /// The hello as data, or what came of it. Segments are in it where the client cut the hello into
    /// several.
    ///
    /// # Errors
    /// Where it cannot be said in a spec.
    pub fn spec(&self) -> Result<HelloSpec, NoHello> {
        if self.datagrams {
            let mut rest = &self.bytes[..];
            let datagrams = self.pieces.iter().map(|&size| {
                let (datagram, behind) = rest.split_at(size.min(rest.len()));
                rest = behind;
                datagram.to_vec()
            });
            return HelloSpec::from_datagrams(&datagrams.collect::<Vec<_>>());
        }
        let spec = HelloSpec::from_bytes(&self.bytes)?;
        // The last segment is what is left.
        let segments = match self.pieces.split_last() {
            Some((_, first)) => first.to_vec(),
            None => Vec::new(),
        };
        Ok(HelloSpec { segments, ..spec })
    }
}

/// Takes what one client sends.
#[derive(Debug)]
pub struct Catch {
    dialogue: Option<(Protocol, Dialogue)>,
    /// All that came.
    bytes: Vec<u8>,
    /// Bytes of each read or datagram.
    pieces: Vec<usize>,
    datagrams: bool,
    /// Where TLS begins.
    begin: usize,
    recorder: Recorder,
    /// Events of the recorder that were looked at.
    seen: usize,
    /// Where the record ends that came last, counted from where TLS begins.
    record_end: usize,
    /// Where the hello ends, counted from where TLS begins.
    hello_end: Option<usize>,
    end: Option<End>,
}

impl Catch {
    /// Waits for a hello, behind a dialogue where that is wanted. Returns also what the server says
    /// first.
    pub fn begin(starttls: Option<Protocol>) -> (Catch, Vec<u8>) {
        let (dialogue, greeting) = match starttls {
            Some(protocol) => {
                let (dialogue, greeting) = Dialogue::begin(protocol);
                (Some((protocol, dialogue)), greeting)
            }
            None => (None, Vec::new()),
        };
        let catch = Catch {
            dialogue,
            bytes: Vec::new(),
            pieces: Vec::new(),
            datagrams: false,
            begin: 0,
            recorder: Recorder::default(),
            seen: 0,
            record_end: 0,
            hello_end: None,
            end: None,
        };
        (catch, greeting)
    }

    /// Hands in what a read returned. Returns what is to be answered.
    pub fn receive(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.take(bytes);
        let Some((_, dialogue)) = &mut self.dialogue else {
            self.recorder.push(Side::Client, None, bytes);
            self.look();
            return Vec::new();
        };
        let before = dialogue.state();
        let answer = dialogue.receive(bytes);
        match (before, dialogue.state()) {
            (State::Talking, State::Tls) => {
                self.begin = dialogue.length();
                let rest = self.bytes.get(self.begin..).unwrap_or_default();
                self.recorder.push(Side::Client, None, rest);
                self.look();
            }
            (_, State::Tls) => {
                self.recorder.push(Side::Client, None, bytes);
                self.look();
            }
            (_, State::Over(why)) => self.end = Some(End::Dialogue(why)),
            (_, State::Talking) => {}
        }
        answer
    }

    /// Hands in a datagram. Behind the hello, one that came before is passed over.
    pub fn receive_datagram(&mut self, bytes: &[u8]) {
        self.datagrams = true;
        if self.end.is_some() && self.is_there(bytes) {
            return;
        }
        self.take(bytes);
        self.recorder.push_datagram(Side::Client, None, bytes);
        self.look();
    }

    /// Whether a datagram came before. What is sent again has numbers of its own, RFC 6347 section
    /// 4.2.4.
    fn is_there(&self, datagram: &[u8]) -> bool {
        let wanted = unnumbered(datagram);
        let mut rest = &self.bytes[..];
        self.pieces.iter().any(|&size| {
            let (piece, behind) = rest.split_at(size.min(rest.len()));
            rest = behind;
            piece.len() == datagram.len() && unnumbered(piece) == wanted
        })
    }

    fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.pieces.push(bytes.len());
    }

    /// Why no more is to be waited for; none where more is.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// Whether no more is kept, whatever comes.
    pub fn is_full(&self) -> bool {
        self.bytes.len() - self.begin >= RECORDED
    }

    /// Whether a record has begun that goes on, as far as its header tells: one of TLS.
    pub fn is_in_record(&self) -> bool {
        let rest = self.bytes.get(self.begin + self.record_end..).unwrap_or_default();
        let is_type = |byte| (ContentType::FIRST..=ContentType::LAST_OF_TLS).contains(byte);
        match rest {
            [kind] => is_type(kind),
            [kind, 3, ..] => is_type(kind),
            _ => false,
        }
    }

    /// Looks for the end of a hello in what is new.
    fn look(&mut self) {
        let events = self.recorder.events();
        for event in events.get(self.seen..).unwrap_or_default() {
            match &event.unit {
                Unit::Header(header) => {
                    let payload = header.framing.payload().unwrap_or(0);
                    self.record_end = header.range.end + payload;
                }
                Unit::Message(message) if is_hello(message) && message.complete() => {
                    self.hello_end.get_or_insert(self.record_end);
                    self.end = Some(End::Whole);
                }
                // It gives up before it has begun.
                Unit::Message(message) if matches!(message.body, Body::Alert(_)) => {
                    self.end.get_or_insert(End::NotTls);
                }
                Unit::Message(_) => {}
            }
        }
        self.seen = events.len();
        let length = self.bytes.len() - self.begin;
        if self.end.is_none() && self.seen == 0 && self.is_other_protocol() {
            self.end = Some(End::NotTls);
        }
        if self.end.is_none() && length > RECORDED {
            self.end = Some(End::Full);
        }
    }

    /// Whether the client's first bytes tell another protocol. What does not tell it by then will
    /// not.
    fn is_other_protocol(&self) -> bool {
        const NEAR: usize = 1 << 12;
        let bytes = self.bytes.get(self.begin..).unwrap_or_default();
        bytes.len() <= NEAR && plaintext::recognise_side(bytes, Side::Client).is_some()
    }

    /// Nothing more is taken: because of what came, or else for this reason.
    pub fn finish(self, otherwise: End) -> Caught {
        let end = self.end.unwrap_or(otherwise);
        let starttls = self.dialogue.as_ref().map(|(protocol, _)| *protocol);
        // Until the dialogue is over, all is of the dialogue.
        let begin = match &self.dialogue {
            Some((_, dialogue)) if dialogue.state() != State::Tls => self.bytes.len(),
            _ => self.begin,
        };
        let hello_end = self.hello_end.map(|end| (begin + end).min(self.bytes.len()));
        // A datagram is one piece, and of a hello that is not whole nothing is too much.
        let stop = match hello_end {
            Some(end) if !self.datagrams => end.max(begin + RECORDED).min(self.bytes.len()),
            _ => self.bytes.len(),
        };
        let pieces = within(&self.pieces, begin..stop);
        let bytes = self.bytes.get(begin..stop).unwrap_or_default().to_vec();
        Caught {
            starttls,
            dialogue: self.bytes.get(..begin).unwrap_or_default().to_vec(),
            transcript: read(&bytes, self.datagrams.then_some(&pieces)),
            bytes,
            pieces,
            datagrams: self.datagrams,
            behind: hello_end.map_or(0, |end| stop - end),
            dropped: self.bytes.len() - stop,
            end,
            reset: end == End::Reset,
        }
    }
}

/// A datagram without the sequence numbers of its records.
fn unnumbered(datagram: &[u8]) -> Vec<u8> {
    const NUMBER: Range<usize> = 5..11;
    let mut bytes = datagram.to_vec();
    let mut rest = &mut bytes[..];
    while let Some(number) = rest.get_mut(NUMBER) {
        number.fill(0);
        let Some(&[high, low]) = rest.get(NUMBER.end..NUMBER.end + 2) else { break };
        let end = NUMBER.end + 2 + usize::from(u16::from_be_bytes([high, low]));
        rest = rest.get_mut(end..).unwrap_or_default();
    }
    bytes
}

/// What pieces have of a range.
fn within(pieces: &[usize], range: Range<usize>) -> Vec<usize> {
    let mut at = 0;
    let parts = pieces.iter().map(|&size| {
        let piece = at..at + size;
        at = piece.end;
        piece.end.min(range.end).saturating_sub(piece.start.max(range.start))
    });
    parts.filter(|&part| part > 0).collect()
}

fn read(bytes: &[u8], datagrams: Option<&Vec<usize>>) -> Transcript {
    let mut recorder = Recorder::default();
    match datagrams {
        None => {
            recorder.push(Side::Client, None, bytes);
        }
        Some(sizes) => {
            let mut rest = bytes;
            for &size in sizes {
                let (datagram, left) = rest.split_at(size.min(rest.len()));
                recorder.push_datagram(Side::Client, None, datagram);
                rest = left;
            }
        }
    }
    recorder.finish(Source { name: "client".to_owned(), form: "live" }, None)
}

fn is_hello(message: &Message) -> bool {
    matches!(message.type_name(), "client_hello" | "sslv2_client_hello")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::text::unhex;

    fn hello(name: &str) -> Vec<u8> {
        let path = format!("{}/testdata/hellos/{name}.bin", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    /// What comes of these reads, and how many of them were taken.
    fn caught(starttls: Option<Protocol>, reads: &[&[u8]]) -> (Caught, usize) {
        let (mut catch, _) = Catch::begin(starttls);
        let mut taken = 0;
        for read in reads {
            if catch.end().is_some() {
                break;
            }
            catch.receive(read);
            taken += 1;
        }
        (catch.finish(End::Closed), taken)
    }

    #[test]
    fn a_hello_is_there_with_its_last_byte() {
        let bytes = hello("openssl-1.0.1e");
        let (first, second) = bytes.split_at(100);
        let (caught, taken) = caught(None, &[first, second, b"never read"]);
        assert_eq!((caught.end, taken), (End::Whole, 2));
        assert_eq!((caught.bytes.as_slice(), caught.behind), (&bytes[..], 0));
        assert_eq!(caught.pieces, [100, bytes.len() - 100]);
        assert_eq!(caught.records(), [bytes.len() - 5]);
        let spec = caught.spec().unwrap();
        assert_eq!((spec.segments.as_slice(), spec.flight()), (&[100][..], bytes));
    }

    #[test]
    fn one_segment_is_nothing_that_a_spec_must_say() {
        let bytes = hello("chromium-156");
        let (caught, _) = caught(None, &[&bytes]);
        assert!(caught.spec().unwrap().segments.is_empty());
    }

    #[test]
    fn what_comes_behind_the_hello_goes_out_with_it() {
        // Early data behind a hello in two records, with the hello and in a segment of its own.
        let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        spec.records = vec![200];
        let (flight, data) = (spec.flight(), [23, 3, 3, 0, 2, 1, 2]);
        let first = [&flight[..], &[20, 3, 3, 0, 1, 1], &data].concat();
        for starttls in [None, Some(Protocol::Smtp)] {
            let (mut catch, _) = Catch::begin(starttls);
            if starttls.is_some() {
                catch.receive(b"EHLO me\r\n");
                catch.receive(b"STARTTLS\r\n");
            }
            catch.receive(&first);
            catch.receive(&data);
            let caught = catch.finish(End::Closed);
            let all = [&first[..], &data].concat();
            assert_eq!((caught.end, caught.bytes.as_slice()), (End::Whole, &all[..]));
            assert_eq!((caught.behind, caught.dropped), (20, 0));
            assert_eq!(caught.records(), [200, 141, 1, 2, 2]);
            assert_eq!(caught.pieces, [first.len(), data.len()]);
            let spec = caught.spec().unwrap();
            assert_eq!((spec.flight(), spec.segments), (all, vec![first.len()]));
        }
    }

    #[test]
    fn a_client_that_does_not_stop_is_kept_up_to_a_bound() {
        let bytes = hello("openssl-1.0.1e");
        let (mut catch, _) = Catch::begin(None);
        catch.receive(&bytes);
        let mut sent = bytes.clone();
        while !catch.is_full() {
            let more = [7; 1000];
            catch.receive(&more);
            sent.extend(more);
        }
        let caught = catch.finish(End::Closed);
        assert_eq!(caught.bytes, &sent[..RECORDED]);
        assert_eq!(caught.behind, RECORDED - bytes.len());
        assert_eq!(caught.dropped, sent.len() - RECORDED);
        assert_eq!(caught.spec().unwrap().flight(), caught.bytes);
    }

    #[test]
    fn a_hello_begins_behind_the_dialogue() {
        let bytes = hello("openssl-3.5.8");
        let said = b"EHLO me\r\nSTARTTLS\r\n";
        let all = [&said[..], &bytes[..10]].concat();
        let (caught, _) = caught(Some(Protocol::Smtp), &[&all, &bytes[10..]]);
        assert_eq!((caught.end, caught.dialogue.as_slice()), (End::Whole, &said[..]));
        assert_eq!(caught.bytes, bytes);
        assert_eq!(caught.pieces, [10, bytes.len() - 10]);
    }

    #[test]
    fn a_dialogue_that_leads_nowhere_is_all_that_there_is() {
        let (caught, _) = caught(Some(Protocol::Pop3), &[b"CAPA\r\n", b"QUIT\r\n"]);
        assert!(matches!(caught.end, End::Dialogue(_)));
        assert_eq!((caught.dialogue.as_slice(), caught.bytes.len()), (&b"CAPA\r\nQUIT\r\n"[..], 0));
        assert!(caught.hello().is_none() && caught.spec().is_err());
    }

    #[test]
    fn a_hello_in_the_framing_of_ssl2_is_whole_too() {
        let text = "802e0100020015000000100100800200800300800400800500800600400700c0\
                    000102030405060708090a0b0c0d0e0f";
        let bytes = unhex(text).unwrap();
        let (caught, _) = caught(None, &[&bytes[..20], &bytes[20..]]);
        assert_eq!((caught.end, caught.records()), (End::Whole, vec![0x2e]));
        assert_eq!(caught.hello().unwrap().type_name(), "sslv2_client_hello");
    }

    #[test]
    fn other_protocols_are_told_at_once() {
        for said in [&b"GET / HTTP/1.1\r\n"[..], &[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]] {
            let (caught, taken) = caught(None, &[said, b"more"]);
            assert_eq!((caught.end, taken, caught.bytes.as_slice()), (End::NotTls, 1, said));
        }
        let alert = [21, 3, 1, 0, 2, 2, 40];
        assert_eq!(caught(None, &[&alert, b"more"]).0.end, End::NotTls);
    }

    #[test]
    fn what_is_cut_off_is_kept_as_it_is() {
        let bytes = hello("openssl-1.0.1e");
        let (caught, _) = caught(None, &[&bytes[..60]]);
        assert_eq!((caught.end, caught.bytes.as_slice()), (End::Closed, &bytes[..60]));
        assert_eq!(caught.spec().unwrap().flight(), &bytes[..60]);
        assert!(!caught.hello().unwrap().complete());
    }

    #[test]
    fn a_hello_without_an_end_is_left() {
        let (mut catch, _) = Catch::begin(None);
        // A hello that says it has 2^24 - 1 bytes, in records of 1000.
        let mut record = vec![22, 3, 1, 3, 0xe8, 1, 0xff, 0xff, 0xff];
        record.resize(1005, 0);
        let mut sent = 0;
        while catch.end().is_none() {
            catch.receive(&record);
            sent += record.len();
            record[5..9].fill(0);
        }
        assert_eq!(catch.end(), Some(End::Full));
        assert!(sent <= RECORDED + record.len());
    }

    #[test]
    fn a_hello_of_dtls_comes_together_from_its_datagrams() {
        // A hello of 50 bytes in two parts, RFC 6347 section 4.2.3.
        let body = [&[0xfe, 0xfd][..], &[7; 32], &[0, 0, 0, 2, 0xc0, 0x2b, 1, 0], &[0; 8]].concat();
        let body = &body[..42];
        let part = |sequence: u8, from: usize, to: usize| {
            let (offset, length) = (from as u8, (to - from) as u8);
            let mut datagram = vec![22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, sequence, 0, 12 + length];
            datagram.extend([1, 0, 0, 42, 0, 0, 0, 0, offset, 0, 0, length]);
            datagram.extend(&body[from..to]);
            datagram
        };
        let (first, second) = (part(0, 0, 20), part(1, 20, 42));
        let (mut catch, _) = Catch::begin(None);
        catch.receive_datagram(&second);
        assert_eq!(catch.end(), None);
        catch.receive_datagram(&first);
        assert_eq!(catch.end(), Some(End::Whole));
        let caught = catch.finish(End::Deadline);
        assert_eq!(caught.pieces, [second.len(), first.len()]);
        assert_eq!(caught.records(), [12 + 22, 12 + 20]);
        assert_eq!(caught.hello().unwrap().type_name(), "client_hello");
    }

    proptest! {
        #[test]
        fn whatever_a_client_sends_each_byte_is_told_once(
            protocol in prop::option::of(prop::sample::select(Protocol::ALL.to_vec())),
            begins_well in any::<bool>(),
            sent in prop::collection::vec(any::<u8>(), 0..600),
            cuts in prop::collection::vec(1..50usize, 0..30),
            datagrams in any::<bool>(),
        ) {
            let mut all = if begins_well { vec![22, 3, 1, 0, 200, 1, 0, 0, 100] } else { Vec::new() };
            all.extend(sent);
            let (mut catch, _) = Catch::begin(protocol.map(|(_, protocol)| protocol));
            let datagrams = datagrams && protocol.is_none();
            let (mut rest, mut given) = (all.as_slice(), 0);
            for size in cuts {
                let (piece, left) = rest.split_at(size.min(rest.len()));
                if piece.is_empty() || catch.end().is_some() {
                    break;
                }
                match datagrams {
                    true => catch.receive_datagram(piece),
                    false => { catch.receive(piece); }
                }
                (rest, given) = (left, given + piece.len());
            }
            let caught = catch.finish(End::Closed);
            let told = caught.dialogue.len() + caught.bytes.len() + caught.dropped;
            prop_assert_eq!(told, given);
            prop_assert_eq!(caught.pieces.iter().sum::<usize>(), caught.bytes.len());
            let _ = caught.spec();
        }
    }
}
