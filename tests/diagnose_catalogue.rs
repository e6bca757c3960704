//! Every row of the catalogue, played by the lab: with the hello that its file names the row is found
//! by an experiment, and what is said to help does. Rows where the handshake succeeds stand in
//! `diagnose_answers.rs`.

use helloscope::diagnose::{Cause, Diagnosis, Options, Subject, Verdict, diagnose};
use helloscope::hello::draw::Draw;
use helloscope::hello::named::NamedHello;
use helloscope::hello::{Facts, HelloSpec};
use helloscope::lab::{LabTarget, Service};
use helloscope::probe::{Probe, Target};
use helloscope::quirks::{Chapter, Quirk};

/// The host that the catalogue's rules about names know.
const HOST: &str = "shop.test.example";

fn drawn(hello: &str) -> HelloSpec {
    let named = NamedHello::parse(hello).unwrap();
    named.drawn(&mut Draw::seeded("catalogue"), Some(HOST)).unwrap().spec
}

fn asked(quirk: &Quirk, hello: &str) -> Diagnosis {
    let subject = Subject { spec: drawn(hello), name: hello.to_owned(), address: None };
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    let mut target = LabTarget::new(Service::healthy().with(quirk));
    diagnose(&mut target, subject, &options, &mut |_| {})
}

fn every_row_is_named(chapter: Chapter) {
    let rows: Vec<&Quirk> = Quirk::rejecting().filter(|quirk| quirk.chapter == chapter).collect();
    assert!(!rows.is_empty());
    rows.into_iter().for_each(|quirk| is_named(quirk, &quirk.example.fails));
}

fn is_named(quirk: &Quirk, hello: &str) {
    let id = &quirk.id;
    let found = asked(quirk, hello);
    let Some(Cause::Condition(cause)) = &found.cause else {
        panic!("{id}: {:?} {:?}", found.verdict, found.notes);
    };
    assert!(matches!(found.verdict, Verdict::Cause | Verdict::Incompatible), "{id}: {cause}");
    let known: Vec<&str> = found.known_as.iter().map(|quirk| quirk.id.as_str()).collect();
    assert!(known.contains(&id.as_str()), "{id} is told as {cause}, known as {known:?}");
    // What is said is true of the hello that fails and of no hello that passed.
    assert!(cause.holds(&Facts::of(&found.subject.spec.flight(), &found.subject.spec.segments)));
    let passed = found.evidence.iter().filter(|evidence| evidence.reaction.accepted());
    for one in passed {
        let facts = Facts::of(&one.spec.flight(), &one.spec.segments);
        assert!(!cause.holds(&facts), "{id}: {cause} of {}", one.probe);
    }
    // A server with the quirk takes the remedy.
    let remedy = found.remedy.unwrap_or_else(|| panic!("{id} has no remedy"));
    let mut target = LabTarget::new(Service::healthy().with(quirk));
    assert!(target.probe(&Probe::of(&remedy.spec)).reaction.accepted(), "{id}: {cause}");
}

/// Hellos of which what is left without the cause is answered otherwise by healthy servers as well.
#[test]
fn what_passes_needs_more_than_the_cause_taken_out() {
    for (id, hello) in [
        // Without extensions it has no suite, and without its list of schemes none that it signs with.
        ("extensions-intolerance", "python-3.11"),
        ("md5-chain", "python-3.11"),
    ] {
        is_named(Quirk::find(id).unwrap(), hello);
    }
}

#[test]
fn lengths_and_frames() {
    every_row_is_named(Chapter::Size);
}

#[test]
fn versions() {
    every_row_is_named(Chapter::Versions);
}

#[test]
fn extensions_as_such() {
    every_row_is_named(Chapter::Extensions);
}

#[test]
fn names() {
    every_row_is_named(Chapter::Names);
}

#[test]
fn suites_and_compression() {
    every_row_is_named(Chapter::Suites);
}

#[test]
fn groups_and_signatures() {
    every_row_is_named(Chapter::Groups);
}

#[test]
fn single_extensions() {
    every_row_is_named(Chapter::Single);
}

#[test]
fn on_the_way() {
    every_row_is_named(Chapter::OnTheWay);
}
