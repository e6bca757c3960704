//! Where the certificates of a connection are, and what each says in a few facts: x509-parser
//! reads it, sha2 names it.

use serde::Serialize;
use sha2::{Digest, Sha256};
use x509_parser::prelude::*;
use x509_parser::public_key::PublicKey;

use crate::names::oid;
use crate::wire::document::Document;
use crate::wire::grammar::{Context, Reader};
use crate::wire::handshake::Handshake;
use crate::wire::record::ssl2::Ssl2Message;
use crate::wire::stream::{Body, Message};
use crate::wire::text::{escape, hex};
use crate::wire::time::rfc3339;
use crate::wire::x509;

/// The certificates that a message carries, where it is one that does.
pub(super) fn chain(message: &Message) -> Option<Vec<&[u8]>> {
    match &message.body {
        Body::Handshake(handshake) => match &**handshake {
            Handshake::Certificate(certificate) => {
                let chain = certificate.certificate_list.0.iter();
                Some(chain.map(|cert| own(&cert.0)).collect())
            }
            Handshake::Certificate13(certificate) => {
                let chain = certificate.certificate_list.0.iter();
                Some(chain.map(|entry| own(&entry.cert_data.0)).collect())
            }
            Handshake::CompressedCertificate(_) => {
                let beneath = message.tree.beneath.first()?;
                let fields = x509::certificates(&beneath.tree);
                Some(fields.filter_map(|(_, field)| beneath.bytes.get(field.range())).collect())
            }
            _ => None,
        },
        Body::Ssl2(message) => match &**message {
            Ssl2Message::ServerHello(hello) if !hello.certificate.0.is_empty() => {
                Some(vec![own(&hello.certificate.0)])
            }
            _ => None,
        },
        _ => None,
    }
}

/// The certificate that is a message by itself, where it is whole.
pub(super) fn alone(message: &Message) -> Option<&[u8]> {
    let is_certificate = message.body == Body::Document(Document::Certificate);
    (is_certificate && message.complete()).then(|| own(&message.bytes))
}

/// The bytes of a certificate, without what stands behind it.
fn own(der: &[u8]) -> &[u8] {
    let mut r = Reader::<()>::new(der, Context::default());
    x509::certificate(&mut r);
    der.get(..r.at()).unwrap_or(der)
}

/// The facts by which people know a certificate, safe to print. Those that its bytes do not tell
/// are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CertificateFacts {
    /// Whom it names, as in `CN=shop.example, O=Shop`.
    pub subject: Option<String>,
    /// Who signed it.
    pub issuer: Option<String>,
    /// SHA-256 of the certificate, in hexadecimal digits.
    pub sha256: String,
    /// From when it is good, in the form of RFC 3339.
    pub not_before: Option<String>,
    /// Until when it is good.
    pub not_after: Option<String>,
    /// The host names that it is good for.
    pub dns_names: Vec<String>,
    /// Its key, as in `RSA 2048`.
    #[serde(skip)]
    pub key: Option<String>,
    /// How it is signed, as in `sha256WithRSAEncryption`.
    #[serde(skip)]
    pub signature_algorithm: Option<String>,
}

impl CertificateFacts {
    /// Reads the facts off a certificate in DER.
    pub fn of(der: &[u8]) -> Self {
        let sha256 = hex(&Sha256::digest(der));
        let Ok((_, certificate)) = X509Certificate::from_der(der) else {
            return CertificateFacts { sha256, ..CertificateFacts::default() };
        };
        let time = |time: ASN1Time| u64::try_from(time.timestamp()).ok().map(rfc3339);
        let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
        CertificateFacts {
            subject: Some(escape(certificate.subject().to_string().as_bytes())),
            issuer: Some(escape(certificate.issuer().to_string().as_bytes())),
            sha256,
            not_before: time(certificate.validity().not_before),
            not_after: time(certificate.validity().not_after),
            dns_names: dns_names(&certificate),
            key: key(&certificate),
            signature_algorithm: Some(
                oid::name(&algorithm).map_or(algorithm.clone(), str::to_owned),
            ),
        }
    }
}

fn dns_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return Vec::new() };
    let names = names.value.general_names.iter();
    let dns = names.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(escape(name.as_bytes())),
        _ => None,
    });
    dns.collect()
}

fn key(certificate: &X509Certificate<'_>) -> Option<String> {
    let info = certificate.public_key();
    let algorithm = info.algorithm.algorithm.to_id_string();
    match info.parsed().ok()? {
        PublicKey::RSA(key) => Some(format!("RSA {}", key.key_size())),
        PublicKey::EC(_) => {
            let curve = info.algorithm.parameters.as_ref()?.as_oid().ok()?.to_id_string();
            Some(format!("EC {}", oid::name(&curve).unwrap_or(&curve)))
        }
        PublicKey::DSA(_) => Some("DSA".to_owned()),
        _ => Some(oid::name(&algorithm).unwrap_or(&algorithm).to_owned()),
    }
}
