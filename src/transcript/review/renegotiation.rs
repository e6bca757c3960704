//! What the hellos of a handshake say of the one before it, whose end they prove to be their own: RFC 5746
//! sections 3.5 and 3.7. It can be measured where that was in clear, as in logs and in suites that do not
//! encrypt.

use super::{Review, Say};
use crate::names::ContentType;
use crate::wire::fault::Notices;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_rules::verify_data;
use crate::wire::side::Side;
use crate::wire::stream::{Body, Message};

const FIELD: &str = "renegotiation_info";

impl Review {
    /// Keeps what a side ends its handshake by, until something is said that cannot be read and may be
    /// the end of another.
    pub(super) fn keep_end(&mut self, from: Side, message: &Message) {
        let is_assumed = message.tree.has_assumption();
        match (&message.body, message.handshake()) {
            (_, Some(Handshake::Finished(finished))) if !is_assumed => {
                *from.of_mut(&mut self.ended) = Some(finished.verify_data.0.to_vec());
            }
            // Another connection begins.
            (_, Some(Handshake::ClientHello(hello)))
                if verify_data(hello).is_none_or(<[u8]>::is_empty) =>
            {
                self.ended = [None, None];
            }
            (Body::Encrypted, _) if message.content_type == Some(ContentType::application_data) => {
            }
            (Body::Encrypted | Body::BrokenHandshake(_) | Body::Fragment(_) | Body::Rest, _) => {
                *from.of_mut(&mut self.ended) = None;
            }
            _ => {}
        }
    }

    /// A client's hello that says how the handshake before it ended.
    pub(super) fn client_renegotiates(&self, before: &[u8], say: &mut Say<'_>) {
        let [Some(client), _] = &self.ended else { return };
        if self.others.are_none() && !before.is_empty() && before != client {
            let expected = "the verify_data of the client's finished before it";
            say.form(FIELD, expected, "another", "RFC 5746 3.5");
        }
    }

    /// A server's answer that does.
    pub(super) fn server_renegotiates(&self, before: &[u8], say: &mut Say<'_>) {
        let [Some(client), Some(server)] = &self.ended else { return };
        let is_same = before.strip_prefix(&client[..]) == Some(&server[..]);
        if self.others.are_none() && !before.is_empty() && !is_same {
            let expected = "the verify_data of both sides' finished before it";
            say.form(FIELD, expected, "another", "RFC 5746 3.7");
        }
    }
}
