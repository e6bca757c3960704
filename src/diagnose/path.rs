//! What the way to the server tells: whether a hello that met silence has arrived at all (RFC 9293
//! sections 3.4 and 3.7.1), and whether a reset can be the server's (section 3.5.2).

use super::diagnosis::{Diagnosis, Evidence};
use super::notebook::{Answer, Notebook, Question};
use crate::hello::HelloSpec;
use crate::hello::facts::segment_sizes;
use crate::probe::Unacknowledged;
use crate::transcript::{Kind, Reaction, Step};

/// Segments of so many bytes pass wherever IPv4 does, RFC 9293 section 3.7.1.
const SMALL_SEGMENT: usize = 536;

/// A round trip of so many seconds or less is too short to hold anything against.
const LEAST_ROUND_TRIP: f64 = 0.005;

/// Where bytes of the subject were lost on the way, the same are sent in small segments: what passes
/// then tells whether it was the size of the packets.
pub(super) fn ask(notebook: &mut Notebook<'_>, subject: &HelloSpec) {
    let lost = notebook.evidence().iter().any(|one| one.spec == *subject && is_lost(one));
    let length = subject.flight().len();
    if !lost || largest_segment(subject) <= SMALL_SEGMENT {
        return;
    }
    let segments = vec![SMALL_SEGMENT; length / SMALL_SEGMENT];
    let cut = HelloSpec { segments, ..subject.clone() };
    let what = format!("the same in segments of at most {SMALL_SEGMENT} bytes");
    notebook.send(&[Question::new(what, cut)]);
}

/// Whether the subject has arrived, where it met silence and the platform tells.
pub(super) fn arrival(diagnosis: &Diagnosis) -> Option<String> {
    let subject = &diagnosis.subject.spec;
    let own = || diagnosis.evidence.iter().filter(|one| one.spec == *subject);
    let told: Vec<Unacknowledged> = own().filter_map(unacknowledged).collect();
    if !is_silence(&diagnosis.reaction.kind, diagnosis.reaction.step) || told.is_empty() {
        return None;
    }
    let length = subject.flight().len();
    if let Some(lost) = told.iter().rev().find(|one| one.is_lost()) {
        let Unacknowledged { bytes, retransmissions, .. } = lost;
        let times = match retransmissions {
            1 => "once".to_owned(),
            times => format!("{times} times"),
        };
        return Some(format!(
            "{bytes} of the {length} bytes that were sent were never acknowledged, though they were \
             sent again {times}: {}",
            why_lost(diagnosis)
        ));
    }
    if let Some(stuck) = told.iter().find(|one| one.bytes > 0 && one.window_closed) {
        return Some(format!(
            "{} of the {length} bytes that were sent wait here, since the server, or what stands \
             before it, has closed its window: it does not read the whole hello",
            stuck.bytes
        ));
    }
    told.iter().all(|one| one.bytes == 0).then(|| {
        format!(
            "all of the {length} bytes that were sent were acknowledged: they have arrived, and what \
             is silent is the server, or what stands before it"
        )
    })
}

/// The shortest round trip that was seen, in seconds: a connection may take longer than one.
pub(super) fn round_trip(evidence: &[Evidence]) -> Option<f64> {
    evidence.iter().filter_map(|one| one.path.connected_in).min_by(f64::total_cmp)
}

/// Whether the hello was reset sooner than an answer can come: most times.
pub(super) fn early_reset(diagnosis: &Diagnosis) -> Option<String> {
    let evidence = &diagnosis.evidence;
    let is_reset = |one: &&Evidence| {
        let Reaction { kind, step } = &one.reaction;
        *kind == Kind::Reset && *step == Step::ClientHello
    };
    let failed = |one: &&Evidence| diagnosis.meaning(one) == Answer::Fails;
    let round_trip = round_trip(evidence).filter(|trip| *trip > LEAST_ROUND_TRIP)?;
    let mut resets: Vec<f64> =
        evidence.iter().filter(is_reset).filter(failed).map(|one| one.seconds).collect();
    resets.sort_by(f64::total_cmp);
    let median = resets.get(resets.len() / 2).filter(|reset| **reset < round_trip / 2.0)?;
    let who = match evidence.iter().any(|one| one.reaction.accepted()) {
        true => "something on the way sent it (a middlebox), since it hangs on the hello",
        false => {
            "something on the way sent it (a middlebox), or the server did before the hello was there"
        }
    };
    Some(format!(
        "the reset came after {}, though the round trip is {}: {who}",
        milliseconds(*median),
        milliseconds(round_trip)
    ))
}

fn milliseconds(seconds: f64) -> String {
    match seconds * 1000.0 {
        less if less < 1.0 => "less than 1 ms".to_owned(),
        some => format!("{some:.0} ms"),
    }
}

/// What it is that bytes of the subject are lost for.
fn why_lost(diagnosis: &Diagnosis) -> String {
    let subject = &diagnosis.subject.spec;
    let (length, segment) = (subject.flight().len(), largest_segment(subject));
    let evidence = &diagnosis.evidence;
    let smaller = |one: &&Evidence| {
        one.spec.flight() == subject.flight() && largest_segment(&one.spec) < segment
    };
    let largest = |one: &Evidence| largest_segment(&one.spec);
    if let Some(cut) =
        evidence.iter().filter(smaller).filter(has_arrived).max_by_key(|o| largest(o))
    {
        return format!(
            "the path swallows large packets. The same bytes in segments of at most {} bytes arrive: \
             the path's MTU is smaller than the packets, and nothing on it says so, or not to us",
            largest(cut)
        );
    }
    let lost = || evidence.iter().filter(|one| is_lost(one));
    if let Some(cut) = lost().filter(smaller).min_by_key(|one| largest(one)) {
        return format!(
            "something on the path swallows them. In segments of at most {} bytes they are lost as \
             well: it is not the size of the packets, but the hello",
            largest(cut)
        );
    }
    let least = lost().map(|one| one.spec.flight().len()).min().unwrap_or(length);
    let most = evidence.iter().filter(has_arrived).map(|one| one.spec.flight().len()).max();
    match most.filter(|most| *most < least) {
        Some(most) => format!(
            "something on the path swallows them, and hellos of up to {most} bytes arrive, as where \
             the path's MTU is smaller than the packets"
        ),
        None => {
            "something on the path swallows them, and the server has never seen them".to_owned()
        }
    }
}

/// Whether a hello came to its end: something answers it, or at least acknowledges all of it.
fn has_arrived(one: &&Evidence) -> bool {
    match one.reaction.kind {
        Kind::Silence => unacknowledged(one).is_some_and(|told| told.bytes == 0),
        Kind::Accepted { .. } | Kind::Alert { .. } => true,
        _ => false,
    }
}

fn is_lost(one: &Evidence) -> bool {
    unacknowledged(one).is_some_and(|told| told.is_lost())
}

/// What was not acknowledged of a first hello that met silence, where that is told.
fn unacknowledged(one: &Evidence) -> Option<Unacknowledged> {
    one.path.unacknowledged.filter(|_| is_silence(&one.reaction.kind, one.reaction.step))
}

fn is_silence(kind: &Kind, step: Step) -> bool {
    *kind == Kind::Silence && step == Step::ClientHello
}

/// The largest segment into which a hello is cut.
fn largest_segment(spec: &HelloSpec) -> usize {
    segment_sizes(spec.flight().len(), &spec.segments).into_iter().max().unwrap_or(0)
}
