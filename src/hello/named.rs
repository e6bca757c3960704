//! How a person names a hello on the command line: a preset, a file, standard input (`-`), or
//! hexadecimal digits, and edits behind it: `openssl-1.0.1e,pad_to=512`, `mine.toml`,
//! `its.pcap#2`, `hex:16030100…`. A `!` before an edit
//! leaves the hello as illegal as the edits make it. What begins with the name of a file is that
//! file, commas in its name included.

use std::fmt;
use std::path::Path;

use super::draw::{Draw, server_name};
use super::edit::Edit;
use super::edited::Edited;
use super::edits::Edits;
use super::notes;
use super::source::{self, Finder, NotFound};
use super::spec::{Fresh, HelloSpec};
use crate::wire::packets;

/// A hello as it was called: where it comes from, and what is changed in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedHello {
    /// As it was written.
    pub name: String,
    base: HelloSpec,
    /// What is to be told of where it comes from.
    origin: Option<String>,
    /// The edits behind its name, and those that came to it: each of them finds a hello that the ones
    /// before it have left legal, or not.
    edits: Vec<Edits>,
}

/// Why there is no such hello: one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadName(String);

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadName {}

impl NamedHello {
    /// Reads a hello as it is named, where it stands alone.
    ///
    /// # Errors
    /// Where nothing is called so, a file or the digits are no hello, or an edit cannot be done.
    pub fn parse(text: &str) -> Result<NamedHello, BadName> {
        NamedHello::found(text, &|_, _| {
            Err(NotFound::Form("a hello as it was sent or its digits can be read".to_owned()))
        })
    }

    /// Reads a hello as it is named, also in a file that holds more, in which somebody finds it.
    ///
    /// # Errors
    /// As of [`NamedHello::parse`].
    pub fn found(text: &str, finder: Finder<'_>) -> Result<NamedHello, BadName> {
        let (base, edits) = match parts(text) {
            (_, Some("")) => return Err(BadName("an edit belongs behind the comma".to_owned())),
            parts => parts,
        };
        let (base, origin) = source::hello(base, finder).map_err(BadName)?;
        let edits = edits.map(Edits::parse).transpose();
        let edits = edits.map_err(|error| BadName(error.to_string()))?;
        let edits = edits.into_iter().collect();
        let named = NamedHello { name: text.to_owned(), base, origin, edits };
        // How long the hello is that will be sent, is not known yet.
        named.edited(named.base.clone(), |edit| matches!(edit, Edit::PadTo(_)))?;
        Ok(named)
    }

    /// The same with more edits, done in the hello that its own have made.
    ///
    /// # Errors
    /// Where one of them cannot be done.
    pub fn with(mut self, more: Edits) -> Result<NamedHello, BadName> {
        self.edits.push(more);
        self.edited(self.base.clone(), |edit| matches!(edit, Edit::PadTo(_)))?;
        Ok(self)
    }

    /// The hello as it was recorded, with the edits done.
    ///
    /// # Errors
    /// Where an edit cannot be done.
    pub fn recorded(&self) -> Result<Edited, BadName> {
        Ok(self.told(self.edited(self.base.clone(), |_| false)?))
    }

    /// The hello with the edits done, and all drawn of it that is still drawn anew: what a saved hello
    /// is drawn to as well. What a person asks for stands, whatever is drawn.
    ///
    /// # Errors
    /// Where an edit cannot be done, as to pad to less than the hello is long.
    pub fn drawn(&self, draw: &mut Draw, host: Option<&str>) -> Result<Edited, BadName> {
        self.drawn_with(draw, |spec| server_name(spec, host))
    }

    /// The same for the host whose name the hello has.
    ///
    /// # Errors
    /// Where an edit cannot be done.
    pub fn drawn_for_its_host(&self, draw: &mut Draw) -> Result<Edited, BadName> {
        self.drawn_with(draw, |_| ())
    }

    /// One more edit in a hello of this name, as an option asks for it.
    ///
    /// # Errors
    /// Where it cannot be done: why, without the edit, which nobody typed.
    pub fn also(&self, edit: &Edit, edited: &mut Edited) -> Result<(), BadName> {
        edit.try_change(&mut edited.spec).map_err(BadName)?;
        let stale = notes::stale_binders(&self.base, &edited.spec);
        edited.notes.extend(stale.filter(|note| !edited.notes.contains(note)));
        Ok(())
    }

    fn drawn_with(
        &self,
        draw: &mut Draw,
        name: impl Fn(&mut HelloSpec),
    ) -> Result<Edited, BadName> {
        let is_padding = |edit: &Edit| matches!(edit, Edit::PadTo(_));
        let is_named = |spec: &HelloSpec| spec.fresh.contains(&Fresh::ServerName);
        let mut base = self.base.clone();
        // The name comes before the edits, since a length that they ask for is that with the name; if
        // it is still drawn behind them.
        if is_named(&base) && is_named(&self.edited(base.clone(), is_padding)?.spec) {
            name(&mut base);
        }
        // What is to go or to move may be gone, as the name of a host that has none.
        let mut edited =
            self.edited(base, |edit| matches!(edit, Edit::Remove(..) | Edit::Move(..)))?;
        let spec = &mut edited.spec;
        if is_named(spec) {
            name(spec);
            spec.fresh.retain(|fresh| *fresh != Fresh::ServerName);
        }
        *spec = draw.hello(spec, None);
        Ok(self.told(edited))
    }

    /// The edits done in a hello. Those that are excused may fail there, or change nothing.
    fn edited(
        &self,
        spec: HelloSpec,
        is_excused: impl Fn(&Edit) -> bool,
    ) -> Result<Edited, BadName> {
        let mut edited = Edited::of(spec);
        for edits in &self.edits {
            edited.edit(edits, &is_excused).map_err(BadName)?;
        }
        Ok(edited)
    }

    /// An edited hello with what is to be told beside it.
    fn told(&self, mut edited: Edited) -> Edited {
        let Edited { spec, notes, .. } = &mut edited;
        notes.extend(self.origin.clone());
        for edits in &self.edits {
            notes.extend(edits.notes(|edit, words| notes::no_gap(edit, words, spec)));
        }
        notes.extend(notes::cut_off(&self.base));
        notes.extend(notes::in_flight(spec));
        notes.extend(notes::no_pause(spec));
        notes.extend(notes::stale_binders(&self.base, spec));
        edited
    }
}

/// A hello and the edits behind it. Where a file has a comma in its name, the longest name of a file
/// is the hello.
fn parts(text: &str) -> (&str, Option<&str>) {
    let parts = |at: usize| Some((text.get(..at)?, text.get(at + 1..)));
    let (first, mut ends) = match text.find(',') {
        Some(first) if !text.starts_with("hex:") => {
            (first, text.match_indices(',').skip(1).map(|(at, _)| at).collect::<Vec<_>>())
        }
        Some(first) => (first, Vec::new()),
        None => return (text, None),
    };
    ends.push(text.len());
    let is_file = |at: &usize| {
        text.get(..*at).is_some_and(|name| Path::new(packets::numbered(name).0).is_file())
    };
    let end = ends.into_iter().rev().find(is_file).unwrap_or(first);
    parts(end).unwrap_or((text, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::preset::Preset;
    use crate::names::ExtensionType;
    use crate::wire::extension::Extension;

    fn error(text: &str) -> String {
        let error = NamedHello::parse(text).unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error}");
        error
    }

    #[test]
    fn hellos_are_named_in_many_ways() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/hellos");
        let named = |name: &str| NamedHello::parse(name).unwrap().recorded().unwrap().spec;
        let preset = named("openssl-1.0.1g");
        let file = named(&format!("{folder}/openssl-1.0.1g.bin"));
        assert_eq!(preset.flight(), file.flight());
        let digits = crate::wire::text::hex(&file.flight());
        assert_eq!(named(&format!("hex:{digits}")), file);
        let presets = concat!(env!("CARGO_MANIFEST_DIR"), "/data/presets");
        let toml = named(&format!("{presets}/openssl-1.0.1g.toml"));
        assert_eq!(toml, preset);
        let edited = NamedHello::parse("openssl-1.0.1e,-extensions.heartbeat,pad_to=600");
        assert!(edited.is_err(), "1.0.1e of Node.js sends no heartbeat");
        assert_eq!(named("openssl-1.0.1e,session_id=32,pad_to=600").length(), 600);
        // What each edit needs, another brings: only all together they offer TLS 1.3.
        let share = format!("00450017004104{}", "17".repeat(64));
        let tls13 = format!(
            "openssl-1.0.1e,+extensions.supported_versions=020304,+extensions.key_share={share},\
             +cipher_suites.TLS_AES_128_GCM_SHA256"
        );
        assert_eq!(named(&tls13).hello.extensions().len(), 8);
    }

    #[test]
    fn a_file_whose_name_has_commas_is_called_by_it() {
        let folder = std::env::temp_dir().join(format!("helloscope,{},", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = |name: &str, hello: &str| {
            let path = folder.join(name);
            let spec = &Preset::find(hello).unwrap().spec;
            std::fs::write(&path, spec.flight()).unwrap();
            path.into_os_string().into_string().unwrap()
        };
        let flight =
            |name: &str| NamedHello::parse(name).unwrap().recorded().unwrap().spec.flight();
        let preset = |name: &str| Preset::find(name).unwrap().spec.flight();
        let short = file("a,b.bin", "minimal");
        assert_eq!(flight(&short), preset("minimal"));
        let edited = format!("{short},session_id=0,pad_to=600");
        assert_eq!(flight(&edited).len(), 605);
        // The longest name counts, also where another reading is an edit.
        let long = file("a,b.bin,session_id=0", "openssl-1.0.1e");
        assert_eq!(flight(&long), preset("openssl-1.0.1e"));
        assert_eq!(flight(&edited), flight("openssl-1.0.1e,pad_to=600"));
        assert!(error(&format!("{short},")).contains("an edit belongs behind the comma"));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    /// What is told beside a hello.
    fn notes(name: &str) -> Vec<String> {
        NamedHello::parse(name).unwrap().recorded().unwrap().notes
    }

    #[test]
    fn binders_are_told_to_be_stale_once_where_what_they_cover_was_changed() {
        let binder = "ab".repeat(32);
        // An identity of one byte, and one binder.
        let psk = format!("00070001ff00000000002120{binder}");
        let hello = NamedHello::parse(&format!(
            "openssl-3.5.8,+extensions.pre_shared_key={psk},session_id=32"
        ));
        let bytes = crate::wire::text::hex(&hello.unwrap().recorded().unwrap().spec.flight());
        let named = |edits: &str| notes(&format!("hex:{bytes}{edits}"));
        let told = "the binders of pre_shared_key were made for the hello before it was changed";
        for edits in [
            ",pad_to=2000,session_id=0",
            ",-extensions.session_ticket",
            ",!handshake_length:=7",
            ",!hello.legacy_version:=\"TLS 1.1\"",
            ",dtls",
        ] {
            let notes = named(edits);
            assert_eq!(notes.len(), 1, "{edits}: {notes:?}");
            assert!(notes[0].starts_with(told), "{edits}: {notes:?}");
        }
        for edits in [
            "",
            ",segments=5",
            ",record_version=1.2",
            ",split_records=100",
            ",!-extensions.pre_shared_key",
        ] {
            assert_eq!(named(edits), [""; 0], "{edits}");
        }
        let other = psk.replace("ab", "cd");
        assert_eq!(named(&format!(",+extensions.pre_shared_key={other}")), [""; 0]);
        // Who puts both in has said it all.
        assert_eq!(notes(&format!("openssl-3.5.8,+extensions.pre_shared_key={psk}")), [""; 0]);
    }

    #[test]
    fn the_last_place_is_that_of_a_pre_shared_key_but_for_its_point() {
        let psk = format!("00070001ff00000000002120{}", "ab".repeat(32));
        let name = |edit: &str| format!("openssl-3.5.8,+extensions.pre_shared_key={psk},{edit}");
        let last_two = |edit: &str| -> Vec<ExtensionType> {
            let spec = NamedHello::parse(&name(edit)).unwrap().recorded().unwrap().spec;
            let types = spec.hello.extensions().iter().map(Extension::extension_type);
            types.rev().take(2).collect()
        };
        let types = [ExtensionType::pre_shared_key, ExtensionType::supported_groups];
        assert_eq!(last_two("move supported_groups last"), types);
        let told = notes(&name("move supported_groups last"));
        assert!(told.iter().any(|note| note.contains("which must be last (RFC 8446 4.2.11)")));
        let [psk_type, groups] = types;
        assert_eq!(last_two("!move supported_groups last"), [groups, psk_type]);
        assert_eq!(notes(&name("!move supported_groups last")), [""; 0]);
        assert!(error(&name("move pre_shared_key first")).contains("stands last"));
    }

    #[test]
    fn an_edit_that_changes_nothing_is_told_and_an_empty_one_is_none() {
        for (name, told) in [
            ("openssl-1.0.1e,alpn=", "changes nothing: alpn="),
            ("openssl-1.0.1e,alpn=,-delay", "changes nothing: alpn=; -delay"),
            ("openssl-1.0.1g,pad_to=512,pad_to=512", "changes nothing: pad_to=512"),
            ("openssl-1.0.1e,session_id=3,tls", "changes nothing: tls"),
        ] {
            assert_eq!(notes(name), [told]);
        }
        assert_eq!(notes("openssl-1.0.1e,session_id=3,session_id=0"), [""; 0]);
        // The host's name is drawn before it is asked for.
        let named = NamedHello::parse("openssl-1.0.1e,server_name=a.example").unwrap();
        let drawn = named.drawn(&mut Draw::seeded("x"), None).unwrap();
        assert_eq!(drawn.notes, [""; 0]);
        assert!(Edits::parse(" ").unwrap_err().to_string().contains("an edit belongs there"));
        assert!(Edits::from_json("[\"\"]").is_err());
    }

    #[test]
    fn a_pause_without_segments_is_told() {
        let told = |name: &str| notes(name).iter().any(|note| note.contains("nothing on the wire"));
        assert!(told("minimal,delay=50ms") && told("sslv2,!delay=50ms"));
        assert!(!told("minimal,delay=50ms,segments=5,rest") && !told("dtls12,delay=50ms"));
        assert!(!told("minimal,-delay"));
    }

    #[test]
    fn an_edit_is_quoted_as_it_was_typed() {
        let short = NamedHello::parse("minimal,+padding=7").unwrap().recorded().unwrap_err();
        assert!(short.to_string().starts_with("\"+padding=7\": without padding"), "{short}");
        assert!(error("minimal,-cipher_suites.0xc02f").starts_with("\"-cipher_suites.0xc02f\": "));
        let marked = error("minimal,!-cipher_suites.0xc02f");
        assert!(marked.starts_with("\"!-cipher_suites.0xc02f\": "), "{marked}");
        let idle = notes("minimal,cipher_suites=0x9c,legacy_version=0x0303");
        assert_eq!(idle, ["changes nothing: cipher_suites=0x9c; legacy_version=0x0303"]);
        let told = notes("openssl-3.5.8,alpn+=h3,h2,-alpn.h3,-alpn.h2,-alpn");
        assert_eq!(told, [""; 0]);
    }

    #[test]
    fn an_extension_moves_beside_another() {
        let order = |name: &str| -> Vec<u16> {
            let spec = NamedHello::parse(name).unwrap().recorded().unwrap().spec;
            spec.hello.extensions().iter().map(|one| one.extension_type().0).collect()
        };
        let all = order("openssl-1.0.1e");
        let (first, second, last) = (all[0], all[1], all[all.len() - 1]);
        let before = order(&format!("openssl-1.0.1e,move 0x{last:x} before 0x{second:x}"));
        assert_eq!(before[..3], [first, last, second]);
        let after = order(&format!("openssl-1.0.1e,move 0x{first:x} after 0x{last:x}"));
        assert_eq!(after[after.len() - 2..], [last, first]);
        let alone = error(&format!("openssl-1.0.1e,move 0x{first:x} after 0x{first:x}"));
        assert!(alone.contains("beside which it could stand"), "{alone}");
        assert!(
            error("openssl-1.0.1e,move server_name behind padding").contains("`after EXTENSION`")
        );
    }

    #[test]
    fn an_empty_record_is_sent_where_it_is_meant() {
        assert!(error("minimal,split_records=0,5").contains("RFC 8446 5.1"));
        let spec =
            NamedHello::parse("minimal,!split_records=0,5").unwrap().recorded().unwrap().spec;
        assert_eq!(spec.flight()[..10], [22, 3, 1, 0, 0, 22, 3, 1, 0, 5]);
        assert!(error("minimal,!segments=0,5").contains("0 bytes cannot be sent"));
    }

    #[test]
    fn segments_without_a_pause_are_told() {
        let told = notes("minimal,segments=5,delay=0ms");
        assert!(told.len() == 1 && told[0].starts_with("delay=0ms: each segment"), "{told:?}");
        for name in ["minimal,segments=5", "minimal,segments=5,delay=1ms", "dtls12,delay=0ms"] {
            assert_eq!(notes(name), [""; 0]);
        }
    }

    #[test]
    fn what_is_asked_for_stands_whatever_is_drawn() {
        let drawn = |name: &str, host| {
            let named = NamedHello::parse(name).unwrap();
            named.drawn(&mut Draw::seeded("x"), host).unwrap().spec
        };
        let host = Some("a.host.with.a.long.name.example");
        assert_eq!(drawn("openssl-1.0.1e,pad_to=512", host).length(), 512);
        assert_eq!(drawn("openssl-1.0.1e,pad_to=512", None).length(), 512);
        // Less than the recorded hello has, and more than the one that is sent.
        assert_eq!(drawn("openssl-1.0.1e,pad_to=331", None).length(), 331);
        assert_eq!(drawn("openssl-1.0.1g,pad_to=600", host).length(), 600);
        let bare = drawn("openssl-1.0.1g,-extensions.padding", host);
        assert!(bare.length() < 400);
        let asked = drawn("openssl-1.0.1e,server_name=bar.example", None).flight();
        assert!(asked.windows(11).any(|part| part == b"bar.example"));
        let first = drawn("openssl-1.0.1e,server_name=bar.example", None);
        let first = first.hello.extensions()[0].clone();
        assert!(matches!(first, crate::wire::extension::ClientExtension::ServerName(_)));
        // What is to go may be gone already.
        drawn("openssl-1.0.1e,-extensions.server_name", None);
    }

    #[test]
    fn a_name_that_is_wrong_gets_one_line_that_says_where() {
        assert!(error("nosuch").contains("no preset is called \"nosuch\""));
        assert!(error("hex:1603").contains("2 bytes are no whole record"));
        assert!(error("hex:16zz").contains("'z' at digit 3"));
        assert!(error("hex:163").contains("second digit"));
        assert!(error("no/such/file.toml").contains("No such file"));
        assert!(error("openssl-1.0.1e,pad=3").contains("no such edit"));
    }

    #[test]
    fn what_an_edit_says_is_no_longer_drawn() {
        let marks = |name: &str| NamedHello::parse(name).unwrap().recorded().unwrap().spec.fresh;
        let share = format!("00450017004104{}", "17".repeat(64));
        let ech = "0000010001070000000101";
        for (name, edit, ended) in [
            ("python-3.11", "server_name=foo.test".to_owned(), &[Fresh::ServerName][..]),
            (
                "python-3.11",
                "+extensions.server_name=0006000003612e62".to_owned(),
                &[Fresh::ServerName],
            ),
            (
                "python-3.11",
                "hello.legacy_session_id:=00112233".to_owned(),
                &[Fresh::LegacySessionId],
            ),
            ("python-3.11", format!("hello.random:={}", "ab".repeat(32)), &[Fresh::Random]),
            ("python-3.11", format!("+extensions.key_share={share}"), &[Fresh::KeyShare]),
            ("python-3.11", format!("!extensions+=key_share={share}"), &[Fresh::KeyShare]),
            ("python-3.11", "pad_to=600".to_owned(), &[Fresh::Padding]),
            ("python-3.11", "-extensions.padding".to_owned(), &[Fresh::Padding]),
            ("python-3.11", "extensions-=pad*".to_owned(), &[Fresh::Padding]),
            ("python-3.11", "!-extensions".to_owned(), &[Fresh::Padding]),
            ("chromium-156", format!("+extensions.ech={ech}"), &[Fresh::EncryptedClientHello]),
            ("chromium-156", "move server_name last".to_owned(), &[Fresh::ExtensionOrder]),
            ("chromium-156", "!extensions=server_name,alpn".to_owned(), &[Fresh::ExtensionOrder]),
            ("chromium-156", "+cipher_suites.0x2a2a".to_owned(), &[Fresh::Grease]),
            ("chromium-156", "supported_groups=0x2a2a,x25519".to_owned(), &[Fresh::Grease]),
            ("chromium-156", "!+extensions.0x2a2a=".to_owned(), &[Fresh::Grease]),
            (
                "chromium-156",
                "!+extensions.supported_groups=00042a2a001d".to_owned(),
                &[Fresh::Grease],
            ),
            // What is only named is drawn.
            ("chromium-156", "key_share=x25519".to_owned(), &[]),
            ("chromium-156", "supported_groups=grease,x25519".to_owned(), &[]),
            ("chromium-156", "session_id=16".to_owned(), &[]),
            ("chromium-156", "-extensions.grease".to_owned(), &[]),
            ("chromium-156", "+extensions.0x7e57=00".to_owned(), &[]),
            // What is said last counts.
            (
                "chromium-156",
                "move alpn last,fresh:=[\"extension_order\"]".to_owned(),
                &[
                    Fresh::Random,
                    Fresh::LegacySessionId,
                    Fresh::Grease,
                    Fresh::ServerName,
                    Fresh::EncryptedClientHello,
                    Fresh::KeyShare,
                ],
            ),
            (
                "chromium-156",
                "fresh:=[\"extension_order\"],move alpn last".to_owned(),
                &[
                    Fresh::Random,
                    Fresh::LegacySessionId,
                    Fresh::Grease,
                    Fresh::ServerName,
                    Fresh::EncryptedClientHello,
                    Fresh::ExtensionOrder,
                    Fresh::KeyShare,
                ],
            ),
        ] {
            let before = marks(name);
            assert!(ended.iter().all(|fresh| before.contains(fresh)), "{name} {edit}");
            let rest: Vec<Fresh> =
                before.into_iter().filter(|other| !ended.contains(other)).collect();
            assert_eq!(marks(&format!("{name},{edit}")), rest, "{name} {edit}");
        }
        // All that a list of bodies says is in it.
        let spec = NamedHello::parse("chromium-156").unwrap().recorded().unwrap().spec;
        let bodies = serde_json::to_string(&spec.hello.extensions).unwrap();
        let set = Edits::from_json(
            &serde_json::json!([format!("hello.extensions:={bodies}")]).to_string(),
        );
        let named = NamedHello::parse("chromium-156").unwrap().with(set.unwrap()).unwrap();
        let fresh = named.recorded().unwrap().spec.fresh;
        assert_eq!(fresh, [Fresh::Random, Fresh::LegacySessionId]);
    }

    #[test]
    fn a_saved_hello_is_drawn_to_what_its_edits_are_drawn_to() {
        for name in [
            "chromium-156,move server_name last",
            "chromium-156,key_share=x25519",
            "chromium-156,key_share=secp256r1",
            "chromium-156,!extensions+=key_share=00020000",
            "chromium-156,extensions+=0x7e57=2c2c,!extensions+=0x7e57=2c2c",
            "chromium-156,!extensions+=server_name=0006000003612e62",
            "chromium-156,pad_to=3000",
            "chromium-156,-extensions.grease,session_id=7",
            "openssl-1.0.1g,-extensions.session_ticket",
            "openssl-1.0.1g,session_id=32,pad_to=600,-extensions.padding",
            "like-chrome99,cipher_suites=grease,0x1301",
        ] {
            let named = NamedHello::parse(name).unwrap();
            let base = named.recorded().unwrap().spec;
            let saved = NamedHello { name: name.to_owned(), base, origin: None, edits: Vec::new() };
            let drawn = |named: &NamedHello, seed| {
                named.drawn_for_its_host(&mut Draw::seeded(seed)).unwrap().spec
            };
            assert_eq!(drawn(&named, "1"), drawn(&saved, "1"), "{name}");
            assert_ne!(drawn(&named, "1"), drawn(&named, "2"), "{name}");
            if name.contains("pad_to=3000") {
                assert_eq!(["1", "2"].map(|seed| drawn(&named, seed).length()), [3000; 2]);
            }
            let host = |named: &NamedHello| {
                named.drawn(&mut Draw::seeded("1"), Some("a.test")).unwrap().spec
            };
            // A length is that with the host's name.
            if !name.contains("pad_to=3000") {
                assert_eq!(host(&named), host(&saved), "{name}");
            }
        }
    }
}
