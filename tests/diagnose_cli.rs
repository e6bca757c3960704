//! `helloscope diagnose` as a person and as a program see it, against the lab over TCP.

mod common;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Output};

use common::openssl::Folder;
use helloscope::hello::HelloSpec;
use helloscope::lab::{Answer, Rule, Server, Service};
use helloscope::names::{CipherSuite, CompressionMethod, ContentType, NamedGroup, ProtocolVersion};
use helloscope::quirks::{Quirk, Response};
use helloscope::wire::extension::{Block, ClientExtension, HelloRetryExtension};
use helloscope::wire::grammar::{Fixed, Opaque};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::random::{HELLO_RETRY_REQUEST, Random};
use helloscope::wire::handshake::server_hello::HelloRetryRequest;
use helloscope::wire::record::records;
use helloscope::wire::text::hex;
use serde_json::{Value, json};

fn helloscope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_helloscope")).args(arguments).output().unwrap()
}

fn lab(service: Service) -> Server {
    Server::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), service).unwrap()
}

fn quirk(id: &str) -> Server {
    lab(Service::healthy().with(Quirk::find(id).unwrap()))
}

/// The JSON of a diagnosis, and the exit code.
fn diagnose(address: &str, more: &[&str]) -> (Value, i32) {
    let timeout: &[&str] = if more.contains(&"--timeout") { &[] } else { &["--timeout", "1"] };
    let arguments = [&["diagnose", address, "--format", "json"], timeout, more].concat();
    let output = helloscope(&arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "", "{arguments:?}");
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code().unwrap())
}

#[test]
fn the_hang_is_a_window_whose_both_ends_are_exact() {
    let server = quirk("f5-256-511");
    let address = server.address().to_string();
    let (found, code) = diagnose(&address, &["--hello", "openssl-1.0.1e"]);
    assert_eq!(code, 1);
    assert_eq!(found["verdict"], "cause");
    assert_eq!(
        found["cause"],
        json!({"field": "handshake.length", "min": 256, "max": 511}),
        "no word of bounds that are not exact"
    );
    assert_eq!(found["subject"]["handshake_length"], 315, "without a name for an address");
    assert_eq!(found["reaction"], json!({"kind": "silence", "step": "client_hello"}));
    if cfg!(target_os = "linux") {
        let arrived = json!({"bytes": 0, "retransmissions": 0, "window_closed": false});
        assert_eq!(found["evidence"][0]["unacknowledged"], arrived);
        let note = found["notes"][0].as_str().unwrap();
        assert!(
            note.starts_with("all of the 320 bytes that were sent were acknowledged"),
            "{note}"
        );
    }
    assert_eq!(found["remedy"]["edits"], json!(["pad_to=512"]));
    assert_eq!(found["remedy"]["reaction"]["kind"], "accepted");
    assert_eq!(found["confirmed"], json!({"cause_fails": 2, "remedy_passes": 2}));
    assert_eq!(found["known_as"], json!(["f5-256-511"]));
    // The remedy's bytes are a hello that passes.
    let hex = format!("hex:{}", found["remedy"]["hex"].as_str().unwrap());
    let (remedied, code) = diagnose(&address, &["--hello", &hex]);
    assert_eq!((remedied["verdict"].as_str(), code), (Some("accepted"), 0));
}

#[test]
fn the_padding_is_the_extension_and_not_the_length() {
    let server = quirk("padding-intolerance");
    let address = server.address().to_string();
    let (found, code) = diagnose(&address, &["--hello", "openssl-1.0.1g"]);
    assert_eq!(code, 1);
    assert_eq!(found["verdict"], "cause");
    assert_eq!(found["cause"], json!({"field": "extensions", "has": 21}));
    assert_eq!(found["reaction"]["code"], 50);
    assert_eq!(found["remedy"]["edits"], json!(["-extensions.padding"]));
    assert_eq!(found["known_as"], json!(["padding-intolerance"]));
}

#[test]
fn quirks_are_diagnosed_over_tcp() {
    for (id, hello, host) in [
        ("empty-last-extension", "openssl-1.0.1e", "127.0.0.1"),
        ("version-intolerance-tls12", "openssl-1.0.1e", "127.0.0.1"),
        ("sni-required", "openssl-1.0.1-s_client", "localhost"),
    ] {
        let server = quirk(id);
        let address = format!("{host}:{}", server.address().port());
        let connect_to = server.address().to_string();
        let (found, _) = diagnose(&address, &["--hello", hello, "--connect-to", &connect_to]);
        let expected = serde_json::to_value(&Quirk::find(id).unwrap().condition).unwrap();
        assert_eq!(found["cause"], expected, "{id}");
        assert_eq!(found["known_as"], json!([id]));
    }
}

/// A server that resets for hellos of 256 to 511 bytes.
fn resetting() -> Server {
    let condition = Quirk::find("f5-256-511").unwrap().condition.clone();
    lab(Service::healthy().with(Rule { condition, response: Response::Reset }))
}

#[test]
fn a_flight_whose_second_segment_meets_a_reset_fails_as_its_hello_does() {
    let server = resetting();
    let address = server.address().to_string();
    let hello = std::fs::read(common::path("testdata/hellos/openssl-1.0.1e.bin")).unwrap();
    let folder = Folder::new();
    let file = folder.file("flight.toml");
    // An alert behind the hello, in a segment of its own.
    let flight = hex(&[&hello[..], &[21, 3, 1, 0, 2, 1, 90]].concat());
    let spec = format!("flight = \"{flight}\"\nsegments = [{}]\n", hello.len());
    std::fs::write(&file, spec).unwrap();
    let (diagnosis, code) = diagnose(&address, &["--hello", &file, "-q"]);
    assert_eq!(code, 1);
    assert_eq!(diagnosis["verdict"], "cause", "{diagnosis}");
    assert_eq!(diagnosis["reaction"]["kind"], "reset", "{diagnosis}");
    assert_eq!(diagnosis["known_as"], json!(["f5-256-511"]));
}

#[test]
fn a_quirk_is_told_in_words_of_what_was_seen() {
    let server = resetting();
    let address = server.address().to_string();
    let told = |form: &str| {
        let output = helloscope(&[
            "diagnose",
            &address,
            "--hello",
            "openssl-1.0.1e",
            "--timeout",
            "1",
            "--format",
            form,
        ]);
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_whitespace().filter(|word| *word != "|").collect::<Vec<_>>().join(" ")
    };
    let other = "Elsewhere such a server does not answer; this one resets the connection.";
    let text = told("text");
    assert!(text.contains("error: the server resets the connection when "), "{text}");
    assert!(text.contains(&format!("= known f5-256-511 {other}")), "{text}");
    let page = told("html");
    assert!(
        page.contains(other) && !page.contains("server does not answer a ClientHello"),
        "{page}"
    );
}

#[test]
fn a_healthy_server_accepts() {
    let server = lab(Service::healthy());
    let address = server.address().to_string();
    let (found, code) = diagnose(&address, &["--hello", "openssl-1.0.1g"]);
    assert_eq!(code, 0);
    assert_eq!(found["verdict"], "accepted");
    assert_eq!(found["cause"], Value::Null);
    assert_eq!(found["cost"]["connections"], 1);
}

#[test]
fn a_closed_port_is_unreachable_and_so_is_a_name_without_an_address() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let (found, code) = diagnose(&address, &[]);
    assert_eq!(code, 3);
    assert_eq!(found["verdict"], "unreachable");
    assert_eq!(found["reaction"], json!({"kind": "refused", "step": "connect"}));
    let (found, code) = diagnose("nosuch.invalid", &[]);
    assert_eq!((found["verdict"].as_str(), code), (Some("unreachable"), 3));
    assert_eq!(found["reaction"]["kind"], "dns");
}

#[test]
fn a_web_server_in_clear_is_not_tls_and_a_mail_server_needs_starttls() {
    let server = lab(Service::http());
    let (found, code) = diagnose(&server.address().to_string(), &[]);
    assert_eq!(code, 1);
    assert_eq!(found["verdict"], "not-tls");
    assert_eq!(found["cause"], json!({"protocol": "http"}));
    let server = lab(Service::smtp());
    let (found, code) = diagnose(&server.address().to_string(), &[]);
    assert_eq!(code, 1);
    assert_eq!(found["verdict"], "needs-starttls");
    assert_eq!(found["cause"], json!({"protocol": "smtp"}));
}

#[test]
fn a_text_names_the_fault_and_what_helps() {
    let server = quirk("padding-intolerance");
    let address = server.address().to_string();
    let output = helloscope(&["diagnose", &address, "--hello", "openssl-1.0.1g", "--timeout", "1"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("error: the server rejects the padding extension"), "{text}");
    assert!(text.contains("^^^^ padding (21)") || text.contains("^ padding (21)"), "{text}");
    assert!(text.contains("--hello openssl-1.0.1g,-extensions.padding"), "{text}");
    assert!(!text.contains('\x1b'), "no colours where nobody sees them");
    assert_eq!(output.status.code(), Some(1));
}

/// The words of a command line, as a shell takes them.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        match index % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

#[test]
fn the_command_that_is_printed_as_a_remedy_passes() {
    for (id, hello, more) in [
        ("f5-256-511", "openssl-1.0.1e", &[][..]),
        ("f5-256-511", "openssl-1.0.1e", &["--server-name", "shop.example"]),
        ("f5-256-511", "openssl-3.0.19-s_client", &[]),
        ("padding-intolerance", "openssl-1.0.1g", &[]),
        ("padding-intolerance", "like-chrome99", &["--server-name", "shop.example"]),
        ("empty-last-extension", "openssl-1.0.1e", &[]),
        ("version-intolerance-tls12", "openssl-1.0.1e", &[]),
        ("version-intolerance-tls12", "gnutls-3.7.9", &[]),
    ] {
        let server = quirk(id);
        let address = server.address().to_string();
        let base = ["diagnose", &address, "--hello", hello, "--timeout", "1"];
        let output = helloscope(&[&base[..], more].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let command = text.lines().find_map(|line| line.split_once("helloscope connect "));
        let (_, command) = command.unwrap_or_else(|| panic!("{id} {hello}\n{text}"));
        let words = words(command);
        let arguments: Vec<&str> =
            ["connect"].into_iter().chain(words.iter().map(String::as_str)).collect();
        let passed = helloscope(&arguments);
        let shown = String::from_utf8_lossy(&passed.stdout).into_owned();
        assert_eq!(passed.status.code(), Some(0), "{id}: {arguments:?}\n{shown}");
    }
}

#[test]
fn a_control_keeps_its_name_and_a_remedy_by_another_name_is_not_undone() {
    let rule = r#"{"field":"server_name","is_not":"good.test"}"#;
    let condition = serde_json::from_str(rule).unwrap();
    let server = lab(Service::healthy().with(Rule { condition, response: Response::Reset }));
    let address = server.address().to_string();
    let control = "openssl-1.0.1e,server_name=good.test";
    let asked = ["--hello", "openssl-1.0.1e", "--server-name", "bad.test", "--control", control];
    let (found, _) = diagnose(&address, &asked);
    assert_eq!(found["verdict"], "cause", "{found}");
    assert_eq!(found["cause"], json!({"field": "server_name", "is_not": "good.test"}));
    assert_eq!(found["remedy"]["edits"], json!(["server_name=good.test"]));
    let output = helloscope(&[&["diagnose", &address][..], &asked].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let command = text.lines().find(|line| line.contains("helloscope connect")).unwrap();
    assert!(command.contains("server_name=good.test"), "{text}");
    assert!(!command.contains("--server-name"), "{text}");
}

#[test]
fn what_a_demo_would_not_heed_is_refused() {
    for more in [
        ["--hello", "minimal"],
        ["--server-name", "a.test"],
        ["--timeout", "3"],
        ["--ttl", "9"],
        ["--max-connections", "9"],
    ] {
        let output = helloscope(&[&["diagnose", "--demo"][..], &more].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(error.contains("cannot be used with") && error.contains(more[0]), "{error}");
    }
}

#[test]
fn the_demo_tells_both_stories() {
    let output = helloscope(&["diagnose", "--demo"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("the server does not answer a ClientHello of 256 to 511 bytes"));
    assert!(text.contains("the server rejects the padding extension"));
    assert!(
        text.contains("openssl-1.0.1e, 341 bytes") && text.contains("openssl-1.0.1g, 512 bytes")
    );
    let output = helloscope(&["diagnose", "--demo", "--format", "json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let causes: Vec<_> =
        found["diagnoses"].as_array().unwrap().iter().map(|found| &found["cause"]).collect();
    assert_eq!(
        causes,
        [
            &json!({"field": "handshake.length", "min": 256, "max": 511}),
            &json!({"field": "extensions", "has": 21}),
        ]
    );
}

#[test]
fn a_budget_that_is_used_up_is_said() {
    let server = quirk("padding-intolerance");
    let address = server.address().to_string();
    let (found, code) =
        diagnose(&address, &["--hello", "openssl-1.0.1g", "--max-connections", "6"]);
    assert_eq!(code, 4);
    assert_eq!(found["verdict"], "undetermined");
    assert_eq!(found["cost"]["connections"], 6);
}

/// A server that talks so to each client, by its address.
fn serving(talk: impl Fn(TcpStream) + Copy + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            std::thread::spawn(move || talk(stream));
        }
    });
    address
}

#[test]
fn a_tls_server_that_tires_of_waiting_is_no_other_protocol() {
    use std::io::{Read, Write};
    use std::time::Duration;

    // Silent to any hello; to one who says nothing it sends an alert after a while.
    let address = serving(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let mut buffer = [0; 4096];
        if stream.read(&mut buffer).is_err() {
            let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 80]);
        } else {
            let _ = stream.read(&mut buffer);
            std::thread::sleep(Duration::from_secs(3));
        }
    });
    let (found, _) = diagnose(&address, &["--timeout", "0.3"]);
    assert_eq!(found["verdict"], "rejects-everything", "{}", found["cause"]);
}

#[test]
fn what_the_first_of_a_list_lack_is_said_as_what_to_offer() {
    let server = quirk("windows-2003-64-suites");
    let address = server.address().to_string();
    let hello = Quirk::find("windows-2003-64-suites").unwrap().example.fails.clone();
    let output = helloscope(&["diagnose", &address, "--hello", &hello, "--timeout", "1"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with("help:"));
    let lines: Vec<_> = lines.take_while(|line| !line.starts_with("   |")).map(str::trim).collect();
    let help = lines.join(" ");
    assert!(help.starts_with("help: offer one of TLS_RSA_WITH_RC4_128_"), "{text}");
    assert!(help.ends_with("among the first 64"), "{text}");
}

/// A server that asks for another share where a hello offers TLS 1.3, and has nothing but an alert
/// for the hello that brings it. It speaks TLS 1.2.
fn fails_after_a_hello_retry_request(wanted: Option<NamedGroup>) -> String {
    use std::io::{Read, Write};

    fn hello(stream: &mut TcpStream) -> Option<(Vec<u8>, ClientHello)> {
        let mut flight = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let spec = HelloSpec::from_bytes(&flight).ok().filter(|spec| spec.is_typed());
            if let Some(spec) = spec {
                return Some((flight, spec.hello));
            }
            let length = stream.read(&mut buffer).ok().filter(|length| *length > 0)?;
            flight.extend(&buffer[..length]);
        }
    }

    serving(move |mut stream| {
        let Some((flight, hello)) = hello(&mut stream) else { return };
        let has_share = hello.extensions().iter().any(|one| match one {
            ClientExtension::KeyShare(shares) => {
                shares.0.iter().any(|share| Some(share.group) == wanted)
            }
            _ => false,
        });
        let offers_tls13 = hello.extensions().iter().any(|one| match one {
            ClientExtension::SupportedVersions(versions) => {
                versions.0.contains(&ProtocolVersion::TLS1_3)
            }
            _ => false,
        });
        if !offers_tls13 || has_share {
            if let Answer::Send(bytes) = Service::healthy().answer(&flight, &[]) {
                let _ = stream.write_all(&bytes);
            }
            let _ = stream.read(&mut [0; 4096]);
            return;
        }
        let retry = Handshake::HelloRetryRequest(HelloRetryRequest {
            legacy_version: ProtocolVersion::TLS1_2,
            random: Random(Fixed(HELLO_RETRY_REQUEST)),
            legacy_session_id_echo: hello.legacy_session_id.clone(),
            cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
            legacy_compression_method: CompressionMethod::null,
            extensions: Some(Block(vec![
                HelloRetryExtension::SupportedVersions(ProtocolVersion::TLS1_3),
                match wanted {
                    Some(group) => HelloRetryExtension::KeyShare(group),
                    None => HelloRetryExtension::Cookie(Opaque::new(vec![7; 8])),
                },
            ])),
        });
        let record =
            |content_type, bytes: &[u8]| records(content_type, ProtocolVersion::TLS1_2, bytes, &[]);
        let _ = stream.write_all(&record(ContentType::handshake, &retry.to_bytes()));
        // What comes next is the second hello.
        let length = stream.read(&mut [0; 4096]).unwrap_or(0);
        if length > 0 {
            let _ = stream.write_all(&record(ContentType::alert, &[2, 80]));
            let _ = stream.read(&mut [0; 4096]);
        }
    })
}

#[test]
fn what_fails_with_the_second_hello_is_a_failure_of_its_own_step() {
    let address = fails_after_a_hello_retry_request(None);
    let (found, code) = diagnose(&address, &["--hello", "openssl-3.0.19-s_client"]);
    assert_eq!((found["verdict"].as_str(), code), (Some("cause"), 1), "{found}");
    assert_eq!(found["reaction"]["step"], "hello_retry");
    assert_eq!(found["reaction"]["kind"], "alert");
    assert_eq!(found["cause"], json!({"field": "supported_versions", "has": 772}));
    let output = helloscope(&["diagnose", &address, "--hello", "openssl-3.0.19-s_client"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("second ClientHello"), "{text}");
}

#[test]
fn where_the_second_hello_fails_a_share_that_needs_none_helps() {
    let address = fails_after_a_hello_retry_request(Some(NamedGroup::secp384r1));
    for hello in ["node-20.20.2", "chromium-156"] {
        let (found, _) = diagnose(&address, &["--hello", hello]);
        assert_eq!(
            found["cause"],
            json!({"all": [
                {"field": "supported_versions", "has": 772},
                {"field": "key_share", "lacks": 24},
            ]}),
            "{found}"
        );
        assert_eq!(found["remedy"]["edits"], json!(["+key_share.secp384r1"]));
    }
}

/// A server that takes connections and never says a word.
fn mute() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || listener.incoming().collect::<Vec<_>>());
    address
}

#[test]
fn where_the_seconds_are_over_what_is_known_is_told() {
    let address = mute();
    let limits = ["--timeout", "600", "--max-seconds", "0.2"];
    let (found, code) = diagnose(&address, &limits);
    assert_eq!((found["verdict"].as_str(), code), (Some("undetermined"), 4));
    assert_eq!(found["notes"], json!(["the time that was allowed is over"]));
    assert_eq!(found["evidence"], json!([]), "the answer was not waited for");
    assert_eq!(found["cost"]["connections"], 1);
    let output = helloscope(&[&["diagnose", &address][..], &limits].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("reaction  none so far"), "{text}");
    let output = helloscope(&["diagnose", &address, "--max-seconds", "soon"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: --max-seconds soon: a number of seconds"), "{error}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_search_and_a_second_one_the_program() {
    use std::io::Read;
    use std::process::Stdio;

    // What has connected waits for an answer, with the signal caught.
    let begin = |more: &[&str]| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let child = Command::new(env!("CARGO_BIN_EXE_helloscope"))
            .args(["diagnose", &address, "--timeout", "600"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let connection = listener.accept().unwrap();
        (child, listener, connection)
    };
    let interrupt = |child: &std::process::Child| {
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    };
    let (mut child, _listener, _connection) = begin(&[]);
    interrupt(&child);
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("undetermined: why the server rejects"), "{text}");
    assert!(text.contains("it was stopped before the end"), "{text}");
    assert_eq!(child.wait().unwrap().code(), Some(4));
    // Nobody reads what it wants to write, so that it does not end by itself.
    let name = format!("ctrl-c-{}", std::process::id());
    let pipe = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (mut child, _listener, _connection) = begin(&["-o", pipe.to_str().unwrap()]);
    while child.try_wait().unwrap().is_none() {
        interrupt(&child);
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
    std::fs::remove_file(pipe).unwrap();
}

/// What is found at these addresses, as JSON and as text, and the exit code.
fn diagnose_all(addresses: &[String], more: &[&str]) -> (Value, String, i32) {
    let addresses = addresses.join(",");
    let host = ["diagnose", "shop.test", "--all-addresses", "--connect-to", &addresses];
    let arguments = [&host[..], &["--timeout", "1"], more].concat();
    let json = helloscope(&[&arguments[..], &["--format", "json"]].concat());
    let text = helloscope(&arguments);
    assert_eq!(json.status.code(), text.status.code());
    let text = String::from_utf8(text.stdout).unwrap();
    (serde_json::from_slice(&json.stdout).unwrap(), text, json.status.code().unwrap())
}

#[test]
fn each_address_is_diagnosed_and_where_they_differ_it_is_said() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let servers = [lab(Service::healthy()), quirk("padding-intolerance"), lab(Service::healthy())];
    let [first, second, third] = servers.each_ref().map(|server| server.address().to_string());
    let hello = ["--hello", "openssl-1.0.1g"];
    let addresses = [first.clone(), second.clone(), third.clone(), closed.clone()];
    let (found, text, code) = diagnose_all(&addresses, &hello);
    assert_eq!(code, 1, "{text}");
    assert_eq!(found["agree"], json!(false));
    assert_eq!(found["alike"], json!([[first, third], [second]]));
    let verdicts: Vec<_> =
        found["diagnoses"].as_array().unwrap().iter().map(|one| &one["verdict"]).collect();
    assert_eq!(verdicts, ["accepted", "cause", "accepted", "unreachable"]);
    let last = text.lines().last().unwrap();
    assert_eq!(last, "the host behaves differently per address, in 2 ways: 2 and 1");
    let command = format!("--hello openssl-1.0.1g,-extensions.padding --connect-to {second}");
    assert!(text.contains(&command), "what helps there, there\n{text}");

    let (found, text, code) = diagnose_all(&[first.clone(), third], &hello);
    assert_eq!((code, &found["agree"]), (0, &json!(true)), "{text}");
    assert_eq!(text.lines().last(), Some("all 2 addresses behave alike"));

    let (found, text, code) = diagnose_all(&[first, closed], &hello);
    assert_eq!((code, &found["agree"]), (3, &json!(null)), "{text}");
    assert_eq!(text.lines().last(), Some("only of 1 of 2 addresses is it known how it behaves"));
}
