//! The messages of DTLS in the order in which their senders numbered them, RFC 6347 section 4.2.2: what
//! overtook another is read behind it, so that its form and what there is to notice are those that
//! it would have had without that.

use super::review::Review;
use super::{Event, Queue, Side};
use crate::wire::grammar::Context;
use crate::wire::stream::{Message, Unit, agree};

/// Reads again what overtook another, and notices of each message what the others tell of it.
/// `last` is what was agreed on in the end.
pub(super) fn review(events: &mut [Event], last: Context) {
    let order = order(events);
    let overtook = order.iter().enumerate().any(|(place, index)| place != *index);
    let mut context =
        Context { datagram: last.datagram, stream: last.stream, ..Context::default() };
    let mut review = Review::of(events.iter().all(|event| event.from == Side::Client));
    for index in order {
        let Some(Event { from, unit, .. }) = events.get_mut(index) else { continue };
        let Unit::Message(message) = unit else { continue };
        if overtook && message.message_seq().is_some() {
            message.read_again(Context { sender: Some(*from), ..context });
            agree(message, &mut context);
        }
        review.read(*from, message);
        unit.settle();
    }
}

/// The indices of the events in the order in which they are to be read: a side's messages by their
/// numbers, in the places where that side spoke.
fn order(events: &[Event]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..events.len()).collect();
    for side in [Side::Client, Side::Server] {
        let numbered = |event: &Event| match &event.unit {
            Unit::Message(message) if event.from == side => place(message),
            _ => None,
        };
        let mut queue = Queue::default();
        let (mut places, mut in_order) = (Vec::new(), Vec::new());
        for (index, event) in events.iter().enumerate() {
            let Some((number, begins)) = numbered(event) else { continue };
            places.push(index);
            in_order.extend(queue.add(number, begins, index));
        }
        in_order.extend(queue.finish());
        for (place, index) in places.into_iter().zip(in_order) {
            if let Some(slot) = order.get_mut(place) {
                *slot = index;
            }
        }
    }
    order
}

/// The number of a message, and whether it begins a flight.
fn place(message: &Message) -> Option<(u16, bool)> {
    message.message_seq().map(|number| (number, message.begins_flight()))
}
