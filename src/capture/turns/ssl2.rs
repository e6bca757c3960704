//! Whose a record of SSL 2.0 is: messages in clear say it; of those that are protected the order in
//! Netscape's specification, section 1.3, makes a guess.

use super::{Last, Record, RecordKind, Sender, Turns};
use crate::names::{ProtocolVersion, Ssl2MessageType};
use crate::transcript::Side;
use crate::wire::grammar::{Context, Reader};
use crate::wire::record::ssl2::Ssl2Header;
use crate::wire::record::ssl2_signs::{
    looks_like_answer, looks_like_client_hello, looks_like_later, looks_like_master_key,
    looks_like_server_hello,
};
use crate::wire::stream::is_error;

/// Whose the protected records are at first: SERVER-VERIFY, CLIENT-FINISHED, SERVER-FINISHED.
const IN_ORDER: [Side; 3] = [Side::Server, Side::Client, Side::Server];

/// The same where a session goes on, which needs no CLIENT-MASTER-KEY.
const OF_SESSION: [Side; 3] = [Side::Client, Side::Server, Side::Server];

/// The record that begins here, if it is one.
pub(super) fn header(bytes: &[u8]) -> Option<Record> {
    let mut r = Reader::<()>::new(bytes, Context::default());
    let header = Ssl2Header::read(&mut r).ok()?;
    let kind = RecordKind::Ssl2 { padding: header.padding.map_or(0, usize::from) };
    Some(Record { kind, header: r.at(), end: r.at() + header.length })
}

/// Whether a stream begins like this.
pub(super) fn is_first(bytes: &[u8]) -> bool {
    looks_like_client_hello(bytes) == Some(true)
        || looks_like_server_hello(bytes, true) == Some(true)
        || looks_like_later(bytes, None, true) == Some(true)
}

/// Whether one goes on like this before the keys are agreed.
pub(super) fn goes_on(bytes: &[u8]) -> bool {
    looks_like_answer(bytes, true, true) == Some(true) || looks_like_master_key(bytes) == Some(true)
}

impl Turns {
    /// Whether nothing but SSL 2.0 can follow.
    pub(super) fn is_ssl2_agreed(&self) -> bool {
        self.client.changed || self.is_ssl2_chosen()
    }

    fn is_ssl2_chosen(&self) -> bool {
        self.recorder.context().version == Some(ProtocolVersion::SSL2_0)
    }

    /// Who sent a record that has so many bytes of padding.
    pub(super) fn sender_of_ssl2(&mut self, fragment: &[u8], padding: usize) -> Sender {
        let msg_type = Ssl2MessageType(fragment.first().copied().unwrap_or_default());
        let agreed = self.is_ssl2_agreed();
        match msg_type {
            Ssl2MessageType::CLIENT_HELLO if !agreed => return (Side::Client, true),
            Ssl2MessageType::SERVER_HELLO if !agreed => return (Side::Server, true),
            Ssl2MessageType::CLIENT_MASTER_KEY if !self.client.changed => {
                return (Side::Client, true);
            }
            Ssl2MessageType::REQUEST_CERTIFICATE if !agreed => return (Side::Server, true),
            _ => {}
        }
        let both = self.client.spoke && self.server.spoke;
        if is_error(fragment, padding) {
            return match self.last {
                Last::ClientHello => (Side::Server, false),
                Last::ServerHello if both => (Side::Client, false),
                _ => (self.speaker, !both),
            };
        }
        if !both {
            return (self.speaker, true);
        }
        let order = if self.client.changed { IN_ORDER } else { OF_SESSION };
        let count = self.client.protected + self.server.protected;
        // Behind them, the client speaks first.
        let behind = if count == order.len() { Side::Client } else { self.speaker };
        let from = order.get(count).copied().unwrap_or(behind);
        self.part(from).protected += 1;
        (from, false)
    }
}
