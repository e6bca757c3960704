//! The space of explanations: every property of the subject that a server may trip over, and how
//! common such servers are.
//!
//! An explanation is a [`Condition`] that holds for the subject. Single ones are listed here, those
//! about quantities with their bounds still open; pairs are made of them in `belief.rs`.

use super::offer::offers;
use super::overlap;
use super::pool::Pool;
use crate::hello::legal::is_for_tls13_alone;
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar, is_grease};
use crate::hello::{Condition, Facts, HelloSpec};
use crate::names::{CipherSuite, Code, ExtensionType, ProtocolVersion};
use crate::quirks::Quirk;
use crate::transcript::{Kind, Reaction, Step};

/// A property that may be the cause by itself.
#[derive(Clone, Debug)]
pub struct Atom {
    /// What it says.
    pub shape: Shape,
    /// How common servers are that trip over it, beside the others.
    pub weight: f64,
}

/// The lists in which browsers send GREASE, RFC 8701 section 3.1.
pub const GREASED: [List; 4] =
    [List::CipherSuites, List::Extensions, List::SupportedGroups, List::SupportedVersions];

/// What an atom says.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A condition without a bound.
    Fixed(Condition),
    /// A quantity is at least some number, which is not known yet.
    Least(Quantity),
    /// A quantity is at most some number, which is not known yet.
    Most(Quantity),
    /// A list has none of what the server takes of it, which is not known yet, but among these.
    NoneOf(List, Vec<Member>),
}

/// All atoms that hold for the subject, where the server does this with it. A host is the name by
/// which the server is known.
pub fn atoms(
    subject: &HelloSpec,
    failure: Option<&Reaction>,
    pool: &Pool,
    host: Option<&str>,
) -> Vec<Atom> {
    let facts = Facts::of_spec(subject);
    let retried = failure.is_some_and(|failure| failure.step == Step::HelloRetry);
    let alerted = failure.is_some_and(|failure| matches!(failure.kind, Kind::Alert { .. }));
    let mut atoms = Atoms { atoms: Vec::new(), facts: &facts, host, retried, alerted };
    for list in List::all() {
        atoms.members(list);
        atoms.order(list);
    }
    for (list, member, share) in &pool.members {
        if !facts.has(*list, None, member) {
            atoms.absent(*list, member, *share);
        }
    }
    for (list, weight) in overlap::LISTS {
        let candidates = overlap::candidates(list, &facts, pool);
        if candidates.len() > 1 {
            atoms.push(Shape::NoneOf(list, candidates), weight);
        }
    }
    atoms.missing_for_tls13(pool);
    atoms.kinds();
    atoms.values();
    atoms.quantities();
    let mut atoms = atoms.atoms;
    let known: Vec<(&Condition, f64)> = Quirk::rejecting()
        .flat_map(|quirk| {
            let mut conditions = Vec::new();
            parts(&quirk.condition, &mut conditions);
            let raised = raised(quirk, failure);
            conditions.into_iter().map(move |condition| (condition, raised))
        })
        .collect();
    for atom in &mut atoms {
        // What a server of the catalogue trips over is more likely.
        if let Shape::Fixed(own) = &atom.shape {
            let of_it = known.iter().filter(|(condition, _)| *condition == own);
            atom.weight *= of_it.map(|(_, raised)| *raised).fold(1.0, f64::max);
        }
    }
    for quirk in Quirk::rejecting() {
        let condition = &quirk.condition;
        let shape = Shape::Fixed(condition.clone());
        let is_new = has_no_atom(condition) && atoms.iter().all(|atom| atom.shape != shape);
        if is_new && !names_a_host(condition) && condition.holds(&facts) {
            // What it is made of is raised already.
            let weight = known_weight(&atoms, condition) * raised(quirk, failure) / RAISED;
            atoms.push(Atom { shape, weight });
        }
    }
    atoms
}

/// How much likelier a quirk of the catalogue is where the server does this: what is known to come of
/// it speaks for it. Another reaction rules nothing out, since a front may answer in its stead.
fn raised(quirk: &Quirk, failure: Option<&Reaction>) -> f64 {
    match failure.is_some_and(|failure| quirk.reaction.is_seen_as(&failure.kind)) {
        true => RAISED,
        false => RAISED_ELSE,
    }
}

/// How common servers are with a quirk of the catalogue that is more than one property.
const KNOWN: f64 = 3.0;
/// How common they are beside those that trip over one of its properties alone.
const OF_ONE: f64 = 0.5;

/// What a quirk of the catalogue weighs: of two that explain the same, the property alone is the
/// likelier.
fn known_weight(atoms: &[Atom], condition: &Condition) -> f64 {
    let mut of_all = Vec::new();
    if let Condition::All(_) = condition {
        parts(condition, &mut of_all);
    }
    let alone = atoms
        .iter()
        .filter(|atom| matches!(&atom.shape, Shape::Fixed(own) if of_all.contains(&own)));
    alone.map(|atom| atom.weight * OF_ONE).fold(KNOWN, f64::min)
}

/// Whether a condition is none of those that are weighed of every hello: it is more than one
/// property, has bounds of its own, or is true of nearly all hellos.
fn has_no_atom(condition: &Condition) -> bool {
    match condition {
        Condition::All(_) | Condition::Any(_) | Condition::Not(_) => true,
        Condition::LacksAll(..) | Condition::Range { .. } => true,
        Condition::Is(Property::ExtensionsPresent, value) => *value == Scalar::Bool(true),
        _ => false,
    }
}

/// Whether a condition says which name is served, for which the catalogue has an example alone.
fn names_a_host(condition: &Condition) -> bool {
    let mut all = Vec::new();
    parts(condition, &mut all);
    let names =
        |one: &&Condition| matches!(one, Condition::IsNot(Property::ServerName, Scalar::Text(_)));
    all.iter().any(names)
}

/// So much likelier is what the catalogue knows.
const RAISED: f64 = 10.0;
/// The same, where servers that have it are known to answer otherwise.
const RAISED_ELSE: f64 = 2.0;

/// The conditions of which one is made.
fn parts<'c>(condition: &'c Condition, found: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(all) | Condition::Any(all) => {
            all.iter().for_each(|part| parts(part, found));
        }
        one => found.push(one),
    }
}

struct Atoms<'f> {
    atoms: Vec<Atom>,
    facts: &'f Facts,
    host: Option<&'f str>,
    /// Whether it is the hello behind a HelloRetryRequest that fails.
    retried: bool,
    /// Whether the server gives a reason.
    alerted: bool,
}

impl Atoms<'_> {
    fn push(&mut self, shape: Shape, weight: f64) {
        self.atoms.push(Atom { shape, weight });
    }

    fn fixed(&mut self, condition: Condition, weight: f64) {
        if condition.holds(self.facts) {
            self.push(Shape::Fixed(condition), weight);
        }
    }

    /// What stands in a list.
    fn members(&mut self, list: List) {
        let mut seen: Vec<&Member> = Vec::new();
        for member in self.facts.list(list) {
            let Some(weight) = presence(list, member) else { continue };
            if !seen.contains(&member) {
                seen.push(member);
                self.push(Shape::Fixed(Condition::Has(list.into(), member.clone())), weight);
            }
        }
    }

    /// What does not stand in a list, though it does in the lists of others.
    fn absent(&mut self, list: List, member: &Member, share: f64) {
        let weight = match list {
            // Up to TLS 1.2, a hello without the list says it by legacy_version.
            List::SupportedVersions if self.facts.list(list).is_empty() => match member {
                Member::Number(number) if *number == ProtocolVersion::TLS1_3.0 => 2.0,
                Member::Number(number) if *number == ProtocolVersion::TLS1_2.0 => 0.02,
                _ => return,
            },
            // Said by the name itself.
            List::Extensions if *member == Member::Number(ExtensionType::server_name.0) => return,
            // Said by the version that is not offered.
            List::Extensions if self.is_said_by_tls13(member) => 0.05,
            List::Extensions => 2.0,
            List::SupportedVersions if *member == Member::Number(ProtocolVersion::TLS1_3.0) => 2.0,
            List::SupportedVersions | List::SupportedGroups | List::Alpn => 1.0,
            List::SignatureAlgorithms | List::KeyShare => 0.3,
            List::CipherSuites => 0.2,
            _ => 0.2,
        };
        // RFC 5246 section 7.4.1.4.1 has them from TLS 1.2 on: said by the version.
        let schemes = match member {
            Member::Number(number) if list == List::Extensions => {
                *number == ExtensionType::signature_algorithms.0
            }
            _ => list == List::SignatureAlgorithms,
        };
        let version = self.facts.quantity(Quantity::LegacyVersion);
        let early = schemes && version < Some(ProtocolVersion::TLS1_2.0.into());
        let weight = if early { 0.001 } else { weight };
        // Of a list that is not there, that is said before what would be in it.
        let is_told = list == List::SignatureAlgorithms && self.facts.list(list).is_empty();
        let weight = if is_told { weight * 0.03 } else { weight };
        // With a share of the group that was asked for, nobody would have had to ask; clients seldom send
        // one of it.
        let (weight, share) = match list {
            List::KeyShare if self.retried => (1.0, 1.0),
            _ => (weight, share),
        };
        let condition = Condition::Lacks(list.into(), member.clone());
        self.push(Shape::Fixed(condition), weight * (share + 0.02));
    }

    /// Whether an extension goes with TLS 1.3, and with nothing that the subject offers.
    fn is_said_by_tls13(&self, extension: &Member) -> bool {
        let Member::Number(number) = extension else { return false };
        let extension_type = ExtensionType(*number);
        let is_its_own =
            is_for_tls13_alone(extension_type) && !offers(self.facts, ProtocolVersion::TLS1_3);
        is_its_own || extension_type == ExtensionType::supported_versions
    }

    /// What a subject of TLS 1.3 lacks: the version before it, and suites of TLS 1.3 and groups. A server
    /// that wants one of these chooses the version first and then finds nothing, though a hello for an
    /// older version passes without them.
    fn missing_for_tls13(&mut self, pool: &Pool) {
        /// Of any of them, and of all that share it.
        const WEIGHT: f64 = 0.5;
        let version = Member::Number(ProtocolVersion::TLS1_3.0);
        let offers = Condition::Has(List::SupportedVersions.into(), version);
        if !offers.holds(self.facts) {
            return;
        }
        let tls12 = Member::Number(ProtocolVersion::TLS1_2.0);
        let lacks_tls12 = Condition::Lacks(List::SupportedVersions.into(), tls12);
        // Whoever names versions there offers no others.
        let named = Condition::has_extension(ExtensionType::supported_versions);
        self.fixed(Condition::All(vec![named, lacks_tls12]), 2.0 * WEIGHT);
        // Who fails behind a HelloRetryRequest asked for a share of a group that is offered.
        let offered = self.facts.list(List::SupportedGroups).iter();
        let unshared = offered.filter(|group| !self.facts.has(List::KeyShare, None, group));
        for group in unshared.filter(|_| self.retried).cloned().collect::<Vec<_>>() {
            let lacks = Condition::Lacks(List::KeyShare.into(), group);
            self.fixed(Condition::All(vec![offers.clone(), lacks]), 4.0 * WEIGHT);
        }
        for list in [List::CipherSuites, List::SupportedGroups] {
            let is_for_it = |member: &Member| match member {
                Member::Number(n) if list == List::CipherSuites => {
                    !CipherSuite(*n).is_before_tls13()
                }
                _ => true,
            };
            let mut missing = overlap::candidates(list, self.facts, pool);
            missing.retain(is_for_it);
            let each = WEIGHT / missing.len().max(1) as f64;
            let lacks = |member: &Member| Condition::Lacks(list.into(), member.clone());
            let mut ways: Vec<(Condition, f64)> =
                missing.iter().map(|member| (lacks(member), each)).collect();
            if missing.len() > 1 {
                ways.push((Condition::LacksAll(list.into(), missing), WEIGHT));
            }
            for (way, weight) in ways {
                self.fixed(Condition::All(vec![offers.clone(), way]), weight);
            }
        }
    }

    /// GREASE, and what no server could know.
    fn kinds(&mut self) {
        self.fixed(Condition::Is(Property::Grease, Scalar::Bool(true)), 4.0);
        for list in List::all() {
            let weight = if list == List::Extensions { 4.0 } else { 2.0 };
            self.fixed(Condition::Has(list.into(), Member::Grease), weight);
        }
        // Browsers send it, and hardly anybody else: who wants to see a browser may want it, and gives
        // no reasons.
        if !self.alerted {
            self.fixed(Condition::Is(Property::Grease, Scalar::Bool(false)), 0.4);
            for list in GREASED.into_iter().filter(|list| !self.facts.list(*list).is_empty()) {
                self.fixed(Condition::Lacks(list.into(), Member::Grease), 0.1);
            }
        }
        let unknown = Condition::Has(List::Extensions.into(), Member::Unknown);
        self.fixed(unknown, 8.0);
        // What RFC 8446 forbids, servers look for.
        for list in List::all() {
            self.fixed(Condition::Has(list.into(), Member::Duplicate), 8.0);
        }
        self.fixed(Condition::Has(List::KeyShare.into(), Member::NotOffered), 16.0);
    }

    fn values(&mut self) {
        let value = |property| self.facts.property(property);
        let (record, first, last, name) = (
            value(Property::RecordVersion),
            value(Property::ExtensionsFirst),
            value(Property::ExtensionsLast),
            value(Property::ServerName),
        );
        // A record of SSL 2.0 has no version, which is said of its frame.
        if record != Scalar::Null {
            self.fixed(Condition::Is(Property::RecordVersion, record), 2.0);
        }
        if first != Scalar::Null {
            self.fixed(Condition::Is(Property::ExtensionsFirst, first), 0.7);
            self.fixed(Condition::Is(Property::ExtensionsLast, last), 1.0);
        }
        self.fixed(Condition::Is(Property::ExtensionsLastEmpty, Scalar::Bool(true)), 4.0);
        // A message of SSL 2.0 has no extensions, and so no name: that is said of its frame.
        let framing = Condition::Is(Property::Framing, Scalar::Text("sslv2".to_owned()));
        let is_framed = framing.holds(self.facts);
        self.fixed(framing, 4.0);
        if !is_framed {
            self.fixed(Condition::Is(Property::ExtensionsPresent, Scalar::Bool(false)), 1.0);
        }
        let is_other = self.host.is_some() && name != Scalar::Null && !self.asks_for_host();
        self.fixed(
            Condition::Is(Property::ServerName, name.clone()),
            match name {
                Scalar::Null if is_framed => 0.2,
                Scalar::Null => 4.0,
                _ if is_other => 0.7,
                _ => 2.0,
            },
        );
        if let Some(host) = self.host.filter(|_| is_other) {
            // A server that knows its own name alone, and may or may not want one at all.
            let is_not = |value| Condition::IsNot(Property::ServerName, value);
            let not_host = is_not(Scalar::Text(host.to_owned()));
            self.fixed(Condition::All(vec![is_not(Scalar::Null), not_host.clone()]), 2.0);
            self.fixed(not_host, 1.0);
        }
        self.fixed(Condition::Is(Property::Resumption, Scalar::Bool(true)), 2.0);
    }

    /// What stands before what.
    fn order(&mut self, list: List) {
        /// Of longer lists there are too many pairs, and servers read them to the end.
        const LONGEST: usize = 24;
        /// The same of extensions, whose order matters more often.
        const MOST_EXTENSIONS: usize = 64;
        let members = self.facts.list(list);
        let total = match list {
            List::Extensions => 3.0,
            List::SupportedGroups | List::SupportedVersions | List::Alpn | List::KeyShare => 0.5,
            _ => 0.2,
        };
        let longest = if list == List::Extensions { MOST_EXTENSIONS } else { LONGEST };
        if !(2..=longest).contains(&members.len()) {
            return;
        }
        let pairs = members.len() * (members.len() - 1) / 2;
        let weight = total / pairs as f64;
        let known = |member: &&Member| presence(list, member).is_some();
        for (at, first) in members.iter().enumerate().filter(|(_, member)| known(member)) {
            for second in members.iter().skip(at + 1).filter(known) {
                self.fixed(Condition::Order(list, first.clone(), second.clone()), weight);
            }
        }
    }

    /// Whether the name that the subject asks for is the host's.
    fn asks_for_host(&self) -> bool {
        let asked = self.facts.property(Property::ServerName);
        self.host.is_some_and(|host| asked == Scalar::Text(host.to_owned()))
    }

    fn quantities(&mut self) {
        let mut weighed = vec![
            (Quantity::HandshakeLength, 6.0, 3.0),
            (Quantity::RecordLength, 0.5, 0.5),
            (Quantity::FlightLength, 0.3, 0.2),
            (Quantity::RecordCount, 1.0, 0.2),
            (Quantity::TcpSegments, 1.0, 0.2),
            (Quantity::TcpFirstSegment, 0.3, 0.5),
            (Quantity::LegacyVersion, 4.0, 2.0),
            (Quantity::CipherSuitesCount, 4.0, 0.5),
            (Quantity::SessionIdLength, 2.0, 2.0),
            (Quantity::CompressionMethodsCount, 1.0, 0.2),
            (Quantity::ExtensionsCount, 2.0, 0.5),
            (Quantity::ExtensionsLength, 0.5, 0.2),
            // Who asks for another share wants one of a group, and no number of them.
            (Quantity::KeyShareCount, 2.0, if self.retried { 0.005 } else { 0.5 }),
            (Quantity::SupportedGroupsCount, 2.0, 0.5),
            (Quantity::SignatureAlgorithmsCount, 2.0, 0.5),
            (Quantity::AlpnCount, 1.0, 0.2),
            (Quantity::ServerNameCount, 4.0, 0.1),
        ];
        for extension_type in self.facts.extensions().filter(|one| !one.is_grease()) {
            // How many versions there are is said by nothing else.
            let (least, most) = match extension_type {
                ExtensionType::key_share if self.retried => (0.15, 0.005),
                ExtensionType::supported_versions => (0.6, 0.2),
                // A server seldom dislikes its own name for what it is.
                ExtensionType::server_name if self.asks_for_host() => (0.4, 0.4),
                _ => (0.15, 0.1),
            };
            weighed.push((Quantity::ExtensionLength(extension_type), least, most));
        }
        // A list of no members is one that is not there, which is said as such.
        let may_be_none = |quantity: &Quantity| {
            matches!(quantity, Quantity::SessionIdLength | Quantity::ExtensionLength(_))
        };
        for (quantity, least, most) in weighed {
            let number = self.facts.quantity(quantity);
            // One name is said as the extension.
            let is_said = quantity == Quantity::ServerNameCount && number == Some(1);
            if !is_said && number.is_some_and(|number| number > 0 || may_be_none(&quantity)) {
                self.push(Shape::Least(quantity), least);
                self.push(Shape::Most(quantity), most);
            }
        }
    }
}

/// How common servers are that trip over a member; none for what is meant as a kind.
fn presence(list: List, member: &Member) -> Option<f64> {
    let number = match member {
        Member::Number(number) if is_grease(list, *number) => return None,
        Member::Number(number) => *number,
        _ => 0,
    };
    Some(match list {
        // Without these a hello is broken, RFC 5246 section 7.4.1.2 and RFC 8422 section 5.1.2.
        List::CompressionMethods | List::EcPointFormats if number == 0 => return None,
        // What no server knows is meant as a kind.
        List::Extensions if ExtensionType(number).name().is_none() => 0.2,
        List::Extensions => 6.0,
        List::SupportedGroups | List::SupportedVersions => 4.0,
        List::KeyShare | List::Alpn => 2.0,
        List::SignatureAlgorithms | List::PskModes => 1.0,
        List::CompressCertificate | List::CompressionMethods => 1.0,
        List::CipherSuites | List::EcPointFormats => 0.5,
    })
}
