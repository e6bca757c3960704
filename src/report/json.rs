//! The JSON of a connection, `helloscope/transcript/1`: a contract with other programs.

use std::ops::Range;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json, json};

use crate::names::{CipherSuite, Code};
use crate::report::rows::suite;
use crate::transcript::{CertificateFacts, Event, Reaction, Side, Spoken, Summary, Transcript};
use crate::wire::fault::Remark;
use crate::wire::field::{Beneath, Field, Shape, Tree, Value};
use crate::wire::handshake::Handshake;
use crate::wire::second_opinion::{self, Difference};
use crate::wire::stream::{Body, Message, Unit};
use crate::wire::text::{escape, hex};
use crate::wire::time::rfc3339;

/// A connection as one object, which is made as it is written: a tree as JSON takes many times the
/// memory of the tree.
pub struct Shown<'t> {
    transcript: &'t Transcript,
    with_tree: bool,
    second_opinion: bool,
    outcome: Option<&'t Reaction>,
}

/// Shows a connection; with the tree of every message, and with what others make of it, where that
/// is wanted.
pub fn transcript(transcript: &Transcript, with_tree: bool, second_opinion: bool) -> Shown<'_> {
    Shown { transcript, with_tree, second_opinion, outcome: None }
}

impl<'t> Shown<'t> {
    /// With the outcome as it was seen: without a connection there is no transcript that tells it.
    pub fn with_outcome(self, outcome: &'t Reaction) -> Shown<'t> {
        Shown { outcome: Some(outcome), ..self }
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let transcript = self.transcript;
        let summary = Summary::of(transcript);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", "helloscope/transcript/1")?;
        let source = &transcript.source;
        map.serialize_entry("source", &json!({"name": source.name, "form": source.form}))?;
        map.serialize_entry("client", &transcript.client)?;
        map.serialize_entry("server", &transcript.server)?;
        map.serialize_entry("time", &transcript.began.map(rfc3339))?;
        map.serialize_entry("summary", &Agreed(&summary, self.outcome))?;
        map.serialize_entry("messages", &Each(|| self.messages()))?;
        map.serialize_entry("record_remarks", &Each(|| record_remarks(transcript)))?;
        map.serialize_entry("remarks", &transcript.remarks)?;
        map.end()
    }
}

/// What is said of the headers of records, in the bytes of their side's stream: a message may be
/// of several records, and a record of no message.
fn record_remarks(transcript: &Transcript) -> impl Iterator<Item = Json> {
    transcript.events.iter().flat_map(|event| {
        let header = match &event.unit {
            Unit::Header(header) => Some(header),
            Unit::Message(_) => None,
        };
        header.into_iter().flat_map(move |header| {
            let at = header.range.start;
            header.tree.remarks.iter().map(move |said| {
                let range = at + said.range.start..at + said.range.end;
                let mut shown = remark(said, range);
                shown.insert("from".to_owned(), json!(event.from.name()));
                Json::Object(shown)
            })
        })
    })
}

impl<'t> Shown<'t> {
    fn messages(&self) -> impl Iterator<Item = ShownMessage<'t>> {
        // What is said of the header of a record stands with the message behind it.
        let (mut of_client, mut of_server) = (Vec::new(), Vec::new());
        let (with_tree, second_opinion) = (self.with_tree, self.second_opinion);
        let spoken = Spoken::of(self.transcript);
        self.transcript.events.iter().filter_map(move |event| {
            let waiting = match event.from {
                Side::Client => &mut of_client,
                Side::Server => &mut of_server,
            };
            match &event.unit {
                Unit::Header(header) if second_opinion => {
                    waiting.extend(second_opinion::header(header).unwrap_or_default());
                    None
                }
                Unit::Header(_) => None,
                Unit::Message(message) => {
                    let opinion = second_opinion.then(|| opinion(message, std::mem::take(waiting)));
                    let opinion = opinion.flatten();
                    Some(ShownMessage { event, message, spoken, with_tree, opinion })
                }
            }
        })
    }
}

/// A list whose items are made one by one as they are written.
struct Each<F>(F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

struct Agreed<'t>(&'t Summary, Option<&'t Reaction>);

impl Serialize for Agreed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Agreed(summary, outcome) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("server_name", &summary.server_name)?;
        map.serialize_entry("alpn", &summary.alpn)?;
        map.serialize_entry("version", &summary.version.map(Code::number))?;
        map.serialize_entry("cipher_suite", &summary.cipher_suite.map(Code::number))?;
        map.serialize_entry("cipher_suite_names", &summary.cipher_suite.map(suite_names))?;
        map.serialize_entry("group", &summary.group.map(Code::number))?;
        map.serialize_entry("hello_retry", &summary.hello_retry)?;
        map.serialize_entry("resumed", &summary.resumed)?;
        map.serialize_entry("encrypted_from", &summary.encrypted_from)?;
        map.serialize_entry("certificates", &summary.certificates)?;
        for (name, fingerprint) in
            [("ja3", &summary.ja3), ("ja3s", &summary.ja3s), ("ja4", &summary.ja4)]
        {
            map.serialize_entry(name, &fingerprint.as_ref().map(|found| &found.value))?;
        }
        map.serialize_entry("outcome", &outcome.or(summary.outcome.as_ref()))?;
        map.end()
    }
}

struct ShownMessage<'t> {
    event: &'t Event,
    message: &'t Message,
    spoken: Spoken,
    with_tree: bool,
    opinion: Option<Json>,
}

impl Serialize for ShownMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ShownMessage { event, message, spoken, with_tree, opinion } = self;
        let ranges = || message.ranges.iter().map(|range| [range.start, range.end]);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("from", event.from.name())?;
        map.serialize_entry("time", &event.time)?;
        map.serialize_entry("content_type", &message.content_type.map(Code::number))?;
        map.serialize_entry("record_version", &message.record_version.map(Code::number))?;
        map.serialize_entry("type", message.type_name())?;
        map.serialize_entry("length", &message.length)?;
        map.serialize_entry("complete", &message.complete())?;
        map.serialize_entry("ranges", &Each(ranges))?;
        map.serialize_entry("values", &Values(event.from, message, *spoken))?;
        map.serialize_entry("remarks", &Each(|| remarks(&message.tree)))?;
        map.serialize_entry("second_opinion", opinion)?;
        if *with_tree {
            let (tree, bytes) = (&message.tree, message.bytes.as_slice());
            let fields = || tree.roots().map(|(index, _)| ShownField { tree, bytes, index });
            map.serialize_entry("tree", &Each(fields))?;
        }
        map.end()
    }
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

/// What a cipher suite is called, and by whom.
fn suite_names(suite: CipherSuite) -> Json {
    json!({
        "iana": suite.name(),
        "openssl": suite.openssl_name(),
        "gnutls": suite.gnutls_name(),
    })
}

/// What is said of a message, and behind it what is said of other bytes beneath its fields.
fn remarks(tree: &Tree) -> impl Iterator<Item = Json> {
    let own = tree.remarks.iter().map(|said| {
        let mut shown = remark(said, said.range.clone());
        shown.insert("beneath".to_owned(), Json::Null);
        Json::Object(shown)
    });
    let beneath = tree.beneath.iter().flat_map(|other| {
        let place = tree.fields.get(other.field).map_or(0..0, Field::range);
        other.tree.remarks.iter().map(move |said| {
            let mut shown = remark(said, place.clone());
            let Range { start, end } = said.range;
            shown.insert("beneath".to_owned(), json!({"name": other.name, "range": [start, end]}));
            Json::Object(shown)
        })
    });
    own.chain(beneath)
}

fn remark(remark: &Remark, range: Range<usize>) -> Map<String, Json> {
    let entries = [
        ("kind", json!(remark.kind.name())),
        ("field", json!(remark.field)),
        ("range", json!([range.start, range.end])),
        ("expected", json!(remark.fault.expected())),
        ("found", json!(remark.fault.found())),
        ("reference", json!(remark.reference)),
    ];
    entries.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

/// What a message holds, by the RFC's names of its fields.
struct Values<'t>(Side, &'t Message, Spoken);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Values(from, message, spoken) = *self;
        let is_certificate = message.type_name() == "certificate";
        if is_certificate && message.tree.roots().any(|(_, field)| !field.is_leaf()) {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry("certificates", &Each(|| certificates(message)))?;
            return map.end();
        }
        values(from, message, spoken).serialize(serializer)
    }
}

fn values(from: Side, message: &Message, spoken: Spoken) -> Json {
    match &message.body {
        Body::Plaintext => {
            let protocol = spoken.protocol(from, &message.bytes);
            json!({"protocol": protocol.map(|protocol| protocol.name)})
        }
        // What stands in another document says nothing by a few names; its tree has all of it.
        Body::Document(_) | Body::Encrypted | Body::Unknown => json!({}),
        _ => match message.tree.roots().find(|(_, field)| !field.is_leaf()) {
            Some((index, _)) => hello_values(message, index),
            None => leaves(message),
        },
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
    // A MAC is the record's.
    let own = message.without_mac().len();
    for field in message.tree.leaves().filter(|field| field.start() < own) {
        map.insert(key(field), leaf(field, &message.bytes));
    }
    Json::Object(map)
}

fn certificates(message: &Message) -> impl Iterator<Item = Json> {
    let fields = message.tree.fields.iter().enumerate();
    let ders = fields.filter(|(_, field)| field.name == "Certificate");
    ders.map(|(index, field)| {
        let der = field.own(&message.bytes);
        let mut object = json!(CertificateFacts::of(der));
        if let Some(object) = object.as_object_mut() {
            if message.tree.missing(index) > 0 {
                // The hash of a part would be taken for the hash of the certificate.
                object.insert("sha256".to_owned(), Json::Null);
            }
            object.insert("der".to_owned(), json!(hex(der)));
        }
        object
    })
}

/// The fields inside a field, by name. A length says nothing that its list does not.
fn object(tree: &Tree, index: usize, bytes: &[u8]) -> Json {
    let mut map = Map::new();
    for (index, field) in tree.children(index) {
        if field.name != "length" {
            map.insert(key(field), value(tree, index, field, bytes));
        }
    }
    Json::Object(map)
}

/// A field's name as that of a property. Some types of ASN.1 have names of two words.
fn key(field: &Field) -> String {
    field.name.replace(' ', "_")
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
            values.insert(key(part), value(tree, index, part, bytes));
        }
    }
    if !values.is_empty() {
        map.insert("values".to_owned(), Json::Object(values));
    }
    Some(Json::Object(map))
}

fn leaf(field: &Field, bytes: &[u8]) -> Json {
    match field.shape {
        Shape::Leaf(Value::Text) => json!(escape(field.own(bytes))),
        Shape::Leaf(_) => match field.number(bytes) {
            Some(number) => json!(number),
            None => json!(hex(field.own(bytes))),
        },
        _ => Json::Null,
    }
}

/// A field with its range, and what is in it.
struct ShownField<'t> {
    tree: &'t Tree,
    bytes: &'t [u8],
    index: usize,
}

impl Serialize for ShownField<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ShownField { tree, bytes, index } = *self;
        let Some(field) = tree.fields.get(index) else { return serializer.serialize_none() };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", field.name)?;
        map.serialize_entry("range", &[field.start(), field.end()])?;
        let missing = tree.missing(index);
        if missing > 0 {
            map.serialize_entry("missing", &missing)?;
        }
        if field.is_leaf() {
            map.serialize_entry("value", &leaf(field, bytes))?;
            if let Some(words) = field.words(bytes) {
                map.serialize_entry("text", &words)?;
            }
            if let Some(suite) = suite(field, bytes) {
                map.serialize_entry("names", &suite_names(suite))?;
            }
            let first = tree.beneath.partition_point(|other| other.field < index);
            if let Some(other) = tree.beneath.get(first).filter(|other| other.field == index) {
                map.serialize_entry("beneath", &ShownBeneath(other))?;
            }
        } else {
            let part = |(index, _)| ShownField { tree, bytes, index };
            map.serialize_entry("children", &Each(|| tree.children(index).map(part)))?;
        }
        map.end()
    }
}

/// Other bytes beneath a field.
struct ShownBeneath<'t>(&'t Beneath);

impl Serialize for ShownBeneath<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Beneath { name, bytes, tree, .. } = self.0;
        let fields = || tree.roots().map(|(index, _)| ShownField { tree, bytes, index });
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("name", name)?;
        map.serialize_entry("length", &bytes.len())?;
        map.serialize_entry("fields", &Each(fields))?;
        map.end()
    }
}
