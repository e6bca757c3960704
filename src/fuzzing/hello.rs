//! What must hold for hellos as data, whatever a person or a peer writes.
//!
//! - what is accepted as a spec is printed and read back as the same, in TOML and in JSON;
//! - what is accepted as edits is printed and read back as the same, and can be tried on any hello;
//! - a hello that was edited is a spec as any other: printed and read back as the same;
//! - bytes that become a spec come back from it;
//! - the exact edits from one hello to another make it the other.

use std::sync::LazyLock;

use crate::hello::edits::Edits;
use crate::hello::legal::keep_legal;
use crate::hello::named::NamedHello;
use crate::hello::spec::HelloSpec;
use crate::hello::spec_file;
use crate::hello::{difference, exact};

/// Hellos on which edits are tried: one of each framing, one that is raw, and a flight.
static HELLOS: LazyLock<Vec<HelloSpec>> = LazyLock::new(|| {
    const NAMES: [&str; 5] = [
        "openssl-3.5.8",
        "openssl-1.0.1e,sslv2",
        "openssl-1.1.1n,dtls",
        "openssl-1.0.0m,raw:=0100",
        "openssl-1.0.0m,flight:=16030100020100",
    ];
    NAMES
        .into_iter()
        .filter_map(|name| Some(NamedHello::parse(name).ok()?.recorded().ok()?.spec))
        .collect()
});

/// A spec file in TOML (behind a `t`), one in JSON (`j`), edits (`e`), or a hello as it was sent
/// (anything else).
pub fn spec(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let text = std::str::from_utf8(rest);
    match (kind, text) {
        (b't', Ok(text)) => {
            if let Ok(spec) = spec_file::from_toml(text) {
                spec_holds(&spec);
            }
        }
        (b'j', Ok(text)) => {
            if let Ok(spec) = spec_file::from_json(text) {
                spec_holds(&spec);
            }
        }
        (b'e', Ok(text)) => edits_hold(text),
        (b't' | b'j' | b'e', Err(_)) => {}
        _ => {
            if let Ok(spec) = HelloSpec::from_bytes(rest) {
                if rest.first() != Some(&1) {
                    assert_eq!(spec.flight(), rest, "a hello comes back as another");
                }
                spec_holds(&spec);
            }
        }
    }
}

/// What is printed is read back as the same.
fn reads_back(spec: &HelloSpec) {
    match toml::to_string(spec) {
        Ok(toml) => assert_eq!(spec_file::from_toml(&toml).as_ref(), Ok(spec), "{toml}"),
        Err(error) => panic!("{error}: {spec:?}"),
    }
    match serde_json::to_string(spec) {
        Ok(json) => assert_eq!(spec_file::from_json(&json).as_ref(), Ok(spec), "{json}"),
        Err(error) => panic!("{error}: {spec:?}"),
    }
}

fn spec_holds(spec: &HelloSpec) {
    reads_back(spec);
    let datagrams = spec.datagrams();
    assert_eq!(datagrams.concat(), spec.flight());
    for other in HELLOS.iter() {
        exact_holds(spec, other);
        exact_holds(other, spec);
    }
    keep_legal(&mut spec.clone());
}

fn exact_holds(from: &HelloSpec, to: &HelloSpec) {
    let edits = exact::exact(from, to);
    assert_eq!(&difference::change(from, &edits), to, "{edits:?}");
}

fn edits_hold(text: &str) {
    let Ok(edits) = Edits::parse(text) else { return };
    let printed = edits.to_string();
    assert_eq!(Edits::parse(&printed).as_ref(), Ok(&edits), "{printed}");
    for hello in HELLOS.iter() {
        let mut edited = hello.clone();
        for edit in &edits.edits {
            let before = edited.clone();
            match edit.change(&mut edited) {
                Ok(()) => assert!(!edit.words().is_empty()),
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    edited = before;
                }
            }
        }
        edited.flight();
        reads_back(&edited);
        if !edits.edits.is_empty() && edited != *hello {
            exact_holds(&edited, hello);
        }
    }
}
