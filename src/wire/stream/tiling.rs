//! The law of a stream: every byte is owned once.

use super::Unit;

/// Says where the law of a stream is broken: headers and messages must cover its `length` bytes,
/// each once, and each message's leaves must cover the message.
pub fn check_tiling(units: &[Unit], length: usize) -> Result<(), String> {
    let mut ranges = Vec::new();
    for unit in units {
        match unit {
            Unit::Header(header) => {
                header.tree.check_tiling(header.range.len())?;
                ranges.push(header.range.clone());
            }
            Unit::Message(message) => {
                message.tree.check_tiling(message.bytes.len())?;
                let owned: usize = message.ranges.iter().map(ExactSizeIterator::len).sum();
                if owned != message.bytes.len() {
                    let name = message.type_name();
                    return Err(format!("{name} of {} owns {owned}", message.bytes.len()));
                }
                ranges.extend(message.ranges.iter().cloned());
            }
        }
    }
    ranges.sort_by_key(|range| range.start);
    let mut at = 0;
    for range in ranges {
        if range.start != at {
            return Err(format!("{range:?} where {at} is next"));
        }
        at = range.end;
    }
    if at == length { Ok(()) } else { Err(format!("units end at {at} of {length}")) }
}
