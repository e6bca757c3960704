//! Extensions: RFC 8446 section 4.2. Which body an extension has depends on the message in which
//! it stands, so there is one table for each kind of message.
//!
//! To add an extension: declare its body where its subject is (or use a list of codes as it is),
//! and give it a line in the table of each message that may carry it.

mod application;
mod encrypted_client_hello;
mod key_share;
mod padding;
mod pre_shared_key;
mod server_name;
mod status_request;
mod trust_anchors;

pub use application::ProtocolName;
pub use encrypted_client_hello::EncryptedClientHello;
pub use key_share::KeyShareEntry;
pub use padding::Padding;
pub use pre_shared_key::{OfferedPsks, PskBinderEntry, PskIdentity};
pub use server_name::ServerName;
pub use status_request::{CertificateStatusRequest, CertificateStatusRequestItemV2};
pub use trust_anchors::TrustAnchorId;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::certificate_request::DistinguishedName;
use super::field::{Shape, Value};
use super::grammar::{
    Apart, Context, Empty, List, Octets, Opaque, P8, P16, Prefix, Read, Reader, Record, Rest,
    Sequence, Wire, length, prefixed,
};
use super::text::hex;
use crate::names::code::{Code, Unknown};
use crate::names::{
    CertificateCompressionAlgorithm, EcPointFormat, ExtensionType, HeartbeatMode,
    MaxFragmentLength, NamedGroup, ProtocolVersion, PskKeyExchangeMode, SignatureScheme,
};

/// Declares the extensions of one kind of message: which body stands behind which type.
macro_rules! extensions {
    (
        $(#[$doc:meta])*
        $type:ident in $section:literal {
            $( $key:ident => $variant:ident($body:ty) ),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $type {
            $(
                #[doc = concat!("`", stringify!($key), "`")]
                $variant($body),
            )*
            /// An extension without a form of its own here, or whose body does not have it.
            Raw(ExtensionType, Octets),
        }

        impl $crate::wire::extension::Extension for $type {
            const SECTION: &'static str = $section;

            fn raw(extension_type: ExtensionType, data: impl Into<Octets>) -> Self {
                $type::Raw(extension_type, data.into())
            }

            fn extension_type(&self) -> ExtensionType {
                match self {
                    $( $type::$variant(_) => ExtensionType::$key, )*
                    $type::Raw(extension_type, _) => *extension_type,
                }
            }

            #[inline(always)]
            fn read_body<R: Record>(
                r: &mut Reader<'_, R>,
                extension_type: ExtensionType,
                out: &mut Vec<Self>,
            ) -> Option<Read<()>> {
                match extension_type {
                    $(
                        ExtensionType::$key => match <$body>::read(r, stringify!($key)) {
                            Ok(body) => out.push($type::$variant(body)),
                            Err(remark) => return Some(Err(remark)),
                        },
                    )*
                    _ => return None,
                }
                Some(Ok(()))
            }

            fn write_body(&self, out: &mut Vec<u8>) {
                match self {
                    $( $type::$variant(body) => body.write(out), )*
                    $type::Raw(_, data) => out.extend_from_slice(data),
                }
            }

            fn to_spec<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                match self {
                    $( $type::$variant(body) => map.serialize_entry(stringify!($key), body), )*
                    $type::Raw(extension_type, data) => {
                        map.serialize_entry("type", extension_type)?;
                        map.serialize_entry("data", &hex(data))
                    }
                }
            }

            fn from_spec<'de, M: MapAccess<'de>>(
                extension_type: ExtensionType,
                map: &mut M,
            ) -> Result<Self, M::Error> {
                Ok(match extension_type {
                    $( ExtensionType::$key => $type::$variant(map.next_value()?), )*
                    _ => $type::Raw(extension_type, map.next_value::<Rest>()?.0),
                })
            }
        }

        impl Wire for $type {
            const ITEM: &'static str = "extension";

            fn read<R: Record>(r: &mut Reader<'_, R>, _: &'static str) -> Read<Self> {
                let mut one = Vec::with_capacity(1);
                read_extension(r, &mut one)?;
                // An extension was added, or there is an error.
                Ok(one.pop().unwrap_or_else(|| Self::raw(ExtensionType(0), Octets::new())))
            }

            #[inline(always)]
            fn read_into<R: Record>(r: &mut Reader<'_, R>, items: &mut Vec<Self>) -> Read<()> {
                read_extension(r, items)
            }

            fn write(&self, out: &mut Vec<u8>) {
                self.extension_type().write(out);
                prefixed(out, P16::WIDTH, |out| self.write_body(out));
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                self.to_spec(&mut map)?;
                map.end()
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map(SpecVisitor(PhantomData))
            }
        }
    };
}

extensions! {
    /// An extension as a client sends it in its ClientHello.
    ClientExtension in "RFC 8446 4.2" {
        server_name => ServerName(List<P16, ServerName>),
        max_fragment_length => MaxFragmentLength(MaxFragmentLength),
        status_request => StatusRequest(Apart<CertificateStatusRequest>),
        supported_groups => SupportedGroups(List<P16, NamedGroup>),
        ec_point_formats => EcPointFormats(List<P8, EcPointFormat>),
        signature_algorithms => SignatureAlgorithms(List<P16, SignatureScheme>),
        heartbeat => Heartbeat(HeartbeatMode),
        application_layer_protocol_negotiation => Alpn(List<P16, ProtocolName>),
        status_request_v2 => StatusRequestV2(List<P16, CertificateStatusRequestItemV2>),
        signed_certificate_timestamp => SignedCertificateTimestamp(Empty),
        padding => Padding(Padding),
        encrypt_then_mac => EncryptThenMac(Empty),
        extended_master_secret => ExtendedMasterSecret(Empty),
        compress_certificate => CompressCertificate(List<P8, CertificateCompressionAlgorithm>),
        record_size_limit => RecordSizeLimit(u16),
        delegated_credential => DelegatedCredential(List<P16, SignatureScheme>),
        session_ticket => SessionTicket(Rest),
        pre_shared_key => PreSharedKey(Apart<OfferedPsks>),
        early_data => EarlyData(Empty),
        supported_versions => SupportedVersions(List<P8, ProtocolVersion>),
        cookie => Cookie(Opaque<P16>),
        psk_key_exchange_modes => PskKeyExchangeModes(List<P8, PskKeyExchangeMode>),
        post_handshake_auth => PostHandshakeAuth(Empty),
        signature_algorithms_cert => SignatureAlgorithmsCert(List<P16, SignatureScheme>),
        key_share => KeyShare(List<P16, KeyShareEntry>),
        next_protocol_negotiation => NextProtocolNegotiation(Empty),
        application_settings_old => ApplicationSettingsOld(List<P16, ProtocolName>),
        application_settings => ApplicationSettings(List<P16, ProtocolName>),
        trust_anchors => TrustAnchors(List<P16, TrustAnchorId>),
        encrypted_client_hello => EncryptedClientHello(Apart<EncryptedClientHello>),
        renegotiation_info => RenegotiationInfo(Opaque<P8>),
    }
}

extensions! {
    /// An extension as a server answers with it, in a ServerHello or in EncryptedExtensions.
    ServerExtension in "RFC 8446 4.2" {
        server_name => ServerName(Empty),
        max_fragment_length => MaxFragmentLength(MaxFragmentLength),
        status_request => StatusRequest(Empty),
        supported_groups => SupportedGroups(List<P16, NamedGroup>),
        ec_point_formats => EcPointFormats(List<P8, EcPointFormat>),
        heartbeat => Heartbeat(HeartbeatMode),
        application_layer_protocol_negotiation => Alpn(List<P16, ProtocolName>),
        encrypt_then_mac => EncryptThenMac(Empty),
        extended_master_secret => ExtendedMasterSecret(Empty),
        record_size_limit => RecordSizeLimit(u16),
        session_ticket => SessionTicket(Empty),
        pre_shared_key => PreSharedKey(u16),
        early_data => EarlyData(Empty),
        supported_versions => SupportedVersions(ProtocolVersion),
        key_share => KeyShare(KeyShareEntry),
        next_protocol_negotiation => NextProtocolNegotiation(Sequence<ProtocolName>),
        renegotiation_info => RenegotiationInfo(Opaque<P8>),
    }
}

extensions! {
    /// An extension as a HelloRetryRequest has it.
    HelloRetryExtension in "RFC 8446 4.1.4" {
        supported_versions => SupportedVersions(ProtocolVersion),
        cookie => Cookie(Opaque<P16>),
        key_share => KeyShare(NamedGroup),
    }
}

extensions! {
    /// An extension as a TLS 1.3 CertificateRequest has it.
    RequestExtension in "RFC 8446 4.3.2" {
        status_request => StatusRequest(Empty),
        signature_algorithms => SignatureAlgorithms(List<P16, SignatureScheme>),
        signed_certificate_timestamp => SignedCertificateTimestamp(Empty),
        compress_certificate => CompressCertificate(List<P8, CertificateCompressionAlgorithm>),
        certificate_authorities => CertificateAuthorities(List<P16, DistinguishedName>),
        signature_algorithms_cert => SignatureAlgorithmsCert(List<P16, SignatureScheme>),
    }
}

extensions! {
    /// An extension of one entry of a TLS 1.3 Certificate, or of a NewSessionTicket.
    EntryExtension in "RFC 8446 4.4.2" {
        early_data => EarlyData(u32),
    }
}

/// What all extensions share, whatever the message in which they stand.
pub trait Extension: Wire {
    /// Where extensions of this kind of message are described.
    const SECTION: &'static str;

    /// An extension with a body of any bytes.
    fn raw(extension_type: ExtensionType, data: impl Into<Octets>) -> Self;

    /// Its type.
    fn extension_type(&self) -> ExtensionType;

    /// Reads the body of a type that has a form in this kind of message, and adds the extension
    /// to those before it. Values are added where they are read, since moving them about is what
    /// takes time.
    fn read_body<R: Record>(
        r: &mut Reader<'_, R>,
        extension_type: ExtensionType,
        out: &mut Vec<Self>,
    ) -> Option<Read<()>>;

    /// Appends the body.
    fn write_body(&self, out: &mut Vec<u8>);

    /// Writes it as a spec file has it.
    ///
    /// # Errors
    /// What the serializer says.
    fn to_spec<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;

    /// Reads the body as a spec file has it.
    ///
    /// # Errors
    /// What does not fit the extension's form.
    fn from_spec<'de, M: MapAccess<'de>>(
        extension_type: ExtensionType,
        map: &mut M,
    ) -> Result<Self, M::Error>;

    /// The body's bytes.
    fn data(&self) -> Vec<u8> {
        let mut data = Vec::new();
        self.write_body(&mut data);
        data
    }

    /// The extension of this type and body: typed where the body has the type's form, else raw.
    fn from_data(extension_type: ExtensionType, data: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(data.len() + 4);
        Self::raw(extension_type, data).write(&mut bytes);
        match Self::decode(&bytes, Context::default()) {
            Ok(extension) if extension.data() == data => extension,
            _ => Self::raw(extension_type, data),
        }
    }
}

/// Reads `extension_type, length, body`. An extension whose body is unknown, or does not have its
/// form, is raw.
#[inline(always)]
fn read_extension<E: Extension, R: Record>(r: &mut Reader<'_, R>, out: &mut Vec<E>) -> Read<()> {
    let name = match *r.rest() {
        [high, low, ..] => field_name(ExtensionType(u16::from_be_bytes([high, low]))),
        _ => E::ITEM,
    };
    let outer = r.section(E::SECTION);
    let read = r.node(name, Shape::Struct, |r| {
        let extension_type = ExtensionType::read(r, "extension_type")?;
        let length = length::<P16, R>(r)?;
        let data = r.rest().get(..length);
        let before = out.len();
        let typed = r.within(name, length, |r| match E::read_body(r, extension_type, out) {
            Some(body) => body,
            None => {
                let data = r.remaining("opaque", Value::Bytes);
                out.push(E::raw(extension_type, Octets::from_slice(data)));
                Ok(())
            }
        });
        match (typed, data) {
            (Err(_), Some(data)) => {
                // Its body may have been read, with something left behind it.
                out.truncate(before);
                out.push(E::raw(extension_type, Octets::from_slice(data)));
                Ok(())
            }
            (typed, _) => typed,
        }
    });
    r.section(outer);
    read
}

/// What the field of an extension is called.
fn field_name(extension_type: ExtensionType) -> &'static str {
    match extension_type.name() {
        Some(name) => name,
        None if extension_type.is_grease() => "GREASE",
        None => "unknown",
    }
}

/// Reads an extension in a spec file: `{ server_name = … }`, or `{ type = …, data = "…" }`.
struct SpecVisitor<E>(PhantomData<E>);

impl<'de, E: Extension> Visitor<'de> for SpecVisitor<E> {
    type Value = E;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an extension: its name and its body, or `type` and `data`")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<E, M::Error> {
        let Some(key) = map.next_key::<String>()? else {
            return Err(M::Error::custom("an extension without a name"));
        };
        let extension = match key.as_str() {
            "type" => {
                let extension_type = map.next_value()?;
                let data = match map.next_key::<String>()?.as_deref() {
                    Some("data") => map.next_value::<Rest>()?,
                    _ => return Err(M::Error::missing_field("data")),
                };
                E::raw(extension_type, data.0)
            }
            "data" => {
                let data = map.next_value::<Rest>()?;
                match map.next_key::<String>()?.as_deref() {
                    Some("type") => E::raw(map.next_value()?, data.0),
                    _ => return Err(M::Error::missing_field("type")),
                }
            }
            name => match ExtensionType::parse(name) {
                Some(extension_type) => E::from_spec(extension_type, &mut map)?,
                None => return Err(M::Error::custom(Unknown::<ExtensionType>::new(name))),
            },
        };
        match map.next_key::<String>()? {
            None => Ok(extension),
            Some(more) => Err(M::Error::custom(format!(
                "`{}` stands beside `{}`: one entry holds one extension",
                more.escape_default(),
                key.escape_default(),
            ))),
        }
    }
}
