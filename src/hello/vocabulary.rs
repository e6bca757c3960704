//! The vocabulary of causes: the fields of a hello on which conditions are stated, and the names
//! by which other programs know them.

use crate::names::{Code, ExtensionType, ProtocolVersion};
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
    ServerNameCount,
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
    ("server_name.count", Quantity::ServerNameCount),
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

    /// Whether it grows with whatever is added to a hello.
    pub fn is_length(self) -> bool {
        use Quantity::{ExtensionsLength, FlightLength, HandshakeLength, RecordLength};
        matches!(self, HandshakeLength | RecordLength | FlightLength | ExtensionsLength)
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
        match (self, text) {
            (List::Extensions, UNKNOWN) => return Some(Member::Unknown),
            (List::KeyShare, NOT_OFFERED) => return Some(Member::NotOffered),
            (_, DUPLICATE) => return Some(Member::Duplicate),
            _ => {}
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
            // As it is printed, so that it reads back as itself.
            List::Alpn => (escape(text.as_bytes()) == text).then(|| Member::Text(text.to_owned())),
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
            Member::Duplicate => return "a value that stands there twice".to_owned(),
            Member::NotOffered => return "a group that is not in supported_groups".to_owned(),
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Member {
    /// A number.
    Number(u16),
    /// A text, in `alpn`.
    Text(String),
    /// Any value that RFC 8701 reserves.
    Grease,
    /// An extension that no server could know.
    Unknown,
    /// A value that stands in the list before, RFC 8446 sections 4.2 and 4.2.8.
    Duplicate,
    /// In `key_share`, a group that `supported_groups` does not have, RFC 8446 section 4.2.8.
    NotOffered,
}

/// A value of RFC 8701, where one is made up.
pub const GREASE: u16 = 0x5a5a;

/// The kinds of members but GREASE, as they are written.
const UNKNOWN: &str = "unknown";
const DUPLICATE: &str = "duplicate";
const NOT_OFFERED: &str = "not_offered";

impl Member {
    /// Whether a member of a list is this one, or of this kind. Whether it is a duplicate or not
    /// offered, it does not tell by itself: see [`Facts::has`](super::Facts::has).
    pub fn is(&self, list: List, member: &Member) -> bool {
        match (self, member) {
            (Member::Grease, Member::Number(number)) => is_grease(list, *number),
            (Member::Unknown, Member::Number(number)) => {
                let extension = ExtensionType(*number);
                extension.name().is_none() && !extension.is_grease()
            }
            (own, member) => own == member,
        }
    }

    /// The word for a kind; none for a member of its own.
    pub const fn kind(&self) -> Option<&'static str> {
        Some(match self {
            Member::Number(_) | Member::Text(_) => return None,
            Member::Grease => "grease",
            Member::Unknown => UNKNOWN,
            Member::Duplicate => DUPLICATE,
            Member::NotOffered => NOT_OFFERED,
        })
    }
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

/// Whether a number is reserved by RFC 8701 in the registry of a list.
pub fn is_grease(list: List, number: u16) -> bool {
    use crate::names as n;
    match list {
        List::PskModes => n::PskKeyExchangeMode::GREASE.holds(number),
        List::CompressionMethods | List::EcPointFormats | List::CompressCertificate => false,
        _ => n::CipherSuite::GREASE.holds(number),
    }
}

/// Whether a member's name is like a pattern, in which `*` stands for any letters and `?` for one;
/// capitals count as small letters. Suites have OpenSSL's names too, and a value of RFC 8701 is
/// called `grease`.
pub fn is_like(list: List, member: &Member, pattern: &str) -> bool {
    let like = |name: &str| glob(pattern.as_bytes(), name.as_bytes());
    if list.parse_member(pattern).as_ref() == Some(member) {
        // Its number, or another's name for it.
        return true;
    }
    match member {
        Member::Text(text) => like(text),
        Member::Number(number) => {
            let name = match list {
                List::Extensions => ExtensionType(*number)
                    .name()
                    .map_or_else(|| format!("0x{number:04x}"), str::to_owned),
                list => list.member_words(member),
            };
            let suite = crate::names::CipherSuite(*number);
            let openssl = suite.openssl_name().filter(|_| list == List::CipherSuites);
            let grease = is_grease(list, *number) && like("grease");
            like(&name) || grease || openssl.is_some_and(like)
        }
        _ => false,
    }
}

/// Linear in both but for the stars: only the last star that was met is tried again.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n, mut star) = (0, 0, None);
    while let Some(letter) = name.get(n) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, n));
                p += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted.eq_ignore_ascii_case(letter) => {
                (p, n) = (p + 1, n + 1);
            }
            _ => match &mut star {
                Some((behind, from)) => {
                    *from += 1;
                    (p, n) = (*behind, *from);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_also_called_as_the_list_in_it_is() {
        for list in List::all().filter(|list| list.extension().is_some()) {
            assert_eq!(ExtensionType::parse(list.name()), list.extension(), "{}", list.name());
        }
    }
}
