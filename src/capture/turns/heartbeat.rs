//! Whose heartbeats are that are in clear: either side may ask, and nobody answers himself, RFC 6520
//! sections 3 and 4. They stand between what else is said, and change nothing of whose turn it is.

use crate::names::HeartbeatMessageType;
use crate::transcript::Side;

/// The heartbeats so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heartbeats {
    /// Who asked and has no answer yet.
    asked: Option<Side>,
    /// Who sent the last one.
    last: Option<Side>,
}

impl Heartbeats {
    /// Who sends one, where those before it tell, and whether that is sure: an answer is not of who
    /// asked. What has no type is the rest of one that is longer than a record.
    pub(super) fn sender(self, heartbeat: &[u8]) -> Option<(Side, bool)> {
        match msg_type(heartbeat) {
            HeartbeatMessageType::heartbeat_request => None,
            HeartbeatMessageType::heartbeat_response => self.asked.map(|from| (from.other(), true)),
            _ => self.last.map(|from| (from, false)),
        }
    }

    /// Notes one.
    pub(super) fn add(&mut self, from: Side, heartbeat: &[u8]) {
        self.last = Some(from);
        self.asked = match msg_type(heartbeat) {
            HeartbeatMessageType::heartbeat_request => Some(from),
            HeartbeatMessageType::heartbeat_response => None,
            _ => self.asked,
        };
    }
}

/// Whether a heartbeat asks for an answer.
pub(super) fn is_request(heartbeat: &[u8]) -> bool {
    msg_type(heartbeat) == HeartbeatMessageType::heartbeat_request
}

fn msg_type(heartbeat: &[u8]) -> HeartbeatMessageType {
    HeartbeatMessageType(heartbeat.first().copied().unwrap_or_default())
}
