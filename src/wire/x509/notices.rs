//! What an expert would stop at in a certificate though every byte has its form: parts that
//! contradict each other, names that no client would match. RFC 5280 where it has a rule, RFC 9525
//! for names. Of keys and signatures, `weak` tells it.
//!
//! A certificate that is cut off gets none, since what decides may be what is missing. Of each
//! kind at most one is said, so that a hostile certificate cannot make a flood of them.

use std::collections::HashSet;

use super::facts::{Extension, Facts, algorithm};
use super::{
    bounds, constraints, empty, extension_of, oids, owed, parameters, stamp, subject, weak,
};
use crate::wire::der::elements::Element;
pub use crate::wire::der::schema::Say;
use crate::wire::der::schema::tag;
use crate::wire::fault::Fault;
use crate::wire::side::Side;

/// Says what there is to say about the certificate at the start of `bytes`, whose first byte
/// stands at `at`.
pub fn certificate(bytes: &[u8], at: usize, shown_by: Option<Side>, say: Say<'_>) {
    let Some(facts) = Facts::read(bytes, at) else { return };
    version(&facts, say);
    serial_number(&facts, say);
    signature(&facts, say);
    validity(&facts, say);
    public_key(&facts, say);
    whole_bytes(&facts, say);
    parameters::of_algorithms(&facts, say);
    parameters::signature_length(&facts, say);
    weak::signer(&facts, say);
    bounds::names(&facts, say);
    empty::names(&facts, say);
    subject::common_name(&facts, say);
    unique_ids(&facts, say);
    if facts.has_unread {
        // What decides may be in one that could not be read.
        return;
    }
    extensions(&facts, say);
    criticality(&facts, say);
    empty::extensions(&facts, say);
    policies(&facts, say);
    constraints::counts(&facts, say);
    constraints::names(&facts, say);
    authority_key(&facts, say);
    authority(&facts, say);
    owed::extensions(&facts, say);
    subject::old_strings(&facts, say);
    subject::alternative_names(&facts, shown_by, say);
}

/// The same of one of which nobody knows who shows it.
pub fn kept_certificate(bytes: &[u8], at: usize, say: Say<'_>) {
    certificate(bytes, at, None, say);
}

pub const fn form(expected: &'static str, found: &'static str) -> Fault {
    Fault::Form { expected, found }
}

fn version(facts: &Facts<'_>, say: Say<'_>) {
    let (version, range) = facts.version.clone();
    let fault = match version {
        0 | 1 if facts.has_unread || !facts.extensions.is_empty() => {
            form("v3, as it has extensions", "an older one")
        }
        0 if facts.unique_ids.iter().any(Option::is_some) => {
            form("v2 or v3, as it has unique identifiers", "v1")
        }
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
    weak::signature(&outer, say);
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

/// The key, and whether what keyUsage has it do is what such a key can.
fn public_key(facts: &Facts<'_>, say: Say<'_>) {
    let key = &facts.subject_public_key_info;
    weak::public_key(key, weak::FORUM, say);
    let identifier = key.elements().next_of(tag::SEQUENCE);
    if identifier.is_none_or(|identifier| algorithm(&identifier) != oids::EC_PUBLIC_KEY) {
        return;
    }
    let uses = facts.key_usage().and_then(|bits| bits.first().copied());
    if let (Some(found), Some(uses)) = (facts.extension(oids::KEY_USAGE), uses) {
        if uses & (KEY_ENCIPHERMENT | DATA_ENCIPHERMENT) != 0 {
            let fault = form("no encipherment by a key that cannot encipher", "some");
            say("RFC 8813 3", "keyUsage", found.range.clone(), fault);
        }
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

fn unique_ids(facts: &Facts<'_>, say: Say<'_>) {
    for (field, id) in ["issuerUniqueID", "subjectUniqueID"].into_iter().zip(facts.unique_ids) {
        if let Some(id) = id {
            let fault = form("none, since names are not used again", "one");
            say("RFC 5280 4.1.2.8", field, id.range(), fault);
        }
    }
}

/// Extensions that say something of a revocation list, or of one of its entries.
const OF_LISTS: &[&[u8]] = &[
    oids::CRL_NUMBER,
    oids::DELTA_CRL_INDICATOR,
    oids::ISSUING_DISTRIBUTION_POINT,
    oids::CRL_REASON,
    oids::INVALIDITY_DATE,
    oids::CERTIFICATE_ISSUER,
];

fn extensions(facts: &Facts<'_>, say: Say<'_>) {
    const SECTION: &str = "RFC 5280 4.2";
    let mut seen = HashSet::with_capacity(facts.extensions.len());
    let twice = facts.extensions.iter().find(|extension| !seen.insert(extension.id));
    if let Some(extension) = twice {
        let fault = form("each extension once", "one a second time");
        say(SECTION, "extension", extension.range.clone(), fault);
    }
    if let Some(extension) = facts.extensions.iter().find(|it| OF_LISTS.contains(&it.id)) {
        let fault = form("an extension of certificates", "one of revocation lists");
        say("RFC 5280 5.2", "extension", extension.range.clone(), fault);
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
    if let Some(mappings) = facts.extension(oids::POLICY_MAPPINGS) {
        // Before RFC 5280 of 2008 it had to be the other way.
        if has_something(mappings) && !mappings.critical && facts.is_since(2009) {
            let fault = form("a critical extension", "one that is not");
            say("RFC 5280 4.2.1.5", "policyMappings", mappings.range.clone(), fault);
        }
        let mut mappings = mappings.value.iter().flat_map(|value| value.elements());
        let is_any = |policy: Element<'_>| policy.content == oids::ANY_POLICY;
        if let Some(mapping) = mappings.find(|mapping| mapping.elements().any(is_any)) {
            let fault = form("policies but anyPolicy, which no other is equal to", "anyPolicy");
            say("RFC 5280 4.2.1.5", "PolicyMapping", mapping.range(), fault);
        }
    }
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
const KEY_AGREEMENT: u8 = 0x08;
const KEY_CERT_SIGN: u8 = 0x04;
const ENCIPHER_ONLY: u8 = 0x01;
// And of the second.
const DECIPHER_ONLY: u8 = 0x80;

/// In which direction both sides encrypt by what they agreed on: it says something only of a key that is
/// for agreeing.
fn agreement_one_way(facts: &Facts<'_>, say: Say<'_>) {
    let (Some(usage), Some(uses)) = (facts.extension(oids::KEY_USAGE), facts.key_usage()) else {
        return;
    };
    let has = |byte: usize, bit: u8| uses.get(byte).is_some_and(|uses| uses & bit != 0);
    let found = match (has(0, ENCIPHER_ONLY), has(1, DECIPHER_ONLY)) {
        _ if has(0, KEY_AGREEMENT) => return,
        (true, true) => "encipherOnly and decipherOnly",
        (true, false) => "encipherOnly",
        (false, true) => "decipherOnly",
        (false, false) => return,
    };
    let fault = form("keyAgreement, without which neither of its directions is defined", found);
    say("RFC 5280 4.2.1.3", "keyUsage", usage.range.clone(), fault);
}

/// Whether something is in it: that nothing is, is told by itself.
fn has_something(extension: &Extension<'_>) -> bool {
    extension.value.is_some_and(|value| !value.content.is_empty())
}

/// What is for authorities alone.
fn of_authorities(facts: &Facts<'_>, say: Say<'_>) {
    if facts.is_ca() {
        return;
    }
    for (id, field, section) in [
        (oids::POLICY_MAPPINGS, "policyMappings", "RFC 5280 4.2.1.5"),
        (oids::INHIBIT_ANY_POLICY, "inhibitAnyPolicy", "RFC 5280 4.2.1.14"),
    ] {
        if let Some(extension) = facts.extension(id).filter(|found| has_something(found)) {
            say(section, field, extension.range.clone(), form("none, as it is no CA", "one"));
        }
    }
}

/// The number of the issuer's certificate says something only beside who issued that.
fn authority_key(facts: &Facts<'_>, say: Say<'_>) {
    let Some(key) = facts.extension(oids::AUTHORITY_KEY_IDENTIFIER) else { return };
    let has = |identifier| {
        let mut parts = key.value.iter().flat_map(|value| value.elements());
        parts.any(|part| part.identifier == identifier)
    };
    let found = match (has(0xa1), has(0x82)) {
        (true, false) => "authorityCertIssuer alone",
        (false, true) => "authorityCertSerialNumber alone",
        _ => return,
    };
    let fault = form("authorityCertIssuer and authorityCertSerialNumber, or neither", found);
    say("RFC 5280 4.2.1.1", "authorityKeyIdentifier", key.range.clone(), fault);
}

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
    agreement_one_way(facts, say);
    of_authorities(facts, say);
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
