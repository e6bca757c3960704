//! What goes with a version in a cause and in what helps: a version that had to be offered is told with
//! what the server chose of it, and a cause with the version without which its remedy does not help.

use super::Search;
use super::either::either;
use super::proof::edges_of;
use crate::diagnose::notebook::Answer;
use crate::diagnose::overlap;
use crate::diagnose::remedy::of_chosen;
use crate::hello::condition::{Bound, Condition};
use crate::hello::difference;
use crate::hello::edit::Edit;
use crate::hello::vocabulary::{List, Member, Quantity};
use crate::hello::{Facts, HelloSpec};
use crate::names::{ExtensionType, ProtocolVersion};
use crate::transcript::Kind;

impl Search<'_, '_, '_> {
    /// A remedy that passes, with what the server chose of all that it offers, where that passes too.
    pub(super) fn with_what_is_chosen(
        &mut self,
        spec: HelloSpec,
        edits: Vec<Edit>,
    ) -> (HelloSpec, Vec<Edit>) {
        let chosen = self.notebook.reaction(&spec).map(overlap::chosen).unwrap_or_default();
        let fewer = of_chosen(self.subject, &spec, &chosen, self.pool);
        let Some(fewer) = fewer.filter(|fewer| fewer.len() < edits.len()) else {
            return (spec, edits);
        };
        let narrow = difference::apply(self.subject, &fewer);
        match self.answer(&narrow) {
            Answer::Passes => (narrow, fewer),
            _ => (spec, edits),
        }
    }

    /// That a version is missing, where supported_versions is told to be the cause and what the server
    /// chooses without it is a version that it does not have: an old server does not know the extension,
    /// and takes the hello as well where that version is offered (RFC 8446 section 4.2.1). With the
    /// hello that offers it.
    pub(super) fn wants_an_older_version(
        &mut self,
        condition: &Condition,
        remedied: &HelloSpec,
    ) -> Option<(Condition, HelloSpec, Vec<Edit>)> {
        let list = List::SupportedVersions;
        let has_list = Condition::Has(
            List::Extensions.into(),
            Member::Number(ExtensionType::supported_versions.0),
        );
        if *condition != has_list {
            return None;
        }
        let Kind::Accepted { version, .. } = self.notebook.reaction(remedied)?.kind else {
            return None;
        };
        let chosen = Member::Number(version.0);
        let lacks = Condition::Lacks(list.into(), chosen.clone());
        let edits = vec![Edit::Add(list, chosen)];
        let offering = difference::apply(self.subject, &edits);
        let is_it = lacks.holds(&Facts::of_spec(self.subject))
            && !lacks.holds(&Facts::of_spec(&offering))
            && self.answer(&offering) == Answer::Passes;
        is_it.then(|| (Condition::All(vec![has_list, lacks]), offering, edits))
    }

    /// A cause with the version that goes with its remedy, as signature_algorithms go with TLS 1.2
    /// (RFC 5246 section 7.4.1.4.1): where the rest of the remedy does not help without it, the version is
    /// too low as well.
    pub(super) fn with_its_version(
        &mut self,
        condition: &Condition,
        remedied: &HelloSpec,
        edits: &[Edit],
    ) -> Condition {
        let field = Quantity::LegacyVersion;
        let version = remedied.hello.legacy_version;
        let is_raised = self.subject.hello.legacy_version < version;
        let rest: Vec<Edit> =
            edits.iter().filter(|edit| !matches!(edit, Edit::LegacyVersion(_))).cloned().collect();
        let says_version = names_a_version(condition) || !edges_of(condition).is_empty();
        if !is_raised || rest.is_empty() || says_version {
            return condition.clone();
        }
        // No message in records of TLS is of SSL 2.0.
        let own = self.subject.hello.legacy_version;
        let own = (own >= ProtocolVersion::SSL3_0).then_some(own);
        let lower = ProtocolVersion(version.0.saturating_sub(1));
        let fails = |below: &ProtocolVersion| {
            let edits = [&rest[..], &[Edit::LegacyVersion(*below)]].concat();
            let spec = difference::change(self.subject, &edits);
            // What could not be asked any more says nothing.
            self.answer(&spec) != Answer::Passes && self.notebook.reaction(&spec).is_some()
        };
        let Some(below) = [lower].into_iter().chain(own).find(fails) else {
            return condition.clone();
        };
        // Between the subject's version and the one below the remedy's nothing was asked.
        let exact = below == lower || below.0.saturating_add(1) == lower.0;
        let max = Some(Bound { at: below.0.into(), exact });
        either(condition, Condition::Range { field, min: None, max })
    }
}

/// Whether a condition says which version is missing.
fn names_a_version(condition: &Condition) -> bool {
    match condition {
        Condition::Lacks(entries, _) => entries.list == List::SupportedVersions,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(names_a_version),
        _ => false,
    }
}
