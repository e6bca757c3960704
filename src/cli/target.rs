//! What `connect` and `diagnose` share: whom to reach, with which hello, and for how long to wait.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use crate::capture::first_hello;
use crate::cli::output::Output;
use crate::cli::sending::SocketArguments;
use crate::cli::{Usage, one_line};
use crate::hello::draw::Draw;
use crate::hello::edit::Edit;
use crate::hello::edited::Edited;
use crate::hello::edits::Edits;
use crate::hello::named::NamedHello;
use crate::hello::vocabulary::{Property, Scalar};
use crate::hello::{Facts, HelloSpec};
use crate::net::{Family, Host};
use crate::report::shell::quote;

/// The hello where none is asked for: small, of our time, and known to pass nearly everywhere.
pub const DEFAULT_HELLO: &str = "openssl-3.0.19-s_client";

/// Whom to reach, and how.
#[derive(Args)]
pub struct TargetArguments {
    /// The hello: a preset's name (`helloscope hello list`), FILE.toml, FILE.json,
    /// FILE.bin, FILE.hex or another file with one of these in it, FILE.pcap#N for the Nth connection
    /// of captured packets, `-` for standard input, or hex:DIGITS; and edits behind commas, as in
    /// openssl-1.0.1e,pad_to=512. Where what stands before a comma is a file only with what follows, it
    /// is that file.
    #[arg(long, value_name = "SPEC", default_value = DEFAULT_HELLO)]
    pub hello: String,
    /// The server name that the hello asks for, instead of the host's or one that it has of its own.
    #[arg(long, value_name = "NAME")]
    server_name: Option<String>,
    /// Connect to this address instead of the host's; several stand behind commas.
    #[arg(long, value_name = "ADDRESS:PORT", value_delimiter = ',')]
    connect_to: Vec<String>,
    /// Draw what is random in the hello from this seed: the same hello each time.
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
    /// Seconds to wait for the connection, and for each answer.
    #[arg(long, value_name = "SECONDS", default_value = "5")]
    timeout: String,
    /// Only IPv4.
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    ipv4: bool,
    /// Only IPv6.
    #[arg(short = '6', long)]
    ipv6: bool,
    #[command(flatten)]
    pub sockets: SocketArguments,
}

impl TargetArguments {
    /// The addresses of a host: none where its name has none.
    ///
    /// # Errors
    /// Where `--connect-to` is no address, or says no port.
    pub fn addresses(&self, host: &Host) -> Result<Vec<SocketAddr>, Usage> {
        let family = match (self.ipv4, self.ipv6) {
            (true, _) => Family::V4,
            (_, true) => Family::V6,
            _ => Family::Any,
        };
        let mut addresses = Vec::new();
        for text in &self.connect_to {
            let instead = Host::parse_with_port(text)
                .map_err(|error| Usage::new(format_args!("--connect-to {text}"), error))?;
            addresses.extend(instead.addresses(family));
        }
        if self.connect_to.is_empty() {
            addresses = host.addresses(family);
        }
        // Of a host with addresses of both families, those are meant that the source can reach.
        if let Some(source) = self.sockets.source() {
            let fits = |address: &SocketAddr| address.is_ipv4() == source.is_ipv4();
            if addresses.iter().any(fits) {
                addresses.retain(fits);
            }
        }
        Ok(addresses)
    }

    /// How long to wait.
    ///
    /// # Errors
    /// Where it is no time.
    pub fn timeout(&self) -> Result<Duration, Usage> {
        seconds("--timeout", &self.timeout)
    }

    /// Where what is random comes from.
    pub fn draw(&self) -> Draw {
        self.seed.as_deref().map_or_else(Draw::fresh, Draw::seeded)
    }

    /// The name that a hello asks for.
    pub fn server_name<'a>(&'a self, host: &'a Host) -> Option<&'a str> {
        self.server_name.as_deref().or(host.server_name())
    }

    /// The options with which a host is reached, as they are written behind a command; where it is
    /// one of several addresses, at this one.
    pub fn reached_with(&self, at: Option<SocketAddr>) -> String {
        let to = match at {
            Some(address) => address.to_string(),
            None => self.connect_to.join(","),
        };
        let address = (!to.is_empty()).then(|| format!(" --connect-to {}", quote(&to)));
        address.into_iter().chain([self.sockets.words()]).collect()
    }

    /// The option that asks for a name, as it is written behind a command.
    pub fn asked_for(&self) -> String {
        let option = |name: &String| format!(" --server-name {}", quote(name));
        self.server_name.as_ref().map(option).unwrap_or_default()
    }

    /// The hello that is asked for, with more edits, drawn for a host, and with the name that is asked
    /// for.
    ///
    /// # Errors
    /// Where there is none of this name.
    pub fn hello(&self, more: Edits, host: &Host, output: &Output) -> Result<HelloSpec, Usage> {
        let (named, mut edited) = self.named(("--hello", &self.hello), more, host)?;
        if let Some(asked) = &self.server_name {
            let wanted = Scalar::Text(asked.clone());
            // Also where the hello had no name, or is given to the byte.
            let facts = Facts::of(&edited.spec.flight(), &[]);
            if facts.property(Property::ServerName) != wanted {
                let also = named.also(&Edit::ServerName(asked.clone()), &mut edited);
                let option = format!("--server-name {asked}");
                also.map_err(|error| Usage::new(option, error))?;
            }
        }
        // That it is the hello, where nothing else is said, goes without saying.
        tell(None, &edited, output);
        Ok(edited.spec)
    }

    /// A hello that passes, by the option that names it, drawn for the same host; where it has a name of
    /// its own, with that, by which it may differ from the one that is asked for.
    ///
    /// # Errors
    /// Where there is none of this name.
    pub fn control(
        &self,
        (option, name): (&str, &str),
        host: &Host,
        output: &Output,
    ) -> Result<HelloSpec, Usage> {
        let (_, edited) = self.named((option, name), Edits::default(), host)?;
        tell(Some(option), &edited, output);
        Ok(edited.spec)
    }

    fn named(
        &self,
        (option, name): (&str, &str),
        more: Edits,
        host: &Host,
    ) -> Result<(NamedHello, Edited), Usage> {
        if self.server_name.as_deref() == Some("") {
            let subject = "--server-name";
            return Err(Usage::new(subject, "it is empty; -extensions.server_name sends none"));
        }
        let bad = |error: String| Usage::new(format_args!("{option} {name}"), error);
        let mut more = more;
        let named = NamedHello::found(name, &first_hello).and_then(|named| {
            // An option may ask for what the hello says already.
            let spec = named.recorded()?.spec;
            more.edits.retain(|edit| edit.changes(&spec));
            named.with(more)
        });
        let named = named.map_err(|error| bad(error.to_string()))?;
        let drawn = named.drawn(&mut self.draw(), self.server_name(host));
        let edited = drawn.map_err(|error| bad(error.to_string()))?;
        Ok((named, edited))
    }
}

/// Says what is to be told beside a hello; which one it is, where there are others.
pub fn tell(which: Option<&str>, edited: &Edited, output: &Output) {
    let which = which.map_or(String::new(), |which| format!("{which}: "));
    for note in edited.told() {
        // Who does not read it has the hello all the same.
        let _ = output.note(&one_line(&format!("{which}{note}")));
    }
}

/// Reads a time that is given for an option.
///
/// # Errors
/// Where it is no time.
pub fn seconds(option: &str, text: &str) -> Result<Duration, Usage> {
    let seconds = text.parse::<f64>().ok().filter(|&s| (0.01..=3600.0).contains(&s));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| {
        let what = "a number of seconds from 0.01 to 3600 belongs there";
        Usage::new(format_args!("{option} {text}"), what)
    })
}

/// Reads a host.
///
/// # Errors
/// Where it is none.
pub fn host(text: &str) -> Result<Host, Usage> {
    Host::parse(text).map_err(|error| Usage::new(text, error))
}
