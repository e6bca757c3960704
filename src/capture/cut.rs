//! What of a stream was not captured: where it breaks off then, that is no fault of who sent it.

use std::sync::Arc;

use crate::transcript::{Side, Transcript};
use crate::wire::fault::{Fault, Kind};
use crate::wire::field::Tree;
use crate::wire::stream::Unit;

/// Takes what is missing at the end of a side's stream for no more than a notice. Whether anything is.
pub(super) fn excuse(transcript: &mut Transcript, side: Side) -> bool {
    let own = transcript.events.iter_mut().rev().filter(|event| event.from == side);
    let (mut header_seen, mut message_seen, mut found) = (false, false, false);
    for event in own {
        found |= match &mut event.unit {
            Unit::Header(header) if !header_seen => {
                header_seen = true;
                as_notices(&mut header.tree)
            }
            Unit::Message(message) if !message_seen && !header_seen => {
                message_seen = true;
                !message.complete() && as_notices(&mut message.tree)
            }
            _ if header_seen => break,
            _ => false,
        };
    }
    found
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
