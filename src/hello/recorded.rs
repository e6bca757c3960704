//! A hello as it was sent, read into a spec: in records of TLS, in a record of SSL 2.0, in
//! datagrams of DTLS, or the bare message. It comes back to the same bytes; what types cannot say
//! stays raw.

use super::flight::{in_flight, of_pieces};
use super::framing::{DtlsForm, Framing, Sslv2Form};
use super::lies::{in_cut_record, in_lying_datagrams, in_lying_record, in_other_records};
use super::no_hello::{
    NoHello, behind, cut_off, no_handshake, not_a_hello, unsaid, wrong_ssl2_length,
};
use super::said::{Said, client_hello};
use super::spec::{FIRST_VERSION, HelloSpec, nothing};
use crate::names::{CipherSuite, ContentType, ProtocolVersion, Ssl2CipherKind};
use crate::wire::grammar::{Codes, Context, Fixed, Opaque, Rest, peek};
use crate::wire::handshake::DTLS_HEADER;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::random::Random;
use crate::wire::packets;
use crate::wire::record::ssl2::{Ssl2ClientHello, Ssl2Header, Ssl2Message};
use crate::wire::record::{LARGEST, cut};
use crate::wire::side::Side;
use crate::wire::stream::{self, Body, Message, Stream, Unit};

impl HelloSpec {
    /// The spec of a hello as it was sent: with its records or datagrams, or the message alone,
    /// which gets a record as clients send it. It comes back to the same bytes; where its types do
    /// not, all of them are its flight.
    ///
    /// # Errors
    /// Where no ClientHello is in it: the first thing that is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
        in_types(bytes).or_else(|why| in_flight(bytes).ok_or(why))
    }

    /// The same of datagrams of DTLS, as they came.
    ///
    /// # Errors
    /// Where there is no ClientHello in them.
    pub fn from_datagrams(datagrams: &[Vec<u8>]) -> Result<HelloSpec, NoHello> {
        match in_types(&datagrams.concat()) {
            Ok(spec) if spec.datagrams() == datagrams => Ok(spec),
            other => of_pieces(Framing::Dtls, datagrams).map_or(other, Ok),
        }
    }
}

/// The spec of a hello where its types say what was sent, or its message at least is one that `raw`
/// can say.
///
/// # Errors
/// The first thing that they cannot say.
pub(super) fn in_types(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
    if let Some(format) = packets::format(bytes) {
        return Err(NoHello(packets::several(format)));
    }
    let spec = match bytes {
        [1, 0, ..] => {
            let said = Said::of_tls(bytes).filter(|said| said.handshake_length.is_none());
            let hello = match said {
                Some(said) => said.hello,
                None => client_hello(bytes, Context::default())?,
            };
            return Ok(HelloSpec::new(FIRST_VERSION, hello));
        }
        [22, 254, ..] => match from_dtls(bytes) {
            Ok(spec) if unsaid(bytes, &spec.datagrams()).is_none() => spec,
            other => in_lying_datagrams(bytes).map_or(other, Ok)?,
        },
        [ContentType::FIRST..=ContentType::LAST, 3, ..] => from_tls(bytes).or_else(|why| {
            let lying = in_lying_record(bytes).or_else(|| in_cut_record(bytes));
            lying.or_else(|| in_other_records(bytes)).ok_or(why)
        })?,
        // What is none of these may be in records of a type that there is not.
        [0x80..=0xff, _, 1, ..] | [0..=0x3f, _, _, 1, _, 0..=3, ..] => {
            from_sslv2(bytes).or_else(|why| in_other_records(bytes).ok_or(why))?
        }
        _ => from_tls(bytes).or_else(|why| in_other_records(bytes).ok_or(why))?,
    };
    match unsaid(bytes, &spec.datagrams()) {
        None => Ok(spec),
        Some(why) => Err(why),
    }
}

fn from_tls(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
    let mut stream = Stream::of(Side::Client);
    stream.push(bytes);
    let (mut versions, mut sizes, mut message) = (Vec::new(), Vec::new(), Vec::new());
    for unit in stream.finish(&mut Context::default()) {
        match unit {
            Unit::Header(header) => {
                let record = sizes.len() + 1;
                let header = header.record().ok_or_else(|| match header.framing {
                    _ if record > 1 => behind(record, bytes.get(header.range.start..)),
                    stream::Framing::Cut => cut_off(bytes),
                    _ => not_a_hello(bytes),
                })?;
                if header.content_type != ContentType::handshake {
                    return Err(no_handshake(record, header.content_type));
                }
                versions.push(header.legacy_record_version);
                sizes.push(usize::from(header.length));
            }
            // What lies behind records and is none has no header.
            Unit::Message(unit) if unit.record_version.is_none() && !sizes.is_empty() => {
                return Err(behind(sizes.len() + 1, Some(&unit.bytes)));
            }
            Unit::Message(unit) => message.extend_from_slice(&unit.bytes),
        }
    }
    if versions.is_empty() {
        return Err(not_a_hello(bytes));
    }
    let said = typed_or_raw(&message, &sizes)?;
    in_records(&versions, sizes, said).ok_or_else(|| not_a_hello(bytes))
}

/// The spec of a message in records of these versions and sizes; none where there is no record.
pub(super) fn in_records(
    versions: &[ProtocolVersion],
    sizes: Vec<usize>,
    said: Said,
) -> Option<HelloSpec> {
    let (record_version, record_versions) = told(versions)?;
    let length = sizes.iter().sum();
    // What a spec does by itself it need not say.
    let records = if cut(length, &[], LARGEST, LARGEST) == sizes { Vec::new() } else { sizes };
    Some(HelloSpec {
        record_versions,
        records,
        raw: said.raw,
        handshake_length: said.handshake_length,
        ..HelloSpec::new(record_version, said.hello)
    })
}

/// The version of all records from some place on, and those of the records before; none where
/// there is no record.
pub(super) fn told(
    versions: &[ProtocolVersion],
) -> Option<(ProtocolVersion, Vec<ProtocolVersion>)> {
    let (&last, others) = versions.split_last()?;
    let own = others.iter().rposition(|&version| version != last).map_or(0, |at| at + 1);
    Some((last, others.iter().take(own).copied().collect()))
}

fn from_dtls(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
    let mut context = Context { datagram: true, ..Context::default() };
    let mut stream = Stream::of(Side::Client);
    stream.push_datagram(bytes);
    let (mut versions, mut numbers) = (Vec::new(), Vec::new());
    let (mut sizes, mut message) = (Vec::new(), Vec::new());
    for unit in stream.finish(&mut context) {
        match unit {
            Unit::Header(header) => match header.framing {
                stream::Framing::Dtls(header) if header.epoch > 0 => {
                    let (record, epoch) = (sizes.len() + 1, header.epoch);
                    let what =
                        format!("record {record} is protected (epoch {epoch}), and no hello");
                    return Err(NoHello(what));
                }
                stream::Framing::Dtls(header) => {
                    if header.content_type != ContentType::handshake {
                        return Err(no_handshake(sizes.len() + 1, header.content_type));
                    }
                    sizes.push(usize::from(header.length).saturating_sub(DTLS_HEADER));
                    versions.push(header.legacy_record_version);
                    numbers.push(header.sequence_number.0);
                }
                _ if !sizes.is_empty() => {
                    return Err(behind(sizes.len() + 1, bytes.get(header.range.start..)));
                }
                stream::Framing::Cut => return Err(cut_off(bytes)),
                _ => return Err(not_a_hello(bytes)),
            },
            Unit::Message(Message { body: Body::Fragment(_), .. }) => {}
            Unit::Message(Message { body: Body::Plaintext, bytes, .. }) if !sizes.is_empty() => {
                return Err(behind(sizes.len() + 1, Some(&bytes)));
            }
            Unit::Message(_) if !message.is_empty() => {
                let what = "another message is in it, and a spec is one ClientHello";
                return Err(NoHello(format!("record {}: {what}", sizes.len())));
            }
            Unit::Message(unit) => message.extend(unit.bytes),
        }
    }
    let (record_version, record_versions) = told(&versions).ok_or_else(|| not_a_hello(bytes))?;
    let context = Context { datagram: true, ..Context::default() };
    let hello = client_hello(&message, context)?;
    let message_seq = peek(&message, 4, 2).and_then(|number| u16::try_from(number).ok());
    Ok(HelloSpec {
        framing: Framing::Dtls,
        record_versions,
        records: if sizes.len() > 1 { sizes } else { Vec::new() },
        dtls: dtls_form(message_seq.unwrap_or(0), &numbers),
        ..HelloSpec::new(record_version, hello)
    })
}

/// What the headers of DTLS count in a message of this number, in records of these numbers.
pub(super) fn dtls_form(message_seq: u16, numbers: &[u64]) -> DtlsForm {
    let (sequence_number, sequence_step) = match *numbers {
        [first, second, ..] => (first, second.checked_sub(first).filter(|&step| step != 1)),
        [first] => (first, None),
        [] => (0, None),
    };
    DtlsForm { message_seq, sequence_number, sequence_step }
}

fn from_sslv2(bytes: &[u8]) -> Result<HelloSpec, NoHello> {
    let mut stream = Stream::of(Side::Client);
    stream.push(bytes);
    let (mut found, mut header) = (None, None);
    for unit in stream.finish(&mut Context::default()) {
        if found.is_some() {
            let what = "record 2 is none of the hello's, which is one record of SSL 2.0";
            return Err(NoHello(what.to_owned()));
        }
        match unit {
            Unit::Header(unit) => match unit.framing {
                stream::Framing::Ssl2(one) => header = header.or(Some(one)),
                _ => return Err(wrong_ssl2_length(bytes).unwrap_or_else(|| not_a_hello(bytes))),
            },
            Unit::Message(Message { body: Body::Ssl2(message), .. }) => match *message {
                Ssl2Message::ClientHello(hello) => found = Some(hello),
                _ => return Err(NoHello("it is a message of SSL 2.0, and no hello".to_owned())),
            },
            Unit::Message(message) => {
                let remark = message.tree.remarks.first().map(ToString::to_string);
                let why = || wrong_ssl2_length(bytes).unwrap_or_else(|| not_a_hello(bytes));
                return Err(remark.map_or_else(why, NoHello));
            }
        }
    }
    match (found, header) {
        (Some(hello), Some(header)) => Ok(of_sslv2(&hello, &header)),
        _ => Err(cut_off(bytes)),
    }
}

/// The spec of a hello of SSL 2.0: as RFC 5246 appendix E.2 reads one, with what that leaves out.
pub(super) fn of_sslv2(hello: &Ssl2ClientHello, header: &Ssl2Header) -> HelloSpec {
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
fn typed_or_raw(message: &[u8], sizes: &[usize]) -> Result<Said, NoHello> {
    let claimed: usize = sizes.iter().sum();
    if let (Some(last), missing @ 1..) = (sizes.last(), claimed.saturating_sub(message.len())) {
        // Records that are cut off are no hello that was sent.
        let error = client_hello(message, Context::default()).err();
        let error = error.map_or(String::new(), |error| format!(": {error}"));
        let (record, has) = (sizes.len(), last.saturating_sub(missing));
        return Err(NoHello(format!("record {record} is cut off, {has} of {last} bytes{error}")));
    }
    if let Some(said) = Said::of_tls(message) {
        return Ok(said);
    }
    match client_hello(message, Context::default()) {
        Err(error) if message.first() != Some(&1) => Err(error),
        _ => {
            let raw = Some(Rest(message.to_vec().into()));
            Ok(Said { hello: nothing(), handshake_length: None, raw })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn a_lie_about_a_length_is_kept_as_the_field_that_tells_it() {
        let honest = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        for (record_length, handshake_length) in [
            (Some(700), None),
            (Some(20), None),
            (None, Some(5)),
            (None, Some(0x01_0203)),
            (Some(0), Some(0)),
        ] {
            let spec = HelloSpec { record_length, handshake_length, ..honest.clone() };
            assert_eq!(said(&spec.flight()), spec);
        }
        // In several records only the message can lie and be understood.
        let spec =
            HelloSpec { records: vec![100, 241], handshake_length: Some(9), ..honest.clone() };
        assert_eq!(said(&spec.flight()), spec);
        // What is cut off is no lie of a message: nobody knows what it would be.
        let cut = said(&honest.flight()[..300]);
        assert_eq!(cut.raw.map(|raw| raw.0.len()), Some(295));
        assert_eq!(cut.record_length, Some(341));
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

    /// The spec of these bytes, which it says to the byte, also by way of TOML and JSON.
    fn said(bytes: &[u8]) -> HelloSpec {
        let spec = HelloSpec::from_bytes(bytes).unwrap();
        assert!(spec.flight() == bytes, "{:?}", spec.records);
        let toml = toml::to_string(&spec).unwrap();
        assert_eq!(crate::hello::spec_file::from_toml(&toml).unwrap(), spec, "{toml}");
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(crate::hello::spec_file::from_json(&json).unwrap(), spec);
        spec
    }

    /// A message in records of these versions and sizes.
    fn in_records(message: &[u8], records: &[(u16, usize)]) -> Vec<u8> {
        let (mut bytes, mut rest) = (Vec::new(), message);
        for &(version, size) in records {
            let (part, left) = rest.split_at(size.min(rest.len()));
            bytes.push(22);
            bytes.extend(version.to_be_bytes());
            bytes.extend(u16::try_from(part.len()).unwrap().to_be_bytes());
            bytes.extend(part);
            rest = left;
        }
        assert!(rest.is_empty());
        bytes
    }

    #[test]
    fn records_that_no_client_should_send_are_said_too() {
        let mut long = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        assert_eq!(long.pad_to(20_052), Ok(()));
        let long = long.message();
        let spec = said(&in_records(&long, &[(0x0301, 20_052)]));
        assert_eq!((&spec.records[..], spec.record_versions.len()), (&[20_052][..], 0));
        // As few as may carry it are what a spec means by itself.
        assert!(said(&in_records(&long, &[(0x0301, 16_384), (0x0301, 3_668)])).records.is_empty());

        let message = &hello("openssl-1.0.1e")[5..];
        let equal = [(0x0301, 100), (0x0301, 100), (0x0301, 100), (0x0301, 41), (0x0301, 0)];
        assert_eq!(said(&in_records(message, &equal)).records, [100, 100, 100, 41, 0]);
        let empty = [(0x0301, 0), (0x0301, 0), (0x0301, 341)];
        assert_eq!(said(&in_records(message, &empty)).records, [0, 0, 341]);

        let spec = said(&in_records(message, &[(0x0300, 5), (0x0304, 336)]));
        assert_eq!(spec.record_version, ProtocolVersion::TLS1_3);
        assert_eq!(spec.record_versions, [ProtocolVersion::SSL3_0]);
        let toml = toml::to_string(&spec).unwrap();
        assert!(toml.contains("record_versions = [\"SSL 3.0\"]\nrecords = [5, 336]"), "{toml}");
    }

    #[test]
    fn what_a_spec_leaves_open_is_cut_as_before() {
        let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        let mut sizes = |records: &[usize]| {
            spec.records = records.to_vec();
            HelloSpec::from_bytes(&spec.flight()).unwrap().records
        };
        assert_eq!(sizes(&[0]), [0, 341]);
        assert_eq!(sizes(&[200, 0]), [200, 0, 141]);
        assert_eq!(sizes(&[341, 0, 7]), [341, 0]);
        assert!(sizes(&[400]).is_empty());
    }

    proptest! {
        #[test]
        fn a_hello_in_any_records_is_said_to_the_byte(
            sizes in prop::collection::vec(prop_oneof![Just(0), 1..400usize], 0..12),
            versions in prop::collection::vec(prop::sample::select(vec![0x0300u16, 0x0301, 0x0399]), 13),
            dtls in any::<bool>(),
        ) {
            let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
            if dtls {
                reframe(&mut spec, Framing::Dtls);
            }
            spec.records = sizes;
            let own = |version: &u16| ProtocolVersion(if dtls { 0xfeff - (version & 3) } else { *version });
            spec.record_versions = versions.iter().map(own).collect();
            let bytes = spec.flight();
            let back = HelloSpec::from_bytes(&bytes).unwrap();
            prop_assert_eq!(back.datagrams(), spec.datagrams());
            prop_assert_eq!(&back.hello, &spec.hello);
        }
    }

    #[test]
    fn a_record_that_cannot_be_said_is_named_with_the_reason() {
        let error = |bytes: &[u8]| in_types(bytes).unwrap_err().to_string();
        let whole = hello("openssl-1.0.1e");
        let and = |more: &[u8]| error(&[&whole[..], more].concat());
        assert_eq!(and(&[21, 3, 1, 0, 2, 1, 0]), "record 2 is one of alert, and no hello");
        assert!(
            and(&[22, 3, 1]).starts_with("record 2 is cut off: 3 bytes"),
            "{}",
            and(&[22, 3, 1])
        );
        assert!(and(&[22, 3, 1, 0, 9, 1]).starts_with("record 2 is cut off, 1 of 9 bytes"));
        assert!(
            and(b"GET").starts_with("record 2 is none: it begins with 0x47"),
            "{}",
            and(b"GET")
        );

        let mut spec = HelloSpec::from_bytes(&whole).unwrap();
        reframe(&mut spec, Framing::Dtls);
        spec.records = vec![100, 100];
        let pieces = spec.datagrams();
        let changed = |at: usize| {
            let mut pieces = pieces.clone();
            pieces[2][at] ^= 0x10;
            error(&pieces.concat())
        };
        assert_eq!(changed(4), "record 3 is protected (epoch 16), and no hello");
        assert_eq!(changed(0), "record 3 is one of an unknown content type, and no hello");
        assert!(changed(8).contains("record 3") && changed(8).contains("sequence number"));
        let other_order = [&pieces[1][..], &pieces[0], &pieces[2], &pieces[3]].concat();
        assert!(
            error(&other_order).starts_with("record 1 cannot be said"),
            "{}",
            error(&other_order)
        );
        let twice = [pieces.concat(), pieces[3].clone()].concat();
        assert!(error(&twice).starts_with("record 5"), "{}", error(&twice));

        reframe(&mut spec, Framing::Sslv2);
        let twice = spec.flight().repeat(2);
        assert!(error(&twice).starts_with("record 2"), "{}", error(&twice));
    }

    #[test]
    fn of_a_padded_hello_of_sslv2_the_length_that_does_not_hold_is_named() {
        let mut spec = HelloSpec::from_bytes(&hello("openssl-1.0.1e")).unwrap();
        reframe(&mut spec, Framing::Sslv2);
        spec.sslv2.padding = Some(3);
        let whole = spec.flight();
        let error = |at: usize, value: u8| {
            let mut bytes = whole.clone();
            bytes[at] = value;
            in_types(&bytes).unwrap_err().to_string()
        };
        // The header, and behind type and version the lengths of suites, session and challenge.
        assert_eq!([whole[2], whole[7], whole[9], whole[11]], [3, 240, 0, 32]);
        assert_eq!(&whole[..2], [1, 0x1c]);
        let parts = "9 bytes, cipher_specs of 240, a session_id of 0, a challenge of 32 and a";
        let told = error(1, 0x1b);
        assert!(told.starts_with(&format!("the record's length is 283, and {parts}")), "{told}");
        assert!(error(2, 4).contains("a padding of 4 are 285"), "{}", error(2, 4));
        assert!(error(7, 239).starts_with("cipher_specs_length is 239, and a multiple of 3"));
        assert!(error(9, 1).starts_with("session_id_length is 1, and 0 or 16"));
        assert!(error(11, 33).starts_with("challenge_length is 33, and 16 to 32"));
        let cut = in_types(&whole[..40]).unwrap_err().to_string();
        assert_eq!(cut, "record 1 is cut off, 37 of 284 bytes are there");
    }

    #[test]
    fn what_is_no_hello_is_told_why() {
        let error = |bytes: &[u8]| HelloSpec::from_bytes(bytes).unwrap_err().to_string();
        assert!(error(&[0x16, 3]).contains("2 bytes are no whole record"));
        assert!(error(b"GET / HTTP/1.0\r\n").contains("begins with 0x47"));
        assert!(error(&[]).contains("nothing"));
        // Of several records types could not say the length that the last one claims.
        let message = &hello("openssl-1.0.1e")[5..];
        let record = |length: u8, part: &[u8]| [&[22, 3, 1, 0, length], part].concat();
        let cut = [record(100, &message[..100]), record(241, &message[100..200])].concat();
        let told = in_types(&cut).unwrap_err().to_string();
        assert!(told.starts_with("record 2 is cut off, 100 of 241 bytes"), "{told}");
        assert!(told.contains("expected 337 bytes"), "{told}");
        assert!(error(&[22, 3, 3, 0, 4, 14, 0, 0, 0]).contains("server_hello_done"));
    }
}
