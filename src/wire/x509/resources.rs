//! Addresses and numbers of networks that a certificate's holder may use, as in the RPKI: RFC 3779
//! sections 2.2.3 and 3.2.3. The extensions of RFC 8360 have the same form.

use super::words::ip_address;
use crate::wire::der::Schema;
use crate::wire::der::schema::{INTEGER, Inside, NULL, member, optional, tag};

/// `IPAddrBlocks`.
pub(super) const IP_ADDRESS_BLOCKS: Schema = Schema::Of(
    "IPAddressFamily",
    &Schema::Sequence(&[
        member("addressFamily", &[tag::OCTET_STRING], Schema::Octets(Inside::Key(family))),
        member("ipAddressChoice", &[tag::NULL, tag::SEQUENCE], Schema::ByTag(addresses)),
    ]),
);

/// `ASIdentifiers`.
pub(super) const AS_IDENTIFIERS: Schema = Schema::Sequence(&[
    optional("asnum", &[0xa0], Schema::Explicit("", &Schema::ByTag(numbers))),
    optional("rdi", &[0xa1], Schema::Explicit("", &Schema::ByTag(numbers))),
]);

/// Which addresses the bits of one stand for, RFC 3779 section 2.2.3.8: all that begin with them, or
/// the lowest of these, or the highest.
const PREFIX: u8 = 0;
const LOWEST: u8 = 1;
const HIGHEST: u8 = 2;

const fn address<const FORM: u8>() -> Schema {
    Schema::ByOid(|family| match family {
        [0, 1, ..] => const { &bits::<4, FORM>() },
        [0, 2, ..] => const { &bits::<16, FORM>() },
        _ => const { &Schema::Bits(Inside::Words(|_| None)) },
    })
}

/// Bits of an address of so many bytes.
const fn bits<const WIDTH: usize, const FORM: u8>() -> Schema {
    Schema::Bits(Inside::ByUnused(|unused| match unused {
        0 => words::<WIDTH, FORM, 0>,
        1 => words::<WIDTH, FORM, 1>,
        2 => words::<WIDTH, FORM, 2>,
        3 => words::<WIDTH, FORM, 3>,
        4 => words::<WIDTH, FORM, 4>,
        5 => words::<WIDTH, FORM, 5>,
        6 => words::<WIDTH, FORM, 6>,
        7 => words::<WIDTH, FORM, 7>,
        _ => |_| None,
    }))
}

/// `10.0.0.0/8`, or an address.
fn words<const WIDTH: usize, const FORM: u8, const UNUSED: u32>(bits: &[u8]) -> Option<String> {
    let length = u32::try_from(bits.len()).ok()?.checked_mul(8)?.checked_sub(UNUSED)?;
    let mut address = [0; 16];
    address.get_mut(..WIDTH)?.get_mut(..bits.len())?.copy_from_slice(bits);
    if FORM == HIGHEST {
        let ones = u128::MAX.checked_shr(length).unwrap_or(0);
        address = (u128::from_be_bytes(address) | ones).to_be_bytes();
    }
    let address = ip_address(address.get(..WIDTH)?)?;
    Some(if FORM == PREFIX { format!("{address}/{length}") } else { address })
}

fn addresses(identifier: u8) -> (&'static str, &'static Schema) {
    static INHERIT: Schema = NULL;
    static LISTED: Schema = Schema::Of("IPAddressOrRange", &Schema::ByTag(address_or_range));
    match identifier {
        tag::NULL => ("inherit", &INHERIT),
        _ => ("addressesOrRanges", &LISTED),
    }
}

fn address_or_range(identifier: u8) -> (&'static str, &'static Schema) {
    static ONE: Schema = address::<PREFIX>();
    static RANGE: Schema = Schema::Sequence(&[
        member("min", &[tag::BIT_STRING], address::<LOWEST>()),
        member("max", &[tag::BIT_STRING], address::<HIGHEST>()),
    ]);
    static NEITHER: Schema = Schema::OneOf(&[], "addressPrefix or addressRange", &Schema::Any);
    match identifier {
        tag::BIT_STRING => ("addressPrefix", &ONE),
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
