//! How an edit is read: from one word. [`edit_words`](super::edit_words) writes it, and
//! [`edits`](super::edits) has several of them.

use serde_json::Value as Json;

use super::edit::{BadEdit, Edit, Place};
use super::framing::Framing;
use super::sizes::{Bounds, OfRecord, OfSegment};
use super::vocabulary::{List, Member};
use crate::names::code::nearest;
use crate::names::{
    CipherSuite, Code, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme,
};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::record::LARGEST;
use crate::wire::text::unhex;

/// What an edit can be, for messages to people.
const WORDS: &str = "-LIST.MEMBER, +LIST.MEMBER, LIST=MEMBER,…, LIST-=LIKE,…, \
                     +extensions.NAME=HEX, move EXTENSION first|last|before X|after X, pad_to=N, legacy_version=V, \
                     record_version=V, session_id=N, server_name=HOST, split_records=N,…, \
                     segments=N,…, delay=Nms, sslv2, dtls, tls, FIELD:=JSON";

/// What can stand before a `=`, beside the lists.
const SETTINGS: [&str; 8] = [
    "pad_to",
    "session_id",
    "legacy_version",
    "record_version",
    "server_name",
    "split_records",
    "segments",
    "delay",
];

impl Edit {
    /// Reads one edit.
    ///
    /// # Errors
    /// Where it is none: what is wrong with it, and what would be right.
    pub fn parse(text: &str) -> Result<Edit, BadEdit> {
        let mut edits = Edit::parse_all(text)?;
        match (edits.pop(), edits.as_slice()) {
            (Some(edit), []) => Ok(edit),
            _ => Err(BadEdit(format!("{text:?}: these are several edits"))),
        }
    }

    /// Reads an edit, which may stand for several: `cipher_suites+=A,B`.
    pub(super) fn parse_all(text: &str) -> Result<Vec<Edit>, BadEdit> {
        let text = text.trim();
        let bad = |what: String| BadEdit(format!("{text:?}: {what}"));
        let setting = setting(text);
        if let Some((path, Operator::Is, value)) = setting {
            // What is no JSON is a text: digits need no quotes.
            let is_digits =
                matches!(path, "raw" | "flight" | "hello.random" | "hello.legacy_session_id")
                    || path.starts_with("flight.");
            let value = match serde_json::from_str(value) {
                // Of bytes they are no number.
                Ok(Json::Number(_)) if is_digits => Json::String(value.to_owned()),
                Ok(value) => value,
                Err(error) if value.starts_with(['[', '{', '"']) => {
                    return Err(bad(format!("no JSON: {error}")));
                }
                Err(_) => Json::String(value.to_owned()),
            };
            return Ok(vec![Edit::Set(path.to_owned(), value)]);
        }
        if let Some(("extensions", Operator::Add, one)) = setting {
            return body(one).map(|one| vec![Edit::AddExtension(one)]).map_err(bad);
        }
        if let Some((name, Operator::Add, members)) = setting {
            let found = list(name).map_err(bad)?;
            let members = members.split(',').map(|name| member_of(found, name.trim()));
            return members
                .map(|member| added(found, member?))
                .collect::<Result<_, _>>()
                .map_err(bad);
        }
        Self::parse_one(text).map(|edit| vec![edit]).map_err(bad)
    }

    fn parse_one(text: &str) -> Result<Edit, String> {
        if let Some((name, Operator::Remove, like)) = setting(text) {
            return Ok(Edit::RemoveLike(list(name)?, patterns(like)));
        }
        if let Some(path) = text.strip_prefix('-') {
            return removal(path);
        }
        if let Some(one) = text.strip_prefix("+extensions.").filter(|one| one.contains('=')) {
            return body(one).map(Edit::SetExtension);
        }
        if let Some(length) = text.strip_prefix("+padding=") {
            return Ok(Edit::PadTo(number(length)?));
        }
        if let Some(path) = text.strip_prefix('+') {
            let (list, member) = member(path)?;
            return added(list, member);
        }
        if let Some(rest) = text.strip_prefix("move ") {
            let words: Vec<_> = rest.split_whitespace().collect();
            let (name, place) = match *words.as_slice() {
                [name, "first"] => (name, Place::First),
                [name, "last"] => (name, Place::Last),
                [name, "before", other] => (name, Place::Before(extension(other)?)),
                [name, "after", other] => (name, Place::After(extension(other)?)),
                _ => {
                    let ends =
                        "it ends in `first`, `last`, `before EXTENSION` or `after EXTENSION`";
                    return Err(ends.to_owned());
                }
            };
            return Ok(Edit::Move(extension(name)?, place));
        }
        if let Some(framing) = Framing::ALL.into_iter().find(|framing| framing.word() == text) {
            return Ok(Edit::Framing(framing));
        }
        let Some((word, _, value)) = setting(text) else {
            return Err(format!("no such edit; there are {WORDS}"));
        };
        match word {
            "pad_to" => Ok(Edit::PadTo(number(value)?)),
            "session_id" => match number(value) {
                Ok(length @ 0..=255) if !begins_with_zero(value) => Ok(Edit::SessionId(length)),
                _ => Err("a number of bytes belongs there, 255 at most; the bytes themselves are \
                          set by hello.legacy_session_id:=HEX"
                    .to_owned()),
            },
            "legacy_version" => Ok(Edit::LegacyVersion(version(value)?)),
            "record_version" => Ok(Edit::RecordVersion(version(value)?)),
            "server_name" => Ok(Edit::ServerName(value.to_owned())),
            "split_records" => {
                let mut sizes = sizes::<OfRecord>(value)?;
                if value.trim().ends_with("rest") && !sizes.is_empty() {
                    // The last size is that of all behind it.
                    sizes.push(LARGEST);
                }
                Ok(Edit::Records(sizes))
            }
            "segments" => Ok(Edit::Segments(sizes::<OfSegment>(value)?)),
            "delay" => delay(value),
            _ => match List::from_name(word) {
                // A list of nothing, not of one without a name.
                Some(list) if value.trim().is_empty() => Ok(Edit::SetList(list, Vec::new())),
                Some(list) => {
                    let members = value.split(',').map(|name| member_of(list, name.trim()));
                    Ok(Edit::SetList(list, members.collect::<Result<_, _>>()?))
                }
                None => {
                    let known = SETTINGS.into_iter().chain(List::all().map(List::name));
                    let meant = nearest(word, known);
                    let meant =
                        meant.map_or(String::new(), |word| format!("; did you mean {word:?}?"));
                    Err(format!("no such edit{meant}; there are {WORDS}"))
                }
            },
        }
    }
}

/// What stands between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=`
    Set,
    /// `:=`, before JSON
    Is,
    /// `+=`
    Add,
    /// `-=`
    Remove,
}

/// A name of a list or a field, an operator right behind it, and all that follows. Operators in
/// what follows, or behind what is no such name, are none.
pub(super) fn setting(text: &str) -> Option<(&str, Operator, &str)> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let (name, rest) = text.split_at(text.find(|c| !in_name(c)).filter(|&at| at > 0)?);
    let operators = [
        (":=", Operator::Is),
        ("+=", Operator::Add),
        ("-=", Operator::Remove),
        ("=", Operator::Set),
    ];
    operators
        .into_iter()
        .find_map(|(word, operator)| Some((name, operator, rest.strip_prefix(word)?)))
}

/// An extension with its body: `NAME=HEX`.
fn body(text: &str) -> Result<ClientExtension, String> {
    let (name, digits) = text.split_once('=').ok_or(NO_BODY)?;
    let data = unhex(digits).map_err(|at| format!("no hexadecimal digit at digit {}", at + 1))?;
    Ok(ClientExtension::from_data(extension(name)?, &data))
}

const NO_BODY: &str = "its body belongs behind it, as in +extensions.NAME=HEX";

fn patterns(text: &str) -> Vec<String> {
    text.split(',').map(|pattern| pattern.trim().to_owned()).collect()
}

/// Whether digits look like those of bytes, and not like a number.
fn begins_with_zero(text: &str) -> bool {
    let behind = text.trim().strip_prefix('0');
    behind.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn number(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let number = match text.strip_prefix("0x") {
        Some(digits) => usize::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| "a number belongs there".to_owned())
}

pub(super) fn version(text: &str) -> Result<ProtocolVersion, String> {
    ProtocolVersion::from_text(text).ok_or_else(|| "a version belongs there, as in 1.2".to_owned())
}

/// `5,100,rest`: what is left goes into a last one in any case.
fn sizes<B: Bounds>(text: &str) -> Result<Vec<usize>, String> {
    let text = text.trim();
    let text = text.strip_suffix("rest").map_or(text, |text| text.trim_end_matches(','));
    let sizes = text.split(',').map(str::trim).filter(|size| !size.is_empty());
    let size = |size: &str| {
        let is_number = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return Err("numbers of bytes belong there, as in 5,100,rest".to_owned());
        }
        // What is too long for the machine's numbers is too long for a spec.
        let size = size.parse().unwrap_or(u64::MAX);
        B::judge(size)?;
        usize::try_from(size).map_err(|error| error.to_string())
    };
    sizes.map(size).collect()
}

/// The longest pause between two segments, in milliseconds.
const LONGEST_DELAY: u32 = 60_000;

fn delay(text: &str) -> Result<Edit, String> {
    let digits = text.trim().trim_end_matches("ms").trim_end();
    match digits.parse() {
        Ok(pause @ 0..=LONGEST_DELAY) => Ok(Edit::Delay(Some(pause))),
        _ => Err("milliseconds belong there, 60000 at most, as in 50ms".to_owned()),
    }
}

/// What is taken out: a member, all that are like a name, a field of the spec, or an extension.
fn removal(path: &str) -> Result<Edit, String> {
    if let Some((name, pattern)) = path.split_once('.') {
        if pattern.contains(['*', '?']) && List::from_name(name).is_some() {
            return Ok(Edit::RemoveLike(list(name)?, patterns(pattern)));
        }
    }
    match path {
        "split_records" => Ok(Edit::Records(Vec::new())),
        "segments" => Ok(Edit::Segments(Vec::new())),
        "delay" => Ok(Edit::Delay(None)),
        "extensions" | "cookie" => Ok(Edit::Set(format!("hello.{path}"), Json::Null)),
        "flight" => Ok(Edit::Set(path.to_owned(), Json::Null)),
        path if !path.contains('.') && ExtensionType::parse(path).is_some() => {
            Ok(Edit::Remove(List::Extensions, Member::Number(extension(path)?.0)))
        }
        path => member(path).map(|(list, member)| Edit::Remove(list, member)),
    }
}

fn added(list: List, member: Member) -> Result<Edit, String> {
    match (list, member) {
        (List::Extensions, _) => Err(NO_BODY.to_owned()),
        (_, Member::Unknown | Member::Duplicate | Member::NotOffered) => {
            Err("which one?".to_owned())
        }
        (list, member) => Ok(Edit::Add(list, member)),
    }
}

fn list(name: &str) -> Result<List, String> {
    List::from_name(name.trim()).ok_or_else(|| {
        let lists = List::all().map(List::name).collect::<Vec<_>>().join(", ");
        format!("no list is called {name:?}; there are {lists}")
    })
}

pub(super) fn extension(name: &str) -> Result<ExtensionType, String> {
    ExtensionType::parse(name).ok_or_else(|| unknown::<ExtensionType>(name))
}

/// `extensions.padding`: a list and its member.
fn member(path: &str) -> Result<(List, Member), String> {
    let (name, member) = path.split_once('.').ok_or_else(|| match path {
        "grease" => "of which list? as in -extensions.grease, -cipher_suites.grease".to_owned(),
        _ => "a list and its member belong there, as in -extensions.padding".to_owned(),
    })?;
    let list = list(name)?;
    Ok((list, member_of(list, member)?))
}

pub(super) fn member_of(list: List, name: &str) -> Result<Member, String> {
    if name.is_empty() {
        return Err("a member without a name is in it; two commas?".to_owned());
    }
    list.parse_member(name).ok_or_else(|| match list {
        List::Extensions => unknown::<ExtensionType>(name),
        List::CipherSuites => unknown::<CipherSuite>(name),
        List::SupportedGroups | List::KeyShare => unknown::<NamedGroup>(name),
        List::SignatureAlgorithms => unknown::<SignatureScheme>(name),
        _ => format!("no member of {} is called {name:?}", list.name()),
    })
}

fn unknown<C: Code>(name: &str) -> String {
    crate::names::code::Unknown::<C>::new(name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::facts::Facts;
    use crate::hello::named::NamedHello;
    use crate::hello::spec::HelloSpec;

    fn edited(preset: &str, edits: &[&str]) -> HelloSpec {
        let name = [&[preset], edits].concat().join(",");
        NamedHello::parse(&name).unwrap().recorded().unwrap().spec
    }

    fn types(spec: &HelloSpec) -> Vec<ExtensionType> {
        spec.hello.extensions().iter().map(Extension::extension_type).collect()
    }

    #[test]
    fn every_edit_reads_back_as_it_is_written() {
        for text in [
            "-extensions.padding",
            "-extensions.grease",
            "-cipher_suites.TLS_RSA_WITH_RC4_128_MD5",
            "-supported_groups.x25519",
            "-supported_versions.TLS 1.3",
            "-alpn.h2",
            "+cipher_suites.TLS_AES_128_GCM_SHA256",
            "+extensions.supported_versions=0403040303",
            "+extensions.0x7e57=",
            "extensions+=supported_groups=0002001d",
            "pad_to=512",
            "legacy_version=1.0",
            "legacy_version=SSL3.0",
            "record_version=1.2",
            "session_id=32",
            "server_name=shop.example",
            "move server_name last",
            "cipher_suites-=TLS_RSA_*,*_SHA",
            "supported_groups=x25519,secp256r1",
            "alpn=h2,http/1.1",
            "extensions=server_name,grease,0x7e57",
            "split_records=1,100",
            "-split_records",
            "segments=5",
            "delay=50ms",
            "sslv2",
            "dtls",
            "record_length:=5",
            "hello.extensions:=[{\"type\":\"0x7e57\",\"data\":\"00,\"}]",
        ] {
            assert_eq!(Edit::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn extensions_have_their_short_names_wherever_they_are_named() {
        for (short, long) in [
            ("move alpn first", "move application_layer_protocol_negotiation first"),
            ("-alpn", "-extensions.application_layer_protocol_negotiation"),
            (
                "+extensions.alpn=0003026832",
                "+extensions.application_layer_protocol_negotiation=0003026832",
            ),
            ("extensions+=psk_modes=0101", "extensions+=psk_key_exchange_modes=0101"),
            (
                "extensions=sni,ALPN",
                "extensions=server_name,application_layer_protocol_negotiation",
            ),
        ] {
            assert_eq!(Edit::parse(short).unwrap().to_string(), long);
        }
    }

    #[test]
    fn what_is_illegal_on_purpose_stays() {
        let groupless = "-extensions.supported_groups";
        let legal = edited("firefox-153esr", &[groupless]);
        assert!(!types(&legal).contains(&ExtensionType::key_share));
        let illegal = edited("firefox-153esr", &[&format!("!{groupless}")]);
        assert!(types(&illegal).contains(&ExtensionType::key_share));
        let odd = edited("openssl-1.0.1e", &["raw:=01000003aabbcc", "split_records=1"]);
        assert_eq!(odd.flight().len(), 7 * 6);
        assert!(Edit::parse("-padding").unwrap().change(&mut odd.clone()).is_err());
    }

    #[test]
    fn lists_are_made_matched_and_put_in_order() {
        let suites = |spec: &HelloSpec| spec.hello.cipher_suites.0.clone();
        let fewer = edited("openssl-3.5.8", &["cipher_suites-=*CBC*,*_SHA,*_SHA256"]);
        assert!(suites(&fewer).iter().all(|s| !s.to_string().contains("_SHA256")));
        assert!(!suites(&fewer).is_empty());
        let openssl = edited("openssl-1.0.1e", &["cipher_suites=ECDHE-RSA-AES128-SHA,0x002f"]);
        assert_eq!(suites(&openssl).as_slice(), [CipherSuite(0xc013), CipherSuite(0x2f)]);
        let made = edited("openssl-1.0.1e", &["alpn=h2,http/1.1"]);
        let alpn = Facts::of(&made.flight(), &[]).list(List::Alpn).to_vec();
        assert_eq!(alpn, [Member::Text("h2".into()), Member::Text("http/1.1".into())]);
        let share = edited("chromium-156", &["key_share=x25519,secp256r1"]);
        let keys = share.hello.extensions().iter().find_map(|extension| match extension {
            ClientExtension::KeyShare(shares) => Some(shares.0.clone()),
            _ => None,
        });
        let lengths: Vec<_> =
            keys.unwrap().iter().map(|share| share.key_exchange.0.len()).collect();
        assert_eq!(lengths, [32, 65]);
    }

    #[test]
    fn edits_do_what_they_say() {
        assert_eq!(edited("openssl-1.0.1e", &["pad_to=512"]).length(), 512);
        assert_eq!(edited("openssl-1.0.1g", &["-extensions.padding"]).length(), 339);
        let moved = edited("openssl-1.0.1e", &["move server_name last"]);
        assert_eq!(types(&moved).last(), Some(&ExtensionType::server_name));
        let versions = edited("openssl-1.0.1e", &["legacy_version=1.0", "session_id=7"]);
        assert_eq!(versions.hello.legacy_version, ProtocolVersion::TLS1_0);
        assert_eq!(versions.hello.legacy_session_id.0.len(), 7);
        let greaseless = edited("chromium-156", &["-extensions.grease"]);
        assert!(!types(&greaseless).iter().any(|kind| kind.is_grease()));
    }

    #[test]
    fn what_depends_on_what_was_taken_goes_with_it() {
        let spec = edited("firefox-153esr", &["-supported_groups.x25519"]);
        let shares = Facts::of(&spec.flight(), &[]).list(List::KeyShare).to_vec();
        assert!(!shares.contains(&Member::Number(29)) && shares.contains(&Member::Number(23)));
        let spec = edited("firefox-153esr", &["-extensions.signature_algorithms"]);
        assert!(!types(&spec).contains(&ExtensionType::key_share));
        assert!(!types(&spec).contains(&ExtensionType::supported_versions));
    }

    #[test]
    fn what_is_no_edit_is_answered_with_what_there_is() {
        let error = |text: &str| Edit::parse(text).unwrap_err().to_string();
        for bytes in ["00112233", "0011", "aabbcc", "112233"] {
            let told = error(&format!("session_id={bytes}"));
            assert!(told.contains("are set by hello.legacy_session_id:=HEX"), "{told}");
            let id = edited("openssl-1.0.1e", &[&format!("hello.legacy_session_id:={bytes}")]);
            assert_eq!(crate::wire::text::hex(&id.hello.legacy_session_id.0), bytes);
        }
        assert!(error("padto=512").contains("did you mean \"pad_to\"?"));
        assert!(error("-extension.padding").contains("there are cipher_suites"));
        assert!(error("-extensions.pading").contains("did you mean \"padding\"?"));
        assert!(error("pad_to=many").contains("a number"));
        assert!(error("move padding up").contains("`first`, `last`, "));
        let error = NamedHello::parse("openssl-1.0.1e,-extensions.padding").unwrap_err();
        assert!(error.to_string().contains("does not have it"));
        assert!(NamedHello::parse("openssl-1.0.1e,pad_to=100").unwrap().recorded().is_err());
    }
}
