//! Fingerprints against those who made them: the examples that their authors published, JA3 and
//! JA3S as tshark computes them, and JA4 as its reference implementation does.

mod common;

use std::fs;

use common::flows::Flow;
use common::{path, program};
use helloscope::names::{CipherSuite, CompressionMethod, ExtensionType, ProtocolVersion};
use helloscope::transcript::{Side, Transcript};
use helloscope::wire::extension::{Block, ClientExtension, Extension};
use helloscope::wire::fingerprint::{Order, Transport, ja3, ja3s, ja4};
use helloscope::wire::grammar::{Codes, Fixed, OnlyDtls, Opaque};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::random::Random;
use serde_json::Value;

/// The reference implementation reads tshark's fields, in which the signatures of
/// `signature_algorithms_cert` stand behind those of `signature_algorithms`. JA4 is said to have the
/// latter alone.
const BOTH_LISTS: &[&str] = &["openjdk-25.0.2-zeek.org"];

/// The transcripts of the flows of a capture.
fn transcripts(capture: &str) -> Vec<(bool, Transcript)> {
    let flows = Flow::of_capture(capture);
    flows.iter().map(|flow| (flow.datagrams, flow.transcript(capture))).collect()
}

fn hellos(transcript: &Transcript) -> impl Iterator<Item = &ClientHello> {
    transcript.from(Side::Client).filter_map(|message| match message.handshake() {
        Some(Handshake::ClientHello(hello)) => Some(hello),
        _ => None,
    })
}

#[test]
fn hellos_and_flights_in_captures_have_the_ja3_and_ja3s_that_tshark_computes() {
    let expected = fs::read_to_string(path("testdata/captures/expected-tshark.jsonl")).unwrap();
    let (mut clients, mut servers) = (0, 0);
    for line in expected.lines() {
        let capture: Value = serde_json::from_str(line).unwrap();
        let name = capture["capture"].as_str().unwrap().trim_end_matches(".pcap").to_owned();
        let values = |key: &str| {
            let mut values: Vec<String> = capture["frames"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|frame| frame[key].as_str())
                .flat_map(|values| values.split('|'))
                .map(str::to_owned)
                .collect();
            values.sort();
            values
        };
        let (mut ours, mut answers) = (Vec::new(), Vec::new());
        for (_, transcript) in transcripts(&name) {
            ours.extend(hellos(&transcript).map(|hello| ja3(hello).value));
            let said = transcript.from(Side::Server).filter_map(|message| message.handshake());
            answers.extend(said.filter_map(ja3s).map(|found| found.value));
        }
        if name.starts_with("quic") {
            // tshark opens what QUIC protects.
            continue;
        }
        let (theirs, their_answers) = (values("tls.handshake.ja3"), values("tls.handshake.ja3s"));
        for one in &theirs {
            assert!(ours.contains(one), "{name}: {one} is not among {ours:?}");
        }
        for one in &their_answers {
            assert!(answers.contains(one), "{name}: {one} is not among {answers:?}");
        }
        clients += theirs.len();
        servers += their_answers.len();
    }
    assert!(clients > 90 && servers > 50, "{clients} {servers}");
}

/// A hello of these numbers. Extensions that fingerprints look into have these bodies.
fn made(version: u16, suites: &[u16], extensions: &[(u16, &[u8])]) -> ClientHello {
    let extension =
        |(number, body): &(u16, &[u8])| ClientExtension::from_data(ExtensionType(*number), body);
    ClientHello {
        legacy_version: ProtocolVersion(version),
        random: Random(Fixed([0; 32])),
        legacy_session_id: Opaque::new(vec![]),
        cookie: OnlyDtls(None),
        cipher_suites: Codes::new(suites.iter().copied().map(CipherSuite).collect::<Vec<_>>()),
        legacy_compression_methods: Codes::new(vec![CompressionMethod::null]),
        extensions: Some(Block(extensions.iter().map(extension).collect())),
    }
}

/// From the pages that describe JA3 and JA4, with GREASE strewn in.
#[test]
fn published_examples_hold() {
    let suites = [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4];
    let groups = [0, 6, 0, 23, 0, 24, 0, 25];
    let hello = made(769, &suites, &[(0, &[]), (10, &groups), (11, &[1, 0])]);
    assert_eq!(
        ja3(&hello).raw,
        "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0"
    );
    assert_eq!(ja3(&hello).value, "ada70206e40642a3e4461f35503241d5");
    let hello = made(769, &[4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99], &[]);
    assert_eq!(ja3(&hello).raw, "769,4-5-10-9-100-98-3-6-19-18-99,,,");
    assert_eq!(ja3(&hello).value, "de350869b8c85de67a350c8d186f11e6");

    let suites = [
        0x4a4a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
        0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
    ];
    let schemes = [0, 16, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1];
    let versions = [6, 0x2a, 0x2a, 3, 4, 3, 3];
    let empty: &[u8] = &[];
    let extensions = [
        (0x8a8a, empty),
        (0x001b, empty),
        (0x0000, empty),
        (0x0033, empty),
        (0x0010, b"\0\x03\x02h2"),
        (0x4469, empty),
        (0x0017, empty),
        (0x002d, empty),
        (0x000d, &schemes),
        (0x0005, empty),
        (0x0023, empty),
        (0x0012, empty),
        (0x002b, &versions),
        (0xff01, empty),
        (0x000b, empty),
        (0x000a, empty),
        (0x0015, empty),
    ];
    let hello = made(0x0303, &suites, &extensions);
    let found = ja4(&hello, Transport::Tcp, Order::Sorted);
    assert_eq!(found.value, "t13d1516h2_8daaf6152771_e5627efa2ab1");
    assert_eq!(
        found.raw,
        "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_\
         0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_\
         0403,0804,0401,0503,0805,0501,0806,0601"
    );
    let found = ja4(&hello, Transport::Quic, Order::Original);
    assert!(found.raw.starts_with("q13d1516h2_1301,1302,1303,c02b"), "{found:?}");
    assert!(found.raw.contains("_001b,0000,0033,0010,4469"), "{found:?}");
}

/// What the program of JA3's authors makes of a hello in which extensions come twice; tshark's text
/// has a field for each list, `…,10-11-11-10,23,25,0,1-2`, and so more fields than JA3 has.
#[test]
fn of_an_extension_that_comes_twice_the_last_list_counts_in_ja3() {
    let lists: [(u16, &[u8]); 4] =
        [(10, &[0, 2, 0, 23]), (11, &[1, 0]), (11, &[2, 1, 2]), (10, &[0, 2, 0, 25])];
    let found = ja3(&made(0x0303, &[0xc02f, 0x1301], &lists));
    assert_eq!(found.raw, "771,49199-4865,10-11-11-10,25,1-2");
    let found = ja3(&made(0x0303, &[4], &[lists[0], (10, &[0, 0])]));
    assert_eq!(found.raw, "771,4,10-10,,");
}

/// Of a protocol that does not begin and end in letters or digits the hexadecimal form counts.
#[test]
fn protocols_that_are_no_text_have_their_digits_in_ja4() {
    for (protocol, letters) in [
        (&[0xab][..], "ab"),
        (&[0xab, 0xcd], "ad"),
        (&[0x30, 0xab], "3b"),
        (&[0x30, 0x31, 0xab, 0xcd], "3d"),
        (&[0x30, 0xab, 0xcd, 0x31], "01"),
        (b"spdy/3", "s3"),
        (b"h", "hh"),
    ] {
        let length = u8::try_from(protocol.len()).unwrap();
        let body = [&[0, length + 1, length][..], protocol].concat();
        let found = ja4(&made(0x0303, &[], &[(16, &body)]), Transport::Tcp, Order::Sorted);
        assert_eq!(found.value, format!("t12i0001{letters}_000000000000_000000000000"));
    }
}

#[test]
fn hellos_in_captures_have_the_ja4_of_the_reference_implementation() {
    let expected = fs::read_to_string(path("testdata/fingerprints/ja4.tsv")).unwrap();
    let mut compared = 0;
    for line in expected.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let capture = columns[0].trim_end_matches(".pcap");
        let (value, raw) = (columns[7], columns[8]);
        // A hello in the form of SSL 2.0 is one without anything in it there.
        if BOTH_LISTS.contains(&capture) || raw == "t10i000000__" {
            continue;
        }
        let found: Vec<_> = transcripts(capture)
            .iter()
            .flat_map(|(datagrams, transcript)| {
                let over = if *datagrams { Transport::Datagram } else { Transport::Tcp };
                hellos(transcript)
                    .map(move |hello| ja4(hello, over, Order::Sorted))
                    .collect::<Vec<_>>()
            })
            .collect();
        assert!(
            found.iter().any(|ours| ours.value == value && ours.raw == raw),
            "{capture}: {value} {raw}, and ours: {found:#?}"
        );
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
}

/// By the program, which says them of a hello, and in the JSON of a connection.
#[test]
fn the_program_tells_fingerprints() {
    let found =
        program::run(&["hello", "fingerprint", "openssl-1.0.1e", "--format", "json"]).json();
    assert_eq!(found["schema"], "helloscope/fingerprint/1");
    let file = path("testdata/hellos/openssl-1.0.1e.bin");
    let shown = program::run(&["dissect", file.to_str().unwrap(), "--format", "json"]).json();
    for name in ["ja3", "ja4"] {
        assert!(found[name].is_string());
        assert_eq!(found[name], shown["summary"][name]);
    }
    let text = program::run(&["hello", "fingerprint", "openssl-1.0.1e"]).stdout;
    assert!(text.contains(&format!("ja4       {}", found["ja4"].as_str().unwrap())), "{text}");
    assert!(text.contains(found["ja3_full"].as_str().unwrap()), "{text}");
}

#[test]
fn a_hello_of_ssl_2_0_has_none() {
    for name in ["sslv2", "openssl-1.0.1e,sslv2"] {
        let told = program::run(&["hello", "fingerprint", name, "-q"]);
        assert_eq!(
            (told.code, told.stdout.as_str()),
            (0, "JA3 and JA4 are not defined for SSL 2.0\n")
        );
        let json = program::run(&["hello", "fingerprint", name, "-q", "--format", "json"]).json();
        let names = ["ja3", "ja3_full", "ja4", "ja4_r", "ja4_o", "ja4_ro"];
        assert!(names.iter().all(|name| json.get(name).is_some_and(Value::is_null)), "{json}");
    }
}
