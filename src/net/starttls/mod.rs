//! What is said in clear before TLS begins, from the server's side: just enough that a client goes
//! on to its hello. No sockets: the client's bytes come in, and out come the server's, until it is
//! known where in the client's bytes TLS begins.
//!
//! `lines` has the protocols whose commands are lines, `ldap`, `databases` and `xmpp` the others.

mod databases;
mod ldap;
mod lines;
mod xmpp;

use crate::wire::limits::{DIALOGUE, DIALOGUE_LINE};

/// The name by which a server calls itself. It is nobody's, RFC 6761 section 6.2.
const NAME: &str = "helloscope.test";

/// A protocol that changes to TLS by a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 3207.
    Smtp,
    /// RFC 9051 section 6.2.1.
    Imap,
    /// RFC 2595 section 4.
    Pop3,
    /// RFC 4217 section 4.
    Ftp,
    /// RFC 4511 section 4.14.
    Ldap,
    /// PostgreSQL's protocol 3.0, "SSL Session Encryption".
    Postgres,
    /// MySQL's protocol, "Connection Phase".
    Mysql,
    /// RFC 6120 section 5.
    Xmpp,
}

impl Protocol {
    /// All, and what they are called.
    pub const ALL: [(&'static str, Protocol); 8] = [
        ("smtp", Protocol::Smtp),
        ("imap", Protocol::Imap),
        ("pop3", Protocol::Pop3),
        ("ftp", Protocol::Ftp),
        ("ldap", Protocol::Ldap),
        ("postgres", Protocol::Postgres),
        ("mysql", Protocol::Mysql),
        ("xmpp", Protocol::Xmpp),
    ];

    /// The protocol of a name.
    pub fn parse(name: &str) -> Option<Protocol> {
        Protocol::ALL.iter().find(|(known, _)| *known == name).map(|(_, protocol)| *protocol)
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        let known = Protocol::ALL.iter().find(|(_, protocol)| *protocol == self);
        known.map_or("", |(name, _)| name)
    }

    /// What the server says first; nothing where the client does.
    fn greeting(self) -> Vec<u8> {
        match self {
            Protocol::Smtp => format!("220 {NAME} ESMTP\r\n").into(),
            Protocol::Imap => {
                format!("* OK [CAPABILITY {}] {NAME}\r\n", lines::IMAP_CAPABILITIES).into()
            }
            Protocol::Pop3 => format!("+OK {NAME}\r\n").into(),
            Protocol::Ftp => format!("220 {NAME} FTP\r\n").into(),
            Protocol::Mysql => databases::mysql_greeting(),
            Protocol::Ldap | Protocol::Postgres | Protocol::Xmpp => Vec::new(),
        }
    }

    /// What the server makes of what was said and is not answered yet; none where more is needed.
    fn turn(self, said: &[u8]) -> Option<Turn> {
        match self {
            Protocol::Smtp => lines::turn(said, lines::smtp),
            Protocol::Imap => lines::turn(said, lines::imap),
            Protocol::Pop3 => lines::turn(said, lines::pop3),
            Protocol::Ftp => lines::turn(said, lines::ftp),
            Protocol::Ldap => ldap::turn(said),
            Protocol::Postgres => databases::postgres(said),
            Protocol::Mysql => databases::mysql(said),
            Protocol::Xmpp => xmpp::turn(said),
        }
    }
}

/// What the server makes of what was said. It hangs on no byte behind those that it is of.
struct Turn {
    /// How many bytes it is of, from the first: none only where the dialogue is over.
    length: usize,
    answer: Vec<u8>,
    then: State,
}

impl Turn {
    fn listen(length: usize, answer: impl Into<Vec<u8>>) -> Turn {
        Turn { length, answer: answer.into(), then: State::Talking }
    }

    fn tls(length: usize, answer: impl Into<Vec<u8>>) -> Turn {
        Turn { length, answer: answer.into(), then: State::Tls }
    }

    fn over(length: usize, answer: impl Into<Vec<u8>>, why: &'static str) -> Turn {
        Turn { length, answer: answer.into(), then: State::Over(why) }
    }
}

/// How far a dialogue has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The client has the word, or is to say more.
    Talking,
    /// TLS has begun, or is what comes next.
    Tls,
    /// It will not come to TLS, and why.
    Over(&'static str),
}

const LEAVES: &str = "it took its leave before it asked for TLS";
const NO_TLS: &str = "it went on without asking for TLS";
const TOO_LONG: &str = "it said more than any client says before TLS";
const NOT_SPOKEN: &str = "what it said is not of this protocol";

/// A dialogue with one client.
#[derive(Clone, Debug)]
pub struct Dialogue {
    protocol: Protocol,
    /// What was said and is not answered yet.
    said: Vec<u8>,
    /// Bytes of the client that are answered.
    answered: usize,
    state: State,
}

impl Dialogue {
    /// Begins a dialogue. Returns it, and what the server says first.
    pub fn begin(protocol: Protocol) -> (Dialogue, Vec<u8>) {
        let dialogue = Dialogue { protocol, said: Vec::new(), answered: 0, state: State::Talking };
        (dialogue, protocol.greeting())
    }

    /// Hands in what the client has sent. Returns what the server answers.
    pub fn receive(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        if self.state != State::Talking {
            return answer;
        }
        self.said.extend_from_slice(bytes);
        let mut at = 0;
        while self.state == State::Talking {
            let Some(said) = self.said.get(at..).filter(|said| !said.is_empty()) else { break };
            let near = said.get(..DIALOGUE_LINE).unwrap_or(said);
            match is_hello(self.protocol, near) {
                Some(true) => self.state = State::Tls,
                None => break,
                Some(false) => match self.protocol.turn(near) {
                    Some(turn) => {
                        at += turn.length;
                        answer.extend(turn.answer);
                        self.state = turn.then;
                    }
                    None if said.len() > DIALOGUE_LINE => self.state = State::Over(TOO_LONG),
                    None => break,
                },
            }
            if self.state == State::Talking && self.answered + at > DIALOGUE {
                self.state = State::Over(TOO_LONG);
            }
        }
        self.said.drain(..at.min(self.said.len()));
        self.answered += at;
        answer
    }

    /// How far it has come.
    pub fn state(&self) -> State {
        self.state
    }

    /// How many bytes the client has sent that are of the dialogue: where TLS begins, once it does.
    pub fn length(&self) -> usize {
        self.answered
    }
}

/// Whether a client says hello without having asked for TLS, as one does that was told of a port
/// where TLS is spoken from the first byte; none where more is needed to tell. A packet of MySQL that
/// begins in the same way has 64 KiB, which no client sends there, but for that of SSL 3.0.
fn is_hello(protocol: Protocol, said: &[u8]) -> Option<bool> {
    match *said {
        [22, 3, 0, ..] if protocol == Protocol::Mysql => Some(false),
        [22] | [22, 3] | [22, 3, 0..=4] | [22, 3, 0..=4, _] | [22, 3, 0..=4, _, _] => None,
        [22, 3, 0..=4, _, _, 1, ..] => Some(true),
        _ => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_protocol() -> impl Strategy<Value = Protocol> {
        prop::sample::select(Protocol::ALL.map(|(_, protocol)| protocol).to_vec())
    }

    /// Bytes as clients send them, with pieces of all their languages.
    fn any_words() -> impl Strategy<Value = Vec<u8>> {
        let words: Vec<&'static [u8]> = vec![
            b"EHLO there\r\n",
            b"STARTTLS\r\n",
            b"a1 ",
            b"CAPA\r\n",
            b"STLS\n",
            b"AUTH TLS\r\n",
            b"QUIT\r\n",
            b"\r\n",
            b"<stream:stream xmlns='jabber:client'>",
            b"<starttls",
            b"/>",
            b"<",
            b">",
            b"'",
            &[0x30, 0x84],
            &[0x30, 0x0c, 2, 1, 1, 0x77],
            &[0, 0, 0, 8],
            &[4, 0xd2, 0x16, 0x2f],
            &[32, 0, 0, 1],
            &[22, 3, 1, 2, 0, 1],
        ];
        let piece = prop_oneof![
            prop::sample::select(words).prop_map(<[u8]>::to_vec),
            prop::collection::vec(any::<u8>(), 0..40),
        ];
        prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn whatever_a_client_says_the_answer_is_bounded_and_hangs_on_no_cut(
            protocol in any_protocol(),
            said in any_words(),
            cuts in prop::collection::vec(1..20usize, 0..40),
        ) {
            let (mut whole, _) = Dialogue::begin(protocol);
            let answer = whole.receive(&said);
            prop_assert!(answer.len() <= 400 * (said.len() + 1), "{}", answer.len());
            prop_assert!(whole.length() <= said.len());
            let (mut cut, _) = Dialogue::begin(protocol);
            let mut pieces = Vec::new();
            let mut rest = said.as_slice();
            for size in cuts {
                let (piece, left) = rest.split_at(size.min(rest.len()));
                pieces.extend(cut.receive(piece));
                rest = left;
            }
            pieces.extend(cut.receive(rest));
            prop_assert_eq!((pieces, cut.state(), cut.length()), (answer, whole.state(), whole.length()));
        }
    }

    #[test]
    fn a_client_that_never_comes_to_the_point_is_left() {
        for (name, protocol) in Protocol::ALL {
            for word in [&b"NOOP\r\n"[..], b"x", b"\0", &[0x30, 5, 2, 1, 1, 0x50, 0], b"<a/>"] {
                let (mut dialogue, _) = Dialogue::begin(protocol);
                let mut answers = 0;
                for _ in 0..=DIALOGUE {
                    answers += dialogue.receive(word).len();
                }
                assert!(matches!(dialogue.state(), State::Over(_)), "{name} {word:?}");
                assert!(dialogue.said.len() <= DIALOGUE_LINE + word.len(), "{name}");
                assert!(answers < 100 * DIALOGUE, "{name} {answers}");
            }
        }
    }

    #[test]
    fn a_hello_that_nobody_asked_for_is_taken_as_one() {
        for (name, protocol) in Protocol::ALL {
            let (mut dialogue, _) = Dialogue::begin(protocol);
            dialogue.receive(&[22, 3, 1]);
            dialogue.receive(&[2, 0, 1, 0, 1, 0xfc]);
            assert_eq!((dialogue.state(), dialogue.length()), (State::Tls, 0), "{name}");
        }
        // Bytes that a packet may have.
        let (mut dialogue, _) = Dialogue::begin(Protocol::Mysql);
        dialogue.receive(&[22, 3, 0, 1, 0, 1, 0xfc]);
        assert_eq!(dialogue.state(), State::Talking);
    }

    #[test]
    fn every_protocol_is_called_by_its_name() {
        for (name, protocol) in Protocol::ALL {
            assert_eq!((Protocol::parse(name), protocol.name()), (Some(protocol), name));
        }
        assert_eq!(Protocol::parse("SMTP"), None);
    }
}
