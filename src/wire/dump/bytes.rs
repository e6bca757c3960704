//! Bytes as hexadecimal digits: plain, with colons, as `0x16, 0x03`, and the dumps of xxd,
//! `hexdump -C`, `od -t x1`, Wireshark and `tshark -x`, whose offsets and text columns are
//! passed over.

use super::Unreadable;
use crate::wire::limits::SQUEEZED;

/// The most bytes that a dump has in a line.
pub(super) const LINE: usize = 32;
/// The bytes of a line that a `*` repeats.
const REPEATED: usize = 16;
/// Bytes before the middle of a line, where some leave a gap.
const MIDDLE: usize = 8;

/// Reads all bytes of a dump.
pub(super) fn read(text: &str) -> Result<Vec<u8>, Unreadable> {
    if let Some(bytes) = counted(text) {
        return Ok(bytes);
    }
    match [8, 10].iter().find_map(|radix| od(text, *radix)) {
        Some(bytes) => Ok(bytes),
        None => by_line(text),
    }
}

/// `0000020 16 03 …`, as `od -t x1` prints a dump, whose offsets are octal where it is not asked for
/// others: each is the count of the bytes before it, and the last stands alone.
fn od(text: &str, radix: u32) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut stars = Stars::default();
    let mut ends = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if ends {
            return None;
        }
        if stars.begin(line, &bytes) {
            continue;
        }
        let (offset, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        // Those of others have six digits or eight.
        let is_wide = offset.len() == 7 || offset.len() > 7 && !bytes.is_empty();
        let place = usize::from_str_radix(offset, radix).ok().filter(|_| is_wide)?;
        stars.end(Some(place), &mut bytes).ok()?;
        if place != bytes.len() {
            return None;
        }
        ends = rest.is_empty();
        let digits = rest.find('>').and_then(|at| rest.get(..at)).unwrap_or(rest);
        plain(digits, &mut bytes, LINE).ok()?;
    }
    (ends && !bytes.is_empty()).then_some(bytes)
}

/// The other forms, each line of which tells its own.
fn by_line(text: &str) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    let mut stars = Stars::default();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if stars.begin(line, &bytes) {
            continue;
        }
        stars.end(offset_at_start(line), &mut bytes).map_err(|error| error.at(index))?;
        let array = line.starts_with("0x") || line.contains("{0x") || line.contains("{ 0x");
        let read = if array { c_array(line, &mut bytes) } else { dump_line(line, &mut bytes) };
        read.map_err(|token| Unreadable { line: Some(index + 1), what: no_hex(token) })?;
    }
    if bytes.is_empty() {
        return Err(Unreadable { line: None, what: "no bytes in it".to_owned() });
    }
    Ok(bytes)
}

fn no_hex(token: &str) -> String {
    let shown: String = token.chars().take(20).collect();
    if token.chars().all(|c| c.is_ascii_hexdigit()) {
        let (count, more) = (token.len(), if shown.len() < token.len() { " …" } else { "" });
        let digits = if count == 1 { "digit" } else { "digits" };
        return format!("{shown:?}{more} has {count} hexadecimal {digits}, and a byte has two");
    }
    format!("{shown:?} is no hexadecimal byte")
}

/// `0010  16 03 …   ..b.`, as Wireshark prints a dump: the offset without a colon, of four digits
/// at least, and text behind blanks and no other mark. What tells such an offset from two bytes is
/// that each of them, on every line, is the count of the bytes before it; so it also tells where
/// the text begins on all lines but the last. A single line tells it by the wide gap alone.
fn counted(text: &str) -> Option<Vec<u8>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut lines = lines.map(offset_and_rest).peekable();
    let mut bytes = Vec::new();
    let mut sure = false;
    while let Some(line) = lines.next() {
        let (_, rest) = line.filter(|(offset, _)| *offset == bytes.len())?;
        let most = match lines.peek() {
            Some(next) => (*next)?.0.checked_sub(bytes.len()).filter(|most| *most <= LINE)?,
            None => LINE,
        };
        sure |= !bytes.is_empty() || rest.starts_with("  ");
        let found = pairs(rest.trim_start(), most).filter(|found| !found.is_empty())?;
        bytes.extend(found);
    }
    sure.then_some(bytes)
}

/// The offset at the start of a line, and what stands behind it with the gap before that.
fn offset_and_rest(line: &str) -> Option<(usize, &str)> {
    let (offset, rest) = line.split_at(line.find([' ', '\t'])?);
    let digits = offset.len() >= 4 && offset.bytes().all(|byte| byte.is_ascii_hexdigit());
    let offset = usize::from_str_radix(offset, 16).ok().filter(|_| digits)?;
    Some((offset, rest))
}

/// Bytes of two digits with a blank between them, up to so many. Behind them stands nothing, or text
/// behind a wider gap or a tab. A gap of two blanks in the middle of a line is no end.
fn pairs(text: &str, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while bytes.len() < most {
        let next = match (bytes.len(), rest.strip_prefix(' ')) {
            (0, _) => rest,
            (MIDDLE, Some(next)) => next.strip_prefix(' ').unwrap_or(next),
            (_, Some(next)) => next,
            (_, None) => break,
        };
        let Some((pair, behind)) = next.split_at_checked(2) else { break };
        if !pair.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            break;
        }
        bytes.push(u8::from_str_radix(pair, 16).ok()?);
        rest = behind;
    }
    (rest.is_empty() || rest.starts_with("  ") || rest.starts_with('\t')).then_some(bytes)
}

fn offset_at_start(line: &str) -> Option<usize> {
    let first = line.split([' ', '\t', ':']).next().unwrap_or_default();
    usize::from_str_radix(first, 16).ok()
}

/// The lines of a `*`: each stands for lines like the one before it, up to the next offset.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stars {
    /// The last line was one.
    open: bool,
    /// Bytes for which they stood so far.
    stood_for: usize,
}

/// All `*` of a dump stand for more than is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooMany;

impl Stars {
    /// Takes a line, where it is a `*`.
    pub(super) fn begin(&mut self, line: &str, bytes: &[u8]) -> bool {
        let is_star = line == "*" && !bytes.is_empty();
        self.open |= is_star;
        is_star
    }

    /// Repeats what stood before the `*`, where there was one, up to the offset of the line behind,
    /// where it has one.
    pub(super) fn end(
        &mut self,
        offset: Option<usize>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), TooMany> {
        let missing = offset.unwrap_or_default().saturating_sub(bytes.len());
        if !std::mem::take(&mut self.open) || missing == 0 {
            return Ok(());
        }
        self.stood_for = self.stood_for.saturating_add(missing);
        if self.stood_for > SQUEEZED {
            return Err(TooMany);
        }
        let line = bytes.get(bytes.len().saturating_sub(REPEATED)..).unwrap_or_default().to_vec();
        bytes.extend(line.iter().cycle().take(missing));
        Ok(())
    }
}

impl TooMany {
    /// As it is told of the line with this index, up to whose offset a `*` reaches.
    pub(super) fn at(self, index: usize) -> Unreadable {
        let what =
            format!("the `*` before it stands for more than {SQUEEZED} bytes, which are read");
        Unreadable { line: Some(index + 1), what }
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
    use super::super::test_file as file;
    use super::*;
    use crate::wire::dump::words;

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
    fn offsets_of_od_are_octal_or_as_it_was_asked() {
        let expected = file("hellos/openssl-1.0.1g.bin");
        let octal = String::from_utf8(file("logs/od-t-x1.txt")).unwrap();
        assert_eq!(read(&octal).unwrap(), expected);
        let dump = |offset: &dyn Fn(usize) -> String| {
            let line = |(at, line): (usize, &[u8])| {
                let digits: String = line.iter().map(|byte| format!(" {byte:02x}")).collect();
                format!("{}{digits}  >text.<\n", offset(16 * at))
            };
            let lines: String = expected.chunks(16).enumerate().map(line).collect();
            lines + &offset(expected.len()) + "\n"
        };
        assert_eq!(read(&dump(&|at| format!("{at:07}"))).unwrap(), expected);
        assert_eq!(read(&dump(&|at| format!("{at:07o}"))).unwrap(), expected);
        // One that does not count is none.
        assert!(read(&dump(&|at| format!("{:07o}", at + 1))).is_err());
        let stars = "0000000 16 03 01 00 02 00 00 00 00 00 00 00 00 00 00 00\n*\n0000060\n";
        assert_eq!(read(stars).unwrap().len(), 48);
    }

    #[test]
    fn offsets_without_a_colon_are_told_by_what_they_count() {
        let expected = file("hellos/openssl-1.0.1g.bin");
        for length in [1, 2, 8, 9, 16, 17, 25, 32, expected.len()] {
            // Text that could be digits, too, of bytes that are text.
            for expected in [&expected[..length], &b"ab cd 12 34 "[..].repeat(80)[..length]] {
                for (gap, middle, column) in [
                    ("  ", "", Some(50)),
                    ("   ", "", Some(0)),
                    ("   ", "", None),
                    ("  ", " ", Some(51)),
                    ("  ", " ", None),
                ] {
                    let dump = wireshark(expected, gap, middle, column);
                    assert_eq!(read(&dump).unwrap(), expected, "{dump}");
                    assert_eq!(read(&dump.replace('\n', "\r\n")).unwrap(), expected, "{dump}");
                }
            }
        }
    }

    #[test]
    fn a_narrow_gap_behind_offsets_is_one_where_there_are_two_lines() {
        let expected = file("hellos/openssl-1.0.1g.bin");
        for gap in [" ", "\t", "\t\t", " \t"] {
            for length in [17, 32, expected.len()] {
                for (middle, column) in [("", Some(50)), ("", None), (" ", Some(51)), (" ", None)] {
                    let dump = wireshark(&expected[..length], gap, middle, column);
                    assert_eq!(read(&dump).unwrap(), expected[..length], "{dump}");
                }
            }
        }
        let tabs = "0000\t16 03 01\t...\n0003\t00 02\tab\n";
        assert_eq!(read(tabs).unwrap(), [0x16, 3, 1, 0, 2]);
    }

    /// A dump as Wireshark prints it: the text from a column on, where there is one.
    fn wireshark(bytes: &[u8], gap: &str, middle: &str, column: Option<usize>) -> String {
        let lines = bytes.chunks(16).enumerate().map(|(index, chunk)| {
            let (left, right) = chunk.split_at(chunk.len().min(8));
            let half = |half: &[u8]| half.iter().map(|b| format!("{b:02x} ")).collect::<String>();
            let digits = match right {
                [] => half(left),
                right => half(left) + middle + &half(right),
            };
            let text = chunk.iter().map(|byte| match byte {
                b' '..=b'~' => char::from(*byte),
                _ => '.',
            });
            let text: String = column.map_or(String::new(), |_| text.collect());
            let wide = column.unwrap_or_default();
            format!("{:04x}{gap}{:wide$}  {text}\n", index * 16, digits.trim_end().to_owned() + " ")
        });
        lines.collect()
    }

    #[test]
    fn digits_that_count_nothing_are_bytes() {
        for (text, expected) in [
            ("0000 16 03\n", "00001603"),
            ("0000\t16 03\n", "00001603"),
            ("0000 16 03\n0003 01\n", "00001603000301"),
            ("0000 16 03\n0001 01\n", "00001603000101"),
            ("0000 1603\n0002 0100\n", "0000160300020100"),
            ("0000  16 03\n0003  01\n", "00001603000301"),
            ("0000  16 03\n0001  01\n", "00001603000101"),
            ("0000  1603 0100\n", "000016030100"),
            ("0000\n0002\n", "00000002"),
            ("1603  01 00\n1610  03 00\n", "1603010016100300"),
        ] {
            let read = read(text).unwrap();
            let digits: String = read.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digits, expected, "{text}");
        }
    }

    #[test]
    fn stars_stand_for_a_bounded_number_of_bytes() {
        let line = "7 ".repeat(16).replace('7', "07");
        let lines = |offset: usize| format!("00000000  {line}|.|\n*\n{offset:08x}\n");
        assert_eq!(read(&lines(16 + SQUEEZED)).unwrap(), vec![7; 16 + SQUEEZED]);
        let told = "line 3: the `*` before it stands for more than 1048576 bytes, which are read";
        assert_eq!(read(&lines(17 + SQUEEZED)).unwrap_err().to_string(), told);
        assert_eq!(read(&lines(usize::MAX)).unwrap_err().to_string(), told);
        // Many of them together stand for no more.
        let half = SQUEEZED / 2 + 16;
        let ends = [half, 2 * half, 3 * half];
        let all = ends.map(|end| format!("*\n{end:08x}  {line}|.|\n")).concat();
        let error = read(&format!("00000000  {line}|.|\n{all}")).unwrap_err();
        assert_eq!(error.line, Some(7), "{error}");

        // In words of two bytes, by offsets of each kind.
        let line = "0707 ".repeat(8);
        let words = |end: String| words::read(&format!("0000000 {line}\n*\n{end}\n")).unwrap();
        let (most, more) = (16 + SQUEEZED, 18 + SQUEEZED);
        for end in [format!("{most:07x}"), format!("{most:07o}"), format!("{most:07}")] {
            assert_eq!(words(end.clone()), Ok(vec![7; most]), "{end}");
        }
        let error = words(format!("{more:07o}")).unwrap_err();
        assert_eq!(error.to_string(), told);
    }

    #[test]
    fn what_is_no_hex_is_named_with_its_line() {
        let error = read("16 03 01\n02 0x 00\n").unwrap_err();
        assert_eq!(error.line, Some(2));
        let error = read("16 03\nhello world\n").unwrap_err().to_string();
        assert!(error.starts_with("line 2: \"hello\" is no hexadecimal byte"), "{error}");
        let error = |text: &str| read(text).unwrap_err().to_string();
        let one = "line 2: \"1\" has 1 hexadecimal digit, and a byte has two";
        assert_eq!(error("16 03\n01 1 00\n"), one);
        let long = error(&"1603010".repeat(3));
        let expected = "\"16030101603010160301\" … has 21 hexadecimal digits, and a byte has two";
        assert_eq!(long, format!("line 1: {expected}"));
        assert!(read("\n\n").unwrap_err().to_string().contains("no bytes"));
    }
}
