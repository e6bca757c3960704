//! In which order one side's messages stand in a handshake, and which of them must be there: RFC 8446
//! sections 2 and 4, RFC 5246 sections 7.3 and 7.4, RFC 6066 section 8, RFC 4680 section 2, RFC 5077
//! section 3.3. Only what was seen from the hello on is measured; what has no place in these tables
//! may stand anywhere.
//!
//! SSL 3.0 has another order, RFC 6101 section 5.5.

use super::{Review, Say};
use crate::names::{Code, ExtensionType, HandshakeType as Type, KeyExchange, ProtocolVersion};
use crate::wire::fault::Notices;
use crate::wire::handshake::Handshake;
use crate::wire::side::Side;
use crate::wire::x509::KeyAlgorithm;

/// A place in a handshake: the messages that may stand there, and what is said of one behind it that
/// belongs before.
pub(super) type Place = (&'static [Type], &'static str);

/// What a server says before TLS 1.3.
const SERVER: &[Place] = &[
    (&[Type::server_hello], "what comes behind server_hello"),
    (&[Type::supplemental_data], "what comes behind supplemental_data"),
    (&[Type::certificate], "what comes behind certificate"),
    (&[Type::certificate_status], "what comes behind certificate_status"),
    (&[Type::server_key_exchange], "what comes behind server_key_exchange"),
    (&[Type::certificate_request], "what comes behind certificate_request"),
    (&[Type::server_hello_done], "what comes behind server_hello_done"),
    (&[Type::new_session_ticket], "what comes behind new_session_ticket"),
    (&[Type::finished], ""),
];

/// What a client says before TLS 1.3.
const CLIENT: &[Place] = &[
    (&[Type::client_hello], "what comes behind client_hello"),
    (&[Type::supplemental_data], "what comes behind supplemental_data"),
    (&[Type::certificate, Type::certificate_url], "what comes behind certificate"),
    (&[Type::client_key_exchange], "what comes behind client_key_exchange"),
    (&[Type::certificate_verify], "what comes behind certificate_verify"),
    (&[Type::finished], ""),
];

/// What a server of TLS 1.3 says.
const SERVER13: &[Place] = &[
    (&[Type::server_hello], "what comes behind server_hello"),
    (&[Type::encrypted_extensions], "what comes behind encrypted_extensions"),
    (&[Type::certificate_request], "what comes behind certificate_request"),
    (&[Type::certificate, Type::compressed_certificate], "what comes behind certificate"),
    (&[Type::certificate_verify], "what comes behind certificate_verify"),
    (&[Type::finished], ""),
];

/// What a client of TLS 1.3 says.
const CLIENT13: &[Place] = &[
    (&[Type::client_hello], "what comes behind client_hello"),
    (&[Type::end_of_early_data], "what comes behind end_of_early_data"),
    // draft-vvv-tls-alps-01 section 4.1.
    (&[Type::encrypted_extensions], "what comes behind encrypted_extensions"),
    (&[Type::certificate, Type::compressed_certificate], "what comes behind certificate"),
    (&[Type::certificate_verify], "what comes behind certificate_verify"),
    (&[Type::finished], ""),
];

/// What one side has said in a handshake, from its hello on: each type once, where it came last.
/// There is nothing where that was not seen, and behind the end of a handshake.
#[derive(Debug, Default)]
pub(super) struct Said {
    types: Vec<Type>,
    /// It changed its keys, by a ChangeCipherSpec.
    pub(super) changed: bool,
}

impl Said {
    /// What comes next cannot be measured.
    pub(super) fn forget(&mut self) {
        self.types.clear();
    }

    fn begin(&mut self, hello: Type) {
        *self = Said { types: vec![hello], changed: false };
    }

    fn add(&mut self, msg_type: Type) {
        self.types.retain(|before| *before != msg_type);
        self.types.push(msg_type);
    }

    pub(super) fn has(&self, wanted: Type) -> bool {
        self.types.contains(&wanted)
    }

    /// Whether a client shows a certificate.
    fn shows(&self) -> bool {
        let shown = [Type::certificate, Type::compressed_certificate, Type::certificate_url];
        shown.into_iter().any(|one| self.has(one))
    }

    /// Whether nothing of it can be measured.
    pub(super) fn is_empty(&self) -> bool {
        self.types.is_empty()
    }
}

impl Review {
    pub(super) fn said(&mut self, from: Side) -> &mut Said {
        from.of_mut(&mut self.said)
    }

    /// Nothing more can be said of the order of a side's messages, up to its next hello.
    pub(super) fn forget_order(&mut self, of: Side) {
        self.said(of).forget();
    }

    /// A message that is the next of its sender, of which all was seen from its hello on.
    pub(super) fn sequence(&mut self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        let msg_type = handshake.msg_type();
        // What only the other side sends: then it was not told rightly which side says what, unless both
        // said hello as their side does.
        let is_others = Side::sole_sender(msg_type).is_some_and(|sole| sole != from);
        if is_others && !self.mixed && self.offer.is_some() && self.suite.is_some() {
            self.of_other_side(from, handshake, say);
        }
        // A client answers with its own, too (draft-vvv-tls-alps).
        self.mixed |= is_others && msg_type != Type::encrypted_extensions;
        if self.mixed {
            return;
        }
        match handshake {
            Handshake::ClientHello(_) => {
                // What a server says behind it is another handshake's.
                self.forget_order(Side::Server);
                self.said(from).begin(msg_type);
                return;
            }
            Handshake::ServerHello(_) => {
                // In datagrams it is sent again where it was lost.
                let is_again = self.said(from).has(msg_type) && !say.of_datagrams();
                if is_again && self.offer.is_some() && self.others.are_none() {
                    let reference = self.section("RFC 5246 7.3", "RFC 8446 4");
                    say.form("server_hello", "one in a handshake", "a second one", reference);
                }
                self.said(from).begin(msg_type);
                return;
            }
            Handshake::HelloRetryRequest(_)
            | Handshake::DraftServerHello(_)
            | Handshake::DraftHelloRetryRequest(_) => return self.forget_order(from),
            _ => {}
        }
        let Some((places, reference)) = self.places(from) else { return };
        let place_of = |wanted| places.iter().position(|(types, _)| types.contains(&wanted));
        let said = from.of(&self.said);
        let Some(&last) = said.types.last() else { return };
        let name = msg_type.name().unwrap_or("unknown");
        if self.version.is_some_and(ProtocolVersion::is_tls13) {
            if let Some(reference) = behind_finished(msg_type) {
                say.form(name, "its sender's finished before it", "none", reference);
            }
        }
        let Some(place) = place_of(msg_type) else { return };
        let before = said.types.iter().filter_map(|before| place_of(*before)).max();
        if said.has(msg_type) {
            say.form(name, "one in a handshake", "a second one", reference);
        } else if let Some((_, expected)) =
            before.filter(|it| *it > place).and_then(|it| places.get(it))
        {
            say.form(name, expected, name, reference);
        }
        match from {
            Side::Server => {
                self.missing(last, msg_type, say);
                self.beside_suite(msg_type, say);
            }
            Side::Client => self.missing_of_client(msg_type, say),
        }
        self.behind_change(from, msg_type, say);
        let said = self.said(from);
        match msg_type {
            // What follows is none of it.
            Type::finished => said.forget(),
            _ => said.add(msg_type),
        }
    }

    /// A message that only the other side sends, where that is known.
    fn of_other_side(&self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        let (expected, found) = match from {
            Side::Client => ("a message of a client", "one that only a server sends"),
            Side::Server => ("a message of a server", "one that only a client sends"),
        };
        let reference = match handshake {
            Handshake::EncryptedExtensions(_) => return,
            Handshake::HelloRequest(_) => "RFC 5246 7.4.1.1",
            _ => self.section("RFC 5246 7.3", "RFC 8446 4"),
        };
        // Of what the version has no place for at all, that is told.
        if self.is_of_version(handshake) {
            let name = handshake.msg_type().name().unwrap_or("unknown");
            say.form(name, expected, found, reference);
        }
    }

    /// The order that there is in what was agreed on, and the section.
    pub(super) fn places(&self, from: Side) -> Option<(&'static [Place], &'static str)> {
        const OLD: &str = "RFC 5246 7.3";
        const NEW: &str = "RFC 8446 4";
        Some(match (self.version?.as_tls(), from) {
            (ProtocolVersion::TLS1_3, Side::Server) => (SERVER13, NEW),
            (ProtocolVersion::TLS1_3, Side::Client) => (CLIENT13, NEW),
            (
                ProtocolVersion::TLS1_0 | ProtocolVersion::TLS1_1 | ProtocolVersion::TLS1_2,
                Side::Server,
            ) => (SERVER, OLD),
            (
                ProtocolVersion::TLS1_0 | ProtocolVersion::TLS1_1 | ProtocolVersion::TLS1_2,
                Side::Client,
            ) => (CLIENT, OLD),
            _ => return None,
        })
    }

    /// What must stand before a server's message, behind the `last` one.
    fn missing(&self, last: Type, msg_type: Type, say: &mut Say<'_>) {
        let name = msg_type.name().unwrap_or("unknown");
        let [_, said] = &self.said;
        let mut needs = |expected, reference| say.form(name, expected, "none", reference);
        if self.version.is_some_and(ProtocolVersion::is_tls13) {
            if last == Type::server_hello && msg_type != Type::encrypted_extensions {
                needs("encrypted_extensions behind the server_hello", "RFC 8446 4.3.1");
            }
            let has_certificate =
                said.has(Type::certificate) || said.has(Type::compressed_certificate);
            let is_proved = said.has(Type::certificate_verify);
            if msg_type == Type::finished && has_certificate && !is_proved {
                needs(PROOF, "RFC 8446 4.4.3");
            }
            if msg_type == Type::finished && self.goes_by_certificate && !has_certificate {
                needs("certificate, since the ServerHello has no pre_shared_key", "RFC 8446 4.4.2");
            }
        } else if msg_type == Type::server_hello_done {
            let key_exchange = self.suite.map(|suite| suite.key_exchange());
            let key = key_exchange.and_then(key_of);
            if let Some(reference) = key.filter(|_| !said.has(Type::server_key_exchange)) {
                needs("server_key_exchange, by the suite", reference);
            }
            let certificate = key_exchange.is_some_and(goes_by_certificate);
            if certificate && !said.has(Type::certificate) {
                needs("certificate, by the suite", "RFC 5246 7.4.2");
            }
        }
    }

    /// Before TLS 1.3, Finished is by the keys that were agreed. Only records tell that nothing stands
    /// before it, and in datagrams it may have been lost.
    fn behind_change(&self, from: Side, msg_type: Type, say: &mut Say<'_>) {
        let said = from.of(&self.said);
        let is_older = self.version.is_some_and(|it| !it.is_tls13() && it == it.as_tls());
        if msg_type == Type::finished && is_older && self.in_record && !said.changed {
            say.form("finished", "change_cipher_spec before it", "none", "RFC 5246 7.4.9");
        }
    }

    /// What must stand before a client's message: a Certificate where it was asked for one, though it
    /// has none, and the proof of one that it shows.
    fn missing_of_client(&self, msg_type: Type, say: &mut Say<'_>) {
        let name = msg_type.name().unwrap_or("unknown");
        let [said, _] = &self.said;
        let shows = said.shows();
        let is_asked = self.server.asks && self.was_all_seen() && self.others.are_none();
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        // QUIC and DTLS have none, RFC 9001 section 8.3 and RFC 9147 section 5.6.
        let ends_early_data = self.accepts(ExtensionType::early_data)
            && !QUIC.iter().any(|of| self.offer.as_ref().is_some_and(|offer| offer.has(*of)))
            && !say.of_datagrams();
        let owes_settings = self.settings_accepted().is_some();
        if msg_type == Type::finished && owes_settings && !said.has(Type::encrypted_extensions) {
            let expected = "encrypted_extensions before it, as the server accepted \
                            application_settings";
            say.form(name, expected, "none", "draft-vvv-tls-alps-01 4");
        }
        let (expected, reference) = match msg_type {
            Type::finished if tls13 && ends_early_data && !said.has(Type::end_of_early_data) => {
                let expected = "end_of_early_data before it, as the server accepted early_data";
                (expected, "RFC 8446 4.5")
            }
            Type::client_key_exchange if is_asked && !shows => (ANSWER, "RFC 5246 7.4.6"),
            Type::finished if tls13 && is_asked && !shows => (ANSWER, "RFC 8446 4.4.2"),
            Type::finished if tls13 && !self.is_proved() => (PROOF, "RFC 8446 4.4.3"),
            // Behind a change of keys it was told at that.
            Type::finished if !said.changed && !self.is_proved() => (PROOF, "RFC 5246 7.4.8"),
            _ => return,
        };
        say.form(name, expected, "none", reference);
    }

    /// Whether a client that shows a certificate which signs has proved it.
    pub(super) fn is_proved(&self) -> bool {
        let ([said, _], [key, _]) = (&self.said, self.keys);
        // Where the suite is one of fixed keys, one on a curve may be one that does not sign.
        let is_fixed = self.suite.is_some_and(|suite| suite.key_exchange() == KeyExchange::Ecdh);
        let signs = key.is_some_and(|key| key != KeyAlgorithm::Ec || !is_fixed);
        !(said.shows() && signs) || said.has(Type::certificate_verify)
    }

    /// What a server does not say in a suite in which it shows nothing.
    fn beside_suite(&self, msg_type: Type, say: &mut Say<'_>) {
        use KeyExchange::{DhAnon, DhAnonExport, EcdhAnon};
        let key_exchange = self.suite.map(|suite| suite.key_exchange());
        let Some(DhAnon | DhAnonExport | EcdhAnon) = key_exchange else { return };
        let (name, reference) = match msg_type {
            Type::certificate => ("certificate", "RFC 5246 7.4.2"),
            Type::certificate_request => ("certificate_request", "RFC 5246 7.4.4"),
            _ => return,
        };
        say.form(
            name,
            "none, since the suite is one in which nobody proves who he is",
            "one",
            reference,
        );
    }
}

/// Extensions that only hellos of QUIC have.
const QUIC: &[ExtensionType] =
    &[ExtensionType::quic_transport_parameters, ExtensionType::quic_transport_parameters_draft];

/// What is expected where a certificate is shown.
pub(super) const PROOF: &str = "certificate_verify behind the certificate";

/// What is expected where one was asked for.
const ANSWER: &str = "certificate, be it empty, since there is a CertificateRequest";

/// The section that has a message of TLS 1.3 behind its sender's Finished.
fn behind_finished(msg_type: Type) -> Option<&'static str> {
    match msg_type {
        Type::new_session_ticket => Some("RFC 8446 4.6.1"),
        Type::key_update => Some("RFC 8446 4.6.3"),
        _ => None,
    }
}

/// The section by which a server sends a key of its own, where its suite needs one.
fn key_of(key_exchange: KeyExchange) -> Option<&'static str> {
    use KeyExchange as Kind;
    Some(match key_exchange {
        Kind::Dhe | Kind::DheExport | Kind::DhAnon | Kind::DhAnonExport => "RFC 5246 7.4.3",
        Kind::Ecdhe | Kind::EcdhAnon => "RFC 8422 5.4",
        Kind::DhePsk => "RFC 4279 3",
        Kind::EcdhePsk => "RFC 5489 2",
        Kind::Srp => "RFC 5054 2.5.3",
        _ => return None,
    })
}

/// Whether a suite goes by the server's certificate.
fn goes_by_certificate(key_exchange: KeyExchange) -> bool {
    use KeyExchange::{Dh, Dhe, DheExport, Ecdh, Ecdhe, Rsa, RsaExport, RsaPsk};
    matches!(key_exchange, Rsa | RsaExport | Dh | Dhe | DheExport | Ecdh | Ecdhe | RsaPsk)
}
