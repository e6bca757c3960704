//! What a client gets for its hello: an alert, a close, or nothing.

use super::catch::Caught;
use crate::names::{
    AlertDescription, AlertLevel, Code, ContentType, ProtocolVersion, Ssl2Error, Ssl2MessageType,
};
use crate::transcript::Side;
use crate::wire::grammar::Wire;
use crate::wire::handshake::Handshake;
use crate::wire::record::alert::Alert;
use crate::wire::record::dtls::{DtlsHeader, Uint48};
use crate::wire::record::records;
use crate::wire::record::ssl2::{ErrorMessage, Ssl2Header, Ssl2Message};
use crate::wire::stream::{Body, Framing};

/// What a client gets for its hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An alert, and then the end.
    Alert(AlertDescription),
    /// The end without a word.
    Close,
    /// Nothing, until the client gives up.
    Silence,
}

impl Answer {
    /// Reads `alert`, an alert's name or number, `close` or `none`.
    pub fn parse(text: &str) -> Option<Answer> {
        match text {
            "alert" => Some(Answer::Alert(AlertDescription::handshake_failure)),
            "close" => Some(Answer::Close),
            "none" => Some(Answer::Silence),
            name => AlertDescription::parse(name).map(Answer::Alert),
        }
    }

    /// What is sent to a client: in its framing and its version. Who did not speak TLS gets nothing.
    pub fn bytes(self, caught: &Caught) -> Vec<u8> {
        let Answer::Alert(description) = self else { return Vec::new() };
        let Some(header) = caught.headers().next() else { return Vec::new() };
        match &header.framing {
            Framing::Tls(header) => {
                let version = version(caught).unwrap_or(header.legacy_record_version);
                tls(description, version)
            }
            Framing::Ssl2(_) => match version(caught) {
                // A server of SSL 3.0 or later answers such a hello in its own records, RFC 5246
                // appendix E.2.
                Some(version) if version > ProtocolVersion::SSL2_0 => tls(description, version),
                _ => ssl2(),
            },
            Framing::Dtls(header) => {
                let version = version(caught).unwrap_or(header.legacy_record_version);
                dtls(description, version)
            }
            Framing::Cid(_) | Framing::Unified(_) | Framing::Inner | Framing::Cut => Vec::new(),
        }
    }
}

/// The version that a hello names, where it can be read.
fn version(caught: &Caught) -> Option<ProtocolVersion> {
    caught.transcript.from(Side::Client).find_map(|message| match &message.body {
        Body::Handshake(handshake) => match &**handshake {
            Handshake::ClientHello(hello) => Some(hello.legacy_version),
            _ => None,
        },
        Body::Ssl2(message) => match &**message {
            Ssl2Message::ClientHello(hello) => Some(hello.version),
            _ => None,
        },
        _ => None,
    })
}

fn alert(description: AlertDescription) -> Vec<u8> {
    // RFC 8446 section 6.1; all others are fatal.
    let level = match description {
        AlertDescription::close_notify | AlertDescription::user_canceled => AlertLevel::warning,
        _ => AlertLevel::fatal,
    };
    Alert { level, description }.to_bytes()
}

fn tls(description: AlertDescription, version: ProtocolVersion) -> Vec<u8> {
    // No record has a version beyond TLS 1.2, RFC 8446 section 5.1.
    let version = version.clamp(ProtocolVersion::SSL3_0, ProtocolVersion::TLS1_2);
    records(ContentType::alert, version, &alert(description), &[])
}

fn dtls(description: AlertDescription, version: ProtocolVersion) -> Vec<u8> {
    let payload = alert(description);
    let header = DtlsHeader {
        content_type: ContentType::alert,
        legacy_record_version: version,
        epoch: 0,
        sequence_number: Uint48(0),
        length: payload.len() as u16,
    };
    [header.to_bytes(), payload].concat()
}

/// SSL 2.0 has one error that fits.
fn ssl2() -> Vec<u8> {
    let error =
        ErrorMessage { msg_type: Ssl2MessageType::ERROR, error_code: Ssl2Error::NO_CIPHER_ERROR };
    let message = error.to_bytes();
    let mut out = Vec::new();
    Ssl2Header { length: message.len(), is_escape: false, padding: None }.write(&mut out);
    out.extend(message);
    out
}

#[cfg(test)]
mod tests {
    use super::super::catch::{Catch, End};
    use super::*;
    use crate::wire::text::unhex;

    fn answer(hello: &[u8], answer: &str) -> Vec<u8> {
        let (mut catch, _) = Catch::begin(None);
        catch.receive(hello);
        Answer::parse(answer).unwrap().bytes(&catch.finish(End::Closed))
    }

    fn hello(name: &str) -> Vec<u8> {
        let path = format!("{}/testdata/hellos/{name}.bin", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    #[test]
    fn an_alert_has_the_version_of_the_hello() {
        let modern = hello("openssl-3.5.8");
        assert_eq!(answer(&modern, "alert"), [21, 3, 3, 0, 2, 2, 40]);
        assert_eq!(answer(&modern, "unrecognized_name"), [21, 3, 3, 0, 2, 2, 112]);
        assert_eq!(answer(&modern, "70"), [21, 3, 3, 0, 2, 2, 70]);
        assert_eq!(answer(&modern, "close_notify"), [21, 3, 3, 0, 2, 1, 0]);
        assert_eq!(answer(&hello("openssl-1.0.0m"), "alert"), [21, 3, 1, 0, 2, 2, 40]);
        // What is cut off within its record says its version there alone.
        assert_eq!(answer(&modern[..40], "alert"), [21, 3, 1, 0, 2, 2, 40]);
        let mut later = hello("openssl-1.0.0m");
        later[9..11].copy_from_slice(&[3, 9]);
        assert_eq!(answer(&later, "alert"), [21, 3, 3, 0, 2, 2, 40]);
    }

    #[test]
    fn a_hello_in_ssl2_is_answered_in_what_it_offers() {
        let mut bytes = unhex(concat!(
            "802e0100020015000000100100800200800300800400800500800600400700c0",
            "000102030405060708090a0b0c0d0e0f"
        ))
        .unwrap();
        assert_eq!(answer(&bytes, "alert"), [0x80, 3, 0, 0, 1]);
        bytes[3..5].copy_from_slice(&[3, 1]);
        assert_eq!(answer(&bytes, "alert"), [21, 3, 1, 0, 2, 2, 40]);
    }

    #[test]
    fn who_speaks_no_tls_gets_no_alert() {
        assert_eq!(answer(b"GET / HTTP/1.1\r\n\r\n", "alert"), b"");
        assert_eq!(answer(&hello("openssl-3.5.8"), "close"), b"");
        assert_eq!(answer(&hello("openssl-3.5.8"), "none"), b"");
        assert_eq!(Answer::parse("no_such_alert"), None);
    }
}
