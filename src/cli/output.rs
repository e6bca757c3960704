//! What all commands share: in which form results are written, where to, and in which colours.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use clap::{Args, ValueEnum};
use serde::Serialize;
use terminal_size::{Width, terminal_size_of};

use crate::cli::{Usage, one_line};
use crate::report::style::{DIM, FAULT, paint};
use crate::report::width::{DEFAULT, one_row};

/// Where and how results are written.
#[derive(Args, Clone, Debug)]
pub struct Output {
    /// The form of the result; without this the one by whose name FILE of -o ends, `.json`, `.ndjson` or,
    /// of `diagnose`, `.html`, and text elsewhere.
    #[arg(long, global = true, value_enum, value_name = "FORM")]
    format: Option<Format>,
    /// Write the result to a file instead of standard output.
    #[arg(short, long, global = true, value_name = "FILE")]
    output: Option<PathBuf>,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
    /// Say less: no progress on standard error.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: every byte of long fields.
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one object, indented.
    Json,
    /// For programs: one object a line.
    Ndjson,
    /// A page for a browser, which loads nothing: of `diagnose` alone.
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl Output {
    fn choice(&self) -> ColorChoice {
        match (self.color, &self.output) {
            (Color::Always, _) => ColorChoice::Always,
            (Color::Never, _) | (Color::Auto, Some(_)) => ColorChoice::Never,
            (Color::Auto, None) => ColorChoice::Auto,
        }
    }

    /// The form of the result: the one that was asked for, or that the file's name ends by.
    pub fn format(&self) -> Format {
        match self.format {
            Some(format) => format,
            None if self.is_called("json") => Format::Json,
            None if self.is_called("ndjson") => Format::Ndjson,
            None => Format::Text,
        }
    }

    /// The same for a command that makes pages: one is meant where the file is called so.
    pub fn of_pages(&self) -> Output {
        let is_page = self.is_called("html") || self.is_called("htm");
        let format = self.format.or(is_page.then_some(Format::Html));
        Output { format, ..self.clone() }
    }

    /// The same for a command that has a form of text for files that are called so.
    pub fn of_text(&self) -> Output {
        Output { format: Some(self.format.unwrap_or(Format::Text)), ..self.clone() }
    }

    /// Whether results go to a file whose name ends so.
    fn is_called(&self, ending: &str) -> bool {
        let own = self.file().and_then(Path::extension).map(OsStr::to_ascii_lowercase);
        own.is_some_and(|own| own == ending)
    }

    /// The file to which results go, where they go to one.
    pub fn file(&self) -> Option<&Path> {
        self.output.as_deref()
    }

    /// The same, but to standard output.
    pub fn to_standard_output(&self) -> Output {
        Output { output: None, ..self.clone() }
    }

    /// Whether a result is read on a terminal.
    pub fn to_terminal(&self) -> bool {
        self.output.is_none() && io::stdout().is_terminal()
    }

    /// Writes a result as the user wants it: the text, or the JSON, of which only one is made. The
    /// JSON is made while it is written.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write<J: Serialize>(
        &self,
        text: impl FnOnce() -> String,
        json: impl FnOnce() -> J,
    ) -> Result<(), Usage> {
        self.write_each(|out| out.write_all(text().as_bytes()), || std::iter::once_with(json))
    }

    /// The same for a command that also makes pages.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write_page<J: Serialize>(
        &self,
        page: impl FnOnce() -> String,
        text: impl FnOnce() -> String,
        json: impl FnOnce() -> J,
    ) -> Result<(), Usage> {
        match self.format() {
            Format::Html => self.write(page, json),
            _ => self.write(text, json),
        }
    }

    /// The same where the text is made while it is written, too, and the JSON is several objects, one
    /// behind the other.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write_each<J: Serialize, I: IntoIterator<Item = J>>(
        &self,
        text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
        jsons: impl FnOnce() -> I,
    ) -> Result<(), Usage> {
        match &self.output {
            Some(path) => {
                let error = |error| Usage::new(format_args!("-o {}", path.display()), error);
                let file = File::create(path).map_err(error)?;
                self.write_to(AutoStream::new(file, self.choice()), text, jsons).map_err(error)
            }
            // A reader that has seen enough (`| head`) is no error.
            None => {
                match self.write_to(AutoStream::new(io::stdout(), self.choice()), text, jsons) {
                    Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                        Err(Usage::new("standard output", error))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    fn write_to<J: Serialize, I: IntoIterator<Item = J>>(
        &self,
        out: impl Write,
        text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
        jsons: impl FnOnce() -> I,
    ) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        if matches!(self.format(), Format::Text | Format::Html) {
            text(&mut out)?;
            return out.flush();
        }
        for json in jsons() {
            match self.format() {
                Format::Ndjson => serde_json::to_writer(&mut out, &json)?,
                _ => serde_json::to_writer_pretty(&mut out, &json)?,
            }
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    /// Writes a piece of a text that is not whole yet, where somebody may be reading along. False
    /// where it has to wait until all is there.
    ///
    /// # Errors
    /// Where standard output cannot be written.
    pub fn write_at_once(&self, piece: &str) -> Result<bool, Usage> {
        let at_once = self.format() == Format::Text && self.output.is_none();
        if at_once {
            self.write_out(piece)?;
        }
        Ok(at_once)
    }

    fn write_out(&self, text: &str) -> Result<(), Usage> {
        let mut stdout = AutoStream::new(io::stdout(), self.choice());
        // A reader that has seen enough (`| head`) is no error.
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Usage::new("standard output", error))
            }
            _ => Ok(()),
        }
    }

    /// Writes what a person should know beside the result, on one line, to standard error, where
    /// it is wanted.
    ///
    /// # Errors
    /// Where standard error cannot be written.
    pub fn note(&self, what: &str) -> io::Result<()> {
        if self.quiet {
            return Ok(());
        }
        let mut stderr = AutoStream::new(io::stderr(), self.choice());
        writeln!(stderr, "{} {what}", paint(DIM, "note:"))
    }

    /// Writes a line of a log to standard error, where more is wanted.
    ///
    /// # Errors
    /// Where standard error cannot be written.
    pub fn log(&self, line: impl FnOnce() -> String) -> io::Result<()> {
        if !self.verbose {
            return Ok(());
        }
        writeln!(AutoStream::new(io::stderr(), self.choice()), "{}", line())
    }

    /// Writes an error, on one line, to standard error.
    ///
    /// # Errors
    /// Where standard error cannot be written.
    pub fn complain(&self, what: &str) -> io::Result<()> {
        let mut stderr = AutoStream::new(io::stderr(), self.choice());
        writeln!(stderr, "{} {what}", paint(FAULT, "error:"))
    }
}

/// One line on standard error that tells what is being done, where somebody watches.
pub struct Progress {
    shown: bool,
}

impl Progress {
    /// Progress as the user wants it: none where nobody watches, or where it is not wanted.
    pub fn new(output: &Output) -> Progress {
        Progress { shown: !output.quiet && io::stderr().is_terminal() }
    }

    /// Shows what is being done, in the place of what was shown before.
    pub fn say(&mut self, what: &str) {
        if self.shown {
            // A line that is broken into two could not be taken back.
            let columns = terminal_size_of(io::stderr()).map_or(DEFAULT, |(Width(w), _)| w.into());
            let line = one_row(&one_line(what), columns.saturating_sub(3));
            // Who cannot see it does not miss it.
            let _ = write!(io::stderr(), "\r\x1b[K  {line}");
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
