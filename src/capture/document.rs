//! What stands by itself in DER and in PEM (RFC 7468): certificates, keys, requests. Each counts
//! from its own first byte.

use data_encoding::BASE64;

use crate::capture::Unreadable;
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::document::{Document, is_like_der};
use crate::wire::record::plaintext;
use crate::wire::stream::Message;

/// Documents, in the order in which they stand.
pub(super) struct Documents(Vec<(Document, Vec<u8>)>);

impl Documents {
    pub(super) fn transcript(self, source: Source) -> Transcript {
        let mut recorder = Recorder::default();
        let mut at = 0;
        for (document, bytes) in self.0 {
            let message = Message::decode_document(document, &bytes);
            let range = at..at + bytes.len();
            at = range.end;
            let ranges = std::iter::once(range).collect();
            recorder.push_message(Side::Server, Message { ranges, ..message });
        }
        recorder.finish(source, None)
    }
}

/// A document, where these bytes are one as far as their first elements tell. Protocols speak DER
/// too, as LDAP does: what is theirs is none.
pub(super) fn der(bytes: &[u8]) -> Option<Documents> {
    let speaks = |side| plaintext::recognise_side(bytes, side).is_some();
    let other = || {
        let is_other = is_like_der(bytes) && ![Side::Server, Side::Client].into_iter().any(speaks);
        is_other.then_some(Document::Other)
    };
    let document = Document::of(bytes).or_else(other)?;
    Some(Documents(vec![(document, bytes.to_vec())]))
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";
/// The labels of blocks that hold DER: RFC 7468 section 4, and what OpenSSL writes besides.
const LABELS: &[&str] = &[
    "CERTIFICATE",
    "X509 CERTIFICATE",
    "TRUSTED CERTIFICATE",
    "X509 CRL",
    "CERTIFICATE REQUEST",
    "NEW CERTIFICATE REQUEST",
    "PKCS7",
    "CMS",
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    "EC PARAMETERS",
    "DH PARAMETERS",
    "X9.42 DH PARAMETERS",
    "DSA PARAMETERS",
    "OCSP RESPONSE",
    "SSL SESSION PARAMETERS",
];

/// All documents of a PEM text; none where it has none. Whatever stands between and around them
/// is passed over, and line ends may have been lost in pasting.
pub(super) fn pem(text: &str) -> Result<Option<Documents>, Unreadable> {
    let mut documents = Vec::new();
    for (at, _) in text.match_indices(BEGIN) {
        let behind = text.get(at + BEGIN.len()..).unwrap_or_default();
        let label = LABELS.iter().find_map(|label| {
            let behind = behind.strip_prefix(label)?.strip_prefix(DASHES)?;
            Some((label, behind))
        });
        let Some((label, behind)) = label else { continue };
        let error = |what: &str| {
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            Unreadable { line: Some(line), what: format!("{BEGIN}{label}{DASHES}: {what}") }
        };
        let end = format!("-----END {label}{DASHES}");
        let (digits, _) = behind.split_once(&end).ok_or_else(|| error("it has no END"))?;
        if digits.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(error("it is under a password, and nothing of it can be read"));
        }
        let der = decode(digits).ok_or_else(|| error("what follows is no base64"))?;
        documents.push((Document::labelled(label, &der), der));
    }
    Ok((!documents.is_empty()).then_some(Documents(documents)))
}

/// The bytes of base64 (RFC 4648 section 4), in lines of any length.
pub(super) fn decode(digits: &str) -> Option<Vec<u8>> {
    let digits: String = digits.chars().filter(|c| !c.is_whitespace()).collect();
    BASE64.decode(digits.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> String {
        let path = format!("{}/testdata/seed/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    }

    fn certificates(text: &str) -> Vec<Vec<u8>> {
        let Documents(documents) = pem(text).unwrap().unwrap();
        documents.into_iter().map(|(_, bytes)| bytes).collect()
    }

    #[test]
    fn a_certificate_pasted_without_its_line_ends_is_the_same() {
        for (pasted, whole) in [
            ("s_client-gmail-as-pasted.txt", "mail.google.com-2014.pem"),
            ("s_client-starttls-as-pasted.txt", "mx.google.com-2013.pem"),
        ] {
            assert_eq!(certificates(&file(pasted)), certificates(&file(whole)), "{pasted}");
        }
    }

    #[test]
    fn a_block_that_is_broken_is_named_with_its_line() {
        let error = |text: &str| pem(text).err().unwrap().to_string();
        let block = |label: &str, inside: &str| {
            format!("{BEGIN}{label}-----\n{inside}\n-----END {label}-----\n")
        };
        let cut = "a\nb\n-----BEGIN CERTIFICATE-----\nMIIE\n";
        assert!(error(cut).starts_with("line 3: -----BEGIN CERTIFICATE-----: "));
        assert!(error(&block("X509 CRL", "????")).contains("no base64"));
        let encrypted = block("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\nAAAA");
        assert!(error(&encrypted).contains("under a password"));
        assert!(pem("no certificate here").unwrap().is_none());
        assert!(pem(&block("PGP MESSAGE", "AAAA")).unwrap().is_none());
    }
}
