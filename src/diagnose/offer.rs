//! What a hello needs beside the number of a version, or of a suite, that it comes to offer: RFC 8446
//! section 9.2 for TLS 1.3, RFC 5246 section 7.4.1.4.1 and RFC 8422 section 5.1 before it.

use super::control::USUAL;
use super::pool::Pool;
use crate::hello::edit::Edit;
use crate::hello::framing::Framing;
use crate::hello::vocabulary::{GREASE, List, Member, Quantity, is_grease};
use crate::hello::{Facts, HelloSpec, difference, lists};
use crate::names::{
    Cipher, CipherAlgorithm, CipherSuite, ExtensionType, KeyExchange, ProtocolVersion,
    SignatureScheme,
};
use crate::wire::extension::ClientExtension;

/// How much of what a version uses is offered with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// What nearly every server takes.
    Usual,
    /// All that other hellos have for it, for a server that takes little.
    All,
}

/// What a version needs beside its number.
struct Ground {
    version: ProtocolVersion,
    extensions: &'static [ExtensionType],
    /// What clients send beside these, though no server asks for it.
    beside: &'static [ExtensionType],
    /// A scheme for keys of RSA, which a list for the other version may do without.
    scheme: SignatureScheme,
    /// Whether a suite is of the version.
    has: fn(CipherSuite) -> bool,
}

const GROUNDS: [Ground; 2] = [
    Ground {
        version: ProtocolVersion::TLS1_3,
        extensions: &[
            ExtensionType::supported_groups,
            ExtensionType::signature_algorithms,
            ExtensionType::supported_versions,
            ExtensionType::key_share,
        ],
        // Without it no ticket is given, RFC 8446 section 4.2.9.
        beside: &[ExtensionType::psk_key_exchange_modes],
        scheme: SignatureScheme::rsa_pss_rsae_sha256,
        has: |suite| suite.key_exchange() == KeyExchange::Tls13,
    },
    Ground {
        version: ProtocolVersion::TLS1_2,
        extensions: &[
            ExtensionType::supported_groups,
            ExtensionType::signature_algorithms,
            ExtensionType::ec_point_formats,
        ],
        beside: &[],
        scheme: SignatureScheme::rsa_pkcs1_sha256,
        has: CipherSuite::is_before_tls13,
    },
];

impl Pool {
    /// Makes a hello offer a version with what it takes beside its number. Whether it takes more than
    /// that.
    pub fn offer(&self, spec: &mut HelloSpec, version: ProtocolVersion, breadth: Breadth) -> bool {
        let Some(ground) = GROUNDS.iter().find(|ground| ground.version == version) else {
            return false;
        };
        if spec.framing == Framing::Sslv2 {
            // A message of SSL 2.0 carries no extensions.
            *spec = difference::apply(spec, &[Edit::Framing(Framing::Tls)]);
        }
        let legacy = &mut spec.hello.legacy_version;
        *legacy = match version {
            ProtocolVersion::TLS1_3 => ProtocolVersion::TLS1_2,
            _ => (*legacy).max(version),
        };
        // Who names no versions offers those before TLS 1.3 by legacy_version.
        add(spec, List::SupportedVersions, version.0);
        let has_a_suite = spec.hello.cipher_suites.0.iter().any(|suite| (ground.has)(*suite));
        if version == ProtocolVersion::TLS1_2 && has_a_suite && breadth == Breadth::Usual {
            self.sign_as_tls12(spec);
            return true;
        }
        for extension_type in ground.extensions {
            self.lend(spec, *extension_type);
        }
        add(spec, List::SignatureAlgorithms, ground.scheme.0);
        let offers = |suite: &&CipherSuite| (ground.has)(**suite);
        let suites: Vec<CipherSuite> = match version {
            ProtocolVersion::TLS1_3 => vec![CipherSuite::TLS_AES_128_GCM_SHA256],
            _ => USUAL.iter().filter(offers).copied().collect(),
        };
        suites.iter().for_each(|suite| add(spec, List::CipherSuites, suite.0));
        if breadth == Breadth::All {
            ground.beside.iter().for_each(|one| self.lend(spec, *one));
            self.add_all(spec, ground);
        }
        self.offer_a_shared_group(spec);
        true
    }

    /// Makes a hello offer a suite with what it needs: the version that it came with, and groups for
    /// the exchange of keys on curves.
    pub fn offer_suite(&self, spec: &mut HelloSpec, suite: CipherSuite) {
        let tls12 = ProtocolVersion::TLS1_2;
        let is_of_tls12 = suite.is_before_tls13() && suite.is_since_tls12();
        let named = lists::numbers(&spec.hello, List::SupportedVersions);
        let is_named = named.map(|named| named.numbers().contains(&tls12.0));
        if is_of_tls12 && !is_offered(tls12, is_named, spec.hello.legacy_version) {
            self.offer(spec, tls12, Breadth::Usual);
        }
        if suite.key_exchange() == KeyExchange::Ecdhe {
            self.lend(spec, ExtensionType::supported_groups);
        }
        add(spec, List::CipherSuites, suite.0);
    }

    /// All groups, all schemes, and all suites of a version by which a server proves itself with a
    /// certificate and keeps a secret.
    fn add_all(&self, spec: &mut HelloSpec, ground: &Ground) {
        for (list, member, _) in &self.members {
            let Member::Number(number) = member else { continue };
            let is_for_it = match list {
                List::CipherSuites => {
                    let suite = CipherSuite(*number);
                    (ground.has)(suite) && is_fit(suite)
                }
                List::SupportedGroups | List::SignatureAlgorithms => !is_grease(*list, *number),
                _ => false,
            };
            if is_for_it {
                add(spec, *list, *number);
            }
        }
    }

    /// A share is of a group that is offered, RFC 8446 section 4.2.8.
    fn offer_a_shared_group(&self, spec: &mut HelloSpec) {
        let of = |list| lists::numbers(&spec.hello, list).map(|numbers| numbers.numbers());
        let (shared, offered) = (of(List::KeyShare), of(List::SupportedGroups));
        let (shared, offered) = (shared.unwrap_or_default(), offered.unwrap_or_default());
        if !shared.iter().any(|group| offered.contains(group)) {
            shared.iter().take(1).for_each(|group| add(spec, List::SupportedGroups, *group));
        }
    }

    /// Gives a hello that has come to offer TLS 1.2 the schemes for its signatures: without them
    /// they are of SHA-1, RFC 5246 section 7.4.1.4.1, which servers of today refuse.
    pub fn sign_as_tls12(&self, spec: &mut HelloSpec) {
        if spec.hello.legacy_version >= ProtocolVersion::TLS1_2 {
            self.lend(spec, ExtensionType::signature_algorithms);
        }
    }

    /// A hello of SSL 2.0 in a record of TLS, RFC 5246 appendix E.2. One that has no suite but those
    /// of SSL 2.0 offers TLS 1.2.
    pub fn in_tls(&self, spec: &HelloSpec) -> HelloSpec {
        let mut spec = difference::apply(spec, &[Edit::Framing(Framing::Tls)]);
        if spec.hello.cipher_suites.0.is_empty() {
            self.offer(&mut spec, ProtocolVersion::TLS1_2, Breadth::Usual);
        }
        spec
    }
}

/// Whether a hello offers a version: by name, where it names versions, though it be none, or else by
/// legacy_version up to that (RFC 8446 section 4.2.1).
fn is_offered(version: ProtocolVersion, is_named: Option<bool>, legacy: ProtocolVersion) -> bool {
    is_named.unwrap_or(version <= legacy.as_legacy())
}

/// Whether a hello of which this is true offers a version.
pub fn offers(facts: &Facts, version: ProtocolVersion) -> bool {
    let named = named_versions(facts);
    let is_named = named.map(|named| named.contains(&Member::Number(version.0)));
    is_offered(version, is_named, legacy_version(facts))
}

/// The versions that a hello names, where it names versions at all.
fn named_versions(facts: &Facts) -> Option<&[Member]> {
    let extension = Member::Number(ExtensionType::supported_versions.0);
    let names = facts.list(List::Extensions).contains(&extension);
    names.then(|| facts.list(List::SupportedVersions))
}

/// What stands in legacy_version.
fn legacy_version(facts: &Facts) -> ProtocolVersion {
    let number = facts.quantity(Quantity::LegacyVersion).unwrap_or(0);
    ProtocolVersion(u16::try_from(number).unwrap_or(0))
}

/// The highest version that a hello offers.
pub fn highest_version(facts: &Facts) -> ProtocolVersion {
    let version = |version: &Member| match version {
        Member::Number(number) if !is_grease(List::SupportedVersions, *number) => {
            Some(ProtocolVersion(*number))
        }
        _ => None,
    };
    let named = named_versions(facts).and_then(|named| named.iter().filter_map(version).max());
    named.unwrap_or(legacy_version(facts).as_legacy())
}

/// Whether a hello offers a version before TLS 1.3.
pub fn offers_before_tls13(facts: &Facts) -> bool {
    let is_older =
        |version: &Member| matches!(version, Member::Number(n) if *n < ProtocolVersion::TLS1_3.0);
    named_versions(facts).is_none_or(|named| named.iter().any(is_older))
}

/// Adds a GREASE value to a list: of extensions, an empty one (RFC 8701 section 3.1).
pub fn grease(list: List) -> Edit {
    match list {
        List::Extensions => {
            Edit::SetExtension(ClientExtension::Raw(ExtensionType(GREASE), Vec::new().into()))
        }
        _ => Edit::Add(list, Member::Number(GREASE)),
    }
}

/// Whether a hello may offer a suite for nothing but to be taken: a server that is not known proves
/// itself, and what is sent stays a secret.
fn is_fit(suite: CipherSuite) -> bool {
    use CipherAlgorithm::{Des, Null, Rc2, Rc4};
    let exchange = suite.key_exchange();
    let is_broken = |cipher: Cipher| matches!(cipher.algorithm, Null | Rc2 | Rc4 | Des);
    matches!(
        exchange,
        KeyExchange::Rsa | KeyExchange::Dhe | KeyExchange::Ecdhe | KeyExchange::Tls13
    ) && suite.cipher().is_some_and(|cipher| !is_broken(cipher))
}

/// Adds a number to a list that is there and does not have it.
fn add(spec: &mut HelloSpec, list: List, number: u16) {
    if let Some(numbers) = lists::numbers_mut(&mut spec.hello, list) {
        if !numbers.numbers().contains(&number) {
            numbers.add(number);
        }
    }
}
