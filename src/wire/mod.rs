//! TLS as it looks on the wire: one file a message, each declared once.
//!
//! [`grammar`] is the language in which the messages are written, with [`choice`] for what a number
//! chooses. [`record`] has what goes over the wire by itself, [`handshake`] the messages,
//! [`extension`] the tables of extensions and their bodies. [`stream`] turns the bytes of one side
//! of a connection into messages. Certificates ([`x509`]), statuses ([`ocsp`]) and timestamps
//! ([`sct`]) are DER ([`der`]) or nearly so, and so is what files hold without a message around it
//! ([`document`]); files of [`packets`] are told from them. What decoding yields is a tree of [`field`]s, and
//! [`fault`]s; and what a hello is known by, a [`fingerprint`].
//!
//! What is promised:
//! - Decoding is total. For any bytes there is a tree, its leaves cover them exactly once, and
//!   nothing panics. What has no form becomes `malformed`, `trailing` or `opaque`.
//! - `encode(decode(bytes)) = bytes` wherever decoding had nothing to remark.
//! - Time and memory are linear in the input.

pub mod choice;
mod cms;
pub mod context;
mod declare;
pub mod der;
mod der_value;
pub mod document;
pub mod dump;
pub mod extension;
pub mod fault;
pub mod field;
pub mod fingerprint;
pub mod grammar;
pub mod handshake;
mod length;
pub mod limits;
mod list;
pub mod ocsp;
mod opaque;
pub mod packets;
mod pkcs12;
pub mod places;
pub mod point;
mod presence;
pub mod prime_field;
mod reader;
pub mod record;
pub mod sct;
pub mod second_opinion;
mod session;
pub mod side;
pub mod spec_form;
pub mod stream;
pub mod text;
pub mod time;
mod time_stamp;
pub mod varint;
pub mod x509;
