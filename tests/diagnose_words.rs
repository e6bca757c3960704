//! How a diagnosis reads: in words that a person on call takes in, and in the columns of a terminal.

use helloscope::diagnose::{Cause, Diagnosis, Options, Subject, Verdict, diagnose};
use helloscope::hello::draw::Draw;
use helloscope::hello::named::NamedHello;
use helloscope::lab::{LabTarget, Rule, Service};
use helloscope::quirks::Quirk;
use helloscope::report::diagnosis;

/// As long as a name may be.
const LONG_HOST: &str = "a-name-of-a-host-that-is-as-long-as-a-label-of-a-name-may-be-63.\
     a-name-of-a-host-that-is-as-long-as-a-label-of-a-name-may-be-63.shop.test.example";
const HOST: &str = "shop.test.example";

fn ask(service: Service, hello: &str, host: &str) -> Diagnosis {
    let named = NamedHello::parse(hello).unwrap();
    let spec = named.drawn(&mut Draw::seeded("words"), Some(host)).unwrap().spec;
    let subject = Subject { name: hello.to_owned(), spec, address: None };
    let options = Options { server_name: Some(host.to_owned()), ..Options::default() };
    diagnose(&mut LabTarget::new(service), subject, &options, &mut |_| {})
}

fn rule(condition: &str, response: &str) -> Service {
    let rule = Rule { condition: condition.parse().unwrap(), response: response.parse().unwrap() };
    Service::healthy().with(rule)
}

/// The report as it is printed, without colours.
fn text(found: &Diagnosis, host: &str, all_probes: bool) -> String {
    let reached_with = " --connect-to 127.0.0.1:4433".to_owned();
    let asked_for = String::new();
    let options = diagnosis::Options { host, reached_with, asked_for, all_probes };
    anstream::adapter::strip_str(&diagnosis::text(found, &options)).to_string()
}

/// A report in one line, where it does not matter how it is broken.
fn words(found: &Diagnosis) -> String {
    let text = text(found, HOST, false);
    text.split_whitespace().filter(|word| *word != "|").collect::<Vec<_>>().join(" ")
}

#[test]
fn a_report_stays_in_eighty_columns_but_for_what_is_copied() {
    let all = "handshake.length>=1";
    for (condition, response, hello) in [
        ("handshake.length=256..511", "silence", "openssl-1.0.1e"),
        ("cipher_suites.count>=65", "close", "openssl-1.0.1e"),
        (
            "cipher_suites has TLS_AES_128_GCM_SHA256 before TLS_AES_256_GCM_SHA384",
            "alert:handshake_failure",
            "chromium-156",
        ),
        ("extensions has alpn", "suite:TLS_RSA_WITH_NULL_MD5", "chromium-156"),
        ("extensions has alpn", "plaintext:220 a greeting of a server of mail", "chromium-156"),
        ("supported_versions lacks TLS1.2", "alert:protocol_version", "tls13-only"),
        (all, "alert:unrecognized_name", "chromium-156"),
        (all, "silence", "tls12-only,segments=500,rest"),
        ("extensions has server_name", "warning:unrecognized_name", "chromium-156"),
    ] {
        let found = ask(rule(condition, response), hello, LONG_HOST);
        let text = text(&found, LONG_HOST, true);
        let is_copied = |line: &str| {
            line.contains("|  helloscope connect ") || line.contains("|         https://")
        };
        let too_long = text.lines().filter(|line| line.chars().count() > 80);
        let too_long: Vec<_> = too_long.filter(|line| !is_copied(line)).collect();
        assert!(too_long.is_empty(), "{condition} {hello}\n{too_long:#?}\n{text}");
    }
}

#[test]
fn the_catalogue_and_its_settings_stay_in_the_columns_and_in_their_column() {
    for (id, hello) in [
        ("f5-256-511", "openssl-1.0.1e"),
        ("version-intolerance-tls12", "openssl-1.0.1e"),
        ("empty-last-extension", "openssl-1.0.1e"),
    ] {
        let quirk = Quirk::find(id).unwrap();
        let found = ask(Service::healthy().with(quirk), hello, HOST);
        let text = text(&found, HOST, false);
        let copied = |line: &str| line.contains("helloscope connect ") || line.contains("https://");
        let too_long = text.lines().filter(|line| line.chars().count() > 80 && !copied(line));
        assert_eq!(too_long.collect::<Vec<_>>(), [""; 0], "{text}");
        // What goes on stands beneath what it goes on from.
        let settings = text.lines().skip_while(|line| !line.starts_with("help: ")).skip(3);
        for line in settings.take_while(|line| line.starts_with("   |")) {
            assert!(line[6..].contains(": ") || line[6..].starts_with(&" ".repeat(18)), "{text}");
        }
    }
}

#[test]
fn what_is_said_of_a_cause_and_of_what_helps_is_said_in_words() {
    for (condition, hello, told, helps) in [
        ("grease is true", "chromium-156", "the hello has a GREASE value", "without GREASE"),
        (
            "session_id.length>=1",
            "chromium-156",
            "the length of the session id in bytes is 1 or more",
            "without a session id",
        ),
        (
            "extension.51.length>=300",
            "chromium-156",
            "the length of key_share (51) in bytes is 300 or more",
            "without a share of X25519MLKEM768",
        ),
        (
            "extensions lacks extended_master_secret",
            "openssl-1.0.1e",
            "the hello lacks extended_master_secret (23)",
            "with extended_master_secret",
        ),
        ("alpn has h2", "chromium-156", "alpn has h2", "without h2"),
        ("tcp.segments>=2", "chromium-156,segments=500,rest", "", "in one segment"),
    ] {
        let found = ask(rule(condition, "close"), hello, HOST);
        let words = words(&found);
        let cause = format!("error: the server closes the connection when {told}");
        assert!(told.is_empty() || words.contains(&cause), "{condition}: {words}");
        assert!(words.contains(&format!("help: send the hello {helps} ")), "{condition}: {words}");
        // The hello that passes is called by what makes it pass, and what is told is told once.
        assert!(words.contains(&format!("ServerHello TLS 1.2 {helps} ")), "{condition}: {words}");
        assert!(!words.contains("without GREASE, without GREASE"), "{words}");
    }
}

#[test]
fn where_an_answer_is_no_tls_it_is_said_of_the_hello_that_gets_it() {
    let found = ask(rule("extensions has padding", "plaintext:220 hi"), "openssl-1.0.1g", HOST);
    let told = words(&found);
    assert!(found.verdict == Verdict::Cause, "{told}");
    // Known of servers that refuse in another way: the title is of what this one does.
    let plain = ask(rule("handshake.length>=256", "plaintext:220 hi"), "openssl-1.0.1e", HOST);
    let told = words(&plain);
    assert!(told.contains("error: the server answers with what is no TLS when "), "{told}");
    assert!(told.contains(" 255 bytes: without ") && told.contains(" 256 bytes: without "));
}

#[test]
fn an_alert_to_every_hello_is_told_by_its_meaning_and_with_what_to_try() {
    for (alert, meaning, next) in [
        ("unrecognized_name", "serves no host by the name in server_name.", "--server-name asks"),
        ("certificate_required", "requires a client certificate", ""),
        ("no_application_protocol", "none of the protocols", "`,alpn=http/1.1`"),
        ("unknown_psk_identity", "knows nobody by the identity", ""),
        ("internal_error", "failed for a reason of its own", ""),
    ] {
        let found = ask(rule("handshake.length>=1", &format!("alert:{alert}")), "tls12-only", HOST);
        assert_eq!(found.verdict, Verdict::RejectsEverything, "{alert}");
        let words = words(&found);
        assert!(words.contains(&format!("= note the alert {alert} says: The server ")), "{words}");
        assert!(words.contains(meaning) && words.contains(next), "{words}");
        assert_eq!(words.matches(meaning).count(), 1, "{words}");
    }
    // A silence says nothing.
    let silent = ask(rule("handshake.length>=1", "silence"), "tls12-only", HOST);
    assert!(!words(&silent).contains(" says: "), "{}", words(&silent));
}

#[test]
fn a_server_that_wants_a_hello_to_be_cut_is_told_so() {
    for (condition, edits) in
        [("tcp.segments=1", ["segments="]), ("record.count=1", ["split_records="])]
    {
        for hello in ["tls12-only", "openssl-1.0.1e"] {
            let found = ask(rule(condition, "close"), hello, HOST);
            let Some(Cause::Condition(cause)) = &found.cause else {
                panic!("{condition} {hello}: {:?} {:?}", found.verdict, found.cause)
            };
            let wanted = condition.replace("=1", "<=1").parse().unwrap();
            assert_eq!(*cause, wanted, "{hello}");
            let remedy = &found.remedy.as_ref().unwrap().edits;
            let words: Vec<String> = remedy.iter().map(ToString::to_string).collect();
            assert!(words.len() == 1 && words[0].starts_with(edits[0]), "{hello}: {words:?}");
        }
    }
    // A healthy server, and one with another cause, cost no connection more for it.
    let found = ask(rule("extensions has padding", "close"), "openssl-1.0.1g", HOST);
    assert!(!found.evidence.iter().any(|one| one.probe.contains("two segments")));
}
