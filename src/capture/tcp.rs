//! What one end of a connection over TCP sent, put together by the numbers of its segments, RFC 9293
//! 3.4: they come in any order, again, one reaching into another, and not at all.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::wire::limits::STREAM;

/// One direction of a connection.
#[derive(Debug, Default)]
pub(super) struct Half {
    /// The number of the first byte.
    first: Option<u32>,
    /// Whether that was said, and not only taken from the first segment that was seen.
    is_told: bool,
    /// What can be read.
    bytes: Vec<u8>,
    /// What waits for what is before it, by its place: no part reaches into another.
    waiting: BTreeMap<usize, Part>,
    /// Where the stream ends at least, as segments, the end and acknowledgments say.
    claimed: usize,
    /// Where bytes first came again as others: their place, and in which packet.
    other: Option<(usize, u32)>,
    /// Whether there is more than is kept.
    full: bool,
}

#[derive(Debug)]
struct Part {
    packet: u32,
    bytes: Vec<u8>,
}

/// Bytes that are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hole {
    /// Their place.
    pub(super) at: usize,
    pub(super) missing: usize,
    /// The packet that stands behind them, where there is one.
    pub(super) before: Option<u32>,
    /// How many bytes behind them were captured.
    pub(super) unread: usize,
}

impl Half {
    /// The number of the first byte, where a SYN or the answer to one tells it.
    pub(super) fn begin(&mut self, sequence: u32) {
        if !self.is_told && self.bytes.is_empty() && self.waiting.is_empty() {
            (self.first, self.is_told) = (Some(sequence), true);
        }
    }

    /// Whether the number of its first byte was told, and is this one.
    pub(super) fn begins_with(&self, sequence: u32) -> Option<bool> {
        self.first.filter(|_| self.is_told).map(|first| first == sequence)
    }

    /// Whether the capture shows it from its first byte on.
    pub(super) fn is_told(&self) -> bool {
        self.is_told
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Where bytes first came again as others, and in which packet.
    pub(super) fn other(&self) -> Option<(usize, u32)> {
        self.other
    }

    /// The place of a number, which goes round at 2^32: negative before the first byte.
    fn place(&self, sequence: u32) -> Option<i64> {
        let next = self.first?.wrapping_add(self.bytes.len() as u32);
        let ahead = sequence.wrapping_sub(next) as i32;
        Some(self.bytes.len() as i64 + i64::from(ahead))
    }

    /// Takes a segment behind which so many bytes were not captured, and returns where what it makes
    /// readable stands, piece by piece as it was sent.
    pub(super) fn take(
        &mut self,
        (sequence, packet): (u32, u32),
        data: &[u8],
        lost: usize,
    ) -> Vec<Range<usize>> {
        // Far behind all that is kept, numbers come again.
        let is_over = self.full && self.bytes.len() == STREAM;
        if data.is_empty() && lost == 0 || is_over {
            return Vec::new();
        }
        self.first.get_or_insert(sequence);
        let Some(place) = self.place(sequence) else { return Vec::new() };
        // One byte again, whatever it is, asks whether the other end is still there: RFC 9293 3.8.4.
        if data.len() <= 1 && lost == 0 && place + 1 == self.bytes.len() as i64 {
            return Vec::new();
        }
        // What is before the first byte is none of it.
        let before = usize::try_from(-place).unwrap_or(0);
        let (Ok(place), Some(data)) = (usize::try_from(place.max(0)), data.get(before..)) else {
            return Vec::new();
        };
        self.claimed = self.claimed.max(place.saturating_add(data.len() + lost));
        self.keep(place, packet, data);
        self.read_on()
    }

    /// The other end has got everything up to a number.
    pub(super) fn acknowledged(&mut self, sequence: u32) {
        // It counts the end, too, which may not have been captured.
        let place = self.place(sequence).and_then(|place| usize::try_from(place - 1).ok());
        self.claimed = self.claimed.max(place.unwrap_or(0));
    }

    /// Nothing comes behind this number.
    pub(super) fn ends(&mut self, sequence: u32) {
        let place = self.place(sequence).and_then(|place| usize::try_from(place).ok());
        self.claimed = self.claimed.max(place.unwrap_or(0));
    }

    /// Keeps what of it was not there. The first bytes count.
    fn keep(&mut self, place: usize, packet: u32, data: &[u8]) {
        let room = STREAM.saturating_sub(place);
        self.full |= data.len() > room;
        let data = data.get(..room.min(data.len())).unwrap_or_default();
        let end = place + data.len();
        let part = |range: Range<usize>| data.get(range.start - place..range.end - place);
        // What of it was there before, in order: read, or waiting.
        let mut known: Vec<(Range<usize>, &[u8])> = Vec::new();
        let read = self.bytes.len().min(end);
        if place < read {
            known.push((place..read, self.bytes.get(place..read).unwrap_or_default()));
        }
        let around = self.waiting.range(..end).rev();
        let around = around.take_while(|(at, part)| **at + part.bytes.len() > place);
        let mut waiting: Vec<_> = around.collect();
        waiting.reverse();
        for (at, waits) in waiting {
            let range = place.max(*at)..end.min(at + waits.bytes.len());
            let bytes = waits.bytes.get(range.start - at..range.end - at);
            known.push((range, bytes.unwrap_or_default()));
        }
        let (mut at, mut new, mut other) = (place, Vec::new(), None);
        for (range, bytes) in known {
            let again = part(range.clone()).unwrap_or_default();
            let differs = again.iter().zip(bytes).position(|(again, first)| again != first);
            other = other.or(differs.map(|differs| (range.start + differs, packet)));
            new.push(at..range.start);
            at = range.end;
        }
        new.push(at..end);
        self.other = self.other.or(other);
        for range in new.into_iter().filter(|range| !range.is_empty()) {
            let bytes = part(range.clone()).unwrap_or_default().to_vec();
            self.waiting.insert(range.start, Part { packet, bytes });
        }
    }

    /// Reads what waits for nothing any more.
    fn read_on(&mut self) -> Vec<Range<usize>> {
        let mut pieces = Vec::new();
        while let Some(first) = self.waiting.first_entry() {
            let start = self.bytes.len();
            if *first.key() != start {
                break;
            }
            self.bytes.extend(first.remove().bytes);
            pieces.push(start..self.bytes.len());
        }
        pieces
    }

    /// What is lost of it: what stands behind that is not read.
    pub(super) fn hole(&self) -> Option<Hole> {
        let at = self.bytes.len();
        let (next, before) = match self.waiting.first_key_value() {
            Some((next, part)) => (*next, Some(part.packet)),
            // Of what is not kept nothing is known.
            None if self.full => return None,
            None => (self.claimed, None),
        };
        let missing = next.checked_sub(at).filter(|missing| *missing > 0)?;
        let unread = self.waiting.values().map(|part| part.bytes.len()).sum();
        Some(Hole { at, missing, before, unread })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What can be read of segments, each of a number and bytes.
    fn half(segments: &[(u32, &[u8])]) -> Half {
        let mut half = Half::default();
        for (packet, (sequence, data)) in (1..).zip(segments) {
            half.take((*sequence, packet), data, 0);
        }
        half
    }

    #[test]
    fn segments_come_in_any_order_again_and_over_one_another() {
        let whole = b"0123456789";
        for segments in [
            &[(7, &whole[..5]), (12, &whole[5..])][..],
            &[(7, &whole[..1]), (12, &whole[5..]), (8, &whole[1..5])],
            &[(7, &whole[..5]), (7, &whole[..5]), (9, &whole[2..])],
            &[(7, &whole[..2]), (11, &whole[4..6]), (15, &whole[8..]), (8, &whole[1..9])],
            &[(7, &whole[..2]), (12, &whole[5..]), (7, &whole[..])],
        ] {
            let half = half(segments);
            assert_eq!((half.bytes(), half.hole(), half.other()), (&whole[..], None, None));
        }
        // Those that come early stand one by one, when what is before them has come.
        let mut half = half(&[(7, b"0"), (9, b"2"), (10, b"34")]);
        assert_eq!(half.take((8, 4), b"1", 0), [1..2, 2..3, 3..5]);
    }

    #[test]
    fn numbers_go_round() {
        let mut half = Half::default();
        half.begin(u32::MAX - 1);
        for (at, bytes) in [(0, b"23"), (2, b"45"), (u32::MAX - 1, b"01")] {
            half.take((at, 1), bytes, 0);
        }
        assert_eq!((half.bytes(), half.hole()), (&b"012345"[..], None));
    }

    #[test]
    fn the_first_bytes_count_and_others_in_their_place_are_told() {
        let read = half(&[(7, b"abcd"), (9, b"cXYZ")]);
        assert_eq!((read.bytes(), read.other()), (&b"abcdYZ"[..], Some((3, 2))));
        // Also where both wait.
        let read = half(&[(7, b"a"), (9, b"cd"), (10, b"Xe"), (8, b"b")]);
        assert_eq!((read.bytes(), read.other()), (&b"abcde"[..], Some((3, 3))));
        // A probe whether the other end is still there sends a byte that says nothing.
        let read = half(&[(7, b"abcd"), (10, b"\0"), (11, b"e")]);
        assert_eq!((read.bytes(), read.other()), (&b"abcde"[..], None));
    }

    #[test]
    fn what_is_lost_ends_what_is_read() {
        let mut read = half(&[(7, b"abc"), (12, b"fg"), (16, b"h")]);
        let hole = Hole { at: 3, missing: 2, before: Some(2), unread: 3 };
        assert_eq!((read.bytes(), read.hole()), (&b"abc"[..], Some(hole)));
        read.take((10, 4), b"de", 0);
        assert_eq!(
            (read.bytes(), read.hole().map(|hole| hole.missing)),
            (&b"abcdefg"[..], Some(2))
        );
        // A packet that was captured in part, one that never was, and the end.
        let mut read = half(&[(7, b"abc")]);
        assert_eq!(read.hole(), None);
        read.acknowledged(11);
        assert_eq!(read.hole(), None);
        read.acknowledged(13);
        assert_eq!(read.hole().map(|hole| (hole.at, hole.missing)), Some((3, 2)));
        read.take((10, 2), b"d", 4);
        assert_eq!(read.hole().map(|hole| (hole.at, hole.missing)), Some((4, 4)));
        read.ends(17);
        assert_eq!(read.hole().map(|hole| (hole.at, hole.missing)), Some((4, 6)));
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let piece = vec![7; STREAM / 2 + 1];
        let mut half = Half::default();
        for at in [0, piece.len(), 2 * piece.len(), 1 << 30] {
            half.take((at as u32, 1), &piece, 0);
        }
        assert_eq!((half.bytes().len(), half.is_full(), half.hole()), (STREAM, true, None));
    }

    #[test]
    fn what_is_before_the_first_byte_is_none_of_it() {
        let mut half = Half::default();
        half.begin(10);
        half.take((8, 1), b"..ab", 0);
        half.take((5, 2), b".", 0);
        assert_eq!((half.bytes(), half.other()), (&b"ab"[..], None));
    }
}
