//! The catalogue of quirks as a list.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use crate::quirks::{Chapter, Quirk};
use crate::report::style::{STRONG, count, paint};
use crate::report::width::wrap;

/// The quirks by the chapters of the catalogue: of each its id, and what the server does.
pub fn list(quirks: &[&Quirk], width: usize) -> String {
    let widest = quirks.iter().map(|quirk| quirk.id.len()).max().unwrap_or(0);
    let mut chapters: Vec<Chapter> = quirks.iter().map(|quirk| quirk.chapter).collect();
    chapters.sort();
    chapters.dedup();
    let mut out = String::new();
    for chapter in chapters {
        let _ = writeln!(out, "{}", paint(STRONG, chapter.title()));
        for quirk in quirks.iter().filter(|quirk| quirk.chapter == chapter) {
            // They all begin alike.
            let title = quirk.title.strip_prefix("the server ").unwrap_or(&quirk.title);
            let mut id = quirk.id.as_str();
            for line in wrap(title, width.saturating_sub(widest + 4)) {
                let _ = writeln!(out, "  {id:widest$}  {line}");
                id = "";
            }
        }
        out.push('\n');
    }
    let _ = writeln!(out, "{}", count(quirks.len(), "quirk"));
    out
}

/// The same as JSON.
pub fn list_json(quirks: &[&Quirk]) -> Json {
    let mut quirks = quirks.to_vec();
    quirks.sort_by_key(|quirk| quirk.chapter);
    let one =
        |quirk: &Quirk| json!({"id": quirk.id, "chapter": quirk.chapter, "title": quirk.title});
    let quirks: Vec<Json> = quirks.into_iter().map(one).collect();
    json!({"schema": "helloscope/quirks/1", "quirks": quirks})
}
