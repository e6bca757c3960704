//! The search for the property that explains why the subject fails: ask what tells the most until
//! one explanation is left, try it from both sides, and believe it only then.

use super::belief::{Belief, Leader, Seen};
use super::control;
use super::experiment::Laboratory;
use super::notebook::{Answer, Notebook, Question};
use super::remedy::remedies;
use super::space::{Pool, atoms};
use super::{Control, Options};
use crate::hello::condition::Condition;
use crate::hello::difference;
use crate::hello::edit::{Edit, in_words};
use crate::hello::framing::unsent;
use crate::hello::{Facts, HelloSpec};
use crate::transcript::Kind;

/// An answer that is expected to tell less than this, in bits, is not asked for.
const ENOUGH: f64 = 0.1;
/// How likely a hello with the cause and little else may be to fail for a reason of its own, where
/// nothing is to be risked.
const CAREFUL: f64 = 0.1;
/// The same where what servers need is in question.
const DARING: f64 = 0.35;
/// So much less is risked where a server missed something.
const EASED: f64 = 0.4;
/// So many hellos with the cause and little else are tried at the most.
const STRIPS: usize = 5;
/// What weighs less than this is not tried by itself.
const LITTLE: f64 = 1.5;
/// Of more probes than these nothing more is expected.
const LONGEST: usize = 80;
/// So many more causes are looked for where the first was taken out.
const BESIDE: usize = 1;
/// Of more probes than these nothing more is expected there.
const LONGEST_BESIDE: usize = 24;
/// So many favourites may fall before the search gives up.
const FAVOURITES: usize = 12;
/// Where nothing passed in so many probes, something that is not TLS may be waiting for its turn
/// to speak: one connection lets it.
const QUIET: usize = 3;
/// Where nothing passed in so many probes, other hellos are tried than those near the subject.
const PATIENCE: usize = 14;

/// What explains it, and was tried from both sides.
pub struct Explained {
    /// The property.
    pub condition: Condition,
    /// The changes to the subject that take it away.
    pub edits: Vec<Edit>,
    /// Hellos with little else of the subject, which fail with it.
    pub with_cause: Vec<HelloSpec>,
    /// What is to be said beside it.
    pub note: Option<String>,
}

/// How the search ended.
pub enum Ending {
    /// With a property.
    Explained(Box<Explained>),
    /// It is no TLS: the server speaks first, and says this.
    SpeaksFirst(Vec<u8>),
    /// No hello passes.
    NothingPasses(Vec<String>),
    /// No property explains it; these hellos pass.
    Unexplained(Vec<HelloSpec>),
}

/// Looks for the property that explains why the subject fails.
pub fn explain(notebook: &mut Notebook<'_>, subject: &HelloSpec, options: &Options) -> Ending {
    let pool = Pool::of_presets();
    let host = options.server_name.as_deref();
    explain_near(notebook, subject, host, pool, options.control.clone(), 0)
}

/// The same, for what is left of a subject after so many causes were taken out.
fn explain_near(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    host: Option<&str>,
    pool: &Pool,
    control: Option<Control>,
    depth: usize,
) -> Ending {
    let mut search = Search {
        belief: Belief::new(atoms(subject, pool), subject),
        laboratory: Laboratory::new(subject, notebook.failure(), pool, host),
        notebook,
        subject,
        host,
        pool,
        asked: 0,
        listened: false,
        depth,
    };
    search.run(control)
}

struct Search<'n, 't, 's> {
    notebook: &'n mut Notebook<'t>,
    subject: &'s HelloSpec,
    host: Option<&'s str>,
    pool: &'s Pool,
    belief: Belief,
    laboratory: Laboratory<'s>,
    asked: usize,
    /// Whether it was waited for something that speaks first.
    listened: bool,
    /// How many causes were taken out before.
    depth: usize,
}

impl Search<'_, '_, '_> {
    fn run(&mut self, named: Option<Control>) -> Ending {
        if let Some(control) = named {
            self.ask(&control.spec, Some(&control.what));
        }
        let mut favourites = 0;
        let longest = if self.depth == 0 { LONGEST } else { LONGEST_BESIDE };
        let mut rungs = control::ladder(self.subject);
        while !self.notebook.spent() && !self.belief.is_full() && self.asked < longest {
            if self.nothing_passes()
                && self.asked >= QUIET
                && !self.listened
                && self.notebook.met_silence()
            {
                self.listened = true;
                self.notebook.say("does it speak first?");
                if let Some(greeting) = self.notebook.greeting() {
                    return Ending::SpeaksFirst(greeting);
                }
            }
            if self.nothing_passes() && self.asked >= PATIENCE {
                let tried = self.look_elsewhere();
                if self.nothing_passes() {
                    return Ending::NothingPasses(tried);
                }
            }
            if !self.nothing_passes() {
                rungs.clear();
            }
            // Until something passes, it is not known how short silence can be cut.
            let together = if self.nothing_passes() && self.notebook.waits() { 4 } else { 1 };
            let telling = self.most_telling(&rungs, together);
            if !telling.is_empty() {
                self.say();
                self.ask_all(&telling);
                continue;
            }
            if self.nothing_passes() {
                self.asked = PATIENCE;
                continue;
            }
            favourites += 1;
            let Some(leader) = self.belief.leader().filter(|_| favourites <= FAVOURITES) else {
                break;
            };
            if !leader.wrong.is_empty() {
                if self.still_speak_against(&leader) {
                    break;
                }
                continue;
            }
            let known = self.belief.seen().len();
            if let Some(explained) = self.try_both_sides(&leader) {
                return Ending::Explained(Box::new(explained));
            }
            // What was learnt may have made another the favourite; nothing learnt, nothing won.
            if self.belief.seen().len() == known {
                break;
            }
        }
        Ending::Unexplained(self.belief.passing().cloned().collect())
    }

    /// Whether no hello is known that passes.
    fn nothing_passes(&self) -> bool {
        self.belief.passing().next().is_none()
    }

    /// Of many hellos those whose answers are expected to tell the most, so many at the most; none
    /// where none tells enough.
    fn most_telling(&mut self, rungs: &[Control], most: usize) -> Vec<HelloSpec> {
        let mut drawn = self.laboratory.draw(&self.belief);
        drawn.extend(rungs.iter().map(|rung| rung.spec.clone()));
        let mut telling: Vec<(f64, HelloSpec)> = Vec::new();
        for spec in drawn {
            let facts = Facts::of_spec(&spec);
            let worth = self.belief.worth(&facts, self.laboratory.risk(&facts));
            let least = telling.last().filter(|_| telling.len() >= most).map(|(worth, _)| *worth);
            let better = worth >= ENOUGH && least.is_none_or(|least| worth > least);
            let new = |spec: &HelloSpec| telling.iter().all(|(_, other)| other != spec);
            let can_be_sent =
                |spec: &HelloSpec| unsent(spec).is_none() || unsent(self.subject).is_some();
            if better && self.notebook.reaction(&spec).is_none() && new(&spec) && can_be_sent(&spec)
            {
                let at = telling.partition_point(|(other, _)| *other >= worth);
                telling.insert(at, (worth, spec));
                telling.truncate(most);
            }
        }
        telling.into_iter().map(|(_, spec)| spec).collect()
    }

    fn say(&mut self) {
        let left = self.belief.possible().take_while(|(_, share)| *share > 0.01).count();
        let likeliest = match self.belief.leader() {
            Some(leader) if leader.share > 0.3 => format!("perhaps {}", leader.condition),
            _ => format!("{left} or more explanations are left"),
        };
        self.notebook.say(&likeliest);
    }

    /// Asks, and learns from the answer.
    fn ask(&mut self, spec: &HelloSpec, what: Option<&str>) -> Answer {
        let what = what.map_or_else(|| self.words(spec), str::to_owned);
        let answer = self.notebook.ask(Question::new(what, spec.clone()));
        self.asked += 1;
        self.note(spec, answer);
        answer
    }

    /// Asks for several at the same time, and learns from all answers.
    fn ask_all(&mut self, specs: &[HelloSpec]) {
        let question = |spec: &HelloSpec| Question::new(self.words(spec), spec.clone());
        let questions: Vec<Question> = specs.iter().map(question).collect();
        let answers = self.notebook.ask_all(&questions);
        self.asked += specs.len();
        for (spec, answer) in specs.iter().zip(answers) {
            self.note(spec, answer);
        }
    }

    fn words(&self, spec: &HelloSpec) -> String {
        let edits = difference::edits(self.subject, spec);
        match edits.is_empty() {
            true => "in another order or other frames".to_owned(),
            false => in_words(&edits),
        }
    }

    fn note(&mut self, spec: &HelloSpec, answer: Answer) {
        if answer == Answer::Other {
            return;
        }
        if answer == Answer::Passes {
            if let Some(reaction) = self.notebook.reaction(spec) {
                self.laboratory.passes(spec, reaction);
            }
            // What a server takes tells what it needs.
            let laboratory = &self.laboratory;
            self.belief.judge(|facts| laboratory.risk(facts));
        }
        let facts = Facts::of_spec(spec);
        let (spec, risk) = (spec.clone(), self.laboratory.risk(&facts));
        let fails = answer == Answer::Fails;
        self.belief.learn(Seen { spec, facts, fails, risk, doubtful: false });
    }

    /// Hellos that are less like the subject.
    fn look_elsewhere(&mut self) -> Vec<String> {
        let controls = control::find(self.notebook, self.subject, self.host);
        for spec in &controls.passing {
            self.note(spec, Answer::Passes);
        }
        controls.tried
    }

    /// Sends the hellos again that speak against an explanation. Whether one of them still does;
    /// those of which another came out say nothing any more.
    fn still_speak_against(&mut self, leader: &Leader) -> bool {
        for &at in &leader.wrong {
            let Some(seen) = self.belief.seen().get(at) else { continue };
            let (spec, before) = (seen.spec.clone(), seen.fails);
            let what = format!("again: {}", self.words(&spec));
            let again = self.notebook.send(&[Question::new(what, spec)]);
            let Some(again) = again.first() else { return true };
            let now = self.notebook.meaning(&again.reaction);
            if now == Answer::Fails && before || now == Answer::Passes && !before {
                return true;
            }
            self.belief.doubt(at);
        }
        false
    }

    /// Tries an explanation from both sides: without it the subject passes, and what passes fails
    /// with it.
    fn try_both_sides(&mut self, leader: &Leader) -> Option<Explained> {
        let condition = &leader.condition;
        let with_cause = self.with_cause(leader)?;
        let mut refused = None;
        for edits in remedies(self.subject, condition, self.pool, self.host) {
            let spec = difference::apply(self.subject, &edits);
            match self.answer(&spec) {
                Answer::Passes => {
                    let condition = condition.clone();
                    return Some(Explained { condition, edits, with_cause, note: None });
                }
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
        let passes = self.answer(&difference::apply(self.subject, &edits)) == Answer::Passes;
        passes.then(|| Explained { condition: condition.clone(), edits, with_cause, note })
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
        self.notebook.fails_with(other);
        let ending = explain_near(self.notebook, rest, self.host, self.pool, None, self.depth + 1);
        self.notebook.fails_with(before);
        let Ending::Explained(other) = ending else { return None };
        let edits = difference::edits(self.subject, &difference::apply(rest, &other.edits));
        if self.answer(&difference::apply(self.subject, &edits)) != Answer::Passes {
            return None;
        }
        let condition = match other.condition.holds(&Facts::of_spec(self.subject)) {
            true => either(condition, other.condition),
            false => condition.clone(),
        };
        Some(Explained { condition, edits, with_cause: with_cause.to_vec(), note: None })
    }

    fn answer(&mut self, spec: &HelloSpec) -> Answer {
        match self.notebook.reaction(spec) {
            Some(reaction) => self.notebook.meaning(&reaction.clone()),
            None => self.ask(spec, None),
        }
    }

    /// Hellos that fail with the cause and, together, without all else that failing hellos share
    /// and that is likely to be part of a cause.
    fn with_cause(&mut self, leader: &Leader) -> Option<Vec<HelloSpec>> {
        let mut failing: Vec<HelloSpec> = Vec::new();
        // Where healthy servers do not fail so, what a server may need can go at once; elsewhere it
        // stays at first. It may be the partner of the cause.
        let mut risk = if self.laboratory.is_telling() { 1.0 } else { CAREFUL };
        for _ in 0..STRIPS {
            let spec = self.laboratory.strip(&self.belief, &leader.condition, risk);
            let lacks = self.belief.lacks(&Facts::of_spec(&spec));
            if lacks < LITTLE && !failing.is_empty() {
                if risk >= DARING {
                    break;
                }
                risk = DARING;
                continue;
            }
            match self.answer(&spec) {
                Answer::Fails => {
                    failing.push(spec);
                    risk = risk.max(DARING);
                }
                Answer::Passes => return None,
                // It lost something that the server needs: less at once.
                Answer::Other => risk = (risk * EASED).max(CAREFUL),
            }
        }
        (!failing.is_empty()).then_some(failing)
    }
}

/// One of two conditions, or both.
fn either(one: &Condition, other: Condition) -> Condition {
    let parts = |condition| match condition {
        Condition::Any(parts) => parts,
        one => vec![one],
    };
    Condition::Any([parts(one.clone()), parts(other)].concat())
}
