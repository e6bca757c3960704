//! Several edits: with commas between them, as they stand behind a hello's name, or as texts in
//! JSON, as the difference of two hellos is told.

use std::fmt;

use serde_json::Value as Json;

use super::edit::{BadEdit, Edit};
use super::edit_form::{Operator, setting};
use super::framing::Framing;

/// Edits as they are written behind each other.
#[derive(Clone, Debug, Default, Eq)]
pub struct Edits {
    /// Each of them, in order.
    pub edits: Vec<Edit>,
    /// Whether a `!` before one of them says that the hello need not stay legal.
    pub illegal: bool,
    /// Edits with the words that were typed for them.
    typed: Vec<(Edit, String)>,
}

/// The same edits are the same in other words too.
impl PartialEq for Edits {
    fn eq(&self, other: &Edits) -> bool {
        (&self.edits, self.illegal) == (&other.edits, other.illegal)
    }
}

impl From<Vec<Edit>> for Edits {
    fn from(edits: Vec<Edit>) -> Edits {
        Edits { edits, ..Edits::default() }
    }
}

impl Edits {
    /// The edit that an option stands for, which is called by that.
    pub fn of_option(edit: Edit, option: &str) -> Edits {
        let typed = vec![(edit.clone(), option.to_owned())];
        Edits { edits: vec![edit], typed, ..Edits::default() }
    }

    /// Puts more of them behind these.
    pub fn extend(&mut self, more: Edits) {
        self.edits.extend(more.edits);
        self.illegal |= more.illegal;
        self.typed.extend(more.typed);
    }

    /// Each of them as it is to be typed: the first with the `!`, where that is needed, which then
    /// goes for all of them.
    pub fn texts(&self) -> Vec<String> {
        let mark = |index| if self.illegal && index == 0 { "!" } else { "" };
        let texts = self.edits.iter().enumerate();
        texts.map(|(index, edit)| format!("{}{edit}", mark(index))).collect()
    }

    /// One of these as it was typed.
    pub(super) fn words(&self, edit: &Edit) -> String {
        let typed = self.typed.iter().find(|(other, _)| other == edit);
        typed.map_or_else(|| edit.to_string(), |(_, words)| words.clone())
    }

    /// What is to be told of these, each as it was typed.
    pub(super) fn notes(&self, of: impl Fn(&Edit, &str) -> Option<String>) -> Vec<String> {
        self.edits.iter().filter_map(|edit| of(edit, &self.words(edit))).collect()
    }

    /// Reads edits with commas between them.
    ///
    /// # Errors
    /// Where there is none, or one is none: what is wrong with it, and what would be right.
    pub fn parse(text: &str) -> Result<Edits, BadEdit> {
        if text.trim().is_empty() {
            return Err(BadEdit(format!("{text:?}: an edit belongs there")));
        }
        let mut edits = Edits::default();
        split(text).into_iter().try_for_each(|part| edits.read(part))?;
        Ok(edits)
    }

    /// Reads one more behind these.
    fn read(&mut self, text: &str) -> Result<(), BadEdit> {
        let text = text.trim();
        let legal = text.strip_prefix('!').unwrap_or(text);
        if legal.trim_start().starts_with('!') {
            return Err(BadEdit(format!("{text:?}: one `!` says that illegality is the point")));
        }
        self.illegal |= legal.len() < text.len();
        // What is wrong is told with the `!`, as it was typed.
        let edits = Edit::parse_all(legal).map_err(|BadEdit(what)| {
            let quoted = format!("{:?}", legal.trim());
            BadEdit(match what.strip_prefix(&quoted) {
                Some(what) => format!("{text:?}{what}"),
                None => what,
            })
        })?;
        self.typed.extend(edits.iter().map(|edit| (edit.clone(), text.to_owned())));
        self.edits.extend(edits);
        Ok(())
    }

    /// Reads what `hello diff` prints as JSON, or a list of edits as texts. They are to be done with
    /// nothing else, legal or not.
    ///
    /// # Errors
    /// Where it is neither, or one of them is no edit.
    pub fn from_json(text: &str) -> Result<Edits, BadEdit> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum File {
            List(Vec<String>),
            Diff { edits: Vec<String> },
        }
        let json = serde_json::from_str::<Json>(text);
        let json = json.map_err(|error| BadEdit(format!("no JSON: {error}")))?;
        let (File::List(texts) | File::Diff { edits: texts }) = serde_json::from_value(json)
            .map_err(|_| {
                BadEdit(
                    "a list of texts belongs in it, or an object with one in `edits`".to_owned(),
                )
            })?;
        let mut edits = Edits { illegal: true, ..Edits::default() };
        texts.iter().try_for_each(|text| edits.read(text))?;
        Ok(edits)
    }
}

impl fmt::Display for Edits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().join(","))
    }
}

/// Cuts a text at the commas between edits: not at those within brackets or quotes of JSON, nor at
/// those between the members of a list.
fn split(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    let (mut start, mut from) = (0, 0);
    for (at, _) in text.match_indices(',').chain([(text.len(), "")]) {
        let part = text.get(from..at).unwrap_or_default();
        if at < text.len() && is_open(text.get(start..at).unwrap_or_default()) {
            continue;
        }
        if parts.is_empty() || begins_edit(part) {
            start = from;
            parts.push(part);
        } else if let Some(last) = parts.last_mut() {
            // It goes on with the list before it.
            *last = text.get(start..at).unwrap_or_default();
        }
        from = at + 1;
    }
    parts
}

/// Whether a bracket or a quote is not closed yet in a value that is JSON.
fn is_open(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches('!');
    let Some((_, Operator::Is, value)) = setting(text) else { return false };
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    for c in value.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    depth > 0 || quoted
}

fn begins_edit(part: &str) -> bool {
    let part = part.trim();
    part.starts_with(['-', '+', '!'])
        || part.starts_with("move ")
        || setting(part).is_some()
        || Framing::ALL.iter().any(|framing| framing.word() == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_edits_stand_behind_each_other_with_lists_in_them() {
        let texts = |text: &str| -> Vec<String> {
            Edits::parse(text).unwrap().edits.iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            texts("-padding,supported_groups=x25519, secp256r1,segments=5,rest,sslv2,session_id=3"),
            [
                "-extensions.padding",
                "supported_groups=x25519,secp256r1",
                "segments=5",
                "sslv2",
                "session_id=3"
            ]
        );
        assert_eq!(texts("-cipher_suites.*RC4*,*DES*"), ["cipher_suites-=*RC4*,*DES*"]);
        assert_eq!(texts("alpn+=h3,h2,+padding=600"), ["+alpn.h3", "+alpn.h2", "pad_to=600"]);
        let json =
            "hello.extensions:=[{\"type\":\"0x1\",\"data\":\"\"},{\"type\":\"0x2\",\"data\":\"\"}]";
        assert_eq!(texts(&format!("{json},-delay")), [json, "-delay"]);
        assert!(Edits::parse("!!sslv2").is_err() && Edits::parse("! !sslv2").is_err());
        let edits = Edits::parse("-padding,!-extensions.key_share").unwrap();
        assert!(edits.illegal);
        assert_eq!(Edits::parse(&edits.to_string()).unwrap(), edits);
        assert!(Edits::parse("").is_err());
    }

    #[test]
    fn a_file_has_edits_in_the_words_of_the_command_line() {
        let said = Edits::parse("!-extensions.key_share,! pad_to=600,alpn+=h3,h2").unwrap();
        for file in [
            r#"["!-extensions.key_share", "! pad_to=600", "alpn+=h3,h2"]"#,
            r#"{"edits": ["-extensions.key_share", "pad_to=600", "+alpn.h3", "+alpn.h2"]}"#,
        ] {
            assert_eq!(Edits::from_json(file).unwrap(), said);
        }
        let error = Edits::from_json(r#"["!pad_to=x"]"#).unwrap_err().to_string();
        assert_eq!(error, "\"!pad_to=x\": a number belongs there");
    }
}
