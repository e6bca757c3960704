//! NewSessionTicket: RFC 5077 section 3.3 up to TLS 1.2, RFC 8446 section 4.6.1 in TLS 1.3.

use crate::wire::extension::{Block, TicketExtension};
use crate::wire::fault::Fault;
use crate::wire::grammar::{Opaque, P8, P16, Reader, Record, Wire, message};

/// The longest that a ticket is good for, in seconds.
const SEVEN_DAYS: u32 = 604_800;

message! {
    /// A ticket to come back with: up to TLS 1.2.
    NewSessionTicket, item "new_session_ticket", in "RFC 5077 3.3" {
        /// Seconds that it is good for; 0 says nothing.
        ticket_lifetime_hint: u32,
        /// The ticket.
        ticket: Opaque<P16>,
    }
}

message! {
    /// A ticket to come back with: TLS 1.3.
    NewSessionTicket13, item "new_session_ticket", in "RFC 8446 4.6.1", then check {
        /// Seconds that it is good for, 7 days at most.
        ticket_lifetime: u32,
        /// Added to the ticket's age, so that it cannot be followed.
        ticket_age_add: u32,
        /// A name of its own within the connection.
        ticket_nonce: Opaque<P8>,
        /// The ticket.
        ticket: Opaque<P16<1>>,
        /// How much early data it allows.
        extensions: Block<TicketExtension>,
    }
}

/// Notices a ticket that is said to be good for longer than any may be.
fn check<R: Record>(ticket: &NewSessionTicket13, r: &mut Reader<'_, R>) {
    if R::KEEPS && ticket.ticket_lifetime > SEVEN_DAYS {
        let fault = Fault::Value {
            expected: "604800 seconds at most, which are 7 days",
            found: ticket.ticket_lifetime.into(),
        };
        let start = r.at() - ticket.to_bytes().len();
        r.notice("ticket_lifetime", start..start + size_of::<u32>(), fault);
    }
}
