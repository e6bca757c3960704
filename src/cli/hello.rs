//! `helloscope hello list|show|edit|diff|fingerprint|record`: ClientHellos as data.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::capture::{self, first_hello};
use crate::cli::hello_record::Record;
use crate::cli::output::{Format, Output};
use crate::cli::target::tell;
use crate::cli::view;
use crate::cli::{Outcome, Usage};
use crate::hello::draw::Draw;
use crate::hello::edits::Edits;
use crate::hello::framing::Framing;
use crate::hello::named::NamedHello;
use crate::hello::preset::Preset;
use crate::hello::spec::HelloSpec;
use crate::report::literal::{self, Language};
use crate::report::{fingerprints, hello_diff, presets, transcript};
use crate::wire::text::hex;

/// ClientHellos as data.
#[derive(Args)]
pub struct Hello {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every preset.
    List,
    /// One hello, in one of several forms.
    Show {
        /// The hello, named as for --hello.
        spec: String,
        /// Draw what is random in the hello from this seed, as `connect` does: the same hello each
        /// time. The name of the host stays.
        #[arg(long, value_name = "TEXT")]
        seed: Option<String>,
        /// The form; byte by byte where none is asked for.
        #[arg(long = "as", value_enum, value_name = "WHAT")]
        form: Option<Form>,
    },
    /// A hello with changes: the words that also stand behind a hello's name, as in
    /// `pad_to=512` or `-extensions.grease`.
    Edit {
        /// The hello, named as for --hello.
        spec: String,
        /// The changes, one after the other.
        #[arg(value_name = "EDIT")]
        edits: Vec<String>,
        /// A change; these come before the others.
        #[arg(short = 'e', long = "edit", allow_hyphen_values = true, value_name = "EDIT")]
        more: Vec<String>,
        /// A file with more of them: what `hello diff --format json` prints, or a list of texts in
        /// JSON. They are done with nothing else, legal or not.
        #[arg(long = "edits", value_name = "FILE")]
        file: Option<PathBuf>,
        /// Draw what is random in the hello from this seed, as `connect` does, but for what the
        /// changes say: the same hello each time. The name of the host stays.
        #[arg(long, value_name = "TEXT")]
        seed: Option<String>,
        /// The form; a spec file where none is asked for.
        #[arg(long = "as", value_enum, value_name = "WHAT")]
        form: Option<Form>,
    },
    /// What differs between two hellos; as JSON with the edits that make the first the second.
    Diff {
        /// The first, named as for --hello.
        from: String,
        /// The second.
        to: String,
    },
    /// JA3 and JA4 of a hello, and the texts that they stand for.
    Fingerprint {
        /// The hello, named as for --hello.
        spec: String,
    },
    Record(Record),
}

/// In which form a hello is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Byte by byte.
    #[value(alias = "tree")]
    Bytes,
    /// As a spec file, TOML.
    Spec,
    /// As a spec file, JSON.
    Json,
    /// As hexadecimal digits.
    Hex,
    /// As a constant of Rust.
    Rust,
    /// As a variable of Go.
    Go,
    /// As a variable of Python.
    Python,
}

impl Hello {
    /// Runs the command.
    ///
    /// # Errors
    /// Where a hello is named that there is not.
    pub fn run(&self, output: &Output) -> Result<Outcome, Usage> {
        match &self.command {
            Command::List => {
                output.write(|| presets::list(Preset::all()), || presets::json(Preset::all()))?;
            }
            Command::Show { spec, seed, form } => {
                let hello = drawn((spec, None), &named(spec)?, seed.as_deref(), output)?;
                show(spec, &hello, *form, Form::Bytes, output)?;
            }
            Command::Edit { spec, edits, more, file, seed, form } => {
                let edits: Vec<_> = more.iter().chain(edits).collect();
                let edited = edited(spec, &edits, file.as_deref())?;
                let hello = drawn((spec, None), &edited, seed.as_deref(), output)?;
                show(spec, &hello, *form, Form::Spec, output)?;
            }
            Command::Diff { from, to } => {
                let one = |which, name| drawn((name, Some(which)), &named(name)?, None, output);
                let (first, second) = (one("the first hello", from)?, one("the second hello", to)?);
                let pair = hello_diff::Pair { from: (from, &first), to: (to, &second) };
                output.write(
                    || hello_diff::text(&pair, output.verbose),
                    || hello_diff::json(&pair),
                )?;
            }
            Command::Fingerprint { spec } => {
                let hello = drawn((spec, None), &named(spec)?, None, output)?;
                let hello = match hello.framing {
                    // They are made of the numbers of a hello of TLS.
                    Framing::Sslv2 => None,
                    _ => Some(hello.sent().map_err(|error| Usage::new(spec, error))?),
                };
                output.write(
                    || fingerprints::text(hello.as_ref()),
                    || fingerprints::json(hello.as_ref()),
                )?;
            }
            Command::Record(record) => return record.run(output),
        }
        Ok(Outcome::Done)
    }
}

/// The hello of a name.
fn named(name: &str) -> Result<NamedHello, Usage> {
    NamedHello::found(name, &first_hello).map_err(|error| Usage::new(name, error))
}

/// The hello as it was recorded, or drawn from a seed, with its edits done. What is to be told beside
/// it is told, with which of two it is.
fn drawn(
    (name, which): (&str, Option<&str>),
    hello: &NamedHello,
    seed: Option<&str>,
    output: &Output,
) -> Result<HelloSpec, Usage> {
    let drawn = match seed {
        None => hello.recorded(),
        Some(seed) => hello.drawn_for_its_host(&mut Draw::seeded(seed)),
    };
    let edited = drawn.map_err(|error| Usage::new(name, error))?;
    tell(which, &edited, output);
    Ok(edited.spec)
}

/// The hello of a name with more edits.
fn edited(name: &str, words: &[&String], file: Option<&Path>) -> Result<NamedHello, Usage> {
    let mut named = named(name)?;
    let mut edits = Edits::default();
    for word in words {
        edits.extend(Edits::parse(word).map_err(|error| Usage::new(name, error))?);
    }
    // All together, since what one needs another may bring.
    named = named.with(edits).map_err(|error| Usage::new(name, error))?;
    if let Some(file) = file {
        let subject = format!("--edits {}", file.display());
        let text = fs::read_to_string(file).map_err(|error| Usage::new(&subject, error))?;
        let edits = Edits::from_json(&text).map_err(|error| Usage::new(&subject, error))?;
        named = named.with(edits).map_err(|error| Usage::new(&subject, error))?;
    }
    Ok(named)
}

fn show(
    name: &str,
    spec: &HelloSpec,
    form: Option<Form>,
    usual: Form,
    output: &Output,
) -> Result<(), Usage> {
    // One that is asked for stands in whatever file.
    let output = &if form.is_some() { output.of_text() } else { output.clone() };
    if form.is_some() && output.format() != Format::Text {
        let what = "a form of text; --format json has one of its own, with the spec and the digits";
        return Err(Usage::new("--as", what));
    }
    let flight = spec.flight();
    let spec_text = || match toml::to_string_pretty(spec) {
        Ok(text) => text,
        Err(error) => format!("# {error}\n"),
    };
    let options =
        transcript::Options { view: view::plain(output), bytes: true, ..Default::default() };
    output.write(
        || match form.unwrap_or(usual) {
            Form::Spec => spec_text(),
            Form::Json => match serde_json::to_string_pretty(spec) {
                Ok(text) => format!("{text}\n"),
                Err(error) => format!("{error}\n"),
            },
            Form::Hex => format!("{}\n", hex(&flight)),
            Form::Rust => literal::hello(&spec.datagrams(), Language::Rust),
            Form::Go => literal::hello(&spec.datagrams(), Language::Go),
            Form::Python => literal::hello(&spec.datagrams(), Language::Python),
            Form::Bytes => match capture::read(name, &flight) {
                Ok(shown) => transcript::text(&shown, options),
                Err(error) => format!("{error}\n"),
            },
        },
        || json!({"schema": "helloscope/hello/1", "spec": spec, "hex": hex(&flight)}),
    )
}
