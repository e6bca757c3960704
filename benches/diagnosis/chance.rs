//! Servers that fail by chance: how often is the hello blamed for what is no doing of its own?

use std::collections::BTreeMap;

use helloscope::diagnose::{Options, Subject, Verdict, diagnose};
use helloscope::hello::HelloSpec;
use helloscope::lab::{LabTarget, Rate, Rule, Service};
use helloscope::quirks::Response;

/// Prints how so many diagnoses of servers end that fail this share of all hellos.
pub fn table(subjects: &[(&str, HelloSpec)], runs: usize, share: Rate, show: bool) {
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut connections, mut blamed) = (0, 0);
    for at in 0..runs {
        let (name, spec) = &subjects[at % subjects.len()];
        let reset = at / subjects.len() % 2 == 1;
        let response = if reset { Response::Reset } else { Response::Silence };
        let all = Rule { condition: "handshake.length>=1".parse().expect("it is one"), response };
        let service = Service::healthy().with_at(all, share).seeded(&at.to_string());
        let mut target = LabTarget::new(service);
        let subject = Subject { name: (*name).to_owned(), spec: spec.clone(), address: None };
        let options = Options { server_name: Some(crate::HOST.to_owned()), ..Options::default() };
        let found = diagnose(&mut target, subject, &options, &mut |_| {});
        *verdicts.entry(found.verdict.word()).or_default() += 1;
        connections += found.connections;
        let wrong =
            !matches!(found.verdict, Verdict::Accepted | Verdict::Unstable | Verdict::Undetermined);
        blamed += usize::from(wrong);
        if show && wrong {
            println!("{at}: {name}, {} connections: {:?}", found.connections, found.cause);
        }
    }
    for (verdict, count) in &verdicts {
        println!("{verdict:20} {count:5}");
    }
    println!("the hello is blamed   {:4.1} %", 100.0 * blamed as f64 / runs as f64);
    println!("connections in the mean {:.1}", connections as f64 / runs as f64);
}
