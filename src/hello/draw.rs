//! Drawing what a hello has anew each time: random, session id, key shares, GREASE, the server's
//! name. With the same seed the same hello is drawn.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use p256::elliptic_curve::sec1::ToEncodedPoint;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

use super::spec::{Fresh, HelloSpec};
use crate::names::{Code, ExtensionType, NameType, NamedGroup};
use crate::wire::extension::{
    ClientExtension, EchClientHello, EchClientHelloOuter, Extension, KeyShareEntry, ServerName,
};
use crate::wire::grammar::{List, Opaque, Text};

/// Where what is drawn comes from.
pub struct Draw {
    rng: ChaCha20Rng,
}

impl Draw {
    /// From the operating system: another hello each time.
    pub fn fresh() -> Draw {
        use ring::rand::{SecureRandom, SystemRandom};
        let mut seed = [0; 32];
        // Without randomness a hello is still a hello, and no secret hangs on it.
        let _ = SystemRandom::new().fill(&mut seed);
        Draw { rng: ChaCha20Rng::from_seed(seed) }
    }

    /// From a seed: the same hello each time.
    pub fn seeded(seed: &str) -> Draw {
        Draw { rng: ChaCha20Rng::from_seed(Sha256::digest(seed).into()) }
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    /// The hello with all that its spec calls fresh drawn, for a host of this name; a host
    /// without a name has none.
    pub fn hello(&mut self, spec: &HelloSpec, host: Option<&str>) -> HelloSpec {
        let mut drawn = spec.clone();
        for fresh in std::mem::take(&mut drawn.fresh) {
            match fresh {
                Fresh::Random => self.rng.fill_bytes(&mut drawn.hello.random.0.0),
                Fresh::LegacySessionId => {
                    self.rng.fill_bytes(&mut drawn.hello.legacy_session_id.0);
                }
                Fresh::KeyShare => self.key_shares(&mut drawn),
                Fresh::Grease => self.grease(&mut drawn),
                Fresh::ExtensionOrder => self.extension_order(&mut drawn),
                Fresh::ServerName => server_name(&mut drawn, host),
                Fresh::EncryptedClientHello => self.encrypted_client_hello(&mut drawn),
                Fresh::Padding => {}
            }
        }
        // The padding comes last, since all else decides its length.
        if spec.fresh.contains(&Fresh::Padding) {
            drawn.pad_as_clients_do();
        }
        drawn
    }

    fn key_shares(&mut self, spec: &mut HelloSpec) {
        for extension in spec.extensions_mut() {
            if let ClientExtension::KeyShare(shares) = extension {
                let twice = reused(&shares.0);
                for share in &mut shares.0 {
                    if let Some(key) = self.public_key(share.group) {
                        share.key_exchange = Opaque::new(key);
                    }
                }
                for (hybrid, part, of) in twice {
                    let key = shares.0.get(of).map(|share| share.key_exchange.0.clone());
                    let whole = shares.0.get_mut(hybrid).map(|share| &mut share.key_exchange.0);
                    if let (Some(key), Some(whole)) = (key, whole) {
                        if let Some(slot) = whole.get_mut(part) {
                            slot.copy_from_slice(&key);
                        }
                    }
                }
            }
        }
    }

    /// Whether a public key of a group can be made.
    pub(super) fn has_key_of(group: NamedGroup) -> bool {
        static GROUPS: LazyLock<HashSet<u16>> = LazyLock::new(|| {
            let mut draw = Draw::seeded("groups");
            let all = NamedGroup::all().iter().map(|(number, _)| *number);
            all.filter(|number| draw.public_key(NamedGroup(*number)).is_some()).collect()
        });
        GROUPS.contains(&group.0)
    }

    /// A public key that a server takes for one. Only the first flight is played, so that nobody
    /// need know the private half.
    pub(super) fn public_key(&mut self, group: NamedGroup) -> Option<Vec<u8>> {
        Some(match group {
            NamedGroup::x25519 => self.bytes(32),
            NamedGroup::x448 => self.bytes(56),
            NamedGroup::secp256r1 => {
                let key = self.until(32, |bytes| p256::SecretKey::from_slice(bytes).ok())?;
                key.public_key().to_encoded_point(false).as_bytes().to_vec()
            }
            NamedGroup::secp384r1 => {
                let key = self.until(48, |bytes| p384::SecretKey::from_slice(bytes).ok())?;
                key.public_key().to_encoded_point(false).as_bytes().to_vec()
            }
            NamedGroup::secp521r1 => {
                // The order of the curve is just below 2^521.
                let key = self.until(66, |bytes| {
                    let mut bytes = bytes.to_vec();
                    bytes.iter_mut().take(1).for_each(|first| *first &= 1);
                    p521::SecretKey::from_slice(&bytes).ok()
                })?;
                key.public_key().to_encoded_point(false).as_bytes().to_vec()
            }
            NamedGroup::ffdhe2048 => self.power_of_two(256),
            NamedGroup::ffdhe3072 => self.power_of_two(384),
            NamedGroup::ffdhe4096 => self.power_of_two(512),
            NamedGroup::ffdhe6144 => self.power_of_two(768),
            NamedGroup::ffdhe8192 => self.power_of_two(1024),
            NamedGroup::X25519MLKEM768 => {
                let mut key = self.ml_kem_768();
                key.extend(self.bytes(32));
                key
            }
            NamedGroup::SecP256r1MLKEM768 => {
                let mut key = self.public_key(NamedGroup::secp256r1)?;
                key.extend(self.ml_kem_768());
                key
            }
            _ => return None,
        })
    }

    /// A key of a group of RFC 7919, whose primes have so many bytes: two, which generates it, to some
    /// power below the prime. Numbers that are no power of two need not be in the group.
    fn power_of_two(&mut self, length: usize) -> Vec<u8> {
        let mut key = vec![0; length];
        let power = self.rng.next_u32() as usize % (8 * length - 1);
        if let Some(byte) = key.iter_mut().rev().nth(power / 8) {
            *byte = 1 << (power % 8);
        }
        key
    }

    /// Draws until something can be made of what was drawn; all but one draw in 2^32 can.
    fn until<T>(&mut self, length: usize, make: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        (0..64).find_map(|_| make(&self.bytes(length)))
    }

    /// An encapsulation key of ML-KEM-768, FIPS 203 section 7.2: 768 numbers below 3329 in twelve
    /// bits each, two in three bytes, and a seed of 32 bytes.
    fn ml_kem_768(&mut self) -> Vec<u8> {
        let mut key = Vec::with_capacity(1184);
        for _ in 0..384 {
            let (first, second) = (self.below_3329(), self.below_3329());
            let pair = u32::from(first) | u32::from(second) << 12;
            let [low, middle, high, _] = pair.to_le_bytes();
            key.extend([low, middle, high]);
        }
        key.extend(self.bytes(32));
        key
    }

    fn below_3329(&mut self) -> u16 {
        let mut pair = [0; 2];
        self.rng.fill_bytes(&mut pair);
        // A little uneven, which is of no matter for a key that nobody uses.
        u16::from_le_bytes(pair) % 3329
    }

    /// Gives each reserved value a new one: the same where it stood twice in one registry.
    fn grease(&mut self, spec: &mut HelloSpec) {
        let mut mapping = GreaseMapping { draw: self, drawn: HashMap::new() };
        let hello = &mut spec.hello;
        mapping.list(Registry::CipherSuites, &mut hello.cipher_suites.0);
        let Some(extensions) = &mut hello.extensions else { return };
        for extension in &mut extensions.0 {
            match extension {
                ClientExtension::SupportedGroups(list) => {
                    mapping.list(Registry::Groups, &mut list.0);
                }
                ClientExtension::KeyShare(list) => {
                    for share in &mut list.0 {
                        mapping.code(Registry::Groups, &mut share.group);
                    }
                }
                ClientExtension::SupportedVersions(list) => {
                    mapping.list(Registry::Versions, &mut list.0);
                }
                ClientExtension::SignatureAlgorithms(list) => {
                    mapping.list(Registry::SignatureSchemes, &mut list.0);
                }
                ClientExtension::PskKeyExchangeModes(list) => {
                    mapping.list(Registry::PskModes, &mut list.0);
                }
                ClientExtension::Raw(extension_type, _) => {
                    mapping.code(Registry::Extensions, extension_type);
                }
                _ => {}
            }
        }
    }

    /// One of these, each as likely as any other.
    fn one_of(&mut self, these: &[usize]) -> Option<usize> {
        match these {
            [] => None,
            these => these.get(self.below(these.len())).copied(),
        }
    }

    /// A number below this one, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        let mut bytes = [0; 4];
        self.rng.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes) as usize % bound
    }

    /// Shuffles the extensions, each order as likely as any other; GREASE, padding and
    /// pre_shared_key stay where they are.
    fn extension_order(&mut self, spec: &mut HelloSpec) {
        let Some(block) = &mut spec.hello.extensions else { return };
        let moves = |extension: &ClientExtension| {
            let extension_type = extension.extension_type();
            let stays = [ExtensionType::padding, ExtensionType::pre_shared_key];
            !extension_type.is_grease() && !stays.contains(&extension_type)
        };
        let places: Vec<usize> =
            block.0.iter().enumerate().filter(|(_, e)| moves(e)).map(|(place, _)| place).collect();
        // Fisher and Yates: each place gets one of those that are not placed yet.
        for (index, &place) in places.iter().enumerate().skip(1).rev() {
            if let Some(&other) = places.get(self.below(index + 1)) {
                block.0.swap(place, other);
            }
        }
    }

    fn encrypted_client_hello(&mut self, spec: &mut HelloSpec) {
        let lengths = std::mem::take(&mut spec.ech_payload_lengths);
        for extension in spec.extensions_mut() {
            let ClientExtension::EncryptedClientHello(hello) = extension else { continue };
            if let EchClientHello::Outer(hello) = &mut **hello {
                let EchClientHelloOuter { config_id, enc, payload, .. } = hello;
                if let Some(length) = self.one_of(&lengths) {
                    payload.0.resize(length, 0);
                }
                self.rng.fill_bytes(std::slice::from_mut(config_id));
                self.rng.fill_bytes(&mut enc.0);
                self.rng.fill_bytes(&mut payload.0);
            }
        }
    }
}

/// The keys of one group that are also part of the key of a hybrid: which share that is, where in
/// it the key stands, and which share the key is.
fn reused(shares: &[KeyShareEntry]) -> Vec<(usize, Range<usize>, usize)> {
    let mut found = Vec::new();
    for (hybrid, share) in shares.iter().enumerate() {
        let Some((group, part)) = classical_part(share.group) else { continue };
        let bytes = share.key_exchange.0.get(part.clone());
        let is_it = |one: &KeyShareEntry| one.group == group && bytes == Some(&one.key_exchange.0);
        if let Some(of) = shares.iter().position(is_it) {
            found.push((hybrid, part, of));
        }
    }
    found
}

/// The group whose key a hybrid's key has in it, and where, draft-ietf-tls-ecdhe-mlkem section 4.1.
fn classical_part(hybrid: NamedGroup) -> Option<(NamedGroup, Range<usize>)> {
    match hybrid {
        NamedGroup::X25519MLKEM768 => Some((NamedGroup::x25519, 1184..1216)),
        NamedGroup::SecP256r1MLKEM768 => Some((NamedGroup::secp256r1, 0..65)),
        _ => None,
    }
}

/// Registries in which values of RFC 8701 are drawn apart from each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Registry {
    CipherSuites,
    Extensions,
    Groups,
    Versions,
    SignatureSchemes,
    PskModes,
}

struct GreaseMapping<'d> {
    draw: &'d mut Draw,
    drawn: HashMap<(Registry, u16), u16>,
}

impl GreaseMapping<'_> {
    fn list<C: Code>(&mut self, registry: Registry, codes: &mut [C]) {
        for code in codes {
            self.code(registry, code);
        }
    }

    fn code<C: Code>(&mut self, registry: Registry, code: &mut C) {
        if !code.is_grease() {
            return;
        }
        let key = (registry, code.number());
        if let Some(&number) = self.drawn.get(&key) {
            *code = C::from_number(number);
            return;
        }
        let taken = |number: &u16| {
            self.drawn.iter().any(|((other, _), value)| *other == registry && value == number)
        };
        let free: Vec<u16> = C::GREASE.values().filter(|number| !taken(number)).collect();
        let mut byte = [0];
        self.draw.rng.fill_bytes(&mut byte);
        if let Some(&number) = free.get(usize::from(byte[0]) % free.len().max(1)) {
            self.drawn.insert(key, number);
            *code = C::from_number(number);
        }
    }
}

/// Puts the host's name in the place of the one that was recorded. A host without a name has no
/// server_name extension, and a hello that had none gets none.
pub fn server_name(spec: &mut HelloSpec, host: Option<&str>) {
    let Some(extensions) = &mut spec.hello.extensions else { return };
    match host {
        None => {
            extensions.0.retain(|e| e.extension_type() != ExtensionType::server_name);
        }
        Some(host) => {
            for extension in &mut extensions.0 {
                if let ClientExtension::ServerName(names) = extension {
                    *names = List::new(vec![host_name(host)]);
                }
            }
        }
    }
}

/// A server name.
pub fn host_name(host: &str) -> ServerName {
    ServerName { name_type: NameType::host_name, host_name: Text::new(host.as_bytes().to_vec()) }
}
