//! How a person writes a condition on the command line: `handshake.length=256..511 and
//! extensions has padding`. Its fields are those of the vocabulary, its members have the names that
//! edits have, and what begins with a brace is the JSON of `condition_form`.

use std::fmt;
use std::str::FromStr;

use super::condition::Condition;
use super::condition_form::{entries, no_field};
use super::edit_form::{extension, member_of, version};
use super::vocabulary::{List, Member, Property, Quantity, Scalar};

/// How deep conditions stand in each other, by `not` and parentheses.
const DEEPEST: usize = 32;

/// A text that is no condition: one line that says where it is none, and what belongs there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCondition(String);

impl fmt::Display for BadCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadCondition {}

/// Reads a condition as a person or a program writes it.
///
/// ```
/// use helloscope::hello::Condition;
///
/// let typed: Condition = "handshake.length=256..511 and not extensions has padding".parse()?;
/// assert_eq!(
///     serde_json::to_string(&typed)?,
///     r#"{"all":[{"field":"handshake.length","min":256,"max":511},{"not":{"field":"extensions","has":21}}]}"#,
/// );
/// let json: Condition = r#"{"field": "extensions", "has": "padding"}"#.parse()?;
/// assert_eq!(json, "extensions has padding".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl FromStr for Condition {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Condition, BadCondition> {
        let text = text.trim();
        if text.starts_with('{') {
            return serde_json::from_str(text).map_err(|error| BadCondition(error.to_string()));
        }
        any(text, DEEPEST).map_err(|(part, what)| {
            let part = part.trim();
            BadCondition(if part == text { what } else { format!("{part:?}: {what}") })
        })
    }
}

/// What is wrong, behind the part of the text in which it is.
type Wrong<'t> = (&'t str, String);

fn any(text: &str, depth: usize) -> Result<Condition, Wrong<'_>> {
    joined(text, "or", Condition::Any, |part| {
        joined(part, "and", Condition::All, |part| one(part, depth))
    })
}

/// Parts between words, as one condition.
fn joined<'t>(
    text: &'t str,
    word: &str,
    join: fn(Vec<Condition>) -> Condition,
    read: impl Fn(&'t str) -> Result<Condition, Wrong<'t>>,
) -> Result<Condition, Wrong<'t>> {
    let parts = parts(text, word)?;
    if let [part] = *parts {
        return read(part);
    }
    parts.into_iter().map(read).collect::<Result<_, _>>().map(join)
}

/// Cuts a text at a word, where it does not stand in parentheses.
fn parts<'t>(text: &'t str, word: &str) -> Result<Vec<&'t str>, Wrong<'t>> {
    let (mut depth, mut from, mut begin) = (0_usize, 0, None);
    let mut parts = Vec::new();
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, c) in ends {
        if !c.is_whitespace() && !matches!(c, '(' | ')') {
            begin.get_or_insert(at);
            continue;
        }
        if let Some(start) = begin.take() {
            if depth == 0 && text.get(start..at) == Some(word) {
                parts.push(text.get(from..start).unwrap_or_default());
                from = at;
            }
        }
        match c {
            '(' => depth += 1,
            ')' => {
                let closed = || (text, "a parenthesis is closed that was not opened".to_owned());
                depth = depth.checked_sub(1).ok_or_else(closed)?;
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err((text, "a parenthesis is not closed".to_owned()));
    }
    parts.push(text.get(from..).unwrap_or_default());
    Ok(parts)
}

fn one(text: &str, depth: usize) -> Result<Condition, Wrong<'_>> {
    let text = text.trim();
    let inside = |rest| {
        let deeper = depth.checked_sub(1);
        (
            rest,
            deeper.ok_or((text, format!("conditions stand in each other {DEEPEST} deep at most"))),
        )
    };
    if let Some(rest) = text.strip_prefix("not").filter(|rest| rest.starts_with([' ', '('])) {
        let (rest, depth) = inside(rest);
        return one(rest, depth?).map(|condition| Condition::Not(Box::new(condition)));
    }
    if let Some(rest) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let (rest, depth) = inside(rest);
        return any(rest, depth?);
    }
    statement(text).map_err(|what| (text, what))
}

/// What may stand behind a field. Longer words come before those with which they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    AtLeast,
    AtMost,
    IsNot,
    Is,
    More,
    Less,
    HasNone,
    Has,
    Lacks,
}

const OPERATORS: &[(&str, Operator)] = &[
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("!=", Operator::IsNot),
    ("=", Operator::Is),
    (">", Operator::More),
    ("<", Operator::Less),
    ("has none of ", Operator::HasNone),
    ("lacks_all ", Operator::HasNone),
    ("has ", Operator::Has),
    ("lacks ", Operator::Lacks),
    ("is_not ", Operator::IsNot),
    ("is not ", Operator::IsNot),
    ("is ", Operator::Is),
];

const OF_QUANTITY: &str =
    "a number and its bounds belong behind it, as in =256..511, =512, >=65 or <=64";
const OF_LIST: &str = "`has`, `lacks`, `has none of` or `has X before Y` belongs behind a list, as in \
     extensions has padding";

fn statement(text: &str) -> Result<Condition, String> {
    if text.is_empty() {
        return Err("a condition belongs there, as in handshake.length=256..511, \
                    extensions has padding or server_name is null"
            .to_owned());
    }
    let end = text.find(|c: char| c.is_whitespace() || "=<>!".contains(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim();
    let operator = OPERATORS
        .iter()
        .find_map(|(word, operator)| Some((*operator, rest.strip_prefix(word)?.trim())));
    if let Some(field) = Quantity::from_name(name) {
        return quantity(field, operator.ok_or(OF_QUANTITY)?);
    }
    if let Some(property) = Property::from_name(name) {
        return match operator {
            Some((Operator::Is, written)) => Ok(Condition::Is(property, value(property, written)?)),
            Some((Operator::IsNot, written)) => {
                Ok(Condition::IsNot(property, value(property, written)?))
            }
            // `grease` alone says that it is so.
            None if rest.is_empty() && is_yes_or_no(property) => {
                Ok(Condition::Is(property, Scalar::Bool(true)))
            }
            _ => Err(format!("{name} is or is not a value: {}", values(property))),
        };
    }
    let entries = entries(name).map_err(|_| no_field(name, "field"))?;
    let list = entries.list;
    match operator {
        Some((Operator::Has, members)) => match members.split_once(" before ") {
            Some((first, second)) if entries.first.is_none() => {
                Ok(Condition::Order(list, member(list, first)?, member(list, second)?))
            }
            Some(_) => Err(format!("an order is one of the whole list, {}", list.name())),
            None => Ok(Condition::Has(entries, member(list, members)?)),
        },
        Some((Operator::Lacks, name)) => Ok(Condition::Lacks(entries, member(list, name)?)),
        Some((Operator::HasNone, names)) => {
            let members = names.split(',').map(|name| member(list, name));
            Ok(Condition::LacksAll(entries, members.collect::<Result<_, _>>()?))
        }
        _ => Err(OF_LIST.to_owned()),
    }
}

fn quantity(field: Quantity, (operator, written): (Operator, &str)) -> Result<Condition, String> {
    let number = |text: &str| number(field, text);
    let range = |min, max| Ok(Condition::range(field, min, max));
    match operator {
        Operator::Is | Operator::IsNot => {
            let (min, max) = match written.split_once("..") {
                Some((min, max)) => {
                    let bound = |text: &str| match text.trim() {
                        "" => Ok(None),
                        text => number(text).map(Some),
                    };
                    (bound(min)?, bound(max)?)
                }
                None => {
                    let number = number(written)?;
                    (Some(number), Some(number))
                }
            };
            if let Some(why) = Condition::nothing_between(min, max) {
                return Err(why);
            }
            match (min, max) {
                (None, None) => Err(OF_QUANTITY.to_owned()),
                _ if operator == Operator::Is => range(min, max),
                _ => Ok(Condition::Not(Box::new(Condition::range(field, min, max)))),
            }
        }
        Operator::AtLeast => range(Some(number(written)?), None),
        Operator::AtMost => range(None, Some(number(written)?)),
        Operator::More => match number(written)?.checked_add(1) {
            Some(min) => range(Some(min), None),
            None => Err("nothing is more than that".to_owned()),
        },
        Operator::Less => match number(written)?.checked_sub(1) {
            Some(max) => range(None, Some(max)),
            None => Err("nothing is less than 0".to_owned()),
        },
        Operator::Has | Operator::HasNone | Operator::Lacks => Err(OF_QUANTITY.to_owned()),
    }
}

fn number(field: Quantity, text: &str) -> Result<u64, String> {
    let text = text.trim();
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    if let Some(number) = number {
        return Ok(number);
    }
    if field != Quantity::LegacyVersion {
        return Err(format!("{text:?} is no number; {OF_QUANTITY}"));
    }
    version(text).map(|version| version.0.into())
}

fn member(list: List, name: &str) -> Result<Member, String> {
    member_of(list, name.trim())
}

fn is_yes_or_no(property: Property) -> bool {
    match property {
        Property::ExtensionsLastEmpty
        | Property::ExtensionsPresent
        | Property::Resumption
        | Property::Grease => true,
        Property::RecordVersion
        | Property::ExtensionsFirst
        | Property::ExtensionsLast
        | Property::ServerName
        | Property::Framing => false,
    }
}

/// What a property may be, for messages to people.
fn values(property: Property) -> &'static str {
    match property {
        Property::RecordVersion => "a version, as in record.version=1.0",
        Property::ExtensionsFirst | Property::ExtensionsLast => {
            "an extension, as in extensions.last=padding, or null"
        }
        Property::ServerName => "a name, or null where it is not sent, as in server_name is null",
        Property::Framing => "tls or sslv2",
        _ => "true or false",
    }
}

fn value(property: Property, text: &str) -> Result<Scalar, String> {
    let wrong = || Err(format!("{text:?} is none of its values; it is {}", values(property)));
    match property {
        _ if is_yes_or_no(property) => match text {
            "true" => Ok(Scalar::Bool(true)),
            "false" => Ok(Scalar::Bool(false)),
            _ => wrong(),
        },
        Property::Framing if !["tls", "sslv2"].contains(&text) => wrong(),
        _ if text.is_empty() || text.contains('"') => wrong(),
        _ if text == "null" => Ok(Scalar::Null),
        Property::RecordVersion => Ok(Scalar::Number(version(text)?.0.into())),
        Property::ExtensionsFirst | Property::ExtensionsLast => {
            Ok(Scalar::Number(extension(text)?.0.into()))
        }
        _ => Ok(Scalar::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        serde_json::to_string(&text.parse::<Condition>().unwrap()).unwrap()
    }

    fn error(text: &str) -> String {
        text.parse::<Condition>().unwrap_err().to_string()
    }

    #[test]
    fn every_form_of_the_vocabulary_can_be_typed() {
        for (typed, form) in [
            ("handshake.length=256..511", r#"{"field":"handshake.length","min":256,"max":511}"#),
            ("handshake.length = 0x100..", r#"{"field":"handshake.length","min":256}"#),
            ("tcp.first_segment=..5", r#"{"field":"tcp.first_segment","max":5}"#),
            ("cipher_suites.count>=65", r#"{"field":"cipher_suites.count","min":65}"#),
            ("cipher_suites.count > 64", r#"{"field":"cipher_suites.count","min":65}"#),
            ("extensions.count<3", r#"{"field":"extensions.count","max":2}"#),
            ("session_id.length is 32", r#"{"field":"session_id.length","min":32,"max":32}"#),
            ("record.count!=1", r#"{"not":{"field":"record.count","min":1,"max":1}}"#),
            ("extension.padding.length>9", r#"{"field":"extension.21.length","min":10}"#),
            ("legacy_version>=TLS 1.2", r#"{"field":"legacy_version","min":771}"#),
            ("legacy_version=1.0..1.1", r#"{"field":"legacy_version","min":769,"max":770}"#),
            ("record.version is TLS 1.0", r#"{"field":"record.version","is":769}"#),
            ("extensions.last=padding", r#"{"field":"extensions.last","is":21}"#),
            ("extensions.first!=null", r#"{"field":"extensions.first","is_not":null}"#),
            ("server_name is null", r#"{"field":"server_name","is":null}"#),
            ("server_name=shop.test", r#"{"field":"server_name","is":"shop.test"}"#),
            ("framing=sslv2", r#"{"field":"framing","is":"sslv2"}"#),
            ("grease", r#"{"field":"grease","is":true}"#),
            ("resumption=false", r#"{"field":"resumption","is":false}"#),
            ("extensions has grease", r#"{"field":"extensions","has":"grease"}"#),
            ("extensions has duplicate", r#"{"field":"extensions","has":"duplicate"}"#),
            ("key_share has not_offered", r#"{"field":"key_share","has":"not_offered"}"#),
            ("server_name.count>=2", r#"{"field":"server_name.count","min":2}"#),
            ("extensions has 21", r#"{"field":"extensions","has":21}"#),
            ("supported_versions has TLS 1.3", r#"{"field":"supported_versions","has":772}"#),
            ("supported_groups lacks x25519", r#"{"field":"supported_groups","lacks":29}"#),
            ("alpn has none of h3,spdy/3", r#"{"field":"alpn","lacks_all":["h3","spdy/3"]}"#),
            ("alpn lacks_all h3", r#"{"field":"alpn","lacks_all":["h3"]}"#),
            ("alpn has h2 before http/1.1", r#"{"field":"alpn","order":["h2","http/1.1"]}"#),
            ("cipher_suites[..2] has 4865", r#"{"field":"cipher_suites[..2]","has":4865}"#),
            (r#"{"field":"alpn","has":"h2"}"#, r#"{"field":"alpn","has":"h2"}"#),
        ] {
            assert_eq!(json(typed), form, "{typed}");
        }
    }

    #[test]
    fn and_binds_more_closely_than_or_unless_parentheses_say_otherwise() {
        let of = |text: &str| text.parse::<Condition>().unwrap();
        let [a, b, c] = ["grease", "alpn has h2", "alpn has h3"].map(of);
        let (both, either) = (vec![b.clone(), c.clone()], vec![a.clone(), b.clone()]);
        assert_eq!(
            of("grease or alpn has h2 and alpn has h3"),
            Condition::Any(vec![a.clone(), Condition::All(both)])
        );
        assert_eq!(
            of("(grease or alpn has h2) and alpn has h3"),
            Condition::All(vec![Condition::Any(either.clone()), c])
        );
        assert_eq!(
            of("not(grease or alpn has h2)"),
            Condition::Not(Box::new(Condition::Any(either)))
        );
        assert_eq!(of("not not grease"), of("not (not (grease))"));
    }

    #[test]
    fn what_is_no_condition_is_told_at_its_place_with_what_was_meant() {
        for (typed, told) in [
            ("handshake.lenght=1", "is no field of a hello; did you mean \"handshake.length\"?"),
            ("grease and extensions has pading", "\"extensions has pading\": no extension"),
            ("extensions has pading", "did you mean \"padding\"?"),
            ("handshake.length=511..256", "no number is 511 or more and 256 or less"),
            ("handshake.length=long", "\"long\" is no number; "),
            ("handshake.length", "a number and its bounds belong behind it"),
            ("handshake.length has 3", "a number and its bounds belong behind it"),
            ("session_id.length<0", "nothing is less than 0"),
            ("alpn=h2", "`has`, `lacks`"),
            ("alpn[..2] has h2 before h3", "an order is one of the whole list, alpn"),
            ("framing=dtls", "it is tls or sslv2"),
            ("framing has tls", "tls or sslv2"),
            ("resumption=maybe", "it is true or false"),
            ("record.version=9.9", "a version belongs there"),
            ("server_name", "or null where it is not sent"),
            ("", "a condition belongs there"),
            ("grease and ", "a condition belongs there"),
            ("(grease", "a parenthesis is not closed"),
            ("grease) or (grease", "a parenthesis is closed that was not opened"),
            (r#"{"field": "alpn"}"#, "says one of `min` and `max`"),
            (r#"{"field": "alpn", "#, "EOF while parsing a value at line 1 column 17"),
        ] {
            let error = error(typed);
            assert!(error.contains(told), "{typed}: {error}");
        }
        let deep = |depth| format!("{}grease{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(deep(DEEPEST).parse(), "grease".parse::<Condition>());
        assert!(error(&deep(100_000)).contains("deep at most"));
        assert!(error(&"not ".repeat(100_000)).contains("deep at most"));
    }
}
