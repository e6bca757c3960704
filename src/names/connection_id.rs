//! Uses of connection ids in DTLS 1.3: RFC 9147 section 9.

use super::code::registry;

registry! {
    /// Whether a new connection id is to be used at once.
    ConnectionIdUsage(u8), item "usage", grease None {
        0 cid_immediate,
        1 cid_spare,
    }
}
