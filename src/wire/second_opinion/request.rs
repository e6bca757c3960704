//! Lists of revoked certificates, requests for certificates and public keys as x509-parser reads them:
//! RFC 5280 section 5.1, RFC 2986 section 4.

use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::error::X509Error;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;
use x509_parser::time::ASN1Time;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::certificate::{error_name, utc};
use super::elements::Elements;
use super::{Found, Kind, Parser, faults, in_short, read_with};
use crate::wire::document::Document;
use crate::wire::stream::Message;
use crate::wire::text::count_of_bytes;
use crate::wire::x509;

/// A field by the names on the way to it.
type Way = &'static [&'static str];

/// Holds a document against x509-parser's reading. Whether it is one that x509-parser reads.
pub fn compare(document: Document, message: &Message, found: &mut Found) -> bool {
    let bytes = &message.bytes[..];
    let mut comparison = Comparison { message, found };
    match document {
        Document::CertificateList => {
            let theirs = comparison.read(document, CertificateRevocationList::from_der(bytes));
            if let Some(theirs) = theirs {
                comparison.list(&theirs);
            }
        }
        Document::CertificationRequest => {
            let theirs = comparison.read(document, X509CertificationRequest::from_der(bytes));
            if let Some(theirs) = theirs {
                comparison.request(&theirs);
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

impl<'t> Comparison<'t> {
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

    fn elements(&self) -> Elements<'t> {
        Elements { tree: &self.message.tree, bytes: &self.message.bytes }
    }

    /// The element at the end of a way from the whole on.
    fn find(&self, way: Way) -> Option<usize> {
        let (root, _) = self.message.tree.roots().next()?;
        self.elements().path(root, way)
    }

    fn compare(&mut self, what: &str, ours: &[u8], theirs: &[u8]) {
        if ours != theirs {
            self.add(Kind::Reads, what, in_short(ours), in_short(theirs));
        }
    }

    fn part(&mut self, way: Way, theirs: &[u8]) {
        let ours = self.elements().own(self.find(way));
        self.compare(way.last().copied().unwrap_or_default(), ours, theirs);
    }

    fn algorithm(&mut self, theirs: &AlgorithmIdentifier<'_>) {
        let ours = self.elements().content(self.find(&["signatureAlgorithm", "algorithm"]));
        self.compare("signatureAlgorithm", ours, theirs.algorithm.as_bytes());
    }

    fn time(&mut self, way: Way, theirs: Option<ASN1Time>) {
        let own = self.find(way);
        let ours = own.map(|index| x509::time(self.elements().own(Some(index))));
        let seconds = ours.map(|ours| ours.map(|time| time.seconds()));
        if seconds != theirs.map(|time| Some(time.timestamp())) {
            let words = own.map(|index| self.elements().words(index).unwrap_or_default());
            let none = || "none".to_owned();
            let (ours, theirs) = (words.unwrap_or_else(none), theirs.map_or_else(none, utc));
            self.add(Kind::Reads, way.last().copied().unwrap_or_default(), ours, theirs);
        }
    }

    fn request(&mut self, theirs: &X509CertificationRequest<'_>) {
        const INFO: &str = "certificationRequestInfo";
        let info = &theirs.certification_request_info;
        self.part(&[INFO, "subject"], info.subject.as_raw());
        self.part(&[INFO, "subjectPKInfo"], info.subject_pki.raw);
        self.algorithm(&theirs.signature_algorithm);
    }

    fn list(&mut self, theirs: &CertificateRevocationList<'_>) {
        self.part(&["tbsCertList", "issuer"], theirs.issuer().as_raw());
        self.time(&["tbsCertList", "thisUpdate"], Some(theirs.last_update()));
        self.time(&["tbsCertList", "nextUpdate"], theirs.next_update());
        self.algorithm(&theirs.signature_algorithm);
        let ours = self.elements().items(self.find(&["tbsCertList", "revokedCertificates"]));
        let all: Vec<&[u8]> =
            theirs.iter_revoked_certificates().map(|revoked| revoked.raw_serial()).collect();
        if ours.len() != all.len() {
            let (ours, theirs) = (ours.len().to_string(), all.len().to_string());
            return self.add(Kind::Reads, "number of revoked certificates", ours, theirs);
        }
        for (index, theirs) in ours.into_iter().zip(all) {
            let elements = self.elements();
            self.compare(
                "userCertificate",
                elements.content(elements.part(index, "userCertificate")),
                theirs,
            );
        }
    }
}
