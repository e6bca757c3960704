//! `status_request`, RFC 6066 section 8, and `status_request_v2`, RFC 6961: the client asks for a
//! fresh word on whether the certificate was revoked. In TLS 1.3 the word stands beside the
//! certificate (RFC 8446 section 4.4.2.1), before that in a message of its own.

use crate::names::CertificateStatusType;
use crate::wire::choice::choice;
use crate::wire::der_value::der_value;
use crate::wire::grammar::{List, P16, P24, message};
use crate::wire::ocsp::{self, OcspResponse};

choice! {
    /// A request for a status.
    CertificateStatusRequest by status_type: CertificateStatusType,
    item "certificate_status_request", in "RFC 6066 8" {
        /// An OCSP response.
        ocsp => Ocsp(OcspStatusRequest),
    }
}

choice! {
    /// A request with its length, so that unknown kinds can be passed over.
    CertificateStatusRequestItemV2 by status_type: CertificateStatusType, behind P16,
    item "certificate_status_request_item", in "RFC 6961 2.2" {
        /// An OCSP response for the server's certificate.
        ocsp => Ocsp(OcspStatusRequest),
        /// OCSP responses for the chain.
        ocsp_multi => OcspMulti(OcspStatusRequest),
    }
}

message! {
    /// A request for an OCSP response.
    OcspStatusRequest, item "ocsp_status_request", in "RFC 6066 8" {
        /// Responders that the client trusts; none given means any.
        responder_id_list: List<P16, ResponderId>,
        /// What the request is to carry.
        request_extensions: OcspExtensions,
    }
}

der_value! {
    /// `opaque ResponderID<1..2^16-1>`: whose word counts, RFC 6960 section 4.2.1.
    ResponderId<P16>, item "responder_id",
    read ocsp::responder_id
}

der_value! {
    /// `opaque Extensions<0..2^16-1>`, RFC 5280 section 4.1.
    OcspExtensions<P16>, item "request_extensions",
    read ocsp::extensions
}

choice! {
    /// A certificate's status.
    CertificateStatus by status_type: CertificateStatusType,
    item "certificate_status", in "RFC 6066 8" {
        /// An OCSP response.
        ocsp => Ocsp(OcspResponse),
        /// One for each certificate of the chain, RFC 6961 section 2.2; empty where there is none.
        ocsp_multi => OcspMulti(List<P24, OcspResponse>),
    }
}
