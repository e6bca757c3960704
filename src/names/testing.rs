//! What the tests of the tables share.

use super::Code;

/// Where a table and another's names of the same numbers do not agree: the number, our name (or
/// "" where we have none), theirs. Letter case and the signs between words do not count, and a
/// number that they do not name, which they write with a parenthesis, is passed over.
pub(super) fn differences<C: Code>(
    theirs: impl Fn(u16) -> String,
) -> Vec<(u16, &'static str, String)> {
    let last = if C::WIDTH == 1 { 0xff } else { 0xffff };
    (0..=last)
        .map(|number| (number, C::name_of(number).unwrap_or(""), theirs(number)))
        .filter(|(_, ours, theirs)| !theirs.contains('(') && letters(ours) != letters(theirs))
        .collect()
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}
