//! Who sent which record of a stream that holds both sides in the order in which they came, as
//! Wireshark's "Follow TCP stream" saves it: the order of messages in RFC 5246 section 7.3 and
//! RFC 8446 section 2 tells, as far as it does.

use crate::names::{Code, ContentType, HandshakeType};
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::handshake::{Handshake, claimed_length};
use crate::wire::record::{RecordHeader, begins_as_tls, plaintext};
use crate::wire::stream::{Body, Message, Unit};

/// Bytes of an alert in clear.
const ALERT: usize = 2;

/// Who sends messages of this type, where only one side does.
pub(super) fn sole_sender(msg_type: HandshakeType) -> Option<Side> {
    match msg_type {
        HandshakeType::client_hello
        | HandshakeType::client_key_exchange
        | HandshakeType::end_of_early_data => Some(Side::Client),
        HandshakeType::hello_request
        | HandshakeType::server_hello
        | HandshakeType::hello_verify_request
        | HandshakeType::new_session_ticket
        | HandshakeType::hello_retry_request
        | HandshakeType::encrypted_extensions
        | HandshakeType::server_key_exchange
        | HandshakeType::certificate_request
        | HandshakeType::server_hello_done
        | HandshakeType::certificate_status => Some(Side::Server),
        _ => None,
    }
}

/// Who has the word behind a message: who has ended his part leaves it to the other.
pub(super) fn word_after(msg_type: HandshakeType, from: Side) -> Side {
    match msg_type {
        HandshakeType::server_hello_done
        | HandshakeType::hello_verify_request
        | HandshakeType::finished => from.other(),
        // A server's part begins with a hello, which tells its side.
        _ => from,
    }
}

/// A stream of records that is read turn by turn.
#[derive(Debug)]
pub(super) struct Turns {
    recorder: Recorder,
    /// Who sent the last record.
    speaker: Side,
    /// Who has the word for what either side may say in clear.
    word: Side,
    last: Last,
    client: Part,
    server: Part,
    /// The first record that either side may have sent: whose it was taken to be, and where its
    /// fragment stands in that side's bytes.
    guess: Option<(Side, usize)>,
}

/// What one side has said so far.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// It has said something.
    spoke: bool,
    /// It said hello.
    hello: bool,
    /// It sent a ChangeCipherSpec since.
    changed: bool,
    /// Bytes of a message that is not whole yet.
    open: usize,
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

/// Whose a record is, and whether that is sure.
type Sender = (Side, bool);

impl Turns {
    /// A stream whose first words are this side's.
    pub(super) fn new(speaker: Side) -> Self {
        let part = Part::default();
        Turns {
            recorder: Recorder::default(),
            speaker,
            word: speaker,
            last: Last::Other,
            client: part,
            server: part,
            guess: None,
        }
    }

    /// Takes what is no record.
    pub(super) fn words(&mut self, from: Side, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.take(from, bytes);
        }
    }

    /// Takes records up to the end, or to what is none.
    pub(super) fn records(&mut self, mut bytes: &[u8]) {
        while begins_as_tls(bytes) == Some(true) {
            let (Ok(header), _) = RecordHeader::decode(bytes) else { break };
            let end = RecordHeader::LENGTH + usize::from(header.length);
            let (record, rest) = bytes.split_at(end.min(bytes.len()));
            let fragment = record.get(RecordHeader::LENGTH..).unwrap_or_default();
            self.record(header.content_type, record, fragment);
            bytes = rest;
        }
        // A server that knows no TLS answers the hello in its own words.
        let answers = self.last == Last::ClientHello
            && plaintext::recognise_side(bytes, Side::Server).is_some();
        self.words(if answers { Side::Server } else { self.speaker }, bytes);
    }

    fn record(&mut self, content_type: ContentType, record: &[u8], fragment: &[u8]) {
        let (from, sure) = self.sender(content_type, fragment);
        if !sure && self.guess.is_none() {
            let at = self.recorder.bytes(from).len() + RecordHeader::LENGTH;
            self.guess = Some((from, at));
        }
        if content_type == ContentType::handshake {
            self.part(from).open += fragment.len();
        }
        self.take(from, record);
    }

    /// Hands in what one side says, and notes what it tells.
    fn take(&mut self, from: Side, bytes: &[u8]) {
        (self.speaker, self.word, self.last) = (from, from, Last::Other);
        self.part(from).spoke = true;
        let before = self.recorder.events().len();
        self.recorder.push(from, None, bytes);
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
            part.open = part.open.saturating_sub(told.length);
            part.changed |= told.last == Last::ChangeCipherSpec;
            if told.last == Last::ClientHello {
                again = std::mem::replace(&mut part.hello, true);
                part.changed = false;
            }
            self.last = told.last;
            self.word = told.msg_type.map_or(from, |msg_type| word_after(msg_type, from));
        }
        if again && !self.server.spoke {
            // It answers a server that is not there: the stream is one side's.
            self.last = Last::Other;
        }
    }

    /// Who sent a record.
    fn sender(&self, content_type: ContentType, fragment: &[u8]) -> Sender {
        let (speaker, other) = (self.speaker, self.speaker.other());
        let (own, others) = (self.of(speaker), self.of(other));
        let tls13 = self.recorder.context().tls13() == Some(true);
        // In TLS 1.3 a ChangeCipherSpec changes nothing.
        let [is_protected, is_others] = [own, others].map(|part| part.changed && !tls13);
        // What follows a change of keys at once is by them.
        let changed = matches!(self.last, Last::ChangeCipherSpec | Last::ServerHello);
        // Who alone sends what is whole here, whatever the other has begun.
        let whole = content_type == ContentType::handshake && are_messages(fragment);
        let msg_type = HandshakeType(fragment.first().copied().unwrap_or_default());
        let sole = sole_sender(msg_type).filter(|_| whole);
        let in_clear = match content_type {
            ContentType::handshake => whole || own.open > 0 && !is_protected,
            ContentType::alert => fragment.len() == ALERT,
            _ => false,
        };
        match content_type {
            _ if fragment.is_empty() => (speaker, true),
            ContentType::change_cipher_spec if tls13 => match self.last {
                Last::ServerHello => (Side::Server, true),
                _ => (Side::Client, true),
            },
            ContentType::change_cipher_spec if own.changed && !others.changed => (other, true),
            ContentType::change_cipher_spec => (speaker, true),
            // Of two sides of which one has changed its keys, that one cannot be read.
            _ if is_protected != is_others => {
                let from = if is_protected == in_clear { other } else { speaker };
                (sole.unwrap_or(from), true)
            }
            _ if is_protected => (speaker, changed),
            ContentType::handshake if own.open > 0 => (sole.unwrap_or(speaker), true),
            ContentType::handshake => (sole_sender(msg_type).unwrap_or(self.word), true),
            // A server has keys when it has said hello, and goes on with them.
            ContentType::alert if tls13 && in_clear => (Side::Client, true),
            ContentType::alert if self.answers(fragment) => (Side::Server, false),
            ContentType::alert if self.of(self.word).spoke => (self.word, false),
            // Before the server has answered, it is early data.
            ContentType::application_data => (speaker, changed || !self.server.spoke),
            _ => (speaker, false),
        }
    }

    /// Whether an alert is a server's answer to the hello before it. Of certificates only a client
    /// speaks here, which has seen the server's.
    fn answers(&self, alert: &[u8]) -> bool {
        self.last == Last::ClientHello && !matches!(alert, [_, 41..=46 | 48])
    }

    fn of(&self, side: Side) -> Part {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    fn part(&mut self, side: Side) -> &mut Part {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// The transcript; where both sides are in it, it says from where on their records were told
    /// apart no more.
    pub(super) fn finish(self, source: Source) -> Transcript {
        let both = self.client.spoke && self.server.spoke;
        let mut transcript = self.recorder.finish(source, None);
        let Some((from, at)) = self.guess.filter(|_| both) else { return transcript };
        let of_sender = transcript.events.iter_mut().filter(|event| event.from == from);
        let mut messages = of_sender.filter_map(|event| match &mut event.unit {
            Unit::Message(message) => Some(message),
            Unit::Header(_) => None,
        });
        let starts_there =
            |message: &&mut Message| message.ranges.first().is_some_and(|range| range.start == at);
        if let Some(message) = messages.find(starts_there) {
            message.tree.remarks.push(Remark {
                field: message.tree.fields.first().map_or("record", |field| field.name),
                range: 0..message.bytes.len(),
                fault: Fault::Form {
                    expected: "which side sent it",
                    found: "of the side whose turn it seems, as is what follows and could be either's",
                },
                kind: Kind::Assumption,
                reference: "",
            });
        }
        transcript
    }
}

/// What a message tells of those behind it.
struct Told {
    /// Bytes that it has of records of the handshake.
    length: usize,
    last: Last,
    msg_type: Option<HandshakeType>,
}

impl Told {
    fn of(message: &Message) -> Told {
        let is_handshake = message.content_type == Some(ContentType::handshake);
        let last = match message.handshake() {
            Some(Handshake::ClientHello(_)) => Last::ClientHello,
            _ if message.type_name() == "sslv2_client_hello" => Last::ClientHello,
            Some(
                Handshake::ServerHello(_)
                | Handshake::DraftServerHello(_)
                | Handshake::HelloRetryRequest(_)
                | Handshake::DraftHelloRetryRequest(_),
            ) => Last::ServerHello,
            _ if message.changes_keys() => Last::ChangeCipherSpec,
            _ => Last::Other,
        };
        let msg_type = match &message.body {
            Body::Handshake(handshake) => Some(handshake.msg_type()),
            Body::BrokenHandshake(msg_type) => Some(*msg_type),
            _ => None,
        };
        let length = if is_handshake { message.bytes.len() } else { 0 };
        Told { length, last, msg_type }
    }
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
