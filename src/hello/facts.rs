//! What is true of a hello as it is sent: the fields on which conditions are stated, with the
//! names and meanings of the vocabulary of causes.

use crate::names::{Code, ContentType, ExtensionType, ProtocolVersion};
use crate::wire::client_hello::ClientHello;
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::grammar::Context;
use crate::wire::handshake::Handshake;
use crate::wire::stream::{Stream, Unit};
use crate::wire::text::escape;

/// A number that a hello has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the field that `NAMES` gives for it")]
pub enum Quantity {
    HandshakeLength,
    RecordLength,
    RecordCount,
    FlightLength,
    TcpSegments,
    TcpFirstSegment,
    LegacyVersion,
    CipherSuitesCount,
    SessionIdLength,
    CompressionMethodsCount,
    ExtensionsCount,
    ExtensionsLength,
    ExtensionLength(ExtensionType),
    KeyShareCount,
    SupportedGroupsCount,
    SignatureAlgorithmsCount,
    AlpnCount,
}

/// Every quantity that is one for all hellos, and its name.
const QUANTITIES: &[(&str, Quantity)] = &[
    ("handshake.length", Quantity::HandshakeLength),
    ("record.length", Quantity::RecordLength),
    ("record.count", Quantity::RecordCount),
    ("flight.length", Quantity::FlightLength),
    ("tcp.segments", Quantity::TcpSegments),
    ("tcp.first_segment", Quantity::TcpFirstSegment),
    ("legacy_version", Quantity::LegacyVersion),
    ("cipher_suites.count", Quantity::CipherSuitesCount),
    ("session_id.length", Quantity::SessionIdLength),
    ("compression_methods.count", Quantity::CompressionMethodsCount),
    ("extensions.count", Quantity::ExtensionsCount),
    ("extensions.length", Quantity::ExtensionsLength),
    ("key_share.count", Quantity::KeyShareCount),
    ("supported_groups.count", Quantity::SupportedGroupsCount),
    ("signature_algorithms.count", Quantity::SignatureAlgorithmsCount),
    ("alpn.count", Quantity::AlpnCount),
];

impl Quantity {
    /// The quantity of a name; `extension.21.length` is the body length of extension 21.
    pub fn from_name(name: &str) -> Option<Quantity> {
        if let Some(&(_, quantity)) = QUANTITIES.iter().find(|&&(known, _)| known == name) {
            return Some(quantity);
        }
        let number = name.strip_prefix("extension.")?.strip_suffix(".length")?;
        ExtensionType::parse(number).map(Quantity::ExtensionLength)
    }

    /// Its name.
    pub fn name(self) -> String {
        if let Quantity::ExtensionLength(extension_type) = self {
            return format!("extension.{}.length", extension_type.0);
        }
        let known = QUANTITIES.iter().find(|&&(_, quantity)| quantity == self);
        known.map_or(String::new(), |(name, _)| (*name).to_owned())
    }
}

/// A list that a hello has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the field of its name")]
pub enum List {
    CipherSuites,
    CompressionMethods,
    Extensions,
    SupportedGroups,
    SignatureAlgorithms,
    SupportedVersions,
    KeyShare,
    EcPointFormats,
    PskModes,
    CompressCertificate,
    Alpn,
}

const LISTS: &[(&str, List)] = &[
    ("cipher_suites", List::CipherSuites),
    ("compression_methods", List::CompressionMethods),
    ("extensions", List::Extensions),
    ("supported_groups", List::SupportedGroups),
    ("signature_algorithms", List::SignatureAlgorithms),
    ("supported_versions", List::SupportedVersions),
    ("key_share", List::KeyShare),
    ("ec_point_formats", List::EcPointFormats),
    ("psk_modes", List::PskModes),
    ("compress_certificate", List::CompressCertificate),
    ("alpn", List::Alpn),
];

impl List {
    /// The list of a name.
    pub fn from_name(name: &str) -> Option<List> {
        LISTS.iter().find(|&&(known, _)| known == name).map(|&(_, list)| list)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        LISTS.iter().find(|&&(_, list)| list == self).map_or("", |&(name, _)| name)
    }

    /// Every list.
    pub fn all() -> impl Iterator<Item = List> {
        LISTS.iter().map(|&(_, list)| list)
    }

    /// The extension that carries the list, where one does.
    pub fn extension(self) -> Option<ExtensionType> {
        Some(match self {
            List::CipherSuites | List::CompressionMethods | List::Extensions => return None,
            List::SupportedGroups => ExtensionType::supported_groups,
            List::SignatureAlgorithms => ExtensionType::signature_algorithms,
            List::SupportedVersions => ExtensionType::supported_versions,
            List::KeyShare => ExtensionType::key_share,
            List::EcPointFormats => ExtensionType::ec_point_formats,
            List::PskModes => ExtensionType::psk_key_exchange_modes,
            List::CompressCertificate => ExtensionType::compress_certificate,
            List::Alpn => ExtensionType::application_layer_protocol_negotiation,
        })
    }

    /// The number of a member's name, as in `padding` in `extensions`.
    pub fn parse_member(self, text: &str) -> Option<Member> {
        use crate::names as n;
        if text.eq_ignore_ascii_case("grease") {
            return Some(Member::Grease);
        }
        if self == List::Extensions && text == "unknown" {
            return Some(Member::Unknown);
        }
        fn number<C: Code>(text: &str) -> Option<Member> {
            C::parse(text).map(|code| Member::Number(code.number()))
        }
        match self {
            List::CipherSuites => number::<n::CipherSuite>(text),
            List::CompressionMethods => number::<n::CompressionMethod>(text),
            List::Extensions => number::<ExtensionType>(text),
            List::SupportedGroups | List::KeyShare => number::<n::NamedGroup>(text),
            List::SignatureAlgorithms => number::<n::SignatureScheme>(text),
            List::SupportedVersions => {
                ProtocolVersion::from_text(text).map(|version| Member::Number(version.0))
            }
            List::EcPointFormats => number::<n::EcPointFormat>(text),
            List::PskModes => number::<n::PskKeyExchangeMode>(text),
            List::CompressCertificate => number::<n::CertificateCompressionAlgorithm>(text),
            List::Alpn => Some(Member::Text(text.to_owned())),
        }
    }

    /// A member in words, as in `padding (21)`.
    pub fn member_words(self, member: &Member) -> String {
        use crate::names as n;
        fn words<C: Code>(number: u16) -> String {
            let code = C::from_number(number);
            match code.name() {
                Some(name) => name.to_owned(),
                None => format!("0x{number:0digits$x}", digits = C::WIDTH * 2),
            }
        }
        let number = match member {
            Member::Grease => return "a GREASE value".to_owned(),
            Member::Unknown => return "an extension that no server knows".to_owned(),
            Member::Text(text) => return escape(text.as_bytes()),
            Member::Number(number) => *number,
        };
        match self {
            List::CipherSuites => words::<n::CipherSuite>(number),
            List::CompressionMethods => words::<n::CompressionMethod>(number),
            List::Extensions => format!("{} ({number})", words::<ExtensionType>(number)),
            List::SupportedGroups | List::KeyShare => words::<n::NamedGroup>(number),
            List::SignatureAlgorithms => words::<n::SignatureScheme>(number),
            List::SupportedVersions => words::<ProtocolVersion>(number),
            List::EcPointFormats => words::<n::EcPointFormat>(number),
            List::PskModes => words::<n::PskKeyExchangeMode>(number),
            List::CompressCertificate => words::<n::CertificateCompressionAlgorithm>(number),
            List::Alpn => number.to_string(),
        }
    }
}

/// What can stand in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// A number.
    Number(u16),
    /// A text, in `alpn`.
    Text(String),
    /// Any value that RFC 8701 reserves.
    Grease,
    /// An extension that no server could know.
    Unknown,
}

/// A property of a hello that is one of several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the field of its name")]
pub enum Property {
    RecordVersion,
    ExtensionsFirst,
    ExtensionsLast,
    ExtensionsLastEmpty,
    ExtensionsPresent,
    ServerName,
    Resumption,
    Framing,
    Grease,
}

const PROPERTIES: &[(&str, Property)] = &[
    ("record.version", Property::RecordVersion),
    ("extensions.first", Property::ExtensionsFirst),
    ("extensions.last", Property::ExtensionsLast),
    ("extensions.last_empty", Property::ExtensionsLastEmpty),
    ("extensions.present", Property::ExtensionsPresent),
    ("server_name", Property::ServerName),
    ("resumption", Property::Resumption),
    ("framing", Property::Framing),
    ("grease", Property::Grease),
];

impl Property {
    /// The property of a name.
    pub fn from_name(name: &str) -> Option<Property> {
        PROPERTIES.iter().find(|&&(known, _)| known == name).map(|&(_, property)| property)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        PROPERTIES.iter().find(|&&(_, property)| property == self).map_or("", |&(name, _)| name)
    }
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is a kind of value")]
pub enum Scalar {
    Null,
    Bool(bool),
    Number(u64),
    Text(String),
}

/// Every name that a condition may be about, for messages to people.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    let quantities = QUANTITIES.iter().map(|&(name, _)| name);
    let lists = LISTS.iter().map(|&(name, _)| name);
    quantities.chain(lists).chain(PROPERTIES.iter().map(|&(name, _)| name))
}

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
        let mut stream = Stream::default();
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
                    if let Some(header) = header.header {
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
        fn numbers<'c, C: Code>(codes: impl IntoIterator<Item = &'c C>) -> Vec<Member> {
            codes.into_iter().map(|code| Member::Number(code.number())).collect()
        }
        let Some(hello) = &self.hello else { return Vec::new() };
        match list {
            List::CipherSuites => return numbers(&hello.cipher_suites.0),
            List::CompressionMethods => return numbers(&hello.legacy_compression_methods.0),
            List::Extensions => {
                let extensions = hello.extensions().iter();
                let types = extensions.map(|e| Member::Number(e.extension_type().0));
                return types.collect();
            }
            _ => {}
        }
        let members = hello.extensions().iter().find_map(|extension| {
            Some(match (list, extension) {
                (List::SupportedGroups, ClientExtension::SupportedGroups(list)) => numbers(&list.0),
                (List::SignatureAlgorithms, ClientExtension::SignatureAlgorithms(list)) => {
                    numbers(&list.0)
                }
                (List::SupportedVersions, ClientExtension::SupportedVersions(list)) => {
                    numbers(&list.0)
                }
                (List::KeyShare, ClientExtension::KeyShare(list)) => {
                    numbers(list.0.iter().map(|share| &share.group))
                }
                (List::EcPointFormats, ClientExtension::EcPointFormats(list)) => numbers(&list.0),
                (List::PskModes, ClientExtension::PskKeyExchangeModes(list)) => numbers(&list.0),
                (List::CompressCertificate, ClientExtension::CompressCertificate(list)) => {
                    numbers(&list.0)
                }
                (List::Alpn, ClientExtension::Alpn(list)) => {
                    let names = list.0.iter().map(|name| escape(&name.0.0));
                    names.map(Member::Text).collect()
                }
                _ => return None,
            })
        });
        members.unwrap_or_default()
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

/// Whether a number is reserved by RFC 8701 in the registry of a list.
pub fn is_grease(list: List, number: u16) -> bool {
    use crate::names as n;
    match list {
        List::PskModes => n::PskKeyExchangeMode::GREASE.holds(number),
        List::CompressionMethods | List::EcPointFormats | List::CompressCertificate => false,
        _ => n::CipherSuite::GREASE.holds(number),
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
