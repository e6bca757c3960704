//! A session as OpenSSL writes it (`SSL SESSION PARAMETERS` in PEM): SSL_SESSION_ASN1 of its
//! ssl/ssl_asn1.c. No RFC has it.

use super::der::elements::Element;
use super::der::schema::{INTEGER, member, optional, tag};
use super::der::words::integer;
use super::der::{Schema, element};
use super::grammar::{Reader, Record};
use crate::names::{CipherSuite, ProtocolVersion, Ssl2CipherKind};

/// Whether a session goes on so behind its own version: with the version of the protocol, and a suite.
pub fn is_begun(version: &Element<'_>, behind: &[Element<'_>]) -> bool {
    let is_suite =
        |it: &Element<'_>| it.identifier == tag::OCTET_STRING && matches!(it.content.len(), 2 | 3);
    matches!(version.content, [3, _] | [0, 0xfe | 1, _]) && behind.first().is_some_and(is_suite)
}

/// Reads a session where `r` stands. What follows it is left.
pub fn ssl_session<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "", "SSL_SESSION", &SSL_SESSION);
}

/// The version of the protocol.
fn ssl_version(content: &[u8]) -> Option<String> {
    match *content {
        [high, low] | [0, high, low] => {
            Some(ProtocolVersion(u16::from_be_bytes([high, low])).to_string())
        }
        _ => integer(content),
    }
}

/// The suite, or a cipher of SSL 2.0.
fn cipher(content: &[u8]) -> Option<String> {
    match *content {
        [high, low] => Some(CipherSuite(u16::from_be_bytes([high, low])).to_string()),
        [kind, high, low] => {
            Some(Ssl2CipherKind(u32::from_be_bytes([0, kind, high, low])).to_string())
        }
        _ => None,
    }
}

const ANY: Schema = Schema::Explicit("", &Schema::Any);

const SSL_SESSION: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("ssl_version", &[tag::INTEGER], Schema::Type(tag::INTEGER, Some(ssl_version))),
    member("cipher", &[tag::OCTET_STRING], Schema::Type(tag::OCTET_STRING, Some(cipher))),
    member("session_id", &[tag::OCTET_STRING], Schema::Any),
    member("master_key", &[tag::OCTET_STRING], Schema::Any),
    optional("key_arg", &[0x80], Schema::Any),
    optional("time", &[0xa1], ANY),
    optional("timeout", &[0xa2], ANY),
    optional("peer", &[0xa3], Schema::Explicit("", &super::x509::CERTIFICATE)),
    optional("session_id_context", &[0xa4], ANY),
    optional("verify_result", &[0xa5], ANY),
    optional("tlsext_hostname", &[0xa6], ANY),
    optional("psk_identity_hint", &[0xa7], ANY),
    optional("psk_identity", &[0xa8], ANY),
    optional("tlsext_tick_lifetime_hint", &[0xa9], ANY),
    optional("tlsext_tick", &[0xaa], ANY),
    optional("comp_id", &[0xab], ANY),
    optional("srp_username", &[0xac], ANY),
    optional("flags", &[0xad], ANY),
    optional("tlsext_tick_age_add", &[0xae], ANY),
    optional("max_early_data", &[0xaf], ANY),
    optional("alpn_selected", &[0xb0], ANY),
    optional("tlsext_max_fragment_len_mode", &[0xb1], ANY),
    optional("ticket_appdata", &[0xb2], ANY),
    optional("kex_group", &[0xb3], ANY),
    optional("peer_rpk", &[0xb4], ANY),
]);
