//! A diagnosis as text, in the shape of a compiler's error: what is wrong, the hello with the
//! fault underlined, what was tried, what is known of it, what helps.

use std::fmt::Write;

use crate::diagnose::{Cause, Diagnosis, Evidence, Verdict};
use crate::hello::condition::Condition;
use crate::hello::edit::in_words;
use crate::hello::vocabulary::Quantity;
use crate::names::ProtocolVersion;
use crate::report::excerpt::{excerpt, spans};
use crate::report::message_words::{first_line, short};
use crate::report::shell::quote;
use crate::report::style::{DIM, FAULT, HELP, STRONG, count, paint};
use crate::report::transcript::reaction_words;
use crate::report::width::wrap;
use crate::transcript::{Kind, Reaction};
use crate::wire::record::plaintext::Protocol;
use crate::wire::text::escape;

/// How a diagnosis is shown.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The host as the user gave it.
    pub host: &'a str,
    /// The options with which it was reached, as they are written behind a command.
    pub reached_with: &'a str,
    /// Every connection that was made.
    pub all_probes: bool,
}

/// The whole report; the verdict stands last but for what helps.
pub fn text(diagnosis: &Diagnosis, options: &Options<'_>) -> String {
    let mut out = String::new();
    head(&mut out, diagnosis, options);
    if options.all_probes {
        probes(&mut out, diagnosis);
    }
    let (level, style) = match diagnosis.verdict {
        Verdict::Accepted => ("accepted", HELP),
        Verdict::Undetermined => ("undetermined", FAULT),
        Verdict::Unstable => ("unstable", FAULT),
        _ => ("error", FAULT),
    };
    let _ = writeln!(
        out,
        "{} {}",
        paint(style, format_args!("{level}:")),
        paint(STRONG, title(diagnosis))
    );
    match diagnosis.verdict {
        Verdict::Cause | Verdict::Difference | Verdict::Incompatible => {
            explained(&mut out, diagnosis)
        }
        Verdict::NotTls | Verdict::NeedsStarttls => plaintext(&mut out, diagnosis),
        _ => {}
    }
    for note in &diagnosis.notes {
        let _ = writeln!(out, "   {} {note}", paint(DIM, "= note  "));
    }
    helps(&mut out, diagnosis, options);
    cost(&mut out, diagnosis);
    out
}

fn head(out: &mut String, diagnosis: &Diagnosis, options: &Options<'_>) {
    let host = escape(options.host.as_bytes());
    let address = match diagnosis.subject.address {
        Some(address) if address.to_string() != host => format!(" ({address})"),
        _ => String::new(),
    };
    let _ = writeln!(out, "  {}{address}", paint(STRONG, host));
    let spec = &diagnosis.subject.spec;
    let subject = format!(
        "{}, {} bytes, {}, {}",
        escape(diagnosis.subject.name.as_bytes()),
        spec.length(),
        count(spec.hello.cipher_suites.0.len(), "cipher suite"),
        count(spec.hello.extensions().len(), "extension"),
    );
    let _ = writeln!(out, "  {}   {subject}", paint(DIM, "subject"));
    let same = |evidence: &&Evidence| {
        evidence.spec == *spec && evidence.reaction.kind.word() == diagnosis.reaction.kind.word()
    };
    let times = diagnosis.evidence.iter().filter(same).count();
    let times = if times > 1 { format!(", {times} times") } else { String::new() };
    let _ = writeln!(
        out,
        "  {}  {}{times}\n",
        paint(DIM, "reaction"),
        match diagnosis.reaction.kind {
            Kind::Silence => format!("silence: no whole answer in {:.1} s", diagnosis.seconds),
            _ => reaction_words(&diagnosis.reaction),
        },
    );
}

/// The verdict in a sentence.
pub fn title(diagnosis: &Diagnosis) -> String {
    if let Some(quirk) = diagnosis.known_as.first() {
        return quirk.title.clone();
    }
    let does = does(&diagnosis.reaction.kind);
    match (&diagnosis.verdict, &diagnosis.cause) {
        (Verdict::Incompatible, Some(Cause::Condition(condition))) => {
            format!("the server {does}, since it wants {}", wanted(condition))
        }
        (_, Some(Cause::Condition(condition))) => {
            format!("the server {does} when {condition}")
        }
        (_, Some(Cause::Edits(edits))) => {
            format!("the server {does}, and takes the hello {}", in_words(edits))
        }
        (_, Some(Cause::Rate { passes, of })) => {
            format!("the same hello is accepted {passes} times of {of}")
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

/// What a server wants that a hello does not offer.
fn wanted(condition: &Condition) -> String {
    match condition {
        Condition::Lacks(entries, member) => entries.list.member_words(member),
        Condition::All(parts) => {
            let lacks = parts.iter().find(|part| matches!(part, Condition::Lacks(..)));
            lacks.map_or(condition.to_string(), wanted)
        }
        Condition::Range { field: Quantity::LegacyVersion, max: Some(max), .. } => {
            let highest = u16::try_from(max.at).ok().map(ProtocolVersion);
            format!("a later version than {}", highest.map_or(max.at.to_string(), short))
        }
        condition => format!("something else than that {condition}"),
    }
}

fn does(kind: &Kind) -> String {
    match kind {
        Kind::Silence => "does not answer".to_owned(),
        Kind::Closed => "closes the connection".to_owned(),
        Kind::Reset => "resets the connection".to_owned(),
        Kind::Alert { description, .. } => {
            format!("answers with the alert {}", short(*description))
        }
        _ => "rejects the hello".to_owned(),
    }
}

fn explained(out: &mut String, diagnosis: &Diagnosis) {
    let spec = &diagnosis.subject.spec;
    let spans = match &diagnosis.cause {
        Some(Cause::Condition(condition)) => spans(condition, spec),
        _ => Vec::new(),
    };
    excerpt(out, spec, &spans);
    tested(out, diagnosis);
    for quirk in &diagnosis.known_as {
        let bar = paint(DIM, "   = known   ");
        let _ = writeln!(out, "{bar}{}", paint(STRONG, &quirk.id));
        for line in wrap(&quirk.summary, 66) {
            let _ = writeln!(out, "   {}         {line}", paint(DIM, "|"));
        }
        for product in &quirk.products {
            let product = format!("{}: {}", product.name, product.versions);
            for line in wrap(&product, 66) {
                let _ = writeln!(out, "   {}         {line}", paint(DIM, "|"));
            }
        }
        if let Some(source) = quirk.sources.first() {
            let _ = writeln!(out, "   {}         {}", paint(DIM, "|"), paint(DIM, source));
        }
    }
}

/// Edits that a command is printed with; of more only the JSON has all.
const TO_COPY: usize = 12;

/// The probes that decided, the last of each kind.
fn tested(out: &mut String, diagnosis: &Diagnosis) {
    let mut title = "= tested  ";
    let mut line = |words: &str, reaction: String| {
        let _ = writeln!(out, "   {}{reaction:26} {words}", paint(DIM, title));
        title = "|         ";
    };
    for evidence in decisive(diagnosis) {
        line(&evidence.probe, short_reaction(&evidence.reaction));
    }
    let confirmed = diagnosis.confirmed;
    let words = format!(
        "confirmed: with the cause rejected {} of 2, with the remedy accepted {} of 2",
        confirmed.cause_fails, confirmed.remedy_passes,
    );
    let _ = writeln!(out, "   {}{words}", paint(DIM, "|         "));
}

/// What a server did, in few words.
fn short_reaction(reaction: &Reaction) -> String {
    match &reaction.kind {
        Kind::Accepted { version, hello_retry, .. } => {
            let answer = if *hello_retry { "HelloRetryRequest" } else { "ServerHello" };
            format!("{answer} {}", short(*version))
        }
        Kind::Alert { description, .. } => format!("alert {}", short(*description)),
        _ => reaction_words(reaction),
    }
}

/// What shows the cause best: for a length the four neighbours of its bounds; else the nearest
/// hello that passes and the one that fails, and what was said of look-alikes.
fn decisive(diagnosis: &Diagnosis) -> Vec<&Evidence> {
    let evidence = &diagnosis.evidence;
    let bounds = match &diagnosis.cause {
        Some(Cause::Condition(Condition::Range { field: Quantity::HandshakeLength, min, max })) => {
            let below = min.map(|min| min.at - 1);
            let above = max.map(|max| max.at + 1);
            [below, min.map(|min| min.at), max.map(|max| max.at), above]
        }
        _ => [None; 4],
    };
    let at = |length: u64| {
        evidence.iter().find(|evidence| {
            evidence.spec.length() as u64 == length && !evidence.probe.starts_with("the subject")
        })
    };
    let told = |evidence: &&Evidence| {
        !evidence.probe.starts_with("confirming") && !evidence.probe.starts_with("the subject")
    };
    let remedy = diagnosis.remedy.as_ref().map(|remedy| &remedy.spec);
    let passes = evidence.iter().filter(told).find(|evidence| Some(&evidence.spec) == remedy);
    let neighbours: Vec<&Evidence> = bounds.into_iter().flatten().filter_map(at).collect();
    let by_length = !neighbours.is_empty();
    let length = diagnosis.subject.spec.length();
    let look_alikes = evidence.iter().filter(told).filter(|evidence| {
        let probe = &evidence.probe;
        let other_content = probe.starts_with("other content");
        match by_length {
            true => other_content && evidence.spec.length() == length,
            false => {
                probe.contains(" bytes by ") && !other_content
                    || probe.contains("instead")
                    || probe.starts_with("a control")
            }
        }
    });
    let mut shown = neighbours;
    shown.extend(passes.into_iter().chain(look_alikes));
    shown.truncate(7);
    shown
}

fn plaintext(out: &mut String, diagnosis: &Diagnosis) {
    if let Kind::Plaintext { first } = &diagnosis.reaction.kind {
        let bar = paint(DIM, "   |");
        let _ = writeln!(out, "{bar}\n{bar}  {}\n{bar}", first_line(first));
    }
}

fn helps(out: &mut String, diagnosis: &Diagnosis, options: &Options<'_>) {
    let help = paint(HELP, "help:");
    let bar = paint(DIM, "   |");
    if let Some(remedy) = &diagnosis.remedy {
        let _ = writeln!(out, "{help} {}", advice(diagnosis));
        let edits: Vec<String> = remedy.edits.iter().map(ToString::to_string).collect();
        if edits.len() <= TO_COPY {
            let spec = format!("{},{}", diagnosis.subject.name, edits.join(","));
            let (host, spec) = (quote(options.host), quote(&spec));
            let with = options.reached_with;
            let _ = writeln!(out, "{bar}  helloscope connect {host} --hello {spec}{with}");
        } else {
            let _ = writeln!(out, "{bar}  {}", in_words(&remedy.edits));
        }
        let _ = writeln!(out, "{bar}  {}", paint(DIM, reaction_words(&remedy.reaction)));
    }
    for quirk in &diagnosis.known_as {
        for setting in &quirk.remedy.client {
            let product = format!("{}:", setting.product);
            let lines = wrap(&format!("{product:17} {}", setting.setting), 74);
            lines.iter().for_each(|line| {
                let _ = writeln!(out, "{bar}  {line}");
            });
        }
        for setting in &quirk.remedy.server {
            let words = format!("on the server: {}: {}", setting.product, setting.setting);
            let _ = writeln!(out, "{help} {words}");
        }
    }
    if let Some(Cause::Protocol(Some(Protocol { starttls: Some(word), .. }))) = &diagnosis.cause {
        let _ = writeln!(out, "{help} TLS begins there when the client has said {word}");
    }
}

/// What to change, in a line.
fn advice(diagnosis: &Diagnosis) -> String {
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
            Some(format!("offer {}", wanted(condition)))
        }
        _ => None,
    };
    length.or(offer).unwrap_or_else(|| match &diagnosis.remedy {
        Some(remedy) => format!("change the hello: {}", in_words(&remedy.edits)),
        None => String::new(),
    })
}

fn cost(out: &mut String, diagnosis: &Diagnosis) {
    let connections = count(diagnosis.connections, "connection");
    let words = format!("{connections}, {:.1} s", diagnosis.elapsed);
    let _ = writeln!(out, "\n{}", paint(DIM, words));
}

/// Every connection, in order.
fn probes(out: &mut String, diagnosis: &Diagnosis) {
    for evidence in &diagnosis.evidence {
        let length = evidence.spec.length();
        let _ = writeln!(
            out,
            "  {}  {:50}  {}",
            paint(DIM, format_args!("{length:5} bytes")),
            evidence.probe,
            reaction_words(&evidence.reaction),
        );
    }
    out.push('\n');
}
