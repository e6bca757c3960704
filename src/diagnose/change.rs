//! How a hello is made other than it was in one property, and in as little else as can be.
//!
//! Of the ways to do it one is drawn, since each may be a thing that a server dislikes by itself.
//! How quantities are brought to a number stands in `measure.rs`.

use super::belief::Belief;
use super::dice::Dice;
use super::offer::{Breadth, grease};
use super::pool::Pool;
use super::remedy::SOME_HOST;
use super::space::{GREASED, Shape};
use crate::hello::edit::Edit;
use crate::hello::legal::keep_legal;
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar};
use crate::hello::{Condition, Facts, HelloSpec, facts, lists};
use crate::names::{CipherSuite, ExtensionType, NamedGroup, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension, ProtocolName};
use crate::wire::grammar::{self, Codes, Rest};

/// Changes hellos.
pub struct Changer<'s> {
    /// By what it is drawn which way it is done.
    pub dice: Dice,
    /// What other hellos have.
    pub(super) pool: &'s Pool,
    /// A name that hellos may ask for.
    host: Option<String>,
    /// What is true of the subject.
    own: Facts,
    /// Whether the subject is legal, so that what comes of it is to be.
    pub(super) legal: bool,
}

impl<'s> Changer<'s> {
    /// For the hellos near this one, of which that is true.
    pub fn new(subject: &HelloSpec, own: Facts, pool: &'s Pool, host: Option<&str>) -> Changer<'s> {
        let legal = keep_legal(&mut subject.clone()).is_empty();
        Changer { dice: Dice::new(), pool, host: host.map(str::to_owned), own, legal }
    }

    /// Makes a property of the subject other than it is.
    pub fn turn(&mut self, spec: &mut HelloSpec, belief: &Belief, atom: usize) {
        let Some(shape) = belief.atoms().get(atom).map(|atom| atom.shape.clone()) else { return };
        match shape {
            Shape::Fixed(condition) => self.falsify(spec, &condition),
            Shape::NoneOf(list, candidates) => {
                let (certain, open) = belief.taken(atom);
                let some = if open.is_empty() { certain } else { open };
                let many = self.dice.one_of(&[0.1, 0.3, 0.5, 1.0]).unwrap_or(0.5);
                let mut some = if some.is_empty() { candidates } else { some };
                self.dice.shuffle(&mut some);
                let count = (some.len() as f64 * many).ceil() as usize;
                some.iter().take(count).for_each(|member| self.add(spec, list, member));
            }
            Shape::Least(field) | Shape::Most(field) => {
                let gaps = belief.gaps(atom);
                let shares: Vec<f64> = gaps.iter().map(|gap| gap.2).collect();
                let gap = self.dice.pick(&shares).and_then(|at| gaps.get(at));
                let Some(&(low, high, _)) = gap else { return self.turn_far(spec, &shape, 0) };
                let number = if high == u64::MAX {
                    let times = self.dice.one_of(&[2, 3, 5, 9, 20]).unwrap_or(2);
                    low.saturating_mul(times) / 2 + 1
                } else {
                    // The middle halves the gap; elsewhere may be all that can be made.
                    match self.dice.one_in(3) {
                        true => self.dice.between(low, high),
                        false => low + (high - low) / 2,
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

    /// The numbers to which a quantity of the subject goes down that may be too great, step by step, the
    /// least first: quarters of what it is, or where it is small each number below. Of the versions
    /// below TLS 1.2 it is that which most servers took, and a session id can go.
    pub fn steps(&self, field: Quantity) -> Vec<usize> {
        /// Numbers up to this are small.
        const SMALL: usize = 8;
        let number = self.own.quantity(field);
        let own = number.and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
        match field {
            Quantity::LegacyVersion => {
                vec![usize::from(ProtocolVersion::TLS1_0.0).min(own.saturating_sub(1))]
            }
            Quantity::SessionIdLength => vec![0],
            _ if own <= SMALL => (0..own).collect(),
            _ => (1..4).map(|quarters| own * quarters / 4).collect(),
        }
    }

    /// The same, but a quantity goes far to the other side, wherever its bound may be: one that may be
    /// too great by so many of its steps less than the most.
    pub fn turn_far(&mut self, spec: &mut HelloSpec, shape: &Shape, step: usize) {
        match shape {
            Shape::Fixed(condition) => self.falsify(spec, condition),
            Shape::NoneOf(list, candidates) => {
                candidates.iter().for_each(|member| self.add(spec, *list, member));
            }
            Shape::Least(field) => {
                if let Some(number) = self.steps(*field).get(step) {
                    self.set(spec, *field, *number);
                }
            }
            Shape::Most(field) => {
                let own = self.own.quantity(*field).unwrap_or(0);
                self.set(spec, *field, usize::try_from(own * 2 + 1).unwrap_or(usize::MAX));
            }
        }
    }

    /// Makes what is true of the subject false of a hello.
    pub(super) fn falsify(&mut self, spec: &mut HelloSpec, condition: &Condition) {
        match condition {
            Condition::All(parts) => {
                let at = self.dice.below(parts.len());
                if let Some(part) = parts.get(at) {
                    self.falsify(spec, part);
                }
            }
            Condition::Any(parts) => parts.iter().for_each(|part| self.falsify(spec, part)),
            Condition::Has(entries, member) => {
                remove(spec, entries.list, &[member]);
                // What matters may be that there is GREASE at all.
                let any = Condition::Is(Property::Grease, Scalar::Bool(true));
                if *member == Member::Grease && self.dice.one_in(2) {
                    let elsewhere = match entries.list {
                        List::CipherSuites => List::SupportedGroups,
                        _ => List::CipherSuites,
                    };
                    if !any.holds(&Facts::of_spec(spec)) {
                        change(spec, grease(elsewhere));
                    }
                }
            }
            Condition::Lacks(entries, Member::Grease) => {
                change(spec, grease(entries.list));
            }
            Condition::Lacks(entries, member) => self.add(spec, entries.list, member),
            Condition::LacksAll(entries, members) => {
                let at = self.dice.below(members.len());
                if let Some(member) = members.get(at) {
                    self.add(spec, entries.list, member);
                }
            }
            Condition::Range { field, min, max } => {
                let below = min.and_then(|min| min.at.checked_sub(1));
                let above = max.map(|max| max.at.saturating_add(1));
                let beyond: Vec<u64> = below.into_iter().chain(above).collect();
                if let Some(number) = self.dice.one_of(&beyond) {
                    self.set(spec, *field, usize::try_from(number).unwrap_or(usize::MAX));
                }
            }
            Condition::Is(Property::ExtensionsPresent, Scalar::Bool(true)) => {
                spec.hello.extensions = None;
                spec.hello.legacy_version = spec.hello.legacy_version.min(ProtocolVersion::TLS1_2);
            }
            Condition::Is(Property::Grease, Scalar::Bool(false)) => {
                let there = |list: &List| !self.own.list(*list).is_empty();
                let lists: Vec<List> = GREASED.into_iter().filter(there).collect();
                if let Some(list) = self.dice.one_of(&lists) {
                    change(spec, grease(list));
                }
            }
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
                let host = self.host.clone().unwrap_or_else(|| SOME_HOST.to_owned());
                change(spec, Edit::ServerName(host));
            }
            Condition::Is(Property::ServerName, Scalar::Text(name)) => {
                let host = match &self.host {
                    // What matters may be this name, or that it is not the host's.
                    Some(host) if host != name && self.dice.one_in(2) => host.clone(),
                    _ => format!("www.{name}"),
                };
                change(spec, Edit::ServerName(host));
            }
            Condition::IsNot(Property::ServerName, Scalar::Text(host)) => {
                change(spec, Edit::ServerName(host.clone()));
            }
            Condition::IsNot(Property::ServerName, Scalar::Null) => {
                let server_name = Member::Number(ExtensionType::server_name.0);
                remove(spec, List::Extensions, &[&server_name]);
            }
            Condition::Is(Property::Resumption, _) => {
                let psk = Member::Number(ExtensionType::pre_shared_key.0);
                change(spec, Edit::Remove(List::Extensions, psk));
                let ticket = ClientExtension::SessionTicket(Rest(Default::default()));
                if has_extension(spec, ExtensionType::session_ticket) {
                    change(spec, Edit::SetExtension(ticket));
                }
            }
            Condition::Is(Property::Framing, _) => *spec = self.pool.in_tls(spec),
            Condition::Order(list, first, second) => match self.dice.below(3) {
                0 => self.shuffle_list(spec, *list),
                _ => self.swap(spec, *list, first, second),
            },
            _ => {}
        }
    }

    /// Puts a member in a list: anywhere, since its place may matter.
    pub fn add(&mut self, spec: &mut HelloSpec, list: List, member: &Member) {
        let Member::Number(number) = member else {
            change(spec, Edit::Add(list, member.clone()));
            return;
        };
        if list == List::Extensions {
            // What matters may be that it is there, or that TLS 1.3 or a protocol is in it.
            let other = match ExtensionType(*number) {
                ExtensionType::supported_versions => {
                    let alone = [ProtocolVersion::TLS1_1, ProtocolVersion::TLS1_2];
                    self.dice.one_of(&alone).map(versions)
                }
                ExtensionType::application_layer_protocol_negotiation => self.protocol(),
                _ => None,
            };
            let extension = match other.filter(|_| self.dice.one_in(2)) {
                Some(other) => Some(other),
                None => self.pool.bodies.get(&ExtensionType(*number)).cloned(),
            };
            let Some(extension) = extension else { return };
            let extensions = spec.extensions_mut();
            if extensions.iter().all(|own| own.extension_type() != extension.extension_type()) {
                // Not last as a rule, since what stands last may matter.
                let places = extensions.len().max(1);
                let at = self.dice.below(places);
                extensions.insert(at.min(extensions.len()), extension);
            }
            return;
        }
        if list == List::SupportedVersions {
            // A server of the version may take little of what it has.
            let breadth = if self.dice.one_in(3) { Breadth::All } else { Breadth::Usual };
            self.pool.offer(spec, ProtocolVersion(*number), breadth);
        }
        if list == List::CipherSuites {
            return self.pool.offer_suite(spec, CipherSuite(*number));
        }
        if list == List::EcPointFormats {
            // None goes without uncompressed points, RFC 8422 section 5.1.2.
            self.pool.lend(spec, ExtensionType::ec_point_formats);
        }
        let members = facts::members(&spec.hello, list);
        if members.contains(member) {
            return;
        }
        if list == List::SupportedVersions && members.is_empty() {
            let place = spec.extensions_mut().len().saturating_sub(1);
            spec.extensions_mut().insert(place, versions(ProtocolVersion(*number)));
            return;
        }
        if list == List::KeyShare {
            let Some(share) = self.pool.shares.get(&NamedGroup(*number)) else {
                change(spec, Edit::Add(list, member.clone()));
                return;
            };
            for extension in spec.extensions_mut() {
                if let ClientExtension::KeyShare(shares) = extension {
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

    /// The extension that offers one protocol alone, which some client offers.
    fn protocol(&mut self) -> Option<ClientExtension> {
        let members = self.pool.members.iter().filter(|(list, ..)| *list == List::Alpn);
        let names: Vec<&Member> = members.map(|(_, member, _)| member).collect();
        match self.dice.one_of(&names) {
            Some(Member::Text(name)) => {
                Some(ClientExtension::Alpn(grammar::List::new(vec![ProtocolName::new(name)])))
            }
            _ => None,
        }
    }

    /// Another order of one list or of all.
    pub fn shuffle(&mut self, spec: &mut HelloSpec) {
        match self.dice.below(3) {
            0 => self.shuffle_list(spec, List::CipherSuites),
            1 => self.shuffle_list(spec, List::SupportedGroups),
            _ => {}
        }
        self.shuffle_list(spec, List::Extensions);
    }

    /// Another order of one list.
    pub fn shuffle_list(&mut self, spec: &mut HelloSpec, list: List) {
        if list == List::Extensions {
            if let Some(block) = &mut spec.hello.extensions {
                self.dice.shuffle(&mut block.0);
            }
            return;
        }
        let mut members = facts::members(&spec.hello, list);
        if members.len() > 1 {
            self.dice.shuffle(&mut members);
            change(spec, Edit::SetList(list, members));
        }
    }

    /// Two members change places.
    pub(super) fn swap(&self, spec: &mut HelloSpec, list: List, first: &Member, second: &Member) {
        let mut members = facts::members(&spec.hello, list);
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
        let at = self.dice.below(count);
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
        let chosen = self.dice.below(with_body.len());
        if let (Some(&at), Some(block)) = (with_body.get(chosen), &mut spec.hello.extensions) {
            let extension = block.0.remove(at);
            block.0.push(extension);
        }
    }
}

/// The extension that offers one version alone.
fn versions(version: ProtocolVersion) -> ClientExtension {
    ClientExtension::SupportedVersions(Codes::new(vec![version]))
}

fn has_extension(spec: &HelloSpec, extension_type: ExtensionType) -> bool {
    spec.hello.extensions().iter().any(|one| one.extension_type() == extension_type)
}

/// An edit that has nothing to change is passed over.
pub(super) fn change(spec: &mut HelloSpec, edit: Edit) {
    let _ = edit.done(spec);
}

/// Takes members out of a list.
pub(super) fn remove(spec: &mut HelloSpec, list: List, gone: &[&Member]) {
    // Without these a hello is broken, RFC 5246 section 7.4.1.2 and RFC 8422 section 5.1.2.
    let needed = matches!(list, List::CompressionMethods | List::EcPointFormats);
    let goes = |number: u16| {
        let own = Member::Number(number);
        !(needed && number == 0) && gone.iter().any(|member| member.is(list, &own))
    };
    // What is seen of the whole list alone.
    for kind in gone.iter().filter(|one| matches!(one, Member::Duplicate | Member::NotOffered)) {
        change(spec, Edit::Remove(list, (*kind).clone()));
    }
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
