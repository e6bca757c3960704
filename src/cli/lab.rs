//! `helloscope lab`: a server with known quirks, on this machine.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use crate::cli::explain;
use crate::cli::output::Output;
use crate::cli::rules::RuleArguments;
use crate::cli::{Outcome, Usage};
use crate::lab::{Served, Server, Service};
use crate::net::{Family, Host};
use crate::report::lab::{Listening, NamedRule, served};

/// A server that goes wrong as known ones do, or as you say: a test bed for clients.
///
/// Says in one line where it listens, and serves until it is ended; with -v it says on standard
/// error in a line a connection what became of it. What no rule strikes it answers itself, by the
/// first flight of TLS 1.2 or before; with --upstream it passes it on.
#[derive(Args)]
pub struct Lab {
    #[command(flatten)]
    rules: RuleArguments,
    /// Draw luck (--rate) and garbage from this seed: the same for each client in turn.
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
    /// A real server that gets whatever no rule strikes, byte by byte, and answers it.
    #[arg(long, value_name = "HOST:PORT")]
    upstream: Option<String>,
    /// Where it listens; port 0 is any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: String,
    /// What it speaks.
    #[arg(long, value_enum, default_value_t = Speaks::Tls, value_name = "WHAT")]
    service: Speaks,
    /// Only list the quirks that there are.
    #[arg(long)]
    list: bool,
}

/// What a server of the lab speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Speaks {
    /// TLS, up to the end of its first flight.
    Tls,
    /// HTTP in clear.
    Http,
    /// SMTP in clear.
    Smtp,
}

impl Speaks {
    fn word(self) -> &'static str {
        match self {
            Speaks::Tls => "tls",
            Speaks::Http => "http",
            Speaks::Smtp => "smtp",
        }
    }
}

impl Lab {
    /// Runs the command.
    ///
    /// # Errors
    /// Where an argument is wrong, or the system does not let it listen there.
    pub fn run(&self, output: &Output) -> Result<Outcome, Usage> {
        if self.list {
            return explain::list(output);
        }
        let rules = self.rules()?;
        let server = self.start(&rules, output)?;
        let listening = Listening {
            address: server.address(),
            service: self.service.word(),
            rules: &rules,
            upstream: self.upstream.as_deref(),
        };
        output.write(|| listening.text(), || listening.json())?;
        server.wait();
        Ok(Outcome::Done)
    }

    fn rules(&self) -> Result<Vec<NamedRule>, Usage> {
        if self.service != Speaks::Tls {
            let service = self.service.word();
            if let Some(rule) = self.rules.first() {
                let what = format!("only TLS has quirks, and --service is {service}");
                return Err(Usage::new(rule, what));
            }
            if let Some(host) = &self.upstream {
                let what = format!("only TLS is passed on, and --service is {service}");
                return Err(Usage::new(format_args!("--upstream {host}"), what));
            }
        }
        self.rules.rules()
    }

    fn service(&self, rules: &[NamedRule]) -> Result<Service, Usage> {
        let service = match (self.service, &self.upstream) {
            (Speaks::Http, _) => Service::http(),
            (Speaks::Smtp, _) => Service::smtp(),
            (Speaks::Tls, None) => Service::healthy(),
            (Speaks::Tls, Some(text)) => {
                let wrong = |what: String| Usage::new(format_args!("--upstream {text}"), what);
                let host = Host::parse_with_port(text).map_err(|error| wrong(error.to_string()))?;
                let addresses = host.addresses(Family::Any);
                if addresses.is_empty() {
                    return Err(wrong("this name has no address".to_owned()));
                }
                Service::before(addresses)
            }
        };
        let service = match &self.seed {
            Some(seed) => service.seeded(seed),
            None => service,
        };
        let with =
            |service: Service, rule: &NamedRule| service.with_at(rule.rule.clone(), rule.rate);
        Ok(rules.iter().fold(service, with))
    }

    fn start(&self, rules: &[NamedRule], output: &Output) -> Result<Server, Usage> {
        let wrong = |what: String| Usage::new(format_args!("--listen {}", self.listen), what);
        let listen = self.listen.parse::<SocketAddr>().map_err(|_| {
            wrong("ADDRESS:PORT belongs there, as in 127.0.0.1:0 or [::1]:4433".to_owned())
        })?;
        let service = self.service(rules)?;
        let (rules, output) = (rules.to_owned(), output.clone());
        let watch = move |connection: &Served<'_>| {
            // Who cannot see it does not miss it.
            let _ = output.log(|| served(connection, &rules));
        };
        Server::start_watched(listen, service, watch).map_err(|error| wrong(error.to_string()))
    }
}
