//! All that was tried, on the page: how long each answer took, as a picture, and a table of what was
//! changed and what came of it.

use super::html::{Attributes, Html};
use super::table;
use crate::diagnose::{Answer, Diagnosis, Evidence};
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::report::style::count;
use crate::report::transcript::reaction_words;

/// Edits are shown in their row where they are no longer than this; else they are folded away.
const SHOWN: usize = 120;
/// The picture: its width, a row's height, and where bars begin and end.
const WIDTH: f64 = 800.0;
const ROW: f64 = 16.0;
const BARS: std::ops::Range<f64> = 56.0..720.0;

/// The probes.
pub fn section(html: &mut Html, section: &str, diagnosis: &Diagnosis) {
    if diagnosis.evidence.is_empty() {
        return;
    }
    html.of(section, &[], "What was tried");
    timeline(html, diagnosis);
    let columns = [
        ("number", "No."),
        ("", "What was changed"),
        ("number", "Bytes"),
        ("", "What the server did"),
        ("", "Which is"),
        ("number", "Seconds"),
    ];
    let caption = "Every hello that was sent, and its differences to the one under diagnosis";
    table(html, ("sortable", caption), &columns, |html| {
        for (index, evidence) in diagnosis.evidence.iter().enumerate() {
            row(html, diagnosis, index + 1, evidence);
        }
    });
}

/// How an answer is shown: its class, its sign, and what it means.
fn meaning(
    diagnosis: &Diagnosis,
    evidence: &Evidence,
) -> (&'static str, &'static str, &'static str) {
    match diagnosis.meaning(evidence) {
        Answer::Passes => ("passes", "✓", "accepted"),
        Answer::Fails => ("fails", "✕", "rejected alike"),
        Answer::Other => ("other", "~", "something else"),
    }
}

fn row(html: &mut Html, diagnosis: &Diagnosis, number: usize, evidence: &Evidence) {
    let (class, sign, means) = meaning(diagnosis, evidence);
    let edits = difference::edits(&diagnosis.subject.spec, &evidence.spec);
    let value = |html: &mut Html, value: String, text: String| {
        html.of("td", &[("class", "number"), ("data-value", &value)], text);
    };
    html.with("tr", &[], |html| {
        value(html, number.to_string(), number.to_string());
        html.with("th", &[("scope", "row")], |html| {
            html.text(&evidence.probe);
            self::edits(html, &edits);
        });
        let length = evidence.spec.length().to_string();
        value(html, length.clone(), length);
        html.of("td", &[], reaction_words(&evidence.reaction));
        html.of("td", &[("class", class)], format_args!("{sign} {means}"));
        value(html, evidence.seconds.to_string(), format!("{:.3}", evidence.seconds));
    });
}

/// The edits that make the subject this hello.
fn edits(html: &mut Html, edits: &[Edit]) {
    let words: Vec<String> = edits.iter().map(ToString::to_string).collect();
    let line = words.join(" ");
    if line.is_empty() {
        return;
    }
    if line.len() <= SHOWN {
        return html.with("div", &[], |html| html.of("code", &[], line));
    }
    html.with("details", &[], |html| {
        html.of("summary", &[], count(words.len(), "edit"));
        html.of("code", &[], line);
    });
}

/// A bar for each connection, as long as its answer took.
fn timeline(html: &mut Html, diagnosis: &Diagnosis) {
    let evidence = &diagnosis.evidence;
    let whole: f64 = evidence.iter().map(|one| one.seconds.max(0.0)).sum();
    let rows = evidence.iter().map(|_| ROW).sum::<f64>();
    let box_ = format!("0 0 {WIDTH} {}", rows + ROW);
    let told = format!(
        "{} one after the other: each bar is as long as it took until the server answered, or was \
         given up. ✓ accepted, ✕ rejected as the hello under diagnosis, ~ something else.",
        count(evidence.len(), "connection"),
    );
    html.with("figure", &[], |html| {
        html.of("figcaption", &[], &told);
        let region: Attributes<'_> =
            &[("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Timeline")];
        html.with("div", region, |html| {
            // The table below has the same in words.
            let picture: Attributes<'_> = &[
                ("viewBox", &box_),
                ("font-family", "monospace"),
                ("font-size", "11"),
                ("role", "img"),
                ("aria-label", "How long each connection took; the table has the same in numbers"),
            ];
            html.with("svg", picture, |html| {
                let mut begun = 0.0;
                for (index, one) in evidence.iter().enumerate() {
                    let seconds = one.seconds.max(0.0);
                    bar(html, diagnosis, (index, one), (begun / whole, seconds / whole));
                    begun += seconds;
                }
                axis(html, whole, rows);
            });
        });
    });
}

/// The bar of a connection: where it begins and how long it is, as parts of the whole.
fn bar(
    html: &mut Html,
    diagnosis: &Diagnosis,
    (index, evidence): (usize, &Evidence),
    (begins, lasts): (f64, f64),
) {
    let (class, sign, means) = meaning(diagnosis, evidence);
    let length = BARS.end - BARS.start;
    // Where all took no time, there is no whole to be a part of.
    let part = |part: f64| if part.is_finite() { part * length } else { 0.0 };
    let (x, width) = (BARS.start + part(begins), part(lasts).max(2.0));
    let top: f64 = (0..index).map(|_| ROW).sum();
    let number = |number: f64| format!("{number:.1}");
    html.with("g", &[], |html| {
        let words = format!("{}: {means}, {:.3} s", evidence.probe, evidence.seconds);
        html.of("title", &[], words);
        let base = number(top + ROW - 4.0);
        html.of("text", &[("x", "0"), ("y", &base)], format_args!("{:>3} {sign}", index + 1));
        let place: Attributes<'_> = &[
            ("class", class),
            ("x", &number(x)),
            ("y", &number(top + 3.0)),
            ("width", &number(width)),
            ("height", &number(ROW - 6.0)),
        ];
        html.of("rect", place, "");
        let end = number(x + width + 4.0);
        html.of("text", &[("x", &end), ("y", &base)], format_args!("{:.3} s", evidence.seconds));
    });
}

fn axis(html: &mut Html, whole: f64, rows: f64) {
    let number = |number: f64| format!("{number:.1}");
    let (from, to, y) = (number(BARS.start), number(BARS.end), number(rows + 1.0));
    html.of("line", &[("x1", &from), ("x2", &to), ("y1", &y), ("y2", &y)], "");
    let base = number(rows + ROW - 2.0);
    html.of("text", &[("x", &from), ("y", &base)], "0 s");
    html.of("text", &[("x", &to), ("y", &base)], format_args!("{whole:.1} s"));
}
