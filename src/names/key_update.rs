//! Requests in a KeyUpdate: RFC 8446 section 4.6.3, which has no registry for them.

use super::code::registry;

registry! {
    /// Whether the receiver of a KeyUpdate is asked for one of its own.
    KeyUpdateRequest(u8), item "request_update", grease None {
        0 update_not_requested,
        1 update_requested,
    }
}
