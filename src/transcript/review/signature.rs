//! By what a handshake should not be signed: RFC 8446 sections 4.2.3 and 4.4.3 of TLS 1.3, RFC 9155
//! sections 4 and 5 of TLS 1.2.

use super::{Review, Say};
use crate::names::{Code, HashAlgorithm, ProtocolVersion, SignatureScheme};
use crate::wire::extension::ClientExtension;
use crate::wire::fault::Notices;
use crate::wire::side::Side;

impl Review {
    /// The algorithm of a signature in the handshake.
    /// `section` says of this message in TLS 1.2 which hashes are safe.
    pub(super) fn signature(
        &self,
        scheme: SignatureScheme,
        from: Side,
        section: &'static str,
        say: &mut Say<'_>,
    ) {
        const FIELD: &str = "algorithm";
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        if let Some((found, reference)) = broken_hash(scheme, tls13, section) {
            say.form(FIELD, "a hash that is safe", found, reference);
        }
        if tls13 {
            if let Some(found) = unfit_for_tls13(scheme, from) {
                let expected = "RSASSA-PSS or another that signs in TLS 1.3";
                say.form(FIELD, expected, found, "RFC 8446 4.2.3");
            }
        }
        let offered =
            self.offer.iter().flat_map(|offer| offer.extensions()).find_map(|extension| {
                match extension {
                    ClientExtension::SignatureAlgorithms(schemes) => Some(&schemes.0),
                    _ => None,
                }
            });
        if from == Side::Server && offered.is_some_and(|schemes| !schemes.contains(&scheme)) {
            let found = "one that was not";
            say.form(FIELD, "an algorithm that was offered", found, "RFC 8446 4.2.3");
        }
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
