//! What was agreed, in one place: the `summary` of a transcript's JSON.

use super::review::begins_session;
use super::{CertificateFacts, Reaction, Side, Transcript};
use crate::names::{CipherSuite, NamedGroup, ProtocolVersion};
use crate::wire::extension::{ClientExtension, EncryptedExtension, ProtocolName, ServerExtension};
use crate::wire::fingerprint::{self, Fingerprint, Order, Transport};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::server_hello::ServerHello;
use crate::wire::record::ssl2::Ssl2Message;
use crate::wire::stream::Body;
use crate::wire::text::escape;

/// What was agreed. What a transcript does not show is none.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The host that the client asked for.
    pub server_name: Option<String>,
    /// The protocol inside that the server chose.
    pub alpn: Option<String>,
    /// The version that was negotiated.
    pub version: Option<ProtocolVersion>,
    /// The cipher suite that was negotiated.
    pub cipher_suite: Option<CipherSuite>,
    /// The group of the key exchange.
    pub group: Option<NamedGroup>,
    /// Whether the server asked for a second hello.
    pub hello_retry: bool,
    /// Whether an earlier session goes on.
    pub resumed: bool,
    /// The index of the first message whose inside is not known.
    pub encrypted_from: Option<usize>,
    /// The server's certificates, its own first.
    pub certificates: Vec<CertificateFacts>,
    /// JA3 of the client, by its first hello.
    pub ja3: Option<Fingerprint>,
    /// JA3S of the server, by its last hello.
    pub ja3s: Option<Fingerprint>,
    /// JA4 of the client.
    pub ja4: Option<Fingerprint>,
    /// How it ended.
    pub outcome: Option<Reaction>,
}

impl Summary {
    /// Reads the summary off a transcript.
    pub fn of(transcript: &Transcript) -> Summary {
        let mut summary = Summary { outcome: Reaction::of(transcript), ..Summary::default() };
        summary.certificates = transcript.chain().into_iter().map(CertificateFacts::of).collect();
        let mut session: &[u8] = &[];
        for (index, (event, message)) in transcript.messages().enumerate() {
            if message.body == Body::Encrypted && summary.encrypted_from.is_none() {
                summary.encrypted_from = Some(index);
            }
            if let Body::Ssl2(message) = &message.body {
                if let Ssl2Message::ServerHello(hello) = &**message {
                    summary.version = Some(hello.server_version);
                }
            }
            match (event.from, message.handshake()) {
                (Side::Client, Some(Handshake::ClientHello(hello))) => {
                    session = &hello.legacy_session_id.0;
                    summary.server_name = server_name(hello);
                    let over = Transport::of(hello);
                    summary.ja3.get_or_insert_with(|| fingerprint::ja3(hello));
                    summary.ja4.get_or_insert_with(|| fingerprint::ja4(hello, over, Order::Sorted));
                }
                (Side::Server, Some(handshake)) => summary.answer(handshake, session),
                _ => {}
            }
        }
        summary
    }

    fn answer(&mut self, handshake: &Handshake, session: &[u8]) {
        self.ja3s = fingerprint::ja3s(handshake).or(self.ja3s.take());
        match handshake {
            Handshake::ServerHello(hello) => self.server_hello(hello, session),
            Handshake::DraftServerHello(hello) => {
                self.version = Some(hello.version);
                self.cipher_suite = Some(hello.cipher_suite);
            }
            Handshake::HelloRetryRequest(retry) => {
                // The ServerHello that follows has the same, RFC 8446 section 4.1.4.
                self.hello_retry = true;
                self.version = Some(ProtocolVersion::TLS1_3);
                self.cipher_suite = Some(retry.cipher_suite);
            }
            Handshake::EncryptedExtensions(answers) => {
                for extension in &answers.extensions.0 {
                    if let EncryptedExtension::Alpn(names) = extension {
                        self.alpn(&names.0);
                    }
                }
            }
            Handshake::ServerKeyExchange(key) => self.group = key.named_curve().or(self.group),
            _ => {}
        }
        // Whatever its ServerHello says of the session.
        self.resumed &= !begins_session(handshake);
    }

    fn server_hello(&mut self, hello: &ServerHello, session: &[u8]) {
        let version = hello.version();
        self.version = Some(version);
        self.cipher_suite = Some(hello.cipher_suite);
        if !version.is_tls13() && !session.is_empty() {
            self.resumed = hello.legacy_session_id_echo.0[..] == *session;
        }
        for extension in hello.extensions() {
            match extension {
                ServerExtension::KeyShare(share) => self.group = Some(share.group),
                ServerExtension::PreSharedKey(_) => self.resumed = true,
                ServerExtension::Alpn(names) => self.alpn(&names.0),
                _ => {}
            }
        }
    }

    /// The protocol that the server chose: the only one that it names.
    fn alpn(&mut self, names: &[ProtocolName]) {
        self.alpn = names.first().map(|name| escape(&name.0.0));
    }
}

/// The host that a hello asks for.
fn server_name(hello: &ClientHello) -> Option<String> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::ServerName(names) => names.0.first().map(|name| escape(&name.host_name.0)),
        _ => None,
    })
}
