//! What a server of TLS 1.3 says behind the handshake, and what tells it apart from the rest of the
//! connection: the nonces of its tickets, RFC 8446 section 4.6.1, and the contexts of its requests for
//! certificates, section 4.3.2, which are empty within the handshake.

use std::collections::HashSet;

use super::{Review, Say};
use crate::names::HandshakeType;
use crate::wire::fault::Notices;
use crate::wire::handshake::certificate_request::CertificateRequest13;
use crate::wire::handshake::ticket::NewSessionTicket13;

/// What a server must not say twice in a connection.
#[derive(Debug, Default)]
pub(super) struct Names {
    nonces: HashSet<Vec<u8>>,
    contexts: HashSet<Vec<u8>>,
}

impl Review {
    /// Whether a request is of the handshake, and not of what comes behind it: by its context, which
    /// is empty there, but where all was seen by its place.
    pub(super) fn is_of_handshake(&self, request: &CertificateRequest13, say: &Say<'_>) -> bool {
        // In datagrams, the Finished before it may have been lost, and in a part of a log be left out.
        let [_, said] = &self.said;
        let is_early = !said.has(HandshakeType::certificate_verify);
        let is_seen = self.server.whole && is_early && !say.of_datagrams();
        !self.server.done && (is_seen || request.certificate_request_context.0.is_empty())
    }

    /// The context of a request.
    pub(super) fn request_context(&mut self, request: &CertificateRequest13, say: &mut Say<'_>) {
        const FIELD: &str = "certificate_request_context";
        const REFERENCE: &str = "RFC 8446 4.3.2";
        let context = &request.certificate_request_context.0[..];
        if self.is_of_handshake(request, say) {
            if !context.is_empty() {
                let found = "a context, as behind it";
                say.form(FIELD, "nothing in it within the handshake", found, REFERENCE);
            }
        } else if self.was_all_seen() && context.is_empty() {
            let expected = "a context, by which the answer is known";
            say.form(FIELD, expected, "none", REFERENCE);
        } else if self.is_again(context, |names| &mut names.contexts, say) {
            let expected = "a context that no request before it has";
            say.form(FIELD, expected, "the same again", REFERENCE);
        }
    }

    /// The nonce of a ticket.
    pub(super) fn ticket_nonce(&mut self, ticket: &NewSessionTicket13, say: &mut Say<'_>) {
        if self.is_again(&ticket.ticket_nonce.0, |names| &mut names.nonces, say) {
            let expected = "a nonce that no ticket before it has";
            say.form("ticket_nonce", expected, "the same again", "RFC 8446 4.6.1");
        }
    }

    /// Whether the connection has this name already. Datagrams are sent again as they are.
    fn is_again(
        &mut self,
        name: &[u8],
        names: fn(&mut Names) -> &mut HashSet<Vec<u8>>,
        say: &Say<'_>,
    ) -> bool {
        self.was_all_seen() && !say.of_datagrams() && !names(&mut self.names).insert(name.to_vec())
    }
}
