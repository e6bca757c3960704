//! Bytes as `xxd` writes them, so that `xxd -r` and `helloscope dissect` read them again.

use std::fmt::Write;
use std::ops::Range;

use crate::names::ContentType;
use crate::report::selection::{Path, Selection};
use crate::transcript::{Side, Transcript};
use crate::wire::stream::{Framing, Ranges, Unit};
use crate::wire::text::hex;

/// Bytes in a row.
const ROW: usize = 16;

/// The bytes of a transcript as one dump: all that each side sent, the client first; or what paths
/// select, one piece behind the other. Of a log that shows in clear what went protected, the
/// messages of the handshake, as they stand in it: its headers are not those of the bytes that it shows.
pub fn text(transcript: &Transcript, paths: &[Path]) -> String {
    let mut bytes = Vec::new();
    let sides = [Side::Client, Side::Server];
    if paths.is_empty() && sides.into_iter().all(|side| headers_measure(transcript, side)) {
        for side in sides {
            bytes.extend(sent(transcript, side));
        }
    } else if paths.is_empty() {
        let messages = transcript
            .messages()
            .map(|(_, message)| message)
            .filter(|message| message.content_type == Some(ContentType::handshake));
        bytes.extend(messages.flat_map(|message| &message.bytes));
    } else {
        for event in &transcript.events {
            let (tree, own) = match &event.unit {
                Unit::Header(header) => (&header.tree, &header.bytes[..]),
                Unit::Message(message) => (&message.tree, &message.bytes[..]),
            };
            bytes.extend(Selection::of(&event.unit, paths).bytes(tree, own));
        }
    }
    dump(&bytes)
}

/// Whether what stands behind the headers of a log is what they measure. Elsewhere it is.
fn headers_measure(transcript: &Transcript, side: Side) -> bool {
    if transcript.source.form != "openssl-msg" {
        return true;
    }
    let (mut measured, mut found) = (0, 0);
    let mut has_headers = false;
    for event in transcript.events.iter().filter(|event| event.from == side) {
        match &event.unit {
            Unit::Header(header) => {
                measured += match &header.framing {
                    Framing::Tls(header) => usize::from(header.length),
                    Framing::Dtls(header) => usize::from(header.length),
                    _ => return false,
                };
                has_headers = true;
            }
            // A record may hold several messages.
            Unit::Message(message) => {
                found += message.length;
                if has_headers && found > measured {
                    return false;
                }
            }
        }
    }
    !has_headers || found == measured
}

/// All that a side sent: in its order on the wire where that is known, else in that of the
/// transcript.
fn sent(transcript: &Transcript, side: Side) -> Vec<u8> {
    let mut pieces: Vec<(Range<usize>, &[u8])> = Vec::new();
    let mut end = 0;
    for event in transcript.events.iter().filter(|event| event.from == side) {
        let (ranges, mut bytes) = match &event.unit {
            Unit::Header(header) => {
                (Ranges::from_iter([header.range.clone()]), header.bytes.as_slice())
            }
            Unit::Message(message) => (message.ranges.clone(), message.bytes.as_slice()),
        };
        for range in ranges {
            if let Some((own, rest)) = bytes.split_at_checked(range.len()) {
                end = end.max(range.end);
                pieces.push((range, own));
                bytes = rest;
            }
        }
        if !bytes.is_empty() {
            pieces.push((end..end, bytes));
        }
    }
    pieces.sort_by_key(|(range, _)| range.start);
    let mut out = Vec::new();
    let mut at = 0;
    for (range, bytes) in pieces {
        // Parts of DTLS may have come twice, and then a byte stands in two messages.
        if range.is_empty() || range.start >= at {
            out.extend_from_slice(bytes);
            at = at.max(range.end);
        }
    }
    out
}

/// Rows of offset, bytes by twos, and letters.
pub fn dump(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (index, chunk) in bytes.chunks(ROW).enumerate() {
        let pairs: Vec<String> = chunk.chunks(2).map(hex).collect();
        let letter = |&byte: &u8| if matches!(byte, b' '..=b'~') { char::from(byte) } else { '.' };
        let letters: String = chunk.iter().map(letter).collect();
        let _ = writeln!(out, "{:08x}: {:39}  {letters}", index * ROW, pairs.join(" "));
    }
    out
}
