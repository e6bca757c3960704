//! Where a hello comes from: a preset, a file, standard input, or digits on the command line. What
//! is in a file tells what it is, unless its name ends as that of a spec.

use std::io::{self, Read};
use std::path::Path;

use super::preset::Preset;
use super::spec::HelloSpec;
use super::spec_file;
use crate::wire::dump::{self, Written};
use crate::wire::text::unhex;

/// A file with a hello is no larger than this, in bytes.
const LARGEST_FILE: u64 = 1 << 20;

/// The hello of a name without edits.
///
/// # Errors
/// Where nothing is called so, or what is called so is no hello.
pub(super) fn hello(base: &str) -> Result<HelloSpec, String> {
    if let Some(digits) = base.strip_prefix("hex:") {
        let bytes =
            unhex(digits).map_err(|at| match digits.get(at..).and_then(|s| s.chars().next()) {
                Some(c) => format!("{c:?} at digit {} is no hexadecimal digit", at + 1),
                None => "the last byte lacks its second digit".to_owned(),
            })?;
        return HelloSpec::from_bytes(&bytes).map_err(|error| error.to_string());
    }
    if base == "-" {
        let mut bytes = Vec::new();
        let input = io::stdin().lock().take(LARGEST_FILE + 1).read_to_end(&mut bytes);
        return input.map_err(|error| error.to_string()).and_then(|_| of_form(bytes));
    }
    let path = Path::new(base);
    let extension = path.extension().and_then(|extension| extension.to_str());
    let looks_like_file = base.contains(['/', '\\'])
        || matches!(
            extension,
            Some("toml" | "json" | "bin" | "hex" | "raw" | "pcap" | "pcapng" | "cap")
        );
    if looks_like_file || path.is_file() {
        return file(path, extension);
    }
    match Preset::find(base) {
        Ok(preset) => Ok(preset.spec.clone()),
        Err(unknown) => Err(unknown.to_string()),
    }
}

fn file(path: &Path, extension: Option<&str>) -> Result<HelloSpec, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    too_large(size)?;
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    match extension {
        Some("toml") => spec_file::from_toml(&text(bytes)?),
        Some("json") => spec_file::from_json(&text(bytes)?),
        _ => of_form(bytes),
    }
}

/// The hello of a file, whose form is told by what is in it: bytes, or a text with digits or a spec.
fn of_form(bytes: Vec<u8>) -> Result<HelloSpec, String> {
    let read = |bytes: &[u8]| HelloSpec::from_bytes(bytes).map_err(|error| error.to_string());
    too_large(bytes.len() as u64)?;
    let written = Written::of(&bytes);
    let text = &*written.text;
    if bytes.is_empty() || !written.is_text() {
        // What stands beside the digits of a dump may be of any character set.
        let dump = dump::read(text).ok().filter(|_| written.is_mostly_text());
        return read(dump.as_ref().map_or(&bytes[..], |dump| &dump.bytes));
    }
    if text.trim_start().starts_with('{') {
        return spec_file::from_json(text);
    }
    match dump::read(text) {
        Ok(dump) => read(&dump.bytes),
        Err(_) if is_toml(text) => spec_file::from_toml(text),
        Err(error) => Err(format!(
            "{error}; a hello as it was sent, its digits, or a spec in TOML or JSON can be read"
        )),
    }
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
            let read = of_form(form.clone())
                .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&form)));
            assert_eq!(read.flight(), flight);
        }
        let error = |text: &str| of_form(text.as_bytes().to_vec()).unwrap_err();
        assert!(error("segmnts = []\n").starts_with("line 1, column 1: unknown key"));
        assert!(error("{").contains("ends before"));
        assert!(error("16 03 01\nhello").starts_with("line 2: \"hello\" is no hexadecimal byte; "));
        assert_eq!(error(""), "there is nothing in it");
    }
}
