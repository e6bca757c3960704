//! The options that steer how messages are shown, which several commands share.

use std::io;
use std::time::SystemTime;

use clap::Args;

use crate::cli::Usage;
use crate::cli::output::{Format, Output};
use crate::report::bytes::{Extent, View};
use crate::report::selection::{self, Path};
use crate::report::{hex_dump, transcript, width};
use crate::transcript::Transcript;
use crate::wire::time::read_generalized_time;

/// How messages are shown.
#[derive(Args)]
pub struct ViewArguments {
    /// Fold what stands under so many fields or more.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    depth: Option<u16>,
    /// Show only the fields of this path, byte by byte: names with dots between them, each
    /// somewhere in what the one before it names, as in client_hello.extensions; * is any name.
    /// Can be given several times.
    #[arg(long, value_name = "PATH")]
    only: Vec<String>,
    /// Only the bytes, as a hex dump that xxd -r and dissect read: all of the client's and then of
    /// the server's, or those that --only selects, one piece behind the other. Of a log that shows
    /// in clear what went protected, the messages of the handshake.
    #[arg(long, conflicts_with = "second_opinion")]
    hex: bool,
    /// Columns of the view; without it those of the terminal, and 80 where there is none.
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(60..=1000))]
    width: Option<u16>,
    /// Judge by this time whether certificates are good, as in 2014-06-03 or 2014-06-03T10:15:49Z;
    /// without it, by when the connection was captured, or by now.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<i64>,
    /// What tls-parser and x509-parser, on which intrusion detection stands, make of the same
    /// bytes: where they see something else, nothing, or refuse.
    #[arg(long)]
    pub second_opinion: bool,
}

/// How messages are shown, once it is known that it can be.
pub struct Shown {
    view: View,
    only: Vec<Path>,
    hex: bool,
    second_opinion: bool,
}

impl ViewArguments {
    /// Says which options do not go together with the form of the result.
    ///
    /// # Errors
    /// Where one does not.
    pub fn fits(&self, output: &Output) -> Result<(), Usage> {
        let given = [
            ("--depth", self.depth.is_some()),
            ("--only", !self.only.is_empty()),
            ("--hex", self.hex),
            ("--width", self.width.is_some()),
        ];
        let wrong = given.iter().find(|(_, given)| *given && output.format() != Format::Text);
        match wrong {
            Some((option, _)) => Err(Usage::new(option, "it belongs to --format text")),
            None => self.paths().map(|_| ()),
        }
    }

    /// How transcripts are shown.
    ///
    /// # Errors
    /// Where the options do not fit, or a path leads to nothing in all of them.
    pub fn checked(&self, output: &Output, transcripts: &[Transcript]) -> Result<Shown, Usage> {
        self.fits(output)?;
        if self.hex && transcripts.len() > 1 {
            let count = transcripts.len();
            let what = format!("{count} connections are in it, and FILE#N is one of them");
            return Err(Usage::new("--hex", what));
        }
        let only = self.paths()?;
        let mut checks = transcripts.iter().map(|transcript| selection::check(transcript, &only));
        let first = checks.next().unwrap_or(Ok(()));
        // A path that is wrong in one may be right in another.
        if let Err((path, what)) = first.or_else(|wrong| checks.find(Result::is_ok).ok_or(wrong)?) {
            return Err(Usage::new(format_args!("--only {path}"), what));
        }
        let view = plain(output);
        let view = View {
            width: self.width.map_or(view.width, usize::from),
            depth: self.depth.map_or(usize::MAX, usize::from),
            ..view
        };
        Ok(Shown { view, only, hex: self.hex, second_opinion: self.second_opinion })
    }

    /// Remarks the certificates that are not good at the time that counts: the one that was asked for, or
    /// when the connection was captured, or now.
    pub fn judge(&self, transcript: &mut Transcript) {
        /// Clocks that say less were never set: 2000-01-01.
        const SET: u64 = 946_684_800;
        let captured = transcript.began.filter(|began| *began >= SET);
        let captured = captured.and_then(|began| i64::try_from(began).ok());
        let since_1970 = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok();
        let now = || since_1970().and_then(|time| i64::try_from(time.as_secs()).ok());
        if let Some(at) = self.at.or(captured).or_else(now) {
            transcript.judge_validity(at);
        }
    }

    fn paths(&self) -> Result<Vec<Path>, Usage> {
        let path = |text: &String| {
            Path::parse(text).map_err(|error| Usage::new(format_args!("--only {text}"), error))
        };
        self.only.iter().map(path).collect()
    }
}

/// Seconds since 1970, from a day or a time in the form of RFC 3339.
fn time(text: &str) -> Result<i64, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, '-' | ':' | 'T' | 'Z')).collect();
    let whole = match digits.len() {
        8 => format!("{digits}000000Z"),
        _ => format!("{digits}Z"),
    };
    match read_generalized_time(whole.as_bytes()) {
        Some(stamp) if stamp.is_plain() => Ok(stamp.seconds()),
        _ => Err("write it as 2014-06-03, or as 2014-06-03T10:15:49Z".to_owned()),
    }
}

impl Shown {
    /// Columns of the view.
    pub fn width(&self) -> usize {
        self.view.width
    }

    /// Writes a transcript as text.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(
        &self,
        transcript: &Transcript,
        bytes: bool,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        if self.hex {
            return out.write_all(hex_dump::text(transcript, &self.only).as_bytes());
        }
        let options = transcript::Options {
            view: self.view,
            bytes,
            only: &self.only,
            second_opinion: self.second_opinion,
        };
        transcript::write(transcript, options, &mut |piece| out.write_all(piece.as_bytes()))
    }
}

/// The view where nothing steers it but the terminal.
pub fn plain(output: &Output) -> View {
    let extent = if output.verbose { Extent::Full } else { Extent::Short };
    View { width: columns(output), extent, depth: usize::MAX }
}

/// The columns of the terminal to which a result goes, or those of one that is none.
fn columns(output: &Output) -> usize {
    const SMALLEST: usize = 60;
    if !output.to_terminal() {
        return width::DEFAULT;
    }
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let own = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    told.or_else(own).unwrap_or(width::DEFAULT).max(SMALLEST)
}
