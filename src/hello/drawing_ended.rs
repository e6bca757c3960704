//! What an edit says in so many words is no longer drawn: it stands where the hello is saved, and
//! is sent. An edit that only names what a client draws for, as the group of a key share or
//! `grease`, leaves it to be drawn.

use serde_json::Value as Json;

use super::edit::Edit;
use super::facts::members;
use super::spec::{Fresh, HelloSpec};
use super::vocabulary::{List, Member, is_grease, is_like};
use crate::names::{Code, ExtensionType};
use crate::wire::extension::{ClientExtension, Extension};

impl Edit {
    /// Ends the drawing of what the edit says, in a hello in which it is done.
    pub(super) fn end_drawing(&self, spec: &mut HelloSpec) {
        if matches!(self, Edit::PadTo(_)) {
            // With another length of that part, the message would have another.
            spec.ech_payload_lengths.clear();
        }
        if !spec.fresh.is_empty() {
            let said = self.said(spec);
            spec.fresh.retain(|fresh| !said.contains(fresh));
        }
    }

    /// What it says of all that can be drawn.
    fn said(&self, after: &HelloSpec) -> Vec<Fresh> {
        match self {
            Edit::Add(list, member) if is_reserved(*list, member) => vec![Fresh::Grease],
            Edit::SetList(list, members) => {
                let reserved = members.iter().any(|member| is_reserved(*list, member));
                let grease = reserved.then_some(Fresh::Grease);
                let of_all: &[Fresh] = match list {
                    List::Extensions if members.contains(&PADDING) => &[Fresh::ExtensionOrder],
                    List::Extensions => &[Fresh::ExtensionOrder, Fresh::Padding],
                    _ => &[],
                };
                grease.into_iter().chain(of_all.iter().copied()).collect()
            }
            Edit::SetExtension(extension) | Edit::AddExtension(extension) => {
                of_extension(extension, after).collect()
            }
            // Its rule would put it in again.
            Edit::Remove(List::Extensions, gone) if *gone == PADDING => vec![Fresh::Padding],
            Edit::RemoveLike(List::Extensions, patterns)
                if patterns.iter().any(|one| is_like(List::Extensions, &PADDING, one)) =>
            {
                vec![Fresh::Padding]
            }
            Edit::PadTo(_) => vec![Fresh::Padding],
            Edit::ServerName(_) => vec![Fresh::ServerName],
            Edit::Move(..) => vec![Fresh::ExtensionOrder],
            Edit::Set(path, value) => of_field(path, value, after),
            _ => Vec::new(),
        }
    }
}

const PADDING: Member = Member::Number(ExtensionType::padding.0);

/// Whether it is a value of RFC 8701 that is given as a number.
fn is_reserved(list: List, member: &Member) -> bool {
    matches!(member, Member::Number(number) if is_grease(list, *number))
}

/// Whether a list of a hello has a value of RFC 8701.
fn has_reserved(spec: &HelloSpec, list: List) -> bool {
    members(&spec.hello, list).iter().any(|member| is_reserved(list, member))
}

/// What is said with the body of an extension.
fn of_extension<'s>(
    extension: &ClientExtension,
    after: &'s HelloSpec,
) -> impl Iterator<Item = Fresh> + 's {
    let extension_type = extension.extension_type();
    let own = match extension_type {
        ExtensionType::server_name => Some(Fresh::ServerName),
        ExtensionType::key_share => Some(Fresh::KeyShare),
        ExtensionType::encrypted_client_hello => Some(Fresh::EncryptedClientHello),
        ExtensionType::padding => Some(Fresh::Padding),
        _ => None,
    };
    let mut lists = List::all().filter(move |list| list.extension() == Some(extension_type));
    let reserved = extension_type.is_grease() || lists.any(|list| has_reserved(after, list));
    own.into_iter().chain(reserved.then_some(Fresh::Grease))
}

/// What is said with a field of the spec, or with what is within it.
fn of_field(path: &str, value: &Json, after: &HelloSpec) -> Vec<Fresh> {
    let extensions = after.hello.extensions();
    let of_extensions = || {
        let bodies = extensions.iter().flat_map(|extension| of_extension(extension, after));
        bodies.chain([Fresh::ExtensionOrder, Fresh::Padding])
    };
    let of_suites = || has_reserved(after, List::CipherSuites).then_some(Fresh::Grease);
    let mut steps = path.split('.');
    match (steps.next(), steps.next(), steps.next()) {
        (Some("hello"), None, _) => {
            let fields = [Fresh::Random, Fresh::LegacySessionId].into_iter();
            fields.chain(of_suites()).chain(of_extensions()).collect()
        }
        (Some("hello"), Some("random"), _) => vec![Fresh::Random],
        (Some("hello"), Some("legacy_session_id"), _) => vec![Fresh::LegacySessionId],
        (Some("hello"), Some("cipher_suites"), _) => of_suites().into_iter().collect(),
        (Some("hello"), Some("extensions"), None) => of_extensions().collect(),
        // One that is taken out has left the place to another.
        (Some("hello"), Some("extensions"), Some(at)) if !value.is_null() => {
            let one = at.parse().ok().and_then(|at: usize| extensions.get(at));
            one.into_iter().flat_map(|extension| of_extension(extension, after)).collect()
        }
        _ => Vec::new(),
    }
}
