//! Our names of object identifiers against others: x509-parser's registry and OpenSSL's. Where one
//! differs from us and we mean it, the identifier stands here.

mod common;

use common::registries::{letters, said_by};
use helloscope::names::oid;
use x509_parser::oid_registry::OidRegistry;

/// A name without letter case, signs, and what says only where the name stands.
fn essence(name: &str) -> String {
    let name = letters(name);
    ["x509v3", "idad", "idkp", "id", "ms"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(&name)
        .to_owned()
}

/// The identifiers that we and they name otherwise, in order, with both names; and how many we name
/// alike.
fn differences<'n>(
    theirs: impl Iterator<Item = (String, Vec<&'n str>)>,
) -> (Vec<(String, &'static str, &'n str)>, usize) {
    let mut differing = Vec::new();
    let mut alike = 0;
    for (oid, names) in theirs {
        let Some(ours) = oid::name(&oid) else { continue };
        let long = oid::long_name(&oid).unwrap();
        let same = |name: &&str| [ours, long].map(essence).contains(&essence(name));
        if names.iter().any(same) {
            alike += 1;
        } else {
            differing.push((oid, ours, names[0]));
        }
    }
    differing.sort();
    (differing, alike)
}

#[test]
fn names_are_those_of_x509_parsers_registry_except_these() {
    let registry = OidRegistry::default().with_all_crypto().with_x509();
    let theirs = registry.iter().map(|(oid, entry)| (oid.to_id_string(), vec![entry.sn()]));
    let (differing, alike) = differences(theirs);
    assert!(alike > 50, "{alike}");
    let meant = [
        // RFC 9215.
        ("1.2.643.7.1.1.1.1", "id-tc26-gost3410-12-256", "gost3410-2012-256"),
        ("1.2.643.7.1.1.1.2", "id-tc26-gost3410-12-512", "gost3410-2012-512"),
        // RFC 5480 section 2.1.1.1.
        ("1.2.840.10045.3.1.7", "secp256r1", "prime256v1"),
        // RFC 5652 sections 4 to 8.
        ("1.2.840.113549.1.7.1", "id-data", "pkcs7-data"),
        ("1.2.840.113549.1.7.2", "id-signedData", "pkcs7-signedData"),
        ("1.2.840.113549.1.7.3", "id-envelopedData", "pkcs7-envelopedData"),
        ("1.2.840.113549.1.7.5", "id-digestedData", "pkcs7-digestedData"),
        ("1.2.840.113549.1.7.6", "id-encryptedData", "pkcs7-encryptedData"),
        // Of the Oregon workshop; the other name belongs to PKCS #1's identifier.
        ("1.3.14.3.2.29", "sha1WithRSASignature", "sha1WithRSAEncryption"),
        ("1.3.36.3.3.1.2", "ripemd160WithRSA", "rsaSignatureWithripemd160"),
        // RFC 6962 section 3.3.
        ("1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList", "ctSCTList"),
        // The CA/Browser Forum's guidelines for extended validation, section 9.2.4.
        ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL", "msJurisdictionLocality"),
        ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST", "msJurisdictionStateOrProvince"),
        ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC", "msJurisdictionCountry"),
        // What the method serves, in words of one kind.
        ("1.3.6.1.5.5.7.48.12", "cmcAccess", "id-ad-cmc"),
        ("1.3.6.1.5.5.7.48.3", "timeStampingService", "id-ad-timestamping"),
        ("1.3.6.1.5.5.7.48.4", "dvcsAccess", "id-ad-dvcs"),
        // What X.509 replaced; the present name comes first here.
        ("2.5.29.1", "authorityKeyIdentifier-old", "oldAuthorityKeyIdentifier"),
        ("2.5.29.2", "keyAttributes-old", "oldKeyAttributes"),
        // RFC 5280.
        ("2.5.29.21", "cRLReasons", "reasonCode"),
        ("2.5.29.28", "issuingDistributionPoint", "issuerDistributionPoint"),
        ("2.5.29.29", "certificateIssuer", "issuer"),
        ("2.5.29.3", "certificatePolicies-old", "oldCertificatePolicies"),
        ("2.5.29.37", "extKeyUsage", "extendedKeyUsage"),
        ("2.5.29.4", "keyUsageRestriction-old", "oldKeyUsage"),
        ("2.5.29.5", "policyMapping-old", "oldPolicyMapping"),
        ("2.5.29.6", "subtreesConstraint-old", "oldSubtreesConstraint"),
        ("2.5.29.7", "subjectAltName-old", "oldSubjectAltNAme"),
        ("2.5.29.8", "issuerAltName-old", "oldIssuerAltNAme"),
        // RFC 4519.
        ("2.5.4.11", "OU", "organizationalUnit"),
        ("2.5.4.45", "x500UniqueIdentifier", "uniqueIdentifier"),
    ];
    let meant = meant.map(|(oid, ours, theirs)| (oid.to_owned(), ours, theirs));
    assert_eq!(differing, meant);
}

/// Identifiers for which OpenSSL has another name than their RFC or their owner. Which of them an
/// OpenSSL knows is a matter of its version.
const NAMED_BY_OPENSSL: &[&str] = &[
    // GOST (RFC 9215) and SM2 (GM/T 0006).
    "1.2.156.10197.1.301",
    "1.2.643.7.1.1.1.1",
    "1.2.643.7.1.1.1.2",
    "1.2.643.7.1.1.2.2",
    "1.2.643.7.1.1.2.3",
    "1.2.643.7.1.1.3.2",
    "1.2.643.7.1.1.3.3",
    "1.2.643.7.1.1.6.1",
    "1.2.643.7.1.1.6.2",
    // Curves: RFC 5480; X9.62's gnBasis.
    "1.2.840.10045.1.2.3.1",
    "1.2.840.10045.3.1.1",
    "1.2.840.10045.3.1.7",
    // Contents and ciphers of CMS: RFC 5652, RFC 3370.
    "1.2.840.113549.1.7.1",
    "1.2.840.113549.1.7.2",
    "1.2.840.113549.1.7.3",
    "1.2.840.113549.1.7.5",
    "1.2.840.113549.1.7.6",
    "1.2.840.113549.1.9.16.1.2",
    "1.2.840.113549.1.9.16.1.4",
    "1.2.840.113549.1.9.16.1.9",
    "1.2.840.113549.1.9.16.1.23",
    "1.2.840.113549.1.9.16.2.11",
    "1.2.840.113549.1.9.16.2.12",
    "1.2.840.113549.1.9.16.2.14",
    "1.2.840.113549.1.9.16.2.47",
    "1.2.840.113549.1.9.16.3.6",
    // Encryption under a password: RFC 7292 appendix C.
    "1.2.840.113549.1.12.1.1",
    "1.2.840.113549.1.12.1.2",
    "1.2.840.113549.1.12.1.3",
    "1.2.840.113549.1.12.1.4",
    "1.2.840.113549.1.12.1.5",
    "1.2.840.113549.1.12.1.6",
    // SXNetID is the name of what the extension strongExtranet holds.
    "1.3.101.1.4.1",
    "1.3.14.3.2.29",
    "1.3.36.8.3.3",
    // Certificate Transparency: RFC 6962 section 3.
    "1.3.6.1.4.1.11129.2.4.2",
    "1.3.6.1.4.1.11129.2.4.3",
    "1.3.6.1.4.1.11129.2.4.4",
    "1.3.6.1.4.1.11129.2.4.5",
    // Extensions: RFC 5755, RFC 3779, RFC 8360.
    "1.3.6.1.5.5.7.1.28",
    "1.3.6.1.5.5.7.1.29",
    "1.3.6.1.5.5.7.1.4",
    "1.3.6.1.5.5.7.1.7",
    "1.3.6.1.5.5.7.1.8",
    "1.3.6.1.5.5.7.1.9",
    "1.3.6.1.5.5.7.2.3",
    // OCSP: RFC 6960. OpenSSL's names of 8 and 9 are from a draft.
    "1.3.6.1.5.5.7.48.1.1",
    "1.3.6.1.5.5.7.48.1.2",
    "1.3.6.1.5.5.7.48.1.3",
    "1.3.6.1.5.5.7.48.1.4",
    "1.3.6.1.5.5.7.48.1.5",
    "1.3.6.1.5.5.7.48.1.6",
    "1.3.6.1.5.5.7.48.1.7",
    "1.3.6.1.5.5.7.48.1.8",
    "1.3.6.1.5.5.7.48.1.9",
    "1.3.6.1.5.5.7.48.3",
    "1.3.6.1.5.5.7.48.4",
    // Personal data: RFC 3739.
    "1.3.6.1.5.5.7.9.1",
    "1.3.6.1.5.5.7.9.2",
    "1.3.6.1.5.5.7.9.3",
    "1.3.6.1.5.5.7.9.4",
    "1.3.6.1.5.5.7.9.5",
    // RFC 5280.
    "2.5.29.21",
    "2.5.29.37",
];

#[test]
fn names_are_those_of_openssl_except_for_these_identifiers() {
    let Some(list) = said_by("openssl", &["list", "-objects"], true) else { return };
    let theirs = list.lines().filter_map(|line| {
        // `short name = long name, identifier`, or without the long name.
        let (short, rest) = line.split_once(" = ")?;
        let (long, oid) = rest.rsplit_once(", ").unwrap_or(("", rest));
        Some((oid.trim().to_owned(), vec![short, long]))
    });
    let (differing, alike) = differences(theirs);
    assert!(alike > 300, "{alike}");
    let unmeant = |(oid, _, _): &&(String, _, _)| !NAMED_BY_OPENSSL.contains(&oid.as_str());
    let more: Vec<_> = differing.iter().filter(unmeant).collect();
    assert!(more.is_empty(), "{more:?}");
}
