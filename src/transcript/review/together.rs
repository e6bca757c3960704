//! Answers of a server that go with others, or not beside them: RFC 8446 sections 2.2, 4.2.10 and
//! 4.3.2, RFC 8449 section 5, and draft-vvv-tls-alps-01 sections 3, 4 and 4.2.

use super::offer::some_of_each;
use super::{Review, Say};
use crate::names::{Code, ExtensionType, KeyExchange, ProtocolVersion};
use crate::wire::extension::{ClientExtension, EncryptedExtension, Extension, ProtocolName};
use crate::wire::fault::Notices;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::encrypted_extensions::EncryptedExtensions;
use crate::wire::handshake::server_hello::ServerHello;
use crate::wire::side::Side;

/// Answers that do not stand beside another: the one that should not be there, the other, what is
/// expected of it in words, and the section.
const APART: &[(ExtensionType, ExtensionType, &str, &str)] = &[
    (
        ExtensionType::max_fragment_length,
        ExtensionType::record_size_limit,
        "none beside record_size_limit",
        "RFC 8449 5",
    ),
    // What was said when the key was made holds.
    (
        ExtensionType::application_settings,
        ExtensionType::early_data,
        "none beside early_data",
        "draft-vvv-tls-alps-01 4.2",
    ),
    (
        ExtensionType::application_settings_old,
        ExtensionType::early_data,
        "none beside early_data",
        "draft-vvv-tls-alps-01 4.2",
    ),
];

impl Review {
    /// What stands beside what it should not, in whatever message a server answers.
    pub(super) fn apart<E: Extension>(extensions: &[E], say: &mut Say<'_>) {
        let has = |wanted| extensions.iter().any(|one| one.extension_type() == wanted);
        for (index, extension) in some_of_each(extensions) {
            let own = extension.extension_type();
            let rule = APART.iter().find(|(one, other, ..)| *one == own && has(*other));
            let Some((&(_, _, expected, reference), name)) = rule.zip(own.name()) else { continue };
            say.of_item("extensions", index, |say| say.form(name, expected, "one", reference));
        }
    }

    /// What an encrypted answer goes with.
    pub(super) fn goes_with(
        &self,
        extension: &EncryptedExtension,
        answers: &[EncryptedExtension],
        say: &mut Say<'_>,
    ) {
        match extension {
            EncryptedExtension::EarlyData(_) => self.early_data(say),
            EncryptedExtension::ApplicationSettings(_)
            | EncryptedExtension::ApplicationSettingsOld(_) => {
                self.settings(extension.extension_type(), answers, say);
            }
            _ => {}
        }
    }

    /// Early data is under the first of the keys that a client offers.
    fn early_data(&self, say: &mut Say<'_>) {
        const EXPECTED: &str = "the first key of pre_shared_key in the ServerHello";
        let found = match self.chosen_key {
            Some(Some(0)) | None => return,
            Some(Some(_)) => "another",
            Some(None) => "no pre_shared_key",
        };
        say.form("early_data", EXPECTED, found, "RFC 8446 4.2.10");
    }

    /// A server that proves itself by a key of an earlier session shows no certificate, and asks for
    /// none before its Finished.
    pub(super) fn beside_psk(&self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        if from != Side::Server || self.server.done || !self.goes_by_psk {
            return;
        }
        let (field, reference) = match handshake {
            Handshake::CertificateRequest13(request) if self.is_of_handshake(request, say) => {
                ("certificate_request", "RFC 8446 4.3.2")
            }
            Handshake::Certificate13(_) => ("certificate", "RFC 8446 2.2"),
            Handshake::CompressedCertificate(_) => ("compressed_certificate", "RFC 8446 2.2"),
            _ => return,
        };
        let expected = "none, since the ServerHello has pre_shared_key";
        say.form(field, expected, "one", reference);
    }

    /// The type of the settings that the server's EncryptedExtensions have.
    pub(super) fn settings_accepted(&self) -> Option<ExtensionType> {
        let types = [ExtensionType::application_settings, ExtensionType::application_settings_old];
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        types.into_iter().find(|one| tls13 && self.accepts(*one))
    }

    /// A client's EncryptedExtensions, which answer the server's settings with its own.
    pub(super) fn clients_settings(&self, answers: &EncryptedExtensions, say: &mut Say<'_>) {
        let has = |wanted| answers.extensions.0.iter().any(|one| one.extension_type() == wanted);
        if self.settings_accepted().is_some_and(|accepted| !has(accepted)) {
            let expected = "application_settings, as the server accepted it";
            say.form("extensions", expected, "none", "draft-vvv-tls-alps-01 4");
        }
    }

    /// Settings are of the protocol that ALPN chooses, for which the client must have offered them.
    fn settings(
        &self,
        extension_type: ExtensionType,
        answers: &[EncryptedExtension],
        say: &mut Say<'_>,
    ) {
        const ALPN: ExtensionType = ExtensionType::application_layer_protocol_negotiation;
        // Where there is no offer, that is told.
        let offered = match self.offered(extension_type) {
            Some(
                ClientExtension::ApplicationSettings(names)
                | ClientExtension::ApplicationSettingsOld(names),
            ) => Some(&names.0),
            _ => None,
        };
        let chosen = answers.iter().find_map(|answer| match answer {
            EncryptedExtension::Alpn(names) => Some(&names.0[..]),
            _ => None,
        });
        let is_offered = |name: &ProtocolName| offered.is_none_or(|names| names.contains(name));
        let (expected, found, reference) = match chosen {
            None if answers.iter().any(|answer| answer.is_broken(ALPN)) => return,
            None => ("a protocol that ALPN chooses", "none", "draft-vvv-tls-alps-01 3"),
            Some(names) if !names.iter().all(is_offered) => (
                "a protocol for which settings were offered",
                "one for which they were not",
                "draft-vvv-tls-alps-01 4",
            ),
            Some(_) => return,
        };
        say.form(extension_type.name().unwrap_or("unknown"), expected, found, reference);
    }
}

/// Whether a server of TLS 1.3 proves itself by a key of an earlier session alone: with RFC 8773 it
/// has a certificate, too.
pub(super) fn goes_by_psk(hello: &ServerHello) -> bool {
    let has = |wanted| hello.extensions().iter().any(|one| one.extension_type() == wanted);
    hello.version().as_tls() == ProtocolVersion::TLS1_3
        && has(ExtensionType::pre_shared_key)
        && !has(ExtensionType::tls_cert_with_extern_psk)
}

/// Whether a server of TLS 1.3 proves itself by a certificate, since nothing else in its hello does:
/// RFC 8446 section 4.4.2.
pub(super) fn goes_by_certificate(hello: &ServerHello) -> bool {
    let others = [ExtensionType::pre_shared_key, ExtensionType::pake];
    hello.version().as_tls() == ProtocolVersion::TLS1_3
        && hello.cipher_suite.key_exchange() == KeyExchange::Tls13
        && !hello.extensions().iter().any(|one| others.contains(&one.extension_type()))
}
