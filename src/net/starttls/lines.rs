//! Protocols whose commands are lines: SMTP (RFC 5321, RFC 3207), IMAP (RFC 9051 section 6.2.1,
//! RFC 3501), POP3 (RFC 1939, RFC 2449, RFC 2595 section 4) and FTP (RFC 959, RFC 2389, RFC 4217).
//!
//! Who does not ask for TLS is told that it is needed, again and again.

use super::{LEAVES, NAME, State, Turn};

/// What a server of IMAP says that it can.
pub(super) const IMAP_CAPABILITIES: &str = "IMAP4rev1 STARTTLS LOGINDISABLED";

/// What is answered to a line, and how the dialogue goes on.
pub(super) type Reply = (String, State);

/// Answers the first line, once it is whole. A line ends with its feed, as all servers take it.
pub(super) fn turn(said: &[u8], reply: fn(&str) -> Reply) -> Option<Turn> {
    let end = said.iter().position(|&byte| byte == b'\n')?;
    let line = String::from_utf8_lossy(said.get(..end).unwrap_or_default());
    let (answer, then) = reply(line.trim());
    Some(Turn { length: end + 1, answer: answer.into(), then })
}

/// The first word of a command in capitals, and the second.
fn words(line: &str) -> (String, String) {
    let mut words = line.split_ascii_whitespace().map(str::to_ascii_uppercase);
    (words.next().unwrap_or_default(), words.next().unwrap_or_default())
}

fn go_on(answer: impl Into<String>) -> Reply {
    (answer.into(), State::Talking)
}

pub(super) fn smtp(line: &str) -> Reply {
    match words(line).0.as_str() {
        "EHLO" | "LHLO" => go_on(format!("250-{NAME}\r\n250 STARTTLS\r\n")),
        "HELO" => go_on(format!("250 {NAME}\r\n")),
        "NOOP" | "RSET" => go_on("250 2.0.0 OK\r\n"),
        "STARTTLS" => ("220 2.0.0 Ready to start TLS\r\n".into(), State::Tls),
        "QUIT" => ("221 2.0.0 Bye\r\n".into(), State::Over(LEAVES)),
        _ => go_on("530 5.7.0 Must issue a STARTTLS command first\r\n"),
    }
}

pub(super) fn imap(line: &str) -> Reply {
    let (tag, command) = line.split_once(' ').unwrap_or((line, ""));
    // The tag comes back as it came, where it is one.
    let fits = |tag: &str| {
        (1..=64).contains(&tag.len())
            && tag.bytes().all(|byte| byte.is_ascii_graphic() && !b"(){%*\"\\+".contains(&byte))
    };
    let tag = if fits(tag) { tag } else { "*" };
    match words(command).0.as_str() {
        "CAPABILITY" => go_on(format!("* CAPABILITY {IMAP_CAPABILITIES}\r\n{tag} OK done\r\n")),
        "NOOP" => go_on(format!("{tag} OK done\r\n")),
        "ID" => go_on(format!("* ID NIL\r\n{tag} OK done\r\n")),
        "STARTTLS" => (format!("{tag} OK begin TLS\r\n"), State::Tls),
        "LOGOUT" => (format!("* BYE {NAME}\r\n{tag} OK done\r\n"), State::Over(LEAVES)),
        "LOGIN" | "AUTHENTICATE" => {
            go_on(format!("{tag} NO [PRIVACYREQUIRED] STARTTLS comes first\r\n"))
        }
        _ => go_on(format!("{tag} BAD STARTTLS comes first\r\n")),
    }
}

pub(super) fn pop3(line: &str) -> Reply {
    match words(line).0.as_str() {
        "CAPA" => go_on("+OK\r\nSTLS\r\nUIDL\r\n.\r\n"),
        "NOOP" => go_on("+OK\r\n"),
        "STLS" => ("+OK begin TLS\r\n".into(), State::Tls),
        "QUIT" => ("+OK bye\r\n".into(), State::Over(LEAVES)),
        _ => go_on("-ERR STLS comes first\r\n"),
    }
}

pub(super) fn ftp(line: &str) -> Reply {
    let (command, argument) = words(line);
    match (command.as_str(), argument.as_str()) {
        ("AUTH", "TLS" | "TLS-C" | "SSL" | "TLS-P") => ("234 Begin TLS\r\n".into(), State::Tls),
        ("AUTH", _) => go_on("504 There is AUTH TLS\r\n"),
        ("FEAT", _) => go_on("211-Features\r\n AUTH TLS\r\n PBSZ\r\n PROT\r\n211 End\r\n"),
        ("NOOP", _) => go_on("200 OK\r\n"),
        ("SYST", _) => go_on("215 UNIX Type: L8\r\n"),
        ("QUIT", _) => ("221 Bye\r\n".into(), State::Over(LEAVES)),
        _ => go_on("534 AUTH TLS comes first\r\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Dialogue, Protocol, State};

    /// Plays a transcript: `S` is what the server says, `C` what the client does.
    #[track_caller]
    fn play(protocol: Protocol, transcript: &str) -> Dialogue {
        let (mut dialogue, mut answer) = Dialogue::begin(protocol);
        for line in transcript.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (side, words) = line.split_once(": ").unwrap();
            let words = format!("{words}\r\n");
            if side == "S" {
                let rest = answer.strip_prefix(words.as_bytes()).map(<[u8]>::to_vec);
                let found = String::from_utf8_lossy(&answer).into_owned();
                answer = rest.unwrap_or_else(|| panic!("{line}, found {found:?}"));
            } else {
                assert_eq!(String::from_utf8_lossy(&answer), "", "before {line}");
                answer = dialogue.receive(words.as_bytes());
            }
        }
        assert_eq!(String::from_utf8_lossy(&answer), "");
        dialogue
    }

    #[test]
    fn smtp_as_in_rfc_3207() {
        let dialogue = play(
            Protocol::Smtp,
            "S: 220 helloscope.test ESMTP
             C: EHLO mail.example
             S: 250-helloscope.test
             S: 250 STARTTLS
             C: MAIL FROM:<a@mail.example>
             S: 530 5.7.0 Must issue a STARTTLS command first
             C: starttls
             S: 220 2.0.0 Ready to start TLS",
        );
        assert_eq!(dialogue.state(), State::Tls);
        assert_eq!(dialogue.length(), 19 + 28 + 10);
    }

    #[test]
    fn imap_as_in_rfc_9051() {
        let dialogue = play(
            Protocol::Imap,
            "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] helloscope.test
             C: a001 CAPABILITY
             S: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED
             S: a001 OK done
             C: {+ LOGIN a b
             S: * NO [PRIVACYREQUIRED] STARTTLS comes first
             C: a002 STARTTLS
             S: a002 OK begin TLS",
        );
        assert_eq!(dialogue.state(), State::Tls);
        let left = play(
            Protocol::Imap,
            "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] helloscope.test
             C: 1 SELECT inbox
             S: 1 BAD STARTTLS comes first
             C: 2 LOGOUT
             S: * BYE helloscope.test
             S: 2 OK done",
        );
        assert!(matches!(left.state(), State::Over(_)));
    }

    #[test]
    fn pop3_as_in_rfc_2595() {
        let dialogue = play(
            Protocol::Pop3,
            "S: +OK helloscope.test
             C: CAPA
             S: +OK
             S: STLS
             S: UIDL
             S: .
             C: USER me
             S: -ERR STLS comes first
             C: STLS
             S: +OK begin TLS",
        );
        assert_eq!(dialogue.state(), State::Tls);
    }

    #[test]
    fn ftp_as_in_rfc_4217() {
        let dialogue = play(
            Protocol::Ftp,
            "S: 220 helloscope.test FTP
             C: USER me
             S: 534 AUTH TLS comes first
             C: FEAT
             S: 211-Features
             S:  AUTH TLS
             S:  PBSZ
             S:  PROT
             S: 211 End
             C: AUTH GSSAPI
             S: 504 There is AUTH TLS
             C: AUTH TLS
             S: 234 Begin TLS",
        );
        assert_eq!(dialogue.state(), State::Tls);
    }

    #[test]
    fn a_hello_right_behind_the_word_is_none_of_the_dialogue() {
        let (mut dialogue, _) = Dialogue::begin(Protocol::Smtp);
        let answer = dialogue.receive(b"EHLO me\r\nSTARTTLS\r\n\x16\x03\x01\x02\x00\x01");
        assert!(answer.ends_with(b"220 2.0.0 Ready to start TLS\r\n"));
        assert_eq!((dialogue.state(), dialogue.length()), (State::Tls, 19));
    }
}
