//! What stands where nothing of its kind may: data and changes of keys before there are keys, a
//! Finished without them, versions and suites that go with nothing else in a hello.

mod common;

use common::connection::{hello, notices, tls13};
use common::sides::{datagram_records, stream_records};
use helloscope::capture;
use helloscope::names::{CipherSuite, Code, ContentType, ExtensionType, ProtocolVersion};
use helloscope::report::bytes::View;
use helloscope::report::transcript::{Options, text};
use helloscope::transcript::{Recorder, Side, Source, Transcript};
use helloscope::wire::extension::{ClientExtension, Extension, ServerExtension};
use helloscope::wire::fault::Kind;
use helloscope::wire::grammar::{Codes, Opaque};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::client_hello::ClientHello;
use helloscope::wire::handshake::server_hello::ServerHello;
use helloscope::wire::record::records;

const CHANGE: [u8; 6] = [20, 3, 3, 0, 1, 1];

type Records = Vec<(Side, Vec<u8>)>;

fn record(records: &Records) -> Transcript {
    let mut recorder = Recorder::default();
    for (from, bytes) in records {
        recorder.push(*from, None, bytes);
    }
    recorder.finish(Source::default(), None)
}

fn read(records: &Records) -> Transcript {
    let bytes: Vec<u8> = records.iter().flat_map(|(_, record)| record.clone()).collect();
    capture::read("it", &bytes).unwrap()
}

/// The notices on what has this type, each with its section.
fn told(transcript: &Transcript, type_name: &str) -> Vec<String> {
    let own = transcript.messages().filter(|(_, message)| message.type_name() == type_name);
    let remarks = own.flat_map(|(_, message)| &message.tree.remarks);
    remarks.filter(|it| it.kind == Kind::Notice).map(ToString::to_string).collect()
}

/// The words on what has this name, as a person sees them.
fn words(transcript: &Transcript, name: &str) -> Vec<String> {
    let view = View { width: 200, ..View::default() };
    let shown = text(transcript, Options { view, ..Options::default() });
    let shown = anstream::adapter::strip_str(&shown).to_string();
    let own = shown.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.next().filter(|arrow| matches!(*arrow, "<" | ">"))?;
        words.next().filter(|own| *own == name)?;
        words.next()?;
        Some(words.collect::<Vec<_>>().join(" "))
    });
    own.collect()
}

/// Where the first record with such a message of the handshake is in clear.
fn place(records: &Records, msg_type: u8) -> usize {
    records.iter().position(|(_, record)| record[0] == 22 && record[5] == msg_type).unwrap()
}

/// CVE-2014-0224, where the server is made to change its keys: RFC 5246 section 7.1.
#[test]
fn a_servers_change_before_the_clients_key_is_noticed() {
    let sound = stream_records("tls12-ecdhe-rsa-aes128-gcm");
    assert!(told(&record(&sound), "change_cipher_spec").is_empty());
    let early = ["change_cipher_spec: expected client_key_exchange before it, found none \
                  (RFC 5246 7.1)"];
    let mut injected = sound.clone();
    injected.insert(place(&sound, 14) + 1, (Side::Server, CHANGE.to_vec()));
    let noticed = told(&record(&injected), "change_cipher_spec");
    assert_eq!(noticed[..1], early);
    assert_eq!(words(&record(&injected), "ChangeCipherSpec")[0], TOO_EARLY);
    // By the last bytes that there are, too; whose it is, is assumed then.
    for behind in [11, 14] {
        let mut ends = sound[..=place(&sound, behind)].to_vec();
        ends.push((Side::Server, CHANGE.to_vec()));
        assert_eq!(told(&record(&ends), "change_cipher_spec"), early, "{behind}");
        let read = read(&ends);
        assert_eq!(told(&read, "change_cipher_spec"), early, "{behind}");
        assert!(read.messages().last().unwrap().1.has_assumed_sender(), "{behind}");
    }
    // Where the client's part behind its hello was not seen, it may have been there.
    let lost = sound
        .iter()
        .filter(|(from, record)| *from == Side::Server || record[0] == 22 && record[5] == 1);
    let lost: Records = lost.cloned().collect();
    assert!(told(&record(&lost), "change_cipher_spec").is_empty());
}

const TOO_EARLY: &str = "out of place: there are no keys for it";

/// RFC 8446 section 5.
#[test]
fn a_change_before_the_hello_is_noticed_where_that_is_a_first_one() {
    let sound = stream_records("tls12-ecdhe-rsa-aes128-gcm");
    let mut early = sound.clone();
    early.insert(0, (Side::Client, CHANGE.to_vec()));
    for transcript in [record(&early), read(&early)] {
        let expected = "change_cipher_spec: expected client_hello before it, found none \
                        (RFC 8446 5)";
        assert_eq!(told(&transcript, "change_cipher_spec"), [expected]);
        assert_eq!(words(&transcript, "ChangeCipherSpec")[0], TOO_EARLY);
    }
    // A second hello of TLS 1.3 stands behind one.
    let message = Handshake::ClientHello(hello()).to_bytes();
    let second = records(ContentType::handshake, ProtocolVersion::TLS1_2, &message, &[]);
    let middle = vec![(Side::Client, CHANGE.to_vec()), (Side::Client, second)];
    assert!(told(&record(&middle), "change_cipher_spec").is_empty());
}

/// RFC 8446 section 5.1.
#[test]
fn data_before_there_are_keys_is_in_clear() {
    let sound = stream_records("tls12-ecdhe-rsa-aes128-gcm");
    let data = |length: u8| [&[23, 3, 3, 0, length][..], &[b'a'; 64][..length.into()]].concat();
    let first = |length, at: usize, from| {
        let mut with = sound.clone();
        with.insert(at, (from, data(length)));
        let transcript = record(&with);
        (words(&transcript, "Encrypted").len(), told(&transcript, "application_data"))
    };
    let (protected, none) = first(9, 0, Side::Client);
    assert_eq!(none, [""; 0]);
    let short = "data: expected at least 9 bytes, since data is always protected, found 5 \
                 (RFC 8446 5.1)";
    assert_eq!(first(5, 0, Side::Client), (protected - 1, vec![short.to_owned()]));
    // A server that has agreed on TLS 1.2 has no keys before its ChangeCipherSpec, however long it is.
    let behind_hello = place(&sound, 2) + 1;
    let (behind, told) = first(40, behind_hello, Side::Server);
    assert_eq!((behind, told.len()), (protected - 1, 1));
    assert!(told[0].contains("change_cipher_spec before it") && told[0].contains("RFC 5246 7.1"));
}

/// RFC 5246 sections 7.4.8 and 7.4.9.
#[test]
fn a_client_that_changes_its_keys_has_proved_its_certificate() {
    let sound = stream_records("tls12-client-cert");
    assert!(told(&record(&sound), "change_cipher_spec").is_empty());
    let mut unproved = sound.clone();
    unproved.remove(place(&sound, 15));
    let expected = "change_cipher_spec: expected certificate_verify behind the certificate, found \
                    none (RFC 5246 7.4.8)";
    assert_eq!(told(&record(&unproved), "change_cipher_spec"), [expected]);
    let mut without = sound[..=place(&sound, 15)].to_vec();
    without.push((Side::Client, [&[22, 3, 3, 0, 16, 20, 0, 0, 12][..], &[7; 12]].concat()));
    let expected = "finished: expected change_cipher_spec before it, found none (RFC 5246 7.4.9)";
    assert_eq!(told(&record(&without), "finished"), [expected]);
}

/// A hello of DTLS 1.3 and what answers it, each in a record.
fn datagrams(session: &[u8], echo: &[u8], change: bool) -> Vec<String> {
    let numbered = |message: Vec<u8>| {
        let length = &message[1..4];
        [&message[..4], &[0; 5], length, &message[4..]].concat()
    };
    let in_record = |content_type: u8, number: u8, fragment: &[u8]| {
        let length = u16::try_from(fragment.len()).unwrap().to_be_bytes();
        let head = [content_type, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, number];
        [&head[..], &length, fragment].concat()
    };
    let mut client = hello();
    client.legacy_version = ProtocolVersion::DTLS1_2;
    client.legacy_session_id = Opaque::new(session.to_vec());
    for extension in &mut client.extensions.as_mut().unwrap().0 {
        if let ClientExtension::SupportedVersions(versions) = extension {
            *versions = Codes::new(vec![ProtocolVersion::DTLS1_3, ProtocolVersion::DTLS1_2]);
        }
    }
    let mut server = ServerHello {
        legacy_version: ProtocolVersion::DTLS1_2,
        legacy_session_id_echo: Opaque::new(echo.to_vec()),
        ..tls13()
    };
    server.extensions.as_mut().unwrap().0[0] =
        ServerExtension::SupportedVersions(ProtocolVersion::DTLS1_3);
    let mut hello = Handshake::ClientHello(client).to_bytes();
    // The cookie of DTLS, which is empty.
    hello.insert(4 + 35 + session.len(), 0);
    let length = u32::try_from(hello.len() - 4).unwrap().to_be_bytes();
    hello[1..4].copy_from_slice(&length[1..]);
    let server = Handshake::ServerHello(server).to_bytes();
    let mut recorder = Recorder::default();
    recorder.push_datagram(Side::Client, None, &in_record(22, 0, &numbered(hello)));
    recorder.push_datagram(Side::Server, None, &in_record(22, 0, &numbered(server)));
    if change {
        recorder.push_datagram(Side::Server, None, &in_record(20, 1, &[1]));
    }
    let transcript = recorder.finish(Source::default(), None);
    let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
    remarks.map(ToString::to_string).collect()
}

/// RFC 9147 section 5: it has no mode for middleboxes.
#[test]
fn dtls13_sends_no_session_id_back_and_changes_no_keys_in_clear() {
    assert_eq!(datagrams(&[7; 32], &[], false), [""; 0]);
    assert_eq!(datagrams(&[], &[], false), [""; 0]);
    let echo = "legacy_session_id_echo: expected nothing in it, in DTLS 1.3, found a session id \
                (RFC 9147 5)";
    assert_eq!(datagrams(&[7; 32], &[7; 32], false), [echo]);
    let change = "change_cipher_spec: expected none, since DTLS 1.3 has no ChangeCipherSpec, \
                  found one (RFC 9147 5)";
    assert_eq!(datagrams(&[], &[], true), [change]);
}

/// What is noticed of a hello alone, each by its field and what was found.
fn of_hello(change: impl FnOnce(&mut ClientHello)) -> Vec<(String, String)> {
    let mut hello = hello();
    change(&mut hello);
    notices(hello, vec![])
}

fn offer_versions(hello: &mut ClientHello, offered: &[u16]) {
    for extension in &mut hello.extensions.as_mut().unwrap().0 {
        if let ClientExtension::SupportedVersions(versions) = extension {
            *versions =
                Codes::new(offered.iter().copied().map(ProtocolVersion).collect::<Vec<_>>());
        }
    }
}

fn only_old(hello: &mut ClientHello) {
    let new = [ExtensionType::supported_versions, ExtensionType::key_share];
    let extensions = &mut hello.extensions.as_mut().unwrap().0;
    extensions.retain(|extension| !new.contains(&extension.extension_type()));
}

/// RFC 8996 sections 4 and 5, RFC 7568 section 3, RFC 8446 section 4.1.2.
#[test]
fn versions_that_must_not_be_offered() {
    let said = |field: &str, found: &str| (field.to_owned(), found.to_owned());
    let old = |version| said("version", &format!("{version}, which must not be offered"));
    let told = of_hello(|hello| offer_versions(hello, &[0x0304, 0x0303, 0x0302, 0x0301, 0x0300]));
    assert_eq!(told, [old("TLS 1.1"), old("TLS 1.0"), old("SSL 3.0")]);
    for (version, name) in [(0x0302, "TLS 1.1"), (0x0301, "TLS 1.0"), (0x0300, "SSL 3.0")] {
        let told = of_hello(|hello| {
            only_old(hello);
            hello.legacy_version = ProtocolVersion(version);
        });
        let found = format!("{name}, which must not be offered");
        assert_eq!(told[0], said("legacy_version", &found), "{told:?}");
    }
    let told = of_hello(|hello| hello.legacy_version = ProtocolVersion::TLS1_1);
    assert_eq!(told, [said("legacy_version", "0x0302")]);
    let server = ServerHello { legacy_version: ProtocolVersion::TLS1_1, ..tls13() };
    let told = notices(hello(), vec![Handshake::ServerHello(server)]);
    assert_eq!(told, [said("legacy_version", "0x0302")]);
}

/// RFC 8446 section B.4.
#[test]
fn suites_that_go_with_no_version_that_is_offered() {
    let found = |suites: &[CipherSuite], change: fn(&mut ClientHello)| {
        let told = of_hello(|hello| {
            hello.cipher_suites = Codes::new(suites.to_vec());
            change(hello);
        });
        let own = told.into_iter().filter(|(field, _)| field == "cipher_suites");
        own.map(|(_, found)| found).collect::<Vec<_>>()
    };
    let new = CipherSuite::TLS_AES_128_GCM_SHA256;
    let old = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    let (grease, unknown) = (CipherSuite(0x0a0a), CipherSuite(0xeeee));
    assert!(grease.is_grease() && unknown.name().is_none());
    let only_new = |hello: &mut ClientHello| offer_versions(hello, &[0x0304]);
    assert_eq!(found(&[old, grease], only_new), ["suites of TLS 1.2 or before alone"]);
    assert_eq!(found(&[new, grease], only_old), ["suites of TLS 1.3 alone"]);
    assert_eq!(found(&[old, unknown], only_new), [""; 0]);
    assert_eq!(found(&[new, old], only_new), [""; 0]);
    assert_eq!(found(&[new], |_| {}), [""; 0]);
    // What is offered beside older versions cannot be chosen without a suite of its own either.
    assert_eq!(found(&[old], |_| {}), ["suites of TLS 1.2 or before alone"]);
}

/// RFC 8446 section 4.2.8; the drafts before the 23rd had their keys in another extension.
#[test]
fn keys_of_a_drafts_extension_are_a_list_of_their_own() {
    let with = |twice: bool| {
        of_hello(|hello| {
            let extensions = &mut hello.extensions.as_mut().unwrap().0;
            let is_share = |one: &&ClientExtension| matches!(one, ClientExtension::KeyShare(_));
            let share = extensions.iter().find(is_share).unwrap().data();
            let entries = [&share[2..], if twice { &share[2..] } else { &[] }].concat();
            let length = u16::try_from(entries.len()).unwrap().to_be_bytes();
            let list = [&length[..], &entries].concat();
            extensions.push(ClientExtension::from_data(ExtensionType::key_share_old, &list));
        })
    };
    let again = |told: Vec<(String, String)>| {
        told.into_iter().filter(|(_, found)| found == "another one").count()
    };
    assert_eq!((again(with(false)), again(with(true))), (0, 1));
}

#[test]
fn a_draft_is_less_than_the_version_that_came_of_it() {
    let mut hello = hello();
    offer_versions(&mut hello, &[0x0304, 0x7f1c, 0x0303]);
    let message = Handshake::ClientHello(hello).to_bytes();
    let record_of = records(ContentType::handshake, ProtocolVersion::TLS1_0, &message, &[]);
    let words = words(&record(&vec![(Side::Client, record_of)]), "ClientHello");
    assert!(words[0].starts_with("TLS 1.3, "), "{words:?}");
}

/// RFC 5746 sections 3.5 and 3.7, where a suite does not encrypt.
#[test]
fn a_handshake_that_renegotiates_proves_the_one_before_it() {
    let sound = stream_records("tls12-null-renegotiation");
    let all = |records: &Records| {
        [told(&record(records), "client_hello"), told(&record(records), "server_hello")]
            .concat()
            .into_iter()
            .filter(|told| told.contains("RFC 5746"))
            .collect::<Vec<_>>()
    };
    assert_eq!(all(&sound), [""; 0]);
    for (info, whose, section) in [
        ([0xff, 1, 0, 13, 12], "the client's finished", "3.5"),
        ([0xff, 1, 0, 25, 24], "both sides' finished", "3.7"),
    ] {
        let mut other = sound.clone();
        let at = |record: &[u8]| record.windows(info.len()).position(|window| *window == info);
        let record = other.iter_mut().find(|(_, record)| at(record).is_some());
        let (_, record) = record.unwrap();
        let first = at(record).unwrap() + info.len();
        record[first] ^= 1;
        let expected = format!(
            "renegotiation_info: expected the verify_data of {whose} before it, found another \
             (RFC 5746 {section})"
        );
        assert_eq!(all(&other), [expected]);
    }
}

/// draft-hickman-netscape-ssl-00 sections 2.5 and 2.6.
#[test]
fn a_cipher_of_ssl2_that_nobody_offered() {
    let kinds = |client: u8, server: u8, key: u8| {
        let client = [&[1, 0, 2, 0, 3, 0, 0, 0, 16, client, 0, 0x80][..], &[7; 16]].concat();
        let server = [&[4, 0, 0, 0, 2, 0, 0, 0, 3, 0, 16, server, 0, 0x80][..], &[9; 16]].concat();
        let key = [&[2, key, 0, 0x80, 0, 0, 0, 2, 0, 0][..], &[9; 2]].concat();
        let mut recorder = Recorder::default();
        let said = [(Side::Client, client), (Side::Server, server), (Side::Client, key)];
        for (from, message) in said {
            let length = 0x80 | u8::try_from(message.len() >> 8).unwrap();
            let head = [length, u8::try_from(message.len()).unwrap()];
            recorder.push(from, None, &[&head[..], &message].concat());
        }
        let transcript = recorder.finish(Source::default(), None);
        let remarks = transcript.messages().flat_map(|(_, message)| &message.tree.remarks);
        let told = remarks.filter(|remark| remark.fault.expected().starts_with("a cipher that"));
        told.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(kinds(1, 1, 1), [""; 0]);
    let none = "cipher_specs: expected a cipher that was offered, found others alone (SSL 2.0 2.6)";
    let other = "cipher_kind: expected a cipher that both sides offer, found another (SSL 2.0 2.5)";
    assert_eq!(kinds(1, 3, 3), [none, other]);
    assert_eq!(kinds(1, 1, 3), [other]);
}

/// RFC 8446 section 5.1.
#[test]
fn the_record_in_which_tls13_is_chosen_has_its_version() {
    let of = |version| {
        let first = Handshake::ClientHello(hello()).to_bytes();
        let answer = Handshake::ServerHello(tls13()).to_bytes();
        let first = records(ContentType::handshake, ProtocolVersion::TLS1_0, &first, &[]);
        let answer = records(ContentType::handshake, version, &answer, &[]);
        told(&record(&vec![(Side::Client, first), (Side::Server, answer)]), "server_hello")
    };
    assert_eq!(of(ProtocolVersion::TLS1_2), [""; 0]);
    let expected = "server_hello: expected a record of version 0x0303, as in TLS 1.3, found 0x0302 \
                    (RFC 8446 5.1)";
    assert_eq!(of(ProtocolVersion::TLS1_1), [expected]);
}

/// RFC 6347 section 4.2.2.
#[test]
fn a_hello_with_a_cookie_is_its_senders_second_message() {
    let mut records = datagram_records("dtls12-rsa-null-sha");
    let read = |records: &Records| {
        let mut recorder = Recorder::default();
        for (from, bytes) in records {
            recorder.push_datagram(*from, None, bytes);
        }
        told(&recorder.finish(Source::default(), None), "client_hello")
            .into_iter()
            .filter(|told| told.starts_with("message_seq"))
            .collect::<Vec<_>>()
    };
    assert_eq!(read(&records), [""; 0]);
    let is_second = |record: &[u8]| record[13] == 1 && record[17..19] == [0, 1];
    let (_, second) = records.iter_mut().find(|(_, record)| is_second(record)).unwrap();
    second[18] = 0;
    let expected = "message_seq: expected 1 or more, since a hello without the cookie was before it, \
                    found 0 (RFC 6347 4.2.2)";
    assert_eq!(read(&records), [expected]);
}
