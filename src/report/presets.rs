//! The list of presets.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use crate::hello::preset::Preset;
use crate::report::style::{DIM, STRONG, count, paint};

/// A line a preset: name, length, client, library.
pub fn list(presets: &[Preset]) -> String {
    let mut out = String::new();
    for preset in presets {
        let imitation = if preset.imitation { " (an imitation)" } else { "" };
        let words = format!("{}, {}{imitation}", preset.client, preset.library);
        let _ = writeln!(
            out,
            "{}  {:5} bytes  {}",
            paint(STRONG, format_args!("{:24}", preset.id)),
            preset.spec.length(),
            paint(DIM, words),
        );
    }
    let _ = writeln!(out, "\n{}", count(presets.len(), "preset"));
    out
}

/// The same as JSON.
pub fn json(presets: &[Preset]) -> Json {
    let one = |preset: &Preset| {
        json!({
            "id": preset.id,
            "client": preset.client,
            "library": preset.library,
            "imitation": preset.imitation,
            "handshake_length": preset.spec.length(),
        })
    };
    json!({"schema": "helloscope/presets/1", "presets": presets.iter().map(one).collect::<Vec<_>>()})
}
