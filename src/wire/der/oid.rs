//! Object identifiers as tables write them, in dotted form, turned by the compiler into the bytes
//! that stand on the wire: X.690 section 8.19. So a choice by identifier compares bytes.

/// How many bytes the content of an identifier takes.
pub const fn length(dotted: &str) -> usize {
    write(dotted, &mut [])
}

/// The content of an identifier.
pub const fn content<const N: usize>(dotted: &str) -> [u8; N] {
    let mut out = [0; N];
    write(dotted, &mut out);
    out
}

/// Writes the content as far as `out` has room for it, and says how long it is.
#[allow(clippy::indexing_slicing, reason = "run by the compiler, on identifiers of this crate")]
const fn write(dotted: &str, out: &mut [u8]) -> usize {
    let mut rest = dotted.as_bytes();
    let (mut at, mut arcs, mut first) = (0, 0, 0);
    while !rest.is_empty() {
        let mut arc: u64 = 0;
        while let Some((&digit, behind)) = rest.split_first() {
            rest = behind;
            if digit == b'.' {
                break;
            }
            assert!(digit.is_ascii_digit());
            arc = arc * 10 + (digit - b'0') as u64;
        }
        arcs += 1;
        if arcs == 1 {
            // The first two arcs share a number.
            first = arc * 40;
            continue;
        }
        if arcs == 2 {
            arc += first;
        }
        let mut septets = 1;
        while arc >> (7 * septets) != 0 {
            septets += 1;
        }
        while septets > 0 {
            septets -= 1;
            let more = if septets > 0 { 0x80 } else { 0 };
            if at < out.len() {
                out[at] = (arc >> (7 * septets)) as u8 & 0x7f | more;
            }
            at += 1;
        }
    }
    at
}

/// Declares constants that hold the content of identifiers.
macro_rules! oids { ($($(#[$doc:meta])* $name:ident = $dotted:literal;)*) => {$(
    $(#[$doc])*
    pub const $name: &[u8] =
        &$crate::wire::der::oid::content::<{ $crate::wire::der::oid::length($dotted) }>($dotted);
)*} }
pub(crate) use oids;

#[cfg(test)]
mod tests {
    use crate::names::oid::dotted;

    oids! {
        COMMON_NAME = "2.5.4.3";
        RSA = "1.2.840.113549.1.1.1";
        LARGE = "2.999.4294967296";
    }

    #[test]
    fn an_identifier_and_its_content_are_each_others() {
        assert_eq!(COMMON_NAME, [0x55, 0x04, 0x03]);
        assert_eq!(dotted(RSA).as_deref(), Some("1.2.840.113549.1.1.1"));
        assert_eq!(dotted(LARGE).as_deref(), Some("2.999.4294967296"));
    }
}
