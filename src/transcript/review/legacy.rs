//! Fields in which TLS 1.3 looks like TLS 1.2 for the eyes of middleboxes, as a server fills them: RFC 8446
//! sections 4.1.3, 5.1 and D.4. DTLS 1.3 hides from none, RFC 9147 section 5.

use super::{Review, Say};
use crate::names::ProtocolVersion;
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::server_hello::ServerHello;

impl Review {
    /// The session id that a server of TLS 1.3 sends back. DTLS 1.3 hides from no middleboxes.
    pub(super) fn session_echo(&self, version: ProtocolVersion, echo: &[u8], say: &mut Say<'_>) {
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

/// The version beside the one that a ServerHello chooses.
pub(super) fn version(hello: &ServerHello, say: &mut Say<'_>) {
    if hello.legacy_version == ProtocolVersion::TLS1_3 {
        let found = "TLS 1.3, which stands in supported_versions";
        say.form("legacy_version", "TLS 1.2", found, "RFC 8446 4.1.3");
    } else if hello.version() == ProtocolVersion::TLS1_3
        && hello.legacy_version != ProtocolVersion::TLS1_2
    {
        let expected = "0x0303, beside TLS 1.3 in supported_versions";
        let fault = Fault::Code { expected, found: hello.legacy_version.0 };
        say.fault("legacy_version", fault, "RFC 8446 4.1.3");
    }
}

/// The version of the record in which a server chooses TLS 1.3: of those behind it their headers tell.
pub(super) fn record_version(handshake: &Handshake, version: ProtocolVersion, say: &mut Say<'_>) {
    let Handshake::ServerHello(hello) = handshake else { return };
    let is_other = ProtocolVersion::SSL3_0 <= version && version < ProtocolVersion::TLS1_2;
    if hello.version() == ProtocolVersion::TLS1_3 && is_other {
        let expected = "a record of version 0x0303, as in TLS 1.3";
        say.fault("server_hello", Fault::Code { expected, found: version.0 }, "RFC 8446 5.1");
    }
}
