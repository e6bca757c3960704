//! Diagnoses as a page: one file that loads nothing from anywhere, for a browser, a phone, or to be
//! handed on. It reads without its script, which sorts and copies.
//!
//! The page is HTML as the Living Standard has it; what it may load and run is said by a Content
//! Security Policy (W3C, CSP Level 3): its own style and script by their hashes, and nothing else.

mod hello;
mod html;
mod probes;
mod remedy;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::diagnose::{Diagnosis, Verdict};
use crate::report::addresses::Addresses;
use crate::report::diagnosis::Options;
use crate::report::diagnosis_words::{
    confirmed_words, cost_words, does, first_reaction, server_words, subject_words, title,
};
use crate::report::message_words::first_line;
use crate::transcript::Kind;
use html::{Attributes, Html};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("sort.js");

/// Explanations that are named where none was found out.
const POSSIBLE: usize = 12;

/// A page with diagnoses.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// What it is about. None where the verdict of its only diagnosis says it.
    pub title: Option<String>,
    /// What is told before them, a paragraph each.
    pub intro: Vec<String>,
    /// The diagnoses.
    pub reports: Vec<Report<'a>>,
    /// Where they are those of the addresses of a host: these.
    pub addresses: Option<Addresses<'a>>,
}

/// A diagnosis on a page.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// What is told before it.
    pub story: Option<String>,
    /// The diagnosis.
    pub diagnosis: &'a Diagnosis,
    /// How it is shown; all probes are.
    pub options: Options<'a>,
    /// The command line that asks for it again.
    pub asked_with: String,
}

impl Page<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let mut html = Html::page();
        html.with("html", &[("lang", "en")], |html| {
            html.with("head", &[], |html| self.head(html));
            html.with("body", &[], |html| {
                html.with("main", &[], |html| self.body(html));
                html.raw("script", SCRIPT);
            });
        });
        html.finish()
    }

    fn head(&self, html: &mut Html) {
        html.void("meta", &[("charset", "utf-8")]);
        let policy = format!(
            "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
            hash(STYLE),
            hash(SCRIPT),
        );
        html.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
        html.void("meta", &[("name", "viewport"), ("content", "width=device-width")]);
        html.void("meta", &[("name", "generator"), ("content", "helloscope")]);
        html.of("title", &[], format_args!("{} - helloscope", self.heading()));
        html.raw("style", STYLE);
    }

    fn heading(&self) -> String {
        let verdict = self.reports.first().map(|report| sentence(&title(report.diagnosis)));
        self.title.clone().or(verdict).unwrap_or_default()
    }

    fn body(&self, html: &mut Html) {
        let levels = match &self.title {
            None => ["h1", "h2"],
            Some(title) => {
                html.of("h1", &[], title);
                ["h2", "h3"]
            }
        };
        for paragraph in &self.intro {
            html.of("p", &[], paragraph);
        }
        if let Some(addresses) = &self.addresses {
            table_of_addresses(html, addresses);
        }
        for report in &self.reports {
            html.with("article", &[], |html| report.write(html, levels));
        }
    }
}

/// Words as they stand at the start of a line.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// What a policy says of a style or script in the page itself.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text)))
}

/// A table behind its caption, which scrolls by itself where it is too wide.
fn table(
    html: &mut Html,
    (class, caption): (&str, &str),
    columns: &[(&str, &str)],
    rows: impl FnOnce(&mut Html),
) {
    let region: Attributes<'_> =
        &[("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)];
    html.with("div", region, |html| {
        html.with("table", &[("class", class)], |html| {
            html.of("caption", &[], caption);
            html.with("thead", &[], |html| {
                html.with("tr", &[], |html| {
                    for (class, name) in columns {
                        html.of("th", &[("scope", "col"), ("class", class)], name);
                    }
                });
            });
            html.with("tbody", &[], rows);
        });
    });
}

fn table_of_addresses(html: &mut Html, addresses: &Addresses<'_>) {
    html.with("p", &[], |html| html.of("strong", &[], sentence(&addresses.sentence())));
    let columns = [("", "Address"), ("", "Verdict"), ("", "In words")];
    table(html, ("", "What was found at each address"), &columns, |html| {
        for (address, verdict, words) in addresses.rows() {
            html.with("tr", &[], |html| {
                html.of("th", &[("scope", "row")], address);
                html.of("td", &[], verdict);
                html.of("td", &[], words);
            });
        }
    });
}

impl Report<'_> {
    fn write(&self, html: &mut Html, [heading, section]: [&str; 2]) {
        let diagnosis = self.diagnosis;
        let (class, sign) = match diagnosis.verdict {
            Verdict::Accepted => ("verdict passes", "✓"),
            Verdict::Undetermined | Verdict::Unstable => ("verdict other", "?"),
            _ => ("verdict fails", "✕"),
        };
        let word = diagnosis.verdict.word();
        html.of("p", &[("class", class)], format_args!("{sign} {word}"));
        html.of(heading, &[], sentence(&title(diagnosis)));
        if let Some(story) = &self.story {
            html.of("p", &[], story);
        }
        self.facts(html);
        hello::section(html, section, diagnosis);
        self.greeting(html);
        self.possible(html, section);
        remedy::section(html, section, diagnosis, &self.options);
        remedy::known(html, section, diagnosis);
        notes(html, section, &diagnosis.notes);
        probes::section(html, section, diagnosis);
        self.again(html, section);
    }

    fn facts(&self, html: &mut Html) {
        let diagnosis = self.diagnosis;
        let (host, address) = server_words(diagnosis, self.options.host);
        let confirmed = matches!(
            diagnosis.verdict,
            Verdict::Cause | Verdict::Difference | Verdict::Incompatible
        );
        html.with("dl", &[], |html| {
            let mut fact = |name: &str, words: &str| {
                html.of("dt", &[], name);
                html.of("dd", &[], words);
            };
            fact("Server", &format!("{host}{address}"));
            fact("Hello", &subject_words(diagnosis));
            fact("Reaction", &first_reaction(diagnosis));
            if confirmed {
                fact("Confirmed", &confirmed_words(diagnosis));
            }
            fact("Cost", &cost_words(diagnosis));
        });
    }

    /// What a server said that speaks another protocol.
    fn greeting(&self, html: &mut Html) {
        if let Kind::Plaintext { first } = &self.diagnosis.reaction.kind {
            html.of("p", &[], "The server answered:");
            html.with("pre", &[], |html| html.of("code", &[], first_line(first)));
        }
    }

    /// What may be the cause, where it was not found out.
    fn possible(&self, html: &mut Html, section: &str) {
        let diagnosis = self.diagnosis;
        if diagnosis.possible.is_empty() {
            return;
        }
        html.of(section, &[], "What may be the cause");
        let does = does(&diagnosis.reaction.kind);
        let caption = format!("When the server perhaps {does}, the likeliest first");
        let columns = [("number", "Likely"), ("", "When")];
        table(html, ("", &caption), &columns, |html| {
            for possible in diagnosis.possible.iter().take(POSSIBLE) {
                html.with("tr", &[], |html| {
                    let share = format!("{:.0} %", possible.share * 100.0);
                    html.of("td", &[("class", "number")], share);
                    html.of("td", &[], &possible.condition);
                });
            }
        });
    }

    /// How to ask again.
    fn again(&self, html: &mut Html, section: &str) {
        html.of(section, &[], "To ask again");
        html.with("pre", &[("class", "copy")], |html| html.text(&self.asked_with));
        let hello = &self.diagnosis.subject.spec;
        details_with_hex(html, "The hello, every byte that is sent", &hello.flight());
    }
}

fn notes(html: &mut Html, section: &str, notes: &[String]) {
    if notes.is_empty() {
        return;
    }
    html.of(section, &[], "Notes");
    html.with("ul", &[], |html| notes.iter().for_each(|note| html.of("li", &[], note)));
}

/// Bytes to be copied, folded away.
fn details_with_hex(html: &mut Html, summary: &str, bytes: &[u8]) {
    html.with("details", &[], |html| {
        html.of("summary", &[], format_args!("{summary}, {} bytes as hex", bytes.len()));
        let hex = crate::wire::text::hex(bytes);
        html.with("pre", &[("class", "copy")], |html| html.text(hex));
    });
}
