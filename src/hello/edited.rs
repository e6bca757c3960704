//! Edits done in a hello as a person asks for them: what depends on what they took goes with them
//! (RFC 8446 sections 4.2.8, 4.2.11 and 9.2), what would be illegal all the same is refused by the
//! edit that brings it about, and what may not have been meant is told. Done without all that, an
//! edit is [`Edit::change`].

use super::difference::change;
use super::edit::Edit;
use super::edits::Edits;
use super::framing::Framing;
use super::legal;
use super::notes;
use super::spec::HelloSpec;
use super::taken::{Taken, What, in_words};
use super::vocabulary::{List, Member};
use crate::names::ExtensionType;
use crate::wire::handshake::client_rules::offers_tls13;

/// How a person says that illegality is the point.
const ILLEGAL: &str = "with `!` before the edit it is sent all the same";

/// A hello with its edits done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The hello.
    pub spec: HelloSpec,
    /// What went with the edits, so that it stays legal.
    pub taken: Vec<Taken>,
    /// What may not have been meant, a line each.
    pub notes: Vec<String>,
}

impl Edited {
    /// A hello without an edit.
    pub(super) fn of(spec: HelloSpec) -> Edited {
        Edited { spec, taken: Vec::new(), notes: Vec::new() }
    }

    /// What is to be told beside the hello, a line each.
    pub fn told(&self) -> impl Iterator<Item = String> + '_ {
        in_words(&self.taken).into_iter().chain(self.notes.iter().cloned())
    }

    /// Does edits. Those that are excused may fail, or change nothing.
    ///
    /// # Errors
    /// Where an edit cannot be done: which, and why.
    pub(super) fn edit(
        &mut self,
        edits: &Edits,
        is_excused: impl Fn(&Edit) -> bool,
    ) -> Result<(), String> {
        let spec = &mut self.spec;
        let mut before = spec.clone();
        let (mut taken, mut idle) = (Vec::new(), Vec::new());
        for edit in &edits.edits {
            let was = spec.clone();
            let words = || edits.words(edit);
            match edit.try_change(spec) {
                Err(what) if !is_excused(edit) => return Err(format!("\"{}\": {what}", words())),
                Ok(()) if *spec == was && !is_excused(edit) && !idle.contains(&words()) => {
                    idle.push(words());
                }
                _ => {}
            }
            if !was.is_typed() && spec.is_typed() {
                // Until now nothing was known of the hello.
                before = spec.clone();
            }
            if matches!(edit, Edit::Framing(_)) {
                taken.extend(legal::unframed(&was, spec));
            }
        }
        self.notes.extend(notes::idle(&idle));
        // What sets a field of the spec to a value is obeyed as it is, and so is the rest then.
        let is_free = |edit: &Edit| matches!(edit, Edit::Set(_, value) if !value.is_null());
        let free = edits.illegal || edits.edits.iter().any(is_free);
        if !edits.edits.is_empty() && !free && spec.is_typed() {
            keep_legal(&before, edits, spec, &mut taken)?;
            let before_psk = edits.notes(|edit, words| notes::before_psk(edit, words, spec));
            if !before_psk.is_empty() {
                taken.retain(|taken| taken.what != What::Order(List::Extensions));
            }
            self.notes.extend(before_psk);
        }
        // Else it may be as illegal as it likes.
        self.taken.extend(taken);
        Ok(())
    }
}

/// Edits of which one hello becomes another when they are typed behind it: with the `!`, where only
/// so they do it, since they would be refused, or something would go with them.
pub fn typed(from: &HelloSpec, edits: Vec<Edit>, to: &HelloSpec) -> Edits {
    let mut edits = Edits::from(edits);
    let mut edited = Edited::of(from.clone());
    let done = edited.edit(&edits, |_| false);
    let is_there = done.is_ok() && edited.spec == *to;
    edits.illegal = !is_there && change(from, &edits.edits) == *to;
    edits
}

/// Takes out what the edits left without its ground.
fn keep_legal(
    before: &HelloSpec,
    edits: &Edits,
    spec: &mut HelloSpec,
    taken: &mut Vec<Taken>,
) -> Result<(), String> {
    let obeyed = |spec: &HelloSpec| -> Vec<bool> {
        edits.edits.iter().map(|edit| edit.is_obeyed(spec)).collect()
    };
    let asked = obeyed(spec);
    // Once at the end, since what an edit needs another may bring.
    taken.extend(legalised(before, spec));
    let undone = asked.iter().zip(obeyed(spec)).position(|(before, after)| *before && !after);
    if let Some(edit) = undone.and_then(|index| edits.edits.get(index)) {
        let why = taken.iter().find(|taken| edit.asks_for(taken));
        let why = why.map_or(legal::PSK_LAST, |taken| taken.why);
        let words = edits.words(edit);
        return Err(format!("\"{words}\": it cannot stay, since {why}; {ILLEGAL}"));
    }
    let unusable = |spec: &HelloSpec| !legal::has_suite(spec);
    if unusable(spec) && !unusable(before) {
        let which = culprit(before, edits, unusable);
        let dropped = dropped(before, spec, taken);
        let what = "no cipher suite is left that could be used";
        return Err(format!("{which}{dropped}{what}; {ILLEGAL}"));
    }
    let was = legal::faults(before);
    match legal::faults(spec).into_iter().find(|fault| !was.contains(fault)) {
        Some(fault) => {
            let which = culprit(before, edits, |spec| legal::faults(spec).contains(&fault));
            Err(format!("{which}that would be illegal: {fault}; {ILLEGAL}"))
        }
        None => Ok(()),
    }
}

/// Takes out what edits left without its ground, and tells what.
fn legalised(before: &HelloSpec, spec: &mut HelloSpec) -> Vec<Taken> {
    let mut taken = legal::keep_legal_since(before, spec);
    taken.extend(legal::without_tls13(before, spec));
    taken
}

/// Of several edits the one, as it was typed, with which a hello becomes what it is in the end; for
/// the beginning of a line.
fn culprit(before: &HelloSpec, edits: &Edits, is_so: impl Fn(&HelloSpec) -> bool) -> String {
    let (mut spec, mut was, mut found) = (before.clone(), false, None);
    for edit in &edits.edits {
        // One that cannot be done was excused.
        let _ = edit.try_change(&mut spec);
        let mut kept = spec.clone();
        legalised(before, &mut kept);
        let is = is_so(&kept);
        if is && !was {
            found = Some(edit);
        }
        was = is;
    }
    found.map_or(String::new(), |edit| format!("\"{}\": ", edits.words(edit)))
}

/// With what the suites of a hello went that it could have used, in words.
fn dropped(before: &HelloSpec, after: &HelloSpec, taken: &[Taken]) -> String {
    if !before.sslv2.cipher_specs.is_empty() && after.framing != Framing::Sslv2 {
        return "the kinds of ciphers of SSL 2.0 are no suites of TLS: ".to_owned();
    }
    if !offers_tls13(&before.hello) || offers_tls13(&after.hello) {
        return String::new();
    }
    let versions = Member::Number(ExtensionType::supported_versions.0);
    let versions = What::Member(List::Extensions, versions);
    match taken.iter().find(|taken| taken.what == versions) {
        Some(taken) => {
            format!("that drops TLS 1.3, since supported_versions goes with it ({}): ", taken.why)
        }
        None => "that drops TLS 1.3: ".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::exact::exact;
    use crate::hello::named::NamedHello;

    fn spec(name: &str) -> HelloSpec {
        NamedHello::parse(name).unwrap().recorded().unwrap().spec
    }

    #[test]
    fn what_is_illegal_is_told_by_the_edit_that_makes_it_so() {
        for (name, told) in [
            (
                "openssl-1.0.1e,alpn=h2,session_id=33,-session_ticket",
                "\"session_id=33\": that would be illegal: legacy_session_id: expected at most 32",
            ),
            (
                "openssl-1.0.1e,session_id=33,session_id=5,ec_point_formats=1,pad_to=600",
                "\"ec_point_formats=1\": that would be illegal: ",
            ),
            // What was mended in between is another edit's.
            (
                "openssl-1.0.1e,session_id=33,session_id=5,alpn=h2,session_id=34",
                "\"session_id=34\": that would be illegal: ",
            ),
            (
                "tls13-only,session_id=0,-supported_versions,alpn=h2",
                "\"-supported_versions\": that drops TLS 1.3: no cipher suite is left",
            ),
            ("sslv2,segments=5,tls", "\"tls\": the kinds of ciphers of SSL 2.0 are no suites"),
        ] {
            let error = NamedHello::parse(name).unwrap_err().to_string();
            assert!(error.starts_with(told), "{name}: {error}");
            assert!(error.ends_with(ILLEGAL), "{error}");
        }
    }

    #[test]
    fn edits_that_are_told_lead_there_as_they_are_typed() {
        let names = [
            "openssl-3.5.8",
            "curl-7.88.1",
            "sslv2",
            "openssl-3.5.8,!-key_share",
            "openssl-3.5.8,!session_id=33",
            "openssl-3.5.8,!cipher_suites=",
            "openssl-3.5.8,!legacy_version=1.0,move server_name last",
            "openssl-3.5.8,-supported_groups",
            "openssl-3.5.8,dtls",
            "openssl-1.0.1e,segments=5,!extensions+=0x7e57=2c2c",
            "minimal,flight:=160301000401000000",
        ];
        let (mut marked, mut plain) = (0, 0);
        for (from, to) in names.iter().flat_map(|from| names.iter().map(move |to| (from, to))) {
            let (from, to) = (spec(from), spec(to));
            let edits = typed(&from, exact(&from, &to), &to);
            if from == to {
                assert_eq!(edits, Edits::default());
                continue;
            }
            let read = Edits::parse(&edits.to_string()).unwrap();
            assert_eq!(read, edits);
            let mut edited = Edited::of(from);
            edited.edit(&read, |_| false).unwrap();
            assert_eq!(edited.spec, to, "{edits}");
            *if edits.illegal { &mut marked } else { &mut plain } += 1;
        }
        assert!(marked > 10 && plain > 10, "{marked} {plain}");
    }
}
