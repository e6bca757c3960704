//! What changes of keys tell of the records before and behind them: one that comes too early or twice,
//! a renegotiation by keys, what is in clear all the same.

mod common;

use common::sides::{datagram_records, stream_records, told};
use helloscope::capture;
use helloscope::report::bytes::View;
use helloscope::report::transcript::{Options, text};
use helloscope::transcript::{Recorder, Side, Source, Transcript};

const CHANGE: [u8; 6] = [20, 3, 3, 0, 1, 1];

type Records = Vec<(Side, Vec<u8>)>;

/// A connection of OpenSSL 3 in TLS 1.2, with a new session, up to the server's Finished.
fn connection() -> Records {
    let mut records = stream_records("tls12-ecdhe-rsa-aes128-gcm");
    records.truncate(change(&records, Side::Server) + 2);
    records
}

/// Where the first record with such a message of the handshake is in clear.
fn place(records: &Records, msg_type: u8) -> usize {
    records.iter().position(|(_, record)| record[0] == 22 && record[5] == msg_type).unwrap()
}

/// Where a side changes its keys.
fn change(records: &Records, side: Side) -> usize {
    records.iter().position(|(from, record)| *from == side && record[0] == 20).unwrap()
}

fn bytes(records: &Records) -> Vec<u8> {
    records.iter().flat_map(|(_, record)| record.clone()).collect()
}

fn record(records: &Records) -> Transcript {
    let mut recorder = Recorder::default();
    for (from, bytes) in records {
        recorder.push(*from, None, bytes);
    }
    recorder.finish(Source::default(), None)
}

/// The types of messages, by their senders.
fn types(transcript: &Transcript) -> Vec<(Side, &'static str)> {
    transcript.messages().map(|(event, message)| (event.from, message.type_name())).collect()
}

/// What is noticed of changes of keys, by who makes them, and which of all messages that is.
fn noticed(records: &Records) -> Vec<(usize, Side, [String; 2])> {
    let transcript = record(records);
    let mut noticed = Vec::new();
    for (at, (event, message)) in transcript.messages().enumerate() {
        for remark in &message.tree.remarks {
            if remark.field == "change_cipher_spec" {
                assert_eq!(remark.reference, "RFC 5246 7.1");
                let told = [remark.fault.expected(), remark.fault.found()];
                noticed.push((at, event.from, told));
            }
        }
    }
    noticed
}

/// CVE-2014-0224: who is in between sends a change of keys to both before there are any.
#[test]
fn what_is_in_clear_behind_a_change_that_came_too_early_is_its_senders() {
    let sound = connection();
    let expected = types(&record(&sound));
    assert_eq!(told(&bytes(&sound)), expected);
    let certificate = place(&sound, 11);
    let mut early = sound.clone();
    early.insert(certificate, (Side::Client, CHANGE.to_vec()));
    let mut with_it = expected.clone();
    with_it.insert(certificate, (Side::Client, "change_cipher_spec"));
    assert_eq!(told(&bytes(&early)), with_it);
    assert_eq!(types(&record(&early)), with_it);
    // By whichever side it was made.
    early[certificate].0 = Side::Server;
    with_it[certificate].0 = Side::Server;
    assert_eq!(types(&record(&early)), with_it);
}

/// RFC 5246 section 7.1.
#[test]
fn a_change_before_the_keys_are_agreed_is_noticed() {
    let sound = connection();
    assert_eq!(noticed(&sound), []);
    for name in ["tls12-resumed-ticket", "tls12-client-cert", "tls10-aes256-cbc-sha"] {
        assert_eq!(noticed(&stream_records(name)), [], "{name}");
    }
    let certificate = place(&sound, 11);
    let key = place(&sound, 16);
    for (at, from, expected, found) in [
        (certificate, Side::Server, "finished behind it", "certificate"),
        (certificate, Side::Client, "finished behind it", "client_key_exchange"),
        (key, Side::Client, "finished behind it", "client_key_exchange"),
    ] {
        let mut early = sound.clone();
        early.insert(at, (from, CHANGE.to_vec()));
        let mut noticed = noticed(&early).into_iter();
        assert_eq!(noticed.next(), Some((at, from, [expected, found].map(str::to_owned))));
    }
    let mut without = sound.clone();
    without.remove(key);
    let none = (key, Side::Client, ["client_key_exchange before it", "none"].map(str::to_owned));
    assert_eq!(noticed(&without), [none]);
}

#[test]
fn a_second_change_is_noticed() {
    let sound = connection();
    for side in [Side::Client, Side::Server] {
        let mut twice = sound.clone();
        let at = change(&sound, side);
        twice.insert(at, (side, CHANGE.to_vec()));
        let second = (at + 1, side, ["one before finished", "a second one"].map(str::to_owned));
        assert_eq!(noticed(&twice), [second]);
        let both = capture::read("it", &bytes(&twice)).unwrap();
        assert_eq!(types(&both), types(&record(&twice)));
    }
}

/// A connection, and a handshake by its keys as OpenSSL makes it: each record with its sender. What is
/// in them is nothing that could be read.
fn renegotiated(with_request: bool, resumed: bool) -> Records {
    use Side::{Client as C, Server as S};
    let mut records = connection();
    let proof = records.last().unwrap().1.len() - 5;
    let (request, change) = (proof - 12, proof - 15);
    if with_request {
        records.push((S, by_keys(22, request)));
    }
    records.push((C, by_keys(22, 240)));
    records.push((S, by_keys(22, 113)));
    if resumed {
        for from in [S, C] {
            records.extend([(from, by_keys(20, change)), (from, by_keys(22, proof))]);
        }
        return records;
    }
    for (from, content_type, length) in [
        (S, 22, 837),
        (S, 22, 324),
        (S, 22, request),
        (C, 22, 61),
        (C, 20, change),
        (C, 22, proof),
        (S, 22, 210),
        (S, 20, change),
        (S, 22, proof),
    ] {
        records.push((from, by_keys(content_type, length)));
    }
    records
}

fn by_keys(content_type: u8, length: usize) -> Vec<u8> {
    let length = u16::try_from(length).unwrap();
    let mut record = vec![content_type, 3, 3];
    record.extend(length.to_be_bytes());
    record.extend((0..length).map(|at| (at % 251) as u8 | 0x80));
    record
}

/// RFC 5246 section 7.4.1.1: behind a handshake the next one begins with the client's hello, which is
/// longer than what asks for it.
#[test]
fn a_handshake_by_keys_begins_with_the_clients_hello() {
    for resumed in [false, true] {
        for with_request in [false, true] {
            let mut records = renegotiated(with_request, resumed);
            // And once more.
            let again: Records = records[connection().len()..].to_vec();
            records.extend(again);
            assert_eq!(told(&bytes(&records)), types(&record(&records)));
            // One side's stream behind the other's.
            for first in [Side::Client, Side::Server] {
                let mut apart = records.clone();
                apart.sort_by_key(|(from, _)| *from != first);
                assert_eq!(told(&bytes(&apart)), types(&record(&apart)), "{first:?}");
            }
        }
    }
}

/// The same in datagrams, whose records are numbered.
#[test]
fn a_handshake_by_keys_in_datagrams_begins_with_the_clients_hello() {
    let mut records = datagram_records("dtls1_2");
    let proof = |from: Side| {
        let by_keys = |it: &(Side, Vec<u8>)| it.0 == from && it.1[0] == 22 && it.1[4] == 1;
        records.iter().position(by_keys).unwrap()
    };
    records.truncate(proof(Side::Client).max(proof(Side::Server)) + 1);
    let finished = records.last().unwrap().1.len() - 13;
    for (from, number, length) in [
        (Side::Client, 1, 251),
        (Side::Server, 1, 121),
        (Side::Server, 2, 800),
        (Side::Server, 3, finished - 12),
        (Side::Client, 2, 69),
    ] {
        let body = by_keys(22, length);
        let head = [22, 254, 253, 0, 1, 0, 0, 0, 0, 0, number, body[3], body[4]];
        records.push((from, [&head[..], &body[5..]].concat()));
    }
    let senders: Vec<Side> = told(&bytes(&records)).into_iter().map(|(from, _)| from).collect();
    let expected = [Side::Client, Side::Server, Side::Server, Side::Server, Side::Client];
    assert_eq!(senders[senders.len() - 5..], expected);
}

/// RFC 5246 section 7.1: before a change of keys there are none that could protect data.
#[test]
fn data_before_a_change_of_keys_is_in_clear() {
    let sound = connection();
    let is_clear = |records: &Records| {
        let transcript = record(records);
        let data = transcript.messages().find(|(_, it)| it.type_name() == "application_data");
        data.map(|(_, message)| {
            let [remark] = &message.tree.remarks[..] else { panic!("{message:?}") };
            assert_eq!((remark.field, remark.reference), ("data", "RFC 5246 7.1"));
            message.bytes.to_vec()
        })
    };
    let words = b"GET / HTTP/1.0\r\n\r\n";
    let data = [&[23, 3, 3, 0, words.len() as u8][..], words].concat();
    for (at, side, clear) in [
        (place(&sound, 12) + 1, Side::Server, true),
        (place(&sound, 14) + 1, Side::Server, true),
        (place(&sound, 16) + 1, Side::Client, true),
        // Behind a hello it may be early data, and behind a change it is by the new keys.
        (1, Side::Client, false),
        (change(&sound, Side::Client) + 1, Side::Client, false),
        (sound.len(), Side::Client, false),
        (sound.len(), Side::Server, false),
    ] {
        let mut records = sound.clone();
        records.insert(at, (side, data.clone()));
        assert_eq!(is_clear(&records), clear.then(|| words.to_vec()), "{at}");
    }
}

/// The lines of a file that is read as it is.
fn lines(bytes: &[u8]) -> Vec<String> {
    let view = View { width: 200, ..View::default() };
    let options = Options { view, ..Options::default() };
    let shown = text(&capture::read("it", bytes).unwrap(), options);
    let plain = anstream::adapter::strip_str(&shown).to_string();
    plain.lines().map(str::to_owned).collect()
}

#[test]
fn each_change_is_told_by_its_own_connection() {
    const MIDDLEBOXES: &str = "for the eyes of middleboxes";
    const PROTECTED: &str = "what follows is protected";
    let early = stream_records("tls13-early-data");
    let tls13 = stream_records("tls13-client-cert");
    for (flows, expected) in [
        ([connection(), tls13.clone()], [PROTECTED, PROTECTED, MIDDLEBOXES, MIDDLEBOXES]),
        ([tls13.clone(), connection()], [MIDDLEBOXES, MIDDLEBOXES, PROTECTED, PROTECTED]),
        // A client's change stands before the ServerHello.
        ([connection(), early.clone()], [PROTECTED, PROTECTED, MIDDLEBOXES, MIDDLEBOXES]),
        ([early, connection()], [MIDDLEBOXES, MIDDLEBOXES, PROTECTED, PROTECTED]),
    ] {
        let lines = lines(&bytes(&flows.concat()));
        let changes = lines.iter().filter(|line| line.contains("ChangeCipherSpec"));
        let told: Vec<_> = changes.map(|line| line.split("     1   ").last().unwrap()).collect();
        assert_eq!(told, expected, "{lines:#?}");
    }
    // Both clients before both servers: of whom a client's change is, nothing tells.
    let of = |side| {
        let both = [connection(), tls13.clone()].concat();
        bytes(&both.into_iter().filter(|(from, _)| *from == side).collect())
    };
    let lines = lines(&[of(Side::Client), of(Side::Server)].concat());
    let told = |arrow| {
        let changes = lines.iter().filter(|line| line.starts_with(&format!("  {arrow} Change")));
        changes.map(|line| line.split("     1").last().unwrap().trim()).collect::<Vec<_>>()
    };
    assert_eq!(told('>'), ["", ""], "{lines:#?}");
    assert_eq!(told('<'), [PROTECTED, MIDDLEBOXES], "{lines:#?}");
}

#[test]
fn what_each_connection_agreed_on_stands_above() {
    let tls13 = stream_records("tls13-client-cert");
    let lines = lines(&bytes(&[connection(), tls13].concat()));
    let expected = "TLS 1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, then  TLS 1.3";
    assert!(lines[0].contains(expected), "{}", lines[0]);
}
