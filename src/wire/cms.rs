//! The envelope of CMS, which was PKCS #7 (RFC 5652 section 3), and PKCS #12 (RFC 7292 section 4).
//! What is in it is named by its tags, but for what is signed (RFC 5652 section 5.1).

use super::der::oid::oids;
use super::der::schema::{INTEGER, OID, Rules, member, optional, tag};
use super::der::{Schema, element};
use super::grammar::{Reader, Record};

oids! {
    /// The contents of PKCS #7, with all that stand below it.
    PKCS7 = "1.2.840.113549.1.7";
    /// What is signed.
    PKCS7_SIGNED_DATA = "1.2.840.113549.1.7.2";
    /// Those that CMS added, with all that stand below it.
    SMIME_CONTENT_TYPES = "1.2.840.113549.1.9.16.1";
}

/// Whether an object identifier is that of a content.
pub fn is_content_type(oid: &[u8]) -> bool {
    oid.starts_with(PKCS7) || oid.starts_with(SMIME_CONTENT_TYPES)
}

/// Reads a ContentInfo where `r` stands. What follows it is left.
pub fn content_info<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 5652 3", "ContentInfo", &CONTENT_INFO);
}

/// Reads a PFX where `r` stands. What follows it is left.
pub fn pfx<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 7292 4", "PFX", &PFX);
}

/// In BER, RFC 5652 section 3.
pub(super) const CONTENT_INFO: Schema = Schema::By(
    Rules::Ber,
    &Schema::Sequence(&[
        member("contentType", &[tag::OBJECT_IDENTIFIER], OID),
        optional("content", &[0xa0], Schema::ByOid(content)),
    ]),
);

/// In BER as well, RFC 7292 section 4.
const PFX: Schema = Schema::By(
    Rules::Ber,
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("authSafe", &[tag::SEQUENCE], CONTENT_INFO),
        optional("macData", &[tag::SEQUENCE], Schema::Any),
    ]),
);

/// What a ContentInfo holds, by its type.
fn content(content_type: &[u8]) -> &'static Schema {
    match content_type {
        PKCS7_SIGNED_DATA => &Schema::Explicit("SignedData", &SIGNED_DATA),
        _ => &Schema::Explicit("", &Schema::Any),
    }
}

/// RFC 5652 section 5.1. Certificates and lists of those that were revoked are in DER wherever they stand.
const SIGNED_DATA: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("digestAlgorithms", &[tag::SET], Schema::Any),
    member("encapContentInfo", &[tag::SEQUENCE], Schema::Any),
    optional("certificates", &[0xa0], Schema::Of("", &Schema::By(Rules::Der, &Schema::Any))),
    optional("crls", &[0xa1], Schema::Of("", &Schema::By(Rules::Der, &Schema::Any))),
    member("signerInfos", &[tag::SET], Schema::Any),
]);
