//! Bytes in the forms in which people have them, made into transcripts: raw records, hex dumps,
//! base64, logs of `openssl s_client -msg` and `-debug`, certificates and other documents in DER and
//! PEM, and files of captured packets.
//!
//! The form is told by the bytes themselves, so that a person need not say it.

mod connections;
mod cut;
mod dialogue;
mod document;
mod first_hello;
mod flow;
mod frames;
mod hellos;
mod ip;
mod openssl_debug;
mod openssl_msg;
mod pcap;
mod records;
mod tcp;
mod turns;

pub use connections::{Connection, Connections, Other, connections};
pub use first_hello::first_hello;
pub use flow::{Flow, Flows, Piece, flows};

use crate::transcript::{Source, Transcript};
pub use crate::wire::dump::Unreadable;
use crate::wire::dump::{self, Written};
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::limits::INPUT;
use crate::wire::packets;
use crate::wire::record::plaintext;
use crate::wire::side::Side;
use crate::wire::stream::{Body, Unit};

/// Makes a transcript of an input that is called `name`, and holds no more than one connection;
/// [`connections`] reads files of packets too.
///
/// # Errors
/// Where the input is empty, too large, or in none of the known forms.
pub fn read(name: &str, input: &[u8]) -> Result<Transcript, Unreadable> {
    let error = |what: String| Unreadable { line: None, what };
    if input.is_empty() {
        return Err(error("there is nothing in it".to_owned()));
    }
    if input.len() > INPUT {
        return Err(error(format!("more than {INPUT} bytes, which are read at most")));
    }
    if let Some(format) = packets::format(input) {
        return Err(error(packets::several(format)));
    }
    let source = |form| Source { name: name.to_owned(), form };
    let as_bytes = |source_of: &dyn Fn(&'static str) -> Source| match document::der(input) {
        Some(document) => document.transcript(source_of("der")),
        None => records::read(input, source_of("records")),
    };
    if speaks(input) {
        return Ok(as_bytes(&source));
    }
    let written = Written::of(input);
    let text = &*written.text;
    // A log is one by its arrows, whatever stands between its entries.
    let may_be_log = written.is_text() || !records::begin(input);
    if may_be_log && openssl_msg::is_log(text) {
        return openssl_msg::read(text, source("openssl-msg"));
    }
    if may_be_log && openssl_debug::is_log(text) {
        return openssl_debug::read(text, source("openssl-debug"));
    }
    if !written.is_text() && (records::begin(input) || !written.is_mostly_text()) {
        return Ok(as_bytes(&source));
    }
    match of_text(text, &source) {
        Err(_) if !written.is_text() => Ok(as_bytes(&source)),
        Err(_) if answers(input) => Ok(records::read(input, source("records"))),
        read => read,
    }
}

/// Bytes that were written down as text.
fn of_text(text: &str, source: &dyn Fn(&'static str) -> Source) -> Result<Transcript, Unreadable> {
    if let Some(documents) = document::pem(text)? {
        let mut transcript = documents.transcript(source("pem"));
        if is_trace(text) {
            transcript.remarks.push(TRACE.to_owned());
        }
        return Ok(transcript);
    }
    let dump = match dump::read(text) {
        Ok(dump) => dump,
        Err(error) => {
            return base64(text, source("base64")).ok_or_else(|| in_no_form(text, error));
        }
    };
    let mut transcript = of_digits(&dump.bytes, source("hex"));
    if dump.of_words {
        assume_order(&mut transcript);
    }
    Ok(transcript)
}

const TRACE: &str =
    "what `-trace` of openssl tells of the messages is not read: `-msg` has their bytes";

/// Whether a text is what `-trace` of openssl's programs prints: each record from a line of these on.
fn is_trace(text: &str) -> bool {
    let begins = |line: &str| {
        let what = line.strip_prefix("Sent ").or_else(|| line.strip_prefix("Received "));
        what.is_some_and(|what| what.trim_end().ends_with("Record"))
    };
    let lines = text.lines();
    lines.clone().zip(lines.skip(1)).any(|(line, next)| begins(line) && next.starts_with("Header:"))
}

/// What is wrong with a text, and what would be right. Where it began with digits, it is they that go
/// wrong at some place; else it is none of all that can be read.
fn in_no_form(text: &str, error: Unreadable) -> Unreadable {
    const FORMS: &str = "raw records, captured packets (pcap, pcapng), a hex dump, an `openssl \
                         s_client -msg` log, or a certificate, a key or the like in DER, PEM or base64";
    let is_digit = |c: char| c.is_ascii_hexdigit() || matches!(c, 'x' | ':' | ',');
    if text.split_whitespace().next().is_some_and(|word| word.chars().all(is_digit)) {
        return Unreadable { what: format!("{}; {FORMS} can be read", error.what), ..error };
    }
    let what = match is_trace(text) {
        true => TRACE.to_owned(),
        false => format!("a text in no form that is known: {FORMS} can be read"),
    };
    Unreadable { line: None, what }
}

/// What a text holds that is base64 and nothing more, where it is something that is known.
fn base64(text: &str, source: Source) -> Option<Transcript> {
    let bytes = document::decode(text)?;
    if let Some(document) = document::der(&bytes) {
        return Some(document.transcript(source));
    }
    let transcript = records::read(&bytes, source);
    let (_, first) = transcript.messages().next()?;
    let known = !matches!(first.body, Body::Plaintext | Body::Unknown | Body::Encrypted);
    known.then_some(transcript)
}

/// Bytes that were written in digits: a document, or records.
fn of_digits(bytes: &[u8], source: Source) -> Transcript {
    match document::der(bytes) {
        Some(document) => document.transcript(source),
        None => records::read(bytes, source),
    }
}

/// Says of the first message that a dump of words does not tell the order of their bytes.
fn assume_order(transcript: &mut Transcript) {
    let mut messages = transcript.events.iter_mut().filter_map(|event| match &mut event.unit {
        Unit::Message(message) => Some(message),
        Unit::Header(_) => None,
    });
    let Some(message) = messages.next() else { return };
    message.remark(Remark {
        field: "dump",
        range: 0..message.bytes.len(),
        fault: Fault::Form {
            expected: "the bytes in their order, as `hexdump -C` and `xxd` print them",
            found: "of words of two bytes, the low one first in the file",
        },
        kind: Kind::Assumption,
        reference: "",
    });
}

/// Whether it is what one side of another protocol says, and not bytes written down as text.
fn speaks(input: &[u8]) -> bool {
    [Side::Server, Side::Client]
        .into_iter()
        .any(|side| plaintext::recognise_side(input, side).is_some_and(|found| found.name != "pem"))
}

/// Whether it is what a program says, of whatever protocol: a number of three digits or a sign with
/// words behind it, as many servers answer, something marked up, or the word for TLS.
fn answers(input: &[u8]) -> bool {
    match *input {
        [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9', b' ' | b'-', ..] => input.contains(&b'\r'),
        [b'+' | b'-', b'A'..=b'Z', b'A'..=b'Z', ..] => input.contains(&b'\r'),
        _ => input.starts_with(b"<") || input.starts_with(b"STARTTLS\r"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_another_protocol_is_no_hex_dump() {
        let first = |text: &str| {
            let transcript = read("it", text.as_bytes()).unwrap();
            transcript.messages().next().map(|(_, message)| message.type_name())
        };
        for text in [
            "200 news.example.org InterNetNews ready\r\n",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
            "<?xml version='1.0'?><html/>",
            "-ERR unknown command\r\n",
        ] {
            assert_eq!(first(text), Some("plaintext"), "{text}");
        }
        assert!(read("it", b"200 words\n").is_err());
    }

    #[test]
    fn of_a_trace_it_is_told_what_is_not_read() {
        let trace = "CONNECTED(00000003)\nSent Record\nHeader:\n  Version = TLS 1.0 (0x301)\n";
        let why = read("it", trace.as_bytes()).unwrap_err();
        assert!(why.what.contains("`-trace`"), "{why}");
        let pem = data_encoding::BASE64.encode(&file("certificates/ecdsa-p256.der"));
        let pem = format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n");
        assert_eq!(read("it", format!("{trace}{pem}").as_bytes()).unwrap().remarks, [TRACE]);
        assert_eq!(read("it", pem.as_bytes()).unwrap().remarks, [""; 0]);
    }

    fn file(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn form_and_messages(input: &[u8]) -> (&'static str, Vec<Vec<u8>>) {
        let transcript = read("it", input).unwrap();
        let messages = transcript.messages().map(|(_, message)| message.bytes.to_vec()).collect();
        (transcript.source.form, messages)
    }

    #[test]
    fn what_stands_beside_the_bytes_of_a_text_may_be_no_text() {
        let log = file("logs/s_client-3.0-tls1_2-msg.txt");
        let expected = form_and_messages(&log);
        assert_eq!(expected.0, "openssl-msg");
        let text = String::from_utf8(log.clone()).unwrap();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let coloured = text.replace("]", "]\x1b[0m").replace(">>> ", "\x1b[32m>>> ");
        // What the server said in the connection that was logged, as a picture.
        let picture: Vec<u8> = (0..=255).cycle().take(4 * log.len()).collect();
        for other in [
            [&log[..], b"<p>caf\xe9</p>\n"].concat(),
            [b"depth=0 CN=Z\xfcrich\n", &log[..]].concat(),
            [b"\x0c\x07\0\n", &log[..]].concat(),
            [&log[..], &picture].concat(),
            [&[0xff, 0xfe], &little[..]].concat(),
            [&[0xfe, 0xff], &big[..]].concat(),
            [&[0xef, 0xbb, 0xbf], &log[..]].concat(),
            coloured.into_bytes(),
        ] {
            assert!(form_and_messages(&other) == expected, "{}", String::from_utf8_lossy(&other));
        }

        let xxd = file("logs/xxd.txt");
        let text = String::from_utf8(xxd.clone()).unwrap();
        let mut latin1 = xxd.clone();
        *latin1.iter_mut().rfind(|byte| **byte == b'.').unwrap() = 0xe9;
        let coloured = text.replace(": ", ": \x1b[1;32m").replace("  ", "\x1b[0m  ");
        for other in [latin1, coloured.into_bytes()] {
            assert!(form_and_messages(&other) == form_and_messages(&xxd));
        }

        let pem = file("seed/mail.google.com-2014.pem");
        let comment = [b"# f\xfcr Z\xfcrich\n", &pem[..]].concat();
        assert!(form_and_messages(&comment) == form_and_messages(&pem));
    }

    #[test]
    fn records_and_words_are_none_of_a_text_whatever_they_hold() {
        let log = file("logs/s_client-3.0-tls1_2-msg.txt");
        let data = &log[..1000];
        let mut records = file("hellos/openssl-1.0.1g.bin");
        records.extend([23, 3, 3, (data.len() >> 8) as u8, data.len() as u8]);
        records.extend(data);
        assert_eq!(form_and_messages(&records).0, "records");
        assert_eq!(form_and_messages(b"220 caf\xe9 ESMTP\r\n").0, "records");
    }

    #[test]
    fn words_of_two_bytes_are_read_and_their_order_is_said_to_be_assumed() {
        let path = format!("{}/testdata/logs/hexdump.txt", env!("CARGO_MANIFEST_DIR"));
        let transcript = read("it", &std::fs::read(path).unwrap()).unwrap();
        let (_, message) = transcript.messages().next().unwrap();
        assert_eq!(message.type_name(), "client_hello");
        let assumed = message.tree.remarks.iter().filter(|it| it.kind == Kind::Assumption);
        let [remark] = &assumed.collect::<Vec<_>>()[..] else { panic!("{message:?}") };
        assert!(remark.to_string().contains("`hexdump -C` and `xxd`"), "{remark}");
        // Bytes by themselves need no such word.
        let path = format!("{}/testdata/logs/hexdump-C.txt", env!("CARGO_MANIFEST_DIR"));
        let transcript = read("it", &std::fs::read(path).unwrap()).unwrap();
        let mut remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        assert!(remarks.all(|remark| remark.kind != Kind::Assumption));
    }

    #[test]
    fn a_file_of_packets_is_called_one() {
        let error = |bytes: &[u8]| read("it", bytes).unwrap_err().to_string();
        let pcap = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1];
        assert!(error(&pcap).starts_with("a capture file (pcap), "), "{}", error(&pcap));
        let pcapng = [10, 13, 13, 10, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0];
        assert!(error(&pcapng).starts_with("a capture file (pcapng), "), "{}", error(&pcapng));
        // The first four bytes of pcapng are line ends, too.
        assert!(read("it", b"\n\r\r\n16 03 01 00 02 01 00\n").is_ok());
    }
}
