//! Two quirks at once: whatever is said is true, or less is said.

use helloscope::diagnose::{Cause, Options, Subject, Verdict, diagnose};
use helloscope::hello::draw::Draw;
use helloscope::hello::preset::Preset;
use helloscope::hello::{Condition, Facts};
use helloscope::lab::{LabTarget, Service};
use helloscope::probe::{Probe, Target};
use helloscope::quirks::Quirk;

const HOST: &str = "lab.helloscope.test";

/// Those of which each is about something else; of all there are thousands of pairs.
const QUIRKS: [&str; 5] = [
    "empty-last-extension",
    "f5-256-511",
    "padding-intolerance",
    "sni-required",
    "version-intolerance-tls12",
];

#[test]
fn of_two_quirks_at_once_nothing_false_is_said() {
    let (mut named, mut withheld, mut wrong) = (0, 0, Vec::new());
    let quirks = QUIRKS.map(|id| Quirk::find(id).unwrap());
    for first in quirks {
        for second in quirks {
            if first.id == second.id {
                continue;
            }
            let presets = Preset::all().iter().enumerate();
            let sample = presets.filter(|(at, preset)| at % 9 == 0 || preset.id == "gnutls-3.7.9");
            for (_, preset) in sample {
                let spec = Draw::seeded("pairs").hello(&preset.spec, Some(HOST));
                // A hello that no server of the lab takes has another cause beside them.
                if !LabTarget::new(Service::healthy()).probe(&Probe::of(&spec)).reaction.accepted()
                {
                    continue;
                }
                let facts = Facts::of(&spec.flight(), &[]);
                let struck: Vec<&Condition> = [first, second]
                    .iter()
                    .map(|quirk| &quirk.condition)
                    .filter(|condition| condition.holds(&facts))
                    .collect();
                if struck.is_empty() {
                    continue;
                }
                let service = Service::healthy().with(first).with(second);
                let mut target = LabTarget::new(service);
                let subject = Subject { name: preset.id.to_owned(), spec, address: None };
                let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
                let found = diagnose(&mut target, subject, &options, &mut |_| {});
                let right = match (&found.verdict, &found.cause) {
                    // The first that strikes is the cause of what was seen, with both its ends; the
                    // other is named beside it, or it is said that there is another.
                    (Verdict::Cause, Some(Cause::Condition(condition))) => {
                        let more = || found.notes.iter().any(|note| note.contains("alone"));
                        struck[0] == condition && (struck.len() == 1 || more())
                            || *condition
                                == Condition::Any(struck.iter().copied().cloned().collect())
                    }
                    (verdict, _) => {
                        withheld += 1;
                        assert_ne!(*verdict, Verdict::Accepted);
                        continue;
                    }
                };
                if right {
                    named += 1;
                } else {
                    let condition = match &found.cause {
                        Some(Cause::Condition(condition)) => condition.to_string(),
                        other => format!("{other:?}"),
                    };
                    let (first, second) = (&first.id, &second.id);
                    wrong.push(format!("{first} and {second} with {}: {condition}", preset.id));
                }
            }
        }
    }
    eprintln!("{named} named, {withheld} withheld, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(named > 20 && named > withheld, "{named} named, {withheld} withheld");
}
