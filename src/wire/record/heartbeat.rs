//! Heartbeats: RFC 6520 section 4. A payload that claims to be longer than its message is what
//! made OpenSSL 1.0.1 tell its memory (CVE-2014-0160).

use crate::names::HeartbeatMessageType;
use crate::wire::fault::Fault;
use crate::wire::grammar::{Opaque, P16, Reader, Record, Rest, message};

message! {
    /// A question whether the other side is there, or its answer.
    HeartbeatMessage, item "heartbeat", in "RFC 6520 4", then check {
        /// Question or answer.
        message_type: HeartbeatMessageType,
        /// What is to be sent back.
        payload: Opaque<P16>,
        /// At least 16 random bytes.
        padding: Rest,
    }
}

/// The least padding that a heartbeat has.
const LEAST_PADDING: usize = 16;

/// Notices padding that is too short.
fn check<R: Record>(heartbeat: &HeartbeatMessage, r: &mut Reader<'_, R>) {
    let found = heartbeat.padding.0.len();
    if found < LEAST_PADDING {
        let fault = Fault::Value { expected: "at least 16 bytes", found: found as u64 };
        r.notice("padding", r.at() - found..r.at(), fault);
    }
}
