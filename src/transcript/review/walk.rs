//! Which message is reviewed by what, and what of it is kept for those behind it.

use std::sync::Arc;

use super::behind::Names;
use super::change::Behind;
use super::fitness::Stapled;
use super::offer::some_of_each;
use super::request::Requests;
use super::second_hello::Cookies;
use super::signature::{CERTIFICATE_VERIFY, SERVER_KEY_EXCHANGE, key_of_tls13};
use super::unasked::Shown;
use super::{
    Review, Say, certificates, client, in_order, key_exchange, legacy, quic, server, signature,
    together,
};
use crate::names::{AlertLevel, ExtensionType, KeyExchange, ProtocolVersion};
use crate::wire::extension::{
    CertificateStatus, EncryptedExtension, Extension, RequestExtension, ServerExtension,
};
use crate::wire::fault::Notices;
use crate::wire::field::Beneath;
use crate::wire::grammar::{Context, Reader, Wire};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::certificate::{Certificate, Certificate13, RawPublicKey};
use crate::wire::handshake::key_exchange::ServerKeyExchange;
use crate::wire::side::Side;
use crate::wire::stream::{Body, Message};
use crate::wire::x509::{KeyAlgorithm, has_raw_key};

impl Review {
    /// Reads a message, and notices what there is to notice. Behind a change of keys this is said.
    pub(in super::super) fn read(&mut self, from: Side, message: &mut Message, behind: Behind) {
        if self.begins_connection(from, message) {
            *self = Review::of(self.client_alone, false, self.has_records);
        }
        let is_first = self.offer.is_none() && !self.again;
        self.again |= self.offer.is_none() && message.follows_hello();
        self.in_record = self.has_records && message.record_version.is_some();
        self.message_seq = message.message_seq();
        if self.version.is_none() && message.tells_tls13() {
            self.version = Some(ProtocolVersion::TLS1_3);
        }
        let is_compressed =
            matches!(message.handshake(), Some(Handshake::CompressedCertificate(_)));
        if is_compressed && !message.tree.has_assumption() {
            self.beneath(from, &mut Arc::make_mut(&mut message.tree).beneath);
        }
        let mut say = Say::of(&message.tree);
        match &message.body {
            Body::Handshake(handshake) if message.tree.has_assumption() => {
                self.assumed(from, handshake, &message.bytes, &mut say);
            }
            Body::Handshake(handshake) => {
                self.handshake(from, handshake, &mut say);
                if let (true, Some(version)) = (self.in_record, message.record_version) {
                    legacy::record_version(handshake, version, &mut say);
                }
                self.protection(from, handshake, &mut say);
            }
            Body::Ssl2(message) => self.ssl2(message, &mut say),
            Body::Alert(alert) => self.alert(alert, &mut say),
            Body::Heartbeat => self.heartbeat(from, message.without_mac(), &mut say),
            Body::ChangeCipherSpec if message.changes_keys() => {
                self.change(from, behind, is_first, &mut say);
            }
            _ => {}
        }
        self.version_of_record(from, message, &mut say);
        let remarks = say.remarks;
        message.remark_all(remarks);
        if let (true, Some(handshake)) = (self.follow(from, message), message.handshake()) {
            let mut say = Say::of(&message.tree);
            self.sequence(from, handshake, &mut say);
            let remarks = say.remarks;
            message.remark_all(remarks);
        }
        self.keep_end(from, message);
        match &message.body {
            Body::Alert(alert) => self.over |= alert.level == AlertLevel::fatal,
            Body::Handshake(handshake) => match **handshake {
                Handshake::ClientHello(_) => self.answered = false,
                Handshake::ServerHello(_) => self.answered = true,
                _ => {}
            },
            _ => {}
        }
        self.unanswered = match &message.body {
            Body::Handshake(handshake) => match **handshake {
                Handshake::ClientHello(_) => true,
                Handshake::HelloRequest(_) if from == Side::Client => self.unanswered,
                Handshake::HelloRequest(_)
                | Handshake::HelloVerifyRequest(_)
                | Handshake::HelloRetryRequest(_)
                | Handshake::DraftHelloRetryRequest(_)
                | Handshake::Finished(_) => false,
                _ => self.unanswered,
            },
            // What is protected may be all of that.
            Body::ChangeCipherSpec | Body::Encrypted | Body::ApplicationData
                if from == Side::Server =>
            {
                false
            }
            _ => self.unanswered,
        };
    }

    /// Of fields that were only taken to be there nothing can be said, but for keys on a curve that
    /// is named beside them; and for a number that is short, and a hash that is broken, whatever of
    /// the forms was agreed that the bytes have.
    fn assumed(&mut self, from: Side, handshake: &Handshake, bytes: &[u8], say: &mut Say<'_>) {
        match (from, handshake) {
            (Side::Server, Handshake::ServerKeyExchange(key)) => {
                self.server_point(key, say);
                let body = say.tree.roots().find(|(_, field)| !field.is_leaf());
                let body = body.and_then(|(_, field)| bytes.get(field.range()));
                match body.map(ServerKeyExchange::forms).as_deref() {
                    Some([_]) => {
                        key_exchange::short_numbers(key, say);
                        if let Some(signature) = key.signature() {
                            self.assumed_signature(signature, SERVER_KEY_EXCHANGE, say);
                        }
                    }
                    // A short prime is a short modulus, too.
                    Some([KeyExchange::Dhe, KeyExchange::RsaExport]) => {
                        key_exchange::lengths(key, say);
                    }
                    _ => {}
                }
            }
            // Before anything was agreed on, it may be one all the same.
            (Side::Server, Handshake::Certificate13(_)) if has_raw_key(say.tree) => {
                let raw = ExtensionType::server_certificate_type;
                if self.accepted.as_ref().is_some_and(|types| !types.contains(&raw)) {
                    let expected = "an X.509 certificate, since no other kind was agreed on";
                    say.form("cert_data", expected, "a key alone", "RFC 8446 4.4.2");
                }
            }
            (_, Handshake::CertificateVerify(verify)) => {
                self.assumed_signature(&verify.signature, CERTIFICATE_VERIFY, say);
            }
            (Side::Client, Handshake::ClientKeyExchange(key)) => {
                self.client_key_exchange(key, say);
            }
            _ => {}
        }
    }

    fn handshake(&mut self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        self.has_room(handshake, say);
        self.unasked(from, handshake, say);
        self.beside_psk(from, handshake, say);
        match (from, handshake) {
            (Side::Client, Handshake::ClientHello(hello)) => {
                self.client_hello(hello, say);
                self.offer(hello);
            }
            (Side::Server, Handshake::ServerHello(hello)) => {
                self.choose_offer(hello);
                self.version = Some(hello.version());
                self.again |= self.suite.is_some();
                self.suite = Some(hello.cipher_suite);
                self.keys = [None; 2];
                self.moduli = [None; 2];
                self.curves = [None; 2];
                self.delegated_to = [None; 2];
                self.stapled = Stapled::default();
                self.requests = Requests::default();
                self.names = Names::default();
                (self.curve, self.prime) = (None, None);
                self.resumes = self.resumes(hello);
                let is_broken =
                    |one: &ServerExtension| one.is_broken(ExtensionType::pre_shared_key);
                self.chosen_key =
                    (!hello.extensions().iter().any(is_broken)).then(|| server::selected(hello));
                self.goes_by_psk = together::goes_by_psk(hello);
                self.goes_by_certificate = together::goes_by_certificate(hello);
                self.refuses_inner = false;
                self.server_hello(hello, say);
                (self.retried, self.asked, self.cookies) = (None, None, Cookies::default());
            }
            (Side::Server, Handshake::HelloVerifyRequest(request)) => {
                self.cookies.verify.insert(request.cookie.0.to_vec());
            }
            (Side::Server, Handshake::HelloRetryRequest(retry)) => self.hello_retry(retry, say),
            (Side::Server, Handshake::EncryptedExtensions(answers)) => {
                // Only then there are configurations for the next time, RFC 9849 section 7.1.
                let refuses = ExtensionType::encrypted_client_hello;
                let mut answered = answers.extensions.0.iter();
                self.refuses_inner = answered.any(|one| one.extension_type() == refuses);
                Review::apart(&answers.extensions.0, say);
                for (index, extension) in some_of_each(&answers.extensions.0) {
                    say.of_item("extensions", index, |say| {
                        self.answer(extension, say);
                        self.goes_with(extension, &answers.extensions.0, say);
                        match extension {
                            EncryptedExtension::Alpn(names) => self.alpn(&names.0, say),
                            EncryptedExtension::QuicTransportParameters(parameters) => {
                                quic::parameters(&parameters.0, from, say);
                            }
                            EncryptedExtension::RecordSizeLimit(limit) => {
                                client::record_size(*limit, say);
                            }
                            _ => {}
                        }
                    });
                }
            }
            (Side::Client, Handshake::EncryptedExtensions(answers)) => {
                self.clients_settings(answers, say);
            }
            (Side::Server, Handshake::ServerKeyExchange(key)) => {
                self.server_key_exchange(key, say);
            }
            (Side::Client, Handshake::ClientKeyExchange(key)) => {
                self.client_key_exchange(key, say);
            }
            (_, Handshake::Certificate(Certificate { certificate_list })) => {
                let key = certificate_list.0.first().and_then(|own| KeyAlgorithm::of(&own.0));
                *self.key(from) = key;
                let own = certificate_list.0.first();
                *self.modulus(from) = own.and_then(|own| KeyAlgorithm::modulus(&own.0));
                let chain = certificate_list.0.iter().map(|own| &own.0[..]);
                in_order(chain, "RFC 5246 7.4.2", say);
                if from == Side::Server {
                    certificates("certificate_list", certificate_list.0.is_empty(), say);
                    self.key_of_suite("certificate_list", say);
                    if let Some(own) = certificate_list.0.first() {
                        self.curve_of_key("certificate_list", &own.0, say);
                        self.covers(&own.0, say);
                        self.fitness(&own.0, say);
                    }
                    self.may_be_stapled(certificate_list.0.iter().map(|own| &own.0[..]), say);
                } else {
                    self.of_client(handshake, say);
                }
            }
            (_, Handshake::RawPublicKey(RawPublicKey { subject_public_key_info })) => {
                *self.key(from) = KeyAlgorithm::of(&subject_public_key_info.0);
                *self.modulus(from) = KeyAlgorithm::modulus(&subject_public_key_info.0);
                if from == Side::Server {
                    self.key_of_suite("subject_public_key_info", say);
                } else {
                    self.of_client(handshake, say);
                }
            }
            (_, Handshake::Certificate13(_)) => self.certificate13(from, handshake, say),
            (Side::Server, Handshake::CertificateStatus(status)) => {
                // Of several responses it is told by what they answer.
                if !matches!(status, CertificateStatus::OcspMulti(_)) {
                    self.status(status, say);
                }
                self.stapled(status, say);
            }
            (Side::Server, Handshake::ServerHelloDone(_)) => self.is_stapled(say),
            (_, Handshake::CompressedCertificate(certificate)) => {
                self.compression(from, certificate.algorithm, say);
            }
            (Side::Server, Handshake::NewSessionTicket13(ticket)) => self.ticket_nonce(ticket, say),
            (_, Handshake::CertificateRequest13(request)) => {
                self.requests.ask(request.into());
                self.request_context(request, say);
                let schemes = ExtensionType::signature_algorithms;
                if !request.extensions.0.iter().any(|one| one.extension_type() == schemes) {
                    let found = "none";
                    say.form("extensions", "signature_algorithms", found, "RFC 8446 4.3.2");
                }
                for (index, extension) in some_of_each(&request.extensions.0) {
                    let RequestExtension::SignatureAlgorithms(schemes) = extension else {
                        continue;
                    };
                    say.of_item("extensions", index, |say| {
                        signature::offered(
                            "signature_algorithms",
                            &schemes.0,
                            "RFC 8446 4.2.3",
                            say,
                        );
                    });
                }
            }
            (_, Handshake::CertificateRequest(request)) => {
                self.requests.ask(request.into());
                if let Some(schemes) = &request.supported_signature_algorithms.0 {
                    let list = "supported_signature_algorithms";
                    signature::offered(list, &schemes.0, "RFC 9155 3", say);
                }
            }
            (_, Handshake::CertificateVerify(verify)) => {
                self.signature(&verify.signature, from, CERTIFICATE_VERIFY, say);
            }
            (_, Handshake::Finished(finished)) => self.finished(finished, say),
            _ => {}
        }
    }

    /// A certificate of TLS 1.3.
    fn certificate13(&mut self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        let Handshake::Certificate13(certificate) = handshake else { return };
        *self.key(from) = key_of_tls13(certificate);
        let own = certificate.certificate_list.0.first();
        let own = own.filter(|_| self.key(from).is_some());
        *self.curve(from) = own.and_then(|own| KeyAlgorithm::curve(&own.cert_data.0));
        *self.modulus(from) = own.and_then(|own| KeyAlgorithm::modulus(&own.cert_data.0));
        *self.delegated(from) = signature::delegated_to(certificate);
        if !has_raw_key(say.tree) {
            let chain = certificate.certificate_list.0.iter();
            let chain = chain.map(|entry| &entry.cert_data.0[..]);
            in_order(chain, "RFC 8446 4.4.2", say);
        }
        match from {
            Side::Server => {
                if let Some(own) = certificate.certificate_list.0.first() {
                    self.covers(&own.cert_data.0, say);
                    self.fitness(&own.cert_data.0, say);
                }
                self.certificate(certificate, say);
            }
            Side::Client => self.of_client(handshake, say),
        }
    }

    /// The certificate that comes out of a compressed one: what there is to notice of it stands where
    /// it does.
    fn beneath(&mut self, from: Side, beneath: &mut [Beneath]) {
        // Where it cannot be had, nothing is known of it.
        (*self.key(from), *self.curve(from)) = (None, None);
        *self.modulus(from) = None;
        if from == Side::Client {
            self.requests.forget();
            self.client.shown = Some(Shown::Certificate);
        }
        for Beneath { bytes, tree, .. } in beneath {
            let mut r = Reader::<()>::new(bytes, Context::default());
            let read = Certificate13::read(&mut r, "certificate");
            let Some(certificate) = read.ok().filter(|_| !tree.has_assumption()) else { continue };
            let mut say = Say::of(tree);
            self.certificate13(from, &Handshake::Certificate13(certificate), &mut say);
            let remarks = say.remarks;
            tree.remarks.extend(remarks);
        }
    }
}
