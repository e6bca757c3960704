//! CertificateURL: RFC 6066 section 5. A client says where its certificate is to be had.

use crate::names::CertChainType;
use crate::wire::grammar::{Fixed, List, P16, Text, message};

message! {
    /// Where to get the client's certificates.
    CertificateUrl, item "certificate_url", in "RFC 6066 5" {
        /// Whether each certificate has a place, or the whole chain one.
        cert_chain_type: CertChainType,
        /// The places.
        url_and_hash_list: List<P16<1>, UrlAndHash>,
    }
}

message! {
    /// A place, and what is to be found there.
    UrlAndHash, item "url_and_hash", in "RFC 6066 5" {
        /// The place.
        url: Text<P16<1>>,
        /// 1.
        padding: u8,
        /// SHA-1 of what is there.
        sha1_hash: Fixed<20>,
    }
}
