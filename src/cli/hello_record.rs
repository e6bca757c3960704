//! `helloscope hello record`: the hello that a client sends, caught as it sends it.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::eprintln;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::output::Output;
use crate::cli::target::seconds;
use crate::cli::{Outcome, Usage, view};
use crate::hello::spec::HelloSpec;
use crate::net::record::{Answer, End, Failure, Order, Recording, Session, Step, record};
use crate::net::starttls::Protocol;
use crate::report::recording::{self, Shown};
use crate::report::style::{DIM, STRONG, paint};
use crate::wire::text::hex;

/// The hello that a client sends.
///
/// Listens, takes what the first client sends before it is answered, its hello and what may come
/// behind that, and says what is in it. It is answered once it has been quiet for 200 ms behind its
/// hello, or behind a record that it had begun; what it sends later is not kept. With --answer none
/// all is, until it gives up (over UDP, where nobody can see that, as far as it comes within 200 ms).
/// With -o FILE.toml, .json, .bin or .hex, and no other, the hello itself goes into the file, ready
/// for --hello, and what is said of it still goes to standard output; of several hellos, all but the
/// first have their number in the file's name. With --format json there is one object a hello.
#[derive(Args)]
#[command(after_help = "\
Examples:
  helloscope hello record --exec 'curl https://{addr}/' -o curl.toml
  helloscope hello record --exec 'curl --connect-to ::{addr} https://shop.example/' -o curl.toml
  helloscope hello record --starttls smtp --exec 'curl --ssl-reqd smtp://{addr}/' -o mail.toml")]
pub struct Record {
    /// Where to listen, an address of this machine or a name for it; port 0 is any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: String,
    /// Start the client with this command, in a shell; {addr} stands for host and port to connect
    /// to, {host} and {port} for each. What it writes goes to standard error. It is ended once its
    /// hello is there.
    #[arg(long, value_name = "COMMAND")]
    exec: Option<String>,
    /// Speak this protocol until the client asks for TLS.
    #[arg(long, value_name = "PROTOCOL", value_parser = protocols(), conflicts_with = "dtls")]
    starttls: Option<Protocol>,
    /// Take DTLS, over UDP.
    #[arg(long)]
    dtls: bool,
    /// What the client gets: an alert's name or number (`alert` is handshake_failure), close, or
    /// none to say nothing until it gives up.
    #[arg(long, value_name = "WHAT", default_value = "alert")]
    answer: String,
    /// How many hellos to take: browsers open several connections.
    #[arg(long, value_name = "NUMBER", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    count: u16,
    /// Seconds to wait for clients. Each has as long for its hello and for a record behind it that it
    /// has begun, but 10 at most.
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    timeout: String,
}

fn protocols() -> impl TypedValueParser<Value = Protocol> {
    let names = PossibleValuesParser::new(Protocol::ALL.map(|(name, _)| name));
    names.try_map(|name| Protocol::parse(&name).ok_or("there is no such protocol"))
}

impl Record {
    /// Runs the command.
    ///
    /// # Errors
    /// Where an argument is wrong, or a file cannot be written.
    pub fn run(&self, output: &Output) -> Result<Outcome, Usage> {
        let order = self.order()?;
        // A client comes once: that its hello can be kept is sure before.
        let file = output.file().map(|path| Ok((path, kept_in(path)?))).transpose()?;
        let told = &mut |step: Step| {
            if !output.quiet {
                self.tell(step);
            }
        };
        let session = record(&order, told).map_err(|failure| match failure {
            Failure::Listen(error) if error.kind() == ErrorKind::AddrNotAvailable => {
                let what = "this machine has no such address; 127.0.0.1:0 or 0.0.0.0:0 is one";
                Usage::new(format_args!("--listen {}", self.listen), what)
            }
            Failure::Listen(error) => Usage::new(format_args!("--listen {}", self.listen), error),
            Failure::Program(error) => Usage::new("--exec", error),
        })?;
        if session.recordings.is_empty() {
            // Where even this cannot be written, nothing is left to say.
            let _ = output.complain(&self.nothing(&session));
            return Ok(Outcome::Unreachable);
        }
        let output = output.to_standard_output();
        let mut shown = Vec::new();
        for (index, recording) in session.recordings.iter().enumerate() {
            let spec = recording.caught.spec();
            let saved = file.map(|(path, form)| {
                let path = numbered(path, index);
                save(&path, form, recording, spec.as_ref().ok())
            });
            // An earlier hello is in the file where this one could not go.
            let earlier = file.map(|(path, _)| numbered(path, index));
            let earlier = earlier.filter(|path| spec.is_err() && path.is_file());
            let saved = saved.transpose()?;
            let earlier = earlier.map(|path| path.display().to_string());
            let earlier = earlier.filter(|earlier| Some(earlier) != saved.as_ref());
            shown.push(Shown { recording, spec, saved, earlier });
        }
        let whole = session.recordings.iter().all(|one| one.caught.end == End::Whole);
        let width = view::plain(&output).width;
        output.write_each(
            |out| write!(out, "{}", recording::text(&shown, width)),
            || shown.iter().map(recording::json),
        )?;
        Ok(if whole { Outcome::Done } else { Outcome::Rejected })
    }

    fn order(&self) -> Result<Order, Usage> {
        let listen = addresses(&self.listen)
            .map_err(|what| Usage::new(format_args!("--listen {}", self.listen), what))?;
        let any_port = listen.iter().all(|address| address.port() == 0);
        let answer = Answer::parse(&self.answer).ok_or_else(|| {
            let what = "an alert belongs there, as in handshake_failure or 40, or close, or none";
            Usage::new(format_args!("--answer {}", self.answer), what)
        })?;
        let timeout: Duration = seconds("--timeout", &self.timeout)?;
        if let Some(command) = self.exec.as_deref().filter(|_| any_port) {
            if !command.contains("{addr}") && !command.contains("{port}") {
                let what = "it says neither {addr} nor {port}, so that the client cannot know \
                            where to connect";
                return Err(Usage::new(format_args!("--exec {command:?}"), what));
            }
        }
        Ok(Order {
            listen,
            datagrams: self.dtls,
            starttls: self.starttls,
            answer,
            count: self.count.into(),
            timeout,
            program: self.exec.clone(),
        })
    }

    /// A line on what is done.
    fn tell(&self, step: Step) {
        match step {
            Step::Listening(address) => {
                let what = match (self.starttls, self.dtls) {
                    (Some(protocol), _) => format!("{} and TLS behind it", protocol.name()),
                    (None, true) => "DTLS".to_owned(),
                    (None, false) => "TLS".to_owned(),
                };
                let address = paint(STRONG, address);
                eprintln!("  listening on {address} for {what}");
            }
            Step::Connected(peer) => {
                eprintln!("{}", paint(DIM, format_args!("  {peer} connected")))
            }
        }
    }

    /// Why there is no recording.
    fn nothing(&self, session: &Session) -> String {
        let address = session.address;
        let who = match (&session.program, session.silent) {
            (Some(status), 0) => format!("the client ended ({status}) and did not connect"),
            (Some(status), _) => format!("the client connected, said nothing and ended ({status})"),
            (None, 0) => {
                format!("no client connected to {address} in {} seconds", self.timeout)
            }
            (None, 1) => "a client connected and said nothing".to_owned(),
            (None, silent) => format!("{silent} clients connected and said nothing"),
        };
        let waits = session.silent > 0 && self.starttls.is_none();
        let help = match waits {
            true => "; one of a protocol with STARTTLS waits for the server's word: --starttls",
            false => "",
        };
        format!("no hello: {who}{help}")
    }
}

/// Where to listen: an address, or those of a name, each with its port.
fn addresses(listen: &str) -> Result<Vec<SocketAddr>, String> {
    if let Ok(address) = listen.parse() {
        return Ok(vec![address]);
    }
    // An address of IPv6 without brackets has no end.
    let parts = listen.rsplit_once(':').filter(|(host, _)| !host.contains(':') && !host.is_empty());
    let parts = parts.and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
    let (host, port) =
        parts.ok_or("ADDRESS:PORT belongs there, as in 127.0.0.1:0, localhost:0 or [::1]:4433")?;
    let found = (host, port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
    found.ok().filter(|found| !found.is_empty()).ok_or_else(|| {
        format!("{host} is no name that is known here; an address does, as in 127.0.0.1:{port}")
    })
}

/// The form in which a file keeps a hello, which can be written.
fn kept_in(path: &Path) -> Result<Form, Usage> {
    let broken =
        |what: &dyn std::fmt::Display| Usage::new(format_args!("-o {}", path.display()), what);
    let form = Form::of(path).ok_or_else(|| {
        broken(&"the hello goes into a file whose name ends in .toml, .json, .bin or .hex")
    })?;
    let file = std::fs::symlink_metadata(path);
    let checked = match file {
        // One that is there stays as it is until there is a hello. A pipe would wait for a reader.
        Ok(_) if path.is_file() => OpenOptions::new().append(true).open(path).map(drop),
        Ok(_) if path.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(_) => Ok(()),
        Err(_) => {
            let made = OpenOptions::new().write(true).create_new(true).open(path).map(drop);
            made.and_then(|()| std::fs::remove_file(path))
        }
    };
    checked.map_err(|error| broken(&error))?;
    Ok(form)
}

/// In which form a hello goes into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Toml,
    Json,
    Bytes,
    Hex,
}

impl Form {
    /// The form that a file's name asks for.
    fn of(path: &Path) -> Option<Form> {
        match path.extension()?.to_str()? {
            "toml" => Some(Form::Toml),
            "json" => Some(Form::Json),
            "bin" => Some(Form::Bytes),
            "hex" => Some(Form::Hex),
            _ => None,
        }
    }
}

/// A file's name for the first hello, and with a number for those that follow: `mine.toml`,
/// `mine-2.toml`.
fn numbered(path: &Path, index: usize) -> PathBuf {
    if index == 0 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{}", index + 1));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Writes a hello into a file. Where it cannot be said in a spec, its bytes go into one beside it, and
/// what the file has of an earlier hello stays.
fn save(
    path: &Path,
    form: Form,
    recording: &Recording,
    spec: Option<&HelloSpec>,
) -> Result<String, Usage> {
    let bytes = &recording.caught.bytes;
    let broken = |what: String| Usage::new(format_args!("-o {}", path.display()), what);
    let (path, content) = match (form, spec) {
        (Form::Hex, _) => (path.to_owned(), format!("{}\n", hex(bytes)).into_bytes()),
        (Form::Bytes, _) => (path.to_owned(), bytes.clone()),
        (Form::Toml | Form::Json, None) => (path.with_extension("bin"), bytes.clone()),
        (Form::Toml, Some(spec)) => {
            let text = toml::to_string_pretty(spec).map_err(|error| broken(error.to_string()))?;
            (path.to_owned(), text.into_bytes())
        }
        (Form::Json, Some(spec)) => {
            let mut text =
                serde_json::to_vec_pretty(spec).map_err(|error| broken(error.to_string()))?;
            text.push(b'\n');
            (path.to_owned(), text)
        }
    };
    std::fs::write(&path, content).map_err(|error| broken(error.to_string()))?;
    Ok(path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hello_has_a_file_of_its_own() {
        let name = |path: &str, index| numbered(Path::new(path), index);
        assert_eq!(name("a/mine.toml", 0), Path::new("a/mine.toml"));
        assert_eq!(name("a/mine.toml", 1), Path::new("a/mine-2.toml"));
        assert_eq!(name("mine.v1.bin", 2), Path::new("mine.v1-3.bin"));
    }

    #[test]
    fn the_end_of_a_files_name_says_the_form() {
        assert_eq!(Form::of(Path::new("mine.toml")), Some(Form::Toml));
        assert_eq!(Form::of(Path::new("mine.txt")), None);
        assert_eq!(Form::of(Path::new("mine")), None);
    }
}
