//! What an expert would stop at in a certificate, from when to when it is good, its key by itself,
//! and its timestamps.

mod common;

use common::connection;
use common::der::Ours;
use common::made::{
    COMMON_NAME, Made, SECP256R1, SHA1_WITH_RSA, SHA256_WITH_RSA, TLS_FEATURE, alt_names,
    extension, name, of_authority, on_curve, poison, rsa, subject_key, times, tlv,
};
use common::{Sample, all_certificates, path};
use helloscope::names::NamedGroup;
use helloscope::transcript::{CertificateFacts, Side};
use helloscope::wire::fault::{Kind, Remark};
use helloscope::wire::field::Tree;
use helloscope::wire::grammar::{Context, Reader, Wire};
use helloscope::wire::sct::{SerializedSct, SignedCertificateTimestampList};
use helloscope::wire::x509;

const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];
const SCT_LIST: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2];
const NETSCAPE_CERT_TYPE: &[u8] = &[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1];
const SECP160R1: &[u8] = &[0x06, 5, 0x2b, 0x81, 4, 0, 8];
const SECP384R1: &[u8] = &[0x06, 5, 0x2b, 0x81, 4, 0, 34];

/// A point in this form, with so many bytes behind it.
fn point(form: u8, coordinates: usize) -> Vec<u8> {
    [&[form][..], &vec![7; coordinates]].concat()
}

/// What is noticed of a certificate, of which nothing is wrong with the form.
trait Noticed {
    /// Where a server shows it.
    fn notices(&self) -> Vec<Remark> {
        self.notices_shown_by(Some(Side::Server))
    }

    fn notices_shown_by(&self, side: Option<Side>) -> Vec<Remark>;
}

impl Noticed for Made {
    fn notices_shown_by(&self, sender: Option<Side>) -> Vec<Remark> {
        let context = Context { sender, ..Context::default() };
        let bytes = self.bytes();
        let mut r = Reader::<Tree>::new(&bytes, context);
        x509::certificate(&mut r);
        let remarks = r.finish().remarks;
        let forms: Vec<_> = remarks.iter().filter(|remark| remark.kind == Kind::Form).collect();
        assert!(forms.is_empty(), "{forms:?}");
        remarks
    }
}

/// RFC 9525 section 4.1: names of hosts are owed by who is a server, as what shows the certificate tells, or
/// its extKeyUsage where that is not known.
#[test]
fn a_client_owes_no_name_of_a_host() {
    const SERVER: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
    const CLIENT: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
    const ANY: &[u8] = &[0x55, 0x1d, 0x25, 0];
    let (server, client, nobody) = (Some(Side::Server), Some(Side::Client), None);
    for (purposes, told) in [
        (&[][..], &[server][..]),
        (&[SERVER], &[server, nobody]),
        (&[CLIENT], &[]),
        (&[CLIENT, SERVER], &[server, nobody]),
        (&[ANY], &[server]),
    ] {
        let ids: Vec<u8> = purposes.iter().flat_map(|id| tlv(6, &[id])).collect();
        let usage = extension(37, false, &tlv(0x30, &[&ids]));
        let made = Made::with(|it| {
            it.extensions = if purposes.is_empty() { vec![] } else { vec![usage.clone()] };
        });
        for side in [server, client, nobody] {
            let notices = made.notices_shown_by(side);
            let is_told = notices.iter().any(|remark| remark.reference == "RFC 9525 4.1");
            assert_eq!(is_told, told.contains(&side), "{purposes:?} {side:?}: {notices:?}");
        }
    }
}

#[test]
fn a_certificate_that_is_as_it_should_be_gets_no_notice() {
    assert_eq!(Made::new().notices(), []);
    for (parameters, curve, compressed) in [
        (SECP256R1, NamedGroup::secp256r1, false),
        (SECP256R1, NamedGroup::secp256r1, true),
        (SECP384R1, NamedGroup::secp384r1, false),
    ] {
        let point = connection::point(curve, compressed);
        let made = Made::with(|it| it.key = on_curve(parameters, &point));
        assert_eq!(made.notices(), [], "{curve} {compressed}");
    }
}

#[test]
fn an_expert_would_stop_at_each_of_these() {
    let usage = |bits: &'static [u8]| extension(15, true, bits);
    let ca = |critical| extension(19, critical, &[0x30, 3, 1, 1, 0xff]);
    let modulus = |size: usize, last: u8| [&[0, 0x80][..], &vec![1; size - 2], &[last]].concat();
    let cases: Vec<(&str, &str, Made)> = vec![
        ("RFC 5280 4.1.2.1", "version", Made::with(|it| it.version = vec![0xa0, 3, 2, 1, 1])),
        ("RFC 5280 4.1.2.1", "version", Made::with(|it| it.version.clear())),
        ("RFC 5280 4.1.2.1", "version", Made::with(|it| it.version = vec![0xa0, 3, 2, 1, 7])),
        ("RFC 5280 4.1.2.2", "serialNumber", Made::with(|it| it.serial = vec![2, 1, 0])),
        ("RFC 5280 4.1.2.2", "serialNumber", Made::with(|it| it.serial = vec![2, 1, 0xf0])),
        ("RFC 5280 4.1.2.2", "serialNumber", Made::with(|it| it.serial = tlv(2, &[&[1; 21]]))),
        (
            "RFC 5280 4.1.1.2",
            "signatureAlgorithm",
            // sha384WithRSAEncryption.
            Made::with(|it| it.algorithms[0][12] = 12),
        ),
        (
            "RFC 6194 3",
            "signatureAlgorithm",
            Made::with(|it| it.algorithms = [SHA1_WITH_RSA.to_vec(), SHA1_WITH_RSA.to_vec()]),
        ),
        (
            "RFC 5280 4.1.2.5",
            "notAfter",
            Made::with(|it| {
                it.validity = times(b"\x17\x0d270101000000Z", b"\x17\x0d260101000000Z")
            }),
        ),
        (
            "RFC 5280 4.1.2.5",
            "notAfter",
            Made::with(|it| {
                it.validity = times(b"\x17\x0d260101000000Z", b"\x18\x0f20490101000000Z");
            }),
        ),
        (
            "RFC 5280 4.1.2.5",
            "notAfter",
            Made::with(|it| {
                it.validity = times(b"\x17\x0d260101000000Z", b"\x18\x1120510101000000.5Z");
            }),
        ),
        (
            "CA/B Forum BR 6.1.5",
            "modulus",
            Made::with(|it| it.key = rsa(&modulus(128, 1), &[1, 0, 1])),
        ),
        ("RFC 8017 3.1", "modulus", Made::with(|it| it.key = rsa(&modulus(256, 2), &[1, 0, 1]))),
        (
            "RFC 8017 3.1",
            "modulus",
            Made::with(|it| it.key = rsa(&[&[0x80], &[1; 127][..]].concat(), &[1, 0, 1])),
        ),
        ("RFC 8017 3.1", "publicExponent", Made::with(|it| it.key = rsa(&modulus(256, 1), &[4]))),
        ("RFC 8017 3.1", "publicExponent", Made::with(|it| it.key = rsa(&modulus(256, 1), &[1]))),
        (
            "CA/B Forum BR 6.1.6",
            "publicExponent",
            Made::with(|it| it.key = rsa(&modulus(256, 1), &[3])),
        ),
        (
            "RFC 5480 2.1.1",
            "parameters",
            Made::with(|it| it.key = on_curve(SECP160R1, &point(4, 40))),
        ),
        (
            "RFC 5480 2.1.1",
            "parameters",
            Made::with(|it| it.key = on_curve(&[5, 0], &point(4, 48))),
        ),
        (
            "RFC 5480 2.2",
            "subjectPublicKey",
            Made::with(|it| it.key = on_curve(SECP256R1, &point(4, 62))),
        ),
        (
            "RFC 5480 2.2",
            "subjectPublicKey",
            Made::with(|it| it.key = on_curve(SECP384R1, &point(4, 64))),
        ),
        (
            "RFC 5480 2.2",
            "subjectPublicKey",
            Made::with(|it| it.key = on_curve(SECP256R1, &point(3, 64))),
        ),
        (
            "RFC 5480 2.2",
            "subjectPublicKey",
            Made::with(|it| it.key = on_curve(SECP384R1, &point(4, 96))),
        ),
        (
            "RFC 8813 3",
            "keyUsage",
            Made::with(|it| {
                it.key = on_curve(SECP384R1, &connection::point(NamedGroup::secp384r1, false));
                it.extensions.push(usage(&[3, 2, 5, 0xa0]));
            }),
        ),
        (
            "RFC 5280 4.2",
            "extension",
            Made::with(|it| it.extensions.push(alt_names(&[(0x82, b"example.test")]))),
        ),
        (
            "RFC 5280 4.2",
            "extension",
            Made::with(|it| it.extensions.push(extension(99, true, &[5, 0]))),
        ),
        ("RFC 5280 4.2.1.3", "keyUsage", Made::with(|it| it.extensions.push(usage(&[3, 2, 2, 4])))),
        (
            "RFC 5280 4.2.1.3",
            "keyUsage",
            Made::with(|it| {
                it.extensions.extend([usage(&[3, 2, 7, 0x80]), ca(true), subject_key()])
            }),
        ),
        ("RFC 5280 4.2.1.3", "keyUsage", Made::with(|it| it.extensions.push(usage(&[3, 1, 0])))),
        (
            "RFC 5280 4.2.1.9",
            "basicConstraints",
            Made::with(|it| it.extensions.extend(of_authority(ca(false)))),
        ),
        (
            "RFC 5280 4.2.1.9",
            "pathLenConstraint",
            Made::with(|it| it.extensions.push(extension(19, true, &[0x30, 3, 2, 1, 0]))),
        ),
        (
            "RFC 5280 4.2.1.4",
            "policyIdentifier",
            Made::with(|it| {
                let policy = tlv(0x30, &[&[6, 2, 0x2a, 3]]);
                it.extensions.push(extension(32, false, &tlv(0x30, &[&policy, &policy])));
            }),
        ),
        (
            "RFC 5280 4.2.1.10",
            "nameConstraints",
            Made::with(|it| {
                let subtree = tlv(0x30, &[&tlv(0x82, &[b"example.test"])]);
                let permitted = tlv(0x30, &[&tlv(0xa0, &[&subtree])]);
                it.extensions.push(extension(30, false, &permitted));
                it.extensions.extend(of_authority(ca(true)));
            }),
        ),
        (
            "RFC 5280 4.2.1.11",
            "policyConstraints",
            Made::with(|it| it.extensions.push(extension(36, false, &[0x30, 3, 0x80, 1, 0]))),
        ),
        (
            "RFC 5280 4.2.1.14",
            "inhibitAnyPolicy",
            Made::with(|it| {
                it.extensions.push(extension(54, false, &[2, 1, 0]));
                it.extensions.extend(of_authority(extension(19, true, &[0x30, 3, 1, 1, 0xff])));
            }),
        ),
        ("RFC 5280 A.1", "subject", Made::with(|it| it.subject = name(&[b'x'; 65]))),
        (
            "RFC 5280 A.1",
            "subject",
            Made::with(|it| {
                let country = tlv(0x30, &[&[6, 3, 0x55, 4, 6], &tlv(0x13, &[b"GER"])]);
                it.subject = tlv(0x30, &[&tlv(0x31, &[&country])]);
            }),
        ),
        ("RFC 9525 4.1", "subject", Made::with(|it| it.extensions = vec![usage(&[3, 2, 7, 0x80])])),
        ("RFC 5280 4.2.1.6", "subject", Made::with(|it| it.subject = vec![0x30, 0])),
        (
            "RFC 5280 4.2.1.6",
            "subjectAltName",
            Made::with(|it| it.extensions = vec![alt_names(&[])]),
        ),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, b"")])),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, b"a_b.test")])),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, b".example.test")])),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, b"bad..test")])),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, b"-a.test")])),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, b"a.b-.test")])),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, b"*.-.test")])),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, b"a.test.")])),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, &long_name(64, 0))])),
        ("RFC 5280 4.2.1.6", "dNSName", names(&[(0x82, &long_name(63, 254))])),
        ("RFC 9525 3", "dNSName", names(&[(0x82, b"192.0.2.1")])),
        ("RFC 9525 6.3", "dNSName", names(&[(0x82, b"*")])),
        ("RFC 9525 6.3", "dNSName", names(&[(0x82, b"www.*.test")])),
        ("RFC 9525 6.3", "dNSName", names(&[(0x82, b"w*.example.test")])),
        ("CA/B Forum BR 3.2.2.6", "dNSName", names(&[(0x82, b"*.test")])),
        ("RFC 5280 4.2.1.6", "rfc822Name", with_name(0x81, b"postmaster")),
        ("RFC 5280 4.2.1.6", "rfc822Name", with_name(0x81, b"@example.test")),
        ("RFC 5280 4.2.1.6", "uniformResourceIdentifier", with_name(0x86, b"/relative")),
        ("RFC 5280 4.2.1.6", "uniformResourceIdentifier", with_name(0x86, b"//host/relative")),
        ("RFC 5280 4.2.1.6", "uniformResourceIdentifier", with_name(0x86, b"urn:")),
        (
            "RFC 5280 4.1.2.6",
            "subject",
            Made::with(|it| it.subject = name(b"example.test\0.evil.test")),
        ),
        ("RFC 6962 3.1", "poison", Made::with(|it| it.extensions.push(poison(&[])))),
        (
            "RFC 5280 4.1.1.3",
            "signatureValue",
            Made::with(|it| (it.unused, it.signature) = (4, vec![0x90; 256])),
        ),
        ("RFC 5280 4.1.2.7", "subjectPublicKey", Made::with(|it| it.key = unused_bits())),
        ("RFC 5280 4.2.1.6", "iPAddress", names(&[(0x87, &[192, 0, 2, 1, 255, 255, 255, 0])])),
    ];
    for (section, field, made) in cases {
        let notices = made.notices();
        let [notice] = &notices[..] else { panic!("{section} {field}: {notices:?}") };
        assert_eq!((notice.reference, notice.field), (section, field), "{notice}");
        assert_eq!(notice.kind, Kind::Notice);
    }
}

/// The name of a host whose first label is so long, and it in all.
fn long_name(label: usize, whole: usize) -> Vec<u8> {
    let rest = whole.saturating_sub(label).max(2);
    let letters = [b'x'].iter().cycle().take(label);
    letters.chain(b".aaa".iter().cycle().take(rest)).copied().collect()
}

/// A name of another kind beside that of the host.
fn with_name(kind: u8, name: &[u8]) -> Made {
    names(&[(0x82, b"example.test"), (kind, name)])
}

/// A key of Ed25519 of which the last bit is said to be unused.
fn unused_bits() -> Vec<u8> {
    let id = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
    tlv(0x30, &[&id, &tlv(3, &[&[1], &[2; 32]])])
}

#[test]
fn other_names_and_a_critical_poison_are_as_they_should_be() {
    for (kind, name) in [
        (0x81, &b"postmaster@example.test"[..]),
        (0x81, b"\"a@b\"@example.test"),
        (0x86, b"https://example.test/"),
        (0x86, b"urn:isbn:1"),
        (0x86, b"spiffe://example.test/a"),
    ] {
        assert_eq!(with_name(kind, name).notices(), []);
    }
    assert_eq!(Made::with(|it| it.extensions.push(poison(&[1, 1, 0xff]))).notices(), []);
}

/// RFC 1034 sections 3.1 and 3.5, RFC 1123 section 2.1: how long a name may be, and what is in it.
#[test]
fn names_at_their_bounds_are_as_they_should_be() {
    let long = [long_name(63, 0), long_name(63, 253)];
    for name in [&b"3com.test"[..], b"a--b.test", b"xn--4ca.test", b"a", &long[0], &long[1]] {
        assert_eq!(names(&[(0x82, name)]).notices(), [], "{name:?}");
    }
    let found = |name: &[u8]| names(&[(0x82, name)]).notices()[0].fault.found();
    assert_eq!((found(&long_name(64, 0)), found(&long_name(63, 254))), ("64".into(), "254".into()));
}

/// RFC 5280 sections 4.2.1.1 to 4.2.1.3: what an authority writes into each certificate, unless it is
/// older than the rule, of a version without extensions, or its own.
#[test]
fn what_an_authority_owes() {
    let told = |made: &Made| {
        let notices = made.notices();
        notices.iter().map(|it| (it.field, it.fault.expected(), it.reference)).collect::<Vec<_>>()
    };
    let own_key = "authorityKeyIdentifier, as it is not signed by its own key";
    let mut made = Made::with(|it| it.authority_key.clear());
    assert_eq!(told(&made), [("issuer", own_key.into(), "RFC 5280 4.2.1.1")]);
    made.validity = times(b"\x17\x0d980101000000Z", b"\x17\x0d270101000000Z");
    assert_eq!(told(&made), []);
    let own = Made::with(|it| (it.authority_key, it.subject) = (vec![], it.issuer.clone()));
    assert_eq!(told(&own), []);
    let first = Made::with(|it| {
        it.version.clear();
        it.authority_key.clear();
        it.extensions.clear();
    });
    let references: Vec<_> = told(&first).iter().map(|it| it.2).collect();
    assert_eq!(references, ["RFC 9525 4.1"]);
    let by_number = tlv(0x30, &[&[0xa1, 3, 0x82, 1, b'a'], &[0x82, 1, 5]]);
    let by_number = Made::with(|it| it.authority_key = extension(35, false, &by_number));
    let expected = [("authorityKeyIdentifier", "a keyIdentifier".into(), "RFC 5280 4.2.1.1")];
    assert_eq!(told(&by_number), expected);

    let constraints = || extension(19, true, &[0x30, 3, 1, 1, 0xff]);
    let mut authority = Made::with(|it| it.extensions.extend(of_authority(constraints())));
    assert_eq!(told(&authority), []);
    authority.extensions.truncate(2);
    let lacks = |what: &str, reference| ("basicConstraints", what.into(), reference);
    let key = lacks("subjectKeyIdentifier, as it is a CA", "RFC 5280 4.2.1.2");
    let usage = lacks("keyUsage, as it is a CA", "RFC 5280 4.2.1.3");
    assert_eq!(told(&authority), [key.clone(), usage]);
    // Its own key may be all that it signs.
    let root = Made::with(|it| {
        (it.subject, it.extensions) = (it.issuer.clone(), authority.extensions.clone());
    });
    assert_eq!(told(&root), std::slice::from_ref(&key));
    authority.validity = times(b"\x17\x0d010101000000Z", b"\x17\x0d270101000000Z");
    assert_eq!(told(&authority), [key]);
    authority.validity = times(b"\x17\x0d980101000000Z", b"\x17\x0d270101000000Z");
    assert_eq!(told(&authority), []);
}

/// RFC 5280 section 4.1.2.6: strings of old stay in names that had them, as that of an authority may be.
#[test]
fn strings_of_old_are_not_for_new_names() {
    let subject = |identifier: u8, value: &[u8]| {
        let attribute = tlv(0x30, &[COMMON_NAME, &tlv(identifier, &[value])]);
        let subject = tlv(0x30, &[&tlv(0x31, &[&attribute])]);
        Made::with(|it| it.subject = subject)
    };
    let told = |made: &Made| {
        let notices = made.notices();
        notices.iter().map(|it| (it.field, it.fault.found(), it.reference)).collect::<Vec<_>>()
    };
    for (identifier, value, found) in [
        (0x14, &b"a"[..], "a TeletexString"),
        (0x1c, b"\0\0\0a", "a UniversalString"),
        (0x1e, b"\0a", "a BMPString"),
    ] {
        let mut made = subject(identifier, value);
        assert_eq!(told(&made), [("subject", found.to_owned(), "RFC 5280 4.1.2.6")]);
        made.extensions.extend(of_authority(extension(19, true, &[0x30, 3, 1, 1, 0xff])));
        assert_eq!(told(&made), []);
        let mut made = subject(identifier, value);
        made.validity = times(b"\x17\x0d031231000000Z", b"\x17\x0d270101000000Z");
        assert_eq!(told(&made), []);
    }
    assert_eq!(told(&subject(0x13, b"a")), []);
}

/// RFC 5280 section 4.2.1.10: a network of which nothing is given is all there are.
#[test]
fn a_network_of_all_addresses_is_told_as_such() {
    let words = |network: &[u8]| {
        let subtree = tlv(0x30, &[&tlv(0x87, &[network])]);
        let names = tlv(0x30, &[&tlv(0xa1, &[&subtree])]);
        let bytes = Made::with(|it| it.extensions.push(extension(30, true, &names))).bytes();
        let tree = Ours::certificate(&bytes).tree;
        let leaf = tree.leaves().find(|leaf| leaf.name == "iPAddress").unwrap();
        leaf.words(&bytes).unwrap()
    };
    assert_eq!(words(&[0; 8]), "every IPv4 address");
    assert_eq!(words(&[0; 32]), "every IPv6 address");
    assert_eq!(words(&[10, 0, 0, 0, 255, 0, 0, 0]), "10.0.0.0/8");
    assert_eq!(words(&[10, 0, 0, 0, 0, 0, 0, 0]), "10.0.0.0/0");
}

/// RFC 5280 section 4.2: what an authority must not mark as critical.
#[test]
fn what_a_validator_may_pass_over() {
    let no_key: &[u8] = &[4, 1, 7];
    let access = tlv(0x30, &[&tlv(0x30, &[&[6, 8, 0x2b, 6, 1, 5, 5, 7, 48, 1], &[0x86, 1, b'x']])]);
    let point = tlv(0x30, &[&tlv(0x30, &[&tlv(0xa2, &[&[0x82, 1, b'a']])])]);
    let of_access = |critical: &[u8]| {
        let id = tlv(6, &[AUTHORITY_INFO_ACCESS]);
        tlv(0x30, &[&id, critical, &tlv(4, &[&access])])
    };
    let told = |extension: Vec<u8>| {
        let notices = Made::with(|it| it.extensions.push(extension)).notices();
        notices.iter().map(|it| (it.reference, it.field)).collect::<Vec<_>>()
    };
    for (last, value, field, section) in [
        (14, no_key, "subjectKeyIdentifier", "RFC 5280 4.2.1.2"),
        (46, &point, "freshestCRL", "RFC 5280 4.2.1.15"),
    ] {
        assert_eq!(told(extension(last, false, value)), []);
        assert_eq!(told(extension(last, true, value)), [(section, field)]);
    }
    assert_eq!(told(of_access(&[])), []);
    let authority_key = extension(35, true, &[0x30, 3, 0x80, 1, 7]);
    let notices = Made::with(|it| it.authority_key = authority_key).notices();
    let [notice] = &notices[..] else { panic!("{notices:?}") };
    assert_eq!((notice.reference, notice.field), ("RFC 5280 4.2.1.1", "authorityKeyIdentifier"));
    let critical = told(of_access(&[1, 1, 0xff]));
    assert_eq!(critical, [("RFC 5280 4.2.2.1", "authorityInfoAccess")]);
}

/// RFC 5280 sections 4.1.2.4, 4.1.2.9 and 4.2: what must hold something.
#[test]
fn what_must_not_be_empty() {
    let told = |made: Made| {
        let notices = made.notices();
        notices.iter().map(|it| (it.reference, it.field)).collect::<Vec<_>>()
    };
    let issuer = told(Made::with(|it| it.issuer = vec![0x30, 0]));
    assert_eq!(issuer, [("RFC 5280 4.1.2.4", "issuer")]);
    let part = told(Made::with(|it| it.subject = vec![0x30, 2, 0x31, 0]));
    assert_eq!(part, [("RFC 5280 4.1.2.4", "RelativeDistinguishedName")]);
    // An empty list of extensions lacks the key of its issuer and the names of hosts, too.
    let none = told(Made::with(|it| it.has_no_extensions = true));
    let expected = [
        ("RFC 5280 4.1.2.9", "extensions"),
        ("RFC 5280 4.2.1.1", "issuer"),
        ("RFC 9525 4.1", "subject"),
    ];
    assert_eq!(none, expected);
    for (last, critical, field, section) in [
        (9, false, "subjectDirectoryAttributes", "RFC 5280 4.2.1.8"),
        (18, false, "issuerAltName", "RFC 5280 4.2.1.7"),
        (30, true, "nameConstraints", "RFC 5280 4.2.1.10"),
        (31, false, "cRLDistributionPoints", "RFC 5280 4.2.1.13"),
        (32, false, "certificatePolicies", "RFC 5280 4.2.1.4"),
        (33, false, "policyMappings", "RFC 5280 4.2.1.5"),
        (36, true, "policyConstraints", "RFC 5280 4.2.1.11"),
        (37, false, "extKeyUsage", "RFC 5280 4.2.1.12"),
        (46, false, "freshestCRL", "RFC 5280 4.2.1.15"),
    ] {
        let empty = extension(last, critical, &[0x30, 0]);
        let found = told(Made::with(|it| it.extensions.push(empty)));
        assert_eq!(found, [(section, field)]);
    }
    let point = |inside: &[u8]| {
        let points = tlv(0x30, &[&tlv(0x30, &[inside])]);
        told(Made::with(|it| it.extensions.push(extension(31, false, &points))))
    };
    let lost = [("RFC 5280 4.2.1.13", "DistributionPoint")];
    assert_eq!(point(&[]), lost);
    assert_eq!(point(&[0x81, 2, 7, 0x80]), lost);
    assert_eq!(point(&[0xa2, 3, 0x82, 1, b'a']), []);
}

/// RFC 5280 sections 4.2.1.9 to 4.2.1.11 and 4.2.1.14: limits to what stands below an authority.
#[test]
fn limits_that_cannot_be() {
    let told = |made: Made| {
        let notices = made.notices();
        notices.iter().map(|it| (it.field, it.fault.found(), it.reference)).collect::<Vec<_>>()
    };
    let with = |own: Vec<u8>, constraints: &[u8]| {
        told(Made::with(|it| {
            it.extensions.push(own);
            it.extensions.extend(of_authority(extension(19, true, constraints)));
        }))
    };
    const CA: &[u8] = &[0x30, 3, 1, 1, 0xff];
    let one = |field, found: &str, section| vec![(field, found.to_owned(), section)];
    let negative = |field, section| one(field, "a negative one", section);
    let length = |length: u8| {
        told(Made::with(|it| {
            let constraints = extension(19, true, &[0x30, 6, 1, 1, 0xff, 2, 1, length]);
            it.extensions.extend(of_authority(constraints));
        }))
    };
    assert_eq!(length(0), []);
    assert_eq!(length(0xff), negative("pathLenConstraint", "RFC 5280 4.2.1.9"));
    for (tag, field) in [(0x80, "requireExplicitPolicy"), (0x81, "inhibitPolicyMapping")] {
        let policy = |count| with(extension(36, true, &[0x30, 3, tag, 1, count]), CA);
        assert_eq!(policy(1), []);
        assert_eq!(policy(0x80), negative(field, "RFC 5280 4.2.1.11"));
    }
    let any = |count| with(extension(54, true, &[2, 1, count]), CA);
    assert_eq!(any(1), []);
    assert_eq!(any(0xfe), negative("inhibitAnyPolicy", "RFC 5280 4.2.1.14"));

    let names = |kind: u8, name: &[u8]| {
        extension(30, true, &tlv(0x30, &[&tlv(0xa0, &[&tlv(0x30, &[&tlv(kind, &[name])])])]))
    };
    const SECTION: &str = "RFC 5280 4.2.1.10";
    assert_eq!(with(names(0x82, b"test"), CA), []);
    assert_eq!(
        told(Made::with(|it| it.extensions.push(names(0x82, b"test")))),
        one("nameConstraints", "some", SECTION,)
    );
    for (network, found) in [
        (&[10, 0, 0, 0, 255, 0, 0, 0][..], None),
        (&[10, 0, 0, 0, 255, 240, 0, 0], None),
        (&[10, 0, 0, 0, 255, 255, 255, 255], None),
        (&[0; 8], None),
        (&[0; 32], None),
        (&[10, 0, 0, 0, 255, 0, 255, 0], Some("another")),
        (&[10, 0, 0, 0, 255, 0x90, 0, 0], Some("another")),
        (&[10, 0, 0, 1], Some("4")),
    ] {
        let expected = found.map_or(vec![], |found| one("iPAddress", found, SECTION));
        assert_eq!(with(names(0x87, network), CA), expected, "{network:?}");
    }
}

/// RFC 5280 sections 4.1.2.8, 4.2.1.1, 4.2.1.5 and 5.2: what an authority does not write.
#[test]
fn what_no_authority_should_write() {
    let told = |made: Made| {
        let notices = made.notices();
        notices.iter().map(|it| (it.field, it.fault.found(), it.reference)).collect::<Vec<_>>()
    };
    let with = |own: Vec<u8>| told(Made::with(|it| it.extensions.push(own)));
    let one = |field, found: &str, section| vec![(field, found.to_owned(), section)];
    let (key, issuer, serial) = ([0x80, 1, 7], [0xa1, 3, 0x82, 1, b'a'], [0x82, 1, 5]);
    let authority = |parts: &[&[u8]]| {
        let own = extension(35, false, &tlv(0x30, parts));
        told(Made::with(|it| it.authority_key = own))
    };
    let half = |found| one("authorityKeyIdentifier", found, "RFC 5280 4.2.1.1");
    assert_eq!(authority(&[&key, &issuer, &serial]), []);
    assert_eq!(authority(&[&key, &serial]), half("authorityCertSerialNumber alone"));
    assert_eq!(authority(&[&key, &issuer]), half("authorityCertIssuer alone"));

    let (any, other) = ([6, 4, 0x55, 0x1d, 0x20, 0], [6, 2, 0x2a, 3]);
    let mappings = |critical, from: &[u8], to: &[u8]| {
        extension(33, critical, &tlv(0x30, &[&tlv(0x30, &[from, to])]))
    };
    let of_ca = |own: Vec<u8>| {
        told(Made::with(|it| {
            it.extensions.push(own);
            let constraints = extension(19, true, &[0x30, 3, 1, 1, 0xff]);
            it.extensions.extend(of_authority(constraints));
        }))
    };
    let mapping = |from: &[u8], to: &[u8]| of_ca(mappings(true, from, to));
    let mapped = one("PolicyMapping", "anyPolicy", "RFC 5280 4.2.1.5");
    assert_eq!(mapping(&other, &[6, 2, 0x2a, 4]), []);
    assert_eq!((mapping(&any, &other), mapping(&other, &any)), (mapped.clone(), mapped));

    // It is of an authority, which says so where nobody may pass over it; before RFC 5280 that was
    // forbidden.
    let another = [6, 2, 0x2a, 4];
    let section = "RFC 5280 4.2.1.5";
    assert_eq!(with(mappings(true, &other, &another)), one("policyMappings", "one", section));
    let passed_over = of_ca(mappings(false, &other, &another));
    assert_eq!(passed_over, one("policyMappings", "one that is not", section));
    let any_policy = with(extension(54, true, &[2, 1, 0]));
    assert_eq!(any_policy, one("inhibitAnyPolicy", "one", "RFC 5280 4.2.1.14"));

    // A direction of what both agree on, where the key is not for that.
    let usage = |bits: &[u8]| with(extension(15, true, &tlv(3, &[bits])));
    let undefined = |found: &str| one("keyUsage", found, "RFC 5280 4.2.1.3");
    assert_eq!(usage(&[0, 0x81]), undefined("encipherOnly"));
    assert_eq!(usage(&[7, 0x80, 0x80]), undefined("decipherOnly"));
    assert_eq!((usage(&[0, 0x89]), usage(&[7, 0x88, 0x80])), (vec![], vec![]));

    // Behind the key, as it is in the version that has them.
    let of_key = |tag| told(Made::with(|it| it.key.extend(tlv(tag, &[&[0, 7]]))));
    for (tag, field) in [(0x81, "issuerUniqueID"), (0x82, "subjectUniqueID")] {
        assert_eq!(of_key(tag), one(field, "one", "RFC 5280 4.1.2.8"));
    }

    let misplaced = one("extension", "one of revocation lists", "RFC 5280 5.2");
    assert_eq!(with(extension(20, false, &[2, 1, 1])), misplaced);
    assert_eq!(with(extension(28, true, &[0x30, 3, 0x81, 1, 0xff])), misplaced);
}

/// RFC 5280 sections 5.2 and 5.3: extensions of a revocation list have their names.
#[test]
fn extensions_of_a_revocation_list_are_read() {
    let point = tlv(0xa0, &[&tlv(0xa0, &[&[0x86, 3, b'a', b':', b'b']])]);
    let issuing = tlv(0x30, &[&point, &[0x81, 1, 0xff], &[0x83, 2, 6, 0x40]]);
    let all = [
        extension(20, false, &[2, 1, 9]),
        extension(27, true, &[2, 1, 8]),
        extension(28, true, &issuing),
    ];
    let entry = tlv(
        0x30,
        &[
            &[2, 1, 5],
            b"\x17\x0d260101000000Z",
            &tlv(0x30, &[&extension(29, true, &tlv(0x30, &[&[0x82, 1, b'a']]))]),
        ],
    );
    let extensions = tlv(0xa0, &[&tlv(0x30, &[&all.concat()])]);
    let time = b"\x17\x0d260101000000Z";
    let parts: &[&[u8]] =
        &[&[2, 1, 1], SHA256_WITH_RSA, &name(b"a"), time, &tlv(0x30, &[&entry]), &extensions];
    let list = tlv(0x30, &[&tlv(0x30, parts), SHA256_WITH_RSA, &tlv(3, &[&[0], &[9; 64]])]);
    let ours = Ours::read(&list, x509::certificate_list);
    assert_eq!(ours.tree.remarks, []);
    let leaf = |name| {
        let mut found = ours.tree.fields.iter().enumerate().filter(|(_, it)| it.name == name);
        let index = found.next().unwrap().0;
        ours.words(index)
    };
    assert_eq!(leaf("CRLNumber").as_deref(), Some("9"));
    assert_eq!(leaf("BaseCRLNumber").as_deref(), Some("8"));
    assert_eq!(leaf("onlySomeReasons").as_deref(), Some("keyCompromise"));
    assert!(
        ["IssuingDistributionPoint", "CertificateIssuer", "onlyContainsUserCerts"]
            .iter()
            .all(|name| ours.tree.find(name).is_some())
    );
}

/// RFC 3279, RFC 4055, RFC 5758 and RFC 8032: parameters, and lengths that the algorithm tells.
#[test]
fn what_stands_beside_an_algorithm_and_how_long_its_values_are() {
    let told = |identifier: &[u8], signature: usize| {
        let notices = Made::with(|it| {
            it.algorithms = [identifier.to_vec(), identifier.to_vec()];
            it.signature = vec![9; signature];
        })
        .notices();
        notices.iter().map(|it| (it.reference, it.fault.found())).collect::<Vec<_>>()
    };
    let identifier = |id: &[u8], parameters: &[u8]| tlv(0x30, &[&tlv(6, &[id]), parameters]);
    let sha256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
    assert_eq!(told(&identifier(sha256, &[5, 0]), 256), []);
    let none = |section| vec![(section, "none".to_owned())];
    assert_eq!(told(&identifier(sha256, &[]), 256), none("RFC 4055 5"));
    let pss: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
    let by_hash = |hash: &[u8]| {
        let hash = tlv(0xa0, &[&tlv(0x30, &[&tlv(6, &[hash]), &[5, 0]])]);
        identifier(pss, &tlv(0x30, &[&hash]))
    };
    assert_eq!(told(&identifier(pss, &[]), 256), none("RFC 4055 3.1"));
    let broken = |section, hash: &str| vec![(section, hash.to_owned())];
    assert_eq!(told(&identifier(pss, &[0x30, 0]), 256), broken("RFC 6194 3", "SHA-1"));
    assert_eq!(told(&by_hash(&[0x2b, 14, 3, 2, 26]), 256), broken("RFC 6194 3", "SHA-1"));
    let md5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5];
    assert_eq!(told(&by_hash(md5), 256), broken("RFC 6151 2", "MD5"));
    assert_eq!(told(&by_hash(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]), 256), []);
    let ed25519 = identifier(&[0x2b, 0x65, 0x70], &[]);
    assert_eq!(told(&ed25519, 64), []);
    assert_eq!(told(&ed25519, 63), broken("RFC 8032 5.1.6", "63"));
    // A key of its own.
    let key = |length: usize| {
        let key = tlv(0x30, &[&ed25519, &tlv(3, &[&[0], &vec![7; length]])]);
        let notices = Made::with(|it| it.key = key).notices();
        notices.iter().map(|it| (it.reference, it.field)).collect::<Vec<_>>()
    };
    assert_eq!(key(32), []);
    assert_eq!(key(31), [("RFC 8032 5.1.5", "subjectPublicKey")]);
    let without_null = Made::with(|it| {
        let at = it.key.windows(2).position(|two| two == [5, 0]).unwrap();
        let numbers = it.key[at + 2..].to_vec();
        let id = tlv(0x30, &[&it.key[6..at]]);
        it.key = tlv(0x30, &[&id, &numbers]);
    });
    let notices = without_null.notices();
    let told: Vec<_> = notices.iter().map(|it| (it.reference, it.field)).collect();
    assert_eq!(told, [("RFC 3279 2.3.1", "algorithm")]);
    // A signature by ECDSA has two numbers in it.
    let numbers = [0x30, 6, 2, 1, 1, 2, 1, 1];
    let ecdsa = |parameters| {
        let own = identifier(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], parameters);
        let notices = Made::with(|it| {
            it.algorithms = [own.clone(), own];
            it.signature = numbers.to_vec();
        })
        .notices();
        notices.iter().map(|it| (it.reference, it.fault.found())).collect::<Vec<_>>()
    };
    assert_eq!(ecdsa(&[]), []);
    assert_eq!(ecdsa(&[5, 0]), broken("RFC 5758 3.2", "NULL"));
}

#[test]
fn bounds_of_names_count_characters_and_not_bytes() {
    let subject = "ä".repeat(64);
    assert_eq!(Made::with(|it| it.subject = name(subject.as_bytes())).notices(), []);
    let nobody = Made::with(|it| it.subject = name(b"")).notices();
    let [remark] = &nobody[..] else { panic!("{nobody:?}") };
    let told = "subject: expected one character at least, found 0 (RFC 5280 A.1)";
    assert_eq!(remark.to_string(), told);
}

#[test]
fn a_summary_has_the_names_of_hosts_and_others_where_there_are_none() {
    let (dns, ip) = ((0x82, &b"a.test"[..]), (0x87, &[192, 0, 2, 1][..]));
    let ip6 = (0x87, &[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1][..]);
    let (email, uri) = ((0x81, &b"me@a.test"[..]), (0x86, &b"spiffe://a.test/me"[..]));
    for (given, told) in [
        (&[ip, dns, ip6][..], &["a.test", "192.0.2.1", "2001:db8::1"][..]),
        (&[email, uri, ip], &["192.0.2.1"]),
        (&[uri, email], &["me@a.test", "spiffe://a.test/me"]),
        (&[], &[]),
    ] {
        let facts =
            CertificateFacts::of(&Made::with(|it| it.extensions = vec![alt_names(given)]).bytes());
        assert_eq!(facts.names(), told);
    }
}

#[test]
fn a_summary_says_what_the_tree_says() {
    let subject = |attribute: &[u8], value: &[u8]| {
        let subject = tlv(0x30, &[&tlv(0x31, &[&tlv(0x30, &[attribute, value])])]);
        let facts = CertificateFacts::of(&Made::with(|it| it.subject = subject).bytes());
        assert_eq!(facts.issuer.as_deref(), Some("CN=authority"));
        assert_eq!(facts.dns_names, ["example.test", "*.example.test"]);
        facts.subject.unwrap()
    };
    for (identifier, value, words) in [
        (0x0c, &b"example.test"[..], "CN=example.test"),
        (0x14, b"Z\xfcrich", "CN=Zürich"),
        (0x14, "Zürich".as_bytes(), "CN=Zürich"),
        (0x14, b"\x9b2J", "CN=\\u{9b}2J"),
        (0x0c, b"\xff\xfe", "CN=\\xff\\xfe"),
        (0x1e, b"\0Z\0\xfc", "CN=Zü"),
        // In pieces, empty, and what is no string.
        (0x2c, b"\x0c\x01a\x0c\x01b", "CN=ab"),
        (0x0c, b"", "CN="),
        (0x02, b"\x05", "CN=5"),
        (0x04, b"\x05", "CN=#040105"),
        (0x30, b"\x02\x01\x05", "CN=#3003020105"),
    ] {
        assert_eq!(subject(COMMON_NAME, &tlv(identifier, &[value])), words);
    }
    assert_eq!(subject(&[6, 3, 0x55, 4, 65], &tlv(0x0c, &[b"ps"])), "pseudonym=ps");
    // An attribute that nobody knows, and one without an identifier.
    assert_eq!(subject(&[6, 2, 0x2a, 3], &tlv(0x0c, &[b"x"])), "1.2.3=x");
    assert_eq!(subject(&[5, 0], &tlv(0x0c, &[b"x"])), "?=x");

    let key = |key: Vec<u8>| CertificateFacts::of(&Made::with(|it| it.key = key).bytes()).key;
    assert_eq!(key(rsa(&[&[0, 0x80], &[1; 255][..]].concat(), &[3])).unwrap(), "RSA 2048");
    let negative = key(rsa(&[0x80; 128], &[3])).unwrap();
    assert_eq!(negative, "RSA, with the modulus negative");
    assert_eq!(key(on_curve(&[5, 0], &point(4, 48))).unwrap(), "EC, implied by its issuer");
    for (file, key) in [
        ("ecdsa-explicit-curve", "EC, written out (256 bits)"),
        ("rsa-pss", "id-RSASSA-PSS 2048"),
        ("ed25519", "id-Ed25519"),
        ("ecdsa-p384", "EC secp384r1"),
    ] {
        let bytes = std::fs::read(path(&format!("testdata/certificates/{file}.der"))).unwrap();
        assert_eq!(CertificateFacts::of(&bytes).key.as_deref(), Some(key), "{file}");
    }
}

#[test]
fn a_summary_of_ber_is_that_of_the_same_in_der() {
    let der = Made::new().bytes();
    let facts =
        |bytes: &[u8]| CertificateFacts { sha256: String::new(), ..CertificateFacts::of(bytes) };
    assert_eq!(facts(&der).not_after.as_deref(), Some("2027-01-01T00:00:00Z"));
    assert_eq!(facts(&der).signature_algorithm.as_deref(), Some("sha256WithRSAEncryption"));
    // Lengths that stand in no field but end with two zeros, of both outer sequences.
    let tbs_length = 4 + usize::from(u16::from_be_bytes([der[6], der[7]]));
    let (tbs, behind) = der[4..].split_at(tbs_length);
    let ber = [&[0x30, 0x80, 0x30, 0x80], &tbs[4..], &[0, 0], behind, &[0, 0]].concat();
    assert_eq!(facts(&ber), facts(&der));
}

#[test]
fn a_day_that_no_month_has_is_no_date() {
    let made = Made::with(|it| {
        it.validity = times(b"\x17\x0d260101000000Z", b"\x17\x0d350230000000Z");
    });
    let remarks = Ours::certificate(&made.bytes()).tree.remarks;
    let [remark] = &remarks[..] else { panic!("{remarks:?}") };
    assert_eq!((remark.field, remark.kind), ("notAfter", Kind::Form));
    let facts = CertificateFacts::of(&made.bytes());
    assert_eq!((facts.not_before.is_some(), facts.not_after), (true, None));
}

#[test]
fn a_signature_in_pieces_is_one_all_the_same() {
    let whole = tlv(3, &[&[0], &[9; 256]]);
    let pieces = tlv(0x23, &[&tlv(3, &[&[0], &[9; 128]]), &tlv(3, &[&[0], &[9; 128]])]);
    let der = Made::new().bytes();
    let inside = der[4..].strip_suffix(&whole[..]).unwrap();
    let bytes = tlv(0x30, &[inside, &pieces]);
    let tree = Ours::certificate(&bytes).tree;
    let [remark] = &tree.remarks[..] else { panic!("{:?}", tree.remarks) };
    assert_eq!((remark.reference, remark.field), ("X.690 10.2", "signatureValue"));
    assert_eq!(tree.find("signatureValue").unwrap().range().len(), pieces.len());
}

/// X.690 section 8.7.3: what an extension says is read through the piece in which it stands. Where
/// there are several, nothing is said of what may be in them.
#[test]
fn an_extension_in_pieces_is_one_all_the_same() {
    let names = tlv(0x30, &[&tlv(0x82, &[b"example.test"])]);
    let in_pieces = |pieces: &[&[u8]]| {
        let pieces: Vec<u8> = pieces.iter().flat_map(|piece| tlv(4, &[piece])).collect();
        let extension = tlv(0x30, &[&[0x06, 3, 0x55, 0x1d, 17], &tlv(0x24, &[&pieces])]);
        Made::with(|it| it.extensions = vec![extension]).bytes()
    };
    let one = in_pieces(&[&names]);
    let several = in_pieces(&[&names[..5], &names[5..]]);
    for (bytes, hosts) in [(&one, &["example.test"][..]), (&several, &[])] {
        let tree = Ours::certificate(bytes).tree;
        tree.check_tiling(bytes.len()).unwrap();
        let told: Vec<_> = tree.remarks.iter().map(|it| (it.reference, it.field)).collect();
        assert_eq!(told, [("X.690 10.2", "extnValue")]);
        assert_eq!(CertificateFacts::of(bytes).dns_names, hosts);
    }
}

#[test]
fn a_limit_of_depth_is_told_where_lengths_are_indefinite() {
    let made = Made::with(|it| it.extensions.push(extension(99, false, &[0x30, 0x80].repeat(90))));
    let bytes = made.bytes();
    let tree = Ours::certificate(&bytes).tree;
    tree.check_tiling(bytes.len()).unwrap();
    let deep = tree.remarks.iter().filter(|remark| remark.fault.found() == "one deeper");
    assert_eq!(deep.count(), 1, "{:?}", tree.remarks);
}

#[test]
fn small_serial_numbers_are_numbers() {
    for (content, words) in [
        (&[1][..], "1"),
        (&[0], "0"),
        (&[0xf0], "-16"),
        (&[0x7f; 8], "9187201950435737471"),
        (&[0x7f; 9], "9 bytes"),
        (&[0xf0; 9], "negative"),
    ] {
        let bytes = Made::with(|it| it.serial = tlv(2, &[content])).bytes();
        let tree = Ours::certificate(&bytes).tree;
        let leaves: Vec<_> = tree.leaves().filter(|leaf| leaf.name == "serialNumber").collect();
        let [leaf] = leaves[..] else { panic!("{leaves:?}") };
        assert_eq!(leaf.own(&bytes), content);
        assert_eq!(leaf.words(&bytes).as_deref(), Some(words));
    }
}

fn names(names: &[(u8, &[u8])]) -> Made {
    Made::with(|it| it.extensions = vec![alt_names(names)])
}

#[test]
fn without_a_subject_the_names_must_be_there_and_critical() {
    let found = |names: Vec<Vec<u8>>| {
        let made = Made::with(|it| {
            it.subject = vec![0x30, 0];
            it.extensions = names;
        });
        let of_subject = |remark: &&Remark| remark.fault.expected().contains("a critical");
        made.notices().iter().find(of_subject).map(|remark| remark.fault.found())
    };
    let names = tlv(0x30, &[&tlv(0x82, &[b"example.test"])]);
    assert_eq!(found(vec![]).as_deref(), Some("none"));
    let beside = found(vec![extension(17, false, &names)]);
    assert_eq!(beside.as_deref(), Some("one that is not critical"));
    assert_eq!(found(vec![extension(17, true, &names)]), None);
}

#[test]
fn of_many_bad_names_one_is_said() {
    let many: Vec<(u8, &[u8])> = vec![(0x82, b"a_b.test"); 1000];
    assert_eq!(names(&many).notices().len(), 1);
}

#[test]
fn a_certificate_tells_from_when_to_when_it_is_good() {
    let (from, to) = x509::validity(&Made::new().bytes()).unwrap();
    assert_eq!((from.seconds(), to.seconds()), (1_767_225_600, 1_798_761_600));
    assert_eq!(x509::validity(&[0x30, 0x00]), None);
    for Sample { name, bytes } in all_certificates() {
        let (_, theirs) = x509_parser::parse_x509_certificate(&bytes).unwrap();
        let (from, to) = x509::validity(&bytes).unwrap();
        let theirs = theirs.validity();
        assert_eq!(from.seconds(), theirs.not_before.timestamp(), "{name}");
        assert_eq!(to.seconds(), theirs.not_after.timestamp(), "{name}");
    }
}

#[test]
fn a_key_by_itself_is_told_from_a_certificate_and_read_as_in_one() {
    for Sample { name, bytes } in all_certificates() {
        assert!(!x509::looks_like_public_key_info(&bytes), "{name}");
        let whole = Ours::certificate(&bytes);
        let key = &bytes[whole.range(&["tbsCertificate", "subjectPublicKeyInfo"])];
        assert!(x509::looks_like_public_key_info(key), "{name}");
        let alone = Ours::read(key, x509::public_key_info).tree;
        let within = whole.element(&["tbsCertificate", "subjectPublicKeyInfo"]);
        let within = &whole.tree.fields[within..][..alone.fields.len()];
        // But for the name of the outermost.
        let names: Vec<_> = alone.fields.iter().skip(1).map(|field| field.name).collect();
        assert!(within.iter().skip(1).map(|field| field.name).eq(names), "{name}");
    }
}

/// The first list of timestamps of a sample, as it stands on the wire.
fn timestamps(bytes: &[u8]) -> Option<&[u8]> {
    let tree = Ours::certificate(bytes).tree;
    tree.find("sct_list").map(|list| &bytes[list.range()])
}

/// static-ct-api: a log says which of its entries it is. What has another form stays as it is.
#[test]
fn a_timestamp_says_which_entry_of_its_log_it_is() {
    let signed = |algorithm: [u8; 2], extensions: &[u8]| {
        let sized = [&[0, u8::try_from(extensions.len()).unwrap()][..], extensions].concat();
        let timestamp = [0, 0, 1, 0x99, 0, 0, 0, 0];
        let sct = [&[0][..], &[7; 32], &timestamp, &sized, &algorithm, &[0, 2, 9, 9]].concat();
        let list = [&[0, u8::try_from(sct.len()).unwrap()][..], &sct].concat();
        let list = [&[0, u8::try_from(list.len()).unwrap()][..], &list].concat();
        let mut r = Reader::<Tree>::new(&list, Context::default());
        let value = SignedCertificateTimestampList::read(&mut r, "sct_list").unwrap();
        assert_eq!(value.0.0[0].timestamp().unwrap().to_bytes(), value.0.0[0].0);
        let tree = r.finish();
        tree.check_tiling(list.len()).unwrap();
        let index = tree.leaves().find(|field| field.name == "leaf_index");
        (index.and_then(|field| field.words(&list)), tree.remarks.len())
    };
    let shown = |extensions: &[u8]| signed([4, 1], extensions);
    assert_eq!(shown(&[0, 0, 5, 0, 0x12, 0x34, 0x56, 0x78]), (Some("305419896".to_owned()), 0));
    assert_eq!(shown(&[]), (None, 0));
    assert_eq!(shown(&[9, 9, 9]), (None, 0));
    // Logs sign with SHA-256 alone, RFC 6962 section 2.1.4.
    assert_eq!(signed([2, 1], &[]), (None, 1));
}

#[test]
fn timestamps_of_real_logs_come_back_to_the_byte() {
    let certificates = all_certificates();
    let mut count = 0;
    for list in certificates.iter().filter_map(|sample| timestamps(&sample.bytes)) {
        let value = SignedCertificateTimestampList::decode(list, Context::default()).unwrap();
        assert_eq!(value.to_bytes(), list);
        for sct in &value.0.0 {
            assert_eq!(sct.timestamp().unwrap().to_bytes(), sct.0);
            count += 1;
        }
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn a_timestamp_of_a_later_version_does_not_hide_the_one_behind_it() {
    let certificates = all_certificates();
    let list = certificates.iter().find_map(|sample| timestamps(&sample.bytes)).unwrap();
    let mut value = SignedCertificateTimestampList::decode(list, Context::default()).unwrap();
    value.0.0.insert(0, SerializedSct(vec![1, 2, 3]));
    let bytes = value.to_bytes();
    let mut r = Reader::<Tree>::new(&bytes, Context::default());
    assert_eq!(SignedCertificateTimestampList::read(&mut r, "sct_list"), Ok(value));
    let tree = r.finish();
    tree.check_tiling(bytes.len()).unwrap();
    let [remark] = &tree.remarks[..] else { panic!("{:?}", tree.remarks) };
    assert_eq!((remark.field, remark.kind), ("sct_version", Kind::Notice));
    assert!(tree.find("timestamp").is_some());
}

#[test]
fn addresses_and_numbers_of_networks_are_known_and_read() {
    let resource = |last: u8, value: &[u8]| {
        let id = [6, 8, 0x2b, 6, 1, 5, 5, 7, 1, last];
        tlv(0x30, &[&id, &[1, 1, 0xff], &tlv(4, &[value])])
    };
    // 10.0.0.0/8 and a range of IPv4; what the issuer has of IPv6.
    let range = tlv(0x30, &[&[3, 2, 0, 11], &[3, 3, 1, 12, 4]]);
    let ipv4 = tlv(0x30, &[&[4, 2, 0, 1], &tlv(0x30, &[&[3, 2, 0, 10], &range])]);
    let ipv6 = tlv(0x30, &[&[4, 3, 0, 2, 1], &[5, 0]]);
    let blocks = tlv(0x30, &[&ipv4, &ipv6]);
    // A number and a range of them, and what the issuer has.
    let range = tlv(0x30, &[&[2, 1, 64], &[2, 1, 99]]);
    let listed = tlv(0xa0, &[&tlv(0x30, &[&[2, 1, 7], &range])]);
    let numbers = tlv(0x30, &[&listed, &[0xa1, 2, 5, 0]]);
    for (blocks_id, numbers_id) in [(7, 8), (28, 29)] {
        let made = Made::with(|it| {
            it.extensions.push(resource(blocks_id, &blocks));
            it.extensions.push(resource(numbers_id, &numbers));
        });
        assert_eq!(made.notices(), []);
        let bytes = made.bytes();
        let tree = Ours::certificate(&bytes).tree;
        for name in ["addressPrefix", "addressRange", "inherit", "asIdsOrRanges", "range"] {
            assert!(tree.find(name).is_some(), "{name}");
        }
        let leaf = |name: &str| {
            let leaf = tree.leaves().find(|field| field.name == name);
            leaf.and_then(|field| field.words(&bytes))
        };
        assert_eq!(leaf("addressFamily").as_deref(), Some("IPv4"));
        assert_eq!(leaf("id").as_deref(), Some("7"));
        assert_eq!(leaf("addressPrefix").as_deref(), Some("10.0.0.0/8"));
        // The bits that are not there are zeros in the one, and ones in the other.
        assert_eq!(leaf("min").as_deref(), Some("11.0.0.0"));
        assert_eq!(leaf("max").as_deref(), Some("12.5.255.255"));
    }
    // RFC 3779 section 2.2.3.8: parts of a byte, all addresses, one alone, and more than one has.
    let shown = |family: u8, bits: &[u8]| {
        let ours = tlv(0x30, &[&[4, 2, 0, family], &tlv(0x30, &[&tlv(3, &[bits])])]);
        let blocks = tlv(0x30, &[&ours]);
        let bytes = Made::with(|it| it.extensions.push(resource(7, &blocks))).bytes();
        let tree = Ours::certificate(&bytes).tree;
        let leaf = tree.leaves().find(|field| field.name == "addressPrefix");
        leaf.and_then(|field| field.words(&bytes))
    };
    assert_eq!(shown(1, &[4, 172, 16]).as_deref(), Some("172.16.0.0/12"));
    assert_eq!(shown(1, &[0]), None);
    assert_eq!(shown(1, &[0, 192, 0, 2, 1]).as_deref(), Some("192.0.2.1/32"));
    assert_eq!(shown(1, &[0, 192, 0, 2, 1, 1]), None);
    assert_eq!(shown(2, &[1, 0x20, 1, 0xd, 0xb8, 0, 2]).as_deref(), Some("2001:db8:2::/47"));
    assert_eq!(shown(3, &[0, 1, 2]), None);
}

#[test]
fn what_breaks_the_rules_of_its_asn1_is_named_by_its_section() {
    let rdn = |id: &[u8], value: &[u8]| tlv(0x30, &[id, value]);
    let subject = |attributes: &[&[u8]]| tlv(0x30, &[&tlv(0x31, attributes)]);
    let with_subject = |name: Vec<u8>| Made::with(|it| it.subject = name);
    let with_extension = |value: &[u8]| Made::with(|it| it.extensions.push(value.to_vec()));
    let empty = |id: &[u8]| tlv(0x30, &[&tlv(6, &[id]), &[4, 0]]);
    let cases: Vec<(&str, &str, Made)> = vec![
        // Defaults that are written out: v1, critical FALSE, cA FALSE.
        (
            "X.690 11.5",
            "version",
            Made::with(|it| {
                it.version = vec![0xa0, 3, 2, 1, 0];
                it.extensions.clear();
            }),
        ),
        (
            "X.690 11.5",
            "critical",
            with_extension(&tlv(0x30, &[&[6, 3, 0x55, 0x1d, 54, 1, 1, 0], &[4, 3, 2, 1, 0]])),
        ),
        ("X.690 11.5", "cA", with_extension(&extension(19, true, &[0x30, 3, 1, 1, 0]))),
        ("X.690 11.2.2", "KeyUsage", with_extension(&extension(15, true, &[3, 2, 0, 0x80]))),
        // Strings of another type than the attribute has, and a SET out of order.
        (
            "RFC 5280 A.1",
            "UTF8String",
            with_subject(subject(&[&rdn(&[6, 3, 0x55, 4, 6], &tlv(0x0c, &[b"DE"]))])),
        ),
        (
            "RFC 5280 A.1",
            "IA5String",
            with_subject(subject(&[&rdn(COMMON_NAME, &tlv(0x16, &[b"example.test"]))])),
        ),
        (
            "X.690 11.6",
            "SET",
            with_subject(subject(&[
                &rdn(COMMON_NAME, &tlv(0x0c, &[b"b"])),
                &rdn(COMMON_NAME, &tlv(0x0c, &[b"a"])),
            ])),
        ),
        ("X.680 41.1", "dNSName", names(&[(0x82, "Zürich.test".as_bytes())])),
        // What is missing, too much, or something else.
        (
            "RFC 5280 4.1",
            "subjectPublicKey",
            Made::with(|it| it.key = tlv(0x30, &[&[0x30, 5, 6, 3, 0x2b, 0x65, 0x70]])),
        ),
        (
            "RFC 5280 4.1.2.5",
            "notAfter",
            Made::with(|it| it.validity = times(b"\x17\x0d260101000000Z", b"")),
        ),
        // An extension that holds nothing.
        ("RFC 5280 4.2.1.2", "extnValue", with_extension(&extension(14, false, &[]))),
        ("RFC 5280 4.2.1.3", "extnValue", with_extension(&extension(15, true, &[]))),
        ("RFC 5280 4.2.1.9", "extnValue", with_extension(&extension(19, true, &[]))),
        ("RFC 5280 4.2.1.13", "extnValue", with_extension(&extension(31, false, &[]))),
        ("RFC 5280 4.2.1.4", "extnValue", with_extension(&extension(32, false, &[]))),
        ("RFC 5280 4.2.1.1", "extnValue", with_extension(&extension(35, false, &[]))),
        ("RFC 5280 4.2.1.12", "extnValue", with_extension(&extension(37, false, &[]))),
        ("RFC 5280 4.2.2.1", "extnValue", with_extension(&empty(AUTHORITY_INFO_ACCESS))),
        ("RFC 7633 4", "extnValue", with_extension(&empty(TLS_FEATURE))),
        ("RFC 6962 3.3", "extnValue", with_extension(&empty(SCT_LIST))),
        ("", "extnValue", with_extension(&empty(NETSCAPE_CERT_TYPE))),
        ("RFC 5280 4.2.1.14", "trailing", with_extension(&extension(54, true, &[2, 1, 0, 5, 0]))),
        ("RFC 5280 4.2.1.14", "OCTET STRING", with_extension(&extension(54, true, &[4, 1, 0]))),
        ("RFC 5280 4.2.1.7", "tagged", with_extension(&extension(18, false, &[0x30, 2, 0x8f, 0]))),
        ("RFC 5480 2.2", "form", Made::with(|it| it.key = on_curve(SECP256R1, &point(5, 64)))),
        ("RFC 5480 2.2", "form", Made::with(|it| it.key = on_curve(SECP256R1, &point(0, 0)))),
        (
            // RSA without its NULL is fine; Ed25519 with one is not.
            "RFC 8410 3",
            "NULL",
            Made::with(|it| {
                it.key = tlv(0x30, &[&[0x30, 7, 6, 3, 0x2b, 0x65, 0x70, 5, 0], &[3, 2, 0, 1]])
            }),
        ),
    ];
    for (section, field, made) in cases {
        let bytes = made.bytes();
        let remarks = Ours::certificate(&bytes).tree.remarks;
        let forms: Vec<_> = remarks.iter().filter(|remark| remark.kind == Kind::Form).collect();
        let [form] = forms[..] else { panic!("{section} {field}: {forms:?}") };
        assert_eq!((form.reference, form.field), (section, field), "{form}");
    }
}
