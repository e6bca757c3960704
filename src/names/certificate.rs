//! What certificates come with, each from a small registry: their form, RFC 7250 section 3 (IANA's
//! "TLS Certificate Types"), and of OpenPGP's, RFC 6091 section 3.3; what is asked of a client's, RFC 5246 section 7.4.4, RFC 8422 section
//! 5.5, RFC 9189 ("TLS ClientCertificateType Identifiers"); where they are fetched from, RFC 6066
//! section 5; how an authority is named in trusted_ca_keys, RFC 6066 section 6; their status,
//! RFC 6066 section 8, RFC 6961 ("TLS Certificate Status Types"); their compression, RFC 8879
//! section 3 ("TLS Certificate Compression Algorithm IDs").
//!
//! Of client certificate types that IANA did not register, GOST's at 21 and 22 come from
//! draft-chudov-cryptopro-cptls-04, those at 238 and 239 from OpenSSL before RFC 9189, `ibc_params`
//! from TLCP (GM/T 0024-2014).

use super::code::registry;

registry! {
    /// The form of a certificate.
    CertificateType(u8), item "certificate_type", grease None {
        0 X509,
        1 OpenPGP,
        2 RawPublicKey,
        3 Ieee1609Dot2 "1609Dot2",
    }
}

registry! {
    /// What stands for an OpenPGP certificate, RFC 6091 section 3.3.
    OpenPgpCertDescriptorType(u8), item "descriptor_type", grease None {
        1 empty_cert,
        2 subkey_cert,
        3 subkey_cert_fingerprint,
    }
}

registry! {
    /// What a CertificateRequest before TLS 1.3 asks of the client's key and its signature.
    ClientCertificateType(u8), item "certificate_type", grease None {
        1 rsa_sign,
        2 dss_sign,
        3 rsa_fixed_dh,
        4 dss_fixed_dh,
        5 rsa_ephemeral_dh,
        6 dss_ephemeral_dh,
        20 fortezza_dms,
        21 gostr34102_94_sign,
        22 gostr34102_2001_sign,
        64 ecdsa_sign,
        65 rsa_fixed_ecdh,
        66 ecdsa_fixed_ecdh,
        67 gost_sign256,
        68 gost_sign512,
        80 ibc_params,
        238 gost_sign256_legacy,
        239 gost_sign512_legacy,
    }
}

registry! {
    /// What stands at the URLs of a CertificateURL message.
    CertChainType(u8), item "type", grease None {
        0 individual_certs,
        1 pkipath,
    }
}

registry! {
    /// How an authority is named in trusted_ca_keys.
    IdentifierType(u8), item "identifier_type", grease None {
        0 pre_agreed,
        1 key_sha1_hash,
        2 x509_name,
        3 cert_sha1_hash,
    }
}

registry! {
    /// What a certificate's status is told by.
    CertificateStatusType(u8), item "status_type", grease None {
        1 ocsp,
        2 ocsp_multi,
    }
}

registry! {
    /// How a certificate message is compressed.
    CertificateCompressionAlgorithm(u16), item "algorithm", grease None {
        1 zlib,
        2 brotli,
        3 zstd,
    }
}
