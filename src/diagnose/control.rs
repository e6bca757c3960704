//! The control: a hello near the subject that passes. Where none is known, simpler and simpler
//! ones are tried, and the presets of other clients.

use super::notebook::{Answer, Notebook, Question};
use crate::hello::HelloSpec;
use crate::hello::carrier::Carrier;
use crate::hello::difference;
use crate::hello::draw::Draw;
use crate::hello::edit::Edit;
use crate::hello::legal::keep_legal;
use crate::hello::preset::Preset;
use crate::hello::vocabulary::{List, Member};
use crate::names::{CipherSuite, CompressionMethod, ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension, ProtocolName};
use crate::wire::grammar::{self, Empty, Opaque, Text};

/// So many bytes are in a short record.
const SHORT_RECORD: usize = 60;

/// A hello that passes, near the subject.
#[derive(Clone, Debug)]
pub struct Control {
    /// What it is, in words.
    pub what: String,
    /// The hello.
    pub spec: HelloSpec,
}

/// What was found.
pub struct Controls {
    /// Hellos that pass, the nearest to the subject first.
    pub passing: Vec<HelloSpec>,
    /// Hellos that fail as the subject does.
    pub failing: Vec<HelloSpec>,
    /// What was tried, in words.
    pub tried: Vec<String>,
}

/// Extensions without which many servers have nothing to go by.
pub(super) const ESSENTIAL: &[ExtensionType] = &[
    ExtensionType::server_name,
    ExtensionType::supported_groups,
    ExtensionType::ec_point_formats,
    ExtensionType::signature_algorithms,
    ExtensionType::supported_versions,
    ExtensionType::key_share,
    ExtensionType::psk_key_exchange_modes,
    ExtensionType::renegotiation_info,
];

/// Cipher suites of which nearly every server has one.
pub(super) const USUAL: &[CipherSuite] = &[
    CipherSuite::TLS_AES_128_GCM_SHA256,
    CipherSuite::TLS_AES_256_GCM_SHA384,
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_RSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_RSA_WITH_3DES_EDE_CBC_SHA,
    CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV,
];

/// What is left of them in the shortest hello: suites of each way to exchange keys.
const SHORTEST: &[CipherSuite] = &[
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA,
];

/// The presets that are tried, of different times and makers.
const PRESETS: &[&str] = &[
    "openssl-3.0.19-s_client",
    "openssl-1.0.0m",
    "openssl-1.1.1n",
    "openssl-1.0.1e",
    "gnutls-3.7.9",
    // Some servers want to see a browser.
    "chromium-156",
];

/// What the hello of another client is called by, before its name.
const OTHER_CLIENT: &str = "the hello of ";

/// Looks for hellos that pass.
pub fn find(
    notebook: &mut Notebook<'_>,
    subject: &HelloSpec,
    server_name: Option<&str>,
) -> Controls {
    notebook.say("looking for a hello that passes");
    let mut candidates = ladder(subject);
    candidates.extend(others(server_name));
    candidates.push(in_two_segments(subject));
    // Where no host is known by name, the name of the subject is the only one.
    if let Some(asked) = asked_name(subject).filter(|_| server_name.is_none()) {
        for candidate in &mut candidates {
            crate::hello::draw::server_name(&mut candidate.spec, Some(&asked));
        }
    }
    let mut controls = Controls { passing: Vec::new(), failing: Vec::new(), tried: Vec::new() };
    // The ladder is cheap where the first rungs hold; the presets are for where none does.
    for group in candidates.chunks(4) {
        let question =
            |control: &Control| Question::new(control.what.clone(), control.spec.clone());
        let questions: Vec<Question> = group.iter().map(question).collect();
        let answers = notebook.ask_all(&questions);
        controls.tried.extend(group.iter().map(|control| control.what.clone()));
        for (control, answer) in group.iter().zip(answers) {
            match answer {
                Answer::Passes => controls.passing.push(control.spec.clone()),
                Answer::Fails => controls.failing.push(control.spec.clone()),
                Answer::Other => {}
            }
        }
        let enough =
            |spec: &HelloSpec| spec.length() < subject.length() || *spec == in_one_piece(subject);
        if controls.passing.iter().any(enough) {
            break;
        }
    }
    controls
}

/// The hellos of other clients.
pub(super) fn others(server_name: Option<&str>) -> impl Iterator<Item = Control> {
    let mut draw = Draw::seeded("control");
    let presets = PRESETS.iter().filter_map(|name| Preset::find(name).ok());
    presets.map(move |preset| Control {
        what: format!("{OTHER_CLIENT}{}", preset.id),
        spec: draw.hello(&preset.spec, server_name),
    })
}

/// The host that a hello asks for, where that can be said as text.
pub(super) fn asked_name(spec: &HelloSpec) -> Option<String> {
    spec.hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::ServerName(names) => {
            String::from_utf8(names.0.first()?.host_name.0.to_vec()).ok()
        }
        _ => None,
    })
}

/// Simpler and simpler forms of the subject.
pub(super) fn ladder(subject: &HelloSpec) -> Vec<Control> {
    let mut rungs: Vec<Control> = Vec::new();
    let mut rung = |what: &str, spec: HelloSpec| {
        if spec != *subject && !spec.hello.cipher_suites.0.is_empty() {
            rungs.push(Control { what: what.to_owned(), spec });
        }
    };
    rung("the same in one record and one segment", in_one_piece(subject));
    let without_grease = List::all().map(|list| Edit::Remove(list, Member::Grease));
    let greaseless = difference::apply(subject, &without_grease.collect::<Vec<_>>());
    rung("the same without GREASE", greaseless);
    let essential = only_extensions(subject, ESSENTIAL);
    rung("the same with the essential extensions alone", essential.clone());
    let few = usual_suites(&essential);
    rung("the same with the usual cipher suites and the essential extensions", few.clone());
    if let Some(longer) = Carrier::Padding.stretch(subject, longer_than(subject.length())) {
        rung("the same, made longer by padding", longer);
    }
    let tls12 = Edit::Remove(List::Extensions, Member::Number(ExtensionType::supported_versions.0));
    rung("the same without TLS 1.3", difference::apply(&few, &[tls12]));
    let other_record = match subject.version_of_record(0) {
        ProtocolVersion::TLS1_0 => ProtocolVersion::TLS1_2,
        _ => ProtocolVersion::TLS1_0,
    };
    rung(
        "the same in a record of another version",
        HelloSpec { record_version: other_record, record_versions: Vec::new(), ..subject.clone() },
    );
    let mut bare = few.clone();
    for edit in [
        Edit::SetList(List::SupportedGroups, vec![Member::Number(29), Member::Number(23)]),
        Edit::SessionId(0),
        Edit::RecordVersion(other_record),
    ] {
        let _ = edit.change(&mut bare);
    }
    bare.hello.legacy_compression_methods.0.retain(|method| *method == CompressionMethod::null);
    rung("the same with the least of everything, in a record of another version", bare);
    let old = ProtocolVersion::TLS1_0;
    let mut tls10 = few.clone();
    tls10.hello.legacy_version = old;
    lend_suites(&mut tls10);
    keep_legal(&mut tls10);
    rung(
        "the same at TLS 1.0",
        only_extensions(
            &tls10,
            &[
                ExtensionType::server_name,
                ExtensionType::supported_groups,
                ExtensionType::ec_point_formats,
            ],
        ),
    );
    let short = Edit::Records(vec![SHORT_RECORD]);
    rung("the same in short records", difference::apply(subject, &[short]));
    rung("the same in the opposite order", in_opposite_order(subject));
    let mut shortest = only_extensions(&tls10, &[]);
    rung("the same without any extension", shortest.clone());
    shortest.hello.legacy_session_id.0.clear();
    shortest.hello.cipher_suites.0.retain(|suite| SHORTEST.contains(suite));
    rung("the same with a few cipher suites and nothing else", shortest);
    rung(
        "the same with all that servers are known to ask for",
        with_all_that_is_asked_for(subject),
    );
    rungs
}

/// The same in one record and one segment: how a hello is cut is no part of what it says.
fn in_one_piece(subject: &HelloSpec) -> HelloSpec {
    HelloSpec { records: Vec::new(), segments: Vec::new(), ..subject.clone() }
}

/// The same with suites, groups and extensions in the opposite order.
fn in_opposite_order(subject: &HelloSpec) -> HelloSpec {
    let mut spec = subject.clone();
    spec.hello.cipher_suites.0.reverse();
    for extension in spec.extensions_mut() {
        if let ClientExtension::SupportedGroups(groups) = extension {
            groups.0.reverse();
        }
    }
    spec.extensions_mut().reverse();
    keep_legal(&mut spec);
    spec
}

/// The same in two segments, for a server that wants a hello to be cut: the last that is tried, since
/// hardly any does.
fn in_two_segments(subject: &HelloSpec) -> Control {
    let cut = Edit::Segments(vec![subject.flight().len() / 2]);
    let spec = difference::apply(&in_one_piece(subject), &[cut]);
    Control { what: "the same in two segments".to_owned(), spec }
}

/// What was tried, in a sentence: the forms of the subject are many, and the probes show them.
pub(super) fn tried_words(tried: &[String]) -> String {
    let others: Vec<&str> =
        tried.iter().filter_map(|what| what.strip_prefix(OTHER_CLIENT)).collect();
    let forms = match tried.len() - others.len() {
        0 => None,
        1 => Some("another form of the same hello".to_owned()),
        forms => Some(format!("{forms} other forms of the same hello")),
    };
    let clients = (!others.is_empty()).then(|| format!("the hellos of {}", others.join(", ")));
    let what: Vec<String> = forms.into_iter().chain(clients).collect();
    format!("tried as well: {}", what.join(", and "))
}

/// A length above those that servers are known to trip over below it.
pub fn longer_than(length: usize) -> usize {
    if length < 512 { 600 } else { length + 300 }
}

/// The subject with the extensions without which some servers take no hello, where it lacks them.
fn with_all_that_is_asked_for(subject: &HelloSpec) -> HelloSpec {
    let mut spec = subject.clone();
    let alpn = ["h2", "http/1.1"];
    let protocols = alpn.map(|name| ProtocolName(Text::new(name.as_bytes().to_vec())));
    let wanted = [
        ClientExtension::Alpn(grammar::List::new(protocols.to_vec())),
        ClientExtension::ExtendedMasterSecret(Empty),
        ClientExtension::RenegotiationInfo(Opaque::new(Vec::new())),
    ];
    for extension in wanted {
        let extension_type = extension.extension_type();
        let extensions = spec.extensions_mut();
        if !extensions.iter().any(|other| other.extension_type() == extension_type) {
            // In front, since what stands last may matter.
            extensions.insert(0, extension);
        }
    }
    spec
}

fn only_extensions(spec: &HelloSpec, kept: &[ExtensionType]) -> HelloSpec {
    let mut spec = spec.clone();
    spec.extensions_mut().retain(|extension| kept.contains(&extension.extension_type()));
    keep_legal(&mut spec);
    spec
}

/// Gives a hello that has come to offer TLS 1.0 suites for it, where it has none.
fn lend_suites(spec: &mut HelloSpec) {
    let suites = &mut spec.hello.cipher_suites.0;
    if !suites.iter().any(|suite| suite.is_before_tls13() && !suite.is_since_tls12()) {
        suites.extend(SHORTEST.iter().copied());
    }
}

/// The usual cipher suites among those of a hello; all, where it has none of them.
fn usual_suites(spec: &HelloSpec) -> HelloSpec {
    let mut few = spec.clone();
    few.hello.cipher_suites.0.retain(|suite| USUAL.contains(suite));
    if few.hello.cipher_suites.0.is_empty() { spec.clone() } else { few }
}
