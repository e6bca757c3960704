//! The random of a hello: RFC 8446 sections 4.1.2 and 4.1.3, RFC 5246 section 7.4.1.2.

use serde::{Deserialize, Serialize};

use crate::wire::field::Value;
use crate::wire::grammar::{Fixed, Read, Reader, Record, Wire, fixed};
use crate::wire::time::utc;

/// 32 bytes. Before TLS 1.3 the first four were the sender's clock. A server also writes into it
/// that it asks for another hello, or that it could have done better than the version it chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Random(pub Fixed<32>);

/// The random of a ServerHello that is a HelloRetryRequest: SHA-256 of "HelloRetryRequest".
pub const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// The last eight bytes of a TLS 1.3 server's random where it chose TLS 1.2: "DOWNGRD", 1.
pub const DOWNGRADE_TO_TLS1_2: &[u8] = b"DOWNGRD\x01";
/// The same where it chose TLS 1.1 or less.
pub const DOWNGRADE_TO_TLS1_1: &[u8] = b"DOWNGRD\x00";

impl Wire for Random {
    const ITEM: &'static str = "random";

    #[inline(always)]
    fn read<R: Record>(r: &mut Reader<'_, R>, name: &'static str) -> Read<Self> {
        let words = if R::KEEPS && goes_with_tls13(r.rest()) { marks } else { words };
        fixed(r, name, Value::Words(words)).map(Random)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
}

/// What a random says.
fn words(bytes: &[u8]) -> Option<String> {
    let of_clock = |clock: u32| format!("gmt_unix_time {}, if it is one", utc(clock.into()));
    marks(bytes).or_else(|| clock(bytes).map(of_clock))
}

/// The clock that it begins with, in seconds since 1970: only believed in the years in which stacks still
/// sent one.
fn clock(bytes: &[u8]) -> Option<u32> {
    let years = 915_148_800..1_483_228_800; // 1999 to 2016
    let clock = u32::from_be_bytes(*bytes.first_chunk()?);
    years.contains(&clock).then_some(clock)
}

/// Whether a random that could begin with a clock stands before supported_versions: who speaks TLS 1.3
/// sends none.
fn goes_with_tls13(rest: &[u8]) -> bool {
    const SUPPORTED_VERSIONS: &[u8] = &[0, 43, 0];
    clock(rest).is_some() && rest.windows(3).any(|three| three == SUPPORTED_VERSIONS)
}

/// What a server says by it.
fn marks(bytes: &[u8]) -> Option<String> {
    if bytes == HELLO_RETRY_REQUEST {
        return Some("the server asks for another hello (HelloRetryRequest)".to_owned());
    }
    if bytes.ends_with(DOWNGRADE_TO_TLS1_2) {
        return Some("ends in DOWNGRD 01: the server speaks TLS 1.3 too".to_owned());
    }
    if bytes.ends_with(DOWNGRADE_TO_TLS1_1) {
        return Some("ends in DOWNGRD 00: the server speaks TLS 1.2 too".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_random_says_is_told() {
        let mut bytes = HELLO_RETRY_REQUEST;
        assert!(words(&bytes).is_some_and(|words| words.contains("HelloRetryRequest")));
        bytes[24..].copy_from_slice(DOWNGRADE_TO_TLS1_2);
        assert!(words(&bytes).is_some_and(|words| words.contains("TLS 1.3 too")));
        bytes = [0x53; 32];
        bytes[..4].copy_from_slice(&[0x53, 0x8c, 0x4e, 0xd5]);
        let clock = words(&bytes).unwrap_or_default();
        assert!(clock.contains("2014-06-02 10:15:49 UTC"), "{clock}");
        assert_eq!(words(&[0xff; 32]), None);
        assert_eq!(marks(&bytes), None);
    }

    #[test]
    fn who_speaks_tls13_sends_no_clock() {
        let random = [&[0x53, 0x8c, 0x4e, 0xd5][..], &[9; 28]].concat();
        assert!(!goes_with_tls13(&[&random[..], &[0, 0x13, 1, 0, 0, 0]].concat()));
        assert!(goes_with_tls13(
            &[&random[..], &[0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4]].concat()
        ));
    }

    #[test]
    fn the_retry_random_is_the_hash_that_rfc_8446_says() {
        use sha2::{Digest, Sha256};
        assert_eq!(Sha256::digest(b"HelloRetryRequest")[..], HELLO_RETRY_REQUEST);
    }
}
