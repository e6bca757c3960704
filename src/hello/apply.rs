//! What an edit does to a hello.

use std::cell::RefCell;
use std::collections::HashSet;

use serde_json::Value as Json;

use super::draw::{Draw, host_name};
use super::edit::{BadEdit, Edit, Place};
use super::facts::{self, Facts};
use super::framing::{
    Framing, NO_EXTENSIONS, drop_superseded, drop_surplus_versions, reframe, unsent,
};
use super::lists;
use super::spec::HelloSpec;
use super::taken::{Taken, What};
use super::vocabulary::{self, List, Member};
use crate::names::{Code, ExtensionType, NamedGroup};
use crate::wire::extension::{ClientExtension, Extension, KeyShareEntry, ProtocolName};
use crate::wire::grammar::{self, Opaque};
use crate::wire::text::{escape, hex};

impl Edit {
    /// Changes a hello, and nothing else; one that it cannot change stays as it is. See also [`keep_legal`](super::legal::keep_legal).
    ///
    /// # Errors
    /// Where the hello has nothing to change so.
    pub fn change(&self, spec: &mut HelloSpec) -> Result<(), BadEdit> {
        self.try_change(spec).map_err(|what| BadEdit(format!("\"{self}\": {what}")))
    }

    /// The same. What is wrong does not say with which edit.
    pub(super) fn try_change(&self, spec: &mut HelloSpec) -> Result<(), String> {
        // Who asks for the frame that it has contradicts nothing, whatever it is said in.
        if matches!(self, Edit::Framing(framing) if *framing == spec.framing) {
            return Ok(());
        }
        if spec.flight.is_some() && !self.is_of_a_flight() {
            let what = "every byte is given in `flight`: only `segments` and `delay` can be \
                        changed, or `flight:=HEX`; `-flight` first takes the hello alone";
            return Err(what.to_owned());
        }
        if spec.raw.is_some() && self.is_about_the_message() {
            let what = "the message is raw: only how it is sent can be changed, or `raw:=HEX`";
            return Err(what.to_owned());
        }
        let before = spec.clone();
        let done = self.done(spec).and_then(|()| self.is_sent(&before, spec));
        done.inspect_err(|_| *spec = before)
    }

    /// Whether what was changed goes on the wire in the hello's frame, so that a spec file could
    /// say it.
    fn is_sent(&self, before: &HelloSpec, after: &HelloSpec) -> Result<(), String> {
        if !after.says_something() {
            return Err("nothing would be left to send".to_owned());
        }
        match unsent(after) {
            Some(field) if unsent(before) != Some(field) => {
                return Err(format!("{}: {}", field.0, field.1));
            }
            _ => {}
        }
        let kinds = after.framing == Framing::Sslv2 && !after.sslv2.cipher_specs.is_empty();
        match kinds && before.hello.cipher_suites != after.hello.cipher_suites {
            true => {
                Err("what this hello of SSL 2.0 offers stands in sslv2.cipher_specs".to_owned())
            }
            false => Ok(()),
        }
    }

    /// Whether a hello has what the edit asks for.
    pub(super) fn is_obeyed(&self, spec: &HelloSpec) -> bool {
        match self {
            Edit::Add(list, member) => has(spec, *list, member),
            // Shares are asked for in an order.
            Edit::SetList(List::KeyShare, members) => {
                let has = facts::members(&spec.hello, List::KeyShare);
                let same = |(wanted, one)| Member::is(wanted, List::KeyShare, one);
                has.len() == members.len() && members.iter().zip(&has).all(same)
            }
            Edit::SetList(list, members) => members.iter().all(|member| has(spec, *list, member)),
            Edit::SetExtension(extension) => {
                let extension_type = extension.extension_type();
                let extensions = spec.hello.extensions();
                let kept = |one: &ClientExtension| match (extension, one) {
                    (ClientExtension::KeyShare(asked), ClientExtension::KeyShare(shares)) => {
                        asked.0.iter().all(|share| shares.0.contains(share))
                    }
                    _ => one.extension_type() == extension_type,
                };
                extensions.iter().any(kept)
            }
            Edit::AddExtension(extension) => spec.hello.extensions().contains(extension),
            Edit::Move(extension_type, place) => {
                let extensions = spec.hello.extensions();
                let is_it = |one: &ClientExtension| one.extension_type() == *extension_type;
                match place {
                    Place::First => extensions.first().is_some_and(is_it),
                    // Before a pre_shared_key is as far back as it goes.
                    Place::Last => {
                        let before = extensions.get(..behind_all(extensions)).unwrap_or_default();
                        extensions.last().is_some_and(is_it) || before.last().is_some_and(is_it)
                    }
                    Place::Before(other) => are_neighbours(extensions, *extension_type, *other),
                    Place::After(other) => are_neighbours(extensions, *other, *extension_type),
                }
            }
            _ => true,
        }
    }

    /// Whether it asks for what was taken.
    pub(super) fn asks_for(&self, taken: &Taken) -> bool {
        let (from, gone) = match &taken.what {
            What::Member(from, gone) => (from, gone),
            What::Order(from) => {
                return matches!(self, Edit::SetList(list, _) if list == from);
            }
            What::Field(_) => return false,
        };
        match self {
            Edit::Add(list, member) => {
                (list, member) == (from, gone)
                    || *from == List::Extensions && extension_of(*list).as_ref() == Some(gone)
            }
            Edit::SetList(list, members) => {
                list == from && members.contains(gone)
                    || *from == List::Extensions && extension_of(*list).as_ref() == Some(gone)
            }
            Edit::SetExtension(extension) | Edit::AddExtension(extension) => {
                let own = Member::Number(extension.extension_type().0);
                (List::Extensions, &own) == (*from, gone) || extension_of(*from) == Some(own)
            }
            _ => false,
        }
    }

    /// Whether it does anything in a hello.
    pub fn changes(&self, spec: &HelloSpec) -> bool {
        let mut after = spec.clone();
        self.change(&mut after).is_err() || after != *spec
    }

    fn is_about_the_message(&self) -> bool {
        match self {
            Edit::RecordVersion(_) | Edit::Records(_) | Edit::Segments(_) | Edit::Delay(_) => false,
            Edit::Set(path, _) => path.starts_with("hello."),
            _ => true,
        }
    }

    /// Whether it can change a hello of which every byte is given, or puts another in its place.
    fn is_of_a_flight(&self) -> bool {
        const FIELDS: [&str; 6] = ["flight", "raw", "hello", "framing", "segments", "delay_ms"];
        match self {
            Edit::Segments(_) | Edit::Delay(_) => true,
            Edit::Set(path, _) => {
                let of_flight =
                    path.strip_prefix("flight").is_some_and(|rest| rest.starts_with('.'));
                of_flight || FIELDS.contains(&path.as_str())
            }
            _ => false,
        }
    }

    /// Changes a hello and leaves open whether what comes of it can be sent: for those who make
    /// many and send few.
    pub(crate) fn done(&self, spec: &mut HelloSpec) -> Result<(), String> {
        match self {
            Edit::Remove(list, member) => {
                if !has(spec, *list, member) {
                    return Err("the hello does not have it".to_owned());
                }
                remove_member(spec, *list, member);
            }
            Edit::RemoveLike(list, patterns) => {
                let like = |member: &Member| {
                    patterns.iter().any(|pattern| vocabulary::is_like(*list, member, pattern))
                };
                if !facts::members(&spec.hello, *list).iter().any(like) {
                    return Err("the hello has nothing like it".to_owned());
                }
                remove(spec, *list, like);
            }
            Edit::Add(list, member) => add(spec, *list, member)?,
            Edit::SetList(List::Extensions, members) => order(spec, members)?,
            Edit::SetList(list, members) => {
                let shares = shares(spec);
                remove(spec, *list, |_| true);
                members.iter().try_for_each(|member| add(spec, *list, member))?;
                keep_keys(spec, &shares);
            }
            Edit::SetExtension(extension) => set_extension(spec, extension.clone()),
            Edit::AddExtension(extension) => {
                let extensions = spec.extensions_mut();
                extensions.insert(behind_all(extensions), extension.clone());
            }
            Edit::PadTo(_) if spec.framing == Framing::Sslv2 => {
                return Err(format!("extensions: {NO_EXTENSIONS}"));
            }
            Edit::PadTo(length) => {
                spec.pad_to(*length).map_err(|lengths| lengths.to_string())?;
            }
            Edit::LegacyVersion(version) => spec.hello.legacy_version = *version,
            Edit::RecordVersion(version) => {
                spec.record_version = *version;
                spec.record_versions.clear();
            }
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
                let at = at.ok_or("the hello does not have it")?;
                let extension = extensions.remove(at);
                let other = |extensions: &[ClientExtension], wanted: ExtensionType| {
                    let at = extensions.iter().position(|one| one.extension_type() == wanted);
                    at.ok_or_else(|| {
                        let name = List::Extensions.member_words(&Member::Number(wanted.0));
                        format!("the hello has no other {name} beside which it could stand")
                    })
                };
                let to = match place {
                    Place::First => 0,
                    Place::Last => extensions.len(),
                    Place::Before(wanted) => other(extensions, *wanted)?,
                    Place::After(wanted) => other(extensions, *wanted)? + 1,
                };
                extensions.insert(to, extension);
            }
            Edit::Records(sizes) => spec.records.clone_from(sizes),
            Edit::Segments(sizes) => spec.segments.clone_from(sizes),
            Edit::Delay(pause) => spec.delay_ms = *pause,
            Edit::Framing(framing) => reframe(spec, *framing),
            Edit::Set(path, value) => *spec = set(spec, path, value)?,
        }
        if !matches!(self, Edit::Set(..)) {
            drop_surplus_versions(spec);
        }
        self.end_drawing(spec);
        Ok(())
    }
}

/// The spec with the field at `path` set to a value as it stands in a spec file.
fn set(spec: &HelloSpec, path: &str, value: &Json) -> Result<HelloSpec, String> {
    if let (Some(flight), "flight", Json::Null) = (&spec.flight, path, value) {
        let alone = flight.alone(spec.framing).map_err(|why| why.to_string())?;
        // Cuts behind its end are none of its.
        let (mut left, delay_ms) = (alone.flight().len(), spec.delay_ms);
        let within = spec.segments.iter().take_while(|&&size| {
            let goes_on = size < left;
            left = left.saturating_sub(size);
            goes_on
        });
        let segments = within.copied().collect();
        return Ok(HelloSpec { segments, delay_ms, ..alone });
    }
    let mut whole = serde_json::to_value(spec).map_err(|error| error.to_string())?;
    let (outer, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut place = &mut whole;
    for step in outer.split('.').filter(|step| !step.is_empty()) {
        let inner = match place {
            Json::Array(items) => step.parse().ok().and_then(|index: usize| items.get_mut(index)),
            // What is not written, since it is as it is by itself, can be set all the same.
            Json::Object(fields) => {
                Some(fields.entry(step).or_insert_with(|| Json::Object(Default::default())))
            }
            _ => None,
        };
        place = inner.ok_or_else(|| format!("there is no {step} in the spec"))?;
    }
    match (place, value) {
        (Json::Object(fields), Json::Null) => {
            fields.shift_remove(name);
        }
        (Json::Object(fields), value) => {
            fields.insert(name.to_owned(), value.clone());
        }
        (Json::Array(items), value) => {
            let index: Option<usize> = name.parse().ok();
            let item = index.and_then(|index| Some((index, items.get_mut(index)?)));
            match (item, value) {
                (Some((index, _)), Json::Null) => {
                    items.remove(index);
                }
                (Some((_, item)), value) => *item = value.clone(),
                (None, _) => return Err(format!("there is no {name} in the list")),
            }
        }
        _ => return Err(format!("there is no {name} in the spec")),
    }
    if !value.is_null() {
        // Of what can be sent in place of each other, what is said last is sent.
        let others: &[&str] = match path {
            "flight" => &["raw"],
            "raw" => &["flight"],
            "hello" => &["raw", "flight"],
            _ => &[],
        };
        if let Json::Object(fields) = &mut whole {
            others.iter().for_each(|other| drop(fields.shift_remove(*other)));
        }
    }
    let read = serde_json::from_value(whole);
    let mut set: HelloSpec = read.map_err(|error| super::spec_file::meant(&error.to_string()))?;
    if matches!(path, "flight" | "raw") {
        drop_superseded(&mut set);
    }
    Ok(set)
}

/// The extension that a list is the body of, as a member of the list of extensions.
fn extension_of(list: List) -> Option<Member> {
    list.extension().map(|extension_type| Member::Number(extension_type.0))
}

fn has(spec: &HelloSpec, list: List, wanted: &Member) -> bool {
    match wanted {
        Member::Duplicate | Member::NotOffered => Facts::said(&spec.hello).has(list, None, wanted),
        wanted => facts::members(&spec.hello, list).iter().any(|own| wanted.is(list, own)),
    }
}

/// Takes a member out of a list, or all of a kind; of what stands twice the first stays.
fn remove_member(spec: &mut HelloSpec, list: List, member: &Member) {
    match member {
        Member::Duplicate => {
            let seen = RefCell::new(HashSet::new());
            remove(spec, list, |own| !seen.borrow_mut().insert(own.clone()));
        }
        Member::NotOffered => {
            let groups = facts::members(&spec.hello, List::SupportedGroups);
            remove(spec, list, |own| !groups.contains(own));
        }
        member => remove(spec, list, |own| member.is(list, own)),
    }
}

/// Takes the members out of a list that are to go.
pub(super) fn remove(spec: &mut HelloSpec, list: List, goes: impl Fn(&Member) -> bool) {
    match list {
        List::Extensions => {
            if let Some(block) = &mut spec.hello.extensions {
                block.0.retain(|e| !goes(&Member::Number(e.extension_type().0)));
            }
        }
        List::Alpn => {
            for extension in spec.hello.extensions.iter_mut().flat_map(|block| &mut block.0) {
                if let ClientExtension::Alpn(names) = extension {
                    names.0.retain(|name| !goes(&Member::Text(escape(&name.0.0))));
                }
            }
        }
        list => {
            if let Some(numbers) = lists::numbers_mut(&mut spec.hello, list) {
                numbers.keep(&|number| !goes(&Member::Number(number)));
            }
        }
    }
}

/// Adds a member at the end of a list, which comes into being where the hello has none.
fn add(spec: &mut HelloSpec, list: List, member: &Member) -> Result<(), String> {
    let number = match member {
        Member::Number(number) => *number,
        Member::Grease if list == List::PskModes => 0x0b,
        Member::Grease | Member::Unknown => 0x0a0a,
        Member::Duplicate | Member::NotOffered => return Err("which one?".to_owned()),
        Member::Text(text) => {
            add_protocol(spec, text);
            return Ok(());
        }
    };
    if list == List::KeyShare {
        return add_share(spec, NamedGroup(number));
    }
    if lists::numbers(&spec.hello, list).is_none() {
        let empty = lists::empty(list).ok_or("the hello has no such list")?;
        set_extension(spec, empty);
    }
    let added = lists::numbers_mut(&mut spec.hello, list).map(|numbers| numbers.add(number));
    match added {
        Some(true) => Ok(()),
        _ => Err("a number is not all that it takes".to_owned()),
    }
}

fn add_protocol(spec: &mut HelloSpec, name: &str) {
    let name = ProtocolName::new(name);
    for extension in spec.extensions_mut() {
        if let ClientExtension::Alpn(names) = extension {
            names.0.push(name);
            return;
        }
    }
    set_extension(spec, ClientExtension::Alpn(grammar::List::new(vec![name])));
}

/// Adds a share: a key that looks random and is the same for the same hello.
fn add_share(spec: &mut HelloSpec, group: NamedGroup) -> Result<(), String> {
    let mut draw = Draw::seeded(&format!("{} {}", hex(&spec.hello.random.0.0), group.0));
    let key = match group.is_grease() {
        true => vec![0],
        false => draw.public_key(group).ok_or("no key of that group can be made here")?,
    };
    let share = KeyShareEntry { group, key_exchange: Opaque::new(key) };
    for extension in spec.extensions_mut() {
        if let ClientExtension::KeyShare(shares) = extension {
            shares.0.push(share);
            return Ok(());
        }
    }
    set_extension(spec, ClientExtension::KeyShare(grammar::List::new(vec![share])));
    Ok(())
}

fn shares(spec: &HelloSpec) -> Vec<KeyShareEntry> {
    let extensions = spec.hello.extensions().iter();
    let shares = extensions.filter_map(|extension| match extension {
        ClientExtension::KeyShare(shares) => Some(shares.0.iter().cloned()),
        _ => None,
    });
    shares.flatten().collect()
}

/// Gives the shares the keys that they had before.
fn keep_keys(spec: &mut HelloSpec, before: &[KeyShareEntry]) {
    for extension in spec.hello.extensions.iter_mut().flat_map(|block| &mut block.0) {
        let ClientExtension::KeyShare(shares) = extension else { continue };
        for share in &mut shares.0 {
            if let Some(old) = before.iter().find(|old| old.group == share.group) {
                share.key_exchange = old.key_exchange.clone();
            }
        }
    }
}

/// Puts the extensions in this order, without those that are not named.
fn order(spec: &mut HelloSpec, members: &[Member]) -> Result<(), String> {
    let mut left = std::mem::take(spec.extensions_mut());
    let mut ordered = Vec::with_capacity(left.len());
    for wanted in members {
        let is_it = |e: &ClientExtension| {
            wanted.is(List::Extensions, &Member::Number(e.extension_type().0))
        };
        match left.iter().position(is_it) {
            Some(at) => ordered.push(left.remove(at)),
            None => {
                let name = List::Extensions.member_words(wanted);
                return Err(format!("the hello has no {name}: put it in first, with its body"));
            }
        }
    }
    *spec.extensions_mut() = ordered;
    Ok(())
}

/// Whether one extension stands right before another.
fn are_neighbours(
    extensions: &[ClientExtension],
    first: ExtensionType,
    second: ExtensionType,
) -> bool {
    extensions.windows(2).any(|pair| {
        let types = pair.iter().map(Extension::extension_type);
        types.eq([first, second])
    })
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
