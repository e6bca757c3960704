//! What differs between two hellos, in a table, and for programs as the edits that make the first
//! into the second.

use std::fmt::Write;

use anstyle::Style;
use serde_json::{Value as Json, json};

use crate::hello::comparison::{Change, Moved, compare};
use crate::hello::edited;
use crate::hello::exact;
use crate::hello::facts::Facts;
use crate::hello::spec::HelloSpec;
use crate::quirks::Quirk;
use crate::report::style::{DIM, STRONG, paint};
use crate::report::width::wrap;

/// Columns of the names of fields at the least, and of a line.
const NAMES: usize = 22;
const WIDTH: usize = 80;

/// Two hellos, each by its name and as it is sent.
pub struct Pair<'h> {
    /// The first.
    pub from: (&'h str, &'h HelloSpec),
    /// The second.
    pub to: (&'h str, &'h HelloSpec),
}

/// What differs, a field a row; values that are others, and what is the same, in one row each at the
/// end. Of long lists a few members are told, all of them if `verbose`.
pub fn text(pair: &Pair<'_>, verbose: bool) -> String {
    let changes = compare(pair.from.1, pair.to.1);
    let (different, same): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.differs());
    if different.is_empty() {
        return "  the two say the same\n".to_owned();
    }
    let with_rows = different.iter().filter(|change| !matches!(change, Change::Others { .. }));
    let longest = with_rows.map(|change| change.field().len()).max().unwrap_or(0);
    let mut table = Table { names: NAMES.max(longest + 2), out: String::new() };
    for change in &different {
        let lines = lines(change, WIDTH - 2 - table.names, verbose);
        table.rows(STRONG, change.field(), &lines);
    }
    let others: Vec<_> = different.iter().filter_map(|change| other_words(change)).collect();
    table.row("other values", &others.join(", "));
    let is_other = |field| {
        let is_it = |change: &&Change| matches!(change, Change::Others { .. });
        different.iter().copied().filter(is_it).any(|change| change.field() == field)
    };
    let same = same.iter().filter(|change| !is_other(change.field())).map(|change| match change {
        Change::List { field, kept, .. } => format!("{field} ({kept})"),
        change => change.field().to_owned(),
    });
    table.row("the same", &same.collect::<Vec<_>>().join(", "));
    let matters = matters(pair).map(|(quirk, first)| {
        let which = if first { "first" } else { "second" };
        let strikes = if quirk.reaction.lets_pass() { "strikes" } else { "fails" };
        format!("{} ({strikes} with the {which})", quirk.id)
    });
    table.row("would matter to", &matters.collect::<Vec<_>>().join(", "));
    table.out
}

/// Names of fields, and behind each what is said of it.
struct Table {
    /// Columns of the names.
    names: usize,
    out: String,
}

impl Table {
    fn rows(&mut self, style: Style, name: &str, lines: &[String]) {
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            let name = paint(style, format_args!("{name:width$}", width = self.names));
            let _ = writeln!(self.out, "  {name}{line}");
        }
    }

    /// A row in the background.
    fn row(&mut self, name: &str, words: &str) {
        if !words.is_empty() {
            self.rows(DIM, name, &wrap(words, WIDTH - 2 - self.names));
        }
    }
}

/// Values that are others, in words.
fn other_words(change: &Change) -> Option<String> {
    match change {
        Change::Others { field, words } => Some(format!("{field} ({words})")),
        _ => None,
    }
}

/// The lines of a change that has rows of its own, without the field's name.
fn lines(change: &Change, width: usize, verbose: bool) -> Vec<String> {
    match change {
        Change::Value { from, to, .. } => wrap(&format!("{from} → {to}"), width),
        Change::Others { .. } => Vec::new(),
        Change::List { removed, added, kept, reordered, moved, .. } => {
            let mut lines = Vec::new();
            for (sign, members) in [("-", removed), ("+", added)] {
                let told = if verbose { members.len() } else { TOLD };
                let mut words: Vec<&str> = members.iter().take(told).map(String::as_str).collect();
                let more = format!("and {} more", members.len().saturating_sub(told));
                if members.len() > told {
                    words.push(&more);
                }
                let words = words.join(if change.field() == "extensions" { "; " } else { ", " });
                for (index, line) in wrap(&words, width.saturating_sub(2)).iter().enumerate() {
                    let sign = if index == 0 { sign } else { " " };
                    lines.extend((!words.is_empty()).then(|| format!("{sign} {line}")));
                }
            }
            match (kept, reordered) {
                (0, _) => {}
                (kept, true) if moved.is_some() => {
                    if let Some(Moved { member, place }) = moved {
                        let words =
                            format!("{member} moved {place}; the other {} as before", kept - 1);
                        lines.extend(wrap(&words, width));
                    }
                }
                (kept, true) => lines.push(format!("the {kept} of both in another order")),
                (kept, false) => lines.push(format!("{kept} the same")),
            }
            lines
        }
    }
}

/// Members of a list that are told.
const TOLD: usize = 12;

/// The quirks that one of the hellos would meet, and whether it is the first. Of one that no server
/// can read nobody can say what it lacks.
fn matters(pair: &Pair<'_>) -> impl Iterator<Item = (&'static Quirk, bool)> {
    let (from, to) = (Facts::of_spec(pair.from.1), Facts::of_spec(pair.to.1));
    Quirk::all().iter().filter_map(move |quirk| {
        let condition = &quirk.condition;
        let strikes = |facts: &Facts| {
            let is_known = !facts.is_unreadable() || !condition.is_about_what_is_said();
            is_known && condition.holds(facts)
        };
        match (condition.holds(&from), condition.holds(&to)) {
            (true, false) => strikes(&from).then_some((quirk, true)),
            (false, true) => strikes(&to).then_some((quirk, false)),
            _ => None,
        }
    })
}

/// The same for programs, with the edits: done one after the other, with nothing else, they make
/// the first hello into the second to the byte, and so they do as they are typed behind it.
pub fn json(pair: &Pair<'_>) -> Json {
    let (from, to) = (pair.from.1, pair.to.1);
    let edits = edited::typed(from, exact::exact(from, to), to);
    let change = |change: &Change| match change {
        Change::Value { field, from, to } => json!({"field": field, "from": from, "to": to}),
        Change::List { field, removed, added, kept, reordered, moved } => json!({
            "field": field,
            "removed": removed,
            "added": added,
            "kept": kept,
            "reordered": reordered,
            "moved": moved.as_ref().map(|moved| json!({
                "member": moved.member,
                "place": moved.place,
            })),
        }),
        Change::Others { field, words } => {
            json!({"field": field, "from": words, "to": format!("other {words}")})
        }
    };
    let changes = compare(from, to);
    json!({
        "schema": "helloscope/hello-diff/1",
        "from": pair.from.0,
        "to": pair.to.0,
        "changes": changes.iter().filter(|c| c.differs()).map(change).collect::<Vec<_>>(),
        "edits": edits.texts(),
        "words": edits.edits.iter().map(|edit| edit.words()).collect::<Vec<_>>(),
        "matters_to": matters(pair)
            .map(|(quirk, first)| json!({
                "quirk": quirk.id,
                "fails": if first { "from" } else { "to" },
            }))
            .collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::named::NamedHello;

    #[test]
    fn what_nobody_can_read_meets_no_quirk_by_what_it_lacks() {
        let spec = |name: &str| NamedHello::parse(name).unwrap().recorded().unwrap().spec;
        let (whole, lying) = (spec("minimal"), spec("minimal,!handshake_length:=9"));
        let bare = spec("minimal,!compression_methods=1");
        let fails = |from, to| {
            let pair = Pair { from: ("", from), to: ("", to) };
            matters(&pair).any(|(quirk, _)| quirk.id == "compression-without-null")
        };
        assert!(!fails(&lying, &whole) && !fails(&whole, &lying));
        assert!(fails(&bare, &whole) && fails(&whole, &bare));
    }
}
