//! `quic_transport_parameters`, RFC 9000 section 18 and RFC 9001 section 8.2: what a side of a QUIC
//! connection can take.
//!
//! ```text
//! Transport Parameters { Transport Parameter (..) ... }
//! Transport Parameter {
//!     Transport Parameter ID (i),
//!     Transport Parameter Length (i),
//!     Transport Parameter Value (..),
//! }
//! ```

use nom::number::complete::be_u32;
use serde::{Deserialize, Serialize};

use crate::names::quic;
use crate::wire::choice::either;
use crate::wire::fault::Fault;
use crate::wire::field::{Shape, Value};
use crate::wire::grammar::{
    Fixed, List, Octets, Opaque, P8, P16, Read, Reader, Record, Rest, Sequence, Wire, message,
};
use crate::wire::varint::VarInt;

/// Which parameter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "IdForm", into = "IdForm")]
pub struct TransportParameterId(pub VarInt);

impl TransportParameterId {
    /// Its name, where it has one.
    pub fn name(self) -> Option<&'static str> {
        quic::transport_parameter(self.0.value())
    }

    fn field_name(self) -> &'static str {
        self.name().unwrap_or("unknown")
    }

    fn words(bytes: &[u8]) -> Option<String> {
        let (_, id) = VarInt::parse(bytes).ok()?;
        Some(format!("{} (0x{:02x})", TransportParameterId(id).field_name(), id.value()))
    }
}

/// The forms that values have, RFC 9000 section 18.2.
#[derive(Clone, Copy)]
enum Form {
    Number,
    PreferredAddress,
    VersionInformation,
    GoogleVersion,
    Text,
    /// Flags: that they are there says it all.
    Nothing,
    /// Connection ids, tokens, and what is not known here.
    Bytes,
}

impl Form {
    fn of(id: TransportParameterId) -> Form {
        match id.field_name() {
            "max_idle_timeout"
            | "max_udp_payload_size"
            | "initial_max_data"
            | "initial_max_stream_data_bidi_local"
            | "initial_max_stream_data_bidi_remote"
            | "initial_max_stream_data_uni"
            | "initial_max_streams_bidi"
            | "initial_max_streams_uni"
            | "ack_delay_exponent"
            | "max_ack_delay"
            | "active_connection_id_limit"
            // RFC 9221 section 3.
            | "max_datagram_frame_size"
            // draft-ietf-quic-multipath.
            | "initial_max_path_id"
            // Google's.
            | "initial_rtt"
            // draft-ietf-quic-ack-frequency.
            | "min_ack_delay" => Form::Number,
            "preferred_address" => Form::PreferredAddress,
            "version_information" | "version_information_draft" => Form::VersionInformation,
            "google_version" => Form::GoogleVersion,
            "user_agent" => Form::Text,
            "disable_active_migration"
            // RFC 9287 section 3.
            | "grease_quic_bit"
            // draft-ietf-quic-reliable-stream-reset.
            | "reset_stream_at" => Form::Nothing,
            _ => Form::Bytes,
        }
    }
}

/// A parameter. Its length may take more bytes than it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransportParameter {
    /// Which it is.
    pub id: TransportParameterId,
    /// Bytes that the length takes at least.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub length_width: u8,
    /// What it says.
    pub value: ParameterValue,
}

fn one() -> u8 {
    1
}

fn is_one(width: &u8) -> bool {
    *width == 1
}

/// What a parameter says. Which form belongs to which parameter, RFC 9000 section 18.2 tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A number.
    Number(VarInt),
    /// An address that the server would rather be reached at.
    PreferredAddress(PreferredAddress),
    /// Versions of QUIC.
    VersionInformation(VersionInformation),
    /// Versions of QUIC as Google has them.
    GoogleVersion(GoogleVersion),
    /// Bytes: connection ids, tokens, flags that have none, and values that lack their form.
    Bytes(Rest),
}

message! {
    /// An address that the server would rather be reached at.
    PreferredAddress, item "preferred_address", in "RFC 9000 18.2" {
        /// All zero where there is none.
        ipv4_address: Fixed<4>,
        /// Its port.
        ipv4_port: u16,
        /// All zero where there is none.
        ipv6_address: Fixed<16>,
        /// Its port.
        ipv6_port: u16,
        /// The connection id to be used there.
        connection_id: Opaque<P8<1, 20>>,
        /// What resets the connection.
        stateless_reset_token: Fixed<16>,
    }
}

message! {
    /// Versions of QUIC.
    VersionInformation, item "version_information", in "RFC 9368 3" {
        /// The version in use.
        chosen_version: QuicVersion,
        /// Those that the sender could use too.
        available_versions: Sequence<QuicVersion>,
    }
}

message! {
    /// Versions of QUIC, as Google had them before RFC 9368.
    GoogleVersion, item "google_version", in "Google's QUIC" {
        /// The version in use.
        version: QuicVersion,
        /// Those that a server speaks; a client says none.
        supported_versions: Option<List<P8, QuicVersion>>,
    }
}

/// A version of QUIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QuicVersion(pub u32);

impl QuicVersion {
    fn words(bytes: &[u8]) -> Option<String> {
        let number = u32::from_be_bytes(bytes.try_into().ok()?);
        Some(format!("{} (0x{number:08x})", quic::version(number).unwrap_or("unknown")))
    }
}

impl Wire for QuicVersion {
    const ITEM: &'static str = "version";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        r.leaf(name, 4, be_u32, Value::Words(QuicVersion::words)).map(QuicVersion)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

impl TransportParameter {
    fn value<R: Record>(
        r: &mut Reader<'_, R>,
        name: &'static str,
        form: Form,
    ) -> Read<ParameterValue> {
        match form {
            Form::Number => VarInt::read(r, name).map(ParameterValue::Number),
            Form::PreferredAddress => {
                PreferredAddress::fields(r).map(ParameterValue::PreferredAddress)
            }
            Form::VersionInformation => {
                VersionInformation::fields(r).map(ParameterValue::VersionInformation)
            }
            Form::GoogleVersion => GoogleVersion::fields(r).map(ParameterValue::GoogleVersion),
            Form::Nothing => Ok(ParameterValue::Bytes(Rest(Octets::new()))),
            Form::Bytes => Ok(ParameterValue::Bytes(Rest::read(r, name)?)),
            Form::Text => {
                Ok(ParameterValue::Bytes(Rest(Octets::from_slice(r.remaining(name, Value::Text)))))
            }
        }
    }
}

/// Notices a value outside the bounds that RFC 9000 sections 7.2, 17.2 and 18.2 set it.
fn bounds<R: Record>(r: &mut Reader<'_, R>, name: &'static str, at: usize, value: &ParameterValue) {
    let (section, fault) = match value {
        ParameterValue::Number(number) => ("RFC 9000 18.2", number_fault(name, number.value())),
        ParameterValue::Bytes(bytes) => length_fault(name, bytes.0.len()),
        ParameterValue::VersionInformation(versions) => {
            let available = versions.available_versions.0.iter();
            let no_version = available.chain([&versions.chosen_version]).any(|one| one.0 == 0);
            let found = "0, which is none";
            let fault = Fault::Form { expected: "versions of QUIC", found };
            ("RFC 9368 3", no_version.then_some(fault))
        }
        // Its connection id is bounded where it is declared.
        ParameterValue::PreferredAddress(_) | ParameterValue::GoogleVersion(_) => return,
    };
    if let Some(fault) = fault {
        let outer = r.section(section);
        r.notice(name, at..r.at(), fault);
        r.section(outer);
    }
}

fn number_fault(name: &str, found: u64) -> Option<Fault> {
    let (allowed, expected) = match name {
        "max_udp_payload_size" => (1200..=u64::MAX, "at least 1200"),
        "initial_max_streams_bidi" | "initial_max_streams_uni" => (0..=1 << 60, "at most 2^60"),
        "ack_delay_exponent" => (0..=20, "at most 20"),
        "max_ack_delay" => (0..=(1 << 14) - 1, "less than 2^14"),
        "active_connection_id_limit" => (2..=u64::MAX, "at least 2"),
        _ => return None,
    };
    (!allowed.contains(&found)).then_some(Fault::Value { expected, found })
}

fn length_fault(name: &str, found: usize) -> (&'static str, Option<Fault>) {
    const PARAMETERS: &str = "RFC 9000 18.2";
    let (section, least, most) = match name {
        // A client draws it. How long any is, the header of a packet tells.
        "original_destination_connection_id" if found < 8 => ("RFC 9000 7.2", 8, 20),
        "original_destination_connection_id"
        | "initial_source_connection_id"
        | "retry_source_connection_id" => ("RFC 9000 17.2", 0, 20),
        "stateless_reset_token" => (PARAMETERS, 16, 16),
        _ => return (PARAMETERS, None),
    };
    let fits = (least..=most).contains(&found);
    (section, (!fits).then_some(Fault::Size { least, most, found }))
}

impl Wire for TransportParameter {
    const ITEM: &'static str = "transport_parameter";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let id = VarInt::parse(r.rest()).ok().map(|(_, id)| TransportParameterId(id));
        let name = id.map_or(name, TransportParameterId::field_name);
        let outer = r.section("RFC 9000 18");
        let read = r.node(name, Shape::Struct, |r| {
            let id = VarInt::read_as(r, "id", Value::Words(TransportParameterId::words))?;
            let id = TransportParameterId(id);
            let length = VarInt::read(r, "length")?;
            let length_width = match length.is_minimal() {
                true => 1,
                false => length.width() as u8,
            };
            let bytes = usize::try_from(length.value()).unwrap_or(usize::MAX);
            let data = r.rest().get(..bytes);
            let at = r.at();
            r.section("RFC 9000 18.2");
            let value = r.within(name, bytes, |r| Self::value(r, name, Form::of(id)));
            if let Ok(value) = &value {
                bounds(r, name, at, value);
            }
            // As with an extension: a value that lacks its form is bytes, and was remarked.
            let value = match (value, data) {
                (Err(_), Some(data)) => ParameterValue::Bytes(Rest(Octets::from_slice(data))),
                (value, _) => value?,
            };
            Ok(TransportParameter { id, length_width, value })
        });
        r.section(outer);
        read
    }

    fn write(&self, out: &mut Vec<u8>) {
        let value = match &self.value {
            ParameterValue::Number(number) => number.to_bytes(),
            ParameterValue::PreferredAddress(address) => address.to_bytes(),
            ParameterValue::VersionInformation(versions) => versions.to_bytes(),
            ParameterValue::GoogleVersion(versions) => versions.to_bytes(),
            ParameterValue::Bytes(bytes) => bytes.to_bytes(),
        };
        self.id.0.write(out);
        VarInt::new(value.len() as u64).at_least(self.length_width.into()).write(out);
        out.extend_from_slice(&value);
    }
}

/// In a spec file: the name, or the number.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum IdForm {
    Name(String),
    Number(VarInt),
}

impl From<TransportParameterId> for IdForm {
    fn from(id: TransportParameterId) -> IdForm {
        let minimal = id.0.is_minimal() && !quic::is_grease_parameter(id.0.value());
        match id.name().filter(|_| minimal) {
            Some(name) => IdForm::Name(name.to_owned()),
            None => IdForm::Number(id.0),
        }
    }
}

impl TryFrom<IdForm> for TransportParameterId {
    type Error = String;

    fn try_from(form: IdForm) -> Result<Self, String> {
        let id = match form {
            IdForm::Number(number) => return Ok(TransportParameterId(number)),
            IdForm::Name(name) => quic::parse_transport_parameter(&name).map_err(|near| {
                let hint = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
                format!("no transport parameter is called {name:?}{hint}")
            })?,
        };
        Ok(TransportParameterId(VarInt::new(id)))
    }
}

either! {
    /// The number 0xffa5, which drafts used: from draft-ietf-quic-transport-27 on with today's
    /// form, before that with a list in the presentation language of TLS.
    DraftTransportParameters, item "quic_transport_parameters" {
        /// The form up to draft 26.
        Presentation(List<P16, DraftTransportParameter>),
        /// The form of RFC 9000.
        Varint(Sequence<TransportParameter>),
    }
}

message! {
    /// A parameter as the drafts had it.
    DraftTransportParameter, item "transport_parameter", in "draft-ietf-quic-transport-26 18" {
        /// Which it is; the numbers are those of the RFC.
        parameter: u16,
        /// What it says.
        value: Opaque<P16>,
    }
}
