//! A message byte by byte: offset, bytes, name and meaning in columns that hold on 80 columns, and
//! use more where there are more.
//!
//! Long fields show their first bytes, and `…`; asked for all, they show all. What there is to
//! remark stands under the field that it is about, and other bytes that lie beneath a field stand
//! under it behind a bar, with offsets of their own.

use crate::report::rows::{self, Layer, Place, Row};
use crate::report::selection::Selection;
use crate::report::style::{DIM, FAULT, NOTICE, paint};
use crate::report::width::{Styled, columns};
use crate::wire::fault::{Kind, Remark};
use crate::wire::field::{Field, Tree};

/// Columns from which on a row has twice as many bytes.
const WIDE: usize = 120;
/// Columns of the names where there is room for the meaning beside them.
const NAMES: std::ops::RangeInclusive<usize> = 16..=32;

/// Columns that the longest name of a suite takes with OpenSSL's beside it.
const SUITES: usize = 90;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// The first bytes of long leaves.
    #[default]
    Short,
    /// Every byte.
    Full,
}

/// How messages are shown byte by byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Columns.
    pub width: usize,
    /// How much of long fields.
    pub extent: Extent,
    /// What stands under so many rows or more is folded.
    pub depth: usize,
}

impl Default for View {
    fn default() -> View {
        View { width: super::width::DEFAULT, extent: Extent::Short, depth: usize::MAX }
    }
}

/// Writes the rows of a tree over these bytes, all or those of a selection.
pub fn rows(
    out: &mut String,
    tree: &Tree,
    bytes: &[u8],
    layer: Layer,
    view: View,
    only: Option<&Selection>,
) {
    write(out, tree, bytes, layer, view, only, "  ");
}

fn write(
    out: &mut String,
    tree: &Tree,
    bytes: &[u8],
    layer: Layer,
    view: View,
    only: Option<&Selection>,
    margin: &str,
) {
    let columns = Columns::new(view.width, bytes.len(), margin);
    let only_fields = only.filter(|only| !only.whole).map(|only| only.fields.as_slice());
    let rows = rows::rows(tree, bytes, layer, only_fields, view.depth);
    let mut remarks = Remarks::new(tree, &rows);
    let mut beneath = tree.beneath.iter().peekable();
    for (index, row) in rows.iter().enumerate() {
        columns.row(out, row, bytes, view.extent);
        for remark in remarks.of(index) {
            columns.remark(out, row, remark);
        }
        while let Some(other) = beneath.next_if(|other| other.field < row.fields.end) {
            if !row.fields.contains(&other.field) {
                continue;
            }
            let title = format!("beneath: {}, {} bytes", other.name, other.bytes.len());
            columns.note(out, row.depth, &Styled::new(DIM, title));
            let depth = view.depth.saturating_sub(row.depth + 1);
            if depth > 0 {
                let view = View { depth, ..view };
                write(out, &other.tree, &other.bytes, Layer::Message, view, None, "| ");
            }
        }
    }
    if tree.fields.is_empty() && only.is_none() {
        // Of no bytes there is no row for a remark to stand under.
        for remark in &tree.remarks {
            columns.note(out, 0, &remark_words(remark, remark.field));
        }
    }
    let Some(only) = only.filter(|only| !only.whole) else { return };
    for (index, selection) in &only.beneath {
        if let Some(other) = tree.beneath.get(*index) {
            let (tree, bytes) = (&other.tree, other.bytes.as_slice());
            write(out, tree, bytes, Layer::Message, view, Some(selection), "| ");
        }
    }
}

/// The remarks of a tree, by the row under which they stand.
struct Remarks<'t>(std::iter::Peekable<std::vec::IntoIter<(usize, &'t Remark)>>);

impl<'t> Remarks<'t> {
    fn new(tree: &'t Tree, rows: &[Row]) -> Remarks<'t> {
        let place = |remark: &'t Remark| {
            let behind = rows.partition_point(|row| row.range.start <= remark.range.start);
            let last = behind.saturating_sub(1);
            // What is missing is missing behind the row that ends here; what was assumed is said of
            // the field that begins here. The header of a message ends where its body begins.
            let lacks = remark.range.is_empty() && remark.kind != Kind::Assumption;
            let begins = rows.get(last).is_some_and(|row| row.name == remark.field);
            let before = last.checked_sub(1).filter(|&before| {
                rows.get(before).is_some_and(|row| {
                    row.range.end == remark.range.start
                        && (lacks || !begins && leads_to(tree, row, remark))
                })
            });
            // A part of what has no row of its own may have one, further on.
            let part = || named_part(rows, last, remark).unwrap_or(last);
            let row = before.unwrap_or_else(|| if begins { last } else { part() });
            // Of a selection, the field may not be shown.
            let near = |row: &&Row| {
                let at_end = row.range.end == remark.range.start
                    && (remark.range.is_empty() || row.name == remark.field);
                behind > 0 && (remark.range.start < row.range.end || at_end)
            };
            rows.get(row).filter(near).map(|_| (row, remark))
        };
        let mut placed: Vec<_> = tree.remarks.iter().filter_map(place).collect();
        placed.sort_by_key(|(row, _)| *row);
        Remarks(placed.into_iter().peekable())
    }

    /// Those of the next row.
    fn of(&mut self, row: usize) -> impl Iterator<Item = &'t Remark> {
        std::iter::from_fn(move || self.0.next_if(|(at, _)| *at == row).map(|(_, remark)| remark))
    }
}

/// Whether a row is of the field that a remark is about, and not of another of its name that ends
/// where that one begins.
fn leads_to(tree: &Tree, row: &Row, remark: &Remark) -> bool {
    let holds = |own: &Field| own.start() <= remark.range.start && remark.range.end <= own.end();
    let mut own = tree.fields.get(row.fields.clone()).unwrap_or_default().iter();
    row.name == remark.field && (row.layer == Layer::Handshake || own.any(holds))
}

/// Rows in which the part of a field is looked for that a remark is about.
const PARTS: usize = 8;

/// The first row in the range of a remark, from this one on, that has the name of its field.
fn named_part(rows: &[Row], first: usize, remark: &Remark) -> Option<usize> {
    let near = rows.iter().enumerate().skip(first).take(PARTS);
    let mut inside = near.filter(|(_, row)| {
        remark.range.start <= row.range.start && row.range.end <= remark.range.end
    });
    inside.find(|(_, row)| row.name == remark.field).map(|(index, _)| index)
}

/// Where the columns are.
struct Columns<'v> {
    margin: &'v str,
    /// Hexadecimal digits of an offset.
    digits: usize,
    /// Bytes in a row.
    bytes: usize,
    /// Columns to the left of the names, and for names and meanings.
    left: usize,
    right: usize,
    /// Columns of the names.
    names: usize,
}

impl<'v> Columns<'v> {
    fn new(width: usize, length: usize, margin: &'v str) -> Columns<'v> {
        let digits = format!("{length:x}").len().max(4);
        let bytes = if width >= WIDE { 16 } else { 8 };
        let left = margin.len() + digits + 2 + bytes * 3 - 1 + 2;
        let right = width.saturating_sub(left).max(8);
        let names = (right * 9 / 20).clamp(*NAMES.start(), *NAMES.end());
        Columns { margin, digits, bytes, left, right, names }
    }

    fn row(&self, out: &mut String, row: &Row, bytes: &[u8], extent: Extent) {
        let own = bytes.get(row.range.clone()).unwrap_or_default();
        let chunks = own.chunks(self.bytes);
        let folds = extent == Extent::Short && own.len() > self.bytes;
        let shown = if folds { 1 } else { chunks.len() };
        let mut left = chunks.take(shown).enumerate().map(|(index, chunk)| {
            let at = index * self.bytes;
            let head = row.head.saturating_sub(at).min(chunk.len());
            self.left(row.range.start + at, chunk, head, folds)
        });
        let mut right = self.right(row, extent).into_iter();
        loop {
            let line = match (left.next(), right.next()) {
                (None, None) => break,
                (Some(left), right) => left + &right.unwrap_or_default(),
                (None, Some(right)) => format!("{}{right}", self.blank()),
            };
            self.line(out, &line);
        }
        if row.place == Place::Kept && extent == Extent::Short && !self.has_room(row) {
            self.note(out, row.depth, &Styled::new(DIM, row.note.as_str()));
        }
    }

    /// Whether what is dull about a row fits beside it.
    fn has_room(&self, row: &Row) -> bool {
        if row.place == Place::Wide && self.right < SUITES {
            return false;
        }
        let wide = columns(&row.name);
        let noted = self.indent(row.depth, wide) + wide + 2;
        self.names.max(noted) + plain(row).and(DIM, row.note.as_str()).columns() <= self.right
    }

    fn line(&self, out: &mut String, line: &str) {
        out.push_str(self.margin);
        out.push_str(line);
        out.truncate(out.trim_end().len());
        out.push('\n');
    }

    /// What stands to the left of a line without bytes.
    fn blank(&self) -> String {
        " ".repeat(self.left - self.margin.len())
    }

    fn left(&self, offset: usize, chunk: &[u8], head: usize, more: bool) -> String {
        let pairs = |bytes: &[u8]| {
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            pairs.join(" ")
        };
        let (head, rest) = chunk.split_at_checked(head).unwrap_or((&[], chunk));
        let space = if head.is_empty() || rest.is_empty() { "" } else { " " };
        let fill = (self.bytes - chunk.len()) * 3;
        let more = if more { paint(DIM, "…") } else { " ".to_owned() };
        let offset = format!("{offset:0digits$x}", digits = self.digits);
        let head = if head.is_empty() { String::new() } else { paint(DIM, pairs(head)) };
        let rest = pairs(rest);
        format!("{}  {head}{space}{rest}{}{more} ", paint(DIM, offset), " ".repeat(fill))
    }

    /// How far a row is moved in: less where its name would not fit.
    fn indent(&self, depth: usize, name: usize) -> usize {
        (2 * depth).min(self.right.saturating_sub(name)).min(self.right / 2)
    }

    /// Name and meaning, in as many lines as they need.
    fn right(&self, row: &Row, extent: Extent) -> Vec<String> {
        let wide = columns(&row.name);
        let indent = self.indent(row.depth, wide);
        let plain = plain(row);
        let noted = plain.clone().and(DIM, row.note.as_str());
        // What is dull is left out where there is no room for it.
        let meaning = if self.has_room(row) || extent == Extent::Full { noted } else { plain };
        let blank = " ".repeat(indent);
        let label = indent + wide;
        let style = row.layer.style();
        if meaning.is_empty() || label > self.right {
            let name = Styled::new(style, row.name.as_str()).wrap(self.right - indent);
            let mut lines: Vec<_> = name.iter().map(|line| format!("{blank}{line}")).collect();
            if !meaning.is_empty() {
                lines.extend(self.below(&meaning, indent));
            }
            return lines;
        }
        let name = paint(style, &row.name);
        let at = self.names.max(label + 2);
        if at + meaning.columns() <= self.right {
            let fill = " ".repeat(at - label);
            return vec![format!("{blank}{name}{fill}{}", meaning.line())];
        }
        if label + 2 + meaning.columns() <= self.right {
            return vec![format!("{blank}{name}  {}", meaning.line())];
        }
        let mut lines = vec![format!("{blank}{name}")];
        lines.extend(self.below(&meaning, indent));
        lines
    }

    /// Lines under a name.
    fn below(&self, text: &Styled, indent: usize) -> Vec<String> {
        let indent = (indent + 2).min(self.right / 2);
        let lines = text.wrap(self.right - indent).into_iter();
        lines.map(|line| format!("{}{line}", " ".repeat(indent))).collect()
    }

    fn note(&self, out: &mut String, depth: usize, text: &Styled) {
        for line in self.below(text, self.indent(depth, 0)) {
            self.line(out, &format!("{}{line}", self.blank()));
        }
    }

    fn remark(&self, out: &mut String, row: &Row, remark: &Remark) {
        self.note(out, row.depth, &remark_words(remark, &row.name));
    }
}

/// What a row means, without what is dull about it.
fn plain(row: &Row) -> Styled {
    Styled::default().and(anstyle::Style::new(), row.words.as_str()).and(FAULT, row.fault.as_str())
}

/// A remark in words, by what kind it is. The row of its own field needs no telling which it is.
fn remark_words(remark: &Remark, row: &str) -> Styled {
    let (field, expected, found) = (remark.field, remark.fault.expected(), remark.fault.found());
    if remark.kind == Kind::Assumption {
        let taken = format!("assumed: {field} is {found}; not seen: {expected}");
        return Styled::new(DIM, taken);
    }
    let (style, kind) = match remark.kind {
        Kind::Form => (FAULT, "fault"),
        _ => (NOTICE, "notice"),
    };
    let field = if field == row { String::new() } else { format!("{field}: ") };
    let reference = match remark.reference {
        "" => String::new(),
        reference => format!(" ({reference})"),
    };
    let words = format!("{kind}: {field}expected {expected}, found {found}{reference}");
    Styled::new(style, words)
}
