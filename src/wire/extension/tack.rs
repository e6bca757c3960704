//! `tack`, draft-perrin-tls-tack-02 section 2: keys that a server signs its own key with, to be
//! pinned. A client's has no body.

use crate::wire::grammar::{Fixed, List, P16, message};

message! {
    /// What a server sends.
    TackExtension, item "tack", in "draft-perrin-tls-tack-02 4.1" {
        /// None to two.
        tacks: List<P16, Tack>,
        /// The lowest bit activates the first of them, the next one the second.
        activation_flags: u8,
    }
}

message! {
    /// A key, and what it signed.
    Tack, item "tack", in "draft-perrin-tls-tack-02 4.1" {
        /// The key on P-256, without a byte for its form.
        public_key: Fixed<64>,
        /// Generations below this are revoked.
        min_generation: u8,
        /// Which one it is.
        generation: u8,
        /// Minutes since 1970.
        expiration: u32,
        /// The SHA-256 of the server's SubjectPublicKeyInfo.
        target_hash: Fixed<32>,
        /// The signature.
        signature: Fixed<64>,
    }
}
