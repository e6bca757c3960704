//! Text as programs and terminals leave it in files: UTF-8, or UTF-16 behind the mark that tells the
//! order of its bytes, as PowerShell's `>` writes it; with a terminal's colours, or some characters
//! of another set, as of a server's words that a log repeats.

use std::borrow::Cow;

/// A text, and how much of its bytes is none.
#[derive(Clone, Debug)]
pub struct Written<'b> {
    /// The text, in which characters stand for what is none.
    pub text: Cow<'b, str>,
    /// How many of its bytes or characters are none.
    strange: usize,
    /// It sets a terminal's colours.
    coloured: bool,
}

impl<'b> Written<'b> {
    /// What these bytes are as a text.
    pub fn of(bytes: &'b [u8]) -> Written<'b> {
        let (text, strange) = match bytes {
            [0xff, 0xfe, units @ ..] => utf16(units, u16::from_le_bytes),
            [0xfe, 0xff, units @ ..] => utf16(units, u16::from_be_bytes),
            [0xef, 0xbb, 0xbf, rest @ ..] | rest => utf8(rest),
        };
        if !text.contains(is_strange) {
            return Written { text, strange, coloured: false };
        }
        without_controls(&text, strange)
    }

    /// Whether all of it is text: then it is some form of bytes, and not these themselves.
    pub fn is_text(&self) -> bool {
        self.strange == 0 && !self.coloured
    }

    /// Whether it is text for the most part.
    pub fn is_mostly_text(&self) -> bool {
        self.strange <= self.text.len() / 8
    }
}

fn utf8(bytes: &[u8]) -> (Cow<'_, str>, usize) {
    let strange = bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    (String::from_utf8_lossy(bytes), strange)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (Cow<'_, str>, usize) {
    let mut strange = bytes.len() % 2;
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
    let text = char::decode_utf16(units).map(|read| {
        read.unwrap_or_else(|_| {
            strange += 1;
            char::REPLACEMENT_CHARACTER
        })
    });
    let text: String = text.collect();
    (Cow::Owned(text), strange)
}

fn is_strange(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// A text without what a terminal obeys, where so much else of it is none. What sets a colour takes no
/// place (ECMA-48 section 5.4: parameters, and a letter behind them); a blank stands for all else.
fn without_controls(text: &str, strange: usize) -> Written<'static> {
    let mut out = String::with_capacity(text.len());
    let (mut strange, mut coloured) = (strange, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !is_strange(c) {
            out.push(c);
        } else if c == '\u{1b}' && chars.next_if_eq(&'[').is_some() {
            coloured = true;
            while chars.next_if(|c| matches!(c, ' '..='?')).is_some() {}
            let _ = chars.next_if(|c| matches!(c, '@'..='~'));
        } else {
            strange += 1;
            out.push(' ');
        }
    }
    Written { text: Cow::Owned(out), strange, coloured }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_the_character_set_in_which_it_was_written() {
        let words = "16 03 Zürich 𝄞\r\n";
        let little: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            words.as_bytes().to_vec(),
            [&[0xef, 0xbb, 0xbf], words.as_bytes()].concat(),
            [&[0xff, 0xfe], &little[..]].concat(),
            [&[0xfe, 0xff], &big[..]].concat(),
        ] {
            let written = Written::of(&bytes);
            assert_eq!(written.text, words);
            assert!(written.is_text());
        }
        assert!(!Written::of(&[0xff, 0xfe, b'1', 0, b'6']).is_text());
        assert!(!Written::of(&[0xff, 0xfe, 0, 0xdc]).is_text());
    }

    #[test]
    fn what_a_terminal_obeys_is_passed_over() {
        let written = Written::of(b"\x1b[1;31m16\x1b[0m 03 01 02\x07 from the caf\xe9");
        assert_eq!(written.text, "16 03 01 02  from the caf\u{fffd}");
        assert!(!written.is_text() && written.is_mostly_text());
        assert!(!Written::of(&[0; 100]).is_mostly_text());
        assert!(!Written::of(&(0..=255).collect::<Vec<u8>>()).is_mostly_text());
    }
}
