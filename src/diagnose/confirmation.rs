//! The end of a diagnosis: the remedy and the cause are tried again, and what comes of both tells how
//! much is said.

use super::diagnosis::{Cause, Confirmed, Remedy, Verdict};
use super::explain::Explained;
use super::notebook::{Answer, Notebook, Question};
use super::{Found, chance, silence};
use crate::hello::HelloSpec;
use crate::hello::condition::Condition;
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::hello::vocabulary::{List, Quantity};

/// How often cause and remedy are confirmed.
const CONFIRMATIONS: usize = 2;
/// The same of a difference, of which nothing was foretold that came true.
const CONFIRMATIONS_OF_DIFFERENCE: usize = 4;
/// Where chance is likelier than this to have made what was seen, cause and remedy are sent again.
const BY_CHANCE: f64 = 0.0005;
/// So often at the most.
const MORE: usize = 12;

/// What is to be confirmed.
pub(super) struct Claim {
    /// The cause, where a property explains what was seen.
    condition: Option<Condition>,
    /// The subject without it.
    remedy: Option<Remedy>,
    /// Hellos that fail with the cause, and others that pass without it.
    with_cause: Vec<HelloSpec>,
    without_cause: Vec<HelloSpec>,
    /// How likely the cause was beforehand, with all that was seen.
    weight: f64,
}

impl Claim {
    /// That a property is the cause.
    pub(super) fn cause(subject: &HelloSpec, explained: Explained) -> Claim {
        let Explained { condition, edits, with_cause, without_cause, weight, .. } = explained;
        let (condition, remedy) = (Some(condition), remedy(subject, edits));
        Claim { condition, remedy, with_cause, without_cause, weight }
    }

    /// That a subject passes with these edits, and fails without.
    pub(super) fn difference(subject: &HelloSpec, edits: Vec<Edit>) -> Claim {
        let (with_cause, without_cause) = (vec![subject.clone()], Vec::new());
        let remedy = remedy(subject, edits);
        Claim { condition: None, remedy, with_cause, without_cause, weight: 1.0 }
    }

    fn confirmations(&self) -> usize {
        match self.condition {
            Some(_) => CONFIRMATIONS,
            None => CONFIRMATIONS_OF_DIFFERENCE,
        }
    }
}

/// The remedy of a subject by these edits, if they change anything.
fn remedy(subject: &HelloSpec, edits: Vec<Edit>) -> Option<Remedy> {
    let spec = difference::apply(subject, &edits);
    let edits = difference::with_length_told(subject, edits, &spec);
    (!edits.is_empty()).then(|| Remedy { edits, spec, reaction: silence() })
}

/// Sends the remedy and the cause again, one after the other, with all the time that there is.
/// What was learnt of them on the way, and of other hellos with the cause and without it, counts.
pub(super) fn confirm(notebook: &mut Notebook<'_>, claim: Claim) -> Found {
    notebook.say("confirming");
    let wanted = claim.confirmations();
    let Claim { condition, mut remedy, with_cause, without_cause, weight } = claim;
    let before = |specs: &mut dyn Iterator<Item = &HelloSpec>, answer: Answer| {
        let times = specs.map(|spec| notebook.times_answered(spec, answer));
        times.sum::<usize>().min(wanted)
    };
    if let Some(remedy) = &mut remedy {
        remedy.reaction = notebook.reaction(&remedy.spec).cloned().unwrap_or_else(silence);
    }
    let remedied = remedy.as_ref().map(|remedy| &remedy.spec);
    let mut confirmed = Confirmed {
        cause_fails: before(&mut with_cause.iter(), Answer::Fails),
        remedy_passes: before(&mut remedied.into_iter().chain(&without_cause), Answer::Passes),
    };
    let of_remedy = remedied.map(|spec| Question::new("confirming the remedy", spec.clone()));
    let of_cause =
        with_cause.first().map(|spec| Question::new("confirming the cause", spec.clone()));
    let mut due = Confirmed {
        cause_fails: wanted.saturating_sub(confirmed.cause_fails),
        remedy_passes: wanted.saturating_sub(confirmed.remedy_passes),
    };
    let mut contradicted = None;
    for _ in 0..=MORE {
        let remedies = of_remedy.iter().map(|question| (question, due.remedy_passes));
        let causes = of_cause.iter().map(|question| (question, due.cause_fails));
        let both: Vec<(&Question, usize)> = remedies.chain(causes).collect();
        let questions = (0..wanted).flat_map(|round| {
            let due = both.iter().filter(move |(_, times)| round < *times);
            due.map(|(question, _)| (*question).clone())
        });
        let questions: Vec<Question> = questions.collect();
        let observations = notebook.send(&questions);
        for (question, observation) in questions.iter().zip(&observations) {
            let meaning = notebook.meaning(&observation.reaction);
            match &mut remedy {
                Some(remedy) if remedy.spec == question.spec => {
                    remedy.reaction = observation.reaction.clone();
                    confirmed.remedy_passes += usize::from(meaning == Answer::Passes);
                }
                _ => confirmed.cause_fails += usize::from(meaning == Answer::Fails),
            }
        }
        let mut sent = of_cause.iter().chain(&of_remedy).map(|question| &question.spec);
        contradicted = sent.find(|spec| is_answered_both_ways(notebook, spec)).cloned();
        let by_chance = condition.is_some() && chance::share(notebook, weight) > BY_CHANCE;
        if contradicted.is_some() || notebook.spent() || !by_chance {
            break;
        }
        due = Confirmed { cause_fails: 1, remedy_passes: 1 };
    }
    match contradicted {
        Some(hello) => both_ways(notebook, &hello),
        None => judged(notebook, condition, remedy, confirmed, wanted),
    }
}

/// What is said where so many confirmations were wanted and so many came.
fn judged(
    notebook: &Notebook<'_>,
    condition: Option<Condition>,
    remedy: Option<Remedy>,
    confirmed: Confirmed,
    wanted: usize,
) -> Found {
    let seemed = condition.clone();
    let both = confirmed.remedy_passes >= wanted && confirmed.cause_fails >= wanted;
    let (verdict, cause) = match (condition, &remedy) {
        (Some(condition), _) if both => {
            let verdict =
                if is_overlap(&condition) { Verdict::Incompatible } else { Verdict::Cause };
            (verdict, Some(Cause::Condition(condition)))
        }
        // That a condition could not be confirmed in time says nothing against it.
        (seemed, Some(remedy))
            if confirmed.remedy_passes >= wanted
                && match seemed {
                    None => confirmed.cause_fails >= CONFIRMATIONS,
                    Some(_) => !notebook.spent(),
                } =>
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

fn is_answered_both_ways(notebook: &Notebook<'_>, spec: &HelloSpec) -> bool {
    let passes = notebook.passes(spec);
    passes > 0 && passes < notebook.times(spec)
}

/// That the server does not do the same each time with this hello.
pub(super) fn both_ways(notebook: &Notebook<'_>, spec: &HelloSpec) -> Found {
    let rate = Cause::Rate { passes: notebook.passes(spec), of: notebook.times(spec) };
    let found = Found::new(Verdict::Unstable, Some(rate));
    let answers = notebook.told().filter(|one| one.spec == *spec);
    let last = answers.rev().take_while(|one| !one.reaction.accepted()).count();
    // Who is banned is refused from some connection on.
    match last + notebook.passes(spec) == notebook.times(spec) {
        true => found.noting(
            "the server has changed its mind: a hello that it took before fails in the end, as \
             where somebody is banned who connects too often",
        ),
        false => found,
    }
}

/// Whether a condition says that the two sides have nothing in common.
fn is_overlap(condition: &Condition) -> bool {
    match condition {
        Condition::Lacks(entries, _) | Condition::LacksAll(entries, _) => {
            matches!(entries.list, List::CipherSuites | List::SupportedVersions)
        }
        Condition::All(parts) => parts.iter().any(is_overlap),
        Condition::Any(parts) => parts.iter().all(is_overlap),
        // To reach up to a version at the most is to lack those above it.
        Condition::Range { field: Quantity::LegacyVersion, min: None, max: Some(_) } => true,
        _ => false,
    }
}
