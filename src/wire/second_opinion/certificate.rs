//! Certificates as x509-parser reads them: RFC 5280 section 4.1.

use std::collections::HashSet;

use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;

use super::elements::Elements;
use super::{Found, Kind, Parser, faults, first_in, in_short, read_with};
use crate::names::oid;
use crate::wire::fault::Remark;
use crate::wire::field::Tree;
use crate::wire::text::{count_of_bytes, escape};
use crate::wire::time;
use crate::wire::x509;

/// Holds every certificate of a tree against x509-parser's reading, also of those that were
/// compressed. One that is cut off is nobody's fault.
pub fn compare_all(tree: &Tree, bytes: &[u8], found: &mut Found) {
    let faults = faults(tree);
    for (place, (index, field)) in x509::certificates(tree).enumerate() {
        if tree.missing(index) == 0 {
            let own = field.own(bytes);
            let fault = first_in(&faults, field);
            let mut comparison =
                Comparison { elements: Elements { tree, bytes }, place, found: &mut *found };
            comparison.certificate(index, own, fault);
            comparison.behind(field.end());
        }
    }
    for other in &tree.beneath {
        compare_all(&other.tree, &other.bytes, found);
    }
}

struct Comparison<'t> {
    elements: Elements<'t>,
    place: usize,
    found: &'t mut Found,
}

impl Comparison<'_> {
    /// The name of a part: of the first certificate as it is, of others with their number.
    fn what(&self, part: &str) -> String {
        match self.place {
            0 => format!("certificate {part}").trim_end().to_owned(),
            place => format!("certificate {} {part}", place + 1).trim_end().to_owned(),
        }
    }

    fn add(&mut self, kind: Kind, part: &str, ours: impl Into<String>, theirs: impl Into<String>) {
        let what = self.what(part);
        self.found.add((Parser::X509, kind), what, ours, theirs);
    }

    fn compare(&mut self, part: &str, ours: &[u8], theirs: &[u8]) {
        if ours != theirs {
            self.add(Kind::Reads, part, in_short(ours), in_short(theirs));
        }
    }

    fn certificate(&mut self, index: usize, own: &[u8], fault: Option<&Remark>) {
        match X509Certificate::from_der(own) {
            Ok((rest, theirs)) => {
                if !rest.is_empty() {
                    let theirs = format!("{} of it", count_of_bytes(own.len() - rest.len()));
                    self.add(Kind::Reads, "", count_of_bytes(own.len()), theirs);
                }
                if let Some(fault) = fault {
                    self.add(Kind::Reads, "form", fault.to_string(), "faultless");
                }
                self.fields(index, &theirs);
            }
            Err(error) => {
                let ours = match fault {
                    Some(fault) => read_with(fault),
                    None => format!("read, {}", count_of_bytes(own.len())),
                };
                self.add(Kind::Refuses, "", ours, error_name(&error));
            }
        }
    }

    /// What stands behind the certificate, up to the end of what it is handed.
    fn behind(&mut self, end: usize) {
        let from = self.elements.tree.fields.partition_point(|field| field.start() < end);
        let next = self.elements.tree.fields.get(from);
        if let Some(field) = next.filter(|field| field.name == "trailing") {
            let ours = format!("{} that do not belong there", count_of_bytes(field.range().len()));
            self.add(Kind::Reads, "end", ours, "the end, and drops what is behind it");
        }
    }

    fn fields(&mut self, index: usize, theirs: &X509Certificate<'_>) {
        let Some(tbs) = self.elements.part(index, "tbsCertificate") else { return };
        let info = &theirs.tbs_certificate;
        let serial = self.elements.content(self.elements.part(tbs, "serialNumber"));
        self.compare("serialNumber", serial, theirs.raw_serial());
        // Its number has no sign.
        if serial.first().is_some_and(|first| first & 0x80 != 0) {
            let theirs = format!("{}, above zero", in_short(&info.serial.to_bytes_be()));
            let ours = format!("{}, below zero", in_short(serial));
            self.add(Kind::Reads, "serialNumber", ours, theirs);
        }
        let inner = self.elements.content(self.elements.path(tbs, &["signature", "algorithm"]));
        self.compare("signature", inner, info.signature.algorithm.as_bytes());
        let outer =
            self.elements.content(self.elements.path(index, &["signatureAlgorithm", "algorithm"]));
        let algorithm = &theirs.signature_algorithm.algorithm;
        self.compare("signatureAlgorithm", outer, algorithm.as_bytes());
        for (name, part) in [
            ("issuer", theirs.issuer().as_raw()),
            ("subject", theirs.subject().as_raw()),
            ("subjectPublicKeyInfo", theirs.public_key().raw),
        ] {
            let ours = self.elements.own(self.elements.part(tbs, name));
            self.compare(name, ours, part);
        }
        let validity = theirs.validity();
        for (name, time) in [("notBefore", validity.not_before), ("notAfter", validity.not_after)] {
            let own = self.elements.path(tbs, &["validity", name]);
            let ours = own.and_then(|index| self.elements.words(index));
            // Of another zone, it is the same time in other words.
            let is_same = x509::time(self.elements.own(own))
                .is_some_and(|own| own.seconds() == time.timestamp());
            let theirs = utc(time);
            if !is_same && ours.as_deref() != Some(theirs.as_str()) {
                self.add(Kind::Reads, name, ours.unwrap_or_default(), theirs);
            }
        }
        self.key(self.elements.part(tbs, "subjectPublicKeyInfo"), theirs);
        self.extensions(tbs, theirs);
    }

    fn key(&mut self, info: Option<usize>, theirs: &X509Certificate<'_>) {
        let algorithm = theirs.public_key().algorithm.algorithm.to_id_string();
        let name = oid::name(&algorithm).unwrap_or(&algorithm).to_owned();
        match theirs.public_key().parsed() {
            // That a key is bytes, where it is no more than that, surprises nobody.
            Ok(PublicKey::Unknown(_)) if !self.elements.has_form(info, "subjectPublicKey") => {}
            Ok(PublicKey::Unknown(_)) => {
                self.add(Kind::Leaves, "subjectPublicKey", name, "an unknown kind of key");
            }
            Ok(_) => {}
            Err(error) => self.add(Kind::Refuses, "subjectPublicKey", name, x509_error(&error)),
        }
    }

    fn extensions(&mut self, tbs: usize, theirs: &X509Certificate<'_>) {
        let block = self.elements.path(tbs, &["extensions", "extensions"]);
        let ours = self.elements.items(block);
        let all = theirs.extensions();
        if ours.len() != all.len() {
            let (ours, theirs) = (ours.len().to_string(), all.len().to_string());
            self.add(Kind::Reads, "number of extensions", ours, theirs);
            return;
        }
        let mut seen = HashSet::new();
        for (index, extension) in ours.into_iter().zip(all) {
            let id = self.elements.content(self.elements.part(index, "extnID"));
            self.compare("extnID", id, extension.oid.as_bytes());
            let number = extension.oid.to_id_string();
            let name = oid::name(&number).unwrap_or(&number).to_owned();
            if !seen.insert(id) {
                let ours = "there a second time, which is forbidden";
                self.add(Kind::Reads, &name, ours, "one more, faultless");
            }
            let critical =
                self.elements.content(self.elements.part(index, "critical")).first().copied();
            if critical.is_some_and(|byte| byte != 0) != extension.critical {
                let (ours, theirs) = (format!("{critical:?}"), extension.critical.to_string());
                self.add(Kind::Reads, &format!("{name} critical"), ours, theirs);
            }
            let value = self.elements.content(self.elements.part(index, "extnValue"));
            self.compare(&name, value, extension.value);
            match extension.parsed_extension() {
                ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::Unparsed
                    if x509::extension_of(extension.oid.as_bytes()).is_none() => {}
                ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::Unparsed => {
                    let theirs =
                        format!("{} of an unknown kind", count_of_bytes(extension.value.len()));
                    self.add(Kind::Leaves, &name, "read", theirs);
                }
                ParsedExtension::ParseError { error } => {
                    let error = match error {
                        nom::Err::Incomplete(_) => "Incomplete".to_owned(),
                        nom::Err::Error(error) | nom::Err::Failure(error) => {
                            escape(error.to_string().as_bytes())
                        }
                    };
                    self.add(Kind::Refuses, &name, in_short(value), error);
                }
                _ => {}
            }
        }
    }
}

/// A time as our tree tells it.
pub(super) fn utc(asn1: ASN1Time) -> String {
    u64::try_from(asn1.timestamp()).map_or_else(|_| asn1.to_string(), time::utc)
}

pub(super) fn error_name(error: &nom::Err<X509Error>) -> String {
    match error {
        nom::Err::Incomplete(_) => "Incomplete".to_owned(),
        nom::Err::Error(error) | nom::Err::Failure(error) => x509_error(error),
    }
}

/// The name of an error in its enum, and of what it wraps.
fn x509_error(error: &X509Error) -> String {
    escape(format!("{error:?}").as_bytes())
}
