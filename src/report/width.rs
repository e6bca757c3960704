//! Text in columns: how wide it is, and how it is broken into lines. Styles take no width.

use anstyle::Style;

use crate::report::style::paint;

/// The columns of a terminal that is none.
pub const DEFAULT: usize = 80;

/// The columns that a text takes. East Asian letters take two.
pub fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

fn column(c: char) -> usize {
    match u32::from(c) {
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1_f300..=0x3_fffd => 2,
        _ => 1,
    }
}

/// A text whose parts have styles of their own.
#[derive(Clone, Debug, Default)]
pub struct Styled(Vec<(Style, String)>);

impl Styled {
    /// A text in one style.
    pub fn new(style: Style, text: impl Into<String>) -> Styled {
        Styled::default().and(style, text)
    }

    /// With more behind it. A text without letters adds nothing.
    pub fn and(mut self, style: Style, text: impl Into<String>) -> Styled {
        let text = text.into();
        if !text.is_empty() {
            self.0.push((style, text));
        }
        self
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The columns that it takes on one line, with a space between its parts.
    pub fn columns(&self) -> usize {
        let parts: usize = self.0.iter().map(|(_, text)| columns(text)).sum();
        parts + self.0.len().saturating_sub(1)
    }

    /// On one line.
    pub fn line(&self) -> String {
        let parts: Vec<_> = self.0.iter().map(|(style, text)| paint(*style, text)).collect();
        parts.join(" ")
    }

    /// In lines of so many columns, broken at spaces, and within a word only where it is wider than
    /// a line.
    pub fn wrap(&self, width: usize) -> Vec<String> {
        let width = width.max(1);
        let mut lines = vec![Styled::default()];
        let mut used = 0;
        let words = self
            .0
            .iter()
            .flat_map(|(style, text)| text.split([' ', '\n']).map(move |word| (*style, word)));
        for (style, word) in words {
            for piece in pieces(word, width) {
                // An empty word, as between two spaces, has a space behind it too.
                let space =
                    |lines: &[Styled]| usize::from(lines.last().is_some_and(|it| !it.is_empty()));
                let wide = columns(piece);
                if used + space(&lines) + wide > width {
                    lines.push(Styled::default());
                    used = 0;
                    if wide == 0 {
                        // The break stands for the space.
                        continue;
                    }
                }
                used += space(&lines) + wide;
                if let Some(Styled(parts)) = lines.last_mut() {
                    match parts.last_mut() {
                        Some((last, text)) if *last == style => {
                            text.push(' ');
                            text.push_str(piece);
                        }
                        _ => parts.push((style, piece.to_owned())),
                    }
                }
            }
        }
        for Styled(parts) in &mut lines {
            // A space between two styles is a part of its own.
            while parts.len() > 1 && parts.last().is_some_and(|(_, text)| text.trim().is_empty()) {
                parts.pop();
            }
            if let Some((_, text)) = parts.last_mut() {
                text.truncate(text.trim_end().len());
            }
        }
        lines.iter().map(Styled::line).collect()
    }
}

/// A line that has two spaces before its last part, in so many columns: what is too much is left out
/// before that part.
pub fn one_row(line: &str, width: usize) -> String {
    if columns(line) <= width {
        return line.to_owned();
    }
    let (first, last) = line.rfind("  ").map_or((line, ""), |at| line.split_at(at));
    let room = width.saturating_sub(columns(last) + 1);
    let first = pieces(first, room.max(1)).first().copied().unwrap_or_default();
    format!("{first}…{last}")
}

/// A word in pieces that fit a line.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, c) in word.char_indices() {
        if used > 0 && used + column(c) > width {
            pieces.extend(word.get(start..at));
            (start, used) = (at, 0);
        }
        used += column(c);
    }
    pieces.extend(word.get(start..));
    pieces
}

/// Words in lines of so many columns.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    Styled::new(Style::new(), text).wrap(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_within_words_only_where_they_must() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a abcdefgh b", 3), ["a", "abc", "def", "gh", "b"]);
        assert_eq!(wrap("ab  c", 6), ["ab  c"]);
        assert_eq!(wrap("abcd  efgh", 4), ["abcd", "efgh"]);
        assert_eq!(wrap(" abcd", 4), ["", "abcd"]);
        assert_eq!(wrap("東京東京", 4), ["東京", "東京"]);
        assert_eq!(wrap("", 4), [""]);
        let styled = Styled::new(Style::new().bold(), "abc").and(Style::new(), " defg");
        let lines = styled.wrap(5);
        assert!(lines[0].trim_end() == lines[0] && lines[1] == "defg", "{lines:?}");
    }

    #[test]
    fn a_line_in_one_row_keeps_its_last_part() {
        assert_eq!(one_row("one two  3", 10), "one two  3");
        assert_eq!(one_row("one two  3", 8), "one …  3");
        assert_eq!(one_row("abcdef", 4), "abc…");
        assert_eq!(one_row("", 0), "");
    }
}
