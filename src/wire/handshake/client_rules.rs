//! What a ClientHello must not say, though it has the form of one: RFC 8446 sections 4.1.2, 4.2 and
//! 9.2, and those of single extensions. What its own bytes tell, without those of others: a reader
//! remarks it, and an edit that would bring it about is refused.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::client_hello::ClientHello;
use crate::names::{
    Code, CompressionMethod, EcPointFormat, ExtensionType, NamedGroup, ProtocolVersion,
};
use crate::wire::extension::{ClientExtension, Extension, KeyShareEntry, ServerName};
use crate::wire::fault::{Fault, Item, Notices};

/// A rule that a hello breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The field that is concerned.
    pub field: &'static str,
    /// The item of a list in which it stands, behind those in which that one does.
    pub place: Vec<Item>,
    /// What is the matter.
    pub fault: Fault,
    /// The section that has the rule.
    pub reference: &'static str,
}

/// The least `record_size_limit` that may be, RFC 8449 section 4.
const LEAST_RECORD_SIZE: u16 = 64;

/// The rules that a hello breaks.
pub fn breaches(hello: &ClientHello) -> Vec<Breach> {
    let mut found = Found::default();
    versions(hello, &mut found);
    lists(hello, &mut found);
    for (index, extension) in hello.extensions().iter().enumerate() {
        found.of_item("extensions", index, |found| found.extension(extension));
    }
    found.breaches
}

#[derive(Default)]
struct Found {
    breaches: Vec<Breach>,
    place: Vec<Item>,
}

impl Notices for Found {
    fn fault(&mut self, field: &'static str, fault: Fault, reference: &'static str) {
        self.breaches.push(Breach { field, place: self.place.clone(), fault, reference });
    }

    fn place(&mut self) -> &mut Vec<Item> {
        &mut self.place
    }
}

impl Found {
    /// Values in an extension that its document does not allow.
    fn extension(&mut self, extension: &ClientExtension) {
        match extension {
            ClientExtension::ServerName(names) => self.server_names(&names.0),
            ClientExtension::EcPointFormats(formats)
                if !formats.0.is_empty() && !formats.0.contains(&EcPointFormat::uncompressed) =>
            {
                let found = "a list without it";
                self.form("ec_point_formats", "uncompressed", found, "RFC 8422 5.1.2");
            }
            ClientExtension::RecordSizeLimit(limit) if *limit < LEAST_RECORD_SIZE => {
                let fault = Fault::Value { expected: "at least 64", found: (*limit).into() };
                self.fault("record_size_limit", fault, "RFC 8449 4");
            }
            ClientExtension::MaxFragmentLength(length) if length.name().is_none() => {
                let fault = Fault::Value { expected: "1 to 4", found: length.number().into() };
                self.fault("max_fragment_length", fault, "RFC 6066 4");
            }
            ClientExtension::Heartbeat(mode) if mode.name().is_none() => {
                let fault = Fault::Value { expected: "1 or 2", found: mode.number().into() };
                self.fault("heartbeat", fault, "RFC 6520 2");
            }
            ClientExtension::PreSharedKey(psks)
                if psks.identities.0.len() != psks.binders.0.len() =>
            {
                let found = "another number of them";
                self.form("binders", "one for each identity", found, "RFC 8446 4.2.11");
            }
            _ => {}
        }
    }

    /// The names of hosts that a client asks for.
    fn server_names(&mut self, names: &[ServerName]) {
        const REFERENCE: &str = "RFC 6066 3";
        if names.len() > 1 {
            self.form("server_name", "one name of a kind", "more than one", REFERENCE);
        }
        for (index, name) in names.iter().enumerate() {
            if let Some((expected, found)) = unfit(&name.host_name.0) {
                self.of_item("server_name", index, |found_in| {
                    found_in.form("host_name", expected, found, REFERENCE);
                });
            }
        }
    }
}

/// Why something is no name of a host that a client asks for: what belongs there, and what it is.
fn unfit(name: &[u8]) -> Option<(&'static str, &'static str)> {
    let host = std::str::from_utf8(name).unwrap_or_default();
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host = bare.unwrap_or(host);
    let is_address = host.parse::<Ipv4Addr>().is_ok() || host.parse::<Ipv6Addr>().is_ok();
    if is_address {
        Some(("a name of a host", "an address"))
    } else if name.ends_with(b".") {
        Some(("a name without a dot at its end", "one with it"))
    } else if name.split(|byte| *byte == b'.').any(<[u8]>::is_empty) {
        Some(("labels between the dots", "an empty one"))
    } else if !name.iter().all(u8::is_ascii_graphic) {
        Some(("letters of ASCII", "others"))
    } else if host.len() > 253 || host.split('.').any(|label| label.len() > 63) {
        Some(("253 letters at most, and 63 in a label (RFC 1035 2.3.4)", "more"))
    } else {
        None
    }
}

/// What goes with a version.
fn versions(hello: &ClientHello, rules: &mut Found) {
    if hello.legacy_version.is_tls13() {
        let found = "TLS 1.3, which stands in supported_versions";
        rules.form("legacy_version", "TLS 1.2", found, "RFC 8446 4.1.2");
    } else if (0x0305..=0x03ff).contains(&hello.legacy_version.0) {
        let fault = Fault::Code { expected: "TLS 1.2 at most", found: hello.legacy_version.0 };
        rules.fault("legacy_version", fault, "RFC 8446 4.1.2");
    }
    let has = |wanted| hello.extensions().iter().any(|one| one.extension_type() == wanted);
    let tls13 = is_of_tls13(hello);
    let psk = has(ExtensionType::pre_shared_key);
    if tls13 && !psk && !has(ExtensionType::signature_algorithms) {
        let found = "no signature_algorithms";
        rules.form("extensions", "what TLS 1.3 cannot do without", found, "RFC 8446 9.2");
    }
    if tls13 && has(ExtensionType::key_share) != has(ExtensionType::supported_groups) {
        let expected = "supported_groups and key_share together";
        rules.form("extensions", expected, "one of them", "RFC 8446 9.2");
    }
    if psk && !has(ExtensionType::psk_key_exchange_modes) {
        let expected = "psk_key_exchange_modes beside it";
        rules.form("pre_shared_key", expected, "none", "RFC 8446 4.2.9");
    }
    let groups: BTreeSet<_> = offered_groups(hello).unwrap_or_default().iter().collect();
    // Where TLS 1.3 lacks them all, that was told.
    let lacks_all = tls13 && !has(ExtensionType::supported_groups);
    let is_known = !lacks_all && !is_broken(hello, ExtensionType::supported_groups);
    for (index, extension) in hello.extensions().iter().enumerate().filter(|_| is_known) {
        let ClientExtension::KeyShare(shares) = extension else { continue };
        let Some(share) = shares.0.iter().position(|share| !groups.contains(&share.group)) else {
            continue;
        };
        let expected = "keys of groups that supported_groups has";
        rules.of_item("extensions", index, |rules| {
            rules.of_item("key_share", share, |rules| {
                rules.form("key_share", expected, "one of another group", "RFC 8446 4.2.8");
            });
        });
    }
    if shares_out_of_order(hello) {
        let expected = "keys in the order of their groups in supported_groups";
        rules.form("key_share", expected, "another order", "RFC 8446 4.2.8");
    }
    if signs_too_early(hello) {
        let expected = "none in a hello below TLS 1.2";
        rules.form("signature_algorithms", expected, "a list", "RFC 5246 7.4.1.4.1");
    }
    if has(ExtensionType::early_data) && !psk {
        let found = "no pre_shared_key";
        rules.form("early_data", "a key for it", found, "RFC 8446 4.2.10");
    }
}

/// Lists that must hold something.
fn lists(hello: &ClientHello, rules: &mut Found) {
    let methods = &hello.legacy_compression_methods.0;
    let tls13 = is_of_tls13(hello);
    if tls13 && methods.len() > 1 {
        let found = "compression in a hello of TLS 1.3, by whose lengths secrets leak (CRIME)";
        rules.form("legacy_compression_methods", "null alone", found, "RFC 8446 4.1.2");
    }
    if !methods.is_empty() && !methods.contains(&CompressionMethod::null) {
        let found = "a list without it";
        rules.form("legacy_compression_methods", "null", found, "RFC 8446 4.1.2");
    }
    // No document forbids a list of suites, groups or versions to name one twice; a reader notices it
    // all the same.
}

/// What is the matter with a second key of one group. A reader remarks it where that key stands, so
/// that it is none of [`breaches`].
pub const SECOND_KEY: Breach = Breach {
    field: "key_share",
    place: Vec::new(),
    fault: Fault::Form { expected: "one key of each group", found: "another one" },
    reference: "RFC 8446 4.2.8",
};

/// Whether the groups of shares were met before, share by share.
pub fn again<'s>(shares: impl Iterator<Item = &'s KeyShareEntry>) -> impl Iterator<Item = bool> {
    let mut groups = BTreeSet::new();
    shares.map(move |share| !groups.insert(share.group.0))
}

/// Whether keys stand in another order than their groups in supported_groups, which may have others
/// between them. A key of a group that it does not have is another fault.
pub fn shares_out_of_order(hello: &ClientHello) -> bool {
    let groups = offered_groups(hello).unwrap_or_default();
    let shared = shared_groups(hello).unwrap_or_default();
    let mut left = groups;
    let groups: BTreeSet<_> = groups.iter().collect();
    let mut offered = shared.iter().filter(|group| groups.contains(group));
    offered.any(|group| match left.iter().position(|one| one == group) {
        Some(place) => {
            // From the group itself on, of which there may be a second key.
            left = left.get(place..).unwrap_or_default();
            false
        }
        None => true,
    })
}

/// Whether signature_algorithms stands in a hello that offers no version which has it.
pub fn signs_too_early(hello: &ClientHello) -> bool {
    let old = |version: ProtocolVersion| version.as_tls().0 < ProtocolVersion::TLS1_2.0;
    let versions = offered_versions(hello).unwrap_or_default();
    old(hello.legacy_version)
        && !is_broken(hello, ExtensionType::supported_versions)
        && versions.iter().all(|version| version.is_grease() || old(*version))
        && hello
            .extensions()
            .iter()
            .any(|extension| extension.extension_type() == ExtensionType::signature_algorithms)
}

/// Whether a hello has an extension of this type that cannot be read: it is there, and what it offers is
/// not known.
pub fn is_broken(hello: &ClientHello, extension_type: ExtensionType) -> bool {
    hello.extensions().iter().any(|extension| extension.is_broken(extension_type))
}

/// Whether TLS 1.3, one of its drafts, or DTLS 1.3 may be offered: it is, or what is offered is not known.
pub fn may_offer_tls13(hello: &ClientHello) -> bool {
    offers_tls13(hello) || is_broken(hello, ExtensionType::supported_versions)
}

/// Whether TLS 1.3, one of its drafts, or DTLS 1.3 is offered.
pub fn offers_tls13(hello: &ClientHello) -> bool {
    offered_versions(hello)
        .is_some_and(|versions| versions.iter().any(|version| version.is_tls13()))
}

/// Whether TLS 1.3 itself is offered, to which its rules apply.
fn is_of_tls13(hello: &ClientHello) -> bool {
    offered_versions(hello).is_some_and(|versions| versions.contains(&ProtocolVersion::TLS1_3))
}

/// What supported_versions offers.
pub fn offered_versions(hello: &ClientHello) -> Option<&[ProtocolVersion]> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => Some(versions.0.as_slice()),
        _ => None,
    })
}

/// The highest version that is offered, where that is known: a draft of TLS 1.3, or what may come behind
/// it, is as high as TLS 1.3.
pub fn highest_version(hello: &ClientHello) -> Option<ProtocolVersion> {
    if is_broken(hello, ExtensionType::supported_versions) {
        return None;
    }
    let offered = offered_versions(hello).unwrap_or_default().iter();
    let known = offered.map(|version| version.as_tls()).filter(|version| version.name().is_some());
    let highest = known.max_by_key(|version| version.0);
    Some(highest.unwrap_or(hello.legacy_version.as_legacy()))
}

/// What supported_groups offers.
pub fn offered_groups(hello: &ClientHello) -> Option<&[NamedGroup]> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SupportedGroups(groups) => Some(groups.0.as_slice()),
        _ => None,
    })
}

/// How the handshake ended that a hello renegotiates; empty where it renegotiates none.
pub fn verify_data(hello: &ClientHello) -> Option<&[u8]> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::RenegotiationInfo(before) => Some(&before.0[..]),
        _ => None,
    })
}

/// The groups of the keys in key_share.
pub fn shared_groups(hello: &ClientHello) -> Option<Vec<NamedGroup>> {
    hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::KeyShare(shares) => {
            Some(shares.0.iter().map(|share| share.group).collect())
        }
        _ => None,
    })
}
