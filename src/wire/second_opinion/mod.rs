//! A second opinion: what tls-parser and x509-parser, on which real intrusion detection stands,
//! make of the same bytes. Where they read something else, a server or a box on the way may too.
//!
//! `handshake` asks about messages, `extensions` about what is in hellos, `certificate` about
//! certificates, `request` about requests for them and lists of revoked ones, `key_exchange` about
//! parameters; `faults` has what we find fault with, and `unread`
//! what tls-parser hands on as bytes. What they read is written as bytes again, and held against the
//! bytes that our tree has in the field of that name: so nothing is compared that we did not find
//! ourselves.

mod certificate;
mod elements;
mod extensions;
mod faults;
mod handshake;
mod key_exchange;
mod request;
mod unread;

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
use super::fault::Remark;
use super::field::Field;
use super::grammar::Context;
use super::stream::{Body, Framing, Header, Message};
use super::text::{count_of_bytes, hex};
use crate::names::ContentType;
use faults::{Holders, faults, faults_it_comes_to, first_in, is_within};

/// Who sees it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parser {
    /// Of records, messages and extensions.
    Tls,
    /// Of certificates, requests for them, lists of revoked ones and keys.
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

/// What tls-parser says of a type that it does not know.
const NO_SUCH_TYPE: &str = "Switch";

/// The differences of a message, as they are found.
#[derive(Debug, Default)]
struct Found {
    differences: Vec<Difference>,
    /// Where in the message that which we find fault with was told already, as they read it
    /// otherwise.
    told: Vec<Range<usize>>,
}

impl Found {
    fn add(
        &mut self,
        (parser, kind): (Parser, Kind),
        what: impl Into<String>,
        ours: impl Into<String>,
        theirs: impl Into<String>,
    ) {
        let (what, ours, theirs) = (what.into(), ours.into(), theirs.into());
        self.differences.push(Difference { parser, kind, what, ours, theirs });
    }

    /// Bytes of a field that tls-parser read, against ours.
    fn compare(&mut self, what: &str, ours: &[u8], theirs: &[u8]) {
        if ours != theirs {
            self.add((Parser::Tls, Kind::Reads), what, in_short(ours), in_short(theirs));
        }
    }

    /// What tls-parser read of a part of the message, where it is not what stands there. The fault
    /// that we find with that is told with it.
    fn compare_part(&mut self, what: &str, part: &Part<'_>, theirs: &[u8]) {
        if part.bytes == theirs {
            return;
        }
        let Some(fault) = part.fault else { return self.compare(what, part.bytes, theirs) };
        let theirs = format!("{}, faultless", in_short(taken(part.bytes, theirs)));
        self.add((Parser::Tls, Kind::Reads), what, read_with(fault), theirs);
        self.told.push(part.range.clone());
    }

    /// What tls-parser refuses. Where we find fault too, that is no difference, but where it does not
    /// look at what is in it: it has not that type of message, or no other value than one.
    fn refuses(&mut self, message: &Message, error: &str) {
        let ours = match faults(&message.tree).first() {
            None => format!("read, {}", count_of_bytes(message.bytes.len())),
            Some(fault) if error == NO_SUCH_TYPE || message.body == Body::ChangeCipherSpec => {
                read_with(fault)
            }
            Some(_) => return,
        };
        self.add((Parser::Tls, Kind::Refuses), message.type_name(), ours, error);
    }

    /// What we find fault with, and tls-parser reads without a word.
    fn overlooks(&mut self, message: &Message) {
        let mut told = std::mem::take(&mut self.told);
        told.sort_by_key(|range| range.start);
        let mut holders = Holders::of(&message.tree);
        for remark in faults_it_comes_to(message) {
            let holder = holders.at(remark);
            let before = told.partition_point(|range| range.start <= remark.range.start);
            let near = told.get(before.saturating_sub(2)..before).unwrap_or_default();
            if near.iter().any(|part| is_within(remark, part)) {
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

/// A part of a message that both read.
struct Part<'m> {
    bytes: &'m [u8],
    range: Range<usize>,
    /// The first that we find fault with in it.
    fault: Option<&'m Remark>,
}

impl<'m> Part<'m> {
    fn of(message: &'m Message, field: &Field, faults: &[&'m Remark]) -> Self {
        let (bytes, range) = (own(message, field), field.range());
        Part { bytes, range, fault: first_in(faults, field) }
    }
}

/// What another read, which was encoded anew to be held against our bytes: where the length before it
/// is no longer the one that stood there, what is behind that.
fn taken<'b>(ours: &[u8], theirs: &'b [u8]) -> &'b [u8] {
    let behind = |width: usize| {
        let (length, items) = theirs.split_at_checked(width)?;
        let is_own = ours.get(width..)?.starts_with(items);
        let number = length.iter().fold(0, |number, &byte| number << 8 | usize::from(byte));
        (is_own && number == items.len() && !ours.starts_with(length)).then_some(items)
    };
    (1..=3).find_map(behind).unwrap_or(theirs)
}

/// What others make of a message. Nothing of those whose inside is not known to anybody.
pub fn message(message: &Message) -> Option<Vec<Difference>> {
    let mut found = Found::default();
    match &message.body {
        // A part of a message is nobody's message.
        Body::Fragment(_) | Body::Rest => return None,
        Body::Handshake(_) | Body::BrokenHandshake(_) => {
            handshake::compare(message, &mut found);
        }
        Body::Ssl2(_) | Body::BrokenSsl2(_) => ssl2(message, &mut found),
        Body::Alert(_) => match parse_tls_message_alert(message.without_mac()) {
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
            let bytes = message.without_mac();
            let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
            match parse_tls_message_heartbeat(bytes, length) {
                Ok((_, theirs)) => {
                    let faults = faults_it_comes_to(message);
                    for heartbeat in theirs {
                        let TlsMessage::Heartbeat(theirs) = heartbeat else { continue };
                        let theirs = handshake::sized(2, theirs.payload);
                        match message.tree.find("payload") {
                            Some(ours) => {
                                let ours = Part::of(message, ours, &faults);
                                found.compare_part("payload", &ours, &theirs);
                            }
                            None => found.compare("payload", &[], &theirs),
                        }
                    }
                    found.overlooks(message);
                }
                other => found.refuses(message, &error_name(other)),
            }
        }
        Body::Ack(_) | Body::ReturnRoutabilityCheck(_) => found.refuses(message, NO_SUCH_TYPE),
        // x509-parser is asked below, and tls-parser has nothing to say.
        Body::Document(Document::Certificate | Document::TrustedCertificate) => {}
        Body::Document(document) => {
            if !request::compare(*document, message, &mut found) {
                let theirs = "no document that it knows";
                found.add((Parser::X509, Kind::Leaves), document.name(), "read", theirs);
            }
        }
        Body::ApplicationData | Body::Encrypted | Body::Plaintext | Body::Unknown => return None,
    }
    certificate::compare_all(&message.tree, &message.bytes, &mut found);
    Some(found.differences)
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
    Some(found.differences)
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
