//! Presets, as files in `data/presets`: the hellos of real clients, each from a capture, and hellos
//! that were made for a purpose.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::spec::HelloSpec;
use crate::names::code::nearest;

/// A hello with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "File", into = "File")]
pub struct Preset {
    /// What it is called: its file's name.
    #[serde(skip)]
    pub id: &'static str,
    /// Where it comes from.
    pub origin: Origin,
    /// The hello.
    pub spec: HelloSpec,
}

/// Where a preset comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A client sent it.
    Client {
        /// The client.
        client: String,
        /// The TLS library in it.
        library: String,
        /// The capture from which the preset was made, in `testdata/hellos`.
        capture: String,
        /// Whether another client was made to send what this one would.
        imitation: bool,
    },
    /// It was made for this.
    Purpose(String),
}

impl Origin {
    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Origin::Client { client, library, imitation, .. } => {
                let imitation = if *imitation { " (an imitation)" } else { "" };
                format!("{client}, {library}{imitation}")
            }
            Origin::Purpose(purpose) => purpose.clone(),
        }
    }
}

/// A preset as its file has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    library: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    imitation: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    spec: HelloSpec,
}

impl From<Preset> for File {
    fn from(preset: Preset) -> File {
        let Preset { origin, spec, .. } = preset;
        let none = File {
            client: None,
            library: None,
            capture: None,
            imitation: false,
            purpose: None,
            spec,
        };
        match origin {
            Origin::Client { client, library, capture, imitation } => File {
                client: Some(client),
                library: Some(library),
                capture: Some(capture),
                imitation,
                ..none
            },
            Origin::Purpose(purpose) => File { purpose: Some(purpose), ..none },
        }
    }
}

impl TryFrom<File> for Preset {
    type Error = &'static str;

    fn try_from(file: File) -> Result<Preset, &'static str> {
        let File { client, library, capture, imitation, purpose, spec } = file;
        let origin = match (client, library, capture, purpose) {
            (Some(client), Some(library), Some(capture), None) => {
                Origin::Client { client, library, capture, imitation }
            }
            (None, None, None, Some(purpose)) if !imitation => Origin::Purpose(purpose),
            _ => return Err("a preset has client, library and capture, or a purpose"),
        };
        Ok(Preset { id: "", origin, spec })
    }
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
    "node-20.20.2",
    "go-1.19.8",
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
    "minimal",
    "tls13-only",
    "tls12-only",
    "ssl3",
    "sslv2",
    "everything",
    "large",
    "dtls12",
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
    use crate::hello::framing::Framing;
    use crate::hello::spec::Fresh;
    use crate::hello::vocabulary::{List, Member};
    use crate::names::{CipherSuite, Code, NamedGroup, ProtocolVersion, SignatureScheme};
    use crate::wire::extension::{ClientExtension, EchClientHello, KeyShareEntry};
    use crate::wire::grammar::Opaque;
    use std::collections::BTreeSet;

    /// What the client sent; none where the hello was made.
    fn capture(preset: &Preset) -> Option<Vec<u8>> {
        let Origin::Client { capture, .. } = &preset.origin else { return None };
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/hellos");
        Some(std::fs::read(format!("{folder}/{capture}")).unwrap())
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
        let mut captured = 0;
        for preset in Preset::all() {
            if let Some(capture) = capture(preset) {
                assert_eq!(preset.spec.flight(), capture, "{}", preset.id);
                captured += 1;
            }
        }
        assert_eq!(captured, 36);
    }

    #[test]
    fn what_is_drawn_changes_and_the_rest_does_not() {
        for preset in Preset::all() {
            // With the recorded name and no lengths to choose from, so that all lengths stay.
            let name = "shop.test.example";
            let spec = HelloSpec { ech_payload_lengths: Vec::new(), ..preset.spec.clone() };
            let drawn = Draw::seeded("a").hello(&spec, Some(name));
            assert_eq!(drawn, Draw::seeded("a").hello(&spec, Some(name)));
            let other = Draw::seeded("b").hello(&spec, Some(name));
            assert_ne!(drawn.hello.random, other.hello.random);
            assert_ne!(drawn.hello.random, preset.spec.hello.random);
            // SSL 2.0 has other messages, which have no facts.
            if preset.spec.framing == Framing::Sslv2 {
                assert_ne!(drawn.flight(), other.flight());
                continue;
            }
            let facts = |spec: &HelloSpec| Facts::of(&spec.flight(), &[]);
            let (before, after) = (facts(&preset.spec), facts(&drawn));
            assert_eq!(before.handshake_length, after.handshake_length, "{}", preset.id);
            let (recorded, sent) = (&preset.spec.hello, &drawn.hello);
            assert_eq!(recorded.cipher_suites.0.len(), sent.cipher_suites.0.len());
            let kinds = |facts: &Facts| -> Vec<_> {
                facts.extensions().map(|kind| (!kind.is_grease()).then_some(kind)).collect()
            };
            let (mut recorded_kinds, mut sent_kinds) = (kinds(&before), kinds(&after));
            if preset.spec.fresh.contains(&Fresh::ExtensionOrder) {
                let other_kinds = kinds(&facts(&other));
                assert!(sent_kinds != other_kinds && sent_kinds != recorded_kinds, "{}", preset.id);
                recorded_kinds.sort();
                sent_kinds.sort();
            }
            assert_eq!(recorded_kinds, sent_kinds, "{}", preset.id);
            if !recorded.legacy_session_id.0.is_empty() {
                assert_ne!(recorded.legacy_session_id, sent.legacy_session_id);
            }
        }
    }

    #[test]
    fn a_hello_that_was_made_has_what_it_was_made_for() {
        let spec = |name| &Preset::find(name).unwrap().spec;
        let facts = |name| Facts::of(&spec(name).flight(), &[]);
        // Version, random, empty session id, one suite, one compression method, in their headers.
        assert_eq!(spec("minimal").flight().len(), 5 + 4 + 2 + 32 + 1 + 4 + 2);
        assert_eq!(spec("minimal").hello.extensions, None);
        assert!(facts("large").flight_length > 1460);
        let framings = ["dtls12", "sslv2", "ssl3"].map(|name| spec(name).framing);
        assert_eq!(framings, [Framing::Dtls, Framing::Sslv2, Framing::Tls]);
        let versions = ["tls12-only", "ssl3", "sslv2", "dtls12"];
        assert_eq!(
            versions.map(|name| spec(name).hello.legacy_version),
            [
                ProtocolVersion::TLS1_2,
                ProtocolVersion::SSL3_0,
                ProtocolVersion::SSL2_0,
                ProtocolVersion::DTLS1_2
            ]
        );
        let offered = facts("tls13-only").list(List::SupportedVersions).to_vec();
        assert_eq!(offered, [Member::Number(0x0304)]);
        // All that has a name, but for what is no offer.
        let all = |list, names: &[(u16, &str)], but: &[&str]| {
            let have = facts("everything").list(list).to_vec();
            for (number, name) in names {
                let there = have.contains(&Member::Number(*number));
                assert_eq!(there, !but.contains(name), "{name}");
            }
            let mut numbers = have.clone();
            numbers.sort_by_key(|member| format!("{member:?}"));
            numbers.dedup();
            assert_eq!(numbers.len(), have.len());
        };
        let no_offer = ["TLS_NULL_WITH_NULL_NULL", "TLS_FALLBACK_SCSV"];
        all(List::CipherSuites, CipherSuite::all(), &no_offer);
        all(List::SupportedGroups, NamedGroup::all(), &[]);
        all(List::SignatureAlgorithms, SignatureScheme::all(), &[]);
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
        let preset = Preset::find("chromium-156").unwrap();
        for seed in ["1", "2", "3"] {
            let flight = Draw::seeded(seed).hello(&preset.spec, None).flight();
            let facts = Facts::of(&flight, &[]);
            let first = |list| facts.list(list).first().cloned();
            assert_eq!(first(List::SupportedGroups), first(List::KeyShare));
        }
    }

    #[test]
    fn the_sealed_part_is_as_long_as_one_that_the_client_chooses_from() {
        let lengths = |id: &str| {
            let spec = &Preset::find(id).unwrap().spec;
            let drawn = (0..64).map(|seed| Draw::seeded(&seed.to_string()).hello(spec, None));
            let payload = |spec: HelloSpec| {
                let mut extensions = spec.hello.extensions().iter();
                let sealed = extensions.find_map(|extension| match extension {
                    ClientExtension::EncryptedClientHello(hello) => Some(hello.clone()),
                    _ => None,
                });
                match &**sealed.as_ref().unwrap() {
                    EchClientHello::Outer(outer) => outer.payload.0.len(),
                    _ => panic!("{id} sends no outer hello"),
                }
            };
            drawn.map(payload).collect::<BTreeSet<_>>()
        };
        assert_eq!(lengths("chromium-156"), [144, 176, 208, 240].into());
        assert_eq!(lengths("like-chrome120"), [144, 176, 208, 240].into());
        assert_eq!(lengths("firefox-153esr"), [239].into());
    }

    fn shares(spec: &HelloSpec) -> Vec<KeyShareEntry> {
        let mut extensions = spec.hello.extensions().iter();
        let shares = extensions.find_map(|extension| match extension {
            ClientExtension::KeyShare(shares) => Some(shares.0.clone()),
            _ => None,
        });
        shares.unwrap()
    }

    /// The keys for X25519 alone and in a hybrid with ML-KEM.
    fn x25519(spec: &HelloSpec) -> (Vec<u8>, Vec<u8>) {
        let key = |group| {
            let share = shares(spec).into_iter().find(|share| share.group == group);
            share.unwrap().key_exchange.0.to_vec()
        };
        let hybrid = key(NamedGroup::X25519MLKEM768);
        (key(NamedGroup::x25519), hybrid[1184..].to_vec())
    }

    #[test]
    fn a_key_that_stood_in_two_shares_does_so_again() {
        let firefox = Preset::find("firefox-153esr").unwrap().spec.clone();
        let chromium = Preset::find("chromium-156").unwrap().spec.clone();
        let mut apart = firefox.clone();
        for extension in apart.extensions_mut() {
            if let ClientExtension::KeyShare(shares) = extension {
                let single = shares.0.iter_mut().find(|one| one.group == NamedGroup::x25519);
                single.unwrap().key_exchange = Opaque::new(vec![7; 32]);
            }
        }
        for (recorded, twice) in [(firefox, true), (chromium, false), (apart, false)] {
            let drawn = Draw::seeded("x").hello(&recorded, None);
            for spec in [&recorded, &drawn] {
                let (single, in_hybrid) = x25519(spec);
                assert_eq!(single == in_hybrid, twice);
            }
            assert_ne!(x25519(&recorded).0, x25519(&drawn).0);
            assert_ne!(x25519(&recorded).1, x25519(&drawn).1);
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
