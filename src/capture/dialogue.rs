//! What both sides said in clear before TLS began, told apart: by lines where a protocol's commands
//! and answers are lines (SMTP, RFC 5321; FTP, RFC 959; NNTP, RFC 3977; POP3, RFC 1939; IMAP,
//! RFC 9051; ManageSieve, RFC 5804; IRC), by elements in XMPP (RFC 6120), by heads in HTTP (RFC 9112),
//! by packets in LDAP, RDP, PostgreSQL and MySQL.

use crate::transcript::Side;
use crate::wire::grammar::peek;
use crate::wire::record::plaintext::recognise_side;

/// The pieces in their order, each with its sender; all of it one side's where the protocol does
/// not tell.
pub(super) fn pieces(words: &[u8], otherwise: Side) -> Vec<(Side, &[u8])> {
    let whole = vec![(otherwise, words)];
    let Some(next) = protocol(words).and_then(rule) else { return whole };
    let mut pieces: Vec<(Side, &[u8])> = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut before = Before::default();
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let Some((from, length)) = next(rest, &mut before) else { return whole };
        let end = (at + length.max(1)).min(words.len());
        match pieces.last_mut() {
            Some((last, piece)) if *last == from => {
                *piece = words.get(start..end).unwrap_or_default();
            }
            _ => {
                start = at;
                pieces.push((from, words.get(at..end).unwrap_or_default()));
            }
        }
        at = end;
    }
    pieces
}

/// The protocol, as its first words tell.
fn protocol(words: &[u8]) -> Option<&'static str> {
    let recognised = |side| recognise_side(words, side).map(|found| found.name);
    match recognised(Side::Server).or_else(|| recognised(Side::Client)) {
        // In IRC a client speaks first, and may have nothing to say before.
        None if begins(words, "STARTTLS") => Some("irc"),
        // A greeting that does not say of what, as NNTP's.
        None if is_numbered(words) && asks_for_tls(words) => Some("nntp"),
        found => found,
    }
}

/// What was said before, as far as it tells whose the next words are.
#[derive(Debug, Default)]
struct Before {
    /// A server's answer goes on, up to this.
    until: Option<Until>,
    /// The client's last line asks for an answer of many lines.
    asks_for_many: bool,
}

#[derive(Clone, Copy, Debug)]
enum Until {
    /// A line of the same number with a blank behind it.
    Number([u8; 3]),
    /// A dot alone.
    Dot,
}

/// Who sent what comes next, and its length.
type Rule = fn(&[u8], &mut Before) -> Option<(Side, usize)>;

fn rule(protocol: &str) -> Option<Rule> {
    Some(match protocol {
        "smtp" | "ftp" | "nntp" => |rest, before| Some(by_line(rest, before, numbered)),
        "pop3" => |rest, before| {
            Some(by_line(rest, before, |line, _| {
                ["+OK", "-ERR", "+ "].iter().any(|word| begins(line, word))
            }))
        },
        "imap" => |rest, before| Some(by_line(rest, before, |line, _| is_imap_server(line))),
        "irc" => |rest, before| {
            Some(by_line(rest, before, |line, _| {
                [":", "PING ", "ERROR "].iter().any(|word| begins(line, word))
            }))
        },
        "sieve" => |rest, before| {
            Some(by_line(rest, before, |line, _| {
                ["\"", "OK", "NO", "BYE"].iter().any(|word| begins(line, word))
            }))
        },
        "xmpp" => |rest, _| element(rest),
        "http" => |rest, _| {
            let from = if begins(rest, "HTTP/") { Side::Server } else { Side::Client };
            recognise_side(rest, from).filter(|found| found.name == "http")?;
            let end = rest.windows(4).position(|window| window == b"\r\n\r\n")?;
            Some((from, end + 4))
        },
        "postgresql" => |rest, _| match *rest {
            [0, 0, 0, length @ (8 | 16), ..] => {
                within(rest, length.into()).map(|length| (Side::Client, length))
            }
            [b'S' | b'N' | b'G'] => Some((Side::Server, 1)),
            // Without Kerberos the client asks for TLS next.
            [b'N', 0, 0, 0, ..] => Some((Side::Server, 1)),
            _ => None,
        },
        "mysql" => |rest, _| {
            // The length has its low byte first.
            let [low, middle, high, number, ..] = *rest else { return None };
            let length = u32::from_le_bytes([low, middle, high, 0]) as usize;
            let from = if number % 2 == 0 { Side::Server } else { Side::Client };
            within(rest, 4 + length).map(|length| (from, length))
        },
        "ldap" => |rest, _| {
            let length = match *rest {
                [0x30, short @ 0..=0x7f, ..] => 2 + usize::from(short),
                [0x30, 0x81, ..] => 3 + peek(rest, 2, 1)?,
                [0x30, 0x82, ..] => 4 + peek(rest, 2, 2)?,
                [0x30, 0x84, ..] => 6 + peek(rest, 2, 4)?,
                _ => return None,
            };
            let is_server = recognise_side(rest, Side::Server).is_some_and(|it| it.name == "ldap");
            let from = if is_server { Side::Server } else { Side::Client };
            within(rest, length).map(|length| (from, length))
        },
        "rdp" => |rest, _| {
            let [3, _, _, _, _, kind, ..] = *rest else { return None };
            let from = if kind == 0xe0 { Side::Client } else { Side::Server };
            within(rest, peek(rest, 2, 2)?).map(|length| (from, length))
        },
        _ => return None,
    })
}

/// A length that is there.
fn within(rest: &[u8], length: usize) -> Option<usize> {
    (1..=rest.len()).contains(&length).then_some(length)
}

/// The next line: a server's where it begins like one, or where an answer goes on.
fn by_line(
    rest: &[u8],
    before: &mut Before,
    is_server: fn(&[u8], &mut Before) -> bool,
) -> (Side, usize) {
    let length = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
    let line = rest.get(..length).unwrap_or_default().trim_ascii_end();
    match before.until {
        Some(Until::Dot) => {
            before.until = Some(Until::Dot).filter(|_| line != b".");
            return (Side::Server, length);
        }
        Some(Until::Number(number)) => {
            let ends = line.starts_with(&number) && line.get(3) != Some(&b'-');
            before.until = Some(Until::Number(number)).filter(|_| !ends);
            return (Side::Server, length);
        }
        None => {}
    }
    if is_server(line, before) {
        let asked = std::mem::take(&mut before.asks_for_many);
        let agrees = begins(line, "+OK") || begins(line, "101");
        if asked && agrees && before.until.is_none() {
            before.until = Some(Until::Dot);
        }
        return (Side::Server, length);
    }
    before.asks_for_many = begins(line, "CAPA");
    (Side::Client, length)
}

/// `250 `, or `250-` before more.
fn numbered(line: &[u8], before: &mut Before) -> bool {
    match *line {
        [a @ b'1'..=b'5', b @ b'0'..=b'9', c @ b'0'..=b'9', ref rest @ ..] => {
            if rest.first() == Some(&b'-') {
                before.until = Some(Until::Number([a, b, c]));
            }
            true
        }
        _ => false,
    }
}

/// Whether it begins with an answer that has a number.
fn is_numbered(words: &[u8]) -> bool {
    matches!(*words, [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9', b' ' | b'-', ..])
}

/// Whether a line asks for TLS.
fn asks_for_tls(words: &[u8]) -> bool {
    words
        .split(|&byte| byte == b'\n')
        .any(|line| line.trim_ascii().eq_ignore_ascii_case(b"STARTTLS"))
}

/// The most bytes that are looked through for the end of an element: a server names its mechanisms in one.
const LONGEST_ELEMENT: usize = 4096;

/// What an XMPP stream has next, with what stands before it and the blanks behind it: its own begin, of
/// which only a server's has an id (RFC 6120 section 4.7.3), and what is said about TLS (section 5.4).
fn element(rest: &[u8]) -> Option<(Side, usize)> {
    let near = rest.get(..LONGEST_ELEMENT).unwrap_or(rest);
    let text = near.utf8_chunks().next()?.valid();
    let declared = match text.strip_prefix("<?xml") {
        Some(behind) => behind.find("?>").and_then(|end| behind.get(end + 2..))?,
        None => text,
    };
    let begin = declared.trim_start().strip_prefix('<')?;
    let name = begin.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()?;
    let (tag, behind) = begin.split_once('>')?;
    let end = format!("</{name}>");
    let behind = match tag.ends_with('/') || name == "stream:stream" {
        true => behind,
        false => behind.split_once(&end)?.1,
    };
    let from = match name {
        "stream:stream" if tag.split_whitespace().any(|word| word.starts_with("id=")) => {
            Side::Server
        }
        "stream:stream" | "starttls" => Side::Client,
        "stream:features" | "proceed" | "failure" => Side::Server,
        _ => return None,
    };
    Some((from, text.len() - behind.trim_start().len()))
}

/// `* …`, `+ …`, or the client's tag and how it went.
fn is_imap_server(line: &[u8]) -> bool {
    let second = line.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
    let status = [&b"OK"[..], b"NO", b"BAD"].iter().any(|word| second.eq_ignore_ascii_case(word));
    begins(line, "* ") || begins(line, "+") || status
}

fn begins(line: &[u8], word: &str) -> bool {
    line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a dialogue, in which `C:` and `S:` stand before each.
    fn check(dialogue: &[(Side, &[u8])]) {
        let words: Vec<u8> = dialogue.iter().flat_map(|(_, piece)| piece.to_vec()).collect();
        assert_eq!(pieces(&words, Side::Server), dialogue, "{}", String::from_utf8_lossy(&words));
    }

    #[test]
    fn lines_are_told_apart_by_what_they_begin_with() {
        use Side::{Client as C, Server as S};
        check(&[
            (S, b"220-mail.example ESMTP\r\nEHLO is no command here\r\n220 ready\r\n"),
            (C, b"EHLO me.example\r\n"),
            (S, b"250-mail.example\r\n250-STARTTLS\r\n250 HELP\r\n"),
            (C, b"STARTTLS\r\n"),
            (S, b"220 2.0.0 Ready to start TLS\r\n"),
        ]);
        check(&[
            (S, b"220 (vsFTPd 3.0.5)\r\n"),
            (C, b"FEAT\r\n"),
            (S, b"211-Features:\r\n AUTH TLS\r\n PBSZ\r\n211 End\r\n"),
            (C, b"AUTH TLS\r\n"),
            (S, b"234 Proceed with negotiation.\r\n"),
        ]);
        check(&[
            (S, b"+OK POP3 ready\r\n"),
            (C, b"CAPA\r\n"),
            (S, b"+OK\r\nSTLS\r\nUIDL\r\n.\r\n"),
            (C, b"STLS\r\n"),
            (S, b"+OK begin\r\n"),
        ]);
        check(&[
            (S, b"* OK [CAPABILITY IMAP4rev1] ready\r\n"),
            (C, b"a CAPABILITY\r\n"),
            (S, b"* CAPABILITY IMAP4rev1 STARTTLS\r\na OK done\r\n"),
            (C, b"b STARTTLS\r\n"),
            (S, b"b OK begin\r\n"),
        ]);
        check(&[(C, b"STARTTLS\r\n"), (S, b":irc.example 670 * :go ahead\r\n")]);
        check(&[
            (S, b"\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK\r\n"),
            (C, b"STARTTLS\r\n"),
            (S, b"OK\r\n"),
        ]);
        check(&[
            (S, b"200 news.example NNTP ready\r\n"),
            (C, b"CAPABILITIES\r\n"),
            (S, b"101 list:\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n"),
            (C, b"STARTTLS\r\n"),
            (S, b"382 go on\r\n"),
        ]);
    }

    #[test]
    fn a_greeting_need_not_say_of_what_it_is() {
        use Side::{Client as C, Server as S};
        check(&[
            (S, b"200 news\r\n"),
            (C, b"STARTTLS\r\n"),
            (S, b"382 Continue with TLS negotiation\r\n"),
        ]);
    }

    #[test]
    fn elements_and_heads_are_told_apart_by_what_they_are() {
        use Side::{Client as C, Server as S};
        check(&[
            (C, b"<?xml version='1.0'?><stream:stream to='a' xmlns='jabber:client'>"),
            (
                S,
                b"<?xml version='1.0'?>\n<stream:stream id='1' from='a'><stream:features>\
                  <starttls xmlns='x'><required/></starttls></stream:features>\n",
            ),
            (C, b"<starttls xmlns='x'/>"),
            (S, b"<proceed xmlns='x'/>"),
        ]);
        check(&[
            (C, b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
            (S, b"HTTP/1.1 200 Connection established\r\n\r\n"),
        ]);
    }

    #[test]
    fn packets_are_told_apart_by_what_they_are() {
        use Side::{Client as C, Server as S};
        let request = |code| [0, 0, 0, 8, 4, 0xd2, 0x16, code];
        check(&[(C, &request(0x2f)), (S, b"S")]);
        check(&[(C, &request(0x30)), (S, b"N"), (C, &request(0x2f)), (S, b"S")]);
        let ask = [&[32, 0, 0, 1, 0x85, 0xae, 0xff, 0][..], &[0; 28]].concat();
        check(&[(S, b"\x0a\0\0\0\x0a8.0.36\0ab"), (C, &ask)]);
        check(&[
            (C, &[0x30, 8, 2, 1, 1, 0x77, 3, 0x80, 1, b'1']),
            (S, &[0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, 0, 4, 0, 4, 0]),
        ]);
        let tpkt = |kind| [3, 0, 0, 11, 6, kind, 0, 0, 0, 0, 0];
        check(&[(C, &tpkt(0xe0)), (S, &tpkt(0xd0))]);
    }

    #[test]
    fn what_does_not_tell_is_of_one_side() {
        for words in [
            &b"<stream:stream to='a'>"[..],
            b"<stream:stream to='a'><message>",
            b"HTTP/1.1 400 no\r\n\r\nno",
            b"GET / HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello",
            b"200 words\r\nand more\r\n",
            b"hello\r\n",
            b"",
        ] {
            assert_eq!(pieces(words, Side::Client), [(Side::Client, words)]);
        }
        // A packet that is cut off.
        let cut = b"\x4a\0\0\0\x0a8.0.36\0";
        assert_eq!(pieces(cut, Side::Server), [(Side::Server, &cut[..])]);
    }
}
