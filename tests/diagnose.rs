//! Diagnoses of the lab's services, by a function call: what is found is what was put in.

use helloscope::diagnose::{Cause, Diagnosis, Options, Subject, Verdict, diagnose};
use helloscope::hello::draw::Draw;
use helloscope::hello::edit::in_words;
use helloscope::hello::named::NamedHello;
use helloscope::hello::{Condition, Facts, HelloSpec};
use helloscope::lab::{LabTarget, Rule, Service};
use helloscope::names::{AlertDescription, AlertLevel, ProtocolVersion};
use helloscope::probe::{Observation, Over, Probe, Target};
use helloscope::quirks::{Quirk, Response};
use helloscope::report::diagnosis_json;

const HOST: &str = "lab.helloscope.test";
/// What is true of each hello.
const ALL: &str = r#"{"field":"handshake.length","min":1}"#;

fn ask(service: Service, hello: &str) -> (Diagnosis, usize) {
    let mut target = LabTarget::new(service);
    let named = NamedHello::parse(hello).unwrap();
    let spec = named.drawn(&mut Draw::seeded("test"), Some(HOST)).unwrap().spec;
    let subject = Subject { name: hello.to_owned(), spec, address: None };
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    let diagnosis = diagnose(&mut target, subject, &options, &mut |_| {});
    let connections = target.connections();
    (diagnosis, connections)
}

fn condition(json: &str) -> Condition {
    serde_json::from_str(json).unwrap()
}

fn rule(json: &str, response: Response) -> Service {
    Service::healthy().with(Rule { condition: condition(json), response })
}

/// The cause of a diagnosis that is sure of it.
fn cause(diagnosis: &Diagnosis) -> String {
    let tried: Vec<_> = diagnosis
        .evidence
        .iter()
        .map(|e| format!("{}: {}", e.probe, e.reaction.kind.word()))
        .collect();
    match (&diagnosis.verdict, &diagnosis.cause) {
        (Verdict::Cause | Verdict::Incompatible, Some(Cause::Condition(condition))) => {
            serde_json::to_string(condition).unwrap()
        }
        (verdict, cause) => format!("{verdict:?} {cause:?}\n{}", tried.join("\n")),
    }
}

#[test]
fn a_healthy_service_accepts_and_nothing_more_is_asked() {
    let (diagnosis, connections) = ask(Service::healthy(), "openssl-1.0.1g");
    assert_eq!(diagnosis.verdict, Verdict::Accepted);
    assert_eq!(connections, 1);
}

#[test]
fn quirks_of_the_catalogue_are_found_by_their_conditions() {
    for (id, hello) in [
        ("f5-256-511", "openssl-1.0.1e"),
        ("f5-256-511", "openssl-3.0.19-s_client"),
        ("padding-intolerance", "openssl-1.0.1g"),
        ("padding-intolerance", "curl-7.88.1"),
        ("empty-last-extension", "openssl-1.0.1e"),
        ("version-intolerance-tls12", "openssl-1.0.1e"),
        ("version-intolerance-tls12", "openssl-3.0.19-s_client"),
        ("sni-required", "openssl-1.0.1-s_client"),
    ] {
        let quirk = Quirk::find(id).unwrap();
        let (diagnosis, connections) = ask(Service::healthy().with(quirk), hello);
        let expected = serde_json::to_string(&quirk.condition).unwrap();
        assert_eq!(cause(&diagnosis), expected, "{id} with {hello}");
        assert_eq!(diagnosis.known_as.first().map(|quirk| quirk.id.as_str()), Some(id));
        assert_eq!(diagnosis.confirmed.cause_fails, 2);
        assert_eq!(diagnosis.confirmed.remedy_passes, 2);
        let remedy = diagnosis.remedy.unwrap();
        assert!(remedy.reaction.accepted() && !remedy.edits.is_empty());
        eprintln!("{id} with {hello}: {connections} connections");
    }
}

#[test]
fn how_a_hello_is_cut_is_told_from_what_it_says() {
    for (json, hello) in [
        (r#"{"field":"tcp.first_segment","max":7}"#, "tls12-only,segments=5,rest"),
        (r#"{"field":"tcp.segments","min":2}"#, "curl-7.88.1,segments=5,rest"),
        (r#"{"field":"record.count","min":2}"#, "curl-7.88.1,split_records=100,rest"),
    ] {
        let (diagnosis, connections) = ask(rule(json, Response::Reset), hello);
        assert_eq!(serde_json::from_str::<Condition>(&cause(&diagnosis)).unwrap(), condition(json));
        let remedy = diagnosis.remedy.unwrap();
        assert!(remedy.spec.segments.is_empty() && remedy.spec.records.is_empty());
        eprintln!("{hello}: {connections} connections");
    }
}

#[test]
fn causes_that_no_catalogue_knows_are_found_as_surely() {
    let silence = || Response::Silence;
    for (json, hello) in [
        (r#"{"field":"handshake.length","min":300,"max":400}"#, "openssl-1.0.1e"),
        (r#"{"field":"handshake.length","min":256}"#, "openssl-1.0.1e"),
        (r#"{"field":"handshake.length","min":1501}"#, "openssl-3.5.8"),
        (r#"{"field":"handshake.length","max":511}"#, "openssl-1.0.1e"),
        (r#"{"field":"extensions","has":35}"#, "openssl-1.0.1e"),
        (r#"{"field":"extensions","has":51}"#, "openssl-3.0.19-s_client"),
        (r#"{"field":"extensions","has":"grease"}"#, "chromium-156"),
        (r#"{"field":"supported_groups","has":4588}"#, "openssl-3.5.8"),
        (r#"{"field":"signature_algorithms","has":2052}"#, "openssl-3.0.19-s_client"),
        (r#"{"field":"session_id.length","min":1}"#, "openssl-3.0.19-s_client"),
        (r#"{"field":"cipher_suites.count","min":65}"#, "openssl-1.0.1e"),
        (r#"{"field":"cipher_suites","has":5}"#, "openssl-1.0.1e"),
        (r#"{"field":"extensions","lacks":23}"#, "openssl-1.0.1e"),
        (r#"{"field":"record.version","is":769}"#, "openssl-1.0.1e"),
        // Who wants to see a browser.
        (r#"{"field":"grease","is":false}"#, "openssl-3.5.8"),
        (r#"{"field":"extensions","lacks":"grease"}"#, "openssl-3.5.8"),
        (r#"{"field":"cipher_suites","lacks":"grease"}"#, "curl-7.88.1"),
    ] {
        let (diagnosis, connections) = ask(rule(json, silence()), hello);
        eprintln!("{json} with {hello}: {connections} connections");
        assert_eq!(cause(&diagnosis), json, "with {hello}");
    }
}

#[test]
fn a_version_is_not_taken_for_the_schemes_that_go_with_it() {
    // A server of TLS 1.2 refuses a hello without schemes by itself, with the same alert.
    let refused = || Response::Alert {
        level: AlertLevel::fatal,
        description: AlertDescription::handshake_failure,
    };
    for (version, hello) in [
        ("TLS 1.1", "like-chrome150"),
        ("TLS 1.2", "like-safari260"),
        ("TLS 1.1", "openssl-1.0.1-s_client"),
    ] {
        let at = ProtocolVersion::from_text(version).unwrap().0;
        let json = format!(r#"{{"field":"legacy_version","min":{at}}}"#);
        let (diagnosis, connections) = ask(rule(&json, refused()), hello);
        eprintln!("{json} with {hello}: {connections} connections");
        assert_eq!(cause(&diagnosis), json, "with {hello}");
    }
}

/// No other hello asks for a name where the subject has none.
#[test]
fn a_server_of_an_old_version_alone_is_told_by_that_version_and_not_by_the_extension() {
    for hello in ["chromium-156", "openssl-3.5.8", "firefox-153esr"] {
        let response = Response::Version(ProtocolVersion::TLS1_0);
        let (diagnosis, connections) = ask(rule(ALL, response), hello);
        let wanted = r#"{"all":[{"field":"extensions","has":43},{"field":"supported_versions","lacks":769}]}"#;
        assert_eq!(
            cause(&diagnosis),
            serde_json::to_string(&condition(wanted)).unwrap(),
            "{hello}"
        );
        assert!(connections <= 40, "{hello}: {connections} connections");
    }
}

#[test]
fn a_name_that_is_missing_is_a_part_of_a_cause_and_no_other_part_is_blamed_alone() {
    let nameless = r#"{"field":"server_name","is":null}"#;
    let parts = [
        r#"{"field":"supported_versions","has":772}"#,
        r#"{"field":"extensions","has":5}"#,
        r#"{"field":"handshake.length","min":256}"#,
    ];
    let without_a_host = |service| {
        let named = NamedHello::parse("firefox-153esr").unwrap();
        let spec = named.drawn(&mut Draw::seeded("test"), None).unwrap().spec;
        let subject = Subject { name: named.name.clone(), spec, address: None };
        diagnose(&mut LabTarget::new(service), subject, &Options::default(), &mut |_| {})
    };
    for part in parts {
        let all = format!(r#"{{"all":[{nameless},{part}]}}"#);
        let found = without_a_host(rule(&all, Response::Close));
        let cause = cause(&found);
        assert!(cause.contains(nameless) && cause.contains(part), "{cause}");
    }
    let found = without_a_host(Service::healthy().with(Quirk::find("sni-required").unwrap()));
    let edits: Vec<String> = found.remedy.unwrap().edits.iter().map(ToString::to_string).collect();
    assert_eq!(edits, ["server_name=www.example"]);
}

#[test]
fn two_that_work_together_are_named_together_and_either_of_two_as_such() {
    let (diagnosis, _) = ask(
        rule(
            r#"{"all":[{"field":"extensions","has":35},{"field":"cipher_suites","has":5}]}"#,
            Response::Close,
        ),
        "openssl-1.0.1e",
    );
    let found = cause(&diagnosis);
    assert!(found.starts_with(r#"{"all":["#), "{found}");
    assert!(found.contains(r#""has":35"#) && found.contains(r#""has":5}"#), "{found}");
    let (diagnosis, _) = ask(
        rule(
            r#"{"any":[{"field":"extensions","has":35},{"field":"cipher_suites","has":5}]}"#,
            Response::Close,
        ),
        "openssl-1.0.1e",
    );
    let found = cause(&diagnosis);
    assert!(found.starts_with(r#"{"any":["#), "{found}");
}

#[test]
fn what_is_no_tls_is_named() {
    let (diagnosis, _) = ask(Service::http(), "openssl-1.0.1g");
    assert_eq!(diagnosis.verdict, Verdict::NotTls);
    let (diagnosis, _) = ask(Service::smtp(), "openssl-1.0.1g");
    assert_eq!(diagnosis.verdict, Verdict::NeedsStarttls);
}

#[test]
fn a_service_that_takes_nothing_is_said_to() {
    let service = rule(ALL, Response::Reset);
    let (diagnosis, _) = ask(service, "openssl-1.0.1g");
    assert_eq!(diagnosis.verdict, Verdict::RejectsEverything);
}

/// A server that is one of two in turn, as behind a load balancer.
struct InTurn([LabTarget; 2], usize);

impl Target for InTurn {
    fn probe(&mut self, probe: &Probe) -> Observation {
        self.1 += 1;
        self.0[self.1 % 2].probe(probe)
    }
}

#[test]
fn a_hello_that_passes_and_fails_in_turn_is_unstable_and_its_rate_is_told() {
    let quirk = Quirk::find("padding-intolerance").unwrap();
    let services = [Service::healthy(), Service::healthy().with(quirk)];
    let mut target = InTurn(services.map(LabTarget::new), 0);
    let named = NamedHello::parse("openssl-1.0.1g").unwrap();
    let spec = named.drawn(&mut Draw::seeded("turn"), Some(HOST)).unwrap().spec;
    let address = Some("127.0.0.1:443".parse().unwrap());
    let subject = Subject { name: named.name.clone(), spec, address };
    let found = diagnose(&mut target, subject, &Options::default(), &mut |_| {});
    assert_eq!(found.verdict, Verdict::Unstable);
    let json = diagnosis_json::json(&found, HOST, 443);
    let rate = serde_json::json!({"address": "127.0.0.1:443", "passes": 4, "of": 8});
    assert_eq!(json["cause"], serde_json::json!({ "rates": [rate] }));
}

#[test]
fn a_server_that_fails_by_chance_is_hardly_ever_blamed_on_the_hello() {
    let presets = ["openssl-1.0.1g", "curl-7.88.1", "minimal", "java-17.0.15"];
    let (mut blamed, mut unstable) = (Vec::new(), 0);
    for (at, share) in ["0.3", "0.5", "0.7"].repeat(16).into_iter().enumerate() {
        let name = presets[at % presets.len()];
        let spec = NamedHello::parse(name).unwrap();
        let spec = spec.drawn(&mut Draw::seeded("chance"), Some(HOST)).unwrap().spec;
        let all = Rule { condition: condition(ALL), response: Response::Reset };
        let service = Service::healthy().with_at(all, share.parse().unwrap());
        let mut target = LabTarget::new(service.seeded(&at.to_string()));
        let subject = Subject { name: name.to_owned(), spec, address: None };
        let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
        let found = diagnose(&mut target, subject, &options, &mut |_| {});
        match found.verdict {
            Verdict::Accepted | Verdict::Undetermined => {}
            Verdict::Unstable => unstable += 1,
            _ => blamed.push(format!("{name} at {share}: {:?}", found.cause)),
        }
    }
    assert!(unstable > 10, "{unstable}");
    assert!(blamed.len() < 3, "{blamed:#?}");
}

/// A server that bans whoever has connected so often: from then on it does this with each hello.
struct Banning {
    inner: LabTarget,
    left: usize,
    ban: Response,
}

impl Target for Banning {
    fn probe(&mut self, probe: &Probe) -> Observation {
        if self.left == 0 {
            let each = rule(ALL, self.ban.clone());
            return LabTarget::new(each).probe(probe);
        }
        self.left -= 1;
        self.inner.probe(probe)
    }
}

/// What is found of a server that bans after so many connections, and where it is noticed.
fn banned(json: &str, [failure, ban]: [Response; 2], left: usize) -> Diagnosis {
    let spec = NamedHello::parse("openssl-1.0.1e").unwrap();
    let mut target = Banning { inner: LabTarget::new(rule(json, failure)), left, ban };
    let spec = spec.drawn(&mut Draw::seeded("test"), Some(HOST)).unwrap().spec;
    let subject = Subject { name: "openssl-1.0.1e".to_owned(), spec, address: None };
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    diagnose(&mut target, subject, &options, &mut |_| {})
}

#[test]
fn a_ban_is_named_and_never_blamed_on_the_hello() {
    let json = r#"{"field":"extensions","has":35}"#;
    let mut unstable = 0;
    for left in 3..16 {
        let found = banned(json, [Response::Silence, Response::Silence], left);
        match found.verdict {
            Verdict::Unstable => {
                unstable += 1;
                let note = &found.notes[0];
                assert!(note.starts_with("the server has changed its mind"), "{note}");
            }
            // Nothing passed before the ban, or the ban came too late to matter.
            Verdict::RejectsEverything | Verdict::Undetermined => {}
            _ => assert_eq!(cause(&found), json, "banned after {left}"),
        }
    }
    assert!(unstable > 5, "{unstable} of 13 bans were named");
}

#[test]
fn a_ban_that_looks_like_no_failure_before_is_noticed_within_few_connections() {
    const NOTICED: usize = 12;
    let json = r#"{"field":"handshake.length","min":150}"#;
    let alert = Response::Alert {
        level: AlertLevel::fatal,
        description: AlertDescription::handshake_failure,
    };
    for ban in [Response::Silence, Response::Reset] {
        for left in (3..20).step_by(2) {
            let found = banned(json, [alert.clone(), ban.clone()], left);
            assert!(matches!(found.verdict, Verdict::Unstable | Verdict::Undetermined), "{left}");
            assert!(found.notes[0].starts_with("the server has changed its mind"), "{left}");
            assert!(found.connections <= left + NOTICED, "{left}: {}", found.connections);
        }
    }
}

/// A service that is asked until so many connections were made, as a clock would have it.
struct Until(LabTarget, usize, Over);

impl Target for Until {
    fn probe(&mut self, probe: &Probe) -> Observation {
        self.0.probe(probe)
    }

    fn probe_all(&mut self, probes: &[Probe]) -> Vec<Observation> {
        let left = self.1 - self.0.connections();
        probes.iter().take(left).map(|probe| self.probe(probe)).collect()
    }

    fn over(&self) -> Option<Over> {
        (self.0.connections() >= self.1).then_some(self.2)
    }
}

fn ask_until(connections: usize, over: Over) -> Diagnosis {
    let service = Service::healthy().with(Quirk::find("padding-intolerance").unwrap());
    let spec = NamedHello::parse("openssl-1.0.1g").unwrap();
    let spec = spec.drawn(&mut Draw::seeded("test"), Some(HOST)).unwrap().spec;
    let subject = Subject { name: "openssl-1.0.1g".to_owned(), spec, address: None };
    let mut target = Until(LabTarget::new(service), connections, over);
    let found = diagnose(&mut target, subject, &Options::default(), &mut |_| {});
    assert_eq!(found.evidence.len(), target.0.connections());
    found
}

#[test]
fn where_the_time_is_over_it_tells_what_is_known() {
    let found = ask_until(5, Over::Time);
    assert_eq!(found.evidence.len(), 5);
    assert_eq!(found.verdict, Verdict::Undetermined);
    assert!(found.cause.is_none() && found.remedy.is_none());
    let notes: Vec<&str> = found.notes.iter().map(String::as_str).collect();
    assert!(matches!(notes[..], [note] if note.starts_with("the time that was allowed is over")));
    let shares: Vec<f64> = found.possible.iter().map(|possible| possible.share).collect();
    assert!(shares.is_sorted_by(|a, b| a >= b) && !shares.is_empty(), "{shares:?}");
    assert!(shares.iter().sum::<f64>() <= 1.001, "{shares:?}");
    // What is possible is true of the subject, and of none that passed.
    let likeliest = &found.possible[0].condition;
    let holds = |spec: &HelloSpec| likeliest.holds(&Facts::of_spec(spec));
    assert!(holds(&found.subject.spec), "{likeliest}");
    let passed = found.evidence.iter().filter(|evidence| evidence.reaction.accepted());
    assert!(passed.into_iter().all(|evidence| !holds(&evidence.spec)), "{likeliest}");
    let nearest = found.nearest_passing().expect("one passed");
    assert!(nearest.reaction.accepted());
}

#[test]
fn where_it_is_stopped_at_any_time_nothing_more_is_asked() {
    let enough = ask_until(usize::MAX, Over::Stopped).evidence.len();
    for connections in [0, 1, 2, enough / 2, enough - 1] {
        let found = ask_until(connections, Over::Stopped);
        assert_eq!(found.evidence.len(), connections);
        assert_eq!(found.verdict, Verdict::Undetermined, "{connections}");
        let note = &found.notes[0];
        assert!(note.starts_with("it was stopped before the end"), "{connections}: {note}");
        assert!(found.cause.is_none() && found.remedy.is_none(), "{connections}");
    }
}

#[test]
fn who_waits_is_told_what_is_tested_and_what_is_possible() {
    let service = Service::healthy().with(Quirk::find("padding-intolerance").unwrap());
    let spec = NamedHello::parse("openssl-1.0.1g").unwrap();
    let spec = spec.drawn(&mut Draw::seeded("test"), Some(HOST)).unwrap().spec;
    let subject = Subject { name: "openssl-1.0.1g".to_owned(), spec, address: None };
    let mut lines = Vec::new();
    let mut progress = |line: &str| lines.push(line.to_owned());
    diagnose(&mut LabTarget::new(service), subject, &Options::default(), &mut progress);
    assert_eq!(lines[0], "testing the subject…  0 connections");
    assert!(lines.iter().any(|line| line.contains(" explanations left (")), "{lines:#?}");
    assert!(lines.iter().all(|line| line.contains("  ") && !line.contains('\n')), "{lines:#?}");
}

#[test]
fn without_explanations_the_smallest_difference_is_told() {
    let mut target = LabTarget::new(rule(r#"{"field":"extensions","has":35}"#, Response::Reset));
    let spec = NamedHello::parse("openssl-1.0.1e").unwrap();
    let spec = spec.drawn(&mut Draw::seeded("test"), Some(HOST)).unwrap().spec;
    let subject = Subject { name: "openssl-1.0.1e".to_owned(), spec, address: None };
    let options =
        Options { server_name: Some(HOST.to_owned()), explanations: false, ..Options::default() };
    let found = diagnose(&mut target, subject, &options, &mut |_| {});
    assert_eq!(found.verdict, Verdict::Difference);
    let Some(Cause::Edits(edits)) = found.cause else { panic!("no edits") };
    assert_eq!(in_words(&edits), "without session_ticket");
}
