//! The bytes of a connection, of one side or of both: records, or handshake messages without their
//! records.

use super::dialogue;
use super::turns::{
    Ended, Turns, gives_word, goes_on, has_context, is_empty_certificate, side_from_middle,
};
use crate::names::{Code, ContentType, HandshakeType};
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::grammar::peek;
use crate::wire::handshake::{DTLS_HEADER, HEADER, claimed_length};
use crate::wire::record::dtls::{DtlsHeader, are_unified, looks_like_datagram};
use crate::wire::record::ssl2_signs::{
    looks_like_client_hello, looks_like_later, looks_like_server_hello,
};
use crate::wire::record::{
    RecordHeader, alert, begins_as_tls, begins_oddly, begins_with_hello, find_first,
    looks_like_records, plaintext,
};
use crate::wire::stream::Message;

/// Reads them. Whose the first are, the first message tells.
pub(super) fn read(bytes: &[u8], source: Source) -> Transcript {
    let mut recorder = Recorder::default();
    if is_bare_handshake(bytes, claimed_length) {
        bare(bytes, claimed_length, &mut recorder);
    } else if is_bare_handshake(bytes, datagram_length) {
        recorder.expect_datagrams();
        bare(bytes, datagram_length, &mut recorder);
    } else {
        return records(bytes, source);
    }
    recorder.finish(source, None)
}

/// Records of one side, or of both in the order in which they came; words may stand before them.
fn records(bytes: &[u8], source: Source) -> Transcript {
    let (words, records) = match first_record(bytes) {
        Some(at) => bytes.split_at(at),
        None => (bytes, &[][..]),
    };
    // Either may speak so; who is refused by an alert in clear is a client.
    let [greets, says] =
        [Side::Server, Side::Client].map(|side| plaintext::recognise_side(words, side).is_some());
    let is_refused = greets && says && alert::begins_in_clear(records);
    let speaker = if is_refused { Some(Side::Client) } else { side(bytes) };
    let mut turns = match speaker {
        Some(speaker) => Turns::new(speaker),
        None => Turns::of_unknown(),
    };
    // A server's greeting may stand before a client's hello.
    let otherwise = match (greets, says) {
        (true, false) => Side::Server,
        _ => speaker.unwrap_or(Side::Server),
    };
    for (from, piece) in dialogue::pieces(words, otherwise) {
        turns.words(from, piece);
    }
    turns.records(records);
    turns.finish(source)
}

/// Whether records begin with the first byte.
pub(super) fn begin(bytes: &[u8]) -> bool {
    first_record(bytes) == Some(0)
}

/// Where the first record stands: at the beginning, or behind words.
pub(super) fn first_record(bytes: &[u8]) -> Option<usize> {
    let begins = begins_as_tls(bytes) == Some(true)
        || begins_oddly(bytes, true) == Some(true)
        || looks_like_datagram(bytes, true) == Some(true)
        || looks_like_client_hello(bytes) == Some(true)
        || looks_like_server_hello(bytes, true) == Some(true)
        || looks_like_later(bytes, None, true) == Some(true)
        || begins_with_hello(bytes)
        || are_unified(bytes) && !is_another(bytes);
    if begins { Some(0) } else { find_first(bytes) }
}

/// Whether it is of a protocol that is known by its first bytes.
fn is_another(bytes: &[u8]) -> bool {
    let sides = [Side::Server, Side::Client];
    sides.into_iter().any(|side| plaintext::recognise_side(bytes, side).is_some())
}

/// Where the first record with a hello stands.
pub(super) fn first_hello(bytes: &[u8]) -> Option<usize> {
    let is_hello = |window: &[u8]| matches!(*window, [22, 3, 0..=4, 0..=0x40, _, 1..=2, 0]);
    bytes.windows(7).position(is_hello)
}

/// How long the message is that begins here, as far as it says.
type Length = fn(&[u8]) -> Option<usize>;

/// The length of a message of DTLS that is all in one part.
fn datagram_length(bytes: &[u8]) -> Option<usize> {
    let (length, offset, part) = (peek(bytes, 1, 3)?, peek(bytes, 6, 3)?, peek(bytes, 9, 3)?);
    (offset == 0 && part == length).then_some(DTLS_HEADER + length)
}

/// Messages one behind the other, as a log or a debugger shows them.
fn bare(bytes: &[u8], length: Length, recorder: &mut Recorder) {
    let mut start = 0;
    let (mut speaker, mut ended) = (None, Ended::default());
    while let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
        let length = length(rest).unwrap_or(rest.len()).min(rest.len());
        let (own, behind) = rest.split_at(length);
        let message = Message::decode(ContentType::handshake, own, recorder.context());
        let ranges = std::iter::once(start..start + length).collect();
        let mut message = Message { ranges, ..message };
        let type_of = |bytes: &[u8]| HandshakeType(bytes.first().copied().unwrap_or_default());
        let msg_type = type_of(own);
        let is_certificate = msg_type == HandshakeType::certificate;
        let beside = goes_on(type_of(behind)).filter(|_| is_certificate);
        let header = if recorder.context().datagram { DTLS_HEADER } else { HEADER };
        let answers = ended.may_answer() && has_context(own, recorder.context().tls13())
            || speaker.is_none() && is_empty_certificate(own, header);
        let answers = answers.then_some(Side::Client);
        let from =
            ended.sole_sender(msg_type).or(beside).or(answers).or(speaker).unwrap_or_else(|| {
                message.assume_sender();
                Side::Server
            });
        ended.follow(from, msg_type);
        speaker = Some(if gives_word(&message) { from.other() } else { from });
        recorder.push_message(from, message);
        start += length;
    }
}

/// Handshake messages that are not in records: known types, one behind the other to the end. A
/// first one of those that are long may be cut off.
fn is_bare_handshake(bytes: &[u8], length: Length) -> bool {
    // A server that asks for a hello waits for it: what begins with zeros is something else.
    let zeros = bytes.starts_with(&[0; 2 * HEADER]);
    if zeros || looks_like_records(bytes) && bytes.get(1) == Some(&3) {
        return false;
    }
    let mut rest = bytes;
    while let Some(&msg_type) = rest.first() {
        let Some(length) = length(rest) else { return false };
        // A HelloRequest has nothing in it: with a length it is a message of another protocol.
        let has_body = HandshakeType(msg_type) == HandshakeType::hello_request
            && peek(rest, 1, 3).is_some_and(|length| length > 0);
        if HandshakeType(msg_type).name().is_none() || has_body {
            return false;
        }
        match rest.get(length..) {
            Some(behind) => rest = behind,
            None => return rest.get(1) == Some(&0) && matches!(msg_type, 1 | 2 | 11..=13 | 16),
        }
    }
    !bytes.is_empty()
}

/// Who sent bytes that begin like this: the first message tells, if one does.
fn side(bytes: &[u8]) -> Option<Side> {
    match *behind_empty_records(bytes) {
        _ if looks_like_datagram(bytes, true) == Some(true) => side_of_datagrams(bytes),
        [22, ..] | [20..=23, 3, ..] => side_from_middle(bytes),
        _ if looks_like_client_hello(bytes) == Some(true) => Some(Side::Client),
        _ if looks_like_later(bytes, Some(Side::Client), true) == Some(true) => Some(Side::Client),
        _ => side_of_dialogue(bytes),
    }
}

/// Who sent records of DTLS: the first message in clear tells.
fn side_of_datagrams(mut bytes: &[u8]) -> Option<Side> {
    loop {
        if let [22, _, _, 0, 0, _, _, _, _, _, _, _, _, msg_type, ..] = *bytes {
            return Side::sole_sender(HandshakeType(msg_type));
        }
        let length = peek(bytes, DtlsHeader::LENGTH - 2, 2).unwrap_or_default();
        match bytes.get(DtlsHeader::LENGTH + length..) {
            Some(behind) => bytes = behind,
            None => return None,
        }
    }
}

/// What stands behind records of the handshake that have no bytes: they tell nothing.
fn behind_empty_records(mut bytes: &[u8]) -> &[u8] {
    while let [22, 3, _, 0, 0, rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// Who sent what begins with no record: the first hello behind it tells, or the words.
fn side_of_dialogue(bytes: &[u8]) -> Option<Side> {
    let hello = first_hello(bytes).and_then(|at| bytes.get(at + RecordHeader::LENGTH));
    let speaks = |side: &Side| plaintext::recognise_side(bytes, *side).is_some();
    match hello {
        Some(&msg_type) => Side::sole_sender(HandshakeType(msg_type)),
        None => [Side::Server, Side::Client].into_iter().find(speaks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{Ssl2Error, Ssl2MessageType};
    use crate::wire::fault::Kind;
    use crate::wire::record::ssl2::{ErrorMessage, Ssl2Message};
    use crate::wire::stream::{Body, Unit};
    use crate::wire::text::unhex;

    fn names(bytes: &[u8]) -> Vec<&'static str> {
        let transcript = read(bytes, Source::default());
        transcript.messages().map(|(_, message)| message.type_name()).collect()
    }

    /// What the client of a recorded connection sent.
    fn client(name: &str) -> Vec<u8> {
        let path = format!("{}/testdata/captures/{name}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let pieces = text.lines().filter_map(|line| line.split_once(" > "));
        pieces.flat_map(|(_, digits)| unhex(digits).unwrap()).collect()
    }

    #[test]
    fn the_client_of_ssl2_is_read_without_its_server() {
        let bytes = client("ssl2.flows");
        let names = names(&bytes);
        assert_eq!(names[..2], ["sslv2_client_hello", "sslv2_client_master_key"]);
        assert!(names.len() > 2 && names[2..].iter().all(|name| *name == "encrypted"), "{names:?}");
        // However it is cut on its way.
        let mut recorder = Recorder::default();
        for byte in bytes {
            recorder.push(Side::Client, None, &[byte]);
        }
        let transcript = recorder.finish(Source::default(), None);
        let piecewise: Vec<_> = transcript.messages().map(|(_, m)| m.type_name()).collect();
        assert_eq!(piecewise, names);
    }

    /// A hello of SSL 2.0 that offers this version, behind a header of two bytes or of three.
    fn ssl2_hello(version: [u8; 2], padding: Option<u8>) -> Vec<u8> {
        let mut message = vec![1, version[0], version[1], 0, 3, 0, 0, 0, 16, 1, 0, 0x80];
        message.extend([7; 16]);
        let mut record = match padding {
            None => vec![0x80, message.len() as u8],
            Some(padding) => vec![0, message.len() as u8 + padding, padding],
        };
        record.append(&mut message);
        record.extend(std::iter::repeat_n(0, padding.unwrap_or(0).into()));
        record
    }

    #[test]
    fn behind_a_hello_in_ssl2_stands_what_it_offers() {
        let alert = [21, 3, 1, 0, 2, 2, 40];
        for version in [[0, 2], [3, 1], [3, 3]] {
            let bytes = [ssl2_hello(version, None), alert.to_vec()].concat();
            assert_eq!(names(&bytes), ["sslv2_client_hello", "alert"], "{version:?}");
        }
        let key = [0x80, 11, 2, 1, 0, 0x80, 0, 0, 0, 1, 0, 0, 9];
        for version in [[0, 2], [3, 1]] {
            let bytes = [&ssl2_hello(version, None)[..], &key, &[0x80, 2, 5, 5]].concat();
            let expected = ["sslv2_client_hello", "sslv2_client_master_key", "encrypted"];
            assert_eq!(names(&bytes), expected, "{version:?}");
        }
        let bytes = [&ssl2_hello([3, 1], None)[..], b"GET / HTTP/1.0\r\n"].concat();
        assert_eq!(names(&bytes), ["sslv2_client_hello", "plaintext"]);
    }

    #[test]
    fn an_error_of_ssl2_may_have_a_number_that_is_not_known() {
        for code in [[0, 1], [0, 9], [0xff, 0xff]] {
            let transcript = read(&[&[0x80, 3, 0], &code[..]].concat(), Source::default());
            let (from, message) = transcript.messages().next().unwrap();
            assert_eq!((from.from, message.type_name()), (Side::Server, "sslv2_error"));
            let Body::Ssl2(message) = &message.body else { panic!("{message:?}") };
            let error = Ssl2Message::Error(ErrorMessage {
                msg_type: Ssl2MessageType::ERROR,
                error_code: Ssl2Error(u16::from_be_bytes(code)),
            });
            assert_eq!(**message, error);
        }
        // What is far behind an error does not change what it is, however many there are.
        let row = [0x80, 3, 0, 0, 9].repeat(40_000);
        let behind = [&row[..], b"8.0.36\0"].concat();
        assert_eq!(names(&row), ["sslv2_error"; 40_000]);
        assert_eq!(names(&behind)[..39_990], ["sslv2_error"; 39_990]);
        // A packet of MySQL of 896 bytes.
        let other = [&[0x80, 3, 0, 0, 10][..], b"8.0.36\0"].concat();
        assert_eq!(names(&other), ["plaintext"]);
    }

    #[test]
    fn a_hello_of_ssl2_may_have_a_header_of_three_bytes() {
        for padding in [0, 3] {
            let bytes = ssl2_hello([0, 2], Some(padding));
            let transcript = read(&bytes, Source::default());
            let (event, message) = transcript.messages().next().unwrap();
            assert_eq!((event.from, message.type_name()), (Side::Client, "sslv2_client_hello"));
            let form = message.tree.remarks.iter().find(|remark| remark.kind == Kind::Form);
            assert_eq!(form, None);
            message.tree.check_tiling(message.bytes.len()).unwrap();
            let found = message.tree.find("padding").map_or(0, |field| field.range().len());
            assert_eq!(found, usize::from(padding));
        }
        // A length that does not come out is no hello.
        let mut other = ssl2_hello([0, 2], Some(3));
        other[10] += 1;
        assert_eq!(names(&other), ["plaintext"]);
    }

    #[test]
    fn a_record_of_a_type_that_tls_has_not_is_one_and_what_is_behind_it_is_read() {
        let alert = |side: u8| [21, 3, 3, 0, 2, side, 40];
        let remarks = |bytes: &[u8]| -> Vec<String> {
            let transcript = read(bytes, Source::default());
            let headers = transcript.events.iter().filter_map(|event| match &event.unit {
                Unit::Header(header) => Some(&header.tree),
                Unit::Message(_) => None,
            });
            headers.flat_map(|tree| &tree.remarks).map(ToString::to_string).collect()
        };
        for (content_type, name, found) in [
            (25, "unknown", "a type that only DTLS has"),
            (26, "unknown", "a type that only DTLS has"),
            (27, "unknown", "a type that only DTLS has"),
            (0, "unknown", "0"),
            (0x80, "unknown", "128"),
        ] {
            let odd = [content_type, 3, 3, 0, 2, 0, 0];
            let remark = format!(
                "content_type: expected 20 to 24, the types of TLS, found {found} (RFC 8446 5.1)"
            );
            let between = [&alert(1)[..], &odd, &odd, &alert(2)].concat();
            let read_as = read(&between, Source::default());
            // Nor is what it would be in DTLS held against it.
            let mut odds = read_as.messages().filter(|(_, it)| it.bytes[..] == [0, 0]);
            assert!(odds.all(|(_, it)| it.tree.remarks.is_empty()), "{content_type}");
            assert_eq!(names(&between), ["alert", name, name, "alert"], "{content_type}");
            assert_eq!(remarks(&between), [remark.clone(), remark.clone()]);
            // At the start only where it can hardly be something else.
            let behind = [&odd[..], &alert(2)].concat();
            let first = matches!(content_type, 25..=27);
            let expected = if first { [name, "alert"] } else { ["plaintext", "alert"] };
            assert_eq!(names(&behind), expected, "{content_type}");
            assert_eq!(names(&odd), [if first { name } else { "plaintext" }], "{content_type}");
            // A length that does not come out, and a version that there is not.
            let long = [content_type, 3, 3, 0, 4, 0, 0, b'G', b'E', b'T', b' '];
            let other = [content_type, 4, 3, 0, 2, 0, 0];
            for odd in [&long[..], &other] {
                assert_eq!(names(odd), ["plaintext"], "{content_type}");
                if !(25..=27).contains(&content_type) {
                    let behind = [&alert(1)[..], odd].concat();
                    assert_eq!(names(&behind), ["alert", "plaintext"], "{content_type}");
                }
            }
            // However it is cut on its way.
            let mut recorder = Recorder::default();
            for byte in &between {
                recorder.push(Side::Server, None, &[*byte]);
            }
            let transcript = recorder.finish(Source::default(), None);
            let piecewise: Vec<_> = transcript.messages().map(|(_, m)| m.type_name()).collect();
            assert_eq!(piecewise, ["alert", name, name, "alert"], "{content_type}");
        }
    }

    #[test]
    fn messages_of_dtls_without_their_records_are_read_too() {
        let done = [14, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0];
        let finished = [&[20, 0, 0, 12, 0, 4, 0, 0, 0, 0, 0, 12][..], &[9; 12]].concat();
        let bytes = [&done[..], &finished].concat();
        let transcript = read(&bytes, Source::default());
        assert_eq!(names(&bytes), ["server_hello_done", "finished"]);
        for (_, message) in transcript.messages() {
            assert_eq!(message.tree.remarks, []);
            assert!(message.complete());
        }
    }

    #[test]
    fn a_record_without_bytes_does_not_turn_the_side_round() {
        let path = format!("{}/testdata/hellos/openssl-1.0.1e.bin", env!("CARGO_MANIFEST_DIR"));
        let hello = std::fs::read(path).unwrap();
        for count in [0, 1, 3] {
            let bytes = [[22, 3, 1, 0, 0].repeat(count), hello.clone()].concat();
            let transcript = read(&bytes, Source::default());
            assert!(transcript.events.iter().all(|event| event.from == Side::Client), "{count}");
        }
    }

    #[test]
    fn nothing_but_zeros_is_no_row_of_hello_requests() {
        assert_eq!(names(&[0; 100]), ["plaintext"]);
        assert_eq!(names(&[0; 4]), ["hello_request"]);
        // A packet of SMB has the length of one with a body.
        let smb = [&[0, 0, 0, 0x45, 0xff][..], b"SMB", &[0; 65]].concat();
        assert_eq!(names(&smb), ["plaintext"]);
    }
}
