//! `helloscope lab`: a server with known quirks, on this machine.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use crate::cli::output::Output;
use crate::cli::{Outcome, Usage};
use crate::lab::{Server, Service};
use crate::quirks::Quirk;
use crate::report::quirks;

/// A server with known quirks: a demonstration without a network, and a test bed for clients.
///
/// Says in one line where it listens, and serves until it is ended.
#[derive(Args)]
pub struct Lab {
    /// What is wrong with it, by a quirk's id; may be given several times.
    #[arg(long = "quirk", value_name = "ID")]
    quirks: Vec<String>,
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
            let all = Quirk::all();
            output.write(|| quirks::list(all), || quirks::list_json(all))?;
            return Ok(Outcome::Done);
        }
        let quirks = self.quirks()?;
        let server = self.start(&quirks)?;
        let (address, service) = (server.address(), self.service.word());
        output.write(
            || quirks::listening(address, service, &quirks),
            || quirks::listening_json(address, service, &quirks),
        )?;
        server.wait();
        Ok(Outcome::Done)
    }

    fn quirks(&self) -> Result<Vec<&'static Quirk>, Usage> {
        if let (Speaks::Http | Speaks::Smtp, Some(id)) = (self.service, self.quirks.first()) {
            let what = format!("only TLS has quirks, and --service is {}", self.service.word());
            return Err(Usage::new(format_args!("--quirk {id}"), what));
        }
        let quirk = |id: &String| {
            Quirk::find(id).map_err(|error| Usage::new(format_args!("--quirk {id}"), error))
        };
        self.quirks.iter().map(quirk).collect()
    }

    fn start(&self, quirks: &[&Quirk]) -> Result<Server, Usage> {
        let wrong = |what: String| Usage::new(format_args!("--listen {}", self.listen), what);
        let listen = self.listen.parse::<SocketAddr>().map_err(|_| {
            wrong("ADDRESS:PORT belongs there, as in 127.0.0.1:0 or [::1]:4433".to_owned())
        })?;
        let service = match self.service {
            Speaks::Tls => {
                quirks.iter().fold(Service::healthy(), |service, quirk| service.with(*quirk))
            }
            Speaks::Http => Service::http(),
            Speaks::Smtp => Service::smtp(),
        };
        Server::start(listen, service).map_err(|error| wrong(error.to_string()))
    }
}
