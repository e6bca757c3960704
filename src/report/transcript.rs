//! A connection as text: a line a message, what was agreed, the chain; and byte by byte. No line is
//! wider than the view.

use std::convert::Infallible;
use std::fmt::Write;

use anstyle::Style;

use crate::names::Code;
use crate::report::bytes::{self, View};
use crate::report::message_words::{
    SoFar, camel_case, first_line, message_words, other_words, short,
};
use crate::report::opinion;
use crate::report::rows::Layer;
use crate::report::selection::{Path, Selection};
use crate::report::style::{DIM, FAULT, RECEIVED, SENT, STRONG, count, paint};
use crate::report::width::{Styled, wrap};
use crate::transcript::{CertificateFacts, Event, Kind, Reaction, Side, Step, Summary, Transcript};
use crate::wire::fault::Fault;
use crate::wire::handshake::Handshake;
use crate::wire::record::plaintext;
use crate::wire::record::ssl2::Ssl2Message;
use crate::wire::stream::{Body, Framing, Header, Message, Unit};
use crate::wire::text::{escape, is_mostly_text};
use crate::wire::time::rfc3339;

/// How a connection is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Columns, and how bytes are shown.
    pub view: View,
    /// Every message byte by byte.
    pub bytes: bool,
    /// Only these parts.
    pub only: &'a [Path],
    /// What others make of the same bytes.
    pub second_opinion: bool,
}

/// The whole view: head, messages, chain, how it ended. Of a selection only what is selected.
pub fn text(transcript: &Transcript, options: Options<'_>) -> String {
    let mut out = String::new();
    let Ok(()) = write(transcript, options, &mut |piece| {
        out.push_str(piece);
        Ok::<(), Infallible>(())
    });
    out
}

/// The same, piece by piece: the view of many records is much longer than they are.
///
/// # Errors
/// Those of `put`.
pub fn write<E>(
    transcript: &Transcript,
    options: Options<'_>,
    put: &mut impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    match options.only.is_empty() {
        true => whole(transcript, options, put),
        false => selected(transcript, options, put),
    }
}

fn whole<E>(
    transcript: &Transcript,
    options: Options<'_>,
    put_out: &mut impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let summary = Summary::of(transcript);
    let mut out = String::new();
    head(&mut out, transcript, &summary, options.view);
    out.push('\n');
    let mut so_far = SoFar::of(transcript);
    for event in &transcript.events {
        put_out(&out)?;
        out.clear();
        match &event.unit {
            Unit::Message(message) => {
                message_line(&mut out, event, message, &so_far, options.view);
                so_far.follow(event.from, message);
                if options.bytes {
                    unit_rows(&mut out, &event.unit, options.view, None);
                    out.push('\n');
                }
            }
            Unit::Header(_) if options.bytes => {
                header_line(&mut out, event);
                unit_rows(&mut out, &event.unit, options.view, None);
            }
            Unit::Header(header) => {
                if let Some(words) = words_for_no_message(header) {
                    let length = format!("{:6}", header.bytes.len());
                    line(&mut out, event.from, "Record", (&length, 6), &words, options.view);
                }
            }
        }
    }
    for remark in &transcript.remarks {
        put(&mut out, "  ", &Styled::new(DIM, remark.as_str()), options.view.width);
    }
    if options.second_opinion {
        opinion::text(&mut out, transcript, &[], options.view.width);
    }
    chain(&mut out, &summary, options.view);
    if let Some(outcome) = &summary.outcome {
        if !outcome.accepted() {
            out.push('\n');
            let words = reaction_words(outcome) + &further_errors(transcript);
            let words = Styled::new(FAULT, words);
            put(&mut out, "  ", &words, options.view.width);
        }
    }
    put_out(&out)
}

/// Only what is selected.
fn selected<E>(
    transcript: &Transcript,
    options: Options<'_>,
    put_out: &mut impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut out = String::new();
    let mut so_far = SoFar::of(transcript);
    for event in &transcript.events {
        let selection = Selection::of(&event.unit, options.only);
        if !selection.is_empty() {
            match &event.unit {
                Unit::Message(message) => {
                    message_line(&mut out, event, message, &so_far, options.view);
                }
                Unit::Header(_) => header_line(&mut out, event),
            }
            unit_rows(&mut out, &event.unit, options.view, Some(&selection));
            out.push('\n');
            put_out(&out)?;
            out.clear();
        }
        if let Unit::Message(message) = &event.unit {
            so_far.follow(event.from, message);
        }
    }
    if options.second_opinion {
        opinion::text(&mut out, transcript, options.only, options.view.width);
    }
    put_out(&out)
}

fn unit_rows(out: &mut String, unit: &Unit, view: View, only: Option<&Selection>) {
    match unit {
        // A piece of a log or a stream counts from its own first byte.
        Unit::Message(message) => {
            bytes::rows(out, &message.tree, &message.bytes, Layer::Message, view, only);
        }
        Unit::Header(header) => {
            bytes::rows(out, &header.tree, &header.bytes, Layer::Record, view, only);
        }
    }
}

/// Lines behind a margin.
fn put(out: &mut String, margin: &str, text: &Styled, width: usize) {
    for line in text.wrap(width.saturating_sub(margin.len())) {
        let _ = writeln!(out, "{margin}{line}");
    }
}

/// There was no connection.
pub fn unreachable(host: &str, reaction: &Reaction) -> String {
    let host = escape(host.as_bytes());
    let error = paint(FAULT, "error:");
    format!("{error} {host} is not reached: {}\n", reaction_words(reaction))
}

/// What stands behind the connections of a file of packets: what else is in it, and what could not be
/// read.
pub fn beside(others: &[String], remarks: &[String], width: usize) -> String {
    const SHOWN: usize = 20;
    let mut out = String::new();
    let more = others.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("and {} without TLS", count(more, "flow")));
    let lines = others.iter().take(SHOWN).chain(&more).chain(remarks);
    for (index, line) in lines.enumerate() {
        if index == 0 {
            out.push('\n');
        }
        put(&mut out, "  ", &Styled::new(DIM, line.as_str()), width);
    }
    out
}

/// `127.0.0.1:4433  TLS 1.3  TLS_AES_256_GCM_SHA384  X25519MLKEM768`; of a connection that was
/// captured, also its number, both ends, and when it began.
fn head(out: &mut String, transcript: &Transcript, summary: &Summary, view: View) {
    let name = escape(transcript.source.name.as_bytes());
    let is_live = transcript.source.form == "live";
    let name = transcript.server.as_deref().filter(|_| is_live).unwrap_or(&name);
    let mut parts = Styled::new(STRONG, name);
    if !is_live {
        parts = parts.and(DIM, format!(" {}", transcript.source.form));
    }
    let mut plain: Vec<String> = Vec::new();
    let ends = transcript.client.as_ref().zip(transcript.server.as_ref()).filter(|_| !is_live);
    plain.extend(ends.map(|(client, server)| format!("{client} > {server}")));
    plain.extend(transcript.began.map(rfc3339));
    plain.extend(agreed_before(transcript));
    plain.extend(summary.version.map(short));
    plain.extend(summary.cipher_suite.map(short));
    plain.extend(summary.group.map(short));
    plain.extend(summary.alpn.as_ref().map(|alpn| format!("ALPN {alpn}")));
    let answers = transcript.events.iter().filter(|event| event.from == Side::Server);
    if let Some(last) = answers.filter_map(|event| event.time).next_back().filter(|_| is_live) {
        plain.push(format!("{:.1} ms", last * 1000.0));
    }
    for part in plain {
        parts = parts.and(Style::new(), format!(" {part}"));
    }
    if parts.columns() + 2 <= view.width {
        let _ = writeln!(out, "  {}", parts.line());
    } else {
        put(out, "  ", &parts, view.width);
    }
}

/// What was agreed on in the connections before the last one, where there are several that did not
/// agree on the same: `TLS 1.2 TLS_RSA_WITH_AES_128_CBC_SHA, then`.
fn agreed_before(transcript: &Transcript) -> Option<String> {
    const SHOWN: usize = 3;
    let hellos = transcript.from(Side::Server).filter_map(|message| match message.handshake() {
        Some(Handshake::ServerHello(hello)) => Some((hello.version(), hello.cipher_suite)),
        _ => None,
    });
    let mut agreed: Vec<_> = hellos.collect();
    agreed.dedup();
    let (_, before) = agreed.split_last().filter(|(_, before)| !before.is_empty())?;
    let mut words: Vec<String> = before
        .iter()
        .take(SHOWN)
        .map(|(version, suite)| format!("{} {}", short(*version), short(*suite)))
        .collect();
    if before.len() > SHOWN {
        words.push(format!("and {} more", before.len() - SHOWN));
    }
    Some(format!("{}, then", words.join(", ")))
}

/// Columns before the words of a message.
const WORDS_AT: usize = 36;

/// Columns that the words of a message have at least.
const FEWEST: usize = 24;

fn message_line(out: &mut String, event: &Event, message: &Message, so_far: &SoFar, view: View) {
    let (length, wide) = if message.complete() {
        let length = format!("{:6}", message.length);
        (length.clone(), length.len())
    } else {
        let length = format!("{} of {}", message.bytes.len(), message.length);
        (paint(FAULT, &length), length.len())
    };
    let name = camel_case(message.type_name());
    let words = message_words(event.from, message, so_far);
    line(out, event.from, &name, (&length, wide), &words, view);
}

/// A line of the list of messages: a name, a length with its columns, and words.
fn line(
    out: &mut String,
    from: Side,
    name: &str,
    (length, wide): (&str, usize),
    words: &Styled,
    view: View,
) {
    let (arrow, style) = arrow(from);
    let name = format!("{name:21}");
    let line = format!("  {} {}  {length}", paint(style, arrow), paint(style, &name));
    let used = 4 + name.len() + 2 + wide + 3;
    // Behind a long name on a narrow view, the words begin on a line of their own.
    let beside = used.max(WORDS_AT) + FEWEST <= view.width;
    let margin = if beside { used.max(WORDS_AT) } else { WORDS_AT };
    let mut lines = words.wrap(view.width.saturating_sub(margin).max(FEWEST)).into_iter();
    let first = if beside { lines.next().unwrap_or_default() } else { String::new() };
    out.push_str(format!("{line}   {first}").trim_end());
    out.push('\n');
    for line in lines {
        let _ = writeln!(out, "{}{line}", " ".repeat(margin));
    }
}

/// What is wrong with the header of a record, where no message has bytes behind it to tell.
fn words_for_no_message(header: &Header) -> Option<Styled> {
    let mut remarks = header.tree.remarks.iter();
    let remark = match header.framing {
        Framing::Cut => remarks.next(),
        _ => remarks.find(|remark| match remark.fault {
            Fault::Truncated { found: 0, .. } => remark.field == "fragment",
            Fault::Value { found: 0, .. } => remark.field == "length",
            _ => false,
        }),
    }?;
    Some(Styled::new(FAULT, remark.to_string()))
}

fn header_line(out: &mut String, event: &Event) {
    let (arrow, style) = arrow(event.from);
    let name = match &event.unit {
        Unit::Header(Header { framing: Framing::Inner, .. }) => "inside",
        _ => "record",
    };
    let _ = writeln!(out, "  {} {}", paint(style, arrow), paint(DIM, name));
}

fn arrow(from: Side) -> (&'static str, anstyle::Style) {
    match from {
        Side::Client => (">", SENT),
        Side::Server => ("<", RECEIVED),
    }
}

fn chain(out: &mut String, summary: &Summary, view: View) {
    for (index, certificate) in summary.certificates.iter().enumerate() {
        let title = if index == 0 { "certificate" } else { "          +" };
        out.push('\n');
        fact(out, Style::new(), title, known(&certificate.subject), view);
        certificate_lines(out, certificate, view);
    }
}

/// A fact behind its title.
fn fact(out: &mut String, style: Style, title: &str, words: &str, view: View) {
    const AT: usize = 15;
    for (index, line) in wrap(words, view.width.saturating_sub(AT)).iter().enumerate() {
        let title = if index == 0 { title } else { "" };
        let _ = writeln!(out, "  {}  {line}", paint(style, format_args!("{title:>11}")));
    }
}

fn certificate_lines(out: &mut String, certificate: &CertificateFacts, view: View) {
    let mut line = |title: &str, words: &str| {
        if !words.is_empty() {
            fact(out, DIM, title, words, view);
        }
    };
    if certificate.issuer.is_some() && certificate.issuer == certificate.subject {
        line("issued by", "itself");
    } else {
        line("issued by", known(&certificate.issuer));
    }
    line("names", &certificate.names().join(", "));
    if let (Some(from), Some(to)) = (&certificate.not_before, &certificate.not_after) {
        let day = |time: &str| time.get(..10).unwrap_or(time).to_owned();
        line("valid", &format!("{} to {}", day(from), day(to)));
    }
    let algorithms = [&certificate.key, &certificate.signature_algorithm];
    let mut algorithms: Vec<_> = algorithms.into_iter().flatten().cloned().collect();
    // Ed25519 is the name of both.
    algorithms.dedup();
    line("key", &algorithms.join(", "));
    line("sha256", &certificate.sha256);
}

fn known(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or("unreadable")
}

/// The errors of SSL 2.0 behind the first, of which a server may send several.
fn further_errors(transcript: &Transcript) -> String {
    let errors = transcript.from(Side::Server).filter_map(|message| match &message.body {
        Body::Ssl2(message) => match &**message {
            Ssl2Message::Error(error) => Some(format!(", then {}", with_number(error.error_code))),
            _ => None,
        },
        _ => None,
    });
    errors.skip(1).collect()
}

/// A code by its name and its number, or by that alone where it has no name.
fn with_number<C: Code>(code: C) -> String {
    match code.name() {
        Some(name) => format!("{name} ({})", code.number()),
        None => code.number().to_string(),
    }
}

/// The message in which a server took a hello, the last that it sent of those.
pub fn accepting(step: Step, hello_retry: bool) -> &'static str {
    match (step, hello_retry) {
        (Step::HelloRetry, _) => "HelloRetryRequest",
        (_, true) => "HelloRetryRequest, ServerHello",
        (_, false) => "ServerHello",
    }
}

/// What a server did, in words.
pub fn reaction_words(reaction: &Reaction) -> String {
    let what = match &reaction.kind {
        Kind::Accepted { version, cipher_suite, hello_retry, .. } => {
            let answer = accepting(reaction.step, *hello_retry);
            let suite = cipher_suite.map(|suite| format!(", {}", short(suite)));
            return format!("{answer} {}{}", short(*version), suite.unwrap_or_default());
        }
        Kind::Alert { level, description } => {
            let what = with_number(*description);
            match level.name() {
                Some(level) => format!("{level} alert {what}"),
                None => format!("alert {what} of level {}", level.number()),
            }
        }
        Kind::Ssl2Error { error } => {
            format!("SSL 2.0 error {}", with_number(*error))
        }
        Kind::Closed => match reaction.step {
            Step::Connect | Step::ClientHello | Step::HelloRetry => "closed without a word",
            _ => "connection closed",
        }
        .to_owned(),
        Kind::Reset => "connection reset".to_owned(),
        Kind::Silence => "silence".to_owned(),
        Kind::Plaintext { first } => {
            // Text says by itself what it is.
            let words = match first.starts_with(plaintext::first_words(first)) {
                true if is_mostly_text(first) => format!(": {}", first_line(first)),
                _ => other_words(reaction.protocol(), first),
            };
            format!("no TLS{words}")
        }
        Kind::Malformed { what } => format!("broken TLS: {what}"),
        Kind::Dns => "the name has no address".to_owned(),
        Kind::Refused => "connection refused".to_owned(),
        Kind::Unroutable => "no route".to_owned(),
        Kind::ConnectTimeout => "no connection in time".to_owned(),
    };
    match reaction.step {
        Step::Connect | Step::ClientHello => what,
        Step::HelloRetry => format!("{what}, to the second ClientHello (after HelloRetryRequest)"),
        step => format!("{what}, after {}", camel_case(step.word())),
    }
}
