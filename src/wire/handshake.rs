//! Handshake messages: RFC 8446 section 4. A type, a length of three bytes, and a body whose form
//! is the type's, and for some the version's or the cipher suite's.
//!
//! ```text
//! struct {
//!     HandshakeType msg_type;
//!     uint24 length;
//!     select (Handshake.msg_type) { … };
//! } Handshake;
//! ```

use super::certificate::{Certificate, Certificate13};
use super::certificate_request::{CertificateRequest, CertificateRequest13};
use super::client_hello::ClientHello;
use super::field::{Shape, Value};
use super::finishing::{
    CertificateVerify, ClientKeyExchange, EncryptedExtensions, Finished, KeyUpdate,
    NewSessionTicket, NewSessionTicket13,
};
use super::grammar::{Context, P24, Prefix, Read, Reader, Record, Rest, Wire, length, prefixed};
use super::server_hello::{HelloRetryRequest, ServerHello, is_hello_retry_request};
use super::server_key_exchange::ServerKeyExchange;
use crate::names::{Code, HandshakeType, ProtocolVersion};

/// Bytes of type and length.
pub const HEADER: usize = 4;

/// The body of a handshake message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the message of its name")]
pub enum Handshake {
    HelloRequest,
    ClientHello(ClientHello),
    ServerHello(ServerHello),
    HelloRetryRequest(HelloRetryRequest),
    NewSessionTicket(NewSessionTicket),
    NewSessionTicket13(NewSessionTicket13),
    EncryptedExtensions(EncryptedExtensions),
    Certificate(Certificate),
    Certificate13(Certificate13),
    ServerKeyExchange(ServerKeyExchange),
    CertificateRequest(CertificateRequest),
    CertificateRequest13(CertificateRequest13),
    ServerHelloDone,
    CertificateVerify(CertificateVerify),
    ClientKeyExchange(ClientKeyExchange),
    Finished(Finished),
    KeyUpdate(KeyUpdate),
    Opaque(HandshakeType, Rest),
}

impl Handshake {
    /// Reads a message with its header.
    ///
    /// # Errors
    /// What does not have the message's form; the tree has all bytes all the same.
    pub fn read<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let outer = r.section("RFC 8446 4");
        let message = Self::message(r);
        r.section(outer);
        message
    }

    fn message<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let msg_type = HandshakeType::read(r, "msg_type")?;
        let length = length::<P24, R>(r)?;
        let retry = msg_type == HandshakeType::server_hello && is_hello_retry_request(r.rest());
        let name = if retry { "hello_retry_request" } else { field_name(msg_type) };
        r.bounded(name, Shape::Struct, length, |r| Self::body(r, msg_type, retry))
    }

    fn body<R: Record>(r: &mut Reader<'_, R>, msg_type: HandshakeType, retry: bool) -> Read<Self> {
        let tls13 = r.context().version.is_some_and(is_tls13);
        Ok(match msg_type {
            HandshakeType::hello_request => Handshake::HelloRequest,
            HandshakeType::client_hello => Handshake::ClientHello(ClientHello::fields(r)?),
            HandshakeType::server_hello if retry => {
                Handshake::HelloRetryRequest(HelloRetryRequest::fields(r)?)
            }
            HandshakeType::server_hello => Handshake::ServerHello(ServerHello::fields(r)?),
            HandshakeType::new_session_ticket if tls13 => {
                Handshake::NewSessionTicket13(NewSessionTicket13::fields(r)?)
            }
            HandshakeType::new_session_ticket => {
                Handshake::NewSessionTicket(NewSessionTicket::fields(r)?)
            }
            HandshakeType::encrypted_extensions => {
                Handshake::EncryptedExtensions(EncryptedExtensions::fields(r)?)
            }
            HandshakeType::certificate if tls13 => {
                Handshake::Certificate13(Certificate13::fields(r)?)
            }
            HandshakeType::certificate => Handshake::Certificate(Certificate::fields(r)?),
            HandshakeType::server_key_exchange => {
                Handshake::ServerKeyExchange(ServerKeyExchange::fields(r)?)
            }
            HandshakeType::certificate_request if tls13 => {
                Handshake::CertificateRequest13(CertificateRequest13::fields(r)?)
            }
            HandshakeType::certificate_request => {
                Handshake::CertificateRequest(CertificateRequest::fields(r)?)
            }
            HandshakeType::server_hello_done => Handshake::ServerHelloDone,
            HandshakeType::certificate_verify => {
                Handshake::CertificateVerify(CertificateVerify::fields(r)?)
            }
            HandshakeType::client_key_exchange => {
                Handshake::ClientKeyExchange(ClientKeyExchange::fields(r)?)
            }
            HandshakeType::finished => Handshake::Finished(Finished::fields(r)?),
            HandshakeType::key_update => Handshake::KeyUpdate(KeyUpdate::fields(r)?),
            other => Handshake::Opaque(other, Rest(r.remaining("opaque", Value::Bytes).into())),
        })
    }

    /// The type that stands in the header.
    pub fn msg_type(&self) -> HandshakeType {
        match self {
            Handshake::HelloRequest => HandshakeType::hello_request,
            Handshake::ClientHello(_) => HandshakeType::client_hello,
            Handshake::ServerHello(_) | Handshake::HelloRetryRequest(_) => {
                HandshakeType::server_hello
            }
            Handshake::NewSessionTicket(_) | Handshake::NewSessionTicket13(_) => {
                HandshakeType::new_session_ticket
            }
            Handshake::EncryptedExtensions(_) => HandshakeType::encrypted_extensions,
            Handshake::Certificate(_) | Handshake::Certificate13(_) => HandshakeType::certificate,
            Handshake::ServerKeyExchange(_) => HandshakeType::server_key_exchange,
            Handshake::CertificateRequest(_) | Handshake::CertificateRequest13(_) => {
                HandshakeType::certificate_request
            }
            Handshake::ServerHelloDone => HandshakeType::server_hello_done,
            Handshake::CertificateVerify(_) => HandshakeType::certificate_verify,
            Handshake::ClientKeyExchange(_) => HandshakeType::client_key_exchange,
            Handshake::Finished(_) => HandshakeType::finished,
            Handshake::KeyUpdate(_) => HandshakeType::key_update,
            Handshake::Opaque(msg_type, _) => *msg_type,
        }
    }

    /// Appends the message with its header.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.msg_type().write(out);
        prefixed(out, P24::WIDTH, |out| match self {
            Handshake::HelloRequest | Handshake::ServerHelloDone => {}
            Handshake::ClientHello(body) => body.write(out),
            Handshake::ServerHello(body) => body.write(out),
            Handshake::HelloRetryRequest(body) => body.write(out),
            Handshake::NewSessionTicket(body) => body.write(out),
            Handshake::NewSessionTicket13(body) => body.write(out),
            Handshake::EncryptedExtensions(body) => body.write(out),
            Handshake::Certificate(body) => body.write(out),
            Handshake::Certificate13(body) => body.write(out),
            Handshake::ServerKeyExchange(body) => body.write(out),
            Handshake::CertificateRequest(body) => body.write(out),
            Handshake::CertificateRequest13(body) => body.write(out),
            Handshake::CertificateVerify(body) => body.write(out),
            Handshake::ClientKeyExchange(body) => body.write(out),
            Handshake::Finished(body) => body.write(out),
            Handshake::KeyUpdate(body) => body.write(out),
            Handshake::Opaque(_, body) => body.write(out),
        });
    }

    /// The message's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Reads a message that must take the whole input, without a tree.
    ///
    /// # Errors
    /// What is wrong with it, at the first place.
    pub fn decode(input: &[u8], context: Context) -> Read<Self> {
        let mut r = Reader::<()>::new(input, context);
        r.within("handshake", input.len(), Self::read)
    }
}

/// The length of a message with its header, as the header claims it.
pub fn claimed_length(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [_, high, middle, low, ..] => {
            Some(HEADER + u32::from_be_bytes([0, high, middle, low]) as usize)
        }
        _ => None,
    }
}

/// Whether messages have the forms of TLS 1.3, its drafts included.
pub fn is_tls13(version: ProtocolVersion) -> bool {
    version == ProtocolVersion::TLS1_3 || version.0 >> 8 == 0x7f
}

fn field_name(msg_type: HandshakeType) -> &'static str {
    msg_type.name().unwrap_or("unknown")
}
