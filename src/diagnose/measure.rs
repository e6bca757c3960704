//! How a hello is brought to a length, or a list of it to a number of members: what servers can do
//! without goes first, and what comes is what other hellos have.

use super::change::{Changer, change, remove};
use super::need::is_core;
use crate::hello::body_length::set_body_length;
use crate::hello::carrier::Carrier;
use crate::hello::edit::Edit;
use crate::hello::legal::keep_legal;
use crate::hello::vocabulary::{List, Member, Quantity};
use crate::hello::{Facts, HelloSpec, facts};
use crate::names::{ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension};

/// One of so many times also what nearly every server needs may go.
const RECKLESS: usize = 12;

impl Changer<'_> {
    /// Brings a quantity to a number, as near as that can be done.
    pub(super) fn set(&mut self, spec: &mut HelloSpec, field: Quantity, number: usize) {
        match field {
            Quantity::HandshakeLength
            | Quantity::FlightLength
            | Quantity::ExtensionsLength
            | Quantity::RecordLength => {
                if field == Quantity::RecordLength
                    && self.dice.below(2) == 0
                    && number < spec.length()
                {
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
                let before = spec.hello.legacy_version;
                change(spec, Edit::LegacyVersion(ProtocolVersion(number)));
                if self.legal && number < ProtocolVersion::TLS1_2.0 {
                    // RFC 8446 section 4.1.2: beside it legacy_version is that of TLS 1.2.
                    let versions = Member::Number(ExtensionType::supported_versions.0);
                    remove(spec, List::Extensions, &[&versions]);
                }
                if before < ProtocolVersion::TLS1_2 && !self.dice.one_in(3) {
                    self.pool.sign_as_tls12(spec);
                }
            }
            Quantity::SessionIdLength => change(spec, Edit::SessionId(number.min(32))),
            Quantity::ExtensionLength(extension_type) => {
                self.set_body_length(spec, extension_type, number);
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
            // Servers look at the first; one that wants several is not known.
            Quantity::ServerNameCount => {
                for extension in spec.hello.extensions.iter_mut().flat_map(|block| &mut block.0) {
                    if let ClientExtension::ServerName(names) = extension {
                        names.0.truncate(number.max(1));
                    }
                }
            }
        }
    }

    /// Brings the body of an extension to a length: lists of numbers by their members, and the others
    /// as [`set_body_length`] does it.
    fn set_body_length(
        &mut self,
        spec: &mut HelloSpec,
        extension_type: ExtensionType,
        length: usize,
    ) {
        let list = List::all().find(|list| list.extension() == Some(extension_type));
        // Bytes of the list's own length, and of a member.
        let sizes = match list {
            Some(List::Alpn | List::KeyShare) | None => None,
            Some(List::PskModes | List::EcPointFormats) => Some((1, 1)),
            Some(List::SupportedVersions | List::CompressCertificate) => Some((1, 2)),
            Some(_) => Some((2, 2)),
        };
        match (list, sizes) {
            (Some(list), Some((own, member))) => {
                self.set_count(spec, list, length.saturating_sub(own) / member);
            }
            _ => {
                set_body_length(spec, extension_type, length);
            }
        }
    }

    /// Brings the message to a length: by a carrier, and before that, where it is too long, by
    /// taking out what nobody needs.
    fn set_length(&mut self, spec: &mut HelloSpec, length: usize) {
        let padding = Member::Number(ExtensionType::padding.0);
        remove(spec, List::Extensions, &[&padding]);
        let mut over = spec.length().saturating_sub(length);
        if over > 0 {
            let extensions = spec.hello.extensions().iter();
            let sizes: Vec<usize> = extensions.map(|one| 4 + one.data().len()).collect();
            let lists = [List::Extensions, List::SignatureAlgorithms, List::CipherSuites];
            let mut lists = lists.map(|list| (list, self.the_last_first(spec, list), Vec::new()));
            while over > 0 && lists.iter().any(|(_, left, _)| !left.is_empty()) {
                let Some((list, left, gone)) = lists.get_mut(self.dice.below(3)) else { break };
                let Some((place, member)) = left.pop() else { continue };
                let size = match list {
                    List::Extensions => sizes.get(place).copied().unwrap_or(0),
                    _ => 2,
                };
                over = over.saturating_sub(size);
                gone.push(member);
            }
            for (list, _, gone) in &lists {
                remove(spec, *list, &gone.iter().collect::<Vec<_>>());
            }
        }
        if self.legal {
            keep_legal(spec);
        }
        if let Some(stretched) = self.carrier().stretch(spec, length) {
            *spec = stretched;
        }
    }

    /// What can carry bytes.
    pub fn carrier(&mut self) -> Carrier {
        self.dice.one_of(&Carrier::ALL).unwrap_or(Carrier::Padding)
    }

    /// Brings a list to a number of members.
    fn set_count(&mut self, spec: &mut HelloSpec, list: List, number: usize) {
        let mut left = self.the_last_first(spec, list);
        if left.len() > number {
            let gone: Vec<Member> = left.drain(number..).map(|(_, member)| member).collect();
            remove(spec, list, &gone.iter().collect::<Vec<_>>());
            return;
        }
        let has = |member: &Member| left.iter().any(|(_, own)| own == member);
        let others =
            self.pool.members.iter().filter(|(own, member, _)| *own == list && !has(member));
        let mut others: Vec<Member> = others.map(|(_, member, _)| member.clone()).collect();
        self.dice.shuffle(&mut others);
        for member in others.iter().take(number - left.len()) {
            self.add(spec, list, member);
        }
    }

    /// The members of a list with their places, in any order, but as a rule those last that
    /// servers can do without, and key shares do not need.
    fn the_last_first(&mut self, spec: &HelloSpec, list: List) -> Vec<(usize, Member)> {
        let members = facts::members(&spec.hello, list).into_iter().enumerate();
        let shared = match list {
            List::SupportedGroups => facts::members(&spec.hello, List::KeyShare),
            _ => Vec::new(),
        };
        let mut members: Vec<(bool, usize, Member)> = members
            .map(|(place, member)| {
                let is_needed = is_core(list, &member) || shared.contains(&member);
                let needed = is_needed && !self.dice.one_in(RECKLESS);
                (needed, place, member)
            })
            .collect();
        self.dice.shuffle(&mut members);
        members.sort_by_key(|(needed, ..)| !needed);
        members.into_iter().map(|(_, place, member)| (place, member)).collect()
    }
}
