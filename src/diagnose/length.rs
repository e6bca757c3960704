//! Is it the length? The length is varied and nothing else, by carriers that are innocent if two
//! of them agree; and other content is brought to the subject's length.

use super::content::smallest_edits;
use super::control::{Control, Controls, longer_than};
use super::notebook::{Answer, Notebook, Question};
use crate::hello::carrier::Carrier;
use crate::hello::condition::Bound;
use crate::hello::difference;
use crate::hello::edit::{Edit, in_words};
use crate::hello::vocabulary::{List, Member, Quantity};
use crate::hello::{Condition, HelloSpec};
use crate::names::ExtensionType;
use crate::wire::extension::Extension;

/// Lengths at which a window may be over, beyond the subject's. A record holds no more than the
/// last.
const BEYOND: [usize; 9] = [512, 768, 1024, 1300, 1700, 2200, 4200, 8400, 16_000];

/// What was found out about the length.
pub struct LengthCause {
    /// The window.
    pub condition: Condition,
    /// The edits that bring the subject out of it, and nothing else, with which it passes.
    pub edits: Vec<Edit>,
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
    let exact = |end: &End| end.passes.is_some_and(|passes| passes.abs_diff(end.fails) == 1);
    // An end that is only guessed at is said to be so; two of them are no finding.
    if ![&below, &above].into_iter().flatten().any(exact) {
        return None;
    }
    if !window.both_carriers_agree(below.as_ref(), above.as_ref()) {
        return None;
    }
    let bound = |end: &End| Bound { at: end.fails as u64, exact: exact(end) };
    let (min, max) = (below.as_ref().map(bound), above.as_ref().map(bound));
    let condition = Condition::Range { field: Quantity::HandshakeLength, min, max };
    let edits = match above.as_ref().and_then(|end| end.passes) {
        Some(passes) => longer(notebook, subject, passes)?,
        None => shorter_edits(notebook, subject, controls, below?.passes?)?,
    };
    Some(LengthCause { condition, edits, other_content })
}

/// An end of a window.
struct End {
    /// The last length that is known to fail.
    fails: usize,
    /// The nearest length without that is known to pass.
    passes: Option<usize>,
}

/// The edits that make the subject so long that it passes. Two carriers must do it, since one may
/// mend something else besides.
fn longer(notebook: &mut Notebook<'_>, subject: &HelloSpec, length: usize) -> Option<Vec<Edit>> {
    let made = Carrier::ALL.into_iter().filter_map(|carrier| {
        Some((carrier, question(&carrier, subject, length, "the same content")?))
    });
    let (carriers, questions): (Vec<Carrier>, Vec<Question>) = made.unzip();
    let answers = notebook.ask_all(&questions);
    let mut passing = carriers.into_iter().zip(answers).filter(|(_, a)| *a == Answer::Passes);
    let ((carrier, _), _) = (passing.next()?, passing.next()?);
    if carrier == Carrier::Padding {
        return Some(vec![Edit::PadTo(length)]);
    }
    Some(difference::edits(subject, &carrier.stretch(subject, length)?))
}

/// The edits that make the subject so short that it passes. It must fail again when the bytes that
/// are missing are put back as something else: else it was what was taken out, and not how long.
fn shorter_edits(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    controls: &Controls,
    length: usize,
) -> Option<Vec<Edit>> {
    let passes = |notebook: &mut Notebook<'_>, edits: &[Edit]| {
        let spec = difference::apply(subject, edits);
        notebook.ask(Question::new(in_words(edits), spec)) == Answer::Passes
    };
    let edits =
        shrink_to(subject, length).filter(|edits| passes(notebook, edits)).or_else(|| {
            // What can be left out without harm, a control shows.
            let mut shorter = controls.passing.iter().filter(|c| c.spec.length() <= length);
            shorter.find_map(|control| smallest_edits(notebook, subject, control))
        })?;
    let shortened = difference::apply(subject, &edits);
    let again = Carrier::ALL
        .into_iter()
        .filter_map(|carrier| question(&carrier, &shortened, subject.length(), &in_words(&edits)));
    let answers = notebook.ask_all(&again.collect::<Vec<_>>());
    let fails = answers.contains(&Answer::Fails) && !answers.contains(&Answer::Passes);
    (fails && shortened.length() <= length).then_some(edits)
}

/// Edits that bring a hello to a length at the most: padding goes, then the last cipher suites, as
/// many as needed.
fn shrink_to(subject: &HelloSpec, length: usize) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    let padding = ExtensionType::padding;
    if subject.hello.extensions().iter().any(|e| e.extension_type() == padding) {
        edits.push(Edit::Remove(List::Extensions, Member::Number(padding.0)));
    }
    let suites = subject.hello.cipher_suites.0.iter().rev();
    let removals = suites.map(|suite| Edit::Remove(List::CipherSuites, Member::Number(suite.0)));
    for removal in removals.take(subject.hello.cipher_suites.0.len().saturating_sub(4)) {
        if difference::apply(subject, &edits).length() <= length {
            break;
        }
        edits.push(removal);
    }
    (difference::apply(subject, &edits).length() <= length).then_some(edits)
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

    /// The lower end; none where all that is shorter fails too, as far as can be told.
    fn lower_end(&mut self, fails: usize) -> Option<End> {
        let passes = self.base.spec.length();
        if self.at(self.carriers.first, &[passes]) != [Answer::Passes] {
            return None;
        }
        self.notebook.say("how short is too long?");
        let (passes, fails) = self.between(passes, fails);
        Some(End { fails, passes: Some(passes) })
    }

    /// The upper end; none where all that is longer fails too.
    fn upper_end(&mut self, fails: usize) -> Option<End> {
        self.notebook.say("how long is too short?");
        let mut fails = fails;
        let beyond: Vec<usize> = BEYOND.iter().copied().filter(|&length| length > fails).collect();
        for lengths in beyond.chunks(2) {
            let answers = self.at(self.carriers.first, lengths);
            for (&length, answer) in lengths.iter().zip(answers) {
                match answer {
                    Answer::Passes => {
                        let (passes, fails) = self.between(length, fails);
                        return Some(End { fails, passes: Some(passes) });
                    }
                    Answer::Fails => fails = length,
                    // What happens there says nothing: how far it goes is not known.
                    Answer::Other => return Some(End { fails, passes: None }),
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
    fn both_carriers_agree(&mut self, below: Option<&End>, above: Option<&End>) -> bool {
        let mut expected = Vec::new();
        for end in [below, above].into_iter().flatten() {
            expected.push((end.fails, Answer::Fails));
            expected.extend(end.passes.map(|passes| (passes, Answer::Passes)));
        }
        let lengths: Vec<usize> = expected.iter().map(|&(length, _)| length).collect();
        let answers = self.at(self.carriers.second, &lengths);
        // A length that this carrier cannot make says nothing against it.
        expected
            .iter()
            .zip(answers)
            .all(|(&(_, wanted), seen)| seen == wanted || seen == Answer::Other)
    }
}
