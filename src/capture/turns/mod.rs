//! Who sent which record of a stream that holds both sides in the order in which they came, as
//! Wireshark's "Follow TCP stream" saves it: the order of messages in RFC 5246 section 7.3 and
//! RFC 8446 section 2 tells, as far as it does; in DTLS the numbers of records do too.

mod alone;
mod beside;
mod dtls;
mod exchange;
mod flights;
mod heartbeat;
mod renewal;
mod rows;
mod ssl2;
mod tls;
mod told;

use std::collections::BTreeMap;

use crate::names::{Code, ContentType, HandshakeType};
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::stream::{Message, Unit, agrees_on_keys, begins_flight};
use beside::{Beside, is_rest};
use exchange::Exchange;
use flights::Flights;
use heartbeat::{Heartbeats, is_request};
use renewal::Renewal;
use told::Told;

pub(super) use alone::{Ended, gives_word, has_context, is_empty_certificate};
pub(super) use beside::goes_on;
pub(super) use tls::side_from_middle;

/// A stream of records that is read turn by turn.
#[derive(Debug)]
pub(super) struct Turns {
    recorder: Recorder,
    /// Of which protocol the records are.
    protocol: Option<Protocol>,
    /// Who sent the last record.
    speaker: Side,
    /// Who has the word for what either side may say in clear.
    word: Side,
    last: Last,
    /// A client's hello began.
    asked: bool,
    /// The client's last hello offers early data.
    early: bool,
    /// The server said hello, and nothing by keys since.
    owes_flight: bool,
    /// The server asked for another hello, which is not here yet.
    awaits_again: bool,
    /// Somebody said what only his side says, and behind a ServerHello.
    goes_on: bool,
    /// Somebody agreed on keys since the ServerHello, as no one does where a session goes on; and the
    /// client has sent its own.
    is_full: bool,
    has_key: bool,
    /// The data and the alerts by keys.
    exchange: Exchange,
    /// The same in TLS 1.3.
    flights: Flights,
    /// Those in clear.
    heartbeats: Heartbeats,
    /// How long the record of data is that stands behind this one.
    next: Option<usize>,
    ended: Ended,
    /// Who sends the next message that only one side sends and that is no client's hello, as far as
    /// the stream was looked through, and how many bytes of it there are from there on.
    ahead: Option<(Option<Side>, usize)>,
    /// Whose messages are that either side may send, by those beside them.
    beside: Beside,
    /// In TLS, the records of the handshake among which the last one was.
    run: Option<tls::Run>,
    client: Part,
    server: Part,
    /// What both sides say in the handshake by keys.
    renewal: Renewal,
    /// Nothing tells whose the first record is.
    unknown: bool,
    guess: Option<Guess>,
}

/// The first record that either side may have sent.
#[derive(Clone, Copy, Debug)]
struct Guess {
    /// Whose it was taken to be.
    from: Side,
    /// Where its fragment stands in that side's bytes.
    at: usize,
    /// Nothing before it or behind it tells: so all may be the other side's.
    first: bool,
}

/// What one side has said so far.
#[derive(Clone, Debug, Default)]
struct Part {
    /// It has said something.
    spoke: bool,
    /// It said hello; a server does so by a ServerHello.
    hello: bool,
    /// It sent a ChangeCipherSpec since, and its records cannot be read.
    changed: bool,
    /// It sent one behind all by which it agreed on keys.
    told_change: bool,
    /// In TLS 1.2, the part of the nonce that its last record had before it, RFC 5288 section 3.
    nonce: Option<u64>,
    /// In DTLS, the number of the next record under the keys of each epoch.
    next: BTreeMap<u16, u64>,
    /// In DTLS, the connection id that its hello names, which it wants to see in what it receives.
    connection_id: Option<Vec<u8>>,
    /// In SSL 2.0, how many records are protected.
    protected: usize,
}

/// What the last record had, as far as it tells whose the next one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    ClientHello,
    /// A ServerHello, or a request for another hello.
    ServerHello,
    ChangeCipherSpec,
    Other,
}

/// A record, by its header.
#[derive(Clone, Copy, Debug)]
struct Record {
    kind: RecordKind,
    /// Bytes of the header.
    header: usize,
    /// Where the record ends, as it claims.
    end: usize,
}

/// What a header says that tells its sender.
#[derive(Clone, Copy, Debug)]
enum RecordKind {
    Tls(ContentType),
    Dtls(dtls::Place),
    Ssl2 { padding: usize },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Tls,
    Dtls,
    Ssl2,
}

impl RecordKind {
    fn protocol(self) -> Protocol {
        match self {
            RecordKind::Tls(_) => Protocol::Tls,
            RecordKind::Dtls(_) => Protocol::Dtls,
            RecordKind::Ssl2 { .. } => Protocol::Ssl2,
        }
    }

    /// Whether it is of the handshake; in DTLS, in clear.
    fn is_handshake(self) -> bool {
        match self {
            RecordKind::Tls(content_type) => content_type == ContentType::handshake,
            RecordKind::Dtls(place) => place.is_handshake(),
            RecordKind::Ssl2 { .. } => false,
        }
    }

    /// Whether it is no message of the handshake, but what either side may say, by its type.
    fn is_of_either(self) -> bool {
        match self {
            RecordKind::Tls(content_type)
            | RecordKind::Dtls(dtls::Place::Number { content_type, .. }) => {
                content_type != ContentType::handshake
            }
            RecordKind::Dtls(dtls::Place::Hidden { .. }) | RecordKind::Ssl2 { .. } => false,
        }
    }

    /// Whether it is a heartbeat, by its type.
    fn is_heartbeat(self) -> bool {
        match self {
            RecordKind::Tls(content_type)
            | RecordKind::Dtls(dtls::Place::Number { content_type, .. }) => {
                content_type == ContentType::heartbeat
            }
            RecordKind::Dtls(dtls::Place::Hidden { .. }) | RecordKind::Ssl2 { .. } => false,
        }
    }
}

/// Whose a record is, and whether that is sure.
type Sender = (Side, bool);

impl Turns {
    /// A stream whose first words are this side's.
    pub(super) fn new(speaker: Side) -> Self {
        let part = Part::default();
        Turns {
            recorder: Recorder::default(),
            protocol: None,
            speaker,
            word: speaker,
            last: Last::Other,
            asked: false,
            early: false,
            owes_flight: false,
            awaits_again: false,
            goes_on: false,
            is_full: false,
            has_key: false,
            exchange: Exchange::default(),
            flights: Flights::default(),
            heartbeats: Heartbeats::default(),
            next: None,
            ended: Ended::default(),
            ahead: None,
            beside: Beside::default(),
            run: None,
            client: part.clone(),
            server: part,
            renewal: Renewal::default(),
            unknown: false,
            guess: None,
        }
    }

    /// A stream of which nothing tells whose it is: it is taken for a server's.
    pub(super) fn of_unknown() -> Self {
        Turns { unknown: true, ..Turns::new(Side::Server) }
    }

    /// Whether a client said hello and no ServerHello answered it.
    fn awaits_hello(&self) -> bool {
        self.asked && !self.server.hello
    }

    /// Whose a message is that either side may send, where no ServerHello answered yet: no client
    /// sends one before that. It is the server's, unless only the client goes on behind it.
    fn sender_before_hello(&self, msg_type: HandshakeType) -> Option<Sender> {
        if !self.awaits_hello() || msg_type.name().is_none() {
            return None;
        }
        match self.ahead.and_then(|(from, _)| from) {
            Some(Side::Server) => Some((Side::Server, true)),
            Some(Side::Client) => None,
            None => (!self.goes_on).then_some((Side::Server, false)),
        }
    }

    /// Who has the word, and whether he is known to have had it given.
    fn sender_by_word(&self) -> Sender {
        (self.word, self.has_begun() && (!self.awaits_hello() || self.goes_on))
    }

    /// Whether somebody has said something.
    fn has_begun(&self) -> bool {
        self.client.spoke || self.server.spoke
    }

    /// Takes a record, of which those beside it may tell whose it is.
    fn record(&mut self, record: &Record, bytes: &[u8], beside: Option<Side>) {
        let fragment = bytes.get(record.header..).unwrap_or_default();
        let (from, sure) = match record.kind {
            RecordKind::Tls(content_type) => match self
                .sole_sender(content_type, fragment)
                .or_else(|| self.sender_by_nonce(fragment))
            {
                Some(from) => (from, true),
                None => self.sender(content_type, record.end - record.header, fragment, beside),
            },
            RecordKind::Dtls(header) => match self.sender_by_id(bytes) {
                Some(from) => (from, true),
                None => self.sender_of_datagram(header, fragment, beside),
            },
            RecordKind::Ssl2 { padding } => self.sender_of_ssl2(fragment, padding),
        };
        // Of messages of the handshake those beside them tell.
        let is_unknown = self.unknown && self.protocol.is_none() && record.kind.is_of_either();
        if (!sure || is_unknown) && self.guess.is_none() {
            let at = self.recorder.bytes(from).len() + record.header;
            let msg_type = fragment.first().copied().map(HandshakeType);
            let is_message = msg_type.is_some_and(|msg_type| msg_type.name().is_some());
            let is_either = record.kind.is_handshake() && is_message;
            let first = is_unknown || !self.has_begun() && is_either;
            self.guess = Some(Guess { from, at, first });
            if !sure {
                self.recorder.guess_sides();
            }
        }
        let is_tls = matches!(record.kind, RecordKind::Tls(ContentType::handshake));
        if is_tls && self.begins_in_middle(fragment) {
            self.recorder.begin_in_middle(from);
        }
        // Those beside it are in clear.
        if is_tls && beside == Some(from) && is_rest(fragment) {
            self.recorder.go_on_in_middle(from);
        }
        self.protocol = Some(record.kind.protocol());
        let mut late = false;
        if let RecordKind::Dtls(place) = record.kind {
            // What comes late does not take the word back.
            late = self.left_out(from, place, fragment);
        }
        let (speaker, word, last) = (self.speaker, self.word, self.last);
        let was_protected = self.of(from).changed;
        let ends =
            !matches!(record.kind, RecordKind::Dtls(dtls::Place::Hidden { has_length: false }));
        self.take(from, bytes, ends);
        if was_protected && self.of(from).changed {
            self.part(from).nonce = self.nonce(fragment);
        }
        if let RecordKind::Tls(content_type) = record.kind {
            let (length, context) = (record.end - record.header, self.recorder.context());
            let may_be_tls13 = context.tls13() != Some(false);
            if may_be_tls13 && content_type == ContentType::application_data {
                self.flights.add(from, length, context);
            } else if was_protected {
                self.exchange.add(from, content_type, length, context);
            }
        }
        if let RecordKind::Dtls(place) = record.kind {
            self.count(from, place);
        }
        if late {
            self.word = word;
        }
        if record.kind.is_heartbeat() && !self.is_by_keys(record.kind, from) {
            self.heartbeats.add(from, fragment);
            (self.speaker, self.word, self.last) = (speaker, word, last);
        }
    }

    /// Whether a record of this side is by keys.
    fn is_by_keys(&self, kind: RecordKind, from: Side) -> bool {
        match kind {
            RecordKind::Dtls(dtls::Place::Number { epoch, .. }) => epoch > 0,
            _ => self.of(from).changed,
        }
    }

    /// Whose a heartbeat in clear is: who has the word may ask, if anything of his is here.
    fn sender_of_heartbeat(&self, heartbeat: &[u8]) -> Sender {
        let asks = is_request(heartbeat) && self.of(self.word).spoke;
        let otherwise = if asks { self.word } else { self.speaker };
        self.heartbeats.sender(heartbeat).unwrap_or((otherwise, false))
    }

    /// Hands in what one side says, and notes what it tells. What has its `end` by itself is a
    /// datagram, in DTLS.
    fn take(&mut self, from: Side, bytes: &[u8], ends: bool) {
        (self.speaker, self.word, self.last) = (from, from, Last::Other);
        self.part(from).spoke = true;
        let before = self.recorder.events().len();
        let begun = self.recorder.stream(from).begun_again();
        match self.protocol {
            Some(Protocol::Dtls) if ends => self.recorder.push_datagram(from, None, bytes),
            _ if ends => self.recorder.push_whole(from, bytes),
            _ => self.recorder.push(from, None, bytes),
        };
        if self.recorder.stream(from).begun_again() > begun {
            self.begin_again(from);
        }
        let new = self.recorder.events().iter().skip(before);
        let told: Vec<Told> = new
            .filter_map(|event| match &event.unit {
                Unit::Message(message) => Some(Told::of(message)),
                Unit::Header(_) => None,
            })
            .collect();
        let mut again = false;
        for told in told {
            let part = self.part(from);
            part.changed |= told.last == Last::ChangeCipherSpec;
            part.told_change |= told.last == Last::ChangeCipherSpec;
            if told.msg_type.is_some_and(|it| agrees_on_keys(it) || begins_flight(it)) {
                part.told_change = false;
            }
            if told.last == Last::ChangeCipherSpec {
                part.nonce = None;
            }
            if told.last == Last::ClientHello {
                again = std::mem::replace(&mut part.hello, true);
                part.changed = false;
                self.early = told.offers_early_data;
                self.renewal = Renewal::default();
                self.exchange = Exchange::default();
                self.flights = Flights::behind_hello(told.offers_early_data);
            }
            if let Some((content_type, length)) = told.by_keys {
                self.renewal.add(from, content_type, length);
            }
            if from == Side::Server {
                self.owes_flight = told.begins_flight || self.owes_flight && told.by_keys.is_none();
            }
            match (from, told.last) {
                (Side::Server, Last::ServerHello) => self.awaits_again = told.asks_again,
                (_, Last::ClientHello) => self.awaits_again = false,
                _ => {}
            }
            self.last = told.last;
            if let Some(msg_type) = told.msg_type {
                self.ended.follow(from, msg_type);
                if begins_flight(msg_type) {
                    (self.is_full, self.has_key) = (false, false);
                }
                self.is_full |= agrees_on_keys(msg_type);
                self.has_key |= msg_type == HandshakeType::client_key_exchange;
            }
            match told.msg_type {
                Some(HandshakeType::server_hello) => {
                    self.server.hello = true;
                    self.server.connection_id = told.connection_id;
                }
                Some(HandshakeType::client_hello) => {
                    self.client.connection_id = told.connection_id;
                    self.server.connection_id = None;
                }
                Some(HandshakeType::hello_request | HandshakeType::hello_verify_request) => {}
                Some(msg_type) => self.goes_on |= Side::sole_sender(msg_type).is_some(),
                None => {}
            }
            self.word = if told.gives_word { from.other() } else { from };
        }
        if self.protocol == Some(Protocol::Tls) {
            // Its records tell it too, and so does a hello behind a change that changed nothing.
            self.part(from).changed = self.recorder.stream(from).is_encrypted();
        }
        if again && !self.server.spoke {
            // It answers a server that is not there: the stream is one side's.
            self.last = Last::Other;
        }
    }

    /// A side begins another connection of DTLS, in which nobody has keys; where it is the client, the
    /// server does so as well.
    fn begin_again(&mut self, from: Side) {
        let own = self.part(from);
        own.next.clear();
        own.changed = false;
        if from == Side::Client {
            self.server = Part { spoke: self.server.spoke, ..Part::default() };
            self.goes_on = false;
        }
    }

    fn of(&self, side: Side) -> &Part {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    fn part(&mut self, side: Side) -> &mut Part {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// The transcript. It says from where on nothing tells whose records are, where both sides are
    /// in it or the first message of all may be either's.
    pub(super) fn finish(self, source: Source) -> Transcript {
        let both = self.client.spoke && self.server.spoke;
        let mut transcript = self.recorder.finish(source, None);
        let guess = self.guess.filter(|guess| both || guess.first);
        let Some(Guess { from, at, .. }) = guess else { return transcript };
        let of_sender = transcript.events.iter_mut().filter(|event| event.from == from);
        let mut messages = of_sender.filter_map(|event| match &mut event.unit {
            Unit::Message(message) => Some(message),
            Unit::Header(_) => None,
        });
        let starts_there =
            |message: &&mut Message| message.ranges.first().is_some_and(|range| range.start == at);
        if let Some(message) = messages.find(starts_there) {
            message.assume_sender();
        }
        transcript
    }
}
