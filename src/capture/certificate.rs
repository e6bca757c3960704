//! Certificates by themselves: DER, and PEM (RFC 7468). They become the Certificate message that
//! would carry them, so that the same view shows them.

use crate::capture::CaptureError;
use crate::names::ContentType;
use crate::transcript::{Recorder, Side, Source, Transcript};
use crate::wire::certificate::{Asn1Cert, Certificate};
use crate::wire::grammar::List;
use crate::wire::handshake::Handshake;
use crate::wire::stream::Message;

/// Certificates in the order in which they stand.
pub(super) struct Certificates(Vec<Asn1Cert>);

impl Certificates {
    pub(super) fn transcript(self, source: Source) -> Transcript {
        let certificate = Certificate { certificate_list: List::new(self.0) };
        let bytes = Handshake::Certificate(certificate).to_bytes();
        let mut recorder = Recorder::default();
        let message = Message::decode(ContentType::handshake, &bytes, recorder.context());
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
    let sequence_in_sequence = matches!(bytes, [0x30, 0x82, _, _, 0x30, ..]);
    sequence_in_sequence.then(|| Certificates(vec![Asn1Cert(bytes.to_vec())]))
}

/// All certificates of a PEM text; none where it has none.
pub(super) fn pem(text: &str) -> Result<Option<Certificates>, CaptureError> {
    if !text.contains("-----BEGIN CERTIFICATE-----") {
        return Ok(None);
    }
    let mut certificates = Vec::new();
    for pem in x509_parser::pem::Pem::iter_from_buffer(text.as_bytes()) {
        let pem = pem.map_err(|error| CaptureError {
            line: None,
            what: format!("a PEM block cannot be read: {error}"),
        })?;
        if pem.label == "CERTIFICATE" {
            certificates.push(Asn1Cert(pem.contents));
        }
    }
    Ok(Some(Certificates(certificates)))
}
