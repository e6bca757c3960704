//! What other hellos have, as it is lent to one that lacks it: members of lists, shares of groups, and
//! bodies of extensions.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::hello::vocabulary::{List, Member, is_grease};
use crate::hello::{Facts, HelloSpec, preset::Preset};
use crate::names::{Code, CompressionMethod, ExtensionType, NamedGroup};
use crate::wire::extension::{ClientExtension, Extension, KeyShareEntry};

/// The presets whose bodies of extensions are taken first.
const TODAY: &str = "curl";

/// What other hellos have, and how many of them.
pub struct Pool {
    /// Members of lists, with the share of hellos that have them.
    pub members: Vec<(List, Member, f64)>,
    /// A body for each extension.
    pub bodies: HashMap<ExtensionType, ClientExtension>,
    /// A share of each group.
    pub shares: HashMap<NamedGroup, KeyShareEntry>,
}

impl Pool {
    /// The pool of all presets.
    pub fn of_presets() -> &'static Pool {
        static POOL: LazyLock<Pool> = LazyLock::new(Pool::gather);
        &POOL
    }

    fn gather() -> Pool {
        let mut counts: HashMap<(List, Member), usize> = HashMap::new();
        let mut order: Vec<(List, Member)> = Vec::new();
        let (mut bodies, mut shares) = (HashMap::new(), HashMap::new());
        // Of bodies that differ, those of a client of today that servers know are the safest.
        let mut presets: Vec<&Preset> = Preset::all().iter().collect();
        presets.sort_by_key(|preset| !preset.id.starts_with(TODAY));
        for preset in &presets {
            let facts = Facts::of_spec(&preset.spec);
            for list in List::all() {
                for member in facts.list(list) {
                    let is_kind = matches!(member, Member::Number(n) if is_grease(list, *n));
                    if !is_kind {
                        let key = (list, member.clone());
                        let count = counts.entry(key.clone()).or_insert(0);
                        if *count == 0 {
                            order.push(key);
                        }
                        *count += 1;
                    }
                }
            }
            for extension in preset.spec.hello.extensions() {
                let extension_type = extension.extension_type();
                if let ClientExtension::KeyShare(entries) = extension {
                    for entry in &entries.0 {
                        shares.entry(entry.group).or_insert_with(|| entry.clone());
                    }
                }
                if !extension_type.is_grease() {
                    bodies.entry(extension_type).or_insert_with(|| extension.clone());
                }
            }
        }
        // What hardly any client offers tells the others from how many there are.
        let methods = CompressionMethod::all().iter().map(|(number, _)| Member::Number(*number));
        for key in methods.map(|member| (List::CompressionMethods, member)) {
            if !counts.contains_key(&key) {
                order.push(key);
            }
        }
        let share = |count: usize| count as f64 / presets.len() as f64;
        let members = order
            .into_iter()
            .map(|key| {
                let count = counts.get(&key).copied().unwrap_or(0);
                (key.0, key.1, share(count))
            })
            .collect();
        Pool { members, bodies, shares }
    }

    /// Gives a hello an extension that it does not have, with another's body; not last, since what
    /// stands last may matter.
    pub fn lend(&self, spec: &mut HelloSpec, extension_type: ExtensionType) {
        let extensions = spec.extensions_mut();
        let there = extensions.iter().any(|one| one.extension_type() == extension_type);
        if let Some(body) = self.bodies.get(&extension_type).filter(|_| !there) {
            let place = extensions.len().saturating_sub(1);
            extensions.insert(place, body.clone());
        }
    }
}
