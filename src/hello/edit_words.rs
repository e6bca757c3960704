//! How an edit is written: as the word from which [`edit_form`](super::edit_form) reads it.

use std::fmt;

use super::edit::{Edit, Place};
use super::vocabulary::{List, Member};
use crate::names::{Code, ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::text::{escape, hex};

/// As it is written.
impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |version: ProtocolVersion| match version.name() {
            Some(name) => name.trim_start_matches("TLS ").replace(' ', ""),
            None => format!("0x{:04x}", version.0),
        };
        match self {
            Edit::Remove(list, member) => {
                write!(f, "-{}.{}", list.name(), member_word(*list, member))
            }
            Edit::Add(list, member) => {
                write!(f, "+{}.{}", list.name(), member_word(*list, member))
            }
            Edit::SetExtension(ClientExtension::ServerName(names)) => {
                let host = names.0.first().map_or(&[][..], |name| &name.host_name.0);
                write!(f, "server_name={}", escape(host))
            }
            Edit::SetExtension(extension) => {
                let member = Member::Number(extension.extension_type().0);
                let name = member_word(List::Extensions, &member);
                write!(f, "+extensions.{name}={}", hex(&extension.data()))
            }
            Edit::AddExtension(extension) => {
                let member = Member::Number(extension.extension_type().0);
                let name = member_word(List::Extensions, &member);
                write!(f, "extensions+={name}={}", hex(&extension.data()))
            }
            Edit::PadTo(length) => write!(f, "pad_to={length}"),
            Edit::LegacyVersion(to) => write!(f, "legacy_version={}", version(*to)),
            Edit::RecordVersion(to) => write!(f, "record_version={}", version(*to)),
            Edit::SessionId(length) => write!(f, "session_id={length}"),
            Edit::ServerName(host) => write!(f, "server_name={host}"),
            Edit::RemoveLike(list, patterns) => {
                write!(f, "{}-={}", list.name(), patterns.join(","))
            }
            Edit::SetList(list, members) => {
                let members: Vec<_> = members.iter().map(|m| member_word(*list, m)).collect();
                write!(f, "{}={}", list.name(), members.join(","))
            }
            Edit::Records(sizes) => cut(f, "split_records", sizes),
            Edit::Segments(sizes) => cut(f, "segments", sizes),
            Edit::Delay(Some(pause)) => write!(f, "delay={pause}ms"),
            Edit::Delay(None) => f.write_str("-delay"),
            Edit::Framing(framing) => f.write_str(framing.word()),
            Edit::Set(path, value) if path == "flight" && value.is_null() => f.write_str("-flight"),
            Edit::Set(path, value) => write!(f, "{path}:={value}"),
            Edit::Move(extension_type, place) => {
                let member = Member::Number(extension_type.0);
                write!(f, "move {} ", member_word(List::Extensions, &member))?;
                let other =
                    |other: &ExtensionType| member_word(List::Extensions, &Member::Number(other.0));
                match place {
                    Place::First => f.write_str("first"),
                    Place::Last => f.write_str("last"),
                    Place::Before(one) => write!(f, "before {}", other(one)),
                    Place::After(one) => write!(f, "after {}", other(one)),
                }
            }
        }
    }
}

fn cut(f: &mut fmt::Formatter<'_>, word: &str, sizes: &[usize]) -> fmt::Result {
    let sizes: Vec<_> = sizes.iter().map(usize::to_string).collect();
    match sizes.as_slice() {
        [] => write!(f, "-{word}"),
        sizes => write!(f, "{word}={}", sizes.join(",")),
    }
}

/// A member as it is written in an edit.
pub(super) fn member_word(list: List, member: &Member) -> String {
    if let Some(kind) = member.kind() {
        return kind.to_owned();
    }
    match member {
        Member::Number(number) if list == List::Extensions => {
            let extension = ExtensionType(*number);
            extension.name().map_or(format!("0x{number:04x}"), str::to_owned)
        }
        member => list.member_words(member),
    }
}
