//! The command line: a file a command. Each parses its arguments, calls one thing, renders, and
//! chooses the exit code.

mod connect;
mod demo;
mod diagnose;
mod dissect;
mod explain;
mod hello;
mod hello_record;
mod interrupt;
mod lab;
mod output;
mod rules;
mod sending;
mod target;
mod view;

use std::ffi::OsString;
use std::fmt;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use crate::hello::edits::Edits;
use crate::report::style::{FAULT, paint};
use output::{Format, Output};

/// Why does this TLS server reject this ClientHello?
///
/// Exit codes: 0 accepted, or done; 1 the server rejected the hello, or a cause was found; 2 the
/// command line or an input is wrong; 3 the server was not reached; 4 undetermined, or stopped before
/// it was known; 130 ended by a second ctrl-C.
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
    Explain(explain::Explain),
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
    /// What is wrong with something that the user gave. It stays one line, whatever was given.
    pub fn new(subject: impl fmt::Display, what: impl fmt::Display) -> Usage {
        Usage(one_line(&format!("{subject}: {what}")))
    }
}

/// Characters of a word in an error, as of a value that was given, and of all of it: what is more
/// is left out in the middle.
const LONGEST_WORD: usize = 240;
const LONGEST_LINE: usize = 1600;

/// An error or a note as it is printed: on one line, that somebody can read.
fn one_line(error: &str) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    let line: String = error.chars().map(shown).collect();
    let words: Vec<String> = line.split(' ').map(|word| shortened(word, LONGEST_WORD)).collect();
    shortened(&words.join(" "), LONGEST_LINE)
}

/// A text of more than so many characters by its beginning and its end.
fn shortened(text: &str, most: usize) -> String {
    let (length, end) = (text.chars().count(), most / 4);
    if length <= most {
        return text.to_owned();
    }
    let first: String = text.chars().take(most - end).collect();
    let last: String = text.chars().skip(length - end).collect();
    format!("{first}… {} characters …{last}", length - most)
}

/// Runs the program with the arguments of its process.
pub fn main() -> ExitCode {
    let Arguments { output, command } = match Arguments::try_parse_from(arguments()) {
        Ok(arguments) => arguments,
        Err(error) => return misparsed(&error),
    };
    let outcome = match command {
        command if output.format() == Format::Html && !matches!(command, Command::Diagnose(_)) => {
            Err(Usage::new(
                "--format html",
                "only diagnose makes a page; text, json and ndjson are for all",
            ))
        }
        Command::Connect(command) => command.run(&output),
        Command::Diagnose(command) => command.run(&output),
        Command::Dissect(command) => command.run(&output),
        Command::Explain(command) => command.run(&output),
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

/// The arguments of this process. An edit that takes something out begins like a flag, and is none:
/// `hello edit SPEC -extensions.padding`.
fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let place = |word: &str| arguments.iter().position(|argument| argument == word);
    let edit = place("hello").zip(place("edit")).filter(|(hello, edit)| hello + 1 == *edit);
    let Some((_, edit)) = edit else { return arguments };
    let mut is_value = false;
    let edits = arguments.iter_mut().skip(edit + 1);
    for argument in edits.take_while(|argument| **argument != *"--") {
        let text = argument.to_str().unwrap_or_default();
        let begins = text.len() > 2 && text.starts_with('-') && !text.starts_with("--");
        // One that is misspelt is answered as an edit; `-o` may have a file right behind it.
        let looks = (text.contains('.') || text.len() > 4) && !text.starts_with("-o");
        let is_edit = !is_value && begins && (looks || Edits::parse(text).is_ok());
        is_value = ["-e", "--edit", "--edits", "-o", "--output"].contains(&text);
        if is_edit {
            *argument = format!("--edit={text}").into();
        }
    }
    arguments
}

/// What clap has to say: the help as it is, and an error on one line as all our errors are.
fn misparsed(error: &clap::Error) -> ExitCode {
    let help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if help || !error.use_stderr() {
        let _ = error.print();
    } else {
        anstream::eprintln!("{} {}", paint(FAULT, "error:"), in_one_line(&error.to_string()));
    }
    u8::try_from(error.exit_code()).unwrap_or(2).into()
}

/// An error of clap's without the heading, and in the place of its last lines the usage.
fn in_one_line(text: &str) -> String {
    let mut out = String::new();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    for line in lines.take_while(|line| !line.starts_with("For more information")) {
        match line.strip_prefix("Usage: ") {
            Some(usage) => out.push_str(&format!(" (usage: {usage})")),
            None if line.starts_with("tip: ") => out.push_str(&format!("; {line}")),
            None if out.is_empty() => out.push_str(line.strip_prefix("error: ").unwrap_or(line)),
            None => out.push_str(&format!(" {line}")),
        }
    }
    one_line(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_that_can_be_read_whatever_was_given() {
        let digits = "0".repeat(100_000);
        let Usage(told) = Usage::new("EDIT", format_args!("\"+x={digits}y\": no\nsuch"));
        let zeros = |count| "0".repeat(count);
        let value = format!("\"+x={}… 99767 characters …{}y\":", zeros(176), zeros(57));
        assert_eq!(told, format!("EDIT: {value} no\\nsuch"));
        let Usage(told) = Usage::new("EDIT", "ab ".repeat(100_000));
        assert!(told.starts_with("EDIT: ab ab ") && told.contains("… 298406 characters …"));
        let short = "one of a hundred letters and four, ".repeat(40);
        assert_eq!(Usage::new("a", &short).0, format!("a: {short}"));
    }
}
