//! Several dumps in one text: as `tshark -x` prints frames, also among what `-P` and `-V` tell of them.

use super::bytes::{LINE, read};

/// Several dumps, each from offset 0 on: as `tshark -x` prints frames. What was put together of some of them
/// is printed as well, below a title, and is passed over, as what `-P` and `-V` tell of each frame.
pub fn several(text: &str) -> Option<Vec<Vec<u8>>> {
    let mut dumps: Vec<String> = Vec::new();
    let (mut title, mut is_one, mut is_sure) = ("", true, false);
    let talks = text.lines().any(tells_of_frame);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.ends_with(" bytes):") {
            title = line;
            continue;
        }
        if talks && !is_of_dump(line) {
            continue;
        }
        let place = offset_of_dump(line);
        if place == Some(0) {
            is_one = title.is_empty() || title.starts_with("Frame (");
            title = "";
            dumps.extend(is_one.then(String::new));
        }
        is_sure |= place.is_some_and(|place| place > 0 && place <= LINE);
        let dump = dumps.last_mut().filter(|_| title.is_empty())?;
        if is_one {
            dump.push_str(line);
            dump.push('\n');
        }
    }
    if dumps.len() < 2 || !is_sure {
        return None;
    }
    dumps.iter().map(|dump| read(dump).ok().filter(|bytes| ends_at(dump, bytes.len()))).collect()
}

/// Whether a line begins what tshark tells of a frame: `Frame 4: 74 bytes on wire …` by `-V`, and by `-P`
/// the number, the time, and both ends.
fn tells_of_frame(line: &str) -> bool {
    let of_all = line.strip_prefix("Frame ").and_then(|line| line.split_once(':'));
    let is_told =
        of_all.is_some_and(|(number, rest)| is_number(number) && rest.contains(" bytes on wire"));
    let mut words = line.split_whitespace();
    let is_listed = words.next().is_some_and(is_number)
        && words.next().is_some_and(|time| {
            time.split_once('.').is_some_and(|(a, b)| is_number(a) && is_number(b))
        })
        && words.any(|word| matches!(word, "→" | "->"));
    is_told || is_listed
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a line has an offset and a byte behind it, and not the bits of a field.
fn is_of_dump(line: &str) -> bool {
    let first = line.split_whitespace().nth(1);
    let is_byte =
        first.is_some_and(|it| it.len() == 2 && it.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_byte && offset_of_dump(line).is_some()
}

/// The offset of a line of a dump: at least four digits, and a colon or a blank behind them.
fn offset_of_dump(line: &str) -> Option<usize> {
    let digits = line.split([' ', '\t', ':']).next().filter(|digits| digits.len() >= 4)?;
    usize::from_str_radix(digits, 16).ok()
}

/// Whether the last line of a dump has the offset of one that ends it.
fn ends_at(dump: &str, length: usize) -> bool {
    let last = dump.lines().next_back().and_then(offset_of_dump);
    last.is_some_and(|last| last <= length && length - last <= LINE)
}

#[cfg(test)]
mod tests {
    use super::super::test_file;
    use super::*;

    #[test]
    fn dumps_one_behind_the_other_are_read_each() {
        let xxd = String::from_utf8(test_file("logs/xxd.txt")).unwrap();
        let one = read(&xxd).unwrap();
        assert_eq!(several(&xxd), None);
        let two = format!("{xxd}{xxd}");
        assert_eq!(several(&two).unwrap(), [one.clone(), one.clone()]);
        assert_eq!(super::super::read(&two).unwrap().bytes, [&one[..], &one].concat());
        // A frame of two parts, what they are together, and a frame.
        let line = |at: usize| format!("{at:04x}  {}  ................\n", "ab ".repeat(16).trim());
        let dump = [line(0), line(16)].concat();
        let text =
            format!("Frame (32 bytes):\n{dump}\nReassembled TCP (16 bytes):\n{}\n{dump}", line(0));
        assert_eq!(several(&text).unwrap(), [[0xab; 32]; 2]);
        // As `tshark -P -x` and `tshark -V -x` tell of frames.
        let told = "    1 0.000000000 192.0.2.1 → 192.0.2.2 TLSv1 583 Client Hello\n";
        assert_eq!(several(&format!("{told}\n{dump}\n{told}\n{dump}")).unwrap(), [[0xab; 32]; 2]);
        let told = "Frame 1: 32 bytes on wire (256 bits), 32 bytes captured (256 bits)\n    \
                    0100 .... = Version: 4\n    0000 00.. = Differentiated Services Codepoint: 0\n";
        assert_eq!(several(&format!("{told}\n{dump}\n{told}\n{dump}")).unwrap(), [[0xab; 32]; 2]);
        for text in ["0000 1603\n0000 0100\n", "0000  16 03\n", "16 03\n0000  16 03\n", ""] {
            assert_eq!(several(text), None, "{text}");
        }
    }
}
