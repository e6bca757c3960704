//! Certificate: RFC 5246 section 7.4.2 up to TLS 1.2, RFC 8446 section 4.4.2 in TLS 1.3; where it
//! was agreed, RFC 7250 only the key, RFC 7924 section 4.1 the hash of what the client has, and
//! RFC 6091 section 3.3 OpenPGP's.
//!
//! ```text
//! opaque ASN.1Cert<1..2^24-1>;
//! struct { ASN.1Cert certificate_list<0..2^24-1>; } Certificate;          up to TLS 1.2
//!
//! struct {                                                                TLS 1.3
//!     opaque certificate_request_context<0..2^8-1>;
//!     CertificateEntry certificate_list<0..2^24-1>;
//! } Certificate;
//! ```

use serde::{Deserialize, Serialize};

use crate::names::{CertificateType, OpenPgpCertDescriptorType};
use crate::wire::choice::choice;
use crate::wire::der;
use crate::wire::extension::{Block, EntryExtension};
use crate::wire::field::Value;
use crate::wire::grammar::{
    List, Opaque, P8, P24, Prefix, Read, Reader, Record, Wire, message, prefixed,
};
use crate::wire::x509;

/// One certificate, in DER (RFC 5280), behind its length; a key alone (`SubjectPublicKeyInfo`)
/// where that was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Asn1Cert(#[serde(with = "crate::wire::spec_form::bytes")] pub Vec<u8>);

impl Wire for Asn1Cert {
    const ITEM: &'static str = "certificate";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let agreed = r.context().certificate_type();
        let read = |r: &mut Reader<'_, R>| match agreed {
            Some(CertificateType::RawPublicKey) => x509::public_key_info(r),
            // Of a kind that has no form here.
            Some(other) if other != CertificateType::X509 => {
                r.remaining("cert_data", Value::Bytes);
            }
            _ if x509::looks_like_public_key_info(r.rest()) => {
                let expected = "an X.509 certificate, since no other kind was agreed";
                r.assume("certificate", expected, "a public key alone, as RFC 7250 has it");
                x509::public_key_info(r);
            }
            _ => x509::certificate(r),
        };
        der::sized::<P24, R>(r, name, read).map(Asn1Cert)
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, <P24>::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

message! {
    /// The chain up to TLS 1.2, the sender's own certificate first.
    Certificate, item "certificate", in "RFC 5246 7.4.2" {
        /// Each certificate is signed by the one behind it.
        certificate_list: List<P24, Asn1Cert>,
    }
}

message! {
    /// A key instead of a chain, up to TLS 1.2.
    RawPublicKey, item "certificate", in "RFC 7250 3" {
        /// The key.
        subject_public_key_info: Asn1Cert,
    }
}

message! {
    /// What stands for certificates that the client has, up to TLS 1.2.
    CachedCertificate, item "certificate", in "RFC 7924 4.1" {
        /// The hash of the message with them.
        hash_value: Opaque<P8<1>, 32>,
    }
}

choice! {
    /// A certificate of OpenPGP, up to TLS 1.2.
    OpenPgpCertificate by descriptor_type: OpenPgpCertDescriptorType,
    item "certificate", in "RFC 6091 3.3" {
        /// None. By RFC 5081 a key stood here.
        empty_cert => Empty(Opaque<P24>),
        /// The certificate, and which of its keys is used.
        subkey_cert => Subkey(OpenPgpSubKeyCert),
        /// The same by its fingerprint.
        subkey_cert_fingerprint => Fingerprint(OpenPgpSubKeyFingerprint),
    }
}

message! {
    /// A certificate of OpenPGP with the key in it that is used.
    OpenPgpSubKeyCert, item "subkey_cert", in "RFC 6091 3.3" {
        /// The key.
        key_id: Opaque<P8<8>>,
        /// The certificate.
        cert: Opaque<P24>,
    }
}

message! {
    /// The fingerprint of a certificate of OpenPGP, with the key in it that is used.
    OpenPgpSubKeyFingerprint, item "subkey_cert_fingerprint", in "RFC 6091 3.3" {
        /// The key.
        key_id: Opaque<P8<8>>,
        /// The certificate's fingerprint.
        fingerprint: Opaque<P8<20>>,
    }
}

message! {
    /// A certificate of a TLS 1.3 chain, with what belongs to it alone.
    CertificateEntry, item "certificate_entry", in "RFC 8446 4.4.2" {
        /// The certificate.
        cert_data: Asn1Cert,
        /// A revocation status, timestamps.
        extensions: Block<EntryExtension>,
    }
}

message! {
    /// The chain in TLS 1.3.
    Certificate13, item "certificate", in "RFC 8446 4.4.2" {
        /// Which request it answers; empty where a server sends it.
        certificate_request_context: Opaque<P8>,
        /// The sender's own certificate first.
        certificate_list: List<P24, CertificateEntry>,
    }
}
