//! CertificateRequest: RFC 5246 section 7.4.4 up to TLS 1.2, RFC 8446 section 4.3.2 in TLS 1.3; where
//! it was agreed, RFC 7924 section 4.2 the hash of what the client has.

use serde::{Deserialize, Serialize};

use crate::names::{ClientCertificateType, SignatureScheme};
use crate::wire::der;
use crate::wire::extension::{Block, RequestExtension};
use crate::wire::grammar::{
    Codes, List, Opaque, P8, P16, Prefix, Read, Reader, Record, SinceTls12, Wire, message, prefixed,
};
use crate::wire::x509;

/// A name of X.501 in DER, behind its length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DistinguishedName(#[serde(with = "crate::wire::spec_form::bytes")] pub Vec<u8>);

impl Wire for DistinguishedName {
    const ITEM: &'static str = "distinguished_name";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        der::sized::<P16, R>(r, name, x509::name).map(DistinguishedName)
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, <P16>::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

message! {
    /// The server asks the client for a certificate.
    CertificateRequest, item "certificate_request", in "RFC 5246 7.4.4" {
        /// Kinds of certificates that it takes.
        certificate_types: Codes<P8<1>, ClientCertificateType>,
        /// Signatures that it takes.
        supported_signature_algorithms: SinceTls12<Codes<P16<2>, SignatureScheme>>,
        /// Authorities that it trusts; none given means any.
        certificate_authorities: List<P16, DistinguishedName>,
    }
}

message! {
    /// What stands for a request that the client has, up to TLS 1.2.
    CachedRequest, item "certificate_request", in "RFC 7924 4.2" {
        /// The hash of the message with it.
        hash_value: Opaque<P8<1>, 32>,
    }
}

message! {
    /// The same in TLS 1.3.
    CertificateRequest13, item "certificate_request", in "RFC 8446 4.3.2" {
        /// A name for the request, to be repeated in the answer.
        certificate_request_context: Opaque<P8>,
        /// What the certificate must be like.
        extensions: Block<RequestExtension>,
    }
}
