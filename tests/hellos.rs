//! Hellos as data: what real clients sent becomes a spec and comes back, any becomes any other by
//! its edits, and the command line says what was asked.

mod common;

use std::fs;

use common::flows::Flow;
use common::openssl::Folder;
use common::path;
use common::program::{Lab, run};
use helloscope::hello::edits::Edits;
use helloscope::hello::spec::HelloSpec;
use helloscope::hello::spec_file;
use helloscope::hello::{difference, exact};
use helloscope::names::Code;
use helloscope::transcript::Side;
use helloscope::wire::extension::Extension;
use helloscope::wire::stream::{Body, Framing, Unit};
use helloscope::wire::text::{hex, unhex};

/// The name of every capture.
fn captures() -> Vec<String> {
    let files = fs::read_dir(path("testdata/captures")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut captures: Vec<String> = names
        .filter_map(|name| name.split_once(".flows").map(|(name, _)| name.to_owned()))
        .collect();
    captures.sort();
    captures.dedup();
    captures
}

/// Every hello of a flow's client as it went over the wire, from its first record's header on.
fn hellos(flow: &Flow) -> Vec<Vec<u8>> {
    let transcript = flow.transcript("hellos");
    let pieces = flow.pieces.iter().filter(|piece| piece.from == Side::Client);
    let stream: Vec<u8> = pieces.flat_map(|piece| piece.bytes.clone()).collect();
    let mut headers = Vec::new();
    let mut hellos = Vec::new();
    for event in transcript.events.iter().filter(|event| event.from == Side::Client) {
        match &event.unit {
            Unit::Header(header) => headers.push(header.clone()),
            Unit::Message(message) => {
                let clear = !matches!(message.body, Body::Encrypted | Body::Fragment(_));
                let names = ["client_hello", "sslv2_client_hello"];
                let is_hello = names.contains(&message.type_name()) && message.complete();
                if let (true, true, Some(first), Some(last)) =
                    (clear, is_hello, message.ranges.first(), message.ranges.last())
                {
                    let header = headers.iter().find(|header| header.range.end == first.start);
                    let Some(header) = header else { continue };
                    let padding = match &header.framing {
                        Framing::Ssl2(header) => usize::from(header.padding.unwrap_or(0)),
                        _ => 0,
                    };
                    hellos.push(stream[header.range.start..last.end + padding].to_vec());
                }
            }
        }
    }
    hellos
}

#[test]
fn every_hello_in_the_captures_becomes_a_spec_and_comes_back() {
    let (mut seen, mut dtls, mut sslv2) = (0, 0, 0);
    for capture in captures() {
        for flow in Flow::of_capture(&capture) {
            for bytes in hellos(&flow) {
                let spec = HelloSpec::from_bytes(&bytes)
                    .unwrap_or_else(|error| panic!("{capture}: {error}: {}", hex(&bytes)));
                assert_eq!(hex(&spec.flight()), hex(&bytes), "{capture}");
                let toml = toml::to_string(&spec).unwrap();
                assert_eq!(spec_file::from_toml(&toml).as_ref(), Ok(&spec), "{capture}\n{toml}");
                let json = serde_json::to_string(&spec).unwrap();
                assert_eq!(spec_file::from_json(&json).as_ref(), Ok(&spec), "{capture}\n{json}");
                seen += 1;
                dtls += usize::from(flow.datagrams);
                sslv2 += usize::from(bytes[0] & 0x80 != 0);
            }
        }
    }
    assert!(seen >= 60 && dtls >= 5 && sslv2 >= 2, "{seen} hellos, {dtls} {sslv2}");
}

#[test]
fn the_edits_of_a_difference_make_any_hello_of_a_capture_any_other() {
    let flows = captures().into_iter().flat_map(|capture| Flow::of_capture(&capture));
    let hellos = flows.flat_map(|flow| hellos(&flow).into_iter().take(1));
    let specs: Vec<_> = hellos.map(|bytes| HelloSpec::from_bytes(&bytes).unwrap()).collect();
    // Each with a few others; the presets are tried all with all.
    for (index, from) in specs.iter().enumerate() {
        for to in specs.iter().cycle().skip(index * 7).take(5) {
            let edits = exact::exact(from, to);
            let edited = difference::change(from, &edits);
            assert_eq!(&edited, to, "{edits:?}");
        }
    }
}

#[test]
fn what_diff_prints_makes_the_first_hello_the_second() {
    let folder = Folder::new();
    for (from, to) in [
        ("openssl-1.0.1e", "openssl-1.0.1g"),
        ("chromium-156", "firefox-153esr"),
        ("openssl-3.5.8", "openssl-3.5.8,dtls,session_id=5"),
        ("java-17.0.15", "openssl-1.0.0m,sslv2,segments=5"),
        ("openssl-3.5.8,raw:=0100", "curl-7.88.1"),
        ("openssl-3.5.8", "openssl-3.5.8,!session_id=33,-key_share"),
        ("openssl-3.5.8,-supported_groups", "openssl-3.5.8,!-supported_groups"),
        ("openssl-3.5.8,!-key_share", "openssl-3.5.8,-supported_groups"),
        ("chromium-156", "chromium-156,move server_name last"),
        ("chromium-156,move server_name last", "chromium-156"),
        // The edits say what the second still has drawn.
        ("chromium-156,move alpn last,fresh:=[\"extension_order\",\"key_share\"]", "chromium-156"),
        ("openssl-3.5.8,pad_to=2000", "openssl-3.5.8,server_name=a.test,fresh:=[\"server_name\"]"),
    ] {
        let diff = run(&["hello", "diff", from, to, "--format", "json"]);
        let file = folder.file("edits.json");
        fs::write(&file, &diff.stdout).unwrap();
        // From the file, and as somebody types them.
        let edits = diff.json()["edits"].clone();
        let words: Vec<&str> =
            edits.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        let edit = ["hello", "edit", from];
        for by in [&["--edits", &file][..], &words] {
            let edited = run(&[&edit[..], by].concat());
            assert_eq!(edited.code, 0, "{edited:?}");
            assert_eq!(
                edited.stdout,
                run(&["hello", "show", to, "--as", "spec"]).stdout,
                "{from} {to}"
            );
        }
    }
}

#[test]
fn what_an_edit_says_is_in_the_hello_that_is_saved_whatever_is_drawn() {
    let folder = Folder::new();
    let file = folder.file("edited.toml");
    let share = format!("0024001d0020{}", "17".repeat(32));
    let share = share.as_str();
    // That of chromium-156 in which nothing is sealed: its own numbers, and keys.
    let ech = format!("0000010001070020{}0010{}", "19".repeat(32), "29".repeat(16));
    let random = "5a".repeat(32);
    let of_type = |number: &str, body: &str| format!("{number}{:04x}{body}", body.len() / 2);
    for (preset, edit, said) in [
        ("chromium-156", format!("+extensions.key_share={share}"), of_type("0033", share)),
        ("chromium-156", format!("!extensions+=key_share={share}"), of_type("0033", share)),
        (
            "openssl-3.5.8",
            format!(
                "hello.extensions:=[{{\"key_share\":[{{\"group\":\"x25519\",\"key_exchange\":\"{}\"}}]}}]",
                "17".repeat(32)
            ),
            of_type("0033", share),
        ),
        (
            "chromium-156",
            format!("+extensions.encrypted_client_hello={ech}"),
            of_type("fe0d", &ech),
        ),
        ("chromium-156", format!("hello.random:={random}"), random.clone()),
        ("chromium-156", "hello.legacy_session_id:=00112233".into(), "0400112233".into()),
        ("chromium-156", "server_name=a.test".into(), of_type("0000", "0009000006612e74657374")),
        (
            "chromium-156",
            "+extensions.server_name=0009000006612e74657374".into(),
            of_type("0000", "0009000006612e74657374"),
        ),
        ("chromium-156", "cipher_suites=0x2a2a,0x1301".into(), "00042a2a1301".into()),
        ("chromium-156", "supported_groups=0x2a2a,x25519".into(), "000a000600042a2a001d".into()),
        ("openssl-1.0.1g", "pad_to=777".into(), "01000305".into()),
        ("openssl-1.0.1g", "+extensions.padding=00000000".into(), "0015000400000000".into()),
    ] {
        let made = run(&["hello", "edit", preset, &edit, "-o", &file]);
        assert_eq!(made.code, 0, "{edit}: {made:?}");
        for seed in ["1", "2"] {
            let show = |name: &str| {
                run(&["hello", "show", name, "--as", "hex", "--seed", seed])
                    .stdout
                    .trim()
                    .to_owned()
            };
            let saved = show(&file);
            assert!(saved.contains(&said), "{edit}: {saved}");
            assert_eq!(saved, show(&format!("{preset},{edit}")), "{edit}");
        }
    }
    // An order is that of each hello that is drawn.
    for edit in [
        "move server_name last",
        "move alpn before server_name",
        "!extensions=alpn,supported_groups,supported_versions,server_name,signature_algorithms",
    ] {
        run(&["hello", "edit", "chromium-156", edit, "-o", &file]);
        let order = |seed: &str| {
            let shown = run(&["hello", "show", &file, "--as", "hex", "--seed", seed]).stdout;
            let spec = HelloSpec::from_bytes(&unhex(shown.trim()).unwrap()).unwrap();
            let types = spec.hello.extensions().iter().map(Extension::extension_type);
            types.filter(|kind| !kind.is_grease()).collect::<Vec<_>>()
        };
        assert_eq!(order("1"), order("2"), "{edit}");
    }
}

#[test]
fn a_file_is_of_the_form_by_which_its_name_ends() {
    let folder = Folder::new();
    let shown = |name: &str| run(&["hello", "show", name, "--as", "hex"]).stdout;
    for (name, more, begin) in [
        ("a.json", &[][..], "{\n  \"schema\""),
        ("b.JSON", &["--format", "text"], "record_version = "),
        ("c.json", &["--as", "json"], "{\n  \"record_version\""),
        ("d.json", &["--as", "spec"], "record_version = "),
        ("e.ndjson", &[], "{\"schema\""),
        ("f.toml", &[], "record_version = "),
    ] {
        let file = folder.file(name);
        let edit = ["hello", "edit", "openssl-1.0.1g", "pad_to=700", "-o", &file];
        let made = run(&[&edit, more].concat());
        assert_eq!(made.code, 0, "{name}: {made:?}");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with(begin), "{name}: {text}");
        if ["a.json", "c.json", "f.toml"].contains(&name) {
            assert_eq!(shown(&file), shown("openssl-1.0.1g,pad_to=700"), "{name}");
        }
    }
}

#[test]
fn what_differs_is_grasped_at_once() {
    insta::assert_snapshot!(
        "diff-openssl",
        run(&["hello", "diff", "openssl-1.0.1e", "openssl-1.0.1g"]).stdout
    );
    let framed =
        "openssl-1.0.1e,split_records=100,segments=5,rest,delay=20ms,move server_name last";
    insta::assert_snapshot!(
        "diff-framing",
        run(&["hello", "diff", "openssl-1.0.1e", framed]).stdout
    );
    let chromium = ["", "-second"].map(|which| format!("testdata/hellos/chromium-156{which}.bin"));
    let chromium = chromium.map(|file| path(&file));
    let [first, second] = chromium.each_ref().map(|path| path.to_str().unwrap());
    insta::assert_snapshot!("diff-drawn", run(&["hello", "diff", first, second]).stdout);
    insta::assert_snapshot!(
        "diff-raw",
        run(&["hello", "diff", "openssl-3.5.8,raw:=0100", "curl-7.88.1"]).stdout
    );
    let same = run(&["hello", "diff", "openssl-3.5.8", "openssl-3.5.8"]).stdout;
    assert_eq!(same, "  the two say the same\n");
}

#[test]
fn a_hello_is_edited_in_the_same_words_everywhere() {
    let edits =
        ["-extensions.session_ticket", "cipher_suites-=*RC4*", "move ec_point_formats last"];
    let folder = Folder::new();
    let file = folder.file("mine.toml");
    let with = format!("openssl-1.0.1-s_client,{}", edits.join(","));
    let edit = ["hello", "edit", "openssl-1.0.1-s_client", "-e", edits[0], "-o", &file];
    let edit = [&edit[..], &["--"], &edits[1..]].concat();
    let edited = run(&edit);
    assert_eq!(edited.code, 0, "{edited:?}");
    let show = |name: &str| run(&["hello", "show", name, "--as", "hex"]).stdout;
    assert_eq!(show(&file), show(&with));
    assert!(!run(&["hello", "show", &file]).stdout.contains("RC4"));
    // What begins with `-` is an edit wherever it stands.
    let bare =
        run(&["hello", "edit", "openssl-1.0.1-s_client", edits[0], "-v", edits[1], edits[2]]);
    assert_eq!(bare.stdout, std::fs::read_to_string(&file).unwrap());
    for (edit, what) in [
        ("-extensions.padding", "the hello does not have it"),
        ("-grease", "of which list? as in -extensions.grease"),
        ("alpn=h2,,h3", "a member without a name"),
        ("supported_groups=x25518", "did you mean \"x25519\"?"),
        ("supported_groups=65536", "numbers go up to 65535 (0xffff)"),
        ("suported_groups=x25519", "did you mean \"supported_groups\"?"),
        ("segments=0", "a segment of 0 bytes cannot be sent"),
        ("segments=x", "numbers of bytes belong there"),
        ("segments=4294967296", "a segment has 4294967295 bytes at most"),
        ("segments=99999999999999999999", "a segment has 4294967295 bytes at most"),
        ("split_records=65536", "a record has 65535 bytes at most"),
        ("dtls,split_records=1,99999", "a record has 65535 bytes at most"),
        ("dtls,dtls.sequence_step:=9999999999999999999", "has 48 bits"),
        ("hello:=null", "nothing would be left to send"),
        ("delay=1h", "milliseconds belong there"),
        ("hello.randm:=\"00\"", "unknown key `randm`; did you mean `random`?"),
        ("hello.extensions:=[", "no JSON: "),
        ("cipher_suites-=NOTHING*", "the hello has nothing like it"),
        ("extensions=padding", "put it in first"),
    ] {
        let run = run(&["hello", "edit", "openssl-1.0.1e", "-e", edit]);
        assert!(run.usage_error().contains(what), "{edit}: {run:?}");
    }
}

#[test]
fn a_hello_is_read_from_standard_input_in_any_form() {
    let folder = Folder::new();
    for (form, name) in [("hex", "a.txt"), ("spec", "a.spec"), ("json", "a")] {
        let file = folder.file(name);
        let written = run(&["hello", "show", "openssl-1.0.1e", "--as", form]).stdout;
        std::fs::write(&file, &written).unwrap();
        let shown = |from: &str| {
            let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_helloscope"));
            let input = std::fs::File::open(&file).unwrap();
            let run = program.args(["hello", "show", from, "--as", "hex"]).stdin(input).output();
            String::from_utf8(run.unwrap().stdout).unwrap()
        };
        let hello = run(&["hello", "show", "openssl-1.0.1e", "--as", "hex"]).stdout;
        assert_eq!([shown(&file), shown("-")], [hello.clone(), hello], "{form}");
    }
}

#[test]
fn an_edited_hello_is_a_spec_as_any_other() {
    let folder = Folder::new();
    for edit in [
        "split_records=65535",
        "dtls,split_records=1,65535,rest",
        "segments=4294967295,rest",
        "delay=60000ms",
        "dtls,dtls.sequence_step:=281474976710655",
        "alpn+=x y",
        "!server_name=\u{1}",
        "!-extensions.*",
    ] {
        for ending in ["toml", "json"] {
            let file = folder.file(&format!("edited.{ending}"));
            let form = if ending == "toml" { "spec" } else { "json" };
            let edited = run(&["hello", "edit", "curl-7.88.1", edit, "--as", form, "-o", &file]);
            assert_eq!(edited.code, 0, "{edit}: {edited:?}");
            let shown = run(&["hello", "show", &file, "--as", form]);
            assert_eq!(shown.stdout, fs::read_to_string(&file).unwrap(), "{edit}: {shown:?}");
        }
    }
}

#[test]
fn what_an_edit_would_make_illegal_is_refused_but_for_its_point() {
    for (edit, what) in [
        ("session_id=33", "legacy_session_id: expected at most 32 bytes"),
        ("+extensions.early_data=", "pre_shared_key goes with it"),
        ("+extensions.pre_shared_key=00", "(RFC 8446 4.2.11)"),
        ("compression_methods=1", "expected null"),
        ("ec_point_formats=1", "expected uncompressed"),
        (
            "+key_share.x25519",
            "key_share: expected one key of each group, found another one (RFC 8446 4.2.8)",
        ),
        ("server_name=", "host_name: expected at least 1 byte"),
        ("server_name=192.0.2.1", "expected a name of a host"),
        ("legacy_version=0x0305", "expected TLS 1.2 at most"),
        ("+compression_methods.deflate", "expected null alone"),
        ("key_share=x25519mlkem768", "supported_groups does not have it"),
        ("extensions+=supported_groups=0002001d", "expected one extension of each type"),
    ] {
        let name = format!("curl-7.88.1,{edit}");
        let error = run(&["hello", "show", &name]);
        assert!(error.usage_error().contains(what), "{edit}: {error:?}");
        assert!(error.stderr.contains(&format!(": \"{edit}\": ")), "{error:?}");
        assert!(error.stderr.contains("`!` before the edit"), "{error:?}");
        let point = run(&["hello", "show", &format!("curl-7.88.1,!{edit}"), "--as", "hex"]);
        assert_eq!(point.code, 0, "{point:?}");
        assert_ne!(point.stdout, run(&["hello", "show", "curl-7.88.1", "--as", "hex"]).stdout);
    }
    for (base, edit, what) in [
        ("sslv2", "dtls", "no cipher suite is left"),
        ("tls13-only", "sslv2", "no cipher suite is left"),
        ("tls13-only", "-supported_versions", "no cipher suite is left"),
        ("dtls12", "segments=5", "segments: datagrams have none"),
        ("dtls12", "segments:=[5]", "segments: datagrams have none"),
        ("minimal", "handshake_length:=99999999", "has 24 bits"),
        ("minimal", "record_versions:=[769,769]", "there are more of them than records"),
        ("sslv2", "session_id=7", "session_id_length: expected 0 or 16, found 7 (SSL 2.0 2.5)"),
        ("openssl-1.0.1e,sslv2", "session_id=16", "expected 0, found 16 (RFC 5246 E.2)"),
        ("minimal", "cipher_suites-=0x1301", "nothing like it"),
        (
            "tls13-only",
            "legacy_version=1.0",
            "that drops TLS 1.3, since supported_versions goes with it (it belongs to a hello of \
             legacy_version TLS 1.2, RFC 8446 4.1.2): no cipher suite is left",
        ),
        ("tls13-only", "-supported_versions", "that drops TLS 1.3: no cipher suite"),
        ("sslv2", "tls", "the kinds of ciphers of SSL 2.0 are no suites of TLS: no cipher suite"),
        ("dtls12", "+cipher_suites.TLS_RSA_WITH_RC4_128_SHA", "datagrams cannot have RC4"),
        ("sslv2", "pad_to=512", "a hello of SSL 2.0 has no place for extensions"),
        ("sslv2", "split_records=1,100", "a hello of SSL 2.0 goes in one record"),
        ("sslv2", "+cipher_suites.TLS_RSA_WITH_RC4_128_SHA", "sslv2.cipher_specs"),
        ("minimal", "+key_share.x25519", "expected keys of groups that supported_groups has"),
        ("minimal", "record_version=1.3", "legacy_record_version: expected 0x0300 to 0x0303"),
        ("openssl-1.0.1e", "extensions+=server_name=0000", "nothing is left in it"),
        ("ssl3", "supported_versions=1.2", "legacy_version TLS 1.2"),
        (
            "openssl-1.0.1e",
            "+extensions.key_share=0006001d00021111",
            "it cannot stay, since supported_groups does not have it",
        ),
    ] {
        let error = run(&["hello", "edit", base, edit]);
        assert!(error.usage_error().contains(what), "{edit}: {error:?}");
    }
}

#[test]
fn what_goes_with_an_edit_is_told() {
    let edit = ["hello", "edit", "curl-7.88.1", "cipher_suites=ECDHE-RSA-AES128-GCM-SHA256"];
    let told = run(&edit);
    assert_eq!(told.code, 0);
    assert!(told.stderr.starts_with("note: extensions.supported_versions"), "{told:?}");
    assert!(told.stderr.contains("a suite of TLS 1.3"), "{told:?}");
    assert!(!told.stdout.contains("supported_versions"), "{told:?}");
    assert_eq!(run(&[&edit[..], &["-q"]].concat()).stderr, "");
    for (base, edit, note) in [
        (
            "curl-7.88.1",
            "supported_versions=1.2",
            "extensions.key_share went too: it is of TLS 1.3",
        ),
        ("openssl-1.0.1e", "sslv2", "extensions went too: a hello of SSL 2.0"),
        ("openssl-3.5.8", "sslv2", "legacy_session_id went too: a hello of SSL 2.0"),
        ("openssl-1.0.1e,segments=5", "dtls", "segments went too: datagrams have none"),
        ("openssl-1.0.1e", "dtls", "datagrams cannot have RC4"),
    ] {
        let told = run(&["hello", "edit", base, edit]);
        assert!(told.code == 0 && told.stderr.contains(note), "{told:?}");
    }
    // So it is wherever a hello is named.
    let name = "curl-7.88.1,supported_versions=1.2";
    let diff = |one, other| ["diff", one, other];
    for (command, which) in [
        (&["show", name][..], ""),
        (&["fingerprint", name], ""),
        (&diff("curl-7.88.1", name), "the second hello: "),
        (&diff(name, "curl-7.88.1"), "the first hello: "),
    ] {
        let told = run(&[&["hello"][..], command].concat());
        let gone = "extensions.psk_key_exchange_modes, extensions.key_share went too";
        let note = format!("note: {which}{gone}");
        assert!(told.code == 0 && told.stderr.starts_with(&note), "{told:?}");
    }
    let empty = run(&["hello", "edit", "minimal", "-e", ""]);
    assert_eq!(empty.usage_error(), "minimal: \"\": an edit belongs there");
    let idle = run(&["hello", "edit", "openssl-1.0.1e", "alpn="]);
    assert_eq!(idle.stderr, "note: changes nothing: alpn=\n");
    for like in ["supported_groups-=0x001d", "supported_groups-=29", "supported_groups-=P-256"] {
        let told = run(&["hello", "edit", "curl-7.88.1", like]);
        assert_eq!(told.code, 0, "{told:?}");
    }
    let padded = run(&["hello", "edit", "openssl-1.0.1g", "pad_to=340"]);
    assert!(padded.stderr.contains("without padding the hello has 339 bytes"), "{padded:?}");
    // A record that is no more has no version.
    let several = "minimal,split_records=20,record_versions:=[769,770,771]";
    let whole = run(&["hello", "edit", several, "-split_records"]);
    assert!(whole.stdout.contains("record_versions = [\"TLS 1.0\"]"), "{whole:?}");
    let rest = run(&["hello", "edit", "curl-7.88.1", "split_records=1,100,rest"]);
    assert!(rest.stdout.contains("16384"), "{rest:?}");
    let twice = run(&["hello", "diff", "curl-7.88.1", "curl-7.88.1,!alpn+=h2"]);
    assert!(!twice.stdout.contains("another order"), "{twice:?}");
    // Two versions of TLS are one of DTLS.
    let datagram = run(&["hello", "edit", "curl-7.88.1", "dtls"]);
    assert_eq!(datagram.stdout.matches("\"DTLS 1.0\"").count(), 2, "{datagram:?}");
}

#[test]
fn a_star_means_all_members_of_a_list() {
    for list in ["extensions", "cipher_suites", "supported_groups"] {
        let edit = format!("chromium-156,+extensions.0x7e57=00,!-{list}.*");
        let shown = run(&["hello", "show", &edit, "--as", "json"]);
        assert_eq!(shown.code, 0, "{shown:?}");
        let hello = &shown.json()["hello"];
        match list {
            "supported_groups" => assert!(shown.stdout.contains("\"supported_groups\": []")),
            list => assert!(hello[list].as_array().unwrap().is_empty(), "{hello}"),
        }
    }
    let greaseless = run(&["hello", "show", "chromium-156,extensions-=GREASE", "--as", "spec"]);
    let by_name = run(&["hello", "show", "chromium-156,-extensions.grease", "--as", "spec"]);
    assert_eq!(greaseless.stdout, by_name.stdout);
}

#[test]
fn a_seed_draws_as_connect_does() {
    let show = |name: &str, more: &[&str]| {
        let shown = run(&[&["hello", "show", name, "--as", "hex"][..], more].concat());
        assert_eq!(shown.code, 0, "{shown:?}");
        shown.stdout
    };
    let drawn = show("chromium-156", &["--seed", "7"]);
    assert_eq!(drawn, show("chromium-156", &["--seed", "7"]));
    assert_ne!(drawn, show("chromium-156", &["--seed", "8"]));
    assert_ne!(drawn, show("chromium-156", &[]));
    assert!(drawn.contains(&hex(b"shop.test.example")));
    let lab = Lab::start(&[]);
    for name in ["chromium-156", "openssl-1.0.1g,-extensions.ec_point_formats"] {
        let sent = ["--hello", name, "--seed", "7", "--server-name", "shop.test.example"];
        let connect = ["connect", lab.address(), "--format", "json", "--tree"];
        let connected = run(&[&connect[..], &sent].concat()).stdout;
        let shown = run(&["hello", "show", name, "--seed", "7", "--as", "json"]).json();
        let random = shown["hello"]["random"].as_str().unwrap();
        assert!(connected.contains(random), "{random} {connected}");
    }
    // A name that is asked for is drawn for, as its padding shows.
    let named = show("openssl-1.0.1g,server_name=a.example", &["--seed", "7"]);
    assert_eq!(named.trim().len(), 2 * 517);
    let edited = ["hello", "edit", "openssl-1.0.1g", "server_name=a.example", "--seed", "7"];
    assert_eq!(run(&[&edited[..], &["--as", "hex"]].concat()).stdout, named);
}

#[test]
fn what_record_prints_is_a_hello_and_a_capture_file_is_none_yet() {
    let folder = Folder::new();
    let file = folder.file("recording.json");
    let hello = fs::read(path("testdata/hellos/curl-7.88.1.bin")).unwrap();
    let spec = HelloSpec::from_bytes(&hello).unwrap();
    let recording = |spec: Option<&HelloSpec>, why: Option<&str>| {
        let json = serde_json::json!({
            "schema": "helloscope/hello-recording/1", "spec": spec, "why_no_spec": why,
        });
        fs::write(&file, json.to_string()).unwrap();
        run(&["hello", "show", &file, "--as", "hex"])
    };
    assert_eq!(recording(Some(&spec), None).stdout.trim(), hex(&hello));
    let none = recording(None, Some("record 2 is none"));
    assert!(none.usage_error().contains("the recording has no spec: record 2 is none"), "{none:?}");
    let pcap = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1];
    for name in ["e.pcap", "e.bin", "e"] {
        let file = folder.file(name);
        fs::write(&file, pcap).unwrap();
        let shown = run(&["hello", "show", &file]);
        let told = "a capture file (pcap) of 21 bytes, cut off in its header";
        assert!(shown.usage_error().contains(told), "{shown:?}");
    }
    assert!(run(&["hello", "show", "nosuch.pcap"]).usage_error().contains("No such file"));
}

#[test]
fn a_hello_is_shown_as_a_literal_that_a_program_takes() {
    let show = |form| run(&["hello", "show", "openssl-1.0.1g", "--as", form]).stdout;
    let bytes = unhex(show("hex").trim()).unwrap();
    for form in ["rust", "go"] {
        let literal = show(form);
        let digits: String = literal.split("0x").skip(1).map(|byte| &byte[..2]).collect();
        assert_eq!(unhex(&digits).unwrap(), bytes, "{literal}");
    }
    let python = show("python");
    let digits: String = python.split('"').skip(1).step_by(2).collect();
    assert_eq!(unhex(&digits).unwrap(), bytes, "{python}");
    let edits = Edits::parse("-padding").unwrap();
    assert_eq!(edits.to_string(), "-extensions.padding");
}
