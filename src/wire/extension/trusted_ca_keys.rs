//! `trusted_ca_keys`, RFC 6066 section 6: the authorities that a client trusts, by name or hash.

use crate::names::IdentifierType;
use crate::wire::choice::choice;
use crate::wire::grammar::{Empty, Fixed};
use crate::wire::handshake::certificate_request::DistinguishedName;

choice! {
    /// An authority. Behind one of an unknown kind the rest of the list cannot be read.
    TrustedAuthority by identifier_type: IdentifierType,
    item "trusted_authority", in "RFC 6066 6" {
        /// Both sides know already.
        pre_agreed => PreAgreed(Empty),
        /// The SHA-1 of its public key.
        key_sha1_hash => KeySha1Hash(Fixed<20>),
        /// Its name.
        x509_name => X509Name(DistinguishedName),
        /// The SHA-1 of its certificate.
        cert_sha1_hash => CertSha1Hash(Fixed<20>),
    }
}
