//! Object identifiers in X.509 certificates and OCSP responses: RFC 5280 and RFC 6960, RFC 4519 and
//! RFC 4514 for attribute types, RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8410, RFC 9881 for
//! algorithms, RFC 6962 for Certificate Transparency, and those of the CA/Browser Forum, ETSI,
//! Microsoft, Netscape and some authorities. Their encoding is X.690's, section 8.19.

/// The short name of an object identifier in dotted form, where it is known: for an attribute type
/// that of RFC 4514 or OpenSSL (`CN`), else the name that its RFC or its owner gives.
///
/// ```
/// use helloscope::names::oid;
///
/// assert_eq!(oid::name("2.5.4.3"), Some("CN"));
/// assert_eq!(oid::name("2.5.29.17"), Some("subjectAltName"));
/// ```
pub fn name(dotted: &str) -> Option<&'static str> {
    attribute_type(dotted).map(|(short, _)| short).or_else(|| {
        let mut rows = OBJECTS.iter().flat_map(|group| group.iter());
        rows.find(|(oid, _)| *oid == dotted).map(|&(_, name)| name)
    })
}

/// The full name of an object identifier in dotted form, where it is known: as [`name`], but for an
/// attribute type that of RFC 4519 or X.520 (`commonName`).
pub fn long_name(dotted: &str) -> Option<&'static str> {
    attribute_type(dotted).map(|(_, long)| long).or_else(|| name(dotted))
}

/// The dotted form of an object identifier's DER content. None where it is empty, where a number in
/// it is cut off or padded in front, and where one exceeds 128 bits.
///
/// ```
/// use helloscope::names::oid;
///
/// assert_eq!(oid::dotted(&[0x55, 0x04, 0x03]).as_deref(), Some("2.5.4.3"));
/// assert_eq!(oid::dotted(&[0x55, 0x84]), None);
/// ```
pub fn dotted(content: &[u8]) -> Option<String> {
    let mut text = String::new();
    let mut arc: Option<u128> = None;
    for &byte in content {
        let so_far = match arc {
            None if byte == 0x80 => return None,
            None => 0,
            Some(so_far) => so_far,
        };
        let value = so_far.checked_mul(0x80)? | u128::from(byte & 0x7f);
        if byte >= 0x80 {
            arc = Some(value);
            continue;
        }
        arc = None;
        if text.is_empty() {
            // The first two arcs share a number: 40 times the first (0 to 2) plus the second.
            let root = (value / 40).min(2);
            text = format!("{root}.{}", value - root * 40);
        } else {
            text.push_str(&format!(".{value}"));
        }
    }
    (arc.is_none() && !text.is_empty()).then_some(text)
}

/// Short and long name of an attribute type.
fn attribute_type(dotted: &str) -> Option<(&'static str, &'static str)> {
    ATTRIBUTE_TYPES.iter().find(|(oid, _, _)| *oid == dotted).map(|&(_, short, long)| (short, long))
}

/// Attribute types of distinguished names, each with its short and its long name.
const ATTRIBUTE_TYPES: &[(&str, &str, &str)] = &[
    ("0.9.2342.19200300.100.1.1", "UID", "userId"),
    ("0.9.2342.19200300.100.1.3", "mail", "rfc822Mailbox"),
    ("0.9.2342.19200300.100.1.25", "DC", "domainComponent"),
    ("1.2.840.113549.1.9.1", "emailAddress", "emailAddress"),
    ("1.2.840.113549.1.9.2", "unstructuredName", "unstructuredName"),
    ("1.2.840.113549.1.9.8", "unstructuredAddress", "unstructuredAddress"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL", "jurisdictionLocalityName"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST", "jurisdictionStateOrProvinceName"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC", "jurisdictionCountryName"),
    ("2.5.4.3", "CN", "commonName"),
    ("2.5.4.4", "SN", "surname"),
    ("2.5.4.5", "serialNumber", "serialNumber"),
    ("2.5.4.6", "C", "countryName"),
    ("2.5.4.7", "L", "localityName"),
    ("2.5.4.8", "ST", "stateOrProvinceName"),
    ("2.5.4.9", "street", "streetAddress"),
    ("2.5.4.10", "O", "organizationName"),
    ("2.5.4.11", "OU", "organizationalUnitName"),
    ("2.5.4.12", "title", "title"),
    ("2.5.4.13", "description", "description"),
    ("2.5.4.15", "businessCategory", "businessCategory"),
    ("2.5.4.16", "postalAddress", "postalAddress"),
    ("2.5.4.17", "postalCode", "postalCode"),
    ("2.5.4.18", "postOfficeBox", "postOfficeBox"),
    ("2.5.4.20", "telephoneNumber", "telephoneNumber"),
    ("2.5.4.41", "name", "name"),
    ("2.5.4.42", "GN", "givenName"),
    ("2.5.4.43", "initials", "initials"),
    ("2.5.4.44", "generationQualifier", "generationQualifier"),
    ("2.5.4.45", "x500UniqueIdentifier", "x500UniqueIdentifier"),
    ("2.5.4.46", "dnQualifier", "dnQualifier"),
    ("2.5.4.65", "pseudonym", "pseudonym"),
    ("2.5.4.97", "organizationIdentifier", "organizationIdentifier"),
];

/// Everything else, by what it is used for.
const OBJECTS: &[&[(&str, &str)]] = &[
    PUBLIC_KEY_ALGORITHMS,
    NAMED_CURVES,
    SIGNATURE_ALGORITHMS,
    HASHES,
    EXTENSIONS,
    ACCESS_METHODS_AND_OCSP,
    KEY_PURPOSES,
    POLICIES,
    OTHER_NAMES_AND_STATEMENTS,
];

const PUBLIC_KEY_ALGORITHMS: &[(&str, &str)] = &[
    ("1.2.643.2.2.19", "id-GostR3410-2001"),
    ("1.2.643.7.1.1.1.1", "id-tc26-gost3410-12-256"),
    ("1.2.643.7.1.1.1.2", "id-tc26-gost3410-12-512"),
    ("1.2.840.10040.4.1", "id-dsa"),
    ("1.2.840.10045.2.1", "id-ecPublicKey"),
    ("1.2.840.10046.2.1", "dhpublicnumber"),
    ("1.2.840.113549.1.1.1", "rsaEncryption"),
    ("1.2.840.113549.1.1.7", "id-RSAES-OAEP"),
    ("1.2.840.113549.1.3.1", "dhKeyAgreement"),
    ("1.3.101.110", "id-X25519"),
    ("1.3.101.111", "id-X448"),
    ("1.3.132.1.12", "id-ecDH"),
    ("2.16.840.1.101.3.4.4.1", "id-alg-ml-kem-512"),
    ("2.16.840.1.101.3.4.4.2", "id-alg-ml-kem-768"),
    ("2.16.840.1.101.3.4.4.3", "id-alg-ml-kem-1024"),
];

const NAMED_CURVES: &[(&str, &str)] = &[
    ("1.2.156.10197.1.301", "curveSM2"),
    ("1.2.840.10045.3.1.1", "secp192r1"),
    ("1.2.840.10045.3.1.7", "secp256r1"),
    ("1.3.132.0.1", "sect163k1"),
    ("1.3.132.0.8", "secp160r1"),
    ("1.3.132.0.9", "secp160k1"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.15", "sect163r2"),
    ("1.3.132.0.16", "sect283k1"),
    ("1.3.132.0.17", "sect283r1"),
    ("1.3.132.0.26", "sect233k1"),
    ("1.3.132.0.27", "sect233r1"),
    ("1.3.132.0.30", "secp160r2"),
    ("1.3.132.0.31", "secp192k1"),
    ("1.3.132.0.32", "secp224k1"),
    ("1.3.132.0.33", "secp224r1"),
    ("1.3.132.0.34", "secp384r1"),
    ("1.3.132.0.35", "secp521r1"),
    ("1.3.132.0.36", "sect409k1"),
    ("1.3.132.0.37", "sect409r1"),
    ("1.3.132.0.38", "sect571k1"),
    ("1.3.132.0.39", "sect571r1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
];

const SIGNATURE_ALGORITHMS: &[(&str, &str)] = &[
    ("1.2.156.10197.1.501", "SM2-with-SM3"),
    ("1.2.643.2.2.3", "id-GostR3411-94-with-GostR3410-2001"),
    ("1.2.643.7.1.1.3.2", "id-tc26-signwithdigest-gost3410-12-256"),
    ("1.2.643.7.1.1.3.3", "id-tc26-signwithdigest-gost3410-12-512"),
    ("1.2.840.10040.4.3", "id-dsa-with-sha1"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.3", "md4WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.8", "id-mgf1"),
    ("1.2.840.113549.1.1.10", "id-RSASSA-PSS"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.113549.1.1.15", "sha512-224WithRSAEncryption"),
    ("1.2.840.113549.1.1.16", "sha512-256WithRSAEncryption"),
    ("1.3.14.3.2.29", "sha1WithRSASignature"),
    ("1.3.101.112", "id-Ed25519"),
    ("1.3.101.113", "id-Ed448"),
    ("2.16.840.1.101.3.4.3.1", "id-dsa-with-sha224"),
    ("2.16.840.1.101.3.4.3.2", "id-dsa-with-sha256"),
    ("2.16.840.1.101.3.4.3.3", "id-dsa-with-sha384"),
    ("2.16.840.1.101.3.4.3.4", "id-dsa-with-sha512"),
    ("2.16.840.1.101.3.4.3.9", "id-ecdsa-with-sha3-224"),
    ("2.16.840.1.101.3.4.3.10", "id-ecdsa-with-sha3-256"),
    ("2.16.840.1.101.3.4.3.11", "id-ecdsa-with-sha3-384"),
    ("2.16.840.1.101.3.4.3.12", "id-ecdsa-with-sha3-512"),
    ("2.16.840.1.101.3.4.3.13", "id-rsassa-pkcs1-v1-5-with-sha3-224"),
    ("2.16.840.1.101.3.4.3.14", "id-rsassa-pkcs1-v1-5-with-sha3-256"),
    ("2.16.840.1.101.3.4.3.15", "id-rsassa-pkcs1-v1-5-with-sha3-384"),
    ("2.16.840.1.101.3.4.3.16", "id-rsassa-pkcs1-v1-5-with-sha3-512"),
    ("2.16.840.1.101.3.4.3.17", "id-ml-dsa-44"),
    ("2.16.840.1.101.3.4.3.18", "id-ml-dsa-65"),
    ("2.16.840.1.101.3.4.3.19", "id-ml-dsa-87"),
    ("2.16.840.1.101.3.4.3.20", "id-slh-dsa-sha2-128s"),
    ("2.16.840.1.101.3.4.3.21", "id-slh-dsa-sha2-128f"),
    ("2.16.840.1.101.3.4.3.22", "id-slh-dsa-sha2-192s"),
    ("2.16.840.1.101.3.4.3.23", "id-slh-dsa-sha2-192f"),
    ("2.16.840.1.101.3.4.3.24", "id-slh-dsa-sha2-256s"),
    ("2.16.840.1.101.3.4.3.25", "id-slh-dsa-sha2-256f"),
    ("2.16.840.1.101.3.4.3.26", "id-slh-dsa-shake-128s"),
    ("2.16.840.1.101.3.4.3.27", "id-slh-dsa-shake-128f"),
    ("2.16.840.1.101.3.4.3.28", "id-slh-dsa-shake-192s"),
    ("2.16.840.1.101.3.4.3.29", "id-slh-dsa-shake-192f"),
    ("2.16.840.1.101.3.4.3.30", "id-slh-dsa-shake-256s"),
    ("2.16.840.1.101.3.4.3.31", "id-slh-dsa-shake-256f"),
];

const HASHES: &[(&str, &str)] = &[
    ("1.2.840.113549.2.2", "md2"),
    ("1.2.840.113549.2.5", "md5"),
    ("1.3.14.3.2.26", "sha1"),
    ("2.16.840.1.101.3.4.2.1", "sha256"),
    ("2.16.840.1.101.3.4.2.2", "sha384"),
    ("2.16.840.1.101.3.4.2.3", "sha512"),
    ("2.16.840.1.101.3.4.2.4", "sha224"),
];

/// Extensions of certificates, of revocation lists and of their entries.
const EXTENSIONS: &[(&str, &str)] = &[
    ("1.2.840.113533.7.65.0", "entrustVersInfo"),
    ("1.3.6.1.4.1.311.20.2", "enrollCerttypeExtension"),
    ("1.3.6.1.4.1.311.21.1", "certsrvCaVersion"),
    ("1.3.6.1.4.1.311.21.2", "certsrvPreviousCertHash"),
    ("1.3.6.1.4.1.311.21.7", "certificateTemplate"),
    ("1.3.6.1.4.1.311.21.10", "applicationCertPolicies"),
    ("1.3.6.1.4.1.311.25.2", "ntdsCaSecurityExt"),
    ("1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList"),
    ("1.3.6.1.4.1.11129.2.4.3", "precertificatePoison"),
    ("1.3.6.1.4.1.11129.2.4.5", "signedCertificateTimestampListOfOcsp"),
    ("1.3.6.1.4.1.44363.44", "delegationUsage"),
    ("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
    ("1.3.6.1.5.5.7.1.2", "biometricInfo"),
    ("1.3.6.1.5.5.7.1.3", "qcStatements"),
    ("1.3.6.1.5.5.7.1.7", "ipAddrBlocks"),
    ("1.3.6.1.5.5.7.1.8", "autonomousSysIds"),
    ("1.3.6.1.5.5.7.1.11", "subjectInfoAccess"),
    ("1.3.6.1.5.5.7.1.12", "logotype"),
    ("1.3.6.1.5.5.7.1.14", "proxyCertInfo"),
    ("1.3.6.1.5.5.7.1.24", "tlsfeature"),
    ("1.3.6.1.5.5.7.1.26", "TNAuthList"),
    ("1.3.6.1.5.5.7.1.31", "acmeIdentifier"),
    ("2.5.29.9", "subjectDirectoryAttributes"),
    ("2.5.29.14", "subjectKeyIdentifier"),
    ("2.5.29.15", "keyUsage"),
    ("2.5.29.16", "privateKeyUsagePeriod"),
    ("2.5.29.17", "subjectAltName"),
    ("2.5.29.18", "issuerAltName"),
    ("2.5.29.19", "basicConstraints"),
    ("2.5.29.20", "cRLNumber"),
    ("2.5.29.21", "cRLReasons"),
    ("2.5.29.23", "holdInstructionCode"),
    ("2.5.29.24", "invalidityDate"),
    ("2.5.29.27", "deltaCRLIndicator"),
    ("2.5.29.28", "issuingDistributionPoint"),
    ("2.5.29.29", "certificateIssuer"),
    ("2.5.29.30", "nameConstraints"),
    ("2.5.29.31", "cRLDistributionPoints"),
    ("2.5.29.32", "certificatePolicies"),
    ("2.5.29.33", "policyMappings"),
    ("2.5.29.35", "authorityKeyIdentifier"),
    ("2.5.29.36", "policyConstraints"),
    ("2.5.29.37", "extKeyUsage"),
    ("2.5.29.46", "freshestCRL"),
    ("2.5.29.54", "inhibitAnyPolicy"),
    ("2.5.29.56", "noRevAvail"),
    ("2.16.840.1.113730.1.1", "nsCertType"),
    ("2.16.840.1.113730.1.2", "nsBaseUrl"),
    ("2.16.840.1.113730.1.3", "nsRevocationUrl"),
    ("2.16.840.1.113730.1.4", "nsCaRevocationUrl"),
    ("2.16.840.1.113730.1.7", "nsRenewalUrl"),
    ("2.16.840.1.113730.1.8", "nsCaPolicyUrl"),
    ("2.16.840.1.113730.1.12", "nsSslServerName"),
    ("2.16.840.1.113730.1.13", "nsComment"),
    ("2.23.140.1.31", "cabfTorServiceDescriptor"),
    ("2.23.140.3.1", "cabfOrganizationIdentifier"),
];

const ACCESS_METHODS_AND_OCSP: &[(&str, &str)] = &[
    ("1.3.6.1.5.5.7.48.1", "ocsp"),
    ("1.3.6.1.5.5.7.48.1.1", "id-pkix-ocsp-basic"),
    ("1.3.6.1.5.5.7.48.1.2", "id-pkix-ocsp-nonce"),
    ("1.3.6.1.5.5.7.48.1.3", "id-pkix-ocsp-crl"),
    ("1.3.6.1.5.5.7.48.1.4", "id-pkix-ocsp-response"),
    ("1.3.6.1.5.5.7.48.1.5", "id-pkix-ocsp-nocheck"),
    ("1.3.6.1.5.5.7.48.1.6", "id-pkix-ocsp-archive-cutoff"),
    ("1.3.6.1.5.5.7.48.1.7", "id-pkix-ocsp-service-locator"),
    ("1.3.6.1.5.5.7.48.1.9", "id-pkix-ocsp-extended-revoke"),
    ("1.3.6.1.5.5.7.48.2", "caIssuers"),
    ("1.3.6.1.5.5.7.48.3", "timeStampingService"),
    ("1.3.6.1.5.5.7.48.5", "caRepository"),
];

/// What extKeyUsage may allow a key to be used for.
const KEY_PURPOSES: &[(&str, &str)] = &[
    ("1.3.6.1.4.1.311.2.1.21", "msCodeInd"),
    ("1.3.6.1.4.1.311.2.1.22", "msCodeCom"),
    ("1.3.6.1.4.1.311.10.3.1", "msCTLSign"),
    ("1.3.6.1.4.1.311.10.3.3", "msSGC"),
    ("1.3.6.1.4.1.311.10.3.4", "msEFS"),
    ("1.3.6.1.4.1.311.10.3.12", "msDocumentSigning"),
    ("1.3.6.1.4.1.311.20.2.2", "msSmartcardLogin"),
    ("1.3.6.1.4.1.11129.2.4.4", "precertificateSigning"),
    ("1.3.6.1.5.2.3.4", "pkinitClientAuth"),
    ("1.3.6.1.5.2.3.5", "pkinitKdc"),
    ("1.3.6.1.5.5.7.3.1", "serverAuth"),
    ("1.3.6.1.5.5.7.3.2", "clientAuth"),
    ("1.3.6.1.5.5.7.3.3", "codeSigning"),
    ("1.3.6.1.5.5.7.3.4", "emailProtection"),
    ("1.3.6.1.5.5.7.3.5", "ipsecEndSystem"),
    ("1.3.6.1.5.5.7.3.6", "ipsecTunnel"),
    ("1.3.6.1.5.5.7.3.7", "ipsecUser"),
    ("1.3.6.1.5.5.7.3.8", "timeStamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSPSigning"),
    ("1.3.6.1.5.5.7.3.13", "eapOverPPP"),
    ("1.3.6.1.5.5.7.3.14", "eapOverLAN"),
    ("1.3.6.1.5.5.7.3.17", "ipsecIKE"),
    ("1.3.6.1.5.5.7.3.20", "sipDomain"),
    ("1.3.6.1.5.5.7.3.21", "secureShellClient"),
    ("1.3.6.1.5.5.7.3.22", "secureShellServer"),
    ("1.3.6.1.5.5.7.3.36", "documentSigning"),
    ("2.5.29.37.0", "anyExtendedKeyUsage"),
    ("2.16.840.1.113730.4.1", "nsSGC"),
];

/// Policies that a certificate may be issued under, and their qualifiers.
const POLICIES: &[(&str, &str)] = &[
    ("0.4.0.2042.1.1", "ETSI NCP"),
    ("0.4.0.2042.1.2", "ETSI NCP+"),
    ("0.4.0.2042.1.3", "ETSI LCP"),
    ("0.4.0.2042.1.4", "ETSI EVCP"),
    ("0.4.0.2042.1.6", "ETSI DVCP"),
    ("0.4.0.2042.1.7", "ETSI OVCP"),
    ("0.4.0.194112.1.4", "ETSI QEVCP-w"),
    ("1.2.616.1.113527.2.5.1.1", "Certum EV"),
    ("1.3.6.1.4.1.782.1.2.1.8.1", "Network Solutions EV"),
    ("1.3.6.1.4.1.4146.1.1", "GlobalSign EV"),
    ("1.3.6.1.4.1.6449.1.2.1.5.1", "Sectigo EV"),
    ("1.3.6.1.4.1.6449.1.2.2.7", "Sectigo DV"),
    ("1.3.6.1.4.1.8024.0.2.100.1.2", "QuoVadis EV"),
    ("1.3.6.1.4.1.11129.2.5.3", "Google Trust Services"),
    ("1.3.6.1.4.1.14370.1.6", "GeoTrust EV"),
    ("1.3.6.1.4.1.44947.1.1.1", "ISRG domain validated"),
    ("1.3.6.1.5.5.7.2.1", "id-qt-cps"),
    ("1.3.6.1.5.5.7.2.2", "id-qt-unotice"),
    ("2.5.29.32.0", "anyPolicy"),
    ("2.16.578.1.26.1.3.3", "Buypass EV"),
    ("2.16.756.1.89.1.2.1.1", "SwissSign EV"),
    ("2.16.840.1.113733.1.7.23.6", "VeriSign EV"),
    ("2.16.840.1.113733.1.7.48.1", "thawte EV"),
    ("2.16.840.1.114028.10.1.2", "Entrust EV"),
    ("2.16.840.1.114404.1.1.2.4.1", "Trustwave EV"),
    ("2.16.840.1.114412.1.1", "DigiCert OV"),
    ("2.16.840.1.114412.2.1", "DigiCert EV"),
    ("2.16.840.1.114413.1.7.23.1", "GoDaddy DV"),
    ("2.16.840.1.114413.1.7.23.3", "GoDaddy EV"),
    ("2.16.840.1.114414.1.7.23.3", "Starfield EV"),
    ("2.23.140.1.1", "CA/B Forum extended validated"),
    ("2.23.140.1.2.1", "CA/B Forum domain validated"),
    ("2.23.140.1.2.2", "CA/B Forum organization validated"),
    ("2.23.140.1.2.3", "CA/B Forum individual validated"),
    ("2.23.140.1.3", "CA/B Forum extended validated code signing"),
    ("2.23.140.1.4.1", "CA/B Forum code signing"),
];

/// Kinds of otherName in subjectAltName, statements in qcStatements, attributes of requests.
const OTHER_NAMES_AND_STATEMENTS: &[(&str, &str)] = &[
    ("0.4.0.1862.1.1", "id-etsi-qcs-QcCompliance"),
    ("0.4.0.1862.1.2", "id-etsi-qcs-QcLimitValue"),
    ("0.4.0.1862.1.3", "id-etsi-qcs-QcRetentionPeriod"),
    ("0.4.0.1862.1.4", "id-etsi-qcs-QcSSCD"),
    ("0.4.0.1862.1.5", "id-etsi-qcs-QcPDS"),
    ("0.4.0.1862.1.6", "id-etsi-qcs-QcType"),
    ("0.4.0.1862.1.6.1", "id-etsi-qct-esign"),
    ("0.4.0.1862.1.6.2", "id-etsi-qct-eseal"),
    ("0.4.0.1862.1.6.3", "id-etsi-qct-web"),
    ("0.4.0.19495.2", "id-etsi-psd2-qcStatement"),
    ("1.2.840.113549.1.9.7", "challengePassword"),
    ("1.2.840.113549.1.9.14", "extensionRequest"),
    ("1.2.840.113549.1.9.15", "smimeCapabilities"),
    ("1.3.6.1.4.1.311.20.2.3", "msUPN"),
    ("1.3.6.1.5.2.2", "id-pkinit-san"),
    ("1.3.6.1.5.5.7.8.5", "id-on-xmppAddr"),
    ("1.3.6.1.5.5.7.8.7", "id-on-dnsSRV"),
    ("1.3.6.1.5.5.7.8.9", "id-on-SmtpUTF8Mailbox"),
    ("1.3.6.1.5.5.7.11.2", "id-qcs-pkixQCSyntax-v2"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Every identifier that has a name.
    fn all() -> impl Iterator<Item = &'static str> {
        let objects = OBJECTS.iter().flat_map(|group| group.iter()).map(|&(oid, _)| oid);
        ATTRIBUTE_TYPES.iter().map(|&(oid, _, _)| oid).chain(objects)
    }

    /// X.690 section 8.19 the other way round.
    fn content(dotted: &str) -> Vec<u8> {
        let mut arcs: Vec<u128> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
        let root = arcs.remove(0);
        arcs[0] += root * 40;
        let mut content = Vec::new();
        for arc in arcs {
            let septets = (128 - arc.leading_zeros()).div_ceil(7).max(1);
            for place in (0..septets).rev() {
                let more = if place > 0 { 0x80 } else { 0 };
                content.push((arc >> (place * 7)) as u8 & 0x7f | more);
            }
        }
        content
    }

    #[test]
    fn no_identifier_and_no_name_stands_twice() {
        let mut oids = HashSet::new();
        let mut names = HashSet::new();
        for oid in all() {
            assert!(oids.insert(oid), "{oid}");
            assert!(names.insert(name(oid).unwrap()), "{oid}");
        }
    }

    #[test]
    fn every_identifier_is_the_dotted_form_of_its_content() {
        for oid in all() {
            assert_eq!(dotted(&content(oid)).as_deref(), Some(oid));
        }
    }

    #[test]
    fn an_attribute_type_has_two_names_and_all_else_one() {
        assert_eq!((name("2.5.4.3"), long_name("2.5.4.3")), (Some("CN"), Some("commonName")));
        assert_eq!(long_name("2.5.29.17"), Some("subjectAltName"));
        assert_eq!((name("2.5.4"), long_name("2.5.4")), (None, None));
    }

    #[test]
    fn first_arcs_share_a_number() {
        assert_eq!(dotted(&[0x00]).as_deref(), Some("0.0"));
        assert_eq!(dotted(&[0x27]).as_deref(), Some("0.39"));
        assert_eq!(dotted(&[0x28]).as_deref(), Some("1.0"));
        assert_eq!(dotted(&[0x4f]).as_deref(), Some("1.39"));
        assert_eq!(dotted(&[0x50]).as_deref(), Some("2.0"));
        assert_eq!(dotted(&[0x88, 0x37]).as_deref(), Some("2.999"));
    }

    #[test]
    fn arcs_of_up_to_128_bits_are_read_and_longer_ones_are_not() {
        let uuid = "2.25.340282366920938463463374607431768211455";
        assert_eq!(dotted(&content(uuid)).as_deref(), Some(uuid));
        let mut longer = content(uuid);
        let last = longer.pop().unwrap();
        longer.extend([last | 0x80, 0x00]);
        assert_eq!(dotted(&longer), None);
        assert_eq!(dotted(&[0xff; 1000]), None);
    }

    #[test]
    fn what_der_forbids_is_not_read() {
        assert_eq!(dotted(&[]), None, "empty");
        assert_eq!(dotted(&[0x80, 0x01]), None, "padded");
        assert_eq!(dotted(&[0x55, 0x80, 0x04]), None, "padded");
        assert_eq!(dotted(&[0x55, 0x04, 0x83]), None, "cut off");
        assert_eq!(dotted(&[0x81, 0x80, 0x00]).as_deref(), Some("2.16304"), "a zero inside");
    }

    #[test]
    fn names_are_those_of_x509_parsers_registry_except_eighteen() {
        let registry =
            x509_parser::oid_registry::OidRegistry::default().with_all_crypto().with_x509();
        let letters = |name: &str| -> String {
            let name = name.to_ascii_lowercase().replace('-', "");
            name.trim_start_matches("id").to_owned()
        };
        let mut differing = Vec::new();
        for (oid, entry) in registry.iter() {
            let oid = oid.to_id_string();
            assert_eq!(dotted(&content(&oid)), Some(oid.clone()));
            let theirs = letters(entry.sn());
            let ours = [name(&oid), long_name(&oid)];
            if ours[0].is_some() && ours.iter().flatten().all(|ours| letters(ours) != theirs) {
                differing.push((oid, ours[0].unwrap(), entry.sn()));
            }
        }
        differing.sort();
        assert_eq!(
            differing,
            [
                ("1.2.643.7.1.1.1.1", "id-tc26-gost3410-12-256", "gost3410-2012-256"),
                ("1.2.643.7.1.1.1.2", "id-tc26-gost3410-12-512", "gost3410-2012-512"),
                ("1.2.840.10045.3.1.7", "secp256r1", "prime256v1"),
                ("1.3.14.3.2.29", "sha1WithRSASignature", "sha1WithRSAEncryption"),
                ("1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList", "ctSCTList"),
                ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL", "msJurisdictionLocality"),
                ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST", "msJurisdictionStateOrProvince"),
                ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC", "msJurisdictionCountry"),
                ("1.3.6.1.5.5.7.48.1", "ocsp", "id-ad-ocsp"),
                ("1.3.6.1.5.5.7.48.2", "caIssuers", "id-ad-caIssuers"),
                ("1.3.6.1.5.5.7.48.3", "timeStampingService", "id-ad-timestamping"),
                ("1.3.6.1.5.5.7.48.5", "caRepository", "id-ad-caRepository"),
                ("2.5.29.21", "cRLReasons", "reasonCode"),
                ("2.5.29.28", "issuingDistributionPoint", "issuerDistributionPoint"),
                ("2.5.29.29", "certificateIssuer", "issuer"),
                ("2.5.29.37", "extKeyUsage", "extendedKeyUsage"),
                ("2.5.4.11", "OU", "organizationalUnit"),
                ("2.5.4.45", "x500UniqueIdentifier", "uniqueIdentifier"),
            ]
            .map(|(oid, ours, theirs)| (oid.to_owned(), ours, theirs))
        );
    }
}
