//! A hello as it was sent, read into a spec: in records of TLS, in a record of SSL 2.0, in
//! datagrams of DTLS, or the bare message. It comes back to the same bytes; what types cannot say
//! stays raw.

use std::fmt;

use super::framing::{DtlsForm, Framing, Sslv2Form};
use super::spec::{HelloSpec, nothing};
use crate::names::{CipherSuite, Code, ContentType, ProtocolVersion, Ssl2CipherKind};
use crate::wire::grammar::{Codes, Context, Fixed, Opaque, Rest, peek};
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::random::Random;
use crate::wire::handshake::{DTLS_HEADER, Handshake};
use crate::wire::record::ssl2::{Ssl2ClientHello, Ssl2Header, Ssl2Message};
use crate::wire::side::Side;
use crate::wire::stream::{self, Body, Message, Stream, Unit};

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
    /// The spec of a hello as it was sent: with its records or datagrams, or the message alone,
    /// which gets a record as clients send it. It comes back to the same bytes.
    ///
    /// # Errors
    /// Where it is no ClientHello, or more than one: the first thing that is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
        let spec = match bytes {
            [1, 0, ..] => {
                let hello = client_hello(bytes, Context::default())?;
                return Ok(HelloSpec::new(ProtocolVersion::TLS1_0, hello));
            }
            [22, 254, ..] => from_dtls(bytes)?,
            [20..=26, 3, ..] => from_tls(bytes)?,
            [0x80..=0xff, _, 1, ..] | [0..=0x3f, _, _, 1, _, 0..=3, ..] => from_sslv2(bytes)?,
            _ => from_tls(bytes)?,
        };
        match spec.flight() == bytes {
            true => Ok(spec),
            false => {
                Err(NoHello("more than one ClientHello is in it, or its records differ".to_owned()))
            }
        }
    }
}

impl HelloSpec {
    /// The message that is sent, in types.
    ///
    /// # Errors
    /// Where it is raw, and not of the form of a hello.
    pub fn sent(&self) -> Result<ClientHello, NoHello> {
        match &self.raw {
            None => Ok(self.hello.clone()),
            Some(raw) => {
                let datagram = self.framing == Framing::Dtls;
                client_hello(&raw.0, Context { datagram, ..Context::default() })
            }
        }
    }
}

fn from_tls(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
    let mut stream = Stream::of(Side::Client);
    stream.push(bytes);
    let (mut version, mut sizes, mut message) = (None, Vec::new(), Vec::new());
    for unit in stream.finish(&mut Context::default()) {
        match unit {
            Unit::Header(header) => {
                let header = header.record().ok_or_else(|| match header.framing {
                    stream::Framing::Cut => cut_off(bytes),
                    _ => not_a_hello(bytes),
                })?;
                if header.content_type != ContentType::handshake {
                    let name = header.content_type.name().unwrap_or("an unknown content type");
                    return Err(NoHello(format!("it has a record of {name}, and no hello")));
                }
                version.get_or_insert(header.legacy_record_version);
                sizes.push(usize::from(header.length));
            }
            Unit::Message(unit) => message.extend_from_slice(&unit.bytes),
        }
    }
    let record_version = version.ok_or_else(|| not_a_hello(bytes))?;
    let (hello, raw) = typed_or_raw(&message, Context::default(), sizes.iter().sum())?;
    let records = if sizes.len() > 1 { sizes } else { Vec::new() };
    Ok(HelloSpec { records, raw, ..HelloSpec::new(record_version, hello) })
}

fn from_dtls(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
    let mut context = Context { datagram: true, ..Context::default() };
    let mut stream = Stream::of(Side::Client);
    stream.push_datagram(bytes);
    let (mut version, mut numbers) = (None, Vec::new());
    let (mut sizes, mut message) = (Vec::new(), Vec::new());
    for unit in stream.finish(&mut context) {
        match unit {
            Unit::Header(header) => match header.framing {
                stream::Framing::Dtls(header) => {
                    sizes.push(usize::from(header.length).saturating_sub(DTLS_HEADER));
                    version.get_or_insert(header.legacy_record_version);
                    numbers.push(header.sequence_number.0);
                }
                stream::Framing::Cut => return Err(cut_off(bytes)),
                _ => return Err(not_a_hello(bytes)),
            },
            Unit::Message(Message { body: Body::Fragment(_), .. }) => {}
            Unit::Message(unit) => message.extend(unit.bytes),
        }
    }
    let record_version = version.ok_or_else(|| not_a_hello(bytes))?;
    let (sequence_number, step) = match numbers[..] {
        [first, second, ..] => (first, second.checked_sub(first).filter(|&step| step != 1)),
        [first] => (first, None),
        [] => (0, None),
    };
    let context = Context { datagram: true, ..Context::default() };
    let hello = client_hello(&message, context)?;
    let message_seq = peek(&message, 4, 2).and_then(|number| u16::try_from(number).ok());
    Ok(HelloSpec {
        framing: Framing::Dtls,
        records: if sizes.len() > 1 { sizes } else { Vec::new() },
        dtls: DtlsForm {
            message_seq: message_seq.unwrap_or(0),
            sequence_number,
            sequence_step: step,
        },
        ..HelloSpec::new(record_version, hello)
    })
}

fn from_sslv2(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
    let mut stream = Stream::of(Side::Client);
    stream.push(bytes);
    let (mut found, mut header) = (None, None);
    for unit in stream.finish(&mut Context::default()) {
        match unit {
            Unit::Header(unit) => match unit.framing {
                stream::Framing::Ssl2(one) => header = header.or(Some(one)),
                _ => return Err(not_a_hello(bytes)),
            },
            Unit::Message(Message { body: Body::Ssl2(message), .. }) => match *message {
                Ssl2Message::ClientHello(hello) => found = found.or(Some(hello)),
                _ => return Err(NoHello("it is a message of SSL 2.0, and no hello".to_owned())),
            },
            Unit::Message(message) => {
                let remark = message.tree.remarks.first().map(ToString::to_string);
                return Err(remark.map_or_else(|| not_a_hello(bytes), NoHello));
            }
        }
    }
    match (found, header) {
        (Some(hello), Some(header)) => Ok(of_sslv2(&hello, &header)),
        _ => Err(cut_off(bytes)),
    }
}

/// The spec of a hello of SSL 2.0: as RFC 5246 appendix E.2 reads one, with what that leaves out.
fn of_sslv2(hello: &Ssl2ClientHello, header: &Ssl2Header) -> HelloSpec {
    let kinds = &hello.cipher_specs.0;
    let suites: Vec<CipherSuite> =
        kinds.iter().filter_map(|kind| Ssl2CipherKind(kind.0).suite()).collect();
    let cipher_specs = if suites.len() == kinds.len() { Vec::new() } else { kinds.clone() };
    let challenge = &hello.challenge.0;
    let mut random = [0; 32];
    for (slot, byte) in random.iter_mut().rev().zip(challenge.iter().rev()) {
        *slot = *byte;
    }
    let message = ClientHello {
        legacy_version: hello.version,
        random: Random(Fixed(random)),
        legacy_session_id: Opaque::new(hello.session_id.0.to_vec()),
        cipher_suites: Codes::new(suites),
        ..nothing()
    };
    HelloSpec {
        framing: Framing::Sslv2,
        sslv2: Sslv2Form {
            cipher_specs,
            challenge_length: u8::try_from(challenge.len()).ok().filter(|&length| length != 32),
            padding: header.padding,
        },
        ..HelloSpec::new(ProtocolVersion::SSL2_0, message)
    }
}

/// The message in types, where they say it to the byte; else its bytes. A message that ends before
/// it should, or is not of its form, is raw.
fn typed_or_raw(
    message: &[u8],
    context: Context,
    claimed: usize,
) -> Result<(ClientHello, Option<Rest>), NoHello> {
    match client_hello(message, context) {
        Ok(hello) if Handshake::ClientHello(hello.clone()).to_bytes() == message => {
            Ok((hello, None))
        }
        // Records that are cut off are no hello that was sent.
        Err(error) if message.len() < claimed => Err(error),
        Err(error) if message.first() != Some(&1) => Err(error),
        _ => Ok((nothing(), Some(Rest(message.to_vec().into())))),
    }
}

fn client_hello(message: &[u8], context: Context) -> Result<ClientHello, NoHello> {
    match Handshake::decode(message, context) {
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
            "it begins with 0x{first:02x}: a hello begins with 0x16 (a handshake record), 0x01 \
             (the message itself) or a header of SSL 2.0"
        )),
        None => NoHello("there is nothing in it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::framing::reframe;
    use crate::wire::record::ssl2::CipherKind;

    fn hello(name: &str) -> Vec<u8> {
        let path = format!("{}/testdata/hellos/{name}.bin", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    #[test]
    fn a_malformed_hello_stays_raw_and_comes_back() {
        let mut bytes = hello("openssl-1.0.1e");
        // A list of suites with an odd number of bytes: one byte of them goes to what follows.
        bytes[5 + 4 + 35 + 1] -= 1;
        let spec = HelloSpec::from_bytes(&bytes).unwrap();
        assert!(spec.raw.is_some());
        assert_eq!(spec.flight(), bytes);
        let toml = toml::to_string(&spec).unwrap();
        assert_eq!(toml::from_str::<HelloSpec>(&toml).unwrap(), spec, "{toml}");
    }

    #[test]
    fn a_hello_of_sslv2_comes_back_in_headers_of_two_and_three_bytes() {
        for (challenge, padding) in [(16, None), (32, None), (20, Some(3)), (32, Some(0))] {
            let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
            reframe(&mut spec, Framing::Sslv2);
            spec.sslv2.challenge_length = Some(challenge);
            spec.sslv2.padding = padding;
            spec.sslv2.cipher_specs = vec![CipherKind(0x010080), CipherKind(0x2f)];
            let bytes = spec.flight();
            let back = HelloSpec::from_bytes(&bytes).unwrap();
            assert_eq!(back.flight(), bytes);
            assert_eq!(back.sslv2.cipher_specs, spec.sslv2.cipher_specs);
            assert_eq!(back.hello.cipher_suites.0.as_slice(), [CipherSuite(0x2f)]);
            let toml = toml::to_string(&back).unwrap();
            assert!(toml.contains("SSL_CK_RC4_128_WITH_MD5"), "{toml}");
            assert_eq!(toml::from_str::<HelloSpec>(&toml).unwrap(), back, "{toml}");
        }
    }

    #[test]
    fn a_hello_of_dtls_comes_back_in_its_datagrams() {
        for records in [vec![], vec![100], vec![1, 50, 200]] {
            let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
            reframe(&mut spec, Framing::Dtls);
            spec.records = records;
            spec.dtls = DtlsForm { message_seq: 1, sequence_number: 7, sequence_step: None };
            let datagrams = spec.datagrams();
            let back = HelloSpec::from_bytes(&datagrams.concat()).unwrap();
            assert_eq!(back.datagrams(), datagrams);
            assert_eq!(back.hello, spec.hello);
            assert_eq!(back.hello.legacy_version, ProtocolVersion::DTLS1_2);
            let toml = toml::to_string(&back).unwrap();
            assert_eq!(toml::from_str::<HelloSpec>(&toml).unwrap(), back, "{toml}");
        }
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
