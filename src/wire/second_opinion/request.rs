//! Lists of revoked certificates, requests for certificates and public keys as x509-parser reads them:
//! RFC 5280 section 5.1, RFC 2986 section 4.

use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::error::X509Error;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;
use x509_parser::time::ASN1Time;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::certificate::{error_name, utc};
use super::{Found, Kind, Parser, faults, in_short, read_with};
use crate::wire::document::Document;
use crate::wire::stream::Message;
use crate::wire::text::count_of_bytes;

/// A field by the names on the way to it.
type Way = &'static [&'static str];

/// Holds a document against x509-parser's reading. Whether it is one that x509-parser reads.
pub fn compare(document: Document, message: &Message, found: &mut Found) -> bool {
    let bytes = &message.bytes[..];
    let mut comparison = Comparison { message, found };
    match document {
        Document::CertificateList => {
            if let Some(theirs) =
                comparison.read(document, CertificateRevocationList::from_der(bytes))
            {
                comparison.list(&theirs);
            }
        }
        Document::CertificationRequest => {
            if let Some(theirs) =
                comparison.read(document, X509CertificationRequest::from_der(bytes))
            {
                let info = &theirs.certification_request_info;
                let way: Way = &["certificationRequestInfo", "subject"];
                comparison.bytes(way, info.subject.as_raw());
                comparison
                    .bytes(&["certificationRequestInfo", "subjectPKInfo"], info.subject_pki.raw);
                comparison.algorithm(&theirs.signature_algorithm.algorithm);
            }
        }
        Document::SubjectPublicKeyInfo => {
            comparison.read(document, SubjectPublicKeyInfo::from_der(bytes));
        }
        _ => return false,
    }
    true
}

struct Comparison<'t> {
    message: &'t Message,
    found: &'t mut Found,
}

impl Comparison<'_> {
    fn add(&mut self, kind: Kind, what: &str, ours: impl Into<String>, theirs: impl Into<String>) {
        self.found.add((Parser::X509, kind), what, ours, theirs);
    }

    /// What x509-parser read, where it did not refuse it.
    fn read<T>(
        &mut self,
        document: Document,
        read: Result<(&[u8], T), nom::Err<X509Error>>,
    ) -> Option<T> {
        let faults = faults(&self.message.tree);
        let (fault, length) = (faults.first().copied(), self.message.bytes.len());
        match read {
            Ok((rest, theirs)) => {
                if !rest.is_empty() {
                    let theirs = format!("{} of it", count_of_bytes(length - rest.len()));
                    self.add(Kind::Reads, document.name(), count_of_bytes(length), theirs);
                } else if let Some(fault) = fault {
                    self.add(Kind::Reads, document.name(), read_with(fault), "faultless");
                }
                Some(theirs)
            }
            Err(error) => {
                let ours = match fault {
                    Some(fault) => read_with(fault),
                    None => format!("read, {}", count_of_bytes(length)),
                };
                self.add(Kind::Refuses, document.name(), ours, error_name(&error));
                None
            }
        }
    }

    /// The index of the field at the end of a way.
    fn find(&self, way: &[&str]) -> Option<usize> {
        let tree = &self.message.tree;
        let (root, _) = tree.roots().next()?;
        let part = |index, name: &&str| {
            tree.children(index).find(|(_, part)| part.name == *name).map(|(index, _)| index)
        };
        way.iter().try_fold(root, part)
    }

    /// The bytes of a field as they stand, or behind its tag and length.
    fn own(&self, index: Option<usize>, content: bool) -> Vec<u8> {
        let tree = &self.message.tree;
        let Some((index, field)) = index.and_then(|it| Some((it, tree.fields.get(it)?))) else {
            return Vec::new();
        };
        let length = tree.children(index).find(|(_, part)| part.name == "length");
        let start = length.filter(|_| content).map_or(field.start(), |(_, length)| length.end());
        self.message.bytes.get(start..field.end()).unwrap_or_default().to_vec()
    }

    fn bytes(&mut self, way: Way, theirs: &[u8]) {
        let ours = self.own(self.find(way), false);
        if ours != theirs {
            let what = way.last().copied().unwrap_or_default();
            self.add(Kind::Reads, what, in_short(&ours), in_short(theirs));
        }
    }

    fn algorithm(&mut self, theirs: &x509_parser::asn1_rs::Oid<'_>) {
        let ours = self.own(self.find(&["signatureAlgorithm", "algorithm"]), true);
        if ours != theirs.as_bytes() {
            let (ours, theirs) = (in_short(&ours), in_short(theirs.as_bytes()));
            self.add(Kind::Reads, "signatureAlgorithm", ours, theirs);
        }
    }

    fn time(&mut self, way: Way, theirs: Option<ASN1Time>) {
        let ours = self.find(way).map(|index| self.own(Some(index), false));
        let ours = ours.map(|own| crate::wire::x509::time(&own).map(|time| time.seconds()));
        if ours != theirs.map(|time| Some(time.timestamp())) {
            let what = way.last().copied().unwrap_or_default();
            let ours = match ours {
                Some(Some(_)) => "another time",
                Some(None) => "no time",
                None => "none",
            };
            self.add(Kind::Reads, what, ours, theirs.map_or_else(|| "none".to_owned(), utc));
        }
    }

    fn list(&mut self, theirs: &CertificateRevocationList<'_>) {
        self.bytes(&["tbsCertList", "issuer"], theirs.issuer().as_raw());
        self.time(&["tbsCertList", "thisUpdate"], Some(theirs.last_update()));
        self.time(&["tbsCertList", "nextUpdate"], theirs.next_update());
        self.algorithm(&theirs.signature_algorithm.algorithm);
        let tree = &self.message.tree;
        let list = self.find(&["tbsCertList", "revokedCertificates"]);
        let ours: Vec<usize> = list.map_or(Vec::new(), |list| {
            let parts = tree.children(list).filter(|(_, part)| !part.is_leaf());
            parts.map(|(index, _)| index).collect()
        });
        let all: Vec<&[u8]> =
            theirs.iter_revoked_certificates().map(|revoked| revoked.raw_serial()).collect();
        if ours.len() != all.len() {
            let (ours, theirs) = (ours.len().to_string(), all.len().to_string());
            return self.add(Kind::Reads, "number of revoked certificates", ours, theirs);
        }
        for (index, theirs) in ours.into_iter().zip(all) {
            let number = tree.children(index).find(|(_, part)| part.name == "userCertificate");
            let ours = self.own(number.map(|(index, _)| index), true);
            if ours != theirs {
                return self.add(Kind::Reads, "userCertificate", in_short(&ours), in_short(theirs));
            }
        }
    }
}
