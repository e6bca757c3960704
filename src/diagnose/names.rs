//! Whether a hello is cut off for every server name alike (RFC 6066 section 3): then it is not one of
//! the servers behind the address that does so, but what stands before all of them.

use super::control::asked_name;
use super::diagnosis::{Cause, Diagnosis, Verdict};
use super::notebook::{Answer, Notebook, Question};
use super::path;
use crate::hello::draw;
use crate::hello::{Condition, Facts, HelloSpec};
use crate::transcript::{Kind, Reaction, Step};
use crate::wire::text::escape;

/// Nothing stands between the two where a round trip takes so many seconds or less: on one machine.
const NEXT_DOOR: f64 = 0.001;

/// Asks for another name than the subject does: with the cause, and with what helps. Without a cause,
/// where nothing passes, the subject alone. It is not worth a connection where nothing can stand on
/// the way.
pub(super) fn ask(notebook: &mut Notebook<'_>, subject: &HelloSpec, remedy: Option<&HelloSpec>) {
    let round_trip = path::round_trip(notebook.evidence());
    if notebook.failure().and_then(how).is_none() || round_trip.is_none_or(|it| it <= NEXT_DOOR) {
        return;
    }
    let Some(other) = asked_name(subject).and_then(|name| other_name(&name)) else { return };
    let hellos = [("the same", Some(subject)), ("what helps,", remedy)];
    let questions = hellos.into_iter().filter_map(|(what, hello)| {
        let mut spec = hello?.clone();
        draw::server_name(&mut spec, Some(&other));
        let what = format!("{what} asking for {}", escape(other.as_bytes()));
        (Some(&spec) != hello).then(|| Question::new(what, spec))
    });
    notebook.ask_all(&questions.collect::<Vec<_>>());
}

/// What there is to say where it is cut off for every name.
pub(super) fn note(diagnosis: &Diagnosis) -> Option<String> {
    let how = how(&diagnosis.reaction)?;
    let names = cut_off(diagnosis)?;
    let mut words: Vec<String> =
        names.iter().flatten().map(|name| escape(name.as_bytes())).collect();
    if words.len() < 2 {
        return None;
    }
    words.extend(names.contains(&None).then(|| "none".to_owned()));
    Some(format!(
        "{how} is the same for every server name that was asked for ({}): it may come from what stands \
         before all servers of this address, as a middlebox or a front of theirs, if they are several",
        words.join(", ")
    ))
}

/// How a first hello was cut off without a word.
fn how(reaction: &Reaction) -> Option<&'static str> {
    match (&reaction.kind, reaction.step) {
        (Kind::Reset, Step::ClientHello) => Some("the reset"),
        (Kind::Closed, Step::ClientHello) => Some("the end without a word"),
        _ => None,
    }
}

/// The names for which hellos with the cause fail, and all of them do. Where there is a cause, those
/// for which hellos without it pass: a server may reject a name that it does not know.
fn cut_off(diagnosis: &Diagnosis) -> Option<Vec<Option<String>>> {
    let cause = match (diagnosis.verdict, &diagnosis.cause) {
        (Verdict::Cause, Some(Cause::Condition(condition))) => Some(condition),
        (Verdict::RejectsEverything, None) => None,
        _ => return None,
    };
    let has_cause =
        |spec: &HelloSpec| cause.is_none_or(|cause: &Condition| cause.holds(&Facts::of_spec(spec)));
    let (mut failing, mut passing) = (Vec::new(), Vec::new());
    for one in &diagnosis.evidence {
        let name = asked_name(&one.spec);
        match (diagnosis.meaning(one), has_cause(&one.spec)) {
            (Answer::Passes, true) => return None,
            (Answer::Passes, false) => passing.push(name),
            (Answer::Fails, true) if !failing.contains(&name) => failing.push(name),
            _ => {}
        }
    }
    failing.retain(|name| cause.is_none() || passing.contains(name));
    Some(failing)
}

/// A name of the same length beside another: lengths may be the cause.
fn other_name(name: &str) -> Option<String> {
    let (label, domain) = name.split_once('.')?;
    let other = ["x", "y"].map(|letter| letter.repeat(label.len()));
    let other = other.into_iter().find(|other| other != label && !other.is_empty())?;
    Some(format!("{other}.{domain}"))
}
