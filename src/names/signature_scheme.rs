//! Signature schemes: RFC 8446 section 4.2.3, RFC 8734 section 3, RFC 8998 section 3.2.1,
//! RFC 9367; the IANA registry "TLS SignatureScheme".
//!
//! In TLS 1.2 the same two bytes are a hash and a signature algorithm, RFC 5246 section 7.4.1.4.1.
//! Pairs that RFC 8446 does not name are spelled after its fashion here: `dsa_sha256`,
//! `rsa_pkcs1_md5`. The GOST pairs at 0x0840 are RFC 9189's; those at 0xeded are OpenSSL's.

use super::code::registry;

registry! {
    /// An algorithm to sign with, whole: key type, padding or curve, hash.
    SignatureScheme(u16), item "signature_scheme", grease TwoBytes {
        0x0101 rsa_pkcs1_md5,
        0x0102 dsa_md5,
        0x0103 ecdsa_md5,
        0x0201 rsa_pkcs1_sha1,
        0x0202 dsa_sha1,
        0x0203 ecdsa_sha1,
        0x0301 rsa_pkcs1_sha224,
        0x0302 dsa_sha224,
        0x0303 ecdsa_sha224,
        0x0401 rsa_pkcs1_sha256,
        0x0402 dsa_sha256,
        0x0403 ecdsa_secp256r1_sha256,
        0x0420 rsa_pkcs1_sha256_legacy,
        0x0501 rsa_pkcs1_sha384,
        0x0502 dsa_sha384,
        0x0503 ecdsa_secp384r1_sha384,
        0x0520 rsa_pkcs1_sha384_legacy,
        0x0601 rsa_pkcs1_sha512,
        0x0602 dsa_sha512,
        0x0603 ecdsa_secp521r1_sha512,
        0x0620 rsa_pkcs1_sha512_legacy,
        0x0704 eccsi_sha256,
        0x0705 iso_ibs1,
        0x0706 iso_ibs2,
        0x0707 iso_chinese_ibs,
        0x0708 sm2sig_sm3,
        0x0709 gostr34102012_256a,
        0x070a gostr34102012_256b,
        0x070b gostr34102012_256c,
        0x070c gostr34102012_256d,
        0x070d gostr34102012_512a,
        0x070e gostr34102012_512b,
        0x070f gostr34102012_512c,
        0x0804 rsa_pss_rsae_sha256,
        0x0805 rsa_pss_rsae_sha384,
        0x0806 rsa_pss_rsae_sha512,
        0x0807 ed25519,
        0x0808 ed448,
        0x0809 rsa_pss_pss_sha256,
        0x080a rsa_pss_pss_sha384,
        0x080b rsa_pss_pss_sha512,
        0x081a ecdsa_brainpoolP256r1tls13_sha256,
        0x081b ecdsa_brainpoolP384r1tls13_sha384,
        0x081c ecdsa_brainpoolP512r1tls13_sha512,
        0x0840 gostr34102012_256_intrinsic,
        0x0841 gostr34102012_512_intrinsic,
        0x0904 mldsa44,
        0x0905 mldsa65,
        0x0906 mldsa87,
        0xeded gostr34102001_gostr3411,
        0xeeee gostr34102012_256_gostr34112012_256,
        0xefef gostr34102012_512_gostr34112012_512,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Code;
    use crate::names::testing::differences;

    #[test]
    fn signature_schemes_are_called_as_tls_parser_calls_them() {
        let theirs = |number| format!("{}", tls_parser::SignatureScheme(number));
        assert_eq!(differences::<SignatureScheme>(theirs), []);
    }

    #[test]
    fn every_hash_and_signature_of_tls_1_2_has_a_name_that_tells_both() {
        let hashes =
            [(1, "md5"), (2, "sha1"), (3, "sha224"), (4, "sha256"), (5, "sha384"), (6, "sha512")];
        for (hash, hash_name) in hashes {
            for (signature, signature_name) in [(1, "rsa_pkcs1"), (2, "dsa"), (3, "ecdsa")] {
                let name = SignatureScheme(hash << 8 | signature).name().unwrap();
                assert!(name.starts_with(signature_name) && name.ends_with(hash_name), "{name}");
            }
        }
    }
}
