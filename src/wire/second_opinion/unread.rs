//! What tls-parser does not read: bodies and parts of messages that it hands on as bytes by its design,
//! and what it does not come to. One table for messages, and one for extensions of hellos.

use std::ops::Range;

use tls_parser::TlsExtension;

use super::extensions::{self, Treatment};
use super::faults::faults;
use super::{Found, Kind, Parser, first_in, own, read_with};
use crate::names::HandshakeType;
use crate::wire::field::{Field, Tree};
use crate::wire::stream::Message;
use crate::wire::text::count_of_bytes;

/// Messages and what it hands on of them, by our names: all of the body where none of its parts is
/// named. Of others that it knows it reads every field, or they are bytes here too, as Finished; what
/// it does not know it refuses. Certificates are x509-parser's.
const AS_BYTES: &[(HandshakeType, &[&str])] = &[
    // Of drafts of TLS 1.3.
    (HandshakeType::hello_retry_request, &["extensions"]),
    (HandshakeType::server_key_exchange, &[]),
    (HandshakeType::certificate_request, &["certificate_authorities"]),
    (HandshakeType::certificate_verify, &[]),
    (HandshakeType::client_key_exchange, &[]),
    (HandshakeType::certificate_status, &["ocsp", "ocsp_multi"]),
];

/// What it says of an extension that it hands on as bytes, or of which the part is bytes that has a
/// form; none of one that it reads, or that is bytes and no more.
pub fn kind_left(theirs: &TlsExtension<'_>) -> Option<&'static str> {
    match theirs {
        TlsExtension::Unknown(..) => Some("an unknown type"),
        TlsExtension::KeyShare(_)
        | TlsExtension::KeyShareOld(_)
        | TlsExtension::PreSharedKey(_)
        | TlsExtension::SignedCertificateTimestamp(Some(_))
        | TlsExtension::StatusRequest(Some(_)) => Some("a type whose body it does not read"),
        _ => None,
    }
}

/// Tells of the parts of a message that it hands on as bytes and that are more than bytes here; but
/// not of a body that its other parsers have `read`.
pub fn compare(message: &Message, read: bool, found: &mut Found) {
    let faults = faults(&message.tree);
    for field in parts(message) {
        if read || field.range().is_empty() {
            continue;
        }
        match first_in(&faults, field) {
            Some(fault) => {
                found.add((Parser::Tls, Kind::Reads), field.name, read_with(fault), "bytes");
            }
            None => {
                let theirs = format!("{} and no more", count_of_bytes(field.range().len()));
                found.add((Parser::Tls, Kind::Leaves), field.name, "read", theirs);
            }
        }
    }
}

/// The fields that it hands on as bytes and that have parts here.
fn parts(message: &Message) -> Vec<&Field> {
    let msg_type = message.bytes.first().copied().map(HandshakeType);
    let row = AS_BYTES.iter().find(|(of, _)| Some(*of) == msg_type);
    let Some(((_, names), (root, body))) = row.zip(root(&message.tree)) else { return Vec::new() };
    match names {
        [] => vec![body],
        names => {
            let parts = message.tree.children(root).map(|(_, part)| part);
            parts.filter(|part| names.contains(&part.name) && !part.is_leaf()).collect()
        }
    }
}

/// The body of a message.
pub fn root(tree: &Tree) -> Option<(usize, &Field)> {
    tree.roots().find(|(_, field)| !field.is_leaf())
}

/// What it does not read, one range behind the other: what is in the tables, and what is written in
/// DER; and of extensions it reads none behind one that it refuses.
pub fn unread(message: &Message) -> Vec<Range<usize>> {
    let as_bytes: Vec<Range<usize>> = parts(message).into_iter().map(Field::range).collect();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let (mut before, mut block): (Option<&Field>, Option<&Field>) = (None, None);
    for field in &message.tree.fields {
        if field.name == "extensions" && !field.is_leaf() {
            block = Some(field);
        }
        let opens = match before {
            Some(holder) if field.name == "tag" && field.start() < holder.end() => {
                Some(holder.range())
            }
            Some(holder) if field.name == "extension_type" => {
                let client = message.type_name() == "client_hello";
                match extensions::treatment(own(message, holder), client) {
                    Treatment::Read => None,
                    Treatment::AsBytes => Some(holder.range()),
                    Treatment::Refused => {
                        let end = block.map_or(0, Field::end).max(holder.end());
                        Some(holder.start()..end)
                    }
                }
            }
            _ if as_bytes.contains(&field.range()) && !field.is_leaf() => Some(field.range()),
            _ => None,
        };
        let is_new = |one: &Range<usize>| ranges.last().is_none_or(|last| last.end <= one.start);
        ranges.extend(opens.filter(is_new));
        before = Some(field);
    }
    ranges
}
