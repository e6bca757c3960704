//! Extensions of certificates and of revocation lists: RFC 5280 sections 4.2, 5.2 and 5.3, a
//! subsection each, and the table that says
//! which form stands behind which identifier. Those of single vendors are in `private`.

use super::general_name::{CONSTRAINT, GENERAL_NAME, GENERAL_NAMES};
use super::name::{RDN, value as attribute_value};
use super::resources::{AS_IDENTIFIERS, IP_ADDRESS_BLOCKS};
use super::words::{key_usage, reason, reason_flags, tls_feature};
use super::{SERIAL_NUMBER, oids, private};
use crate::wire::der::Schema;
use crate::wire::der::schema::{
    BOOLEAN, GENERALIZED_TIME, IA5, INTEGER, Inside, NULL, OCTETS, OID, default, member, optional,
    tag,
};

/// `Extensions`, RFC 5280 section 4.1.
pub const EXTENSIONS: Schema = Schema::Of(
    "Extension",
    &Schema::In(
        "RFC 5280 4.2",
        &Schema::Sequence(&[
            member("extnID", &[tag::OBJECT_IDENTIFIER], OID),
            default("critical", &[tag::BOOLEAN], &[0], BOOLEAN),
            member("extnValue", &[tag::OCTET_STRING], Schema::ByOid(value)),
        ]),
    ),
);

/// What an extension's OCTET STRING holds.
fn value(extension: &[u8]) -> &'static Schema {
    static UNKNOWN: Schema = Schema::Octets(Inside::Perhaps(""));
    extension_of(extension).unwrap_or(&UNKNOWN)
}

/// A table of extensions: identifier, section, name of the type, and the type.
macro_rules! table { ($extension:ident { $($oid:ident in $section:literal $name:literal $schema:expr;)* } else $else:expr) => {
    match $extension {
        $(oids::$oid => {
            static FORM: Schema =
                Schema::In($section, &Schema::Octets(Inside::Element($name, &$schema)));
            Some(&FORM)
        })*
        _ => $else,
    }
} }
pub(super) use table;

/// The form of an extension, where it is known.
pub fn extension_of(extension: &[u8]) -> Option<&'static Schema> {
    table! { extension {
        SUBJECT_DIRECTORY_ATTRIBUTES in "RFC 5280 4.2.1.8" "SubjectDirectoryAttributes" ATTRIBUTES;
        SUBJECT_KEY_IDENTIFIER in "RFC 5280 4.2.1.2" "SubjectKeyIdentifier" OCTETS;
        KEY_USAGE in "RFC 5280 4.2.1.3" "KeyUsage" Schema::Bits(Inside::NamedBits(key_usage));
        PRIVATE_KEY_USAGE_PERIOD in "RFC 3280 4.2.1.4" "PrivateKeyUsagePeriod" USAGE_PERIOD;
        SUBJECT_ALT_NAME in "RFC 5280 4.2.1.6" "GeneralNames" GENERAL_NAMES;
        ISSUER_ALT_NAME in "RFC 5280 4.2.1.7" "GeneralNames" GENERAL_NAMES;
        BASIC_CONSTRAINTS in "RFC 5280 4.2.1.9" "BasicConstraints" BASIC_CONSTRAINTS;
        CRL_NUMBER in "RFC 5280 5.2.3" "CRLNumber" INTEGER;
        DELTA_CRL_INDICATOR in "RFC 5280 5.2.4" "BaseCRLNumber" INTEGER;
        ISSUING_DISTRIBUTION_POINT in "RFC 5280 5.2.5" "IssuingDistributionPoint" ISSUING_POINT;
        CERTIFICATE_ISSUER in "RFC 5280 5.3.3" "CertificateIssuer" GENERAL_NAMES;
        CRL_REASON in "RFC 5280 5.3.1" "CRLReason" Schema::Type(tag::ENUMERATED, Some(reason));
        INVALIDITY_DATE in "RFC 5280 5.3.2" "InvalidityDate" GENERALIZED_TIME;
        NAME_CONSTRAINTS in "RFC 5280 4.2.1.10" "NameConstraints" NAME_CONSTRAINTS;
        CRL_DISTRIBUTION_POINTS in "RFC 5280 4.2.1.13" "CRLDistributionPoints" DISTRIBUTION_POINTS;
        CERTIFICATE_POLICIES in "RFC 5280 4.2.1.4" "CertificatePolicies" CERTIFICATE_POLICIES;
        POLICY_MAPPINGS in "RFC 5280 4.2.1.5" "PolicyMappings" POLICY_MAPPINGS;
        AUTHORITY_KEY_IDENTIFIER in "RFC 5280 4.2.1.1" "AuthorityKeyIdentifier" AUTHORITY_KEY;
        POLICY_CONSTRAINTS in "RFC 5280 4.2.1.11" "PolicyConstraints" POLICY_CONSTRAINTS;
        EXT_KEY_USAGE in "RFC 5280 4.2.1.12" "ExtKeyUsageSyntax" Schema::Of("KeyPurposeId", &OID);
        FRESHEST_CRL in "RFC 5280 4.2.1.15" "FreshestCRL" DISTRIBUTION_POINTS;
        INHIBIT_ANY_POLICY in "RFC 5280 4.2.1.14" "InhibitAnyPolicy" INTEGER;
        NO_REV_AVAIL in "RFC 9608 2" "NoRevAvail" NULL;
        AUTHORITY_INFO_ACCESS in "RFC 5280 4.2.2.1" "AuthorityInfoAccessSyntax" INFO_ACCESS;
        SUBJECT_INFO_ACCESS in "RFC 5280 4.2.2.2" "SubjectInfoAccessSyntax" INFO_ACCESS;
        IP_ADDRESS_BLOCKS in "RFC 3779 2.2.3" "IPAddrBlocks" IP_ADDRESS_BLOCKS;
        AS_IDENTIFIERS in "RFC 3779 3.2.3" "ASIdentifiers" AS_IDENTIFIERS;
        IP_ADDRESS_BLOCKS_V2 in "RFC 8360 4.2.2.1" "IPAddrBlocks" IP_ADDRESS_BLOCKS;
        AS_IDENTIFIERS_V2 in "RFC 8360 4.2.2.2" "ASIdentifiers" AS_IDENTIFIERS;
        TLS_FEATURE in "RFC 7633 4" "Features" Schema::Of("feature", &FEATURE);
        ACME_IDENTIFIER in "RFC 8737 3" "Authorization" OCTETS;
        OCSP_NO_CHECK in "RFC 6960 4.2.2.2.1" "NoCheck" NULL;
        SCT_LIST in "RFC 6962 3.3" "SignedCertificateTimestampList" TIMESTAMPS;
        OCSP_SCT_LIST in "RFC 6962 3.3" "SignedCertificateTimestampList" TIMESTAMPS;
        CT_POISON in "RFC 6962 3.1" "poison" NULL;
    } else private::extension_of(extension) }
}

const FEATURE: Schema = Schema::Type(tag::INTEGER, Some(tls_feature));
const TIMESTAMPS: Schema = Schema::Octets(Inside::Timestamps);

const ATTRIBUTES: Schema = Schema::Of(
    "Attribute",
    &Schema::Sequence(&[
        member("type", &[tag::OBJECT_IDENTIFIER], OID),
        member("values", &[tag::SET], Schema::SetOf("value", &Schema::ByOid(attribute_value))),
    ]),
);

const USAGE_PERIOD: Schema = Schema::Sequence(&[
    optional("notBefore", &[0x80], GENERALIZED_TIME),
    optional("notAfter", &[0x81], GENERALIZED_TIME),
]);

const BASIC_CONSTRAINTS: Schema = Schema::Sequence(&[
    default("cA", &[tag::BOOLEAN], &[0], BOOLEAN),
    optional("pathLenConstraint", &[tag::INTEGER], INTEGER),
]);

const AUTHORITY_KEY: Schema = Schema::Sequence(&[
    optional("keyIdentifier", &[0x80], OCTETS),
    optional("authorityCertIssuer", &[0xa1], GENERAL_NAMES),
    optional("authorityCertSerialNumber", &[0x82], SERIAL_NUMBER),
]);

const NAME_CONSTRAINTS: Schema = Schema::Sequence(&[
    optional("permittedSubtrees", &[0xa0], SUBTREES),
    optional("excludedSubtrees", &[0xa1], SUBTREES),
]);

const SUBTREES: Schema = Schema::Of(
    "GeneralSubtree",
    &Schema::Sequence(&[
        member("base", &[], CONSTRAINT),
        default("minimum", &[0x80], &[0], INTEGER),
        optional("maximum", &[0x81], INTEGER),
    ]),
);

const DISTRIBUTION_POINTS: Schema = Schema::Of(
    "DistributionPoint",
    &Schema::Sequence(&[
        optional(
            "distributionPoint",
            &[0xa0],
            Schema::Explicit("", &Schema::ByTag(distribution_point_name)),
        ),
        optional("reasons", &[0x81], Schema::Bits(Inside::NamedBits(reason_flags))),
        optional("cRLIssuer", &[0xa2], GENERAL_NAMES),
    ]),
);

const ISSUING_POINT: Schema = Schema::Sequence(&[
    optional(
        "distributionPoint",
        &[0xa0],
        Schema::Explicit("", &Schema::ByTag(distribution_point_name)),
    ),
    default("onlyContainsUserCerts", &[0x81], &[0], BOOLEAN),
    default("onlyContainsCACerts", &[0x82], &[0], BOOLEAN),
    optional("onlySomeReasons", &[0x83], Schema::Bits(Inside::NamedBits(reason_flags))),
    default("indirectCRL", &[0x84], &[0], BOOLEAN),
    default("onlyContainsAttributeCerts", &[0x85], &[0], BOOLEAN),
]);

fn distribution_point_name(identifier: u8) -> (&'static str, &'static Schema) {
    static FULL_NAME: Schema = GENERAL_NAMES;
    static RELATIVE_NAME: Schema = RDN;
    static NO_NAME: Schema = Schema::OneOf(&[], "fullName or its like", &Schema::Any);
    match identifier {
        0xa0 => ("fullName", &FULL_NAME),
        0xa1 => ("nameRelativeToCRLIssuer", &RELATIVE_NAME),
        _ => ("DistributionPointName", &NO_NAME),
    }
}

/// `CertificatePolicies`, which Microsoft has for its own policies as well.
pub const CERTIFICATE_POLICIES: Schema = Schema::Of(
    "PolicyInformation",
    &Schema::Sequence(&[
        member("policyIdentifier", &[tag::OBJECT_IDENTIFIER], OID),
        optional(
            "policyQualifiers",
            &[tag::SEQUENCE],
            Schema::Of(
                "PolicyQualifierInfo",
                &Schema::Sequence(&[
                    member("policyQualifierId", &[tag::OBJECT_IDENTIFIER], OID),
                    member("qualifier", &[], Schema::ByOid(qualifier)),
                ]),
            ),
        ),
    ]),
);

fn qualifier(kind: &[u8]) -> &'static Schema {
    static CPS_URI: Schema = IA5;
    static USER_NOTICE: Schema = Schema::Sequence(&[
        optional(
            "noticeRef",
            &[tag::SEQUENCE],
            Schema::Sequence(&[
                member("organization", DISPLAY_TEXT, Schema::Any),
                member("noticeNumbers", &[tag::SEQUENCE], Schema::Of("noticeNumber", &INTEGER)),
            ]),
        ),
        optional("explicitText", DISPLAY_TEXT, Schema::Any),
    ]);
    static ANY: Schema = Schema::Any;
    match kind {
        oids::QUALIFIER_CPS => &CPS_URI,
        oids::QUALIFIER_USER_NOTICE => &USER_NOTICE,
        _ => &ANY,
    }
}

const DISPLAY_TEXT: &[u8] =
    &[tag::IA5_STRING, tag::VISIBLE_STRING, tag::BMP_STRING, tag::UTF8_STRING];

const POLICY_MAPPINGS: Schema = Schema::Of(
    "PolicyMapping",
    &Schema::Sequence(&[
        member("issuerDomainPolicy", &[tag::OBJECT_IDENTIFIER], OID),
        member("subjectDomainPolicy", &[tag::OBJECT_IDENTIFIER], OID),
    ]),
);

const POLICY_CONSTRAINTS: Schema = Schema::Sequence(&[
    optional("requireExplicitPolicy", &[0x80], INTEGER),
    optional("inhibitPolicyMapping", &[0x81], INTEGER),
]);

const INFO_ACCESS: Schema = Schema::Of(
    "AccessDescription",
    &Schema::Sequence(&[
        member("accessMethod", &[tag::OBJECT_IDENTIFIER], OID),
        member("accessLocation", &[], GENERAL_NAME),
    ]),
);
