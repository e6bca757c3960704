//! What a server should not choose, and what it answers to no offer: RFC 8446 sections 4.1.3 and 4.2,
//! RFC 9325 section 4.

use super::client::{DEPRECATED, allowed, forbidden};
use super::offer::{Offer, some_of_each};
use super::{Review, Say, certificates, cipher, is_anonymous, is_export, key_share, legacy};
use crate::names::{
    CipherAlgorithm, CipherMode, CipherSuite, Code, EcPointFormat, ExtensionType, KeyExchange,
    NamedGroup, ProtocolVersion, PskKeyExchangeMode,
};
use crate::wire::extension::{
    ClientExtension, EntryExtension, Extension, HelloRetryExtension, ProtocolName, ServerExtension,
};
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::certificate::Certificate13;
use crate::wire::handshake::client_rules::{is_broken, offers_tls13};
use crate::wire::handshake::random::{DOWNGRADE_TO_TLS1_1, DOWNGRADE_TO_TLS1_2};
use crate::wire::handshake::server_hello::{HelloRetryRequest, ServerHello};
use crate::wire::side::Side;

impl Review {
    pub(super) fn server_hello(&self, hello: &ServerHello, say: &mut Say<'_>) {
        let version = hello.version();
        let field = version_field(hello);
        self.suite(hello.cipher_suite, say);
        if let Some((_, reference)) = forbidden(version) {
            let (_, expected) = allowed(version);
            let found = "a version that must not be used any more";
            say.form(field, expected, found, reference);
        }
        if version.is_grease() {
            say.form(field, "a version", "GREASE, sent back", "RFC 8701 3.1");
        }
        self.before_extensions(&hello.into(), say);
        if let Some(reference) = needs_tls12(hello.cipher_suite) {
            if version.as_tls() < ProtocolVersion::TLS1_2 {
                let found = "one that does both at once, since TLS 1.2";
                say.form("cipher_suite", "a suite of a cipher and a MAC", found, reference);
            }
        }
        let keys = |extension: &ServerExtension| {
            let keys = [
                ExtensionType::key_share,
                ExtensionType::key_share_old,
                ExtensionType::pre_shared_key,
            ];
            keys.contains(&extension.extension_type())
        };
        if version == ProtocolVersion::TLS1_3 && !hello.extensions().iter().any(keys) {
            let expected = "key_share or pre_shared_key";
            say.form("extensions", expected, "neither", "RFC 8446 4.1.3");
        }
        Review::apart(hello.extensions(), say);
        for (index, extension) in some_of_each(hello.extensions()) {
            say.of_item("extensions", index, |say| self.extension(hello, extension, say));
        }
        let speaks_http2 = hello.extensions().iter().any(|extension| match extension {
            ServerExtension::Alpn(names) => {
                matches!(&names.0[..], [name] if name.0.0[..] == *b"h2")
            }
            _ => false,
        });
        if speaks_http2 && !version.is_tls13() && is_unfit_for_http2(hello.cipher_suite) {
            let expected = "an AEAD and keys of their own in each connection, as for HTTP/2";
            say.form("cipher_suite", expected, "a suite that it forbids", "RFC 9113 9.2.2");
        }
        if let Some((retried, suite)) = self.retried {
            const SAME: &str = "that of the HelloRetryRequest";
            if suite != hello.cipher_suite {
                say.form("cipher_suite", SAME, "another one", "RFC 8446 4.1.4");
            }
            if retried != version {
                say.form(field, SAME, "another one", "RFC 8446 4.1.4");
            }
        }
        // A server of TLS 1.3 that goes below TLS 1.2 says it by the other.
        if version.as_tls() < ProtocolVersion::TLS1_2
            && hello.random.0.0.ends_with(DOWNGRADE_TO_TLS1_2)
        {
            let (expected, found) = ("DOWNGRD 00, as below TLS 1.2", "DOWNGRD 01, as in TLS 1.2");
            say.form("random", expected, found, "RFC 8446 4.1.3");
        }
        if version.as_tls() == ProtocolVersion::TLS1_2
            && hello.random.0.0.ends_with(DOWNGRADE_TO_TLS1_1)
        {
            let offers_tls13 = self.offer.as_deref().is_some_and(offers_tls13);
            let found = match offers_tls13 {
                true => "DOWNGRD 00, which tells a client of TLS 1.3 that its version was lowered",
                false => "DOWNGRD 00, as below TLS 1.2",
            };
            say.form("random", "DOWNGRD 01, as in TLS 1.2", found, "RFC 8446 4.1.3");
        }
        if self.offer.is_none() {
            return could_do_better(hello, say);
        }
        let Some(offer) = self.sole_offer() else { return };
        key_beside_psk(offer, hello, say);
        let method = hello.legacy_compression_method;
        let offered = &offer.legacy_compression_methods.0;
        // In TLS 1.3 there is none to choose, whatever is offered.
        if !version.is_tls13() && !offered.is_empty() && !offered.contains(&method) {
            let found = "one that was not";
            say.form(
                "legacy_compression_method",
                "one that was offered",
                found,
                "RFC 5246 7.4.1.3",
            );
        }
        let versions = offer.versions();
        let is_unknown = is_broken(offer, ExtensionType::supported_versions);
        let offered = match &versions {
            Some(versions) => versions.contains(&version),
            None if is_unknown => true,
            // DTLS counts downwards.
            None => version.as_tls() <= offer.legacy_version.as_legacy().as_tls(),
        };
        if !offered {
            let found = "one that was not";
            let reference = match &versions {
                Some(_) => "RFC 8446 4.2.1",
                None => "RFC 5246 7.4.1.3",
            };
            say.form(field, "a version that was offered", found, reference);
        }
        let best = match &versions {
            Some(versions) => versions.iter().map(|version| version.as_tls()).max(),
            None if is_unknown => None,
            None => Some(offer.legacy_version.as_legacy().as_tls()),
        };
        if better_versions(hello).iter().any(|&better| best >= Some(better)) {
            let expected = "the best version that both have";
            let found = "a lower one: somebody between changed the hello, or the server chose ill";
            say.form("random", expected, found, "RFC 8446 4.1.3");
        }
        let secure = hello
            .extensions()
            .iter()
            .any(|one| one.extension_type() == ExtensionType::renegotiation_info);
        if offer.signals_renegotiation() && !secure && !version.is_tls13() {
            let expected = "renegotiation_info, which the client asked for";
            let found = "none: renegotiation is not safe with this server";
            say.form("server_hello", expected, found, "RFC 5746 3.4");
        }
    }

    /// One of the extensions of a ServerHello.
    fn extension(&self, hello: &ServerHello, extension: &ServerExtension, say: &mut Say<'_>) {
        self.answer(extension, say);
        key_share::of_server(extension, say);
        match extension {
            ServerExtension::KeyShare(share) => {
                self.group(share.group, "key_share", say);
                self.share(share.group, say);
            }
            ServerExtension::RenegotiationInfo(before) if !before.0.is_empty() && !self.again => {
                let found = "a handshake before the first";
                say.form("renegotiation_info", "nothing in it", found, "RFC 5746 3.4");
            }
            ServerExtension::RenegotiationInfo(before) => self.server_renegotiates(&before.0, say),
            ServerExtension::PreSharedKey(selected) => self.selected(*selected, say),
            ServerExtension::SupportedVersions(version)
                if version.as_tls().0 < ProtocolVersion::TLS1_3.0 && !version.is_grease() =>
            {
                let found = "a version before it, which stands in legacy_version";
                say.form("supported_versions", "TLS 1.3 or later", found, "RFC 8446 4.2.1");
            }
            ServerExtension::Alpn(names) => self.alpn(&names.0, say),
            ServerExtension::EcPointFormats(formats)
                if !formats.0.is_empty() && !formats.0.contains(&EcPointFormat::uncompressed) =>
            {
                let found = "a list without it";
                say.form("ec_point_formats", "uncompressed", found, "RFC 8422 5.2");
            }
            ServerExtension::EncryptThenMac(_) => encrypt_then_mac(hello.cipher_suite, say),
            _ => {}
        }
    }

    /// What a server says beside its certificates in TLS 1.3.
    pub(super) fn certificate(&self, certificate: &Certificate13, say: &mut Say<'_>) {
        certificates("certificate_list", certificate.certificate_list.0.is_empty(), say);
        if !certificate.certificate_request_context.0.is_empty() {
            let found = "an answer to a request, which only a client gives";
            say.form("certificate_request_context", "nothing in it", found, "RFC 8446 4.4.2");
        }
        for (place, entry) in certificate.certificate_list.0.iter().enumerate() {
            say.of_item("certificate_list", place, |say| {
                self.entry(place, entry, say);
                for (index, extension) in some_of_each(&entry.extensions.0) {
                    say.of_item("extensions", index, |say| {
                        self.answer(extension, say);
                        match extension {
                            EntryExtension::StatusRequest(status) => self.status(status, say),
                            // Beside others it is passed over.
                            EntryExtension::DelegatedCredential(credential) if place == 0 => {
                                let own = &entry.cert_data.0;
                                self.delegated_credential(Side::Server, credential, own, say);
                            }
                            _ => {}
                        }
                    });
                }
            });
        }
    }

    pub(super) fn hello_retry(&mut self, retry: &HelloRetryRequest, say: &mut Say<'_>) {
        self.version = Some(ProtocolVersion::TLS1_3);
        self.suite(retry.cipher_suite, say);
        self.before_extensions(&retry.into(), say);
        let version = legacy::retried_version(retry);
        let chosen = version.unwrap_or(ProtocolVersion::TLS1_3);
        if self.retried.replace((chosen, retry.cipher_suite)).is_some() {
            let found = "a second one";
            say.form("hello_retry_request", "one in a handshake", found, "RFC 8446 4.1.4");
        }
        let extensions = retry.extensions.as_ref().map_or(&[][..], |block| &block.0);
        let offered = self.sole_offer().and_then(Offer::versions);
        let is_version = |extension: &HelloRetryExtension| {
            extension.extension_type() == ExtensionType::supported_versions
        };
        match (version, offered) {
            (None, _) if !extensions.iter().any(is_version) => {
                say.form("hello_retry_request", "supported_versions", "none", "RFC 8446 4.1.4");
            }
            (Some(version), Some(offered)) if !offered.contains(&version) => {
                let (expected, found) = ("a version that was offered", "one that was not");
                say.form("supported_versions", expected, found, "RFC 8446 4.2.1");
            }
            _ => {}
        }
        if extensions.iter().all(is_version) {
            let expected = "something to change in the hello";
            say.form("hello_retry_request", expected, "nothing", "RFC 8446 4.1.4");
        }
        for (index, extension) in some_of_each(extensions) {
            say.of_item("extensions", index, |say| match extension {
                // It is the only one that answers nothing.
                HelloRetryExtension::Cookie(cookie) => {
                    self.cookies.retry = Some(cookie.0.to_vec());
                }
                HelloRetryExtension::KeyShare(group) => {
                    self.answer(extension, say);
                    self.asked = Some(*group);
                    self.group(*group, "key_share", say);
                    self.retried_group(*group, say);
                }
                _ => self.answer(extension, say),
            });
        }
    }

    /// The suite that a server chose.
    fn suite(&self, suite: CipherSuite, say: &mut Say<'_>) {
        const FIELD: &str = "cipher_suite";
        if suite.is_grease() {
            let sent =
                self.offer.as_ref().is_some_and(|offer| offer.cipher_suites.0.contains(&suite));
            return say.form(FIELD, "a cipher suite", grease(sent), "RFC 8701 3.1");
        }
        let signal = match suite {
            CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV => Some("RFC 5746 3.3"),
            CipherSuite::TLS_FALLBACK_SCSV => Some("RFC 7507 2"),
            _ => None,
        };
        if let Some(reference) = signal {
            let found = "a signal of clients, which is none";
            return say.form(FIELD, "a cipher suite", found, reference);
        }
        if self.sole_offer().is_some_and(|offer| !offer.cipher_suites.0.contains(&suite)) {
            let found = "one that was not";
            let reference = self.section("RFC 5246 7.4.1.3", "RFC 8446 4.1.3");
            say.form(FIELD, "a cipher suite that was offered", found, reference);
        }
        let offers_no_name = self.sole_offer().is_some_and(|offer| !offer.has(ExtensionType::srp));
        if suite.key_exchange() == KeyExchange::Srp && offers_no_name {
            let expected = "unknown_psk_identity, since the hello has no srp";
            say.form(FIELD, expected, "a suite of SRP", "RFC 5054 2.5.1.2");
        }
        let (found, reference) = match (cipher(suite), suite.key_exchange()) {
            (Some(CipherAlgorithm::Null), _) => ("no encryption at all", "RFC 9325 4.1"),
            _ if is_export(suite) => ("one for export, of 40 or 56 bits", "RFC 9325 4.1"),
            _ if is_anonymous(suite) => ("one in which nobody proves who he is", "RFC 9325 4.1"),
            (Some(CipherAlgorithm::Rc4), _) => ("RC4, which is broken", "RFC 7465 2"),
            (Some(CipherAlgorithm::Des), _) => ("DES, of 56 bits", "RFC 9325 4.1"),
            (Some(CipherAlgorithm::TripleDes), _) => {
                ("Triple DES, of blocks that are too small (Sweet32)", "RFC 9325 4.1")
            }
            (_, KeyExchange::Rsa | KeyExchange::Dh | KeyExchange::Ecdh) => {
                ("one without forward secrecy", "RFC 9325 4.1")
            }
            _ => return,
        };
        say.form(FIELD, "a suite that is safe", found, reference);
    }

    /// The group that a server chose.
    pub(super) fn group(&self, group: NamedGroup, field: &'static str, say: &mut Say<'_>) {
        if group.is_grease() {
            return say.form(field, "a group", "GREASE, sent back", "RFC 8701 3.1");
        }
        if group.is_deprecated() {
            let (expected, found, reference) = DEPRECATED;
            say.form(field, expected, found, reference);
        }
        let offered = self.sole_offer().and_then(Offer::groups);
        if offered.is_some_and(|groups| !groups.contains(&group)) {
            let found = "one that was not";
            let reference = match field {
                "key_share" => "RFC 8446 4.2.8",
                _ => "RFC 8422 5.4",
            };
            say.form(field, "a group that was offered", found, reference);
        }
    }

    /// An extension that a server sent.
    pub(super) fn answer<E: Extension>(&self, extension: &E, say: &mut Say<'_>) {
        let extension_type = extension.extension_type();
        if extension_type.is_grease() {
            let sent = self.offer.as_ref().is_some_and(|offer| offer.has(extension_type));
            return say.form("GREASE", "an extension", grease(sent), "RFC 8701 3.1");
        }
        let Some(offer) = self.sole_offer() else { return };
        if offer.asks_for(extension_type) {
            return self.among(extension, say);
        }
        let field = extension_type.name().unwrap_or("unknown");
        let expected = "an answer to an extension of the hello";
        let reference = match extension_type {
            ExtensionType::renegotiation_info => "RFC 5746 3.6",
            _ => self.section("RFC 5246 7.4.1.4", "RFC 8446 4.2"),
        };
        say.form(field, expected, "one that was not asked for", reference);
    }

    /// A server chooses one protocol, and none that is there to be passed over.
    pub(super) fn alpn(&self, names: &[ProtocolName], say: &mut Say<'_>) {
        const FIELD: &str = "application_layer_protocol_negotiation";
        let alpn = ExtensionType::application_layer_protocol_negotiation;
        if names.len() != 1 {
            let fault = Fault::Value { expected: "one protocol", found: names.len() as u64 };
            say.fault(FIELD, fault, "RFC 7301 3.1");
        }
        if let Some(name) = names.iter().find(|name| name.is_grease()) {
            let offered = self.offer.as_ref().and_then(|offer| offer.extension(alpn));
            let sent = match offered {
                Some(ClientExtension::Alpn(names)) => names.0.contains(name),
                _ => false,
            };
            say.form(FIELD, "a protocol", grease(sent), "RFC 8701 3.1");
        }
    }
}

/// What is found where a server takes what is there to be passed over: what the client sent, or not.
fn grease(sent: bool) -> &'static str {
    if sent { "GREASE, sent back" } else { "GREASE, which clients send" }
}

/// Whether a suite of TLS 1.2 is one of those that RFC 9113 appendix A lists: their ciphers need a MAC
/// beside them, or their keys are not agreed on anew. It has none of those that came later.
fn is_unfit_for_http2(suite: CipherSuite) -> bool {
    use KeyExchange::{Dh, DhAnon, Ecdh, Psk, Rsa, RsaPsk};
    let Some(cipher) = suite.cipher() else { return false };
    match (cipher.algorithm, cipher.mode) {
        (CipherAlgorithm::Null | CipherAlgorithm::Rc4, _) | (_, CipherMode::Cbc) => true,
        (_, CipherMode::Gcm | CipherMode::Ccm | CipherMode::Ccm8) => {
            matches!(suite.key_exchange(), Rsa | Dh | Ecdh | DhAnon | Psk | RsaPsk)
        }
        _ => false,
    }
}

/// The section that keeps a suite for TLS 1.2 and later, where its cipher needs no MAC.
fn needs_tls12(suite: CipherSuite) -> Option<&'static str> {
    let cipher = suite.cipher().filter(|cipher| cipher.is_aead())?;
    Some(match cipher.mode {
        CipherMode::Gcm => "RFC 5288 4",
        _ => "RFC 5246 6.2.3.3",
    })
}

/// Whether a server that goes on with an earlier session sends a key beside it, as the modes say that
/// the client offered.
fn key_beside_psk(offer: &Offer, hello: &ServerHello, say: &mut Say<'_>) {
    const REFERENCE: &str = "RFC 8446 4.2.9";
    let modes = match offer.extension(ExtensionType::psk_key_exchange_modes) {
        Some(ClientExtension::PskKeyExchangeModes(modes)) => Some(&modes.0),
        _ => None,
    };
    let has = |wanted| hello.extensions().iter().any(|one| one.extension_type() == wanted);
    let Some(modes) = modes.filter(|_| has(ExtensionType::pre_shared_key)) else { return };
    let offers = |mode| modes.contains(&mode);
    match has(ExtensionType::key_share) {
        true if offers(PskKeyExchangeMode::psk_ke) && !offers(PskKeyExchangeMode::psk_dhe_ke) => {
            say.form("key_share", "none, since only psk_ke was offered", "a key", REFERENCE);
        }
        false if offers(PskKeyExchangeMode::psk_dhe_ke) && !offers(PskKeyExchangeMode::psk_ke) => {
            let expected = "key_share too, since only psk_dhe_ke was offered";
            say.form("extensions", expected, "none", REFERENCE);
        }
        _ => {}
    }
}

/// The key of an earlier session that a server chose.
pub(super) fn selected(hello: &ServerHello) -> Option<u16> {
    hello.extensions().iter().find_map(|extension| match extension {
        ServerExtension::PreSharedKey(selected) => Some(*selected),
        _ => None,
    })
}

/// Where the version stands that a server chose.
fn version_field(hello: &ServerHello) -> &'static str {
    let versions = ExtensionType::supported_versions;
    match hello.extensions().iter().any(|one| one.extension_type() == versions) {
        true => "supported_versions",
        false => "legacy_version",
    }
}

/// The versions above the chosen one that a server speaks too, as its random says: RFC 8446
/// section 4.1.3.
fn better_versions(hello: &ServerHello) -> Vec<ProtocolVersion> {
    let (random, chosen) = (&hello.random.0.0, hello.version().as_tls());
    let said: &[ProtocolVersion] = if random.ends_with(DOWNGRADE_TO_TLS1_2) {
        &[ProtocolVersion::TLS1_3]
    } else if random.ends_with(DOWNGRADE_TO_TLS1_1) && chosen < ProtocolVersion::TLS1_2 {
        // A server of TLS 1.2 that knows no TLS 1.3 says this, too.
        &[ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3]
    } else {
        &[]
    };
    said.iter().copied().filter(|&better| chosen < better).collect()
}

/// What a random says where the client's hello was not seen.
fn could_do_better(hello: &ServerHello, say: &mut Say<'_>) {
    let found = match better_versions(hello).first() {
        Some(&ProtocolVersion::TLS1_2) => "a lower one, since it speaks TLS 1.2 too",
        Some(_) => "a lower one, since it speaks TLS 1.3 too",
        None => return,
    };
    let expected = "the server's best version, unless the client offers none so high";
    say.form("random", expected, found, "RFC 8446 4.1.3");
}

/// The extension is for blocks alone: RFC 7366 section 3.
fn encrypt_then_mac(suite: CipherSuite, say: &mut Say<'_>) {
    let Some(cipher) = suite.cipher().filter(|cipher| cipher.mode != CipherMode::Cbc) else {
        return;
    };
    let found = match cipher.mode {
        _ if cipher.is_aead() => "one that does both at once",
        CipherMode::None => "one that does not encrypt",
        _ => "one of a stream cipher",
    };
    say.form("encrypt_then_mac", "a suite of a block cipher and a MAC", found, "RFC 7366 3");
}
