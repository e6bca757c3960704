//! The view of messages byte by byte: its columns hold, it hides nothing, and it can be steered.

mod common;

use common::connection::{hello, tls12};
use common::other_records::{compressed_certificate, dtls_client_hello, ssl2_client_hello};
use common::program::{run, run_with_input};
use common::{all_certificates, hellos, messages, path, samples, streams};
use helloscope::capture;
use helloscope::names::{CipherSuite, ContentType, ProtocolVersion};
use helloscope::report::bytes::{Extent, View};
use helloscope::report::rows::{Layer, rows};
use helloscope::report::transcript::{Options, text};
use helloscope::report::width::columns;
use helloscope::transcript::{Recorder, Side, Source, Transcript};
use helloscope::wire::field::Tree;
use helloscope::wire::grammar::Context;
use helloscope::wire::handshake::Handshake;
use helloscope::wire::record::records;
use helloscope::wire::stream::{Message, Stream, Unit};
use helloscope::wire::text::{hex, unhex};
use proptest::prelude::*;

const SEED: &str = "testdata/seed/s_client-msg.txt";

/// Everything that is recorded, and what the recordings lack.
fn transcripts() -> Vec<Transcript> {
    let mut inputs: Vec<(String, Vec<u8>)> = Vec::new();
    for sample in [hellos(), streams(), all_certificates()].concat() {
        inputs.push((sample.name, sample.bytes));
    }
    for sample in [samples("testdata/seed", "txt"), samples("testdata/logs", "txt")].concat() {
        inputs.push((sample.name, sample.bytes));
    }
    inputs.push(("dtls".to_owned(), dtls_client_hello()));
    inputs.push(("ssl2".to_owned(), ssl2_client_hello()));
    let read = |(name, bytes): &(String, Vec<u8>)| capture::read(name, bytes).ok();
    let mut transcripts: Vec<Transcript> = inputs.iter().filter_map(read).collect();
    transcripts.push(of_message(&compressed_certificate()));
    assert!(transcripts.len() > 150, "{}", transcripts.len());
    transcripts
}

/// A transcript of a message of TLS 1.3.
fn of_message(bytes: &[u8]) -> Transcript {
    let context = Context::of(Some(ProtocolVersion::TLS1_3), None);
    let message = Message::decode(ContentType::handshake, bytes, context);
    let mut recorder = Recorder::default();
    recorder.push_message(Side::Server, message);
    recorder.finish(Source { name: "a message".to_owned(), form: "hex" }, None)
}

/// What is shown of a record of ChangeCipherSpec.
fn change_cipher_spec(bytes: &[u8]) -> String {
    let length = u8::try_from(bytes.len()).unwrap();
    let record = [&[20, 3, 3, 0, length][..], bytes].concat();
    plain(&text(&capture::read("it", &record).unwrap(), Options::default()))
}

#[test]
fn a_change_cipher_spec_without_its_form_protects_nothing() {
    assert!(change_cipher_spec(&[1]).contains("what follows is protected"));
    for bytes in [&[2][..], &[1, 1]] {
        let shown = change_cipher_spec(bytes);
        assert!(shown.contains("not of its type's form"), "{shown}");
        assert!(!shown.contains("what follows is protected"), "{shown}");
    }
}

/// RFC 5246 section 7.4.6: behind the server's answer, it is not the hello that is refused.
#[test]
fn an_alert_is_told_by_what_it_stands_behind() {
    let told = |certificate: &[u8], alert: u8| {
        let hello = Handshake::ClientHello(hello());
        let answer = Handshake::ServerHello(tls12());
        let [hello, answer] = [hello, answer].map(|it| it.to_bytes());
        let mut recorder = Recorder::default();
        for (from, content_type, bytes) in [
            (Side::Client, ContentType::handshake, &hello[..]),
            (Side::Server, ContentType::handshake, &answer),
            (Side::Client, ContentType::handshake, certificate),
            (Side::Server, ContentType::alert, &[2, alert]),
        ] {
            let version = ProtocolVersion::TLS1_2;
            recorder.push(from, None, &records(content_type, version, bytes, &[]));
        }
        let transcript = recorder.finish(Source::default(), None);
        let view = View { width: 200, ..View::default() };
        plain(&text(&transcript, Options { view, ..Options::default() }))
    };
    let empty = told(&[11, 0, 0, 3, 0, 0, 0], 40);
    assert!(empty.contains("handshake_failure (0x28): The client sent no certificate"), "{empty}");
    // What Java and NSS say, what GnuTLS does, and what speaks of a certificate otherwise.
    for alert in [41, 42, 43, 44, 45, 46, 48, 49, 50] {
        let empty = told(&[11, 0, 0, 3, 0, 0, 0], alert);
        assert!(empty.contains(": The client sent no certificate when it was asked"), "{empty}");
    }
    for alert in [40, 47, 50, 70, 71, 109] {
        let shown = told(&[], alert);
        let line = shown.lines().find(|line| line.contains("< Alert")).unwrap();
        assert!(!line.contains("The hello") && !line.contains("the hello "), "{line}");
    }
    // What OpenSSL 3 says to a client of HTTP, which said no hello.
    let mut recorder = Recorder::default();
    recorder.push_words(Side::Client, None, b"GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    recorder.push(Side::Server, None, &[21, 3, 1, 0, 2, 2, 70]);
    let transcript = recorder.finish(Source::default(), None);
    let view = View { width: 200, ..View::default() };
    let shown = plain(&text(&transcript, Options { view, ..Options::default() }));
    assert!(shown.contains("(0x46): The server expected TLS, and what the client"), "{shown}");
}

/// What is shown of a connection's records, each of a side and a type.
fn of_records(said: &[(Side, ContentType, Vec<u8>)]) -> String {
    let mut recorder = Recorder::default();
    for (from, content_type, bytes) in said {
        let version = ProtocolVersion::TLS1_2;
        recorder.push(*from, None, &records(*content_type, version, bytes, &[]));
    }
    let transcript = recorder.finish(Source::default(), None);
    let view = View { width: 200, ..View::default() };
    plain(&text(&transcript, Options { view, ..Options::default() }))
}

/// RFC 5246 section 7.2.2: behind no_renegotiation, who asked may end the connection for it. OpenSSL does
/// so on either side, by handshake_failure.
#[test]
fn what_ends_a_connection_behind_a_refused_renegotiation_is_told_as_that() {
    let [alert, handshake] = [ContentType::alert, ContentType::handshake];
    let hello = Handshake::ClientHello(hello()).to_bytes();
    let answer = Handshake::ServerHello(tls12()).to_bytes();
    let ended = |who: Side| {
        let request = match who {
            Side::Client => (who, handshake, hello.clone()),
            Side::Server => (who, handshake, vec![0, 0, 0, 0]),
        };
        of_records(&[
            (Side::Client, handshake, hello.clone()),
            (Side::Server, handshake, answer.clone()),
            request,
            (who.other(), alert, vec![1, 100]),
            (who, alert, vec![2, 40]),
        ])
    };
    for (who, expected) in [
        (Side::Client, "The client asked for another handshake, which the server refused"),
        (Side::Server, "The server asked for another handshake, which the client refused"),
    ] {
        let shown = ended(who);
        assert!(shown.contains(&format!("handshake_failure (0x28): {expected}")), "{shown}");
    }
}

/// What OpenSSL and GnuTLS say to a server that closes without a word, and what Java says to a hello that
/// asks for another handshake.
#[test]
fn an_alert_to_nothing_and_one_to_another_hello_are_told_as_those() {
    let [alert, handshake] = [ContentType::alert, ContentType::handshake];
    let hello = (Side::Client, handshake, Handshake::ClientHello(hello()).to_bytes());
    let answer = (Side::Server, handshake, Handshake::ServerHello(tls12()).to_bytes());
    for description in [10, 50] {
        let refusal = (Side::Client, alert, vec![2, description]);
        let shown = of_records(&[hello.clone(), refusal.clone()]);
        assert!(shown.contains("Nothing that the server said stands before it"), "{shown}");
        let shown = of_records(&[hello.clone(), answer.clone(), refusal.clone()]);
        assert!(!shown.contains("Nothing that the server said"), "{shown}");
        // Where there is no hello either, nothing is known of what came before.
        assert!(!of_records(&[refusal]).contains("Nothing that the server said"));
    }
    let refusal = (Side::Server, alert, vec![2, 40]);
    let shown = of_records(&[hello.clone(), answer, hello.clone(), refusal.clone()]);
    assert!(shown.contains("most likely the server does not renegotiate"), "{shown}");
    let shown = of_records(&[hello, refusal]);
    assert!(shown.contains("The hello shares no acceptable set of parameters"), "{shown}");
}

/// RFC 5054 section 2.5.3: what stands in the place of a group or a curve.
#[test]
fn a_key_of_srp_is_called_one() {
    let mut answer = tls12();
    answer.cipher_suite = CipherSuite::TLS_SRP_SHA_WITH_AES_128_CBC_SHA;
    let key = [&[1, 0][..], &[0xff; 256], &[0, 1, 2, 1, 7, 0, 1, 9]].concat();
    let key = [&[12, 0, 1, (key.len() - 256) as u8][..], &key].concat();
    let handshake = ContentType::handshake;
    let shown = of_records(&[
        (Side::Client, handshake, Handshake::ClientHello(hello()).to_bytes()),
        (Side::Server, handshake, Handshake::ServerHello(answer).to_bytes()),
        (Side::Server, handshake, key),
    ]);
    assert!(shown.lines().any(|it| it.contains("ServerKeyExchange") && it.contains("SRP 2048")));
}

/// RFC 6101 section 5.4.2: what SSL 3.0 has for an empty Certificate; and a server that goes on behind one
/// does not refuse that.
#[test]
fn an_alert_refuses_what_the_client_had_not_to_send_until_the_server_goes_on() {
    let [alert, handshake] = [ContentType::alert, ContentType::handshake];
    let change_cipher_spec = ContentType::change_cipher_spec;
    let told = |said: Vec<(Side, ContentType, Vec<u8>)>| {
        let hello = Handshake::ClientHello(hello()).to_bytes();
        let answer = Handshake::ServerHello(tls12()).to_bytes();
        let before = vec![(Side::Client, handshake, hello), (Side::Server, handshake, answer)];
        let shown = of_records(&[before, said, vec![(Side::Server, alert, vec![2, 42])]].concat());
        shown.contains("bad_certificate (0x2a): The client sent no certificate")
    };
    let empty = (Side::Client, handshake, vec![11, 0, 0, 3, 0, 0, 0]);
    assert!(told(vec![(Side::Client, alert, vec![1, 41])]));
    assert!(told(vec![empty.clone()]));
    assert!(!told(vec![]));
    assert!(!told(vec![empty, (Side::Server, change_cipher_spec, vec![1])]));
}

#[test]
fn a_protocol_is_shown_with_what_its_name_does_not_say() {
    let bytes = std::fs::read(path("testdata/hellos/curl-7.88.1.bin")).unwrap();
    let shown = shown(&capture::read("it", &bytes).unwrap(), View::default());
    let rows: Vec<_> = shown.lines().filter(|line| line.contains("protocol_name")).collect();
    assert!(rows[0].ends_with("\"h2\" HTTP/2 over TLS"), "{rows:?}");
    assert!(rows[1].ends_with("\"http/1.1\""), "{rows:?}");
}

#[test]
fn a_remark_on_an_item_without_a_row_stands_under_the_part_that_it_names() {
    // Two keys of x25519, the second a byte too short.
    let shares = [&[0, 0x1d, 0, 32][..], &[1; 32], &[0, 0x1d, 0, 31], &[2; 31]].concat();
    let extensions = [&[0, 0x33, 0, 73, 0, 71][..], &shares].concat();
    let body = [&[3, 3][..], &[5; 32], &[0, 0, 2, 0x13, 1, 1, 0, 0, 77], &extensions].concat();
    let hello = [&[1, 0, 0, body.len() as u8][..], &body].concat();
    let view = View { width: 200, ..View::default() };
    let shown = shown(&capture::read("it", &hello).unwrap(), view);
    // The name of each row, and of each remark the words before what was expected.
    let rows = shown.lines().skip_while(|line| !line.contains("key_share"));
    let rows = rows.filter_map(|line| {
        line.split_once(" expected")
            .map_or(line, |(left, _)| left)
            .split("  ")
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .find(|part| part.starts_with(char::is_alphabetic))
    });
    assert_eq!(
        rows.take(8).collect::<Vec<_>>(),
        [
            "key_share",
            "notice:",
            "group",
            "key_exchange",
            "group",
            "notice: key_share:",
            "key_exchange",
            "notice:",
        ],
        "{shown}"
    );
}

#[test]
fn what_speaks_instead_of_tls_is_named_once() {
    let ldap = [0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0];
    for (bytes, words) in [
        (&ldap[..], "TLS but ldap\n"),
        (b"J\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0", "TLS but mysql: 8.0.36\n"),
        (b"220 mail.test ESMTP\r\n", ": 220 mail.test ESMTP\n"),
        (&[0xff; 100], "TLS, and no text\n"),
    ] {
        let shown = plain(&text(&capture::read("it", bytes).unwrap(), Options::default()));
        // The message, and how it ended.
        assert_eq!(shown.matches(words).count(), 2, "{shown}");
        assert_eq!(shown.contains("no text"), words.contains("no text"), "{shown}");
    }
}

/// A text as it is shown without colours.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\x1b') {
        out.push_str(before);
        rest = behind.split_once('m').unwrap().1;
    }
    out + rest
}

fn shown(transcript: &Transcript, view: View) -> String {
    let options = Options { view, bytes: true, second_opinion: true, ..Options::default() };
    plain(&text(transcript, options))
}

#[test]
fn no_line_is_wider_than_the_view() {
    for transcript in transcripts() {
        for width in [60, 80, 119, 120, 200] {
            for extent in [Extent::Short, Extent::Full] {
                let view = View { width, extent, ..View::default() };
                for line in shown(&transcript, view).lines() {
                    let wide = columns(line);
                    assert!(wide <= width, "{}: {wide} of {width}: {line}", transcript.source.name);
                    assert!(!line.ends_with(' '), "{}: {line:?}", transcript.source.name);
                }
            }
        }
    }
}

/// The rows of a tree own its bytes one behind the other, whatever is folded.
fn check_rows(tree: &Tree, bytes: &[u8], layer: Layer) -> Result<(), String> {
    for depth in [1, 2, 3, usize::MAX] {
        let mut at = 0;
        for row in rows(tree, bytes, layer, None, depth) {
            if row.range.start != at || row.range.end <= at {
                return Err(format!("depth {depth}: {} owns {:?}, not {at}", row.name, row.range));
            }
            if row.depth >= depth || row.name.is_empty() || row.head > row.range.len() {
                return Err(format!("depth {depth}: {row:?}"));
            }
            at = row.range.end;
        }
        if at != bytes.len() {
            return Err(format!("depth {depth}: rows end at {at} of {}", bytes.len()));
        }
    }
    for other in &tree.beneath {
        check_rows(&other.tree, &other.bytes, Layer::Message)?;
    }
    Ok(())
}

#[test]
fn every_byte_of_every_sample_is_in_one_row() {
    for transcript in transcripts() {
        for event in &transcript.events {
            let checked = match &event.unit {
                Unit::Header(header) => check_rows(&header.tree, &header.bytes, Layer::Record),
                Unit::Message(message) => check_rows(&message.tree, &message.bytes, Layer::Message),
            };
            checked.unwrap_or_else(|error| panic!("{}: {error}", transcript.source.name));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_byte_of_a_broken_message_is_in_one_row(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        version in prop::sample::select(vec![0x0301, 0x0303, 0x0304]),
    ) {
        let all = messages();
        let (_, _, mut bytes) = all[which.index(all.len())].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(2 * bytes.len()).max(1));
        let context = Context::of(Some(ProtocolVersion(version)), None);
        let message = Message::decode(ContentType::handshake, &bytes, context);
        prop_assert_eq!(check_rows(&message.tree, &message.bytes, Layer::Message), Ok(()));
        // And it can be shown.
        for width in [60, 80] {
            let text = shown(&of_message(&bytes), View { width, ..View::default() });
            prop_assert!(text.lines().all(|line| columns(line) <= width), "{}", text);
        }
    }
}

#[test]
fn the_full_view_has_every_byte_and_the_short_one_the_first_of_each_row() {
    for transcript in transcripts() {
        let view = View { extent: Extent::Full, ..View::default() };
        let full = shown(&transcript, view);
        let of_rows: Vec<u8> = full.lines().flat_map(bytes_of_row).collect();
        let mut sent = Vec::new();
        for event in &transcript.events {
            match &event.unit {
                Unit::Header(header) => sent.extend_from_slice(&header.bytes),
                Unit::Message(message) => {
                    sent.extend_from_slice(&message.bytes);
                    for other in &message.tree.beneath {
                        sent.extend_from_slice(&other.bytes);
                    }
                }
            }
        }
        assert_eq!(hex(&of_rows), hex(&sent), "{}", transcript.source.name);
        assert!(shown(&transcript, View::default()).len() <= full.len());
    }
}

/// The bytes of a row: what stands between the offset and the names.
fn bytes_of_row(line: &str) -> Vec<u8> {
    let Some(line) = line.strip_prefix("  ").or(line.strip_prefix("| ")) else { return Vec::new() };
    let offset: String = line.chars().take_while(char::is_ascii_hexdigit).collect();
    match line.get(offset.len()..) {
        Some(rest) if offset.len() >= 4 && rest.starts_with("  ") => {
            unhex(rest.get(2..25).unwrap_or(&rest[2..]).trim()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn dissect(arguments: &[&str]) -> String {
    let run = run(&[&["dissect"], arguments].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    run.stdout
}

fn dissect_input(input: &[u8], arguments: &[&str]) -> String {
    let run = run_with_input(&[&["dissect", "-"], arguments].concat(), input);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    run.stdout
}

#[test]
fn a_dump_is_read_again() {
    for sample in [hellos(), streams()].concat() {
        let dump = dissect_input(&sample.bytes, &["--hex"]);
        assert_eq!(dissect_input(dump.as_bytes(), &["--hex"]), dump, "{}", sample.name);
        let digits: Vec<_> = dump.lines().map(|line| &line[10..50]).collect();
        assert_eq!(unhex(&digits.concat()).unwrap(), sample.bytes, "{}", sample.name);
    }
    let certificate =
        dissect(&["testdata/certificates/rsa-2048.der", "--hex", "--only", "Certificate"]);
    let again = dissect_input(certificate.as_bytes(), &["--hex", "--only", "Certificate"]);
    assert_eq!(again, certificate);
}

#[test]
fn the_dump_of_a_log_has_its_messages_again() {
    let messages = |json: &str| -> Vec<String> {
        let transcript: serde_json::Value = serde_json::from_str(json).unwrap();
        let messages = transcript["messages"].as_array().unwrap();
        let name = |message: &serde_json::Value| message["type"].as_str().unwrap().to_owned();
        messages
            .iter()
            .filter(|message| message["content_type"] == 22)
            .map(|message| format!("{} {}", name(message), message["tree"]))
            .collect()
    };
    let json = ["--format", "json", "--tree"];
    for log in ["tls1_2", "tls1_3", "dtls1", "dtls1_2"] {
        let log = format!("testdata/logs/s_client-3.0-{log}-msg.txt");
        let dump = dissect(&[&log, "--hex"]);
        let mut shown = messages(&dissect(&[&[log.as_str()], &json[..]].concat()));
        let mut again = messages(&dissect_input(dump.as_bytes(), &json));
        assert!(shown.len() > 6, "{log}: {}", shown.len());
        // In a log both sides take turns.
        shown.sort();
        again.sort();
        assert_eq!(shown, again, "{log}");
    }
}

#[test]
fn a_path_shows_what_it_names_and_nothing_else() {
    let groups = dissect(&[SEED, "--only", "client_hello.supported_groups"]);
    assert!(groups.contains("secp256r1") && groups.contains("supported_groups"), "{groups}");
    for other in ["cipher_suites", "TLS_RSA", "Certificate", "heartbeat", "s_client-msg"] {
        assert!(!groups.contains(other), "{groups}");
    }
    let dump = |paths: &[&str]| {
        let only: Vec<&str> = paths.iter().flat_map(|path| ["--only", path]).collect();
        let dump = dissect(&[&[SEED, "--hex"], only.as_slice()].concat());
        dump.lines().map(|line| line[10..49].replace(' ', "")).collect::<String>()
    };
    assert_eq!(dump(&["client_hello.legacy_version"]), "0303");
    assert_eq!(dump(&["*.legacy_version"]), "03030301");
    assert_eq!(dump(&["server_hello.cipher_suite", "client_hello.heartbeat"]), "000f000101002f");
    assert_eq!(dump(&["certificate.serialNumber"]), "021062cb44b9c93690");
    // What a path names within what another names is there once.
    assert_eq!(dump(&["client_hello.extensions", "heartbeat"]).len(), 2 * 111);
}

#[test]
fn a_path_to_nothing_says_where_it_ends_and_what_there_is() {
    let error = |path: &str| run(&["dissect", SEED, "--only", path]).usage_error().to_owned();
    let told = error("client_hello.extentions");
    let begin = "--only client_hello.extentions: nothing is called extentions in client_hello; \
                 there are msg_type, client_hello, legacy_version, random, ";
    assert!(told.starts_with(begin), "{told}");
    let told = error("nix");
    assert!(
        told.starts_with("--only nix: nothing is called nix; there are client_hello, "),
        "{told}"
    );
    assert_eq!(error("a..b"), "--only a..b: names with a dot between them belong there");
    for options in [["--only", "alert"], ["--depth", "2"], ["--width", "90"]] {
        let run = run(&[&["dissect", SEED, "--format", "json"], &options[..]].concat());
        let what = format!("{}: it belongs to --format text", options[0]);
        assert_eq!(run.usage_error(), what);
    }
    assert!(run(&["dissect", SEED, "--width", "10"]).usage_error().contains("--width"));
    assert!(run(&["dissect", SEED, "--depth", "0"]).usage_error().contains("--depth"));
}

#[test]
fn what_is_too_deep_is_folded_and_counted() {
    let text = dissect(&[SEED, "--depth", "1"]);
    assert!(text.contains("79 items, 158 bytes, 79 fields"), "{text}");
    assert!(!text.contains("secp256r1") && text.contains("extensions  5 items"), "{text}");
    let text = dissect(&[SEED, "--depth", "2"]);
    assert!(text.contains("supported_groups") && !text.contains("secp256r1"), "{text}");
}

#[test]
fn remarks_stand_below_what_they_are_about_by_their_kind() {
    let lines = dissect(&[SEED, "--only", "certificate"]);
    let lines: Vec<&str> = lines.lines().collect();
    let at = lines.iter().position(|line| line.contains("fault: expected 6074 bytes")).unwrap();
    assert!(lines[at - 1].contains("0b 00 17 ba              certificate"), "{lines:?}");
    // Without a ServerHello, which version's form a Certificate has is assumed.
    let message = messages().into_iter().find(|(_, _, message)| message[0] == 11).unwrap().2;
    let assumed = dissect_input(hex(&message).as_bytes(), &[]);
    assert!(assumed.contains("assumed: certificate is the form before TLS"), "{assumed}");
    assert!(!assumed.contains("fault:"), "{assumed}");
    let notice = dissect(&["testdata/certificates/zeek/ssl.v3.der"]);
    assert!(notice.contains("notice: ") && !notice.contains("fault:"), "{notice}");
}

#[test]
fn other_bytes_beneath_a_field_are_shown_behind_a_bar() {
    let transcript = of_message(&compressed_certificate());
    let text = shown(&transcript, View::default());
    assert!(text.contains("beneath: "), "{text}");
    let barred: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(barred[0].starts_with("| 0000  "), "{text}");
    assert!(barred.iter().any(|line| line.contains("tbsCertificate")), "{text}");
    let json = helloscope::report::json::transcript(&transcript, true, true);
    let json = serde_json::to_value(json).unwrap();
    let leaf = common::transcript_json::field(
        &json["messages"][0]["tree"],
        "compressed_certificate_message",
    );
    let leaf = leaf.unwrap()["children"][1].clone();
    let beneath = &leaf["beneath"];
    let length = transcript.messages().next().unwrap().1.tree.beneath[0].bytes.len();
    assert_eq!(beneath["length"], length);
    let fields = beneath["fields"].as_array().unwrap();
    assert_eq!(fields.last().unwrap()["range"][1], length);
    // By its path it is found too.
    let paths = [helloscope::report::selection::Path::parse("tbsCertificate.validity").unwrap()];
    let options = Options { only: &paths, ..Options::default() };
    let only = plain(&helloscope::report::transcript::text(&transcript, options));
    assert!(only.contains("notBefore") && !only.contains("issuer"), "{only}");
}

#[test]
fn hellos_and_flights_look_like_this() {
    let view =
        |width: &str, color: &str, file: &str| dissect(&[file, "--width", width, "--color", color]);
    let hello = "testdata/hellos/openssl-1.0.1e.bin";
    let flight = "testdata/flights/tls12-rsa-server.bin";
    for (name, file) in [("hello", hello), ("flight", flight)] {
        for width in ["80", "120"] {
            for (colored, color) in [("", "never"), ("-coloured", "always")] {
                let shown = view(width, color, file).replace('\x1b', "␛");
                insta::assert_snapshot!(format!("{name}-{width}{colored}"), shown);
            }
        }
    }
    for (name, bytes) in [("dtls", dtls_client_hello()), ("ssl2", ssl2_client_hello())] {
        for width in ["80", "120"] {
            insta::assert_snapshot!(
                format!("{name}-{width}"),
                dissect_input(&bytes, &["--width", width])
            );
        }
    }
}

/// What stands in the readme behind a command that reads a file of the repository.
#[test]
fn the_readme_shows_what_the_program_shows() {
    let readme = std::fs::read_to_string(path("README.md")).unwrap();
    let blocks = readme.split("```text\n$ helloscope dissect ").skip(1);
    let mut checked = 0;
    for block in blocks {
        let (block, _) = block.split_once("\n```").unwrap();
        let (command, shown) = block.split_once('\n').unwrap();
        let run = dissect(&command.split(' ').collect::<Vec<_>>());
        // Between the pieces lines are left out.
        let mut rest = run.as_str();
        for piece in shown.split("  …\n").filter(|piece| !piece.trim().is_empty()) {
            let piece = piece.trim_end_matches("  …");
            let at = rest.find(piece).unwrap_or_else(|| panic!("{command}: {piece}\n{rest}"));
            rest = &rest[at + piece.len()..];
            checked += 1;
        }
    }
    assert!(checked >= 3, "{checked}");
}

#[test]
fn a_stream_is_shown_the_same_however_it_came() {
    let bytes = std::fs::read(path("testdata/flights/tls12-rsa-server.bin")).unwrap();
    let mut stream = Stream::default();
    stream.push(&bytes);
    let units = stream.finish(&mut Context::default());
    let headers = units.iter().filter(|unit| matches!(unit, Unit::Header(_))).count();
    let text = dissect(&["testdata/flights/tls12-rsa-server.bin"]);
    assert_eq!(text.matches("  record  ").count(), headers, "{text}");
}

/// An extension whose body is missing is the one under which that is said.
#[test]
fn what_is_missing_is_said_under_the_field_that_lacks_it() {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    // No session, one suite, null; an empty supported_groups, and another extension behind it.
    body.extend([0, 0, 2, 0x13, 1, 1, 0, 0, 8, 0, 10, 0, 0, 0, 23, 0, 0]);
    let mut hello = vec![1, 0, 0, body.len() as u8];
    hello.extend(body);
    let shown = common::program::run_with_input(&["dissect", "-"], &hello).stdout;
    let (before, behind) = shown.split_once("fault: length").expect(&shown);
    assert!(before.lines().last() == Some("") || before.contains("supported_groups"), "{shown}");
    assert!(!before.contains("extended_master_secret"), "{shown}");
    assert!(behind.contains("extended_master_secret"), "{shown}");
}

#[test]
fn a_suite_is_found_by_the_name_that_openssl_gives_it() {
    let text = dissect(&["testdata/flights/tls12-ecdhe-rsa-server.bin"]);
    let at = text.find("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n").unwrap();
    assert!(text[at..].contains("OpenSSL: ECDHE-RSA-AES128-GCM-SHA256\n"), "{text}");
    let client = "testdata/flights/tls12-ecdhe-rsa-client.bin";
    assert!(!dissect(&[client]).contains("OpenSSL: "));
    let wide = dissect(&[client, "--width", "150"]);
    assert!(wide.contains("OpenSSL: ECDHE-RSA-AES128-GCM-SHA256\n"), "{wide}");
}
