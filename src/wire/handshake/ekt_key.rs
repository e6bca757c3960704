//! The key by which keys of media are sent along with them: RFC 8870 section 5.2.2.

use crate::wire::grammar::{Opaque, P16, Uint24, message};

message! {
    /// The key that a server gives, once `supported_ekt_ciphers` chose what it is for.
    EktKey, item "ekt_key", in "RFC 8870 5.2.2" {
        /// The key.
        ekt_key_value: Opaque<P16<1, 256>>,
        /// The salt that goes with any key under it.
        srtp_master_salt: Opaque<P16<1, 256>>,
        /// By which number both are named.
        ekt_spi: u16,
        /// Seconds that the key is good for.
        ekt_ttl: Uint24,
    }
}
