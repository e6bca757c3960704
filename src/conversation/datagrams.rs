//! The client's first flight over datagrams, which may be lost: the hello goes again where no
//! answer comes (RFC 6347 section 4.2.4), with a cookie where the server asks for one (section
//! 4.2.1), and with what a HelloRetryRequest asks for (RFC 9147 section 5.1).

use super::{Conversation, Progress};
use crate::hello::HelloSpec;
use crate::hello::second_hello::second_hello;
use crate::transcript::{End, Side, Source, Transcript};
use crate::wire::grammar::Opaque;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::server_hello::HelloRetryRequest;
use crate::wire::limits::COOKIES;
use crate::wire::stream::Unit;

/// Seconds until a flight goes again for the first time, each time twice as long, up to a minute.
const FIRST_WAIT: f64 = 1.0;
const LONGEST_WAIT: f64 = 60.0;

/// One hello by datagrams, and what comes back.
#[derive(Debug)]
pub struct DatagramConversation {
    conversation: Conversation,
    /// The hello as it goes out next: the headers count on.
    spec: HelloSpec,
    /// When that is, in seconds from the start.
    due: f64,
    wait: f64,
    cookies: usize,
    /// Whether a HelloRetryRequest was answered.
    retried: bool,
}

/// What a server asks for before it answers.
enum Asked {
    Cookie(Vec<u8>),
    Another(HelloRetryRequest),
}

impl DatagramConversation {
    /// A conversation that begins with this hello, which is due at once.
    pub fn new(spec: HelloSpec) -> DatagramConversation {
        let conversation = Conversation::new(&[]);
        DatagramConversation {
            conversation,
            spec,
            due: 0.0,
            wait: FIRST_WAIT,
            cookies: 0,
            retried: false,
        }
    }

    /// When the hello goes out next, in seconds from the start, unless something comes before.
    pub fn due(&self) -> f64 {
        self.due
    }

    /// The datagrams that go out now, each once: none where it is not time yet, or where nothing
    /// is waited for any more.
    pub fn send(&mut self, time: f64) -> Vec<Vec<u8>> {
        if time < self.due || self.progress() != Progress::Waiting {
            return Vec::new();
        }
        let datagrams = self.spec.datagrams();
        // A record that goes again is another record.
        self.spec.dtls.sequence_number = self.spec.dtls.number(datagrams.len());
        for datagram in &datagrams {
            self.conversation.recorder.push_datagram(Side::Client, Some(time), datagram);
        }
        self.due = time + self.wait;
        self.wait = (self.wait * 2.0).min(LONGEST_WAIT);
        datagrams
    }

    /// Hands in a datagram from the server.
    pub fn receive(&mut self, time: f64, datagram: &[u8]) -> Progress {
        let new = self.conversation.take(time, datagram, true);
        let events = self.conversation.recorder.events();
        let fresh = events.get(events.len() - new..).unwrap_or_default();
        let asked = fresh.iter().find_map(|event| match &event.unit {
            Unit::Message(message) => match message.handshake()? {
                Handshake::HelloVerifyRequest(request) => {
                    Some(Asked::Cookie(request.cookie.0.to_vec()))
                }
                Handshake::HelloRetryRequest(retry) => Some(Asked::Another(retry.clone())),
                _ => None,
            },
            Unit::Header(_) => None,
        });
        match asked {
            Some(Asked::Cookie(cookie)) => self.answer_cookie(time, cookie),
            Some(Asked::Another(retry)) => self.answer_retry(time, &retry),
            None => {}
        }
        self.progress()
    }

    /// Makes the hello due that a HelloRetryRequest asks for, as the next message. One that was on
    /// its way twice is answered once.
    fn answer_retry(&mut self, time: f64, retry: &HelloRetryRequest) {
        if !self.retried {
            // Where there is none, that it was asked for is all that is known.
            let Some(second) = second_hello(&self.spec, retry) else { return };
            self.spec = second;
            self.retried = true;
            self.next_message(time);
        }
        self.conversation.progress = Progress::Waiting;
    }

    /// What goes out next is the next message, and is due.
    fn next_message(&mut self, time: f64) {
        self.spec.dtls.message_seq = self.spec.dtls.message_seq.wrapping_add(1);
        self.due = time;
        self.wait = FIRST_WAIT;
    }

    /// Makes the hello with the cookie due, as the next message. A request that was on its way
    /// twice is answered once, and one for a hello that has no place for a cookie decides.
    fn answer_cookie(&mut self, time: f64, cookie: Vec<u8>) {
        let typed = self.spec.is_typed();
        let place = &mut self.spec.hello.cookie.0;
        match place {
            Some(before) if before.0[..] == cookie => {}
            Some(place) if typed && self.cookies < COOKIES => {
                *place = Opaque::new(cookie);
                self.cookies += 1;
                self.next_message(time);
            }
            _ => self.conversation.progress = Progress::Decided,
        }
    }

    /// Whether there is more to wait for.
    pub fn progress(&self) -> Progress {
        self.conversation.progress()
    }

    /// The conversation is over, as [`Conversation::finish`] has it.
    pub fn finish(self, source: Source, end: End) -> Transcript {
        self.conversation.finish(source, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::framing::{DTLS_OVERHEAD, Framing, reframe};
    use crate::hello::preset::Preset;
    use crate::names::{CipherSuite, CompressionMethod, ContentType, NamedGroup, ProtocolVersion};
    use crate::transcript::{Kind, Reaction, Step};
    use crate::wire::extension::{Block, ClientExtension, HelloRetryExtension};
    use crate::wire::grammar::{Codes, Fixed, Uint24, Wire};
    use crate::wire::handshake::client_hello::ClientHello;
    use crate::wire::handshake::random::{HELLO_RETRY_REQUEST, Random};
    use crate::wire::record::dtls::{DtlsHeader, Uint48};

    fn spec() -> HelloSpec {
        let mut spec = Preset::find("openssl-1.1.1n").unwrap().spec.clone();
        reframe(&mut spec, Framing::Dtls);
        spec
    }

    fn record(message: &[u8], sequence_number: u64) -> Vec<u8> {
        let header = DtlsHeader {
            content_type: ContentType::handshake,
            legacy_record_version: ProtocolVersion::DTLS1_0,
            epoch: 0,
            sequence_number: Uint48(sequence_number),
            length: message.len() as u16,
        };
        [header.to_bytes(), message.to_vec()].concat()
    }

    fn verify_request(cookie: &[u8], sequence_number: u64) -> Vec<u8> {
        let body = [&[0xfe, 0xff, cookie.len() as u8][..], cookie].concat();
        let length = Uint24(body.len() as u32).to_bytes();
        let message = [&[3][..], &length, &[0, 0, 0, 0, 0], &length, &body].concat();
        record(&message, sequence_number)
    }

    /// The hellos that were sent, each with its number in the handshake, and the numbers of the
    /// records.
    fn sent(transcript: &Transcript) -> (Vec<(u16, ClientHello)>, Vec<u64>) {
        let hellos =
            transcript.from(Side::Client).filter_map(|message| match message.handshake() {
                Some(Handshake::ClientHello(hello)) => {
                    let number = u16::from_be_bytes([message.bytes[4], message.bytes[5]]);
                    Some((number, hello.clone()))
                }
                _ => None,
            });
        let headers = transcript.events.iter().filter(|event| event.from == Side::Client);
        let numbers = headers.filter_map(|event| match &event.unit {
            Unit::Header(header) => match &header.framing {
                crate::wire::stream::Framing::Dtls(header) => Some(header.sequence_number.0),
                _ => None,
            },
            Unit::Message(_) => None,
        });
        (hellos.collect(), numbers.collect())
    }

    #[test]
    fn the_hello_goes_again_after_1_2_4_seconds_in_records_of_new_numbers() {
        let mut conversation = DatagramConversation::new(spec());
        let mut times = Vec::new();
        for tenth in 0..80 {
            let time = f64::from(tenth) / 10.0;
            if !conversation.send(time).is_empty() {
                times.push(time);
            }
        }
        assert_eq!(times, [0.0, 1.0, 3.0, 7.0]);
        let transcript = conversation.finish(Source::default(), End::Open);
        let (hellos, numbers) = sent(&transcript);
        assert_eq!(numbers, [0, 1, 2, 3]);
        assert!(hellos.iter().all(|hello| *hello == hellos[0]));
        assert_eq!(Reaction::of(&transcript).unwrap().kind, Kind::Silence);
    }

    #[test]
    fn numbers_that_jump_go_on_jumping() {
        let mut spec = spec();
        spec.records = vec![200];
        spec.dtls.sequence_step = Some(0x8000);
        let mut conversation = DatagramConversation::new(spec);
        assert_eq!(conversation.send(0.0).len(), 2);
        assert_eq!(conversation.send(1.0).len(), 2);
        let (_, numbers) = sent(&conversation.finish(Source::default(), End::Open));
        assert_eq!(numbers, [0, 0x8000, 0x10000, 0x18000]);
    }

    #[test]
    fn a_cookie_is_brought_back_once_in_the_next_message() {
        let mut conversation = DatagramConversation::new(spec());
        assert_eq!(conversation.send(0.0).len(), 1);
        let request = verify_request(b"a cookie", 0);
        assert_eq!(conversation.receive(0.5, &request), Progress::Waiting);
        assert_eq!(conversation.send(0.5).len(), 1);
        // It was on its way twice.
        conversation.receive(0.6, &request);
        assert_eq!(conversation.send(0.6).len(), 0);
        assert_eq!(conversation.due(), 1.5);
        let (hellos, numbers) = sent(&conversation.finish(Source::default(), End::Open));
        assert_eq!(numbers, [0, 1]);
        let [(0, first), (1, second)] = &hellos[..] else { panic!("{hellos:?}") };
        assert_eq!(first.cookie.0.as_ref().unwrap().0[..], *b"");
        assert_eq!(second.cookie.0.as_ref().unwrap().0[..], *b"a cookie");
        let without = |hello: &ClientHello| ClientHello {
            cookie: crate::wire::grammar::OnlyDtls(None),
            ..hello.clone()
        };
        assert_eq!(without(first), without(second));
    }

    #[test]
    fn a_hello_retry_request_is_answered_once_in_the_next_message() {
        let mut spec = Preset::find("openssl-3.0.19-s_client").unwrap().spec.clone();
        reframe(&mut spec, Framing::Dtls);
        spec.extensions_mut()
            .push(ClientExtension::SupportedVersions(Codes::new(vec![ProtocolVersion::DTLS1_3])));
        let group = NamedGroup::secp256r1;
        let retry = Handshake::HelloRetryRequest(HelloRetryRequest {
            legacy_version: ProtocolVersion::DTLS1_2,
            random: Random(Fixed(HELLO_RETRY_REQUEST)),
            legacy_session_id_echo: Opaque::new(vec![]),
            cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
            legacy_compression_method: CompressionMethod::null,
            extensions: Some(Block(vec![
                HelloRetryExtension::SupportedVersions(ProtocolVersion::DTLS1_3),
                HelloRetryExtension::KeyShare(group),
                HelloRetryExtension::Cookie(Opaque::new(b"a cookie".to_vec())),
            ])),
        });
        let bytes = retry.to_bytes();
        let (head, body) = bytes.split_at(4);
        let message = [head, &[0; 5], &head[1..], body].concat();
        let retry = record(&message, 0);
        let mut conversation = DatagramConversation::new(spec);
        conversation.send(0.0);
        assert_eq!(conversation.receive(0.5, &retry), Progress::Waiting);
        assert!(!conversation.send(0.5).is_empty());
        conversation.receive(0.6, &retry);
        assert_eq!(conversation.send(0.6).len(), 0);
        let transcript = conversation.finish(Source::default(), End::Open);
        let (hellos, _) = sent(&transcript);
        let [(0, _), (1, second)] = &hellos[..] else { panic!("{hellos:?}") };
        let shares = second.extensions().iter().find_map(|one| match one {
            ClientExtension::KeyShare(shares) => Some(&shares.0),
            _ => None,
        });
        assert!(matches!(&shares.unwrap()[..], [share] if share.group == group));
        assert!(second.extensions().iter().any(|one| matches!(one, ClientExtension::Cookie(_))));
        let reaction = Reaction::of(&transcript).unwrap();
        assert_eq!((reaction.kind, reaction.step), (Kind::Silence, Step::HelloRetry));
    }

    #[test]
    fn a_server_that_asks_for_ever_is_answered_a_few_times() {
        let mut conversation = DatagramConversation::new(spec());
        let mut flights = 0;
        for number in 0..100 {
            let time = f64::from(number) / 1000.0;
            flights += usize::from(!conversation.send(time).is_empty());
            conversation.receive(time, &verify_request(&number.to_string().into_bytes(), 0));
        }
        assert_eq!(flights, 1 + COOKIES);
        assert_eq!(conversation.progress(), Progress::Decided);
    }

    #[test]
    fn raw_bytes_get_no_cookie() {
        let mut spec = spec();
        spec.raw = Some(crate::wire::grammar::Rest(spec.message().into()));
        let mut conversation = DatagramConversation::new(spec);
        conversation.send(0.0);
        assert_eq!(conversation.receive(0.1, &verify_request(b"c", 0)), Progress::Decided);
        assert_eq!(conversation.send(0.1).len(), 0);
    }

    #[test]
    fn fragments_fit_their_datagrams_and_are_one_hello() {
        let mut spec = spec();
        spec.records = vec![100 - DTLS_OVERHEAD];
        let mut conversation = DatagramConversation::new(spec.clone());
        let datagrams = conversation.send(0.0);
        assert!(datagrams.len() > 3, "{}", datagrams.len());
        let (last, full) = datagrams.split_last().unwrap();
        assert!(full.iter().all(|datagram| datagram.len() == 100) && last.len() <= 100);
        let (hellos, numbers) = sent(&conversation.finish(Source::default(), End::Open));
        assert_eq!(hellos, [(0, spec.hello)]);
        assert_eq!(numbers, (0..datagrams.len() as u64).collect::<Vec<_>>());
    }

    #[test]
    fn the_end_of_a_flight_waits_for_what_it_overtook() {
        let spec = spec();
        let [high, low] = spec.hello.cipher_suites.0[0].0.to_be_bytes();
        let hello = [&[0xfe, 0xfd][..], &[7; 32], &[0, high, low, 0]].concat();
        let message = |msg_type: u8, number: u8, body: &[u8]| {
            let length = Uint24(body.len() as u32).to_bytes();
            let header = [&[msg_type][..], &length, &[0, number, 0, 0, 0], &length].concat();
            record(&[header, body.to_vec()].concat(), number.into())
        };
        let certificate = message(11, 1, &[0; 3]);
        // A server may begin with the number of the hello that it answers.
        for first in [0, 5] {
            let mut conversation = DatagramConversation::new(spec.clone());
            conversation.send(0.0);
            let done = message(14, first + 1, &[]);
            assert_eq!(conversation.receive(0.1, &done), Progress::Waiting);
            assert_eq!(conversation.receive(0.2, &message(2, first, &hello)), Progress::Decided);
            let transcript = conversation.finish(Source::default(), End::Open);
            let reaction = Reaction::of(&transcript).unwrap();
            assert!(reaction.accepted(), "{reaction:?}");
            assert!(transcript.remarks.is_empty());
        }
        // What is lost is not taken for left out.
        let mut conversation = DatagramConversation::new(spec.clone());
        conversation.send(0.0);
        assert_eq!(conversation.receive(0.1, &certificate), Progress::Waiting);
        let transcript = conversation.finish(Source::default(), End::Open);
        assert_eq!(Reaction::of(&transcript).unwrap().kind, Kind::Silence);
        let lost = "of the server's messages, 0 (message_seq) did not come";
        assert_eq!(transcript.remarks, [lost]);
        // Nor is what is left out taken for lost.
        let mut conversation = DatagramConversation::new(spec);
        conversation.send(0.0);
        conversation.receive(0.1, &verify_request(b"a cookie", 0));
        conversation.receive(0.2, &certificate);
        let transcript = conversation.finish(Source::default(), End::Open);
        let what = "a certificate before a server_hello".to_owned();
        assert_eq!(Reaction::of(&transcript).unwrap().kind, Kind::Malformed { what });
    }

    #[test]
    fn what_is_no_dtls_decides() {
        for bytes in
            [&b"HTTP/1.1 400\r\n"[..], &[21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40]]
        {
            let mut conversation = DatagramConversation::new(spec());
            conversation.send(0.0);
            assert_eq!(conversation.receive(0.1, bytes), Progress::Decided, "{bytes:?}");
        }
    }
}
