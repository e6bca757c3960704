//! What must hold of the JSON of any transcript, whatever it came from.

use helloscope::wire::text::unhex;
use serde_json::Value as Json;

/// The bytes of a record's header, in TLS and in DTLS.
const TLS_HEADER: u64 = 5;
const DTLS_HEADER: u64 = 13;

pub fn messages(transcript: &Json) -> &[Json] {
    transcript["messages"].as_array().unwrap()
}

/// The types of the messages of one side.
pub fn types<'j>(transcript: &'j Json, from: &str) -> Vec<&'j str> {
    let messages = messages(transcript).iter().filter(|message| message["from"] == from);
    messages.map(|message| message["type"].as_str().unwrap()).collect()
}

/// The first message of a type.
pub fn message<'j>(transcript: &'j Json, kind: &str) -> &'j Json {
    messages(transcript).iter().find(|message| message["type"] == kind).unwrap()
}

/// A field anywhere in a tree, the outermost of its name.
pub fn field<'j>(tree: &'j Json, name: &str) -> Option<&'j Json> {
    let fields = tree.as_array()?;
    let own = fields.iter().find(|field| field["name"] == name);
    own.or_else(|| fields.iter().find_map(|inner| field(&inner["children"], name)))
}

pub fn range(json: &Json) -> (u64, u64) {
    (json[0].as_u64().unwrap(), json[1].as_u64().unwrap())
}

/// The leaves of the tree of a message, in order.
pub fn leaves(message: &Json) -> Vec<&Json> {
    fn walk<'j>(fields: &'j Json, holder: (u64, u64), leaves: &mut Vec<&'j Json>) {
        for field in fields.as_array().unwrap() {
            let own = range(&field["range"]);
            assert!(holder.0 <= own.0 && own.1 <= holder.1, "{field} reaches out of {holder:?}");
            match field.get("children") {
                Some(children) => walk(children, own, leaves),
                None => leaves.push(field),
            }
        }
    }
    let mut leaves = Vec::new();
    walk(&message["tree"], (0, u64::MAX), &mut leaves);
    leaves
}

/// How many bytes of a message are there.
pub fn bytes_there(message: &Json) -> u64 {
    let ranges = message["ranges"].as_array().unwrap().iter().map(range);
    ranges.map(|(start, end)| end - start).sum()
}

/// The leaves of each message cover each of its bytes once, and it is complete if it says so.
pub fn assert_trees_tile(transcript: &Json) {
    for message in messages(transcript) {
        let (kind, there) = (&message["type"], bytes_there(message));
        let mut at = 0;
        for leaf in leaves(message) {
            let (start, end) = range(&leaf["range"]);
            assert!(start == at && end > start, "{kind}: {leaf} where {at} is next");
            at = end;
        }
        assert_eq!(at, there, "{kind}");
        let length = message["length"].as_u64().unwrap();
        assert_eq!(message["complete"], there >= length, "{kind}");
    }
}

/// All bytes of one side are in a message, or in the header of a record before one.
pub fn assert_stream_is_covered(transcript: &Json, from: &str) {
    let own = messages(transcript).iter().filter(|message| message["from"] == from);
    let ranges = own.flat_map(|message| message["ranges"].as_array().unwrap());
    let mut ranges: Vec<_> = ranges.map(range).collect();
    ranges.sort_unstable();
    let header = ranges.first().map(|first| first.0).unwrap();
    assert!([TLS_HEADER, DTLS_HEADER].contains(&header), "{from}: {header}");
    let mut at = 0;
    for (start, end) in ranges {
        assert!(start == at || start == at + header, "{from}: {start} where {at} is next");
        at = end;
    }
}

/// Nothing is wrong with the form of any message. One side alone may leave a form to be assumed,
/// and old messages are a matter of notices.
pub fn assert_no_remarks(transcript: &Json) {
    assert_eq!(transcript["remarks"], Json::Array(vec![]));
    for message in messages(transcript) {
        let remarks = message["remarks"].as_array().unwrap();
        let of_form: Vec<_> = remarks.iter().filter(|remark| remark["kind"] == "form").collect();
        assert!(of_form.is_empty(), "{}: {of_form:?}", message["type"]);
    }
}

/// The certificates of the first Certificate message, in DER.
pub fn certificates(transcript: &Json) -> Vec<Vec<u8>> {
    let values = &message(transcript, "certificate")["values"];
    let certificates = values["certificates"].as_array().unwrap().iter();
    certificates.map(|one| unhex(one["der"].as_str().unwrap()).unwrap()).collect()
}
