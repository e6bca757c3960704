//! Parts of messages by the names of their fields: `client_hello.extensions`. Each name of a path
//! stands somewhere in what the one before it names; `*` is any name.

use std::collections::BTreeSet;

use crate::names::{Code, ExtensionType};
use crate::transcript::Transcript;
use crate::wire::field::Tree;
use crate::wire::stream::Unit;

/// A path of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<String>);

impl Path {
    /// Reads one.
    ///
    /// # Errors
    /// Where a name in it is empty.
    pub fn parse(text: &str) -> Result<Path, String> {
        let names: Vec<String> = text.split('.').map(str::to_owned).collect();
        match names.iter().any(String::is_empty) {
            true => Err("names with a dot between them belong there".to_owned()),
            false => Ok(Path(names)),
        }
    }

    /// How far a path leads when it comes by a name, where it has led to `at` before.
    fn step(&self, at: usize, names: &[Option<&str>]) -> usize {
        match self.0.get(at) {
            Some(wanted) if wanted == "*" || names.contains(&Some(wanted.as_str())) => at + 1,
            _ => at,
        }
    }
}

/// What is shown of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// All of it.
    pub whole: bool,
    /// The indices of fields that are shown, none of them within another, in order.
    pub fields: Vec<usize>,
    /// What is shown of other bytes beneath a field that is not shown: the index of those bytes.
    pub beneath: Vec<(usize, Selection)>,
}

impl Selection {
    /// What paths select of a unit.
    pub fn of(unit: &Unit, paths: &[Path]) -> Selection {
        let (name, tree, bytes) = named(unit);
        let at = paths.iter().map(|path| path.step(0, &[Some(name)])).collect();
        select(tree, bytes, paths, at)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        !self.whole && self.fields.is_empty() && self.beneath.is_empty()
    }

    /// The bytes that are selected, one piece behind the other.
    pub fn bytes(&self, tree: &Tree, bytes: &[u8]) -> Vec<u8> {
        if self.whole {
            return bytes.to_vec();
        }
        let fields = self.fields.iter().filter_map(|&index| tree.fields.get(index));
        let mut out: Vec<u8> = fields.flat_map(|field| field.own(bytes)).copied().collect();
        for (index, selection) in &self.beneath {
            if let Some(other) = tree.beneath.get(*index) {
                out.extend(selection.bytes(&other.tree, &other.bytes));
            }
        }
        out
    }
}

/// The name of a unit, its tree, and its bytes.
fn named(unit: &Unit) -> (&'static str, &Tree, &[u8]) {
    match unit {
        Unit::Header(header) => ("record", &header.tree, &header.bytes),
        Unit::Message(message) => (message.type_name(), &message.tree, &message.bytes),
    }
}

/// What paths that have led to `at` select of a tree.
fn select(tree: &Tree, bytes: &[u8], paths: &[Path], at: Vec<usize>) -> Selection {
    let leads = |at: &[usize]| at.iter().zip(paths).any(|(&at, path)| at == path.0.len());
    let mut selection = Selection { whole: leads(&at), ..Selection::default() };
    if selection.whole {
        return selection;
    }
    let mut holders: Vec<(usize, Vec<usize>)> = vec![(usize::MAX, at)];
    let mut beneath = tree.beneath.iter().enumerate().peekable();
    let mut selected = 0;
    for (index, field) in tree.fields.iter().enumerate() {
        if field.start() < selected {
            continue;
        }
        holders.truncate(holders.partition_point(|(end, _)| *end > field.start()));
        let outer = holders.last().map(|(_, at)| at.clone()).unwrap_or_default();
        let names = names(tree, bytes, index);
        let step = |(&at, path): (&usize, &Path)| path.step(at, &names);
        let own: Vec<usize> = outer.iter().zip(paths).map(step).collect();
        if leads(&own) {
            selection.fields.push(index);
            selected = field.end();
            continue;
        }
        while beneath.next_if(|(_, other)| other.field < index).is_some() {}
        while let Some((place, other)) = beneath.next_if(|(_, other)| other.field == index) {
            let step = |(&at, path): (&usize, &Path)| path.step(at, &[Some(other.name)]);
            let at = own.iter().zip(paths).map(step).collect();
            let inner = select(&other.tree, &other.bytes, paths, at);
            if !inner.is_empty() {
                selection.beneath.push((place, inner));
            }
        }
        holders.push((field.end(), own));
    }
    selection
}

/// What a field is called: by its name, and an extension also by its type's.
fn names(tree: &Tree, bytes: &[u8], index: usize) -> [Option<&'static str>; 2] {
    let first = tree.children(index).next().filter(|(_, first)| first.name == "extension_type");
    let number = first.and_then(|(_, first)| first.number(bytes)?.try_into().ok());
    [tree.fields.get(index).map(|field| field.name), number.and_then(ExtensionType::name_of)]
}

/// Names that are told of at most.
const TOLD: usize = 24;

/// Says for the first path that selects nothing where it leads nowhere, and which names there are.
///
/// # Errors
/// Where a path selects nothing.
pub fn check(transcript: &Transcript, paths: &[Path]) -> Result<(), (String, String)> {
    for path in paths {
        let one = std::slice::from_ref(path);
        let found =
            transcript.events.iter().any(|event| !Selection::of(&event.unit, one).is_empty());
        if !found {
            return Err((path.0.join("."), nowhere(transcript, path)));
        }
    }
    Ok(())
}

fn nowhere(transcript: &Transcript, path: &Path) -> String {
    // The longest part of the path that leads somewhere, and what is called by name below it.
    let units = || transcript.events.iter().map(|event| &event.unit);
    let leads = |length: &usize| {
        let part = [Path(path.0.iter().take(*length).cloned().collect())];
        units().any(|unit| !Selection::of(unit, &part).is_empty())
    };
    let length = (1..path.0.len()).take_while(leads).last().unwrap_or(0);
    let missing = path.0.get(length).map_or("", String::as_str);
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    let mut tell = |name: &'static str| {
        if !["length", "tag"].contains(&name) && seen.insert(name) {
            told.push(name);
        }
    };
    let part = Path(path.0.iter().take(length).cloned().collect());
    for unit in units() {
        if length == 0 {
            tell(named(unit).0);
        }
    }
    for unit in units() {
        let selection = Selection::of(unit, std::slice::from_ref(&part));
        below(unit, &selection, length == 0, &mut tell);
    }
    let more = match told.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let told: Vec<_> = told.iter().take(TOLD).copied().collect();
    let place = if length == 0 { String::new() } else { format!(" in {}", part.0.join(".")) };
    match told.is_empty() {
        true => format!("nothing is called {missing}{place}, which has no parts"),
        false => format!("nothing is called {missing}{place}; there are {}{more}", told.join(", ")),
    }
}

/// Tells of the names below what is selected.
fn below(unit: &Unit, selection: &Selection, all: bool, tell: &mut impl FnMut(&'static str)) {
    let (_, tree, bytes) = named(unit);
    let mut selected = selection.fields.iter().peekable();
    let mut within = 0;
    for (index, field) in tree.fields.iter().enumerate() {
        if field.start() < within || selection.whole || all {
            names(tree, bytes, index).into_iter().flatten().for_each(&mut *tell);
        }
        if selected.next_if(|&&at| at == index).is_some() {
            within = field.end();
        }
    }
}
