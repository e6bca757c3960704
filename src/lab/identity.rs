//! Who the lab's servers are: two keys with their certificates, an RSA and an ECDSA one, from
//! `data/lab/`, and the signatures that those keys make (RFC 5246 section 7.4.3, RFC 8446
//! section 4.2.3).

use std::sync::LazyLock;

use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, RsaEncoding, RsaKeyPair};

use crate::names::{Authentication, SignatureScheme};

/// A key, and the certificates that belong to it.
pub(super) struct Identity {
    /// The certificate in DER.
    pub(super) certificate: &'static [u8],
    /// That of another server, to which a hello may be sent by mistake.
    pub(super) other_certificate: &'static [u8],
    key: Key,
}

enum Key {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

static RSA: LazyLock<Option<Identity>> = LazyLock::new(|| {
    let key = RsaKeyPair::from_pkcs8(include_bytes!("../../data/lab/rsa-2048.key")).ok()?;
    let certificate = include_bytes!("../../data/lab/rsa-2048.der");
    let other_certificate = include_bytes!("../../data/lab/other-rsa-2048.der");
    Some(Identity { certificate, other_certificate, key: Key::Rsa(key) })
});

static ECDSA: LazyLock<Option<Identity>> = LazyLock::new(|| {
    let algorithm = &signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let key = include_bytes!("../../data/lab/ecdsa-p256.key");
    let key = EcdsaKeyPair::from_pkcs8(algorithm, key, &SystemRandom::new()).ok()?;
    let certificate = include_bytes!("../../data/lab/ecdsa-p256.der");
    let other_certificate = include_bytes!("../../data/lab/other-ecdsa-p256.der");
    Some(Identity { certificate, other_certificate, key: Key::Ecdsa(key) })
});

impl Identity {
    /// The identity that proves itself in this way, where there is one.
    pub(super) fn of(authentication: Authentication) -> Option<&'static Identity> {
        match authentication {
            Authentication::Rsa => RSA.as_ref(),
            Authentication::Ecdsa => ECDSA.as_ref(),
            _ => None,
        }
    }

    /// Whether its key makes signatures of this scheme.
    pub(super) fn signs(&self, scheme: SignatureScheme) -> bool {
        match self.key {
            Key::Rsa(_) => rsa_encoding(scheme).is_some(),
            Key::Ecdsa(_) => scheme == SignatureScheme::ecdsa_secp256r1_sha256,
        }
    }

    /// The scheme of TLS 1.2 that its key makes where nobody says which.
    pub(super) fn usual_scheme(&self) -> SignatureScheme {
        match self.key {
            Key::Rsa(_) => SignatureScheme::rsa_pkcs1_sha256,
            Key::Ecdsa(_) => SignatureScheme::ecdsa_secp256r1_sha256,
        }
    }

    /// Signs a message; there is no signature where the key does not make the scheme's.
    pub(super) fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        if !self.signs(scheme) {
            return None;
        }
        let random = SystemRandom::new();
        match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(rsa_encoding(scheme)?, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            Key::Ecdsa(key) => Some(key.sign(&random, message).ok()?.as_ref().to_vec()),
        }
    }
}

fn rsa_encoding(scheme: SignatureScheme) -> Option<&'static dyn RsaEncoding> {
    Some(match scheme {
        SignatureScheme::rsa_pkcs1_sha256 => &signature::RSA_PKCS1_SHA256,
        SignatureScheme::rsa_pkcs1_sha384 => &signature::RSA_PKCS1_SHA384,
        SignatureScheme::rsa_pkcs1_sha512 => &signature::RSA_PKCS1_SHA512,
        SignatureScheme::rsa_pss_rsae_sha256 => &signature::RSA_PSS_SHA256,
        SignatureScheme::rsa_pss_rsae_sha384 => &signature::RSA_PSS_SHA384,
        SignatureScheme::rsa_pss_rsae_sha512 => &signature::RSA_PSS_SHA512,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::CertificateFacts;

    #[test]
    fn both_keys_load_and_their_certificates_name_the_lab() {
        let keys = [(Authentication::Rsa, "RSA 2048"), (Authentication::Ecdsa, "EC secp256r1")];
        for (authentication, key) in keys {
            let identity = Identity::of(authentication).unwrap();
            let facts = CertificateFacts::of(identity.certificate);
            assert_eq!(facts.subject.as_deref(), Some("CN=lab.helloscope.test"));
            assert_eq!(facts.dns_names, ["lab.helloscope.test", "localhost"]);
            assert_eq!(facts.key.as_deref(), Some(key));
            assert!(facts.not_after.unwrap().as_str() > "2100");
            let other = CertificateFacts::of(identity.other_certificate);
            assert_eq!(other.subject.as_deref(), Some("CN=other.helloscope.test"));
            assert_eq!(other.dns_names, ["other.helloscope.test"]);
            assert_eq!(other.key.as_deref(), Some(key));
            assert!(other.not_after.unwrap().as_str() > "2100");
            assert!(identity.signs(identity.usual_scheme()));
        }
        assert!(Identity::of(Authentication::Dss).is_none());
    }

    #[test]
    fn a_key_signs_by_its_own_schemes_and_no_others() {
        let schemes = [
            (SignatureScheme::rsa_pkcs1_sha256, Authentication::Rsa),
            (SignatureScheme::rsa_pkcs1_sha384, Authentication::Rsa),
            (SignatureScheme::rsa_pkcs1_sha512, Authentication::Rsa),
            (SignatureScheme::rsa_pss_rsae_sha256, Authentication::Rsa),
            (SignatureScheme::rsa_pss_rsae_sha384, Authentication::Rsa),
            (SignatureScheme::rsa_pss_rsae_sha512, Authentication::Rsa),
            (SignatureScheme::ecdsa_secp256r1_sha256, Authentication::Ecdsa),
        ];
        for (scheme, signer) in schemes {
            for authentication in [Authentication::Rsa, Authentication::Ecdsa] {
                let signature = Identity::of(authentication).unwrap().sign(scheme, b"message");
                assert_eq!(signature.is_some(), authentication == signer, "{scheme}");
            }
        }
        let rsa = Identity::of(Authentication::Rsa).unwrap();
        assert_eq!(rsa.sign(SignatureScheme::rsa_pkcs1_sha1, b"message"), None);
    }
}
