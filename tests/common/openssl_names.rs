//! What OpenSSL 3.0 calls things: curves, bits, object identifiers.

/// The bits of a curve's order, and its names at OpenSSL and at NIST.
pub fn named_curve(id: &str) -> (u32, String) {
    let (bits, name, nist) = match id {
        "1.2.840.10045.3.1.1" => (192, "prime192v1", "P-192"),
        "1.2.840.10045.3.1.7" => (256, "prime256v1", "P-256"),
        "1.3.132.0.10" => (256, "secp256k1", ""),
        "1.3.132.0.16" => (281, "sect283k1", "K-283"),
        "1.3.132.0.34" => (384, "secp384r1", "P-384"),
        "1.3.132.0.35" => (521, "secp521r1", "P-521"),
        "1.3.36.3.3.2.8.1.1.11" => (384, "brainpoolP384r1", ""),
        other => panic!("what does OpenSSL call {other}?"),
    };
    let nist = if nist.is_empty() { String::new() } else { format!("NISTCURVE:{nist}") };
    (bits, format!("ASN1OID:{name}{nist}"))
}

pub const KEY_USAGE: &[(&str, &str)] = &[
    ("digitalSignature", "Digital Signature"),
    ("nonRepudiation", "Non Repudiation"),
    ("keyEncipherment", "Key Encipherment"),
    ("dataEncipherment", "Data Encipherment"),
    ("keyAgreement", "Key Agreement"),
    ("keyCertSign", "Certificate Sign"),
    ("cRLSign", "CRL Sign"),
    ("encipherOnly", "Encipher Only"),
    ("decipherOnly", "Decipher Only"),
];

pub const REASONS: &[(&str, &str)] =
    &[("keyCompromise", "Key Compromise"), ("cACompromise", "CA Compromise")];

pub const NETSCAPE_TYPES: &[(&str, &str)] = &[
    ("sslClient", "SSL Client"),
    ("sslServer", "SSL Server"),
    ("smime", "S/MIME"),
    ("objectSigning", "Object Signing"),
    ("sslCA", "SSL CA"),
    ("emailCA", "S/MIME CA"),
    ("objectCA", "Object Signing CA"),
];

/// OpenSSL's long names of object identifiers, where it has one; else the numbers.
pub fn long_name(id: &str) -> String {
    let name = match id {
        "1.2.840.10040.4.1" => "dsaEncryption",
        "1.2.840.10045.2.1" => "id-ecPublicKey",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.2.840.113549.1.1.1" => "rsaEncryption",
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.8" => "mgf1",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.3.14.3.2.26" => "sha1",
        "1.3.101.112" => "ED25519",
        "1.3.101.113" => "ED448",
        "2.16.840.1.101.3.4.2.1" => "sha256",
        "2.16.840.1.101.3.4.3.2" => "dsa_with_SHA256",
        "1.3.6.1.4.1.11129.2.4.2" => "CT Precertificate SCTs",
        "1.3.6.1.4.1.11129.2.4.3" => "CT Precertificate Poison",
        "1.3.6.1.4.1.11129.2.4.5" => "CT Certificate SCTs",
        "1.3.6.1.4.1.311.10.3.3" => "Microsoft Server Gated Crypto",
        "1.3.6.1.5.5.7.1.1" => "Authority Information Access",
        "1.3.6.1.5.5.7.1.3" => "qcStatements",
        "1.3.6.1.5.5.7.1.11" => "Subject Information Access",
        "1.3.6.1.5.5.7.1.24" => "TLS Feature",
        "1.3.6.1.5.5.7.3.1" => "TLS Web Server Authentication",
        "1.3.6.1.5.5.7.3.2" => "TLS Web Client Authentication",
        "1.3.6.1.5.5.7.3.3" => "Code Signing",
        "1.3.6.1.5.5.7.3.4" => "E-mail Protection",
        "1.3.6.1.5.5.7.3.9" => "OCSP Signing",
        "1.3.6.1.5.5.7.48.1" => "OCSP",
        "1.3.6.1.5.5.7.48.1.2" => "OCSP Nonce",
        "1.3.6.1.5.5.7.48.1.5" => "OCSP No Check",
        "1.3.6.1.5.5.7.48.2" => "CA Issuers",
        "1.3.6.1.5.5.7.48.5" => "CA Repository",
        "2.5.29.9" => "X509v3 Subject Directory Attributes",
        "2.5.29.14" => "X509v3 Subject Key Identifier",
        "2.5.29.15" => "X509v3 Key Usage",
        "2.5.29.16" => "X509v3 Private Key Usage Period",
        "2.5.29.17" => "X509v3 Subject Alternative Name",
        "2.5.29.18" => "X509v3 Issuer Alternative Name",
        "2.5.29.19" => "X509v3 Basic Constraints",
        "2.5.29.30" => "X509v3 Name Constraints",
        "2.5.29.31" => "X509v3 CRL Distribution Points",
        "2.5.29.32" => "X509v3 Certificate Policies",
        "2.5.29.32.0" => "X509v3 Any Policy",
        "2.5.29.33" => "X509v3 Policy Mappings",
        "2.5.29.35" => "X509v3 Authority Key Identifier",
        "2.5.29.36" => "X509v3 Policy Constraints",
        "2.5.29.37" => "X509v3 Extended Key Usage",
        "2.5.29.46" => "X509v3 Freshest CRL",
        "2.5.29.54" => "X509v3 Inhibit Any Policy",
        "2.16.840.1.113730.1.1" => "Netscape Cert Type",
        "2.16.840.1.113730.1.2" => "Netscape Base Url",
        "2.16.840.1.113730.1.3" => "Netscape Revocation Url",
        "2.16.840.1.113730.1.4" => "Netscape CA Revocation Url",
        "2.16.840.1.113730.1.8" => "Netscape CA Policy Url",
        "2.16.840.1.113730.1.13" => "Netscape Comment",
        "2.16.840.1.113730.4.1" => "Netscape Server Gated Crypto",
        _ => return id.to_owned(),
    };
    name.to_owned()
}
