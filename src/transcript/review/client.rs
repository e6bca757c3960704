//! What a client should not offer, and what does not go together in its hello: RFC 8446 section
//! 4.1.2, RFC 9325 section 4.

use std::collections::BTreeSet;

use super::{Review, Say, cipher, client_extensions, is_anonymous, is_export, key_share};
use crate::names::{
    CipherAlgorithm, CipherSuite, Code, CompressionMethod, ExtensionType, HashAlgorithm,
    NamedGroup, ProtocolVersion,
};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::fault::Fault;
use crate::wire::handshake::client_hello::ClientHello;

impl Review {
    pub(super) fn client_hello(&self, hello: &ClientHello, say: &mut Say<'_>) {
        let extensions = hello.extensions();
        let offers_tls13 = offered_versions(hello)
            .is_some_and(|versions| versions.iter().any(|version| version.is_tls13()));
        let old = match hello.legacy_version {
            ProtocolVersion::SSL3_0 => Some(("SSL 3.0, which must not be offered", "RFC 7568 3")),
            ProtocolVersion::SSL2_0 => Some(("SSL 2.0, which must not be offered", "RFC 6176 3")),
            _ => None,
        };
        if let Some((found, reference)) = old {
            say.form("legacy_version", "TLS 1.2", found, reference);
        }
        if hello.legacy_version.is_tls13() {
            let found = "TLS 1.3, which stands in supported_versions";
            say.form("legacy_version", "TLS 1.2", found, "RFC 8446 4.1.2");
        }
        if hello.cipher_suites.0.contains(&CipherSuite::TLS_FALLBACK_SCSV) {
            fallback("legacy_version", offers_tls13, say);
        }
        if hello
            .legacy_compression_methods
            .0
            .iter()
            .any(|method| *method != CompressionMethod::null)
        {
            let found = "compression, by whose lengths secrets leak (CRIME)";
            say.form("legacy_compression_methods", "null alone", found, "RFC 9325 3.3");
        }
        for (is_bad, found, reference) in [
            (
                (|suite| cipher(suite) == Some(CipherAlgorithm::Null)) as fn(CipherSuite) -> bool,
                "suites without encryption",
                "RFC 9325 4.1",
            ),
            (is_export, "suites for export, of 40 or 56 bits", "RFC 9325 4.1"),
            (is_anonymous, "suites in which nobody proves who he is", "RFC 9325 4.1"),
            (|suite| cipher(suite) == Some(CipherAlgorithm::Rc4), "suites with RC4", "RFC 7465 2"),
        ] {
            if hello.cipher_suites.0.iter().copied().any(is_bad) {
                say.form("cipher_suites", "suites that are safe", found, reference);
            }
        }
        let has = |wanted| extensions.iter().any(|one| one.extension_type() == wanted);
        let tls13 = offered_versions(hello)
            .is_some_and(|versions| versions.contains(&ProtocolVersion::TLS1_3));
        let psk = has(ExtensionType::pre_shared_key);
        if tls13 && !psk && !has(ExtensionType::signature_algorithms) {
            let found = "no signature_algorithms";
            say.form("extensions", "what TLS 1.3 cannot do without", found, "RFC 8446 9.2");
        }
        if tls13 && has(ExtensionType::key_share) != has(ExtensionType::supported_groups) {
            let expected = "supported_groups and key_share together";
            say.form("extensions", expected, "one of them", "RFC 8446 9.2");
        }
        if psk && !has(ExtensionType::psk_key_exchange_modes) {
            let expected = "psk_key_exchange_modes beside it";
            say.form("pre_shared_key", expected, "none", "RFC 8446 4.2.9");
        }
        let groups = offered_groups(hello);
        let shares = extensions.iter().find_map(|extension| match extension {
            ClientExtension::KeyShare(shares) => Some(&shares.0),
            _ => None,
        });
        if let (Some(groups), Some(shares)) = (groups, shares) {
            if shares.iter().any(|share| !groups.contains(&share.group)) {
                let expected = "keys of groups that supported_groups has";
                say.form("key_share", expected, "one of another group", "RFC 8446 4.2.8");
            }
        }
        if self.offer.is_none() {
            first_hello(extensions, say);
        }
        if has(ExtensionType::early_data) && !psk {
            let found = "no pre_shared_key";
            say.form("early_data", "a key for it", found, "RFC 8446 4.2.10");
        }
        if self.cookie && !has(ExtensionType::cookie) {
            let expected = "the cookie of the HelloRetryRequest";
            say.form("extensions", expected, "none", "RFC 8446 4.2.2");
        }
        lists(hello, say);
        client_extensions::of_client(extensions, say);
        key_share::of_client(extensions, say);
        signature_algorithms(extensions, say);
        if let (Some(asked), Some(shares)) = (self.asked, shares) {
            if shares.iter().map(|share| share.group).ne([asked]) {
                let expected = "one key, of the group that the HelloRetryRequest asked for";
                say.form("key_share", expected, "others", "RFC 8446 4.1.2");
            }
        }
    }
}

/// A suite that says that better versions failed, though there may be none that is better.
pub(super) fn fallback(field: &'static str, highest: bool, say: &mut Say<'_>) {
    let (expected, found) = match highest {
        true => (
            "a lower version beside TLS_FALLBACK_SCSV, which marks a second try",
            "TLS 1.3, the highest that there is",
        ),
        false => ("a first try", "a second try with a lower version (TLS_FALLBACK_SCSV)"),
    };
    say.form(field, expected, found, "RFC 7507 4");
}

/// What a client cannot know in its first hello.
fn first_hello(extensions: &[ClientExtension], say: &mut Say<'_>) {
    for extension in extensions {
        match extension {
            ClientExtension::Cookie(_) => {
                let found = "a cookie that nobody gave";
                say.form("cookie", "none in a first hello", found, "RFC 8446 4.2.2");
            }
            ClientExtension::RenegotiationInfo(before) if !before.0.is_empty() => {
                let found = "a handshake before the first";
                say.form("renegotiation_info", "nothing in it", found, "RFC 5746 3.4");
            }
            _ => {}
        }
    }
}

/// Signatures that are offered, none of them over a hash that is safe.
fn signature_algorithms(extensions: &[ClientExtension], say: &mut Say<'_>) {
    for extension in extensions {
        let ClientExtension::SignatureAlgorithms(schemes) = extension else { continue };
        let mut hashes = schemes.0.iter().map(|scheme| scheme.halves().0);
        let broken = |hash| matches!(hash, HashAlgorithm::md5 | HashAlgorithm::sha1);
        if !schemes.0.is_empty() && hashes.all(broken) {
            let expected = "signatures over hashes that are safe";
            say.form("signature_algorithms", expected, "MD5 and SHA-1 alone", "RFC 9155 2");
        }
    }
}

/// Lists of a hello that must hold something, or as many as another.
fn lists(hello: &ClientHello, say: &mut Say<'_>) {
    let methods = &hello.legacy_compression_methods.0;
    if !methods.is_empty() && !methods.contains(&CompressionMethod::null) {
        let found = "a list without it";
        say.form("legacy_compression_methods", "null", found, "RFC 8446 4.1.2");
    }
    doubled("cipher_suites", &hello.cipher_suites.0, "RFC 8446 4.1.2", say);
    doubled("supported_groups", offered_groups(hello).unwrap_or_default(), "RFC 8446 4.2.7", say);
    let versions = offered_versions(hello).unwrap_or_default();
    doubled("supported_versions", versions, "RFC 8446 4.2.1", say);
    for extension in hello.extensions() {
        let ClientExtension::PreSharedKey(psks) = extension else { continue };
        if psks.identities.0.len() != psks.binders.0.len() {
            let found = "another number of them";
            say.form("binders", "one for each identity", found, "RFC 8446 4.2.11");
        }
    }
}

/// A list in the order of preference in which something stands twice.
fn doubled<C: Code>(field: &'static str, codes: &[C], reference: &'static str, say: &mut Say<'_>) {
    let mut seen = BTreeSet::new();
    let again = |code: &&C| !seen.insert(code.number()) && !code.is_grease();
    if let Some(code) = codes.iter().find(again) {
        let fault = Fault::Code { expected: "each once", found: code.number() };
        say.fault(field, fault, reference);
    }
}

pub(super) fn answers_to(offer: &ClientHello, extension_type: ExtensionType) -> bool {
    offer.extensions().iter().any(|one| one.extension_type() == extension_type)
}

/// What supported_versions offers.
pub(super) fn offered_versions(hello: &ClientHello) -> Option<&[ProtocolVersion]> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => Some(versions.0.as_slice()),
        _ => None,
    })
}

/// What supported_groups offers.
pub(super) fn offered_groups(hello: &ClientHello) -> Option<&[NamedGroup]> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedGroups(groups) => Some(groups.0.as_slice()),
        _ => None,
    })
}
