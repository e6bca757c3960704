//! Of which version each ChangeCipherSpec is: before TLS 1.3 it changes keys, RFC 5246 section 7.1, and
//! in TLS 1.3 nothing, RFC 8446 section D.4. A file may hold several connections.

use super::{Side, Transcript};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::random::Random;
use crate::wire::stream::Body;

/// For each ChangeCipherSpec of a transcript in order, whether it is of TLS 1.3; none where the
/// connections are of several versions and nothing tells of which it is.
pub(super) fn are_of_tls13(transcript: &Transcript) -> Vec<Option<bool>> {
    let mut found = Found::default();
    for (event, message) in transcript.messages() {
        match (event.from, &message.body) {
            (from, Body::ChangeCipherSpec) => found.change(from),
            (Side::Client, Body::Handshake(handshake)) => {
                if let Handshake::ClientHello(hello) = &**handshake {
                    found.hello(hello);
                }
            }
            (Side::Server, Body::Handshake(handshake)) => match &**handshake {
                Handshake::ServerHello(hello) => found.answer(hello.version().is_tls13()),
                Handshake::DraftServerHello(hello) => found.answer(hello.version.is_tls13()),
                Handshake::HelloRetryRequest(_) | Handshake::DraftHelloRetryRequest(_) => {
                    found.answer(true);
                }
                _ => found.answered = true,
            },
            (Side::Server, _) => found.answered = true,
            _ => {}
        }
    }
    // What no answer is known to be to is of the version that all have.
    let mut answers = found.answers.iter();
    let first = answers.next().copied().unwrap_or_default();
    let common = answers.all(|answer| *answer == first).then_some(first);
    found.changes.into_iter().map(|own| own.or(common)).collect()
}

#[derive(Debug, Default)]
struct Found<'a> {
    changes: Vec<Option<bool>>,
    answers: Vec<bool>,
    /// The random bytes of the client's last hello, which its second one has as well.
    hello: Option<&'a Random>,
    /// The server said something behind it.
    answered: bool,
    /// Several hellos stand before what answers them.
    several: bool,
    /// What answers the client's last hello, and the server's own last one.
    of_client: Option<bool>,
    of_server: Option<bool>,
    /// Changes of the client's behind its last hello, before the answer to it.
    open: Vec<usize>,
}

impl<'a> Found<'a> {
    fn change(&mut self, from: Side) {
        let known = match from {
            Side::Client => self.of_client,
            Side::Server => self.of_server,
        };
        if from == Side::Client && known.is_none() {
            self.open.push(self.changes.len());
        }
        self.changes.push(known);
    }

    fn hello(&mut self, hello: &'a ClientHello) {
        let random = Some(&hello.random);
        let before = std::mem::replace(&mut self.hello, random);
        if before == random {
            return;
        }
        self.several = before.is_some() && !self.answered;
        self.answered = false;
        self.of_client = None;
        self.open.clear();
    }

    fn answer(&mut self, is_tls13: bool) {
        self.answered = true;
        self.answers.push(is_tls13);
        self.of_server = Some(is_tls13);
        if self.several {
            return;
        }
        self.of_client = self.of_server;
        for index in self.open.drain(..) {
            if let Some(change) = self.changes.get_mut(index) {
                *change = self.of_server;
            }
        }
    }
}
