//! Attributes of signers, of messages, and of bags of PKCS #12: RFC 5652 section 5.3, with the values
//! of section 11, RFC 5035, RFC 8551, RFC 6211 and RFC 3161 appendix A.

use super::{CONTENT_INFO, SIGNER_INFO};
use crate::wire::der::Schema;
use crate::wire::der::oid::oids;
use crate::wire::der::schema::{OCTETS, OID, member, of_type, optional, tag};
use crate::wire::x509::{
    ALGORITHM_IDENTIFIER, CAPABILITIES, CERTIFICATE_POLICIES, GENERAL_NAMES, SERIAL_NUMBER,
};

oids! {
    CONTENT_TYPE = "1.2.840.113549.1.9.3";
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
    COUNTERSIGNATURE = "1.2.840.113549.1.9.6";
    SMIME_CAPABILITIES = "1.2.840.113549.1.9.15";
    SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
    /// The time of a signature, by an authority.
    TIME_STAMP_TOKEN = "1.2.840.113549.1.9.16.2.14";
    SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
    FRIENDLY_NAME = "1.2.840.113549.1.9.20";
    LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
    ALGORITHM_PROTECTION = "1.2.840.113549.1.9.52";
}

/// Attributes of whatever kind.
pub const ATTRIBUTES: Schema = Schema::SetOf("Attribute", &ATTRIBUTE);

const ATTRIBUTE: Schema = Schema::Sequence(&[
    member("attrType", &[tag::OBJECT_IDENTIFIER], OID),
    member("attrValues", &[tag::SET], Schema::SetOf("attrValue", &Schema::ByOid(value))),
]);

fn value(attribute: &[u8]) -> &'static Schema {
    match attribute {
        CONTENT_TYPE => &OID,
        MESSAGE_DIGEST | LOCAL_KEY_ID => &OCTETS,
        COUNTERSIGNATURE => &SIGNER_INFO,
        SMIME_CAPABILITIES => &Schema::In("RFC 8551 2.5.2", &CAPABILITIES),
        SIGNING_CERTIFICATE => &Schema::In("RFC 2634 5.4", &SIGNING_CERTIFICATES),
        SIGNING_CERTIFICATE_V2 => &Schema::In("RFC 5035 3", &SIGNING_CERTIFICATES_V2),
        TIME_STAMP_TOKEN => &CONTENT_INFO,
        FRIENDLY_NAME => &BMP,
        ALGORITHM_PROTECTION => &Schema::In("RFC 6211 2", &PROTECTION),
        _ => &Schema::Any,
    }
}

const BMP: Schema = of_type(tag::BMP_STRING);

/// `SigningCertificate`, by SHA-1.
const SIGNING_CERTIFICATES: Schema = Schema::Sequence(&[
    member("certs", &[tag::SEQUENCE], Schema::Of("ESSCertID", &CERTIFICATE_ID)),
    optional("policies", &[tag::SEQUENCE], CERTIFICATE_POLICIES),
]);

const CERTIFICATE_ID: Schema = Schema::Sequence(&[
    member("certHash", &[tag::OCTET_STRING], OCTETS),
    optional("issuerSerial", &[tag::SEQUENCE], ISSUER_SERIAL),
]);

/// `SigningCertificateV2`, by SHA-256 where no algorithm is named.
const SIGNING_CERTIFICATES_V2: Schema = Schema::Sequence(&[
    member("certs", &[tag::SEQUENCE], Schema::Of("ESSCertIDv2", &CERTIFICATE_ID_V2)),
    optional("policies", &[tag::SEQUENCE], CERTIFICATE_POLICIES),
]);

const CERTIFICATE_ID_V2: Schema = Schema::Sequence(&[
    optional("hashAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("certHash", &[tag::OCTET_STRING], OCTETS),
    optional("issuerSerial", &[tag::SEQUENCE], ISSUER_SERIAL),
]);

const ISSUER_SERIAL: Schema = Schema::Sequence(&[
    member("issuer", &[tag::SEQUENCE], GENERAL_NAMES),
    member("serialNumber", &[tag::INTEGER], SERIAL_NUMBER),
]);

/// `CMSAlgorithmProtection`.
const PROTECTION: Schema = Schema::Sequence(&[
    member("digestAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    optional("signatureAlgorithm", &[0xa1], ALGORITHM_IDENTIFIER),
    optional("macAlgorithm", &[0xa2], ALGORITHM_IDENTIFIER),
]);
