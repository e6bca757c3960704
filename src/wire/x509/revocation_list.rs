//! Lists of certificates that were revoked: RFC 5280 section 5.1.

use super::algorithm::ALGORITHM_IDENTIFIER;
use super::extension::EXTENSIONS;
use super::name::NAME;
use super::signature::signature_value;
use super::{SERIAL_NUMBER, TIME, VERSION};
use crate::wire::der::Schema;
use crate::wire::der::schema::{member, optional, tag};

/// `CertificateList`.
pub const CERTIFICATE_LIST: Schema = Schema::Sequence(&[
    member("tbsCertList", &[tag::SEQUENCE], TBS_CERT_LIST),
    member("signatureAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("signatureValue", &[tag::BIT_STRING], Schema::ByOid(signature_value)),
]);

const TBS_CERT_LIST: Schema = Schema::Sequence(&[
    optional("version", &[tag::INTEGER], VERSION),
    member("signature", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("issuer", &[tag::SEQUENCE], NAME),
    member("thisUpdate", TIME, Schema::Any),
    optional("nextUpdate", TIME, Schema::Any),
    optional("revokedCertificates", &[tag::SEQUENCE], Schema::Of("revokedCertificate", &REVOKED)),
    optional("crlExtensions", &[0xa0], Schema::Explicit("crlExtensions", &EXTENSIONS)),
]);

const REVOKED: Schema = Schema::Sequence(&[
    member("userCertificate", &[tag::INTEGER], SERIAL_NUMBER),
    member("revocationDate", TIME, Schema::Any),
    optional("crlEntryExtensions", &[tag::SEQUENCE], EXTENSIONS),
]);
