//! Whose a message is by itself, and whose turn is behind it: RFC 5246 section 7.3, RFC 8446
//! sections 2 and 4.6.2.

use crate::names::HandshakeType;
use crate::wire::grammar::peek;
use crate::wire::handshake::{HEADER, Handshake};
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
