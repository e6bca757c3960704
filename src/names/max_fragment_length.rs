//! Limits of the extension max_fragment_length: RFC 6066 section 4, which has no registry for them.

use super::code::registry;

registry! {
    /// The longest plaintext of a record.
    MaxFragmentLength(u8), item "max_fragment_length", grease None {
        1 bytes_512 "512 bytes",
        2 bytes_1024 "1024 bytes",
        3 bytes_2048 "2048 bytes",
        4 bytes_4096 "4096 bytes",
    }
}
