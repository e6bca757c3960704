//! What the way to a server tells beside its answers: bytes that never arrive, resets that come too
//! soon, and servers that take turns. The transport's part is told to targets by hand.

use helloscope::diagnose::{Cause, Diagnosis, Options, Subject, Verdict, diagnose};
use helloscope::hello::Condition;
use helloscope::hello::draw::Draw;
use helloscope::hello::facts::segment_sizes;
use helloscope::hello::named::NamedHello;
use helloscope::lab::{Answer, LabTarget, Rule, Service};
use helloscope::probe::{Observation, Path, Probe, Target, Unacknowledged};
use helloscope::quirks::Response;
use helloscope::report::diagnosis_json;
use helloscope::transcript::{End, Kind, Reaction, Recorder, Side, Source, Step};
use serde_json::json;

const HOST: &str = "lab.helloscope.test";

/// The notes are the same however the cause is looked for: the smallest difference is quicker.
fn ask(target: &mut dyn Target, hello: &str) -> Diagnosis {
    let named = NamedHello::parse(hello).unwrap();
    let spec = named.drawn(&mut Draw::seeded("path"), Some(HOST)).unwrap().spec;
    let subject = Subject { name: hello.to_owned(), spec, address: None };
    let options =
        Options { server_name: Some(HOST.to_owned()), explanations: false, ..Options::default() };
    diagnose(target, subject, &options, &mut |_| {})
}

fn service(condition: &str, response: Response) -> Service {
    let condition: Condition = serde_json::from_str(condition).unwrap();
    Service::healthy().with(Rule { condition, response })
}

/// The notes that speak of this.
fn notes<'a>(found: &'a Diagnosis, of: &str) -> Vec<&'a str> {
    found.notes.iter().map(String::as_str).filter(|note| note.contains(of)).collect()
}

/// A service, and what the transport says of each exchange with it.
struct Via<F> {
    service: LabTarget,
    way: F,
}

impl<F: FnMut(&Probe, &mut Observation)> Target for Via<F> {
    fn probe(&mut self, probe: &Probe) -> Observation {
        let mut observation = self.service.probe(probe);
        (self.way)(probe, &mut observation);
        observation
    }
}

fn via(service: Service, hello: &str, way: impl FnMut(&Probe, &mut Observation)) -> Diagnosis {
    ask(&mut Via { service: LabTarget::new(service), way }, hello)
}

/// On a path where this is lost: nothing comes back for it, and the kernel sends it again.
fn lost(probe: &Probe, is_lost: bool, observation: &mut Observation) {
    let bytes = if is_lost { probe.flight.len() as u32 } else { 0 };
    let retransmissions = if is_lost { 3 } else { 0 };
    if is_lost {
        observation.reaction = Reaction { kind: Kind::Silence, step: Step::ClientHello };
    }
    if observation.reaction.kind == Kind::Silence {
        let told = Unacknowledged { bytes, retransmissions, window_closed: false };
        observation.path.unacknowledged = Some(told);
    }
}

fn largest_segment(probe: &Probe) -> usize {
    segment_sizes(probe.flight.len(), &probe.segments).into_iter().max().unwrap_or(0)
}

#[test]
fn a_path_that_swallows_large_packets_is_told_from_a_silent_server() {
    let small_mtu = |probe: &Probe, seen: &mut Observation| {
        lost(probe, largest_segment(probe) > 1200, seen);
    };
    let found = via(Service::healthy(), "openssl-3.5.8", small_mtu);
    let length = found.subject.spec.flight().len();
    assert!(length > 1200);
    let head = format!("{length} of the {length} bytes that were sent were never acknowledged");
    let [note] = notes(&found, "acknowledged")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.starts_with(&head) && note.contains("sent again 3 times"), "{note}");
    assert!(
        note.contains("the path swallows large packets. The same bytes in segments of"),
        "{note}"
    );
    let json = diagnosis_json::json(&found, HOST, 443);
    let told = json!({"bytes": length, "retransmissions": 3, "window_closed": false});
    assert_eq!(json["evidence"][0]["unacknowledged"], told);

    let silent = service(r#"{"field":"handshake.length","min":1200}"#, Response::Silence);
    let found = via(silent, "openssl-3.5.8", |probe, seen| lost(probe, false, seen));
    assert_eq!(found.verdict, Verdict::Difference);
    let [note] = notes(&found, "acknowledged")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.starts_with(&format!("all of the {length} bytes")), "{note}");
}

#[test]
fn what_is_lost_however_it_is_cut_is_not_lost_for_its_size() {
    let of_its_length = |probe: &Probe, seen: &mut Observation| {
        lost(probe, probe.flight.len() > 1200, seen);
    };
    let found = via(Service::healthy(), "openssl-3.5.8", of_its_length);
    let [note] = notes(&found, "never acknowledged")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.contains("it is not the size of the packets, but the hello"), "{note}");
    assert_eq!(notes(&found, "large packets"), [] as [&str; 0]);
}

#[test]
fn a_server_that_reads_no_further_is_no_path_that_swallows() {
    let found = via(Service::healthy(), "openssl-3.5.8", |probe, seen| {
        if probe.flight.len() > 1200 {
            seen.reaction = Reaction { kind: Kind::Silence, step: Step::ClientHello };
            let stuck = Unacknowledged { bytes: 100, retransmissions: 0, window_closed: true };
            seen.path = Path { unacknowledged: Some(stuck), ..Path::default() };
        }
    });
    let [note] = notes(&found, "bytes that were sent")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.contains("has closed its window"), "{note}");
}

#[test]
fn where_the_platform_tells_nothing_nothing_is_said() {
    let silent = service(r#"{"field":"extensions","has":35}"#, Response::Silence);
    let found = ask(&mut LabTarget::new(silent), "openssl-1.0.1e");
    assert!(matches!(found.cause, Some(Cause::Edits(_))));
    assert_eq!(notes(&found, "bytes"), [] as [&str; 0]);
}

/// A service 40 ms away, whose resets come after so many seconds.
fn away(service: Service, reset_after: f64) -> Diagnosis {
    via(service, "openssl-1.0.1e", |_, seen| {
        let reset = seen.reaction.kind == Kind::Reset;
        seen.seconds = if reset { reset_after } else { 0.041 };
        seen.path.connected_in = Some(0.04);
    })
}

#[test]
fn a_reset_that_is_sooner_than_the_round_trip_is_a_middlebox_s() {
    let resets = || service(r#"{"field":"extensions","has":35}"#, Response::Reset);
    let found = away(resets(), 0.002);
    let head = "the reset came after 2 ms, though the round trip is 40 ms: something on the way sent \
                it (a middlebox), since";
    let [note] = notes(&found, "round trip")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.starts_with(head), "{note}");
    // Nothing passes: then it may also be that nobody waited for the hello.
    let everything = service(r#"{"field":"handshake.length","min":1}"#, Response::Reset);
    let found = away(everything, 0.002);
    let [note] = notes(&found, "round trip")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.ends_with("or the server did before the hello was there"), "{note}");
    for late in [0.021, 0.04, 0.5] {
        assert_eq!(notes(&away(resets(), late), "round trip"), [] as [&str; 0], "{late}");
    }
    let near = via(resets(), "openssl-1.0.1e", |_, seen| {
        seen.path.connected_in = Some(0.004);
    });
    assert_eq!(notes(&near, "round trip"), [] as [&str; 0]);
}

/// The same, looked for by explanations, at a server that is some way off.
fn explained(service: Service, hello: &str) -> Diagnosis {
    let named = NamedHello::parse(hello).unwrap();
    let spec = named.drawn(&mut Draw::seeded("path"), Some(HOST)).unwrap().spec;
    let subject = Subject { name: hello.to_owned(), spec, address: None };
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    diagnose(&mut far(service), subject, &options, &mut |_| {})
}

/// A service that is some way off.
fn far(service: Service) -> impl Target {
    let way = |_: &Probe, seen: &mut Observation| seen.path.connected_in = Some(0.003);
    Via { service: LabTarget::new(service), way }
}

#[test]
fn a_reset_for_every_name_comes_from_before_the_servers() {
    let everywhere = r#"{"field":"extensions","has":35}"#;
    let found = explained(service(everywhere, Response::Reset), "openssl-1.0.1e");
    assert_eq!(found.verdict, Verdict::Cause);
    let [note] = notes(&found, "every server name")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.starts_with("the reset is the same for"), "{note}");
    assert!(note.contains("lab.helloscope.test, xxx.helloscope.test"), "{note}");

    let nothing = service(r#"{"field":"handshake.length","min":1}"#, Response::Close);
    let found = ask(&mut far(nothing), "openssl-1.0.1e");
    assert_eq!(found.verdict, Verdict::RejectsEverything);
    let [note] = notes(&found, "every server name")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.starts_with("the end without a word is the same for"), "{note}");

    // One server of several, whose neighbours are well; and an alert, which has an author.
    let own = format!(r#"{{"all":[{everywhere},{{"field":"server_name","is":"{HOST}"}}]}}"#);
    for (condition, response) in [(own.as_str(), Response::Reset), (everywhere, Response::Silence)]
    {
        let found = explained(service(condition, response), "openssl-1.0.1e");
        assert_eq!(notes(&found, "every server name"), [] as [&str; 0], "{condition}");
    }
}

/// Services in turn, of which the second has another certificate: of the same length, and with
/// another signature at its end.
struct InTurn {
    services: Vec<Service>,
    connections: usize,
}

impl Target for InTurn {
    fn probe(&mut self, probe: &Probe) -> Observation {
        let turn = self.connections % self.services.len();
        self.connections += 1;
        let observation = LabTarget::new(self.services[turn].clone()).probe(probe);
        let Answer::Send(mut flight) = self.services[turn].answer(&probe.flight, &[]) else {
            return observation;
        };
        for certificate in [
            &include_bytes!("../data/lab/rsa-2048.der")[..],
            include_bytes!("../data/lab/ecdsa-p256.der"),
        ] {
            let found = flight.windows(certificate.len()).position(|bytes| bytes == certificate);
            if let (Some(at), 1) = (found, turn) {
                flight[at + certificate.len() - 1] ^= 1;
            }
        }
        let mut recorder = Recorder::default();
        recorder.push(Side::Client, Some(0.0), &probe.flight);
        recorder.push(Side::Server, Some(0.0), &flight);
        let transcript = recorder.finish(Source::default(), Some(End::Open));
        Observation { transcript: Some(transcript), ..observation }
    }
}

#[test]
fn servers_that_take_turns_are_told_by_their_certificates() {
    let tickets = || service(r#"{"field":"extensions","has":35}"#, Response::Reset);
    let mut target = InTurn { services: vec![tickets(), tickets()], connections: 0 };
    let found = ask(&mut target, "openssl-1.0.1e");
    assert_eq!(found.verdict, Verdict::Difference);
    let [note] = notes(&found, "certificates were seen")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.starts_with("2 different ECDSA certificates were seen for lab."), "{note}");
    let json = diagnosis_json::json(&found, HOST, 443);
    let evidence = json["evidence"].as_array().unwrap();
    let shown = |one: &&serde_json::Value| one["certificate_sha256"].is_string();
    let first = 1 + evidence.iter().position(|one| shown(&one)).unwrap();
    assert!(note.contains(&format!("(connections {first}")), "{note}");

    // Of two that show the same, nothing is told; of three of which two pass, one by one, all.
    let mut target = InTurn { services: vec![tickets(), Service::healthy()], connections: 0 };
    let found = ask(&mut target, "openssl-1.0.1e");
    assert_eq!(found.verdict, Verdict::Unstable);
    assert_eq!(notes(&found, "certificates were seen"), [] as [&str; 0]);
    let services = vec![tickets(), Service::healthy(), Service::healthy()];
    let found = ask(&mut InTurn { services, connections: 0 }, "openssl-1.0.1e");
    assert_eq!(found.verdict, Verdict::Unstable);
    let [note] = notes(&found, "certificates were seen")[..] else { panic!("{:#?}", found.notes) };
    assert!(note.contains("several servers stand behind this address. What"), "{note}");
    assert!(note.ends_with("as it was with a hello that both passed and failed"), "{note}");

    let found = ask(&mut LabTarget::new(tickets()), "openssl-1.0.1e");
    assert_eq!(notes(&found, "certificates were seen"), [] as [&str; 0]);
}
