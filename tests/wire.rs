//! The grammar against real bytes: identity, tiling, and nothing that a peer sends can break it.

mod common;

use common::{Sample, certificates, hellos, messages, samples, streams};
use helloscope::fuzzing;
use helloscope::names::{Code, ContentType, ProtocolVersion};
use helloscope::wire::der::{Der, Schema};
use helloscope::wire::fault::{Fault, Kind, Remark};
use helloscope::wire::field::Tree;
use helloscope::wire::grammar::{Context, Read, Reader};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::record;
use helloscope::wire::stream::{self, Body, Message, Stream, Unit};
use helloscope::wire::x509;
use proptest::prelude::*;

/// The tree of a handshake message, and its value.
fn decode(message: &[u8], context: Context) -> (Tree, Read<Handshake>) {
    let mut r = Reader::<Tree>::new(message, context);
    let value = Handshake::read(&mut r);
    let tree = r.finish();
    tree.check_tiling(message.len()).unwrap();
    (tree, value)
}

/// The tree of what `read` makes of some DER.
fn der(bytes: &[u8], read: fn(&mut Reader<'_, Tree>)) -> Tree {
    let mut r = Reader::<Tree>::new(bytes, Context::default());
    read(&mut r);
    let tree = r.finish();
    tree.check_tiling(bytes.len()).unwrap();
    tree
}

/// What is remarked on the form: what is said of a certificate besides is not meant.
fn form_remarks(tree: &Tree) -> Vec<&Remark> {
    tree.remarks.iter().filter(|remark| remark.kind == Kind::Form).collect()
}

fn element(r: &mut Reader<'_, Tree>) {
    Der::new(r).element("element", &Schema::Any);
}

/// The units of a stream that comes in these pieces.
fn read_stream<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Unit> {
    let (mut stream, mut context) = (Stream::default(), Context::default());
    let mut units = Vec::new();
    for piece in pieces {
        stream.push(piece);
        units.extend(std::iter::from_fn(|| stream.next(&mut context)));
    }
    units.extend(stream.finish(&mut context));
    stream::check_tiling(&units, stream.bytes().len()).unwrap();
    units
}

fn tile(bytes: &[u8]) {
    read_stream([bytes]);
}

/// The bytes with one of them changed, for each in turn.
fn each_byte_changed(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len()).map(|at| {
        let mut changed = bytes.to_vec();
        changed[at] ^= [0x01, 0x80, 0xff][at % 3];
        changed
    })
}

#[test]
fn every_hello_comes_back_from_its_value_to_the_byte() {
    assert_eq!(hellos().len(), 38);
    for Sample { name, bytes } in hellos() {
        let message = &bytes[5..];
        let (tree, value) = decode(message, Context::default());
        assert_eq!(tree.remarks, [], "{name}");
        assert_eq!(value.unwrap().to_bytes(), message, "{name}");
        assert!(tree.find("malformed").is_none(), "{name}");
    }
}

#[test]
fn every_message_of_real_servers_and_their_clients_comes_back_to_the_byte() {
    let messages = messages();
    assert!(messages.len() > 100, "{}", messages.len());
    for (name, context, message) in messages {
        let (tree, value) = decode(&message, context);
        assert_eq!(form_remarks(&tree), [] as [&Remark; 0], "{name}");
        assert_eq!(value.unwrap().to_bytes(), message, "{name}");
    }
}

#[test]
fn the_samples_have_every_kind_of_message() {
    let kinds: Vec<_> = messages()
        .iter()
        .map(|(_, context, message)| match decode(message, *context).1.unwrap() {
            Handshake::ClientHello(_) => "client_hello",
            Handshake::ServerHello(_) => "server_hello",
            Handshake::HelloRetryRequest(_) => "hello_retry_request",
            Handshake::NewSessionTicket(_) => "new_session_ticket",
            Handshake::NewSessionTicket13(_) => "new_session_ticket of TLS 1.3",
            Handshake::EncryptedExtensions(_) => "encrypted_extensions",
            Handshake::Certificate(_) => "certificate",
            Handshake::Certificate13(_) => "certificate of TLS 1.3",
            Handshake::ServerKeyExchange(_) => "server_key_exchange",
            Handshake::CertificateRequest(_) => "certificate_request",
            Handshake::CertificateRequest13(_) => "certificate_request of TLS 1.3",
            Handshake::ServerHelloDone(_) => "server_hello_done",
            Handshake::CertificateVerify(_) => "certificate_verify",
            Handshake::ClientKeyExchange(_) => "client_key_exchange",
            Handshake::Finished(_) => "finished",
            Handshake::KeyUpdate(_) => "key_update",
            other => other.msg_type().name().unwrap_or("opaque"),
        })
        .collect();
    for kind in [
        "client_hello",
        "server_hello",
        "hello_retry_request",
        "new_session_ticket",
        "new_session_ticket of TLS 1.3",
        "encrypted_extensions",
        "certificate",
        "certificate of TLS 1.3",
        "server_key_exchange",
        "certificate_request",
        "certificate_request of TLS 1.3",
        "server_hello_done",
        "certificate_verify",
        "client_key_exchange",
        "finished",
        "key_update",
    ] {
        assert!(kinds.contains(&kind), "{kind}");
    }
}

#[test]
fn a_hello_cut_anywhere_still_tiles() {
    for Sample { bytes, .. } in hellos() {
        for cut in 0..bytes.len() {
            tile(&bytes[..cut]);
        }
    }
}

#[test]
fn a_hello_with_any_byte_changed_still_tiles() {
    for Sample { bytes, .. } in hellos() {
        each_byte_changed(&bytes).for_each(|changed| tile(&changed));
    }
}

#[test]
fn a_message_cut_anywhere_still_tiles_and_says_what_is_missing() {
    for (name, context, message) in messages() {
        for cut in 1..message.len() {
            let (tree, value) = decode(&message[..cut], context);
            let [remark] = form_remarks(&tree)[..] else { panic!("{name}: {:?}", tree.remarks) };
            assert!(matches!(remark.fault, Fault::Truncated { .. }), "{name}: {remark}");
            value.unwrap_err();
        }
    }
}

#[test]
fn a_message_with_any_byte_changed_tiles_and_comes_back_wherever_it_decodes() {
    for (name, context, message) in messages() {
        for changed in each_byte_changed(&message) {
            let mut r = Reader::<Tree>::new(&changed, context);
            let value = Handshake::read(&mut r);
            let read = &changed[..r.at()];
            let tree = r.finish();
            tree.check_tiling(changed.len()).unwrap();
            match value {
                Ok(value) => assert_eq!(value.to_bytes(), read, "{name}"),
                Err(remark) => assert!(tree.remarks.contains(&remark), "{name}: {remark}"),
            }
        }
    }
}

#[test]
fn a_connection_cut_anywhere_still_tiles() {
    for Sample { bytes, .. } in streams() {
        for cut in 0..bytes.len() {
            tile(&bytes[..cut]);
        }
    }
}

#[test]
fn a_connection_with_any_byte_changed_still_tiles() {
    for Sample { bytes, .. } in streams() {
        each_byte_changed(&bytes).for_each(|changed| tile(&changed));
    }
}

#[test]
fn a_certificate_cut_anywhere_says_which_element_ends_early() {
    for Sample { name, bytes } in certificates() {
        let whole = der(&bytes, x509::certificate);
        assert_eq!(form_remarks(&whole), [] as [&Remark; 0], "{name}");
        for cut in 1..bytes.len() {
            let tree = der(&bytes[..cut], x509::certificate);
            let [remark] = form_remarks(&tree)[..] else { panic!("{name}: {:?}", tree.remarks) };
            assert!(matches!(remark.fault, Fault::Truncated { .. }), "{name} at {cut}: {remark}");
            assert!(tree.find("malformed").is_none(), "{name} at {cut}");
        }
    }
}

#[test]
fn a_certificate_with_any_byte_changed_still_tiles() {
    for Sample { bytes, .. } in certificates() {
        for changed in each_byte_changed(&bytes) {
            der(&changed, x509::certificate);
        }
    }
}

/// The first remark on these bytes as one element of DER.
fn first_remark(bytes: &[u8]) -> Remark {
    der(bytes, element).remarks.swap_remove(0)
}

#[test]
fn der_that_ends_early_is_named_where_it_ends() {
    let truncated = |expected, found| Fault::Truncated { expected, found };
    for (bytes, field, fault) in [
        // Within the tag: one of several bytes.
        (&[0x1f][..], "tag", truncated(2, 1)),
        (&[0x1f, 0x81], "tag", truncated(3, 2)),
        // Before the length, and within it.
        (&[0x30], "length", truncated(1, 0)),
        (&[0x1f, 0x81, 0x01], "length", truncated(1, 0)),
        (&[0x30, 0x82], "length", truncated(3, 1)),
        (&[0x30, 0x82, 0x01], "length", truncated(3, 2)),
        // Within the value.
        (&[0x04, 0x02], "element", truncated(2, 0)),
        (&[0x04, 0x02, 0xaa], "element", truncated(2, 1)),
        (&[0x30, 0x03, 0x02, 0x01], "element", truncated(3, 2)),
    ] {
        let remark = first_remark(bytes);
        assert_eq!((remark.field, remark.fault), (field, fault), "{bytes:02x?}");
    }
}

#[test]
fn what_ber_allows_and_der_does_not_is_remarked() {
    for (bytes, found) in [
        (&[0x30, 0x80, 0x00, 0x00][..], "an indefinite length"),
        (&[0x30, 0x89, 1, 2, 3, 4, 5, 6, 7, 8, 9], "one of more"),
        (&[0x30, 0xff, 0x00], "0xff, which is reserved"),
        (&[0x04, 0x81, 0x01, 0xaa], "more bytes than it takes"),
        (&[0x04, 0x82, 0x00, 0x80], "more bytes than it takes"),
    ] {
        let remark = first_remark(bytes);
        assert_eq!(remark.fault.found(), found, "{bytes:02x?}");
    }
}

/// SEQUENCEs one in the other, so many.
fn nested(depth: usize) -> Vec<u8> {
    // Written from the inside to the outside, and turned round.
    let mut reversed: Vec<u8> = Vec::new();
    for _ in 0..depth {
        let length = reversed.len();
        let significant = length.to_be_bytes().into_iter().skip_while(|&byte| byte == 0);
        let significant: Vec<u8> = significant.collect();
        reversed.extend(significant.iter().rev());
        match length {
            0 => reversed.push(0),
            1..0x80 => {}
            _ => reversed.push(0x80 | u8::try_from(significant.len()).unwrap()),
        }
        reversed.push(0x30);
    }
    reversed.reverse();
    reversed
}

#[test]
fn a_hundred_thousand_sequences_one_in_the_other_are_cut_short_with_a_remark() {
    let nested = nested(100_000);
    for read in [element, x509::certificate, x509::name] {
        let tree = der(&nested, read);
        let too_deep = |remark: &Remark| remark.fault.expected().contains("at most 32 deep");
        assert!(tree.remarks.iter().any(too_deep), "{:?}", tree.remarks);
    }
}

#[test]
fn as_deep_as_is_allowed_is_read_without_a_remark() {
    assert_eq!(der(&nested(32), element).remarks, []);
}

#[test]
fn a_certificate_request_may_ask_for_a_stapled_response() {
    // RFC 8446 4.4.2.1: an empty status_request.
    let message = [13, 0, 0, 15, 0, 0, 12, 0, 13, 0, 4, 0, 2, 4, 3, 0, 5, 0, 0];
    let context = Context::of(Some(ProtocolVersion::TLS1_3), None);
    let (tree, value) = decode(&message, context);
    assert_eq!(tree.remarks, []);
    assert_eq!(value.unwrap().to_bytes(), message);
}

/// The messages of a stream: the bytes of each, what it is, and its tree in words.
fn read_messages(units: &[Unit]) -> Vec<(&[u8], &Body, String)> {
    let message = |unit| match unit {
        &Unit::Message(Message { ref bytes, ref body, ref tree, .. }) => {
            Some((&bytes[..], body, format!("{tree:?}")))
        }
        Unit::Header(_) => None,
    };
    units.iter().filter_map(message).collect()
}

/// Bytes that look like none of ours, as what is protected does.
fn protected(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 151 + 77) as u8 | 0x40).collect()
}

fn in_record(content_type: ContentType, bytes: &[u8]) -> Vec<u8> {
    record::records(content_type, ProtocolVersion::TLS1_2, bytes, &[])
}

/// The names of a stream's messages, and what was assumed of them.
fn told(records: &[Vec<u8>]) -> Vec<(&'static str, Vec<String>)> {
    let units = read_stream(records.iter().map(Vec::as_slice));
    let mut told = Vec::new();
    for unit in &units {
        let Unit::Message(message) = unit else { continue };
        let remarks = message.tree.remarks.iter();
        let assumed = remarks.filter(|remark| remark.kind == Kind::Assumption);
        told.push((message.type_name(), assumed.map(|remark| remark.fault.found()).collect()));
    }
    told
}

#[test]
fn a_stream_that_begins_in_the_middle_has_protected_alerts_and_messages() {
    let data = in_record(ContentType::application_data, &protected(60));
    let alert = in_record(ContentType::alert, &protected(26));
    // A nonce that counts from zero, and a Finished under it.
    for nonce in [[0; 8], [0, 0, 0, 0, 0, 0, 0, 1], [0xe3; 8]] {
        let finished = [&nonce[..], &protected(32)].concat();
        let finished = in_record(ContentType::handshake, &finished);
        let told = told(&[finished, data.clone(), alert.clone()]);
        let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["encrypted"; 3], "{told:?}");
        let assumed: Vec<usize> = told.iter().map(|(_, assumed)| assumed.len()).collect();
        assert_eq!(assumed, [1, 0, 1], "{told:?}");
    }
    let names = |records: &[Vec<u8>]| -> Vec<&str> {
        told(records).iter().map(|(name, _)| *name).collect()
    };
    assert_eq!(names(&[data.clone(), alert.clone()]), ["encrypted"; 2]);
    assert_eq!(names(std::slice::from_ref(&alert)), ["encrypted"]);
    assert_eq!(names(&[data.clone(), in_record(ContentType::alert, &[1, 0])])[1], "alert");
}

#[test]
fn only_a_change_cipher_spec_of_its_form_changes_the_keys() {
    let alert = in_record(ContentType::alert, &[2, 40]);
    for (bytes, behind) in
        [(&[1][..], "encrypted"), (&[2], "alert"), (&[1, 1], "alert"), (&[0, 1], "alert")]
    {
        let spec = in_record(ContentType::change_cipher_spec, bytes);
        let told = told(&[spec, alert.clone()]);
        let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["change_cipher_spec", behind], "{bytes:?}");
    }
}

#[test]
fn what_is_in_clear_is_read_wherever_a_stream_begins() {
    let names = |records: &[Vec<u8>]| -> Vec<&str> {
        told(records).iter().map(|(name, _)| *name).collect()
    };
    let data = in_record(ContentType::application_data, &protected(60));
    // After early data that nobody could read, a client says hello again.
    let hello = hellos().swap_remove(0).bytes;
    assert_eq!(names(&[hello.clone(), data.clone(), hello.clone()])[2], "client_hello");
    assert_eq!(names(&[data.clone(), hello])[1], "client_hello");
    // A hello that is none of the form.
    let broken = in_record(ContentType::handshake, &[&[2, 0, 1, 0][..], &protected(50)].concat());
    assert_eq!(names(&[broken]), ["server_hello"]);
    // Several alerts in a record, and a level that there is not.
    let alerts = in_record(ContentType::alert, &[1, 0].repeat(8));
    assert_eq!(names(&[alerts]), ["alert"; 8]);
    assert_eq!(names(&[in_record(ContentType::alert, &[3, 40])]), ["alert"]);
    // The rest of a flight, in one record and in many.
    for Sample { name, bytes } in samples("testdata/flights", "handshake") {
        let mut rest = bytes.as_slice();
        while let Some(length) = helloscope::wire::handshake::claimed_length(rest) {
            let (message, behind) = rest.split_at(length);
            for sizes in [&[][..], &[25], &[100, 1000]] {
                let version = ProtocolVersion::TLS1_2;
                let records = record::records(ContentType::handshake, version, message, sizes);
                assert!(!names(&[records]).contains(&"encrypted"), "{name}: {}", message[0]);
            }
            rest = behind;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn messages_are_the_same_however_they_are_cut_into_records_and_segments(
        connection in proptest::sample::select(samples("testdata/flights", "handshake")),
        sizes in proptest::collection::vec(1usize..300, 1..60),
        segment in 1usize..400,
    ) {
        let cut = |sizes: &[usize]| {
            let version = ProtocolVersion::TLS1_2;
            record::records(ContentType::handshake, version, &connection.bytes, sizes)
        };
        let whole = read_stream([&cut(&[])[..]]);
        let wire = cut(&sizes);
        let pieces = read_stream(wire.chunks(segment));
        prop_assert_eq!(read_messages(&whole), read_messages(&pieces));
        for unit in &pieces {
            let Unit::Message(message) = unit else { continue };
            let owned: Vec<u8> =
                message.ranges.iter().flat_map(|range| wire[range.clone()].to_vec()).collect();
            prop_assert_eq!(&owned[..], &message.bytes[..]);
        }
    }

    #[test]
    fn any_bytes_tile(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        fuzzing::records(&bytes);
        fuzzing::handshake(&bytes);
        fuzzing::der(&bytes);
    }

    #[test]
    fn any_bytes_in_a_record_tile(
        content_type in 20u8..27,
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let content_type = ContentType(content_type);
        fuzzing::records(&record::records(content_type, ProtocolVersion::TLS1_2, &bytes, &[]));
    }
}
