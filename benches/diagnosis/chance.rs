//! Servers that fail by chance: how often is the hello blamed for what is no doing of its own?

use std::collections::BTreeMap;

use helloscope::diagnose::{Options, Subject, Verdict, diagnose};
use helloscope::hello::HelloSpec;
use helloscope::lab::{LabTarget, Service};
use helloscope::probe::{Observation, Probe, Target};
use helloscope::transcript::{Kind, Reaction, Step};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A healthy server that fails a share of all hellos.
struct Flaky {
    inner: LabTarget,
    share: f64,
    dice: ChaCha8Rng,
    kind: Kind,
}

impl Target for Flaky {
    fn probe(&mut self, probe: &Probe) -> Observation {
        let mut observation = self.inner.probe(probe);
        if f64::from(self.dice.next_u32()) / f64::from(u32::MAX) < self.share {
            observation.reaction = Reaction { kind: self.kind.clone(), step: Step::ClientHello };
        }
        observation
    }
}

/// Prints how so many diagnoses of servers end that fail this share of all hellos.
pub fn table(subjects: &[(&str, HelloSpec)], runs: usize, share: f64, show: bool) {
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut connections, mut blamed) = (0, 0);
    for at in 0..runs {
        let (name, spec) = &subjects[at % subjects.len()];
        let kind = if at / subjects.len() % 2 == 0 { Kind::Silence } else { Kind::Reset };
        let dice = ChaCha8Rng::seed_from_u64(at as u64);
        let mut target = Flaky { inner: LabTarget::new(Service::healthy()), share, dice, kind };
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
