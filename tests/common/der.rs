//! A tree of DER, and ways to ask for its parts.

use std::ops::Range;

use helloscope::wire::field::{Field, Tree};
use helloscope::wire::grammar::{Context, Reader};
use helloscope::wire::x509;

/// DER as we read it, with ways to ask for its parts.
#[derive(Debug)]
pub struct Ours<'a> {
    pub bytes: &'a [u8],
    pub tree: Tree,
}

impl<'a> Ours<'a> {
    pub fn certificate(bytes: &'a [u8]) -> Self {
        Ours::read(bytes, x509::certificate)
    }

    pub fn read(bytes: &'a [u8], read: fn(&mut Reader<'_, Tree>)) -> Self {
        let mut r = Reader::<Tree>::new(bytes, Context::default());
        read(&mut r);
        let tree = r.finish();
        tree.check_tiling(bytes.len()).unwrap();
        Ours { bytes, tree }
    }

    /// The element that lies on this path from the root.
    pub fn element(&self, path: &[&str]) -> usize {
        path.iter().fold(0, |at, name| {
            let mut inside = self.tree.children(at);
            inside.find(|(_, field)| field.name == *name && !field.is_leaf()).unwrap().0
        })
    }

    pub fn field(&self, index: usize) -> &Field {
        &self.tree.fields[index]
    }

    pub fn range(&self, path: &[&str]) -> Range<usize> {
        self.field(self.element(path)).range()
    }

    /// The leaf that is the element's content.
    pub fn content(&self, index: usize) -> &Field {
        self.tree.children(index).last().unwrap().1
    }

    pub fn words(&self, index: usize) -> Option<String> {
        let field = self.content(index);
        field.words(self.bytes)
    }

    pub fn words_on(&self, path: &[&str]) -> String {
        self.words(self.element(path)).unwrap()
    }

    /// The elements within one, without its own tag and length.
    pub fn elements(&self, index: usize) -> Vec<usize> {
        let inside = self.tree.children(index);
        inside.filter(|(_, field)| !field.is_leaf()).map(|(index, _)| index).collect()
    }

    pub fn has(&self, index: usize, name: &str) -> Option<usize> {
        self.elements(index).into_iter().find(|&index| self.field(index).name == name)
    }

    /// The words of a part of an element.
    pub fn part(&self, index: usize, name: &str) -> Option<String> {
        self.words(self.has(index, name)?)
    }

    /// The bytes of a field.
    pub fn own(&self, index: usize) -> &'a [u8] {
        &self.bytes[self.field(index).range()]
    }

    /// Where each element begins, how deep it stands among elements, how long its header is and
    /// what length that claims, with the tag in words. In the order of the wire. Those within a
    /// list of timestamps are left out, since what holds them is no DER.
    pub fn headers(&self) -> Vec<Header> {
        let mut headers = Vec::new();
        // The ends of the elements that are open.
        let mut open: Vec<usize> = Vec::new();
        let fields = &self.tree.fields;
        let lists: Vec<_> = fields.iter().filter(|field| field.name == "sct_list").collect();
        let leaves: Vec<&Field> = self.tree.leaves().collect();
        for pair in leaves.windows(2) {
            let [tag, length] = pair else { unreachable!() };
            if (tag.name, length.name) != ("tag", "length") {
                continue;
            }
            let (start, content) = (tag.range().start, length.range().end);
            if lists.iter().any(|list| list.range().contains(&start)) {
                continue;
            }
            let claimed = usize::try_from(length.number(self.bytes).unwrap()).unwrap();
            open.retain(|&end| end > start);
            headers.push(Header {
                start,
                depth: open.len(),
                header: content - start,
                length: claimed,
                tag: tag.words(self.bytes).unwrap(),
                constructed: self.bytes[start] & 0x20 != 0,
            });
            open.push(content + claimed);
        }
        headers
    }
}

/// What stands before the content of an element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Header {
    pub start: usize,
    /// How many elements it stands in.
    pub depth: usize,
    /// Bytes of tag and length.
    pub header: usize,
    /// Bytes of the content.
    pub length: usize,
    pub tag: String,
    pub constructed: bool,
}

/// The numbers of an OBJECT IDENTIFIER's words, `CN (2.5.4.3)` or without a name.
pub fn dotted(words: &str) -> &str {
    words.rsplit_once(" (").map_or(words, |(_, numbers)| numbers.trim_end_matches(')'))
}
