//! What a message says, in the words of one line: what a handshake message brings, what an alert
//! means, what is no TLS.

use anstyle::Style;

use crate::names::{
    AlertDescription, AlertPlace, CipherAlgorithm, Code, ContentType, ExtensionType,
    ProtocolVersion, Ssl2CipherKind,
};
use crate::report::style::{FAULT, count};
use crate::report::width::Styled;
use crate::transcript::{Side, Spoken, Transcript};
use crate::wire::choice::Tagged;
use crate::wire::extension::{ClientExtension, ServerExtension};
use crate::wire::fault::Remark;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::certificate::OpenPgpCertificate;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::client_rules::is_broken;
use crate::wire::handshake::compressed_certificate::{CompressedCertificate, TOO_LARGE};
use crate::wire::handshake::key_exchange::ServerKeyExchange;
use crate::wire::record::plaintext::{self, Protocol};
use crate::wire::record::ssl2::Ssl2Message;
use crate::wire::stream::{Body, Message};
use crate::wire::text::escape;
use crate::wire::x509::has_raw_key;

/// `ClientHello` for `client_hello`.
pub fn camel_case(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or(String::new(), |first| {
                first.to_ascii_uppercase().to_string() + letters.as_str()
            })
        })
        .collect()
}

/// What was said before a message, on which depends what it says.
#[derive(Clone, Debug, Default)]
pub struct SoFar {
    /// Of each ChangeCipherSpec that is still to come, whether it is of TLS 1.3, where that tells.
    changes_of_tls13: std::vec::IntoIter<Option<bool>>,
    /// Whether a suite was agreed that does not encrypt.
    in_clear: bool,
    /// What an alert of either side would stand behind: the client's, the server's.
    places: [AlertPlace; 2],
    /// What is spoken where it is not TLS.
    spoken: Spoken,
}

impl SoFar {
    /// Before the first message of a connection.
    pub fn of(transcript: &Transcript) -> Self {
        let changes_of_tls13 = transcript.changes_of_tls13().into_iter();
        SoFar { changes_of_tls13, spoken: Spoken::of(transcript), ..SoFar::default() }
    }

    /// Whether the next ChangeCipherSpec is of TLS 1.3, where that tells.
    fn tls13(&self) -> Option<bool> {
        self.changes_of_tls13.as_slice().first().copied().flatten()
    }

    /// Takes a message.
    pub fn follow(&mut self, from: Side, message: &Message) {
        if message.body == Body::ChangeCipherSpec {
            self.changes_of_tls13.next();
        }
        if let Some(Handshake::ServerHello(hello)) = message.handshake() {
            let cipher = hello.cipher_suite.cipher().map(|cipher| cipher.algorithm);
            self.in_clear = cipher == Some(CipherAlgorithm::Null);
        }
        let is_answered = self.places == [AlertPlace::Answer; 2];
        if from == Side::Server && *Side::Client.of(&self.places) == AlertPlace::Unanswered {
            *Side::Client.of_mut(&mut self.places) = AlertPlace::Hello;
        }
        let place = match (from, &message.body) {
            (Side::Client, Body::Plaintext) => AlertPlace::Words,
            // What it says may ask for a hello.
            (Side::Server, Body::Plaintext) => AlertPlace::Hello,
            (_, Body::Alert(alert)) if alert.description == AlertDescription::no_renegotiation => {
                *from.other().of_mut(&mut self.places) = AlertPlace::NotAgain;
                return;
            }
            // RFC 6101 section 5.4.2.
            (Side::Client, Body::Alert(alert))
                if is_answered && alert.description == AlertDescription::no_certificate =>
            {
                AlertPlace::NoCertificate
            }
            (Side::Client, Body::Handshake(handshake)) if is_answered && is_empty(handshake) => {
                AlertPlace::NoCertificate
            }
            // With what it says behind one, a server goes on without it.
            (Side::Server, Body::ChangeCipherSpec)
                if self.places == [AlertPlace::NoCertificate; 2] =>
            {
                AlertPlace::Answer
            }
            (_, Body::Handshake(handshake)) => match **handshake {
                Handshake::ClientHello(_) => {
                    let is_again = *Side::Server.of(&self.places) == AlertPlace::Answer;
                    let place = if is_again { AlertPlace::Again } else { AlertPlace::Hello };
                    self.places = [AlertPlace::Unanswered, place];
                    return;
                }
                Handshake::ServerHello(_) => AlertPlace::Answer,
                _ => return,
            },
            _ => return,
        };
        self.places = [place; 2];
    }
}

/// Whether a message is a Certificate that has none.
fn is_empty(handshake: &Handshake) -> bool {
    match handshake {
        Handshake::Certificate(own) => own.certificate_list.0.is_empty(),
        Handshake::Certificate13(own) => own.certificate_list.0.is_empty(),
        Handshake::OpenPgpCertificate(OpenPgpCertificate::Empty(own)) => own.0.is_empty(),
        _ => false,
    }
}

/// What a message says, in a line.
pub fn message_words(from: Side, message: &Message, so_far: &SoFar) -> Styled {
    let fault = match &message.body {
        Body::BrokenHandshake(_) if message.is_overwritten() => {
            return Styled::new(Style::new(), "in part overwritten in the log".to_owned());
        }
        Body::BrokenHandshake(_) if !message.complete() => "truncated",
        Body::BrokenHandshake(_) | Body::BrokenSsl2(_) => "not of its type's form",
        Body::ChangeCipherSpec if !message.changes_keys() => "not of its type's form",
        Body::Handshake(handshake) => match &**handshake {
            // What is beneath is what came out.
            Handshake::CompressedCertificate(compressed) if message.tree.beneath.is_empty() => {
                let words = compressed_words(compressed);
                let is_large = |said: &Remark| said.fault.found() == TOO_LARGE;
                let why = match message.tree.remarks.iter().any(is_large) {
                    true => "of which more comes out than is kept here",
                    false => "which cannot be decompressed",
                };
                return Styled::new(FAULT, format!("{words}, {why}"));
            }
            _ => return Styled::new(Style::new(), plain_words(from, message, so_far)),
        },
        _ => return Styled::new(Style::new(), plain_words(from, message, so_far)),
    };
    Styled::new(FAULT, fault)
}

/// What stands in the place of certificates, RFC 7250.
const A_KEY: &str = "a key, and no certificate";

fn plain_words(from: Side, message: &Message, so_far: &SoFar) -> String {
    match &message.body {
        Body::Handshake(handshake) => match &**handshake {
            Handshake::Certificate13(_) if has_raw_key(&message.tree) => A_KEY.to_owned(),
            handshake => handshake_words(handshake),
        },
        Body::Alert(alert) => {
            let level = match alert.level.name() {
                Some(name) => format!("{name} "),
                None => format!("level {}, ", alert.level.number()),
            };
            let alert = alert.description;
            let what = match alert.name() {
                Some(_) => alert.to_string(),
                None => alert.number().to_string(),
            };
            let place = *from.of(&so_far.places);
            match from {
                Side::Server => format!("{level}{what}: {}", alert.meaning_behind(place)),
                Side::Client => match alert.meaning_of_client_behind(place) {
                    Some(meaning) => format!("{level}{what}: {meaning}"),
                    None => format!("{level}{what}"),
                },
            }
        }
        Body::ChangeCipherSpec if message.changes_to_no_keys() => {
            "out of place: there are no keys for it".to_owned()
        }
        Body::ChangeCipherSpec => match so_far.tls13() {
            Some(true) => "for the eyes of middleboxes",
            Some(false) if so_far.in_clear => "what follows has a MAC, and is not encrypted",
            Some(false) => "what follows is protected",
            None => "",
        }
        .to_owned(),
        // As far as its bytes tell.
        Body::Encrypted
            if message.content_type == Some(ContentType::handshake)
                && message.seems_protected() =>
        {
            "protected, or the rest of a message".to_owned()
        }
        Body::Encrypted => match message.content_type {
            Some(content_type) => format!("protected, in a record of {}", short(content_type)),
            None => "protected".to_owned(),
        },
        Body::Plaintext => {
            let found = so_far.spoken.protocol(from, &message.bytes);
            format!("not TLS{}", other_words(found, &message.bytes))
        }
        Body::Ssl2(message) => ssl2_words(message),
        Body::Fragment(msg_type) => {
            format!("a part of {}", camel_case(msg_type.name().unwrap_or("a message")))
        }
        Body::Rest => "the rest of a message that begins before it".to_owned(),
        Body::Document(document) => document.words().to_owned(),
        Body::ReturnRoutabilityCheck(check) => {
            check.tag().name().unwrap_or_default().replace('_', " ")
        }
        Body::Ack(ack) => count(ack.record_numbers.0.len(), "record"),
        Body::BrokenHandshake(_)
        | Body::BrokenSsl2(_)
        | Body::ApplicationData
        | Body::Heartbeat
        | Body::Unknown => String::new(),
    }
}

/// What speaks instead of TLS, and what it says first.
pub fn other_words(protocol: Option<Protocol>, bytes: &[u8]) -> String {
    let words = first_line(plaintext::first_words(bytes));
    match (protocol, words.is_empty()) {
        (Some(found), false) => format!(" but {}: {words}", found.name),
        (Some(found), true) => format!(" but {}", found.name),
        (None, false) => format!(": {words}"),
        (None, true) => ", and no text".to_owned(),
    }
}

fn ssl2_words(message: &Ssl2Message) -> String {
    match message {
        Ssl2Message::ClientHello(hello) => {
            format!("{}, {}", short(hello.version), count(hello.cipher_specs.0.len(), "cipher"))
        }
        Ssl2Message::ServerHello(hello) => {
            format!(
                "{}, {}",
                short(hello.server_version),
                count(hello.cipher_specs.0.len(), "cipher")
            )
        }
        Ssl2Message::ClientMasterKey(key) => Ssl2CipherKind(key.cipher_kind.0).to_string(),
        Ssl2Message::Error(error) => short(error.error_code),
        _ => String::new(),
    }
}

fn handshake_words(handshake: &Handshake) -> String {
    match handshake {
        Handshake::ClientHello(hello) => client_hello_words(hello),
        Handshake::ServerHello(hello) => {
            let mut parts = vec![short(hello.version()), short(hello.cipher_suite)];
            parts.extend(hello.extensions().iter().find_map(|extension| match extension {
                ServerExtension::KeyShare(share) => Some(short(share.group)),
                _ => None,
            }));
            parts.join(", ")
        }
        Handshake::DraftServerHello(hello) => {
            format!("{}, {}", short(hello.version), short(hello.cipher_suite))
        }
        Handshake::HelloRetryRequest(_) | Handshake::DraftHelloRetryRequest(_) => {
            "the server asks for another hello".to_owned()
        }
        Handshake::HelloVerifyRequest(request) => {
            let cookie = count(request.cookie.0.len(), "byte");
            format!("the server asks for the hello again, with a cookie of {cookie}")
        }
        Handshake::NewSessionTicket(ticket) => lifetime_words(ticket.ticket_lifetime_hint, false),
        Handshake::NewSessionTicket13(ticket) => lifetime_words(ticket.ticket_lifetime, true),
        Handshake::CompressedCertificate(compressed) => {
            format!("{} made of {}", compressed_words(compressed), compressed.uncompressed_length.0)
        }
        Handshake::RawPublicKey(_) => A_KEY.to_owned(),
        Handshake::CachedCertificate(_) => "the hash of what the client has".to_owned(),
        Handshake::OpenPgpCertificate(certificate) => match certificate {
            OpenPgpCertificate::Empty(key) if key.0.is_empty() => "no certificate",
            OpenPgpCertificate::Fingerprint(_) => "the fingerprint of an OpenPGP certificate",
            _ => "an OpenPGP certificate",
        }
        .to_owned(),
        Handshake::NextProtocol(next) => escape(&next.selected_protocol.0),
        Handshake::Certificate(certificate) => {
            count(certificate.certificate_list.0.len(), "certificate")
        }
        Handshake::Certificate13(certificate) => {
            count(certificate.certificate_list.0.len(), "certificate")
        }
        Handshake::ServerKeyExchange(key) => {
            let curve = key.named_curve().map(|curve| format!("ECDHE {}", short(curve)));
            let dh = key.dh_params().map(|params| format!("DHE {} bits", params.dh_p.0.len() * 8));
            let srp = match &**key {
                ServerKeyExchange::Srp(key) => {
                    Some(format!("SRP {} bits", key.params.srp_n.0.len() * 8))
                }
                _ => None,
            };
            let parts = [curve, dh, srp, key.signature_algorithm().map(short)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        Handshake::CertificateVerify(verify) => {
            verify.signature.algorithm.0.map_or(String::new(), short)
        }
        Handshake::CertificateRequest(_)
        | Handshake::CachedRequest(_)
        | Handshake::CertificateRequest13(_) => {
            "the server asks for a client certificate".to_owned()
        }
        _ => String::new(),
    }
}

fn compressed_words(compressed: &CompressedCertificate) -> String {
    let length = compressed.compressed_certificate_message.0.len();
    format!("{}, {}", short(compressed.algorithm), count(length, "byte"))
}

fn client_hello_words(hello: &ClientHello) -> String {
    // What is really offered stands in supported_versions, where that is there.
    let offered = hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => {
            let known = versions.0.iter().filter(|version| !version.is_grease());
            // A draft of TLS 1.3 is less than TLS 1.3.
            let is_final = |version| ProtocolVersion::as_tls(version) == version;
            known.max_by_key(|version| (version.as_tls(), is_final(**version))).copied()
        }
        _ => None,
    });
    let version = match offered {
        None if is_broken(hello, ExtensionType::supported_versions) => {
            "versions in a broken list".to_owned()
        }
        offered => short(offered.unwrap_or(hello.legacy_version.as_legacy())),
    };
    let mut parts = vec![
        version,
        count(hello.cipher_suites.0.len(), "cipher suite"),
        count(hello.extensions().len(), "extension"),
    ];
    for extension in hello.extensions() {
        match extension {
            ClientExtension::ServerName(names) => parts
                .extend(names.0.first().map(|name| format!("SNI {}", escape(&name.host_name.0)))),
            ClientExtension::Alpn(names) => {
                let names: Vec<_> = names.0.iter().map(|name| escape(&name.0.0)).collect();
                let names =
                    if names.is_empty() { "of no name".to_owned() } else { names.join(" ") };
                parts.push(format!("ALPN {names}"));
            }
            _ => {}
        }
    }
    parts.join(", ")
}

/// How long a ticket is good for: RFC 5077 section 3.3, RFC 8446 section 4.6.1.
fn lifetime_words(seconds: u32, tls13: bool) -> String {
    match (seconds, tls13) {
        (0, false) => "good for as long as the server likes".to_owned(),
        (0, true) => "not to be kept".to_owned(),
        _ => format!("good for {}", count(seconds as usize, "second")),
    }
}

/// A code by its name, or as it prints where it has none.
pub fn short<C: Code>(code: C) -> String {
    code.name().map_or_else(|| code.to_string(), str::to_owned)
}

/// The first line of a text from a peer, safe to print.
pub fn first_line(bytes: &[u8]) -> String {
    let line = bytes.split(|&byte| byte == b'\n' || byte == b'\r').next().unwrap_or_default();
    escape(line.get(..120).unwrap_or(line))
}
