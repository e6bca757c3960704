//! What was not captured: where what one side says breaks off then, that is no fault of who sent it.

use std::sync::Arc;

use super::flow::{Behind, Flow};
use crate::transcript::{Side, Transcript};
use crate::wire::fault::{Fault, Kind};
use crate::wire::field::Tree;
use crate::wire::stream::{Body, Message, Unit};

/// Takes for no more than notices what is missing of what a side says, where that may be the capture's
/// doing: of a stream at its end, of datagrams in each. Whether anything is.
pub(super) fn excuse(transcript: &mut Transcript, side: Side, flow: &Flow) -> bool {
    let behind = flow.behind(side);
    let is_header = |unit: &Unit| matches!(unit, Unit::Header(_));
    let mut events = transcript.events.iter();
    let last = events.rposition(|event| event.from == side && is_header(&event.unit));
    let from = if flow.datagrams { 0 } else { last.unwrap_or(0) };
    let events = transcript.events.get_mut(from..).unwrap_or_default();
    let (mut is_cut, mut found) = (false, false);
    for event in events.iter_mut().filter(|event| event.from == side) {
        found |= match &mut event.unit {
            Unit::Header(header) => {
                // What is there of a datagram is all, but where it was captured in part.
                is_cut =
                    (!flow.datagrams || behind == Behind::Lost) && as_notices(&mut header.tree);
                is_cut
            }
            Unit::Message(message) => {
                is_unfinished(message, is_cut) && as_notices(&mut message.tree)
            }
        };
    }
    found
}

/// Whether more of a message would come: by its own length, or in SSL 2.0, where it has none, by its
/// record's.
fn is_unfinished(message: &Message, is_cut: bool) -> bool {
    let is_ssl2 = matches!(message.body, Body::Ssl2(_) | Body::BrokenSsl2(_));
    !message.complete() || is_ssl2 && is_cut
}

/// Makes notices of what says that bytes are missing. Whether there is any.
fn as_notices(tree: &mut Arc<Tree>) -> bool {
    let is_missing = |fault: &Fault| matches!(fault, Fault::Truncated { .. });
    let found = tree.remarks.iter().any(|remark| is_missing(&remark.fault));
    if found {
        let remarks = &mut Arc::make_mut(tree).remarks;
        let missing = remarks.iter_mut().filter(|remark| is_missing(&remark.fault));
        missing.for_each(|remark| remark.kind = Kind::Notice);
    }
    found
}
