//! What `openssl s_client -trace` and `s_server -trace` say went over a connection, record by
//! record and field by field, and whether that is what we read.

use std::collections::VecDeque;

use helloscope::names::Code;
use helloscope::transcript::{Side, Transcript};
use helloscope::wire::field::{Field, Tree};
use helloscope::wire::stream::{Framing, Header, Message, Unit};

/// A record, and the message in it where there is one.
#[derive(Debug)]
pub struct Traced {
    pub from: Side,
    pub version: u64,
    pub content_type: u64,
    pub length: u64,
    /// What it is under the protection: TLS 1.3.
    pub inner: bool,
    /// The epoch and the number, in DTLS.
    pub number: Option<(u64, u64)>,
    pub messages: Vec<Said>,
}

impl Traced {
    /// A record of which nothing is told yet.
    pub fn from(from: Side) -> Traced {
        let messages = Vec::new();
        Traced {
            from,
            version: 0,
            content_type: 0,
            length: 0,
            inner: false,
            number: None,
            messages,
        }
    }
}

/// A handshake message.
#[derive(Debug)]
pub struct Said {
    /// `client_hello` …
    pub name: String,
    /// The length of the body, where that is told.
    pub length: Option<u64>,
    pub values: Vec<Value>,
    /// Whether the values are none, since those told are not what went over the wire.
    pub spoilt: bool,
}

impl Said {
    /// Its number, in DTLS.
    fn number(&self) -> Option<u64> {
        self.values.iter().find_map(|value| match value {
            Value::MessageNumber(number) => Some(*number),
            _ => None,
        })
    }
}

/// A value of a field.
#[derive(Debug)]
pub enum Value {
    Number(u64),
    Bytes(Vec<u8>),
    /// A body in whole, which the trace has no form for.
    Dump(Vec<u8>),
    Suite(u64, String),
    /// An extension, and its length where that is told.
    Extension(u64, Option<u64>),
    /// The number of a message of DTLS.
    MessageNumber(u64),
}

/// Bytes before the body of a message, in TLS and in DTLS.
const HANDSHAKE_HEADER: u64 = 4;
const DTLS_HEADER: u64 = 12;

/// Reads a trace. `own` is the side that wrote it.
pub fn read(trace: &str, own: Side) -> Vec<Traced> {
    let other = if own == Side::Client { Side::Server } else { Side::Client };
    let mut records: Vec<Traced> = Vec::new();
    let mut lines = trace.lines();
    // Between records stands what the program says of itself and what it received.
    let mut in_record = false;
    while let Some(line) = lines.next() {
        if let "Sent Record" | "Received Record" = line {
            let from = if line == "Sent Record" { own } else { other };
            records.push(Traced::from(from));
            in_record = true;
        } else if line.contains("------details-----") {
            let _ = lines.find(|line| line.contains("------------------"));
        } else if line.is_empty() {
            in_record = false;
        } else {
            // A further message of a record stands by itself.
            in_record |= line.starts_with("    ") && line.contains(", Length=");
            if let (true, Some(record)) = (in_record, records.last_mut()) {
                field(record, line);
            }
        }
    }
    mend_datagrams(&mut records, own);
    records
}

/// What a trace says wrongly of DTLS is left out.
fn mend_datagrams(records: &mut Vec<Traced>, own: Side) {
    // Of a record that comes again it skips the header, and takes for headers what is in it.
    records.retain(|record| {
        record.number.is_none()
            || (record.version >> 8 == 0xfe && (20..=27).contains(&record.content_type))
    });
    // A message that it sends in parts it shows when it has written the headers of the later parts
    // over its bytes, perhaps over its number too: that is the next one, or, where it is sent
    // again, the same.
    let mut numbers: Vec<(String, Option<u64>, u64)> = Vec::new();
    let sent = records.iter_mut().filter(|record| record.from == own && record.number.is_some());
    for record in sent {
        for message in &mut record.messages {
            let mut number = message.number().unwrap();
            if message.length.unwrap() + DTLS_HEADER > record.length {
                let before = numbers
                    .iter()
                    .find(|sent| (&sent.0, sent.1) == (&message.name, message.length));
                let next = numbers.iter().map(|sent| sent.2 + 1).max().unwrap_or(0);
                number = before.map_or(next, |sent| sent.2);
                message.values = vec![Value::MessageNumber(number)];
                message.spoilt = true;
            }
            numbers.push((message.name.clone(), message.length, number));
        }
    }
}

fn field(record: &mut Traced, line: &str) {
    let text = line.trim();
    if let Some(version) = text.strip_prefix("Version = ") {
        record.version = in_parentheses(version).unwrap();
    } else if let Some(content_type) = text.strip_prefix("Content Type = ") {
        record.content_type = in_parentheses(content_type).unwrap();
    } else if let Some(length) = text.strip_prefix("Length = ") {
        record.length = number(length).unwrap();
    } else if let Some((epoch, number)) =
        text.strip_prefix("epoch=").and_then(|rest| rest.split_once(", sequence_number="))
    {
        record.number = Some((epoch.parse().unwrap(), u64::from_str_radix(number, 16).unwrap()));
    } else if text.starts_with("Inner Content Type = ") {
        record.inner = true;
    } else if let Some((name, length)) = text.split_once(", Length=") {
        let (name, length) = (snake(name), Some(number(length).unwrap()));
        record.messages.push(Said { name, length, values: Vec::new(), spoilt: false });
    } else if let Some(message) = record.messages.last_mut() {
        value(&mut message.values, text);
    }
}

/// The value that a line tells, added to those before it.
fn value(values: &mut Vec<Value>, text: &str) {
    if let Some(time) = text.strip_prefix("gmt_unix_time=0x") {
        let time = u32::from_str_radix(time, 16).unwrap();
        return values.push(Value::Bytes(time.to_be_bytes().to_vec()));
    }
    if let Some(random) = text.strip_prefix("random_bytes (len=28): ") {
        // The random, of which the time is the first part.
        let Some(Value::Bytes(time)) = values.last_mut() else { panic!("{text}") };
        return time.extend(super::flows::unhex(random));
    }
    if let Some(rest) = text.strip_prefix("extension_type=") {
        let (name, length) = rest.split_once(", length=").unwrap();
        let extension = Value::Extension(in_parentheses(name).unwrap(), number(length));
        return values.push(extension);
    }
    if let Some(rest) = text.strip_prefix("message_seq=") {
        // Of a message that came in parts it tells what a whole one would have behind that.
        let (number, _) = rest.split_once(',').unwrap();
        return values.push(Value::MessageNumber(number.parse().unwrap()));
    }
    if let Some((bytes, name)) = text.strip_prefix('{').and_then(|rest| rest.split_once("} ")) {
        return suite(values, bytes, name);
    }
    if let Some(rest) = text.strip_prefix("cipher_suite {") {
        let (bytes, name) = rest.split_once("} ").unwrap();
        return suite(values, bytes, name);
    }
    if let Some((_, digits)) = text.split_once("(len=").and_then(|(_, rest)| rest.split_once("): "))
    {
        // A name is written as text.
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_hex && !digits.is_empty() {
            values.push(Value::Bytes(super::flows::unhex(digits)));
        }
        return;
    }
    if let Some((offset, dump)) = text.split_once(" - ") {
        if offset.len() == 4 && offset.chars().all(|digit| digit.is_ascii_hexdigit()) {
            let digits = dump.get(..47).unwrap_or(dump).replace('-', " ");
            let bytes: Vec<u8> = digits
                .split(' ')
                .map_while(|byte| u8::from_str_radix(byte, 16).ok().filter(|_| byte.len() == 2))
                .collect();
            match values.last_mut() {
                Some(Value::Dump(before)) if offset != "0000" => before.extend(bytes),
                _ => values.push(Value::Dump(bytes)),
            }
            return;
        }
    }
    let told = text.rsplit_once(['=', ' ']).map(|(_, last)| last).unwrap_or(text);
    if let Some(number) = in_parentheses(text).or_else(|| {
        // `name=7200`, `certificate_list, length=768`, `client_version=0x303 (TLS 1.2)`.
        let (_, value) = text.split_once('=')?;
        number(value.split(' ').find(|word| !word.is_empty()).unwrap_or(told))
    }) {
        values.push(Value::Number(number));
    }
}

fn suite(values: &mut Vec<Value>, bytes: &str, name: &str) {
    let bytes = bytes.split(", ").map(|byte| number(byte).unwrap());
    values.push(Value::Suite(bytes.fold(0, |all, byte| all << 8 | byte), name.to_owned()));
}

/// A number in decimal, or in hexadecimal behind `0x`.
fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// The number at the end of a text in parentheses; before them where it is a version there.
fn in_parentheses(text: &str) -> Option<u64> {
    let (_, inside) = text.strip_suffix(')')?.rsplit_once('(')?;
    number(inside)
}

/// `ClientHello` in the RFC's way: `client_hello`.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// Holds a transcript of the wire against a trace: every record, and every message in clear.
pub fn same_on_the_wire(wire: &Transcript, trace: &[Traced], name: &str) {
    for side in [Side::Client, Side::Server] {
        let theirs: Vec<_> = trace.iter().filter(|record| record.from == side).collect();
        let headers: Vec<_> = wire
            .events
            .iter()
            .filter(|event| event.from == side)
            .filter_map(|event| match &event.unit {
                Unit::Header(header) => header.record(),
                Unit::Message(_) => None,
            })
            .collect();
        // An end that is done reads nothing more, and what comes to one that has gone is lost: of
        // the last records, tickets and alerts, one or the other may not know.
        let unequal = headers.len().abs_diff(theirs.len());
        assert!(unequal <= 4, "{name}: {side:?} {} {}", headers.len(), theirs.len());
        assert!(!theirs.is_empty(), "{name}: {side:?}");
        for (ours, theirs) in headers.iter().zip(&theirs) {
            let ours = (ours.content_type.0, ours.legacy_record_version.0, ours.length);
            let theirs = (theirs.content_type, theirs.version, theirs.length);
            assert_eq!((ours.0.into(), ours.1.into(), ours.2.into()), theirs, "{name}: {side:?}");
        }
        let tls13 = trace.iter().any(|record| record.inner);
        let clear = theirs.iter().take_while(|record| tls13 || record.content_type != 20);
        let clear = clear.filter(|record| !record.inner).flat_map(|record| &record.messages);
        let clear: Vec<_> = clear.collect();
        let ours: Vec<_> =
            wire.from(side).filter(|message| message.handshake().is_some()).collect();
        same(&ours, &clear, name);
    }
}

/// Holds what one side sent in datagrams against a trace: every record, and every message in clear,
/// whichever way its parts took.
pub fn same_datagrams(wire: &Transcript, trace: &[Traced], side: Side, name: &str) {
    let theirs: Vec<_> = trace.iter().filter(|record| record.from == side).collect();
    let headers: Vec<_> = wire
        .events
        .iter()
        .filter(|event| event.from == side)
        .filter_map(|event| match &event.unit {
            Unit::Header(Header { framing: Framing::Dtls(header), .. }) => Some(header),
            _ => None,
        })
        .collect();
    // An end that is done reads nothing more.
    let unequal = headers.len().abs_diff(theirs.len());
    assert!(unequal <= 4, "{name}: {side:?} {} {}", headers.len(), theirs.len());
    assert!(!theirs.is_empty(), "{name}: {side:?}");
    for (ours, theirs) in headers.iter().zip(&theirs) {
        let what = (u64::from(ours.content_type.0), u64::from(ours.legacy_record_version.0));
        let number = (u64::from(ours.epoch), ours.sequence_number.0);
        let ours = (what.0, what.1, Some(number), u64::from(ours.length));
        let theirs = (theirs.content_type, theirs.version, theirs.number, theirs.length);
        assert_eq!(ours, theirs, "{name}: {side:?}");
    }
    let clear = theirs.iter().filter(|record| record.number.is_some_and(|(epoch, _)| epoch == 0));
    let theirs: Vec<_> = clear.flat_map(|record| &record.messages).collect();
    let theirs = once(theirs, |said| (said.number().unwrap(), said.name.clone()));
    let ours = wire.from(side).filter(|message| message.handshake().is_some()).collect();
    let ours = once(ours, |message: &&Message| {
        let number = u16::from_be_bytes([message.bytes[4], message.bytes[5]]);
        (u64::from(number), type_name(message).to_owned())
    });
    same(&ours, &theirs, name);
}

/// Each of them once, in the order of their numbers.
fn once<T>(all: Vec<T>, key: impl Fn(&T) -> (u64, String)) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for one in all {
        if !kept.iter().any(|other| key(other) == key(&one)) {
            kept.push(one);
        }
    }
    kept.sort_by_key(|one| key(one).0);
    kept
}

/// Holds all messages of a side, those that were protected too, against a trace.
pub fn same_messages(log: &Transcript, trace: &[Traced], side: Side, name: &str) {
    let theirs: Vec<_> = trace
        .iter()
        .filter(|record| record.from == side)
        .flat_map(|record| &record.messages)
        .collect();
    let ours: Vec<_> = log.from(side).filter(|message| message.handshake().is_some()).collect();
    // An end that is done does not read what may still come.
    let both = ours.len().min(theirs.len());
    assert!(both > 0 && ours.len().abs_diff(theirs.len()) <= 2, "{name}: {side:?}");
    same(&ours[..both], &theirs[..both], name);
}

/// Holds messages against what is told of each.
pub fn same(ours: &[&Message], theirs: &[&Said], name: &str) {
    let their_names: Vec<_> = theirs.iter().map(|message| message.name.as_str()).collect();
    let our_names: Vec<_> = ours.iter().map(|message| type_name(message)).collect();
    assert_eq!(our_names, their_names, "{name}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        let name = format!("{name}, {}", theirs.name);
        let header = if theirs.number().is_some() { DTLS_HEADER } else { HANDSHAKE_HEADER };
        if let Some(length) = theirs.length {
            assert_eq!(ours.length as u64, length + header, "{name}");
        }
        if !theirs.spoilt {
            lists(ours, theirs, &name);
        }
        in_order(ours, theirs, &name);
    }
}

/// The name of the type in the header.
fn type_name(message: &Message) -> &'static str {
    message.handshake().unwrap().msg_type().name().unwrap()
}

/// All suites and all extensions are there, and no more.
fn lists(ours: &Message, theirs: &Said, name: &str) {
    let number = |field: &Field| number_of(&ours.bytes, field);
    let leaves: Vec<_> = ours.tree.leaves().collect();
    let suites: Vec<_> =
        leaves.iter().filter(|leaf| leaf.name == "cipher_suite").map(|leaf| number(leaf)).collect();
    let their_suites = theirs.values.iter().filter_map(|value| match value {
        Value::Suite(suite, name) => {
            let own = helloscope::names::CipherSuite(u16::try_from(*suite).unwrap());
            assert!(name == "UNKNOWN" || own.name() == Some(name), "{suite:x} {name}");
            Some(*suite)
        }
        _ => None,
    });
    assert_eq!(suites, their_suites.collect::<Vec<_>>(), "{name}");
    let extensions: Vec<_> = leaves
        .windows(2)
        .filter(|pair| pair[0].name == "extension_type")
        .map(|pair| (number(pair[0]), number(pair[1])))
        .collect();
    let their_extensions = theirs.values.iter().filter_map(|value| match value {
        Value::Extension(extension, length) => Some((*extension, *length)),
        _ => None,
    });
    let their_extensions: Vec<_> = their_extensions.collect();
    let ours = extensions.iter().zip(&their_extensions);
    let extensions_told: Vec<_> =
        ours.map(|(ours, theirs)| (ours.0, theirs.1.map(|_| ours.1))).collect();
    assert_eq!(extensions.len(), their_extensions.len(), "{name}");
    assert_eq!(extensions_told, their_extensions, "{name}");
}

/// Each value that is told is one of our fields, in the order in which they are told.
fn in_order(ours: &Message, theirs: &Said, name: &str) {
    let mut leaves: VecDeque<&Field> = leaves(&ours.tree).into();
    for value in &theirs.values {
        let fits = |leaf: &&Field| {
            let bytes = &ours.bytes[leaf.range()];
            match value {
                Value::Number(number) | Value::Suite(number, _) | Value::Extension(number, _) => {
                    bytes.len() <= 8 && number_of(&ours.bytes, leaf) == *number
                }
                Value::MessageNumber(number) => {
                    leaf.name == "message_seq" && number_of(&ours.bytes, leaf) == *number
                }
                Value::Bytes(told) => bytes == told,
                Value::Dump(told) => ours.bytes[leaf.start()..].starts_with(told),
            }
        };
        let at = leaves.iter().position(fits);
        let at = at.unwrap_or_else(|| panic!("{name}: {value:?} is not in {:?}", ours.tree));
        leaves.drain(..=at);
    }
}

/// The leaves, but for those of certificates, which have oracles of their own.
fn leaves(tree: &Tree) -> Vec<&Field> {
    let mut leaves = Vec::new();
    let mut certificate = 0;
    for field in &tree.fields {
        if field.start() < certificate {
            continue;
        }
        if field.name == "Certificate" {
            certificate = field.end();
        }
        if field.is_leaf() {
            leaves.push(field);
        }
    }
    leaves
}

fn number_of(bytes: &[u8], field: &Field) -> u64 {
    bytes[field.range()].iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}
