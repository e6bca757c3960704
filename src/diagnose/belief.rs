//! What is believed: how likely each explanation is, after all that was seen.
//!
//! An explanation foretells of every hello whether it fails. One that foretold wrongly is not
//! struck out but made less likely, by how surely the probe told: a hello that passed tells almost
//! surely, one that failed may have failed for reasons of its own. So a single answer by chance
//! misleads nobody, and neither does a server that has no suite in common with a probe.

use super::space::{Atom, Shape};
use crate::hello::condition::Bound;
use crate::hello::vocabulary::Quantity;
use crate::hello::{Condition, Facts};

/// How likely it is that a hello passes though it has the cause, or is answered by chance.
const LUCK: f64 = 0.01;
/// What is foretold wrongly is held against an explanation where luck is no likelier than this.
const SURE: f64 = 0.05;
/// The sum of the weights of conjunctions, of which single explanations weigh 1.
const ALL: f64 = 0.25;
/// The sum of the weights of disjunctions.
const ANY: f64 = 0.06;
/// The weight of a window, of which a bound alone weighs 1.
const WINDOW: f64 = 0.6;
/// Explanations that are this much less likely than the likeliest are left out of account.
const NEGLIGIBLE: f64 = 1e-6;
/// So many explanations are weighed against each other at the most.
const CONSIDERED: usize = 1500;
/// A bound is hardly ever this many times as far as the subject.
const FAR: f64 = 256.0;
/// No more than this is kept in mind.
pub const MEMORY: usize = 128;

/// A hello that was sent, and what came of it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What is true of the hello.
    pub facts: Facts,
    /// Whether it failed as the subject does.
    pub fails: bool,
    /// How likely it was to fail for a reason of its own.
    pub risk: f64,
    /// Whether another came out when it was sent again, so that it tells nothing.
    pub doubtful: bool,
}

impl Seen {
    /// How likely it is that it was foretold wrongly by what is right.
    fn luck(&self) -> f64 {
        match self {
            Seen { doubtful: true, .. } => 1.0,
            Seen { fails: true, risk, .. } => *risk,
            Seen { fails: false, .. } => LUCK,
        }
    }
}

/// An atom, with a quantity's bound between two numbers that were seen.
#[derive(Clone, Debug)]
struct View {
    /// Which atom.
    atom: usize,
    /// For a quantity, the numbers among which the bound is: above or at the first, below or at
    /// the last.
    gap: Option<(u64, u64)>,
    /// The share of the atom's weight.
    weight: f64,
    /// For each hello that was seen, whether it holds.
    holds: u128,
    /// The sum of the weights of the explanations that have it.
    share: f64,
}

/// How atoms work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    Single,
    All,
    Any,
}

/// An explanation.
#[derive(Clone, Copy, Debug)]
struct Explanation {
    join: Join,
    first: usize,
    second: usize,
    /// How likely it is, of all that are considered.
    weight: f64,
    /// What was foretold wrongly.
    wrong: u128,
}

/// What is believed of a subject.
pub struct Belief {
    atoms: Vec<Atom>,
    seen: Vec<Seen>,
    views: Vec<View>,
    explanations: Vec<Explanation>,
}

/// An explanation as others see it.
#[derive(Clone, Debug)]
pub struct Leader {
    /// What it says.
    pub condition: Condition,
    /// How likely it is, of all that are considered.
    pub share: f64,
    /// The hellos, by their place, that it surely foretold wrongly.
    pub wrong: Vec<usize>,
}

impl Belief {
    /// What is believed before anything is seen but that the subject fails.
    pub fn new(atoms: Vec<Atom>, subject: Facts) -> Belief {
        let seen = vec![Seen { facts: subject, fails: true, risk: LUCK, doubtful: false }];
        let mut belief = Belief { atoms, seen, views: Vec::new(), explanations: Vec::new() };
        belief.weigh();
        belief
    }

    /// Takes in what was seen.
    pub fn learn(&mut self, seen: Seen) {
        self.seen.push(seen);
        self.seen.truncate(MEMORY);
        self.weigh();
    }

    /// Judges anew how likely each hello was to fail for a reason of its own, before the next is
    /// learnt.
    pub fn judge(&mut self, risk: impl Fn(&Facts) -> f64) {
        for seen in self.seen.iter_mut().skip(1) {
            seen.risk = risk(&seen.facts);
        }
    }

    /// Takes in that a hello told nothing.
    pub fn doubt(&mut self, at: usize) {
        if let Some(seen) = self.seen.get_mut(at) {
            seen.doubtful = true;
        }
        self.weigh();
    }

    /// Whether nothing more can be taken in.
    pub fn is_full(&self) -> bool {
        self.seen.len() >= MEMORY
    }

    /// All that was seen.
    pub fn seen(&self) -> &[Seen] {
        &self.seen
    }

    /// The atoms.
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// How likely each atom is to be part of the cause.
    pub fn shares(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.atoms.len()];
        for view in &self.views {
            if let Some(share) = shares.get_mut(view.atom) {
                *share += view.share;
            }
        }
        shares
    }

    /// The numbers between which a bound of a quantity most likely is: above the first, and at the
    /// last or below. Those that are known are left out.
    pub fn gaps(&self, atom: usize) -> Vec<(u64, u64, f64)> {
        let views = self.views.iter().filter(|view| view.atom == atom && view.share > 1e-4);
        let gaps = views.filter_map(|view| {
            let (low, high) = view.gap?;
            (high > low).then_some((low, high, view.share))
        });
        gaps.collect()
    }

    /// How much an answer is expected to tell about which explanation is right, in bits, where the
    /// hello fails for a reason of its own with this likelihood.
    pub fn worth(&self, facts: &Facts, risk: f64) -> f64 {
        let foretold = |view: &View| match view.share > 0.0 {
            true => self.foretells(view, facts),
            // No explanation that is in account has it.
            false => 0.0,
        };
        let likely: Vec<f64> = self.views.iter().map(foretold).collect();
        let at = |view: usize| likely.get(view).copied().unwrap_or(0.0);
        let noise = (entropy(1.0 - LUCK), entropy(risk));
        let (mut fails, mut certain) = (0.0, 0.0);
        for explanation in &self.explanations {
            let cause = match explanation.join {
                Join::Single => at(explanation.first),
                Join::All => at(explanation.first) * at(explanation.second),
                Join::Any => 1.0 - (1.0 - at(explanation.first)) * (1.0 - at(explanation.second)),
            };
            fails += explanation.weight * (cause * (1.0 - LUCK) + (1.0 - cause) * risk);
            certain += explanation.weight * (cause * noise.0 + (1.0 - cause) * noise.1);
        }
        entropy(fails) - certain
    }

    /// How much of what all failing hellos share, and may be needed beside a cause, a hello does
    /// not have: the sum of the weights.
    pub fn lacks(&self, facts: &Facts) -> f64 {
        let failing = || self.seen.iter().filter(|seen| seen.fails && !seen.doubtful);
        let numbers = |field: &Quantity| {
            let field = *field;
            failing().filter_map(move |seen| seen.facts.quantity(field))
        };
        let lacks = |atom: &&Atom| match &atom.shape {
            Shape::Fixed(condition) => {
                !condition.holds(facts) && failing().all(|seen| condition.holds(&seen.facts))
            }
            Shape::Least(field) => facts.quantity(*field) < numbers(field).min(),
            // What takes things away makes a hello shorter; the other way is asked by itself.
            Shape::Most(field) if field.is_length() => false,
            Shape::Most(field) => facts.quantity(*field) > numbers(field).max(),
        };
        self.atoms.iter().filter(lacks).map(|atom| atom.weight).sum()
    }

    /// The likeliest explanation.
    pub fn leader(&self) -> Option<Leader> {
        let best = self.explanations.first()?;
        let surely = self.seen.iter().enumerate().filter(|(_, seen)| seen.luck() <= SURE);
        Some(Leader {
            condition: self.condition(best)?,
            share: best.weight,
            wrong: surely.map(|(at, _)| at).filter(|at| best.wrong >> at & 1 == 1).collect(),
        })
    }

    /// What is still possible, the likeliest first.
    pub fn possible(&self) -> impl Iterator<Item = (Condition, f64)> + '_ {
        let explanations = self.explanations.iter();
        explanations.filter_map(|one| Some((self.condition(one)?, one.weight)))
    }

    fn parts(&self, explanation: &Explanation) -> Vec<&View> {
        let first = self.views.get(explanation.first);
        let second = self.views.get(explanation.second);
        let second = second.filter(|_| explanation.join != Join::Single);
        first.into_iter().chain(second).collect()
    }

    /// An explanation in the vocabulary of causes.
    fn condition(&self, explanation: &Explanation) -> Option<Condition> {
        let parts = self.parts(explanation);
        // A bound beyond which nothing was tried says nothing beside another condition.
        let says_something = |view: &&&View| {
            let open = matches!(view.gap, Some((1, _) | (_, u64::MAX)));
            !open || explanation.join != Join::All
        };
        let conditions: Vec<Condition> = parts
            .iter()
            .filter(says_something)
            .filter_map(|view| self.condition_of(view))
            .collect();
        Some(match (explanation.join, &conditions[..]) {
            (Join::Single | Join::All, [one]) => one.clone(),
            (
                Join::All,
                [
                    Condition::Range { field, min, max },
                    Condition::Range { field: same, min: low, max: high },
                ],
            ) if field == same => {
                Condition::Range { field: *field, min: min.or(*low), max: max.or(*high) }
            }
            (Join::All, [_, _]) => Condition::All(conditions),
            (Join::Any, [_, _]) => Condition::Any(conditions),
            _ => return None,
        })
    }

    fn condition_of(&self, view: &View) -> Option<Condition> {
        let exact = |(low, high): (u64, u64)| low == high;
        Some(match (&self.atoms.get(view.atom)?.shape, view.gap) {
            (Shape::Fixed(condition), _) => condition.clone(),
            (Shape::Least(field), Some(gap)) => {
                let min = Some(Bound { at: gap.1, exact: exact(gap) });
                Condition::Range { field: *field, min, max: None }
            }
            (Shape::Most(field), Some(gap)) => {
                let max = Some(Bound { at: gap.0, exact: exact(gap) });
                Condition::Range { field: *field, min: None, max }
            }
            _ => return None,
        })
    }

    /// How likely an atom holds for a hello: for a bound that is not known yet, by how much of the
    /// gap lies on its side.
    fn foretells(&self, view: &View, facts: &Facts) -> f64 {
        let part = |from: u64, to: u64| from as f64 / to as f64;
        let number = |quantity: Quantity| facts.quantity(quantity);
        match (self.atoms.get(view.atom).map(|atom| &atom.shape), view.gap) {
            (Some(Shape::Fixed(condition)), _) => f64::from(u8::from(condition.holds(facts))),
            (Some(Shape::Least(field)), Some((low, high))) => match number(*field) {
                Some(number) if number >= high => 1.0,
                Some(number) if number >= low => part(number + 1 - low, high + 1 - low),
                _ => 0.0,
            },
            (Some(Shape::Most(field)), Some((low, high))) => match number(*field) {
                Some(number) if number <= low => 1.0,
                // Without an end it is as likely to be twice as far as it is near.
                Some(number) if high == u64::MAX => {
                    let times = (number as f64 + 1.0) / (low as f64 + 1.0);
                    (1.0 - times.ln() / FAR.ln()).max(0.02)
                }
                Some(number) if number <= high => part(high + 1 - number, high + 1 - low),
                _ => 0.0,
            },
            _ => 0.0,
        }
    }

    /// Weighs all explanations anew.
    fn weigh(&mut self) {
        self.views = (0..self.atoms.len()).flat_map(|atom| self.views_of(atom)).collect();
        let all = u128::MAX >> (128 - self.seen.len().clamp(1, MEMORY));
        let fails = bits(self.seen.iter().map(|seen| seen.fails));
        let costs: Vec<f64> = self.seen.iter().map(Seen::luck).collect();
        let likelihood = |wrong: u128| {
            let mut left = wrong;
            let mut product = 1.0;
            while left != 0 {
                product *= costs.get(left.trailing_zeros() as usize).copied().unwrap_or(1.0);
                left &= left - 1;
            }
            product
        };
        let total: f64 = self.atoms.iter().map(|atom| atom.weight).sum();
        let mut found: Vec<Explanation> = Vec::new();
        let mut best = f64::MIN_POSITIVE;
        let mut consider = |join, first, second, prior: f64, holds: u128| {
            if prior < best * NEGLIGIBLE {
                return;
            }
            let wrong = (holds ^ fails) & all;
            let weight = prior * likelihood(wrong);
            if weight >= best * NEGLIGIBLE {
                best = best.max(weight);
                found.push(Explanation { join, first, second, weight, wrong });
            }
        };
        for (index, view) in self.views.iter().enumerate() {
            consider(Join::Single, index, index, view.weight / total, view.holds);
        }
        // What misses too many failures is no part of a conjunction, and what holds for too much
        // that passes is none of a disjunction.
        const TOO_MANY: u32 = 3;
        let never = |missed: u128| missed.count_ones() > TOO_MANY;
        let of_all: Vec<usize> = self.indices(|view| !never(!view.holds & fails & all));
        let of_any: Vec<usize> = self.indices(|view| !never(view.holds & !fails & all));
        for (join, parts, sum) in [(Join::All, of_all, ALL), (Join::Any, of_any, ANY)] {
            for (at, &first) in parts.iter().enumerate() {
                let Some(one) = self.views.get(first) else { continue };
                for &second in parts.iter().skip(at + 1) {
                    let Some(other) = self.views.get(second) else { continue };
                    let Some(prior) = self.together(join, one, other, total, sum) else { continue };
                    let holds = match join {
                        Join::Any => one.holds | other.holds,
                        _ => one.holds & other.holds,
                    };
                    consider(join, first, second, prior, holds);
                }
            }
        }
        found.retain(|one| one.weight >= best * NEGLIGIBLE);
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        found.truncate(CONSIDERED);
        let sum: f64 = found.iter().map(|one| one.weight).sum();
        found.iter_mut().for_each(|one| one.weight /= sum);
        for one in &found {
            let second = (one.join != Join::Single).then_some(one.second);
            for index in [Some(one.first), second].into_iter().flatten() {
                if let Some(view) = self.views.get_mut(index) {
                    view.share += one.weight;
                }
            }
        }
        self.explanations = found;
    }

    fn indices(&self, keep: impl Fn(&View) -> bool) -> Vec<usize> {
        let views = self.views.iter().enumerate();
        views.filter(|(_, view)| keep(view)).map(|(index, _)| index).collect()
    }

    /// How common it is that two work together; none where that says no more than one of them.
    fn together(&self, join: Join, a: &View, b: &View, total: f64, sum: f64) -> Option<f64> {
        let (one, other) = (self.atoms.get(a.atom)?, self.atoms.get(b.atom)?);
        let by_chance = sum * (a.weight / total) * (b.weight / total);
        match (&one.shape, &other.shape) {
            (Shape::Least(a_field), Shape::Most(b_field)) if a_field == b_field => {
                let of_both = (a.weight / one.weight) * (b.weight / other.weight);
                (join == Join::All).then_some(WINDOW * of_both * one.weight / total)
            }
            (Shape::Least(a), Shape::Least(b)) | (Shape::Most(a), Shape::Most(b)) if a == b => None,
            // An order says already that both are there.
            (Shape::Fixed(Condition::Order(..)), _) | (_, Shape::Fixed(Condition::Order(..))) => {
                None
            }
            _ => Some(by_chance),
        }
    }

    /// An atom as it is seen: once, or for a quantity once for each gap in which its bound may be.
    fn views_of(&self, atom: usize) -> Vec<View> {
        let Some(Atom { shape, weight }) = self.atoms.get(atom) else { return Vec::new() };
        let numbers = |field: Quantity| {
            let mut numbers: Vec<u64> =
                self.seen.iter().filter_map(|seen| seen.facts.quantity(field)).collect();
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        };
        let subject = |field| self.seen.first().and_then(|seen| seen.facts.quantity(field));
        let view = |gap: (u64, u64), share: f64, holds: u128| View {
            atom,
            gap: Some(gap),
            weight: weight * share,
            holds,
            share: 0.0,
        };
        let log = |number: u64| (number as f64 + 1.0).ln();
        // Versions are steps, not sizes.
        let base = match shape {
            Shape::Least(Quantity::LegacyVersion) | Shape::Most(Quantity::LegacyVersion) => 0x02ff,
            _ => 0,
        };
        let log = |number: u64| log(number.saturating_sub(base));
        match shape {
            Shape::Fixed(condition) => {
                let holds = bits(self.seen.iter().map(|seen| condition.holds(&seen.facts)));
                vec![View { atom, gap: None, weight: *weight, holds, share: 0.0 }]
            }
            Shape::Least(field) => {
                let own = subject(*field).unwrap_or(0);
                let mut below = 0;
                let mut views = Vec::new();
                for number in numbers(*field).into_iter().filter(|number| *number <= own) {
                    if number > below {
                        let share = (log(number) - log(below)) / log(own);
                        views.push(view(
                            (below + 1, number),
                            share,
                            self.within(*field, number, u64::MAX),
                        ));
                    }
                    below = number;
                }
                views
            }
            Shape::Most(field) => {
                let own = subject(*field).unwrap_or(0);
                let far = if base > 0 { 2.0 } else { FAR.ln() };
                let mut views = Vec::new();
                let numbers: Vec<u64> =
                    numbers(*field).into_iter().filter(|number| *number >= own).collect();
                for (at, &number) in numbers.iter().enumerate() {
                    let (to, share) = match numbers.get(at + 1) {
                        Some(next) => (next - 1, (log(*next) - log(number)) / far),
                        None => (u64::MAX, (1.0 - (log(number) - log(own)) / far).max(0.02)),
                    };
                    views.push(view((number, to), share, self.within(*field, 0, number)));
                }
                views
            }
        }
    }

    /// Which of the hellos seen have a number between two.
    fn within(&self, field: Quantity, from: u64, to: u64) -> u128 {
        bits(self.seen.iter().map(|seen| {
            seen.facts.quantity(field).is_some_and(|number| (from..=to).contains(&number))
        }))
    }
}

fn bits(of: impl Iterator<Item = bool>) -> u128 {
    of.take(MEMORY).enumerate().fold(0, |bits, (at, one)| bits | u128::from(one) << at)
}

/// The entropy of an answer that is yes with this likelihood, in bits.
fn entropy(likelihood: f64) -> f64 {
    let part = |p: f64| if p <= 0.0 { 0.0 } else { -p * p.log2() };
    part(likelihood) + part(1.0 - likelihood)
}
