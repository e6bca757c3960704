//! Whole messages that nobody asked for, each by the section that says what asks for it. What asks
//! must have been seen to be missing.

use super::{Review, Say};
use crate::names::{Code, ExtensionType, HandshakeType, ProtocolVersion};
use crate::wire::extension::Extension;
use crate::wire::fault::Notices;
use crate::wire::handshake::Handshake;
use crate::wire::side::Side;
use crate::wire::stream::Body;

/// A message that goes by an extension of the server's: those by which it does, in words what it
/// should be without them, and the section.
type Rule = (&'static [ExtensionType], &'static str, &'static str);

const HEARTBEAT: Rule =
    (&[ExtensionType::heartbeat], "none, since the server did not accept heartbeat", "RFC 6520 2");

impl Review {
    /// A message of the handshake.
    pub(super) fn unasked(&self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        // In TLS 1.3 these have no place at all, and that is told.
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        if let Some(rule) = rule(from, handshake).filter(|_| !tls13) {
            let name = handshake.msg_type().name().unwrap_or("unknown");
            self.not_accepted(name, rule, say);
        }
        let certificate = matches!(
            handshake,
            Handshake::Certificate(_)
                | Handshake::RawPublicKey(_)
                | Handshake::Certificate13(_)
                | Handshake::CompressedCertificate(_)
        );
        // A message that is missing among those of datagrams may have been lost.
        if from == Side::Client && certificate && !say.of_datagrams() && self.asks_for_none() {
            let reference = self.section("RFC 5246 7.4.6", "RFC 8446 4.4.2");
            let expected = "none, since there is no CertificateRequest";
            say.form("certificate", expected, "one", reference);
        }
    }

    /// A heartbeat.
    pub(super) fn heartbeat(&self, say: &mut Say<'_>) {
        self.not_accepted("heartbeat", HEARTBEAT, say);
    }

    fn not_accepted(&self, field: &'static str, rule: Rule, say: &mut Say<'_>) {
        let (extensions, expected, reference) = rule;
        let Some(accepted) = &self.accepted else { return };
        if !extensions.iter().any(|extension| accepted.contains(extension)) {
            say.form(field, expected, "one", reference);
        }
    }

    /// Whether all was seen that a server says before a client's certificate, and it asks for none.
    fn asks_for_none(&self) -> bool {
        self.requests.is_empty() && self.server.done && !self.server.unread
    }

    /// How far the server's part of the handshake was seen. What is assumed of a message may be whose
    /// it is.
    pub(super) fn follow(&mut self, from: Side, body: &Body, assumed: bool) {
        if assumed {
            return self.server.unread = true;
        }
        if from == Side::Client {
            return;
        }
        let handshake = match body {
            Body::Handshake(handshake) => &**handshake,
            Body::Alert(_) | Body::ChangeCipherSpec | Body::Heartbeat => return,
            _ => {
                self.server.unread = true;
                if let Body::BrokenHandshake(HandshakeType::server_hello) = body {
                    self.accepted = None;
                }
                return;
            }
        };
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        match handshake {
            Handshake::ServerHello(hello) => {
                self.server = Seen::default();
                let types = hello.extensions().iter().map(Extension::extension_type);
                self.accepted = (!tls13).then(|| types.collect());
            }
            Handshake::EncryptedExtensions(answers) => {
                let types = answers.extensions.0.iter().map(Extension::extension_type);
                self.accepted = Some(types.collect());
            }
            Handshake::ServerHelloDone(_) => self.server.done = true,
            Handshake::Finished(_) if tls13 => self.server.done = true,
            _ => {}
        }
    }
}

/// What was seen of a server behind its hello.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Something that could not be read.
    unread: bool,
    /// The end of what it says before the client's next turn.
    done: bool,
}

/// What a message of versions before TLS 1.3 goes by.
fn rule(from: Side, handshake: &Handshake) -> Option<Rule> {
    Some(match (from, handshake) {
        (Side::Server, Handshake::CertificateStatus(_)) => (
            &[ExtensionType::status_request, ExtensionType::status_request_v2],
            "none, since the ServerHello has no status_request",
            "RFC 6066 8",
        ),
        (Side::Server, Handshake::NewSessionTicket(_)) => (
            &[ExtensionType::session_ticket],
            "none, since the ServerHello has no session_ticket",
            "RFC 5077 3.3",
        ),
        (Side::Client, Handshake::CertificateUrl(_)) => (
            &[ExtensionType::client_certificate_url],
            "none, since the ServerHello has no client_certificate_url",
            "RFC 6066 5",
        ),
        (_, Handshake::SupplementalData(_)) => (
            &[
                ExtensionType::user_mapping,
                ExtensionType::client_authz,
                ExtensionType::server_authz,
            ],
            "none, since no extension of the ServerHello asks for it",
            "RFC 4680 2",
        ),
        _ => return None,
    })
}
