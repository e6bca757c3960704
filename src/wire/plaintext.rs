//! What speaks where TLS was expected: protocols told by the first bytes that their servers send.

/// A protocol that is not TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Its name in lower case, as in `smtp`.
    pub name: &'static str,
    /// What a client says to change to TLS, where the protocol has a word for it.
    pub starttls: Option<&'static str>,
}

/// A name, the word that changes it to TLS, and what the first bytes must be like.
type Greeting = (&'static str, Option<&'static str>, fn(&[u8]) -> bool);

/// How a server's first bytes tell its protocol. The first that fits counts.
const PROTOCOLS: &[Greeting] = &[
    ("http", None, |bytes| {
        begins(bytes, b"HTTP/") || begins(bytes, b"<!DOCTYPE") || begins(bytes, b"<html")
    }),
    ("ssh", None, |bytes| begins(bytes, b"SSH-")),
    ("ftp", Some("AUTH TLS"), |bytes| begins(bytes, b"220") && holds(bytes, b"FTP")),
    ("nntp", Some("STARTTLS"), |bytes| begins(bytes, b"20") && holds(bytes, b"NNTP")),
    ("smtp", Some("STARTTLS"), |bytes| {
        begins(bytes, b"220") || begins(bytes, b"554 ") || begins(bytes, b"421 ")
    }),
    // What a mail server says to a hello that came before its greeting was read.
    ("smtp", Some("STARTTLS"), |bytes| begins(bytes, b"500 ") || begins(bytes, b"502 ")),
    ("pop3", Some("STLS"), |bytes| begins(bytes, b"+OK") || begins(bytes, b"-ERR")),
    ("imap", Some("STARTTLS"), |bytes| {
        begins(bytes, b"* OK") || begins(bytes, b"* BYE") || begins(bytes, b"* PREAUTH")
    }),
    ("xmpp", Some("<starttls/>"), |bytes| begins(bytes, b"<stream:") || begins(bytes, b"<?xml")),
    ("mysql", Some("SSLRequest"), |bytes| matches!(bytes, [_, _, 0, 0, 10, ..])),
    ("vnc", None, |bytes| begins(bytes, b"RFB ")),
    ("irc", Some("STARTTLS"), |bytes| begins(bytes, b":") && holds(bytes, b" NOTICE ")),
    ("sieve", Some("STARTTLS"), |bytes| begins(bytes, b"\"IMPLEMENTATION\"")),
];

/// The protocol whose server's first bytes these are, where they tell.
pub fn recognise(bytes: &[u8]) -> Option<Protocol> {
    let (name, starttls, _) = PROTOCOLS.iter().find(|(_, _, fits)| fits(bytes))?;
    Some(Protocol { name, starttls: *starttls })
}

fn begins(bytes: &[u8], with: &[u8]) -> bool {
    bytes.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

/// Whether the first line holds a word, in any case.
fn holds(bytes: &[u8], word: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
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
    }
}
