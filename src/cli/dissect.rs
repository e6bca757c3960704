//! `helloscope dissect FILE|-`: what is in these bytes?

use std::fs;
use std::io::{self, Read};

use clap::Args;

use crate::capture;
use crate::cli::output::Output;
use crate::cli::view::ViewArguments;
use crate::cli::{Outcome, Usage};
use crate::report::json;
use crate::wire::limits::INPUT;

/// What is in these bytes?
///
/// Reads raw records, a hex dump, an `openssl s_client -msg` log, or a certificate, a key or the
/// like in DER, PEM or base64; which it is, the bytes tell.
#[derive(Args)]
pub struct Dissect {
    /// The file; `-` for standard input.
    file: String,
    /// Only a line a message.
    #[arg(long)]
    brief: bool,
    /// With JSON: every field of every message.
    #[arg(long)]
    tree: bool,
    #[command(flatten)]
    view: ViewArguments,
}

impl Dissect {
    /// Runs the command.
    ///
    /// # Errors
    /// Where the input cannot be read, or is in no known form.
    pub fn run(&self, output: &Output) -> Result<Outcome, Usage> {
        let input = read(&self.file).map_err(|error| Usage::new(&self.file, error))?;
        let mut transcript =
            capture::read(&self.file, &input).map_err(|error| Usage::new(&self.file, error))?;
        self.view.judge(&mut transcript);
        let view = self.view.checked(output, &transcript)?;
        output.write(
            || view.text(&transcript, !self.brief),
            || json::transcript(&transcript, self.tree, self.view.second_opinion),
        )?;
        Ok(Outcome::Done)
    }
}

/// Reads a file, or standard input, and a little more than is taken, so that too much is noticed.
fn read(name: &str) -> io::Result<Vec<u8>> {
    let limit = INPUT as u64 + 1;
    let mut input = Vec::new();
    if name == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut input)?;
    } else {
        fs::File::open(name)?.take(limit).read_to_end(&mut input)?;
    }
    Ok(input)
}
