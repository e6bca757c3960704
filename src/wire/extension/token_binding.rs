//! `token_binding`, RFC 8472 section 2: cookies that hold only on connections of the same key. Both
//! sides send the same form; a server names one kind of key.

use crate::names::TokenBindingKeyParameters;
use crate::wire::grammar::{Codes, P8, message};

message! {
    /// A version of the Token Binding protocol.
    TokenBindingVersion, item "token_binding_version", in "RFC 8472 2" {
        /// 1 in RFC 8471, 0 in its drafts.
        major: u8,
        /// 0, or the number of the draft.
        minor: u8,
    }
}

message! {
    /// What a side can do.
    TokenBindingParameters, item "token_binding", in "RFC 8472 2" {
        /// The highest version.
        token_binding_version: TokenBindingVersion,
        /// Kinds of keys.
        key_parameters_list: Codes<P8<1>, TokenBindingKeyParameters>,
    }
}
