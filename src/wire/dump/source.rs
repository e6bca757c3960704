//! Bytes as the source of a program has them, and nothing but them: an array of numbers (`[0x16, 3]`
//! of Rust and Python, `[]byte{0x16}` of Go, `{(byte) 0x16, -1}` of Java), or a string of escapes
//! (`"\x16\x03"` of C and Rust, `b'\x16\x03'` of Python, in which text stands for itself).

use std::str::Chars;

/// The least that is taken for bytes: the header of a record. A spec has short lists of numbers, too.
const LEAST: usize = 5;

/// What may stand behind them.
const ENDS: [char; 5] = [';', ')', ']', '}', ','];

/// The bytes of an array or of a string; none where the text is something else, or more.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    array(text).or_else(|| string(text)).filter(|bytes| bytes.len() >= LEAST)
}

fn array(text: &str) -> Option<Vec<u8>> {
    let text: String = text.lines().flat_map(|line| [without_comment(line), "\n"]).collect();
    let text = text.replace("(byte)", "");
    let (before, inside) = text.rsplit_once(['[', '{', '('])?;
    let (items, behind) = inside.split_once([']', '}', ')'])?;
    if !is_declaration(before) || !is_end(behind) {
        return None;
    }
    let items = items.trim().trim_end_matches(',');
    items.split(',').map(|item| byte(item.trim())).collect()
}

/// A line without what stands behind `//`.
fn without_comment(line: &str) -> &str {
    line.split_once("//").map_or(line, |(line, _)| line)
}

/// A number of an array; Java and C have those with a sign, too.
fn byte(item: &str) -> Option<u8> {
    let item = item.strip_suffix("u8").unwrap_or(item);
    match item.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => item.parse::<u8>().ok().or_else(|| item.parse::<i8>().ok().map(|it| it as u8)),
    }
}

fn string(text: &str) -> Option<Vec<u8>> {
    let first = text.find("\\x")?;
    let mut bytes = Vec::new();
    let Some(open) = text.get(..first)?.find(['"', '\'']) else {
        // As a shell's printf has them: escapes alone.
        let mut chars = text.trim().chars();
        while let Some(c) = chars.next() {
            bytes.push(Some(c).filter(|c| *c == '\\').and_then(|_| escape(&mut chars))?);
        }
        return Some(bytes);
    };
    let (before, mut rest) = text.split_at(open);
    if !is_declaration(before) {
        return None;
    }
    // Strings one behind the other are one.
    let quote = rest.chars().next()?;
    while let Some(inside) = rest.strip_prefix(quote) {
        let mut chars = inside.chars();
        loop {
            match chars.next()? {
                '\\' => bytes.push(escape(&mut chars)?),
                c if c == quote => break,
                c if c == ' ' || c.is_ascii_graphic() => bytes.push(u8::try_from(c).ok()?),
                _ => return None,
            }
        }
        rest = chars.as_str();
        let next = rest.trim_start_matches([' ', '\t', '\r', '\n', '\\', '+', '(']);
        let next = next.strip_prefix('b').unwrap_or(next);
        if next.starts_with(quote) {
            rest = next;
        }
    }
    is_end(rest).then_some(bytes)
}

/// The byte that stands behind a `\`.
fn escape(chars: &mut Chars<'_>) -> Option<u8> {
    Some(match chars.next()? {
        'x' => {
            let digits = [chars.next()?, chars.next()?].map(|c| c.to_digit(16));
            let [Some(high), Some(low)] = digits else { return None };
            u8::try_from(high << 4 | low).ok()?
        }
        first @ '0'..='7' => {
            let mut number = first.to_digit(8)?;
            for _ in 0..2 {
                if let Some(digit) = chars.clone().next().and_then(|c| c.to_digit(8)) {
                    number = number << 3 | digit;
                    chars.next();
                }
            }
            u8::try_from(number).ok()?
        }
        'a' => 7,
        'b' => 8,
        't' => b'\t',
        'n' => b'\n',
        'v' => 11,
        'f' => 12,
        'r' => b'\r',
        c @ ('\\' | '\'' | '"') => u8::try_from(c).ok()?,
        _ => return None,
    })
}

/// Whether what stands before bytes declares them: one line at most, and remarks.
fn is_declaration(before: &str) -> bool {
    let lines = before.lines().map(str::trim);
    let lines = lines.filter(|line| {
        let is_remark = ["//", "/*", "*", "# "].iter().any(|sign| line.starts_with(sign));
        !line.is_empty() && !is_remark
    });
    lines.count() <= 1
}

/// Whether nothing stands behind bytes but what ends their declaration.
fn is_end(behind: &str) -> bool {
    behind.chars().all(|c| c.is_whitespace() || ENDS.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::super::{read, test_file};

    #[test]
    fn arrays_and_strings_of_programs_are_bytes() {
        let expected = test_file("hellos/openssl-1.0.1g.bin");
        let numbers: Vec<_> = expected.iter().map(|byte| format!("0x{byte:02x}")).collect();
        let lines: String = numbers.chunks(8).map(|line| line.join(", ") + ",\n    ").collect();
        let one = numbers.join(", ");
        let decimals = format!("{expected:?}");
        let signed: Vec<i8> = expected.iter().map(|byte| *byte as i8).collect();
        let signed = format!("{signed:?}").replace('[', "{").replace(']', "}");
        let casts =
            numbers.iter().map(|byte| format!("(byte){byte}")).collect::<Vec<_>>().join(",");
        let escapes: String = expected.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        let chunks = expected.chunks(16).map(|line| {
            let line: String = line.iter().map(|byte| format!("\\x{byte:02X}")).collect();
            format!("  \"{line}\"\n")
        });
        let strings: String = chunks.collect();
        // As Python shows bytes.
        let shown: String = expected
            .iter()
            .map(|byte| match byte {
                b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
                b' '..=b'~' => char::from(*byte).to_string(),
                b'\n' => "\\n".to_owned(),
                b'\r' => "\\r".to_owned(),
                b'\t' => "\\t".to_owned(),
                _ => format!("\\x{byte:02x}"),
            })
            .collect();
        for text in [
            format!("[{one}]"),
            decimals.clone(),
            format!("const HELLO: [u8; {}] = {decimals};\n", expected.len()),
            format!("hello := []byte{}", decimals.replace('[', "{").replace(']', "}")),
            format!("byte[] hello = {signed};"),
            format!("const HELLO: [u8; {}] = [\n    {lines}];\n", expected.len()),
            format!("// A hello.\nlet hello = vec![{one}];"),
            format!("let hello = &[{}];", one.replace(',', "u8,")),
            format!("hello := []byte{{\n\t{lines}}}\n"),
            format!("hello = bytes([{one}])"),
            format!("byte[] hello = {{ {casts} }};"),
            format!("const hello = new Uint8Array([\n  {lines}]);"),
            format!("unsigned char hello[] = {{\n  {}\n}};", lines.replace(",\n", ", // 8\n")),
            escapes.clone(),
            format!("\"{escapes}\""),
            format!("let hello = b\"{escapes}\";"),
            format!("char hello[] =\n{strings};\n"),
            format!("b'{shown}'"),
            format!("hello = b'{shown}'\n"),
        ] {
            let found = read(&text).unwrap_or_else(|why| panic!("{why}: {text}"));
            assert!(found.bytes == expected, "{text}");
        }
        assert_eq!(read(r#""\x16\3\1\0\002\n""#).unwrap().bytes, [22, 3, 1, 0, 2, 10]);
    }

    #[test]
    fn what_holds_more_than_an_array_is_none() {
        for text in [
            "[0x16, 0x03, 0x01, 0x00]",
            "[0x1301, 0x1302, 0x1303, 0xc02f, 0xc030]",
            "a = [0x16, 0x03, 0x01, 0x00, 0x02]\nb = 3\n",
            "[22, 3, 1, 0, 256]",
            "[22, 3, 1, 0, -129]",
            "22, 3, 1, 0, 2",
            "version = \"1\"\nname = 2\na = [0x16, 0x03, 0x01, 0x00, 0x02]\n",
            "[0x16, 0x03, 0x01, 300, 0x02]",
            "\"\\x16\\x03\\x01\\x0\"",
            "\"\\x16\\x03\\x01\\x00\\x02",
            "printf(\"\\x16\\x03\\x01\\x00\\x02\", stdout, 7)",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
