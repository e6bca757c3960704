//! What differs between two hellos, in a person's words: in framing, length, meaning and order, and
//! which values are others though they say the same, as the random does. A message that is raw is
//! compared by its fields where it can be read as a hello, and else by its length alone.

use std::borrow::Cow;
use std::collections::HashMap;

use super::difference::copies;
use super::edit::version_words;
use super::facts::members;
use super::framing::Framing;
use super::list_change::list;
use super::other_values::other_values;
use super::spec::{Fresh, HelloSpec};
use super::vocabulary::{List, Member, is_grease};
use crate::names::{Code, ContentType, ExtensionType, Ssl2CipherKind};
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::record::ssl2::CipherKind;
use crate::wire::text::{count_of_bytes, escape};

/// One thing in which two hellos differ, or are found to be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A value of its own.
    Value {
        /// What it is.
        field: String,
        /// What it is in the first, in words.
        from: String,
        /// What it is in the second.
        to: String,
    },
    /// A list.
    List {
        /// What it is.
        field: String,
        /// What only the first has, in words.
        removed: Vec<String>,
        /// What only the second has.
        added: Vec<String>,
        /// How many members both have.
        kept: usize,
        /// Whether those stand in another order.
        reordered: bool,
        /// The one that moved, where that is all that makes the order another.
        moved: Option<Moved>,
    },
    /// Bytes that say the same and are others, as those of a random.
    Others {
        /// What they are.
        field: &'static str,
        /// What they are in words, which is the same in both.
        words: String,
    },
}

/// A member of a list that stands elsewhere in the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// What moved, in words.
    pub member: String,
    /// Where it is now: `first`, `last`, or behind which other.
    pub place: String,
}

impl Change {
    /// What it is about.
    pub fn field(&self) -> &str {
        match self {
            Change::Value { field, .. } | Change::List { field, .. } => field,
            Change::Others { field, .. } => field,
        }
    }

    /// Whether there is a difference at all.
    pub fn differs(&self) -> bool {
        match self {
            Change::Value { from, to, .. } => from != to,
            Change::List { removed, added, reordered, .. } => {
                *reordered || !removed.is_empty() || !added.is_empty()
            }
            Change::Others { .. } => true,
        }
    }
}

/// All that is compared: framing first, then the message from front to back. Where nothing differs,
/// both are sent as the same bytes, cut alike.
pub fn compare(from: &HelloSpec, to: &HelloSpec) -> Vec<Change> {
    let mut changes = vec![
        value("framing", from, to, |spec| frame_words(spec.framing).to_owned()),
        value("length", from, to, |spec| spec.length().to_string()),
        value("records", from, to, records_words),
        value("segments", from, to, segments_words),
        value("record_version", from, to, record_version_words),
    ];
    match (read(from), read(to)) {
        (Some(from), Some(to)) => changes.extend(messages(&from, &to)),
        _ => changes.push(value("raw", from, to, |spec| match read(spec) {
            Some(_) => "a hello".to_owned(),
            None => format!("{}, no hello", bytes(spec.length())),
        })),
    }
    if !changes.iter().any(Change::differs) && from.datagrams() != to.datagrams() {
        let words = bytes(from.flight().len());
        changes.push(Change::Others { field: "bytes", words });
    }
    changes
}

/// The spec with its message in types; none where what is sent cannot be read as a hello.
fn read(spec: &HelloSpec) -> Option<Cow<'_, HelloSpec>> {
    if spec.is_typed() {
        return Some(Cow::Borrowed(spec));
    }
    let hello = spec.sent().ok()?;
    Some(Cow::Owned(HelloSpec { hello, ..spec.clone() }))
}

/// What the messages say, from front to back, and what is drawn anew.
fn messages(from: &HelloSpec, to: &HelloSpec) -> Vec<Change> {
    let mut changes = vec![
        value("legacy_version", from, to, |spec| version_words(spec.hello.legacy_version)),
        value("session_id", from, to, |spec| bytes(spec.hello.legacy_session_id.0.len())),
        extensions(from, to),
    ];
    let others = List::all().filter(|list| *list != List::Extensions);
    changes.extend(others.filter_map(|list| of_list(list, from, to)));
    changes.extend(bodies(from, to));
    changes.extend(in_frame(from, to));
    changes.push(value("drawn anew", from, to, |spec| {
        let names: Vec<_> =
            spec.fresh.iter().filter_map(|fresh| fresh_words(*fresh, spec)).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    }));
    changes.extend(other_values(from, to));
    changes
}

/// What is drawn anew, as it is written in a spec; of a length that is drawn too, which there are.
fn fresh_words(fresh: Fresh, spec: &HelloSpec) -> Option<String> {
    let name = serde_json::to_value(fresh).ok()?.as_str()?.to_owned();
    match (fresh, spec.ech_payload_lengths.as_slice()) {
        (Fresh::EncryptedClientHello, lengths @ [_, ..]) => {
            Some(format!("{name} of {} bytes", listed(lengths).replace(", ", "/")))
        }
        _ => Some(name),
    }
}

/// What only hellos in datagrams or in a record of SSL 2.0 have.
fn in_frame(from: &HelloSpec, to: &HelloSpec) -> Vec<Change> {
    let cookie = |spec: &HelloSpec| bytes(spec.hello.cookie.0.as_ref().map_or(0, |c| c.0.len()));
    let kinds = |spec: &HelloSpec| match spec.sslv2.cipher_specs.as_slice() {
        [] => "the suites".to_owned(),
        kinds => kinds.iter().map(kind_words).collect::<Vec<_>>().join(", "),
    };
    // A number that a hello in another frame has not; of the one that has it, the usual one goes
    // without saying.
    let number = |field: &str, framing: Framing, usual: u64, of: fn(&HelloSpec) -> Option<u64>| {
        let both = [from, to].iter().all(|spec| spec.framing == framing);
        value(field, from, to, |spec| match of(spec).unwrap_or(usual) {
            _ if spec.framing != framing => "none".to_owned(),
            number if number == usual && !both => "none".to_owned(),
            number => number.to_string(),
        })
    };
    let (dtls, sslv2) = (Framing::Dtls, Framing::Sslv2);
    let mut changes = vec![
        value("cookie", from, to, cookie),
        number("dtls.message_seq", dtls, 0, |spec| Some(spec.dtls.message_seq.into())),
        number("dtls.sequence_number", dtls, 0, |spec| Some(spec.dtls.sequence_number)),
        number("dtls.sequence_step", dtls, 1, |spec| spec.dtls.sequence_step),
        value("sslv2.cipher_specs", from, to, kinds),
        number("sslv2.challenge_length", sslv2, 32, |spec| {
            spec.sslv2.challenge_length.map(u64::from)
        }),
        number("sslv2.padding", sslv2, 0, |spec| spec.sslv2.padding.map(u64::from)),
    ];
    // Most hellos have none of them, and nobody misses them.
    changes.retain(Change::differs);
    changes
}

fn kind_words(kind: &CipherKind) -> String {
    let kind = Ssl2CipherKind(kind.0);
    kind.name().map_or_else(|| format!("0x{:06x}", kind.0), str::to_owned)
}

fn value(
    field: &str,
    from: &HelloSpec,
    to: &HelloSpec,
    words: impl Fn(&HelloSpec) -> String,
) -> Change {
    Change::Value { field: field.to_owned(), from: words(from), to: words(to) }
}

fn frame_words(framing: Framing) -> &'static str {
    match framing {
        Framing::Tls => "records of TLS",
        Framing::Sslv2 => "a record of SSL 2.0",
        Framing::Dtls => "datagrams of DTLS",
    }
}

fn records_words(spec: &HelloSpec) -> String {
    if let Some(flight) = &spec.flight {
        return match flight.records(spec.framing).0.as_slice() {
            [] => "none".to_owned(),
            sizes => format!("as the flight has them, of {} bytes", listed(sizes)),
        };
    }
    let mut words = match spec.records.as_slice() {
        [] => "one".to_owned(),
        sizes => format!("of {} bytes", listed(sizes)),
    };
    if spec.record_type != ContentType::handshake {
        words.push_str(&format!(", of type {}", spec.record_type));
    }
    if let Some(length) = spec.record_length {
        words.push_str(&format!(", said to have {length} bytes"));
    }
    if let Some(length) = spec.handshake_length {
        words.push_str(&format!(", with a message said to have {length} bytes"));
    }
    words
}

/// The versions of the records that have their own, and that of all behind them.
fn record_version_words(spec: &HelloSpec) -> String {
    if let Some(flight) = &spec.flight {
        let version = flight.records(spec.framing).1;
        return version.map_or_else(|| "none".to_owned(), version_words);
    }
    let versions = spec.record_versions.iter().chain([&spec.record_version]);
    versions.map(|version| version_words(*version)).collect::<Vec<_>>().join(", then ")
}

fn segments_words(spec: &HelloSpec) -> String {
    let pause = spec.delay_ms.map_or(String::new(), |pause| format!(", {pause} ms between them"));
    match spec.segments.as_slice() {
        [] => format!("one{pause}"),
        sizes => format!("of {} bytes and the rest{pause}", listed(sizes)),
    }
}

fn listed(sizes: &[usize]) -> String {
    sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn bytes(count: usize) -> String {
    if count == 0 { "none".to_owned() } else { count_of_bytes(count) }
}

/// A member of a list. Values of RFC 8701 are all alike.
pub(super) fn words(list: List, member: &Member) -> String {
    match member {
        Member::Number(number) if is_grease(list, *number) => "GREASE".to_owned(),
        member => list.member_words(member),
    }
}

/// The extensions by type, with length and place of what is new.
fn extensions(from: &HelloSpec, to: &HelloSpec) -> Change {
    let last = to.hello.extensions().len().saturating_sub(1);
    let body = |extension: &ClientExtension| match extension.data().len() {
        0 => "empty".to_owned(),
        length => bytes(length),
    };
    let places = to.hello.extensions().iter().enumerate();
    let new: Vec<String> = places
        .map(|(place, extension)| {
            let end = match place {
                0 => ", first",
                place if place == last => ", last",
                _ => "",
            };
            let member = Member::Number(extension.extension_type().0);
            format!("{}, {}{end}", words(List::Extensions, &member), body(extension))
        })
        .collect();
    let (a, b) = (members(&from.hello, List::Extensions), members(&to.hello, List::Extensions));
    let old: Vec<String> = a.iter().map(|member| words(List::Extensions, member)).collect();
    list("extensions", &a, &b, &old, &new)
}

fn of_list(of: List, from: &HelloSpec, to: &HelloSpec) -> Option<Change> {
    let (a, b) = (members(&from.hello, of), members(&to.hello, of));
    let all =
        |members: &[Member]| members.iter().map(|member| words(of, member)).collect::<Vec<_>>();
    let has = |spec: &HelloSpec, kind: ExtensionType| {
        spec.hello.extensions().iter().any(|extension| extension.extension_type() == kind)
    };
    if of.extension().is_some_and(|kind| has(from, kind) != has(to, kind)) {
        // The extension as a whole is what is new, or gone.
        return None;
    }
    if a.is_empty() && b.is_empty() {
        return None;
    }
    Some(list(of.name(), &a, &b, &all(&a), &all(&b)))
}

/// The bodies of extensions that both have and that are told nowhere else, of two of a type each with
/// the one in its place. Keys and what is sealed differ each time.
fn bodies(from: &HelloSpec, to: &HelloSpec) -> Vec<Change> {
    let mut changes = Vec::new();
    let listed: Vec<ExtensionType> = List::all().filter_map(List::extension).collect();
    let others: HashMap<_, _> = copies(to.hello.extensions())
        .map(|(other, copy)| ((other.extension_type().0, copy), other))
        .collect();
    for (mine, copy) in copies(from.hello.extensions()) {
        let kind = mine.extension_type();
        let theirs = others.get(&(kind.0, copy));
        let Some(theirs) = theirs.filter(|_| !listed.contains(&kind)) else { continue };
        let (a, b) = (mine.data(), theirs.data());
        let (from, to) = match (mine, *theirs) {
            (
                ClientExtension::EncryptedClientHello(_),
                ClientExtension::EncryptedClientHello(_),
            ) if a.len() == b.len() => {
                continue;
            }
            (ClientExtension::ServerName(a), ClientExtension::ServerName(b)) => {
                let name = |names: &[crate::wire::extension::ServerName]| {
                    escape(names.first().map_or(&[][..], |name| &name.host_name.0))
                };
                (name(&a.0), name(&b.0))
            }
            _ if a == b => continue,
            _ if a.len() == b.len() => (bytes(a.len()), format!("other {}", bytes(b.len()))),
            _ => (bytes(a.len()), bytes(b.len())),
        };
        let mut field = kind.name().map_or_else(|| format!("0x{:04x}", kind.0), str::to_owned);
        if copy > 0 {
            field.push_str(&format!(" (copy {})", copy + 1));
        }
        changes.push(Change::Value { field, from, to });
    }
    changes.retain(Change::differs);
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hello::difference::change;
    use crate::hello::edit::Edit;
    use crate::hello::exact::exact;
    use crate::hello::preset::Preset;

    fn differences(from: &str, to: &str) -> Vec<Change> {
        let spec = |name| &Preset::find(name).unwrap().spec;
        compare(spec(from), spec(to)).into_iter().filter(Change::differs).collect()
    }

    fn named(name: &str) -> HelloSpec {
        crate::hello::named::NamedHello::parse(name).unwrap().recorded().unwrap().spec
    }

    /// The fields in which two hellos differ.
    fn fields(from: &str, to: &str) -> Vec<String> {
        let changes = compare(&named(from), &named(to));
        changes.iter().filter(|c| c.differs()).map(|c| c.field().to_owned()).collect()
    }

    #[test]
    fn where_nothing_differs_the_same_bytes_are_sent() {
        for edit in [
            "hello.random:=\"0000000000000000000000000000000000000000000000000000000000000000\"",
            "hello.legacy_session_id:=\"aa\"",
            "+extensions.session_ticket=aa",
            "+extensions.key_share=0024001d0020aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "extensions+=padding=00",
            "record_length:=5",
            "handshake_length:=5",
            "records:=[100]",
            "records:=[200],record_versions:=[769,771]",
            "segments=5",
            "delay=5ms",
            "dtls",
            "sslv2",
            "raw:=0100",
        ] {
            assert_ne!(
                fields("openssl-3.5.8", &format!("openssl-3.5.8,!{edit}")),
                [""; 0],
                "{edit}"
            );
        }
        for (from, to) in [
            ("dtls12", "dtls12,dtls.message_seq:=1"),
            ("dtls12", "dtls12,dtls.sequence_number:=1"),
            ("dtls12,!hello.cookie:=aa", "dtls12,!hello.cookie:=bb"),
            ("sslv2", "sslv2,!sslv2.padding:=3"),
            ("minimal,raw:=0100", "minimal,raw:=0101"),
            // Of two extensions of a type, only the second differs.
            (
                "minimal,!extensions+=cookie=00017f,extensions+=cookie=00017f",
                "minimal,!extensions+=cookie=00017f,extensions+=cookie=00017e",
            ),
        ] {
            assert_eq!(fields(from, to).len(), 1, "{from} {to}: {:?}", fields(from, to));
        }
        let challenge = fields("sslv2", "sslv2,!sslv2.challenge_length:=24");
        assert_eq!(challenge, ["length", "sslv2.challenge_length"]);
        // What a hello of TLS has none of, it has no usual number of either.
        let framed = |from: &str, to: &str| -> Vec<String> {
            let changes = compare(&named(from), &named(to)).into_iter().filter(Change::differs);
            let fields = changes.filter_map(|change| match change {
                Change::Value { field, from, to } if field.contains('.') => {
                    Some(format!("{field} {from} {to}"))
                }
                _ => None,
            });
            fields.collect()
        };
        let plain = "openssl-1.0.1e";
        assert_eq!(framed(plain, "openssl-1.0.1e,sslv2"), [""; 0]);
        assert_eq!(
            framed(plain, "openssl-1.0.1e,sslv2,sslv2.challenge_length:=16,sslv2.padding:=3"),
            ["sslv2.challenge_length none 16", "sslv2.padding none 3"]
        );
        assert_eq!(framed("dtls12", "dtls12,dtls.message_seq:=1"), ["dtls.message_seq 0 1"]);
        assert_eq!(framed("dtls12", "minimal"), [""; 0]);
        let kinds = fields("sslv2", "sslv2,!sslv2.cipher_specs:=[\"0x010080\"]");
        assert_eq!(kinds, ["length", "sslv2.cipher_specs"]);
        assert_eq!(fields("minimal,record_length:=5", "minimal,record_length:=6"), ["records"]);
    }

    #[test]
    fn a_raw_message_is_compared_by_what_is_sent() {
        let hello = named("minimal");
        let raw = crate::wire::text::hex(&hello.message());
        // The same bytes, once in types and once not.
        assert_eq!(
            fields("minimal", &format!("curl-7.88.1,record_version=1.0,raw:={raw}")),
            ["drawn anew"]
        );
        assert_eq!(fields("minimal,raw:=0100", "curl-7.88.1"), ["length", "raw"]);
        assert_eq!(fields("minimal,raw:=0100", "curl-7.88.1,raw:=0100"), [""; 0]);
    }

    #[test]
    fn a_hello_does_not_differ_from_itself() {
        for preset in Preset::all() {
            assert_eq!(differences(preset.id, preset.id), [], "{}", preset.id);
        }
    }

    #[test]
    fn of_two_extensions_of_a_type_each_is_compared_with_the_one_in_its_place() {
        let base = "curl-7.88.1,!extensions+=server_name=00,extensions+=0xabcd=01";
        let (one, other) = (named(&format!("{base},extensions+=0xabcd=02,extensions+=0xabcd=")), {
            named(&format!("{base},extensions+=0xabcd=0203,extensions+=0xabcd="))
        });
        let changes: Vec<_> = compare(&one, &other).into_iter().filter(Change::differs).collect();
        let told = changes.iter().map(|change| match change {
            Change::Value { field, from, to } => format!("{field}: {from}, {to}"),
            other => panic!("{other:?}"),
        });
        let length = |spec: &HelloSpec| spec.length();
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                format!("length: {}, {}", length(&one), length(&other)),
                "0xabcd (copy 2): 1 byte, 2 bytes".to_owned()
            ]
        );
    }

    /// Edits of a hello that may be lies, and put things in twice.
    fn edits() -> impl Strategy<Value = Vec<String>> {
        let body = proptest::collection::vec(any::<u8>(), 0..6);
        let kinds = prop::sample::select(vec![
            "server_name",
            "session_ticket",
            "padding",
            "key_share",
            "supported_groups",
            "alpn",
            "encrypted_client_hello",
            "pre_shared_key",
            "0xabcd",
            "0x0a0a",
        ]);
        let doubled = (kinds, body).prop_map(|(kind, body)| {
            format!("extensions+={kind}={}", crate::wire::text::hex(&body))
        });
        let others = prop::sample::select(vec![
            "cipher_suites+=0xc02f",
            "key_share+=x25519",
            "record_length:=5",
            "handshake_length:=9",
            "records:=[1,100]",
            "sslv2",
            "dtls",
            "-extensions",
            "move server_name last",
        ]);
        let edit = prop_oneof![4 => doubled, 1 => others.prop_map(str::to_owned)];
        proptest::collection::vec(edit, 1..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_is_done_to_a_hello_it_is_itself_and_becomes_any_other(
            preset in 0..Preset::all().len(),
            edits in prop::array::uniform2(edits()),
        ) {
            let [one, other] = edits.map(|edits| {
                let mut spec = Preset::all()[preset].spec.clone();
                for edit in edits {
                    // Not every frame has a place for it.
                    if let Ok(edit) = Edit::parse(&edit) {
                        let _ = edit.change(&mut spec);
                    }
                }
                spec
            });
            prop_assert!(!compare(&one, &one).iter().any(Change::differs), "{:?}", compare(&one, &one));
            prop_assert_eq!(exact(&one, &one), []);
            prop_assert_eq!(change(&one, &exact(&one, &other)), other);
        }
    }

    #[test]
    fn what_an_upgrade_changed_is_told() {
        let changes = differences("openssl-1.0.1e", "openssl-1.0.1g");
        let extensions = changes.iter().find(|change| change.field() == "extensions").unwrap();
        let Change::List { removed, added, reordered, .. } = extensions else { panic!() };
        assert!(removed.is_empty() && !reordered);
        assert_eq!(added, &["padding (21), 169 bytes, last"]);
        assert!(
            changes.contains(&Change::Value {
                field: "length".into(),
                from: "341".into(),
                to: "512".into()
            }),
            "{changes:?}"
        );
    }

    #[test]
    fn the_one_extension_that_moved_is_told_and_a_shuffle_is_one() {
        let moved = |edits: &str| {
            let (from, to) = (named("openssl-1.0.1e"), named(&format!("openssl-1.0.1e,{edits}")));
            let changes = compare(&from, &to);
            let change = changes.into_iter().find(|change| change.field() == "extensions");
            match change.unwrap() {
                Change::List { moved, reordered: true, .. } => {
                    moved.map(|moved| format!("{} {}", moved.member, moved.place))
                }
                other => panic!("{other:?}"),
            }
        };
        for (edits, told) in [
            ("move server_name last", "server_name (0) last"),
            ("move session_ticket first", "session_ticket (35) first"),
            (
                "move server_name after supported_groups",
                "server_name (0) behind supported_groups (10)",
            ),
            ("move session_ticket last,+extensions.0x7e57=", "session_ticket (35) last"),
        ] {
            assert_eq!(moved(edits).as_deref(), Some(told), "{edits}");
        }
        assert_eq!(moved("move server_name last,move supported_groups first"), None);
    }
}
