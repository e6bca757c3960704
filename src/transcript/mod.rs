//! A transcript: everything that went over one connection, both ways, decoded.
//!
//! A live connection, a capture, a hex dump and an `s_client -msg` log all become one, and every
//! output is a view of one. [`Summary`] is what was agreed; [`Reaction`] how it ended.

mod apart;
mod certificate;
mod key_changes;
mod order;
mod queue;
mod reaction;
mod review;
mod spoken;
mod summary;
mod validity;

pub use certificate::CertificateFacts;
pub use queue::Queue;
pub use reaction::{End, Kind, Reaction, Step};
pub use spoken::Spoken;
pub use summary::Summary;

pub use crate::wire::side::Side;

use crate::wire::grammar::Context;
use crate::wire::stream::{Alike, Header, Message, Stream, Unit, agree};

/// Where the bytes of a transcript come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// A file's name, or a host's.
    pub name: String,
    /// The form in which they were: `live`, `records`, `hex`, `openssl-msg` …
    pub form: &'static str,
}

/// A piece of a stream, with its sender and time.
#[derive(Clone, Debug)]
pub struct Event {
    /// Who sent it.
    pub from: Side,
    /// When it was whole, in seconds from the start of the connection, where that is known.
    pub time: Option<f64>,
    /// What it is.
    pub unit: Unit,
}

/// Everything that went over one connection.
#[derive(Clone, Debug)]
pub struct Transcript {
    /// Where it comes from.
    pub source: Source,
    /// The client's address, where it is known.
    pub client: Option<String>,
    /// The server's address, where it is known.
    pub server: Option<String>,
    /// When the connection began, in seconds since 1970, where that is known.
    pub began: Option<u64>,
    /// Record headers and messages of both sides, in the order in which they were seen.
    pub events: Vec<Event>,
    /// How it ended, where the source tells.
    pub end: Option<End>,
    /// What there is to say about the source itself.
    pub remarks: Vec<String>,
}

impl Transcript {
    /// The messages of both sides.
    pub fn messages(&self) -> impl Iterator<Item = (&Event, &Message)> {
        self.events.iter().filter_map(|event| match &event.unit {
            Unit::Message(message) => Some((event, message)),
            Unit::Header(_) => None,
        })
    }

    /// The messages of one side.
    pub fn from(&self, side: Side) -> impl Iterator<Item = &Message> {
        self.messages().filter(move |(event, _)| event.from == side).map(|(_, message)| message)
    }

    /// For each ChangeCipherSpec in order, whether it is of TLS 1.3; none where the connections are of
    /// several versions and nothing tells of which it is.
    pub fn changes_of_tls13(&self) -> Vec<Option<bool>> {
        key_changes::are_of_tls13(self)
    }

    /// The server's certificates in DER, in the order in which it sent them; where there is no
    /// connection, those that stand by themselves. Nothing that follows a certificate is a part of
    /// it.
    pub fn chain(&self) -> Vec<&[u8]> {
        let alone = self.messages().filter_map(|(_, message)| certificate::alone(message));
        // A log may have written over what was sent.
        let sent = self.from(Side::Server).filter(|message| !message.is_overwritten());
        match sent.filter_map(certificate::chain).last() {
            Some(chain) => chain,
            None => alone.collect(),
        }
    }
}

/// Writes a transcript, piece by piece.
#[derive(Debug)]
pub struct Recorder {
    client: Stream,
    server: Stream,
    context: Context,
    events: Vec<Event>,
    alike: Alike,
}

impl Default for Recorder {
    fn default() -> Self {
        Recorder {
            client: Stream::of(Side::Client),
            server: Stream::of(Side::Server),
            context: Context::default(),
            events: Vec::new(),
            alike: Alike::default(),
        }
    }
}

impl Recorder {
    /// Hands in bytes as one side sent them. Returns how many units they completed.
    pub fn push(&mut self, from: Side, time: Option<f64>, bytes: &[u8]) -> usize {
        self.take(from, time, |stream| stream.push(bytes))
    }

    /// Hands in a datagram as one side sent it. Returns how many units it completed.
    pub fn push_datagram(&mut self, from: Side, time: Option<f64>, bytes: &[u8]) -> usize {
        self.take(from, time, |stream| stream.push_datagram(bytes))
    }

    /// Hands in a record as one side sent it, or what else is known to end with these bytes. Returns
    /// how many units it completed.
    pub fn push_whole(&mut self, from: Side, bytes: &[u8]) -> usize {
        self.take(from, None, |stream| stream.push_whole(bytes))
    }

    /// Hands in what one side said in words, all of it, where something else follows.
    pub fn push_words(&mut self, from: Side, time: Option<f64>, bytes: &[u8]) -> usize {
        self.take(from, time, |stream| stream.push_words(bytes))
    }

    fn take(&mut self, from: Side, time: Option<f64>, push: impl FnOnce(&mut Stream)) -> usize {
        let stream = match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        push(stream);
        let (before, begun) = (self.events.len(), stream.begun_again());
        while let Some(mut unit) = stream.next(&mut self.context) {
            unit.settle(&mut self.alike);
            self.events.push(Event { from, time, unit });
        }
        if from == Side::Client && stream.begun_again() > begun {
            // Nothing of what the server had begun to say comes in another connection.
            let alike = &mut self.alike;
            let left = self.server.begin_again(&self.context).into_iter().map(|mut unit| {
                unit.settle(alike);
                Event { from: Side::Server, time: None, unit }
            });
            self.events.splice(before..before, left);
        }
        self.events.len() - before
    }

    /// Nothing more comes of one side: what is cut off becomes units here, before what the other side
    /// says behind it.
    pub(crate) fn end_side(&mut self, from: Side) {
        let stream = match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        for mut unit in stream.finish(&mut self.context) {
            unit.settle(&mut self.alike);
            self.events.push(Event { from, time: None, unit });
        }
    }

    /// What comes is of DTLS, as the source tells where no record does.
    pub fn expect_datagrams(&mut self) {
        self.context.datagram = true;
    }

    /// Adds a message that was put together elsewhere, as a log shows it.
    pub fn push_message(&mut self, from: Side, message: Message) {
        agree(&message, &mut self.context);
        let mut unit = Unit::Message(message);
        unit.settle(&mut self.alike);
        self.events.push(Event { from, time: None, unit });
    }

    /// Adds the header of a record that a log shows by itself.
    pub fn push_header(&mut self, from: Side, header: Header) {
        let mut unit = Unit::Header(header);
        unit.settle(&mut self.alike);
        self.events.push(Event { from, time: None, unit });
    }

    /// Says that one side's bytes begin with what is no message.
    pub(crate) fn begin_in_middle(&mut self, from: Side) {
        self.side(from).begin_in_middle();
    }

    /// Says that the next record of one side is the rest of a message.
    pub(crate) fn go_on_in_middle(&mut self, from: Side) {
        self.side(from).go_on_in_middle();
    }

    /// Says that from here on it is taken to be so who says what.
    pub(crate) fn guess_sides(&mut self) {
        self.client.guess_sender();
        self.server.guess_sender();
    }

    fn side(&mut self, from: Side) -> &mut Stream {
        match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// What both sides have agreed on so far.
    pub fn context(&self) -> Context {
        self.context
    }

    /// One side's stream, as far as it was read.
    pub fn stream(&self, from: Side) -> &Stream {
        match from {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    /// The bytes that one side has sent so far.
    pub fn bytes(&self, from: Side) -> &[u8] {
        self.stream(from).bytes()
    }

    /// The units so far, as they were read when they came.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Nothing more will come: what was cut off becomes units too, and what messages say of each other
    /// is noticed.
    pub fn finish(mut self, source: Source, end: Option<End>) -> Transcript {
        self.end_side(Side::Client);
        self.end_side(Side::Server);
        self.events.shrink_to_fit();
        let has_records = !self.client.bytes().is_empty();
        order::review(&mut self.events, self.context, has_records);
        let events = self.events;
        let (client, server, began) = (None, None, None);
        let remarks = Vec::new();
        let mut transcript = Transcript { source, client, server, began, events, end, remarks };
        let lost = [Side::Client, Side::Server].map(|side| lost(&transcript, side));
        transcript.remarks.extend(lost.into_iter().flatten());
        transcript
    }
}

/// Which messages of one side are missing before others that came, in each handshake: only DTLS
/// numbers them. Of one that is seen from the middle on, nothing is missing before that.
fn lost(transcript: &Transcript, side: Side) -> Vec<String> {
    let handshakes = order::handshakes(&transcript.events);
    let several = handshakes.len() > 1;
    let lost = handshakes.into_iter().zip(1..).filter_map(|(handshake, count)| {
        let events = transcript.events.get(handshake)?.iter();
        let messages = events.filter_map(|event| match &event.unit {
            Unit::Message(message) => Some((event.from, message)),
            Unit::Header(_) => None,
        });
        let own = messages.clone().filter(|(from, _)| *from == side);
        let own = own.filter_map(|(_, it)| Some((it.message_seq()?, it.begins_flight())));
        // Before a hello of the server, with which the input begins, the client has spoken.
        let mut opening = messages.filter(|(_, message)| message.message_seq().is_some());
        let opens = opening.next().filter(|(_, message)| message.begins_flight());
        let is_begun =
            count > 1 || opens.is_some_and(|(from, _)| from == side || from == Side::Client);
        let first = match is_begun {
            true => 0,
            false => own.clone().map(|(number, _)| number).min()?,
        };
        let mut queue = Queue::from(first);
        for (number, begins) in own {
            queue.add(number, begins, ());
        }
        let (numbers, side) = (queue.missing()?, side.name());
        let of = if several { format!(" in handshake {count}") } else { String::new() };
        Some(format!("of the {side}'s messages{of}, {numbers} (message_seq) did not come"))
    });
    lost.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn many_records_take_little_more_than_what_they_say() {
        assert!(size_of::<Event>() <= 112, "{}", size_of::<Event>());
        // A record without bytes, one with an alert.
        let records = [[22, 3, 3, 0, 0].repeat(9), [21, 3, 3, 0, 2, 1, 0].repeat(9)].concat();
        let mut recorder = Recorder::default();
        recorder.push(Side::Server, None, &records);
        let transcript = recorder.finish(Source::default(), None);
        let trees = transcript.events.iter().map(|event| match &event.unit {
            Unit::Header(header) => Arc::as_ptr(&header.tree),
            Unit::Message(message) => Arc::as_ptr(&message.tree),
        });
        let trees: HashSet<_> = trees.collect();
        // Of the headers of both kinds, and of the alerts.
        assert_eq!((transcript.events.len(), trees.len()), (27, 3));
    }

    #[test]
    fn what_is_kept_has_no_room_for_more() {
        // Alerts in records of their own, and hello requests in one record.
        let alerts = [21, 3, 1, 0, 2, 1, 0].repeat(100);
        let requests = [&[22, 3, 1, 1, 0][..], &[0; 256]].concat();
        let mut recorder = Recorder::default();
        recorder.push(Side::Server, None, &[alerts, requests].concat());
        let transcript = recorder.finish(Source::default(), None);
        assert_eq!(transcript.messages().count(), 100 + 64);
        for event in &transcript.events {
            let tree = match &event.unit {
                Unit::Header(header) => &header.tree,
                Unit::Message(message) => &message.tree,
            };
            assert_eq!(tree.fields.capacity(), tree.fields.len());
        }
    }
}
