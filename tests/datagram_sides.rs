//! Streams of DTLS that hold both sides: parts that were lost, several connections, and records that
//! have another's number.

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::connection::{hello, tls13};
use common::path;
use common::sides::{datagram_records, of_side, told};
use helloscope::capture;
use helloscope::names::ProtocolVersion;
use helloscope::transcript::{Side, Transcript};
use helloscope::wire::extension::{ClientExtension, ServerExtension};
use helloscope::wire::grammar::{Codes, OnlyDtls, Opaque};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::stream::{Message, Unit};

fn read(records: &[(Side, Vec<u8>)]) -> Transcript {
    let bytes: Vec<u8> = records.iter().flat_map(|(_, record)| record.clone()).collect();
    capture::read("it", &bytes).unwrap()
}

/// Whether a record is of the handshake in clear, with a part of a message of this type.
fn is_of(msg_type: u8, record: &[u8]) -> bool {
    record[0] == 22 && record[4] == 0 && record[13] == msg_type
}

/// A connection in which the client sends the same certificate as the server, cut otherwise.
fn with_both_certificates() -> Vec<(Side, Vec<u8>)> {
    let mut records = datagram_records("dtls1_2-mtu");
    let certificate: Vec<u8> = records
        .iter()
        .filter(|(_, record)| is_of(11, record))
        .flat_map(|(_, record)| record[25..].to_vec())
        .collect();
    let length = u32::try_from(certificate.len()).unwrap().to_be_bytes();
    let key = records.iter().position(|(_, record)| is_of(16, record)).unwrap();
    let mut parts = Vec::new();
    for (index, part) in certificate.chunks(200).enumerate() {
        let offset = u32::try_from(200 * index).unwrap().to_be_bytes();
        let own = u32::try_from(part.len()).unwrap().to_be_bytes();
        let head = [&[11][..], &length[1..], &[0, 2], &offset[1..], &own[1..]].concat();
        let size = u16::try_from(head.len() + part.len()).unwrap().to_be_bytes();
        let record = [&[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0][..], &size, &head, part].concat();
        parts.push((Side::Client, record));
    }
    records.splice(key..key, parts);
    let clear = |(from, record): &&mut (Side, Vec<u8>)| *from == Side::Client && record[4] == 0;
    for (number, (_, record)) in (0..).zip(records.iter_mut().filter(clear)) {
        record[10] = number;
        if is_of(16, record) {
            record[18] = 3;
        }
    }
    records
}

/// RFC 6347 section 4.2.2: each side numbers its own messages, and both their certificates alike.
#[test]
fn what_is_missing_of_a_certificate_is_not_taken_from_the_other_sides() {
    let records = with_both_certificates();
    let parts = |side: Side| -> Vec<usize> {
        let all = records.iter().enumerate();
        let own = all.filter(|(_, (from, record))| *from == side && is_of(11, record));
        own.map(|(index, _)| index).collect()
    };
    let (client, server) = (parts(Side::Client), parts(Side::Server));
    assert!(client.len() > 3 && server.len() > 3);
    let nothing = [usize::MAX];
    for lost_of_server in nothing.iter().chain(&server) {
        for lost_of_client in nothing.iter().chain(&client) {
            let lost = [*lost_of_server, *lost_of_client];
            let left = (0..).zip(&records).filter(|(index, _)| !lost.contains(index));
            let left: Vec<_> = left.map(|(_, record)| record.clone()).collect();
            let both = read(&left);
            // Parts in the order of their messages, each with its sender.
            for side in [Side::Client, Side::Server] {
                let alone = told(&of_side(&left, side).concat());
                let mut alone: Vec<_> = alone.into_iter().map(|(_, name)| name).collect();
                let mut own: Vec<_> = both.from(side).map(|message| message.type_name()).collect();
                alone.sort_unstable();
                own.sort_unstable();
                assert_eq!(own, alone, "{side:?} without {lost:?}");
            }
        }
    }
}

/// What is remarked of messages and headers, and of the whole.
fn remarks(read: &Transcript) -> Vec<String> {
    let trees = read.events.iter().map(|event| match &event.unit {
        Unit::Header(header) => &header.tree,
        Unit::Message(message) => &message.tree,
    });
    let remarks = trees.flat_map(|tree| &tree.remarks).map(ToString::to_string);
    remarks.chain(read.remarks.clone()).collect()
}

/// RFC 6347 section 4.2.2: each handshake begins with the number 0.
#[test]
fn a_second_connection_is_not_the_first_one_again() {
    for (first, second) in [("dtls1_2", "dtls1_2-mtu"), ("dtls1_2-mtu", "dtls1_2")] {
        let (first, second) = (datagram_records(first), datagram_records(second));
        let both = [first.clone(), second.clone()].concat();
        let in_clear = |read: &Transcript| -> Vec<(Side, &'static str)> {
            let all = read.messages().filter(|(_, message)| message.message_seq().is_some());
            all.map(|(event, message)| (event.from, message.type_name())).collect()
        };
        let expected = [in_clear(&read(&first)), in_clear(&read(&second))].concat();
        let read_both = read(&both);
        assert_eq!(in_clear(&read_both), expected);
        let is_of_number = |remark: &String| {
            ["sent again", "number", "did not"].iter().any(|it| remark.contains(it))
        };
        let numbers: Vec<_> = remarks(&read_both).into_iter().filter(is_of_number).collect();
        assert_eq!(numbers, [""; 0]);
        // One side of both.
        for side in [Side::Client, Side::Server] {
            let own: Vec<_> = both.iter().filter(|(from, _)| *from == side).cloned().collect();
            let numbers: Vec<_> = remarks(&read(&own)).into_iter().filter(is_of_number).collect();
            assert_eq!(numbers, [""; 0], "{side:?}");
        }
        // A hello in parts is put together, too.
        let mut cut = second.clone();
        let hello = cut.remove(0).1;
        for (from, to) in [(0, 100), (100, hello.len() - 25)] {
            let mut part = [&hello[..25], &hello[25 + from..25 + to]].concat();
            let size = u16::try_from(12 + to - from).unwrap().to_be_bytes();
            part[11..13].copy_from_slice(&size);
            part[21] = from as u8;
            part[22..25].copy_from_slice(&u32::try_from(to - from).unwrap().to_be_bytes()[1..]);
            cut.insert(usize::from(from > 0), (Side::Client, part));
        }
        assert_eq!(in_clear(&read(&[first.clone(), cut].concat())), expected);
        // What is missing is told of the handshake in which it is.
        let mut lossy = second.clone();
        lossy.retain(|(_, record)| !is_of(11, record));
        let lost = |first: &[(Side, Vec<u8>)]| read(&[first, &lossy].concat()).remarks;
        let expected = "of the server's messages in handshake 2, 2 (message_seq) did not come";
        assert_eq!(lost(&first), [expected]);
        // Also where the client did not go on in the first.
        let key = first.iter().position(|(_, record)| is_of(16, record)).unwrap();
        assert_eq!(lost(&first[..key]), [expected]);
    }
}

/// RFC 6347 section 4.1: what comes twice on its way is the same.
#[test]
fn a_number_that_another_record_had_is_told() {
    let records = datagram_records("dtls1_2");
    let told = |records: &[(Side, Vec<u8>)]| -> Vec<String> {
        let all = remarks(&read(records)).into_iter();
        all.filter(|remark| remark.starts_with("sequence_number")).collect()
    };
    assert_eq!(told(&records), [""; 0]);
    let done = records.iter().position(|(_, record)| is_of(14, record)).unwrap();
    let mut again = records.clone();
    again.insert(done, records[done].clone());
    assert_eq!(told(&again), [""; 0]);
    let mut other = records.clone();
    let before = records[done - 1].1[5..11].to_vec();
    other[done].1[5..11].copy_from_slice(&before);
    let expected = "sequence_number: expected a number that no other record had, or the same record \
                    again, found that of one with other bytes (RFC 6347 4.1)";
    assert_eq!(told(&other), [expected]);
}

/// RFC 6347 section 4.2.3: a record may have several messages, each of which is read by those before it.
#[test]
fn messages_in_one_record_are_read_as_in_records_of_their_own() {
    let told = |records: &[(Side, Vec<u8>)]| -> Vec<(&'static str, Vec<String>)> {
        let read = read(records);
        let numbered = read.messages().filter(|(_, message)| message.message_seq().is_some());
        let remarks = |message: &Message| -> Vec<String> {
            message.tree.remarks.iter().map(ToString::to_string).collect()
        };
        numbered.map(|(_, message)| (message.type_name(), remarks(message))).collect()
    };
    let apart = datagram_records("dtls1_2");
    let is_of_flight = |(from, record): &(Side, Vec<u8>)| {
        *from == Side::Server && record[4] == 0 && record[0] == 22 && record[13] != 3
    };
    let first = apart.iter().position(is_of_flight).unwrap();
    let flight: Vec<_> = apart[first..].iter().take_while(|one| is_of_flight(one)).collect();
    assert!(is_of(2, &flight[0].1) && is_of(14, &flight[flight.len() - 1].1));
    let messages: Vec<u8> = flight.iter().flat_map(|(_, record)| &record[13..]).copied().collect();
    let size = u16::try_from(messages.len()).unwrap().to_be_bytes();
    let record = [&flight[0].1[..11], &size, &messages].concat();
    let mut together = apart.clone();
    together.splice(first..first + flight.len(), [(Side::Server, record)]);
    assert_eq!(told(&together), told(&apart));
}

/// RFC 6347 section 4.1: each side counts its records, also those that come late.
#[test]
fn a_record_that_comes_late_does_not_turn_back_the_count() {
    let mut records = datagram_records("dtls1_2");
    // Without the ticket, which only a server sends, its change of keys is behind its flight.
    let ticket = records.iter().position(|(_, record)| is_of(4, record)).unwrap();
    let number = records.remove(ticket).1[10];
    let change = &mut records[ticket].1;
    assert_eq!((change[0], change[10]), (20, number + 1));
    change[10] = number;
    let done = records.iter().position(|(_, record)| is_of(14, record)).unwrap();
    records.swap(done - 1, done);
    let bytes: Vec<u8> = records.iter().flat_map(|(_, record)| record.clone()).collect();
    let senders: Vec<_> = told(&bytes).into_iter().map(|(from, _)| from).collect();
    let expected: Vec<_> = records.iter().map(|(from, _)| *from).collect();
    assert_eq!(senders[..=ticket], expected[..=ticket]);
}

/// RFC 6347 section 4.1: the number of a record is its sender's alone.
#[test]
fn a_record_by_keys_is_not_of_the_side_that_used_its_number() {
    let records = datagram_records("dtls1_2");
    // The server's change of keys is lost.
    let is_change = |(from, record): &(Side, Vec<u8>)| *from == Side::Server && record[0] == 20;
    let change = records.iter().position(is_change).unwrap();
    let mut lossy = records.clone();
    lossy.remove(change);
    let (from, finished) = &lossy[change];
    assert_eq!((*from, finished[0], finished[4], finished[10]), (Side::Server, 22, 1, 0));
    let bytes: Vec<u8> = lossy[..=change].iter().flat_map(|(_, record)| record.clone()).collect();
    assert_eq!(told(&bytes).pop(), Some((Side::Server, "encrypted")));
}

/// A record of the handshake in clear.
fn in_clear(number: u8, message: &Handshake) -> Vec<u8> {
    let message = message.to_datagram_bytes(0);
    let size = u16::try_from(message.len()).unwrap().to_be_bytes();
    [&[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, number][..], &size, &message].concat()
}

/// RFC 9146 section 3, RFC 9147 section 4: each side names the id that it wants to see in what it
/// receives.
#[test]
fn a_connection_id_tells_to_whom_a_record_goes() {
    let id = |id: &[u8]| Opaque::new(id.to_vec());
    for (of_client, of_server) in [(&b"CCCC"[..], &b"SS"[..]), (b"", b"SS"), (b"CCCC", b"")] {
        let mut hello = hello();
        let versions = ClientExtension::SupportedVersions(Codes::new(vec![
            ProtocolVersion::DTLS1_3,
            ProtocolVersion::DTLS1_2,
        ]));
        let extensions = &mut hello.extensions.as_mut().unwrap().0;
        extensions.retain(|one| !matches!(one, ClientExtension::SupportedVersions(_)));
        extensions.extend([versions, ClientExtension::ConnectionId(id(of_client))]);
        hello.legacy_version = ProtocolVersion::DTLS1_2;
        hello.cookie = OnlyDtls(Some(id(b"")));
        let mut answer = tls13();
        answer.legacy_version = ProtocolVersion::DTLS1_2;
        let extensions = &mut answer.extensions.as_mut().unwrap().0;
        extensions[0] = ServerExtension::SupportedVersions(ProtocolVersion::DTLS1_3);
        extensions.push(ServerExtension::ConnectionId(id(of_server)));
        let protected = |to: &[u8], epoch: u8, number: u8| {
            let flags = 0x2c | epoch | if to.is_empty() { 0 } else { 0x10 };
            [&[flags][..], to, &[9, number, 0, 60], &[number; 60]].concat()
        };
        let mut records = vec![
            (Side::Client, in_clear(0, &Handshake::ClientHello(hello))),
            (Side::Server, in_clear(0, &Handshake::ServerHello(answer))),
            (Side::Server, protected(of_client, 2, 1)),
            (Side::Server, protected(of_client, 2, 2)),
        ];
        // Without an id nothing tells who goes on.
        if !of_server.is_empty() {
            records.push((Side::Client, protected(of_server, 2, 3)));
            records.push((Side::Client, protected(of_server, 3, 4)));
        }
        if !of_client.is_empty() {
            records.push((Side::Server, protected(of_client, 3, 5)));
        }
        let read = read(&records);
        let senders: Vec<_> = read.messages().map(|(event, _)| event.from).collect();
        let expected: Vec<_> = records.iter().map(|(from, _)| *from).collect();
        assert_eq!(senders, expected, "{of_client:?} {of_server:?}");
        let lengths = read.messages().skip(2).map(|(_, message)| message.bytes.len());
        assert_eq!(lengths.max(), Some(60));
        let is_cut = |remark: &String| remark.contains("the end");
        assert!(!remarks(&read).iter().any(is_cut), "{:?}", remarks(&read));
    }
}

/// A log may be pasted from anywhere on: nothing of what stands before it is missing.
#[test]
fn nothing_is_missing_before_a_log_and_what_is_missing_in_it_is_told_once() {
    let log = fs::read_to_string(path("testdata/logs/s_server-3.0-dtls1_2-parts-msg.txt")).unwrap();
    let entries: Vec<_> = log.match_indices(">>>").chain(log.match_indices("<<<")).collect();
    let mut entries: Vec<_> = entries.into_iter().map(|(at, _)| at).collect();
    entries.sort_unstable();
    let missing = |text: &str| capture::read("it", text.as_bytes()).unwrap().remarks.len();
    for at in &entries {
        assert_eq!(missing(&log[*at..]), 0, "{at}");
    }
    let mut told = 0;
    for (at, end) in entries.iter().zip(&entries[1..]) {
        let without = missing(&[&log[..*at], &log[*end..]].concat());
        assert!(without <= 1, "{at}");
        told += without;
    }
    assert_eq!(told, 10);
}

/// Were each record to look at all messages before it, this would take minutes.
#[test]
fn many_messages_take_no_longer_than_they_are_long() {
    let begun = Instant::now();
    for (length, part) in [(9, 1), (1, 1), (0, 0)] {
        let records: Vec<_> = (0..30_000_u16)
            .map(|number| {
                let [high, low] = number.to_be_bytes();
                let head = [11, 0, 0, length, high, low, 0, 0, 0, 0, 0, part];
                let outside = [22, 254, 253, 0, 0, 0, 0, 0, 0, high, low, 0, 12 + part];
                let record = [&outside[..], &head, &[0][..part.into()]].concat();
                (Side::Server, record)
            })
            .collect();
        assert_eq!(read(&records).messages().count(), records.len());
    }
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}
