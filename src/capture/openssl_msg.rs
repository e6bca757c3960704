//! The log of `openssl s_client -msg`: a line `>>> TLS 1.2 Handshake [length 0138], ClientHello`
//! for each message, and its bytes. `>>>` is sent, `<<<` received, by
//! the client, or in a log of `s_server -msg` by the server.
//!
//! Logs are read as people paste them, line ends lost or not: what counts are the arrows, the
//! length and the pairs of digits behind it. Newer versions show each record's header too, and
//! the content type inside a protected record. Of DTLS they name little: `Not TLS data or unknown
//! version (version=65277, content_type=22)`, where 256 is a record's header.

use std::sync::Arc;

use crate::capture::Unreadable;
use crate::names::{ContentType, HandshakeType, ProtocolVersion};
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::field::{Tree, Value};
use crate::wire::grammar::{Context, Reader, Wire};
use crate::wire::record::RecordHeader;
use crate::wire::record::dtls::DtlsHeader;
use crate::wire::stream::{Framing, Header, Message};

/// Whether a text is such a log.
pub(super) fn is_log(text: &str) -> bool {
    next_entry(text).is_some()
}

/// Reads all messages of a log.
pub(super) fn read(text: &str, source: Source) -> Result<Transcript, Unreadable> {
    let mut recorder = Recorder::default();
    let mut offsets = [0, 0];
    let mut last: [Option<Framing>; 2] = [None, None];
    let mut rest = text;
    let of_server = is_of_server(text);
    while let Some(entry) = next_entry(rest) {
        rest = entry.behind;
        let from = if of_server { entry.from.other() } else { entry.from };
        let ([client, server], [client_last, server_last]) = (&mut offsets, &mut last);
        let (offset, last) = match from {
            Side::Client => (client, client_last),
            Side::Server => (server, server_last),
        };
        let range = *offset..*offset + entry.bytes.len();
        *offset = range.end;
        let header = match entry.kind {
            Kind::Header => Some(header(&entry.bytes)),
            Kind::Unnamed if looks_like_header(&entry.bytes) => Some(header(&entry.bytes)),
            Kind::Inner => Some((Framing::Inner, inner_content(&entry.bytes))),
            _ => None,
        };
        if let Some((framing, tree)) = header {
            *last = Some(framing.clone());
            let (bytes, tree) = (entry.bytes.into(), Arc::new(tree));
            recorder.push_header(from, Header { range, bytes, framing, tree });
            continue;
        }
        let (header_type, record_version) = outside(last.as_ref());
        let datagram = entry.datagram || matches!(last, Some(Framing::Dtls(_)));
        let context = Context { sender: Some(from), datagram, ..recorder.context() };
        let mut message = match (entry.kind, header_type) {
            (Kind::Ssl2, _) => Message::decode_ssl2(&entry.bytes, context),
            (Kind::Content(content_type), _) | (_, Some(content_type)) => {
                Message::decode(content_type, &entry.bytes, context)
            }
            _ => Message::unknown(&entry.bytes),
        };
        if datagram {
            message.assume_overwritten(entry.length);
        }
        // What the log says counts where the message itself was cut off too early.
        let length = message.length.max(entry.length);
        let ranges = (!range.is_empty()).then_some(range).into_iter().collect();
        recorder.push_message(from, Message { length, ranges, record_version, ..message });
    }
    Ok(recorder.finish(source, None))
}

/// Whether it is a log of `s_server`: the first message that only one side sends tells, which in a
/// whole log is the hello that the server receives.
fn is_of_server(text: &str) -> bool {
    let mut rest = text;
    while let Some(entry) = next_entry(rest) {
        let msg_type = HandshakeType(entry.bytes.first().copied().unwrap_or_default());
        let sender = match entry.kind {
            _ if entry.bytes.is_empty() => None,
            Kind::Content(ContentType::handshake) => Side::sole_sender(msg_type),
            Kind::Ssl2 if msg_type == HandshakeType::client_hello => Some(Side::Client),
            _ => None,
        };
        if let Some(sender) = sender {
            return entry.from != sender;
        }
        rest = entry.behind;
    }
    false
}

/// A record's header: of DTLS it has thirteen bytes.
fn header(bytes: &[u8]) -> (Framing, Tree) {
    if bytes.len() <= RecordHeader::LENGTH {
        let (header, tree) = RecordHeader::decode(bytes, Context::default());
        return (header.map_or(Framing::Cut, Framing::Tls), tree);
    }
    let mut r = Reader::<Tree>::new(bytes, Context { datagram: true, ..Context::default() });
    let framing = DtlsHeader::read(&mut r, DtlsHeader::ITEM).map_or(Framing::Cut, Framing::Dtls);
    (framing, r.finish())
}

/// Whether what has no name in a log, `>>> ??? [length 0005]`, is a record's header.
fn looks_like_header(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [ContentType::FIRST..=ContentType::LAST, 3, _, _, _]
            | [ContentType::FIRST..=ContentType::LAST, 0xfe | 1, _, _, _, _, _, _, _, _, _, _, _]
    )
}

/// Content type and version of the record that a message came in.
fn outside(header: Option<&Framing>) -> (Option<ContentType>, Option<ProtocolVersion>) {
    match header {
        Some(Framing::Tls(header)) => {
            (Some(header.content_type), Some(header.legacy_record_version))
        }
        Some(Framing::Dtls(header)) => {
            (Some(header.content_type), Some(header.legacy_record_version))
        }
        _ => (None, None),
    }
}

/// The content type inside a protected record of TLS 1.3, RFC 8446 section 5.2.
fn inner_content(bytes: &[u8]) -> Tree {
    let mut r = Reader::<Tree>::new(bytes, Context::default());
    r.section("RFC 8446 5.2");
    // What is wrong with it is in the tree.
    let _ = ContentType::read(&mut r, "inner_content_type");
    if !r.is_empty() {
        r.remaining("zeros", Value::Bytes);
    }
    r.finish()
}

/// What a log says that an entry is.
#[derive(Clone, Copy)]
enum Kind {
    /// A record's header.
    Header,
    /// The content type inside a protected record.
    Inner,
    /// A message of this content type.
    Content(ContentType),
    /// A message of SSL 2.0.
    Ssl2,
    /// The log does not say.
    Unnamed,
}

impl Kind {
    /// By what stands before the length: `TLS 1.2, Handshake`, or numbers where OpenSSL has no
    /// name; beside the content types, 256 is a header, and 257 the type inside a record.
    fn of(head: &str) -> Kind {
        if let Some(number) = number(head, "content_type=") {
            return match u8::try_from(number) {
                Ok(number) => Kind::Content(ContentType(number)),
                Err(_) if number == 256 => Kind::Header,
                Err(_) if number == 257 => Kind::Inner,
                Err(_) => Kind::Unnamed,
            };
        }
        match head.trim_end().rsplit([' ', ',']).next() {
            Some("Handshake") => Kind::Content(ContentType::handshake),
            Some("ChangeCipherSpec") => Kind::Content(ContentType::change_cipher_spec),
            Some("Alert") => Kind::Content(ContentType::alert),
            Some("ApplicationData") => Kind::Content(ContentType::application_data),
            Some("Heartbeat") => Kind::Content(ContentType::heartbeat),
            Some("RecordHeader") => Kind::Header,
            Some("InnerContent") => Kind::Inner,
            _ if head.trim() == "SSL 2.0" => Kind::Ssl2,
            _ => Kind::Unnamed,
        }
    }
}

/// Whether the head of an entry says that it is of DTLS.
fn is_datagram(head: &str) -> bool {
    // The versions of DTLS count down from 0xfeff; before the standard it was 0x0100.
    let version = number(head, "version=");
    head.trim_start().starts_with("DTLS")
        || version.is_some_and(|version| matches!(version, 0xfe00..=0xfeff | 0x100))
}

/// The decimal number behind a word.
fn number(head: &str, word: &str) -> Option<u32> {
    let (_, behind) = head.split_once(word)?;
    behind.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// One message of a log.
struct Entry<'t> {
    from: Side,
    kind: Kind,
    /// Whether it says that it is of DTLS.
    datagram: bool,
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

/// The most bytes of what stands between an arrow and the length's end: `Not TLS data or unknown
/// version (version=65277, content_type=22) [length 00c0]`.
const HEAD: usize = 96;

fn entry(from: Side, text: &str) -> Option<Entry<'_>> {
    let near: usize =
        text.chars().map(char::len_utf8).take_while(|&width| width == 1).take(HEAD).sum();
    let line = text.get(..near)?.lines().next()?;
    let (head, rest) = line.split_once("[length ")?;
    let (kind, datagram) = (Kind::of(head), is_datagram(head));
    let (digits, _) = rest.split_once(']')?;
    let length = usize::from_str_radix(digits.trim(), 16).ok()?;
    let behind = head.len() + "[length ".len() + digits.len() + 1;
    let (bytes, behind) = bytes(past_name(text.get(behind..)?), length);
    Some(Entry { from, kind, datagram, length, bytes, behind })
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
    use crate::wire::fault::Kind::Notice;
    use crate::wire::fault::{self, Remark};
    use crate::wire::handshake::{DTLS_HEADER, Handshake};
    use crate::wire::stream::Unit;

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
                // The server has a certificate for another host than was asked for.
                let remarks = message.tree.remarks.iter().map(|remark| remark.field);
                let expected = (message.type_name() == "certificate").then_some("dNSName");
                assert!(remarks.eq(expected), "{name} {}", message.type_name());
            }
        }
    }

    #[test]
    fn a_log_of_dtls_names_little_and_is_read_all_the_same() {
        for (name, version) in [
            ("logs/s_client-3.0-dtls1-msg.txt", ProtocolVersion::DTLS1_0),
            ("logs/s_client-3.0-dtls1_2-msg.txt", ProtocolVersion::DTLS1_2),
        ] {
            let transcript = log(name);
            let names: Vec<_> = transcript.messages().map(|(_, m)| m.type_name()).collect();
            let flight = [
                "client_hello",
                "hello_verify_request",
                "client_hello",
                "server_hello",
                "certificate",
                "server_key_exchange",
                "server_hello_done",
                "client_key_exchange",
                "change_cipher_spec",
                "finished",
                "new_session_ticket",
                "change_cipher_spec",
                "finished",
                "alert",
            ];
            assert_eq!(names, flight, "{name}");
            for (_, message) in transcript.messages() {
                assert!(message.complete(), "{}", message.type_name());
                let remarks = &message.tree.remarks;
                assert!(!remarks.iter().any(|remark| remark.kind != Notice), "{remarks:?}");
            }
            for event in &transcript.events {
                if let Unit::Header(header) = &event.unit {
                    assert!(matches!(header.framing, Framing::Dtls(_)), "{:?}", header.framing);
                    assert_eq!(header.tree.remarks, [], "{name}");
                }
            }
            let hello = transcript.messages().find_map(|(_, m)| match m.handshake()? {
                Handshake::ServerHello(hello) => Some(hello.version()),
                _ => None,
            });
            assert_eq!(hello, Some(version), "{name}");
        }
    }

    #[test]
    fn a_log_that_begins_in_the_middle_tells_whose_it_is() {
        let path = "testdata/logs/s_client-3.0-tls1_2-msg.txt";
        let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
        let whole = std::fs::read_to_string(path).unwrap();
        let senders = |text: &str| -> Vec<_> {
            read(text, Source::default()).unwrap().events.iter().map(|event| event.from).collect()
        };
        let all = senders(&whole);
        // The last message that only one side sends.
        let end = whole.find(", NewSessionTicket").unwrap();
        let begins = whole.match_indices("<<< ").chain(whole.match_indices(">>> "));
        let begins: Vec<_> = begins.map(|(at, _)| at).filter(|at| *at < end).collect();
        assert!(begins.len() > 10);
        for at in begins {
            let of_client = &whole[at..];
            // The server's log of the same.
            let of_server = of_client.replace("<<<", "===").replace(">>>", "<<<");
            let own = senders(of_client);
            assert!(all.ends_with(&own));
            assert_eq!(senders(&of_server.replace("===", ">>>")), own);
        }
    }

    #[test]
    fn what_a_log_has_no_name_for_is_what_the_header_before_it_says() {
        let names = |text: &str| -> Vec<_> {
            let transcript = read(text, Source::default()).unwrap();
            transcript.messages().map(|(_, m)| m.type_name()).collect()
        };
        // As OpenSSL 1.0.2 shows DTLS 1.2.
        let unnamed = ">>> ??? [length 000d]\n15 fe fd 00 01 00 00 00 00 00 05 00 02\n\
                       >>> ??? [length 0002]\n01 00\n";
        assert_eq!(names(unnamed), ["alert"]);
        assert_eq!(names(">>> ??? [length 0004]\n0e 00 00 00\n"), ["unknown"]);
        let other = ">>> Not TLS data or unknown version (version=772, content_type=512) \
                     [length 0004]\n0e 00 00 00\n";
        assert_eq!(names(other), ["unknown"]);
        let error = ">>> SSL 2.0 [length 0003], ERROR\n00 00 01\n";
        assert_eq!(names(error), ["sslv2_error"]);
    }

    #[test]
    fn a_raw_public_key_that_was_agreed_on_is_read_as_one() {
        for name in ["logs/raw-public-key-tls1_2-msg.txt", "logs/raw-public-key-tls1_3-msg.txt"] {
            let transcript = log(name);
            let mut messages = transcript.from(Side::Server);
            let certificate = messages.find(|message| message.type_name() == "certificate");
            let tree = &certificate.unwrap().tree;
            assert!(tree.find("subjectPublicKey").is_some(), "{:?}", tree.fields);
            assert!(tree.find("tbsCertificate").is_none(), "{:?}", tree.fields);
            assert_eq!(tree.remarks, [], "{name}");
        }
    }

    /// RFC 7250, where nothing says that it was agreed.
    #[test]
    fn a_raw_public_key_without_its_hellos_is_taken_for_one() {
        for name in ["logs/raw-public-key-tls1_2-msg.txt", "logs/raw-public-key-tls1_3-msg.txt"] {
            let path = format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"));
            let whole = std::fs::read_to_string(path).unwrap();
            let at = whole[..whole.find(", Certificate\n").unwrap()].rfind("<<<").unwrap();
            let transcript = read(&whole[at..], Source::default()).unwrap();
            let (_, certificate) = transcript.messages().next().unwrap();
            let tree = &certificate.tree;
            assert!(tree.find("subjectPublicKey").is_some(), "{name}: {:?}", tree.fields);
            let kinds: Vec<_> = tree.remarks.iter().map(|remark| remark.kind).collect();
            assert!(kinds.iter().all(|kind| *kind == fault::Kind::Assumption), "{name}: {kinds:?}");
            let taken = tree.remarks.iter().filter(|it| it.fault.found().contains("RFC 7250"));
            assert_eq!(taken.count(), 1, "{name}");
        }
    }

    /// As of a renegotiation, whose log begins with the end of the handshake before it: what stands
    /// before another is read again, and the headers are in it as before.
    #[test]
    fn a_message_with_headers_of_its_parts_in_it_has_no_faults_where_it_is_read_again() {
        let flight = log("logs/s_client-3.0-dtls1_2-msg.txt");
        let entry = |bytes: &[u8]| {
            let hex: String = bytes.iter().map(|byte| format!(" {byte:02x}")).collect();
            format!(
                "<<< Not TLS data or unknown version (version=65277, content_type=22) \
                 [length {:04x}]\n   {hex}\n",
                bytes.len()
            )
        };
        let mut text = entry(&[&[20, 0, 0, 12, 0, 6, 0, 0, 0, 0, 0, 12][..], &[7; 12]].concat());
        for message in flight.from(Side::Server).filter(|it| it.handshake().is_some()) {
            let mut bytes = message.bytes.clone();
            if message.type_name() == "certificate" {
                let header = [&bytes[..6], &[0, 0, 69, 0, 0, 203]].concat();
                bytes[69..69 + DTLS_HEADER].copy_from_slice(&header);
            }
            text += &entry(&bytes);
        }
        let transcript = super::read(&text, Source::default()).unwrap();
        let mut all = transcript.messages().map(|(_, message)| message);
        let certificate = all.find(|message| message.type_name() == "certificate").unwrap();
        let remarks: Vec<_> = certificate.tree.remarks.iter().map(ToString::to_string).collect();
        assert!(remarks.len() == 1 && remarks[0].contains("under those"), "{remarks:?}");
        let beneath = certificate.tree.beneath.iter().map(|it| it.tree.remarks.len());
        assert_eq!(beneath.sum::<usize>(), 0);
    }

    /// The same, of a server that sent the first three bytes of its request in a part of their own.
    #[test]
    fn a_message_whose_first_part_is_shorter_than_a_header_is_what_the_next_header_says() {
        let log = log("logs/s_server-3.0-dtls1_2-parts-msg.txt");
        let mut server = log.from(Side::Server);
        let request = server.find(|it| it.type_name() == "certificate_request").unwrap();
        assert_eq!((request.length, request.message_seq()), (60, Some(4)));
        assert!(request.complete());
        let remarks: Vec<_> = request.tree.remarks.iter().map(ToString::to_string).collect();
        assert!(remarks.len() == 1 && remarks[0].contains("under that"), "{remarks:?}");
        request.tree.check_tiling(request.bytes.len()).unwrap();
        assert_eq!(log.remarks, [""; 0]);
        let is_fault = |remark: &Remark| remark.kind == fault::Kind::Form;
        let faulty = log.messages().filter(|(_, it)| it.tree.remarks.iter().any(is_fault));
        assert_eq!(faulty.count(), 0);
        // What was written over a certificate is none.
        assert_eq!(log.chain(), [&[0; 0]; 0]);
        // Wherever the first part ends.
        let flight = super::tests::log("logs/s_client-3.0-dtls1_2-msg.txt");
        for message in flight.from(Side::Server).filter(|it| it.bytes.len() > 2 * DTLS_HEADER) {
            for at in 1..DTLS_HEADER {
                let mut bytes = message.bytes.clone();
                let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
                let left = message.bytes.len() - DTLS_HEADER - at;
                let second = [&message.bytes[..6], &number(at)[1..], &number(left)[1..]].concat();
                bytes[at..at + DTLS_HEADER].copy_from_slice(&second);
                let mut read = Message::decode(
                    ContentType::handshake,
                    &bytes,
                    Context { datagram: true, ..Context::default() },
                );
                read.assume_overwritten(bytes.len());
                assert_eq!(read.type_name(), message.type_name(), "{at}");
                assert_eq!(read.message_seq(), message.message_seq(), "{at}");
                assert_eq!(read.tree.remarks.len(), 1, "{at}");
            }
        }
    }

    /// RFC 6347 section 4.2.3, as OpenSSL shows what it sent.
    #[test]
    fn a_message_of_dtls_with_headers_of_its_parts_in_it_has_no_faults() {
        let flight = log("logs/s_client-3.0-dtls1_2-msg.txt");
        let sent = flight.from(Side::Server).find(|it| it.type_name() == "certificate").unwrap();
        let read = |bytes: &[u8]| {
            let hex: String = bytes.iter().map(|byte| format!(" {byte:02x}")).collect();
            let log = format!(
                "<<< Not TLS data or unknown version (version=65277, content_type=22) \
                 [length {:04x}]\n   {hex}\n",
                bytes.len()
            );
            let transcript = super::read(&log, Source::default()).unwrap();
            let (_, message) = transcript.messages().next().unwrap();
            message.tree.remarks.clone()
        };
        let whole = &sent.bytes;
        assert!(read(whole).iter().all(|remark| !remark.fault.expected().contains("under those")));
        let (mut one, mut faulty) = (0, 0);
        for at in (DTLS_HEADER..whole.len() - DTLS_HEADER).step_by(7) {
            let mut bytes = whole.clone();
            let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes()[1..].to_vec();
            let left = whole.len() - DTLS_HEADER - at;
            let header = [&whole[..6], &number(at), &number(left)].concat();
            bytes[at..at + DTLS_HEADER].copy_from_slice(&header);
            let remarks = read(&bytes);
            assert_eq!(remarks.len(), 1, "{at}: {remarks:?}");
            assert_eq!(remarks[0].range, at..at + DTLS_HEADER);
            one += 1;
            // Of another message's number, it is what was sent.
            bytes[at + 5] ^= 1;
            let is_fault = |remark: &Remark| remark.kind == fault::Kind::Form;
            faulty += usize::from(read(&bytes).iter().any(is_fault));
        }
        assert!(one > 50 && faulty > 20, "{one} {faulty}");
    }
}
