//! How long the attributes of a name may be: the bounds of RFC 5280 appendix A.1. Many libraries refuse
//! a name that goes beyond them.

use super::facts::Facts;
use super::notices::Say;
use super::oids;
use crate::wire::der::elements::Element;
use crate::wire::der::schema::tag;
use crate::wire::fault::Fault;

/// Says of the first attribute of each name that is too long, or empty, or is no code of two letters.
pub fn names(facts: &Facts<'_>, say: Say<'_>) {
    for (field, name) in [("issuer", facts.issuer), ("subject", facts.subject)] {
        let attributes = name.elements().flat_map(|relative| relative.elements());
        let mut wrong = attributes.filter_map(|attribute| of_another_length(&attribute));
        if let Some((value, fault)) = wrong.next() {
            say("RFC 5280 A.1", field, value.range(), fault);
        }
    }
}

/// The value of an attribute and what is wrong with how long it is.
fn of_another_length<'a>(attribute: &Element<'a>) -> Option<(Element<'a>, Fault)> {
    let mut parts = attribute.elements();
    let (kind, value) = (parts.next_of(tag::OBJECT_IDENTIFIER)?, parts.next()?);
    let length = characters(&value)?;
    let (most, expected) = bound(kind.content)?;
    if length == 0 {
        return Some((value, Fault::Value { expected: "one character at least", found: 0 }));
    }
    let is_country = kind.content == oids::COUNTRY;
    if length > most || (is_country && length < most) {
        return Some((value, Fault::Value { expected, found: length as u64 }));
    }
    None
}

fn bound(attribute: &[u8]) -> Option<(usize, &'static str)> {
    Some(match attribute {
        oids::COUNTRY => (2, "2 characters"),
        oids::COMMON_NAME
        | oids::ORGANIZATION
        | oids::ORGANIZATIONAL_UNIT
        | oids::TITLE
        | oids::SERIAL_NUMBER => (64, "64 characters at most"),
        oids::LOCALITY | oids::STATE | oids::PSEUDONYM => (128, "128 characters at most"),
        oids::EMAIL_ADDRESS => (255, "255 characters at most"),
        oids::NAME
        | oids::SURNAME
        | oids::GIVEN_NAME
        | oids::INITIALS
        | oids::GENERATION_QUALIFIER => (32_768, "32768 characters at most"),
        _ => return None,
    })
}

/// How many characters a string has.
fn characters(value: &Element<'_>) -> Option<usize> {
    let content = value.content;
    match value.identifier {
        tag::UTF8_STRING => std::str::from_utf8(content).ok().map(|text| text.chars().count()),
        tag::PRINTABLE_STRING | tag::TELETEX_STRING | tag::IA5_STRING => Some(content.len()),
        tag::BMP_STRING => Some(content.len() / 2),
        tag::UNIVERSAL_STRING => Some(content.len() / 4),
        _ => None,
    }
}
