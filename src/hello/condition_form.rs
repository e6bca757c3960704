//! How a condition is written, in JSON and in the catalogue's TOML: a contract with other programs.
//! Which form it is, its keys tell.

use serde::de::{Error, Unexpected};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::condition::{Bound, Condition, Entries};
use super::vocabulary::{List, Member, Property, Quantity, Scalar, field_names};
use crate::names::code::nearest;

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
            kind => serializer.serialize_str(kind.kind().unwrap_or_default()),
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
            if let Some(why) = Condition::nothing_between(self.min, self.max) {
                return Err(why);
            }
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
pub(super) fn entries(name: &str) -> Result<Entries, String> {
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

pub(super) fn no_field(name: &str, kind: &str) -> String {
    match nearest(name, field_names()) {
        Some(near) if near != name => {
            format!("{name:?} is no {kind} of a hello; did you mean {near:?}?")
        }
        // Of lists alone the others are none.
        _ if kind == "field" => {
            let all: Vec<&str> = field_names().collect();
            format!("{name:?} is no field of a hello, which are {}", all.join(", "))
        }
        _ => format!("{name:?} is no {kind} of a hello"),
    }
}
