//! EncryptedExtensions: RFC 8446 section 4.3.1.

use crate::wire::extension::{Block, EncryptedExtension};
use crate::wire::grammar::message;

message! {
    /// Answers to the client's extensions, out of sight: TLS 1.3.
    EncryptedExtensions, item "encrypted_extensions", in "RFC 8446 4.3.1" {
        /// The answers.
        extensions: Block<EncryptedExtension>,
    }
}
