//! What an edit does to a hello, and what goes with it so that the hello stays legal.

use super::draw::host_name;
use super::edit::{BadEdit, Edit, Place};
use super::facts::Facts;
use super::lists;
use super::spec::HelloSpec;
use super::vocabulary::{self, List, Member};
use crate::names::{Code, ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension, ProtocolName};
use crate::wire::grammar::{self, Opaque};
use crate::wire::text::escape;

impl Edit {
    /// Changes a hello, and nothing else: see [`keep_legal`].
    ///
    /// # Errors
    /// Where the hello has nothing to change so.
    pub fn change(&self, spec: &mut HelloSpec) -> Result<(), BadEdit> {
        let bad = |what: &str| BadEdit(format!("\"{self}\": {what}"));
        match self {
            Edit::Remove(list, member) => {
                if !Facts::of(&spec.flight(), &[]).has(*list, None, member) {
                    return Err(bad("the hello does not have it"));
                }
                remove(spec, *list, member);
            }
            Edit::Add(list, member) => {
                if !add(spec, *list, member) {
                    return Err(bad("the hello has no such list"));
                }
            }
            Edit::SetExtension(extension) => set_extension(spec, extension.clone()),
            Edit::PadTo(length) => {
                if !spec.pad_to(*length) {
                    let has = spec.length();
                    return Err(bad(&format!(
                        "the hello has {has} bytes; a padding extension adds 4 to 65539"
                    )));
                }
            }
            Edit::LegacyVersion(version) => spec.hello.legacy_version = *version,
            Edit::RecordVersion(version) => spec.record_version = *version,
            Edit::SessionId(length) => {
                let mut id = spec.hello.legacy_session_id.0.clone();
                // Bytes that look random, and are the same each time.
                let filler = spec.hello.random.0.0.iter().rev().copied().cycle();
                id.extend(filler.take(length.saturating_sub(id.len())));
                id.truncate(*length);
                spec.hello.legacy_session_id = Opaque::new(id);
            }
            Edit::ServerName(host) => {
                let names = grammar::List::new(vec![host_name(host)]);
                set_extension(spec, ClientExtension::ServerName(names));
            }
            Edit::Move(extension_type, place) => {
                let extensions = spec.extensions_mut();
                let at = extensions.iter().position(|e| e.extension_type() == *extension_type);
                let at = at.ok_or_else(|| bad("the hello does not have it"))?;
                let extension = extensions.remove(at);
                match place {
                    Place::First => extensions.insert(0, extension),
                    Place::Last => extensions.push(extension),
                }
            }
        }
        Ok(())
    }
}

/// Takes a member out of a list.
fn remove(spec: &mut HelloSpec, list: List, member: &Member) {
    match list {
        List::Extensions => spec
            .extensions_mut()
            .retain(|extension| !is_member(list, member, extension.extension_type().0)),
        List::Alpn => {
            for extension in spec.extensions_mut() {
                if let ClientExtension::Alpn(names) = extension {
                    names.0.retain(|name| *member != Member::Text(escape(&name.0.0)));
                }
            }
        }
        list => {
            if let Some(numbers) = lists::numbers_mut(&mut spec.hello, list) {
                numbers.keep(&|number| !is_member(list, member, number));
            }
        }
    }
}

/// Adds a member at the end of a list; false where the hello has no such list, or a name is not
/// all that it takes.
fn add(spec: &mut HelloSpec, list: List, member: &Member) -> bool {
    let number = match member {
        Member::Number(number) => *number,
        Member::Grease if list == List::PskModes => 0x0b,
        Member::Grease | Member::Unknown => 0x0a0a,
        Member::Text(text) => return add_protocol(spec, text),
    };
    lists::numbers_mut(&mut spec.hello, list).is_some_and(|numbers| numbers.add(number))
}

fn add_protocol(spec: &mut HelloSpec, name: &str) -> bool {
    spec.extensions_mut().iter_mut().any(|extension| match extension {
        ClientExtension::Alpn(names) => {
            names.0.push(ProtocolName(grammar::Text::new(name.as_bytes().to_vec())));
            true
        }
        _ => false,
    })
}

fn is_member(list: List, member: &Member, number: u16) -> bool {
    match member {
        Member::Number(wanted) => *wanted == number,
        Member::Grease => vocabulary::is_grease(list, number),
        Member::Unknown => {
            let extension = ExtensionType(number);
            extension.name().is_none() && !extension.is_grease()
        }
        Member::Text(_) => false,
    }
}

/// The place behind all extensions, but before a pre_shared_key, which belongs last.
pub(super) fn behind_all(extensions: &[ClientExtension]) -> usize {
    match extensions.last() {
        Some(ClientExtension::PreSharedKey(_)) => extensions.len() - 1,
        _ => extensions.len(),
    }
}

fn set_extension(spec: &mut HelloSpec, extension: ClientExtension) {
    let extensions = spec.extensions_mut();
    let extension_type = extension.extension_type();
    match extensions.iter_mut().find(|e| e.extension_type() == extension_type) {
        Some(place) => *place = extension,
        None => extensions.insert(behind_all(extensions), extension),
    }
}

/// Takes out what an edit left without its ground: shares of groups that are not offered, TLS 1.3
/// without what RFC 8446 section 9.2 asks of it, lists without members.
pub fn keep_legal(spec: &mut HelloSpec) {
    let version = spec.hello.legacy_version;
    let Some(block) = &mut spec.hello.extensions else { return };
    let extensions = &mut block.0;
    let groups = extensions.iter().find_map(|extension| match extension {
        ClientExtension::SupportedGroups(groups) => Some(groups.0.clone()),
        _ => None,
    });
    for extension in extensions.iter_mut() {
        if let (ClientExtension::KeyShare(shares), Some(groups)) = (extension, &groups) {
            shares.0.retain(|share| groups.contains(&share.group));
        }
    }
    extensions.retain(|extension| !is_empty_list(extension));
    let has = |extensions: &[ClientExtension], wanted: ExtensionType| {
        extensions.iter().any(|extension| extension.extension_type() == wanted)
    };
    let tls13 = extensions.iter().any(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => {
            versions.0.contains(&ProtocolVersion::TLS1_3)
        }
        _ => false,
    });
    let needs = [
        ExtensionType::supported_groups,
        ExtensionType::key_share,
        ExtensionType::signature_algorithms,
    ];
    let lacks = needs.iter().any(|needed| !has(extensions, *needed));
    if tls13 && lacks || version.0 < ProtocolVersion::TLS1_2.0 {
        extensions.retain(|extension| {
            !matches!(
                extension.extension_type(),
                ExtensionType::supported_versions
                    | ExtensionType::key_share
                    | ExtensionType::pre_shared_key
                    | ExtensionType::psk_key_exchange_modes
                    | ExtensionType::early_data
                    | ExtensionType::cookie
            )
        });
    }
    if !has(extensions, ExtensionType::psk_key_exchange_modes) {
        extensions.retain(|e| e.extension_type() != ExtensionType::pre_shared_key);
    }
    if extensions.is_empty() {
        spec.hello.extensions = None;
    }
}

fn is_empty_list(extension: &ClientExtension) -> bool {
    match extension {
        ClientExtension::ServerName(list) => list.0.is_empty(),
        ClientExtension::SupportedGroups(list) => list.0.is_empty(),
        ClientExtension::EcPointFormats(list) => list.0.is_empty(),
        ClientExtension::SignatureAlgorithms(list) => list.0.is_empty(),
        ClientExtension::Alpn(list) => list.0.is_empty(),
        ClientExtension::SupportedVersions(list) => list.0.is_empty(),
        ClientExtension::PskKeyExchangeModes(list) => list.0.is_empty(),
        ClientExtension::CompressCertificate(list) => list.0.is_empty(),
        _ => false,
    }
}
