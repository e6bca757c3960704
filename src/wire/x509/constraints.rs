//! What an expert would stop at in the limits that a certificate sets to those below it: RFC 5280
//! sections 4.2.1.9 to 4.2.1.11 and 4.2.1.14.

use super::facts::Facts;
use super::notices::{Say, form};
use super::oids;
use crate::wire::der::schema::tag;
use crate::wire::fault::Fault;

/// How many certificates may stand below it, and the like: no number is negative.
pub fn counts(facts: &Facts<'_>, say: Say<'_>) {
    for (id, field, identifier, section) in [
        (oids::BASIC_CONSTRAINTS, "pathLenConstraint", tag::INTEGER, "RFC 5280 4.2.1.9"),
        (oids::POLICY_CONSTRAINTS, "requireExplicitPolicy", 0x80, "RFC 5280 4.2.1.11"),
        (oids::POLICY_CONSTRAINTS, "inhibitPolicyMapping", 0x81, "RFC 5280 4.2.1.11"),
        (oids::INHIBIT_ANY_POLICY, "inhibitAnyPolicy", tag::INTEGER, "RFC 5280 4.2.1.14"),
    ] {
        let Some(value) = facts.extension(id).and_then(|found| found.value) else { continue };
        // One of them stands by itself.
        let mut parts = std::iter::once(value).chain(value.elements());
        let count = parts.find(|part| part.identifier == identifier);
        if let Some(count) = count.filter(|it| it.content.first().is_some_and(|it| *it >= 0x80)) {
            say(section, field, count.range(), form("a number from 0 on", "a negative one"));
        }
    }
}

/// The names below it: what constrains them is of an authority, and networks have a mask.
pub fn names(facts: &Facts<'_>, say: Say<'_>) {
    const SECTION: &str = "RFC 5280 4.2.1.10";
    let Some(constraints) = facts.extension(oids::NAME_CONSTRAINTS) else { return };
    let subtrees = constraints.value.map(|value| value.elements()).unwrap_or_default();
    // That there is nothing in it is told by itself.
    if !facts.is_ca() && subtrees.clone().next().is_some() {
        let fault = form("none, as it is no CA", "some");
        say(SECTION, "nameConstraints", constraints.range.clone(), fault);
    }
    let bases = subtrees.flat_map(|kind| kind.elements()).flat_map(|subtree| subtree.elements());
    let networks = bases.filter(|base| base.identifier == 0x87);
    let mut unfit = networks.filter_map(|network| Some((network, unfit_network(network.content)?)));
    if let Some((network, fault)) = unfit.next() {
        say(SECTION, "iPAddress", network.range(), fault);
    }
}

/// What is wrong with an address and its mask, which is of ones before zeros as in RFC 4632.
fn unfit_network(network: &[u8]) -> Option<Fault> {
    if !matches!(network.len(), 8 | 32) {
        let expected = "8 or 32 bytes: an address, and a mask";
        return Some(Fault::Value { expected, found: network.len() as u64 });
    }
    let mask = network.get(network.len() / 2..).unwrap_or_default();
    let mut behind = mask.iter().skip_while(|byte| **byte == 0xff);
    let first = behind.next().copied().unwrap_or_default();
    let is_whole = first.leading_ones() == first.count_ones() && behind.all(|byte| *byte == 0);
    (!is_whole).then_some(form("a mask of ones before zeros", "another"))
}
