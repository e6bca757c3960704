//! Object identifiers in X.509 certificates and OCSP responses: RFC 5280 and RFC 6960, RFC 4519 and
//! RFC 4514 for attribute types, RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8410, RFC 9215,
//! RFC 9802, RFC 9881, RFC 9909 and draft-ietf-lamps-pq-composite-sigs for algorithms, RFC 6962 for
//! Certificate Transparency, and those of the CA/Browser Forum, ETSI, Microsoft, Apple, Google,
//! Netscape and some authorities. Their encoding is X.690's, section 8.19.

use std::fmt;

use super::oid_table::{ATTRIBUTE_TYPES, OBJECTS};

/// The short name of an object identifier in dotted form, where it is known: for an attribute type
/// that of RFC 4514 or OpenSSL (`CN`), else the name that its RFC or its owner gives.
///
/// ```
/// use helloscope::names::oid;
///
/// assert_eq!(oid::name("2.5.4.3"), Some("CN"));
/// assert_eq!(oid::name("2.5.29.17"), Some("subjectAltName"));
/// ```
pub fn name(dotted: &str) -> Option<&'static str> {
    attribute_type(dotted).map(|(short, _)| short).or_else(|| {
        let mut rows = OBJECTS.iter().flat_map(|group| group.iter());
        rows.find(|(oid, _)| *oid == dotted).map(|&(_, name)| name)
    })
}

/// The full name of an object identifier in dotted form, where it is known: as [`name`], but for an
/// attribute type that of RFC 4519 or X.520 (`commonName`).
pub fn long_name(dotted: &str) -> Option<&'static str> {
    attribute_type(dotted).map(|(_, long)| long).or_else(|| name(dotted))
}

/// The dotted form of an object identifier's DER content. None where it is empty, where a number in
/// it is cut off or padded in front, and where one takes more than 64 bytes.
///
/// ```
/// use helloscope::names::oid;
///
/// assert_eq!(oid::dotted(&[0x55, 0x04, 0x03]).as_deref(), Some("2.5.4.3"));
/// assert_eq!(oid::dotted(&[0x55, 0x84]), None);
/// ```
pub fn dotted(content: &[u8]) -> Option<String> {
    let (last, _) = content.split_last()?;
    let mut text = String::new();
    for arc in content.split_inclusive(|&byte| byte < 0x80) {
        if arc.len() > ARC || arc.first() == Some(&0x80) {
            return None;
        }
        let mut number = Decimal(Vec::new());
        arc.iter().for_each(|byte| number.push_septet(byte & 0x7f));
        if text.is_empty() {
            // The first two arcs share a number: 40 times the first (0 to 2) plus the second.
            let root = (number.least() / 40).min(2);
            number.subtract(root * 40);
            text = root.to_string();
        }
        text.push_str(&format!(".{number}"));
    }
    (*last < 0x80).then_some(text)
}

/// Bytes of the longest number that is written out.
const ARC: usize = 64;

/// A number of any size, nine decimal digits a limb, the least ones first: 64-bit numbers do not
/// hold those that stand for a UUID.
struct Decimal(Vec<u32>);

impl Decimal {
    const LIMB: u64 = 1_000_000_000;

    /// Seven more bits at the end.
    fn push_septet(&mut self, septet: u8) {
        let mut carry = u64::from(septet);
        for limb in &mut self.0 {
            let value = u64::from(*limb) << 7 | carry;
            (*limb, carry) = ((value % Self::LIMB) as u32, value / Self::LIMB);
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// The number, or where it takes more than one limb the largest that one holds.
    fn least(&self) -> u32 {
        match self.0[..] {
            [] => 0,
            [only] => only,
            _ => Self::LIMB as u32 - 1,
        }
    }

    /// Takes off what is not more than it is.
    fn subtract(&mut self, mut number: u32) {
        for limb in &mut self.0 {
            let (value, borrows) = limb.overflowing_sub(number);
            *limb = if borrows { value.wrapping_add(Self::LIMB as u32) } else { value };
            number = borrows.into();
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut limbs = self.0.iter().rev().skip_while(|limb| **limb == 0);
        write!(f, "{}", limbs.next().unwrap_or(&0))?;
        limbs.try_for_each(|limb| write!(f, "{limb:09}"))
    }
}

/// Short and long name of an attribute type.
fn attribute_type(dotted: &str) -> Option<(&'static str, &'static str)> {
    ATTRIBUTE_TYPES.iter().find(|(oid, _, _)| *oid == dotted).map(|&(_, short, long)| (short, long))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Every identifier that has a name.
    fn all() -> impl Iterator<Item = &'static str> {
        let objects = OBJECTS.iter().flat_map(|group| group.iter()).map(|&(oid, _)| oid);
        ATTRIBUTE_TYPES.iter().map(|&(oid, _, _)| oid).chain(objects)
    }

    /// X.690 section 8.19 the other way round.
    fn content(dotted: &str) -> Vec<u8> {
        let mut arcs: Vec<u128> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
        let root = arcs.remove(0);
        arcs[0] += root * 40;
        let mut content = Vec::new();
        for arc in arcs {
            let septets = (128 - arc.leading_zeros()).div_ceil(7).max(1);
            for place in (0..septets).rev() {
                let more = if place > 0 { 0x80 } else { 0 };
                content.push((arc >> (place * 7)) as u8 & 0x7f | more);
            }
        }
        content
    }

    #[test]
    fn no_identifier_and_no_name_stands_twice() {
        let mut oids = HashSet::new();
        let mut names = HashSet::new();
        for oid in all() {
            assert!(oids.insert(oid), "{oid}");
            assert!(names.insert(name(oid).unwrap()), "{oid}");
        }
    }

    #[test]
    fn every_identifier_is_the_dotted_form_of_its_content() {
        for oid in all() {
            assert_eq!(dotted(&content(oid)).as_deref(), Some(oid));
        }
    }

    #[test]
    fn an_attribute_type_has_two_names_and_all_else_one() {
        assert_eq!((name("2.5.4.3"), long_name("2.5.4.3")), (Some("CN"), Some("commonName")));
        assert_eq!(long_name("2.5.29.17"), Some("subjectAltName"));
        assert_eq!((name("2.5.4"), long_name("2.5.4")), (None, None));
    }

    #[test]
    fn first_arcs_share_a_number() {
        assert_eq!(dotted(&[0x00]).as_deref(), Some("0.0"));
        assert_eq!(dotted(&[0x27]).as_deref(), Some("0.39"));
        assert_eq!(dotted(&[0x28]).as_deref(), Some("1.0"));
        assert_eq!(dotted(&[0x4f]).as_deref(), Some("1.39"));
        assert_eq!(dotted(&[0x50]).as_deref(), Some("2.0"));
        assert_eq!(dotted(&[0x88, 0x37]).as_deref(), Some("2.999"));
    }

    #[test]
    fn numbers_of_up_to_64_bytes_are_read_and_longer_ones_are_not() {
        let uuid = "2.25.340282366920938463463374607431768211455";
        assert_eq!(dotted(&content(uuid)).as_deref(), Some(uuid));
        // One more, which is 2^128, and the same number in front.
        let mut beyond = vec![0x69, 0x84];
        beyond.extend([0x80; 17]);
        beyond.push(0);
        let beyond = dotted(&beyond).unwrap();
        assert_eq!(beyond, "2.25.340282366920938463463374607431768211456");
        let mut first = vec![0x84];
        first.extend([0x80; 17]);
        first.push(0);
        let first = dotted(&first).unwrap();
        assert_eq!(first, "2.340282366920938463463374607431768211376");
        let of_length = |length: usize| [&vec![0xff; length - 1][..], &[0x7f]].concat();
        // 2^448 - 1 - 80.
        let longest = dotted(&of_length(64)).unwrap();
        assert!(longest.starts_with("2.7268387242956068905493238078"), "{longest}");
        assert!(longest.ends_with("614575"), "{longest}");
        assert_eq!(dotted(&of_length(65)), None);
        assert_eq!(dotted(&[0xff; 1000]), None);
    }

    #[test]
    fn what_der_forbids_is_not_read() {
        assert_eq!(dotted(&[]), None, "empty");
        assert_eq!(dotted(&[0x80, 0x01]), None, "padded");
        assert_eq!(dotted(&[0x55, 0x80, 0x04]), None, "padded");
        assert_eq!(dotted(&[0x55, 0x04, 0x83]), None, "cut off");
        assert_eq!(dotted(&[0x81, 0x80, 0x00]).as_deref(), Some("2.16304"), "a zero inside");
    }
}
