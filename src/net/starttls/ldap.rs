//! LDAP: StartTLS is an extended request, RFC 4511 section 4.14; messages are those of section 4.1.1
//! in BER.

use super::{LEAVES, NOT_SPOKEN, Turn};
use crate::wire::grammar::peek;

/// The name of StartTLS.
const START_TLS: &[u8] = b"1.3.6.1.4.1.1466.20037";

/// Tags of operations.
mod operation {
    pub const BIND: u8 = 0x60;
    pub const UNBIND: u8 = 0x42;
    pub const SEARCH: u8 = 0x63;
    pub const ABANDON: u8 = 0x50;
    pub const EXTENDED: u8 = 0x77;
    pub const BIND_RESPONSE: u8 = 0x61;
    pub const SEARCH_DONE: u8 = 0x65;
    pub const EXTENDED_RESPONSE: u8 = 0x78;
}

/// Codes of results, RFC 4511 section 4.1.9.
const SUCCESS: u8 = 0;
const PROTOCOL_ERROR: u8 = 2;
const CONFIDENTIALITY_REQUIRED: u8 = 13;

pub(super) fn turn(said: &[u8]) -> Option<Turn> {
    if said.first() != Some(&0x30) {
        return Some(Turn::over(0, [], NOT_SPOKEN));
    }
    let Element { content, length, .. } = element(said)?;
    let id = element(content).filter(|id| id.tag == 2 && (1..=4).contains(&id.content.len()));
    let asked = id.and_then(|id| {
        let asked = element(content.get(id.length..)?)?;
        Some((id.content, asked))
    });
    let Some((id, asked)) = asked else {
        return Some(Turn::over(length, [], NOT_SPOKEN));
    };
    let respond = |tag, result| response(id, tag, result);
    Some(match asked.tag {
        operation::EXTENDED if is_start_tls(asked.content) => {
            Turn::tls(length, respond(operation::EXTENDED_RESPONSE, SUCCESS))
        }
        operation::EXTENDED => {
            Turn::listen(length, respond(operation::EXTENDED_RESPONSE, PROTOCOL_ERROR))
        }
        operation::BIND => {
            Turn::listen(length, respond(operation::BIND_RESPONSE, CONFIDENTIALITY_REQUIRED))
        }
        // Of the root: it finds nothing, which is no error.
        operation::SEARCH => Turn::listen(length, respond(operation::SEARCH_DONE, SUCCESS)),
        operation::UNBIND => Turn::over(length, [], LEAVES),
        operation::ABANDON => Turn::listen(length, []),
        // The tag of a response is that of its request, and one more.
        tag => Turn::listen(length, respond(tag.wrapping_add(1), CONFIDENTIALITY_REQUIRED)),
    })
}

fn is_start_tls(request: &[u8]) -> bool {
    element(request).is_some_and(|name| name.tag == 0x80 && name.content == START_TLS)
}

/// A result with no name and no words.
fn response(id: &[u8], tag: u8, result: u8) -> Vec<u8> {
    let id_length = id.len() as u8;
    let mut out = vec![0x30, 2 + id_length + 9, 2, id_length];
    out.extend_from_slice(id);
    out.extend([tag, 7, 0x0a, 1, result, 4, 0, 4, 0]);
    out
}

/// An element of BER whose length is told.
struct Element<'b> {
    tag: u8,
    content: &'b [u8],
    /// With what stands before its content.
    length: usize,
}

/// The element that begins here. What is longer than all that may be said never gets whole.
fn element(bytes: &[u8]) -> Option<Element<'_>> {
    let [tag, first, ..] = *bytes else { return None };
    let (header, length) = match first {
        0..=0x7f => (2, usize::from(first)),
        0x81..=0x84 => {
            let width = usize::from(first & 0x7f);
            (2 + width, peek(bytes, 2, width)?)
        }
        // No end is told, which LDAP forbids (RFC 4511 section 5.1): it is an empty one.
        _ => (2, 0),
    };
    let end = header.checked_add(length)?;
    Some(Element { tag, content: bytes.get(header..end)?, length: end })
}

#[cfg(test)]
mod tests {
    use super::super::{Dialogue, Protocol, State};
    use super::*;

    /// A message with this number and this operation.
    fn message(id: &[u8], tag: u8, content: &[u8]) -> Vec<u8> {
        let inside = [&[2, id.len() as u8], id, &[tag, content.len() as u8], content].concat();
        [&[0x30, inside.len() as u8], &inside[..]].concat()
    }

    fn extended(id: &[u8], name: &[u8]) -> Vec<u8> {
        message(id, 0x77, &[&[0x80, name.len() as u8], name].concat())
    }

    #[test]
    fn start_tls_is_granted_and_nothing_else() {
        let (mut dialogue, greeting) = Dialogue::begin(Protocol::Ldap);
        assert_eq!(greeting, b"");
        let bind = message(&[1], 0x60, &[2, 1, 3, 4, 0, 0x80, 0]);
        assert_eq!(dialogue.receive(&bind), message(&[1], 0x61, &[10, 1, 13, 4, 0, 4, 0]));
        let who_am_i = extended(&[2], b"1.3.6.1.4.1.4203.1.11.3");
        assert_eq!(dialogue.receive(&who_am_i), message(&[2], 0x78, &[10, 1, 2, 4, 0, 4, 0]));
        let start = extended(&[1, 0x2c], START_TLS);
        let answer = dialogue.receive(&start);
        assert_eq!(answer, message(&[1, 0x2c], 0x78, &[10, 1, 0, 4, 0, 4, 0]));
        assert_eq!(dialogue.state(), State::Tls);
        assert_eq!(dialogue.length(), bind.len() + who_am_i.len() + start.len());
    }

    #[test]
    fn a_length_of_four_bytes_is_one_too() {
        // As Active Directory and its clients write them.
        let short = extended(&[1], START_TLS);
        let long = [&[0x30, 0x84, 0, 0, 0, short[1]], &short[2..]].concat();
        let (mut dialogue, _) = Dialogue::begin(Protocol::Ldap);
        dialogue.receive(&long);
        assert_eq!((dialogue.state(), dialogue.length()), (State::Tls, long.len()));
    }

    #[test]
    fn what_is_no_message_ends_it() {
        for said in [&b"EHLO me\r\n"[..], &[0x30, 0], &[0x30, 0x80, 2, 1, 1], &[0x30, 3, 2, 1, 1]] {
            let (mut dialogue, _) = Dialogue::begin(Protocol::Ldap);
            assert_eq!(dialogue.receive(said), b"");
            assert_eq!(dialogue.state(), State::Over(NOT_SPOKEN), "{said:?}");
        }
    }
}
