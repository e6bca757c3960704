//! Messages in the order in which what they say of each other is to be read: those of DTLS as their
//! senders numbered them, RFC 6347 section 4.2.2, so that what overtook another has the form that it
//! would have had without that; and each side behind what it answers.

use std::collections::HashMap;
use std::ops::Range;

use super::apart::put_in_turn;
use super::review::{Behind, Review};
use super::{Event, Queue, Side};
use crate::names::{HandshakeType, ProtocolVersion};
use crate::wire::extension::ServerExtension;
use crate::wire::grammar::Context;
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_rules::{may_offer_tls13, verify_data};
use crate::wire::stream::{Alike, Body, Message, Unit, agree};

/// Reads again what overtook another, and notices of each message what the others tell of it.
/// `last` is what was agreed on in the end, and `has_records` tells that the client's records were seen
/// themselves, and not a log of them.
pub(super) fn review(events: &mut [Event], last: Context, has_records: bool) {
    let mut order = order(events);
    let overtook = order.iter().enumerate().any(|(place, index)| place != *index);
    put_in_turn(events, &mut order);
    let mut context = Context { stream: last.stream, ..Context::default() };
    let client_alone = events.iter().all(|event| event.from == Side::Client);
    let mut review = Review::of(client_alone, renegotiates(events, &order), has_records);
    let behind = behind_changes(events, &order);
    let mut alike = Alike::default();
    for index in order {
        let Some(Event { from, unit, .. }) = events.get_mut(index) else { continue };
        let Unit::Message(message) = unit else { continue };
        if overtook && message.message_seq().is_some() {
            // Only those of DTLS have numbers, wherever they stand.
            context.datagram = true;
            message.read_again(Context { sender: Some(*from), ..context });
            agree(message, &mut context);
        }
        review.read(*from, message, behind.get(&index).copied().unwrap_or_default());
        unit.settle(&mut alike);
    }
}

/// What is said behind each change of keys, by the index of that.
fn behind_changes(events: &[Event], order: &[usize]) -> HashMap<usize, Behind> {
    let mut behind = HashMap::new();
    let [mut of_client, mut of_server] = [Behind { is_last: true, ..Behind::default() }; 2];
    for index in order.iter().rev() {
        let Some(Event { from, unit: Unit::Message(message), .. }) = events.get(*index) else {
            continue;
        };
        let (own, others) = match from {
            Side::Client => (&mut of_client, of_server.next),
            Side::Server => (&mut of_server, of_client.next),
        };
        match &message.body {
            Body::ChangeCipherSpec => {
                behind.insert(*index, Behind { others, ..*own });
            }
            Body::Alert(_) => {}
            Body::Handshake(handshake) if !message.tree.has_assumption() => {
                own.next = Some(handshake.msg_type());
                own.is_first_hello = is_first_hello(message);
            }
            _ => *own = Behind::default(),
        }
        own.is_last = false;
    }
    behind
}

/// Whether a message is a client's first hello by itself: a second one offers TLS 1.3, and its record has
/// the version of TLS 1.2, RFC 8446 section 5.1.
fn is_first_hello(message: &Message) -> bool {
    let Some(Handshake::ClientHello(hello)) = message.handshake() else { return false };
    let is_older = message.record_version.is_some_and(|version| version < ProtocolVersion::TLS1_2);
    message.message_seq().is_none() && (is_older || !may_offer_tls13(hello))
}

/// Whether the first handshake that was seen renegotiates another, as its server says by what it sends
/// back of that: RFC 5746 section 3.7.
fn renegotiates(events: &[Event], order: &[usize]) -> bool {
    let mut handshakes = order.iter().filter_map(|index| match &events.get(*index)?.unit {
        Unit::Message(message) => message.handshake(),
        Unit::Header(_) => None,
    });
    let client = handshakes.find_map(|handshake| match handshake {
        Handshake::ClientHello(hello) => Some(verify_data(hello).unwrap_or_default()),
        _ => None,
    });
    let server = handshakes.find_map(|handshake| match handshake {
        Handshake::ServerHello(hello) => Some(hello.extensions()),
        _ => None,
    });
    let (client, server) = (client.unwrap_or_default(), server.unwrap_or_default());
    server.iter().any(|extension| match extension {
        ServerExtension::RenegotiationInfo(both) => {
            !client.is_empty() && both.0.len() > client.len() && both.0.starts_with(client)
        }
        _ => false,
    })
}

/// The indices of the events in the order in which they are to be read: a side's messages by their
/// numbers, in the places where that side spoke. Each handshake counts its own.
fn order(events: &[Event]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..events.len()).collect();
    for handshake in handshakes(events) {
        for side in [Side::Client, Side::Server] {
            put_in_order(events, &mut order, handshake.clone(), side);
        }
    }
    order
}

/// Orders the messages of one side among some of the events.
fn put_in_order(events: &[Event], order: &mut [usize], among: Range<usize>, side: Side) {
    let numbered = |event: &Event| match &event.unit {
        Unit::Message(message) if event.from == side => place(message),
        _ => None,
    };
    let mut queue = Queue::default();
    let (mut places, mut in_order) = (Vec::new(), Vec::new());
    for index in among {
        let Some((number, begins)) = events.get(index).and_then(numbered) else { continue };
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

/// The events of each handshake, where one begins behind another: what was said in the one that ended
/// waits for nothing in the next, whose numbers begin again.
pub(super) fn handshakes(events: &[Event]) -> Vec<Range<usize>> {
    let mut handshakes = Vec::new();
    let (mut begin, mut is_answered, mut has_changed) = (0, false, false);
    // The hello of each side by which this one began: the same again begins none.
    let [mut of_client, mut of_server]: [Option<&[u8]>; 2] = [None, None];
    for (index, event) in events.iter().enumerate() {
        let Unit::Message(message) = &event.unit else { continue };
        let own = Some(&message.bytes[..]);
        // Of a server alone, its own hello begins one behind its change of keys.
        let (asks, answers) = (begins_handshake(message), begins_answer(message));
        let begins = match event.from {
            Side::Client => asks && own != of_client && (is_answered || of_client.is_some()),
            Side::Server => asks && is_answered || answers && own != of_server && has_changed,
        };
        if begins {
            handshakes.push(begin..index);
            (begin, is_answered, has_changed) = (index, false, false);
            (of_client, of_server) = (None, None);
        }
        match event.from {
            Side::Client if asks => of_client = own,
            Side::Server if answers => of_server = own,
            _ => {}
        }
        is_answered |= follows_server(event.from, message);
        has_changed |= event.from == Side::Server && message.changes_keys();
    }
    handshakes.push(begin..events.len());
    handshakes
}

/// Whether it is the first hello of a handshake, or asks for it: RFC 6347 section 4.2.2.
fn begins_handshake(message: &Message) -> bool {
    message.message_seq() == Some(0)
        && matches!(
            message.bytes.first().copied().map(HandshakeType),
            Some(HandshakeType::client_hello | HandshakeType::hello_request)
        )
}

/// Whether it is what a server answers a first hello by.
fn begins_answer(message: &Message) -> bool {
    message.message_seq() == Some(0)
        && matches!(
            message.bytes.first().copied().map(HandshakeType),
            Some(HandshakeType::hello_verify_request | HandshakeType::server_hello)
        )
}

/// Whether it is said only when the server's hello has come: nothing that is sent before it comes
/// behind this.
fn follows_server(from: Side, message: &Message) -> bool {
    let is_clients = from == Side::Client && message.message_seq().is_some();
    message.changes_keys() || (is_clients && !message.begins_flight())
}

/// The number of a message, and whether it begins a flight.
fn place(message: &Message) -> Option<(u16, bool)> {
    message.message_seq().map(|number| (number, message.begins_flight()))
}
