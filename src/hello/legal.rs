//! What goes with an edit so that a hello stays legal: what depends on each other goes together,
//! RFC 8446 sections 4.2.8, 4.2.11 and 9.2. What is still illegal then is not mended but told.

use std::collections::HashSet;

use super::apply::remove;
use super::framing::{Framing, drop_surplus_versions, unsent};
use super::spec::HelloSpec;
use super::taken::{Taken, What};
use super::vocabulary::{List, Member};
use crate::names::{
    CipherAlgorithm, CipherSuite, ExtensionType, KeyExchange, NamedGroup, ProtocolVersion,
};
use crate::wire::context::Context;
use crate::wire::extension::{ClientExtension, Extension, KeyShareEntry};
use crate::wire::fault::{Fault, Kind};
use crate::wire::handshake::client_rules::{
    SECOND_KEY, again, breaches, offered_groups, offers_tls13, shared_groups, shares_out_of_order,
    signs_too_early,
};
use crate::wire::side::Side;
use crate::wire::stream::{Stream, Unit};

const NO_GROUP: &str = "supported_groups does not have it, RFC 8446 4.2.8";
const EMPTY: &str = "nothing is left in it";
const NO_TLS13: &str = "TLS 1.3 is not offered without supported_groups, key_share, \
                        signature_algorithms and a suite of TLS 1.3, RFC 8446 9.2";
const OLD_VERSION: &str = "it belongs to a hello of legacy_version TLS 1.2, RFC 8446 4.1.2";
const ONLY_TLS13: &str = "it is of TLS 1.3, which is not offered";
const NO_RC4: &str = "datagrams cannot have RC4, RFC 6347 4.1.2.2";
const NO_SESSION: &str = "a hello of SSL 2.0 for TLS has no session, RFC 5246 E.2";
const NO_MODES: &str = "psk_key_exchange_modes goes with it, RFC 8446 4.2.9";
const GROUPS_ORDER: &str = "shares stand as their groups do in supported_groups, RFC 8446 4.2.8";
pub(super) const PSK_LAST: &str = "a pre_shared_key stands last, RFC 8446 4.2.11";
const TOO_EARLY: &str = "it must not be offered below TLS 1.2, RFC 5246 7.4.1.4.1";
const NO_COMPATIBILITY: &str = "a hello of DTLS 1.3 has none but that of a session of DTLS 1.2, \
                           RFC 9147 5.3";
const NO_PSK: &str = "pre_shared_key goes with it, RFC 8446 4.2.10";

/// A rule that says what is illegal in a hello and can be mended, and why.
type Rule = fn(&HelloSpec) -> Vec<Taken>;

/// The rules in the order in which they are seen to: what one takes may break one behind it.
const RULES: [Rule; 8] = [
    rc4,
    strange_shares,
    empty_lists,
    tls13_without_its_ground,
    signature_algorithms_too_early,
    psk_without_its_fellows,
    early_data_without_psk,
    disorder,
];

/// Takes out what an edit left without its ground: shares of groups that are not offered, TLS 1.3
/// without what RFC 8446 section 9.2 asks of it or without a suite, lists without members. Shares
/// stand as their groups do, and a pre_shared_key goes last. Tells what was taken.
pub fn keep_legal(spec: &mut HelloSpec) -> Vec<Taken> {
    let taken = mend(spec, &[]);
    if spec.hello.extensions.as_ref().is_some_and(|block| block.0.is_empty()) {
        spec.hello.extensions = None;
    }
    drop_surplus_versions(spec);
    taken
}

/// The same of a hello that edits made of another. What was illegal in that stays, since no edit
/// brought it about.
pub fn keep_legal_since(before: &HelloSpec, spec: &mut HelloSpec) -> Vec<Taken> {
    let broken: Vec<Taken> = RULES.iter().flat_map(|rule| rule(before)).collect();
    if broken.is_empty() && before.hello.extensions.as_ref().is_none_or(|block| !block.0.is_empty())
    {
        return keep_legal(spec);
    }
    let taken = mend(spec, &broken);
    drop_surplus_versions(spec);
    taken
}

/// Does what the rules ask for, but for those that were broken before.
fn mend(spec: &mut HelloSpec, broken: &[Taken]) -> Vec<Taken> {
    let known: HashSet<&Taken> = broken.iter().collect();
    let mut taken = Vec::new();
    for rule in RULES {
        let mut found = rule(spec);
        found.retain(|one| {
            // Of a version that cannot be offered, nothing is more illegal than the rest.
            let whole = [NO_TLS13, OLD_VERSION].contains(&one.why);
            !(known.contains(one) || whole && broken.iter().any(|other| other.why == one.why))
        });
        let goes: HashSet<&What> = found.iter().map(|one| &one.what).collect();
        for list in [List::CipherSuites, List::KeyShare, List::Extensions] {
            if found.iter().any(|one| matches!(&one.what, What::Member(of, _) if *of == list)) {
                remove(spec, list, |member| goes.contains(&What::Member(list, member.clone())));
            }
            if goes.contains(&What::Order(list)) {
                put_in_order(spec, list);
            }
        }
        taken.extend(found);
    }
    taken
}

/// The extensions that go.
fn extensions(
    spec: &HelloSpec,
    why: &'static str,
    goes: impl Fn(&ClientExtension) -> bool,
) -> Vec<Taken> {
    let gone = spec.hello.extensions().iter().filter(|extension| goes(extension));
    let member = |one: &ClientExtension| Member::Number(one.extension_type().0);
    gone.map(|one| Taken { what: What::Member(List::Extensions, member(one)), why }).collect()
}

fn has(spec: &HelloSpec, wanted: ExtensionType) -> bool {
    spec.hello.extensions().iter().any(|one| one.extension_type() == wanted)
}

fn rc4(spec: &HelloSpec) -> Vec<Taken> {
    if spec.framing != Framing::Dtls {
        return Vec::new();
    }
    let rc4 = |suite: &&CipherSuite| {
        suite.cipher().is_some_and(|cipher| cipher.algorithm == CipherAlgorithm::Rc4)
    };
    let what = |suite: &CipherSuite| What::Member(List::CipherSuites, Member::Number(suite.0));
    let suites = spec.hello.cipher_suites.0.iter().filter(rc4);
    suites.map(|suite| Taken { what: what(suite), why: NO_RC4 }).collect()
}

fn strange_shares(spec: &HelloSpec) -> Vec<Taken> {
    let Some(groups) = offered_groups(&spec.hello) else { return Vec::new() };
    let shared = shared_groups(&spec.hello).unwrap_or_default().into_iter();
    let what = |group: NamedGroup| What::Member(List::KeyShare, Member::Number(group.0));
    shared
        .filter(|group| !groups.contains(group))
        .map(|group| Taken { what: what(group), why: NO_GROUP })
        .collect()
}

fn empty_lists(spec: &HelloSpec) -> Vec<Taken> {
    extensions(spec, EMPTY, is_empty_list)
}

fn tls13_without_its_ground(spec: &HelloSpec) -> Vec<Taken> {
    let needs = [
        ExtensionType::supported_groups,
        ExtensionType::key_share,
        ExtensionType::signature_algorithms,
    ];
    let suites = &spec.hello.cipher_suites.0;
    let no_suite = !suites.iter().any(|suite| suite.key_exchange() == KeyExchange::Tls13);
    let lacks = no_suite || needs.iter().any(|needed| !has(spec, *needed));
    let old = spec.hello.legacy_version.as_tls().0 < ProtocolVersion::TLS1_2.0;
    if !(old || lacks && offers_tls13(&spec.hello)) {
        return Vec::new();
    }
    extensions(spec, if old { OLD_VERSION } else { NO_TLS13 }, |extension| {
        extension.extension_type() == ExtensionType::supported_versions || is_of_tls13(extension)
    })
}

fn signature_algorithms_too_early(spec: &HelloSpec) -> Vec<Taken> {
    match signs_too_early(&spec.hello) {
        false => Vec::new(),
        true => extensions(spec, TOO_EARLY, |extension| {
            extension.extension_type() == ExtensionType::signature_algorithms
        }),
    }
}

fn psk_without_its_fellows(spec: &HelloSpec) -> Vec<Taken> {
    let alone = !has(spec, ExtensionType::psk_key_exchange_modes);
    extensions(spec, NO_MODES, |extension| {
        alone && extension.extension_type() == ExtensionType::pre_shared_key
    })
}

fn early_data_without_psk(spec: &HelloSpec) -> Vec<Taken> {
    let alone = !has(spec, ExtensionType::pre_shared_key);
    extensions(spec, NO_PSK, |extension| {
        alone && extension.extension_type() == ExtensionType::early_data
    })
}

/// What stands in another order than it must.
fn disorder(spec: &HelloSpec) -> Vec<Taken> {
    let mut found = Vec::new();
    if shares_out_of_order(&spec.hello) {
        found.push(Taken { what: What::Order(List::KeyShare), why: GROUPS_ORDER });
    }
    // Its binders seal all before it.
    let is_psk = |one: &ClientExtension| one.extension_type() == ExtensionType::pre_shared_key;
    let extensions = spec.hello.extensions();
    if extensions.iter().position(is_psk).is_some_and(|place| place + 1 < extensions.len()) {
        found.push(Taken { what: What::Order(List::Extensions), why: PSK_LAST });
    }
    found
}

fn put_in_order(spec: &mut HelloSpec, list: List) {
    let groups = offered_groups(&spec.hello).map(<[_]>::to_vec).unwrap_or_default();
    let Some(block) = &mut spec.hello.extensions else { return };
    if list == List::Extensions {
        block.0.sort_by_key(|one| one.extension_type() == ExtensionType::pre_shared_key);
        return;
    }
    for extension in &mut block.0 {
        let ClientExtension::KeyShare(shares) = extension else { continue };
        let place = |share: &KeyShareEntry| groups.iter().position(|group| *group == share.group);
        // One of no group that is offered has no place among the others, and keeps its own.
        let mut ordered: Vec<_> =
            shares.0.iter().filter(|share| place(share).is_some()).cloned().collect();
        ordered.sort_by_key(place);
        let slots = shares.0.iter_mut().filter(|share| place(share).is_some());
        for (slot, share) in slots.zip(ordered) {
            *slot = share;
        }
    }
}

/// Takes out what only TLS 1.3 uses, where the hello offered that before and does so no more.
pub fn without_tls13(before: &HelloSpec, spec: &mut HelloSpec) -> Vec<Taken> {
    let mut taken = Vec::new();
    if !offers_tls13(&before.hello) || offers_tls13(&spec.hello) {
        return taken;
    }
    let Some(block) = &mut spec.hello.extensions else { return taken };
    block.0.retain(|extension| {
        if is_of_tls13(extension) {
            let member = Member::Number(extension.extension_type().0);
            taken.push(Taken { what: What::Member(List::Extensions, member), why: ONLY_TLS13 });
        }
        !is_of_tls13(extension)
    });
    taken
}

fn is_of_tls13(extension: &ClientExtension) -> bool {
    is_for_tls13_alone(extension.extension_type())
}

/// Whether only TLS 1.3 uses an extension.
pub fn is_for_tls13_alone(extension_type: ExtensionType) -> bool {
    matches!(
        extension_type,
        ExtensionType::key_share
            | ExtensionType::pre_shared_key
            | ExtensionType::psk_key_exchange_modes
            | ExtensionType::early_data
            | ExtensionType::cookie
    )
}

fn is_empty_list(extension: &ClientExtension) -> bool {
    match extension {
        ClientExtension::ServerName(list) => list.0.is_empty(),
        ClientExtension::SupportedGroups(list) => list.0.is_empty(),
        ClientExtension::EcPointFormats(list) => list.0.is_empty(),
        ClientExtension::SignatureAlgorithms(list) => list.0.is_empty(),
        ClientExtension::Alpn(list) => list.0.is_empty(),
        ClientExtension::SupportedVersions(list) => list.0.is_empty(),
        ClientExtension::PskKeyExchangeModes(list) => list.0.is_empty(),
        ClientExtension::CompressCertificate(list) => list.0.is_empty(),
        _ => false,
    }
}

/// What had no place in another frame, where the edits carry the hello in one.
pub fn unframed(before: &HelloSpec, after: &HelloSpec) -> Vec<Taken> {
    let mut taken = Vec::new();
    if before.framing == after.framing {
        return taken;
    }
    let (had, has) = (&before.hello.legacy_session_id, &after.hello.legacy_session_id);
    if has.0.is_empty() && !had.0.is_empty() {
        let datagram = after.framing == Framing::Dtls;
        let why = if datagram { NO_COMPATIBILITY } else { NO_SESSION };
        taken.push(Taken { what: What::Field("legacy_session_id"), why });
    }
    let mut was = HelloSpec { framing: after.framing, ..before.clone() };
    was.sslv2 = after.sslv2.clone();
    was.dtls = after.dtls;
    while let Some((field, why)) = unsent(&was) {
        match field {
            "extensions" => was.hello.extensions = None,
            "records" => was.records.clear(),
            "record_versions" => was.record_versions.clear(),
            "handshake_length" => was.handshake_length = None,
            "segments" => was.segments.clear(),
            _ => break,
        }
        taken.push(Taken { what: What::Field(field), why });
    }
    taken
}

/// What is illegal in a hello, a line each: what a reader of all that is sent remarks, and the
/// rules that it breaks.
pub fn faults(spec: &HelloSpec) -> Vec<String> {
    if !spec.is_typed() {
        return Vec::new();
    }
    let mut stream = Stream::of(Side::Client);
    for piece in spec.datagrams() {
        match spec.framing {
            Framing::Dtls => stream.push_datagram(&piece),
            Framing::Tls | Framing::Sslv2 => stream.push(&piece),
        }
    }
    let units = stream.finish(&mut Context::default());
    let remarks = units.iter().flat_map(|unit| match unit {
        Unit::Header(header) => &header.tree.remarks,
        Unit::Message(message) => &message.tree.remarks,
    });
    let read = remarks
        .filter(|remark| remark.kind != Kind::Assumption)
        .map(|remark| line(remark.field, &remark.fault, remark.reference));
    let mut rules = match spec.framing {
        Framing::Sslv2 => Vec::new(),
        Framing::Tls | Framing::Dtls => breaches(&spec.hello),
    };
    let shares = spec.hello.extensions().iter().flat_map(|extension| match extension {
        ClientExtension::KeyShare(shares) => shares.0.as_slice(),
        _ => &[],
    });
    rules.extend(again(shares).any(|again| again).then_some(SECOND_KEY));
    let rules = rules.iter().map(|rule| line(rule.field, &rule.fault, rule.reference));
    read.chain(rules).collect()
}

/// Whether a suite is left with which a session could begin, at a version that is offered.
pub fn has_suite(spec: &HelloSpec) -> bool {
    let tls13 = offers_tls13(&spec.hello);
    let kinds = spec.framing == Framing::Sslv2 && !spec.sslv2.cipher_specs.is_empty();
    let begins = |suite: &CipherSuite| match suite.key_exchange() {
        KeyExchange::Tls13 => tls13,
        _ => suite.is_before_tls13(),
    };
    kinds || spec.hello.cipher_suites.0.iter().any(begins)
}

fn line(field: &str, fault: &Fault, reference: &str) -> String {
    format!("{field}: expected {}, found {} ({reference})", fault.expected(), fault.found())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::difference;
    use crate::hello::edit::Edit;
    use crate::hello::named::NamedHello;
    use crate::hello::preset::Preset;

    /// A hello by its name, and what is told beside it.
    fn named(name: &str) -> (HelloSpec, String) {
        let edited = NamedHello::parse(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let edited = edited.recorded().unwrap();
        let told: Vec<_> = edited.told().collect();
        (edited.spec, told.join("\n"))
    }

    fn hex(spec: &HelloSpec) -> String {
        format!("hex:{}", crate::wire::text::hex(&spec.flight()))
    }

    fn shares(spec: &HelloSpec) -> Vec<NamedGroup> {
        shared_groups(&spec.hello).unwrap()
    }

    #[test]
    fn what_was_illegal_before_an_edit_is_none_of_its_business() {
        for broken in [
            "openssl-3.5.8,!-key_share",
            "openssl-3.5.8,!-signature_algorithms",
            "tls13-only,!-key_share",
            "tls13-only,!-psk_key_exchange_modes",
            "openssl-3.5.8,!legacy_version=1.0",
            "openssl-1.0.1e,!legacy_version=1.0",
            "openssl-3.5.8,!-supported_groups.x25519",
            "openssl-3.5.8,!key_share=x25519,X25519MLKEM768",
            "openssl-3.5.8,!+extensions.early_data=",
            "openssl-3.5.8,!+extensions.early_data=,move early_data first",
            "openssl-3.5.8,!supported_groups=",
            "openssl-3.5.8,!alpn=",
            "minimal,!-cipher_suites.TLS_RSA_WITH_AES_128_GCM_SHA256",
        ] {
            let (before, _) = named(broken);
            // In another cut it is the same message.
            let (cut, told) = named(&format!("{},segments=5,rest", hex(&before)));
            assert_eq!((cut.flight(), told.as_str()), (before.flight(), ""), "{broken}");
            let (again, _) = named(&format!("{},record_version=1.1", hex(&before)));
            assert_eq!(again.message(), before.message(), "{broken}");
            // And what an edit changes is all that it changes.
            let longer = Edit::SessionId(7);
            let mut alone = before.clone();
            longer.change(&mut alone).unwrap();
            assert_eq!(difference::apply(&before, &[longer]), alone, "{broken}");
            assert_eq!(
                named(&format!("{},session_id=7", hex(&before))).0.message(),
                alone.message()
            );
        }
    }

    #[test]
    fn a_rule_that_only_another_member_broke_holds() {
        let (broken, _) = named("openssl-3.5.8,!supported_groups=secp256r1,x25519");
        assert_eq!(shares(&broken), [NamedGroup::X25519MLKEM768, NamedGroup::x25519]);
        let (edited, told) = named(&format!("{},-supported_groups.x25519", hex(&broken)));
        assert_eq!(shares(&edited), [NamedGroup::X25519MLKEM768]);
        assert!(told.starts_with("key_share.x25519 went too"), "{told}");
    }

    #[test]
    fn shares_stand_as_their_groups_do() {
        let (hello, told) = named("openssl-3.5.8,supported_groups=x25519,X25519MLKEM768");
        assert_eq!(shares(&hello), [NamedGroup::x25519, NamedGroup::X25519MLKEM768]);
        assert!(told.contains("key_share were put in order") && told.contains("4.2.8"), "{told}");
        // Each keeps its key.
        let (before, _) = named("openssl-3.5.8");
        let find = |spec: &HelloSpec| {
            spec.hello.extensions().iter().find_map(|one| match one {
                ClientExtension::KeyShare(shares) => {
                    shares.0.iter().find(|one| one.group == NamedGroup::x25519).cloned()
                }
                _ => None,
            })
        };
        assert_eq!(find(&hello), find(&before));
        // One more goes where it belongs; an order that is asked for is refused, or meant.
        let (more, _) = named(
            "openssl-3.5.8,supported_groups=secp256r1,X25519MLKEM768,x25519,\
                               +key_share.secp256r1",
        );
        assert_eq!(shares(&more).first(), Some(&NamedGroup::secp256r1));
        let wrong = "key_share=x25519,X25519MLKEM768";
        let error = NamedHello::parse(&format!("openssl-3.5.8,{wrong}")).unwrap_err().to_string();
        assert!(error.starts_with(&format!("\"{wrong}\": it cannot stay")), "{error}");
        assert!(error.contains("4.2.8"), "{error}");
        let (meant, told) = named(&format!("openssl-3.5.8,!{wrong}"));
        assert_eq!(shares(&meant), [NamedGroup::x25519, NamedGroup::X25519MLKEM768]);
        assert_eq!(told, "");
        assert!(faults(&meant).iter().any(|fault| fault.contains("another order")));
    }

    #[test]
    fn below_tls12_nobody_says_how_to_sign() {
        for version in ["1.0", "1.1"] {
            let (hello, told) = named(&format!("openssl-1.0.1e,legacy_version={version}"));
            assert!(!has(&hello, ExtensionType::signature_algorithms));
            assert!(told.contains("signature_algorithms went too"), "{told}");
            let (meant, told) = named(&format!("openssl-1.0.1e,!legacy_version={version}"));
            assert!(has(&meant, ExtensionType::signature_algorithms) && told.is_empty());
            assert!(faults(&meant).iter().any(|fault| fault.contains("7.4.1.4.1")));
        }
        let datagrams = named("openssl-1.0.1e,dtls,legacy_version=0xfeff").0;
        assert!(!has(&datagrams, ExtensionType::signature_algorithms));
        assert!(has(&named("openssl-1.0.1e,dtls").0, ExtensionType::signature_algorithms));
    }

    #[test]
    fn what_clients_send_breaks_neither_rule() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/hellos");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let bins = files.filter(|path| path.extension().is_some_and(|end| end == "bin"));
        let specs = bins.map(|path| HelloSpec::from_bytes(&std::fs::read(path).unwrap()).unwrap());
        let presets = Preset::all().iter().map(|preset| preset.spec.clone());
        let all: Vec<_> = specs.chain(presets).collect();
        assert!(all.len() > 60, "{}", all.len());
        for spec in all {
            assert!(!shares_out_of_order(&spec.hello) && !signs_too_early(&spec.hello));
        }
    }

    #[test]
    fn a_hello_of_dtls13_has_no_session_id_that_only_looks_like_one() {
        let (hello, told) = named("openssl-3.5.8,dtls");
        assert!(hello.hello.legacy_session_id.0.is_empty(), "{told}");
        assert!(told.contains("legacy_session_id went too") && told.contains("RFC 9147 5.3"));
        // One of a session may be there, and in DTLS 1.2 it is the usual way.
        assert_eq!(named("openssl-3.5.8,dtls,session_id=5").0.hello.legacy_session_id.0.len(), 5);
        let old = named("openssl-1.0.1e,session_id=32,dtls").0;
        assert_eq!(old.hello.legacy_session_id.0.len(), 32);
    }
}
