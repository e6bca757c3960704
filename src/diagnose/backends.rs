//! Whether several servers stand behind one address, and take turns or go by how the hello is cut:
//! certificates that differ for one name tell (RFC 5246 section 7.4.2). In TLS 1.3 they are
//! encrypted, and tell nothing here.

use super::control::asked_name;
use super::diagnosis::{Diagnosis, Evidence};
use super::notebook::{Answer, Notebook, Question};
use crate::hello::facts::segment_sizes;
use crate::hello::{Facts, HelloSpec};
use crate::names::Authentication;
use crate::quirks::{Quirk, Response};
use crate::transcript::{CertificateFacts, Kind};
use crate::wire::text::escape;

/// So many connections are named of each certificate.
const NAMED: usize = 6;

/// What a certificate may hang on if one server has several.
type Asked = (Option<String>, Authentication);

/// What was seen of one certificate: the connections, counted from 1.
struct Seen<'a> {
    certificate: &'a [u8],
    connections: Vec<usize>,
}

/// Sends a hello that passed in several segments or records in one as well: who does not read all of
/// it may have sent it to another server. Where the certificate is another, both go once more, since
/// servers may take turns.
pub(super) fn ask(notebook: &mut Notebook<'_>, subject: &HelloSpec) {
    if segments(subject) < 2 && records(subject) < 2 {
        return;
    }
    let certificate = |notebook: &Notebook<'_>, spec: &HelloSpec| {
        let mut own = notebook.evidence().iter().rev().filter(|one| one.spec == *spec);
        own.find_map(shown).map(|(_, certificate)| certificate.to_vec())
    };
    let Some(cut) = certificate(notebook, subject) else { return };
    let whole = Question::new("the same in one piece", in_one_piece(subject));
    notebook.send(std::slice::from_ref(&whole));
    if certificate(notebook, &whole.spec).is_some_and(|certificate| certificate != cut) {
        notebook.send(&[Question::new("the subject", subject.clone()), whole]);
    }
}

fn in_one_piece(spec: &HelloSpec) -> HelloSpec {
    HelloSpec { segments: Vec::new(), records: Vec::new(), delay_ms: None, ..spec.clone() }
}

fn records(spec: &HelloSpec) -> usize {
    Facts::of_spec(spec).records.len()
}

fn segments(spec: &HelloSpec) -> usize {
    segment_sizes(spec.flight().len(), &spec.segments).len()
}

/// What there is to say where several certificates were seen for what one server would show one.
pub(super) fn note(diagnosis: &Diagnosis) -> Option<String> {
    by_segments(diagnosis).or_else(|| by_turns(diagnosis))
}

/// Where each of two certificates belongs to one way to cut the subject, each time of at least two.
fn by_segments(diagnosis: &Diagnosis) -> Option<String> {
    let subject = &diagnosis.subject.spec;
    let whole = in_one_piece(subject);
    let sole = |spec: &HelloSpec| {
        let own = diagnosis.evidence.iter().filter(|one| one.spec == *spec).map(shown);
        let seen: Vec<&[u8]> = own.map(|one| one.map(|(_, seen)| seen)).collect::<Option<_>>()?;
        let (first, others) = seen.split_first()?;
        (!others.is_empty() && others.iter().all(|other| other == first)).then_some(*first)
    };
    let (of_cut, of_whole) = (sole(subject)?, sole(&whole)?);
    if of_cut == of_whole {
        return None;
    }
    let (facts, of_whole_facts) = (Facts::of_spec(subject), Facts::of_spec(&whole));
    let known = Quirk::reacting(&Response::OtherCertificate)
        .find(|quirk| quirk.condition.holds(&facts) && !quirk.condition.holds(&of_whole_facts));
    let known = known.map_or(String::new(), |quirk| format!(" (known as {})", quirk.id));
    let (pieces, piece) = match segments(subject) {
        0 | 1 => (records(subject), "record"),
        segments => (segments, "segment"),
    };
    Some(format!(
        "in {pieces} {piece}s the hello is answered with the certificate of {}, and in one {piece} with \
         that of {}: another server answers, as where a router does not read a hello to its end{known}",
        whose(of_cut),
        match whose(of_whole) {
            same if same == whose(of_cut) => format!("{same} as well, but another one"),
            other => other,
        }
    ))
}

/// Whom a certificate names: a host, or else its subject, or else its digest.
fn whose(certificate: &[u8]) -> String {
    let facts = CertificateFacts::of(certificate);
    let name = facts.names().first().map(|name| (*name).to_owned());
    name.or(facts.subject).unwrap_or(facts.sha256)
}

/// Where several were seen for one name, whatever the hello.
fn by_turns(diagnosis: &Diagnosis) -> Option<String> {
    let mut groups: Vec<(Asked, Vec<Seen<'_>>)> = Vec::new();
    for (at, one) in diagnosis.evidence.iter().enumerate() {
        let Some((asked, certificate)) = shown(one) else { continue };
        let known = groups.iter().position(|(other, _)| *other == asked);
        let seen = match known.and_then(|at| groups.get_mut(at)) {
            Some((_, seen)) => seen,
            None => {
                groups.push((asked, vec![Seen { certificate, connections: vec![at + 1] }]));
                continue;
            }
        };
        match seen.iter_mut().find(|seen| seen.certificate == certificate) {
            Some(seen) => seen.connections.push(at + 1),
            None => seen.push(Seen { certificate, connections: vec![at + 1] }),
        }
    }
    let ((name, authentication), seen) = groups.into_iter().max_by_key(|(_, seen)| seen.len())?;
    if seen.len() < 2 {
        return None;
    }
    let who = match name {
        Some(name) => escape(name.as_bytes()),
        None => "no name".to_owned(),
    };
    let connections: Vec<String> = seen.iter().map(|seen| list(&seen.connections)).collect();
    let meaning = match is_of_one_hello(diagnosis) {
        true => "several servers stand behind this address",
        false => {
            "as where several servers stand behind this address, if it is not one that chooses by \
             the hello"
        }
    };
    let turns = match passes_and_fails(diagnosis) {
        true => ", as it was with a hello that both passed and failed",
        false => "",
    };
    Some(format!(
        "{} different {authentication} certificates were seen for {who} (connections {}): {meaning}. \
         What one takes another may reject{turns}",
        seen.len(),
        connections.join("; ")
    ))
}

/// The certificate that a server which goes on has shown, and for what.
fn shown(one: &Evidence) -> Option<(Asked, &[u8])> {
    let Kind::Accepted { cipher_suite: Some(suite), .. } = one.reaction.kind else { return None };
    let certificate = one.certificate.as_deref()?;
    Some(((asked_name(&one.spec), suite.authentication()), certificate))
}

/// Whether two of these certificates answered the same bytes.
fn is_of_one_hello(diagnosis: &Diagnosis) -> bool {
    any_two(&diagnosis.evidence, |one, other| match (shown(one), shown(other)) {
        (Some((asked, certificate)), Some((as_well, another))) => {
            asked == as_well && certificate != another
        }
        _ => false,
    })
}

fn passes_and_fails(diagnosis: &Diagnosis) -> bool {
    any_two(&diagnosis.evidence, |one, other| {
        diagnosis.meaning(one) == Answer::Passes && diagnosis.meaning(other) == Answer::Fails
    })
}

/// Whether anything holds between two connections with the same hello.
fn any_two(evidence: &[Evidence], holds: impl Fn(&Evidence, &Evidence) -> bool) -> bool {
    evidence
        .iter()
        .any(|one| evidence.iter().any(|other| one.spec == other.spec && holds(one, other)))
}

fn list(connections: &[usize]) -> String {
    let mut words: Vec<String> = connections.iter().take(NAMED).map(usize::to_string).collect();
    words.extend((connections.len() > NAMED).then(|| "…".to_owned()));
    words.join(", ")
}
