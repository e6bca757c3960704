//! What the version and the suite that were agreed have no room for: messages of other versions, a
//! Finished of another length, an alert of another level. RFC 8446 sections 4.4.1, 4.4.4 and B.3, RFC 5246
//! sections 7.2.2, 7.4.3 and 7.4.9, RFC 4492 section 2.1, RFC 6347 section 4.2.1.

use super::{Review, Say};
use crate::names::{AlertDescription, AlertLevel, Code, KeyExchange, ProtocolVersion};
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::finishing::Finished;
use crate::wire::record::alert::Alert;

/// Bytes of a Finished in TLS 1.0 to 1.2.
const FINISHED: usize = 12;

/// Bytes of a Finished in SSL 3.0: an MD5 and a SHA-1.
const SSL3_FINISHED: usize = 36;

impl Review {
    /// Whether there is a message of this type in what was agreed.
    pub(super) fn has_room(&self, handshake: &Handshake, say: &mut Say<'_>) {
        let name = handshake.msg_type().name().unwrap_or("unknown");
        if let Handshake::HelloVerifyRequest(_) = handshake {
            if !say.of_datagrams() {
                let found = "a message that only DTLS has";
                return say.form(name, "a message of TLS", found, "RFC 6347 4.2.1");
            }
        }
        if let Handshake::MessageHash(_) = handshake {
            let expected = "a message, where this stands for a hello that is hashed";
            return say.form(name, expected, "one that is never sent", "RFC 8446 4.4.1");
        }
        match self.version.map(ProtocolVersion::is_tls13) {
            Some(true) if is_reserved(handshake) => {
                let found = "one that only versions before it have";
                say.form(name, "a message of TLS 1.3", found, "RFC 8446 B.3");
            }
            Some(false) if is_new(handshake) => {
                let found = "one that only TLS 1.3 has";
                say.form(name, "a message of TLS 1.2 or before", found, "RFC 5246 7.4");
            }
            Some(false) => self.key_exchange_has_room(handshake, say),
            _ => {}
        }
    }

    /// Whether the version that was agreed has messages of this type, as far as it is known.
    pub(super) fn is_of_version(&self, handshake: &Handshake) -> bool {
        match self.version.map(ProtocolVersion::is_tls13) {
            Some(true) => !is_reserved(handshake),
            Some(false) => !is_new(handshake),
            None => true,
        }
    }

    /// Where the key is in the certificate, the server sends no other.
    fn key_exchange_has_room(&self, handshake: &Handshake, say: &mut Say<'_>) {
        let (Handshake::ServerKeyExchange(_), Some(suite)) = (handshake, self.suite) else {
            return;
        };
        let reference = match suite.key_exchange() {
            KeyExchange::Rsa | KeyExchange::Dh => "RFC 5246 7.4.3",
            KeyExchange::Ecdh => "RFC 4492 2.1",
            _ => return,
        };
        let expected = "none, since the suite goes by the certificate's key";
        say.form("server_key_exchange", expected, "one", reference);
    }

    /// How long a Finished is.
    pub(super) fn finished(&self, finished: &Finished, say: &mut Say<'_>) {
        let found = finished.verify_data.0.len();
        let (length, expected, reference) = match self.version.map(ProtocolVersion::as_tls) {
            Some(ProtocolVersion::TLS1_3) => {
                let hash = self.suite.and_then(|suite| suite.hash());
                let Some(hash) = hash else { return };
                (hash.length(), "as many bytes as the suite's hash has", "RFC 8446 4.4.4")
            }
            Some(ProtocolVersion::SSL3_0) => (SSL3_FINISHED, "36 bytes", "RFC 6101 5.6.9"),
            Some(ProtocolVersion::TLS1_0) => (FINISHED, "12 bytes", "RFC 2246 7.4.9"),
            Some(ProtocolVersion::TLS1_1) => (FINISHED, "12 bytes", "RFC 4346 7.4.9"),
            Some(ProtocolVersion::TLS1_2) => (FINISHED, "12 bytes", "RFC 5246 7.4.9"),
            _ => return,
        };
        if found != length {
            let fault = Fault::Value { expected, found: found as u64 };
            say.fault("verify_data", fault, reference);
        }
    }

    /// Whether the version has this alert, and of this level.
    pub(super) fn alert(&self, alert: &Alert, say: &mut Say<'_>) {
        // What comes before anything was agreed is measured by both.
        let is_older = self.version.is_none_or(|version| !version.is_tls13());
        if is_older {
            level(alert, say);
        }
        let Some(version) = self.version else { return };
        let closing = [0, 90].contains(&alert.description.0);
        if version.is_tls13() && alert.level == AlertLevel::warning && !closing {
            let found = "a warning, which TLS 1.3 does not have";
            say.form("level", "fatal", found, "RFC 8446 6");
        }
        // Later documents do not say it any more.
        let closes = match version {
            ProtocolVersion::SSL3_0 => Some("RFC 6101 5.4.1"),
            ProtocolVersion::TLS1_0 => Some("RFC 2246 7.2.1"),
            _ => None,
        };
        let closes = closes.filter(|_| alert.description == AlertDescription::close_notify);
        if let Some(reference) = closes.filter(|_| alert.level == AlertLevel::fatal) {
            say.form("level", "a warning, by which a connection ends well", "fatal", reference);
        }
        if alert.description == AlertDescription::no_certificate
            && version != ProtocolVersion::SSL3_0
        {
            let found = "one that only SSL 3.0 has";
            say.form("description", "an alert of TLS", found, "RFC 5246 7.2.2");
        }
    }
}

/// Alerts of one level alone before TLS 1.3.
fn level(alert: &Alert, say: &mut Say<'_>) {
    const REFERENCE: &str = "RFC 5246 7.2.2";
    if alert.description.is_always_fatal() && alert.level == AlertLevel::warning {
        say.form("level", "fatal, as this alert always is", "a warning", REFERENCE);
    }
    if alert.description == AlertDescription::no_renegotiation && alert.level == AlertLevel::fatal {
        say.form("level", "a warning, as this alert always is", "fatal", REFERENCE);
    }
}

/// The messages that TLS 1.3 reserves so that nobody sends them.
fn is_reserved(handshake: &Handshake) -> bool {
    matches!(
        handshake,
        Handshake::HelloRequest(_)
            | Handshake::HelloVerifyRequest(_)
            | Handshake::ServerKeyExchange(_)
            | Handshake::ServerHelloDone(_)
            | Handshake::ClientKeyExchange(_)
            | Handshake::CertificateUrl(_)
            | Handshake::CertificateStatus(_)
            | Handshake::SupplementalData(_)
            | Handshake::NextProtocol(_)
    )
}

/// The messages that came with TLS 1.3.
fn is_new(handshake: &Handshake) -> bool {
    matches!(
        handshake,
        Handshake::EndOfEarlyData(_) | Handshake::EncryptedExtensions(_) | Handshake::KeyUpdate(_)
    )
}
