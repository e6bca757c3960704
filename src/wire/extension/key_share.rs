//! `key_share`, RFC 8446 section 4.2.8: a public key for each group that the client bets on. The
//! server answers with one of its own; a HelloRetryRequest names the group that it wants instead.

use crate::names::NamedGroup;
use crate::wire::grammar::{Opaque, P16, message};

message! {
    /// A public key and its group.
    KeyShareEntry, item "key_share_entry", in "RFC 8446 4.2.8" {
        /// The group.
        group: NamedGroup,
        /// The public key, in the group's own form.
        key_exchange: Opaque<P16>,
    }
}
