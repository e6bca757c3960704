//! `cached_info`, RFC 7924 section 3: the client says what it still has, so that the server need
//! not send it again. The server's answer is a list of what it will leave out.

use crate::names::CachedInformationType;
use crate::wire::grammar::{Opaque, P8, message};

message! {
    /// Something that the client still has.
    CachedObject, item "cached_object", in "RFC 7924 3" {
        /// What it is.
        cached_object_type: CachedInformationType,
        /// The SHA-256 of it.
        hash_value: Opaque<P8<1>>,
    }
}
