//! The block of a message's extensions, `Extension extensions<..2^16-1>`, and what an expert would
//! stop at in a block as a whole: RFC 8446 sections 4.1.3, 4.2 and 4.2.11.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::table::{Extension, HEADER, has_form};
use super::{ClientExtension, EncryptedExtension, EntryExtension, ServerExtension};
use crate::names::{Code, ExtensionType};
use crate::wire::fault::Fault;
use crate::wire::grammar::{List, P16, Prefix, Read, Reader, Record, Wire, peek, prefixed};

/// The extensions of a message in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Block<E>(pub Vec<E>);

/// Something odd about the extension of this index.
pub struct Odd {
    index: usize,
    expected: &'static str,
    found: &'static str,
    reference: &'static str,
}

impl<E: Extension> Wire for Block<E> {
    const ITEM: &'static str = "extensions";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let (bytes, at) = (r.rest(), r.at());
        let block = List::<P16, E>::read(r, name).map(|list| list.0);
        if R::KEEPS {
            let odd = match &block {
                Ok(block) => odd(block),
                // Which types stand where is known all the same.
                Err(_) => odd(&as_far_as_it_goes::<E>(bytes)),
            };
            if !odd.is_empty() {
                tell(r, bytes, at, odd);
            }
        }
        block.map(Block)
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, <P16>::WIDTH, |out| self.0.iter().for_each(|extension| extension.write(out)));
    }
}

/// What is odd in a block as a whole.
fn odd<E: Extension>(block: &[E]) -> Vec<Odd> {
    let mut odd = twice(block);
    odd.extend(E::odd(block));
    odd
}

/// The extensions of a block that is broken.
#[cold]
fn as_far_as_it_goes<E: Extension>(bytes: &[u8]) -> Vec<E> {
    let data = |start: usize, end: usize| bytes.get(start + HEADER..end).unwrap_or_default();
    places(bytes).map(|(of, start, end)| E::from_data(of, data(start, end))).collect()
}

/// Extensions of a type that stood before.
fn twice<E: Extension>(block: &[E]) -> Vec<Odd> {
    if all_differ(block) {
        return Vec::new();
    }
    let mut seen = HashSet::new();
    let again = |(_, extension): &(usize, &E)| !seen.insert(extension.extension_type().0);
    let odd = |(index, _)| Odd {
        index,
        expected: "one extension of each type",
        found: "a second one",
        reference: "RFC 8446 4.2",
    };
    block.iter().enumerate().filter(again).map(odd).collect()
}

/// Whether a quick look, at the low ten bits of each type, tells that no two are of one type, as
/// in nearly all blocks.
fn all_differ<E: Extension>(block: &[E]) -> bool {
    let mut seen = [0_u64; 1 << (10 - 6)];
    block.iter().all(|extension| {
        let low = usize::from(extension.extension_type().0 & 0x3ff);
        let bit = 1 << (low % 64);
        // The index is below 16, as many as there are.
        seen.get_mut(low / 64).is_some_and(|bits| {
            let is_new = *bits & bit == 0;
            *bits |= bit;
            is_new
        })
    })
}

/// A ClientHello's pre_shared_key that does not stand last: its binders seal all before it.
pub(super) fn of_client_hello(block: &[ClientExtension]) -> Vec<Odd> {
    let before_the_last = block.split_last().map_or(block, |(_, before)| before);
    let odd = |index| Odd {
        index,
        expected: "the last place",
        found: "one before others",
        reference: "RFC 8446 4.2.11",
    };
    let psk = |extension: &ClientExtension| match extension {
        ClientExtension::PreSharedKey(_) => true,
        // Whatever is wrong with its body.
        ClientExtension::Raw(of, _) => *of == ExtensionType::pre_shared_key,
        _ => false,
    };
    before_the_last.iter().position(psk).map(odd).into_iter().collect()
}

/// Answers in a ServerHello of TLS 1.3 that do not choose its keys, and answers of TLS 1.3 in one of
/// TLS 1.2. Where the former belong, the tables of the other messages tell; many are in none, as TLS 1.3
/// does not have them.
pub(super) fn of_server_hello(block: &[ServerExtension]) -> Vec<Odd> {
    use ServerExtension as E;
    let versions = ExtensionType::supported_versions;
    let tls13 = block.iter().any(|extension| extension.extension_type() == versions);
    if block.iter().any(|extension| matches!(extension, E::KeyShareOld(_))) {
        // A draft of TLS 1.3 from before there was a supported_versions in it.
        return Vec::new();
    }
    let belongs = |extension: &E| match extension {
        E::KeyShare(_) | E::PreSharedKey(_) | E::SupportedVersions(_) | E::Pake(_) => tls13,
        // Of both, of drafts, or of nobody knows what.
        E::KeyShareOld(_)
        | E::PasswordSalt(_)
        | E::TlsCertWithExternPsk(_)
        | E::ConnectionId(_)
        | E::ConnectionIdDeprecated(_)
        | E::SequenceNumberEncryptionAlgorithms(_)
        | E::Rrc(_)
        | E::TlsFlags(_)
        | E::Raw(..) => true,
        _ => !tls13,
    };
    let odd = |(index, extension): (usize, &E)| {
        let of = extension.extension_type();
        let (expected, found, reference) = if !tls13 {
            let found = "one of TLS 1.3, without supported_versions";
            ("an answer of TLS 1.2", found, "RFC 8446 4.1.3")
        } else if has_form::<EncryptedExtension>(of) {
            (CHOOSES_KEYS, "what belongs into EncryptedExtensions", "RFC 8446 4.1.3")
        } else if has_form::<EntryExtension>(of) {
            (CHOOSES_KEYS, "what belongs beside a certificate", "RFC 8446 4.1.3")
        } else {
            (CHOOSES_KEYS, "one that TLS 1.3 does not have", "RFC 8446 4.2")
        };
        Odd { index, expected, found, reference }
    };
    block.iter().enumerate().filter(|(_, extension)| !belongs(extension)).map(odd).collect()
}

/// What a ServerHello of TLS 1.3 has.
const CHOOSES_KEYS: &str = "what chooses the keys of TLS 1.3";

/// Says what is odd, each at its place. `bytes` and `at` are where the block begins.
#[cold]
fn tell<R: Record>(r: &mut Reader<'_, R>, bytes: &[u8], at: usize, odd: Vec<Odd>) {
    let places: Vec<(ExtensionType, usize, usize)> = places(bytes).collect();
    for Odd { index, expected, found, reference } in odd {
        let Some((extension_type, start, end)) = places.get(index) else { continue };
        let name = extension_type.name().unwrap_or("extension");
        let outer = r.section(reference);
        r.notice(name, at + start..at + end, Fault::Form { expected, found });
        r.section(outer);
    }
}

/// The type of each extension of the block that begins here, where it begins and where it ends; one
/// that claims more than the block has ends with it.
fn places(bytes: &[u8]) -> impl Iterator<Item = (ExtensionType, usize, usize)> {
    let mut at = <P16>::WIDTH;
    let claimed = peek(bytes, 0, <P16>::WIDTH).map(|length| at + length);
    let block = claimed.and_then(|end| bytes.get(..end)).unwrap_or(bytes);
    std::iter::from_fn(move || match *block.get(at..)? {
        [t0, t1, l0, l1, ..] => {
            let start = at;
            at += HEADER + usize::from(u16::from_be_bytes([l0, l1]));
            at = at.min(block.len());
            Some((ExtensionType(u16::from_be_bytes([t0, t1])), start, at))
        }
        _ => None,
    })
}
