//! `helloscope dissect` on what people have: logs, dumps, records, certificates, and nonsense.

mod common;

use std::fs;

use common::openssl::Folder;
use common::program::{Run, run, run_with_input};
use common::transcript_json::{
    assert_no_remarks, assert_trees_tile, bytes_there, certificates, field, leaves, message,
    messages, range, types,
};
use common::{path, samples};
use helloscope::wire::text::{hex, unhex};
use serde_json::{Value as Json, json};

const SEED: &str = "testdata/seed/s_client-msg.txt";

fn dissect(file: &str) -> Json {
    read(run(&["dissect", file, "--format", "json", "--tree"]))
}

fn dissect_input(input: &[u8]) -> Json {
    read(run_with_input(&["dissect", "-", "--format", "json", "--tree"], input))
}

fn read(run: Run) -> Json {
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let transcript = run.json();
    assert_trees_tile(&transcript);
    transcript
}

/// The messages without what may differ between two forms of the same bytes.
fn essence(transcript: &Json) -> Vec<Json> {
    let keys = ["from", "type", "length", "complete", "values", "tree"];
    let pick = |message: &Json| keys.iter().map(|&key| message[key].clone()).collect();
    messages(transcript).iter().map(pick).collect()
}

#[test]
fn the_log_that_began_this_project_looks_like_this() {
    let run = run(&["dissect", SEED]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("s_client-msg", run.stdout);
}

#[test]
fn every_byte_of_the_log_that_began_this_project_has_a_name() {
    let transcript = dissect(SEED);
    assert_eq!(types(&transcript, "client"), ["client_hello"]);
    assert_eq!(types(&transcript, "server"), ["server_hello", "certificate"]);
    for (kind, length) in [("client_hello", 312), ("server_hello", 81)] {
        let message = message(&transcript, kind);
        assert_eq!((bytes_there(message), message["length"].as_u64()), (length, Some(length)));
        assert_eq!(message["complete"], true);
        let remarks = message["remarks"].as_array().unwrap();
        assert!(remarks.iter().all(|remark| remark["kind"] == "notice"), "{remarks:?}");
        let names: Vec<_> = leaves(message).iter().map(|leaf| leaf["name"].clone()).collect();
        let unread = ["malformed", "trailing", "opaque"];
        assert!(!names.iter().any(|name| unread.iter().any(|bad| name == bad)), "{names:?}");
    }
    let summary = &transcript["summary"];
    assert_eq!((&summary["version"], &summary["cipher_suite"]), (&json!(0x0301), &json!(0x002f)));
}

#[test]
fn the_certificate_of_that_log_ends_within_its_serial_number() {
    let transcript = dissect(SEED);
    let certificate = message(&transcript, "certificate");
    assert_eq!((&certificate["length"], &certificate["complete"]), (&json!(6078), &json!(false)));
    assert_eq!(bytes_there(certificate), 32);
    let serial = field(&certificate["tree"], "serialNumber").unwrap();
    assert_eq!((range(&serial["range"]), &serial["missing"]), ((23, 32), &json!(9)));
    // Tag and length, and the seven bytes that are there.
    let last = *leaves(certificate).last().unwrap();
    assert_eq!((&last["name"], &last["value"]), (&json!("serialNumber"), &json!("62cb44b9c93690")));
    assert_eq!(range(&last["range"]), (25, 32));
    let remarks = certificate["remarks"].as_array().unwrap();
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    // Of a certificate that is not there, nothing is claimed.
    let values = &certificate["values"]["certificates"][0];
    assert_eq!((&values["sha256"], &values["subject"]), (&Json::Null, &Json::Null));
    assert_eq!(transcript["summary"]["certificates"], json!([]));
}

#[test]
fn a_log_that_lost_its_line_ends_in_pasting_gives_the_same_messages() {
    let pasted = dissect("testdata/seed/s_client-msg-as-pasted.txt");
    assert_eq!(essence(&pasted), essence(&dissect(SEED)));
}

#[test]
fn a_certificate_that_lost_its_line_ends_in_pasting_is_the_same_certificate() {
    for (pasted, file, subject) in [
        ("s_client-gmail-as-pasted.txt", "mail.google.com-2014.pem", "CN=mail.google.com"),
        ("s_client-starttls-as-pasted.txt", "mx.google.com-2013.pem", "CN=mx.google.com"),
    ] {
        let [pasted, whole] = [pasted, file].map(|name| dissect(&format!("testdata/seed/{name}")));
        assert_eq!(essence(&pasted), essence(&whole), "{file}");
        assert_no_facts_missing(&whole, subject);
    }
}

/// The first certificate has all the facts by which people know one.
fn assert_no_facts_missing(transcript: &Json, subject: &str) {
    let facts = transcript["summary"]["certificates"][0].as_object().unwrap();
    assert!(facts.values().all(|fact| !fact.is_null()), "{facts:?}");
    assert!(facts["subject"].as_str().unwrap().contains(subject), "{facts:?}");
    assert_ne!(facts["dns_names"], json!([]));
}

#[test]
fn standard_input_is_read_as_the_file_would_be() {
    let log = fs::read(path(SEED)).unwrap();
    let transcript = dissect_input(&log);
    assert_eq!(transcript["source"], json!({"name": "-", "form": "openssl-msg"}));
    assert_eq!(essence(&transcript), essence(&dissect(SEED)));
}

#[test]
fn dumps_of_a_hello_are_the_hello() {
    let records = dissect("testdata/hellos/openssl-1.0.1g.bin");
    assert_eq!(records["source"]["form"], "records");
    assert_no_remarks(&records);
    assert_eq!(message(&records, "client_hello")["ranges"], json!([[5, 517]]));
    for (name, form) in [
        ("xxd.txt", "hex"),
        ("xxd-i.txt", "hex"),
        ("hexdump-C.txt", "hex"),
        ("od.txt", "hex"),
        ("base64.txt", "base64"),
    ] {
        let dump = dissect(&format!("testdata/logs/{name}"));
        assert_eq!(dump["source"]["form"], form, "{name}");
        assert_eq!(dump["messages"], records["messages"], "{name}");
    }
    let bytes = fs::read(path("testdata/hellos/openssl-1.0.1g.bin")).unwrap();
    let plain = dissect_input(hex(&bytes).as_bytes());
    assert_eq!(plain["messages"], records["messages"]);
}

#[test]
fn a_hello_without_its_record_is_read_too() {
    let bytes = fs::read(path("testdata/hellos/openssl-1.0.1g.bin")).unwrap();
    let bare = dissect_input(hex(&bytes[5..]).as_bytes());
    assert_eq!(essence(&bare), essence(&dissect("testdata/hellos/openssl-1.0.1g.bin")));
}

#[test]
fn both_sides_of_real_connections_are_read_from_their_raw_records() {
    let (mut encrypted, mut messages_seen) = (0, 0);
    for sample in samples("testdata/flights", "bin") {
        let transcript = dissect(&format!("testdata/flights/{}.bin", sample.name));
        let from = if sample.name.ends_with("-client") { "client" } else { "server" };
        let types = types(&transcript, from);
        assert_eq!(types.len(), messages(&transcript).len(), "{} is of one side", sample.name);
        encrypted += types.iter().filter(|&&kind| kind == "encrypted").count();
        messages_seen += types.len();
        assert_no_remarks(&transcript);
    }
    assert!(messages_seen > 100 && encrypted > 30, "{messages_seen}, {encrypted}");
}

#[test]
fn certificates_are_read_from_der_and_pem_alike() {
    let pem = dissect("testdata/seed/mail.google.com-2014.pem");
    assert_eq!(pem["source"]["form"], "pem");
    let der = dissect_input(&certificates(&pem)[0]);
    assert_eq!(der["source"]["form"], "der");
    assert_eq!(essence(&der), essence(&pem));
}

#[test]
fn logs_of_whole_connections_are_complete_and_without_remarks() {
    for (version, number, suite) in [("1_2", 0x0303, 0xc030), ("1_3", 0x0304, 0x1302)] {
        let transcript = dissect(&format!("testdata/logs/s_client-3.0-tls{version}-msg.txt"));
        assert_no_remarks(&transcript);
        for message in messages(&transcript) {
            assert_eq!(message["complete"], true, "{}", message["type"]);
        }
        let summary = &transcript["summary"];
        let agreed = (&summary["version"], &summary["cipher_suite"], &summary["group"]);
        assert_eq!(agreed, (&json!(number), &json!(suite), &json!(29)));
        assert_eq!(summary["outcome"]["kind"], "accepted");
        for side in ["client", "server"] {
            assert!(types(&transcript, side).contains(&"finished"), "TLS {version}: {side}");
        }
    }
}

#[test]
fn a_log_of_tls_1_3_shows_what_was_encrypted() {
    let transcript = dissect("testdata/logs/s_client-3.0-tls1_3-msg.txt");
    let expected =
        ["server_hello", "encrypted_extensions", "certificate", "certificate_verify", "finished"];
    assert_eq!(types(&transcript, "server"), expected);
    assert_eq!(transcript["summary"]["encrypted_from"], Json::Null);
    assert_no_facts_missing(&transcript, "CN=q.test");
    let inside = &message(&transcript, "certificate")["values"]["certificates"][0];
    let der = unhex(inside["der"].as_str().unwrap()).unwrap();
    assert_eq!(dissect_input(&der)["summary"]["certificates"][0]["sha256"], inside["sha256"]);
}

#[test]
fn brief_is_a_line_a_message_and_verbose_is_every_byte() {
    let text = |option: &[&str]| run(&[&["dissect", SEED], option].concat()).stdout;
    let [brief, short, full] = [&["--brief"][..], &[], &["--verbose"]].map(text);
    let lines = brief.lines().filter(|line| line.starts_with("  > ") || line.starts_with("  < "));
    assert_eq!(lines.count(), 3, "{brief}");
    // The second row of the client's random.
    let row = "29 67 60 15 07 3f 05 3b";
    assert!(!brief.contains("random") && !short.contains(row) && full.contains(row), "{full}");
    assert!(short.contains("d0 c0 d2 37 b7 d5 87 73…") && !full.contains('…'), "{short}");
}

#[test]
fn what_cannot_be_read_is_one_line_that_names_the_file_and_the_place() {
    let folder = Folder::new();
    let file = |name: &str, content: &str| {
        let path = folder.file(name);
        fs::write(&path, content).unwrap();
        path
    };
    let missing = folder.file("missing.txt");
    let empty = file("empty.txt", "");
    let nonsense = file("nonsense.txt", "16 03 01\n\nthe quick brown fox\n");
    let pem = file("cut.pem", "so:\n-----BEGIN CERTIFICATE-----\nMIIE\n");
    for (file, what) in [
        (&missing, "No such file"),
        (&empty, "there is nothing in it"),
        (&nonsense, "line 3: \"the\" is no hexadecimal byte"),
        (&pem, "line 2: -----BEGIN CERTIFICATE-----"),
    ] {
        let run = run(&["dissect", file]);
        let error = run.usage_error();
        let error = error.strip_prefix(&format!("{file}: ")).unwrap_or_else(|| panic!("{error}"));
        assert!(error.starts_with(what), "{error}");
    }
    for text in ["no bytes\n", "TUlJQg==", "caf\u{e9}"] {
        let run = run_with_input(&["dissect", "-"], text.as_bytes());
        let expected = "-: a text in no form that is known: raw records, captured packets \
                        (pcap, pcapng), a hex dump, an \
                        `openssl s_client -msg` log, or a certificate, a key or the like in DER, \
                        PEM or base64 can be read";
        assert_eq!(run.usage_error(), expected, "{run:?}");
    }
}

#[test]
fn certificates_are_judged_by_when_they_were_captured() {
    let file = Folder::new();
    let server = std::fs::read(path("testdata/flights/tls12-rsa-server.bin")).unwrap();
    let from = |seconds: u32| {
        let name = file.file("it.pcap");
        let mut packet = vec![0x45, 0];
        let lengths = [server.len() + 40, server.len()].map(|it| u16::try_from(it).unwrap());
        packet.extend(lengths[0].to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 2, 192, 0, 2, 1]);
        packet
            .extend([0x01, 0xbb, 0x13, 0x88, 0, 0, 0, 7, 0, 0, 0, 8, 0x50, 0x10, 1, 0, 0, 0, 0, 0]);
        packet.extend(&server);
        let length = u32::from(lengths[0]).to_le_bytes();
        let header = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 0xffff, 101_u32].map(u32::to_le_bytes);
        let times = [seconds, 0].map(u32::to_le_bytes);
        let pcap = [&header.concat()[..], &times.concat(), &length, &length, &packet].concat();
        std::fs::write(&name, pcap).unwrap();
        let told = run(&["dissect", &name, "--width", "200"]).stdout;
        (told.contains("has expired"), told.contains("found one that is still to come"))
    };
    // The certificate is of 2026, for ten years.
    assert_eq!(from(1_800_000_000), (false, false));
    assert_eq!(from(2_500_000_000), (true, false));
    assert_eq!(from(1_500_000_000), (false, true));
    // A clock that was never set says nothing.
    assert_eq!(from(1), from(1_800_000_000));
}

#[test]
fn a_small_certificate_is_judged_by_the_time_that_is_given() {
    const FILE: &str = "testdata/certificates/ed25519.der";
    for (at, expired) in [("2030-01-01", false), ("2100-01-01T00:00:00Z", true)] {
        let run = run(&["dissect", FILE, "--at", at]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert_eq!(run.stdout.contains("expired"), expired, "{}", run.stdout);
        assert!(!run.stdout.contains("assumed"), "{}", run.stdout);
    }
    let run = run(&["dissect", FILE, "--at", "yesterday"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("2014-06-03"), "{}", run.stderr);
}

#[test]
fn the_dialogue_before_starttls_is_no_answer() {
    let mut server = b"220 mail.example ESMTP\r\n220 go ahead\r\n".to_vec();
    let hello = fs::read(path("testdata/flights/tls12-rsa-server.bin")).unwrap();
    server.extend(hello);
    let transcript = dissect_input(&server);
    assert_eq!(types(&transcript, "server")[..2], ["plaintext", "server_hello"]);
    assert_eq!(transcript["summary"]["outcome"]["kind"], "accepted");
}

/// What is shown of these bytes in a line a message, its words with single spaces.
fn brief(input: &[u8]) -> String {
    let run = run_with_input(&["dissect", "-", "--brief"], input);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    run.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn base64_alone_is_what_its_bytes_are() {
    let certificate = fs::read_to_string(path("testdata/seed/mail.google.com-2014.pem")).unwrap();
    let lines = certificate.lines().filter(|line| !line.starts_with("-----"));
    let digits: String = lines.take_while(|line| !line.is_empty()).collect();
    let in_pem = dissect("testdata/seed/mail.google.com-2014.pem");
    for text in [digits.clone(), format!("  {digits}\n"), digits.replace('M', "M\r\n")] {
        let transcript = dissect_input(text.as_bytes());
        assert_eq!(transcript["source"]["form"], "base64");
        assert_eq!(essence(&transcript)[0], essence(&in_pem)[0]);
    }
    // An alert in its record.
    let transcript = dissect_input(b"FQMDAAICKA==");
    assert_eq!(types(&transcript, "server"), ["alert"]);
}

#[test]
fn each_alert_and_each_error_is_named_once() {
    let alerts = brief(&[21, 3, 3, 0, 6, 1, 112, 2, 0xfa, 5, 40]);
    for said in ["warning unrecognized_name (0x70): ", "fatal 250: ", "level 5, handshake_failure "]
    {
        assert_eq!(alerts.matches(said).count(), 1, "{said}: {alerts}");
    }
    assert!(alerts.ends_with(" fatal alert 250"), "{alerts}");
    let alone = brief(&[21, 3, 3, 0, 2, 5, 40]);
    assert!(alone.ends_with(" alert handshake_failure (40) of level 5"), "{alone}");

    let errors = brief(&[0x80, 3, 0, 0, 1, 0x80, 3, 0, 0, 4, 0x80, 3, 0, 0, 9]);
    let tail = "SSL 2.0 error NO-CIPHER-ERROR (1), then BAD-CERTIFICATE-ERROR (4), then 9";
    assert!(errors.ends_with(tail), "{errors}");
}

#[test]
fn a_certificate_that_cannot_be_decompressed_is_not_said_to_be() {
    // By zlib, which did not make these bytes, and by nothing that is known.
    for algorithm in [1, 4] {
        let message = [&[25, 0, 0, 28, 0, algorithm, 0, 1, 44, 0, 0, 20][..], &[0xff; 20]].concat();
        let said = brief(&[&[22, 3, 3, 0, 32][..], &message].concat());
        assert!(said.contains(" 20 bytes, which cannot be decompressed"), "{said}");
    }
    // What comes out is more than is kept, though it was announced: zeros, by zlib.
    let mut encoder = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &[0; 4_000_000]).unwrap();
    let made = encoder.finish().unwrap();
    let three = |number: usize| u32::try_from(number).unwrap().to_be_bytes()[1..].to_vec();
    let body = [&[0, 1][..], &three(4_000_000), &three(made.len()), &made].concat();
    let message = [&[25][..], &three(body.len()), &body].concat();
    let length = u16::try_from(message.len()).unwrap().to_be_bytes();
    let said = brief(&[&[22, 3, 3][..], &length, &message].concat());
    assert!(said.contains("of which more comes out than is kept here"), "{said}");
}

#[test]
fn what_a_client_of_another_protocol_says_is_named() {
    for (said, protocol) in [
        (&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], "http"),
        (b"EHLO me\r\nSTARTTLS\r\n", "smtp"),
        (&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f], "postgresql"),
        (&[3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0], "rdp"),
    ] {
        let transcript = dissect_input(said);
        let message = &messages(&transcript)[0];
        assert_eq!(message["from"], "client", "{protocol}");
        assert_eq!(message["values"]["protocol"], protocol);
    }
}

/// RFC 959 and RFC 5321 greet alike: which it is, the commands behind tell.
#[test]
fn what_both_sides_say_tells_the_protocol_of_each() {
    for (dialogue, protocol) in [
        ("220 hi\r\nAUTH TLS\r\n234 go\r\n", "ftp"),
        ("220 hi\r\nEHLO me\r\n250-hi\r\n250 STARTTLS\r\nSTARTTLS\r\n220 go\r\n", "smtp"),
        ("200 news\r\nSTARTTLS\r\n382 go\r\n", "nntp"),
        ("+OK hi\r\nUSER me\r\n-ERR\r\n", "pop3"),
        ("STLS\r\n-ERR\r\n", "pop3"),
    ] {
        let transcript = dissect_input(dialogue.as_bytes());
        let said = messages(&transcript);
        assert!(said.len() > 1, "{dialogue}");
        for message in said {
            assert_eq!(message["values"]["protocol"], protocol, "{message}");
        }
        let shown = brief(dialogue.as_bytes());
        let named = format!(" not TLS but {protocol}: ");
        assert_eq!(shown.matches(&named).count(), said.len(), "{shown}");
    }
    // By itself it may be another's, as Redis has it too.
    let alone = dissect_input(b"-ERR\r\n");
    assert!(messages(&alone)[0]["values"]["protocol"].is_null());
}

/// A log of `s_server` shows the connection from the other end.
#[test]
fn the_log_of_a_server_has_its_arrows_turned() {
    let text = std::fs::read_to_string(path("testdata/logs/s_client-3.0-tls1_2-msg.txt")).unwrap();
    let turned = text.replace(">>>", "===").replace("<<<", ">>>").replace("===", "<<<");
    let sides = |text: &str| {
        let shown = run_with_input(&["dissect", "-", "--format", "json"], text.as_bytes()).json();
        let messages = shown["messages"].as_array().unwrap().clone();
        messages.iter().map(|message| message["from"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(sides(&turned), sides(&text));
}

#[test]
fn the_hello_behind_a_dialogue_tells_whose_side_it_is() {
    let hello = std::fs::read(path("testdata/hellos/openssl-1.0.1e.bin")).unwrap();
    for words in [&b"STARTTLS\r\n"[..], b"<?xml version='1.0'?><stream:stream>"] {
        let bytes = [words, &hello].concat();
        let shown = run_with_input(&["dissect", "-", "--format", "json"], &bytes).json();
        let messages = shown["messages"].as_array().unwrap();
        assert_eq!(messages[1]["type"], "client_hello");
        assert!(messages.iter().all(|message| message["from"] == "client"), "{shown}");
    }
}

/// What both sides said in a log comes back from its dump in its order, each message its sender's.
#[test]
fn the_dump_of_a_log_in_clear_has_both_sides_in_their_order() {
    let log = path("testdata/logs/s_client-3.0-tls1_3-msg.txt");
    let log = log.to_str().unwrap();
    let said = |shown: serde_json::Value| {
        let messages = shown["messages"].as_array().unwrap().clone();
        let handshake = messages.into_iter().filter(|message| message["content_type"] == 22);
        handshake
            .map(|message| (message["from"].clone(), message["type"].clone()))
            .collect::<Vec<_>>()
    };
    let dump = run(&["dissect", log, "--hex"]).stdout;
    let back = run_with_input(&["dissect", "-", "--format", "json"], dump.as_bytes()).json();
    assert_eq!(back["summary"]["outcome"]["kind"], "accepted");
    assert_eq!(said(back), said(run(&["dissect", log, "--format", "json"]).json()));
}

#[test]
fn a_key_is_no_certificate_in_tls_1_3_either() {
    let log = path("testdata/logs/raw-public-key-tls1_3-msg.txt");
    let shown = run(&["dissect", log.to_str().unwrap(), "--format", "json"]).json();
    assert_eq!(shown["summary"]["certificates"], serde_json::json!([]));
    let text = run(&["dissect", log.to_str().unwrap(), "--brief"]).stdout;
    assert!(text.contains("a key, and no certificate"), "{text}");
}
