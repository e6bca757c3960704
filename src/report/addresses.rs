//! What was found at each address of a host, in one table, and as the JSON
//! `helloscope/diagnoses/1`.

use std::fmt::Write;
use std::net::SocketAddr;

use serde_json::{Value as Json, json};

use crate::diagnose::Diagnosis;
use crate::diagnose::agreement::{agree, groups};
use crate::report::diagnosis_json;
use crate::report::diagnosis_words::title;
use crate::report::style::{DIM, FAULT, HELP, STRONG, paint};
use crate::report::width::wrap;
use crate::wire::text::escape;

/// What was found at the addresses of a host.
#[derive(Clone, Debug)]
pub struct Addresses<'a> {
    /// The host as the user gave it.
    pub host: &'a str,
    /// What was found, an address each.
    pub found: &'a [Diagnosis],
    /// The addresses at which nothing was asked, since it was stopped before.
    pub untried: &'a [SocketAddr],
}

/// Columns of the words of a row.
const WIDTH: usize = 76;

impl Addresses<'_> {
    /// The table, and whether they behave alike.
    pub fn text(&self) -> String {
        let host = escape(self.host.as_bytes());
        let mut out = format!("{}\n", paint(STRONG, format_args!("the addresses of {host}")));
        for (address, verdict, words) in self.rows() {
            let _ = writeln!(out, "  {address}  {verdict}");
            for line in wrap(&words, WIDTH) {
                let _ = writeln!(out, "    {}", paint(DIM, line));
            }
        }
        let style = if agree(self.found) == Some(false) { FAULT } else { HELP };
        let _ = writeln!(out, "{}", paint(style, self.sentence()));
        out
    }

    /// Each address, the word for what was found there, and a sentence.
    pub fn rows(&self) -> Vec<(String, &'static str, String)> {
        let found = self.found.iter().map(|found| {
            let address = found.subject.address.map_or("no address".to_owned(), |a| a.to_string());
            (address, found.verdict.word(), title(found))
        });
        let untried = self
            .untried
            .iter()
            .map(|address| (address.to_string(), "not tried", "it was stopped before".to_owned()));
        found.chain(untried).collect()
    }

    /// Whether they behave alike, in a sentence.
    pub fn sentence(&self) -> String {
        let (groups, of) = (groups(self.found), self.found.len() + self.untried.len());
        let told: usize = groups.iter().map(Vec::len).sum();
        match (groups.len(), told) {
            (0, _) => "what the addresses do is not known".to_owned(),
            (1, told) if told == of && told > 1 => format!("all {of} addresses behave alike"),
            (1, 1) if of == 1 => "it is the only address".to_owned(),
            (1, 1) => format!("only of 1 of {of} addresses is it known how it behaves"),
            (1, told) => format!("the {told} of {of} addresses of which it is known behave alike"),
            (several, _) => {
                let sizes: Vec<String> = groups.iter().map(|one| one.len().to_string()).collect();
                let sizes = sizes.join(" and ");
                format!("the host behaves differently per address, in {several} ways: {sizes}")
            }
        }
    }

    /// As one object.
    pub fn json(&self, name: &str, port: u16) -> Json {
        let address = |found: &&Diagnosis| found.subject.address.map(|one| one.to_string());
        let alike: Vec<Vec<_>> =
            groups(self.found).iter().map(|group| group.iter().map(address).collect()).collect();
        let complete = self.untried.is_empty();
        json!({
            "schema": "helloscope/diagnoses/1",
            "target": {"host": name, "port": port},
            "agree": agree(self.found).filter(|agree| complete || !agree),
            "alike": alike,
            "untried": self.untried.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "diagnoses": self
                .found
                .iter()
                .map(|found| diagnosis_json::json(found, name, port))
                .collect::<Vec<_>>(),
        })
    }
}
