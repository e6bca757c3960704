//! The proof that something is missing of a list: what else other hellos have there does not help,
//! and what does is all told.

use super::Search;
use crate::diagnose::belief::Leader;
use crate::diagnose::notebook::Answer;
use crate::diagnose::overlap;
use crate::hello::vocabulary::{List, Member};

/// So many hellos are sent at the most to know all that would have been taken.
const MORE: usize = 30;

impl Search<'_, '_, '_> {
    /// The likeliest explanation with all that the server would have taken, where it is one of
    /// something missing; none where another has become the likeliest.
    pub(super) fn with_all_that_is_taken(&mut self, leader: &Leader) -> Option<Leader> {
        let Some((list, named)) = overlap::missing(&leader.condition) else {
            return Some(leader.clone());
        };
        let (certain, open) = self.belief.taken_of(list);
        let known = |member: &Member| match &named[..] {
            // It was told from all others.
            [one] => one == member,
            _ => certain.contains(member),
        };
        // Of each group it is asked whether the server takes anything of it.
        let mut groups = vec![open.into_iter().filter(|one| !known(one)).collect::<Vec<Member>>()];
        let mut asked = 0;
        while let Some(group) = groups.pop() {
            let open = self.belief.taken_of(list).1;
            let group: Vec<Member> = group.into_iter().filter(|one| open.contains(one)).collect();
            if group.is_empty() {
                continue;
            }
            if asked == MORE {
                return self.belief.leader().map(|leader| Leader { partial: true, ..leader });
            }
            asked += 1;
            let spec = self.laboratory.with(list, &group);
            match self.answer(&spec) {
                Answer::Fails => continue,
                Answer::Passes if self.tells_apart(list, &group) => groups.push(group),
                Answer::Passes => {
                    let mut first = group;
                    let second = first.split_off(first.len() / 2);
                    groups.extend([second, first]);
                }
                Answer::Other => return Some(leader.clone()),
            }
            let still = self.belief.leader().and_then(|now| overlap::missing(&now.condition));
            still.filter(|(own, _)| *own == list)?;
        }
        self.belief.leader()
    }

    /// Whether the server told what it takes of a group, by what it chose.
    fn tells_apart(&self, list: List, group: &[Member]) -> bool {
        let (certain, _) = self.belief.taken_of(list);
        group.iter().any(|one| certain.contains(one))
    }
}
