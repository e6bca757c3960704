//! The second opinion as text: a line a difference, and how many messages are read alike.

use std::collections::HashSet;
use std::fmt::Write;

use anstyle::Style;

use crate::report::message_words::camel_case;
use crate::report::selection::{Path, Selection};
use crate::report::style::{DIM, FAULT, STRONG, count, paint};
use crate::report::width::Styled;
use crate::transcript::{Event, Side, Transcript};
use crate::wire::second_opinion::{self, Difference, Kind, Parser};
use crate::wire::stream::Unit;

/// Writes what others make of the same bytes: of all messages, or of those of which paths select
/// something, which are compared as a whole.
pub fn text(out: &mut String, transcript: &Transcript, only: &[Path], width: usize) {
    let parsers = [Parser::Tls, Parser::X509].map(Parser::name).join(", ");
    let of = if only.is_empty() { "" } else { ", of whole messages" };
    let _ = writeln!(out, "\n  {}", paint(STRONG, format_args!("second opinion: {parsers}{of}")));
    let (mut alike, mut in_part, mut asked) = (0, 0, 0);
    let is_shown = |event: &&Event| only.is_empty() || !Selection::of(&event.unit, only).is_empty();
    for event in transcript.events.iter().filter(is_shown) {
        let (name, found) = match &event.unit {
            Unit::Header(header) => ("record", second_opinion::header(header)),
            Unit::Message(message) => (message.type_name(), second_opinion::message(message)),
        };
        let Some(found) = found else { continue };
        let is_message = matches!(event.unit, Unit::Message(_));
        asked += usize::from(is_message);
        let differ = found.iter().any(|difference| difference.kind != Kind::Leaves);
        // What is left unread as a whole is not read alike.
        let is_unread = found.iter().any(|it| it.kind == Kind::Leaves && it.what == name);
        let is_alike = is_message && !differ && !is_unread;
        alike += usize::from(is_alike);
        in_part += usize::from(is_alike && !found.is_empty());
        if found.is_empty() {
            continue;
        }
        let arrow = match event.from {
            Side::Client => ">",
            Side::Server => "<",
        };
        let _ = writeln!(out, "  {arrow} {}", camel_case(name));
        lines(out, &found, width);
    }
    let mut alike = format!("{alike} of {} read alike", count(asked, "message"));
    // What a parser leaves unread it does not read otherwise, nor does it agree.
    if in_part > 0 {
        let _ = write!(alike, ", {in_part} of them in part");
    }
    let _ = writeln!(out, "  {}", paint(DIM, alike));
}

/// A line a difference. What a parser only leaves unread is told of together.
fn lines(out: &mut String, found: &[Difference], width: usize) {
    for difference in found.iter().filter(|difference| difference.kind != Kind::Leaves) {
        let style = if difference.kind == Kind::Refuses { FAULT } else { Style::new() };
        put(out, &Styled::new(style, difference.to_string()), width);
    }
    for parser in [Parser::Tls, Parser::X509] {
        let left = found.iter().filter(|it| it.kind == Kind::Leaves && it.parser == parser);
        // What stands there twice is named once.
        let mut left: Vec<&str> = left.map(|difference| difference.what.as_str()).collect();
        let mut named = HashSet::new();
        left.retain(|what| named.insert(*what));
        if !left.is_empty() {
            let words = format!("{} leaves unread: {}", parser.name(), left.join(", "));
            put(out, &Styled::new(DIM, words), width);
        }
    }
}

fn put(out: &mut String, text: &Styled, width: usize) {
    const MARGIN: usize = 4;
    for (index, line) in text.wrap(width.saturating_sub(MARGIN + 2)).iter().enumerate() {
        let hanging = if index == 0 { 0 } else { 2 };
        let _ = writeln!(out, "{}{line}", " ".repeat(MARGIN + hanging));
    }
}
