//! What a server of the lab does with the bytes of a client: a function without a socket.

use super::first_flight::{alert, first_flight};
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
    rules: Vec<Rule>,
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
    /// It says nothing any more, and keeps the connection.
    Silence,
    /// It closes the connection without a word.
    Close,
    /// It resets the connection.
    Reset,
}

#[derive(Clone, Copy, Debug, Default)]
enum Protocol {
    #[default]
    Tls,
    Http,
    Smtp,
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
    pub fn with(mut self, rule: impl Into<Rule>) -> Service {
        self.rules.push(rule.into());
        self
    }

    /// An HTTP server in clear.
    pub fn http() -> Service {
        Service { protocol: Protocol::Http, rules: Vec::new() }
    }

    /// A mail server, which speaks first, and in clear.
    pub fn smtp() -> Service {
        Service { protocol: Protocol::Smtp, rules: Vec::new() }
    }

    /// What it says before the client has said anything.
    pub fn greeting(&self) -> Option<&'static [u8]> {
        match self.protocol {
            Protocol::Smtp => Some(SMTP_GREETING),
            Protocol::Tls | Protocol::Http => None,
        }
    }

    /// What it does when a client has sent `flight` so far, in segments of these sizes.
    pub fn answer(&self, flight: &[u8], segments: &[usize]) -> Answer {
        if flight.is_empty() {
            return Answer::NeedMore;
        }
        match self.protocol {
            Protocol::Tls => self.answer_tls(flight, segments),
            Protocol::Http => Answer::SendThenClose(HTTP_ANSWER.to_vec()),
            Protocol::Smtp => Answer::Send(SMTP_ANSWER.to_vec()),
        }
    }

    fn answer_tls(&self, flight: &[u8], segments: &[usize]) -> Answer {
        let refuse = |hello, description| {
            Answer::SendThenClose(alert(hello, AlertLevel::fatal, description))
        };
        let first = First::of(flight);
        let hello = match &first {
            First::Incomplete => return Answer::NeedMore,
            First::NotTls => return Answer::Close,
            First::NoHello => return refuse(None, AlertDescription::unexpected_message),
            First::Hello(hello) => Some(hello.as_ref()),
            First::Broken | First::Sslv2 => None,
        };
        let facts = Facts::of(flight, segments);
        if let Some(rule) = self.rules.iter().find(|rule| rule.condition.holds(&facts)) {
            return play(&rule.response, hello);
        }
        match hello.map(first_flight) {
            Some(Ok(records)) => Answer::Send(records),
            Some(Err(description)) => refuse(hello, description),
            None if matches!(first, First::Sslv2) => Answer::Close,
            None => refuse(None, AlertDescription::decode_error),
        }
    }
}

fn play(response: &Response, hello: Option<&ClientHello>) -> Answer {
    match response {
        Response::Silence => Answer::Silence,
        Response::Close => Answer::Close,
        Response::Reset => Answer::Reset,
        Response::Alert { level, description } => {
            Answer::SendThenClose(alert(hello, *level, *description))
        }
        Response::Plaintext(text) => Answer::SendThenClose(text.as_bytes().to_vec()),
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
            [20..=24, ..] if flight.len() < 7 => return First::Incomplete,
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
        assert!(matches!(service.answer(&hello, &[]), Answer::Send(_)));
    }
}
