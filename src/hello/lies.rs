//! A hello in records or datagrams whose headers claim other lengths than the true ones, or whose
//! record is cut off: read into a spec that says them. The lengths that are claimed are those of RFC 8446
//! sections 4 and 5.1, and of RFC 6347 sections 4.1 and 4.2.2.

use super::framing::Framing;
use super::recorded::{dtls_form, in_records, in_types, told};
use super::said::Said;
use super::spec::{HelloSpec, nothing};
use crate::names::{ContentType, ProtocolVersion};
use crate::wire::grammar::{Rest, peek};

/// Records behind a first one of another length than it claims; nobody sends more.
const MOST_RECORDS: usize = 256;

/// Places where the first record can end that are tried.
const MOST_ENDS: usize = 8;

/// The spec of a hello in records of which the first claims another length; none where it is no such
/// hello.
pub(super) fn in_lying_record(bytes: &[u8]) -> Option<HelloSpec> {
    before_others(bytes).or_else(|| alone(bytes))
}

/// In one record, whatever the header of the message claims.
fn alone(bytes: &[u8]) -> Option<HelloSpec> {
    let (&[_, major, minor, high, low], message) = bytes.split_first_chunk()?;
    let said = Said::of_tls(message)?;
    let version = ProtocolVersion(u16::from_be_bytes([major, minor]));
    let mut spec = in_records(&[version], vec![message.len()], said)?;
    spec.record_length = Some(u16::from_be_bytes([high, low]));
    (spec.flight() == bytes).then_some(spec)
}

/// The spec of a hello whose one record is cut off: what is there of its message, as it is.
pub(super) fn in_cut_record(bytes: &[u8]) -> Option<HelloSpec> {
    let (&[22, major, minor, high, low], message) = bytes.split_first_chunk()? else { return None };
    let claimed = u16::from_be_bytes([high, low]);
    if message.first() != Some(&1) || message.len() >= usize::from(claimed) {
        return None;
    }
    let raw = Some(Rest(message.to_vec().into()));
    let said = Said { hello: nothing(), handshake_length: None, raw };
    let version = ProtocolVersion(u16::from_be_bytes([major, minor]));
    let mut spec = in_records(&[version], vec![message.len()], said)?;
    spec.record_length = Some(claimed);
    (spec.flight() == bytes).then_some(spec)
}

/// In records of another content type than that of the handshake, all of the same.
pub(super) fn in_other_records(bytes: &[u8]) -> Option<HelloSpec> {
    let &kind = bytes.first().filter(|kind| **kind != 22)?;
    let mut as_handshake = bytes.to_vec();
    let mut at = 0;
    // A length that is none leads nowhere, and the record is read as one that lies.
    while let Some(first) = as_handshake.get_mut(at).filter(|first| **first == kind) {
        *first = 22;
        at += 5 + peek(bytes, at + 3, 2)?;
    }
    let spec = in_types(&as_handshake).ok().filter(HelloSpec::is_typed)?;
    let spec = HelloSpec { record_type: ContentType(kind), ..spec };
    (spec.flight() == bytes).then_some(spec)
}

/// In several records, where the message tells its length and others than the first do. Where the
/// first ends must follow from that alone.
fn before_others(bytes: &[u8]) -> Option<HelloSpec> {
    let version = peek(bytes, 1, 2)?;
    let behind = bytes.get(5..)?;
    let ends = (0..behind.len()).filter_map(|end| {
        let mut all = vec![(version, behind.get(..end)?)];
        all.extend(records(behind.get(end..)?)?);
        is_whole(&all).then_some(all)
    });
    let mut found = ends.take(MOST_ENDS).filter_map(|all| {
        let message = all.iter().map(|(_, payload)| *payload).collect::<Vec<_>>().concat();
        let number = |(version, _): &(usize, _)| u16::try_from(*version).ok().map(ProtocolVersion);
        let versions: Option<Vec<_>> = all.iter().map(number).collect();
        let sizes = all.iter().map(|(_, payload)| payload.len()).collect();
        let mut spec = in_records(&versions?, sizes, Said::of_tls(&message)?)?;
        spec.record_length = u16::try_from(peek(bytes, 3, 2)?).ok();
        (spec.flight() == bytes).then_some(spec)
    });
    let one = found.next()?;
    found.next().is_none().then_some(one)
}

/// A record: its version, and its payload.
type Plain<'b> = (usize, &'b [u8]);

/// Records of the handshake with nothing behind them.
fn records(bytes: &[u8]) -> Option<Vec<Plain<'_>>> {
    let (mut rest, mut found) = (bytes, Vec::new());
    while let ([22, 3, _, high, low, behind @ ..], 0..MOST_RECORDS) = (rest, found.len()) {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (payload, next) = behind.split_at_checked(length)?;
        found.push((peek(rest, 1, 2)?, payload));
        rest = next;
    }
    rest.is_empty().then_some(found)
}

/// Whether records have as much in them as the header of their message says.
fn is_whole(records: &[Plain<'_>]) -> bool {
    let bytes = records.iter().flat_map(|(_, payload)| *payload);
    let header: Vec<u8> = bytes.take(4).copied().collect();
    let length: usize = records.iter().map(|(_, payload)| payload.len()).sum();
    peek(&header, 1, 3).is_some_and(|claimed| 4 + claimed == length)
}

/// The spec of a hello in datagrams that claim another length of the message, or of the first
/// record; none where it is no such hello. What each has of the message is what it says of its
/// fragment.
pub(super) fn in_lying_datagrams(bytes: &[u8]) -> Option<HelloSpec> {
    const HEADERS: usize = 25;
    let (mut rest, mut body) = (bytes, Vec::new());
    let (mut versions, mut numbers, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    while !rest.is_empty() {
        let is_hello = (rest.first(), rest.get(13)) == (Some(&22), Some(&1));
        let is_next = peek(rest, 19, 3)? == body.len();
        let (part, next) = rest.get(HEADERS..)?.split_at_checked(peek(rest, 22, 3)?)?;
        if !is_hello || !is_next {
            return None;
        }
        versions.push(ProtocolVersion(u16::try_from(peek(rest, 1, 2)?).ok()?));
        numbers.push(u64::try_from(peek(rest, 5, 6)?).ok()?);
        sizes.push(part.len());
        body.extend_from_slice(part);
        rest = next;
    }
    let said = Said::typed(&body, u32::try_from(peek(bytes, 14, 3)?).ok()?, true)?;
    let (record_version, record_versions) = told(&versions)?;
    let claimed = peek(bytes, 11, 2)?;
    let length = sizes.first()? + HEADERS - 13;
    let spec = HelloSpec {
        framing: Framing::Dtls,
        record_versions,
        records: if sizes.len() > 1 { sizes } else { Vec::new() },
        handshake_length: said.handshake_length,
        record_length: u16::try_from(claimed).ok().filter(|_| claimed != length),
        dtls: dtls_form(u16::try_from(peek(bytes, 17, 2)?).ok()?, &numbers),
        ..HelloSpec::new(record_version, said.hello)
    };
    (spec.flight() == bytes).then_some(spec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::named::NamedHello;

    /// The spec comes back from its bytes, and so it does by way of a file.
    fn comes_back(name: &str) {
        let spec = NamedHello::parse(name).unwrap().recorded().unwrap().spec;
        let bytes = spec.flight();
        let back = HelloSpec::from_bytes(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(back.flight(), bytes, "{name}");
        let toml = toml::to_string(&back).unwrap();
        assert_eq!(crate::hello::spec_file::from_toml(&toml).unwrap(), back, "{toml}");
        // What is drawn anew does not stand in bytes.
        assert_eq!(back, HelloSpec { fresh: Vec::new(), ..spec }, "{name}");
    }

    #[test]
    fn a_record_that_is_cut_off_comes_back_as_what_is_there() {
        let whole = NamedHello::parse("openssl-3.5.8").unwrap().recorded().unwrap().spec.flight();
        for end in [6, 9, 10, 50, whole.len() - 1] {
            let spec = HelloSpec::from_bytes(&whole[..end]).unwrap();
            assert_eq!(spec.flight(), &whole[..end]);
            assert_eq!(spec.record_length.map(usize::from), Some(whole.len() - 5));
            assert_eq!(spec.raw.as_ref().map(|raw| raw.0.len()), Some(end - 5));
            comes_back(&format!("hex:{}", crate::wire::text::hex(&whole[..end])));
            let named = format!("hex:{}", crate::wire::text::hex(&whole[..end]));
            let notes = NamedHello::parse(&named).unwrap().recorded().unwrap().notes;
            let told = format!("{} of {} bytes are there", end - 5, whole.len() - 5);
            assert!(notes.iter().any(|note| note.contains(&told)), "{notes:?}");
        }
        // A header alone has nothing of a hello, and what is of another kind is none.
        for none in [&whole[..5], &[22, 3, 1, 0, 9, 2, 0, 0], &[21, 3, 1, 0, 9, 1, 0, 0]] {
            assert!(HelloSpec::from_bytes(none).is_err());
        }
    }

    #[test]
    fn a_lie_in_the_first_of_several_records_comes_back_as_it_was_said() {
        for sizes in ["1,340", "100,241", "4,7,100,230", "340,1"] {
            for claimed in [0, 5, 99, 102, 245, 338, 700, 65535] {
                let records = format!("records:=[{sizes}],record_length:={claimed}");
                comes_back(&format!("openssl-1.0.1e,{records}"));
                comes_back(&format!("openssl-1.0.1e,{records},record_versions:=[768]"));
            }
        }
    }

    #[test]
    fn records_of_another_type_come_back_as_they_were_said() {
        for edits in ["", ",records:=[100,241]", ",record_length:=5", ",handshake_length:=7"] {
            // Two of these could begin a record of SSL 2.0.
            for kind in ["\"application_data\"", "99", "16", "128", "255"] {
                comes_back(&format!("openssl-1.0.1e,record_type:={kind}{edits}"));
            }
        }
        // An alert is none of them.
        assert!(HelloSpec::from_bytes(&[21, 3, 1, 0, 2, 1, 0]).is_err());
    }

    #[test]
    fn where_the_first_record_ends_is_not_guessed() {
        let read = |inner: &str| {
            let data = format!("{}{inner}{}", "00".repeat(10), "00".repeat(25));
            let name = format!("minimal,extensions+=0x7e57={data}");
            let mut spec = NamedHello::parse(&name).unwrap().recorded().unwrap().spec;
            spec.records = vec![spec.length() - 3, 3];
            spec.record_length = Some(3);
            HelloSpec::from_bytes(&spec.flight())
        };
        let is_several = |spec: HelloSpec| spec.records.len() == 2;
        assert!(read("0000000000").is_ok_and(is_several));
        // What could be the header of the second record stands in the first one, too.
        assert!(!read("160301001e").is_ok_and(is_several));
    }

    #[test]
    fn lies_in_datagrams_come_back_as_they_were_said() {
        for lie in [
            "handshake_length:=5",
            "handshake_length:=16777215",
            "record_length:=5",
            "record_length:=65535",
            "record_length:=0,handshake_length:=0",
            "records:=[10,20],record_length:=7",
            "records:=[10,20],handshake_length:=11",
        ] {
            for form in ["", ",dtls.message_seq:=1,dtls.sequence_number:=7,dtls.sequence_step:=3"] {
                let name = format!("dtls12,{lie}{form}");
                let spec = NamedHello::parse(&name).unwrap().recorded().unwrap().spec;
                let back = HelloSpec::from_bytes(&spec.flight());
                let back = back.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(back.flight(), spec.flight(), "{name}");
                assert_eq!(back.record_length, spec.record_length, "{name}");
                assert_eq!(back.handshake_length, spec.handshake_length, "{name}");
                assert_eq!(back.hello, spec.hello, "{name}");
                assert_eq!(back.dtls.message_seq, spec.dtls.message_seq, "{name}");
            }
        }
        // A message of which datagrams are missing is none that lies.
        let spec = NamedHello::parse("dtls12,records:=[10,20]").unwrap().recorded().unwrap().spec;
        assert!(in_types(&spec.datagrams()[..2].concat()).is_err());
    }
}
