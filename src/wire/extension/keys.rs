//! Tables that stand in the extensions of a client's spec, by what they are called, and the keys in
//! each: for who wrote something else in their place.

use super::*;
use crate::wire::grammar::Wire;

/// The keys of a table of this name.
pub fn keys_of(item: &str) -> Option<&'static [&'static str]> {
    let tables = [
        of::<CachedObject>(),
        of::<EcJpakeKeyKp>(),
        of::<EcJpakeKeyKpPairList>(),
        of::<EchClientHelloOuter>(),
        of::<HpkeSymmetricCipherSuite>(),
        of::<KeyShareEntry>(),
        of::<OcspStatusRequest>(),
        of::<OfferedPsks>(),
        of::<PakeClientHello>(),
        of::<PakeShare>(),
        of::<PskIdentity>(),
        of::<ServerName>(),
        of::<TicketRequest>(),
        of::<TokenBindingParameters>(),
        of::<UseSrtpData>(),
    ];
    tables.iter().find(|(name, _)| *name == item).map(|(_, keys)| *keys)
}

fn of<T: Wire>() -> (&'static str, &'static [&'static str]) {
    (T::ITEM, T::KEYS)
}
