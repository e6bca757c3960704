//! What makes one hello into another: the edits, each as small as it can be. [`edits`] give a hello
//! what the other says; [`exact`] make it the other to the byte.

use serde_json::Value as Json;

use super::edit::{Edit, Place};
use super::facts::members;
use super::legal::keep_legal;
use super::spec::HelloSpec;
use super::vocabulary::{self, List, Member};
use crate::names::{Code, ExtensionType};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::text::escape;

/// The edits that give `from` what `to` says: what is too much is taken out member by member,
/// what is missing is put in. Order and what is random are left as they are in `from`.
pub fn edits(from: &HelloSpec, to: &HelloSpec) -> Vec<Edit> {
    let mut edits = Vec::new();
    for extension in from.hello.extensions() {
        let extension_type = extension.extension_type();
        match find(to, extension_type) {
            None => push_removal(&mut edits, List::Extensions, extension_type.0),
            Some(other) => edits.extend(body_edits(extension, other)),
        }
    }
    for extension in to.hello.extensions() {
        let extension_type = extension.extension_type();
        if find(from, extension_type).is_none() && !extension_type.is_grease() {
            edits.push(Edit::SetExtension(extension.clone()));
        }
    }
    let (mine, theirs) = (&from.hello.cipher_suites.0, &to.hello.cipher_suites.0);
    for suite in mine.iter().filter(|suite| !theirs.contains(suite)) {
        push_removal(&mut edits, List::CipherSuites, suite.0);
    }
    for suite in theirs.iter().filter(|suite| !mine.contains(suite) && !suite.is_grease()) {
        edits.push(Edit::Add(List::CipherSuites, Member::Number(suite.0)));
    }
    let methods = &from.hello.legacy_compression_methods.0;
    for method in methods.iter().filter(|m| !to.hello.legacy_compression_methods.0.contains(m)) {
        push_removal(&mut edits, List::CompressionMethods, method.number());
    }
    if from.hello.legacy_version != to.hello.legacy_version {
        edits.push(Edit::LegacyVersion(to.hello.legacy_version));
    }
    if from.record_version != to.record_version {
        edits.push(Edit::RecordVersion(to.record_version));
    }
    let (mine, theirs) = (&from.hello.legacy_session_id.0, &to.hello.legacy_session_id.0);
    if mine.len() != theirs.len() {
        edits.push(Edit::SessionId(theirs.len()));
    }
    edits
}

/// The edits that make `from` exactly `to`, done one after the other with nothing else: to the
/// byte, with its framing and with what is drawn anew. Where small edits do not lead there, a
/// field is set as a whole.
pub fn exact(from: &HelloSpec, to: &HelloSpec) -> Vec<Edit> {
    let mut walk = Walk { now: from.clone(), done: Vec::new() };
    if from.raw.is_none() && to.raw.is_none() {
        if from.framing != to.framing {
            walk.go(Edit::Framing(to.framing));
        }
        for edit in edits(&walk.now, to) {
            walk.go(edit);
        }
        walk.lists(to);
        walk.extensions(to);
    }
    if walk.now.record_version != to.record_version {
        walk.go(Edit::RecordVersion(to.record_version));
    }
    if walk.now.records != to.records {
        walk.go(Edit::Records(to.records.clone()));
    }
    if walk.now.segments != to.segments {
        walk.go(Edit::Segments(to.segments.clone()));
    }
    if walk.now.delay_ms != to.delay_ms {
        walk.go(Edit::Delay(to.delay_ms));
    }
    walk.fields(to);
    let few = without_superseded(&walk.done);
    if change(from, &few) == *to { few } else { walk.done }
}

/// Edits without those whose work a later one does over: single members, where the list is set.
fn without_superseded(edits: &[Edit]) -> Vec<Edit> {
    let sets = |later: &Edit, list: List| match later {
        Edit::SetList(set, _) => *set == list,
        Edit::SetExtension(extension) => list.extension() == Some(extension.extension_type()),
        _ => false,
    };
    let superseded = |index: usize, edit: &Edit| {
        let mut later = edits.iter().skip(index + 1);
        match edit {
            Edit::Remove(list, _) | Edit::Add(list, _) if *list != List::Extensions => {
                later.any(|later| sets(later, *list))
            }
            Edit::SetList(list, _) if *list != List::Extensions => {
                later.any(|later| sets(later, *list))
            }
            Edit::SessionId(_) => later.any(
                |later| matches!(later, Edit::Set(path, _) if path == "hello.legacy_session_id"),
            ),
            _ => false,
        }
    };
    let kept = edits.iter().enumerate().filter(|(index, edit)| !superseded(*index, edit));
    kept.map(|(_, edit)| edit.clone()).collect()
}

/// The way from one hello to another.
struct Walk {
    now: HelloSpec,
    done: Vec<Edit>,
}

impl Walk {
    /// Does an edit as it reads back from its text, where it does anything: what is told is what
    /// was tried.
    fn go(&mut self, edit: Edit) {
        let Ok(edit) = Edit::parse(&edit.to_string()) else { return };
        let mut next = self.now.clone();
        if edit.change(&mut next).is_ok() && next != self.now {
            self.now = next;
            self.done.push(edit);
        }
    }

    /// Sets the lists that still differ: in order, or by members that stand twice.
    fn lists(&mut self, to: &HelloSpec) {
        for list in List::all().filter(|list| *list != List::Extensions) {
            let wanted = members(&to.hello, list);
            let has = members(&self.now.hello, list);
            if has != wanted && list.extension().is_none_or(|kind| find(to, kind).is_some()) {
                self.go(Edit::SetList(list, wanted));
            }
        }
    }

    /// Gives the extensions the bodies and the order of the other's.
    fn extensions(&mut self, to: &HelloSpec) {
        for wanted in to.hello.extensions() {
            let has = find(&self.now, wanted.extension_type());
            if has != Some(wanted) && !wanted.extension_type().is_grease() {
                self.go(Edit::SetExtension(wanted.clone()));
            }
        }
        let wanted = members(&to.hello, List::Extensions);
        let mut ordered = self.now.clone();
        let edit = Edit::SetList(List::Extensions, wanted);
        let same =
            edit.change(&mut ordered).is_ok() && ordered.hello.extensions == to.hello.extensions;
        if same && self.now.hello.extensions != to.hello.extensions {
            // One that moved is told as such.
            for extension in to.hello.extensions() {
                for place in [Place::First, Place::Last] {
                    let mut moved = self.now.clone();
                    let edit = Edit::Move(extension.extension_type(), place);
                    if edit.change(&mut moved).is_ok()
                        && moved.hello.extensions == to.hello.extensions
                    {
                        return self.go(edit);
                    }
                }
            }
            self.go(edit);
        }
    }

    /// Sets every field that still differs, as it stands in a spec file.
    fn fields(&mut self, to: &HelloSpec) {
        if self.now == *to {
            return;
        }
        let (Ok(now), Ok(to)) = (serde_json::to_value(&self.now), serde_json::to_value(to)) else {
            return;
        };
        let (mut set, mut outer) = (Vec::new(), Vec::new());
        for name in names(&now, &to) {
            match (now.get(name), to.get(name)) {
                (now, to) if now == to => {}
                // The message's fields one by one, where both have a message.
                (Some(now), Some(to)) if name == "hello" => {
                    for field in names(now, to).filter(|field| now.get(field) != to.get(field)) {
                        let value = to.get(field).cloned().unwrap_or_default();
                        set.push(Edit::Set(format!("hello.{field}"), value));
                    }
                }
                (_, to) => outer.push(Edit::Set(name.to_owned(), to.cloned().unwrap_or_default())),
            }
        }
        for edit in outer.into_iter().chain(set) {
            self.go(edit);
        }
    }
}

/// The fields of two objects.
fn names<'j>(now: &'j Json, to: &'j Json) -> impl Iterator<Item = &'j str> {
    let fields = |json: &'j Json| json.as_object().into_iter().flat_map(|fields| fields.keys());
    let new = fields(to).filter(|name| now.get(name.as_str()).is_none());
    fields(now).chain(new).map(String::as_str)
}

/// A hello with these edits, kept legal as a whole.
pub fn apply(spec: &HelloSpec, edits: &[Edit]) -> HelloSpec {
    let mut edited = change(spec, edits);
    keep_legal(&mut edited);
    edited
}

/// A hello with these edits and nothing else, legal or not. An edit that has nothing left to
/// change is passed over, since one before it may have taken what it would take.
pub fn change(spec: &HelloSpec, edits: &[Edit]) -> HelloSpec {
    let mut edited = spec.clone();
    for edit in edits {
        let mut next = edited.clone();
        if edit.change(&mut next).is_ok() {
            edited = next;
        }
    }
    edited
}

fn find(spec: &HelloSpec, wanted: ExtensionType) -> Option<&ClientExtension> {
    let mut extensions = spec.hello.extensions().iter();
    if wanted.is_grease() {
        return extensions.find(|extension| extension.extension_type().is_grease());
    }
    extensions.find(|extension| extension.extension_type() == wanted)
}

/// Takes a member out; a GREASE value as one of its kind.
fn push_removal(edits: &mut Vec<Edit>, list: List, number: u16) {
    let member = match vocabulary::is_grease(list, number) {
        true => Member::Grease,
        false => Member::Number(number),
    };
    let edit = Edit::Remove(list, member);
    if !edits.contains(&edit) {
        edits.push(edit);
    }
}

/// The edits that give an extension the members of another, where it is a list and has them all;
/// else the other takes its place. Bodies that are random anyway are the same.
fn body_edits(mine: &ClientExtension, theirs: &ClientExtension) -> Vec<Edit> {
    fn codes<C: Code>(list: List, mine: &[C], theirs: &[C]) -> Option<Vec<Edit>> {
        let has = |codes: &[C], wanted: &C| match wanted.is_grease() {
            true => codes.iter().any(|code| code.is_grease()),
            false => codes.contains(wanted),
        };
        let mut edits = Vec::new();
        for code in mine.iter().filter(|code| !has(theirs, code)) {
            push_removal(&mut edits, list, code.number());
        }
        for code in theirs.iter().filter(|code| !has(mine, code) && !code.is_grease()) {
            edits.push(Edit::Add(list, Member::Number(code.number())));
        }
        Some(edits)
    }
    use ClientExtension as E;
    let edits = match (mine, theirs) {
        (E::SupportedGroups(a), E::SupportedGroups(b)) => codes(List::SupportedGroups, &a.0, &b.0),
        (E::SignatureAlgorithms(a), E::SignatureAlgorithms(b)) => {
            codes(List::SignatureAlgorithms, &a.0, &b.0)
        }
        (E::SupportedVersions(a), E::SupportedVersions(b)) => {
            codes(List::SupportedVersions, &a.0, &b.0)
        }
        (E::EcPointFormats(a), E::EcPointFormats(b)) => codes(List::EcPointFormats, &a.0, &b.0),
        (E::PskKeyExchangeModes(a), E::PskKeyExchangeModes(b)) => codes(List::PskModes, &a.0, &b.0),
        (E::CompressCertificate(a), E::CompressCertificate(b)) => {
            codes(List::CompressCertificate, &a.0, &b.0)
        }
        (E::KeyShare(a), E::KeyShare(b)) => {
            let groups = |shares: &[crate::wire::extension::KeyShareEntry]| -> Vec<_> {
                shares.iter().map(|share| share.group).collect()
            };
            // A share that is missing needs a key: then theirs are taken whole.
            let (mine, theirs) = (groups(&a.0), groups(&b.0));
            let all_there = theirs.iter().all(|group| mine.contains(group) || group.is_grease());
            codes(List::KeyShare, &mine, &theirs).filter(|_| all_there)
        }
        (E::Alpn(a), E::Alpn(b)) => {
            let all_there = b.0.iter().all(|name| a.0.contains(name));
            let extra = a.0.iter().filter(|name| !b.0.contains(name));
            let member = |name: &[u8]| Member::Text(escape(name));
            let removals = extra.map(|name| Edit::Remove(List::Alpn, member(&name.0.0)));
            all_there.then(|| removals.collect())
        }
        (E::EncryptedClientHello(_), E::EncryptedClientHello(_)) => Some(Vec::new()),
        (a, b) if a.data() == b.data() || a.extension_type().is_grease() => Some(Vec::new()),
        _ => None,
    };
    edits.unwrap_or_else(|| vec![Edit::SetExtension(theirs.clone())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::facts::Facts;
    use crate::hello::framing::Framing;
    use crate::hello::preset::Preset;

    #[test]
    fn the_edits_from_one_hello_to_another_give_it_what_the_other_says() {
        // Another frame takes an edit of its own.
        let of_tls = Preset::all().iter().filter(|preset| preset.spec.framing == Framing::Tls);
        let presets: Vec<_> = of_tls.step_by(5).collect();
        for from in &presets {
            for to in &presets {
                let edited = apply(&from.spec, &edits(&from.spec, &to.spec));
                let facts = |spec: &HelloSpec| Facts::of(&spec.flight(), &[]);
                let (mine, theirs) = (facts(&edited), facts(&to.spec));
                for list in List::all() {
                    let sorted = |facts: &Facts| {
                        let mut members: Vec<_> = facts
                            .list(list)
                            .iter()
                            .map(|member| match member {
                                Member::Number(n) if vocabulary::is_grease(list, *n) => {
                                    "grease".into()
                                }
                                member => format!("{member:?}"),
                            })
                            .collect();
                        members.sort();
                        members.dedup();
                        members.retain(|member| member != "grease");
                        members
                    };
                    let (mine, theirs) = (sorted(&mine), sorted(&theirs));
                    assert_eq!(mine, theirs, "{} to {}: {}", from.id, to.id, list.name());
                }
            }
        }
    }

    #[test]
    fn the_exact_edits_make_any_hello_any_other_also_read_back_from_their_words() {
        let mut specs: Vec<_> = Preset::all().iter().map(|preset| preset.spec.clone()).collect();
        let framed = ["sslv2", "dtls", "segments=5,100", "split_records=1,2", "delay=5ms"];
        let own = ["raw:=0100", "record_length:=7", "handshake_length:=1", "-extensions"];
        for edit in framed.into_iter().chain(own) {
            let named = format!("openssl-3.5.8,!{edit}");
            specs.push(crate::hello::named::NamedHello::parse(&named).unwrap().recorded().unwrap());
        }
        for from in &specs {
            for to in &specs {
                let edits = exact(from, to);
                let texts: Vec<_> = edits.iter().map(ToString::to_string).collect();
                let mut edited = from.clone();
                for (edit, text) in edits.iter().zip(&texts) {
                    let read = Edit::parse(text).unwrap();
                    assert_eq!(read.to_string(), *text);
                    read.change(&mut edited).unwrap_or_else(|error| panic!("{error}"));
                    assert!(!edit.words().is_empty());
                }
                assert_eq!(edited, *to, "{texts:#?}");
            }
        }
    }

    #[test]
    fn names_that_look_like_edits_are_told_so_that_they_read_back() {
        let plain = Preset::find("curl-7.88.1").unwrap().spec.clone();
        for name in [&b"a,b"[..], b"=x", b"-y", b" z ", b"*", b"\x01", b"\xff", b"grease"] {
            let mut odd = plain.clone();
            for extension in odd.extensions_mut() {
                if let ClientExtension::Alpn(names) = extension {
                    let one = crate::wire::grammar::Text::new(name.to_vec());
                    names.0.push(crate::wire::extension::ProtocolName(one));
                }
            }
            for (from, to) in [(&plain, &odd), (&odd, &plain)] {
                let mut edited = from.clone();
                for edit in exact(from, to) {
                    Edit::parse(&edit.to_string()).unwrap().change(&mut edited).unwrap();
                }
                assert_eq!(&edited, to, "{name:?}");
            }
        }
    }

    #[test]
    fn an_edit_is_undone() {
        let openssl = &Preset::find("openssl-3.5.8").unwrap().spec;
        for text in [
            "-extensions.key_share",
            "cipher_suites-=*CBC*",
            "supported_groups=x25519",
            "move server_name last",
            "pad_to=2000",
            "sslv2",
            "dtls",
            "server_name=a.example",
            "hello.random:=\"0000000000000000000000000000000000000000000000000000000000000000\"",
        ] {
            let edit = Edit::parse(text).unwrap();
            let mut edited = openssl.clone();
            edit.change(&mut edited).unwrap_or_else(|error| panic!("{error}"));
            assert_ne!(&edited, openssl);
            for undo in edit.undo(openssl).unwrap() {
                undo.change(&mut edited).unwrap();
            }
            assert_eq!(&edited, openssl, "{text}");
        }
    }

    #[test]
    fn a_hello_needs_no_edit_to_be_itself() {
        for preset in Preset::all() {
            assert_eq!(exact(&preset.spec, &preset.spec), [], "{}", preset.id);
            assert_eq!(edits(&preset.spec, &preset.spec), [], "{}", preset.id);
        }
    }
}
