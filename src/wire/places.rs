//! Where items of lists stand in a tree, when many of them are spoken of one after the other: a list
//! is looked for once, and its items are known from there on, so that the time is that of the tree and
//! not that of the tree for each item.

use std::collections::HashMap;

use super::fault::Item;
use super::field::{Field, Shape, Tree};

/// A tree, and what is known of where the items of its lists stand.
#[derive(Debug)]
pub struct Places<'t> {
    tree: &'t Tree,
    /// The fields of a list's items, by the field in which the list was looked for and its name.
    lists: HashMap<(usize, &'static str), Vec<usize>>,
    /// Fields that were looked at.
    #[cfg(test)]
    looked: usize,
}

impl<'t> Places<'t> {
    /// Nothing is known yet.
    pub fn of(tree: &'t Tree) -> Self {
        Places {
            tree,
            lists: HashMap::new(),
            #[cfg(test)]
            looked: 0,
        }
    }

    /// The first field of a name in an item of a list, which stands in an item of another, and so
    /// on; the item itself where it has none of that name.
    pub fn find(&mut self, place: &[Item], name: &str) -> Option<&'t Field> {
        let (mut from, mut to) = (0, self.tree.fields.len());
        for item in place {
            if !self.lists.contains_key(&(from, item.list)) {
                let items = self.items(from, to, item.list);
                self.lists.insert((from, item.list), items);
            }
            from = *self.lists.get(&(from, item.list))?.get(item.index)?;
            to = self.tree.behind(from);
        }
        let within = self.tree.fields.get(from..to)?;
        let named = within.iter().position(|field| field.name == name);
        self.look(named.map_or(within.len(), |index| index + 1));
        match named {
            Some(index) => within.get(index),
            None => within.first().filter(|_| !place.is_empty()),
        }
    }

    /// The items of the list of a name that stands in the fewest others, as certificates have
    /// extensions too. None where there is no such list.
    fn items(&mut self, from: usize, to: usize, name: &str) -> Vec<usize> {
        let within = self.tree.fields.get(from..to).unwrap_or_default();
        self.look(within.len());
        let fields = Tree::depths(within).enumerate();
        let lists = fields
            .filter(|(_, (_, field))| field.name == name && matches!(field.shape, Shape::List));
        let Some((list, _)) = lists.min_by_key(|(_, (depth, _))| *depth) else {
            return Vec::new();
        };
        let parts = self.tree.children(from + list);
        parts.filter(|(_, part)| part.name != "length").map(|(index, _)| index).collect()
    }

    #[cfg(test)]
    fn look(&mut self, fields: usize) {
        self.looked += fields;
    }

    #[cfg(not(test))]
    fn look(&mut self, _: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::field::{Record, Value};

    /// A list of items, each of which holds a list of two numbers.
    fn nested(count: usize) -> Tree {
        let mut tree = Tree::for_input(count * 3);
        let outer = tree.open("outer", 0, Shape::List);
        for at in (0..count).map(|item| item * 3) {
            let item = tree.open("item", at, Shape::Struct);
            let inner = tree.open("inner", at, Shape::List);
            tree.leaf("length", at..at + 1, 0, Value::Number);
            tree.leaf("number", at + 1..at + 2, 0, Value::Number);
            tree.leaf("number", at + 2..at + 3, 0, Value::Number);
            tree.close(inner, at + 3, 0);
            tree.close(item, at + 3, 0);
        }
        tree.close(outer, count * 3, 0);
        tree
    }

    fn number(item: usize, index: usize) -> [Item; 2] {
        [Item { list: "outer", index: item }, Item { list: "inner", index }]
    }

    #[test]
    fn every_item_of_every_list_is_found() {
        let tree = nested(50);
        let mut places = Places::of(&tree);
        // Also from the last to the first, and from one to another and back.
        for item in (0..50).rev().chain((0..50).step_by(7)) {
            for index in [1, 0, 1] {
                let found = places.find(&number(item, index), "number").unwrap();
                assert_eq!(found.start(), item * 3 + 1 + index);
            }
            let place = [Item { list: "outer", index: item }];
            assert_eq!(places.find(&place, "number").unwrap().start(), item * 3 + 1);
            assert_eq!(places.find(&place, "nothing").unwrap().name, "item");
            assert!(places.find(&number(item, 2), "number").is_none());
        }
        assert!(places.find(&number(50, 0), "number").is_none());
        assert!(places.find(&[], "nothing").is_none());
        assert!(places.find(&[Item { list: "other", index: 0 }], "number").is_none());
    }

    #[test]
    fn to_speak_of_every_item_takes_no_longer_for_each_where_there_are_more() {
        for count in [1000, 10_000] {
            let tree = nested(count);
            let mut places = Places::of(&tree);
            for item in 0..count {
                for index in [0, 1] {
                    places.find(&number(item, index), "number").unwrap();
                    places.find(&number(item, index), "nothing").unwrap();
                }
                places.find(&[Item { list: "other", index: item }], "number");
            }
            assert!(places.looked <= 5 * tree.fields.len(), "{} looks", places.looked);
        }
    }
}
