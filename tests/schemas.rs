//! The JSON that other programs read, against the schemas that describe it.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;

use common::flows::{Flow, unhex};
use common::other_records::compressed_certificate;
use common::path;
use common::program::{Lab, Recorder, run};
use helloscope::capture::connections;
use helloscope::hello::Condition;
use helloscope::names::{Code, ContentType, ExtensionType, ProtocolVersion};
use helloscope::quirks::Quirk;
use helloscope::report;
use helloscope::transcript::{self, Side, Source, Transcript};
use helloscope::wire::grammar::Context;
use helloscope::wire::stream::Message;
use jsonschema::{Registry, Validator};
use serde_json::{Value as Json, json};

fn schema(name: &str) -> Json {
    let text = fs::read_to_string(path(&format!("schemas/{name}.schema.json"))).unwrap();
    let schema = serde_json::from_str(&text).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    schema
}

fn validator(name: &str) -> Validator {
    built(&schema(name))
}

/// A schema with those beside it that it refers to.
fn built(whole: &Json) -> Validator {
    let beside = Registry::new().add("json-schema:///spec-1.schema.json", schema("spec-1"));
    let beside = beside.unwrap().prepare().unwrap();
    jsonschema::options().with_registry(&beside).build(whole).unwrap()
}

/// The validator of one definition of a schema.
fn definition(name: &str, definition: &str) -> Validator {
    let mut schema = schema(name);
    schema["$ref"] = json!(format!("#/$defs/{definition}"));
    built(&schema)
}

#[track_caller]
fn assert_valid(validator: &Validator, json: &Json, what: &str) {
    let errors: Vec<_> = validator
        .iter_errors(json)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {}", errors.join("\n"));
}

/// What dissect makes of every file of a folder, each without the tree and with it; and those that
/// it does not read.
fn dissect_all(folder: &str) -> (Vec<(String, Json)>, Vec<String>) {
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    let files = fs::read_dir(path(folder)).unwrap().map(|file| file.unwrap().file_name());
    let mut files: Vec<_> = files.map(|name| name.into_string().unwrap()).collect();
    files.sort();
    let is_sample = |name: &&String| {
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
        matches!(ending, Some("bin" | "txt" | "pem" | "der"))
    };
    for name in files.iter().filter(is_sample) {
        let file = format!("{folder}/{name}");
        let dissect = ["dissect", &file, "--format", "json"];
        let plain = run(&dissect);
        if plain.code == 0 {
            read.push((file.clone(), plain.json()));
            let all = ["--tree", "--second-opinion"];
            read.push((file.clone(), run(&[&dissect[..], &all].concat()).json()));
        } else {
            unread.push(name.clone());
        }
    }
    (read, unread)
}

#[test]
fn every_sample_is_shown_as_the_schema_of_transcripts_says() {
    let validator = validator("transcript-1");
    for (folder, least) in [
        ("testdata/seed", 6),
        ("testdata/logs", 6),
        ("testdata/hellos", 36),
        ("testdata/certificates", 10),
        ("testdata/flights", 30),
    ] {
        let (read, unread) = dissect_all(folder);
        assert_eq!(unread, [""; 0], "{folder}");
        assert!(read.len() >= 2 * least, "{folder}: {}", read.len());
        for (file, transcript) in &read {
            assert_valid(&validator, transcript, file);
        }
    }
}

#[test]
fn every_capture_is_shown_as_the_schema_of_transcripts_says() {
    let validator = validator("transcript-1");
    let mut names: Vec<String> = fs::read_dir(path("testdata/captures"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter_map(|file| Some(file.split_once(".flows")?.0.to_owned()))
        .collect();
    names.sort();
    assert!(names.len() > 50);
    for name in names {
        for flow in Flow::of_capture(&name) {
            assert_valid(&validator, &shown(&flow.transcript(&name)), &name);
        }
    }
}

#[test]
fn every_connection_in_packets_is_shown_as_the_schema_of_transcripts_says() {
    let validator = validator("transcript-1");
    let files = fs::read_dir(path("testdata/captures/packets")).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    let mut count = 0;
    for file in files {
        let found = connections("a.pcap", &fs::read(&file).unwrap(), None).unwrap_or_default();
        for connection in found.list {
            count += 1;
            let json = shown(&connection.transcript);
            assert_valid(&validator, &json, &file.display().to_string());
            assert!(json["client"].is_string() && json["server"].is_string());
            assert!(json["time"].is_string() && json["messages"][0]["time"].is_number());
        }
    }
    assert!(count > 70, "{count}");
}

/// What is shown of a transcript, without its trees.
fn shown(transcript: &Transcript) -> Json {
    serde_json::to_value(report::json::transcript(transcript, false, false)).unwrap()
}

/// Each body of an extension in a message of its kind: what its fields are called is a property.
#[test]
fn every_extension_is_shown_as_the_schema_of_transcripts_says() {
    let validator = validator("transcript-1");
    let text = fs::read_to_string(path("testdata/extensions/bodies.txt")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let behind =
        |width: usize, bytes: &[u8]| [&bytes.len().to_be_bytes()[8 - width..], bytes].concat();
    let mut count = 0;
    for row in rows {
        let words: Vec<&str> = row.split(' ').collect();
        let extension_type = ExtensionType::parse(words[1]).unwrap();
        let body = unhex(words[2].trim_start_matches('-'));
        let extension = [&extension_type.0.to_be_bytes()[..], &behind(2, &body)].concat();
        let block = behind(2, &extension);
        let (msg_type, message, version) = match words[0] {
            "client" => {
                let head = [&[3, 3][..], &[7; 32], &[0], &[0, 2, 0x13, 1], &[1, 0]].concat();
                (1, [head, block].concat(), None)
            }
            "server" => (2, [&[3, 3][..], &[7; 32], &[0, 0x13, 1, 0], &block].concat(), None),
            "retry" => (2, [&[3, 3][..], &RETRY, &[0, 0x13, 1, 0], &block].concat(), None),
            "encrypted" => (8, block, Some(ProtocolVersion::TLS1_3)),
            "request" => (13, [&[0], &block[..]].concat(), Some(ProtocolVersion::TLS1_3)),
            "entry" => {
                let entry = [behind(3, &[0x30, 0]), block].concat();
                (11, [&[0], &behind(3, &entry)[..]].concat(), Some(ProtocolVersion::TLS1_3))
            }
            "ticket" => {
                let head = [&[0, 0, 1, 0, 1, 2, 3, 4, 0][..], &[0, 1, 9]].concat();
                (4, [head, block].concat(), Some(ProtocolVersion::TLS1_3))
            }
            other => panic!("{other}"),
        };
        let bytes = [&[msg_type], &behind(3, &message)[..]].concat();
        let context = Context::of(version, None);
        let message = Message::decode(ContentType::handshake, &bytes, context);
        assert!(message.handshake().is_some(), "{row}");
        let mut recorder = transcript::Recorder::default();
        let from = if words[0] == "client" { Side::Client } else { Side::Server };
        recorder.push_message(from, message);
        let transcript = recorder.finish(Source { name: row.to_owned(), form: "hex" }, None);
        assert_valid(&validator, &shown(&transcript), row);
        count += 1;
    }
    assert!(count > 100, "{count}");
}

/// The random of a HelloRetryRequest, RFC 8446 section 4.1.3.
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

#[test]
fn every_way_in_which_a_connection_ends_is_shown_as_the_schema_says() {
    let validator = validator("transcript-1");
    let connect = |arguments: &[&str], kind: &str| {
        let json = ["connect", "--format", "json", "--tree", "--timeout", "1"];
        let transcript = run(&[&json[..], arguments].concat()).json();
        assert_eq!(transcript["summary"]["outcome"]["kind"], kind);
        assert_valid(&validator, &transcript, kind);
    };
    let healthy = Lab::start(&[]);
    connect(&["shop.test", "--connect-to", healthy.address()], "accepted");
    connect(&["nosuch.invalid"], "dns");
    for (quirk, hello, kind) in [
        ("f5-256-511", "openssl-1.0.1e", "silence"),
        ("empty-last-extension", "openssl-1.0.1e", "closed"),
        ("padding-intolerance", "openssl-1.0.1g", "alert"),
    ] {
        let lab = Lab::start(&["--quirk", quirk]);
        connect(&[lab.address(), "--hello", hello], kind);
    }
    for service in ["http", "smtp"] {
        let lab = Lab::start(&["--service", service]);
        connect(&[lab.address()], "plaintext");
    }
}

#[test]
fn every_diagnosis_is_shown_as_the_schema_says() {
    let validator = validator("diagnosis-1");
    let diagnose = |lab: &Lab, hello: &str, verdict: &str| {
        let host = ["diagnose", "shop.test", "--connect-to", lab.address(), "--timeout", "1"];
        let found = run(&[&host[..], &["--hello", hello, "--format", "json"]].concat());
        let json = found.json();
        assert_eq!(json["verdict"], verdict, "{json}");
        assert_valid(&validator, &json, hello);
        json
    };
    for (quirk, hello) in [
        ("empty-last-extension", "openssl-1.0.1e"),
        ("f5-256-511", "openssl-1.0.1e"),
        ("padding-intolerance", "openssl-1.0.1g"),
        ("sni-required", "openssl-1.0.1-s_client"),
        ("version-intolerance-tls12", "openssl-1.0.1g"),
    ] {
        let lab = Lab::start(&["--quirk", quirk]);
        let found = diagnose(&lab, hello, "cause");
        assert_eq!(found["known_as"], json!([quirk]));
    }
    diagnose(&Lab::start(&[]), "openssl-1.0.1g", "accepted");
    diagnose(&Lab::start(&["--service", "http"]), "openssl-1.0.1g", "not-tls");
    diagnose(&Lab::start(&["--service", "smtp"]), "openssl-1.0.1g", "needs-starttls");
    let nobody = run(&["diagnose", "nosuch.invalid", "--format", "json"]).json();
    assert_eq!(nobody["verdict"], "unreachable");
    assert_valid(&validator, &nobody, "nosuch.invalid");
}

/// What is recorded of a client that sends this, and closes.
fn recorded(bytes: &[u8], options: &[&str]) -> Json {
    let recorder = Recorder::start(&[&["--format", "json"], options].concat());
    let mut stream = TcpStream::connect(&recorder.address).unwrap();
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    recorder.ended().json()
}

#[test]
fn every_recorded_hello_is_shown_as_the_schema_says() {
    let (validator, spec) = (validator("hello-recording-1"), validator("spec-1"));
    let valid = |bytes: &[u8], options: &[&str], has_spec: bool, what: &str| {
        let recording = recorded(bytes, options);
        assert_valid(&validator, &recording, what);
        assert_eq!(recording["spec"].is_object(), has_spec, "{what}");
        if has_spec {
            assert_valid(&spec, &recording["spec"], what);
        }
    };
    for name in ["openssl-1.0.1e", "chromium-156", "gnutls-3.7.9"] {
        let hello = fs::read(path(&format!("testdata/hellos/{name}.bin"))).unwrap();
        valid(&hello, &[], true, name);
        valid(&hello[..50], &[], true, "one that is cut off");
        let said = [b"EHLO a\r\nSTARTTLS\r\n", &hello[..]].concat();
        valid(&said, &["--starttls", "smtp"], true, "behind SMTP");
        let more = [&hello[..], &[20, 3, 3, 0, 1, 1]].concat();
        valid(&more, &[], true, "with more behind it");
    }
    valid(&common::other_records::ssl2_client_hello(), &[], true, "SSL 2.0");
    valid(b"GET / HTTP/1.1\r\n\r\n", &[], false, "HTTP");
    valid(b"QUIT\r\n", &["--starttls", "pop3"], false, "no TLS");
}

#[test]
fn what_breaks_the_contract_of_recordings_is_no_recording() {
    let validator = validator("hello-recording-1");
    let hello = fs::read(path("testdata/hellos/openssl-1.0.1e.bin")).unwrap();
    let good = recorded(&hello, &[]);
    assert_valid(&validator, &good, "a recording");
    let changes: &[fn(&mut Json)] = &[
        |json| json["schema"] = json!("helloscope/hello-recording/2"),
        |json| json["more"] = json!(1),
        |json| remove(json, "why_no_spec"),
        |json| json["spec"] = json!(null),
        |json| json["why_no_spec"] = json!("it is none"),
        |json| json["end"] = json!("closed"),
        |json| json["reset"] = json!(null),
        |json| json["framing"] = json!("ssl"),
        |json| json["hex"] = json!("160"),
        |json| json["segments"] = json!([0]),
        |json| json["dropped"] = json!(-1),
        |json| json["earlier"] = json!("mine.toml"),
        |json| json["peer"] = json!("localhost"),
        |json| remove(&mut json["summary"], "ja3"),
        |json| json["summary"]["ja4"] = json!("t12"),
    ];
    for change in changes {
        assert_broken(&validator, &good, *change);
    }
}

#[test]
fn every_quirk_strikes_on_what_is_a_condition() {
    let condition = definition("diagnosis-1", "condition");
    for quirk in Quirk::all() {
        assert_valid(&condition, &json!(quirk.condition), &quirk.id);
    }
}

#[test]
fn the_catalogue_is_what_its_schemas_say() {
    let list = run(&["explain", "list", "--format", "json"]).json();
    assert_valid(&validator("quirks-1"), &list, "the list");
    let validator = validator("quirk-1");
    for quirk in Quirk::all() {
        assert_valid(&validator, &report::explain::json(quirk), &quirk.id);
    }
    let good = run(&["explain", "f5-256-511", "--format", "json"]).json();
    assert_valid(&validator, &good, "f5-256-511");
    let changes: &[fn(&mut Json)] = &[
        |json| json["chapter"] = json!("others"),
        |json| json["confidence"] = json!("sure"),
        |json| json["products"] = json!([]),
        |json| remove(&mut json["example"], "passes"),
        |json| remove(json, "sources"),
    ];
    for change in changes {
        assert_broken(&validator, &good, *change);
    }
}

/// Every form of a condition.
fn conditions() -> Vec<Json> {
    let range = json!({"field": "handshake.length", "min": 256, "max": 511});
    vec![
        json!({"field": "handshake.length", "min": 256, "max": 511, "max_exact": false}),
        json!({"field": "extension.21.length", "max": 0}),
        json!({"field": "extensions", "has": 21}),
        json!({"field": "extensions", "has": "unknown"}),
        json!({"field": "extensions", "has": "duplicate"}),
        json!({"field": "key_share", "has": "not_offered"}),
        json!({"field": "server_name.count", "min": 2}),
        json!({"field": "cipher_suites[..64]", "has": "grease"}),
        json!({"field": "alpn", "lacks": "h2"}),
        json!({"field": "supported_groups", "lacks_all": [23, 24]}),
        json!({"field": "server_name", "is": null}),
        json!({"field": "extensions.last_empty", "is": true}),
        json!({"field": "framing", "is_not": "sslv2"}),
        json!({"field": "extensions", "order": [0, 21]}),
        json!({"all": [range.clone(), {"not": {"any": [range.clone(), {"all": [range]}]}}]}),
    ]
}

#[test]
fn a_condition_is_one_for_the_schema_and_for_the_program_alike() {
    let validator = definition("diagnosis-1", "condition");
    for json in conditions() {
        assert_valid(&validator, &json, "a condition");
        let condition: Condition = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(json!(condition), json);
    }
    for broken in [
        json!({"field": "handshake.length"}),
        json!({"field": "handshake.lenght", "min": 1}),
        json!({"field": "handshake.length", "has": 1}),
        json!({"field": "handshake.length", "min": -1}),
        json!({"field": "extensions", "has": 65536}),
        json!({"field": "extensions", "has": true}),
        json!({"field": "extensions[64]", "has": 1}),
        json!({"field": "extensions", "order": [1]}),
        json!({"field": "server_name", "is": ["a"]}),
        json!({"has": 21}),
        json!({"all": {"field": "extensions", "has": 21}}),
        json!({"not": [{"field": "extensions", "has": 21}]}),
        json!({"any": [{"field": "extensions", "hass": 21}]}),
        json!(null),
    ] {
        assert!(!validator.is_valid(&broken), "{broken}");
        assert!(serde_json::from_value::<Condition>(broken.clone()).is_err(), "{broken}");
    }
}

#[test]
fn both_schemas_mean_the_same_by_a_reaction() {
    let [transcript, diagnosis] = ["transcript-1", "diagnosis-1"].map(schema);
    assert_eq!(transcript["$defs"]["reaction"], diagnosis["$defs"]["reaction"]);
    let validator = definition("diagnosis-1", "reaction");
    for good in [
        json!({"kind": "silence", "step": "client_hello"}),
        json!({"kind": "alert", "step": "client_hello", "level": 2, "code": 40, "name": null}),
        json!({"kind": "connect-timeout", "step": "connect"}),
    ] {
        assert_valid(&validator, &good, "a reaction");
    }
    for broken in [
        json!({"kind": "silence"}),
        json!({"kind": "silence", "step": "client_hello", "code": 1}),
        json!({"kind": "alert", "step": "client_hello", "level": 2, "code": 40}),
        json!({"kind": "refused", "step": "client_hello"}),
        json!({"kind": "rejected", "step": "client_hello"}),
        json!({"kind": "accepted", "step": "server_hello", "version": 771}),
    ] {
        assert!(!validator.is_valid(&broken), "{broken}");
    }
}

/// A JSON that is good, with something done to it.
fn assert_broken(validator: &Validator, good: &Json, change: fn(&mut Json)) {
    let mut broken = good.clone();
    change(&mut broken);
    assert_ne!(*good, broken);
    assert!(!validator.is_valid(&broken), "{broken}");
}

fn remove(json: &mut Json, key: &str) {
    json.as_object_mut().unwrap().shift_remove(key).unwrap();
}

#[test]
fn what_breaks_the_contract_of_transcripts_is_no_transcript() {
    let validator = validator("transcript-1");
    let file = "testdata/logs/s_client-3.0-tls1_2-msg.txt";
    let good = run(&["dissect", file, "--format", "json", "--tree"]).json();
    assert_valid(&validator, &good, file);
    let changes: &[fn(&mut Json)] = &[
        |json| json["schema"] = json!("helloscope/transcript/2"),
        |json| remove(json, "time"),
        |json| json["more"] = json!(1),
        |json| remove(&mut json["summary"], "ja4"),
        |json| json["summary"]["version"] = json!("TLS 1.2"),
        |json| json["summary"]["outcome"]["kind"] = json!("ok"),
        |json| remove(&mut json["summary"]["certificates"][0], "issuer"),
        |json| json["summary"]["certificates"][0]["der"] = json!("30"),
        |json| remove(&mut json["messages"][0], "record_version"),
        |json| json["messages"][0]["second_opinion"] = json!(["tls-parser refuses it"]),
        |json| json["messages"][0]["second_opinion"] = json!([{"parser": "tls-parser"}]),
        |json| json["messages"][0]["tree"][0]["beneath"] = json!({"name": "certificate"}),
        |json| json["messages"][0]["from"] = json!("peer"),
        |json| json["messages"][0]["type"] = json!("ClientHello"),
        |json| json["messages"][0]["ranges"][0] = json!([1]),
        |json| remove(&mut json["messages"][0]["values"], "cipher_suites"),
        |json| json["messages"][0]["values"]["random"] = json!("ABCD"),
        |json| remove(&mut json["messages"][0]["values"]["extensions"][0], "data"),
        |json| remove(&mut json["messages"][0]["tree"][0], "range"),
        |json| json["messages"][0]["tree"][0]["children"] = json!([]),
        |json| remove(&mut json["messages"][1]["values"], "legacy_session_id_echo"),
        |json| remove(&mut json["messages"][2]["values"]["certificates"][0], "sha256"),
        |json| json["remarks"] = json!(null),
        |json| remove(json, "record_remarks"),
    ];
    for change in changes {
        assert_broken(&validator, &good, *change);
    }
}

/// What is remarked in text is remarked in JSON, wherever it stands: of a certificate beneath its
/// compressed form, and of the headers of records.
#[test]
fn what_is_said_beneath_a_message_and_of_records_is_shown_too() {
    let validator = validator("transcript-1");
    // Not good any more in 2200.
    let message = Message::decode(
        ContentType::handshake,
        &compressed_certificate(),
        Context::of(Some(ProtocolVersion::TLS1_3), None),
    );
    let mut recorder = transcript::Recorder::default();
    recorder.push_message(Side::Server, message);
    let mut transcript = recorder.finish(Source { name: "a".to_owned(), form: "hex" }, None);
    transcript.judge_validity(7_258_118_400);
    let json = shown(&transcript);
    assert_valid(&validator, &json, "beneath");
    let remarks = json["messages"][0]["remarks"].as_array().unwrap();
    let expired = remarks.iter().find(|remark| remark["field"] == "notAfter").unwrap();
    assert_eq!(expired["found"], "one that is over: it has expired");
    assert_eq!(expired["beneath"]["name"], "certificate");
    let (_, message) = transcript.messages().next().unwrap();
    let beneath = &message.tree.beneath[0];
    let not_after = beneath.tree.find("notAfter").unwrap().range();
    assert_eq!(expired["beneath"]["range"], json!([not_after.start, not_after.end]));
    let leaf = message.tree.fields[beneath.field].range();
    assert_eq!(expired["range"], json!([leaf.start, leaf.end]));

    let mut recorder = transcript::Recorder::default();
    recorder.push(Side::Server, None, &[21, 3, 3, 0, 2, 1, 0, 22, 3, 9, 0, 0]);
    let transcript = recorder.finish(Source { name: "a".to_owned(), form: "records" }, None);
    let good = shown(&transcript);
    assert_valid(&validator, &good, "records");
    let remarks = good["record_remarks"].as_array().unwrap().iter();
    let told: Vec<_> =
        remarks.map(|it| json!([it["from"], it["field"], it["range"], it["found"]])).collect();
    assert_eq!(
        told,
        [
            json!(["server", "legacy_record_version", [8, 10], "0x0309"]),
            json!(["server", "length", [10, 12], "0"]),
        ]
    );
    let changes: &[fn(&mut Json)] = &[
        |json| remove(&mut json["record_remarks"][0], "from"),
        |json| json["record_remarks"][0]["beneath"] = json!(null),
        |json| json["messages"][0]["remarks"] = json!([json["record_remarks"][0].clone()]),
    ];
    for change in changes {
        assert_broken(&validator, &good, *change);
    }
}

#[test]
fn diagnoses_at_all_addresses_are_shown_as_the_schema_says() {
    let (all, one) = (validator("diagnoses-1"), validator("diagnosis-1"));
    let labs = [Lab::start(&[]), Lab::start(&["--quirk", "padding-intolerance"])];
    let addresses = labs.each_ref().map(Lab::address).join(",");
    for (addresses, agree) in
        [(addresses.as_str(), json!(false)), ("nosuch.invalid:443", json!(null))]
    {
        let host = ["diagnose", "shop.test", "--all-addresses", "--connect-to", addresses];
        let found = run(&[&host[..], &["--hello", "openssl-1.0.1g", "--format", "json"]].concat());
        let json = found.json();
        assert_valid(&all, &json, addresses);
        assert_eq!(json["agree"], agree);
        for diagnosis in json["diagnoses"].as_array().unwrap() {
            assert_valid(&one, diagnosis, addresses);
        }
        let changes: &[fn(&mut Json)] = &[
            |json| json["schema"] = json!("helloscope/diagnosis/1"),
            |json| json["agree"] = json!("yes"),
            |json| json["alike"] = json!([[]]),
            |json| json["untried"] = json!(["shop.test"]),
            |json| json["diagnoses"][0] = json!({}),
            |json| remove(json, "untried"),
        ];
        changes.iter().for_each(|change| assert_broken(&all, &json, *change));
    }
}

#[test]
fn what_breaks_the_contract_of_diagnoses_is_no_diagnosis() {
    let validator = validator("diagnosis-1");
    let alert = json!({
        "kind": "alert", "step": "client_hello", "level": 2, "code": 50, "name": "decode_error",
    });
    let good = json!({
        "schema": "helloscope/diagnosis/1",
        "target": {"host": "shop.example", "port": 443, "address": "192.0.2.7:443"},
        "subject": {"source": "openssl-1.0.1g", "handshake_length": 512, "hex": "010001fc"},
        "reaction": alert,
        "verdict": "cause",
        "cause": {"field": "extensions", "has": 21},
        "remedy": {
            "edits": ["-extensions.padding"],
            "hex": "1603",
            "reaction": {
                "kind": "accepted", "step": "server_hello", "version": "TLS 1.2",
                "cipher_suite": "TLS_RSA_WITH_AES_128_CBC_SHA", "group": null, "hello_retry": false,
            },
        },
        "confirmed": {"cause_fails": 2, "remedy_passes": 2},
        "known_as": ["padding-intolerance"],
        "evidence": [{
            "probe": "the subject", "conditions": {"handshake.length": 512}, "reaction": alert,
            "seconds": 0.03,
        }],
        "possible": [],
        "notes": [],
        "cost": {"connections": 11, "seconds": 6.2},
    });
    assert_valid(&validator, &good, "a diagnosis");
    let changes: &[fn(&mut Json)] = &[
        |json| json["verdict"] = json!("broken"),
        |json| json["verdict"] = json!("accepted"),
        |json| json["verdict"] = json!("not-tls"),
        |json| json["verdict"] = json!("unreachable"),
        |json| json["cause"] = json!(null),
        |json| json["cause"] = json!({"protocol": "http"}),
        |json| json["possible"] = json!([{"condition": json["cause"], "share": 0.5}]),
        |json| json["confirmed"]["cause_fails"] = json!(0),
        |json| remove(json, "remedy"),
        |json| remove(&mut json["remedy"], "hex"),
        |json| json["target"]["address"] = json!("shop.example"),
        |json| json["evidence"][0]["conditions"] = json!({"length": 512}),
        |json| remove(&mut json["evidence"][0], "seconds"),
        |json| json["evidence"][0]["reaction"] = json!({}),
        |json| json["subject"]["hex"] = json!("0"),
        |json| json["cost"]["connections"] = json!(1.5),
    ];
    for change in changes {
        assert_broken(&validator, &good, *change);
    }
}

#[test]
fn hellos_are_shown_and_written_as_their_schema_says() {
    let (shown, spec) = (validator("hello-1"), validator("spec-1"));
    let hellos = [
        "chromium-156",
        "openssl-1.0.1e,sslv2",
        "openssl-1.0.1e,sslv2,sslv2:={\"cipher_specs\":[\"SSL_CK_RC4_128_WITH_MD5\"],\"padding\":3}",
        "openssl-3.5.8,dtls,split_records=100,dtls.message_seq:=1",
        "openssl-1.0.1e,raw:=01000000,record_length:=9",
        "openssl-1.0.1e,segments=5,rest,delay=50ms,handshake_length:=7,+extensions.0x7e57=00",
        "minimal,flight:=150301000201001603010004",
        "dtls12,flight:=[\"16fe\",\"ff\"]",
        "minimal,record_type:=23",
        "openssl-1.0.1e,records:=[0,5,65535],record_versions:=[\"SSL 3.0\",772]",
    ];
    for name in hellos {
        assert_valid(&shown, &run(&["hello", "show", name, "--format", "json"]).json(), name);
        let json = run(&["hello", "show", name, "--as", "json"]).stdout;
        assert_valid(&spec, &serde_json::from_str(&json).unwrap(), name);
    }
    for preset in run(&["hello", "list", "--format", "json"]).json()["presets"].as_array().unwrap()
    {
        let id = preset["id"].as_str().unwrap();
        let json = run(&["hello", "show", id, "--as", "json"]).stdout;
        assert_valid(&spec, &serde_json::from_str(&json).unwrap(), id);
    }
    let schema = schema("spec-1");
    let named = &schema["$defs"]["extension"]["oneOf"][1]["propertyNames"]["enum"];
    let named: Vec<_> =
        named.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let known: Vec<_> = ExtensionType::all().iter().map(|&(_, name)| name).collect();
    assert_eq!(named, known);
    let good = run(&["hello", "show", "openssl-1.0.1e", "--as", "json"]).stdout;
    let good: Json = serde_json::from_str(&good).unwrap();
    let changes: &[fn(&mut Json)] = &[
        |json| remove(json, "hello"),
        |json| json["recods"] = json!([1]),
        |json| json["records"] = json!([-1]),
        |json| json["records"] = json!([65536]),
        |json| json["record_versions"] = json!([null]),
        |json| json["segments"] = json!([0]),
        |json| json["segments"] = json!([4_294_967_296_u64]),
        |json| json["ech_payload_lengths"] = json!([0]),
        |json| json["framing"] = json!("quic"),
        |json| json["hello"]["random"] = json!("00"),
        |json| json["hello"]["extensions"][0] = json!({"no_such_extension": ""}),
        |json| json["hello"]["extensions"][0] = json!({"type": 5}),
        |json| json["raw"] = json!("0x00"),
        |json| json["raw"] = json!("00"),
        |json| json["flight"] = json!(["00"]),
        |json| json["record_type"] = json!(null),
        |json| json["sslv2"] = json!({"cipher_specs": [0x0100_0000]}),
    ];
    for change in changes {
        assert_broken(&spec, &good, *change);
    }
}

#[test]
fn presets_are_listed_as_their_schema_says() {
    let validator = validator("presets-1");
    let good = run(&["hello", "list", "--format", "json"]).json();
    assert_valid(&validator, &good, "the presets");
    for preset in good["presets"].as_array().unwrap() {
        if let Some(capture) = preset["capture"].as_str() {
            assert!(path(&format!("testdata/hellos/{capture}")).is_file(), "{capture}");
        }
    }
    let changes: &[fn(&mut Json)] = &[
        |json| json["schema"] = json!("helloscope/presets/2"),
        |json| remove(&mut json["presets"][0], "capture"),
        |json| json["presets"][0]["capture"] = json!(null),
        |json| json["presets"][0]["purpose"] = json!("to fail"),
        |json| json["presets"][0]["handshake_length"] = json!(0),
        |json| json["presets"][0]["more"] = json!(1),
    ];
    for change in changes {
        assert_broken(&validator, &good, *change);
    }
}

#[test]
fn fingerprints_are_told_as_their_schema_says() {
    let validator = validator("fingerprint-1");
    let fingerprint = |name: &str| run(&["hello", "fingerprint", name, "--format", "json"]).json();
    for preset in run(&["hello", "list", "--format", "json"]).json()["presets"].as_array().unwrap()
    {
        let id = preset["id"].as_str().unwrap();
        assert_valid(&validator, &fingerprint(id), id);
    }
    for name in ["minimal,!cipher_suites=", "openssl-1.0.1e,sslv2"] {
        assert_valid(&validator, &fingerprint(name), name);
    }
    let good = fingerprint("chromium-156");
    let changes: &[fn(&mut Json)] = &[
        |json| json["schema"] = json!("helloscope/fingerprint/2"),
        |json| remove(json, "ja4_ro"),
        |json| json["ja3"] = json!("0"),
        |json| json["ja3_full"] = json!("771,4865"),
        |json| json["ja4"] = json!("t13"),
        |json| json["ja4_r"] = json!("t13d1516h2_002f;0035_0000"),
        |json| json["ja5"] = json!(""),
    ];
    for change in changes {
        assert_broken(&validator, &good, *change);
    }
}

#[test]
fn differences_of_hellos_are_told_as_their_schema_says() {
    let validator = validator("hello-diff-1");
    for (from, to) in [
        ("openssl-1.0.1e", "openssl-1.0.1g"),
        ("openssl-3.5.8", "chromium-156"),
        ("openssl-3.5.8", "openssl-3.5.8,dtls,split_records=5"),
        ("openssl-3.5.8", "openssl-3.5.8"),
        ("openssl-3.5.8", "openssl-3.5.8,!session_id=5,hello.legacy_session_id:=0000000000"),
        ("openssl-3.5.8", "openssl-3.5.8,raw:=0100"),
    ] {
        let json = run(&["hello", "diff", from, to, "--format", "json"]).json();
        assert_valid(&validator, &json, &format!("{from} {to}"));
    }
}
