//! Where the certificates of a connection are, and what each says in a few facts: those of its
//! tree, and the SHA-256 by which it is known.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::wire::document::Document;
use crate::wire::grammar::{Context, Reader};
use crate::wire::handshake::Handshake;
use crate::wire::record::ssl2::Ssl2Message;
use crate::wire::stream::{Body, Message};
use crate::wire::text::hex;
use crate::wire::time::{Stamp, rfc3339};
use crate::wire::x509::{self, Identity};

/// The certificates that a message carries, where it is one that does.
pub(super) fn chain(message: &Message) -> Option<Vec<&[u8]>> {
    match &message.body {
        Body::Handshake(handshake) => match &**handshake {
            Handshake::Certificate(certificate) => {
                let chain = certificate.certificate_list.0.iter();
                Some(chain.map(|cert| own(&cert.0)).collect())
            }
            Handshake::Certificate13(_) if x509::has_raw_key(&message.tree) => None,
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
    let is_certificate = matches!(
        message.body,
        Body::Document(Document::Certificate | Document::TrustedCertificate)
    );
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
    /// The addresses of hosts that it is good for.
    pub ip_addresses: Vec<String>,
    /// The mailboxes that it is good for.
    pub email_addresses: Vec<String>,
    /// The URIs that it is good for.
    pub uris: Vec<String>,
    /// Its key, as in `RSA 2048`.
    #[serde(skip)]
    pub key: Option<String>,
    /// How it is signed, as in `sha256WithRSAEncryption`.
    #[serde(skip)]
    pub signature_algorithm: Option<String>,
}

impl CertificateFacts {
    /// Reads the facts off a certificate.
    pub fn of(der: &[u8]) -> Self {
        let time = |stamp: Stamp| u64::try_from(stamp.seconds()).ok().map(rfc3339);
        let identity = Identity::read(der);
        CertificateFacts {
            subject: identity.subject,
            issuer: identity.issuer,
            sha256: CertificateFacts::sha256_of(der),
            not_before: identity.not_before.and_then(time),
            not_after: identity.not_after.and_then(time),
            dns_names: identity.dns_names,
            ip_addresses: identity.ip_addresses,
            email_addresses: identity.email_addresses,
            uris: identity.uris,
            key: identity.key,
            signature_algorithm: identity.signature_algorithm,
        }
    }

    /// SHA-256 of a certificate, in hexadecimal digits.
    pub fn sha256_of(der: &[u8]) -> String {
        hex(&Sha256::digest(der))
    }

    /// The names that a person looks for: those of hosts, and where there are none of whatever else.
    pub fn names(&self) -> Vec<&str> {
        let [hosts, others] =
            [[&self.dns_names, &self.ip_addresses], [&self.email_addresses, &self.uris]]
                .map(|kinds| kinds.into_iter().flatten().map(String::as_str).collect::<Vec<_>>());
        if hosts.is_empty() { others } else { hosts }
    }
}
