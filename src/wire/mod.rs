//! TLS as it looks on the wire: one file a message, each declared once.
//!
//! [`grammar`] and [`choice`] are the language in which the messages are written; [`record`], [`handshake`] and
//! [`extension`] are what is written in it. [`stream`] turns the bytes of one side of a
//! connection into messages. The rest are the messages, certificates and what
//! belongs to them ([`x509`], [`ocsp`], [`sct`], over [`der`]), and what decoding yields: a tree of [`field`]s, and [`fault`]s.
//!
//! What is promised:
//! - Decoding is total. For any bytes there is a tree, its leaves cover them exactly once, and
//!   nothing panics. What has no form becomes `malformed`, `trailing` or `opaque`.
//! - `encode(decode(bytes)) = bytes` wherever decoding had nothing to remark.
//! - Time and memory are linear in the input.

pub mod alert;
pub mod certificate;
pub mod certificate_request;
pub mod certificate_url;
pub mod choice;
pub mod client_hello;
pub mod compressed_certificate;
pub mod context;
pub mod datagram;
pub mod der;
mod der_value;
pub mod dtls;
pub mod ec_parameters;
pub mod encrypted_extensions;
pub mod extension;
pub mod fault;
pub mod field;
pub mod finishing;
pub mod grammar;
pub mod handshake;
pub mod heartbeat;
pub mod key_exchange;
pub mod limits;
pub mod next_protocol;
pub mod ocsp;
pub mod plaintext;
pub mod random;
mod reader;
pub mod record;
pub mod sct;
pub mod second_opinion;
pub mod server_hello;
pub mod side;
pub mod signature;
pub mod spec_form;
pub mod ssl2;
pub mod stream;
pub mod supplemental_data;
pub mod text;
pub mod ticket;
pub mod time;
pub mod varint;
pub mod x509;
