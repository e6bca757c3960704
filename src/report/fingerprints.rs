//! The fingerprints of a hello.

use std::fmt::Write;

use serde_json::{Map, Value as Json};

use crate::report::style::{DIM, STRONG, paint};
use crate::wire::fingerprint::{Fingerprint, Order, Transport, ja3, ja4};
use crate::wire::handshake::client_hello::ClientHello;

/// Each by the names that its authors gave the value and the text that it stands for.
fn all(hello: &ClientHello) -> [(&'static str, &'static str, Fingerprint); 3] {
    let over = Transport::of(hello);
    [
        ("ja3", "ja3_full", ja3(hello)),
        ("ja4", "ja4_r", ja4(hello, over, Order::Sorted)),
        ("ja4_o", "ja4_ro", ja4(hello, over, Order::Original)),
    ]
}

/// JA3 and JA4 alone.
pub fn of(hello: &ClientHello) -> (String, String) {
    (ja3(hello).value, ja4(hello, Transport::of(hello), Order::Sorted).value)
}

/// A line a value and a line a text.
pub fn text(hello: &ClientHello) -> String {
    let mut out = String::new();
    for (name, full, Fingerprint { value, raw }) in all(hello) {
        let _ = writeln!(out, "{}  {value}", paint(STRONG, format_args!("{name:8}")));
        let _ = writeln!(out, "{}  {raw}", paint(DIM, format_args!("{full:8}")));
    }
    out
}

/// The same as JSON.
pub fn json(hello: &ClientHello) -> Json {
    let mut found = Map::new();
    found.insert("schema".to_owned(), "helloscope/fingerprint/1".into());
    for (name, full, Fingerprint { value, raw }) in all(hello) {
        found.insert(name.to_owned(), value.into());
        found.insert(full.to_owned(), raw.into());
    }
    Json::Object(found)
}
