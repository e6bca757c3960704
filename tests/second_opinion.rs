//! Where tls-parser and x509-parser read the same bytes otherwise, and that it is told line by line.

mod common;

use common::program::{run, run_with_input};
use common::{messages, path, samples};
use helloscope::capture;
use helloscope::names::{ContentType, ProtocolVersion};
use helloscope::transcript::Transcript;
use helloscope::wire::grammar::Context;
use helloscope::wire::second_opinion::{self, Difference, Kind};
use helloscope::wire::stream::{Message, Stream, Unit};

fn units(bytes: &[u8]) -> Vec<Unit> {
    let mut stream = Stream::default();
    stream.push(bytes);
    stream.finish(&mut Context::default())
}

fn found(unit: &Unit) -> Vec<Difference> {
    let found = match unit {
        Unit::Header(header) => second_opinion::header(header),
        Unit::Message(message) => second_opinion::message(message),
    };
    found.unwrap_or_default()
}

/// What is told of a stream, but for what is only left unread.
fn told(bytes: &[u8]) -> Vec<String> {
    let found = units(bytes).iter().flat_map(found).collect::<Vec<_>>();
    let found = found.iter().filter(|difference| difference.kind != Kind::Leaves);
    found.map(ToString::to_string).collect()
}

fn left(bytes: &[u8]) -> Vec<String> {
    let found = units(bytes).iter().flat_map(found).collect::<Vec<_>>();
    let found = found.into_iter().filter(|difference| difference.kind == Kind::Leaves);
    found.map(|difference| difference.what).collect()
}

fn hello() -> Vec<u8> {
    std::fs::read(path("testdata/hellos/openssl-1.0.1e.bin")).unwrap()
}

/// The hello with other lengths in record and message, after its body was changed.
fn mended(mut record: Vec<u8>) -> Vec<u8> {
    let length = u16::try_from(record.len() - 5).unwrap();
    record[3..5].copy_from_slice(&length.to_be_bytes());
    record[7..9].copy_from_slice(&(length - 4).to_be_bytes());
    record
}

/// The extensions of a hello, those of the sample replaced.
fn with_extensions(extensions: &[u8]) -> Vec<u8> {
    let record = hello();
    let suites = usize::from(u16::from_be_bytes([record[44], record[45]]));
    let mut record = record[..46 + suites + 2].to_vec();
    record.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    record.extend(extensions);
    mended(record)
}

#[test]
fn every_recorded_hello_is_read_alike() {
    let mut unread = 0;
    for sample in samples("testdata/hellos", "bin") {
        assert_eq!(told(&sample.bytes), [""; 0], "{}", sample.name);
        unread += left(&sample.bytes).len();
    }
    // What it does not know: compress_certificate, application_settings and others.
    assert!(unread > 10, "{unread}");
}

#[test]
fn of_recorded_connections_only_tls_1_3_is_read_otherwise() {
    let (mut alike, mut otherwise) = (0, Vec::new());
    for (name, context, bytes) in messages() {
        let message = Message::decode(ContentType::handshake, &bytes, context);
        let found = second_opinion::message(&message).unwrap();
        let differs = found.iter().any(|difference| difference.kind != Kind::Leaves);
        match differs {
            false => alike += 1,
            true => otherwise.push((name, message.type_name())),
        }
    }
    assert!(alike > 60, "{alike}");
    let of_tls13 = [
        "encrypted_extensions",
        "certificate",
        "certificate_request",
        "new_session_ticket",
        "hello_retry_request",
    ];
    for (name, kind) in &otherwise {
        assert!(name.starts_with("tls13") && of_tls13.contains(kind), "{name}: {kind}");
    }
    for kind in of_tls13 {
        assert!(otherwise.iter().any(|(_, other)| *other == kind), "{kind}");
    }
}

#[test]
fn certificates_of_the_wild_are_read_alike_but_for_what_is_named_here() {
    let mut refused = Vec::new();
    let mut compared = 0;
    for sample in common::all_certificates() {
        let transcript = capture::read(&sample.name, &sample.bytes).unwrap();
        for difference in differences(&transcript) {
            match difference.kind {
                Kind::Leaves => {}
                _ => refused.push(format!("{}: {difference}", sample.name)),
            }
        }
        compared += 1;
    }
    assert!(compared > 80, "{compared}");
    insta::assert_snapshot!("certificates", refused.join("\n"));
}

fn differences(transcript: &Transcript) -> Vec<Difference> {
    transcript.events.iter().flat_map(|event| found(&event.unit)).collect()
}

#[test]
fn a_session_id_of_33_bytes_is_refused() {
    let mut record = hello();
    record[43] = 33;
    record.splice(44..44, [7; 33]);
    assert_eq!(
        told(&mended(record)),
        ["tls-parser refuses client_hello (Verify); here it is read, 374 bytes"]
    );
}

#[test]
fn bytes_behind_a_hello_and_within_an_extension_are_dropped() {
    let mut behind = hello();
    behind.extend([1, 2, 3]);
    assert_eq!(
        told(&mended(behind)),
        ["tls-parser reads the rest as nothing, and drops it; here it is read, with a fault: \
             trailing: expected nothing more, found 3 bytes more (RFC 8446 4)"]
    );
    // A mode of heartbeats, and a byte more.
    assert_eq!(
        told(&with_extensions(&[0, 15, 0, 2, 1, 9])),
        ["tls-parser reads heartbeat as 01, faultless; here it is read, with a fault: trailing: \
          expected nothing more, found 1 byte more (RFC 6520 2)"]
    );
}

#[test]
fn a_fault_of_a_list_is_told_once_with_what_each_saw() {
    // A scheme and a half; a name, and more of another than there is; a length that is another's; a
    // format, and one behind the list.
    for (extensions, theirs, fault) in [
        (
            &[0, 13, 0, 5, 0, 3, 4, 3, 8][..],
            "signature_algorithms as 0403",
            "signature_scheme: expected 2 bytes, found 1, and the end (RFC 8446 4.2.3)",
        ),
        (
            &[0, 16, 0, 6, 0, 4, 1, b'x', 9, b'y'],
            "application_layer_protocol_negotiation as 0178",
            "protocol_name: expected 9 bytes, found 1, and the end (RFC 7301 3.1)",
        ),
        (
            &[0, 43, 0, 5, 2, 3, 4, 3, 3],
            "supported_versions as 03040303",
            "trailing: expected nothing more, found 2 bytes more (RFC 8446 4.2.1)",
        ),
        (
            &[0, 11, 0, 3, 1, 0, 1],
            "ec_point_formats as 0100",
            "trailing: expected nothing more, found 1 byte more (RFC 8422 5.1.2)",
        ),
    ] {
        let line =
            format!("tls-parser reads {theirs}, faultless; here it is read, with a fault: {fault}");
        assert_eq!(told(&with_extensions(extensions)), [line]);
    }
    // Of a list of certificates, the last has more bytes than there are.
    let certificate = [11, 0, 0, 9, 0, 0, 6, 0, 0, 1, 0x30, 0, 9];
    let message = Message::decode(ContentType::handshake, &certificate, Context::default());
    let found = second_opinion::message(&message).unwrap();
    let found = found.iter().filter(|difference| difference.parser.name() == "tls-parser");
    let line = "tls-parser reads certificate_list as 00000130, faultless; here it is read, with a \
                fault: length: expected 3 bytes, found 2, and the end (RFC 5246 7.4.2)";
    assert_eq!(found.map(ToString::to_string).collect::<Vec<_>>(), [line]);
}

#[test]
fn behind_an_extension_that_is_refused_all_others_are_lost() {
    // encrypt_then_mac has no body; then a heartbeat, and a session ticket.
    let extensions = [0, 22, 0, 1, 9, 0, 15, 0, 1, 1, 0, 35, 0, 0];
    let told = told(&with_extensions(&extensions));
    let line = "tls-parser refuses encrypt_then_mac (Verify, and loses the 2 behind it); here it is \
                read, with a fault: trailing: expected nothing more, found 1 byte more (RFC 7366 2)";
    assert_eq!(told, [line]);
}

#[test]
fn nothing_is_faultless_that_is_refused_or_not_come_to() {
    let heartbeat = [0, 15, 0, 2, 1, 9];
    // A list of two groups and a half, a length beyond the end, and a ticket that has no length.
    for refused in [&[0, 10, 0, 4, 0, 7, 0, 29][..], &[0, 35, 0, 9], &[0, 35]] {
        let before = told(&with_extensions(&[&heartbeat[..], refused].concat()));
        let faultless = |line: &&String| line.contains("faultless");
        assert_eq!(before.iter().filter(faultless).count(), 1, "{before:?}");
        assert!(before.last().unwrap().contains(" refuses "), "{before:?}");
        let behind = told(&with_extensions(&[refused, &heartbeat].concat()));
        assert_eq!(behind.iter().filter(faultless).count(), 0, "{behind:?}");
        assert!(behind[0].contains(" refuses "), "{behind:?}");
        // In JSON too.
        let input = with_extensions(&[refused, &heartbeat].concat());
        let options = ["dissect", "-", "--second-opinion", "--format", "json"];
        let message = &run_with_input(&options, &input).json()["messages"][0];
        let told = message["second_opinion"].as_array().unwrap();
        assert!(told.iter().all(|line| line["theirs"] != "faultless"), "{told:?}");
    }
}

#[test]
fn what_an_empty_extension_lacks_is_its_own_and_not_the_next_ones() {
    let key_share = [0, 51, 0, 6, 0, 4, 0x2a, 0x2a, 0, 0];
    // user_mapping, ticket_request and key_share of no bytes.
    for (empty, name) in [
        ([0, 6, 0, 0], "user_mapping"),
        ([0, 58, 0, 0], "ticket_request"),
        ([0, 51, 0, 0], "key_share"),
    ] {
        for behind in [&key_share[..], &[0, 16, 0, 5, 0, 3, 2, b'h', b'2']] {
            let told = told(&with_extensions(&[&empty[..], behind].concat()));
            let of_name = format!("tls-parser reads {name} as bytes");
            let is_own = |line: &&String| line.starts_with(&of_name) && line.contains("found none");
            assert_eq!(told.iter().filter(is_own).count(), 1, "{told:?}");
            let faults = told.iter().filter(|line| line.contains("found none"));
            assert_eq!(faults.count(), 1, "{told:?}");
        }
    }
}

#[test]
fn a_message_of_a_type_that_is_refused_is_told_where_it_is_faulty_too() {
    let record = |content_type: u8, bytes: &[u8]| {
        [&[content_type, 3, 3, 0, u8::try_from(bytes.len()).unwrap()][..], bytes].concat()
    };
    // A CertificateUrl and a CompressedCertificate of which everything is missing.
    for (bytes, name) in [
        (record(22, &[21, 0, 0, 0]), "certificate_url"),
        (record(22, &[25, 0, 0, 0]), "compressed_certificate"),
    ] {
        let told = told(&bytes);
        let [line] = &told[..] else { panic!("{told:?}") };
        let begin = format!("tls-parser refuses {name} (Switch); here it is read, with a fault: ");
        assert!(line.starts_with(&begin), "{line}");
    }
    let told_of = told(&record(20, &[2]));
    assert_eq!(
        told_of,
        ["tls-parser refuses change_cipher_spec (Verify); here it is read, with a fault: type: \
             expected 1, found 2 (RFC 5246 7.1)"]
    );
    // What both find fault with in a type that both know is no difference.
    assert_eq!(told(&record(22, &[2, 0, 0, 1, 3])), [""; 0]);
}

#[test]
fn half_an_extension_at_the_end_of_the_block_is_refused() {
    let told = told(&with_extensions(&[0, 35, 0, 0, 0, 15, 0]));
    let line = "tls-parser refuses heartbeat (Incomplete); here it is read, with a fault: length: \
                expected 2 bytes, found 1, and the end (RFC 8446 4.2)";
    assert_eq!(told, [line]);
}

#[test]
fn parameters_of_a_key_exchange_are_compared_field_by_field() {
    let mut seen = 0;
    for (name, context, bytes) in messages() {
        if bytes[0] != 12 || name.contains("psk") {
            continue;
        }
        let message = Message::decode(ContentType::handshake, &bytes, context);
        assert_eq!(second_opinion::message(&message), Some(vec![]), "{name}");
        // A curve given by its equation over GF(2^m), for which it has no form.
        let mut other = bytes.clone();
        if other[4] == 3 {
            other[4] = 2;
            let message = Message::decode(ContentType::handshake, &other, context);
            let found = second_opinion::message(&message).unwrap();
            let refused = found.iter().find(|difference| difference.what == "params").unwrap();
            assert_eq!((refused.kind, refused.theirs.as_str()), (Kind::Refuses, "Switch"));
            seen += 1;
        }
    }
    assert!(seen >= 3, "{seen}");
}

#[test]
fn grease_is_known_and_what_only_looks_like_it_is_taken_for_it() {
    assert_eq!(told(&with_extensions(&[0x1a, 0x1a, 0, 0])), [""; 0]);
    assert_eq!(
        told(&with_extensions(&[0x1a, 0x2a, 0, 0])),
        ["tls-parser reads extension unknown (0x1a2a) as GREASE; here it is nothing"]
    );
}

#[test]
fn an_extension_without_a_form_there_is_left_unread() {
    // compress_certificate: zlib.
    let record = with_extensions(&[0, 27, 0, 3, 2, 0, 1]);
    assert_eq!((told(&record), left(&record)), (vec![], vec!["compress_certificate".to_owned()]));
}

#[test]
fn what_is_bytes_by_design_is_left_unread_and_told_where_it_is_broken() {
    // A share; one that is cut off; and a list of compressions of an odd length.
    let record = with_extensions(&[0, 51, 0, 7, 0, 5, 0, 29, 0, 1, 9]);
    assert_eq!((told(&record), left(&record)), (vec![], vec!["key_share".to_owned()]));
    for (broken, what) in [
        (&[0, 51, 0, 6, 0, 4, 0, 29, 0, 9][..], "key_share"),
        (&[0, 27, 0, 4, 3, 0, 2, 0], "compress_certificate"),
    ] {
        let record = with_extensions(broken);
        let ([line], []) = (&told(&record)[..], &left(&record)[..]) else {
            panic!("{:?} {:?}", told(&record), left(&record))
        };
        let expected = format!("tls-parser reads {what} as bytes; here it is read, with a fault: ");
        assert!(line.starts_with(&expected), "{line}");
    }
    // Nothing is left unread where there is nothing.
    let flight = std::fs::read(path("testdata/flights/tls12-rsa-server.bin")).unwrap();
    assert_eq!((told(&flight), left(&flight)), (vec![], vec![]));
    // A key of a curve that is no more than bytes, an extension that nobody knows, and one that
    // only we know.
    let of = |name: &str| {
        let bytes = std::fs::read(path(&format!("testdata/certificates/{name}.der"))).unwrap();
        let found = differences(&capture::read(name, &bytes).unwrap());
        found.into_iter().map(|difference| difference.what).collect::<Vec<_>>()
    };
    assert_eq!(of("ed25519"), [""; 0]);
    assert_eq!(of("extensions"), ["certificate tlsfeature"]);
    assert_eq!(of("rsa-pss"), ["certificate subjectPublicKey"]);
}

#[test]
fn a_heartbeat_that_says_its_length_is_read_alike() {
    let heartbeat = [&[24, 3, 3, 0, 22, 1, 0, 3, b'a', b'b', b'c'][..], &[7; 16]].concat();
    assert_eq!(told(&[hello(), heartbeat].concat()), [""; 0]);
}

#[test]
fn a_stapled_response_is_left_unread_and_what_is_wrong_with_it_told_once() {
    let response =
        std::fs::read(path("testdata/certificates/ocsp/ocsp-stapling.response")).unwrap();
    let body = [&[1][..], &common::other_records::sized(&response)].concat();
    let message = [&[22][..], &common::other_records::sized(&body)].concat();
    let message = Message::decode(ContentType::handshake, &message, Context::default());
    let is_form = |remark: &helloscope::wire::fault::Remark| remark.kind.name() == "form";
    assert!(message.tree.remarks.iter().any(is_form));
    let found = second_opinion::message(&message).unwrap();
    let of_tls: Vec<_> = found.iter().filter(|it| it.parser.name() == "tls-parser").collect();
    let [line] = &of_tls[..] else { panic!("{found:?}") };
    let expected = "tls-parser reads ocsp as bytes; here it is read, with a fault: ";
    assert!(line.to_string().starts_with(expected), "{line}");
}

#[test]
fn what_messages_hand_on_as_bytes_is_one_table() {
    let of = |msg_type: u8, body: &[u8]| {
        let message = [&[msg_type][..], &common::other_records::sized(body)].concat();
        let message = Message::decode(ContentType::handshake, &message, Context::default());
        let found = second_opinion::message(&message).unwrap();
        found.iter().map(|it| (it.kind.name(), it.what.clone())).collect::<Vec<_>>()
    };
    let left = |what: &str| vec![("leaves", what.to_owned())];
    // The hint of a shared key; a point; a signature, and one with a byte behind it.
    assert_eq!(of(12, b"\0\x04hint"), left("server_key_exchange"));
    assert_eq!(of(16, &[1, 7]), left("client_key_exchange"));
    assert_eq!(of(15, &[4, 3, 0, 1, 7]), left("certificate_verify"));
    let broken = of(15, &[4, 3, 0, 1, 7, 9]);
    assert_eq!(broken, [("reads", "certificate_verify".to_owned())]);
    // Names of authorities; and what is bytes here too.
    assert_eq!(of(13, &[1, 1, 0, 4, 0, 2, 0x30, 0]), left("certificate_authorities"));
    assert_eq!(of(20, &[7; 12]), []);
    assert_eq!(of(14, &[]), []);
    // Of a list of timestamps in a ServerHello no item is read, nor what stands in status_request.
    let record = with_extensions(&[0, 5, 0, 5, 1, 0, 0, 0, 0]);
    assert_eq!((told(&record), self::left(&record)), (vec![], vec!["status_request".to_owned()]));
    let hello = [&[3, 3][..], &[9; 32], &[0, 0xc0, 0x2f, 0]].concat();
    let signature = [0x30, 6, 2, 1, 1, 2, 1, 1];
    let timestamp = [&[0][..], &[7; 32], &[0; 8], &[0, 0, 4, 3, 0, 8], &signature].concat();
    let item = [&[0, timestamp.len() as u8][..], &timestamp].concat();
    let list = [&[0, item.len() as u8][..], &item].concat();
    let extension = [&[0, 18, 0, list.len() as u8][..], &list].concat();
    let block = [&[0, extension.len() as u8][..], &extension].concat();
    assert_eq!(of(2, &[hello, block].concat()), left("signed_certificate_timestamp"));
}

#[test]
fn what_is_there_twice_or_behind_the_end_is_told() {
    let twice = told(&with_extensions(&[0, 23, 0, 0, 0, 23, 0, 0]));
    let line = "tls-parser reads extended_master_secret as one more, faultless; here it is there a \
                second time, which is forbidden";
    assert_eq!(twice, [line]);
    let der = std::fs::read(path("testdata/certificates/rsa-2048.der")).unwrap();
    let found = differences(&capture::read("it", &[&der[..], &[0, 0]].concat()).unwrap());
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    let line = "x509-parser reads certificate end as the end, and drops what is behind it; here it \
                is 2 bytes that do not belong there";
    assert_eq!(lines, [line]);
}

#[test]
fn a_record_that_is_too_long_is_refused() {
    let length: u16 = (1 << 14) + 257;
    let mut record = vec![23, 3, 3];
    record.extend(length.to_be_bytes());
    record.extend(vec![0; length.into()]);
    // What a side begins with tells that it is TLS.
    let stream = [hello(), record].concat();
    assert_eq!(
        told(&stream),
        ["tls-parser refuses record (TooLarge); here it is a header, and 16641 bytes behind it"]
    );
    // In JSON that stands with the message in it, of which nobody knows more.
    let transcript = capture::read("too long", &stream).unwrap();
    let json = helloscope::report::json::transcript(&transcript, false, true);
    let json = serde_json::to_value(json).unwrap();
    let message = json["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(message["second_opinion"][0]["theirs"], "TooLarge", "{message}");
}

#[test]
fn a_record_of_nothing_is_refused() {
    for content_type in [20, 21, 22] {
        let told = told(&[content_type, 3, 3, 0, 0]);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("tls-parser refuses record ("), "{told:?}");
    }
    // Data may have none.
    let told = told(&[&hello()[..], &[23, 3, 3, 0, 0]].concat());
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn ssl2_is_refused() {
    let told = told(&common::other_records::ssl2_client_hello());
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("tls-parser refuses sslv2_client_hello ("), "{told:?}");
    assert!(told[0].contains("in a record of type 128, version 0x2201"), "{told:?}");
}

#[test]
fn a_certificate_of_an_indefinite_length_is_refused() {
    let der = std::fs::read(path("testdata/certificates/ecdsa-p256.der")).unwrap();
    assert_eq!(der[..2], [0x30, 0x82]);
    let indefinite = [&[0x30, 0x80], &der[4..], &[0, 0]].concat();
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..].to_vec();
    let entry = [length(&indefinite), indefinite].concat();
    let list = [length(&entry), entry].concat();
    let message = [vec![11], length(&list), list].concat();
    let message = Message::decode(ContentType::handshake, &message, Context::default());
    let found = second_opinion::message(&message).unwrap();
    let refused: Vec<_> = found.iter().filter(|it| it.kind == Kind::Refuses).collect();
    assert_eq!(refused.len(), 1, "{found:?}");
    assert_eq!(
        (refused[0].parser.name(), refused[0].what.as_str()),
        ("x509-parser", "certificate")
    );
    assert!(refused[0].theirs.contains("Der"), "{found:?}");
}

#[test]
fn datagrams_are_compared_too() {
    let stream = common::other_records::dtls_client_hello();
    assert_eq!(told(&stream), [""; 0]);
    // Another key exchange it has no form for.
    let mut finished = stream.clone();
    finished[13] = 20;
    assert!(told(&finished)[0].starts_with("tls-parser refuses finished"), "{:?}", told(&finished));
}

#[test]
fn the_program_tells_it_as_text_and_as_json() {
    let file = "testdata/logs/s_client-3.0-tls1_3-msg.txt";
    let text = run(&["dissect", file, "--second-opinion", "--brief"]).stdout;
    assert!(text.contains("tls-parser refuses encrypted_extensions (Switch)"), "{text}");
    // Of three, tls-parser leaves something unread, which is no agreement.
    assert!(text.contains("6 of 9 messages read alike, 2 of them in part"), "{text}");
    let json = |options: &[&str]| {
        run(&[&["dissect", file, "--format", "json"], options].concat()).json()["messages"].clone()
    };
    for message in json(&[]).as_array().unwrap() {
        assert!(message["second_opinion"].is_null());
    }
    let told = json(&["--second-opinion"]);
    let messages = told.as_array().unwrap();
    let of = |kind: &str| {
        let message = messages.iter().find(|message| message["type"] == kind).unwrap();
        message["second_opinion"].clone()
    };
    assert_eq!(of("finished"), serde_json::json!([]));
    let refused = of("encrypted_extensions")[0].clone();
    assert_eq!((&refused["kind"], &refused["theirs"]), (&"refuses".into(), &"Switch".into()));
    let input = std::fs::read(path("testdata/flights/tls12-rsa-server.bin")).unwrap();
    let text = run_with_input(&["dissect", "-", "--second-opinion", "--brief"], &input).stdout;
    assert!(text.contains("messages read alike"), "{text}");
}

#[test]
fn a_field_is_compared_under_its_own_name_or_said_not_to_be_there() {
    let tls13 = Context::of(Some(ProtocolVersion::TLS1_3), None);
    let reads = |bytes: &[u8], context| {
        let message = Message::decode(ContentType::handshake, bytes, context);
        let found = second_opinion::message(&message).unwrap();
        let found = found.into_iter().filter(|difference| difference.kind == Kind::Reads);
        found.map(|difference| (difference.what, difference.ours)).collect::<Vec<_>>()
    };
    let sized = common::other_records::sized;
    // A ticket that is good for a day, and four bytes, a nonce, the ticket, and no extensions.
    let ticket = [0, 1, 0x51, 0x80, 7, 7, 7, 7, 1, 9, 0, 1, 5, 0, 0];
    let found = reads(&[vec![4], sized(&ticket)].concat(), tls13);
    assert!(found.iter().all(|(what, _)| !what.contains("lifetime")), "{found:?}");
    assert!(found.iter().any(|(what, _)| what == "ticket"), "{found:?}");
    let other = |(_, context, message): (String, Context, Vec<u8>)| {
        (context.tls13() == Some(true)).then(|| reads(&message, context))
    };
    let others: Vec<_> = messages().into_iter().filter_map(other).flatten().collect();
    for (what, ours) in &others {
        assert_ne!(ours, "nothing", "{what}");
    }
    let absent = ("certificate_types".to_owned(), "no field of that name".to_owned());
    assert!(others.contains(&absent), "{others:?}");
}

#[test]
fn a_length_that_is_missing_is_told_with_what_lacks_it() {
    // Of the block of extensions there is half a length.
    let mut hello = with_extensions(&[]);
    hello.pop();
    let told = told(&mended(hello));
    let line = "tls-parser reads extensions as nothing, faultless; here it is read, with a fault: \
                length: expected 2 bytes, found 1, and the end (RFC 8446 4.1.2)";
    assert_eq!(told, [line]);
}

#[test]
fn a_negative_serial_number_is_read_without_its_sign() {
    let mut der = std::fs::read(path("testdata/certificates/ecdsa-p256.der")).unwrap();
    let told = |der: &[u8]| {
        let found = differences(&capture::read("serial.der", der).unwrap());
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let line = |line: &String| line.contains("serialNumber") && line.contains(", above zero");
    assert!(!told(&der).iter().any(line));
    // Behind two headers: it has no version.
    assert_eq!(der[7..9], [0x02, 20]);
    der[9] |= 0x80;
    assert!(told(&der).iter().any(line), "{:?}", told(&der));
}

#[test]
fn a_time_of_another_zone_is_the_same_time() {
    let der = std::fs::read(path("testdata/certificates/rsa-2048.der")).unwrap();
    let at = der.windows(2).position(|two| two == [0x17, 13]).unwrap();
    let told = |time: &[u8]| {
        let mut der = [&der[..at], &[0x17, 17], time, &der[at + 15..]].concat();
        // The validity, the certificate and what is signed of it are longer.
        der[at - 1] += 4;
        for length in [2, 6] {
            let longer = u16::from_be_bytes([der[length], der[length + 1]]) + 4;
            der[length..length + 2].copy_from_slice(&longer.to_be_bytes());
        }
        let found = differences(&capture::read("time.der", &der).unwrap());
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(der[4..6], [0x30, 0x82]);
    let told = told(b"260101000000+0100");
    assert!(told.iter().any(|line| line.contains("only BER allows")), "{told:?}");
    assert!(!told.iter().any(|line| line.contains("notBefore as")), "{told:?}");
}

#[test]
fn of_a_selection_the_messages_are_held_against_it_in_which_it_is() {
    let input = std::fs::read(path("testdata/flights/tls12-rsa-server.bin")).unwrap();
    let of = |options: &[&str]| {
        run_with_input(&[&["dissect", "-", "--second-opinion"], options].concat(), &input).stdout
    };
    let text = of(&["--only", "certificate.certificate_list"]);
    assert!(text.contains("second opinion: tls-parser, x509-parser, of whole messages"), "{text}");
    assert!(text.contains(" of 1 message read alike"), "{text}");
    assert!(!of(&[]).contains("whole messages"));
}
