//! `helloscope diagnose HOST[:PORT]`: why is this hello rejected?

use std::net::SocketAddr;
use std::time::Instant;

use crate::cli::output::{Output, Progress};
use crate::cli::target::{TargetArguments, host};
use crate::cli::{Outcome, Usage, demo};
use crate::diagnose::{Control, Diagnosis, Evidence, Options, Subject, Verdict, diagnose};
use crate::hello::HelloSpec;
use crate::hello::edits::Edits;
use crate::hello::framing::Framing;
use crate::net::Server;
use crate::report::{diagnosis, diagnosis_json};
use crate::transcript::{Kind, Reaction, Step};
use clap::Args;

/// Why is this hello rejected?
#[derive(Args)]
pub struct Diagnose {
    /// The host, and the port where it is not 443.
    #[arg(value_name = "HOST[:PORT]", required_unless_present = "demo")]
    host: Option<String>,
    #[command(flatten)]
    target: TargetArguments,
    /// A hello that is known to pass, named as for --hello.
    #[arg(long, value_name = "SPEC")]
    control: Option<String>,
    /// Connections at the most.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 200,
        value_parser = clap::value_parser!(u32).range(1..),
    )]
    max_connections: u32,
    /// Show every connection that was made.
    #[arg(long)]
    probes: bool,
    /// Tell the story of this project, or show one quirk of the catalogue, on a server of the lab
    /// in this process: no network, no file, no other program.
    #[arg(
        long,
        value_name = "QUIRK",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with_all = ["host", "control"],
    )]
    demo: Option<Option<String>>,
}

impl Diagnose {
    /// Runs the command.
    ///
    /// # Errors
    /// Where an argument is wrong.
    pub fn run(&self, output: &Output) -> Result<Outcome, Usage> {
        if let Some(quirk) = &self.demo {
            return demo::run(quirk.as_deref(), output);
        }
        let host = host(self.host.as_deref().unwrap_or_default())?;
        let spec =
            self.target.named(("--hello", &self.target.hello), Edits::default(), &host, output)?;
        if spec.framing == Framing::Dtls {
            let what = "a diagnosis goes over TCP; connect sends datagrams";
            return Err(Usage::new(format_args!("--hello {}", self.target.hello), what));
        }
        let named = self.control.as_deref().map(|name| {
            let spec = self.target.named(("--control", name), Edits::default(), &host, output)?;
            Ok(Control { what: format!("the control, {name}"), spec })
        });
        let options = Options {
            control: named.transpose()?,
            server_name: self.target.server_name(&host).map(str::to_owned),
            max_connections: usize::try_from(self.max_connections).unwrap_or(usize::MAX),
        };
        let timeout = self.target.timeout()?;
        let addresses = self.target.addresses(&host)?;
        let sockets = self.target.sockets.checked(&addresses, spec.framing)?;
        let reach = |address| Server::new(address, timeout).with(sockets);
        let hello = &self.target.hello;
        let found = at_first_reached(&addresses, hello, &spec, reach, &options, output);
        let text = diagnosis::Options {
            host: &host.to_string(),
            reached_with: &self.target.reached_with(),
            all_probes: self.probes || output.verbose,
        };
        output.write(
            || diagnosis::text(&found, &text),
            || diagnosis_json::json(&found, &host.name, host.port),
        )?;
        Ok(outcome(found.verdict))
    }
}

/// Diagnoses at the first address to which there is a connection.
pub fn at_first_reached(
    addresses: &[SocketAddr],
    name: &str,
    spec: &HelloSpec,
    reach: impl Fn(SocketAddr) -> Server,
    options: &Options,
    output: &Output,
) -> Diagnosis {
    let begun = Instant::now();
    let mut progress = Progress::new(output);
    let mut last = None;
    for &address in addresses {
        let subject = Subject { name: name.to_owned(), spec: spec.clone(), address: Some(address) };
        let mut server = reach(address);
        let found = diagnose(&mut server, subject, options, &mut |what| progress.say(what));
        let reached = found.verdict != Verdict::Unreachable;
        last = Some(found);
        if reached {
            break;
        }
    }
    progress.clear();
    let found = last.unwrap_or_else(|| no_address(name, spec));
    Diagnosis { elapsed: begun.elapsed().as_secs_f64(), ..found }
}

/// A name without an address.
fn no_address(name: &str, spec: &HelloSpec) -> Diagnosis {
    Diagnosis {
        subject: Subject { name: name.to_owned(), spec: spec.clone(), address: None },
        reaction: Reaction { kind: Kind::Dns, step: Step::Connect },
        seconds: 0.0,
        verdict: Verdict::Unreachable,
        cause: None,
        remedy: None,
        confirmed: crate::diagnose::Confirmed::default(),
        known_as: Vec::new(),
        evidence: Vec::<Evidence>::new(),
        notes: Vec::new(),
        connections: 0,
        elapsed: 0.0,
    }
}

fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Accepted => Outcome::Done,
        Verdict::Unreachable => Outcome::Unreachable,
        Verdict::Undetermined | Verdict::Unstable => Outcome::Undetermined,
        _ => Outcome::Rejected,
    }
}
