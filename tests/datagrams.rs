//! DTLS and SSL 2.0 streams: parts of messages in any order, records of every header, and what
//! stands before TLS begins.

mod common;

use common::flows::{Flow, Piece};
use helloscope::capture;
use helloscope::names::{Code, ContentType, HandshakeType, ProtocolVersion, Ssl2MessageType};
use helloscope::transcript::{Reaction, Recorder, Side, Source, Transcript};
use helloscope::wire::choice::Tagged;
use helloscope::wire::fault::Kind;
use helloscope::wire::grammar::{Context, Wire};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::stream::{self, Body, Framing, Message, Stream, Unit};
use proptest::prelude::*;

/// The units of these datagrams, which tile them.
fn read(datagrams: &[Vec<u8>]) -> Vec<Unit> {
    let (mut stream, mut context) = (Stream::default(), Context::default());
    let mut units = Vec::new();
    for datagram in datagrams {
        stream.push_datagram(datagram);
        units.extend(std::iter::from_fn(|| stream.next(&mut context)));
    }
    units.extend(stream.finish(&mut context));
    stream::check_tiling(&units, stream.bytes().len()).unwrap();
    units
}

fn messages(units: &[Unit]) -> impl Iterator<Item = &Message> {
    units.iter().filter_map(|unit| match unit {
        Unit::Message(message) => Some(message),
        Unit::Header(_) => None,
    })
}

/// A record of DTLS 1.2 in clear.
fn record(content_type: ContentType, sequence_number: u64, fragment: &[u8]) -> Vec<u8> {
    let mut out = vec![content_type.0, 0xfe, 0xfd, 0, 0];
    out.extend_from_slice(&sequence_number.to_be_bytes()[2..]);
    out.extend(u16::try_from(fragment.len()).unwrap().to_be_bytes());
    out.extend_from_slice(fragment);
    out
}

/// A part of a message: from one offset to another.
fn part(msg_type: u8, number: u16, body: &[u8], from: usize, to: usize) -> Vec<u8> {
    let three = |number: usize| u32::try_from(number).unwrap().to_be_bytes()[1..].to_vec();
    let mut out = vec![msg_type];
    out.extend(three(body.len()));
    out.extend(number.to_be_bytes());
    out.extend(three(from));
    out.extend(three(to - from));
    out.extend_from_slice(&body[from..to]);
    out
}

/// A body that is a Finished's: any bytes will do.
fn body(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + at / 256) as u8).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn parts_in_any_order_and_over_each_other_make_the_message_once(
        length in 1usize..400,
        cuts in prop::collection::vec((0usize..400, 1usize..200), 0..12),
        order in any::<u64>(),
    ) {
        let body = body(length);
        // Parts of fifty bytes that cover all, and some that lie across them.
        let mut ranges: Vec<(usize, usize)> =
            (0..length).step_by(50).map(|at| (at, (at + 50).min(length))).collect();
        ranges.extend(cuts.iter().filter(|(from, _)| *from < length).map(|&(from, width)| {
            (from, (from + width).min(length))
        }));
        let mut seed = order;
        for index in (1..ranges.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ranges.swap(index, (seed >> 33) as usize % (index + 1));
        }
        let datagrams: Vec<Vec<u8>> = ranges
            .iter()
            .zip(0..)
            .map(|(&(from, to), number)| {
                record(ContentType::handshake, number, &part(20, 3, &body, from, to))
            })
            .collect();
        let units = read(&datagrams);
        let whole: Vec<&Message> =
            messages(&units).filter(|message| message.handshake().is_some()).collect();
        for message in &whole {
            let Some(Handshake::Finished(finished)) = message.handshake() else { panic!() };
            prop_assert_eq!(&finished.verify_data.0[..], &body[..]);
            prop_assert!(message.complete());
        }
        // A part that is all of a short message may come again.
        let first = whole.iter().filter(|message| message.tree.remarks.is_empty()).count();
        prop_assert_eq!(first, 1);
        // Nothing that was there before is taken for something else.
        let other = messages(&units).any(|message| {
            message.tree.remarks.iter().any(|remark| remark.to_string().contains("other bytes"))
        });
        prop_assert!(!other);
    }

    #[test]
    fn any_datagrams_tile(datagrams in prop::collection::vec(
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..80),
            (20u8..27, prop::collection::vec(any::<u8>(), 0..60))
                .prop_map(|(kind, fragment)| record(ContentType(kind), 1, &fragment)),
            (any::<u8>(), 0u16..3, 0usize..40, 0usize..40).prop_map(|(kind, number, from, to)| {
                let body = body(40);
                let (from, to) = (from.min(to), from.max(to));
                record(ContentType::handshake, 2, &part(kind, number, &body, from, to))
            }),
        ],
        0..12,
    )) {
        read(&datagrams);
    }
}

#[test]
fn a_message_of_which_a_part_is_missing_is_shown_as_far_as_it_goes() {
    let body = body(300);
    let datagrams = [(0, 100), (200, 300)]
        .map(|(from, to)| record(ContentType::handshake, 0, &part(20, 0, &body, from, to)));
    let units = read(&datagrams);
    let found: Vec<(&str, usize, bool)> = messages(&units)
        .map(|message| (message.type_name(), message.bytes.len(), message.complete()))
        .collect();
    // The second part's header, the message as far as it is whole, and what lies behind the gap.
    let expected = [
        ("handshake_fragment", 12, true),
        ("finished", 112, false),
        ("handshake_fragment", 100, true),
    ];
    assert_eq!(found, expected);
}

#[test]
fn other_bytes_in_the_place_of_those_before_are_told() {
    let (one, mut other) = (body(100), body(100));
    other[55] ^= 1;
    let datagrams = [
        record(ContentType::handshake, 0, &part(20, 0, &one, 0, 60)),
        record(ContentType::handshake, 1, &part(20, 0, &other, 50, 100)),
    ];
    let units = read(&datagrams);
    let remarks: Vec<String> = messages(&units)
        .flat_map(|message| &message.tree.remarks)
        .map(|remark| remark.to_string())
        .collect();
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(remarks[0].contains("other bytes than were there before"), "{remarks:?}");
}

#[test]
fn what_is_left_of_a_part_is_named_for_its_message() {
    let body = body(77);
    // The end, the beginning, and the beginning again.
    let datagrams = [(40, 77), (0, 50), (0, 50)]
        .map(|(from, to)| record(ContentType::handshake, 0, &part(20, 0, &body, from, to)));
    let units = read(&datagrams);
    let parts: Vec<(HandshakeType, usize)> = messages(&units)
        .filter_map(|message| match message.body {
            Body::Fragment(msg_type) => Some((msg_type, message.bytes.len())),
            _ => None,
        })
        .collect();
    // A header, ten bytes that were there before, and all of the third.
    assert_eq!(parts, [12, 10, 62].map(|length| (HandshakeType::finished, length)));
}

#[test]
fn what_is_sent_again_is_a_message_with_a_notice() {
    let hello = record(ContentType::handshake, 0, &part(20, 0, &body(20), 0, 20));
    let units = read(&[hello.clone(), hello]);
    let notices: Vec<usize> = messages(&units).map(|message| message.tree.remarks.len()).collect();
    assert_eq!(notices, [0, 1]);
    assert!(messages(&units).all(|message| message.handshake().is_some()));
}

/// RFC 6347 section 4.2.4: what is sent again is the same. Where the records go on, it is of the same
/// connection; cookies are given and brought back without being remembered, section 4.2.1.
#[test]
fn what_is_sent_again_with_other_bytes_is_told() {
    let body = |random: u8, cookie: &[u8]| {
        let cookie = [&[u8::try_from(cookie.len()).unwrap()][..], cookie].concat();
        [&[0xfe, 0xfd][..], &[random; 32], &[0], &cookie, &[0, 2, 0xc0, 0x2b, 1, 0]].concat()
    };
    let told = |msg_type: u8, sent: [(u64, &[u8]); 2]| {
        let datagrams = sent.map(|(number, body)| {
            let part = part(msg_type, 0, body, 0, body.len());
            record(ContentType::handshake, number, &part)
        });
        let units = read(&datagrams);
        let remarks = messages(&units).flat_map(|message| &message.tree.remarks);
        let of_number = remarks.filter(|remark| remark.field == "msg_type");
        of_number.map(|remark| remark.fault.found()).collect::<Vec<_>>()
    };
    let (one, two) = (body(7, b""), body(8, b""));
    let other = "another one of its type and number";
    assert_eq!(told(1, [(0, &one), (1, &two)]), [other]);
    assert_eq!(told(1, [(0, &one), (1, &one)]), ["one that was: it is sent again"]);
    // Another connection begins its records anew, or what is between was not seen.
    assert_eq!(told(1, [(0, &one), (0, &two)]), [""; 0]);
    assert_eq!(told(1, [(0, &one), (2, &two)]), [""; 0]);
    assert_eq!(told(1, [(0, &one), (1, &body(7, b"given"))]), [""; 0]);
    let request = |cookie: u8| [0xfe, 0xff, 4, cookie, 1, 2, 3];
    assert_eq!(told(3, [(0, &request(1)), (1, &request(2))]), [""; 0]);
    let answer = |random: u8| [&[0xfe, 0xfd][..], &[random; 32], &[0, 0xc0, 0x2b, 0]].concat();
    assert_eq!(told(2, [(0, &answer(7)), (1, &answer(8))]), [other]);
}

#[test]
fn protected_records_have_a_header_of_their_kind() {
    let hello = record(ContentType::handshake, 0, &part(20, 0, &body(20), 0, 20));
    // Epoch 1; a connection id of four bytes; the unified header with all, and with nothing.
    let mut epoch1 = record(ContentType::application_data, 5, &[1, 2, 3]);
    epoch1[4] = 1;
    let cid = [&[25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4, 0, 2][..], &[7, 8]].concat();
    let unified = vec![0b0010_1110, 0x12, 0x34, 0, 2, 9, 9, 0b0010_0001, 0x56, 1, 2, 3];
    let units = read(&[hello, epoch1, cid, unified]);
    let kinds: Vec<&str> = units
        .iter()
        .filter_map(|unit| match unit {
            Unit::Header(header) => Some(match &header.framing {
                Framing::Dtls(_) => "dtls",
                Framing::Cid(header) if header.cid.0 == [1, 2, 3, 4] => "cid",
                Framing::Unified(header) if header.length == Some(2) => "unified with a length",
                Framing::Unified(_) => "unified",
                _ => "other",
            }),
            Unit::Message(_) => None,
        })
        .collect();
    assert_eq!(kinds, ["dtls", "dtls", "cid", "unified with a length", "unified"]);
    let assumed = units.iter().any(|unit| match unit {
        Unit::Header(header) => {
            header.tree.remarks.iter().any(|remark| remark.kind == Kind::Assumption)
        }
        Unit::Message(_) => false,
    });
    assert!(assumed, "how long a connection id is, nothing said");
    let protected = messages(&units).filter(|message| message.body == Body::Encrypted);
    assert_eq!(protected.map(|message| message.bytes.len()).collect::<Vec<_>>(), [3, 2, 2, 3]);
}

#[test]
fn a_connection_id_ends_before_the_number_and_the_length() {
    let hello = record(ContentType::handshake, 0, &part(20, 0, &body(20), 0, 20));
    let id = [0x43, 0x49, 0x44, 0x21];
    for (flags, number) in [(0b0011_1110, &[0, 1][..]), (0b0011_0110, &[1])] {
        for fill in [0xaa, 0, 20] {
            let unified = [&[flags][..], &id, number, &[0, 20], &[fill; 20]].concat();
            let units = read(&[hello.clone(), unified]);
            let [.., Unit::Header(header), Unit::Message(message)] = units.as_slice() else {
                panic!("{units:?}")
            };
            let Framing::Unified(unified) = &header.framing else { panic!("{header:?}") };
            assert_eq!(unified.connection_id.as_ref().unwrap().0, id, "{fill}");
            assert_eq!((&unified.sequence_number[..], unified.length), (number, Some(20)));
            assert_eq!(message.bytes[..], [fill; 20]);
        }
    }
    // Without a length nothing tells where it ends.
    let unified = [&[0b0011_1010][..], &id, &[0, 1], &body(20)].concat();
    let units = read(&[hello, unified]);
    let [.., Unit::Header(header), Unit::Message(message)] = units.as_slice() else {
        panic!("{units:?}")
    };
    let Framing::Unified(unified) = &header.framing else { panic!("{header:?}") };
    assert_eq!(unified.connection_id.as_ref().unwrap().0, [0; 0]);
    assert_eq!(message.bytes.len(), 24);
    let remarks: Vec<_> =
        header.tree.remarks.iter().map(|one| (one.kind, one.fault.found())).collect();
    let assumed = "no connection id, since no length tells where it ends".to_owned();
    assert_eq!(remarks, [(Kind::Assumption, assumed)]);
}

#[test]
fn that_a_record_without_a_length_ends_with_all_is_assumed_where_no_datagram_tells() {
    let hello = record(ContentType::handshake, 0, &part(20, 0, &body(20), 0, 20));
    let unified = [&[0b0010_1001, 0, 1][..], &body(30)].concat();
    let assumed = |units: &[Unit]| -> Vec<String> {
        let headers = units.iter().filter_map(|unit| match unit {
            Unit::Header(header) => Some(&header.tree.remarks),
            Unit::Message(_) => None,
        });
        let remarks = headers.flatten().filter(|remark| remark.kind == Kind::Assumption);
        remarks.map(|remark| remark.fault.found()).collect()
    };
    assert_eq!(assumed(&read(&[hello.clone(), unified.clone()])), [""; 0]);
    let all = [hello, unified].concat();
    let (mut stream, mut context) = (Stream::default(), Context::default());
    stream.push(&all);
    assert_eq!(assumed(&stream.finish(&mut context)), ["all bytes up to the end"]);
    let read = capture::read("it", &all).unwrap();
    let units: Vec<Unit> = read.events.into_iter().map(|event| event.unit).collect();
    assert_eq!(assumed(&units), ["all bytes up to the end"]);
    assert_eq!(messages(&units).last().map(|message| message.bytes.len()), Some(30));
}

#[test]
fn a_datagram_that_is_cut_off_does_not_take_from_the_next() {
    let hello = record(ContentType::handshake, 0, &part(20, 0, &body(20), 0, 20));
    let units = read(&[hello[..30].to_vec(), hello.clone(), hello[..8].to_vec()]);
    let whole = messages(&units).filter(|message| message.handshake().is_some()).count();
    assert_eq!(whole, 1);
    assert!(
        units
            .iter()
            .any(|unit| matches!(unit, Unit::Header(header) if header.framing == Framing::Cut))
    );
}

fn transcript(pieces: &[(Side, &[u8])]) -> Transcript {
    let mut recorder = Recorder::default();
    for (side, bytes) in pieces {
        recorder.push(*side, None, bytes);
    }
    recorder.finish(Source::default(), None)
}

fn types(transcript: &Transcript) -> Vec<&'static str> {
    transcript.messages().map(|(_, message)| message.type_name()).collect()
}

/// The hello of a client that takes SSL 2.0 and later, in the form of the former.
const V2_HELLO: &[u8] = &[
    0x80, 0x1f, 1, 3, 1, 0, 6, 0, 0, 0, 16, 0, 0, 0x2f, 1, 0, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    11, 12, 13, 14, 15, 16,
];

#[test]
fn a_hello_in_the_form_of_ssl_2_may_be_answered_by_either_protocol() {
    let alert: &[u8] = &[21, 3, 1, 0, 2, 2, 40];
    let tls = transcript(&[(Side::Client, V2_HELLO), (Side::Server, alert), (Side::Client, alert)]);
    assert_eq!(types(&tls), ["sslv2_client_hello", "alert", "alert"]);

    let hello: &[u8] = &[0x80, 0x0b, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0];
    let key: &[u8] = &[0x80, 0x0b, 2, 1, 0, 0x80, 0, 0, 0, 1, 0, 0, 9];
    let protected: &[u8] = &[0x80, 4, 1, 2, 3, 4, 0, 3, 1, 0, 0, 9];
    let error: &[u8] = &[0x80, 3, 0, 0, 1];
    let ssl2 = transcript(&[
        (Side::Client, V2_HELLO),
        (Side::Server, hello),
        (Side::Client, key),
        (Side::Client, protected),
        (Side::Server, protected),
        (Side::Server, error),
    ]);
    let expected = [
        "sslv2_client_hello",
        "sslv2_server_hello",
        "sslv2_client_master_key",
        "encrypted",
        "encrypted",
        "encrypted",
        "encrypted",
        "sslv2_error",
    ];
    assert_eq!(types(&ssl2), expected);
    for (_, message) in ssl2.messages() {
        assert!(!message.tree.remarks.iter().any(|remark| remark.kind == Kind::Form));
        if let Body::Ssl2(body) = &message.body {
            use helloscope::wire::grammar::Wire;
            assert_eq!(body.to_bytes()[..], message.bytes[..]);
        }
    }
}

#[test]
fn an_error_of_ssl_2_answers_a_hello() {
    let error: &[u8] = &[0x80, 3, 0, 0, 1];
    let transcript = transcript(&[(Side::Client, V2_HELLO), (Side::Server, error)]);
    assert_eq!(types(&transcript), ["sslv2_client_hello", "sslv2_error"]);
    let Body::Ssl2(message) = &transcript.messages().nth(1).unwrap().1.body else { panic!() };
    assert_eq!(message.msg_type(), Ssl2MessageType::ERROR);
}

#[test]
fn tls_is_found_behind_the_dialogue_that_asks_for_it() {
    let greeting: &[u8] = b"220 mail.example ESMTP\r\n250-STARTTLS\r\n250 OK\r\n220 go ahead\r\n";
    let asking: &[u8] = b"EHLO there\r\nSTARTTLS\r\n";
    let hello =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/hellos/openssl-1.0.1e.bin"))
            .unwrap();
    let alert = [21, 3, 1, 0, 2, 2, 40];
    // However it is cut on its way.
    for step in [1, 7, 1000] {
        let mut recorder = Recorder::default();
        for (side, bytes) in [
            (Side::Server, greeting),
            (Side::Client, asking),
            (Side::Client, &hello[..]),
            (Side::Server, &alert[..]),
        ] {
            for piece in bytes.chunks(step) {
                recorder.push(side, None, piece);
            }
        }
        let transcript = recorder.finish(Source::default(), None);
        let mut types = types(&transcript);
        types.sort_unstable();
        assert_eq!(types, ["alert", "client_hello", "plaintext", "plaintext"], "{step}");
    }
}

#[test]
fn the_drafts_of_tls_1_3_had_a_server_hello_of_their_own() {
    let mut body = vec![0x7f, 0x12];
    body.extend([7; 32]);
    body.extend([0x13, 0x01, 0, 4, 0, 40, 0, 0]);
    let mut message = vec![HandshakeType::server_hello.0, 0, 0, u8::try_from(body.len()).unwrap()];
    message.extend(body);
    let read = Handshake::decode(&message, Context::default()).unwrap();
    let Handshake::DraftServerHello(hello) = &read else { panic!("{read:?}") };
    assert_eq!(hello.version, ProtocolVersion(0x7f12));
    assert_eq!(read.to_bytes(), message);
}

#[test]
fn a_check_of_a_path_is_read_as_fields() {
    let cookie = [1, 2, 3, 4, 5, 6, 7, 8];
    let read = |fragment: &[u8]| {
        let bytes = record(ContentType::return_routability_check, 0, fragment);
        let mut recorder = Recorder::default();
        recorder.push_datagram(Side::Server, None, &bytes);
        let transcript = recorder.finish(Source::default(), None);
        let (_, message) = transcript.messages().next().unwrap();
        message.tree.check_tiling(message.bytes.len()).unwrap();
        assert_eq!(message.type_name(), "return_routability_check");
        message.clone()
    };
    for (msg_type, name) in [(0, "path_challenge"), (1, "path_response"), (2, "path_drop")] {
        let message = read(&[&[msg_type][..], &cookie].concat());
        let Body::ReturnRoutabilityCheck(check) = &message.body else { panic!("{message:?}") };
        assert_eq!(check.to_bytes()[..], message.bytes[..]);
        assert_eq!(check.tag().name(), Some(name));
        let field = message.tree.find("cookie").unwrap();
        assert_eq!(field.range(), 1..9);
        assert_eq!(message.tree.remarks, []);
    }
    // One of a type that there is not has the form of none, and half a cookie is remarked.
    let unknown: Vec<_> =
        read(&[9, 1, 2, 3]).tree.remarks.iter().map(ToString::to_string).collect();
    assert_eq!(unknown, ["msg_type: expected 0 to 2, found 9 (RFC 9853 4)"]);
    assert_eq!(read(&[0, 1, 2, 3]).tree.remarks.len(), 1);
    assert_eq!(read(&[&[0][..], &cookie, &[9]].concat()).tree.remarks.len(), 1);
}

#[test]
fn a_server_is_judged_in_the_order_of_its_messages() {
    // A record a datagram.
    let mut pieces: Vec<Piece> = Vec::new();
    for piece in Flow::of_capture("dtls1_2-mtu").remove(0).pieces {
        let mut rest = &piece.bytes[..];
        while !rest.is_empty() {
            let length = 13 + usize::from(u16::from_be_bytes([rest[11], rest[12]]));
            pieces.push(Piece { bytes: rest[..length].to_vec(), ..piece });
            rest = &rest[length..];
        }
    }
    let place = |msg_type: u8| {
        let is = |piece: &Piece| (piece.bytes[0], piece.bytes[13]) == (22, msg_type);
        pieces.iter().position(is).unwrap()
    };
    let (hello, done) = (place(2), place(14));
    assert!(hello < done);
    let read = |pieces: &[Piece]| {
        let mut recorder = Recorder::default();
        for piece in pieces {
            recorder.push_datagram(piece.from, None, &piece.bytes);
        }
        recorder.finish(Source::default(), None)
    };
    let whole = read(&pieces);
    let expected = Reaction::of(&whole).unwrap();
    assert!(expected.accepted() && whole.remarks.is_empty());
    for place in hello + 1..=done {
        let mut late = pieces.clone();
        late[hello..=place].rotate_left(1);
        let transcript = read(&late);
        assert_eq!(Reaction::of(&transcript).as_ref(), Some(&expected), "{place}");
        assert!(transcript.remarks.is_empty());
    }
    let mut lost = pieces.clone();
    lost.remove(hello);
    let transcript = read(&lost);
    assert_eq!(Reaction::of(&transcript), None);
    let missing = "of the server's messages, 1 (message_seq) did not come";
    assert_eq!(transcript.remarks, [missing]);
}

#[test]
fn a_record_in_clear_has_no_room_for_protection() {
    for (length, noticed) in [(1 << 14, false), ((1 << 14) + 1, true), ((1 << 14) + 2048, true)] {
        let data = record(ContentType::application_data, 0, &vec![0; length]);
        let units = read(&[data]);
        let headers = units.iter().filter_map(|unit| match unit {
            Unit::Header(header) => Some(header),
            Unit::Message(_) => None,
        });
        let mut remarks = headers.flat_map(|header| &header.tree.remarks);
        assert_eq!(remarks.any(|remark| remark.field == "length"), noticed, "{length}");
    }
}

#[test]
fn what_is_said_of_hellos_of_dtls_1_2_names_its_sections() {
    let first = common::other_records::dtls_client_hello();
    // The header of the record, that of the message, and what is up to the cookie.
    let (header, rest) = first[13 + 12..].split_at(35);
    assert_eq!(rest[0], 0);
    let body = [header, &[4, 1, 2, 3, 4], &rest[1..]].concat();
    let second = record(ContentType::handshake, 1, &part(1, 1, &body, 0, body.len()));
    let told = |datagrams: &[&[u8]]| {
        let mut recorder = Recorder::default();
        for datagram in datagrams {
            recorder.push_datagram(Side::Client, None, datagram);
        }
        let transcript = recorder.finish(Source::default(), None);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        let told: Vec<_> =
            remarks.map(|remark| (remark.field, remark.kind, remark.reference)).collect();
        told
    };
    let asked = ("client_hello", Kind::Assumption, "RFC 6347 4.2.1");
    assert!(told(&[&first, &second]).contains(&asked), "{:?}", told(&[&first, &second]));
    // Half of a message, and a header of which there is half.
    for part in [part(1, 0, &body, 0, 60), part(14, 0, &[], 0, 0)[..7].to_vec()] {
        let cut = record(ContentType::handshake, 0, &part);
        let told = told(&[&cut]);
        let form = told.iter().find(|(_, kind, _)| *kind == Kind::Form);
        assert_eq!(form.map(|(_, _, reference)| *reference), Some("RFC 6347 4.2.2"), "{told:?}");
    }
}
