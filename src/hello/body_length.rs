//! An extension at another length: of each kind whose body can have one, what it says stays as far
//! as there is room, and what is missing is made up of what a peer passes over.
//!
//! Names of hosts grow by labels (RFC 1034 section 3.1), protocols by one that nobody speaks
//! (RFC 7301), key shares by one of a group that RFC 8701 reserves, sealed hellos (RFC 9849) and the
//! names of keys (RFC 8446 section 4.2.11) by bytes.

use super::draw::host_name;
use super::lists;
use super::spec::HelloSpec;
use super::vocabulary::{GREASE, List as Numbers};
use crate::names::{Code, ExtensionType, NamedGroup};
use crate::wire::extension::{
    ClientExtension, EchClientHello, Extension, KeyShareEntry, Padding, ProtocolName,
};
use crate::wire::grammar::{List, Octets, Opaque, Rest};

/// The longest label, RFC 1034 section 3.1, and the longest name of a host.
const LABEL: usize = 63;
const NAME: usize = 253;

/// Brings the body of an extension to a length in bytes. Whether that could be done: the hello has
/// it, and its body can be as long.
pub fn set_body_length(spec: &mut HelloSpec, extension_type: ExtensionType, length: usize) -> bool {
    let filler = spec.hello.random.0.0;
    let extensions = spec.hello.extensions();
    let own = extensions.iter().find(|one| one.extension_type() == extension_type);
    if own.is_some_and(|own| own.data().len() == length) {
        return true;
    }
    let Some(body) = own.and_then(|own| at_length(own, length, &filler)) else { return false };
    let made_up = match &body {
        ClientExtension::KeyShare(shares) => {
            shares.0.iter().map(|s| s.group).find(|group| group.is_grease())
        }
        _ => None,
    };
    let extensions = spec.extensions_mut();
    if let Some(own) = extensions.iter_mut().find(|one| one.extension_type() == extension_type) {
        *own = body;
    }
    // RFC 8446 section 4.2.8: shares are of groups that are offered.
    if let Some(group) = made_up {
        let groups = lists::numbers_mut(&mut spec.hello, Numbers::SupportedGroups);
        if let Some(groups) = groups.filter(|groups| !groups.numbers().contains(&group.0)) {
            groups.add(group.0);
        }
    }
    let has = |one: &ClientExtension| {
        one.extension_type() == extension_type && one.data().len() == length
    };
    spec.hello.extensions().iter().any(has)
}

/// The extension with a body of so many bytes; none where it has no such body.
fn at_length(extension: &ClientExtension, length: usize, filler: &[u8]) -> Option<ClientExtension> {
    Some(match extension {
        ClientExtension::ServerName(names) => {
            let own = names.0.first()?.host_name.0.to_vec();
            let host = host_of_length(&String::from_utf8(own).ok()?, length.checked_sub(5)?)?;
            ClientExtension::ServerName(List::new(vec![host_name(&host)]))
        }
        ClientExtension::Alpn(names) => ClientExtension::Alpn(protocols(&names.0, length)?),
        ClientExtension::ApplicationSettings(names) => {
            ClientExtension::ApplicationSettings(protocols(&names.0, length)?)
        }
        ClientExtension::ApplicationSettingsOld(names) => {
            ClientExtension::ApplicationSettingsOld(protocols(&names.0, length)?)
        }
        ClientExtension::KeyShare(own) => {
            let is_real = |share: &&KeyShareEntry| !share.group.is_grease();
            let real: Vec<KeyShareEntry> = own.0.iter().filter(is_real).cloned().collect();
            let group = own.0.iter().map(|share| share.group).find(|group| group.is_grease());
            let size = |share: &KeyShareEntry| 4 + share.key_exchange.0.len();
            let (mut kept, left) = fitting(&real, size, length.checked_sub(2)?, 5)?;
            if left > 0 {
                let key_exchange = Opaque::new(filled(&[], left - 4, filler));
                // Shares stand as their groups do, of which a new one comes last.
                let place = if group.is_some() { 0 } else { kept.len() };
                let group = group.unwrap_or(NamedGroup(GREASE));
                kept.insert(place, KeyShareEntry { group, key_exchange });
            }
            ClientExtension::KeyShare(List::new(kept))
        }
        // In a first hello no other is legal, RFC 5746 section 3.6.
        ClientExtension::RenegotiationInfo(_) if length == 1 => {
            ClientExtension::RenegotiationInfo(Opaque::new(Vec::new()))
        }
        ClientExtension::PreSharedKey(psks) => {
            let mut psks = psks.clone();
            let identity = &mut psks.0.identities.0.first_mut()?.identity.0;
            *identity = resized(extension, length, identity, filler)?;
            ClientExtension::PreSharedKey(psks)
        }
        ClientExtension::EncryptedClientHello(hello) => {
            let mut hello = hello.clone();
            let EchClientHello::Outer(outer) = &mut *hello.0 else { return None };
            outer.payload.0 = resized(extension, length, &outer.payload.0, filler)?;
            ClientExtension::EncryptedClientHello(hello)
        }
        ClientExtension::Padding(_) => {
            ClientExtension::Padding(Padding(u16::try_from(length).ok()?))
        }
        ClientExtension::SessionTicket(own) => {
            ClientExtension::SessionTicket(Rest(filled(&own.0, length, filler).into()))
        }
        ClientExtension::Raw(extension_type, data) => {
            ClientExtension::Raw(*extension_type, filled(data, length, filler).into())
        }
        _ => return None,
    })
}

/// Bytes within an extension's body, so many that the body has the length; not none.
fn resized<const FEW: usize>(
    extension: &ClientExtension,
    length: usize,
    own: &Octets<FEW>,
    filler: &[u8],
) -> Option<Octets<FEW>> {
    let rest = extension.data().len() - own.len();
    let wanted = length.checked_sub(rest).filter(|wanted| *wanted > 0)?;
    Some(filled(own, wanted, filler).into())
}

/// The first of these bytes, and behind them what is missing.
fn filled(own: &[u8], length: usize, filler: &[u8]) -> Vec<u8> {
    own.iter().chain(filler.iter().rev().cycle()).take(length).copied().collect()
}

/// A list of protocols of so many bytes with its length; those that are left out leave their room
/// to one that nobody speaks.
fn protocols<P>(own: &[ProtocolName], length: usize) -> Option<List<P, ProtocolName>> {
    /// The longest name.
    const MOST: usize = 255;
    let size = |name: &ProtocolName| 1 + name.0.0.len();
    let (mut kept, mut left) = fitting(own, size, length.checked_sub(2)?, 2)?;
    while left > 0 {
        // What is left behind it is no name without a letter.
        let most = if left == MOST + 2 { MOST - 1 } else { MOST };
        let letters = (left - 1).min(most);
        kept.push(ProtocolName::new(&"x".repeat(letters)));
        left -= 1 + letters;
    }
    (!kept.is_empty()).then(|| List::new(kept))
}

/// The members for which there is room, in their order, and how much room is left: nothing, or
/// enough for another.
fn fitting<T: Clone>(
    own: &[T],
    size: impl Fn(&T) -> usize,
    room: usize,
    least: usize,
) -> Option<(Vec<T>, usize)> {
    let mut left = room;
    let mut kept: Vec<&T> = Vec::new();
    for member in own {
        if size(member) <= left {
            left -= size(member);
            kept.push(member);
        }
    }
    while (1..least).contains(&left) {
        left += size(kept.pop()?);
    }
    Some((kept.into_iter().cloned().collect(), left))
}

/// A name of a host of so many letters: the end of this one, or this one behind more labels.
fn host_of_length(own: &str, length: usize) -> Option<String> {
    if !own.is_ascii() || length == 0 || length > NAME {
        return None;
    }
    let Some(mut more) = length.checked_sub(own.len()) else {
        let mut end = own.get(own.len() - length..)?.to_owned();
        // No label begins with these, nor is one empty.
        if end.starts_with(['.', '-']) {
            end.replace_range(..1, "x");
        }
        return Some(end);
    };
    let mut host = own.to_owned();
    while more > 0 {
        // A label and its dot; alone, a letter belongs to the first label that is there.
        let letters = match more {
            1 => {
                let first = host.split('.').next().map_or(0, str::len);
                if first >= LABEL {
                    return None;
                }
                host.insert(0, 'x');
                break;
            }
            more if more == LABEL + 2 => LABEL - 1,
            more => (more - 1).min(LABEL),
        };
        host = format!("{}.{host}", "x".repeat(letters));
        more -= letters + 1;
    }
    Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::Facts;
    use crate::hello::legal::keep_legal;
    use crate::hello::preset::Preset;
    use crate::hello::vocabulary::Quantity;

    #[test]
    fn a_body_is_as_long_as_is_asked_for_and_the_hello_stays_legal() {
        for (id, extension_type) in [
            ("curl-7.88.1", ExtensionType::server_name),
            ("curl-7.88.1", ExtensionType::application_layer_protocol_negotiation),
            ("openssl-3.5.8", ExtensionType::key_share),
            ("chromium-156", ExtensionType::key_share),
            ("chromium-156", ExtensionType::encrypted_client_hello),
        ] {
            let subject = &Preset::find(id).unwrap().spec;
            let mut done = 0;
            for length in 0..1500 {
                let mut spec = subject.clone();
                if set_body_length(&mut spec, extension_type, length) {
                    done += 1;
                    assert!(keep_legal(&mut spec).is_empty(), "{id}: {extension_type} of {length}");
                    let again = Facts::of(&spec.flight(), &[]);
                    let own = again.quantity(Quantity::ExtensionLength(extension_type));
                    assert_eq!(own, u64::try_from(length).ok(), "{id}: {extension_type}");
                }
            }
            // All but those too short for one member, and of names those that are no host's.
            let least = if extension_type == ExtensionType::server_name { 250 } else { 1200 };
            assert!(done >= least, "{id}: {done} lengths of {extension_type}");
        }
    }

    #[test]
    fn what_has_one_length_alone_has_no_other() {
        let subject = &Preset::find("openssl-1.0.1e").unwrap().spec;
        let mut spec = subject.clone();
        assert!(!set_body_length(&mut spec, ExtensionType::heartbeat, 2));
        assert!(!set_body_length(&mut spec, ExtensionType::padding, 2));
        assert_eq!(spec, *subject);
    }

    #[test]
    fn names_of_hosts_are_names_of_hosts() {
        assert_eq!(host_of_length("www.example", 7).as_deref(), Some("example"));
        assert_eq!(host_of_length("www.example", 8).as_deref(), Some("xexample"));
        assert_eq!(host_of_length("www.example", 12).as_deref(), Some("xwww.example"));
        assert_eq!(host_of_length("www.example", 15).as_deref(), Some("xxx.www.example"));
        let longest = host_of_length("www.example", NAME).unwrap();
        assert!(
            longest.len() == NAME && longest.split('.').all(|l| (1..=LABEL).contains(&l.len()))
        );
        assert_eq!(host_of_length("www.example", NAME + 1), None);
    }
}
