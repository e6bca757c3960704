//! Extensions beyond the IETF's common ones: those of Netscape, Microsoft, Entrust, the CA/Browser
//! Forum and ETSI (EN 319 412-5 for statements of qualified certificates), and rarer RFCs.

use super::extension::{CERTIFICATE_POLICIES, table};
use super::general_name::GENERAL_NAMES;
use super::oids;
use super::words::{entrust_flags, ms_ca_version, netscape_cert_type};
use crate::wire::der::Schema;
use crate::wire::der::schema::{
    IA5, INTEGER, Inside, NULL, OCTETS, OID, UTF8, member, of_type, optional, tag,
};

/// The form of an extension, where it is known.
pub fn extension_of(extension: &[u8]) -> Option<&'static Schema> {
    table! { extension {
        QC_STATEMENTS in "RFC 3739 3.2.6" "QCStatements" QC_STATEMENTS;
        LOGOTYPE in "RFC 9399 4.1" "LogotypeExtn" LOGOTYPE;
        PROXY_CERT_INFO in "RFC 3820 3.8" "ProxyCertInfo" PROXY_CERT_INFO;
        DELEGATION_USAGE in "RFC 9345 4.2" "DelegationUsage" NULL;
        SMIME_CAPABILITIES in "RFC 8551 2.5.2" "SMIMECapabilities" CAPABILITIES;
        CABF_ORGANIZATION_IDENTIFIER in "CA/B Forum EVG 9.8.2"
            "CABFOrganizationIdentifier" ORGANIZATION_IDENTIFIER;
        ENTRUST_VERSION in "" "EntrustVersInfo" ENTRUST_VERSION;
        MS_CERTIFICATE_TYPE in "MS-WCCE 2.2.2.7.7.1" "szOID_ENROLL_CERTTYPE"
            of_type(tag::BMP_STRING);
        MS_CA_VERSION in "MS-WCCE 2.2.2.7.6" "szOID_CERTSRV_CA_VERSION"
            Schema::Type(tag::INTEGER, Some(ms_ca_version));
        MS_PREVIOUS_CERTIFICATE_HASH in "MS-WCCE" "szOID_CERTSRV_PREVIOUS_CERT_HASH" OCTETS;
        MS_CERTIFICATE_TEMPLATE in "MS-WCCE 2.2.2.7.7.2" "CertificateTemplateOID" TEMPLATE;
        MS_APPLICATION_POLICIES in "MS-WCCE" "ApplicationCertPolicies" CERTIFICATE_POLICIES;
        MS_NTDS_CA_SECURITY in "MS-WCCE 2.2.2.7.7.4" "szOID_NTDS_CA_SECURITY_EXT" GENERAL_NAMES;
        NETSCAPE_CERT_TYPE in "" "NetscapeCertType"
            Schema::Bits(Inside::NamedBits(netscape_cert_type));
        NETSCAPE_BASE_URL in "" "NetscapeBaseURL" IA5;
        NETSCAPE_REVOCATION_URL in "" "NetscapeRevocationURL" IA5;
        NETSCAPE_CA_REVOCATION_URL in "" "NetscapeCARevocationURL" IA5;
        NETSCAPE_RENEWAL_URL in "" "NetscapeCertRenewalURL" IA5;
        NETSCAPE_CA_POLICY_URL in "" "NetscapeCAPolicyURL" IA5;
        NETSCAPE_SSL_SERVER_NAME in "" "NetscapeSSLServerName" IA5;
        NETSCAPE_COMMENT in "" "NetscapeComment" IA5;
    } else None }
}

const QC_STATEMENTS: Schema = Schema::Of(
    "QCStatement",
    &Schema::Sequence(&[
        member("statementId", &[tag::OBJECT_IDENTIFIER], OID),
        optional("statementInfo", &[], Schema::ByOid(statement)),
    ]),
);

fn statement(kind: &[u8]) -> &'static Schema {
    static ANY: Schema = Schema::Any;
    static YEARS: Schema = INTEGER;
    static TYPES: Schema = Schema::Of("QcTypeId", &OID);
    static LOCATIONS: Schema = Schema::Of(
        "PdsLocation",
        &Schema::Sequence(&[
            member("url", &[tag::IA5_STRING], IA5),
            member("language", &[tag::PRINTABLE_STRING], of_type(tag::PRINTABLE_STRING)),
        ]),
    );
    static MONETARY_VALUE: Schema = Schema::Sequence(&[
        member("currency", &[tag::PRINTABLE_STRING, tag::INTEGER], Schema::Any),
        member("amount", &[tag::INTEGER], INTEGER),
        member("exponent", &[tag::INTEGER], INTEGER),
    ]);
    static SEMANTICS: Schema = Schema::Sequence(&[
        optional("semanticsIdentifier", &[tag::OBJECT_IDENTIFIER], OID),
        optional("nameRegistrationAuthorities", &[tag::SEQUENCE], GENERAL_NAMES),
    ]);
    static PSD2: Schema = Schema::Sequence(&[
        member(
            "rolesOfPSP",
            &[tag::SEQUENCE],
            Schema::Of(
                "RoleOfPSP",
                &Schema::Sequence(&[
                    member("roleOfPspOid", &[tag::OBJECT_IDENTIFIER], OID),
                    member("roleOfPspName", &[tag::UTF8_STRING], UTF8),
                ]),
            ),
        ),
        member("nCAName", &[tag::UTF8_STRING], UTF8),
        member("nCAId", &[tag::UTF8_STRING], UTF8),
    ]);
    match kind {
        oids::QC_LIMIT_VALUE => &MONETARY_VALUE,
        oids::QC_RETENTION_PERIOD => &YEARS,
        oids::QC_PDS => &LOCATIONS,
        oids::QC_TYPE => &TYPES,
        oids::QC_PSD2 => &PSD2,
        oids::QC_SYNTAX_V2 => &SEMANTICS,
        _ => &ANY,
    }
}

/// The logos themselves are left to their tags.
const LOGOTYPE: Schema = Schema::Sequence(&[
    optional("communityLogos", &[0xa0], Schema::Explicit("communityLogos", &Schema::Any)),
    optional("issuerLogo", &[0xa1], Schema::Explicit("LogotypeInfo", &Schema::Any)),
    optional("subjectLogo", &[0xa2], Schema::Explicit("LogotypeInfo", &Schema::Any)),
    optional("otherLogos", &[0xa3], Schema::Explicit("otherLogos", &Schema::Any)),
]);

const PROXY_CERT_INFO: Schema = Schema::Sequence(&[
    optional("pCPathLenConstraint", &[tag::INTEGER], INTEGER),
    member(
        "proxyPolicy",
        &[tag::SEQUENCE],
        Schema::Sequence(&[
            member("policyLanguage", &[tag::OBJECT_IDENTIFIER], OID),
            optional("policy", &[tag::OCTET_STRING], OCTETS),
        ]),
    ),
]);

/// `SMIMECapabilities`.
pub const CAPABILITIES: Schema = Schema::Of(
    "SMIMECapability",
    &Schema::Sequence(&[
        member("capabilityID", &[tag::OBJECT_IDENTIFIER], OID),
        optional("parameters", &[], Schema::Any),
    ]),
);

const ORGANIZATION_IDENTIFIER: Schema = Schema::Sequence(&[
    member(
        "registrationSchemeIdentifier",
        &[tag::PRINTABLE_STRING],
        of_type(tag::PRINTABLE_STRING),
    ),
    member("registrationCountry", &[tag::PRINTABLE_STRING], of_type(tag::PRINTABLE_STRING)),
    optional("registrationStateOrProvince", &[0x80], of_type(tag::PRINTABLE_STRING)),
    member("registrationReference", &[tag::UTF8_STRING], UTF8),
]);

const ENTRUST_VERSION: Schema = Schema::Sequence(&[
    member("entrustVers", &[tag::GENERAL_STRING], of_type(tag::GENERAL_STRING)),
    optional(
        "entrustVersInfoFlags",
        &[tag::BIT_STRING],
        Schema::Bits(Inside::NamedBits(entrust_flags)),
    ),
]);

const TEMPLATE: Schema = Schema::Sequence(&[
    member("templateID", &[tag::OBJECT_IDENTIFIER], OID),
    member("templateMajorVersion", &[tag::INTEGER], INTEGER),
    optional("templateMinorVersion", &[tag::INTEGER], INTEGER),
]);
