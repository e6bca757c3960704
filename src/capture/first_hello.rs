//! The first ClientHello of a log, or of what both sides of a connection said, as a spec: byte for
//! byte, in the records that it came in where the source tells them (RFC 8446 5.1).

use crate::capture::read;
use crate::hello::source::{InFile, NotFound};
use crate::hello::spec::HelloSpec;
use crate::transcript::{Side, Transcript};
use crate::wire::record::ssl2::Ssl2Header;
use crate::wire::stream::{Body, Framing, Header, Message, Unit};

/// Finds the first ClientHello of an input.
///
/// # Errors
/// Where the input is in no form that is known, or there is no ClientHello in it that can be sent:
/// one line.
pub fn first_hello(input: &[u8]) -> Result<InFile, NotFound> {
    let transcript = read("", input).map_err(|error| NotFound::Form(error.to_string()))?;
    let Some((message, headers)) = first(&transcript) else { return Err(holds(&transcript)) };
    let bad = |what: String| NotFound::Unusable(format!("its first ClientHello {what}"));
    let (has, length) = (message.bytes.len(), message.length);
    if has < length {
        return Err(bad(format!("is cut off: {has} of {length} bytes are there")));
    }
    let flight = in_records(message, &headers);
    if flight.is_none() && message.message_seq().is_some() {
        return Err(bad("is one of DTLS, and its datagrams are not told".to_owned()));
    }
    let spec = HelloSpec::from_bytes(&flight.unwrap_or_else(|| message.bytes.clone()));
    let mut different: Vec<&[u8]> = hellos(&transcript).map(|one| &one.bytes[..]).collect();
    different.sort_unstable();
    different.dedup();
    Ok(InFile {
        spec: spec.map_err(|error| bad(format!("cannot be sent: {error}")))?,
        different: different.len(),
        has_server: transcript.from(Side::Server).any(says_who),
    })
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
        let found = first_hello(log.as_bytes()).unwrap();
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
        let cut = first_hello(cut.as_bytes()).unwrap().spec;
        assert_eq!(cut.records, [6, 240]);
        assert_eq!(cut.message(), found.spec.message());
        // An older log shows no records.
        let found = first_hello(&file("seed/s_client-msg-as-pasted.txt")).unwrap();
        assert_eq!(found.spec.message().len(), 0x138);
    }

    #[test]
    fn the_hello_of_a_connection_is_what_the_client_sent_before_it_was_answered() {
        for (name, different) in [("hrr", 2), ("tls12-ecdhe-rsa-aes128-gcm", 1)] {
            let (client, both) = connection(name);
            let found = first_hello(&both).unwrap();
            let flight = found.spec.flight();
            assert!(client.starts_with(&flight) && flight.len() > 100, "{name}");
            assert_eq!(flight.len(), 5 + usize::from(client[3]) * 256 + usize::from(client[4]));
            assert_eq!((found.different, found.has_server), (different, true), "{name}");
        }
        let (_, both) = connection("smtp-starttls");
        let flight = first_hello(&both).unwrap().spec.flight();
        assert_eq!((&flight[..3], flight.len()), (&[22, 3, 1][..], 517));
        assert!(!first_hello(&connection("hrr").0).unwrap().has_server);
    }

    #[test]
    fn where_there_is_no_hello_it_is_said_what_there_is() {
        let error = |input: &[u8]| first_hello(input).unwrap_err();
        let told = |what: &str| format!("there is no ClientHello in it, but {what}");
        let pem = error(&file("seed/mail.google.com-2014.pem"));
        assert_eq!(pem, NotFound::Other(told("certificate")));
        assert!(matches!(error(b"words and no more"), NotFound::Form(_)));
        let log = String::from_utf8(file("logs/s_client-3.0-tls1_3-msg.txt")).unwrap();
        let NotFound::Unusable(cut) = error(&log.as_bytes()[..500]) else { panic!() };
        assert!(cut.contains("is cut off: ") && cut.contains(" of 246 bytes"), "{cut}");
    }
}
