//! The rows in which a tree is shown. A row has the bytes of one field, and those that only lead to
//! it: a tag, a type, a length. So a list is one row with the number of its items above them, an
//! extension is a row by its name, and an element of DER is one with its value where that is short
//! of parts.

use std::ops::Range;

use crate::names::{CipherSuite, Code, alpn};
use crate::report::style::{self, count};
use crate::wire::extension::ProtocolName;
use crate::wire::field::{Field, Shape, Tree, Value};
use crate::wire::grammar::Wire;
use crate::wire::text::{escape, hex};

/// Letters of a text that are shown; its bytes are all there with `-v`.
const TEXT: usize = 200;
/// Bytes of what has no form that are shown as text.
const UNREAD: usize = 16;
/// Bytes that speak for themselves.
const SHORT: usize = 8;

/// Where in the protocol a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The header of a record.
    Record,
    /// The header of a handshake message.
    Handshake,
    /// A message.
    Message,
    /// An extension.
    Extension,
    /// A certificate, or what else is written in DER.
    Der,
}

impl Layer {
    /// The style of a field's name.
    pub fn style(self) -> anstyle::Style {
        match self {
            Layer::Record => style::RECORD,
            Layer::Handshake => style::HANDSHAKE,
            Layer::Message => style::MESSAGE,
            Layer::Extension => style::EXTENSION,
            Layer::Der => style::DER,
        }
    }
}

/// Where what is dull about a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Beside it, if there is room.
    Beside,
    /// Beside it, and under it where there is no room.
    Kept,
    /// Beside it where there is room for all in a list of their kind, so that none lacks it.
    Wide,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// How many rows it stands under.
    pub depth: usize,
    /// What it is called.
    pub name: String,
    /// What it means.
    pub words: String,
    /// What is missing of it.
    pub fault: String,
    /// What is dull about it.
    pub note: String,
    /// Where that stands.
    pub place: Place,
    /// Where it stands.
    pub layer: Layer,
    /// Its bytes.
    pub range: Range<usize>,
    /// How many of them only lead to the rest.
    pub head: usize,
    /// The indices of the fields that it shows.
    pub fields: Range<usize>,
}

/// The rows of a tree; those of the fields `only`, in order, and of what is in them, where that is
/// asked for. What stands under `depth` rows or more is folded into the last row above it.
pub fn rows(
    tree: &Tree,
    bytes: &[u8],
    layer: Layer,
    only: Option<&[usize]>,
    depth: usize,
) -> Vec<Row> {
    let mut walk = Walk { tree, bytes, only, depth, rows: Vec::new() };
    walk.roots(layer);
    walk.rows
}

/// The cipher suite that a field is, if it is one.
pub(super) fn suite(field: &Field, bytes: &[u8]) -> Option<CipherSuite> {
    let number = field.number(bytes).filter(|_| field.name == <CipherSuite as Code>::ITEM)?;
    number.try_into().ok().map(CipherSuite)
}

struct Walk<'t> {
    tree: &'t Tree,
    bytes: &'t [u8],
    /// The fields that are still to come of those that are wanted.
    only: Option<&'t [usize]>,
    depth: usize,
    rows: Vec<Row>,
}

/// The fields at the start of another that only lead to what it holds.
enum Head<'t> {
    /// Tag and length of DER.
    Der(&'t Field, &'t Field),
    /// A number that says which form follows, and a length.
    Coded(&'t Field, &'t Field),
    /// A length.
    Sized(&'t Field),
}

impl<'t> Head<'t> {
    fn fields(&self) -> usize {
        match self {
            Head::Der(..) | Head::Coded(..) => 2,
            Head::Sized(_) => 1,
        }
    }

    fn length(&self) -> &'t Field {
        match self {
            Head::Der(_, length) | Head::Coded(_, length) | Head::Sized(length) => length,
        }
    }
}

impl<'t> Walk<'t> {
    fn field(&self, index: usize) -> Option<&'t Field> {
        self.tree.fields.get(index)
    }

    fn own(&self, field: &Field) -> &'t [u8] {
        field.own(self.bytes)
    }

    fn parts(&self, from: usize, to: usize) -> impl Iterator<Item = usize> {
        self.tree.outermost(from, to).map(|(index, _)| index)
    }

    fn roots(&mut self, layer: Layer) {
        let visible = self.only.is_none().then_some(0);
        let header = [0, 1].map(|index| self.field(index));
        let mut from = 0;
        if let ([Some(first), Some(second)], Some(_)) = (header, visible) {
            if layer == Layer::Record && self.bytes.len() <= SHORT {
                return self.record(first);
            }
            if first.name == "msg_type" && second.name == "length" {
                self.handshake(first, second);
                from = 2;
            }
        }
        let roots: Vec<usize> = self.parts(from, self.tree.fields.len()).collect();
        for index in roots {
            self.node(index, visible, false, layer);
        }
    }

    /// The header of a record in one row.
    fn record(&mut self, first: &Field) {
        let fields = || self.tree.fields.iter().enumerate().filter(|(_, field)| field.is_leaf());
        let words = fields().map(|(index, field)| match field.name {
            "length" if self.tree.missing(index) == 0 => bytes_word(&plain(field, self.own(field))),
            "content_type" | "legacy_record_version" | "version" => plain(field, self.own(field)),
            name => match self.leaf_words(field) {
                words if words.is_empty() => format!("{name} {}", hex(self.own(field))),
                words => format!("{name} {words}"),
            },
        });
        let words: Vec<String> = words.collect();
        let missing: usize = fields().map(|(index, _)| self.tree.missing(index)).sum();
        let end = self.bytes.len();
        let row = Row {
            depth: 0,
            name: "record".to_owned(),
            words: words.join(", "),
            fault: missing_word(missing),
            note: String::new(),
            place: Place::Beside,
            layer: Layer::Record,
            range: first.start()..end,
            head: 0,
            fields: 0..self.tree.fields.len(),
        };
        self.rows.push(row);
    }

    /// Type and length of a handshake message in one row.
    fn handshake(&mut self, msg_type: &Field, length: &Field) {
        let body = self.tree.roots().find(|(_, field)| !field.is_leaf());
        let name = match body {
            Some((_, body)) => body.name.to_owned(),
            None => plain(msg_type, self.own(msg_type)),
        };
        let missing = body.map_or(0, |(index, _)| self.tree.missing(index));
        let mut row = Row {
            depth: 0,
            name,
            words: bytes_word(&plain(length, self.own(length))),
            fault: missing_word(missing),
            note: String::new(),
            place: Place::Beside,
            layer: Layer::Handshake,
            range: msg_type.start()..length.end(),
            head: 0,
            fields: 0..2,
        };
        if let Some(fault) = self.cut_off(1, length) {
            (row.words, row.fault) = (String::new(), fault);
        }
        self.rows.push(row);
    }

    /// A field and what is in it. `visible` is the depth of its row where it is shown, `item` whether
    /// a list holds it.
    fn node(&mut self, index: usize, visible: Option<usize>, item: bool, layer: Layer) {
        let Some(field) = self.field(index) else { return };
        let mut visible = visible;
        if let Some((&first, rest)) = self.only.and_then(<[usize]>::split_first) {
            if first == index {
                visible = visible.or(Some(0));
                self.only = Some(rest);
            }
        }
        if field.is_leaf() {
            if let Some(depth) = visible {
                let mut row = self.leaf(index, field, depth, layer);
                if item && matches!(field.shape, Shape::Leaf(Value::Code(..))) {
                    // All items of a list are called the same; what one says is its name.
                    row.name = std::mem::take(&mut row.words);
                    row.place = if row.place == Place::Kept { Place::Wide } else { row.place };
                }
                if row.name.is_empty() {
                    row.name = field.name.to_owned();
                }
                self.rows.push(row);
            }
            return;
        }
        let head = self.head(index);
        let layer = match head {
            Some(Head::Der(..)) => Layer::Der,
            Some(Head::Coded(code, _)) if code.name == "extension_type" => Layer::Extension,
            _ => layer,
        };
        let (from, holder, below) = match (head, visible) {
            (Some(head), Some(depth)) => match self.headed(index, field, &head, depth, layer) {
                Some((from, holder)) => (from, holder, Some(depth + 1)),
                None => return,
            },
            (_, visible) => (index + 1, index, visible),
        };
        let parts: Vec<usize> = self.parts(from, self.tree.behind(index)).collect();
        let items = self.field(holder).is_some_and(|holder| matches!(holder.shape, Shape::List));
        for part in parts {
            self.node(part, below, items, layer);
        }
    }

    /// The row of a field that begins with what leads to the rest of it. Returns where the parts
    /// begin that have rows of their own, if there are any, and which field holds them.
    fn headed(
        &mut self,
        index: usize,
        field: &Field,
        head: &Head<'_>,
        depth: usize,
        layer: Layer,
    ) -> Option<(usize, usize)> {
        let end = self.tree.behind(index);
        let mut row = Row {
            depth,
            name: match head {
                Head::Coded(code, _) => plain(code, self.own(code)),
                _ => field.name.to_owned(),
            },
            words: String::new(),
            fault: missing_word(self.tree.missing(index)),
            note: String::new(),
            place: Place::Beside,
            layer,
            range: field.start()..head.length().end(),
            head: head.length().end() - field.start(),
            fields: index..index + 1 + head.fields(),
        };
        let mut inner = (index, field);
        self.describe(&mut row, index, field, head);
        // A field that holds only one of its own name, or the one that its number tells of, shares
        // a row with it.
        loop {
            let from = row.fields.end;
            let Some(part) =
                self.field(from).filter(|_| from < end && self.tree.behind(from) == end)
            else {
                break;
            };
            let unread = part.name == "malformed" || part.name == "trailing";
            if part.is_leaf() && !unread {
                let leaf = self.leaf(from, part, depth, layer);
                row.words = leaf.words;
                if !leaf.note.is_empty() {
                    row.place = leaf.place;
                    row.note = leaf.note;
                }
                if !leaf.fault.is_empty() {
                    row.fault = leaf.fault;
                }
                row.range.end = part.end();
                row.fields.end = from + 1;
                break;
            }
            let Some(next) = self.head(from) else { break };
            let der = matches!(next, Head::Der(..));
            let shares = match head {
                Head::Coded(..) => inner.0 == index && !der,
                // A set of one has nothing to say of itself.
                Head::Der(..) => part.name == inner.1.name || der && row.note == "SET",
                Head::Sized(_) => inner.0 == index && der && !matches!(field.shape, Shape::List),
            };
            if !shares && part.name != inner.1.name {
                break;
            }
            if der && row.layer != Layer::Der {
                (row.layer, row.name) = (Layer::Der, part.name.to_owned());
            }
            let head = next;
            self.describe(&mut row, from, part, &head);
            row.range.end = head.length().end();
            row.head = row.range.len();
            row.fields.end = from + 1 + head.fields();
            inner = (from, part);
        }
        let from = row.fields.end;
        if from < end && depth + 1 >= self.depth {
            let folded = count(end - from, "field");
            row.words = [row.words.as_str(), folded.as_str()].join(", ");
            row.range.end = field.end();
            row.fields.end = end;
        }
        let from = row.fields.end;
        self.rows.push(row);
        (from < end).then_some((from, inner.0))
    }

    /// What there is to say of a field by its head: its kind, how many items, how long.
    fn describe(&self, row: &mut Row, index: usize, field: &Field, head: &Head<'_>) {
        let length = head.length();
        let long = match self.cut_off(index + head.fields(), length) {
            None => bytes_word(&plain(length, self.own(length))),
            Some(fault) => {
                row.fault = fault;
                String::new()
            }
        };
        row.words = match head {
            Head::Der(tag, _) => {
                row.note = plain(tag, self.own(tag));
                match long.as_str() {
                    "empty" => std::mem::take(&mut row.note),
                    _ => long,
                }
            }
            Head::Sized(_) if matches!(field.shape, Shape::List) && long != "empty" => {
                let items = self.parts(index + 1 + head.fields(), self.tree.behind(index)).count();
                format!("{}, {long}", count(items, "item"))
            }
            _ => long,
        };
    }

    fn head(&self, index: usize) -> Option<Head<'t>> {
        let end = self.tree.behind(index);
        let part = |at: usize| self.field(at).filter(|field| at < end && field.is_leaf());
        let first = part(index + 1)?;
        let second = part(index + 2).filter(|second| second.name == "length");
        match (first, second) {
            (first, _) if first.name == "length" => Some(Head::Sized(first)),
            (first, Some(second)) if first.name == "tag" => Some(Head::Der(first, second)),
            (first, Some(second)) if matches!(first.shape, Shape::Leaf(Value::Code(..))) => {
                Some(Head::Coded(first, second))
            }
            _ => None,
        }
    }

    /// A field that is not made of others.
    fn leaf(&self, index: usize, field: &Field, depth: usize, layer: Layer) -> Row {
        let words = self.leaf_words(field);
        let (words, note) = match words.split_once(" (") {
            // The dotted number of an object identifier.
            Some((name, number))
                if matches!(field.shape, Shape::Leaf(Value::Words(_))) && is_oid(number) =>
            {
                (name.to_owned(), format!("({number}"))
            }
            _ => (words, String::new()),
        };
        let openssl = suite(field, self.bytes).and_then(CipherSuite::openssl_name);
        let note = openssl.map_or(note, |name| format!("OpenSSL: {name}"));
        let note = protocol(field, self.own(field)).map_or(note, str::to_owned);
        let fault = self.cut_off(index, field);
        Row {
            depth,
            name: field.name.to_owned(),
            words: if fault.is_some() { String::new() } else { words },
            fault: fault.unwrap_or_default(),
            place: if openssl.is_some() { Place::Kept } else { Place::Beside },
            note,
            layer,
            range: field.range(),
            head: 0,
            fields: index..index + 1,
        }
    }

    /// What the words say of a part is not what the whole says.
    fn cut_off(&self, index: usize, field: &Field) -> Option<String> {
        let missing = self.tree.missing(index);
        let found = field.range().len();
        (missing > 0).then(|| format!("{found} of {} bytes: cut off here", found + missing))
    }

    fn leaf_words(&self, field: &Field) -> String {
        let own = self.own(field);
        let Shape::Leaf(value) = field.shape else { return String::new() };
        match (value, field.name) {
            (Value::Text, _) => {
                let text = escape(own);
                match text.char_indices().nth(TEXT) {
                    Some((cut, _)) => format!("\"{}\" …", text.get(..cut).unwrap_or_default()),
                    None => format!("\"{text}\""),
                }
            }
            (_, "trailing" | "malformed") => {
                let shown = escape(own.get(..UNREAD).unwrap_or(own));
                format!("{}: {shown}", count(own.len(), "byte"))
            }
            _ => match plain(field, own) {
                words if words.is_empty() && own.len() > SHORT => format!("{} bytes", own.len()),
                words => words,
            },
        }
    }
}

/// What a leaf says, without the number that its bytes show.
fn plain(field: &Field, own: &[u8]) -> String {
    let Shape::Leaf(value) = field.shape else { return String::new() };
    let words = value.words(own).unwrap_or_default();
    let name = matches!(value, Value::Code(..)).then(|| words.split_once(" (0x")).flatten();
    match name {
        Some((name, _)) if !name.starts_with("unknown") => name.to_owned(),
        _ => words,
    }
}

/// What a protocol is, where its name in ALPN does not say it itself, as `http/1.1` does.
fn protocol(field: &Field, own: &[u8]) -> Option<&'static str> {
    let is_text = matches!(field.shape, Shape::Leaf(Value::Text));
    let meaning =
        alpn::meaning(own).filter(|_| is_text && field.name == <ProtocolName as Wire>::ITEM)?;
    (!own.eq_ignore_ascii_case(meaning.as_bytes())).then_some(meaning)
}

/// Whether this is a number such as `1.2.840)`.
fn is_oid(number: &str) -> bool {
    number.ends_with(')')
        && number.contains('.')
        && number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ')')
}

/// A length in words.
fn bytes_word(length: &str) -> String {
    match length.parse::<usize>() {
        Ok(0) => "empty".to_owned(),
        Ok(length) => count(length, "byte"),
        Err(_) => length.to_owned(),
    }
}

fn missing_word(missing: usize) -> String {
    if missing > 0 { format!("({missing} missing)") } else { String::new() }
}
