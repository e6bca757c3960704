//! What we find fault with in a message, and which of it stands where tls-parser reads: what it hands on
//! as bytes, refuses or does not come to, it cannot overlook.

use std::ops::Range;

use super::unread::unread;
use crate::wire::fault::{Kind, Remark};
use crate::wire::field::{Field, Tree};
use crate::wire::stream::Message;

/// Where the form of something is broken, in the order of the wire.
pub fn faults(tree: &Tree) -> Vec<&Remark> {
    let faults = tree.remarks.iter().filter(|remark| remark.kind == Kind::Form);
    let mut faults: Vec<&Remark> = faults.collect();
    faults.sort_by_key(|remark| remark.range.start);
    faults
}

/// The first of these faults that lies in a field.
pub fn first_in<'t>(faults: &[&'t Remark], field: &Field) -> Option<&'t Remark> {
    let part = field.range();
    let from = faults.partition_point(|fault| fault.range.start < part.start);
    let mut behind = faults.iter().skip(from);
    behind.find(|fault| !ends_before(fault, part.start)).filter(|it| is_within(it, &part)).copied()
}

/// Whether a fault is what is missing at the end of that which stands before this place: of no bytes
/// it belongs to what ends there, and not to what begins.
fn ends_before(fault: &Remark, at: usize) -> bool {
    fault.range.is_empty() && fault.range.start == at && at > 0
}

/// What we find fault with where tls-parser reads, in the order of the wire. What it hands on as bytes
/// it does not read, nor what it refuses, nor what it does not come to.
pub fn faults_it_comes_to(message: &Message) -> Vec<&Remark> {
    let unread = unread(message);
    let mut behind = 0;
    let mut faults = faults(&message.tree);
    faults.retain(|remark| {
        let start = remark.range.start;
        // What is missing at the end of such bytes is missing in them.
        let ends = start + usize::from(!remark.range.is_empty());
        while unread.get(behind).is_some_and(|range| range.end < ends) {
            behind += 1;
        }
        unread
            .get(behind)
            .is_none_or(|range| range.start > start || ends_before(remark, range.start))
    });
    faults
}

/// Whether a fault lies in a part.
pub fn is_within(fault: &Remark, part: &Range<usize>) -> bool {
    part.start <= fault.range.start
        && fault.range.end <= part.end
        && !ends_before(fault, part.start)
}

/// Goes along a tree, and knows in which fields it is.
pub struct Holders<'t> {
    tree: &'t Tree,
    /// The index of the next field.
    ahead: usize,
    open: Vec<&'t Field>,
}

impl<'t> Holders<'t> {
    /// At the start of a tree.
    pub fn of(tree: &'t Tree) -> Self {
        Holders { tree, ahead: 0, open: Vec::new() }
    }

    /// The name of the innermost field with parts that a remark lies in. Remarks are asked for in
    /// the order in which they begin.
    pub fn at(&mut self, remark: &Remark) -> Option<&'static str> {
        let start = remark.range.start;
        while let Some(field) = self.tree.fields.get(self.ahead) {
            // What begins where bytes are missing is what lacks them, or stands behind them.
            let lacks = self.tree.missing(self.ahead) > 0;
            let behind = field.start() == start && remark.range.is_empty() && !lacks;
            if field.start() > start || behind {
                break;
            }
            self.open.truncate(self.open.partition_point(|open| open.end() > field.start()));
            if !field.is_leaf() {
                self.open.push(field);
            }
            self.ahead += 1;
        }
        let holds = |field: &&&Field| field.end() >= start;
        self.open.iter().rev().find(holds).map(|field| field.name)
    }
}
