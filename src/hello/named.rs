//! How a person names a hello on the command line: a preset, a file, or hexadecimal digits, and
//! edits behind it: `openssl-1.0.1e,pad_to=512`, `mine.toml`, `hex:16030100…`.

use std::fmt;
use std::path::Path;

use super::apply::keep_legal;
use super::edit::Edit;
use super::preset::Preset;
use super::spec::HelloSpec;
use crate::wire::text::unhex;

/// A file with a hello is no larger than this, in bytes.
const LARGEST_FILE: u64 = 1 << 20;

/// A hello, and what it was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHello {
    /// As it was written.
    pub name: String,
    /// The hello, with the edits done.
    pub spec: HelloSpec,
    /// Whether it is given to the byte (a file of bytes, digits), so that nothing of it is drawn.
    pub exact: bool,
}

/// Why there is no such hello: one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadName(String);

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadName {}

impl NamedHello {
    /// Reads a hello as it is named.
    ///
    /// # Errors
    /// Where nothing is called so, a file or the digits are no hello, or an edit cannot be done.
    pub fn parse(text: &str) -> Result<NamedHello, BadName> {
        let mut parts = text.split(',');
        let base = parts.next().unwrap_or_default();
        let (mut spec, exact) = base_hello(base).map_err(BadName)?;
        let mut edited = false;
        for part in parts {
            let edit = Edit::parse(part).map_err(|error| BadName(error.to_string()))?;
            edit.change(&mut spec).map_err(|error| BadName(error.to_string()))?;
            edited = true;
        }
        // Once at the end, since what an edit needs another may bring. A hello that is taken as it
        // is may be as illegal as it likes.
        if edited {
            keep_legal(&mut spec);
        }
        if spec.hello.cipher_suites.0.is_empty() && edited {
            return Err(BadName("no cipher suite is left".to_owned()));
        }
        Ok(NamedHello { name: text.to_owned(), spec, exact })
    }
}

fn base_hello(base: &str) -> Result<(HelloSpec, bool), String> {
    if let Some(digits) = base.strip_prefix("hex:") {
        let bytes =
            unhex(digits).map_err(|at| match digits.get(at..).and_then(|s| s.chars().next()) {
                Some(c) => format!("{c:?} at digit {} is no hexadecimal digit", at + 1),
                None => "the last byte lacks its second digit".to_owned(),
            })?;
        let spec = HelloSpec::from_bytes(&bytes).map_err(|error| error.to_string())?;
        return Ok((spec, true));
    }
    let path = Path::new(base);
    let extension = path.extension().and_then(|extension| extension.to_str());
    let looks_like_file = base.contains(['/', '\\'])
        || matches!(extension, Some("toml" | "json" | "bin" | "hex" | "raw"));
    if looks_like_file || path.is_file() {
        return file(path, extension);
    }
    match Preset::find(base) {
        Ok(preset) => Ok((preset.spec.clone(), false)),
        Err(unknown) => Err(unknown.to_string()),
    }
}

fn file(path: &Path, extension: Option<&str>) -> Result<(HelloSpec, bool), String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST_FILE {
        return Err(format!("{size} bytes are too many for a hello"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    match extension {
        Some("toml") => toml_spec(&text(bytes)?).map(|spec| (spec, false)),
        Some("json") => {
            // serde_json names line and column itself.
            let spec = serde_json::from_str(&text(bytes)?).map_err(|error| error.to_string())?;
            Ok((spec, false))
        }
        Some("hex") => {
            let bytes = unhex(&text(bytes)?)
                .map_err(|at| format!("no hexadecimal digit at byte {}", at + 1))?;
            let spec = HelloSpec::from_bytes(&bytes).map_err(|error| error.to_string())?;
            Ok((spec, true))
        }
        _ => {
            let spec = HelloSpec::from_bytes(&bytes).map_err(|error| error.to_string())?;
            Ok((spec, true))
        }
    }
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes)
        .map_err(|error| format!("no UTF-8 at byte {}", error.utf8_error().valid_up_to() + 1))
}

/// A spec, or a preset's file with a spec in it.
fn toml_spec(text: &str) -> Result<HelloSpec, String> {
    let spec = match toml::from_str::<Preset>(text) {
        Ok(preset) => Ok(preset.spec),
        Err(error) if text.contains("[spec]") => Err(error),
        Err(_) => toml::from_str(text),
    };
    spec.map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let what = error.message().replace('\n', " ");
        format!("line {line}, column {column}: {what}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        let error = NamedHello::parse(text).unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error}");
        error
    }

    #[test]
    fn hellos_are_named_in_many_ways() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/hellos");
        let preset = NamedHello::parse("openssl-1.0.1g").unwrap();
        let file = NamedHello::parse(&format!("{folder}/openssl-1.0.1g.bin")).unwrap();
        assert_eq!(preset.spec.flight(), file.spec.flight());
        assert!(file.exact && !preset.exact);
        let digits = crate::wire::text::hex(&file.spec.flight());
        assert_eq!(NamedHello::parse(&format!("hex:{digits}")).unwrap().spec, file.spec);
        let presets = concat!(env!("CARGO_MANIFEST_DIR"), "/data/presets");
        let toml = NamedHello::parse(&format!("{presets}/openssl-1.0.1g.toml")).unwrap();
        assert_eq!(toml.spec, preset.spec);
        let edited = NamedHello::parse("openssl-1.0.1e,-extensions.heartbeat,pad_to=600");
        assert!(edited.is_err(), "1.0.1e of Node.js sends no heartbeat");
        let edited = NamedHello::parse("openssl-1.0.1e,session_id=32,pad_to=600").unwrap();
        assert_eq!(edited.spec.length(), 600);
        // What each edit needs, another brings: only all together they offer TLS 1.3.
        let share = format!("0024001d0020{}", "17".repeat(32));
        let tls13 = format!(
            "openssl-1.0.1e,+extensions.supported_versions=020304,+extensions.key_share={share}"
        );
        let edited = NamedHello::parse(&tls13).unwrap();
        assert_eq!(edited.spec.hello.extensions().len(), 8);
    }

    #[test]
    fn a_name_that_is_wrong_gets_one_line_that_says_where() {
        assert!(error("nosuch").contains("no preset is called \"nosuch\""));
        assert!(error("hex:1603").contains("2 bytes are no whole record"));
        assert!(error("hex:16zz").contains("'z' at digit 3"));
        assert!(error("hex:163").contains("second digit"));
        assert!(error("no/such/file.toml").contains("No such file"));
        assert!(error("openssl-1.0.1e,pad=3").contains("no such edit"));
    }

    #[test]
    fn a_typo_in_a_spec_file_is_named_with_its_place_and_what_was_meant() {
        let error = |text: &str| toml_spec(text).unwrap_err();
        let spec = "record_version = \"TLS 1.0\"\n[hello]\nlegacy_version = \"TLS 1.2\"\n";
        let typo = error(&format!("{spec}cipher_suits = []\n"));
        assert!(typo.starts_with("line 4, column 1: unknown field `cipher_suits`"), "{typo}");
        let typo = error(&format!("{spec}cipher_suites = [\"TLS_RSA_WITH_RC4_128_MD6\"]\n"));
        assert!(typo.contains("line 4, column ") && typo.contains("did you mean"), "{typo}");
    }
}
