//! Is it the version? Where every hello that passes is answered in a version that the subject
//! does not offer, the two sides have none in common.

use super::content::{ContentCause, smallest_edits};
use super::control::{Control, Controls};
use super::notebook::{Answer, Notebook, Question};
use crate::hello::condition::Bound;
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::hello::facts::Facts;
use crate::hello::vocabulary::{List, Member, Quantity};
use crate::hello::{Condition, HelloSpec};
use crate::names::{Code, ExtensionType, ProtocolVersion};
use crate::transcript::Kind;
use crate::wire::extension::Extension;

/// Tests whether the subject fails for want of a version.
pub fn investigate(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    controls: &Controls,
) -> Option<ContentCause> {
    let chosen: Vec<(&Control, ProtocolVersion)> = controls
        .passing
        .iter()
        .filter_map(|control| Some((control, chosen_version(notebook, &control.spec)?)))
        .collect();
    if chosen.iter().any(|(_, version)| offers(subject, *version)) {
        return None;
    }
    let (control, version) = chosen.first()?;
    notebook.say("is it the version?");
    // The control without that version must fail as the subject does.
    let (condition, edit) = want_of(subject, *version);
    let without = match edit {
        // Of a hello below TLS 1.2 the list goes too.
        Edit::LegacyVersion(_) => difference::apply(&control.spec, &[edit]),
        edit => difference::change(&control.spec, &[edit]),
    };
    let name = version.name().unwrap_or("that version");
    let question = Question::new(format!("{}, without {name}", control.what), without.clone());
    if notebook.ask(question) != Answer::Fails {
        return None;
    }
    let condition = match condition {
        Condition::Range { field: Quantity::LegacyVersion, max: Some(max), .. } => {
            let max = highest_that_fails(notebook, control, max.at, *version);
            Condition::Range { field: Quantity::LegacyVersion, min: None, max: Some(max) }
        }
        condition => condition,
    };
    let edits = smallest_edits(notebook, subject, control)?;
    Some(ContentCause { condition: Some(condition), edits, with_cause: Some(without) })
}

/// The highest version that fails between the subject's and the one that the server chose.
fn highest_that_fails(
    notebook: &mut Notebook<'_>,
    control: &Control,
    subject: u64,
    chosen: ProtocolVersion,
) -> Bound {
    let between: Vec<ProtocolVersion> = (0..chosen.0)
        .rev()
        .take_while(|&version| u64::from(version) > subject)
        .map(ProtocolVersion)
        .collect();
    let questions: Vec<Question> = between
        .iter()
        .map(|&version| {
            let spec = difference::apply(&control.spec, &[Edit::LegacyVersion(version)]);
            Question::new(format!("{}, at {version}", control.what), spec)
        })
        .collect();
    let answers = notebook.ask_all(&questions);
    let fails = between.iter().zip(answers).find(|(_, answer)| *answer == Answer::Fails);
    let at = fails.map_or(subject, |(version, _)| version.0.into());
    Bound { at, exact: at + 1 == u64::from(chosen.0) }
}

fn chosen_version(notebook: &Notebook<'_>, spec: &HelloSpec) -> Option<ProtocolVersion> {
    match notebook.reaction(spec)?.kind {
        Kind::Accepted { version, .. } => Some(version),
        _ => None,
    }
}

/// Whether a hello offers a version: what stands in supported_versions counts, where that is
/// there; else all up to the version in the message (RFC 8446 section 4.2.1).
fn offers(spec: &HelloSpec, version: ProtocolVersion) -> bool {
    let offered = Facts::of(&spec.flight(), &[]).list(List::SupportedVersions);
    match offered.as_slice() {
        [] => version.0 <= spec.hello.legacy_version.0,
        offered => offered.contains(&Member::Number(version.0)),
    }
}

/// The statement that a hello does not offer a version, and the edit that makes it true.
fn want_of(subject: &HelloSpec, version: ProtocolVersion) -> (Condition, Edit) {
    let member = Member::Number(version.0);
    let lacks = Condition::Lacks(List::SupportedVersions.into(), member.clone());
    let mut extensions = subject.hello.extensions().iter();
    let listed =
        extensions.find(|e| e.extension_type() == ExtensionType::supported_versions).cloned();
    match listed {
        // Without the list the version in the message would count.
        Some(list) if version != ProtocolVersion::TLS1_3 => {
            let has_list = Condition::has_extension(ExtensionType::supported_versions);
            (Condition::All(vec![has_list, lacks]), Edit::SetExtension(list))
        }
        Some(_) => (lacks, Edit::Remove(List::SupportedVersions, member)),
        None if version == ProtocolVersion::TLS1_3 => {
            (lacks, Edit::Remove(List::SupportedVersions, member))
        }
        None => {
            let highest = subject.hello.legacy_version;
            let condition = Condition::range(Quantity::LegacyVersion, None, Some(highest.0.into()));
            (condition, Edit::LegacyVersion(highest))
        }
    }
}
