//! Trees that are the same are kept once: of records there may be one for every few bytes, and their
//! headers differ in what they say alone, which stands in their bytes.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::wire::field::Tree;

/// The last trees, which those that come may be like.
#[derive(Debug, Default)]
pub(crate) struct Alike(VecDeque<Arc<Tree>>);

impl Alike {
    /// How many are remembered: records of some kinds, one behind the other.
    const MOST: usize = 8;

    /// Puts one that is the same in the place of a tree, or gives back the room that it has not used.
    pub(super) fn settle(&mut self, tree: &mut Arc<Tree>) {
        if Arc::strong_count(tree) > 1 {
            return;
        }
        if let Some(same) = self.0.iter().find(|other| other.is_like(tree)) {
            *tree = Arc::clone(same);
            return;
        }
        Arc::make_mut(tree).settle();
        if tree.is_small() {
            self.0.truncate(Self::MOST - 1);
            self.0.push_front(Arc::clone(tree));
        }
    }
}
