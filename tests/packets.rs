//! Files of captured packets, as `dissect` and a `SPEC` take them: which connections are in them, by
//! which number, and what is told of the rest; and whatever bytes such a file has.

mod common;

use std::fs;
use std::io::Write;

use common::openssl::Folder;
use common::path;
use common::program::run;
use helloscope::capture::{Connection, connections, first_hello};
use helloscope::fuzzing;
use helloscope::transcript::Side;
use helloscope::wire::stream::Unit;
use helloscope::wire::text::hex;
use proptest::prelude::*;
use serde_json::Value as Json;

fn packets(name: &str) -> Vec<u8> {
    fs::read(path(&format!("testdata/captures/packets/{name}.pcap"))).unwrap()
}

/// The packets of several files behind one header, which are all of Ethernet.
fn joined(names: &[&str]) -> Vec<u8> {
    let files: Vec<_> = names.iter().map(|name| packets(name)).collect();
    assert!(files.iter().all(|file| file[..8] == files[0][..8] && file[20..24] == [1, 0, 0, 0]));
    let frames = files.iter().flat_map(|file| &file[24..]).copied();
    files[0][..24].iter().copied().chain(frames).collect()
}

/// The packets of a pcap with times in microseconds as a pcapng of one interface, which has no word on
/// its clock.
fn as_pcapng(pcap: &[u8]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let padding = &[0; 3][..body.len().next_multiple_of(4) - body.len()];
        let length = ((body.len() + padding.len() + 12) as u32).to_le_bytes();
        [&kind.to_le_bytes()[..], &length, body, padding, &length].concat()
    };
    let section = [&[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0][..], &[0xff; 8]].concat();
    let interface = [&pcap[20..22], &[0; 6]].concat();
    let mut out = [block(0x0a0d_0d0a, &section), block(1, &interface)].concat();
    let mut rest = &pcap[24..];
    while !rest.is_empty() {
        let number = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().unwrap());
        let ticks = u64::from(number(0)) * 1_000_000 + u64::from(number(4));
        let kept = number(8) as usize;
        let time = [((ticks >> 32) as u32).to_le_bytes(), (ticks as u32).to_le_bytes()].concat();
        let body = [&[0; 4], &time[..], &rest[8..16], &rest[16..16 + kept]].concat();
        out.extend(block(6, &body));
        rest = &rest[16 + kept..];
    }
    out
}

#[test]
fn every_connection_is_shown_with_its_number_and_the_rest_is_told() {
    let folder = Folder::new();
    let file = folder.file("it.pcap");
    let mut bytes = joined(&["ocsp-http-get", "tls12-decryption", "dtls1_2"]);
    bytes.truncate(bytes.len() - 5);
    fs::write(&file, bytes).unwrap();
    let shown = run(&["dissect", &file, "--brief", "--width", "200"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{shown:?}");
    for line in [
        "it.pcap#1  pcap  192.168.100.70:48216 > 193.99.144.80:443  2021-05-11T22:37:32Z",
        "it.pcap#2  pcap  192.168.17.58:60934 > 165.227.57.17:4400  2017-11-30T19:31:08Z  DTLS 1.2",
        "tcp 192.168.6.109:54690 > 216.58.192.46:80, http, 406 bytes and 792 back",
        "the file is cut off within packet ",
    ] {
        assert!(shown.stdout.contains(line), "{line}: {}", shown.stdout);
    }
    let second = run(&["dissect", &format!("{file}#2"), "--format", "json"]).json();
    assert_eq!(second["source"]["name"], format!("{file}#2"));
    assert_eq!(second["time"], "2017-11-30T19:31:08Z");
    // The first hello is there with its second datagram.
    assert_eq!(second["messages"][0]["time"], 0.000717);
    // What is true of the whole file stands with each.
    let remarks = second["remarks"].as_array().unwrap();
    assert!(remarks.iter().any(|it| it.as_str().unwrap().contains("cut off within packet")));
    let both = run(&["dissect", &file, "--format", "ndjson"]).stdout;
    let both: Vec<Json> = both.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((both.len(), &both[1]), (2, &second));
    let error = |name: &str| run(&["dissect", name]).usage_error().to_owned();
    let none = error(&format!("{file}#3"));
    assert!(none.contains("there is no #3 in it: it has TLS in #1 to #2"), "{none}");
    let hex = run(&["dissect", &file, "--hex"]).usage_error().to_owned();
    assert!(hex.contains("--hex: 2 connections are in it, and FILE#N is one of them"), "{hex}");
    let own = run(&["dissect", &format!("{file}#1"), "--hex"]);
    assert_eq!((own.code, own.stdout.starts_with("00000000")), (0, true), "{own:?}");
    // A field that only one of them has may be asked for.
    let only = run(&["dissect", &file, "--only", "hello_verify_request"]);
    assert_eq!((only.code, only.stdout.contains("cookie")), (0, true), "{only:?}");
}

#[test]
fn a_file_without_tls_is_told_in_a_line_that_says_what_is_in_it() {
    let error = |name: &str| {
        let file = path(&format!("testdata/captures/packets/{name}"));
        run(&["dissect", file.to_str().unwrap()]).usage_error().to_owned()
    };
    let none = error("ocsp-http-get.pcap");
    assert!(none.contains("no TLS, SSL or DTLS is in its 7 packets, but tcp "), "{none}");
    // It was captured as a whole, and is known to be no TLS.
    assert!(none.contains(", http, 406 bytes") && !none.contains("capture the "), "{none}");
    let hello = path("testdata/hellos/openssl-3.5.8.bin");
    let other = run(&["dissect", &format!("{}#1", hello.display())]).usage_error().to_owned();
    assert!(other.contains("#1 chooses a connection of a capture file"), "{other}");
}

#[test]
fn what_is_only_called_a_capture_is_told_and_one_under_gzip_is_read() {
    let folder = Folder::new();
    let file = folder.file("it.pcap");
    fs::write(&file, b"\x8a\x01snoop\0\0\0\0\x02\0\0\0\x04").unwrap();
    let error = run(&["dissect", &file]).usage_error().to_owned();
    assert!(error.contains("does not begin as one of pcap or pcapng; `editcap`"), "{error}");

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&packets("hrr")).unwrap();
    let mut packed = packed.finish().unwrap();
    let hellos = |bytes: &[u8]| first_hello(bytes, None).unwrap().spec;
    assert_eq!(hellos(&packed), hellos(&packets("hrr")));
    fs::write(&file, &packed).unwrap();
    let shown = run(&["hello", "show", &file, "--as", "hex"]);
    assert_eq!(shown.stdout.trim(), hex(&hellos(&packed).flight()));
    packed.truncate(packed.len() / 2);
    let found = connections("it", &packed, None).unwrap();
    assert!(found.remarks[0].contains("cut off within packet"), "{:?}", found.remarks);
}

/// The packets of a pcap with at most so many bytes of each, as `editcap -s` leaves them.
fn cut(pcap: &[u8], snaplen: usize) -> Vec<u8> {
    let mut out = pcap[..24].to_vec();
    let mut rest = &pcap[24..];
    while !rest.is_empty() {
        let kept = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        let left = kept.min(snaplen);
        out.extend(&rest[..8]);
        out.extend((left as u32).to_le_bytes());
        out.extend(&rest[12..16 + left]);
        rest = &rest[16 + kept..];
    }
    out
}

#[test]
fn what_was_captured_in_part_stands_where_it_came() {
    for name in ["CVE-2015-3194", "chrome-34-google", "chrome-63.0.3211.0-canary-tls_experiment"] {
        let found = connections(name, &cut(&packets(name), 200), None).unwrap();
        let transcript = &found.list[0].transcript;
        let mut messages = transcript.messages().map(|(event, it)| (event.from, it.type_name()));
        assert_eq!(messages.next(), Some((Side::Client, "client_hello")), "{name}");
        assert_eq!(messages.next(), Some((Side::Server, "server_hello")), "{name}");
        let headers = transcript.events.iter().filter_map(|event| match &event.unit {
            Unit::Header(header) => Some(&header.tree),
            Unit::Message(_) => None,
        });
        for remark in headers.flat_map(|tree| &tree.remarks) {
            assert!(!remark.fault.expected().contains("agreed on"), "{name}: {remark}");
        }
    }
}

#[test]
fn a_server_that_closes_without_a_word_is_told_of_packets_too() {
    let outcome = |name: &str| {
        let found = connections("it", &packets(name), None).unwrap();
        let transcript = &found.list[0].transcript;
        let reaction = helloscope::transcript::Reaction::of(transcript).unwrap();
        (reaction.kind.word(), transcript.from(Side::Server).count())
    };
    assert_eq!(outcome("tls-1.2-handshake-failure"), ("alert", 1));
    assert_eq!(outcome("https-to-http"), ("plaintext", 1));
}

#[test]
fn the_words_before_starttls_stand_in_their_turns() {
    let found = connections("it", &packets("smtp-starttls"), None).unwrap();
    let messages = found.list[0].transcript.messages();
    let words: Vec<_> = messages
        .take_while(|(_, message)| message.type_name() == "plaintext")
        .map(|(event, message)| (event.from, message.bytes[..4].to_vec(), event.time.is_some()))
        .collect();
    let expected = [
        (Side::Server, b"220 ".to_vec(), true),
        (Side::Client, b"EHLO".to_vec(), true),
        (Side::Server, b"250-".to_vec(), true),
        (Side::Client, b"STAR".to_vec(), true),
        (Side::Server, b"220 ".to_vec(), true),
    ];
    assert_eq!(words, expected);
}

#[test]
fn the_hello_of_a_connection_is_a_spec_with_edits_behind_it() {
    let folder = Folder::new();
    let file = folder.file("both,sides.pcap");
    fs::copy(path("testdata/captures/packets/tls13draft16-ff52.a01-aborted.pcap"), &file).unwrap();
    let show = |name: &str| run(&["hello", "show", name, "--as", "hex"]);
    let sent = |number| {
        let bytes = fs::read(&file).unwrap();
        let found = first_hello(&bytes, number).unwrap();
        (format!("{}\n", hex(&found.spec.flight())), found.connection)
    };
    let (first, second) = (show(&file), show(&format!("{file}#2")));
    assert_eq!((first.stdout, Some((1, 2))), sent(None));
    assert_eq!((&second.stdout, second.stderr.as_str()), (&sent(Some(2)).0, ""));
    let told = "note: the ClientHello of connection #1 is taken, the first of 2 that have one; #N \
                behind the file's name takes another\n";
    assert_eq!(first.stderr, told);
    let edited = show(&format!("{file}#2,pad_to=900"));
    assert_eq!(edited.stdout.trim().len(), 2 * 905, "{edited:?}");
    let none = show(&format!("{file}#3"));
    assert!(none.usage_error().contains("there is no #3 in it"), "{none:?}");
}

#[test]
fn a_pcapng_says_the_same_as_the_pcap_of_which_it_was_made() {
    for name in ["dtls-sequence-number-jumps", "dtls1_0", "https-to-http"] {
        let [one, other] = [packets(name), as_pcapng(&packets(name))].map(|bytes| {
            let found = connections("it", &bytes, None).unwrap();
            assert_eq!((found.list.len(), found.remarks), (1, vec![]), "{name}");
            let told = found.list[0]
                .transcript
                .messages()
                .map(|(event, message)| (event.from, event.time, message.bytes.clone()));
            (found.list[0].transcript.source.form, told.collect::<Vec<_>>())
        });
        assert_eq!((one.0, other.0), ("pcap", "pcapng"));
        assert_eq!(one.1, other.1, "{name}");
        assert!(first_hello(&packets(name), None).is_ok() || name.contains("jumps"));
    }
}

proptest! {
    #[test]
    fn whatever_stands_in_a_file_it_is_read_within_its_bounds(
        which in 0usize..8,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        is_cut: bool,
    ) {
        let name = ["tls12-no-shared-cipher", "https-to-http", "webrtc-stun", "dtls1_0"][which % 4];
        let mut bytes = packets(name);
        if which >= 4 {
            bytes = as_pcapng(&bytes);
        }
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        fuzzing::pcap(&bytes);
    }
}

/// What `tshark -x` prints is read as the packets are of which it is, without their times.
#[test]
fn frames_in_dumps_are_packets() {
    let messages = |name: &str, input: &[u8]| {
        let found = connections(name, input, None).unwrap_or_else(|why| panic!("{name}: {why}"));
        let of = |one: &Connection| {
            let transcript = &one.transcript;
            let messages = transcript.messages();
            let messages: Vec<_> =
                messages.map(|(event, message)| (event.from, message.bytes.to_vec())).collect();
            (transcript.client.clone(), transcript.server.clone(), messages)
        };
        found.list.iter().map(of).collect::<Vec<_>>()
    };
    let mut count = 0;
    for file in fs::read_dir(path("testdata/captures/frames")).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        assert!(messages(&name, text.as_bytes()) == messages(&name, &packets(&name)), "{name}");
        // One frame alone.
        let first = text.split("\n\n").next().unwrap();
        let frame = connections(&name, first.as_bytes(), None);
        match frame.map(|found| found.list[0].transcript.events.len()) {
            Ok(events) => assert!(events > 0, "{name}"),
            Err(why) => assert!(why.to_string().contains("tcp 127.0.0.1:34682"), "{why}"),
        }
        count += 1;
    }
    assert_eq!(count, 2);
}
