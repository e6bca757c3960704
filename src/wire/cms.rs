//! The envelope of CMS, which was PKCS #7 (RFC 5652 section 3), and PKCS #12 (RFC 7292 section 4).
//! What is in it is named by its tags.

use super::der::oid::oids;
use super::der::schema::{INTEGER, OID, member, optional, tag};
use super::der::{Der, Schema};
use super::grammar::{Reader, Record};

oids! {
    /// The contents of PKCS #7, with all that stand below it.
    PKCS7 = "1.2.840.113549.1.7";
    /// Those that CMS added, with all that stand below it.
    SMIME_CONTENT_TYPES = "1.2.840.113549.1.9.16.1";
}

/// Whether an object identifier is that of a content.
pub fn is_content_type(oid: &[u8]) -> bool {
    oid.starts_with(PKCS7) || oid.starts_with(SMIME_CONTENT_TYPES)
}

/// Reads a ContentInfo where `r` stands. What follows it is left.
pub fn content_info<R: Record>(r: &mut Reader<'_, R>) {
    let outer = r.section("RFC 5652 3");
    Der::new(r).element("ContentInfo", &CONTENT_INFO);
    r.section(outer);
}

/// Reads a PFX where `r` stands. What follows it is left.
pub fn pfx<R: Record>(r: &mut Reader<'_, R>) {
    let outer = r.section("RFC 7292 4");
    Der::new(r).element("PFX", &PFX);
    r.section(outer);
}

const CONTENT_INFO: Schema = Schema::Sequence(&[
    member("contentType", &[tag::OBJECT_IDENTIFIER], OID),
    optional("content", &[0xa0], Schema::Explicit("", &Schema::Any)),
]);

const PFX: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("authSafe", &[tag::SEQUENCE], CONTENT_INFO),
    optional("macData", &[tag::SEQUENCE], Schema::Any),
]);
