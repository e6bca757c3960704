//! `delegated_credential`, RFC 9345 section 4: a short-lived key that a certificate's holder signed
//! for a server. A client says which signatures it takes; the credential stands beside the
//! certificate.

use crate::names::SignatureScheme;
use crate::wire::choice::either;
use crate::wire::der_value::der_value;
use crate::wire::grammar::{Codes, Empty, Opaque, P16, P24, Rest, message};
use crate::wire::x509;

message! {
    /// A credential and the signature over it.
    DelegatedCredential, item "delegated_credential", in "RFC 9345 4" {
        /// The key.
        cred: Credential,
        /// How the certificate's key signed it.
        algorithm: SignatureScheme,
        /// The signature.
        signature: Opaque<P16>,
    }
}

message! {
    /// A key, and for how long and for what it is good.
    Credential, item "credential", in "RFC 9345 4" {
        /// Seconds from the certificate's notBefore on.
        valid_time: u32,
        /// The one scheme that the key may be used with.
        dc_cert_verify_algorithm: SignatureScheme,
        /// The key.
        asn1_subject_public_key_info: SubjectPublicKeyInfo,
    }
}

der_value! {
    /// A SubjectPublicKeyInfo, RFC 5280 section 4.1.
    SubjectPublicKeyInfo<P24>, item "subject_public_key_info",
    read x509::public_key_info
}

either! {
    /// What a client of the drafts sent under the number 0xff02: nothing at first, and from
    /// draft-ietf-tls-subcerts-03 on a list.
    DelegatedCredentialRequest, item "delegated_credential" {
        /// Nothing.
        Empty(Empty),
        /// Something.
        Draft(DelegatedCredentialDraft),
    }
}

either! {
    /// What is not nothing. Drafts of ECH before 08 used the number too, in forms not known here.
    DelegatedCredentialDraft, item "delegated_credential" {
        /// The signatures that it takes.
        SignatureSchemes(Codes<P16<2>, SignatureScheme>),
        /// Another form.
        Opaque(Rest),
    }
}
