//! Who sends: the form and the meaning of some messages hang on it.

use crate::names::HandshakeType;

/// One of the two sides of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The side that says hello first.
    Client,
    /// The side that answers.
    Server,
}

impl Side {
    /// `client` or `server`.
    pub fn name(self) -> &'static str {
        match self {
            Side::Client => "client",
            Side::Server => "server",
        }
    }

    /// The side that it speaks to.
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }

    /// What belongs to this side, of what is kept of both: the client's, the server's.
    pub fn of<T>(self, [client, server]: &[T; 2]) -> &T {
        match self {
            Side::Client => client,
            Side::Server => server,
        }
    }

    /// The same, to be changed.
    pub fn of_mut<T>(self, [client, server]: &mut [T; 2]) -> &mut T {
        match self {
            Side::Client => client,
            Side::Server => server,
        }
    }

    /// Who sends messages of this type, where only one side does: RFC 5246 section 7.4, RFC 8446
    /// section 4.
    pub fn sole_sender(msg_type: HandshakeType) -> Option<Side> {
        match msg_type {
            HandshakeType::client_hello
            | HandshakeType::client_key_exchange
            | HandshakeType::client_certificate_request
            | HandshakeType::certificate_url
            | HandshakeType::next_protocol
            | HandshakeType::channel_id
            | HandshakeType::end_of_early_data => Some(Side::Client),
            HandshakeType::hello_request
            | HandshakeType::server_hello
            | HandshakeType::hello_verify_request
            | HandshakeType::new_session_ticket
            | HandshakeType::hello_retry_request
            | HandshakeType::encrypted_extensions
            | HandshakeType::server_key_exchange
            | HandshakeType::certificate_request
            | HandshakeType::server_hello_done
            | HandshakeType::certificate_status => Some(Side::Server),
            _ => None,
        }
    }
}
