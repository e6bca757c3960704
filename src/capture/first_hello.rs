//! The first ClientHello of a log, of what both sides of a connection said, or of captured packets, as
//! a spec: byte for byte, in the records that it came in where the source tells them (RFC 8446 5.1),
//! and of packets in their segments or datagrams.

use crate::capture::{Connection, Connections, Flow, Piece, connections};
use crate::hello::no_hello::NoHello;
use crate::hello::source::{InFile, NotFound};
use crate::hello::spec::HelloSpec;
use crate::transcript::{Side, Transcript};
use crate::wire::packets;
use crate::wire::record::ssl2::Ssl2Header;
use crate::wire::stream::{Body, Framing, Header, Message, Unit};

/// Finds the first ClientHello of an input; in a file of packets, of the connection of this number
/// where there is one.
///
/// # Errors
/// Where the input is in no form that is known, or there is no ClientHello in it that can be sent:
/// one line.
pub fn first_hello(input: &[u8], number: Option<usize>) -> Result<InFile, NotFound> {
    let Connections { list, .. } =
        connections("", input, number).map_err(|error| match packets::format(input) {
            Some(_) => NotFound::Unusable(error.to_string()),
            None => NotFound::Form(error.to_string()),
        })?;
    let with_hello = || list.iter().filter(|one| hellos(&one.transcript).next().is_some());
    let Some((Connection { transcript, captured }, (message, headers))) =
        with_hello().find_map(|one| Some((one, first(&one.transcript)?)))
    else {
        return Err(match &list[..] {
            [one] => holds(&one.transcript),
            more => NotFound::Unusable(format!(
                "there is no ClientHello in its {} connections with TLS",
                more.len()
            )),
        });
    };
    let bad = |what: String| NotFound::Unusable(format!("its first ClientHello {what}"));
    let (has, length) = (message.bytes.len(), message.length);
    if has < length {
        return Err(bad(format!("is cut off: {has} of {length} bytes are there")));
    }
    let flight = in_records(message, &headers);
    let spec = match captured {
        Some((_, flow)) => as_captured(flow, flight, message, &headers),
        None if flight.is_none() && message.message_seq().is_some() => {
            return Err(bad("is one of DTLS, and its datagrams are not told".to_owned()));
        }
        None => HelloSpec::from_bytes(&flight.unwrap_or_else(|| message.bytes.to_vec())),
    };
    let mut different: Vec<&[u8]> = hellos(transcript).map(|one| &one.bytes[..]).collect();
    different.sort_unstable();
    different.dedup();
    Ok(InFile {
        spec: spec.map_err(|error| bad(format!("cannot be sent: {error}")))?,
        different: different.len(),
        has_server: transcript.from(Side::Server).any(says_who),
        connection: captured.as_ref().map(|(number, _)| (*number, with_hello().count())),
    })
}

/// The hello of a flow in the records, and in the segments or datagrams, in which it came.
fn as_captured(
    flow: &Flow,
    in_records: Option<Vec<u8>>,
    message: &Message,
    headers: &[&Header],
) -> Result<HelloSpec, NoHello> {
    let own = |header: &&&Header| header.framing.payload().is_some();
    let begin = headers.iter().find(own).map(|header| header.range.start);
    let end = headers
        .iter()
        .rfind(own)
        .and_then(|header| header.framing.payload().map(|payload| header.range.end + payload));
    let sent = flow.bytes(Side::Client);
    let range = begin.unwrap_or(0)..end.unwrap_or(0).min(sent.len());
    let in_range = |piece: &&Piece| {
        piece.from == Side::Client && piece.range.start < range.end && range.start < piece.range.end
    };
    let pieces = || flow.pieces.iter().filter(in_range);
    if flow.datagrams {
        let datagrams: Vec<_> = pieces().map(|piece| flow.piece(piece).to_vec()).collect();
        return HelloSpec::from_datagrams(&datagrams);
    }
    let as_sent = || sent.get(range.clone()).filter(|bytes| !bytes.is_empty());
    let flight = in_records.or_else(|| as_sent().map(<[u8]>::to_vec));
    let mut spec = HelloSpec::from_bytes(&flight.unwrap_or_else(|| message.bytes.to_vec()))?;
    let mut sizes: Vec<usize> = pieces()
        .map(|piece| piece.range.end.min(range.end) - piece.range.start.max(range.start))
        .collect();
    // What is left goes into the last.
    sizes.pop();
    spec.segments = sizes;
    Ok(spec)
}

fn is_hello(message: &Message) -> bool {
    matches!(message.type_name(), "client_hello" | "sslv2_client_hello")
}

fn hellos(transcript: &Transcript) -> impl Iterator<Item = &Message> {
    transcript.messages().map(|(_, message)| message).filter(|message| is_hello(message))
}

/// Whether it is a message that only one side sends.
fn says_who(message: &Message) -> bool {
    matches!(message.body, Body::Handshake(_) | Body::BrokenHandshake(_) | Body::Ssl2(_))
}

/// The first hello, and the headers of the records that stand between it and what its sender said
/// before.
fn first(transcript: &Transcript) -> Option<(&Message, Vec<&Header>)> {
    let mut headers = Vec::new();
    for event in transcript.events.iter().filter(|event| event.from == Side::Client) {
        match &event.unit {
            Unit::Header(header) => headers.push(header),
            Unit::Message(message) if is_hello(message) => return Some((message, headers)),
            // The parts of a message in DTLS, of which the whole follows.
            Unit::Message(Message { body: Body::Fragment(_), .. }) => {}
            Unit::Message(_) => headers.clear(),
        }
    }
    None
}

/// A message behind the headers of its records; none where they do not carry it and nothing else.
fn in_records(message: &Message, headers: &[&Header]) -> Option<Vec<u8>> {
    let is_ssl2 = matches!(message.body, Body::Ssl2(_) | Body::BrokenSsl2(_));
    if headers.is_empty() && is_ssl2 {
        // A log shows no header of SSL 2.0, whose first bit says that it has two bytes.
        let length = u16::try_from(message.bytes.len()).ok().filter(|length| *length < 0x8000)?;
        return Some([&(0x8000 | length).to_be_bytes()[..], &message.bytes].concat());
    }
    let is_padded = |header: &&Header| {
        matches!(&header.framing, Framing::Ssl2(Ssl2Header { padding: Some(1..), .. }))
    };
    // Of several datagrams each has a header of the message, too, which is put together here.
    let is_cut = matches!(headers, [first, _, ..] if matches!(first.framing, Framing::Dtls(_)));
    if headers.is_empty() || is_cut || headers.iter().any(is_padded) {
        return None;
    }
    let (mut flight, mut rest) = (Vec::new(), &message.bytes[..]);
    for header in headers {
        let (part, behind) = rest.split_at_checked(header.framing.payload()?)?;
        flight.extend_from_slice(&header.bytes);
        flight.extend_from_slice(part);
        rest = behind;
    }
    rest.is_empty().then_some(flight)
}

/// That there is no ClientHello in it, and what is.
fn holds(transcript: &Transcript) -> NotFound {
    const SHOWN: usize = 4;
    let mut kinds: Vec<&str> = Vec::new();
    for (_, message) in transcript.messages() {
        if !kinds.contains(&message.type_name()) {
            kinds.push(message.type_name());
        }
    }
    let more = if kinds.len() > SHOWN { " and more" } else { "" };
    let is_known = kinds.iter().any(|kind| !matches!(*kind, "plaintext" | "unknown" | "encrypted"));
    kinds.truncate(SHOWN);
    let what = format!("there is no ClientHello in it, but {}{more}", kinds.join(", "));
    if is_known { NotFound::Other(what) } else { NotFound::Unusable(what) }
}

#[cfg(test)]
mod tests {
    use super::super::flow::tests::{file as packets_file, segment};
    use super::*;
    use crate::wire::text::unhex;

    fn file(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    /// The first connection of a capture: what the client said, and what both said in turn.
    fn connection(name: &str) -> (Vec<u8>, Vec<u8>) {
        let text = String::from_utf8(file(&format!("captures/{name}.flows"))).unwrap();
        let (mut client, mut both) = (Vec::new(), Vec::new());
        for line in text.lines().skip(1).take_while(|line| !line.starts_with("tcp")) {
            let words: Vec<_> = line.split(' ').collect();
            if let [_, from, digits] = words[..] {
                let bytes = unhex(digits).unwrap();
                both.extend_from_slice(&bytes);
                if from == ">" {
                    client.extend(bytes);
                }
            }
        }
        (client, both)
    }

    #[test]
    fn the_hello_of_a_log_comes_back_in_the_records_that_the_log_shows() {
        let log = String::from_utf8(file("logs/s_client-3.0-tls1_3-msg.txt")).unwrap();
        let found = first_hello(log.as_bytes(), None).unwrap();
        let digits: String = log
            .lines()
            .skip(1)
            .filter(|line| !line.starts_with(">>>"))
            .take_while(|line| !line.starts_with("<<<"))
            .flat_map(str::split_whitespace)
            .collect();
        assert_eq!(found.spec.flight(), unhex(&digits).unwrap());
        assert_eq!(found.different, 1);
        // The same in two records, as of a client that splits them.
        let cut = log.replacen("16 03 01 00 f6", "16 03 01 00 06", 1).replacen(
            ">>> TLS 1.3, Handshake",
            ">>> TLS 1.0, RecordHeader [length 0005]\n    16 03 02 00 f0\n>>> TLS 1.3, Handshake",
            1,
        );
        let cut = first_hello(cut.as_bytes(), None).unwrap().spec;
        assert_eq!(cut.records, [6, 240]);
        assert_eq!(cut.message(), found.spec.message());
        // An older log shows no records.
        let found = first_hello(&file("seed/s_client-msg-as-pasted.txt"), None).unwrap();
        assert_eq!(found.spec.message().len(), 0x138);
    }

    #[test]
    fn the_hello_of_a_connection_is_what_the_client_sent_before_it_was_answered() {
        for (name, different) in [("hrr", 2), ("tls12-ecdhe-rsa-aes128-gcm", 1)] {
            let (client, both) = connection(name);
            let found = first_hello(&both, None).unwrap();
            let flight = found.spec.flight();
            assert!(client.starts_with(&flight) && flight.len() > 100, "{name}");
            assert_eq!(flight.len(), 5 + usize::from(client[3]) * 256 + usize::from(client[4]));
            assert_eq!((found.different, found.has_server), (different, true), "{name}");
        }
        let (_, both) = connection("smtp-starttls");
        let flight = first_hello(&both, None).unwrap().spec.flight();
        assert_eq!((&flight[..3], flight.len()), (&[22, 3, 1][..], 517));
        assert!(!first_hello(&connection("hrr").0, None).unwrap().has_server);
    }

    #[test]
    fn the_hello_of_packets_comes_back_in_its_records_and_segments() {
        let hello = file("hellos/openssl-1.0.1e.bin");
        let next = 100 + hello.len() as u32;
        let open = |sequence: u32| segment(Side::Client, "S", (sequence - 1, 0), b"");
        let client = |sequence, data: &[u8]| segment(Side::Client, "A", (sequence, 7), data);
        let server = segment(Side::Server, "A", (7, next), &[21, 3, 1, 0, 2, 2, 40]);
        let found = |packets: &[Vec<u8>], number| first_hello(&packets_file(packets), number);
        let one = found(&[open(100), client(100, &hello), server.clone()], None).unwrap();
        assert_eq!((one.spec.flight(), &one.spec.segments[..]), (hello.clone(), &[][..]));
        assert_eq!(one.connection, Some((1, 1)));
        // In three segments, the last two of them in the wrong order, and the first once more.
        let (first, rest) = hello.split_at(5);
        let (second, third) = rest.split_at(100);
        let cut = [
            open(100),
            client(100, first),
            client(205, third),
            client(100, first),
            client(105, second),
            // What stands behind the hello is none of it.
            client(next, &[20, 3, 1, 0, 1, 1]),
            server.clone(),
        ];
        let spec = found(&cut, None).unwrap().spec;
        assert_eq!((spec.flight(), &spec.segments[..]), (hello.clone(), &[5, 100][..]));
        // Behind it the same in another connection.
        let two = [&cut[..], &[open(9000), client(9000, &hello)]].concat();
        let counted = |number| found(&two, number).unwrap().connection;
        assert_eq!([counted(None), counted(Some(2))], [Some((1, 2)), Some((2, 1))]);
        assert!(found(&two, Some(2)).unwrap().spec.segments.is_empty());
        let NotFound::Unusable(none) = found(&two, Some(3)).unwrap_err() else { panic!() };
        assert_eq!(none, "there is no #3 in it: it has TLS in #1 to #2");
        let NotFound::Unusable(lost) = found(&[open(100), client(100, first)], None).unwrap_err()
        else {
            panic!()
        };
        assert!(lost.contains("no ClientHello in it"), "{lost}");
    }

    #[test]
    fn the_hello_of_packets_is_that_of_the_bytes_in_them() {
        for (name, flight) in [
            ("hrr", connection("hrr").0),
            ("smtp-starttls", connection("smtp-starttls").0[35..].to_vec()),
            ("ssl2", connection("ssl2").0),
        ] {
            let found = first_hello(&file(&format!("captures/packets/{name}.pcap")), None).unwrap();
            let own = found.spec.flight();
            assert!(flight.starts_with(&own) && own.len() > 40, "{name}");
        }
        // Over DTLS, in the datagrams in which it came.
        let found = first_hello(&file("captures/packets/dtls1_2.pcap"), None).unwrap();
        let datagrams = found.spec.datagrams();
        let text = String::from_utf8(file("captures/dtls1_2.flows")).unwrap();
        let mut sent = text.lines().filter_map(|line| line.split_once(" > "));
        for datagram in &datagrams {
            assert_eq!(*datagram, unhex(sent.next().unwrap().1).unwrap());
        }
        assert_eq!(datagrams.len(), 2);
    }

    #[test]
    fn where_there_is_no_hello_it_is_said_what_there_is() {
        let error = |input: &[u8]| first_hello(input, None).unwrap_err();
        let told = |what: &str| format!("there is no ClientHello in it, but {what}");
        let pem = error(&file("seed/mail.google.com-2014.pem"));
        assert_eq!(pem, NotFound::Other(told("certificate")));
        assert!(matches!(error(b"words and no more"), NotFound::Form(_)));
        let log = String::from_utf8(file("logs/s_client-3.0-tls1_3-msg.txt")).unwrap();
        let NotFound::Unusable(cut) = error(&log.as_bytes()[..500]) else { panic!() };
        assert!(cut.contains("is cut off: ") && cut.contains(" of 246 bytes"), "{cut}");
    }
}
