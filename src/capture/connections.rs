//! All connections of an input: the one of which raw records, a dump or a log are, or those of a file
//! of captured packets, or of frames in dumps, in which TLS, SSL or DTLS is spoken, in the order of
//! their first packets. What else is in such a file is told in a line each.

use std::cmp::Ordering;
use std::fmt;

use super::flow::{Behind, Flow, Flows, flows, of_packets};
use super::frames::Frames;
use super::{Unreadable, cut, hellos, read, records};
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::limits::INPUT;
use crate::wire::packets;
use crate::wire::record::plaintext;
use crate::wire::stream::{Body, Framing, Header, Message, Unit};

/// What an input holds.
#[derive(Debug, Default)]
pub struct Connections {
    /// One at least.
    pub list: Vec<Connection>,
    /// Flows in which no TLS is spoken.
    pub others: Vec<Other>,
    /// What of a file of packets could not be read.
    pub remarks: Vec<String>,
}

/// A connection, and how it was captured.
#[derive(Debug)]
pub struct Connection {
    /// Everything that went over it.
    pub transcript: Transcript,
    /// Its number, from 1 on, and its packets, where it comes from a file of them.
    pub captured: Option<(usize, Flow)>,
}

/// A flow in which no TLS is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// `tcp` or `udp`.
    pub transport: &'static str,
    /// The two ends, the client first.
    pub ends: [String; 2],
    /// The protocol, where it is known.
    pub protocol: Option<&'static str>,
    /// Bytes of the client, and of the server.
    pub bytes: [usize; 2],
    /// Where the server said nothing that can be read: what tells why.
    pub remark: Option<String>,
}

/// Makes transcripts of an input that is called `name`; of a file of packets, only of the connection
/// of this number, where there is one.
///
/// # Errors
/// Where the input is empty, too large, in none of the known forms, or has no such connection.
pub fn connections(
    name: &str,
    input: &[u8],
    number: Option<usize>,
) -> Result<Connections, Unreadable> {
    let error = |what: String| Unreadable { line: None, what };
    let input = &*packets::unpacked(input);
    let Some(form) = packets::format(input).filter(|_| input.len() <= INPUT) else {
        if let Some(frames) = Some(input).filter(|it| it.len() <= INPUT).and_then(Frames::of) {
            return of_flows(of_packets(frames.packets())?, name, "hex", number);
        }
        if let Some(number) = number {
            return Err(error(format!(
                "#{number} chooses a connection of a capture file (pcap, pcapng), which it is not"
            )));
        }
        let transcript = read(name, input)?;
        let is_nothing =
            |message: &Message| matches!(message.body, Body::Plaintext | Body::Unknown);
        if packets::is_called_one(name)
            && transcript.messages().all(|(_, message)| is_nothing(message))
        {
            return Err(error(
                "it is called a capture file, and does not begin as one of pcap or pcapng; \
                 `editcap` makes these of what Wireshark reads"
                    .to_owned(),
            ));
        }
        let list = vec![Connection { transcript, captured: None }];
        return Ok(Connections { list, ..Connections::default() });
    };
    of_flows(flows(input)?, name, form, number)
}

/// The connections among flows, or the one of this number.
fn of_flows(
    flows: Flows,
    name: &str,
    form: &'static str,
    number: Option<usize>,
) -> Result<Connections, Unreadable> {
    let error = |what: String| Unreadable { line: None, what };
    let Flows { flows, packets, remarks } = flows;
    let mut found = Connections { remarks, ..Connections::default() };
    let mut count = 0;
    for flow in flows {
        let Some(transcript) = transcript(&flow, name, form, count + 1) else {
            found.others.push(Other::of(&flow));
            continue;
        };
        count += 1;
        if number.is_none_or(|number| number == count) {
            found.list.push(Connection { transcript, captured: Some((count, flow)) });
        }
    }
    match (number, count) {
        (_, 0) => Err(error(found.without_tls(packets))),
        (Some(number), _) if found.list.is_empty() => {
            Err(error(format!("there is no #{number} in it: it has TLS in #1 to #{count}")))
        }
        _ => Ok(found),
    }
}

impl Connections {
    /// What is said of a file in which there is no TLS.
    fn without_tls(&self, packets: usize) -> String {
        let there = match (self.others.first(), self.others.len(), self.remarks.first()) {
            (Some(first), 1, _) => format!("but {first}"),
            (Some(first), count, _) => format!("but {first}, and {} flows more", count - 1),
            (None, _, Some(remark)) => remark.clone(),
            (None, ..) => "and neither TCP nor UDP".to_owned(),
        };
        // Where all that was said is known to be something else, nothing is missing.
        let is_known = |other: &Other| other.protocol.is_some();
        let advice = match !self.others.is_empty() && self.others.iter().all(is_known) {
            true => "",
            false => {
                "; capture the server's port from before the connection on, packets as a whole"
            }
        };
        format!("no TLS, SSL or DTLS is in its {packets} packets, {there}{advice}")
    }
}

/// What went over a flow; none where it is no TLS.
fn transcript(flow: &Flow, name: &str, form: &'static str, number: usize) -> Option<Transcript> {
    if flow.datagrams && !flow.pieces.iter().any(|piece| hellos::is_dtls(flow.piece(piece))) {
        return None;
    }
    let mut recorder = Recorder::default();
    let (dialogue, begin) = dialogue(flow);
    let last = |side| flow.pieces.iter().rposition(|piece| piece.from == side);
    let last = [last(Side::Client), last(Side::Server)];
    for (index, piece) in flow.pieces.iter().enumerate() {
        let since = piece.time.zip(flow.began).map(|(time, began)| time.saturating_sub(began));
        let time = since.map(|nanoseconds| nanoseconds as f64 / 1e9);
        let bytes = flow.piece(piece);
        let words = match index.cmp(&dialogue) {
            Ordering::Less => bytes.len(),
            Ordering::Equal => begin,
            Ordering::Greater => 0,
        };
        let (words, bytes) = bytes.split_at_checked(words).unwrap_or((bytes, &[]));
        if !words.is_empty() {
            recorder.push_words(piece.from, time, words);
        }
        match flow.datagrams {
            true => recorder.push_datagram(piece.from, time, bytes),
            false => recorder.push(piece.from, time, bytes),
        };
        // What is cut off stands where it came, as where packets were captured in part.
        if !flow.datagrams && last.contains(&Some(index)) {
            recorder.end_side(piece.from);
        }
    }
    let source = Source { name: format!("{name}#{number}"), form };
    let mut transcript = recorder.finish(source, flow.end);
    let is_record = |unit: &Unit| match unit {
        Unit::Header(Header { framing: Framing::Tls(_) | Framing::Ssl2(_), .. }) => true,
        // Records of DTLS have nothing to do in a stream.
        Unit::Header(Header { framing, .. }) => flow.datagrams && *framing != Framing::Cut,
        Unit::Message(_) => false,
    };
    if !transcript.events.iter().any(|event| is_record(&event.unit)) {
        return None;
    }
    transcript.client = Some(flow.client.to_string());
    transcript.server = Some(flow.server.to_string());
    transcript.began = flow.began.map(|began| began / 1_000_000_000);
    transcript.remarks.extend(flow.remarks.iter().cloned());
    for side in [Side::Client, Side::Server] {
        let behind = flow.behind(side);
        let is_excused = behind != Behind::Nothing && cut::excuse(&mut transcript, side, flow);
        if is_excused && behind == Behind::Unknown {
            let name = side.name();
            transcript.remarks.push(match flow.datagrams {
                true => format!("parts of what the {name} says were lost, or not captured"),
                false => format!("the capture ends in the middle of what the {name} says"),
            });
        }
    }
    Some(transcript)
}

/// How many pieces stand before the one with the first record, and how many bytes before that in it:
/// what was said in words before TLS began, as for STARTTLS, is told turn by turn.
fn dialogue(flow: &Flow) -> (usize, usize) {
    if flow.datagrams {
        return (0, 0);
    }
    let first = |side| records::first_record(flow.bytes(side));
    let (client, server) = (first(Side::Client), first(Side::Server));
    let mut pieces = flow.pieces.iter().enumerate();
    let found = pieces.find_map(|(index, piece)| {
        let first = if piece.from == Side::Client { client } else { server };
        let at = first.filter(|at| piece.range.contains(at))?;
        Some((index, at - piece.range.start))
    });
    found.unwrap_or_default()
}

impl Other {
    fn of(flow: &Flow) -> Other {
        let first = |side| match flow.datagrams {
            false => flow.bytes(side),
            true => {
                let piece = flow.pieces.iter().find(|piece| piece.from == side);
                piece.map_or(&[][..], |piece| flow.piece(piece))
            }
        };
        let (client, server) = (first(Side::Client), first(Side::Server));
        let named = || {
            let server = plaintext::recognise_side(server, Side::Server);
            server.or_else(|| plaintext::recognise_side(client, Side::Client))
        };
        let protocol = match flow.datagrams {
            false => named().map(|protocol| protocol.name),
            true => is_quic(client).then_some("quic"),
        };
        let bytes = [Side::Client, Side::Server].map(|side| flow.bytes(side).len());
        let remark = flow.remarks.first().filter(|_| bytes[1] == 0).cloned();
        let transport = if flow.datagrams { "udp" } else { "tcp" };
        let ends = [flow.client, flow.server].map(|end| end.to_string());
        Other { transport, ends, protocol, bytes, remark }
    }
}

/// Whether a datagram has a long header of QUIC, of a version that there is: RFC 9000 17.2, RFC 9369.
fn is_quic(bytes: &[u8]) -> bool {
    let version = bytes.get(1..5);
    let is_known = version == Some(&[0, 0, 0, 1]) || version == Some(&[0x6b, 0x33, 0x43, 0xcf]);
    is_known && bytes.first().is_some_and(|first| first & 0xc0 == 0xc0)
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [client, server] = &self.ends;
        let [sent, received] = self.bytes;
        write!(f, "{} {client} > {server}, ", self.transport)?;
        match (self.protocol, self.bytes) {
            (Some(protocol), _) => write!(f, "{protocol}, {sent} bytes and {received} back")?,
            (None, [0, 0]) => write!(f, "no bytes")?,
            (None, _) => write!(f, "no TLS, {sent} bytes and {received} back")?,
        }
        self.remark.as_ref().map_or(Ok(()), |remark| write!(f, " ({remark})"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::flow::tests::{datagram, file, segment};
    use super::*;
    use crate::wire::fault::Kind;

    /// How the remarks on records and messages are meant.
    fn kinds(transcript: &Transcript) -> Vec<Kind> {
        let remarks = transcript.events.iter().flat_map(|event| match &event.unit {
            Unit::Header(header) => &header.tree.remarks,
            Unit::Message(message) => &message.tree.remarks,
        });
        remarks.map(|remark| remark.kind).collect()
    }

    fn read(said: &[u8], answered: &[u8]) -> Result<Connections, String> {
        let packets = [
            segment(Side::Client, "S", (9, 0), b""),
            segment(Side::Server, "SA", (99, 10), b""),
            segment(Side::Client, "A", (10, 100), said),
            segment(Side::Server, "A", (100, 10 + said.len() as u32), answered),
        ];
        connections("it", &file(&packets), None).map_err(|error| error.to_string())
    }

    #[test]
    fn what_has_no_record_of_tls_is_none_and_is_named_where_it_is_known() {
        // Over TCP a record of DTLS is nothing.
        let record = [21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40];
        for (said, answered, told) in [
            (&b"SSH-2.0-x\r\n"[..], &b"SSH-2.0-y\r\n"[..], "443, ssh, 11 bytes and 11 back"),
            (b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n", "443, http, 18 bytes and 17 back"),
            (&record, &record, "443, no TLS, 15 bytes and 15 back;"),
            (b"", b"", "443, no bytes;"),
        ] {
            let error = read(said, answered).unwrap_err();
            assert!(error.contains(told), "{error}");
            // Of what is known to be something else, no more packets are asked for.
            assert_eq!(error.contains("; capture"), told.ends_with(';'), "{error}");
        }
        let alert = [21, 3, 1, 0, 2, 2, 40];
        let found = read(b"", &alert).unwrap();
        assert_eq!((found.list.len(), found.others.len()), (1, 0));
    }

    #[test]
    fn what_was_not_captured_is_no_fault_of_who_sent_it() {
        let record = [22, 3, 3, 0, 48, 2, 0, 0, 44, 3, 3, 1, 2, 3];
        let packets = |last: &[Vec<u8>]| {
            let packets = [
                segment(Side::Client, "S", (9, 0), b""),
                segment(Side::Server, "SA", (99, 10), b""),
                segment(Side::Server, "A", (100, 10), &record),
            ];
            let found = connections("it", &file(&[&packets, last].concat()), None).unwrap();
            let transcript = &found.list[0].transcript;
            (kinds(transcript), transcript.remarks.clone())
        };
        let (kinds, told) = packets(&[]);
        assert_eq!(kinds, [Kind::Notice; 2]);
        assert_eq!(told, ["the capture ends in the middle of what the server says"]);
        // Something is lost, and that is told by itself.
        let (kinds, told) = packets(&[segment(Side::Server, "FA", (150, 10), b"")]);
        assert_eq!(kinds, [Kind::Notice; 2]);
        assert!(told[0].contains("were not captured"), "{told:?}");
        // It said no more.
        let (kinds, told) = packets(&[segment(Side::Server, "FA", (114, 10), b"")]);
        assert_eq!(kinds, [Kind::Form; 2]);
        assert_eq!(told, ["the server closed the connection in packet 4"]);
    }

    #[test]
    fn what_is_lost_of_datagrams_is_no_fault_either() {
        // The first four bytes of a ServerHello of 80.
        let header = [22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16];
        let part = [2, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 4, 254, 253, 7, 7];
        let packet = datagram(&[&header[..], &part].concat());
        // The same, and four bytes behind the first twenty, of which the packet has two.
        let cut = |part: &[u8]| {
            let packet = datagram(&[&header[..], part].concat());
            packet[..packet.len() - 2].to_vec()
        };
        let mut behind = part;
        behind[8] = 20;
        let (cut, cut_behind) = (cut(&part), cut(&behind));
        let lost = "parts of what the server says were lost, or not captured";
        for (packets, told, has_parts) in [
            (vec![packet.clone()], lost, false),
            (vec![packet.clone(), cut], "captured in part", false),
            (vec![packet, cut_behind], "captured in part", true),
        ] {
            let found = connections("it", &file(&packets), None).unwrap();
            let transcript = &found.list[0].transcript;
            let kinds = kinds(transcript);
            assert!(!kinds.is_empty() && kinds.iter().all(|it| *it == Kind::Notice), "{kinds:?}");
            // What comes behind others is no message of its own.
            let is_part = |message: &Message| matches!(message.body, Body::Fragment(_));
            assert_eq!(transcript.messages().any(|(_, it)| is_part(it)), has_parts);
            let [remark] = &transcript.remarks[..] else { panic!("{:?}", transcript.remarks) };
            assert!(remark.starts_with(told), "{remark}");
        }
    }

    #[test]
    fn times_count_from_the_first_packet() {
        let found = read(&[], &[21, 3, 1, 0, 2, 2, 40]).unwrap();
        let transcript = &found.list[0].transcript;
        assert_eq!(transcript.began, Some(1));
        let times: Vec<_> = transcript.events.iter().map(|event| event.time).collect();
        assert_eq!(times, [Some(0.003); 2]);
    }
}
