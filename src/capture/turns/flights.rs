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
    /// The client's hello offers early data.
    early: bool,
    /// How long the client's records by keys are before which there are none of the server: a bit for
    /// each length that a Finished may have, and the lowest for all others.
    ahead: u128,
    /// The client ended its early data, RFC 8446 section 4.5.
    ended_early: bool,
    /// What is said behind the tickets.
    exchange: Exchange,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Begun,
    /// The client said something by keys before that is no early data, as where its stream stands before
    /// the server's.
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
    /// Those behind a client's hello, which may offer early data.
    pub(super) fn behind_hello(early: bool) -> Flights {
        Flights { early, ..Flights::default() }
    }

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
                // The client has asked already.
                (is_ticket || self.ended_early).then_some(Side::Server)
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
            (Step::Begun, Side::Client) if self.server == 0 && self.early => {
                self.ahead |= bit(length);
                Step::Begun
            }
            // All that the client says stands before, with its own Finished.
            (Step::Begun, Side::Server)
                if self.server == 0
                    && finished(context).is_some_and(|it| self.ahead & bit(it) != 0) =>
            {
                Step::Apart
            }
            (Step::Begun, Side::Server) => {
                self.server += 1;
                if is_finished && self.server > 1 { Step::ServerFinished } else { Step::Begun }
            }
            (Step::Begun, Side::Client) if self.server == 0 => Step::Apart,
            (Step::Apart, _) => Step::Apart,
            // The server's Finished may be in the same record as all that stands before it.
            (Step::Begun | Step::ServerFinished | Step::ClientSpeaks, Side::Client)
                if is_finished =>
            {
                Step::ClientFinished
            }
            (Step::Begun | Step::ServerFinished, Side::Client) => {
                let ends = sealed(HEADER, context) == Some(length);
                self.ended_early = ends && self.ahead != 0;
                Step::ClientSpeaks
            }
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

/// The bit of a length, the lowest for all that no Finished has.
fn bit(length: usize) -> u128 {
    u32::try_from(length).ok().and_then(|length| 1_u128.checked_shl(length)).unwrap_or(1)
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
