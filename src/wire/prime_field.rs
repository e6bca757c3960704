//! Groups of Diffie-Hellman in prime fields, as servers choose them and files hold them: whether the
//! prime can be one, and is long enough; whether the generator makes anything. RFC 5246 section
//! 7.4.3, RFC 7919 section 5.1, RFC 9325 section 4.5.

use super::der::words::bits;
use super::fault::Fault;
use crate::names::NamedGroup;

/// Bits of a prime below which a key of Diffie-Hellman can be had by others.
const SAFE_PRIME_BITS: usize = 2048;

/// What is the matter with something, and the section that says so.
pub type Wrong = (Fault, &'static str);

/// What is the matter with a prime; more than one thing may be.
pub fn prime(prime: &[u8], expected: &'static str) -> impl Iterator<Item = Wrong> {
    let is_even = prime.last().is_some_and(|last| last % 2 == 0);
    let even = is_even.then_some((
        Fault::Form { expected: "a prime, which is odd", found: "an even number" },
        "RFC 5246 7.4.3",
    ));
    short(prime, expected).into_iter().chain(even)
}

/// What is wrong with the length of a number, where it is short.
pub fn short(number: &[u8], expected: &'static str) -> Option<Wrong> {
    let found = bits(number);
    let fault = Fault::Value { expected, found: found as u64 };
    (found < SAFE_PRIME_BITS).then_some((fault, "RFC 9325 4.5"))
}

/// The groups with a name, and the bits of their primes: RFC 7919 appendix A.
const NAMED: &[(NamedGroup, usize)] = &[
    (NamedGroup::ffdhe2048, 2048),
    (NamedGroup::ffdhe3072, 3072),
    (NamedGroup::ffdhe4096, 4096),
    (NamedGroup::ffdhe6144, 6144),
    (NamedGroup::ffdhe8192, 8192),
];

/// How each of these primes begins: with 64 bits that are set, and the digits of e. So does no other of
/// the same length.
const BEGIN: [u8; 24] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xad, 0xf8, 0x54, 0x58, 0xa2, 0xbb, 0x4a, 0x9a,
    0xaf, 0xdc, 0x56, 0x20, 0x27, 0x3d, 0x3c, 0xf1,
];

/// Whether a prime is that of a group with a name.
pub fn is_of(group: NamedGroup, prime: &[u8]) -> bool {
    let leading = prime.iter().take_while(|digit| **digit == 0).count();
    let digits = prime.get(leading..).unwrap_or_default();
    NAMED.contains(&(group, bits(digits))) && digits.starts_with(&BEGIN)
}

/// Why a number makes no secret in a prime field: 0, 1, and from the prime less one on. So it is
/// with a generator, and with a public value.
pub fn unfit(number: &[u8], prime: &[u8], expected: &'static str) -> Option<Fault> {
    if bits(number) < 2 {
        let found = number.last().copied().unwrap_or_default().into();
        return Some(Fault::Value { expected, found });
    }
    // Of an odd prime, the one below has the same digits but for the last bit.
    let one_below = |number: &[u8]| {
        let digits = number.iter().skip_while(|digit| **digit == 0);
        let mut digits: Vec<u8> = digits.copied().collect();
        digits.iter_mut().rev().take(1).for_each(|last| *last &= !1);
        digits
    };
    let (number, prime) = (one_below(number), one_below(prime));
    let is_large = (number.len(), &number) >= (prime.len(), &prime);
    is_large.then_some(Fault::Form { expected, found: "a greater one" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prime_with_a_name_is_known_by_how_it_begins_and_by_its_length() {
        let prime = |length: usize| {
            let mut prime = BEGIN.to_vec();
            prime.resize(length, 0xff);
            prime
        };
        assert!(is_of(NamedGroup::ffdhe2048, &prime(256)));
        assert!(is_of(NamedGroup::ffdhe3072, &[&[0][..], &prime(384)].concat()));
        assert!(!is_of(NamedGroup::ffdhe3072, &prime(256)));
        // The primes of RFC 3526 have the digits of pi.
        let mut other = prime(256);
        other[8] = 0xc9;
        assert!(!is_of(NamedGroup::ffdhe2048, &other));
    }

    #[test]
    fn numbers_between_one_and_the_prime_less_one_are_fit() {
        const EXPECTED: &str = "2 to p - 2";
        let told = |number: &[u8]| unfit(number, &[0, 1, 0, 7], EXPECTED).map(|it| it.found());
        for number in [&[2][..], &[5], &[0, 0, 2], &[1, 0, 5], &[0, 1, 0, 4]] {
            assert_eq!(told(number), None, "{number:?}");
        }
        for (number, found) in [
            (&[][..], "0"),
            (&[0], "0"),
            (&[0, 1], "1"),
            (&[1, 0, 6], "a greater one"),
            (&[1, 0, 7], "a greater one"),
            (&[1, 0, 0, 0], "a greater one"),
        ] {
            assert_eq!(told(number).as_deref(), Some(found), "{number:?}");
        }
    }
}
