//! `status_request`, RFC 6066 section 8, and `status_request_v2`, RFC 6961: the client asks for a
//! fresh word on whether the certificate was revoked.

use crate::names::CertificateStatusType;
use crate::wire::field::Shape;
use crate::wire::grammar::{
    List, Opaque, P16, Prefix, Read, Reader, Record, Wire, length, message, named, prefixed,
};

named! {
    /// `opaque ResponderID<1..2^16-1>`: whose word counts, in DER.
    ResponderId(Opaque<P16>), item "responder_id"
}

message! {
    /// A request for an OCSP response.
    CertificateStatusRequest, item "certificate_status_request", in "RFC 6066 8" {
        /// `ocsp`.
        status_type: CertificateStatusType,
        /// Responders that the client trusts, each a DER ResponderID.
        responder_id_list: List<P16, ResponderId>,
        /// DER Extensions for the request.
        request_extensions: Opaque<P16>,
    }
}

message! {
    /// What an item of `status_request_v2` asks for.
    OcspStatusRequest, item "ocsp_status_request", in "RFC 6961 2.2" {
        /// Responders that the client trusts, each a DER ResponderID.
        responder_id_list: List<P16, ResponderId>,
        /// DER Extensions for the request.
        request_extensions: Opaque<P16>,
    }
}

message! {
    /// A request with its length, so that unknown kinds can be passed over.
    CertificateStatusRequestItemV2, item "certificate_status_request_item", in "RFC 6961 2.2" {
        /// `ocsp` or `ocsp_multi`.
        status_type: CertificateStatusType,
        /// The request.
        request: Sized16<OcspStatusRequest>,
    }
}

/// A value behind its own length of two bytes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Sized16<T>(pub T);

impl<T: Wire> Wire for Sized16<T> {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        r.node(name, Shape::Struct, |r| {
            let length = length::<P16, R>(r)?;
            r.within(name, length, |r| T::read(r, T::ITEM)).map(Sized16)
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, P16::WIDTH, |out| self.0.write(out));
    }
}
