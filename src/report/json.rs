//! The JSON of a connection, `helloscope/transcript/1`: a contract with other programs.

use serde_json::{Map, Value as Json, json};

use crate::names::Code;
use crate::transcript::{CertificateFacts, Event, Side, Summary, Transcript};
use crate::wire::fault::Remark;
use crate::wire::field::{Field, Shape, Tree, Value};
use crate::wire::handshake::Handshake;
use crate::wire::record::plaintext;
use crate::wire::second_opinion::{self, Difference};
use crate::wire::stream::{Body, Message, Unit};
use crate::wire::text::{escape, hex};

/// A connection as one object; with the tree of every message, and with what others make of it,
/// where that is wanted.
pub fn transcript(transcript: &Transcript, with_tree: bool, second_opinion: bool) -> Json {
    let summary = Summary::of(transcript);
    // What is said of the header of a record stands with the message behind it.
    let (mut of_client, mut of_server) = (Vec::new(), Vec::new());
    let mut messages = Vec::new();
    for event in &transcript.events {
        let waiting = match event.from {
            Side::Client => &mut of_client,
            Side::Server => &mut of_server,
        };
        match &event.unit {
            Unit::Header(header) if second_opinion => {
                waiting.extend(second_opinion::header(header).unwrap_or_default());
            }
            Unit::Header(_) => {}
            Unit::Message(message) => {
                let opinion = second_opinion.then(|| opinion(message, std::mem::take(waiting)));
                messages.push(self::message(event, message, with_tree, opinion.flatten()));
            }
        }
    }
    json!({
        "schema": "helloscope/transcript/1",
        "source": {"name": transcript.source.name, "form": transcript.source.form},
        "client": transcript.client,
        "server": transcript.server,
        "time": null,
        "summary": self::summary(&summary),
        "messages": messages,
        "remarks": transcript.remarks,
    })
}

fn summary(summary: &Summary) -> Json {
    json!({
        "server_name": summary.server_name,
        "alpn": summary.alpn,
        "version": summary.version.map(Code::number),
        "cipher_suite": summary.cipher_suite.map(Code::number),
        "group": summary.group.map(Code::number),
        "hello_retry": summary.hello_retry,
        "resumed": summary.resumed,
        "encrypted_from": summary.encrypted_from,
        "certificates": summary.certificates,
        "ja3": null,
        "ja3s": null,
        "ja4": null,
        "outcome": summary.outcome,
    })
}

fn message(event: &Event, message: &Message, with_tree: bool, opinion: Option<Json>) -> Json {
    let ranges: Vec<_> = message.ranges.iter().map(|range| [range.start, range.end]).collect();
    let mut object = json!({
        "from": event.from.name(),
        "time": event.time,
        "content_type": message.content_type.map(Code::number),
        "record_version": message.record_version.map(Code::number),
        "type": message.type_name(),
        "length": message.length,
        "complete": message.complete(),
        "ranges": ranges,
        "values": values(event.from, message),
        "remarks": message.tree.remarks.iter().map(remark).collect::<Vec<_>>(),
        "second_opinion": opinion,
    });
    if with_tree {
        let fields = fields(&message.tree, message.tree.roots().collect(), &message.bytes);
        if let Some(object) = object.as_object_mut() {
            object.insert("tree".to_owned(), fields);
        }
    }
    object
}

/// What others make of a message, behind what they make of its records; none where nobody can make
/// anything of it.
fn opinion(message: &Message, of_records: Vec<Difference>) -> Option<Json> {
    let difference = |difference: Difference| {
        json!({
            "parser": difference.parser.name(),
            "kind": difference.kind.name(),
            "what": difference.what,
            "ours": difference.ours,
            "theirs": difference.theirs,
        })
    };
    let found = second_opinion::message(message);
    let known = found.is_some() || !of_records.is_empty();
    let found = of_records.into_iter().chain(found.unwrap_or_default());
    known.then(|| Json::Array(found.map(difference).collect()))
}

fn remark(remark: &Remark) -> Json {
    json!({
        "kind": remark.kind.name(),
        "field": remark.field,
        "range": [remark.range.start, remark.range.end],
        "expected": remark.fault.expected(),
        "found": remark.fault.found(),
        "reference": remark.reference,
    })
}

/// What a message holds, by the RFC's names of its fields.
fn values(from: Side, message: &Message) -> Json {
    match &message.body {
        Body::Plaintext => {
            let protocol = plaintext::recognise_side(&message.bytes, from);
            json!({"protocol": protocol.map(|protocol| protocol.name)})
        }
        Body::Encrypted | Body::Unknown => json!({}),
        _ => {
            let is_certificate = message.type_name() == "certificate";
            let body = message.tree.roots().find(|(_, field)| !field.is_leaf());
            match body {
                Some(_) if is_certificate => certificate_values(message),
                Some((index, _)) => hello_values(message, index),
                None => leaves(message),
            }
        }
    }
}

/// The fields of a message. A hello without a block of extensions says so.
fn hello_values(message: &Message, body: usize) -> Json {
    let mut values = object(&message.tree, body, &message.bytes);
    let hello = matches!(
        message.handshake(),
        Some(
            Handshake::ClientHello(_) | Handshake::ServerHello(_) | Handshake::HelloRetryRequest(_)
        )
    );
    if let (true, Some(map)) = (hello, values.as_object_mut()) {
        map.entry("extensions").or_insert(Json::Null);
    }
    values
}

/// A message whose fields stand in no other: an alert, a change_cipher_spec.
fn leaves(message: &Message) -> Json {
    let mut map = Map::new();
    if message.handshake().is_some() || matches!(message.body, Body::BrokenHandshake(_)) {
        return Json::Object(map);
    }
    for field in message.tree.leaves() {
        map.insert(field.name.to_owned(), leaf(field, &message.bytes));
    }
    Json::Object(map)
}

fn certificate_values(message: &Message) -> Json {
    let tree = &message.tree;
    let ders = tree.fields.iter().enumerate().filter(|(_, field)| field.name == "Certificate");
    let certificates = ders.map(|(_, field)| {
        let der = message.bytes.get(field.range()).unwrap_or_default();
        let mut object = json!(CertificateFacts::of(der));
        if let Some(object) = object.as_object_mut() {
            if field.missing() > 0 {
                // The hash of a part would be taken for the hash of the certificate.
                object.insert("sha256".to_owned(), Json::Null);
            }
            object.insert("der".to_owned(), json!(hex(der)));
        }
        object
    });
    json!({"certificates": certificates.collect::<Vec<_>>()})
}

/// The fields inside a field, by name. A length says nothing that its list does not.
fn object(tree: &Tree, index: usize, bytes: &[u8]) -> Json {
    let mut map = Map::new();
    for (index, field) in tree.children(index) {
        if field.name != "length" {
            map.insert(field.name.to_owned(), value(tree, index, field, bytes));
        }
    }
    Json::Object(map)
}

fn value(tree: &Tree, index: usize, field: &Field, bytes: &[u8]) -> Json {
    match field.shape {
        Shape::Leaf(_) => leaf(field, bytes),
        Shape::Struct => match extension(tree, index, bytes) {
            Some(extension) => extension,
            None => object(tree, index, bytes),
        },
        Shape::List => {
            let items = tree.children(index).filter(|(_, field)| field.name != "length");
            Json::Array(items.map(|(index, item)| value(tree, index, item, bytes)).collect())
        }
        Shape::Vector => match tree.children(index).find(|(_, part)| part.name != "length") {
            Some((_, content)) => leaf(content, bytes),
            None => json!(""),
        },
    }
}

/// An extension as `{type, data, values}`.
fn extension(tree: &Tree, index: usize, bytes: &[u8]) -> Option<Json> {
    let mut parts = tree.children(index).filter(|(_, part)| part.name != "length");
    let (_, extension_type) = parts.next()?;
    if extension_type.name != "extension_type" {
        return None;
    }
    let mut map = Map::new();
    let whole = tree.fields.get(index)?;
    let data = bytes.get(extension_type.end() + 2..whole.end()).unwrap_or_default();
    map.insert("type".to_owned(), leaf(extension_type, bytes));
    map.insert("data".to_owned(), json!(hex(data)));
    let mut values = Map::new();
    for (index, part) in parts {
        if part.name != "opaque" {
            values.insert(part.name.to_owned(), value(tree, index, part, bytes));
        }
    }
    if !values.is_empty() {
        map.insert("values".to_owned(), Json::Object(values));
    }
    Some(Json::Object(map))
}

fn leaf(field: &Field, bytes: &[u8]) -> Json {
    let own = bytes.get(field.range()).unwrap_or_default();
    match field.shape {
        Shape::Leaf(Value::Text) => json!(escape(own)),
        Shape::Leaf(value) => match value.number() {
            Some(number) => json!(number),
            None => json!(hex(own)),
        },
        _ => Json::Null,
    }
}

/// Fields with their ranges, and what is in them.
fn fields(tree: &Tree, parts: Vec<(usize, &Field)>, bytes: &[u8]) -> Json {
    let field = |(index, field): (usize, &Field)| {
        let mut map = Map::new();
        map.insert("name".to_owned(), json!(field.name));
        map.insert("range".to_owned(), json!([field.start(), field.end()]));
        if field.missing() > 0 {
            map.insert("missing".to_owned(), json!(field.missing()));
        }
        if let Shape::Leaf(value) = field.shape {
            map.insert("value".to_owned(), leaf(field, bytes));
            let own = bytes.get(field.range()).unwrap_or_default();
            if let Some(words) = value.words(own) {
                map.insert("text".to_owned(), json!(words));
            }
            let first = tree.beneath.partition_point(|other| other.field < index);
            if let Some(other) = tree.beneath.get(first).filter(|other| other.field == index) {
                let inner = fields(&other.tree, other.tree.roots().collect(), &other.bytes);
                let (name, length) = (other.name, other.bytes.len());
                let beneath = json!({"name": name, "length": length, "fields": inner});
                map.insert("beneath".to_owned(), beneath);
            }
        } else {
            let children = tree.children(index).collect();
            map.insert("children".to_owned(), fields(tree, children, bytes));
        }
        Json::Object(map)
    };
    Json::Array(parts.into_iter().map(field).collect())
}
