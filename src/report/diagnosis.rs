//! A diagnosis as text, in the shape of a compiler's error: what is wrong, the hello with the
//! fault underlined, what was tried, what is known of it, what helps.

use std::fmt::Write;

use anstyle::Style;

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
use crate::report::width::{DEFAULT, Styled, columns, wrap};
use crate::transcript::Kind;
use crate::wire::record::plaintext::Protocol;

/// How a diagnosis is shown.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The host as the user gave it.
    pub host: &'a str,
    /// The options with which it was reached, as they are written behind a command.
    pub reached_with: String,
    /// The option that asked for a name, as it is written behind a command: what says another name does
    /// without it.
    pub asked_for: String,
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
    let level = format!("{level}:");
    let indent = columns(&level) + 1;
    for (index, line) in wrap(&title(diagnosis), DEFAULT - indent).iter().enumerate() {
        let before = if index == 0 { paint(style, &level) } else { " ".repeat(indent - 1) };
        let _ = writeln!(out, "{before} {}", paint(STRONG, line));
    }
    match diagnosis.verdict {
        Verdict::Cause | Verdict::Difference | Verdict::Incompatible => {
            explained(&mut out, diagnosis)
        }
        Verdict::NotTls | Verdict::NeedsStarttls => plaintext(&mut out, diagnosis),
        Verdict::Undetermined => known_so_far(&mut out, diagnosis),
        _ => {}
    }
    for note in &diagnosis.notes {
        titled(&mut out, "note", note);
    }
    helps(&mut out, diagnosis, options);
    cost(&mut out, diagnosis, options);
    out
}

fn head(out: &mut String, diagnosis: &Diagnosis, options: &Options<'_>) {
    let (host, address) = server_words(diagnosis, options.host);
    let server = Styled::new(STRONG, host).and(Style::new(), address.trim_start());
    server.wrap(DEFAULT - 2).iter().for_each(|line| {
        let _ = writeln!(out, "  {line}");
    });
    let mut line = |title: &str, words: &str| {
        for (index, words) in wrap(words, DEFAULT - 12).iter().enumerate() {
            let title = if index == 0 { title } else { "" };
            let _ = writeln!(out, "  {}{words}", paint(DIM, format_args!("{title:10}")));
        }
    };
    line("subject", &subject_words(diagnosis));
    line("reaction", &first_reaction(diagnosis));
    out.push('\n');
}

/// Columns behind a title of what was found.
const BEHIND_TITLE: usize = 66;

/// Words behind a title, in lines that fit.
fn titled(out: &mut String, title: &str, words: &str) {
    lines_titled(out, title, &wrap(words, BEHIND_TITLE));
}

/// Lines behind a title; none where they go on beneath another.
fn lines_titled(out: &mut String, title: &str, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let title = match (index, title) {
            (0, title) if !title.is_empty() => format!("= {title}"),
            _ => "|".to_owned(),
        };
        let _ = writeln!(out, "   {}{line}", paint(DIM, format_args!("{title:10}")));
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
        lines_titled(out, "known", &[paint(STRONG, &quirk.id)]);
        let other = otherwise(quirk, diagnosis);
        other.iter().chain([&quirk.summary]).for_each(|words| titled(out, "", words));
        for product in &quirk.products {
            titled(out, "", &format!("{}: {}", product.name, product.versions));
        }
        // An address stays in one piece.
        if let Some(source) = quirk.sources.first() {
            let cut = source.rfind(" https://").filter(|_| columns(source) > BEHIND_TITLE);
            let (words, address) = cut.map_or(("", &**source), |at| source.split_at(at));
            for part in [words, address.trim_start()].into_iter().filter(|it| !it.is_empty()) {
                lines_titled(out, "", &[paint(DIM, part)]);
            }
        }
    }
}

/// Columns of what a server did with a probe.
const REACTION: usize = 26;

/// What a server did, and behind it to which hello, in lines that fit.
fn probe_lines(reaction: &str, hello: &str, width: usize) -> Vec<String> {
    let hello = wrap(hello, width.saturating_sub(REACTION + 1));
    let beside = columns(reaction) <= REACTION;
    let mut lines = if beside { Vec::new() } else { wrap(reaction, width) };
    for (index, words) in hello.iter().enumerate() {
        let reaction = if beside && index == 0 { reaction } else { "" };
        lines.push(format!("{reaction:REACTION$} {words}"));
    }
    lines
}

/// The probes that decided, the last of each kind.
fn tested(out: &mut String, diagnosis: &Diagnosis) {
    let mut title = "tested";
    for (evidence, words) in decisive(diagnosis) {
        let reaction = short_reaction(&evidence.reaction);
        lines_titled(out, title, &probe_lines(&reaction, &words, BEHIND_TITLE));
        title = "";
    }
    titled(out, title, &format!("confirmed: {}", confirmed_words(diagnosis)));
}

/// What shows the cause best: for a length the four neighbours of its bounds; else the nearest
/// hello that passes and the one that fails, and what was said of look-alikes.
fn decisive(diagnosis: &Diagnosis) -> Vec<(&Evidence, String)> {
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
    let mut shown: Vec<&Evidence> = Vec::new();
    for evidence in neighbours.into_iter().chain(passes).chain(look_alikes) {
        let is_told = |other: &&Evidence| {
            other.spec == evidence.spec
                && short_reaction(&other.reaction) == short_reaction(&evidence.reaction)
        };
        if !shown.iter().any(is_told) {
            shown.push(evidence);
        }
    }
    shown.truncate(7);
    let words = |evidence: &Evidence| {
        let remedy = diagnosis.remedy.as_ref().filter(|remedy| remedy.spec == evidence.spec);
        let words = remedy.map_or(evidence.probe.clone(), |remedy| in_words(&remedy.edits));
        let length = count(evidence.spec.length(), "byte");
        match by_length && !words.contains(&length) {
            true => format!("{length}: {words}"),
            false => words,
        }
    };
    shown.into_iter().map(|evidence| (evidence, words(evidence))).collect()
}

/// Explanations that are named where none was found out.
const POSSIBLE: usize = 5;

/// What is known where the cause was not found out: what passed, and what may still be the cause.
fn known_so_far(out: &mut String, diagnosis: &Diagnosis) {
    let spec = &diagnosis.subject.spec;
    let mut line = |title: &str, words: String| titled(out, title, &words);
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
    const HELP_WORD: usize = 6;
    let bar = paint(DIM, "   |");
    let help = |out: &mut String, words: &str| {
        for (index, line) in wrap(words, DEFAULT - HELP_WORD).iter().enumerate() {
            let before = if index == 0 { paint(HELP, "help:") } else { " ".repeat(5) };
            let _ = writeln!(out, "{before} {line}");
        }
    };
    if let Some(remedy) = &diagnosis.remedy {
        let (advice, words) = (advice(diagnosis), in_words(&remedy.edits));
        help(out, &advice);
        match command(diagnosis, options) {
            // It is copied as it is.
            Some(command) => {
                let _ = writeln!(out, "{bar}  {command}");
            }
            None => {
                let all = "every edit is in the JSON (--format json), and with -v";
                let words = (!advice.ends_with(&words)).then_some(words.as_str());
                for line in words.into_iter().chain([all]).flat_map(|it| wrap(it, SETTING)) {
                    let _ = writeln!(out, "{bar}  {line}");
                }
            }
        }
        for line in wrap(&reaction_words(&remedy.reaction), SETTING) {
            let _ = writeln!(out, "{bar}  {}", paint(DIM, line));
        }
    }
    for quirk in &diagnosis.known_as {
        for setting in &quirk.remedy.client {
            for line in setting_lines(&setting.product, &setting.setting) {
                let _ = writeln!(out, "{bar}  {line}");
            }
        }
        for setting in &quirk.remedy.server {
            // What is so of any is so of this one.
            let product = Some(&setting.product).filter(|product| *product != "any server");
            let product = product.map_or(String::new(), |product| format!("{product}: "));
            help(out, &format!("on the server: {product}{}", setting.setting));
        }
    }
    if let Some(Cause::Protocol(Some(Protocol { starttls: Some(word), .. }))) = &diagnosis.cause {
        help(out, &format!("TLS begins there when the client has said {word}"));
    }
}

/// Columns behind the bar of what helps.
const SETTING: usize = DEFAULT - 6;

/// A setting behind the product that has it, in lines that fit.
fn setting_lines(product: &str, setting: &str) -> Vec<String> {
    const PRODUCT: usize = 17;
    let product = format!("{product}:");
    let beside = columns(&product) <= PRODUCT;
    let mut lines = if beside { Vec::new() } else { vec![product.clone()] };
    for (index, words) in wrap(setting, SETTING - PRODUCT - 1).iter().enumerate() {
        let product = if beside && index == 0 { &*product } else { "" };
        lines.push(format!("{product:PRODUCT$} {words}"));
    }
    lines
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
    const LENGTH: usize = 11;
    for evidence in &diagnosis.evidence {
        let length = format!("{:5} bytes", evidence.spec.length());
        let reaction = short_reaction(&evidence.reaction);
        let lines = probe_lines(&reaction, &evidence.probe, DEFAULT - LENGTH - 4);
        for (index, line) in lines.iter().enumerate() {
            let length = if index == 0 { &*length } else { "" };
            let _ = writeln!(out, "  {}  {line}", paint(DIM, format_args!("{length:LENGTH$}")));
        }
    }
    out.push('\n');
}
