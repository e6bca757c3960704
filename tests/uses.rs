//! Keys that are short and signatures over broken hashes, wherever they stand; and whether a server's
//! certificate is one for what it is shown for, and what is stapled to it.

mod common;

use common::connection::{hello, remarks, tls12, tls13};
use common::der::Ours;
use common::made::{Made, SHA1_WITH_RSA, SHA256_WITH_RSA, TLS_FEATURE, extension, name, poison};
use common::made::{rsa, tlv};
use helloscope::names::{CipherSuite, ExtensionType, ProtocolVersion};
use helloscope::transcript::Side;
use helloscope::wire::extension::{
    Block, CertificateStatus, ClientExtension, EntryExtension, Extension, ServerExtension,
};
use helloscope::wire::field::Tree;
use helloscope::wire::grammar::{Context, List, Opaque, Reader};
use helloscope::wire::handshake::Handshake;
use helloscope::wire::handshake::certificate::{
    Asn1Cert, Certificate, Certificate13, CertificateEntry,
};
use helloscope::wire::handshake::encrypted_extensions::EncryptedExtensions;
use helloscope::wire::ocsp::{self, OcspResponse};
use helloscope::wire::x509;

fn integer(number: &[u8]) -> Vec<u8> {
    tlv(2, &[number])
}

/// A number of so many bytes, of which all bits count.
fn long(bytes: usize) -> Vec<u8> {
    [&[0, 0xc1][..], &vec![0x55; bytes - 1]].concat()
}

fn dsa_parameters(bytes: usize) -> Vec<u8> {
    tlv(0x30, &[&integer(&long(bytes)), &integer(&long(28)), &integer(&[2])])
}

fn dsa(bytes: usize) -> Vec<u8> {
    tlv(0x30, &[&[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], &dsa_parameters(bytes)])
}

fn rsa_private(bytes: usize) -> Vec<u8> {
    let small = integer(&[7]);
    let parts = [&integer(&[0]), &integer(&long(bytes)), &integer(&[1, 0, 1])];
    tlv(0x30, &[&parts.map(|it| &it[..]).concat(), &small.repeat(6)])
}

/// What is signed by an algorithm.
fn signed(tbs: &[u8], algorithm: &[u8]) -> Vec<u8> {
    tlv(0x30, &[tbs, algorithm, &tlv(3, &[&[0], &[9; 64]])])
}

/// An answer on each of these: a number, and a status.
fn response(answers: &[(&[u8], &[u8])], algorithm: &[u8]) -> Vec<u8> {
    let time: &[u8] = b"\x18\x0f20260101000000Z";
    let answer = |(number, status): &(&[u8], &[u8])| {
        let sha1: &[u8] = &[0x30, 9, 6, 5, 0x2b, 14, 3, 2, 26, 5, 0];
        let hash = tlv(4, &[&[5; 20]]);
        let certificate = tlv(0x30, &[sha1, &hash, &hash, &integer(number)]);
        tlv(0x30, &[&certificate, status, time])
    };
    let answers = answers.iter().flat_map(answer).collect::<Vec<_>>();
    let key = tlv(0xa2, &[&tlv(4, &[&[5; 20]])]);
    let data = tlv(0x30, &[&key, time, &tlv(0x30, &[&answers])]);
    let basic = tlv(4, &[&signed(&data, algorithm)]);
    let kind: &[u8] = &[6, 9, 0x2b, 6, 1, 5, 5, 7, 48, 1, 1];
    tlv(0x30, &[&[10, 1, 0], &tlv(0xa0, &[&tlv(0x30, &[kind, &basic])])])
}

const GOOD: &[u8] = &[0x80, 0];
const UNKNOWN: &[u8] = &[0x82, 0];

fn revoked() -> Vec<u8> {
    tlv(0xa1, &[b"\x18\x0f20260101000000Z"])
}

#[test]
fn weak_keys_and_signatures_are_told_wherever_they_stand() {
    // Who reads it, a sound one and a weak one, and what is told of that.
    type Case = (fn(&mut Reader<'_, Tree>), Vec<u8>, Vec<u8>, Vec<String>);
    let key = |bytes: usize| rsa(&long(bytes), &[1, 0, 1]);
    let request = |bytes, algorithm: &[u8]| {
        let info = tlv(0x30, &[&[2, 1, 0], &name(b"a"), &key(bytes), &[0xa0, 0]]);
        signed(&info, algorithm)
    };
    let list = |algorithm: &[u8]| {
        let list = tlv(0x30, &[algorithm, &name(b"a"), b"\x17\x0d260101000000Z"]);
        signed(&list, algorithm)
    };
    let with_key = |info: Vec<u8>| Made::with(|it| it.key = info).bytes();
    let dsa_key = |bytes| tlv(0x30, &[&dsa(bytes), &tlv(3, &[&[0], &integer(&long(bytes))])]);
    let info = |algorithm: &[u8], key: &[u8]| tlv(0x30, &[&[2, 1, 0], algorithm, &tlv(4, &[key])]);
    let rsa_info = |bytes| info(&key(256)[4..19], &rsa_private(bytes));
    let dsa_private = |bytes: usize| {
        let five = [&long(bytes)[..], &long(28), &[2], &[7], &[7]].map(integer).concat();
        tlv(0x30, &[&integer(&[0]), &five])
    };
    let sha1 = "signatureAlgorithm: expected a signature over a hash without known collisions, \
                found SHA-1 (RFC 6194 3)";
    let short = |field, section| {
        vec![format!("{field}: expected 2048 bits or more, found 1024 ({section})")]
    };
    const NIST: &str = "NIST SP 800-131A 3";
    let by_forum = short("modulus", "CA/B Forum BR 6.1.5");
    let cases: Vec<Case> = vec![
        (x509::certificate, with_key(key(256)), with_key(key(128)), by_forum.clone()),
        (x509::certificate, with_key(dsa_key(256)), with_key(dsa_key(128)), short("p", NIST)),
        (x509::public_key_info, key(256), key(128), short("modulus", NIST)),
        (x509::public_key_info, dsa_key(256), dsa_key(128), short("p", NIST)),
        (
            x509::certification_request,
            request(256, SHA256_WITH_RSA),
            request(128, SHA1_WITH_RSA),
            [by_forum, vec![sha1.to_owned()]].concat(),
        ),
        (x509::certificate_list, list(SHA256_WITH_RSA), list(SHA1_WITH_RSA), vec![sha1.to_owned()]),
        (
            ocsp::response,
            response(&[(&[5], GOOD)], SHA256_WITH_RSA),
            response(&[(&[5], GOOD)], SHA1_WITH_RSA),
            vec![sha1.to_owned()],
        ),
        (x509::rsa_private_key, rsa_private(256), rsa_private(128), short("modulus", NIST)),
        (x509::private_key_info, rsa_info(256), rsa_info(128), short("modulus", NIST)),
        (
            x509::private_key_info,
            info(&dsa(256), &integer(&[7])),
            info(&dsa(128), &integer(&[7])),
            short("p", NIST),
        ),
        (x509::dsa_private_key, dsa_private(256), dsa_private(128), short("p", NIST)),
        (x509::dss_parms, dsa_parameters(256), dsa_parameters(128), short("p", NIST)),
    ];
    for (read, sound, weak, told) in cases {
        assert_eq!(Ours::read(&sound, read).tree.remarks, []);
        let ours = Ours::read(&weak, read);
        let remarks: Vec<_> = ours.tree.remarks.iter().map(ToString::to_string).collect();
        assert_eq!(remarks, told);
        for remark in &ours.tree.remarks {
            // The place is the field of that name, with its tag.
            let inside = ours.tree.fields.iter().any(|field| field.range() == remark.range);
            assert!(inside, "{remark}");
        }
    }
}

/// RFC 8017 section 8: a signature of RSA is as long as the modulus of its signer.
#[test]
fn the_signature_of_a_short_key_tells_how_short_it_is() {
    let told = |bytes: usize, signature: usize, is_root: bool| {
        let made = Made::with(|it| {
            it.key = rsa(&long(bytes), &[1, 0, 1]);
            it.signature = vec![9; signature];
            if is_root {
                it.issuer = it.subject.clone();
            }
        });
        let bytes = made.bytes();
        let remarks = Ours::certificate(&bytes).tree.remarks;
        remarks.iter().map(|it| (it.field, it.fault.found())).collect::<Vec<_>>()
    };
    let short = vec![("signatureValue", "128".to_owned())];
    assert_eq!(told(256, 256, false), []);
    assert_eq!(told(256, 512, false), []);
    assert_eq!(told(256, 128, false), short);
    // It is none by the root's own key.
    assert_eq!(told(256, 128, true), short);
    // Of a short key itself, that is told alone.
    assert_eq!(told(128, 128, true), [("modulus", "1024".to_owned())]);
}

/// FIPS 204 section 4: of ML-DSA, the lengths tell that something else stands there.
#[test]
fn keys_and_signatures_of_ml_dsa_have_one_length() {
    let algorithm = |last: u8| tlv(0x30, &[&[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, last]]);
    for (last, key, signature) in [(17, 1312, 2420), (18, 1952, 3309), (19, 2592, 4627)] {
        let told = |key: usize, signature: usize| {
            let own = algorithm(last);
            let made = Made::with(|it| {
                it.key = tlv(0x30, &[&own, &tlv(3, &[&[0], &vec![7; key]])]);
                it.algorithms = [own.clone(), own.clone()];
                it.signature = vec![9; signature];
            });
            let bytes = made.bytes();
            let remarks = Ours::certificate(&bytes).tree.remarks;
            remarks.iter().map(|it| (it.field, it.fault.found())).collect::<Vec<_>>()
        };
        assert_eq!(told(key, signature), []);
        assert_eq!(told(key - 1, signature), [("subjectPublicKey", (key - 1).to_string())]);
        assert_eq!(told(key, 100), [("signatureValue", "100".to_owned())]);
    }
}

/// A connection up to the end of what the server says in clear.
#[derive(Clone)]
struct Said {
    suite: CipherSuite,
    certificate: Made,
    asks: bool,
    accepts: bool,
    /// What is stapled to each certificate.
    stapled: Option<Vec<u8>>,
}

impl Said {
    fn with(change: impl FnOnce(&mut Said)) -> Said {
        let mut said = Said {
            suite: CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256,
            certificate: Made::new(),
            asks: true,
            accepts: true,
            stapled: None,
        };
        change(&mut said);
        said
    }

    fn client(&self) -> (Side, Handshake) {
        let mut hello = hello();
        let extensions = &mut hello.extensions.as_mut().unwrap().0;
        extensions.retain(|one| {
            let extension_type = one.extension_type();
            extension_type != ExtensionType::server_name
                && extension_type != ExtensionType::status_request
        });
        if self.asks {
            let asks = ClientExtension::from_data(ExtensionType::status_request, &[1, 0, 0, 0, 0]);
            extensions.insert(0, asks);
        }
        hello.cipher_suites.0 = vec![
            CipherSuite::TLS_AES_128_GCM_SHA256,
            self.suite,
            CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV,
        ]
        .into();
        (Side::Client, Handshake::ClientHello(hello))
    }

    /// What is noticed of the server's certificate in TLS 1.2, and of what is stapled to it.
    fn told(&self) -> Vec<(&'static str, String, &'static str)> {
        let mut server = tls12();
        server.cipher_suite = self.suite;
        if self.accepts {
            let accepts = ServerExtension::from_data(ExtensionType::status_request, &[]);
            server.extensions.as_mut().unwrap().0.push(accepts);
        }
        let certificate_list = List::new(vec![Asn1Cert(self.certificate.bytes())]);
        let mut said = vec![
            self.client(),
            (Side::Server, Handshake::ServerHello(server)),
            (Side::Server, Handshake::Certificate(Certificate { certificate_list })),
        ];
        if let Some(stapled) = &self.stapled {
            let status = CertificateStatus::Ocsp(OcspResponse(stapled.clone()));
            said.push((Side::Server, Handshake::CertificateStatus(status)));
        }
        let context = Context::of(Some(ProtocolVersion::TLS1_2), None);
        said.push((Side::Server, Handshake::decode(&[14, 0, 0, 0], context).unwrap()));
        of_certificates(said)
    }

    /// The same in TLS 1.3.
    fn told13(&self) -> Vec<(&'static str, String, &'static str)> {
        let stapled = self.stapled.iter().map(|stapled| {
            EntryExtension::StatusRequest(
                CertificateStatus::Ocsp(OcspResponse(stapled.clone())).into(),
            )
        });
        let entry = CertificateEntry {
            cert_data: Asn1Cert(self.certificate.bytes()),
            extensions: Block(stapled.collect()),
        };
        let certificate = Certificate13 {
            certificate_request_context: Opaque::new(vec![]),
            certificate_list: List::new(vec![entry]),
        };
        let answers = EncryptedExtensions { extensions: Block(vec![]) };
        of_certificates(vec![
            self.client(),
            (Side::Server, Handshake::ServerHello(tls13())),
            (Side::Server, Handshake::EncryptedExtensions(answers)),
            (Side::Server, Handshake::Certificate13(certificate)),
        ])
    }
}

/// The notices by these sections, which are those on certificates.
fn of_certificates(said: Vec<(Side, Handshake)>) -> Vec<(&'static str, String, &'static str)> {
    let own = [
        "RFC 5280 4.2.1.12",
        "RFC 5246 7.4.2",
        "RFC 8446 4.4.2.2",
        "RFC 6962 3.1",
        "RFC 6960 2.2",
        "RFC 6960 3.2",
        "RFC 7633 4",
        "RFC 9525 4.1",
    ];
    let remarks = remarks(said).into_iter().filter(|it| own.contains(&it.reference));
    remarks.map(|it| (it.field, it.fault.found(), it.reference)).collect()
}

fn purposes(ids: &[&[u8]]) -> Vec<u8> {
    let ids: Vec<u8> = ids.iter().flat_map(|id| tlv(6, &[id])).collect();
    extension(37, false, &tlv(0x30, &[&ids]))
}

fn with_extension(extension: Vec<u8>) -> Made {
    Made::with(|it| it.extensions.push(extension))
}

#[test]
fn a_servers_certificate_is_for_servers() {
    let client: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];
    let server: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
    let gated: &[u8] = &[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 4, 1];
    for (ids, fits) in [
        (&[client][..], false),
        (&[client, server], true),
        (&[gated], true),
        (&[&[0x55, 0x1d, 0x25, 0]], true),
    ] {
        let said = Said::with(|it| it.certificate = with_extension(purposes(ids)));
        let expected = match fits {
            true => vec![],
            false => vec![("extKeyUsage", "others alone".to_owned(), "RFC 5280 4.2.1.12")],
        };
        assert_eq!(said.told(), expected, "{ids:?}");
        assert_eq!(said.told13(), expected, "{ids:?}");
    }
}

#[test]
fn an_authority_that_a_server_shows_as_its_own_goes_by_a_name_too() {
    // As `openssl req -x509` makes it.
    let names = extension(17, false, &tlv(0x30, &[&tlv(0x82, &[b"shop.test"])]));
    for (others, is_told) in [(vec![], true), (vec![names], false)] {
        let own = Made::with(|it| {
            it.extensions = vec![extension(19, true, &[0x30, 3, 1, 1, 0xff])];
            it.extensions.extend(others);
        });
        let said = Said::with(|it| it.certificate = own);
        let none = ("subject", "none".to_owned(), "RFC 9525 4.1");
        let expected: Vec<_> = is_told.then_some(none).into_iter().collect();
        assert_eq!(said.told(), expected);
        assert_eq!(said.told13(), expected);
    }
}

#[test]
fn a_servers_key_is_for_what_its_suite_does() {
    let rsa = CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256;
    let ecdhe = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    let (signs, enciphers, both) = ([3, 2, 7, 0x80], [3, 2, 5, 0x20], [3, 2, 5, 0xa0]);
    let told = |section| vec![("keyUsage", "others alone".to_owned(), section)];
    for (suite, usage, fits) in [
        (rsa, signs, false),
        (rsa, enciphers, true),
        (rsa, both, true),
        (ecdhe, signs, true),
        (ecdhe, enciphers, false),
        (ecdhe, both, true),
    ] {
        let said = Said::with(|it| {
            it.suite = suite;
            it.certificate = with_extension(extension(15, true, &usage));
        });
        let expected = if fits { vec![] } else { told("RFC 5246 7.4.2") };
        assert_eq!(said.told(), expected, "{suite} {usage:?}");
        // There the suite says nothing of the key, which always signs.
        let expected = if usage == enciphers { told("RFC 8446 4.4.2.2") } else { vec![] };
        assert_eq!(said.told13(), expected, "{usage:?}");
    }
    // One that does not say what it is for is for everything.
    assert_eq!(Said::with(|_| ()).told(), []);
}

#[test]
fn a_precertificate_is_shown_to_logs_alone() {
    let made = with_extension(poison(&[1, 1, 0xff]));
    let said = Said::with(|it| it.certificate = made);
    let found = "a precertificate, which is for logs alone".to_owned();
    let told = [("poison", found, "RFC 6962 3.1")];
    assert_eq!((said.told().as_slice(), said.told13().as_slice()), (&told[..], &told[..]));
}

#[test]
fn what_is_stapled_is_about_the_certificate_and_good() {
    let revoked = revoked();
    let one = |field, found: &str, section| vec![(field, found.to_owned(), section)];
    let is_revoked = one("revoked", "one that was revoked", "RFC 6960 2.2");
    for (answers, expected) in [
        (vec![(&[5][..], GOOD)], vec![]),
        (vec![(&[5][..], &revoked[..])], is_revoked.clone()),
        (
            vec![(&[5][..], UNKNOWN)],
            one("unknown", "one that the responder does not know", "RFC 6960 2.2"),
        ),
        (vec![(&[6][..], GOOD)], one("serialNumber", "another", "RFC 6960 3.2")),
        (
            vec![(&[6][..], &revoked[..])],
            [one("serialNumber", "another", "RFC 6960 3.2"), is_revoked.clone()].concat(),
        ),
        // What is said of another beside it is no matter.
        (vec![(&[6][..], &revoked[..]), (&[5], GOOD)], vec![]),
        (vec![(&[6][..], GOOD), (&[5], &revoked)], is_revoked),
    ] {
        let stapled = response(&answers, SHA256_WITH_RSA);
        let said = Said::with(|it| it.stapled = Some(stapled));
        assert_eq!(said.told(), expected, "{answers:?}");
        assert_eq!(said.told13(), expected, "{answers:?}");
    }
    // Of what cannot be read to its end, nothing is said; zeros in front are none of the number.
    let whole = response(&[(&[0, 5], GOOD)], SHA256_WITH_RSA);
    assert!(ocsp::Answer::all(&whole[..whole.len() - 1], 0).is_none());
    assert!(ocsp::Answer::all(&whole, 0).unwrap()[0].is_of(&[5]));
}

/// RFC 6961 section 2.2: of several, each is about the certificate in its place; one may be left out.
#[test]
fn each_of_several_that_are_stapled_is_about_its_certificate() {
    let told = |responses: Vec<Vec<u8>>| {
        let sound = Said::with(|_| ());
        let chain = [5, 6].map(|number| Asn1Cert(Made::with(|it| it.serial[2] = number).bytes()));
        let certificate_list = List::new(chain.to_vec());
        let responses = responses.into_iter().map(OcspResponse).collect();
        let status = CertificateStatus::OcspMulti(List::new(responses));
        of_certificates(vec![
            sound.client(),
            (Side::Server, Handshake::ServerHello(tls12())),
            (Side::Server, Handshake::Certificate(Certificate { certificate_list })),
            (Side::Server, Handshake::CertificateStatus(status)),
        ])
        .into_iter()
        // The second is no authority of the first.
        .filter(|(field, ..)| *field != "subject")
        .collect::<Vec<_>>()
    };
    let good = |number: u8| response(&[(&[number], GOOD)], SHA256_WITH_RSA);
    assert_eq!(told(vec![good(5), good(6)]), []);
    assert_eq!(told(vec![vec![], good(6)]), []);
    let other = ("serialNumber", "another".to_owned(), "RFC 6960 3.2");
    assert_eq!(told(vec![good(6), good(5)]), [other.clone(), other]);
    let revoked = response(&[(&[6], &revoked())], SHA256_WITH_RSA);
    let told = told(vec![vec![], revoked]);
    assert_eq!(told, [("revoked", "one that was revoked".to_owned(), "RFC 6960 2.2")]);
}

#[test]
fn what_a_certificate_demands_is_stapled_to_it() {
    let id = tlv(6, &[TLS_FEATURE]);
    let feature = |number: u8| tlv(0x30, &[&id, &tlv(4, &[&[0x30, 3, 2, 1, number]])]);
    let demands = |change: fn(&mut Said)| {
        let said = Said::with(|it| {
            it.certificate = with_extension(feature(5));
            change(it);
        });
        [said.told(), said.told13()]
    };
    let one = |field, found: &str| vec![(field, found.to_owned(), "RFC 7633 4")];
    let none = [one("server_hello_done", "none"), one("feature", "none")];
    assert_eq!(demands(|_| ()), none);
    let [told, _] = demands(|it| it.accepts = false);
    assert_eq!(told, one("feature", "a ServerHello without it"));
    let nothing = [vec![], vec![]];
    assert_eq!(demands(|it| (it.asks, it.accepts) = (false, false)), nothing);
    let stapled = |it: &mut Said| it.stapled = Some(response(&[(&[5], GOOD)], SHA256_WITH_RSA));
    assert_eq!(demands(stapled), nothing);
    assert_eq!(demands(|it| it.certificate = with_extension(vec![])), nothing);
    assert_eq!(Said::with(|it| it.certificate = with_extension(feature(17))).told(), []);
}
