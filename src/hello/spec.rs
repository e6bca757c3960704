//! A ClientHello as data: what is said in it, how it is framed and cut, and what of it is drawn
//! anew each time it is sent.
//!
//! What is sent is exactly what the spec says, lies included. A hello that was captured becomes a
//! spec and comes back to the same bytes.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::flight::Flight;
use super::framing::{self, DtlsForm, Framing, Sslv2Form};
use super::no_hello::NoHello;
use super::said::client_hello;
use crate::names::{ContentType, ExtensionType, ProtocolVersion};
use crate::wire::extension::{Block, ClientExtension, Extension, Padding};
use crate::wire::grammar::{Codes, Context, Fixed, OnlyDtls, Opaque, Rest};
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::random::Random;

/// A ClientHello, its framing, and what is drawn anew.
// What serde derives is written only where there is no flight: see its `Serialize` below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct HelloSpec {
    /// The name of the schema that a file follows.
    #[serde(rename = "$schema", default, skip_serializing)]
    pub schema: Schema,
    /// In what it is carried; records of TLS where nothing is said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub framing: Framing,
    /// The version in the header of each record that has none of its own, TLS 1.0 where nothing is
    /// said; SSL 2.0 has none there, and a `flight` has its own.
    #[serde(default = "first_version")]
    pub record_version: ProtocolVersion,
    /// Versions of the first records, one by one, where they have others than `record_version`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub record_versions: Vec<ProtocolVersion>,
    /// The content type in the header of each record; handshake where nothing is said.
    #[serde(default = "handshake", skip_serializing_if = "is_handshake")]
    pub record_type: ContentType,
    /// Payload bytes of each record, 65535 at most, the last size that is not 0 again and again; 0
    /// is an empty record. Where none is given, one record, or as few as may carry the message. In
    /// DTLS, of each fragment, without its header.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "super::sizes::of_records"
    )]
    pub records: Vec<usize>,
    /// Bytes of each TCP segment, one at least, what is left going into a last one; one segment
    /// where none is given.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "super::sizes::of_segments"
    )]
    pub segments: Vec<usize>,
    /// Milliseconds between two segments or datagrams. Where none are given, as few as keep
    /// segments apart, which 0 need not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u32>,
    /// A length for the handshake header that is not the true one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handshake_length: Option<u32>,
    /// A length for the first record's header that is not the true one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_length: Option<u16>,
    /// What is drawn anew for each connection; the values below are then those that were seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fresh: Vec<Fresh>,
    /// Lengths of the sealed part of an encrypted_client_hello that is drawn anew, of which one is
    /// drawn, each as likely as any other; where none is given, it keeps its own.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "super::sizes::of_payloads"
    )]
    pub ech_payload_lengths: Vec<usize>,
    /// All that records carry, header of the handshake included, where types cannot say it; the
    /// message below is not sent then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Rest>,
    /// Every byte that is sent, headers of records included, where neither types nor `raw` can say
    /// it; beside it only the framing, segments and the delay between them count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flight: Option<Flight>,
    /// What a hello in a record of SSL 2.0 has beside what one of TLS has.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sslv2: Sslv2Form,
    /// What the headers of DTLS count.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dtls: DtlsForm,
    /// The message.
    #[serde(default = "nothing", skip_serializing_if = "says_nothing")]
    pub hello: ClientHello,
}

/// What a spec says that has a flight: nothing beside it counts but how it is sent.
#[derive(Serialize)]
struct OfFlight<'s> {
    #[serde(skip_serializing_if = "is_default")]
    framing: Framing,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    segments: &'s Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u32>,
    flight: &'s Flight,
}

impl Serialize for HelloSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(flight) = &self.flight else { return HelloSpec::serialize(self, serializer) };
        let (framing, segments, delay_ms) = (self.framing, &self.segments, self.delay_ms);
        OfFlight { framing, segments, delay_ms, flight }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for HelloSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        HelloSpec::deserialize(deserializer)
    }
}

/// What a file says of its schema, which says nothing of the hello.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schema;

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Schema)
    }
}

/// A part of a hello that is drawn anew for each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fresh {
    /// The random.
    Random,
    /// The legacy session id, with its length kept.
    LegacySessionId,
    /// The public key of each key share.
    KeyShare,
    /// The values of RFC 8701: each place its own, the same where it was the same.
    Grease,
    /// The order of the extensions, but for GREASE, padding and pre_shared_key, as Chromium
    /// shuffles them.
    ExtensionOrder,
    /// The server name: that of the host; none for an address.
    ServerName,
    /// The sealed part of an encrypted_client_hello that is only there for show, and its length
    /// where the spec has lengths for it.
    EncryptedClientHello,
    /// The length of the padding extension, by the rule of RFC 7685 section 4.
    Padding,
}

/// The version in the headers of records where a spec says nothing, as clients have it there (RFC
/// 8446 section 5.1).
pub(super) const FIRST_VERSION: ProtocolVersion = ProtocolVersion::TLS1_0;

fn first_version() -> ProtocolVersion {
    FIRST_VERSION
}

fn handshake() -> ContentType {
    ContentType::handshake
}

fn is_handshake(record_type: &ContentType) -> bool {
    *record_type == ContentType::handshake
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The message of a spec that has none, since it is raw or a flight.
pub fn nothing() -> ClientHello {
    ClientHello {
        legacy_version: ProtocolVersion(0),
        random: Random(Fixed([0; 32])),
        legacy_session_id: Opaque::new(Vec::new()),
        cookie: OnlyDtls(None),
        cipher_suites: Codes::new(Vec::new()),
        legacy_compression_methods: Codes::new(Vec::new()),
        extensions: None,
    }
}

pub(super) fn says_nothing(hello: &ClientHello) -> bool {
    *hello == nothing()
}

impl HelloSpec {
    /// A spec that says nothing but the message.
    pub fn new(record_version: ProtocolVersion, hello: ClientHello) -> HelloSpec {
        HelloSpec {
            schema: Schema,
            framing: Framing::Tls,
            record_version,
            record_versions: Vec::new(),
            record_type: ContentType::handshake,
            records: Vec::new(),
            segments: Vec::new(),
            delay_ms: None,
            handshake_length: None,
            record_length: None,
            fresh: Vec::new(),
            ech_payload_lengths: Vec::new(),
            raw: None,
            flight: None,
            sslv2: Sslv2Form::default(),
            dtls: DtlsForm::default(),
            hello,
        }
    }

    /// The version in the header of the record of this index.
    pub fn version_of_record(&self, index: usize) -> ProtocolVersion {
        self.record_versions.get(index).copied().unwrap_or(self.record_version)
    }

    /// Whether there is something to send.
    pub fn says_something(&self) -> bool {
        if let Some(flight) = &self.flight {
            return !flight.is_empty();
        }
        self.raw.is_some() || !says_nothing(&self.hello)
    }

    /// Whether the message is said in types, and so can be changed in them.
    pub fn is_typed(&self) -> bool {
        self.raw.is_none() && self.flight.is_none()
    }

    /// All that the records carry: the handshake message with its header, or the message of
    /// SSL 2.0. Of a flight, what is in it of a hello.
    pub fn message(&self) -> Vec<u8> {
        match (&self.flight, &self.raw) {
            (Some(flight), _) => flight.message(self.framing),
            (None, Some(raw)) => raw.0.to_vec(),
            (None, None) => framing::message(self),
        }
    }

    /// The message that is sent, in types.
    ///
    /// # Errors
    /// Where it is raw, or a flight, and not of the form of a hello.
    pub fn sent(&self) -> Result<ClientHello, NoHello> {
        match (&self.flight, &self.raw) {
            (Some(flight), _) => flight.hello(self.framing),
            (None, Some(raw)) => {
                let datagram = self.framing == Framing::Dtls;
                client_hello(&raw.0, Context { datagram, ..Context::default() })
            }
            (None, None) => Ok(self.hello.clone()),
        }
    }

    /// Every byte that is sent.
    pub fn flight(&self) -> Vec<u8> {
        self.datagrams().concat()
    }

    /// The same by datagrams; all in one where it goes over TCP.
    pub fn datagrams(&self) -> Vec<Vec<u8>> {
        framing::frame(self)
    }

    /// Bytes of what the records carry.
    pub fn length(&self) -> usize {
        self.message().len()
    }

    /// The extensions, to be changed. The block comes into being where there is none.
    pub fn extensions_mut(&mut self) -> &mut Vec<ClientExtension> {
        let block = self.hello.extensions.get_or_insert_with(|| Block(Vec::new()));
        &mut block.0
    }

    /// Makes the message `length` bytes long by its padding extension, which comes last where it
    /// is new, but for a pre_shared_key.
    ///
    /// # Errors
    /// Where no padding makes it so long: which lengths it can have.
    pub fn pad_to(&mut self, length: usize) -> Result<(), Padded> {
        let mut unpadded = self.without_padding();
        let padded = unpadded.padded();
        if length == padded.without {
            *self = unpadded;
            return Ok(());
        }
        let body = length.checked_sub(padded.least).filter(|_| length <= padded.most);
        let body = body.and_then(|body| u16::try_from(body).ok()).ok_or(padded)?;
        let extension = ClientExtension::Padding(Padding(body));
        let place = self.hello.extensions().iter().position(is_padding);
        let extensions = unpadded.extensions_mut();
        let last = super::apply::behind_all(extensions);
        extensions.insert(place.unwrap_or(last).min(last), extension);
        *self = unpadded;
        Ok(())
    }

    /// The hello without its padding.
    fn without_padding(&self) -> HelloSpec {
        let mut unpadded = self.clone();
        if let Some(block) = &mut unpadded.hello.extensions {
            block.0.retain(|extension| !is_padding(extension));
        }
        unpadded
    }

    /// The lengths that padding can give the message of a hello that has none.
    fn padded(&self) -> Padded {
        const HEADER: usize = 4;
        let without = self.length();
        let extensions = self.hello.extensions();
        let block: usize = extensions.iter().map(|one| HEADER + one.data().len()).sum();
        // A block that comes into being has a length before it.
        let bare = without + if self.hello.extensions.is_none() { 2 } else { 0 };
        let room = match !self.is_typed() || self.framing == Framing::Sslv2 {
            true => 0,
            false => usize::from(u16::MAX).saturating_sub(block),
        };
        Padded { without, least: bare + HEADER, most: bare + room }
    }

    /// Pads as clients do, RFC 7685 section 4: a hello of 256 to 511 bytes gets to 512.
    pub fn pad_as_clients_do(&mut self) {
        let unpadded = self.without_padding();
        let padded = unpadded.padded();
        // An empty extension at the end is worse than a byte too many.
        let length = 512.max(padded.least + 1);
        let pads = (256..=511).contains(&padded.without) && self.pad_to(length).is_ok();
        if !pads {
            *self = unpadded;
        }
    }
}

fn is_padding(extension: &ClientExtension) -> bool {
    extension.extension_type() == ExtensionType::padding
}

/// The lengths that a message can have by its padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Padded {
    /// Without a padding extension.
    pub without: usize,
    /// With an empty one.
    pub least: usize,
    /// With one that fills the extensions up.
    pub most: usize,
}

impl std::fmt::Display for Padded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Padded { without, least, most } = self;
        write!(f, "without padding the hello has {without} bytes, ")?;
        match least <= most {
            true => write!(f, "and with it from {least} to {most}"),
            false => f.write_str("and there is no room for it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(name: &str) -> Vec<u8> {
        let path = format!("{}/testdata/hellos/{name}.bin", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    #[test]
    fn every_recorded_hello_becomes_a_spec_and_comes_back_also_by_way_of_toml_and_json() {
        let folder = format!("{}/testdata/hellos", env!("CARGO_MANIFEST_DIR"));
        let mut seen = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "bin") {
                let bytes = std::fs::read(&path).unwrap();
                let spec = HelloSpec::from_bytes(&bytes).unwrap();
                assert_eq!(spec.flight(), bytes, "{path:?}");
                assert_eq!(spec.length() + 5, bytes.len());
                let toml = toml::to_string(&spec).unwrap();
                assert_eq!(toml::from_str::<HelloSpec>(&toml).unwrap(), spec, "{path:?}\n{toml}");
                let json = serde_json::to_string(&spec).unwrap();
                assert_eq!(serde_json::from_str::<HelloSpec>(&json).unwrap(), spec, "{path:?}");
                seen += 1;
            }
        }
        assert_eq!(seen, 38);
    }

    #[test]
    fn a_hello_in_several_records_comes_back_in_the_same_ones() {
        let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        spec.records = vec![1, 100];
        let flight = spec.flight();
        assert_eq!(flight.len(), 341 + 5 * 5);
        let back = HelloSpec::from_bytes(&flight).unwrap();
        assert_eq!(back.records, [1, 100, 100, 100, 40]);
        assert_eq!(back.flight(), flight);
    }

    #[test]
    fn padding_makes_any_length_that_an_extension_can() {
        let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        for length in [345, 346, 512, 511, 1000, 341] {
            assert_eq!(spec.pad_to(length), Ok(()), "{length}");
            assert_eq!(spec.length(), length);
        }
        let lengths = spec.pad_to(342).unwrap_err();
        let block: usize = spec.hello.extensions().iter().map(|one| one.data().len() + 4).sum();
        assert_eq!(lengths, Padded { without: 341, least: 345, most: 341 + 0xffff - block });
        assert_eq!(spec.pad_to(lengths.most), Ok(()));
        assert_eq!(spec.length(), lengths.most);
        // What it can have does not depend on the padding that it has.
        assert_eq!(spec.pad_to(lengths.most + 1), Err(lengths));
        assert_eq!(spec.pad_to(341), Ok(()));
        assert_eq!(spec.length(), 341);
        spec.pad_as_clients_do();
        assert_eq!(spec.length(), 512);
    }

    #[test]
    fn a_hello_without_extensions_stays_without_where_it_is_not_padded() {
        let mut bare = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        bare.hello.extensions = None;
        let length = bare.length();
        let mut spec = bare.clone();
        assert_eq!(spec.pad_to(length), Ok(()));
        assert_eq!(spec, bare);
        assert!(spec.pad_to(length + 5).is_err());
        assert_eq!(spec.pad_to(length + 6), Ok(()));
        assert_eq!(spec.length(), length + 6);
        bare.hello.cipher_suites = Codes::new(Vec::new());
        let mut spec = bare.clone();
        spec.pad_as_clients_do();
        assert_eq!(spec, bare);
    }

    #[test]
    fn a_lie_about_the_length_is_told() {
        let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        spec.handshake_length = Some(0x010203);
        assert_eq!(spec.flight()[5..9], [1, 1, 2, 3]);
    }
}
