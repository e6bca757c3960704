//! The hello under diagnosis on the page: its bytes with the fault underlined, and each byte by its
//! name.

use super::html::{Attributes, Html};
use super::table;
use crate::diagnose::{Cause, Diagnosis};
use crate::hello::HelloSpec;
use crate::hello::framing::Framing;
use crate::report::excerpt::{LINE, Span, lines, spans};
use crate::report::rows::{self, Layer};
use crate::wire::field::Tree;
use crate::wire::grammar::{Context, Reader};
use crate::wire::handshake::Handshake;
use crate::wire::text::hex;

/// Bytes of a field that are shown.
const SHOWN: usize = 24;

/// The hello, as far as the fault is in it, and folded away all of it.
pub fn section(html: &mut Html, section: &str, diagnosis: &Diagnosis) {
    let spec = &diagnosis.subject.spec;
    let flight = spec.flight();
    let spans = match &diagnosis.cause {
        Some(Cause::Condition(condition)) if spec.framing == Framing::Tls => spans(condition, spec),
        _ => Vec::new(),
    };
    html.of(section, &[], "The hello");
    html.with("figure", &[], |html| {
        let caption = match spans.as_slice() {
            [] => "Its first bytes".to_owned(),
            spans => {
                let labels: Vec<&str> = spans.iter().map(|span| span.label.as_str()).collect();
                format!("Its first bytes, and underlined what is at fault: {}", labels.join(", "))
            }
        };
        html.of("figcaption", &[], caption);
        dump(html, &flight, &spans, &lines(&spans));
    });
    html.with("details", &[], |html| {
        html.of("summary", &[], format_args!("All {} bytes", flight.len()));
        let all: Vec<usize> = (0..flight.len().div_ceil(LINE)).collect();
        dump(html, &flight, &spans, &all);
    });
    html.with("details", &[], |html| {
        html.of("summary", &[], "Every byte by its name");
        fields(html, spec);
    });
}

/// Lines of bytes, with the faults marked in them and named beneath.
fn dump(html: &mut Html, flight: &[u8], spans: &[Span], lines: &[usize]) {
    // What may have to be scrolled can be reached by keys.
    let region: Attributes<'_> = &[("tabindex", "0"), ("role", "region"), ("aria-label", "Bytes")];
    html.with("pre", region, |html| {
        let mut before = None;
        for &line in lines {
            if before.is_some_and(|before| before + 1 < line) {
                html.of("span", &[("class", "dim")], "…\n");
            }
            before = Some(line);
            let start = line * LINE;
            html.of("span", &[("class", "dim")], format_args!("{start:04x}  "));
            line_of_bytes(html, flight, spans, start);
            html.text("\n");
            for span in spans {
                let (from, to) = (span.start.max(start), span.end.min(start + LINE));
                if from < to {
                    let label = if span.start >= start { span.label.as_str() } else { "" };
                    let (indent, carets) = (6 + (from - start) * 3, (to - from) * 3 - 1);
                    let carets = "^".repeat(carets);
                    html.text(" ".repeat(indent));
                    html.of("span", &[("class", "label")], format!("{carets} {label}").trim_end());
                    html.text("\n");
                }
            }
        }
    });
}

/// The bytes of a line in runs, those at fault marked.
fn line_of_bytes(html: &mut Html, flight: &[u8], spans: &[Span], start: usize) {
    let at_fault = |at: &usize| spans.iter().any(|span| (span.start..span.end).contains(at));
    let end = (start + LINE).min(flight.len());
    let mut at = start;
    while at < end {
        let is_fault = at_fault(&at);
        let next = (at..end).find(|at| at_fault(at) != is_fault).unwrap_or(end);
        let bytes = flight.get(at..next).unwrap_or_default();
        let words: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match is_fault {
            true => html.of("mark", &[], words.join(" ")),
            false => html.text(words.join(" ")),
        }
        if next < end {
            html.text(" ");
        }
        at = next;
    }
}

/// Every field of the message.
fn fields(html: &mut Html, spec: &HelloSpec) {
    let message = spec.message();
    let mut r = Reader::<Tree>::new(&message, Context::default());
    // What cannot be read is in the tree as well.
    let _ = Handshake::read(&mut r);
    let tree = r.finish();
    let columns = [("number", "Offset"), ("", "Field"), ("", "Meaning"), ("", "Bytes")];
    table(
        html,
        ("", "The fields of the ClientHello, counted from its first byte"),
        &columns,
        |html| {
            for row in rows::rows(&tree, &message, Layer::Message, None, usize::MAX) {
                let bytes = message.get(row.range.clone()).unwrap_or_default();
                let more = if bytes.len() > SHOWN { "…" } else { "" };
                let bytes = bytes.get(..SHOWN).unwrap_or(bytes);
                let words = [row.words.as_str(), &row.fault, &row.note];
                let words: Vec<&str> =
                    words.into_iter().filter(|words| !words.is_empty()).collect();
                html.with("tr", &[], |html| {
                    html.of(
                        "td",
                        &[("class", "bytes number")],
                        format_args!("{:04x}", row.range.start),
                    );
                    // Spaces at the start of a text are not shown.
                    let indent = "\u{a0}\u{a0}".repeat(row.depth);
                    html.of("th", &[("scope", "row")], format_args!("{indent}{}", row.name));
                    html.of("td", &[], words.join(" "));
                    html.of("td", &[("class", "bytes")], format_args!("{}{more}", hex(bytes)));
                });
            }
        },
    );
}
