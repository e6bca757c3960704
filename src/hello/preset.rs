//! Presets: the hellos of real clients, each from a capture, as files in `data/presets`.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::spec::HelloSpec;
use crate::names::code::nearest;

/// The hello of a real client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What it is called: its file's name.
    #[serde(skip)]
    pub id: &'static str,
    /// The client that sent it.
    pub client: String,
    /// The TLS library in it.
    pub library: String,
    /// The capture from which it was made, in `testdata/hellos`.
    pub capture: String,
    /// Whether another client was made to send what this one would.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imitation: bool,
    /// The hello.
    pub spec: HelloSpec,
}

macro_rules! presets { ($($id:literal),* $(,)?) => {
    /// Every preset's name and file, in the order in which they are listed.
    const FILES: &[(&str, &str)] = &[
        $( ($id, include_str!(concat!("../../data/presets/", $id, ".toml"))), )*
    ];
} }

presets! {
    "openssl-1.0.0m",
    "openssl-1.0.1-s_client",
    "openssl-1.0.1e",
    "openssl-1.0.1g",
    "openssl-1.0.1h",
    "openssl-1.0.1u",
    "openssl-1.0.2r",
    "openssl-1.1.1n",
    "openssl-3.0.19-s_client",
    "openssl-3.5.8",
    "curl-7.88.1",
    "python-3.11",
    "nss-3.87",
    "gnutls-3.7.9",
    "java-17.0.15",
    "chromium-156",
    "firefox-153esr",
    "like-chrome99",
    "like-chrome110",
    "like-chrome120",
    "like-chrome131",
    "like-chrome131_android",
    "like-chrome136",
    "like-chrome142",
    "like-chrome150",
    "like-edge101",
    "like-firefox133",
    "like-firefox147",
    "like-safari153",
    "like-safari170",
    "like-safari172_ios",
    "like-safari184_ios",
    "like-safari260",
    "like-safari260_ios",
}

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    let presets = FILES.iter().filter_map(|&(id, file)| {
        // A test reads every file; one that cannot be read would not be listed here.
        Some(Preset { id, ..toml::from_str(file).ok()? })
    });
    presets.collect()
});

/// How many presets of a like name are told.
const TOLD: usize = 6;

/// A name that no preset has, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPreset {
    name: String,
    like: Vec<&'static str>,
}

impl fmt::Display for UnknownPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.like.as_slice() {
            [] => write!(f, "no preset is called {:?}", self.name)?,
            [one] => {
                write!(f, "no preset is called {:?}; did you mean {one:?}?", self.name)?;
            }
            several => {
                let names = several.iter().take(TOLD).copied().collect::<Vec<_>>().join(", ");
                let more = match several.len().saturating_sub(TOLD) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                return write!(f, "{:?} may be each of {names}{more}", self.name);
            }
        }
        f.write_str(" (`helloscope hello list` has all)")
    }
}

impl std::error::Error for UnknownPreset {}

impl Preset {
    /// Every preset.
    pub fn all() -> &'static [Preset] {
        &PRESETS
    }

    /// The preset of this name, or the only one whose name begins so.
    ///
    /// # Errors
    /// Where there is none, with the nearest; or where there are several.
    pub fn find(name: &str) -> Result<&'static Preset, UnknownPreset> {
        let all = Self::all();
        if let Some(preset) = all.iter().find(|preset| preset.id == name) {
            return Ok(preset);
        }
        let begins = |preset: &&Preset| !name.is_empty() && preset.id.starts_with(name);
        let like: Vec<_> = all.iter().filter(begins).collect();
        if let [preset] = like.as_slice() {
            return Ok(preset);
        }
        let mut like: Vec<_> = like.iter().map(|preset| preset.id).collect();
        if like.is_empty() {
            like.extend(nearest(name, all.iter().map(|preset| preset.id)));
        }
        Err(UnknownPreset { name: name.to_owned(), like })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::draw::Draw;
    use crate::hello::facts::Facts;

    fn capture(preset: &Preset) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/hellos");
        std::fs::read(format!("{folder}/{}", preset.capture)).unwrap()
    }

    #[test]
    fn every_file_is_listed_and_can_be_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/presets");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let mut files: Vec<_> = files
            .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        files.sort();
        let mut listed: Vec<_> = Preset::all().iter().map(|preset| preset.id).collect();
        listed.sort_unstable();
        assert_eq!(listed, files);
        assert_eq!(listed.len(), FILES.len());
    }

    #[test]
    fn every_preset_is_its_capture_to_the_byte() {
        for preset in Preset::all() {
            assert_eq!(preset.spec.flight(), capture(preset), "{}", preset.id);
        }
    }

    #[test]
    fn what_is_drawn_changes_and_the_rest_does_not() {
        for preset in Preset::all() {
            // With the recorded name, so that all lengths stay.
            let name = "shop.test.example";
            let drawn = Draw::seeded("a").hello(&preset.spec, Some(name));
            assert_eq!(drawn, Draw::seeded("a").hello(&preset.spec, Some(name)));
            let other = Draw::seeded("b").hello(&preset.spec, Some(name));
            assert_ne!(drawn.hello.random, other.hello.random);
            assert_ne!(drawn.hello.random, preset.spec.hello.random);
            let (before, after) =
                (Facts::of(&capture(preset), &[]), Facts::of(&drawn.flight(), &[]));
            assert_eq!(before.handshake_length, after.handshake_length, "{}", preset.id);
            let (recorded, sent) = (before.hello.unwrap(), after.hello.unwrap());
            assert_eq!(recorded.cipher_suites.0.len(), sent.cipher_suites.0.len());
            let kinds = |hello: &crate::wire::handshake::client_hello::ClientHello| -> Vec<_> {
                use crate::names::Code;
                use crate::wire::extension::Extension;
                let types = hello.extensions().iter().map(|e| e.extension_type());
                types.map(|kind| (!kind.is_grease()).then_some(kind)).collect()
            };
            assert_eq!(kinds(&recorded), kinds(&sent), "{}", preset.id);
            if !recorded.legacy_session_id.0.is_empty() {
                assert_ne!(recorded.legacy_session_id, sent.legacy_session_id);
            }
        }
    }

    #[test]
    fn the_name_of_the_host_takes_the_place_of_the_recorded_one() {
        let preset = Preset::find("openssl-1.0.1g").unwrap();
        let hello = |host| Draw::seeded("").hello(&preset.spec, host);
        let flight = hello(Some("a.much.longer.name.for.a.host.example")).flight();
        assert!(flight.windows(7).any(|part| part == b"a.much."));
        assert_eq!(flight.len(), 517, "padding makes up for the longer name");
        let nameless = hello(None);
        assert!(!nameless.flight().windows(4).any(|part| part == b"shop"));
        assert_eq!(nameless.length(), 512);
    }

    #[test]
    fn grease_of_a_key_share_is_the_grease_of_its_group() {
        use crate::hello::vocabulary::List;
        let preset = Preset::find("chromium-156").unwrap();
        for seed in ["1", "2", "3"] {
            let flight = Draw::seeded(seed).hello(&preset.spec, None).flight();
            let facts = Facts::of(&flight, &[]);
            let first = |list| facts.list(list).first().cloned();
            assert_eq!(first(List::SupportedGroups), first(List::KeyShare));
        }
    }

    #[test]
    fn a_name_that_is_not_one_is_answered_with_the_nearest() {
        assert_eq!(Preset::find("openssl-3.5").unwrap().id, "openssl-3.5.8");
        let error = |name| Preset::find(name).unwrap_err().to_string();
        assert!(error("openssl-1.0.1").contains("may be each of openssl-1.0.1-s_client, "));
        assert!(error("opensl-1.0.1g").contains("did you mean \"openssl-1.0.1g\"?"));
        assert!(error("nosuch").contains("helloscope hello list"));
    }
}
