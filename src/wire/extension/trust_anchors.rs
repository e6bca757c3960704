//! `trust_anchors`, draft-ietf-tls-trust-anchor-ids section 4: the authorities that a client
//! trusts, by short names of their own.

use crate::wire::grammar::{Opaque, P8, named};

named! {
    /// `opaque TrustAnchorID<1..2^8-1>`: a relative object identifier.
    TrustAnchorId(Opaque<P8>), item "trust_anchor_id"
}
