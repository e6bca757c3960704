//! The flows in a file of captured packets: connections over TCP, RFC 9293, and what two ends said
//! to one another by datagrams, RFC 768, with who said what and when.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::Range;

use super::ip::{Carried, LINKS, Reader, Tcp};
use super::pcap::{self, Packet, Packets};
use super::tcp::Half;
use super::{Unreadable, hellos};
use crate::transcript::{End, Side};
use crate::wire::limits::{FLOWS, STREAM};

/// What went between two ends.
#[derive(Debug)]
pub struct Flow {
    /// Who connected, or who said hello.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// Whether it went by datagrams.
    pub datagrams: bool,
    /// When its first packet came, in nanoseconds since 1970, where the file says it.
    pub began: Option<u64>,
    /// What could be read, in the order in which it could: a segment, or a datagram.
    pub pieces: Vec<Piece>,
    /// How the server ended it, where that answers the client.
    pub end: Option<End>,
    /// What there is to say of how it was captured.
    pub remarks: Vec<String>,
    /// What stands behind what can be read: of the client, of the server.
    behind: [Behind; 2],
    /// What each side sent: the client, the server.
    bytes: [Vec<u8>; 2],
}

/// What could be read when a packet came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The number of the packet in the file.
    pub packet: u32,
    /// When that came, in nanoseconds since 1970, where the file says it.
    pub time: Option<u64>,
    /// Who sent it.
    pub from: Side,
    /// Its place in all that its side sent.
    pub range: Range<usize>,
}

impl Flow {
    /// All that one side sent, as far as it can be read.
    pub fn bytes(&self, side: Side) -> &[u8] {
        let [client, server] = &self.bytes;
        match side {
            Side::Client => client,
            Side::Server => server,
        }
    }

    /// What stands behind what can be read of a side.
    pub fn behind(&self, side: Side) -> Behind {
        *side.of(&self.behind)
    }

    /// The bytes of a piece.
    pub fn piece(&self, piece: &Piece) -> &[u8] {
        self.bytes(piece.from).get(piece.range.clone()).unwrap_or_default()
    }
}

/// What stands behind what can be read of a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// Nothing.
    Nothing,
    /// More, which was not captured or is not kept, as a remark says.
    Lost,
    /// Perhaps more: nobody closed the connection before the capture ended, or it is of datagrams.
    Unknown,
}

/// What is in a file of captured packets.
#[derive(Debug, Default)]
pub struct Flows {
    /// In the order of their first packets.
    pub flows: Vec<Flow>,
    /// How many packets there are.
    pub packets: usize,
    /// What of the file could not be read.
    pub remarks: Vec<String>,
}

/// Reads the flows of a file of captured packets.
///
/// # Errors
/// Where it is none, or nothing in it is of a link whose headers are known.
pub fn flows(input: &[u8]) -> Result<Flows, Unreadable> {
    of_packets(pcap::read(input)?)
}

/// The flows of packets.
pub(super) fn of_packets(packets: Packets<'_>) -> Result<Flows, Unreadable> {
    let Packets { packets, mut remarks } = packets;
    let (mut reader, mut table) = (Reader::default(), Table::default());
    for packet in &packets {
        if let Some(carried) = reader.read(packet) {
            table.take(packet, &carried);
        }
    }
    let unknown: usize = reader.unknown.values().map(|(_, count)| count).sum();
    if unknown == packets.len() && unknown > 0 {
        let links = reader.unknown.iter().map(|(link, (first, _))| unknown_link(*link, *first));
        let links = links.collect::<Vec<_>>().join(", ");
        let what = format!("no packet of it can be read, but {LINKS}: {links}");
        return Err(Unreadable { line: None, what });
    }
    for (link, (first, count)) in &reader.unknown {
        let others = if *count > 1 { format!(", and {} more", count - 1) } else { String::new() };
        remarks.push(format!(
            "not read, since only {LINKS} are: {}{others}",
            unknown_link(*link, *first)
        ));
    }
    if let Some((first, count)) = reader.cut {
        remarks
            .push(format!("{count} packets end within their headers, the first is packet {first}"));
    }
    if reader.dropped > 0 {
        remarks.push(format!("{} fragments of too many IP packets are not read", reader.dropped));
    }
    if table.dropped > 0 {
        remarks.push(format!(
            "only the first {FLOWS} flows are read: {} packets are not",
            table.dropped
        ));
    }
    let flows = table.flows.into_iter().map(Open::finish).collect();
    Ok(Flows { flows, packets: packets.len(), remarks })
}

fn unknown_link(link: u16, packet: u32) -> String {
    match link {
        u16::MAX => format!("packet {packet} of no known interface"),
        _ => format!("packet {packet} of link type {link}"),
    }
}

/// Flows by their ends, the smaller before the larger.
#[derive(Default)]
struct Table {
    known: HashMap<(bool, SocketAddr, SocketAddr), usize>,
    flows: Vec<Open>,
    dropped: usize,
}

impl Table {
    fn take(&mut self, packet: &Packet<'_>, carried: &Carried<'_>) {
        let (from, to) = (carried.from, carried.to);
        let key = (carried.tcp.is_some(), from.min(to), from.max(to));
        let known = self.known.get(&key).copied();
        let goes_on = |index: &usize| {
            self.flows.get(*index).is_some_and(|flow| !flow.is_another(from, carried.tcp))
        };
        let index = match known.filter(goes_on) {
            Some(index) => index,
            None if self.flows.len() >= FLOWS => {
                self.dropped += 1;
                return;
            }
            None => {
                self.flows.push(Open::new(packet, carried));
                self.known.insert(key, self.flows.len() - 1);
                self.flows.len() - 1
            }
        };
        if let Some(flow) = self.flows.get_mut(index) {
            flow.take(packet, carried);
        }
    }
}

/// One of the two ends of a flow: 0 is the one that sent its first packet.
type EndOf = usize;

/// A flow of which more may come.
struct Open {
    ends: [SocketAddr; 2],
    began: Option<u64>,
    datagrams: bool,
    /// What each end sends; datagrams stand one behind the other.
    halves: [Half; 2],
    all: [Vec<u8>; 2],
    pieces: Vec<(EndOf, Piece)>,
    /// Packets that each end sent.
    packets: [usize; 2],
    /// Who asked for the connection.
    opened: Option<EndOf>,
    /// What each end first said of the end: a reset or not, and in which packet.
    closed: Vec<(EndOf, bool, u32)>,
    /// Datagrams that were captured in part: the first, what of it and how many bytes it had.
    cut: Option<(u32, usize, usize)>,
    is_full: bool,
}

impl Open {
    fn new(packet: &Packet<'_>, carried: &Carried<'_>) -> Open {
        Open {
            ends: [carried.from, carried.to],
            began: packet.time,
            datagrams: carried.tcp.is_none(),
            halves: Default::default(),
            all: Default::default(),
            pieces: Vec::new(),
            packets: [0; 2],
            opened: None,
            closed: Vec::new(),
            cut: None,
            is_full: false,
        }
    }

    /// Which end this address is; by ends that are the same, the first.
    fn end_of(&self, address: SocketAddr) -> EndOf {
        let [first, _] = self.ends;
        usize::from(address != first)
    }

    /// Whether a packet is of another connection between the same ends: it asks for one, and not again
    /// for this.
    fn is_another(&self, from: SocketAddr, tcp: Option<Tcp>) -> bool {
        let Some(tcp) = tcp.filter(|tcp| tcp.syn && tcp.acknowledges.is_none()) else {
            return false;
        };
        let own = self.halves.get(self.end_of(from));
        let is_this = own.and_then(|half| half.begins_with(tcp.sequence.wrapping_add(1)));
        is_this != Some(true)
    }

    fn take(&mut self, packet: &Packet<'_>, carried: &Carried<'_>) {
        let end = self.end_of(carried.from);
        if let Some(count) = self.packets.get_mut(end) {
            *count += 1;
        }
        match carried.tcp {
            Some(tcp) => self.segment(end, packet, tcp, carried),
            None => self.datagram(end, packet, carried),
        }
    }

    fn segment(&mut self, end: EndOf, packet: &Packet<'_>, tcp: Tcp, carried: &Carried<'_>) {
        let [one, other] = &mut self.halves;
        let (own, peer) = if end == 0 { (one, other) } else { (other, one) };
        let mut sequence = tcp.sequence;
        if tcp.syn {
            sequence = sequence.wrapping_add(1);
            own.begin(sequence);
            // The answer to a SYN says what the SYN said.
            match tcp.acknowledges {
                Some(number) => peer.begin(number),
                None => self.opened = Some(end),
            }
            if tcp.acknowledges.is_some() && self.opened.is_none() {
                self.opened = Some(1 - end);
            }
        }
        if tcp.rst || tcp.fin {
            let is_said = |(of, reset, _): &(EndOf, bool, u32)| (*of, *reset) == (end, tcp.rst);
            if !self.closed.iter().any(is_said) {
                self.closed.push((end, tcp.rst, packet.number));
            }
        }
        // What stands in a reset is none of the stream.
        if tcp.rst {
            return;
        }
        if let Some(number) = tcp.acknowledges {
            peer.acknowledged(number);
        }
        let ranges = own.take((sequence, packet.number), &carried.data, carried.lost);
        if tcp.fin {
            let length = carried.data.len() + carried.lost;
            own.ends(sequence.wrapping_add(u32::try_from(length).unwrap_or(0)));
        }
        let from = Side::Client;
        self.pieces.extend(
            ranges.into_iter().map(|range| {
                (end, Piece { packet: packet.number, time: packet.time, from, range })
            }),
        );
    }

    fn datagram(&mut self, end: EndOf, packet: &Packet<'_>, carried: &Carried<'_>) {
        let (data, lost) = (&carried.data, carried.lost);
        if lost > 0 {
            self.cut.get_or_insert((packet.number, data.len(), data.len() + lost));
        }
        let Some(all) = self.all.get_mut(end) else { return };
        if all.len() + data.len() > STREAM {
            self.is_full = true;
            return;
        }
        if !data.is_empty() {
            let range = all.len()..all.len() + data.len();
            all.extend_from_slice(data);
            let from = Side::Client;
            let piece = Piece { packet: packet.number, time: packet.time, from, range };
            self.pieces.push((end, piece));
        }
    }

    /// Who is the client: who says hello; else who asked for the connection; else, as servers have
    /// small numbers, whose port is larger.
    fn client(&self) -> EndOf {
        let said = [0, 1].map(|end| match self.datagrams {
            false => self.halves.get(end).and_then(|half| hellos::speaker(half.bytes())),
            true => self.pieces.iter().filter(|(of, _)| *of == end).find_map(|(_, piece)| {
                hellos::speaker_of_datagram(self.all.get(end)?.get(piece.range.clone())?)
            }),
        });
        match (said, self.opened) {
            ([Some(Side::Client), Some(Side::Client)], Some(opened)) => opened,
            ([Some(Side::Client), _] | [_, Some(Side::Server)], _) => 0,
            ([_, Some(Side::Client)] | [Some(Side::Server), _], _) => 1,
            (_, Some(opened)) => opened,
            (_, None) if self.datagrams => 0,
            (_, None) => usize::from(self.ends[0].port() < self.ends[1].port()),
        }
    }

    fn finish(self) -> Flow {
        let client = self.client();
        let side = |end: EndOf| if end == client { Side::Client } else { Side::Server };
        let (mut remarks, mut end) = (Vec::new(), None);
        match self.datagrams {
            true => self.of_datagrams(&mut remarks),
            false => end = self.of_connection(side, &mut remarks),
        }
        let mut behind = self.halves.each_ref().map(|half| match half.hole() {
            _ if self.datagrams && self.cut.is_some() => Behind::Lost,
            _ if self.datagrams => Behind::Unknown,
            Some(_) => Behind::Lost,
            None if half.is_full() => Behind::Lost,
            None if self.closed.is_empty() => Behind::Unknown,
            None => Behind::Nothing,
        });
        let Open { ends, began, datagrams, halves, all, mut pieces, .. } = self;
        for (end, piece) in &mut pieces {
            piece.from = side(*end);
        }
        let [one, other] = halves;
        let mut bytes = if datagrams { all } else { [one.into_bytes(), other.into_bytes()] };
        let [mut client_at, mut server_at] = ends;
        if client == 1 {
            bytes.reverse();
            behind.reverse();
            (client_at, server_at) = (server_at, client_at);
        }
        let pieces = pieces.into_iter().map(|(_, piece)| piece).collect();
        let (client, server) = (client_at, server_at);
        Flow { client, server, datagrams, began, pieces, end, remarks, behind, bytes }
    }

    fn of_datagrams(&self, remarks: &mut Vec<String>) {
        if let Some((packet, there, length)) = self.cut {
            remarks.push(format!(
                "captured in part: of the {length} bytes in packet {packet} there are {there}"
            ));
        }
        if self.is_full {
            remarks.push(format!("only the first {STREAM} bytes of a side are read"));
        }
    }

    /// What there is to say of how a connection was captured. Returns how the server ended it, where all
    /// that it said before is known.
    fn of_connection(
        &self,
        side: impl Fn(EndOf) -> Side,
        remarks: &mut Vec<String>,
    ) -> Option<End> {
        let mut is_whole = true;
        for (end, (half, packets)) in self.halves.iter().zip(self.packets).enumerate() {
            let (name, is_server) = (side(end).name(), side(end) == Side::Server);
            if packets == 0 {
                remarks.push(format!("no packet of the {name}'s was captured"));
            } else if !half.is_told() && !half.bytes().is_empty() {
                remarks.push(format!(
                    "the beginning was not captured: the first bytes of the {name}'s that were are \
                     taken for its first"
                ));
            }
            if let Some(hole) = half.hole() {
                let before = hole.before.map(|packet| format!(", before packet {packet}"));
                let unread = match hole.unread {
                    0 => String::new(),
                    unread => format!("; the {unread} bytes behind them are not read"),
                };
                remarks.push(format!(
                    "of the {name}'s bytes, {} behind the first {} were not captured{}{unread}",
                    hole.missing,
                    hole.at,
                    before.unwrap_or_default()
                ));
            }
            if let Some((at, packet)) = half.other() {
                remarks.push(format!(
                    "the {name}'s byte at {at} came again as another in packet {packet}: the first \
                     that came counts"
                ));
            }
            if half.is_full() {
                remarks.push(format!("only the first {STREAM} bytes of the {name}'s are read"));
            }
            if is_server && (half.hole().is_some() || !half.is_told() || packets == 0) {
                is_whole = false;
            }
        }
        // How the other end closes behind the first says nothing more; a reset does.
        for (index, (end, reset, packet)) in self.closed.iter().enumerate() {
            if index > 0 && !reset {
                continue;
            }
            let (name, what) = (side(*end).name(), if *reset { "reset" } else { "closed" });
            remarks.push(format!("the {name} {what} the connection in packet {packet}"));
        }
        let (first, reset, _) = self.closed.first()?;
        let by_server = side(*first) == Side::Server && is_whole;
        by_server.then_some(if *reset { End::Reset } else { End::Closed })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use etherparse::PacketBuilder;

    use super::super::ip::tests::{CLIENT, SERVER};
    use super::super::pcap::tests::pcap;
    use super::*;

    /// A segment of the client's, from port 5000, or of the server's, from 443: its flags, its number,
    /// the number that it acknowledges, and its data.
    pub(in super::super) fn segment(
        from: Side,
        flags: &str,
        (number, acknowledges): (u32, u32),
        data: &[u8],
    ) -> Vec<u8> {
        let (from, to, ports) = match from {
            Side::Client => (CLIENT, SERVER, (5000, 443)),
            Side::Server => (SERVER, CLIENT, (443, 5000)),
        };
        let mut builder = PacketBuilder::ipv4(from, to, 64).tcp(ports.0, ports.1, number, 100);
        for flag in flags.chars() {
            builder = match flag {
                'S' => builder.syn(),
                'A' => builder.ack(acknowledges),
                'F' => builder.fin(),
                'R' => builder.rst(),
                other => panic!("{other}"),
            };
        }
        let mut out = Vec::new();
        builder.write(&mut out, data).unwrap();
        out
    }

    /// A packet of UDP.
    pub(in super::super) fn datagram(data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        PacketBuilder::ipv4(CLIENT, SERVER, 64).udp(5000, 4433).write(&mut out, data).unwrap();
        out
    }

    /// A file of packets of raw IP, a millisecond each.
    pub(in super::super) fn file(packets: &[Vec<u8>]) -> Vec<u8> {
        let timed = (1_000_000_000..).step_by(1_000_000).zip(packets.iter().cloned());
        pcap(101, &timed.collect::<Vec<_>>())
    }

    use Side::{Client as C, Server as S};

    fn one(packets: &[Vec<u8>]) -> Flow {
        let mut read = flows(&file(packets)).unwrap();
        assert_eq!((read.flows.len(), &read.remarks[..]), (1, &[][..]));
        read.flows.remove(0)
    }

    fn opened() -> Vec<Vec<u8>> {
        vec![
            segment(C, "S", (99, 0), b""),
            segment(S, "SA", (199, 100), b""),
            segment(C, "A", (100, 200), b""),
        ]
    }

    #[test]
    fn both_sides_of_a_connection_are_put_together_in_time() {
        let mut packets = opened();
        packets.push(segment(C, "A", (102, 200), b"cd"));
        packets.push(segment(C, "A", (100, 200), b"ab"));
        packets.push(segment(S, "A", (200, 104), b"xyz"));
        packets.push(segment(S, "FA", (203, 104), b""));
        packets.push(segment(C, "FA", (104, 204), b""));
        let flow = one(&packets);
        let told: Vec<_> =
            flow.pieces.iter().map(|piece| (piece.packet, piece.from, flow.piece(piece))).collect();
        assert_eq!(told, [(5, C, &b"ab"[..]), (5, C, b"cd"), (6, S, b"xyz")]);
        assert_eq!(flow.pieces[2].time, Some(1_005_000_000));
        assert_eq!((flow.began, flow.end), (Some(1_000_000_000), Some(End::Closed)));
        assert_eq!(flow.client.to_string(), "192.0.2.1:5000");
        assert_eq!(flow.remarks, ["the server closed the connection in packet 7"]);
    }

    #[test]
    fn who_asked_for_the_connection_is_the_client_but_who_says_hello_above_all() {
        let hello = |msg_type| [22, 3, 1, 0, 9, msg_type, 0, 0, 5, 3, 3, 0, 0, 0];
        let client = |packets: &[Vec<u8>]| one(packets).client.port();
        assert_eq!(client(&[segment(S, "SA", (7, 8), b""), segment(C, "A", (8, 8), b"")]), 5000);
        assert_eq!(client(&[segment(C, "A", (7, 8), &[1])]), 5000);
        assert_eq!(client(&[segment(S, "A", (7, 8), &[1])]), 5000);
        assert_eq!(client(&[segment(S, "A", (7, 8), &hello(1))]), 443);
        assert_eq!(client(&[segment(C, "A", (7, 8), &hello(2))]), 443);
        // In FTP's active mode a server connects, and its peer says hello.
        let active = [segment(C, "S", (6, 0), b""), segment(S, "A", (7, 8), &hello(1))];
        assert_eq!(client(&active), 443);
    }

    #[test]
    fn what_was_lost_on_the_way_to_the_capture_is_told() {
        let mut packets = opened();
        packets.push(segment(C, "A", (100, 200), b"ab"));
        packets.push(segment(S, "A", (205, 102), b"fg"));
        packets.push(segment(S, "FA", (207, 102), b""));
        let flow = one(&packets);
        assert_eq!((flow.bytes(S), flow.end), (&b""[..], None));
        let hole = "of the server's bytes, 5 behind the first 0 were not captured, before packet 5; \
                    the 2 bytes behind them are not read";
        assert_eq!(flow.remarks, [hole, "the server closed the connection in packet 6"]);

        let flow = one(&[segment(C, "A", (100, 200), b"ab"), segment(C, "A", (101, 200), b"Xc")]);
        let [begins, other, missing] = &flow.remarks[..] else { panic!("{:?}", flow.remarks) };
        assert!(begins.contains("the beginning was not captured"), "{begins}");
        assert!(other.contains("byte at 1 came again as another in packet 2"), "{other}");
        assert_eq!(missing, "no packet of the server's was captured");
    }

    #[test]
    fn a_server_that_ends_without_a_word_is_told_only_where_all_was_seen() {
        let end = |packets: &[Vec<u8>]| one(packets).end;
        let with = |last: Vec<u8>| [&opened()[..], &[last]].concat();
        assert_eq!(end(&with(segment(S, "R", (200, 0), b""))), Some(End::Reset));
        assert_eq!(end(&with(segment(S, "FA", (200, 100), b""))), Some(End::Closed));
        assert_eq!(end(&with(segment(C, "FA", (100, 200), b""))), None);
        assert_eq!(end(&[segment(S, "FA", (200, 100), b"")]), None);
        let refused = [segment(C, "S", (9, 0), b""), segment(S, "RA", (0, 10), b"")];
        assert_eq!(one(&refused).end, None);
    }

    #[test]
    fn another_connection_between_the_same_ends_is_another_flow() {
        let mut packets = opened();
        packets.push(segment(C, "S", (99, 0), b""));
        packets.push(segment(C, "A", (100, 200), b"ab"));
        packets.push(segment(C, "S", (5000, 0), b""));
        packets.push(segment(C, "A", (5001, 0), b"cd"));
        let flows = flows(&file(&packets)).unwrap().flows;
        let told: Vec<_> = flows.iter().map(|flow| flow.bytes(C)).collect();
        assert_eq!(told, [b"ab", b"cd"]);
    }

    #[test]
    fn datagrams_keep_their_ends_and_say_what_of_them_was_captured() {
        let cut = datagram(b"defg");
        let flow = one(&[datagram(b"abc"), cut[..cut.len() - 3].to_vec()]);
        let pieces: Vec<_> = flow.pieces.iter().map(|piece| flow.piece(piece)).collect();
        assert_eq!(pieces, [&b"abc"[..], b"d"]);
        assert_eq!(flow.remarks, ["captured in part: of the 4 bytes in packet 2 there are 1"]);
    }

    #[test]
    fn a_link_that_is_not_known_is_told_with_its_number() {
        let packet = segment(C, "S", (99, 0), b"");
        let error = flows(&pcap(147, &[(1, packet.clone())])).unwrap_err().to_string();
        assert!(error.contains("packet 1 of link type 147"), "{error}");
        assert!(error.contains("Ethernet, Linux cooked"), "{error}");
    }
}
