//! What a certificate is for, as who meets it in a handshake wants to know: RFC 5280 sections 4.2.1.3
//! and 4.2.1.12, RFC 6962 section 3.1, RFC 7633 section 4. Read without a tree.

use std::ops::Range;

use super::facts::{Extension, Facts};
use super::oids;
use crate::wire::der::elements::Element;
use crate::wire::der::schema::tag;

/// What the key of a certificate does in a handshake: a bit of its keyUsage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// It signs.
    DigitalSignature = 0x80,
    /// The client encrypts to it.
    KeyEncipherment = 0x20,
    /// Both sides agree on a secret by it.
    KeyAgreement = 0x08,
}

/// The number by which TLS knows status_request, RFC 6066 section 8.
const STATUS_REQUEST: &[u8] = &[5];

/// What a certificate is for. Where something stands is counted as its first byte was.
pub struct Uses<'a>(Facts<'a>);

impl<'a> Uses<'a> {
    /// Of the certificate at the start of `bytes`, whose first byte stands at `at`. None where what
    /// decides cannot be read.
    pub fn read(bytes: &'a [u8], at: usize) -> Option<Uses<'a>> {
        Facts::read(bytes, at).filter(|facts| !facts.has_unread).map(Uses)
    }

    /// The number by which its issuer knows it.
    pub fn serial_number(&self) -> &'a [u8] {
        self.0.serial_number.content
    }

    /// Whether it cannot have issued another. Only since the third version it says so.
    pub fn is_no_ca(&self) -> bool {
        let (version, _) = self.0.version;
        version == 2 && !self.0.is_ca()
    }

    /// Where it names its subject, if that is an authority that goes by no other name. Of one that is none,
    /// that is told by itself, as `subject` has it.
    pub fn nameless_authority(&self) -> Option<Range<usize>> {
        let (version, _) = self.0.version;
        let is_nameless = version == 2 && self.0.extension(oids::SUBJECT_ALT_NAME).is_none();
        (is_nameless && self.0.is_ca()).then(|| self.0.subject.range())
    }

    /// Where it says that it is for others than servers alone.
    pub fn not_for_servers(&self) -> Option<Range<usize>> {
        let Facts { extensions, .. } = &self.0;
        let found = extensions.iter().find(|it| it.id == oids::EXT_KEY_USAGE)?;
        let purposes = || found.value.iter().flat_map(|purposes| purposes.elements());
        let serves = purposes().any(|purpose| {
            matches!(
                purpose.content,
                oids::SERVER_AUTH
                    | oids::ANY_EXTENDED_KEY_USAGE
                    | oids::SIP_DOMAIN
                    | oids::MS_SERVER_GATED_CRYPTO
                    | oids::NETSCAPE_SERVER_GATED_CRYPTO
            )
        });
        // Without any, that is told by itself.
        (!serves && purposes().next().is_some()).then(|| found.range.clone())
    }

    /// Where it says what its key is for, if that is not this.
    pub fn lacks(&self, wanted: KeyUse) -> Option<Range<usize>> {
        let first = self.0.key_usage()?.first().copied().unwrap_or_default();
        let found = self.0.extension(oids::KEY_USAGE)?;
        (first & wanted as u8 == 0).then(|| found.range.clone())
    }

    /// Where it says that it is no certificate yet, but what a log is shown of one.
    pub fn poison(&self) -> Option<Range<usize>> {
        self.0.extension(oids::CT_POISON).map(|found| found.range.clone())
    }

    /// Where it says that its server staples the word of a responder to it.
    pub fn must_staple(&self) -> Option<Range<usize>> {
        let Extension { value, range, .. } = self.0.extension(oids::TLS_FEATURE)?;
        let features = value.iter().flat_map(|features| features.elements());
        let is_status =
            |it: Element<'_>| it.identifier == tag::INTEGER && it.content == STATUS_REQUEST;
        features.into_iter().any(is_status).then(|| range.clone())
    }
}
