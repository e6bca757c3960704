//! For which algorithm the key of a certificate is, read without a tree: RFC 3279 section 2.3,
//! RFC 4055 section 1.2, RFC 5480 section 2.1, RFC 8410 section 3.

use super::facts::{Facts, algorithm};
use super::weak::{modulus, named_curve};
use super::{looks_like_public_key_info, oids};
use crate::names::NamedGroup;
use crate::wire::der::elements::Element;
use crate::wire::der::words::bits;

/// What a key is for, where it can sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// RSA in any way.
    Rsa,
    /// RSA by RSASSA-PSS alone.
    RsassaPss,
    /// DSA.
    Dsa,
    /// A curve, for ECDSA.
    Ec,
    /// Ed25519.
    Ed25519,
    /// Ed448.
    Ed448,
}

impl KeyAlgorithm {
    /// The algorithm of the key in a certificate, or of a key alone, as RFC 7250 has it. None where
    /// it cannot be read, or is another.
    pub fn of(certificate: &[u8]) -> Option<KeyAlgorithm> {
        Some(match algorithm(&identifier(certificate)?) {
            oids::RSA_ENCRYPTION => KeyAlgorithm::Rsa,
            oids::RSASSA_PSS => KeyAlgorithm::RsassaPss,
            oids::DSA => KeyAlgorithm::Dsa,
            oids::EC_PUBLIC_KEY => KeyAlgorithm::Ec,
            oids::ED25519 => KeyAlgorithm::Ed25519,
            oids::ED448 => KeyAlgorithm::Ed448,
            _ => return None,
        })
    }

    /// The curve of the key in a certificate, or of a key alone, where its name is one of TLS.
    pub fn curve(certificate: &[u8]) -> Option<NamedGroup> {
        let identifier = identifier(certificate)?;
        if algorithm(&identifier) != oids::EC_PUBLIC_KEY {
            return None;
        }
        named_curve(&identifier.elements().nth(1)?)
    }

    /// How many bytes the modulus of the key in a certificate has, or of a key alone, where it is one of
    /// RSA.
    pub fn modulus(certificate: &[u8]) -> Option<usize> {
        modulus(&key(certificate)?).map(|modulus| bits(modulus.content).div_ceil(8))
    }

    /// In words, as found in a certificate.
    pub fn words(self) -> &'static str {
        match self {
            KeyAlgorithm::Rsa => "an RSA key",
            KeyAlgorithm::RsassaPss => "a key of RSASSA-PSS",
            KeyAlgorithm::Dsa => "a DSA key",
            KeyAlgorithm::Ec => "a key on a curve",
            KeyAlgorithm::Ed25519 => "an Ed25519 key",
            KeyAlgorithm::Ed448 => "an Ed448 key",
        }
    }
}

/// The AlgorithmIdentifier of the key in a certificate, or of a key alone.
fn identifier(certificate: &[u8]) -> Option<Element<'_>> {
    key(certificate)?.elements().next()
}

/// The SubjectPublicKeyInfo of a certificate, or of a key alone.
fn key(certificate: &[u8]) -> Option<Element<'_>> {
    match looks_like_public_key_info(certificate) {
        true => Element::first(certificate, 0),
        false => Some(Facts::read(certificate, 0)?.subject_public_key_info),
    }
}
