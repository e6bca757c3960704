//! Two causes as one condition, of which either is enough.

use crate::hello::condition::Condition;

/// One of two conditions, or both.
pub(super) fn either(one: &Condition, other: Condition) -> Condition {
    let parts = |condition| match condition {
        Condition::Any(parts) => parts,
        one => vec![one],
    };
    let mut all = parts(one.clone());
    for part in parts(other) {
        match all.iter_mut().find_map(|known| wider(known, &part).map(|both| (known, both))) {
            Some((known, both)) => *known = both,
            None => all.push(part),
        }
    }
    match <[Condition; 1]>::try_from(all) {
        Ok([one]) => one,
        Err(all) => Condition::Any(all),
    }
}

/// Two bounds on the same side of a quantity as the one that says both.
fn wider(one: &Condition, other: &Condition) -> Option<Condition> {
    match (one, other) {
        (
            Condition::Range { field, min: None, max: Some(max) },
            Condition::Range { field: same, min: None, max: Some(other) },
        ) if field == same => {
            let max = if max.at < other.at { other } else { max };
            Some(Condition::Range { field: *field, min: None, max: Some(*max) })
        }
        (
            Condition::Range { field, min: Some(min), max: None },
            Condition::Range { field: same, min: Some(other), max: None },
        ) if field == same => {
            let min = if min.at > other.at { other } else { min };
            Some(Condition::Range { field: *field, min: Some(*min), max: None })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::condition::Bound;
    use crate::hello::vocabulary::{List, Member, Quantity};

    #[test]
    fn two_bounds_of_a_version_are_one() {
        let below = |at, exact| {
            let field = Quantity::LegacyVersion;
            Condition::Range { field, min: None, max: Some(Bound { at, exact }) }
        };
        let told = either(&below(0x0300, false), below(0x0302, true));
        assert_eq!(told, below(0x0302, true));
        let schemes = Condition::Lacks(List::Extensions.into(), Member::Number(13));
        let told = either(&schemes, below(0x0302, true));
        assert_eq!(told, Condition::Any(vec![schemes, below(0x0302, true)]));
    }
}
