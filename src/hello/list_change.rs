//! What differs between two lists: what only one of them has, and the order of what both have.

use std::collections::HashMap;

use super::comparison::{Change, Moved};
use super::vocabulary::Member;
use crate::names::{Code, ExtensionType};

/// Two lists, each with the words for its members. Values of RFC 8701 are all alike.
pub(super) fn list(
    field: &str,
    a: &[Member],
    b: &[Member],
    old: &[String],
    new: &[String],
) -> Change {
    let alike = |members: &[Member]| -> Vec<Member> {
        let grease = |number| ExtensionType(number).is_grease();
        let alike = members.iter().map(|member| match member {
            Member::Number(number) if grease(*number) => Member::Grease,
            member => member.clone(),
        });
        alike.collect()
    };
    let (a, b) = (alike(a), alike(b));
    // Whether the other has each of them too. The second of two counts where it has two.
    let both = |mine: &[Member], theirs: &[Member]| -> Vec<bool> {
        let mut left = HashMap::new();
        theirs.iter().for_each(|member| *left.entry(member).or_insert(0_usize) += 1);
        let mut both = Vec::with_capacity(mine.len());
        for member in mine {
            let number = left.get_mut(member).filter(|number| **number > 0);
            both.push(number.is_some());
            if let Some(number) = number {
                *number -= 1;
            }
        }
        both
    };
    let (of_a, of_b) = (both(&a, &b), both(&b, &a));
    let only = |both: &[bool], words: &[String]| -> Vec<String> {
        words.iter().zip(both).filter(|(_, both)| !**both).map(|(words, _)| words.clone()).collect()
    };
    let (removed, added) = (only(&of_a, old), only(&of_b, new));
    let common = |mine: &[Member], both: &[bool]| -> Vec<Member> {
        mine.iter().zip(both).filter(|(_, both)| **both).map(|(member, _)| member.clone()).collect()
    };
    let (of_both, in_order) = (common(&a, &of_a), common(&b, &of_b));
    let names: Vec<&String> =
        old.iter().zip(&of_a).filter(|(_, both)| **both).map(|(name, _)| name).collect();
    Change::List {
        field: field.to_owned(),
        kept: a.len().saturating_sub(removed.len()),
        reordered: of_both != in_order,
        moved: moved(&of_both, &in_order, &names),
        removed,
        added,
    }
}

/// The one member that moved, if no other did; `names` are the words for those of the first.
fn moved(from: &[Member], to: &[Member], names: &[&String]) -> Option<Moved> {
    let at = from.iter().zip(to).position(|(one, other)| one != other)?;
    let without = |members: &[Member], gone: usize| {
        let kept = members.iter().enumerate().filter(|(index, _)| *index != gone);
        kept.map(|(_, member)| member.clone()).collect::<Vec<_>>()
    };
    // Either what stood here went further back, or what stands here now came forward.
    let back = to.iter().rposition(|member| Some(member) == from.get(at)).map(|to| (at, to));
    let forward = from.iter().rposition(|member| Some(member) == to.get(at)).map(|from| (from, at));
    let moves = [back, forward].into_iter().flatten();
    let mut moves = moves.filter(|&(old, new)| without(from, old) == without(to, new));
    let (old, new) = moves.next()?;
    let name = |member: &Member| {
        let index = from.iter().position(|one| one == member)?;
        names.get(index).map(|name| (*name).clone())
    };
    let place = match new {
        0 => "first".to_owned(),
        new if new + 1 == to.len() => "last".to_owned(),
        new => format!("behind {}", name(to.get(new - 1)?)?),
    };
    Some(Moved { member: (*names.get(old)?).clone(), place })
}
