//! Whether a verdict says the same as the rule: of every hello of the subject's neighbourhood, which
//! is drawn by other means than the diagnosis has.

use helloscope::hello::body_length::set_body_length;
use helloscope::hello::carrier::Carrier;
use helloscope::hello::edit::{Edit, Place};
use helloscope::hello::legal::keep_legal;
use helloscope::hello::preset::Preset;
use helloscope::hello::vocabulary::{List, Member};
use helloscope::hello::{Condition, Facts, HelloSpec};
use helloscope::names::ProtocolVersion;
use helloscope::wire::extension::Extension;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const NEIGHBOURS: usize = 400;

/// What a verdict says beside a rule.
pub enum Comparison {
    /// The same.
    Same,
    /// Something else, of this share of the neighbourhood.
    Other(f64),
    /// Less, and says so.
    Less,
}

/// Compares two conditions. Bounds that are said to be inexact are no error where they are right
/// as far as they go.
pub fn compare(said: &Condition, rule: &Condition, neighbours: &[Facts]) -> Comparison {
    let other = neighbours.iter().filter(|facts| said.holds(facts) != rule.holds(facts)).count();
    let open = serde_json::to_string(said).is_ok_and(|json| json.contains("_exact\":false"));
    match other {
        0 => Comparison::Same,
        _ if open => Comparison::Less,
        other => Comparison::Other(other as f64 / neighbours.len() as f64),
    }
}

/// Legal hellos near the subject: with one to four changes each.
pub fn neighbourhood(subject: &HelloSpec, seed: u64) -> Vec<Facts> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
    let presets = Preset::all();
    let mut neighbours = vec![Facts::of_spec(subject)];
    while neighbours.len() < NEIGHBOURS {
        let mut spec = subject.clone();
        for _ in 0..=dice.next_u32() % 4 {
            let other = &presets[dice.next_u32() as usize % presets.len()].spec;
            change(&mut dice, &mut spec, other);
        }
        keep_legal(&mut spec);
        // One of SSL 2.0 has kinds of ciphers in their place.
        if !spec.hello.cipher_suites.0.is_empty() || subject.hello.cipher_suites.0.is_empty() {
            neighbours.push(Facts::of_spec(&spec));
        }
    }
    neighbours
}

fn change(dice: &mut ChaCha8Rng, spec: &mut HelloSpec, other: &HelloSpec) {
    let mut below = |end: usize| dice.next_u32() as usize % end.max(1);
    let lists: Vec<List> = List::all().collect();
    let list = lists[below(lists.len())];
    let members = Facts::of_spec(spec).list(list).to_vec();
    let edit = match below(10) {
        0 | 1 if !members.is_empty() => Edit::Remove(list, members[below(members.len())].clone()),
        2 => {
            let theirs = Facts::of_spec(other).list(list).to_vec();
            match theirs.get(below(theirs.len())) {
                Some(Member::Number(number)) if list == List::Extensions => {
                    let mut extensions = other.hello.extensions().iter();
                    let found = extensions.find(|e| e.extension_type().0 == *number).cloned();
                    Edit::SetExtension(found.expect("it is in the list"))
                }
                Some(member) if !members.contains(member) => Edit::Add(list, member.clone()),
                _ => return,
            }
        }
        3 if members.len() > 2 => {
            let keep = 1 + below(members.len() - 1);
            let kept = members[..keep].to_vec();
            match list {
                List::Extensions | List::KeyShare => return,
                list => Edit::SetList(list, kept),
            }
        }
        4 => {
            let length = spec.length() * 2 / 3 + below(spec.length());
            let carrier = Carrier::ALL[below(Carrier::ALL.len())];
            if let Some(stretched) = carrier.stretch(spec, length) {
                *spec = stretched;
            }
            return;
        }
        5 => {
            let extensions = spec.hello.extensions();
            if extensions.is_empty() {
                return;
            }
            let place = if below(2) == 0 { Place::First } else { Place::Last };
            Edit::Move(extensions[below(extensions.len())].extension_type(), place)
        }
        6 => match below(3) {
            0 => Edit::SessionId(below(33)),
            1 => Edit::LegacyVersion(ProtocolVersion(0x0301 + below(3) as u16)),
            _ => Edit::RecordVersion(ProtocolVersion(0x0301 + below(3) as u16)),
        },
        7 => Edit::Records(vec![1 + below(spec.length())]),
        8 => {
            let extensions = spec.hello.extensions();
            if let Some(one) = extensions.get(below(extensions.len())) {
                let (one, length) = (one.extension_type(), one.data().len());
                set_body_length(spec, one, below(2 * length + 2));
            }
            return;
        }
        _ => Edit::Segments(vec![1 + below(spec.length())]),
    };
    let _ = edit.change(spec);
}
