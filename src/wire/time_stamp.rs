//! What is asked of an authority for the time, and what it answers: RFC 3161 sections 2.4.1 and 2.4.2.

use super::cms;
use super::der::elements::Element;
use super::der::schema::{
    BOOLEAN, GENERALIZED_TIME, INTEGER, Inside, OCTETS, OID, UTF8, default, member, optional, tag,
};
use super::der::words::{integer, named_bits};
use super::der::{Schema, element};
use super::grammar::{Reader, Record};
use super::x509::{ALGORITHM_IDENTIFIER, EXTENSIONS, GENERAL_NAME, SERIAL_NUMBER};
use crate::names::PkiStatus;

/// Reads a TimeStampReq where `r` stands. What follows it is left.
pub fn request<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 3161 2.4.1", "TimeStampReq", &TIME_STAMP_REQ);
}

/// Reads a TimeStampResp where `r` stands. What follows it is left.
pub fn response<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 3161 2.4.2", "TimeStampResp", &TIME_STAMP_RESP);
}

/// Whether an answer begins with this part, a status and no more than why, and goes on with that: a message
/// of CMS, or nothing where there is no time.
pub fn is_response(first: &Element<'_>, second: Option<&Element<'_>>) -> bool {
    let mut parts = first.elements();
    let status = parts.next_of(tag::INTEGER);
    let text = parts.next_of(tag::SEQUENCE).map(|text| text.elements().next());
    let is_text =
        |first: Option<Element<'_>>| first.is_some_and(|it| it.identifier == tag::UTF8_STRING);
    parts.next_of(tag::BIT_STRING);
    let is_status = text.is_none_or(is_text) && parts.next().is_none();
    let is_message = |second: &Element<'_>| {
        let kind = second.elements_of(tag::SEQUENCE).next_of(tag::OBJECT_IDENTIFIER);
        kind.is_some_and(|kind| cms::is_content_type(kind.content))
    };
    match status.map(|status| status.content) {
        Some([0 | 1]) => is_status && second.is_some_and(is_message),
        Some([2..=5]) => is_status && second.is_none(),
        _ => false,
    }
}

const TIME_STAMP_RESP: Schema = Schema::Sequence(&[
    member("status", &[tag::SEQUENCE], PKI_STATUS_INFO),
    optional("timeStampToken", &[tag::SEQUENCE], cms::CONTENT_INFO),
]);

/// `TSTInfo`, section 2.4.2.
pub(super) const TST_INFO: Schema = Schema::In(
    "RFC 3161 2.4.2",
    &Schema::Sequence(&[
        member("version", &[tag::INTEGER], INTEGER),
        member("policy", &[tag::OBJECT_IDENTIFIER], OID),
        member("messageImprint", &[tag::SEQUENCE], MESSAGE_IMPRINT),
        member("serialNumber", &[tag::INTEGER], SERIAL_NUMBER),
        member("genTime", &[tag::GENERALIZED_TIME], GENERALIZED_TIME),
        optional("accuracy", &[tag::SEQUENCE], ACCURACY),
        default("ordering", &[tag::BOOLEAN], &[0], BOOLEAN),
        optional("nonce", &[tag::INTEGER], INTEGER),
        optional("tsa", &[0xa0], Schema::Explicit("tsa", &GENERAL_NAME)),
        optional("extensions", &[0xa1], EXTENSIONS),
    ]),
);

const MESSAGE_IMPRINT: Schema = Schema::Sequence(&[
    member("hashAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("hashedMessage", &[tag::OCTET_STRING], OCTETS),
]);

const ACCURACY: Schema = Schema::Sequence(&[
    optional("seconds", &[tag::INTEGER], INTEGER),
    optional("millis", &[0x80], INTEGER),
    optional("micros", &[0x81], INTEGER),
]);

/// `TimeStampReq`, section 2.4.1.
const TIME_STAMP_REQ: Schema = Schema::Sequence(&[
    member("version", &[tag::INTEGER], INTEGER),
    member("messageImprint", &[tag::SEQUENCE], MESSAGE_IMPRINT),
    optional("reqPolicy", &[tag::OBJECT_IDENTIFIER], OID),
    optional("nonce", &[tag::INTEGER], INTEGER),
    default("certReq", &[tag::BOOLEAN], &[0], BOOLEAN),
    optional("extensions", &[0xa0], EXTENSIONS),
]);

const PKI_STATUS_INFO: Schema = Schema::Sequence(&[
    member("status", &[tag::INTEGER], Schema::Type(tag::INTEGER, Some(status))),
    optional("statusString", &[tag::SEQUENCE], Schema::Of("UTF8String", &UTF8)),
    optional("failInfo", &[tag::BIT_STRING], Schema::Bits(Inside::NamedBits(failures))),
]);

fn status(content: &[u8]) -> Option<String> {
    match content {
        [number] => Some(PkiStatus(*number).to_string()),
        _ => integer(content),
    }
}

/// PKIFailureInfo.
fn failures(content: &[u8]) -> Option<String> {
    const BITS: &[&str] = &[
        "badAlg",
        "bit 1",
        "badRequest",
        "bit 3",
        "bit 4",
        "badDataFormat",
        "bit 6",
        "bit 7",
        "bit 8",
        "bit 9",
        "bit 10",
        "bit 11",
        "bit 12",
        "bit 13",
        "timeNotAvailable",
        "unacceptedPolicy",
        "unacceptedExtension",
        "addInfoNotAvailable",
        "bit 18",
        "bit 19",
        "bit 20",
        "bit 21",
        "bit 22",
        "bit 23",
        "bit 24",
        "systemFailure",
    ];
    named_bits(content, BITS)
}
