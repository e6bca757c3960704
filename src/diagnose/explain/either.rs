//! Two causes as one condition, of which either is enough, and which of its parts are causes indeed.

use super::Search;
use crate::diagnose::notebook::Answer;
use crate::hello::condition::Condition;
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::hello::vocabulary::{List, Member};
use crate::hello::{Facts, HelloSpec};
use crate::wire::extension::Extension;

impl Search<'_, '_, '_> {
    /// A cause with the version that goes with it, and of several causes those that are causes indeed, with
    /// no more of what helps than is needed: a part of what helps may do without the rest. A cause that a
    /// hello has which passes is none; and what has to be added for the rest to help is one more. The
    /// condition, and the edits of the hello that passes.
    pub(super) fn with_all_causes(
        &mut self,
        condition: &Condition,
        mut remedied: HelloSpec,
        mut edits: Vec<Edit>,
    ) -> Option<(Condition, Vec<Edit>)> {
        let condition = self.with_its_version(condition, &remedied, &edits);
        let Condition::Any(mut parts) = condition else { return Some((condition, edits)) };
        let mut at = 0;
        while edits.len() > 1 && at < edits.len() {
            let mut fewer = edits.clone();
            let edit = fewer.remove(at);
            let spec = difference::apply(self.subject, &fewer);
            match self.answer(&spec) {
                Answer::Passes => {
                    (remedied, edits) = (spec, fewer);
                    continue;
                }
                Answer::Fails if !holds_any(&parts, &spec) => {
                    let lacks =
                        what_was_lacking(&edit).filter(|one| one.holds(&Facts::of_spec(&spec)));
                    parts.extend(lacks);
                }
                _ => {}
            }
            at += 1;
        }
        let facts = Facts::of_spec(&remedied);
        let parts = parts.into_iter().filter(|part| !part.holds(&facts));
        let condition = parts.reduce(|one, other| either(&one, other))?;
        Some((condition, edits))
    }
}

fn holds_any(parts: &[Condition], spec: &HelloSpec) -> bool {
    let facts = Facts::of_spec(spec);
    parts.iter().any(|part| part.holds(&facts))
}

/// That what an edit adds is not there.
fn what_was_lacking(edit: &Edit) -> Option<Condition> {
    match edit {
        Edit::Add(list, member) => Some(Condition::Lacks((*list).into(), member.clone())),
        Edit::SetExtension(extension) | Edit::AddExtension(extension) => {
            let of = Member::Number(extension.extension_type().0);
            Some(Condition::Lacks(List::Extensions.into(), of))
        }
        _ => None,
    }
}

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
