//! Spec files: a hello in TOML or JSON, as `schemas/spec-1.schema.json` describes it. What is wrong
//! with one is told by line and column, with what was meant.

use serde::Deserialize;
use serde_json::Value as Json;

use super::framing::unsent;
use super::preset::Preset;
use super::spec::HelloSpec;
use crate::names::code::nearest;
use crate::wire::extension::keys_of;

/// A spec, or a preset's file with a spec in it.
///
/// # Errors
/// Where it is none: line, column, and what is wrong there.
pub fn from_toml(text: &str) -> Result<HelloSpec, String> {
    let spec = match toml::from_str::<Preset>(text) {
        Ok(preset) => Ok(preset.spec),
        Err(error) if text.contains("[spec]") => Err(error),
        Err(_) => toml::from_str(text),
    };
    let spec = spec.map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        format!("{}{}", place(text, at), meant(error.message()))
    })?;
    whole(spec, text)
}

/// A spec, or what `hello show` and `hello record` print with `--format json`, which has one in it.
///
/// # Errors
/// Where it is none: line, column, and what is wrong there.
pub fn from_json(text: &str) -> Result<HelloSpec, String> {
    #[derive(Deserialize)]
    struct Shown {
        spec: HelloSpec,
    }
    let at = text.find(|c: char| !c.is_ascii_whitespace()).unwrap_or(text.len());
    if !text.get(at..).is_some_and(|text| text.starts_with('{')) {
        return Err(format!("{}{NO_OBJECT}", place(text, at)));
    }
    let json: Json = serde_json::from_str(text).map_err(|error| wrong_json(&error, text))?;
    if let (Some(Json::Null), Some(Json::String(why))) = (json.get("spec"), json.get("why_no_spec"))
    {
        return Err(format!("the recording has no spec: {why}"));
    }
    let read = match json.get("spec") {
        Some(_) => serde_json::from_str::<Shown>(text).map(|shown| shown.spec),
        None => serde_json::from_str(text),
    };
    whole(read.map_err(|error| wrong_json(&error, text))?, text)
}

/// What belongs in a file of JSON.
const NO_OBJECT: &str = "an object belongs there, {…}, with the fields of a spec, as `helloscope hello \
                         show SPEC --as json` prints it";

/// What is wrong with JSON, by its place.
fn wrong_json(error: &serde_json::Error, text: &str) -> String {
    if error.is_eof() {
        // Where the reader stopped there is nothing to look at: the last letter is before it.
        let last = text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        return format!("{}{what}: the text ends before its object does", place(text, last));
    }
    let told = error.to_string();
    let what = match told.split(" at line ").next().unwrap_or_default() {
        "trailing characters" => {
            "one object belongs there, and something stands behind it".to_owned()
        }
        what => meant(what),
    };
    let (line, column) = match (error.line(), error.column()) {
        // At the end of a line the reader is on the next one already.
        (next, 0) => {
            let lines = text.lines().take(next.saturating_sub(1));
            let length = lines.last().map_or(0, |line| line.trim_end().chars().count());
            (next.saturating_sub(1).max(1), length.max(1))
        }
        place => place,
    };
    format!("line {line}, column {column}: {what}")
}

fn whole(spec: HelloSpec, text: &str) -> Result<HelloSpec, String> {
    if !spec.says_something() {
        return Err(
            "nothing to send: a table [hello] belongs there, or `raw`, or `flight`".to_owned()
        );
    }
    match unsent(&spec) {
        Some((field, why)) => Err(format!("{}{field}: {why}", place_of(field, text))),
        None => Ok(spec),
    }
}

/// Where a field is named first.
fn place_of(field: &str, text: &str) -> String {
    let is_whole = |&(at, _): &(usize, &str)| {
        let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (before, behind) = (text.get(..at), text.get(at + field.len()..));
        !before.is_some_and(|before| before.ends_with(in_name))
            && !behind.is_some_and(|behind| behind.starts_with(in_name))
    };
    let Some((at, _)) = text.match_indices(field).find(is_whole) else { return String::new() };
    place(text, at)
}

/// A place in a text, as it stands before what is wrong there.
fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}: ")
}

/// How many names are told of those that could stand in a place.
const TOLD: usize = 12;

/// What the reader expects of a value, and what a person calls that.
const EXPECTED: [(&str, &str); 6] = [
    ("u8", "a number from 0 to 255"),
    ("u16", "a number from 0 to 65535"),
    ("u32", "a number from 0 to 4294967295"),
    ("u64", "a number from 0 to 18446744073709551615"),
    ("a sequence", "a list in brackets"),
    ("a boolean", "true or false"),
];

/// What is wrong, as the reader says it, in the words of a spec: of a value (`invalid type: x,
/// expected y`) what belongs there, and of a name (`unknown field \`x\`, expected one of …`) the one
/// that was meant in place of all that could stand there.
pub(super) fn meant(message: &str) -> String {
    let message = message.replace('\n', " ");
    let unknown = [("unknown field", "unknown key"), ("unknown variant", "unknown word")];
    for (reader, person) in unknown {
        if let Some(rest) = message.strip_prefix(reader) {
            return format!("{person}{}", named(rest));
        }
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        return format!("the key {rest} is missing");
    }
    match message.rsplit_once(", expected ") {
        Some((found, expected)) if message.starts_with("invalid ") => {
            format!("{found}, expected {}", expected_words(expected))
        }
        _ => message,
    }
}

/// What belongs in a place. A table has the name of what it says, as in `psk_identity`.
fn expected_words(expected: &str) -> String {
    if let Some((_, person)) = EXPECTED.iter().find(|(reader, _)| *reader == expected) {
        return (*person).to_owned();
    }
    let is_name = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    match expected.split_once(' ') {
        Some(("struct" | "enum", _)) => "a table".to_owned(),
        None if is_name(expected) => match keys_of(expected) {
            Some(keys) => format!("a table ({expected}) with the keys {}", keys.join(", ")),
            None => format!("a table ({expected})"),
        },
        _ => expected.to_owned(),
    }
}

/// A wrong name with the one that was meant: `` `x`, expected one of `y`, `z` ``.
fn named(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(wrong) = quoted.next() else { return message.to_owned() };
    let known: Vec<&str> = quoted.collect();
    let head = message.split(", expected").next().unwrap_or(message);
    match nearest(wrong, known.iter().copied()) {
        Some(name) => format!("{head}; did you mean `{name}`?"),
        None if known.len() > TOLD => {
            let told: Vec<_> = known.iter().take(TOLD).copied().collect();
            format!("{head}; there are {} and {} more", told.join(", "), known.len() - TOLD)
        }
        None => format!("{head}; there are {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::named::NamedHello;
    use crate::wire::record::ssl2::CipherKind;

    #[test]
    fn a_typo_in_a_spec_file_is_named_with_its_place_and_what_was_meant() {
        let error = |text: &str| from_toml(text).unwrap_err();
        let spec = "record_version = \"TLS 1.0\"\n[hello]\nlegacy_version = \"TLS 1.2\"\n";
        let typo = error(&format!("{spec}cipher_suits = []\n"));
        assert!(typo.starts_with("line 4, column 1: unknown key `cipher_suits`"), "{typo}");
        for (version, meant) in [("1.0", "TLS 1.0"), ("1.2", "TLS 1.2")] {
            let told = error(&spec.replace("TLS 1.0", version));
            assert!(told.starts_with("line 1, column 18: "), "{told}");
            assert!(told.ends_with(&format!("did you mean \"{meant}\"?")), "{told}");
        }
        let typo = error(&format!("{spec}cipher_suites = [\"TLS_RSA_WITH_RC4_128_MD6\"]\n"));
        assert!(typo.contains("line 4, column ") && typo.contains("did you mean"), "{typo}");
    }

    #[test]
    fn a_file_may_name_its_schema() {
        let spec = Preset::find("minimal").unwrap().spec.clone();
        let toml = toml::to_string(&spec).unwrap();
        let named = format!("\"$schema\" = \"https://example/spec-1.schema.json\"\n{toml}");
        assert_eq!(
            from_toml(&named).unwrap(),
            HelloSpec { fresh: spec.fresh.clone(), ..spec.clone() }
        );
        let json = serde_json::to_string(&spec).unwrap();
        let named = json.replacen('{', "{\"$schema\": \"./spec-1.schema.json\", ", 1);
        assert_eq!(from_json(&named).unwrap(), spec);
        // Only there.
        let inner = toml.replace("[hello]", "[hello]\n\"$schema\" = \"x\"");
        assert!(from_toml(&inner).unwrap_err().contains("unknown key `$schema`"));
    }

    #[test]
    fn what_is_not_sent_is_answered_with_what_is() {
        let hello = toml::to_string(&Preset::find("minimal").unwrap().spec).unwrap();
        let error = |text: &str| from_toml(text).unwrap_err();
        let line = hello.lines().position(|line| line == "[hello]").unwrap() + 2;
        let beside = |what: &str| format!("line {line}, column 2: hello: `{what}` is sent");
        assert!(error(&format!("raw = \"0100\"\n{hello}")).starts_with(&beside("raw")));
        assert!(error(&format!("flight = \"1603\"\n{hello}")).starts_with(&beside("flight")));
        for (field, line) in [
            ("raw", "raw = \"0100\""),
            ("records", "records = [5]"),
            ("record_version", "record_version = \"TLS 1.2\""),
            ("record_length", "record_length = 5"),
            ("fresh", "fresh = [\"random\"]"),
            ("dtls", "dtls = { message_seq = 1 }"),
        ] {
            let told = error(&format!("flight = \"1603\"\n{line}\n"));
            let expected = format!("line 2, column 1: {field}: `flight` is sent as it is");
            assert!(told.starts_with(&expected), "{told}");
        }
        let told = error("raw = \"0100\"\nhandshake_length = 5\n");
        assert!(told.starts_with("line 2, column 1: handshake_length: `raw` is sent"), "{told}");
        assert!(error("flight = [\"16\", \"03\"]").contains("over TCP it is one text"));
        assert!(error("flight = \"\"").starts_with("nothing to send"));
        assert!(error("flight = \"1g\"").starts_with("line 1, column 10: "));
    }

    #[test]
    fn what_is_wrong_in_an_extension_is_told_in_its_place_in_the_words_of_a_spec() {
        let digits = "00".repeat(32);
        let head = format!(
            "record_version = \"TLS 1.0\"\n[hello]\nlegacy_version = \"TLS 1.2\"\n\
             random = \"{digits}\"\nlegacy_session_id = \"\"\ncipher_suites = []\n\
             legacy_compression_methods = []\n[[hello.extensions]]\npadding = 1\n\
             [[hello.extensions]]\n"
        );
        for (body, told) in [
            (
                "server_nam = []",
                "11, column 1: no extension is called \"server_nam\"; did you mean",
            ),
            (
                "[[hello.extensions.server_name]]\nname_type = \"host_name\"\nhostname = \"x\"",
                "13, column 1: unknown key `hostname`; did you mean `host_name`?",
            ),
            (
                "pre_shared_key = \"aa\"",
                "11, column 18: invalid type: string \"aa\", expected a table (offered_psks) with \
                 the keys identities, binders",
            ),
            (
                "pre_shared_key = { identities = [3], binders = [] }",
                "11, column 34: invalid type: integer `3`, expected a table (psk_identity) with \
                 the keys identity, obfuscated_ticket_age",
            ),
            (
                "server_name = [\"x\"]",
                "11, column 16: invalid type: string \"x\", expected a table (server_name) with the \
                 keys name_type, host_name",
            ),
            (
                "supported_groups = [65536]",
                "11, column 21: invalid value: integer `65536`, expected a named group by name, or a \
                 number up to 65535 (0xffff)",
            ),
            (
                "supported_groups = [\"0x10000\"]",
                "11, column 21: no named group is called \"0x10000\"; numbers go up to 65535 (0xffff)",
            ),
            (
                "key_share = 3",
                "11, column 13: invalid type: integer `3`, expected a list in brackets",
            ),
            ("type = 9\ndat = \"\"", "12, column 1: unknown key `dat`; did you mean `data`?"),
            ("data = \"\"", "10, column 1: the key `type` is missing"),
            (
                "type = 9\ndata = \"\"\n\ncookie = 3",
                "14, column 1: `cookie` is one too many: one entry holds one extension",
            ),
            ("", "10, column 1: an entry with no extension in it"),
        ] {
            let error = from_toml(&format!("{head}{body}\n")).unwrap_err();
            assert!(error.starts_with(&format!("line {told}")), "{body}: {error}");
        }
        assert!(from_toml(&format!("{head}alpn = [\"h2\"]\n")).is_ok());
        let error = from_toml(&format!("delay = 5\n{head}padding = 1\n")).unwrap_err();
        assert_eq!(error, "line 1, column 1: unknown key `delay`; did you mean `delay_ms`?");
    }

    #[test]
    fn what_has_no_place_in_the_frame_is_refused_in_its_place() {
        let spec = |what: &str| format!("record_version = \"TLS 1.0\"\nraw = \"01\"\n{what}\n");
        for (what, told) in [
            (
                "framing = \"dtls\"\nsegments = [4]",
                "line 4, column 1: segments: datagrams have none",
            ),
            ("framing = \"sslv2\"\nrecords = [4]", "line 4, column 1: records: a hello of SSL 2.0"),
            (
                "record_versions = [\"TLS 1.0\", \"TLS 1.2\"]",
                "line 3, column 1: record_versions: there are more of them than records",
            ),
            ("[sslv2]\npadding = 1", "line 3, column 2: sslv2: it belongs to"),
            ("[dtls]\nmessage_seq = 1", "line 3, column 2: dtls: it belongs to"),
            (
                "framing = \"dtls\"\n[dtls]\nmessage_seq = 0\nsequence_number = 281474976710656",
                "line 6, column 1: sequence_number: the number of a record has 48 bits",
            ),
        ] {
            let error = from_toml(&spec(what)).unwrap_err();
            assert!(error.starts_with(told), "{error}");
        }
    }

    #[test]
    fn a_typo_in_json_is_told_alike() {
        let error = from_json("{\"record_version\": \"TLS 1.0\",\n  \"recods\": []}").unwrap_err();
        assert!(error.starts_with("line 2, column "), "{error}");
        assert!(error.ends_with("unknown key `recods`; did you mean `records`?"), "{error}");
    }

    #[test]
    fn what_is_no_object_is_told_what_belongs_there() {
        for (text, told) in [
            ("[", "line 1, column 1: an object belongs there, {…}, with the fields of a spec"),
            ("\n  \"x\"", "line 2, column 3: an object belongs there"),
            ("", "line 1, column 1: an object belongs there"),
            ("{", "line 1, column 1: EOF while parsing an object: the text ends before"),
            ("{} {}", "line 1, column 4: one object belongs there, and something stands behind it"),
            ("{\"spec\": null, \"why_no_spec\": \"cut\"}", "the recording has no spec: cut"),
        ] {
            let error = from_json(text).unwrap_err();
            assert!(error.starts_with(told), "{error}");
        }
    }

    #[test]
    fn a_size_that_cannot_be_sent_is_refused_in_its_place() {
        let toml = |what: &str| from_toml(&format!("record_version = \"TLS 1.0\"\n{what}\n"));
        let refused = |what: &str| toml(what).unwrap_err();
        let told = "line 2, column 16: a segment of 0 bytes cannot be sent";
        assert_eq!(refused("segments = [5, 0]"), told);
        let told = "line 2, column 12: a record has 65535 bytes at most";
        assert_eq!(refused("records = [65536]"), told);
        assert!(refused("records = [-1]").starts_with("line 2, column 12: "));
        assert!(refused("records = [\"a\"]").contains("expected a number of bytes"));
        // An empty record can; there is nothing to be said in these.
        assert!(refused("records = [0, 65535]").contains("[hello]"));
        let json = from_json("{\"record_version\": 769,\n\"segments\": [0]}").unwrap_err();
        assert!(json.starts_with("line 2, column 1") && json.ends_with("cannot be sent"), "{json}");
    }

    #[test]
    fn a_text_that_ends_early_is_told_of_at_its_last_letter() {
        let json = serde_json::to_string_pretty(&Preset::find("minimal").unwrap().spec).unwrap();
        for end in 1..json.len() {
            let cut = &json[..end];
            let last = cut.trim_end().lines().last().unwrap_or_default();
            for text in [cut.to_owned(), format!("{cut}\n"), format!("{cut}\n\n")] {
                let error = from_json(&text).unwrap_err();
                let (line, column) = (cut.trim_end().lines().count(), last.chars().count());
                assert!(
                    error.starts_with(&format!("line {line}, column {column}: ")),
                    "{text} {error}"
                );
            }
        }
    }

    #[test]
    fn a_spec_without_a_message_is_none() {
        assert!(from_toml("record_version = \"TLS 1.0\"").unwrap_err().contains("[hello]"));
    }

    #[test]
    fn kinds_are_named_or_numbers_in_toml_and_json() {
        let named = NamedHello::parse("openssl-1.0.1e,sslv2").unwrap().recorded().unwrap();
        let toml = |kinds: &str| {
            let spec = toml::to_string(&named.spec).unwrap();
            from_toml(
                &spec.replace("[hello]", &format!("[sslv2]\ncipher_specs = {kinds}\n[hello]")),
            )
        };
        let kinds = [CipherKind(0x010080), CipherKind(0x2f)];
        for text in
            ["[0x010080, 0x2f]", "[65664, \"0x00002f\"]", "[\"SSL_CK_RC4_128_WITH_MD5\", 47]"]
        {
            assert_eq!(toml(text).unwrap().sslv2.cipher_specs, kinds, "{text}");
        }
        let mut json = serde_json::to_value(&named.spec).unwrap();
        json["sslv2"] = serde_json::json!({"cipher_specs": [65664, 47]});
        assert_eq!(from_json(&json.to_string()).unwrap().sslv2.cipher_specs, kinds);
        for (wrong, told) in [
            ("[0x1000000]", "16777216 is more than 0xffffff"),
            ("[-1]", "-1 is less than 0"),
            ("[true]", "by name or as 0x010080"),
            ("[\"RC5\"]", "\"RC5\" is no kind"),
        ] {
            let error = toml(wrong).unwrap_err();
            assert!(error.starts_with("line ") && error.contains(told), "{error}");
        }
    }
}
