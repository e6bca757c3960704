//! What an expert would stop at in a certificate though every byte has its form: weak keys and
//! signatures, parts that contradict each other, names that no client would match. RFC 5280 where
//! it has a rule, RFC 9525 for names, and the CA/Browser Forum's Baseline Requirements for keys.
//!
//! A certificate that is cut off gets none, since what decides may be what is missing. Of each
//! kind at most one is said, so that a hostile certificate cannot make a flood of them.

use std::collections::HashSet;
use std::ops::Range;

use super::facts::{Facts, algorithm};
use super::{bounds, empty, extension_of, oids, parameters, stamp, subject};
use crate::names::NamedGroup;
use crate::wire::der::elements::Element;
use crate::wire::der::schema::tag;
use crate::wire::der::words::bits;
use crate::wire::fault::Fault;
use crate::wire::grammar::{Reader, Record};
use crate::wire::point;
use crate::wire::prime_field;

/// Says what there is to say about the certificate at the start of `bytes`, whose first byte
/// stands at `at`.
pub fn certificate<R: Record>(r: &mut Reader<'_, R>, bytes: &[u8], at: usize) {
    let Some(facts) = Facts::read(bytes, at) else { return };
    let mut say = |section, field, range, fault| {
        let outer = r.section(section);
        r.notice(field, range, fault);
        r.section(outer);
    };
    let say: Say<'_> = &mut say;
    version(&facts, say);
    serial_number(&facts, say);
    signature(&facts, say);
    validity(&facts, say);
    public_key(&facts, say);
    whole_bytes(&facts, say);
    parameters::of_algorithms(&facts, say);
    parameters::lengths(&facts, say);
    bounds::names(&facts, say);
    empty::names(&facts, say);
    subject::common_name(&facts, say);
    if facts.has_unread {
        // What decides may be in one that could not be read.
        return;
    }
    extensions(&facts, say);
    criticality(&facts, say);
    empty::extensions(&facts, say);
    policies(&facts, say);
    authority(&facts, say);
    subject::alternative_names(&facts, say);
}

/// Says what there is to say about the DHParameter at the start of `bytes`, whose first byte stands at
/// `at`.
pub fn dh_parameter<R: Record>(r: &mut Reader<'_, R>, bytes: &[u8], at: usize) {
    let numbers = Element::first(bytes, at).map(|whole| whole.elements_of(tag::SEQUENCE));
    let mut numbers = numbers.into_iter().flatten();
    let (Some(prime), Some(base)) = (numbers.next(), numbers.next()) else { return };
    let of_prime = prime_field::prime(prime.content, "a prime of 2048 bits or more");
    let of_prime = of_prime.map(|wrong| ("prime", prime.range(), wrong));
    let fault = prime_field::unfit(base.content, prime.content, "a generator from 2 to p - 2");
    let of_base = fault.map(|fault| ("base", base.range(), (fault, "PKCS #3 6")));
    for (field, range, (fault, section)) in of_prime.chain(of_base) {
        let outer = r.section(section);
        r.notice(field, range, fault);
        r.section(outer);
    }
}

/// Takes a notice: the section, the field, where, and what.
pub type Say<'s> = &'s mut dyn FnMut(&'static str, &'static str, Range<usize>, Fault);

pub const fn form(expected: &'static str, found: &'static str) -> Fault {
    Fault::Form { expected, found }
}

fn version(facts: &Facts<'_>, say: Say<'_>) {
    let (version, range) = facts.version.clone();
    let fault = match version {
        0 | 1 if facts.has_unread || !facts.extensions.is_empty() => {
            form("v3, as it has extensions", "an older one")
        }
        0 if facts.has_unique_ids => form("v2 or v3, as it has unique identifiers", "v1"),
        0..=2 => return,
        _ => Fault::Value { expected: "v1 to v3 (0 to 2)", found: version.into() },
    };
    say("RFC 5280 4.1.2.1", "version", range, fault);
}

fn serial_number(facts: &Facts<'_>, say: Say<'_>) {
    let serial = facts.serial_number;
    let fault = match serial.content {
        [0x80..=0xff, ..] => form("a positive number", "a negative one"),
        [0] => form("a positive number", "zero"),
        // A byte in front that keeps the number positive is counted too.
        content if content.len() > 20 => {
            Fault::Value { expected: "20 bytes at most", found: content.len() as u64 }
        }
        _ => return,
    };
    say("RFC 5280 4.1.2.2", "serialNumber", serial.range(), fault);
}

fn signature(facts: &Facts<'_>, say: Say<'_>) {
    let [inner, outer] = facts.algorithms;
    if inner.content != outer.content {
        let fault = form("the algorithm that the signed part names", "another one");
        say("RFC 5280 4.1.1.2", "signatureAlgorithm", outer.range(), fault);
    }
    if facts.is_self_issued() {
        // Nobody goes by the signature of a root, which proves nothing.
        return;
    }
    let expected = "a signature over a hash without known collisions";
    let weak = match algorithm(&outer) {
        oids::MD2_WITH_RSA => ("RFC 6149 6", "MD2"),
        oids::MD4_WITH_RSA => ("RFC 6150 6", "MD4"),
        oids::MD5_WITH_RSA => ("RFC 6151 2", "MD5"),
        oids::SHA1_WITH_RSA
        | oids::SHA1_WITH_RSA_OIW
        | oids::DSA_WITH_SHA1
        | oids::ECDSA_WITH_SHA1 => ("RFC 6194 3", "SHA-1"),
        oids::RSASSA_PSS => match parameters::pss_hash(&outer) {
            Some(oids::MD2) => ("RFC 6149 6", "MD2"),
            Some(oids::MD4) => ("RFC 6150 6", "MD4"),
            Some(oids::MD5) => ("RFC 6151 2", "MD5"),
            Some(oids::SHA1) => ("RFC 6194 3", "SHA-1"),
            _ => return,
        },
        _ => return,
    };
    say(weak.0, "signatureAlgorithm", outer.range(), form(expected, weak.1));
}

fn validity(facts: &Facts<'_>, say: Say<'_>) {
    const SECTION: &str = "RFC 5280 4.1.2.5";
    let mut times = facts.validity.elements();
    let (Some(not_before), Some(not_after)) = (times.next(), times.next()) else { return };
    for (field, time) in [("notBefore", not_before), ("notAfter", not_after)] {
        let Some(moment) = stamp(&time) else { continue };
        if time.identifier == tag::GENERALIZED_TIME && moment.year() < 2050 {
            let fault = form("a UTCTime up to the year 2049", "a GeneralizedTime");
            say(SECTION, field, time.range(), fault);
        }
        if moment.is_der() && !moment.is_plain() {
            say(SECTION, field, time.range(), form("whole seconds", "a fraction"));
        }
    }
    if let (Some(from), Some(to)) = (stamp(&not_before), stamp(&not_after)) {
        if from.seconds() > to.seconds() {
            let fault = form("an end behind the beginning", "one before it");
            say(SECTION, "notAfter", not_after.range(), fault);
        }
    }
}

fn public_key(facts: &Facts<'_>, say: Say<'_>) {
    let mut parts = facts.subject_public_key_info.elements();
    let (Some(identifier), Some(key)) =
        (parts.next_of(tag::SEQUENCE), parts.next_of(tag::BIT_STRING))
    else {
        return;
    };
    match algorithm(&identifier) {
        oids::RSA_ENCRYPTION | oids::RSASSA_PSS => rsa(&key, say),
        oids::EC_PUBLIC_KEY => {
            curve(&identifier, say);
            point(&identifier, &key, say);
            let uses = facts.key_usage().and_then(|bits| bits.first().copied());
            if let (Some(found), Some(uses)) = (facts.extension(oids::KEY_USAGE), uses) {
                if uses & (KEY_ENCIPHERMENT | DATA_ENCIPHERMENT) != 0 {
                    let fault = form("no encipherment by a key that cannot encipher", "some");
                    say("RFC 8813 3", "keyUsage", found.range.clone(), fault);
                }
            }
        }
        _ => {}
    }
}

/// Keys and signatures are bytes, whatever the algorithm; as bits they have none to spare.
fn whole_bytes(facts: &Facts<'_>, say: Say<'_>) {
    let key = facts.subject_public_key_info.elements().find(|it| it.identifier == tag::BIT_STRING);
    for (section, field, string) in [
        ("RFC 5280 4.1.2.7", "subjectPublicKey", key),
        ("RFC 5280 4.1.1.3", "signatureValue", facts.signature_value),
    ] {
        let unused = string.and_then(|string| string.content.first().copied().zip(Some(string)));
        if let Some((found @ 1.., string)) = unused {
            let fault = Fault::Value { expected: "no unused bits", found: found.into() };
            say(section, field, string.range(), fault);
        }
    }
}

fn rsa(key: &Element<'_>, say: Say<'_>) {
    // Behind the count of unused bits.
    let inside = key.content.get(1..).unwrap_or_default();
    let Some(numbers) = Element::first(inside, key.inside + 1) else { return };
    let mut numbers = numbers.elements_of(tag::SEQUENCE);
    let (Some(modulus), Some(exponent)) = (numbers.next(), numbers.next()) else { return };
    let size = bits(modulus.content);
    if modulus.content.first().is_some_and(|first| *first >= 0x80) {
        let fault = form("a positive number", "a negative one");
        say("RFC 8017 3.1", "modulus", modulus.range(), fault);
    } else if size < 2048 {
        let fault = Fault::Value { expected: "2048 bits or more", found: size as u64 };
        say("CA/B Forum BR 6.1.5", "modulus", modulus.range(), fault);
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
        say("CA/B Forum BR 6.1.6", "publicExponent", exponent.range(), fault);
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

fn extensions(facts: &Facts<'_>, say: Say<'_>) {
    const SECTION: &str = "RFC 5280 4.2";
    let mut seen = HashSet::with_capacity(facts.extensions.len());
    let twice = facts.extensions.iter().find(|extension| !seen.insert(extension.id));
    if let Some(extension) = twice {
        let fault = form("each extension once", "one a second time");
        say(SECTION, "extension", extension.range.clone(), fault);
    }
    let unknown = |id: &[u8]| extension_of(id).is_none();
    let mut critical = facts.extensions.iter().filter(|extension| extension.critical);
    if let Some(extension) = critical.find(|extension| unknown(extension.id)) {
        let fault = form("a known extension where it is critical", "an unknown one");
        say(SECTION, "extension", extension.range.clone(), fault);
    }
}

/// What a validator must not pass over, though it may not know it; and what it may.
const CRITICALITY: &[(&[u8], &str, bool, &str)] = &[
    (oids::NAME_CONSTRAINTS, "nameConstraints", true, "RFC 5280 4.2.1.10"),
    (oids::POLICY_CONSTRAINTS, "policyConstraints", true, "RFC 5280 4.2.1.11"),
    (oids::INHIBIT_ANY_POLICY, "inhibitAnyPolicy", true, "RFC 5280 4.2.1.14"),
    (oids::CT_POISON, "poison", true, "RFC 6962 3.1"),
    (oids::AUTHORITY_KEY_IDENTIFIER, "authorityKeyIdentifier", false, "RFC 5280 4.2.1.1"),
    (oids::SUBJECT_KEY_IDENTIFIER, "subjectKeyIdentifier", false, "RFC 5280 4.2.1.2"),
    (oids::SUBJECT_DIRECTORY_ATTRIBUTES, "subjectDirectoryAttributes", false, "RFC 5280 4.2.1.8"),
    (oids::FRESHEST_CRL, "freshestCRL", false, "RFC 5280 4.2.1.15"),
    (oids::AUTHORITY_INFO_ACCESS, "authorityInfoAccess", false, "RFC 5280 4.2.2.1"),
    (oids::SUBJECT_INFO_ACCESS, "subjectInfoAccess", false, "RFC 5280 4.2.2.2"),
];

fn criticality(facts: &Facts<'_>, say: Say<'_>) {
    for &(id, field, critical, section) in CRITICALITY {
        let Some(extension) = facts.extension(id).filter(|it| it.critical != critical) else {
            continue;
        };
        let fault = match critical {
            true => form("a critical extension", "one that is not"),
            false => form("an extension that is not critical", "one that is"),
        };
        say(section, field, extension.range.clone(), fault);
    }
}

fn policies(facts: &Facts<'_>, say: Say<'_>) {
    let Some(policies) = facts.extension(oids::CERTIFICATE_POLICIES) else { return };
    let all = policies.value.map(|value| value.elements()).unwrap_or_default();
    let mut ids = all.filter_map(|policy| policy.elements().next_of(tag::OBJECT_IDENTIFIER));
    let mut seen = HashSet::new();
    if let Some(policy) = ids.find(|policy| !seen.insert(policy.content)) {
        let fault = form("each policy once", "one a second time");
        say("RFC 5280 4.2.1.4", "policyIdentifier", policy.range(), fault);
    }
}

// Bits of the first byte of keyUsage.
const KEY_ENCIPHERMENT: u8 = 0x20;
const DATA_ENCIPHERMENT: u8 = 0x10;
const KEY_CERT_SIGN: u8 = 0x04;

/// Whether it may issue certificates: what basicConstraints and keyUsage say of it.
fn authority(facts: &Facts<'_>, say: Say<'_>) {
    let is_ca = facts.is_ca();
    if let (Some(usage), Some(uses)) = (facts.extension(oids::KEY_USAGE), facts.key_usage()) {
        let signs = uses.first().is_some_and(|uses| uses & KEY_CERT_SIGN != 0);
        let fault = match (is_ca, signs) {
            (true, false) => Some(form("keyCertSign, as it is a CA", "no keyCertSign")),
            (false, true) => Some(form("no keyCertSign, as it is no CA", "keyCertSign")),
            _ => None,
        };
        if let Some(fault) = fault {
            say("RFC 5280 4.2.1.3", "keyUsage", usage.range.clone(), fault);
        }
        if uses.iter().all(|&byte| byte == 0) {
            let fault = form("one bit at least", "none");
            say("RFC 5280 4.2.1.3", "keyUsage", usage.range.clone(), fault);
        }
    }
    let Some(constraints) = facts.extension(oids::BASIC_CONSTRAINTS) else { return };
    if is_ca && !constraints.critical && !facts.is_self_issued() {
        let fault = form("a critical extension, as it is a CA", "one that is not");
        say("RFC 5280 4.2.1.9", "basicConstraints", constraints.range.clone(), fault);
    }
    let mut parts = constraints.value.map(|value| value.elements()).unwrap_or_default();
    let path_length = parts.find(|part| part.identifier == tag::INTEGER);
    if let (false, Some(length)) = (is_ca, path_length) {
        let fault = form("no pathLenConstraint, as it is no CA", "one");
        say("RFC 5280 4.2.1.9", "pathLenConstraint", length.range(), fault);
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
