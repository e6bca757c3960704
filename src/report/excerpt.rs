//! The hello as the source of an error: its bytes in lines, and the part at fault underlined.

use std::collections::HashSet;
use std::fmt::Write;

use crate::hello::condition::{Condition, Entries};
use crate::hello::spec::HelloSpec;
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar};
use crate::names::ExtensionType;
use crate::report::style::{DIM, FAULT, SENT, count, paint};
use crate::report::width::{DEFAULT, columns, wrap};
use crate::wire::field::{Field, Shape, Tree};
use crate::wire::grammar::{Context, Reader};
use crate::wire::handshake::Handshake;

/// A part of the message that is at fault, and what to say of it.
pub struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) label: String,
}

/// Where in a hello a condition lies. Offsets count from the record's first byte.
pub fn spans(condition: &Condition, spec: &HelloSpec) -> Vec<Span> {
    if spec.flight.is_some() {
        // What stands before the message is no header of a known length.
        return Vec::new();
    }
    let message = spec.message();
    let mut r = Reader::<Tree>::new(&message, Context::default());
    // What cannot be read is in the tree as well.
    let _ = Handshake::read(&mut r);
    let tree = r.finish();
    let mut found = Vec::new();
    collect(condition, spec, (&tree, &message), &mut found);
    // What is missing in one place is told in one line.
    let mut spans: Vec<Span> = Vec::new();
    for span in found {
        match spans.iter_mut().find(|other| (other.start, other.end) == (span.start, span.end)) {
            Some(same) if same.label == span.label => {}
            Some(same) => same.label = format!("{}, {}", same.label, span.label),
            None => spans.push(span),
        }
    }
    spans
}

fn collect(
    condition: &Condition,
    spec: &HelloSpec,
    (tree, message): (&Tree, &[u8]),
    found: &mut Vec<Span>,
) {
    const RECORD: usize = 5;
    let field = |field: &Field, label: String| Span {
        start: field.start() + RECORD,
        end: field.end() + RECORD,
        label,
    };
    let named = |name: &str| tree.fields.iter().find(|field| field.name == name);
    // The two bytes behind the type.
    let of_length = |extension: &Field| Span {
        start: extension.start() + 2 + RECORD,
        end: extension.start() + 4 + RECORD,
        label: format!("length of {}", extension.name),
    };
    let of_list = |list: List| {
        let place = list.extension().and_then(|code| extension(tree, message, code))?;
        Some(of_length(place))
    };
    // The two bytes before what is in it.
    let length_of = |holder: &str, label: String| {
        named(holder).map(|list| Span { end: list.start() + 2 + RECORD, ..field(list, label) })
    };
    // Where something would stand that is not there.
    let missing_in = |list: List, label: String| match (list, list.extension()) {
        (List::CipherSuites, _) => length_of("cipher_suites", label),
        (_, Some(code)) => match extension(tree, message, code) {
            Some(place) => Some(Span { label, ..of_length(place) }),
            None => length_of("extensions", label),
        },
        (List::Extensions, _) => length_of("extensions", label),
        _ => None,
    };
    match condition {
        Condition::Range { field: quantity, .. } => match quantity {
            Quantity::HandshakeLength | Quantity::RecordLength => {
                let length = spec.message().len();
                found.push(Span { start: 3, end: 5, label: format!("length {length}") });
            }
            Quantity::LegacyVersion => found.extend(
                named("legacy_version").map(|version| field(version, "legacy_version".to_owned())),
            ),
            Quantity::CipherSuitesCount => {
                let label = count(spec.hello.cipher_suites.0.len(), "cipher suite");
                found.extend(length_of("cipher_suites", label));
            }
            Quantity::SessionIdLength => found.extend(
                named("legacy_session_id").map(|id| field(id, "legacy_session_id".to_owned())),
            ),
            Quantity::CompressionMethodsCount => {
                found.extend(
                    named("legacy_compression_methods")
                        .map(|methods| field(methods, "legacy_compression_methods".to_owned())),
                );
            }
            Quantity::ExtensionsCount | Quantity::ExtensionsLength => {
                let label = count(spec.hello.extensions().len(), "extension");
                found.extend(length_of("extensions", label));
            }
            Quantity::ExtensionLength(extension_type) => {
                found.extend(extension(tree, message, *extension_type).map(of_length));
            }
            Quantity::KeyShareCount => found.extend(of_list(List::KeyShare)),
            Quantity::SupportedGroupsCount => found.extend(of_list(List::SupportedGroups)),
            Quantity::SignatureAlgorithmsCount => found.extend(of_list(List::SignatureAlgorithms)),
            Quantity::AlpnCount => found.extend(of_list(List::Alpn)),
            Quantity::ServerNameCount => {
                let name = extension(tree, message, ExtensionType::server_name);
                found.extend(name.map(|name| field(name, "server_name".to_owned())));
            }
            // How it is cut is no part of the message.
            Quantity::FlightLength
            | Quantity::RecordCount
            | Quantity::TcpSegments
            | Quantity::TcpFirstSegment => {}
        },
        Condition::Has(Entries { list, .. }, member) => {
            if let Some(place) = member_field((tree, message), *list, member) {
                found.push(field(place, list.member_words(member)));
            }
        }
        Condition::Lacks(Entries { list, .. }, member) => {
            let words = list.member_words(member);
            let bare = words.strip_prefix("a ").or(words.strip_prefix("an ")).unwrap_or(&words);
            found.extend(missing_in(*list, format!("no {bare}")));
        }
        Condition::LacksAll(Entries { list, .. }, _) => {
            found.extend(missing_in(*list, "none that the server takes".to_owned()));
        }
        Condition::Is(Property::ServerName, Scalar::Null) => {
            found.extend(length_of("extensions", "no server_name".to_owned()));
        }
        Condition::Is(Property::ExtensionsPresent, Scalar::Bool(true)) => {
            let label = count(spec.hello.extensions().len(), "extension");
            found.extend(length_of("extensions", label));
        }
        Condition::Order(list, first, second) => {
            for member in [first, second] {
                let place = member_field((tree, message), *list, member);
                found.extend(place.map(|place| field(place, list.member_words(member))));
            }
        }
        Condition::Is(Property::Grease, Scalar::Bool(true)) => {
            let place = |list| member_field((tree, message), list, &Member::Grease);
            found.extend(List::all().find_map(place).map(|it| field(it, "GREASE".to_owned())));
        }
        Condition::Is(Property::ServerName, Scalar::Text(_))
        | Condition::IsNot(Property::ServerName, Scalar::Text(_)) => {
            found.extend(named("host_name").map(|name| field(name, "server_name".to_owned())));
        }
        Condition::Is(Property::RecordVersion, _) => {
            found.push(Span { start: 1, end: 3, label: "record version".to_owned() });
        }
        Condition::Is(Property::ExtensionsLastEmpty | Property::ExtensionsLast, _) => {
            let last = extensions(tree).last();
            found.extend(last.map(|(_, last)| field(last, last.name.to_owned())));
        }
        Condition::All(conditions) | Condition::Any(conditions) => {
            let part = |condition| collect(condition, spec, (tree, message), found);
            conditions.iter().for_each(part);
        }
        _ => {}
    }
}

/// The fields that are extensions as a whole, with their indices: the first part of each says which.
fn extensions(tree: &Tree) -> impl Iterator<Item = (usize, &Field)> {
    tree.fields.iter().enumerate().filter(|&(index, field)| {
        let first = || tree.children(index).next();
        matches!(field.shape, Shape::Struct)
            && first().is_some_and(|(_, first)| first.name == "extension_type")
    })
}

/// The extension of a type.
fn extension<'t>(tree: &'t Tree, message: &[u8], code: ExtensionType) -> Option<&'t Field> {
    member_field((tree, message), List::Extensions, &Member::Number(code.0))
}

/// The field of a member of a list.
fn member_field<'t>(
    (tree, message): (&'t Tree, &[u8]),
    list: List,
    member: &Member,
) -> Option<&'t Field> {
    let mut seen = HashSet::new();
    let groups = match member {
        Member::NotOffered => leaves(tree, "supported_groups")
            .filter_map(|field| field.number(message))
            .collect::<Vec<u64>>(),
        _ => Vec::new(),
    };
    let mut is_member = |field: &Field| match (field.number(message), member) {
        (None, Member::Text(text)) => {
            field.name == "protocol_name" && field.own(message) == text.as_bytes()
        }
        (Some(found), Member::Duplicate) => !seen.insert(found),
        (Some(found), Member::NotOffered) => field.name == "group" && !groups.contains(&found),
        (Some(found), kind) => {
            u16::try_from(found).is_ok_and(|number| kind.is(list, &Member::Number(number)))
        }
        _ => false,
    };
    if list == List::Extensions {
        let found = extensions(tree).find(|&(index, _)| {
            tree.children(index).next().is_some_and(|(_, field)| is_member(field))
        });
        return found.map(|(_, field)| field);
    }
    let name = match list.extension() {
        Some(extension) => crate::names::Code::name(extension)?,
        None if list == List::CompressionMethods => "legacy_compression_methods",
        None => list.name(),
    };
    leaves(tree, name).find(|field| is_member(field))
}

/// What stands in a list, leaf by leaf.
fn leaves<'t>(tree: &'t Tree, name: &'t str) -> impl Iterator<Item = &'t Field> {
    let holder = tree.fields.iter().find(|f| f.name == name && matches!(f.shape, Shape::List));
    let inside = move |field: &&Field| {
        let holds = |holder: &Field| field.start() >= holder.start() && field.end() <= holder.end();
        holder.is_some_and(holds) && field.is_leaf()
    };
    tree.fields.iter().filter(inside)
}

/// Bytes in a line of the excerpt.
pub(super) const LINE: usize = 16;

/// The lines of an excerpt by their numbers: the first, and those with the fault.
pub(super) fn lines(spans: &[Span]) -> Vec<usize> {
    let mut lines: Vec<usize> = vec![0];
    for span in spans {
        // A long fault is shown by its first lines.
        let last = span.end.saturating_sub(1).min(span.start + 2 * LINE - 1) / LINE;
        lines.extend(span.start / LINE..=last);
    }
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// The hello's first line, and the lines with the fault, underlined.
pub fn excerpt(out: &mut String, spec: &HelloSpec, spans: &[Span]) {
    let bar = paint(DIM, "   |");
    let flight = spec.flight();
    let _ = writeln!(out, "{bar}");
    if spans.is_empty() {
        // How it is cut, or what has no place in it.
        return;
    }
    let mut before = None;
    for line in lines(spans) {
        if before.is_some_and(|before| before + 1 < line) {
            let _ = writeln!(out, "{bar}  {}", paint(DIM, "…"));
        }
        before = Some(line);
        let start = line * LINE;
        let bytes = flight.get(start..(start + LINE).min(flight.len())).unwrap_or_default();
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let offset = paint(DIM, format_args!("{start:04x}"));
        let _ = writeln!(out, "{bar}  {offset}  {}", paint(SENT, hex.join(" ")));
        for span in spans {
            let (from, to) = (span.start.max(start), span.end.min(start + LINE));
            if from < to {
                let label = if span.start >= start { span.label.as_str() } else { "" };
                for (indent, words) in underline((from - start, to - start), label) {
                    let indent = " ".repeat(indent);
                    let _ = writeln!(out, "{bar}        {indent}{}", paint(FAULT, words));
                }
            }
        }
    }
    let _ = writeln!(out, "{bar}");
}

/// What stands beneath the bytes of a line from one to another, with its indent: the label behind the
/// underline, or beneath it where there is no room.
fn underline((from, to): (usize, usize), label: &str) -> Vec<(usize, String)> {
    const ROOM: usize = DEFAULT - 12;
    let (indent, carets) = (from * 3, "^".repeat((to - from) * 3 - 1));
    if label.is_empty() || indent + carets.len() + 1 + columns(label) <= ROOM {
        return vec![(indent, format!("{carets} {label}").trim_end().to_owned())];
    }
    let lines = wrap(label, ROOM);
    let widest = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
    let beneath = indent.min(ROOM - widest);
    let lines = lines.into_iter().map(|line| (beneath, line));
    std::iter::once((indent, carets)).chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::preset::Preset;

    #[test]
    fn a_label_stands_in_the_columns_that_there_are() {
        let beside = underline((3, 5), "length 341");
        assert_eq!(beside, [(9, "^^^^^ length 341".to_owned())]);
        let label = "application_layer_protocol_negotiation (16)";
        let beneath = underline((15, 16), label);
        assert_eq!(beneath, [(45, "^^".to_owned()), (25, label.to_owned())]);
        let long = underline((15, 16), &[label; 3].join(", "));
        assert!(long.iter().all(|(indent, words)| indent + columns(words) <= DEFAULT - 12));
    }

    /// What is underlined in a hello of OpenSSL 1.0.1g, whose extensions begin at 208.
    fn underlined(condition: &str) -> Vec<(usize, usize, String)> {
        let spec = &Preset::find("openssl-1.0.1g").unwrap().spec;
        let spans = spans(&condition.parse().unwrap(), spec);
        spans.into_iter().map(|span| (span.start, span.end, span.label)).collect()
    }

    #[test]
    fn what_is_missing_is_told_where_it_would_stand() {
        let block = |label: &str| vec![(208, 210, label.to_owned())];
        assert_eq!(
            underlined("extensions lacks alpn"),
            block("no application_layer_protocol_negotiation (16)")
        );
        // Where its list is missing as well, at the block; and in one line what is so in one place.
        assert_eq!(
            underlined("supported_versions lacks 1.3 and extensions lacks 23"),
            block("no TLS 1.3, no extended_master_secret (23)")
        );
        assert_eq!(underlined("extensions.present is true"), block("7 extensions"));
        let suites = underlined("cipher_suites lacks TLS_AES_128_GCM_SHA256");
        assert_eq!(suites, [(44, 46, "no TLS_AES_128_GCM_SHA256".to_owned())]);
        // How it is cut is no part of the message.
        assert_eq!(underlined("tcp.segments >= 2"), []);
    }

    #[test]
    fn a_protocol_is_underlined_where_its_name_stands() {
        let spec = &Preset::find("chromium-156").unwrap().spec;
        for name in ["h2", "http/1.1"] {
            let spans = spans(&format!("alpn has {name}").parse().unwrap(), spec);
            let [span] = &spans[..] else { panic!("{name}") };
            assert_eq!(spec.flight()[span.start..span.end], *name.as_bytes());
        }
    }
}
