//! Whose the records are that both sides send by their keys in TLS 1.3, all of which are data by their
//! types: a Finished has a length of its own, RFC 8446 sections 4.4.4 and 5.2, and so has an alert. Behind
//! the server's Finished the client goes on, and behind the client's the server with tickets as long as
//! each other; then one asks and the other answers.

use super::exchange::Exchange;
use crate::names::ContentType;
use crate::transcript::Side;
use crate::wire::grammar::Context;
use crate::wire::handshake::HEADER;
use crate::wire::record::alert;

/// How far both sides have come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flights {
    /// Records of the server by keys, before its Finished.
    server: usize,
    step: Step,
    /// The last record was as long as an alert, of this side.
    alert: Option<Side>,
    /// What is said behind the tickets.
    exchange: Exchange,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Begun,
    /// The client said something by keys before, as where its stream stands before the server's.
    Apart,
    ServerFinished,
    /// The client goes on.
    ClientSpeaks,
    ClientFinished,
    /// The last ticket had this length.
    Ticket(usize),
    Ended,
}

impl Flights {
    /// Who sends a record of this length, before one of that, where more speaks for one than that he spoke
    /// last.
    pub(super) fn sender(
        &self,
        length: usize,
        next: Option<usize>,
        context: Context,
    ) -> Option<Side> {
        let asked = || self.exchange.sender(ContentType::application_data, true);
        match self.step {
            Step::Begun | Step::Apart | Step::ClientSpeaks => None,
            Step::ServerFinished => Some(Side::Client),
            Step::ClientFinished => {
                let is_ticket = next == Some(length) && finished(context) < Some(length);
                is_ticket.then_some(Side::Server)
            }
            Step::Ticket(before) if before == length => Some(Side::Server),
            Step::Ticket(_) | Step::Ended => match self.alert {
                Some(from) if sealed(alert::LENGTH, context) == Some(length) => Some(from.other()),
                _ => asked(),
            },
        }
    }

    /// Notes a record. The server's Finished stands behind other messages, of which the first record has
    /// one at least.
    pub(super) fn add(&mut self, from: Side, length: usize, context: Context) {
        let is_finished = finished(context) == Some(length);
        self.alert = (sealed(alert::LENGTH, context) == Some(length)).then_some(from);
        self.step = match (self.step, from) {
            (Step::Begun, Side::Server) => {
                self.server += 1;
                if is_finished && self.server > 1 { Step::ServerFinished } else { Step::Begun }
            }
            (Step::Begun | Step::Apart, _) => Step::Apart,
            (Step::ServerFinished | Step::ClientSpeaks, Side::Client) if is_finished => {
                Step::ClientFinished
            }
            (Step::ServerFinished, Side::Client) => Step::ClientSpeaks,
            (Step::ClientFinished, Side::Server) => Step::Ticket(length),
            (Step::Ticket(before), Side::Server) if before == length => Step::Ticket(length),
            (Step::Ticket(_) | Step::Ended | Step::ClientFinished, _) => {
                self.exchange.add(from, ContentType::application_data, length, context);
                Step::Ended
            }
            (step, _) => step,
        };
    }
}

/// How long a record is that has a Finished and no more.
fn finished(context: Context) -> Option<usize> {
    sealed(HEADER + context.known_suite()?.hash()?.length(), context)
}

/// How long a record is that has so many bytes, with its type and a tag.
fn sealed(length: usize, context: Context) -> Option<usize> {
    let tag = context.known_suite()?.cipher()?.tag_bytes()?;
    Some(length + 1 + usize::from(tag))
}
