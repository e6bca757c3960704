//! Values of two hellos of which no more is to be said than that they are others: those that
//! clients draw anew, as a random or the values of RFC 8701.

use std::collections::{HashMap, VecDeque};

use super::comparison::{Change, bytes, words};
use super::facts::members;
use super::spec::HelloSpec;
use super::vocabulary::{List, Member, is_grease};
use crate::wire::extension::{ClientExtension, Extension, KeyShareEntry};
use crate::wire::handshake::client_hello::ClientHello;

/// The values of both that are others though nothing else can be said of them.
pub(super) fn other_values(from: &HelloSpec, to: &HelloSpec) -> Vec<Change> {
    let (a, b) = (&from.hello, &to.hello);
    let mut changes = Vec::new();
    let mut others = |field, differ: bool, words: String| {
        changes.extend(differ.then_some(Change::Others { field, words }));
    };
    others("random", a.random != b.random, bytes(a.random.0.0.len()));
    let (mine, theirs) = (&a.legacy_session_id.0, &b.legacy_session_id.0);
    others("session_id", mine.len() == theirs.len() && mine != theirs, bytes(mine.len()));
    let cookie = |hello: &ClientHello| hello.cookie.0.as_ref().map(|cookie| cookie.0.clone());
    if let (Some(mine), Some(theirs)) = (cookie(a), cookie(b)) {
        others("cookie", mine.len() == theirs.len() && mine != theirs, bytes(mine.len()));
    }
    let (mine, theirs) = (key_shares(a), key_shares(b));
    // Of two of a group each is compared with the one in its place.
    let mut left = HashMap::<u16, VecDeque<_>>::new();
    theirs.iter().for_each(|one| left.entry(one.group.0).or_default().push_back(one));
    let keys = mine.iter().filter(|one| {
        let other = left.get_mut(&one.group.0).and_then(VecDeque::pop_front);
        other.is_some_and(|other| other.key_exchange != one.key_exchange)
    });
    let keys: Vec<_> =
        keys.map(|one| words(List::KeyShare, &Member::Number(one.group.0))).collect();
    others("key_share", !keys.is_empty(), format!("keys of {}", keys.join(", ")));
    let (mine, theirs) = (grease(a), grease(b));
    let number = match mine.len() {
        1 => "value".to_owned(),
        number => format!("{number} values"),
    };
    others("GREASE", mine.len() == theirs.len() && mine != theirs, number);
    let sealed = |hello: &ClientHello| {
        let mut extensions = hello.extensions().iter();
        extensions.find_map(|extension| match extension {
            ClientExtension::EncryptedClientHello(_) => Some(extension.data()),
            _ => None,
        })
    };
    if let (Some(mine), Some(theirs)) = (sealed(a), sealed(b)) {
        let differ = mine.len() == theirs.len() && mine != theirs;
        others("encrypted_client_hello", differ, bytes(mine.len()));
    }
    changes
}

fn key_shares(hello: &ClientHello) -> Vec<&KeyShareEntry> {
    let shares = hello.extensions().iter().filter_map(|extension| match extension {
        ClientExtension::KeyShare(shares) => Some(&shares.0),
        _ => None,
    });
    shares.flatten().collect()
}

/// The values of RFC 8701 in all lists, in order.
fn grease(hello: &ClientHello) -> Vec<(&'static str, u16)> {
    let of_list = |list: List| {
        let members = members(hello, list).into_iter();
        members.filter_map(move |member| match member {
            Member::Number(number) if is_grease(list, number) => Some((list.name(), number)),
            _ => None,
        })
    };
    List::all().flat_map(of_list).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> HelloSpec {
        crate::hello::named::NamedHello::parse(name).unwrap().recorded().unwrap().spec
    }

    #[test]
    fn values_that_are_drawn_anew_are_told_as_others() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/hellos");
        let first = format!("{folder}/firefox-153esr.bin");
        let second = format!("{folder}/firefox-153esr-second.bin");
        let changes = other_values(&named(&first), &named(&second));
        let others: Vec<_> = changes
            .iter()
            .map(|change| match change {
                Change::Others { field, words } => (*field, words.as_str()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            others,
            [
                ("random", "32 bytes"),
                ("session_id", "32 bytes"),
                ("key_share", "keys of X25519MLKEM768, x25519, secp256r1"),
                ("encrypted_client_hello", "281 bytes"),
            ]
        );
        let chromium = ["", "-second"].map(|one| format!("{folder}/chromium-156{one}.bin"));
        let changes = other_values(&named(&chromium[0]), &named(&chromium[1]));
        assert!(changes.iter().any(|change| change.field() == "GREASE"), "{changes:?}");
    }
}
