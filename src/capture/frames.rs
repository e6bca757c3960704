//! Frames that were written in digits, as `tshark -x` prints packets one behind the other and Wireshark
//! copies one: they are read as those of a file of captured packets.

use super::ip;
use super::pcap::{Packet, Packets};
use crate::wire::dump::{self, Written};

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
        let link = ip::link_of(&frames)?;
        Some(Frames { frames, link })
    }

    pub(super) fn packets(&self) -> Packets<'_> {
        let packet = |(number, bytes)| Packet { number, time: None, link: self.link, bytes };
        let packets = (1..).zip(self.frames.iter().map(Vec::as_slice)).map(packet).collect();
        Packets { packets, remarks: Vec::new() }
    }
}
