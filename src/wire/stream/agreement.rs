//! What messages decide for those that follow.

use super::{Body, Message};
use crate::names::{
    CachedInformationType, CipherAlgorithm, CompressionMethod, Mac, ProtocolVersion,
};
use crate::wire::extension::{ClientExtension, EncryptedExtension, ServerExtension};
use crate::wire::grammar::Context;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_rules::highest_version;
use crate::wire::handshake::server_hello::ServerHello;
use crate::wire::record::ssl2::Ssl2Message;

/// Notes what a message decides for those that follow.
pub fn agree(message: &Message, context: &mut Context) {
    if let Body::Ssl2(message) = &message.body {
        match &**message {
            Ssl2Message::ClientHello(hello) => {
                context.asked_in_ssl2 = true;
                context.offered = Some(hello.version);
            }
            Ssl2Message::ServerHello(hello) => context.version = Some(hello.server_version),
            _ => {}
        }
    }
    match message.handshake() {
        Some(Handshake::ServerHello(hello)) => {
            context.version = Some(hello.version());
            context.cipher_suite = Some(hello.cipher_suite);
            context.unanswered = false;
            context.mac_in_clear = mac_in_clear(hello);
            (context.server_certificate_type, context.client_certificate_type) = (None, None);
            (context.certificate_is_cached, context.request_is_cached) = (false, false);
            // Both sides name the id that they want to see in what they receive.
            for extension in hello.extensions() {
                match extension {
                    ServerExtension::ConnectionId(id) => {
                        context.server_connection_id = Some(id.0.len());
                    }
                    ServerExtension::CertType(kind) => {
                        context.server_certificate_type = Some(*kind);
                        context.client_certificate_type = Some(*kind);
                    }
                    ServerExtension::CachedInfo(kinds) => {
                        let has = |kind| kinds.0.contains(&kind);
                        context.certificate_is_cached = has(CachedInformationType::cert);
                        context.request_is_cached = has(CachedInformationType::cert_req);
                    }
                    ServerExtension::ServerCertificateType(kind) => {
                        context.server_certificate_type = Some(*kind);
                    }
                    ServerExtension::ClientCertificateType(kind) => {
                        context.client_certificate_type = Some(*kind);
                    }
                    _ => {}
                }
            }
        }
        Some(Handshake::ClientHello(hello)) => {
            let id = hello.extensions().iter().find_map(|extension| match extension {
                ClientExtension::ConnectionId(id) => Some(id.0.len()),
                _ => None,
            });
            context.client_connection_id = id;
            context.asked_in_ssl2 = false;
            context.unanswered = true;
            context.offered = highest_version(hello);
        }
        Some(Handshake::EncryptedExtensions(answers)) => {
            for extension in &answers.extensions.0 {
                match extension {
                    EncryptedExtension::ServerCertificateType(kind) => {
                        context.server_certificate_type = Some(*kind);
                    }
                    EncryptedExtension::ClientCertificateType(kind) => {
                        context.client_certificate_type = Some(*kind);
                    }
                    _ => {}
                }
            }
        }
        Some(Handshake::ServerKeyExchange(key)) if context.known_suite().is_none() => {
            context.assumed_key_exchange = key.key_exchange();
        }
        Some(Handshake::ClientKeyExchange(_)) => context.assumed_key_exchange = None,
        Some(Handshake::DraftServerHello(hello)) => {
            context.version = Some(hello.version);
            context.cipher_suite = Some(hello.cipher_suite);
            context.unanswered = false;
        }
        Some(Handshake::HelloRetryRequest(_) | Handshake::DraftHelloRetryRequest(_)) => {
            context.version = Some(ProtocolVersion::TLS1_3);
        }
        _ => {}
    }
    if context.version.is_none() && message.tells_tls13() {
        context.version = Some(match context.datagram {
            true => ProtocolVersion::DTLS1_3,
            false => ProtocolVersion::TLS1_3,
        });
    }
}

/// Bytes of the MAC of RFC 6066 section 7.
const TRUNCATED_MAC: usize = 10;

/// Bytes of the MAC that stands in clear behind what is in clear, RFC 5246 section 6.2.3.1. Suites of
/// TLS 1.3 that do not encrypt have the type of a record within it, RFC 9150 section 5.
fn mac_in_clear(hello: &ServerHello) -> Option<usize> {
    let suite = hello.cipher_suite;
    let in_clear = suite.cipher()?.algorithm == CipherAlgorithm::Null
        && hello.legacy_compression_method == CompressionMethod::null
        && !hello.version().is_tls13();
    let Some(Mac::Hmac(hash)) = suite.mac().filter(|_| in_clear) else { return None };
    let is_short = |one: &ServerExtension| matches!(one, ServerExtension::TruncatedHmac(_));
    Some(match hello.extensions().iter().any(is_short) {
        true => TRUNCATED_MAC,
        false => hash.length(),
    })
}
