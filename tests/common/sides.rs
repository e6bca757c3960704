//! What streams of both sides hold: the records of captures by their senders, and who is told to have
//! said what.

use std::fs;

use helloscope::capture;
use helloscope::transcript::Side;

use super::flows::Flow;
use super::path;

/// The types of what stands in these bytes, by their senders.
pub fn told(bytes: &[u8]) -> Vec<(Side, &'static str)> {
    let read = capture::read("it", bytes).unwrap();
    read.messages().map(|(event, message)| (event.from, message.type_name())).collect()
}

/// The records of a capture of DTLS, by their senders.
pub fn datagram_records(name: &str) -> Vec<(Side, Vec<u8>)> {
    records_of(Flow::of_capture(name).remove(0), 13)
}

/// The records of the last connection in a capture of TLS in which each piece has whole ones, by their
/// senders.
pub fn stream_records(name: &str) -> Vec<(Side, Vec<u8>)> {
    records_of(Flow::of_capture(name).pop().unwrap(), 5)
}

/// The records of a connection, whose header has so many bytes.
fn records_of(flow: Flow, header: usize) -> Vec<(Side, Vec<u8>)> {
    let mut records = Vec::new();
    for piece in flow.pieces {
        let mut rest = &piece.bytes[..];
        while !rest.is_empty() {
            let length = u16::from_be_bytes([rest[header - 2], rest[header - 1]]);
            let (record, behind) = rest.split_at(header + usize::from(length));
            records.push((piece.from, record.to_vec()));
            rest = behind;
        }
    }
    records
}

/// What one side sent of such records.
pub fn of_side(records: &[(Side, Vec<u8>)], side: Side) -> Vec<Vec<u8>> {
    records.iter().filter(|(from, _)| *from == side).map(|(_, record)| record.clone()).collect()
}

/// The records of one side of a flight of `testdata/flights`.
pub fn flight(name: &str) -> Vec<Vec<u8>> {
    let bytes = fs::read(path("testdata/flights").join(format!("{name}.bin"))).unwrap();
    let (mut records, mut rest) = (Vec::new(), &bytes[..]);
    while let [_, _, _, high, low, ..] = *rest {
        let (record, behind) = rest.split_at(5 + usize::from(u16::from_be_bytes([high, low])));
        records.push(record.to_vec());
        rest = behind;
    }
    records
}

/// A side's records, where the messages in clear are cut into records of so many bytes.
pub fn cut(records: &[Vec<u8>], size: usize) -> Vec<u8> {
    let clear = records.iter().position(|record| record[0] != 22).unwrap_or(records.len());
    let messages: Vec<u8> =
        records[..clear].iter().flat_map(|record| &record[5..]).copied().collect();
    let mut bytes = Vec::new();
    for fragment in messages.chunks(size) {
        bytes.extend(&records[0][..3]);
        bytes.extend(u16::try_from(fragment.len()).unwrap().to_be_bytes());
        bytes.extend(fragment);
    }
    bytes.extend(records[clear..].concat());
    bytes
}
