//! Text from a peer, made safe to print: it can hold neither a control character that a terminal
//! obeys nor one that turns the direction of writing.

/// Bytes as text: UTF-8 where it is, with everything that is not plainly printable escaped.
pub fn escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            escape_char(c, &mut out);
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// The beginning of words that are longer than so many characters; none where they are not.
pub fn shortened(words: &str, longest: usize) -> Option<String> {
    let (at, _) = words.char_indices().nth(longest)?;
    Some(format!("{}…", words.get(..at).unwrap_or_default().trim_end()))
}

/// Whether bytes are text for the most part: a few of them may be of another character set, or a
/// terminal's.
pub fn is_mostly_text(bytes: &[u8]) -> bool {
    let strange = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    let strange: usize = bytes
        .utf8_chunks()
        .map(|chunk| chunk.invalid().len() + chunk.valid().chars().filter(|&c| strange(c)).count())
        .sum();
    strange <= bytes.len() / 8
}

fn escape_char(c: char, out: &mut String) {
    match c {
        '\\' => out.push_str("\\\\"),
        ' '..='~' => out.push(c),
        // Letters of all scripts pass; what is invisible or turns the writing round does not.
        _ if c.is_alphanumeric() => out.push(c),
        _ => out.extend(c.escape_default()),
    }
}

/// `1 byte`, `2 bytes`.
pub fn count_of_bytes(count: usize) -> String {
    format!("{count} {}", if count == 1 { "byte" } else { "bytes" })
}

/// Bytes in lower-case hexadecimal, without spaces.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push_str(&format!("{byte:02x}"));
    }
    out
}

/// The bytes of hexadecimal digits; blanks and colons between bytes are passed over.
///
/// # Errors
/// Where a character is no digit, or the last byte lacks its second one: the offset in `text`.
pub fn unhex(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for (at, c) in text.char_indices() {
        if high.is_none() && (c.is_ascii_whitespace() || c == ':') {
            continue;
        }
        let digit = c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(at)?;
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high << 4 | digit),
        }
    }
    if high.is_some() { Err(text.len()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        assert_eq!(escape(b"CN=\x1b[31mred\x07"), "CN=\\u{1b}[31mred\\u{7}");
        assert_eq!(escape("a\u{202e}b".as_bytes()), "a\\u{202e}b");
        assert_eq!(escape(b"\xff\xfe"), "\\xff\\xfe");
        assert_eq!(escape("Zürich 東京".as_bytes()), "Zürich 東京");
    }

    #[test]
    fn text_may_have_a_little_that_is_none() {
        assert!(is_mostly_text("220 Zürich ESMTP\r\n".as_bytes()));
        assert!(is_mostly_text(b"220 caf\xe9.test ESMTP ready\r\n"));
        assert!(!is_mostly_text(&[0; 100]));
        assert!(!is_mostly_text(b"J\0\0\0\x0a8.0.36\0\x0b\0\0\0"));
        assert!(!is_mostly_text(&(0..=255).collect::<Vec<u8>>()));
    }

    #[test]
    fn hex_goes_both_ways() {
        assert_eq!(unhex("16 03:01").as_deref(), Ok(&[0x16, 3, 1][..]));
        assert_eq!(hex(&[0x16, 3, 1]), "160301");
        assert_eq!(unhex("1603x1"), Err(4));
        assert_eq!(unhex("160"), Err(3));
    }
}
