//! The words of a diagnosis, which its text and its page share.

use crate::diagnose::{Cause, Diagnosis, Evidence, Remedy, Verdict};
use crate::hello::Facts;
use crate::hello::condition::{Condition, Entries};
use crate::hello::edit::{Edit, in_words};
use crate::hello::edited;
use crate::hello::vocabulary::{List, Member, Quantity};
use crate::names::{ExtensionType, ProtocolVersion};
use crate::quirks::{Quirk, Response};
use crate::report::diagnosis::Options;
use crate::report::message_words::short;
use crate::report::shell::quote;
use crate::report::style::count;
use crate::report::transcript::{accepting, reaction_words};
use crate::transcript::{Kind, Reaction};
use crate::wire::text::{escape, shortened};

/// So many characters of a subject's name are shown.
const LONGEST_NAME: usize = 80;

/// The verdict in a sentence.
pub fn title(diagnosis: &Diagnosis) -> String {
    let does = does(&diagnosis.reaction.kind);
    if let Some(quirk) = diagnosis.known_as.first() {
        // Where this one does something else, only that it rejects the hello is known to be the same.
        let is_same = quirk.reaction.is_seen_as(&diagnosis.reaction.kind);
        if is_same || quirk.title.starts_with("the server rejects ") {
            return quirk.title.clone();
        }
    }
    match (&diagnosis.verdict, &diagnosis.cause) {
        (Verdict::Incompatible, Some(Cause::Condition(condition))) => {
            match wanted(condition, diagnosis) {
                Some(wants) => format!("the server {does}, since it wants {wants}"),
                None => format!("the server {does} when {condition}"),
            }
        }
        (_, Some(Cause::Condition(condition))) => {
            format!("the server {does} when {condition}")
        }
        (_, Some(Cause::Edits(edits))) => {
            format!("the server {does}, and takes the hello {}", in_words(edits))
        }
        (_, Some(Cause::Rate { passes, of })) => {
            format!("the same hello is accepted {passes} of {of} times")
        }
        (Verdict::NeedsStarttls, Some(Cause::Protocol(Some(protocol)))) => {
            format!("the server does not speak TLS yet: it speaks {}", protocol.name)
        }
        (_, Some(Cause::Protocol(Some(protocol)))) => {
            format!("the server does not speak TLS: it speaks {}", protocol.name)
        }
        (_, Some(Cause::Protocol(None))) => "the server does not speak TLS".to_owned(),
        (Verdict::Accepted, None) => reaction_words(&diagnosis.reaction),
        (Verdict::Unreachable, None) => {
            format!("the server is not reached: {}", reaction_words(&diagnosis.reaction))
        }
        (Verdict::RejectsEverything, None) => "no hello that was tried passes".to_owned(),
        (_, None) => "why the server rejects this hello was not found out".to_owned(),
    }
}

/// What servers with a quirk do, where this one does something else.
fn usual(quirk: &Quirk, diagnosis: &Diagnosis) -> Option<String> {
    let usual = match &quirk.reaction {
        Response::Silence => Kind::Silence,
        Response::Close => Kind::Closed,
        Response::Reset => Kind::Reset,
        Response::Alert { level, description } => {
            Kind::Alert { level: *level, description: *description }
        }
        Response::OtherVersion
        | Response::Version(_)
        | Response::CipherSuite(_)
        | Response::Group(_) => Kind::Malformed { what: String::new() },
        _ => return None,
    };
    let is_other = usual.word() != diagnosis.reaction.kind.word();
    is_other.then(|| does(&usual))
}

/// That a quirk is known of servers that do something else than this one.
pub fn otherwise(quirk: &Quirk, diagnosis: &Diagnosis) -> Option<String> {
    let usual = usual(quirk, diagnosis)?;
    let does = does(&diagnosis.reaction.kind);
    Some(format!("Elsewhere such a server {usual}; this one {does}."))
}

/// What a server wants that a hello does not offer, where it can be said so: of several that are true
/// together, what the remedy offers, or what a server wants among the first that it reads.
fn wanted(condition: &Condition, diagnosis: &Diagnosis) -> Option<String> {
    match condition {
        Condition::Lacks(entries, member) => {
            Some(format!("{}{}", entries.list.member_words(member), among(*entries)))
        }
        Condition::LacksAll(entries, members) => {
            let names = members.iter().map(|one| entries.list.member_words(one));
            let names = names.collect::<Vec<_>>().join(", ");
            Some(format!("one of {names}{}", among(*entries)))
        }
        Condition::All(parts) => {
            let remedy = Facts::of_spec(&diagnosis.remedy.as_ref()?.spec);
            parts.iter().find_map(|part| match part {
                Condition::Lacks(entries, _) | Condition::LacksAll(entries, _)
                    if entries.first.is_some() || !part.holds(&remedy) =>
                {
                    wanted(part, diagnosis)
                }
                _ => None,
            })
        }
        Condition::Range { field: Quantity::LegacyVersion, max: Some(max), .. } => {
            let highest = u16::try_from(max.at).ok().map(ProtocolVersion);
            let highest = highest.map_or(max.at.to_string(), short);
            Some(format!("a later version than {highest}"))
        }
        _ => None,
    }
}

/// Where in a list it wants that, if not anywhere.
fn among(entries: Entries) -> String {
    entries.first.map_or(String::new(), |first| format!(" among the first {first}"))
}

/// What the server does, as the end of a sentence.
pub fn does(kind: &Kind) -> String {
    match kind {
        Kind::Silence => "does not answer".to_owned(),
        Kind::Closed => "closes the connection".to_owned(),
        Kind::Reset => "resets the connection".to_owned(),
        Kind::Alert { description, .. } => {
            format!("answers with the alert {}", short(*description))
        }
        Kind::Malformed { .. } => "answers with what no client can take".to_owned(),
        Kind::Plaintext { .. } => "answers with what is no TLS".to_owned(),
        _ => "rejects the hello".to_owned(),
    }
}

/// The hello under diagnosis: its name, and how much of what it has, as far as it can be read.
pub fn subject_words(diagnosis: &Diagnosis) -> String {
    let spec = &diagnosis.subject.spec;
    // All its bytes, where it was given by them, are in the JSON.
    let name = escape(diagnosis.subject.name.as_bytes());
    let name = shortened(&name, LONGEST_NAME).unwrap_or(name);
    let length = count(spec.length(), "byte");
    let has = match spec.sent() {
        Ok(hello) => format!(
            "{}, {}",
            count(hello.cipher_suites.0.len(), "cipher suite"),
            count(hello.extensions().len(), "extension")
        ),
        Err(_) => "not to be read as a hello".to_owned(),
    };
    let flight = spec.flight.is_some().then(|| count(spec.flight().len(), "byte"));
    let flight = flight.map_or(String::new(), |bytes| format!(", in a flight of {bytes}"));
    format!("{name}, {length}, {has}{flight}")
}

/// What the server did with the hello under diagnosis, and how often.
pub fn first_reaction(diagnosis: &Diagnosis) -> String {
    let same = |evidence: &&Evidence| {
        evidence.spec == diagnosis.subject.spec
            && evidence.reaction.kind.word() == diagnosis.reaction.kind.word()
    };
    let times = diagnosis.evidence.iter().filter(same).count();
    let times = if times > 1 { format!(", {times} times") } else { String::new() };
    let words = match diagnosis.reaction.kind {
        Kind::Silence if diagnosis.evidence.is_empty() => "none so far".to_owned(),
        Kind::Silence => format!("silence: no whole answer in {:.1} s", diagnosis.seconds),
        _ => reaction_words(&diagnosis.reaction),
    };
    format!("{words}{times}")
}

/// The host, and the address that was meant where it is not the host's name.
pub fn server_words(diagnosis: &Diagnosis, host: &str) -> (String, String) {
    let host = escape(host.as_bytes());
    let address = match diagnosis.subject.address {
        Some(address) if address.to_string() != host => format!(" ({address})"),
        _ => String::new(),
    };
    (host, address)
}

/// How often cause and remedy were confirmed.
pub fn confirmed_words(diagnosis: &Diagnosis) -> String {
    let confirmed = diagnosis.confirmed;
    // Of a difference there may be no cause that was tried.
    let of = |times: usize| format!("{times} of {}", times.max(2));
    let remedied = format!("{} pass with the remedy", of(confirmed.remedy_passes));
    match (diagnosis.verdict, confirmed.cause_fails) {
        (Verdict::Difference, 0) => remedied,
        (Verdict::Difference, times) => format!("{} fail without it, {remedied}", of(times)),
        (_, times) => format!("{} fail with the cause, {remedied}", of(times)),
    }
}

/// What it took.
pub fn cost_words(diagnosis: &Diagnosis) -> String {
    let connections = count(diagnosis.connections, "connection");
    format!("{connections}, {:.1} s", diagnosis.elapsed)
}

/// What a server did, in few words.
pub fn short_reaction(reaction: &Reaction) -> String {
    match &reaction.kind {
        Kind::Accepted { version, hello_retry, .. } => {
            let answer = accepting(reaction.step, *hello_retry);
            format!("{answer} {}", short(*version))
        }
        Kind::Alert { description, .. } => format!("alert {}", short(*description)),
        _ => reaction_words(reaction),
    }
}

/// What to change, in a line.
pub fn advice(diagnosis: &Diagnosis) -> String {
    let length = match &diagnosis.cause {
        Some(Cause::Condition(Condition::Range { field: Quantity::HandshakeLength, min, max })) => {
            match (min, max) {
                (_, Some(max)) => Some(format!("make the hello {} bytes or longer", max.at + 1)),
                (Some(min), None) => Some(format!("keep the hello below {} bytes", min.at)),
                _ => None,
            }
        }
        _ => None,
    };
    let offer = match (&diagnosis.verdict, &diagnosis.cause) {
        (Verdict::Incompatible, Some(Cause::Condition(condition))) => {
            wanted(condition, diagnosis).map(|wanted| format!("offer {wanted}"))
        }
        _ => None,
    };
    length.or(offer).unwrap_or_else(|| match &diagnosis.remedy {
        Some(remedy) => format!("send the hello {}", in_words(&remedy.edits)),
        None => String::new(),
    })
}

/// Edits that a command is printed with; with more where all is shown, as in the JSON.
const TO_COPY: usize = 12;

/// The edits of a remedy as they are typed behind the hello under diagnosis.
pub fn remedy_edits(diagnosis: &Diagnosis, remedy: &Remedy) -> Vec<String> {
    edited::typed(&diagnosis.subject.spec, remedy.edits.clone(), &remedy.spec).texts()
}

/// The command with which the remedy can be tried, where it is short enough to be copied.
pub fn command(diagnosis: &Diagnosis, options: &Options<'_>) -> Option<String> {
    let words = remedy_edits(diagnosis, diagnosis.remedy.as_ref()?);
    let spec = format!("{},{}", diagnosis.subject.name, words.join(","));
    let (host, spec) = (quote(options.host), quote(&spec));
    // The option would undo an edit of the name.
    let is_of_name = |edit: &Edit| match edit {
        Edit::ServerName(_) => true,
        Edit::Remove(List::Extensions, Member::Number(number)) => {
            *number == ExtensionType::server_name.0
        }
        _ => false,
    };
    let names = diagnosis.remedy.iter().flat_map(|remedy| &remedy.edits).any(is_of_name);
    let name = if names { "" } else { &options.asked_for };
    let with = &options.reached_with;
    (words.len() <= TO_COPY || options.all_probes)
        .then(|| format!("helloscope connect {host} --hello {spec}{name}{with}"))
}
