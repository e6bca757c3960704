//! Object identifiers in X.509 certificates and OCSP responses: RFC 5280 and RFC 6960, RFC 4519 and
//! RFC 4514 for attribute types, RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8410, RFC 9215,
//! RFC 9802, RFC 9881, RFC 9909 and draft-ietf-lamps-pq-composite-sigs for algorithms, RFC 6962 for
//! Certificate Transparency, and those of the CA/Browser Forum, ETSI, Microsoft, Apple, Google,
//! Netscape and some authorities. Their encoding is X.690's, section 8.19.

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
/// it is cut off or padded in front, and where one exceeds 128 bits.
///
/// ```
/// use helloscope::names::oid;
///
/// assert_eq!(oid::dotted(&[0x55, 0x04, 0x03]).as_deref(), Some("2.5.4.3"));
/// assert_eq!(oid::dotted(&[0x55, 0x84]), None);
/// ```
pub fn dotted(content: &[u8]) -> Option<String> {
    let mut text = String::new();
    let mut arc: Option<u128> = None;
    for &byte in content {
        let so_far = match arc {
            None if byte == 0x80 => return None,
            None => 0,
            Some(so_far) => so_far,
        };
        let value = so_far.checked_mul(0x80)? | u128::from(byte & 0x7f);
        if byte >= 0x80 {
            arc = Some(value);
            continue;
        }
        arc = None;
        if text.is_empty() {
            // The first two arcs share a number: 40 times the first (0 to 2) plus the second.
            let root = (value / 40).min(2);
            text = format!("{root}.{}", value - root * 40);
        } else {
            text.push_str(&format!(".{value}"));
        }
    }
    (arc.is_none() && !text.is_empty()).then_some(text)
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
    fn arcs_of_up_to_128_bits_are_read_and_longer_ones_are_not() {
        let uuid = "2.25.340282366920938463463374607431768211455";
        assert_eq!(dotted(&content(uuid)).as_deref(), Some(uuid));
        let mut longer = content(uuid);
        let last = longer.pop().unwrap();
        longer.extend([last | 0x80, 0x00]);
        assert_eq!(dotted(&longer), None);
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
