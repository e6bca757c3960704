//! Experiments: hellos near the subject, or near one that passes, in which some of the properties
//! that may be the cause are other than they were, and as much else as can be is as it was.
//!
//! Many are drawn; `explain.rs` sends the one whose answer is expected to tell the most.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::belief::Belief;
use super::control::{ESSENTIAL, USUAL};
use super::space::{Pool, Shape};
use crate::hello::carrier::Carrier;
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::hello::framing::Framing;
use crate::hello::legal::keep_legal;
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar, is_grease};
use crate::hello::{Condition, Facts, HelloSpec, facts, lists};
use crate::names::{
    CipherSuite, Code, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme,
};
use crate::transcript::{Kind, Reaction};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::grammar::Rest;

/// So many hellos are drawn for each question.
const DRAWN: usize = 200;

/// Groups of which nearly every server has one.
const GROUPS: &[NamedGroup] = &[NamedGroup::x25519, NamedGroup::secp256r1, NamedGroup::secp384r1];

/// Signature schemes of which nearly every server has one.
const SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ecdsa_secp256r1_sha256,
    SignatureScheme::rsa_pss_rsae_sha256,
    SignatureScheme::rsa_pkcs1_sha256,
];

/// A hello that passed, and what the server took of it.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The hello.
    pub spec: HelloSpec,
    facts: Facts,
    version: Option<ProtocolVersion>,
    suite: Option<CipherSuite>,
}

/// Draws experiments.
pub struct Laboratory<'s> {
    subject: &'s HelloSpec,
    facts: Facts,
    legal: bool,
    host: Option<String>,
    pool: &'s Pool,
    passed: Vec<Passed>,
    dice: ChaCha8Rng,
}

impl<'s> Laboratory<'s> {
    /// A laboratory for one subject. A host is a name that hellos may ask for.
    pub fn new(subject: &'s HelloSpec, pool: &'s Pool, host: Option<&str>) -> Laboratory<'s> {
        Laboratory {
            subject,
            facts: Facts::of_spec(subject),
            legal: keep_legal(&mut subject.clone()).is_empty(),
            host: host.map(str::to_owned),
            pool,
            passed: Vec::new(),
            dice: ChaCha8Rng::from_seed([7; 32]),
        }
    }

    /// Notes a hello that passed.
    pub fn passes(&mut self, spec: &HelloSpec, reaction: &Reaction) {
        let (version, suite) = match reaction.kind {
            Kind::Accepted { version, cipher_suite, .. } => (Some(version), cipher_suite),
            _ => (None, None),
        };
        self.passed.push(Passed {
            spec: spec.clone(),
            facts: Facts::of_spec(spec),
            version,
            suite,
        });
    }

    /// How likely it is that a healthy server fails a hello for a reason of its own, in the way
    /// that the subject fails.
    pub fn risk(&self, facts: &Facts) -> f64 {
        /// Of a hello that has all that one had that passed.
        const SAFE: f64 = 0.01;
        /// For each thing that it lacks.
        const LOST: f64 = 0.15;
        let judged = self.passed.iter().map(|passed| {
            let lost = self.lost(passed, facts);
            if lost == 0 { SAFE } else { (LOST * lost as f64).min(0.6) }
        });
        let known = judged.fold(f64::INFINITY, f64::min);
        if known.is_finite() { known } else { self.guessed_risk(facts) }
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
        let gone = |list: List, usual: &[u16]| {
            let kept = |number: &u16| {
                let member = Member::Number(*number);
                let had = own(list, &member) && passed.facts.has(list, None, &member);
                had && !facts.has(list, None, &member)
            };
            usize::from(usual.iter().any(kept))
        };
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
        lost += usize::from(now != theirs && now != had);
        let version = |facts: &Facts| facts.quantity(Quantity::LegacyVersion);
        let (theirs, had, now) = (version(&passed.facts), version(&self.facts), version(facts));
        lost + usize::from(now != theirs && now != had)
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

    /// Hellos of which one may be sent.
    pub fn draw(&mut self, belief: &Belief) -> Vec<HelloSpec> {
        let shares = belief.shares();
        let drawn: Vec<HelloSpec> =
            (0..DRAWN).filter_map(|_| self.draw_one(belief, &shares)).collect();
        drawn
    }

    /// The subject without all that can be taken from it while the cause stays: what is likelier to
    /// work together with it goes first. What a server may need stays, so that it is no likelier
    /// than this to fail the hello for a reason of its own.
    pub fn strip(&mut self, belief: &Belief, cause: &Condition, risk: f64) -> HelloSpec {
        let mut spec = self.subject.clone();
        // In another order, where that is not the cause.
        let mut shuffled = spec.clone();
        for list in [List::Extensions, List::SupportedGroups, List::CipherSuites] {
            self.shuffle_list(&mut shuffled, list);
        }
        if self.is_legal(&mut shuffled) && cause.holds(&Facts::of_spec(&shuffled)) {
            spec = shuffled;
        }
        let mut order: Vec<(f64, usize)> = belief
            .atoms()
            .iter()
            .enumerate()
            .map(|(index, atom)| (atom.weight * (0.3 + self.unit()), index))
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut facts = Facts::of_spec(&spec);
        let mut lacks = belief.lacks(&facts);
        for (_, index) in order {
            let Some(atom) = belief.atoms().get(index) else { continue };
            let rare = atom.weight < 0.05;
            let holds = match &atom.shape {
                Shape::Fixed(condition) => condition.holds(&facts),
                _ => true,
            };
            if rare || !holds {
                continue;
            }
            let mut trial = spec.clone();
            self.turn(&mut trial, belief, index);
            if !self.is_legal(&mut trial) {
                continue;
            }
            let changed = Facts::of_spec(&trial);
            let more = belief.lacks(&changed);
            if more > lacks && cause.holds(&changed) && self.risk(&changed) <= risk {
                (spec, facts, lacks) = (trial, changed, more);
            }
        }
        spec
    }

    /// Keeps a hello legal, where the subject is. Whether there is anything left to ask for.
    fn is_legal(&self, spec: &mut HelloSpec) -> bool {
        if self.legal {
            keep_legal(spec);
        }
        !spec.hello.cipher_suites.0.is_empty()
    }

    fn draw_one(&mut self, belief: &Belief, shares: &[f64]) -> Option<HelloSpec> {
        let mut spec = self.base();
        match self.below(8) {
            // What is likeliest, alone or with another.
            0..=3 => {
                for _ in 0..=self.below(3).min(self.below(3)) {
                    let atom = self.pick(shares)?;
                    self.turn(&mut spec, belief, atom);
                }
            }
            // A part of all that is possible.
            4..=6 => {
                let part = [0.15, 0.3, 0.5, 0.8].get(self.below(4)).copied().unwrap_or(0.5);
                self.halve(&mut spec, belief, shares, part);
            }
            _ => self.shuffle(&mut spec),
        }
        if self.legal {
            keep_legal(&mut spec);
        }
        // At the same length as before, by what else can carry it.
        if self.below(2) == 0 {
            spec = self.refilled(spec);
        }
        if spec.hello.cipher_suites.0.is_empty() || spec == *self.subject {
            return None;
        }
        Some(spec)
    }

    /// The subject, or a hello that passed brought half of the way back to it.
    fn base(&mut self) -> HelloSpec {
        if self.passed.is_empty() || self.below(2) == 0 {
            return self.subject.clone();
        }
        let at = self.below(self.passed.len());
        let Some(passed) = self.passed.get(at) else { return self.subject.clone() };
        if self.dice.next_u32() % 3 > 0 {
            return passed.spec.clone();
        }
        let edits = difference::edits(self.subject, &passed.spec);
        let kept: Vec<Edit> = edits.into_iter().filter(|_| self.dice.next_u32() % 2 == 0).collect();
        difference::change(self.subject, &kept)
    }

    /// The hello brought to the subject's length, or that of another hello, where a carrier can.
    fn refilled(&mut self, spec: HelloSpec) -> HelloSpec {
        let carrier = self.carrier();
        let stretched = carrier.stretch(&spec, self.subject.length());
        stretched.filter(|_| spec.raw.is_none() && spec.framing == Framing::Tls).unwrap_or(spec)
    }

    fn carrier(&mut self) -> Carrier {
        let at = self.below(Carrier::ALL.len());
        Carrier::ALL.get(at).copied().unwrap_or(Carrier::Padding)
    }

    /// Turns each atom that is possible with this likelihood; what nearly every server needs stays
    /// as a rule.
    fn halve(&mut self, spec: &mut HelloSpec, belief: &Belief, shares: &[f64], part: f64) {
        let own = self.below(8) == 0;
        let (mut gone, mut new): (Vec<(List, Member)>, Vec<(List, Member)>) = Default::default();
        for (atom, share) in belief.atoms().iter().zip(shares) {
            if *share <= 0.0 || self.unit() >= part {
                continue;
            }
            match &atom.shape {
                Shape::Fixed(condition @ Condition::Has(entries, member)) => {
                    if own || !is_core(condition) {
                        gone.push((entries.list, member.clone()));
                    }
                }
                Shape::Fixed(Condition::Lacks(entries, member)) => {
                    new.push((entries.list, member.clone()));
                }
                _ => {}
            }
        }
        for list in List::all() {
            let of_list = gone.iter().filter(|(own, _)| *own == list).map(|(_, member)| member);
            remove(spec, list, &of_list.collect::<Vec<_>>());
        }
        // Few at a time: a hello that has everything is like none that anybody sends.
        let many = self.below(3) == 0;
        new.retain(|_| many || self.dice.next_u32() % 4 == 0);
        for (list, member) in new {
            self.add(spec, list, &member);
        }
    }

    /// An atom, as often as it is likely.
    fn pick(&mut self, shares: &[f64]) -> Option<usize> {
        let total: f64 = shares.iter().sum();
        let mut left = self.unit() * total;
        shares.iter().position(|share| {
            left -= share;
            left <= 0.0
        })
    }

    /// Makes a property of the subject other than it is.
    pub fn turn(&mut self, spec: &mut HelloSpec, belief: &Belief, atom: usize) {
        let Some(shape) = belief.atoms().get(atom).map(|atom| atom.shape.clone()) else { return };
        match shape {
            Shape::Fixed(condition) => self.falsify(spec, &condition),
            Shape::Least(field) | Shape::Most(field) => {
                let gaps = belief.gaps(atom);
                let shares: Vec<f64> = gaps.iter().map(|gap| gap.2).collect();
                let gap = self.pick(&shares).and_then(|at| gaps.get(at));
                let Some(&(low, high, _)) = gap else {
                    // Nothing is asked of the bound: far on the other side will do.
                    let own = self.facts.quantity(field).and_then(|own| usize::try_from(own).ok());
                    let own = own.unwrap_or(0);
                    let far = if matches!(shape, Shape::Most(_)) { own * 2 + 1 } else { own / 3 };
                    self.set(spec, field, far);
                    return;
                };
                let number = if high == u64::MAX {
                    let times = [2, 3, 5, 9, 20].get(self.below(5)).copied().unwrap_or(2);
                    low.saturating_mul(times) / 2 + 1
                } else {
                    // The middle halves the gap; elsewhere may be all that can be made.
                    match self.below(3) {
                        0 => low + self.dice.next_u64() % (high - low + 1),
                        _ => low + (high - low) / 2,
                    }
                };
                // The threshold is at the number or below; a bound at it or above.
                let number = if matches!(shape, Shape::Most(_)) {
                    number.max(low + 1)
                } else {
                    number.min(high - 1)
                };
                self.set(spec, field, usize::try_from(number).unwrap_or(usize::MAX));
            }
        }
    }

    fn falsify(&mut self, spec: &mut HelloSpec, condition: &Condition) {
        match condition {
            Condition::Has(entries, member) => remove(spec, entries.list, &[member]),
            Condition::Lacks(entries, member) => self.add(spec, entries.list, member),
            Condition::Is(Property::Grease, _) => {
                for list in List::all() {
                    change(spec, Edit::Remove(list, Member::Grease));
                }
            }
            Condition::Is(Property::RecordVersion, value) => {
                let others =
                    [ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_2, ProtocolVersion::SSL3_0];
                let other = |version: &&ProtocolVersion| Scalar::Number(version.0.into()) != *value;
                if let Some(version) = others.iter().find(other) {
                    change(spec, Edit::RecordVersion(*version));
                }
            }
            Condition::Is(Property::ExtensionsFirst, _) => self.rotate(spec, false),
            Condition::Is(Property::ExtensionsLast, _) => self.rotate(spec, true),
            Condition::Is(Property::ExtensionsLastEmpty, _) => self.end_with_a_body(spec),
            Condition::Is(Property::ExtensionsPresent, _) => {
                self.add(
                    spec,
                    List::Extensions,
                    &Member::Number(ExtensionType::renegotiation_info.0),
                );
            }
            Condition::Is(Property::ServerName, Scalar::Null) => {
                let host = self.host.clone().unwrap_or_else(|| "www.example".to_owned());
                change(spec, Edit::ServerName(host));
            }
            Condition::Is(Property::ServerName, Scalar::Text(name)) => {
                let host = match &self.host {
                    Some(host) if host != name => host.clone(),
                    _ => format!("www.{name}"),
                };
                change(spec, Edit::ServerName(host));
            }
            Condition::Is(Property::Resumption, _) => {
                let psk = Member::Number(ExtensionType::pre_shared_key.0);
                change(spec, Edit::Remove(List::Extensions, psk));
                let ticket = ClientExtension::SessionTicket(Rest(Default::default()));
                let member = Member::Number(ExtensionType::session_ticket.0);
                if Facts::of_spec(spec).has(List::Extensions, None, &member) {
                    change(spec, Edit::SetExtension(ticket));
                }
            }
            Condition::Is(Property::Framing, _) => change(spec, Edit::Framing(Framing::Tls)),
            Condition::Order(list, first, second) => match self.below(3) {
                0 => self.shuffle_list(spec, *list),
                _ => self.swap(spec, *list, first, second),
            },
            _ => {}
        }
    }

    /// Puts a member in a list: anywhere, since its place may matter.
    fn add(&mut self, spec: &mut HelloSpec, list: List, member: &Member) {
        let Member::Number(number) = member else {
            change(spec, Edit::Add(list, member.clone()));
            return;
        };
        if list == List::Extensions {
            let Some(extension) = self.pool.bodies.get(&ExtensionType(*number)).cloned() else {
                return;
            };
            let extensions = spec.extensions_mut();
            if extensions.iter().all(|own| own.extension_type() != extension.extension_type()) {
                // Not last as a rule, since what stands last may matter.
                let places = extensions.len().max(1);
                let at = (self.dice.next_u32() as usize) % places;
                extensions.insert(at.min(extensions.len()), extension);
            }
            return;
        }
        if list == List::SupportedVersions && *number == ProtocolVersion::TLS1_3.0 {
            self.offer_tls13(spec);
        }
        if facts::members(&spec.hello, list).contains(member) {
            return;
        }
        if list == List::KeyShare {
            let share = self.pool.shares.get(&NamedGroup(*number)).cloned();
            for extension in spec.extensions_mut() {
                if let (ClientExtension::KeyShare(shares), Some(share)) = (extension, &share) {
                    shares.0.push(share.clone());
                }
            }
            return;
        }
        match lists::numbers_mut(&mut spec.hello, list) {
            Some(numbers) => {
                numbers.add(*number);
            }
            None => change(spec, Edit::Add(list, member.clone())),
        }
    }

    /// Adds what TLS 1.3 needs, RFC 8446 section 9.2.
    fn offer_tls13(&mut self, spec: &mut HelloSpec) {
        let needed = [
            ExtensionType::supported_groups,
            ExtensionType::signature_algorithms,
            ExtensionType::supported_versions,
            ExtensionType::psk_key_exchange_modes,
            ExtensionType::key_share,
        ];
        for extension_type in needed {
            self.add(spec, List::Extensions, &Member::Number(extension_type.0));
        }
        let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        if !spec.hello.cipher_suites.0.contains(&suite) {
            spec.hello.cipher_suites.0.insert(0, suite);
        }
    }

    /// Brings a quantity to a number, as near as that can be done.
    fn set(&mut self, spec: &mut HelloSpec, field: Quantity, number: usize) {
        match field {
            Quantity::HandshakeLength
            | Quantity::FlightLength
            | Quantity::ExtensionsLength
            | Quantity::RecordLength => {
                if field == Quantity::RecordLength && self.below(2) == 0 && number < spec.length() {
                    change(spec, Edit::Records(vec![number.max(1), spec.length()]));
                    return;
                }
                let own = Facts::of_spec(spec);
                let more = match own.quantity(field).and_then(|own| usize::try_from(own).ok()) {
                    Some(own) => number as isize - own as isize,
                    None => return,
                };
                let length = spec.length().saturating_add_signed(more);
                self.set_length(spec, length);
            }
            Quantity::RecordCount => {
                let size = spec.length().div_ceil(number.max(1));
                change(spec, Edit::Records(if number < 2 { Vec::new() } else { vec![size] }));
            }
            Quantity::TcpSegments => {
                let flight = spec.flight().len();
                let pieces = number.clamp(1, 8);
                change(spec, Edit::Segments(vec![flight / pieces; pieces - 1]));
            }
            Quantity::TcpFirstSegment => {
                let flight = spec.flight().len();
                change(
                    spec,
                    Edit::Segments(if number < flight { vec![number.max(1)] } else { Vec::new() }),
                );
            }
            Quantity::LegacyVersion => {
                let number = u16::try_from(number).unwrap_or(0x0303).clamp(0x0300, 0x0304);
                change(spec, Edit::LegacyVersion(ProtocolVersion(number)));
            }
            Quantity::SessionIdLength => change(spec, Edit::SessionId(number.min(32))),
            Quantity::ExtensionLength(extension_type) => {
                if let Some(list) =
                    List::all().find(|list| list.extension() == Some(extension_type))
                {
                    let member = match list {
                        List::Alpn | List::KeyShare => return,
                        List::PskModes | List::EcPointFormats => 1,
                        _ => 2,
                    };
                    self.set_count(spec, list, number / member);
                    return;
                }
                let carrier =
                    Carrier::ALL.into_iter().find(|c| c.extension_type() == extension_type);
                let own = Facts::of_spec(spec).quantity(field).unwrap_or(0) as isize;
                let length = spec.length().saturating_add_signed(number as isize - own);
                if let Some(stretched) = carrier.and_then(|carrier| carrier.stretch(spec, length)) {
                    *spec = stretched;
                }
            }
            Quantity::CipherSuitesCount => self.set_count(spec, List::CipherSuites, number),
            Quantity::CompressionMethodsCount => {
                self.set_count(spec, List::CompressionMethods, number);
            }
            Quantity::ExtensionsCount => self.set_count(spec, List::Extensions, number),
            Quantity::KeyShareCount => self.set_count(spec, List::KeyShare, number),
            Quantity::SupportedGroupsCount => self.set_count(spec, List::SupportedGroups, number),
            Quantity::SignatureAlgorithmsCount => {
                self.set_count(spec, List::SignatureAlgorithms, number);
            }
            Quantity::AlpnCount => self.set_count(spec, List::Alpn, number),
        }
    }

    /// Brings the message to a length: by a carrier, and before that, where it is too long, by
    /// taking out what nobody needs.
    fn set_length(&mut self, spec: &mut HelloSpec, length: usize) {
        change(spec, Edit::Remove(List::Extensions, Member::Number(ExtensionType::padding.0)));
        let mut tries = 0;
        while spec.length() > length && tries < 60 {
            tries += 1;
            let list = match self.below(3) {
                0 => List::Extensions,
                1 => List::SignatureAlgorithms,
                _ => List::CipherSuites,
            };
            self.drop_one(spec, list);
        }
        if self.legal {
            keep_legal(spec);
        }
        let carrier = self.carrier();
        if let Some(stretched) = carrier.stretch(spec, length) {
            *spec = stretched;
        }
    }

    /// Brings a list to a number of members.
    fn set_count(&mut self, spec: &mut HelloSpec, list: List, number: usize) {
        let count = |spec: &HelloSpec| facts::members(&spec.hello, list).len();
        let mut tries = 0;
        while count(spec) > number && tries < 200 {
            tries += 1;
            self.drop_one(spec, list);
        }
        let others: Vec<Member> = self
            .pool
            .members
            .iter()
            .filter(|(own, ..)| *own == list)
            .map(|(_, member, _)| member.clone())
            .collect();
        tries = 0;
        while count(spec) < number && tries < 400 && !others.is_empty() {
            tries += 1;
            let at = self.below(others.len());
            if let Some(member) = others.get(at) {
                self.add(spec, list, member);
            }
        }
    }

    /// Takes a member out of a list that servers can do without.
    fn drop_one(&mut self, spec: &mut HelloSpec, list: List) {
        let members = facts::members(&spec.hello, list);
        if members.is_empty() {
            return;
        }
        let at = self.below(members.len());
        let Some(member) = members.get(at) else { return };
        let core = is_core(&Condition::Has(list.into(), member.clone()));
        if !core || self.below(12) == 0 {
            remove(spec, list, &[member]);
        }
    }

    /// Another order of one list or of all.
    fn shuffle(&mut self, spec: &mut HelloSpec) {
        match self.below(3) {
            0 => self.shuffle_list(spec, List::CipherSuites),
            1 => self.shuffle_list(spec, List::SupportedGroups),
            _ => {}
        }
        self.shuffle_list(spec, List::Extensions);
    }

    fn shuffle_list(&mut self, spec: &mut HelloSpec, list: List) {
        if list == List::Extensions {
            if let Some(block) = &mut spec.hello.extensions {
                for at in (1..block.0.len()).rev() {
                    let other = (self.dice.next_u32() as usize) % (at + 1);
                    block.0.swap(at, other);
                }
            }
            return;
        }
        let mut members = Facts::of_spec(spec).list(list).to_vec();
        for at in (1..members.len()).rev() {
            members.swap(at, self.below(at + 1));
        }
        if members.len() > 1 {
            change(spec, Edit::SetList(list, members));
        }
    }

    /// Two members change places.
    fn swap(&mut self, spec: &mut HelloSpec, list: List, first: &Member, second: &Member) {
        let facts = Facts::of_spec(spec);
        let mut members = facts.list(list).to_vec();
        let place = |wanted: &Member| members.iter().position(|member| member == wanted);
        let (Some(first), Some(second)) = (place(first), place(second)) else { return };
        if list == List::Extensions {
            if let Some(block) = &mut spec.hello.extensions {
                block.0.swap(first, second);
            }
            return;
        }
        members.swap(first, second);
        change(spec, Edit::SetList(list, members));
    }

    /// Another extension stands at an end.
    fn rotate(&mut self, spec: &mut HelloSpec, last: bool) {
        let count = spec.hello.extensions().len();
        if count < 2 {
            return;
        }
        let at = self.below(count);
        if let Some(block) = &mut spec.hello.extensions {
            let extension = block.0.remove(at);
            if last { block.0.push(extension) } else { block.0.insert(0, extension) }
        }
    }

    /// An extension with a body stands last.
    fn end_with_a_body(&mut self, spec: &mut HelloSpec) {
        let extensions = spec.hello.extensions().iter().enumerate();
        let with_body: Vec<usize> = extensions
            .filter(|(_, extension)| !extension.data().is_empty())
            .map(|(at, _)| at)
            .collect();
        if with_body.is_empty() {
            return;
        }
        let chosen = self.below(with_body.len());
        if let (Some(&at), Some(block)) = (with_body.get(chosen), &mut spec.hello.extensions) {
            let extension = block.0.remove(at);
            block.0.push(extension);
        }
    }

    fn below(&mut self, end: usize) -> usize {
        (self.dice.next_u32() as usize) % end.max(1)
    }

    fn unit(&mut self) -> f64 {
        f64::from(self.dice.next_u32()) / f64::from(u32::MAX)
    }
}

/// An edit that has nothing to change is passed over.
fn change(spec: &mut HelloSpec, edit: Edit) {
    let _ = edit.change(spec);
}

/// Takes members out of a list.
fn remove(spec: &mut HelloSpec, list: List, gone: &[&Member]) {
    // Without these a hello is broken, RFC 5246 section 7.4.1.2 and RFC 8422 section 5.1.2.
    let needed = matches!(list, List::CompressionMethods | List::EcPointFormats);
    let goes = |number: u16| {
        !(needed && number == 0)
            && gone.iter().any(|member| match member {
                Member::Number(own) => *own == number,
                Member::Grease => is_grease(list, number),
                Member::Unknown => {
                    let extension_type = ExtensionType(number);
                    extension_type.name().is_none() && !extension_type.is_grease()
                }
                Member::Text(_) => false,
            })
    };
    match list {
        _ if gone.is_empty() => {}
        List::Extensions => {
            if let Some(block) = &mut spec.hello.extensions {
                block.0.retain(|extension| !goes(extension.extension_type().0));
            }
        }
        List::Alpn => {
            for member in gone {
                change(spec, Edit::Remove(list, (*member).clone()));
            }
        }
        list => {
            if let Some(numbers) = lists::numbers_mut(&mut spec.hello, list) {
                numbers.keep(&|number| !goes(number));
            }
        }
    }
}

fn numbers<C: Code>(codes: &[C]) -> Vec<u16> {
    codes.iter().map(|code| code.number()).collect()
}

/// Whether nearly every server needs what a condition is about.
fn is_core(condition: &Condition) -> bool {
    let Condition::Has(entries, Member::Number(number)) = condition else { return false };
    match entries.list {
        _ if is_grease(entries.list, *number) => false,
        List::CipherSuites => USUAL.contains(&CipherSuite(*number)),
        List::Extensions => ESSENTIAL.contains(&ExtensionType(*number)),
        List::SupportedGroups => GROUPS.contains(&NamedGroup(*number)),
        List::SignatureAlgorithms => SCHEMES.contains(&SignatureScheme(*number)),
        List::SupportedVersions | List::KeyShare | List::CompressionMethods => true,
        List::EcPointFormats | List::PskModes => true,
        List::CompressCertificate | List::Alpn => false,
    }
}
