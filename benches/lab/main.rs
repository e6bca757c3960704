//! The lab over TCP: is every quirk of the catalogue named, with every real hello that triggers it,
//! and in how many connections? And the fifteen quirks on which the well-known tools were tried
//! (`peers.rs`), in our row.
//!
//! `cargo bench --bench lab [-- peers | ID... | each=HELLOS]`: all rows with up to so many hellos
//! each (all without a number), some rows, or the fifteen. A row is *named* where the diagnosis
//! knows it by its id, and *exact* where the cause foretells the same as the row on every hello of
//! the subject's neighbourhood. Where a row lets the hello pass, there is no cause: a note tells it,
//! by its id, and that is all.

#[path = "../diagnosis/judge.rs"]
mod judge;
mod peers;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use helloscope::diagnose::{Cause, Diagnosis, Options, Subject, Verdict, diagnose};
use helloscope::hello::draw::Draw;
use helloscope::hello::named::NamedHello;
use helloscope::hello::preset::Preset;
use helloscope::hello::{Condition, Facts, HelloSpec};
use helloscope::lab::{LabTarget, Rule, Server, Service};
use helloscope::net;
use helloscope::probe::{Probe, Target};
use helloscope::quirks::Quirk;

/// The host for which the hellos ask: the one that the catalogue's rules about names know.
const HOST: &str = "shop.test.example";

/// The seed by which the hellos near a subject are drawn.
const NEIGHBOURS: u64 = 7;

/// How long the lab is waited for: it answers in less than a millisecond, or not at all.
const TIMEOUT: Duration = Duration::from_millis(300);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if arguments.iter().any(|argument| argument == "peers") {
        return peers::table();
    }
    let each = arguments.iter().find_map(|argument| argument.strip_prefix("each="));
    let each = each.map_or(usize::MAX, |number| number.parse().expect("each=HELLOS"));
    let ids: Vec<&String> = arguments.iter().filter(|a| !a.starts_with("each=")).collect();
    let wanted = |quirk: &&Quirk| ids.is_empty() || ids.iter().any(|id| **id == quirk.id);
    println!("row                              hellos  named  exact  connections");
    println!("                                                       median    most");
    let mut all = Vec::new();
    for quirk in Quirk::all().iter().filter(wanted) {
        let asked: Vec<Asked> = subjects(quirk).iter().take(each).map(|s| ask(quirk, s)).collect();
        row(&quirk.id, &asked);
        for one in asked.iter().filter(|one| !one.named || !one.exact) {
            println!("    {}", one.told);
        }
        all.extend(asked);
    }
    row("all", &all);
    let named = all.iter().filter(|one| one.named).count();
    println!("named {:.1} % of the time", 100.0 * named as f64 / all.len().max(1) as f64);
}

/// The hello that a row's file names, and every recorded one that triggers the row and that a
/// server without quirks takes.
fn subjects(quirk: &Quirk) -> Vec<(String, HelloSpec)> {
    let named = NamedHello::parse(&quirk.example.fails).expect("the catalogue's hellos are read");
    let spec = named.drawn(&mut Draw::seeded("lab"), Some(HOST)).expect("and drawn").spec;
    let mut subjects = vec![(quirk.example.fails.clone(), spec)];
    for preset in Preset::all() {
        let spec = Draw::seeded("lab").hello(&preset.spec, Some(HOST));
        let taken = LabTarget::new(Service::healthy()).probe(&Probe::of(&spec)).reaction.accepted();
        let triggers = quirk.condition.holds(&Facts::of(&spec.flight(), &spec.segments));
        if taken && triggers && preset.id != quirk.example.fails {
            subjects.push((preset.id.to_owned(), spec));
        }
    }
    subjects
}

/// One diagnosis of a server that listens in this process.
pub fn diagnosed(service: Service, name: &str, spec: &HelloSpec) -> (Diagnosis, f64) {
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::start(loopback, service).expect("a server on loopback");
    let address = server.address();
    let subject = Subject { name: name.to_owned(), spec: spec.clone(), address: Some(address) };
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    let begun = Instant::now();
    let found = diagnose(&mut net::Server::new(address, TIMEOUT), subject, &options, &mut |_| {});
    (found, begun.elapsed().as_secs_f64())
}

/// The condition that a diagnosis is sure of.
pub fn cause(found: &Diagnosis) -> Option<&Condition> {
    match &found.cause {
        Some(Cause::Condition(condition))
            if matches!(found.verdict, Verdict::Cause | Verdict::Incompatible) =>
        {
            Some(condition)
        }
        _ => None,
    }
}

struct Asked {
    named: bool,
    exact: bool,
    connections: usize,
    told: String,
}

fn ask(quirk: &Quirk, (name, spec): &(String, HelloSpec)) -> Asked {
    let (found, _) = diagnosed(Service::healthy().with(Rule::from(quirk)), name, spec);
    let said = cause(&found);
    let said_beside_rule = said.map(|said| {
        judge::compare(said, &quirk.condition, &judge::neighbourhood(spec, NEIGHBOURS))
    });
    let elsewhere = match said_beside_rule {
        Some(judge::Comparison::Other(share)) => {
            format!(", other in {share:.2} of all hellos near")
        }
        _ => String::new(),
    };
    let is_noted = quirk.reaction.lets_pass()
        && found.verdict == Verdict::Accepted
        && found.notes.iter().any(|note| note.contains(&quirk.id));
    let is_known = said.is_some() && found.known_as.iter().any(|known| known.id == quirk.id);
    Asked {
        named: is_noted || is_known,
        exact: is_noted || matches!(said_beside_rule, Some(judge::Comparison::Same)),
        connections: found.connections,
        told: format!(
            "{name}: {} {} ({} connections{elsewhere})",
            found.verdict.word(),
            said.map_or(String::new(), ToString::to_string),
            found.connections
        ),
    }
}

fn row(id: &str, asked: &[Asked]) {
    let mut connections: Vec<usize> = asked.iter().map(|one| one.connections).collect();
    connections.sort_unstable();
    println!(
        "{id:32} {:6} {:6} {:6}    {:6}  {:6}",
        asked.len(),
        asked.iter().filter(|one| one.named).count(),
        asked.iter().filter(|one| one.exact).count(),
        connections.get(connections.len() / 2).unwrap_or(&0),
        connections.last().unwrap_or(&0),
    );
}
