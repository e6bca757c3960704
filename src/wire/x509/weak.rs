//! Keys and signatures at which an expert would stop, wherever they stand: in a certificate, in a
//! request for one, in a list of those that were revoked, in an OCSP response, in a file of their
//! own. RFC 8017, RFC 3279 and RFC 5480 for keys; how long they are to be, the CA/Browser Forum's
//! Baseline Requirements and NIST; RFC 6149, RFC 6150, RFC 6151 and RFC 6194 for hashes.

use super::facts::{Facts, algorithm};
use super::notices::{Say, form};
use super::{oids, parameters};
use crate::names::NamedGroup;
use crate::wire::der::elements::{Element, Elements};
use crate::wire::der::schema::tag;
use crate::wire::der::words::bits;
use crate::wire::fault::Fault;
use crate::wire::point;
use crate::wire::prime_field;

/// The sections that say how long a key of RSA is to be, and how large its exponent.
#[derive(Clone, Copy)]
pub struct Rules {
    length: &'static str,
    exponent: &'static str,
}

/// Of keys in certificates, and of those for which one is asked.
pub const FORUM: Rules = Rules { length: "CA/B Forum BR 6.1.5", exponent: "CA/B Forum BR 6.1.6" };

/// Of others.
const NIST: Rules = Rules { length: "NIST SP 800-131A 3", exponent: "FIPS 186-5 A.1.1" };

const LONG: &str = "2048 bits or more";

/// Says what there is to say about a SubjectPublicKeyInfo at the start of `bytes`, whose first byte
/// stands at `at`; so it is with the others.
pub fn public_key_info(bytes: &[u8], at: usize, say: Say<'_>) {
    let Some(whole) = Element::first(bytes, at) else { return };
    public_key(&whole, NIST, say);
}

/// A CertificationRequest: the key is behind the version and the subject.
pub fn certification_request(bytes: &[u8], at: usize, say: Say<'_>) {
    let mut parts = parts(bytes, at);
    let (info, identifier) = (parts.next_of(tag::SEQUENCE), parts.next_of(tag::SEQUENCE));
    if let Some(key) = info.and_then(|info| info.elements().nth(2)) {
        public_key(&key, FORUM, say);
    }
    identifier.iter().for_each(|identifier| signature(identifier, say));
}

/// What is signed by the algorithm that stands behind it: a CertificateList, a BasicOCSPResponse.
pub fn signed(bytes: &[u8], at: usize, say: Say<'_>) {
    let identifier = parts(bytes, at).nth(1);
    identifier.iter().for_each(|identifier| signature(identifier, say));
}

/// An RSAPublicKey.
pub fn rsa_public_key(bytes: &[u8], at: usize, say: Say<'_>) {
    rsa(parts(bytes, at), NIST, say);
}

/// An RSAPrivateKey.
pub fn rsa_private_key(bytes: &[u8], at: usize, say: Say<'_>) {
    rsa(behind_version(parts(bytes, at)), NIST, say);
}

/// A key of DSA as OpenSSL writes it.
pub fn dsa_private_key(bytes: &[u8], at: usize, say: Say<'_>) {
    dsa(behind_version(parts(bytes, at)), say);
}

/// Dss-Parms.
pub fn dss_parms(bytes: &[u8], at: usize, say: Say<'_>) {
    dsa(parts(bytes, at), say);
}

/// A PrivateKeyInfo.
pub fn private_key_info(bytes: &[u8], at: usize, say: Say<'_>) {
    let mut parts = behind_version(parts(bytes, at));
    let Some(identifier) = parts.next_of(tag::SEQUENCE) else { return };
    let key = parts.next_of(tag::OCTET_STRING);
    match algorithm(&identifier) {
        oids::RSA_ENCRYPTION | oids::RSASSA_PSS => {
            let numbers = key.and_then(|key| Element::first(key.content, key.inside));
            let numbers = numbers.map(|numbers| numbers.elements_of(tag::SEQUENCE));
            rsa(behind_version(numbers.unwrap_or_default()), NIST, say);
        }
        _ => of_algorithm(&identifier, say),
    }
}

/// The parts of the SEQUENCE at the start of `bytes`.
fn parts(bytes: &[u8], at: usize) -> Elements<'_> {
    Element::first(bytes, at).map(|whole| whole.elements_of(tag::SEQUENCE)).unwrap_or_default()
}

fn behind_version(mut parts: Elements<'_>) -> Elements<'_> {
    parts.next_of(tag::INTEGER);
    parts
}

/// The algorithm of a signature, where its hash is broken.
pub fn signature(identifier: &Element<'_>, say: Say<'_>) {
    let (section, found) = match algorithm(identifier) {
        oids::MD2_WITH_RSA => MD2,
        oids::MD4_WITH_RSA => MD4,
        oids::MD5_WITH_RSA => MD5,
        oids::SHA1_WITH_RSA
        | oids::SHA1_WITH_RSA_OIW
        | oids::DSA_WITH_SHA1
        | oids::ECDSA_WITH_SHA1 => SHA1,
        oids::RSASSA_PSS => match parameters::pss_hash(identifier) {
            Some(oids::MD2) => MD2,
            Some(oids::MD4) => MD4,
            Some(oids::MD5) => MD5,
            Some(oids::SHA1) => SHA1,
            _ => return,
        },
        _ => return,
    };
    let fault = form("a signature over a hash without known collisions", found);
    say(section, "signatureAlgorithm", identifier.range(), fault);
}

/// The signature of a certificate by a key of RSA that is short: it is as long as the key's modulus. Of
/// a root whose own key is short that is told by itself.
pub fn signer(facts: &Facts<'_>, say: Say<'_>) {
    let [_, identifier] = facts.algorithms;
    let id = algorithm(&identifier);
    let is_rsa = id.starts_with(oids::PKCS1) || id == oids::SHA1_WITH_RSA_OIW;
    let Some(value) = facts.signature_value.filter(|_| is_rsa) else { return };
    let own = modulus(&facts.subject_public_key_info);
    let has_long_key = own.is_some_and(|own| bits(own.content) >= 2048);
    // Behind the count of unused bits.
    let found = value.content.len().saturating_sub(1);
    if found < 2048 / 8 && (has_long_key || !facts.is_self_issued()) {
        let expected = "256 bytes or more, as by a key of 2048 bits";
        let fault = Fault::Value { expected, found: found as u64 };
        say(FORUM.length, "signatureValue", value.range(), fault);
    }
}

/// The modulus in a SubjectPublicKeyInfo, where it is one of RSA.
pub fn modulus<'a>(info: &Element<'a>) -> Option<Element<'a>> {
    let mut parts = info.elements();
    let identifier = parts.next_of(tag::SEQUENCE)?;
    let key = parts.next_of(tag::BIT_STRING)?;
    let is_rsa = matches!(algorithm(&identifier), oids::RSA_ENCRYPTION | oids::RSASSA_PSS);
    self::parts(key.content.get(1..)?, key.inside + 1).next().filter(|_| is_rsa)
}

/// Hashes that are broken, and the sections that say so.
const MD2: (&str, &str) = ("RFC 6149 6", "MD2");
const MD4: (&str, &str) = ("RFC 6150 6", "MD4");
const MD5: (&str, &str) = ("RFC 6151 2", "MD5");
const SHA1: (&str, &str) = ("RFC 6194 3", "SHA-1");

/// The key in a SubjectPublicKeyInfo.
pub fn public_key(info: &Element<'_>, rules: Rules, say: Say<'_>) {
    let mut parts = info.elements();
    let (Some(identifier), Some(key)) =
        (parts.next_of(tag::SEQUENCE), parts.next_of(tag::BIT_STRING))
    else {
        return;
    };
    match algorithm(&identifier) {
        oids::RSA_ENCRYPTION | oids::RSASSA_PSS => {
            // Behind the count of unused bits.
            let inside = key.content.get(1..).unwrap_or_default();
            rsa(self::parts(inside, key.inside + 1), rules, say);
        }
        oids::EC_PUBLIC_KEY => {
            curve(&identifier, say);
            point(&identifier, &key, say);
        }
        _ => of_algorithm(&identifier, say),
    }
    parameters::key_length(&identifier, &key, say);
}

/// What the parameters of an algorithm tell of its keys.
fn of_algorithm(identifier: &Element<'_>, say: Say<'_>) {
    match algorithm(identifier) {
        oids::EC_PUBLIC_KEY => curve(identifier, say),
        // They may be those of the issuer, RFC 3279 section 2.3.2.
        oids::DSA => {
            let parameters = identifier.elements().nth(1);
            let numbers = parameters.map(|parameters| parameters.elements_of(tag::SEQUENCE));
            dsa(numbers.unwrap_or_default(), say);
        }
        _ => {}
    }
}

/// The prime of a field of DSA, of whose numbers it is the first.
fn dsa(mut numbers: Elements<'_>, say: Say<'_>) {
    let Some(prime) = numbers.next_of(tag::INTEGER) else { return };
    let found = bits(prime.content);
    if found < 2048 {
        let fault = Fault::Value { expected: LONG, found: found as u64 };
        say(NIST.length, "p", prime.range(), fault);
    }
}

/// A DHParameter.
pub fn dh_parameter(bytes: &[u8], at: usize, say: Say<'_>) {
    let mut numbers = parts(bytes, at);
    let (Some(prime), Some(base)) = (numbers.next(), numbers.next()) else { return };
    let of_prime = prime_field::prime(prime.content, "a prime of 2048 bits or more");
    let of_prime = of_prime.map(|wrong| ("prime", prime.range(), wrong));
    let fault = prime_field::unfit(base.content, prime.content, "a generator from 2 to p - 2");
    let of_base = fault.map(|fault| ("base", base.range(), (fault, "PKCS #3 6")));
    for (field, range, (fault, section)) in of_prime.chain(of_base) {
        say(section, field, range, fault);
    }
}

/// The modulus and the public exponent, which stand one behind the other.
fn rsa(mut numbers: Elements<'_>, rules: Rules, say: Say<'_>) {
    let (Some(modulus), Some(exponent)) = (numbers.next(), numbers.next()) else { return };
    let size = bits(modulus.content);
    if modulus.content.first().is_some_and(|first| *first >= 0x80) {
        let fault = form("a positive number", "a negative one");
        say("RFC 8017 3.1", "modulus", modulus.range(), fault);
    } else if size < 2048 {
        let fault = Fault::Value { expected: LONG, found: size as u64 };
        say(rules.length, "modulus", modulus.range(), fault);
    }
    if modulus.content.last().is_some_and(|last| last % 2 == 0) {
        say("RFC 8017 3.1", "modulus", modulus.range(), form("an odd number", "an even one"));
    }
    if bits(exponent.content) > 64 {
        return;
    }
    let value = exponent.content.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    if value % 2 == 0 || value < 3 {
        let fault = Fault::Value { expected: "an odd number from 3 on", found: value };
        say("RFC 8017 3.1", "publicExponent", exponent.range(), fault);
    } else if value < 65_537 {
        let fault = Fault::Value { expected: "65537 or more", found: value };
        say(rules.exponent, "publicExponent", exponent.range(), fault);
    }
}

fn curve(identifier: &Element<'_>, say: Say<'_>) {
    let Some(parameters) = identifier.elements().nth(1) else { return };
    let fault = match parameters.identifier {
        tag::SEQUENCE => form("a curve by its name", "one that is written out"),
        tag::NULL => form("a curve by its name", "one that the issuer implies"),
        _ if is_small(parameters.content) => form("a curve of 224 bits or more", "a smaller one"),
        _ => return,
    };
    say("RFC 5480 2.1.1", "parameters", parameters.range(), fault);
}

/// A point of another length than those of its curve, or off it. One of no form is told where it is
/// read.
fn point(identifier: &Element<'_>, key: &Element<'_>, say: Say<'_>) {
    let curve = identifier.elements().nth(1).and_then(|parameters| named_curve(&parameters));
    // Behind the count of unused bits.
    let (Some(curve), Some(point)) = (curve, key.content.get(1..)) else { return };
    if let Some(fault @ (Fault::Size { .. } | Fault::Form { .. })) = point::unfit(curve, point) {
        say("RFC 5480 2.2", "subjectPublicKey", key.range(), fault);
    }
}

/// The curve that parameters name, where TLS has it too.
pub fn named_curve(parameters: &Element<'_>) -> Option<NamedGroup> {
    if parameters.identifier != tag::OBJECT_IDENTIFIER {
        return None;
    }
    let curves = [oids::X9_62_CURVES, oids::SECG_CURVES, oids::BRAINPOOL_CURVES];
    let below = |arc: &&[u8]| parameters.content.starts_with(arc);
    let arc = curves.into_iter().find(below)?;
    let Some(&[number]) = parameters.content.get(arc.len()..) else { return None };
    use NamedGroup as Curve;
    Some(match (arc, number) {
        (oids::X9_62_CURVES, 1) => Curve::secp192r1,
        (oids::X9_62_CURVES, 7) => Curve::secp256r1,
        (oids::SECG_CURVES, 1) => Curve::sect163k1,
        (oids::SECG_CURVES, 2) => Curve::sect163r1,
        (oids::SECG_CURVES, 3) => Curve::sect239k1,
        (oids::SECG_CURVES, 8) => Curve::secp160r1,
        (oids::SECG_CURVES, 9) => Curve::secp160k1,
        (oids::SECG_CURVES, 10) => Curve::secp256k1,
        (oids::SECG_CURVES, 15) => Curve::sect163r2,
        (oids::SECG_CURVES, 16) => Curve::sect283k1,
        (oids::SECG_CURVES, 17) => Curve::sect283r1,
        (oids::SECG_CURVES, 24) => Curve::sect193r1,
        (oids::SECG_CURVES, 25) => Curve::sect193r2,
        (oids::SECG_CURVES, 26) => Curve::sect233k1,
        (oids::SECG_CURVES, 27) => Curve::sect233r1,
        (oids::SECG_CURVES, 30) => Curve::secp160r2,
        (oids::SECG_CURVES, 31) => Curve::secp192k1,
        (oids::SECG_CURVES, 32) => Curve::secp224k1,
        (oids::SECG_CURVES, 33) => Curve::secp224r1,
        (oids::SECG_CURVES, 34) => Curve::secp384r1,
        (oids::SECG_CURVES, 35) => Curve::secp521r1,
        (oids::SECG_CURVES, 36) => Curve::sect409k1,
        (oids::SECG_CURVES, 37) => Curve::sect409r1,
        (oids::SECG_CURVES, 38) => Curve::sect571k1,
        (oids::SECG_CURVES, 39) => Curve::sect571r1,
        (oids::BRAINPOOL_CURVES, 7) => Curve::brainpoolP256r1,
        (oids::BRAINPOOL_CURVES, 11) => Curve::brainpoolP384r1,
        (oids::BRAINPOOL_CURVES, 13) => Curve::brainpoolP512r1,
        _ => return None,
    })
}

/// Whether a named curve has less than 224 bits: some of X9.62, SEC 2 and RFC 5639.
fn is_small(curve: &[u8]) -> bool {
    if matches!(curve, oids::SECP192R1 | oids::PRIME192V2 | oids::PRIME192V3) {
        return true;
    }
    match (curve.strip_prefix(oids::SECG_CURVES), curve.strip_prefix(oids::BRAINPOOL_CURVES)) {
        (Some([number]), _) => {
            matches!(number, 1 | 2 | 4..=9 | 15 | 22..=25 | 28..=31)
        }
        (_, Some([number])) => matches!(number, 1..=4),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{Code, oid};

    /// A curve's name as a certificate has it is the one that TLS has.
    #[test]
    fn curves_have_one_name() {
        let mut curves = 0;
        for arc in [oids::X9_62_CURVES, oids::SECG_CURVES, oids::BRAINPOOL_CURVES] {
            for number in 0..=0x7f {
                let id = [arc, &[number]].concat();
                let encoded = [&[tag::OBJECT_IDENTIFIER, id.len() as u8], &id[..]].concat();
                let known = oid::dotted(&id).and_then(|dotted| oid::name(&dotted));
                let of_tls = known.and_then(NamedGroup::parse);
                let ours = named_curve(&Element::first(&encoded, 0).unwrap());
                assert_eq!(ours, of_tls, "{known:?}");
                curves += usize::from(ours.is_some());
            }
        }
        assert_eq!(curves, 28);
    }
}
