//! X.509 certificates and names: the ASN.1 of RFC 5280 as schemas for [`super::der`].
//!
//! The tables here and in the files below read like the RFCs' modules; the walker that reads by
//! them is in [`super::der`]. What an expert would stop at though the form is right is said by
//! `notices`, and of keys and signatures by `weak`; whether a certificate has run out is for a caller
//! with a clock, and [`validity`].

mod algorithm;
mod bounds;
mod constraints;
mod empty;
mod extension;
mod facts;
mod general_name;
mod identity;
mod key;
mod key_algorithm;
mod name;
mod notices;
pub(super) mod oids;
mod owed;
mod parameters;
mod private;
mod private_key;
mod request;
mod resources;
mod revocation_list;
mod signature;
mod subject;
mod trust;
mod uses;
mod weak;
mod words;

pub(super) use algorithm::ALGORITHM_IDENTIFIER;
pub(super) use extension::{CERTIFICATE_POLICIES, EXTENSIONS, extension_of};
use facts::Facts;
pub(super) use general_name::{GENERAL_NAME, GENERAL_NAMES};
pub use identity::Identity;
pub use key_algorithm::KeyAlgorithm;
pub(super) use name::NAME;
pub(super) use private::CAPABILITIES;
pub(super) use signature::signature_value;
pub use subject::NAMELESS;
pub(super) use trust::{is_trust, trusted_certificate};
pub use uses::{KeyUse, Uses};
pub(super) use words::{reason, version};

use super::der::elements::Element;
use super::der::schema::{Rules, default, member, of_type, optional, tag};
use super::der::{Der, Schema, element, saying};
use super::field::{Field, Tree};
use super::grammar::{Context, Reader, Record};
use super::time::{self, Stamp};
use key::SUBJECT_PUBLIC_KEY_INFO;

/// Reads a Certificate where `r` stands. What follows it is left.
pub fn certificate<R: Record>(r: &mut Reader<'_, R>) {
    let (bytes, at) = (r.rest(), r.at());
    let outer = r.section("RFC 5280 4.1");
    Der::new(r).element("Certificate", &CERTIFICATE);
    if R::KEEPS {
        let shown_by = r.context().sender;
        saying(r, |say| notices::certificate(bytes, at, shown_by, say));
    }
    r.section(outer);
}

/// The certificates in a tree: the index of each, and its field.
pub fn certificates(tree: &Tree) -> impl Iterator<Item = (usize, &Field)> {
    let fields = tree.fields.iter().enumerate();
    fields.filter(|(_, field)| field.name == "Certificate" && !field.is_leaf())
}

/// Declares readers of what stands by itself: the section, the name of the type, the type, and who
/// says what there is to say about it.
macro_rules! alone { ($($(#[$doc:meta])* $read:ident $section:literal $name:literal $schema:path
    $(, $notices:path)?;)*) => {$(
    $(#[$doc])*
    pub fn $read<R: Record>(r: &mut Reader<'_, R>) {
        let _before = (r.rest(), r.at());
        let outer = r.section($section);
        Der::new(r).element($name, &$schema);
        r.section(outer);
        $( if R::KEEPS {
            saying(r, |say| $notices(_before.0, _before.1, say));
        } )?
    }
)*} }

alone! {
    /// Reads a CertificateList where `r` stands.
    certificate_list "RFC 5280 5.1" "CertificateList" revocation_list::CERTIFICATE_LIST,
        weak::signed;
    /// Reads a CertificationRequest where `r` stands.
    certification_request "RFC 2986 4" "CertificationRequest" request::CERTIFICATION_REQUEST,
        weak::certification_request;
    /// Reads a PrivateKeyInfo where `r` stands.
    private_key_info "RFC 5958 2" "PrivateKeyInfo" private_key::PRIVATE_KEY_INFO,
        weak::private_key_info;
    /// Reads an EncryptedPrivateKeyInfo where `r` stands.
    encrypted_private_key_info "RFC 5958 3" "EncryptedPrivateKeyInfo"
        private_key::ENCRYPTED_PRIVATE_KEY_INFO;
    /// Reads an RSAPrivateKey where `r` stands.
    rsa_private_key "RFC 8017 A.1.2" "RSAPrivateKey" private_key::RSA_PRIVATE_KEY,
        weak::rsa_private_key;
    /// Reads an ECPrivateKey where `r` stands.
    ec_private_key "RFC 5915 3" "ECPrivateKey" private_key::EC_PRIVATE_KEY;
    /// Reads a key of DSA as OpenSSL writes it, where `r` stands.
    dsa_private_key "" "DSAPrivateKey" private_key::DSA_PRIVATE_KEY,
        weak::dsa_private_key;
    /// Reads an RSAPublicKey where `r` stands.
    rsa_public_key "RFC 8017 A.1.1" "RSAPublicKey" key::RSA_PUBLIC_KEY,
        weak::rsa_public_key;
    /// Reads ECParameters where `r` stands: a curve by its name, or written out.
    ec_parameters "RFC 5480 2.1.1" "ECParameters" algorithm::EC_PARAMETERS;
    /// Reads DomainParameters of X9.42 where `r` stands.
    domain_parameters "RFC 3279 2.3.3" "DomainParameters" algorithm::DOMAIN_PARAMETERS;
    /// Reads Dss-Parms where `r` stands.
    dss_parms "RFC 3279 2.3.2" "Dss-Parms" algorithm::DSS_PARMS,
        weak::dss_parms;
    /// Reads a DHParameter of PKCS #3 where `r` stands.
    dh_parameter "PKCS #3 9" "DHParameter" algorithm::DH_PARAMETER, weak::dh_parameter;
    /// Reads a SubjectPublicKeyInfo where `r` stands: a key alone, as RFC 7250 has it.
    public_key_info "RFC 5280 4.1.2.7" "SubjectPublicKeyInfo" SUBJECT_PUBLIC_KEY_INFO,
        weak::public_key_info;
}

/// A certificate that stands in something else, with what there is to say of it; so it is with the
/// others. They are in DER, whatever is around them.
pub(super) const KEPT_CERTIFICATE: Schema = Schema::By(
    Rules::Der,
    &Schema::In("RFC 5280 4.1", &Schema::Noticed(notices::kept_certificate, &CERTIFICATE)),
);
pub(super) const KEPT_CERTIFICATE_LIST: Schema = Schema::By(
    Rules::Der,
    &Schema::In("RFC 5280 5.1", &Schema::Noticed(weak::signed, &revocation_list::CERTIFICATE_LIST)),
);
pub(super) const KEPT_PRIVATE_KEY_INFO: Schema = Schema::In(
    "RFC 5958 2",
    &Schema::Noticed(weak::private_key_info, &private_key::PRIVATE_KEY_INFO),
);
pub(super) const KEPT_ENCRYPTED_PRIVATE_KEY_INFO: Schema =
    Schema::In("RFC 5958 3", &private_key::ENCRYPTED_PRIVATE_KEY_INFO);

/// Says what there is to say of what is signed by the algorithm behind it, at the start of `bytes`.
pub(super) fn signed<R: Record>(r: &mut Reader<'_, R>, bytes: &[u8], at: usize) {
    saying(r, |say| weak::signed(bytes, at, say));
}

/// Whether this element is the name of a curve that TLS has too.
pub fn is_named_curve(element: &Element<'_>) -> bool {
    weak::named_curve(element).is_some()
}

/// Reads a Name where `r` stands.
pub fn name<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 5280 4.1.2.4", "Name", &NAME);
}

/// Whether a Certificate of TLS 1.3 has a key in place of a certificate, RFC 7250 section 3. One in
/// an extension beside it, as in a delegated credential, takes no certificate's place.
pub fn has_raw_key(tree: &Tree) -> bool {
    let fields = tree.fields.iter().enumerate();
    let mut places = fields.filter(|(_, field)| field.name == "cert_data");
    places
        .any(|(index, _)| tree.children(index).any(|(_, part)| part.name == "SubjectPublicKeyInfo"))
}

/// Whether these bytes are a SubjectPublicKeyInfo and not a certificate: an algorithm and a key,
/// where a certificate has a version or a serial number, and an algorithm.
pub fn looks_like_public_key_info(bytes: &[u8]) -> bool {
    let Some(whole) = Element::first(bytes, 0) else { return false };
    let mut parts = whole.elements_of(tag::SEQUENCE);
    let algorithm = parts.next_of(tag::SEQUENCE).and_then(|first| first.elements().next());
    algorithm.is_some_and(|first| first.identifier == tag::OBJECT_IDENTIFIER)
        && parts.next_of(tag::BIT_STRING).is_some()
}

/// Reads an ECDSA-Sig-Value where `r` stands: RFC 3279 section 2.2.3.
pub fn ecdsa_signature<R: Record>(r: &mut Reader<'_, R>) {
    element(r, "RFC 3279 2.2.3", "ECDSA-Sig-Value", &signature::ECDSA_SIG_VALUE);
}

/// Whether a signature is an ECDSA-Sig-Value in DER, and nothing more.
pub fn is_ecdsa_signature(signature: &[u8]) -> bool {
    let mut r = Reader::<Tree>::new(signature, Context::default());
    ecdsa_signature(&mut r);
    !signature.is_empty() && r.finish().remarks.is_empty()
}

/// From when to when a certificate says that it is good, for a caller with a clock. None where
/// its bytes do not tell.
pub fn validity(certificate: &[u8]) -> Option<(Stamp, Stamp)> {
    let tbs = Element::first(certificate, 0)?.elements().next()?;
    let mut parts = tbs.elements();
    parts.next_of(0xa0);
    // Behind the serial number, the algorithm and the issuer.
    let validity = parts.nth(3)?;
    let mut times = validity.elements().map(|time| stamp(&time));
    Some((times.next()??, times.next()??))
}

/// Whether the holder of a certificate may let another key stand in for its own, RFC 9345 section 4.2.
/// None where its bytes do not tell.
pub fn may_delegate(certificate: &[u8]) -> Option<bool> {
    let facts = Facts::read(certificate, 0).filter(|facts| !facts.has_unread)?;
    Some(facts.extension(oids::DELEGATION_USAGE).is_some())
}

/// The time in an element, or in the first within it, where a tag of its own stands before it.
pub fn time(der: &[u8]) -> Option<Stamp> {
    let element = Element::first(der, 0)?;
    stamp(&element).or_else(|| stamp(&element.elements().next()?))
}

/// The time in a UTCTime or a GeneralizedTime.
fn stamp(time: &Element<'_>) -> Option<Stamp> {
    stamp_of(time.identifier, time.content)
}

/// The time in the content of a type. None where its day is not in the calendar.
fn stamp_of(identifier: u8, content: &[u8]) -> Option<Stamp> {
    let stamp = match identifier {
        tag::UTC_TIME => time::read_utc_time(content),
        tag::GENERALIZED_TIME => time::read_generalized_time(content),
        _ => None,
    };
    stamp.filter(Stamp::is_in_calendar)
}

/// `Time`, RFC 5280 section 4.1.
const TIME: &[u8] = &[tag::UTC_TIME, tag::GENERALIZED_TIME];

pub(super) const CERTIFICATE: Schema = Schema::Sequence(&[
    member("tbsCertificate", &[tag::SEQUENCE], TBS_CERTIFICATE),
    member("signatureAlgorithm", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("signatureValue", &[tag::BIT_STRING], Schema::ByOid(signature_value)),
]);

const TBS_CERTIFICATE: Schema = Schema::Sequence(&[
    default("version", &[0xa0], &[tag::INTEGER, 1, 0], Schema::Explicit("version", &VERSION)),
    member("serialNumber", &[tag::INTEGER], SERIAL_NUMBER),
    member("signature", &[tag::SEQUENCE], ALGORITHM_IDENTIFIER),
    member("issuer", &[tag::SEQUENCE], NAME),
    member("validity", &[tag::SEQUENCE], Schema::In("RFC 5280 4.1.2.5", &VALIDITY)),
    member("subject", &[tag::SEQUENCE], NAME),
    member("subjectPublicKeyInfo", &[tag::SEQUENCE], SUBJECT_PUBLIC_KEY_INFO),
    optional("issuerUniqueID", &[0x81], of_type(tag::BIT_STRING)),
    optional("subjectUniqueID", &[0x82], of_type(tag::BIT_STRING)),
    optional("extensions", &[0xa3], Schema::Explicit("extensions", &EXTENSIONS)),
]);

const VERSION: Schema = Schema::Type(tag::INTEGER, Some(version));
pub(super) const SERIAL_NUMBER: Schema = Schema::Type(tag::INTEGER, Some(words::serial_number));

const VALIDITY: Schema = Schema::Sequence(&[
    member("notBefore", TIME, Schema::Any),
    member("notAfter", TIME, Schema::Any),
]);
