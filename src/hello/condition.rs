//! Conditions: statements about a hello that are true or false.
//!
//! The same type says when a known quirk strikes, drives the lab's servers, and is the answer
//! that a diagnosis gives. Its JSON is a contract: the vocabulary of causes.

use std::fmt;

use serde::de::{Error, Unexpected};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::facts::{Facts, List, Member, Property, Quantity, Scalar, field_names};
use crate::names::code::nearest;
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
                let place = |member: &Member| members.iter().position(|entry| entry == member);
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
                    (None, Some(max)) => write!(f, "{max} or less"),
                    (None, None) => f.write_str("anything"),
                }
            }
            Condition::Has(entries, member) => {
                write!(f, "{entries} has {}", entries.list.member_words(member))
            }
            Condition::Lacks(entries, member) => {
                write!(f, "{entries} lacks {}", entries.list.member_words(member))
            }
            Condition::LacksAll(entries, members) => {
                let words: Vec<_> = members.iter().map(|m| entries.list.member_words(m)).collect();
                write!(f, "{entries} has none of {}", words.join(", "))
            }
            Condition::Is(Property::ExtensionsLastEmpty, Scalar::Bool(true)) => {
                f.write_str("the last extension has an empty body")
            }
            Condition::Is(Property::ExtensionsPresent, Scalar::Bool(false)) => {
                f.write_str("there is no extensions block")
            }
            Condition::Is(Property::ServerName, Scalar::Null) => {
                f.write_str("there is no server_name")
            }
            Condition::IsNot(Property::ServerName, Scalar::Null) => {
                f.write_str("there is a server_name")
            }
            Condition::Is(property, value) => {
                write!(f, "{} is {}", property.name(), scalar_words(*property, value))
            }
            Condition::IsNot(property, value) => {
                write!(f, "{} is not {}", property.name(), scalar_words(*property, value))
            }
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

fn quantity_words(quantity: Quantity) -> String {
    match quantity {
        Quantity::HandshakeLength => "the length of the ClientHello in bytes".to_owned(),
        Quantity::RecordLength => "the length of the first record in bytes".to_owned(),
        Quantity::FlightLength => "the length of all that is sent in bytes".to_owned(),
        Quantity::CipherSuitesCount => "the number of cipher suites".to_owned(),
        Quantity::ExtensionsCount => "the number of extensions".to_owned(),
        quantity => quantity.name(),
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

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Condition::Range { field, min, max } => {
                map.serialize_entry("field", &field.name())?;
                if let Some(min) = min {
                    map.serialize_entry("min", &min.at)?;
                }
                if let Some(max) = max {
                    map.serialize_entry("max", &max.at)?;
                }
                if min.is_some_and(|min| !min.exact) {
                    map.serialize_entry("min_exact", &false)?;
                }
                if max.is_some_and(|max| !max.exact) {
                    map.serialize_entry("max_exact", &false)?;
                }
            }
            Condition::Has(entries, member) => {
                map.serialize_entry("field", &entries.to_string())?;
                map.serialize_entry("has", member)?;
            }
            Condition::Lacks(entries, member) => {
                map.serialize_entry("field", &entries.to_string())?;
                map.serialize_entry("lacks", member)?;
            }
            Condition::LacksAll(entries, members) => {
                map.serialize_entry("field", &entries.to_string())?;
                map.serialize_entry("lacks_all", members)?;
            }
            Condition::Is(property, value) => {
                map.serialize_entry("field", property.name())?;
                map.serialize_entry("is", value)?;
            }
            Condition::IsNot(property, value) => {
                map.serialize_entry("field", property.name())?;
                map.serialize_entry("is_not", value)?;
            }
            Condition::Order(list, first, second) => {
                map.serialize_entry("field", list.name())?;
                map.serialize_entry("order", &[first, second])?;
            }
            Condition::All(all) => map.serialize_entry("all", all)?,
            Condition::Any(any) => map.serialize_entry("any", any)?,
            Condition::Not(condition) => map.serialize_entry("not", condition)?,
        }
        map.end()
    }
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Member::Number(number) => serializer.serialize_u16(*number),
            Member::Text(text) => serializer.serialize_str(text),
            Member::Grease => serializer.serialize_str("grease"),
            Member::Unknown => serializer.serialize_str("unknown"),
        }
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Scalar::Null => serializer.serialize_none(),
            Scalar::Bool(value) => serializer.serialize_bool(*value),
            Scalar::Number(number) => serializer.serialize_u64(*number),
            Scalar::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// A condition as it is written: one of several forms, told by their keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    field: Option<String>,
    min: Option<u64>,
    max: Option<u64>,
    min_exact: Option<bool>,
    max_exact: Option<bool>,
    has: Option<WrittenScalar>,
    lacks: Option<WrittenScalar>,
    lacks_all: Option<Vec<WrittenScalar>>,
    #[serde(default, deserialize_with = "present")]
    is: Option<Option<WrittenScalar>>,
    #[serde(default, deserialize_with = "present")]
    is_not: Option<Option<WrittenScalar>>,
    order: Option<[WrittenScalar; 2]>,
    all: Option<Vec<Condition>>,
    any: Option<Vec<Condition>>,
    not: Option<Box<Condition>>,
}

/// A key that is there, also where its value is null.
fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<WrittenScalar>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum WrittenScalar {
    Bool(bool),
    Number(u64),
    Text(String),
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer)?.condition().map_err(D::Error::custom)
    }
}

impl Written {
    fn condition(self) -> Result<Condition, String> {
        if let Some(all) = self.all {
            return Ok(Condition::All(all));
        }
        if let Some(any) = self.any {
            return Ok(Condition::Any(any));
        }
        if let Some(not) = self.not {
            return Ok(Condition::Not(not));
        }
        let name = self.field.ok_or("a condition has a `field`, or is `all`, `any` or `not`")?;
        if self.min.is_some() || self.max.is_some() {
            let field = Quantity::from_name(&name).ok_or_else(|| no_field(&name, "quantity"))?;
            let bound = |at: Option<u64>, exact: Option<bool>| {
                at.map(|at| Bound { at, exact: exact.unwrap_or(true) })
            };
            let (min, max) = (bound(self.min, self.min_exact), bound(self.max, self.max_exact));
            return Ok(Condition::Range { field, min, max });
        }
        if let Some(member) = self.has {
            let entries = entries(&name)?;
            return Ok(Condition::Has(entries, entries.list.member(&member)?));
        }
        if let Some(member) = self.lacks {
            let entries = entries(&name)?;
            return Ok(Condition::Lacks(entries, entries.list.member(&member)?));
        }
        if let Some(members) = self.lacks_all {
            let entries = entries(&name)?;
            let members: Result<_, _> = members.iter().map(|m| entries.list.member(m)).collect();
            return Ok(Condition::LacksAll(entries, members?));
        }
        if let Some([first, second]) = self.order {
            let list = entries(&name)?.list;
            return Ok(Condition::Order(list, list.member(&first)?, list.member(&second)?));
        }
        let property = || Property::from_name(&name).ok_or_else(|| no_field(&name, "value"));
        match (self.is, self.is_not) {
            (Some(value), None) => Ok(Condition::Is(property()?, scalar(value))),
            (None, Some(value)) => Ok(Condition::IsNot(property()?, scalar(value))),
            _ => Err(format!(
                "a condition on {name:?} says one of `min` and `max`, `has`, `lacks`, `lacks_all`, \
                 `is`, `is_not`, `order`"
            )),
        }
    }
}

fn scalar(written: Option<WrittenScalar>) -> Scalar {
    match written {
        None => Scalar::Null,
        Some(WrittenScalar::Bool(value)) => Scalar::Bool(value),
        Some(WrittenScalar::Number(number)) => Scalar::Number(number),
        // TOML has no null: there it is written as text.
        Some(WrittenScalar::Text(text)) if text == "null" => Scalar::Null,
        Some(WrittenScalar::Text(text)) => Scalar::Text(text),
    }
}

/// `cipher_suites`, or `cipher_suites[..64]`.
fn entries(name: &str) -> Result<Entries, String> {
    let (list, first) = match name.split_once("[..") {
        Some((list, count)) => {
            let count = count.strip_suffix(']').and_then(|count| count.parse().ok());
            (list, Some(count.ok_or_else(|| format!("{name:?} ends in no count, as in `[..64]`"))?))
        }
        None => (name, None),
    };
    let list = List::from_name(list).ok_or_else(|| no_field(name, "list"))?;
    Ok(Entries { list, first })
}

impl List {
    fn member(self, written: &WrittenScalar) -> Result<Member, String> {
        let found = match written {
            WrittenScalar::Number(number) => u16::try_from(*number).ok().map(Member::Number),
            WrittenScalar::Text(text) => self.parse_member(text),
            WrittenScalar::Bool(_) => None,
        };
        found.ok_or_else(|| {
            let written = match written {
                WrittenScalar::Number(number) => Unexpected::Unsigned(*number),
                WrittenScalar::Text(text) => Unexpected::Str(text),
                WrittenScalar::Bool(value) => Unexpected::Bool(*value),
            };
            format!("{written} can be no member of {}", self.name())
        })
    }
}

fn no_field(name: &str, kind: &str) -> String {
    match nearest(name, field_names()) {
        Some(near) if near != name => {
            format!("{name:?} is no {kind} of a hello; did you mean {near:?}?")
        }
        _ => format!("{name:?} is no {kind} of a hello"),
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
    }
}
