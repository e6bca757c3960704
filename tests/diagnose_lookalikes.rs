//! Causes that look like others: what fools a prober that changes one thing at a time. Each is what
//! the server does, what it is easily taken for, and the cause that must be told.

use helloscope::diagnose::{Cause, Options, Subject, Verdict, diagnose};
use helloscope::hello::draw::Draw;
use helloscope::hello::named::NamedHello;
use helloscope::hello::{Condition, HelloSpec};
use helloscope::lab::{LabTarget, Rule, Service};
use helloscope::names::{AlertDescription, AlertLevel};
use helloscope::probe::{Probe, Target};
use helloscope::quirks::{Quirk, Response};

const HOST: &str = "shop.test.example";

const REFUSED: Response =
    Response::Alert { level: AlertLevel::fatal, description: AlertDescription::handshake_failure };

fn drawn(hello: &str) -> HelloSpec {
    let named = NamedHello::parse(hello).unwrap();
    named.drawn(&mut Draw::seeded("lookalikes"), Some(HOST)).unwrap().spec
}

/// The cause that is told, where the lab's server does this.
fn told(service: Service, hello: &str) -> String {
    let subject = Subject { name: hello.to_owned(), spec: drawn(hello), address: None };
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    let mut target = LabTarget::new(service.clone());
    let found = diagnose(&mut target, subject, &options, &mut |_| {});
    let Some(Cause::Condition(cause)) = &found.cause else {
        return format!("{:?} {:?}", found.verdict, found.notes);
    };
    assert!(matches!(found.verdict, Verdict::Cause | Verdict::Incompatible), "{cause}");
    let remedy = found.remedy.expect("what helps");
    assert!(LabTarget::new(service).probe(&Probe::of(&remedy.spec)).reaction.accepted(), "{cause}");
    written(cause)
}

/// A condition, its parts in one order: which of them is found first tells nothing.
fn written(condition: &Condition) -> String {
    let mut parts = match condition {
        Condition::All(parts) => parts.clone(),
        other => return serde_json::to_string(other).unwrap(),
    };
    parts.sort_by_key(ToString::to_string);
    serde_json::to_string(&Condition::All(parts)).unwrap()
}

/// A server with this rule is told by it.
fn tells(rule: &str, response: Response, hello: &str) {
    let condition: Condition = serde_json::from_str(rule).unwrap();
    let expected = written(&condition);
    let service = Service::healthy().with(Rule { condition, response });
    assert_eq!(told(service, hello), expected, "with {hello}");
}

/// A server of the catalogue is told by its condition.
fn is_known(id: &str, hello: &str) {
    let quirk = Quirk::find(id).unwrap();
    let condition = written(&quirk.condition);
    assert_eq!(told(Service::healthy().with(quirk), hello), condition, "{id} with {hello}");
}

#[test]
fn where_the_first_segment_ends_is_no_length() {
    is_known("first-segment-under-8", "openssl-1.0.1e,segments=5,rest");
    tells(r#"{"field":"tcp.segments","min":2}"#, Response::Silence, "curl-7.88.1,segments=9,rest");
}

#[test]
fn a_length_is_not_the_group_that_made_it() {
    is_known("hello-over-one-segment", "openssl-3.5.8");
    is_known("hello-over-one-segment", "chromium-156");
    // Nor the other way round.
    tells(r#"{"field":"supported_groups","has":4588}"#, Response::Reset, "openssl-3.5.8");
    tells(r#"{"field":"key_share","has":4588}"#, Response::Reset, "chromium-156");
}

#[test]
fn what_fills_a_hello_is_not_its_length() {
    is_known("padding-intolerance", "openssl-1.0.1g");
    is_known("padding-intolerance", "like-chrome99");
}

#[test]
fn an_empty_extension_at_the_end_is_not_the_one_that_stands_there() {
    is_known("empty-last-extension", "openssl-1.0.1e");
    is_known("empty-last-extension", "openssl-1.1.1n,move extended_master_secret last");
}

#[test]
fn a_group_that_goes_takes_its_share_along() {
    let rule = r#"{"field":"supported_groups","has":29}"#;
    tells(rule, REFUSED, "openssl-3.0.19-s_client");
    is_known("key-share-not-in-groups", "openssl-3.0.19-s_client,!-supported_groups.x25519");
}

#[test]
fn two_that_are_harmless_alone_are_named_together() {
    is_known("ech-and-cloudflare", "chromium-156,server_name=cloudflare-ech.com");
    is_known(
        "windows-2003-64-suites",
        &Quirk::find("windows-2003-64-suites").unwrap().example.fails,
    );
    is_known("session-id-required", "openssl-3.0.19-s_client,session_id=0");
}

#[test]
fn either_of_two_is_named_as_such() {
    tells(
        r#"{"any":[{"field":"extensions","has":35},{"field":"cipher_suites","has":5}]}"#,
        Response::Close,
        "openssl-1.0.1e",
    );
}

#[test]
fn signatures_are_no_intolerance_of_a_version() {
    // A hello of TLS 1.1 passes, since it has no signature_algorithms.
    is_known("md5-chain", "tls12-only");
    tells(r#"{"field":"extensions","has":13}"#, REFUSED, "openssl-1.0.1e");
    tells(r#"{"field":"legacy_version","min":771}"#, Response::Silence, "openssl-1.0.1e");
}

#[test]
fn the_same_alert_is_sent_for_groups_names_secrets_and_renegotiation() {
    tells(r#"{"field":"extensions","lacks":23}"#, REFUSED, "openssl-1.0.1e");
    tells(r#"{"field":"server_name","is":null}"#, REFUSED, "openssl-1.0.1-s_client");
    tells(r#"{"field":"supported_groups","lacks":25}"#, REFUSED, "tls12-only");
    tells(r#"{"field":"cipher_suites","has":49200}"#, REFUSED, "curl-7.88.1");
    for id in ["renegotiation-scsv-required", "ems-required", "sni-required"] {
        let hello = &Quirk::find(id).unwrap().example.fails;
        let quirk = Quirk::find(id).unwrap();
        let service = Rule { condition: quirk.condition.clone(), response: REFUSED };
        let condition = written(&quirk.condition);
        assert_eq!(told(Service::healthy().with(service), hello), condition, "{id}");
    }
}

#[test]
fn many_suites_are_not_the_last_of_them_nor_their_bytes() {
    is_known("many-suites-124", "everything");
    is_known("many-suites-128", "everything");
    tells(r#"{"field":"cipher_suites.count","min":65}"#, Response::Silence, "openssl-1.0.1e");
    tells(r#"{"field":"extensions.count","min":8}"#, Response::Reset, "openssl-3.0.19-s_client");
}

#[test]
fn a_kind_is_not_the_number_that_was_drawn() {
    for id in ["grease-extension", "grease-group", "grease-suite"] {
        is_known(id, "chromium-156");
    }
    is_known("unknown-extension", &Quirk::find("unknown-extension").unwrap().example.fails);
}

#[test]
fn what_stands_before_what_is_not_what_stands_there() {
    is_known("alpn-before-sni", "tls12-only,alpn=h2,http/1.1,move alpn first");
    for id in ["psk-not-last", "pss-order"] {
        is_known(id, &Quirk::find(id).unwrap().example.fails);
    }
}

#[test]
fn two_compression_methods_are_not_the_second_of_them() {
    let hello = "openssl-1.0.1e,+compression_methods.DEFLATE";
    tells(r#"{"field":"compression_methods.count","min":2}"#, REFUSED, hello);
    tells(r#"{"field":"compression_methods","has":1}"#, REFUSED, hello);
}

/// Of long lists no order is weighed, and of none the first entries alone: the smallest difference is
/// told, and no property that is not the cause.
#[test]
fn where_a_member_stands_is_not_that_it_is_there() {
    for (rule, hello) in [
        (r#"{"field":"supported_groups[..3]","has":23}"#, "openssl-1.1.1n"),
        (r#"{"field":"cipher_suites","order":[4866,4865]}"#, "openssl-3.5.8"),
    ] {
        let condition = serde_json::from_str(rule).unwrap();
        let rule_of = Rule { condition, response: REFUSED };
        let told = told(Service::healthy().with(rule_of), hello);
        assert!(told.starts_with("Difference"), "{rule}: {told}");
    }
}

#[test]
fn the_length_of_one_extension_is_not_that_it_is_there() {
    for (rule, hello) in [
        (r#"{"field":"extension.0.length","min":12}"#, "curl-7.88.1"),
        (r#"{"field":"extension.16.length","min":10}"#, "chromium-156"),
        (r#"{"field":"extension.51.length","min":1000}"#, "chromium-156"),
        (r#"{"field":"extension.51.length","min":1000}"#, "openssl-3.5.8"),
    ] {
        tells(rule, Response::Reset, hello);
    }
}

#[test]
fn no_block_of_extensions_is_not_the_lack_of_one() {
    tells(r#"{"field":"extensions.present","is":false}"#, Response::Close, "minimal");
    let intolerant = Quirk::find("extensions-intolerance").unwrap();
    is_known("extensions-intolerance", &intolerant.example.fails);
}

#[test]
fn a_remedy_for_one_quirk_that_meets_another_is_no_remedy() {
    // The padding that keeps a hello out of the one's window is what the other rejects.
    let both = Service::healthy()
        .with(Quirk::find("f5-256-511").unwrap())
        .with(Quirk::find("padding-intolerance").unwrap());
    let window = &Quirk::find("f5-256-511").unwrap().condition;
    assert_eq!(told(both, "openssl-1.0.1e"), serde_json::to_string(window).unwrap());
}
