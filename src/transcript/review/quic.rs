//! QUIC's transport parameters: which may stand once, and which only a server may send. RFC 9000
//! sections 7.4 and 18.2.

use std::collections::BTreeSet;

use super::Say;
use crate::wire::extension::TransportParameter;
use crate::wire::fault::Notices;
use crate::wire::side::Side;

/// Those that a client must not send.
const ONLY_SERVERS: &[&str] = &[
    "original_destination_connection_id",
    "preferred_address",
    "retry_source_connection_id",
    "stateless_reset_token",
];

pub(super) fn parameters(parameters: &[TransportParameter], from: Side, say: &mut Say<'_>) {
    let mut seen = BTreeSet::new();
    // Of many that are doubled, the first is told.
    let mut doubled = None;
    for parameter in parameters {
        let name = parameter.id.name().unwrap_or("unknown");
        if !seen.insert(parameter.id.0.value()) {
            doubled = doubled.or(Some(name));
        } else if from == Side::Client && ONLY_SERVERS.contains(&name) {
            let found = "one that only servers send";
            say.form(name, "parameters of a client", found, "RFC 9000 18.2");
        }
    }
    if let Some(name) = doubled {
        say.form(name, "each parameter once", "another one", "RFC 9000 7.4");
    }
}
