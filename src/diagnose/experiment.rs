//! Experiments: hellos near the subject, or near one that passes, in which some of the properties
//! that may be the cause are other than they were, and as much else as can be is as it was.
//!
//! Many are drawn; `explain.rs` sends the one whose answer is expected to tell the most.

use super::belief::Belief;
use super::change::{Changer, change, remove};
use super::need::{Needs, is_core};
use super::pool::Pool;
use super::space::Shape;
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::hello::framing::Framing;
use crate::hello::legal::keep_legal;
use crate::hello::vocabulary::{List, Member, Property, Quantity};
use crate::hello::{Condition, Facts, HelloSpec, facts};
use crate::names::ExtensionType;
use crate::transcript::Reaction;
use crate::wire::extension::{ClientExtension, Extension};

/// So many hellos are drawn for each question.
const DRAWN: usize = 200;

/// So often a way is looked for to bring a quantity to a number.
const TRIES: usize = 8;

/// So much more is risked for a hello of an older version.
const OLDER: f64 = 2.0;

/// Draws experiments.
pub struct Laboratory<'s> {
    subject: &'s HelloSpec,
    changer: Changer<'s>,
    needs: Needs,
    /// How many hellos were stripped.
    strips: usize,
}

impl<'s> Laboratory<'s> {
    /// A laboratory for one subject that fails so. A host is a name that hellos may ask for.
    pub fn new(
        subject: &'s HelloSpec,
        failure: Option<&Reaction>,
        pool: &'s Pool,
        host: Option<&str>,
    ) -> Laboratory<'s> {
        let facts = Facts::of_spec(subject);
        Laboratory {
            subject,
            changer: Changer::new(subject, facts.clone(), pool, host),
            needs: Needs::new(facts, failure),
            strips: 0,
        }
    }

    /// Notes a hello that passed.
    pub fn passes(&mut self, spec: &HelloSpec, reaction: &Reaction) {
        self.needs.passes(spec, reaction);
    }

    /// How likely it is that a healthy server fails a hello for a reason of its own.
    pub fn risk(&self, facts: &Facts) -> f64 {
        self.needs.risk(facts)
    }

    /// Whether healthy servers hardly ever fail a hello as the subject fails.
    pub fn is_telling(&self) -> bool {
        self.needs.is_telling()
    }

    /// Hellos of which one may be sent.
    pub fn draw(&mut self, belief: &Belief) -> Vec<HelloSpec> {
        let shares = belief.shares();
        (0..DRAWN).filter_map(|_| self.draw_one(belief, &shares)).collect()
    }

    /// The subject without all that can be taken from it while the cause stays: what is likelier to
    /// work together with it goes first. What this server needs stays, and what a server may need,
    /// so that it is no likelier than this to fail the hello for a reason of its own.
    pub fn strip(
        &mut self,
        belief: &Belief,
        cause: &Condition,
        needed: &[Condition],
        risk: f64,
    ) -> HelloSpec {
        let mut spec = self.subject.clone();
        self.strips += 1;
        // In another order, where that is not the cause.
        let mut shuffled = spec.clone();
        for list in [List::Extensions, List::SupportedGroups, List::CipherSuites] {
            self.changer.shuffle_list(&mut shuffled, list);
        }
        self.put_across(&mut shuffled, cause);
        if self.is_legal(&mut shuffled) && cause.holds(&Facts::of_spec(&shuffled)) {
            spec = shuffled;
        }
        let mut order: Vec<(f64, usize)> = belief
            .shared()
            .map(|(index, atom)| (atom.weight * (0.3 + self.changer.dice.unit()), index))
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut facts = Facts::of_spec(&spec);
        let mut lacks = belief.lacks(&facts);
        for (_, index) in order {
            let Some(atom) = belief.atoms().get(index) else { continue };
            // A name of another length is another name, which a server may not know.
            let name = Quantity::ExtensionLength(ExtensionType::server_name);
            let is_name =
                matches!(atom.shape, Shape::Least(field) | Shape::Most(field) if field == name);
            let rare = atom.weight < 0.05 || is_name;
            let holds = match &atom.shape {
                Shape::Fixed(condition) => condition.holds(&facts),
                _ => true,
            };
            if rare || !holds {
                continue;
            }
            // Where a quantity cannot go far without the cause, it may go a little.
            let steps = match atom.shape {
                Shape::Least(field) => self.changer.steps(field).len(),
                _ => 1,
            };
            for step in 0..steps {
                let mut trial = spec.clone();
                self.changer.turn_far(&mut trial, &atom.shape, step);
                if !self.is_legal(&mut trial) {
                    continue;
                }
                let mut changed = Facts::of_spec(&trial);
                // What made it long may go where something else makes it as long.
                let long = (!cause.holds(&changed)).then(|| self.refilled(&trial)).flatten();
                if let Some(long) = long {
                    changed = Facts::of_spec(&long);
                    trial = long;
                }
                let more = belief.lacks(&changed);
                let has_what_is_needed = needed.iter().all(|one| one.holds(&changed));
                // With an older version goes much that a server may want; a hello that passes all the same
                // tells what no other can.
                let of_version = atom.shape == Shape::Least(Quantity::LegacyVersion);
                let most = if of_version { OLDER * risk } else { risk };
                if more > lacks
                    && cause.holds(&changed)
                    && has_what_is_needed
                    && self.risk(&changed) <= most
                {
                    (spec, facts, lacks) = (trial, changed, more);
                    break;
                }
            }
        }
        spec
    }

    /// Puts the members that a cause names where they stand far from their places in the subject, since
    /// these may be what matters; at the very ends of the extensions stands what stood there.
    fn put_across(&mut self, spec: &mut HelloSpec, cause: &Condition) {
        match cause {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.put_across(spec, part));
                // Of two members it may be that one stands before the other.
                if let [Condition::Has(entries, one), Condition::Has(other, second)] = &parts[..] {
                    let list = entries.list;
                    let place = |hello, wanted| {
                        facts::members(hello, list).iter().position(|member| member == wanted)
                    };
                    let is_before = |hello| place(hello, one) < place(hello, second);
                    let is_kept = is_before(&spec.hello) == is_before(&self.subject.hello);
                    if is_kept && other.list == list {
                        self.changer.swap(spec, list, one, second);
                    }
                }
            }
            Condition::Has(entries, member) => {
                let list = entries.list;
                let before = facts::members(&self.subject.hello, list);
                let members = facts::members(&spec.hello, list);
                let Some(place) = before.iter().position(|one| one == member) else { return };
                let margin = usize::from(list == List::Extensions);
                let last = members.len().saturating_sub(1 + margin);
                // At the far end first, and then at the near one: it may be what stands on one side of it
                // that matters.
                let is_far = self.strips % 2 == 1 || place <= margin || place >= last;
                let across = if (place < before.len() / 2) == is_far { last } else { margin };
                if let Some(other) = members.get(across) {
                    self.changer.swap(spec, list, member, other);
                }
            }
            _ => {}
        }
    }

    /// The subject with another in the place of a member: the list is as long, and names as many.
    pub fn exchanged(&mut self, list: List, member: &Member) -> Option<HelloSpec> {
        let mut members = facts::members(&self.subject.hello, list);
        let of_list = self.changer.pool.members.iter().filter(|(own, ..)| *own == list);
        let others: Vec<Member> = of_list
            .map(|(_, other, _)| other)
            .filter(|one| !members.contains(one))
            .cloned()
            .collect();
        let place = members.iter().position(|own| own == member)?;
        *members.get_mut(place)? = others.get(self.changer.dice.below(others.len()))?.clone();
        let mut spec = self.subject.clone();
        change(&mut spec, Edit::SetList(list, members));
        self.is_legal(&mut spec).then_some(spec)
    }

    /// The subject with a quantity at a number, where that can be had.
    pub fn at(&mut self, field: Quantity, number: u64) -> Option<HelloSpec> {
        let wanted = usize::try_from(number).ok()?;
        (0..TRIES).find_map(|_| {
            let mut spec = self.subject.clone();
            self.changer.set(&mut spec, field, wanted);
            let legal = self.is_legal(&mut spec);
            (legal && Facts::of_spec(&spec).quantity(field) == Some(number)).then_some(spec)
        })
    }

    /// The subject with more members in a list.
    pub fn with(&mut self, list: List, members: &[Member]) -> HelloSpec {
        let mut spec = self.subject.clone();
        members.iter().for_each(|member| self.changer.add(&mut spec, list, member));
        self.is_legal(&mut spec);
        spec
    }

    /// The subject with all that it may miss beside something that it has, as what only one version asks
    /// for.
    pub fn complete(&mut self, belief: &Belief) -> HelloSpec {
        let mut spec = self.subject.clone();
        for atom in belief.atoms() {
            let Shape::Fixed(Condition::All(parts)) = &atom.shape else { continue };
            for part in parts {
                match part {
                    Condition::Lacks(entries, member) => {
                        self.changer.add(&mut spec, entries.list, member);
                    }
                    Condition::LacksAll(entries, members) => {
                        members.iter().for_each(|one| {
                            self.changer.add(&mut spec, entries.list, one);
                        });
                    }
                    _ => {}
                }
            }
        }
        self.is_legal(&mut spec);
        spec
    }

    /// Keeps a hello legal, where the subject is. Whether there is anything left to ask for.
    fn is_legal(&self, spec: &mut HelloSpec) -> bool {
        if self.changer.legal {
            keep_legal(spec);
        }
        self.has_a_suite(spec)
    }

    /// Whether there is a suite for one of the versions that are offered, unless the subject has
    /// none either: no server could answer.
    fn has_a_suite(&self, spec: &HelloSpec) -> bool {
        !spec.hello.cipher_suites.0.is_empty() && self.needs.has_a_suite(&Facts::of_spec(spec))
    }

    fn draw_one(&mut self, belief: &Belief, shares: &[f64]) -> Option<HelloSpec> {
        let mut spec = self.base(belief);
        match self.changer.dice.below(8) {
            // What is likeliest, alone or with another.
            0..=3 => {
                for _ in 0..=self.changer.dice.below(3).min(self.changer.dice.below(3)) {
                    let atom = self.changer.dice.pick(shares)?;
                    self.changer.turn(&mut spec, belief, atom);
                }
            }
            // A part of all that is possible.
            4..=6 => {
                let part = self.changer.dice.one_of(&[0.15, 0.3, 0.5, 0.8]).unwrap_or(0.5);
                self.halve(&mut spec, belief, shares, part);
            }
            _ => self.changer.shuffle(&mut spec),
        }
        if self.changer.dice.one_in(4) {
            self.refill_body(&mut spec);
        }
        if self.changer.legal {
            keep_legal(&mut spec);
        }
        // At the same length as before, by what else can carry it.
        if self.changer.dice.one_in(2) {
            spec = self.refilled(&spec).unwrap_or(spec);
        }
        if !self.has_a_suite(&spec) || spec == *self.subject {
            return None;
        }
        Some(spec)
    }

    /// The subject, or a hello that passed brought half of the way back to it.
    fn base(&mut self, belief: &Belief) -> HelloSpec {
        let passed: Vec<&HelloSpec> = belief.passing().collect();
        if passed.is_empty() || self.changer.dice.one_in(2) {
            return self.subject.clone();
        }
        let Some(passed) = self.changer.dice.one_of(&passed) else { return self.subject.clone() };
        if !self.changer.dice.one_in(3) {
            return passed.clone();
        }
        let edits = difference::edits(self.subject, passed);
        let mut spec = self.subject.clone();
        for edit in edits {
            if self.changer.dice.one_in(2) {
                change(&mut spec, edit);
            }
        }
        spec
    }

    /// Brings an extension to the length that it has in the subject, where its body can be as long: by
    /// other members of its list, or by what a peer passes over.
    fn refill_body(&mut self, spec: &mut HelloSpec) {
        let facts = Facts::of_spec(spec);
        let length = |own: &ClientExtension| {
            let field = Quantity::ExtensionLength(own.extension_type());
            let (length, present) = (own.data().len(), facts.quantity(field)?);
            (u64::try_from(length) != Ok(present)).then_some((field, length))
        };
        let others: Vec<_> = self.subject.hello.extensions().iter().filter_map(length).collect();
        if let Some((field, length)) = self.changer.dice.one_of(&others) {
            self.changer.set(spec, field, length);
        }
    }

    /// The hello brought to the subject's length, where a carrier can.
    pub fn refilled(&mut self, spec: &HelloSpec) -> Option<HelloSpec> {
        let carrier = self.changer.carrier();
        let stretched = carrier.stretch(spec, self.subject.length());
        stretched.filter(|_| spec.is_typed() && spec.framing == Framing::Tls)
    }

    /// Turns each atom that is possible with this likelihood; what nearly every server needs stays
    /// as a rule.
    fn halve(&mut self, spec: &mut HelloSpec, belief: &Belief, shares: &[f64], part: f64) {
        // As long as nothing passes, it may be that which nearly every server needs.
        let passed = belief.passing().next().is_some();
        let own = self.changer.dice.one_in(if passed { 8 } else { 3 });
        let mut gone: Vec<(List, Member)> = Vec::new();
        let mut new: Vec<(List, Member)> = Vec::new();
        let mut values: Vec<&Condition> = Vec::new();
        for (atom, share) in belief.atoms().iter().zip(shares) {
            if *share <= 0.0 || self.changer.dice.unit() >= part {
                continue;
            }
            match &atom.shape {
                Shape::Fixed(Condition::Has(entries, member))
                    if own || !is_core(entries.list, member) =>
                {
                    gone.push((entries.list, member.clone()));
                }
                Shape::Fixed(Condition::Lacks(entries, member)) => {
                    new.push((entries.list, member.clone()));
                }
                Shape::Fixed(value @ Condition::Is(property, _))
                    if *property != Property::ServerName =>
                {
                    values.push(value);
                }
                _ => {}
            }
        }
        for list in List::all() {
            let of_list = gone.iter().filter(|(own, _)| *own == list).map(|(_, member)| member);
            remove(spec, list, &of_list.collect::<Vec<_>>());
        }
        // Few at a time: a hello that has everything is like none that anybody sends.
        let many = self.changer.dice.one_in(3);
        new.retain(|_| many || self.changer.dice.one_in(4));
        for (list, member) in new {
            self.changer.add(spec, list, &member);
        }
        for value in values {
            self.changer.falsify(spec, value);
        }
    }
}
