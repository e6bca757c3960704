//! What a client shows and signs, against what the server asked for: RFC 5246 sections 7.4.4, 7.4.6
//! and 7.4.8, RFC 8446 sections 4.3.2, 4.4.2 and 4.4.3.

use std::collections::{HashMap, HashSet};

use super::offer::some_of_each;
use super::unasked::{Shown, types};
use super::{Review, Say};
use crate::names::{ClientCertificateType, Code, ExtensionType, SignatureScheme};
use crate::wire::extension::{EntryExtension, Extension, RequestExtension};
use crate::wire::fault::Notices;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::certificate::Certificate13;
use crate::wire::handshake::certificate_request::{CertificateRequest, CertificateRequest13};
use crate::wire::side::Side;
use crate::wire::x509::KeyAlgorithm;

/// What a CertificateRequest asks for.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// Its name in TLS 1.3; before, and in a handshake, nothing.
    context: Vec<u8>,
    /// The kinds of certificates, before TLS 1.3.
    kinds: Option<Vec<ClientCertificateType>>,
    /// The signatures, since TLS 1.2.
    schemes: Option<Vec<SignatureScheme>>,
    /// Its extensions, in TLS 1.3.
    pub(super) extensions: Vec<RequestExtension>,
    /// Their types.
    types: HashSet<ExtensionType>,
}

impl Request {
    /// Whether it has an extension of a type.
    pub(super) fn has(&self, extension_type: ExtensionType) -> bool {
        self.types.contains(&extension_type)
    }
}

impl From<&CertificateRequest> for Request {
    fn from(request: &CertificateRequest) -> Self {
        let schemes = request.supported_signature_algorithms.0.as_ref();
        Request {
            context: Vec::new(),
            kinds: Some(request.certificate_types.0.to_vec()),
            schemes: schemes.map(|schemes| schemes.0.to_vec()),
            extensions: Vec::new(),
            types: HashSet::new(),
        }
    }
}

impl From<&CertificateRequest13> for Request {
    fn from(request: &CertificateRequest13) -> Self {
        let schemes = request.extensions.0.iter().find_map(|extension| match extension {
            RequestExtension::SignatureAlgorithms(schemes) => Some(schemes.0.to_vec()),
            _ => None,
        });
        Request {
            context: request.certificate_request_context.0.to_vec(),
            kinds: None,
            schemes,
            extensions: request.extensions.0.clone(),
            types: types(&request.extensions.0),
        }
    }
}

/// What a server asked for in a handshake and behind it, and which of it a client answers.
#[derive(Debug, Default)]
pub(super) struct Requests {
    asked: Vec<Request>,
    /// Which of them was the last of its name.
    named: HashMap<Vec<u8>, usize>,
    /// Which of them the client's last certificate answers.
    answered: Option<usize>,
}

impl Requests {
    pub(super) fn ask(&mut self, request: Request) {
        self.named.insert(request.context.clone(), self.asked.len());
        self.asked.push(request);
    }

    /// The client shows a certificate that answers what has this name.
    fn answer(&mut self, context: &[u8]) {
        self.answered = self.named.get(context).copied();
    }

    fn answered(&self) -> Option<&Request> {
        self.answered.and_then(|index| self.asked.get(index))
    }

    /// What the client's last certificate answers is not known.
    pub(super) fn forget(&mut self) {
        self.answered = None;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }
}

impl Review {
    /// A client's certificate: what it answers, and whether its key is of a kind that was asked for.
    pub(super) fn of_client(&mut self, certificate: &Handshake, say: &mut Say<'_>) {
        let (field, is_empty, context) = match certificate {
            Handshake::Certificate13(certificate) => {
                let context = &certificate.certificate_request_context.0[..];
                ("certificate_list", certificate.certificate_list.0.is_empty(), context)
            }
            Handshake::RawPublicKey(key) => {
                let is_empty = key.subject_public_key_info.0.is_empty();
                ("subject_public_key_info", is_empty, &[][..])
            }
            Handshake::Certificate(certificate) => {
                ("certificate_list", certificate.certificate_list.0.is_empty(), &[][..])
            }
            _ => return self.requests.forget(),
        };
        self.client.shown = Some(if is_empty { Shown::Empty } else { Shown::Certificate });
        self.requests.answer(context);
        if let Handshake::Certificate13(certificate) = certificate {
            self.certificate_of_client(certificate, say);
        }
        let [key, _] = self.keys;
        let Some(Request { kinds: Some(kinds), .. }) = self.answered() else { return };
        let Some(key) = key.filter(|_| kinds.iter().all(|kind| kind.name().is_some())) else {
            return;
        };
        if !kinds_of(key).iter().any(|kind| kinds.contains(kind)) {
            let expected = "a key of a kind that the CertificateRequest names";
            say.form(field, expected, key.words(), "RFC 5246 7.4.6");
        }
    }

    /// What a client says beside its certificates in TLS 1.3: which request it answers, and what
    /// that asked for.
    fn certificate_of_client(&self, certificate: &Certificate13, say: &mut Say<'_>) {
        let Some(request) = self.answered() else {
            // That there is none at all is told by itself.
            if !self.requests.is_empty() && self.was_all_seen() {
                let expected = "that of a CertificateRequest";
                let (field, found) = ("certificate_request_context", "one that none has");
                say.form(field, expected, found, "RFC 8446 4.4.2");
            }
            return;
        };
        for (place, entry) in certificate.certificate_list.0.iter().enumerate() {
            say.of_item("certificate_list", place, |say| {
                for (index, extension) in some_of_each(&entry.extensions.0) {
                    say.of_item("extensions", index, |say| {
                        beside(extension, request, say);
                        match extension {
                            // Beside others it is passed over.
                            EntryExtension::DelegatedCredential(credential) if place == 0 => {
                                let own = &entry.cert_data.0;
                                self.delegated_credential(Side::Client, credential, own, say);
                            }
                            _ => {}
                        }
                    });
                }
            });
        }
    }

    /// The request that the client's last certificate answers.
    pub(super) fn answered(&self) -> Option<&Request> {
        self.requests.answered()
    }

    /// The signatures that a client's CertificateVerify may have.
    pub(super) fn requested_schemes(&self) -> Option<&[SignatureScheme]> {
        self.answered().and_then(|request| request.schemes.as_deref())
    }
}

/// An extension that stands beside a client's certificate.
fn beside(extension: &EntryExtension, request: &Request, say: &mut Say<'_>) {
    let extension_type = extension.extension_type();
    let (field, expected, found, reference) = if extension_type.is_grease() {
        ("GREASE", "an extension", "GREASE, sent back", "RFC 8701 4.2")
    } else if request.has(extension_type) {
        return;
    } else {
        let field = extension_type.name().unwrap_or("unknown");
        let expected = "an answer to an extension of the CertificateRequest";
        (field, expected, "one that was not asked for", "RFC 8446 4.4.2")
    };
    say.form(field, expected, found, reference);
}

/// The kinds of certificates in which a key may be. Those for Diffie and Hellman may be signed by
/// another.
fn kinds_of(key: KeyAlgorithm) -> &'static [ClientCertificateType] {
    use ClientCertificateType as Kind;
    match key {
        KeyAlgorithm::Rsa | KeyAlgorithm::RsassaPss => &[Kind::rsa_sign, Kind::rsa_ephemeral_dh],
        KeyAlgorithm::Dsa => &[Kind::dss_sign, Kind::dss_ephemeral_dh],
        KeyAlgorithm::Ec => &[Kind::ecdsa_sign, Kind::rsa_fixed_ecdh, Kind::ecdsa_fixed_ecdh],
        // RFC 8422 section 5.5.
        KeyAlgorithm::Ed25519 | KeyAlgorithm::Ed448 => &[Kind::ecdsa_sign],
    }
}
