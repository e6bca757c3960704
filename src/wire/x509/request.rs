//! Requests for certificates: PKCS #10, RFC 2986 section 4.

use super::algorithm::ALGORITHM_IDENTIFIER;
use super::extension::EXTENSIONS;
use super::key::SUBJECT_PUBLIC_KEY_INFO;
use super::name::NAME;
use super::oids;
use super::signature::signature_value;
use crate::wire::der::Schema;
use crate::wire::der::schema::{INTEGER, OID, member, tag};

/// `CertificationRequest`.
pub const CERTIFICATION_REQUEST: Schema = Schema::Sequence(&[
    member("certificationRequestInfo", &[tag::SEQUENCE], REQUEST_INFO),
    member("signatureAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("signature", &[tag::BIT_STRING], Schema::ByOid(signature_value)),
]);

const REQUEST_INFO: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("subject", &[tag::SEQUENCE], NAME),
    member("subjectPKInfo", &[tag::SEQUENCE], SUBJECT_PUBLIC_KEY_INFO),
    member("attributes", &[0xa0], Schema::SetOf("Attribute", &ATTRIBUTE)),
]);

const ATTRIBUTE: Schema = Schema::Sequence(&[
    member("type", &[tag::OBJECT_IDENTIFIER], OID),
    member("values", &[tag::SET], Schema::SetOf("value", &Schema::ByOid(value))),
]);

/// What an attribute asks for: extensions, RFC 2985 section 5.4.2, and what else there is.
fn value(attribute: &[u8]) -> &'static Schema {
    static ASKED: Schema = EXTENSIONS;
    static ANY: Schema = Schema::Any;
    match attribute {
        oids::EXTENSION_REQUEST => &ASKED,
        _ => &ANY,
    }
}
