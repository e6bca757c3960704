//! Files of keys and certificates: PKCS #12, RFC 7292. Written in BER, section 4.

use super::cms::{self, ATTRIBUTES, PKCS7_DATA};
use super::der::oid::oids;
use super::der::schema::{
    IA5, INTEGER, Inside, OCTETS, OID, Rules, default, member, optional, tag,
};
use super::der::{Schema, element};
use super::grammar::{Reader, Record};
use super::x509::{
    ALGORITHM_IDENTIFIER, KEPT_CERTIFICATE, KEPT_CERTIFICATE_LIST, KEPT_ENCRYPTED_PRIVATE_KEY_INFO,
    KEPT_PRIVATE_KEY_INFO,
};

oids! {
    KEY_BAG = "1.2.840.113549.1.12.10.1.1";
    SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
    CERT_BAG = "1.2.840.113549.1.12.10.1.3";
    CRL_BAG = "1.2.840.113549.1.12.10.1.4";
    SECRET_BAG = "1.2.840.113549.1.12.10.1.5";
    SAFE_CONTENTS_BAG = "1.2.840.113549.1.12.10.1.6";
    X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
    SDSI_CERTIFICATE = "1.2.840.113549.1.9.22.2";
    X509_CRL = "1.2.840.113549.1.9.23.1";
}

/// Reads a PFX where `r` stands. What follows it is left.
pub fn pfx<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 7292 4", "PFX", &PFX);
}

const PFX: Schema = Schema::By(
    Rules::Ber,
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("authSafe", &[tag::SEQUENCE], AUTH_SAFE),
        optional("macData", &[tag::SEQUENCE], MAC_DATA),
    ]),
);

/// A ContentInfo that holds others.
const AUTH_SAFE: Schema = Schema::Sequence(&[
    member("contentType", &[tag::OBJECT_IDENTIFIER], OID),
    optional(
        "content",
        &[0xa0],
        Schema::ByOid(|content_type| match content_type {
            PKCS7_DATA => &Schema::Explicit("Data", &SAFES),
            other => cms::content(other),
        }),
    ),
]);

const SAFES: Schema = Schema::Octets(Inside::Element("AuthenticatedSafe", &AUTHENTICATED_SAFE));

const AUTHENTICATED_SAFE: Schema = Schema::In("RFC 7292 4.1", &Schema::Of("ContentInfo", &SAFE));

/// A ContentInfo that holds bags.
const SAFE: Schema = Schema::Sequence(&[
    member("contentType", &[tag::OBJECT_IDENTIFIER], OID),
    optional(
        "content",
        &[0xa0],
        Schema::ByOid(|content_type| match content_type {
            PKCS7_DATA => &Schema::Explicit("Data", &BAGS),
            other => cms::content(other),
        }),
    ),
]);

const BAGS: Schema = Schema::Octets(Inside::Element("SafeContents", &SAFE_CONTENTS));

const SAFE_CONTENTS: Schema = Schema::In("RFC 7292 4.2", &Schema::Of("SafeBag", &SAFE_BAG));

const SAFE_BAG: Schema = Schema::Sequence(&[
    member("bagId", &[tag::OBJECT_IDENTIFIER], OID),
    member("bagValue", &[0xa0], Schema::ByOid(bag)),
    optional("bagAttributes", &[tag::SET], ATTRIBUTES),
]);

/// What a bag holds, by its type: sections 4.2.1 to 4.2.6. Certificates, keys and lists in it are in DER.
fn bag(bag_id: &[u8]) -> &'static Schema {
    match bag_id {
        KEY_BAG => &Schema::Explicit("KeyBag", &KEPT_PRIVATE_KEY_INFO),
        SHROUDED_KEY_BAG => {
            &Schema::Explicit("PKCS8ShroudedKeyBag", &KEPT_ENCRYPTED_PRIVATE_KEY_INFO)
        }
        CERT_BAG => &Schema::Explicit("CertBag", &CERTIFICATES),
        CRL_BAG => &Schema::Explicit("CRLBag", &LISTS),
        SECRET_BAG => &Schema::Explicit("SecretBag", &SECRETS),
        SAFE_CONTENTS_BAG => &Schema::Explicit("SafeContents", &SAFE_CONTENTS),
        _ => &Schema::Explicit("", &Schema::Any),
    }
}

const CERTIFICATES: Schema = Schema::Sequence(&[
    member("certId", &[tag::OBJECT_IDENTIFIER], OID),
    member(
        "certValue",
        &[0xa0],
        Schema::ByOid(|kind| match kind {
            X509_CERTIFICATE => &Schema::Explicit("x509Certificate", &OWN_CERTIFICATE),
            SDSI_CERTIFICATE => &Schema::Explicit("sdsiCertificate", &IA5),
            _ => &Schema::Explicit("", &Schema::Any),
        }),
    ),
]);

const OWN_CERTIFICATE: Schema = Schema::Octets(Inside::Element("Certificate", &KEPT_CERTIFICATE));

const LISTS: Schema = Schema::Sequence(&[
    member("crlId", &[tag::OBJECT_IDENTIFIER], OID),
    member(
        "crlValue",
        &[0xa0],
        Schema::ByOid(|kind| match kind {
            X509_CRL => &Schema::Explicit("x509CRL", &OWN_LIST),
            _ => &Schema::Explicit("", &Schema::Any),
        }),
    ),
]);

const OWN_LIST: Schema = Schema::Octets(Inside::Element("CertificateList", &KEPT_CERTIFICATE_LIST));

const SECRETS: Schema = Schema::Sequence(&[
    member("secretTypeId", &[tag::OBJECT_IDENTIFIER], OID),
    member(
        "secretValue",
        &[0xa0],
        Schema::ByOid(|kind| match kind {
            // As Java keeps keys of ciphers.
            SHROUDED_KEY_BAG => &Schema::Explicit("secretValue", &SHROUDED_SECRET),
            _ => &Schema::Explicit("", &Schema::Any),
        }),
    ),
]);

const SHROUDED_SECRET: Schema =
    Schema::Octets(Inside::Element("EncryptedPrivateKeyInfo", &KEPT_ENCRYPTED_PRIVATE_KEY_INFO));

/// `MacData`, section 4.
const MAC_DATA: Schema = Schema::Sequence(&[
    member(
        "mac",
        &[tag::SEQUENCE],
        Schema::Sequence(&[
            member("digestAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
            member("digest", &[tag::OCTET_STRING], OCTETS),
        ]),
    ),
    member("macSalt", &[tag::OCTET_STRING], OCTETS),
    default("iterations", &[tag::INTEGER], &[1], INTEGER),
]);
