//! What must hold something, and holds nothing: names, RFC 5280 sections 4.1.2.4 and 4.1.2.9, and what
//! the ASN.1 of its section 4.2 gives a size of one at least.

use super::facts::Facts;
use super::notices::{Say, form};
use super::oids;

/// Extensions of which something must be inside: the field, what is expected there, and the section.
const FILLED: &[(&[u8], &str, &str, &str)] = &[
    (oids::SUBJECT_ALT_NAME, "subjectAltName", "one name at least", "RFC 5280 4.2.1.6"),
    (oids::ISSUER_ALT_NAME, "issuerAltName", "one name at least", "RFC 5280 4.2.1.7"),
    (
        oids::SUBJECT_DIRECTORY_ATTRIBUTES,
        "subjectDirectoryAttributes",
        "one attribute at least",
        "RFC 5280 4.2.1.8",
    ),
    (oids::CERTIFICATE_POLICIES, "certificatePolicies", "one policy at least", "RFC 5280 4.2.1.4"),
    (oids::POLICY_MAPPINGS, "policyMappings", "one mapping at least", "RFC 5280 4.2.1.5"),
    (
        oids::NAME_CONSTRAINTS,
        "nameConstraints",
        "permittedSubtrees or excludedSubtrees",
        "RFC 5280 4.2.1.10",
    ),
    (
        oids::POLICY_CONSTRAINTS,
        "policyConstraints",
        "requireExplicitPolicy or inhibitPolicyMapping",
        "RFC 5280 4.2.1.11",
    ),
    (oids::EXT_KEY_USAGE, "extKeyUsage", "one purpose at least", "RFC 5280 4.2.1.12"),
    (
        oids::AUTHORITY_INFO_ACCESS,
        "authorityInfoAccess",
        "one description at least",
        "RFC 5280 4.2.2.1",
    ),
    (
        oids::SUBJECT_INFO_ACCESS,
        "subjectInfoAccess",
        "one description at least",
        "RFC 5280 4.2.2.2",
    ),
];

/// Lists of the points where revocations are: the field, and the section.
const POINTS: &[(&[u8], &str, &str)] = &[
    (oids::CRL_DISTRIBUTION_POINTS, "cRLDistributionPoints", "RFC 5280 4.2.1.13"),
    (oids::FRESHEST_CRL, "freshestCRL", "RFC 5280 4.2.1.15"),
];

/// The issuer must have a name; a subject may have none, but no part of one is empty.
pub fn names(facts: &Facts<'_>, say: Say<'_>) {
    const SECTION: &str = "RFC 5280 4.1.2.4";
    if facts.issuer.content.is_empty() {
        say(SECTION, "issuer", facts.issuer.range(), form("a name", "an empty one"));
    }
    let mut parts = [facts.issuer, facts.subject].into_iter().flat_map(|name| name.elements());
    if let Some(part) = parts.find(|part| part.content.is_empty()) {
        let fault = form("one attribute at least", "none");
        say(SECTION, "RelativeDistinguishedName", part.range(), fault);
    }
}

/// Extensions without anything inside, and a list without extensions.
pub fn extensions(facts: &Facts<'_>, say: Say<'_>) {
    if let Some(range) = facts.no_extensions.clone() {
        say("RFC 5280 4.1.2.9", "extensions", range, form("one extension at least", "none"));
    }
    for &(id, field, expected, section) in FILLED {
        let Some(extension) = facts.extension(id) else { continue };
        if extension.value.is_some_and(|value| value.content.is_empty()) {
            say(section, field, extension.range.clone(), form(expected, "none"));
        }
    }
    for &(id, field, section) in POINTS {
        let Some(extension) = facts.extension(id) else { continue };
        let mut points = extension.value.iter().flat_map(|points| points.elements()).peekable();
        if extension.value.is_some() && points.peek().is_none() {
            let fault = form("one point at least", "none");
            say(section, field, extension.range.clone(), fault);
        }
        // Reasons alone are no point, either.
        let leads = |identifier| matches!(identifier, 0xa0 | 0xa2);
        let lost = points.find(|point| !point.elements().any(|part| leads(part.identifier)));
        if let Some(point) = lost {
            let fault = form("distributionPoint or cRLIssuer", "neither");
            say(section, "DistributionPoint", point.range(), fault);
        }
    }
}
