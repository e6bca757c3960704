//! The log of `openssl s_client -debug`: a line `write to 0x5563… [0x5563…] (188 bytes => 188 (0xBC))`
//! for each call, and the bytes that went through it as BIO_dump prints them, 16 in a line behind their
//! offset. What is written is the client's, or in a log of `s_server -debug` the server's.

use super::{Unreadable, hellos, records};
use crate::transcript::{Recorder, Side, Source, Transcript};

/// Bytes in a line.
const LINE: usize = 16;
/// The longest piece that is read at once, which has no bound in OpenSSL.
const PIECE: usize = 1 << 24;

/// Whether a text is such a log.
pub(super) fn is_log(text: &str) -> bool {
    text.lines().any(|line| head(line).is_some())
}

/// Reads all that was written and read.
pub(super) fn read(text: &str, source: Source) -> Result<Transcript, Unreadable> {
    let pieces = pieces(&without_errors(text))?;
    let said = |written: bool| -> Vec<u8> {
        let own = pieces.iter().filter(|piece| piece.written == written);
        own.flat_map(|piece| &piece.bytes).copied().collect()
    };
    let all = [said(true), said(false)];
    let datagrams = pieces.iter().any(|piece| hellos::is_dtls(&piece.bytes));
    let speaker = |bytes: &[u8]| match datagrams {
        false => hellos::speaker(bytes),
        true => hellos::speaker_of_datagram(bytes),
    };
    let [written, read] = [0, 1].map(|index| all.get(index).and_then(|bytes| speaker(bytes)));
    let writer = written.or(read.map(Side::other)).unwrap_or(Side::Client);
    // Where each side's records begin, behind what was said in words.
    let [mut of_writer, mut of_reader] =
        all.map(|bytes| records::first_record(&bytes).unwrap_or(bytes.len()));
    let mut recorder = Recorder::default();
    for Piece { written, bytes } in pieces {
        let from = if written { writer } else { writer.other() };
        if datagrams {
            recorder.push_datagram(from, None, &bytes);
            continue;
        }
        let words_left = if written { &mut of_writer } else { &mut of_reader };
        let (words, rest) = bytes.split_at(bytes.len().min(*words_left));
        *words_left -= words.len();
        if !words.is_empty() {
            recorder.push_words(from, None, words);
        }
        recorder.push(from, None, rest);
    }
    Ok(recorder.finish(source, None))
}

/// What s_client says on its other output, which stands anywhere in a file of both, also in a line.
const ERRORS: [&str; 5] =
    ["Can't use SSL_get_servername", "depth=", "verify error:", "verify return:", "DONE"];

/// The log without such lines.
fn without_errors(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let at = ERRORS.iter().filter_map(|error| line.find(error)).min();
        out.push_str(at.and_then(|at| line.get(..at)).unwrap_or(line));
    }
    out
}

/// What went through one call.
struct Piece {
    written: bool,
    bytes: Vec<u8>,
}

fn pieces(text: &str) -> Result<Vec<Piece>, Unreadable> {
    let mut pieces = Vec::new();
    let mut lines = text.lines();
    while let Some(head_line) = lines.next() {
        let Some((written, count)) = head(head_line) else { continue };
        let mut bytes = Vec::new();
        while bytes.len() < count {
            let most = LINE.min(count - bytes.len());
            let Some(found) = lines.next().and_then(|line| digits(line, bytes.len(), most)) else {
                let there = bytes.len();
                let what = format!(
                    "of the {count} bytes behind {head_line:?} there are {there} in the log, as \
                     `openssl s_client -debug` prints them"
                );
                return Err(Unreadable { line: None, what });
            };
            bytes.extend(found);
        }
        pieces.push(Piece { written, bytes });
    }
    Ok(pieces)
}

/// Whether something was written or read here, and how many bytes of it went through.
fn head(line: &str) -> Option<(bool, usize)> {
    let (written, rest) = match line.strip_prefix("write to 0x") {
        Some(rest) => (true, rest),
        None => (false, line.strip_prefix("read from 0x")?),
    };
    let (_, rest) = rest.split_once(" bytes => ")?;
    let count = rest.split(' ').next()?;
    // A call that failed has none.
    let count = count.parse::<i64>().ok()?.max(0);
    usize::try_from(count).ok().filter(|count| *count <= PIECE).map(|count| (written, count))
}

/// The bytes of a line, where it is the one with these: `0010 - 68 4f …-29 …   hO.`.
fn digits(line: &str, offset: usize, count: usize) -> Option<Vec<u8>> {
    let (place, rest) = line.split_once(" - ")?;
    if usize::from_str_radix(place, 16).ok()? != offset {
        return None;
    }
    let pair = |index: usize| {
        let pair = rest.get(3 * index..3 * index + 2)?;
        pair.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(pair)
    };
    (0..count).map(|index| u8::from_str_radix(pair(index)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture;

    fn file(name: &str) -> String {
        let path = format!("{}/testdata/logs/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    }

    fn said(text: &str) -> Vec<(Side, &'static str)> {
        let transcript = capture::read("it", text.as_bytes()).unwrap();
        assert_eq!(transcript.source.form, "openssl-debug");
        transcript.messages().map(|(event, message)| (event.from, message.type_name())).collect()
    }

    #[test]
    fn what_was_written_is_the_clients_where_it_says_hello() {
        use Side::{Client as C, Server as S};
        let log = file("s_client-3.0-tls1_2-debug.txt");
        let mut expected = vec![
            (C, "client_hello"),
            (S, "server_hello"),
            (S, "certificate"),
            (S, "server_key_exchange"),
            (S, "server_hello_done"),
            (C, "client_key_exchange"),
            (C, "change_cipher_spec"),
            (C, "encrypted"),
            (S, "new_session_ticket"),
            (S, "change_cipher_spec"),
            (S, "encrypted"),
            (C, "encrypted"),
        ];
        let told = said(&log);
        assert_eq!(told[..expected.len()], expected);
        // As the server would log it.
        let other = log.replace("write to", "WRITE").replace("read from", "write to");
        assert_eq!(said(&other.replace("WRITE", "read from")), told);
        // Of a dialogue, words stand before the hello.
        let greeting = "read from 0x5 [0x5] (4096 bytes => 12 (0xC))\n\
                        0000 - 32 32 30 20 72 65 61 64-79 21 0d 0a               220 ready!..\n";
        expected.insert(0, (S, "plaintext"));
        assert_eq!(said(&(greeting.to_owned() + &log))[..expected.len()], expected);
    }

    #[test]
    fn bytes_that_are_not_there_are_told_with_their_line() {
        let log = "write to 0x5 [0x5] (18 bytes => 18 (0x12))\n\
                   0000 - 16 03 01 00 0d 01 00 00-09 03 03 00 00 00 00 00   ................\n\
                   0012 - <SPACES/NULS>\n";
        let error = capture::read("it", log.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error,
            "of the 18 bytes behind \"write to 0x5 [0x5] (18 bytes => 18 (0x12))\" there are 16 in the log, as `openssl s_client -debug` prints them"
        );
    }

    #[test]
    fn what_the_client_says_on_its_other_output_may_stand_in_a_line() {
        let log = file("s_client-3.0-tls1_2-debug.txt");
        let broken = log.replacen("0010 - ", "0010 - depth=0 CN = q.test\nverify return:1\n", 3);
        assert_eq!(said(&broken), said(&log));
    }
}
