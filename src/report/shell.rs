//! Words of a command that is printed to be pasted into a shell (POSIX.1-2024, Shell Command
//! Language, section 2.2).

use std::fmt::Write;

/// A word so that a shell reads it as itself: as it is where nothing in it means anything to a
/// shell, else in single quotes. What would not be seen on a terminal, or would be obeyed by it,
/// is written in octal between `$'` and `'`.
pub fn quote(word: &str) -> String {
    if word.chars().any(|c| c.is_control() || !(c.is_ascii() || c.is_alphanumeric())) {
        return quote_unseen(word);
    }
    // Some shells read a word with `=` before it as the name of a program.
    let plain = !word.is_empty() && !word.starts_with('=') && word.chars().all(is_plain);
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "_-./:,=+@%".contains(c)
}

fn quote_unseen(word: &str) -> String {
    let mut out = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            _ if c.is_alphanumeric() => out.push(c),
            _ => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| {
                // A string takes whatever is written to it.
                let _ = write!(out, "\\{byte:03o}");
            }),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn what_means_nothing_to_a_shell_stays_as_it_is() {
        for word in ["openssl-1.0.1e,pad_to=512", "a/b.toml", "192.0.2.1:443", "füchse.example"] {
            assert_eq!(quote(word), word);
        }
        assert_eq!(quote("it's.toml"), r"'it'\''s.toml'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("a\x1b[1m'\u{202e}"), r"$'a\033[1m\'\342\200\256'");
    }

    #[test]
    fn a_shell_reads_back_every_word() {
        let words = [
            "a b",
            "a!b",
            "$HOME",
            "`id`",
            "\"",
            "'",
            "''",
            "\\",
            "a\\'b",
            "~",
            "*",
            "[::1]:443",
            "{a,b}",
            "a;b",
            "a&b",
            "a|b",
            "<",
            "(",
            "#a",
            "=ls",
            "a\nb",
            "\t",
            "é",
            "\u{202e}",
            "",
            "!-extensions.key_share",
            "\u{7f}12",
        ];
        for word in words {
            // Of all words that are read, exactly this one, to the byte.
            let script = format!("printf '%s|' {}", quote(word));
            let output = Command::new("bash").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{word}|"), "{script}");
        }
    }
}
