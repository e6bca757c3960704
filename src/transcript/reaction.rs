//! What a server did with a hello, in the words that other programs read.

use serde::Serialize;
use serde::ser::SerializeMap;

use super::{Queue, Side, Transcript};
use crate::names::{
    AlertDescription, AlertLevel, CipherSuite, Code, ExtensionType, HandshakeType, NamedGroup,
    ProtocolVersion, Ssl2Error,
};
use crate::wire::extension::{ClientExtension, HelloRetryExtension, ServerExtension};
use crate::wire::fault::Kind as Meant;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::client_rules::{is_broken, offered_groups, shared_groups};
use crate::wire::handshake::server_hello::{HelloRetryRequest, ServerHello};
use crate::wire::record::plaintext::{self, Protocol};
use crate::wire::record::ssl2::{Ssl2Message, Ssl2ServerHello};
use crate::wire::stream::{Body, Message};
use crate::wire::text::escape;

/// How a connection ended, as the transport tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It did not: what was to be seen was seen, or nothing came for as long as one waits.
    Open,
    /// The peer closed it.
    Closed,
    /// The peer reset it.
    Reset,
    /// We ended it: the peer had sent more than is kept.
    Full,
}

/// What a server did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It goes on with the handshake.
    Accepted {
        /// The version that it chose.
        version: ProtocolVersion,
        /// The cipher suite that it chose; none in SSL 2.0, where the client chooses.
        cipher_suite: Option<CipherSuite>,
        /// The group of the key exchange, where there is one.
        group: Option<NamedGroup>,
        /// Whether it asks for a second hello first.
        hello_retry: bool,
    },
    /// It says why not, in its way.
    Alert {
        /// How grave it is.
        level: AlertLevel,
        /// What it says.
        description: AlertDescription,
    },
    /// The same in SSL 2.0.
    Ssl2Error {
        /// What it says.
        error: Ssl2Error,
    },
    /// It closed the connection without a word.
    Closed,
    /// It reset the connection.
    Reset,
    /// It did not answer in time.
    Silence,
    /// It answers in another protocol.
    Plaintext {
        /// Its first bytes.
        first: Vec<u8>,
    },
    /// It answers with what looks like TLS, but is broken.
    Malformed {
        /// What is wrong with it.
        what: String,
    },
    /// The host's name has no address.
    Dns,
    /// Nothing listens there.
    Refused,
    /// There is no way there.
    Unroutable,
    /// The connection was not made in time.
    ConnectTimeout,
}

impl Kind {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Accepted { .. } => "accepted",
            Kind::Alert { .. } => "alert",
            Kind::Ssl2Error { .. } => "sslv2-error",
            Kind::Closed => "closed",
            Kind::Reset => "reset",
            Kind::Silence => "silence",
            Kind::Plaintext { .. } => "plaintext",
            Kind::Malformed { .. } => "malformed",
            Kind::Dns => "dns",
            Kind::Refused => "refused",
            Kind::Unroutable => "unroutable",
            Kind::ConnectTimeout => "connect-timeout",
        }
    }
}

/// How far a handshake had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the step of its name")]
pub enum Step {
    Connect,
    ClientHello,
    HelloRetry,
    ServerHello,
    Certificate,
}

impl Step {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Step::Connect => "connect",
            Step::ClientHello => "client_hello",
            Step::HelloRetry => "hello_retry",
            Step::ServerHello => "server_hello",
            Step::Certificate => "certificate",
        }
    }
}

/// What a server did, and at which step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// What it did.
    pub kind: Kind,
    /// When.
    pub step: Step,
}

impl Reaction {
    /// Reads the reaction off a transcript. There is none where nothing tells how it ended.
    pub fn of(transcript: &Transcript) -> Option<Reaction> {
        let is_tls = transcript.from(Side::Server).any(is_tls);
        let mut seen = Seen {
            offer: first_offer(transcript),
            second: has_second_offer(transcript),
            is_tls,
            ..Seen::default()
        };
        let mut queue = Queue::default();
        for message in transcript.from(Side::Server) {
            let ready = match message.message_seq() {
                Some(number) => queue.add(number, message.begins_flight(), message),
                None => vec![message],
            };
            if let Some(reaction) = ready.into_iter().find_map(|message| seen.message(message)) {
                return Some(reaction);
            }
        }
        seen.has_gap = true;
        let left = queue.finish();
        if let Some(reaction) = left.into_iter().find_map(|message| seen.message(message)) {
            return Some(reaction);
        }
        seen.at_end(transcript.end)
    }

    /// Whether the server goes on with the handshake.
    pub fn accepted(&self) -> bool {
        matches!(self.kind, Kind::Accepted { .. })
    }

    /// Whether there was no connection at all.
    pub fn unreachable(&self) -> bool {
        self.step == Step::Connect
    }

    /// The protocol of a server that does not speak TLS, where its first bytes tell.
    pub fn protocol(&self) -> Option<Protocol> {
        match &self.kind {
            Kind::Plaintext { first } => plaintext::recognise(first),
            _ => None,
        }
    }
}

/// What was seen of the server so far.
#[derive(Default)]
struct Seen {
    /// What the client offered, where the transcript shows it from there on.
    offer: Option<ClientHello>,
    /// Whether it said another hello.
    second: bool,
    /// Whether the server asked for it.
    hello_retry: bool,
    hello: Option<(ProtocolVersion, CipherSuite)>,
    group: Option<NamedGroup>,
    certificate: bool,
    warning: Option<Kind>,
    /// The server speaks one of our protocols, before or behind whatever else it says.
    is_tls: bool,
    /// What comes now is behind messages that were lost, or may not be the server's.
    has_gap: bool,
}

impl Seen {
    /// Takes note of a message; says so where it decides.
    fn message(&mut self, message: &Message) -> Option<Reaction> {
        self.has_gap |= message.has_assumed_sender();
        match &message.body {
            Body::Handshake(handshake) => self.handshake(handshake),
            Body::Ssl2(message) => self.ssl2(message),
            Body::Encrypted => self.accepted(),
            Body::ApplicationData if self.offer.is_some() && self.hello.is_none() => {
                Some(self.malformed("application_data before a server_hello"))
            }
            Body::Alert(alert) => {
                let kind = Kind::Alert { level: alert.level, description: alert.description };
                // A warning may be followed by a hello: RFC 6066 section 3 has unrecognized_name.
                if alert.level == AlertLevel::warning
                    && alert.description != AlertDescription::close_notify
                {
                    self.warning = Some(kind);
                    return None;
                }
                Some(self.at_step(kind))
            }
            // What stands before STARTTLS is no answer to the hello.
            Body::Plaintext if !self.is_tls => {
                let first = message.bytes.iter().copied().take(256).collect();
                Some(self.at_step(Kind::Plaintext { first }))
            }
            // Where it was seen from the middle on, the message may have another form.
            Body::BrokenHandshake(_) if self.offer.is_none() && message.tree.has_assumption() => {
                None
            }
            Body::BrokenHandshake(_) if message.is_overwritten() => None,
            Body::BrokenHandshake(_) | Body::Unknown if message.complete() => {
                let mut remarks = message.tree.remarks.iter();
                let what = match remarks.find(|remark| remark.kind == Meant::Form) {
                    Some(remark) => remark.to_string(),
                    None => "a message of an unknown kind".to_owned(),
                };
                Some(self.at_step(Kind::Malformed { what }))
            }
            _ => None,
        }
    }

    /// In SSL 2.0 the server's whole flight is one message.
    fn ssl2(&self, message: &Ssl2Message) -> Option<Reaction> {
        match message {
            Ssl2Message::ServerHello(hello) => Some(self.ssl2_hello(hello)),
            Ssl2Message::Error(error) => {
                Some(self.at_step(Kind::Ssl2Error { error: error.error_code }))
            }
            _ => None,
        }
    }

    fn ssl2_hello(&self, hello: &Ssl2ServerHello) -> Reaction {
        if hello.session_id_hit == 0 && hello.cipher_specs.0.is_empty() {
            return self.malformed("an sslv2_server_hello without a cipher to choose");
        }
        let version = hello.server_version;
        let kind = Kind::Accepted { version, cipher_suite: None, group: None, hello_retry: false };
        Reaction { kind, step: Step::ServerHello }
    }

    fn handshake(&mut self, handshake: &Handshake) -> Option<Reaction> {
        match handshake {
            Handshake::HelloRequest(_) | Handshake::HelloVerifyRequest(_) => None,
            handshake
                if self.offer.is_some()
                    && self.hello.is_none()
                    && !self.has_gap
                    && handshake.msg_type() != HandshakeType::server_hello =>
            {
                let name = handshake.msg_type().name().unwrap_or("another message");
                Some(self.malformed(&format!("a {name} before a server_hello")))
            }
            Handshake::HelloRetryRequest(retry) => {
                if let Some(what) = self.not_to_be_asked_for(retry).filter(|_| !self.second) {
                    return Some(self.malformed(&what));
                }
                let version = ProtocolVersion::TLS1_3;
                let cipher_suite = Some(retry.cipher_suite);
                let kind = Kind::Accepted { version, cipher_suite, group: None, hello_retry: true };
                self.hello_retry = true;
                // What comes of the second hello is more than that it was asked for.
                (!self.second).then_some(Reaction { kind, step: Step::HelloRetry })
            }
            Handshake::ServerHello(hello) => {
                if let Some(what) = self.not_offered(hello) {
                    return Some(self.malformed(&what));
                }
                self.hello = Some((hello.version(), hello.cipher_suite));
                self.group = hello.extensions().iter().find_map(|extension| match extension {
                    ServerExtension::KeyShare(share) => Some(share.group),
                    _ => None,
                });
                None
            }
            Handshake::Certificate(_) | Handshake::Certificate13(_) => {
                self.certificate = true;
                None
            }
            Handshake::ServerKeyExchange(key) => {
                self.group = key.named_curve().or(self.group);
                let what = key.named_curve().and_then(|curve| self.no_curve(curve));
                what.map(|what| self.malformed(&what))
            }
            Handshake::ServerHelloDone(_) | Handshake::Finished(_) => self.accepted(),
            _ => None,
        }
    }

    /// What a server asks for although the client did not offer it, or sent it already: RFC 8446
    /// sections 4.1.4 and 4.2.8.
    fn not_to_be_asked_for(&self, retry: &HelloRetryRequest) -> Option<String> {
        let offer = self.offer.as_ref()?;
        if !offer.cipher_suites.0.contains(&retry.cipher_suite) {
            return Some(format!("the cipher suite {} was not offered", retry.cipher_suite));
        }
        let mut extensions = retry.extensions.iter().flat_map(|block| &block.0);
        let group = extensions.find_map(|extension| match extension {
            HelloRetryExtension::KeyShare(group) => Some(*group),
            _ => None,
        })?;
        if !offered_groups(offer)?.contains(&group) {
            return Some(format!("the group {group} was not offered"));
        }
        let is_sent = shared_groups(offer).is_some_and(|shared| shared.contains(&group));
        is_sent.then(|| format!("a share of the group {group} was sent already"))
    }

    /// What a server chose although the client did not offer it: RFC 8446 section 4.1.3.
    fn not_offered(&self, hello: &ServerHello) -> Option<String> {
        let offer = self.offer.as_ref()?;
        if !offer.cipher_suites.0.contains(&hello.cipher_suite) {
            return Some(format!("the cipher suite {} was not offered", hello.cipher_suite));
        }
        let version = hello.version();
        let listed = offer.extensions().iter().find_map(|extension| match extension {
            ClientExtension::SupportedVersions(versions) => Some(&versions.0),
            _ => None,
        });
        let offered = match listed {
            Some(versions) => versions.contains(&version),
            None => {
                let offered = offer.legacy_version.as_legacy().as_tls();
                let is_listed = is_broken(offer, ExtensionType::supported_versions);
                (is_listed || version.as_tls() <= offered) && is_known(version)
            }
        };
        if !offered {
            return Some(format!("the version {version} was not offered"));
        }
        let group = hello.extensions().iter().find_map(|extension| match extension {
            ServerExtension::KeyShare(share) => Some(share.group),
            _ => None,
        })?;
        let groups = offered_groups(offer)?;
        (!groups.contains(&group)).then(|| format!("the group {group} was not offered"))
    }

    /// What is wrong with a curve that a server chose for its key: RFC 8422 section 5.1.
    fn no_curve(&self, curve: NamedGroup) -> Option<String> {
        let offer = self.offer.as_ref()?;
        // Who lists none leaves it to the server, RFC 8422 section 4.
        if offered_groups(offer).is_some_and(|offered| !offered.contains(&curve)) {
            return Some(format!("the group {curve} was not offered"));
        }
        let (version, _) = self.hello?;
        curve.is_of_tls13_alone().then(|| format!("{version} has no keys in the group {curve}"))
    }

    fn malformed(&self, what: &str) -> Reaction {
        self.at_step(Kind::Malformed { what: what.to_owned() })
    }

    fn accepted(&self) -> Option<Reaction> {
        let (version, cipher_suite) = self.hello?;
        let (cipher_suite, group) = (Some(cipher_suite), self.group);
        let kind = Kind::Accepted { version, cipher_suite, group, hello_retry: self.hello_retry };
        Some(Reaction { kind, step: Step::ServerHello })
    }

    fn at_end(&self, end: Option<End>) -> Option<Reaction> {
        let kind = match (end, &self.warning) {
            // A log need not show the end of a flight: what it shows was accepted.
            (None, _) => return self.accepted(),
            (Some(_), Some(warning)) if self.hello.is_none() => warning.clone(),
            (Some(End::Open), _) => Kind::Silence,
            (Some(End::Closed), _) => Kind::Closed,
            (Some(End::Reset), _) => Kind::Reset,
            (Some(End::Full), _) => {
                Kind::Malformed { what: "more than can be a first flight, and no end".to_owned() }
            }
        };
        Some(self.at_step(kind))
    }

    fn at_step(&self, kind: Kind) -> Reaction {
        let step = match (self.hello, self.certificate) {
            (_, true) => Step::Certificate,
            (Some(_), false) => Step::ServerHello,
            (None, false) if self.hello_retry => Step::HelloRetry,
            (None, false) => Step::ClientHello,
        };
        Reaction { kind, step }
    }
}

impl Serialize for Reaction {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind.word())?;
        map.serialize_entry("step", self.step.word())?;
        match &self.kind {
            Kind::Accepted { version, cipher_suite, group, hello_retry } => {
                map.serialize_entry("version", &text(*version))?;
                map.serialize_entry("cipher_suite", &cipher_suite.map(text))?;
                map.serialize_entry("group", &group.map(text))?;
                map.serialize_entry("hello_retry", hello_retry)?;
            }
            Kind::Alert { level, description } => {
                map.serialize_entry("level", &level.number())?;
                map.serialize_entry("code", &description.number())?;
                map.serialize_entry("name", &description.name())?;
            }
            Kind::Ssl2Error { error } => {
                map.serialize_entry("code", &error.number())?;
                map.serialize_entry("name", &error.name())?;
            }
            Kind::Plaintext { first } => map.serialize_entry("first_bytes", &escape(first))?,
            Kind::Malformed { what } => map.serialize_entry("what", what)?,
            _ => {}
        }
        map.end()
    }
}

/// What the client offers in its first hello. There is none where the transcript begins behind it:
/// a later one is not what the first messages answer.
fn first_offer(transcript: &Transcript) -> Option<ClientHello> {
    let mut before = transcript.messages().take_while(|(_, message)| !is_hello(message));
    // Where one side's bytes come first, both begin with their hellos.
    let begins = |side| transcript.from(side).find(|message| is_tls(message));
    let from_the_beginning = [Side::Client, Side::Server]
        .into_iter()
        .all(|side| begins(side).is_none_or(Message::begins_flight));
    if !from_the_beginning && before.any(|(_, message)| message.follows_hello()) {
        return None;
    }
    offers(transcript).next().cloned()
}

/// Whether the client offers something else in a later hello. One that goes again by datagrams, or
/// with a cookie of theirs, has the same extensions.
fn has_second_offer(transcript: &Transcript) -> bool {
    let mut offers = offers(transcript).map(ClientHello::extensions);
    let first = offers.next();
    offers.any(|other| first != Some(other))
}

fn offers(transcript: &Transcript) -> impl Iterator<Item = &ClientHello> {
    transcript.from(Side::Client).filter_map(|message| match message.handshake() {
        Some(Handshake::ClientHello(hello)) => Some(hello),
        _ => None,
    })
}

fn is_hello(message: &Message) -> bool {
    matches!(message.handshake(), Some(Handshake::ClientHello(_)))
}

/// Whether a message is one of ours.
fn is_tls(message: &Message) -> bool {
    !matches!(message.body, Body::Plaintext | Body::Unknown)
}

/// Whether a version is one that a server can choose by its hello alone.
fn is_known(version: ProtocolVersion) -> bool {
    matches!(version.0 >> 8, 3 | 0xfe)
}

/// A code by its name alone, or by its number where it has none.
fn text<C: Code>(code: C) -> String {
    match code.name() {
        Some(name) => name.to_owned(),
        None => format!("0x{:0digits$x}", code.number(), digits = C::WIDTH * 2),
    }
}
