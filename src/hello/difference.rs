//! What makes one hello into another: the edits, each as small as it can be. They give a hello what
//! the other says; [`exact`](super::exact) makes it the other to the byte.

use std::collections::{HashMap, HashSet};

use super::draw::Draw;
use super::edit::Edit;
use super::legal::keep_legal_since;
use super::spec::HelloSpec;
use super::vocabulary::{self, List, Member};
use crate::names::{Code, ExtensionType, NamedGroup};
use crate::wire::extension::{ClientExtension, Extension, ProtocolName};
use crate::wire::text::escape;

/// The edits that give `from` what `to` says: what is too much is taken out member by member,
/// what is missing is put in. Order and what is random are left as they are in `from`. What comes in
/// another frame is put in that first, since not all that a hello has can be carried by each.
pub fn edits(from: &HelloSpec, to: &HelloSpec) -> Vec<Edit> {
    if from.framing != to.framing {
        let framing = Edit::Framing(to.framing);
        let framed = change(from, std::slice::from_ref(&framing));
        if framed.framing == to.framing {
            return [vec![framing], edits(&framed, to)].concat();
        }
    }
    let mut edits = Vec::new();
    let (has, wanted) = (Bodies::of(from), Bodies::of(to));
    let mut gone = Removals::of(List::Extensions);
    for (extension, copy) in copies(from.hello.extensions()) {
        match wanted.find(extension.extension_type()) {
            None => edits.extend(gone.of_number(extension.extension_type().0)),
            // An edit of an extension is one of the first of its type.
            Some(other) if copy == 0 => edits.extend(body_edits(extension, other)),
            Some(_) => {}
        }
    }
    for (extension, copy) in copies(to.hello.extensions()) {
        let extension_type = extension.extension_type();
        if has.copies(extension_type) <= copy && !extension_type.is_grease() {
            edits.push(match copy {
                0 => Edit::SetExtension(extension.clone()),
                _ => Edit::AddExtension(extension.clone()),
            });
        }
    }
    let (mine, theirs) = (&from.hello.cipher_suites.0, &to.hello.cipher_suites.0);
    let (has, wanted) = (numbers(mine), numbers(theirs));
    let mut gone = Removals::of(List::CipherSuites);
    for suite in mine.iter().filter(|suite| !wanted.contains(&suite.0)) {
        edits.extend(gone.of_number(suite.0));
    }
    for suite in theirs.iter().filter(|suite| !has.contains(&suite.0) && !suite.is_grease()) {
        edits.push(Edit::Add(List::CipherSuites, Member::Number(suite.0)));
    }
    let wanted = numbers(&to.hello.legacy_compression_methods.0);
    let mut gone = Removals::of(List::CompressionMethods);
    for method in from.hello.legacy_compression_methods.0.iter() {
        if !wanted.contains(&method.number()) {
            edits.extend(gone.of_number(method.number()));
        }
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

/// Edits that give a padding its bytes as edits that say how long the hello is with it, where these
/// lead to the same hello.
pub fn with_length_told(from: &HelloSpec, edits: Vec<Edit>, to: &HelloSpec) -> Vec<Edit> {
    let is_padding = |edit: &&Edit| matches!(edit, Edit::SetExtension(ClientExtension::Padding(_)));
    let others = edits.iter().filter(|edit| !is_padding(edit)).cloned();
    let told: Vec<Edit> = others.chain([Edit::PadTo(to.length())]).collect();
    // One is told for one.
    match told.len() == edits.len() && apply(from, &told) == *to {
        true => told,
        false => edits,
    }
}

/// A hello with these edits, kept as legal as it was.
pub fn apply(spec: &HelloSpec, edits: &[Edit]) -> HelloSpec {
    let mut edited = change(spec, edits);
    keep_legal_since(spec, &mut edited);
    edited
}

/// A hello with these edits and nothing else, legal or not. An edit that has nothing left to
/// change is passed over, since one before it may have taken what it would take.
pub fn change(spec: &HelloSpec, edits: &[Edit]) -> HelloSpec {
    let mut edited = spec.clone();
    for edit in edits {
        let _ = edit.change(&mut edited);
    }
    edited
}

pub(super) fn find(spec: &HelloSpec, wanted: ExtensionType) -> Option<&ClientExtension> {
    let mut extensions = spec.hello.extensions().iter();
    if wanted.is_grease() {
        return extensions.find(|extension| extension.extension_type().is_grease());
    }
    extensions.find(|extension| extension.extension_type() == wanted)
}

/// Extensions, each with how many of its type stand before it: two of a type are compared in order,
/// the first with the first and the second with the second.
pub(super) fn copies(
    extensions: &[ClientExtension],
) -> impl Iterator<Item = (&ClientExtension, usize)> {
    let mut before = HashMap::new();
    extensions.iter().map(move |extension| {
        let number = before.entry(extension.extension_type().0).or_insert(0_usize);
        *number += 1;
        (extension, *number - 1)
    })
}

/// The extensions of a hello by their types: of each the first and how many there are, and of GREASE
/// the first that there is.
pub(super) struct Bodies<'h> {
    of: HashMap<u16, (&'h ClientExtension, usize)>,
    grease: Option<&'h ClientExtension>,
}

impl<'h> Bodies<'h> {
    pub(super) fn of(spec: &'h HelloSpec) -> Bodies<'h> {
        let mut bodies = Bodies { of: HashMap::new(), grease: None };
        for extension in spec.hello.extensions() {
            let extension_type = extension.extension_type();
            if extension_type.is_grease() {
                bodies.grease.get_or_insert(extension);
            }
            bodies.of.entry(extension_type.0).or_insert((extension, 0)).1 += 1;
        }
        bodies
    }

    pub(super) fn find(&self, wanted: ExtensionType) -> Option<&'h ClientExtension> {
        match wanted.is_grease() {
            true => self.grease,
            false => self.of.get(&wanted.0).map(|(extension, _)| *extension),
        }
    }

    fn copies(&self, of: ExtensionType) -> usize {
        self.of.get(&of.0).map_or(0, |(_, copies)| *copies)
    }
}

fn numbers<C: Code>(codes: &[C]) -> HashSet<u16> {
    codes.iter().map(|code| code.number()).collect()
}

/// Takes members of a list out, each once; a GREASE value as one of its kind.
struct Removals {
    list: List,
    gone: HashSet<Option<u16>>,
}

impl Removals {
    fn of(list: List) -> Removals {
        Removals { list, gone: HashSet::new() }
    }

    fn of_number(&mut self, number: u16) -> Option<Edit> {
        let number = Some(number).filter(|number| !vocabulary::is_grease(self.list, *number));
        let member = number.map_or(Member::Grease, Member::Number);
        self.gone.insert(number).then(|| Edit::Remove(self.list, member))
    }
}

/// The edits that give an extension the members of another, where it is a list and has them all;
/// else the other takes its place. Bodies that are random anyway are the same.
fn body_edits(mine: &ClientExtension, theirs: &ClientExtension) -> Vec<Edit> {
    fn codes<C: Code>(list: List, mine: &[C], theirs: &[C]) -> Option<Vec<Edit>> {
        let has = |codes: &HashSet<u16>, grease: bool, wanted: &C| match wanted.is_grease() {
            true => grease,
            false => codes.contains(&wanted.number()),
        };
        let grease = |codes: &[C]| codes.iter().any(|code| code.is_grease());
        let (in_mine, in_theirs) = (numbers(mine), numbers(theirs));
        let (mine_greased, theirs_greased) = (grease(mine), grease(theirs));
        let mut edits = Vec::new();
        let mut gone = Removals::of(list);
        for code in mine.iter().filter(|code| !has(&in_theirs, theirs_greased, code)) {
            edits.extend(gone.of_number(code.number()));
        }
        for code in
            theirs.iter().filter(|code| !has(&in_mine, mine_greased, code) && !code.is_grease())
        {
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
            // A share that is missing needs a key: where none can be made, theirs are taken whole.
            let (mine, theirs) = (groups(&a.0), groups(&b.0));
            let has = numbers(&mine);
            let is_there = |group: &NamedGroup| has.contains(&group.0) || group.is_grease();
            let all_there = theirs.iter().all(|group| is_there(group) || Draw::has_key_of(*group));
            codes(List::KeyShare, &mine, &theirs).filter(|_| all_there)
        }
        (E::Alpn(a), E::Alpn(b)) => {
            let names = |names: &[ProtocolName]| -> HashSet<Vec<u8>> {
                names.iter().map(|name| name.0.0.to_vec()).collect()
            };
            let (has, wanted) = (names(&a.0), names(&b.0));
            let all_there = wanted.is_subset(&has);
            let extra = a.0.iter().filter(|name| !wanted.contains(&name.0.0[..]));
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
    fn a_padding_is_told_by_the_length_that_it_makes() {
        let from = &Preset::find("openssl-1.0.1e").unwrap().spec;
        let words = |texts: &[&str]| {
            let edits: Vec<_> = texts.iter().map(|text| Edit::parse(text).unwrap()).collect();
            let to = apply(from, &edits);
            let told = with_length_told(from, edits, &to);
            assert_eq!(apply(from, &told), to);
            told.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let padding = format!("+extensions.padding={}", "00".repeat(100));
        let length = from.length() + 104;
        assert_eq!(words(&[&padding]), [format!("pad_to={length}")]);
        let with_id = format!("pad_to={}", length + 7);
        assert_eq!(words(&[&padding, "session_id=7"]), ["session_id=7".to_owned(), with_id]);
        // What is no more than bytes, and what was no padding.
        let odd = "+extensions.padding=01";
        assert_eq!(words(&[odd]), [odd]);
        assert_eq!(words(&["session_id=7"]), ["session_id=7"]);
    }

    #[test]
    fn a_hello_needs_no_edit_to_be_itself() {
        for preset in Preset::all() {
            assert_eq!(edits(&preset.spec, &preset.spec), [], "{}", preset.id);
        }
    }
}
