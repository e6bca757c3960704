//! The first flight of a server without quirks, up to TLS 1.2: RFC 5246 section 7.3. ServerHello,
//! Certificate, ServerKeyExchange where the suite has a fresh key, ServerHelloDone; or an alert.
//!
//! All of it is written by the grammar that reads it elsewhere.

use ring::agreement::{self, EphemeralPrivateKey};
use ring::rand::{SecureRandom, SystemRandom};

use super::choice::{self, Choice};
use crate::names::{
    AlertDescription, AlertLevel, CipherSuite, CompressionMethod, ContentType, EcPointFormat,
    KeyExchange, NamedGroup, ProtocolVersion, SignatureScheme,
};
use crate::wire::extension::{Block, ClientExtension, KeyShareEntry, ServerExtension};
use crate::wire::grammar::{Codes, Empty, Fixed, List, Opaque, SinceTls12, Wire};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::certificate::{Asn1Cert, Certificate};
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::ec_parameters::EcParameters;
use crate::wire::handshake::key_exchange::{EcdheServerKey, ServerEcdhParams, ServerKeyExchange};
use crate::wire::handshake::random::Random;
use crate::wire::handshake::server_hello::ServerHello;
use crate::wire::handshake::signature::{Signature, Signed};
use crate::wire::record::alert::Alert;
use crate::wire::record::records;

/// In what a flight is other than that of a server without quirks.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// Its ServerHello has this version, or else one that was not offered.
    Version(Option<ProtocolVersion>),
    /// Its ServerHello has this suite, and what comes behind it is of that suite.
    CipherSuite(CipherSuite),
    /// The key of its ServerKeyExchange is in this group.
    Group(NamedGroup),
    /// Its certificate is another server's.
    OtherCertificate,
}

/// The records of the flight, or the alert that stands in its place.
pub(super) fn first_flight(hello: &ClientHello) -> Result<Vec<u8>, AlertDescription> {
    let choice = Choice::of(hello)?;
    let server_hello = server_hello(hello, &choice)?;
    flight(hello, &choice, server_hello, choice.identity.certificate)
}

/// The same with a change. Where nothing can be chosen from the hello for it, a ServerHello with what
/// was to be in it is all: so it is for TLS 1.3, behind which the flight would be protected.
pub(super) fn changed_flight(
    hello: &ClientHello,
    change: Change,
) -> Result<Vec<u8>, AlertDescription> {
    match change {
        Change::Version(version) => {
            let version = version.unwrap_or_else(|| choice::not_offered(hello));
            let Some(choice) = Choice::of_version(hello, version) else {
                let suite = choice::suite_for(hello, version);
                return sole_server_hello(hello, version, suite);
            };
            let server_hello = server_hello(hello, &choice)?;
            flight(hello, &choice, server_hello, choice.identity.certificate)
        }
        Change::CipherSuite(suite) => {
            let Some(choice) = Choice::of_suite(hello, suite) else {
                let version = choice::version(hello).unwrap_or(ProtocolVersion::TLS1_2);
                return sole_server_hello(hello, version, suite);
            };
            let server_hello = server_hello(hello, &choice)?;
            flight(hello, &choice, server_hello, choice.identity.certificate)
        }
        Change::Group(group) => {
            let Some(choice) = Choice::of_group(hello, group) else { return first_flight(hello) };
            let server_hello = server_hello(hello, &choice)?;
            flight(hello, &choice, server_hello, choice.identity.certificate)
        }
        Change::OtherCertificate => {
            let choice = Choice::of(hello)?;
            let server_hello = server_hello(hello, &choice)?;
            flight(hello, &choice, server_hello, choice.identity.other_certificate)
        }
    }
}

/// A ServerHello and nothing behind it.
fn sole_server_hello(
    hello: &ClientHello,
    version: ProtocolVersion,
    cipher_suite: CipherSuite,
) -> Result<Vec<u8>, AlertDescription> {
    let server_hello = ServerHello {
        legacy_version: version,
        random: Random(Fixed(fresh()?)),
        legacy_session_id_echo: hello.legacy_session_id.clone(),
        cipher_suite,
        legacy_compression_method: CompressionMethod::null,
        extensions: None,
    };
    let message = Handshake::ServerHello(match choice::is_since_tls13(version) {
        true => since_tls13(hello, server_hello, version)?,
        false => server_hello,
    });
    Ok(records(ContentType::handshake, version.as_legacy(), &message.to_bytes(), &[]))
}

/// TLS 1.3 and what would be after it stand in an extension, RFC 8446 section 4.2.1, with a share of
/// a group of which the client has sent one, section 4.2.8.
fn since_tls13(
    hello: &ClientHello,
    mut server_hello: ServerHello,
    version: ProtocolVersion,
) -> Result<ServerHello, AlertDescription> {
    let mut extensions = vec![ServerExtension::SupportedVersions(version)];
    if let Some(group) = choice::shared_group(hello) {
        let key_exchange = Opaque::new(fresh_public_key(group)?);
        extensions.push(ServerExtension::KeyShare(KeyShareEntry { group, key_exchange }));
    }
    server_hello.legacy_version = version.as_legacy();
    server_hello.extensions = Some(Block(extensions));
    Ok(server_hello)
}

fn flight(
    hello: &ClientHello,
    choice: &Choice,
    server_hello: ServerHello,
    certificate: &[u8],
) -> Result<Vec<u8>, AlertDescription> {
    let certificate = Asn1Cert(certificate.to_vec());
    let mut messages = vec![
        Handshake::ServerHello(server_hello.clone()),
        Handshake::Certificate(Certificate { certificate_list: List::new(vec![certificate]) }),
    ];
    if let Some((group, scheme)) = choice.ecdhe {
        let exchange = key_exchange(hello, &server_hello, choice, group, scheme)?;
        messages.push(Handshake::ServerKeyExchange(exchange.into()));
    }
    messages.push(Handshake::ServerHelloDone(Empty));
    // A record a message, of the version that was agreed: as OpenSSL does.
    let record = |message: &Handshake| {
        records(ContentType::handshake, choice.version, &message.to_bytes(), &[])
    };
    Ok(messages.iter().flat_map(record).collect())
}

/// The record of an alert, in the version that a hello leads to, or in TLS 1.0 where it leads to
/// none.
pub(super) fn alert(
    hello: Option<&ClientHello>,
    level: AlertLevel,
    description: AlertDescription,
) -> Vec<u8> {
    let version = hello.and_then(|hello| choice::version(hello).ok());
    let version = version.unwrap_or(ProtocolVersion::TLS1_0);
    records(ContentType::alert, version, &Alert { level, description }.to_bytes(), &[])
}

/// RFC 5246 section 7.4.1.3.
fn server_hello(hello: &ClientHello, choice: &Choice) -> Result<ServerHello, AlertDescription> {
    let extensions = extensions(hello, choice);
    Ok(ServerHello {
        legacy_version: choice.version,
        random: Random(Fixed(fresh()?)),
        legacy_session_id_echo: Opaque::new(fresh::<32>()?.to_vec()),
        cipher_suite: choice.cipher_suite,
        legacy_compression_method: CompressionMethod::null,
        extensions: (!extensions.is_empty()).then_some(Block(extensions)),
    })
}

/// Answers to what the hello has, and nothing else: RFC 5246 section 7.4.1.4.
fn extensions(hello: &ClientHello, choice: &Choice) -> Vec<ServerExtension> {
    let sent = |wanted: fn(&ClientExtension) -> bool| hello.extensions().iter().any(wanted);
    let scsv = CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV;
    let mut answers = Vec::new();
    // RFC 5746 section 3.6.
    if hello.cipher_suites.0.contains(&scsv)
        || sent(|extension| matches!(extension, ClientExtension::RenegotiationInfo(_)))
    {
        answers.push(ServerExtension::RenegotiationInfo(Opaque::new(Vec::new())));
    }
    // RFC 8422 section 5.2.
    if choice.cipher_suite.key_exchange() == KeyExchange::Ecdhe
        && sent(|extension| matches!(extension, ClientExtension::EcPointFormats(_)))
    {
        let formats = Codes::new(vec![EcPointFormat::uncompressed]);
        answers.push(ServerExtension::EcPointFormats(formats));
    }
    // RFC 7301 section 3.1.
    if let Some(protocol) = &choice.protocol {
        answers.push(ServerExtension::Alpn(List::new(vec![protocol.clone()])));
    }
    // RFC 7627 section 5.1.
    if sent(|extension| matches!(extension, ClientExtension::ExtendedMasterSecret(_))) {
        answers.push(ServerExtension::ExtendedMasterSecret(Empty));
    }
    answers
}

/// A fresh key, signed together with both randoms: RFC 8422 section 5.4. Its other half is thrown
/// away, since the lab goes no further.
fn key_exchange(
    client: &ClientHello,
    server: &ServerHello,
    choice: &Choice,
    group: NamedGroup,
    scheme: SignatureScheme,
) -> Result<ServerKeyExchange, AlertDescription> {
    let public = Opaque::new(fresh_public_key(group)?);
    let params = ServerEcdhParams { curve_params: EcParameters::Named(group), public };
    let mut signed = client.random.to_bytes();
    server.random.write(&mut signed);
    params.write(&mut signed);
    let signature = choice.identity.sign(scheme, &signed);
    let signature = signature.ok_or(AlertDescription::internal_error)?;
    // Before TLS 1.2 a flight has a fresh key only where its group is wrong: nobody reads on to a
    // signature that is not of that version.
    let named = (choice.version == ProtocolVersion::TLS1_2).then_some(scheme);
    let signature = Signature { algorithm: SinceTls12(named), signature: Opaque::new(signature) };
    let signature = Signed(Some(signature));
    Ok(ServerKeyExchange::Ecdhe(EcdheServerKey { params, signature }))
}

/// Bytes in the place of a key in a group that is not spoken: those of hybrid groups are longer than
/// this message can say.
const UNSPOKEN_KEY: usize = 32;

fn fresh_public_key(group: NamedGroup) -> Result<Vec<u8>, AlertDescription> {
    let algorithm = match group {
        NamedGroup::x25519 => &agreement::X25519,
        NamedGroup::secp256r1 => &agreement::ECDH_P256,
        NamedGroup::secp384r1 => &agreement::ECDH_P384,
        // Of a group that is not spoken the message has bytes that mean nothing.
        _ => return Ok(fresh::<UNSPOKEN_KEY>()?.to_vec()),
    };
    let key = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new());
    let public = key.and_then(|key| key.compute_public_key());
    public.map(|key| key.as_ref().to_vec()).map_err(|_| AlertDescription::internal_error)
}

fn fresh<const N: usize>() -> Result<[u8; N], AlertDescription> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map(|()| bytes).map_err(|_| AlertDescription::internal_error)
}
