//! Whose the data and the alerts are that both sides send by their keys before TLS 1.3, of which only
//! types and lengths are seen: as in most protocols inside, the client asks and the server answers.

use crate::names::{CipherMode, ContentType, Mac, ProtocolVersion};
use crate::transcript::Side;
use crate::wire::grammar::Context;

/// What was said so by keys.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Exchange {
    /// The client's first write is there, as far as nothing of the server's is.
    asked: Asked,
    /// Who ended with an alert.
    ended: Option<Side>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asked {
    #[default]
    No,
    /// Of its two records the first.
    InPart,
    Whole,
    Answered,
}

impl Exchange {
    /// Who sends a record, where more speaks for one than that he spoke last. Who ended says no more;
    /// behind a full handshake, in which the server spoke last, the client has something to say.
    pub(super) fn sender(&self, content_type: ContentType, is_full: bool) -> Option<Side> {
        if !matches!(content_type, ContentType::alert | ContentType::application_data) {
            return None;
        }
        let is_data = content_type == ContentType::application_data;
        match (self.ended, self.asked) {
            (Some(from), _) => Some(from.other()),
            (None, Asked::No) => is_full.then_some(Side::Client),
            (None, Asked::InPart) => Some(Side::Client),
            (None, Asked::Whole) => is_data.then_some(Side::Server),
            (None, Asked::Answered) => None,
        }
    }

    /// Notes a record by keys.
    pub(super) fn add(
        &mut self,
        from: Side,
        content_type: ContentType,
        length: usize,
        context: Context,
    ) {
        match content_type {
            ContentType::alert => self.ended = Some(from),
            ContentType::application_data => {
                self.asked = match (from, self.asked) {
                    (Side::Client, Asked::No) if begins_pair(length, context) => Asked::InPart,
                    (Side::Client, Asked::No | Asked::InPart) => Asked::Whole,
                    (Side::Client, asked) => asked,
                    (Side::Server, _) => Asked::Answered,
                };
            }
            _ => {}
        }
    }
}

/// Whether a record of this length may be the first of the two by which many write in the modes of SSL 3.0
/// and TLS 1.0 that BEAST (CVE-2011-3389) breaks: it has one byte or none.
fn begins_pair(length: usize, context: Context) -> bool {
    let Some(suite) = context.known_suite() else { return false };
    let is_chained = suite.cipher().is_some_and(|cipher| cipher.mode == CipherMode::Cbc);
    let Some(Mac::Hmac(hash)) = suite.mac() else { return false };
    // The MAC, and a block at most.
    is_chained
        && context.at_least(ProtocolVersion::TLS1_1) == Some(false)
        && length <= hash.length() + 16
}
