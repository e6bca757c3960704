//! Messages in the order in which what they say of each other is to be read: those of DTLS as their
//! senders numbered them, RFC 6347 section 4.2.2, so that what overtook another has the form that it
//! would have had without that; and a second hello behind what asks for it.

use super::review::Review;
use super::{Event, Queue, Side};
use crate::wire::grammar::Context;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::stream::{Message, Unit, agree};

/// Reads again what overtook another, and notices of each message what the others tell of it.
/// `last` is what was agreed on in the end.
pub(super) fn review(events: &mut [Event], last: Context) {
    let mut order = order(events);
    let overtook = order.iter().enumerate().any(|(place, index)| place != *index);
    put_behind_its_request(events, &mut order);
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

/// Where one side's bytes come first, a client's second hello stands before what asks for it, RFC 8446
/// section 4.1.4 and RFC 6347 section 4.2.1: it is read behind that.
fn put_behind_its_request(events: &[Event], order: &mut [usize]) {
    let at = |place: &usize| events.get(*place);
    // All that the client says before the server says anything.
    let alone = order.iter().take_while(|index| at(index).is_some_and(is_clients)).count();
    let Some((clients, servers)) = order.split_at_checked(alone) else { return };
    let mut hellos = clients
        .iter()
        .enumerate()
        .filter_map(|(place, index)| Some((place, at(index).and_then(hello)?)));
    let Some((_, first)) = hellos.next() else { return };
    // The first sent again asks for nothing new.
    let Some((second, _)) = hellos.find(|(_, hello)| hello != &first) else { return };
    let mut said = servers.iter().enumerate().filter_map(|(place, index)| match at(index) {
        Some(Event { from, unit: Unit::Message(message), .. }) => Some((place, *from, message)),
        _ => None,
    });
    let Some((request, Side::Server, message)) = said.next() else { return };
    if asks_for_hello(message) {
        if let Some(between) = order.get_mut(second..=alone + request) {
            between.rotate_left(alone - second);
        }
    }
}

fn hello(event: &Event) -> Option<&ClientHello> {
    match &event.unit {
        Unit::Message(message) => match message.handshake() {
            Some(Handshake::ClientHello(hello)) => Some(hello),
            _ => None,
        },
        Unit::Header(_) => None,
    }
}

fn is_clients(event: &Event) -> bool {
    event.from == Side::Client
}

/// Whether a server answers a hello by this, and waits for another.
fn asks_for_hello(message: &Message) -> bool {
    matches!(
        message.handshake(),
        Some(
            Handshake::HelloRetryRequest(_)
                | Handshake::DraftHelloRetryRequest(_)
                | Handshake::HelloVerifyRequest(_)
        )
    )
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
