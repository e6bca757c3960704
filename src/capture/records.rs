//! The bytes of one side of a connection: records, or a handshake message without its record.

use crate::names::{Code, ContentType, HandshakeType};
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::handshake::claimed_length;
use crate::wire::record::{looks_like_records, plaintext};
use crate::wire::stream::Message;

/// Reads one side. Which side it is, the first message tells.
pub(super) fn read(bytes: &[u8], source: Source) -> Transcript {
    let mut recorder = Recorder::default();
    if is_bare_handshake(bytes) {
        bare(bytes, &mut recorder);
    } else {
        recorder.push(side(bytes), None, bytes);
    }
    recorder.finish(source, None)
}

/// Messages one behind the other, as a log or a debugger shows them.
fn bare(bytes: &[u8], recorder: &mut Recorder) {
    let mut start = 0;
    while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
        let length = claimed_length(rest).unwrap_or(rest.len()).min(rest.len());
        let (own, _) = rest.split_at(length);
        let message = Message::decode(ContentType::handshake, own, recorder.context());
        let ranges = std::iter::once(start..start + length).collect();
        let message = Message { ranges, ..message };
        let from = match own.first() {
            Some(&msg_type) => sender(HandshakeType(msg_type)),
            None => Side::Client,
        };
        recorder.push_message(from, message);
        start += length;
    }
}

/// Handshake messages that are not in records: known types, one behind the other to the end. A
/// first one of those that are long may be cut off.
fn is_bare_handshake(bytes: &[u8]) -> bool {
    if looks_like_records(bytes) && bytes.get(1) == Some(&3) {
        return false;
    }
    let mut rest = bytes;
    while let Some(&msg_type) = rest.first() {
        let Some(length) = claimed_length(rest) else { return false };
        if HandshakeType(msg_type).name().is_none() {
            return false;
        }
        match rest.get(length..) {
            Some(behind) => rest = behind,
            None => return rest.get(1) == Some(&0) && matches!(msg_type, 1 | 2 | 11..=13 | 16),
        }
    }
    !bytes.is_empty()
}

/// Who sent bytes that begin like this: the first message tells.
fn side(bytes: &[u8]) -> Side {
    match *bytes {
        // In DTLS a message stands behind thirteen bytes.
        [22, 0xfe | 0x01, _, _, _, _, _, _, _, _, _, _, _, msg_type, ..] => {
            sender(HandshakeType(msg_type))
        }
        [22, _, _, _, _, msg_type, ..] => sender(HandshakeType(msg_type)),
        [0x80..=0xff, _, 1, ..] => Side::Client,
        _ if plaintext::recognise_side(bytes, Side::Server).is_some() => Side::Server,
        _ if plaintext::recognise_side(bytes, Side::Client).is_some() => Side::Client,
        _ => Side::Server,
    }
}

fn sender(msg_type: HandshakeType) -> Side {
    match msg_type {
        HandshakeType::client_hello | HandshakeType::client_key_exchange => Side::Client,
        _ => Side::Server,
    }
}
