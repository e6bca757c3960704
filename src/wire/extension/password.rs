//! Passwords. `srp` (RFC 5054 section 2.8.1), `pwd_protect`, `pwd_clear` and `password_salt` (RFC
//! 8492 section 4.2 to 4.4) carry a name or a salt, which are vectors of bytes; `pake`
//! (draft-ietf-tls-pake section 4.1) carries the first messages of key exchanges by password, and
//! `ecjpake_key_kp_pair` (draft-cragie-tls-ecjpake section 5) those of J-PAKE, as Thread has it.

use crate::names::PakeScheme;
use crate::wire::grammar::{List, Opaque, P8, P16, message};

message! {
    /// The first message of one way to agree on a key by a password; the server's answer has the
    /// same form.
    PakeShare, item "pake_share", in "draft-ietf-tls-pake 4.1" {
        /// Which way.
        pake_scheme: PakeScheme,
        /// Its message.
        pake_message: Opaque<P16>,
    }
}

message! {
    /// What a client offers.
    PakeClientHello, item "pake", in "draft-ietf-tls-pake 4.1" {
        /// Who the client is; may be empty.
        client_identity: Opaque<P16>,
        /// Who it takes the server for; may be empty.
        server_identity: Opaque<P16>,
        /// A message for each way that it offers.
        client_shares: List<P16, PakeShare>,
    }
}

message! {
    /// What each side of J-PAKE sends in its hello.
    EcJpakeKeyKpPairList, item "ecjpake_key_kp_pair", in "draft-cragie-tls-ecjpake 5" {
        /// A key, and the proof that it is known.
        first: EcJpakeKeyKp,
        /// Another one.
        second: EcJpakeKeyKp,
    }
}

message! {
    /// A public key, and a proof of Schnorr's that its private key is known.
    EcJpakeKeyKp, item "ecjpake_key_kp", in "draft-cragie-tls-ecjpake 5" {
        /// The key, a point.
        public_key: Opaque<P8>,
        /// The proof's point.
        ephemeral_key: Opaque<P8>,
        /// The proof's number.
        response: Opaque<P8>,
    }
}
