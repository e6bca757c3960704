//! The catalogue of known quirks: when a server goes wrong, what it does, whose it is, and what
//! helps. One file a quirk in `data/quirks/`; the ids never change.
//!
//! A diagnosis looks its cause up here, and the lab's servers play what stands here.

mod response;

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::hello::Condition;
use crate::hello::condition::Bound;
use crate::hello::vocabulary::{Property, Scalar};
use crate::names::code::nearest;

pub use response::{BadResponse, Response};

/// A way in which servers are known to go wrong with a hello.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quirk {
    /// Its name, which never changes.
    pub id: String,
    /// What of a hello it is about.
    pub chapter: Chapter,
    /// What the server does, as the end of a line that begins with `error: `.
    pub title: String,
    /// What happens, and why, in a few sentences.
    pub summary: String,
    /// When it strikes.
    pub condition: Condition,
    /// What the server does then.
    pub reaction: Response,
    /// Who is known to have it.
    pub products: Vec<Product>,
    /// What helps.
    pub remedy: Remedy,
    /// Where it is told of.
    pub sources: Vec<String>,
    /// How well it is known.
    pub confidence: Confidence,
    /// Two hellos that show it.
    pub example: Example,
}

/// What of a hello a quirk is about: the catalogue's chapters, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chapter {
    /// How long it is, and how it is cut.
    Size,
    /// Versions, those of records and the session id that goes with TLS 1.3 among them.
    Versions,
    /// Extensions as such.
    Extensions,
    /// The names of the host and of protocols.
    Names,
    /// Cipher suites and compression methods.
    Suites,
    /// Groups, key shares and signature algorithms.
    Groups,
    /// Extensions one by one.
    Single,
    /// What stands between client and server.
    OnTheWay,
}

impl Chapter {
    /// Its heading.
    pub const fn title(self) -> &'static str {
        match self {
            Chapter::Size => "length and framing",
            Chapter::Versions => "versions",
            Chapter::Extensions => "extensions as such",
            Chapter::Names => "names of hosts and protocols",
            Chapter::Suites => "cipher suites and compression",
            Chapter::Groups => "groups, key shares and signatures",
            Chapter::Single => "single extensions",
            Chapter::OnTheWay => "on the way to the server",
        }
    }
}

/// Two hellos that are alike but for what the quirk is about, as the command line names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// On this it strikes.
    pub fails: String,
    /// This it leaves alone.
    pub passes: String,
}

/// Something with a quirk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// What it is called.
    pub name: String,
    /// Which versions, and where in them.
    pub versions: String,
}

/// What helps against a quirk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// On the side that says hello.
    pub client: Vec<Setting>,
    /// On the side that goes wrong.
    pub server: Vec<Setting>,
}

/// Something to set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Where.
    pub product: String,
    /// What.
    pub setting: String,
}

/// How well a quirk is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A standard says so, or the one who made it.
    Documented,
    /// Those say so who met it.
    Reported,
    /// It follows from what is known.
    Inferred,
}

/// The files of the catalogue, by id.
macro_rules! files {
    ($($id:literal),* $(,)?) => {
        &[$( ($id, include_str!(concat!("../data/quirks/", $id, ".toml"))) ),*]
    };
}

const FILES: &[(&str, &str)] = files![
    "alpn-before-sni",
    "alpn-http10-only",
    "alpn-intolerance",
    "alpn-no-overlap",
    "alpn-required",
    "alpn-unknown-name",
    "compression-with-tls13",
    "compression-without-null",
    "duplicate-extension",
    "duplicate-key-share",
    "ech-and-cloudflare",
    "empty-key-share",
    "empty-last-extension",
    "ems-required",
    "esni-block",
    "etm-intolerance",
    "extensions-intolerance",
    "extensions-required",
    "f5-256-511",
    "fallback-scsv",
    "ffdhe-groups",
    "first-segment-under-8",
    "grease-extension",
    "grease-group",
    "grease-key-share",
    "grease-sigalg",
    "grease-suite",
    "grease-version",
    "groups-required-tls12",
    "groups-required-tls13",
    "heartbeat-block",
    "hello-of-768",
    "hello-over-16384",
    "hello-over-8192",
    "hello-over-one-segment",
    "key-share-not-in-groups",
    "long-key-share",
    "many-extensions",
    "many-sigalgs",
    "many-suites-124",
    "many-suites-128",
    "max-fragment-length-intolerance",
    "md5-chain",
    "ml-dsa-sigalgs",
    "npn-intolerance",
    "p256-required",
    "p521-required",
    "padding-intolerance",
    "point-formats-required",
    "pq-group-in-tls12",
    "psk-modes-required",
    "psk-not-last",
    "psk-without-modes",
    "pss-key-too-small",
    "pss-order",
    "pss-required",
    "record-version-ssl3",
    "record-version-tls10",
    "record-version-tls12",
    "record-version-tls13",
    "renegotiation-info-body",
    "renegotiation-info-intolerance",
    "renegotiation-scsv-intolerance",
    "renegotiation-scsv-required",
    "session-id-intolerance",
    "session-id-required",
    "sha1-only",
    "short-first-record",
    "sigalgs-required-tls12",
    "sigalgs-required-tls13",
    "sni-address",
    "sni-colon",
    "sni-empty",
    "sni-firewall",
    "sni-not-ascii",
    "sni-nul",
    "sni-required",
    "sni-too-long",
    "sni-trailing-dot",
    "sni-underscore",
    "sni-unknown",
    "sni-unknown-warning",
    "split-records",
    "split-records-other-server",
    "split-segments",
    "split-segments-other-server",
    "sslv2-hello",
    "suite-low-byte",
    "two-key-shares",
    "two-record-limits",
    "two-server-names",
    "uncompressed-required",
    "unknown-extension",
    "version-intolerance-tls12",
    "version-intolerance-tls13",
    "windows-2003-64-suites",
    "x25519-required",
];

impl Quirk {
    /// Every quirk of the catalogue, by id.
    pub fn all() -> &'static [Quirk] {
        static ALL: LazyLock<Vec<Quirk>> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "the files are built in, and a test reads them")]
            let quirks = FILES.iter().map(|(id, text)| toml::from_str(text).expect(id));
            quirks.collect()
        });
        &ALL
    }

    /// Those with which a server does not take a hello: what a diagnosis of a rejection looks for.
    pub fn rejecting() -> impl Iterator<Item = &'static Quirk> {
        Quirk::all().iter().filter(|quirk| !quirk.reaction.lets_pass())
    }

    /// Those with which a server does this.
    pub fn reacting(reaction: &Response) -> impl Iterator<Item = &'static Quirk> {
        Quirk::all().iter().filter(move |quirk| quirk.reaction == *reaction)
    }

    /// The quirk of an id.
    ///
    /// # Errors
    /// Where there is none, what may have been meant.
    ///
    /// ```
    /// use helloscope::quirks::Quirk;
    ///
    /// let quirk = Quirk::find("f5-256-511")?;
    /// assert_eq!(quirk.title, "the server does not answer a ClientHello of 256 to 511 bytes");
    /// # Ok::<(), helloscope::quirks::UnknownQuirk>(())
    /// ```
    pub fn find(id: &str) -> Result<&'static Quirk, UnknownQuirk> {
        let found = Quirk::all().iter().find(|quirk| quirk.id == id);
        found.ok_or_else(|| UnknownQuirk { id: id.to_owned() })
    }

    /// The quirks that strike on this condition and no other, whether its bounds are exact or not.
    pub fn known_as(condition: &Condition) -> Vec<&'static Quirk> {
        let condition = plain(condition);
        Quirk::all().iter().filter(|quirk| plain(&quirk.condition) == condition).collect()
    }

    /// The quirks that strike on this condition where something else is true as well.
    pub fn narrower_than(condition: &Condition) -> impl Iterator<Item = &'static Quirk> {
        let condition = plain(condition);
        Quirk::all().iter().filter(move |quirk| match plain(&quirk.condition) {
            Condition::All(parts) => parts.contains(&condition),
            _ => false,
        })
    }
}

/// A condition without the word on how exact its bounds are, its parts in one order. The name that a
/// server serves is an example in the catalogue: each server has its own.
fn plain(condition: &Condition) -> Condition {
    let all_plain = |parts: &[Condition]| {
        let mut parts: Vec<Condition> = parts.iter().map(plain).collect();
        parts.sort_by_key(ToString::to_string);
        parts
    };
    let bound = |bound: &Option<Bound>| bound.map(|bound| Bound::exact(bound.at));
    match condition {
        Condition::Range { field, min, max } => {
            Condition::Range { field: *field, min: bound(min), max: bound(max) }
        }
        Condition::All(all) => Condition::All(all_plain(all)),
        Condition::Any(any) => Condition::Any(all_plain(any)),
        Condition::Not(condition) => Condition::Not(Box::new(plain(condition))),
        Condition::IsNot(Property::ServerName, Scalar::Text(_)) => {
            Condition::IsNot(Property::ServerName, Scalar::Text(String::new()))
        }
        other => other.clone(),
    }
}

/// An id that is not in the catalogue: displays as one line that names it, the nearest one, and
/// where all stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownQuirk {
    /// What was asked for.
    pub id: String,
}

impl fmt::Display for UnknownQuirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = Quirk::all().iter().map(|quirk| quirk.id.as_str());
        write!(f, "no quirk is called {:?}", self.id)?;
        if let Some(near) = nearest(&self.id, ids) {
            write!(f, "; did you mean {near:?}?")?;
        }
        f.write_str(" (`helloscope explain list` has all)")
    }
}

impl std::error::Error for UnknownQuirk {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::Facts;
    use crate::hello::named::NamedHello;
    use crate::names::{AlertDescription, AlertLevel};
    use std::path::Path;

    #[test]
    fn the_files_that_are_built_in_are_those_of_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/quirks");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .map(|name| name.strip_suffix(".toml").unwrap().to_owned())
            .collect();
        there.sort();
        let built_in: Vec<&str> = FILES.iter().map(|(id, _)| *id).collect();
        assert_eq!(built_in, there);
    }

    #[test]
    fn every_file_is_named_for_its_id_and_says_all_that_there_is_to_say() {
        for ((file, _), quirk) in FILES.iter().zip(Quirk::all()) {
            assert_eq!(*file, quirk.id);
            assert!(quirk.title.starts_with("the server ") && !quirk.title.ends_with('.'));
            assert!(quirk.summary.ends_with('.') && !quirk.summary.contains('\n'), "{file}");
            let sentences = quirk.summary.split(". ").count();
            assert!((2..=4).contains(&sentences), "{file}: {sentences} sentences");
            assert!(!quirk.products.is_empty() && !quirk.sources.is_empty(), "{file}");
            assert!(!quirk.remedy.client.is_empty() && !quirk.remedy.server.is_empty(), "{file}");
        }
    }

    /// What is true of a hello of an example.
    fn facts(hello: &str) -> Facts {
        let hello = NamedHello::parse(hello).unwrap_or_else(|error| panic!("{hello}: {error}"));
        let hello = hello.recorded().unwrap();
        assert_eq!(hello.notes, [""; 0], "{hello:?}");
        Facts::of_spec(&hello.spec)
    }

    #[test]
    fn a_condition_holds_for_the_hello_that_its_file_names_and_not_for_the_one_beside_it() {
        for quirk in Quirk::all() {
            let Example { fails, passes } = &quirk.example;
            assert!(quirk.condition.holds(&facts(fails)), "{}: {fails}", quirk.id);
            assert!(!quirk.condition.holds(&facts(passes)), "{}: {passes}", quirk.id);
        }
    }

    #[test]
    fn the_quirks_of_the_article_are_what_it_told() {
        let alert = |description| Response::Alert { level: AlertLevel::fatal, description };
        for (id, condition, reaction) in [
            (
                "f5-256-511",
                r#"{"field":"handshake.length","min":256,"max":511}"#,
                Response::Silence,
            ),
            (
                "padding-intolerance",
                r#"{"field":"extensions","has":21}"#,
                alert(AlertDescription::decode_error),
            ),
        ] {
            let quirk = Quirk::find(id).unwrap();
            assert_eq!(serde_json::to_string(&quirk.condition).unwrap(), condition);
            assert_eq!(quirk.reaction, reaction, "{id}");
        }
    }

    #[test]
    fn no_two_quirks_are_of_one_condition() {
        // Else a cause would be known by two titles, of which one is not what the server does.
        for quirk in Quirk::all() {
            assert_eq!(Quirk::known_as(&quirk.condition), [quirk]);
        }
    }

    #[test]
    fn a_quirk_comes_back_from_its_json() {
        for quirk in Quirk::all() {
            let json = serde_json::to_string(quirk).unwrap();
            assert_eq!(serde_json::from_str::<Quirk>(&json).unwrap(), *quirk, "{json}");
        }
        let text: Response = serde_json::from_str(r#"{"plaintext": "go away"}"#).unwrap();
        assert_eq!(text, Response::Plaintext("go away".to_owned()));
    }

    #[test]
    fn an_unknown_id_is_answered_with_what_was_likely_meant() {
        let unknown = Quirk::find("f5-256-512").unwrap_err().to_string();
        assert_eq!(
            unknown,
            "no quirk is called \"f5-256-512\"; did you mean \"f5-256-511\"? (`helloscope explain \
             list` has all)"
        );
        assert!(!Quirk::find("xyzzy").unwrap_err().to_string().contains("did you mean"));
    }

    #[test]
    fn a_cause_is_known_by_its_condition_however_exact_its_bounds_are() {
        let ids = |json: &str| {
            let condition: Condition = serde_json::from_str(json).unwrap();
            Quirk::known_as(&condition).iter().map(|quirk| quirk.id.as_str()).collect::<Vec<_>>()
        };
        let found = r#"{"field": "handshake.length", "min": 256, "max": 511, "max_exact": false}"#;
        assert_eq!(ids(found), ["f5-256-511"]);
        assert_eq!(ids(r#"{"field": "handshake.length", "min": 257, "max": 511}"#), [""; 0]);
        assert_eq!(ids(r#"{"field": "server_name", "is": null}"#), ["sni-required"]);
    }
}
