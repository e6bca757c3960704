//! What is wrong with SSL 2.0: that it is spoken at all. RFC 6176.

use std::collections::HashSet;

use super::{Review, Say, client};
use crate::names::{CipherSuite, ProtocolVersion, Ssl2CipherKind};
use crate::wire::fault::Notices;
use crate::wire::record::ssl2::{CipherKind, Ssl2Message};

/// A suite of later versions has its own number here.
const FALLBACK: u32 = CipherSuite::TLS_FALLBACK_SCSV.0 as u32;

/// So has the one that says that renegotiation is safe.
const RENEGOTIATION: u32 = CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV.0 as u32;

const REFERENCE: &str = "RFC 6176 3";

impl Review {
    /// A message of SSL 2.0: what is wrong with it is that it is one, and which cipher it chooses.
    pub(super) fn ssl2(&mut self, message: &Ssl2Message, say: &mut Say<'_>) {
        ssl2(message, say);
        let [client, server] = &mut self.ssl2_offers;
        match message {
            Ssl2Message::ClientHello(hello) => {
                *client = hello.cipher_specs.0.to_vec();
                server.clear();
            }
            Ssl2Message::ServerHello(hello) => {
                *server = hello.cipher_specs.0.to_vec();
                let offered: HashSet<u32> = client.iter().map(|kind| kind.0).collect();
                let has_none = !server.iter().any(|kind| offered.contains(&kind.0));
                // Where a session goes on, none is chosen.
                if has_none && !server.is_empty() && !client.is_empty() {
                    let found = "others alone";
                    say.form("cipher_specs", "a cipher that was offered", found, "SSL 2.0 2.6");
                }
            }
            Ssl2Message::ClientMasterKey(key) => {
                let offers = [client, server];
                let mut seen = offers.iter().filter(|offer| !offer.is_empty());
                if seen.any(|offer| !offer.contains(&key.cipher_kind)) {
                    let (expected, found) = ("a cipher that both sides offer", "another");
                    say.form("cipher_kind", expected, found, "SSL 2.0 2.5");
                }
            }
            _ => {}
        }
    }
}

/// What is wrong with a message of SSL 2.0: that it is one.
fn ssl2(message: &Ssl2Message, say: &mut Say<'_>) {
    let (field, kinds) = match message {
        Ssl2Message::ClientHello(hello) => {
            if hello.version == ProtocolVersion::SSL2_0 {
                let found = "SSL 2.0, which must not be spoken";
                say.form("version", "TLS 1.2 or later", found, REFERENCE);
            } else {
                let found = "one in the form of SSL 2.0";
                say.form("sslv2_client_hello", "a hello in the form of TLS", found, REFERENCE);
            }
            let has_suites = || hello.cipher_specs.0.iter().any(|kind| kind.0 <= 0xffff);
            let signals = || hello.cipher_specs.0.iter().any(|kind| kind.0 == RENEGOTIATION);
            if hello.version >= ProtocolVersion::SSL3_0 && has_suites() && !signals() {
                // It has no room for an extension.
                let expected = "TLS_EMPTY_RENEGOTIATION_INFO_SCSV";
                say.form("sslv2_client_hello", expected, "none", "RFC 5746 3.4");
            }
            if hello.cipher_specs.0.iter().any(|kind| kind.0 == FALLBACK) {
                client::fallback("version", false, say);
            }
            ("cipher_specs", hello.cipher_specs.0.as_slice())
        }
        Ssl2Message::ServerHello(hello) => {
            let found = "SSL 2.0, which must not be spoken";
            say.form("server_version", "TLS 1.2 or later", found, REFERENCE);
            ("cipher_specs", hello.cipher_specs.0.as_slice())
        }
        Ssl2Message::ClientMasterKey(key) => {
            ("cipher_kind", std::slice::from_ref(&key.cipher_kind))
        }
        _ => return,
    };
    let export = |kind: &CipherKind| {
        let name = Ssl2CipherKind(kind.0).name().unwrap_or_default();
        name.contains("EXPORT")
    };
    if let Some(index) = kinds.iter().position(export) {
        let found = "one for export, of 40 bits (DROWN)";
        let expected = "a cipher that is safe";
        match field {
            "cipher_specs" => say.of_item(field, index, |say| {
                say.form("cipher_kind", expected, found, REFERENCE);
            }),
            _ => say.form(field, expected, found, REFERENCE),
        }
    }
}
