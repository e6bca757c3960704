//! Heartbeats: RFC 6520 sections 2 and 3; the IANA registries "TLS Heartbeat Modes" and "TLS
//! Heartbeat Message Types".

use super::code::registry;

registry! {
    /// Whether the sender of the extension heartbeat answers requests.
    HeartbeatMode(u8), item "mode", grease None {
        1 peer_allowed_to_send,
        2 peer_not_allowed_to_send,
    }
}

registry! {
    /// What a heartbeat message is.
    HeartbeatMessageType(u8), item "message_type", grease None {
        1 heartbeat_request,
        2 heartbeat_response,
    }
}
