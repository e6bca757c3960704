//! What a client should not offer: RFC 9325 section 4. What it must not say is
//! [`client_rules`](crate::wire::handshake::client_rules)' to tell.

use std::collections::BTreeSet;

use super::offer::some_of_each;
use super::second_hello::second_hello;
use super::{Review, Say, cipher, is_anonymous, is_export, key_share, quic, signature};
use crate::names::{
    CipherAlgorithm, CipherSuite, Code, CompressionMethod, ExtensionType, KeyExchange, NamedGroup,
    ProtocolVersion,
};
use crate::wire::extension::{ClientExtension, Extension, OfferedPsks, PskBinderEntry};
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::client_hello::ClientHello;
use crate::wire::handshake::client_rules::{
    Breach, breaches, is_broken, offered_versions, offers_tls13, shared_groups,
};
use crate::wire::side::Side;

impl Review {
    pub(super) fn client_hello(&self, hello: &ClientHello, say: &mut Say<'_>) {
        let extensions = hello.extensions();
        let offers_tls13 = offers_tls13(hello);
        let knows_versions = !is_broken(hello, ExtensionType::supported_versions);
        let may_offer_tls13 = offers_tls13 || !knows_versions;
        match (hello.legacy_version, forbidden(hello.legacy_version)) {
            // It says which version is the highest, where nothing else does.
            (version, Some((found, reference)))
                if version <= ProtocolVersion::SSL3_0
                    || knows_versions && offered_versions(hello).is_none() =>
            {
                let (expected, _) = allowed(version);
                say.form("legacy_version", expected, found, reference);
            }
            (version @ ProtocolVersion(0x0301..=0x0302), _) if offers_tls13 => {
                let expected = "0x0303, beside TLS 1.3 in supported_versions";
                let fault = Fault::Code { expected, found: version.0 };
                say.fault("legacy_version", fault, "RFC 8446 4.1.2");
            }
            _ => {}
        }
        if knows_versions && hello.cipher_suites.0.contains(&CipherSuite::TLS_FALLBACK_SCSV) {
            fallback("legacy_version", offers_tls13, say);
        }
        let methods = &hello.legacy_compression_methods.0;
        let compresses = methods.iter().any(|method| *method != CompressionMethod::null);
        if compresses && !offers_tls13 {
            let found = "compression, by whose lengths secrets leak (CRIME)";
            say.form("legacy_compression_methods", "null alone", found, "RFC 9325 3.3");
        }
        for (is_bad, found, reference) in [
            (
                (|suite| cipher(suite) == Some(CipherAlgorithm::Null)) as fn(CipherSuite) -> bool,
                "suites without encryption",
                "RFC 9325 4.1",
            ),
            (is_export, "suites for export, of 40 or 56 bits", "RFC 9325 4.1"),
            (is_anonymous, "suites in which nobody proves who he is", "RFC 9325 4.1"),
            (|suite| cipher(suite) == Some(CipherAlgorithm::Rc4), "suites with RC4", "RFC 7465 2"),
            (
                |suite| cipher(suite) == Some(CipherAlgorithm::Des) && !is_export(suite),
                "suites with DES, of 56 bits",
                "RFC 9325 4.1",
            ),
            (
                |suite| cipher(suite) == Some(CipherAlgorithm::TripleDes),
                "suites with Triple DES, of blocks that are too small (Sweet32)",
                "RFC 9325 4.1",
            ),
        ] {
            if hello.cipher_suites.0.iter().copied().any(is_bad) {
                say.form("cipher_suites", "suites that are safe", found, reference);
            }
        }
        twice("cipher_suites", &hello.cipher_suites.0, "RFC 8446 4.1.2", say);
        for Breach { field, place, fault, reference } in breaches(hello) {
            say.place = place;
            say.fault(field, fault, reference);
        }
        say.place.clear();
        match &self.offer {
            None if self.again => {}
            None => first_hello(extensions, say),
            Some(first) if self.retried.is_some() => second_hello(first, hello, say),
            // In datagrams it may be sent again as it is, and so it is where records were lost.
            Some(first) if say.of_datagrams() && **first == *hello => {}
            // With other random bytes it is another connection's, RFC 8446 section 4.1.2.
            Some(first)
                if self.unanswered
                    && first.random != hello.random
                    && (self.client_alone || say.of_datagrams() || may_offer_tls13) => {}
            // What asked for one that is other may have been lost, or stand behind both, where one
            // side's bytes come first.
            Some(first)
                if self.unanswered
                    && (self.client_alone
                        || **first != *hello && (say.of_datagrams() || may_offer_tls13)) =>
            {
                let found = "what a server asked for behind the hello before it";
                let reference = match (may_offer_tls13, say.of_datagrams()) {
                    (true, _) => "RFC 8446 4.1.4",
                    (false, true) => "RFC 6347 4.2.1",
                    (false, false) => "RFC 5246 7.4.1.1",
                };
                say.assume("client_hello", "what the server says", found, reference);
            }
            Some(_) if self.unanswered => {
                let expected = match self.answered {
                    true => "the rest of the handshake of the hello before it",
                    false => "an answer to the hello before it",
                };
                let found = "another hello, which nobody asked for";
                let reference = self.section("RFC 5246 7.4.1.2", "RFC 8446 4.1.2");
                say.form("client_hello", expected, found, reference);
            }
            Some(_) => {}
        }
        self.cookie(hello, say);
        let has_cookie = hello.cookie.0.as_ref().is_some_and(|cookie| !cookie.0.is_empty());
        if has_cookie && offers_tls13 && !offers_before_tls13(hello) {
            let expected = "nothing in it, as DTLS 1.3 alone is offered";
            say.form("cookie", expected, "a cookie", "RFC 9147 5.3");
        }
        self.hello_of_quic(hello, say);
        without_suites(hello, say);
        let signals =
            hello.cipher_suites.0.contains(&CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
                || answers_to(hello, ExtensionType::renegotiation_info);
        // With suites of TLS 1.3 alone, nothing older comes of it.
        let is_older = |suite: &CipherSuite| suite.is_before_tls13() && suite.name().is_some();
        let has_older = hello.cipher_suites.0.iter().any(is_older);
        if offers_before_tls13(hello) && has_older && !signals {
            let expected = "renegotiation_info or TLS_EMPTY_RENEGOTIATION_INFO_SCSV";
            say.form("client_hello", expected, "neither", "RFC 5746 3.4");
        }
        // What forbids them speaks of TLS 1.2; where only TLS 1.3 is offered, that speaks for itself.
        let broken_hashes = if offers_tls12(hello) { "RFC 9155 2" } else { "RFC 8446 4.2.3" };
        for (index, extension) in some_of_each(extensions) {
            say.of_item("extensions", index, |say| match extension {
                ClientExtension::QuicTransportParameters(parameters) => {
                    quic::parameters(&parameters.0, Side::Client, say);
                }
                ClientExtension::SignatureAlgorithms(schemes) => {
                    let list = "signature_algorithms";
                    signature::offered(list, &schemes.0, broken_hashes, say);
                    twice(list, &schemes.0, "RFC 8446 4.2.3", say);
                }
                ClientExtension::RecordSizeLimit(limit) => record_size(*limit, say),
                ClientExtension::RenegotiationInfo(before) => {
                    self.client_renegotiates(&before.0, say);
                }
                ClientExtension::EchOuterExtensions(_) => {
                    let expected = "none in a hello that is sent";
                    say.form("ech_outer_extensions", expected, "one", "RFC 9849 5.1");
                }
                ClientExtension::PreSharedKey(psks) => binders(psks, &hello.cipher_suites.0, say),
                ClientExtension::SupportedVersions(versions) => {
                    forbidden_versions(&versions.0, say);
                    twice("supported_versions", &versions.0, "RFC 8446 4.2.1", say);
                }
                ClientExtension::SupportedGroups(groups) => {
                    twice("supported_groups", &groups.0, "RFC 8446 4.2.7", say);
                    deprecated_groups(&groups.0, say);
                }
                _ => {}
            });
        }
        key_share::of_client(extensions, say);
        if let (Some(asked), Some(shared)) = (self.asked, shared_groups(hello)) {
            if shared != [asked] {
                let expected = "one key, of the group that the HelloRetryRequest asked for";
                say.form("key_share", expected, "others", "RFC 8446 4.1.2");
            }
        }
    }
}

/// The most that a record holds in TLS 1.3, with the type that stands inside.
const MOST_RECORD_SIZE: u16 = 16_385;

/// How long the records may be that a side takes.
pub(super) fn record_size(limit: u16, say: &mut Say<'_>) {
    if limit > MOST_RECORD_SIZE {
        let expected = "16385 at most, which a record of TLS 1.3 holds";
        let fault = Fault::Value { expected, found: limit.into() };
        say.fault("record_size_limit", fault, "RFC 8449 4");
    }
}

/// The proofs of keys of earlier sessions: each is as long as the hash of a suite that is offered.
fn binders(psks: &OfferedPsks, suites: &[CipherSuite], say: &mut Say<'_>) {
    let is_known = |suite: &CipherSuite| suite.is_grease() || suite.name().is_some();
    let hashes = suites.iter().filter(|suite| suite.key_exchange() == KeyExchange::Tls13);
    let lengths: Option<Vec<_>> = hashes.map(|suite| Some(suite.hash()?.length())).collect();
    let Some(lengths) = lengths.filter(|some| !some.is_empty() && suites.iter().all(is_known))
    else {
        return;
    };
    let unfit = |binder: &PskBinderEntry| !lengths.contains(&binder.0.0.len());
    if let Some(index) = psks.binders.0.iter().position(unfit) {
        let expected = "a binder as long as the hash of a suite that is offered";
        say.of_item("binders", index, |say| {
            say.form("binder", expected, "one of another length", "RFC 8446 4.2.11");
        });
    }
}

/// A suite that says that better versions failed, though there may be none that is better.
pub(super) fn fallback(field: &'static str, highest: bool, say: &mut Say<'_>) {
    let (expected, found) = match highest {
        true => (
            "a lower version beside TLS_FALLBACK_SCSV, which marks a second try",
            "TLS 1.3, the highest that there is",
        ),
        false => ("a first try", "a second try with a lower version (TLS_FALLBACK_SCSV)"),
    };
    say.form(field, expected, found, "RFC 7507 4");
}

/// What a client cannot know in its first hello.
fn first_hello(extensions: &[ClientExtension], say: &mut Say<'_>) {
    for (index, extension) in some_of_each(extensions) {
        say.of_item("extensions", index, |say| match extension {
            ClientExtension::Cookie(_) => {
                let found = "a cookie that nobody gave";
                say.form("cookie", "none in a first hello", found, "RFC 8446 4.2.2");
            }
            ClientExtension::RenegotiationInfo(before) if !before.0.is_empty() => {
                let found = "a handshake before the first";
                say.form("renegotiation_info", "nothing in it", found, "RFC 5746 3.4");
            }
            _ => {}
        });
    }
}

/// Lists are in the order of what a client likes best: nothing has two places in it. No document
/// forbids it in so many words.
fn twice<C: Code>(list: &'static str, codes: &[C], reference: &'static str, say: &mut Say<'_>) {
    let mut seen = BTreeSet::new();
    let again = codes.iter().position(|code| !code.is_grease() && !seen.insert(code.number()));
    if let Some(index) = again {
        say.of_item(list, index, |say| {
            let expected = "each once, as the list is in the order of preference";
            say.form(C::ITEM, expected, "one a second time", reference);
        });
    }
}

/// A hello of which no suite is one of a version that it offers: those of TLS 1.3 go with it alone, and
/// all others with the versions before. What is not known may be one of either.
fn without_suites(hello: &ClientHello, say: &mut Say<'_>) {
    let suites = || hello.cipher_suites.0.iter().filter(|suite| !suite.is_grease());
    let (is_new, is_old) = (offers_tls13(hello), offers_before_tls13(hello));
    let has_new = suites().any(|suite| suite.key_exchange() == KeyExchange::Tls13);
    let has_old = suites().any(|suite| suite.is_before_tls13());
    if !suites().all(|suite| suite.name().is_some()) {
        return;
    }
    let (expected, found) = match (is_new, is_old, has_new, has_old) {
        (true, false, false, true) => {
            ("a suite of TLS 1.3, which alone is offered", "suites of TLS 1.2 or before alone")
        }
        (true, true, false, true) => {
            ("a suite of TLS 1.3, which is offered too", "suites of TLS 1.2 or before alone")
        }
        (false, true, true, false) => {
            ("a suite of TLS 1.2 or before, which alone are offered", "suites of TLS 1.3 alone")
        }
        _ => return,
    };
    say.form("cipher_suites", expected, found, "RFC 8446 B.4");
}

/// What is the matter with a version that must not be offered any more, and the section.
pub(super) fn forbidden(version: ProtocolVersion) -> Option<(&'static str, &'static str)> {
    Some(match version {
        ProtocolVersion::SSL2_0 => ("SSL 2.0, which must not be offered", "RFC 6176 3"),
        ProtocolVersion::SSL3_0 => ("SSL 3.0, which must not be offered", "RFC 7568 3"),
        ProtocolVersion::TLS1_0 => ("TLS 1.0, which must not be offered", "RFC 8996 4"),
        ProtocolVersion::TLS1_1 => ("TLS 1.1, which must not be offered", "RFC 8996 5"),
        ProtocolVersion::DTLS1_0 | ProtocolVersion::DTLS1_0_OPENSSL => {
            ("DTLS 1.0, which must not be offered", "RFC 8996 6")
        }
        _ => return None,
    })
}

/// What there should be in the place of such a version: the oldest that may be used, or any from there
/// on.
pub(super) fn allowed(version: ProtocolVersion) -> (&'static str, &'static str) {
    match version == version.as_tls() {
        true => ("TLS 1.2", "TLS 1.2 or later"),
        false => ("DTLS 1.2", "DTLS 1.2 or later"),
    }
}

/// Versions that must not be offered any more, each at its place.
fn forbidden_versions(versions: &[ProtocolVersion], say: &mut Say<'_>) {
    for (index, version) in versions.iter().enumerate() {
        if let Some((found, reference)) = forbidden(*version) {
            say.of_item("supported_versions", index, |say| {
                let (_, expected) = allowed(*version);
                say.form("version", expected, found, reference);
            });
        }
    }
}

/// Groups that are not to be used any more. They are told once, at the first of them.
fn deprecated_groups(groups: &[NamedGroup], say: &mut Say<'_>) {
    if let Some(index) = groups.iter().position(|group| group.is_deprecated()) {
        say.of_item("supported_groups", index, |say| {
            say.form("named_group", DEPRECATED.0, DEPRECATED.1, DEPRECATED.2);
        });
    }
}

/// What is said of a group that is offered or chosen: what is expected, what it is, and where.
pub(super) const DEPRECATED: (&str, &str, &str) =
    ("a group that is still in use", "a deprecated one", "RFC 8422 5.1.1");

/// Whether TLS 1.2 or DTLS 1.2 is among what a client offers.
fn offers_tls12(hello: &ClientHello) -> bool {
    match offered_versions(hello) {
        Some(versions) => versions.iter().any(|one| one.as_tls() == ProtocolVersion::TLS1_2),
        None => hello.legacy_version.as_tls() == ProtocolVersion::TLS1_2,
    }
}

/// Whether something before TLS 1.3 is among what a client offers, as far as that is known.
pub(super) fn offers_before_tls13(hello: &ClientHello) -> bool {
    let is_old = |version: &ProtocolVersion| !version.is_grease() && !version.is_tls13();
    !is_broken(hello, ExtensionType::supported_versions)
        && offered_versions(hello).is_none_or(|versions| versions.iter().any(is_old))
}

pub(super) fn answers_to(offer: &ClientHello, extension_type: ExtensionType) -> bool {
    offer.extensions().iter().any(|one| one.extension_type() == extension_type)
}
