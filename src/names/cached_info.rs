//! What a client may have kept from before: RFC 7924 section 3; the IANA registry "TLS
//! CachedInformationType Values".

use super::code::registry;

registry! {
    /// What a client holds already and need not be sent.
    CachedInformationType(u8), item "cached_object_type", grease None {
        1 cert,
        2 cert_req,
    }
}
