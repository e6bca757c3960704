//! Tickets. `ticket_request`, RFC 9149 section 3: how many the client wants. `ticket_pinning`, RFC
//! 8672 section 3: a ticket by which a server proves that it is the one that gave it.

use crate::wire::grammar::{Opaque, P8, P16, message};

message! {
    /// What a client wants. The server answers with the number that it will give.
    TicketRequest, item "ticket_request", in "RFC 9149 3" {
        /// Tickets where a new session is made.
        new_session_count: u8,
        /// Tickets where a session goes on.
        resumption_count: u8,
    }
}

message! {
    /// What a client sends. On a first connection there is no ticket, and no length either.
    ClientTicketPinning, item "ticket_pinning", in "RFC 8672 3" {
        /// The ticket.
        ticket: Option<Opaque<P16>>,
    }
}

message! {
    /// What a server sends.
    ServerTicketPinning, item "ticket_pinning", in "RFC 8672 3" {
        /// Proof that the server can open the ticket; empty on a first connection.
        proof: Opaque<P8>,
        /// A new ticket.
        ticket: Opaque<P16>,
        /// Seconds for which the server will honour it.
        lifetime: u32,
    }
}
