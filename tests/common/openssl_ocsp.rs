//! Our tree of an OCSP request or response in the words of `openssl ocsp -req_text` and
//! `-resp_text`, without white space, and without the certificates behind a response.

use std::fmt::Write as _;

use super::der::Ours;
use super::openssl_names::long_name;
use super::openssl_text::{
    algorithm_name, colons, content, extension, id, month_first, name_line, squeezed, string_start,
};

/// A request.
pub fn request(ours: &Ours<'_>) -> String {
    let root = ours.tree.roots().next().unwrap().0;
    let tbs = ours.has(root, "tbsRequest").unwrap();
    assert!(ours.has(tbs, "version").is_none());
    let mut out = String::from("OCSPRequestData:Version:1(0x0)RequestorList:");
    for request in ours.elements(ours.has(tbs, "requestList").unwrap()) {
        out += &certificate_id(ours, ours.has(request, "reqCert").unwrap());
    }
    out += &extensions(ours, tbs, "requestExtensions", "Request Extensions:");
    squeezed(&out)
}

/// A response, and its certificates.
pub fn response<'a>(ours: &Ours<'a>) -> (String, Vec<&'a [u8]>) {
    let root = ours.tree.roots().next().unwrap().0;
    let status = ours.part(root, "responseStatus").unwrap();
    let Some(tagged) = ours.has(root, "responseBytes") else {
        return (
            squeezed(&format!("Responder Error: {}", status.to_lowercase().replace("0x0", ""))),
            Vec::new(),
        );
    };
    let inner = |at, name| ours.has(at, name).unwrap();
    let bytes = inner(tagged, "ResponseBytes");
    assert_eq!(id(ours, bytes, "responseType"), "1.3.6.1.5.5.7.48.1.1");
    let basic = inner(inner(bytes, "response"), "BasicOCSPResponse");
    let data = inner(basic, "tbsResponseData");
    let mut out = String::from("OCSPResponseData:");
    write!(out, "OCSPResponseStatus:{}", status.replace("0x0", "0x")).unwrap();
    let responder = match (ours.has(data, "byName"), ours.has(data, "byKey")) {
        (Some(name), None) => {
            ours.has(name, "Name").map(|name| name_line(ours, name)).unwrap_or_default()
        }
        (None, Some(key)) => hex(content(ours, inner(key, "KeyHash"))),
        other => panic!("{other:?}"),
    };
    write!(out, "ResponseType:BasicOCSPResponseVersion:1(0x0)ResponderId:{responder}").unwrap();
    let produced = month_first(&ours.part(data, "producedAt").unwrap());
    write!(out, "ProducedAt:{produced}Responses:").unwrap();
    // A list without items has no parts but its tag and its length.
    let responses = ours.elements(inner(data, "responses"));
    out += &responses.into_iter().map(|single| single_response(ours, single)).collect::<String>();
    out += &extensions(ours, data, "responseExtensions", "Response Extensions:");
    let algorithm = algorithm_name(ours, inner(basic, "signatureAlgorithm"));
    let signature = inner(basic, "signature");
    let value = colons(&ours.own(signature)[string_start(ours, signature)..]);
    write!(out, "SignatureAlgorithm:{algorithm}SignatureValue:{value}").unwrap();
    let certificates = ours.has(basic, "certs").map(|tagged| inner(tagged, "certs"));
    let certificates = certificates.map(|all| ours.elements(all)).unwrap_or_default();
    let certificates = certificates.into_iter().map(|certificate| ours.own(certificate));
    (squeezed(&out), certificates.collect())
}

fn single_response(ours: &Ours<'_>, at: usize) -> String {
    let mut out = certificate_id(ours, ours.has(at, "certID").unwrap());
    let status = ours.elements(at)[1];
    write!(out, "CertStatus:{}", ours.field(status).name).unwrap();
    if let Some(time) = ours.part(status, "revocationTime") {
        write!(out, "RevocationTime:{}", month_first(&time)).unwrap();
        if let Some(tagged) = ours.has(status, "revocationReason") {
            let reason = ours.part(tagged, "CRLReason").unwrap().replace("0x0", "0x");
            // RFC 5280 has two reasons more than this OpenSSL knows.
            let reason = reason.replace("privilegeWithdrawn", "(UNKNOWN)");
            write!(out, "RevocationReason:{reason}").unwrap();
        }
    }
    write!(out, "ThisUpdate:{}", month_first(&ours.part(at, "thisUpdate").unwrap())).unwrap();
    if let Some(tagged) = ours.has(at, "nextUpdate") {
        let next = ours.part(tagged, "nextUpdate").unwrap();
        write!(out, "NextUpdate:{}", month_first(&next)).unwrap();
    }
    out + &extensions(ours, at, "singleExtensions", "Response Single Extensions:")
}

fn certificate_id(ours: &Ours<'_>, at: usize) -> String {
    let part = |name| hex(content(ours, ours.has(at, name).unwrap()));
    let serial = part("serialNumber");
    // A byte that only keeps the number positive is not shown.
    let serial = serial.strip_prefix("00").filter(|rest| !rest.is_empty()).unwrap_or(&serial);
    format!(
        "CertificateID:HashAlgorithm:{}IssuerNameHash:{}IssuerKeyHash:{}SerialNumber:{serial}",
        long_name(&id(ours, ours.has(at, "hashAlgorithm").unwrap(), "algorithm")),
        part("issuerNameHash"),
        part("issuerKeyHash"),
    )
}

fn extensions(ours: &Ours<'_>, at: usize, name: &str, title: &str) -> String {
    let Some(tagged) = ours.has(at, name) else { return String::new() };
    let all = ours.elements(ours.has(tagged, "Extensions").unwrap());
    let lines = all.into_iter().map(|at| match id(ours, at, "extnID").as_str() {
        "1.3.6.1.5.5.7.48.1.2" => {
            let value = ours.has(at, "extnValue").unwrap();
            let inside = ours.elements(value);
            format!("OCSP Nonce:{}", inside.iter().map(|at| hex(ours.own(*at))).collect::<String>())
        }
        _ => extension(ours, at),
    });
    format!("{title}{}", lines.collect::<String>())
}

fn hex(bytes: &[u8]) -> String {
    colons(bytes).replace(':', "").to_uppercase()
}
