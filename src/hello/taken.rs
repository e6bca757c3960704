//! What goes with an edit, and how it is told: each reason with the section that has it.

use super::edit_words::member_word;
use super::vocabulary::{List, Member};

/// Something that went with an edit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Taken {
    /// What it is.
    pub what: What,
    /// Why it cannot stay, and the section that says so.
    pub why: &'static str,
}

/// Names that are told of for one reason at most.
const TOLD: usize = 6;

/// What was taken, in words: each reason with what went for it. Nothing where nothing did.
pub fn in_words(taken: &[Taken]) -> Option<String> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    let mut ordered = Vec::new();
    for Taken { what, why } in taken {
        let name = match what {
            What::Member(list, member) => format!("{}.{}", list.name(), member_word(*list, member)),
            What::Field(field) => (*field).to_owned(),
            What::Order(list) => {
                ordered.push(format!("the members of {} were put in order: {why}", list.name()));
                continue;
            }
        };
        match reasons.iter_mut().find(|(reason, _)| reason == why) {
            Some((_, names)) => names.push(name),
            None => reasons.push((*why, vec![name])),
        }
    }
    let told = |names: &[String]| {
        let few = names.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
        match names.len().saturating_sub(TOLD) {
            0 => few,
            more => format!("{few} and {more} more"),
        }
    };
    let reasons = reasons.iter().map(|(why, names)| format!("{} went too: {why}", told(names)));
    let reasons: Vec<String> = reasons.chain(ordered).collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// What can be taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// A member of a list.
    Member(List, Member),
    /// A field of the spec.
    Field(&'static str),
    /// The order that the members of a list had.
    Order(List),
}
