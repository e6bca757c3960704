//! Messages of CMS, which was PKCS #7: RFC 5652. They are written in BER, section 3, but for the
//! certificates and what is signed of each signer (sections 5.3 and 10.2.2).

mod attributes;
mod enveloped;

pub(super) use attributes::ATTRIBUTES;

use super::der::oid::oids;
use super::der::schema::{INTEGER, Inside, OCTETS, OID, Rules, member, optional, tag};
use super::der::{Schema, element};
use super::grammar::{Reader, Record};
use super::time_stamp::TST_INFO;
use super::x509::{
    ALGORITHM_IDENTIFIER, KEPT_CERTIFICATE, KEPT_CERTIFICATE_LIST, NAME, SERIAL_NUMBER,
};
use enveloped::{AUTH_ENVELOPED_DATA, ENCRYPTED_DATA, ENVELOPED_DATA};

oids! {
    /// The contents of PKCS #7, with all that stand below it.
    PKCS7 = "1.2.840.113549.1.7";
    /// Bytes of any kind.
    PKCS7_DATA = "1.2.840.113549.1.7.1";
    /// What is signed.
    PKCS7_SIGNED_DATA = "1.2.840.113549.1.7.2";
    /// What is encrypted for somebody.
    PKCS7_ENVELOPED_DATA = "1.2.840.113549.1.7.3";
    /// What has a digest.
    PKCS7_DIGESTED_DATA = "1.2.840.113549.1.7.5";
    /// What is encrypted under a key that both sides know.
    PKCS7_ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
    /// Those that CMS added, with all that stand below it.
    SMIME_CONTENT_TYPES = "1.2.840.113549.1.9.16.1";
    /// What an authority says of the time.
    TST_INFO_TYPE = "1.2.840.113549.1.9.16.1.4";
    /// What is smaller than it was.
    COMPRESSED = "1.2.840.113549.1.9.16.1.9";
    /// What is encrypted for somebody, with a MAC.
    AUTH_ENVELOPED = "1.2.840.113549.1.9.16.1.23";
}

/// Whether an object identifier is that of a content.
pub fn is_content_type(oid: &[u8]) -> bool {
    oid.starts_with(PKCS7) || oid.starts_with(SMIME_CONTENT_TYPES)
}

/// Reads a ContentInfo where `r` stands. What follows it is left.
pub fn content_info<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 5652 3", "ContentInfo", &CONTENT_INFO);
}

/// `ContentInfo`, section 3.
pub(super) const CONTENT_INFO: Schema = Schema::By(
    Rules::Ber,
    &Schema::Sequence(&[
        member("contentType", &[tag::OBJECT_IDENTIFIER], OID),
        optional("content", &[0xa0], Schema::ByOid(content)),
    ]),
);

/// What a ContentInfo holds, by its type.
pub(super) fn content(content_type: &[u8]) -> &'static Schema {
    match content_type {
        PKCS7_DATA => &Schema::Explicit("Data", &OCTETS),
        PKCS7_SIGNED_DATA => &Schema::Explicit("SignedData", &SIGNED_DATA),
        PKCS7_ENVELOPED_DATA => &Schema::Explicit("EnvelopedData", &ENVELOPED_DATA),
        PKCS7_DIGESTED_DATA => &Schema::Explicit("DigestedData", &DIGESTED_DATA),
        PKCS7_ENCRYPTED_DATA => &Schema::Explicit("EncryptedData", &ENCRYPTED_DATA),
        COMPRESSED => &Schema::Explicit("CompressedData", &COMPRESSED_DATA),
        AUTH_ENVELOPED => &Schema::Explicit("AuthEnvelopedData", &AUTH_ENVELOPED_DATA),
        _ => &Schema::Explicit("", &Schema::Any),
    }
}

/// `SignedData`, section 5.1.
const SIGNED_DATA: Schema = Schema::In(
    "RFC 5652 5.1",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("digestAlgorithms", &[tag::SET], DIGEST_ALGORITHMS),
        member("encapContentInfo", &[tag::SEQUENCE], ENCAPSULATED_CONTENT_INFO),
        optional("certificates", &[0xa0], ANY_CERTIFICATES),
        optional("crls", &[0xa1], ANY_LISTS),
        member("signerInfos", &[tag::SET], SIGNER_INFOS),
    ]),
);

const DIGEST_ALGORITHMS: Schema = Schema::Of("digestAlgorithm", &ALGORITHM_IDENTIFIER);

const ENCAPSULATED_CONTENT_INFO: Schema = Schema::Sequence(&[
    member("eContentType", &[tag::OBJECT_IDENTIFIER], OID),
    optional("eContent", &[0xa0], Schema::ByOid(encapsulated)),
]);

/// What stands in the string of an encapsulated content; PKCS #7 has no string there, but what it is.
fn encapsulated(content_type: &[u8]) -> &'static Schema {
    match content_type {
        TST_INFO_TYPE => {
            &Schema::Explicit("", &Schema::Octets(Inside::Element("TSTInfo", &TST_INFO)))
        }
        _ => &Schema::Explicit("", &Schema::Any),
    }
}

const ANY_CERTIFICATES: Schema = Schema::Of("", &Schema::By(Rules::Der, &ANY_CERTIFICATE));
const ANY_LISTS: Schema = Schema::Of("", &Schema::By(Rules::Der, &REVOCATION_INFO));

/// `CertificateChoices`, section 10.2.2.
const ANY_CERTIFICATE: Schema = Schema::ByTag(|identifier| match identifier {
    tag::SEQUENCE => ("Certificate", &KEPT_CERTIFICATE),
    0xa0 => ("extendedCertificate", &Schema::Any),
    0xa1 => ("v1AttrCert", &Schema::Any),
    0xa2 => ("v2AttrCert", &Schema::Any),
    0xa3 => ("other", &Schema::Any),
    _ => ("", &Schema::Any),
});

/// `RevocationInfoChoice`, section 10.2.1.
const REVOCATION_INFO: Schema = Schema::ByTag(|identifier| match identifier {
    tag::SEQUENCE => ("CertificateList", &KEPT_CERTIFICATE_LIST),
    0xa1 => ("other", &Schema::Any),
    _ => ("", &Schema::Any),
});

const SIGNER_INFOS: Schema = Schema::Of("SignerInfo", &SIGNER_INFO);

/// `SignerInfo`, section 5.3.
const SIGNER_INFO: Schema = Schema::In(
    "RFC 5652 5.3",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("sid", &[], IDENTIFIER),
        member("digestAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
        optional("signedAttrs", &[0xa0], Schema::By(Rules::Der, &ATTRIBUTES)),
        member("signatureAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
        member("signature", &[tag::OCTET_STRING], OCTETS),
        optional("unsignedAttrs", &[0xa1], ATTRIBUTES),
    ]),
);

/// `SignerIdentifier`, and `RecipientIdentifier`, which is the same.
const IDENTIFIER: Schema = Schema::ByTag(|identifier| match identifier {
    tag::SEQUENCE => ("issuerAndSerialNumber", &ISSUER_AND_SERIAL_NUMBER),
    _ => ("subjectKeyIdentifier", &OCTETS),
});

const ISSUER_AND_SERIAL_NUMBER: Schema = Schema::Sequence(&[
    member("issuer", &[tag::SEQUENCE], NAME),
    member("serialNumber", &[tag::INTEGER], SERIAL_NUMBER),
]);

/// `DigestedData`, section 7.
const DIGESTED_DATA: Schema = Schema::In(
    "RFC 5652 7",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("digestAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
        member("encapContentInfo", &[tag::SEQUENCE], ENCAPSULATED_CONTENT_INFO),
        member("digest", &[tag::OCTET_STRING], OCTETS),
    ]),
);

/// `CompressedData`, RFC 3274 section 1.1.
const COMPRESSED_DATA: Schema = Schema::In(
    "RFC 3274 1.1",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("compressionAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
        member("encapContentInfo", &[tag::SEQUENCE], ENCAPSULATED_CONTENT_INFO),
    ]),
);
