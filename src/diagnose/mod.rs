//! Why does a server reject a hello? The diagnosis, in steps: reach, react, control, explain,
//! bound, confirm, tell.
//!
//! It is pure: it asks a [`Target`] and never sees a socket or a clock. Its rule is that nothing
//! is believed that was not tried from both sides: the subject without the cause passes, and a
//! hello that passes fails with it.

pub mod agreement;
mod backends;
mod belief;
mod chance;
mod change;
mod confirmation;
mod content;
mod control;
mod diagnosis;
mod dice;
mod experiment;
mod explain;
mod measure;
mod names;
mod need;
mod notebook;
mod offer;
mod overlap;
mod path;
mod pool;
mod refusal;
mod remedy;
mod search;
mod space;
mod warnings;
mod weigh;

pub use control::Control;
pub use diagnosis::{Cause, Confirmed, Diagnosis, Evidence, Possible, Remedy, Subject, Verdict};

use crate::hello::condition::Condition;
use crate::hello::edit::Edit;
use crate::hello::{Facts, HelloSpec};
use crate::names::{AlertDescription, ExtensionType};
use crate::probe::Target;
use crate::quirks::Quirk;
use crate::transcript::{Kind, Reaction};
use crate::wire::record::plaintext::{self, Protocol};
use crate::wire::second_opinion;
use confirmation::{Claim, both_ways, confirm};
use explain::{ChangedItsMind, Ending};
pub use notebook::Answer;
use notebook::{Notebook, Question};
use serde_json::Value as Json;

/// How often a hello is sent whose reaction changes.
const UNSTABLE_REPEATS: usize = 8;
/// So many other hellos are sent to a server that answers in words, before it is said not to speak TLS.
const OTHERS: usize = 2;

/// What a diagnosis may use, and knows beforehand.
#[derive(Clone, Debug)]
pub struct Options {
    /// A hello that passes, where the user knows one.
    pub control: Option<Control>,
    /// The name that hellos of presets ask for.
    pub server_name: Option<String>,
    /// Connections at the most.
    pub max_connections: usize,
    /// Whether explanations are weighed. Without, delta debugging alone looks for the smallest
    /// difference to a hello that passes: it assumes nothing, names no property, and asks more.
    pub explanations: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { control: None, server_name: None, max_connections: 200, explanations: true }
    }
}

/// Finds out why the target rejects the subject. `progress` is told what is being done.
pub fn diagnose(
    target: &mut dyn Target,
    subject: Subject,
    options: &Options,
    progress: &mut dyn FnMut(&str),
) -> Diagnosis {
    let mut subject = subject;
    let question = Question::new("the subject", subject.spec.clone());
    let mut notebook = Notebook::new(target, progress, options.max_connections.max(1));
    let first = notebook.send(std::slice::from_ref(&question)).pop();
    let answered = first.is_some();
    let (reaction, seconds) = match first {
        Some(observation) => (observation.reaction, observation.seconds),
        None => (silence(), 0.0),
    };
    let found = match Found::from_reaction(&reaction) {
        _ if !answered => undetermined(&notebook, ""),
        Some(found) if !takes_others(&mut notebook, &reaction, options) => found,
        _ => {
            notebook.fails_with(reaction.clone());
            let beside = options.explanations && notebook.waits() && subject.spec.flight.is_none();
            // Where it met silence, it is sent again together with the first hellos that may pass.
            let again = if beside { None } else { repeat(&mut notebook, &question) };
            again.unwrap_or_else(|| of_flight(&mut notebook, &mut subject, options))
        }
    };
    path::ask(&mut notebook, &subject.spec);
    if found.verdict == Verdict::Accepted {
        backends::ask(&mut notebook, &subject.spec);
    }
    if matches!(found.verdict, Verdict::Cause | Verdict::RejectsEverything) {
        let remedy = found.remedy.as_ref().map(|remedy| &remedy.spec);
        names::ask(&mut notebook, &subject.spec, remedy);
    }
    let mut notes = found.notes;
    if found.verdict != Verdict::Accepted {
        notes.extend(second_opinion::client_hello(&subject.spec.message()));
    }
    // A cause that is found says which.
    let is_told = match found.verdict {
        Verdict::RejectsEverything => true,
        // Of a name that is not served the alert says more than that it is there.
        Verdict::Cause => match &found.cause {
            Some(Cause::Condition(condition)) => is_unserved_name(condition, &reaction),
            _ => false,
        },
        _ => no_protocol_in_common(&reaction),
    };
    notes.extend(refusal::note(&reaction, &subject.spec).filter(|_| is_told));
    let known_as = match &found.cause {
        Some(Cause::Condition(condition)) => known_as(&notebook, condition, &reaction),
        _ => Vec::new(),
    };
    let mut diagnosis = Diagnosis {
        subject,
        reaction,
        seconds,
        verdict: found.verdict,
        cause: found.cause,
        remedy: found.remedy,
        confirmed: found.confirmed,
        known_as,
        connections: options.max_connections.max(1) - notebook.left(),
        possible: match found.verdict {
            Verdict::Undetermined => notebook.possible().to_vec(),
            _ => Vec::new(),
        },
        evidence: notebook.into_evidence(),
        notes,
        elapsed: 0.0,
    };
    let around = [
        path::arrival(&diagnosis),
        path::early_reset(&diagnosis),
        names::note(&diagnosis),
        backends::note(&diagnosis),
        warnings::note(&diagnosis),
        warnings::certificate_note(&diagnosis),
    ];
    diagnosis.notes.extend(around.into_iter().flatten());
    diagnosis
}

/// The quirks of the catalogue with this cause. Where there is none, those that say more than it, as
/// that it is of TLS 1.2 alone, and foretell all that was seen: no hello could tell them from it.
/// One that answers wrongly is no other's that refuses to answer.
fn known_as(
    notebook: &Notebook<'_>,
    condition: &Condition,
    reaction: &Reaction,
) -> Vec<&'static Quirk> {
    let rejects = |quirk: &&Quirk| {
        let is_seen = quirk.reaction.is_seen_as(&reaction.kind);
        is_seen || !quirk.reaction.lets_pass() && !quirk.reaction.answers()
    };
    if is_unserved_name(condition, reaction) {
        return Quirk::find(UNSERVED_NAME).into_iter().collect();
    }
    let known = Quirk::known_as(condition);
    if known.iter().any(rejects) {
        return known.into_iter().filter(rejects).collect();
    }
    let foretells = |quirk: &&Quirk| {
        notebook.is_foretold_by(|spec| quirk.condition.holds(&Facts::of_spec(spec)))
    };
    Quirk::narrower_than(condition).filter(rejects).filter(foretells).collect()
}

/// Whether a server says that it knows none of the protocols inside, RFC 7301 section 3.2.
fn no_protocol_in_common(reaction: &Reaction) -> bool {
    is_alert(reaction, AlertDescription::no_application_protocol)
}

/// The quirk of servers that refuse a name which is not theirs.
const UNSERVED_NAME: &str = "sni-unknown";

/// Whether a name is refused as one that is not served, RFC 6066 section 3: which ones are, no hello
/// finds out.
fn is_unserved_name(condition: &Condition, reaction: &Reaction) -> bool {
    *condition == Condition::has_extension(ExtensionType::server_name)
        && is_alert(reaction, AlertDescription::unrecognized_name)
}

fn is_alert(reaction: &Reaction, alert: AlertDescription) -> bool {
    matches!(reaction.kind, Kind::Alert { description, .. } if description == alert)
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

/// Whether a server that answered in words, or with what is no record, takes other hellos for what they
/// are: then it is this hello that it does not.
fn takes_others(notebook: &mut Notebook<'_>, reaction: &Reaction, options: &Options) -> bool {
    if !matches!(reaction.kind, Kind::Plaintext { .. }) {
        return false;
    }
    let others = control::others(options.server_name.as_deref()).take(OTHERS);
    let mut asked = others.map(|other| Question::new(other.what, other.spec));
    asked.any(|question| {
        let seen = notebook.send(std::slice::from_ref(&question));
        // What fails in another way may be the end of somebody's patience.
        seen.iter().any(|seen| seen.reaction.accepted())
    })
}

/// Sends the subject again, to know whether it fails each time.
fn repeat(notebook: &mut Notebook<'_>, question: &Question) -> Option<Found> {
    notebook.say("does it fail each time?");
    match again(notebook, question, 1).as_slice() {
        [Answer::Fails] => None,
        seen => unstable(notebook, question, seen),
    }
}

/// Sends a hello so many times.
fn again(notebook: &mut Notebook<'_>, question: &Question, times: usize) -> Vec<Answer> {
    let observations = notebook.send(&vec![question.clone(); times]);
    observations.iter().map(|seen| notebook.meaning(&seen.reaction)).collect()
}

/// Sends the subject more often, where it did not do the same when it was sent again.
fn unstable(notebook: &mut Notebook<'_>, question: &Question, seen: &[Answer]) -> Option<Found> {
    let more = again(notebook, question, UNSTABLE_REPEATS - 1 - seen.len());
    let passed = |answer: &&Answer| **answer == Answer::Passes;
    let passes = seen.iter().chain(&more).filter(passed).count();
    let of = 1 + seen.len() + more.len();
    // It may fail each time, if not each time in the same way.
    (passes > 0).then(|| Found::new(Verdict::Unstable, Some(Cause::Rate { passes, of })))
}

/// The search in what can be changed. Of a flight, of which every byte is given, that is the hello:
/// where it fails by itself it becomes the subject, and where it passes the rest is to blame.
fn of_flight(notebook: &mut Notebook<'_>, subject: &mut Subject, options: &Options) -> Found {
    if subject.spec.flight.is_none() {
        return explain(notebook, &subject.spec, options);
    }
    let edit = Edit::Set("flight".to_owned(), Json::Null);
    let mut alone = subject.spec.clone();
    if let Err(why) = edit.change(&mut alone) {
        let note = format!("every byte of what is sent is given, and none can be changed: {why}");
        return explain(notebook, &subject.spec, options).noting(note);
    }
    let name = format!("{},{edit}", subject.name);
    match notebook.ask(Question::new("the hello in the flight alone", alone.clone())) {
        Answer::Passes => confirm(notebook, Claim::difference(&subject.spec, vec![edit])),
        Answer::Fails => {
            *subject = Subject { name, spec: alone, address: subject.address };
            explain(notebook, &subject.spec, options).noting(
                "the hello in the flight fails as the whole flight does: what is diagnosed is the \
                 hello alone",
            )
        }
        Answer::Other => {
            let note = format!(
                "of a flight nothing can be changed, and the hello in it alone is answered in \
                 another way: {name} has it diagnosed"
            );
            explain(notebook, &subject.spec, options).noting(note)
        }
    }
}

/// The search itself, then confirmation.
fn explain(notebook: &mut Notebook<'_>, subject: &HelloSpec, options: &Options) -> Found {
    let ending = match options.explanations {
        true => explain::explain(notebook, subject, options),
        false => without_explanations(notebook, subject, options),
    };
    let passing = match ending {
        Ending::Explained(explained) => {
            // Not the extension, but the names in it; which would do, the server does not say.
            let alpn = ExtensionType::application_layer_protocol_negotiation;
            let names = explained.condition == Condition::has_extension(alpn)
                && notebook.failure().is_some_and(no_protocol_in_common);
            let note = explained.note.clone();
            let claim = match names {
                true => Claim::difference(subject, explained.edits),
                false => Claim::cause(subject, *explained),
            };
            let mut found = confirm(notebook, claim);
            found.notes.extend(note);
            return found;
        }
        Ending::SpeaksFirst(greeting) => return Found::not_tls(plaintext::recognise(&greeting)),
        Ending::NothingPasses(tried) => return nothing_passes(notebook, subject, &tried),
        Ending::PassesAsWell => {
            let question = Question::new("the subject", subject.clone());
            return unstable(notebook, &question, &[Answer::Passes])
                .unwrap_or_else(|| undetermined(notebook, ""));
        }
        Ending::Unstable(hello) => return both_ways(notebook, &hello),
        Ending::ChangedItsMind(changed) => return changed_its_mind(&changed),
        Ending::Unexplained(passing) => passing,
    };
    match content::smallest_edits(notebook, subject, &passing) {
        Some(edits) => confirm(notebook, Claim::difference(subject, edits)),
        None => {
            let why =
                "what passes differs from the subject in its order, its frames, or what is random";
            undetermined(notebook, why)
        }
    }
}

/// Hellos that pass, and nothing about why.
fn without_explanations(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    options: &Options,
) -> Ending {
    if let Some(control) = &options.control {
        return Ending::Unexplained(vec![control.spec.clone()]);
    }
    let controls = control::find(notebook, subject, options.server_name.as_deref());
    match controls.passing.is_empty() {
        true => Ending::NothingPasses(controls.tried),
        false => Ending::Unexplained(controls.passing),
    }
}

/// How many bits it takes to tell all explanations of one property apart that the diagnosis of a
/// hello begins with, with each bound that a quantity may have, were each as likely as any other: so
/// many questions with two answers.
pub fn bits_of_explanations(subject: &HelloSpec) -> f64 {
    let facts = Facts::of_spec(subject);
    let atoms = space::atoms(subject, None, pool::Pool::of_presets(), None);
    let explanations = atoms.iter().map(|atom| match &atom.shape {
        space::Shape::Fixed(_) | space::Shape::NoneOf(..) => 1.0,
        space::Shape::Least(field) | space::Shape::Most(field) => {
            facts.quantity(*field).unwrap_or(0).max(1) as f64
        }
    });
    explanations.sum::<f64>().log2()
}

fn undetermined(notebook: &Notebook<'_>, why: &str) -> Found {
    Found::new(Verdict::Undetermined, None).noting(notebook.ended().unwrap_or(why))
}

/// A server that bans or limits whoever knocks often is not to be blamed on the hello.
fn changed_its_mind(changed: &ChangedItsMind) -> Found {
    let times = explain::CONTROLS;
    let as_where = "as where somebody is banned who connects too often";
    match changed {
        ChangedItsMind::Refuses { passed, failed } => {
            let rate = Cause::Rate { passes: 1, of: times + 1 };
            Found::new(Verdict::Unstable, Some(rate)).noting(format!(
                "the server has changed its mind: a hello that passed as connection {passed} failed \
                 {times} times from connection {failed} on, {as_where}"
            ))
        }
        ChangedItsMind::Otherwise { from, reaction } if reaction.unreachable() => {
            let how = reaction.kind.word();
            Found::new(Verdict::Undetermined, None).noting(format!(
                "the server has gone away: from connection {from} on none was taken ({how}); it may \
                 have ended, perhaps over this hello"
            ))
        }
        ChangedItsMind::Otherwise { from, reaction } => {
            let what = reaction.kind.word();
            Found::new(Verdict::Undetermined, None).noting(format!(
                "the server has changed its mind: from connection {from} on it does something else \
                 with the subject than before ({what}, {times} times), {as_where}"
            ))
        }
    }
}

fn nothing_passes(notebook: &Notebook<'_>, subject: &HelloSpec, tried: &[String]) -> Found {
    if notebook.spent() {
        return undetermined(notebook, "");
    }
    let found = Found::new(Verdict::RejectsEverything, None).noting(control::tried_words(tried));
    match refusal::asks_for_host(subject) {
        true => found,
        false => found.noting("the hello asks for no host by name: --server-name gives one"),
    }
}

fn silence() -> Reaction {
    Reaction { kind: Kind::Silence, step: crate::transcript::Step::ClientHello }
}
