//! Bytes as hexadecimal digits: plain, with colons, as `0x16, 0x03`, and the dumps of xxd,
//! `hexdump -C` and `od -A x -t x1z`, whose offsets and text columns are passed over.

use crate::capture::CaptureError;
use crate::wire::limits::INPUT;

/// The most bytes that a dump has in a line.
const LINE: usize = 32;

/// Reads all bytes of a dump.
pub(super) fn read(text: &str) -> Result<Vec<u8>, CaptureError> {
    let mut bytes = Vec::new();
    let mut squeezed = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line == "*" && !bytes.is_empty() {
            squeezed = true;
            continue;
        }
        if std::mem::take(&mut squeezed) {
            repeat_to_offset(line, &mut bytes);
        }
        let array = line.starts_with("0x") || line.contains("{0x") || line.contains("{ 0x");
        let read = if array { c_array(line, &mut bytes) } else { dump_line(line, &mut bytes) };
        read.map_err(|token| CaptureError { line: Some(index + 1), what: no_hex(token) })?;
    }
    if bytes.is_empty() {
        let what = "no bytes in it: a hex dump, raw records, a certificate or an \
                    `openssl s_client -msg` log can be read";
        return Err(CaptureError { line: None, what: what.to_owned() });
    }
    Ok(bytes)
}

fn no_hex(token: &str) -> String {
    let shown: String = token.chars().take(20).collect();
    format!(
        "{shown:?} is no hexadecimal byte; a hex dump, raw records, a certificate or an \
         `openssl s_client -msg` log can be read"
    )
}

/// A `*` stands for lines like the one before it, up to the offset of the line behind it.
fn repeat_to_offset(line: &str, bytes: &mut Vec<u8>) {
    let first = line.split([' ', '\t', ':']).next().unwrap_or_default();
    let Ok(offset) = usize::from_str_radix(first, 16) else { return };
    let same = bytes.get(bytes.len().saturating_sub(16)..).unwrap_or_default().to_vec();
    while bytes.len() < offset.min(INPUT) && !same.is_empty() {
        bytes.extend_from_slice(&same);
    }
}

/// `0x16, 0x03, …`, whatever stands around it.
fn c_array<'t>(line: &'t str, bytes: &mut Vec<u8>) -> Result<(), &'t str> {
    for token in line.split([',', ' ', '\t', '{', '}', ';', '[', ']', '(', ')']) {
        if let Some(digits) = token.strip_prefix("0x") {
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| token)?);
        }
    }
    Ok(())
}

/// A line of a dump, or plain digits.
fn dump_line<'t>(line: &'t str, bytes: &mut Vec<u8>) -> Result<(), &'t str> {
    let Some(first) = line.split_whitespace().next() else { return Ok(()) };
    let at = bytes.len();
    // `00000010: 1603 …  ..b.`: behind two blanks stands text.
    if let Some((offset, rest)) = line.split_once(": ") {
        if is_offset(offset, at) {
            let digits = rest.split("  ").next().unwrap_or(rest);
            return plain(digits, bytes, LINE);
        }
    }
    // `00000010  16 03 …  |..b.|`, `000010 16 03 …  >..b.<`
    let rest = line.strip_prefix(first).unwrap_or(line);
    let text = rest.find(['|', '>']);
    if first.len() >= 6 && is_offset(first, at) && (text.is_some() || rest.len() > 2) {
        return plain(rest.get(..text.unwrap_or(rest.len())).unwrap_or(rest), bytes, LINE);
    }
    // The offset of the end, alone in the last line.
    if first.len() >= 6 && rest.is_empty() && at > 0 && is_offset(first, at) {
        return Ok(());
    }
    if line.starts_with("unsigned ") || line.starts_with('}') || line.starts_with('#') {
        return Ok(());
    }
    plain(line, bytes, usize::MAX)
}

/// Whether a token is the offset of the byte that comes next.
fn is_offset(token: &str, at: usize) -> bool {
    token.len() >= 4 && usize::from_str_radix(token, 16).is_ok_and(|offset| offset == at)
}

/// Digits in groups of whole bytes; blanks, colons and commas between them.
fn plain<'t>(text: &'t str, bytes: &mut Vec<u8>, most: usize) -> Result<(), &'t str> {
    let end = bytes.len().saturating_add(most);
    for token in text.split([' ', '\t', ':', ',', '-']).filter(|token| !token.is_empty()) {
        if token.len() % 2 != 0 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(token);
        }
        for pair in token.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).map_err(|_| token)?;
            if bytes.len() < end {
                bytes.push(u8::from_str_radix(digits, 16).map_err(|_| token)?);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Vec<u8> {
        let path = format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    #[test]
    fn every_common_dump_gives_the_same_bytes() {
        let expected = file("hellos/openssl-1.0.1g.bin");
        for name in ["xxd.txt", "hexdump-C.txt", "od.txt", "xxd-i.txt"] {
            let text = String::from_utf8(file(&format!("logs/{name}"))).unwrap();
            assert_eq!(read(&text).unwrap(), expected, "{name}");
        }
        let plain: String = expected.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(read(&plain).unwrap(), expected);
        let colons: Vec<_> = expected.iter().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(read(&colons.join(":")).unwrap(), expected);
    }

    #[test]
    fn what_is_no_hex_is_named_with_its_line() {
        let error = read("16 03 01\n02 0x 00\n").unwrap_err();
        assert_eq!(error.line, Some(2));
        let error = read("16 03\nhello world\n").unwrap_err().to_string();
        assert!(error.starts_with("line 2: \"hello\" is no hexadecimal byte"), "{error}");
        assert!(read("\n\n").unwrap_err().to_string().contains("no bytes"));
    }
}
