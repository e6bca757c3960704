//! Whether the server is as it was, and does the same each time: one that bans, falls silent or fails by
//! chance is not to be blamed on the hello. What is unlikely of a steady server makes a hello go again
//! of which the answer is known.

use super::{Ending, Search};
use crate::diagnose::belief::Leader;
use crate::diagnose::chance;
use crate::diagnose::notebook::{Answer, Question, is_without_a_word};
use crate::hello::{Facts, HelloSpec};
use crate::transcript::Reaction;

/// Failures in a row that were less likely than this make one ask whether the server still is as it
/// was.
const SURPRISE: f64 = 0.06;
/// How likely it is that a server which is as it was fails a hello in another way than the subject,
/// and without a word.
const IN_ANOTHER_WAY: f64 = 0.8;
const WITHOUT_A_WORD: f64 = 0.35;
/// So often a hello that passed before is sent then, until it passes.
pub const CONTROLS: usize = 4;
/// Where it is this likely that the server fails by chance, that is asked before all else.
const BY_CHANCE: f64 = 0.5;
/// So often the subject and a hello that passes are sent then, in turns.
const TOSSED: usize = 3;
/// So often it is asked at the most.
const TOSSES: usize = 3;

/// What is known of a server that is not what it was.
pub enum ChangedItsMind {
    /// It took a hello, and takes it no longer.
    Refuses {
        /// At which connection the hello passed last.
        passed: usize,
        /// At which connection it first failed: the first of [`CONTROLS`].
        failed: usize,
    },
    /// It took none, and does something else with the subject than before.
    Otherwise {
        /// At which connection it first did so.
        from: usize,
        /// What it does now.
        reaction: Reaction,
    },
}

impl Search<'_, '_, '_> {
    /// Sends the hellos again that speak against an explanation. Whether one of them still does;
    /// those of which another came out say nothing any more.
    pub(super) fn still_speak_against(&mut self, leader: &Leader) -> bool {
        for &at in &leader.wrong {
            let Some(seen) = self.belief.seen().get(at) else { continue };
            let (spec, before, seen_surely) = (seen.spec.clone(), seen.fails, seen.sure);
            let what = format!("again: {}", self.words(&spec));
            let again = self.notebook.send(&[Question::new(what, spec)]);
            let Some(again) = again.first() else { return true };
            let now = self.notebook.meaning(&again.reaction);
            if now != if before { Answer::Fails } else { Answer::Passes } {
                self.belief.doubt(at);
                continue;
            }
            // One that fails may do so for a reason of its own: what is left is tried from both
            // sides all the same.
            if before && !self.excused && leader.wrong.len() == 1 {
                self.excused = true;
                self.belief.excuse(at);
                return false;
            }
            // An explanation that foretells wrongly what comes again and again is none; another
            // may be likelier now.
            let news = !before && !seen_surely;
            self.belief.confirm(at);
            return !news;
        }
        false
    }

    /// Counts how likely the answers are, and where they are too unlikely, looks whether the server is
    /// as it was.
    pub(super) fn look_for_a_change(&mut self, specs: &[HelloSpec], answers: &[Answer]) {
        for (spec, answer) in specs.iter().zip(answers) {
            let facts = Facts::of_spec(spec);
            match answer {
                Answer::Passes => self.luck = 1.0,
                Answer::Fails => {
                    self.luck *= self.belief.failing(&facts, self.laboratory.risk(&facts));
                }
                Answer::Other
                    if self.notebook.reaction(spec).is_some_and(Reaction::unreachable) =>
                {
                    self.luck = 0.0;
                }
                Answer::Other => {
                    let reaction = self.notebook.reaction(spec);
                    let says_nothing = reaction.is_some_and(is_without_a_word);
                    self.luck *= if says_nothing { WITHOUT_A_WORD } else { IN_ANOTHER_WAY };
                    self.others.push(facts);
                }
            }
        }
        if self.luck < SURPRISE {
            self.luck = 1.0;
            self.changed = self.control();
        }
    }

    /// Where chance explains what was seen better than all properties: whether the subject always
    /// fails, and what passed last always passes.
    pub(super) fn fails_by_chance(&mut self) -> Option<Ending> {
        if self.depth > 0 || self.tossed >= TOSSES {
            return None;
        }
        let passing = self.belief.passing().last()?.clone();
        if chance::share(self.notebook, self.belief.together()) < BY_CHANCE {
            return None;
        }
        self.tossed += 1;
        let what = "again, to know whether the server fails by chance";
        let question = |spec: &HelloSpec| Question::new(what, spec.clone());
        let both = [question(self.subject), question(&passing)];
        let observations = self.notebook.send(&vec![both; TOSSED].concat());
        let answers = observations.iter().map(|seen| self.notebook.meaning(&seen.reaction));
        let answers: Vec<Answer> = answers.collect();
        if answers.iter().step_by(2).any(|answer| *answer == Answer::Passes) {
            return Some(Ending::PassesAsWell);
        }
        let refused = |answer: &Answer| *answer == Answer::Fails;
        match answers.iter().skip(1).step_by(2).filter(|answer| refused(answer)).count() {
            0 => None,
            TOSSED => self.control().map(Ending::ChangedItsMind),
            _ => Some(Ending::Unstable(Box::new(passing))),
        }
    }

    /// Sends a hello again that passed, until it passes. Whether the server takes it no longer.
    pub(super) fn control(&mut self) -> Option<ChangedItsMind> {
        let Some(control) = self.belief.passing().last().cloned() else {
            return self.control_by_subject();
        };
        let passed = self.notebook.last_time(&control)?;
        let failed = self.notebook.connections() + 1;
        for _ in 0..CONTROLS {
            let what = "again, to know whether the server still takes it";
            let observation = self.notebook.send(&[Question::new(what, control.clone())]).pop()?;
            if self.notebook.meaning(&observation.reaction) == Answer::Passes {
                return None;
            }
        }
        Some(ChangedItsMind::Refuses { passed, failed })
    }

    /// Where nothing passed, sends the subject again, until it fails as before. Whether the server does
    /// something else with it.
    fn control_by_subject(&mut self) -> Option<ChangedItsMind> {
        let mut last = None;
        for _ in 0..CONTROLS {
            let what = "the subject again, to know whether it still fails as before";
            let question = Question::new(what, self.subject.clone());
            let observation = self.notebook.send(&[question]).pop()?;
            if self.notebook.meaning(&observation.reaction) != Answer::Other {
                return None;
            }
            last = Some(observation.reaction);
        }
        let from = self.notebook.answered_otherwise_since();
        last.map(|reaction| ChangedItsMind::Otherwise { from, reaction })
    }
}
