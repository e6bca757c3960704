//! Every byte that a client sends up to the end of its hello, record headers included (RFC 8446
//! section 5.1, RFC 6347 section 4.1): what a spec says where neither its types nor `raw`, which is
//! the message alone, can say it, as of an alert before the hello or of fragments in another order.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::framing::Framing;
use super::no_hello::NoHello;
use super::recorded::{in_types, of_sslv2};
use super::said::client_hello;
use super::spec::{FIRST_VERSION, HelloSpec, nothing};
use crate::names::{ContentType, HandshakeType, ProtocolVersion};
use crate::wire::grammar::{Context, Rest, peek};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::record::ssl2::{Ssl2Header, Ssl2Message};
use crate::wire::side::Side;
use crate::wire::stream::{self, Body, Message, Stream, Unit};

/// Every byte that is sent: one text of digits, or a list of them where there are several datagrams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flight(pub Vec<Rest>);

impl Flight {
    /// The datagrams, or all that goes over TCP.
    pub fn pieces(&self) -> Vec<Vec<u8>> {
        self.0.iter().map(|piece| piece.0.to_vec()).collect()
    }

    /// Whether there is not a byte in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|piece| piece.0.is_empty())
    }

    /// The message of the hello, as far as it is there; all bytes where there is none.
    pub(super) fn message(&self, framing: Framing) -> Vec<u8> {
        let pieces = self.pieces();
        match find(&pieces, framing) {
            Some((message, _)) => message.bytes.to_vec(),
            None => pieces.concat(),
        }
    }

    /// The hello in it, in types.
    ///
    /// # Errors
    /// Where there is none, or none that can be read.
    pub(super) fn hello(&self, framing: Framing) -> Result<ClientHello, NoHello> {
        let (message, header) = find(&self.pieces(), framing)
            .ok_or_else(|| NoHello("no ClientHello is in the flight".to_owned()))?;
        match (&message.body, header) {
            (Body::Handshake(handshake), _) => {
                if let Handshake::ClientHello(hello) = &**handshake {
                    return Ok(hello.clone());
                }
            }
            (Body::Ssl2(one), Some(header)) => {
                if let Ssl2Message::ClientHello(hello) = &**one {
                    return Ok(of_sslv2(hello, &header).hello);
                }
            }
            _ => {}
        }
        let datagram = framing == Framing::Dtls;
        client_hello(&message.bytes, Context { datagram, ..Context::default() })
    }

    /// The hello in it as a spec of its own: in its records, where nothing came before it, and else as
    /// clients send it.
    ///
    /// # Errors
    /// Where there is none, or none that can be read.
    pub(super) fn alone(&self, framing: Framing) -> Result<HelloSpec, NoHello> {
        let pieces = self.pieces();
        let mut end = 0;
        for unit in units(&pieces, framing) {
            match unit {
                Unit::Header(one) => end = one.range.end + one.framing.payload().unwrap_or(0),
                Unit::Message(message) if is_hello(&message) => break,
                Unit::Message(_) => {}
            }
        }
        let bytes = pieces.concat();
        let up_to_it = bytes.get(..end).and_then(|bytes| in_types(bytes).ok());
        if let Some(spec) = up_to_it.filter(|spec| spec.framing == framing) {
            return Ok(spec);
        }
        let version = self.records(framing).1.unwrap_or(FIRST_VERSION);
        let spec = HelloSpec::new(version, self.hello(framing)?);
        Ok(HelloSpec { framing, ..spec })
    }

    /// Payload bytes of each record, as their headers say, and the version in the first of them.
    pub(super) fn records(&self, framing: Framing) -> (Vec<usize>, Option<ProtocolVersion>) {
        let units = units(&self.pieces(), framing);
        let headers = || {
            units.iter().filter_map(|unit| match unit {
                Unit::Header(header) => Some(&header.framing),
                Unit::Message(_) => None,
            })
        };
        let sizes = headers().filter_map(stream::Framing::payload).collect();
        (sizes, headers().find_map(stream::Framing::version))
    }

    /// What types cannot say of it, in words; none where they say it as well.
    pub(super) fn why(&self, framing: Framing) -> Option<String> {
        let pieces = self.pieces();
        match in_types(&pieces.concat()) {
            Err(why) => Some(why.to_string()),
            Ok(spec) if spec.datagrams() == pieces => None,
            Ok(_) if framing == Framing::Dtls => {
                Some("the records stand otherwise in their datagrams".to_owned())
            }
            Ok(_) => Some("the message is in no record".to_owned()),
        }
    }
}

/// The spec of a flight in which there is a hello, or the beginning of one; none where there is not.
pub(super) fn in_flight(bytes: &[u8]) -> Option<HelloSpec> {
    let (framing, pieces) = match bytes {
        [ContentType::FIRST..=ContentType::LAST, 254, ..] => (Framing::Dtls, by_records(bytes)),
        // What could be a long header of SSL 2.0 as well is none.
        [ContentType::FIRST..=ContentType::LAST, 3, ..] => (Framing::Tls, vec![bytes.to_vec()]),
        [0x80..=0xff, _, 1, ..] | [0..=0x3f, _, _, 1, ..] => (Framing::Sslv2, vec![bytes.to_vec()]),
        _ => (Framing::Tls, vec![bytes.to_vec()]),
    };
    of_pieces(framing, &pieces)
}

/// The same of datagrams.
pub(super) fn of_pieces(framing: Framing, pieces: &[Vec<u8>]) -> Option<HelloSpec> {
    find(pieces, framing)?;
    let flight = pieces.iter().map(|piece| Rest(piece.clone().into())).collect();
    let spec = HelloSpec::new(FIRST_VERSION, nothing());
    Some(HelloSpec { framing, flight: Some(Flight(flight)), ..spec })
}

/// Records of DTLS, each as a datagram of its own; what is none goes with the last.
fn by_records(bytes: &[u8]) -> Vec<Vec<u8>> {
    const HEADER: usize = 13;
    let (mut pieces, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let end = peek(rest, 11, 2).map_or(rest.len(), |length| HEADER + length);
        let (piece, behind) = rest.split_at(end.min(rest.len()));
        pieces.push(piece.to_vec());
        rest = behind;
    }
    pieces
}

/// The first hello that a client sends, or what is there of it; with the header of its record where
/// that is one of SSL 2.0.
fn find(pieces: &[Vec<u8>], framing: Framing) -> Option<(Message, Option<Ssl2Header>)> {
    let (mut header, mut part) = (None, None);
    for unit in units(pieces, framing) {
        match unit {
            Unit::Header(one) => {
                header = match one.framing {
                    stream::Framing::Ssl2(one) => Some(one),
                    _ => None,
                }
            }
            Unit::Message(message) if is_hello(&message) => return Some((message, header)),
            // Of one that is not whole there may be no more than fragments.
            Unit::Message(message) if is_part_of_hello(&message) => {
                part.get_or_insert((message, None));
            }
            Unit::Message(_) => {}
        }
    }
    part
}

/// All that is in the pieces, in order.
fn units(pieces: &[Vec<u8>], framing: Framing) -> Vec<Unit> {
    let datagram = framing == Framing::Dtls;
    let mut stream = Stream::of(Side::Client);
    for piece in pieces {
        match datagram {
            true => stream.push_datagram(piece),
            false => stream.push(piece),
        }
    }
    stream.finish(&mut Context { datagram, ..Context::default() })
}

fn is_part_of_hello(message: &Message) -> bool {
    matches!(message.body, Body::Fragment(HandshakeType::client_hello))
}

fn is_hello(message: &Message) -> bool {
    let is_ours = message.content_type.is_none_or(|kind| kind == ContentType::handshake);
    is_ours && matches!(message.type_name(), "client_hello" | "sslv2_client_hello")
}

impl Serialize for Flight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            pieces => pieces.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Flight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlightVisitor)
    }
}

struct FlightVisitor;

impl<'de> Visitor<'de> for FlightVisitor {
    type Value = Flight;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text of hexadecimal digits, or a list of them, one a datagram")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Flight, E> {
        let piece = Rest::deserialize(StrDeserializer::<E>::new(text))?;
        Ok(Flight(vec![piece]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pieces: A) -> Result<Flight, A::Error> {
        let mut flight = Vec::new();
        while let Some(piece) = pieces.next_element()? {
            flight.push(piece);
        }
        Ok(Flight(flight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::edit::Edit;
    use crate::hello::facts::Facts;
    use crate::hello::named::NamedHello;
    use crate::hello::spec_file::{from_json, from_toml};
    use crate::hello::{difference, exact};
    use crate::wire::text::hex;

    fn spec(name: &str) -> HelloSpec {
        NamedHello::parse(name).unwrap().recorded().unwrap().spec
    }

    /// Flights that types cannot say, and what is told of each.
    fn flights() -> Vec<(Vec<u8>, &'static str)> {
        let whole = spec("openssl-1.0.1e").flight();
        let alert = [21, 3, 1, 0, 2, 1, 0];
        let record = |length: u8, part: &[u8]| [&[22, 3, 1, 0, length], part].concat();
        let datagrams = spec("dtls12,records:=[30,40]").datagrams();
        let reordered = datagrams.iter().rev().flatten().copied().collect();
        let mut padded = spec("openssl-1.0.1e,sslv2,sslv2.padding:=3").flight();
        *padded.last_mut().unwrap() = 7;
        vec![
            ([&alert, &whole[..]].concat(), "record 1 is one of alert"),
            ([&whole[..], &alert].concat(), "record 2 is one of alert"),
            ([&whole[..], b"GET /"].concat(), "record 2 is none"),
            (
                [record(100, &whole[5..105]), record(241, &whole[105..200])].concat(),
                "record 2 is cut off, 95 of 241 bytes",
            ),
            (reordered, "record 1 cannot be said"),
            (datagrams[1..].concat(), "none"),
            (padded, "record 1"),
        ]
    }

    #[test]
    fn what_types_cannot_say_is_sent_again_to_the_byte() {
        for (bytes, why) in flights() {
            let named = format!("hex:{}", hex(&bytes));
            let edited = NamedHello::parse(&named).unwrap().recorded().unwrap();
            assert_eq!(edited.spec.flight(), bytes);
            let notes = &edited.notes;
            assert!(notes.len() == 1 && notes[0].contains(why), "{notes:?}, {why}");
            let toml = toml::to_string(&edited.spec).unwrap();
            assert!(toml.contains("flight = ") && !toml.contains("record_version"), "{toml}");
            assert_eq!(from_toml(&toml).unwrap(), edited.spec, "{toml}");
            let json = serde_json::to_string(&edited.spec).unwrap();
            assert_eq!(from_json(&json).unwrap(), edited.spec, "{json}");
        }
    }

    #[test]
    fn of_a_flight_that_is_true_which_is_true_of_the_hello_in_it() {
        let whole = spec("openssl-1.0.1e");
        let bytes = [&[21, 3, 1, 0, 2, 1, 0], &whole.flight()[..]].concat();
        let flight = HelloSpec::from_bytes(&bytes).unwrap();
        assert_eq!(flight.sent().unwrap(), whole.hello);
        assert_eq!(flight.message(), whole.message());
        let (facts, own) = (Facts::of_spec(&flight), Facts::of_spec(&whole));
        assert_eq!(facts.handshake_length, own.handshake_length);
        assert!(facts.extensions().eq(own.extensions()));
        assert_eq!(facts.records, [2, 341]);
    }

    #[test]
    fn datagrams_stay_as_they_came() {
        let pieces = spec("dtls12,records:=[30,40]").datagrams();
        assert!(HelloSpec::from_datagrams(&pieces).unwrap().is_typed());
        let joined = [vec![pieces[..2].concat()], pieces[2..].to_vec()].concat();
        let flight = HelloSpec::from_datagrams(&joined).unwrap();
        assert_eq!(flight.datagrams(), joined);
        let (sizes, version) = flight.flight.as_ref().unwrap().records(Framing::Dtls);
        assert_eq!((sizes.len(), &sizes[..2]), (pieces.len(), &[42, 52][..]));
        assert_eq!(version, Some(ProtocolVersion::DTLS1_0));
        assert!(flight.flight.unwrap().why(Framing::Dtls).unwrap().contains("datagrams"));
        assert!(HelloSpec::from_datagrams(&[b"no hello".to_vec()]).is_err());
    }

    #[test]
    fn of_a_flight_only_what_is_about_its_segments_can_be_edited() {
        let flight = spec("minimal,flight:=160301000401000000");
        assert_eq!(flight.flight(), [22, 3, 1, 0, 4, 1, 0, 0, 0]);
        assert_eq!(spec("minimal,flight:=1603,segments=1,delay=5ms").segments, [1]);
        assert_eq!(spec("dtls12,flight:=[\"16fe\",\"ff00\"]").datagrams().len(), 2);
        // To ask for the frame that it has is no contradiction.
        assert_eq!(spec("dtls12,flight:=[\"16fe\"],dtls").datagrams().len(), 1);
        assert_eq!(spec("dtls12,raw:=0100,dtls").framing, Framing::Dtls);
        for refused in [
            "pad_to=600",
            "split_records=5",
            "record_version=1.2",
            "record_length:=5",
            "hello.random:=00",
            "dtls",
            "-extensions.padding",
            "flight:=[\"16\",\"03\"]",
        ] {
            let edit = Edit::parse(refused).unwrap();
            assert!(edit.change(&mut flight.clone()).is_err(), "{refused}");
        }
    }

    #[test]
    fn without_its_flight_a_spec_is_the_hello_in_it() {
        for name in ["openssl-1.0.1e", "openssl-1.0.1e,records:=[141,200]", "sslv2", "dtls12"] {
            let hello = HelloSpec { fresh: Vec::new(), ..spec(name) };
            let alert = [21, 3, 1, 0, 2, 1, 0];
            let behind = hex(&[&hello.flight()[..], &alert].concat());
            assert_eq!(spec(&format!("hex:{behind},-flight")), hello, "{name}");
        }
        // Of its segments those stay that it has, and what follows is an edit of the hello.
        let whole = hex(&[&spec("openssl-1.0.1e").flight()[..], &[21, 3, 1, 0, 2, 1, 0]].concat());
        let cut = spec(&format!("hex:{whole},segments=5,344,rest,-flight,session_id=3"));
        assert_eq!((cut.segments, cut.hello.legacy_session_id.0.len()), (vec![5], 3));
        // Which records it would be in without what comes before it, nobody can say.
        let hello = spec("openssl-1.0.1e,records:=[1,100]");
        let behind = hex(&[&[21, 3, 0, 0, 2, 1, 0], &hello.flight()[..]].concat());
        let alone = spec(&format!("hex:{behind},-flight"));
        assert_eq!((alone.hello, alone.records.len()), (hello.hello, 0));
    }

    #[test]
    fn a_flight_becomes_any_hello_and_any_hello_a_flight() {
        let flights =
            flights().into_iter().map(|(bytes, _)| HelloSpec::from_bytes(&bytes).unwrap());
        let others = ["openssl-3.5.8", "minimal,raw:=0100,segments=5", "dtls12", "sslv2"];
        let specs: Vec<_> = flights.chain(others.into_iter().map(spec)).collect();
        for from in &specs {
            for to in &specs {
                let edits = exact::exact(from, to);
                assert_eq!(&difference::change(from, &edits), to, "{edits:?}");
            }
        }
    }
}
