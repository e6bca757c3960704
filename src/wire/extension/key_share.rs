//! `key_share`, RFC 8446 section 4.2.8: a public key for each group that the client bets on. The
//! server answers with one of its own; a HelloRetryRequest names the group that it wants instead.

use crate::names::NamedGroup;
use crate::wire::choice::either;
use crate::wire::grammar::{List, Opaque, P16, message};

message! {
    /// A public key and its group.
    KeyShareEntry, item "key_share_entry", in "RFC 8446 4.2.8" {
        /// The group.
        group: NamedGroup,
        /// The public key, in the group's own form.
        key_exchange: Opaque<P16<1>, 32>,
    }
}

either! {
    /// The number 40 in a ClientHello. It was key_share up to draft 22 of TLS 1.3, and got another
    /// because extended_random (draft-rescorla-tls-extended-random) was found to be in use.
    KeyShareOld, item "key_share_old" {
        /// Shares, as today.
        KeyShare(List<P16, KeyShareEntry>),
        /// More random bytes.
        ExtendedRandom(Opaque<P16>),
    }
}
