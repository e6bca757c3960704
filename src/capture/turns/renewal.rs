//! Whose the records are of a handshake by the keys of the one before it, of which only types and lengths
//! are seen: RFC 5246 sections 7.3, 7.4.1.1 and 7.4.1.2.

use super::Sender;
use crate::names::ContentType;
use crate::transcript::Side;

/// What both sides have sent of the handshake by keys.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Renewal {
    client: Own,
    server: Own,
    /// Who goes on, in a handshake that has begun.
    speaker: Option<Side>,
    /// The client's hello was the last.
    asked: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Own {
    /// How long its first record was, which has Finished.
    finished: Option<usize>,
    /// It sent more before the other's was there, as where one stream stands behind the other.
    more: bool,
    /// It changed its keys again, and sent Finished again.
    changed_again: bool,
    finished_again: bool,
}

impl Renewal {
    /// How long Finished is at the most, where both sides have sent it and nothing behind it.
    fn finished(&self) -> Option<usize> {
        let both = self.client.finished.zip(self.server.finished);
        let both = both.filter(|_| !self.client.more && !self.server.more);
        both.map(|(client, server)| client.max(server))
    }

    /// Who sends a record by keys, where it is of a handshake behind the first one. Longer than
    /// Finished is only a hello, and shorter only what asks for one.
    pub(super) fn sender(&self, content_type: ContentType, length: usize) -> Option<Sender> {
        let finished = self.finished()?;
        match (self.speaker, content_type) {
            (Some(speaker), ContentType::handshake | ContentType::change_cipher_spec) => {
                Some((speaker, self.asked))
            }
            (None, ContentType::handshake) if length > finished => Some((Side::Client, true)),
            (None, ContentType::handshake) => Some((Side::Server, false)),
            _ => None,
        }
    }

    /// Notes a record by keys.
    pub(super) fn add(&mut self, from: Side, content_type: ContentType, length: usize) {
        let is_handshake = content_type == ContentType::handshake;
        if !is_handshake && content_type != ContentType::change_cipher_spec {
            return;
        }
        let finished = self.finished();
        let (own, other) = match from {
            Side::Client => (&mut self.client, &self.server),
            Side::Server => (&mut self.server, &self.client),
        };
        let Some(finished) = finished else {
            own.more |= own.finished.is_some();
            own.finished = own.finished.or(is_handshake.then_some(length));
            return;
        };
        let asked = std::mem::take(&mut self.asked);
        if self.speaker.is_none() {
            if is_handshake && from == Side::Client && length > finished {
                self.client = Own { finished: self.client.finished, ..Own::default() };
                self.server = Own { finished: self.server.finished, ..Own::default() };
                (self.speaker, self.asked) = (Some(Side::Server), true);
            }
            return;
        }
        if !is_handshake {
            own.changed_again = true;
        } else if own.changed_again {
            own.finished_again = true;
            self.speaker = (!other.finished_again).then_some(from.other());
        } else if from == Side::Server && !asked && length < finished {
            // ServerHelloDone is as short as what asks for a hello.
            self.speaker = Some(Side::Client);
        }
    }
}
