//! The weights of all explanations that are possible, after all that was seen: single atoms, windows
//! of two bounds, and pairs of atoms that work together or each by itself.

use super::belief::{MEMORY, Seen};
use super::overlap::{self, Taken};
use super::space::{Atom, Shape};
use crate::hello::Condition;
use crate::hello::vocabulary::Quantity;

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
pub const FAR: f64 = 256.0;

/// The number before that of SSL 3.0, the first version.
const BEFORE_SSL3: u64 = 0x02ff;

/// An atom, with a quantity's bound between two numbers that were seen.
#[derive(Clone, Debug)]
pub struct View {
    /// Which atom.
    pub atom: usize,
    /// For a quantity, the numbers among which the bound is: above or at the first, below or at
    /// the last.
    pub gap: Option<(u64, u64)>,
    /// Of a list that has none of what the server takes, what that may be.
    pub taken: Vec<Taken>,
    /// The share of the atom's weight.
    pub weight: f64,
    /// For each hello that was seen, whether it holds.
    pub holds: u128,
    /// The sum of the weights of the explanations that have it.
    pub share: f64,
}

/// How atoms work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    Single,
    All,
    Any,
}

/// An explanation.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    pub join: Join,
    pub first: usize,
    pub second: usize,
    /// How likely it is, of all that are considered.
    pub weight: f64,
    /// What was foretold wrongly.
    pub wrong: u128,
}

/// The atoms as they are seen.
pub fn views(atoms: &[Atom], seen: &[Seen]) -> Vec<View> {
    let atoms = atoms.iter().enumerate();
    atoms.flat_map(|(at, atom)| views_of(at, atom, seen)).collect()
}

/// The likeliest explanations, the likeliest first. Their weights make 1; how likely all of them were
/// beforehand, with what was seen, is told beside them.
pub fn explanations(atoms: &[Atom], views: &[View], seen: &[Seen]) -> (Vec<Explanation>, f64) {
    let total: f64 = atoms.iter().map(|atom| atom.weight).sum();
    let mut weighing = Weighing::new(seen);
    for (index, view) in views.iter().enumerate() {
        weighing.consider(Join::Single, (index, index), view.weight / total, view.holds);
    }
    windows(atoms, views, total, &mut weighing);
    // What misses too many failures is no part of a conjunction, and what holds for too much that
    // passes is none of a disjunction.
    const TOO_MANY: u32 = 3;
    let (all, fails) = (weighing.all, weighing.fails);
    let never = |missed: u128| (missed & all).count_ones() > TOO_MANY;
    let of_all = heaviest(views, |view| !never(!view.holds & fails));
    let of_any = heaviest(views, |view| !never(view.holds & !fails));
    for (join, parts, sum) in [(Join::All, of_all, ALL), (Join::Any, of_any, ANY)] {
        for (at, (first, one)) in parts.iter().enumerate() {
            for (second, other) in parts.iter().skip(at + 1) {
                let prior = sum * (one.weight / total) * (other.weight / total);
                if !weighing.matters(prior) {
                    // Those behind it weigh even less.
                    break;
                }
                let shape = |view: &View| atoms.get(view.atom).map(|atom| &atom.shape);
                if !says_more(join, shape(one), shape(other)) {
                    continue;
                }
                let holds = match join {
                    Join::Any => one.holds | other.holds,
                    _ => one.holds & other.holds,
                };
                weighing.consider(join, (*first, *second), prior, holds);
            }
        }
    }
    weighing.finish()
}

/// Explanations as they are gathered.
struct Weighing {
    /// A bit for each hello that was seen.
    all: u128,
    /// A bit for each that failed.
    fails: u128,
    /// How likely it is that each is foretold wrongly.
    costs: Vec<f64>,
    /// The greatest weight so far.
    best: f64,
    found: Vec<Explanation>,
}

impl Weighing {
    fn new(seen: &[Seen]) -> Weighing {
        Weighing {
            all: all(seen),
            fails: bits(seen.iter().map(|seen| seen.fails)),
            costs: seen.iter().map(Seen::luck).collect(),
            best: f64::MIN_POSITIVE,
            found: Vec::new(),
        }
    }

    /// Whether an explanation may still count that weighed so much before anything was seen.
    fn matters(&self, prior: f64) -> bool {
        prior >= self.best * NEGLIGIBLE
    }

    fn consider(&mut self, join: Join, parts: (usize, usize), prior: f64, holds: u128) {
        if !self.matters(prior) {
            return;
        }
        let wrong = (holds ^ self.fails) & self.all;
        let mut weight = prior;
        let mut left = wrong;
        while left != 0 {
            weight *= self.costs.get(left.trailing_zeros() as usize).copied().unwrap_or(1.0);
            left &= left - 1;
        }
        if self.matters(weight) {
            self.best = self.best.max(weight);
            let (first, second) = parts;
            self.found.push(Explanation { join, first, second, weight, wrong });
        }
    }

    fn finish(self) -> (Vec<Explanation>, f64) {
        let Weighing { best, mut found, .. } = self;
        found.retain(|one| one.weight >= best * NEGLIGIBLE);
        found.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight));
        found.truncate(CONSIDERED);
        let sum: f64 = found.iter().map(|one| one.weight).sum();
        found.iter_mut().for_each(|one| one.weight /= sum);
        (found, sum)
    }
}

/// Both bounds of one quantity.
fn windows(atoms: &[Atom], views: &[View], total: f64, weighing: &mut Weighing) {
    let field = |view: &View| match atoms.get(view.atom) {
        Some(Atom { shape: Shape::Most(field), weight }) => Some((*field, *weight)),
        _ => None,
    };
    let most: Vec<(usize, &View, Quantity, f64)> = views
        .iter()
        .enumerate()
        .filter_map(|(at, view)| field(view).map(|(field, weight)| (at, view, field, weight)))
        .collect();
    for (at, view) in views.iter().enumerate() {
        let Some(Atom { shape: Shape::Least(field), weight }) = atoms.get(view.atom) else {
            continue;
        };
        for (end, other, _, other_weight) in most.iter().filter(|(_, _, own, _)| own == field) {
            let of_both = (view.weight / weight) * (other.weight / other_weight);
            let prior = WINDOW * of_both * weight / total;
            weighing.consider(Join::All, (at, *end), prior, view.holds & other.holds);
        }
    }
}

/// Those for which something holds, the heaviest first, with their places.
fn heaviest(views: &[View], keep: impl Fn(&View) -> bool) -> Vec<(usize, &View)> {
    let views = views.iter().enumerate();
    let mut kept: Vec<(usize, &View)> = views.filter(|(_, view)| keep(view)).collect();
    kept.sort_by(|(_, a), (_, b)| b.weight.total_cmp(&a.weight));
    kept
}

/// Whether two together say more than one of them, and no window.
fn says_more(join: Join, one: Option<&Shape>, other: Option<&Shape>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    let field = |shape: &Shape| match shape {
        Shape::Least(field) | Shape::Most(field) => Some(*field),
        Shape::Fixed(Condition::Range { field, .. }) => Some(*field),
        Shape::Fixed(_) | Shape::NoneOf(..) => None,
    };
    if field(one).is_some() && field(one) == field(other) {
        return false;
    }
    // An order says already that both are there, and what is known to work together has no partner.
    let whole = |shape: &Shape| match shape {
        Shape::Fixed(Condition::Order(..)) => true,
        Shape::Fixed(Condition::All(_) | Condition::Any(_)) => join == Join::All,
        _ => false,
    };
    !whole(one) && !whole(other)
}

/// An atom as it is seen: once, or for a quantity once for each gap in which its bound may be.
fn views_of(atom: usize, one: &Atom, seen: &[Seen]) -> Vec<View> {
    let Atom { shape, weight } = one;
    let numbers = |field: Quantity| {
        let mut numbers: Vec<u64> =
            seen.iter().filter_map(|seen| seen.facts.quantity(field)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    };
    let subject = |field| seen.first().and_then(|seen| seen.facts.quantity(field));
    let view = |gap: (u64, u64), share: f64, holds: u128| View {
        atom,
        gap: Some(gap),
        taken: Vec::new(),
        weight: weight * share,
        holds,
        share: 0.0,
    };
    match shape {
        Shape::Fixed(condition) => {
            let holds = bits(seen.iter().map(|seen| condition.holds(&seen.facts)));
            vec![View { atom, gap: None, taken: Vec::new(), weight: *weight, holds, share: 0.0 }]
        }
        Shape::NoneOf(list, candidates) => {
            let taken = overlap::taken(*list, candidates, seen);
            if taken.is_empty() {
                return Vec::new();
            }
            let holds = bits(seen.iter().map(|seen| overlap::holds(*list, &taken, &seen.facts)));
            let weight = weight * overlap::fit(*list, candidates, &taken, seen);
            vec![View { atom, gap: None, taken, weight, holds, share: 0.0 }]
        }
        Shape::Least(field) => {
            let own = subject(*field).unwrap_or(0);
            let mut below = 0;
            let mut views = Vec::new();
            for number in numbers(*field).into_iter().filter(|number| *number <= own) {
                if number > below {
                    let share = (size(*field, number) - size(*field, below)) / size(*field, own);
                    views.push(view(
                        (below + 1, number),
                        share,
                        within(seen, *field, number, u64::MAX),
                    ));
                }
                below = number;
            }
            views
        }
        Shape::Most(field) => {
            let own = subject(*field).unwrap_or(0);
            let far = room(*field);
            let mut views = Vec::new();
            let numbers: Vec<u64> =
                numbers(*field).into_iter().filter(|number| *number >= own).collect();
            for (at, &number) in numbers.iter().enumerate() {
                let (to, share) = match numbers.get(at + 1) {
                    Some(next) => (next - 1, (size(*field, *next) - size(*field, number)) / far),
                    None => (
                        u64::MAX,
                        (1.0 - (size(*field, number) - size(*field, own)) / far).max(0.02),
                    ),
                };
                views.push(view((number, to), share, within(seen, *field, 0, number)));
            }
            views
        }
    }
}

/// A number on a scale on which each doubling is as likely to hold a bound; versions are steps.
pub fn size(field: Quantity, number: u64) -> f64 {
    let base = if field == Quantity::LegacyVersion { BEFORE_SSL3 } else { 0 };
    (number.saturating_sub(base) as f64 + 1.0).ln()
}

/// How far above the subject a bound may be, on the same scale.
pub fn room(field: Quantity) -> f64 {
    if field == Quantity::LegacyVersion { 2.0 } else { FAR.ln() }
}

/// Which of the hellos seen have a number between two.
fn within(seen: &[Seen], field: Quantity, from: u64, to: u64) -> u128 {
    bits(
        seen.iter().map(|seen| {
            seen.facts.quantity(field).is_some_and(|number| (from..=to).contains(&number))
        }),
    )
}

/// A bit for each hello that was seen.
pub fn all(seen: &[Seen]) -> u128 {
    u128::MAX >> (MEMORY - seen.len().clamp(1, MEMORY))
}

fn bits(of: impl Iterator<Item = bool>) -> u128 {
    of.take(MEMORY).enumerate().fold(0, |bits, (at, one)| bits | u128::from(one) << at)
}
