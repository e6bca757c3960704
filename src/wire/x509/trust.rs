//! What OpenSSL writes behind a certificate that it is to trust (`openssl x509 -trustout`), in PEM
//! as `TRUSTED CERTIFICATE`. No document has it; OpenSSL's `X509_CERT_AUX` is its form.

use super::{algorithm::ALGORITHM_IDENTIFIER, certificate};
use crate::wire::der::elements::{Element, begun};
use crate::wire::der::schema::{OCTETS, OID, UTF8, optional, tag};
use crate::wire::der::{Der, Schema};
use crate::wire::grammar::{Reader, Record};

/// Reads a Certificate where `r` stands, and what is said of it behind it.
pub fn trusted_certificate<R: Record>(r: &mut Reader<'_, R>) {
    certificate(r);
    Der::new(r).element("CertAux", &CERT_AUX);
}

/// Whether the parts of this element are those, in their order, none of which must be there.
pub fn is_trust(element: &Element<'_>) -> bool {
    let mut left: &[u8] = &[tag::SEQUENCE, 0xa0, tag::UTF8_STRING, tag::OCTET_STRING, 0xa1];
    element.identifier == tag::SEQUENCE
        && begun(element.content).all(|part| {
            let found = left.iter().position(|identifier| *identifier == part.identifier);
            left = found.and_then(|at| left.get(at + 1..)).unwrap_or_default();
            found.is_some()
        })
}

const CERT_AUX: Schema = Schema::Sequence(&[
    optional("trust", &[tag::SEQUENCE], Schema::Of("purpose", &OID)),
    optional("reject", &[0xa0], Schema::Of("purpose", &OID)),
    optional("alias", &[tag::UTF8_STRING], UTF8),
    optional("keyid", &[tag::OCTET_STRING], OCTETS),
    optional("other", &[0xa1], Schema::Of("algorithm", &ALGORITHM_IDENTIFIER)),
]);
