//! A signature of the handshake: `digitally-signed`, RFC 5246 section 4.7, and CertificateVerify,
//! RFC 5246 section 7.4.8 and RFC 8446 section 4.4.3.

use crate::names::{Authentication, SignatureScheme};
use crate::wire::grammar::{Opaque, P16, Read, Reader, Record, SinceTls12, Wire, message};

message! {
    /// Proof that the key of a certificate was at hand in this handshake.
    Signature, item "signature", in "RFC 5246 4.7" {
        /// Which algorithm; before TLS 1.2 it followed from the certificate.
        algorithm: SinceTls12<SignatureScheme>,
        /// Over both randoms and the parameters, or over the handshake so far.
        signature: Opaque<P16>,
    }
}

impl Signature {
    /// Whether its bytes have no form but this: with an algorithm before it, they are no signature
    /// without one.
    pub fn is_sole_form(&self) -> bool {
        let behind = self.signature.0.len() + 2;
        self.algorithm.0.is_some_and(|algorithm| usize::from(algorithm.0) != behind)
    }
}

message! {
    /// Proof that the sender has the certificate's key.
    CertificateVerify, item "certificate_verify", in "RFC 8446 4.4.3" {
        /// Over the handshake so far.
        signature: Signature,
    }
}

/// A signature behind parameters, where the server proves itself with a certificate: anonymous
/// parameters and those of a shared key carry none.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Signed(pub Option<Signature>);

impl Wire for Signed {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let present = match r.context().known_suite().map(|suite| suite.authentication()) {
            Some(Authentication::Anon | Authentication::Psk) => false,
            // A password may do without a certificate: the end of the message tells.
            Some(Authentication::Srp) | None => !r.is_empty(),
            Some(_) => true,
        };
        match present {
            true => Signature::read(r, name).map(|signature| Signed(Some(signature))),
            false => Ok(Signed(None)),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}
