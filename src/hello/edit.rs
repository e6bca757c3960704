//! Edits: a change to a hello in one word, as a person writes it behind a hello's name
//! (`openssl-1.0.1e,pad_to=512`), as a diagnosis tries it, and as a remedy names it.
//!
//! | edit | what it does |
//! |---|---|
//! | `-extensions.padding` | takes an extension out; so for members of the other lists |
//! | `-extensions.grease` | takes every value of RFC 8701 out of a list |
//! | `pad_to=512` | makes the message so many bytes long by its padding extension |
//! | `legacy_version=1.0`, `record_version=1.0` | sets a version |
//! | `session_id=0` | makes the session id so many bytes long |
//! | `server_name=shop.example` | asks for another host, also where none was asked for |
//! | `move server_name last` | moves an extension, to the `first` place or the `last` |
//! | `+extensions.NAME=HEX` | puts an extension with this body in place of its like, or last |
//! | `+cipher_suites.NAME` | adds a member at the end of a list that is there |
//!
//! An edit keeps legal what was legal: a key share goes with its group, and TLS 1.3 with what it
//! needs.

use std::fmt;

use super::vocabulary::{List, Member};
use crate::names::code::nearest;
use crate::names::{CipherSuite, Code, ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::text::{escape, hex, unhex};

/// A change to a hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Takes a member out of a list.
    Remove(List, Member),
    /// Adds a number at the end of a list, or a GREASE value.
    Add(List, Member),
    /// Puts an extension at the end, or in the place of the one of its type.
    SetExtension(ClientExtension),
    /// Makes the message so many bytes long by its padding extension.
    PadTo(usize),
    /// Sets the version in the message.
    LegacyVersion(ProtocolVersion),
    /// Sets the version in the record's header.
    RecordVersion(ProtocolVersion),
    /// Makes the session id so many bytes long.
    SessionId(usize),
    /// Asks for another host.
    ServerName(String),
    /// Moves an extension to the first place or the last.
    Move(ExtensionType, Place),
}

/// An end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first.
    First,
    /// The last.
    Last,
}

/// An edit that cannot be read or done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEdit(pub String);

impl fmt::Display for BadEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadEdit {}

/// What an edit can begin with, for messages to people.
const WORDS: &str = "-LIST.MEMBER, +LIST.MEMBER, +extensions.NAME=HEX, pad_to=N, legacy_version=V, \
                     record_version=V, session_id=N, server_name=HOST, move EXTENSION first|last";

impl Edit {
    /// Reads an edit.
    ///
    /// # Errors
    /// Where it is none: what is wrong with it, and what would be right.
    pub fn parse(text: &str) -> Result<Edit, BadEdit> {
        let text = text.trim();
        let bad = |what: String| BadEdit(format!("{text:?}: {what}"));
        if let Some(path) = text.strip_prefix('-') {
            let (list, member) = member(path).map_err(bad)?;
            return Ok(Edit::Remove(list, member));
        }
        if let Some((name, digits)) =
            text.strip_prefix("+extensions.").and_then(|rest| rest.split_once('='))
        {
            let extension_type =
                ExtensionType::parse(name).ok_or_else(|| bad(unknown::<ExtensionType>(name)))?;
            let data = unhex(digits)
                .map_err(|at| bad(format!("no hexadecimal digit at digit {}", at + 1)))?;
            return Ok(Edit::SetExtension(ClientExtension::from_data(extension_type, &data)));
        }
        if let Some(path) = text.strip_prefix('+') {
            return match member(path).map_err(bad)? {
                (List::Extensions | List::KeyShare, _) => {
                    Err(bad("its body belongs behind it, as in +extensions.NAME=HEX".to_owned()))
                }
                (_, Member::Unknown) => Err(bad("which one?".to_owned())),
                (list, member) => Ok(Edit::Add(list, member)),
            };
        }
        if let Some(rest) = text.strip_prefix("move ") {
            let (name, place) = rest.rsplit_once(' ').unwrap_or((rest, ""));
            let place = match place {
                "first" => Place::First,
                "last" => Place::Last,
                _ => return Err(bad("it ends in `first` or `last`".to_owned())),
            };
            return match ExtensionType::parse(name.trim()) {
                Some(extension_type) => Ok(Edit::Move(extension_type, place)),
                None => Err(bad(format!("no extension is called {name:?}"))),
            };
        }
        let Some((word, value)) = text.split_once('=') else {
            return Err(bad(format!("no such edit; there are {WORDS}")));
        };
        let number =
            || value.parse::<usize>().map_err(|_| bad("a number belongs there".to_owned()));
        let version = || {
            ProtocolVersion::from_text(value)
                .ok_or_else(|| bad("a version belongs there, as in 1.2".to_owned()))
        };
        match word {
            "pad_to" => Ok(Edit::PadTo(number()?)),
            "session_id" => match number()? {
                length @ 0..=255 => Ok(Edit::SessionId(length)),
                _ => Err(bad("a session id has 255 bytes at most".to_owned())),
            },
            "legacy_version" => Ok(Edit::LegacyVersion(version()?)),
            "record_version" => Ok(Edit::RecordVersion(version()?)),
            "server_name" => Ok(Edit::ServerName(value.to_owned())),
            _ => {
                let known =
                    ["pad_to", "session_id", "legacy_version", "record_version", "server_name"];
                let meant = nearest(word, known.into_iter());
                let meant = meant.map_or(String::new(), |word| format!("; did you mean {word:?}?"));
                Err(bad(format!("no such edit{meant}; there are {WORDS}")))
            }
        }
    }

    /// What the hello is then, in words: "without padding".
    fn words(&self) -> String {
        match self {
            Edit::Remove(list, member) => format!("without {}", short_words(*list, member)),
            Edit::Add(list, member) => format!("with {}", short_words(*list, member)),
            Edit::SetExtension(ClientExtension::ServerName(names)) => {
                let host = names.0.first().map_or(&[][..], |name| &name.host_name.0);
                format!("asking for {}", escape(host))
            }
            Edit::SetExtension(extension) => {
                let member = Member::Number(extension.extension_type().0);
                format!("with the control's {}", short_words(List::Extensions, &member))
            }
            Edit::PadTo(length) => format!("padded to {length} bytes"),
            Edit::LegacyVersion(version) => format!("at {}", version_words(*version)),
            Edit::RecordVersion(version) => {
                format!("in a record of {}", version_words(*version))
            }
            Edit::SessionId(0) => "without a session id".to_owned(),
            Edit::SessionId(length) => format!("with a session id of {length} bytes"),
            Edit::ServerName(host) => format!("asking for {host}"),
            Edit::Move(extension_type, place) => {
                let member = Member::Number(extension_type.0);
                let extension = short_words(List::Extensions, &member);
                match place {
                    Place::First => format!("with {extension} first"),
                    Place::Last => format!("with {extension} last"),
                }
            }
        }
    }

    /// What a hello that had the edit is without it, in words: "with padding".
    fn undone_words(&self) -> String {
        match self {
            Edit::Remove(list, member) => format!("with {}", short_words(*list, member)),
            Edit::Add(list, member) => format!("without {}", short_words(*list, member)),
            Edit::SetExtension(extension) => {
                let member = Member::Number(extension.extension_type().0);
                format!("without the control's {}", short_words(List::Extensions, &member))
            }
            Edit::LegacyVersion(_) => "at the version that it had".to_owned(),
            Edit::RecordVersion(_) => "in a record as it was".to_owned(),
            Edit::SessionId(_) => "with the session id that it had".to_owned(),
            Edit::PadTo(_) | Edit::ServerName(_) | Edit::Move(..) => "as it was".to_owned(),
        }
    }
}

/// Edits in words, as done to a hello: "without padding, at TLS 1.0". Of many, a few are told.
pub fn in_words(edits: &[Edit]) -> String {
    told(edits, Edit::words)
}

/// Edits in words, as undone in a hello that had them: "with padding".
pub fn undone_in_words(edits: &[Edit]) -> String {
    told(edits, Edit::undone_words)
}

fn told(edits: &[Edit], words: impl Fn(&Edit) -> String) -> String {
    const TOLD: usize = 2;
    let mut parts: Vec<String> = edits.iter().take(TOLD).map(words).collect();
    if edits.len() > TOLD {
        let more = edits.len() - TOLD;
        let noun = if more == 1 { "change" } else { "changes" };
        parts.push(format!("and {more} {noun} more"));
    }
    parts.join(", ")
}

/// `extensions.padding`: a list and its member.
fn member(path: &str) -> Result<(List, Member), String> {
    let (list, name) = path.split_once('.').ok_or_else(|| {
        "a list and its member belong there, as in -extensions.padding".to_owned()
    })?;
    let found = List::from_name(list).ok_or_else(|| {
        let lists = List::all().map(List::name).collect::<Vec<_>>().join(", ");
        format!("no list is called {list:?}; there are {lists}")
    })?;
    let member = found.parse_member(name).ok_or_else(|| match found {
        List::Extensions => unknown::<ExtensionType>(name),
        List::CipherSuites => unknown::<CipherSuite>(name),
        _ => format!("no member of {list} is called {name:?}"),
    })?;
    Ok((found, member))
}

fn unknown<C: Code>(name: &str) -> String {
    crate::names::code::Unknown::<C>::new(name).to_string()
}

/// As it is written.
impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |version: ProtocolVersion| match version.name() {
            Some(name) => name.trim_start_matches("TLS ").replace(' ', ""),
            None => format!("0x{:04x}", version.0),
        };
        match self {
            Edit::Remove(list, member) => {
                write!(f, "-{}.{}", list.name(), member_word(*list, member))
            }
            Edit::Add(list, member) => {
                write!(f, "+{}.{}", list.name(), member_word(*list, member))
            }
            Edit::SetExtension(ClientExtension::ServerName(names)) => {
                let host = names.0.first().map_or(&[][..], |name| &name.host_name.0);
                write!(f, "server_name={}", escape(host))
            }
            Edit::SetExtension(extension) => {
                let member = Member::Number(extension.extension_type().0);
                let name = member_word(List::Extensions, &member);
                write!(f, "+extensions.{name}={}", hex(&extension.data()))
            }
            Edit::PadTo(length) => write!(f, "pad_to={length}"),
            Edit::LegacyVersion(to) => write!(f, "legacy_version={}", version(*to)),
            Edit::RecordVersion(to) => write!(f, "record_version={}", version(*to)),
            Edit::SessionId(length) => write!(f, "session_id={length}"),
            Edit::ServerName(host) => write!(f, "server_name={host}"),
            Edit::Move(extension_type, place) => {
                let member = Member::Number(extension_type.0);
                let place = match place {
                    Place::First => "first",
                    Place::Last => "last",
                };
                write!(f, "move {} {place}", member_word(List::Extensions, &member))
            }
        }
    }
}

fn version_words(version: ProtocolVersion) -> String {
    version.name().map_or(version.to_string(), str::to_owned)
}

/// A member by its name alone.
fn short_words(list: List, member: &Member) -> String {
    match member {
        Member::Grease => "GREASE".to_owned(),
        Member::Unknown => "what no server knows".to_owned(),
        Member::Number(_) => member_word(list, member),
        Member::Text(text) => text.clone(),
    }
}

/// A member as it is written in an edit.
fn member_word(list: List, member: &Member) -> String {
    match member {
        Member::Grease => "grease".to_owned(),
        Member::Unknown => "unknown".to_owned(),
        Member::Number(number) if list == List::Extensions => {
            let extension = ExtensionType(*number);
            extension.name().map_or(format!("0x{number:04x}"), str::to_owned)
        }
        member => list.member_words(member),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::facts::Facts;
    use crate::hello::named::NamedHello;
    use crate::hello::spec::HelloSpec;

    fn edited(preset: &str, edits: &[&str]) -> HelloSpec {
        let name = [&[preset], edits].concat().join(",");
        NamedHello::parse(&name).unwrap().recorded().unwrap()
    }

    fn types(spec: &HelloSpec) -> Vec<ExtensionType> {
        spec.hello.extensions().iter().map(Extension::extension_type).collect()
    }

    #[test]
    fn every_edit_reads_back_as_it_is_written() {
        for text in [
            "-extensions.padding",
            "-extensions.grease",
            "-cipher_suites.TLS_RSA_WITH_RC4_128_MD5",
            "-supported_groups.x25519",
            "-supported_versions.TLS 1.3",
            "-alpn.h2",
            "+cipher_suites.TLS_AES_128_GCM_SHA256",
            "+extensions.supported_versions=0403040303",
            "+extensions.0x7e57=",
            "pad_to=512",
            "legacy_version=1.0",
            "legacy_version=SSL3.0",
            "record_version=1.2",
            "session_id=32",
            "server_name=shop.example",
            "move server_name last",
        ] {
            assert_eq!(Edit::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn edits_do_what_they_say() {
        assert_eq!(edited("openssl-1.0.1e", &["pad_to=512"]).length(), 512);
        assert_eq!(edited("openssl-1.0.1g", &["-extensions.padding"]).length(), 339);
        let moved = edited("openssl-1.0.1e", &["move server_name last"]);
        assert_eq!(types(&moved).last(), Some(&ExtensionType::server_name));
        let versions = edited("openssl-1.0.1e", &["legacy_version=1.0", "session_id=7"]);
        assert_eq!(versions.hello.legacy_version, ProtocolVersion::TLS1_0);
        assert_eq!(versions.hello.legacy_session_id.0.len(), 7);
        let greaseless = edited("chromium-156", &["-extensions.grease"]);
        assert!(!types(&greaseless).iter().any(|kind| kind.is_grease()));
    }

    #[test]
    fn what_depends_on_what_was_taken_goes_with_it() {
        let spec = edited("firefox-153esr", &["-supported_groups.x25519"]);
        let shares = Facts::of(&spec.flight(), &[]).list(List::KeyShare);
        assert!(!shares.contains(&Member::Number(29)) && shares.contains(&Member::Number(23)));
        let spec = edited("firefox-153esr", &["-extensions.signature_algorithms"]);
        assert!(!types(&spec).contains(&ExtensionType::key_share));
        assert!(!types(&spec).contains(&ExtensionType::supported_versions));
    }

    #[test]
    fn what_is_no_edit_is_answered_with_what_there_is() {
        let error = |text: &str| Edit::parse(text).unwrap_err().to_string();
        assert!(error("padto=512").contains("did you mean \"pad_to\"?"));
        assert!(error("-extension.padding").contains("there are cipher_suites"));
        assert!(error("-extensions.pading").contains("did you mean \"padding\"?"));
        assert!(error("pad_to=many").contains("a number"));
        assert!(error("move padding up").contains("`first` or `last`"));
        let error = NamedHello::parse("openssl-1.0.1e,-extensions.padding").unwrap_err();
        assert!(error.to_string().contains("does not have it"));
        assert!(NamedHello::parse("openssl-1.0.1e,pad_to=100").unwrap().recorded().is_err());
    }
}
