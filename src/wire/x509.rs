//! X.509 certificates and names: the ASN.1 of RFC 5280 as schemas for [`super::der`].
//!
//! The tables below read like the RFC's modules; the walker that reads by them is `der.rs`.

use super::der::{Der, Member, Schema};
use super::grammar::{Reader, Record};
use super::text::escape;
use crate::names::oid;

/// Reads a Certificate where `r` stands. What follows it is left.
pub fn certificate<R: Record>(r: &mut Reader<'_, R>) {
    let outer = r.section("RFC 5280 4.1");
    Der::new(r).element("Certificate", &CERTIFICATE);
    r.section(outer);
}

/// Reads a Name where `r` stands.
pub fn name<R: Record>(r: &mut Reader<'_, R>) {
    let outer = r.section("RFC 5280 4.1.2.4");
    Der::new(r).element("Name", &NAME);
    r.section(outer);
}

/// Reads a SubjectPublicKeyInfo where `r` stands.
pub fn public_key_info<R: Record>(r: &mut Reader<'_, R>) {
    Der::new(r).element("SubjectPublicKeyInfo", &ANY);
}

/// Whether what comes is a SubjectPublicKeyInfo and not a certificate.
pub fn looks_like_public_key_info(_: &[u8]) -> bool {
    false
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const BOOLEAN: u8 = 0x01;
const TIME: &[u8] = &[0x17, 0x18];

const fn member(name: &'static str, tags: &'static [u8], schema: Schema) -> Member {
    Member { name, tags, optional: false, schema }
}

const fn optional(name: &'static str, tags: &'static [u8], schema: Schema) -> Member {
    Member { name, tags, optional: true, schema }
}

static ANY: Schema = Schema::Any;

static CERTIFICATE: Schema = Schema::Sequence(&[
    member("tbsCertificate", &[SEQUENCE], TBS_CERTIFICATE),
    member("signatureAlgorithm", &[SEQUENCE], ALGORITHM_IDENTIFIER),
    member("signatureValue", &[BIT_STRING], Schema::ByOid(signature_value)),
]);

const TBS_CERTIFICATE: Schema = Schema::Sequence(&[
    optional("version", &[0xa0], Schema::Explicit("version", &Schema::Words(version))),
    member("serialNumber", &[INTEGER], Schema::Words(serial_number)),
    member("signature", &[SEQUENCE], ALGORITHM_IDENTIFIER),
    member("issuer", &[SEQUENCE], NAME),
    member(
        "validity",
        &[SEQUENCE],
        Schema::Sequence(&[
            member("notBefore", TIME, Schema::Any),
            member("notAfter", TIME, Schema::Any),
        ]),
    ),
    member("subject", &[SEQUENCE], NAME),
    member(
        "subjectPublicKeyInfo",
        &[SEQUENCE],
        Schema::Sequence(&[
            member("algorithm", &[SEQUENCE], ALGORITHM_IDENTIFIER),
            member("subjectPublicKey", &[BIT_STRING], Schema::ByOid(public_key)),
        ]),
    ),
    optional("issuerUniqueID", &[0x81], Schema::Any),
    optional("subjectUniqueID", &[0x82], Schema::Any),
    optional("extensions", &[0xa3], Schema::Explicit("extensions", &EXTENSIONS)),
]);

const ALGORITHM_IDENTIFIER: Schema = Schema::Sequence(&[
    member("algorithm", &[OID], Schema::Any),
    optional("parameters", &[], Schema::Any),
]);

const NAME: Schema = Schema::Of(
    "RelativeDistinguishedName",
    &Schema::Of(
        "AttributeTypeAndValue",
        &Schema::Sequence(&[
            member("type", &[OID], Schema::Any),
            member("value", &[], Schema::Any),
        ]),
    ),
);
static NAME_IN_CHOICE: Schema = NAME;

const EXTENSIONS: Schema = Schema::Of(
    "Extension",
    &Schema::Sequence(&[
        member("extnID", &[OID], Schema::Any),
        optional("critical", &[BOOLEAN], Schema::Any),
        member("extnValue", &[OCTET_STRING], Schema::ByOid(extension_value)),
    ]),
);

static RSA_PUBLIC_KEY: Schema = Schema::Sequence(&[
    member("modulus", &[INTEGER], Schema::Any),
    member("publicExponent", &[INTEGER], Schema::Any),
]);

static ECDSA_SIG_VALUE: Schema =
    Schema::Sequence(&[member("r", &[INTEGER], Schema::Any), member("s", &[INTEGER], Schema::Any)]);

fn public_key(algorithm: &str) -> &'static Schema {
    static RSA: Schema = Schema::BitsHold("RSAPublicKey", &RSA_PUBLIC_KEY);
    match algorithm {
        "1.2.840.113549.1.1.1" => &RSA,
        _ => &ANY,
    }
}

fn signature_value(algorithm: &str) -> &'static Schema {
    static ECDSA: Schema = Schema::BitsHold("ECDSA-Sig-Value", &ECDSA_SIG_VALUE);
    // ecdsa-with-SHA1, and ecdsa-with-SHA224 to SHA512.
    if algorithm == "1.2.840.10045.4.1" || algorithm.starts_with("1.2.840.10045.4.3.") {
        &ECDSA
    } else {
        &ANY
    }
}

/// What an extension's OCTET STRING holds: RFC 5280 section 4.2.
fn extension_value(extension: &str) -> &'static Schema {
    static SUBJECT_KEY_IDENTIFIER: Schema = Schema::Holds("SubjectKeyIdentifier", &ANY);
    static KEY_USAGE: Schema = Schema::Holds("KeyUsage", &KEY_USAGE_BITS);
    static KEY_USAGE_BITS: Schema = Schema::Words(key_usage);
    static ALT_NAME: Schema = Schema::Holds("GeneralNames", &GENERAL_NAMES);
    static BASIC_CONSTRAINTS: Schema = Schema::Holds(
        "BasicConstraints",
        &Schema::Sequence(&[
            optional("cA", &[BOOLEAN], Schema::Any),
            optional("pathLenConstraint", &[INTEGER], Schema::Any),
        ]),
    );
    static EXT_KEY_USAGE: Schema =
        Schema::Holds("ExtKeyUsageSyntax", &Schema::Of("KeyPurposeId", &Schema::Any));
    static AUTHORITY_KEY_IDENTIFIER: Schema = Schema::Holds(
        "AuthorityKeyIdentifier",
        &Schema::Sequence(&[
            optional("keyIdentifier", &[0x80], Schema::Any),
            optional("authorityCertIssuer", &[0xa1], GENERAL_NAMES_IN_PLACE),
            optional("authorityCertSerialNumber", &[0x82], Schema::Any),
        ]),
    );
    static CRL_DISTRIBUTION_POINTS: Schema = Schema::Holds(
        "CRLDistributionPoints",
        &Schema::Of(
            "DistributionPoint",
            &Schema::Sequence(&[
                optional(
                    "distributionPoint",
                    &[0xa0],
                    Schema::Explicit("fullName", &GENERAL_NAMES),
                ),
                optional("reasons", &[0x81], Schema::Any),
                optional("cRLIssuer", &[0xa2], GENERAL_NAMES_IN_PLACE),
            ]),
        ),
    );
    static CERTIFICATE_POLICIES: Schema = Schema::Holds(
        "CertificatePolicies",
        &Schema::Of(
            "PolicyInformation",
            &Schema::Sequence(&[
                member("policyIdentifier", &[OID], Schema::Any),
                optional(
                    "policyQualifiers",
                    &[SEQUENCE],
                    Schema::Of(
                        "PolicyQualifierInfo",
                        &Schema::Sequence(&[
                            member("policyQualifierId", &[OID], Schema::Any),
                            member("qualifier", &[], Schema::Any),
                        ]),
                    ),
                ),
            ]),
        ),
    );
    static AUTHORITY_INFO_ACCESS: Schema = Schema::Holds(
        "AuthorityInfoAccessSyntax",
        &Schema::Of(
            "AccessDescription",
            &Schema::Sequence(&[
                member("accessMethod", &[OID], Schema::Any),
                member("accessLocation", &[], GENERAL_NAME),
            ]),
        ),
    );
    static HOLDS_ANY: Schema = Schema::Holds("", &ANY);
    match extension {
        "2.5.29.14" => &SUBJECT_KEY_IDENTIFIER,
        "2.5.29.15" => &KEY_USAGE,
        "2.5.29.17" | "2.5.29.18" => &ALT_NAME,
        "2.5.29.19" => &BASIC_CONSTRAINTS,
        "2.5.29.31" => &CRL_DISTRIBUTION_POINTS,
        "2.5.29.32" => &CERTIFICATE_POLICIES,
        "2.5.29.35" => &AUTHORITY_KEY_IDENTIFIER,
        "2.5.29.37" => &EXT_KEY_USAGE,
        "1.3.6.1.5.5.7.1.1" => &AUTHORITY_INFO_ACCESS,
        _ => &HOLDS_ANY,
    }
}

/// `GeneralName`, RFC 5280 section 4.2.1.6: a CHOICE whose tag says which.
const GENERAL_NAME: Schema = Schema::ByTag(general_name);
static GENERAL_NAMES: Schema = GENERAL_NAMES_IN_PLACE;
const GENERAL_NAMES_IN_PLACE: Schema = Schema::Of("GeneralName", &GENERAL_NAME);

fn general_name(identifier: u8) -> (&'static str, &'static Schema) {
    static TEXT: Schema = Schema::Words(text);
    static ADDRESS: Schema = Schema::Words(ip_address);
    static REGISTERED: Schema = Schema::Words(registered_id);
    static DIRECTORY_NAME: Schema = Schema::Explicit("Name", &NAME_IN_CHOICE);
    static OTHER_NAME: Schema = Schema::Sequence(&[
        member("type-id", &[OID], Schema::Any),
        member("value", &[0xa0], Schema::Explicit("", &ANY)),
    ]);
    match identifier {
        0xa0 => ("otherName", &OTHER_NAME),
        0x81 => ("rfc822Name", &TEXT),
        0x82 => ("dNSName", &TEXT),
        0xa4 => ("directoryName", &DIRECTORY_NAME),
        0x86 => ("uniformResourceIdentifier", &TEXT),
        0x87 => ("iPAddress", &ADDRESS),
        0x88 => ("registeredID", &REGISTERED),
        _ => ("GeneralName", &ANY),
    }
}

fn version(content: &[u8]) -> Option<String> {
    match content {
        [number @ 0..=2] => Some(format!("v{}", number + 1)),
        _ => None,
    }
}

/// A serial number is told by its bytes; the words only say how long it is.
fn serial_number(content: &[u8]) -> Option<String> {
    match content {
        [first, ..] if *first >= 0x80 => Some("negative".to_owned()),
        [] => None,
        _ => Some(format!("{} bytes", content.len())),
    }
}

/// The bits of KeyUsage, RFC 5280 section 4.2.1.3, behind the count of unused bits.
fn key_usage(content: &[u8]) -> Option<String> {
    const BITS: [&str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];
    let (_, bits) = content.split_first()?;
    let set =
        |index: usize| bits.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0);
    let names: Vec<&str> =
        BITS.iter().enumerate().filter(|&(index, _)| set(index)).map(|(_, name)| *name).collect();
    Some(names.join(", "))
}

fn text(content: &[u8]) -> Option<String> {
    Some(escape(content))
}

fn ip_address(content: &[u8]) -> Option<String> {
    use std::net::{Ipv4Addr, Ipv6Addr};
    match (<[u8; 4]>::try_from(content), <[u8; 16]>::try_from(content)) {
        (Ok(v4), _) => Some(Ipv4Addr::from(v4).to_string()),
        (_, Ok(v6)) => Some(Ipv6Addr::from(v6).to_string()),
        _ => None,
    }
}

fn registered_id(content: &[u8]) -> Option<String> {
    oid::dotted(content)
}
