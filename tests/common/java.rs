//! What Java's own TLS says of a handshake under `-Djavax.net.debug=ssl:handshake`, in the form in
//! which `openssl -trace` is read, so that both are compared alike. It tells of messages, not of
//! records, and of all of them, those that are protected too.

use helloscope::names::{Code, HandshakeType, NamedGroup, SignatureScheme};
use helloscope::transcript::{Side, Transcript};

use super::flows::unhex;
use super::openssl_trace::{Said, Value, same, snake};

/// Reads what one side said: each message, with its sender.
pub fn read(text: &str, own: Side) -> Vec<(Side, Said)> {
    let other = if own == Side::Client { Side::Server } else { Side::Client };
    let mut messages: Vec<(Side, Said)> = Vec::new();
    let mut in_message = false;
    let mut dump: Vec<u8> = Vec::new();
    for line in text.lines() {
        if let Some((_, entry)) = line.rsplit_once('|').filter(|_| line.starts_with("javax.")) {
            // `Produced ClientHello(HRR) handshake message (`, `Consuming NewSessionTicket`
            let produced = entry.starts_with("Produced ");
            let kind = entry
                .split([' ', '('])
                .map(snake)
                .find(|word| HandshakeType::all().iter().any(|(_, name)| name == word))
                .filter(|_| produced || entry.starts_with("Consuming "));
            in_message = kind.is_some();
            if let Some(name) = kind {
                let from = if produced { own } else { other };
                let values = Vec::new();
                messages.push((from, Said { name, length: None, values, spoilt: false }));
            }
            continue;
        }
        in_message &= line != ")";
        let Some((_, message)) = messages.last_mut().filter(|_| in_message) else { continue };
        // A certificate it shows by its fields.
        if message.name == "certificate" {
            continue;
        }
        match dumped(line) {
            Some(bytes) => dump.extend(bytes),
            None if !dump.is_empty() => {
                message.values.push(Value::Bytes(std::mem::take(&mut dump)));
            }
            None => {}
        }
        field(&mut message.values, line);
    }
    messages
}

/// `0000: CB 3C 03 C2 CF DC 96 DC   75 60 …  .<......`
fn dumped(line: &str) -> Option<Vec<u8>> {
    let (offset, rest) = line.trim_start().split_once(": ")?;
    let is_offset = offset.len() == 4 && offset.bytes().all(|digit| digit.is_ascii_hexdigit());
    let digits: String = rest.chars().take(49).filter(|letter| *letter != ' ').collect();
    is_offset.then(|| unhex(&digits))
}

fn field(values: &mut Vec<Value>, line: &str) {
    let text = line.trim();
    let Some((name, value)) = text.split_once(':') else { return };
    let (name, value) = (name.trim().trim_matches('"'), value.trim().trim_matches([',', '"']));
    match name {
        "random" | "session id" if !value.is_empty() => values.push(Value::Bytes(unhex(value))),
        "cipher suites" | "cipher suite" => {
            for suite in value.trim_matches(['[', ']']).split(", ") {
                let (name, number) = suite.trim_end_matches(')').split_once("(0x").unwrap();
                let number = u64::from_str_radix(number, 16).unwrap();
                values.push(Value::Suite(number, name.to_owned()));
            }
        }
        "named group" | "versions" => numbers::<NamedGroup>(values, value),
        "signature schemes" | "signature algorithm" | "supported signature algorithms" => {
            numbers::<SignatureScheme>(values, value);
        }
        "ticket_lifetime" => {
            values.push(Value::Number(value.replace(',', "").parse().unwrap()));
        }
        _ => {
            // `supported_groups (10)`, `renegotiation_info (65,281)`
            let number = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
            if let Some(number) = number.and_then(|(_, it)| it.replace(',', "").parse().ok()) {
                values.push(Value::Extension(number, None));
            }
        }
    }
}

/// The numbers of a list of names; of those that are Java's own, nothing.
fn numbers<C: Code>(values: &mut Vec<Value>, list: &str) {
    for name in list.trim_matches(['[', ']']).split([',', ' ']).map(|name| name.trim_matches('"')) {
        if let Some((number, _)) = C::all().iter().find(|row| row.1 == name) {
            values.push(Value::Number(u64::from(*number)));
        }
    }
}

/// Holds the messages of a transcript, of the wire those in clear, against what Java said.
pub fn same_messages(transcript: &Transcript, said: &[(Side, Said)], name: &str) {
    for side in [Side::Client, Side::Server] {
        let ours: Vec<_> =
            transcript.from(side).filter(|message| message.handshake().is_some()).collect();
        let theirs = said.iter().filter(|(from, _)| *from == side).map(|(_, said)| said);
        // Those in clear are the first. A client that is done does not read what may still come.
        let theirs: Vec<_> = theirs.collect();
        let both = ours.len().min(theirs.len());
        assert!(both > 0 && ours.len() - both <= 2, "{name}: {side:?}");
        same(&ours[..both], &theirs[..both], name);
    }
}
