//! Which key exchange a ServerKeyExchange or a ClientKeyExchange is of, by the lengths in it: where
//! the ServerHello was not seen, nothing else tells. Of the forms in RFC 5246 section 7.4.3,
//! RFC 2246 section 7.4.3, RFC 4279, RFC 5054 and RFC 8422 section 5.4, that which takes the whole
//! body is the likely one.

use crate::names::{EcCurveType, KeyExchange};
use crate::wire::grammar::{behind_length, prefix_fits};

/// A key exchange, and why it is taken.
pub(super) type Likeness = Option<(KeyExchange, &'static str)>;

/// Bytes of a prime or a modulus: from the 256 bits of the first that were broken, to more than
/// anybody has.
const BELIEVABLE: std::ops::RangeInclusive<usize> = 32..=2048;

/// Bytes of an RSA key's exponent at most. Nearly all have one to three.
const LONGEST_EXPONENT: usize = 8;

/// What the body of a ServerKeyExchange looks like.
pub(super) fn server(body: &[u8]) -> Likeness {
    const CURVE: &str = "a key on a curve, which it looks like";
    const FIELD: &str = "a key in a prime field, which it looks like";
    let (curve, field, rsa) = (on_curve(body), in_field(body), is_rsa(body));
    if curve.is_some_and(is_signed) {
        return Some((KeyExchange::Ecdhe, CURVE));
    }
    match (field.is_some_and(is_signed), rsa) {
        (true, true) => {
            let found = "a key in a prime field; a short RSA key looks the same";
            return Some((KeyExchange::Dhe, found));
        }
        (true, false) => return Some((KeyExchange::Dhe, FIELD)),
        (false, true) => {
            return Some((KeyExchange::RsaExport, "a short RSA key, which it looks like"));
        }
        (false, false) => {}
    }
    if let Some((_, behind)) = behind_length(body, 2) {
        if on_curve(behind).is_some_and(<[u8]>::is_empty) {
            let found = "a hint at a shared key, and a key on a curve, which it looks like";
            return Some((KeyExchange::EcdhePsk, found));
        }
        if in_field(behind).is_some_and(<[u8]>::is_empty) {
            let found = "a hint at a shared key, and a key in a prime field, which it looks like";
            return Some((KeyExchange::DhePsk, found));
        }
    }
    if of_password(body).is_some_and(is_signed) {
        return Some((KeyExchange::Srp, "half of a password's proof, which it looks like"));
    }
    // What stands behind the key may have another form than a signature.
    if curve.is_some() {
        Some((KeyExchange::Ecdhe, CURVE))
    } else if field.is_some() {
        Some((KeyExchange::Dhe, FIELD))
    } else if prefix_fits(body, 0, 2) {
        Some((KeyExchange::Psk, "a hint at a shared key, which it looks like"))
    } else {
        None
    }
}

/// What the body of a ClientKeyExchange looks like; behind a ServerKeyExchange of which a key
/// exchange was taken, what belongs to that, if it can be.
pub(super) fn client(body: &[u8], server: Option<KeyExchange>) -> Likeness {
    let point = prefix_fits(body, 0, 1);
    let bytes = prefix_fits(body, 0, 2);
    let named = behind_length(body, 2);
    let named_point = named.is_some_and(|(_, behind)| prefix_fits(behind, 0, 1));
    let named_bytes = named.is_some_and(|(_, behind)| prefix_fits(behind, 0, 2));
    let belongs = match server {
        Some(KeyExchange::Ecdhe) if point => server,
        Some(KeyExchange::Dhe | KeyExchange::RsaExport | KeyExchange::Srp) if bytes => server,
        Some(KeyExchange::Psk) if bytes => server,
        Some(KeyExchange::Psk) if named_bytes => Some(KeyExchange::RsaPsk),
        Some(KeyExchange::DhePsk) if named_bytes => server,
        Some(KeyExchange::EcdhePsk) if named_point => server,
        _ => None,
    };
    if let Some(key_exchange) = belongs {
        return Some((key_exchange, "what belongs to the server's key, whose form was taken too"));
    }
    if point {
        Some((KeyExchange::Ecdhe, "a point, which it looks like"))
    } else if bytes {
        let found = "a secret under an RSA key; a value in a prime field looks the same";
        Some((KeyExchange::Rsa, found))
    } else {
        None
    }
}

/// What stands behind a named curve and a point.
fn on_curve(body: &[u8]) -> Option<&[u8]> {
    let [curve_type, _, _, key @ ..] = body else { return None };
    let (point, behind) = behind_length(key, 1)?;
    (*curve_type == EcCurveType::named_curve.0 && !point.is_empty()).then_some(behind)
}

/// What stands behind a prime, a generator and a public value, neither of them longer than the
/// prime.
fn in_field(body: &[u8]) -> Option<&[u8]> {
    let (prime, behind) = behind_length(body, 2)?;
    let (generator, behind) = behind_length(behind, 2)?;
    let (public, behind) = behind_length(behind, 2)?;
    are_of_field(prime, generator, public).then_some(behind)
}

/// What stands behind those of a password: a salt is between them.
fn of_password(body: &[u8]) -> Option<&[u8]> {
    let (prime, behind) = behind_length(body, 2)?;
    let (generator, behind) = behind_length(behind, 2)?;
    let (salt, behind) = behind_length(behind, 1)?;
    let (public, behind) = behind_length(behind, 2)?;
    (are_of_field(prime, generator, public) && !salt.is_empty()).then_some(behind)
}

fn are_of_field(prime: &[u8], generator: &[u8], public: &[u8]) -> bool {
    let may_be = 1..=prime.len();
    BELIEVABLE.contains(&prime.len())
        && may_be.contains(&generator.len())
        && may_be.contains(&public.len())
}

/// A modulus, an exponent, and a signature of before TLS 1.2, which did away with short keys.
fn is_rsa(body: &[u8]) -> bool {
    let parts = behind_length(body, 2).and_then(|(modulus, behind)| {
        let (exponent, behind) = behind_length(behind, 2)?;
        Some((modulus.len(), exponent.len(), behind))
    });
    parts.is_some_and(|(modulus, exponent, behind)| {
        BELIEVABLE.contains(&modulus)
            && (1..=LONGEST_EXPONENT).contains(&exponent)
            && prefix_fits(behind, 0, 2)
    })
}

/// Whether a signature stands here up to the end, with its algorithm or without, or nothing.
fn is_signed(rest: &[u8]) -> bool {
    rest.is_empty() || prefix_fits(rest, 0, 2) || prefix_fits(rest, 2, 2)
}
