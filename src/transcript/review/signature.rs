//! By what a handshake should not be signed, or cannot be by the key that its signer shows: RFC 8446
//! sections 4.2.3 and 4.4.3 of TLS 1.3; RFC 5246 sections 7.4.2, 7.4.3 and 7.4.8, RFC 8422
//! sections 5.3 and 5.4, and RFC 9155 sections 2 to 5 of TLS 1.2.

use super::offer::Offer;
use super::{Review, Say};
use crate::names::{
    Authentication, Code, ExtensionType, HashAlgorithm, KeyExchange, NamedGroup, ProtocolVersion,
    SignatureScheme,
};
use crate::wire::extension::{EntryExtension, Extension};
use crate::wire::fault::{Fault, Notices};
use crate::wire::field::{Field, Tree};
use crate::wire::handshake::certificate::Certificate13;
use crate::wire::handshake::signature::Signature;
use crate::wire::side::Side;
use crate::wire::x509::{KeyAlgorithm, is_ecdsa_signature};

/// The sections of TLS 1.2 that say how a message is signed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sections {
    /// Over which hashes.
    hash: &'static str,
    /// By which keys.
    key: &'static str,
}

/// Where a signature says how it is made.
const FIELD: &str = "algorithm";

pub(super) const SERVER_KEY_EXCHANGE: Sections =
    Sections { hash: "RFC 9155 4", key: "RFC 5246 7.4.3" };
pub(super) const CERTIFICATE_VERIFY: Sections =
    Sections { hash: "RFC 9155 5", key: "RFC 5246 7.4.8" };

impl Review {
    /// For what the key of a side's certificate is.
    pub(super) fn key(&mut self, of: Side) -> &mut Option<KeyAlgorithm> {
        of.of_mut(&mut self.keys)
    }

    /// How many bytes its modulus has.
    pub(super) fn modulus(&mut self, of: Side) -> &mut Option<usize> {
        of.of_mut(&mut self.moduli)
    }

    /// The curve of such a key, in TLS 1.3.
    pub(super) fn curve(&mut self, of: Side) -> &mut Option<NamedGroup> {
        of.of_mut(&mut self.curves)
    }

    /// By which algorithm a key signs that stands in for that of a side's certificate.
    pub(super) fn delegated(&mut self, of: Side) -> &mut Option<SignatureScheme> {
        of.of_mut(&mut self.delegated_to)
    }

    /// Whether a server's key is one by which the suite can prove it.
    pub(super) fn key_of_suite(&self, field: &'static str, say: &mut Say<'_>) {
        let (Some(suite), [_, Some(key)]) = (self.suite, self.keys) else { return };
        let on_curves = suite.key_exchange() == KeyExchange::Ecdhe;
        // In the suites of ECDH the name is the one of who signed the certificate.
        let by_key = on_curves
            || matches!(
                suite.key_exchange(),
                KeyExchange::Rsa | KeyExchange::RsaPsk | KeyExchange::Dhe
            );
        use KeyAlgorithm::{Dsa, Ec, Ed448, Ed25519, Rsa, RsassaPss};
        let (fits, expected) = match suite.authentication() {
            Authentication::Rsa => (matches!(key, Rsa | RsassaPss), "an RSA key, by the suite"),
            Authentication::Ecdsa => {
                (matches!(key, Ec | Ed25519 | Ed448), "a key of ECDSA or EdDSA, by the suite")
            }
            Authentication::Dss => (key == Dsa, "a DSA key, by the suite"),
            _ => return,
        };
        if by_key && !fits {
            let reference = if on_curves { "RFC 8422 5.3" } else { "RFC 5246 7.4.2" };
            say.form(field, expected, key.words(), reference);
        }
    }

    /// A signature in the handshake: its algorithm, and whether the signer's key can make it.
    pub(super) fn signature(
        &self,
        signature: &Signature,
        from: Side,
        sections: Sections,
        say: &mut Say<'_>,
    ) {
        self.as_long_as_modulus(signature, from, say);
        let Some(scheme) = signature.algorithm.0 else { return };
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        let key = *from.of(&self.keys);
        if let (Some(key), Some((needed, expected))) = (key, key_of_scheme(scheme)) {
            if key != needed {
                let reference = if tls13 { "RFC 8446 4.4.3" } else { sections.key };
                say.form(FIELD, expected, key.words(), reference);
            }
        }
        let [of_client, of_server] = self.curves;
        let curve = if from == Side::Client { of_client } else { of_server };
        if let (true, Some(curve), Some(needed)) = (tls13, curve, curve_of_scheme(scheme)) {
            if curve != needed {
                let expected = "the algorithm of the key's curve, which TLS 1.3 ties to a hash";
                say.form(FIELD, expected, "that of another curve", "RFC 8446 4.2.3");
            }
        }
        if is_ecdsa(scheme) && !is_ecdsa_signature(&signature.signature.0) {
            let found = "something else";
            let expected = "two numbers in DER (ECDSA-Sig-Value)";
            let reference = if tls13 { "RFC 8446 4.2.3" } else { "RFC 8422 5.4" };
            let fault = Fault::Form { expected, found };
            say.at(signature_bytes(say.tree), "signature", fault, reference);
        }
        safe_hash(scheme, tls13, sections, say);
        if tls13 {
            if let Some(found) = unfit_for_tls13(scheme, from) {
                let expected = "RSASSA-PSS or another that signs in TLS 1.3";
                say.form(FIELD, expected, found, "RFC 8446 4.2.3");
            }
        }
        let offered = self.sole_offer().and_then(Offer::schemes);
        if let Some(delegated) = *from.of(&self.delegated_to) {
            if scheme != delegated {
                let expected = "the algorithm of the delegated credential";
                say.form(FIELD, expected, "another", "RFC 9345 4.1.3");
            }
            return;
        }
        let (allowed, expected) = match from {
            Side::Client => (self.requested_schemes(), "an algorithm that the server asked for"),
            Side::Server => (offered, "an algorithm that was offered"),
        };
        if allowed.is_some_and(|schemes| !schemes.contains(&scheme)) {
            let reference = match from {
                _ if !tls13 => sections.key,
                Side::Client => "RFC 8446 4.4.3",
                Side::Server => "RFC 8446 4.2.3",
            };
            say.form(FIELD, expected, "one that was not", reference);
        }
    }

    /// A signature of RSA is a number below the modulus, and as many bytes.
    fn as_long_as_modulus(&self, signature: &Signature, from: Side, say: &mut Say<'_>) {
        let found = signature.signature.0.len();
        let modulus = *from.of(&self.moduli);
        if modulus.is_none_or(|modulus| modulus == found) {
            return;
        }
        // By another kind of key it is told as such.
        let scheme = signature.algorithm.0;
        let is_rsa = |key| matches!(key, KeyAlgorithm::Rsa | KeyAlgorithm::RsassaPss);
        let by_rsa =
            scheme.is_none_or(|scheme| key_of_scheme(scheme).is_some_and(|(key, _)| is_rsa(key)));
        if by_rsa {
            let expected = "as many bytes as the modulus of the certificate's key has";
            let reference = match scheme {
                Some(scheme) if scheme.name().is_some_and(|it| it.starts_with("rsa_pss_")) => {
                    "RFC 8017 8.1.2"
                }
                _ => "RFC 8017 8.2.2",
            };
            let fault = Fault::Value { expected, found: found as u64 };
            say.at(signature_bytes(say.tree), "signature", fault, reference);
        }
    }

    /// The same where its form was only taken: of its algorithm, what is so in every version that has
    /// one there.
    pub(super) fn assumed_signature(
        &self,
        signature: &Signature,
        sections: Sections,
        say: &mut Say<'_>,
    ) {
        if let Some(scheme) = signature.algorithm.0.filter(|_| signature.is_sole_form()) {
            let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
            safe_hash(scheme, tls13, sections, say);
        }
    }
}

/// Where the bytes of a signature stand: in the last field of the name, as the whole has the same.
fn signature_bytes(tree: &Tree) -> Option<&Field> {
    tree.fields.iter().rev().find(|field| field.name == "signature")
}

/// Signatures that are offered or asked for over hashes that are broken. Many clients still have one
/// of SHA-1 for old certificates: it is told once, at the first of them.
pub(super) fn offered(
    list: &'static str,
    schemes: &[SignatureScheme],
    reference: &'static str,
    say: &mut Say<'_>,
) {
    use HashAlgorithm as Hash;
    let hashes = || schemes.iter().map(|scheme| scheme.halves().0);
    let is_broken = |hash| matches!(hash, Hash::md5 | Hash::sha1);
    let Some(first) = hashes().position(is_broken) else { return };
    let has = |wanted| hashes().any(|hash| hash == wanted);
    let found = match (has(Hash::md5), has(Hash::sha1)) {
        _ if hashes().all(is_broken) => "MD5 and SHA-1 alone",
        (true, true) => "MD5 and SHA-1",
        (true, false) => "MD5",
        _ => "SHA-1",
    };
    say.of_item(list, first, |say| {
        say.form("signature_scheme", "signatures over hashes that are safe", found, reference);
    });
}

/// For what the key of a TLS 1.3 certificate is by which its handshake is signed. One that is
/// delegated signs in its place, RFC 9345.
pub(super) fn key_of_tls13(certificate: &Certificate13) -> Option<KeyAlgorithm> {
    let own = certificate.certificate_list.0.first()?;
    let delegated = own.extensions.0.iter().any(|extension| {
        let extension_type = extension.extension_type();
        extension_type == ExtensionType::delegated_credential
            || extension_type == ExtensionType::delegated_credential_draft
    });
    KeyAlgorithm::of(&own.cert_data.0).filter(|_| !delegated)
}

/// By which algorithm a key signs that stands in for the certificate's.
pub(super) fn delegated_to(certificate: &Certificate13) -> Option<SignatureScheme> {
    let own = certificate.certificate_list.0.first()?;
    own.extensions.0.iter().find_map(|extension| match extension {
        EntryExtension::DelegatedCredential(credential)
        | EntryExtension::DelegatedCredentialDraft(credential) => {
            Some(credential.cred.dc_cert_verify_algorithm)
        }
        _ => None,
    })
}

/// The key that a scheme takes, and in words.
fn key_of_scheme(scheme: SignatureScheme) -> Option<(KeyAlgorithm, &'static str)> {
    let name = scheme.name()?;
    Some(match () {
        () if name.starts_with("rsa_pss_pss_") => {
            (KeyAlgorithm::RsassaPss, "a key of RSASSA-PSS in the certificate, by the scheme")
        }
        () if name.starts_with("rsa_") => {
            (KeyAlgorithm::Rsa, "an RSA key in the certificate, by the scheme")
        }
        () if name.starts_with("ecdsa_") => {
            (KeyAlgorithm::Ec, "a key of ECDSA in the certificate, by the scheme")
        }
        () if name.starts_with("dsa_") => {
            (KeyAlgorithm::Dsa, "a DSA key in the certificate, by the scheme")
        }
        () if name == "ed25519" => {
            (KeyAlgorithm::Ed25519, "an Ed25519 key in the certificate, by the scheme")
        }
        () if name == "ed448" => {
            (KeyAlgorithm::Ed448, "an Ed448 key in the certificate, by the scheme")
        }
        () => return None,
    })
}

/// The curve of the keys by which a scheme signs in TLS 1.3.
fn curve_of_scheme(scheme: SignatureScheme) -> Option<NamedGroup> {
    Some(match scheme {
        SignatureScheme::ecdsa_secp256r1_sha256 => NamedGroup::secp256r1,
        SignatureScheme::ecdsa_secp384r1_sha384 => NamedGroup::secp384r1,
        SignatureScheme::ecdsa_secp521r1_sha512 => NamedGroup::secp521r1,
        SignatureScheme::ecdsa_brainpoolP256r1tls13_sha256 => NamedGroup::brainpoolP256r1,
        SignatureScheme::ecdsa_brainpoolP384r1tls13_sha384 => NamedGroup::brainpoolP384r1,
        SignatureScheme::ecdsa_brainpoolP512r1tls13_sha512 => NamedGroup::brainpoolP512r1,
        _ => return None,
    })
}

fn is_ecdsa(scheme: SignatureScheme) -> bool {
    key_of_scheme(scheme).is_some_and(|(key, _)| key == KeyAlgorithm::Ec)
}

/// Says it of a hash that is not safe.
fn safe_hash(scheme: SignatureScheme, tls13: bool, sections: Sections, say: &mut Say<'_>) {
    if let Some((found, reference)) = broken_hash(scheme, tls13, sections.hash) {
        say.form(FIELD, "a hash that is safe", found, reference);
    }
}

/// The hash of a signature, where it is not safe, and the section that forbids it.
fn broken_hash(
    scheme: SignatureScheme,
    tls13: bool,
    section: &'static str,
) -> Option<(&'static str, &'static str)> {
    match scheme.halves().0 {
        HashAlgorithm::md5 => Some(("MD5", if tls13 { "RFC 8446 4.2.3" } else { section })),
        HashAlgorithm::sha1 => Some(("SHA-1", if tls13 { "RFC 8446 4.4.3" } else { section })),
        HashAlgorithm::sha224 if tls13 => Some(("SHA-224", "RFC 8446 4.2.3")),
        _ => None,
    }
}

/// Why an algorithm signs no handshake of TLS 1.3.
fn unfit_for_tls13(scheme: SignatureScheme, from: Side) -> Option<&'static str> {
    let name = scheme.name().unwrap_or_default();
    match () {
        () if name.starts_with("dsa_") => Some("DSA, which TLS 1.3 does not have"),
        () if name.starts_with("rsa_pkcs1_") && !name.ends_with("_legacy") => {
            Some("RSASSA-PKCS1-v1_5, for certificates alone")
        }
        () if name.ends_with("_legacy") && from == Side::Server => {
            Some("RSASSA-PKCS1-v1_5 of a kind that is for clients alone")
        }
        () => None,
    }
}
