//! What goes with an edit so that a hello stays legal: what depends on each other goes together,
//! RFC 8446 sections 4.2.8, 4.2.11 and 9.2. What is still illegal then is not mended but told.

use super::edit_form::member_word;
use super::framing::Framing;
use super::spec::HelloSpec;
use super::vocabulary::{List, Member};
use crate::names::{ExtensionType, KeyExchange, ProtocolVersion};
use crate::wire::context::Context;
use crate::wire::extension::{ClientExtension, Extension};
use crate::wire::fault::{Fault, Kind};
use crate::wire::field::Tree;
use crate::wire::grammar::{Reader, Wire};
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::client_rules::breaches;

/// Something that went with an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The list that it was in.
    pub list: List,
    /// What it is.
    pub member: Member,
    /// Why it cannot stay, and the section that says so.
    pub why: &'static str,
}

/// What was taken, in words: each reason with what went for it. Nothing where nothing did.
pub fn in_words(taken: &[Taken]) -> Option<String> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for Taken { list, member, why } in taken {
        let name = format!("{}.{}", list.name(), member_word(*list, member));
        match reasons.iter_mut().find(|(reason, _)| reason == why) {
            Some((_, names)) => names.push(name),
            None => reasons.push((*why, vec![name])),
        }
    }
    let reasons: Vec<String> = reasons
        .iter()
        .map(|(why, names)| format!("{} went too: {why}", names.join(", ")))
        .collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

const NO_GROUP: &str = "supported_groups does not have it, RFC 8446 4.2.8";
const EMPTY: &str = "nothing is left in it";
const NO_TLS13: &str = "TLS 1.3 is not offered without supported_groups, key_share, \
                        signature_algorithms and a suite of TLS 1.3, RFC 8446 9.2";
const OLD_VERSION: &str = "TLS 1.3 is not offered at a legacy_version below TLS 1.2";
const NO_MODES: &str = "psk_key_exchange_modes goes with it, RFC 8446 4.2.9";
const NO_PSK: &str = "pre_shared_key goes with it, RFC 8446 4.2.10";

/// Takes out what an edit left without its ground: shares of groups that are not offered, TLS 1.3
/// without what RFC 8446 section 9.2 asks of it or without a suite, lists without members. A
/// pre_shared_key goes last. Tells what was taken.
pub fn keep_legal(spec: &mut HelloSpec) -> Vec<Taken> {
    let mut taken = Vec::new();
    let old = spec.hello.legacy_version.as_tls().0 < ProtocolVersion::TLS1_2.0;
    let suites = &spec.hello.cipher_suites.0;
    let no_suite = !suites.iter().any(|suite| suite.key_exchange() == KeyExchange::Tls13);
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
                    let member = Member::Number(share.group.0);
                    taken.push(Taken { list: List::KeyShare, member, why: NO_GROUP });
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
                taken.push(Taken { list: List::Extensions, member, why });
            }
            !goes
        });
    };
    let has = |extensions: &[ClientExtension], wanted: ExtensionType| {
        extensions.iter().any(|extension| extension.extension_type() == wanted)
    };
    take(extensions, EMPTY, &is_empty_list);
    let tls13 = extensions.iter().any(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => {
            versions.0.iter().any(|version| version.is_tls13())
        }
        _ => false,
    });
    let needs = [
        ExtensionType::supported_groups,
        ExtensionType::key_share,
        ExtensionType::signature_algorithms,
    ];
    let lacks = no_suite || needs.iter().any(|needed| !has(extensions, *needed));
    if tls13 && lacks || old {
        let why = if old { OLD_VERSION } else { NO_TLS13 };
        take(extensions, why, &|extension| {
            matches!(
                extension.extension_type(),
                ExtensionType::supported_versions
                    | ExtensionType::key_share
                    | ExtensionType::pre_shared_key
                    | ExtensionType::psk_key_exchange_modes
                    | ExtensionType::early_data
                    | ExtensionType::cookie
            )
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
    taken
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

/// What is illegal in a hello, a line each: what its reader remarks, and the rules that it breaks.
pub fn faults(spec: &HelloSpec) -> Vec<String> {
    if spec.framing == Framing::Sslv2 || spec.raw.is_some() {
        return Vec::new();
    }
    let bytes = spec.hello.to_bytes();
    let datagram = spec.framing == Framing::Dtls;
    let context = Context { datagram, ..Context::default() };
    let mut r = Reader::<Tree>::new(&bytes, context);
    // What cannot be read is remarked.
    let _ = ClientHello::read(&mut r, ClientHello::ITEM);
    let remarks = r.finish().remarks;
    let read = remarks
        .iter()
        .filter(|remark| remark.kind != Kind::Assumption)
        .map(|remark| line(remark.field, &remark.fault, remark.reference));
    let rules = breaches(&spec.hello);
    let rules = rules.iter().map(|rule| line(rule.field, &rule.fault, rule.reference));
    read.chain(rules).collect()
}

fn line(field: &str, fault: &Fault, reference: &str) -> String {
    format!("{field}: expected {}, found {} ({reference})", fault.expected(), fault.found())
}
