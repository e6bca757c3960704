//! Elements without a tree: for those who know what stands before them and want a few parts.

use std::ops::Range;

use super::header::{self, Length};

/// An element that is there to its end.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// The identifier octet, the first one where a tag has several.
    pub identifier: u8,
    /// What stands behind tag and length.
    pub content: &'a [u8],
    /// Where it begins.
    pub start: usize,
    /// Where its content begins.
    pub inside: usize,
}

impl<'a> Element<'a> {
    /// The element at the start of `bytes`, whose first byte stands at `at`.
    pub fn first(bytes: &'a [u8], at: usize) -> Option<Element<'a>> {
        Elements { rest: bytes, at }.next()
    }

    /// The elements in its content.
    pub fn elements(&self) -> Elements<'a> {
        Elements { rest: self.content, at: self.inside }
    }

    /// The elements in its content, where it has this identifier octet.
    pub fn elements_of(&self, identifier: u8) -> Elements<'a> {
        if self.identifier == identifier { self.elements() } else { Elements::default() }
    }

    /// Where it lies, tag and length included.
    pub fn range(&self) -> Range<usize> {
        self.start..self.inside + self.content.len()
    }
}

/// Elements one behind the other, as far as they are there: of the last one, which may be cut off
/// or not say its length, the content is what is there.
pub fn begun(bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    let mut rest = bytes;
    let mut at = 0;
    std::iter::from_fn(move || {
        let header = header::parse(rest)?;
        let start = at;
        let (head, behind) = rest.split_at_checked(header.tag + header.width)?;
        let length = match header.length {
            Length::Definite(length) => length.min(behind.len()),
            Length::Indefinite | Length::Nonsense => behind.len(),
        };
        let (content, left) = behind.split_at(length);
        rest = left;
        at += head.len() + length;
        Some(Element { identifier: header.identifier, content, start, inside: start + head.len() })
    })
}

/// How long the element at the start of `bytes` says to be, tag and length included: one of
/// indefinite length all of them.
pub fn claimed_length(bytes: &[u8]) -> Option<usize> {
    let header = header::parse(bytes)?;
    match header.length {
        Length::Definite(length) => (header.tag + header.width).checked_add(length),
        Length::Indefinite => Some(bytes.len()),
        Length::Nonsense => None,
    }
}

/// Elements one behind the other. They end with the bytes, or before what is no whole element of
/// definite length.
#[derive(Clone, Debug, Default)]
pub struct Elements<'a> {
    rest: &'a [u8],
    at: usize,
}

impl Elements<'_> {
    /// The next one, where it has this identifier octet; else it is left.
    pub fn next_of(&mut self, identifier: u8) -> Option<<Self as Iterator>::Item> {
        if self.rest.first() == Some(&identifier) { self.next() } else { None }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let header = header::parse(self.rest)?;
        let Length::Definite(length) = header.length else { return None };
        let (start, inside) = (self.at, header.tag + header.width);
        let content = self.rest.get(inside..)?.get(..length)?;
        let end = inside + length;
        self.rest = self.rest.get(end..).unwrap_or_default();
        self.at += end;
        Some(Element { identifier: header.identifier, content, start, inside: start + inside })
    }
}
