//! The proof of an explanation, from both sides: without the cause the subject passes, and what has
//! the cause and little else fails; it is told from what is left beside it, and where it has bounds
//! these are tried again.

use super::either::either;
use super::{CAREFUL, Ending, Explained, Search, explain_near};
use crate::diagnose::belief::{Leader, Seen};
use crate::diagnose::notebook::{Answer, Question, is_without_a_word};
use crate::diagnose::offer::Breadth;
use crate::diagnose::overlap;
use crate::diagnose::remedy::SOME_HOST;
use crate::hello::condition::{Condition, Entries};
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::hello::framing::{Framing, unsent};
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar};
use crate::hello::{Facts, HelloSpec, facts};
use crate::names::ProtocolVersion;
use crate::transcript::Kind;

/// How likely such a hello may be to fail for a reason of its own, where what servers need is in
/// question.
const DARING: f64 = 0.35;
/// So much less is risked where a server missed something.
const EASED: f64 = 0.4;
/// So many hellos with the cause and little else are tried at the most.
const STRIPS: usize = 5;
/// What weighs less than this part of all properties is not tried by itself.
const LITTLE: f64 = 0.012;
/// So often the likeliest explanation is told from those that are left beside it.
const RIVALS: usize = 3;
/// What tells it from others that are this likely together is asked.
const RIVAL: f64 = 0.01;
/// So often a hello at a bound is drawn.
const TRIES: usize = 4;
/// The same where none was asked there that would tell.
const MANY_TRIES: usize = 40;
/// What is said where not all was asked that a server may take.
const MORE_MAY_DO: &str = "the server may take others of the list as well: not all were asked for";
/// So many more causes are looked for where the first was taken out.
const BESIDE: usize = 1;

impl Search<'_, '_, '_> {
    /// Tries an explanation from both sides: without it the subject passes, and what passes fails
    /// with it.
    pub(super) fn try_both_sides(&mut self, leader: &Leader) -> Option<Explained> {
        let leader = &self.with_all_that_is_taken(leader)?;
        let condition = &leader.condition;
        if self.fails_with_the_first_alone(condition) || self.passes_farther_back(condition) {
            return None;
        }
        let with_cause = self.with_cause(leader)?;
        if !self.beats_rivals(leader) || !self.bounds_hold(condition) {
            return None;
        }
        if self.other_names_fail(condition) || self.passes_with_more(condition) {
            return None;
        }
        let mut refused = None;
        for edits in self.remedies(condition) {
            let spec = difference::apply(self.subject, &edits);
            match self.answer(&spec) {
                Answer::Passes => {
                    if self.passes_with_the_cause(condition, &edits) {
                        return None;
                    }
                    let (spec, edits) = self.with_what_is_chosen(spec, edits);
                    let older = self.wants_an_older_version(condition, &spec);
                    let (condition, spec, edits) = match &older {
                        Some((condition, spec, edits)) => (condition, spec.clone(), edits.clone()),
                        None => (condition, spec, edits),
                    };
                    let stretched = self.at_length(&spec, &edits, condition);
                    let answer = stretched.as_ref().map(|stretched| self.answer(stretched));
                    let beside = match (answer, &stretched) {
                        (Some(Answer::Fails), _) => return None,
                        (Some(Answer::Other), Some(rest)) => {
                            self.beside(condition, rest, &with_cause)
                        }
                        _ => None,
                    };
                    let (condition, edits) = self.with_all_causes(condition, spec, edits)?;
                    let with_cause = with(&condition, with_cause)?;
                    let note = leader.partial.then(|| MORE_MAY_DO.to_owned());
                    let without_cause = match answer {
                        Some(Answer::Passes) => stretched.into_iter().collect(),
                        _ => Vec::new(),
                    };
                    let weight = self.weight(leader);
                    let alone =
                        Explained { condition, edits, with_cause, without_cause, note, weight };
                    return Some(beside.unwrap_or(alone));
                }
                // It lost what the server may need: another way may help.
                Answer::Fails if self.laboratory.risk(&Facts::of_spec(&spec)) > CAREFUL => {}
                // The explanation foretold another answer: what is believed has changed.
                Answer::Fails => return None,
                Answer::Other => refused = refused.or(Some(spec)),
            }
        }
        let mut note = None;
        if let Some(rest) = refused {
            if let Some(found) = self.beside(condition, &rest, &with_cause) {
                return Some(found);
            }
            note = self.notebook.reaction(&rest).map(|reaction| {
                let how = match reaction.kind {
                    Kind::Alert { description, .. } => format!("with the alert {description}"),
                    ref kind => format!("in another way ({})", kind.word()),
                };
                format!("with that changed alone, the server refuses the hello {how}")
            });
        }
        let nearest = self.belief.passing().map(|spec| {
            let edits = difference::edits(self.subject, spec);
            (difference::apply(self.subject, &edits), edits)
        });
        let without = nearest.filter(|(spec, _)| !condition.holds(&Facts::of_spec(spec)));
        let edits = without.map(|(_, edits)| edits).min_by_key(Vec::len)?;
        let spec = difference::apply(self.subject, &edits);
        if self.answer(&spec) != Answer::Passes || self.passes_with_the_cause(condition, &edits) {
            return None;
        }
        let (condition, edits) = self.with_all_causes(condition, spec, edits)?;
        let with_cause = with(&condition, with_cause)?;
        let weight = self.weight(leader);
        // Where one change helps, it is not that one alone does not.
        let note = note.filter(|_| edits.len() > 1);
        Some(Explained { condition, edits, with_cause, without_cause: Vec::new(), note, weight })
    }

    /// Whether a hello passes that has the cause still: where a remedy is of more edits than take the
    /// cause away, those beside it alone.
    fn passes_with_the_cause(&mut self, condition: &Condition, edits: &[Edit]) -> bool {
        let has_cause = |edits: &[Edit]| {
            condition.holds(&Facts::of_spec(&difference::change(self.subject, edits)))
        };
        let beside: Vec<Edit> =
            edits.iter().filter(|edit| has_cause(std::slice::from_ref(edit))).cloned().collect();
        if beside.is_empty() || beside.len() == edits.len() || !has_cause(&beside) {
            return false;
        }
        self.answer(&difference::change(self.subject, &beside)) == Answer::Passes
    }

    /// Whether a hello passes that has the cause still and what the subject lacks besides: a name to ask
    /// for, which hardly another hello adds, or, where it is said to want TLS 1.3, all that there is of
    /// TLS 1.2.
    fn passes_with_more(&mut self, condition: &Condition) -> bool {
        let mut more = Vec::new();
        let nameless = Condition::Is(Property::ServerName, Scalar::Null);
        // A message of SSL 2.0 asks for none.
        let can_ask = self.subject.framing != Framing::Sslv2;
        if can_ask && nameless.holds(&Facts::of_spec(self.subject)) {
            let host = self.host.unwrap_or(SOME_HOST).to_owned();
            more.push(difference::change(self.subject, &[Edit::ServerName(host)]));
        }
        let tls13 = Member::Number(ProtocolVersion::TLS1_3.0);
        if *condition == Condition::Lacks(List::SupportedVersions.into(), tls13) {
            let mut all = self.subject.clone();
            self.pool.offer(&mut all, ProtocolVersion::TLS1_2, Breadth::All);
            more.push(all);
        }
        more.retain(|spec| condition.holds(&Facts::of_spec(spec)) && spec != self.subject);
        more.iter().any(|spec| self.answer(spec) == Answer::Passes)
    }

    /// Whether it is said that one name is the cause, though hellos fail that ask for others.
    fn other_names_fail(&self, condition: &Condition) -> bool {
        let Condition::Is(Property::ServerName, Scalar::Text(_)) = condition else { return false };
        let asks_for_another = |seen: &Seen| {
            let name = seen.facts.property(Property::ServerName);
            seen.fails && name != Scalar::Null && !condition.holds(&seen.facts)
        };
        self.belief.seen().iter().any(asks_for_another)
    }

    /// Whether it is said that one member stands before another, though the subject fails as well where
    /// the other is gone: then it matters that the first stands in front.
    fn fails_with_the_first_alone(&mut self, condition: &Condition) -> bool {
        let Condition::Order(list, _, second) = condition else { return false };
        let gone = Edit::Remove(*list, second.clone());
        let alone = difference::apply(self.subject, &[gone]);
        let risk = self.laboratory.risk(&Facts::of_spec(&alone));
        risk <= DARING && self.answer(&alone) == Answer::Fails
    }

    /// Whether it is said that a number of a list is the cause, though a hello passes in which it stands
    /// last: a server may read the first entries alone. That is not asked where one failed in which it
    /// stood far behind.
    fn passes_farther_back(&mut self, condition: &Condition) -> bool {
        let Condition::Has(Entries { list, first: None }, member) = condition else { return false };
        let place = |members: &[Member]| members.iter().position(|one| one == member);
        let mut members = facts::members(&self.subject.hello, *list);
        let last = members.len().saturating_sub(1);
        let Some(own) = place(&members).filter(|own| *own < last) else { return false };
        if *list == List::Extensions {
            return false;
        }
        let failed = self.belief.seen().iter().filter(|seen| seen.fails && !seen.doubtful);
        let mut places = failed.filter_map(|seen| place(seen.facts.list(*list)));
        if places.any(|place| place > own && 4 * place >= 3 * last) {
            return false;
        }
        members.swap(own, last);
        let behind = difference::change(self.subject, &[Edit::SetList(*list, members)]);
        self.answer(&behind) == Answer::Passes
    }

    /// How likely an explanation was beforehand, with all that was seen.
    fn weight(&self, leader: &Leader) -> f64 {
        leader.share * self.belief.together()
    }

    /// Whether an explanation is still the likeliest when it was told from those that are left
    /// beside it.
    fn beats_rivals(&mut self, leader: &Leader) -> bool {
        for _ in 0..RIVALS {
            if !leader.exact {
                break;
            }
            let mut drawn = self.laboratory.draw(&self.belief);
            drawn.extend(self.edges_in_records(&leader.condition));
            if let Condition::Has(entries, member) = &leader.condition {
                let is_numbered = !matches!(entries.list, List::Extensions | List::Alpn);
                let other = is_numbered.then(|| self.laboratory.exchanged(entries.list, member));
                drawn.extend(other.flatten());
            }
            if leader.condition == offers_tls13() {
                drawn.push(self.laboratory.complete(&self.belief));
            }
            let told = drawn.into_iter().map(|spec| {
                let facts = Facts::of_spec(&spec);
                (self.belief.tells_rivals(&facts, self.laboratory.risk(&facts)), spec)
            });
            let told = told.filter(|(_, spec)| {
                unsent(spec).is_none() && self.notebook.reaction(spec).is_none()
            });
            let best = told.max_by(|a, b| a.0.total_cmp(&b.0));
            let Some((_, spec)) = best.filter(|(told, _)| *told > RIVAL) else { break };
            self.ask(&spec, None);
            let now = self.belief.leader();
            if now.is_none_or(|now| now.condition != leader.condition) {
                return false;
            }
        }
        true
    }

    /// The hellos on both sides of each bound, in two records and in four: the lengths of message,
    /// record and flight go together as long as there is one.
    fn edges_in_records(&self, condition: &Condition) -> Vec<HelloSpec> {
        let mut cut = Vec::new();
        for (field, number, fails) in edges_of(condition) {
            let mut seen = self.belief.seen().iter().filter(|one| one.fails == fails);
            let edge = seen.find(|one| one.facts.quantity(field) == Some(number));
            let Some(edge) = edge else { continue };
            for parts in [2, 4] {
                let size = edge.spec.length().div_ceil(parts).max(1);
                cut.push(difference::apply(&edge.spec, &[Edit::Records(vec![size])]));
            }
        }
        cut
    }

    /// Whether other hellos on both sides of each bound are answered as those were on which it
    /// rests, and where there are no others, those again.
    fn bounds_hold(&mut self, condition: &Condition) -> bool {
        let (mut others, mut again) = (Vec::new(), Vec::new());
        for (field, number, fails) in edges_of(condition) {
            let seen = self.belief.seen().iter().enumerate();
            let edge = seen.filter(|(_, one)| one.fails == fails && !one.doubtful);
            let edge = edge.filter(|(_, one)| one.facts.quantity(field) == Some(number));
            let edge: Vec<_> = edge.filter(|(_, one)| one.luck() <= CAREFUL).collect();
            // Two hellos stand for it already, or the subject, which was sent twice.
            if edge.len() > 1 || matches!(edge.first(), Some((0, _))) {
                continue;
            }
            let edge = edge.first().map(|(at, one)| (*at, one.spec.clone(), fails));
            // Where none stands for it, the bound was seen of hellos alone that lack another part.
            let tries = if edge.is_some() { TRIES } else { MANY_TRIES };
            match self.other_at(field, number, condition, fails, tries) {
                Some(other) => others.push((other, edge, fails)),
                None => again.extend(edge),
            }
        }
        let specs: Vec<HelloSpec> = others.iter().map(|(spec, ..)| spec.clone()).collect();
        self.ask_all(&specs);
        let mut hold = true;
        for (spec, edge, fails) in others {
            match self.answer(&spec) {
                // What is answered in a third way says nothing.
                Answer::Other => again.extend(edge),
                Answer::Fails => hold &= fails,
                Answer::Passes => hold &= !fails,
            }
        }
        let question = |(_, spec, _): &(usize, HelloSpec, bool)| {
            Question::new(format!("again: {}", self.words(spec)), spec.clone())
        };
        let questions: Vec<Question> = again.iter().map(question).collect();
        let observations = self.notebook.send(&questions);
        for ((at, _, fails), observation) in again.iter().zip(observations) {
            let wanted = if *fails { Answer::Fails } else { Answer::Passes };
            if self.notebook.meaning(&observation.reaction) != wanted {
                self.belief.doubt(*at);
                hold = false;
            }
        }
        hold
    }

    /// A hello that was not sent yet with a quantity at a number, for which a condition holds or
    /// not: of some that are drawn the one that is least like the subject.
    fn other_at(
        &mut self,
        field: Quantity,
        number: u64,
        condition: &Condition,
        fails: bool,
        tries: usize,
    ) -> Option<HelloSpec> {
        let drawn = (0..tries).filter_map(|_| self.laboratory.at(field, number));
        let drawn: Vec<HelloSpec> = drawn.collect();
        let others = drawn.into_iter().filter(|other| {
            let facts = Facts::of_spec(other);
            let new = self.notebook.reaction(other).is_none() && unsent(other).is_none();
            let as_wanted = condition.holds(&facts) == fails;
            new && as_wanted && self.laboratory.risk(&facts) <= CAREFUL
        });
        others.max_by_key(|other| difference::edits(self.subject, other).len())
    }

    /// A hello without the cause at the length of the subject, where more went with the cause than
    /// the edits say: it may be that which helped.
    fn at_length(
        &mut self,
        spec: &HelloSpec,
        edits: &[Edit],
        condition: &Condition,
    ) -> Option<HelloSpec> {
        let changed = difference::edits(self.subject, spec);
        let stretched = self.laboratory.refilled(spec).filter(|_| changed.len() > edits.len())?;
        (!condition.holds(&Facts::of_spec(&stretched))).then_some(stretched)
    }

    /// Where the subject fails in another way without a cause: what else is wrong with it, either
    /// of its own or since a server needs what was taken out.
    fn beside(
        &mut self,
        condition: &Condition,
        rest: &HelloSpec,
        with_cause: &[HelloSpec],
    ) -> Option<Explained> {
        if self.depth >= BESIDE {
            return None;
        }
        let before = self.notebook.failure().cloned()?;
        let other = self.notebook.reaction(rest).cloned()?;
        if self.changed.is_none() && is_without_a_word(&other) {
            self.changed = self.control();
        }
        if self.changed.is_some() {
            return None;
        }
        self.notebook.fails_with(other);
        let ending = explain_near(self.notebook, rest, self.host, self.pool, None, self.depth + 1);
        self.notebook.fails_with(before);
        let Ending::Explained(other) = ending else { return None };
        let edits = difference::edits(self.subject, &difference::apply(rest, &other.edits));
        if self.answer(&difference::apply(self.subject, &edits)) != Answer::Passes {
            return None;
        }
        // What is missing beside what was taken out need not be missed by the subject itself.
        let is_own = overlap::missing(&other.condition).is_none()
            && other.condition.holds(&Facts::of_spec(self.subject));
        let condition = match is_own {
            true => either(condition, other.condition),
            false => condition.clone(),
        };
        let (with_cause, without_cause) = (with_cause.to_vec(), Vec::new());
        let weight = other.weight;
        Some(Explained { condition, edits, with_cause, without_cause, note: None, weight })
    }

    pub(super) fn answer(&mut self, spec: &HelloSpec) -> Answer {
        match self.notebook.reaction(spec) {
            Some(reaction) => self.notebook.meaning(&reaction.clone()),
            None => self.ask(spec, None),
        }
    }

    /// Hellos that fail with the cause and, together, without all else that failing hellos share
    /// and that is likely to be part of a cause.
    fn with_cause(&mut self, leader: &Leader) -> Option<Vec<HelloSpec>> {
        let fails = |spec: &HelloSpec| {
            let reaction = self.notebook.reaction(spec);
            reaction.is_some_and(|reaction| self.notebook.meaning(reaction) == Answer::Fails)
        };
        let holds = |spec: &HelloSpec| leader.condition.holds(&Facts::of_spec(spec));
        let before = self.proofs.iter().filter(|(_, has)| *has).map(|(spec, _)| spec);
        let mut failing: Vec<HelloSpec> =
            before.filter(|spec| fails(spec) && holds(spec)).cloned().collect();
        let little = LITTLE * self.belief.atoms().iter().map(|atom| atom.weight).sum::<f64>();
        // Where healthy servers do not fail so, what a server may need can go at once; elsewhere it
        // stays at first. It may be the partner of the cause.
        let mut risk = if self.laboratory.is_telling() { 1.0 } else { CAREFUL };
        for _ in 0..STRIPS {
            let needed = self.needed();
            let spec = self.laboratory.strip(&self.belief, &leader.condition, &needed, risk);
            let lacks = self.belief.lacks(&Facts::of_spec(&spec));
            if lacks < little && !failing.is_empty() {
                if risk >= DARING {
                    break;
                }
                risk = DARING;
                continue;
            }
            match self.answer(&spec) {
                Answer::Fails => {
                    if !failing.contains(&spec) {
                        failing.push(spec);
                    }
                    risk = risk.max(DARING);
                }
                Answer::Passes => return None,
                // It lost something that the server needs: less at once.
                Answer::Other => risk = (risk * EASED).max(CAREFUL),
            }
        }
        if failing.is_empty() {
            // Each lost something that the server looks at before: one that was asked for must do.
            let has_cause =
                |seen: &&Seen| seen.fails && !seen.doubtful && leader.condition.holds(&seen.facts);
            let asked = self.belief.seen().iter().skip(1).filter(has_cause);
            let lacks = |seen: &&Seen| self.belief.lacks(&seen.facts);
            let least_like = asked.max_by(|one, other| lacks(one).total_cmp(&lacks(other)));
            failing.extend(least_like.map(|seen| seen.spec.clone()));
        }
        (!failing.is_empty()).then_some(failing)
    }
}

/// The hellos that have a cause, where there are some.
fn with(condition: &Condition, mut hellos: Vec<HelloSpec>) -> Option<Vec<HelloSpec>> {
    hellos.retain(|spec| condition.holds(&Facts::of_spec(spec)));
    (!hellos.is_empty()).then_some(hellos)
}

/// That a hello offers TLS 1.3: before that is blamed, it is asked with all that the version may want.
fn offers_tls13() -> Condition {
    let version = Member::Number(ProtocolVersion::TLS1_3.0);
    Condition::Has(List::SupportedVersions.into(), version)
}

/// The numbers on both sides of each bound in a condition, with whether a hello fails there.
pub(super) fn edges_of(condition: &Condition) -> Vec<(Quantity, u64, bool)> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(edges_of).collect(),
        Condition::Range { field, min, max } => {
            let least = min.iter().map(|min| [(min.at, true), (min.at.saturating_sub(1), false)]);
            let most = max.iter().map(|max| [(max.at, true), (max.at.saturating_add(1), false)]);
            let edges = least.chain(most).flatten();
            edges.map(|(number, fails)| (*field, number, fails)).collect()
        }
        _ => Vec::new(),
    }
}
