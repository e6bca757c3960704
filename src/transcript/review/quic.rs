//! QUIC's transport parameters: which may stand once, which only a server may send, and which must
//! be there. RFC 9000 sections 7.3, 7.4 and 18.2; the versions of RFC 9368 section 3. What a hello
//! must be that has them: RFC 9001 sections 4.2, 8.1, 8.2 and 8.4.

use std::collections::BTreeSet;

use super::client::{answers_to, offers_before_tls13};
use super::{Review, Say};
use crate::names::ExtensionType;
use crate::wire::extension::{ParameterValue, TransportParameter};
use crate::wire::fault::Notices;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::side::Side;

/// The list in which they stand.
const LIST: &str = "quic_transport_parameters";

/// Those that a client must not send.
const ONLY_SERVERS: &[&str] = &[
    "original_destination_connection_id",
    "preferred_address",
    "retry_source_connection_id",
    "stateless_reset_token",
];

/// Those whose absence ends a connection, and who sends them: they show that nobody between changed
/// a connection id.
const MUST_BE_THERE: &[(&str, &[Side])] = &[
    ("initial_source_connection_id", &[Side::Client, Side::Server]),
    ("original_destination_connection_id", &[Side::Server]),
];

impl Review {
    /// A hello of QUIC, as its extension tells.
    pub(super) fn hello_of_quic(&self, hello: &ClientHello, say: &mut Say<'_>) {
        if !answers_to(hello, ExtensionType::quic_transport_parameters) {
            return;
        }
        if self.in_record {
            // What else is so in QUIC is not so here.
            let found = "one in a record";
            return say.form(LIST, "none where it is not QUIC", found, "RFC 9001 8.2");
        }
        if !answers_to(hello, ExtensionType::application_layer_protocol_negotiation) {
            let expected = "ALPN, unless both know the protocol otherwise";
            say.form("extensions", expected, "none", "RFC 9001 8.1");
        }
        if !hello.legacy_session_id.0.is_empty() {
            let found = "a session id";
            say.form("legacy_session_id", "nothing in it, as in QUIC", found, "RFC 9001 8.4");
        }
        if offers_before_tls13(hello) {
            let expected = "TLS 1.3 and later alone, as in QUIC";
            let has_versions = answers_to(hello, ExtensionType::supported_versions);
            let field = if has_versions { "supported_versions" } else { "legacy_version" };
            say.form(field, expected, "a version before it", "RFC 9001 4.2");
        }
    }
}

pub(super) fn parameters(parameters: &[TransportParameter], from: Side, say: &mut Say<'_>) {
    let mut seen = BTreeSet::new();
    // Of many that are doubled, the first is told.
    let mut doubled = None;
    for (index, parameter) in parameters.iter().enumerate() {
        let name = parameter.id.name().unwrap_or("unknown");
        say.of_item(LIST, index, |say| {
            if !seen.insert(parameter.id.0.value()) {
                doubled = doubled.or(Some((index, name)));
            } else if from == Side::Client && ONLY_SERVERS.contains(&name) {
                let found = "one that only servers send";
                say.form(name, "parameters of a client", found, "RFC 9000 18.2");
            }
            if let ParameterValue::VersionInformation(versions) = &parameter.value {
                let chosen = versions.chosen_version;
                if from == Side::Client && !versions.available_versions.0.contains(&chosen) {
                    let expected = "the chosen version among those available";
                    say.form(name, expected, "other versions alone", "RFC 9368 3");
                }
            }
        });
    }
    if let Some((index, name)) = doubled {
        say.of_item(LIST, index, |say| {
            say.form(name, "each parameter once", "another one", "RFC 9000 7.4");
        });
    }
    for &(name, of) in MUST_BE_THERE {
        let is_there = parameters.iter().any(|parameter| parameter.id.name() == Some(name));
        if of.contains(&from) && !is_there {
            say.form(LIST, name, "none", "RFC 9000 7.3");
        }
    }
}
