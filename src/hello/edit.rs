//! Edits: a change to a hello in one word, as a person writes it behind a hello's name
//! (`openssl-1.0.1e,pad_to=512`), as a diagnosis tries it, and as a remedy names it.
//!
//! | edit | what it does |
//! |---|---|
//! | `-extensions.padding` | takes an extension out; so for members of the other lists |
//! | `-extensions.grease` | takes every value of RFC 8701 out of a list |
//! | `cipher_suites-=TLS_RSA_*,*_SHA` | takes out all members whose names are like these |
//! | `+cipher_suites.NAME` | adds a member at the end of a list |
//! | `supported_groups=x25519,secp256r1` | makes a list of these members, in this order |
//! | `extensions=server_name,key_share` | puts extensions that are there in this order, without the others |
//! | `+extensions.NAME=HEX` | puts an extension with this body in place of its like, or last |
//! | `extensions+=NAME=HEX` | puts it last, also where its like is there already |
//! | `move server_name last` | moves an extension, to the `first` place or the `last`, or `before` or `after` another |
//! | `pad_to=512`, also `+padding=512` | makes the message so many bytes long by its padding extension |
//! | `legacy_version=1.0`, `record_version=1.0` | sets a version |
//! | `session_id=0` | makes the session id so many bytes long |
//! | `server_name=shop.example` | asks for another host, also where none was asked for |
//! | `split_records=1,100` | cuts the message into records of these sizes, the last again and again |
//! | `segments=5,rest`, `delay=50ms` | cuts the flight into TCP segments, and waits between them |
//! | `sslv2`, `dtls`, `tls` | carries the hello in another frame |
//! | `-flight` | leaves of a spec in which every byte is given the hello alone |
//! | `hello.random:=00…`, `record_length:=5` | sets any field of the spec to a value in JSON, legal or not |
//!
//! An edit keeps legal what was legal: a key share goes with its group, and TLS 1.3 with what it
//! needs. What would be illegal all the same is refused. `!` before an edit says that illegality is
//! the point.
//!
//! What an edit says in so many words is no longer drawn anew: a body, a value, with `move` and
//! `extensions=` the order, with `pad_to` the length. So the edited hello is the same whether it is
//! saved or sent. What it only names, as the group of a key share, is drawn as before, and so is an
//! order in which it puts a new extension.
//!
//! [`edit_form`](super::edit_form) reads and writes edits, [`apply`](super::apply) does them.

use std::fmt;

use serde_json::Value as Json;

use super::edit_words::member_word;
use super::exact;
use super::framing::Framing;
use super::spec::HelloSpec;
use super::vocabulary::{List, Member, is_grease};
use crate::names::{Code, ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::text::escape;

/// A change to a hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Takes a member out of a list.
    Remove(List, Member),
    /// Takes all members out of a list whose names are like one of these: `*` stands for any
    /// letters, `?` for one.
    RemoveLike(List, Vec<String>),
    /// Adds a number at the end of a list, or a GREASE value.
    Add(List, Member),
    /// Makes a list of these members. Of extensions, those that are there in this order.
    SetList(List, Vec<Member>),
    /// Puts an extension at the end, or in the place of the one of its type.
    SetExtension(ClientExtension),
    /// Puts an extension at the end, also where there is one of its type.
    AddExtension(ClientExtension),
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
    /// Moves an extension to another place.
    Move(ExtensionType, Place),
    /// Cuts the message into records, or fragments, of so many bytes; into one where none is given.
    Records(Vec<usize>),
    /// Cuts the flight into TCP segments of so many bytes; into one where none is given.
    Segments(Vec<usize>),
    /// Waits so many milliseconds between two segments or datagrams.
    Delay(Option<u32>),
    /// Carries the hello in another frame.
    Framing(Framing),
    /// Sets a field of the spec, named as in a spec file with dots between, to a value as it
    /// stands there; null takes it out.
    Set(String, Json),
}

/// A place in a list of extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first.
    First,
    /// The last.
    Last,
    /// The one before another extension.
    Before(ExtensionType),
    /// The one behind another.
    After(ExtensionType),
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

impl Edit {
    /// The edits that undo this one in a hello that was `before` it was done.
    ///
    /// # Errors
    /// Where it cannot be done in that hello.
    pub fn undo(&self, before: &HelloSpec) -> Result<Vec<Edit>, BadEdit> {
        let mut after = before.clone();
        self.change(&mut after)?;
        Ok(exact::exact(&after, before))
    }

    /// What the hello is then, in words: "without padding". What an extension is put in from is
    /// another hello.
    pub fn words(&self) -> String {
        self.words_of("the other's ")
    }

    /// The same; `whose` an extension is that is put in.
    fn words_of(&self, whose: &str) -> String {
        match self {
            Edit::Remove(List::KeyShare, member) if *member != Member::Grease => {
                format!("without a share of {}", short_words(List::KeyShare, member))
            }
            Edit::Remove(list, member) => format!("without {}", short_words(*list, member)),
            Edit::RemoveLike(list, patterns) => {
                format!("without {} like {}", list.name(), patterns.join(", "))
            }
            Edit::Add(List::KeyShare, member) if *member != Member::Grease => {
                format!("with a share of {}", short_words(List::KeyShare, member))
            }
            Edit::Add(list, member) => format!("with {}", short_words(*list, member)),
            Edit::SetList(List::Extensions, _) => "with its extensions in another order".to_owned(),
            Edit::SetList(list, members) => {
                format!("with {} {}", list.name(), few(*list, members))
            }
            Edit::SetExtension(ClientExtension::ServerName(names)) => {
                let host = names.0.first().map_or(&[][..], |name| &name.host_name.0);
                format!("asking for {}", escape(host))
            }
            Edit::SetExtension(ClientExtension::KeyShare(shares)) if !shares.0.is_empty() => {
                let groups = shares.0.iter().map(|share| Member::Number(share.group.0));
                let of = few(List::KeyShare, &groups.collect::<Vec<_>>());
                format!("with {whose}key_share of {of}")
            }
            Edit::SetExtension(extension) => {
                let member = Member::Number(extension.extension_type().0);
                format!("with {whose}{}", short_words(List::Extensions, &member))
            }
            Edit::AddExtension(extension) => {
                let member = Member::Number(extension.extension_type().0);
                format!("with one more {}", short_words(List::Extensions, &member))
            }
            Edit::PadTo(length) => format!("padded to {length} bytes"),
            Edit::LegacyVersion(version) => format!("at {}", version_words(*version)),
            Edit::RecordVersion(version) => {
                format!("in a record of {}", version_words(*version))
            }
            Edit::SessionId(0) => "without a session id".to_owned(),
            Edit::SessionId(length) => format!("with a session id of {length} bytes"),
            Edit::ServerName(host) => format!("asking for {}", escape(host.as_bytes())),
            Edit::Move(extension_type, place) => {
                let member = Member::Number(extension_type.0);
                let extension = short_words(List::Extensions, &member);
                match place {
                    Place::First => format!("with {extension} first"),
                    Place::Last => format!("with {extension} last"),
                    Place::Before(other) | Place::After(other) => {
                        let other = short_words(List::Extensions, &Member::Number(other.0));
                        let side = match place {
                            Place::Before(_) => "before",
                            _ => "behind",
                        };
                        format!("with {extension} {side} {other}")
                    }
                }
            }
            Edit::Records(sizes) => cut_words("record", sizes),
            Edit::Segments(sizes) => cut_words("segment", sizes),
            Edit::Delay(Some(pause)) => format!("with {pause} ms between its segments"),
            Edit::Delay(None) => "with no more between its segments than it takes".to_owned(),
            Edit::Framing(Framing::Tls) => "in records of TLS".to_owned(),
            Edit::Framing(Framing::Sslv2) => "in a record of SSL 2.0".to_owned(),
            Edit::Framing(Framing::Dtls) => "in datagrams of DTLS".to_owned(),
            Edit::Set(path, Json::Null) if path == "flight" => {
                "without what else is in its flight".to_owned()
            }
            Edit::Set(path, Json::Null) => format!("without {}", escape(path.as_bytes())),
            Edit::Set(path, _) => format!("with another {}", escape(path.as_bytes())),
        }
    }

    /// What a hello that had the edit is without it, in words: "with padding".
    fn undone_words(&self) -> String {
        match self {
            Edit::Remove(list, member) => format!("with {}", short_words(*list, member)),
            Edit::Add(list, member) => format!("without {}", short_words(*list, member)),
            Edit::SetExtension(extension) => {
                let member = Member::Number(extension.extension_type().0);
                format!("without {}", short_words(List::Extensions, &member))
            }
            Edit::LegacyVersion(_) => "at the version that it had".to_owned(),
            Edit::RecordVersion(_) => "in a record as it was".to_owned(),
            Edit::SessionId(_) => "with the session id that it had".to_owned(),
            _ => "as it was".to_owned(),
        }
    }
}

/// "in 2 records", "in one segment".
fn cut_words(what: &str, sizes: &[usize]) -> String {
    match sizes {
        [] => format!("in one {what}"),
        sizes => {
            let sizes: Vec<_> = sizes.iter().map(usize::to_string).collect();
            format!("in {what}s of {} bytes", sizes.join(", "))
        }
    }
}

/// Edits in words, as a diagnosis does them to a hello: "without padding, at TLS 1.0". Of many, a few are told.
pub fn in_words(edits: &[Edit]) -> String {
    told(edits, |edit| edit.words_of(""))
}

/// Edits in words, as undone in a hello that had them: "with padding".
pub fn undone_in_words(edits: &[Edit]) -> String {
    told(edits, Edit::undone_words)
}

fn told(edits: &[Edit], words: impl Fn(&Edit) -> String) -> String {
    const TOLD: usize = 2;
    let mut parts: Vec<String> = Vec::new();
    for words in edits.iter().map(words) {
        // A value of GREASE goes from several lists.
        if !parts.contains(&words) {
            parts.push(words);
        }
    }
    // That there is one more takes as long to say as which.
    if parts.len() > TOLD + 1 {
        let more = parts.len() - TOLD;
        parts.truncate(TOLD);
        parts.push(format!("and {more} changes more"));
    }
    parts.join(", ")
}

/// The members of a list by their names; of many, the first.
fn few(list: List, members: &[Member]) -> String {
    const TOLD: usize = 4;
    let words = |members: &[Member]| {
        members.iter().map(|member| short_words(list, member)).collect::<Vec<_>>().join(", ")
    };
    match members.split_at_checked(TOLD) {
        Some((first, more)) if more.len() > 1 => {
            format!("{}, and {} more", words(first), more.len())
        }
        _ => words(members),
    }
}

/// A version by its name alone.
pub(super) fn version_words(version: ProtocolVersion) -> String {
    version.name().map_or(version.to_string(), str::to_owned)
}

/// A member by its name alone.
fn short_words(list: List, member: &Member) -> String {
    match member {
        Member::Grease => "GREASE".to_owned(),
        Member::Unknown => "what no server knows".to_owned(),
        Member::Duplicate => "what stands twice".to_owned(),
        Member::NotOffered => "what supported_groups does not have".to_owned(),
        Member::Number(number) if is_grease(list, *number) => "GREASE".to_owned(),
        Member::Number(_) => member_word(list, member),
        Member::Text(text) => text.clone(),
    }
}
