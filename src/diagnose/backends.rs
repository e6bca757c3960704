//! Whether several servers take turns behind one address: certificates that differ for one name tell
//! (RFC 5246 section 7.4.2). In TLS 1.3 they are encrypted, and tell nothing here.

use super::control::asked_name;
use super::diagnosis::{Diagnosis, Evidence};
use super::notebook::Answer;
use crate::names::Authentication;
use crate::transcript::Kind;
use crate::wire::text::escape;

/// So many connections are named of each certificate.
const NAMED: usize = 6;

/// What a certificate may hang on if one server has several.
type Asked = (Option<String>, Authentication);

/// What was seen of one certificate: the connections, counted from 1.
struct Seen<'a> {
    certificate: &'a str,
    connections: Vec<usize>,
}

/// What there is to say where several certificates were seen for what one server would show one.
pub(super) fn note(diagnosis: &Diagnosis) -> Option<String> {
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
fn shown(one: &Evidence) -> Option<(Asked, &str)> {
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
