//! Files of one stream in which nothing tells who sent the first record, or only the words before it do:
//! what either side may send is taken for the side's whose turn it seems, and that is said.

use helloscope::capture;
use helloscope::transcript::{Event, Kind, Reaction, Side};
use helloscope::wire::stream::Message;

/// The senders of messages, and whether one was assumed.
fn sides(bytes: &[u8]) -> Vec<(Side, bool)> {
    let transcript = capture::read("it", bytes).unwrap();
    let of = |(event, message): (&Event, &Message)| (event.from, message.has_assumed_sender());
    transcript.messages().map(of).collect()
}

/// What OpenSSL 3 sends to who speaks no TLS, and GnuTLS.
const REFUSALS: [[u8; 7]; 2] = [[21, 3, 1, 0, 2, 2, 70], [21, 3, 3, 0, 2, 2, 10]];

#[test]
fn who_speaks_no_tls_is_refused_by_the_server() {
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64";
    for words in [
        &b"GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"[..],
        preface,
        b"CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n\r\n",
        b"EHLO me.example\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n",
        // SSLRequest of PostgreSQL.
        &[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f],
        // Both sides of SSH and of SMB begin alike.
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ] {
        for alert in REFUSALS {
            let bytes = [words, &alert].concat();
            let expected = [(Side::Client, false), (Side::Server, true)];
            assert_eq!(sides(&bytes), expected, "{}", words.escape_ascii());
            let transcript = capture::read("it", &bytes).unwrap();
            let outcome = Reaction::of(&transcript).unwrap();
            assert!(matches!(outcome.kind, Kind::Alert { .. }), "{outcome:?}");
        }
    }
    // A server that greets is not refused by itself.
    let greeting = [&b"220 mail.example ESMTP\r\n"[..], &REFUSALS[0]].concat();
    assert_eq!(sides(&greeting)[0], (Side::Server, false));
}

#[test]
fn whose_a_record_is_that_either_side_may_send_is_assumed() {
    let change = [20, 3, 3, 0, 1, 1];
    let data = [&[23, 3, 3, 0, 40][..], &[0xa5; 40]].concat();
    let datagram = [21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 2, 40];
    for bytes in [&REFUSALS[0][..], &change, &data, &datagram] {
        assert_eq!(sides(bytes), [(Side::Server, true)], "{bytes:x?}");
    }
    assert_eq!(
        sides(&[&change[..], &data].concat()),
        [(Side::Server, true), (Side::Server, false)]
    );
}
