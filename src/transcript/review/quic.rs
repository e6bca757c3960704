//! QUIC's transport parameters: which may stand once, which only a server may send, and which must
//! be there. RFC 9000 sections 7.3, 7.4 and 18.2; the versions of RFC 9368 section 3.

use std::collections::BTreeSet;

use super::Say;
use crate::wire::extension::{ParameterValue, TransportParameter};
use crate::wire::fault::Notices;
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
