//! What must hold of whatever was read of a connection.

use helloscope::transcript::{Side, Transcript};
use helloscope::wire::fault::{Kind, Remark};
use helloscope::wire::stream::{Unit, check_tiling};

use super::flows::Flow;

/// Every byte of both sides is owned once, and what was read without a remark of form comes back
/// as the same bytes.
pub fn hold(flow: &Flow, transcript: &Transcript, name: &str) {
    for side in [Side::Client, Side::Server] {
        let events = transcript.events.iter().filter(|event| event.from == side);
        let units: Vec<Unit> = events.map(|event| event.unit.clone()).collect();
        check_tiling(&units, flow.bytes(side).len())
            .unwrap_or_else(|reason| panic!("{name}, {}: {reason}", side.name()));
    }
    for (_, message) in transcript.messages() {
        if let Some(handshake) = message.handshake() {
            let again = match flow.datagrams {
                false => handshake.to_bytes(),
                true => {
                    let number = u16::from_be_bytes([message.bytes[4], message.bytes[5]]);
                    let mut whole = handshake.to_datagram_bytes(number);
                    // Put together from parts, it has the header of the first.
                    whole[9..12].copy_from_slice(&message.bytes[9..12]);
                    whole
                }
            };
            assert_eq!(again, message.without_mac(), "{name}: {}", message.type_name());
        }
    }
}

/// The remarks of form, each with the message in which it stands.
pub fn remarks_of_form(transcript: &Transcript) -> Vec<(&'static str, Remark)> {
    let mut all = Vec::new();
    for event in &transcript.events {
        let (name, tree) = match &event.unit {
            Unit::Header(header) => ("record", &header.tree),
            Unit::Message(message) => (message.type_name(), &message.tree),
        };
        let form = tree.remarks.iter().filter(|remark| remark.kind == Kind::Form);
        all.extend(form.map(|remark| (name, remark.clone())));
    }
    all
}
