//! A connection of which all that one side says stands behind all that the other does, as in a file of
//! both streams one behind the other: hellos and what answers them are put into the order in which they
//! were said, RFC 8446 sections 2 and 4.1.4, RFC 6347 section 4.2.1.

use super::{Event, Side};
use crate::names::ExtensionType;
use crate::wire::extension::{ClientExtension, Extension, HelloRetryExtension};
use crate::wire::handshake::Handshake;
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::client_rules::{shared_groups, verify_data};
use crate::wire::stream::{Body, Message, Unit};

/// Puts the client's hellos before what answers them, one that is asked for behind what asks, and the
/// rest of what the client says behind the server's. What was said in that order stays in it.
pub(super) fn put_in_turn(events: &[Event], order: &mut Vec<usize>) {
    let Some(first) = order.first().and_then(|index| events.get(*index)) else { return };
    let run = |order: &[usize], side: Side| {
        let from = |index: &&usize| events.get(**index).is_some_and(|event| event.from == side);
        order.iter().take_while(from).count()
    };
    let (ones, behind) = order.split_at(run(order, first.from));
    let (others, later) = behind.split_at(run(behind, first.from.other()));
    let (clients, servers) = match first.from {
        Side::Client => (ones, others),
        Side::Server => (others, ones),
    };
    let server_says = messages(events, servers);
    let Some((place, answer)) = answer(&server_says) else { return };
    let hellos = hellos(&messages(events, clients));
    // One that renegotiates is none of those with which both sides begin.
    let Some(one) = hellos.first().filter(|one| !renegotiates(one.hello)) else { return };
    let end = hellos.last().map_or(0, |last| last.place + 1);
    let is_request = asks_for_hello(answer);
    let is_second = || {
        let mut behind = server_says.iter().filter(|(other, _)| *other > place);
        let goes_on = first.from == Side::Server || behind.any(|(_, it)| answers_hello(it));
        is_request && is_second(one, answer, goes_on)
    };
    // The first sent again asks for nothing new.
    let asked_for = match hellos.iter().find(|other| other.hello != one.hello) {
        // Early data belongs to a first hello; behind other data a connection ends.
        _ if one.is_behind_data => {
            if !is_second() {
                return;
            }
            one.place
        }
        Some(second) if is_request => second.place,
        None if is_second() => 0,
        _ => end,
    };
    let (before, answers) = servers.split_at(place);
    let (request, answers) = answers.split_at(usize::from(is_request));
    let (hellos, rest) = clients.split_at(end);
    let (first_hello, second_hello) = hellos.split_at(asked_for);
    let is_done =
        |message: &Message| matches!(message.handshake(), Some(Handshake::ServerHelloDone(_)));
    // In a full handshake before TLS 1.3 the client changes its keys first, and says Finished by them.
    let done = end_of(events, answers, is_done);
    let is_key =
        |message: &Message| matches!(message.handshake(), Some(Handshake::ClientKeyExchange(_)));
    let changed = end_of(events, rest, Message::changes_keys);
    let finished = changed.map(|changed| behind_message(events, rest, changed));
    let (answers, flight, finish, rest) = match (done, finished.or(end_of(events, rest, is_key))) {
        (Some(done), Some(finished)) => {
            let (answers, finish) = answers.split_at(done);
            let (flight, rest) = rest.split_at(finished);
            (answers, flight, finish, rest)
        }
        _ => (answers, &[][..], &[][..], rest),
    };
    *order =
        [before, first_hello, request, second_hello, answers, flight, finish, rest, later].concat();
}

/// The place behind the first message that is such a one.
fn end_of(events: &[Event], order: &[usize], is_one: impl Fn(&Message) -> bool) -> Option<usize> {
    let found = messages(events, order).into_iter().find(|(_, message)| is_one(message));
    found.map(|(place, _)| place + 1)
}

/// The place behind the message that comes next from a place on.
fn behind_message(events: &[Event], order: &[usize], from: usize) -> usize {
    let next = messages(events, order).into_iter().find(|(place, _)| *place >= from);
    next.map_or(order.len(), |(place, _)| place + 1)
}

/// The messages among events, each with its place.
fn messages<'e>(events: &'e [Event], order: &[usize]) -> Vec<(usize, &'e Message)> {
    let all = order.iter().enumerate();
    all.filter_map(|(place, index)| Some((place, message_of(events.get(*index)?)?))).collect()
}

fn message_of(event: &Event) -> Option<&Message> {
    match &event.unit {
        Unit::Message(message) => Some(message),
        Unit::Header(_) => None,
    }
}

/// What a server answers a hello by; none where something else stands before it, as in a stream that
/// begins in the middle. The ChangeCipherSpec of TLS 1.3 may.
fn answer<'e>(messages: &[(usize, &'e Message)]) -> Option<(usize, &'e Message)> {
    let begins =
        |message: &Message| message.follows_hello() && message.body != Body::ChangeCipherSpec;
    let (place, message) = messages.iter().find(|(_, message)| begins(message))?;
    answers_hello(message).then_some((*place, *message))
}

/// A hello of a client.
struct Hello<'e> {
    place: usize,
    message: &'e Message,
    hello: &'e ClientHello,
    /// Whether something protected stands before it.
    is_behind_data: bool,
}

/// The hellos with which a client begins; none where it begins with another message of the handshake.
fn hellos<'e>(messages: &[(usize, &'e Message)]) -> Vec<Hello<'e>> {
    let (mut hellos, mut is_behind_data) = (Vec::new(), false);
    for (place, message) in messages {
        match (&message.body, message.handshake()) {
            (_, Some(Handshake::ClientHello(hello))) => {
                hellos.push(Hello { place: *place, message, hello, is_behind_data });
            }
            (Body::Handshake(_) | Body::BrokenHandshake(_) | Body::Rest, _) => break,
            (Body::Encrypted | Body::ApplicationData, _) => is_behind_data = true,
            _ => {}
        }
    }
    hellos
}

/// Whether a hello says how the handshake before it ended: RFC 5746 section 3.5.
fn renegotiates(hello: &ClientHello) -> bool {
    verify_data(hello).is_some_and(|before| !before.is_empty())
}

/// Whether a server answers a hello by this.
fn answers_hello(message: &Message) -> bool {
    let answer = message.handshake();
    matches!(answer, Some(Handshake::ServerHello(_) | Handshake::DraftServerHello(_)))
        || asks_for_hello(message)
}

/// Whether it waits for another hello by it.
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

/// Whether the only hello of a client is what a server asked for, as the first was not seen. Where the
/// server does not go on, it may have asked for what it had.
fn is_second(hello: &Hello<'_>, request: &Message, goes_on: bool) -> bool {
    let Hello { message, hello, .. } = hello;
    if let Some(number) = message.message_seq() {
        return number > 0;
    }
    let Some(Handshake::HelloRetryRequest(request)) = request.handshake() else { return false };
    let has = |wanted| hello.extensions().iter().any(|one| one.extension_type() == wanted);
    let extensions = request.extensions.as_ref().map_or(&[][..], |block| &block.0);
    extensions.iter().any(|asked| match asked {
        HelloRetryExtension::Cookie(cookie) => {
            hello.extensions().contains(&ClientExtension::Cookie(cookie.clone()))
        }
        HelloRetryExtension::KeyShare(group) => {
            goes_on
                && shared_groups(hello).is_some_and(|shared| shared == [*group])
                && !has(ExtensionType::early_data)
        }
        _ => false,
    })
}
