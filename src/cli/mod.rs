//! The command line: a file a command. Each parses its arguments, calls one thing, renders, and
//! chooses the exit code.

mod connect;
mod diagnose;
mod dissect;
mod hello;
mod lab;
mod output;
mod target;

use std::fmt;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use output::Output;

/// Why does this TLS server reject this ClientHello?
///
/// Exit codes: 0 accepted, or done; 1 the server rejected the hello, or a cause was found; 2 the
/// command line or an input is wrong; 3 the server was not reached; 4 undetermined.
#[derive(Parser)]
#[command(name = "helloscope", version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Connect(connect::Connect),
    Diagnose(diagnose::Diagnose),
    Dissect(dissect::Dissect),
    Hello(hello::Hello),
    Lab(lab::Lab),
}

/// How a command ended that did what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted, or done.
    Done,
    /// The server rejected the hello, or a cause was found.
    Rejected,
    /// The server was not reached.
    Unreachable,
    /// Nothing was found out.
    Undetermined,
}

impl Outcome {
    fn code(self) -> u8 {
        match self {
            Outcome::Done => 0,
            Outcome::Rejected => 1,
            Outcome::Unreachable => 3,
            Outcome::Undetermined => 4,
        }
    }
}

/// A wrong argument or input: one line that names it, the place, and what is possible.
#[derive(Debug)]
pub struct Usage(pub String);

impl Usage {
    /// What is wrong with something that the user gave.
    pub fn new(subject: impl fmt::Display, what: impl fmt::Display) -> Usage {
        Usage(format!("{subject}: {what}"))
    }
}

/// Runs the program with the arguments of its process.
pub fn main() -> ExitCode {
    let Arguments { output, command } = Arguments::parse();
    let outcome = match command {
        Command::Connect(command) => command.run(&output),
        Command::Diagnose(command) => command.run(&output),
        Command::Dissect(command) => command.run(&output),
        Command::Hello(command) => command.run(&output),
        Command::Lab(command) => command.run(&output),
    };
    match outcome {
        Ok(outcome) => outcome.code().into(),
        Err(Usage(what)) => {
            // Where even this cannot be written, nothing is left to say.
            let _ = output.complain(&what);
            ExitCode::from(2)
        }
    }
}
