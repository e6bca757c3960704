//! Handshake messages that only DTLS has: HelloVerifyRequest, RFC 6347 section 4.2.1; the messages
//! for connection ids, RFC 9147 section 9; and the record that acknowledges others, section 7.

use crate::names::{ConnectionIdUsage, ProtocolVersion};
use crate::wire::grammar::{List, Opaque, P8, P16, message};

message! {
    /// The server asks for the hello again, with a cookie that shows where the client is.
    HelloVerifyRequest, item "hello_verify_request", in "RFC 6347 4.2.1" {
        /// DTLS 1.0, whatever will be spoken.
        server_version: ProtocolVersion,
        /// To be put into the hello.
        cookie: Opaque<P8>,
    }
}

message! {
    /// More connection ids are wanted.
    RequestConnectionId, item "request_connection_id", in "RFC 9147 9" {
        /// How many.
        num_cids: u8,
    }
}

message! {
    /// More connection ids.
    NewConnectionId, item "new_connection_id", in "RFC 9147 9" {
        /// The ids.
        cids: List<P16, ConnectionId>,
        /// Whether to use one at once.
        usage: ConnectionIdUsage,
    }
}

crate::wire::grammar::named! {
    /// A connection id.
    ConnectionId(Opaque<P8>), item "connection_id"
}

message! {
    /// The records that have arrived.
    Ack, item "ack", in "RFC 9147 7" {
        /// Their numbers.
        record_numbers: List<P16, RecordNumber>,
    }
}

message! {
    /// Which record.
    RecordNumber, item "record_number", in "RFC 9147 4" {
        /// Under which keys.
        epoch: u64,
        /// Which one under these keys.
        sequence_number: u64,
    }
}
