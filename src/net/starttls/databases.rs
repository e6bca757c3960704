//! PostgreSQL, protocol 3.0 ("Message Flow", "SSL Session Encryption"), where the client speaks
//! first, and MySQL ("Connection Phase", `Protocol::HandshakeV10` and `Protocol::SSLRequest`), where
//! the server does.

use super::{LEAVES, NO_TLS, NOT_SPOKEN, Turn};
use crate::wire::grammar::peek;

/// Codes in the place of a version, PostgreSQL's "Message Formats".
const CANCEL: usize = 80_877_102;
const SSL: usize = 80_877_103;
const GSS: usize = 80_877_104;

pub(super) fn postgres(said: &[u8]) -> Option<Turn> {
    let (length, code) = (peek(said, 0, 4)?, peek(said, 4, 4));
    if !(8..=10_000).contains(&length) {
        return Some(Turn::over(0, [], NOT_SPOKEN));
    }
    Some(match code? {
        SSL => Turn::tls(8, *b"S"),
        // There is none of Kerberos: the client asks for TLS next.
        GSS => Turn::listen(8, *b"N"),
        CANCEL => Turn::over(8, [], LEAVES),
        _ => Turn::over(8, postgres_error(), NO_TLS),
    })
}

/// An ErrorResponse: its fields, each with a letter before it and a zero behind it.
fn postgres_error() -> Vec<u8> {
    let fields = b"SFATAL\0C28000\0MTLS comes first: sslmode=require\0\0";
    let length = fields.len() as u32 + 4;
    [b"E", &length.to_be_bytes()[..], fields].concat()
}

/// Capabilities of MySQL, in the numbers of its documentation.
mod capability {
    pub const LONG_PASSWORD: u32 = 1;
    pub const LONG_FLAG: u32 = 1 << 2;
    pub const CONNECT_WITH_DB: u32 = 1 << 3;
    pub const PROTOCOL_41: u32 = 1 << 9;
    pub const SSL: u32 = 1 << 11;
    pub const TRANSACTIONS: u32 = 1 << 13;
    pub const SECURE_CONNECTION: u32 = 1 << 15;
    pub const PLUGIN_AUTH: u32 = 1 << 19;
}

/// A packet's header: three bytes of length, the lowest first, and a number.
const HEADER: usize = 4;

/// `Protocol::HandshakeV10`.
pub(super) fn mysql_greeting() -> Vec<u8> {
    let capabilities = capability::LONG_PASSWORD
        | capability::LONG_FLAG
        | capability::CONNECT_WITH_DB
        | capability::PROTOCOL_41
        | capability::SSL
        | capability::TRANSACTIONS
        | capability::SECURE_CONNECTION
        | capability::PLUGIN_AUTH;
    let [low, lower, high, higher] = capabilities.to_le_bytes();
    // Nobody logs in, so that what a client is to hash may be the same each time: 20 bytes.
    let (first, second) = (b"hellosco", b"pe does not \0");
    let mut packet = vec![10];
    packet.extend(b"8.0.36-helloscope\0");
    packet.extend(1u32.to_le_bytes());
    packet.extend(first);
    // A filler, the lower capabilities, utf8mb4, autocommit, the higher ones, the length of both.
    packet.extend([0, low, lower, 45, 2, 0, high, higher, 21]);
    packet.extend([0; 10]);
    packet.extend(second);
    packet.extend(b"mysql_native_password\0");
    mysql_packet(0, &packet)
}

pub(super) fn mysql(said: &[u8]) -> Option<Turn> {
    const REQUEST: usize = 32;
    let [low, mid, high, _] = *said.first_chunk::<HEADER>()?;
    let length = usize::from(low) | usize::from(mid) << 8 | usize::from(high) << 16;
    let packet = said.get(HEADER..HEADER.checked_add(length)?)?;
    let end = HEADER + length;
    let Some(flags) = packet.first_chunk::<4>() else {
        return Some(Turn::over(end, [], NOT_SPOKEN));
    };
    // The hello follows without an answer.
    if length == REQUEST && u32::from_le_bytes(*flags) & capability::SSL != 0 {
        return Some(Turn::tls(end, []));
    }
    let error = b"\xff\x57\x0c#28000TLS comes first: --ssl-mode=REQUIRED";
    Some(Turn::over(end, mysql_packet(2, error), NO_TLS))
}

fn mysql_packet(number: u8, packet: &[u8]) -> Vec<u8> {
    let [low, mid, high, _] = (packet.len() as u32).to_le_bytes();
    [&[low, mid, high, number], packet].concat()
}

#[cfg(test)]
mod tests {
    use super::super::{Dialogue, Protocol, State};
    use super::*;

    #[test]
    fn postgres_grants_tls_and_has_no_kerberos() {
        let (mut dialogue, greeting) = Dialogue::begin(Protocol::Postgres);
        assert_eq!(greeting, b"");
        assert_eq!(dialogue.receive(&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x30]), b"N");
        assert_eq!(dialogue.receive(&[0, 0, 0, 8, 4, 0xd2]), b"");
        assert_eq!(dialogue.receive(&[0x16, 0x2f]), b"S");
        assert_eq!((dialogue.state(), dialogue.length()), (State::Tls, 16));
    }

    #[test]
    fn a_client_of_postgres_that_does_without_is_told() {
        let (mut dialogue, _) = Dialogue::begin(Protocol::Postgres);
        let startup = [&[0, 0, 0, 17, 0, 3, 0, 0][..], b"user\0me\0\0"].concat();
        let answer = dialogue.receive(&startup);
        assert_eq!(peek(&answer, 1, 4), Some(answer.len() - 1));
        assert!(answer.starts_with(b"E\0\0\0") && answer.ends_with(b"require\0\0"));
        assert_eq!(dialogue.state(), State::Over(NO_TLS));
    }

    #[test]
    fn mysql_greets_and_waits_for_the_request_before_the_hello() {
        let (mut dialogue, greeting) = Dialogue::begin(Protocol::Mysql);
        // The length, the number, the protocol.
        assert_eq!(greeting[..5], [greeting.len() as u8 - 4, 0, 0, 0, 10]);
        // Both parts of what is hashed make up the length that is told, with a zero at the end.
        let version = greeting[5..].iter().position(|&byte| byte == 0).unwrap() + 6;
        assert_eq!(greeting[version + 4 + 8 + 8], 21);
        let second = version + 4 + 8 + 9 + 10;
        assert_eq!(greeting[second + 12], 0);
        assert!(greeting[second + 13..].starts_with(b"mysql_native_password\0"));
        let request = [&[32, 0, 0, 1][..], &0x0aa8_aa05u32.to_le_bytes(), &[0; 28]].concat();
        let (first, rest) = request.split_at(10);
        assert_eq!(dialogue.receive(first), b"");
        assert_eq!(dialogue.state(), State::Talking);
        let mut with_hello = rest.to_vec();
        with_hello.extend([22, 3, 1]);
        assert_eq!(dialogue.receive(&with_hello), b"");
        assert_eq!((dialogue.state(), dialogue.length()), (State::Tls, 36));
    }

    #[test]
    fn a_client_of_mysql_that_logs_in_without_tls_is_told() {
        let (mut dialogue, _) = Dialogue::begin(Protocol::Mysql);
        let response = [&[40, 0, 0, 1][..], &0x0008_a205u32.to_le_bytes(), &[0; 36]].concat();
        let answer = dialogue.receive(&response);
        assert_eq!(answer[..4], [answer.len() as u8 - 4, 0, 0, 2]);
        assert_eq!(answer[4..7], [0xff, 0x57, 0x0c]);
        assert_eq!(dialogue.state(), State::Over(NO_TLS));
    }
}
