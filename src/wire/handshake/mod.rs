//! Handshake messages: RFC 8446 section 4. A type, a length of three bytes, and a body whose form
//! is the type's, and for some the version's or the cipher suite's. In DTLS more stands in the
//! header: RFC 6347 section 4.2.2.
//!
//! ```text
//! struct {
//!     HandshakeType msg_type;
//!     uint24 length;
//!     uint16 message_seq;          DTLS
//!     uint24 fragment_offset;      DTLS
//!     uint24 fragment_length;      DTLS
//!     select (Handshake.msg_type) { … };
//! } Handshake;
//! ```

pub mod certificate;
pub mod certificate_request;
pub mod certificate_url;
pub mod client_hello;
pub mod client_rules;
pub mod compressed_certificate;
pub mod datagram;
pub mod ec_parameters;
pub mod ekt_key;
pub mod encrypted_extensions;
pub mod finishing;
pub mod key_exchange;
mod likeness;
pub mod next_protocol;
pub mod random;
pub mod server_hello;
pub mod signature;
pub mod supplemental_data;
pub mod ticket;

use super::extension::CertificateStatus;
use super::field::Shape;
use super::grammar::{
    Apart, Context, Empty, P24, Prefix, Read, Reader, Record, Rest, Uint24, Wire, behind_length,
    message, peek, prefix_fits, prefixed,
};
use super::side::Side;
use super::x509::looks_like_public_key_info;
use crate::names::{CertificateType, Code, HandshakeType};
use certificate::{
    CachedCertificate, Certificate, Certificate13, OpenPgpCertificate, RawPublicKey,
};
use certificate_request::{CachedRequest, CertificateRequest, CertificateRequest13};
use certificate_url::CertificateUrl;
use client_hello::ClientHello;
use compressed_certificate::CompressedCertificate;
use datagram::{HelloVerifyRequest, NewConnectionId, RequestConnectionId};
use ekt_key::EktKey;
use encrypted_extensions::EncryptedExtensions;
use finishing::{Finished, KeyUpdate};
use key_exchange::{ClientKeyExchange, ServerKeyExchange};
use next_protocol::{ChannelId, NextProtocol};
use server_hello::{
    DraftHelloRetryRequest, DraftServerHello, HelloRetryRequest, ServerHello,
    is_draft_of_another_form, is_hello_retry_request,
};
use signature::CertificateVerify;
use supplemental_data::SupplementalData;
use ticket::{NewSessionTicket, NewSessionTicket13};

/// Bytes of type and length.
pub const HEADER: usize = 4;

/// Bytes of the header in DTLS.
pub const DTLS_HEADER: usize = 12;

message! {
    /// What DTLS adds to a message's header: which message of its sender it is, and which part.
    FragmentHeader, item "fragment", in "RFC 6347 4.2.2" {
        /// Which message.
        message_seq: u16,
        /// Where in the message the part begins.
        fragment_offset: Uint24,
        /// Bytes of the part.
        fragment_length: Uint24,
    }
}

/// Declares the messages: which body stands behind which type, and on what condition where a type
/// has several. The first row that fits is taken.
macro_rules! messages {
    ( $( $key:ident $(if $condition:ident)? => $message:ident($body:ty) ),* $(,)? ) => {
        /// A handshake message.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Handshake {
            $(
                #[doc = concat!("`", stringify!($key), "`" $(, ", ", stringify!($condition))?)]
                $message($body),
            )*
            /// Of a type that is not known.
            Opaque(HandshakeType, Rest),
        }

        impl Handshake {
            fn body<R: Record>(r: &mut Reader<'_, R>, msg_type: HandshakeType) -> Read<Self> {
                let form = Form::of(r, msg_type);
                match msg_type {
                    $(
                        HandshakeType::$key $(if form == Form::$condition)? => {
                            <$body>::fields(r).map(Handshake::$message)
                        }
                    )*
                    other => Rest::fields(r).map(|rest| Handshake::Opaque(other, rest)),
                }
            }

            /// The type that stands in the header.
            pub fn msg_type(&self) -> HandshakeType {
                match self {
                    $( Handshake::$message(_) => HandshakeType::$key, )*
                    Handshake::Opaque(msg_type, _) => *msg_type,
                }
            }

            /// Appends what stands behind the header.
            pub fn write_body(&self, out: &mut Vec<u8>) {
                match self {
                    $( Handshake::$message(body) => body.write(out), )*
                    Handshake::Opaque(_, body) => body.write(out),
                }
            }
        }
    };
}

messages! {
    hello_request => HelloRequest(Empty),
    client_hello => ClientHello(ClientHello),
    server_hello if Retry => HelloRetryRequest(HelloRetryRequest),
    server_hello if Draft => DraftServerHello(DraftServerHello),
    server_hello => ServerHello(ServerHello),
    hello_verify_request => HelloVerifyRequest(HelloVerifyRequest),
    new_session_ticket if Tls13 => NewSessionTicket13(NewSessionTicket13),
    new_session_ticket => NewSessionTicket(NewSessionTicket),
    end_of_early_data => EndOfEarlyData(Empty),
    hello_retry_request => DraftHelloRetryRequest(DraftHelloRetryRequest),
    encrypted_extensions => EncryptedExtensions(EncryptedExtensions),
    request_connection_id => RequestConnectionId(RequestConnectionId),
    new_connection_id => NewConnectionId(NewConnectionId),
    certificate if Tls13 => Certificate13(Certificate13),
    certificate if RawPublicKey => RawPublicKey(RawPublicKey),
    certificate if OpenPgp => OpenPgpCertificate(OpenPgpCertificate),
    certificate if Cached => CachedCertificate(CachedCertificate),
    certificate => Certificate(Certificate),
    server_key_exchange => ServerKeyExchange(Apart<ServerKeyExchange>),
    certificate_request if Tls13 => CertificateRequest13(CertificateRequest13),
    certificate_request if Cached => CachedRequest(CachedRequest),
    certificate_request => CertificateRequest(CertificateRequest),
    server_hello_done => ServerHelloDone(Empty),
    certificate_verify => CertificateVerify(CertificateVerify),
    client_key_exchange => ClientKeyExchange(ClientKeyExchange),
    client_certificate_request => ClientCertificateRequest(CertificateRequest13),
    finished => Finished(Finished),
    certificate_url => CertificateUrl(CertificateUrl),
    certificate_status => CertificateStatus(CertificateStatus),
    supplemental_data => SupplementalData(SupplementalData),
    key_update => KeyUpdate(KeyUpdate),
    compressed_certificate => CompressedCertificate(CompressedCertificate),
    ekt_key => EktKey(EktKey),
    next_protocol => NextProtocol(NextProtocol),
    channel_id => ChannelId(ChannelId),
    message_hash => MessageHash(MessageHash),
}

/// Which of the forms that its type may have a message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A ServerHello that is a HelloRetryRequest.
    Retry,
    /// A ServerHello of a draft of TLS 1.3 in which it had another form.
    Draft,
    /// That of TLS 1.3.
    Tls13,
    /// A key instead of certificates.
    RawPublicKey,
    /// A certificate of OpenPGP.
    OpenPgp,
    /// A hash of what the client has.
    Cached,
    /// That of TLS 1.2 and before, or the only one.
    Plain,
}

impl Form {
    fn of<R: Record>(r: &mut Reader<'_, R>, msg_type: HandshakeType) -> Form {
        match msg_type {
            HandshakeType::server_hello if is_hello_retry_request(r.rest()) => Form::Retry,
            HandshakeType::server_hello if is_draft_of_another_form(r.rest()) => Form::Draft,
            HandshakeType::certificate
            | HandshakeType::new_session_ticket
            | HandshakeType::certificate_request => {
                let tls13 = r.context().tls13();
                match tls13.unwrap_or_else(|| assume_version(r, msg_type)) {
                    true => Form::Tls13,
                    false => Form::before_tls13(r, msg_type),
                }
            }
            _ => Form::Plain,
        }
    }

    /// That of a message of which TLS 1.3 has another, by what was agreed. A server may send all of
    /// what it need not.
    fn before_tls13<R: Record>(r: &Reader<'_, R>, msg_type: HandshakeType) -> Form {
        let (context, body) = (r.context(), r.rest());
        let is_servers = context.sender == Some(Side::Server);
        match msg_type {
            HandshakeType::certificate
                if is_servers && context.certificate_is_cached && !prefix_fits(body, 0, 3) =>
            {
                Form::Cached
            }
            HandshakeType::certificate_request
                if is_servers && context.request_is_cached && !is_old_request(body) =>
            {
                Form::Cached
            }
            HandshakeType::certificate => match context.certificate_type() {
                Some(CertificateType::OpenPGP) => Form::OpenPgp,
                Some(CertificateType::RawPublicKey) => Form::RawPublicKey,
                None if is_raw_public_key(body) => Form::RawPublicKey,
                _ => Form::Plain,
            },
            _ => Form::Plain,
        }
    }
}

/// Whether a message is taken for one of TLS 1.3, since nothing tells its version but its lengths.
fn assume_version<R: Record>(r: &mut Reader<'_, R>, msg_type: HandshakeType) -> bool {
    let body = r.rest();
    let tls13 = match msg_type {
        // A context behind its length, and a list.
        HandshakeType::certificate => {
            let context = peek(body, 0, 1).unwrap_or(0);
            !prefix_fits(body, 0, 3) && prefix_fits(body, 1 + context, 3)
        }
        // A lifetime, and the ticket to the end; or more between them and behind.
        HandshakeType::new_session_ticket => !prefix_fits(body, 4, 2) && body.len() > 13,
        // A context and extensions; or kinds of certificates, and more.
        HandshakeType::certificate_request => {
            let context = peek(body, 0, 1).unwrap_or(0);
            !is_old_request(body) && prefix_fits(body, 1 + context, 2)
        }
        _ => false,
    };
    let name = msg_type.name().unwrap_or("message");
    let found = match tls13 {
        true => "the form of TLS 1.3, which fits",
        false => "the form before TLS 1.3",
    };
    r.assume(name, "a ServerHello that tells the version", found);
    tls13
}

/// Whether a CertificateRequest has the form of TLS 1.2 or before: kinds of certificates, algorithms
/// or none, and authorities up to the end.
fn is_old_request(body: &[u8]) -> bool {
    let Some((kinds, behind)) = behind_length(body, 1) else { return false };
    let algorithms = behind_length(behind, 2);
    !kinds.is_empty()
        && (are_authorities(behind)
            || algorithms.is_some_and(|(_, behind)| are_authorities(behind)))
}

/// Whether names stand here up to the end, each behind its length, and all of them behind theirs.
fn are_authorities(bytes: &[u8]) -> bool {
    let Some((mut names, [])) = behind_length(bytes, 2) else { return false };
    while let Some((_, behind)) = behind_length(names, 2) {
        names = behind;
    }
    names.is_empty()
}

/// Whether a key stands where certificates do, by its form.
fn is_raw_public_key(body: &[u8]) -> bool {
    match behind_length(body, 3) {
        Some((key, [])) => looks_like_public_key_info(key),
        _ => false,
    }
}

message! {
    /// What stands for a first ClientHello when a handshake that was retried is hashed. It is never
    /// sent.
    MessageHash, item "message_hash", in "RFC 8446 4.4.1" {
        /// The hash of the hello.
        hash: Rest,
    }
}

impl Handshake {
    /// Reads a message with its header.
    ///
    /// # Errors
    /// What does not have the message's form; the tree has all bytes all the same.
    pub fn read<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let outer = r.section(section(r));
        let message = Self::message(r);
        r.section(outer);
        message
    }

    fn message<R: Record>(r: &mut Reader<'_, R>) -> Read<Self> {
        let msg_type = HandshakeType::read(r, "msg_type")?;
        let length = Uint24::read(r, "length")?.0 as usize;
        if r.context().datagram {
            // What it says of the parts counts where they are put together.
            FragmentHeader::fields(r)?;
        }
        let retry = msg_type == HandshakeType::server_hello && is_hello_retry_request(r.rest());
        let name = if retry { "hello_retry_request" } else { field_name(msg_type) };
        r.bounded(name, Shape::Struct, length, |r| Self::body(r, msg_type))
    }

    /// Whether it stands for what is not in it, as was agreed: the hash of a message that the client
    /// has, or a certificate of another kind than X.509's.
    pub fn stands_for_another(&self) -> bool {
        matches!(
            self,
            Handshake::CachedCertificate(_)
                | Handshake::CachedRequest(_)
                | Handshake::OpenPgpCertificate(_)
        )
    }

    /// Appends the message with its header.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.msg_type().write(out);
        prefixed(out, <P24>::WIDTH, |out| self.write_body(out));
    }

    /// What stands behind the header.
    pub fn body_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_body(&mut out);
        out
    }

    /// The message's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// The message's bytes with the header of DTLS, in one part.
    pub fn to_datagram_bytes(&self, message_seq: u16) -> Vec<u8> {
        let body = self.body_bytes();
        let length = Uint24(u32::try_from(body.len()).unwrap_or(u32::MAX));
        let mut out = Vec::with_capacity(DTLS_HEADER + body.len());
        self.msg_type().write(&mut out);
        length.write(&mut out);
        let part =
            FragmentHeader { message_seq, fragment_offset: Uint24(0), fragment_length: length };
        part.write(&mut out);
        out.extend(body);
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

/// The section that has the messages of the handshake, which in datagrams have a header of their own:
/// where the version is not known, or the message has no place in it, by its type.
fn section<R: Record>(r: &Reader<'_, R>) -> &'static str {
    let is_before_tls13 = matches!(
        r.rest().first().copied().map(HandshakeType),
        Some(
            HandshakeType::hello_request
                | HandshakeType::server_key_exchange
                | HandshakeType::server_hello_done
                | HandshakeType::client_key_exchange
        )
    );
    let context = r.context();
    let is_before_tls13 = is_before_tls13 || context.is_before_tls13();
    match (context.datagram, context.tls13()) {
        (true, Some(true)) => "RFC 9147 5.2",
        (true, _) => "RFC 6347 4.2.2",
        (false, _) if is_before_tls13 => "RFC 5246 7.4",
        (false, _) => "RFC 8446 4",
    }
}

/// The length of a message of TLS with its header, as the header claims it.
pub fn claimed_length(bytes: &[u8]) -> Option<usize> {
    peek(bytes, 1, 3).map(|length| HEADER + length)
}

fn field_name(msg_type: HandshakeType) -> &'static str {
    msg_type.name().unwrap_or("unknown")
}
