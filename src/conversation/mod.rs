//! The client's side of a handshake without sockets and without a clock: bytes and times are
//! handed in, and out comes whether to wait for more.
//!
//! For now a conversation is the first flight: the hello goes out, and the server's answer is
//! read to its end (RFC 8446 section 2, RFC 5246 section 7.3). A HelloRetryRequest is answered
//! with another hello. Over datagrams it is a [`DatagramConversation`].

mod datagrams;

pub use datagrams::DatagramConversation;

use crate::hello::HelloSpec;
use crate::hello::second_hello::{second_flight, second_hello};
use crate::names::{AlertDescription, AlertLevel, ProtocolVersion};
use crate::transcript::{End, Queue, Recorder, Side, Source, Transcript};
use crate::wire::grammar::Context;
use crate::wire::handshake::Handshake;
use crate::wire::limits::STREAM;
use crate::wire::record::ssl2::Ssl2Message;
use crate::wire::record::ssl2_signs::looks_like_answer;
use crate::wire::record::{begins_oddly, looks_like_records};
use crate::wire::stream::{Body, Unit};

/// Whether there is more to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The server's flight has not ended.
    Waiting,
    /// What the server does with the hello is known.
    Decided,
    /// It is our turn: [`Conversation::send`].
    ToSend,
    /// More has come than is kept, and nothing in it decides.
    Full,
}

/// One hello, and what comes back.
#[derive(Debug)]
pub struct Conversation {
    recorder: Recorder,
    progress: Progress,
    received: usize,
    full: bool,
    /// The server's messages that came before those that stand before them, in DTLS: whether each
    /// ends its flight.
    early: Queue<bool>,
    /// The hello, where it is known and goes over TCP, as long as nothing asked for another.
    hello: Option<HelloSpec>,
    /// The second hello, until it is sent.
    second: Option<HelloSpec>,
}

impl Conversation {
    /// A conversation that begins with a flight of these bytes.
    pub fn new(flight: &[u8]) -> Conversation {
        let mut recorder = Recorder::default();
        recorder.push(Side::Client, Some(0.0), flight);
        Conversation {
            recorder,
            progress: Progress::Waiting,
            received: 0,
            full: false,
            early: Queue::default(),
            hello: None,
            second: None,
        }
    }

    /// The same, where it is known which hello it is: a HelloRetryRequest is answered.
    pub fn with_hello(self, hello: HelloSpec) -> Conversation {
        Conversation { hello: Some(hello), ..self }
    }

    /// The flight that goes out now, where it is our turn.
    pub fn send(&mut self, time: f64) -> Option<Vec<u8>> {
        let flight = second_flight(&self.second.take()?);
        self.recorder.push(Side::Client, Some(time), &flight);
        self.progress = Progress::Waiting;
        Some(flight)
    }

    /// Hands in bytes from the server, `time` seconds after the hello went out.
    pub fn receive(&mut self, time: f64, bytes: &[u8]) -> Progress {
        self.take(time, bytes, false);
        self.progress
    }

    /// Takes what has come. Returns how many units it completed.
    fn take(&mut self, time: f64, bytes: &[u8], is_datagram: bool) -> usize {
        let room = STREAM.saturating_sub(self.received);
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.received += taken.len();
        let new = match is_datagram {
            true => self.recorder.push_datagram(Side::Server, Some(time), taken),
            false => self.recorder.push(Side::Server, Some(time), taken),
        };
        let context = self.recorder.context();
        let events = self.recorder.events();
        let fresh = events.get(events.len() - new..).unwrap_or_default();
        let mut over = false;
        for event in fresh {
            let Unit::Message(message) = &event.unit else { continue };
            if let Some(Handshake::HelloRetryRequest(retry)) = message.handshake() {
                // Only the first is answered, RFC 8446 section 4.1.4.
                self.second = self.hello.take().and_then(|hello| second_hello(&hello, retry));
                if self.second.is_some() {
                    continue;
                }
            }
            let ends = ends_flight(context, &message.body);
            over |= match message.message_seq() {
                Some(number) => {
                    self.early.add(number, message.begins_flight(), ends).contains(&true)
                }
                None => ends,
            };
        }
        if self.second.is_some() {
            self.progress = Progress::ToSend;
        } else if over || !is_datagram && self.is_not_tls() {
            self.progress = Progress::Decided;
        }
        if taken.len() < bytes.len() {
            self.full = true;
            self.progress = Progress::Full;
        }
        new
    }

    /// Whether what has come can be neither TLS nor SSL 2.0.
    fn is_not_tls(&self) -> bool {
        let bytes = self.recorder.bytes(Side::Server);
        let asked = self.recorder.context().asked_in_ssl2;
        !looks_like_records(bytes)
            && looks_like_answer(bytes, asked, false) == Some(false)
            && begins_oddly(bytes, false) == Some(false)
    }

    /// Whether there is more to wait for.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The conversation is over. How, the transport says; where all was seen, that does not
    /// matter.
    pub fn finish(self, source: Source, end: End) -> Transcript {
        let mut transcript = self.recorder.finish(source, Some(end));
        if self.full {
            transcript.remarks.push(format!("only the first {STREAM} bytes were read"));
        }
        transcript
    }
}

/// Whether a server says nothing more of its own after this.
fn ends_flight(context: Context, body: &Body) -> bool {
    match body {
        Body::Handshake(handshake) => {
            matches!(**handshake, Handshake::ServerHelloDone(_) | Handshake::HelloRetryRequest(_))
        }
        Body::Alert(alert) => {
            alert.level != AlertLevel::warning
                || alert.description == AlertDescription::close_notify
        }
        Body::Ssl2(message) => {
            matches!(**message, Ssl2Message::ServerHello(_) | Ssl2Message::Error(_))
        }
        // Over datagrams nothing that has come can become more.
        Body::Plaintext => true,
        // In TLS 1.3 all behind the ServerHello is protected, so that its end cannot be seen.
        Body::Encrypted => context.version.is_some_and(ProtocolVersion::is_tls13),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::preset::Preset;
    use crate::names::{CipherSuite, CompressionMethod, ContentType, NamedGroup};
    use crate::transcript::{Kind, Reaction};
    use crate::wire::extension::{Block, HelloRetryExtension};
    use crate::wire::grammar::Fixed;
    use crate::wire::handshake::random::{HELLO_RETRY_REQUEST, Random};
    use crate::wire::handshake::server_hello::HelloRetryRequest;
    use crate::wire::record::records;

    fn alert(level: u8, description: u8) -> [u8; 7] {
        [21, 3, 3, 0, 2, level, description]
    }

    fn ends(chunks: &[&[u8]], end: End) -> (Progress, Kind) {
        let mut conversation = Conversation::new(&[]);
        let mut progress = Progress::Waiting;
        for chunk in chunks {
            progress = conversation.receive(0.0, chunk);
        }
        let transcript = conversation.finish(Source::default(), end);
        (progress, Reaction::of(&transcript).unwrap().kind)
    }

    #[test]
    fn a_hello_retry_request_is_answered_once_whatever_comes_before_it() {
        let spec = Preset::find("openssl-3.0.19-s_client").unwrap().spec.clone();
        let retry = Handshake::HelloRetryRequest(HelloRetryRequest {
            legacy_version: ProtocolVersion::TLS1_2,
            random: Random(Fixed(HELLO_RETRY_REQUEST)),
            legacy_session_id_echo: spec.hello.legacy_session_id.clone(),
            cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
            legacy_compression_method: CompressionMethod::null,
            extensions: Some(Block(vec![
                HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3),
                HelloRetryExtension::KeyShare(NamedGroup::secp384r1),
            ])),
        });
        let version = ProtocolVersion::TLS1_2;
        let retry = records(ContentType::handshake, version, &retry.to_bytes(), &[]);
        // unrecognized_name, RFC 6066 section 3.
        for before in [&[][..], &alert(1, 112)] {
            let mut conversation = Conversation::new(&spec.flight()).with_hello(spec.clone());
            assert_eq!(conversation.send(0.0), None);
            conversation.receive(0.1, before);
            assert_eq!(conversation.receive(0.1, &retry), Progress::ToSend);
            let again = conversation.send(0.1).unwrap();
            // Behind a ChangeCipherSpec.
            let second = HelloSpec::from_bytes(&again[6..]).unwrap();
            assert_eq!(second.hello.random, spec.hello.random);
            assert_eq!(conversation.progress(), Progress::Waiting);
            assert_eq!(conversation.receive(0.2, &retry), Progress::Decided);
            assert_eq!(conversation.send(0.2), None);
        }
        // Of a hello that is not known none is made.
        let mut conversation = Conversation::new(&spec.flight());
        assert_eq!(conversation.receive(0.1, &retry), Progress::Decided);
    }

    #[test]
    fn a_fatal_alert_decides_and_a_warning_does_not() {
        let (progress, kind) = ends(&[&alert(2, 40)], End::Open);
        assert_eq!(progress, Progress::Decided);
        assert!(matches!(kind, Kind::Alert { description: AlertDescription(40), .. }));
        let (progress, kind) = ends(&[&alert(1, 112)], End::Closed);
        assert_eq!(progress, Progress::Waiting);
        assert!(matches!(kind, Kind::Alert { description: AlertDescription(112), .. }));
    }

    #[test]
    fn an_alert_in_single_bytes_is_put_together() {
        let bytes = alert(2, 50);
        let chunks: Vec<&[u8]> = bytes.chunks(1).collect();
        let (progress, kind) = ends(&chunks, End::Open);
        assert_eq!(progress, Progress::Decided);
        assert!(matches!(kind, Kind::Alert { description: AlertDescription(50), .. }));
    }

    #[test]
    fn an_alert_over_two_records_is_one_alert() {
        let halves: [&[u8]; 2] = [&[21, 3, 3, 0, 1, 2], &[21, 3, 3, 0, 1, 40]];
        let (progress, kind) = ends(&halves, End::Open);
        assert_eq!(progress, Progress::Decided);
        assert!(matches!(kind, Kind::Alert { description: AlertDescription(40), .. }));
    }

    #[test]
    fn other_protocols_decide_at_once() {
        let (progress, kind) = ends(&[b"HTTP/1.1 400 Bad Request\r\n"], End::Open);
        assert_eq!(progress, Progress::Decided);
        assert!(matches!(kind, Kind::Plaintext { first } if first.starts_with(b"HTTP")));
    }

    #[test]
    fn the_transport_tells_the_rest() {
        assert_eq!(ends(&[], End::Open).1, Kind::Silence);
        assert_eq!(ends(&[], End::Closed).1, Kind::Closed);
        assert_eq!(ends(&[&[22, 3, 3]], End::Reset).1, Kind::Reset);
    }

    #[test]
    fn no_more_is_kept_than_the_bound_allows() {
        let mut conversation = Conversation::new(&[]);
        let record: Vec<u8> = [vec![22, 3, 3, 0x40, 0], vec![0xff; 1 << 14]].concat();
        let mut progress = Progress::Waiting;
        for _ in 0..=STREAM / record.len() {
            progress = conversation.receive(0.0, &record);
        }
        assert_eq!(progress, Progress::Full);
        let transcript = conversation.finish(Source::default(), End::Full);
        assert!(matches!(Reaction::of(&transcript).unwrap().kind, Kind::Malformed { .. }));
        assert!(transcript.remarks.iter().any(|remark| remark.contains("only the first")));
    }
}
