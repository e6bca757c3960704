//! Keys that do not fit their groups, and two of one group: RFC 8446 section 4.2.8, RFC 7919
//! section 3, RFC 8734, draft-ietf-tls-mlkem, draft-ietf-tls-ecdhe-mlkem section 4.

use super::Say;
use crate::names::NamedGroup;
use crate::wire::extension::{ClientExtension, KeyShareEntry, KeyShareOld, ServerExtension};
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::client_rules::{Breach, SECOND_KEY, again};
use crate::wire::point;
use crate::wire::side::Side;

/// Declares how many bytes a key of a group has, from a client and from a server.
macro_rules! lengths { ($($group:ident $client:literal $server:literal;)*) => {
    /// How many bytes a key has, and in words, where the group alone decides it.
    fn length(group: NamedGroup, side: Side) -> Option<(usize, &'static str)> {
        Some(match (group, side) {
            $(
                (NamedGroup::$group, Side::Client) => ($client, concat!($client, " bytes")),
                (NamedGroup::$group, Side::Server) => ($server, concat!($server, " bytes")),
            )*
            _ => return None,
        })
    }
} }

lengths! {
    secp256r1 65 65;
    secp384r1 97 97;
    secp521r1 133 133;
    x25519 32 32;
    x448 56 56;
    brainpoolP256r1tls13 65 65;
    brainpoolP384r1tls13 97 97;
    brainpoolP512r1tls13 129 129;
    curveSM2 65 65;
    ffdhe2048 256 256;
    ffdhe3072 384 384;
    ffdhe4096 512 512;
    ffdhe6144 768 768;
    ffdhe8192 1024 1024;
    MLKEM512 800 768;
    MLKEM768 1184 1088;
    MLKEM1024 1568 1568;
    SecP256r1MLKEM768 1249 1153;
    X25519MLKEM768 1216 1120;
    SecP384r1MLKEM1024 1665 1665;
    X25519Kyber768Draft00 1216 1120;
    SecP256r1Kyber768Draft00 1249 1153;
}

/// The keys that a client sends.
pub(super) fn of_client(extensions: &[ClientExtension], say: &mut Say<'_>) {
    for (index, extension) in extensions.iter().enumerate() {
        let (list, shares) = match extension {
            ClientExtension::KeyShare(shares) => ("key_share", shares.0.as_slice()),
            ClientExtension::KeyShareOld(old) => match &**old {
                KeyShareOld::KeyShare(shares) => ("key_share_old", shares.0.as_slice()),
                KeyShareOld::ExtendedRandom(_) => continue,
            },
            _ => continue,
        };
        // The drafts' extension and that of TLS 1.3 are two lists, of which a server reads one.
        for ((own, share), again) in shares.iter().enumerate().zip(again(shares.iter())) {
            say.of_item("extensions", index, |say| {
                say.of_item(list, own, |say| {
                    if again {
                        let Breach { field, fault, reference, .. } = SECOND_KEY;
                        say.fault(field, fault, reference);
                    }
                    one(share, Side::Client, say);
                });
            });
        }
    }
}

/// The key that a server sends.
pub(super) fn of_server(extension: &ServerExtension, say: &mut Say<'_>) {
    if let ServerExtension::KeyShare(share) | ServerExtension::KeyShareOld(share) = extension {
        one(share, Side::Server, say);
    }
}

fn one(share: &KeyShareEntry, side: Side, say: &mut Say<'_>) {
    let key = share.key_exchange.0.as_slice();
    let (curve, point) = on_curve(share.group, key);
    if let (Some(_), Some(form)) = (curve.coordinate(), point.first().filter(|form| **form != 4)) {
        let fault = Fault::Value { expected: "4: the point uncompressed", found: (*form).into() };
        say.fault("key_exchange", fault, "RFC 8446 4.2.8.2");
        return;
    }
    let Some((length, expected)) = length(share.group, side) else { return };
    let found = key.len();
    if found != length {
        let fault = Fault::Value { expected, found: found as u64 };
        say.fault("key_exchange", fault, "RFC 8446 4.2.8");
    } else if point::is_nothing(curve, point) {
        let fault = Fault::Form { expected: SOMETHING, found: "zeros" };
        say.fault("key_exchange", fault, "RFC 8446 7.4.2");
    } else if let Some(fault) = point::unfit(curve, point) {
        say.fault("key_exchange", fault, "RFC 8446 4.2.8.2");
    } else if side == Side::Client
        && !coefficients(share.group, key).chunks_exact(3).all(is_reduced)
    {
        let expected = "coefficients of ML-KEM below 3329";
        say.form("key_exchange", expected, "larger ones", "FIPS 203 7.2");
    }
}

/// The coefficients in a client's key of ML-KEM, two of them in three bytes: all of it but for 32 bytes
/// at its end, and for what stands on a curve beside it. Kyber did not ask for any bound.
fn coefficients(group: NamedGroup, key: &[u8]) -> &[u8] {
    let range = match group {
        NamedGroup::MLKEM512 => 0..768,
        NamedGroup::MLKEM768 | NamedGroup::X25519MLKEM768 => 0..1152,
        NamedGroup::MLKEM1024 => 0..1536,
        NamedGroup::SecP256r1MLKEM768 => 65..65 + 1152,
        NamedGroup::SecP384r1MLKEM1024 => 97..97 + 1536,
        _ => return &[],
    };
    key.get(range).unwrap_or_default()
}

/// Whether both coefficients in three bytes are numbers modulo 3329, the low bits first: FIPS 203 section
/// 4.2.1.
fn is_reduced(two: &[u8]) -> bool {
    let &[low, middle, high] = two else { return true };
    let first = u16::from(low) | u16::from(middle & 0x0f) << 8;
    let second = u16::from(middle >> 4) | u16::from(high) << 4;
    first < 3329 && second < 3329
}

/// The key on a curve that there is in a key, and its curve: all of it, or a part beside one of
/// ML-KEM. In X25519MLKEM768 alone the curve comes last.
fn on_curve(group: NamedGroup, key: &[u8]) -> (NamedGroup, &[u8]) {
    let first = |length: usize| key.get(..length).unwrap_or(key);
    match group {
        NamedGroup::SecP256r1MLKEM768 | NamedGroup::SecP256r1Kyber768Draft00 => {
            (NamedGroup::secp256r1, first(65))
        }
        NamedGroup::SecP384r1MLKEM1024 => (NamedGroup::secp384r1, first(97)),
        NamedGroup::X25519Kyber768Draft00 => (NamedGroup::x25519, first(32)),
        NamedGroup::X25519MLKEM768 => {
            (NamedGroup::x25519, key.last_chunk::<32>().map_or(key, |last| last))
        }
        _ => (group, key),
    }
}

/// What a key must be that is not [nothing](point::is_nothing).
pub(super) const SOMETHING: &str = "a point by which a secret comes out that is not zero";
