//! The search for the property that explains why the subject fails: ask what tells the most until
//! one explanation is left, try it from both sides, and believe it only then.

mod either;
mod overlap_proof;
mod proof;
mod steadiness;
mod version;

use super::belief::{Belief, Seen};
use super::control;
use super::diagnosis::Possible;
use super::experiment::Laboratory;
use super::notebook::{Answer, Notebook, Question};
use super::offer::highest_version;
use super::overlap;
use super::pool::Pool;
use super::remedy::remedies;
use super::space::{Shape, atoms};
use super::{Control, Options};
use crate::hello::condition::Condition;
use crate::hello::difference;
use crate::hello::edit::{Edit, in_words};
use crate::hello::framing::unsent;
use crate::hello::vocabulary::List;
use crate::hello::{Facts, HelloSpec, facts};
use crate::transcript::Step;

/// An answer that is expected to tell less than this, in bits, is not asked for.
const ENOUGH: f64 = 0.1;
/// How likely a hello with the cause and little else may be to fail for a reason of its own, where
/// nothing is to be risked.
const CAREFUL: f64 = 0.1;
/// What is likelier than this is tried from both sides as soon as that tells as much as the rest.
const LIKELY: f64 = 0.25;
/// What a connection is worth, in bits, that need not be made again if an explanation is right.
const SAVED: f64 = 1.2;
/// Of more probes than these nothing more is expected.
const LONGEST: usize = 80;
/// The same, beside a cause that was taken out.
const LONGEST_BESIDE: usize = 24;
/// So many hellos that fail in another way tell what they all lack.
const OTHERS: usize = 4;
/// So many hellos in a row that fail in another way tell that the server looks at something else first:
/// what is likeliest by then is tried from both sides.
const FRUITLESS: usize = 10;
/// So many favourites may fall before the search gives up.
const FAVOURITES: usize = 12;
/// Where nothing passed in so many probes, something that is not TLS may be waiting for its turn
/// to speak: one connection lets it.
const QUIET: usize = 3;
/// The same where it ends the connection instead: such a server seldom waits for its turn, and to
/// let it speak takes longer than to ask it so often.
const QUIET_AT_ITS_END: usize = 12;
/// What is less likely than this is not named as possible.
const POSSIBLE: f64 = 0.01;
/// Where nothing passed in so many probes, other hellos are tried than those near the subject.
const PATIENCE: usize = 14;
/// Where none of them passes either, so many more are tried near the subject.
const ONCE_MORE: usize = 8;

pub use steadiness::{CONTROLS, ChangedItsMind};

/// What explains it, and was tried from both sides.
pub struct Explained {
    /// The property.
    pub condition: Condition,
    /// The changes to the subject that take it away.
    pub edits: Vec<Edit>,
    /// Hellos with little else of the subject, which fail with it.
    pub with_cause: Vec<HelloSpec>,
    /// Other hellos than the remedied subject that pass without it.
    pub without_cause: Vec<HelloSpec>,
    /// What is to be said beside it.
    pub note: Option<String>,
    /// How likely it was beforehand, with all that was seen.
    pub weight: f64,
}

/// How the search ended.
pub enum Ending {
    /// With a property.
    Explained(Box<Explained>),
    /// It is no TLS: the server speaks first, and says this.
    SpeaksFirst(Vec<u8>),
    /// No hello passes.
    NothingPasses(Vec<String>),
    /// The subject, sent again, passes.
    PassesAsWell,
    /// Another hello both passes and fails.
    Unstable(Box<HelloSpec>),
    /// A hello that passed fails: the server is not what it was.
    ChangedItsMind(ChangedItsMind),
    /// No property explains it; these hellos pass.
    Unexplained(Vec<HelloSpec>),
}

/// Looks for the property that explains why the subject fails.
pub fn explain(notebook: &mut Notebook<'_>, subject: &HelloSpec, options: &Options) -> Ending {
    let pool = Pool::of_presets();
    // The name that a hello asks for which is said to pass is known better than the host's.
    let of_control = options.control.as_ref().and_then(|one| control::asked_name(&one.spec));
    let host = of_control.as_deref().or(options.server_name.as_deref());
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
        belief: Belief::new(atoms(subject, notebook.failure(), pool, host), subject),
        laboratory: Laboratory::new(subject, notebook.failure(), pool, host),
        notebook,
        subject,
        host,
        pool,
        asked: 0,
        listened: false,
        elsewhere: None,
        depth,
        early: true,
        proofs: Vec::new(),
        luck: 1.0,
        others: Vec::new(),
        changed: None,
        tossed: 0,
        fruitless: 0,
        excused: false,
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
    /// What was tried that is less like the subject, where nothing passed.
    elsewhere: Option<Vec<String>>,
    /// How many causes were taken out before.
    depth: usize,
    /// Whether hellos that prove an explanation may be asked before it is the only one: not where
    /// the server refused such a one in another way.
    early: bool,
    /// The hellos that were to prove an explanation, each with whether it has the cause.
    proofs: Vec<(HelloSpec, bool)>,
    /// How likely the failures were that came since a hello passed.
    luck: f64,
    /// What is true of the hellos that failed in another way.
    others: Vec<Facts>,
    /// Whether the server was found not to be what it was.
    changed: Option<ChangedItsMind>,
    /// How often it was asked whether the server fails by chance.
    tossed: usize,
    /// How many hellos failed in another way, one behind the other.
    fruitless: usize,
    /// Whether a hello was passed over that fails, and should not.
    excused: bool,
}

impl Search<'_, '_, '_> {
    fn run(&mut self, named: Option<Control>) -> Ending {
        if let Some(control) = named {
            self.ask(&control.spec, Some(&control.what));
        }
        let mut favourites = 0;
        let longest = if self.depth == 0 { LONGEST } else { LONGEST_BESIDE };
        let mut rungs = control::ladder(self.subject);
        if let Some(control) = self.without_a_retry() {
            self.ask(&control.spec, Some(&control.what));
        }
        self.note_what_is_left();
        while !self.notebook.spent() && !self.belief.is_full() && self.asked < longest {
            if let Some(changed) = self.changed.take() {
                return Ending::ChangedItsMind(changed);
            }
            let quiet = if self.notebook.waits() { QUIET } else { QUIET_AT_ITS_END };
            if self.nothing_passes()
                && self.asked >= quiet
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
                match &self.elsewhere {
                    None => self.elsewhere = Some(self.look_elsewhere()),
                    Some(tried) if self.asked >= PATIENCE + ONCE_MORE => {
                        return Ending::NothingPasses(tried.clone());
                    }
                    Some(_) => {}
                }
            }
            if !self.nothing_passes() {
                rungs.clear();
            }
            if let Some(ending) = self.fails_by_chance() {
                return ending;
            }
            // Until something passes, it is not known how short silence can be cut.
            let together = if self.nothing_passes() && self.notebook.waits() { 4 } else { 1 };
            let telling = match self.fruitless < FRUITLESS {
                true => self.most_telling(&rungs, together),
                false => Vec::new(),
            };
            if !telling.is_empty() {
                if self.is_to_be_repeated() {
                    if self.ask_all_and_the_subject(&telling) == Answer::Passes {
                        return Ending::PassesAsWell;
                    }
                } else {
                    self.ask_all(&telling);
                }
                continue;
            }
            if self.nothing_passes() {
                self.asked = match self.elsewhere {
                    None => PATIENCE,
                    Some(_) => PATIENCE + ONCE_MORE,
                };
                continue;
            }
            favourites += 1;
            self.fruitless = 0;
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
        // What cannot be explained may be no doing of the hello's.
        match self.changed.take().or_else(|| self.control()) {
            Some(changed) => Ending::ChangedItsMind(changed),
            None => Ending::Unexplained(self.belief.passing().cloned().collect()),
        }
    }

    /// Where the second hello fails that answers a HelloRetryRequest, the first with a share of each of
    /// its groups: then none is asked for.
    fn without_a_retry(&mut self) -> Option<Control> {
        self.notebook.failure().filter(|failure| failure.step == Step::HelloRetry)?;
        let groups = facts::members(&self.subject.hello, List::SupportedGroups);
        let spec = self.laboratory.with(List::KeyShare, &groups);
        Some(Control { what: "the same with a share of each group".to_owned(), spec })
    }

    /// Whether no hello is known that passes.
    fn nothing_passes(&self) -> bool {
        self.belief.passing().next().is_none()
    }

    /// Of many hellos those whose answers are expected to tell the most, so many at the most; none
    /// where none tells enough.
    fn most_telling(&mut self, rungs: &[Control], most: usize) -> Vec<HelloSpec> {
        let mut drawn: Vec<(f64, HelloSpec)> = Vec::new();
        drawn.extend(self.laboratory.draw(&self.belief).into_iter().map(|spec| (0.0, spec)));
        drawn.extend(rungs.iter().map(|rung| (0.0, rung.spec.clone())));
        if most == 1 {
            drawn.extend(self.proofs());
        }
        let mut telling: Vec<(f64, HelloSpec)> = Vec::new();
        let needed = self.needed();
        for (saved, spec) in drawn {
            let facts = Facts::of_spec(&spec);
            let is_answered = needed.iter().all(|condition| condition.holds(&facts));
            if !is_answered || self.is_of_strange_version(&facts) {
                continue;
            }
            let told = self.belief.worth(&facts, self.laboratory.risk(&facts));
            let worth = told + saved;
            let least = telling.last().filter(|_| telling.len() >= most).map(|(worth, _)| *worth);
            let better = told >= ENOUGH && least.is_none_or(|least| worth > least);
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

    /// Whether hellos that reach up to the same version fail in another way each time, so that nothing is
    /// learnt of them.
    fn is_of_strange_version(&self, facts: &Facts) -> bool {
        let version = highest_version(facts);
        let is_same = |other: &&Facts| highest_version(other) == version;
        let mut learnt = self.belief.seen().iter().map(|seen| &seen.facts);
        self.others.iter().filter(is_same).count() >= OTHERS && learnt.all(|other| !is_same(&other))
    }

    /// What every hello has that passed or failed as the subject does, and none that failed in
    /// another way: without it nothing is learnt from this server.
    fn needed(&self) -> Vec<Condition> {
        if self.others.len() < OTHERS || self.nothing_passes() {
            return Vec::new();
        }
        let fixed = self.belief.atoms().iter().filter_map(|atom| match &atom.shape {
            Shape::Fixed(condition @ Condition::Has(..)) => Some(condition),
            _ => None,
        });
        let lost = fixed.filter(|one| self.others.iter().all(|facts| !one.holds(facts)));
        let needed =
            lost.filter(|one| self.belief.seen().iter().all(|seen| one.holds(&seen.facts)));
        needed.cloned().collect()
    }

    /// Hellos by which the likeliest explanation would have to be proved, were it right, with what
    /// is saved where they are asked now: one without the cause, and one with it and little else.
    fn proofs(&mut self) -> Vec<(f64, HelloSpec)> {
        let likely = self.belief.leader().filter(|one| one.share > LIKELY && one.exact);
        let Some(leader) = likely.filter(|one| self.early && one.wrong.is_empty()) else {
            return Vec::new();
        };
        let condition = &leader.condition;
        let edits = self.remedies(condition).into_iter().next();
        let remedied = edits.map(|edits| difference::apply(self.subject, &edits));
        let stripped = self.laboratory.strip(&self.belief, condition, &self.needed(), CAREFUL);
        let proofs = remedied.map(|spec| (spec, false)).into_iter().chain([(stripped, true)]);
        let proofs: Vec<(HelloSpec, bool)> = proofs.collect();
        // Those of before that were not asked for prove nothing.
        self.proofs.retain(|(spec, _)| self.notebook.reaction(spec).is_some());
        self.proofs.extend(proofs.iter().cloned());
        proofs.into_iter().map(|(spec, _)| (SAVED * leader.share, spec)).collect()
    }

    /// Edits that take a condition away, those first that take nothing that the server may need.
    fn remedies(&self, condition: &Condition) -> Vec<Vec<Edit>> {
        let mut ways = remedies(self.subject, condition, self.pool, self.host);
        ways.sort_by_key(|edits| {
            let facts = Facts::of_spec(&difference::apply(self.subject, edits));
            self.laboratory.risk(&facts) > CAREFUL
        });
        ways
    }

    /// Notes what is still possible, for whoever waits, and for when it ends here.
    fn note_what_is_left(&mut self) {
        if self.depth == 0 {
            let mut possible: Vec<Possible> = Vec::new();
            for (condition, share) in
                self.belief.possible().take_while(|(_, share)| *share > POSSIBLE)
            {
                // Explanations that differ in what is not asked yet may be the same in words.
                match possible.iter_mut().find(|one| one.condition == condition) {
                    Some(same) => same.share += share,
                    None => possible.push(Possible { condition, share }),
                }
            }
            self.notebook.suspect(possible);
        }
    }

    /// Asks, and learns from the answer. A server that is not as it was is asked no more.
    fn ask(&mut self, spec: &HelloSpec, what: Option<&str>) -> Answer {
        if self.changed.is_some() {
            return Answer::Other;
        }
        let what = what.map_or_else(|| self.words(spec), str::to_owned);
        let answer = self.notebook.ask(Question::new(what, spec.clone()));
        self.learn(std::slice::from_ref(spec), &[answer]);
        answer
    }

    /// Asks for several at the same time, and learns from all answers.
    fn ask_all(&mut self, specs: &[HelloSpec]) {
        if self.changed.is_some() {
            return;
        }
        let question = |spec: &HelloSpec| Question::new(self.words(spec), spec.clone());
        let questions: Vec<Question> = specs.iter().map(question).collect();
        let answers = self.notebook.ask_all(&questions);
        self.learn(specs, &answers);
    }

    /// Whether it is not known yet that the subject fails each time: each wait for silence is worth
    /// sending others at the same time.
    fn is_to_be_repeated(&self) -> bool {
        self.depth == 0 && self.notebook.waits() && self.notebook.times(self.subject) == 1
    }

    /// Asks for several and for the subject again at the same time, with the full time for an
    /// answer, and learns from all answers. What came of the subject.
    fn ask_all_and_the_subject(&mut self, specs: &[HelloSpec]) -> Answer {
        let mut questions = vec![Question::new("the subject", self.subject.clone())];
        questions.extend(specs.iter().map(|spec| Question::new(self.words(spec), spec.clone())));
        let observations = self.notebook.send(&questions);
        let answers = observations.iter().map(|seen| self.notebook.meaning(&seen.reaction));
        let answers: Vec<Answer> = answers.collect();
        let Some((subject, others)) = answers.split_first() else { return Answer::Other };
        self.learn(specs, others);
        *subject
    }

    /// Learns from answers, unless they are those of a server that is not as it was.
    fn learn(&mut self, specs: &[HelloSpec], answers: &[Answer]) {
        self.asked += specs.len();
        self.look_for_a_change(specs, answers);
        for (spec, answer) in specs.iter().zip(answers) {
            self.fruitless = if *answer == Answer::Other { self.fruitless + 1 } else { 0 };
            if *answer == Answer::Other && self.proofs.iter().any(|(proof, _)| proof == spec) {
                self.early = false;
            }
            self.note(spec, *answer);
        }
        let notebook = &self.notebook;
        self.belief.retain(|spec| notebook.reaction(spec).is_some());
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
        let reaction = self.notebook.reaction(&spec).filter(|_| !fails);
        let chosen = reaction.map(overlap::chosen).unwrap_or_default();
        self.belief.learn(Seen { spec, facts, fails, risk, doubtful: false, sure: false, chosen });
        self.note_what_is_left();
    }

    /// Hellos that are less like the subject.
    fn look_elsewhere(&mut self) -> Vec<String> {
        let controls = control::find(self.notebook, self.subject, self.host);
        for spec in &controls.passing {
            self.note(spec, Answer::Passes);
        }
        for spec in &controls.failing {
            self.note(spec, Answer::Fails);
        }
        controls.tried
    }
}
