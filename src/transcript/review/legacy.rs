//! Fields in which TLS 1.3 looks like TLS 1.2 for the eyes of middleboxes, as a server fills them: RFC 8446
//! sections 4.1.3, 5.1 and D.4. DTLS 1.3 hides from none, RFC 9147 section 5.

use super::{Review, Say};
use crate::names::{CipherSuite, Code, CompressionMethod, KeyExchange, ProtocolVersion};
use crate::wire::extension::HelloRetryExtension;
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::server_hello::{HelloRetryRequest, ServerHello};

/// What a HelloRetryRequest has as every ServerHello does, RFC 8446 section 4.1.4.
pub(super) struct Answer<'h> {
    /// The version that it chooses.
    version: ProtocolVersion,
    legacy_version: ProtocolVersion,
    echo: &'h [u8],
    suite: CipherSuite,
    compression: CompressionMethod,
}

impl<'h> From<&'h ServerHello> for Answer<'h> {
    fn from(hello: &'h ServerHello) -> Self {
        Answer {
            version: hello.version(),
            legacy_version: hello.legacy_version,
            echo: &hello.legacy_session_id_echo.0,
            suite: hello.cipher_suite,
            compression: hello.legacy_compression_method,
        }
    }
}

impl<'h> From<&'h HelloRetryRequest> for Answer<'h> {
    fn from(retry: &'h HelloRetryRequest) -> Self {
        Answer {
            // What says no version is of TLS 1.3 all the same.
            version: retried_version(retry).unwrap_or(ProtocolVersion::TLS1_3),
            legacy_version: retry.legacy_version,
            echo: &retry.legacy_session_id_echo.0,
            suite: retry.cipher_suite,
            compression: retry.legacy_compression_method,
        }
    }
}

/// The version that a HelloRetryRequest chooses.
pub(super) fn retried_version(retry: &HelloRetryRequest) -> Option<ProtocolVersion> {
    let extensions = retry.extensions.as_ref().map_or(&[][..], |block| &block.0);
    extensions.iter().find_map(|one| match one {
        HelloRetryExtension::SupportedVersions(version) => Some(*version),
        _ => None,
    })
}

impl Review {
    /// The fields before the extensions of an answer, but for what its version and its suite are by
    /// themselves.
    pub(super) fn before_extensions(&self, answer: &Answer<'_>, say: &mut Say<'_>) {
        version(answer, say);
        let suite_of_tls13 = answer.suite.key_exchange() == KeyExchange::Tls13;
        let known = answer.suite.name().is_some();
        let is_tls13 = answer.version.is_tls13();
        if known && !answer.version.is_grease() && suite_of_tls13 != is_tls13 {
            let (expected, found) = match suite_of_tls13 {
                true => ("a suite of TLS 1.2 or before", "one of TLS 1.3"),
                false => ("a suite of TLS 1.3", "one of TLS 1.2 or before"),
            };
            say.form("cipher_suite", expected, found, "RFC 8446 B.4");
        }
        if answer.compression != CompressionMethod::null {
            let found = "compression, by whose lengths secrets leak (CRIME)";
            let reference = if is_tls13 { "RFC 8446 4.1.3" } else { "RFC 9325 3.3" };
            say.form("legacy_compression_method", "null", found, reference);
        }
        if is_tls13 {
            self.session_echo(answer.version, answer.echo, say);
        }
    }

    /// The session id that a server of TLS 1.3 sends back. DTLS 1.3 hides from no middleboxes.
    fn session_echo(&self, version: ProtocolVersion, echo: &[u8], say: &mut Say<'_>) {
        const FIELD: &str = "legacy_session_id_echo";
        if version == ProtocolVersion::DTLS1_3 || say.of_datagrams() {
            if !echo.is_empty() {
                say.form(FIELD, "nothing in it, in DTLS 1.3", "a session id", "RFC 9147 5");
            }
            return;
        }
        // A hello that is hidden inside has the same.
        if self.offer.as_ref().is_some_and(|offer| offer.legacy_session_id.0[..] != *echo) {
            say.form(FIELD, "the session id of the hello", "another one", "RFC 8446 4.1.3");
        }
    }
}

/// The version beside the one that a server chooses.
fn version(answer: &Answer<'_>, say: &mut Say<'_>) {
    if answer.legacy_version == ProtocolVersion::TLS1_3 {
        let found = "TLS 1.3, which stands in supported_versions";
        say.form("legacy_version", "TLS 1.2", found, "RFC 8446 4.1.3");
    } else if answer.version == ProtocolVersion::TLS1_3
        && answer.legacy_version != ProtocolVersion::TLS1_2
    {
        let expected = "0x0303, beside TLS 1.3 in supported_versions";
        let fault = Fault::Code { expected, found: answer.legacy_version.0 };
        say.fault("legacy_version", fault, "RFC 8446 4.1.3");
    }
}

/// The version of the record in which a server chooses TLS 1.3: of those behind it their headers tell.
pub(super) fn record_version(handshake: &Handshake, version: ProtocolVersion, say: &mut Say<'_>) {
    let (field, chosen) = match handshake {
        Handshake::ServerHello(hello) => ("server_hello", hello.version()),
        Handshake::HelloRetryRequest(retry) => {
            let version = retried_version(retry);
            ("hello_retry_request", version.unwrap_or(ProtocolVersion::TLS1_3))
        }
        _ => return,
    };
    let is_other = ProtocolVersion::SSL3_0 <= version && version < ProtocolVersion::TLS1_2;
    if chosen == ProtocolVersion::TLS1_3 && is_other {
        let expected = "a record of version 0x0303, as in TLS 1.3";
        say.fault(field, Fault::Code { expected, found: version.0 }, "RFC 8446 5.1");
    }
}
