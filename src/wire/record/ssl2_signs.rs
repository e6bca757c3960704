//! By what bytes SSL 2.0 is told, before anything said that it is spoken: the first fields of the
//! messages in Netscape's specification, sections 2.5 to 2.7, behind the header of section 1.2.

use super::ssl2::Ssl2Header;
use crate::names::ContentType;
use crate::wire::grammar::{Context, Reader, peek};
use crate::wire::side::Side;

/// Whether a stream begins as a client's does that speaks SSL 2.0, or only says hello in it; none
/// where more bytes are needed to tell.
pub fn looks_like_client_hello(bytes: &[u8]) -> Option<bool> {
    let wanted: &[fn(u8) -> bool] =
        &[|b| b >= 0x80, |_| true, |b| b == 1, |b| b == 0 || b == 3, |b| b <= 4];
    match begins(bytes, wanted) {
        Some(false) => looks_like_padded_hello(bytes),
        found => found,
    }
}

/// The same of a hello behind a header of three bytes.
fn looks_like_padded_hello(bytes: &[u8]) -> Option<bool> {
    let fixed: &[fn(u8) -> bool] = &[|b| b == 1, |b| b == 0 || b == 3, |b| b <= 4];
    begins_padded(bytes, fixed, |[cipher_specs, _, _]| cipher_specs > 0)
}

/// Whether a message begins with these fields behind a header of three bytes, and then has three
/// lengths that hold. Too much begins like it, so that they must come out.
fn begins_padded(
    bytes: &[u8],
    fixed: &[fn(u8) -> bool],
    hold: fn([usize; 3]) -> bool,
) -> Option<bool> {
    // What begins a record of TLS or DTLS is none. The second bit is that of a security escape.
    let first = |b: u8| b < 0x80 && !(ContentType::FIRST..=ContentType::LAST).contains(&b);
    if !begins(bytes, &[first])? {
        return Some(false);
    }
    let message = bytes.get(PADDED_HEADER..)?;
    if !begins(message, fixed)? {
        return Some(false);
    }
    let (record, padding) = (peek(bytes, 0, 2)? & 0x3fff, peek(bytes, 2, 1)?);
    let at = |index: usize| peek(message, fixed.len() + 2 * index, 2);
    let lengths = [at(0)?, at(1)?, at(2)?];
    let length = fixed.len() + 2 * lengths.len() + lengths.iter().sum::<usize>();
    Some(hold(lengths) && length + padding == record)
}

/// Bytes of a header that says how much of its record is padding.
const PADDED_HEADER: usize = 3;

/// Whether a `CLIENT-MASTER-KEY` begins here.
pub fn looks_like_master_key(bytes: &[u8]) -> Option<bool> {
    // The numbers of the kinds of ciphers are small.
    begins(bytes, &[|b| b >= 0x80, |_| true, |b| b == 2, |b| b <= 0x0f])
}

/// The same of a server's side; where these are all the bytes (`ends`), none are waited for behind an
/// error.
pub fn looks_like_server_hello(bytes: &[u8], ends: bool) -> Option<bool> {
    let hello: &[fn(u8) -> bool] =
        &[|b| b >= 0x80, |_| true, |b| b == 4, |b| b <= 1, |b| b <= 3, |b| b == 0, |b| b == 2];
    // It has a certificate, or goes on with a session.
    let padded = || begins_padded(bytes, hello.get(2..)?, |[_, _, id]| id > 0);
    either(either(begins(bytes, hello), padded()), looks_like_error(bytes, ends))
}

/// The same where it may answer a hello in SSL 2.0 (`asked`), so that less tells it.
pub fn looks_like_answer(bytes: &[u8], asked: bool, ends: bool) -> Option<bool> {
    match looks_like_server_hello(bytes, ends) {
        first if !asked => first,
        first => either(first, looks_like_padded_error(bytes)),
    }
}

/// Whether an `ERROR` begins here behind a header of three bytes, where SSL 2.0 is spoken.
pub fn looks_like_padded_error(bytes: &[u8]) -> Option<bool> {
    let first = bytes.first()?;
    let (Some(length), Some(padding)) = (peek(bytes, 0, 2), peek(bytes, 2, 1)) else {
        return if *first <= 1 { None } else { Some(false) };
    };
    let error: &[fn(u8) -> bool] = &[|b| b == 0, |b| b == 0, |b| b <= 6];
    if length != error.len() + padding {
        return Some(false);
    }
    begins(bytes.get(PADDED_HEADER..)?, error)
}

/// Whether an `ERROR` begins here. One of a number that is not known is one where nothing but
/// others is behind it, as far as one looks, or up to the end (`ends`): packets of other protocols
/// that are longer begin like it, too.
pub fn looks_like_error(bytes: &[u8], ends: bool) -> Option<bool> {
    const ERROR: [u8; 3] = [0x80, 3, 0];
    const LENGTH: usize = 5;
    // Each of a row of errors is asked: what is looked at must not grow with the row.
    const AHEAD: usize = 4;
    match begins(bytes, &[|b| b == 0x80, |b| b == 3, |b| b == 0, |b| b == 0, |b| b <= 6]) {
        Some(false) => {}
        found => return found,
    }
    let mut row = bytes.chunks(LENGTH).take(AHEAD);
    if !row.all(|one| one.iter().zip(ERROR).all(|(a, b)| *a == b)) {
        return Some(false);
    }
    match bytes.len() {
        ..LENGTH if ends => Some(false),
        len if ends || len >= LENGTH * AHEAD => Some(true),
        _ => None,
    }
}

/// Whether a message that is never the first begins here all the same, whole and with lengths that
/// hold: a `CLIENT-MASTER-KEY`, or, with nothing behind them, a `REQUEST-CERTIFICATE` and an `ERROR`
/// with padding. None where more bytes are needed, unless these are all (`ends`).
pub fn looks_like_later(bytes: &[u8], side: Option<Side>, ends: bool) -> Option<bool> {
    let more = ends.then_some(false);
    if let [ContentType::FIRST..=ContentType::LAST, 3, ..] = bytes {
        return Some(false);
    }
    let mut r = Reader::<()>::new(bytes, Context::default());
    let Ok(header) = Ssl2Header::read(&mut r) else { return more };
    let padding = header.padding.map_or(0, usize::from);
    let Some(length) = header.length.checked_sub(padding) else { return Some(false) };
    let of = |wanted| side.is_none_or(|side| side == wanted);
    // By its length and its first bytes, one does not wait for the others of what is none.
    let key = padding == 0 && of(Side::Client);
    let request = padding == 0 && of(Side::Server) && (18..=34).contains(&length);
    let error = padding > 0 && of(Side::Server) && length == 3;
    let begins = match *r.rest() {
        [] => key || request || error,
        [2] => key,
        [2, kind, ..] => key && kind <= 0x0f,
        [7] => request,
        [7, certificate_type, ..] => request && certificate_type == 1,
        [0] => error,
        [0, high] => error && high == 0,
        [0, high, low, ..] => error && high == 0 && (1..=6).contains(&low),
        _ => false,
    };
    if !begins {
        return Some(false);
    }
    let Some((message, behind)) = r.rest().split_at_checked(header.length) else { return more };
    if !key || message.first() != Some(&2) {
        return if behind.is_empty() { ends.then_some(true) } else { Some(false) };
    }
    const FIXED: usize = 10;
    let [clear, encrypted, arg] = [4, 6, 8].map(|at| peek(message, at, 2).unwrap_or(0));
    // There is no session without a key.
    Some(encrypted > 0 && FIXED + clear + encrypted + arg == length)
}

/// Whether one of two is so: as soon as one is, and not before both are known not to be.
pub fn either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

fn begins(bytes: &[u8], wanted: &[fn(u8) -> bool]) -> Option<bool> {
    if !bytes.iter().zip(wanted).all(|(&byte, fits)| fits(byte)) {
        return Some(false);
    }
    (bytes.len() >= wanted.len()).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_behind_three_bytes_may_be_a_security_escape() {
        let body = [&[1, 0, 2, 0, 3, 0, 0, 0, 16, 1, 0, 0x80][..], &[7; 16]].concat();
        let record = |first: u8| [&[first, body.len() as u8, 0][..], &body].concat();
        for first in [0, 0x40] {
            assert_eq!(looks_like_client_hello(&record(first)), Some(true), "{first:#x}");
        }
        // Another length.
        assert_eq!(looks_like_client_hello(&record(0x41)), Some(false));
    }
}
