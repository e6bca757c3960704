//! Is it the length? The length is varied and nothing else, by carriers that are innocent if two
//! of them agree; and other content is brought to the subject's length.

use super::control::{Control, Controls, longer_than};
use super::notebook::{Answer, Notebook, Question};
use crate::hello::carrier::Carrier;
use crate::hello::condition::Bound;
use crate::hello::vocabulary::Quantity;
use crate::hello::{Condition, HelloSpec};

/// Lengths at which a window may be over, beyond the subject's. A record holds no more than the
/// last.
const BEYOND: [usize; 9] = [512, 768, 1024, 1300, 1700, 2200, 4200, 8400, 16_000];

/// What was found out about the length.
pub struct LengthCause {
    /// The window.
    pub condition: Condition,
    /// The first length above it that passes.
    pub above: Option<usize>,
    /// The last length below it that passes.
    pub below: Option<usize>,
    /// A hello with other content that fails at the subject's length.
    pub other_content: HelloSpec,
}

/// Tests whether the length alone makes the subject fail, and finds both ends of the window.
/// None where it does not, or not alone.
pub fn investigate(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    controls: &Controls,
) -> Option<LengthCause> {
    notebook.say("is it the length, or the content?");
    let length = subject.length();
    let shorter = controls.passing.iter().filter(|control| control.spec.length() + 4 <= length);
    let base = shorter.min_by_key(|control| control.spec.length()).cloned();
    let base = match base {
        Some(base) => base,
        // Nothing shorter passes: what passes may be what is longer.
        None => longer_base(notebook, subject)?,
    };
    let base = trimmed(notebook, base);
    let carriers = innocent_carriers(notebook, &base, length)?;
    let other_content = carriers.first.stretch(&base.spec, length)?;
    let mut window = Window { notebook, base: &base, carriers };
    let below = window.lower_end(length);
    let above = window.upper_end(length);
    if below.is_none() && above.is_none() {
        return None;
    }
    let (min, below) = below.map_or((None, None), |(bound, passes)| (Some(bound), Some(passes)));
    let (max, above) = above.map_or((None, None), |(bound, passes)| (Some(bound), Some(passes)));
    if !window.both_carriers_agree(below, above) {
        return None;
    }
    let condition = Condition::Range { field: Quantity::HandshakeLength, min, max };
    Some(LengthCause { condition, above, below, other_content })
}

/// A short hello that passes when it is made longer than the subject, by two carriers.
fn longer_base(notebook: &mut Notebook<'_>, subject: &HelloSpec) -> Option<Control> {
    let longer = longer_than(subject.length());
    let questions: Vec<Question> = [Carrier::Padding, Carrier::SessionTicket]
        .iter()
        .filter_map(|carrier| question(carrier, subject, longer, "the same content"))
        .collect();
    let answers = notebook.ask_all(&questions);
    let all_pass = answers.len() == 2 && answers.iter().all(|answer| *answer == Answer::Passes);
    all_pass.then(|| Control { what: "the same content".to_owned(), spec: shortened(subject) })
}

/// The base with half its cipher suites, where that passes: the shorter it is, the further down
/// lengths can be tried.
fn trimmed(notebook: &mut Notebook<'_>, base: Control) -> Control {
    let mut spec = base.spec.clone();
    let suites = &mut spec.hello.cipher_suites.0;
    if suites.len() < 8 {
        return base;
    }
    suites.truncate(suites.len() / 2);
    let what = format!("{}, with half the cipher suites", base.what);
    match notebook.ask(Question::new(what.clone(), spec.clone())) {
        Answer::Passes => Control { what, spec },
        _ => base,
    }
}

/// The subject with fewer cipher suites: other content, so that it is not the subject again.
fn shortened(subject: &HelloSpec) -> HelloSpec {
    let mut spec = subject.clone();
    let suites = &mut spec.hello.cipher_suites.0;
    suites.truncate((suites.len() * 3 / 4).max(1));
    spec
}

fn question(carrier: &Carrier, spec: &HelloSpec, length: usize, what: &str) -> Option<Question> {
    let stretched = carrier.stretch(spec, length)?;
    Some(Question::new(format!("{what}, {length} bytes by {}", carrier.name()), stretched))
}

/// Two carriers.
#[derive(Clone, Copy)]
struct Carriers {
    first: Carrier,
    second: Carrier,
}

/// The carriers with which other content fails at the subject's length; none where fewer than two
/// do, since then it is not the length, or not the length alone.
fn innocent_carriers(
    notebook: &mut Notebook<'_>,
    base: &Control,
    length: usize,
) -> Option<Carriers> {
    let made = Carrier::ALL.into_iter().filter_map(|carrier| {
        Some((carrier, question(&carrier, &base.spec, length, "other content")?))
    });
    let (carriers, questions): (Vec<Carrier>, Vec<Question>) = made.unzip();
    let answers = notebook.ask_all(&questions);
    // One that passes acquits the length.
    if answers.contains(&Answer::Passes) {
        return None;
    }
    let fails = carriers.into_iter().zip(answers).filter(|(_, answer)| *answer == Answer::Fails);
    let mut fails = fails.map(|(carrier, _)| carrier);
    Some(Carriers { first: fails.next()?, second: fails.next()? })
}

/// The search for the ends of a window, over one content.
struct Window<'n, 't, 'b> {
    notebook: &'n mut Notebook<'t>,
    base: &'b Control,
    carriers: Carriers,
}

impl Window<'_, '_, '_> {
    fn question(&self, carrier: Carrier, length: usize) -> Option<Question> {
        if length == self.base.spec.length() {
            return Some(Question::new(self.base.what.clone(), self.base.spec.clone()));
        }
        question(&carrier, &self.base.spec, length, "other content")
    }

    /// What the server does at these lengths; `Other` where one cannot be made.
    fn at(&mut self, carrier: Carrier, lengths: &[usize]) -> Vec<Answer> {
        let asked: Vec<Option<Question>> =
            lengths.iter().map(|&length| self.question(carrier, length)).collect();
        let questions: Vec<Question> = asked.iter().flatten().cloned().collect();
        let mut answers = self.notebook.ask_all(&questions).into_iter();
        let answer = |question: &Option<Question>| match question {
            Some(_) => answers.next().unwrap_or(Answer::Other),
            None => Answer::Other,
        };
        asked.iter().map(answer).collect()
    }

    /// The shortest length that fails, and the one that passes below it.
    fn lower_end(&mut self, fails: usize) -> Option<(Bound, usize)> {
        let passes = self.base.spec.length();
        if self.at(self.carriers.first, &[passes]) != [Answer::Passes] {
            return None;
        }
        self.notebook.say("how short is too long?");
        let (passes, fails) = self.between(passes, fails);
        Some((Bound { at: fails as u64, exact: fails - passes == 1 }, passes))
    }

    /// The longest length that fails, and the one that passes above it.
    fn upper_end(&mut self, fails: usize) -> Option<(Bound, usize)> {
        self.notebook.say("how long is too short?");
        let mut fails = fails;
        let beyond: Vec<usize> = BEYOND.iter().copied().filter(|&length| length > fails).collect();
        for lengths in beyond.chunks(2) {
            let answers = self.at(self.carriers.first, lengths);
            for (&length, answer) in lengths.iter().zip(answers) {
                match answer {
                    Answer::Passes => {
                        let (passes, fails) = self.between(length, fails);
                        let exact = passes - fails == 1;
                        return Some((Bound { at: fails as u64, exact }, passes));
                    }
                    Answer::Fails => fails = length,
                    Answer::Other => return None,
                }
            }
        }
        None
    }

    /// Closes in on the border between a length that passes and one that fails, asking for three
    /// lengths at a time.
    fn between(&mut self, mut passes: usize, mut fails: usize) -> (usize, usize) {
        while passes.abs_diff(fails) > 1 {
            let (low, high) = (passes.min(fails), passes.max(fails));
            let step = ((high - low) / 4).max(1);
            let mut lengths: Vec<usize> =
                (1..=3).map(|part| low + part * step).filter(|&length| length < high).collect();
            lengths.dedup();
            let answers = self.at(self.carriers.first, &lengths);
            let mut moved = false;
            for (&length, answer) in lengths.iter().zip(answers) {
                let nearer =
                    |border: usize, other: usize| length.abs_diff(other) < border.abs_diff(other);
                match answer {
                    Answer::Passes if nearer(passes, fails) => (passes, moved) = (length, true),
                    Answer::Fails if nearer(fails, passes) => (fails, moved) = (length, true),
                    _ => {}
                }
            }
            if !moved {
                break;
            }
        }
        (passes, fails)
    }

    /// Whether the second carrier sees the same borders as the first.
    fn both_carriers_agree(&mut self, below: Option<usize>, above: Option<usize>) -> bool {
        let expected: Vec<(usize, Answer)> = below
            .iter()
            .flat_map(|&passes| [(passes, Answer::Passes), (passes + 1, Answer::Fails)])
            .chain(
                above
                    .iter()
                    .flat_map(|&passes| [(passes - 1, Answer::Fails), (passes, Answer::Passes)]),
            )
            .collect();
        let lengths: Vec<usize> = expected.iter().map(|&(length, _)| length).collect();
        let answers = self.at(self.carriers.second, &lengths);
        // A length that this carrier cannot make says nothing against it.
        expected
            .iter()
            .zip(answers)
            .all(|(&(_, wanted), seen)| seen == wanted || seen == Answer::Other)
    }
}
