//! `helloscope hello list|show|fingerprint`: ClientHellos as data.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::capture;
use crate::cli::output::Output;
use crate::cli::view;
use crate::cli::{Outcome, Usage};
use crate::hello::named::NamedHello;
use crate::hello::preset::Preset;
use crate::hello::spec::HelloSpec;
use crate::report::{fingerprints, presets, transcript};
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
        /// The form.
        #[arg(long = "as", value_enum, default_value_t = Form::Bytes, value_name = "WHAT")]
        form: Form,
    },
    /// JA3 and JA4 of a hello, and the texts that they stand for.
    Fingerprint {
        /// The hello, named as for --hello.
        spec: String,
    },
}

/// In which form a hello is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Byte by byte.
    Bytes,
    /// As a spec file.
    Spec,
    /// As hexadecimal digits.
    Hex,
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
            Command::Show { spec, form } => show(spec, *form, output)?,
            Command::Fingerprint { spec } => {
                let hello = recorded(spec)?.hello;
                output.write(|| fingerprints::text(&hello), || fingerprints::json(&hello))?;
            }
        }
        Ok(Outcome::Done)
    }
}

/// The hello of a name, as it was recorded.
fn recorded(name: &str) -> Result<HelloSpec, Usage> {
    let named = NamedHello::parse(name).map_err(|error| Usage::new(name, error))?;
    named.recorded().map_err(|error| Usage::new(name, error))
}

fn show(name: &str, form: Form, output: &Output) -> Result<(), Usage> {
    let spec = recorded(name)?;
    let flight = spec.flight();
    let spec_text = || match toml::to_string_pretty(&spec) {
        Ok(text) => text,
        Err(error) => format!("# {error}\n"),
    };
    let options =
        transcript::Options { view: view::plain(output), bytes: true, ..Default::default() };
    output.write(
        || match form {
            Form::Spec => spec_text(),
            Form::Hex => format!("{}\n", hex(&flight)),
            Form::Bytes => match capture::read(name, &flight) {
                Ok(shown) => transcript::text(&shown, options),
                Err(error) => format!("{error}\n"),
            },
        },
        || json!({"schema": "helloscope/hello/1", "spec": spec, "hex": hex(&flight)}),
    )
}
