//! DER that is not quite DER, and input that was made to break a reader: what is shown, what is
//! remarked, and that it costs no more than its bytes.

mod common;

use common::der::Ours;
use common::{Sample, all_certificates, path, samples};
use helloscope::fuzzing;
use helloscope::wire::der::{Der, Schema};
use helloscope::wire::document::Document;
use helloscope::wire::fault::Kind;
use helloscope::wire::field::Tree;
use helloscope::wire::grammar::Reader;
use helloscope::wire::stream::Message;
use helloscope::wire::{ocsp, x509};
use proptest::prelude::*;

fn element(r: &mut Reader<'_, Tree>) {
    Der::new(r).element("element", &Schema::Any);
}

/// The sections that the remarks on one element name.
fn sections(bytes: &[u8]) -> Vec<&'static str> {
    let remarks = Ours::read(bytes, element).tree.remarks;
    assert!(remarks.iter().all(|remark| remark.kind == Kind::Form), "{remarks:?}");
    remarks.iter().map(|remark| remark.reference).collect()
}

#[test]
fn each_rule_of_der_that_is_broken_is_named_by_its_section() {
    for (bytes, section) in [
        // Headers.
        (&[0x1f, 0x80, 0x01, 0x00][..], "X.690 8.1.2"),
        (&[0x9f, 0x1e, 0x00], "X.690 8.1.2"),
        (&[0x04, 0x81, 0x01, 0xaa], "X.690 10.1"),
        (&[0x04, 0x84, 0x00, 0x00, 0x00, 0x01, 0xaa], "X.690 10.1"),
        (&[0x04, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xaa], "X.690 10.1"),
        (&[0x30, 0x80, 0x00, 0x00], "X.690 10.1"),
        (&[0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0], "X.690 8.1.3.5"),
        (&[0x30, 0xff], "X.690 8.1.3.5"),
        (&[0x00, 0x00], "X.690 8.1.5"),
        // Contents.
        (&[0x01, 0x01, 0x01], "X.690 11.1"),
        (&[0x01, 0x00], "X.690 8.2.1"),
        (&[0x01, 0x02, 0x00, 0x00], "X.690 8.2.1"),
        (&[0x02, 0x00], "X.690 8.3.1"),
        (&[0x02, 0x02, 0x00, 0x7f], "X.690 8.3.2"),
        (&[0x02, 0x02, 0xff, 0x80], "X.690 8.3.2"),
        (&[0x0a, 0x02, 0x00, 0x01], "X.690 8.3.2"),
        (&[0x03, 0x02, 0x08, 0x00], "X.690 8.6.2.2"),
        (&[0x03, 0x00], "X.690 8.6.2.2"),
        (&[0x03, 0x01, 0x01], "X.690 8.6.2.3"),
        (&[0x03, 0x02, 0x04, 0x0f], "X.690 11.2.1"),
        (&[0x05, 0x01, 0x00], "X.690 8.8.2"),
        (&[0x06, 0x00], "X.690 8.19.2"),
        (&[0x06, 0x02, 0x55, 0x84], "X.690 8.19.2"),
        (&[0x06, 0x03, 0x55, 0x80, 0x04], "X.690 8.19.2"),
        (&[0x0c, 0x01, 0xff], "X.690 8.23.10"),
        (&[0x12, 0x01, b'a'], "X.680 41.2"),
        (&[0x13, 0x03, b'a', b'@', b'b'], "X.680 41.4"),
        (&[0x13, 0x01, b'*'], "X.680 41.4"),
        (&[0x16, 0x01, 0xfc], "X.680 41.1"),
        (&[0x1a, 0x01, 0x07], "X.680 41.1"),
        (&[0x1c, 0x03, 0, 0, 0], "X.690 8.23.7"),
        (&[0x1c, 0x04, 0, 0x11, 0, 0], "X.690 8.23.7"),
        (&[0x1c, 0x08, 0, 0, 0, b'a', 0, 0, 0xdf, 0xff], "X.690 8.23.7"),
        (&[0x1c, 0x04, 0xff, 0xff, 0xff, 0xff], "X.690 8.23.7"),
        (&[0x1e, 0x01, 0], "X.690 8.23.8"),
        (&[0x1e, 0x02, 0xd8, 0x00], "X.680 41.15"),
        (b"\x17\x0b1405221126Z", "X.690 11.8"),
        (b"\x17\x0d140522112657+", "X.690 11.8"),
        (b"\x17\x0d161231235960Z", "X.680 47.3"),
        (b"\x18\x0e20140522112657", "X.690 11.7"),
        (b"\x18\x1220140522112657.50Z", "X.690 11.7"),
        // Pieces, and the lack of them.
        (&[0x24, 0x03, 0x04, 0x01, 0xaa], "X.690 10.2"),
        (&[0x22, 0x03, 0x02, 0x01, 0x01], "X.690 8.1.2.5"),
        (&[0x10, 0x00], "X.690 8.9.1"),
    ] {
        assert_eq!(sections(bytes).first(), Some(&section), "{bytes:02x?}");
        assert_eq!(sections(bytes).len(), 1, "{bytes:02x?}: {:?}", sections(bytes));
    }
}

#[test]
fn what_has_its_form_is_not_remarked() {
    for bytes in [
        &[0x01, 0x01, 0xff][..],
        &[0x02, 0x02, 0x00, 0x80],
        &[0x02, 0x01, 0x80],
        &[0x03, 0x01, 0x00],
        &[0x03, 0x02, 0x04, 0xf0],
        &[0x05, 0x00],
        &[0x06, 0x03, 0x55, 0x04, 0x03],
        &[0x9f, 0x1f, 0x00],
        &[0x9f, 0x81, 0x00, 0x00],
        b"\x13\x0ba '()+,-./?",
        b"\x17\x0d140522112657Z",
        b"\x18\x0f20140522112657Z",
        b"\x18\x1120140522112657.5Z",
        b"\x1e\x04\x00Z\x00\xfc",
    ] {
        assert_eq!(sections(bytes), [""; 0], "{bytes:02x?}");
    }
}

/// How a length is written where DER has one way.
#[derive(Clone, Copy)]
enum Lengths {
    Indefinite,
    FourBytes,
}

/// The same elements, but their lengths are written otherwise, which is counted. Strings that
/// hold elements stay as they are inside.
fn rewritten(mut der: &[u8], lengths: Lengths, count: &mut usize) -> Vec<u8> {
    use der_parser::asn1_rs::{Any, FromDer};
    let mut out = Vec::new();
    while !der.is_empty() {
        let (rest, any) = Any::from_der(der).unwrap();
        let header = der.len() - rest.len() - any.data.len();
        let constructed = der[0] & 0x20 != 0;
        let content =
            if constructed { rewritten(any.data, lengths, count) } else { any.data.to_vec() };
        out.push(der[0]);
        match lengths {
            Lengths::Indefinite if constructed => {
                *count += 1;
                out.push(0x80);
                out.extend(content);
                out.extend([0, 0]);
            }
            Lengths::Indefinite => {
                out.extend(&der[1..header]);
                out.extend(content);
            }
            Lengths::FourBytes => {
                *count += 1;
                out.push(0x84);
                out.extend((content.len() as u32).to_be_bytes());
                out.extend(content);
            }
        }
        der = rest;
    }
    out
}

/// What a tree says, but for tags, lengths and what ends an element.
fn said(ours: &Ours<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let leaves = ours.tree.leaves();
    let leaves = leaves.filter(|leaf| !["tag", "length", "end-of-contents"].contains(&leaf.name));
    leaves.map(|leaf| (leaf.name, ours.bytes[leaf.range()].to_vec())).collect()
}

#[test]
fn a_certificate_says_the_same_however_its_lengths_are_written() {
    for Sample { name, bytes } in all_certificates() {
        let plain = Ours::certificate(&bytes);
        for lengths in [Lengths::Indefinite, Lengths::FourBytes] {
            let mut count = 0;
            let rewritten = rewritten(&bytes, lengths, &mut count);
            let other = Ours::certificate(&rewritten);
            assert_eq!(said(&plain), said(&other), "{name}");
            let remarks = other.tree.remarks.iter();
            let on_lengths = remarks.filter(|remark| remark.reference == "X.690 10.1").count();
            assert_eq!(on_lengths, count, "{name}");
            fuzzing::certificate(&rewritten);
        }
    }
}

/// RFC 5652 section 3 and RFC 7292 section 4: what holds a message of CMS, and keys under a password, is in
/// BER; a certificate within is in DER all the same, RFC 5280 section 4.1.
#[test]
fn an_envelope_may_be_in_ber_and_a_certificate_in_it_may_not() {
    let sections = |kind, bytes: &[u8]| {
        let remarks = Message::decode_document(kind, bytes).tree.remarks.clone();
        remarks.iter().map(|remark| remark.reference).collect::<Vec<_>>()
    };
    // As `pk12util -o` begins and ends: a string in pieces, and no lengths.
    let version = &[2, 1, 3][..];
    let data = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 1][..];
    let content = &[0xa0, 0x80, 0x24, 0x80, 4, 2, 0x30, 0x80, 4, 2, 0, 0, 0, 0, 0, 0][..];
    let pfx = [&[0x30, 0x80][..], version, &[0x30, 0x80], data, content, &[0; 4]].concat();
    assert_eq!(Document::of(&pfx), Some(Document::Pfx));
    assert_eq!(sections(Document::Pfx, &pfx), [""; 0]);
    assert!(sections(Document::Other, &pfx).contains(&"X.690 10.2"));
    // What BER does not allow either.
    let cut = &pfx[..pfx.len() - 2];
    assert_eq!(sections(Document::Pfx, cut), ["X.690 8.1.5"]);

    let certificate = std::fs::read(path("testdata/certificates/ecdsa-p256.der")).unwrap();
    for lengths in [Lengths::Indefinite, Lengths::FourBytes] {
        let mut count = 0;
        let other = rewritten(&certificate, lengths, &mut count);
        for (certificate, count) in [(&certificate, 0), (&other, count)] {
            let signed = [
                &[0x30, 0x80, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 2, 0xa0, 0x80][..],
                &[0x30, 0x80, 2, 1, 1, 0x31, 0, 0x30, 0x80],
                data,
                &[0, 0, 0xa0, 0x80],
                certificate,
                &[0, 0, 0x31, 0, 0, 0, 0, 0, 0, 0],
            ];
            let found = sections(Document::ContentInfo, &signed.concat());
            assert_eq!(found, vec!["X.690 10.1"; count]);
        }
    }
}

#[test]
fn an_element_of_indefinite_length_ends_where_it_says() {
    // SEQUENCE { SEQUENCE { NULL } end NULL }: the last element stands in the outer one again.
    let bytes = [0x30, 0x80, 0x30, 0x80, 5, 0, 0, 0, 5, 0, 0, 0, 0xaa];
    let ours = Ours::read(&bytes, element);
    let names: Vec<_> = ours.tree.fields.iter().map(|field| (field.name, field.range())).collect();
    let nulls: Vec<_> = names.iter().filter(|(name, _)| *name == "NULL").collect();
    assert_eq!(nulls, [&("NULL", 4..6), &("NULL", 8..10)]);
    let ends: Vec<_> = names.iter().filter(|(name, _)| *name == "end-of-contents").collect();
    assert_eq!(ends, [&("end-of-contents", 6..8), &("end-of-contents", 10..12)]);
    assert_eq!(names.last().unwrap(), &("trailing", 12..13));
    // Without its end, and with an element that cannot be of indefinite length.
    assert_eq!(sections(&[0x30, 0x80, 5, 0]), ["X.690 10.1", "X.690 8.1.5"]);
    assert_eq!(sections(&[0x04, 0x80, 1, 0, 0]), ["X.690 10.1", "X.690 8.1.3.2"]);
}

#[test]
fn what_is_made_to_be_costly_costs_no_more_than_its_bytes() {
    const SIZE: usize = 64 << 10;
    let repeated = |unit: &[u8]| unit.iter().copied().cycle().take(SIZE).collect::<Vec<u8>>();
    let ends_first = [repeated(&[0x30, 0x80])[..SIZE / 2].to_vec(), vec![0; SIZE / 2]].concat();
    for bomb in [
        repeated(&[0x30, 0x80]),
        repeated(&[0x24, 0x80]),
        repeated(&[0xa0, 0x80, 0x30, 0x80]),
        repeated(&[0x31, 0x80, 0x05, 0x00]),
        repeated(&[0x30, 0x83, 0x00, 0xff, 0xff]),
        repeated(&[0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        repeated(&[0x30, 0xfe]),
        repeated(&[0x1f, 0x80]),
        repeated(&[0xff]),
        repeated(&[0x00]),
        repeated(&[0x05, 0x00]),
        repeated(&[0x04, 0x82, 0x01, 0x00, 0x04, 0x81, 0x80]),
        ends_first,
    ] {
        let kinds: [fn(&mut Reader<'_, Tree>); 4] =
            [element, x509::certificate, ocsp::response, ocsp::request];
        for read in kinds {
            let tree = Ours::read(&bomb, read).tree;
            // An element is two bytes at least, and three fields at most.
            assert!(tree.fields.len() <= SIZE / 2 * 3 + 8, "{} fields", tree.fields.len());
            assert!(tree.remarks.len() <= SIZE, "{} remarks", tree.remarks.len());
        }
    }
}

/// A change to some bytes: at a place, some of them go, and others come.
#[derive(Clone, Debug)]
struct Change {
    at: prop::sample::Index,
    gone: usize,
    new: Vec<u8>,
}

fn change() -> impl Strategy<Value = Change> {
    let new = prop::collection::vec(
        prop_oneof![any::<u8>(), prop::sample::select(&[0x00, 0x30, 0x80, 0x82, 0xff, 0x24][..])],
        0..6,
    );
    (any::<prop::sample::Index>(), 0usize..6, new).prop_map(|(at, gone, new)| Change {
        at,
        gone,
        new,
    })
}

fn changed(bytes: &[u8], changes: &[Change], cut: Option<prop::sample::Index>) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for Change { at, gone, new } in changes {
        let at = at.index(bytes.len() + 1);
        let end = (at + gone).min(bytes.len());
        bytes.splice(at..end, new.iter().copied());
    }
    if let Some(cut) = cut {
        bytes.truncate(cut.index(bytes.len() + 1));
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn certificates_with_some_bytes_changed_tile(
        sample in prop::sample::select(all_certificates()),
        changes in prop::collection::vec(change(), 0..5),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        fuzzing::certificate(&changed(&sample.bytes, &changes, cut));
    }

    #[test]
    fn ocsp_messages_with_some_bytes_changed_tile(
        sample in prop::sample::select([
            samples("testdata/certificates/ocsp", "response"),
            samples("testdata/certificates/ocsp", "request"),
        ].concat()),
        changes in prop::collection::vec(change(), 0..5),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        fuzzing::ocsp(&changed(&sample.bytes, &changes, cut));
    }

    #[test]
    fn any_elements_tile(bytes in prop::collection::vec(
        prop_oneof![any::<u8>(), prop::sample::select(&[0x00, 0x02, 0x04, 0x30, 0x31, 0x80, 0xa0][..])],
        0..400,
    )) {
        fuzzing::der(&bytes);
        fuzzing::certificate(&bytes);
        fuzzing::ocsp(&bytes);
    }
}
