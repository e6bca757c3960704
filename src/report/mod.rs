//! Views: values in, text or JSON out. Nothing is decided here.
//!
//! Everything that a peer sent is escaped before it gets into a text.

pub mod addresses;
pub mod bytes;
pub mod diagnosis;
pub mod diagnosis_json;
pub mod diagnosis_words;
pub mod excerpt;
pub mod explain;
pub mod fingerprints;
pub mod hello_diff;
pub mod hex_dump;
pub mod json;
pub mod lab;
pub mod literal;
mod message_words;
pub mod opinion;
pub mod page;
pub mod presets;
pub mod quirks;
pub mod recording;
pub mod rows;
pub mod selection;
pub mod shell;
pub mod style;
pub mod transcript;
pub mod width;
