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

use super::random::{HELLO_RETRY_REQUEST, Random};
use crate::names::{CipherSuite, CompressionMethod, ExtensionType, ProtocolVersion};
use crate::wire::extension::{
    Block, DraftServerExtension, Extension, HelloRetryExtension, ServerExtension,
};
use crate::wire::grammar::{Opaque, P8, Read, Reader, Record, Wire, message, peek, prefix_fits};

message! {
    /// What the server chose.
    ServerHello, item "server_hello", in "RFC 8446 4.1.3" {
        /// The version up to TLS 1.2; TLS 1.3 stands in `supported_versions`.
        legacy_version: ProtocolVersion,
        /// 32 random bytes.
        random: Random,
        /// The session that goes on; in TLS 1.3 what the client sent.
        legacy_session_id_echo: Opaque<P8<0, 32>, 32>,
        /// The cipher suite.
        cipher_suite: CipherSuite,
        /// The way of compression.
        legacy_compression_method: CompressionMethod,
        /// Answers to the client's extensions.
        extensions: Option<Block<ServerExtension>>,
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
        legacy_session_id_echo: Opaque<P8<0, 32>, 32>,
        /// The cipher suite.
        cipher_suite: CipherSuite,
        /// `null`.
        legacy_compression_method: CompressionMethod,
        /// What to change.
        extensions: Option<Block<HelloRetryExtension>>,
    }
}

message! {
    /// A ServerHello of drafts 14 to 21 of TLS 1.3: without session and compression.
    DraftServerHello, item "server_hello", in "draft-ietf-tls-tls13-18 4.1.3" {
        /// The draft: 0x7f and its number.
        version: ProtocolVersion,
        /// 32 random bytes.
        random: Random,
        /// The cipher suite.
        cipher_suite: CipherSuite,
        /// Answers to the client's extensions.
        extensions: Block<DraftServerExtension>,
    }
}

message! {
    /// A HelloRetryRequest of drafts 14 to 21 of TLS 1.3, a message of its own type.
    DraftHelloRetryRequest, item "hello_retry_request", in "draft-ietf-tls-tls13-18 4.1.4" {
        /// The draft: 0x7f and its number.
        version: ProtocolVersion,
        /// The cipher suite, since draft 19.
        cipher_suite: SinceDraft19<CipherSuite>,
        /// What to change.
        extensions: Block<HelloRetryExtension>,
    }
}

/// Present only since draft 19 of TLS 1.3. Before, a list of extensions up to the end stands here.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SinceDraft19<T>(pub Option<T>);

impl<T: Wire> Wire for SinceDraft19<T> {
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        match prefix_fits(r.rest(), 0, 2) {
            true => Ok(SinceDraft19(None)),
            false => T::read(r, name).map(|value| SinceDraft19(Some(value))),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

impl ServerHello {
    /// The extensions, none where the block is absent.
    pub fn extensions(&self) -> &[ServerExtension] {
        self.extensions.as_ref().map_or(&[], |list| &list.0)
    }

    /// The version that was chosen: `supported_versions` counts before `legacy_version`. Where that cannot
    /// be read it is TLS 1.3, as nothing before that has it: RFC 8446 section 4.2.1.
    pub fn version(&self) -> ProtocolVersion {
        let chosen = self.extensions().iter().find_map(|extension| match extension {
            ServerExtension::SupportedVersions(version) => Some(*version),
            extension if extension.is_broken(ExtensionType::supported_versions) => {
                let is_tls = self.legacy_version.as_tls() == self.legacy_version;
                Some(if is_tls { ProtocolVersion::TLS1_3 } else { ProtocolVersion::DTLS1_3 })
            }
            _ => None,
        });
        chosen.unwrap_or(self.legacy_version)
    }
}

/// Whether the body of a ServerHello is that of a HelloRetryRequest.
pub fn is_hello_retry_request(body: &[u8]) -> bool {
    body.get(2..).is_some_and(|rest| rest.starts_with(&HELLO_RETRY_REQUEST))
}

/// Whether the body of a ServerHello is of a draft of TLS 1.3 in which it had no session.
pub fn is_draft_of_another_form(body: &[u8]) -> bool {
    peek(body, 0, 2).is_some_and(|version| (0x7f00..=0x7f15).contains(&version))
}
