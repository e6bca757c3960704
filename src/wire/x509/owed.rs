//! What an authority must write into what it issues, and did not: RFC 5280 sections 4.2.1.1 to 4.2.1.3.
//! Of what is older than a rule nothing is said.

use super::facts::Facts;
use super::notices::{Say, form};
use super::oids;

/// Says what is missing. Before the third version there were no extensions.
pub fn extensions(facts: &Facts<'_>, say: Say<'_>) {
    if facts.version.0 != 2 {
        return;
    }
    subject_key(facts, say);
    key_usage(facts, say);
    authority_key(facts, say);
}

/// By which key an authority signs, a rule since RFC 2459 of 1999.
fn subject_key(facts: &Facts<'_>, say: Say<'_>) {
    if facts.is_since(2000) && facts.extension(oids::SUBJECT_KEY_IDENTIFIER).is_none() {
        of_authority("RFC 5280 4.2.1.2", "subjectKeyIdentifier, as it is a CA", facts, say);
    }
}

/// That an authority's key is for signing, a rule since RFC 3280 of 2002 where it signs others: of who
/// signs himself that is not known.
fn key_usage(facts: &Facts<'_>, say: Say<'_>) {
    let is_due = facts.is_since(2003) && !facts.is_self_issued();
    if is_due && facts.extension(oids::KEY_USAGE).is_none() {
        of_authority("RFC 5280 4.2.1.3", "keyUsage, as it is a CA", facts, say);
    }
}

/// Says what is missing where it says that it is an authority, if it does.
fn of_authority(section: &'static str, expected: &'static str, facts: &Facts<'_>, say: Say<'_>) {
    if let Some(constraints) = facts.extension(oids::BASIC_CONSTRAINTS).filter(|_| facts.is_ca()) {
        say(section, "basicConstraints", constraints.range.clone(), form(expected, "none"));
    }
}

/// By which key it is signed, unless that is its own, a rule since RFC 2459 as well. Where the number of
/// the issuer's certificate stands without its issuer, that is told by itself.
fn authority_key(facts: &Facts<'_>, say: Say<'_>) {
    if facts.is_self_issued() || !facts.is_since(2000) {
        return;
    }
    let Some(key) = facts.extension(oids::AUTHORITY_KEY_IDENTIFIER) else {
        let expected = "authorityKeyIdentifier, as it is not signed by its own key";
        return say("RFC 5280 4.2.1.1", "issuer", facts.issuer.range(), form(expected, "none"));
    };
    let mut parts = key.value.iter().flat_map(|value| value.elements());
    if !parts.any(|part| part.identifier == KEY_IDENTIFIER) {
        let range = key.range.clone();
        say("RFC 5280 4.2.1.1", "authorityKeyIdentifier", range, form("a keyIdentifier", "none"));
    }
}

/// The tag of the part of an AuthorityKeyIdentifier that names a key.
const KEY_IDENTIFIER: u8 = 0x80;
