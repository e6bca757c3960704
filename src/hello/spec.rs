//! A ClientHello as data: what is said in it, how it is cut into records and segments, and what
//! of it is drawn anew each time it is sent.
//!
//! What is sent is exactly what the spec says. A hello that was captured becomes a spec and comes
//! back to the same bytes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::names::{Code, ContentType, ExtensionType, ProtocolVersion};
use crate::wire::extension::{Block, ClientExtension, Extension, Padding};
use crate::wire::grammar::{Context, Wire};
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::{self, Handshake};
use crate::wire::record::records;
use crate::wire::side::Side;
use crate::wire::stream::{Framing, Stream, Unit};

/// A ClientHello, its framing, and what is drawn anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelloSpec {
    /// The version in the record's header.
    pub record_version: ProtocolVersion,
    /// Payload bytes of each record, the last size again and again; one record where none is
    /// given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<usize>,
    /// Bytes of each TCP segment, what is left going into a last one; one where none is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<usize>,
    /// A length for the handshake header that is not the true one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handshake_length: Option<u32>,
    /// What is drawn anew for each connection; the values below are then those that were seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fresh: Vec<Fresh>,
    /// The message.
    pub hello: ClientHello,
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
    /// The server name: that of the host; none for an address.
    ServerName,
    /// The sealed part of an encrypted_client_hello that is only there for show.
    EncryptedClientHello,
    /// The length of the padding extension, by the rule of RFC 7685 section 4.
    Padding,
}

/// Why bytes are no hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoHello(pub String);

impl fmt::Display for NoHello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoHello {}

impl HelloSpec {
    /// The spec of a hello as it was sent: records, or a handshake message without one. It comes
    /// back to the same bytes.
    ///
    /// # Errors
    /// Where it is no ClientHello, or one that cannot be said in a spec: the first thing that is
    /// wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
        if let [1, 0, ..] = bytes {
            let hello = client_hello(bytes)?;
            let record_version = ProtocolVersion::TLS1_0;
            return Ok(HelloSpec::new(record_version, hello));
        }
        let mut stream = Stream::of(Side::Client);
        stream.push(bytes);
        let (mut version, mut sizes, mut message) = (None, Vec::new(), Vec::new());
        for unit in stream.finish(&mut Context::default()) {
            match unit {
                Unit::Header(header) => {
                    let header = header.record().ok_or_else(|| match header.framing {
                        Framing::Cut => cut_off(bytes),
                        _ => not_a_hello(bytes),
                    })?;
                    version.get_or_insert(header.legacy_record_version);
                    sizes.push(usize::from(header.length));
                }
                Unit::Message(unit) => message.extend_from_slice(&unit.bytes),
            }
        }
        let record_version = version.ok_or_else(|| not_a_hello(bytes))?;
        let hello = client_hello(&message)?;
        let records = if sizes.len() > 1 { sizes } else { Vec::new() };
        let spec = HelloSpec { records, ..HelloSpec::new(record_version, hello) };
        if spec.flight() == bytes {
            Ok(spec)
        } else {
            Err(NoHello("more than one ClientHello is in it, or its records differ".to_owned()))
        }
    }

    /// A spec that says nothing but the message.
    pub fn new(record_version: ProtocolVersion, hello: ClientHello) -> HelloSpec {
        HelloSpec {
            record_version,
            records: Vec::new(),
            segments: Vec::new(),
            handshake_length: None,
            fresh: Vec::new(),
            hello,
        }
    }

    /// The handshake message with its header.
    pub fn message(&self) -> Vec<u8> {
        let mut message = Handshake::ClientHello(self.hello.clone()).to_bytes();
        if let Some(length) = self.handshake_length {
            let [_, claimed @ ..] = length.to_be_bytes();
            for (slot, byte) in message.iter_mut().skip(1).zip(claimed) {
                *slot = byte;
            }
        }
        message
    }

    /// Every byte that is sent.
    pub fn flight(&self) -> Vec<u8> {
        records(ContentType::handshake, self.record_version, &self.message(), &self.records)
    }

    /// Bytes of the handshake message with its header.
    pub fn length(&self) -> usize {
        handshake::HEADER + self.hello.to_bytes().len()
    }

    /// The extensions, to be changed. The block comes into being where there is none.
    pub fn extensions_mut(&mut self) -> &mut Vec<ClientExtension> {
        let block = self.hello.extensions.get_or_insert_with(|| Block(Vec::new()));
        &mut block.0
    }

    /// Makes the message `length` bytes long by its padding extension, which comes last where it
    /// is new. Returns whether that can be done: an extension takes four bytes at least.
    pub fn pad_to(&mut self, length: usize) -> bool {
        let padding = ExtensionType::padding;
        let place = self.hello.extensions().iter().position(|e| e.extension_type() == padding);
        let mut unpadded = self.clone();
        unpadded.extensions_mut().retain(|e| e.extension_type() != padding);
        let bare = unpadded.length();
        if bare == length {
            *self = unpadded;
            return true;
        }
        let body = length.checked_sub(bare + 4).and_then(|body| u16::try_from(body).ok());
        let Some(body) = body else { return false };
        let extension = ClientExtension::Padding(Padding(body));
        let extensions = unpadded.extensions_mut();
        extensions.insert(place.unwrap_or(extensions.len()).min(extensions.len()), extension);
        *self = unpadded;
        true
    }

    /// Pads as clients do, RFC 7685 section 4: a hello of 256 to 511 bytes gets to 512.
    pub fn pad_as_clients_do(&mut self) {
        let padding = ExtensionType::padding;
        let mut unpadded = self.clone();
        unpadded.extensions_mut().retain(|e| e.extension_type() != padding);
        match unpadded.length() {
            // An empty extension at the end is worse than a byte too many.
            bare @ 256..=511 => {
                self.pad_to((bare + 5).max(512));
            }
            _ => *self = unpadded,
        }
    }
}

fn client_hello(message: &[u8]) -> Result<ClientHello, NoHello> {
    match Handshake::decode(message, Context::default()) {
        Ok(Handshake::ClientHello(hello)) => Ok(hello),
        Ok(other) => {
            let name = other.msg_type().name().unwrap_or("an unknown message");
            Err(NoHello(format!("it is a {name}, and no client_hello")))
        }
        Err(remark) => Err(NoHello(remark.to_string())),
    }
}

fn cut_off(bytes: &[u8]) -> NoHello {
    NoHello(format!("{} bytes are no whole record: the header alone takes 5", bytes.len()))
}

fn not_a_hello(bytes: &[u8]) -> NoHello {
    match bytes.first() {
        Some(first) => NoHello(format!(
            "it begins with 0x{first:02x}: a hello begins with 0x16 (a handshake record) or 0x01 \
             (the message itself)"
        )),
        None => NoHello("there is nothing in it".to_owned()),
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
        assert_eq!(seen, 36);
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
            assert!(spec.pad_to(length), "{length}");
            assert_eq!(spec.length(), length);
        }
        assert!(!spec.pad_to(342));
        assert_eq!(spec.length(), 341);
        spec.pad_as_clients_do();
        assert_eq!(spec.length(), 512);
    }

    #[test]
    fn a_lie_about_the_length_is_told() {
        let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        spec.handshake_length = Some(0x010203);
        assert_eq!(spec.flight()[5..9], [1, 1, 2, 3]);
    }

    #[test]
    fn what_is_no_hello_is_told_why() {
        let error = |bytes: &[u8]| HelloSpec::from_bytes(bytes).unwrap_err().to_string();
        assert!(error(&[0x16, 3]).contains("2 bytes are no whole record"));
        assert!(error(b"GET / HTTP/1.0\r\n").contains("begins with 0x47"));
        assert!(error(&[]).contains("nothing"));
        let cut = &hello("openssl-1.0.1e")[..100];
        assert!(error(cut).contains("expected 337 bytes"), "{}", error(cut));
        assert!(error(&[22, 3, 3, 0, 4, 14, 0, 0, 0]).contains("server_hello_done"));
    }
}
