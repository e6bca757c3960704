//! Keys that stand in for that of a certificate: they sign, and are signed, as the other side said that
//! they may, in its hello or its CertificateRequest. RFC 9345 sections 4.1.1 and 4.1.2 and 4.2.

use super::{Review, Say};
use crate::names::SignatureScheme;
use crate::wire::extension::{DelegatedCredential, RequestExtension};
use crate::wire::fault::Notices;
use crate::wire::side::Side;
use crate::wire::x509;

/// What the other side lets sign: certificates, and keys that stand in for theirs.
type Allowed<'r> = [Option<&'r [SignatureScheme]>; 2];

impl Review {
    /// Such a key of a side, beside the certificate for which it stands in.
    pub(super) fn delegated_credential(
        &self,
        from: Side,
        credential: &DelegatedCredential,
        certificate: &[u8],
        say: &mut Say<'_>,
    ) {
        let (allowed, expected, reference) = match from {
            Side::Server => {
                (self.offered_schemes(), "an algorithm that was offered", "RFC 9345 4.1.1")
            }
            Side::Client => {
                let expected = "an algorithm that the server asked for";
                (self.asked_schemes(), expected, "RFC 9345 4.1.2")
            }
        };
        let own = [credential.algorithm, credential.cred.dc_cert_verify_algorithm];
        let fields = ["algorithm", "dc_cert_verify_algorithm"];
        for ((field, allowed), own) in fields.into_iter().zip(allowed).zip(own) {
            if allowed.is_some_and(|schemes| !schemes.contains(&own)) {
                say.form(field, expected, "one that was not", reference);
            }
        }
        if x509::may_delegate(certificate) == Some(false) {
            let expected = "DelegationUsage in the certificate beside it";
            say.form("delegated_credential", expected, "none", "RFC 9345 4.2");
        }
    }

    fn offered_schemes(&self) -> Allowed<'_> {
        let Some(offer) = self.sole_offer() else { return [None; 2] };
        [offer.schemes(), offer.delegated_schemes()]
    }

    fn asked_schemes(&self) -> Allowed<'_> {
        let mut asked = self.answered().into_iter().flat_map(|request| &request.extensions);
        let delegated = asked.find_map(|extension| match extension {
            RequestExtension::DelegatedCredential(schemes) => Some(&schemes.0[..]),
            _ => None,
        });
        [self.requested_schemes(), delegated]
    }
}
