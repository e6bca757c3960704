//! `dnssec_chain`, RFC 9102 section 2: the DNS records that prove the server's key (DANE), handed
//! over by the server. The client sends the number of the port that it means.

use crate::wire::choice::either;
use crate::wire::grammar::{Opaque, P16, Rest, message};

message! {
    /// What a server sends.
    DnssecChain, item "dnssec_chain", in "RFC 9102 2.2" {
        /// Hours for which the server will go on with the extension at least.
        ext_support_lifetime: u16,
        /// The records in DNS wire format.
        authentication_chain: AuthenticationChain,
    }
}

either! {
    /// Resource records, one behind the other, without compression of names. The RFC declares them
    /// as a vector with a length, and leaves the length out in its examples; so both are read.
    AuthenticationChain, item "authentication_chain" {
        /// Behind their length.
        Vector(Opaque<P16>),
        /// Up to the end.
        Records(Rest),
    }
}
