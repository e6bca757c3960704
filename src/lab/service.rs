//! What a server of the lab does with the bytes of a client: a function without a socket.

use std::net::SocketAddr;

use super::first_flight::{Change, alert, changed_flight, first_flight};
use super::luck::{Luck, Rate, Throw};
use crate::hello::{Condition, Facts};
use crate::names::{AlertDescription, AlertLevel, ContentType};
use crate::quirks::{Quirk, Response};
use crate::wire::grammar::Context;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::record::looks_like_records;
use crate::wire::stream::{Stream, Unit};

/// What listens at a port.
#[derive(Clone, Debug, Default)]
pub struct Service {
    protocol: Protocol,
    rules: Vec<(Rule, Rate)>,
    luck: Luck,
}

/// When a service goes wrong, and what it does then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// When.
    pub condition: Condition,
    /// What.
    pub response: Response,
}

impl From<&Quirk> for Rule {
    fn from(quirk: &Quirk) -> Rule {
        Rule { condition: quirk.condition.clone(), response: quirk.reaction.clone() }
    }
}

/// What a service does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It waits for the rest of the hello.
    NeedMore,
    /// It sends this, and the client is next.
    Send(Vec<u8>),
    /// It sends this and closes the connection.
    SendThenClose(Vec<u8>),
    /// It sends this, says nothing any more, and keeps the connection.
    SendThenSilence(Vec<u8>),
    /// It leaves the client to the server in front of which it stands, from the client's first byte
    /// on. Of what that server says so many bytes are passed on, or all.
    PassOn(Option<usize>),
    /// It sends this, and then leaves the client to that server.
    SendThenPassOn(Vec<u8>),
    /// It says nothing any more, and keeps the connection.
    Silence,
    /// It closes the connection without a word.
    Close,
    /// It resets the connection.
    Reset,
}

/// What is done with a client's bytes, and which rule says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What is done.
    pub answer: Answer,
    /// The rule that struck, by its place among those that were added.
    pub struck: Option<usize>,
}

#[derive(Clone, Debug, Default)]
enum Protocol {
    #[default]
    Tls,
    Http,
    Smtp,
    /// What another server speaks.
    Upstream(Vec<SocketAddr>),
}

/// What an HTTP server in clear says to a hello.
const HTTP_ANSWER: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// What a mail server says at once, RFC 5321 section 4.3.1, and to what is no command of its.
const SMTP_GREETING: &[u8] = b"220 lab.helloscope.test ESMTP\r\n";
const SMTP_ANSWER: &[u8] = b"502 5.5.2 Error: command not recognized\r\n";

impl Service {
    /// A TLS server that takes any hello that it can: TLS 1.0 to 1.2, with an RSA and an ECDSA
    /// certificate.
    pub fn healthy() -> Service {
        Service::default()
    }

    /// The same service, gone wrong in one more way. The rule that was added first counts first.
    ///
    /// ```
    /// use helloscope::lab::Service;
    /// use helloscope::quirks::Quirk;
    ///
    /// let service = Service::healthy().with(Quirk::find("f5-256-511")?);
    /// # Ok::<(), helloscope::quirks::UnknownQuirk>(())
    /// ```
    pub fn with(self, rule: impl Into<Rule>) -> Service {
        self.with_at(rule, Rate::ALWAYS)
    }

    /// The same with a rule that strikes only at a rate of the connections for which it holds.
    pub fn with_at(mut self, rule: impl Into<Rule>, rate: Rate) -> Service {
        self.rules.push((rule.into(), rate));
        self
    }

    /// The same service, whose luck comes from a seed: the same with each connection in turn.
    pub fn seeded(mut self, seed: &str) -> Service {
        self.luck = Luck::seeded(seed);
        self
    }

    /// A service that stands in front of a real server, at the first of these addresses that
    /// answers: what no rule of its own strikes goes there.
    pub fn before(upstream: Vec<SocketAddr>) -> Service {
        Service { protocol: Protocol::Upstream(upstream), ..Service::default() }
    }

    /// An HTTP server in clear.
    pub fn http() -> Service {
        Service { protocol: Protocol::Http, ..Service::default() }
    }

    /// A mail server, which speaks first, and in clear.
    pub fn smtp() -> Service {
        Service { protocol: Protocol::Smtp, ..Service::default() }
    }

    /// The addresses of the server in front of which it stands; none where it stands for itself.
    pub fn upstream(&self) -> Option<&[SocketAddr]> {
        match &self.protocol {
            Protocol::Upstream(addresses) => Some(addresses),
            _ => None,
        }
    }

    /// What it says before the client has said anything.
    pub fn greeting(&self) -> Option<&'static [u8]> {
        match self.protocol {
            Protocol::Smtp => Some(SMTP_GREETING),
            Protocol::Tls | Protocol::Http | Protocol::Upstream(_) => None,
        }
    }

    /// What it does when a client has sent `flight` so far, in segments of these sizes, and what
    /// it does now is all that the client sees of it. A client that says its hello in pieces is a
    /// [`Visit`].
    pub fn answer(&self, flight: &[u8], segments: &[usize]) -> Answer {
        self.visit().decide(flight, segments).answer
    }

    /// One more client: which of the rules that strike at a rate may strike it is thrown now.
    pub fn visit(&self) -> Visit<'_> {
        Visit { service: self, throw: self.luck.throw() }
    }
}

/// A service as one client sees it, from one connection to its end.
#[derive(Debug)]
pub struct Visit<'s> {
    service: &'s Service,
    throw: Throw,
}

impl Visit<'_> {
    /// What is done when the client has sent `flight` so far, in segments of these sizes: the same
    /// each time it is asked.
    pub fn decide(&self, flight: &[u8], segments: &[usize]) -> Decision {
        let by_itself = |answer| Decision { answer, struck: None };
        if flight.is_empty() {
            return by_itself(Answer::NeedMore);
        }
        match self.service.protocol {
            Protocol::Tls | Protocol::Upstream(_) => self.decide_tls(flight, segments),
            Protocol::Http => by_itself(Answer::SendThenClose(HTTP_ANSWER.to_vec())),
            Protocol::Smtp => by_itself(Answer::Send(SMTP_ANSWER.to_vec())),
        }
    }

    fn decide_tls(&self, flight: &[u8], segments: &[usize]) -> Decision {
        let first = First::of(flight);
        let answer = match first {
            First::Incomplete => Answer::NeedMore,
            First::Hello(_) | First::Broken | First::Sslv2 => {
                if let Some((place, rule)) = self.rule(&Facts::of(flight, segments)) {
                    return Decision { answer: self.play(rule, &first), struck: Some(place) };
                }
                self.healthy(&first)
            }
            First::NoHello | First::NotTls => self.healthy(&first),
        };
        Decision { answer, struck: None }
    }

    /// The first rule that holds and is in luck.
    fn rule(&self, facts: &Facts) -> Option<(usize, &Response)> {
        let mut lucky = self.throw.strikes();
        // The luck of a rule does not hang on whether those before it hold.
        let rules = self.service.rules.iter().map(|(rule, rate)| (rule, lucky.next(*rate)));
        let mut striking = rules.enumerate().filter(|(_, (_, strikes))| *strikes);
        let found = striking.find(|(_, (rule, _))| rule.condition.holds(facts));
        found.map(|(place, (rule, _))| (place, &rule.response))
    }

    /// What is done where no rule strikes.
    fn healthy(&self, first: &First) -> Answer {
        if self.service.upstream().is_some() {
            return match first {
                First::Incomplete => Answer::NeedMore,
                _ => Answer::PassOn(None),
            };
        }
        let refuse = |hello, description| {
            Answer::SendThenClose(alert(hello, AlertLevel::fatal, description))
        };
        match first {
            First::Incomplete => Answer::NeedMore,
            First::NotTls | First::Sslv2 => Answer::Close,
            First::NoHello => refuse(None, AlertDescription::unexpected_message),
            First::Broken => refuse(None, AlertDescription::decode_error),
            First::Hello(hello) => match first_flight(hello) {
                Ok(records) => Answer::Send(records),
                Err(description) => refuse(Some(&**hello), description),
            },
        }
    }

    fn play(&self, response: &Response, first: &First) -> Answer {
        let hello = match first {
            First::Hello(hello) => Some(&**hello),
            _ => None,
        };
        // Of what cannot be read as a hello nothing can be chosen, whatever the change.
        let with = |change| match hello.map(|hello| changed_flight(hello, change)) {
            Some(Ok(records)) => Answer::Send(records),
            Some(Err(_)) | None => self.healthy(first),
        };
        match response {
            Response::Silence => Answer::Silence,
            Response::Close => Answer::Close,
            Response::Reset => Answer::Reset,
            Response::Alert { level, description } => {
                Answer::SendThenClose(alert(hello, *level, *description))
            }
            Response::Plaintext(text) => Answer::SendThenClose(text.as_bytes().to_vec()),
            Response::Garbage(length) => {
                Answer::SendThenClose(self.throw.garbage((*length).into()))
            }
            Response::Stall(length) => {
                let most = usize::try_from(*length).unwrap_or(usize::MAX);
                match self.healthy(first) {
                    Answer::Send(mut bytes) | Answer::SendThenClose(mut bytes) => {
                        bytes.truncate(most);
                        Answer::SendThenSilence(bytes)
                    }
                    Answer::PassOn(_) => Answer::PassOn(Some(most)),
                    _ => Answer::Silence,
                }
            }
            Response::OtherVersion => with(Change::Version(None)),
            Response::Version(version) => with(Change::Version(Some(*version))),
            Response::CipherSuite(suite) => with(Change::CipherSuite(*suite)),
            Response::Group(group) => with(Change::Group(*group)),
            Response::Warning(description) => {
                let warning = alert(hello, AlertLevel::warning, *description);
                let and = |bytes| [warning.clone(), bytes].concat();
                match self.healthy(first) {
                    Answer::Send(bytes) => Answer::Send(and(bytes)),
                    Answer::PassOn(_) => Answer::SendThenPassOn(warning),
                    Answer::SendThenClose(bytes) => Answer::SendThenClose(and(bytes)),
                    _ => Answer::SendThenClose(warning),
                }
            }
            Response::OtherCertificate => with(Change::OtherCertificate),
        }
    }
}

/// What the first message of a client is.
enum First {
    /// It is not whole yet.
    Incomplete,
    Hello(Box<ClientHello>),
    /// A hello that cannot be read.
    Broken,
    /// A hello in the framing of SSL 2.0, RFC 5246 appendix E.2.
    Sslv2,
    /// Another message of TLS.
    NoHello,
    NotTls,
}

impl First {
    fn of(flight: &[u8]) -> First {
        match *flight {
            [0x80..=0xff] | [0x80..=0xff, _] => return First::Incomplete,
            [high @ 0x80..=0xff, low, 1, ..] => {
                let length = usize::from(u16::from_be_bytes([high & 0x7f, low]));
                let whole = flight.len() >= 2 + length;
                return if whole { First::Sslv2 } else { First::Incomplete };
            }
            // A record of an odd version is known by what is in it.
            [ContentType::FIRST..=ContentType::LAST_OF_TLS, ..] if flight.len() < 7 => {
                return First::Incomplete;
            }
            _ if !looks_like_records(flight) => return First::NotTls,
            _ => {}
        }
        let mut stream = Stream::default();
        stream.push(flight);
        while let Some(unit) = stream.next(&mut Context::default()) {
            let Unit::Message(message) = unit else { continue };
            return match message.handshake() {
                Some(Handshake::ClientHello(hello)) => First::Hello(Box::new(hello.clone())),
                Some(_) => First::NoHello,
                None if message.content_type == Some(ContentType::handshake) => First::Broken,
                None => First::NoHello,
            };
        }
        First::Incomplete
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::grammar::Wire;
    use crate::wire::record::alert::Alert;

    fn hello(name: &str) -> Vec<u8> {
        let path = format!("{}/testdata/hellos/{name}.bin", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    fn healthy(flight: &[u8]) -> Answer {
        Service::healthy().answer(flight, &[])
    }

    /// The alert that an answer consists of.
    fn alert_of(answer: Answer) -> AlertDescription {
        let Answer::SendThenClose(bytes) = answer else { panic!("{answer:?}") };
        assert_eq!((bytes[0], &bytes[3..5]), (21, &[0, 2][..]));
        Alert::decode(&bytes[5..], Context::default()).unwrap().description
    }

    #[test]
    fn a_hello_is_waited_for_until_its_last_byte() {
        let hello = hello("openssl-1.0.1g");
        for cut in 0..hello.len() {
            assert_eq!(healthy(&hello[..cut]), Answer::NeedMore, "{cut}");
        }
        assert!(matches!(healthy(&hello), Answer::Send(_)));
    }

    #[test]
    fn what_is_no_hello_is_refused_as_it_deserves() {
        assert_eq!(healthy(b"GET / HTTP/1.0\r\n\r\n"), Answer::Close);
        let warning = [21, 3, 1, 0, 2, 1, 0];
        assert_eq!(alert_of(healthy(&warning)), AlertDescription::unexpected_message);
        let done = [22, 3, 1, 0, 4, 14, 0, 0, 0];
        assert_eq!(alert_of(healthy(&done)), AlertDescription::unexpected_message);
        let short = [22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3];
        assert_eq!(alert_of(healthy(&short)), AlertDescription::decode_error);
    }

    #[test]
    fn a_hello_in_the_framing_of_sslv2_is_whole_when_its_own_length_says_so() {
        let sslv2 = [0x80, 3, 1, 0, 2];
        for cut in 1..sslv2.len() {
            assert_eq!(healthy(&sslv2[..cut]), Answer::NeedMore);
        }
        assert_eq!(healthy(&sslv2), Answer::Close);
        let condition = serde_json::from_str(r#"{"field": "framing", "is": "sslv2"}"#).unwrap();
        let rule = Rule { condition, response: Response::Reset };
        assert_eq!(Service::healthy().with(rule).answer(&sslv2, &[]), Answer::Reset);
    }

    #[test]
    fn a_hello_of_an_odd_record_version_is_answered_all_the_same() {
        let mut hello = hello("openssl-1.0.1g");
        hello[1..3].copy_from_slice(&[9, 9]);
        assert!(matches!(healthy(&hello), Answer::Send(_)));
        assert_eq!(healthy(&hello[..6]), Answer::NeedMore);
    }

    #[test]
    fn an_ssl_3_0_hello_is_refused_for_its_version() {
        let mut hello = hello("openssl-1.0.1g");
        hello[9..11].copy_from_slice(&[3, 0]);
        assert_eq!(alert_of(healthy(&hello)), AlertDescription::protocol_version);
    }

    #[test]
    fn the_first_rule_that_holds_decides_and_rules_see_segments() {
        let rule = |json: &str, response| {
            let condition = serde_json::from_str(json).unwrap();
            Rule { condition, response }
        };
        let text = Response::Plaintext("too short\n".to_owned());
        let service = Service::healthy()
            .with(rule(r#"{"field": "tcp.first_segment", "max": 9}"#, text))
            .with(rule(r#"{"field": "tcp.segments", "min": 2}"#, Response::Silence));
        let hello = hello("openssl-1.0.1g");
        let cut_short = service.answer(&hello, &[5, hello.len() - 5]);
        assert_eq!(cut_short, Answer::SendThenClose(b"too short\n".to_vec()));
        assert_eq!(service.answer(&hello, &[100]), Answer::Silence);
        assert_eq!(service.visit().decide(&hello, &[100]).struck, Some(1));
        assert!(matches!(service.answer(&hello, &[]), Answer::Send(_)));
        assert_eq!(service.visit().decide(&hello, &[]).struck, None);
    }

    fn always(response: Response) -> Service {
        let condition = "flight.length>=1".parse().unwrap();
        Service::healthy().with(Rule { condition, response })
    }

    #[test]
    fn a_stall_sends_the_beginning_of_what_would_have_come() {
        let sent = |hello: &[u8], length| match always(Response::Stall(length)).answer(hello, &[]) {
            Answer::SendThenSilence(bytes) => bytes,
            answer => panic!("{answer:?}"),
        };
        let good = hello("openssl-1.0.1g");
        assert_eq!(sent(&good, 3), [22, 3, 3]);
        assert!(sent(&good, 0).is_empty());
        let Answer::Send(whole) = healthy(&good) else { panic!() };
        // The signature is another each time, and its length in DER with it.
        assert!(sent(&good, u32::MAX).len().abs_diff(whole.len()) <= 6);
        // What would have been an alert is the beginning of one.
        assert_eq!(sent(&[22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3], 6), [21, 3, 1, 0, 2, 2]);
    }

    #[test]
    fn garbage_and_luck_come_from_the_seed_and_are_others_with_each_client() {
        let garbage = |seed| {
            let service = always(Response::Garbage(100)).seeded(seed);
            let answer = |()| match service.answer(&hello("openssl-1.0.1g"), &[]) {
                Answer::SendThenClose(bytes) => bytes,
                answer => panic!("{answer:?}"),
            };
            [(), ()].map(answer)
        };
        let [first, second] = garbage("a");
        assert!(first.len() == 100 && first != second);
        assert_eq!(garbage("a"), [first.clone(), second]);
        assert_ne!(garbage("b")[0], first);
    }

    #[test]
    fn in_front_of_a_server_what_no_rule_strikes_is_its_own_affair() {
        let upstream = || Service::before(vec![([127, 0, 0, 1], 1).into()]);
        let rule = |text: &str, response| Rule { condition: text.parse().unwrap(), response };
        let service = upstream()
            .with(rule("extensions has padding", Response::Silence))
            .with(rule("server_name is null", Response::Stall(9)));
        let padded = hello("openssl-1.0.1g");
        assert_eq!(service.answer(&padded, &[]), Answer::Silence);
        assert_eq!(service.answer(&padded[..99], &[]), Answer::NeedMore);
        assert_eq!(service.answer(&hello("openssl-1.0.1e"), &[]), Answer::PassOn(None));
        assert_eq!(service.answer(b"GET / HTTP/1.0\r\n\r\n", &[]), Answer::PassOn(None));
        assert_eq!(service.answer(&[0x80, 3, 1, 0, 2], &[]), Answer::PassOn(Some(9)));
    }
}
