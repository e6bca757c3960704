//! Our decoding of certificates against x509-parser and asn1-rs below it, on every sample.

mod common;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::Range;

use common::Sample;
use common::der::{Ours, dotted};
use der_parser::asn1_rs::{Any, FromDer, Tag};
use helloscope::transcript::CertificateFacts;
use helloscope::wire::handshake::Handshake;
use helloscope::wire::text::escape;
use helloscope::wire::time::rfc3339;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

/// The certificates of `testdata/`, and those that servers sent.
fn all() -> Vec<Sample> {
    let mut all = common::all_certificates();
    for (name, context, message) in common::messages() {
        let chain = match Handshake::decode(&message, context).unwrap() {
            Handshake::Certificate(certificate) => certificate.certificate_list.0,
            Handshake::Certificate13(certificate) => {
                let entries = certificate.certificate_list.0;
                entries.into_iter().map(|entry| entry.cert_data).collect()
            }
            _ => continue,
        };
        all.extend(chain.into_iter().map(|cert| Sample { name: name.clone(), bytes: cert.0 }));
    }
    all
}

/// Where a part of the certificate lies in it.
fn place(bytes: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr() as usize - bytes.as_ptr() as usize;
    assert!(start + part.len() <= bytes.len(), "no part of the certificate");
    start..start + part.len()
}

fn theirs(bytes: &[u8]) -> X509Certificate<'_> {
    let (rest, certificate) = X509Certificate::from_der(bytes).unwrap();
    assert_eq!(rest, [0; 0]);
    certificate
}

/// All headers as asn1-rs sees them; also within strings that hold DER, if `within_strings`.
fn their_headers(
    whole: &[u8],
    mut part: &[u8],
    within_strings: bool,
    headers: &mut BTreeSet<(usize, usize, usize)>,
) {
    while !part.is_empty() {
        let start = place(whole, part).start;
        let (rest, element) = Any::from_der(part).unwrap();
        let content = place(whole, element.data);
        headers.insert((start, content.start - start, content.len()));
        let inside = match element.tag() {
            _ if element.header.is_constructed() => element.data,
            Tag::OctetString if within_strings => element.data,
            Tag::BitString if within_strings => &element.data[1..],
            _ => &[],
        };
        let holds_der = matches!(Any::from_der(inside), Ok(([], _)));
        if element.header.is_constructed() || holds_der {
            their_headers(whole, inside, within_strings, headers);
        }
        part = rest;
    }
}

#[test]
fn every_header_stands_where_asn1_rs_sees_it() {
    for Sample { name, bytes } in all() {
        let ours = Ours::certificate(&bytes).headers().into_iter();
        let ours: BTreeSet<_> = ours.map(|it| (it.start, it.header, it.length)).collect();
        let (mut fewer, mut more) = (BTreeSet::new(), BTreeSet::new());
        their_headers(&bytes, &bytes, false, &mut fewer);
        their_headers(&bytes, &bytes, true, &mut more);
        assert!(fewer.is_subset(&ours), "{name}: {:?}", fewer.difference(&ours));
        assert!(ours.is_subset(&more), "{name}: {:?}", ours.difference(&more));
    }
}

#[test]
fn every_part_lies_where_x509_parser_finds_it() {
    for Sample { name, bytes } in all() {
        let (ours, theirs) = (Ours::certificate(&bytes), theirs(&bytes));
        let tbs = &theirs.tbs_certificate;
        for (part, path) in [
            (tbs.as_ref(), &["tbsCertificate"][..]),
            (tbs.issuer().as_raw(), &["tbsCertificate", "issuer"]),
            (tbs.subject().as_raw(), &["tbsCertificate", "subject"]),
            (tbs.public_key().raw, &["tbsCertificate", "subjectPublicKeyInfo"]),
        ] {
            assert_eq!(ours.range(path), place(&bytes, part), "{name}: {path:?}");
        }
        let serial = ours.element(&["tbsCertificate", "serialNumber"]);
        let serial = ours.content(serial).range();
        assert_eq!(serial, place(&bytes, tbs.raw_serial()), "{name}");

        // Behind the count of unused bits.
        let signature = ours.range(&["signatureValue"]);
        let theirs_signature = place(&bytes, &theirs.signature_value.data);
        assert_eq!(signature.end, theirs_signature.end, "{name}");
        assert_eq!(ours.bytes[theirs_signature.start - 1], 0, "{name}");

        if tbs.extensions().is_empty() {
            continue;
        }
        let path = ["tbsCertificate", "extensions", "extensions"];
        let extensions = ours.elements(ours.element(&path));
        assert_eq!(extensions.len(), tbs.extensions().len(), "{name}");
        for (index, theirs) in extensions.into_iter().zip(tbs.extensions()) {
            let id = ours.words(ours.has(index, "extnID").unwrap()).unwrap();
            assert_eq!(dotted(&id), theirs.oid.to_id_string(), "{name}");
            let critical = ours.has(index, "critical").and_then(|index| ours.words(index));
            assert_eq!(critical.as_deref() == Some("TRUE"), theirs.critical, "{name}: {id}");
            let value = ours.has(index, "extnValue").unwrap();
            let header = ours.tree.children(value).nth(1).unwrap().1.end();
            let value = header..ours.field(value).end();
            assert_eq!(value, place(&bytes, theirs.value), "{name}: {id}");
        }
    }
}

#[test]
fn times_are_told_as_x509_parser_has_them() {
    for Sample { name, bytes } in all() {
        let (ours, theirs) = (Ours::certificate(&bytes), theirs(&bytes));
        let validity = theirs.validity();
        for (field, time) in [("notBefore", validity.not_before), ("notAfter", validity.not_after)]
        {
            let words = ours.words_on(&["tbsCertificate", "validity", field]);
            assert_eq!(words, utc(time), "{name}");
        }
    }
}

fn utc(time: ASN1Time) -> String {
    let time = time.to_datetime();
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[test]
fn a_summary_says_what_x509_parser_reads() {
    let mut keys = 0;
    for sample in all() {
        let (ours, theirs) = (CertificateFacts::of(&sample.bytes), theirs(&sample.bytes));
        let seconds = |time: ASN1Time| u64::try_from(time.timestamp()).ok().map(rfc3339);
        assert_eq!(ours.not_before, seconds(theirs.validity().not_before), "{}", sample.name);
        assert_eq!(ours.not_after, seconds(theirs.validity().not_after), "{}", sample.name);
        let names = theirs.subject_alternative_name().ok().flatten();
        let names = names.iter().flat_map(|names| &names.value.general_names);
        let names: Vec<_> = names.map(their_general_name).collect();
        for (ours, kind) in [
            (ours.dns_names, "dNSName"),
            (ours.ip_addresses, "iPAddress"),
            (ours.email_addresses, "rfc822Name"),
            (ours.uris, "uniformResourceIdentifier"),
        ] {
            let theirs = names.iter().filter(|name| name.0 == kind);
            let theirs: Vec<_> = theirs.map(|name| name.1.clone().unwrap()).collect();
            assert_eq!(ours, theirs, "{}: {kind}", sample.name);
        }
        if let Ok(PublicKey::RSA(key)) = theirs.public_key().parsed() {
            let words = ours.key.unwrap();
            assert!(words.ends_with(&format!(" {}", key.key_size())), "{}: {words}", sample.name);
            keys += 1;
        }
    }
    assert!(keys > 5, "{keys}");
}

#[test]
fn algorithms_are_those_of_x509_parser() {
    for Sample { name, bytes } in all() {
        let (ours, theirs) = (Ours::certificate(&bytes), theirs(&bytes));
        let tbs = &theirs.tbs_certificate;
        for (path, theirs) in [
            (&["tbsCertificate", "signature"][..], &tbs.signature),
            (&["tbsCertificate", "subjectPublicKeyInfo", "algorithm"], &tbs.public_key().algorithm),
            (&["signatureAlgorithm"], &theirs.signature_algorithm),
        ] {
            let words = ours.words_on(&[path, &["algorithm"]].concat());
            assert_eq!(dotted(&words), theirs.algorithm.to_id_string(), "{name}: {path:?}");
        }
    }
}

#[test]
fn names_are_told_as_x509_parser_has_them() {
    for Sample { name, bytes } in all() {
        let (ours, theirs) = (Ours::certificate(&bytes), theirs(&bytes));
        for (field, theirs) in [("issuer", theirs.issuer()), ("subject", theirs.subject())] {
            let ours = attributes(&ours, ours.element(&["tbsCertificate", field]));
            assert_eq!(ours, their_attributes(theirs), "{name}: {field}");
        }
    }
}

/// The attributes of a Name: the type's numbers, and the value in words.
fn attributes(ours: &Ours<'_>, name: usize) -> Vec<(String, Option<String>)> {
    let parts = ours.elements(name).into_iter().flat_map(|part| ours.elements(part));
    parts
        .map(|attribute| {
            let words = |name| ours.words(ours.has(attribute, name).unwrap());
            (dotted(&words("type").unwrap()).to_owned(), words("value"))
        })
        .collect()
}

fn their_attributes(name: &X509Name<'_>) -> Vec<(String, Option<String>)> {
    let attributes = name.iter_attributes();
    attributes
        .map(|attribute| {
            let value = match (attribute.as_str(), attribute.attr_value().tag()) {
                (Ok(text), _) => Some(escape(text.as_bytes())),
                (_, Tag::BmpString) => {
                    let units = attribute.as_slice().chunks(2);
                    let units: Vec<u16> =
                        units.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                    Some(String::from_utf16(&units).unwrap())
                }
                (_, Tag::T61String) => Some(escape(attribute.as_slice())),
                (_, Tag::UniversalString) => {
                    let units = attribute.as_slice().chunks(4);
                    let units = units.map(|unit| u32::from_be_bytes(unit.try_into().unwrap()));
                    Some(units.map(|unit| char::from_u32(unit).unwrap()).collect())
                }
                _ => None,
            };
            (attribute.attr_type().to_id_string(), value)
        })
        .collect()
}

#[test]
fn what_extensions_say_is_what_x509_parser_makes_of_them() {
    let mut seen = BTreeSet::new();
    for Sample { name, bytes } in all() {
        let (ours, theirs) = (Ours::certificate(&bytes), theirs(&bytes));
        if theirs.extensions().is_empty() {
            continue;
        }
        let path = ["tbsCertificate", "extensions", "extensions"];
        let extensions = ours.elements(ours.element(&path));
        for (index, theirs) in extensions.into_iter().zip(theirs.extensions()) {
            let value = ours.has(index, "extnValue").unwrap();
            let inside = ours.elements(value);
            let kind = match theirs.parsed_extension() {
                ParsedExtension::SubjectAlternativeName(names) => {
                    let ours = general_names(&ours, inside[0]);
                    let theirs: Vec<_> =
                        names.general_names.iter().map(their_general_name).collect();
                    assert_eq!(ours, theirs, "{name}");
                    "subjectAltName"
                }
                ParsedExtension::KeyUsage(usage) => {
                    let all = [
                        ("digitalSignature", usage.digital_signature()),
                        ("nonRepudiation", usage.non_repudiation()),
                        ("keyEncipherment", usage.key_encipherment()),
                        ("dataEncipherment", usage.data_encipherment()),
                        ("keyAgreement", usage.key_agreement()),
                        ("keyCertSign", usage.key_cert_sign()),
                        ("cRLSign", usage.crl_sign()),
                        ("encipherOnly", usage.encipher_only()),
                        ("decipherOnly", usage.decipher_only()),
                    ];
                    let set = all.into_iter().filter(|(_, is_set)| *is_set);
                    let names: Vec<&str> = set.map(|(name, _)| name).collect();
                    assert_eq!(ours.words(inside[0]), Some(names.join(", ")), "{name}");
                    "keyUsage"
                }
                ParsedExtension::BasicConstraints(constraints) => {
                    let part = |part| ours.words(ours.has(inside[0], part)?);
                    assert_eq!(part("cA").as_deref() == Some("TRUE"), constraints.ca, "{name}");
                    let length = constraints.path_len_constraint;
                    let length = length.map(|length| length.to_string());
                    assert_eq!(part("pathLenConstraint"), length, "{name}");
                    "basicConstraints"
                }
                ParsedExtension::CertificatePolicies(policies) => {
                    let ours: Vec<_> = ours
                        .elements(inside[0])
                        .into_iter()
                        .map(|policy| ours.has(policy, "policyIdentifier").unwrap())
                        .map(|identifier| ours.words(identifier).unwrap())
                        .collect();
                    let ours = ours.iter().map(|words| dotted(words).to_owned());
                    let theirs = policies.iter().map(|policy| policy.policy_id.to_id_string());
                    assert!(ours.eq(theirs), "{name}");
                    "certificatePolicies"
                }
                ParsedExtension::AuthorityInfoAccess(access) => {
                    let ours: Vec<_> = ours
                        .elements(inside[0])
                        .into_iter()
                        .map(|description| {
                            let parts = ours.elements(description);
                            let method = ours.words(parts[0]).unwrap();
                            (dotted(&method).to_owned(), general_name(&ours, parts[1]))
                        })
                        .collect();
                    let theirs = access.accessdescs.iter().map(|access| {
                        let location = their_general_name(&access.access_location);
                        (access.access_method.to_id_string(), location)
                    });
                    assert_eq!(ours, theirs.collect::<Vec<_>>(), "{name}");
                    "authorityInfoAccess"
                }
                ParsedExtension::SubjectKeyIdentifier(key) => {
                    let ours = ours.content(inside[0]).range();
                    assert_eq!(ours, place(&bytes, key.0), "{name}");
                    "subjectKeyIdentifier"
                }
                ParsedExtension::AuthorityKeyIdentifier(authority) => {
                    let place_of = |part: &str| {
                        let part = ours.has(inside[0], part)?;
                        Some(ours.content(part).range())
                    };
                    let key = authority.key_identifier.as_ref();
                    let key = key.map(|key| place(&bytes, key.0));
                    assert_eq!(place_of("keyIdentifier"), key, "{name}");
                    let serial = authority.authority_cert_serial;
                    let serial = serial.map(|serial| place(&bytes, serial));
                    assert_eq!(place_of("authorityCertSerialNumber"), serial, "{name}");
                    let issuer = ours.has(inside[0], "authorityCertIssuer");
                    let issuer = issuer.map(|names| general_names(&ours, names));
                    let theirs = authority.authority_cert_issuer.as_ref();
                    let theirs = theirs.map(|names| names.iter().map(their_general_name).collect());
                    assert_eq!(issuer, theirs, "{name}");
                    "authorityKeyIdentifier"
                }
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    let ours: BTreeSet<_> = ours
                        .elements(inside[0])
                        .into_iter()
                        .map(|purpose| dotted(&ours.words(purpose).unwrap()).to_owned())
                        .collect();
                    let known = [
                        (usage.any, "2.5.29.37.0"),
                        (usage.server_auth, "1.3.6.1.5.5.7.3.1"),
                        (usage.client_auth, "1.3.6.1.5.5.7.3.2"),
                        (usage.code_signing, "1.3.6.1.5.5.7.3.3"),
                        (usage.email_protection, "1.3.6.1.5.5.7.3.4"),
                        (usage.time_stamping, "1.3.6.1.5.5.7.3.8"),
                        (usage.ocsp_signing, "1.3.6.1.5.5.7.3.9"),
                    ];
                    let known = known.into_iter().filter(|(is_set, _)| *is_set);
                    let mut theirs: BTreeSet<_> = known.map(|(_, id)| id.to_owned()).collect();
                    theirs.extend(usage.other.iter().map(|id| id.to_id_string()));
                    assert_eq!(ours, theirs, "{name}");
                    "extKeyUsage"
                }
                ParsedExtension::CRLDistributionPoints(points) => {
                    let ours: Vec<_> = ours
                        .elements(inside[0])
                        .into_iter()
                        .map(|point| {
                            let full = ours
                                .has(point, "distributionPoint")
                                .and_then(|name| ours.has(name, "fullName"))
                                .map(|names| general_names(&ours, names));
                            let issuer = ours.has(point, "cRLIssuer");
                            (full, issuer.map(|names| general_names(&ours, names)))
                        })
                        .collect();
                    let theirs = points.points.iter().map(|point| {
                        let full = match &point.distribution_point {
                            Some(DistributionPointName::FullName(names)) => Some(names),
                            _ => None,
                        };
                        let names = |names: &Vec<GeneralName<'_>>| {
                            names.iter().map(their_general_name).collect::<Vec<_>>()
                        };
                        (full.map(names), point.crl_issuer.as_ref().map(names))
                    });
                    assert_eq!(ours, theirs.collect::<Vec<_>>(), "{name}");
                    "cRLDistributionPoints"
                }
                ParsedExtension::SCT(timestamps) => {
                    let list = ours.has(inside[0], "sct_list").unwrap();
                    let ours: Vec<_> = ours
                        .elements(list)
                        .into_iter()
                        .map(|sct| {
                            let leaf = |name: &str| {
                                let mut parts = ours.tree.children(sct);
                                parts.find(|(_, field)| field.name == name).unwrap().1.range()
                            };
                            (leaf("id"), &ours.bytes[leaf("timestamp")])
                        })
                        .collect();
                    let theirs: Vec<_> =
                        timestamps.iter().map(|sct| (sct.id.key_id, sct.timestamp)).collect();
                    assert_eq!(ours.len(), theirs.len(), "{name}");
                    for ((id, time), (their_id, their_time)) in ours.into_iter().zip(theirs) {
                        assert_eq!(id, place(&bytes, their_id), "{name}");
                        assert_eq!(time, their_time.to_be_bytes(), "{name}");
                    }
                    "signedCertificateTimestampList"
                }
                _ => continue,
            };
            seen.insert(kind);
        }
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
}

fn general_names(ours: &Ours<'_>, names: usize) -> Vec<(&'static str, Option<String>)> {
    ours.elements(names).into_iter().map(|name| general_name(ours, name)).collect()
}

/// What kind of name it is, and its words where it is a string.
fn general_name(ours: &Ours<'_>, index: usize) -> (&'static str, Option<String>) {
    (ours.field(index).name, ours.words(index))
}

fn their_general_name(name: &GeneralName<'_>) -> (&'static str, Option<String>) {
    let text = |text: &str| Some(escape(text.as_bytes()));
    match name {
        GeneralName::OtherName(..) => ("otherName", None),
        GeneralName::RFC822Name(name) => ("rfc822Name", text(name)),
        GeneralName::DNSName(name) => ("dNSName", text(name)),
        GeneralName::DirectoryName(_) => ("directoryName", None),
        GeneralName::URI(name) => ("uniformResourceIdentifier", text(name)),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = v4.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            ("iPAddress", address.ok().map(|address| address.to_string()))
        }
        GeneralName::RegisteredID(oid) => ("registeredID", Some(oid.to_id_string())),
        other => panic!("{other:?}"),
    }
}
