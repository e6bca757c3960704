//! What is left where no property explains what was seen: the smallest set of changes with which
//! the subject passes, found by delta debugging, which assumes nothing.

use super::control::Control;
use super::notebook::{Answer, Notebook, Question};
use super::search::minimal;
use crate::hello::HelloSpec;
use crate::hello::difference;
use crate::hello::edit::{Edit, in_words};

/// The smallest set of edits with which the subject passes, of those that lead to a hello that
/// passes, the nearest first. None where the edits that lead to none of them make it pass.
pub fn smallest_edits(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    controls: &[&Control],
) -> Option<Vec<Edit>> {
    let question =
        |edits: &[Edit]| Question::new(in_words(edits), difference::apply(subject, edits));
    let changes = controls.iter().find_map(|control| {
        let changes = difference::edits(subject, &control.spec);
        (notebook.ask(question(&changes)) == Answer::Passes).then_some(changes)
    })?;
    notebook.say(&format!("isolating among {} differences", changes.len()));
    Some(minimal(&changes, |candidates| {
        let questions: Vec<Question> = candidates.iter().map(|edits| question(edits)).collect();
        notebook.first(Answer::Passes, &questions)
    }))
}
