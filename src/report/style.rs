//! The colours of a terminal, by what they are for. Where colour is not wanted, the printer takes
//! them out again.

use std::fmt;

use anstyle::{AnsiColor, Effects, Style};

/// What the client sent.
pub const SENT: Style = AnsiColor::Cyan.on_default();
/// What the server sent.
pub const RECEIVED: Style = AnsiColor::Green.on_default();
/// The fault, and only that.
pub const FAULT: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
/// What has its form, and an expert would stop at.
pub const NOTICE: Style = AnsiColor::BrightYellow.on_default();
/// The header of a record.
pub const RECORD: Style = AnsiColor::Blue.on_default();
/// The header of a handshake message.
pub const HANDSHAKE: Style = AnsiColor::BrightBlue.on_default();
/// A field of a message.
pub const MESSAGE: Style = Style::new();
/// An extension and what is in it.
pub const EXTENSION: Style = AnsiColor::Magenta.on_default();
/// A certificate, and what else is written in DER.
pub const DER: Style = AnsiColor::Yellow.on_default();
/// What is long and dull.
pub const DIM: Style = Style::new().effects(Effects::DIMMED);
/// What is read first.
pub const STRONG: Style = Style::new().effects(Effects::BOLD);
/// What helps.
pub const HELP: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);

/// A text in a style.
pub fn paint(style: Style, text: impl fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A count and its noun: `1 certificate`, `2 certificates`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
