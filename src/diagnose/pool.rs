//! What other hellos have, as it is lent to one that lacks it: members of lists, bodies of extensions,
//! and all that it takes to offer a version (RFC 8446 section 9.2, RFC 5246 section 7.4.1.4.1).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::control::USUAL;
use crate::hello::edit::Edit;
use crate::hello::framing::Framing;
use crate::hello::vocabulary::{List, Member, is_grease};
use crate::hello::{Facts, HelloSpec, difference, lists, preset::Preset};
use crate::names::{
    CipherSuite, Code, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme,
};
use crate::wire::extension::{ClientExtension, Extension, KeyShareEntry};

/// The presets whose bodies of extensions are taken first.
const TODAY: &str = "curl";

/// What other hellos have, and how many of them.
pub struct Pool {
    /// Members of lists, with the share of hellos that have them.
    pub members: Vec<(List, Member, f64)>,
    /// A body for each extension.
    pub bodies: HashMap<ExtensionType, ClientExtension>,
    /// A share of each group.
    pub shares: HashMap<NamedGroup, KeyShareEntry>,
}

impl Pool {
    /// The pool of all presets.
    pub fn of_presets() -> &'static Pool {
        static POOL: LazyLock<Pool> = LazyLock::new(Pool::gather);
        &POOL
    }

    fn gather() -> Pool {
        let mut counts: HashMap<(List, Member), usize> = HashMap::new();
        let mut order: Vec<(List, Member)> = Vec::new();
        let (mut bodies, mut shares) = (HashMap::new(), HashMap::new());
        // Of bodies that differ, those of a client of today that servers know are the safest.
        let mut presets: Vec<&Preset> = Preset::all().iter().collect();
        presets.sort_by_key(|preset| !preset.id.starts_with(TODAY));
        for preset in &presets {
            let facts = Facts::of_spec(&preset.spec);
            for list in List::all() {
                for member in facts.list(list) {
                    let is_kind = matches!(member, Member::Number(n) if is_grease(list, *n));
                    if !is_kind {
                        let key = (list, member.clone());
                        let count = counts.entry(key.clone()).or_insert(0);
                        if *count == 0 {
                            order.push(key);
                        }
                        *count += 1;
                    }
                }
            }
            for extension in preset.spec.hello.extensions() {
                let extension_type = extension.extension_type();
                if let ClientExtension::KeyShare(entries) = extension {
                    for entry in &entries.0 {
                        shares.entry(entry.group).or_insert_with(|| entry.clone());
                    }
                }
                if !extension_type.is_grease() {
                    bodies.entry(extension_type).or_insert_with(|| extension.clone());
                }
            }
        }
        let share = |count: usize| count as f64 / presets.len() as f64;
        let members = order
            .into_iter()
            .map(|key| {
                let count = counts.get(&key).copied().unwrap_or(0);
                (key.0, key.1, share(count))
            })
            .collect();
        Pool { members, bodies, shares }
    }

    /// Gives a hello that has come to offer TLS 1.2 the schemes for its signatures: without them
    /// they are of SHA-1, RFC 5246 section 7.4.1.4.1, which servers of today refuse.
    pub fn sign_as_tls12(&self, spec: &mut HelloSpec) {
        if spec.hello.legacy_version >= ProtocolVersion::TLS1_2 {
            self.lend(spec, ExtensionType::signature_algorithms);
        }
    }

    /// Gives a hello an extension that it does not have, with another's body; not last, since what
    /// stands last may matter.
    pub fn lend(&self, spec: &mut HelloSpec, extension_type: ExtensionType) {
        let extensions = spec.extensions_mut();
        let there = extensions.iter().any(|one| one.extension_type() == extension_type);
        if let Some(body) = self.bodies.get(&extension_type).filter(|_| !there) {
            let place = extensions.len().saturating_sub(1);
            extensions.insert(place, body.clone());
        }
    }

    /// A hello of SSL 2.0 in a record of TLS, RFC 5246 appendix E.2. One that has no suite but those
    /// of SSL 2.0 offers TLS 1.2.
    pub fn in_tls(&self, spec: &HelloSpec) -> HelloSpec {
        let mut spec = difference::apply(spec, &[Edit::Framing(Framing::Tls)]);
        if spec.hello.cipher_suites.0.is_empty() {
            spec.hello.legacy_version = ProtocolVersion::TLS1_2;
            self.offer_tls12(&mut spec);
        }
        spec
    }

    /// Makes a hello offer a version with all that it takes beside its number. Whether it takes more
    /// than that.
    pub fn offer(&self, spec: &mut HelloSpec, version: ProtocolVersion) -> bool {
        match version {
            ProtocolVersion::TLS1_3 => self.offer_tls13(spec),
            ProtocolVersion::TLS1_2 => self.offer_tls12(spec),
            _ => return false,
        }
        true
    }

    /// Makes a hello that offers TLS 1.3 alone offer TLS 1.2 as well, with suites and extensions for
    /// it as other hellos have them.
    fn offer_tls12(&self, spec: &mut HelloSpec) {
        let is_for_it = |suite: &CipherSuite| suite.is_before_tls13();
        if let Some(versions) = lists::numbers_mut(&mut spec.hello, List::SupportedVersions) {
            if !versions.numbers().contains(&ProtocolVersion::TLS1_2.0) {
                versions.add(ProtocolVersion::TLS1_2.0);
            }
        }
        if spec.hello.cipher_suites.0.iter().any(is_for_it) {
            return;
        }
        spec.hello.cipher_suites.0.extend(USUAL.iter().copied().filter(is_for_it));
        for extension_type in [
            ExtensionType::supported_groups,
            ExtensionType::signature_algorithms,
            ExtensionType::ec_point_formats,
        ] {
            self.lend(spec, extension_type);
        }
        // RFC 8446 section 4.2.3 has other schemes for the signatures of TLS 1.2.
        let schemes = lists::numbers_mut(&mut spec.hello, List::SignatureAlgorithms);
        if let Some(schemes) = schemes {
            let rsa = SignatureScheme::rsa_pkcs1_sha256.0;
            if !schemes.numbers().contains(&rsa) {
                schemes.add(rsa);
            }
        }
    }

    /// Makes a hello offer TLS 1.3 with all that RFC 8446 section 9.2 asks for, as other hellos
    /// have it: extensions, a share of an offered group, a suite, and the scheme of section 4.2.3
    /// for RSA.
    fn offer_tls13(&self, spec: &mut HelloSpec) {
        const NEEDED: [ExtensionType; 5] = [
            ExtensionType::supported_groups,
            ExtensionType::signature_algorithms,
            ExtensionType::supported_versions,
            ExtensionType::psk_key_exchange_modes,
            ExtensionType::key_share,
        ];
        spec.hello.legacy_version = ProtocolVersion::TLS1_2;
        for extension_type in NEEDED {
            self.lend(spec, extension_type);
        }
        let needed = [
            (List::CipherSuites, CipherSuite::TLS_AES_128_GCM_SHA256.0),
            (List::SupportedVersions, ProtocolVersion::TLS1_3.0),
            (List::SignatureAlgorithms, SignatureScheme::rsa_pss_rsae_sha256.0),
        ];
        for (list, number) in needed {
            if let Some(numbers) = lists::numbers_mut(&mut spec.hello, list) {
                if !numbers.numbers().contains(&number) {
                    numbers.add(number);
                }
            }
        }
        let shared: Vec<u16> = lists::numbers(&spec.hello, List::KeyShare)
            .map(|shares| shares.numbers())
            .unwrap_or_default();
        if let Some(groups) = lists::numbers_mut(&mut spec.hello, List::SupportedGroups) {
            let offered = groups.numbers();
            if !shared.iter().any(|group| offered.contains(group)) {
                shared.iter().take(1).for_each(|group| {
                    groups.add(*group);
                });
            }
        }
    }
}
