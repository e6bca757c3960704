//! A second opinion: what tls-parser and x509-parser, on which real intrusion detection stands,
//! make of the same bytes. Where they read something else, a server or a box on the way may too.
//!
//! `handshake` asks about messages, `extensions` about what is in hellos, `certificate` about
//! certificates, `key_exchange` about parameters. What they read is written as bytes again, and
//! held against the bytes that our tree has in the field of that name: so nothing is compared that
//! we did not find ourselves.

mod certificate;
mod extensions;
mod handshake;
mod key_exchange;

use std::fmt;
use std::ops::Range;

use nom::Err;
use nom::error::Error;
use tls_parser::{
    TlsMessage, parse_dtls_plaintext_record, parse_dtls_record_header, parse_tls_message_alert,
    parse_tls_message_changecipherspec, parse_tls_message_heartbeat, parse_tls_plaintext,
    parse_tls_raw_record, parse_tls_record_header,
};

use super::document::Document;
use super::fault::{Kind as RemarkKind, Remark};
use super::field::{Field, Tree};
use super::grammar::Context;
use super::stream::{Body, Framing, Header, Message};
use super::text::{count_of_bytes, hex};
use crate::names::ContentType;
use extensions::Treatment;

/// Who sees it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parser {
    /// Of records, messages and extensions.
    Tls,
    /// Of certificates.
    X509,
}

impl Parser {
    /// The name of its crate.
    pub fn name(self) -> &'static str {
        match self {
            Parser::Tls => "tls-parser",
            Parser::X509 => "x509-parser",
        }
    }
}

/// How it sees it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It reads something else.
    Reads,
    /// It refuses what we read.
    Refuses,
    /// It leaves as bytes what we read.
    Leaves,
}

impl Kind {
    /// `reads`, `refuses` or `leaves`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Reads => "reads",
            Kind::Refuses => "refuses",
            Kind::Leaves => "leaves",
        }
    }
}

/// A place where another parser sees something else than we do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which parser.
    pub parser: Parser,
    /// How.
    pub kind: Kind,
    /// What: a message or a field by our name.
    pub what: String,
    /// What we make of it, safe to print.
    pub ours: String,
    /// What it makes of it.
    pub theirs: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { what, ours, theirs, .. } = self;
        let parser = self.parser.name();
        match self.kind {
            Kind::Reads => write!(f, "{parser} reads {what} as {theirs}; here it is {ours}"),
            Kind::Refuses => write!(f, "{parser} refuses {what} ({theirs}); here it is {ours}"),
            Kind::Leaves => {
                write!(f, "{parser} leaves {what} unread ({theirs}); here it is {ours}")
            }
        }
    }
}

/// The differences of a message, as they are found.
#[derive(Debug, Default)]
struct Found(Vec<Difference>);

impl Found {
    fn add(
        &mut self,
        (parser, kind): (Parser, Kind),
        what: impl Into<String>,
        ours: impl Into<String>,
        theirs: impl Into<String>,
    ) {
        let (what, ours, theirs) = (what.into(), ours.into(), theirs.into());
        self.0.push(Difference { parser, kind, what, ours, theirs });
    }

    /// Bytes of a field that tls-parser read, against ours.
    fn compare(&mut self, what: &str, ours: &[u8], theirs: &[u8]) {
        if ours != theirs {
            self.add((Parser::Tls, Kind::Reads), what, in_short(ours), in_short(theirs));
        }
    }

    /// What tls-parser refuses. Where we do too, that is no difference.
    fn refuses(&mut self, message: &Message, error: &str) {
        if faults(&message.tree).is_empty() {
            let ours = format!("read, {}", count_of_bytes(message.bytes.len()));
            self.add((Parser::Tls, Kind::Refuses), message.type_name(), ours, error);
        }
    }

    /// What we find fault with, and tls-parser reads without a word. What it hands on as bytes it
    /// does not read, nor what it refuses, nor what it does not come to.
    fn overlooks(&mut self, message: &Message) {
        let unread = unread(message);
        let mut behind = 0;
        let mut holders = Holders::of(&message.tree);
        for remark in faults(&message.tree) {
            let start = remark.range.start;
            let holder = holders.at(remark);
            // What is missing at the end of such bytes is missing in them.
            let ends = start + usize::from(!remark.range.is_empty());
            while unread.get(behind).is_some_and(|range| range.end < ends) {
                behind += 1;
            }
            if unread.get(behind).is_some_and(|range| range.start <= start) {
                continue;
            }
            let expected = remark.fault.expected();
            let ours = format!("faulty: expected {expected}, found {}", remark.fault.found());
            let what = match (remark.field, holder) {
                // By itself it does not say whose it is.
                ("length", Some(holder)) => format!("the length of {holder}"),
                (field, _) => field.to_owned(),
            };
            self.add((Parser::Tls, Kind::Reads), what, ours, "faultless");
        }
    }
}

/// Goes along a tree, and knows in which fields it is.
struct Holders<'t> {
    tree: &'t Tree,
    /// The index of the next field.
    ahead: usize,
    open: Vec<&'t Field>,
}

impl<'t> Holders<'t> {
    fn of(tree: &'t Tree) -> Self {
        Holders { tree, ahead: 0, open: Vec::new() }
    }

    /// The name of the innermost field with parts that a remark lies in. Remarks are asked for in
    /// the order in which they begin.
    fn at(&mut self, remark: &Remark) -> Option<&'static str> {
        let start = remark.range.start;
        while let Some(field) = self.tree.fields.get(self.ahead) {
            // What begins where bytes are missing is what lacks them, or stands behind them.
            let lacks = self.tree.missing(self.ahead) > 0;
            let behind = field.start() == start && remark.range.is_empty() && !lacks;
            if field.start() > start || behind {
                break;
            }
            self.open.truncate(self.open.partition_point(|open| open.end() > field.start()));
            if !field.is_leaf() {
                self.open.push(field);
            }
            self.ahead += 1;
        }
        let holds = |field: &&&Field| field.end() >= start;
        self.open.iter().rev().find(holds).map(|field| field.name)
    }
}

/// The messages whose bodies tls-parser hands on as bytes.
const AS_BYTES: &[&str] = &["server_key_exchange", "client_key_exchange", "certificate_verify"];

/// What tls-parser does not read, one range behind the other. It hands on as bytes by its design
/// such bodies, those of some extensions, and what is written in DER, of which certificates are
/// x509-parser's; and of extensions it reads none behind one that it refuses.
fn unread(message: &Message) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let (mut before, mut block): (Option<&Field>, Option<&Field>) = (None, None);
    for field in &message.tree.fields {
        if field.name == "extensions" && !field.is_leaf() {
            block = Some(field);
        }
        let opens = match before {
            Some(holder) if field.name == "tag" && field.start() < holder.end() => {
                Some(holder.range())
            }
            Some(holder) if field.name == "extension_type" => {
                let client = message.type_name() == "client_hello";
                match extensions::treatment(own(message, holder), client) {
                    Treatment::Read => None,
                    Treatment::AsBytes => Some(holder.range()),
                    Treatment::Refused => {
                        let end = block.map_or(0, Field::end).max(holder.end());
                        Some(holder.start()..end)
                    }
                }
            }
            _ if AS_BYTES.contains(&field.name) && !field.is_leaf() => Some(field.range()),
            _ => None,
        };
        let is_new = |one: &Range<usize>| ranges.last().is_none_or(|last| last.end <= one.start);
        ranges.extend(opens.filter(is_new));
        before = Some(field);
    }
    ranges
}

/// What others make of a message. Nothing of those whose inside is not known to anybody.
pub fn message(message: &Message) -> Option<Vec<Difference>> {
    let mut found = Found::default();
    match &message.body {
        // A part of a message is nobody's message.
        Body::Fragment(_) => return None,
        Body::Handshake(_) | Body::BrokenHandshake(_) => {
            handshake::compare(message, &mut found);
        }
        Body::Ssl2(_) | Body::BrokenSsl2(_) => ssl2(message, &mut found),
        Body::Alert(_) => match parse_tls_message_alert(&message.bytes) {
            Ok((rest, TlsMessage::Alert(alert))) => {
                let theirs = [alert.severity.0, alert.code.0];
                found.compare("alert", message.bytes.get(..2).unwrap_or_default(), &theirs);
                if rest.is_empty() {
                    found.overlooks(message);
                } else {
                    let ours = format!("{} more than an alert has", count_of_bytes(rest.len()));
                    found.add((Parser::Tls, Kind::Reads), "alert", ours, "several of them");
                }
            }
            other => found.refuses(message, &error_name(other)),
        },
        Body::ChangeCipherSpec => match parse_tls_message_changecipherspec(&message.bytes) {
            Ok(_) => found.overlooks(message),
            other => found.refuses(message, &error_name(other)),
        },
        Body::Heartbeat => {
            let length = u16::try_from(message.bytes.len()).unwrap_or(u16::MAX);
            match parse_tls_message_heartbeat(&message.bytes, length) {
                Ok((_, theirs)) => {
                    for heartbeat in theirs {
                        let TlsMessage::Heartbeat(theirs) = heartbeat else { continue };
                        let ours = message.tree.find("payload").map(|field| own(message, field));
                        let theirs = handshake::sized(2, theirs.payload);
                        found.compare("payload", ours.unwrap_or_default(), &theirs);
                    }
                    found.overlooks(message);
                }
                other => found.refuses(message, &error_name(other)),
            }
        }
        Body::Ack(_) | Body::ReturnRoutabilityCheck(_) => found.refuses(message, "Switch"),
        // x509-parser is asked below, and tls-parser has nothing to say.
        Body::Document(Document::Certificate | Document::TrustedCertificate) => {}
        Body::Document(_)
        | Body::ApplicationData
        | Body::Encrypted
        | Body::Plaintext
        | Body::Unknown => return None,
    }
    certificate::compare_all(&message.tree, &message.bytes, &mut found);
    Some(found.0)
}

/// What others make of the header of a record.
pub fn header(header: &Header) -> Option<Vec<Difference>> {
    let mut found = Found::default();
    let bytes = header.bytes.as_slice();
    match &header.framing {
        Framing::Tls(ours) => {
            match parse_tls_record_header(bytes) {
                Ok((_, theirs)) => {
                    let theirs = [
                        &[theirs.record_type.0][..],
                        &theirs.version.0.to_be_bytes(),
                        &theirs.len.to_be_bytes(),
                    ];
                    found.compare("record", bytes, &theirs.concat());
                }
                Err(error) => record_refused(&mut found, ours.length.into(), name(&error)),
            }
            if ours.length == 0 && ours.content_type != ContentType::application_data {
                // Alone among records it is all there.
                match parse_tls_plaintext(bytes) {
                    Ok(_) => {
                        let ours = "nothing where bytes belong";
                        found.add((Parser::Tls, Kind::Reads), "the fragment", ours, "faultless");
                    }
                    Err(error) => record_refused(&mut found, 0, name(&error)),
                }
            }
            // The fragment is not there, which is one error; that it is too long is another.
            if let Err(error @ (Err::Error(_) | Err::Failure(_))) = parse_tls_raw_record(bytes) {
                record_refused(&mut found, ours.length.into(), name(&error));
            }
        }
        Framing::Dtls(ours) => {
            match parse_dtls_record_header(bytes) {
                Ok((_, theirs)) => {
                    let epoch = u64::from(theirs.epoch) << 48;
                    let theirs = [
                        &[theirs.content_type.0][..],
                        &theirs.version.0.to_be_bytes(),
                        &(epoch | theirs.sequence_number).to_be_bytes(),
                        &theirs.length.to_be_bytes(),
                    ];
                    found.compare("record", bytes, &theirs.concat());
                }
                Err(error) => record_refused(&mut found, ours.length.into(), name(&error)),
            }
            if let Err(error @ (Err::Error(_) | Err::Failure(_))) =
                parse_dtls_plaintext_record(bytes)
            {
                record_refused(&mut found, ours.length.into(), name(&error));
            }
        }
        Framing::Cid(_) | Framing::Unified(_) => {
            let (kind, theirs) = match parse_dtls_record_header(bytes) {
                Ok((_, theirs)) => {
                    let (content_type, version) = (theirs.content_type.0, theirs.version.0);
                    let length = theirs.length;
                    let words = format!(
                        "content type {content_type}, version {version:#06x}, length {length}"
                    );
                    (Kind::Reads, words)
                }
                Err(error) => (Kind::Refuses, name(&error)),
            };
            let ours = "a record with a header of another form";
            found.add((Parser::Tls, kind), "record", ours, theirs);
        }
        Framing::Ssl2(_) | Framing::Inner | Framing::Cut => return None,
    }
    Some(found.0)
}

fn record_refused(found: &mut Found, length: usize, error: String) {
    let ours = format!("a header, and {length} bytes behind it");
    found.add((Parser::Tls, Kind::Refuses), "record", ours, error);
}

/// tls-parser has no SSL 2.0: what it says of its records is what it says of those of TLS.
fn ssl2(message: &Message, found: &mut Found) {
    let length = u16::try_from(message.bytes.len()).unwrap_or(u16::MAX) & 0x7fff | 0x8000;
    let record = [&length.to_be_bytes()[..], &message.bytes].concat();
    let theirs = match (parse_tls_record_header(&record), parse_tls_plaintext(&record)) {
        (Ok((_, header)), Err(error)) => format!(
            "{}, in a record of type {}, version {:#06x}",
            name(&error),
            header.record_type.0,
            header.version.0
        ),
        (Err(error), _) => name(&error),
        (Ok(_), Ok(_)) => "a record of TLS".to_owned(),
    };
    let ours = format!("{} of SSL 2.0", message.type_name());
    found.add((Parser::Tls, Kind::Refuses), message.type_name(), ours, theirs);
}

/// Where tls-parser reads a ClientHello (the message with its header) otherwise than we do, a
/// line a difference. Nothing where both agree, and nothing of what it only leaves unread.
pub fn client_hello(message: &[u8]) -> Vec<String> {
    let message = Message::decode(ContentType::handshake, message, Context::default());
    let differences = self::message(&message).unwrap_or_default().into_iter();
    let differ = differences.filter(|difference| difference.kind != Kind::Leaves);
    differ.map(|difference| difference.to_string()).collect()
}

/// Where the form of something is broken, in the order of the wire.
fn faults(tree: &Tree) -> Vec<&Remark> {
    let faults = tree.remarks.iter().filter(|remark| remark.kind == RemarkKind::Form);
    let mut faults: Vec<&Remark> = faults.collect();
    faults.sort_by_key(|remark| remark.range.start);
    faults
}

/// The first of these faults that lies in a field.
fn first_in<'t>(faults: &[&'t Remark], field: &Field) -> Option<&'t Remark> {
    let from = faults.partition_point(|fault| fault.range.start < field.start());
    faults.get(from).filter(|fault| fault.range.end <= field.end()).copied()
}

/// What we make of something that is not faultless.
fn read_with(fault: &Remark) -> String {
    format!("read, with a fault: {fault}")
}

fn own<'m>(message: &'m Message, field: &Field) -> &'m [u8] {
    field.own(&message.bytes)
}

/// Bytes as they are told of: all of few, the first of many.
fn in_short(bytes: &[u8]) -> String {
    const FEW: usize = 8;
    match bytes.get(..FEW) {
        _ if bytes.is_empty() => "nothing".to_owned(),
        Some(first) if bytes.len() > FEW => format!("{}… ({} bytes)", hex(first), bytes.len()),
        _ => hex(bytes),
    }
}

/// The name of an error of nom's.
fn name(error: &Err<Error<&[u8]>>) -> String {
    match error {
        Err::Incomplete(_) => "Incomplete".to_owned(),
        Err::Error(error) | Err::Failure(error) => format!("{:?}", error.code),
    }
}

/// The name of what came instead of what was asked for.
fn error_name<T>(read: Result<T, Err<Error<&[u8]>>>) -> String {
    read.err().map_or("something else".to_owned(), |error| name(&error))
}
