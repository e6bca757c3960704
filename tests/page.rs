//! A diagnosis as a page: what stands in it, that it is well formed, and that nothing that somebody
//! else wrote is more in it than text.

#[path = "common/html.rs"]
mod html;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use helloscope::diagnose::{
    Cause, Confirmed, Diagnosis, Evidence, Possible, Remedy, Subject, Verdict,
};
use helloscope::hello::draw::Draw;
use helloscope::hello::edits::Edits;
use helloscope::hello::named::NamedHello;
use helloscope::hello::{Condition, HelloSpec};
use helloscope::lab::{LabTarget, Service};
use helloscope::probe::{Patience, Probe, Target};
use helloscope::quirks::Quirk;
use helloscope::report::addresses::Addresses;
use helloscope::report::diagnosis::Options;
use helloscope::report::page::{Page, Report};
use helloscope::transcript::{Kind, Reaction, Step};
use html::Element;
use sha2::{Digest, Sha256};

fn hello(name: &str) -> HelloSpec {
    let named = NamedHello::parse(name).unwrap();
    named.drawn(&mut Draw::seeded("page"), Some("shop.example")).unwrap().spec
}

fn condition(json: &str) -> Condition {
    serde_json::from_str(json).unwrap()
}

/// What the search for a window of lengths would say, if it were done in few steps, each of which
/// takes a time that is known beforehand.
fn window() -> Diagnosis {
    let quirk = Quirk::find("f5-256-511").unwrap();
    let mut target = LabTarget::new(Service::healthy().with(quirk));
    let name = "openssl-1.0.1e";
    let spec = hello(name);
    let mut ask = |probe: &str, edits: &str, seconds: f64| {
        let spec = hello(&format!("{name}{edits}"));
        let reaction = target.probe(&Probe::of(&spec)).reaction;
        Evidence {
            probe: probe.to_owned(),
            spec,
            reaction,
            patience: Patience::Full,
            seconds,
            path: Default::default(),
            certificate: None,
            warning: None,
            asks_for_certificate: false,
        }
    };
    let evidence = vec![
        ask("the subject", "", 5.0),
        ask("the subject", "", 5.0),
        ask("without session_ticket", ",-extensions.session_ticket", 0.192),
        ask("shorter", ",cipher_suites=TLS_RSA_WITH_AES_128_CBC_SHA", 0.024),
        ask("the same content, 512 bytes by padding", ",pad_to=512", 0.023),
        ask("confirming the remedy", ",pad_to=512", 0.025),
    ];
    let padded = hello("openssl-1.0.1e,pad_to=512");
    Diagnosis {
        reaction: evidence[0].reaction.clone(),
        seconds: 5.0,
        verdict: Verdict::Cause,
        cause: Some(Cause::Condition(quirk.condition.clone())),
        remedy: Some(Remedy {
            edits: Edits::parse("pad_to=512").unwrap().edits,
            reaction: evidence[4].reaction.clone(),
            spec: padded,
        }),
        confirmed: Confirmed { cause_fails: 2, remedy_passes: 2 },
        known_as: vec![quirk],
        evidence,
        possible: Vec::new(),
        notes: vec!["a note".to_owned()],
        connections: 7,
        elapsed: 10.3,
        subject: Subject {
            name: name.to_owned(),
            spec,
            address: Some("192.0.2.7:443".parse().unwrap()),
        },
    }
}

fn report<'a>(diagnosis: &'a Diagnosis, host: &'a str) -> Report<'a> {
    let options =
        Options { host, reached_with: String::new(), asked_for: String::new(), all_probes: true };
    let asked_with = format!("helloscope diagnose {host} --hello openssl-1.0.1e");
    Report { story: None, diagnosis, options, asked_with }
}

fn page(diagnosis: &Diagnosis) -> String {
    let reports = vec![report(diagnosis, "shop.example:443")];
    Page { title: None, intro: Vec::new(), reports, addresses: None }.html()
}

/// The elements of a page, which is one that loads nothing and runs nothing but what is its own.
#[track_caller]
fn harmless(page: &str) -> Vec<Element> {
    const KNOWN: &str = "html head meta title style body main script article h1 h2 h3 p strong dl \
                         dt dd pre span mark code figure figcaption details summary div table \
                         caption thead tbody tr th td ul li a svg g line rect text";
    let elements = html::read(page);
    for element in &elements {
        assert!(KNOWN.split_whitespace().any(|name| name == element.name), "{element:?}");
        for (name, value) in &element.attributes {
            assert!(!name.starts_with("on") && name != "style" && name != "src", "{element:?}");
            let link = element.name == "a" && value.starts_with("https://");
            assert!(name != "href" || link, "{element:?}");
        }
    }
    let only = |name: &str| {
        let mut named = elements.iter().filter(|element| element.name == name);
        let (one, more) = (named.next().unwrap(), named.next());
        assert_eq!(more, None);
        one
    };
    let style = &only("style").text;
    assert!(!style.contains("url(") && !style.contains("@import"));
    let script = &only("script").text;
    for loads in ["fetch", "import", "XMLHttpRequest", "WebSocket", "eval", "innerHTML", "src"] {
        assert!(!script.contains(loads), "{loads}");
    }
    // The policy lets through this style and this script, and nothing else.
    let is_policy =
        |element: &&Element| element.attribute("http-equiv") == Some("Content-Security-Policy");
    let policy = elements.iter().find(is_policy).unwrap().attribute("content").unwrap();
    let rules: Vec<(&str, &str)> =
        policy.split("; ").map(|rule| rule.split_once(' ').unwrap()).collect();
    let hash = |text: &str| Sha256::digest(text).to_vec();
    for (name, allowed) in rules {
        match name {
            "style-src" => assert_eq!(unhash(allowed), hash(style)),
            "script-src" => assert_eq!(unhash(allowed), hash(script)),
            _ => assert_eq!(allowed, "'none'", "{name}"),
        }
    }
    assert_eq!(only("html").attribute("lang"), Some("en"));
    assert!(elements.iter().any(|element| element.attribute("charset") == Some("utf-8")));
    assert!(elements.iter().any(|element| element.attribute("name") == Some("viewport")));
    assert_eq!(elements.iter().filter(|element| element.name == "h1").count(), 1);
    for table in elements.iter().filter(|element| element.name == "th") {
        assert!(table.attribute("scope").is_some(), "{table:?}");
    }
    let count = |name| elements.iter().filter(|element| element.name == name).count();
    assert_eq!(count("table"), count("caption"));
    elements
}

/// The bytes of `'sha256-BASE64'`.
fn unhash(source: &str) -> Vec<u8> {
    let text = source.strip_prefix("'sha256-").unwrap().strip_suffix('\'').unwrap();
    let digit = |c: char| match c {
        'A'..='Z' => c as u32 - 65,
        'a'..='z' => c as u32 - 71,
        '0'..='9' => c as u32 + 4,
        '+' => 62,
        '/' => 63,
        other => panic!("{other}"),
    };
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for c in text.trim_end_matches('=').chars() {
        (bits, count) = (bits << 6 | digit(c), count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

/// All that a page says, one element a line.
fn words(elements: &[Element]) -> String {
    let shown = elements.iter().filter(|one| !["style", "script"].contains(&&*one.name));
    shown.map(|element| format!("{}\n", element.text)).collect()
}

#[test]
fn the_page_of_a_window_of_lengths() {
    let page = page(&window());
    let elements = harmless(&page);
    let mut shown = page;
    for own in elements.iter().filter(|one| ["style", "script"].contains(&&*one.name)) {
        shown = shown.replace(&own.text, "…");
    }
    // Their hashes change with them.
    let (before, behind) = shown.split_once("style-src").unwrap();
    let behind = behind.split_once("base-uri").unwrap().1;
    insta::assert_snapshot!(format!("{before}…{behind}"));
}

#[test]
fn what_others_wrote_is_text_and_nothing_else() {
    const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;";
    let mut found = window();
    found.subject.name = format!("name{HOSTILE}");
    found.notes = vec![format!("note{HOSTILE}\u{1b}[31m\u{202e}\0")];
    found.known_as.clear();
    let answer = format!("HTTP/1.1 400 answer{HOSTILE}\r\n\r\n<html>");
    let first = answer.into_bytes();
    found.reaction = Reaction { kind: Kind::Plaintext { first }, step: Step::ClientHello };
    found.evidence[2].probe = format!("probe{HOSTILE}");
    found.evidence[3].reaction = found.reaction.clone();
    found.evidence[4].spec = hello("openssl-1.0.1e,server_name=<b>a</b>.example");
    found.cause = Some(Cause::Condition(condition(
        r#"{"field": "server_name", "is": "</pre><script>cause"}"#,
    )));
    found.possible = vec![Possible {
        condition: condition(r#"{"field": "alpn", "has": "<svg onload=1>"}"#),
        share: 0.5,
    }];
    let host = format!("host{HOSTILE}:443");
    let story = format!("story{HOSTILE}");
    let reports = vec![Report { story: Some(story), ..report(&found, &host) }];
    let title = Some(format!("title{HOSTILE}"));
    let page = Page { title, intro: vec![format!("intro{HOSTILE}")], reports, addresses: None };
    let elements = harmless(&page.html());
    let words = words(&elements);
    for who in ["name", "note", "answer", "probe", "host", "story", "title", "intro"] {
        assert!(words.contains(&format!("{who}{HOSTILE}")), "{who}\n{words}");
    }
    for text in
        ["</pre><script>cause", "<b>a</b>.example", "<svg onload=1>", "\\u{1b}[31m\\u{202e}"]
    {
        assert!(words.contains(text), "{text}");
    }
}

#[test]
fn each_verdict_has_its_page() {
    let words_of = |found: &Diagnosis| words(&harmless(&page(found)));
    let mut found = window();
    (found.remedy, found.known_as, found.cause) = (None, Vec::new(), None);
    found.verdict = Verdict::Undetermined;
    found.possible =
        vec![Possible { condition: condition(r#"{"field": "alpn", "has": "h2"}"#), share: 0.25 }];
    let words = words_of(&found);
    assert!(words.contains("\nWhat may be the cause\n") && words.contains("\n25 %\n"), "{words}");
    // Nothing was answered, and all took no time.
    found.evidence.iter_mut().for_each(|evidence| evidence.seconds = 0.0);
    assert!(!page(&found).contains("NaN") && !words_of(&found).contains("NaN"));
    found.evidence.clear();
    found.possible.clear();
    assert!(!words_of(&found).contains("What was tried"));
    // In a frame of SSL 2.0 the fault has other places.
    found.subject.spec = hello("sslv2");
    found.cause = Some(Cause::Condition(condition(r#"{"field": "legacy_version", "min": 0}"#)));
    words_of(&found);
}

#[test]
fn the_addresses_of_a_host_are_on_one_page() {
    let found = [window(), Diagnosis { verdict: Verdict::Accepted, cause: None, ..window() }];
    let untried = ["[2001:db8::1]:443".parse().unwrap()];
    let host = "shop.example:443";
    let addresses = Addresses { host, found: &found, untried: &untried };
    let reports = found.iter().map(|one| report(one, host)).collect();
    let title = Some("The addresses".to_owned());
    let page = Page { title, intro: Vec::new(), reports, addresses: Some(addresses) };
    let words = words(&harmless(&page.html()));
    let said = "\nThe host behaves differently per address, in 2 ways: 1 and 1\n";
    assert!(words.contains(said), "{words}");
    assert!(words.contains("[2001:db8::1]:443\nnot tried\n"), "{words}");
}

/// The colours of a scheme by their names, each as red, green and blue.
fn colours(block: &str) -> Vec<(&str, [f64; 3])> {
    let parts = block.split(['{', ';', '}']).filter_map(|part| part.trim().split_once(": #"));
    let part = |text: &str, at: usize| {
        f64::from(u8::from_str_radix(&text[at..at + 2], 16).unwrap()) / 255.0
    };
    parts.map(|(name, hex)| (name, [0, 2, 4].map(|at| part(hex, at)))).collect()
}

/// WCAG 2.1, "relative luminance" and "contrast ratio".
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let linear =
            colour.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn what_is_written_can_be_read_in_light_and_in_dark() {
    let style = fs::read_to_string("src/report/page/style.css").unwrap();
    let (light, dark) = style.split_once("prefers-color-scheme: dark").unwrap();
    for scheme in [light, dark] {
        let colours = colours(scheme);
        let colour = |wanted: &str| {
            let found = colours.iter().find(|(name, _)| *name == wanted);
            found.unwrap_or_else(|| panic!("{wanted}")).1
        };
        for ink in ["--ink", "--dim", "--sent", "--good", "--bad", "--other"] {
            for ground in ["--ground", "--raised"] {
                let ratio = contrast(colour(ink), colour(ground));
                assert!(ratio >= 4.5, "{ink} on {ground}: {ratio}");
            }
        }
        let ratio = contrast(colour("--bad"), colour("--fault"));
        assert!(ratio >= 4.5, "the fault: {ratio}");
    }
}

fn helloscope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_helloscope")).args(arguments).output().unwrap()
}

#[test]
fn the_demo_makes_a_page_of_both_stories() {
    let name = format!("page-{}.html", std::process::id());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let output = helloscope(&["diagnose", "--demo", "-o", path.to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b""[..]));
    let words = words(&harmless(&fs::read_to_string(&path).unwrap()));
    fs::remove_file(path).unwrap();
    for title in [
        "\nTwo peers and an upgrade\n",
        "\nThe server does not answer a ClientHello of 256 to 511 bytes\n",
        "\nThe server rejects the padding extension\n",
    ] {
        assert!(words.contains(title), "{words}");
    }
}

#[test]
fn only_a_diagnosis_makes_a_page() {
    let host = ["diagnose", "nosuch.invalid", "--format", "html"];
    let output = helloscope(&host);
    let page = String::from_utf8(output.stdout).unwrap();
    let words = words(&harmless(&page));
    assert!(words.contains("\nThe server is not reached: the name has no address\n"), "{words}");
    let text = helloscope(&[&host[..], &["--format", "text"]].concat());
    assert_eq!(text.status.code(), Some(2), "two forms");
    for command in [
        &["connect", "nosuch.invalid"][..],
        &["dissect", "testdata/seed/s_client-msg.txt"],
        &["hello", "list"],
        &["explain", "list"],
        &["lab", "--list"],
    ] {
        let output = helloscope(&[command, &["--format", "html"]].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
        let told =
            "error: --format html: only diagnose makes a page; text, json and ndjson are for all\n";
        assert_eq!(error, told, "{command:?}");
    }
}
