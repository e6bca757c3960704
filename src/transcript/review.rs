//! What an expert would notice when a connection is read message by message: what one message says
//! of another, and what should not be spoken any more. Each notice becomes a remark of the message
//! that it is about, at the field that it is about.
//!
//! What a message tells by itself, its own reader remarks (`wire/`).

use std::ops::Range;

use crate::names::{
    AlertLevel, Authentication, CipherAlgorithm, CipherSuite, Code, CompressionMethod,
    ExtensionType, HashAlgorithm, KeyExchange, NamedGroup, ProtocolVersion, SignatureScheme,
    Ssl2CipherKind,
};
use crate::wire::extension::{
    ClientExtension, EncryptedExtension, Extension, HelloRetryExtension, ProtocolName,
    ServerExtension,
};
use crate::wire::fault::{Fault, Kind, Remark};
use crate::wire::field::Tree;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::key_exchange::ServerKeyExchange;
use crate::wire::handshake::random::{DOWNGRADE_TO_TLS1_1, DOWNGRADE_TO_TLS1_2};
use crate::wire::handshake::server_hello::{HelloRetryRequest, ServerHello};
use crate::wire::record::ssl2::{CipherKind, Ssl2Message};
use crate::wire::side::Side;
use crate::wire::stream::{Body, Message};

/// A reader who remembers what was said.
#[derive(Debug, Default)]
pub(super) struct Review {
    /// The client's last hello.
    offer: Option<ClientHello>,
    /// The group that a HelloRetryRequest asked for.
    asked: Option<NamedGroup>,
    /// Whether it gave a cookie to send back.
    cookie: bool,
    /// The version that was agreed.
    version: Option<ProtocolVersion>,
}

impl Review {
    /// Reads a message, and notices what there is to notice.
    pub(super) fn read(&mut self, from: Side, message: &mut Message) {
        let mut say = Say { tree: &message.tree, remarks: Vec::new() };
        match &message.body {
            Body::Handshake(handshake) => self.handshake(from, handshake, &mut say),
            Body::Ssl2(message) => ssl2(message, &mut say),
            Body::Alert(alert) if self.version.is_some_and(ProtocolVersion::is_tls13) => {
                let closing = [0, 90].contains(&alert.description.0);
                if alert.level == AlertLevel::warning && !closing {
                    let found = "a warning, which TLS 1.3 does not have";
                    say.form("level", "fatal", found, "RFC 8446 6");
                }
            }
            _ => {}
        }
        let remarks = say.remarks;
        message.tree.remarks.extend(remarks);
    }

    fn handshake(&mut self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        match (from, handshake) {
            (Side::Client, Handshake::ClientHello(hello)) => {
                self.client_hello(hello, say);
                self.offer = Some(hello.clone());
            }
            (Side::Server, Handshake::ServerHello(hello)) => {
                self.version = Some(hello.version());
                self.server_hello(hello, say);
            }
            (Side::Server, Handshake::HelloRetryRequest(retry)) => self.hello_retry(retry, say),
            (Side::Server, Handshake::EncryptedExtensions(answers)) => {
                self.answers(answers.extensions.0.iter(), say);
                for extension in &answers.extensions.0 {
                    if let EncryptedExtension::Alpn(names) = extension {
                        self.alpn(&names.0, say);
                    }
                }
            }
            (Side::Server, Handshake::ServerKeyExchange(key)) => self.key_exchange(key, say),
            (_, Handshake::CertificateVerify(verify)) => {
                if let Some(scheme) = verify.signature.algorithm.0 {
                    self.signature(scheme, from, say);
                }
            }
            _ => {}
        }
    }

    fn client_hello(&self, hello: &ClientHello, say: &mut Say<'_>) {
        let extensions = hello.extensions();
        if hello.legacy_version.as_tls() <= ProtocolVersion::SSL3_0 {
            let found = "SSL 3.0, which must not be offered";
            say.form("legacy_version", "TLS 1.2", found, "RFC 7568 3");
        }
        if hello.cipher_suites.0.contains(&CipherSuite::TLS_FALLBACK_SCSV) {
            let found = "a second try with a lower version (TLS_FALLBACK_SCSV)";
            say.form("legacy_version", "a first try", found, "RFC 7507 4");
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
        if self.cookie && !has(ExtensionType::cookie) {
            let expected = "the cookie of the HelloRetryRequest";
            say.form("extensions", expected, "none", "RFC 8446 4.2.2");
        }
        lists(hello, say);
        if let (Some(asked), Some(shares)) = (self.asked, shares) {
            if shares.iter().map(|share| share.group).ne([asked]) {
                let expected = "one key, of the group that the HelloRetryRequest asked for";
                say.form("key_share", expected, "others", "RFC 8446 4.1.2");
            }
        }
    }

    fn server_hello(&self, hello: &ServerHello, say: &mut Say<'_>) {
        let version = hello.version();
        self.suite(hello.cipher_suite, say);
        if let Some(reference) = match version.as_tls() {
            ProtocolVersion::SSL3_0 => Some("RFC 7568 3"),
            ProtocolVersion::TLS1_0 | ProtocolVersion::TLS1_1 => Some("RFC 8996 4"),
            _ => None,
        } {
            let found = "a version that must not be used any more";
            say.form("legacy_version", "TLS 1.2 or later", found, reference);
        }
        if version.is_grease() {
            say.form("legacy_version", "a version", "GREASE, sent back", "RFC 8701 3.1");
        }
        if hello.legacy_compression_method != CompressionMethod::null {
            let found = "compression, by whose lengths secrets leak (CRIME)";
            say.form("legacy_compression_method", "null", found, "RFC 9325 3.3");
        }
        self.answers(hello.extensions().iter(), say);
        for extension in hello.extensions() {
            match extension {
                ServerExtension::KeyShare(share) => self.group(share.group, "key_share", say),
                ServerExtension::Alpn(names) => self.alpn(&names.0, say),
                _ => {}
            }
        }
        let Some(offer) = &self.offer else { return };
        let versions = offered_versions(offer);
        let offered = match &versions {
            Some(versions) => versions.contains(&version),
            // DTLS counts downwards.
            None => version.as_tls() <= offer.legacy_version.as_tls(),
        };
        if !offered {
            let found = "one that was not";
            say.form("legacy_version", "a version that was offered", found, "RFC 8446 4.2.1");
        }
        let best = match &versions {
            Some(versions) => versions.iter().map(|version| version.as_tls()).max(),
            None => Some(offer.legacy_version.as_tls()),
        };
        let random = &hello.random.0.0;
        let downgraded = random.ends_with(DOWNGRADE_TO_TLS1_2)
            && best >= Some(ProtocolVersion::TLS1_3)
            || random.ends_with(DOWNGRADE_TO_TLS1_1) && best >= Some(ProtocolVersion::TLS1_2);
        if downgraded && !version.is_tls13() {
            let expected = "the best version that both have";
            let found = "a lower one: somebody between changed the hello, or the server chose ill";
            say.form("random", expected, found, "RFC 8446 4.1.3");
        }
        if version.is_tls13() && hello.legacy_session_id_echo != offer.legacy_session_id {
            let found = "another one";
            say.form(
                "legacy_session_id_echo",
                "the session id of the hello",
                found,
                "RFC 8446 4.1.3",
            );
        }
        let signalled =
            offer.cipher_suites.0.contains(&CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
                || answers_to(offer, ExtensionType::renegotiation_info);
        let secure = hello
            .extensions()
            .iter()
            .any(|one| one.extension_type() == ExtensionType::renegotiation_info);
        if signalled && !secure && !version.is_tls13() {
            let expected = "renegotiation_info, which the client asked for";
            let found = "none: renegotiation is not safe with this server";
            say.form("server_hello", expected, found, "RFC 5746 3.4");
        }
    }

    /// The protocol that a server chose.
    fn alpn(&self, names: &[ProtocolName], say: &mut Say<'_>) {
        const FIELD: &str = "application_layer_protocol_negotiation";
        if names.len() != 1 {
            let fault = Fault::Value { expected: "one protocol", found: names.len() as u64 };
            return say.fault(FIELD, fault, "RFC 7301 3.1");
        }
        let offered =
            self.offer.iter().flat_map(|offer| offer.extensions()).find_map(|extension| {
                match extension {
                    ClientExtension::Alpn(names) => Some(&names.0),
                    _ => None,
                }
            });
        if offered.is_some_and(|offered| !names.iter().all(|name| offered.contains(name))) {
            let found = "one that was not";
            say.form(FIELD, "a protocol that was offered", found, "RFC 7301 3.2");
        }
    }

    fn hello_retry(&mut self, retry: &HelloRetryRequest, say: &mut Say<'_>) {
        self.version = Some(ProtocolVersion::TLS1_3);
        self.suite(retry.cipher_suite, say);
        let extensions = retry.extensions.as_ref().map_or(&[][..], |block| &block.0);
        for extension in extensions {
            self.cookie |= matches!(extension, HelloRetryExtension::Cookie(_));
            if let HelloRetryExtension::KeyShare(group) = extension {
                self.asked = Some(*group);
                self.group(*group, "key_share", say);
                let sent =
                    self.offer.iter().flat_map(|offer| offer.extensions()).any(|extension| {
                        match extension {
                            ClientExtension::KeyShare(shares) => {
                                shares.0.iter().any(|share| share.group == *group)
                            }
                            _ => false,
                        }
                    });
                if sent {
                    let expected = "a group of which no key was sent";
                    say.form("key_share", expected, "one of which there was", "RFC 8446 4.2.8");
                }
            }
        }
    }

    /// The suite that a server chose.
    fn suite(&self, suite: CipherSuite, say: &mut Say<'_>) {
        const FIELD: &str = "cipher_suite";
        if suite.is_grease() {
            return say.form(FIELD, "a cipher suite", "GREASE, sent back", "RFC 8701 3.1");
        }
        if self.offer.as_ref().is_some_and(|offer| !offer.cipher_suites.0.contains(&suite)) {
            let found = "one that was not";
            say.form(FIELD, "a cipher suite that was offered", found, "RFC 8446 4.1.3");
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
    fn group(&self, group: NamedGroup, field: &'static str, say: &mut Say<'_>) {
        if group.is_grease() {
            return say.form(field, "a group", "GREASE, sent back", "RFC 8701 3.1");
        }
        let offered = self.offer.as_ref().and_then(offered_groups);
        if offered.is_some_and(|groups| !groups.contains(&group)) {
            let found = "one that was not";
            say.form(field, "a group that was offered", found, "RFC 8446 4.2.8");
        }
    }

    /// The extensions that a server sent.
    fn answers<'e, E: Extension + 'e>(
        &self,
        extensions: impl Iterator<Item = &'e E>,
        say: &mut Say<'_>,
    ) {
        for extension in extensions {
            let extension_type = extension.extension_type();
            if extension_type.is_grease() {
                let found = "GREASE, sent back";
                say.form("GREASE", "an extension", found, "RFC 8701 3.1");
                continue;
            }
            let Some(offer) = &self.offer else { continue };
            // The suite that asks for renegotiation_info is as good as the extension.
            let asked = answers_to(offer, extension_type)
                || extension_type == ExtensionType::renegotiation_info;
            if asked {
                continue;
            }
            let field = match extension_type.name() {
                Some(name) => name,
                None => "unknown",
            };
            let expected = "an answer to an extension of the hello";
            let found = "one that was not asked for";
            say.form(field, expected, found, "RFC 8446 4.2");
        }
    }

    fn key_exchange(&self, key: &ServerKeyExchange, say: &mut Say<'_>) {
        if let Some(group) = key.named_curve() {
            self.group(group, "named_curve", say);
        }
        if let Some(params) = key.dh_params() {
            let zeros = params.dh_p.0.iter().take_while(|byte| **byte == 0).count();
            let first = params.dh_p.0.get(zeros).map_or(8, |byte| byte.leading_zeros() as usize);
            let bits = ((params.dh_p.0.len() - zeros) * 8).saturating_sub(first);
            if bits < SAFE_PRIME_BITS {
                let expected = "a prime of 2048 bits or more";
                let fault = Fault::Value { expected, found: bits as u64 };
                say.fault("dh_p", fault, "RFC 9325 4.4");
            }
        }
        if let ServerKeyExchange::RsaExport(_) = key {
            let found = "a short one, as for export (FREAK)";
            say.form("rsa_modulus", "the certificate's key", found, "RFC 9325 4.1");
        }
        if let Some(scheme) = key.signature_algorithm() {
            self.signature(scheme, Side::Server, say);
        }
    }

    /// The algorithm of a signature in the handshake.
    fn signature(&self, scheme: SignatureScheme, from: Side, say: &mut Say<'_>) {
        const FIELD: &str = "algorithm";
        let (hash, _) = scheme.halves();
        if matches!(hash, HashAlgorithm::md5 | HashAlgorithm::sha1) {
            let found = "MD5 or SHA-1";
            say.form(FIELD, "a hash that is safe", found, "RFC 9155 4");
        }
        let offered =
            self.offer.iter().flat_map(|offer| offer.extensions()).find_map(|extension| {
                match extension {
                    ClientExtension::SignatureAlgorithms(schemes) => Some(&schemes.0),
                    _ => None,
                }
            });
        if from == Side::Server && offered.is_some_and(|schemes| !schemes.contains(&scheme)) {
            let found = "one that was not";
            say.form(FIELD, "an algorithm that was offered", found, "RFC 8446 4.2.3");
        }
    }
}

/// Lists of a hello that are shorter or longer than they may be.
fn lists(hello: &ClientHello, say: &mut Say<'_>) {
    let session_id = hello.legacy_session_id.0.len();
    if session_id > 32 {
        let fault = Fault::Value { expected: "at most 32 bytes", found: session_id as u64 };
        say.fault("legacy_session_id", fault, "RFC 8446 4.1.2");
    }
    if hello.cipher_suites.0.is_empty() {
        say.form("cipher_suites", "at least one", "none", "RFC 8446 4.1.2");
    }
    if !hello.legacy_compression_methods.0.contains(&CompressionMethod::null) {
        let found = "a list without it";
        say.form("legacy_compression_methods", "null", found, "RFC 8446 4.1.2");
    }
    for extension in hello.extensions() {
        let (empty, reference) = match extension {
            ClientExtension::ServerName(names) => (names.0.is_empty(), "RFC 6066 3"),
            ClientExtension::SupportedGroups(groups) => (groups.0.is_empty(), "RFC 8446 4.2.7"),
            ClientExtension::EcPointFormats(formats) => (formats.0.is_empty(), "RFC 8422 5.1.2"),
            ClientExtension::SignatureAlgorithms(schemes) => {
                (schemes.0.is_empty(), "RFC 8446 4.2.3")
            }
            ClientExtension::SupportedVersions(versions) => {
                (versions.0.is_empty(), "RFC 8446 4.2.1")
            }
            ClientExtension::PskKeyExchangeModes(modes) => (modes.0.is_empty(), "RFC 8446 4.2.9"),
            ClientExtension::Alpn(names) => {
                let nameless = names.0.iter().any(|name| name.0.0.is_empty());
                (names.0.is_empty() || nameless, "RFC 7301 3.1")
            }
            ClientExtension::PreSharedKey(psks) => {
                if psks.identities.0.len() != psks.binders.0.len() {
                    let found = "another number of them";
                    say.form("binders", "one for each identity", found, "RFC 8446 4.2.11");
                }
                (psks.identities.0.is_empty(), "RFC 8446 4.2.11")
            }
            _ => continue,
        };
        if empty {
            let field = extension.extension_type().name().unwrap_or("extension");
            say.form(field, "at least one, and none that is empty", "fewer", reference);
        }
    }
}

/// What is wrong with a message of SSL 2.0: that it is one.
fn ssl2(message: &Ssl2Message, say: &mut Say<'_>) {
    const REFERENCE: &str = "RFC 6176 3";
    let (field, kinds) = match message {
        Ssl2Message::ClientHello(hello) => {
            if hello.version == ProtocolVersion::SSL2_0 {
                let found = "SSL 2.0, which must not be spoken";
                say.form("version", "TLS 1.2 or later", found, REFERENCE);
            }
            ("cipher_specs", hello.cipher_specs.0.as_slice())
        }
        Ssl2Message::ServerHello(hello) => {
            let found = "SSL 2.0, which must not be spoken";
            say.form("server_version", "TLS 1.2 or later", found, REFERENCE);
            ("cipher_specs", hello.cipher_specs.0.as_slice())
        }
        Ssl2Message::ClientMasterKey(key) => {
            ("cipher_kind", std::slice::from_ref(&key.cipher_kind))
        }
        _ => return,
    };
    let export = |kind: &CipherKind| {
        let name = Ssl2CipherKind(kind.0).name().unwrap_or_default();
        name.contains("EXPORT")
    };
    if kinds.iter().any(export) {
        let found = "ciphers for export, of 40 bits (DROWN)";
        say.form(field, "ciphers that are safe", found, REFERENCE);
    }
}

/// Bits of a prime below which a key of Diffie-Hellman can be had by others.
const SAFE_PRIME_BITS: usize = 2048;

/// Collects what is noticed about one message.
struct Say<'t> {
    tree: &'t Tree,
    remarks: Vec<Remark>,
}

impl Say<'_> {
    fn form(
        &mut self,
        field: &'static str,
        expected: &'static str,
        found: &'static str,
        reference: &'static str,
    ) {
        self.fault(field, Fault::Form { expected, found }, reference);
    }

    fn fault(&mut self, field: &'static str, fault: Fault, reference: &'static str) {
        let range = self.place(field);
        self.remarks.push(Remark { field, range, fault, kind: Kind::Notice, reference });
    }

    /// Where the field stands; all of the message where there is none of its name.
    fn place(&self, field: &str) -> Range<usize> {
        match self.tree.find(field) {
            Some(found) => found.range(),
            None => 0..self.tree.fields.last().map_or(0, |last| last.end()),
        }
    }
}

fn cipher(suite: CipherSuite) -> Option<CipherAlgorithm> {
    suite.cipher().map(|cipher| cipher.algorithm)
}

fn is_export(suite: CipherSuite) -> bool {
    matches!(
        suite.key_exchange(),
        KeyExchange::RsaExport
            | KeyExchange::DhExport
            | KeyExchange::DheExport
            | KeyExchange::DhAnonExport
            | KeyExchange::Krb5Export
    )
}

fn is_anonymous(suite: CipherSuite) -> bool {
    suite.authentication() == Authentication::Anon
}

fn answers_to(offer: &ClientHello, extension_type: ExtensionType) -> bool {
    offer.extensions().iter().any(|one| one.extension_type() == extension_type)
}

/// What supported_versions offers.
fn offered_versions(hello: &ClientHello) -> Option<&Vec<ProtocolVersion>> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => Some(&versions.0),
        _ => None,
    })
}

/// What supported_groups offers.
fn offered_groups(hello: &ClientHello) -> Option<&Vec<NamedGroup>> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedGroups(groups) => Some(&groups.0),
        _ => None,
    })
}
