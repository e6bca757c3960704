//! What a server of the lab can be told to do: any condition, any reaction, at any rate; by a
//! function call, over TCP and as a command.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail")]

mod common;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use common::program::{Lab, run};
use helloscope::lab::{Answer, LabTarget, Rule, Server, Service};
use helloscope::names::{Code, ProtocolVersion};
use helloscope::probe::{Probe, Target};
use helloscope::transcript::Side;
use helloscope::wire::extension::{ClientExtension, ServerExtension};
use helloscope::wire::grammar::Context;
use helloscope::wire::handshake::Handshake;
use serde_json::json;

fn hello(name: &str) -> Vec<u8> {
    fs::read(common::path(&format!("testdata/hellos/{name}.bin"))).unwrap()
}

fn rule(condition: &str, response: &str) -> Rule {
    Rule { condition: condition.parse().unwrap(), response: response.parse().unwrap() }
}

/// A service that answers any hello in this way.
fn always(response: &str) -> Service {
    Service::healthy().with(rule("flight.length>=1", response))
}

fn serve(service: Service) -> Server {
    Server::start((Ipv4Addr::LOCALHOST, 0).into(), service).unwrap()
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// All that comes before the connection ends in good order.
fn answer(address: SocketAddr, flight: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    stream.write_all(flight).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The version in a ServerHello, as its extension or else its own field says.
fn server_version(flight: &[u8], response: &str) -> ProtocolVersion {
    let observed = LabTarget::new(always(response)).probe(&Probe::new(flight.to_vec()));
    let transcript = observed.transcript.unwrap();
    let message = transcript.from(Side::Server).next().unwrap().handshake().cloned();
    let Some(Handshake::ServerHello(server)) = message else { panic!("{message:?}") };
    let selected = server.extensions().iter().find_map(|extension| match extension {
        ServerExtension::SupportedVersions(version) => Some(*version),
        _ => None,
    });
    selected.unwrap_or(server.legacy_version)
}

#[test]
fn a_wrong_version_is_one_that_no_client_offered() {
    let mut seen = Vec::new();
    for file in fs::read_dir(common::path("testdata/hellos")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "bin") {
            continue;
        }
        let flight = fs::read(&path).unwrap();
        let version = server_version(&flight, "version");
        let Ok(Handshake::ClientHello(client)) =
            Handshake::decode(&flight[5..], Context::default())
        else {
            panic!("{path:?}")
        };
        let listed = client.extensions().iter().find_map(|extension| match extension {
            ClientExtension::SupportedVersions(versions) => Some(versions.0.clone()),
            _ => None,
        });
        match listed {
            Some(listed) => assert!(!listed.contains(&version), "{path:?}: {version}"),
            None => assert!(version.0 > client.legacy_version.0, "{path:?}: {version}"),
        }
        seen.push(version);
    }
    seen.sort_by_key(|version| version.0);
    seen.dedup();
    assert!(seen.len() > 1, "{seen:?}");
}

#[test]
fn a_version_that_is_said_is_the_one_that_is_answered() {
    for name in ["openssl-1.0.1g", "openssl-3.0.19-s_client", "chromium-156"] {
        for version in ["SSL 3.0", "TLS 1.0", "TLS 1.2", "TLS 1.3", "0x0305", "0x0909"] {
            let expected = ProtocolVersion::from_text(version).unwrap();
            let found = server_version(&hello(name), &format!("version:{version}"));
            assert_eq!(found, expected, "{name}");
        }
    }
    assert!(ProtocolVersion(0x0909).name().is_none());
}

#[test]
fn over_tcp_a_stall_is_the_beginning_of_an_answer_and_no_end() {
    let server = serve(always("stall:7"));
    let mut stream = connect(server.address());
    stream.write_all(&hello("openssl-1.0.1g")).unwrap();
    let mut beginning = [0; 7];
    stream.read_exact(&mut beginning).unwrap();
    assert_eq!(beginning[..3], [22, 3, 3]);
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let silence = stream.read(&mut [0; 1]).unwrap_err().kind();
    assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence}");
}

#[test]
fn over_tcp_garbage_is_that_of_the_seed() {
    let service = || always("garbage:300").seeded("some garbage");
    let flight = hello("openssl-1.0.1g");
    let expected = service();
    let server = serve(service());
    for _ in 0..3 {
        let Answer::SendThenClose(bytes) = expected.answer(&flight, &[]) else { panic!() };
        assert_eq!(bytes.len(), 300);
        assert_eq!(answer(server.address(), &flight), bytes);
    }
}

#[test]
fn over_tcp_a_rule_strikes_whom_its_rate_and_its_seed_say() {
    let flight = hello("openssl-1.0.1g");
    let service = || {
        let (never, often) = ("0".parse().unwrap(), "0.3".parse().unwrap());
        Service::healthy()
            .with_at(rule("flight.length>=1", "plaintext:never"), never)
            .with_at(rule("flight.length>=1", "plaintext:often"), often)
            .seeded("luck")
    };
    let expected = service();
    let server = serve(service());
    let mut struck = 0;
    for _ in 0..40 {
        // In pieces, so that the lab is asked more than once about a client.
        let mut stream = connect(server.address());
        stream.set_nodelay(true).unwrap();
        for piece in flight.chunks(100) {
            stream.write_all(piece).unwrap();
        }
        let mut first = [0; 5];
        stream.read_exact(&mut first).unwrap();
        let is_struck = &first == b"often";
        assert!(is_struck || first[..3] == [22, 3, 3], "{first:?}");
        let place = expected.visit().decide(&flight, &[]).struck;
        assert_eq!(place, is_struck.then_some(1));
        struck += usize::from(is_struck);
    }
    assert!((1..39).contains(&struck), "{struck}");
}

#[test]
fn who_watches_a_server_is_told_of_each_connection() {
    let (told, news) = mpsc::channel();
    let service = Service::healthy().with(rule("extensions has padding", "close"));
    let watch = move |served: &helloscope::lab::Served<'_>| {
        told.send((served.client, served.flight.to_vec(), served.decision.struck)).unwrap();
    };
    let server = Server::start_watched((Ipv4Addr::LOCALHOST, 0).into(), service, watch).unwrap();
    for (name, struck) in [("openssl-1.0.1g", Some(0)), ("openssl-1.0.1e", None)] {
        let mut stream = connect(server.address());
        stream.write_all(&hello(name)).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(news.recv().unwrap(), (stream.local_addr().unwrap(), hello(name), struck));
    }
    let stream = connect(server.address());
    let client = stream.local_addr().unwrap();
    drop(stream);
    assert_eq!(news.recv().unwrap(), (client, vec![], None));
}

#[test]
fn as_a_command_rules_of_both_kinds_strike_in_their_order() {
    let condition = r#"{"field":"handshake.length","min":256,"max":511}"#;
    let lab = Lab::start(&[
        "--when",
        condition,
        "--react",
        "alert:warning:no_renegotiation",
        "--quirk",
        "padding-intolerance",
        "--when",
        "extensions has padding",
        "--rate",
        "50%",
    ]);
    assert_eq!(lab.said["quirks"], json!(["padding-intolerance"]));
    let alert = json!({"alert": {"level": "warning", "description": "no_renegotiation"}});
    let decode_error = json!({"alert": {"level": "fatal", "description": "decode_error"}});
    let padding = json!({"field": "extensions", "has": 21});
    let condition: serde_json::Value = serde_json::from_str(condition).unwrap();
    assert_eq!(
        lab.said["rules"],
        json!([
            {"condition": condition, "reaction": alert},
            {"quirk": "padding-intolerance", "condition": padding, "reaction": decode_error},
            {"condition": padding, "reaction": "silence", "rate": 0.5},
        ])
    );
    let outcome = |hello: &str| {
        let to = ["--connect-to", lab.address(), "--format", "json"];
        let run = run(&[&["connect", "shop.test", "--hello", hello], &to[..]].concat());
        run.json()["summary"]["outcome"]["name"].clone()
    };
    assert_eq!(outcome("openssl-1.0.1e"), "no_renegotiation");
    assert_eq!(outcome("openssl-1.0.1g"), "decode_error");
}

#[test]
fn as_a_command_it_says_what_became_of_each_connection() {
    let arguments = ["--quirk", "sni-required", "--when", "tcp.segments>=3", "--react", "close"];
    let (lab, mut log) = Lab::start_logged(&arguments);
    let address: SocketAddr = lab.address().parse().unwrap();
    let mut line = |said: &[u8]| {
        let mut stream = connect(address);
        stream.write_all(said).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        let line = log.next().unwrap();
        let client = format!("{}  ", stream.local_addr().unwrap());
        line.strip_prefix(&client).unwrap_or_else(|| panic!("{line}")).to_owned()
    };
    let lines: Vec<String> = [
        hello("openssl-1.0.1e"),
        show("openssl-1.0.1e", "192.0.2.1"),
        hello("openssl-1.0.1e")[..100].to_vec(),
        b"GET / HTTP/1.0\r\n\r\n".to_vec(),
        vec![],
    ]
    .iter()
    .map(|said| line(said))
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// The bytes of a hello without a name of a server.
fn show(name: &str, host: &str) -> Vec<u8> {
    let named = helloscope::hello::named::NamedHello::parse(&format!("{name},-server_name"));
    let mut draw = helloscope::hello::draw::Draw::seeded(host);
    named.unwrap().drawn(&mut draw, None).unwrap().spec.flight()
}

#[test]
fn what_cannot_be_asked_for_is_one_line() {
    let mut told = String::new();
    for arguments in [
        &["--when", "handshake.lenght=256..511"][..],
        &["--when", "handshake.length=511..256"],
        &["--when", "grease and extensions has pading"],
        &["--when", r#"{"field": "extensions", "hass": 21}"#],
        &["--when", "grease", "--react", "alert:handshake_failur"],
        &["--when", "grease", "--react", "silent"],
        &["--when", "grease", "--react", "stall"],
        &["--when", "grease", "--react", "close", "--react", "reset"],
        &["--react", "close", "--when", "grease"],
        &["--rate", "0.3"],
        &["--when", "grease", "--rate", "often"],
        &["--rate", "0.3", "--rate", "0.4", "--when", "grease"],
        &["--upstream", "127.0.0.1"],
        &["--upstream", "a b:443"],
        &["--service", "http", "--when", "grease"],
        &["--service", "smtp", "--upstream", "127.0.0.1:25"],
    ] {
        let run = run(&[&["lab"], arguments].concat());
        told += run.usage_error();
        told.push('\n');
    }
    insta::assert_snapshot!(told);
}
