//! Why does a server reject a hello? The diagnosis, in steps: reach, react, control, explain,
//! bound, confirm, tell.
//!
//! It is pure: it asks a [`Target`] and never sees a socket or a clock. Its rule is that nothing
//! is believed that was not tried from both sides: the subject without the cause passes, and a
//! hello that passes fails with it.

mod content;
mod control;
mod diagnosis;
mod length;
mod look_alikes;
mod notebook;
mod search;
mod version;

pub use control::Control;
pub use diagnosis::{Cause, Confirmed, Diagnosis, Evidence, Remedy, Subject, Verdict};

use crate::hello::condition::Condition;
use crate::hello::difference;
use crate::hello::edit::{Edit, Place, in_words};
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar};
use crate::hello::{Facts, HelloSpec};
use crate::names::{AlertDescription, ExtensionType};
use crate::probe::Target;
use crate::quirks::Quirk;
use crate::transcript::{Kind, Reaction};
use crate::wire::extension::Extension;
use crate::wire::record::plaintext::{self, Protocol};
use crate::wire::second_opinion;
use control::Controls;
use notebook::{Answer, Notebook, Question};

/// How often the subject is sent before it is said to fail.
const REPEATS: usize = 3;
/// How often a hello is sent whose reaction changes.
const UNSTABLE_REPEATS: usize = 8;
/// How often cause and remedy are confirmed.
const CONFIRMATIONS: usize = 2;

/// What a diagnosis may use, and knows beforehand.
#[derive(Clone, Debug)]
pub struct Options {
    /// A hello that passes, where the user knows one.
    pub control: Option<Control>,
    /// The name that hellos of presets ask for.
    pub server_name: Option<String>,
    /// Connections at the most.
    pub max_connections: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { control: None, server_name: None, max_connections: 200 }
    }
}

/// Finds out why the target rejects the subject. `progress` is told what is being done.
pub fn diagnose(
    target: &mut dyn Target,
    subject: Subject,
    options: &Options,
    progress: &mut dyn FnMut(&str),
) -> Diagnosis {
    let question = Question::new("the subject", subject.spec.clone());
    let mut notebook = Notebook::new(target, progress, options.max_connections.max(1));
    notebook.say("sending the subject");
    let first = notebook.send(std::slice::from_ref(&question)).pop();
    let (reaction, seconds) = match first {
        Some(observation) => (observation.reaction, observation.seconds),
        None => (silence(), 0.0),
    };
    let mut found = Found::from_reaction(&reaction);
    if found.is_none() && !reaction.accepted() {
        found = greeting(&mut notebook, &reaction);
    }
    let found = found.unwrap_or_else(|| {
        notebook.fails_with(reaction.clone());
        repeat(&mut notebook, &question)
            .unwrap_or_else(|| explain(&mut notebook, &subject.spec, options))
    });
    let mut notes = found.notes;
    if found.verdict != Verdict::Accepted {
        notes.extend(second_opinion::client_hello(&subject.spec.message()));
    }
    let alpn = AlertDescription::no_application_protocol;
    if matches!(reaction.kind, Kind::Alert { description, .. } if description == alpn) {
        notes.push("the server knows none of the protocols that the hello offers by ALPN".into());
    }
    let known_as = match &found.cause {
        Some(Cause::Condition(condition)) => Quirk::known_as(condition),
        _ => Vec::new(),
    };
    Diagnosis {
        subject,
        reaction,
        seconds,
        verdict: found.verdict,
        cause: found.cause,
        remedy: found.remedy,
        confirmed: found.confirmed,
        known_as,
        connections: options.max_connections.max(1) - notebook.left(),
        evidence: notebook.into_evidence(),
        notes,
        elapsed: 0.0,
    }
}

/// What was found out.
struct Found {
    verdict: Verdict,
    cause: Option<Cause>,
    remedy: Option<Remedy>,
    confirmed: Confirmed,
    notes: Vec<String>,
}

impl Found {
    fn new(verdict: Verdict, cause: Option<Cause>) -> Found {
        let (remedy, confirmed, notes) = (None, Confirmed::default(), Vec::new());
        Found { verdict, cause, remedy, confirmed, notes }
    }

    fn noting(mut self, note: impl Into<String>) -> Found {
        self.notes.push(note.into());
        self
    }

    /// What the first reaction tells by itself.
    fn from_reaction(reaction: &Reaction) -> Option<Found> {
        match &reaction.kind {
            _ if reaction.unreachable() => Some(Found::new(Verdict::Unreachable, None)),
            Kind::Accepted { .. } => Some(Found::new(Verdict::Accepted, None)),
            Kind::Plaintext { first } => Some(Found::not_tls(plaintext::recognise(first))),
            _ => None,
        }
    }

    fn not_tls(protocol: Option<Protocol>) -> Found {
        let verdict = match protocol {
            Some(Protocol { starttls: Some(_), .. }) => Verdict::NeedsStarttls,
            _ => Verdict::NotTls,
        };
        Found::new(verdict, Some(Cause::Protocol(protocol)))
    }
}

/// Where a hello meets silence or an end without a word, something that is not TLS may be
/// waiting for its turn to speak: one connection lets it.
fn greeting(notebook: &mut Notebook<'_>, reaction: &Reaction) -> Option<Found> {
    if !matches!(reaction.kind, Kind::Silence | Kind::Closed | Kind::Reset) {
        return None;
    }
    notebook.say("does it speak first?");
    let greeting = notebook.greeting()?;
    Some(Found::not_tls(plaintext::recognise(&greeting)))
}

/// Sends the subject again, to know whether it fails each time.
fn repeat(notebook: &mut Notebook<'_>, question: &Question) -> Option<Found> {
    notebook.say("does it fail each time?");
    let mut seen = vec![Answer::Fails];
    let again = |notebook: &mut Notebook<'_>, seen: &mut Vec<Answer>, times: usize| {
        let observations = notebook.send(&vec![question.clone(); times]);
        seen.extend(observations.iter().map(|o| notebook.meaning(&o.reaction)));
    };
    again(notebook, &mut seen, REPEATS - 1);
    if seen.iter().all(|answer| *answer == Answer::Fails) {
        return None;
    }
    let left = UNSTABLE_REPEATS - seen.len();
    again(notebook, &mut seen, left);
    let passes = seen.iter().filter(|answer| **answer == Answer::Passes).count();
    if passes == 0 {
        // It fails each time, if not each time in the same way.
        return None;
    }
    Some(Found::new(Verdict::Unstable, Some(Cause::Rate { passes, of: seen.len() })))
}

/// The search itself: a control, the length, the content; then confirmation.
fn explain(notebook: &mut Notebook<'_>, subject: &HelloSpec, options: &Options) -> Found {
    let name = options.server_name.as_deref();
    let controls = control::find(notebook, subject, options.control.clone(), name);
    if controls.passing.is_empty() {
        return nothing_passes(notebook, subject, &controls);
    }
    if let Some(cause) = version::investigate(notebook, subject, &controls) {
        let more = cause.edits.len() > 1;
        let remedy = remedy(subject, cause.edits);
        let found = confirm(notebook, cause.condition, remedy, cause.with_cause);
        return match more {
            true => found.noting("the server needs all that the remedy changes"),
            false => found,
        };
    }
    if let Some(cause) = length::investigate(notebook, subject, &controls) {
        let remedy = remedy(subject, cause.edits);
        return confirm(notebook, Some(cause.condition), remedy, Some(cause.other_content));
    }
    let mut nearest: Vec<&Control> = controls.passing.iter().collect();
    nearest.sort_by_key(|control| difference::edits(subject, &control.spec).len());
    match content::investigate(notebook, subject, &nearest) {
        Some(cause) => {
            let remedy = remedy_for(notebook, subject, cause.condition.as_ref(), &cause.edits);
            confirm(notebook, cause.condition, remedy, cause.with_cause)
        }
        None => {
            let why =
                "what passes differs from the subject in its order, its frames, or what is random";
            undetermined(notebook, why)
        }
    }
}

fn undetermined(notebook: &Notebook<'_>, why: &str) -> Found {
    let why = if notebook.spent() { "the connections that were allowed are used up" } else { why };
    Found::new(Verdict::Undetermined, None).noting(why)
}

fn nothing_passes(notebook: &Notebook<'_>, subject: &HelloSpec, controls: &Controls) -> Found {
    if notebook.spent() {
        return undetermined(notebook, "");
    }
    let tried = format!("tried as well: {}", controls.tried.join("; "));
    let found = Found::new(Verdict::RejectsEverything, None).noting(tried);
    let named = Facts::of(&subject.flight(), &[]).property(Property::ServerName) != Scalar::Null;
    if named {
        return found;
    }
    found.noting("no hello asked for a host by name: --server-name gives one")
}

/// The first of these sets of edits with which the subject passes.
fn passing(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    candidates: Vec<Vec<Edit>>,
) -> Option<Vec<Edit>> {
    candidates.into_iter().find(|edits| {
        let spec = difference::apply(subject, edits);
        notebook.ask(Question::new(in_words(edits), spec)) == Answer::Passes
    })
}

/// What to change, for a cause in the content. Where it is a matter of order, another order does.
fn remedy_for(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    condition: Option<&Condition>,
    edits: &[Edit],
) -> Option<Remedy> {
    let order = matches!(
        condition,
        Some(
            Condition::Is(Property::ExtensionsLastEmpty, Scalar::Bool(true))
                | Condition::Is(Property::ExtensionsLast, _)
                | Condition::Order(..)
        )
    );
    if order {
        if let Some(edits) = passing(notebook, subject, moves(subject, condition)) {
            return remedy(subject, edits);
        }
    }
    remedy(subject, edits.to_vec())
}

/// Moves of one extension that may mend the order.
fn moves(subject: &HelloSpec, condition: Option<&Condition>) -> Vec<Vec<Edit>> {
    if let Some(Condition::Order(_, Member::Number(first), Member::Number(second))) = condition {
        let (first, second) = (ExtensionType(*first), ExtensionType(*second));
        return vec![vec![Edit::Move(second, Place::First)], vec![Edit::Move(first, Place::Last)]];
    }
    let extensions = subject.hello.extensions().iter().rev();
    let with_body = extensions.filter(|extension| !extension.data().is_empty());
    with_body
        .take(3)
        .map(|extension| vec![Edit::Move(extension.extension_type(), Place::Last)])
        .collect()
}

fn remedy(subject: &HelloSpec, edits: Vec<Edit>) -> Option<Remedy> {
    let spec = difference::apply(subject, &edits);
    (!edits.is_empty()).then(|| Remedy { edits, spec, reaction: silence() })
}

/// Sends the remedy and the cause again, one after the other, with all the time that there is.
fn confirm(
    notebook: &mut Notebook<'_>,
    condition: Option<Condition>,
    remedy: Option<Remedy>,
    with_cause: Option<HelloSpec>,
) -> Found {
    notebook.say("confirming");
    let mut confirmed = Confirmed::default();
    let mut remedy = remedy;
    let mut questions = Vec::new();
    for _ in 0..CONFIRMATIONS {
        questions.extend(
            remedy
                .as_ref()
                .map(|remedy| Question::new("confirming the remedy", remedy.spec.clone())),
        );
        questions.extend(
            with_cause.as_ref().map(|spec| Question::new("confirming the cause", spec.clone())),
        );
    }
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
    let seemed = condition.clone();
    let both = confirmed.remedy_passes == CONFIRMATIONS && confirmed.cause_fails == CONFIRMATIONS;
    let (verdict, cause) = match (condition, &remedy) {
        (Some(condition), _) if both => {
            let verdict =
                if is_overlap(&condition) { Verdict::Incompatible } else { Verdict::Cause };
            (verdict, Some(Cause::Condition(condition)))
        }
        (_, Some(remedy)) if confirmed.remedy_passes == CONFIRMATIONS => {
            (Verdict::Difference, Some(Cause::Edits(remedy.edits.clone())))
        }
        _ => (Verdict::Undetermined, None),
    };
    let mut found = Found { remedy, confirmed, ..Found::new(verdict, cause) };
    if found.verdict == Verdict::Undetermined {
        found.remedy = None;
        let seemed = seemed.map_or(String::new(), |condition| format!(": that {condition}"));
        found = found.noting(match notebook.spent() {
            true => format!("the connections that were allowed are used up{seemed} is left"),
            false => format!("what seemed to be the cause could not be confirmed{seemed}"),
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

fn silence() -> Reaction {
    Reaction { kind: Kind::Silence, step: crate::transcript::Step::ClientHello }
}
