//! How often is a diagnosis right, and what does it cost? Servers that trip over a rule drawn from
//! the grammar of conditions, without a network, against every recorded hello for which it holds.
//!
//! `cargo bench --bench diagnosis [-- RULES [noise=SHARE] [only=KIND] [show | trace=NUMBER]]`. A verdict is exact
//! where it foretells the same as the rule on every hello of the subject's neighbourhood
//! (`judge.rs`), and wrong where it says something else and does not say that it is unsure.
//!
//! With `chance=SHARE` no rule is played: the servers fail that share of all hellos whatever they
//! are, and each verdict that blames the hello is a wrong one.

mod chance;
mod judge;
mod rules;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use helloscope::diagnose::{Cause, Options, Subject, Verdict, bits_of_explanations, diagnose};
use helloscope::hello::preset::Preset;
use helloscope::hello::vocabulary::{List, Member};
use helloscope::hello::{Condition, Facts, HelloSpec, draw::Draw};
use helloscope::lab::{LabTarget, Rule, Service};
use helloscope::names::{AlertDescription, AlertLevel, CipherSuite, NamedGroup};
use helloscope::probe::{Observation, Probe, Target};
use helloscope::quirks::Response;
use helloscope::transcript::{Kind, Reaction, Step};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const HOST: &str = "lab.helloscope.test";

/// A server of the lab that answers a share of all probes by chance.
struct Noisy {
    inner: LabTarget,
    share: f64,
    dice: ChaCha8Rng,
    failure: Response,
    /// What it wants of a list, and chooses.
    wanted: Vec<(List, Member)>,
}

impl Target for Noisy {
    fn probe(&mut self, probe: &Probe) -> Observation {
        let mut observation = self.inner.probe(probe);
        if let Kind::Accepted { cipher_suite, group, .. } = &mut observation.reaction.kind {
            let facts = Facts::of(&probe.flight, &probe.segments);
            let chosen = self.wanted.iter().find(|(list, one)| facts.has(*list, None, one));
            match chosen {
                Some((List::CipherSuites, Member::Number(number))) => {
                    *cipher_suite = Some(CipherSuite(*number));
                }
                Some((List::SupportedGroups, Member::Number(number))) => {
                    *group = Some(NamedGroup(*number));
                }
                _ => {}
            }
        }
        if f64::from(self.dice.next_u32()) / f64::from(u32::MAX) < self.share {
            let luck = self.dice.next_u32() % 2 == 0;
            observation.reaction = if luck {
                // What the server does with a hello that it takes.
                let healthy = LabTarget::new(Service::healthy()).probe(probe);
                healthy.reaction
            } else {
                let step = Step::ClientHello;
                let kind = match self.failure {
                    Response::Alert { level, description } => Kind::Alert { level, description },
                    _ => Kind::Silence,
                };
                Reaction { kind, step }
            };
        }
        observation
    }
}

/// How one diagnosis ended.
struct Outcome {
    kind: &'static str,
    right: bool,
    wrong: bool,
    connections: usize,
    halvings: usize,
    /// The bits of all explanations: of pairs those of two.
    floor: f64,
    /// The connections of delta debugging alone, which names no property.
    without: usize,
    told: String,
}

fn main() {
    let mut rules_wanted = 2000;
    let (mut noise, mut only, mut show, mut trace) = (0.0, None, false, None);
    let mut chance = None;
    for argument in std::env::args().skip(1) {
        if let Some(share) = argument.strip_prefix("noise=") {
            noise = share.parse().expect("noise=SHARE");
        } else if let Some(share) = argument.strip_prefix("chance=") {
            chance = Some(share.parse().expect("chance=SHARE"));
        } else if let Some(kind) = argument.strip_prefix("only=") {
            only = Some(kind.to_owned());
        } else if let Some(number) = argument.strip_prefix("trace=") {
            trace = number.parse::<usize>().ok();
        } else if argument == "show" {
            show = true;
        } else if let Ok(number) = argument.parse() {
            rules_wanted = number;
        }
    }
    let subjects: Vec<(&str, HelloSpec)> = Preset::all()
        .iter()
        .map(|preset| (preset.id, Draw::seeded("bench").hello(&preset.spec, Some(HOST))))
        .filter(|(_, spec)| healthy(spec))
        .collect();
    if let Some(share) = chance {
        return chance::table(&subjects, rules_wanted, share, show);
    }
    let drawn = rules::draw(&subjects, rules_wanted, only.as_deref());
    if let Some(at) = trace {
        let rule = &drawn[at];
        let (name, spec) = &subjects[rule.subject];
        let outcome = one(name, spec, rule, at as u64, noise, &mut |line| println!("  {line}"));
        println!("{}", outcome.told);
        return;
    }
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..workers {
            let sender = sender.clone();
            let (next, drawn, subjects) = (&next, &drawn, &subjects);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(rule) = drawn.get(at) else { break };
                    let (name, spec) = &subjects[rule.subject];
                    let outcome = one(name, spec, rule, at as u64, noise, &mut |_| {});
                    sender.send((at, outcome)).expect("the table waits for it");
                }
            });
        }
        drop(sender);
    });
    let mut outcomes: Vec<(usize, Outcome)> = receiver.iter().collect();
    outcomes.sort_by_key(|(at, _)| *at);
    if show {
        for (at, outcome) in outcomes.iter().filter(|(_, outcome)| !outcome.right) {
            println!("{at}: {}", outcome.told);
        }
    }
    table(outcomes.into_iter().map(|(_, outcome)| outcome).collect());
}

/// Whether a server without quirks takes it.
fn healthy(spec: &HelloSpec) -> bool {
    LabTarget::new(Service::healthy()).probe(&Probe::of(spec)).reaction.accepted()
}

fn one(
    name: &str,
    spec: &HelloSpec,
    rule: &rules::Drawn,
    seed: u64,
    noise: f64,
    progress: &mut dyn FnMut(&str),
) -> Outcome {
    let failure = match seed % 4 {
        0 => Response::Silence,
        1 => Response::Alert {
            level: AlertLevel::fatal,
            description: AlertDescription::handshake_failure,
        },
        2 => Response::Alert {
            level: AlertLevel::fatal,
            description: AlertDescription::decode_error,
        },
        _ => Response::Reset,
    };
    let target = || Noisy {
        inner: LabTarget::new(
            Service::healthy()
                .with(Rule { condition: rule.condition.clone(), response: failure.clone() }),
        ),
        share: noise,
        dice: ChaCha8Rng::seed_from_u64(seed),
        failure: failure.clone(),
        wanted: match &rule.condition {
            Condition::LacksAll(entries, members) => {
                members.iter().map(|member| (entries.list, member.clone())).collect()
            }
            _ => Vec::new(),
        },
    };
    let subject = Subject { name: name.to_owned(), spec: spec.clone(), address: None };
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    let found = diagnose(&mut target(), subject.clone(), &options, progress);
    let alone = Options { explanations: false, ..options };
    let without = diagnose(&mut target(), subject, &alone, &mut |_| {}).connections;
    let parts = if matches!(rule.kind, "all" | "any" | "window") { 2.0 } else { 1.0 };
    for one in &found.evidence {
        let kind = format!("{:?}", one.reaction.kind);
        let holds = rule.condition.holds(&Facts::of(&one.spec.flight(), &one.spec.segments));
        // A hello that fails though the rule does not hold fails for a reason of its own.
        let mark = if holds { ' ' } else { '-' };
        progress(&format!("{mark} {:60} {}", kind.chars().take(60).collect::<String>(), one.probe));
    }
    let neighbours = judge::neighbourhood(spec, seed);
    let condition = match &found.cause {
        Some(Cause::Condition(condition)) => Some(condition),
        _ => None,
    };
    let certain = matches!(found.verdict, Verdict::Cause | Verdict::Incompatible);
    let partial = found.notes.iter().any(|note| note.contains("may take others"));
    let verdict = match condition {
        Some(condition) if certain && !partial => {
            judge::compare(condition, &rule.condition, &neighbours)
        }
        _ => judge::Comparison::Less,
    };
    let told = format!(
        "{:9} {:4} {}  {}\n     rule  {}\n     said  {}{}",
        rule.kind,
        found.connections,
        found.verdict.word(),
        name,
        rule.condition,
        condition.map_or(String::new(), ToString::to_string),
        match verdict {
            judge::Comparison::Other(share) => format!("   ({share:.2} of the neighbourhood)"),
            _ => String::new(),
        },
    );
    Outcome {
        kind: rule.kind,
        right: matches!(verdict, judge::Comparison::Same),
        // A hello that passes by chance at first is said to be accepted, or unstable.
        wrong: matches!(verdict, judge::Comparison::Other(_)),
        connections: found.connections,
        halvings: rule.halvings,
        floor: bits_of_explanations(spec) * parts,
        without,
        told,
    }
}

fn table(outcomes: Vec<Outcome>) {
    let mut kinds: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in &outcomes {
        kinds.entry(outcome.kind).or_default().push(outcome);
    }
    println!(
        "                                              connections   of those   at the   with delta"
    );
    println!(
        "kind        rules   exact   wrong    less   median    95 %  halvings    least    debugging"
    );
    for (kind, outcomes) in &kinds {
        row(kind, outcomes);
    }
    row("all", &outcomes.iter().collect::<Vec<_>>());
    let is_of_two = |one: &&Outcome| matches!(one.kind, "all" | "any" | "order");
    let (of_two, of_one): (Vec<&Outcome>, Vec<&Outcome>) = outcomes.iter().partition(is_of_two);
    let (simple, bounded): (Vec<&Outcome>, Vec<&Outcome>) =
        of_one.into_iter().partition(|one| one.halvings == 0);
    println!("\nconnections in the median");
    for (what, outcomes, for_each_halving) in [
        ("a single property without a bound", simple, 0),
        ("bounds, without two for each halving", bounded, 2),
        ("orders and pairs", of_two, 0),
    ] {
        let cost =
            |one: &&Outcome| one.connections as isize - (for_each_halving * one.halvings) as isize;
        let mut costs: Vec<isize> = outcomes.iter().map(cost).collect();
        costs.sort_unstable();
        let median = costs.get(costs.len() / 2).map_or("-".to_owned(), isize::to_string);
        println!("{what:36} {:5} rules   {median:>5}", outcomes.len());
    }
}

fn row(kind: &str, outcomes: &[&Outcome]) {
    let count = |is: &dyn Fn(&Outcome) -> bool| outcomes.iter().filter(|one| is(one)).count();
    let (right, wrong) = (count(&|one| one.right), count(&|one| one.wrong));
    let sorted = |of: &dyn Fn(&Outcome) -> usize| {
        let mut numbers: Vec<usize> = outcomes.iter().map(|one| of(one)).collect();
        numbers.sort_unstable();
        numbers
    };
    let (costs, without) = (sorted(&|one| one.connections), sorted(&|one| one.without));
    let at = |share: f64| costs[((costs.len() - 1) as f64 * share) as usize];
    let floor: f64 = outcomes.iter().map(|one| one.floor).sum();
    let percent = |part: usize| 100.0 * part as f64 / outcomes.len() as f64;
    let halvings: usize = outcomes.iter().map(|one| one.halvings).sum();
    println!(
        "{kind:11} {:5}  {:5.1} %  {:4.1} %  {:4.1} %    {:5}   {:5}   {:7.1}   {:6.1}   {:10}",
        outcomes.len(),
        percent(right),
        percent(wrong),
        percent(outcomes.len() - right - wrong),
        at(0.5),
        at(0.95),
        halvings as f64 / outcomes.len() as f64,
        floor / outcomes.len() as f64,
        without[without.len() / 2],
    );
}
