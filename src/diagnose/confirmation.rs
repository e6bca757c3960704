//! The end of a diagnosis: the remedy and the cause are tried again, and what comes of both tells how
//! much is said.

use super::diagnosis::{Cause, Confirmed, Remedy, Verdict};
use super::notebook::{Answer, Notebook, Question};
use super::{Found, silence};
use crate::hello::HelloSpec;
use crate::hello::condition::Condition;
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::hello::vocabulary::{List, Quantity};

/// How often cause and remedy are confirmed.
const CONFIRMATIONS: usize = 2;

/// The remedy of a subject by these edits, if they change anything.
pub(super) fn remedy(subject: &HelloSpec, edits: Vec<Edit>) -> Option<Remedy> {
    let spec = difference::apply(subject, &edits);
    let edits = difference::with_length_told(subject, edits, &spec);
    (!edits.is_empty()).then(|| Remedy { edits, spec, reaction: silence() })
}

/// Sends the remedy and the cause again, one after the other, with all the time that there is.
/// What was learnt of them on the way, and of other hellos with the cause and without it, counts.
pub(super) fn confirm(
    notebook: &mut Notebook<'_>,
    condition: Option<Condition>,
    remedy: Option<Remedy>,
    [with_cause, without_cause]: [&[HelloSpec]; 2],
) -> Found {
    notebook.say("confirming");
    let mut remedy = remedy;
    let before = |specs: &mut dyn Iterator<Item = &HelloSpec>, wanted: Answer| {
        let times = specs.map(|spec| notebook.times_answered(spec, wanted));
        times.sum::<usize>().min(CONFIRMATIONS)
    };
    if let Some(remedy) = &mut remedy {
        remedy.reaction = notebook.reaction(&remedy.spec).cloned().unwrap_or_else(silence);
    }
    let remedied = remedy.as_ref().map(|remedy| &remedy.spec);
    let mut confirmed = Confirmed {
        cause_fails: before(&mut with_cause.iter(), Answer::Fails),
        remedy_passes: before(&mut remedied.into_iter().chain(without_cause), Answer::Passes),
    };
    let of_remedy = remedy.as_ref().map(|remedy| {
        let question = Question::new("confirming the remedy", remedy.spec.clone());
        (question, CONFIRMATIONS.saturating_sub(confirmed.remedy_passes))
    });
    let of_cause = with_cause.first().map(|spec| {
        let question = Question::new("confirming the cause", spec.clone());
        (question, CONFIRMATIONS.saturating_sub(confirmed.cause_fails))
    });
    let mut questions = Vec::new();
    for round in 0..CONFIRMATIONS {
        let due = of_remedy.iter().chain(&of_cause).filter(|(_, times)| round < *times);
        questions.extend(due.map(|(question, _)| question.clone()));
    }
    let observations = notebook.send(&questions);
    let mut refused = 0;
    for (question, observation) in questions.iter().zip(&observations) {
        let meaning = notebook.meaning(&observation.reaction);
        match &mut remedy {
            Some(remedy) if remedy.spec == question.spec => {
                remedy.reaction = observation.reaction.clone();
                confirmed.remedy_passes += usize::from(meaning == Answer::Passes);
                refused += usize::from(meaning == Answer::Fails);
            }
            _ => confirmed.cause_fails += usize::from(meaning == Answer::Fails),
        }
    }
    if confirmed.remedy_passes > 0 && refused > 0 {
        let passes = confirmed.remedy_passes;
        let rate = Cause::Rate { passes, of: passes + refused };
        return Found::new(Verdict::Unstable, Some(rate)).noting(
            "the server has changed its mind: a hello that it took before fails in the end, as \
             where somebody is banned who connects too often",
        );
    }
    let seemed = condition.clone();
    let both = confirmed.remedy_passes == CONFIRMATIONS && confirmed.cause_fails == CONFIRMATIONS;
    let (verdict, cause) = match (condition, &remedy) {
        (Some(condition), _) if both => {
            let verdict =
                if is_overlap(&condition) { Verdict::Incompatible } else { Verdict::Cause };
            (verdict, Some(Cause::Condition(condition)))
        }
        // That a condition could not be confirmed in time says nothing against it.
        (seemed, Some(remedy))
            if confirmed.remedy_passes == CONFIRMATIONS
                && (seemed.is_none() || !notebook.spent()) =>
        {
            (Verdict::Difference, Some(Cause::Edits(remedy.edits.clone())))
        }
        _ => (Verdict::Undetermined, None),
    };
    let mut found = Found { remedy, confirmed, ..Found::new(verdict, cause) };
    if found.verdict == Verdict::Undetermined {
        found.remedy = None;
        found = found.noting(match (notebook.ended(), seemed) {
            (Some(why), Some(condition)) => format!("{why}: that {condition} is left"),
            (Some(why), None) => why.to_owned(),
            (None, Some(condition)) => {
                format!("what seemed to be the cause could not be confirmed: that {condition}")
            }
            (None, None) => "what seemed to help could not be confirmed".to_owned(),
        });
    }
    found
}

/// Whether a condition says that the two sides have nothing in common.
fn is_overlap(condition: &Condition) -> bool {
    match condition {
        Condition::Lacks(entries, _) | Condition::LacksAll(entries, _) => {
            matches!(entries.list, List::CipherSuites | List::SupportedVersions)
        }
        Condition::All(parts) => parts.iter().any(is_overlap),
        // To reach up to a version at the most is to lack those above it.
        Condition::Range { field: Quantity::LegacyVersion, min: None, max: Some(_) } => true,
        _ => false,
    }
}
