//! What in it is it? The subject and a hello that passes differ in many edits; delta debugging
//! isolates those that matter, from both sides, and what is found is held against its look-alikes
//! (`look_alikes.rs`).

use super::control::Control;
use super::look_alikes::Ruling;
use super::notebook::{Answer, Notebook, Question};
use super::search::minimal;
use crate::hello::difference;
use crate::hello::edit::{Edit, in_words, undone_in_words};
use crate::hello::facts::Facts;
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar};
use crate::hello::{Condition, HelloSpec};
use crate::names::{Code, ExtensionType};
use crate::wire::extension::Extension;

/// How many properties may be said to work together.
const PARTNERS: usize = 3;

/// What was found out about the content.
pub struct ContentCause {
    /// The property that explains it; none where only the difference is known.
    pub condition: Option<Condition>,
    /// The smallest set of edits with which the subject passes.
    pub edits: Vec<Edit>,
    /// A hello near one that passes, which has the cause and fails.
    pub with_cause: Option<HelloSpec>,
}

/// Isolates what in the subject makes it fail, against hellos that pass, the nearest first. None
/// where the edits that lead to none of them make the subject pass.
pub fn investigate(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    controls: &[&Control],
) -> Option<ContentCause> {
    let mut search = Search { notebook, subject, changes: Vec::new() };
    search.changes = controls.iter().find_map(|control| search.leads_to(control))?;
    search.notebook.say(&format!("isolating among {} differences", search.changes.len()));
    let edits = search.smallest_that_passes();
    let outer = search.without_company(edits);
    // A list is meant by the one of its members that must go, where a part of it passes.
    let edits = search.members(&outer).unwrap_or_else(|| outer.clone());
    if let Some(condition) = search.number(&edits) {
        let with_cause = search.repeated(&edits).or_else(|| search.failing(&outer));
        return Some(ContentCause { condition: Some(condition), edits, with_cause });
    }
    // From the other side the farthest control is best: what fails even there needs no partner
    // that the near ones share with the subject.
    let holds_all = |changes: &Vec<Edit>| outer.iter().all(|edit| changes.contains(edit));
    let far = controls.iter().rev().find_map(|control| search.leads_to(control).filter(holds_all));
    search.changes = far.unwrap_or(search.changes);
    let kept = search.smallest_that_fails(&outer);
    let with_cause = search.failing(&kept);
    let condition = match with_cause {
        Some(_) => search.condition(&outer, &edits, &kept),
        None => None,
    };
    Some(ContentCause { condition, edits, with_cause })
}

/// The smallest set of edits with which the subject passes, of those that lead to a control.
pub fn smallest_edits(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    control: &Control,
) -> Option<Vec<Edit>> {
    let mut search = Search { notebook, subject, changes: Vec::new() };
    search.changes = search.leads_to(control)?;
    Some(search.smallest_that_passes())
}

/// The search among the differences between a subject and a control.
pub(super) struct Search<'n, 't, 's> {
    pub(super) notebook: &'n mut Notebook<'t>,
    pub(super) subject: &'s HelloSpec,
    /// All edits that lead from the subject to the control.
    pub(super) changes: Vec<Edit>,
}

impl Search<'_, '_, '_> {
    pub(super) fn with(&self, edits: &[Edit]) -> HelloSpec {
        difference::apply(self.subject, edits)
    }

    pub(super) fn ask(&mut self, edits: &[Edit]) -> Answer {
        let question = Question::new(in_words(edits), self.with(edits));
        self.notebook.ask(question)
    }

    /// The edits that lead to a control, where the subject passes with them.
    fn leads_to(&mut self, control: &Control) -> Option<Vec<Edit>> {
        let changes = difference::edits(self.subject, &control.spec);
        (self.ask(&changes) == Answer::Passes).then_some(changes)
    }

    /// The control with these edits undone, where it fails.
    fn failing(&mut self, kept: &[Edit]) -> Option<HelloSpec> {
        let spec = self.control_with(kept);
        let what = format!("a control, {}", undone_in_words(kept));
        let answer = self.notebook.ask(Question::new(what, spec.clone()));
        (answer == Answer::Fails).then_some(spec)
    }

    /// The hello that passes, with these edits undone.
    pub(super) fn control_with(&self, kept: &[Edit]) -> HelloSpec {
        let rest: Vec<Edit> =
            self.changes.iter().filter(|edit| !kept.contains(edit)).cloned().collect();
        difference::change(self.subject, &rest)
    }

    /// The smallest set of edits with which the subject passes.
    fn smallest_that_passes(&mut self) -> Vec<Edit> {
        let changes = self.changes.clone();
        self.smallest_of(&changes)
    }

    /// The smallest of these edits with which the subject passes, as it does with all of them.
    pub(super) fn smallest_of(&mut self, changes: &[Edit]) -> Vec<Edit> {
        let (subject, notebook) = (self.subject, &mut *self.notebook);
        minimal(changes, |candidates| {
            let question = |edits: &Vec<Edit>| {
                Question::new(in_words(edits), difference::apply(subject, edits))
            };
            let questions: Vec<Question> = candidates.iter().map(question).collect();
            notebook.first(Answer::Passes, &questions)
        })
    }

    /// The smallest set of edits without which the control fails like the subject. What was found
    /// from the other side is tried first.
    fn smallest_that_fails(&mut self, edits: &[Edit]) -> Vec<Edit> {
        let singles = edits.iter().map(std::slice::from_ref);
        let questions: Vec<Question> = singles
            .clone()
            .map(|kept| {
                let what = format!("a control, {}", undone_in_words(kept));
                Question::new(what, self.control_with(kept))
            })
            .collect();
        if let Some(kept) =
            self.notebook.first(Answer::Fails, &questions).and_then(|at| edits.get(at))
        {
            return vec![kept.clone()];
        }
        let (subject, notebook, changes) = (self.subject, &mut *self.notebook, &self.changes);
        minimal(changes, |candidates| {
            let question = |kept: &Vec<Edit>| {
                let rest: Vec<Edit> =
                    changes.iter().filter(|edit| !kept.contains(edit)).cloned().collect();
                let what = format!("a control, {}", undone_in_words(kept));
                Question::new(what, difference::change(subject, &rest))
            };
            let questions: Vec<Question> = candidates.iter().map(question).collect();
            notebook.first(Answer::Fails, &questions)
        })
    }

    /// The condition that explains what was seen from both sides, where one does: `outer` makes
    /// the subject pass, `edits` are the members that do it within a list, and the control fails
    /// without `kept`.
    fn condition(&mut self, outer: &[Edit], edits: &[Edit], kept: &[Edit]) -> Option<Condition> {
        // A place is no matter of length; all else must pass at the subject's length too.
        let single = outer == edits && outer.len() == 1 && kept.len() == 1;
        if !single && !self.passes_at_the_same_length(edits) {
            return None;
        }
        if let Some(grease) = self.grease(edits) {
            return Some(grease);
        }
        match (outer, kept) {
            ([edit], [same]) if edit == same && edits == outer => self.single(edit),
            ([edit], [same]) if edit == same => self.any_of(edits),
            // Taking one of them out is enough, and only all of them fail: they work together.
            // Of more than a few that is not what anybody wrote: they are a number, or a length.
            ([_], kept) if kept.len() <= PARTNERS && kept.contains(outer.first()?) => {
                if kept.iter().any(|edit| self.changes_the_last(edit)) {
                    return None;
                }
                let parts: Option<Vec<Condition>> =
                    kept.iter().map(|edit| self.plain(edit)).collect();
                parts.map(Condition::All)
            }
            // Each of them fails by itself, so that all must go.
            (outer, [_]) => {
                let alone = outer.iter().map(|edit| {
                    let kept = std::slice::from_ref(edit);
                    let what = format!("a control, {}", undone_in_words(kept));
                    Question::new(what, self.control_with(kept))
                });
                let questions: Vec<Question> = alone.collect();
                let answers = self.notebook.ask_all(&questions);
                if answers.iter().any(|answer| *answer != Answer::Fails) {
                    return None;
                }
                self.any_of(edits)
            }
            _ => None,
        }
    }

    /// Whether another extension stands last by an edit, so that it may be a matter of place. Of
    /// several edits that is not found out.
    fn changes_the_last(&self, edit: &Edit) -> bool {
        let last = |spec: &HelloSpec| spec.hello.extensions().last().map(|e| e.extension_type());
        last(&self.with(std::slice::from_ref(edit))) != last(self.subject)
    }

    /// The properties that edits take away, each of which is enough.
    fn any_of(&self, edits: &[Edit]) -> Option<Condition> {
        if edits.iter().any(|edit| self.changes_the_last(edit)) {
            return None;
        }
        let parts: Option<Vec<Condition>> = edits.iter().map(|edit| self.plain(edit)).collect();
        let mut parts = parts?;
        match parts.len() {
            0 | 1 => parts.pop(),
            _ => Some(Condition::Any(parts)),
        }
    }

    /// The property that one edit takes away, once its look-alikes are ruled out.
    fn single(&mut self, edit: &Edit) -> Option<Condition> {
        for ruling in [Self::place, Self::order] {
            match ruling(self, edit) {
                Ruling::Is(condition) => return Some(condition),
                Ruling::Unclear => return None,
                Ruling::No => {}
            }
        }
        // It is not that names are offered, but which: and which would do, only the server knows.
        if self.wants_another_protocol(edit)
            || !self.passes_at_the_same_length(std::slice::from_ref(edit))
        {
            return None;
        }
        match edit {
            Edit::LegacyVersion(to) => Some(self.lowest_version(*to)),
            edit => self.plain(edit),
        }
    }

    /// The property of the subject that an edit takes away, taken at its word.
    pub(super) fn plain(&self, edit: &Edit) -> Option<Condition> {
        let facts = Facts::of(&self.subject.flight(), &[]);
        Some(match edit {
            Edit::Remove(list, member) => Condition::Has((*list).into(), self.kind(*list, member)),
            Edit::SetExtension(extension) => {
                let extension_type = extension.extension_type();
                let member = Member::Number(extension_type.0);
                if facts.has(List::Extensions, None, &member) {
                    return None;
                }
                match extension_type {
                    ExtensionType::server_name => Condition::Is(Property::ServerName, Scalar::Null),
                    _ => Condition::Lacks(List::Extensions.into(), member),
                }
            }
            Edit::Add(list, member) => Condition::Lacks((*list).into(), member.clone()),
            Edit::LegacyVersion(to) => {
                let version = self.subject.hello.legacy_version;
                match to.0 < version.0 {
                    true => Condition::range(Quantity::LegacyVersion, Some(version.0.into()), None),
                    false => {
                        Condition::range(Quantity::LegacyVersion, None, Some(version.0.into()))
                    }
                }
            }
            Edit::RecordVersion(_) => Condition::Is(
                Property::RecordVersion,
                Scalar::Number(self.subject.version_of_record(0).0.into()),
            ),
            Edit::SessionId(0) => Condition::range(Quantity::SessionIdLength, Some(1), None),
            Edit::SessionId(_) => {
                let length = facts.quantity(Quantity::SessionIdLength)?;
                Condition::range(Quantity::SessionIdLength, None, Some(length))
            }
            // Nobody asks what a difference of these kinds means.
            _ => return None,
        })
    }

    /// An extension that no server knows is meant as one of its kind.
    fn kind(&self, list: List, member: &Member) -> Member {
        match member {
            Member::Number(number)
                if list == List::Extensions && ExtensionType(*number).name().is_none() =>
            {
                Member::Unknown
            }
            member => member.clone(),
        }
    }
}
