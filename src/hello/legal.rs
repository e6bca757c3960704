//! What goes with an edit so that a hello stays legal: what depends on each other goes together,
//! RFC 8446 sections 4.2.8, 4.2.11 and 9.2. What is still illegal then is not mended but told.

use super::edit_form::member_word;
use super::framing::{Framing, drop_surplus_versions, unsent};
use super::spec::HelloSpec;
use super::vocabulary::{List, Member};
use crate::names::{
    CipherAlgorithm, CipherSuite, Code, ExtensionType, KeyExchange, ProtocolVersion,
};
use crate::wire::context::Context;
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::fault::{Fault, Kind};
use crate::wire::handshake::client_rules::{SECOND_KEY, again, breaches, offers_tls13};
use crate::wire::side::Side;
use crate::wire::stream::{Stream, Unit};

/// Something that went with an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What it is.
    pub what: What,
    /// Why it cannot stay, and the section that says so.
    pub why: &'static str,
}

/// Names that are told of for one reason at most.
const TOLD: usize = 6;

/// What was taken, in words: each reason with what went for it. Nothing where nothing did.
pub fn in_words(taken: &[Taken]) -> Option<String> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for Taken { what, why } in taken {
        let name = match what {
            What::Member(list, member) => format!("{}.{}", list.name(), member_word(*list, member)),
            What::Field(field) => (*field).to_owned(),
        };
        match reasons.iter_mut().find(|(reason, _)| reason == why) {
            Some((_, names)) => names.push(name),
            None => reasons.push((*why, vec![name])),
        }
    }
    let told = |names: &[String]| {
        let few = names.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
        match names.len().saturating_sub(TOLD) {
            0 => few,
            more => format!("{few} and {more} more"),
        }
    };
    let reasons: Vec<String> =
        reasons.iter().map(|(why, names)| format!("{} went too: {why}", told(names))).collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// What can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A member of a list.
    Member(List, Member),
    /// A field of the spec.
    Field(&'static str),
}

const NO_GROUP: &str = "supported_groups does not have it, RFC 8446 4.2.8";
const EMPTY: &str = "nothing is left in it";
const NO_TLS13: &str = "TLS 1.3 is not offered without supported_groups, key_share, \
                        signature_algorithms and a suite of TLS 1.3, RFC 8446 9.2";
const OLD_VERSION: &str = "it belongs to a hello of legacy_version TLS 1.2, RFC 8446 4.1.2";
const ONLY_TLS13: &str = "it is of TLS 1.3, which is not offered";
const NO_RC4: &str = "datagrams cannot have RC4, RFC 6347 4.1.2.2";
const NO_SESSION: &str = "a hello of SSL 2.0 for TLS has no session, RFC 5246 E.2";
const NO_MODES: &str = "psk_key_exchange_modes goes with it, RFC 8446 4.2.9";
const NO_PSK: &str = "pre_shared_key goes with it, RFC 8446 4.2.10";

/// Takes out what an edit left without its ground: shares of groups that are not offered, TLS 1.3
/// without what RFC 8446 section 9.2 asks of it or without a suite, lists without members. A
/// pre_shared_key goes last. Tells what was taken.
pub fn keep_legal(spec: &mut HelloSpec) -> Vec<Taken> {
    let mut taken = Vec::new();
    let old = spec.hello.legacy_version.as_tls().0 < ProtocolVersion::TLS1_2.0;
    let suites = &spec.hello.cipher_suites.0;
    if spec.framing == Framing::Dtls {
        let rc4 = |suite: &CipherSuite| {
            suite.cipher().is_some_and(|cipher| cipher.algorithm == CipherAlgorithm::Rc4)
        };
        for suite in suites.iter().filter(|suite| rc4(suite)) {
            let what = What::Member(List::CipherSuites, Member::Number(suite.0));
            taken.push(Taken { what, why: NO_RC4 });
        }
        spec.hello.cipher_suites.0.retain(|suite| !rc4(suite));
    }
    let suites = &spec.hello.cipher_suites.0;
    let tls13 = offers_tls13(&spec.hello);
    let no_suite = tls13 && !suites.iter().any(|suite| suite.key_exchange() == KeyExchange::Tls13);
    let Some(block) = &mut spec.hello.extensions else { return taken };
    let extensions = &mut block.0;
    let groups = extensions.iter().find_map(|extension| match extension {
        ClientExtension::SupportedGroups(groups) => Some(groups.0.clone()),
        _ => None,
    });
    for extension in extensions.iter_mut() {
        if let (ClientExtension::KeyShare(shares), Some(groups)) = (extension, &groups) {
            shares.0.retain(|share| {
                let stays = groups.contains(&share.group);
                if !stays {
                    let what = What::Member(List::KeyShare, Member::Number(share.group.0));
                    taken.push(Taken { what, why: NO_GROUP });
                }
                stays
            });
        }
    }
    let mut take = |extensions: &mut Vec<ClientExtension>, why, goes: &dyn Fn(&_) -> bool| {
        extensions.retain(|extension| {
            let goes = goes(extension);
            if goes {
                let member = Member::Number(extension.extension_type().0);
                taken.push(Taken { what: What::Member(List::Extensions, member), why });
            }
            !goes
        });
    };
    let has = |extensions: &[ClientExtension], wanted: ExtensionType| {
        extensions.iter().any(|extension| extension.extension_type() == wanted)
    };
    take(extensions, EMPTY, &is_empty_list);
    let needs = [
        ExtensionType::supported_groups,
        ExtensionType::key_share,
        ExtensionType::signature_algorithms,
    ];
    let lacks = no_suite || needs.iter().any(|needed| !has(extensions, *needed));
    if tls13 && lacks || old {
        let why = if old { OLD_VERSION } else { NO_TLS13 };
        take(extensions, why, &|extension| {
            extension.extension_type() == ExtensionType::supported_versions
                || is_of_tls13(extension)
        });
    }
    if !has(extensions, ExtensionType::psk_key_exchange_modes) {
        take(extensions, NO_MODES, &|e| e.extension_type() == ExtensionType::pre_shared_key);
    }
    if !has(extensions, ExtensionType::pre_shared_key) {
        take(extensions, NO_PSK, &|e| e.extension_type() == ExtensionType::early_data);
    }
    // Its binders seal all before it.
    let psk = extensions.iter().position(|e| e.extension_type() == ExtensionType::pre_shared_key);
    if let Some(place) = psk {
        let psk = extensions.remove(place);
        extensions.push(psk);
    }
    if extensions.is_empty() {
        spec.hello.extensions = None;
    }
    drop_surplus_versions(spec);
    taken
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

/// Whether only TLS 1.3 uses an extension.
fn is_of_tls13(extension: &ClientExtension) -> bool {
    matches!(
        extension.extension_type(),
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
        taken.push(Taken { what: What::Field("legacy_session_id"), why: NO_SESSION });
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
    if spec.raw.is_some() {
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
        _ => !suite.is_grease() && !suite.is_signalling(),
    };
    kinds || spec.hello.cipher_suites.0.iter().any(begins)
}

fn line(field: &str, fault: &Fault, reference: &str) -> String {
    format!("{field}: expected {}, found {} ({reference})", fault.expected(), fault.found())
}
