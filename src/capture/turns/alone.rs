//! Whose a message is by itself, and whose turn is behind it: RFC 5246 section 7.3, RFC 8446
//! sections 2 and 4.6.2.

use crate::names::HandshakeType;
use crate::wire::grammar::peek;
use crate::wire::handshake::{HEADER, Handshake};
use crate::wire::side::Side;
use crate::wire::stream::{Body, Message};

/// Whether who sends a message leaves the word to the other by it: he has ended his part, or asks
/// behind the handshake, RFC 8446 section 4.6.2.
pub(in super::super) fn gives_word(message: &Message) -> bool {
    match message.handshake() {
        Some(Handshake::CertificateRequest13(request)) => {
            !request.certificate_request_context.0.is_empty()
        }
        // A server's part begins with a hello, which tells its side.
        _ => matches!(
            msg_type(message),
            Some(
                HandshakeType::server_hello_done
                    | HandshakeType::hello_verify_request
                    | HandshakeType::finished
            )
        ),
    }
}

/// Who has come how far in a handshake, as far as that is seen in clear.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Ended {
    /// The server says what it has to say in TLS 1.3.
    server_speaks: bool,
    client: bool,
    server: bool,
}

impl Ended {
    /// Takes a message of the handshake.
    pub(in super::super) fn follow(&mut self, from: Side, msg_type: HandshakeType) {
        match (from, msg_type) {
            (_, HandshakeType::client_hello) => *self = Ended::default(),
            (_, HandshakeType::server_hello)
            | (Side::Server, HandshakeType::encrypted_extensions) => {
                *self = Ended { server_speaks: true, ..Ended::default() };
            }
            (Side::Client, HandshakeType::finished) => self.client = true,
            (Side::Server, HandshakeType::finished) => {
                (self.server, self.server_speaks) = (true, false)
            }
            _ => {}
        }
    }

    /// Who alone sends a message of this type here. A client has its own EncryptedExtensions behind
    /// those of its server (draft-vvv-tls-alps), and keys change behind one's own Finished, RFC 8446
    /// section 4.6.3.
    pub(in super::super) fn sole_sender(self, msg_type: HandshakeType) -> Option<Side> {
        match (msg_type, self.client, self.server) {
            (HandshakeType::encrypted_extensions, false, true) => Some(Side::Client),
            (HandshakeType::key_update, true, false) => Some(Side::Client),
            (HandshakeType::key_update, false, true) => Some(Side::Server),
            _ => Side::sole_sender(msg_type),
        }
    }

    /// Whether a client may answer a request: it does so behind its server's Finished.
    pub(in super::super) fn may_answer(self) -> bool {
        !self.server_speaks
    }
}

/// The type of a message of the handshake, whole or not.
pub(super) fn msg_type(message: &Message) -> Option<HandshakeType> {
    match &message.body {
        Body::Handshake(handshake) => Some(handshake.msg_type()),
        Body::BrokenHandshake(msg_type) => Some(*msg_type),
        _ => None,
    }
}

/// Whether a Certificate has a context, by which a client answers a request behind the handshake: a
/// server's has none, RFC 8446 section 4.4.2.
pub(in super::super) fn has_context(message: &[u8], tls13: Option<bool>) -> bool {
    let Some((length, context)) = peek(message, 1, 3).zip(peek(message, HEADER, 1)) else {
        return false;
    };
    // A context behind its length, and a list up to the end; before TLS 1.3 the list alone.
    let ends_at = |behind: usize| {
        peek(message, HEADER + behind, 3).is_some_and(|list| behind + 3 + list == length)
    };
    let is_certificate = message.first() == Some(&HandshakeType::certificate.0);
    is_certificate && context > 0 && tls13 != Some(false) && ends_at(1 + context) && !ends_at(0)
}

/// Whether a message is a Certificate without any, behind a header of so many bytes: only a client
/// answers so, RFC 5246 section 7.4.6, RFC 8446 section 4.4.2.
pub(in super::super) fn is_empty_certificate(message: &[u8], header: usize) -> bool {
    let is_certificate = message.first() == Some(&HandshakeType::certificate.0);
    // In TLS 1.3 a context stands before the list.
    let context = message.get(header).map_or(0, |length| 1 + usize::from(*length));
    let ends_at = |behind: usize| {
        peek(message, 1, 3) == Some(behind + 3) && peek(message, header + behind, 3) == Some(0)
    };
    is_certificate && (ends_at(0) || ends_at(context))
}
