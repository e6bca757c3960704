//! What is true of a hello as it is sent, in the fields of the vocabulary of causes.

use super::lists;
use super::vocabulary::{List, Member, Property, Quantity, Scalar, is_grease};
use crate::names::{Code, ContentType, ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::grammar::Context;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::side::Side;
use crate::wire::stream::{Stream, Unit};
use crate::wire::text::escape;

/// What is true of one hello as it is sent.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The hello, where it can be read as one.
    pub hello: Option<ClientHello>,
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
                            facts.hello = Some(hello.clone());
                        }
                    }
                }
                Unit::Message(_) => {}
            }
        }
        facts
    }

    /// A number that the hello has; none where it does not have it.
    pub fn quantity(&self, quantity: Quantity) -> Option<u64> {
        let hello = self.hello.as_ref();
        let number = match quantity {
            Quantity::HandshakeLength => self.handshake_length,
            Quantity::RecordLength => *self.records.first()?,
            Quantity::RecordCount => self.records.len(),
            Quantity::FlightLength => self.flight_length,
            Quantity::TcpSegments => self.segments.len(),
            Quantity::TcpFirstSegment => *self.segments.first()?,
            Quantity::LegacyVersion => hello?.legacy_version.0.into(),
            Quantity::SessionIdLength => hello?.legacy_session_id.0.len(),
            Quantity::ExtensionsLength => {
                hello?.extensions().iter().map(|extension| 4 + extension.data().len()).sum()
            }
            Quantity::ExtensionLength(extension_type) => {
                let found = hello?.extensions().iter();
                let mut found = found.filter(|e| e.extension_type() == extension_type);
                found.next()?.data().len()
            }
            Quantity::CipherSuitesCount => self.list(List::CipherSuites).len(),
            Quantity::CompressionMethodsCount => self.list(List::CompressionMethods).len(),
            Quantity::ExtensionsCount => self.list(List::Extensions).len(),
            Quantity::KeyShareCount => self.list(List::KeyShare).len(),
            Quantity::SupportedGroupsCount => self.list(List::SupportedGroups).len(),
            Quantity::SignatureAlgorithmsCount => self.list(List::SignatureAlgorithms).len(),
            Quantity::AlpnCount => self.list(List::Alpn).len(),
        };
        u64::try_from(number).ok()
    }

    /// What stands in a list, in order; nothing where the hello does not have it.
    pub fn list(&self, list: List) -> Vec<Member> {
        self.hello.as_ref().map_or(Vec::new(), |hello| members(hello, list))
    }

    /// The value of a property.
    pub fn property(&self, property: Property) -> Scalar {
        let hello = self.hello.as_ref();
        let extensions = hello.map_or(&[][..], ClientHello::extensions);
        let number = |extension: Option<&ClientExtension>| match extension {
            Some(extension) => Scalar::Number(extension.extension_type().0.into()),
            None => Scalar::Null,
        };
        match property {
            Property::RecordVersion => match self.record_version {
                Some(version) => Scalar::Number(version.0.into()),
                None => Scalar::Null,
            },
            Property::ExtensionsFirst => number(extensions.first()),
            Property::ExtensionsLast => number(extensions.last()),
            Property::ExtensionsLastEmpty => {
                Scalar::Bool(extensions.last().is_some_and(|last| last.data().is_empty()))
            }
            Property::ExtensionsPresent => {
                Scalar::Bool(hello.is_some_and(|hello| hello.extensions.is_some()))
            }
            Property::ServerName => {
                let name = extensions.iter().find_map(|extension| match extension {
                    ClientExtension::ServerName(names) => names.0.first(),
                    _ => None,
                });
                match name {
                    Some(name) => Scalar::Text(escape(&name.host_name.0)),
                    None => Scalar::Null,
                }
            }
            Property::Resumption => {
                Scalar::Bool(extensions.iter().any(|extension| match extension {
                    ClientExtension::PreSharedKey(_) => true,
                    ClientExtension::SessionTicket(ticket) => !ticket.0.is_empty(),
                    _ => false,
                }))
            }
            Property::Framing => Scalar::Text(if self.sslv2 { "sslv2" } else { "tls" }.to_owned()),
            Property::Grease => {
                Scalar::Bool(List::all().any(|list| self.has(list, None, &Member::Grease)))
            }
        }
    }

    /// Whether a list, or its first entries, holds a member.
    pub fn has(&self, list: List, first: Option<usize>, member: &Member) -> bool {
        let members = self.list(list);
        let entries = members.get(..first.unwrap_or(usize::MAX).min(members.len()));
        entries.unwrap_or_default().iter().any(|entry| match (member, entry) {
            (Member::Grease, Member::Number(number)) => is_grease(list, *number),
            (Member::Unknown, Member::Number(number)) => {
                let extension = ExtensionType(*number);
                extension.name().is_none() && !extension.is_grease()
            }
            (member, entry) => member == entry,
        })
    }
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
