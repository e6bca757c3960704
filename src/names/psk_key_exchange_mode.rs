//! Ways to use a pre-shared key: RFC 8446 section 4.2.9; the IANA registry "TLS
//! PskKeyExchangeMode".

use super::code::registry;

registry! {
    /// Whether a pre-shared key is used alone or with a fresh key exchange.
    PskKeyExchangeMode(u8), item "ke_mode", grease OneByte {
        0 psk_ke,
        1 psk_dhe_ke,
    }
}
