//! Dumps of words of two bytes, as `hexdump` prints them where nothing else is asked for, and
//! `od -x` and `od`: an offset of seven digits, words of four hexadecimal or six octal digits, and
//! at the end the offset alone. A word is a number, so that of its two bytes the last one stands
//! first: the machines that print these have the low byte in front.

use super::Unreadable;
use super::bytes::Stars;

/// The most bytes that a line has.
const LINE: usize = 16;

/// The bytes of such a dump; none where it is none.
pub(super) fn read(text: &str) -> Option<Result<Vec<u8>, Unreadable>> {
    // hexdump counts in hexadecimal digits, od as it is asked to: in octal ones by itself.
    let mut all = [16, 8, 10].into_iter().filter_map(|radix| words(text, radix));
    let first = all.next()?;
    Some(first.or_else(|error| all.find_map(Result::ok).ok_or(error)))
}

fn words(text: &str, radix: u32) -> Option<Result<Vec<u8>, Unreadable>> {
    let mut bytes = Vec::new();
    let mut stars = Stars::default();
    let (mut wide, mut ended) = (false, false);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || stars.begin(line, &bytes) {
            continue;
        }
        if ended {
            return None;
        }
        let mut tokens = line.split_ascii_whitespace();
        let first = tokens.next()?;
        let offset = number(first, radix).filter(|_| matches!(first.len(), 6 | 7))?;
        wide |= first.len() == 7;
        if let Err(error) = stars.end(Some(offset), &mut bytes) {
            return Some(Err(error.at(index)));
        }
        let before = bytes.len();
        for word in tokens {
            let radix = match word.len() {
                4 => 16,
                6 => 8,
                _ => return None,
            };
            let word = u16::try_from(number(word, radix)?).ok()?;
            bytes.extend(word.to_le_bytes());
        }
        match bytes.len() - before {
            0 => {
                // The last word is filled up where there is but one byte of it.
                let filled = bytes.len() == offset + 1 && bytes.last() == Some(&0);
                if !filled && bytes.len() != offset {
                    return None;
                }
                bytes.truncate(offset);
                ended = true;
            }
            length if before != offset || length > LINE => return None,
            _ => {}
        }
    }
    // Offsets of six digits may be bytes, but for an end that is told like this.
    (!bytes.is_empty() && (wide || ended)).then_some(Ok(bytes))
}

fn number(digits: &str, radix: u32) -> Option<usize> {
    let all = digits.chars().all(|digit| digit.is_digit(radix));
    usize::from_str_radix(digits, radix).ok().filter(|_| all)
}

#[cfg(test)]
mod tests {
    use super::super::test_file as file;
    use super::*;

    #[test]
    fn words_are_bytes_in_the_order_of_the_file() {
        let expected = file("hellos/openssl-1.0.1g.bin");
        for name in ["hexdump.txt", "od-x.txt", "od-plain.txt"] {
            let text = String::from_utf8(file(&format!("logs/{name}"))).unwrap();
            assert_eq!(read(&text).unwrap().unwrap(), expected, "{name}");
        }
        // The first lines alone, of which only the first does not tell how offsets are counted.
        let text = String::from_utf8(file("logs/hexdump.txt")).unwrap();
        for lines in 1..4 {
            let start: Vec<&str> = text.lines().take(lines).collect();
            assert_eq!(read(&start.join("\n")).unwrap().unwrap(), expected[..lines * LINE]);
        }
    }

    #[test]
    fn an_odd_byte_and_equal_lines_are_told_by_the_offsets() {
        let odd = "0000000 0316 0001\n0000003\n";
        assert_eq!(read(odd).unwrap().unwrap(), [0x16, 3, 1]);
        let equal = "0000000 0101 0101 0101 0101 0101 0101 0101 0101\n*\n0000045\n";
        assert_eq!(read(equal).unwrap().unwrap(), [1; 0x45]);
        let six = "000000 0316 0001\n000004\n";
        assert_eq!(read(six).unwrap().unwrap(), [0x16, 3, 1, 0]);
    }

    #[test]
    fn what_has_not_all_of_the_form_is_none() {
        for text in [
            "",
            "*\n",
            "0000000\n",
            "0000000: 1603 0100\n",
            "00000000 1603 0100\n",
            "0000000 16 03 01 00\n",
            "000000 1603 0100\n",
            "0000001 1603 0100\n",
            "0000000 1603 0100\n0000003 0200\n",
            "0000000 1603 0101\n0000003\n",
            "0000000 1603 0100\n0000004\n0000004\n",
            "0000000 003889\n",
            "16030100 0200\n",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
