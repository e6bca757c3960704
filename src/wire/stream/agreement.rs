//! What messages decide for those that follow.

use super::{Body, Message};
use crate::names::ProtocolVersion;
use crate::wire::grammar::Context;
use crate::wire::handshake::Handshake;
use crate::wire::ssl2::Ssl2Message;

/// Notes what a message decides for those that follow.
pub fn agree(message: &Message, context: &mut Context) {
    if let Body::Ssl2(message) = &message.body {
        if let Ssl2Message::ServerHello(hello) = &**message {
            context.version = Some(hello.server_version);
        }
    }
    match message.handshake() {
        Some(Handshake::ServerHello(hello)) => {
            context.version = Some(hello.version());
            context.cipher_suite = Some(hello.cipher_suite);
        }
        Some(Handshake::DraftServerHello(hello)) => {
            context.version = Some(hello.version);
            context.cipher_suite = Some(hello.cipher_suite);
        }
        Some(Handshake::HelloRetryRequest(_) | Handshake::DraftHelloRetryRequest(_)) => {
            context.version = Some(ProtocolVersion::TLS1_3);
        }
        _ => {}
    }
}
