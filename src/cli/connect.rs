//! `helloscope connect HOST[:PORT]`: one hello out, the server's first flight back, explained.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use crate::cli::output::Output;
use crate::cli::sending::DatagramArguments;
use crate::cli::target::{TargetArguments, host};
use crate::cli::view::ViewArguments;
use crate::cli::{Outcome, Usage};
use crate::net::{Deadlines, Host, SocketOptions, exchange};
use crate::probe::{Observation, Path, Probe};
use crate::report::{json, transcript};
use crate::transcript::{Kind, Reaction, Source, Step, Transcript};

/// How long protected records are waited for once all else is known.
const LINGER: Duration = Duration::from_millis(100);

/// One hello out, the server's first flight back, explained.
#[derive(Args)]
pub struct Connect {
    /// The host, and the port where it is not 443.
    #[arg(value_name = "HOST[:PORT]")]
    host: String,
    #[command(flatten)]
    target: TargetArguments,
    #[command(flatten)]
    datagrams: DatagramArguments,
    /// Every record byte by byte.
    #[arg(long)]
    msg: bool,
    /// With JSON: every field of every message.
    #[arg(long)]
    tree: bool,
    #[command(flatten)]
    view: ViewArguments,
}

impl Connect {
    /// Runs the command.
    ///
    /// # Errors
    /// Where an argument is wrong.
    pub fn run(&self, output: &Output) -> Result<Outcome, Usage> {
        self.view.fits(output)?;
        let host = host(&self.host)?;
        let mut spec = self.target.hello(self.datagrams.edits(), &host, output)?;
        self.datagrams.cut(&mut spec)?;
        let timeout = self.target.timeout()?;
        let deadlines = Deadlines { connect: timeout, answer: timeout, linger: LINGER };
        let addresses = self.target.addresses(&host)?;
        let sockets = self.target.sockets.checked(&addresses, spec.framing)?;
        let observation = first_reached(&addresses, &Probe::of(&spec), deadlines, &sockets);
        let reaction = observation.reaction.clone();
        let mut transcript = shown(observation, &host);
        self.view.judge(&mut transcript);
        let reached = !reaction.unreachable();
        let shown = std::slice::from_ref(&transcript);
        let view = reached.then(|| self.view.checked(output, shown)).transpose()?;
        output.write_each(
            |out| match view {
                None => {
                    write!(out, "{}", transcript::unreachable(&host.to_string(), &reaction))
                }
                Some(view) => view.write(&transcript, self.msg, out),
            },
            || {
                let opinion = self.view.second_opinion;
                let shown = json::transcript(&transcript, self.tree, opinion);
                std::iter::once(shown.with_outcome(&reaction))
            },
        )?;
        Ok(match reaction {
            reaction if reaction.accepted() => Outcome::Done,
            reaction if reaction.unreachable() => Outcome::Unreachable,
            _ => Outcome::Rejected,
        })
    }
}

/// Tries one address after the other until there is a connection.
fn first_reached(
    addresses: &[SocketAddr],
    probe: &Probe,
    deadlines: Deadlines,
    sockets: &SocketOptions,
) -> Observation {
    let reaction = Reaction { kind: Kind::Dns, step: Step::Connect };
    let mut observation =
        Observation { reaction, seconds: 0.0, transcript: None, path: Path::default() };
    for &address in addresses {
        observation = exchange(address, probe, deadlines, sockets);
        if !observation.reaction.unreachable() {
            break;
        }
    }
    observation
}

/// What is shown of an observation; where there was no connection, nothing but the host.
fn shown(observation: Observation, host: &Host) -> Transcript {
    let source = Source { name: host.to_string(), form: "live" };
    match observation.transcript {
        Some(transcript) => Transcript { source, ..transcript },
        None => crate::transcript::Recorder::default().finish(source, None),
    }
}
