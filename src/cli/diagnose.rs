//! `helloscope diagnose HOST[:PORT]`: why is this hello rejected?

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use crate::cli::output::{Output, Progress};
use crate::cli::target::{TargetArguments, host};
use crate::cli::{Outcome, Usage};
use crate::diagnose::{Control, Diagnosis, Evidence, Options, Subject, Verdict, diagnose};
use crate::hello::HelloSpec;
use crate::hello::draw::Draw;
use crate::hello::preset::Preset;
use crate::lab::{Server as LabServer, Service};
use crate::net::{Host, Server};
use crate::quirks::Quirk;
use crate::report::style::{DIM, STRONG, paint};
use crate::report::{diagnosis, diagnosis_json};
use crate::transcript::{Kind, Reaction, Step};

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
    #[arg(long, value_name = "NUMBER", default_value_t = 200)]
    max_connections: usize,
    /// Show every connection that was made.
    #[arg(long)]
    probes: bool,
    /// Tell the story of this project, on a server of the lab in this process: no network, no
    /// file, no other program.
    #[arg(long, conflicts_with_all = ["host", "control"])]
    demo: bool,
}

impl Diagnose {
    /// Runs the command.
    ///
    /// # Errors
    /// Where an argument is wrong.
    pub fn run(&self, output: &Output) -> Result<Outcome, Usage> {
        if self.demo {
            return demo(output);
        }
        let host = host(self.host.as_deref().unwrap_or_default())?;
        let spec = self.target.named("--hello", &self.target.hello, &host)?;
        let named = self.control.as_deref().map(|name| {
            let spec = self.target.named("--control", name, &host)?;
            Ok(Control { what: format!("the control, {name}"), spec })
        });
        let options = Options {
            control: named.transpose()?,
            server_name: self.target.server_name(&host).map(str::to_owned),
            max_connections: self.max_connections,
        };
        let timeout = self.target.timeout()?;
        let addresses = self.target.addresses(&host)?;
        let hello = &self.target.hello;
        let found = at_first_reached(&addresses, hello, &spec, timeout, &options, output);
        let text = diagnosis::Options {
            host: &host.to_string(),
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
fn at_first_reached(
    addresses: &[SocketAddr],
    name: &str,
    spec: &HelloSpec,
    timeout: Duration,
    options: &Options,
    output: &Output,
) -> Diagnosis {
    let begun = Instant::now();
    let mut progress = Progress::new(output);
    let mut last = None;
    for &address in addresses {
        let subject = Subject { name: name.to_owned(), spec: spec.clone(), address: Some(address) };
        let mut server = Server::new(address, timeout);
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

/// A part of the demo: which peer, and which hello it rejects.
struct Scene {
    quirk: &'static str,
    hello: &'static str,
    story: &'static str,
}

const SCENES: [Scene; 2] = [
    Scene {
        quirk: "f5-256-511",
        hello: "openssl-1.0.1e",
        story: "Before the upgrade, with OpenSSL 1.0.1e: one peer has never answered.",
    },
    Scene {
        quirk: "padding-intolerance",
        hello: "openssl-1.0.1g",
        story: "After the upgrade, with OpenSSL 1.0.1g: that peer answers, and another fails.",
    },
];

/// How long the lab is waited for: it answers in less than a millisecond, or not at all.
const DEMO_TIMEOUT: Duration = Duration::from_millis(500);

/// The story of this project: a service moved from OpenSSL 1.0.1e to 1.0.1g, one of its peers
/// began to fail and another began to work.
fn demo(output: &Output) -> Result<Outcome, Usage> {
    let begun = Instant::now();
    let mut text = format!(
        "{}\n\nA service moves from OpenSSL 1.0.1e to 1.0.1g. One of its peers begins to fail, and\n\
         another begins to work. Both peers are played here, in this process, by servers\n\
         that speak raw TLS records; the hellos are recordings of the real libraries.\n",
        paint(STRONG, "Two peers and an upgrade"),
    );
    let mut objects = Vec::new();
    for scene in SCENES {
        let (shown, object) = play(&scene, output)?;
        text.push_str(&shown);
        objects.push(object);
    }
    let seconds = begun.elapsed().as_secs_f64();
    text.push_str(&format!(
        "\n{}\n",
        paint(DIM, format_args!("The whole demo took {seconds:.1} s."))
    ));
    output.write(|| text, || json!({"schema": "helloscope/demo/1", "diagnoses": objects}))?;
    Ok(Outcome::Done)
}

/// Starts a server with a quirk and lets a diagnosis find it.
fn play(scene: &Scene, output: &Output) -> Result<(String, serde_json::Value), Usage> {
    let failed = |error: &dyn std::fmt::Display| Usage::new("--demo", error);
    let quirk = Quirk::find(scene.quirk).map_err(|error| failed(&error))?;
    let preset = Preset::find(scene.hello).map_err(|error| failed(&error))?;
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let service = Service::healthy().with(quirk);
    let server = LabServer::start(loopback, service).map_err(|error| failed(&error))?;
    let address = server.address();
    let name = Some("shop.test.example");
    let spec = Draw::fresh().hello(&preset.spec, name);
    let options = Options { server_name: name.map(str::to_owned), ..Options::default() };
    let found = at_first_reached(&[address], scene.hello, &spec, DEMO_TIMEOUT, &options, output);
    let host = Host { name: address.ip().to_string(), port: address.port() };
    let shown = diagnosis::Options { host: &host.to_string(), all_probes: output.verbose };
    let text = format!(
        "\n{}\n{} helloscope diagnose {host} --hello {}\n\n{}",
        paint(STRONG, scene.story),
        paint(DIM, "$"),
        scene.hello,
        diagnosis::text(&found, &shown),
    );
    Ok((text, diagnosis_json::json(&found, &host.name, host.port)))
}
