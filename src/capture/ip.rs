//! What a captured packet carries: a segment of TCP (RFC 9293 3.1) or a datagram of UDP (RFC 768), in
//! IPv4 (RFC 791) or IPv6 (RFC 8200), whose fragments are put together.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};

use super::pcap::Packet;
use crate::wire::grammar::peek;
use crate::wire::limits::FRAGMENTED;

/// What one end sent to the other.
#[derive(Debug)]
pub(super) struct Carried<'p> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    /// The header of TCP; none in UDP.
    pub(super) tcp: Option<Tcp>,
    pub(super) data: Cow<'p, [u8]>,
    /// Bytes behind the data that the capture left out.
    pub(super) lost: usize,
}

/// What a header of TCP says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tcp {
    pub(super) sequence: u32,
    /// The next byte that is expected of the other end.
    pub(super) acknowledges: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
}

/// Reads what packets carry, and keeps what is not whole yet.
#[derive(Debug, Default)]
pub(super) struct Reader {
    fragments: HashMap<Key, Fragments>,
    /// Packets of links whose headers are not known: the first of each link, and how many.
    pub(super) unknown: BTreeMap<u16, (u32, usize)>,
    /// Packets that end within their headers: the first, and how many.
    pub(super) cut: Option<(u32, usize)>,
    /// Fragments that were dropped as too many others waited.
    pub(super) dropped: usize,
}

/// The IP packet of which something is a fragment: its ends, its protocol and its number.
type Key = (IpAddr, IpAddr, u8, u32);

/// The link types that are known, by their numbers at tcpdump.org/linktypes.html.
pub(super) const LINKS: &str = "Ethernet, Linux cooked (SLL, SLL2), raw IP and BSD loopback";

const NULL: u16 = 0;
const ETHERNET: u16 = 1;
const LOOP: u16 = 108;
const SLL: u16 = 113;
const SLL2: u16 = 276;
/// Two are what systems call LINKTYPE_RAW in their own numbers.
const RAW: [u16; 5] = [101, 228, 229, 12, 14];

/// Headers of Ethernet that may stand before the type of what it carries, each with a type before it:
/// IEEE 802.1Q and 802.1ad, and what came before that.
const TAGS: [usize; 3] = [0x8100, 0x88a8, 0x9100];
const IPV4: usize = 0x0800;
const IPV6: usize = 0x86dd;

pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;
const AUTHENTICATION: u8 = 51;
const FRAGMENT: u8 = 44;

/// What headers lead to.
enum Behind<T> {
    Found(T),
    /// It is of another protocol.
    Other,
    /// The packet ends before it.
    Cut,
}

impl<T> Behind<T> {
    /// What is behind headers that have so many bytes or more.
    fn or_cut(found: Option<T>) -> Behind<T> {
        found.map_or(Behind::Cut, Behind::Found)
    }

    fn then<U>(self, next: impl FnOnce(T) -> Behind<U>) -> Behind<U> {
        match self {
            Behind::Found(found) => next(found),
            Behind::Other => Behind::Other,
            Behind::Cut => Behind::Cut,
        }
    }
}

impl Reader {
    /// What a packet carries; none where that is neither TCP nor UDP, or not whole yet.
    pub(super) fn read<'p>(&mut self, packet: &Packet<'p>) -> Option<Carried<'p>> {
        let Some(ip) = network(packet.link, packet.bytes) else {
            let (_, count) = self.unknown.entry(packet.link).or_insert((packet.number, 0));
            *count += 1;
            return None;
        };
        let carried = ip.then(Part::of).then(|part| match part.fragment {
            None => part.transport(part.protocol, Cow::Borrowed(part.payload)),
            Some(fragment) => match self.fragment(&part, fragment) {
                None => Behind::Other,
                Some(whole) => match skip(part.protocol, &whole) {
                    Behind::Found((protocol, rest, None)) => {
                        part.transport(protocol, Cow::Owned(rest.to_vec()))
                    }
                    _ => Behind::Other,
                },
            },
        });
        match carried {
            Behind::Found(carried) => Some(carried),
            Behind::Other => None,
            Behind::Cut => {
                self.cut.get_or_insert((packet.number, 0)).1 += 1;
                None
            }
        }
    }

    /// Keeps a fragment. Returns the payload of which it is one, once that is whole.
    fn fragment(&mut self, part: &Part<'_>, fragment: Fragment) -> Option<Vec<u8>> {
        let key = (part.from, part.to, part.protocol, fragment.number);
        if self.fragments.len() >= FRAGMENTED && !self.fragments.contains_key(&key) {
            self.dropped += 1;
            return None;
        }
        let fragments = self.fragments.entry(key).or_default();
        fragments.add(fragment, part.payload);
        if !fragments.may_be_whole() {
            return None;
        }
        // Where they do not fit together, nothing that comes will mend them.
        self.fragments.remove(&key)?.whole()
    }
}

/// The IP packet behind the header of a link; none where its type is not known.
fn network(link: u16, bytes: &[u8]) -> Option<Behind<&[u8]>> {
    let typed = |kind: usize, header: usize| match peek(bytes, kind, 2) {
        None => Behind::Cut,
        Some(IPV4 | IPV6) => Behind::or_cut(bytes.get(header..)),
        Some(_) => Behind::Other,
    };
    Some(match link {
        ETHERNET => {
            let mut kind = 12;
            while peek(bytes, kind, 2).is_some_and(|tag| TAGS.contains(&tag)) {
                kind += 4;
            }
            typed(kind, kind + 2)
        }
        SLL => typed(14, 16),
        SLL2 => typed(0, 20),
        NULL | LOOP => Behind::or_cut(bytes.get(4..)),
        raw if RAW.contains(&raw) => Behind::Found(bytes),
        _ => return None,
    })
}

/// The links of which a frame may be that does not tell its own.
pub(super) const USUAL_LINKS: [u16; 5] = [ETHERNET, SLL, SLL2, NULL, RAW[0]];

/// The IP packet behind the header of a link, where there is one.
pub(super) fn behind_link(link: u16, frame: &[u8]) -> Option<&[u8]> {
    match network(link, frame) {
        Some(Behind::Found(packet)) => Some(packet),
        _ => None,
    }
}

/// What is left of a packet when the headers of IP are taken away.
struct Part<'p> {
    from: IpAddr,
    to: IpAddr,
    protocol: u8,
    payload: &'p [u8],
    fragment: Option<Fragment>,
    lost: usize,
}

/// Which part of which packet a fragment is.
#[derive(Clone, Copy, Debug)]
struct Fragment {
    number: u32,
    offset: usize,
    more: bool,
}

/// An address of so many bytes.
fn address<const N: usize>(packet: &[u8], at: usize) -> Option<IpAddr>
where
    IpAddr: From<[u8; N]>,
{
    let bytes: [u8; N] = packet.get(at..at + N)?.try_into().ok()?;
    Some(bytes.into())
}

/// The bytes of a packet behind its header up to the end that the header claims, and how many are
/// lost. What is claimed to end before the header is left for a network card to say.
fn payload(packet: &[u8], header: usize, claimed: usize) -> Option<(&[u8], usize)> {
    let end = if claimed <= header { packet.len() } else { claimed.min(packet.len()) };
    Some((packet.get(header..end)?, claimed.saturating_sub(packet.len())))
}

impl<'p> Part<'p> {
    fn of(packet: &'p [u8]) -> Behind<Part<'p>> {
        match packet.first().map(|first| first >> 4) {
            Some(4) => Part::of_ipv4(packet),
            Some(6) => Part::of_ipv6(packet),
            Some(_) => Behind::Other,
            None => Behind::Cut,
        }
    }

    fn of_ipv4(packet: &'p [u8]) -> Behind<Part<'p>> {
        let read = || {
            let header = peek(packet, 0, 1)? % 16 * 4;
            let (payload, lost) = payload(packet, header.max(20), peek(packet, 2, 2)?)?;
            let place = peek(packet, 6, 2)?;
            let number = u32::try_from(peek(packet, 4, 2)?).ok()?;
            let fragment =
                Fragment { number, offset: place % 0x2000 * 8, more: place & 0x2000 != 0 };
            let is_one = fragment.more || fragment.offset > 0;
            Some(Part {
                from: address::<4>(packet, 12)?,
                to: address::<4>(packet, 16)?,
                protocol: *packet.get(9)?,
                payload,
                fragment: is_one.then_some(fragment),
                lost,
            })
        };
        Behind::or_cut(read()).then(|part| match part.fragment {
            Some(_) => Behind::Found(part),
            None => skip(part.protocol, part.payload)
                .then(|(protocol, payload, _)| Behind::Found(Part { protocol, payload, ..part })),
        })
    }

    fn of_ipv6(packet: &'p [u8]) -> Behind<Part<'p>> {
        const HEADER: usize = 40;
        let read = || {
            let claimed = HEADER + peek(packet, 4, 2)?;
            let (payload, lost) = payload(packet, HEADER, claimed)?;
            let (from, to) = (address::<16>(packet, 8)?, address::<16>(packet, 24)?);
            let protocol = *packet.get(6)?;
            Some(Part { from, to, protocol, payload, fragment: None, lost })
        };
        Behind::or_cut(read()).then(|part| {
            skip(part.protocol, part.payload).then(|(protocol, payload, fragment)| {
                Behind::Found(Part { protocol, payload, fragment, ..part })
            })
        })
    }

    /// What TCP or UDP carries in a payload, which is all of this part or that of which it is one.
    fn transport(&self, protocol: u8, bytes: Cow<'p, [u8]>) -> Behind<Carried<'p>> {
        let (tcp, data) = match protocol {
            TCP => {
                let Some((tcp, header)) = Tcp::of(&bytes) else { return Behind::Cut };
                (Some(tcp), header..bytes.len())
            }
            UDP => {
                const HEADER: usize = 8;
                let Some(length) = peek(&bytes, 4, 2) else { return Behind::Cut };
                // Without a length it goes to the end.
                let end = if length < HEADER { bytes.len() } else { length.min(bytes.len()) };
                (None, HEADER..end)
            }
            _ => return Behind::Other,
        };
        let port = |at| peek(&bytes, at, 2).and_then(|port| u16::try_from(port).ok());
        let Some((from, to)) = port(0).zip(port(2)) else { return Behind::Cut };
        let data = match &bytes {
            Cow::Borrowed(bytes) => bytes.get(data).map(Cow::Borrowed),
            Cow::Owned(bytes) => bytes.get(data).map(|data| Cow::Owned(data.to_vec())),
        };
        Behind::or_cut(data.map(|data| Carried {
            from: (self.from, from).into(),
            to: (self.to, to).into(),
            tcp,
            data,
            lost: self.lost,
        }))
    }
}

impl Tcp {
    /// A header of TCP, and how long it is.
    fn of(bytes: &[u8]) -> Option<(Tcp, usize)> {
        let word = |at| peek(bytes, at, 4).and_then(|word| u32::try_from(word).ok());
        let flags = peek(bytes, 13, 1)?;
        let header = peek(bytes, 12, 1)? / 16 * 4;
        let tcp = Tcp {
            sequence: word(4)?,
            acknowledges: word(8).filter(|_| flags & 0x10 != 0),
            syn: flags & 2 != 0,
            fin: flags & 1 != 0,
            rst: flags & 4 != 0,
        };
        (header >= 20 && header <= bytes.len()).then_some((tcp, header))
    }
}

/// Passes over what stands between the header of IP and that of the protocol it carries, RFC 8200
/// section 4 and RFC 4302, up to a fragment of something.
fn skip(mut protocol: u8, mut rest: &[u8]) -> Behind<(u8, &[u8], Option<Fragment>)> {
    // Options hop by hop and for the destination, routes, mobility, HIP and shim6.
    const OPTIONS: [u8; 6] = [0, 43, 60, 135, 139, 140];
    loop {
        let units = match protocol {
            AUTHENTICATION => peek(rest, 1, 1).map(|words| (words + 2) * 4),
            FRAGMENT => Some(8),
            options if OPTIONS.contains(&options) => peek(rest, 1, 1).map(|units| (units + 1) * 8),
            _ => return Behind::Found((protocol, rest, None)),
        };
        let Some((header, behind)) = units.and_then(|length| rest.split_at_checked(length)) else {
            return Behind::Cut;
        };
        let (Some(next), Some(place)) = (header.first(), peek(header, 2, 2)) else {
            return Behind::Cut;
        };
        let is_fragment = protocol == FRAGMENT && place & 0xfff9 != 0;
        (protocol, rest) = (*next, behind);
        if is_fragment {
            let number = peek(header, 4, 4).and_then(|number| u32::try_from(number).ok());
            let Some(number) = number else { return Behind::Cut };
            let fragment = Fragment { number, offset: place & 0xfff8, more: place & 1 != 0 };
            return Behind::Found((protocol, rest, Some(fragment)));
        }
    }
}

/// The fragments of one packet so far, each at its offset: the first that came counts.
#[derive(Debug, Default)]
struct Fragments {
    parts: BTreeMap<usize, Vec<u8>>,
    length: usize,
    end: Option<usize>,
}

impl Fragments {
    fn add(&mut self, fragment: Fragment, payload: &[u8]) {
        if self.parts.contains_key(&fragment.offset) {
            return;
        }
        self.length += payload.len();
        if !fragment.more {
            self.end = Some(fragment.offset + payload.len());
        }
        self.parts.insert(fragment.offset, payload.to_vec());
    }

    fn may_be_whole(&self) -> bool {
        self.end.is_some_and(|end| self.length >= end)
    }

    /// All of them in a row; none where one reaches into another.
    fn whole(self) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        for (at, part) in self.parts {
            if at != whole.len() {
                return None;
            }
            whole.extend(part);
        }
        (self.end == Some(whole.len())).then_some(whole)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use etherparse::PacketBuilder;

    pub(in super::super) const CLIENT: [u8; 4] = [192, 0, 2, 1];
    pub(in super::super) const SERVER: [u8; 4] = [192, 0, 2, 7];

    fn read(link: u16, bytes: &[u8]) -> Option<(String, String, Vec<u8>, usize)> {
        let packet = Packet { number: 1, time: None, link, bytes };
        let carried = Reader::default().read(&packet)?;
        let ends = (carried.from.to_string(), carried.to.to_string());
        Some((ends.0, ends.1, carried.data.to_vec(), carried.lost))
    }

    #[test]
    fn headers_of_every_link_are_passed() {
        let mut ip = Vec::new();
        let builder = PacketBuilder::ipv4(CLIENT, SERVER, 64).tcp(5000, 443, 7, 9);
        builder.write(&mut ip, b"abc").unwrap();
        let told = ("192.0.2.1:5000".to_owned(), "192.0.2.7:443".to_owned(), b"abc".to_vec(), 0);
        let ethernet = |kind: &[u8]| [&[0; 12][..], kind, &ip].concat();
        for (link, bytes) in [
            (1, ethernet(&[8, 0])),
            // What fills an Ethernet frame up is none of it.
            (1, [ethernet(&[8, 0]), vec![0; 3]].concat()),
            (1, ethernet(&[0x81, 0, 0, 5, 8, 0])),
            (1, ethernet(&[0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0])),
            (0, [&[2, 0, 0, 0][..], &ip].concat()),
            (108, [&[0, 0, 0, 2][..], &ip].concat()),
            (113, [&[0; 14][..], &[8, 0], &ip].concat()),
            (276, [&[8, 0][..], &[0; 18], &ip].concat()),
            (101, ip.clone()),
            (228, ip.clone()),
        ] {
            assert_eq!(read(link, &bytes), Some(told.clone()), "{link}");
        }
        // Captured in part: the header of IP tells what is lost.
        let cut = read(101, &ip[..ip.len() - 2]).unwrap();
        assert_eq!((&cut.2[..], cut.3), (&b"a"[..], 2));
        let mut reader = Reader::default();
        let packet = Packet { number: 4, time: None, link: 101, bytes: &ip[..30] };
        assert!(reader.read(&packet).is_none());
        assert_eq!(reader.cut, Some((4, 1)));
        assert!(reader.read(&Packet { link: 147, ..packet }).is_none());
        assert_eq!(reader.unknown[&147], (4, 1));
        // ARP is nothing that is cut off.
        let arp = [&[0; 12][..], &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1], &[0; 20]].concat();
        assert!(reader.read(&Packet { link: 1, bytes: &arp, ..packet }).is_none());
        assert_eq!(reader.cut, Some((4, 1)));
    }

    #[test]
    fn ipv6_may_have_headers_between() {
        let (client, server) = ([1; 16], [2; 16]);
        let mut plain = Vec::new();
        PacketBuilder::ipv6(client, server, 64).udp(5000, 4433).write(&mut plain, b"abc").unwrap();
        let (header, udp) = plain.split_at(40);
        let options = [17, 0, 1, 4, 0, 0, 0, 0];
        let with = |next: u8, between: &[u8], udp: &[u8]| {
            let mut header = header.to_vec();
            header[4..6].copy_from_slice(&((between.len() + udp.len()) as u16).to_be_bytes());
            header[6] = next;
            [&header[..], between, udp].concat()
        };
        for next in [0, 60] {
            let (from, _, data, lost) = read(101, &with(next, &options, udp)).unwrap();
            assert_eq!((&data[..], lost), (&b"abc"[..], 0));
            assert_eq!(from, "[101:101:101:101:101:101:101:101]:5000");
        }
        // Cut off within one of them, whatever length that claims.
        for (next, length) in [(0, 0), (43, 0xff), (44, 0), (51, 0xff), (60, 1)] {
            let whole = with(next, &[17, length, 1, 4, 0, 0, 0, 0], udp);
            for end in 40..48 {
                let mut reader = Reader::default();
                let packet = Packet { number: 3, time: None, link: 101, bytes: &whole[..end] };
                assert!(reader.read(&packet).is_none(), "{next}, {end}");
                assert_eq!(reader.cut, Some((3, 1)), "{next}, {end}");
            }
        }
        // In two fragments, the second first.
        let mut reader = Reader::default();
        let fragment = |offset: u8, udp: &[u8]| with(44, &[17, 0, 0, offset, 0, 0, 0, 9], udp);
        let parts = [fragment(8, &udp[8..]), fragment(1, &udp[..8])];
        let mut read = parts.iter().map(|bytes| {
            let packet = Packet { number: 1, time: None, link: 101, bytes };
            reader.read(&packet).map(|carried| carried.data.to_vec())
        });
        assert_eq!(read.next(), Some(None));
        assert_eq!(read.next(), Some(Some(b"abc".to_vec())));
    }

    #[test]
    fn fragments_that_do_not_fit_are_nothing_and_their_number_is_bounded() {
        let mut whole = Vec::new();
        PacketBuilder::ipv4(CLIENT, SERVER, 64).udp(1, 2).write(&mut whole, &[7; 24]).unwrap();
        let (header, payload) = whole.split_at(20);
        let fragment = |number: u16, flags: [u8; 2], payload: &[u8]| {
            let mut header = header.to_vec();
            header[2..4].copy_from_slice(&((20 + payload.len()) as u16).to_be_bytes());
            header[4..6].copy_from_slice(&number.to_be_bytes());
            header[6..8].copy_from_slice(&flags);
            [&header[..], payload].concat()
        };
        let mut reader = Reader::default();
        let mut read = |bytes: &[u8]| {
            let packet = Packet { number: 1, time: None, link: 101, bytes };
            let data = reader.read(&packet).map(|carried| carried.data.to_vec());
            (data, reader.fragments.len(), reader.dropped)
        };
        assert_eq!(read(&fragment(1, [0x20, 0], &payload[..16])), (None, 1, 0));
        assert_eq!(read(&fragment(1, [0, 2], &payload[16..])), (Some(vec![7; 24]), 0, 0));
        // The second reaches into the first.
        read(&fragment(1, [0x20, 0], &payload[..24]));
        assert_eq!(read(&fragment(1, [0, 2], &payload[16..])), (None, 0, 0));
        for number in 0..FRAGMENTED as u16 + 3 {
            read(&fragment(number, [0x20, 0], &payload[..16]));
        }
        let (_, waiting, dropped) = read(&fragment(9, [0x20, 0], &payload[..16]));
        assert_eq!((waiting, dropped), (FRAGMENTED, 3));
    }
}
