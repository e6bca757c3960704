//! Streams that stand one behind the other, of both sides or of several connections, and streams whose
//! beginning is not there: who said what, and nothing is remarked of one by what another says.

mod common;

use std::fs;

use common::flows::Flow;
use common::sides::{cut, flight, told};
use common::{hellos, path};
use helloscope::capture;
use helloscope::transcript::{Side, Transcript};
use helloscope::wire::stream::Unit;

/// A connection of a capture, as far as one side said it.
fn of(name: &str, side: Side) -> Vec<u8> {
    let pieces = Flow::of_capture(name).remove(0).pieces.into_iter();
    pieces.filter(|piece| piece.from == side).flat_map(|piece| piece.bytes).collect()
}

/// What is remarked of hellos and of the headers of their records.
fn noticed(read: &Transcript) -> Vec<String> {
    let mut noticed = Vec::new();
    for (index, event) in read.events.iter().enumerate() {
        let Unit::Message(message) = &event.unit else { continue };
        if !message.type_name().ends_with("_hello") {
            continue;
        }
        let header = index.checked_sub(1).and_then(|before| match &read.events[before].unit {
            Unit::Header(header) => Some(&header.tree),
            Unit::Message(_) => None,
        });
        let trees = [header, Some(&message.tree)].into_iter().flatten();
        noticed.extend(trees.flat_map(|tree| &tree.remarks).map(ToString::to_string));
    }
    noticed.sort();
    noticed
}

/// RFC 8446 sections 4.1.2 and 4.1.3: random bytes and session ids tell the connections apart.
#[test]
fn a_hello_of_another_connection_is_the_clients_and_measured_by_itself() {
    let names = ["tls13-x25519-aes256-gcm", "tls13-chacha20"];
    let [one, two] =
        names.map(|name| [Side::Client, Side::Server].map(|side| (side, of(name, side))));
    let alone = |connection: &[(Side, Vec<u8>); 2]| {
        let bytes = [&connection[0].1[..], &connection[1].1].concat();
        noticed(&capture::read("it", &bytes).unwrap())
    };
    let mut expected = [alone(&one), alone(&two)].concat();
    expected.sort();
    // By sides, and by connections; the second hello also over short records, as behind a change of
    // keys by which nothing that is so short can be protected.
    for size in [16, 50, 1 << 14] {
        let mut client = two[0].1.clone();
        let length = 5 + usize::from(u16::from_be_bytes([client[3], client[4]]));
        let hello = cut(&[client[..length].to_vec()], size);
        client.splice(..length, hello);
        for order in [
            [
                (Side::Client, &one[0].1),
                (Side::Server, &one[1].1),
                (Side::Client, &client),
                (Side::Server, &two[1].1),
            ],
            [
                (Side::Client, &one[0].1),
                (Side::Client, &client),
                (Side::Server, &one[1].1),
                (Side::Server, &two[1].1),
            ],
            [
                (Side::Client, &one[0].1),
                (Side::Client, &client),
                (Side::Server, &two[1].1),
                (Side::Server, &one[1].1),
            ],
        ] {
            let bytes: Vec<u8> = order.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
            let read = capture::read("it", &bytes).unwrap();
            let hellos: Vec<_> = read
                .messages()
                .filter(|(_, message)| message.type_name().ends_with("_hello"))
                .map(|(event, _)| event.from)
                .collect();
            assert_eq!(hellos, order.map(|(side, _)| side), "{size}");
            if size == 1 << 14 {
                assert_eq!(noticed(&read), expected);
            }
        }
    }
}

#[test]
fn a_hello_behind_a_connection_of_tls12_is_the_clients() {
    let both = |name: &str| -> Vec<u8> {
        Flow::of_capture(name).remove(0).pieces.into_iter().flat_map(|piece| piece.bytes).collect()
    };
    let (old, new) = (both("tls1.2"), both("tls13-x25519-aes256-gcm"));
    let hellos: Vec<_> = told(&[old, new].concat())
        .into_iter()
        .filter(|(_, name)| name.ends_with("_hello"))
        .collect();
    let [client, server] = [(Side::Client, "client_hello"), (Side::Server, "server_hello")];
    assert_eq!(hellos, [client, server, client, server]);
}

/// The words of each side stand before its own hello.
#[test]
fn words_before_tls_are_of_the_side_in_whose_stream_they_stand() {
    for name in ["smtp-starttls", "imap-starttls", "pop3-starttls", "irc-starttls"] {
        let sides = [Side::Client, Side::Server];
        let alone = sides.map(|side| (side, told(&of(name, side))));
        for (side, said) in &alone {
            assert!(said.iter().all(|(from, _)| from == side), "{name}: {said:?}");
            assert_eq!(said[0].1, "plaintext", "{name}");
        }
        for order in [[0, 1], [1, 0]] {
            let bytes = order.map(|index| of(name, sides[index])).concat();
            let expected: Vec<_> = order.into_iter().flat_map(|at| alone[at].1.clone()).collect();
            assert_eq!(told(&bytes), expected, "{name}");
        }
    }
}

/// RFC 5246 section 7.2: a server refuses a hello by an alert, which may be all that it says.
#[test]
fn an_alert_before_a_hello_is_the_servers() {
    for hello in hellos().into_iter().filter(|hello| hello.bytes.first() == Some(&22)) {
        for alert in [[2, 40], [1, 0]] {
            let bytes = [&[21, 3, 1, 0, 2][..], &alert, &hello.bytes].concat();
            let expected = [(Side::Server, "alert"), (Side::Client, "client_hello")];
            assert_eq!(told(&bytes), expected, "{}", hello.name);
        }
    }
}

/// A length that claims more than there is, also more than a hello may have.
#[test]
fn a_hello_over_short_records_that_claims_too_much_is_cut_and_nothing_behind_it_is_its() {
    let bytes = fs::read(path("testdata/hellos/openssl-1.0.1g.bin")).unwrap();
    let server = flight("tls12-rsa-server").concat();
    for more in [65_000_u32, 66_000, 100_000] {
        let mut hello = bytes.clone();
        let length = u32::try_from(hello.len() - 9).unwrap() + more;
        hello[6..9].copy_from_slice(&length.to_be_bytes()[1..]);
        for size in [5, 16, 100] {
            let hello = cut(&[hello.clone()], size);
            let by_side = |bytes: &[u8]| -> [Vec<&str>; 2] {
                let all = told(bytes);
                [Side::Client, Side::Server].map(|side| {
                    all.iter().filter(|(from, _)| *from == side).map(|(_, name)| *name).collect()
                })
            };
            let alert = [21, 3, 1, 0, 2, 2, 50];
            for behind in [&[][..], &alert, &server, b"HTTP/1.1 400 Bad Request\r\n\r\n"] {
                let [own, theirs] = by_side(&[&hello, behind].concat());
                assert_eq!(own, ["client_hello"], "{more} {size}");
                let expected: Vec<_> = match behind.is_empty() {
                    true => Vec::new(),
                    false => told(behind).into_iter().map(|(_, name)| name).collect(),
                };
                assert_eq!(theirs, expected, "{more} {size}");
            }
            // Nor is another hello.
            let [own, theirs] = by_side(&[&hello, &bytes[..], &server].concat());
            assert_eq!(own, ["client_hello"; 2], "{more} {size}");
            assert_eq!(theirs.first(), Some(&"server_hello"), "{more} {size}");
        }
    }
}

/// As programs write them that have the keys: RFC 8446 section 2 tells whose they are.
#[test]
fn what_is_protected_on_the_wire_is_told_apart_in_clear() {
    let log = fs::read(path("testdata/logs/s_client-3.0-tls1_3-msg.txt")).unwrap();
    let log = capture::read("it", &log).unwrap();
    let handshake = log.messages().filter(|(_, message)| message.handshake().is_some());
    let said: Vec<_> = handshake
        .map(|(event, message)| (event.from, message.type_name(), message.bytes.clone()))
        .collect();
    assert_eq!(said[2].1, "encrypted_extensions");
    let expected: Vec<_> = said.iter().map(|(from, name, _)| (*from, *name)).collect();
    let record = |message: &[u8]| {
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        [&[22, 3, 3][..], &length, message].concat()
    };
    let records: Vec<u8> = said.iter().flat_map(|(_, _, message)| record(message)).collect();
    assert_eq!(told(&records), expected);
    let bare: Vec<u8> = said.iter().flat_map(|(_, _, message)| message.clone()).collect();
    assert_eq!(told(&bare), expected);
    // In the record of the ServerHello, behind all that the client said.
    let data = [&[23, 3, 3, 0, 32][..], &[9; 32]].concat();
    let hello = record(&said[0].2);
    let both = record(&[&said[1].2[..], &said[2].2].concat());
    let bytes = [&hello[..], &data, &both, &data].concat();
    let [client, server] = [Side::Client, Side::Server];
    let expected = [
        (client, "client_hello"),
        (client, "encrypted"),
        (server, "server_hello"),
        (server, "encrypted_extensions"),
        (server, "encrypted"),
    ];
    assert_eq!(told(&bytes), expected);
}

/// Nothing is called protected that may be in clear: RFC 5246 section 6.2.1 cuts messages as it likes.
#[test]
fn the_rest_of_a_message_is_one_or_may_be_one() {
    let server = flight("tls12-ecdhe-rsa-server");
    let at = told(&server.concat()).iter().position(|(_, name)| *name == "certificate").unwrap();
    let certificate = cut(&server[at..=at], 300);
    let said = |bytes: &[u8]| -> Vec<(&str, bool)> {
        let read = capture::read("it", bytes).unwrap();
        let all = read.messages();
        all.map(|(_, message)| (message.type_name(), message.seems_protected())).collect()
    };
    // What is left of the certificate, behind which the server goes on in clear.
    let records = certificate.len().div_ceil(305);
    assert!(records > 2);
    for missing in 1..records {
        let behind = server[at + 1..].concat();
        let read = said(&[&certificate[missing * 305..], &behind].concat());
        assert_eq!(
            read[..records - missing],
            vec![("handshake_fragment", false); records - missing]
        );
        assert_eq!(read[records - missing..], said(&behind));
    }
    // By itself nothing tells.
    assert_eq!(said(&certificate[305..610]), [("encrypted", true)]);
}
