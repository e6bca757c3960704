//! A quirk of the catalogue as a page of a manual, and an alert with the quirks that it may mean.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use crate::names::{AlertDescription, Code};
use crate::quirks::{Confidence, Quirk, Response, Setting};
use crate::report::quirks;
use crate::report::style::{DIM, HELP, STRONG, paint};
use crate::report::width::wrap;

/// Columns before what a heading is of.
const HEADING: usize = 12;

/// A page: everything that the catalogue says of a quirk.
pub fn page(quirk: &Quirk, width: usize) -> String {
    let mut page = Page { out: String::new(), width };
    let _ = writeln!(page.out, "{}\n", paint(STRONG, &quirk.id));
    for line in wrap(&quirk.title, width.saturating_sub(2)) {
        let _ = writeln!(page.out, "  {}", paint(STRONG, line));
    }
    page.out.push('\n');
    for line in wrap(&quirk.summary, width.saturating_sub(2)) {
        let _ = writeln!(page.out, "  {line}");
    }
    page.part("when", [quirk.condition.to_string()]);
    page.beside("then", [response(&quirk.reaction)]);
    let products = quirk.products.iter().map(|own| format!("{}: {}", own.name, own.versions));
    page.part("known of", products);
    page.part("client", quirk.remedy.client.iter().map(setting));
    page.part("server", quirk.remedy.server.iter().map(setting));
    page.part("sources", quirk.sources.iter().cloned());
    page.part("how sure", [sure(quirk.confidence).to_owned()]);
    page.part("fails", [quirk.example.fails.clone()]);
    page.beside("passes", [quirk.example.passes.clone()]);
    page.beside("try it", [format!("helloscope diagnose --demo={}", quirk.id)]);
    page.out
}

/// The same as JSON: all fields of its file.
pub fn json(quirk: &Quirk) -> Json {
    let mut object = json!(quirk);
    if let Json::Object(fields) = &mut object {
        fields.insert("schema".to_owned(), json!("helloscope/quirk/1"));
    }
    object
}

/// What an alert says, and the quirks of the catalogue that it may mean.
pub fn alert(description: AlertDescription, width: usize) -> String {
    let name = description.name().unwrap_or_default();
    let mut out = format!("{} alert {}\n\n", paint(STRONG, name), description.number());
    for line in wrap(description.meaning(), width.saturating_sub(2)) {
        let _ = writeln!(out, "  {line}");
    }
    let known = answering(description);
    if known.is_empty() {
        out.push_str("\nNo quirk of the catalogue answers with it.\n");
    } else {
        out.push_str("\nQuirks of the catalogue that answer with it:\n\n");
        out.push_str(&quirks::list(&known, width));
    }
    out
}

/// The same as JSON.
pub fn alert_json(description: AlertDescription) -> Json {
    let known = answering(description);
    json!({
        "schema": "helloscope/alert/1",
        "number": description.number(),
        "name": description.name(),
        "meaning": description.meaning(),
        "quirks": known.iter().map(|quirk| &quirk.id).collect::<Vec<_>>(),
    })
}

fn answering(wanted: AlertDescription) -> Vec<&'static Quirk> {
    let answers = |quirk: &&Quirk| match &quirk.reaction {
        Response::Alert { description, .. } | Response::Warning(description) => {
            *description == wanted
        }
        _ => false,
    };
    Quirk::all().iter().filter(answers).collect()
}

struct Page {
    out: String,
    width: usize,
}

impl Page {
    /// A part that stands by itself.
    fn part(&mut self, heading: &str, items: impl IntoIterator<Item = String>) {
        self.out.push('\n');
        self.beside(heading, items);
    }

    /// A heading, and behind it an item a line; where an item takes more, what follows is indented.
    fn beside(&mut self, heading: &str, items: impl IntoIterator<Item = String>) {
        let style = if matches!(heading, "client" | "server") { HELP } else { DIM };
        let mut heading = paint(style, format_args!("{heading:HEADING$}"));
        for item in items {
            let lines = wrap(&item, self.width.saturating_sub(HEADING + 4));
            for (index, line) in lines.iter().enumerate() {
                let indent = if index == 0 { "" } else { "  " };
                let _ = writeln!(self.out, "  {heading}{indent}{line}");
                heading = " ".repeat(HEADING);
            }
        }
    }
}

fn setting(setting: &Setting) -> String {
    format!("{}: {}", setting.product, setting.setting)
}

fn response(response: &Response) -> String {
    match response {
        Response::Silence => "it says nothing, and keeps the connection".to_owned(),
        Response::Close => "it closes the connection without a word".to_owned(),
        Response::Reset => "it resets the connection".to_owned(),
        Response::Alert { level, description } => {
            let level = level.name().unwrap_or("unknown");
            let name = description.name().unwrap_or("unknown");
            format!("it sends the alert {name} ({}), {level}", description.number())
        }
        Response::Plaintext(text) => format!("it sends text that is no TLS: {text:?}"),
        Response::Garbage(length) => format!("it sends {length} bytes that mean nothing"),
        Response::Stall(length) => format!("it sends {length} bytes of its answer, and no more"),
        Response::OtherVersion => "it answers in a version that was not offered".to_owned(),
        Response::Version(version) => format!("it answers in {version}, whatever was offered"),
        Response::CipherSuite(suite) => format!("it chooses {suite}, whatever was offered"),
        Response::Group(group) => format!("it chooses the group {group}, whatever was offered"),
        Response::Warning(description) => {
            let name = description.name().unwrap_or("unknown");
            let number = description.number();
            format!("it sends the alert {name} ({number}), warning, and then answers as usual")
        }
        Response::OtherCertificate => {
            "it answers as usual, with the certificate of another server".to_owned()
        }
    }
}

fn sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Documented => "documented: a standard says so, or the one who made it",
        Confidence::Reported => "reported: those say so who met it",
        Confidence::Inferred => "inferred: it follows from what is known",
    }
}
