//! Hellos of several connections, all of which stand before what answers them, as in a file of both
//! streams one behind the other: a second hello has the random bytes of the first, RFC 8446 section
//! 4.1.2, and a server of TLS 1.3 sends back the session id of the hello that it answers, section
//! 4.1.3.

use super::Review;
use super::offer::Offer;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::client_rules::verify_data;
use crate::wire::handshake::server_hello::ServerHello;
use crate::wire::limits::HELLOS;
use crate::wire::side::Side;
use crate::wire::stream::Message;

/// Hellos of other connections than the last one, which are not known to be answered.
#[derive(Debug, Default)]
pub(super) struct Others(Vec<Offer>);

impl Others {
    /// Whether there are some.
    pub(super) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    fn keep(&mut self, hello: Option<Offer>) {
        self.0.extend(hello.filter(|_| self.0.len() < HELLOS));
    }
}

impl Review {
    /// Whether a message begins another connection: a hello behind a fatal alert, which ended the one
    /// before it, RFC 5246 section 7.2.2. In datagrams anybody may have sent that, and a hello be sent
    /// again.
    pub(super) fn begins_connection(&self, from: Side, message: &Message) -> bool {
        let Some(Handshake::ClientHello(hello)) = message.handshake() else { return false };
        let is_again = message.message_seq().is_some() && self.offer.as_deref() == Some(hello);
        let renegotiates = verify_data(hello).is_some_and(|before| !before.is_empty());
        self.over && from == Side::Client && !is_again && !renegotiates
    }

    /// Takes the client's next hello.
    pub(super) fn offer(&mut self, hello: &ClientHello) {
        let before = self.offer.replace(Offer::of(hello));
        if before.as_ref().is_some_and(|before| before.random != hello.random) {
            (self.told_version, self.told_clear) = ([false; 2], [false; 2]);
        }
        if self.unanswered {
            self.others.keep(before.filter(|before| before.random != hello.random));
        } else {
            self.others = Others::default();
        }
    }

    /// Takes for what the client offers the hello that is answered, where it is one of several; none
    /// where nothing tells which.
    pub(super) fn choose_offer(&mut self, answer: &ServerHello) {
        if self.others.are_none() {
            return;
        }
        let last = self.offer.take();
        self.others.keep(last);
        let id = &answer.legacy_session_id_echo;
        let tells = answer.version().is_tls13() && !id.0.is_empty();
        let mut fitting = self.others.0.iter().filter(|hello| hello.legacy_session_id == *id);
        if let (true, Some(hello), None) = (tells, fitting.next(), fitting.next()) {
            self.offer = Some(hello.clone());
        }
    }
}
