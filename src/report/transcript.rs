//! A connection as text: a line a message, what was agreed, the chain; and byte by byte.

use std::fmt::Write;

use crate::names::{Code, ProtocolVersion, Ssl2CipherKind};
use crate::report::bytes::{self, Extent};
use crate::report::style::{DIM, FAULT, RECEIVED, SENT, STRONG, count, paint};
use crate::transcript::{CertificateFacts, Event, Kind, Reaction, Side, Step, Summary, Transcript};
use crate::wire::extension::{ClientExtension, ServerExtension};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::record::plaintext;
use crate::wire::record::ssl2::Ssl2Message;
use crate::wire::stream::{Body, Framing, Header, Message, Unit};
use crate::wire::text::escape;

/// How a connection is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Every message byte by byte.
    pub bytes: Option<Extent>,
}

/// The whole view: head, messages, chain, how it ended.
pub fn text(transcript: &Transcript, options: Options) -> String {
    let summary = Summary::of(transcript);
    let mut out = String::new();
    let tls13 = summary.version.is_some_and(ProtocolVersion::is_tls13);
    head(&mut out, transcript, &summary);
    out.push('\n');
    for event in &transcript.events {
        match (&event.unit, options.bytes) {
            (Unit::Message(message), None) => message_line(&mut out, event, message, tls13),
            (Unit::Message(message), Some(extent)) => {
                message_line(&mut out, event, message, tls13);
                // A piece of a log or a stream counts from its own first byte.
                bytes::rows(&mut out, &message.tree, &message.bytes, 0, extent);
                out.push('\n');
            }
            (Unit::Header(header), Some(extent)) => header_lines(&mut out, event, header, extent),
            (Unit::Header(_), None) => {}
        }
    }
    for remark in &transcript.remarks {
        let _ = writeln!(out, "  {}", paint(DIM, remark));
    }
    chain(&mut out, &summary);
    if let Some(outcome) = &summary.outcome {
        if !outcome.accepted() {
            let _ = writeln!(out, "\n  {}", paint(FAULT, reaction_words(outcome)));
        }
    }
    out
}

/// There was no connection.
pub fn unreachable(host: &str, reaction: &Reaction) -> String {
    let host = escape(host.as_bytes());
    let error = paint(FAULT, "error:");
    format!("{error} {host} is not reached: {}\n", reaction_words(reaction))
}

/// `127.0.0.1:4433  TLS 1.3  TLS_AES_256_GCM_SHA384  X25519MLKEM768`.
fn head(out: &mut String, transcript: &Transcript, summary: &Summary) {
    let name = escape(transcript.source.name.as_bytes());
    let mut parts = vec![paint(STRONG, transcript.server.as_deref().unwrap_or(&name))];
    if transcript.source.form != "live" {
        parts.push(paint(DIM, transcript.source.form));
    }
    parts.extend(summary.version.map(short));
    parts.extend(summary.cipher_suite.map(short));
    parts.extend(summary.group.map(short));
    parts.extend(summary.alpn.as_ref().map(|alpn| format!("ALPN {alpn}")));
    let answers = transcript.events.iter().filter(|event| event.from == Side::Server);
    if let Some(last) = answers.filter_map(|event| event.time).next_back() {
        parts.push(format!("{:.1} ms", last * 1000.0));
    }
    let _ = writeln!(out, "  {}", parts.join("  "));
}

fn message_line(out: &mut String, event: &Event, message: &Message, tls13: bool) {
    let (arrow, style) = arrow(event.from);
    let name = format!("{:21}", camel_case(message.type_name()));
    let length = if message.complete() {
        format!("{:6}", message.length)
    } else {
        paint(FAULT, format_args!("{} of {}", message.bytes.len(), message.length))
    };
    let line = format!(
        "  {} {}  {length}   {}",
        paint(style, arrow),
        paint(style, name),
        message_words(event.from, message, tls13),
    );
    out.push_str(line.trim_end());
    out.push('\n');
}

fn header_lines(out: &mut String, event: &Event, header: &Header, extent: Extent) {
    let (arrow, style) = arrow(event.from);
    let name = match &header.framing {
        Framing::Inner => "inside",
        _ => "record",
    };
    let _ = writeln!(out, "  {} {}", paint(style, arrow), paint(DIM, name));
    bytes::rows(out, &header.tree, &header.bytes, 0, extent);
    out.push('\n');
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
fn message_words(from: Side, message: &Message, tls13: bool) -> String {
    match &message.body {
        Body::Handshake(handshake) => handshake_words(handshake),
        Body::BrokenHandshake(_) if message.complete() => paint(FAULT, "not of its type's form"),
        Body::BrokenHandshake(_) => paint(FAULT, "truncated"),
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
        Body::Plaintext => match plaintext::recognise_side(&message.bytes, from) {
            Some(found) => format!("not TLS but {}: {}", found.name, first_line(&message.bytes)),
            None => format!("not TLS: {}", first_line(&message.bytes)),
        },
        Body::Ssl2(message) => ssl2_words(message),
        Body::BrokenSsl2(_) => paint(FAULT, "not of its type's form"),
        Body::Fragment(msg_type) => {
            format!("a part of {}", camel_case(msg_type.name().unwrap_or("a message")))
        }
        Body::Ack(ack) => count(ack.record_numbers.0.len(), "record"),
        Body::ApplicationData | Body::Heartbeat | Body::Unknown => String::new(),
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
        Handshake::HelloRetryRequest(_) => "the server asks for another hello".to_owned(),
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
            versions.0.iter().filter(|version| !version.is_grease()).max().copied()
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

fn chain(out: &mut String, summary: &Summary) {
    for (index, certificate) in summary.certificates.iter().enumerate() {
        let title = if index == 0 { "certificate" } else { "          +" };
        let _ = writeln!(out, "\n  {title}  {}", known(&certificate.subject));
        certificate_lines(out, certificate);
    }
}

fn certificate_lines(out: &mut String, certificate: &CertificateFacts) {
    let mut line = |title: &str, words: &str| {
        if !words.is_empty() {
            let _ = writeln!(out, "  {}  {words}", paint(DIM, format_args!("{title:>11}")));
        }
    };
    if certificate.issuer.is_some() && certificate.issuer == certificate.subject {
        line("issued by", "itself");
    } else {
        line("issued by", known(&certificate.issuer));
    }
    line("names", &certificate.dns_names.join(", "));
    if let (Some(from), Some(to)) = (&certificate.not_before, &certificate.not_after) {
        let day = |time: &str| time.get(..10).unwrap_or(time).to_owned();
        line("valid", &format!("{} to {}", day(from), day(to)));
    }
    let algorithms = [&certificate.key, &certificate.signature_algorithm];
    let algorithms: Vec<_> = algorithms.into_iter().flatten().cloned().collect();
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
            return format!("{answer} {}, {}", short(*version), short(*cipher_suite));
        }
        Kind::Alert { level, description } => {
            let level = level.name().unwrap_or("unknown");
            format!("{level} alert {} ({})", short(*description), description.number())
        }
        Kind::Closed => "closed without a word".to_owned(),
        Kind::Reset => "connection reset".to_owned(),
        Kind::Silence => "silence".to_owned(),
        Kind::Plaintext { first } => format!("no TLS: {}", first_line(first)),
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
