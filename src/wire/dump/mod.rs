//! Bytes written down in digits, as people have them: plain, in the dumps of many programs, and as
//! arrays and strings of programs. The form is told by the text itself.

mod bytes;
mod several;
mod source;
mod words;
mod written;

use std::fmt;

pub use several::several;
pub use written::Written;

/// Bytes that were written in digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// What they are.
    pub bytes: Vec<u8>,
    /// Whether they stood in words of two bytes, of which the text does not tell the order.
    pub of_words: bool,
}

/// Why an input cannot be read: one line that names the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The line in the input, counted from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Reads the bytes of a text, of several dumps one behind the other.
///
/// # Errors
/// Where something in it is no byte, or there is none.
pub fn read(text: &str) -> Result<Dump, Unreadable> {
    let (bytes, of_words) = match words::read(text) {
        Some(words) => (words?, true),
        None => {
            if let Some(dumps) = several(text) {
                return Ok(Dump { bytes: dumps.concat(), of_words: false });
            }
            let read = bytes::read(text).or_else(|why| source::read(text).ok_or(why));
            (read?, false)
        }
    };
    Ok(Dump { bytes, of_words })
}

#[cfg(test)]
fn test_file(name: &str) -> Vec<u8> {
    let path = format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap()
}
