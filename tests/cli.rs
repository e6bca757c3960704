//! The command line: what is wrong with it, hellos as data, colours, files, and text from a peer.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use common::openssl::Folder;
use common::path;
use common::program::{Lab, run, run_with_input};
use helloscope::lab::{Answer, Service};
use helloscope::wire::text::{hex, unhex};
use serde_json::{Value as Json, json};

#[test]
fn a_wrong_argument_is_one_line_that_names_it_and_what_is_possible() {
    let connect = |option: &str, value: &str| {
        let run = run(&["connect", "shop.test", option, value]);
        let error = run.usage_error().to_owned();
        let named = format!("{option} {value}: ");
        error.strip_prefix(&named).unwrap_or_else(|| panic!("{error}")).to_owned()
    };
    for (option, value, possible) in [
        ("--hello", "nosuch", "`helloscope hello list` has all"),
        ("--hello", "opensl-1.0.1g", "did you mean \"openssl-1.0.1g\"?"),
        ("--hello", "hex:1603", "2 bytes are no whole record"),
        ("--hello", "hex:16zz", "'z' at digit 3"),
        ("--hello", "no/such.toml", "No such file"),
        ("--hello", "openssl-1.0.1e,pad=3", "there are -LIST.MEMBER, "),
        ("--timeout", "never", "seconds from 0.01 to 3600"),
        ("--timeout", "0", "seconds from 0.01 to 3600"),
        ("--connect-to", "nowhere", "ADDRESS:PORT belongs there, as in 127.0.0.1:4433"),
        ("--connect-to", "127.0.0.1", "ADDRESS:PORT belongs there"),
        ("--connect-to", "127.0.0.1:0", "1 to 65535"),
    ] {
        let error = connect(option, value);
        assert!(error.contains(possible), "{option} {value}: {error}");
    }
    for (host, possible) in [
        ("shop.test:https", "\"https\" is no port: 1 to 65535"),
        ("shop.test:99999", "\"99999\" is no port: 1 to 65535"),
        ("https://shop.test/cart", "a host belongs here, and no URL: \"shop.test\""),
        ("https://shop.test:8443", "a host belongs here, and no URL: \"shop.test:8443\""),
        ("two words", "no host: NAME, NAME:PORT or ADDRESS:PORT belongs here"),
    ] {
        assert_eq!(run(&["connect", host]).usage_error(), format!("{host}: {possible}"));
    }
}

#[test]
fn a_typo_in_a_spec_file_is_named_with_the_file_and_the_line() {
    let folder = Folder::new();
    let spec = run(&["hello", "show", "openssl-1.0.1g", "--as", "spec"]).stdout;
    assert!(spec.contains("\nlegacy_version = "), "{spec}");
    let file = folder.file("mine.toml");
    fs::write(&file, spec.replacen("\nlegacy_version", "\nlegacy_versoin", 1)).unwrap();
    let line = 1 + spec.lines().position(|line| line.starts_with("legacy_version")).unwrap();
    let run = run(&["connect", "shop.test", "--hello", &file]);
    let error = run.usage_error();
    let place = format!("--hello {file}: line {line}, column 1: ");
    let what = error.strip_prefix(&place).unwrap_or_else(|| panic!("{error}"));
    assert!(what.contains("legacy_versoin") && what.contains("legacy_version`"), "{what}");
}

#[test]
fn a_hello_is_taken_out_of_a_log_and_what_holds_none_is_named_with_what_it_holds() {
    let log = path("testdata/logs/s_client-3.0-tls1_3-msg.txt");
    let run_of =
        |file: &std::path::Path| run(&["hello", "show", file.to_str().unwrap(), "--as", "hex"]);
    let digits = run_of(&log).stdout;
    assert!(digits.starts_with("16030100f6010000f20303eb5af315746b18b1"), "{digits}");
    assert_eq!(digits.trim().len(), 2 * (5 + 0xf6));
    // Of two that differ it is told which one is taken.
    let two = run_of(&path("testdata/logs/s_client-3.0-dtls1_2-msg.txt"));
    assert_eq!(two.stderr, "note: the first of 2 ClientHellos in it is taken\n");
    let pem = path("testdata/seed/mail.google.com-2014.pem");
    let error = run_of(&pem);
    let told = format!("{}: there is no ClientHello in it, but certificate", pem.display());
    assert_eq!(error.usage_error(), told);
    let readme = run_of(&path("testdata/seed/README.md"));
    assert!(readme.usage_error().ends_with(" can be read, and a spec in TOML or JSON"));
}

#[test]
fn what_no_command_takes_is_one_line_too() {
    for (arguments, what) in [
        (&["connect", "h", "--helo", "x"][..], "unexpected argument '--helo' found; tip: "),
        (&["conect", "h"], "unrecognized subcommand 'conect'; tip: "),
        (&["dissect"], "the following required arguments were not provided: <FILE> (usage: "),
        (
            &["connect", "h", "--color", "purple"],
            "invalid value 'purple' for '--color <WHEN>' [possible ",
        ),
        (&["connect", "h", "-4", "-6"], "the argument '--ipv4' cannot be used with '--ipv6'"),
    ] {
        let run = run(arguments);
        assert!(run.usage_error().starts_with(what), "{run:?}");
    }
}

#[test]
fn an_argument_with_control_characters_is_still_one_line() {
    let run = run(&["connect", "shop.test", "--hello", "a\nb\u{1b}[31m"]);
    assert!(run.usage_error().starts_with("--hello a\\nb\\u{1b}[31m: "), "{run:?}");
}

#[test]
fn help_is_no_error() {
    for arguments in [&["--help"][..], &["connect", "--help"], &["lab", "--help"], &["--version"]] {
        let run = run(arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(run.stdout.contains("helloscope"), "{run:?}");
    }
}

fn presets() -> Vec<String> {
    let list = run(&["hello", "list", "--format", "json"]).json();
    assert_eq!(list["schema"], "helloscope/presets/1");
    let presets = list["presets"].as_array().unwrap().iter();
    presets.map(|preset| preset["id"].as_str().unwrap().to_owned()).collect()
}

fn show(spec: &str, form: &str) -> String {
    let run = run(&["hello", "show", spec, "--as", form]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{spec}");
    run.stdout
}

#[test]
fn the_list_of_hellos_has_a_line_for_each() {
    let ids = presets();
    let text = run(&["hello", "list"]).stdout;
    for id in &ids {
        assert!(text.lines().any(|line| line.starts_with(&format!("{id} "))), "{id}");
        let file = format!("{id}.bin");
        if path(&format!("testdata/hellos/{file}")).is_file() {
            assert!(text.contains(&format!(", from {file}\n")), "{id}");
        }
    }
    assert!(text.ends_with(&format!("\n{} presets\n", ids.len())), "{text}");
}

#[test]
fn every_hello_comes_back_from_its_spec_file_and_from_its_digits() {
    let folder = Folder::new();
    for id in presets() {
        let digits = show(&id, "hex");
        let file = folder.file(&format!("{id}.toml"));
        fs::write(&file, show(&id, "spec")).unwrap();
        assert_eq!(show(&file, "hex"), digits, "{id}");
        assert_eq!(show(&format!("hex:{}", digits.trim()), "hex"), digits, "{id}");
    }
}

#[test]
fn a_hello_comes_back_from_its_json_and_is_the_one_that_was_captured() {
    let folder = Folder::new();
    let shown = run(&["hello", "show", "openssl-1.0.1g", "--format", "json"]).json();
    assert_eq!(shown["schema"], "helloscope/hello/1");
    let captured = fs::read(path("testdata/hellos/openssl-1.0.1g.bin")).unwrap();
    assert_eq!(shown["hex"], hex(&captured));
    let file = folder.file("mine.json");
    fs::write(&file, shown["spec"].to_string()).unwrap();
    assert_eq!(show(&file, "hex").trim(), hex(&captured));
    let bytes = show("openssl-1.0.1g", "bytes");
    assert!(bytes.contains("0006  ") && bytes.contains("  00 15 00 a9 "), "{bytes}");
    assert!(bytes.contains(" padding  "), "{bytes}");
}

#[test]
fn an_edit_behind_a_hellos_name_is_done() {
    let is_grease = |extension: &Json| {
        let kind = extension["type"].as_u64().unwrap();
        kind & 0x0f0f == 0x0a0a && kind >> 8 == kind & 0xff
    };
    let grease = |spec: &str| {
        let digits = show(spec, "hex");
        let bytes = unhex(digits.trim()).unwrap();
        let hello = run_with_input(&["dissect", "-", "--format", "json"], &bytes).json();
        let extensions = hello["messages"][0]["values"]["extensions"].as_array().unwrap().clone();
        (bytes.len(), extensions.iter().filter(|extension| is_grease(extension)).count())
    };
    let (length, count) = grease("chromium-156");
    let (length_without, count_without) = grease("chromium-156,-extensions.grease");
    assert_eq!((count, count_without), (2, 0));
    // Two extensions without a body, or with one byte.
    assert!((8..=10).contains(&(length - length_without)), "{length} {length_without}");
}

#[test]
fn there_are_colours_only_where_they_are_wanted() {
    let dissect = ["dissect", "testdata/seed/s_client-msg.txt"];
    let colours = |option: &[&str]| run(&[&dissect[..], option].concat()).stdout.contains('\x1b');
    assert!(!colours(&[]));
    assert!(!colours(&["--color", "never"]));
    assert!(colours(&["--color", "always"]));
    assert!(!colours(&["--color", "always", "--format", "json"]));
    let error = |when: &str| run(&["connect", "h", "--hello", "nosuch", "--color", when]).stderr;
    assert!(error("never").starts_with("error: ") && error("always").starts_with('\x1b'));
}

#[test]
fn a_result_can_go_to_a_file() {
    let folder = Folder::new();
    let (file, plain) = (folder.file("out.txt"), run(&["hello", "list"]).stdout);
    let to_file = run(&["hello", "list", "-o", &file]);
    assert_eq!((to_file.code, to_file.stdout.as_str(), to_file.stderr.as_str()), (0, "", ""));
    assert_eq!(fs::read_to_string(&file).unwrap(), plain);
    let nowhere = folder.file("no/such/folder");
    let run = run(&["hello", "list", "-o", &nowhere]);
    assert!(run.usage_error().starts_with(&format!("-o {nowhere}: No such file")), "{run:?}");
}

#[test]
fn ndjson_is_one_line() {
    let run = run(&["dissect", "testdata/seed/s_client-msg.txt", "--format", "ndjson"]);
    assert_eq!(run.stdout.matches('\n').count(), 1);
    assert_eq!(run.json()["schema"], "helloscope/transcript/1");
}

#[test]
fn the_lab_lists_its_quirks() {
    for form in ["text", "json"] {
        let list = run(&["lab", "--list", "--format", form]).stdout;
        assert_eq!(list, run(&["explain", "list", "--format", form]).stdout);
    }
}

#[test]
fn a_server_of_the_lab_has_the_quirks_that_it_was_asked_for() {
    let quirks = ["padding-intolerance", "sni-required"];
    let lab = Lab::start(&["--quirk", quirks[0], "--quirk", quirks[1]]);
    let expected = json!({
        "schema": "helloscope/lab/1",
        "address": lab.address(),
        "service": "tls",
        "quirks": quirks,
    });
    assert_eq!(lab.said, expected);
    let outcome = |host: &str, hello: &str| {
        let to = ["--connect-to", lab.address(), "--format", "json"];
        let run = run(&[&["connect", host, "--hello", hello], &to[..]].concat());
        run.json()["summary"]["outcome"].clone()
    };
    let padded = outcome("shop.test", "openssl-1.0.1g");
    assert_eq!((&padded["kind"], &padded["name"]), (&json!("alert"), &json!("decode_error")));
    assert_eq!(outcome("192.0.2.1", "openssl-1.0.1e")["name"], "unrecognized_name");
    assert_eq!(outcome("shop.test", "openssl-1.0.1e")["kind"], "accepted");
}

#[test]
fn what_the_lab_cannot_do_is_one_line() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    for (arguments, what) in [
        (
            ["--quirk", "f5-256-512"],
            "no quirk is called \"f5-256-512\"; did you mean \"f5-256-511\"?",
        ),
        (["--listen", "here"], "ADDRESS:PORT belongs there"),
        (["--listen", &taken], "Address already in use"),
    ] {
        let run = run(&[&["lab"], &arguments[..]].concat());
        let error = run.usage_error();
        assert!(error.starts_with(&format!("{}: {what}", arguments.join(" "))), "{error}");
    }
    let run = run(&["lab", "--service", "smtp", "--quirk", "sni-required"]);
    assert_eq!(
        run.usage_error(),
        "--quirk sni-required: only TLS has quirks, and --service is smtp"
    );
}

/// A server that makes its answer from the client's first bytes, once for each connection, for as
/// long as the test lasts.
fn serve(answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let talk = move |mut stream: TcpStream| -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut hello = vec![0; 1 << 14];
        let length = stream.read(&mut hello)?;
        stream.write_all(&answer(&hello[..length]))?;
        // Until the client closes: unread bytes would turn the end into a reset.
        while stream.read(&mut hello)? > 0 {}
        Ok(())
    };
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| drop(talk(stream))));
    address
}

/// What a terminal would obey: red, another title, and backwards from here.
const NASTY: &str = "\u{1b}[31mr\u{1b}]0;x\u{7}\u{202e}";

/// All that is printed of a server is free of what a terminal obeys, in every form.
fn assert_harmless(address: SocketAddr, shown: &str) {
    let address = address.to_string();
    let harmless = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
    for options in [&[][..], &["--msg"], &["--msg", "--verbose"], &["--color", "never"]] {
        let run = run(&[&["connect", &address], options].concat());
        assert!(run.stdout.chars().all(harmless), "{options:?}: {:?}", run.stdout);
        assert!(run.stdout.contains(shown), "{options:?}: {}", run.stdout);
        assert_eq!(run.stderr, "");
    }
    // Our own colours, but nothing of the peer's.
    let coloured = run(&["connect", &address, "--msg", "--color", "always"]).stdout;
    assert!(!coloured.contains("\u{1b}[31mr") && !coloured.contains("\u{1b}]"), "{coloured:?}");
    let json = run(&["connect", &address, "--format", "json", "--tree"]);
    assert!(json.stdout.chars().all(harmless), "{:?}", json.stdout);
    assert_all_strings(&json.json(), harmless);
}

fn assert_all_strings(json: &Json, good: fn(char) -> bool) {
    match json {
        Json::String(text) => assert!(text.chars().all(good), "{text:?}"),
        Json::Array(items) => items.iter().for_each(|item| assert_all_strings(item, good)),
        Json::Object(map) => map.values().for_each(|value| assert_all_strings(value, good)),
        _ => {}
    }
}

#[test]
fn text_of_a_server_that_speaks_no_tls_cannot_reach_the_terminal() {
    let address = serve(|_| format!("HTTP/1.1 200 {NASTY}\r\n\r\n").into_bytes());
    assert_harmless(address, "\\u{1b}[31mr\\u{1b}]0;x\\u{7}\\u{202e}");
}

#[test]
fn names_in_a_certificate_cannot_reach_the_terminal() {
    // The lab's certificate with other names of the same length.
    let name = b"lab.helloscope.test";
    let nasty = format!("{NASTY}.tst");
    assert_eq!(nasty.len(), name.len());
    let address = serve(move |hello| {
        let Answer::Send(mut flight) = Service::healthy().answer(hello, &[hello.len()]) else {
            panic!("the lab does not take this hello")
        };
        let places = flight.windows(name.len()).enumerate().filter(|(_, part)| part == name);
        let places: Vec<_> = places.map(|(at, _)| at).collect();
        // Issuer, subject and alternative name.
        assert_eq!(places.len(), 3);
        for at in places {
            flight[at..at + name.len()].copy_from_slice(nasty.as_bytes());
        }
        flight
    });
    assert_harmless(address, "certificate  CN=\\u{1b}[31mr");
}
