//! `encrypted_server_name`, draft-ietf-tls-esni-02 section 5: the forerunner of ECH, which sealed
//! the name alone. A server that could open it answers with the nonce that was sealed with it.

use super::KeyShareEntry;
use crate::names::CipherSuite;
use crate::wire::grammar::{Opaque, P16, message};

message! {
    /// What a client sends.
    ClientEncryptedSni, item "encrypted_server_name", in "draft-ietf-tls-esni-02 5" {
        /// How the name is sealed.
        suite: CipherSuite,
        /// The client's key for it.
        key_share: KeyShareEntry,
        /// A hash of the server's record in DNS.
        record_digest: Opaque<P16>,
        /// The sealed name.
        encrypted_sni: Opaque<P16>,
    }
}
