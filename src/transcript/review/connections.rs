//! Hellos of several connections, all of which stand before what answers them, as in a file of both
//! streams one behind the other: a second hello has the random bytes of the first, RFC 8446 section
//! 4.1.2, and a server of TLS 1.3 sends back the session id of the hello that it answers, section
//! 4.1.3.

use super::Review;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::server_hello::ServerHello;
use crate::wire::limits::HELLOS;

/// Hellos of other connections than the last one, which are not known to be answered.
#[derive(Debug, Default)]
pub(super) struct Others(Vec<ClientHello>);

impl Others {
    /// Whether there are some.
    pub(super) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    fn keep(&mut self, hello: Option<ClientHello>) {
        self.0.extend(hello.filter(|_| self.0.len() < HELLOS));
    }
}

impl Review {
    /// Takes the client's next hello.
    pub(super) fn offer(&mut self, hello: &ClientHello) {
        let before = self.offer.replace(hello.clone());
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
