//! Small registries that one extension alone uses.
//!
//! - supported_ekt_ciphers: RFC 8870 section 5.2; IANA's "TLS EKT Ciphers"
//! - encrypted_client_hello: the versions of RFC 9849 section 4, and of the drafts before it
//! - pake: draft-ietf-tls-pake section 4.1

use super::code::registry;

registry! {
    /// How keys for media are wrapped.
    EktCipherType(u8), item "cipher", grease None {
        1 AESKW128,
        2 AESKW256,
    }
}

registry! {
    /// The version of an ECHConfig: the type of the extension that it is for.
    EchConfigVersion(u16), item "version", grease None {
        0xfe08 draft_08,
        0xfe09 draft_09,
        0xfe0a draft_10,
        0xfe0b draft_11,
        0xfe0c draft_12,
        0xfe0d ech,
    }
}

registry! {
    /// A way to agree on a key by a password.
    PakeScheme(u16), item "pake_scheme", grease None {
        0x7d96 SPAKE2PLUS_V1,
    }
}
