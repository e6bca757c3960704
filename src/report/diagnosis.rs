//! A diagnosis as text, in the shape of a compiler's error: what is wrong, the hello with the
//! fault underlined, what was tried, what is known of it, what helps.

use std::fmt::Write;

use crate::diagnose::{Cause, Diagnosis, Evidence, Verdict};
use crate::hello::condition::Condition;
use crate::hello::edit::in_words;
use crate::hello::vocabulary::Quantity;
use crate::report::diagnosis_words::{
    advice, command, confirmed_words, cost_words, does, first_reaction, otherwise, server_words,
    short_reaction, subject_words, title,
};
use crate::report::excerpt::{excerpt, spans};
use crate::report::message_words::first_line;
use crate::report::style::{DIM, FAULT, HELP, STRONG, count, paint};
use crate::report::transcript::reaction_words;
use crate::report::width::wrap;
use crate::transcript::Kind;
use crate::wire::record::plaintext::Protocol;

/// How a diagnosis is shown.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The host as the user gave it.
    pub host: &'a str,
    /// The options with which it was reached, as they are written behind a command.
    pub reached_with: String,
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
        Verdict::Undetermined => known_so_far(&mut out, diagnosis),
        _ => {}
    }
    for note in &diagnosis.notes {
        let _ = writeln!(out, "   {} {note}", paint(DIM, "= note  "));
    }
    helps(&mut out, diagnosis, options);
    cost(&mut out, diagnosis, options);
    out
}

fn head(out: &mut String, diagnosis: &Diagnosis, options: &Options<'_>) {
    let (host, address) = server_words(diagnosis, options.host);
    let _ = writeln!(out, "  {}{address}", paint(STRONG, host));
    let _ = writeln!(out, "  {}   {}", paint(DIM, "subject"), subject_words(diagnosis));
    let _ = writeln!(out, "  {}  {}\n", paint(DIM, "reaction"), first_reaction(diagnosis));
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
        let other = otherwise(quirk, diagnosis).map(|words| wrap(&words, 66)).unwrap_or_default();
        for line in other.into_iter().chain(wrap(&quirk.summary, 66)) {
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
    let words = format!("confirmed: {}", confirmed_words(diagnosis));
    let _ = writeln!(out, "   {}{words}", paint(DIM, "|         "));
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

/// Explanations that are named where none was found out.
const POSSIBLE: usize = 5;

/// What is known where the cause was not found out: what passed, and what may still be the cause.
fn known_so_far(out: &mut String, diagnosis: &Diagnosis) {
    let spec = &diagnosis.subject.spec;
    let mut line = |title: &str, words: String| {
        for (index, words) in wrap(&words, 64).iter().enumerate() {
            let title = if index == 0 { format!("= {title}") } else { "|".to_owned() };
            let _ = writeln!(out, "   {}{words}", paint(DIM, format_args!("{title:10}")));
        }
    };
    let others = || diagnosis.evidence.iter().filter(|evidence| evidence.spec != *spec);
    let passed = others().filter(|evidence| evidence.reaction.accepted()).count();
    if others().next().is_some() {
        line(
            "tried",
            format!("{}, of which {passed} passed", count(others().count(), "other hello")),
        );
    }
    if let Some(nearest) = diagnosis.nearest_passing() {
        line("passes", nearest.probe.clone());
    }
    for possible in diagnosis.possible.iter().take(POSSIBLE) {
        let share = format!("{:.0} %", possible.share * 100.0);
        line(
            "perhaps",
            format!(
                "{share:>4}  the server {} when {}",
                does(&diagnosis.reaction.kind),
                possible.condition
            ),
        );
    }
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
        let how = command(diagnosis, options).unwrap_or_else(|| in_words(&remedy.edits));
        let _ = writeln!(out, "{bar}  {how}");
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

fn cost(out: &mut String, diagnosis: &Diagnosis, options: &Options<'_>) {
    let more = match diagnosis.evidence.len() {
        0..=2 => "",
        _ if options.all_probes => "",
        _ => ". All that was tried: --format html -o report.html",
    };
    let words = format!("{}{more}", cost_words(diagnosis));
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
