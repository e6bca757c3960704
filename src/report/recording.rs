//! A client's hello as it was caught: what is in it, how it came, and how to go on with it.

use std::fmt::Write;

use anstyle::Style;
use serde_json::{Map, Value as Json, json};

use crate::hello::no_hello::NoHello;
use crate::hello::spec::HelloSpec;
use crate::names::{Code, ExtensionType, ProtocolVersion};
use crate::net::record::{Caught, End, Recording};
use crate::report::fingerprints;
use crate::report::message_words::{first_line, short};
use crate::report::shell::quote;
use crate::report::style::{DIM, FAULT, HELP, STRONG, count, paint};
use crate::report::width::wrap;
use crate::transcript::Side;
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::fault::Kind;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::client_rules::is_broken;
use crate::wire::limits::RECORDED;
use crate::wire::record::plaintext::{self, Protocol};
use crate::wire::record::ssl2::{Ssl2ClientHello, Ssl2Message};
use crate::wire::stream::{Body, Framing};
use crate::wire::text::{escape, hex, is_mostly_text};

/// A recording, and what was made of it.
#[derive(Debug)]
pub struct Shown<'r> {
    /// What was recorded.
    pub recording: &'r Recording,
    /// The hello as data, or why it cannot be said so.
    pub spec: Result<HelloSpec, NoHello>,
    /// The file in which it was saved, where it was.
    pub saved: Option<String>,
    /// The file that was asked for, where an earlier hello is still in it.
    pub earlier: Option<String>,
}

/// What a hello says, as far as all framings have it.
enum Hello<'r> {
    Tls(&'r ClientHello),
    Ssl2(&'r Ssl2ClientHello),
}

fn hello(caught: &Caught) -> Option<Hello<'_>> {
    match &caught.hello()?.body {
        Body::Handshake(handshake) => match &**handshake {
            Handshake::ClientHello(hello) => Some(Hello::Tls(hello)),
            _ => None,
        },
        Body::Ssl2(message) => match &**message {
            Ssl2Message::ClientHello(hello) => Some(Hello::Ssl2(hello)),
            _ => None,
        },
        _ => None,
    }
}

/// The framing of the first record; none where there is no record.
fn framing(caught: &Caught) -> Option<&'static str> {
    match caught.headers().next()?.framing {
        Framing::Tls(_) => Some("tls"),
        Framing::Ssl2(_) => Some("sslv2"),
        Framing::Dtls(_) | Framing::Cid(_) | Framing::Unified(_) => Some("dtls"),
        Framing::Inner | Framing::Cut => None,
    }
}

/// The versions that a hello offers one by one; none where it only says the highest.
fn supported_versions(hello: &ClientHello) -> Option<&[ProtocolVersion]> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => Some(&versions.0[..]),
        _ => None,
    })
}

fn server_name(hello: &ClientHello) -> Option<String> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::ServerName(names) => names.0.first().map(|name| escape(&name.host_name.0)),
        _ => None,
    })
}

fn alpn(hello: &ClientHello) -> Vec<String> {
    let names = hello.extensions().iter().filter_map(|extension| match extension {
        ClientExtension::Alpn(names) => Some(names.0.iter().map(|name| escape(&name.0.0))),
        _ => None,
    });
    names.flatten().collect()
}

/// One recording after the other.
pub fn text(shown: &[Shown<'_>], width: usize) -> String {
    let texts: Vec<_> = shown.iter().map(|shown| one(shown, width)).collect();
    texts.join("\n")
}

fn one(shown: &Shown<'_>, width: usize) -> String {
    let caught = &shown.recording.caught;
    let mut out = String::new();
    let behind = match caught.starttls {
        Some(protocol) if caught.dialogue.is_empty() => {
            format!(" at once, without a word of {}", protocol.name())
        }
        Some(protocol) => format!(" behind {}", protocol.name()),
        None => String::new(),
    };
    let what = match framing(caught) {
        Some("sslv2") => "TLS in the framing of SSL 2.0",
        Some("dtls") => "DTLS",
        Some(_) => "TLS",
        None => "no TLS",
    };
    let length = count(caught.bytes.len(), "byte");
    let peer = paint(STRONG, shown.recording.peer);
    let _ = writeln!(out, "  {peer}  {what}{behind}, {length}\n");
    let mut fact = |title: &str, words: &str| lines(&mut out, Style::new(), title, words, width);
    match hello(caught) {
        Some(Hello::Tls(hello)) => of_tls(hello, &mut fact),
        Some(Hello::Ssl2(hello)) => {
            fact("versions", &format!("up to {}", short(hello.version)));
            fact("suites", &hello.cipher_specs.0.len().to_string());
        }
        None => {}
    }
    let records = caught.records();
    if !records.is_empty() {
        fact("records", &sizes(&records));
    }
    if !caught.pieces.is_empty() {
        let title = if caught.datagrams { "datagrams" } else { "segments" };
        fact(title, &sizes(&caught.pieces));
    }
    if caught.behind > 0 {
        let more = match caught.dropped {
            0 if caught.is_cut() && caught.datagrams => {
                "; a record in it is cut off: its datagram ends before it does"
            }
            0 if caught.is_cut() => "; the last record is cut off: its end did not come",
            0 => "",
            _ => "; what came behind them is not kept",
        };
        let behind = count(caught.behind, "byte");
        fact("behind it", &format!("{behind}, which go out with it{more}"));
    }
    if caught.reset && caught.end == End::Whole {
        fact("the client", "reset the connection behind its hello");
    }
    if let Some(words) = fault(caught) {
        lines(&mut out, FAULT, "fault", &words, width);
    }
    if let Some(file) = &shown.saved {
        let how = match &shown.spec {
            Err(why) => format!(", the bytes themselves: {why}"),
            Ok(_) => String::new(),
        };
        let how = match &shown.earlier {
            Some(earlier) => format!("{how}; {} is an earlier one", escape(earlier.as_bytes())),
            None => how,
        };
        lines(&mut out, Style::new(), "saved", &format!("{}{how}", escape(file.as_bytes())), width);
    }
    out.push_str(&way_on(shown, width));
    out
}

fn of_tls(hello: &ClientHello, fact: &mut impl FnMut(&str, &str)) {
    let versions = match supported_versions(hello) {
        Some(versions) => join(versions.iter().map(|version| short_code(*version))),
        None if is_broken(hello, ExtensionType::supported_versions) => {
            "in a broken list".to_owned()
        }
        None => format!("up to {}", short(hello.legacy_version)),
    };
    fact("versions", &versions);
    fact("suites", &hello.cipher_suites.0.len().to_string());
    let extensions = hello.extensions();
    let names = join(extensions.iter().map(|extension| short_code(extension.extension_type())));
    match extensions.len() {
        0 => fact("extensions", "none"),
        number => fact("extensions", &format!("{number}: {names}")),
    }
    fact("server name", &server_name(hello).unwrap_or_else(|| "none".to_owned()));
    let alpn = alpn(hello);
    if !alpn.is_empty() {
        fact("ALPN", &alpn.join(", "));
    }
    let (ja3, ja4) = fingerprints::of(hello);
    fact("JA3", &ja3);
    fact("JA4", &ja4);
}

/// What is wrong with it: that it is not whole, or the first fault of its form.
fn fault(caught: &Caught) -> Option<String> {
    let dialogue = |why: &str| format!("no TLS: {why}");
    match caught.end {
        End::Whole => {
            let remarks = caught.hello().into_iter().flat_map(|hello| &hello.tree.remarks);
            let mut remarks = remarks.filter(|remark| remark.kind == Kind::Form);
            return remarks.next().map(ToString::to_string);
        }
        End::Dialogue(why) => return Some(dialogue(why)),
        _ if caught.bytes.is_empty() && !caught.dialogue.is_empty() => {
            return Some(dialogue("it did not ask for it"));
        }
        _ => {}
    }
    if let Some(protocol) = other_protocol(caught) {
        return Some(match protocol.starttls {
            None => format!("no TLS but {}: {}", protocol.name, first_words(&caught.bytes)),
            Some(word) => format!("no TLS yet but {}, which asks for it by {word}", protocol.name),
        });
    }
    let first = caught.transcript.from(Side::Client).next().map(|message| &message.body);
    if let Some(Body::Alert(alert)) = first {
        return Some(format!("no hello, but an alert: {}", short(alert.description)));
    }
    let why = match caught.end {
        End::Closed => "the client closed before it was whole".to_owned(),
        End::Reset => "the client reset the connection before it was whole".to_owned(),
        End::Deadline => "the rest did not come in time".to_owned(),
        End::Full => format!("{RECORDED} bytes have come, and it is not whole"),
        End::Whole | End::NotTls | End::Dialogue(_) => "it is none".to_owned(),
    };
    Some(match caught.hello() {
        Some(_) => format!("an unfinished ClientHello: {why}"),
        None if matches!(caught.bytes.as_slice(), [22, 3 | 254, ..]) => {
            format!("an unfinished ClientHello: {why}")
        }
        None => format!("no hello: {}", first_words(&caught.bytes)),
    })
}

fn other_protocol(caught: &Caught) -> Option<Protocol> {
    match framing(caught) {
        Some(_) => None,
        None => plaintext::recognise_side(&caught.bytes, Side::Client),
    }
}

fn first_words(bytes: &[u8]) -> String {
    match is_mostly_text(bytes) {
        true => first_line(bytes),
        false => format!("{} …", hex(bytes.get(..16).unwrap_or(bytes))),
    }
}

/// What to do next.
fn way_on(shown: &Shown<'_>, width: usize) -> String {
    let caught = &shown.recording.caught;
    let mut out = String::new();
    let mut help = |words: &str| {
        let help = paint(HELP, "help:");
        for (index, line) in wrap(words, width.saturating_sub(6)).iter().enumerate() {
            let margin = if index == 0 { help.as_str() } else { "     " };
            let _ = writeln!(out, "{margin} {line}");
        }
    };
    if caught.end != End::Whole {
        if let Some(option) = other_protocol(caught).and_then(option) {
            help(&format!("record it with --starttls {option}"));
        }
        return out;
    }
    let name = match hello(caught) {
        Some(Hello::Tls(hello)) => server_name(hello),
        _ => None,
    };
    // What was recorded on this machine asks for a name of this machine.
    let asks = name.as_deref().is_some_and(|name| name != "localhost");
    if !asks && caught.starttls.is_none() && framing(caught) == Some("tls") {
        let what = match name {
            Some(name) => format!("it asks for the server {name}"),
            None => {
                "it asks for no server by name, as clients do that are given an address".to_owned()
            }
        };
        help(&format!("{what}; with curl --connect-to ::{{addr}} https://HOST/ it asks for HOST"));
    }
    let Some(file) = &shown.saved else {
        help("-o FILE.toml keeps it, to be diagnosed, edited and sent again");
        return out;
    };
    // What can be turned in a search is the hello, and not what comes with it.
    let in_flight = shown.spec.as_ref().is_ok_and(|spec| spec.flight.is_some());
    let hello = quote(&if in_flight { format!("{file},-flight") } else { file.clone() });
    let file = quote(file);
    let command = match (&shown.spec, framing(caught)) {
        (Err(_), _) => format!("dissect {file}"),
        // A diagnosis goes over TCP.
        (Ok(_), Some("dtls")) => format!("connect HOST --hello {file}"),
        (Ok(_), Some("tls")) if !asks => {
            format!("diagnose HOST --hello {hello} --server-name HOST")
        }
        (Ok(_), _) => format!("diagnose HOST --hello {hello}"),
    };
    let _ = writeln!(out, "\n  helloscope {command}");
    out
}

/// The option for a protocol that was met.
fn option(protocol: Protocol) -> Option<&'static str> {
    let name = match protocol.name {
        "postgresql" => "postgres",
        name => name,
    };
    crate::net::starttls::Protocol::parse(name).map(crate::net::starttls::Protocol::name)
}

/// A fact behind its title.
fn lines(out: &mut String, style: Style, title: &str, words: &str, width: usize) {
    const AT: usize = 15;
    for (index, line) in wrap(words, width.saturating_sub(AT)).iter().enumerate() {
        let title = paint(DIM, format_args!("{:>11}", if index == 0 { title } else { "" }));
        let _ = writeln!(out, "  {title}  {}", paint(style, line));
    }
}

/// `1 of 517 bytes`, `3 of 1, 100 and 416 bytes`; of many the first.
fn sizes(sizes: &[usize]) -> String {
    const MOST: usize = 12;
    let number = sizes.len();
    let shown: Vec<_> = sizes.iter().take(MOST).map(usize::to_string).collect();
    let words = match shown.split_last() {
        _ if number > MOST => format!("{} … bytes", shown.join(", ")),
        Some((last, [])) => format!("{last} bytes"),
        Some((last, first)) => format!("{} and {last} bytes", first.join(", ")),
        None => "0 bytes".to_owned(),
    };
    format!("{number} of {words}")
}

/// A code by its name, GREASE by that word.
fn short_code<C: Code>(code: C) -> String {
    if code.is_grease() { "GREASE".to_owned() } else { short(code) }
}

fn join(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// A recording as JSON, `helloscope/hello-recording/1`: a contract with other programs.
pub fn json(shown: &Shown<'_>) -> Json {
    let caught = &shown.recording.caught;
    let mut map = Map::new();
    let mut put = |key: &str, value: Json| map.insert(key.to_owned(), value);
    put("schema", "helloscope/hello-recording/1".into());
    put("peer", shown.recording.peer.to_string().into());
    put("starttls", caught.starttls.map(|protocol| protocol.name()).into());
    put("framing", framing(caught).into());
    put("end", caught.end.word().into());
    put("reset", caught.reset.into());
    put("fault", fault(caught).into());
    put("summary", summary(caught));
    put("segments", if caught.datagrams { json!([]) } else { json!(caught.pieces) });
    put("datagrams", if caught.datagrams { json!(caught.pieces) } else { json!([]) });
    put("records", json!(caught.records()));
    put("behind", caught.behind.into());
    put("dropped", caught.dropped.into());
    put("cut", caught.is_cut().into());
    put("spec", json!(shown.spec.as_ref().ok()));
    put("why_no_spec", shown.spec.as_ref().err().map(ToString::to_string).into());
    put("hex", hex(&caught.bytes).into());
    put("dialogue", escape(&caught.dialogue).into());
    put("saved", shown.saved.clone().into());
    put("earlier", shown.earlier.clone().into());
    Json::Object(map)
}

fn summary(caught: &Caught) -> Json {
    match hello(caught) {
        Some(Hello::Tls(hello)) => {
            let versions = supported_versions(hello).unwrap_or(&[]);
            let versions: Vec<_> = versions.iter().map(|version| version.number()).collect();
            let extensions = hello.extensions().iter();
            let extensions: Vec<_> =
                extensions.map(|extension| extension.extension_type().number()).collect();
            let (ja3, ja4) = fingerprints::of(hello);
            json!({
                "legacy_version": hello.legacy_version.number(),
                "supported_versions": versions,
                "cipher_suites": hello.cipher_suites.0.len(),
                "extensions": extensions,
                "server_name": server_name(hello),
                "alpn": alpn(hello),
                "ja3": ja3,
                "ja4": ja4,
            })
        }
        Some(Hello::Ssl2(hello)) => json!({
            "legacy_version": hello.version.number(),
            "supported_versions": [],
            "cipher_suites": hello.cipher_specs.0.len(),
            "extensions": [],
            "server_name": null,
            "alpn": [],
            "ja3": null,
            "ja4": null,
        }),
        None => Json::Null,
    }
}
