//! Public keys on curves as bytes: points, of which the first byte says in which form they are
//! (SEC 1 section 2.3.3), and the bare numbers of RFC 7748 section 5.

use super::fault::Fault;
use crate::names::NamedGroup;

/// Why bytes are no public key on this curve, as far as form and length tell, and of the two curves
/// that nearly all points are on, their equations. None where that is not known of the curve.
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
    if found != length {
        return Some(Fault::Size { least: length, most: length, found });
    }
    is_off(curve, key)
        .then_some(Fault::Form { expected: "a point on the curve", found: "one off it" })
}

/// Whether a point that has its form is not on its curve, SEC 1 section 3.2.2.1.
fn is_off(curve: NamedGroup, point: &[u8]) -> bool {
    match curve {
        NamedGroup::secp256r1 => p256::PublicKey::from_sec1_bytes(point).is_err(),
        NamedGroup::secp384r1 => p384::PublicKey::from_sec1_bytes(point).is_err(),
        _ => false,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::text::unhex;

    #[test]
    fn a_point_off_its_curve_is_no_key() {
        // The base points, SEC 2 sections 2.4.2 and 2.5.1.
        for (curve, point) in [
            (
                NamedGroup::secp256r1,
                "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                 4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            ),
            (
                NamedGroup::secp384r1,
                "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38\
                 5502f25dbf55296c3a545e3872760ab73617de4a96262c6f5d9e98bf9292dc29\
                 f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
            ),
        ] {
            let point = unhex(point).unwrap();
            assert_eq!(unfit(curve, &point), None);
            let mut off = point.clone();
            *off.last_mut().unwrap() ^= 1;
            assert_eq!(unfit(curve, &off).unwrap().expected(), "a point on the curve");
            let half = [&[3][..], &point[1..1 + point.len() / 2]].concat();
            assert_eq!(unfit(curve, &half), None);
            // No number of the field.
            let mut beyond = vec![0xff; point.len()];
            beyond[0] = 4;
            assert!(unfit(curve, &beyond).is_some());
        }
    }
}
