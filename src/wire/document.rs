//! What is written in DER by itself, as files hold it, without a message around it. Which it is,
//! its own bytes tell, by the types of the first elements in it.

use super::der::elements::{Element, begun, claimed_length};
use super::der::schema::tag;
use super::der::{Der, Schema};
use super::fault::Fault;
use super::grammar::{Reader, Record};
use super::{cms, ocsp, pkcs12, session, time_stamp, x509};

/// Declares the kinds: the name of each in ASN.1 as transcripts write it, what it is, and how it
/// is read.
macro_rules! documents { ($($kind:ident $name:literal $words:literal $read:expr;)*) => {
    /// A kind of document.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Document {
        $( #[doc = concat!($words, ".")] $kind, )*
    }

    impl Document {
        /// The name of its type in ASN.1, as transcripts write names.
        pub fn name(self) -> &'static str {
            match self { $( Document::$kind => $name, )* }
        }

        /// What it is, in words.
        pub fn words(self) -> &'static str {
            match self { $( Document::$kind => $words, )* }
        }

        /// Reads it where `r` stands. What follows it is left.
        pub fn read<R: Record>(self, r: &mut Reader<'_, R>) {
            if r.is_empty() {
                let fault = Fault::Form { expected: "an element", found: "no bytes at all" };
                r.remark(self.name(), r.at()..r.at(), fault);
            }
            match self { $( Document::$kind => $read(r), )* }
        }
    }
} }

documents! {
    Certificate "certificate" "a certificate by itself (RFC 5280 4.1)" x509::certificate;
    TrustedCertificate "trusted_certificate" "a certificate, and what OpenSSL is to trust it for"
        x509::trusted_certificate;
    CertificateList "certificate_list" "a list of certificates that were revoked (RFC 5280 5.1)"
        x509::certificate_list;
    CertificationRequest "certification_request" "a request for a certificate (PKCS #10)"
        x509::certification_request;
    SubjectPublicKeyInfo "subject_public_key_info" "a public key (RFC 5280 4.1.2.7)"
        x509::public_key_info;
    PrivateKeyInfo "private_key_info" "a private key (PKCS #8)" x509::private_key_info;
    EncryptedPrivateKeyInfo "encrypted_private_key_info"
        "a private key under a password (PKCS #8)" x509::encrypted_private_key_info;
    RsaPrivateKey "rsa_private_key" "a private key of RSA (PKCS #1)" x509::rsa_private_key;
    EcPrivateKey "ec_private_key" "a private key of a curve (RFC 5915)" x509::ec_private_key;
    DsaPrivateKey "dsa_private_key" "a private key of DSA, as OpenSSL writes it"
        x509::dsa_private_key;
    RsaPublicKey "rsa_public_key" "a public key of RSA (PKCS #1)" x509::rsa_public_key;
    EcParameters "ec_parameters" "a curve by itself (RFC 5480 2.1.1)" x509::ec_parameters;
    DhParameter "dh_parameter" "a prime field to agree on keys in (PKCS #3)" x509::dh_parameter;
    DomainParameters "domain_parameters" "a prime field to agree on keys in (X9.42)"
        x509::domain_parameters;
    DssParms "dss_parms" "a prime field to sign in, by DSA (RFC 3279 2.3.2)" x509::dss_parms;
    ContentInfo "content_info" "a message of CMS (PKCS #7)" cms::content_info;
    Pfx "pfx" "keys and certificates (PKCS #12)" pkcs12::pfx;
    OcspRequest "ocsp_request" "a question whether certificates were revoked (OCSP)"
        ocsp::request;
    OcspResponse "ocsp_response" "the answer whether certificates were revoked (OCSP)"
        ocsp::response;
    SslSession "ssl_session" "a session as OpenSSL keeps it, with its secret" session::ssl_session;
    TimeStampReq "time_stamp_req" "a question for the time (RFC 3161 2.4.1)" time_stamp::request;
    TimeStampResp "time_stamp_resp" "the answer to a question for the time (RFC 3161 2.4.2)"
        time_stamp::response;
    Other "der" "DER of a kind that is not known here" other;
}

fn other<R: Record>(r: &mut Reader<'_, R>) {
    Der::new(r).element("element", &Schema::Any);
}

impl Document {
    /// What PEM calls by this label (RFC 7468 section 4, and OpenSSL), where its bytes may be another
    /// thing too, or none that they tell.
    pub fn labelled(label: &str, bytes: &[u8]) -> Document {
        use Document::{Certificate, DhParameter, EcParameters, Other, RsaPublicKey};
        match (label, Document::of(bytes)) {
            // Both are two numbers.
            ("DH PARAMETERS", None | Some(RsaPublicKey)) => DhParameter,
            ("RSA PUBLIC KEY", None | Some(DhParameter)) => RsaPublicKey,
            ("EC PARAMETERS", None) => EcParameters,
            (_, Some(document)) => document,
            (label, None) if label.ends_with("CERTIFICATE") => Certificate,
            (_, None) => Other,
        }
    }

    /// What these bytes are, as far as they are there. None where that is nothing that is known.
    pub fn of(bytes: &[u8]) -> Option<Document> {
        let mut all = begun(bytes);
        let whole = all.next()?;
        if x509::is_named_curve(&whole) && whole.range().end == bytes.len() {
            return Some(Document::EcParameters);
        }
        if whole.identifier != tag::SEQUENCE {
            return None;
        }
        let parts: Vec<Element<'_>> = begun(whole.content).take(3).collect();
        let (first, behind) = parts.split_first()?;
        match (first.identifier, first.content) {
            (tag::SEQUENCE, _) if oid(first).is_some() => behind_algorithm(behind),
            (tag::SEQUENCE, _) if time_stamp::is_response(first, behind.first()) => {
                Some(Document::TimeStampResp)
            }
            (tag::SEQUENCE, _) => match (signed(first)?, all.next(), all.next()) {
                (Document::Certificate, Some(more), None) if x509::is_trust(&more) => {
                    Some(Document::TrustedCertificate)
                }
                (document, ..) => Some(document),
            },
            (tag::INTEGER, [version @ 0..=3]) => behind_version(*version, behind),
            (tag::INTEGER, large) if large.len() > SHORT => behind_large(behind),
            (tag::OBJECT_IDENTIFIER, kind) if cms::is_content_type(kind) => {
                Some(Document::ContentInfo)
            }
            (tag::ENUMERATED, [0..=6]) => Some(Document::OcspResponse),
            _ => None,
        }
    }
}

/// Whether bytes of no kind that is known are DER all the same: elements in a SEQUENCE, whose length
/// holds nearly. What is cut off or followed by something has most of it, and little behind it; where
/// all lengths hold to the byte, a tag may be an odd one.
pub fn is_like_der(bytes: &[u8]) -> bool {
    let Some(whole) = begun(bytes).next().filter(|whole| whole.identifier == tag::SEQUENCE) else {
        return false;
    };
    let Some(claimed) = claimed_length(bytes) else { return false };
    let holds = bytes.len().abs_diff(claimed) <= claimed.min(bytes.len()) / 4 + 2;
    let exact = claimed == bytes.len()
        && whole.elements().last().is_some_and(|last| last.range().end == whole.range().end);
    let mut parts = begun(whole.content).take(3).peekable();
    // Of types that ASN.1 has, or numbered by their place; or the end of an indefinite length.
    let known = |part: Element<'_>| match part.identifier {
        0 => part.content.is_empty(),
        0x80..=0xbf if exact => true,
        identifier => matches!(identifier, 1..=0x1e | 0x30 | 0x31 | 0xa0..=0xa9),
    };
    holds && parts.peek().is_some() && parts.all(known)
}

/// What begins with an AlgorithmIdentifier: a key.
fn behind_algorithm(behind: &[Element<'_>]) -> Option<Document> {
    match behind.first()?.identifier {
        tag::BIT_STRING => Some(Document::SubjectPublicKeyInfo),
        tag::OCTET_STRING => Some(Document::EncryptedPrivateKeyInfo),
        _ => None,
    }
}

/// What begins with a small number.
fn behind_version(version: u8, behind: &[Element<'_>]) -> Option<Document> {
    let (second, behind) = behind.split_first()?;
    match (version, second.identifier) {
        (1..=3, tag::SEQUENCE) if oid(second).is_some_and(is_field_type) => {
            Some(Document::EcParameters)
        }
        (0 | 1, tag::SEQUENCE) if oid(second).is_some() => Some(Document::PrivateKeyInfo),
        (3, tag::SEQUENCE) if oid(second).is_some_and(cms::is_content_type) => Some(Document::Pfx),
        // A hash by its algorithm, and it.
        (1, tag::SEQUENCE) if begun(second.content).next().is_some_and(|it| oid(&it).is_some()) => {
            Some(Document::TimeStampReq)
        }
        (1, tag::OCTET_STRING) => Some(Document::EcPrivateKey),
        // A version and a suite, as they stand in a hello.
        (1, tag::INTEGER) if session::is_begun(second, behind) => Some(Document::SslSession),
        // A modulus and a short exponent, or two large primes.
        (0 | 1, tag::INTEGER) if second.content.len() > SHORT => match behind.first() {
            Some(third) if third.identifier != tag::INTEGER => None,
            Some(third) if third.content.len() > SHORT => Some(Document::DsaPrivateKey),
            _ => Some(Document::RsaPrivateKey),
        },
        _ => None,
    }
}

/// What begins with a large number: a modulus or a prime. Those that may be meant alone have a small
/// one behind it.
fn behind_large(behind: &[Element<'_>]) -> Option<Document> {
    let (second, behind) = behind.split_first()?;
    let third = behind.first();
    if second.identifier != tag::INTEGER || third.is_some_and(|it| it.identifier != tag::INTEGER) {
        return None;
    }
    match (second.content, third.map(|third| third.content.len())) {
        // A generator; no exponent is even, and nobody has 5.
        ([2 | 5], None) | (_, Some(..=SHORT)) => Some(Document::DhParameter),
        (second, None) if second.len() <= SHORT => Some(Document::RsaPublicKey),
        (_, None) => None,
        // The order of a subgroup stands before its generator, or behind it.
        (second, Some(third)) if second.len() < third => Some(Document::DssParms),
        _ => Some(Document::DomainParameters),
    }
}

/// Whether it says over which kind of field a curve is: below 1.2.840.10045.1.
fn is_field_type(oid: &[u8]) -> bool {
    oid.starts_with(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 1])
}

/// Bytes of the longest public exponent of RSA that is met.
const SHORT: usize = 8;

/// What begins with the part that is signed.
fn signed(part: &Element<'_>) -> Option<Document> {
    let parts: Vec<Element<'_>> = begun(part.content).take(4).collect();
    let is_time = |at: usize| {
        let part = parts.get(at).map(|part| part.identifier);
        matches!(part, Some(tag::UTC_TIME | tag::GENERALIZED_TIME))
    };
    let Some(first) = parts.first() else { return Some(Document::Certificate) };
    match first.identifier {
        0xa1 => Some(Document::OcspRequest),
        // A name, and no algorithm: the subject of a request.
        tag::INTEGER if parts.get(1).is_some_and(is_name) && parts.len() > 2 => {
            Some(Document::CertificationRequest)
        }
        tag::INTEGER if is_time(3) => Some(Document::CertificateList),
        tag::SEQUENCE if oid(first).is_some() && is_time(2) => Some(Document::CertificateList),
        tag::SEQUENCE if is_request_list(first) => Some(Document::OcspRequest),
        0xa0 | tag::INTEGER => Some(Document::Certificate),
        _ => None,
    }
}

/// Whether it begins as a Name does, which may be empty.
fn is_name(part: &Element<'_>) -> bool {
    let first = begun(part.content).next().map(|first| first.identifier);
    part.identifier == tag::SEQUENCE && matches!(first, None | Some(tag::SET))
}

/// Whether it begins as the requests of an OCSPRequest do: with a CertID in the first of them.
fn is_request_list(part: &Element<'_>) -> bool {
    let mut inside = *part;
    for _ in 0..2 {
        match begun(inside.content).next() {
            Some(next) if next.identifier == tag::SEQUENCE => inside = next,
            _ => return false,
        }
    }
    begun(inside.content).next().is_some_and(|algorithm| oid(&algorithm).is_some())
}

/// The OBJECT IDENTIFIER with which a part begins.
fn oid<'a>(part: &Element<'a>) -> Option<&'a [u8]> {
    let first = begun(part.content).next()?;
    (first.identifier == tag::OBJECT_IDENTIFIER).then_some(first.content)
}
