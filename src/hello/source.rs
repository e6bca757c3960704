//! Where a hello comes from: a preset, a file, standard input, or digits on the command line. What
//! is in a file tells what it is, unless its name ends as that of a spec. In what holds more than a
//! hello, as a log does, somebody else finds it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::preset::Preset;
use super::spec::HelloSpec;
use super::spec_file;
use crate::wire::dump::{self, Written};
use crate::wire::limits::INPUT;
use crate::wire::packets;
use crate::wire::text::unhex;

/// A file with a hello is no larger than this, in bytes.
const LARGEST_FILE: u64 = 1 << 20;

/// A hello that stands in a file with other messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFile {
    /// The first hello of the file, as it was sent.
    pub spec: HelloSpec,
    /// How many different hellos there are in it.
    pub different: usize,
    /// Whether the server's messages are in it, too.
    pub has_server: bool,
    /// In a file of captured packets, the number of its connection, and how many of those in it have a
    /// hello.
    pub connection: Option<(usize, usize)>,
}

/// Why no hello was found in a file: in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotFound {
    /// It holds nothing that is known.
    Form(String),
    /// It holds something else.
    Other(String),
    /// It holds a hello that cannot be sent, or what nobody can read.
    Unusable(String),
}

/// Finds the first hello in a file that holds more than that; in a file of captured packets, of the
/// connection of this number where there is one.
pub type Finder<'f> = &'f dyn Fn(&[u8], Option<usize>) -> Result<InFile, NotFound>;

/// A hello, and what is to be told of where it comes from.
pub(super) type Found = (HelloSpec, Option<String>);

/// The hello of a name without edits.
///
/// # Errors
/// Where nothing is called so, or what is called so is no hello.
pub(super) fn hello(base: &str, finder: Finder<'_>) -> Result<Found, String> {
    let plain = |spec| (spec, None);
    if let Some(digits) = base.strip_prefix("hex:") {
        let bytes =
            unhex(digits).map_err(|at| match digits.get(at..).and_then(|s| s.chars().next()) {
                Some(c) => format!("{c:?} at digit {} is no hexadecimal digit", at + 1),
                None => "the last byte lacks its second digit".to_owned(),
            })?;
        return HelloSpec::from_bytes(&bytes).map(plain).map_err(|error| error.to_string());
    }
    if base == "-" {
        let mut bytes = Vec::new();
        let input = io::stdin().lock().take(INPUT as u64 + 1).read_to_end(&mut bytes);
        return input
            .map_err(|error| error.to_string())
            .and_then(|_| of_form(&bytes, None, finder));
    }
    let (name, number) = packets::numbered(base);
    let path = Path::new(name);
    let extension = path.extension().and_then(|extension| extension.to_str());
    let looks_like_file = name.contains(['/', '\\'])
        || matches!(
            extension,
            Some("toml" | "json" | "bin" | "hex" | "raw" | "pcap" | "pcapng" | "cap")
        );
    if looks_like_file || path.is_file() {
        return file(path, extension, number, finder);
    }
    match Preset::find(base) {
        Ok(preset) => Ok(plain(preset.spec.clone())),
        Err(unknown) => Err(unknown.to_string()),
    }
}

fn file(
    path: &Path,
    extension: Option<&str>,
    number: Option<usize>,
    finder: Finder<'_>,
) -> Result<Found, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    let read = file.take(INPUT as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    match extension {
        Some("toml") => Ok((spec_file::from_toml(&text(small(bytes)?)?)?, None)),
        Some("json") => Ok((spec_file::from_json(&text(small(bytes)?)?)?, None)),
        _ => of_form(&bytes, number, finder),
    }
}

/// The hello of a file, whose form is told by what is in it: bytes, a text with digits or a spec, or
/// what holds more than a hello.
fn of_form(bytes: &[u8], number: Option<usize>, finder: Finder<'_>) -> Result<Found, String> {
    let bytes = &*packets::unpacked(bytes);
    let found = |bytes| finder(bytes, number);
    if number.is_some() || packets::format(bytes).is_some() {
        return match found(bytes) {
            Ok(found) => Ok(first(found, number)),
            Err(NotFound::Form(why) | NotFound::Other(why) | NotFound::Unusable(why)) => Err(why),
        };
    }
    too_large(bytes.len() as u64)?;
    let written = Written::of(bytes);
    let text = &*written.text;
    if !written.is_text() {
        // What stands beside the digits of a dump may be of any character set.
        let dump = dump::read(text).ok().filter(|_| written.is_mostly_text());
        return sent(dump.as_ref().map_or(bytes, |dump| &dump.bytes), bytes, finder);
    }
    if text.trim_start().starts_with('{') {
        return Ok((spec_file::from_json(text)?, None));
    }
    if bytes.is_empty() {
        return sent(bytes, bytes, finder);
    }
    if let Ok(dump) = dump::read(text) {
        return sent(&dump.bytes, bytes, finder);
    }
    match found(bytes) {
        Ok(found) => Ok(first(found, number)),
        Err(NotFound::Form(_)) if is_toml(text) => Ok((spec_file::from_toml(text)?, None)),
        Err(NotFound::Form(why)) => Err(format!("{why}, and a spec in TOML or JSON")),
        Err(NotFound::Other(why) | NotFound::Unusable(why)) => Err(why),
    }
}

/// The hello of bytes as they were sent, which are in a file. Where the server's are among them, no
/// client sends them all.
fn sent(bytes: &[u8], file: &[u8], finder: Finder<'_>) -> Result<Found, String> {
    match HelloSpec::from_bytes(bytes) {
        Ok(spec) if spec.flight.is_none() => Ok((spec, None)),
        Ok(flight) => match finder(file, None) {
            Ok(found) if found.has_server => Ok(first(found, None)),
            _ => Ok((flight, None)),
        },
        Err(why) => match finder(file, None) {
            Ok(found) => Ok(first(found, None)),
            Err(NotFound::Other(what)) => Err(what),
            Err(NotFound::Form(_) | NotFound::Unusable(_)) => Err(why.to_string()),
        },
    }
}

/// The first of the hellos in a file; where there are others, and none of them was asked for, that is
/// told.
fn first(found: InFile, number: Option<usize>) -> Found {
    let InFile { spec, different, connection, .. } = found;
    let told = match connection.filter(|(_, count)| *count > 1 && number.is_none()) {
        Some((number, count)) => Some(format!(
            "the ClientHello of connection #{number} is taken, the first of {count} that have one; \
             #N behind the file's name takes another"
        )),
        None if different > 1 => {
            Some(format!("the first of {different} ClientHellos in it is taken"))
        }
        None => None,
    };
    (spec, told)
}

/// Whether a text begins as a file of TOML does: with a table or a key.
fn is_toml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| {
        let key = line.split_once('=').map(|(key, _)| key.trim());
        let in_key = |c: char| c.is_ascii_alphanumeric() || "_-.\"'".contains(c);
        line.starts_with('[') || key.is_some_and(|key| !key.is_empty() && key.chars().all(in_key))
    })
}

fn small(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    too_large(bytes.len() as u64).map(|()| bytes)
}

fn too_large(size: u64) -> Result<(), String> {
    match size > LARGEST_FILE {
        true => Err(format!("{size} bytes are too many for a hello")),
        false => Ok(()),
    }
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes)
        .map_err(|error| format!("no UTF-8 at byte {}", error.utf8_error().valid_up_to() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::text::hex;

    fn nowhere(_: &[u8], _: Option<usize>) -> Result<InFile, NotFound> {
        Err(NotFound::Form("nothing is found".to_owned()))
    }

    #[test]
    fn a_file_is_what_is_in_it_whatever_it_is_called() {
        let spec = &Preset::find("openssl-1.0.1e").unwrap().spec;
        let flight = spec.flight();
        let lines = |from: usize| flight.chunks(16).enumerate().skip(from);
        let spaced = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x} ")).collect::<String>();
        let xxd: String = lines(0)
            .map(|(at, bytes)| format!("{:08x}: {} text\n", at * 16, spaced(bytes)))
            .collect();
        for form in [
            flight.clone(),
            hex(&flight).into_bytes(),
            xxd.into_bytes(),
            toml::to_string(spec).unwrap().into_bytes(),
            format!("# a spec\n\n{}", toml::to_string(spec).unwrap()).into_bytes(),
            serde_json::to_string_pretty(spec).unwrap().into_bytes(),
        ] {
            let (read, _) = of_form(&form, None, &nowhere)
                .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&form)));
            assert_eq!(read.flight(), flight);
        }
        let error = |text: &str| of_form(text.as_bytes(), None, &nowhere).unwrap_err();
        assert!(error("segmnts = []\n").starts_with("line 1, column 1: unknown key"));
        assert!(error("{").contains("ends before"));
        assert!(error("16 03 01\nhello").starts_with("nothing is found, and a spec in TOML"));
        assert_eq!(error(""), "there is nothing in it");
    }
}
