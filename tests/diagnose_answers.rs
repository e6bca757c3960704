//! Diagnoses of servers that answer wrongly: with what was not offered, which no client takes, and
//! so that the handshake goes on all the same.

use helloscope::diagnose::{Cause, Diagnosis, Options, Subject, Verdict, diagnose};
use helloscope::hello::draw::Draw;
use helloscope::hello::named::NamedHello;
use helloscope::hello::{Facts, HelloSpec};
use helloscope::lab::{LabTarget, Rule, Service};
use helloscope::probe::{Observation, Probe, Target};
use helloscope::quirks::Quirk;
use helloscope::report::{diagnosis, diagnosis_json};
use helloscope::transcript::Kind;

/// The host for which the catalogue's rows about names know.
const HOST: &str = "shop.test.example";

fn drawn(hello: &str) -> HelloSpec {
    let named = NamedHello::parse(hello).unwrap();
    named.drawn(&mut Draw::seeded("answers"), Some(HOST)).unwrap().spec
}

fn ask(target: &mut dyn Target, hello: &str) -> Diagnosis {
    let subject = Subject { name: hello.to_owned(), spec: drawn(hello), address: None };
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    diagnose(target, subject, &options, &mut |_| {})
}

fn with(quirk: &str) -> Service {
    Service::healthy().with(Quirk::find(quirk).unwrap())
}

fn rule(condition: &str, response: &str) -> Rule {
    Rule { condition: condition.parse().unwrap(), response: response.parse().unwrap() }
}

fn ids(found: &Diagnosis) -> Vec<&str> {
    found.known_as.iter().map(|quirk| quirk.id.as_str()).collect()
}

/// What a diagnosis tells, for a failing test.
fn told(found: &Diagnosis) -> String {
    diagnosis_json::json(found, HOST, 443).to_string()
}

#[test]
fn what_was_not_offered_is_malformed_and_has_a_cause_that_the_catalogue_knows() {
    for (id, hello, what) in [
        (
            "suite-low-byte",
            "tls12-only,-cipher_suites.TLS_RSA_WITH_AES_128_CBC_SHA",
            "the cipher suite TLS_RSA_WITH_AES_128_CBC_SHA (0x002f) was not offered",
        ),
        ("pq-group-in-tls12", "tls12-only", "the group X25519MLKEM768 (0x11ec) was not offered"),
        (
            "pq-group-in-tls12",
            "openssl-1.0.1e",
            "the group X25519MLKEM768 (0x11ec) was not offered",
        ),
    ] {
        let found = ask(&mut LabTarget::new(with(id)), hello);
        assert_eq!(found.reaction.kind, Kind::Malformed { what: what.to_owned() });
        assert!(
            matches!(found.verdict, Verdict::Cause | Verdict::Incompatible),
            "{}",
            told(&found)
        );
        assert_eq!(ids(&found), [id], "{}", told(&found));
        assert_eq!(found.confirmed.cause_fails, 2);
        assert_eq!(found.confirmed.remedy_passes, 2);
        let json = diagnosis_json::json(&found, HOST, 443);
        assert_eq!(json["reaction"]["kind"], "malformed");
        let options = diagnosis::Options {
            host: HOST,
            reached_with: String::new(),
            asked_for: String::new(),
            all_probes: false,
        };
        let text = anstream::adapter::strip_str(&diagnosis::text(&found, &options)).to_string();
        assert!(text.contains(&Quirk::find(id).unwrap().title), "{text}");
    }
}

#[test]
fn names_that_are_none_and_a_long_key_share_are_told_from_what_is_near_them() {
    for id in ["sni-colon", "sni-not-ascii", "sni-nul", "sni-too-long", "long-key-share"] {
        let quirk = Quirk::find(id).unwrap();
        let found = ask(&mut LabTarget::new(with(id)), &quirk.example.fails);
        assert_eq!(found.verdict, Verdict::Cause, "{id}: {}", told(&found));
        assert_eq!(ids(&found), [id], "{id}: {}", told(&found));
        let Some(Cause::Condition(cause)) = &found.cause else { panic!("{}", told(&found)) };
        assert!(cause.holds(&Facts::of_spec(&drawn(&quirk.example.fails))));
        assert!(!cause.holds(&Facts::of_spec(&drawn(&quirk.example.passes))));
    }
}

#[test]
fn a_warning_before_a_server_hello_is_told_though_the_hello_passes() {
    let hello = "tls12-only,server_name=other.test.example";
    let mut target = LabTarget::new(with("sni-unknown-warning"));
    let found = ask(&mut target, hello);
    assert_eq!(
        (found.verdict, &found.known_as[..], target.connections()),
        (Verdict::Accepted, &[][..], 1)
    );
    assert_eq!(
        found.notes,
        [
            "a warning unrecognized_name came before the ServerHello: clients that take a warning for \
          an error fail here (known as sni-unknown-warning)"
        ]
    );
    let json = diagnosis_json::json(&found, HOST, 443);
    assert_eq!(json["notes"], serde_json::json!(found.notes));

    // For another name there is none; another warning is told as well, by a number where it has no
    // name, and nothing is known of it; and so where another hello than the subject is warned of.
    let found = ask(&mut LabTarget::new(with("sni-unknown-warning")), "tls12-only");
    assert_eq!((found.verdict, &found.notes[..]), (Verdict::Accepted, &[][..]));
    let service = Service::healthy().with(rule("flight.length>=1", "warning:250"));
    let found = ask(&mut LabTarget::new(service), "tls12-only");
    let note = "a warning 250 came before the ServerHello: clients that take a warning for an error \
                fail here";
    assert_eq!(found.notes, [note]);
    let service = with("padding-intolerance").with(rule("flight.length>=1", "warning:250"));
    let found = ask(&mut LabTarget::new(service), "openssl-1.0.1g");
    assert_eq!((found.verdict, ids(&found)), (Verdict::Cause, vec!["padding-intolerance"]));
    assert!(found.notes.iter().any(|own| own == note), "{:?}", found.notes);
}

#[test]
fn a_warning_that_is_the_whole_answer_is_the_reaction_and_no_note() {
    let service =
        Service::healthy().with(rule("flight.length>=1", "alert:warning:unrecognized_name"));
    let found = ask(&mut LabTarget::new(service), "tls12-only");
    assert!(matches!(found.reaction.kind, Kind::Alert { .. }));
    assert!(found.notes.iter().all(|note| !note.contains("came before")), "{:?}", found.notes);
}

#[test]
fn another_server_for_a_hello_in_several_segments_is_told_by_both_names() {
    let hello = "tls12-only,segments=60,rest";
    let mut target = LabTarget::new(with("split-segments-other-server"));
    let found = ask(&mut target, hello);
    assert_eq!((found.verdict, target.connections()), (Verdict::Accepted, 4));
    assert!(found.known_as.is_empty());
    assert_eq!(
        found.notes,
        [
            "in 2 segments the hello is answered with the certificate of other.helloscope.test, and in \
          one segment with that of lab.helloscope.test: another server answers, as where a router \
          does not read a hello to its end (known as split-segments-other-server)"
        ]
    );

    // A server that is the same costs one connection, and a hello in one segment none.
    for (hello, connections) in [(hello, 2), ("tls12-only", 1)] {
        let mut target = LabTarget::new(Service::healthy());
        let found = ask(&mut target, hello);
        assert_eq!((found.verdict, &found.notes[..]), (Verdict::Accepted, &[][..]));
        assert_eq!(target.connections(), connections);
    }
    // Nobody was asked for by name: it is not what the catalogue knows.
    let service = Service::healthy().with(rule("tcp.segments>=2", "certificate"));
    let found = ask(&mut LabTarget::new(service), "tls12-only,-server_name,segments=60,rest");
    assert!(found.notes[0].ends_with("does not read a hello to its end"), "{:?}", found.notes);
}

/// Two services that take turns: after the first two connections the other way round, as chance has
/// it.
struct InTurn([LabTarget; 2], usize);

impl Target for InTurn {
    fn probe(&mut self, probe: &Probe) -> Observation {
        let turn = self.1 + usize::from(self.1 >= 2);
        self.1 += 1;
        self.0[turn % 2].probe(probe)
    }
}

#[test]
fn servers_that_take_turns_are_not_taken_for_one_that_goes_by_segments() {
    let other = Service::healthy().with(rule("flight.length>=1", "certificate"));
    let targets = [LabTarget::new(other.clone()), LabTarget::new(Service::healthy())];
    let found = ask(&mut InTurn(targets, 0), "tls12-only,segments=60,rest");
    assert_eq!(found.verdict, Verdict::Accepted);
    let [note] = &found.notes[..] else { panic!("{:?}", found.notes) };
    assert!(note.starts_with("2 different ECDSA certificates were seen for shop."), "{note}");
    assert!(note.contains("several servers stand behind this address. What"), "{note}");
}

#[test]
fn a_row_that_lets_a_hello_pass_is_no_name_of_what_rejects_it() {
    let service = Service::healthy().with(rule("server_name=other.test.example", "close"));
    let found = ask(&mut LabTarget::new(service), "tls12-only,server_name=other.test.example");
    assert_eq!(found.verdict, Verdict::Cause);
    assert!(!ids(&found).contains(&"sni-unknown-warning"), "{}", told(&found));
    let service = Service::healthy().with(rule("tcp.segments>=2", "close"));
    let found = ask(&mut LabTarget::new(service), "tls12-only,segments=60,rest");
    assert_eq!(ids(&found), ["split-segments"], "{}", told(&found));
}

#[test]
fn words_in_answer_to_one_hello_are_no_protocol_where_others_are_taken() {
    for response in ["plaintext:HTTP/1.1 400 Bad Request", "plaintext:220 hi", "garbage:20"] {
        let service = Service::healthy().with(rule("extensions has padding", response));
        let found = ask(&mut LabTarget::new(service), "openssl-1.0.1g");
        assert_eq!(found.verdict, Verdict::Cause, "{response}");
        assert!(told(&found).contains("padding"), "{}", told(&found));
    }
}

#[test]
fn a_quirk_that_answers_wrongly_is_no_name_of_one_that_refuses() {
    // What a server does that has TLS 1.3 alone.
    let service = rule("supported_versions lacks TLS1.3", "alert:protocol_version");
    let found = ask(&mut LabTarget::new(Service::healthy().with(service)), "tls12-only");
    assert_eq!(found.verdict, Verdict::Incompatible);
    assert!(!ids(&found).contains(&"pq-group-in-tls12"), "{:?}", ids(&found));
    assert!(told(&found).contains(r#""lacks":772"#), "{}", told(&found));
}

#[test]
fn fewer_extensions_are_none_whose_values_are_drawn_anew() {
    let service = Service::healthy().with(rule("extensions.count>=18", "close"));
    let found = ask(&mut LabTarget::new(service), "chromium-156");
    let edits = &found.remedy.as_ref().unwrap().edits;
    let words: Vec<String> = edits.iter().map(ToString::to_string).collect();
    assert!(words.iter().all(|edit| !edit.contains("0x")), "{words:?}");
}
