//! The house's statics: a room of `src/` uses only what lives on the floors below it.
//!
//! The floors are those of `ARCHITECTURE.md`. Read are all uses of `crate::room`, also in groups
//! and by way of `super`; not read are comments, strings and what is behind `#[cfg(test)]`.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and its floor.
const FLOORS: &[(&str, u8)] = &[
    ("names", 1),
    ("wire", 2),
    ("crypto", 2),
    ("transcript", 3),
    ("hello", 3),
    ("conversation", 4),
    ("capture", 4),
    ("quirks", 4),
    ("probe", 4),
    ("net", 5),
    ("lab", 5),
    ("diagnose", 6),
    ("scan", 6),
    ("survey", 6),
    ("report", 7),
    ("cli", 8),
    ("fuzzing", 9),
];

#[test]
fn every_room_stands_only_on_the_floors_below() {
    let sources = sources(&common::path("src"));
    assert!(sources.len() > 40, "{}", sources.len());
    let faults: Vec<String> =
        sources.iter().flat_map(|(file, source)| faults(file, source)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// All source files of the rooms, by their path below `src/`. What stands in no room is the house.
fn sources(src: &Path) -> Vec<(PathBuf, String)> {
    let mut folders = vec![src.to_owned()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let below = path.strip_prefix(src).unwrap();
            let house = below == Path::new("lib.rs") || below == Path::new("main.rs");
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some("rs".as_ref()) && !house {
                sources.push((below.to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    sources.sort();
    sources
}

/// What is wrong with the uses of one file, in a sentence each.
fn faults(file: &Path, source: &str) -> Vec<String> {
    let path = modules(file);
    let room = path[0].as_str();
    let Some(floor) = floor(room) else {
        return vec![format!("src/{}: `{room}` has no floor", file.display())];
    };
    let mut used = rooms(source, path.len());
    used.retain(|other| other != room);
    used.sort();
    used.dedup();
    used.iter()
        .filter_map(|other| {
            let what = match self::floor(other) {
                None => "has no floor".to_owned(),
                Some(above) if above > floor => format!("lives on {above}"),
                Some(same) if same == floor => "lives next door".to_owned(),
                Some(_) => return None,
            };
            Some(format!("src/{}, floor {floor}, uses `{other}`, which {what}", file.display()))
        })
        .collect()
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// The modules that a file is, from the room on: `wire/extension/mod.rs` is `wire`, `extension`.
fn modules(file: &Path) -> Vec<String> {
    let parts = file.with_extension("");
    let parts = parts.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| part != "mod").collect()
}

/// The rooms that a source of so many modules' depth names.
fn rooms(source: &str, depth: usize) -> Vec<String> {
    let code = without_tests(&without_comments(source));
    let code = code.replace(&"super::".repeat(depth), "crate::");
    // A word that only ends in `crate` is another.
    let uses = code.match_indices("crate::").filter(|(at, _)| !code[..*at].ends_with(is_word));
    uses.flat_map(|(at, root)| members(&code[at + root.len()..])).collect()
}

/// The first words of what stands behind `crate::`: one, or those of a group.
fn members(path: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| is_word(*c)).collect();
    let Some(group) = path.strip_prefix('{') else { return vec![word(path)] };
    let mut members = Vec::new();
    let (mut depth, mut at_start) = (1, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if at_start && depth == 1 && is_word(c) {
            members.push(word(&group[at..]));
        }
        at_start = depth == 1 && (c == ',' || at_start && c.is_whitespace());
    }
    members
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The source without comments, and without what stands in strings.
fn without_comments(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_string(rest) {
            length
        } else if c == '"' {
            string(rest)
        } else if let Some(length) = character(rest) {
            length
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        rest = &rest[skipped..];
    }
    code
}

/// The length of a string in quotes at the start of a text.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// The length of a `r#"…"#` at the start of a text.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text.strip_prefix('r')?;
    let count = hashes.len() - hashes.trim_start_matches('#').len();
    let inside = hashes[count..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(count));
    Some(inside.find(&end).map_or(text.len(), |at| 2 + count + at + end.len()))
}

/// The length of a character in quotes at the start of a text; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let mut chars = inside.char_indices();
    match chars.next()?.1 {
        // The quote may itself be the one behind the backslash.
        '\\' => inside[2..].find('\'').map(|end| end + 4),
        _ => chars.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at + 2),
    }
}

/// Code without the items that are only there for tests.
fn without_tests(code: &str) -> String {
    const TEST: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(TEST) {
        kept.push_str(&rest[..at]);
        rest = &rest[at + TEST.len()..];
        rest = &rest[item(rest)..];
    }
    kept + rest
}

/// The length of an item: up to its semicolon, or to the end of its braces.
fn item(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return at + 1;
        }
    }
    code.len()
}

#[test]
fn a_use_that_runs_upward_is_caught_however_it_is_written() {
    for source in [
        "use crate::net::Tcp;",
        "use crate::{names, net::Tcp};",
        "use crate::{\n    names::{self, Code},\n    net,\n};",
        "fn f() { crate::net::connect() }",
        "use super::super::net::Tcp;",
        "const A: &str = \"//\"; use crate::net;",
        "const A: char = '\"'; use crate::net;",
        "#[cfg(test)]\nmod testing;\nuse crate::net;",
        "fn f<'a>(a: &'a str) -> &'a str { crate::net::f(a) }",
    ] {
        let faults = faults(Path::new("wire/stream.rs"), source);
        let expected = "src/wire/stream.rs, floor 2, uses `net`, which lives on 5";
        assert_eq!(faults, [expected], "{source}");
    }
}

#[test]
fn what_lives_next_door_or_nowhere_is_caught() {
    let next_door = faults(Path::new("wire/mod.rs"), "use super::crypto::Key;");
    assert_eq!(next_door, ["src/wire/mod.rs, floor 2, uses `crypto`, which lives next door"]);
    let nowhere = faults(Path::new("wire/mod.rs"), "use crate::cellar;");
    assert_eq!(nowhere, ["src/wire/mod.rs, floor 2, uses `cellar`, which has no floor"]);
    assert_eq!(faults(Path::new("cellar.rs"), ""), ["src/cellar.rs: `cellar` has no floor"]);
}

#[test]
fn what_is_allowed_and_what_is_no_use_at_all_passes() {
    for source in [
        "use crate::names::{Code, net};",
        "use crate::{names, wire::{net, cli}};",
        "use super::net;",
        "// crate::net\n/// [`crate::net`]\n/* crate::net */",
        "const A: &str = \"crate::net\"; const B: &str = r#\"\"crate::net\"#;",
        "pub(crate) fn f() {}",
        "#[cfg(test)]\nmod tests { use crate::net; mod inner { use crate::cli; } }",
    ] {
        assert_eq!(faults(Path::new("wire/stream.rs"), source), [] as [String; 0], "{source}");
    }
}
