//! The order in which the messages of one side of DTLS are read: each has its number, and one that
//! comes early waits for those before it, RFC 6347 section 4.2.2.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Messages that wait, or whatever is kept of them.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    /// The number of the next.
    next: u32,
    waiting: BTreeMap<u32, Vec<T>>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Queue { next: 0, waiting: BTreeMap::new() }
    }
}

impl<T> Queue<T> {
    /// One in which this is the number of the first message, where those before it were not to be seen.
    pub fn from(number: u16) -> Self {
        Queue { next: number.into(), waiting: BTreeMap::new() }
    }

    /// Adds a message of this number. One that `begins` a flight is next whatever its number, which
    /// a server may take from the hello that it answers. Returns what may be read now.
    pub fn add(&mut self, number: u16, begins: bool, message: T) -> Vec<T> {
        let number = u32::from(number);
        if number > self.next && !begins {
            self.waiting.entry(number).or_default().push(message);
            return Vec::new();
        }
        let mut ready = vec![message];
        self.next = self.next.max(number + 1);
        while let Some(first) = self.waiting.first_entry() {
            if *first.key() > self.next {
                break;
            }
            self.next = self.next.max(first.key() + 1);
            ready.extend(first.remove());
        }
        ready
    }

    /// Nothing more will come: what waits for what is missing, in its order.
    pub fn finish(self) -> Vec<T> {
        self.waiting.into_values().flatten().collect()
    }

    /// The numbers before which something waits and that did not come, as in `0, 2 to 4`; none
    /// where nothing waits.
    pub fn missing(&self) -> Option<String> {
        let mut out = String::new();
        let mut next = self.next;
        for &number in self.waiting.keys() {
            let comma = if out.is_empty() { "" } else { ", " };
            let _ = match number - next {
                0 => Ok(()),
                1 => write!(out, "{comma}{next}"),
                _ => write!(out, "{comma}{next} to {}", number - 1),
            };
            next = number + 1;
        }
        (!out.is_empty()).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_early_waits_for_what_is_before_it() {
        let mut queue = Queue::default();
        assert_eq!(queue.add(2, false, "2"), [""; 0]);
        assert_eq!(queue.add(0, false, "0"), ["0"]);
        assert_eq!(queue.add(0, false, "0 again"), ["0 again"]);
        assert_eq!(queue.missing().as_deref(), Some("1"));
        assert_eq!(queue.add(1, false, "1"), ["1", "2"]);
        assert_eq!(queue.missing(), None);
        queue.add(5, false, "5");
        queue.add(9, false, "9");
        queue.add(6, false, "6");
        assert_eq!(queue.missing().as_deref(), Some("3 to 4, 7 to 8"));
        assert_eq!(queue.finish(), ["5", "6", "9"]);
    }

    #[test]
    fn a_flight_begins_with_a_hello_of_any_number() {
        let mut queue = Queue::default();
        queue.add(6, false, "6");
        assert_eq!(queue.add(5, true, "5"), ["5", "6"]);
        assert_eq!(queue.add(1, true, "1"), ["1"]);
        assert_eq!(queue.add(7, false, "7"), ["7"]);
        queue.add(u16::MAX, false, "last");
        assert_eq!(queue.missing().as_deref(), Some("8 to 65534"));
    }
}
