//! The fingerprints of a hello.

use std::fmt::Write;

use serde_json::{Map, Value as Json};

use crate::report::style::{DIM, STRONG, paint};
use crate::wire::fingerprint::{Fingerprint, Order, Transport, ja3, ja4};
use crate::wire::handshake::client_hello::ClientHello;

/// The names that their authors gave each value and the text that it stands for.
const NAMES: [(&str, &str); 3] = [("ja3", "ja3_full"), ("ja4", "ja4_r"), ("ja4_o", "ja4_ro")];

/// Each of them, in the order of their names.
fn all(hello: &ClientHello) -> [Fingerprint; 3] {
    let over = Transport::of(hello);
    [ja3(hello), ja4(hello, over, Order::Sorted), ja4(hello, over, Order::Original)]
}

/// JA3 and JA4 alone.
pub fn of(hello: &ClientHello) -> (String, String) {
    (ja3(hello).value, ja4(hello, Transport::of(hello), Order::Sorted).value)
}

/// Why a hello has none: they are made of the suites and extensions of TLS.
const UNDEFINED: &str = "JA3 and JA4 are not defined for SSL 2.0";

/// A line a value and a line a text, of a hello of TLS.
pub fn text(hello: Option<&ClientHello>) -> String {
    let Some(hello) = hello else { return format!("{UNDEFINED}\n") };
    let mut out = String::new();
    for ((name, full), Fingerprint { value, raw }) in NAMES.into_iter().zip(all(hello)) {
        let _ = writeln!(out, "{}  {value}", paint(STRONG, format_args!("{name:8}")));
        let _ = writeln!(out, "{}  {raw}", paint(DIM, format_args!("{full:8}")));
    }
    out
}

/// The same as JSON.
pub fn json(hello: Option<&ClientHello>) -> Json {
    let mut found = Map::new();
    found.insert("schema".to_owned(), "helloscope/fingerprint/1".into());
    let fingerprints = hello.map(|hello| all(hello).map(Some));
    let of_each = NAMES.into_iter().zip(fingerprints.unwrap_or_default());
    for ((name, full), one) in of_each {
        let (value, raw) = one.map(|one| (one.value, one.raw)).unzip();
        found.insert(name.to_owned(), value.into());
        found.insert(full.to_owned(), raw.into());
    }
    Json::Object(found)
}
