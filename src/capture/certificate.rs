//! Certificates by themselves: DER, and PEM (RFC 7468). They become the Certificate message that
//! would carry them, so that the same view shows them.

use crate::capture::CaptureError;
use crate::names::{ContentType, ProtocolVersion};
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::grammar::{Context, List};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::certificate::{Asn1Cert, Certificate};
use crate::wire::stream::Message;

/// Certificates in the order in which they stand.
pub(super) struct Certificates(Vec<Asn1Cert>);

impl Certificates {
    pub(super) fn transcript(self, source: Source) -> Transcript {
        let certificate = Certificate { certificate_list: List::new(self.0) };
        let bytes = Handshake::Certificate(certificate).to_bytes();
        let mut recorder = Recorder::default();
        let context = Context::of(Some(ProtocolVersion::TLS1_2), None);
        let message = Message::decode(ContentType::handshake, &bytes, context);
        let ranges = std::iter::once(0..bytes.len()).collect();
        recorder.push_message(Side::Server, Message { ranges, ..message });
        let mut transcript = recorder.finish(source, None);
        let remark = "shown as the Certificate message that would carry it";
        transcript.remarks.push(remark.to_owned());
        transcript
    }
}

/// A certificate, where these bytes are one as far as their first header tells.
pub(super) fn der(bytes: &[u8]) -> Option<Certificates> {
    let sequence_in_sequence = match bytes {
        [0x30, 0x82, _, _, 0x30, ..] => true,
        // A small one: its length is all that there is.
        [0x30, 0x81, length, 0x30, rest @ ..] => rest.len() + 1 == usize::from(*length),
        // With a length that is not said, as BER allows.
        [0x30, 0x80, 0x30, ..] => true,
        _ => false,
    };
    sequence_in_sequence.then(|| Certificates(vec![Asn1Cert(bytes.to_vec())]))
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// Digits in a line, RFC 7468 section 2.
const LINE: usize = 64;

/// All certificates of a PEM text; none where it has none. Whatever stands between and around
/// them is passed over, and line ends may have been lost in pasting.
pub(super) fn pem(text: &str) -> Result<Option<Certificates>, CaptureError> {
    let mut certificates = Vec::new();
    for (at, _) in text.match_indices(BEGIN) {
        let error = |what: &str| {
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            CaptureError { line: Some(line), what: format!("{BEGIN}: {what}") }
        };
        let behind = text.get(at + BEGIN.len()..).unwrap_or_default();
        let (digits, _) = behind.split_once(END).ok_or_else(|| error("it has no END"))?;
        let der = decode(digits).ok_or_else(|| error("what follows is no base64"))?;
        certificates.push(Asn1Cert(der));
    }
    Ok((!certificates.is_empty()).then_some(Certificates(certificates)))
}

/// The bytes of base64. x509-parser decodes it; it wants the lines as they should be.
fn decode(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<char> = digits.chars().filter(|c| !c.is_whitespace()).collect();
    let lines: Vec<String> = digits.chunks(LINE).map(|line| line.iter().collect()).collect();
    let text = format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"));
    let (_, pem) = x509_parser::pem::parse_x509_pem(text.as_bytes()).ok()?;
    Some(pem.contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> String {
        let path = format!("{}/testdata/seed/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    }

    fn certificates(text: &str) -> Vec<Vec<u8>> {
        let Certificates(certificates) = pem(text).unwrap().unwrap();
        certificates.into_iter().map(|certificate| certificate.0).collect()
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
        assert!(error(&format!("a\nb\n{BEGIN}\nMIIE\n")).starts_with("line 3: -----BEGIN"));
        assert!(error(&format!("{BEGIN}\n????\n{END}\n")).contains("no base64"));
        assert!(pem("no certificate here").unwrap().is_none());
    }
}
