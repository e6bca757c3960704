//! Is it the hello at all? A server that fails a share of all hellos, whatever they are, is an
//! explanation among the others: it foretells no answer, and is the likelier the more often a hello
//! passes and the stranger the properties are that would explain what was seen.

use super::notebook::{Answer, Notebook};

/// How common such a server is among those that fail a hello twice: of 100 one or two.
const COMMON: f64 = 0.02;

/// How likely it is that the server fails by chance, from 0 to 1, where the properties of hellos
/// that would explain all that was seen were this likely beforehand, together or the one that is
/// asked of.
pub(super) fn share(notebook: &Notebook<'_>, explained: f64) -> f64 {
    let answers = notebook.told().map(|one| notebook.meaning(&one.reaction));
    let (mut passes, mut fails) = (0, 0);
    for answer in answers {
        match answer {
            Answer::Passes => passes += 1,
            Answer::Fails => fails += 1,
            Answer::Other => {}
        }
    }
    let by_chance = COMMON * likelihood(passes, fails);
    by_chance / (by_chance + explained).max(f64::MIN_POSITIVE)
}

/// How likely one series of so many answers is where each share of failures is as likely as any
/// other: 1 / ((n + 1) * n over k).
fn likelihood(passes: u32, fails: u32) -> f64 {
    let (few, many) = (passes.min(fails), passes.max(fails));
    let chosen = (1..=few).map(|k| f64::from(k) / f64::from(many + k));
    chosen.product::<f64>() / f64::from(few + many + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_series_of_one_length_together_are_certain() {
        let over =
            |n: u32, k: u32| (1..=k).fold(1.0, |of, i| of * f64::from(n + 1 - i) / f64::from(i));
        for length in [0, 1, 7, 30] {
            let all =
                (0..=length).map(|fails| over(length, fails) * likelihood(length - fails, fails));
            assert!((all.sum::<f64>() - 1.0).abs() < 1e-9, "{length}");
        }
    }
}
