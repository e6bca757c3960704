//! ClientHello: RFC 8446 section 4.1.2, in a form that has not changed since SSL 3.0.
//!
//! ```text
//! struct {
//!     ProtocolVersion legacy_version;
//!     Random random;
//!     opaque legacy_session_id<0..32>;
//!     opaque cookie<0..2^8-1>;                             DTLS
//!     CipherSuite cipher_suites<2..2^16-2>;
//!     opaque legacy_compression_methods<1..2^8-1>;
//!     Extension extensions<8..2^16-1>;
//! } ClientHello;
//! ```

use super::random::Random;
use crate::names::{CipherSuite, CompressionMethod, ProtocolVersion};
use crate::wire::extension::{Block, ClientExtension};
use crate::wire::grammar::{Codes, OnlyDtls, Opaque, P8, P16, message};

message! {
    /// What a client offers.
    ClientHello, item "client_hello", in "RFC 8446 4.1.2" {
        /// The highest version up to TLS 1.2; later ones stand in `supported_versions`.
        legacy_version: ProtocolVersion,
        /// 32 random bytes.
        random: Random,
        /// A session to go on with; in TLS 1.3 a random value for the eyes of middleboxes.
        legacy_session_id: Opaque<P8<0, 32>, 32>,
        /// In DTLS what a HelloVerifyRequest gave, RFC 6347 section 4.2.1; empty at first.
        #[serde(default, skip_serializing_if = "OnlyDtls::is_absent")]
        cookie: OnlyDtls<Opaque<P8>>,
        /// Cipher suites in the order in which the client likes them.
        cipher_suites: Codes<P16<2>, CipherSuite>,
        /// Ways of compression; only `null` is safe.
        legacy_compression_methods: Codes<P8<1>, CompressionMethod>,
        /// Extensions; the whole block may be absent before TLS 1.3.
        extensions: Option<Block<ClientExtension>>,
    }
}

impl ClientHello {
    /// The extensions, none where the block is absent.
    pub fn extensions(&self) -> &[ClientExtension] {
        self.extensions.as_ref().map_or(&[], |list| &list.0)
    }
}
