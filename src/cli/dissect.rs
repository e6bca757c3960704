//! `helloscope dissect FILE|-`: what is in these bytes?

use std::fs;
use std::io::{self, Read};

use clap::Args;

use crate::capture::{Connections, connections};
use crate::cli::output::{Format, Output};
use crate::cli::view::ViewArguments;
use crate::cli::{Outcome, Usage};
use crate::report::{json, transcript};
use crate::wire::limits::INPUT;
use crate::wire::packets;

/// What is in these bytes?
///
/// Reads raw records, a hex dump, a log of `openssl s_client -msg` or `-debug`, a certificate, a key
/// or the like in DER, PEM or base64, or captured packets (pcap, pcapng), of which every connection
/// with TLS or DTLS is shown, and FILE#N is the Nth of them; which it is, the bytes tell.
#[derive(Args)]
pub struct Dissect {
    /// The file; `-` for standard input. FILE#N is one connection of a capture.
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
        let (file, number) = packets::numbered(&self.file);
        let input = read(file).map_err(|error| Usage::new(file, error))?;
        let found = connections(file, &input, number).map_err(|error| Usage::new(file, error))?;
        let Connections { list, others, remarks } = found;
        let mut transcripts: Vec<_> = list.into_iter().map(|found| found.transcript).collect();
        transcripts.iter_mut().for_each(|transcript| self.view.judge(transcript));
        let view = self.view.checked(output, &transcripts)?;
        if output.format() != Format::Text {
            // What is said of the whole file is true of each connection in it.
            for transcript in &mut transcripts {
                transcript.remarks.extend(remarks.iter().cloned());
            }
        }
        output.write_each(
            |out| {
                for (index, transcript) in transcripts.iter().enumerate() {
                    if index > 0 {
                        writeln!(out)?;
                    }
                    view.write(transcript, !self.brief, out)?;
                }
                let others: Vec<String> = others.iter().map(ToString::to_string).collect();
                // Of a connection that was chosen, the others are not asked.
                let others = if number.is_some() { &[][..] } else { &others };
                write!(out, "{}", transcript::beside(others, &remarks, view.width()))
            },
            || {
                let (tree, opinion) = (self.tree, self.view.second_opinion);
                transcripts.iter().map(move |one| json::transcript(one, tree, opinion))
            },
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
