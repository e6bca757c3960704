//! SSL 2.0: records of two kinds of header, and the messages in them, as Netscape's specification
//! of 1995 has them (sections 1.2 and 2); the hello by which clients of later versions began,
//! RFC 5246 appendix E.2.
//!
//! A message gives all lengths before the first of the bytes that they measure:
//!
//! ```text
//! uint16 cipher_specs_length, session_id_length, challenge_length;
//! opaque cipher_specs[cipher_specs_length], session_id[…], challenge[…];
//! ```

use serde::{Deserialize, Serialize};

use crate::names::{
    ProtocolVersion, Ssl2AuthenticationType, Ssl2CertificateType, Ssl2CipherKind, Ssl2Error,
    Ssl2MessageType,
};
use crate::wire::fault::Fault;
use crate::wire::field::{Shape, Value};
use crate::wire::grammar::{Read, Reader, Record, Rest, Sequence, Uint24, Wire, message, select};
use crate::wire::x509;

/// The header of a record: two bytes, or three where the record is padded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ssl2Header {
    /// Bytes of the record behind the header.
    pub length: usize,
    /// Whether the sender may do without what is in it; only where there are three bytes.
    pub is_escape: bool,
    /// Bytes at the end of the record that fill it up; none where there are two bytes.
    pub padding: Option<u8>,
}

impl Ssl2Header {
    /// Reads a header.
    ///
    /// # Errors
    /// Where bytes are missing.
    pub fn read<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let outer = r.section("SSL 2.0 1.2");
        let header = Self::fields(r);
        r.section(outer);
        header
    }

    fn fields<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let number = nom::number::complete::be_u16;
        let first = r.leaf("length", 2, number, Value::NumberBy(length_field))?;
        let length = length_of(first).into();
        if first & TWO_BYTES != 0 {
            return Ok(Ssl2Header { length, is_escape: false, padding: None });
        }
        let padding = u8::read(r, "padding")?;
        Ok(Ssl2Header { length, is_escape: first & ESCAPE != 0, padding: Some(padding) })
    }

    /// Appends its bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        let length = self.length as u16;
        match self.padding {
            None => out.extend((length | TWO_BYTES).to_be_bytes()),
            Some(padding) => {
                let escape = if self.is_escape { ESCAPE } else { 0 };
                out.extend((length_of(length & !TWO_BYTES) | escape).to_be_bytes());
                out.push(padding);
            }
        }
    }
}

/// The bit that says that the header ends with the length.
const TWO_BYTES: u16 = 0x8000;

/// The bit that marks a security escape, in a header of three bytes.
const ESCAPE: u16 = 0x4000;

/// The length in the first two bytes of a header.
fn length_of(first: u16) -> u16 {
    match first & TWO_BYTES {
        0 => first & !ESCAPE,
        _ => first & !TWO_BYTES,
    }
}

/// The same of the bytes themselves.
fn length_field(bytes: &[u8]) -> Option<u64> {
    Some(length_of(u16::from_be_bytes(bytes.try_into().ok()?)).into())
}

/// Declares messages whose lengths stand before all that they measure: first the fields of fixed
/// length, then behind `;` those that are measured, each with its length in two bytes.
macro_rules! measured {
    (
        $(#[$doc:meta])*
        $type:ident, item $item:literal, in $section:literal $(, then $then:path)? {
            $( $(#[$field_doc:meta])* $field:ident: $field_type:ty ),* ;
            $( $(#[$part_doc:meta])* $part:ident($length:literal): $part_type:ty ),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $type {
            $( $(#[$field_doc])* pub $field: $field_type, )*
            $( $(#[$part_doc])* pub $part: $part_type, )*
        }

        impl Wire for $type {
            const ITEM: &'static str = $item;

            fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
                r.node(name, Shape::Struct, Self::fields)
            }

            fn fields<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
                let outer = r.section($section);
                $( let $field = <$field_type as Wire>::read(r, stringify!($field)); )*
                $( let $part = u16::read(r, $length); )*
                $(
                    // Without its length a part is what is left.
                    let $part = {
                        let (name, rest) = (stringify!($part), r.rest().len());
                        let length = $part.as_ref().map_or(rest, |length| usize::from(*length));
                        let read = r.within(name, length, |r| <$part_type as Wire>::read(r, name));
                        $part.and(read)
                    };
                )*
                let read = (|| Ok($type { $( $field: $field?, )* $( $part: $part?, )* }))();
                $(
                    if let Ok(message) = &read {
                        $then(message, r);
                    }
                )?
                r.section(outer);
                read
            }

            fn write(&self, out: &mut Vec<u8>) {
                $( self.$field.write(out); )*
                $( (self.$part.to_bytes().len() as u16).write(out); )*
                $( self.$part.write(out); )*
            }
        }
    };
}

select! {
    /// A message.
    Ssl2Message, item "sslv2_message", by msg_type {
        /// What went wrong.
        Ssl2MessageType::ERROR => Error(ErrorMessage),
        /// What a client offers.
        Ssl2MessageType::CLIENT_HELLO => ClientHello(Ssl2ClientHello),
        /// The secret.
        Ssl2MessageType::CLIENT_MASTER_KEY => ClientMasterKey(ClientMasterKey),
        /// What the server chose.
        Ssl2MessageType::SERVER_HELLO => ServerHello(Ssl2ServerHello),
        /// The client has the keys.
        Ssl2MessageType::CLIENT_FINISHED => ClientFinished(ClientFinished),
        /// The server has the keys.
        Ssl2MessageType::SERVER_VERIFY => ServerVerify(ServerVerify),
        /// The server is done.
        Ssl2MessageType::SERVER_FINISHED => ServerFinished(ServerFinished),
        /// The server asks for a certificate.
        Ssl2MessageType::REQUEST_CERTIFICATE => RequestCertificate(RequestCertificate),
        /// The client's certificate.
        Ssl2MessageType::CLIENT_CERTIFICATE => ClientCertificate(ClientCertificate),
        /// Of a type that is not known.
        _ => Opaque(Rest),
    }
}

message! {
    /// What went wrong.
    ErrorMessage, item "sslv2_error", in "SSL 2.0 2.7" {
        /// `ERROR`.
        msg_type: Ssl2MessageType,
        /// What it is.
        error_code: Ssl2Error,
    }
}

measured! {
    /// What a client offers; by version 3.0 and later, the hello of a client that also takes an
    /// SSL 2.0 server.
    Ssl2ClientHello, item "sslv2_client_hello", in "SSL 2.0 2.5", then client_hello_lengths {
        /// `CLIENT-HELLO`.
        msg_type: Ssl2MessageType,
        /// The highest version.
        version: ProtocolVersion ;
        /// Kinds of ciphers in the order in which the client likes them.
        cipher_specs("cipher_specs_length"): Sequence<CipherKind>,
        /// A session to go on with.
        session_id("session_id_length"): Rest,
        /// Random bytes: 16 to 32.
        challenge("challenge_length"): Rest,
    }
}

/// Says where a session id or a challenge has a length that it may not have: an id of a session of
/// SSL 2.0 has 16 bytes, and a client that also takes TLS has none (RFC 5246 appendix E.2).
fn client_hello_lengths<R: Record>(hello: &Ssl2ClientHello, r: &mut Reader<'_, R>) {
    const LENGTHS: usize = 6;
    let (id, challenge) = (hello.session_id.0.len(), hello.challenge.0.len());
    let specs = hello.cipher_specs.to_bytes().len();
    let Some(lengths) = r.at().checked_sub(LENGTHS + specs + id + challenge) else { return };
    let by_tls = hello.version.0 >= ProtocolVersion::SSL3_0.0;
    let wrong_id = match id {
        0 => None,
        16 if !by_tls => None,
        _ if by_tls => Some(("0", "RFC 5246 E.2")),
        _ => Some(("0 or 16", "SSL 2.0 2.5")),
    };
    if let Some((expected, section)) = wrong_id {
        let outer = r.section(section);
        let fault = Fault::Value { expected, found: id as u64 };
        r.notice("session_id_length", lengths + 2..lengths + 4, fault);
        r.section(outer);
    }
    if !(16..=32).contains(&challenge) {
        let fault = Fault::Size { least: 16, most: 32, found: challenge };
        r.notice("challenge_length", lengths + 4..lengths + 6, fault);
    }
}

measured! {
    /// What the server chose.
    Ssl2ServerHello, item "sslv2_server_hello", in "SSL 2.0 2.6" {
        /// `SERVER-HELLO`.
        msg_type: Ssl2MessageType,
        /// 1 where the session goes on; then the three behind are empty.
        session_id_hit: u8,
        /// The form of the certificate.
        certificate_type: Ssl2CertificateType,
        /// SSL 2.0.
        server_version: ProtocolVersion ;
        /// The server's certificate.
        certificate("certificate_length"): Ssl2Certificate,
        /// The kinds of ciphers that both have; the client chooses.
        cipher_specs("cipher_specs_length"): Sequence<CipherKind>,
        /// Random bytes: 16 to 32.
        connection_id("connection_id_length"): Rest,
    }
}

measured! {
    /// The secret, and by which cipher all goes on.
    ClientMasterKey, item "sslv2_client_master_key", in "SSL 2.0 2.5" {
        /// `CLIENT-MASTER-KEY`.
        msg_type: Ssl2MessageType,
        /// The cipher.
        cipher_kind: CipherKind ;
        /// What of the key is sent in clear, so that the rest is short: export.
        clear_key("clear_key_length"): Rest,
        /// The rest of the key, under the server's RSA key.
        encrypted_key("encrypted_key_length"): Rest,
        /// What else the cipher needs, such as where it starts.
        key_arg("key_arg_length"): Rest,
    }
}

message! {
    /// The client shows that it has the keys.
    ClientFinished, item "sslv2_client_finished", in "SSL 2.0 2.5" {
        /// `CLIENT-FINISHED`.
        msg_type: Ssl2MessageType,
        /// The server's random bytes.
        connection_id: Rest,
    }
}

message! {
    /// The server shows that it has the keys.
    ServerVerify, item "sslv2_server_verify", in "SSL 2.0 2.6" {
        /// `SERVER-VERIFY`.
        msg_type: Ssl2MessageType,
        /// The client's random bytes.
        challenge: Rest,
    }
}

message! {
    /// The server is done.
    ServerFinished, item "sslv2_server_finished", in "SSL 2.0 2.6" {
        /// `SERVER-FINISHED`.
        msg_type: Ssl2MessageType,
        /// The session, to come back to.
        session_id: Rest,
    }
}

message! {
    /// The server asks the client for a certificate.
    RequestCertificate, item "sslv2_request_certificate", in "SSL 2.0 2.6" {
        /// `REQUEST-CERTIFICATE`.
        msg_type: Ssl2MessageType,
        /// How the client is to prove that it is its own.
        authentication_type: Ssl2AuthenticationType,
        /// Random bytes.
        certificate_challenge: Rest,
    }
}

measured! {
    /// The client's certificate.
    ClientCertificate, item "sslv2_client_certificate", in "SSL 2.0 2.5" {
        /// `CLIENT-CERTIFICATE`.
        msg_type: Ssl2MessageType,
        /// The form of the certificate.
        certificate_type: Ssl2CertificateType ;
        /// The certificate.
        certificate("certificate_length"): Ssl2Certificate,
        /// The proof.
        response("response_length"): Rest,
    }
}

impl Ssl2Message {
    /// The type that stands first.
    pub fn msg_type(&self) -> Ssl2MessageType {
        match self {
            Ssl2Message::Error(_) => Ssl2MessageType::ERROR,
            Ssl2Message::ClientHello(_) => Ssl2MessageType::CLIENT_HELLO,
            Ssl2Message::ClientMasterKey(_) => Ssl2MessageType::CLIENT_MASTER_KEY,
            Ssl2Message::ServerHello(_) => Ssl2MessageType::SERVER_HELLO,
            Ssl2Message::ClientFinished(_) => Ssl2MessageType::CLIENT_FINISHED,
            Ssl2Message::ServerVerify(_) => Ssl2MessageType::SERVER_VERIFY,
            Ssl2Message::ServerFinished(_) => Ssl2MessageType::SERVER_FINISHED,
            Ssl2Message::RequestCertificate(_) => Ssl2MessageType::REQUEST_CERTIFICATE,
            Ssl2Message::ClientCertificate(_) => Ssl2MessageType::CLIENT_CERTIFICATE,
            Ssl2Message::Opaque(rest) => {
                Ssl2MessageType(rest.0.first().copied().unwrap_or_default())
            }
        }
    }
}

/// What a message of SSL 2.0 is called, in the words of a transcript.
pub fn type_name(msg_type: Ssl2MessageType) -> &'static str {
    match msg_type {
        Ssl2MessageType::ERROR => "sslv2_error",
        Ssl2MessageType::CLIENT_HELLO => "sslv2_client_hello",
        Ssl2MessageType::CLIENT_MASTER_KEY => "sslv2_client_master_key",
        Ssl2MessageType::CLIENT_FINISHED => "sslv2_client_finished",
        Ssl2MessageType::SERVER_HELLO => "sslv2_server_hello",
        Ssl2MessageType::SERVER_VERIFY => "sslv2_server_verify",
        Ssl2MessageType::SERVER_FINISHED => "sslv2_server_finished",
        Ssl2MessageType::REQUEST_CERTIFICATE => "sslv2_request_certificate",
        Ssl2MessageType::CLIENT_CERTIFICATE => "sslv2_client_certificate",
        _ => "sslv2_unknown",
    }
}

/// The kind of a cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CipherKind(pub u32);

impl Wire for CipherKind {
    const ITEM: &'static str = "cipher_kind";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let kind = |bytes: &[u8]| {
            let number = bytes.iter().fold(0, |number, &byte| number << 8 | u32::from(byte));
            Some(Ssl2CipherKind(number).to_string())
        };
        let number = nom::number::complete::be_u24;
        r.leaf(name, 3, number, Value::Words(kind)).map(CipherKind)
    }

    fn write(&self, out: &mut Vec<u8>) {
        Uint24(self.0).write(out);
    }
}

/// A certificate in DER that its message measures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ssl2Certificate(#[serde(with = "crate::wire::spec_form::bytes")] pub Vec<u8>);

impl Wire for Ssl2Certificate {
    fn read<R: Record>(r: &mut Reader<'_, R>, _: &'static str) -> Read<Self> {
        let bytes = r.rest().to_vec();
        if !r.is_empty() {
            x509::certificate(r);
        }
        r.trailing();
        Ok(Ssl2Certificate(bytes))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

fn msg_type<R: Record>(r: &mut Reader<'_, R>) -> Ssl2MessageType {
    Ssl2MessageType(r.rest().first().copied().unwrap_or(u8::MAX))
}
