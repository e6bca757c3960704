//! The JSON of a diagnosis, `helloscope/diagnosis/1`: a contract with other programs.

use serde_json::{Value as Json, json};

use crate::diagnose::{Cause, Diagnosis, Evidence, Possible};
use crate::hello::facts::Facts;
use crate::hello::vocabulary::Quantity;
use crate::probe::Unacknowledged;
use crate::report::diagnosis_words::remedy_edits;
use crate::transcript::CertificateFacts;
use crate::wire::text::hex;

/// A diagnosis of a host as one object.
pub fn json(diagnosis: &Diagnosis, host: &str, port: u16) -> Json {
    let address = json!(diagnosis.subject.address.map(|address| address.to_string()));
    let remedy = diagnosis.remedy.as_ref().map(|remedy| {
        json!({
            "edits": remedy_edits(diagnosis, remedy),
            "hex": hex(&remedy.spec.flight()),
            "reaction": remedy.reaction,
        })
    });
    json!({
        "schema": "helloscope/diagnosis/1",
        "target": {
            "host": host,
            "port": port,
            "address": address,
        },
        "subject": {
            "source": diagnosis.subject.name,
            "handshake_length": diagnosis.subject.spec.length(),
            "hex": hex(&diagnosis.subject.spec.message()),
        },
        "reaction": diagnosis.reaction,
        "verdict": diagnosis.verdict.word(),
        "cause": diagnosis.cause.as_ref().map(|cause| self::cause(cause, &address)),
        "remedy": remedy,
        "confirmed": {
            "cause_fails": diagnosis.confirmed.cause_fails,
            "remedy_passes": diagnosis.confirmed.remedy_passes,
        },
        "known_as": diagnosis.known_as.iter().map(|quirk| &quirk.id).collect::<Vec<_>>(),
        "evidence": diagnosis.evidence.iter().map(evidence).collect::<Vec<_>>(),
        "possible": diagnosis.possible.iter().map(possible).collect::<Vec<_>>(),
        "notes": diagnosis.notes,
        "cost": {
            "connections": diagnosis.connections,
            "seconds": rounded(diagnosis.elapsed),
        },
    })
}

fn cause(cause: &Cause, address: &Json) -> Json {
    match cause {
        Cause::Condition(condition) => json!(condition),
        Cause::Edits(edits) => {
            json!({"edits": edits.iter().map(ToString::to_string).collect::<Vec<_>>()})
        }
        Cause::Protocol(protocol) => json!({"protocol": protocol.map(|protocol| protocol.name)}),
        Cause::Rate { passes, of } => {
            json!({"rates": [{"address": address, "passes": passes, "of": of}]})
        }
    }
}

fn possible(possible: &Possible) -> Json {
    // To the thousandth.
    let share = (possible.share * 1000.0).round() / 1000.0;
    json!({"condition": possible.condition, "share": share})
}

fn evidence(evidence: &Evidence) -> Json {
    let facts = Facts::of(&evidence.spec.flight(), &evidence.spec.segments);
    let told = [
        Quantity::HandshakeLength,
        Quantity::RecordCount,
        Quantity::CipherSuitesCount,
        Quantity::ExtensionsCount,
    ];
    let conditions: serde_json::Map<String, Json> = told
        .iter()
        .filter_map(|&quantity| Some((quantity.name(), json!(facts.quantity(quantity)?))))
        .collect();
    json!({
        "probe": evidence.probe,
        "conditions": conditions,
        "reaction": evidence.reaction,
        "seconds": rounded(evidence.seconds),
        "connected_in": evidence.path.connected_in.map(rounded),
        "certificate_sha256": evidence.certificate.as_deref().map(CertificateFacts::sha256_of),
        "unacknowledged": evidence.path.unacknowledged.map(unacknowledged),
    })
}

fn unacknowledged(told: Unacknowledged) -> Json {
    json!({
        "bytes": told.bytes,
        "retransmissions": told.retransmissions,
        "window_closed": told.window_closed,
    })
}

/// Seconds to the tenth of a millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 10_000.0).round() / 10_000.0
}
