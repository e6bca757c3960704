//! What a stream begins with decides whether it is TLS at all: a first record of a version that
//! there is not, a record of DTLS 1.3 that nothing came before, a record that is not whole.

mod common;

use common::other_records::dtls_client_hello;
use common::program::{Run, run_with_input};
use common::transcript_json::{assert_trees_tile, messages, types};
use helloscope::capture;
use helloscope::fuzzing;
use helloscope::transcript::{Recorder, Side, Source, Transcript};
use helloscope::wire::fault::{Fault, Kind};
use helloscope::wire::stream::Unit;
use proptest::prelude::*;

/// The record of a hello, in a version.
fn hello(version: u16) -> Vec<u8> {
    let mut record = std::fs::read(common::path("testdata/hellos/openssl-1.0.1g.bin")).unwrap();
    record[1..3].copy_from_slice(&version.to_be_bytes());
    record
}

fn names(transcript: &Transcript) -> Vec<(Side, &'static str)> {
    let messages = transcript.messages();
    messages.map(|(event, message)| (event.from, message.type_name())).collect()
}

/// Of the records' headers, the versions that are noticed.
fn noticed(transcript: &Transcript) -> Vec<u16> {
    let headers = transcript.events.iter().filter_map(|event| match &event.unit {
        Unit::Header(header) => Some(header),
        Unit::Message(_) => None,
    });
    let remarks = headers.flat_map(|header| &header.tree.remarks);
    remarks
        .filter_map(|remark| match (remark.field, remark.kind, remark.fault) {
            ("legacy_record_version", Kind::Notice, Fault::Code { found, .. }) => Some(found),
            _ => None,
        })
        .collect()
}

#[test]
fn a_first_record_may_have_a_version_that_there_is_not() {
    // The hello of a server of TLS 1.2, and an alert behind it.
    let answer = [&[2, 0, 0, 38, 3, 3][..], &[7; 32], &[0, 0xc0, 0x2f, 0]].concat();
    for version in [0x0000, 0x0200, 0x0305, 0x0400, 0x7f12, 0xffff] {
        let client = hello(version);
        let [high, low] = version.to_be_bytes();
        let server = [&[22, high, low, 0, 42], &answer[..]].concat();

        let transcript = capture::read("it", &client).unwrap();
        assert_eq!(names(&transcript), [(Side::Client, "client_hello")], "{version:04x}");
        assert_eq!(noticed(&transcript), [version]);
        let transcript = capture::read("it", &server).unwrap();
        assert_eq!(names(&transcript), [(Side::Server, "server_hello")], "{version:04x}");
        let transcript = capture::read("it", &[&client[..], &server].concat()).unwrap();
        let both = [(Side::Client, "client_hello"), (Side::Server, "server_hello")];
        assert_eq!(names(&transcript), both, "{version:04x}");
        assert_eq!(noticed(&transcript), [version; 2]);

        // The same from a socket, a byte at a time.
        let mut recorder = Recorder::default();
        for byte in client {
            recorder.push(Side::Client, None, &[byte]);
        }
        let transcript = recorder.finish(Source::default(), None);
        assert_eq!(names(&transcript), [(Side::Client, "client_hello")], "{version:04x}");
        assert_eq!(noticed(&transcript), [version]);
    }
}

#[test]
fn a_first_alert_and_a_first_message_may_have_such_a_version_where_they_are_whole() {
    for version in [0x0000, 0x0200, 0x0305, 0x0309, 0x0400, 0x0505, 0xffff] {
        let [high, low] = u16::to_be_bytes(version);
        let alert = [21, high, low, 0, 2, 2, 40];
        let done = [22, high, low, 0, 4, 14, 0, 0, 0];
        for (bytes, name) in [(&alert[..], "alert"), (&done, "server_hello_done")] {
            let transcript = capture::read("it", bytes).unwrap();
            assert_eq!(names(&transcript), [(Side::Server, name)], "{version:04x}");
            assert_eq!(noticed(&transcript), [version]);
            // Another may follow.
            let transcript = capture::read("it", &[bytes, &alert].concat()).unwrap();
            assert_eq!(names(&transcript), [(Side::Server, name), (Side::Server, "alert")]);
            let mut recorder = Recorder::default();
            for byte in bytes {
                recorder.push(Side::Server, None, &[*byte]);
            }
            let transcript = recorder.finish(Source::default(), None);
            assert_eq!(names(&transcript), [(Side::Server, name)], "{version:04x}");
        }
        if high == 3 {
            // Of a high byte that there is, it is a record whatever is in it.
            continue;
        }
        for other in [
            // Cut off, of another length, of no level, of no description, with something behind.
            &alert[..6],
            &[21, high, 0xf0, 0, 3, 2, 40],
            &[21, high, 0xf0, 0, 2, 3, 40],
            &[21, high, 0xf0, 0, 2, 2, 39],
            &[21, high, 0xf0, 0, 2, 2, 40, 1],
            // Of another length than its message.
            &[22, high, 0xf0, 0, 4, 14, 0, 0, 1],
        ] {
            let transcript = capture::read("it", other).unwrap();
            assert_eq!(names(&transcript)[0].1, "plaintext", "{other:02x?}");
        }
    }
}

#[test]
fn records_of_tls_may_have_a_version_of_dtls_where_only_their_headers_come_out() {
    for version in [0xfefd, 0xfeff] {
        let [high, low] = u16::to_be_bytes(version);
        let alert = [21, high, low, 0, 2, 2, 40];
        let done = [22, high, low, 0, 4, 14, 0, 0, 0];
        let data = [&[23, high, low, 0, 9][..], b"xxxxxxxxx"].concat();
        for (bytes, expected) in [
            (alert.to_vec(), vec!["alert"]),
            (done.to_vec(), vec!["server_hello_done"]),
            ([&alert[..], &done].concat(), vec!["alert", "server_hello_done"]),
            (data.clone(), vec!["encrypted"]),
            ([&data[..], &data, &alert].concat(), vec!["encrypted", "encrypted", "alert"]),
        ] {
            let transcript = capture::read("it", &bytes).unwrap();
            let told: Vec<_> = names(&transcript).into_iter().map(|(_, name)| name).collect();
            assert_eq!(told, expected, "{bytes:02x?}");
            assert_eq!(noticed(&transcript), vec![version; expected.len()]);
            // Without its last byte one alone is none; behind another it is cut off.
            let cut = capture::read("it", &bytes[..bytes.len() - 1]).unwrap();
            let records = if expected.len() == 1 { 0 } else { expected.len() };
            assert_eq!(noticed(&cut), vec![version; records], "{bytes:02x?}");
        }
        // What comes out as a record of DTLS is one: of one byte, under the keys of epoch 9.
        let both = [&[23, high, low, 0, 9][..], &[0; 6], &[0, 1, 7]].concat();
        let transcript = capture::read("it", &both).unwrap();
        assert_eq!(noticed(&transcript), [0; 0]);
    }
}

#[test]
fn odd_versions_and_records_of_nothing_are_noticed_in_dtls_too() {
    let header = |version: u16, length: u8| {
        let [high, low] = version.to_be_bytes();
        [22, high, low, 0, 0, 0, 0, 0, 0, 0, 0, 0, length]
    };
    let read = |bytes: &[u8]| capture::read("it", bytes).unwrap();
    let remarks = |bytes: &[u8]| {
        let transcript = read(bytes);
        let headers = transcript.events.iter().filter_map(|event| match &event.unit {
            Unit::Header(header) => Some(header.tree.remarks.clone()),
            Unit::Message(_) => None,
        });
        let remarks: Vec<_> = headers.flatten().collect();
        remarks.iter().map(|it| (it.field, it.range.clone())).collect::<Vec<_>>()
    };
    let (version, length) = (("legacy_record_version", 1..3), ("length", 11..13));
    assert_eq!(remarks(&header(0xfefe, 0)), [version.clone(), length.clone()]);
    assert_eq!(remarks(&header(0xfefd, 0)), [length]);
    for odd in [0xfe00, 0xfefe] {
        let alert = [21, 0xfe, odd as u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40];
        assert_eq!(remarks(&alert), std::slice::from_ref(&version));
        assert_eq!(names(&read(&alert)), [(Side::Server, "alert")]);
    }
    // Under keys, or cut off, it could be anything.
    for (place, byte) in [(4, 1), (12, 9)] {
        let mut other = [21, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40];
        other[place] = byte;
        assert_eq!(names(&read(&other))[0].1, "plaintext");
    }
}

#[test]
fn a_first_record_of_dtls_may_have_a_version_or_a_type_that_there_is_not() {
    let hello = dtls_client_hello();
    let of = |version: u16| {
        let mut record = hello.clone();
        record[1..3].copy_from_slice(&version.to_be_bytes());
        record
    };
    let request = [3, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0xfe, 0xff, 1, 7];
    let request = [&[22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16][..], &request].concat();
    for version in [0x0000, 0x0100, 0x0302, 0x0303, 0x1234, 0xfd00, 0xfe00, 0xfefc, 0xffff] {
        let client = [(Side::Client, "client_hello")];
        let transcript = capture::read("it", &of(version)).unwrap();
        assert_eq!(names(&transcript), client, "{version:04x}");
        assert_eq!(noticed(&transcript), [version]);
        let both = capture::read("it", &[&of(version)[..], &request].concat()).unwrap();
        assert_eq!(names(&both)[1], (Side::Server, "hello_verify_request"), "{version:04x}");
        let mut recorder = Recorder::default();
        recorder.push_datagram(Side::Client, None, &of(version));
        assert_eq!(names(&recorder.finish(Source::default(), None)), client, "{version:04x}");
        let [high, low] = version.to_be_bytes();
        let alert = [21, high, low, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40];
        let transcript = capture::read("it", &alert).unwrap();
        assert_eq!(names(&transcript), [(Side::Server, "alert")], "{version:04x}");
    }
    for content_type in [0, 19, 28, 32, 63, 64, 255] {
        let odd = [content_type, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3];
        let transcript = capture::read("it", &[&odd[..], &hello].concat()).unwrap();
        let expected = [(Side::Client, "unknown"), (Side::Client, "client_hello")];
        assert_eq!(names(&transcript), expected, "{content_type}");
        let types = |transcript: &Transcript| names(transcript)[0].1;
        assert_eq!(types(&capture::read("it", &odd).unwrap()), "unknown");
        // Under keys, or longer than what is there, it could be anything.
        for (place, byte) in [(4, 1), (12, 9)] {
            let mut other = odd;
            other[place] = byte;
            assert_ne!(types(&capture::read("it", &other).unwrap()), "unknown", "{content_type}");
        }
    }
    // What only claims to have messages in it, in a version that there is not.
    for (place, byte) in [(13, 99), (24, 0xff), (21, 1), (4, 1)] {
        let mut other = of(0x1234);
        other[place] = byte;
        let transcript = capture::read("it", &other).unwrap();
        assert_ne!(names(&transcript)[0].1, "client_hello", "{place}");
    }
    // Where TLS has its hello, the record is of TLS, whatever its version.
    let transcript = capture::read("it", &self::hello(0xfefd)).unwrap();
    assert_eq!(names(&transcript), [(Side::Client, "client_hello")]);
    assert_eq!(noticed(&transcript), [0xfefd]);
    assert!(transcript.messages().all(|(_, message)| message.message_seq().is_none()));
}

#[test]
fn records_of_any_version_and_type_are_read_in_what_is_known_to_be_dtls() {
    let record = |content_type: u8, version: u16, number: u8, fragment: &[u8]| {
        let length = u8::try_from(fragment.len()).unwrap();
        let [high, low] = version.to_be_bytes();
        let header = [content_type, high, low, 0, 0, 0, 0, 0, 0, 0, number, 0, length];
        [&header[..], fragment].concat()
    };
    let body = [&[0xfe, 0xfd][..], &[7; 32], &[0, 0, 0, 2, 0xc0, 0x2f, 1, 0]].concat();
    let length = u8::try_from(body.len()).unwrap();
    let hello = [&[1, 0, 0, length, 0, 0, 0, 0, 0, 0, 0, length][..], &body].concat();
    let hello = record(22, 0xfefd, 0, &hello);
    let alert = record(21, 0xfefd, 1, &[2, 40]);
    let both = |first: &[u8], odd: &[u8]| {
        // From a file, and from a socket.
        let file = capture::read("it", &[first, odd, &alert].concat()).unwrap();
        let mut recorder = Recorder::default();
        recorder.push_datagram(Side::Client, None, first);
        recorder.push_datagram(Side::Server, None, &[odd, &alert].concat());
        [file, recorder.finish(Source::default(), None)]
    };
    let done = [14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for version in [0x0000, 0x0303, 0x1234, 0xfd00, 0xfe00, 0xfefc] {
        for transcript in both(&hello, &record(22, version, 0, &done)) {
            let expected = [
                (Side::Client, "client_hello"),
                (Side::Server, "server_hello_done"),
                (Side::Server, "alert"),
            ];
            assert_eq!(names(&transcript), expected, "{version:04x}");
            assert_eq!(noticed(&transcript), [version]);
        }
    }
    for content_type in [0, 19, 28, 64] {
        for transcript in both(&hello, &record(content_type, 0xfefd, 1, &[1; 9])) {
            let names: Vec<_> = names(&transcript).into_iter().map(|(_, name)| name).collect();
            assert_eq!(names, ["client_hello", "unknown", "alert"], "{content_type}");
        }
    }
    // Of neither a version nor a type, or of a length that does not fit: it is something else.
    let long = [&record(22, 0x1234, 0, &done)[..], &[0; 3]].concat();
    for odd in [record(64, 0x1234, 1, &[1; 9]), long] {
        let transcript = capture::read("it", &[&hello[..], &odd].concat()).unwrap();
        assert_eq!(names(&transcript)[1].1, "plaintext");
    }
    // Behind a hello of TLS it is a record of TLS.
    let alert = [21, 0xfe, 0xfd, 0, 2, 2, 40];
    let transcript = capture::read("it", &[&self::hello(0x0301)[..], &alert].concat()).unwrap();
    assert_eq!(names(&transcript), [(Side::Client, "client_hello"), (Side::Server, "alert")]);
    assert_eq!(noticed(&transcript), [0xfefd]);
}

#[test]
fn messages_of_ssl_2_without_a_hello_before_them_are_assumed_where_their_lengths_hold() {
    let master_key = [&[0x80, 14, 2, 1, 0, 0x80, 0, 0, 0, 4, 0, 0][..], &[7; 4]].concat();
    let request = [&[0x80, 18, 7, 1][..], &[7; 16]].concat();
    let error = vec![0, 6, 3, 0, 0, 1, 7, 7, 7];
    for (bytes, side, name) in [
        (&master_key, Side::Client, "sslv2_client_master_key"),
        (&request, Side::Server, "sslv2_request_certificate"),
        (&error, Side::Server, "sslv2_error"),
    ] {
        let of_file = capture::read("it", bytes).unwrap();
        let mut recorder = Recorder::default();
        for byte in bytes {
            recorder.push(side, None, &[*byte]);
        }
        for transcript in [of_file, recorder.finish(Source::default(), None)] {
            assert_eq!(names(&transcript), [(side, name)]);
            let (_, message) = transcript.messages().next().unwrap();
            let assumed = message.tree.remarks.iter().filter(|it| it.kind == Kind::Assumption);
            assert_eq!(assumed.count(), 1, "{name}");
        }
        // Of another length it is nothing that is known.
        let mut longer = bytes.clone();
        longer.push(0);
        longer[1] += 1;
        longer[2] += u8::from(longer[0] == 0) * 40;
        if name != "sslv2_request_certificate" {
            assert_eq!(names(&capture::read("it", &longer).unwrap())[0].1, "plaintext", "{name}");
        }
        let shorter = &bytes[..bytes.len() - 1];
        assert_eq!(names(&capture::read("it", shorter).unwrap())[0].1, "plaintext", "{name}");
    }
}

#[test]
fn what_is_no_hello_is_no_record_of_an_odd_version() {
    for (place, byte) in [
        // Of another type; of a length that no record has, or too short for a hello; no message in
        // it; a hello that is longer than any is.
        (0, 99),
        (3, 0x50),
        (3, 0),
        (5, 99),
        (6, 1),
    ] {
        let mut record = hello(0x0400);
        record[place] = byte;
        if place == 3 && byte == 0 {
            record[4] = 3;
        }
        let transcript = capture::read("it", &record).unwrap();
        assert_eq!(names(&transcript)[0].1, "plaintext", "{place}");
    }
}

/// A record with the unified header: flags, number, length and what it protects.
fn unified(flags: u8, before_length: &[u8], length: u16) -> Vec<u8> {
    let protected = (0..length).map(|byte| byte.to_be_bytes()[1] % 64 + b' ');
    let mut record = [&[flags], before_length, &length.to_be_bytes()].concat();
    record.extend(protected);
    record
}

#[test]
fn a_stream_may_begin_with_records_that_dtls_1_3_protects() {
    let short = unified(0x2e, b"ab", 28);
    let narrow = unified(0x26, b"a", 40);
    let with_id = unified(0x3e, b"identityab", 50);
    // The last of a datagram need not say where it ends.
    let to_the_end = [&b"*ab"[..], &[b'x'; 17]].concat();
    for (bytes, records) in [
        ([&short[..], &to_the_end].concat(), 2),
        ([&narrow[..], &short, &to_the_end].concat(), 3),
        (short.clone(), 1),
        (narrow.clone(), 1),
        (with_id.clone(), 1),
        ([&short[..], &narrow].concat(), 2),
        ([&narrow[..], &short, &with_id].concat(), 3),
    ] {
        let of_file = capture::read("it", &bytes).unwrap();
        let mut recorder = Recorder::default();
        recorder.push_datagram(Side::Server, None, &bytes);
        let of_datagram = recorder.finish(Source::default(), None);
        for transcript in [of_file, of_datagram] {
            assert_eq!(names(&transcript), vec![(Side::Server, "encrypted"); records]);
            let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
            let assumed: Vec<_> = remarks.filter(|it| it.kind == Kind::Assumption).collect();
            let [assumed] = assumed[..] else { panic!("{assumed:?}") };
            assert_eq!(assumed.reference, "RFC 9147 4");
        }
    }
}

#[test]
fn where_no_length_fits_nothing_is_taken_for_dtls_1_3() {
    let record = unified(0x2e, b"ab", 28);
    let longer = [&record[..], b"!"].concat();
    let too_short = [&record[..], b"*ab", &[b'x'; 15]].concat();
    for bytes in [
        &too_short,
        // Nothing of it tells where it ends.
        &[&b"*ab"[..], &[1; 17]].concat(),
        &record[..record.len() - 1],
        &longer,
        // Too short to be protected; without a length that could fit.
        &unified(0x2e, b"ab", 15),
        &unified(0x2a, b"ab", 28),
    ] {
        let transcript = capture::read("it", bytes).unwrap();
        assert_eq!(names(&transcript)[0].1, "plaintext", "{bytes:02x?}");
        let mut recorder = Recorder::default();
        recorder.push_datagram(Side::Server, None, bytes);
        let transcript = recorder.finish(Source::default(), None);
        assert_eq!(names(&transcript)[0].1, "plaintext", "{bytes:02x?}");
    }
}

fn dissect(input: &[u8], option: &[&str]) -> Run {
    let run = run_with_input(&[&["dissect", "-"], option].concat(), input);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    run
}

#[test]
fn brief_tells_of_records_that_have_no_message() {
    let alert = [21, 3, 3, 0, 2, 1, 0];
    for (record, told) in [
        // A header that is cut off, a record without bytes, and one of which none came.
        (&[22, 3, 3, 0][..], "length: expected 2 bytes, found 1, and the end"),
        (&[22, 3, 3, 0, 0], "length: expected bytes, since only application data may have none"),
        (&[22, 3, 3, 0, 9], "fragment: expected 9 bytes, found none"),
    ] {
        let input = [&alert[..], record].concat();
        let brief = dissect(&input, &["--brief"]).stdout;
        let words = brief.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("Record {} {told}", record.len().min(5))), "{brief}");
        let json = dissect(&input, &["--format", "json", "--tree"]).json();
        assert_trees_tile(&json);
        assert_eq!((messages(&json).len(), types(&json, "server")), (1, vec!["alert"]));
    }
    // Where a message tells it, the record does not tell it again.
    let cut = [22, 3, 3, 0, 9, 1, 0, 0, 5, 3];
    let brief = dissect(&cut, &["--brief"]).stdout;
    assert!(!brief.contains("Record") && brief.contains("truncated"), "{brief}");
}

/// The remarks on records' headers, in words.
fn of_records(transcript: &Transcript) -> Vec<String> {
    let headers = transcript.events.iter().filter_map(|event| match &event.unit {
        Unit::Header(header) => Some(header),
        Unit::Message(_) => None,
    });
    headers.flat_map(|header| &header.tree.remarks).map(ToString::to_string).collect()
}

#[test]
fn before_any_answer_records_are_measured_by_what_the_client_offers() {
    let two_alerts = [21, 3, 3, 0, 4, 1, 112, 2, 40];
    let read = |hello: &[u8], behind: &[u8]| {
        of_records(&capture::read("it", &[hello, behind].concat()).unwrap())
    };
    // It offers TLS 1.2 at most, RFC 5246 section 6.2.1; one of TLS 1.3 offers that too.
    let (tls12, tls13) = (hello(0x0301), {
        let path = common::path("testdata/hellos/openssl-3.0.19-s_client.bin");
        std::fs::read(path).unwrap()
    });
    assert_eq!(read(&tls12, &two_alerts), [""; 0]);
    let told = "length: expected 2 bytes: one alert in a record, found 4 (RFC 8446 5.1)";
    assert_eq!(read(&tls13, &two_alerts), [told]);
    // Of a record without bytes TLS 1.2 says it first.
    let empty = |version: u8| [22, 3, version, 0, 0];
    let told = "length: expected bytes, since only application data may have none, found 0";
    assert_eq!(read(&tls12, &empty(3)), [format!("{told} (RFC 5246 6.2.1)")]);
    assert_eq!(read(&tls13, &empty(3)), [format!("{told} (RFC 8446 5.1)")]);
    let mut tls10 = tls12;
    tls10[9..11].copy_from_slice(&[3, 1]);
    assert_eq!(read(&tls10, &empty(1)), [""; 0]);
}

#[test]
fn the_hash_of_a_message_is_told_though_it_is_never_sent() {
    let hash = [&[22, 3, 3, 0, 36, 254, 0, 0, 32][..], &[0x68; 32]].concat();
    let transcript = capture::read("it", &hash).unwrap();
    assert_eq!(names(&transcript)[0].1, "message_hash");
}

/// Parts of which the first bytes of a stream are made whose protocol is hard to tell.
fn beginnings() -> impl Strategy<Value = Vec<u8>> {
    let part = prop::sample::select(vec![
        // Headers of TLS, also of versions and types that there are not, and of DTLS under them.
        &[22, 3, 1][..],
        &[21, 3, 3, 0, 2],
        &[22, 9, 9, 0, 4],
        &[21, 0xfe, 0xfd, 0, 2],
        &[26, 3, 3, 0, 1],
        &[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0],
        &[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        // Of SSL 2.0.
        &[0x80, 3, 0],
        &[0x80, 18, 7, 1],
        &[0, 5, 2],
        // What is in them.
        &[2, 40],
        &[14, 0, 0, 0],
        &[0, 1],
        &[0],
        &[9],
    ]);
    prop::collection::vec(part, 1..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_a_stream_is_taken_for_does_not_hang_on_how_it_was_cut(bytes in beginnings()) {
        fuzzing::records(&bytes);
    }
}
