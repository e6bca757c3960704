//! Rules drawn from the grammar of conditions, each with a recorded hello for which it holds.

use helloscope::hello::vocabulary::{List, Member, Property, Quantity, Scalar, is_grease};
use helloscope::hello::{Condition, Facts, HelloSpec};
use helloscope::names::{Code, ExtensionType};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A rule, and the hello that it makes fail.
pub struct Drawn {
    pub kind: &'static str,
    pub condition: Condition,
    /// Which of the hellos.
    pub subject: usize,
    /// How often the range in which its bounds may be has to be halved to know them.
    pub halvings: usize,
}

const KINDS: &[&str] = &[
    "presence", "presence", "absence", "kind", "least", "most", "count", "window", "value",
    "order", "framing", "all", "any", "overlap",
];

/// Draws rules until there are so many, or of one kind alone.
pub fn draw(subjects: &[(&str, HelloSpec)], wanted: usize, only: Option<&str>) -> Vec<Drawn> {
    let facts: Vec<Facts> = subjects.iter().map(|(_, spec)| Facts::of_spec(spec)).collect();
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(1));
    let mut drawn = Vec::new();
    while drawn.len() < wanted {
        let kind = *dice.pick(KINDS);
        if only.is_some_and(|only| only != kind) {
            continue;
        }
        let subject = dice.below(subjects.len());
        let own = &facts[subject];
        let Some(condition) = rule(&mut dice, kind, own, &facts) else { continue };
        if condition.holds(own) && !facts.iter().all(|facts| condition.holds(facts)) {
            let halvings = halvings(&condition, own);
            drawn.push(Drawn { kind, condition, subject, halvings });
        }
    }
    drawn
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0.next_u32() as usize % end.max(1)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

fn rule(dice: &mut Dice, kind: &str, own: &Facts, all: &[Facts]) -> Option<Condition> {
    Some(match kind {
        "presence" => presence(dice, own)?,
        "absence" => {
            let other = dice.below(all.len());
            let list = list(dice);
            let members = all[other].list(list);
            let member = members.get(dice.below(members.len()))?.clone();
            if matches!(member, Member::Number(n) if is_grease(list, n)) {
                return None;
            }
            Condition::Lacks(list.into(), member)
        }
        "overlap" => {
            let lists = [List::CipherSuites, List::SupportedGroups, List::SignatureAlgorithms];
            let list = *dice.pick(&lists);
            let other = all[dice.below(all.len())].list(list);
            let mut missing: Vec<Member> = Vec::new();
            for _ in 0..2 + dice.below(5) {
                let member = other.get(dice.below(other.len()))?;
                let grease = matches!(member, Member::Number(n) if is_grease(list, *n));
                if !grease && !own.has(list, None, member) && !missing.contains(member) {
                    missing.push(member.clone());
                }
            }
            if missing.len() < 2 || own.list(list).is_empty() {
                return None;
            }
            Condition::LacksAll(list.into(), missing)
        }
        "kind" => {
            let lists = [List::Extensions, List::CipherSuites, List::SupportedGroups];
            match dice.below(5) {
                0 => Condition::Is(Property::Grease, Scalar::Bool(true)),
                1 => Condition::Has(List::Extensions.into(), Member::Unknown),
                _ => Condition::Has((*dice.pick(&lists)).into(), Member::Grease),
            }
        }
        "least" => least(dice, own)?,
        "most" => {
            let (field, number) = length(dice, own)?;
            Condition::range(field, None, Some(number + dice.below(number as usize) as u64))
        }
        "count" => count(dice, own)?,
        "window" => {
            let (field, number) = length(dice, own)?;
            let below = dice.below((number / 2).max(1) as usize) as u64;
            let above = dice.below(number as usize) as u64;
            Condition::range(field, Some((number - below).max(1)), Some(number + above))
        }
        "value" => {
            let properties = [
                Property::RecordVersion,
                Property::ExtensionsFirst,
                Property::ExtensionsLast,
                Property::ExtensionsLastEmpty,
                Property::ServerName,
            ];
            let property = *dice.pick(&properties);
            let value = own.property(property);
            let grease = matches!(value, Scalar::Number(n) if property != Property::RecordVersion
                && ExtensionType(n as u16).is_grease());
            if value == Scalar::Bool(false) || grease {
                return None;
            }
            Condition::Is(property, value)
        }
        "order" => {
            let list = *dice.pick(&[List::Extensions, List::Extensions, List::SupportedGroups]);
            let members = own.list(list);
            let (first, second) = (dice.below(members.len()), dice.below(members.len()));
            let grease = |m: &Member| matches!(m, Member::Number(n) if is_grease(list, *n));
            if first >= second || grease(&members[first]) || grease(&members[second]) {
                return None;
            }
            Condition::Order(list, members[first].clone(), members[second].clone())
        }
        "framing" => match dice.below(3) {
            // A hello in one record, in one segment, as all recorded ones are.
            0 => Condition::range(Quantity::RecordLength, Some(dice.below(400) as u64 + 60), None),
            1 => Condition::range(Quantity::FlightLength, Some(dice.below(400) as u64 + 60), None),
            _ => {
                Condition::range(Quantity::TcpFirstSegment, Some(dice.below(400) as u64 + 60), None)
            }
        },
        "all" => Condition::All(vec![simple(dice, own, all)?, simple(dice, own, all)?]),
        "any" => Condition::Any(vec![simple(dice, own, all)?, simple(dice, own, all)?]),
        _ => return None,
    })
}

/// What stands in a pair.
fn simple(dice: &mut Dice, own: &Facts, all: &[Facts]) -> Option<Condition> {
    let kind = *dice.pick(&["presence", "presence", "kind", "least", "count", "value"]);
    rule(dice, kind, own, all).filter(|condition| condition.holds(own))
}

fn list(dice: &mut Dice) -> List {
    *dice.pick(&[
        List::Extensions,
        List::Extensions,
        List::Extensions,
        List::CipherSuites,
        List::SupportedGroups,
        List::SignatureAlgorithms,
        List::SupportedVersions,
        List::Alpn,
    ])
}

fn presence(dice: &mut Dice, own: &Facts) -> Option<Condition> {
    let list = list(dice);
    let members = own.list(list);
    let member = members.get(dice.below(members.len()))?.clone();
    if let Member::Number(number) = member {
        let unknown = list == List::Extensions && ExtensionType(number).name().is_none();
        if is_grease(list, number) || unknown {
            return None;
        }
    }
    Some(Condition::Has(list.into(), member))
}

fn length(dice: &mut Dice, own: &Facts) -> Option<(Quantity, u64)> {
    let field = *dice.pick(&[
        Quantity::HandshakeLength,
        Quantity::HandshakeLength,
        Quantity::CipherSuitesCount,
        Quantity::SessionIdLength,
        Quantity::LegacyVersion,
        Quantity::ExtensionLength(ExtensionType::padding),
    ]);
    let field = match field {
        Quantity::ExtensionLength(_) => {
            let own: Vec<ExtensionType> = own.extensions().filter(|one| !one.is_grease()).collect();
            Quantity::ExtensionLength(*own.get(dice.below(own.len()))?)
        }
        field => field,
    };
    let number = own.quantity(field)?;
    (number > 1).then_some((field, number))
}

fn least(dice: &mut Dice, own: &Facts) -> Option<Condition> {
    let (field, number) = length(dice, own)?;
    let below = match field {
        Quantity::LegacyVersion => dice.below(3) as u64,
        _ => dice.below((number / 2) as usize) as u64,
    };
    Some(Condition::range(field, Some(number - below), None))
}

fn count(dice: &mut Dice, own: &Facts) -> Option<Condition> {
    let field = *dice.pick(&[
        Quantity::CipherSuitesCount,
        Quantity::ExtensionsCount,
        Quantity::SupportedGroupsCount,
        Quantity::SignatureAlgorithmsCount,
        Quantity::KeyShareCount,
    ]);
    let number = own.quantity(field).filter(|number| *number > 1)?;
    let below = dice.below((number / 2) as usize) as u64;
    Some(Condition::range(field, Some(number - below), None))
}

fn halvings(condition: &Condition, own: &Facts) -> usize {
    let bits = |number: u64| (number.max(1) as f64).log2().ceil() as usize;
    match condition {
        Condition::Range { field, min, max } => {
            let number = own.quantity(*field).unwrap_or(1);
            let ends = usize::from(min.is_some()) + usize::from(max.is_some());
            ends * bits(number)
        }
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().map(|part| halvings(part, own)).sum()
        }
        _ => 0,
    }
}
