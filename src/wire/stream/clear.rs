//! What in clear a record of TLS may be by its bytes alone, where nothing before it says whether it is
//! protected: messages of the handshake have types that there are, and lengths that their types may
//! have, RFC 8446 section 4, RFC 5246 section 7.4.

use std::ops::RangeInclusive;

use super::{Body, Message};
use crate::names::{
    AlertDescription, AlertLevel, Code, ContentType, HandshakeType, HeartbeatMessageType,
};
use crate::wire::grammar::{Context, behind_length, peek};
use crate::wire::handshake::{DTLS_HEADER, HEADER, claimed_length};
use crate::wire::record::alert;

/// The least that an alert has when it is protected: in TLS 1.3, with a tag of 8 bytes.
const LEAST_PROTECTED_ALERT: usize = 11;

/// The least that a ChangeCipherSpec has, when keys before those that it announces protect it: with
/// the nonce and the tag of CCM_8.
const LEAST_PROTECTED_CHANGE: usize = 17;

/// The least that a message has when it is protected: a HelloRequest, and what proves it.
const LEAST_PROTECTED_MESSAGE: usize = 20;

/// The least that data has when it is protected: in TLS 1.3, its type and a tag of 8 bytes.
pub(super) const LEAST_PROTECTED_DATA: usize = 9;

/// Bytes of a heartbeat from which on it may be protected: a type and a length, and a MAC of SHA-1. One
/// in clear that asks for more than it has (CVE-2014-0160) is mostly shorter.
const LEAST_PROTECTED_HEARTBEAT: usize = 23;

/// The first byte of a SEQUENCE, as in a response of OCSP.
const DER: u8 = 0x30;

/// A message has fewer than 2^18 bytes, as chains of certificates have.
const MOST: usize = 0x3_ffff;

/// What a message has at most that is neither a chain of certificates nor has lists of others.
const MOST_BUT_CHAINS: usize = 0x1_0100;

/// What the bytes of a record of the handshake are, where a message begins with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InClear {
    /// Messages up to their end.
    Whole,
    /// Messages of which the last goes on behind them, by at least so many bytes.
    GoesOn(usize),
    /// No messages: they are protected, or the rest of a message that was not seen.
    No,
}

impl InClear {
    /// What they are.
    pub(crate) fn of(bytes: &[u8]) -> InClear {
        // What begins as a side's first words do is in clear, however wrong its length is.
        if greets(bytes) != Some(false) {
            let length = claimed_length(bytes).unwrap_or(HEADER);
            return match length.saturating_sub(bytes.len()) {
                0 => InClear::Whole,
                missing => InClear::GoesOn(missing),
            };
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            if !may_begin(rest) {
                return InClear::No;
            }
            let Some(length) = claimed_length(rest) else {
                return InClear::GoesOn(HEADER.saturating_sub(rest.len()));
            };
            match rest.get(length..) {
                Some(behind) => rest = behind,
                None => return InClear::GoesOn(length - rest.len()),
            }
        }
        InClear::Whole
    }
}

/// Whether messages of this type agree on keys.
pub(crate) fn agrees_on_keys(msg_type: HandshakeType) -> bool {
    matches!(
        msg_type,
        HandshakeType::certificate
            | HandshakeType::server_key_exchange
            | HandshakeType::certificate_request
            | HandshakeType::server_hello_done
            | HandshakeType::client_key_exchange
    )
}

/// Whether a record of the handshake is a message in clear, all of it, whatever its sender said before.
/// One that agrees on keys tells that he had none, as where a ChangeCipherSpec came too early
/// (CVE-2014-0224); one that stands only behind a ChangeCipherSpec, that what protected it was taken off.
pub(crate) fn is_in_clear(bytes: &[u8]) -> bool {
    let Some(msg_type) = bytes.first().copied().map(HandshakeType) else { return false };
    let is_behind_change =
        matches!(msg_type, HandshakeType::next_protocol | HandshakeType::channel_id);
    (agrees_on_keys(msg_type) || is_behind_change && has_form(bytes))
        && InClear::of(bytes) == InClear::Whole
}

/// Whether a record of the handshake is too short to be protected, by its length.
pub(crate) fn is_short(length: usize) -> bool {
    length < LEAST_PROTECTED_MESSAGE
}

/// Whether a record is a ChangeCipherSpec that is protected, by its length.
pub(crate) fn is_protected_change(content_type: ContentType, length: usize) -> bool {
    content_type == ContentType::change_cipher_spec && length >= LEAST_PROTECTED_CHANGE
}

/// Why a record of which these bytes are there cannot be in clear, by its type and its length; none
/// where it may be.
pub(super) fn unfit(
    content_type: ContentType,
    length: usize,
    bytes: &[u8],
) -> Option<&'static str> {
    let is_whole = bytes.len() == length;
    match content_type {
        ContentType::alert => (length >= LEAST_PROTECTED_ALERT && !(is_whole && are_alerts(bytes)))
            .then_some("a protected record, since no alerts have this form"),
        ContentType::handshake => (!is_short(length) && InClear::of(bytes) == InClear::No)
            .then_some(
                "a protected record, or the rest of a message, since no messages have this form",
            ),
        ContentType::heartbeat => (length >= LEAST_PROTECTED_HEARTBEAT && !is_heartbeat(bytes))
            .then_some("a protected record, since no heartbeat has this form"),
        _ => is_protected_change(content_type, length)
            .then_some("a protected record, since in clear it has one byte"),
    }
}

/// Whether a message begins with these bytes that may be sent in clear.
fn may_begin(bytes: &[u8]) -> bool {
    has_length(bytes) && has_version(bytes)
}

/// Whether the message that begins with these bytes has a type that may be sent in clear, and a length
/// that its type may have.
pub(super) fn has_length(bytes: &[u8]) -> bool {
    let Some((&msg_type, behind)) = bytes.split_first() else { return false };
    let Some(lengths) = lengths(HandshakeType(msg_type)) else { return false };
    match peek(bytes, 1, 3) {
        Some(length) => lengths.contains(&length),
        // What there is of the length.
        None => behind.first().is_none_or(|high| usize::from(*high) <= lengths.end() >> 16),
    }
}

/// How long the messages are of a type that may be sent in clear.
fn lengths(msg_type: HandshakeType) -> Option<RangeInclusive<usize>> {
    Some(match msg_type {
        HandshakeType::hello_request
        | HandshakeType::server_hello_done
        | HandshakeType::end_of_early_data => 0..=0,
        HandshakeType::client_hello
        | HandshakeType::server_hello
        | HandshakeType::hello_retry_request => 0..=0xffff,
        HandshakeType::hello_verify_request => 3..=0x102,
        HandshakeType::certificate | HandshakeType::compressed_certificate => 3..=MOST,
        HandshakeType::certificate_request | HandshakeType::certificate_status => 0..=MOST,
        HandshakeType::new_session_ticket | HandshakeType::supplemental_data => 4..=MOST_BUT_CHAINS,
        // A client's fixed key is in its certificate.
        HandshakeType::client_key_exchange | HandshakeType::server_key_exchange => {
            0..=MOST_BUT_CHAINS
        }
        HandshakeType::encrypted_extensions
        | HandshakeType::certificate_verify
        | HandshakeType::certificate_url
        | HandshakeType::next_protocol
        | HandshakeType::channel_id => 2..=MOST_BUT_CHAINS,
        HandshakeType::finished => 12..=64,
        HandshakeType::key_update => 1..=1,
        // It is never sent, and told from what is protected all the same.
        HandshakeType::message_hash => 20..=64,
        _ => return None,
    })
}

/// Whether a hello has the version of one; of another it is one where it has its form. What else
/// begins as a hello does is the rest of a CertificateStatus: of a client's the response (RFC 6066
/// section 8), and of a server's several of them, behind their lengths (RFC 6961). Other messages have
/// no version there.
fn has_version(bytes: &[u8]) -> bool {
    let Some(version) = bytes.get(HEADER) else { return true };
    match bytes.first().copied().map(HandshakeType) {
        Some(HandshakeType::client_hello) => {
            // Where its session id begins may not be here yet.
            let may_have_session = bytes.get(SESSION_ID).is_none_or(|length| *length <= 32);
            *version == 3 || *version != DER && may_have_session || has_form(bytes)
        }
        Some(HandshakeType::server_hello | HandshakeType::hello_retry_request) => {
            *version != 0 || has_form(bytes)
        }
        Some(HandshakeType::hello_verify_request) => *version == 0xfe,
        _ => true,
    }
}

/// Whether the message that begins here is whole, and can be read.
fn has_form(bytes: &[u8]) -> bool {
    let whole = claimed_length(bytes).and_then(|length| bytes.get(..length));
    whole.is_some_and(|message| {
        let message = Message::decode(ContentType::handshake, message, Context::default());
        matches!(message.body, Body::Handshake(_))
    })
}

/// Which hello begins here, of a length that it may have, which can be read where all of it is here.
pub(crate) fn begins_with_hello(bytes: &[u8]) -> Option<HandshakeType> {
    let [msg_type, 0, ..] = *bytes else { return None };
    let is_cut = claimed_length(bytes).is_some_and(|length| length > bytes.len());
    (greets(bytes) == Some(true) && (is_cut || has_form(bytes))).then_some(HandshakeType(msg_type))
}

/// Which hello may begin here, where nothing waits for these bytes: of one in a short record, what is
/// here of it.
pub(crate) fn may_begin_with_hello(bytes: &[u8]) -> Option<HandshakeType> {
    let begun = match *bytes {
        [msg_type, 0, _, _, _, _, ..] => greets(bytes).is_none().then_some(HandshakeType(msg_type)),
        _ => None,
    };
    begun.or_else(|| begins_with_hello(bytes))
}

/// Whether a hello begins here as a side's first words do, by its version and the length of its session
/// id, which has 32 bytes at most, whatever its own length; none where what is here may be one that ends
/// before its session id, as in a short record.
pub(crate) fn greets(bytes: &[u8]) -> Option<bool> {
    let [1 | 2, _, _, _, 3, ref behind @ ..] = *bytes else { return Some(false) };
    match (bytes.get(SESSION_ID), behind.first()) {
        (Some(length), _) => Some(*length <= 32),
        (None, Some(5..)) => Some(false),
        (None, _) => None,
    }
}

/// Where in a hello the length of its session id stands: behind its version and its random bytes.
const SESSION_ID: usize = HEADER + 34;

/// Whether this is a ClientHello, all of it and nothing more.
pub(super) fn is_hello(bytes: &[u8]) -> bool {
    let [msg_type, _, _, _, 3, ..] = *bytes else { return false };
    msg_type == HandshakeType::client_hello.0 && claimed_length(bytes) == Some(bytes.len())
}

/// Whether these bytes are alerts, each of a level and a description that there is.
fn are_alerts(bytes: &[u8]) -> bool {
    bytes.chunks(2).all(|alert| match *alert {
        [level, description] => {
            AlertLevel(level).name().is_some() && AlertDescription(description).name().is_some()
        }
        _ => false,
    })
}

/// Whether this is a heartbeat, of a type that there is, whose payload is there.
fn is_heartbeat(bytes: &[u8]) -> bool {
    let msg_type = bytes.first().map(|first| HeartbeatMessageType(*first));
    msg_type.is_some_and(|msg_type| msg_type.name().is_some())
        && behind_length(bytes.get(1..).unwrap_or_default(), 2).is_some()
}

/// Bytes of the MAC behind a client's hello, where nothing told the suite of its sender's keys: what
/// stands behind it is no message, and as long as a MAC is.
pub(super) fn mac_behind_hello(bytes: &[u8]) -> Option<usize> {
    let (hello, behind) = bytes.split_at_checked(claimed_length(bytes)?)?;
    let is_mac = matches!(behind.len(), 16 | 20 | 32 | 48) && InClear::of(behind) == InClear::No;
    (is_mac && is_hello(hello) && has_form(hello)).then_some(behind.len())
}

/// The messages in clear in what is by keys that do not encrypt, each of them whole, the last with so
/// many bytes of a MAC behind it: RFC 5246 section 6.2.3.1. None where there are others.
pub(super) fn with_mac(
    content_type: ContentType,
    bytes: &[u8],
    mac: usize,
    context: Context,
) -> Vec<Message> {
    let content = bytes.len().checked_sub(mac).and_then(|length| bytes.get(..length));
    let Some(content) = content else { return Vec::new() };
    let fits = match content_type {
        ContentType::handshake if context.datagram => is_whole_in_dtls(content),
        ContentType::handshake => !content.is_empty() && InClear::of(content) == InClear::Whole,
        ContentType::alert => content.len() == alert::LENGTH && are_alerts(content),
        ContentType::change_cipher_spec => content == [1],
        ContentType::application_data => true,
        ContentType::heartbeat => is_heartbeat(content),
        _ => false,
    };
    let (mut messages, mut rest) = (Vec::new(), bytes);
    while fits && !rest.is_empty() {
        let length = match content_type {
            ContentType::handshake if !context.datagram => claimed_length(rest),
            _ => None,
        };
        // The MAC is behind the last one.
        let whole = length.and_then(|length| rest.split_at_checked(length));
        let (own, mac, behind) = match whole.filter(|(_, behind)| behind.len() > mac) {
            Some((own, behind)) => (own, 0, behind),
            None => (rest, mac, &[][..]),
        };
        messages.push(Message::decode_with_mac(content_type, own, mac, context));
        rest = behind;
    }
    messages
}

/// Whether this is a message of DTLS, all of it and nothing more: RFC 6347 section 4.2.2.
fn is_whole_in_dtls(bytes: &[u8]) -> bool {
    let (length, offset, part) = (peek(bytes, 1, 3), peek(bytes, 6, 3), peek(bytes, 9, 3));
    offset == Some(0) && part == length && length.map(|it| DTLS_HEADER + it) == Some(bytes.len())
}
