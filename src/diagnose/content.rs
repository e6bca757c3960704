//! What is left where no property explains what was seen: the smallest set of changes with which
//! the subject passes, found by delta debugging, which assumes nothing.

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
    passing: &[HelloSpec],
) -> Option<Vec<Edit>> {
    let question =
        |edits: &[Edit]| Question::new(in_words(edits), difference::apply(subject, edits));
    let mut nearest: Vec<Vec<Edit>> =
        passing.iter().map(|spec| difference::edits(subject, spec)).collect();
    nearest.sort_by_key(Vec::len);
    let changes =
        nearest.into_iter().find(|edits| notebook.ask(question(edits)) == Answer::Passes)?;
    notebook.say(&format!("isolating among {} differences", changes.len()));
    Some(minimal(&changes, |candidates| {
        let questions: Vec<Question> = candidates.iter().map(|edits| question(edits)).collect();
        notebook.first(Answer::Passes, &questions)
    }))
}
