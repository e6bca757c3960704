//! What speaks where TLS was expected: protocols told by the first bytes that their servers and
//! clients send.

use crate::wire::side::Side;
use crate::wire::text::is_mostly_text;

/// A protocol that is not TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Its name in lower case, as in `smtp`.
    pub name: &'static str,
    /// What a client says to change to TLS, where the protocol has a word for it.
    pub starttls: Option<&'static str>,
}

/// A name, the word that changes it to TLS, and what the first bytes must be like.
type Signs = (&'static str, Option<&'static str>, fn(&[u8]) -> bool);

/// How a server's first bytes tell its protocol. The first that fits counts.
const SERVERS: &[Signs] = &[
    ("http", None, |bytes| {
        begins(bytes, b"HTTP/") || begins(bytes, b"<!DOCTYPE") || begins(bytes, b"<html")
    }),
    ("ssh", None, |bytes| begins(bytes, b"SSH-")),
    ("smtp", Some("STARTTLS"), |bytes| replies(bytes, b"220") && holds(bytes, b"SMTP")),
    ("ftp", Some("AUTH TLS"), |bytes| {
        replies(bytes, b"220") && (holds(bytes, b"FTP") || holds(bytes, b"FileZilla"))
    }),
    ("nntp", Some("STARTTLS"), |bytes| {
        begins(bytes, b"20") && (holds(bytes, b"NNTP") || holds(bytes, b"NNRP"))
    }),
    ("smtp", Some("STARTTLS"), |bytes| {
        [&b"220"[..], b"554", b"421"].iter().any(|code| replies(bytes, code))
    }),
    // What a mail server says to a hello that came before its greeting was read.
    ("smtp", Some("STARTTLS"), |bytes| replies(bytes, b"500") || replies(bytes, b"502")),
    // It has the word for an error from POP3, and says more behind it.
    ("redis", None, |bytes| {
        const ERRORS: [&[u8]; 13] = [
            b"-ERR unknown command '",
            b"-ERR unknown command `",
            b"-ERR unknown subcommand",
            b"-ERR wrong number of arguments",
            b"-ERR syntax error",
            b"-ERR Protocol error",
            b"-WRONGTYPE ",
            b"-WRONGPASS ",
            b"-ERR max number of clients",
            b"-DENIED Redis",
            b"-NOAUTH ",
            b"-NOPERM ",
            b"-LOADING Redis",
        ];
        ERRORS.iter().any(|error| begins(bytes, error))
    }),
    ("pop3", Some("STLS"), |bytes| {
        // Redis has these words too, where it does not say which command, or says no more.
        let says_no_more = first_line(bytes).trim_ascii_end() == b"-ERR";
        begins(bytes, b"+OK")
            || begins(bytes, b"-ERR")
                && !bytes.starts_with(b"-ERR unknown command")
                && !says_no_more
    }),
    ("imap", Some("STARTTLS"), |bytes| {
        begins(bytes, b"* OK") || begins(bytes, b"* BYE") || begins(bytes, b"* PREAUTH")
    }),
    ("xmpp", Some("<starttls/>"), is_xmpp),
    ("memcached", None, |bytes| begins(bytes, b"ERROR\r\n") || begins(bytes, b"CLIENT_ERROR ")),
    ("sip", None, |bytes| begins(bytes, b"SIP/2.0 ")),
    ("nats", None, |bytes| begins(bytes, b"INFO {")),
    ("amqp", None, |bytes| bytes.starts_with(b"AMQP")),
    // SETTINGS or GOAWAY of the connection, RFC 9113 sections 6.5 and 6.8.
    ("http2", None, |bytes| matches!(bytes, [0, _, _, 4 | 7, 0, 0, 0, 0, 0, ..])),
    // CONNACK, MQTT 3.1.1 section 3.2.
    ("mqtt", None, |bytes| matches!(bytes, [0x20, 2, 0 | 1, 0..=5, ..])),
    ("smb", None, |bytes| matches!(bytes, [0, _, _, _, 0xfe | 0xff, b'S', b'M', b'B', ..])),
    // An error of the protocol, native protocol v5 section 2.
    ("cassandra", None, |bytes| {
        matches!(bytes, [0x81..=0x86, _, _, _, 0, 0, 0, _, _, 0, 0, 0, 10, ..])
    }),
    // The version of the protocol, and that of the server.
    (
        "mysql",
        Some("SSLRequest"),
        |bytes| matches!(bytes, [_, _, 0, 0, 10, version @ ..] if begins_with_words(version)),
    ),
    // An error in place of the greeting, as to a host that may not connect, or as the answer to what
    // is no login.
    ("mysql", Some("SSLRequest"), |bytes| matches!(bytes, [_, _, 0, 0..=2, 0xff, _, 3..=0x1f, ..])),
    ("postgresql", Some("SSLRequest"), |bytes| {
        matches!(bytes, [b'N'] | [b'S'] | [b'E', 0, 0, _, _, b'S', ..] | [b'R', 0, 0, 0, _, ..])
    }),
    ("ldap", Some("StartTLS"), |bytes| is_ldap(bytes, 0x61) || is_ldap(bytes, 0x78)),
    ("rdp", Some("X.224 connection request"), |bytes| {
        matches!(bytes, [3, 0, _, _, _, 0xd0 | 0x80, ..]) && is_x224(bytes)
    }),
    ("vnc", None, |bytes| begins(bytes, b"RFB ")),
    ("irc", Some("STARTTLS"), is_irc),
    ("sieve", Some("STARTTLS"), |bytes| begins(bytes, b"\"IMPLEMENTATION\"")),
    ("pem", None, |bytes| begins(bytes, b"-----BEGIN ")),
    ("x509", None, is_certificate),
];

/// The same of a client.
const CLIENTS: &[Signs] = &[
    ("sip", None, |bytes| holds(bytes, b" SIP/2.0")),
    ("http", None, |bytes| {
        const METHODS: [&[u8]; 7] =
            [b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"CONNECT "];
        METHODS.iter().any(|method| begins(bytes, method))
    }),
    ("ssh", None, |bytes| begins(bytes, b"SSH-")),
    ("smtp", Some("STARTTLS"), |bytes| begins(bytes, b"EHLO ") || begins(bytes, b"HELO ")),
    ("ftp", Some("AUTH TLS"), |bytes| begins(bytes, b"AUTH TLS") || begins(bytes, b"AUTH SSL")),
    ("pop3", Some("STLS"), |bytes| {
        [&b"CAPA"[..], b"STLS", b"USER "].iter().any(|word| begins(bytes, word))
    }),
    ("imap", Some("STARTTLS"), is_imap_command),
    ("irc", Some("STARTTLS"), |bytes| begins(bytes, b"CAP ") || begins(bytes, b"NICK ")),
    ("xmpp", Some("<starttls/>"), is_xmpp),
    ("http2", None, |bytes| begins(bytes, b"PRI * HTTP/2.0")),
    ("amqp", None, |bytes| bytes.starts_with(b"AMQP")),
    // What a balancer says of a client before it passes it on, in words and in bytes.
    ("proxy", None, |bytes| begins(bytes, b"PROXY ") || bytes.starts_with(b"\r\n\r\n\0\r\nQUIT\n")),
    // CONNECT, of MQTT 3.1.1 and 5.
    ("mqtt", None, |bytes| matches!(bytes, [0x10, _, 0, 4, b'M', b'Q', b'T', b'T', ..])),
    ("smb", None, |bytes| matches!(bytes, [0, _, _, _, 0xfe | 0xff, b'S', b'M', b'B', ..])),
    ("postgresql", Some("SSLRequest"), |bytes| {
        // SSLRequest, GSSENCRequest, CancelRequest and a startup of protocol 3.0.
        matches!(
            bytes,
            [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f | 0x30, ..]
                | [0, 0, 0, 16, 4, 0xd2, 0x16, 0x2e, ..]
                | [0, 0, _, _, 0, 3, 0, 0, ..]
        )
    }),
    // A packet of 32 bytes, with the flag that asks for TLS.
    (
        "mysql",
        Some("SSLRequest"),
        |bytes| matches!(bytes, [32, 0, 0, 1, _, flags, ..] if flags & 8 != 0),
    ),
    ("ldap", Some("StartTLS"), |bytes| is_ldap(bytes, 0x60) || is_ldap(bytes, 0x77)),
    ("rdp", Some("X.224 connection request"), |bytes| {
        matches!(bytes, [3, 0, _, _, _, 0xe0, ..]) && is_x224(bytes)
    }),
    ("pem", None, |bytes| begins(bytes, b"-----BEGIN ")),
    ("x509", None, is_certificate),
];

/// Words that several protocols have, or that tell nothing alone: beside what the other side says they
/// leave fewer protocols.
type Hint = (Side, &'static [u8], &'static [&'static str]);

const HINTS: &[Hint] = &[
    (Side::Server, b"101", &["nntp"]),
    (Side::Server, b"200", &["nntp"]),
    (Side::Server, b"201", &["nntp"]),
    (Side::Server, b"220", &["smtp", "ftp"]),
    (Side::Server, b"234", &["ftp"]),
    (Side::Server, b"250", &["smtp", "ftp"]),
    (Side::Server, b"331", &["ftp"]),
    (Side::Server, b"382", &["nntp"]),
    (Side::Server, b"421", &["smtp", "ftp"]),
    (Side::Server, b"500", &["smtp", "ftp", "nntp"]),
    (Side::Server, b"502", &["smtp", "ftp", "nntp"]),
    (Side::Server, b"-ERR", &["pop3", "redis"]),
    (Side::Client, b"STARTTLS", &["smtp", "nntp", "irc", "sieve"]),
    (Side::Client, b"USER ", &["pop3", "ftp", "irc"]),
    (Side::Client, b"FEAT", &["ftp"]),
    (Side::Client, b"CAPABILITIES", &["nntp"]),
];

/// The protocols in which one side may say this, each line of a client's being a command.
pub fn possible(bytes: &[u8], side: Side) -> Vec<&'static str> {
    let near = bytes.get(..LONGEST).unwrap_or(bytes);
    let lines = near.split_inclusive(|&byte| byte == b'\n');
    let signs = match side {
        Side::Client => CLIENTS,
        Side::Server => SERVERS,
    };
    let whole = signs.iter().filter(|(_, _, fits)| fits(bytes)).map(|(name, _, _)| *name);
    let hinted = lines.take(if side == Side::Client { usize::MAX } else { 1 }).flat_map(|line| {
        let hints = HINTS.iter().filter(move |(of, word, _)| *of == side && says(line, word));
        hints.flat_map(|(_, _, names)| *names).copied()
    });
    whole.chain(hinted).collect()
}

/// A protocol by its name.
pub fn named(name: &str) -> Option<Protocol> {
    let known = SERVERS.iter().chain(CLIENTS).find(|(known, _, _)| *known == name);
    known.map(|(name, starttls, _)| Protocol { name, starttls: *starttls })
}

/// The protocol whose server's first bytes these are, where they tell.
pub fn recognise(bytes: &[u8]) -> Option<Protocol> {
    recognise_side(bytes, Side::Server)
}

/// The protocol in which one side's first bytes are these, where they tell.
pub fn recognise_side(bytes: &[u8], side: Side) -> Option<Protocol> {
    let signs = match side {
        Side::Client => CLIENTS,
        Side::Server => SERVERS,
    };
    let (name, starttls, _) = signs.iter().find(|(_, _, fits)| fits(bytes))?;
    Some(Protocol { name, starttls: *starttls })
}

/// The first words in what is said where TLS was expected, which in MySQL stand behind numbers: the
/// server's version, or an error. Nothing where there are none.
pub fn first_words(bytes: &[u8]) -> &[u8] {
    let words = match bytes {
        [_, _, 0, 0, 10, version @ ..] => version.split(|&byte| byte == 0).next(),
        [_, _, 0, 0..=2, 0xff, _, _, error @ ..] => Some(error),
        _ => Some(bytes),
    };
    words.filter(|words| is_mostly_text(words)).map(first_line).unwrap_or_default()
}

/// A stream of XMPP, RFC 6120 section 4.2: other XML is none.
fn is_xmpp(bytes: &[u8]) -> bool {
    let near = bytes.get(..LONGEST).unwrap_or(bytes);
    begins(bytes, b"<stream:")
        || begins(bytes, b"<?xml") && (within(near, b"<stream:") || within(near, b"jabber:"))
}

/// An LDAPMessage, RFC 4511 section 4.1.1: a number, and an operation of this tag.
fn is_ldap(bytes: &[u8], operation: u8) -> bool {
    let content = match *bytes {
        [0x30, 0..=0x7f, ..] => bytes.get(2..),
        [0x30, 0x81, ..] => bytes.get(3..),
        [0x30, 0x82, ..] => bytes.get(4..),
        [0x30, 0x84, ..] => bytes.get(6..),
        _ => None,
    };
    match content {
        Some([2, width @ 1..=4, rest @ ..]) => rest.get(usize::from(*width)) == Some(&operation),
        _ => false,
    }
}

/// A certificate by itself: a SEQUENCE of a SEQUENCE that begins with a version or a number.
fn is_certificate(bytes: &[u8]) -> bool {
    let content = match *bytes {
        [0x30, 0x82, _, _, ..] => bytes.get(4..),
        [0x30, 0x81, _, ..] => bytes.get(3..),
        [0x30, 0x80, ..] => bytes.get(2..),
        _ => None,
    };
    matches!(
        content,
        Some(
            [0x30, 0x82, _, _, 0xa0 | 0x02, ..]
                | [0x30, 0x81, _, 0xa0 | 0x02, ..]
                | [0x30, 0x80, 0xa0 | 0x02, ..]
        )
    )
}

/// A tag and a command, RFC 9051 section 2.2.1. An asterisk is no tag: with it a server speaks; and
/// what begins as a reply of SMTP or FTP does is one, whatever its words are.
fn is_imap_command(bytes: &[u8]) -> bool {
    const COMMANDS: [&[u8]; 4] = [b"CAPABILITY", b"STARTTLS", b"LOGIN", b"AUTHENTICATE"];
    let mut words = first_line(bytes).trim_ascii_end().split(|&byte| byte == b' ');
    let (Some(tag), Some(command)) = (words.next(), words.next()) else { return false };
    let is_reply = matches!(
        tag,
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..]
    );
    let in_tag = |byte: &u8| byte.is_ascii_graphic() && !b"+(){%*\"\\".contains(byte);
    !tag.is_empty()
        && tag.iter().all(in_tag)
        && !is_reply
        && COMMANDS.iter().any(|known| command.eq_ignore_ascii_case(known))
}

/// A message of IRC, RFC 1459 section 2.3.1: who says it, and a command in letters or three digits.
fn is_irc(bytes: &[u8]) -> bool {
    let mut words = first_line(bytes).trim_ascii_end().split(|&byte| byte == b' ');
    let Some([b':', prefix @ ..]) = words.next() else { return false };
    let command = words.find(|word| !word.is_empty()).unwrap_or_default();
    let is_number = command.len() == 3 && command.iter().all(u8::is_ascii_digit);
    let is_word = !command.is_empty() && command.iter().all(u8::is_ascii_uppercase);
    !prefix.is_empty() && prefix.iter().all(u8::is_ascii_graphic) && (is_number || is_word)
}

/// A packet of TPKT with one of X.224 in it, as long as both say: RFC 1006 section 6, X.224 section 13.2.
fn is_x224(bytes: &[u8]) -> bool {
    // What one does not count of itself, and four bytes of the other.
    matches!(*bytes, [_, _, high, low, own, ..]
        if u16::from_be_bytes([high, low]) == u16::from(own) + 5)
}

/// A reply of this code, or a line that begins with these words.
fn says(line: &[u8], word: &[u8]) -> bool {
    match word.iter().all(u8::is_ascii_digit) {
        true => replies(line, word),
        false => begins(line, word),
    }
}

/// A reply by its code: RFC 5321 section 4.2.1, RFC 959 section 4.2.
fn replies(bytes: &[u8], code: &[u8]) -> bool {
    let behind = bytes.get(code.len()).copied();
    begins(bytes, code) && matches!(behind, None | Some(b' ' | b'-' | b'\r' | b'\n'))
}

/// Whether a text begins, up to the end or to a zero.
fn begins_with_words(bytes: &[u8]) -> bool {
    let words = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    !words.is_empty() && words.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Whether these words stand at the beginning. By chance binary bytes begin as a short one does: more
/// words stand behind it then.
fn begins(bytes: &[u8], with: &[u8]) -> bool {
    bytes.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
        && (with.len() > SHORT || is_mostly_text(first_line(bytes)))
}

/// Bytes of a word that others may begin with by chance.
const SHORT: usize = 4;

/// Whether the first line holds a word, in any case.
fn holds(bytes: &[u8], word: &[u8]) -> bool {
    within(first_line(bytes), word)
}

/// No greeting has a line that is longer.
const LONGEST: usize = 1024;

fn first_line(bytes: &[u8]) -> &[u8] {
    let near = bytes.get(..LONGEST).unwrap_or(bytes);
    near.split(|&byte| byte == b'\n').next().unwrap_or_default()
}

fn within(line: &[u8], word: &[u8]) -> bool {
    line.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_tell_their_protocol() {
        let name = |bytes: &[u8]| recognise(bytes).map(|protocol| protocol.name);
        assert_eq!(name(b"HTTP/1.1 400 Bad Request\r\n"), Some("http"));
        assert_eq!(name(b"SSH-2.0-OpenSSH_9.6\r\n"), Some("ssh"));
        assert_eq!(name(b"220 mail.example ESMTP Postfix\r\n"), Some("smtp"));
        assert_eq!(name(b"220 (vsFTPd 3.0.5)\r\n"), Some("ftp"));
        assert_eq!(name(b"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n"), Some("imap"));
        assert_eq!(name(b"\x16\x03\x03\x00\x41"), None);
        assert_eq!(name(b""), None);
        assert_eq!(name(b"J\0\0\0\x0a8.0.36\0"), Some("mysql"));
        assert_eq!(name(b"\x1f\0\0\x01\xff\x15\x04#28000Access denied"), Some("mysql"));
        assert_eq!(name(b"N"), Some("postgresql"));
        assert_eq!(name(b"E\0\0\0\x8fSFATAL\0"), Some("postgresql"));
        assert_eq!(name(&[0x30, 0x0c, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0]), Some("ldap"));
        // A notice of disconnection, and a response to StartTLS.
        assert_eq!(name(&[0x30, 0x84, 0, 0, 0, 12, 2, 1, 0, 0x78, 7, 10, 1, 0]), Some("ldap"));
        assert_eq!(name(&[3, 0, 0, 19, 14, 0xd0, 0, 0]), Some("rdp"));
        assert_eq!(name(b"<?xml version='1.0'?><stream:stream>"), Some("xmpp"));
        assert_eq!(
            name(b"<?xml version='1.0'?>\n<stream:error xmlns='jabber:client'>"),
            Some("xmpp")
        );
        assert_eq!(name(b"<?xml version='1.0'?>\n<error>Bad Request</error>"), None);
        assert_eq!(name(b"-----BEGIN CERTIFICATE-----\n"), Some("pem"));
        assert_eq!(name(&[0x30, 0x82, 3, 0, 0x30, 0x82, 2, 0, 0xa0, 3]), Some("x509"));
    }

    #[test]
    fn who_is_met_at_a_wrong_port_is_known() {
        let name = |bytes: &[u8]| recognise(bytes).map(|protocol| protocol.name);
        // What Redis 2.8 and 7 say to bytes that they do not understand.
        assert_eq!(name(b"-ERR unknown command '\x16\x03\x01'\r\n"), Some("redis"));
        let args = b"-ERR unknown command `\x16\x03`, with args beginning with: \r\n";
        assert_eq!(name(args), Some("redis"));
        assert_eq!(name(b"-NOAUTH Authentication required.\r\n"), Some("redis"));
        assert_eq!(name(b"-ERR Unknown command.\r\n"), Some("pop3"));
        assert_eq!(name(b"-ERR unknown command\r\n"), None);
        assert_eq!(name(b"-ERR wrong number of arguments for 'get' command\r\n"), Some("redis"));
        assert_eq!(name(b"-ERR\r\n"), None);
        assert_eq!(name(b"-ERR [SYS/TEMP] try again\r\n"), Some("pop3"));
        assert_eq!(name(b"INFO {\"server_id\":\"N\"}\r\n"), Some("nats"));
        assert_eq!(name(b"ERROR\r\n"), Some("memcached"));
        assert_eq!(name(b"ERROR\nmessage: of STOMP\n"), None);
        assert_eq!(name(b"SIP/2.0 400 Bad Request\r\n"), Some("sip"));
        assert_eq!(name(b"AMQP\0\0\x09\x01"), Some("amqp"));
        // SETTINGS with one setting, and GOAWAY.
        assert_eq!(name(&[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100]), Some("http2"));
        assert_eq!(name(&[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), Some("http2"));
        assert_eq!(name(&[0x20, 2, 0, 1]), Some("mqtt"));
        assert_eq!(name(b"\0\0\0\x45\xfeSMB\x40\0"), Some("smb"));
        let cassandra = [0x84, 0, 0, 0, 0, 0, 0, 0, 0x5f, 0, 0, 0, 10, 0, 0x59];
        assert_eq!(name(&cassandra), Some("cassandra"));
        let client = |bytes: &[u8]| recognise_side(bytes, Side::Client).map(|found| found.name);
        assert_eq!(client(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Some("http2"));
        assert_eq!(client(b"OPTIONS sip:a@shop.test SIP/2.0\r\n"), Some("sip"));
        assert_eq!(client(b"OPTIONS * HTTP/1.1\r\n"), Some("http"));
        assert_eq!(client(b"\x10\x10\0\x04MQTT\x04"), Some("mqtt"));
    }

    #[test]
    fn binary_bytes_that_begin_as_words_do_are_none() {
        let server = |bytes: &[u8]| recognise(bytes).map(|found| found.name);
        let client = |bytes: &[u8]| recognise_side(bytes, Side::Client).map(|found| found.name);
        // A message of MongoDB of 58 bytes, and its tenth.
        let mongo = |number: u8| [&[58, 0, 0, 0, number, 0, 0, 0][..], &[0; 50]].concat();
        for bytes in [
            &b":\0\x01\x02\x03\xff\xfe"[..],
            &mongo(1),
            &mongo(10),
            &mongo(0xff),
            b":no command",
            b": NOTICE to whom",
            b"220\x01\x02\x03\x04",
            b"2201 of them",
            b"+OK\0\x01\x02\x03\x04\x05",
            &[3, 0, 1, 0, 0, 0xd0, 0, 0],
        ] {
            assert_eq!(server(bytes), None, "{}", bytes.escape_ascii());
            assert_eq!(possible(bytes, Side::Server), [""; 0], "{}", bytes.escape_ascii());
        }
        // Without the flag that asks for TLS.
        assert_eq!(client(&[32, 0, 0, 1, 0x85, 0xa6, 0, 0]), None);
        assert_eq!(client(&[32, 0, 0, 1, 0x85, 0xae, 0, 0]), Some("mysql"));
        assert_eq!(server(b":irc.example NOTICE * :*** Looking up\r\n"), Some("irc"));
        assert_eq!(server(b":irc.example 451 * :You have not registered\r\n"), Some("irc"));
    }

    #[test]
    fn the_words_of_a_server_stand_behind_its_numbers() {
        assert_eq!(first_words(b"J\0\0\0\x0a8.0.36\0\x08\0\0\0abc"), b"8.0.36");
        assert_eq!(
            first_words(b"\x45\0\0\0\xff\x6a\x04Host is not allowed"),
            b"Host is not allowed"
        );
        assert_eq!(first_words(b"220 hello\r\n250 more\r\n"), b"220 hello\r");
        assert_eq!(first_words(&[0x30, 0x0c, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0]), b"");
    }

    #[test]
    fn a_reply_is_no_command_whatever_it_asks_for() {
        for reply in [
            // What vsftpd says to a hello.
            &b"530 Please login with USER and PASS.\r\n"[..],
            b"503 Please login with USER first.\r\n",
            b"503 LOGIN first\r\n",
            b"530-Please LOGIN with USER\r\n530 Now\r\n",
            b"550 User unknown, check your LOGIN name\r\n",
            b"250-mail.example\r\n250 STARTTLS\r\n",
            b"* CAPABILITY IMAP4rev2\r\n",
            b"+ login \r\n",
        ] {
            assert_eq!(recognise_side(reply, Side::Client), None, "{}", reply.escape_ascii());
            assert!(!possible(reply, Side::Client).contains(&"imap"), "{}", reply.escape_ascii());
        }
    }

    #[test]
    fn what_a_client_says_first_tells_its_protocol() {
        let name = |bytes: &[u8]| recognise_side(bytes, Side::Client).map(|found| found.name);
        assert_eq!(name(b"GET / HTTP/1.1\r\n"), Some("http"));
        assert_eq!(name(b"EHLO there\r\nSTARTTLS\r\n"), Some("smtp"));
        assert_eq!(name(b"a1 STARTTLS\r\n"), Some("imap"));
        assert_eq!(name(b"7 login me secret\r\n"), Some("imap"));
        // SSLRequest, GSSENCRequest, CancelRequest.
        assert_eq!(name(&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]), Some("postgresql"));
        assert_eq!(name(&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x30]), Some("postgresql"));
        let cancel = [0, 0, 0, 16, 4, 0xd2, 0x16, 0x2e, 0, 0, 0, 1, 0, 0, 0, 2];
        assert_eq!(name(&cancel), Some("postgresql"));
        assert_eq!(name(&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x31]), None);
        assert_eq!(name(&[0x30, 0x1d, 2, 1, 1, 0x77, 0x18, 0x80]), Some("ldap"));
        assert_eq!(name(&[3, 0, 0, 19, 14, 0xe0, 0, 0]), Some("rdp"));
        assert_eq!(name(b"\x16\x03\x01\x02\x00"), None);
    }
}
