//! ServerKeyExchange: RFC 5246 section 7.4.3, RFC 8422 section 5.4. Its form hangs on the key
//! exchange of the cipher suite, and whether it names its signature's algorithm on the version.

use super::field::Value;
use super::grammar::{
    Octets, Opaque, P8, P16, Read, Reader, Record, Rest, SinceTls12, Wire, message,
};
use crate::names::{Authentication, EcCurveType, KeyExchange, NamedGroup, SignatureScheme};

message! {
    /// A key on a named curve.
    ServerEcdhParams, item "params", in "RFC 8422 5.4" {
        /// `named_curve`; other kinds are long gone.
        curve_type: EcCurveType,
        /// The curve.
        named_curve: NamedGroup,
        /// The server's point.
        public: Opaque<P8>,
    }
}

message! {
    /// A key in a prime field.
    ServerDhParams, item "params", in "RFC 5246 7.4.3" {
        /// The prime.
        dh_p: Opaque<P16>,
        /// The generator.
        dh_g: Opaque<P16>,
        /// The server's public value.
        dh_ys: Opaque<P16>,
    }
}

message! {
    /// Proof that the certificate's owner made these parameters in this handshake.
    Signature, item "signature", in "RFC 5246 4.7" {
        /// Which algorithm; before TLS 1.2 it followed from the certificate.
        algorithm: SinceTls12<SignatureScheme>,
        /// Over both randoms and the parameters.
        signature: Opaque<P16>,
    }
}

/// What the server adds where its certificate is not enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerKeyExchange {
    /// ECDHE.
    Ecdhe(ServerEcdhParams, Option<Signature>),
    /// DHE.
    Dhe(ServerDhParams, Option<Signature>),
    /// Of a key exchange that is not known here, or not known to be the one.
    Opaque(Rest),
}

impl ServerKeyExchange {
    /// Reads the fields, without a field of the tree that holds them.
    pub fn fields<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let suite = r.context().cipher_suite;
        // Anonymous parameters carry no signature.
        let signed = |r: &mut Reader<'_, R>| match suite.map(|suite| suite.authentication()) {
            Some(Authentication::Anon) => Ok(None),
            _ => Signature::read(r, "signature").map(Some),
        };
        match suite.map(|suite| suite.key_exchange()) {
            Some(KeyExchange::Ecdhe | KeyExchange::EcdhAnon) => {
                let params = ServerEcdhParams::read(r, "params");
                let signature = signed(r);
                Ok(ServerKeyExchange::Ecdhe(params?, signature?))
            }
            Some(KeyExchange::Dhe | KeyExchange::DheExport | KeyExchange::DhAnon) => {
                let params = ServerDhParams::read(r, "params");
                let signature = signed(r);
                Ok(ServerKeyExchange::Dhe(params?, signature?))
            }
            _ => {
                let rest = r.remaining("opaque", Value::Bytes);
                Ok(ServerKeyExchange::Opaque(Rest(Octets::from_slice(rest))))
            }
        }
    }

    /// Appends its bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            ServerKeyExchange::Ecdhe(params, signature) => {
                params.write(out);
                signature.write(out);
            }
            ServerKeyExchange::Dhe(params, signature) => {
                params.write(out);
                signature.write(out);
            }
            ServerKeyExchange::Opaque(rest) => rest.write(out),
        }
    }
}
