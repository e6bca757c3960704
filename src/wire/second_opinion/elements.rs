//! The elements of a tree by their names in ASN.1, to be held against what another parser has of them.

use crate::wire::field::Tree;

/// A tree of DER, and its bytes.
#[derive(Clone, Copy)]
pub struct Elements<'t> {
    pub tree: &'t Tree,
    pub bytes: &'t [u8],
}

impl<'t> Elements<'t> {
    /// The index of a part of the element at `index`.
    pub fn part(self, index: usize, name: &str) -> Option<usize> {
        self.tree.children(index).find(|(_, part)| part.name == name).map(|(index, _)| index)
    }

    /// The same of a part of a part.
    pub fn path(self, index: usize, names: &[&str]) -> Option<usize> {
        names.iter().try_fold(index, |index, name| self.part(index, name))
    }

    /// The indices of all parts that are elements of their own.
    pub fn items(self, index: Option<usize>) -> Vec<usize> {
        let Some(index) = index else { return Vec::new() };
        let parts = self.tree.children(index).filter(|(_, part)| !part.is_leaf());
        parts.map(|(index, _)| index).collect()
    }

    /// All bytes of an element.
    pub fn own(self, index: Option<usize>) -> &'t [u8] {
        let field = index.and_then(|index| self.tree.fields.get(index));
        field.and_then(|field| self.bytes.get(field.range())).unwrap_or_default()
    }

    /// What stands in an element behind its tag and length.
    pub fn content(self, index: Option<usize>) -> &'t [u8] {
        let Some(index) = index else { return &[] };
        let length = self.tree.children(index).find(|(_, part)| part.name == "length");
        let (Some(field), Some((_, length))) = (self.tree.fields.get(index), length) else {
            return &[];
        };
        self.bytes.get(length.end()..field.end()).unwrap_or_default()
    }

    /// Whether there are elements in the string of this name.
    pub fn has_form(self, index: Option<usize>, name: &str) -> bool {
        let string = index.and_then(|index| self.part(index, name));
        string.is_some_and(|index| self.tree.children(index).any(|(_, part)| !part.is_leaf()))
    }

    /// What our tree says of a primitive.
    pub fn words(self, index: usize) -> Option<String> {
        let leaf = self.tree.children(index).filter(|(_, part)| part.is_leaf()).nth(2)?.1;
        leaf.words(self.bytes)
    }
}
