//! Keys that tokens are bound to: RFC 8471 section 3 and RFC 8472 section 2; the IANA registry
//! "Token Binding Key Parameters".

use super::code::registry;

registry! {
    /// The kind of key, and how it signs.
    TokenBindingKeyParameters(u8), item "key_parameters", grease None {
        0 rsa2048_pkcs1_5 "rsa2048_pkcs1.5",
        1 rsa2048_pss,
        2 ecdsap256,
    }
}
