//! What stands beside the identifier of an algorithm, and must or must not, RFC 3279, RFC 4055 and RFC
//! 5758; and how long keys and signatures are that have no other form, RFC 8032 and FIPS 204.

use super::facts::{Facts, algorithm};
use super::notices::{Say, form};
use super::oids;
use crate::wire::der::elements::Element;
use crate::wire::der::schema::tag;
use crate::wire::fault::Fault;

/// What must stand beside an identifier.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Null,
    Nothing,
    Something,
}

/// What stands beside the identifier of a signature, and the section that says so.
fn beside_signature(algorithm: &[u8]) -> Option<(Beside, &'static str)> {
    Some(match algorithm {
        oids::MD2_WITH_RSA | oids::MD5_WITH_RSA | oids::SHA1_WITH_RSA => {
            (Beside::Null, "RFC 3279 2.2.1")
        }
        oids::SHA224_WITH_RSA
        | oids::SHA256_WITH_RSA
        | oids::SHA384_WITH_RSA
        | oids::SHA512_WITH_RSA => (Beside::Null, "RFC 4055 5"),
        oids::RSASSA_PSS => (Beside::Something, "RFC 4055 3.1"),
        oids::DSA_WITH_SHA1 => (Beside::Nothing, "RFC 3279 2.2.2"),
        oids::DSA_WITH_SHA224 | oids::DSA_WITH_SHA256 => (Beside::Nothing, "RFC 5758 3.1"),
        oids::ECDSA_WITH_SHA1 => (Beside::Nothing, "RFC 3279 2.2.3"),
        oids::ECDSA_WITH_SHA224
        | oids::ECDSA_WITH_SHA256
        | oids::ECDSA_WITH_SHA384
        | oids::ECDSA_WITH_SHA512 => (Beside::Nothing, "RFC 5758 3.2"),
        _ => return None,
    })
}

/// The parameters of the signature and of the key. What they are is told where they are read.
pub fn of_algorithms(facts: &Facts<'_>, say: Say<'_>) {
    let [_, signature] = facts.algorithms;
    let rule = beside_signature(algorithm(&signature));
    beside(&signature, "signatureAlgorithm", rule, say);
    if let Some(identifier) = facts.subject_public_key_info.elements().next() {
        let is_rsa = algorithm(&identifier) == oids::RSA_ENCRYPTION;
        let rule = is_rsa.then_some((Beside::Null, "RFC 3279 2.3.1"));
        beside(&identifier, "algorithm", rule, say);
    }
}

fn beside(
    identifier: &Element<'_>,
    field: &'static str,
    rule: Option<(Beside, &'static str)>,
    say: Say<'_>,
) {
    let Some((wanted, section)) = rule else { return };
    let found = identifier.elements().nth(1);
    let fault = match (wanted, found) {
        (Beside::Null, None) => form("NULL for parameters", "none"),
        (Beside::Something, None) => form("parameters, as it signs", "none"),
        (Beside::Nothing, Some(found)) if found.identifier == tag::NULL => {
            form("no parameters", "NULL")
        }
        (Beside::Nothing, Some(_)) => form("no parameters", "some"),
        _ => return,
    };
    say(section, field, identifier.range(), fault);
}

/// The hash by which RSASSA-PSS signs: where the parameters have none, it is SHA-1, RFC 4055 section
/// 3.1. None where it cannot be read.
pub fn pss_hash<'a>(identifier: &Element<'a>) -> Option<&'a [u8]> {
    let mut parameters = identifier.elements().nth(1)?.elements();
    match parameters.next_of(0xa0) {
        Some(hash) => Some(algorithm(&hash.elements().next()?)),
        None => Some(oids::SHA1),
    }
}

/// How long a key is that is bytes without an inner form.
pub fn key_length(identifier: &Element<'_>, key: &Element<'_>, say: Say<'_>) {
    let rule = match algorithm(identifier) {
        oids::ED25519 => (32, "32 bytes", "RFC 8032 5.1.5"),
        oids::ED448 => (57, "57 bytes", "RFC 8032 5.2.5"),
        oids::ML_DSA_44 => (1312, "1312 bytes", "FIPS 204 4"),
        oids::ML_DSA_65 => (1952, "1952 bytes", "FIPS 204 4"),
        oids::ML_DSA_87 => (2592, "2592 bytes", "FIPS 204 4"),
        _ => return,
    };
    of_length("subjectPublicKey", key, rule, say);
}

/// How long a signature is that is bytes without an inner form.
pub fn signature_length(facts: &Facts<'_>, say: Say<'_>) {
    let [_, signature] = facts.algorithms;
    let rule = match algorithm(&signature) {
        oids::ED25519 => (64, "64 bytes", "RFC 8032 5.1.6"),
        oids::ED448 => (114, "114 bytes", "RFC 8032 5.2.6"),
        oids::ML_DSA_44 => (2420, "2420 bytes", "FIPS 204 4"),
        oids::ML_DSA_65 => (3309, "3309 bytes", "FIPS 204 4"),
        oids::ML_DSA_87 => (4627, "4627 bytes", "FIPS 204 4"),
        _ => return,
    };
    if let Some(value) = facts.signature_value {
        of_length("signatureValue", &value, rule, say);
    }
}

/// A BIT STRING of so many bytes, behind its count of unused bits.
fn of_length(
    field: &'static str,
    string: &Element<'_>,
    (length, expected, section): (usize, &'static str, &'static str),
    say: Say<'_>,
) {
    let found = string.content.len().saturating_sub(1);
    if found != length {
        say(section, field, string.range(), Fault::Value { expected, found: found as u64 });
    }
}
