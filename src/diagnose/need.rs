//! What a server needs of a hello: how likely it is that a healthy one fails a hello for a reason
//! of its own, to judge by what it took and by what nearly every server asks for.

use super::control::{ESSENTIAL, USUAL};
use super::offer::{offers, offers_before_tls13};
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar, is_grease};
use crate::hello::{Facts, HelloSpec};
use crate::names::{
    AlertDescription, CipherSuite, Code, ExtensionType, KeyExchange, NamedGroup, ProtocolVersion,
    SignatureScheme,
};
use crate::transcript::{Kind, Reaction};

/// Groups of which nearly every server has one.
const GROUPS: &[NamedGroup] = &[NamedGroup::x25519, NamedGroup::secp256r1, NamedGroup::secp384r1];

/// Signature schemes of which nearly every server has one.
const SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ecdsa_secp256r1_sha256,
    SignatureScheme::rsa_pss_rsae_sha256,
    SignatureScheme::rsa_pkcs1_sha256,
];

/// The risk of a hello that has all that one had that passed.
const SAFE: f64 = 0.01;

/// What a server took of a hello that passed.
#[derive(Clone, Debug)]
struct Passed {
    facts: Facts,
    version: Option<ProtocolVersion>,
    suite: Option<CipherSuite>,
}

/// What is known of a server's needs.
#[derive(Clone, Debug)]
pub struct Needs {
    /// What is true of the subject.
    facts: Facts,
    passed: Vec<Passed>,
    /// How often a healthy server that refuses a hello does it as the subject is refused.
    likeness: f64,
}

impl Needs {
    /// Nothing is known but the subject, and how it fails.
    pub fn new(facts: Facts, failure: Option<&Reaction>) -> Needs {
        Needs { facts, passed: Vec::new(), likeness: failure.map_or(1.0, likeness) }
    }

    /// Notes a hello that passed.
    pub fn passes(&mut self, spec: &HelloSpec, reaction: &Reaction) {
        let (version, suite) = match reaction.kind {
            Kind::Accepted { version, cipher_suite, .. } => (Some(version), cipher_suite),
            _ => (None, None),
        };
        self.passed.push(Passed { facts: Facts::of_spec(spec), version, suite });
    }

    /// Whether healthy servers hardly ever fail a hello as the subject fails.
    pub fn is_telling(&self) -> bool {
        self.likeness < 1.0
    }

    /// How likely it is that a healthy server fails a hello for a reason of its own, in the way
    /// that the subject fails.
    pub fn risk(&self, facts: &Facts) -> f64 {
        /// For each thing that it lacks.
        const LOST: f64 = 0.15;
        /// Where no server could answer.
        const HOPELESS: f64 = 0.95;
        if !self.has_a_suite(facts) {
            return HOPELESS;
        }
        let judged = self.passed.iter().map(|passed| {
            let lost = self.lost(passed, facts);
            if lost == 0 { SAFE } else { (LOST * lost as f64).min(0.6) }
        });
        let known = judged.fold(f64::INFINITY, f64::min);
        let risk = if known.is_finite() { known } else { self.guessed_risk(facts) };
        (risk * self.likeness).max(SAFE)
    }

    /// Whether there is a suite for one of the versions that are offered, unless the subject has
    /// none either.
    pub fn has_a_suite(&self, facts: &Facts) -> bool {
        has_a_suite(facts) || !has_a_suite(&self.facts)
    }

    /// How much a hello lacks of what the server may have needed of one that passed.
    fn lost(&self, passed: &Passed, facts: &Facts) -> usize {
        let mut lost = 0;
        // What the subject never had is no loss: the want of it is an explanation by itself.
        let own = |list: List, member: &Member| self.facts.has(list, None, member);
        if let Some(suite) = passed.suite {
            let member = Member::Number(suite.0);
            let kept = |suite: &CipherSuite| {
                let member = Member::Number(suite.0);
                !own(List::CipherSuites, &member) || facts.has(List::CipherSuites, None, &member)
            };
            let keeps = !own(List::CipherSuites, &member) && USUAL.iter().all(kept);
            lost += usize::from(!keeps && !facts.has(List::CipherSuites, None, &member));
        }
        if let Some(version) = passed.version {
            // The version that was taken, where versions stand in a list.
            let member = Member::Number(version.0);
            let list = List::SupportedVersions;
            let unlisted = !facts.list(list).is_empty() && !facts.has(list, None, &member);
            lost += match (unlisted, self.facts.list(list)) {
                // A list that does without it says that it is not offered, whatever legacy_version
                // says: RFC 8446 section 4.2.1.
                (true, []) => 3,
                (true, _) => usize::from(own(list, &member)),
                (false, _) => 0,
            };
        }
        let gone = |list: List, usual: &[u16]| {
            let has = |facts: &Facts, number: &u16| facts.has(list, None, &Member::Number(*number));
            // A list without any of what nearly every server has one of is worse than none.
            let strange = |facts: &Facts| {
                !facts.list(list).is_empty() && !usual.iter().any(|number| has(facts, number))
            };
            if strange(facts) && !strange(&self.facts) && !strange(&passed.facts) {
                return 3;
            }
            // Where the server took a hello without a list, any of the list may be what it needs.
            let any = passed.facts.list(list).is_empty() && !facts.list(list).is_empty();
            // Where the subject has no list, what it is lent may be what was needed.
            let lent = self.facts.list(list).is_empty() && !facts.list(list).is_empty();
            let had = |number: &&u16| match lent {
                true => has(&passed.facts, number),
                false => has(&self.facts, number) && (any || has(&passed.facts, number)),
            };
            usize::from(usual.iter().filter(had).any(|number| !has(facts, number)))
        };
        lost += if self.wants_schemes(passed, facts) { 3 } else { 0 };
        lost += gone(List::SupportedGroups, &numbers(GROUPS));
        lost += gone(List::SignatureAlgorithms, &numbers(SCHEMES));
        let needed = [
            ExtensionType::supported_groups,
            ExtensionType::signature_algorithms,
            ExtensionType::supported_versions,
        ];
        let tls13 = passed.version == Some(ProtocolVersion::TLS1_3);
        for extension_type in needed {
            let member = Member::Number(extension_type.0);
            let has = |facts: &Facts| facts.has(List::Extensions, None, &member);
            if !own(List::Extensions, &member) {
                continue;
            }
            let needs = tls13 || extension_type != ExtensionType::supported_versions;
            lost += usize::from(needs && has(&passed.facts) && !has(facts));
        }
        let name = |facts: &Facts| facts.property(Property::ServerName);
        let (theirs, had, now) = (name(&passed.facts), name(&self.facts), name(facts));
        // A name of which nothing is known is mostly one that the server does not serve.
        let is_strange = now != theirs && now != had;
        lost += match (is_strange, &now) {
            (false, _) => 0,
            (true, Scalar::Null) => 1,
            (true, _) => 3,
        };
        let version = |facts: &Facts| facts.quantity(Quantity::LegacyVersion);
        let (theirs, had, now) = (version(&passed.facts), version(&self.facts), version(facts));
        lost + usize::from(now != theirs && now != had)
    }

    /// Whether a hello without signature_algorithms was taken only where none were needed: by a
    /// version or a suite that this hello does not offer. Signatures of TLS 1.2 are of SHA-1 without
    /// the extension, RFC 5246 section 7.4.1.4.1, and servers of today make none.
    fn wants_schemes(&self, passed: &Passed, facts: &Facts) -> bool {
        let schemes = Member::Number(ExtensionType::signature_algorithms.0);
        let has = |facts: &Facts| facts.has(List::Extensions, None, &schemes);
        if !has(&self.facts) || has(&passed.facts) || has(facts) {
            return false;
        }
        let legacy = facts.quantity(Quantity::LegacyVersion).unwrap_or(0);
        let before_tls12 = passed.version.is_some_and(|version| version < ProtocolVersion::TLS1_2);
        let signs = |suite: CipherSuite| {
            matches!(suite.key_exchange(), KeyExchange::Dhe | KeyExchange::Ecdhe)
        };
        let suite = passed.suite.filter(|suite| !signs(*suite));
        let in_same_way = match suite {
            _ if before_tls12 => legacy < ProtocolVersion::TLS1_2.0.into(),
            Some(suite) => facts.has(List::CipherSuites, None, &Member::Number(suite.0)),
            // It made such a signature.
            None => true,
        };
        !in_same_way
    }

    /// The same where nothing passed yet.
    fn guessed_risk(&self, facts: &Facts) -> f64 {
        let one_of = |list: List, usual: &[u16]| {
            usual.iter().any(|number| facts.has(list, None, &Member::Number(*number)))
        };
        let mut risk = 0.03;
        let gone = |list: List, usual: &[u16]| {
            let lost = |number: &&u16| {
                let member = Member::Number(**number);
                self.facts.has(list, None, &member) && !facts.has(list, None, &member)
            };
            usual.iter().filter(lost).count()
        };
        let lost = gone(List::SupportedGroups, &numbers(GROUPS))
            + gone(List::SignatureAlgorithms, &numbers(SCHEMES));
        risk += 0.05 * lost as f64;
        if !one_of(List::CipherSuites, &numbers(USUAL)) {
            risk += 0.3;
        }
        let groups = Member::Number(ExtensionType::supported_groups.0);
        if facts.has(List::Extensions, None, &groups)
            && !one_of(List::SupportedGroups, &numbers(GROUPS))
        {
            risk += 0.3;
        }
        let name = |facts: &Facts| facts.property(Property::ServerName);
        if name(&self.facts) != name(facts) && name(facts) == Scalar::Null {
            risk += 0.1;
        }
        risk
    }
}

/// Whether there is a suite for one of the versions that are offered.
fn has_a_suite(facts: &Facts) -> bool {
    let tls13 = offers(facts, ProtocolVersion::TLS1_3);
    let tls12 = offers(facts, ProtocolVersion::TLS1_2);
    let before_tls13 = offers_before_tls13(facts);
    facts.list(List::CipherSuites).iter().any(|member| match member {
        Member::Number(number) => {
            let suite = CipherSuite(*number);
            match suite.key_exchange() {
                KeyExchange::Tls13 => tls13,
                _ if suite.is_since_tls12() => tls12,
                _ => before_tls13 && suite.is_before_tls13(),
            }
        }
        _ => false,
    })
}

fn numbers<C: Code>(codes: &[C]) -> Vec<u16> {
    codes.iter().map(|code| code.number()).collect()
}

/// How often a healthy server that refuses a hello does it in this way: with the alerts of RFC 8446
/// section 6.2 that say so, hardly ever without a word.
fn likeness(failure: &Reaction) -> f64 {
    match failure.kind {
        Kind::Silence => 0.2,
        Kind::Reset | Kind::Plaintext { .. } | Kind::Malformed { .. } => 0.4,
        Kind::Alert { description, .. } => match description {
            AlertDescription::handshake_failure
            | AlertDescription::protocol_version
            | AlertDescription::insufficient_security
            | AlertDescription::missing_extension
            | AlertDescription::illegal_parameter
            | AlertDescription::unrecognized_name
            | AlertDescription::no_application_protocol
            | AlertDescription::inappropriate_fallback
            | AlertDescription::internal_error => 1.0,
            _ => 0.4,
        },
        _ => 1.0,
    }
}

/// Whether nearly every server needs a member of a list.
pub fn is_core(list: List, member: &Member) -> bool {
    let Member::Number(number) = member else { return false };
    match list {
        _ if is_grease(list, *number) => false,
        List::CipherSuites => USUAL.contains(&CipherSuite(*number)),
        List::Extensions => ESSENTIAL.contains(&ExtensionType(*number)),
        List::SupportedGroups => GROUPS.contains(&NamedGroup(*number)),
        List::SignatureAlgorithms => SCHEMES.contains(&SignatureScheme(*number)),
        List::SupportedVersions | List::KeyShare | List::CompressionMethods => true,
        List::EcPointFormats | List::PskModes => true,
        List::CompressCertificate | List::Alpn => false,
    }
}
