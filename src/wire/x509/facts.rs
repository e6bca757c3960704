//! The parts of a certificate that notices are about, read without a tree: RFC 5280 section 4.1.

use std::ops::Range;

use super::{oids, stamp};
use crate::wire::der::elements::Element;
use crate::wire::der::schema::tag;

/// The parts of a certificate that is there to its end.
pub struct Facts<'a> {
    /// The number that stands for the version, 0 where none stands, and where.
    pub version: (u8, Range<usize>),
    pub serial_number: Element<'a>,
    /// The algorithm as the signed part has it, and as the signature has it.
    pub algorithms: [Element<'a>; 2],
    pub issuer: Element<'a>,
    pub validity: Element<'a>,
    pub subject: Element<'a>,
    pub subject_public_key_info: Element<'a>,
    pub signature_value: Option<Element<'a>>,
    /// Names of numbers that nobody gives any more: the issuer's, the subject's.
    pub unique_ids: [Option<Element<'a>>; 2],
    /// Where a list of extensions stands that has none.
    pub no_extensions: Option<Range<usize>>,
    /// Its extensions; none where one of them cannot be read.
    pub extensions: Vec<Extension<'a>>,
    /// Whether that is so: a value is in several pieces, or of a length that is indefinite.
    pub has_unread: bool,
}

/// An extension of a certificate.
pub struct Extension<'a> {
    pub id: &'a [u8],
    pub critical: bool,
    /// What stands in its OCTET STRING, where that is an element.
    pub value: Option<Element<'a>>,
    pub range: Range<usize>,
}

impl<'a> Facts<'a> {
    /// The parts of the certificate at the start of `bytes`, whose first byte stands at `at`.
    /// None where it does not have the form of one.
    pub fn read(bytes: &'a [u8], at: usize) -> Option<Facts<'a>> {
        let mut outer = Element::first(bytes, at)?.elements_of(tag::SEQUENCE);
        let tbs = outer.next_of(tag::SEQUENCE)?;
        let outer_algorithm = outer.next_of(tag::SEQUENCE)?;
        let signature_value = outer.next_of(tag::BIT_STRING);
        let mut parts = tbs.elements();
        let version = match parts.next_of(0xa0) {
            Some(version) => {
                let number = version.elements().next_of(tag::INTEGER)?;
                (number.content.last().copied()?, number.range())
            }
            None => (0, tbs.inside..tbs.inside),
        };
        let serial_number = parts.next_of(tag::INTEGER)?;
        let algorithm = parts.next_of(tag::SEQUENCE)?;
        let issuer = parts.next_of(tag::SEQUENCE)?;
        let validity = parts.next_of(tag::SEQUENCE)?;
        let subject = parts.next_of(tag::SEQUENCE)?;
        let subject_public_key_info = parts.next_of(tag::SEQUENCE)?;
        // Both, whether one of them is there or not.
        let unique_ids = [parts.next_of(0x81), parts.next_of(0x82)];
        let extensions = parts.next_of(0xa3).and_then(|tagged| tagged.elements().next());
        let nothing = extensions.filter(|all| all.content.is_empty());
        let extensions = extensions.into_iter().flat_map(|all| all.elements());
        let extensions: Option<Vec<_>> =
            extensions.map(|extension| Extension::read(&extension)).collect();
        Some(Facts {
            version,
            serial_number,
            algorithms: [algorithm, outer_algorithm],
            issuer,
            validity,
            subject,
            subject_public_key_info,
            signature_value,
            unique_ids,
            no_extensions: nothing.map(|all| all.range()),
            has_unread: extensions.is_none(),
            extensions: extensions.unwrap_or_default(),
        })
    }

    /// The first extension with this identifier.
    pub fn extension(&self, id: &[u8]) -> Option<&Extension<'a>> {
        self.extensions.iter().find(|extension| extension.id == id)
    }

    /// Whether subject and issuer have one name.
    pub fn is_self_issued(&self) -> bool {
        self.issuer.content == self.subject.content
    }

    /// Whether it is good from this year on or from a later one, as far as it tells.
    pub fn is_since(&self, year: u16) -> bool {
        let from = self.validity.elements().next().and_then(|time| stamp(&time));
        from.is_some_and(|from| from.year() >= year)
    }

    /// Whether it may issue certificates.
    pub fn is_ca(&self) -> bool {
        let constraints = self.extension(oids::BASIC_CONSTRAINTS).and_then(|found| found.value);
        let ca = constraints.and_then(|found| found.elements().next_of(tag::BOOLEAN));
        ca.is_some_and(|ca| ca.content != [0])
    }

    /// The bits of keyUsage, where the extension is there: the bytes behind the unused bits.
    pub fn key_usage(&self) -> Option<&'a [u8]> {
        let bits = self.extension(oids::KEY_USAGE)?.value?;
        (bits.identifier == tag::BIT_STRING).then_some(bits.content.get(1..)?)
    }

    /// Whether it is for a server, where extKeyUsage tells.
    pub fn is_for_servers(&self) -> Option<bool> {
        let purposes = self.extension(oids::EXT_KEY_USAGE)?.value?.elements();
        let purposes: Vec<_> = purposes.map(|purpose| purpose.content).collect();
        let is_for_all = purposes.contains(&oids::ANY_EXTENDED_KEY_USAGE);
        (!is_for_all).then(|| purposes.contains(&oids::SERVER_AUTH))
    }
}

impl<'a> Extension<'a> {
    fn read(extension: &Element<'a>) -> Option<Extension<'a>> {
        let mut parts = extension.elements();
        let id = parts.next_of(tag::OBJECT_IDENTIFIER)?.content;
        let critical = parts.next_of(tag::BOOLEAN).is_some_and(|critical| critical.content != [0]);
        let value = whole(parts.next()?)?.elements().next();
        Some(Extension { id, critical, value, range: extension.range() })
    }
}

/// An OCTET STRING, or the only piece of one: X.690 section 8.7.3.
fn whole(mut string: Element<'_>) -> Option<Element<'_>> {
    while string.identifier == tag::OCTET_STRING | tag::CONSTRUCTED {
        let mut pieces = string.elements();
        string = pieces.next().filter(|_| pieces.next().is_none())?;
    }
    (string.identifier == tag::OCTET_STRING).then_some(string)
}

/// The identifier of an AlgorithmIdentifier.
pub fn algorithm<'a>(identifier: &Element<'a>) -> &'a [u8] {
    let id = identifier.elements().next_of(tag::OBJECT_IDENTIFIER);
    id.map_or(&[], |id| id.content)
}
