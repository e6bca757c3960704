//! Heartbeats: RFC 6520 section 4. A payload that claims to be longer than its message is what
//! made OpenSSL 1.0.1 tell its memory (CVE-2014-0160).

use crate::names::HeartbeatMessageType;
use crate::wire::grammar::{Opaque, P16, Rest, message};

message! {
    /// A question whether the other side is there, or its answer.
    HeartbeatMessage, item "heartbeat", in "RFC 6520 4" {
        /// Question or answer.
        message_type: HeartbeatMessageType,
        /// What is to be sent back.
        payload: Opaque<P16>,
        /// At least 16 random bytes.
        padding: Rest,
    }
}
