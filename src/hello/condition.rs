//! Conditions: statements about a hello that are true or false.
//!
//! The same type says when a known quirk strikes, drives the lab's servers, and is the answer
//! that a diagnosis gives. Its JSON is a contract: the vocabulary of causes.

use std::fmt;

use super::facts::Facts;
use super::vocabulary::{List, Member, Property, Quantity, Scalar};
use crate::names::{Code, ExtensionType, ProtocolVersion};

/// A statement about a hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A quantity lies between bounds, which belong to it.
    Range {
        /// The quantity.
        field: Quantity,
        /// At least.
        min: Option<Bound>,
        /// At most.
        max: Option<Bound>,
    },
    /// A list holds a member.
    Has(Entries, Member),
    /// A list does not hold a member.
    Lacks(Entries, Member),
    /// A list holds none of these.
    LacksAll(Entries, Vec<Member>),
    /// A property has a value.
    Is(Property, Scalar),
    /// A property has another value.
    IsNot(Property, Scalar),
    /// Both members are in the list, and the first stands before the second.
    Order(List, Member, Member),
    /// All of these.
    All(Vec<Condition>),
    /// One of these, or several.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
}

/// A bound of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The last number that is within.
    pub at: u64,
    /// Whether the number beside it was seen to be without.
    pub exact: bool,
}

impl Bound {
    /// A bound that is known to be one.
    pub fn exact(at: u64) -> Bound {
        Bound { at, exact: true }
    }
}

/// A list, or its first entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entries {
    /// The list.
    pub list: List,
    /// How many of its entries count; all where none is given.
    pub first: Option<usize>,
}

impl From<List> for Entries {
    fn from(list: List) -> Entries {
        Entries { list, first: None }
    }
}

impl Condition {
    /// A quantity between two bounds that are exact.
    pub fn range(field: Quantity, min: Option<u64>, max: Option<u64>) -> Condition {
        Condition::Range { field, min: min.map(Bound::exact), max: max.map(Bound::exact) }
    }

    /// Why no number lies between these bounds, in words, where none does.
    pub(super) fn nothing_between(min: Option<u64>, max: Option<u64>) -> Option<String> {
        let (min, max) = (min?, max?);
        (min > max).then(|| format!("no number is {min} or more and {max} or less"))
    }

    /// A hello that has an extension.
    pub fn has_extension(extension_type: ExtensionType) -> Condition {
        Condition::Has(List::Extensions.into(), Member::Number(extension_type.0))
    }

    /// Whether it is true of a hello.
    pub fn holds(&self, facts: &Facts) -> bool {
        match self {
            Condition::Range { field, min, max } => facts.quantity(*field).is_some_and(|number| {
                min.is_none_or(|min| number >= min.at) && max.is_none_or(|max| number <= max.at)
            }),
            Condition::Has(entries, member) => facts.has(entries.list, entries.first, member),
            Condition::Lacks(entries, member) => !facts.has(entries.list, entries.first, member),
            Condition::LacksAll(entries, members) => {
                !members.iter().any(|member| facts.has(entries.list, entries.first, member))
            }
            Condition::Is(property, value) => facts.property(*property) == *value,
            Condition::IsNot(property, value) => facts.property(*property) != *value,
            Condition::Order(list, first, second) => {
                let members = facts.list(*list);
                let place =
                    |member: &Member| members.iter().position(|entry| member.is(*list, entry));
                match (place(first), place(second)) {
                    (Some(first), Some(second)) => first < second,
                    _ => false,
                }
            }
            Condition::All(all) => all.iter().all(|condition| condition.holds(facts)),
            Condition::Any(any) => any.iter().any(|condition| condition.holds(facts)),
            Condition::Not(condition) => !condition.holds(facts),
        }
    }

    /// Whether it is about what a message says, and not only about how long it is and how it is sent.
    pub fn is_about_what_is_said(&self) -> bool {
        match self {
            Condition::Range { field, .. } => !matches!(
                field,
                Quantity::HandshakeLength
                    | Quantity::RecordLength
                    | Quantity::RecordCount
                    | Quantity::FlightLength
                    | Quantity::TcpSegments
                    | Quantity::TcpFirstSegment
            ),
            Condition::Is(property, _) | Condition::IsNot(property, _) => {
                !matches!(property, Property::RecordVersion | Property::Framing)
            }
            Condition::Has(..) | Condition::Lacks(..) | Condition::LacksAll(..) => true,
            Condition::Order(..) => true,
            Condition::All(all) | Condition::Any(all) => {
                all.iter().any(Condition::is_about_what_is_said)
            }
            Condition::Not(condition) => condition.is_about_what_is_said(),
        }
    }
}

/// In words: "the handshake message is 256 to 511 bytes long".
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Range { field, min, max } => {
                write!(f, "{} is ", quantity_words(*field))?;
                let words = |number: u64| match field {
                    Quantity::LegacyVersion => u16::try_from(number)
                        .ok()
                        .and_then(ProtocolVersion::name_of)
                        .map_or(number.to_string(), str::to_owned),
                    _ => number.to_string(),
                };
                match (min.map(|min| words(min.at)), max.map(|max| words(max.at))) {
                    (Some(min), Some(max)) if min == max => write!(f, "{min}"),
                    (Some(min), Some(max)) => write!(f, "{min} to {max}"),
                    (Some(min), None) => write!(f, "{min} or more"),
                    (None, Some(max)) if *max == least(*field).to_string() => f.write_str(&max),
                    (None, Some(max)) => write!(f, "{max} or less"),
                    (None, None) => f.write_str("anything"),
                }
            }
            Condition::Has(entries, member) => {
                let holder = holder(*entries, member);
                write!(f, "{holder} has {}", entries.list.member_words(member))
            }
            Condition::Lacks(entries, member) => {
                let holder = holder(*entries, member);
                write!(f, "{holder} lacks {}", entries.list.member_words(member))
            }
            Condition::LacksAll(entries, members) => {
                let words: Vec<_> = members.iter().map(|m| entries.list.member_words(m)).collect();
                write!(f, "{entries} has none of {}", words.join(", "))
            }
            Condition::Is(Property::ServerName, Scalar::Null) => {
                f.write_str("there is no server_name")
            }
            Condition::IsNot(Property::ServerName, Scalar::Null) => {
                f.write_str("there is a server_name")
            }
            Condition::Is(property, value) => match yes_or_no_words(*property, value, true) {
                Some(words) => f.write_str(words),
                None => {
                    let value = scalar_words(*property, value);
                    write!(f, "{} is {value}", property_words(*property))
                }
            },
            Condition::IsNot(property, value) => match yes_or_no_words(*property, value, false) {
                Some(words) => f.write_str(words),
                None => {
                    let value = scalar_words(*property, value);
                    write!(f, "{} is not {value}", property_words(*property))
                }
            },
            Condition::Order(list, first, second) => {
                let (first, second) = (list.member_words(first), list.member_words(second));
                write!(f, "{} has {first} before {second}", list.name())
            }
            Condition::All(all) => join(f, all, " and "),
            Condition::Any(any) => join(f, any, " or "),
            Condition::Not(condition) => write!(f, "not ({condition})"),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, conditions: &[Condition], word: &str) -> fmt::Result {
    for (index, condition) in conditions.iter().enumerate() {
        let separator = if index == 0 { "" } else { word };
        write!(f, "{separator}{condition}")?;
    }
    Ok(())
}

/// What has a member, in words: an extension is one of the hello's.
fn holder(entries: Entries, member: &Member) -> String {
    match (entries, member) {
        (Entries { list: List::Extensions, first: None }, Member::Number(_) | Member::Unknown) => {
            "the hello".to_owned()
        }
        (entries, _) => entries.to_string(),
    }
}

fn quantity_words(quantity: Quantity) -> String {
    let words = match quantity {
        Quantity::HandshakeLength => "the length of the ClientHello in bytes",
        Quantity::RecordLength => "the length of the first record in bytes",
        Quantity::RecordCount => "the number of records",
        Quantity::FlightLength => "the length of all that is sent in bytes",
        Quantity::TcpSegments => "the number of TCP segments",
        Quantity::TcpFirstSegment => "the length of the first TCP segment in bytes",
        Quantity::LegacyVersion => "legacy_version",
        Quantity::CipherSuitesCount => "the number of cipher suites",
        Quantity::SessionIdLength => "the length of the session id in bytes",
        Quantity::CompressionMethodsCount => "the number of compression methods",
        Quantity::ExtensionsCount => "the number of extensions",
        Quantity::ExtensionsLength => "the length of all extensions in bytes",
        Quantity::ExtensionLength(extension) => {
            let name = List::Extensions.member_words(&Member::Number(extension.0));
            return format!("the length of {name} in bytes");
        }
        Quantity::KeyShareCount => "the number of key shares",
        Quantity::SupportedGroupsCount => "the number of groups",
        Quantity::SignatureAlgorithmsCount => "the number of signature schemes",
        Quantity::AlpnCount => "the number of protocols in ALPN",
        Quantity::ServerNameCount => "the number of names in server_name",
    };
    words.to_owned()
}

/// The least that a quantity can be: nothing is sent in no record.
fn least(quantity: Quantity) -> u64 {
    u64::from(matches!(quantity, Quantity::RecordCount | Quantity::TcpSegments))
}

/// That a property is so, or is not; none where it is no matter of yes or no.
fn yes_or_no_words(property: Property, value: &Scalar, is: bool) -> Option<&'static str> {
    let Scalar::Bool(value) = value else { return None };
    Some(match (property, *value == is) {
        (Property::ExtensionsLastEmpty, true) => "the last extension has an empty body",
        (Property::ExtensionsLastEmpty, false) => "the last extension has a body",
        (Property::ExtensionsPresent, true) => "there is an extensions block",
        (Property::ExtensionsPresent, false) => "there is no extensions block",
        (Property::Resumption, true) => "the hello resumes a session",
        (Property::Resumption, false) => "the hello resumes no session",
        (Property::Grease, true) => "the hello has a GREASE value",
        (Property::Grease, false) => "the hello has no GREASE value",
        _ => return None,
    })
}

fn property_words(property: Property) -> &'static str {
    match property {
        Property::RecordVersion => "the version of the record",
        Property::ExtensionsFirst => "the first extension",
        Property::ExtensionsLast => "the last extension",
        property => property.name(),
    }
}

fn scalar_words(property: Property, value: &Scalar) -> String {
    let named = |name: Option<&str>, number: u64| match name {
        Some(name) => format!("{name} ({number})"),
        None => number.to_string(),
    };
    match value {
        Scalar::Null => "absent".to_owned(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Text(text) => text.clone(),
        Scalar::Number(number) => {
            let code = u16::try_from(*number).unwrap_or(u16::MAX);
            match property {
                Property::RecordVersion => named(ProtocolVersion::name_of(code), *number),
                _ => named(ExtensionType::name_of(code), *number),
            }
        }
    }
}

impl fmt::Display for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first {
            None => f.write_str(self.list.name()),
            Some(first) => write!(f, "{}[..{first}]", self.list.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(name: &str) -> Facts {
        let path = format!("{}/testdata/hellos/{name}.bin", env!("CARGO_MANIFEST_DIR"));
        Facts::of(&std::fs::read(path).unwrap(), &[])
    }

    fn condition(json: &str) -> Condition {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn conditions_hold_for_the_hellos_of_the_upgrade_that_began_this_project() {
        let (before, after) = (hello("openssl-1.0.1e"), hello("openssl-1.0.1g"));
        let window = condition(r#"{"field": "handshake.length", "min": 256, "max": 511}"#);
        assert!(window.holds(&before) && !window.holds(&after));
        let padding = condition(r#"{"field": "extensions", "has": 21}"#);
        assert!(!padding.holds(&before) && padding.holds(&after));
        let last = condition(r#"{"field": "extensions.last_empty", "is": true}"#);
        assert!(last.holds(&before) && !last.holds(&after));
    }

    #[test]
    fn an_order_may_be_of_kinds() {
        let chrome = hello("like-chrome99");
        let before = condition(r#"{"field": "supported_versions", "order": ["grease", 772]}"#);
        let behind = condition(r#"{"field": "supported_versions", "order": [772, "grease"]}"#);
        assert!(before.holds(&chrome) && !behind.holds(&chrome));
    }

    #[test]
    fn every_form_of_the_vocabulary_is_read_and_comes_back_as_it_was() {
        let facts = hello("chromium-156");
        for (json, holds) in [
            (r#"{"field":"handshake.length","min":2016,"max":2016}"#, true),
            (r#"{"field":"record.length","max":511}"#, false),
            (r#"{"field":"flight.length","min":2021,"min_exact":false}"#, true),
            (r#"{"field":"tcp.segments","min":2}"#, false),
            (r#"{"field":"legacy_version","min":771}"#, true),
            (r#"{"field":"extension.21.length","min":0}"#, false),
            (r#"{"field":"extension.51.length","min":1000}"#, true),
            (r#"{"field":"session_id.length","min":32}"#, true),
            (r#"{"field":"key_share.count","min":3,"max":3}"#, true),
            (r#"{"field":"extensions","has":"grease"}"#, true),
            (r#"{"field":"extensions","has":"unknown"}"#, false),
            (r#"{"field":"extensions","has":"duplicate"}"#, false),
            (r#"{"field":"key_share","has":"not_offered"}"#, false),
            (r#"{"field":"server_name.count","min":1,"max":1}"#, true),
            (r#"{"field":"supported_groups","has":4588}"#, true),
            (r#"{"field":"cipher_suites[..2]","has":4865}"#, true),
            (r#"{"field":"cipher_suites[..1]","has":4865}"#, false),
            (r#"{"field":"cipher_suites","lacks":22016}"#, true),
            (r#"{"field":"alpn","has":"h2"}"#, true),
            (r#"{"field":"alpn","lacks_all":["h3","spdy/3"]}"#, true),
            (r#"{"field":"alpn","order":["h2","http/1.1"]}"#, true),
            (r#"{"field":"alpn","order":["http/1.1","h2"]}"#, false),
            (r#"{"field":"server_name","is":"shop.test.example"}"#, true),
            (r#"{"field":"server_name","is_not":null}"#, true),
            (r#"{"field":"framing","is":"tls"}"#, true),
            (r#"{"field":"resumption","is":false}"#, true),
            (r#"{"field":"grease","is":true}"#, true),
            (r#"{"field":"record.version","is":769}"#, true),
            (r#"{"not":{"field":"extensions.present","is":true}}"#, false),
            (r#"{"all":[{"field":"grease","is":true},{"field":"alpn","has":"h2"}]}"#, true),
            (r#"{"any":[{"field":"grease","is":false},{"field":"alpn","has":"h2"}]}"#, true),
        ] {
            let condition = condition(json);
            assert_eq!(condition.holds(&facts), holds, "{json}");
            assert_eq!(serde_json::to_string(&condition).unwrap(), json);
            assert!(!condition.to_string().is_empty());
        }
    }

    #[test]
    fn what_is_no_condition_is_answered_with_what_was_meant() {
        let error = |json: &str| serde_json::from_str::<Condition>(json).unwrap_err().to_string();
        let typo = error(r#"{"field": "handshake.lenght", "min": 1}"#);
        assert!(typo.contains("did you mean \"handshake.length\"?"), "{typo}");
        assert!(error(r#"{"field": "extensions"}"#).contains("`has`"));
        assert!(error(r#"{"field": "extensions", "has": "paddin g"}"#).contains("no member"));
        assert!(error(r#"{"has": 21}"#).contains("`field`"));
        let empty = error(r#"{"field": "handshake.length", "min": 512, "max": 256}"#);
        assert!(empty.contains("no number is 512 or more and 256 or less"), "{empty}");
    }
}
