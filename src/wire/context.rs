//! What was agreed before a message, on which its form depends.

use super::side::Side;
use crate::names::{CertificateType, CipherSuite, KeyExchange, ProtocolVersion};

/// What is known when a message is read. What is not known is none; the reader then takes the form
/// that the bytes fit, and says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The protocol version that the server chose.
    pub version: Option<ProtocolVersion>,
    /// The cipher suite that the server chose.
    pub cipher_suite: Option<CipherSuite>,
    /// The key exchange that a ServerKeyExchange was taken to be of, where no known suite was seen: the
    /// ClientKeyExchange behind it is of the same.
    pub assumed_key_exchange: Option<KeyExchange>,
    /// Who sends what is read.
    pub sender: Option<Side>,
    /// Whether messages come in datagrams: DTLS.
    pub datagram: bool,
    /// Whether there were records of TLS or SSL 2.0, behind which no DTLS follows.
    pub stream: bool,
    /// The client said hello, and no server's hello was seen behind it.
    pub unanswered: bool,
    /// The highest version that the client's last hello offers, where that can be read.
    pub offered: Option<ProtocolVersion>,
    /// The client said hello in SSL 2.0, in which the server may answer.
    pub asked_in_ssl2: bool,
    /// The kind of certificate that the server agreed to send, RFC 7250; X.509 where none is said.
    pub server_certificate_type: Option<CertificateType>,
    /// The kind of certificate that the client is to send.
    pub client_certificate_type: Option<CertificateType>,
    /// The server sends a hash in place of its certificates, which the client still has: RFC 7924.
    pub certificate_is_cached: bool,
    /// The same of what it asks of the client's.
    pub request_is_cached: bool,
    /// Bytes of the connection id in records to the client, RFC 9146.
    pub client_connection_id: Option<usize>,
    /// Bytes of the connection id in records to the server.
    pub server_connection_id: Option<usize>,
    /// Bytes of the MAC behind what a record has by the keys that were agreed, where the suite does not
    /// encrypt it.
    pub mac_in_clear: Option<usize>,
}

impl Context {
    /// A context of a version and a cipher suite.
    pub fn of(version: Option<ProtocolVersion>, cipher_suite: Option<CipherSuite>) -> Self {
        Context { version, cipher_suite, ..Context::default() }
    }

    /// The cipher suite, where it is one of which more is known than its number.
    pub fn known_suite(&self) -> Option<CipherSuite> {
        self.cipher_suite.filter(|suite| suite.key_exchange() != KeyExchange::Unknown)
    }

    /// The version in terms of TLS, where it is known: DTLS 1.2 has the forms of TLS 1.2.
    pub fn tls_version(&self) -> Option<ProtocolVersion> {
        self.version.map(ProtocolVersion::as_tls)
    }

    /// Whether the version is at least this one of TLS, where that is known.
    pub fn at_least(&self, version: ProtocolVersion) -> Option<bool> {
        self.tls_version().map(|agreed| agreed.0 >= version.0)
    }

    /// Whether the version is TLS 1.3, one of its drafts, or DTLS 1.3, where that is known.
    pub fn tls13(&self) -> Option<bool> {
        self.at_least(ProtocolVersion::TLS1_3)
    }

    /// The highest version of TLS that may be spoken: the one that was agreed on, or before that the
    /// highest that the client offers.
    pub fn most(&self) -> Option<ProtocolVersion> {
        self.tls_version().or(self.offered.map(ProtocolVersion::as_tls))
    }

    /// Whether what is spoken is older than TLS 1.3, where that is known.
    pub fn is_before_tls13(&self) -> bool {
        self.most().is_some_and(|most| most.0 < ProtocolVersion::TLS1_3.0)
    }

    /// The kind of the sender's certificate, where that was said.
    pub fn certificate_type(&self) -> Option<CertificateType> {
        match self.sender? {
            Side::Client => self.client_certificate_type,
            Side::Server => self.server_certificate_type,
        }
    }
}
