//! `helloscope diagnose HOST[:PORT]`: why is this hello rejected?

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use crate::cli::output::{Output, Progress};
use crate::cli::target::{TargetArguments, host, seconds};
use crate::cli::{Outcome, Usage, demo, interrupt};
use crate::diagnose::{Control, Diagnosis, Evidence, Options, Subject, Verdict, diagnose};
use crate::hello::HelloSpec;
use crate::hello::edits::Edits;
use crate::hello::framing::Framing;
use crate::net::{Host, Limited, Server};
use crate::probe::Target;
use crate::report::addresses::Addresses;
use crate::report::page::{Page, Report};
use crate::report::shell::quote;
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
    /// Diagnose at each address of the host, not only at the first that is reached, and say where
    /// they agree. The limits are for each. The exit code is the worst: 1, else 4, else 3, else 0.
    #[arg(long)]
    all_addresses: bool,
    /// Connections at the most.
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 200,
        value_parser = clap::value_parser!(u32).range(1..),
    )]
    max_connections: u32,
    /// Seconds at the most: what is known by then is told, and the exit code is 4. Ctrl-C does the
    /// same at any time; a second one ends at once, with 130.
    #[arg(long, value_name = "SECONDS")]
    max_seconds: Option<String>,
    /// Name no property, but only the smallest difference to a hello that passes: by delta debugging
    /// alone, which assumes nothing and asks more.
    #[arg(long)]
    difference: bool,
    /// Show every connection that was made; a page (--format html) always does.
    #[arg(long)]
    probes: bool,
    /// Tell the story of this project, or show one quirk of the catalogue, on a server of the lab
    /// in this process: no network, no file, no other program.
    #[arg(
        long,
        value_name = "QUIRK",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with_all = [
            "host", "hello", "server_name", "connect_to", "seed", "timeout", "ipv4", "ipv6",
            "source", "ttl", "mss", "control", "all_addresses", "max_connections", "max_seconds",
            "difference", "probes",
        ],
    )]
    demo: Option<Option<String>>,
}

impl Diagnose {
    /// Runs the command.
    ///
    /// # Errors
    /// Where an argument is wrong.
    pub fn run(&self, output: &Output) -> Result<Outcome, Usage> {
        let output = &output.of_pages();
        if let Some(quirk) = &self.demo {
            return demo::run(quirk.as_deref(), output);
        }
        let host = host(self.host.as_deref().unwrap_or_default())?;
        let spec = self.target.hello(Edits::default(), &host, output)?;
        if spec.framing == Framing::Dtls {
            let what = "a diagnosis goes over TCP; connect sends datagrams";
            return Err(Usage::new(format_args!("--hello {}", self.target.hello), what));
        }
        let named = self.control.as_deref().map(|name| {
            let spec = self.target.control(("--control", name), &host, output)?;
            Ok(Control { what: format!("the control, {name}"), spec })
        });
        let options = Options {
            control: named.transpose()?,
            server_name: self.target.server_name(&host).map(str::to_owned),
            max_connections: usize::try_from(self.max_connections).unwrap_or(usize::MAX),
            explanations: !self.difference,
        };
        let timeout = self.target.timeout()?;
        let most = self.max_seconds.as_deref().map(|text| seconds("--max-seconds", text));
        let most = most.transpose()?;
        let addresses = self.target.addresses(&host)?;
        let sockets = self.target.sockets.checked(&addresses, spec.framing)?;
        let stop = interrupt::caught().map_err(|error| Usage::new("SIGINT", error))?;
        let until = || most.map(|most| Instant::now() + most);
        let reach = |address, until| {
            let server = Server::new(address, timeout).with(sockets);
            Limited::new(server, until, Arc::clone(&stop))
        };
        let search = Search { name: &self.target.hello, spec: &spec, options: &options, output };
        let shown = Shown { command: self, host: &host, output };
        if self.all_addresses {
            let found = search.at_each(&addresses, |address| reach(address, until()));
            return shown.all(&addresses, &found);
        }
        let until = until();
        let found = search.at_first_reached(&addresses, |address| reach(address, until));
        shown.one(&found)
    }
}

/// How what was found is shown.
struct Shown<'a> {
    command: &'a Diagnose,
    host: &'a Host,
    output: &'a Output,
}

impl Shown<'_> {
    fn one(&self, found: &Diagnosis) -> Result<Outcome, Usage> {
        let Host { name, port } = self.host;
        let host = self.host.to_string();
        let page = || {
            let reports = vec![self.report(found, None, &host)];
            Page { title: None, intro: Vec::new(), reports, addresses: None }.html()
        };
        self.output.write_page(
            page,
            || self.text(found, None),
            || diagnosis_json::json(found, name, *port),
        )?;
        Ok(outcome(found.verdict))
    }

    fn all(&self, addresses: &[SocketAddr], found: &[Diagnosis]) -> Result<Outcome, Usage> {
        let host = self.host.to_string();
        let untried = addresses.get(found.len()..).unwrap_or_default();
        let table = Addresses { host: &host, found, untried };
        let text = || {
            let each = found.iter().map(|one| self.text(one, one.subject.address) + "\n");
            each.chain([table.text()]).collect()
        };
        let page = || {
            let report = |one| self.report(one, one.subject.address, &host);
            let title = Some(format!("The addresses of {host}"));
            let reports = found.iter().map(report).collect();
            Page { title, intro: Vec::new(), reports, addresses: Some(table.clone()) }.html()
        };
        let json = || table.json(&self.host.name, self.host.port);
        self.output.write_page(page, text, json)?;
        let outcomes: Vec<Outcome> = found.iter().map(|one| outcome(one.verdict)).collect();
        let bad = [Outcome::Rejected, Outcome::Undetermined, Outcome::Unreachable];
        let worst = bad.into_iter().find(|bad| outcomes.contains(bad));
        Ok(match worst {
            None if !untried.is_empty() => Outcome::Undetermined,
            worst => worst.unwrap_or(Outcome::Done),
        })
    }

    fn report<'r>(
        &self,
        diagnosis: &'r Diagnosis,
        at: Option<SocketAddr>,
        host: &'r str,
    ) -> Report<'r> {
        let target = &self.command.target;
        let (reached_with, asked_for) = (target.reached_with(at), target.asked_for());
        let (quoted, hello) = (quote(host), quote(&diagnosis.subject.name));
        let asked_with =
            format!("helloscope diagnose {quoted} --hello {hello}{asked_for}{reached_with}");
        let options = diagnosis::Options { host, reached_with, asked_for, all_probes: true };
        Report { story: None, diagnosis, options, asked_with }
    }

    fn text(&self, found: &Diagnosis, at: Option<SocketAddr>) -> String {
        let options = diagnosis::Options {
            host: &self.host.to_string(),
            reached_with: self.command.target.reached_with(at),
            asked_for: self.command.target.asked_for(),
            all_probes: self.command.probes || self.output.verbose,
        };
        diagnosis::text(found, &options)
    }
}

/// The search for why a hello fails, with somebody watching.
pub struct Search<'a> {
    /// What the hello is called.
    pub name: &'a str,
    /// The hello.
    pub spec: &'a HelloSpec,
    /// What the search may use.
    pub options: &'a Options,
    /// Where its progress is shown.
    pub output: &'a Output,
}

impl Search<'_> {
    /// Diagnoses at the first address to which there is a connection.
    pub fn at_first_reached<T: Target>(
        &self,
        addresses: &[SocketAddr],
        reach: impl Fn(SocketAddr) -> T,
    ) -> Diagnosis {
        let begun = Instant::now();
        let mut last = None;
        for &address in addresses {
            let found = self.at(address, reach(address), "");
            let reached = found.verdict != Verdict::Unreachable;
            last = Some(found);
            if reached {
                break;
            }
        }
        let found = last.unwrap_or_else(|| no_address(self.name, self.spec));
        Diagnosis { elapsed: begun.elapsed().as_secs_f64(), ..found }
    }

    /// Diagnoses at each address, one after the other: at the first ones alone, where somebody
    /// stops it.
    pub fn at_each<T: Target>(
        &self,
        addresses: &[SocketAddr],
        reach: impl Fn(SocketAddr) -> T,
    ) -> Vec<Diagnosis> {
        let mut all = Vec::new();
        for &address in addresses {
            let server = reach(address);
            if server.over().is_some() {
                break;
            }
            let begun = Instant::now();
            let found = self.at(address, server, &format!("{address}: "));
            all.push(Diagnosis { elapsed: begun.elapsed().as_secs_f64(), ..found });
        }
        if addresses.is_empty() {
            all.push(no_address(self.name, self.spec));
        }
        all
    }

    /// Diagnoses at one address, whose progress is told behind such words.
    fn at(&self, address: SocketAddr, mut server: impl Target, whose: &str) -> Diagnosis {
        let (name, spec) = (self.name.to_owned(), self.spec.clone());
        let subject = Subject { name, spec, address: Some(address) };
        let mut progress = Progress::new(self.output);
        let mut say = |what: &str| progress.say(&format!("{whose}{what}"));
        let found = diagnose(&mut server, subject, self.options, &mut say);
        progress.clear();
        found
    }
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
        possible: Vec::new(),
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
