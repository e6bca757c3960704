//! A connection as text: a line a message, what was agreed, the chain; and byte by byte. No line is
//! wider than the view.

use std::fmt::Write;

use anstyle::Style;

use crate::names::{Code, ProtocolVersion, Ssl2CipherKind};
use crate::report::bytes::{self, View};
use crate::report::opinion;
use crate::report::rows::Layer;
use crate::report::selection::{Path, Selection};
use crate::report::style::{DIM, FAULT, RECEIVED, SENT, STRONG, count, paint};
use crate::report::width::{Styled, wrap};
use crate::transcript::{CertificateFacts, Event, Kind, Reaction, Side, Step, Summary, Transcript};
use crate::wire::extension::{ClientExtension, ServerExtension};
use crate::wire::fault::Fault;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::record::plaintext::{self, Protocol};
use crate::wire::record::ssl2::Ssl2Message;
use crate::wire::stream::{Body, Framing, Header, Message, Unit};
use crate::wire::text::{escape, is_mostly_text};
use crate::wire::x509::has_raw_key;

/// How a connection is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Columns, and how bytes are shown.
    pub view: View,
    /// Every message byte by byte.
    pub bytes: bool,
    /// Only these parts.
    pub only: &'a [Path],
    /// What others make of the same bytes.
    pub second_opinion: bool,
}

/// The whole view: head, messages, chain, how it ended. Of a selection only what is selected.
pub fn text(transcript: &Transcript, options: Options<'_>) -> String {
    if !options.only.is_empty() {
        return selected(transcript, options);
    }
    let summary = Summary::of(transcript);
    let mut out = String::new();
    let tls13 = summary.version.is_some_and(ProtocolVersion::is_tls13);
    head(&mut out, transcript, &summary, options.view);
    out.push('\n');
    for event in &transcript.events {
        match &event.unit {
            Unit::Message(message) => {
                message_line(&mut out, event, message, tls13, options.view);
                if options.bytes {
                    unit_rows(&mut out, &event.unit, options.view, None);
                    out.push('\n');
                }
            }
            Unit::Header(_) if options.bytes => {
                header_line(&mut out, event);
                unit_rows(&mut out, &event.unit, options.view, None);
            }
            Unit::Header(header) => {
                if let Some(words) = words_for_no_message(header) {
                    let length = format!("{:6}", header.bytes.len());
                    line(&mut out, event.from, "Record", (&length, 6), &words, options.view);
                }
            }
        }
    }
    for remark in &transcript.remarks {
        put(&mut out, "  ", &Styled::new(DIM, remark.as_str()), options.view.width);
    }
    if options.second_opinion {
        opinion::text(&mut out, transcript, options.view.width);
    }
    chain(&mut out, &summary, options.view);
    if let Some(outcome) = &summary.outcome {
        if !outcome.accepted() {
            out.push('\n');
            let words = Styled::new(FAULT, reaction_words(outcome));
            put(&mut out, "  ", &words, options.view.width);
        }
    }
    out
}

/// Only what is selected.
fn selected(transcript: &Transcript, options: Options<'_>) -> String {
    let mut out = String::new();
    for event in &transcript.events {
        let selection = Selection::of(&event.unit, options.only);
        if selection.is_empty() {
            continue;
        }
        match &event.unit {
            Unit::Message(message) => message_line(&mut out, event, message, false, options.view),
            Unit::Header(_) => header_line(&mut out, event),
        }
        unit_rows(&mut out, &event.unit, options.view, Some(&selection));
        out.push('\n');
    }
    out
}

fn unit_rows(out: &mut String, unit: &Unit, view: View, only: Option<&Selection>) {
    match unit {
        // A piece of a log or a stream counts from its own first byte.
        Unit::Message(message) => {
            bytes::rows(out, &message.tree, &message.bytes, Layer::Message, view, only);
        }
        Unit::Header(header) => {
            bytes::rows(out, &header.tree, &header.bytes, Layer::Record, view, only);
        }
    }
}

/// Lines behind a margin.
fn put(out: &mut String, margin: &str, text: &Styled, width: usize) {
    for line in text.wrap(width.saturating_sub(margin.len())) {
        let _ = writeln!(out, "{margin}{line}");
    }
}

/// There was no connection.
pub fn unreachable(host: &str, reaction: &Reaction) -> String {
    let host = escape(host.as_bytes());
    let error = paint(FAULT, "error:");
    format!("{error} {host} is not reached: {}\n", reaction_words(reaction))
}

/// `127.0.0.1:4433  TLS 1.3  TLS_AES_256_GCM_SHA384  X25519MLKEM768`.
fn head(out: &mut String, transcript: &Transcript, summary: &Summary, view: View) {
    let name = escape(transcript.source.name.as_bytes());
    let name = transcript.server.as_deref().unwrap_or(&name);
    let mut parts = Styled::new(STRONG, name);
    if transcript.source.form != "live" {
        parts = parts.and(DIM, format!(" {}", transcript.source.form));
    }
    let mut plain: Vec<String> = Vec::new();
    plain.extend(summary.version.map(short));
    plain.extend(summary.cipher_suite.map(short));
    plain.extend(summary.group.map(short));
    plain.extend(summary.alpn.as_ref().map(|alpn| format!("ALPN {alpn}")));
    let answers = transcript.events.iter().filter(|event| event.from == Side::Server);
    if let Some(last) = answers.filter_map(|event| event.time).next_back() {
        plain.push(format!("{:.1} ms", last * 1000.0));
    }
    for part in plain {
        parts = parts.and(Style::new(), format!(" {part}"));
    }
    if parts.columns() + 2 <= view.width {
        let _ = writeln!(out, "  {}", parts.line());
    } else {
        put(out, "  ", &parts, view.width);
    }
}

/// Columns before the words of a message.
const WORDS_AT: usize = 36;

/// Columns that the words of a message have at least.
const FEWEST: usize = 24;

fn message_line(out: &mut String, event: &Event, message: &Message, tls13: bool, view: View) {
    let (length, wide) = if message.complete() {
        let length = format!("{:6}", message.length);
        (length.clone(), length.len())
    } else {
        let length = format!("{} of {}", message.bytes.len(), message.length);
        (paint(FAULT, &length), length.len())
    };
    let name = camel_case(message.type_name());
    let words = message_words(event.from, message, tls13);
    line(out, event.from, &name, (&length, wide), &words, view);
}

/// A line of the list of messages: a name, a length with its columns, and words.
fn line(
    out: &mut String,
    from: Side,
    name: &str,
    (length, wide): (&str, usize),
    words: &Styled,
    view: View,
) {
    let (arrow, style) = arrow(from);
    let name = format!("{name:21}");
    let line = format!("  {} {}  {length}", paint(style, arrow), paint(style, &name));
    let used = 4 + name.len() + 2 + wide + 3;
    // Behind a long name on a narrow view, the words begin on a line of their own.
    let beside = used.max(WORDS_AT) + FEWEST <= view.width;
    let margin = if beside { used.max(WORDS_AT) } else { WORDS_AT };
    let mut lines = words.wrap(view.width.saturating_sub(margin).max(FEWEST)).into_iter();
    let first = if beside { lines.next().unwrap_or_default() } else { String::new() };
    out.push_str(format!("{line}   {first}").trim_end());
    out.push('\n');
    for line in lines {
        let _ = writeln!(out, "{}{line}", " ".repeat(margin));
    }
}

/// What is wrong with the header of a record, where no message has bytes behind it to tell.
fn words_for_no_message(header: &Header) -> Option<Styled> {
    let mut remarks = header.tree.remarks.iter();
    let remark = match header.framing {
        Framing::Cut => remarks.next(),
        _ => remarks.find(|remark| match remark.fault {
            Fault::Truncated { found: 0, .. } => remark.field == "fragment",
            Fault::Value { found: 0, .. } => remark.field == "length",
            _ => false,
        }),
    }?;
    Some(Styled::new(FAULT, remark.to_string()))
}

fn header_line(out: &mut String, event: &Event) {
    let (arrow, style) = arrow(event.from);
    let name = match &event.unit {
        Unit::Header(Header { framing: Framing::Inner, .. }) => "inside",
        _ => "record",
    };
    let _ = writeln!(out, "  {} {}", paint(style, arrow), paint(DIM, name));
}

fn arrow(from: Side) -> (&'static str, anstyle::Style) {
    match from {
        Side::Client => (">", SENT),
        Side::Server => ("<", RECEIVED),
    }
}

/// `ClientHello` for `client_hello`.
pub fn camel_case(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or(String::new(), |first| {
                first.to_ascii_uppercase().to_string() + letters.as_str()
            })
        })
        .collect()
}

/// What a message says, in a line.
fn message_words(from: Side, message: &Message, tls13: bool) -> Styled {
    let fault = match &message.body {
        Body::BrokenHandshake(_) if !message.complete() => "truncated",
        Body::BrokenHandshake(_) | Body::BrokenSsl2(_) => "not of its type's form",
        Body::ChangeCipherSpec if !message.changes_keys() => "not of its type's form",
        _ => return Styled::new(Style::new(), plain_words(from, message, tls13)),
    };
    Styled::new(FAULT, fault)
}

/// What stands in the place of certificates, RFC 7250.
const A_KEY: &str = "a key, and no certificate";

fn plain_words(from: Side, message: &Message, tls13: bool) -> String {
    match &message.body {
        Body::Handshake(handshake) => match &**handshake {
            Handshake::Certificate13(_) if has_raw_key(&message.tree) => A_KEY.to_owned(),
            handshake => handshake_words(handshake),
        },
        Body::Alert(alert) => {
            let level = alert.level.name().unwrap_or("unknown level");
            let alert = alert.description;
            match from {
                Side::Server => format!("{level} {alert}: {}", alert.meaning()),
                // The meanings are told to the one who sent the hello.
                Side::Client => format!("{level} {alert}"),
            }
        }
        Body::ChangeCipherSpec if tls13 => "for the eyes of middleboxes".to_owned(),
        Body::ChangeCipherSpec => "what follows is protected".to_owned(),
        Body::Encrypted => match message.content_type {
            Some(content_type) => format!("protected, in a record of {}", short(content_type)),
            None => "protected".to_owned(),
        },
        Body::Plaintext => {
            let found = plaintext::recognise_side(&message.bytes, from);
            format!("not TLS{}", other_words(found, &message.bytes))
        }
        Body::Ssl2(message) => ssl2_words(message),
        Body::Fragment(msg_type) => {
            format!("a part of {}", camel_case(msg_type.name().unwrap_or("a message")))
        }
        Body::Document(document) => document.words().to_owned(),
        Body::Ack(ack) => count(ack.record_numbers.0.len(), "record"),
        Body::BrokenHandshake(_)
        | Body::BrokenSsl2(_)
        | Body::ApplicationData
        | Body::Heartbeat
        | Body::Unknown => String::new(),
    }
}

/// What speaks instead of TLS, and what it says first.
fn other_words(protocol: Option<Protocol>, bytes: &[u8]) -> String {
    let words = first_line(plaintext::first_words(bytes));
    match (protocol, words.is_empty()) {
        (Some(found), false) => format!(" but {}: {words}", found.name),
        (Some(found), true) => format!(" but {}", found.name),
        (None, false) => format!(": {words}"),
        (None, true) => ", and no text".to_owned(),
    }
}

fn ssl2_words(message: &Ssl2Message) -> String {
    match message {
        Ssl2Message::ClientHello(hello) => {
            format!("{}, {}", short(hello.version), count(hello.cipher_specs.0.len(), "cipher"))
        }
        Ssl2Message::ServerHello(hello) => {
            format!(
                "{}, {}",
                short(hello.server_version),
                count(hello.cipher_specs.0.len(), "cipher")
            )
        }
        Ssl2Message::ClientMasterKey(key) => Ssl2CipherKind(key.cipher_kind.0).to_string(),
        Ssl2Message::Error(error) => short(error.error_code),
        _ => String::new(),
    }
}

fn handshake_words(handshake: &Handshake) -> String {
    match handshake {
        Handshake::ClientHello(hello) => client_hello_words(hello),
        Handshake::ServerHello(hello) => {
            let mut parts = vec![short(hello.version()), short(hello.cipher_suite)];
            parts.extend(hello.extensions().iter().find_map(|extension| match extension {
                ServerExtension::KeyShare(share) => Some(short(share.group)),
                _ => None,
            }));
            parts.join(", ")
        }
        Handshake::DraftServerHello(hello) => {
            format!("{}, {}", short(hello.version), short(hello.cipher_suite))
        }
        Handshake::HelloRetryRequest(_) | Handshake::DraftHelloRetryRequest(_) => {
            "the server asks for another hello".to_owned()
        }
        Handshake::HelloVerifyRequest(request) => {
            let cookie = count(request.cookie.0.len(), "byte");
            format!("the server asks for the hello again, with a cookie of {cookie}")
        }
        Handshake::NewSessionTicket(ticket) => {
            format!("good for {}", count(ticket.ticket_lifetime_hint as usize, "second"))
        }
        Handshake::NewSessionTicket13(ticket) => {
            format!("good for {}", count(ticket.ticket_lifetime as usize, "second"))
        }
        Handshake::CompressedCertificate(compressed) => format!(
            "{}, {} made of {}",
            short(compressed.algorithm),
            count(compressed.compressed_certificate_message.0.len(), "byte"),
            compressed.uncompressed_length.0,
        ),
        Handshake::RawPublicKey(_) => A_KEY.to_owned(),
        Handshake::NextProtocol(next) => escape(&next.selected_protocol.0),
        Handshake::Certificate(certificate) => {
            count(certificate.certificate_list.0.len(), "certificate")
        }
        Handshake::Certificate13(certificate) => {
            count(certificate.certificate_list.0.len(), "certificate")
        }
        Handshake::ServerKeyExchange(key) => {
            let curve = key.named_curve().map(|curve| format!("ECDHE {}", short(curve)));
            let dh = key.dh_params().map(|params| format!("DHE {} bits", params.dh_p.0.len() * 8));
            let parts = [curve, dh, key.signature_algorithm().map(short)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        Handshake::CertificateVerify(verify) => {
            verify.signature.algorithm.0.map_or(String::new(), short)
        }
        Handshake::CertificateRequest(_) | Handshake::CertificateRequest13(_) => {
            "the server asks for a client certificate".to_owned()
        }
        _ => String::new(),
    }
}

fn client_hello_words(hello: &ClientHello) -> String {
    // What is really offered stands in supported_versions, where that is there.
    let offered = hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => {
            let known = versions.0.iter().filter(|version| !version.is_grease());
            known.max_by_key(|version| version.as_tls()).copied()
        }
        _ => None,
    });
    let mut parts = vec![
        short(offered.unwrap_or(hello.legacy_version)),
        count(hello.cipher_suites.0.len(), "cipher suite"),
        count(hello.extensions().len(), "extension"),
    ];
    for extension in hello.extensions() {
        match extension {
            ClientExtension::ServerName(names) => parts
                .extend(names.0.first().map(|name| format!("SNI {}", escape(&name.host_name.0)))),
            ClientExtension::Alpn(names) => {
                let names: Vec<_> = names.0.iter().map(|name| escape(&name.0.0)).collect();
                parts.push(format!("ALPN {}", names.join(" ")));
            }
            _ => {}
        }
    }
    parts.join(", ")
}

/// A code by its name, or as it prints where it has none.
pub fn short<C: Code>(code: C) -> String {
    code.name().map_or_else(|| code.to_string(), str::to_owned)
}

/// The first line of a text from a peer, safe to print.
pub fn first_line(bytes: &[u8]) -> String {
    let line = bytes.split(|&byte| byte == b'\n' || byte == b'\r').next().unwrap_or_default();
    escape(line.get(..120).unwrap_or(line))
}

fn chain(out: &mut String, summary: &Summary, view: View) {
    for (index, certificate) in summary.certificates.iter().enumerate() {
        let title = if index == 0 { "certificate" } else { "          +" };
        out.push('\n');
        fact(out, Style::new(), title, known(&certificate.subject), view);
        certificate_lines(out, certificate, view);
    }
}

/// A fact behind its title.
fn fact(out: &mut String, style: Style, title: &str, words: &str, view: View) {
    const AT: usize = 15;
    for (index, line) in wrap(words, view.width.saturating_sub(AT)).iter().enumerate() {
        let title = if index == 0 { title } else { "" };
        let _ = writeln!(out, "  {}  {line}", paint(style, format_args!("{title:>11}")));
    }
}

fn certificate_lines(out: &mut String, certificate: &CertificateFacts, view: View) {
    let mut line = |title: &str, words: &str| {
        if !words.is_empty() {
            fact(out, DIM, title, words, view);
        }
    };
    if certificate.issuer.is_some() && certificate.issuer == certificate.subject {
        line("issued by", "itself");
    } else {
        line("issued by", known(&certificate.issuer));
    }
    line("names", &certificate.names().join(", "));
    if let (Some(from), Some(to)) = (&certificate.not_before, &certificate.not_after) {
        let day = |time: &str| time.get(..10).unwrap_or(time).to_owned();
        line("valid", &format!("{} to {}", day(from), day(to)));
    }
    let algorithms = [&certificate.key, &certificate.signature_algorithm];
    let mut algorithms: Vec<_> = algorithms.into_iter().flatten().cloned().collect();
    // Ed25519 is the name of both.
    algorithms.dedup();
    line("key", &algorithms.join(", "));
    line("sha256", &certificate.sha256);
}

fn known(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or("unreadable")
}

/// What a server did, in words.
pub fn reaction_words(reaction: &Reaction) -> String {
    let what = match &reaction.kind {
        Kind::Accepted { version, cipher_suite, hello_retry, .. } => {
            let answer = if *hello_retry { "HelloRetryRequest" } else { "ServerHello" };
            let suite = cipher_suite.map(|suite| format!(", {}", short(suite)));
            return format!("{answer} {}{}", short(*version), suite.unwrap_or_default());
        }
        Kind::Alert { level, description } => {
            let level = level.name().unwrap_or("unknown");
            format!("{level} alert {} ({})", short(*description), description.number())
        }
        Kind::Ssl2Error { error } => {
            format!("SSL 2.0 error {} ({})", short(*error), error.number())
        }
        Kind::Closed => "closed without a word".to_owned(),
        Kind::Reset => "connection reset".to_owned(),
        Kind::Silence => "silence".to_owned(),
        Kind::Plaintext { first } => {
            // Text says by itself what it is.
            let words = match first.starts_with(plaintext::first_words(first)) {
                true if is_mostly_text(first) => format!(": {}", first_line(first)),
                _ => other_words(reaction.protocol(), first),
            };
            format!("no TLS{words}")
        }
        Kind::Malformed { what } => format!("broken TLS: {what}"),
        Kind::Dns => "the name has no address".to_owned(),
        Kind::Refused => "connection refused".to_owned(),
        Kind::Unroutable => "no route".to_owned(),
        Kind::ConnectTimeout => "no connection in time".to_owned(),
    };
    match reaction.step {
        Step::Connect | Step::ClientHello => what,
        step => format!("{what}, after {}", camel_case(step.word())),
    }
}
