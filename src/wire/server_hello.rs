//! ServerHello: RFC 8446 section 4.1.3, in a form that has not changed since SSL 3.0; and
//! HelloRetryRequest, section 4.1.4, which is a ServerHello with a random of its own.
//!
//! ```text
//! struct {
//!     ProtocolVersion legacy_version;
//!     Random random;
//!     opaque legacy_session_id_echo<0..32>;
//!     CipherSuite cipher_suite;
//!     uint8 legacy_compression_method;
//!     Extension extensions<6..2^16-1>;
//! } ServerHello;
//! ```

use super::extension::{HelloRetryExtension, ServerExtension};
use super::grammar::{List, Opaque, P8, P16, message};
use super::random::{HELLO_RETRY_REQUEST, Random};
use crate::names::{CipherSuite, CompressionMethod, ProtocolVersion};

message! {
    /// What the server chose.
    ServerHello, item "server_hello", in "RFC 8446 4.1.3" {
        /// The version up to TLS 1.2; TLS 1.3 stands in `supported_versions`.
        legacy_version: ProtocolVersion,
        /// 32 random bytes.
        random: Random,
        /// The session that goes on; in TLS 1.3 what the client sent.
        legacy_session_id_echo: Opaque<P8>,
        /// The cipher suite.
        cipher_suite: CipherSuite,
        /// The way of compression.
        legacy_compression_method: CompressionMethod,
        /// Answers to the client's extensions.
        extensions: Option<List<P16, ServerExtension>>,
    }
}

message! {
    /// What the server wants to see in a second ClientHello.
    HelloRetryRequest, item "hello_retry_request", in "RFC 8446 4.1.4" {
        /// TLS 1.2, as everywhere.
        legacy_version: ProtocolVersion,
        /// The value that makes it a HelloRetryRequest.
        random: Random,
        /// What the client sent.
        legacy_session_id_echo: Opaque<P8>,
        /// The cipher suite.
        cipher_suite: CipherSuite,
        /// `null`.
        legacy_compression_method: CompressionMethod,
        /// What to change.
        extensions: Option<List<P16, HelloRetryExtension>>,
    }
}

impl ServerHello {
    /// The extensions, none where the block is absent.
    pub fn extensions(&self) -> &[ServerExtension] {
        self.extensions.as_ref().map_or(&[], |list| &list.0)
    }

    /// The version that was chosen: `supported_versions` counts before `legacy_version`.
    pub fn version(&self) -> ProtocolVersion {
        let chosen = self.extensions().iter().find_map(|extension| match extension {
            ServerExtension::SupportedVersions(version) => Some(*version),
            _ => None,
        });
        chosen.unwrap_or(self.legacy_version)
    }
}

/// Whether the body of a ServerHello is that of a HelloRetryRequest.
pub fn is_hello_retry_request(body: &[u8]) -> bool {
    body.get(2..).is_some_and(|rest| rest.starts_with(&HELLO_RETRY_REQUEST))
}
