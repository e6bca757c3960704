//! Our decoding of certificates and OCSP messages against OpenSSL's, on every sample:
//! `asn1parse` for every tag, offset, depth and length, `x509 -text` for what certificates say,
//! `ocsp -resp_text` and `-req_text` for responses and requests.

mod common;

use std::io::Write as _;
use std::process::{Command, Stdio};

use common::Sample;
use common::der::{Header, Ours};
use common::{openssl, openssl_ocsp, openssl_text};
use helloscope::wire::document::Document;
use helloscope::wire::field::Tree;
use helloscope::wire::ocsp;

/// What `openssl` prints when it reads this.
fn run(arguments: &[&str], input: &[u8]) -> String {
    let mut command = Command::new("openssl");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout).into_owned()
}

/// Compares all elements that stand in `bytes`, which begin at `at` in the sample, and then, one
/// after the other, those in each string that we look into: there OpenSSL must be asked again.
fn compare_elements(name: &str, bytes: &[u8], at: usize, ours: &[Header]) {
    let mut outside: Vec<Header> = Vec::new();
    let mut strings: Vec<(Header, Vec<Header>)> = Vec::new();
    let depth = ours[0].depth;
    for header in ours {
        match strings.last_mut() {
            Some((string, inside))
                if header.start < string.start + string.header + string.length =>
            {
                inside.push(header.clone());
            }
            _ => {
                if ["OCTET STRING", "BIT STRING"].contains(&header.tag.as_str()) {
                    strings.push((header.clone(), Vec::new()));
                }
                let (start, depth) = (header.start - at, header.depth - depth);
                outside.push(Header { start, depth, ..header.clone() });
            }
        }
    }
    let text = run(&["asn1parse", "-inform", "DER"], bytes);
    let theirs: Vec<Header> = headers(&text).map(asn1parse_line).collect();
    assert_eq!(outside, theirs, "{name} at {at}");
    for (_, inside) in strings.into_iter().filter(|(_, inside)| !inside.is_empty()) {
        let (first, last) = (inside.first().unwrap(), inside.last().unwrap());
        let end = last.start + last.header + last.length - at;
        compare_elements(name, &bytes[first.start - at..end], first.start, &inside);
    }
}

/// The lines of asn1parse, without those that a text goes on in.
fn headers(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.contains(":d="))
}

/// `   13:d=2  hl=2 l=  20 prim: INTEGER           :02`
fn asn1parse_line(line: &str) -> Header {
    let number = |behind: &str| {
        let text = line.split_once(behind).unwrap().1.trim_start();
        text.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    let (_, kind) = line.split_once(" l=").unwrap();
    let (_, kind) = kind.trim_start().split_once(' ').unwrap();
    let (kind, tag) = kind.split_once(": ").unwrap();
    Header {
        start: line.split(':').next().unwrap().trim().parse().unwrap(),
        depth: number(":d="),
        header: number("hl="),
        length: number(" l="),
        tag: our_tag(tag.split([':', '[']).next().unwrap().trim(), tag),
        constructed: kind == "cons",
    }
}

/// What we call a tag of OpenSSL's.
fn our_tag(theirs: &str, line: &str) -> String {
    if let Some(number) = line.trim().strip_prefix("cont [ ") {
        return format!("[{}]", number.split(' ').next().unwrap());
    }
    let ours = match theirs {
        "OBJECT" => "OBJECT IDENTIFIER",
        "UTF8STRING" => "UTF8String",
        "PRINTABLESTRING" => "PrintableString",
        "T61STRING" => "TeletexString",
        "IA5STRING" => "IA5String",
        "VISIBLESTRING" => "VisibleString",
        "GENERALSTRING" => "GeneralString",
        "UNIVERSALSTRING" => "UniversalString",
        "BMPSTRING" => "BMPString",
        "UTCTIME" => "UTCTime",
        "GENERALIZEDTIME" => "GeneralizedTime",
        same => same,
    };
    ours.to_owned()
}

#[test]
fn every_element_stands_where_asn1parse_sees_it() {
    if openssl::is_missing() {
        return;
    }
    for Sample { name, bytes } in common::all_certificates() {
        compare_elements(&name, &bytes, 0, &Ours::certificate(&bytes).headers());
    }
    for Sample { name, bytes } in common::samples("testdata/certificates/ocsp", "response") {
        compare_elements(&name, &bytes, 0, &Ours::read(&bytes, ocsp::response).headers());
    }
    for Sample { name, bytes } in common::samples("testdata/certificates/ocsp", "request") {
        compare_elements(&name, &bytes, 0, &Ours::read(&bytes, ocsp::request).headers());
    }
    for ending in ["p12", "cms", "tsr", "tsq", "key"] {
        for Sample { name, bytes } in common::samples("testdata/containers", ending) {
            let ours = Ours::read(&bytes, |r| Document::of(r.rest()).unwrap().read(r));
            // Those of NSS have indefinite lengths.
            if bytes[1] == 0x80 {
                compare_starts(&name, &bytes, 0, &ours.tree);
            } else {
                compare_elements(&name, &bytes, 0, &ours.headers());
            }
        }
    }
}

/// Compares where elements and the ends of their contents stand, where lengths do not tell.
fn compare_starts(name: &str, bytes: &[u8], at: usize, tree: &Tree) {
    let leaves = tree.leaves().filter(|leaf| ["tag", "end-of-contents"].contains(&leaf.name));
    let ours: Vec<usize> = leaves.map(|leaf| leaf.range().start).collect();
    let text = run(&["asn1parse", "-inform", "DER"], bytes);
    let theirs = headers(&text)
        .map(|line| at + line.split(':').next().unwrap().trim().parse::<usize>().unwrap());
    let mut next = at;
    for start in theirs.chain([at + bytes.len()]) {
        // What we see in a string, OpenSSL sees when it is asked about the string.
        if let Some(&first) = ours.iter().find(|it| (next..start).contains(*it)) {
            assert!(first > at, "{name} at {at}");
            compare_starts(name, &bytes[first - at..start - at], first, tree);
        }
        assert!(ours.contains(&start) || start == at + bytes.len(), "{name}: {start}");
        next = start + 1;
    }
}

/// Whether there is no `openssl` of the versions whose words are known here: they change.
fn is_another() -> bool {
    if openssl::is_missing() {
        return true;
    }
    let version = run(&["version"], &[]);
    let known = version.starts_with("OpenSSL 3.0.");
    if !known {
        let _ = writeln!(std::io::stderr(), "not compared with what {version} prints");
    }
    !known
}

/// What differs in the text of a certificate.
fn compare_text(name: &str, bytes: &[u8]) -> Option<String> {
    let arguments = [&["x509"], openssl_text::OPTIONS].concat();
    let text = run(&arguments, bytes);
    // A key of a kind that this OpenSSL does not know makes it complain amid the text.
    let text = text.lines().filter(|line| !line.contains(":error:"));
    let theirs = openssl_text::squeezed(&text.collect::<String>());
    assert!(!theirs.is_empty(), "{name}");
    differing(name, &openssl_text::certificate(&Ours::certificate(bytes)), &theirs)
}

fn differing(name: &str, ours: &str, theirs: &str) -> Option<String> {
    let (one, other) = (ahead(ours, theirs), ahead(theirs, ours));
    (ours != theirs).then(|| format!("{name}\n  ours   {one}\n  theirs {other}"))
}

#[test]
fn a_certificate_says_what_openssl_prints() {
    if is_another() {
        return;
    }
    let all = common::all_certificates();
    let differing: Vec<_> =
        all.iter().filter_map(|Sample { name, bytes }| compare_text(name, bytes)).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn an_ocsp_message_says_what_openssl_prints() {
    if is_another() {
        return;
    }
    let mut all = Vec::new();
    for Sample { name, bytes } in common::samples("testdata/certificates/ocsp", "response") {
        let arguments = ["ocsp", "-respin", "/dev/stdin", "-resp_text", "-noverify"];
        let text = run(&arguments, &bytes);
        let theirs = match text.split_once("\nCertificate:") {
            Some((response, _)) => response,
            None => &text,
        };
        let ours = Ours::read(&bytes, ocsp::response);
        let (text, certificates) = openssl_ocsp::response(&ours);
        all.push(differing(&name, &text, &openssl_text::squeezed(theirs)));
        for certificate in certificates {
            all.push(compare_text(&name, certificate));
        }
    }
    for Sample { name, bytes } in common::samples("testdata/certificates/ocsp", "request") {
        let arguments = ["ocsp", "-reqin", "/dev/stdin", "-req_text"];
        let theirs = openssl_text::squeezed(&run(&arguments, &bytes));
        let ours = openssl_ocsp::request(&Ours::read(&bytes, ocsp::request));
        all.push(differing(&name, &ours, &theirs));
    }
    let all: Vec<_> = all.into_iter().flatten().collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// The first text from shortly before it differs from the second.
fn ahead(one: &str, other: &str) -> String {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    one.chars().skip(same.saturating_sub(60)).take(160).collect()
}
