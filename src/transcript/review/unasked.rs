//! Whole messages that nobody asked for, each by the section that says what asks for it. What asks
//! must have been seen to be missing.

use std::collections::HashSet;

use super::{Review, Say};
use crate::names::{
    Code, ExtensionType, HandshakeType, HeartbeatMessageType, HeartbeatMode, ProtocolVersion,
};
use crate::wire::extension::{
    CertificateStatus, ClientExtension, EncryptedExtension, Extension, ServerExtension,
};
use crate::wire::fault::Notices;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::server_hello::ServerHello;
use crate::wire::side::Side;
use crate::wire::stream::{Body, Message};

/// A message that goes by an extension.
struct Rule {
    /// Whose extension.
    by: By,
    /// Those by which it does, any of them.
    extensions: &'static [ExtensionType],
    /// In words, what it should be without them.
    expected: &'static str,
    /// The section.
    reference: &'static str,
}

/// By whose extension something is asked for.
#[derive(Clone, Copy)]
enum By {
    /// The client's hello.
    Hello,
    /// The server's answer to it: its ServerHello, in TLS 1.3 its EncryptedExtensions.
    Answer,
    /// The CertificateRequest that the client's certificate answers.
    Request,
}

const HEARTBEAT: Rule = Rule {
    by: By::Answer,
    extensions: &[ExtensionType::heartbeat],
    expected: "none, since the server did not accept heartbeat",
    reference: "RFC 6520 2",
};

impl Review {
    /// A message of the handshake.
    pub(super) fn unasked(&self, from: Side, handshake: &Handshake, say: &mut Say<'_>) {
        // Of what the version has no place for at all, that is told.
        if let Some(rule) =
            self.rule(from, handshake, say).filter(|_| self.is_of_version(handshake))
        {
            let name = handshake.msg_type().name().unwrap_or("unknown");
            self.without(name, rule, say);
        }
        let certificate = matches!(
            handshake,
            Handshake::Certificate(_)
                | Handshake::RawPublicKey(_)
                | Handshake::Certificate13(_)
                | Handshake::CompressedCertificate(_)
        );
        let asks_for_none = self.requests.is_empty() && self.was_all_seen();
        if from == Side::Client && certificate && asks_for_none {
            let reference = self.section("RFC 5246 7.4.6", "RFC 8446 4.4.2");
            let expected = "none, since there is no CertificateRequest";
            say.form("certificate", expected, "one", reference);
        }
        if let (Side::Client, Handshake::CertificateVerify(_)) = (from, handshake) {
            self.proves_nothing(say);
        }
        if from == Side::Server && self.resumes && begins_session(handshake) {
            let name = handshake.msg_type().name().unwrap_or("unknown");
            let expected = "none, since the session_id of the ServerHello says that the client's \
                            session goes on";
            say.form(name, expected, "one", "RFC 5246 7.4.1.3");
        }
    }

    /// Whether a ServerHello goes on with the session that the client named.
    pub(super) fn resumes(&self, hello: &ServerHello) -> bool {
        let named = self.sole_offer().map(|offer| &offer.legacy_session_id.0);
        let named = named.filter(|named| !named.is_empty() && !hello.version().is_tls13());
        named.is_some_and(|named| *named == hello.legacy_session_id_echo.0)
    }

    /// The proof of a client that shows nothing to prove. Whoever gives an address of his certificate
    /// shows one, too.
    fn proves_nothing(&self, say: &mut Say<'_>) {
        let expected = match self.client.shown {
            _ if !self.client.whole => return,
            Some(Shown::Certificate) => return,
            Some(Shown::Empty) => "none, since the certificate before it is empty",
            None => "none, since there is no certificate before it",
        };
        let reference = self.section("RFC 5246 7.4.8", "RFC 8446 4.4.3");
        say.form("certificate_verify", expected, "one", reference);
    }

    /// What a message goes by.
    fn rule(&self, from: Side, handshake: &Handshake, say: &Say<'_>) -> Option<Rule> {
        use ExtensionType as Type;
        let (by, extensions, expected, reference): (_, &[_], _, _) = match (from, handshake) {
            // Several responses are of the later extension alone.
            (Side::Server, Handshake::CertificateStatus(CertificateStatus::OcspMulti(_))) => (
                By::Answer,
                &[Type::status_request_v2],
                "none of several responses, since the ServerHello has no status_request_v2",
                "RFC 6961 2.2",
            ),
            (Side::Server, Handshake::CertificateStatus(_)) => (
                By::Answer,
                &[Type::status_request, Type::status_request_v2],
                "none, since the ServerHello has no status_request",
                "RFC 6066 8",
            ),
            (Side::Server, Handshake::NewSessionTicket(_)) => (
                By::Answer,
                &[Type::session_ticket],
                "none, since the ServerHello has no session_ticket",
                "RFC 5077 3.3",
            ),
            (Side::Client, Handshake::CertificateUrl(_)) => (
                By::Answer,
                &[Type::client_certificate_url],
                "none, since the ServerHello has no client_certificate_url",
                "RFC 6066 5",
            ),
            (_, Handshake::SupplementalData(_)) => (
                By::Answer,
                &[Type::user_mapping, Type::client_authz, Type::server_authz],
                "none, since no extension of the ServerHello asks for it",
                "RFC 4680 2",
            ),
            (Side::Client, Handshake::NextProtocol(_)) => (
                By::Answer,
                &[Type::next_protocol_negotiation],
                "none, since the ServerHello has no next_protocol_negotiation",
                "draft-agl-tls-nextprotoneg-04 3",
            ),
            (Side::Client, Handshake::ChannelId(_)) => (
                By::Answer,
                &[Type::channel_id, Type::channel_id_old],
                "none, since the server did not accept channel_id",
                "draft-balfanz-tls-channelid-01 4",
            ),
            (Side::Server, Handshake::CompressedCertificate(_)) => (
                By::Hello,
                &[Type::compress_certificate],
                "none, since the hello has no compress_certificate",
                "RFC 8879 4",
            ),
            (Side::Client, Handshake::EndOfEarlyData(_)) => (
                By::Answer,
                &[Type::early_data],
                "none, since the server did not accept early_data",
                "RFC 8446 4.5",
            ),
            (Side::Client, Handshake::CompressedCertificate(_)) => (
                By::Request,
                &[Type::compress_certificate],
                "none, since the CertificateRequest has no compress_certificate",
                "RFC 8879 4",
            ),
            (Side::Server, Handshake::CertificateRequest13(request))
                if !self.is_of_handshake(request, say) =>
            {
                (
                    By::Hello,
                    &[Type::post_handshake_auth],
                    "none behind the handshake, since the hello has no post_handshake_auth",
                    "RFC 8446 4.6.2",
                )
            }
            _ => return None,
        };
        Some(Rule { by, extensions, expected, reference })
    }

    /// A heartbeat, by its bytes.
    pub(super) fn heartbeat(&self, from: Side, bytes: &[u8], say: &mut Say<'_>) {
        self.without("heartbeat", HEARTBEAT, say);
        let mode = match from {
            Side::Client => self.heartbeat,
            Side::Server => match self.offered(ExtensionType::heartbeat) {
                Some(ClientExtension::Heartbeat(mode)) => Some(*mode),
                _ => None,
            },
        };
        let request = HeartbeatMessageType::heartbeat_request.0;
        let is_allowed = mode != Some(HeartbeatMode::peer_not_allowed_to_send);
        if bytes.first() == Some(&request) && !is_allowed {
            let expected = "none, since the other side said peer_not_allowed_to_send";
            say.form("message_type", expected, "a request", "RFC 6520 2");
        }
    }

    /// What goes by an extension, where it was seen that there is none.
    fn without(&self, field: &'static str, rule: Rule, say: &mut Say<'_>) {
        let mut wanted = rule.extensions.iter();
        let is_there = match rule.by {
            By::Hello => self.sole_offer().map(|offer| wanted.any(|one| offer.has(*one))),
            By::Answer => self.accepted.as_ref().map(|types| wanted.any(|one| types.contains(one))),
            By::Request => self.answered().map(|request| wanted.any(|one| request.has(*one))),
        };
        if is_there == Some(false) {
            say.form(field, rule.expected, "one", rule.reference);
        }
    }

    /// Whether the server answered by an extension of a type, as far as its answers were seen.
    pub(super) fn accepts(&self, extension_type: ExtensionType) -> bool {
        self.accepted.as_ref().is_some_and(|types| types.contains(&extension_type))
    }

    /// Whether all was seen that a server says before a client's certificate.
    pub(super) fn was_all_seen(&self) -> bool {
        self.server.done && self.server.whole
    }

    /// How far a side's part of the handshake was seen. Whether this is the next message of it.
    pub(super) fn follow(&mut self, from: Side, message: &Message) -> bool {
        // What is assumed of a message may be whose it is.
        if message.tree.has_assumption() {
            (self.client.whole, self.server.whole) = (false, false);
            self.forget_order(Side::Client);
            self.forget_order(Side::Server);
            return false;
        }
        let seen = match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        let handshake = match &message.body {
            Body::Handshake(handshake) if !handshake.stands_for_another() => &**handshake,
            Body::Alert(_) | Body::ChangeCipherSpec | Body::Heartbeat | Body::Ack(_) => {
                return false;
            }
            body => {
                seen.whole = false;
                self.forget_order(from);
                if let Body::BrokenHandshake(HandshakeType::server_hello) = body {
                    (self.accepted, self.heartbeat) = (None, None);
                }
                return false;
            }
        };
        let begins = match handshake {
            Handshake::ClientHello(_) | Handshake::ServerHello(_) => true,
            // Nothing that asks stands before it but a ServerHello that was not seen.
            Handshake::EncryptedExtensions(_) => self.suite.is_none(),
            _ => false,
        };
        if begins {
            *seen = Seen { whole: true, ..Seen::default() };
        }
        if let Handshake::ClientHello(_) = handshake {
            // What was asked of the hello before it is not asked of this one.
            self.server.asks = false;
        }
        let seen = match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        let is_new = seen.number(message.message_seq());
        let whole = seen.whole;
        if !whole {
            self.forget_order(from);
        }
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        match (from, handshake) {
            (Side::Server, Handshake::ServerHello(hello)) => {
                self.accepted = (!tls13).then(|| types(hello.extensions()));
                self.heartbeat = hello.extensions().iter().find_map(|one| match one {
                    ServerExtension::Heartbeat(mode) => Some(*mode),
                    _ => None,
                });
            }
            (Side::Server, Handshake::EncryptedExtensions(answers)) => {
                self.accepted = Some(types(&answers.extensions.0));
                self.heartbeat = answers.extensions.0.iter().find_map(|one| match one {
                    EncryptedExtension::Heartbeat(mode) => Some(*mode),
                    _ => None,
                });
            }
            (Side::Client, Handshake::CertificateUrl(_)) => {
                self.client.shown = Some(Shown::Certificate);
            }
            // Behind it, another is shown and proved.
            (Side::Client, Handshake::Finished(_)) => self.client.shown = None,
            // Where the server's bytes come first, nothing tells whom it asks.
            (
                Side::Server,
                Handshake::CertificateRequest(_) | Handshake::CertificateRequest13(_),
            ) if !self.server.done => {
                let [client, _] = &self.said;
                self.server.asks = client.has(HandshakeType::client_hello);
            }
            (Side::Server, Handshake::ServerHelloDone(_)) => {
                (self.server.done, self.resumes) = (true, false);
            }
            // It is told once.
            (Side::Server, handshake) if begins_session(handshake) => self.resumes = false,
            (Side::Server, Handshake::Finished(_)) if tls13 => self.server.done = true,
            _ => {}
        }
        whole && is_new
    }
}

/// Whether a server says it only in a new session before TLS 1.3: RFC 5246 section 7.3.
pub(crate) fn begins_session(handshake: &Handshake) -> bool {
    matches!(
        handshake,
        Handshake::Certificate(_)
            | Handshake::RawPublicKey(_)
            | Handshake::OpenPgpCertificate(_)
            | Handshake::CachedCertificate(_)
            | Handshake::ServerKeyExchange(_)
            | Handshake::ServerHelloDone(_)
    )
}

/// What was seen of one side's part of a handshake.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Its hello, and that everything behind it could be read.
    pub(super) whole: bool,
    /// The message_seq of the next message, in datagrams.
    next: Option<u32>,
    /// The end of what a server says before the client's next turn.
    pub(super) done: bool,
    /// Whether a server asks for a certificate before that, of a client whose hello was seen.
    pub(super) asks: bool,
    /// What a client shows of itself.
    pub(super) shown: Option<Shown>,
}

/// What a client's Certificate has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shown {
    /// Nothing in it.
    Empty,
    /// A certificate, or a key, or what cannot be seen.
    Certificate,
}

impl Seen {
    /// A message has this number. Between it and the one before it, others may have been lost.
    /// Whether it is none that was there before.
    fn number(&mut self, number: Option<u16>) -> bool {
        let Some(number) = number.map(u32::from) else { return true };
        let is_new = self.next.is_none_or(|next| number >= next);
        self.whole &= self.next.is_none_or(|next| number <= next);
        self.next = self.next.max(Some(number + 1));
        is_new
    }
}

/// The types of extensions.
pub(super) fn types<E: Extension>(extensions: &[E]) -> HashSet<ExtensionType> {
    extensions.iter().map(Extension::extension_type).collect()
}
