//! What a message tells of those behind it, as far as that is needed to say who sends them.

use super::Last;
use super::alone::{gives_word, msg_type};
use crate::names::{ContentType, ExtensionType, HandshakeType};
use crate::wire::extension::{ClientExtension, Extension, ServerExtension};
use crate::wire::handshake::Handshake;
use crate::wire::stream::{Body, Message};

/// What a message tells of those behind it.
pub(super) struct Told {
    /// What its record then was the last to have.
    pub(super) last: Last,
    /// Of the handshake, its type.
    pub(super) msg_type: Option<HandshakeType>,
    /// Its sender leaves the word to the other by it.
    pub(super) gives_word: bool,
    /// It is a hello that offers early data.
    pub(super) offers_early_data: bool,
    /// It is a hello that names this one.
    pub(super) connection_id: Option<Vec<u8>>,
    /// It is the hello behind which a server's flight comes.
    pub(super) begins_flight: bool,
    /// It asks for another hello.
    pub(super) asks_again: bool,
    /// It is protected: what its record is said to be, and how long it is.
    pub(super) by_keys: Option<(ContentType, usize)>,
}

impl Told {
    /// What this one tells.
    pub(super) fn of(message: &Message) -> Told {
        let msg_type = msg_type(message);
        let last = match message.handshake() {
            // One that cannot be read is answered as well.
            _ if msg_type == Some(HandshakeType::client_hello) => Last::ClientHello,
            _ if message.type_name() == "sslv2_client_hello" => Last::ClientHello,
            Some(
                Handshake::ServerHello(_)
                | Handshake::DraftServerHello(_)
                | Handshake::HelloRetryRequest(_)
                | Handshake::DraftHelloRetryRequest(_),
            ) => Last::ServerHello,
            _ if message.type_name() == "sslv2_server_hello" => Last::ServerHello,
            // In SSL 2.0 the client's key changes the keys.
            _ if message.changes_keys() || message.type_name() == "sslv2_client_master_key" => {
                Last::ChangeCipherSpec
            }
            _ => Last::Other,
        };
        let early_data = ExtensionType::early_data;
        Told {
            last,
            msg_type,
            gives_word: gives_word(message),
            offers_early_data: match message.handshake() {
                Some(Handshake::ClientHello(hello)) => {
                    hello.extensions().iter().any(|one| one.extension_type() == early_data)
                }
                _ => false,
            },
            connection_id: match message.handshake() {
                Some(Handshake::ClientHello(hello)) => {
                    hello.extensions().iter().find_map(|one| match one {
                        ClientExtension::ConnectionId(id) => Some(id.0.to_vec()),
                        _ => None,
                    })
                }
                Some(Handshake::ServerHello(hello)) => {
                    hello.extensions().iter().find_map(|one| match one {
                        ServerExtension::ConnectionId(id) => Some(id.0.to_vec()),
                        _ => None,
                    })
                }
                _ => None,
            },
            begins_flight: matches!(
                message.handshake(),
                Some(Handshake::ServerHello(_) | Handshake::DraftServerHello(_))
            ),
            asks_again: matches!(
                message.handshake(),
                Some(Handshake::HelloRetryRequest(_) | Handshake::DraftHelloRetryRequest(_))
            ),
            by_keys: match message.body {
                Body::Encrypted => message.content_type.map(|it| (it, message.bytes.len())),
                _ => None,
            },
        }
    }
}
