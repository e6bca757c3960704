//! Whether the addresses of a host behave alike: what was found at each, held against each other.

use super::diagnosis::{Diagnosis, Verdict};
use super::notebook::alike;

/// What was found of one hello at the addresses of a host, in groups of those that behave alike, in
/// the order in which they were found. Of an address that was not reached, or where nothing was
/// found out, it is not known how it behaves: it is in no group.
pub fn groups(found: &[Diagnosis]) -> Vec<Vec<&Diagnosis>> {
    let mut groups: Vec<Vec<&Diagnosis>> = Vec::new();
    for diagnosis in found.iter().filter(|diagnosis| tells(diagnosis)) {
        let like = |group: &&mut Vec<&Diagnosis>| {
            group.first().is_some_and(|first| behave_alike(first, diagnosis))
        };
        match groups.iter_mut().find(like) {
            Some(group) => group.push(diagnosis),
            None => groups.push(vec![diagnosis]),
        }
    }
    groups
}

/// Whether it is the same at all addresses; none where it is not known of two or more, or where
/// those of which it is not known may behave otherwise.
pub fn agree(found: &[Diagnosis]) -> Option<bool> {
    let groups = groups(found);
    let told: usize = groups.iter().map(Vec::len).sum();
    match groups.len() {
        0 => None,
        1 => (told >= 2 && told == found.len()).then_some(true),
        _ => Some(false),
    }
}

fn tells(diagnosis: &Diagnosis) -> bool {
    !matches!(diagnosis.verdict, Verdict::Unreachable | Verdict::Undetermined)
}

/// What is found is the same: which version and suite was chosen, and how often a server that is
/// unstable accepted, may be chance.
fn behave_alike(a: &Diagnosis, b: &Diagnosis) -> bool {
    a.verdict == b.verdict
        && match a.verdict {
            Verdict::Accepted | Verdict::Unstable => true,
            _ => a.cause == b.cause && alike(&a.reaction, &b.reaction),
        }
}
