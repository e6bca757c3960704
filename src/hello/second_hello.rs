//! The hello that answers a HelloRetryRequest: RFC 8446 section 4.1.2. It is the first, with the key
//! share that was asked for, with the cookie that was given, and without early data.

use super::apply::behind_all;
use super::draw::Draw;
use super::framing::Framing;
use super::spec::HelloSpec;
use crate::names::{ContentType, ExtensionType, ProtocolVersion};
use crate::wire::extension::{
    Block, ClientExtension, Extension, HelloRetryExtension, KeyShareEntry,
};
use crate::wire::grammar::Opaque;
use crate::wire::handshake::server_hello::HelloRetryRequest;
use crate::wire::record::records;
use crate::wire::text::hex;

/// The second hello. There is none where the first is said in bytes, and where a key is asked for
/// that was offered already, that cannot be made, or of a group that was not offered.
///
/// Its key is drawn from the first hello, so that the same hello is answered by the same.
pub fn second_hello(first: &HelloSpec, retry: &HelloRetryRequest) -> Option<HelloSpec> {
    if !first.is_typed() {
        return None;
    }
    let mut draw = Draw::seeded(&hex(&first.message()));
    let mut second = first.clone();
    // Section 5.1: the version of the record may be that of TLS 1.0 in the first hello alone.
    if second.framing == Framing::Tls {
        second.record_version = ProtocolVersion::TLS1_2;
        second.record_versions.clear();
    }
    let extensions = second.extensions_mut();
    extensions.retain(|one| one.extension_type() != ExtensionType::early_data);
    let asked = retry.extensions.as_ref().map(|Block(asked)| asked.as_slice());
    for wanted in asked.unwrap_or_default() {
        match wanted {
            HelloRetryExtension::KeyShare(group) => {
                let offers = |one: &ClientExtension| match one {
                    ClientExtension::SupportedGroups(groups) => groups.0.contains(group),
                    _ => false,
                };
                let offered = extensions.iter().any(offers);
                let shares = extensions.iter_mut().find_map(|one| match one {
                    ClientExtension::KeyShare(shares) => Some(&mut shares.0),
                    _ => None,
                });
                let shares = shares
                    .filter(|shares| offered && shares.iter().all(|share| share.group != *group))?;
                let key_exchange = Opaque::new(draw.public_key(*group)?);
                *shares = vec![KeyShareEntry { group: *group, key_exchange }];
            }
            HelloRetryExtension::Cookie(cookie) => {
                extensions.insert(behind_all(extensions), ClientExtension::Cookie(cookie.clone()));
            }
            _ => {}
        }
    }
    Some(second)
}

/// What goes out with it: before it comes what looks like a session of TLS 1.2 that goes on, where
/// the hello has an identifier of one, appendix D.4.
pub fn second_flight(second: &HelloSpec) -> Vec<u8> {
    let mut flight = match second.hello.legacy_session_id.0.is_empty() {
        true => Vec::new(),
        false => records(ContentType::change_cipher_spec, ProtocolVersion::TLS1_2, &[1], &[]),
    };
    flight.extend(second.flight());
    flight
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::preset::Preset;
    use crate::names::{CipherSuite, CompressionMethod, NamedGroup};
    use crate::wire::grammar::{Fixed, Rest};
    use crate::wire::handshake::client_hello::ClientHello;
    use crate::wire::handshake::random::{HELLO_RETRY_REQUEST, Random};

    fn retry(extensions: Vec<HelloRetryExtension>) -> HelloRetryRequest {
        HelloRetryRequest {
            legacy_version: ProtocolVersion::TLS1_2,
            random: Random(Fixed(HELLO_RETRY_REQUEST)),
            legacy_session_id_echo: Opaque::new(vec![]),
            cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
            legacy_compression_method: CompressionMethod::null,
            extensions: Some(Block(extensions)),
        }
    }

    fn answer(first: &HelloSpec, extensions: Vec<HelloRetryExtension>) -> Option<HelloSpec> {
        second_hello(first, &retry(extensions))
    }

    fn first() -> HelloSpec {
        Preset::find("openssl-3.0.19-s_client").unwrap().spec.clone()
    }

    fn shares(hello: &ClientHello) -> Vec<(NamedGroup, usize)> {
        let shares = hello.extensions().iter().filter_map(|one| match one {
            ClientExtension::KeyShare(shares) => Some(&shares.0),
            _ => None,
        });
        shares.flatten().map(|share| (share.group, share.key_exchange.0.len())).collect()
    }

    #[test]
    fn the_share_that_is_asked_for_stands_alone_and_all_else_stays() {
        let first = first();
        for (group, length) in [
            (NamedGroup::secp256r1, 65),
            (NamedGroup::secp384r1, 97),
            (NamedGroup::secp521r1, 133),
            (NamedGroup::x448, 56),
            (NamedGroup::ffdhe2048, 256),
        ] {
            let second = answer(&first, vec![HelloRetryExtension::KeyShare(group)]).unwrap();
            assert_eq!(shares(&second.hello), [(group, length)]);
            let others = |hello: &ClientHello| {
                let is_other =
                    |one: &&ClientExtension| !matches!(one, ClientExtension::KeyShare(_));
                hello.extensions().iter().filter(is_other).cloned().collect::<Vec<_>>()
            };
            assert_eq!(others(&second.hello), others(&first.hello));
            assert_eq!(
                answer(&first, vec![HelloRetryExtension::KeyShare(group)]),
                Some(second.clone())
            );
            let extensions = first.hello.extensions.clone();
            assert_eq!(ClientHello { extensions, ..second.hello }, first.hello);
        }
    }

    #[test]
    fn a_cookie_comes_back_before_a_pre_shared_key_and_early_data_does_not() {
        let mut first = first();
        let raw = |code, data: &[u8]| ClientExtension::from_data(code, data);
        let early = raw(ExtensionType::early_data, &[]);
        let key = [&[0, 7, 0, 1, 9, 0, 0, 0, 0, 0, 33, 32][..], &[7; 32]].concat();
        first.extensions_mut().insert(0, early);
        first.extensions_mut().push(raw(ExtensionType::pre_shared_key, &key));
        let cookie = HelloRetryExtension::Cookie(Opaque::new(vec![1, 2, 3]));
        let second = answer(&first, vec![cookie]).unwrap();
        assert_eq!(shares(&second.hello), shares(&first.hello));
        let types = second.hello.extensions().iter().map(Extension::extension_type);
        let types: Vec<ExtensionType> = types.collect();
        assert!(!types.contains(&ExtensionType::early_data));
        assert_eq!(
            types[types.len() - 2..],
            [ExtensionType::cookie, ExtensionType::pre_shared_key]
        );
    }

    #[test]
    fn what_cannot_be_answered_is_not() {
        let first = first();
        let ask =
            |spec: &HelloSpec, group| answer(spec, vec![HelloRetryExtension::KeyShare(group)]);
        // It is there already, it was not offered, and there is no key for it.
        assert_eq!(ask(&first, NamedGroup::x25519), None);
        assert_eq!(ask(&first, NamedGroup::X25519MLKEM768), None);
        let mut rare = first.clone();
        for extension in rare.extensions_mut() {
            if let ClientExtension::SupportedGroups(groups) = extension {
                groups.0.push(NamedGroup::brainpoolP256r1tls13);
            }
        }
        assert_eq!(ask(&rare, NamedGroup::brainpoolP256r1tls13), None);
        let raw = HelloSpec { raw: Some(Rest(first.message().into())), ..first.clone() };
        assert_eq!(ask(&raw, NamedGroup::secp384r1), None);
        assert!(ask(&first, NamedGroup::secp384r1).is_some());
    }
}
