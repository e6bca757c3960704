//! OCSP, the word of a responder on whether a certificate was revoked: RFC 6960 sections 4.1 and
//! 4.2. A server staples a response to its certificate in a CertificateStatus message, or in an
//! extension of its entry in TLS 1.3; a client names responders in `status_request`.

use serde::{Deserialize, Serialize};

use super::der::elements::Element;
use super::der::schema::{
    BOOLEAN, GENERALIZED_TIME, IA5, INTEGER, Inside, NULL, OCTETS, OID, default, member, optional,
    tag,
};
use super::der::words::integer;
use super::der::{self, Schema, element};
use super::grammar::{P24, Prefix, Read, Reader, Record, Wire, prefixed};
use super::x509::{
    self, ALGORITHM_IDENTIFIER, CERTIFICATE, GENERAL_NAME, GENERAL_NAMES, NAME, SERIAL_NUMBER,
    extension_of, oids, reason, signature_value, version,
};
use crate::names::OcspResponseStatus;

/// A response behind its length of three bytes, as CertificateStatus has it: RFC 6066 section 8.
/// Its value is its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OcspResponse(#[serde(with = "super::spec_form::bytes")] pub Vec<u8>);

impl Wire for OcspResponse {
    const ITEM: &'static str = "ocsp_response";

    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        der::sized::<P24, R>(r, name, response).map(OcspResponse)
    }

    fn write(&self, out: &mut Vec<u8>) {
        prefixed(out, <P24>::WIDTH, |out| out.extend_from_slice(&self.0));
    }
}

/// Reads an OCSPResponse where `r` stands. What follows it is left.
pub fn response<R: Record>(r: &mut Reader<'_, R>) {
    let (bytes, at) = (r.rest(), r.at());
    element(r, "RFC 6960 4.2.1", "OCSPResponse", &OCSP_RESPONSE);
    if R::KEEPS {
        if let Some(basic) = basic(bytes, at) {
            x509::signed(r, basic.content, basic.inside);
        }
    }
}

/// The OCTET STRING of the BasicOCSPResponse in an OCSPResponse at the start of `bytes`, whose first
/// byte stands at `at`.
fn basic(bytes: &[u8], at: usize) -> Option<Element<'_>> {
    let mut parts = Element::first(bytes, at)?.elements_of(tag::SEQUENCE);
    parts.next_of(tag::ENUMERATED)?;
    let mut parts = parts.next_of(0xa0)?.elements().next_of(tag::SEQUENCE)?.elements();
    let kind = parts.next_of(tag::OBJECT_IDENTIFIER)?;
    parts.next_of(tag::OCTET_STRING).filter(|_| kind.content == oids::OCSP_BASIC)
}

/// What a response says of one certificate.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The number of the certificate.
    pub serial_number: Element<'a>,
    /// Whether it was revoked.
    pub status: Element<'a>,
}

impl<'a> Answer<'a> {
    /// All that the OCSPResponse at the start of `bytes` says, whose first byte stands at `at`. None
    /// where one of them cannot be read.
    pub fn all(bytes: &'a [u8], at: usize) -> Option<Vec<Answer<'a>>> {
        let octets = basic(bytes, at)?;
        let whole = Element::first(octets.content, octets.inside)?;
        let data = whole.elements_of(tag::SEQUENCE).next_of(tag::SEQUENCE)?;
        let mut parts = data.elements();
        parts.next_of(0xa0);
        // Behind the responder and the time.
        let responses = parts.nth(2).filter(|it| it.identifier == tag::SEQUENCE)?;
        let mut end = responses.inside;
        let answers: Option<Vec<_>> = responses
            .elements()
            .inspect(|answer| end = answer.range().end)
            .map(|answer| {
                let mut parts = answer.elements_of(tag::SEQUENCE);
                let certificate = parts.next_of(tag::SEQUENCE)?;
                let serial_number = certificate.elements().nth(3)?;
                Some(Answer { serial_number, status: parts.next()? })
            })
            .collect();
        answers.filter(|_| end == responses.range().end)
    }

    /// Whether it is of the certificate with this number. Zeros in front may be too many.
    pub fn is_of(&self, serial_number: &[u8]) -> bool {
        let digits = |number: &'_ [u8]| number.iter().skip_while(|it| **it == 0).copied().collect();
        let [own, other]: [Vec<u8>; 2] = [self.serial_number.content, serial_number].map(digits);
        own == other
    }
}

/// Reads an OCSPRequest where `r` stands. What follows it is left.
pub fn request<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 6960 4.1.1", "OCSPRequest", &OCSP_REQUEST);
}

/// Reads a ResponderID where `r` stands.
pub fn responder_id<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 6960 4.2.1", "ResponderID", &RESPONDER_ID);
}

/// Reads the Extensions of a request where `r` stands.
pub fn extensions<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 6960 4.4", "Extensions", &EXTENSIONS);
}

const OCSP_REQUEST: Schema = Schema::Sequence(&[
    member("tbsRequest", &[tag::SEQUENCE], TBS_REQUEST),
    optional("optionalSignature", &[0xa0], Schema::Explicit("Signature", &SIGNATURE)),
]);

const TBS_REQUEST: Schema = Schema::Sequence(&[
    default("version", &[0xa0], V1, Schema::Explicit("version", &VERSION)),
    optional("requestorName", &[0xa1], Schema::Explicit("", &GENERAL_NAME)),
    member("requestList", &[tag::SEQUENCE], Schema::Of("Request", &REQUEST)),
    optional("requestExtensions", &[0xa2], Schema::Explicit("Extensions", &EXTENSIONS)),
]);

const REQUEST: Schema = Schema::Sequence(&[
    member("reqCert", &[tag::SEQUENCE], CERT_ID),
    optional("singleRequestExtensions", &[0xa0], Schema::Explicit("Extensions", &EXTENSIONS)),
]);

const SIGNATURE: Schema = Schema::Sequence(&[
    member("signatureAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("signature", &[tag::BIT_STRING], Schema::ByOid(signature_value)),
    optional("certs", &[0xa0], CERTS),
]);

const CERTS: Schema = Schema::Explicit("certs", &Schema::Of("Certificate", &CERTIFICATE));

const V1: &[u8] = &[tag::INTEGER, 1, 0];
const VERSION: Schema = Schema::Type(tag::INTEGER, Some(version));

const CERT_ID: Schema = Schema::Sequence(&[
    member("hashAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("issuerNameHash", &[tag::OCTET_STRING], OCTETS),
    member("issuerKeyHash", &[tag::OCTET_STRING], OCTETS),
    member("serialNumber", &[tag::INTEGER], SERIAL_NUMBER),
]);

const OCSP_RESPONSE: Schema = Schema::Sequence(&[
    member("responseStatus", &[tag::ENUMERATED], Schema::Type(tag::ENUMERATED, Some(status))),
    optional("responseBytes", &[0xa0], Schema::Explicit("ResponseBytes", &RESPONSE_BYTES)),
]);

const RESPONSE_BYTES: Schema = Schema::Sequence(&[
    member("responseType", &[tag::OBJECT_IDENTIFIER], OID),
    member("response", &[tag::OCTET_STRING], Schema::ByOid(response_of)),
]);

fn response_of(kind: &[u8]) -> &'static Schema {
    static BASIC: Schema =
        Schema::Octets(Inside::Element("BasicOCSPResponse", &BASIC_OCSP_RESPONSE));
    static UNKNOWN: Schema = Schema::Octets(Inside::Perhaps(""));
    match kind {
        oids::OCSP_BASIC => &BASIC,
        _ => &UNKNOWN,
    }
}

const BASIC_OCSP_RESPONSE: Schema = Schema::Sequence(&[
    member("tbsResponseData", &[tag::SEQUENCE], RESPONSE_DATA),
    member("signatureAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("signature", &[tag::BIT_STRING], Schema::ByOid(signature_value)),
    optional("certs", &[0xa0], CERTS),
]);

const RESPONSE_DATA: Schema = Schema::Sequence(&[
    default("version", &[0xa0], V1, Schema::Explicit("version", &VERSION)),
    member("responderID", &[0xa1, 0xa2], RESPONDER_ID),
    member("producedAt", &[tag::GENERALIZED_TIME], GENERALIZED_TIME),
    member("responses", &[tag::SEQUENCE], Schema::Of("SingleResponse", &SINGLE_RESPONSE)),
    optional("responseExtensions", &[0xa1], Schema::Explicit("Extensions", &EXTENSIONS)),
]);

const RESPONDER_ID: Schema = Schema::ByTag(responder_id_by);

fn responder_id_by(identifier: u8) -> (&'static str, &'static Schema) {
    static BY_NAME: Schema = Schema::Explicit("Name", &NAME);
    static BY_KEY: Schema = Schema::Explicit("KeyHash", &OCTETS);
    static NEITHER: Schema = Schema::OneOf(&[], "byName or byKey", &Schema::Any);
    match identifier {
        0xa1 => ("byName", &BY_NAME),
        0xa2 => ("byKey", &BY_KEY),
        _ => ("ResponderID", &NEITHER),
    }
}

const SINGLE_RESPONSE: Schema = Schema::Sequence(&[
    member("certID", &[tag::SEQUENCE], CERT_ID),
    member("certStatus", &[0x80, 0xa1, 0x82], Schema::ByTag(cert_status)),
    member("thisUpdate", &[tag::GENERALIZED_TIME], GENERALIZED_TIME),
    optional("nextUpdate", &[0xa0], Schema::Explicit("nextUpdate", &GENERALIZED_TIME)),
    optional("singleExtensions", &[0xa1], Schema::Explicit("Extensions", &EXTENSIONS)),
]);

fn cert_status(identifier: u8) -> (&'static str, &'static Schema) {
    static NOTHING: Schema = NULL;
    static REVOKED_INFO: Schema = Schema::Sequence(&[
        member("revocationTime", &[tag::GENERALIZED_TIME], GENERALIZED_TIME),
        optional(
            "revocationReason",
            &[0xa0],
            Schema::Explicit("CRLReason", &Schema::Type(tag::ENUMERATED, Some(reason))),
        ),
    ]);
    match identifier {
        0x80 => ("good", &NOTHING),
        0xa1 => ("revoked", &REVOKED_INFO),
        _ => ("unknown", &NOTHING),
    }
}

/// Extensions of requests and responses, RFC 6960 section 4.4: as a certificate's, and some of
/// their own.
const EXTENSIONS: Schema = Schema::Of(
    "Extension",
    &Schema::Sequence(&[
        member("extnID", &[tag::OBJECT_IDENTIFIER], OID),
        default("critical", &[tag::BOOLEAN], &[0], BOOLEAN),
        member("extnValue", &[tag::OCTET_STRING], Schema::ByOid(extension_value)),
    ]),
);

fn extension_value(extension: &[u8]) -> &'static Schema {
    // RFC 8954 made the nonce an OCTET STRING, and RFC 9654 a longer one; before, it was any bytes.
    static NONCE: Schema = Schema::In("RFC 9654 2.1", &Schema::Octets(Inside::Perhaps("Nonce")));
    static ACCEPTABLE: Schema = Schema::In(
        "RFC 6960 4.4.3",
        &Schema::Octets(Inside::Element("AcceptableResponses", &Schema::Of("responseType", &OID))),
    );
    static CRL: Schema = Schema::In(
        "RFC 6960 4.4.2",
        &Schema::Octets(Inside::Element(
            "CrlID",
            &Schema::Sequence(&[
                optional("crlUrl", &[0xa0], Schema::Explicit("crlUrl", &IA5)),
                optional("crlNum", &[0xa1], Schema::Explicit("crlNum", &INTEGER)),
                optional("crlTime", &[0xa2], Schema::Explicit("crlTime", &GENERALIZED_TIME)),
            ]),
        )),
    );
    static CUTOFF: Schema = Schema::In(
        "RFC 6960 4.4.4",
        &Schema::Octets(Inside::Element("ArchiveCutoff", &GENERALIZED_TIME)),
    );
    static LOCATOR: Schema = Schema::In(
        "RFC 6960 4.4.6",
        &Schema::Octets(Inside::Element(
            "ServiceLocator",
            &Schema::Sequence(&[
                member("issuer", &[tag::SEQUENCE], NAME),
                optional("locator", &[tag::SEQUENCE], GENERAL_NAMES),
            ]),
        )),
    );
    static PREFERRED: Schema = Schema::In(
        "RFC 6960 4.4.7",
        &Schema::Octets(Inside::Element(
            "PreferredSignatureAlgorithms",
            &Schema::Of(
                "PreferredSignatureAlgorithm",
                &Schema::Sequence(&[
                    member("sigIdentifier", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
                    optional("certIdentifier", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
                ]),
            ),
        )),
    );
    static UNKNOWN: Schema = Schema::Octets(Inside::Perhaps(""));
    match extension {
        oids::OCSP_NONCE => &NONCE,
        oids::OCSP_RESPONSE => &ACCEPTABLE,
        oids::OCSP_CRL => &CRL,
        oids::OCSP_ARCHIVE_CUTOFF => &CUTOFF,
        oids::OCSP_SERVICE_LOCATOR => &LOCATOR,
        oids::OCSP_PREFERRED_ALGORITHMS => &PREFERRED,
        _ => extension_of(extension).unwrap_or(&UNKNOWN),
    }
}

fn status(content: &[u8]) -> Option<String> {
    match content {
        [number] => Some(OcspResponseStatus(*number).to_string()),
        _ => integer(content),
    }
}
