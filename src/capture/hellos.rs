//! Who says hello in a flow: the first hello of a side tells whose it is (RFC 8446 4, RFC 6347 4.2).

use super::records::first_hello;
use crate::names::HandshakeType;
use crate::transcript::Side;
use crate::wire::record::RecordHeader;
use crate::wire::record::ssl2_signs::looks_like_client_hello;

/// Whose the bytes of a stream are, by the first hello in it.
pub(super) fn speaker(bytes: &[u8]) -> Option<Side> {
    if looks_like_client_hello(bytes) == Some(true) {
        return Some(Side::Client);
    }
    let msg_type = bytes.get(first_hello(bytes)? + RecordHeader::LENGTH)?;
    Side::sole_sender(HandshakeType(*msg_type))
}

/// Whose a datagram of DTLS is, where its first message is one in clear that only one side sends.
pub(super) fn speaker_of_datagram(bytes: &[u8]) -> Option<Side> {
    match *bytes {
        [22, 0xfe, _, 0, 0, _, _, _, _, _, _, _, _, msg_type, ..] => {
            Side::sole_sender(HandshakeType(msg_type))
        }
        _ => None,
    }
}

/// Whether a datagram begins with a record of DTLS that ends within it.
pub(super) fn is_dtls(bytes: &[u8]) -> bool {
    const HEADER: usize = 13;
    let length = match *bytes {
        [20..=26, 0xfe, 0xfc..=0xff, ..] => bytes.get(HEADER - 2..HEADER),
        _ => None,
    };
    let length = length.and_then(|length| <[u8; 2]>::try_from(length).ok()).map(u16::from_be_bytes);
    length.is_some_and(|length| HEADER + usize::from(length) <= bytes.len())
}
