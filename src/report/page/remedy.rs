//! What helps, on the page, and what the catalogue knows of the cause.

use super::html::Html;
use super::{details_with_hex, sentence, table};
use crate::diagnose::{Cause, Diagnosis};
use crate::hello::edit::in_words;
use crate::quirks::{Quirk, Setting};
use crate::report::diagnosis::Options;
use crate::report::diagnosis_words::{advice, command, otherwise, remedy_edits};
use crate::report::transcript::reaction_words;
use crate::wire::record::plaintext::Protocol;

/// What helps: as edits, as bytes, and as settings.
pub fn section(html: &mut Html, section: &str, diagnosis: &Diagnosis, options: &Options<'_>) {
    let upgrade = match &diagnosis.cause {
        Some(Cause::Protocol(Some(Protocol { starttls: Some(word), .. }))) => Some(word),
        _ => None,
    };
    let settings = diagnosis
        .known_as
        .iter()
        .any(|quirk| !quirk.remedy.client.is_empty() || !quirk.remedy.server.is_empty());
    if diagnosis.remedy.is_none() && upgrade.is_none() && !settings {
        return;
    }
    html.of(section, &[], "What helps");
    if let Some(word) = upgrade {
        html.of("p", &[], format_args!("TLS begins there when the client has said {word}."));
    }
    remedy(html, diagnosis, options);
    for quirk in &diagnosis.known_as {
        settings_of(html, "What to set in the client", &quirk.remedy.client);
        settings_of(html, "What to do on the server", &quirk.remedy.server);
    }
}

/// The changed hello.
fn remedy(html: &mut Html, diagnosis: &Diagnosis, options: &Options<'_>) {
    let Some(remedy) = &diagnosis.remedy else { return };
    let (advice, words) = (advice(diagnosis), in_words(&remedy.edits));
    html.with("p", &[], |html| html.of("strong", &[], sentence(&advice)));
    html.with("dl", &[], |html| {
        if !advice.ends_with(&words) {
            html.of("dt", &[], "In words");
            html.of("dd", &[], &words);
        }
        html.of("dt", &[], "As edits");
        html.with("dd", &[], |html| {
            for (index, edit) in remedy_edits(diagnosis, remedy).iter().enumerate() {
                if index > 0 {
                    html.text(" ");
                }
                html.of("code", &[], edit);
            }
        });
        html.of("dt", &[], "Then");
        html.of("dd", &[], reaction_words(&remedy.reaction));
    });
    if let Some(command) = command(diagnosis, options) {
        html.with("pre", &[("class", "copy")], |html| html.text(command));
    }
    details_with_hex(html, "The changed hello", &remedy.spec.flight());
}

fn settings_of(html: &mut Html, caption: &str, settings: &[Setting]) {
    if settings.is_empty() {
        return;
    }
    table(html, ("", caption), &[("", "Where"), ("", "What")], |html| {
        for setting in settings {
            html.with("tr", &[], |html| {
                html.of("th", &[("scope", "row")], &setting.product);
                html.of("td", &[], &setting.setting);
            });
        }
    });
}

/// The quirks with this cause.
pub fn known(html: &mut Html, section: &str, diagnosis: &Diagnosis) {
    for quirk in &diagnosis.known_as {
        html.with(section, &[], |html| {
            html.text("Known as ");
            html.of("code", &[], &quirk.id);
        });
        if let Some(words) = otherwise(quirk, diagnosis) {
            html.of("p", &[], words);
        }
        html.of("p", &[], &quirk.summary);
        products_and_sources(html, quirk);
    }
}

fn products_and_sources(html: &mut Html, quirk: &Quirk) {
    if !quirk.products.is_empty() {
        html.with("ul", &[], |html| {
            for product in &quirk.products {
                html.of("li", &[], format_args!("{}: {}", product.name, product.versions));
            }
        });
    }
    html.of("p", &[("class", "dim")], "Told of in:");
    html.with("ul", &[("class", "dim")], |html| {
        for source in &quirk.sources {
            html.with("li", &[], |html| with_link(html, source));
        }
    });
}

/// A source, the address in it as a link.
fn with_link(html: &mut Html, source: &str) {
    let Some(at) = source.find("https://") else { return html.text(source) };
    let (before, address) = source.split_at(at);
    let (address, behind) =
        address.split_at(address.find([' ', ',', ';', ')']).unwrap_or(address.len()));
    html.text(before);
    html.of("a", &[("href", address), ("rel", "noreferrer")], address);
    html.text(behind);
}
