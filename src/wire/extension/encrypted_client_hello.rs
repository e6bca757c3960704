//! `encrypted_client_hello`, RFC 9849 section 5: a second hello inside, or random bytes that look
//! like one (GREASE ECH).

use crate::names::{HpkeAead, HpkeKdf};
use crate::wire::grammar::{Opaque, P16, message};

message! {
    /// The outer form. The inner one is a `type` of 1 and nothing more.
    EncryptedClientHello, item "encrypted_client_hello", in "RFC 9849 5" {
        /// 0 for the outer form.
        ech_client_hello_type: u8,
        /// How the key is derived.
        kdf_id: HpkeKdf,
        /// How the inner hello is sealed.
        aead_id: HpkeAead,
        /// Which of the server's configurations is used.
        config_id: u8,
        /// The encapsulated key; empty after a HelloRetryRequest.
        enc: Opaque<P16>,
        /// The sealed inner hello.
        payload: Opaque<P16>,
    }
}
