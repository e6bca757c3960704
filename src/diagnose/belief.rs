//! What is believed: how likely each explanation is, after all that was seen.
//!
//! An explanation foretells of every hello whether it fails. One that foretold wrongly is not
//! struck out but made less likely, by how surely the probe told: a hello that passed tells almost
//! surely, one that failed may have failed for reasons of its own. So a single answer by chance
//! misleads nobody, and neither does a server that has no suite in common with a probe.

use super::overlap::{self, Taken};
use super::space::{Atom, Shape};
use super::weigh::{Explanation, FAR, Join, View, all, explanations, room, size, views};
use crate::hello::condition::Bound;
use crate::hello::vocabulary::{List, Member, Quantity};
use crate::hello::{Condition, Facts, HelloSpec};

/// How likely it is that a hello passes though it has the cause, or is answered by chance.
const LUCK: f64 = 0.01;
/// What is foretold wrongly is held against an explanation where luck is no likelier than this.
const SURE: f64 = 0.05;
/// No more than this is kept in mind.
pub const MEMORY: usize = 128;

/// A hello that was sent, and what came of it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The hello.
    pub spec: HelloSpec,
    /// What is true of the hello.
    pub facts: Facts,
    /// Whether it failed as the subject does.
    pub fails: bool,
    /// How likely it was to fail for a reason of its own.
    pub risk: f64,
    /// Whether another came out when it was sent again, or it fails for a reason of its own, so that it
    /// tells nothing.
    pub doubtful: bool,
    /// Whether the same came out when it was sent again.
    pub sure: bool,
    /// What the server chose of its lists.
    pub chosen: Vec<(List, Member)>,
}

impl Seen {
    /// How likely it is that it was foretold wrongly by what is right.
    pub(super) fn luck(&self) -> f64 {
        match self {
            Seen { doubtful: true, .. } => 1.0,
            Seen { fails: true, risk, .. } => *risk,
            Seen { fails: false, sure: true, .. } => LUCK * LUCK,
            Seen { fails: false, .. } => LUCK,
        }
    }

    /// Whether the server chose this.
    pub(super) fn chose(&self, list: List, member: &Member) -> bool {
        self.chosen.iter().any(|(own, chosen)| *own == list && chosen == member)
    }
}

/// What is believed of a subject.
pub struct Belief {
    atoms: Vec<Atom>,
    seen: Vec<Seen>,
    views: Vec<View>,
    explanations: Vec<Explanation>,
    /// How likely all of them were beforehand, with what was seen.
    together: f64,
    /// For each atom, whether it is true of all failing hellos.
    shared: Vec<Shared>,
}

/// Whether something is true of all failing hellos: a number with its least or greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shared {
    No,
    Yes,
    From(u64),
    To(u64),
}

/// An explanation as others see it.
#[derive(Clone, Debug)]
pub struct Leader {
    /// What it says.
    pub condition: Condition,
    /// How likely it is, of all that are considered.
    pub share: f64,
    /// Whether all its bounds are known.
    pub exact: bool,
    /// Whether it names only some of what the server would take.
    pub partial: bool,
    /// The hellos, by their place, that it surely foretold wrongly.
    pub wrong: Vec<usize>,
}

impl Belief {
    /// What is believed before anything is seen but that the subject fails.
    pub fn new(atoms: Vec<Atom>, subject: &HelloSpec) -> Belief {
        let (spec, facts) = (subject.clone(), Facts::of_spec(subject));
        let seen = vec![Seen {
            spec,
            facts,
            fails: true,
            risk: LUCK,
            doubtful: false,
            sure: true,
            chosen: Vec::new(),
        }];
        let (views, explanations, together, shared) = Default::default();
        let mut belief = Belief { atoms, seen, views, explanations, together, shared };
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

    /// Takes in that a hello failed again, and for a reason of its own.
    pub fn excuse(&mut self, at: usize) {
        if let Some(seen) = self.seen.get_mut(at) {
            (seen.doubtful, seen.sure) = (true, true);
        }
        self.weigh();
    }

    /// Takes in that a hello told the same again.
    pub fn confirm(&mut self, at: usize) {
        if let Some(seen) = self.seen.get_mut(at) {
            seen.sure = true;
        }
        self.weigh();
    }

    /// Leaves out what is not known any more, but for the subject.
    pub fn retain(&mut self, is_known: impl Fn(&HelloSpec) -> bool) {
        let before = self.seen.len();
        let mut is_subject = true;
        self.seen.retain(|seen| std::mem::take(&mut is_subject) || is_known(&seen.spec));
        if self.seen.len() < before {
            self.weigh();
        }
    }

    /// Whether nothing more can be taken in.
    pub fn is_full(&self) -> bool {
        self.seen.len() >= MEMORY
    }

    /// The hellos that passed, the first that did first.
    pub fn passing(&self) -> impl Iterator<Item = &HelloSpec> {
        self.seen.iter().filter(|seen| !seen.fails).map(|seen| &seen.spec)
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

    /// Of a list that has none of what the server takes: what surely is taken, and what may be.
    pub fn taken(&self, atom: usize) -> (Vec<Member>, Vec<Member>) {
        let view = self.views.iter().find(|view| view.atom == atom);
        let taken = view.map(|view| view.taken.as_slice()).unwrap_or_default();
        let (certain, open): (Vec<&Taken>, Vec<&Taken>) =
            taken.iter().partition(|one| one.is_certain());
        let members = |of: Vec<&Taken>| of.into_iter().map(|one| one.member.clone()).collect();
        (members(certain), members(open))
    }

    /// The same of a list.
    pub fn taken_of(&self, list: List) -> (Vec<Member>, Vec<Member>) {
        let is = |atom: &Atom| matches!(atom.shape, Shape::NoneOf(own, _) if own == list);
        let atom = self.atoms.iter().position(is);
        atom.map(|atom| self.taken(atom)).unwrap_or_default()
    }

    /// How much an answer is expected to tell about which explanation is right, in bits, where the
    /// hello fails for a reason of its own with this likelihood.
    pub fn worth(&self, facts: &Facts, risk: f64) -> f64 {
        let noise = (entropy(1.0 - LUCK), entropy(risk));
        let (mut fails, mut certain) = (0.0, 0.0);
        for (one, (weight, cause)) in self.explanations.iter().zip(self.foretold(facts)) {
            let likely = cause * (1.0 - LUCK) + (1.0 - cause) * risk;
            fails += weight * likely;
            certain += weight
                * match self.parts(one).iter().any(|view| !view.taken.is_empty()) {
                    // What a server takes of a list is asked once it is clear that it misses it.
                    true => entropy(likely),
                    false => cause * noise.0 + (1.0 - cause) * noise.1,
                };
        }
        entropy(fails) - certain
    }

    /// How likely a hello is to fail, where it does so for a reason of its own with this
    /// likelihood.
    pub fn failing(&self, facts: &Facts, risk: f64) -> f64 {
        let foretold = self.foretold(facts).into_iter();
        foretold.map(|(weight, cause)| weight * (cause + (1.0 - cause) * risk)).sum()
    }

    /// How likely those of the other explanations together are that a hello tells from the
    /// likeliest, where it fails for a reason of its own with this likelihood.
    pub fn tells_rivals(&self, facts: &Facts, risk: f64) -> f64 {
        let foretold = self.foretold(facts);
        let Some((_, likeliest)) = foretold.first().copied() else { return 0.0 };
        let told = foretold.iter().skip(1).map(|(weight, cause)| match likeliest > *cause {
            true => weight * (likeliest - cause) * (1.0 - risk),
            false => weight * (cause - likeliest),
        });
        told.sum()
    }

    /// For each explanation how likely it is, and how likely the hello has this cause.
    fn foretold(&self, facts: &Facts) -> Vec<(f64, f64)> {
        let foretold = |view: &View| match view.share > 0.0 {
            true => self.foretells(view, facts),
            // No explanation that is in account has it.
            false => 0.0,
        };
        let likely: Vec<f64> = self.views.iter().map(foretold).collect();
        let at = |view: usize| likely.get(view).copied().unwrap_or(0.0);
        let of = |one: &Explanation| match one.join {
            Join::Single => at(one.first),
            Join::All => at(one.first) * at(one.second),
            Join::Any => 1.0 - (1.0 - at(one.first)) * (1.0 - at(one.second)),
        };
        self.explanations.iter().map(|one| (one.weight, of(one))).collect()
    }

    /// What is true of all failing hellos and may be needed beside a cause, with its place among
    /// the atoms.
    pub fn shared(&self) -> impl Iterator<Item = (usize, &Atom)> {
        let atoms = self.atoms.iter().enumerate().zip(&self.shared);
        atoms.filter(|(_, shared)| **shared != Shared::No).map(|(atom, _)| atom)
    }

    /// How much of what all failing hellos share a hello does not have: the sum of the weights, of
    /// a quantity by how much further it goes.
    pub fn lacks(&self, facts: &Facts) -> f64 {
        let part = |atom: &Atom, shared: &Shared| match (&atom.shape, shared) {
            (Shape::Fixed(condition), Shared::Yes) if !condition.holds(facts) => 1.0,
            (Shape::Least(field), Shared::From(least)) => match facts.quantity(*field) {
                Some(number) if number < *least => {
                    1.0 - size(*field, number) / size(*field, *least).max(f64::MIN_POSITIVE)
                }
                Some(_) => 0.0,
                None => 1.0,
            },
            (Shape::Most(field), Shared::To(most)) => match facts.quantity(*field) {
                Some(number) => (size(*field, number) - size(*field, *most)) / room(*field),
                None => 0.0,
            },
            _ => 0.0,
        };
        let atoms = self.atoms.iter().zip(&self.shared);
        atoms.map(|(atom, shared)| atom.weight * part(atom, shared).clamp(0.0, 1.0)).sum()
    }

    /// Whether an atom is true of all failing hellos, as far as that is known.
    fn is_shared(&self, atom: &Atom) -> Shared {
        let failing = || self.seen.iter().filter(|seen| seen.fails && !seen.doubtful);
        let numbers = |field: Quantity| failing().filter_map(move |one| one.facts.quantity(field));
        match &atom.shape {
            Shape::Fixed(condition) => match failing().all(|one| condition.holds(&one.facts)) {
                true => Shared::Yes,
                false => Shared::No,
            },
            Shape::Least(field) => numbers(*field).min().map_or(Shared::No, Shared::From),
            // It is said by what is missing.
            Shape::NoneOf(..) => Shared::No,
            // What takes things away makes a hello shorter; the other way is asked by itself.
            Shape::Most(field) if field.is_length() => Shared::No,
            Shape::Most(field) => numbers(*field).max().map_or(Shared::No, Shared::To),
        }
    }

    /// How likely it was beforehand that one of the explanations is right and all that was seen comes
    /// of it: of a hello that was answered in two ways, that one answer was luck, and of one that was
    /// excused, that it failed for a reason of its own.
    pub fn together(&self) -> f64 {
        let doubtful = self.seen.iter().filter(|seen| seen.doubtful);
        let likely = doubtful.map(|seen| if seen.sure { seen.risk } else { LUCK });
        self.together * likely.product::<f64>()
    }

    /// The likeliest explanation.
    pub fn leader(&self) -> Option<Leader> {
        let best = self.explanations.first()?;
        let surely = self.seen.iter().enumerate().filter(|(_, seen)| seen.luck() <= SURE);
        let known = |view: &&View| view.gap.is_none_or(|(low, high)| low == high);
        Some(Leader {
            condition: self.condition(best)?,
            share: best.weight,
            exact: self.parts(best).iter().all(known),
            partial: false,
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
            let others = parts.iter().filter(|other| other.atom != view.atom);
            let beyond = others.fold(!view.holds, |beyond, other| beyond & other.holds);
            !open || explanation.join != Join::All || beyond & all(&self.seen) != 0
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
            (Shape::NoneOf(list, _), _) => overlap::condition(*list, &view.taken),
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
            (Some(Shape::NoneOf(list, _)), _) => overlap::has_none(*list, &view.taken, facts),
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
        self.shared = self.atoms.iter().map(|atom| self.is_shared(atom)).collect();
        self.views = views(&self.atoms, &self.seen);
        (self.explanations, self.together) = explanations(&self.atoms, &self.views, &self.seen);
        for one in &self.explanations {
            let second = (one.join != Join::Single).then_some(one.second);
            for index in [Some(one.first), second].into_iter().flatten() {
                if let Some(view) = self.views.get_mut(index) {
                    view.share += one.weight;
                }
            }
        }
    }
}

/// The entropy of an answer that is yes with this likelihood, in bits.
fn entropy(likelihood: f64) -> f64 {
    let part = |p: f64| if p <= 0.0 { 0.0 } else { -p * p.log2() };
    part(likelihood) + part(1.0 - likelihood)
}
