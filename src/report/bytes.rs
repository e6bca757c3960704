//! A message byte by byte: each leaf of its tree a row of offset, bytes, name and meaning.
//!
//! DER's tag and length share a row, named for the element. Long leaves show their first bytes,
//! and how many more there are; asked for all, they show all.

use crate::report::style::{DIM, FAULT, paint};
use crate::wire::fault::Remark;
use crate::wire::field::{Field, Shape, Tree, Value};
use crate::wire::text::escape;

/// Bytes in a row.
const ROW: usize = 8;
/// Columns of the bytes.
const HEX_WIDTH: usize = ROW * 3;
/// Letters of a text that are shown; its bytes are all there with `-v`.
const TEXT: usize = 200;
/// Columns of the names.
const NAME_WIDTH: usize = 28;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// The first bytes of long leaves.
    #[default]
    Short,
    /// Every byte.
    Full,
}

/// Writes the rows of a message whose bytes these are. Offsets count from `origin`.
pub fn rows(out: &mut String, tree: &Tree, bytes: &[u8], origin: usize, extent: Extent) {
    let mut fields = tree.fields.iter().enumerate().peekable();
    let mut holders: Vec<&Field> = Vec::new();
    while let Some((_, field)) = fields.next() {
        holders.truncate(field.depth());
        if !field.is_leaf() {
            holders.push(field);
            continue;
        }
        let holder = holders.last().copied();
        let own = bytes.get(field.range()).unwrap_or_default();
        let depth = field.depth().saturating_sub(1).min(12);
        if field.name == "tag" {
            if let Some((_, length)) = fields.next_if(|(_, next)| next.name == "length") {
                element_row(out, bytes, origin, holder, field, length);
                continue;
            }
        }
        let name = match holder {
            Some(Field { name, shape: Shape::List | Shape::Vector, .. })
                if field.name == "length" =>
            {
                format!("{name} length")
            }
            _ => field.name.to_owned(),
        };
        row(out, own, origin + field.start(), depth, &name, &meaning(field, own), extent);
    }
    for remark in &tree.remarks {
        remark_line(out, remark, origin);
    }
}

/// Tag and length of a DER element in one row.
fn element_row(
    out: &mut String,
    bytes: &[u8],
    origin: usize,
    holder: Option<&Field>,
    tag: &Field,
    length: &Field,
) {
    let own = bytes.get(tag.start()..length.end()).unwrap_or_default();
    let words = |field: &Field| meaning(field, bytes.get(field.range()).unwrap_or_default());
    let kind = format!("{}, length {}", words(tag), words(length));
    let missing = holder.map_or(0, |holder| holder.missing());
    let kind = match missing {
        0 => kind,
        missing => format!("{kind} {}", paint(FAULT, format_args!("({missing} missing)"))),
    };
    let name = holder.map_or("element", |holder| holder.name);
    let depth = tag.depth().saturating_sub(2).min(12);
    row(out, own, origin + tag.start(), depth, name, &kind, Extent::Full);
}

/// What a leaf means, in words.
fn meaning(field: &Field, bytes: &[u8]) -> String {
    let Shape::Leaf(value) = field.shape else { return String::new() };
    let words = match (value.words(bytes), value) {
        (Some(words), Value::Text) => match words.char_indices().nth(TEXT) {
            Some((cut, _)) => format!("\"{}\" …", words.get(..cut).unwrap_or_default()),
            None => format!("\"{words}\""),
        },
        (Some(words), _) => words,
        (None, _) if field.name == "trailing" || field.name == "malformed" => {
            format!("{} bytes: {}", bytes.len(), escape(bytes.get(..16).unwrap_or(bytes)))
        }
        (None, _) if bytes.len() > ROW => format!("{} bytes", bytes.len()),
        (None, _) => String::new(),
    };
    match field.missing() {
        0 => words,
        missing => {
            // What the words would say of a part is not what the whole says.
            let whole = bytes.len() + missing;
            let cut = format!("{} of {whole} bytes: cut off here", bytes.len());
            paint(FAULT, cut)
        }
    }
}

fn row(
    out: &mut String,
    bytes: &[u8],
    offset: usize,
    depth: usize,
    name: &str,
    meaning: &str,
    extent: Extent,
) {
    let indent = "  ".repeat(depth);
    let mut chunks = bytes.chunks(ROW);
    let first = chunks.next().unwrap_or_default();
    let label = format!("{indent}{name}");
    let hex = hex_columns(first);
    let line = format!(
        "    {}  {hex:HEX_WIDTH$}  {label:NAME_WIDTH$}  {meaning}",
        paint(DIM, format_args!("{offset:04x}")),
    );
    out.push_str(line.trim_end());
    out.push('\n');
    let left = bytes.len() - first.len();
    if left == 0 {
        return;
    }
    if extent == Extent::Short && left > ROW {
        out.push_str(&paint(DIM, format_args!("          …{left} more")));
        out.push('\n');
        return;
    }
    for (index, chunk) in chunks.enumerate() {
        let offset = offset + (index + 1) * ROW;
        let line =
            format!("    {}  {}", paint(DIM, format_args!("{offset:04x}")), hex_columns(chunk));
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn hex_columns(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

/// A remark in a line of its own.
pub fn remark_line(out: &mut String, remark: &Remark, origin: usize) {
    let at = origin + remark.range.start;
    let line = format!("    {}  {remark}", paint(FAULT, format_args!("{at:04x} remark")));
    out.push_str(&line);
    out.push('\n');
}
