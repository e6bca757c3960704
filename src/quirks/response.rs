//! What a server does with a hello on which it goes wrong, and how that is written: as data
//! (`{"stall": 100}`), and in a word on the command line (`stall:100`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::code::{Unknown, nearest};
use crate::names::{AlertDescription, AlertLevel, CipherSuite, Code, NamedGroup, ProtocolVersion};
use crate::transcript::Kind;

/// What a server does with a hello on which it goes wrong: mostly it does not take it, and where it
/// does, [something is wrong all the same](Response::lets_pass).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Response {
    /// It says nothing, and keeps the connection.
    Silence,
    /// It closes the connection without a word.
    Close,
    /// It resets the connection.
    Reset,
    /// It sends an alert and closes the connection.
    Alert {
        /// How grave it is.
        level: AlertLevel,
        /// What it says.
        description: AlertDescription,
    },
    /// It sends text that is no TLS and closes the connection.
    Plaintext(String),
    /// It sends so many bytes that mean nothing and closes the connection.
    Garbage(u16),
    /// It sends the first bytes of what it would have answered, so many, and nothing more, and
    /// keeps the connection.
    Stall(u32),
    /// It answers with a ServerHello of a version that was not offered.
    OtherVersion,
    /// It answers with a ServerHello of this version, whatever was offered.
    Version(ProtocolVersion),
    /// It answers with a ServerHello of this suite, whatever was offered.
    CipherSuite(CipherSuite),
    /// It answers with a ServerKeyExchange in this group, whatever was offered; where no suite that
    /// it knows has such a message, as it would have.
    Group(NamedGroup),
    /// It sends an alert that is a warning, and then what it would have answered.
    Warning(AlertDescription),
    /// It answers as it would have, with the certificate of another server.
    OtherCertificate,
}

impl Response {
    /// Whether the handshake goes on, so that a client need not notice.
    pub fn lets_pass(&self) -> bool {
        matches!(self, Response::Warning(_) | Response::OtherCertificate)
    }

    /// Whether it is the server's answer to the hello, with something in it that is wrong.
    pub fn answers(&self) -> bool {
        matches!(
            self,
            Response::OtherVersion
                | Response::Version(_)
                | Response::CipherSuite(_)
                | Response::Group(_)
        )
    }

    /// Whether a client that meets it sees this.
    pub fn is_seen_as(&self, kind: &Kind) -> bool {
        match (self, kind) {
            (Response::Alert { description, .. }, Kind::Alert { description: seen, .. }) => {
                description == seen
            }
            (Response::Silence | Response::Stall(_), Kind::Silence)
            | (Response::Close, Kind::Closed)
            | (Response::Reset, Kind::Reset)
            | (Response::Plaintext(_), Kind::Plaintext { .. }) => true,
            (
                Response::Garbage(_)
                | Response::OtherVersion
                | Response::Version(_)
                | Response::CipherSuite(_)
                | Response::Group(_),
                Kind::Malformed { .. },
            ) => true,
            _ => false,
        }
    }
}

/// The words, as they are typed.
const WORDS: [&str; 12] = [
    "silence",
    "close",
    "reset",
    "alert",
    "plaintext",
    "garbage",
    "stall",
    "version",
    "suite",
    "group",
    "warning",
    "certificate",
];

/// What can be typed, for messages to people.
const FORMS: &str = "there are silence, close, reset, alert:NAME, alert:warning:NAME, \
                     plaintext:TEXT, garbage:BYTES, stall:BYTES, version:VERSION, suite:NAME, \
                     group:NAME, warning:NAME and certificate";

/// Bytes of garbage where no number is said.
const GARBAGE: u16 = 64;

/// A text that is no response: one line that says why, and what belongs there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadResponse(String);

impl fmt::Display for BadResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadResponse {}

/// Reads a response as it is typed: a word, and behind a colon what it needs. A fatal alert needs
/// not say so; in a text, `\r`, `\n`, `\t` and `\\` stand for what they mean.
///
/// ```
/// use helloscope::names::{AlertDescription, AlertLevel};
/// use helloscope::quirks::Response;
///
/// let level = AlertLevel::warning;
/// let response = Response::Alert { level, description: AlertDescription::unrecognized_name };
/// assert_eq!("alert:warning:unrecognized_name".parse(), Ok(response));
/// assert_eq!("stall:100".parse(), Ok(Response::Stall(100)));
/// ```
impl FromStr for Response {
    type Err = BadResponse;

    fn from_str(text: &str) -> Result<Response, BadResponse> {
        let (word, value) = match text.split_once(':') {
            Some((word, value)) => (word.trim(), Some(value)),
            None => (text.trim(), None),
        };
        let response = match (word, value) {
            ("silence", None) => Ok(Response::Silence),
            ("close", None) => Ok(Response::Close),
            ("reset", None) => Ok(Response::Reset),
            ("certificate", None) => Ok(Response::OtherCertificate),
            ("silence" | "close" | "reset" | "certificate", Some(_)) => {
                Err(format!("nothing stands behind `{word}`"))
            }
            ("alert", Some(value)) => alert(value.trim()),
            ("alert", None) => Err("which one? as in alert:handshake_failure".to_owned()),
            ("plaintext", Some(text)) => Ok(Response::Plaintext(unescaped(text))),
            ("plaintext", None) => Err("which one? as in plaintext:go away".to_owned()),
            ("garbage", None) => Ok(Response::Garbage(GARBAGE)),
            ("garbage", Some(value)) => match value.trim().parse() {
                Ok(length @ 1..) => Ok(Response::Garbage(length)),
                _ => Err("a number of bytes, 1 to 65535, belongs behind `garbage:`".to_owned()),
            },
            ("stall", value) => value
                .and_then(|value| value.trim().parse().ok())
                .map(Response::Stall)
                .ok_or_else(|| "a number of bytes belongs behind it, as in stall:100".to_owned()),
            ("version", None) => Ok(Response::OtherVersion),
            ("version", Some(value)) => match ProtocolVersion::from_text(value.trim()) {
                Some(version) => Ok(Response::Version(version)),
                None => Err(format!(
                    "{value:?} is no version; one belongs behind it, as in version:1.0 or \
                     version:0x0305"
                )),
            },
            ("suite", Some(value)) => code(value).map(Response::CipherSuite),
            ("suite", None) => {
                Err("which one? as in suite:TLS_RSA_WITH_AES_128_CBC_SHA".to_owned())
            }
            ("group", Some(value)) => code(value).map(Response::Group),
            ("group", None) => Err("which one? as in group:x25519".to_owned()),
            ("warning", Some(value)) => code(value).map(Response::Warning),
            ("warning", None) => Err("which one? as in warning:unrecognized_name".to_owned()),
            _ => Err(match nearest(word, WORDS.into_iter()) {
                Some(near) => format!("no such reaction; did you mean {near:?}? ({FORMS})"),
                None => format!("no such reaction; {FORMS}"),
            }),
        };
        response.map_err(BadResponse)
    }
}

/// `NAME`, or `LEVEL:NAME`.
fn alert(value: &str) -> Result<Response, String> {
    let (level, name) = match value.split_once(':') {
        Some((level, name)) => (level.trim(), name.trim()),
        None => ("fatal", value),
    };
    let level = AlertLevel::parse(level)
        .ok_or_else(|| format!("{level:?} is no level of an alert; it is warning or fatal"))?;
    Ok(Response::Alert { level, description: code(name)? })
}

/// A code by its name or its number.
fn code<C: Code>(text: &str) -> Result<C, String> {
    let text = text.trim();
    C::parse(text).ok_or_else(|| Unknown::<C>::new(text).to_string())
}

/// A text in which what a shell does not let one type is written with a backslash.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('r') => out.push('\r'),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('\\') | None => out.push('\\'),
            // No such word, and so a backslash.
            Some(other) => out.extend(['\\', other]),
        }
    }
    out
}

/// As it is typed.
impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn word<C: Code>(code: C) -> String {
            let number = || format!("0x{:0digits$x}", code.number(), digits = C::WIDTH * 2);
            code.name().map_or_else(number, str::to_owned)
        }
        match self {
            Response::Silence => f.write_str("silence"),
            Response::Close => f.write_str("close"),
            Response::Reset => f.write_str("reset"),
            Response::Alert { level: AlertLevel::fatal, description } => {
                write!(f, "alert:{}", word(*description))
            }
            Response::Alert { level, description } => {
                write!(f, "alert:{}:{}", word(*level), word(*description))
            }
            Response::Plaintext(text) => write!(f, "plaintext:{}", text.escape_debug()),
            Response::Garbage(length) => write!(f, "garbage:{length}"),
            Response::Stall(length) => write!(f, "stall:{length}"),
            Response::OtherVersion => f.write_str("version"),
            Response::Version(version) => write!(f, "version:{}", word(*version)),
            Response::CipherSuite(suite) => write!(f, "suite:{}", word(*suite)),
            Response::Group(group) => write!(f, "group:{}", word(*group)),
            Response::Warning(description) => write!(f, "warning:{}", word(*description)),
            Response::OtherCertificate => f.write_str("certificate"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each response, as it is typed and as data.
    fn all() -> Vec<(&'static str, &'static str, Response)> {
        let alert = |level, description| Response::Alert { level, description };
        let (fatal, warning) = (AlertLevel::fatal, AlertLevel::warning);
        vec![
            ("silence", r#""silence""#, Response::Silence),
            ("close", r#""close""#, Response::Close),
            ("reset", r#""reset""#, Response::Reset),
            (
                "alert:decode_error",
                r#"{"alert":{"level":"fatal","description":"decode_error"}}"#,
                alert(fatal, AlertDescription::decode_error),
            ),
            (
                "alert:warning:0xfa",
                r#"{"alert":{"level":"warning","description":"0xfa"}}"#,
                alert(warning, AlertDescription(250)),
            ),
            (
                "plaintext:go\\r\\n",
                r#"{"plaintext":"go\r\n"}"#,
                Response::Plaintext("go\r\n".into()),
            ),
            ("garbage:9", r#"{"garbage":9}"#, Response::Garbage(9)),
            ("stall:100", r#"{"stall":100}"#, Response::Stall(100)),
            ("version", r#""other_version""#, Response::OtherVersion),
            (
                "version:TLS 1.0",
                r#"{"version":"TLS 1.0"}"#,
                Response::Version(ProtocolVersion::TLS1_0),
            ),
            (
                "version:0x0904",
                r#"{"version":"0x0904"}"#,
                Response::Version(ProtocolVersion(0x0904)),
            ),
            (
                "suite:TLS_RSA_WITH_AES_128_CBC_SHA",
                r#"{"cipher_suite":"TLS_RSA_WITH_AES_128_CBC_SHA"}"#,
                Response::CipherSuite(CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA),
            ),
            (
                "suite:0xfdfd",
                r#"{"cipher_suite":"0xfdfd"}"#,
                Response::CipherSuite(CipherSuite(0xfdfd)),
            ),
            (
                "group:X25519MLKEM768",
                r#"{"group":"X25519MLKEM768"}"#,
                Response::Group(NamedGroup::X25519MLKEM768),
            ),
            (
                "warning:unrecognized_name",
                r#"{"warning":"unrecognized_name"}"#,
                Response::Warning(AlertDescription::unrecognized_name),
            ),
            ("certificate", r#""other_certificate""#, Response::OtherCertificate),
        ]
    }

    #[test]
    fn a_response_comes_back_from_its_word_and_from_its_data() {
        for (typed, json, response) in all() {
            assert_eq!(typed.parse::<Response>().as_ref(), Ok(&response), "{typed}");
            assert_eq!(response.to_string(), typed);
            assert_eq!(serde_json::to_string(&response).unwrap(), json);
            assert_eq!(serde_json::from_str::<Response>(json).unwrap(), response);
        }
    }

    #[test]
    fn what_is_no_response_is_answered_with_what_belongs_there() {
        for (typed, told) in [
            ("silent", "did you mean \"silence\"?"),
            ("xyzzy", "no such reaction; there are silence, "),
            ("close:now", "nothing stands behind `close`"),
            ("alert", "alert:handshake_failure"),
            ("alert:handshake_failur", "did you mean \"handshake_failure\"?"),
            ("alert:grave:decode_error", "\"grave\" is no level of an alert"),
            ("alert:256", "numbers go up to 255"),
            ("plaintext", "plaintext:go away"),
            ("garbage:0", "1 to 65535"),
            ("stall", "stall:100"),
            ("stall:-1", "stall:100"),
            ("version:9.9", "\"9.9\" is no version"),
            ("suite", "suite:TLS_RSA_WITH_AES_128_CBC_SHA"),
            ("suite:TLS_RSA_WITH_AES_128_CBC_SHAA", "did you mean"),
            ("group", "group:x25519"),
            ("group:x25518", "did you mean \"x25519\"?"),
            ("warning", "warning:unrecognized_name"),
            ("warning:unrecognised_name", "did you mean \"unrecognized_name\"?"),
            ("certificate:other", "nothing stands behind `certificate`"),
        ] {
            let error = typed.parse::<Response>().unwrap_err().to_string();
            assert!(error.contains(told), "{typed}: {error}");
        }
    }
}
