//! What is true of a hello as it is sent, in the fields of the vocabulary of causes.

use std::collections::HashSet;

use super::framing::Framing;
use super::lists;
use super::spec::HelloSpec;
use super::vocabulary::{List, Member, Property, Quantity, Scalar};
use crate::names::{Code, ContentType, ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::grammar::Context;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::record::LARGEST;
use crate::wire::side::Side;
use crate::wire::stream::{Stream, Unit};
use crate::wire::text::escape;

/// What a hello says outside of its lists.
#[derive(Clone, Debug)]
struct Said {
    legacy_version: ProtocolVersion,
    session_id_length: usize,
    /// Whether there is a block of extensions.
    extensions: bool,
    /// The hosts that are named, of which servers take the first.
    server_names: Vec<String>,
    /// Whether a session is to be resumed.
    resumption: bool,
}

/// What is true of one hello as it is sent.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What the hello says of itself, where it can be read as one.
    said: Option<Said>,
    /// Bytes of the handshake message with its header, as the header says.
    pub handshake_length: usize,
    /// The version in the first record's header.
    pub record_version: Option<ProtocolVersion>,
    /// Payload bytes of each record.
    pub records: Vec<usize>,
    /// Bytes of each segment in which it is sent.
    pub segments: Vec<usize>,
    /// All bytes.
    pub flight_length: usize,
    /// Whether it is framed as an SSLv2 message.
    pub sslv2: bool,
    /// What stands in each list, in the order of [`List::all`].
    lists: Vec<Vec<Member>>,
    /// The numbers of each list in ascending order, to be searched.
    sorted: Vec<Vec<u16>>,
    /// Body bytes of each extension, in order.
    bodies: Vec<(ExtensionType, usize)>,
}

impl Facts {
    /// Reads the facts off a flight, cut into TCP segments of these sizes; the last segment has
    /// what is left.
    pub fn of(flight: &[u8], segments: &[usize]) -> Facts {
        let mut stream = Stream::of(Side::Client);
        stream.push(flight);
        let mut facts = Facts {
            flight_length: flight.len(),
            segments: segment_sizes(flight.len(), segments),
            sslv2: matches!(flight, [0x80..=0xff, _, 1, ..]),
            ..Facts::default()
        };
        for unit in stream.finish(&mut Context::default()) {
            match unit {
                Unit::Header(header) => {
                    if let Some(header) = header.record() {
                        facts.record_version.get_or_insert(header.legacy_record_version);
                        facts.records.push(header.length.into());
                    }
                }
                Unit::Message(message) if message.content_type == Some(ContentType::handshake) => {
                    if facts.handshake_length == 0 {
                        facts.handshake_length = message.length;
                        if let Some(Handshake::ClientHello(hello)) = message.handshake() {
                            let read = Facts::said(hello);
                            facts.said = read.said;
                            (facts.lists, facts.sorted) = (read.lists, read.sorted);
                            facts.bodies = read.bodies;
                        }
                    }
                }
                Unit::Message(_) => {}
            }
        }
        facts
    }

    /// The facts of a hello as its spec says that it is sent.
    pub fn of_spec(spec: &HelloSpec) -> Facts {
        let lies = spec.handshake_length.is_some()
            || spec.record_length.is_some()
            || spec.record_type != ContentType::handshake;
        // What is of the handshake in no record, is in none whatever its type; and a record of a type
        // that there is not would not be seen as one.
        if spec.record_type.name().is_none() && spec.flight.is_none() {
            let record_type = ContentType::application_data;
            return Facts::of_spec(&HelloSpec { record_type, ..spec.clone() });
        }
        let plain = spec.framing == Framing::Tls && spec.is_typed() && !lies;
        if !plain || !spec.records.is_empty() {
            return Facts::of(&spec.flight(), &spec.segments);
        }
        // In one record there is nothing to put together, and what is said is what was written.
        let facts = Facts::said(&spec.hello);
        let length = facts.message_length();
        if length > LARGEST {
            return Facts::of(&spec.flight(), &spec.segments);
        }
        let flight_length = length + 5;
        Facts {
            handshake_length: length,
            record_version: Some(spec.version_of_record(0)),
            records: vec![length],
            segments: segment_sizes(flight_length, &spec.segments),
            flight_length,
            sslv2: false,
            ..facts
        }
    }

    /// Whether there is a message of TLS that cannot be read as a hello.
    pub fn is_unreadable(&self) -> bool {
        self.said.is_none() && self.handshake_length > 0
    }

    /// What is said in the message alone.
    pub(super) fn said(hello: &ClientHello) -> Facts {
        let lists: Vec<Vec<Member>> = List::all().map(|list| members(hello, list)).collect();
        let sorted = lists.iter().map(|list| sorted_numbers(list)).collect();
        let extensions = hello.extensions();
        let bodies = extensions.iter().map(|e| (e.extension_type(), e.data().len())).collect();
        let names = extensions.iter().find_map(|extension| match extension {
            ClientExtension::ServerName(names) => Some(names.0.iter()),
            _ => None,
        });
        let names = names.into_iter().flatten();
        let said = Said {
            legacy_version: hello.legacy_version,
            session_id_length: hello.legacy_session_id.0.len(),
            extensions: hello.extensions.is_some(),
            server_names: names.map(|name| escape(&name.host_name.0)).collect(),
            resumption: extensions.iter().any(|extension| match extension {
                ClientExtension::PreSharedKey(_) => true,
                ClientExtension::SessionTicket(ticket) => !ticket.0.is_empty(),
                _ => false,
            }),
        };
        Facts { said: Some(said), lists, sorted, bodies, ..Facts::default() }
    }

    /// Bytes of the message with its header, RFC 8446 section 4.1.2: version, random and lengths
    /// take 42 of them beside what stands in them.
    fn message_length(&self) -> usize {
        let Some(said) = &self.said else { return 0 };
        let suites = 2 * self.list(List::CipherSuites).len();
        let methods = self.list(List::CompressionMethods).len();
        let block = if said.extensions { 2 + self.extensions_length() } else { 0 };
        42 + said.session_id_length + suites + methods + block
    }

    fn extensions_length(&self) -> usize {
        self.bodies.iter().map(|(_, length)| 4 + length).sum()
    }

    /// The types of the extensions, in order.
    pub fn extensions(&self) -> impl Iterator<Item = ExtensionType> + '_ {
        self.bodies.iter().map(|(extension_type, _)| *extension_type)
    }

    /// A number that the hello has; none where it does not have it.
    pub fn quantity(&self, quantity: Quantity) -> Option<u64> {
        let said = self.said.as_ref();
        let number = match quantity {
            Quantity::HandshakeLength => self.handshake_length,
            Quantity::RecordLength => *self.records.first()?,
            Quantity::RecordCount => self.records.len(),
            Quantity::FlightLength => self.flight_length,
            Quantity::TcpSegments => self.segments.len(),
            Quantity::TcpFirstSegment => *self.segments.first()?,
            Quantity::LegacyVersion => said?.legacy_version.0.into(),
            Quantity::SessionIdLength => said?.session_id_length,
            Quantity::ExtensionsLength => self.extensions_length(),
            Quantity::ExtensionLength(extension_type) => {
                self.bodies.iter().find(|(own, _)| *own == extension_type)?.1
            }
            Quantity::CipherSuitesCount => self.list(List::CipherSuites).len(),
            Quantity::CompressionMethodsCount => self.list(List::CompressionMethods).len(),
            Quantity::ExtensionsCount => self.list(List::Extensions).len(),
            Quantity::KeyShareCount => self.list(List::KeyShare).len(),
            Quantity::SupportedGroupsCount => self.list(List::SupportedGroups).len(),
            Quantity::SignatureAlgorithmsCount => self.list(List::SignatureAlgorithms).len(),
            Quantity::AlpnCount => self.list(List::Alpn).len(),
            Quantity::ServerNameCount => said?.server_names.len(),
        };
        u64::try_from(number).ok()
    }

    /// What stands in a list, in order; nothing where the hello does not have it.
    pub fn list(&self, list: List) -> &[Member] {
        self.lists.get(list as usize).map_or(&[], Vec::as_slice)
    }

    /// The value of a property.
    pub fn property(&self, property: Property) -> Scalar {
        let said = self.said.as_ref();
        let number = |extension: Option<ExtensionType>| match extension {
            Some(extension_type) => Scalar::Number(extension_type.0.into()),
            None => Scalar::Null,
        };
        match property {
            Property::RecordVersion => match self.record_version {
                Some(version) => Scalar::Number(version.0.into()),
                None => Scalar::Null,
            },
            Property::ExtensionsFirst => number(self.extensions().next()),
            Property::ExtensionsLast => number(self.extensions().last()),
            Property::ExtensionsLastEmpty => {
                Scalar::Bool(self.bodies.last().is_some_and(|(_, length)| *length == 0))
            }
            Property::ExtensionsPresent => Scalar::Bool(said.is_some_and(|said| said.extensions)),
            Property::ServerName => {
                match said.and_then(|said| said.server_names.first().cloned()) {
                    Some(name) => Scalar::Text(name),
                    None => Scalar::Null,
                }
            }
            Property::Resumption => Scalar::Bool(said.is_some_and(|said| said.resumption)),
            Property::Framing => Scalar::Text(if self.sslv2 { "sslv2" } else { "tls" }.to_owned()),
            Property::Grease => {
                Scalar::Bool(List::all().any(|list| self.has(list, None, &Member::Grease)))
            }
        }
    }

    /// Whether a list, or its first entries, holds a member.
    pub fn has(&self, list: List, first: Option<usize>, member: &Member) -> bool {
        if let (Member::Number(number), None) = (member, first) {
            let sorted = self.sorted.get(list as usize);
            return sorted.is_some_and(|sorted| sorted.binary_search(number).is_ok());
        }
        let members = self.list(list);
        let entries = members.get(..first.unwrap_or(usize::MAX).min(members.len()));
        let entries = entries.unwrap_or_default();
        match member {
            Member::Duplicate => {
                let mut seen = HashSet::new();
                !entries.iter().all(|entry| seen.insert(entry))
            }
            Member::NotOffered => {
                let groups = self.list(List::SupportedGroups);
                !groups.is_empty() && !entries.iter().all(|entry| groups.contains(entry))
            }
            member => entries.iter().any(|entry| member.is(list, entry)),
        }
    }
}

fn sorted_numbers(list: &[Member]) -> Vec<u16> {
    let numbers = list.iter().filter_map(|member| match member {
        Member::Number(number) => Some(*number),
        _ => None,
    });
    let mut numbers: Vec<u16> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

/// The sizes of the segments of a flight: those that are asked for, and what is left.
pub fn segment_sizes(length: usize, asked: &[usize]) -> Vec<usize> {
    let mut left = length;
    let mut sizes = Vec::new();
    for &size in asked {
        let size = size.min(left);
        if size > 0 {
            sizes.push(size);
        }
        left -= size;
    }
    if left > 0 {
        sizes.push(left);
    }
    sizes
}

/// What stands in a list of a hello, in order; nothing where it does not have it.
pub fn members(hello: &ClientHello, list: List) -> Vec<Member> {
    let extensions = hello.extensions().iter();
    match list {
        List::Extensions => extensions.map(|e| Member::Number(e.extension_type().0)).collect(),
        List::Alpn => {
            let names = extensions.filter_map(|extension| match extension {
                ClientExtension::Alpn(names) => Some(names.0.iter()),
                _ => None,
            });
            names.flatten().map(|name| Member::Text(escape(&name.0.0))).collect()
        }
        list => {
            let numbers = lists::numbers(hello, list).map(|list| list.numbers());
            numbers.unwrap_or_default().into_iter().map(Member::Number).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::named::NamedHello;

    #[test]
    fn records_are_counted_whatever_their_type() {
        let facts = |edits: &str| {
            let name = format!("openssl-1.0.1e{edits}");
            Facts::of_spec(&NamedHello::parse(&name).unwrap().recorded().unwrap().spec)
        };
        for records in [&[341][..], &[100, 241]] {
            let cut = format!(",records:={records:?}");
            let hello = facts(&cut);
            assert_eq!(hello.records, records);
            for kind in ["23", "99", "255"] {
                let other = facts(&format!("{cut},record_type:={kind}"));
                assert_eq!(other.records, records, "{kind}");
                assert_eq!(other.record_version, hello.record_version);
                assert_eq!(other.flight_length, hello.flight_length);
                assert!(other.is_unreadable() || other.handshake_length == 0);
            }
        }
    }
}
