//! The notebook of a diagnosis: every question goes through it, is asked once, and is kept with
//! its answer.

use std::collections::HashMap;

use super::diagnosis::{Evidence, Possible};
use super::warnings;
use crate::hello::HelloSpec;
use crate::probe::{Observation, Over, Patience, Probe, Target};
use crate::transcript::{Kind, Reaction, Step};
use crate::wire::text::shortened;

/// Connections that do not depend on each other are asked for together, so many at a time.
const TOGETHER: usize = 4;
/// So many characters of what is tested are told to whoever waits.
const LONGEST: usize = 32;
/// So many of an explanation: the longest names of extensions have room.
const LONGEST_CONDITION: usize = 64;
/// So many explanations are named to whoever waits.
const SHOWN: usize = 3;

/// What an answer means for the question why the subject fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The server goes on with the handshake.
    Passes,
    /// It does what it did with the subject.
    Fails,
    /// It does something else, which says nothing about why the subject fails.
    Other,
}

/// What is asked: a hello, and in words what it is.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is tried.
    pub what: String,
    /// The hello.
    pub spec: HelloSpec,
}

impl Question {
    /// A question.
    pub fn new(what: impl Into<String>, spec: HelloSpec) -> Question {
        Question { what: what.into(), spec }
    }
}

/// What tells one hello that is sent from another: its bytes, how they are cut into TCP segments,
/// and the milliseconds between these.
type Sent = (Vec<u8>, Vec<usize>, Option<u32>);

fn sent(spec: &HelloSpec) -> Sent {
    (spec.flight(), spec.segments.clone(), spec.delay_ms)
}

/// Asks the target, and keeps what it said.
pub struct Notebook<'t> {
    target: &'t mut dyn Target,
    progress: &'t mut dyn FnMut(&str),
    /// What the server did with the subject.
    failure: Option<Reaction>,
    /// Where in the evidence the last answer to each hello stands.
    known: HashMap<Sent, usize>,
    evidence: Vec<Evidence>,
    /// What may be the cause, the likeliest first, as far as that is known.
    possible: Vec<Possible>,
    left: usize,
    /// Why the target is asked no more.
    over: Option<Over>,
    /// The longest time in seconds that the server took for a hello that passed.
    slowest: f64,
}

impl<'t> Notebook<'t> {
    /// A notebook for so many connections.
    pub fn new(
        target: &'t mut dyn Target,
        progress: &'t mut dyn FnMut(&str),
        connections: usize,
    ) -> Notebook<'t> {
        Notebook {
            target,
            progress,
            failure: None,
            known: HashMap::new(),
            evidence: Vec::new(),
            possible: Vec::new(),
            left: connections,
            over: None,
            slowest: 0.0,
        }
    }

    /// Notes what the server did with the subject, against which all answers are held.
    pub fn fails_with(&mut self, reaction: Reaction) {
        self.failure = Some(reaction);
    }

    /// What the server did with the subject, where that is known.
    pub fn failure(&self) -> Option<&Reaction> {
        self.failure.as_ref()
    }

    /// Tells whoever waits what is being done.
    pub fn say(&mut self, what: &str) {
        let connections = self.evidence.len();
        let noun = if connections == 1 { "connection" } else { "connections" };
        (self.progress)(&format!("{what}  {connections} {noun}"));
    }

    /// Tells whoever waits what is being tested, and what is still possible.
    fn say_what_is_tested(&mut self, questions: &[Question]) {
        let Some(first) = questions.first() else { return };
        let more = match questions.len() {
            1 => String::new(),
            several => format!(", and {} more", several - 1),
        };
        let left = explanations_left(&self.possible);
        let what = match shortened(&first.what, LONGEST) {
            Some(short) => short,
            None => format!("{}{more}…", first.what),
        };
        let testing = if first.what.starts_with("confirming") { "" } else { "testing " };
        self.say(&format!("{testing}{what}{left}"));
    }

    /// Sends hellos whether they are known or not, each with the full time for an answer.
    /// Fewer answers come back where the budget ends.
    pub fn send(&mut self, questions: &[Question]) -> Vec<Observation> {
        self.ask_target(questions, Patience::Full)
    }

    /// Asks questions that do not depend on each other. What was asked before is not asked again;
    /// what the budget does not allow is `Other`.
    pub fn ask_all(&mut self, questions: &[Question]) -> Vec<Answer> {
        let mut new: Vec<Question> = Vec::new();
        for question in questions {
            let asked = sent(&question.spec);
            let again = new.iter().any(|other| sent(&other.spec) == asked);
            if self.reaction(&question.spec).is_none() && !again {
                new.push(question.clone());
            }
        }
        self.ask_target(&new, Patience::Short);
        questions.iter().map(|question| self.answer(&question.spec)).collect()
    }

    /// Asks one question.
    pub fn ask(&mut self, question: Question) -> Answer {
        self.ask_all(std::slice::from_ref(&question)).pop().unwrap_or(Answer::Other)
    }

    /// The first of these hellos that gets this answer; they are asked in small groups, and no
    /// further than needed.
    pub fn first(&mut self, wanted: Answer, questions: &[Question]) -> Option<usize> {
        for (group, asked) in questions.chunks(TOGETHER).enumerate() {
            let answers = self.ask_all(asked);
            if let Some(at) = answers.iter().position(|answer| *answer == wanted) {
                return Some(group * TOGETHER + at);
            }
        }
        None
    }

    /// What is known of a hello.
    fn answer(&self, spec: &HelloSpec) -> Answer {
        match self.reaction(spec) {
            Some(reaction) => self.meaning(reaction),
            None => Answer::Other,
        }
    }

    /// What a reaction means.
    pub fn meaning(&self, reaction: &Reaction) -> Answer {
        meaning(self.failure.as_ref(), reaction)
    }

    /// Lets a service speak first, and says what it said.
    pub fn greeting(&mut self) -> Option<Vec<u8>> {
        self.over = self.target.over();
        if self.spent() {
            return None;
        }
        self.left -= 1;
        let greeting = self.target.greeting();
        self.over = self.target.over();
        greeting
    }

    /// Whether each hello that fails costs the time that an answer is waited for.
    pub fn waits(&self) -> bool {
        let kind = self.failure.as_ref().map(|failure| &failure.kind);
        matches!(kind, Some(Kind::Silence))
    }

    /// Whether the subject met silence or an end without a word.
    pub fn met_silence(&self) -> bool {
        self.failure.as_ref().is_some_and(is_without_a_word)
    }

    /// What the server did with a hello, where it was asked and that told something.
    pub fn reaction(&self, spec: &HelloSpec) -> Option<&Reaction> {
        let last = self.evidence.get(*self.known.get(&sent(spec))?)?;
        (!self.is_hasty(last)).then_some(&last.reaction)
    }

    /// How many connections were made that were asked for something.
    pub fn connections(&self) -> usize {
        self.evidence.len()
    }

    /// From which connection on, counted from 1, the server did nothing that it did to the subject, and
    /// took no hello.
    pub fn answered_otherwise_since(&self) -> usize {
        let told = |one: &Evidence| self.meaning(&one.reaction) != Answer::Other;
        self.evidence.iter().rposition(told).map_or(1, |at| at + 2)
    }

    /// At which connection a hello was last sent, counted from 1.
    pub fn last_time(&self, spec: &HelloSpec) -> Option<usize> {
        self.evidence.iter().rposition(|one| one.spec == *spec).map(|at| at + 1)
    }

    /// How often a hello was answered like this, where it was not answered otherwise.
    pub fn times_answered(&self, spec: &HelloSpec, wanted: Answer) -> usize {
        let answers = self.told().filter(|one| one.spec == *spec);
        let answers: Vec<Answer> = answers.map(|one| self.meaning(&one.reaction)).collect();
        if answers.iter().all(|answer| *answer == wanted) { answers.len() } else { 0 }
    }

    /// How often a hello passed.
    pub fn passes(&self, spec: &HelloSpec) -> usize {
        let own = self.told().filter(|one| one.spec == *spec);
        own.filter(|one| one.reaction.accepted()).count()
    }

    /// How often a hello was sent and that told something.
    pub fn times(&self, spec: &HelloSpec) -> usize {
        self.told().filter(|one| one.spec == *spec).count()
    }

    /// Whether every hello that failed as the subject does was to fail, and no other.
    pub fn is_foretold_by(&self, fails: impl Fn(&HelloSpec) -> bool) -> bool {
        self.told().all(|one| match self.meaning(&one.reaction) {
            Answer::Fails => fails(&one.spec),
            Answer::Passes => !fails(&one.spec),
            Answer::Other => true,
        })
    }

    /// How many connections are left.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Whether nothing more can be asked.
    pub fn spent(&self) -> bool {
        self.ended().is_some()
    }

    /// Why nothing more can be asked, in words.
    pub fn ended(&self) -> Option<&'static str> {
        match self.over {
            Some(Over::Stopped) => Some("it was stopped before the end"),
            Some(Over::Time) => Some("the time that was allowed is over"),
            None if self.left == 0 => Some("the connections that were allowed are used up"),
            None => None,
        }
    }

    /// Keeps what may be the cause, the likeliest first.
    pub fn suspect(&mut self, possible: Vec<Possible>) {
        self.possible = possible;
    }

    /// What may be the cause, the likeliest first, as it was last known.
    pub fn possible(&self) -> &[Possible] {
        &self.possible
    }

    /// All that was tried so far.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// What was tried and told something: no silence that was not waited for as long as the server
    /// took for another hello.
    pub fn told(&self) -> impl DoubleEndedIterator<Item = &Evidence> {
        self.evidence.iter().filter(|one| !self.is_hasty(one))
    }

    /// Whether silence says nothing, since it was waited for less than the server takes at times.
    fn is_hasty(&self, one: &Evidence) -> bool {
        let was_cut_short = one.patience == Patience::Short && one.seconds < self.slowest;
        was_cut_short && one.reaction.kind == Kind::Silence
    }

    /// All that was tried.
    pub fn into_evidence(self) -> Vec<Evidence> {
        self.evidence
    }

    fn ask_target(&mut self, questions: &[Question], patience: Patience) -> Vec<Observation> {
        self.over = self.target.over();
        let left = if self.spent() { 0 } else { self.left };
        let allowed = questions.get(..left.min(questions.len())).unwrap_or_default();
        if allowed.is_empty() {
            return Vec::new();
        }
        self.say_what_is_tested(allowed);
        self.left -= allowed.len();
        let probes: Vec<Probe> = allowed.iter().map(|question| probe(question, patience)).collect();
        let observations = self.target.probe_all(&probes);
        self.over = self.target.over();
        for (question, observation) in allowed.iter().zip(&observations) {
            self.known.insert(sent(&question.spec), self.evidence.len());
            if observation.reaction.accepted() {
                self.slowest = self.slowest.max(observation.seconds);
            }
            self.evidence.push(Evidence {
                probe: question.what.clone(),
                spec: question.spec.clone(),
                reaction: observation.reaction.clone(),
                seconds: observation.seconds,
                patience,
                path: observation.path,
                certificate: certificate(observation),
                warning: observation.transcript.as_ref().and_then(warnings::before_hello),
                asks_for_certificate: observation
                    .transcript
                    .as_ref()
                    .is_some_and(warnings::asks_for_certificate),
            });
        }
        observations
    }
}

/// Whether a server says nothing, whether it ends the connection or not.
pub(super) fn is_without_a_word(reaction: &Reaction) -> bool {
    matches!(reaction.kind, Kind::Silence | Kind::Closed | Kind::Reset)
}

/// The server's own certificate.
fn certificate(observation: &Observation) -> Option<Vec<u8>> {
    let chain = observation.transcript.as_ref()?.chain();
    chain.first().map(|der| der.to_vec())
}

/// How many explanations there are, and the likeliest of them.
fn explanations_left(possible: &[Possible]) -> String {
    let in_words = |one: &Possible| {
        let words = one.condition.to_string();
        shortened(&words, LONGEST_CONDITION).unwrap_or(words)
    };
    let conditions: Vec<String> = possible.iter().take(SHOWN).map(in_words).collect();
    match possible.len() {
        0 => String::new(),
        1 => format!(" perhaps {}", conditions.concat()),
        count if count <= SHOWN => {
            format!(" {count} explanations left ({})", conditions.join("; "))
        }
        count => format!(" {count} explanations left ({}; …)", conditions.join("; ")),
    }
}

fn probe(question: &Question, patience: Patience) -> Probe {
    Probe { patience, ..Probe::of(&question.spec) }
}

/// What a reaction means, where a subject failed in such a way.
pub(super) fn meaning(failure: Option<&Reaction>, reaction: &Reaction) -> Answer {
    match failure {
        _ if reaction.accepted() => Answer::Passes,
        Some(failure) if alike(failure, reaction) => Answer::Fails,
        _ => Answer::Other,
    }
}

/// Whether two reactions are the same failure: an alert is the same where it says the same. What
/// fails with a second hello is another failure than that of a first.
pub(super) fn alike(a: &Reaction, b: &Reaction) -> bool {
    let second = |one: &Reaction| one.step == Step::HelloRetry;
    if second(a) != second(b) {
        return false;
    }
    match (&a.kind, &b.kind) {
        (Kind::Malformed { .. }, Kind::Malformed { .. }) => true,
        (Kind::Plaintext { .. }, Kind::Plaintext { .. }) => true,
        // An end with bytes of ours unread goes as a reset, RFC 1122 section 4.2.2.13: which of them is
        // seen is a race.
        (Kind::Closed | Kind::Reset, Kind::Closed | Kind::Reset) => true,
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::Condition;

    #[test]
    fn a_long_condition_is_named_in_short() {
        let suites: Vec<String> = (1..200).map(|suite| suite.to_string()).collect();
        let condition = format!("cipher_suites has none of {}", suites.join(","));
        let condition: Condition = condition.parse().unwrap();
        let left = explanations_left(&[Possible { condition, share: 1.0 }]);
        assert!(left.starts_with(" perhaps cipher_suites has none of TLS_RSA"), "{left}");
        assert!(left.ends_with('…') && left.len() < 100, "{left}");
    }
}
