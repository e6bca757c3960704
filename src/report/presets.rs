//! The list of presets.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use crate::hello::preset::{Origin, Preset};
use crate::report::style::{DIM, STRONG, count, paint};

/// A line a preset: name, length, client, library and capture, or purpose.
pub fn list(presets: &[Preset]) -> String {
    let mut out = String::new();
    for preset in presets {
        let capture = match &preset.origin {
            Origin::Client { capture, .. } => format!(", from {capture}"),
            Origin::Purpose(_) => String::new(),
        };
        let _ = writeln!(
            out,
            "{}  {:5} bytes  {}",
            paint(STRONG, format_args!("{:24}", preset.id)),
            preset.spec.length(),
            paint(DIM, format_args!("{}{capture}", preset.origin.words())),
        );
    }
    let _ = writeln!(out, "\n{}", count(presets.len(), "preset"));
    out
}

/// The same as JSON.
pub fn json(presets: &[Preset]) -> Json {
    let one = |preset: &Preset| {
        let (client, library, capture, imitation, purpose) = match &preset.origin {
            Origin::Client { client, library, capture, imitation } => {
                (Some(client), Some(library), Some(capture), *imitation, None)
            }
            Origin::Purpose(purpose) => (None, None, None, false, Some(purpose)),
        };
        json!({
            "id": preset.id,
            "client": client,
            "library": library,
            "capture": capture,
            "imitation": imitation,
            "purpose": purpose,
            "handshake_length": preset.spec.length(),
        })
    };
    json!({"schema": "helloscope/presets/1", "presets": presets.iter().map(one).collect::<Vec<_>>()})
}
