//! Public keys on curves as bytes: points, of which the first byte says in which form they are
//! (SEC 1 section 2.3.3), and the bare numbers of RFC 7748 section 5.

use super::fault::Fault;
use crate::names::NamedGroup;

/// Why bytes are no public key on this curve, as far as form and length tell. None where that is not
/// known of the curve.
pub fn unfit(curve: NamedGroup, key: &[u8]) -> Option<Fault> {
    let length = match curve {
        NamedGroup::x25519 => 32,
        NamedGroup::x448 => 56,
        _ => {
            let coordinate = curve.coordinate()?;
            match *key.first()? {
                2 | 3 => 1 + coordinate,
                4 => 1 + 2 * coordinate,
                // The hybrid forms, 6 and 7, are none by RFC 5480 section 2.2.
                form => return Some(no_form(form)),
            }
        }
    };
    let found = key.len();
    (found != length).then_some(Fault::Size { least: length, most: length, found })
}

/// What is the matter with a point whose first byte names no form of one.
pub fn no_form(form: u8) -> Fault {
    let expected = "the form of a point: 4, or 2 and 3 for a compressed one";
    Fault::Value { expected, found: form.into() }
}

/// Whether a key is all zeros where, by RFC 7748 section 6, the secret then is so too.
pub fn is_nothing(curve: NamedGroup, key: &[u8]) -> bool {
    matches!(curve, NamedGroup::x25519 | NamedGroup::x448)
        && !key.is_empty()
        && key.iter().all(|byte| *byte == 0)
}
