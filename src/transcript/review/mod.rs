//! What an expert would notice when a connection is read message by message: what one message says
//! of another, and what should not be spoken any more. Each notice becomes a remark of the message
//! that it is about, at the field that it is about.
//!
//! What a message tells by itself, its own reader remarks (`wire/`).

mod agreed;
mod behind;
mod change;
mod client;
mod connections;
mod key_exchange;
mod key_share;
mod offered;
mod quic;
mod request;
mod second_hello;
mod sequence;
mod server;
mod signature;
mod ssl2;
mod together;
mod unasked;

use std::ops::Range;

use crate::names::{
    Authentication, CipherAlgorithm, CipherSuite, ExtensionType, HandshakeType, HeartbeatMode,
    KeyExchange, NamedGroup, ProtocolVersion, SignatureScheme,
};
use crate::wire::extension::{
    CertificateStatus, ClientExtension, EchClientHello, EncryptedExtension, Extension,
    RequestExtension,
};
use crate::wire::fault::{Fault, Item, Kind, Notices, Remark};
use crate::wire::field::{Beneath, Field, Tree};
use crate::wire::grammar::{Context, Reader, Wire};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::certificate::{Certificate, Certificate13, RawPublicKey};
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::key_exchange::ServerKeyExchange;
use crate::wire::side::Side;
use crate::wire::stream::{Body, Message};
use crate::wire::x509::{Identity, KeyAlgorithm, has_raw_key};
use behind::Names;
use connections::Others;
use request::Requests;
use second_hello::Cookies;
use sequence::Said;
use signature::{CERTIFICATE_VERIFY, SERVER_KEY_EXCHANGE, key_of_tls13};
use unasked::{Seen, Shown};

/// A reader who remembers what was said.
#[derive(Debug, Default)]
pub(super) struct Review {
    /// The client's last hello.
    offer: Option<ClientHello>,
    /// Those before it that are of other connections.
    others: Others,
    /// Whether nothing asked for another hello since, nor ended its handshake.
    unanswered: bool,
    /// Whether only the client was seen.
    client_alone: bool,
    /// Whether the client's records were seen themselves, and not a log, which may make some up.
    has_records: bool,
    /// Whether the message that is read came in one.
    in_record: bool,
    /// The group that a HelloRetryRequest asked for.
    asked: Option<NamedGroup>,
    /// The suite that it chose, where there was one.
    retried: Option<CipherSuite>,
    /// The cookies that are to come back.
    cookies: Cookies,
    /// The version that was agreed.
    version: Option<ProtocolVersion>,
    /// The suite that was agreed.
    suite: Option<CipherSuite>,
    /// The curve of the server's key before TLS 1.3, on which the client's must be.
    curve: Option<NamedGroup>,
    /// Whether there was another handshake before this one, or may have been: it was seen from the
    /// middle on.
    again: bool,
    /// For what the keys of both sides' certificates are, where that was seen: the client's, the
    /// server's.
    keys: [Option<KeyAlgorithm>; 2],
    /// The curves of these keys, in TLS 1.3.
    curves: [Option<NamedGroup>; 2],
    /// By which algorithm a key signs that stands in for the one of the server's certificate.
    delegated_to: Option<SignatureScheme>,
    /// What the server wants to see of the client.
    requests: Requests,
    /// The key of an earlier session that the ServerHello chose, where it was seen.
    chosen_key: Option<Option<u16>>,
    /// Whether the server proves itself by such a key alone.
    goes_by_psk: bool,
    /// Whether it must prove itself by a certificate, as its ServerHello tells.
    goes_by_certificate: bool,
    /// The extensions with which the server answered, where that was seen: those of its ServerHello,
    /// in TLS 1.3 of its EncryptedExtensions.
    accepted: Option<Vec<ExtensionType>>,
    /// Whether the server says that it could not open the hello that may be inside of the client's.
    refuses_inner: bool,
    /// Whether the server answers heartbeats, where it said so.
    heartbeat: Option<HeartbeatMode>,
    /// What the server must not say twice.
    names: Names,
    /// What each side has said in its handshake: the client, the server.
    said: [Said; 2],
    /// Whether one side was seen to say what only the other says.
    mixed: bool,
    /// How far the client was seen behind its hello.
    client: Seen,
    /// How far the server was.
    server: Seen,
}

impl Review {
    /// Of a connection of which only the client was seen, or the server as well; whose handshake is
    /// known to come behind another, or not; and of which the client's records were seen themselves, or
    /// a log of them.
    pub(super) fn of(client_alone: bool, again: bool, has_records: bool) -> Self {
        Review { client_alone, again, has_records, ..Review::default() }
    }

    /// Reads a message, and notices what there is to notice. Behind a change of keys its sender says
    /// this next.
    pub(super) fn read(&mut self, from: Side, message: &mut Message, next: Option<HandshakeType>) {
        self.again |= self.offer.is_none() && message.follows_hello();
        self.in_record = self.has_records && message.record_version.is_some();
        if self.version.is_none() && message.tells_tls13() {
            self.version = Some(ProtocolVersion::TLS1_3);
        }
        let is_compressed =
            matches!(message.handshake(), Some(Handshake::CompressedCertificate(_)));
        if is_compressed && !message.tree.has_assumption() {
            self.beneath(from, &mut message.tree.beneath);
        }
        let mut say = Say::of(&message.tree);
        match &message.body {
            Body::Handshake(handshake) if message.tree.has_assumption() => {
                self.assumed(from, handshake, &message.bytes, &mut say);
            }
            Body::Handshake(handshake) => self.handshake(from, handshake, &mut say),
            Body::Ssl2(message) => ssl2::ssl2(message, &mut say),
            Body::Alert(alert) => self.alert(alert, &mut say),
            Body::Heartbeat => self.heartbeat(from, &message.bytes, &mut say),
            Body::ChangeCipherSpec if message.changes_keys() => self.change(from, next, &mut say),
            _ => {}
        }
        let remarks = say.remarks;
        message.tree.remarks.extend(remarks);
        if let (true, Some(handshake)) = (self.follow(from, message), message.handshake()) {
            let mut say = Say::of(&message.tree);
            self.sequence(from, handshake, &mut say);
            let remarks = say.remarks;
            message.tree.remarks.extend(remarks);
        }
        self.unanswered = match &message.body {
            Body::Handshake(handshake) => match **handshake {
                Handshake::ClientHello(_) => true,
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
                self.curves = [None; 2];
                self.delegated_to = None;
                self.requests = Requests::default();
                self.names = Names::default();
                self.curve = None;
                self.chosen_key = Some(server::selected(hello));
                self.goes_by_psk = together::goes_by_psk(hello);
                self.goes_by_certificate = together::goes_by_certificate(hello);
                self.refuses_inner = false;
                self.server_hello(hello, say);
                (self.retried, self.asked, self.cookies) = (None, None, Cookies::default());
            }
            (Side::Server, Handshake::HelloVerifyRequest(request)) => {
                self.cookies.verify.push(request.cookie.0.to_vec());
            }
            (Side::Server, Handshake::HelloRetryRequest(retry)) => self.hello_retry(retry, say),
            (Side::Server, Handshake::EncryptedExtensions(answers)) => {
                // Only then there are configurations for the next time, RFC 9849 section 7.1.
                let refuses = ExtensionType::encrypted_client_hello;
                let mut answered = answers.extensions.0.iter();
                self.refuses_inner = answered.any(|one| one.extension_type() == refuses);
                Review::apart(&answers.extensions.0, say);
                for (index, extension) in answers.extensions.0.iter().enumerate() {
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
            (Side::Server, Handshake::ServerKeyExchange(key)) => {
                self.server_key_exchange(key, say);
            }
            (Side::Client, Handshake::ClientKeyExchange(key)) => {
                self.client_key_exchange(key, say);
            }
            (_, Handshake::Certificate(Certificate { certificate_list })) => {
                let key = certificate_list.0.first().and_then(|own| KeyAlgorithm::of(&own.0));
                *self.key(from) = key;
                let chain = certificate_list.0.iter().map(|own| &own.0[..]);
                in_order(chain, "RFC 5246 7.4.2", say);
                if from == Side::Server {
                    certificates("certificate_list", certificate_list.0.is_empty(), say);
                    self.key_of_suite("certificate_list", say);
                    if let Some(own) = certificate_list.0.first() {
                        self.curve_of_key("certificate_list", &own.0, say);
                    }
                } else {
                    self.of_client(handshake, say);
                }
            }
            (_, Handshake::RawPublicKey(RawPublicKey { subject_public_key_info })) => {
                *self.key(from) = KeyAlgorithm::of(&subject_public_key_info.0);
                if from == Side::Server {
                    self.key_of_suite("subject_public_key_info", say);
                } else {
                    self.of_client(handshake, say);
                }
            }
            (_, Handshake::Certificate13(_)) => self.certificate13(from, handshake, say),
            // Of several responses it is told by what they answer.
            (Side::Server, Handshake::CertificateStatus(CertificateStatus::OcspMulti(_))) => {}
            (Side::Server, Handshake::CertificateStatus(status)) => self.status(status, say),
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
                for (index, extension) in request.extensions.0.iter().enumerate() {
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
}

impl Review {
    /// A certificate of TLS 1.3.
    fn certificate13(&mut self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        let Handshake::Certificate13(certificate) = handshake else { return };
        *self.key(from) = key_of_tls13(certificate);
        let own = certificate.certificate_list.0.first();
        let own = own.filter(|_| self.key(from).is_some());
        *self.curve(from) = own.and_then(|own| KeyAlgorithm::curve(&own.cert_data.0));
        if from == Side::Server {
            self.delegated_to = signature::delegated_to(certificate);
        }
        if !has_raw_key(say.tree) {
            let chain = certificate.certificate_list.0.iter();
            let chain = chain.map(|entry| &entry.cert_data.0[..]);
            in_order(chain, "RFC 8446 4.4.2", say);
        }
        match from {
            Side::Server => self.certificate(certificate, say),
            Side::Client => self.of_client(handshake, say),
        }
    }

    /// The certificate that comes out of a compressed one: what there is to notice of it stands where
    /// it does.
    fn beneath(&mut self, from: Side, beneath: &mut [Beneath]) {
        // Where it cannot be had, nothing is known of it.
        (*self.key(from), *self.curve(from)) = (None, None);
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

    /// The client's hello, where it is the one that is answered: none is hidden inside, RFC 9849
    /// section 6.1, or what the server says shows that it did not open it. Nothing in a hello tells
    /// one that is sealed from GREASE.
    fn sole_offer(&self) -> Option<&ClientHello> {
        // An inner hello offers TLS 1.3 and later alone.
        let is_older = self.version.is_some_and(|version| !version.is_tls13());
        self.offer.as_ref().filter(|hello| is_older || self.refuses_inner || !hides_another(hello))
    }

    /// The section that has a rule before TLS 1.3, or that of TLS 1.3, by what was agreed. What
    /// comes before anything was agreed is measured by TLS 1.3.
    fn section(&self, before: &'static str, tls13: &'static str) -> &'static str {
        match self.version.map(ProtocolVersion::is_tls13) {
            Some(false) => before,
            _ => tls13,
        }
    }
}

/// Whether there may be another hello inside of one, sealed.
fn hides_another(hello: &ClientHello) -> bool {
    let is_inner = |extension: &ClientExtension| match extension {
        ClientExtension::EncryptedClientHello(hello) => matches!(**hello, EchClientHello::Inner(_)),
        _ => false,
    };
    let hides = ExtensionType::encrypted_client_hello;
    hello.extensions().iter().any(|one| one.extension_type() == hides && !is_inner(one))
}

/// A server that has certificates to show shows one.
fn certificates(field: &'static str, none: bool, say: &mut Say<'_>) {
    if none {
        let found = "none, which only a client may";
        say.form(field, "at least one certificate", found, "RFC 8446 4.4.2");
    }
}

/// Each certificate of a chain is by the one behind it. Only the first that is not is told.
fn in_order<'c>(chain: impl Iterator<Item = &'c [u8]>, reference: &'static str, say: &mut Say<'_>) {
    let mut issuer: Option<String> = None;
    for (index, certificate) in chain.enumerate() {
        let own = Identity::read(certificate);
        if let (Some(issuer), Some(subject)) = (issuer, &own.subject) {
            // Letters of either case are the same in a name, RFC 5280 section 7.1.
            if !issuer.eq_ignore_ascii_case(subject) {
                let (expected, found) = ("the issuer of the certificate before it", "another");
                return say.of_item("certificate_list", index, |say| {
                    say.form("subject", expected, found, reference);
                });
            }
        }
        issuer = own.issuer;
    }
}

/// Collects what is noticed about one message.
struct Say<'t> {
    tree: &'t Tree,
    place: Vec<Item>,
    remarks: Vec<Remark>,
}

impl Notices for Say<'_> {
    fn fault(&mut self, field: &'static str, fault: Fault, reference: &'static str) {
        let range = self.range(field);
        self.remark(field, range, fault, reference);
    }

    fn place(&mut self) -> &mut Vec<Item> {
        &mut self.place
    }
}

impl<'t> Say<'t> {
    fn of(tree: &'t Tree) -> Self {
        Say { tree, place: Vec::new(), remarks: Vec::new() }
    }
}

impl Say<'_> {
    /// Whether the message came in datagrams: the header of DTLS says which of its sender's it is.
    fn of_datagrams(&self) -> bool {
        self.tree.find("message_seq").is_some()
    }

    /// Something is the matter with a field of which no list tells which of its name it is.
    fn at(
        &mut self,
        place: Option<&Field>,
        field: &'static str,
        fault: Fault,
        reference: &'static str,
    ) {
        let range = place.map_or_else(|| self.range(field), Field::range);
        self.remark(field, range, fault, reference);
    }

    /// Something was taken to be so, as what tells it was not seen.
    fn assume(
        &mut self,
        field: &'static str,
        expected: &'static str,
        found: &'static str,
        reference: &'static str,
    ) {
        let (range, kind) = (self.range(field), Kind::Assumption);
        let fault = Fault::Form { expected, found };
        self.remarks.push(Remark { field, range, fault, kind, reference });
    }

    fn remark(
        &mut self,
        field: &'static str,
        range: Range<usize>,
        fault: Fault,
        reference: &'static str,
    ) {
        self.remarks.push(Remark { field, range, fault, kind: Kind::Notice, reference });
    }

    /// Where the field stands; all of the message where there is none of its name.
    fn range(&self, field: &str) -> Range<usize> {
        match self.tree.find_in(&self.place, field) {
            Some(found) => found.range(),
            None => 0..self.tree.fields.last().map_or(0, |last| last.end()),
        }
    }
}

fn cipher(suite: CipherSuite) -> Option<CipherAlgorithm> {
    suite.cipher().map(|cipher| cipher.algorithm)
}

fn is_export(suite: CipherSuite) -> bool {
    matches!(
        suite.key_exchange(),
        KeyExchange::RsaExport
            | KeyExchange::DhExport
            | KeyExchange::DheExport
            | KeyExchange::DhAnonExport
            | KeyExchange::Krb5Export
    )
}

fn is_anonymous(suite: CipherSuite) -> bool {
    suite.authentication() == Authentication::Anon
}
