//! `pre_shared_key`, RFC 8446 section 4.2.11: what a client offers to go on with. It must be the
//! last extension, since its binders seal all that stands before them.

use crate::wire::grammar::{List, Opaque, P8, P16, message, named};

message! {
    /// A ticket, and its age.
    PskIdentity, item "psk_identity", in "RFC 8446 4.2.11" {
        /// The ticket, or the name of a key agreed before.
        identity: Opaque<P16<1>>,
        /// Milliseconds since the ticket was given, hidden by a number that came with it.
        obfuscated_ticket_age: u32,
    }
}

named! {
    /// A proof that the client has a key, over the hello up to here.
    PskBinderEntry(Opaque<P8<32>>), item "psk_binder_entry"
}

message! {
    /// What the client offers.
    OfferedPsks, item "offered_psks", in "RFC 8446 4.2.11" {
        /// The keys, by name.
        identities: List<P16<7>, PskIdentity>,
        /// For each key, the proof that the client has it.
        binders: List<P16<33>, PskBinderEntry>,
    }
}
