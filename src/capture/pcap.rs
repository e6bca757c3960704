//! The packets in a file of them: pcap (draft-ietf-opsawg-pcap), with times in micro- and in
//! nanoseconds and in both orders of bytes, and pcapng (draft-ietf-opsawg-pcapng), with several
//! interfaces. pcap-parser reads headers and blocks.

use pcap_parser::{
    LegacyPcapBlock, OptionCode, PcapError, PcapNGOption, parse_enhancedpacketblock_be,
    parse_enhancedpacketblock_le, parse_interfacedescriptionblock_be,
    parse_interfacedescriptionblock_le, parse_pcap_frame, parse_pcap_frame_be,
    parse_pcap_frame_modified, parse_pcap_header,
};

use super::Unreadable;
use crate::wire::limits::PACKET;
use crate::wire::packets;

/// A packet as it was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet<'i> {
    /// Its number in the file, from 1 on, as Wireshark counts.
    pub(super) number: u32,
    /// When it came, in nanoseconds since 1970; a file may not say it.
    pub(super) time: Option<u64>,
    /// The number of its link type, which tells its first header.
    pub(super) link: u16,
    /// What was kept of it.
    pub(super) bytes: &'i [u8],
}

/// What was read of a file.
#[derive(Debug, Default)]
pub(super) struct Packets<'i> {
    pub(super) packets: Vec<Packet<'i>>,
    /// What could not be read, and where.
    pub(super) remarks: Vec<String>,
}

/// Reads the packets of a file, which [`packets::format`] knows.
pub(super) fn read(input: &[u8]) -> Result<Packets<'_>, Unreadable> {
    match packets::format(input) {
        Some("pcapng") => Ok(blocks(input)),
        _ => frames(input),
    }
}

impl<'i> Packets<'i> {
    fn push(&mut self, time: Option<u64>, link: u16, bytes: &'i [u8]) {
        let packet = Packet { number: self.next(), time, link, bytes };
        self.packets.push(packet);
    }

    /// The number of the next packet.
    fn next(&self) -> u32 {
        u32::try_from(self.packets.len() + 1).unwrap_or(u32::MAX)
    }

    /// Says that the file is not read from its next packet on.
    fn end(&mut self, why: &str) {
        self.remarks.push(match self.next() - 1 {
            0 => format!("{why}: no packet is read"),
            last => format!("{why}: what is read ends with packet {last}"),
        });
    }
}

/// A number of four bytes.
fn number(bytes: &[u8], at: usize, big: bool) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
}

type Frame = fn(&[u8]) -> nom::IResult<&[u8], LegacyPcapBlock<'_>, PcapError<&[u8]>>;

/// The packets of a pcap.
fn frames(input: &[u8]) -> Result<Packets<'_>, Unreadable> {
    const KEPT: usize = 8;
    let Ok((mut rest, header)) = parse_pcap_header(input) else {
        let what = format!("a capture file (pcap) of {} bytes, cut off in its header", input.len());
        return Err(Unreadable { line: None, what });
    };
    let big = header.is_bigendian();
    let frame: Frame = match (big, header.is_modified_format()) {
        (true, _) => parse_pcap_frame_be,
        (_, true) => parse_pcap_frame_modified,
        _ => parse_pcap_frame,
    };
    // Above the link type stand bits on the frame check sequence.
    let link = (header.network.0 & 0xffff) as u16;
    let fraction: u64 = if header.is_nanosecond_precision() { 1 } else { 1000 };
    let mut read = Packets::default();
    while !rest.is_empty() {
        let at = input.len() - rest.len();
        let kept = number(rest, KEPT, big).unwrap_or(0) as usize;
        if kept > PACKET {
            let why = format!(
                "at byte {at} a packet of {kept} bytes is claimed, and none has over {PACKET}"
            );
            read.end(&why);
            break;
        }
        let Ok((behind, packet)) = frame(rest) else {
            read.end(&format!("the file is cut off within packet {}", read.next()));
            break;
        };
        let time = u64::from(packet.ts_sec) * 1_000_000_000 + u64::from(packet.ts_usec) * fraction;
        // A clock that was never set tells no time.
        read.push((time > 0).then_some(time), link, packet.data);
        rest = behind;
    }
    Ok(read)
}

/// What a pcapng says of an interface.
struct Interface {
    link: u16,
    /// The most bytes that were kept of a packet; 0 where there is no such number.
    snaplen: usize,
    /// Units of its clock in a second; none where that is no number.
    units: Option<u128>,
    /// Seconds to add.
    offset: i64,
}

impl Interface {
    fn time(&self, high: u32, low: u32) -> Option<u64> {
        let ticks = u128::from(high) << 32 | u128::from(low);
        let time = ticks.checked_mul(1_000_000_000)?.checked_div(self.units?)?;
        let time = i128::try_from(time).ok()? + i128::from(self.offset) * 1_000_000_000;
        u64::try_from(time).ok().filter(|time| *time > 0)
    }
}

/// The value of an option, as far as its own length says.
fn option<'o>(options: &'o [PcapNGOption<'_>], code: OptionCode) -> Option<&'o [u8]> {
    let found = options.iter().find(|option| option.code == code)?;
    found.value.get(..found.len.into())
}

fn interface(block: &[u8], big: bool) -> Option<Interface> {
    let parse = match big {
        true => parse_interfacedescriptionblock_be,
        false => parse_interfacedescriptionblock_le,
    };
    let (_, block) = parse(block).ok()?;
    let exponent = option(&block.options, OptionCode::IfTsresol);
    let units = match exponent.and_then(<[u8]>::first).copied().unwrap_or(6) {
        binary @ 0x80.. => 1u128.checked_shl((binary & 0x7f).into()),
        decimal => 10u128.checked_pow(decimal.into()),
    };
    let offset = option(&block.options, OptionCode::IfTsoffset);
    let offset = offset.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok()).unwrap_or_default();
    let offset = if big { i64::from_be_bytes(offset) } else { i64::from_le_bytes(offset) };
    let link = u16::try_from(block.linktype.0).ok()?;
    Some(Interface { link, snaplen: block.snaplen as usize, units, offset })
}

/// The packet in a block: where its interface stands, its time, and what was kept.
type InBlock<'i> = (usize, Option<(u32, u32)>, &'i [u8]);

fn enhanced(block: &[u8], big: bool) -> Option<InBlock<'_>> {
    let parse = if big { parse_enhancedpacketblock_be } else { parse_enhancedpacketblock_le };
    let (_, block) = parse(block).ok()?;
    let bytes = block.data.get(..block.caplen as usize)?;
    Some((block.if_id as usize, Some((block.ts_high, block.ts_low)), bytes))
}

/// The packet block that the enhanced one has replaced: a number of two bytes for the interface, and
/// two of dropped packets.
fn old(block: &[u8], big: bool) -> Option<InBlock<'_>> {
    let [one, other] = block.get(8..10)?.try_into().ok()?;
    let interface = if big { [one, other] } else { [other, one] };
    let kept = number(block, 20, big)? as usize;
    let bytes = block.get(28..)?.get(..kept)?;
    let time = Some((number(block, 12, big)?, number(block, 16, big)?));
    Some((u16::from_be_bytes(interface).into(), time, bytes))
}

/// A packet of the first interface, without a time: its length stands before what was kept, which
/// only the interface's bound tells from what fills the block up.
fn simple<'i>(block: &'i [u8], big: bool, first: Option<&Interface>) -> Option<InBlock<'i>> {
    let length = number(block, 8, big)? as usize;
    let bound = first.map(|interface| interface.snaplen).filter(|bound| *bound > 0);
    let bytes = block.get(12..block.len() - 4)?;
    let kept = length.min(bound.unwrap_or(usize::MAX)).min(bytes.len());
    Some((0, None, bytes.get(..kept)?))
}

/// The packets of a pcapng. A block that cannot be read is passed over.
fn blocks(input: &[u8]) -> Packets<'_> {
    const SECTION: u32 = 0x0a0d_0d0a;
    const LEAST: usize = 12;
    let (mut read, mut at, mut big) = (Packets::default(), 0, false);
    let mut interfaces: Vec<Interface> = Vec::new();
    let mut unknown = None;
    while let Some(rest) = input.get(at..).filter(|rest| !rest.is_empty()) {
        // The number of a section is the same in both orders, and its next bytes tell which it is.
        let is_section = number(rest, 0, false) == Some(SECTION);
        if is_section {
            big = rest.get(8..12) == Some(&[0x1a, 0x2b, 0x3c, 0x4d]);
            interfaces.clear();
        }
        let (Some(kind), Some(length)) = (number(rest, 0, big), number(rest, 4, big)) else {
            read.end(&format!("the file is cut off within the block at byte {at}"));
            break;
        };
        let length = length as usize;
        if length < LEAST || length % 4 != 0 {
            read.end(&format!("the block at byte {at} claims {length} bytes, which none can have"));
            break;
        }
        let Some(block) = rest.get(..length) else {
            read.end(&match kind {
                2 | 3 | 6 => format!("the file is cut off within packet {}", read.next()),
                _ => format!("the file is cut off within the block at byte {at}"),
            });
            break;
        };
        let packet = match kind {
            1 => {
                match interface(block, big) {
                    Some(interface) => interfaces.push(interface),
                    None => {
                        // Those behind it keep their numbers.
                        let units = None;
                        interfaces.push(Interface { link: u16::MAX, snaplen: 0, units, offset: 0 });
                        let what = format!("the interface in the block at byte {at} is unreadable");
                        read.remarks.push(what);
                    }
                }
                None
            }
            2 => Some(old(block, big)),
            3 => Some(simple(block, big, interfaces.first())),
            6 => Some(enhanced(block, big)),
            _ => None,
        };
        match packet {
            None => {}
            Some(Some((interface, time, bytes))) if bytes.len() <= PACKET => {
                let found = interfaces.get(interface);
                if found.is_none() {
                    unknown.get_or_insert((read.next(), interface));
                }
                let time = time.zip(found).and_then(|((high, low), it)| it.time(high, low));
                read.push(time, found.map_or(u16::MAX, |interface| interface.link), bytes);
            }
            Some(_) => {
                let what = format!("packet {}, at byte {at}, is unreadable", read.next());
                read.remarks.push(what);
                read.push(None, u16::MAX, &[]);
            }
        }
        at += length;
    }
    if let Some((packet, interface)) = unknown {
        let what = format!("packet {packet} is of interface {interface}, which is not described");
        read.remarks.push(what);
    }
    if let Some(more) = read.remarks.len().checked_sub(REMARKS).filter(|more| *more > 0) {
        read.remarks.truncate(REMARKS);
        read.remarks.push(format!("{more} blocks more are unreadable"));
    }
    read
}

/// Blocks that are told one by one where they are unreadable.
const REMARKS: usize = 16;

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A pcap of these packets, each with its time in nanoseconds.
    pub(in super::super) fn pcap(link: u32, packets: &[(u64, Vec<u8>)]) -> Vec<u8> {
        written(u32::to_le_bytes, 0xa1b2_3c4d, link, packets)
    }

    fn written(
        order: fn(u32) -> [u8; 4],
        magic: u32,
        link: u32,
        packets: &[(u64, Vec<u8>)],
    ) -> Vec<u8> {
        let version = if order(1) == [1, 0, 0, 0] { [2, 0, 4, 0] } else { [0, 2, 0, 4] };
        let mut out = [order(magic), version, [0; 4], [0; 4]].concat();
        out.extend([order(0xffff), order(link)].concat());
        let fraction = if magic == 0xa1b2_3c4d { 1 } else { 1000 };
        for (time, bytes) in packets {
            let length = order(bytes.len() as u32);
            let part = (time % 1_000_000_000 / fraction) as u32;
            out.extend([order((time / 1_000_000_000) as u32), order(part)].concat());
            out.extend([&length[..], &length, bytes].concat());
        }
        out
    }

    fn block(big: bool, kind: u32, body: &[u8]) -> Vec<u8> {
        let order = |number: u32| if big { number.to_be_bytes() } else { number.to_le_bytes() };
        let padded = body.len().next_multiple_of(4);
        let length = order(padded as u32 + 12);
        [&order(kind)[..], &length, body, &[0; 3][..padded - body.len()], &length].concat()
    }

    /// A section with two interfaces, of which the second counts in units of its own.
    fn section(big: bool, resolution: u8, offset: i64) -> Vec<u8> {
        let two = |number: u16| if big { number.to_be_bytes() } else { number.to_le_bytes() };
        let four = |number: u32| if big { number.to_be_bytes() } else { number.to_le_bytes() };
        let eight = if big { offset.to_be_bytes() } else { offset.to_le_bytes() };
        let version = [two(1), two(0)].concat();
        let mut out =
            block(big, 0x0a0d_0d0a, &[&four(0x1a2b_3c4d)[..], &version, &[0xff; 8]].concat());
        out.extend(block(big, 1, &[&two(1)[..], &two(0), &four(5)].concat()));
        let options = [&two(9)[..], &two(1), &[resolution, 0, 0, 0], &two(14), &two(8), &eight];
        let options = [&options.concat()[..], &[0; 4]].concat();
        out.extend(block(big, 1, &[&two(101)[..], &two(0), &four(0), &options].concat()));
        out
    }

    fn enhanced_of(big: bool, interface: u32, ticks: u64, bytes: &[u8]) -> Vec<u8> {
        let four = |number: u32| if big { number.to_be_bytes() } else { number.to_le_bytes() };
        let time = [four((ticks >> 32) as u32), four(ticks as u32)].concat();
        let length = four(bytes.len() as u32);
        let padding = &[0; 3][..bytes.len().next_multiple_of(4) - bytes.len()];
        let body = [&four(interface)[..], &time, &length, &length, bytes, padding].concat();
        block(big, 6, &body)
    }

    #[test]
    fn a_pcap_is_read_in_both_orders_and_both_units() {
        let packets = [(1_500_000_001_000, vec![1, 2, 3]), (2_000_000_000_000, vec![])];
        let orders: [fn(u32) -> [u8; 4]; 2] = [u32::to_le_bytes, u32::to_be_bytes];
        for order in orders {
            for magic in [0xa1b2_c3d4, 0xa1b2_3c4d] {
                let file = written(order, magic, 0xf000_0001, &packets);
                let Packets { packets, remarks } = read(&file).unwrap();
                assert_eq!(remarks, [""; 0]);
                let [one, other] = packets[..] else { panic!("{packets:?}") };
                let time = Some(1_500_000_001_000);
                assert_eq!(one, Packet { number: 1, time, link: 1, bytes: &[1, 2, 3] });
                assert_eq!((other.number, other.time), (2, Some(2_000_000_000_000)));
            }
        }
    }

    #[test]
    fn a_pcapng_has_interfaces_with_clocks_of_their_own() {
        for big in [false, true] {
            // 2^-10 of a second, and an hour to add.
            let mut file = section(big, 0x8a, 3600);
            file.extend(enhanced_of(big, 0, 7_000_001, &[1, 2, 3, 4, 5]));
            file.extend(enhanced_of(big, 1, 1536, &[6]));
            let four = |number: u32| if big { number.to_be_bytes() } else { number.to_le_bytes() };
            file.extend(block(big, 3, &[&four(9)[..], &[7; 8]].concat()));
            file.extend(block(big, 0xbad, b"what nobody knows"));
            // Another section, in the other order, counts its interfaces anew.
            file.extend(section(!big, 9, 0));
            file.extend(enhanced_of(!big, 1, 5, &[8]));
            let Packets { packets, remarks } = read(&file).unwrap();
            assert_eq!(remarks, [""; 0]);
            let told: Vec<_> = packets.iter().map(|it| (it.time, it.link, it.bytes)).collect();
            let expected: [(Option<u64>, u16, &[u8]); 4] = [
                (Some(7_000_001_000), 1, &[1, 2, 3, 4, 5]),
                (Some(3_601_500_000_000), 101, &[6]),
                (None, 1, &[7; 5]),
                (Some(5), 101, &[8]),
            ];
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn what_is_cut_off_or_lies_is_read_up_to_there() {
        let packets = [(1_000_000_000, vec![1; 60]), (2_000_000_000, vec![2; 60])];
        let file = pcap(1, &packets);
        for cut in [file.len() - 1, file.len() - 60, file.len() - 70] {
            let Packets { packets, remarks } = read(&file[..cut]).unwrap();
            assert_eq!(packets.len(), 1);
            let told = "the file is cut off within packet 2: what is read ends with packet 1";
            assert_eq!(remarks, [told]);
        }
        let error = read(&file[..20]).unwrap_err().to_string();
        assert!(error.contains("20 bytes, cut off in its header"), "{error}");
        let mut lying = file.clone();
        lying[24 + 8..24 + 12].copy_from_slice(&[0xff; 4]);
        let Packets { packets, remarks } = read(&lying).unwrap();
        assert!(packets.is_empty() && remarks[0].contains("at byte 24"), "{remarks:?}");

        let mut file = section(false, 6, 0);
        let begin = file.len();
        file.extend(enhanced_of(false, 7, 1, &[1, 2]));
        file.extend(enhanced_of(false, 0, 1, &[3, 4]));
        let Packets { packets, remarks } = read(&file[..file.len() - 2]).unwrap();
        assert_eq!(packets.len(), 1);
        assert!(remarks[0].contains("within packet 2"), "{remarks:?}");
        assert!(remarks[1].contains("of interface 7, which is not described"), "{remarks:?}");
        file[begin + 20] = 200;
        let Packets { packets, remarks } = read(&file).unwrap();
        assert_eq!((packets.len(), packets[1].bytes), (2, &[3, 4][..]));
        assert!(remarks[0].contains("packet 1, at byte"), "{remarks:?}");
        file[begin + 4] = 3;
        let Packets { packets, remarks } = read(&file).unwrap();
        assert!(packets.is_empty() && remarks[0].contains("claims 3 bytes"), "{remarks:?}");
    }
}
