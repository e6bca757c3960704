//! What an expert would stop at in the names of a certificate's holder: RFC 5280 sections 4.1.2.6 and
//! 4.2.1.6, and RFC 9525 for those that no client would match.

use std::collections::HashSet;
use std::net::IpAddr;

use super::facts::Facts;
use super::name::is_directory_string;
use super::notices::{Say, form};
use super::oids;
use crate::wire::der::schema::tag;
use crate::wire::fault::Fault;
use crate::wire::side::Side;

/// A common name with a NUL in it: what reads it as a text of C takes what stands before it for all.
pub fn common_name(facts: &Facts<'_>, say: Say<'_>) {
    for attribute in facts.subject.elements().flat_map(|relative| relative.elements()) {
        let mut parts = attribute.elements();
        let (kind, value) = (parts.next_of(tag::OBJECT_IDENTIFIER), parts.next());
        let Some(value) = value.filter(|_| kind.is_some_and(|it| it.content == oids::COMMON_NAME))
        else {
            continue;
        };
        // Of other strings, letters have zeros in them.
        let is_of_bytes = matches!(
            value.identifier,
            tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::TELETEX_STRING | tag::IA5_STRING
        );
        if is_of_bytes && value.content.contains(&0) {
            let found = "a NUL, which ends it for some readers (CVE-2009-2408)";
            return say("RFC 5280 4.1.2.6", "subject", value.range(), form("letters", found));
        }
    }
}

/// Strings of old, which stay only in names that had them before. An authority is named in what it issues
/// as in its own certificate; and up to 2003 there was no rule, RFC 2459 section 4.1.2.4.
pub fn old_strings(facts: &Facts<'_>, say: Say<'_>) {
    if facts.version.0 != 2 || facts.is_ca() || !facts.is_since(2004) {
        return;
    }
    let attributes = facts.subject.elements().flat_map(|relative| relative.elements());
    let mut old = attributes.filter_map(|attribute| {
        let mut parts = attribute.elements();
        let kind = parts.next_of(tag::OBJECT_IDENTIFIER)?;
        let value = parts.next().filter(|_| is_directory_string(kind.content))?;
        let found = match value.identifier {
            tag::TELETEX_STRING => "a TeletexString",
            tag::UNIVERSAL_STRING => "a UniversalString",
            tag::BMP_STRING => "a BMPString",
            _ => return None,
        };
        Some((value, found))
    });
    if let Some((value, found)) = old.next() {
        let expected = "a UTF8String or a PrintableString, unless the name was so before";
        say("RFC 5280 4.1.2.6", "subject", value.range(), form(expected, found));
    }
}

/// What is wrong where a server's certificate has no names, and the section that says it.
pub const NAMELESS: (&str, Fault) =
    ("RFC 9525 4.1", form("a subjectAltName, as no client goes by the subject", "none"));

/// The names by which clients know it, where it is a server's: one that a server shows or, where who
/// shows it is not known, that says so.
pub fn alternative_names(facts: &Facts<'_>, shown_by: Option<Side>, say: Say<'_>) {
    let names = facts.extension(oids::SUBJECT_ALT_NAME);
    if facts.subject.content.is_empty() && names.is_none_or(|names| !names.critical) {
        let found = if names.is_some() { "one that is not critical" } else { "none" };
        let fault = form("a critical subjectAltName, as the subject is empty", found);
        say("RFC 5280 4.2.1.6", "subject", facts.subject.range(), fault);
    }
    let is_old_root = facts.version.0 < 2 && facts.is_self_issued();
    let Some(names) = names else {
        let is_servers = match shown_by {
            Some(Side::Server) => facts.is_for_servers() != Some(false),
            Some(Side::Client) => false,
            None => facts.is_for_servers() == Some(true),
        };
        if !facts.is_ca() && is_servers && !is_old_root {
            let (section, fault) = NAMELESS;
            say(section, "subject", facts.subject.range(), fault);
        }
        return;
    };
    let all = names.value.map(|names| names.elements()).unwrap_or_default();
    let mut said = HashSet::new();
    for name in all {
        let (section, field, fault) = match name.identifier {
            0x82 => match dns_name(name.content) {
                Some((section, fault)) => (section, "dNSName", fault),
                None => continue,
            },
            0x81 if !is_mailbox(name.content) => {
                let fault = form("a mailbox, as in name@host", "something else");
                ("RFC 5280 4.2.1.6", "rfc822Name", fault)
            }
            0x86 if !is_absolute(name.content) => {
                let fault = form("a URI that begins with its scheme", "another one");
                ("RFC 5280 4.2.1.6", "uniformResourceIdentifier", fault)
            }
            0x87 if !matches!(name.content.len(), 4 | 16) => {
                let found = name.content.len() as u64;
                let fault = Fault::Value { expected: "4 or 16 bytes", found };
                ("RFC 5280 4.2.1.6", "iPAddress", fault)
            }
            _ => continue,
        };
        if said.insert((field, fault.expected())) {
            say(section, field, name.range(), fault);
        }
    }
}

/// What no client would match in a dNSName.
fn dns_name(name: &[u8]) -> Option<(&'static str, Fault)> {
    let labels = name.strip_prefix(b"*.");
    let text = std::str::from_utf8(name).unwrap_or_default();
    if name.is_empty() || name == b" " {
        Some(("RFC 5280 4.2.1.6", form("a name", "an empty one")))
    } else if text.parse::<IpAddr>().is_ok() {
        Some(("RFC 9525 3", form("an address as an iPAddress", "one as a dNSName")))
    } else if labels.unwrap_or(name).contains(&b'*') {
        Some(("RFC 9525 6.3", form("a wildcard as the whole of the first label", "elsewhere")))
    } else if labels.is_some_and(|labels| !labels.contains(&b'.')) {
        let fault = form("two labels at least behind a wildcard", "fewer");
        Some(("CA/B Forum BR 3.2.2.6", fault))
    } else if !labels.unwrap_or(name).iter().all(is_of_a_host) || name.starts_with(b".") {
        let fault = form("letters, digits, hyphens, and dots between labels", "something else");
        Some(("RFC 5280 4.2.1.6", fault))
    } else if name.split(|byte| *byte == b'.').any(<[u8]>::is_empty) {
        Some(("RFC 5280 4.2.1.6", form("labels between the dots", "an empty one")))
    } else if let Some(fault) = labels_unfit(labels.unwrap_or(name)) {
        Some(("RFC 5280 4.2.1.6", fault))
    } else if name.len() > NAME {
        let found = name.len() as u64;
        Some(("RFC 5280 4.2.1.6", Fault::Value { expected: "253 letters at most", found }))
    } else {
        None
    }
}

/// How long a name may be: of the 255 bytes that it has in a message of DNS, one is the length of the
/// first label and one that of the root, RFC 1034 section 3.1.
const NAME: usize = 253;

/// How long a label may be, RFC 1034 section 3.1.
const LABEL: usize = 63;

/// What is wrong with the first label that is none: RFC 1034 section 3.5, RFC 1123 section 2.1.
fn labels_unfit(name: &[u8]) -> Option<Fault> {
    name.split(|byte| *byte == b'.').find_map(|label| {
        if label.len() > LABEL {
            let found = label.len() as u64;
            return Some(Fault::Value { expected: "labels of 63 letters at most", found });
        }
        let found = match (label.first(), label.last()) {
            (Some(b'-'), _) => "a hyphen before one",
            (_, Some(b'-')) => "a hyphen behind one",
            _ => return None,
        };
        Some(form("labels that begin and end with a letter or a digit", found))
    })
}

/// The preferred name syntax, RFC 1034 section 3.5.
fn is_of_a_host(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}

/// Something before an at sign, which may be quoted there, and something behind it.
fn is_mailbox(name: &[u8]) -> bool {
    let at = name.iter().rposition(|byte| *byte == b'@');
    at.is_some_and(|at| at > 0 && at + 1 < name.len())
}

/// A scheme of RFC 3986 section 3.1, and something behind its colon.
fn is_absolute(uri: &[u8]) -> bool {
    let colon = uri.iter().position(|byte| *byte == b':');
    let Some((scheme, behind)) = colon.and_then(|at| uri.split_at_checked(at)) else {
        return false;
    };
    let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(goes_on)
        && behind.len() > 1
}
