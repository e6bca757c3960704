//! What in it is it? The subject and a hello that passes differ in many edits; delta debugging
//! isolates those that matter, from both sides, and what is found is held against its look-alikes:
//! the length that changes with it, the place where it stands, the number of its fellows.

use super::control::Control;
use super::notebook::{Answer, Notebook, Question};
use super::search::minimal;
use crate::hello::carrier::Carrier;
use crate::hello::difference;
use crate::hello::edit::{Edit, Place, in_words, undone_in_words};
use crate::hello::facts::Facts;
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar, is_grease};
use crate::hello::{Condition, HelloSpec};
use crate::names::{CipherSuite, Code, ExtensionType, ProtocolVersion};
use crate::wire::extension::Extension;

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
    let near = controls.iter().find_map(|control| search.leads_to(control))?;
    search.changes = near;
    search.notebook.say(&format!("isolating among {} differences", search.changes.len()));
    let edits = search.smallest_that_passes();
    if let Some(cause) = search.count(&edits) {
        return Some(cause);
    }
    let edits = search.without_company(edits);
    // From the other side the farthest control is best: what fails even there needs no partner
    // that the near ones share with the subject.
    let holds_all = |changes: &Vec<Edit>| edits.iter().all(|edit| changes.contains(edit));
    let far = controls.iter().rev().find_map(|control| search.leads_to(control).filter(holds_all));
    if let Some(far) = far {
        search.changes = far;
    }
    let kept = search.smallest_that_fails(&edits);
    let with_cause = search.control_with(&kept);
    let what = format!("a control, {}", undone_in_words(&kept));
    let fails = search.notebook.ask(Question::new(what, with_cause.clone())) == Answer::Fails;
    let condition = if fails { search.condition(&edits, &kept) } else { None };
    let with_cause = fails.then_some(with_cause);
    if let (Some(Condition::Has(_, Member::Number(number))), Some(failing)) =
        (&condition, &with_cause)
    {
        if let Some((condition, edits)) = search.members(ExtensionType(*number), failing) {
            return Some(ContentCause { condition: Some(condition), edits, with_cause });
        }
    }
    Some(ContentCause { condition, edits, with_cause })
}

struct Search<'n, 't, 's> {
    notebook: &'n mut Notebook<'t>,
    subject: &'s HelloSpec,
    /// All edits that lead from the subject to the control.
    changes: Vec<Edit>,
}

impl Search<'_, '_, '_> {
    fn with(&self, edits: &[Edit]) -> HelloSpec {
        difference::apply(self.subject, edits)
    }

    fn ask(&mut self, edits: &[Edit]) -> Answer {
        let question = Question::new(in_words(edits), self.with(edits));
        self.notebook.ask(question)
    }

    /// The edits that lead to a control, where the subject passes with them.
    fn leads_to(&mut self, control: &Control) -> Option<Vec<Edit>> {
        let changes = difference::edits(self.subject, &control.spec);
        (self.ask(&changes) == Answer::Passes).then_some(changes)
    }

    /// The hello that passes, with these edits undone.
    fn control_with(&self, kept: &[Edit]) -> HelloSpec {
        let rest: Vec<Edit> =
            self.changes.iter().filter(|edit| !kept.contains(edit)).cloned().collect();
        difference::change(self.subject, &rest)
    }

    /// An edit takes with it what depends on what it takes. Where what it took along is the cause,
    /// the edit is exchanged for the one that takes that: it alone fails when it is put back.
    fn without_company(&mut self, edits: Vec<Edit>) -> Vec<Edit> {
        let all = difference::edits(self.subject, &self.with(&edits));
        if edits.len() != 1 || all.len() < 2 {
            return edits;
        }
        let put_back = all.iter().map(|kept| {
            let rest: Vec<Edit> = all.iter().filter(|edit| *edit != kept).cloned().collect();
            Question::new(in_words(&rest), difference::change(self.subject, &rest))
        });
        let answers = self.notebook.ask_all(&put_back.collect::<Vec<_>>());
        let mut guilty = all.iter().zip(answers).filter(|(_, answer)| *answer == Answer::Fails);
        match (guilty.next(), guilty.next()) {
            (Some((edit, _)), None) => vec![edit.clone()],
            _ => edits,
        }
    }

    /// The smallest set of edits with which the subject passes.
    fn smallest_that_passes(&mut self) -> Vec<Edit> {
        let (subject, notebook) = (self.subject, &mut *self.notebook);
        minimal(&self.changes, |candidates| {
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

    /// The condition that explains what was seen from both sides, where one does.
    fn condition(&mut self, edits: &[Edit], kept: &[Edit]) -> Option<Condition> {
        match (edits, kept) {
            ([edit], [same]) if edit == same => self.single(edit),
            // Taking one of them out is enough, and only all of them fail: they work together.
            ([_], kept) if kept.contains(edits.first()?) => {
                let parts: Option<Vec<Condition>> =
                    kept.iter().map(|edit| self.plain(edit)).collect();
                parts.map(Condition::All)
            }
            // Each of them fails by itself, so that all must go.
            (edits, [_]) => {
                let alone = edits.iter().map(|edit| {
                    let kept = std::slice::from_ref(edit);
                    let what = format!("a control, {}", undone_in_words(kept));
                    Question::new(what, self.control_with(kept))
                });
                let questions: Vec<Question> = alone.collect();
                let answers = self.notebook.ask_all(&questions);
                if answers.iter().any(|answer| *answer != Answer::Fails) {
                    return None;
                }
                let parts: Option<Vec<Condition>> =
                    edits.iter().map(|edit| self.plain(edit)).collect();
                parts.map(Condition::Any)
            }
            _ => None,
        }
    }

    /// The property that one edit takes away, once its look-alikes are ruled out.
    fn single(&mut self, edit: &Edit) -> Option<Condition> {
        if let Some(place) = self.place(edit) {
            return Some(place);
        }
        if !self.passes_at_the_same_length(edit) {
            return None;
        }
        match edit {
            Edit::LegacyVersion(to) => Some(self.lowest_version(*to)),
            edit => self.plain(edit),
        }
    }

    /// Whether the subject with an edit passes at the subject's own length too, so that it is not
    /// the length that the edit changed with it. Two carriers get to say so.
    fn passes_at_the_same_length(&mut self, edit: &Edit) -> bool {
        let edited = self.with(std::slice::from_ref(edit));
        let length = self.subject.length();
        if edited.length() == length {
            return true;
        }
        self.notebook.say("the same length with other content");
        let taken = match edit {
            Edit::Remove(List::Extensions, Member::Number(number)) => Some(ExtensionType(*number)),
            _ => None,
        };
        let mut said = 0;
        let mut made = 0;
        for carrier in Carrier::ALL {
            if taken == Some(carrier.extension_type()) {
                continue;
            }
            // What an edit makes longer is compared with a longer subject instead.
            let target = length.max(edited.length() + 4);
            let Some(stretched) = carrier.stretch(&edited, target) else { continue };
            made += 1;
            let edit = in_words(std::slice::from_ref(edit));
            let what = format!("{edit}, {target} bytes by {}", carrier.name());
            if self.notebook.ask(Question::new(what, stretched)) == Answer::Passes {
                said += 1;
            }
            if said == 2 {
                return true;
            }
        }
        // Fewer than four bytes less: no carrier is so small, and no server so exact.
        made == 0
    }

    /// Whether it is not what the edit took or put, but that another extension stands last by it,
    /// or another that has a body.
    fn place(&mut self, edit: &Edit) -> Option<Condition> {
        let edited = self.with(std::slice::from_ref(edit));
        let extensions = self.subject.hello.extensions();
        let last = extensions.last()?;
        let extension_type = last.extension_type();
        let new_last = edited.hello.extensions().last().map(Extension::extension_type);
        if new_last == Some(extension_type) || extensions.len() < 2 {
            return None;
        }
        self.notebook.say("the extension, or its place?");
        let moved = self.with(&[Edit::Move(extension_type, Place::First)]);
        let what = format!("{} first instead of last", named(extension_type));
        if self.notebook.ask(Question::new(what, moved.clone())) != Answer::Passes {
            return None;
        }
        let is_last =
            Condition::Is(Property::ExtensionsLast, Scalar::Number(extension_type.0.into()));
        if !last.data().is_empty() {
            return Some(is_last);
        }
        // Another empty one in its place tells emptiness from identity.
        let other = moved.hello.extensions().iter().map(Extension::extension_type).find(|other| {
            let body = moved.hello.extensions().iter().find(|e| e.extension_type() == *other);
            *other != extension_type && body.is_some_and(|extension| extension.data().is_empty())
        });
        let other = other.unwrap_or(match extension_type {
            ExtensionType::extended_master_secret => ExtensionType::encrypt_then_mac,
            _ => ExtensionType::extended_master_secret,
        });
        let mut spec = moved;
        let empty = crate::wire::extension::ClientExtension::from_data(other, &[]);
        spec.extensions_mut().retain(|extension| extension.extension_type() != other);
        spec.extensions_mut().push(empty);
        let what = format!("{}, empty too, last instead", named(other));
        match self.notebook.ask(Question::new(what, spec)) {
            Answer::Fails => Some(Condition::Is(Property::ExtensionsLastEmpty, Scalar::Bool(true))),
            _ => Some(is_last),
        }
    }

    /// The lowest version that fails, where lowering it to `to` passes.
    fn lowest_version(&mut self, to: ProtocolVersion) -> Condition {
        let subject = self.subject.hello.legacy_version;
        let between: Vec<ProtocolVersion> = (to.0 + 1..subject.0)
            .map(ProtocolVersion)
            .filter(|version| version.name().is_some())
            .collect();
        let questions: Vec<Question> = between
            .iter()
            .map(|&version| {
                let edit = [Edit::LegacyVersion(version)];
                Question::new(in_words(&edit), self.with(&edit))
            })
            .collect();
        let answers = self.notebook.ask_all(&questions);
        let fails = between.iter().zip(answers).find(|(_, answer)| *answer == Answer::Fails);
        let lowest = fails.map_or(subject, |(version, _)| *version);
        if to.0 < subject.0 {
            Condition::range(Quantity::LegacyVersion, Some(lowest.0.into()), None)
        } else {
            Condition::range(Quantity::LegacyVersion, None, Some(subject.0.into()))
        }
    }

    /// Whether it is not an extension, but a member of the list in it: a part of the list passes.
    /// The members are those that must go, each of which fails by itself.
    fn members(
        &mut self,
        extension_type: ExtensionType,
        failing: &HelloSpec,
    ) -> Option<(Condition, Vec<Edit>)> {
        let list = List::all().find(|list| list.extension() == Some(extension_type))?;
        let facts = Facts::of(&self.subject.flight(), &[]);
        let mut removals: Vec<Edit> = Vec::new();
        for member in facts.list(list) {
            let member = match member {
                Member::Number(number) if is_grease(list, number) => Member::Grease,
                member => member,
            };
            let removal = Edit::Remove(list, member);
            if !removals.contains(&removal) {
                removals.push(removal);
            }
        }
        self.notebook.say("the extension, or what is in it?");
        let (front, back) = removals.split_at(removals.len() / 2);
        let parts: Vec<Vec<Edit>> = [back, front]
            .iter()
            .filter(|part| !part.is_empty())
            .map(|part| part.to_vec())
            .collect();
        let questions: Vec<Question> =
            parts.iter().map(|part| Question::new(in_words(part), self.with(part))).collect();
        let passes = self.notebook.first(Answer::Passes, &questions)?;
        let (subject, notebook) = (self.subject, &mut *self.notebook);
        let edits = minimal(parts.get(passes)?, |candidates| {
            let question = |edits: &Vec<Edit>| {
                Question::new(in_words(edits), difference::apply(subject, edits))
            };
            let questions: Vec<Question> = candidates.iter().map(question).collect();
            notebook.first(Answer::Passes, &questions)
        });
        // The control that fails with the extension must pass with the rest of it.
        let mended = difference::apply(failing, &edits);
        let what = format!("a control with {}, {}", named(extension_type), in_words(&edits));
        if self.notebook.ask(Question::new(what, mended)) != Answer::Passes {
            return None;
        }
        let mut conditions: Vec<Condition> =
            edits.iter().filter_map(|edit| self.plain(edit)).collect();
        let condition = match conditions.len() {
            1 => conditions.pop()?,
            _ => Condition::Any(conditions),
        };
        Some((condition, edits))
    }

    /// Whether it is the number of cipher suites, and not the suites that were taken out: others,
    /// as many, do as well.
    fn count(&mut self, edits: &[Edit]) -> Option<ContentCause> {
        let suites: Vec<CipherSuite> = edits
            .iter()
            .filter_map(|edit| match edit {
                Edit::Remove(List::CipherSuites, Member::Number(number)) => {
                    Some(CipherSuite(*number))
                }
                _ => None,
            })
            .collect();
        let all = self.subject.hello.cipher_suites.0.len();
        if suites.is_empty() || suites.len() != edits.len() || all <= suites.len() * 2 {
            return None;
        }
        self.notebook.say("the cipher suites, or how many they are?");
        let removable = self.changes.iter().filter(|edit| {
            matches!(edit, Edit::Remove(List::CipherSuites, _)) && !edits.contains(edit)
        });
        let others: Vec<Edit> = removable.take(suites.len()).cloned().collect();
        if others.len() != suites.len() || self.ask(&others) != Answer::Passes {
            return None;
        }
        // As long as before, so that it is not the length.
        let shorter = self.with(&others);
        let again = Carrier::Padding.stretch(&shorter, self.subject.length());
        if let Some(again) = again {
            let what = "as few cipher suites at the subject's length";
            if self.notebook.ask(Question::new(what, again)) != Answer::Passes {
                return None;
            }
        }
        let fewest = u64::try_from(all - suites.len() + 1).ok()?;
        let condition = Condition::range(Quantity::CipherSuitesCount, Some(fewest), None);
        let repeated = self.repeat_suites(all);
        let fails = self
            .notebook
            .ask(Question::new("a control with as many cipher suites", repeated.clone()));
        Some(ContentCause {
            condition: (fails == Answer::Fails).then_some(condition),
            edits: edits.to_vec(),
            with_cause: (fails == Answer::Fails).then_some(repeated),
        })
    }

    /// The control with its own cipher suites, said again and again until they are so many.
    fn repeat_suites(&self, count: usize) -> HelloSpec {
        let mut spec = self.with(&self.changes);
        let suites = spec.hello.cipher_suites.0.clone();
        let more = count.saturating_sub(suites.len());
        spec.hello.cipher_suites.0.extend(suites.iter().cycle().take(more));
        spec
    }

    /// The property of the subject that an edit takes away, taken at its word.
    fn plain(&self, edit: &Edit) -> Option<Condition> {
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
                Scalar::Number(self.subject.record_version.0.into()),
            ),
            Edit::SessionId(0) => Condition::range(Quantity::SessionIdLength, Some(1), None),
            Edit::SessionId(_) => {
                let length = facts.quantity(Quantity::SessionIdLength)?;
                Condition::range(Quantity::SessionIdLength, None, Some(length))
            }
            Edit::PadTo(_) | Edit::ServerName(_) | Edit::Move(..) => return None,
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

fn named(extension_type: ExtensionType) -> String {
    extension_type.name().map_or(extension_type.to_string(), str::to_owned)
}
