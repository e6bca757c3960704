//! The two halves of a signature scheme before TLS 1.3: RFC 5246 section 7.4.1.4.1, RFC 8422
//! section 5.1.3, RFC 9189 section 5; the IANA registries "TLS HashAlgorithm" and "TLS
//! SignatureAlgorithm".

use super::code::registry;
use super::signature_scheme::SignatureScheme;

registry! {
    /// What is hashed with before a signature.
    HashAlgorithm(u8), item "hash", grease None {
        0 none,
        1 md5,
        2 sha1,
        3 sha224,
        4 sha256,
        5 sha384,
        6 sha512,
        8 Intrinsic,
    }
}

registry! {
    /// What is signed with.
    SignatureAlgorithm(u8), item "signature", grease None {
        0 anonymous,
        1 rsa,
        2 dsa,
        3 ecdsa,
        7 ed25519,
        8 ed448,
        64 gostr34102012_256,
        65 gostr34102012_512,
    }
}

impl SignatureScheme {
    /// The hash and the signature algorithm that TLS 1.2 reads from the two bytes.
    ///
    /// ```
    /// use helloscope::names::{HashAlgorithm, SignatureAlgorithm, SignatureScheme};
    ///
    /// let (hash, signature) = SignatureScheme::rsa_pkcs1_sha256.halves();
    /// assert_eq!((hash, signature), (HashAlgorithm::sha256, SignatureAlgorithm::rsa));
    /// ```
    pub const fn halves(self) -> (HashAlgorithm, SignatureAlgorithm) {
        let [hash, signature] = self.0.to_be_bytes();
        (HashAlgorithm(hash), SignatureAlgorithm(signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Code;

    #[test]
    fn a_scheme_of_tls_1_2_is_called_after_both_halves() {
        for hash in 1..=6 {
            for signature in 1..=3 {
                let scheme = SignatureScheme(hash << 8 | signature);
                let (hash, signature) = scheme.halves();
                let name = scheme.name().unwrap();
                assert!(name.starts_with(signature.name().unwrap()), "{name}: {signature}");
                assert!(name.ends_with(hash.name().unwrap()), "{name}: {hash}");
            }
        }
    }

    #[test]
    fn a_scheme_whose_signature_has_a_hash_of_its_own_says_so() {
        for scheme in [SignatureScheme::ed25519, SignatureScheme::ed448] {
            let (hash, signature) = scheme.halves();
            assert_eq!(hash, HashAlgorithm::Intrinsic);
            assert_eq!(signature.name(), scheme.name());
        }
    }
}
