//! The edits that make one hello exactly another, to the byte.

use serde_json::Value as Json;

use super::difference::{Bodies, change, copies, edits, find};
use super::edit::{Edit, Place};
use super::facts::members;
use super::spec::HelloSpec;
use super::vocabulary::List;
use crate::names::Code;
use crate::wire::extension::Extension;

/// The edits that make `from` exactly `to`, done one after the other with nothing else: to the
/// byte, with its framing and with what is drawn anew. Where small edits do not lead there, a
/// field is set as a whole.
pub fn exact(from: &HelloSpec, to: &HelloSpec) -> Vec<Edit> {
    let mut walk = Walk { now: from.clone(), done: Vec::new() };
    if from.is_typed() && to.is_typed() {
        if from.framing != to.framing {
            walk.go(Edit::Framing(to.framing));
        }
        let edits = edits(&walk.now, to);
        let whole: Vec<_> = List::all().filter(|list| is_told_whole(*list, &edits, to)).collect();
        for edit in edits {
            if !list_of(&edit).is_some_and(|list| whole.contains(&list)) {
                walk.go(edit);
            }
        }
        let with_extensions = !whole.contains(&List::Extensions);
        walk.lists(to, with_extensions);
        if with_extensions {
            walk.extensions(to);
        }
    }
    // A flight has its own versions and records.
    if to.flight.is_none() {
        if walk.now.record_version != to.record_version {
            walk.go(Edit::RecordVersion(to.record_version));
        }
        if walk.now.records != to.records {
            walk.go(Edit::Records(to.records.clone()));
        }
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

/// Edits of the members of a list, or extensions to be put in order, that are told one by one. Nobody
/// reads more of them, and each is a walk through the hello.
const MANY: usize = 256;

/// The list whose members an edit changes one by one.
fn list_of(edit: &Edit) -> Option<List> {
    match edit {
        Edit::Remove(list, _) | Edit::Add(list, _) => Some(*list),
        Edit::SetExtension(_) | Edit::AddExtension(_) => Some(List::Extensions),
        _ => None,
    }
}

/// Whether so many members of a list change that the list itself is the shorter word. Extensions
/// have bodies, which no list of their names says.
fn is_told_whole(list: List, edits: &[Edit], to: &HelloSpec) -> bool {
    let number = edits.iter().filter(|edit| list_of(edit) == Some(list)).count();
    let most = match list {
        List::Extensions => MANY,
        list => MANY.min(members(&to.hello, list).len().max(1)),
    };
    number > most
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
            Edit::Set(path, _) if path == "fresh" => {
                later.any(|later| matches!(later, Edit::Set(path, _) if path == "fresh"))
            }
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
    fn lists(&mut self, to: &HelloSpec, in_extensions: bool) {
        let lists = List::all().filter(|list| *list != List::Extensions);
        for list in lists.filter(|list| in_extensions || list.extension().is_none()) {
            let wanted = members(&to.hello, list);
            let has = members(&self.now.hello, list);
            if has != wanted && list.extension().is_none_or(|kind| find(to, kind).is_some()) {
                self.go(Edit::SetList(list, wanted));
            }
        }
    }

    /// Gives the extensions the bodies and the order of the other's.
    fn extensions(&mut self, to: &HelloSpec) {
        let has = Bodies::of(&self.now);
        // Only the first of a type can be set.
        let others = copies(to.hello.extensions()).filter(|(wanted, copy)| {
            let extension_type = wanted.extension_type();
            *copy == 0 && has.find(extension_type) != Some(*wanted) && !extension_type.is_grease()
        });
        let others: Vec<_> = others.map(|(wanted, _)| Edit::SetExtension(wanted.clone())).collect();
        if others.len() > MANY {
            return;
        }
        for edit in others {
            self.go(edit);
        }
        if to.hello.extensions().len() > MANY || self.now.hello.extensions == to.hello.extensions {
            return;
        }
        let in_order = |edit: &Edit| {
            let mut edited = self.now.clone();
            edit.change(&mut edited).is_ok() && edited.hello.extensions == to.hello.extensions
        };
        let order = Edit::SetList(List::Extensions, members(&to.hello, List::Extensions));
        if in_order(&order) {
            // One that moved is told as such: it is now the first, or the last.
            let (first, last) = (to.hello.extensions().first(), to.hello.extensions().last());
            let moved = [(first, Place::First), (last, Place::Last)].into_iter();
            let mut moved =
                moved.filter_map(|(end, place)| Some(Edit::Move(end?.extension_type(), place)));
            let edit = moved.find(in_order).unwrap_or(order);
            self.go(edit);
        }
    }

    /// Sets every field that still differs, as it stands in a spec file.
    fn fields(&mut self, to: &HelloSpec) {
        if self.now == *to {
            return;
        }
        let (Ok(now), Ok(fields), Ok(fresh)) = (
            serde_json::to_value(&self.now),
            serde_json::to_value(to),
            serde_json::to_value(&to.fresh),
        ) else {
            return;
        };
        let (mut set, mut outer) = (Vec::new(), Vec::new());
        for name in names(&now, &fields) {
            match (now.get(name), fields.get(name)) {
                (now, to) if now == to => {}
                // Last, since the others may end it.
                _ if name == "fresh" => {}
                // What stands in its place takes it away.
                (Some(_), None) if name == "flight" => {}
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
        // What is sent in place of all else takes that with it.
        let (instead, outer): (Vec<_>, Vec<_>) = outer.into_iter().partition(|edit| {
            matches!(edit, Edit::Set(path, value)
                if matches!(path.as_str(), "flight" | "raw") && !value.is_null())
        });
        let edits: Vec<Edit> = instead.into_iter().chain(outer).chain(set).collect();
        // What one frame has no place for goes before the frame changes, and what only the other
        // has comes behind it.
        for _ in 0..3 {
            let before = self.done.len();
            for edit in &edits {
                self.go(edit.clone());
            }
            if self.now.fresh != to.fresh {
                self.go(Edit::Set("fresh".to_owned(), fresh.clone()));
            }
            if self.done.len() == before {
                break;
            }
        }
    }
}

/// The fields of two objects.
fn names<'j>(now: &'j Json, to: &'j Json) -> impl Iterator<Item = &'j str> {
    let fields = |json: &'j Json| json.as_object().into_iter().flat_map(|fields| fields.keys());
    let new = fields(to).filter(|name| now.get(name.as_str()).is_none());
    fields(now).chain(new).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::preset::Preset;
    use crate::names::{CipherSuite, ExtensionType};
    use crate::wire::extension::ClientExtension;
    use crate::wire::grammar::Codes;

    #[test]
    fn the_exact_edits_make_any_hello_any_other_also_read_back_from_their_words() {
        let mut specs: Vec<_> = Preset::all().iter().map(|preset| preset.spec.clone()).collect();
        let framed = ["sslv2", "dtls", "segments=5,100", "split_records=1,2", "delay=5ms"];
        let own = ["raw:=0100", "record_length:=7", "handshake_length:=1", "-extensions"];
        for edit in framed.into_iter().chain(own) {
            let named = format!("openssl-3.5.8,!{edit}");
            specs.push(
                crate::hello::named::NamedHello::parse(&named).unwrap().recorded().unwrap().spec,
            );
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
        for name in
            [&b"a,b"[..], b"=x", b"-y", b" z ", b"*", b"\x01", b"\xff", b"grease", b"duplicate"]
        {
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

    /// A hello with these suites.
    fn of_suites(suites: impl Iterator<Item = u16>) -> HelloSpec {
        let mut spec = Preset::find("openssl-3.5.8").unwrap().spec.clone();
        spec.hello.cipher_suites = Codes::new(suites.map(CipherSuite).collect::<Vec<_>>());
        spec
    }

    fn exactly(from: &HelloSpec, to: &HelloSpec) -> Vec<String> {
        let edits = exact(from, to);
        let texts: Vec<_> = edits.iter().map(ToString::to_string).collect();
        let mut edited = from.clone();
        for text in &texts {
            Edit::parse(text).unwrap().change(&mut edited).unwrap();
        }
        assert!(edited == *to, "{} edits", texts.len());
        texts
    }

    #[test]
    fn a_list_of_which_much_changes_is_told_as_a_whole() {
        const MOST: u16 = 32_767;
        let all = of_suites(0..MOST);
        for other in [
            of_suites((0..MOST).rev()),
            of_suites((0..MOST).map(|number| number ^ 1)),
            of_suites(MOST + 1..=u16::MAX - 1),
            of_suites((0..MOST).step_by(2)),
        ] {
            for (from, to) in [(&all, &other), (&other, &all)] {
                let edits = exactly(from, to);
                assert_eq!(edits.len(), 1);
                assert!(edits[0].starts_with("cipher_suites="), "{}", &edits[0][..40]);
            }
        }
        // As long as the edits are the shorter word, they are told.
        assert_eq!(exactly(&all, &of_suites(2..MOST)).len(), 2);
        assert_eq!(exactly(&of_suites(1..60), &of_suites(47..48)).len(), 1);
    }

    #[test]
    fn extensions_of_which_many_change_are_set_as_a_whole() {
        let of_types = |types: &mut dyn Iterator<Item = u16>| {
            let mut spec = of_suites(1..2);
            let extensions =
                types.map(|number| ClientExtension::from_data(ExtensionType(number), &[]));
            *spec.extensions_mut() = extensions.collect();
            spec
        };
        let all = of_types(&mut (20_000..36_000));
        for types in
            [&mut (20_000..36_000u16).rev() as &mut dyn Iterator<Item = u16>, &mut (40_000..56_000)]
        {
            let other = of_types(types);
            for (from, to) in [(&all, &other), (&other, &all)] {
                let edits = exactly(from, to);
                assert_eq!(edits.len(), 1);
                assert!(edits[0].starts_with("hello.extensions:="), "{}", &edits[0][..40]);
            }
        }
    }

    #[test]
    fn a_hello_needs_no_edit_to_be_itself() {
        for preset in Preset::all() {
            assert_eq!(exact(&preset.spec, &preset.spec), [], "{}", preset.id);
        }
    }
}
