//! Delta debugging: the smallest set of changes that still has an effect.
//!
//! After Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002. It
//! assumes nothing of what the changes are; a later engine that knows more asks fewer questions.

/// The smallest part of `changes` for which `effective` holds, in the sense that it holds for no
/// part that lacks one change more. It must hold for all changes together.
///
/// `effective` is asked for several candidates at once, which do not depend on each other, and
/// says which of them is the first that holds.
pub fn minimal<T: Clone>(
    changes: &[T],
    mut effective: impl FnMut(&[Vec<T>]) -> Option<usize>,
) -> Vec<T> {
    let mut changes = changes.to_vec();
    let mut parts = 2;
    while changes.len() > 1 {
        let size = changes.len().div_ceil(parts);
        let chunks: Vec<Vec<T>> = changes.chunks(size).map(<[T]>::to_vec).collect();
        if let Some(chunk) = effective(&chunks).and_then(|index| chunks.get(index)) {
            changes = chunk.clone();
            parts = 2;
            continue;
        }
        let without = |skipped: usize| -> Vec<T> {
            let kept = chunks.iter().enumerate().filter(|&(index, _)| index != skipped);
            kept.flat_map(|(_, chunk)| chunk.iter().cloned()).collect()
        };
        // Of two parts, what is left without one is the other.
        let rests: Vec<Vec<T>> = match chunks.len() {
            0..=2 => Vec::new(),
            count => (0..count).map(without).collect(),
        };
        if let Some(rest) = effective(&rests).and_then(|index| rests.get(index)) {
            changes = rest.clone();
            parts = (parts - 1).max(2);
            continue;
        }
        if size == 1 {
            break;
        }
        parts = (parts * 2).min(changes.len());
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(candidates: &[Vec<u8>], holds: impl Fn(&[u8]) -> bool) -> Option<usize> {
        candidates.iter().position(|candidate| holds(candidate))
    }

    #[test]
    fn one_change_among_a_hundred_is_found_in_few_questions() {
        let changes: Vec<u8> = (0..100).collect();
        let mut asked = 0;
        let found = minimal(&changes, |candidates| {
            let at = first(candidates, |candidate| candidate.contains(&73));
            asked += at.map_or(candidates.len(), |at| at + 1);
            at
        });
        assert_eq!(found, [73]);
        assert!(asked <= 14, "{asked}");
    }

    proptest! {
        #[test]
        fn every_set_that_is_needed_is_found(
            length in 1u8..60,
            needed in proptest::collection::hash_set(0u8..60, 1..5),
        ) {
            let needed: Vec<u8> = needed.into_iter().filter(|&n| n < length).collect();
            prop_assume!(!needed.is_empty());
            let changes: Vec<u8> = (0..length).collect();
            let all = |candidate: &[u8]| needed.iter().all(|n| candidate.contains(n));
            let mut found = minimal(&changes, |candidates| first(candidates, all));
            found.sort_unstable();
            let mut expected = needed.clone();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn what_is_found_is_minimal_also_where_changes_hinder_each_other(
            seed in any::<u64>(),
            length in 1usize..12,
        ) {
            // Any effect at all, as long as all changes together have it.
            let holds = |candidate: &[u8]| {
                let bits = candidate.iter().fold(0u64, |bits, n| bits | 1 << n);
                candidate.len() == length
                    || bits.wrapping_mul(seed | 1).wrapping_add(seed) % 3 == 0
            };
            let changes: Vec<u8> = (0..length as u8).collect();
            let found = minimal(&changes, |candidates| first(candidates, holds));
            prop_assert!(holds(&found));
            for skipped in 0..found.len() {
                let mut less = found.clone();
                less.remove(skipped);
                prop_assert!(less.is_empty() || !holds(&less));
            }
        }
    }
}
