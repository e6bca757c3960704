//! Which key exchange a ServerKeyExchange or a ClientKeyExchange is of, by the lengths in it: where
//! the ServerHello was not seen, nothing else tells. Of the forms in RFC 5246 section 7.4.3,
//! RFC 2246 section 7.4.3, RFC 4279, RFC 5054 and RFC 8422 section 5.4, that which takes the whole
//! body is the likely one.

use super::ec_parameters::EcParameters;
use crate::names::KeyExchange;
use crate::wire::grammar::{Context, Reader, Wire, behind_length, prefix_fits};
use crate::wire::text::is_mostly_text;

/// A key exchange, and why it is taken.
pub(super) type Likeness = Option<(KeyExchange, &'static str)>;

/// Bytes of a prime or a modulus: from the 256 bits of the first that were broken, to more than
/// anybody has.
const BELIEVABLE: std::ops::RangeInclusive<usize> = 32..=2048;

/// Bytes of the field of a curve: from the 112 bits of the shortest that has a name, to more than any.
const CURVES: std::ops::RangeInclusive<usize> = 14..=80;

/// Bytes of a secret under an RSA key of 512 bits, which export allowed.
const SHORTEST: usize = 64;

/// Bytes of an RSA key's exponent at most. Nearly all have one to three.
const LONGEST_EXPONENT: usize = 8;

/// A form, whether a body has it from its beginning to its end, and what is said where it is taken.
type Form = (KeyExchange, fn(&[u8]) -> bool, &'static str);

const ON_CURVE: &str = "a key on a curve, which it looks like";
const IN_FIELD: &str = "a key in a prime field, which it looks like";

/// The forms of a ServerKeyExchange, the likely ones first.
const SERVER: [Form; 7] = [
    (KeyExchange::Ecdhe, |body| on_curve(body).is_some_and(is_signed), ON_CURVE),
    (KeyExchange::Dhe, |body| in_field(body).is_some_and(is_signed), IN_FIELD),
    (KeyExchange::RsaExport, is_rsa, "a short RSA key, which it looks like"),
    (
        KeyExchange::EcdhePsk,
        |body| behind_hint(body).and_then(on_curve).is_some_and(<[u8]>::is_empty),
        "a hint at a shared key, and a key on a curve, which it looks like",
    ),
    (
        KeyExchange::DhePsk,
        |body| behind_hint(body).and_then(in_field).is_some_and(<[u8]>::is_empty),
        "a hint at a shared key, and a key in a prime field, which it looks like",
    ),
    (
        KeyExchange::Srp,
        |body| of_password(body).is_some_and(is_signed),
        "half of a password's proof, which it looks like",
    ),
    (
        KeyExchange::Psk,
        |body| prefix_fits(body, 0, 2),
        "a hint at a shared key, which it looks like",
    ),
];

/// What the body of a ServerKeyExchange looks like.
pub(super) fn server(body: &[u8]) -> Likeness {
    // What stands behind the key may have another form than a signature.
    const UNSIGNED: [Form; 2] = [
        (KeyExchange::Ecdhe, |body| on_curve(body).is_some(), ON_CURVE),
        (KeyExchange::Dhe, |body| in_field(body).is_some(), IN_FIELD),
    ];
    let [signed @ .., hint] = &SERVER;
    let mut forms = signed.iter().chain(&UNSIGNED).chain([hint]).filter(|(_, fits, _)| fits(body));
    let (first, _, found) = forms.next()?;
    let found = match (first, forms.next()) {
        (KeyExchange::Dhe, Some((KeyExchange::RsaExport, ..))) => {
            "a key in a prime field; a short RSA key looks the same"
        }
        _ => found,
    };
    Some((*first, found))
}

/// The key exchanges whose form the body of a ServerKeyExchange has, the likely ones first.
pub(super) fn forms(body: &[u8]) -> Vec<KeyExchange> {
    let fitting = SERVER.iter().filter(|(_, fits, _)| fits(body));
    fitting.map(|(key_exchange, ..)| *key_exchange).collect()
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
    // A name is text, and shorter than the least of the others.
    let is_name = |name: &[u8]| !name.is_empty() && name.len() < SHORTEST && is_mostly_text(name);
    let is_named = named.is_some_and(|(name, _)| is_name(name));
    if point {
        Some((KeyExchange::Ecdhe, "a point, which it looks like"))
    } else if bytes && is_named {
        Some((KeyExchange::Psk, "the name of a shared key, which it looks like"))
    } else if is_named && named_point {
        let found = "the name of a shared key, and a point, which it looks like";
        Some((KeyExchange::EcdhePsk, found))
    } else if is_named && named_bytes {
        let found = "the name of a shared key, and a value in a prime field; a secret under an RSA \
                     key looks the same";
        Some((KeyExchange::DhePsk, found))
    } else if bytes {
        let found = "a secret under an RSA key; a value in a prime field looks the same";
        Some((KeyExchange::Rsa, found))
    } else {
        None
    }
}

/// What stands behind a hint.
fn behind_hint(body: &[u8]) -> Option<&[u8]> {
    behind_length(body, 2).map(|(_, behind)| behind)
}

/// What stands behind a curve and a point.
fn on_curve(body: &[u8]) -> Option<&[u8]> {
    let mut r = Reader::<()>::new(body, Context::default());
    match EcParameters::read(&mut r, EcParameters::ITEM).ok()? {
        EcParameters::Named(_) => {}
        // The first byte of a prime's length is a type of curve too.
        EcParameters::ExplicitPrime(curve) if is_believable(&curve.prime_p.0) => {}
        EcParameters::ExplicitChar2(curve) if CURVES.contains(&curve.m.div_ceil(8).into()) => {}
        _ => return None,
    }
    let (point, behind) = behind_length(r.rest(), 1)?;
    (!point.is_empty()).then_some(behind)
}

fn is_believable(prime: &[u8]) -> bool {
    CURVES.contains(&prime.len())
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

/// A modulus, an exponent, and a signature: of before TLS 1.2, which did away with short keys, or in
/// its form all the same. Both numbers are odd, or nothing could be decrypted.
fn is_rsa(body: &[u8]) -> bool {
    let parts = behind_length(body, 2).and_then(|(modulus, behind)| {
        let (exponent, behind) = behind_length(behind, 2)?;
        Some((modulus, exponent, behind))
    });
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    parts.is_some_and(|(modulus, exponent, behind)| {
        BELIEVABLE.contains(&modulus.len())
            && (1..=LONGEST_EXPONENT).contains(&exponent.len())
            && is_odd(modulus)
            && is_odd(exponent)
            && !behind.is_empty()
            && is_signed(behind)
    })
}

/// Whether a signature stands here up to the end, with its algorithm or without, or nothing.
fn is_signed(rest: &[u8]) -> bool {
    rest.is_empty() || prefix_fits(rest, 0, 2) || prefix_fits(rest, 2, 2)
}
