//! Frames that were written in digits, as `tshark -x` prints packets one behind the other and Wireshark
//! copies one: they are read as those of a file of captured packets.

use super::ip::{TCP, UDP, USUAL_LINKS, behind_link};
use super::pcap::{Packet, Packets};
use crate::wire::dump::{self, Written};
use crate::wire::grammar::peek;

/// The frames that a text holds, each in a dump of its own.
pub(super) struct Frames {
    frames: Vec<Vec<u8>>,
    link: u16,
}

impl Frames {
    /// What is in an input; none where that is no text, or its bytes are no frames.
    pub(super) fn of(input: &[u8]) -> Option<Frames> {
        let written = Written::of(input);
        if !written.is_text() {
            return None;
        }
        let frames = match dump::several(&written.text) {
            Some(frames) => frames,
            None => vec![dump::read(&written.text).ok()?.bytes],
        };
        let link = link_of(&frames)?;
        Some(Frames { frames, link })
    }

    pub(super) fn packets(&self) -> Packets<'_> {
        let packet = |(number, bytes)| Packet { number, time: None, link: self.link, bytes };
        let packets = (1..).zip(self.frames.iter().map(Vec::as_slice)).map(packet).collect();
        Packets { packets, remarks: Vec::new() }
    }
}

/// The link whose header frames have of which it is not told: at least half of them have a packet of TCP or
/// UDP behind it, by all that its header says.
fn link_of(frames: &[Vec<u8>]) -> Option<u16> {
    USUAL_LINKS.into_iter().find(|link| {
        let is_one = |frame: &&Vec<u8>| behind_link(*link, frame).is_some_and(is_whole);
        let fit = frames.iter().filter(is_one).count();
        fit > 0 && fit * 2 >= frames.len()
    })
}

/// Whether these bytes are a packet of IP with something of TCP or UDP in it, and what fills it up.
fn is_whole(bytes: &[u8]) -> bool {
    let is_carrier = |protocol: usize| [TCP, UDP].map(usize::from).contains(&protocol);
    let (length, protocol) = match bytes.first() {
        Some(0x45..=0x4f) => (peek(bytes, 2, 2), peek(bytes, 9, 1)),
        Some(0x60..=0x6f) => (peek(bytes, 4, 2).map(|length| 40 + length), peek(bytes, 6, 1)),
        _ => return false,
    };
    // An Ethernet frame has 60 bytes at least.
    let holds = |length: usize| (28..=bytes.len()).contains(&length) && bytes.len() - length <= 60;
    length.is_some_and(holds) && protocol.is_some_and(is_carrier)
}
