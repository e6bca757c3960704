//! Answers of a server that go with others, or not beside them: RFC 8446 section 4.2.10, RFC 8449
//! section 5, and draft-vvv-tls-alps-01 sections 3, 4 and 4.2.

use super::{Review, Say};
use crate::names::{Code, ExtensionType};
use crate::wire::extension::{ClientExtension, EncryptedExtension, Extension, ProtocolName};
use crate::wire::fault::Notices;

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
        for (index, extension) in extensions.iter().enumerate() {
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

    /// Settings are of the protocol that ALPN chooses, for which the client must have offered them.
    fn settings(
        &self,
        extension_type: ExtensionType,
        answers: &[EncryptedExtension],
        say: &mut Say<'_>,
    ) {
        let mut offered = self.sole_offer().into_iter().flat_map(|offer| offer.extensions());
        // Where there is no offer, that is told.
        let offered = offered.find_map(|offer| match offer {
            ClientExtension::ApplicationSettings(names)
            | ClientExtension::ApplicationSettingsOld(names)
                if offer.extension_type() == extension_type =>
            {
                Some(&names.0)
            }
            _ => None,
        });
        let chosen = answers.iter().find_map(|answer| match answer {
            EncryptedExtension::Alpn(names) => Some(&names.0[..]),
            _ => None,
        });
        let is_offered = |name: &ProtocolName| offered.is_none_or(|names| names.contains(name));
        let (expected, found, reference) = match chosen {
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
