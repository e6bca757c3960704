//! What differs between two hellos, in a person's words: in framing, length, meaning and order.
//! What is drawn anew for each connection anyway, as the random, is no difference.

use std::collections::HashMap;

use super::edit::version_words;
use super::facts::members;
use super::framing::Framing;
use super::spec::HelloSpec;
use super::vocabulary::{List, Member, is_grease};
use crate::names::{Code, ExtensionType};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::text::escape;

/// One thing in which two hellos differ, or are found to be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A value of its own.
    Value {
        /// What it is.
        field: String,
        /// What it is in the first, in words.
        from: String,
        /// What it is in the second.
        to: String,
    },
    /// A list.
    List {
        /// What it is.
        field: String,
        /// What only the first has, in words.
        removed: Vec<String>,
        /// What only the second has.
        added: Vec<String>,
        /// How many members both have.
        kept: usize,
        /// Whether those stand in another order.
        reordered: bool,
    },
}

impl Change {
    /// What it is about.
    pub fn field(&self) -> &str {
        match self {
            Change::Value { field, .. } | Change::List { field, .. } => field,
        }
    }

    /// Whether there is a difference at all.
    pub fn differs(&self) -> bool {
        match self {
            Change::Value { from, to, .. } => from != to,
            Change::List { removed, added, reordered, .. } => {
                *reordered || !removed.is_empty() || !added.is_empty()
            }
        }
    }
}

/// All that is compared: framing first, then the message from front to back.
pub fn compare(from: &HelloSpec, to: &HelloSpec) -> Vec<Change> {
    let mut changes = vec![
        value("framing", from, to, |spec| frame_words(spec.framing).to_owned()),
        value("length", from, to, |spec| spec.length().to_string()),
        value("records", from, to, records_words),
        value("segments", from, to, segments_words),
        value("record_version", from, to, record_version_words),
        value("legacy_version", from, to, |spec| version_words(spec.hello.legacy_version)),
        value("session_id", from, to, |spec| bytes(spec.hello.legacy_session_id.0.len())),
        extensions(from, to),
    ];
    if from.raw.is_some() || to.raw.is_some() {
        changes.push(value("raw", from, to, |spec| match &spec.raw {
            Some(raw) => bytes(raw.0.len()),
            None => "in types".to_owned(),
        }));
    }
    let others = List::all().filter(|list| *list != List::Extensions);
    changes.extend(others.filter_map(|list| of_list(list, from, to)));
    changes.extend(bodies(from, to));
    changes.push(value("drawn anew", from, to, |spec| {
        let fresh = spec.fresh.iter().filter_map(|fresh| serde_json::to_value(fresh).ok());
        let names: Vec<_> = fresh.filter_map(|name| Some(name.as_str()?.to_owned())).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    }));
    changes
}

fn value(
    field: &str,
    from: &HelloSpec,
    to: &HelloSpec,
    words: impl Fn(&HelloSpec) -> String,
) -> Change {
    Change::Value { field: field.to_owned(), from: words(from), to: words(to) }
}

fn frame_words(framing: Framing) -> &'static str {
    match framing {
        Framing::Tls => "records of TLS",
        Framing::Sslv2 => "a record of SSL 2.0",
        Framing::Dtls => "datagrams of DTLS",
    }
}

fn records_words(spec: &HelloSpec) -> String {
    let mut words = match spec.records.as_slice() {
        [] => "one".to_owned(),
        sizes => format!("of {} bytes", listed(sizes)),
    };
    if let Some(length) = spec.record_length {
        words.push_str(&format!(", said to have {length} bytes"));
    }
    if let Some(length) = spec.handshake_length {
        words.push_str(&format!(", with a message said to have {length} bytes"));
    }
    words
}

/// The versions of the records that have their own, and that of all behind them.
fn record_version_words(spec: &HelloSpec) -> String {
    let versions = spec.record_versions.iter().chain([&spec.record_version]);
    versions.map(|version| version_words(*version)).collect::<Vec<_>>().join(", then ")
}

fn segments_words(spec: &HelloSpec) -> String {
    let pause = spec.delay_ms.map_or(String::new(), |pause| format!(", {pause} ms between them"));
    match spec.segments.as_slice() {
        [] => format!("one{pause}"),
        sizes => format!("of {} bytes and the rest{pause}", listed(sizes)),
    }
}

fn listed(sizes: &[usize]) -> String {
    sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

fn bytes(count: usize) -> String {
    match count {
        0 => "none".to_owned(),
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    }
}

/// A member of a list. Values of RFC 8701 are all alike.
fn words(list: List, member: &Member) -> String {
    match member {
        Member::Number(number) if is_grease(list, *number) => "GREASE".to_owned(),
        member => list.member_words(member),
    }
}

/// The extensions by type, with length and place of what is new.
fn extensions(from: &HelloSpec, to: &HelloSpec) -> Change {
    let last = to.hello.extensions().len().saturating_sub(1);
    let body = |extension: &ClientExtension| match extension.data().len() {
        0 => "empty".to_owned(),
        length => bytes(length),
    };
    let places = to.hello.extensions().iter().enumerate();
    let new: Vec<String> = places
        .map(|(place, extension)| {
            let end = match place {
                0 => ", first",
                place if place == last => ", last",
                _ => "",
            };
            let member = Member::Number(extension.extension_type().0);
            format!("{}, {}{end}", words(List::Extensions, &member), body(extension))
        })
        .collect();
    let (a, b) = (members(&from.hello, List::Extensions), members(&to.hello, List::Extensions));
    let old: Vec<String> = a.iter().map(|member| words(List::Extensions, member)).collect();
    list("extensions", &a, &b, &old, &new)
}

fn of_list(of: List, from: &HelloSpec, to: &HelloSpec) -> Option<Change> {
    let (a, b) = (members(&from.hello, of), members(&to.hello, of));
    let all =
        |members: &[Member]| members.iter().map(|member| words(of, member)).collect::<Vec<_>>();
    let has = |spec: &HelloSpec, kind: ExtensionType| {
        spec.hello.extensions().iter().any(|extension| extension.extension_type() == kind)
    };
    if of.extension().is_some_and(|kind| has(from, kind) != has(to, kind)) {
        // The extension as a whole is what is new, or gone.
        return None;
    }
    if a.is_empty() && b.is_empty() {
        return None;
    }
    Some(list(of.name(), &a, &b, &all(&a), &all(&b)))
}

/// Two lists, each with the words for its members. Values of RFC 8701 are all alike.
fn list(field: &str, a: &[Member], b: &[Member], old: &[String], new: &[String]) -> Change {
    let alike = |members: &[Member]| -> Vec<Member> {
        let grease = |number| ExtensionType(number).is_grease();
        let alike = members.iter().map(|member| match member {
            Member::Number(number) if grease(*number) => Member::Grease,
            member => member.clone(),
        });
        alike.collect()
    };
    let (a, b) = (alike(a), alike(b));
    // Whether the other has each of them too. The second of two counts where it has two.
    let both = |mine: &[Member], theirs: &[Member]| -> Vec<bool> {
        let mut left = HashMap::new();
        theirs.iter().for_each(|member| *left.entry(member).or_insert(0_usize) += 1);
        let mut both = Vec::with_capacity(mine.len());
        for member in mine {
            let number = left.get_mut(member).filter(|number| **number > 0);
            both.push(number.is_some());
            if let Some(number) = number {
                *number -= 1;
            }
        }
        both
    };
    let (of_a, of_b) = (both(&a, &b), both(&b, &a));
    let only = |both: &[bool], words: &[String]| -> Vec<String> {
        words.iter().zip(both).filter(|(_, both)| !**both).map(|(words, _)| words.clone()).collect()
    };
    let (removed, added) = (only(&of_a, old), only(&of_b, new));
    let common = |mine: &[Member], both: &[bool]| -> Vec<Member> {
        mine.iter().zip(both).filter(|(_, both)| **both).map(|(member, _)| member.clone()).collect()
    };
    Change::List {
        field: field.to_owned(),
        kept: a.len().saturating_sub(removed.len()),
        reordered: common(&a, &of_a) != common(&b, &of_b),
        removed,
        added,
    }
}

/// The bodies of extensions that both have and that are told nowhere else. Keys and what is sealed
/// differ each time.
fn bodies(from: &HelloSpec, to: &HelloSpec) -> Vec<Change> {
    let mut changes = Vec::new();
    let listed: Vec<ExtensionType> = List::all().filter_map(List::extension).collect();
    let mut others = HashMap::new();
    for other in to.hello.extensions() {
        others.entry(other.extension_type().0).or_insert(other);
    }
    for mine in from.hello.extensions() {
        let kind = mine.extension_type();
        let theirs = others.get(&kind.0);
        let Some(theirs) = theirs.filter(|_| !listed.contains(&kind)) else { continue };
        let (a, b) = (mine.data(), theirs.data());
        let (from, to) = match (mine, *theirs) {
            (
                ClientExtension::EncryptedClientHello(_),
                ClientExtension::EncryptedClientHello(_),
            ) if a.len() == b.len() => {
                continue;
            }
            (ClientExtension::ServerName(a), ClientExtension::ServerName(b)) => {
                let name = |names: &[crate::wire::extension::ServerName]| {
                    escape(names.first().map_or(&[][..], |name| &name.host_name.0))
                };
                (name(&a.0), name(&b.0))
            }
            _ if a == b => continue,
            _ if a.len() == b.len() => (bytes(a.len()), format!("other {}", bytes(b.len()))),
            _ => (bytes(a.len()), bytes(b.len())),
        };
        let field = kind.name().map_or_else(|| format!("0x{:04x}", kind.0), str::to_owned);
        changes.push(Change::Value { field, from, to });
    }
    changes.retain(Change::differs);
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::preset::Preset;

    fn differences(from: &str, to: &str) -> Vec<Change> {
        let spec = |name| &Preset::find(name).unwrap().spec;
        compare(spec(from), spec(to)).into_iter().filter(Change::differs).collect()
    }

    #[test]
    fn a_hello_does_not_differ_from_itself() {
        for preset in Preset::all() {
            assert_eq!(differences(preset.id, preset.id), [], "{}", preset.id);
        }
    }

    #[test]
    fn what_an_upgrade_changed_is_told() {
        let changes = differences("openssl-1.0.1e", "openssl-1.0.1g");
        let extensions = changes.iter().find(|change| change.field() == "extensions").unwrap();
        let Change::List { removed, added, reordered, .. } = extensions else { panic!() };
        assert!(removed.is_empty() && !reordered);
        assert_eq!(added, &["padding (21), 169 bytes, last"]);
        assert!(
            changes.contains(&Change::Value {
                field: "length".into(),
                from: "341".into(),
                to: "512".into()
            }),
            "{changes:?}"
        );
    }
}
