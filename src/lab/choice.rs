//! What a server without quirks chooses from a hello, or which alert it answers with instead:
//! RFC 5246 section 7.4.1, RFC 8422 section 5 for the curves, RFC 8446 section 4.2.1 for
//! `supported_versions`.
//!
//! It speaks TLS 1.0 to 1.2. Below TLS 1.2 signatures were made over MD5 and SHA-1, which ring
//! does not do, so there it knows only suites that need none.

use super::identity::Identity;
use crate::names::{
    AlertDescription, Authentication, CipherSuite, CompressionMethod, EcPointFormat, ExtensionType,
    KeyExchange, NamedGroup, ProtocolVersion, SignatureScheme,
};
use crate::wire::extension::{ClientExtension, ProtocolName};
use crate::wire::handshake::client_hello::ClientHello;

/// What both sides will use.
pub(super) struct Choice {
    pub(super) version: ProtocolVersion,
    pub(super) cipher_suite: CipherSuite,
    pub(super) identity: &'static Identity,
    /// The group of the key exchange and the scheme of its signature, where the suite has them.
    pub(super) ecdhe: Option<(NamedGroup, SignatureScheme)>,
    /// The protocol inside.
    pub(super) protocol: Option<ProtocolName>,
}

/// The versions that are spoken, the best first.
const VERSIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_1, ProtocolVersion::TLS1_0];

/// The suites that are spoken, the best first: with a fresh key before those without, and
/// authenticated encryption before the others.
const CIPHER_SUITES: &[CipherSuite] = &[
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA256,
    CipherSuite::TLS_RSA_WITH_AES_256_CBC_SHA256,
    CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_RSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_RSA_WITH_3DES_EDE_CBC_SHA,
];

/// The groups that are spoken, the best first.
const GROUPS: [NamedGroup; 3] = [NamedGroup::x25519, NamedGroup::secp256r1, NamedGroup::secp384r1];

/// The protocols that may run inside, the best first.
const PROTOCOLS: [&[u8]; 2] = [b"http/1.1", b"h2"];

/// The extensions that are read: one whose body does not have its form breaks the hello, while
/// what else may stand there is passed over.
const READ: [ExtensionType; 8] = [
    ExtensionType::server_name,
    ExtensionType::supported_groups,
    ExtensionType::ec_point_formats,
    ExtensionType::signature_algorithms,
    ExtensionType::application_layer_protocol_negotiation,
    ExtensionType::extended_master_secret,
    ExtensionType::supported_versions,
    ExtensionType::renegotiation_info,
];

impl Choice {
    /// What is chosen from a hello, or why nothing is.
    pub(super) fn of(hello: &ClientHello) -> Result<Choice, AlertDescription> {
        check(hello)?;
        let version = version(hello)?;
        let fallback = hello.cipher_suites.0.contains(&CipherSuite::TLS_FALLBACK_SCSV);
        if fallback && version != ProtocolVersion::TLS1_2 {
            return Err(AlertDescription::inappropriate_fallback); // RFC 7507 section 3
        }
        Choice::of_version(hello, version).ok_or(AlertDescription::handshake_failure)
    }
}

/// What a server that goes wrong chooses whatever was offered; of the rest, what a healthy one does.
impl Choice {
    /// With this version, where the hello has a suite of it.
    pub(super) fn of_version(hello: &ClientHello, version: ProtocolVersion) -> Option<Choice> {
        let offered = CIPHER_SUITES.iter().filter(|suite| hello.cipher_suites.0.contains(suite));
        let mut spoken = offered.filter(|_| VERSIONS.contains(&version));
        spoken.find_map(|suite| with_suite(hello, version, *suite))
    }

    /// With this suite, where the hello has all that it needs.
    pub(super) fn of_suite(hello: &ClientHello, cipher_suite: CipherSuite) -> Option<Choice> {
        with_suite(hello, version(hello).ok()?, cipher_suite)
    }

    /// With this group, for the best of the suites with a fresh key on a curve. What else that needs
    /// of the hello does not matter: at the group the client gives up.
    pub(super) fn of_group(hello: &ClientHello, group: NamedGroup) -> Option<Choice> {
        let offered = CIPHER_SUITES.iter().filter(|suite| hello.cipher_suites.0.contains(suite));
        let mut of_curves = offered.filter(|suite| suite.key_exchange() == KeyExchange::Ecdhe);
        let cipher_suite = *of_curves.next()?;
        let identity = Identity::of(cipher_suite.authentication())?;
        let scheme = signature_scheme(hello, identity).unwrap_or(identity.usual_scheme());
        Some(Choice {
            version: version(hello).ok()?,
            cipher_suite,
            identity,
            ecdhe: Some((group, scheme)),
            protocol: protocol(hello),
        })
    }
}

/// What makes a hello wrong whatever is chosen from it.
fn check(hello: &ClientHello) -> Result<(), AlertDescription> {
    if hello.legacy_session_id.0.len() > 32 {
        return Err(AlertDescription::decode_error);
    }
    if !hello.legacy_compression_methods.0.contains(&CompressionMethod::null) {
        return Err(AlertDescription::illegal_parameter);
    }
    for extension in hello.extensions() {
        match extension {
            ClientExtension::Raw(extension_type, _) if READ.contains(extension_type) => {
                return Err(AlertDescription::decode_error);
            }
            // RFC 5746 section 3.6: nothing is renegotiated yet.
            ClientExtension::RenegotiationInfo(info) if !info.0.is_empty() => {
                return Err(AlertDescription::handshake_failure);
            }
            // RFC 8422 section 5.1.2.
            ClientExtension::EcPointFormats(formats)
                if !formats.0.contains(&EcPointFormat::uncompressed) =>
            {
                return Err(AlertDescription::illegal_parameter);
            }
            _ => {}
        }
    }
    Ok(())
}

/// The version: `supported_versions` counts where it is sent, and `legacy_version` only where not.
pub(super) fn version(hello: &ClientHello) -> Result<ProtocolVersion, AlertDescription> {
    let common = VERSIONS.into_iter().find(|version| offers(hello, *version));
    common.ok_or(AlertDescription::protocol_version)
}

/// A version that the hello does not offer: the best of them that there is, or one that there is
/// not yet.
pub(super) fn not_offered(hello: &ClientHello) -> ProtocolVersion {
    let older = VERSIONS.into_iter().chain([ProtocolVersion::SSL3_0]);
    let mut all = older.chain([ProtocolVersion::TLS1_3]);
    all.find(|version| !offers(hello, *version)).unwrap_or(ProtocolVersion(0x0305))
}

/// The suite of a ServerHello of a version of which nothing can be chosen: one that is offered and
/// that the version has, or else the usual one.
pub(super) fn suite_for(hello: &ClientHello, version: ProtocolVersion) -> CipherSuite {
    let is_of_tls13 = is_since_tls13(version);
    let is_fit = |suite: &CipherSuite| match is_of_tls13 {
        true => suite.key_exchange() == KeyExchange::Tls13,
        false => {
            let is_too_young = version < ProtocolVersion::TLS1_2 && suite.is_since_tls12();
            suite.is_before_tls13() && !is_too_young
        }
    };
    let usual = match is_of_tls13 {
        true => CipherSuite::TLS_AES_128_GCM_SHA256,
        false => CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA,
    };
    hello.cipher_suites.0.iter().copied().find(is_fit).unwrap_or(usual)
}

/// Whether a version is TLS 1.3 or what would be after it, which a ServerHello says in an extension:
/// RFC 8446 section 4.2.1.
pub(super) fn is_since_tls13(version: ProtocolVersion) -> bool {
    matches!(version.0, 0x0304..=0x03ff)
}

/// The first group of which the hello has a share of a key that can be answered.
pub(super) fn shared_group(hello: &ClientHello) -> Option<NamedGroup> {
    let shares = hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::KeyShare(shares) => Some(&shares.0),
        _ => None,
    })?;
    shares.iter().map(|share| share.group).find(|group| GROUPS.contains(group))
}

fn offers(hello: &ClientHello, version: ProtocolVersion) -> bool {
    let listed = hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => Some(&versions.0),
        _ => None,
    });
    match listed {
        Some(listed) => listed.contains(&version),
        None => version <= hello.legacy_version.as_legacy(),
    }
}

/// All that a suite needs, where the version allows it and the hello has it.
fn with_suite(
    hello: &ClientHello,
    version: ProtocolVersion,
    cipher_suite: CipherSuite,
) -> Option<Choice> {
    let identity = Identity::of(cipher_suite.authentication())?;
    let ecdhe = match cipher_suite.key_exchange() {
        KeyExchange::Ecdhe => {
            let group = group(hello, cipher_suite)?;
            Some((group, signature_scheme(hello, identity)?))
        }
        _ => None,
    };
    let since_tls12 = cipher_suite.is_since_tls12() || ecdhe.is_some();
    if version != ProtocolVersion::TLS1_2 && since_tls12 {
        return None;
    }
    Some(Choice { version, cipher_suite, identity, ecdhe, protocol: protocol(hello) })
}

/// A group that both speak. A hello that names none leaves it to the server, RFC 8422 section 4.
fn group(hello: &ClientHello, cipher_suite: CipherSuite) -> Option<NamedGroup> {
    let offered = hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedGroups(groups) => Some(&groups.0),
        _ => None,
    });
    let Some(offered) = offered else { return Some(NamedGroup::secp256r1) };
    // The client must be able to read the curve of the certificate too.
    if cipher_suite.authentication() == Authentication::Ecdsa
        && !offered.contains(&NamedGroup::secp256r1)
    {
        return None;
    }
    GROUPS.into_iter().find(|group| offered.contains(group))
}

/// The client's favourite among the schemes that the key can make. A hello that names none speaks
/// SHA-1 alone, RFC 5246 section 7.4.1.4.1, and that is not made here.
fn signature_scheme(hello: &ClientHello, identity: &Identity) -> Option<SignatureScheme> {
    let offered = hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SignatureAlgorithms(schemes) => Some(&schemes.0),
        _ => None,
    })?;
    offered.iter().copied().find(|&scheme| identity.signs(scheme))
}

/// A protocol that both speak, RFC 7301 section 3.2; where there is none, the server acts as if it
/// did not know the extension.
fn protocol(hello: &ClientHello) -> Option<ProtocolName> {
    let offered = hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::Alpn(names) => Some(&names.0),
        _ => None,
    })?;
    PROTOCOLS.iter().find_map(|known| offered.iter().find(|name| name.0.0[..] == **known)).cloned()
}
