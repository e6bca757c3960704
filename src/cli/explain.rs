//! `helloscope explain`: the catalogue of quirks, as pages to read.

use clap::Args;

use crate::cli::output::Output;
use crate::cli::view;
use crate::cli::{Outcome, Usage};
use crate::names::{AlertDescription, Code};
use crate::quirks::Quirk;
use crate::report::{explain, quirks};

/// What is known of a quirk: when it strikes, whose it is, and what helps.
///
/// `explain list` has all of them, a line each. `explain handshake_failure` says what an alert
/// means, and which quirks answer with it.
#[derive(Args)]
pub struct Explain {
    /// `list`, the id of a quirk, or the name or number of an alert.
    #[arg(value_name = "ID")]
    what: String,
}

impl Explain {
    /// Runs the command.
    ///
    /// # Errors
    /// Where nothing is called so.
    pub fn run(&self, output: &Output) -> Result<Outcome, Usage> {
        let (what, width) = (self.what.as_str(), view::plain(output).width);
        if what == "list" {
            return list(output);
        }
        let alert = AlertDescription::parse(what).filter(|alert| alert.name().is_some());
        if let Some(description) = alert {
            output.write(
                || explain::alert(description, width),
                || explain::alert_json(description),
            )?;
            return Ok(Outcome::Done);
        }
        let quirk = Quirk::find(what).map_err(|error| Usage::new("explain", error))?;
        output.write(|| explain::page(quirk, width), || explain::json(quirk))?;
        Ok(Outcome::Done)
    }
}

/// The whole catalogue, a line a quirk.
///
/// # Errors
/// Where it cannot be written.
pub fn list(output: &Output) -> Result<Outcome, Usage> {
    let all: Vec<&Quirk> = Quirk::all().iter().collect();
    let width = view::plain(output).width;
    output.write(|| quirks::list(&all, width), || quirks::list_json(&all))?;
    Ok(Outcome::Done)
}
