//! The messages behind the first flight: RFC 8446 section 4.4 and RFC 5246 section 7.4. A log of
//! a whole handshake shows them in clear.

use super::extension::{EntryExtension, ServerExtension};
use super::field::Value;
use super::grammar::{List, Octets, Opaque, P8, P16, Read, Reader, Record, Rest, Wire, message};
use super::server_key_exchange::Signature;
use crate::names::KeyExchange;

message! {
    /// Answers to the client's extensions, out of sight: TLS 1.3.
    EncryptedExtensions, item "encrypted_extensions", in "RFC 8446 4.3.1" {
        /// The answers.
        extensions: List<P16, ServerExtension>,
    }
}

message! {
    /// Proof that the sender has the certificate's key.
    CertificateVerify, item "certificate_verify", in "RFC 8446 4.4.3" {
        /// Over the handshake so far.
        signature: Signature,
    }
}

message! {
    /// Proof that both sides saw the same handshake.
    Finished, item "finished", in "RFC 8446 4.4.4" {
        /// 12 bytes up to TLS 1.2 (36 in SSL 3.0), a hash's length in TLS 1.3.
        verify_data: Rest,
    }
}

message! {
    /// A ticket to come back with: up to TLS 1.2.
    NewSessionTicket, item "new_session_ticket", in "RFC 5077 3.3" {
        /// Seconds that it is good for; 0 says nothing.
        ticket_lifetime_hint: u32,
        /// The ticket.
        ticket: Opaque<P16>,
    }
}

message! {
    /// A ticket to come back with: TLS 1.3.
    NewSessionTicket13, item "new_session_ticket", in "RFC 8446 4.6.1" {
        /// Seconds that it is good for, 7 days at most.
        ticket_lifetime: u32,
        /// Added to the ticket's age, so that it cannot be followed.
        ticket_age_add: u32,
        /// A name of its own within the connection.
        ticket_nonce: Opaque<P8>,
        /// The ticket.
        ticket: Opaque<P16>,
        /// How much early data it allows.
        extensions: List<P16, EntryExtension>,
    }
}

message! {
    /// The sender changes its key.
    KeyUpdate, item "key_update", in "RFC 8446 4.6.3" {
        /// 1 where the other side is asked to do so too.
        request_update: u8,
    }
}

/// The client's part of the key exchange, RFC 5246 section 7.4.7 and RFC 8422 section 5.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientKeyExchange {
    /// The premaster secret under the server's RSA key. SSL 3.0 has no length before it.
    EncryptedPreMasterSecret(Opaque<P16>),
    /// A value in a prime field.
    DhYc(Opaque<P16>),
    /// A point.
    EcdhYc(Opaque<P8>),
    /// Of a key exchange that is not known here, or not known to be the one.
    Opaque(Rest),
}

impl ClientKeyExchange {
    /// Reads the fields, without a field of the tree that holds them.
    pub fn fields<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        use crate::names::ProtocolVersion;
        let context = r.context();
        match context.cipher_suite.map(|suite| suite.key_exchange()) {
            Some(KeyExchange::Rsa | KeyExchange::RsaExport)
                if context.at_least(ProtocolVersion::TLS1_0) =>
            {
                let secret = Opaque::read(r, "encrypted_pre_master_secret")?;
                Ok(ClientKeyExchange::EncryptedPreMasterSecret(secret))
            }
            Some(KeyExchange::Dhe | KeyExchange::DheExport | KeyExchange::DhAnon) => {
                Opaque::read(r, "dh_yc").map(ClientKeyExchange::DhYc)
            }
            Some(KeyExchange::Ecdhe | KeyExchange::EcdhAnon) => {
                Opaque::read(r, "ecdh_yc").map(ClientKeyExchange::EcdhYc)
            }
            _ => {
                let rest = r.remaining("opaque", Value::Bytes);
                Ok(ClientKeyExchange::Opaque(Rest(Octets::from_slice(rest))))
            }
        }
    }

    /// Appends its bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            ClientKeyExchange::EncryptedPreMasterSecret(secret) => secret.write(out),
            ClientKeyExchange::DhYc(value) => value.write(out),
            ClientKeyExchange::EcdhYc(point) => point.write(out),
            ClientKeyExchange::Opaque(rest) => rest.write(out),
        }
    }
}
