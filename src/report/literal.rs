//! Bytes as a literal of a programming language, to be pasted into a test.

use std::fmt::Write;

/// A language that has literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `const CLIENT_HELLO: &[u8] = &[…];`
    Rust,
    /// `var clientHello = []byte{…}`
    Go,
    /// `client_hello = bytes.fromhex(…)`
    Python,
}

/// Bytes a line.
const LINE: usize = 12;

/// The flight of a hello as a literal: each piece that is sent by itself, a datagram say, in one of
/// its own.
pub fn hello(pieces: &[Vec<u8>], language: Language) -> String {
    let mut out = String::new();
    for (index, bytes) in pieces.iter().enumerate() {
        let number = if index == 0 { String::new() } else { format!("{}", index + 1) };
        let (open, close) = match language {
            Language::Rust => {
                let number = if number.is_empty() { number } else { format!("_{number}") };
                (format!("const CLIENT_HELLO{number}: &[u8] = &["), "];")
            }
            Language::Go => (format!("var clientHello{number} = []byte{{"), "}"),
            Language::Python => {
                let number = if number.is_empty() { number } else { format!("_{number}") };
                (format!("client_hello{number} = bytes.fromhex("), ")")
            }
        };
        let _ = writeln!(out, "{open}");
        for line in bytes.chunks(LINE) {
            let _ = match language {
                Language::Rust => writeln!(out, "    {},", bytes_of(line)),
                Language::Go => writeln!(out, "\t{},", bytes_of(line)),
                Language::Python => writeln!(out, "    \"{}\"", pairs_of(line)),
            };
        }
        let _ = writeln!(out, "{close}");
    }
    out
}

fn bytes_of(line: &[u8]) -> String {
    line.iter().map(|byte| format!("0x{byte:02x}")).collect::<Vec<_>>().join(", ")
}

fn pairs_of(line: &[u8]) -> String {
    line.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_each_language_has_them() {
        let pieces = [vec![22, 3, 1], vec![0; 13]];
        assert_eq!(
            hello(&pieces[..1], Language::Rust),
            "const CLIENT_HELLO: &[u8] = &[\n    0x16, 0x03, 0x01,\n];\n"
        );
        assert_eq!(
            hello(&pieces[..1], Language::Go),
            "var clientHello = []byte{\n\t0x16, 0x03, 0x01,\n}\n"
        );
        let python = hello(&pieces, Language::Python);
        assert!(python.contains("client_hello_2 = bytes.fromhex(\n    \"00 00 00 00"), "{python}");
        assert_eq!(python.lines().count(), 3 + 4);
    }
}
