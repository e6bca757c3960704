//! The log of `openssl s_client -msg`: a line `>>> TLS 1.2 Handshake [length 0138], ClientHello`
//! for each message, and its bytes. `>>>` is sent, `<<<` received.
//!
//! Logs are read as people paste them, line ends lost or not: what counts are the arrows, the
//! length and the pairs of digits behind it. Newer versions show each record's header too, and
//! the content type inside a protected record.

use crate::capture::CaptureError;
use crate::names::{ContentType, ProtocolVersion};
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::field::{Tree, Value};
use crate::wire::grammar::{Context, Reader};
use crate::wire::record::RecordHeader;
use crate::wire::stream::{Framing, Header, Message};

/// Whether a text is such a log.
pub(super) fn is_log(text: &str) -> bool {
    next_entry(text).is_some()
}

/// Reads all messages of a log.
pub(super) fn read(text: &str, source: Source) -> Result<Transcript, CaptureError> {
    let mut recorder = Recorder::default();
    let mut offsets = [0, 0];
    let mut versions: [Option<ProtocolVersion>; 2] = [None, None];
    let mut rest = text;
    while let Some(entry) = next_entry(rest) {
        rest = entry.behind;
        let from = entry.from;
        let ([client, server], [client_version, server_version]) = (&mut offsets, &mut versions);
        let (offset, version) = match from {
            Side::Client => (client, client_version),
            Side::Server => (server, server_version),
        };
        let range = *offset..*offset + entry.bytes.len();
        *offset = range.end;
        match entry.kind {
            "RecordHeader" => {
                let (header, tree) = RecordHeader::decode(&entry.bytes);
                let header = header.ok();
                *version = header.as_ref().map(|header| header.legacy_record_version);
                let framing = header.map_or(Framing::Cut, Framing::Tls);
                recorder.push_header(from, Header { range, bytes: entry.bytes, framing, tree });
            }
            "InnerContent" => {
                let tree = inner_content(&entry.bytes);
                recorder.push_header(
                    from,
                    Header { range, bytes: entry.bytes, framing: Framing::Inner, tree },
                );
            }
            kind => {
                let content_type = content_type(kind);
                let message = Message::decode(content_type, &entry.bytes, recorder.context());
                // What the log says counts where the message itself was cut off too early.
                let length = message.length.max(entry.length);
                let ranges = if range.is_empty() { vec![] } else { vec![range] };
                let record_version = *version;
                recorder.push_message(from, Message { length, ranges, record_version, ..message });
            }
        }
    }
    Ok(recorder.finish(source, None))
}

/// The content type inside a protected record of TLS 1.3, RFC 8446 section 5.2.
fn inner_content(bytes: &[u8]) -> Tree {
    use crate::wire::grammar::Wire;
    let mut r = Reader::<Tree>::new(bytes, Context::default());
    r.section("RFC 8446 5.2");
    // What is wrong with it is in the tree.
    let _ = ContentType::read(&mut r, "inner_content_type");
    if !r.is_empty() {
        r.remaining("zeros", Value::Bytes);
    }
    r.finish()
}

fn content_type(kind: &str) -> ContentType {
    match kind {
        "ChangeCipherSpec" => ContentType::change_cipher_spec,
        "Alert" => ContentType::alert,
        "ApplicationData" => ContentType::application_data,
        "Heartbeat" => ContentType::heartbeat,
        _ => ContentType::handshake,
    }
}

/// One message of a log.
struct Entry<'t> {
    from: Side,
    /// `Handshake`, `Alert`, `RecordHeader` …
    kind: &'t str,
    /// How long the log says that it is.
    length: usize,
    bytes: Vec<u8>,
    behind: &'t str,
}

/// The next message: `<<< TLS 1.0 Handshake [length 0051], ServerHello 02 00 …`.
fn next_entry(text: &str) -> Option<Entry<'_>> {
    // Each arrow is looked at once, and no further ahead than a head is long.
    text.match_indices(['>', '<']).find_map(|(at, _)| {
        let rest = text.get(at..)?;
        let sent = rest.strip_prefix(">>> ").map(|behind| (Side::Client, behind));
        let received = || rest.strip_prefix("<<< ").map(|behind| (Side::Server, behind));
        let (from, behind) = sent.or_else(received)?;
        entry(from, behind)
    })
}

/// The most bytes of what stands between an arrow and the length's end: `TLS 1.2, Handshake
/// [length 0138]`.
const HEAD: usize = 80;

fn entry(from: Side, text: &str) -> Option<Entry<'_>> {
    let near: usize =
        text.chars().map(char::len_utf8).take_while(|&width| width == 1).take(HEAD).sum();
    let line = text.get(..near)?.lines().next()?;
    let (head, rest) = line.split_once("[length ")?;
    let kind = head.trim_end().rsplit([' ', ',']).next()?;
    let (digits, _) = rest.split_once(']')?;
    let length = usize::from_str_radix(digits.trim(), 16).ok()?;
    let behind = head.len() + "[length ".len() + digits.len() + 1;
    let (bytes, behind) = bytes(past_name(text.get(behind..)?), length);
    Some(Entry { from, kind, length, bytes, behind })
}

/// Passes over `, ServerHello`, up to the first pair of digits, the next arrow or the line's end.
fn past_name(text: &str) -> &str {
    let Some(name) = text.strip_prefix(',') else { return text };
    let mut at = 0;
    for c in name.chars() {
        let rest = name.get(at..).unwrap_or_default();
        let word = rest.strip_prefix(' ');
        if let Some(word) = word.filter(|word| pair(word).is_some()) {
            return word;
        }
        if c == '\n' || rest.starts_with(">>>") || rest.starts_with("<<<") {
            return rest;
        }
        at += c.len_utf8();
    }
    ""
}

/// Pairs of digits, `most` at the most, and what stands behind them.
fn bytes(text: &str, most: usize) -> (Vec<u8>, &str) {
    let mut bytes = Vec::new();
    let mut rest = text;
    while bytes.len() < most {
        let trimmed = rest.trim_start();
        let Some(byte) = pair(trimmed) else { break };
        bytes.push(byte);
        rest = trimmed.get(2..).unwrap_or_default();
    }
    (bytes, rest)
}

/// Two digits that are a word of their own.
fn pair(text: &str) -> Option<u8> {
    let digits = text.get(..2)?;
    let next = text.get(2..)?.chars().next();
    if next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '=') {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        u8::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> Transcript {
        let path = format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(is_log(&text));
        read(&text, Source::default()).unwrap()
    }

    fn shape(transcript: &Transcript) -> Vec<(&'static str, usize, usize)> {
        let messages = transcript.messages();
        messages.map(|(_, m)| (m.type_name(), m.length, m.bytes.len())).collect()
    }

    #[test]
    fn the_log_that_began_this_project_reads_the_same_laid_out_and_as_pasted() {
        let laid_out = log("seed/s_client-msg.txt");
        let expected = [
            ("client_hello", 0x138, 0x138),
            ("server_hello", 0x51, 0x51),
            ("certificate", 0x17be, 32),
        ];
        assert_eq!(shape(&laid_out), expected);
        let pasted = log("seed/s_client-msg-as-pasted.txt");
        assert_eq!(shape(&pasted), expected);
        for ((_, a), (_, b)) in laid_out.messages().zip(pasted.messages()) {
            assert_eq!(a.bytes, b.bytes);
        }
    }

    #[test]
    fn a_log_of_nothing_but_arrows_takes_no_longer_than_it_is_long() {
        // Were each arrow to look ahead to the end, this would take minutes.
        assert!(!is_log(&">>> ".repeat(500_000)));
        assert!(!is_log(&">>> TLS [length 10".repeat(100_000)));
        let named = ">>> TLS 1.2, Handshake [length 0004], x".repeat(50_000);
        assert_eq!(read(&named, Source::default()).unwrap().events.len(), 50_000);
    }

    #[test]
    fn a_log_of_a_whole_handshake_is_read_to_its_end() {
        for (name, first, last) in [
            ("logs/s_client-3.0-tls1_2-msg.txt", "client_hello", "alert"),
            ("logs/s_client-3.0-tls1_3-msg.txt", "client_hello", "alert"),
        ] {
            let transcript = log(name);
            let shape = shape(&transcript);
            assert_eq!(shape.first().unwrap().0, first);
            assert_eq!(shape.last().unwrap().0, last);
            assert!(shape.iter().any(|(name, ..)| *name == "finished"), "{shape:?}");
            for (_, message) in transcript.messages() {
                assert!(message.complete(), "{}", message.type_name());
                message.tree.check_tiling(message.bytes.len()).unwrap();
                assert_eq!(message.tree.remarks, [], "{name} {}", message.type_name());
            }
        }
    }
}
