//! Streams that hold both sides of a connection in the order in which they came, as Wireshark's
//! "Follow TCP stream" or "Follow UDP stream" saves them raw: who sent which record is told as it was captured.

mod common;

use std::fs;

use common::flows::{Flow, Piece};
use common::other_records::{sized, ssl2_client_hello};
use common::sides::{cut, datagram_records, flight, of_side, stream_records, told};
use common::{hellos, path, streams};
use helloscope::capture;
use helloscope::transcript::{Reaction, Recorder, Side, Source, Transcript};
use helloscope::wire::fault::Kind;
use helloscope::wire::stream::{Body, Message, Unit};

/// The flows of all captures.
fn flows() -> Vec<(String, Flow)> {
    let mut flows = Vec::new();
    for file in fs::read_dir(path("testdata/captures")).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let Some((name, "" | ".gz")) = file.split_once(".flows") else { continue };
        flows.extend(Flow::of_capture(name).into_iter().map(|flow| (name.to_owned(), flow)));
    }
    flows
}

/// Where the sides could not be told apart from on.
fn guess(transcript: &Transcript) -> Option<usize> {
    let is_guess = |message: &&Message| {
        message.tree.remarks.iter().any(|remark| {
            remark.kind == Kind::Assumption && remark.fault.expected().contains("which side")
        })
    };
    transcript.messages().position(|(_, message)| is_guess(&message))
}

/// What is not told apart: a client's record that came in two pieces around the server's.
const NOT_TOLD: &str = "tls1.2-late-protocol-error";

/// What nobody needs to tell apart to read it.
const OUTSIDE: [&str; 4] = ["alert", "encrypted", "change_cipher_spec", "heartbeat"];

/// The messages by their senders. What stands before STARTTLS is a single text here.
fn said(transcript: &Transcript, starttls: bool) -> Vec<(Side, &'static str, &[u8])> {
    let all =
        transcript.messages().filter(|(_, message)| !starttls || message.body != Body::Plaintext);
    all.map(|(event, message)| (event.from, message.type_name(), &message.bytes[..])).collect()
}

#[test]
fn both_sides_of_a_capture_are_told_apart() {
    let (mut flows_read, mut guesses) = (0, 0);
    for (name, flow) in flows() {
        let bytes: Vec<u8> = flow.pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
        let begins = flow.pieces.first().map(|piece| (piece.from, piece.bytes[0]));
        let starttls = name.ends_with("starttls");
        let is_hello = matches!(begins, Some((Side::Client, 22 | 0x80)));
        if name == NOT_TOLD || !is_hello && !starttls {
            continue;
        }
        let (read, truth) = (capture::read(&name, &bytes).unwrap(), flow.transcript(&name));
        let (ours, theirs) = (said(&read, starttls), said(&truth, starttls));
        let guess = guess(&read).map(|at| at - (read.messages().count() - ours.len()));
        let sure = guess.unwrap_or(theirs.len());
        assert_eq!(ours[..sure.min(ours.len())], theirs[..sure], "{name}");
        // Whatever can be read is told apart all the same.
        // Data by keys is either side's, also where they do not encrypt it.
        let is_data = |kind: &str| kind == "application_data" && name.contains("-null-");
        let in_clear =
            |(_, kind, _): &&(Side, &str, &[u8])| !OUTSIDE.contains(kind) && !is_data(kind);
        assert!(ours.iter().filter(in_clear).eq(theirs.iter().filter(in_clear)), "{name}");
        flows_read += 1;
        guesses += usize::from(guess.is_some());
    }
    assert!(flows_read > 109 && guesses > 70, "{flows_read} {guesses}");
}

/// What is by keys is taken to be a question of the client and its answer, and somebody's end to be his
/// last word; in SSL 3.0 and TLS 1.0 a question has two records, CVE-2011-3389.
#[test]
fn data_and_alerts_by_keys_are_taken_to_be_questions_and_answers() {
    for name in [
        "ssl3-rsa-aes128-sha",
        "tls10-openssl-1.0.1g-to-1.0.0m",
        "tls10-aes256-cbc-sha",
        "tls11-aes256-cbc-sha",
        "tls12-ecdhe-ecdsa-chacha20",
        "tls12-dhe-rsa-aes256-cbc-sha256-noetm",
        "tls12-null-renegotiation",
        // Of an end without any data.
        "missing-intermediate",
        "google-cert-repeat",
        "cert-no-cn",
    ] {
        for flow in Flow::of_capture(name) {
            let bytes: Vec<u8> = flow.pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
            let (read, truth) = (capture::read(name, &bytes).unwrap(), flow.transcript(name));
            assert_eq!(said(&read, false), said(&truth, false), "{name}");
        }
    }
}

/// In TLS 1.3 the length of a Finished tells whose turn is behind it, RFC 8446 section 4.4.4.
#[test]
fn behind_a_finished_of_tls13_the_other_side_goes_on() {
    for name in [
        "tls13-chacha20",
        "tls13-client-cert",
        "tls13-hrr-p384",
        "tls13-unknown-ca-verify-fail",
        "tls13-x25519-aes256-gcm",
        "tls13-x25519mlkem768",
        "tls13_wolfssl",
    ] {
        for flow in Flow::of_capture(name) {
            let bytes: Vec<u8> = flow.pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
            let (read, truth) = (capture::read(name, &bytes).unwrap(), flow.transcript(name));
            assert_eq!(said(&read, false), said(&truth, false), "{name}");
            // Where one side's stream stands behind the other's.
            for order in [[Side::Client, Side::Server], [Side::Server, Side::Client]] {
                let bytes = order.map(|side| flow.bytes(side)).concat();
                let read = capture::read(name, &bytes).unwrap();
                for side in order {
                    let length = |it: &Transcript| -> Vec<usize> {
                        it.from(side).map(|message| message.bytes.len()).collect()
                    };
                    assert_eq!(length(&read), length(&truth), "{name}: {side:?} in {order:?}");
                }
            }
        }
    }
}

/// RFC 8446 sections 2.3 and 4.5: what a client says by keys before its server does is early data, and its
/// end comes behind the server's Finished. Who says first that he ends is not told.
#[test]
fn early_data_is_the_clients_and_so_is_its_end() {
    for name in ["tls13-early-data", "tls13-early-data-hello-retry"] {
        let [flow] = &Flow::of_capture(&format!("../connections/{name}"))[..] else { panic!() };
        let mut flow = flow.clone();
        flow.pieces.truncate(flow.pieces.len() - 2);
        let truth = flow.transcript(name);
        let bytes: Vec<u8> = flow.pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
        let read = capture::read(name, &bytes).unwrap();
        assert_eq!(said(&read, false), said(&truth, false), "{name}");
        for order in [[Side::Client, Side::Server], [Side::Server, Side::Client]] {
            let read = capture::read(name, &order.map(|side| flow.bytes(side)).concat()).unwrap();
            let of = |it: &Transcript, side| -> Vec<Vec<u8>> {
                it.from(side).map(|message| message.bytes.to_vec()).collect()
            };
            for side in order {
                assert_eq!(of(&read, side), of(&truth, side), "{name}: {side:?} in {order:?}");
            }
        }
    }
}

/// Early data that was under way when the server said hello: behind a HelloRetryRequest a server has no
/// keys, and behind a ServerHello nothing is sure.
#[test]
fn early_data_may_come_behind_the_servers_hello() {
    for (name, is_sure) in [("tls13-early-data", false), ("tls13-early-data-hello-retry", true)] {
        let [flow] = &Flow::of_capture(&format!("../connections/{name}"))[..] else { panic!() };
        let mut records: Vec<_> = flow.pieces.iter().map(|piece| piece.bytes.clone()).collect();
        let early = records.remove(2);
        // Behind the hello and the change of keys.
        records.insert(4, early.clone());
        let read = capture::read(name, &records.concat()).unwrap();
        let at = read.messages().position(|(_, message)| early.ends_with(&message.bytes)).unwrap();
        let (event, _) = read.messages().nth(at).unwrap();
        let guess = guess(&read).unwrap();
        assert_eq!(guess > at, is_sure, "{name}: {guess}");
        assert!(!is_sure || event.from == Side::Client, "{name}");
    }
}

/// A server may have all of its flight in one record, RFC 8446 section 5.1.
#[test]
fn behind_a_flight_in_one_record_the_client_goes_on() {
    let name = "tls13-x25519-aes256-gcm";
    let records = stream_records(name);
    let is_flight = |(side, record): &&(Side, Vec<u8>)| *side == Side::Server && record[0] == 23;
    let first = records.iter().position(|it| is_flight(&it)).unwrap();
    let behind = records.iter().skip(first).take_while(is_flight).count() + first;
    let whole: usize = records[first..behind].iter().map(|(_, it)| it.len() - 5 - 17).sum();
    let length = u16::try_from(whole + 17).unwrap();
    let flight = [&[23, 3, 3][..], &length.to_be_bytes(), &vec![7; whole + 17]].concat();
    let before = records[..first].iter().map(|(_, it)| it.clone());
    let rest = records[behind..].iter().map(|(_, it)| it.clone());
    let bytes: Vec<u8> = before.chain([flight]).chain(rest).flatten().collect();
    let sides =
        |told: Vec<(Side, &str)>| told.into_iter().map(|(side, _)| side).collect::<Vec<_>>();
    let mut expected: Vec<Side> = records.iter().map(|(side, _)| *side).collect();
    expected.drain(first + 1..behind);
    assert_eq!(sides(told(&bytes)), expected);
}

/// What was said in words before TLS began, as it was captured: one text for each turn.
fn dialogue(flow: &Flow) -> Vec<(Side, Vec<u8>)> {
    let mut turns: Vec<(Side, Vec<u8>)> = Vec::new();
    for piece in flow.pieces.iter().take_while(|piece| piece.bytes[0] != 22) {
        match turns.last_mut() {
            Some((from, said)) if *from == piece.from => said.extend(&piece.bytes),
            _ => turns.push((piece.from, piece.bytes.clone())),
        }
    }
    turns
}

#[test]
fn a_dialogue_of_both_sides_stands_before_their_records() {
    for name in ["smtp-starttls", "imap-starttls", "pop3-starttls", "irc-starttls", "xmpp-starttls"]
    {
        let flow = Flow::of_capture(name).remove(0);
        let expected = dialogue(&flow);
        assert!(expected.len() > 1, "{name}");
        let expected: Vec<_> =
            expected.iter().map(|(from, words)| (*from, "plaintext", &words[..])).collect();
        let bytes: Vec<u8> = flow.pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
        let read = capture::read(name, &bytes).unwrap();
        assert_eq!(said(&read, false)[..expected.len()], expected, "{name}");
        assert_eq!(said(&read, false)[expected.len()].1, "client_hello", "{name}");
        // By itself, and with a refusal in TLS behind it.
        let words: Vec<u8> = expected.iter().flat_map(|(_, _, words)| words.to_vec()).collect();
        let read = capture::read(name, &words).unwrap();
        assert_eq!(said(&read, false), expected, "{name}");
        let alert = [21, 3, 1, 0, 2, 2, 80];
        let read = capture::read(name, &[&words[..], &alert].concat()).unwrap();
        let refusal = (Side::Server, "alert", &alert[5..]);
        assert_eq!(said(&read, false), [&expected[..], &[refusal]].concat(), "{name}");
    }
}

/// RFC 8446 section D.4: a client may send its ChangeCipherSpec right behind the ServerHello, and
/// without early data it says nothing by its keys before the server's flight.
#[test]
fn a_change_of_keys_that_changes_nothing_does_not_give_the_word() {
    for name in ["tls13-chacha20", "tls13-x25519-aes256-gcm", "tls13-early-data"] {
        let mut records = stream_records(name);
        let is_change = |from| move |one: &(Side, Vec<u8>)| one.0 == from && one.1[0] == 20;
        let is_protected = |one: &(Side, Vec<u8>)| one.0 == Side::Server && one.1[0] == 23;
        let flight = records.iter().position(is_protected).unwrap();
        if let Some(change) = records.iter().position(is_change(Side::Client)) {
            records.remove(change);
        }
        let begin = records.iter().position(is_protected).unwrap();
        assert!(begin == flight || begin + 1 == flight);
        records.insert(begin, (Side::Client, vec![20, 3, 3, 0, 1, 1]));
        let bytes: Vec<u8> = records.iter().flat_map(|(_, record)| record.clone()).collect();
        let read = capture::read(name, &bytes).unwrap();
        let senders: Vec<_> = read.messages().map(|(event, _)| event.from).collect();
        assert_eq!(senders[begin..=begin + 1], [Side::Client, Side::Server], "{name}");
        // Of a client that may send early data it is not sure.
        let sure = if name == "tls13-early-data" { begin + 1 } else { begin + 2 };
        assert_eq!(guess(&read), Some(sure), "{name}");
    }
}

#[test]
fn records_of_dtls_are_told_apart_by_their_numbers() {
    // Up to where both have sent as many: behind the handshake, whoever speaks on.
    for (name, told) in [("dtls1_2", 21), ("dtls1_2-mtu", 19), ("dtls1-mtu", 19)] {
        let flow = Flow::of_capture(name).remove(0);
        let bytes: Vec<u8> = flow.pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
        let read = capture::read(name, &bytes).unwrap();
        assert_eq!(guess(&read), Some(told), "{name}");
        assert_eq!(said(&read, false)[..told], said(&flow.transcript(name), false)[..told]);
    }
}

#[test]
fn a_part_that_comes_behind_the_end_of_its_senders_turn_is_its_senders() {
    let mut moved = 0;
    for name in ["dtls1_2-mtu", "dtls1-mtu"] {
        let flow = Flow::of_capture(name).remove(0);
        let mut records: Vec<(Side, &[u8])> = Vec::new();
        for piece in &flow.pieces {
            let mut rest = &piece.bytes[..];
            while let [_, _, _, _, _, _, _, _, _, _, _, high, low, ..] = *rest {
                let (record, behind) =
                    rest.split_at(13 + usize::from(u16::from_be_bytes([high, low])));
                records.push((piece.from, record));
                rest = behind;
            }
        }
        let is = |msg_type: u8| move |datagram: &(Side, &[u8])| datagram.1[13] == msg_type;
        let done = records.iter().position(is(14)).unwrap();
        let whole = |records: &[(Side, &[u8])]| {
            let bytes: Vec<u8> = records.iter().flat_map(|(_, bytes)| *bytes).copied().collect();
            let read = capture::read(name, &bytes).unwrap();
            let all = read.messages().map(|(event, message)| (event.from, message));
            let whole = all.filter(|(_, message)| message.handshake().is_some());
            let mut whole: Vec<_> = whole
                .map(|(from, message)| (from, message.type_name(), message.bytes.clone()))
                .collect();
            whole.sort_by_key(|(from, name, bytes)| (*from == Side::Server, *name, bytes.clone()));
            whole
        };
        let expected = whole(&records);
        assert!(
            expected
                .iter()
                .any(|(from, name, _)| { (*from, *name) == (Side::Server, "certificate") })
        );
        let parts = (0..done).filter(|at| is(11)(&records[*at]));
        for part in parts {
            let mut late = records.clone();
            late[part..=done].rotate_left(1);
            assert_eq!(whole(&late), expected, "{name}: {part}");
            moved += 1;
        }
        // Before the server's hello, one of them or all; and each of them twice.
        let hello = records.iter().position(is(2)).unwrap();
        let parts: Vec<usize> = (0..done).filter(|at| is(11)(&records[*at])).collect();
        for part in &parts {
            let mut early = records.clone();
            early[hello..=*part].rotate_right(1);
            assert_eq!(whole(&early), expected, "{name}: {part}");
            let mut twice = records.clone();
            twice.insert(*part, records[*part]);
            assert_eq!(whole(&twice), expected, "{name}: {part}");
        }
        let mut early = records.clone();
        early[hello..=parts[parts.len() - 1]].rotate_left(1);
        assert_eq!(whole(&early), expected, "{name}");
        // All of what the server says before its turn ends, the other way round.
        let mut reversed = records.clone();
        reversed[hello + 1..=done].reverse();
        assert_eq!(whole(&reversed), expected, "{name}");
    }
    assert!(moved > 4, "{moved}");
}

#[test]
fn one_side_alone_is_never_taken_for_both() {
    let mut all: Vec<_> = streams().into_iter().map(|sample| (sample.name, sample.bytes)).collect();
    for (name, flow) in flows() {
        for side in [Side::Client, Side::Server] {
            all.push((format!("{name} {side:?}"), flow.bytes(side)));
        }
    }
    for (name, bytes) in all.into_iter().filter(|(_, bytes)| !bytes.is_empty()) {
        let read = capture::read(&name, &bytes).unwrap();
        let first = read.events[0].from;
        assert!(read.events.iter().all(|event| event.from == first), "{name}");
        // Of a stream in which there is but an alert, nothing tells whose it is.
        let tells = read.messages().any(|(_, message)| !OUTSIDE.contains(&message.type_name()));
        assert_eq!(guess(&read), (!tells).then_some(0), "{name}");
    }
}

/// The senders of what is said in these pieces, one behind the other.
fn senders(pieces: &[&[u8]]) -> String {
    let read = capture::read("it", &pieces.concat()).unwrap();
    let arrow = |side| if side == Side::Client { '>' } else { '<' };
    read.messages().map(|(event, _)| arrow(event.from)).collect()
}

#[test]
fn a_refusal_behind_a_hello_is_the_servers() {
    let hello = hellos().swap_remove(0).bytes;
    let alert = |description| [21, 3, 1, 0, 2, 2, description];
    assert_eq!(senders(&[&hello, &alert(40)]), "><");
    // Only who was shown certificates speaks of them: the server's words are not there.
    assert_eq!(senders(&[&hello, &alert(48)]), ">>");
    assert_eq!(senders(&[&hello, b"HTTP/1.1 400 Bad Request\r\n\r\n"]), "><");
    // What nobody knows is an answer too; where it is another's than a server's, it is none.
    let packet = [15, 0, 1, 1, 0, 0, 0];
    assert_eq!(senders(&[&hello, &packet]), "><");
    let read = capture::read("it", &[&hello[..], &packet].concat()).unwrap();
    assert_eq!(guess(&read), Some(1));
    assert_eq!(senders(&[&hello, b"GET / HTTP/1.1\r\n\r\n"]), ">>");
    // A record of which only the beginning is there may be the client's.
    let read = capture::read("it", &[&hello[..], &[22, 3]].concat()).unwrap();
    assert!(read.events.iter().all(|event| event.from == Side::Client));
    assert_eq!(senders(&[&ssl2_client_hello(), &alert(40)]), "><");
    let error = [0x80, 3, 0, 0, 1];
    assert_eq!(senders(&[&ssl2_client_hello(), &error]), "><");
}

/// RFC 8446 section 5.1: nothing stands between the parts of a message of one side. A server may
/// refuse a hello while it comes, so that an alert there is taken to be its own.
#[test]
fn an_alert_between_the_parts_of_a_hello_is_taken_to_be_the_servers() {
    let hello = hellos().swap_remove(0).bytes;
    let record = |bytes: &[u8]| {
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        [&[22, 3, 1][..], &length, bytes].concat()
    };
    let (first, second) = hello[5..].split_at(50);
    for alert in [[21, 3, 3, 0, 2, 1, 0], [21, 3, 1, 0, 2, 2, 10]] {
        let bytes = [&record(first)[..], &alert, &record(second)].concat();
        let read = capture::read("it", &bytes).unwrap();
        let said =
            [(Side::Server, "alert", &alert[5..]), (Side::Client, "client_hello", &hello[5..])];
        assert_eq!(said, self::said(&read, false)[..]);
        assert_eq!(guess(&read), Some(0));
        let headers = read.events.iter().filter_map(|event| match &event.unit {
            Unit::Header(header) => Some(&header.tree.remarks),
            Unit::Message(_) => None,
        });
        assert_eq!(headers.flatten().count(), 0);
    }
}

#[test]
fn what_no_client_says_before_a_server_hello_is_the_servers() {
    let hello = hellos().swap_remove(0).bytes;
    let message = |msg_type: u8, body: &[u8]| [&[msg_type][..], &sized(body)].concat();
    let record = |message: &[u8]| {
        [&[22, 3, 3, 0, u8::try_from(message.len()).unwrap()][..], message].concat()
    };
    let certificate = message(11, &[0; 3]);
    let key = message(16, &[0, 1, 7]);
    let guessed = |pieces: &[&[u8]]| guess(&capture::read("it", &pieces.concat()).unwrap());
    // The server's hello was lost.
    let own = record(&certificate);
    assert_eq!(senders(&[&hello, &own]), "><");
    assert_eq!(guessed(&[&hello, &own]), Some(1));
    let done = record(&message(14, &[]));
    assert_eq!(senders(&[&hello, &hello, &own, &done, &own, &record(&key)]), ">><<>>");
    assert_eq!(guessed(&[&hello, &own, &done, &own, &record(&key)]), None);
    // What may be the client's is no wrong answer of the server's.
    let read = capture::read("it", &[&hello[..], &own].concat()).unwrap();
    assert_eq!(Reaction::of(&read), None);
    let read = capture::read("it", &[&hello[..], &done].concat()).unwrap();
    assert_eq!(Reaction::of(&read).unwrap().kind.word(), "malformed");
    // Only a client goes on: in records of its own, in the same, and across records.
    assert_eq!(senders(&[&hello, &own, &record(&key)]), ">>>");
    let both = [&certificate[..], &key].concat();
    assert_eq!(senders(&[&hello, &record(&both)]), ">>>");
    let (first, second) = both.split_at(9);
    assert_eq!(senders(&[&hello, &record(first), &record(second)]), ">>>");
}

#[test]
fn a_repeated_hello_of_dtls_does_not_take_what_the_server_said() {
    let flow = Flow::of_capture("dtls1_2-mtu").remove(0);
    let is =
        |msg_type: u8| move |piece: &Piece| (piece.bytes[0], piece.bytes[13]) == (22, msg_type);
    let asked = flow.pieces.iter().rposition(is(1)).unwrap();
    let answer = flow.pieces.iter().position(is(2)).unwrap();
    assert!(asked < answer);
    let certificate = flow.pieces.iter().position(is(11)).unwrap();
    // The certificate comes, the hello goes again, and then the server's hello comes.
    let mut pieces = flow.pieces[..=asked].to_vec();
    let again = [&flow.pieces[certificate], &flow.pieces[asked], &flow.pieces[answer]];
    pieces.extend(again.into_iter().cloned());
    let bytes: Vec<u8> = pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
    let read = capture::read("it", &bytes).unwrap();
    assert_eq!(guess(&read), None);
    for (event, message) in read.messages() {
        let is_client = message.type_name() == "client_hello";
        assert_eq!(event.from == Side::Client, is_client, "{}", message.type_name());
    }
    // Nothing tells whose it is but that no client says it so early.
    let bytes: Vec<u8> = pieces[..=asked + 1].iter().flat_map(|it| it.bytes.clone()).collect();
    let read = capture::read("it", &bytes).unwrap();
    let (last, _) = read.messages().last().unwrap();
    assert_eq!(last.from, Side::Server);
    assert!(guess(&read).is_some());
}

/// A message of DTLS in a record of its own.
fn in_datagram(record: u8, msg_type: u8, message_seq: u8, body: &[u8]) -> Vec<u8> {
    let length = sized(body)[..3].to_vec();
    let numbers = [&[0, message_seq, 0, 0, 0][..], &length].concat();
    let message = [&[msg_type][..], &length, &numbers, body].concat();
    let size = u16::try_from(message.len()).unwrap().to_be_bytes();
    [&[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, record][..], &size, &message].concat()
}

/// The list of a client's certificates, of which there is one of a byte.
const OWN: [u8; 7] = [0, 0, 4, 0, 0, 1, 7];

/// The hellos of both sides of DTLS 1.2, without the request for the second.
fn hellos_of_datagrams() -> [Vec<u8>; 3] {
    let random = [7; 32];
    let client = |cookie: &[u8]| {
        let cookie = [&[u8::try_from(cookie.len()).unwrap()][..], cookie].concat();
        [&[254, 253][..], &random, &[0], &cookie, &[0, 2, 0xc0, 0x2b, 1, 0]].concat()
    };
    let server = [&[254, 253][..], &random, &[0, 0xc0, 0x2b, 0]].concat();
    [
        in_datagram(0, 1, 0, &client(b"")),
        in_datagram(1, 1, 1, &client(b"again")),
        in_datagram(1, 2, 1, &server),
    ]
}

#[test]
fn what_is_missing_of_a_servers_flight_is_the_servers_whatever_the_number_of_its_record() {
    let [first, second, server_hello] = hellos_of_datagrams();
    let request = in_datagram(0, 3, 0, b"\xfe\xff\x05again");
    // The second record of the server, as the client's next would be.
    let certificate = in_datagram(2, 11, 2, &[0; 3]);
    let done = in_datagram(4, 14, 3, b"");
    let key = in_datagram(2, 16, 2, &[1, 7]);
    let begin = [&first[..], &request, &second].concat();
    let is_again = |read: &Transcript| {
        let mut remarks = read.messages().flat_map(|(_, message)| &message.tree.remarks);
        remarks.any(|remark| remark.fault.found().contains("sent again"))
    };
    for order in [
        [&server_hello, &certificate, &done],
        [&server_hello, &done, &certificate],
        [&done, &certificate, &server_hello],
        [&certificate, &done, &server_hello],
    ] {
        let flight = order.map(Vec::as_slice).concat();
        let bytes = [&begin[..], &flight, &key].concat();
        assert_eq!(senders(&[&bytes]), "><><<<>");
        let read = capture::read("it", &bytes).unwrap();
        // Its form and its faults are those that it has in its place.
        let remarks = |msg_type: &str| {
            let of_type = read.messages().find(|(_, message)| message.type_name() == msg_type);
            let remarks = &of_type.unwrap().1.tree.remarks;
            let faults = remarks.iter().filter(|it| !it.fault.expected().contains("which side"));
            faults.map(ToString::to_string).collect::<Vec<_>>()
        };
        let empty = "certificate_list: expected at least one certificate, found none, which only a \
                     client may (RFC 8446 4.4.2)";
        assert_eq!(remarks("certificate"), [empty]);
        assert!(!is_again(&read) && read.remarks.is_empty());
        // The start of the connection was not seen.
        assert_eq!(senders(&[&flight]), "<<<");
    }
    // By itself, which side's it is stays a guess where the other side speaks too.
    let bytes = [&done[..], &certificate, &server_hello, &key].concat();
    assert_eq!(senders(&[&bytes]), "<<<>");
    assert_eq!(guess(&capture::read("it", &bytes).unwrap()), Some(1));
    // Asked for one, a client sends its own behind the server's.
    let asks = in_datagram(3, 13, 3, &[1, 1, 0, 2, 4, 3, 0, 0]);
    let (done, own) = (in_datagram(4, 14, 4, b""), in_datagram(2, 11, 2, &OWN));
    let key = in_datagram(3, 16, 3, &[1, 7]);
    let proof = in_datagram(4, 15, 4, &[4, 3, 0, 1, 7]);
    let bytes = [begin, server_hello, asks, done, certificate, proof, key, own].concat();
    assert_eq!(senders(&[&bytes]), "><><<<<>>>");
    assert!(!is_again(&capture::read("it", &bytes).unwrap()));
}

#[test]
fn what_a_server_sends_again_is_the_servers_whatever_the_number_of_its_record() {
    let [first, second, server_hello] = hellos_of_datagrams();
    let request = in_datagram(0, 3, 0, b"\xfe\xff\x05again");
    let theirs = |record| in_datagram(record, 11, 2, &[0, 0, 5, 0, 0, 2, 8, 9]);
    let asks = |record| in_datagram(record, 13, 3, &[1, 1, 0, 2, 4, 3, 0, 0]);
    let done = |record| in_datagram(record, 14, 4, b"");
    let own = [in_datagram(2, 11, 2, &OWN), in_datagram(3, 16, 3, &[1, 7])].concat();
    let flight = [&first[..], &request, &second, &server_hello, &theirs(2), &asks(3), &done(4)];
    let senders = |behind: &[&[u8]]| {
        let bytes = [&flight[..], behind].concat().concat();
        let read = capture::read("it", &bytes).unwrap();
        assert_eq!(guess(&read), None);
        senders(&[&bytes])[7..].to_owned()
    };
    // Behind records that were lost, alone and with the others, before the client's and behind them.
    for record in [5, 6, 8, 10] {
        assert_eq!(senders(&[&theirs(record), &own]), "<>>", "{record}");
        assert_eq!(senders(&[&theirs(record), &done(record + 1), &own]), "<<>>", "{record}");
        assert_eq!(senders(&[&own, &theirs(record)]), ">><", "{record}");
        let again = [theirs(record), asks(record + 1), done(record + 2)].concat();
        assert_eq!(senders(&[&again, &own]), "<<<>>", "{record}");
    }
    // A client that has no certificate goes on with its key.
    assert_eq!(senders(&[&theirs(8), &in_datagram(2, 16, 2, &[1, 7])]), "<>");
    // In parts.
    let whole = theirs(8);
    let part = |at: u8, bytes: &[u8]| {
        let length = u8::try_from(bytes.len()).unwrap();
        let numbers = [0, 2, 0, 0, at, 0, 0, length];
        let message = [&[11, 0, 0, 8][..], &numbers, bytes].concat();
        [&[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9 + at, 0, 12 + length][..], &message].concat()
    };
    let body = &whole[25..];
    assert_eq!(senders(&[&part(0, &body[..3]), &part(3, &body[3..]), &own]), "<<>>");
    // A client whose certificate is the server's own is not taken for it.
    let key = in_datagram(3, 16, 3, &[1, 7]);
    assert_eq!(senders(&[&theirs(2), &key]), ">>");
}

#[test]
fn a_certificate_is_of_the_side_that_goes_on_behind_it() {
    let message = |msg_type: u8, body: &[u8]| [&[msg_type][..], &sized(body)].concat();
    let record = |messages: &[&[u8]]| {
        let fragment = messages.concat();
        [&[22, 3, 3, 0, u8::try_from(fragment.len()).unwrap()][..], &fragment].concat()
    };
    let certificate = message(11, &OWN);
    let key = message(16, &[1, 7]);
    let proof = message(15, &[4, 3, 0, 1, 7]);
    let guessed = |bytes: &[u8]| guess(&capture::read("it", bytes).unwrap());
    // In a record of its own, and of all together: those are of one side.
    let apart = [record(&[&certificate]), record(&[&key]), record(&[&proof])].concat();
    let change = [20, 3, 3, 0, 1, 1];
    for bytes in [&apart, &record(&[&certificate, &key, &proof])] {
        assert_eq!(senders(&[bytes, &change]), ">>>>");
        assert_eq!(guessed(bytes), None);
    }
    // Without records as well.
    assert_eq!(senders(&[&certificate, &key, &proof]), ">>>");
    for msg_type in [12, 13, 14, 22] {
        let behind = message(msg_type, b"");
        for bytes in [record(&[&certificate, &behind]), [&certificate[..], &behind].concat()] {
            assert_eq!(senders(&[&bytes]), "<<", "{msg_type}");
            assert_eq!(guessed(&bytes), None, "{msg_type}");
        }
    }
    // Where nothing tells it, it is the server's, and that is said.
    for bytes in [record(&[&certificate]), certificate.clone(), in_datagram(2, 11, 2, &OWN)] {
        assert_eq!(senders(&[&bytes]), "<");
        assert_eq!(guessed(&bytes), Some(0));
    }
}

#[test]
fn in_datagrams_the_number_tells_which_message_goes_on_behind_a_certificate() {
    let own = [
        in_datagram(2, 11, 2, &OWN),
        in_datagram(3, 16, 3, &[1, 7]),
        in_datagram(4, 15, 4, &[4, 3, 0, 1, 7]),
    ];
    let [certificate, key, proof] = own.each_ref().map(Vec::as_slice);
    let guessed = |pieces: &[&[u8]]| guess(&capture::read("it", &pieces.concat()).unwrap());
    for pieces in [&[certificate, key, proof][..], &[certificate, key], &[certificate, proof, key]]
    {
        assert_eq!(senders(pieces), ">>>"[..pieces.len()]);
        assert_eq!(guessed(pieces), None);
    }
    // One of another number does not go on behind it.
    assert_eq!(senders(&[certificate, &in_datagram(3, 16, 4, &[1, 7])]), "<>");
    let done = in_datagram(5, 14, 5, b"");
    assert_eq!(senders(&[&done, certificate, key, proof]), "<>>>");
    // The server's own was lost, and comes later, or is what came.
    let [first, second, server_hello] = hellos_of_datagrams();
    let request = in_datagram(0, 3, 0, b"\xfe\xff\x05again");
    let theirs = in_datagram(2, 11, 2, &[0, 0, 5, 0, 0, 2, 8, 9]);
    let (on_curve, asks) = (in_datagram(3, 12, 3, &[3]), in_datagram(4, 13, 4, &[1]));
    let flight = [&first[..], &request, &second, &server_hello, &on_curve, &asks, &done].concat();
    assert_eq!(senders(&[&flight, certificate, key, proof]), "><><<<<>>>");
    assert_eq!(senders(&[&flight, certificate, key, proof, &theirs]), "><><<<<>>><");
    assert_eq!(senders(&[&flight, &theirs, certificate, key, proof]), "><><<<<<>>>");
}

#[test]
fn a_number_that_another_message_had_is_told() {
    let [hello, ..] = hellos_of_datagrams();
    let request = in_datagram(0, 3, 0, b"\xfe\xff\x05again");
    let told = |bytes: &[u8]| {
        let read = capture::read("it", bytes).unwrap();
        let (_, last) = read.messages().last().unwrap();
        last.tree.remarks.first().map(ToString::to_string)
    };
    let done = in_datagram(1, 14, 0, b"");
    let other = "msg_type: expected a number that no other message had, found that of one of \
                 another type (RFC 6347 4.2.2)";
    assert_eq!(told(&[&hello[..], &request, &done].concat()).as_deref(), Some(other));
    assert!(told(&[&hello[..], &request, &request].concat()).unwrap().contains("sent again"));
}

#[test]
fn what_only_clients_say_is_the_clients() {
    let hello = hellos().swap_remove(0).bytes;
    let flight = fs::read(path("testdata/flights/tls12-rsa-server.bin")).unwrap();
    let server_hello = &flight[..5 + usize::from(u16::from_be_bytes([flight[3], flight[4]]))];
    // CertificateUrl, NextProtocol, and the channel id.
    for (msg_type, body) in [(21, &[1, 0, 0][..]), (67, b"\x02h2\x00"), (203, &[0x75, 0x50, 0, 0])]
    {
        let message = [&[msg_type][..], &sized(body)].concat();
        let record = [&[22, 3, 3, 0, u8::try_from(message.len()).unwrap()][..], &message].concat();
        assert_eq!(senders(&[&record]), ">", "{msg_type}");
        assert_eq!(senders(&[&hello, server_hello, &record]), "><>", "{msg_type}");
    }
}

#[test]
fn more_errors_than_one_of_ssl2_are_read() {
    for pieces in [[[0, 1], [0, 2]], [[0, 9], [0xff, 0xff]], [[0, 9], [0, 1]]] {
        let bytes: Vec<u8> =
            pieces.iter().flat_map(|code| [0x80, 3, 0, code[0], code[1]]).collect();
        let read = capture::read("it", &bytes).unwrap();
        let names: Vec<_> = read.messages().map(|(_, message)| message.type_name()).collect();
        assert_eq!(names, ["sslv2_error"; 2], "{pieces:?}");
        assert!(read.events.iter().all(|event| event.from == Side::Server));
    }
    // An alert of TLS may follow all the same.
    let alert = [21, 3, 1, 0, 2, 2, 40];
    let error = [0x80, 3, 0, 0, 1];
    let read = capture::read("it", &[&error[..], &alert].concat()).unwrap();
    let names: Vec<_> = read.messages().map(|(_, message)| message.type_name()).collect();
    assert_eq!(names, ["sslv2_error", "alert"]);
}

/// RFC 6520 sections 3 and 4: nobody answers himself.
#[test]
fn a_heartbeat_is_answered_by_the_other_side() {
    let records = stream_records("tls12-ecdhe-rsa-aes128-gcm");
    let is_of = |record: &[u8], msg_type| record[0] == 22 && record[5] == msg_type;
    let heartbeat =
        |msg_type: u8| [&[24, 3, 3, 0, 24, msg_type, 0, 5][..], b"hello", &[7; 16]].concat();
    let done = records.iter().position(|(_, record)| is_of(record, 14)).unwrap();
    for (at, expected) in [(1, "><"), (done + 1, "><")] {
        let mut bytes: Vec<Vec<u8>> = records.iter().map(|(_, record)| record.clone()).collect();
        let before = senders(&bytes.iter().map(Vec::as_slice).collect::<Vec<_>>());
        bytes.splice(at..at, [heartbeat(1), heartbeat(2)]);
        let pieces: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
        let all = senders(&pieces);
        let place = senders(&pieces[..at]).len();
        assert_eq!(&all[place..place + 2], expected, "{at}");
        // What is behind them is as it was.
        assert_eq!([&all[..place], &all[place + 2..]].concat(), before, "{at}");
        let read = capture::read("it", &pieces.concat()).unwrap();
        let asks = read.messages().nth(place).unwrap().1;
        assert!(asks.has_assumed_sender(), "{at}");
    }
    // An answer that claims more than it has, CVE-2014-0160.
    let hello = &records[0].1;
    let leak = [&[24, 3, 3, 1, 3, 2, 0x40, 0][..], &[9; 256]].concat();
    let read = [&hello[..], &[24, 3, 3, 0, 3, 1, 0x40, 0], &leak].concat();
    let heartbeats = [(Side::Client, "heartbeat"), (Side::Server, "heartbeat")];
    assert_eq!(told(&read)[1..], heartbeats);
    // A server alone, whose client is not there.
    let server = of_side(&records, Side::Server).concat();
    let end = server.windows(4).position(|window| window == [14, 0, 0, 0]).unwrap() + 4;
    for msg_type in [1, 2] {
        assert_eq!(senders(&[&server[..end], &heartbeat(msg_type)]), "<<<<<", "{msg_type}");
    }
}

/// Netscape's specification, section 1.2: any record may have a header of three bytes.
#[test]
fn a_server_of_ssl2_may_answer_behind_a_header_of_three_bytes() {
    let pieces = Flow::of_capture("ssl2").swap_remove(0).pieces;
    let of = |from: Side| -> Vec<u8> {
        pieces.iter().filter(|piece| piece.from == from).flat_map(|it| it.bytes.clone()).collect()
    };
    let record = |bytes: &[u8]| -> Vec<u8> {
        let length = usize::from(u16::from_be_bytes([bytes[0] & 0x7f, bytes[1]]));
        bytes[2..2 + length].to_vec()
    };
    let (hello, answer) = (record(&of(Side::Client)), record(&of(Side::Server)));
    let behind = |message: &[u8], padding: u8| -> Vec<u8> {
        let length = u16::try_from(message.len() + usize::from(padding)).unwrap().to_be_bytes();
        [&length[..], &[padding], message, &vec![0; padding.into()]].concat()
    };
    let client = [&[0x80, u8::try_from(hello.len()).unwrap()][..], &hello].concat();
    let error = [0, 0, 1];
    for padding in [0, 5] {
        for (message, name) in [(&answer[..], "sslv2_server_hello"), (&error, "sslv2_error")] {
            let server = behind(message, padding);
            let both = [client.clone(), server.clone()].concat();
            let expected = [(Side::Client, "sslv2_client_hello"), (Side::Server, name)];
            assert_eq!(told(&both), expected, "{padding}");
            // As it comes from a server, in two pieces.
            let mut recorder = Recorder::default();
            recorder.push(Side::Client, None, &client);
            recorder.push(Side::Server, None, &server[..4]);
            recorder.push(Side::Server, None, &server[4..]);
            let read = recorder.finish(Source::default(), None);
            let names: Vec<_> = read.from(Side::Server).map(|it| it.type_name()).collect();
            assert_eq!(names, [name], "{padding}");
            let form =
                |it: &Message| it.tree.remarks.iter().any(|remark| remark.kind == Kind::Form);
            assert!(!read.from(Side::Server).any(form), "{padding}");
        }
        // A hello needs none before it.
        assert_eq!(told(&behind(&answer, padding)), [(Side::Server, "sslv2_server_hello")]);
    }
    // By the same bytes, no hello in SSL 2.0 stands before it.
    let hello = hellos().swap_remove(0).bytes;
    let words = told(&[&hello[..], &behind(&error, 0)].concat());
    assert_eq!(words.last().map(|(_, name)| *name), Some("plaintext"));
}

/// RFC 5246 section 7.4.6, RFC 8446 section 4.4.2.
#[test]
fn a_certificate_without_any_is_a_clients_where_nothing_stands_before_it() {
    for body in [&[0; 3][..], &[0; 4], &[2, 7, 7, 0, 0, 0]] {
        let message = [&[11][..], &sized(body)].concat();
        let length = u8::try_from(message.len()).unwrap();
        let record = [&[22, 3, 3, 0, length][..], &message].concat();
        for bytes in [&message, &record, &in_datagram(1, 11, 2, body)] {
            assert_eq!(senders(&[bytes]), ">");
            assert_eq!(guess(&capture::read("it", bytes).unwrap()), None);
        }
        // By what stands beside it, it is a server's that does wrong.
        let done = [14, 0, 0, 0];
        assert_eq!(senders(&[&message, &done]), "<<");
        assert_eq!(senders(&[&record, &[22, 3, 3, 0, 4], &done]), "<<");
    }
}

/// RFC 8446 section 4.6.2: behind the handshake a server asks, and a client answers by the context.
#[test]
fn who_answers_a_request_behind_the_handshake_is_the_client() {
    let message = |msg_type: u8, body: &[u8]| [&[msg_type][..], &sized(body)].concat();
    let record = |message: &[u8]| {
        [&[22, 3, 3, 0, u8::try_from(message.len()).unwrap()][..], message].concat()
    };
    let schemes = [0, 8, 0, 13, 0, 4, 0, 2, 4, 3];
    let request = |context: u8| message(13, &[&[1, context][..], &schemes].concat());
    let encrypted = message(8, &[0, 0]);
    let own = message(11, &[&[0][..], &sized(&[&OWN[3..], &[0, 0]].concat())].concat());
    let finished = message(20, &[7; 32]);
    let none = |context: u8| message(11, &[1, context, 0, 0, 0]);
    let server = [&encrypted[..], &own, &finished].concat();
    let messages = [
        &encrypted,
        &own,
        &finished,
        &finished,
        &request(7),
        &request(8),
        &none(8),
        &finished,
        &none(7),
        &finished,
        &message(24, &[0]),
    ];
    // In records and without.
    let bare: Vec<&[u8]> = messages.iter().map(|message| &message[..]).collect();
    assert_eq!(senders(&bare), "<<<><<>>>><");
    let of_records: Vec<Vec<u8>> = messages.iter().map(|message| record(message)).collect();
    let of_records: Vec<&[u8]> = of_records.iter().map(|record| &record[..]).collect();
    assert_eq!(senders(&of_records), "<<<><<>>>><");
    // A compressed certificate does not show its context: it is the turn of who was asked.
    let compressed = message(25, &[0, 1, 0, 0, 9, 0, 0, 1, 9]);
    let pieces = [&server[..], &finished, &request(7), &compressed, &finished];
    assert_eq!(senders(&pieces), "<<<><>>");
    // By itself, too: that of a server has none.
    assert_eq!(senders(&[&none(7)]), ">");
    assert_eq!(senders(&[&record(&none(7))]), ">");
    assert_eq!(senders(&[&record(&own)]), "<");
}

/// What is noticed of a flow, sorted, but for what is only taken to be so.
fn noticed(flow: &Flow) -> Vec<String> {
    let transcript = flow.transcript("it");
    let messages = transcript.messages().map(|(_, message)| message);
    let headers = transcript.events.iter().filter_map(|event| match &event.unit {
        Unit::Header(header) => Some(&header.tree),
        Unit::Message(_) => None,
    });
    let trees = messages.map(|message| &message.tree).chain(headers);
    let remarks = trees.flat_map(|tree| &tree.remarks);
    let told = remarks.filter(|remark| remark.kind != Kind::Assumption);
    let mut told: Vec<_> = told.map(ToString::to_string).collect();
    told.sort();
    told
}

#[test]
fn whichever_sides_bytes_come_first_the_same_is_noticed() {
    let mut read = 0;
    for (name, flow) in flows() {
        let in_turn = noticed(&flow);
        for first in [Side::Client, Side::Server] {
            let mut apart = flow.clone();
            apart.pieces.sort_by_key(|piece| piece.from != first);
            assert_eq!(noticed(&apart), in_turn, "{name}, {first:?} first");
            read += 1;
        }
    }
    assert!(read > 200, "{read}");
}

/// What each side says, by its names; and that nothing of it is a fault.
fn sides(bytes: &[u8]) -> [Vec<&'static str>; 2] {
    let read = capture::read("it", bytes).unwrap();
    let faults = read.messages().flat_map(|(_, message)| &message.tree.remarks);
    let faults: Vec<_> =
        faults.filter(|remark| remark.kind == Kind::Form).map(ToString::to_string).collect();
    assert_eq!(faults, [""; 0]);
    [Side::Client, Side::Server].map(|side| {
        let own = read.messages().filter(|(event, _)| event.from == side);
        own.map(|(_, message)| message.type_name()).collect()
    })
}

/// RFC 5246 section 7.1: by the keys of the first handshake.
#[test]
fn the_change_of_keys_of_a_renegotiation_is_protected() {
    let again = |name: &str, length: u8| {
        let mut records = flight(name);
        // A message, the change, and what proves it.
        let finished = records[records.len() - 2].clone();
        let body = &finished[5..5 + usize::from(length)];
        let change = [&[20, 3, 3, 0, length][..], body].concat();
        records.pop();
        records.extend([finished.clone(), change, finished]);
        records.concat()
    };
    for length in [17, 25, 36] {
        let client = again("tls12-client-certificate-client", length);
        let server = again("tls12-client-certificate-server", length);
        let own = sides(&client)[0].clone();
        assert_eq!(
            own[4..],
            ["change_cipher_spec", "encrypted", "encrypted", "encrypted", "encrypted"]
        );
        let theirs = sides(&server)[1].clone();
        assert_eq!(theirs[6..], own[4..]);
        for bytes in [[&client[..], &server], [&server[..], &client]] {
            assert_eq!(sides(&bytes.concat()), [own.clone(), theirs.clone()], "{length}");
        }
    }
    // In clear it has no more than a byte.
    let hello = flight("tls12-rsa-client").swap_remove(0);
    let read = capture::read("it", &[&hello[..], &[20, 3, 3, 0, 2, 1, 1]].concat()).unwrap();
    let (_, change) = read.messages().last().unwrap();
    assert_eq!(change.type_name(), "change_cipher_spec");
    assert!(change.tree.remarks.iter().any(|remark| remark.kind == Kind::Form));
}

#[test]
fn a_message_over_several_records_is_its_senders_where_the_other_side_has_keys() {
    let names = ["tls10-dhe-rsa", "tls12-client-certificate", "tls12-ecdhe-rsa", "tls12-rsa"];
    for name in names {
        let [client, server] = ["client", "server"].map(|side| flight(&format!("{name}-{side}")));
        let expected = sides(&[client.concat(), server.concat()].concat());
        assert!(expected[1].starts_with(&["server_hello", "certificate"]), "{name}");
        for size in [1, 2, 3, 4, 5, 16, 41, 64, 100, 400, 512, 1000] {
            let [client, server] = [cut(&client, size), cut(&server, size)];
            for bytes in [[&client[..], &server], [&server[..], &client]] {
                assert_eq!(sides(&bytes.concat()), expected, "{name}: {size}");
            }
        }
    }
}

/// RFC 6066 section 8: the body of a CertificateStatus begins as a ClientHello does.
#[test]
fn what_a_message_waits_for_is_no_hello() {
    let client = flight("tls12-ecdhe-rsa-client");
    let mut server = flight("tls12-ecdhe-rsa-server");
    let status = [&[22][..], &sized(&[&[1][..], &sized(&[0x30, 3, 10, 1, 6])].concat())].concat();
    let length = u8::try_from(status.len()).unwrap();
    server.insert(2, [&[22, 3, 3, 0, length][..], &status].concat());
    let expected = sides(&server.concat());
    assert_eq!(expected[0], [""; 0]);
    assert_eq!(expected[1][2], "certificate_status");
    let (first, second) = status.split_at(4);
    let record = |fragment: &[u8]| {
        [&[22, 3, 3][..], &u16::try_from(fragment.len()).unwrap().to_be_bytes(), fragment].concat()
    };
    // Behind its header, alone and with what follows it.
    server[2] = [record(first), record(second)].concat();
    let mut with_next = server.clone();
    let key = with_next.remove(3);
    with_next[2] = [record(first), record(&[second, &key[5..]].concat())].concat();
    for server in [server, with_next] {
        assert_eq!(sides(&server.concat()), expected);
        for client in [&client[..1], &client[..]] {
            let both = sides(&[client, &server[..]].concat().concat());
            assert_eq!(both[0], sides(&client.concat())[0]);
            assert_eq!(both[1], expected[1]);
        }
    }
}

/// RFC 5246 section 7.3: nobody answers a hello that is not whole. Its padding looks like messages
/// with nothing in them, and so do extensions.
#[test]
fn a_hello_over_records_of_any_size_is_one() {
    let mut read = 0;
    for hello in hellos().into_iter().filter(|hello| hello.bytes.first() == Some(&22)) {
        let length = usize::from(u16::from_be_bytes([hello.bytes[3], hello.bytes[4]]));
        if hello.bytes.len() != 5 + length {
            continue;
        }
        let record = vec![hello.bytes.clone()];
        for size in [1, 2, 3, 4, 5, 8, 9, 16, 40] {
            let expected = [(Side::Client, "client_hello")];
            assert_eq!(told(&cut(&record, size)), expected, "{}: {size}", hello.name);
            read += 1;
        }
    }
    assert!(read > 200, "{read}");
    // But for the server's hello, where the end of the client's is not there.
    let hello = flight("tls12-rsa-client").swap_remove(0);
    let server = flight("tls12-rsa-server");
    let begun = cut(&[hello], 40);
    let both = told(&[&begun[..3 * 45], &server.concat()[..]].concat());
    let (own, theirs): (Vec<_>, Vec<_>) =
        both.into_iter().partition(|(from, _)| *from == Side::Client);
    assert_eq!(own, [(Side::Client, "client_hello")]);
    assert_eq!(theirs, told(&server.concat()));
    // And an alert, by which the server ends what it does not wait for.
    let both = told(&[&begun[..45], &[21, 3, 1, 0, 2, 2, 40]].concat());
    assert!(both.contains(&(Side::Server, "alert")), "{both:?}");
}

/// RFC 5246 section 7.2: an alert may come at any time, and a hello goes on behind it.
#[test]
fn an_alert_in_the_middle_of_a_hello_does_not_tear_it() {
    let refused: &[u8] = &[21, 3, 1, 0, 2, 2, 10];
    for hello in hellos().into_iter().filter(|hello| hello.bytes.first() == Some(&22)) {
        let length = usize::from(u16::from_be_bytes([hello.bytes[3], hello.bytes[4]]));
        if hello.bytes.len() != 5 + length || length < 120 {
            continue;
        }
        let parts = cut(std::slice::from_ref(&hello.bytes), 50);
        let (begun, rest) = parts.split_at(55);
        let all = [begun, &[21, 3, 1, 0, 2, 1, 90], rest, refused].concat();
        let told = told(&all);
        assert!(told.contains(&(Side::Client, "client_hello")), "{}: {told:?}", hello.name);
        assert_eq!(told.last(), Some(&(Side::Server, "alert")), "{}: {told:?}", hello.name);
        assert_eq!(told.len(), 3, "{}: {told:?}", hello.name);
    }
}

/// What is wrong with a hello is for who reads it to see: its length, its version, its session id.
#[test]
fn a_hello_that_is_wrong_is_the_clients_all_the_same() {
    let hello = fs::read(path("testdata/hellos/openssl-1.0.1e.bin")).unwrap();
    let refused: &[u8] = &[21, 3, 1, 0, 2, 2, 50];
    let changed = |at: usize, bytes: &[u8]| {
        let mut hello = hello.clone();
        hello[at..at + bytes.len()].copy_from_slice(bytes);
        hello
    };
    let claimed = u16::from_be_bytes([hello[7], hello[8]]);
    let wrong = [
        changed(7, &(claimed - 5).to_be_bytes()),
        changed(7, &(claimed + 5).to_be_bytes()),
        changed(6, &[1]),
        changed(43, &[31]),
        changed(9, &[0x7f, 0x1c]),
    ];
    for (at, hello) in wrong.iter().enumerate() {
        // One that promises more than a hello can have is known by its beginning alone.
        let sizes: &[usize] = if at == 2 { &[1000] } else { &[16, 64, 1000] };
        for &size in sizes {
            let told = told(&[&cut(std::slice::from_ref(hello), size)[..], refused].concat());
            assert!(told.contains(&(Side::Client, "client_hello")), "{at}, {size}: {told:?}");
            let theirs: Vec<_> = told.iter().filter(|(from, _)| *from == Side::Server).collect();
            // Behind one that promises another length, it may be part of what is missing.
            if at > 2 {
                assert_eq!(theirs, [&(Side::Server, "alert")], "{at}, {size}: {told:?}");
            }
        }
    }
}

/// RFC 5246 section 7.1: a ChangeCipherSpec has one byte, and keys are changed behind it.
#[test]
fn a_protected_change_of_keys_tells_that_all_of_its_side_is_protected() {
    let server = flight("tls12-client-certificate-server");
    let theirs = sides(&server.concat())[1].clone();
    let finished = flight("tls12-client-certificate-client").pop().unwrap();
    for length in [17_u8, 25, 26] {
        let body = &finished[5..5 + usize::from(length)];
        let change = [&[20, 3, 3, 0, length][..], body].concat();
        let alert = [&[21, 3, 3, 0, length][..], body].concat();
        let client = [&change[..], &finished, &alert].concat();
        let own = ["encrypted"; 3];
        assert_eq!(
            sides(&[&client[..], &server.concat()].concat()),
            [own.to_vec(), theirs.clone()]
        );
        let alone = told(&client);
        assert!(alone.iter().all(|(from, name)| (*from, *name) == (alone[0].0, "encrypted")));
        // It may end within its first byte.
        let cut = &[&change[..], &finished, &change[..6]].concat();
        assert!(told(cut).iter().all(|(_, name)| *name == "encrypted"), "{length}");
    }
}

#[test]
fn a_record_that_the_end_cuts_off_is_what_its_length_says() {
    for name in ["tls12-client-certificate", "tls12-ecdhe-rsa", "tls12-rsa", "tls10-dhe-rsa"] {
        for (side, from) in [("client", Side::Client), ("server", Side::Server)] {
            let records = flight(&format!("{name}-{side}"));
            let change = records.iter().position(|record| record[0] == 20).unwrap();
            let bytes = records.concat();
            let clear = records[..=change].concat().len();
            for end in clear + 6..bytes.len() {
                let told = told(&bytes[..end]);
                assert!(told.iter().all(|(sender, _)| *sender == from), "{name} {side}: {end}");
                let faults = capture::read("it", &bytes[..end]).unwrap();
                let mut faults = faults.messages().flat_map(|(_, message)| &message.tree.remarks);
                assert!(faults.all(|remark| remark.kind != Kind::Form), "{name} {side}: {end}");
            }
        }
    }
}

#[test]
fn the_rest_of_a_message_at_the_beginning_is_no_message() {
    let server = flight("tls12-ecdhe-rsa-server");
    let expected = sides(&server.concat());
    let at = expected[1].iter().position(|name| *name == "certificate").unwrap();
    let certificate = server[at].clone();
    let behind = server[at + 1..].concat();
    let mut expected: Vec<_> = expected[1][at..].iter().map(|name| (Side::Server, *name)).collect();
    expected[0].1 = "handshake_fragment";
    let (mut right, mut all) = (0, 0);
    for start in 6..certificate.len() - 4 {
        let rest = &certificate[start..];
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        let bytes = [&certificate[..3], &length, rest, &behind].concat();
        right += usize::from(told(&bytes) == expected);
        all += 1;
    }
    // By chance a few look like the beginning of a message.
    assert!(all > 500 && all - right < all / 100, "{right} of {all}");
    // A CertificateStatus has the form of a hello but for its version.
    let response = [&[0x30, 0x82, 0x04, 0x00][..], &[7; 0x400]].concat();
    let body = [&[1][..], &sized(&response)].concat();
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    assert_eq!(told(&[&[22, 3, 3][..], &length, &body, &behind].concat()), expected);
}

/// RFC 6347 sections 4.1 and 4.2.2: records and messages are numbered.
#[test]
fn a_certificate_that_both_sides_have_is_told_by_its_numbers() {
    let records = datagram_records("dtls1_2-mtu");
    let [mut client, server] = [Side::Client, Side::Server].map(|side| of_side(&records, side));
    let is_part = |record: &&Vec<u8>| record[0] == 22 && record[13] == 11;
    let parts: Vec<_> = server.iter().filter(is_part).cloned().collect();
    assert!(parts.len() > 2);
    client.splice(2..2, parts);
    for (number, record) in (0..).zip(client.iter_mut()).filter(|(_, record)| record[4] == 0) {
        record[10] = number;
        // The key stands behind the certificate.
        if record[0] == 22 && record[13] == 16 {
            record[18] += 1;
        }
    }
    for (first, second, from) in
        [(&client, &server, Side::Client), (&server, &client, Side::Server)]
    {
        let begin = second.iter().position(|record| is_part(&record)).unwrap();
        let alone = told(&first.concat());
        assert!(alone.iter().all(|(sender, _)| *sender == from));
        for end in begin + 1..second.len() {
            let both = told(&[first.concat(), second[..end].concat()].concat());
            let own: Vec<_> = both.iter().filter(|(sender, _)| *sender == from).copied().collect();
            if second[..end].iter().all(|record| record[0] == 22 && record[4] == 0) {
                assert_eq!(own, alone, "{from:?}: {end}");
            }
        }
    }
}

#[test]
fn a_ticket_is_not_judged_by_the_hello_of_the_next_connection() {
    let server = of_side(&datagram_records("dtls1_2-mtu"), Side::Server);
    let mut next = server.clone();
    let hello = next.iter_mut().find(|record| record[0] == 22 && record[13] == 2).unwrap();
    let ticket = hello.windows(4).position(|bytes| bytes == [0, 0x23, 0, 0]).unwrap();
    // Another extension than that of tickets, and no ticket.
    hello[ticket + 1] = 0x16;
    next.retain(|record| record[0] != 22 || record[4] > 0 || record[13] != 4);
    let noticed = |bytes: &[u8]| -> Vec<String> {
        let read = capture::read("it", bytes).unwrap();
        let tickets = read.messages().filter(|(_, it)| it.type_name() == "new_session_ticket");
        let remarks = tickets.flat_map(|(_, ticket)| &ticket.tree.remarks);
        remarks.map(ToString::to_string).collect()
    };
    let begin = server.iter().position(|record| record[13] == 11).unwrap();
    let alone = noticed(&server[begin..].concat());
    assert_eq!(noticed(&[server[begin..].concat(), next.concat()].concat()), alone);
}

/// In TLS 1.2 most count up the nonces that stand before what GCM and CCM protect, RFC 5288 section 3.
#[test]
fn who_sends_data_is_told_by_its_nonce() {
    for (name, is_sure) in [
        ("tls12-ecdhe-rsa-aes128-gcm", true),
        ("tls12-client-cert", true),
        // Both sides count from 0 here.
        ("tls12-aes128-ccm8", false),
    ] {
        let records = stream_records(name);
        let read = capture::read(name, &records_of(&records)).unwrap();
        let senders: Vec<_> = read
            .events
            .iter()
            .filter(|event| matches!(event.unit, Unit::Header(_)))
            .map(|event| event.from)
            .collect();
        let truth: Vec<_> = records.iter().map(|(from, _)| *from).collect();
        assert_eq!(senders, truth, "{name}");
        assert_eq!(guess(&read).is_none(), is_sure, "{name}");
    }
}

fn records_of(records: &[(Side, Vec<u8>)]) -> Vec<u8> {
    records.iter().flat_map(|(_, record)| record.clone()).collect()
}

/// RFC 5246 section 7.3: the server's Finished is the last one, and mostly a client asks first.
#[test]
fn the_first_data_behind_a_full_handshake_is_taken_for_the_clients() {
    for name in ["tls12-ecdhe-ecdsa-chacha20", "tls10-aes256-cbc-sha", "tls12-rsa-null-sha256"] {
        let bytes = records_of(&stream_records(name));
        let read = capture::read(name, &bytes).unwrap();
        let mut messages = read.messages();
        let is_data = |message: &Message| message.content_type.is_some_and(|it| it.0 == 23);
        let (event, message) = messages.find(|(_, message)| is_data(message)).unwrap();
        assert_eq!((event.from, message.has_assumed_sender()), (Side::Client, true), "{name}");
    }
}

/// A stream from which what protected it was taken off.
#[test]
fn messages_behind_the_servers_finished_are_of_who_may_send_them() {
    let message = |msg_type: u8, body: &[u8]| {
        let length = u8::try_from(body.len()).unwrap();
        [&[msg_type, 0, 0, length][..], body].concat()
    };
    let encrypted = message(8, &[0, 0]);
    let own = |context: &[u8]| {
        let list = sized(&[&OWN[3..], &[0, 0]].concat());
        message(11, &[&[u8::try_from(context.len()).unwrap()], context, &[0], &list].concat())
    };
    let (finished, update) = (message(20, &[7; 32]), message(24, &[0]));
    let record = |message: &[u8]| {
        [&[22, 3, 3, 0, u8::try_from(message.len()).unwrap()][..], message].concat()
    };
    let in_records = |messages: &[&[u8]]| {
        let records: Vec<_> = messages.iter().map(|message| record(message)).collect();
        let records: Vec<_> = records.iter().map(|record| &record[..]).collect();
        (senders(&records), senders(messages))
    };
    let both = |told: &str| (told.to_owned(), told.to_owned());
    // Only who said Finished changes his keys.
    assert_eq!(in_records(&[&encrypted, &own(&[]), &finished, &update]), both("<<<<"));
    // draft-vvv-tls-alps: the client has its own.
    let alps = [&encrypted[..], &own(&[]), &finished, &encrypted, &finished];
    assert_eq!(in_records(&alps), both("<<<>>"));
    // A server's certificate with a context is wrong, and the server's.
    assert_eq!(in_records(&[&encrypted, &own(&[7]), &finished]), both("<<<"));
}

/// draft-agl-tls-nextprotoneg-04, draft-balfanz-tls-channelid-01: they stand behind the client's change.
#[test]
fn what_only_clients_say_behind_their_change_of_keys_is_theirs() {
    let sound = stream_records("tls12-ecdhe-rsa-aes128-gcm");
    let change = sound.iter().position(|(_, record)| record[0] == 20).unwrap();
    let next = [&[67, 0, 0, 32, 2][..], b"h2", &[28], &[0; 28]].concat();
    let channel = [&[203, 0, 0, 132, 0, 1, 0, 128][..], &[9; 128]].concat();
    for (body, name) in [(next, "next_protocol"), (channel, "channel_id")] {
        let own = [&[22, 3, 3, 0, u8::try_from(body.len()).unwrap()][..], &body].concat();
        let mut records = sound[..=change].to_vec();
        records.push((Side::Client, own));
        records.push((Side::Client, [&[22, 3, 3, 0, 16, 20, 0, 0, 12][..], &[7; 12]].concat()));
        records.push((Side::Server, vec![20, 3, 3, 0, 1, 1]));
        let told = told(&records_of(&records));
        let behind = [
            (Side::Client, "change_cipher_spec"),
            (Side::Client, name),
            (Side::Client, "finished"),
            (Side::Server, "change_cipher_spec"),
        ];
        assert!(told.ends_with(&behind), "{told:?}");
    }
}
