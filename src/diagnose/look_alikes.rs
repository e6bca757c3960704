//! Look-alikes: what an edit changes beside what it says, and what could be the cause instead.
//! What went with it; the members of a list; how many there are; the place where it stands, and
//! before or behind what; the length that changed with it; the version between.

use super::content::Search;
use super::notebook::{Answer, Question};
use crate::hello::carrier::Carrier;
use crate::hello::condition::Bound;
use crate::hello::difference;
use crate::hello::edit::{Edit, Place, in_words};
use crate::hello::facts::Facts;
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar, is_grease};
use crate::hello::{Condition, HelloSpec};
use crate::names::{AlertDescription, Code, ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension};

/// Whether a look-alike is the cause.
pub enum Ruling {
    /// It is, and says this.
    Is(Condition),
    /// It is not.
    No,
    /// What was seen does not tell: something else came between.
    Unclear,
}

impl Search<'_, '_, '_> {
    /// An edit takes with it what depends on what it takes. Where what it took along is the cause,
    /// the edit is exchanged for the one that takes that: it alone fails when it is put back.
    pub(super) fn without_company(&mut self, edits: Vec<Edit>) -> Vec<Edit> {
        let all = difference::edits(self.subject, &self.with(&edits));
        if edits.len() != 1 || all.len() < 2 {
            return edits;
        }
        let put_back = all.iter().map(|kept| {
            let rest: Vec<Edit> = all.iter().filter(|edit| *edit != kept).cloned().collect();
            Question::new(in_words(&rest), difference::change(self.subject, &rest))
        });
        let answers = self.notebook.ask_all(&put_back.collect::<Vec<_>>());
        let mut guilty = all.iter().zip(answers).filter(|(_, answer)| *answer == Answer::Fails);
        match (guilty.next(), guilty.next()) {
            (Some((edit, _)), None) => vec![edit.clone()],
            _ => edits,
        }
    }

    /// The members of a list that must go, where the edit takes the extension with the list and a
    /// part of the list passes. Each of them fails by itself, since they are as few as can be.
    pub(super) fn members(&mut self, outer: &[Edit]) -> Option<Vec<Edit>> {
        let [Edit::Remove(List::Extensions, Member::Number(number))] = outer else { return None };
        let extension_type = ExtensionType(*number);
        let list = List::all().find(|list| list.extension() == Some(extension_type))?;
        let removals = self.removals(list);
        self.notebook.say("the extension, or what is in it?");
        let (front, back) = removals.split_at(removals.len() / 2);
        let (all_but_last, all_but_first) = (removals.split_last()?.1, removals.split_first()?.1);
        let parts: Vec<Vec<Edit>> = [back, front, all_but_first, all_but_last]
            .iter()
            .filter(|part| !part.is_empty())
            .map(|part| part.to_vec())
            .collect();
        let questions: Vec<Question> =
            parts.iter().map(|part| Question::new(in_words(part), self.with(part))).collect();
        let passes = self.notebook.first(Answer::Passes, &questions)?;
        Some(self.smallest_of(parts.get(passes)?))
    }

    /// An edit for each member of a list of the subject; GREASE values go together.
    fn removals(&self, list: List) -> Vec<Edit> {
        let facts = Facts::of(&self.subject.flight(), &[]);
        let mut removals: Vec<Edit> = Vec::new();
        for member in facts.list(list) {
            let member = match member {
                Member::Number(number) if is_grease(list, number) => Member::Grease,
                member => member,
            };
            let removal = Edit::Remove(list, member);
            if !removals.contains(&removal) {
                removals.push(removal);
            }
        }
        removals
    }

    /// Whether it is how many members a list has, and not the members that were taken out: as
    /// many others do as well, also at the subject's length.
    pub(super) fn number(&mut self, edits: &[Edit]) -> Option<Condition> {
        let Some(Edit::Remove(list, _)) = edits.first() else { return None };
        let list = *list;
        let quantity = counted(list)?;
        let same_list = |edit: &Edit| matches!(edit, Edit::Remove(other, _) if *other == list);
        if !edits.iter().all(same_list) {
            return None;
        }
        let all = self.removals(list);
        let others: Vec<Edit> = match list {
            // Which can go, the control shows.
            List::CipherSuites | List::Extensions => self.changes.clone(),
            _ => all.clone(),
        };
        // As many, and where there are enough, none of the same.
        let others = others.into_iter().filter(|edit| same_list(edit) && !edits.contains(edit));
        let others: Vec<Edit> = others.chain(edits.iter().cloned()).take(edits.len()).collect();
        if others == edits || all.len() <= edits.len() {
            return None;
        }
        self.notebook.say("the members of the list, or how many they are?");
        if self.ask(&others) != Answer::Passes {
            return None;
        }
        // As long as before, so that it is not the length.
        let fewer = self.with(&others);
        let length = self.subject.length();
        if let Some(again) = Carrier::SessionTicket.stretch(&fewer, length) {
            let what = format!("{}, {length} bytes by ticket", in_words(&others));
            if self.notebook.ask(Question::new(what, again)) != Answer::Passes {
                return None;
            }
        }
        let passing = Facts::of(&self.with(edits).flight(), &[]).quantity(quantity)?;
        let subject = Facts::of(&self.subject.flight(), &[]).quantity(quantity)?;
        // One edit less fails: that is one member more, unless what depends on it went with it.
        let exact = passing + edits.len() as u64 == subject;
        let min = Some(Bound { at: passing + 1, exact });
        Some(Condition::Range { field: quantity, min, max: None })
    }

    /// For a number of cipher suites: the control with its own said again and again, until they
    /// are as many as the subject has.
    pub(super) fn repeated(&mut self, edits: &[Edit]) -> Option<HelloSpec> {
        let Some(Edit::Remove(List::CipherSuites, _)) = edits.first() else { return None };
        let mut spec = self.with(&self.changes);
        let count = self.subject.hello.cipher_suites.0.len();
        let suites = spec.hello.cipher_suites.0.clone();
        let more = count.saturating_sub(suites.len());
        spec.hello.cipher_suites.0.extend(suites.iter().copied().cycle().take(more));
        let what = "a control with as many cipher suites";
        let answer = self.notebook.ask(Question::new(what, spec.clone()));
        (answer == Answer::Fails).then_some(spec)
    }

    /// Whether it is GREASE of any kind: it must go from every list that has it, and nothing else.
    pub(super) fn grease(&self, edits: &[Edit]) -> Option<Condition> {
        let grease = Scalar::Bool(true);
        let left = Facts::of(&self.with(edits).flight(), &[]).property(Property::Grease) == grease;
        let of_grease = |edit: &Edit| matches!(edit, Edit::Remove(_, Member::Grease));
        let all = edits.len() > 1 && edits.iter().all(of_grease) && !left;
        all.then_some(Condition::Is(Property::Grease, grease))
    }

    /// Whether the subject with an edit passes at the subject's own length too, so that it is not
    /// the length that the edit changed with it. Two carriers get to say so.
    pub(super) fn passes_at_the_same_length(&mut self, edits: &[Edit]) -> bool {
        let edited = self.with(edits);
        let length = self.subject.length();
        if edited.length() == length {
            return true;
        }
        self.notebook.say("the same length with other content");
        let touched = |extension_type: ExtensionType| {
            edits.iter().any(|edit| match edit {
                Edit::Remove(List::Extensions, Member::Number(number)) => {
                    *number == extension_type.0
                }
                Edit::SetExtension(extension) => extension.extension_type() == extension_type,
                _ => false,
            })
        };
        let carriers = Carrier::ALL.into_iter().filter(|c| !touched(c.extension_type()));
        // What an edit makes longer is held against the subject at that length: it must fail there
        // too. What an edit makes shorter must pass at the subject's length.
        let (spec, target, what, wanted) = match edited.length() > length {
            true => (self.subject, edited.length(), "the subject".to_owned(), Answer::Fails),
            false => (&edited, length, in_words(edits), Answer::Passes),
        };
        let questions: Vec<Question> = carriers
            .filter_map(|carrier| {
                let stretched = carrier.stretch(spec, target)?;
                let what = format!("{what}, {target} bytes by {}", carrier.name());
                Some(Question::new(what, stretched))
            })
            .collect();
        let answers = self.notebook.ask_all(&questions);
        let said = answers.iter().filter(|answer| **answer == wanted).count();
        // Less than four bytes of difference no carrier can make, and no server so exact is known.
        said >= answers.len().min(2)
    }

    /// Whether it is not what the edit took or put, but that another extension stands last by it,
    /// or another that has a body.
    pub(super) fn place(&mut self, edit: &Edit) -> Ruling {
        let edited = self.with(std::slice::from_ref(edit));
        let extensions = self.subject.hello.extensions();
        let Some(last) = extensions.last() else { return Ruling::No };
        let extension_type = last.extension_type();
        let new_last = edited.hello.extensions().last().map(Extension::extension_type);
        if new_last == Some(extension_type) || extensions.len() < 2 {
            return Ruling::No;
        }
        self.notebook.say("the extension, or its place?");
        let moved = self.with(&[Edit::Move(extension_type, Place::First)]);
        let what = format!("{} first instead of last", named(extension_type));
        match self.notebook.ask(Question::new(what, moved.clone())) {
            Answer::Passes => {}
            Answer::Fails => return Ruling::No,
            Answer::Other => return Ruling::Unclear,
        }
        let is_last =
            Condition::Is(Property::ExtensionsLast, Scalar::Number(extension_type.0.into()));
        if !last.data().is_empty() {
            return Ruling::Is(is_last);
        }
        // Another empty one in its place tells emptiness from identity.
        let other = moved.hello.extensions().iter().map(Extension::extension_type).find(|other| {
            let body = moved.hello.extensions().iter().find(|e| e.extension_type() == *other);
            *other != extension_type && body.is_some_and(|extension| extension.data().is_empty())
        });
        let other = other.unwrap_or(match extension_type {
            ExtensionType::extended_master_secret => ExtensionType::encrypt_then_mac,
            _ => ExtensionType::extended_master_secret,
        });
        let mut spec = moved;
        let empty = ClientExtension::from_data(other, &[]);
        spec.extensions_mut().retain(|extension| extension.extension_type() != other);
        spec.extensions_mut().push(empty);
        let what = format!("{}, empty too, last instead", named(other));
        match self.notebook.ask(Question::new(what, spec)) {
            Answer::Fails => {
                Ruling::Is(Condition::Is(Property::ExtensionsLastEmpty, Scalar::Bool(true)))
            }
            Answer::Passes => Ruling::Is(is_last),
            Answer::Other => Ruling::Unclear,
        }
    }

    /// Whether it is not the extension that the edit takes, but that it stands behind another:
    /// as the first it passes. Which other, its place tells from which on it fails.
    pub(super) fn order(&mut self, edit: &Edit) -> Ruling {
        let Edit::Remove(List::Extensions, Member::Number(number)) = edit else {
            return Ruling::No;
        };
        let extension_type = ExtensionType(*number);
        let extensions = self.subject.hello.extensions();
        let own = |e: &ClientExtension| e.extension_type() == extension_type;
        let Some(place) = extensions.iter().position(own) else { return Ruling::No };
        self.notebook.say("the extension, or its place?");
        // Where it passes at an end, something stands between it and that end.
        let mut at_an_end = None;
        for end in [0, extensions.len() - 1] {
            if end == place || at_an_end.is_some() {
                continue;
            }
            match self.in_place(extension_type, end) {
                Answer::Passes => at_an_end = Some(end),
                Answer::Fails => {}
                Answer::Other => return Ruling::Unclear,
            }
        }
        let Some(end) = at_an_end else { return Ruling::No };
        let (mut passes, mut fails) = (end, place);
        while passes.abs_diff(fails) > 1 {
            let middle = (passes + fails) / 2;
            match self.in_place(extension_type, middle) {
                Answer::Passes => passes = middle,
                Answer::Fails => fails = middle,
                Answer::Other => return Ruling::Unclear,
            }
        }
        let types = self.subject.hello.extensions().iter().map(Extension::extension_type);
        let mut others = types.filter(|other| *other != extension_type);
        let Some(other) = others.nth(passes.min(fails)) else { return Ruling::Unclear };
        if other.is_grease() || !self.is_order(extension_type, other, end) {
            return Ruling::Unclear;
        }
        let (own, other) = (Member::Number(extension_type.0), Member::Number(other.0));
        Ruling::Is(match end {
            0 => Condition::Order(List::Extensions, other, own),
            _ => Condition::Order(List::Extensions, own, other),
        })
    }

    /// Whether it is the order of two extensions, and not the place of one: it passes where the
    /// other one goes round it, and fails with a third in the first place, and in the last.
    fn is_order(&mut self, own: ExtensionType, other: ExtensionType, end: usize) -> bool {
        let extensions = self.subject.hello.extensions();
        let last = extensions.len() - 1;
        let types = extensions.iter().map(Extension::extension_type);
        let third: Vec<ExtensionType> =
            types.filter(|kind| *kind != own && *kind != other && !kind.is_grease()).collect();
        let (Some(&first), Some(&second)) = (third.first(), third.last()) else { return false };
        let opposite = if end == 0 { last } else { 0 };
        self.in_place(other, opposite) == Answer::Passes
            && self.in_place(second, 0) == Answer::Fails
            && self.in_place(first, last) == Answer::Fails
    }

    /// Whether the server says that it is the names in the extension that it does not have.
    pub(super) fn wants_another_protocol(&self, edit: &Edit) -> bool {
        let alpn = ExtensionType::application_layer_protocol_negotiation;
        let takes_alpn = *edit == Edit::Remove(List::Extensions, Member::Number(alpn.0));
        takes_alpn && self.notebook.failed_with(AlertDescription::no_application_protocol)
    }

    /// What the server does where an extension stands in another place.
    fn in_place(&mut self, extension_type: ExtensionType, place: usize) -> Answer {
        let mut spec = self.subject.clone();
        let extensions = spec.extensions_mut();
        let own = |e: &ClientExtension| e.extension_type() == extension_type;
        if let Some(from) = extensions.iter().position(own) {
            let extension = extensions.remove(from);
            extensions.insert(place.min(extensions.len()), extension);
        }
        let what = format!("{} in place {place} instead", named(extension_type));
        self.notebook.ask(Question::new(what, spec))
    }

    /// The lowest version that fails, where lowering it to `to` passes.
    pub(super) fn lowest_version(&mut self, to: ProtocolVersion) -> Condition {
        let subject = self.subject.hello.legacy_version;
        let between: Vec<ProtocolVersion> = (to.0 + 1..subject.0)
            .map(ProtocolVersion)
            .filter(|version| version.name().is_some())
            .collect();
        let questions: Vec<Question> = between
            .iter()
            .map(|&version| {
                let edit = [Edit::LegacyVersion(version)];
                Question::new(in_words(&edit), self.with(&edit))
            })
            .collect();
        let answers = self.notebook.ask_all(&questions);
        let fails = between.iter().zip(answers).find(|(_, answer)| *answer == Answer::Fails);
        let lowest = fails.map_or(subject, |(version, _)| *version);
        if to.0 < subject.0 {
            Condition::range(Quantity::LegacyVersion, Some(lowest.0.into()), None)
        } else {
            Condition::range(Quantity::LegacyVersion, None, Some(subject.0.into()))
        }
    }
}

/// The quantity that counts a list.
fn counted(list: List) -> Option<Quantity> {
    Some(match list {
        List::CipherSuites => Quantity::CipherSuitesCount,
        List::CompressionMethods => Quantity::CompressionMethodsCount,
        List::Extensions => Quantity::ExtensionsCount,
        List::SupportedGroups => Quantity::SupportedGroupsCount,
        List::SignatureAlgorithms => Quantity::SignatureAlgorithmsCount,
        List::KeyShare => Quantity::KeyShareCount,
        List::Alpn => Quantity::AlpnCount,
        List::SupportedVersions
        | List::EcPointFormats
        | List::PskModes
        | List::CompressCertificate => return None,
    })
}

fn named(extension_type: ExtensionType) -> String {
    extension_type.name().map_or(extension_type.to_string(), str::to_owned)
}
