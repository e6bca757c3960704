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
use helloscope::hello::draw::Draw;
use helloscope::lab::{Answer, LabTarget, Rule, Server, Service};
use helloscope::names::{
    CipherSuite, Code, HandshakeType, KeyExchange, NamedGroup, ProtocolVersion,
};
use helloscope::probe::{Probe, Target};
use helloscope::transcript::{CertificateFacts, Kind, Reaction, Side};
use helloscope::wire::extension::{ClientExtension, ServerExtension};
use helloscope::wire::grammar::Context;
use helloscope::wire::handshake::Handshake;
use helloscope::wire::stream::{Message, Unit};
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
fn a_version_that_is_said_has_a_flight_of_its_form() {
    for name in ["openssl-1.0.1g", "openssl-3.0.19-s_client", "chromium-156"] {
        for version in ["SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.3"] {
            let expected = ProtocolVersion::from_text(version).unwrap();
            let flight = hello(name);
            let mut target = LabTarget::new(always(&format!("version:{version}")));
            let transcript = target.probe(&Probe::new(flight)).transcript.unwrap();
            let server = transcript.events.iter().filter(|event| event.from == Side::Server);
            let records = server.filter_map(|event| match &event.unit {
                Unit::Header(header) => header.record(),
                Unit::Message(_) => None,
            });
            let versions: Vec<ProtocolVersion> =
                records.map(|record| record.legacy_record_version).collect();
            assert!(versions.iter().all(|own| *own == expected.as_legacy()), "{name}: {version}");
            let mut messages = transcript.from(Side::Server).filter_map(Message::handshake);
            let Some(Handshake::ServerHello(server)) = messages.next() else { panic!("{version}") };
            let signs = |message: &Handshake| matches!(message, Handshake::ServerKeyExchange(_));
            assert!(!messages.any(signs), "{name}: {version} is signed as TLS 1.2 does");
            let suite = server.cipher_suite;
            let is_of_tls13 = suite.key_exchange() == KeyExchange::Tls13;
            assert_eq!(is_of_tls13, expected == ProtocolVersion::TLS1_3, "{name}: {version}");
            assert!(is_of_tls13 || !suite.is_since_tls12(), "{name}: {version} {suite}");
        }
    }
}

/// The handshake messages of a service's answer to a hello, and what it counts as.
fn messages(service: Service, hello: &str) -> (Vec<Handshake>, Reaction) {
    let named = helloscope::hello::named::NamedHello::parse(hello).unwrap();
    let spec = named.drawn(&mut Draw::seeded("lab"), Some("shop.test")).unwrap().spec;
    let observed = LabTarget::new(service).probe(&Probe::of(&spec));
    let transcript = observed.transcript.unwrap();
    let messages = transcript.from(Side::Server).filter_map(|message| message.handshake().cloned());
    (messages.collect(), observed.reaction)
}

#[test]
fn a_suite_that_is_said_is_chosen_and_what_follows_is_of_that_suite() {
    let chosen = |hello: &str, suite: &str| {
        let (messages, reaction) = messages(always(&format!("suite:{suite}")), hello);
        let Some(Handshake::ServerHello(server)) = messages.first() else { panic!("{messages:?}") };
        assert_eq!(Some(server.cipher_suite), CipherSuite::parse(suite));
        (messages.iter().map(Handshake::msg_type).collect::<Vec<_>>(), reaction.kind)
    };
    let (hello, certificate, key, done) = (
        HandshakeType::server_hello,
        HandshakeType::certificate,
        HandshakeType::server_key_exchange,
        HandshakeType::server_hello_done,
    );
    let not_offered = |suite: &str| Kind::Malformed {
        what: format!("the cipher suite {} was not offered", CipherSuite::parse(suite).unwrap()),
    };
    // Of RSA, of curves, and of what the lab does not speak.
    let without = "tls12-only,-cipher_suites.TLS_RSA_WITH_AES_128_CBC_SHA";
    let suite = "TLS_RSA_WITH_AES_128_CBC_SHA";
    assert_eq!(chosen(without, suite), (vec![hello, certificate, done], not_offered(suite)));
    let (types, kind) = chosen("tls12-only", suite);
    assert_eq!(types, [hello, certificate, done]);
    assert_eq!(kind.word(), "accepted");
    let suite = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256";
    let hello_without = format!("tls12-only,cipher_suites={}", "TLS_RSA_WITH_AES_128_CBC_SHA");
    let (types, kind) = chosen(&hello_without, suite);
    assert_eq!((types, kind), (vec![hello, certificate, key, done], not_offered(suite)));
    let suite = "TLS_KRB5_WITH_RC4_128_MD5";
    assert_eq!(chosen("tls12-only", suite), (vec![hello], not_offered(suite)));
}

#[test]
fn a_group_that_is_said_is_that_of_the_key_where_there_is_one() {
    let chosen = |hello: &str, group: &str| {
        let (messages, reaction) = messages(always(&format!("group:{group}")), hello);
        let curve = messages.iter().find_map(|message| match message {
            Handshake::ServerKeyExchange(key) => key.named_curve(),
            _ => None,
        });
        assert!(matches!(messages.last(), Some(Handshake::ServerHelloDone(_))), "{messages:?}");
        (curve, reaction.kind)
    };
    let malformed = |what: &str| Kind::Malformed { what: what.to_owned() };
    let hybrid = Some(NamedGroup::X25519MLKEM768);
    let not_offered = malformed("the group X25519MLKEM768 (0x11ec) was not offered");
    for hello in ["tls12-only", "tls12-only,legacy_version=1.0", "openssl-1.0.1e"] {
        assert_eq!(chosen(hello, "X25519MLKEM768"), (hybrid, not_offered.clone()), "{hello}");
    }
    // Whether it is listed or none is: TLS 1.2 does not have it.
    let has_none = malformed("TLS 1.2 (0x0303) has no keys in the group X25519MLKEM768 (0x11ec)");
    for hello in
        ["tls12-only,supported_groups+=X25519MLKEM768", "tls12-only,-extensions.supported_groups"]
    {
        assert_eq!(chosen(hello, "X25519MLKEM768"), (hybrid, has_none.clone()), "{hello}");
    }
    let (curve, kind) = chosen("tls12-only", "secp384r1");
    assert_eq!((curve, kind.word()), (Some(NamedGroup::secp384r1), "accepted"));
    let (curve, kind) =
        chosen("tls12-only,cipher_suites=TLS_RSA_WITH_AES_128_CBC_SHA", "secp384r1");
    assert_eq!((curve, kind.word()), (None, "accepted"));
}

#[test]
fn with_another_servers_certificate_the_rest_is_as_it_was() {
    for hello in ["tls12-only", "tls12-only,-cipher_suites.TLS_ECDHE_ECDSA_*"] {
        let shown = |service| {
            let (messages, reaction) = messages(service, hello);
            let types: Vec<_> = messages.iter().map(Handshake::msg_type).collect();
            let facts = messages.iter().find_map(|message| match message {
                Handshake::Certificate(chain) => {
                    Some(CertificateFacts::of(&chain.certificate_list.0[0].0))
                }
                _ => None,
            });
            let facts = facts.unwrap();
            assert!(reaction.accepted(), "{reaction:?}");
            (types, facts.key, facts.subject.unwrap())
        };
        let (types, key, own) = shown(Service::healthy());
        let (as_well, same_key, other) = shown(always("certificate"));
        assert_eq!((types, key), (as_well, same_key));
        assert_eq!((&*own, &*other), ("CN=lab.helloscope.test", "CN=other.helloscope.test"));
    }
}

#[test]
fn behind_a_warning_comes_what_would_have_come() {
    let flight = hello("openssl-1.0.1g");
    let Answer::Send(bytes) = always("warning:unrecognized_name").answer(&flight, &[]) else {
        panic!()
    };
    assert_eq!(bytes[..7], [21, 3, 3, 0, 2, 1, 112]);
    assert_eq!(bytes[7..10], [22, 3, 3]);
    let (messages, reaction) = messages(always("warning:unrecognized_name"), "tls12-only");
    assert_eq!((messages.len(), reaction.kind.word()), (4, "accepted"));
    // What is refused is refused behind it.
    let broken = [22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3];
    let Answer::SendThenClose(bytes) = always("warning:0xfa").answer(&broken, &[]) else {
        panic!()
    };
    assert_eq!(bytes, [21, 3, 1, 0, 2, 1, 0xfa, 21, 3, 1, 0, 2, 2, 50]);
    // And what a server behind the lab says comes behind it too.
    let upstream = serve(Service::healthy());
    let before = Service::before(vec![upstream.address()]);
    let lab = serve(before.with(rule("flight.length>=1", "warning:unrecognized_name")));
    let mut stream = connect(lab.address());
    stream.write_all(&flight).unwrap();
    let mut first = [0; 10];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(first, [21, 3, 3, 0, 2, 1, 112, 22, 3, 3]);
}

#[test]
fn no_reaction_trips_over_any_hello_however_it_is_framed() {
    let hellos = ["tls12-only", "tls12-only,dtls", "sslv2", "openssl-3.5.8", "minimal"];
    let reactions = [
        "version",
        "version:1.0",
        "suite:TLS_RSA_WITH_AES_128_CBC_SHA",
        "suite:TLS_AES_128_GCM_SHA256",
        "suite:0x5a5a",
        "group:X25519MLKEM768",
        "group:x25519",
        "group:0x0a0a",
        "warning:unrecognized_name",
        "warning:close_notify",
        "certificate",
        "stall:9",
    ];
    let sent = |name: &str| {
        let named = helloscope::hello::named::NamedHello::parse(name).unwrap();
        named.drawn(&mut Draw::seeded("lab"), Some("shop.test")).unwrap().spec.flight()
    };
    let mut flights: Vec<Vec<u8>> = hellos.into_iter().map(sent).collect();
    flights.push(vec![22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3]);
    flights.push(b"GET / HTTP/1.0\r\n\r\n".to_vec());
    for flight in &flights {
        for reaction in reactions {
            let answer = always(reaction).answer(flight, &[]);
            assert_ne!(answer, Answer::NeedMore, "{reaction}");
            let observed = LabTarget::new(always(reaction)).probe(&Probe::new(flight.clone()));
            assert!(observed.transcript.is_some());
        }
    }
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
