//! Remarks: what a reader of bytes has to say about them, as data.
//!
//! A remark has one shape everywhere: which field, where, what was expected, what was found, who
//! claimed it, and the section of the RFC that says so. Words are put to it where it is shown.

use std::fmt;
use std::ops::Range;

use super::text::count_of_bytes;

/// Something that is not as the protocol has it, at one place of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The field that is concerned, in the RFC's name.
    pub field: &'static str,
    /// Where, in bytes from the message's first. Empty where bytes are missing altogether.
    pub range: Range<usize>,
    /// What is the matter.
    pub fault: Fault,
    /// How it is meant.
    pub kind: Kind,
    /// The section that says how it should be, as in `RFC 8446 4.1.2`.
    pub reference: &'static str,
}

/// How a remark is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bytes do not have the form that the protocol gives them.
    Form,
    /// The form is right, and an expert would stop here all the same.
    Notice,
    /// What decides the form was not seen, and one form was taken.
    Assumption,
}

impl Kind {
    /// `form`, `notice` or `assumption`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Form => "form",
            Kind::Notice => "notice",
            Kind::Assumption => "assumption",
        }
    }
}

/// What is the matter with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fewer bytes are there than a length claims or a type needs.
    Truncated {
        /// How many bytes the field should have.
        expected: usize,
        /// How many of them are there.
        found: usize,
    },
    /// Bytes are left behind the last known part.
    Trailing {
        /// How many.
        found: usize,
    },
    /// A length is not one of those that its field may have.
    Size {
        /// The least that it may be, in bytes.
        least: usize,
        /// The most that it may be.
        most: usize,
        /// What it is.
        found: usize,
    },
    /// A number is not one of those that may stand here.
    Value {
        /// What may stand here, in words.
        expected: &'static str,
        /// The number that was found.
        found: u64,
    },
    /// A code of two bytes, told in hexadecimal digits, is not one of those that may stand here.
    Code {
        /// What may stand here, in words.
        expected: &'static str,
        /// The code that was found.
        found: u16,
    },
    /// The bytes do not have the form that belongs here.
    Form {
        /// The form that belongs here, in words.
        expected: &'static str,
        /// What was seen instead, in words.
        found: &'static str,
    },
}

/// An item of a list, by which fields of one name are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name of the list.
    pub list: &'static str,
    /// Which of its items, from 0 on.
    pub index: usize,
}

/// Who takes what there is to say about the fields of a message.
pub trait Notices {
    /// Something is the matter with a field: the first of its name in the item that is spoken of.
    fn fault(&mut self, field: &'static str, fault: Fault, reference: &'static str);

    /// The item that is spoken of, behind those in which it stands. None where it is the message.
    fn place(&mut self) -> &mut Vec<Item>;

    /// Speaks of an item of a list.
    fn of_item(&mut self, list: &'static str, index: usize, say: impl FnOnce(&mut Self)) {
        self.place().push(Item { list, index });
        say(self);
        self.place().pop();
    }

    /// A field has another form than it should have, both in words.
    fn form(
        &mut self,
        field: &'static str,
        expected: &'static str,
        found: &'static str,
        reference: &'static str,
    ) {
        self.fault(field, Fault::Form { expected, found }, reference);
    }
}

impl Fault {
    /// What the protocol expects, in words.
    pub fn expected(&self) -> String {
        match self {
            Fault::Truncated { expected, .. } => count_of_bytes(*expected),
            Fault::Trailing { .. } => "nothing more".to_owned(),
            Fault::Size { most, found, .. } if found > most => {
                format!("at most {}", count_of_bytes(*most))
            }
            Fault::Size { least, .. } => format!("at least {}", count_of_bytes(*least)),
            Fault::Value { expected, .. }
            | Fault::Code { expected, .. }
            | Fault::Form { expected, .. } => (*expected).to_owned(),
        }
    }

    /// What was there, in words.
    pub fn found(&self) -> String {
        match self {
            Fault::Truncated { found: 0, .. } | Fault::Size { found: 0, .. } => "none".to_owned(),
            Fault::Size { found, .. } => count_of_bytes(*found),
            Fault::Truncated { found, .. } => format!("{found}, and the end"),
            Fault::Trailing { found } => format!("{} more", count_of_bytes(*found)),
            Fault::Value { found, .. } => found.to_string(),
            Fault::Code { found, .. } => format!("{found:#06x}"),
            Fault::Form { found, .. } => (*found).to_owned(),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (expected, found) = (self.fault.expected(), self.fault.found());
        write!(f, "{}: expected {expected}, found {found}", self.field)?;
        if !self.reference.is_empty() {
            write!(f, " ({})", self.reference)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_is_no_bytes() {
        let words = |fault: Fault| (fault.expected(), fault.found());
        for (fault, expected, found) in [
            (Fault::Truncated { expected: 1, found: 0 }, "1 byte", "none"),
            (Fault::Truncated { expected: 2, found: 1 }, "2 bytes", "1, and the end"),
            (Fault::Size { least: 1, most: 255, found: 0 }, "at least 1 byte", "none"),
            (Fault::Size { least: 0, most: 1, found: 2 }, "at most 1 byte", "2 bytes"),
            (Fault::Size { least: 2, most: 9, found: 1 }, "at least 2 bytes", "1 byte"),
            (Fault::Trailing { found: 1 }, "nothing more", "1 byte more"),
            (Fault::Trailing { found: 2 }, "nothing more", "2 bytes more"),
        ] {
            assert_eq!(words(fault), (expected.to_owned(), found.to_owned()));
        }
    }
}
