//! Signed certificate timestamps, the word of a log that it knows a certificate: RFC 6962
//! sections 3.2 and 3.3. They stand in a certificate, in an OCSP response, or in the TLS extension
//! `signed_certificate_timestamp`, in the same form.
//!
//! ```text
//! opaque SerializedSCT<1..2^16-1>;
//! struct { SerializedSCT sct_list<1..2^16-1>; } SignedCertificateTimestampList;
//!
//! struct {
//!     Version sct_version;
//!     LogID id;
//!     uint64 timestamp;
//!     CtExtensions extensions;
//!     digitally-signed struct { … };
//! } SignedCertificateTimestamp;
//! ```

use nom::number::complete::be_u64;
use serde::{Deserialize, Serialize};

use super::choice::choice;
use super::der;
use super::fault::Fault;
use super::field::{Shape, Value};
use super::grammar::{
    Context, Fixed, List, Opaque, P16, Prefix, Read, Reader, Record, Sequence, Wire, behind_length,
    fixed, message, named, prefixed,
};
use super::{time, x509};
use crate::names::{CtExtensionType, SctVersion, SignatureScheme};

named! {
    /// The timestamps of several logs.
    SignedCertificateTimestampList(List<P16<1>, SerializedSct>), item "sct_list"
}

/// A timestamp behind its length. Its value is its bytes, since one of a later version, or a
/// broken one, must not keep those behind it from being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SerializedSct(#[serde(with = "super::spec_form::bytes")] pub Vec<u8>);

impl SerializedSct {
    /// What it says.
    ///
    /// # Errors
    /// Where it has not the form of version 1.
    pub fn timestamp(&self) -> Read<SignedCertificateTimestamp> {
        SignedCertificateTimestamp::decode(&self.0, Context::default())
    }
}

impl Wire for SerializedSct {
    const ITEM: &'static str = "serialized_sct";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        der::sized::<P16, R>(r, name, |r| {
            if let [1..=0xff, ..] = r.rest() {
                // A later version, whose form nobody knows.
                let found = r.rest().first().copied().unwrap_or_default().into();
                let expected = "0, which is version 1";
                let fault = Fault::Value { expected, found };
                let outer = r.section("RFC 6962 3.2");
                r.notice("sct_version", r.at()..r.at() + 1, fault);
                r.section(outer);
                r.remaining("opaque", Value::Bytes);
            } else {
                // What is wrong is in the tree already, as a remark.
                let _ = SignedCertificateTimestamp::fields(r);
            }
        })
        .map(SerializedSct)
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, <P16>::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

message! {
    /// When a log saw a certificate, and its signature on that.
    SignedCertificateTimestamp, item "signed_certificate_timestamp", in "RFC 6962 3.2" {
        /// `v1`.
        sct_version: SctVersion,
        /// The SHA-256 hash of the log's key.
        id: Fixed<32>,
        /// When.
        timestamp: Timestamp,
        /// Nothing, but of logs with static-ct-api.
        extensions: CtExtensions,
        /// Over all this and the certificate.
        signature: DigitallySigned,
    }
}

/// What a log adds, which RFC 6962 leaves open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CtExtensions {
    /// In the form of static-ct-api.
    Listed(List<P16<1>, CtExtension>),
    /// Nothing, or in another form.
    Other(Opaque<P16>),
}

impl Wire for CtExtensions {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let is_list = behind_length(r.rest(), <P16>::WIDTH).is_some_and(|(data, _)| {
            !data.is_empty() && Sequence::<CtExtension>::decode(data, r.context()).is_ok()
        });
        match is_list {
            true => List::read(r, name).map(CtExtensions::Listed),
            false => Opaque::read(r, name).map(CtExtensions::Other),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            CtExtensions::Listed(list) => list.write(out),
            CtExtensions::Other(data) => data.write(out),
        }
    }
}

choice! {
    /// What a log adds.
    CtExtension by extension_type: CtExtensionType, behind P16, item "extension",
    in "static-ct-api" {
        /// Which of the log's entries it is.
        leaf_index => LeafIndex(Uint40),
    }
}

/// A number of five bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uint40(pub Fixed<5>);

impl Wire for Uint40 {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        fixed(r, name, Value::Number).map(Uint40)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

/// Milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// As `2014-05-22 11:26:57.123 UTC`.
    fn words(bytes: &[u8]) -> Option<String> {
        let milliseconds = u64::from_be_bytes(bytes.try_into().ok()?);
        let to_the_second = time::utc(milliseconds / 1000);
        let until_second = to_the_second.strip_suffix(" UTC")?;
        Some(format!("{until_second}.{:03} UTC", milliseconds % 1000))
    }
}

impl Wire for Timestamp {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        r.leaf(name, 8, be_u64, Value::Words(Timestamp::words)).map(Timestamp)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0.to_be_bytes());
    }
}

/// A signature with its algorithm, RFC 5246 section 4.7. One by ECDSA is DER within.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigitallySigned {
    /// A hash and a signature algorithm, a byte each.
    pub algorithm: SignatureScheme,
    /// The signature.
    #[serde(with = "super::spec_form::bytes")]
    pub signature: Vec<u8>,
}

/// The low byte of an [`SignatureScheme`] of TLS 1.2 that says ECDSA.
const ECDSA: u16 = 3;

impl Wire for DigitallySigned {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        r.node(name, Shape::Struct, |r| {
            let at = r.at();
            let algorithm = SignatureScheme::read(r, "algorithm")?;
            let is_allowed =
                [SignatureScheme::ecdsa_secp256r1_sha256, SignatureScheme::rsa_pkcs1_sha256];
            if !is_allowed.contains(&algorithm) {
                let expected = "ECDSA on P-256 or RSA, with SHA-256";
                let outer = r.section("RFC 6962 2.1.4");
                r.notice("algorithm", at..at + 2, Fault::Code { expected, found: algorithm.0 });
                r.section(outer);
            }
            let signature = if algorithm.0 & 0xff == ECDSA {
                der::sized::<P16, R>(r, "signature", x509::ecdsa_signature)?
            } else {
                Opaque::<P16>::read(r, "signature")?.0.to_vec()
            };
            Ok(DigitallySigned { algorithm, signature })
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.algorithm.write(out);
        prefixed(out, <P16>::WIDTH, |out| out.extend_from_slice(&self.signature));
    }
}
