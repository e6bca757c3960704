//! The catalogue of quirks as a list.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use crate::quirks::Quirk;
use crate::report::style::{STRONG, count, paint};

/// A line a quirk: its id, and what the server does.
pub fn list(quirks: &[Quirk]) -> String {
    let width = quirks.iter().map(|quirk| quirk.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for quirk in quirks {
        let id = paint(STRONG, format_args!("{:width$}", quirk.id));
        let _ = writeln!(out, "{id}  {}", quirk.title);
    }
    let _ = writeln!(out, "\n{}", count(quirks.len(), "quirk"));
    out
}

/// The same as JSON.
pub fn list_json(quirks: &[Quirk]) -> Json {
    let one = |quirk: &Quirk| json!({"id": quirk.id, "title": quirk.title});
    json!({"schema": "helloscope/quirks/1", "quirks": quirks.iter().map(one).collect::<Vec<_>>()})
}
