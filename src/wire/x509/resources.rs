//! Addresses and numbers of networks that a certificate's holder may use, as in the RPKI: RFC 3779
//! sections 2.2.3 and 3.2.3. The extensions of RFC 8360 have the same form.

use crate::wire::der::Schema;
use crate::wire::der::schema::{INTEGER, Inside, NULL, member, optional, tag};

/// `IPAddrBlocks`.
pub(super) const IP_ADDRESS_BLOCKS: Schema = Schema::Of(
    "IPAddressFamily",
    &Schema::Sequence(&[
        member("addressFamily", &[tag::OCTET_STRING], Schema::Octets(Inside::Words(family))),
        member("ipAddressChoice", &[tag::NULL, tag::SEQUENCE], Schema::ByTag(addresses)),
    ]),
);

/// `ASIdentifiers`.
pub(super) const AS_IDENTIFIERS: Schema = Schema::Sequence(&[
    optional("asnum", &[0xa0], Schema::Explicit("", &Schema::ByTag(numbers))),
    optional("rdi", &[0xa1], Schema::Explicit("", &Schema::ByTag(numbers))),
]);

/// An address, or the bits that a prefix has of one.
const ADDRESS: Schema = Schema::Bits(Inside::Words(|_| None));

fn addresses(identifier: u8) -> (&'static str, &'static Schema) {
    static INHERIT: Schema = NULL;
    static LISTED: Schema = Schema::Of("IPAddressOrRange", &Schema::ByTag(address_or_range));
    match identifier {
        tag::NULL => ("inherit", &INHERIT),
        _ => ("addressesOrRanges", &LISTED),
    }
}

fn address_or_range(identifier: u8) -> (&'static str, &'static Schema) {
    static PREFIX: Schema = ADDRESS;
    static RANGE: Schema = Schema::Sequence(&[
        member("min", &[tag::BIT_STRING], ADDRESS),
        member("max", &[tag::BIT_STRING], ADDRESS),
    ]);
    static NEITHER: Schema = Schema::OneOf(&[], "addressPrefix or addressRange", &Schema::Any);
    match identifier {
        tag::BIT_STRING => ("addressPrefix", &PREFIX),
        tag::SEQUENCE => ("addressRange", &RANGE),
        _ => ("IPAddressOrRange", &NEITHER),
    }
}

fn numbers(identifier: u8) -> (&'static str, &'static Schema) {
    static INHERIT: Schema = NULL;
    static LISTED: Schema = Schema::Of("ASIdOrRange", &Schema::ByTag(number_or_range));
    static NEITHER: Schema = Schema::OneOf(&[], "inherit or asIdsOrRanges", &Schema::Any);
    match identifier {
        tag::NULL => ("inherit", &INHERIT),
        tag::SEQUENCE => ("asIdsOrRanges", &LISTED),
        _ => ("ASIdentifierChoice", &NEITHER),
    }
}

fn number_or_range(identifier: u8) -> (&'static str, &'static Schema) {
    static NUMBER: Schema = INTEGER;
    static RANGE: Schema = Schema::Sequence(&[
        member("min", &[tag::INTEGER], INTEGER),
        member("max", &[tag::INTEGER], INTEGER),
    ]);
    static NEITHER: Schema = Schema::OneOf(&[], "id or range", &Schema::Any);
    match identifier {
        tag::INTEGER => ("id", &NUMBER),
        tag::SEQUENCE => ("range", &RANGE),
        _ => ("ASIdOrRange", &NEITHER),
    }
}

/// An address family, IANA's number, and what it is used for where that is said.
fn family(content: &[u8]) -> Option<String> {
    let (family, rest) = content.split_first_chunk()?;
    let name = match u16::from_be_bytes(*family) {
        1 => "IPv4",
        2 => "IPv6",
        _ => return None,
    };
    Some(match rest {
        [] => name.to_owned(),
        [1] => format!("{name}, unicast"),
        [2] => format!("{name}, multicast"),
        _ => return None,
    })
}
