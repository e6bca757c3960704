//! Checks whether the other side of DTLS can be reached by a path: RFC 9853 section 4; the IANA
//! registry "RRC Message Types".

use super::code::registry;

registry! {
    /// What a message of such a check is.
    RrcMessageType(u8), item "msg_type", grease None {
        0 path_challenge,
        1 path_response,
        2 path_drop,
    }
}
