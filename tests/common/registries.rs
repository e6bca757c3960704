//! Others' tables of numbers and names: IANA's files and tshark's in `testdata/registries`, and
//! what programs print about themselves.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use helloscope::names::Code;

/// A number and what somebody calls it.
pub type Row = (u32, String);

/// Where a table of ours and another's names of the same numbers do not agree: the number, our
/// name (or "" where we have none), theirs. Letter case and the signs between words do not count,
/// and a number is passed over that they say is reserved to be ignored, if we say so too.
pub fn differences<C: Code>(theirs: &[Row]) -> Vec<(u16, &'static str, String)> {
    let number = |number: u32| u16::try_from(number).unwrap();
    theirs
        .iter()
        .map(|(n, theirs)| (number(*n), C::name_of(number(*n)).unwrap_or(""), theirs.clone()))
        .filter(|(n, _, theirs)| !(theirs.contains("GREASE") && C::GREASE.holds(*n)))
        .filter(|(_, ours, theirs)| letters(ours) != letters(theirs))
        .collect()
}

/// A name without letter case and signs.
pub fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// What a library says of each number that a code can have: a name, or something with a
/// parenthesis where it has none.
pub fn by_asking<C: Code>(name: impl Fn(u16) -> String) -> Vec<Row> {
    let last = if C::WIDTH == 1 { 0xff } else { 0xffff };
    let rows = (0..=last).map(|number| (u32::from(number), name(number)));
    rows.filter(|(_, name)| !name.contains('(')).collect()
}

/// A file of `testdata/registries`.
pub fn file(name: &str) -> String {
    let path = super::path("testdata/registries").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of a field in what `tshark -G values` prints.
pub fn tshark_rows(values: &str, field: &str) -> Vec<Row> {
    let rows: Vec<Row> = values
        .lines()
        .filter_map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            ["V", of, number, name] if of == field => Some((parse(number), name.to_owned())),
            _ => None,
        })
        .collect();
    assert_ne!(rows, [], "{field}");
    rows
}

/// A number in decimal, or in hexadecimal behind `0x`.
pub fn parse(number: &str) -> u32 {
    match number.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).unwrap(),
        None => number.parse().unwrap(),
    }
}

/// What a program prints; none where it is not installed, which it says, unless it must be there
/// (`HELLOSCOPE_REQUIRE_PEERS=1`).
pub fn said_by(program: &str, arguments: &[&str], may_be_required: bool) -> Option<String> {
    let required = std::env::var_os("HELLOSCOPE_REQUIRE_PEERS").is_some_and(|value| value == "1");
    match Command::new(program).args(arguments).stdin(Stdio::null()).output() {
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{program} {arguments:?}: {error}");
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(error) if required && may_be_required => panic!("{program} does not start: {error}"),
        Err(error) => {
            // Past the test harness, which keeps to itself what a test that passes prints.
            let _ = writeln!(std::io::stderr(), "not tested: {program} does not start: {error}");
            None
        }
    }
}
