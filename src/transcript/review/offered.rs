//! Answers, and what stands in certificates, whose value must be among those that the client offered:
//! RFC 8446 sections 4.2.8 and 4.2.11, RFC 8422 section 5.3, RFC 9345 section 4.1.1, and the sections
//! of single extensions.

use std::collections::HashSet;
use std::iter;

use super::offer::Offer;
use super::{Review, Say};
use crate::names::{
    CertificateCompressionAlgorithm, Code, ExtensionType, Hash, KeyExchange, NamedGroup,
};
use crate::wire::choice::Tagged;
use crate::wire::extension::{
    CertificateStatus, ClientExtension, Extension, RequestExtension, ServerExtension,
};
use crate::wire::fault::{Fault, Notices};
use crate::wire::handshake::client_rules::shared_groups;
use crate::wire::side::Side;
use crate::wire::x509::KeyAlgorithm;

impl Review {
    /// The group of a server's key: the one that was asked for in a HelloRetryRequest, and one of
    /// which the client sent one. What it did not offer at all is told before.
    pub(super) fn share(&self, group: NamedGroup, say: &mut Say<'_>) {
        const REFERENCE: &str = "RFC 8446 4.2.8";
        let offered = self.sole_offer().and_then(Offer::groups);
        if group.is_grease() || offered.is_some_and(|offered| !offered.contains(&group)) {
            return;
        }
        if self.asked.is_some_and(|asked| asked != group) {
            let expected = "the group that the HelloRetryRequest asked for";
            return say.form("key_share", expected, "another", REFERENCE);
        }
        // The hello behind a HelloRetryRequest may not have been seen.
        let retried = self.retried.is_some();
        let last = self.sole_offer().filter(|_| !retried || self.unanswered);
        let Some(shares) = last.and_then(|offer| shared_groups(offer)) else { return };
        if !shares.contains(&group) {
            let found = match retried {
                true => "one of which there was none",
                false => "one of which there was none, and no HelloRetryRequest",
            };
            say.form("key_share", "a group of which a key was sent", found, REFERENCE);
        }
    }

    /// The group of which a server wants a key in another hello.
    pub(super) fn retried_group(&self, group: NamedGroup, say: &mut Say<'_>) {
        let shares = self.sole_offer().and_then(|offer| shared_groups(offer));
        if shares.is_some_and(|shares| shares.contains(&group)) {
            let expected = "a group of which no key was sent";
            say.form("key_share", expected, "one of which there was", "RFC 8446 4.2.8");
        }
    }

    /// The key of an earlier session that a server chose.
    pub(super) fn selected(&self, selected: u16, say: &mut Say<'_>) {
        let offered = self.offered(ExtensionType::pre_shared_key);
        let Some(ClientExtension::PreSharedKey(offered)) = offered else { return };
        let binder = offered.binders.0.get(usize::from(selected)).map(|binder| binder.0.0.len());
        let hash = self.suite.and_then(|suite| suite.hash()).map(Hash::length);
        if let Some((binder, _)) = binder.zip(hash).filter(|(binder, hash)| binder != hash) {
            let expected = "a key whose binder is as long as the suite's hash";
            let fault = Fault::Value { expected, found: binder as u64 };
            say.fault("pre_shared_key", fault, "RFC 8446 4.2.11");
        }
        if usize::from(selected) >= offered.identities.0.len() {
            let expected = "the place of a key that was offered, from 0 on";
            let fault = Fault::Value { expected, found: selected.into() };
            say.fault("pre_shared_key", fault, "RFC 8446 4.2.11");
        }
    }

    /// An answer whose values must be among those of the extension that it answers.
    pub(super) fn among<E: Extension>(&self, answer: &E, say: &mut Say<'_>) {
        let extension_type = answer.extension_type();
        let Some((field, (expected, reference))) = extension_type.name().zip(rule(extension_type))
        else {
            return;
        };
        let Some(offered) = self.offered(extension_type) else { return };
        // Wherever a server answers, these have the same form.
        let answer = ServerExtension::from_data(extension_type, &answer.data());
        if is_beyond(&answer, offered) {
            say.form(field, expected, "one that was not", reference);
        }
        if has_another_name(&answer, offered) {
            let expected = "the client's, or nothing in it";
            say.form("srtp_mki", expected, "another", "RFC 5764 4.1.3");
        }
        if is_newer(&answer, offered) {
            let expected = "the client's version, or a lower one";
            say.form("token_binding_version", expected, "a higher one", "RFC 8472 3");
        }
        sole(&answer, say);
    }

    /// A kind of a certificate's status: one that was asked for.
    pub(super) fn status(&self, status: &CertificateStatus, say: &mut Say<'_>) {
        if let CertificateStatus::Ocsp(response) = status {
            if response.0.is_empty() {
                let fault = Fault::Size { least: 1, most: 0xff_ffff, found: 0 };
                say.fault("ocsp_response", fault, "RFC 6066 8");
            }
        }
        // That it was not asked for at all is told by itself.
        let asked = self.sole_offer().map(Offer::status_types).unwrap_or_default();
        if !asked.is_empty() && !asked.contains(&status.tag()) {
            let expected = "a kind that was asked for";
            say.form("status_type", expected, "one that was not", "RFC 6066 8");
        }
    }

    /// The curve of a server's key before TLS 1.3, where its suite is one of curves.
    pub(super) fn curve_of_key(&self, field: &'static str, certificate: &[u8], say: &mut Say<'_>) {
        let Some(suite) = self.suite else { return };
        if !matches!(suite.key_exchange(), KeyExchange::Ecdhe | KeyExchange::Ecdh) {
            return;
        }
        let offered = self.sole_offer().and_then(Offer::groups);
        let Some((curve, offered)) = KeyAlgorithm::curve(certificate).zip(offered) else { return };
        if !offered.contains(&curve) {
            let expected = "a key on a curve of supported_groups";
            say.form(field, expected, "one on another", "RFC 8422 5.3");
        }
    }

    /// The algorithm by which a certificate was made smaller: one that the other side can undo.
    pub(super) fn compression(
        &self,
        from: Side,
        algorithm: CertificateCompressionAlgorithm,
        say: &mut Say<'_>,
    ) {
        let mut requested = self.answered().into_iter().flat_map(|request| &request.extensions);
        let algorithms = match from {
            Side::Server => match self.offered(ExtensionType::compress_certificate) {
                Some(ClientExtension::CompressCertificate(algorithms)) => Some(&algorithms.0),
                _ => None,
            },
            Side::Client => requested.find_map(|extension| match extension {
                RequestExtension::CompressCertificate(algorithms) => Some(&algorithms.0),
                _ => None,
            }),
        };
        if algorithms.is_some_and(|offered| !offered.contains(&algorithm)) {
            let found = "one that was not";
            say.form("algorithm", "an algorithm that was offered", found, "RFC 8879 4");
        }
    }
}

/// The extensions whose answer chooses among what was offered: what is expected of it, and the section
/// that says so.
fn rule(answer: ExtensionType) -> Option<(&'static str, &'static str)> {
    const CERTIFICATES: &str = "a kind of certificate that was offered";
    Some(match answer {
        ExtensionType::max_fragment_length => ("the length that was offered", "RFC 6066 4"),
        ExtensionType::user_mapping => ("kinds that were offered", "RFC 4681 2"),
        ExtensionType::client_authz | ExtensionType::server_authz => {
            ("formats that were offered", "RFC 5878 2")
        }
        ExtensionType::cert_type => (CERTIFICATES, "RFC 6091 3.2"),
        ExtensionType::use_srtp => ("a profile that was offered", "RFC 5764 4.1.1"),
        ExtensionType::application_layer_protocol_negotiation => {
            ("a protocol that was offered", "RFC 7301 3.2")
        }
        ExtensionType::client_certificate_type | ExtensionType::server_certificate_type => {
            (CERTIFICATES, "RFC 7250 4.2")
        }
        ExtensionType::token_binding => ("key parameters that were offered", "RFC 8472 3"),
        ExtensionType::cached_info => ("kinds that were offered", "RFC 7924 3"),
        ExtensionType::supported_ekt_ciphers => ("a cipher that was offered", "RFC 8870 5.2"),
        ExtensionType::tls_flags => ("flags that were offered", "draft-ietf-tls-tlsflags 3"),
        _ => return None,
    })
}

/// Whether an answer has values that the extension of the hello does not.
fn is_beyond(answer: &ServerExtension, offer: &ClientExtension) -> bool {
    use {ClientExtension as Client, ServerExtension as Server};
    match (answer, offer) {
        (Server::MaxFragmentLength(chosen), Client::MaxFragmentLength(offered)) => {
            chosen != offered
        }
        (Server::UserMapping(chosen), Client::UserMapping(offered)) => {
            beyond(&chosen.0, &offered.0)
        }
        (Server::ClientAuthz(chosen), Client::ClientAuthz(offered))
        | (Server::ServerAuthz(chosen), Client::ServerAuthz(offered)) => {
            beyond(&chosen.0, &offered.0)
        }
        (Server::CertType(chosen), Client::CertType(offered))
        | (Server::ClientCertificateType(chosen), Client::ClientCertificateType(offered))
        | (Server::ServerCertificateType(chosen), Client::ServerCertificateType(offered)) => {
            !offered.0.contains(chosen)
        }
        (Server::UseSrtp(chosen), Client::UseSrtp(offered)) => {
            beyond(&chosen.srtp_protection_profiles.0, &offered.srtp_protection_profiles.0)
        }
        (Server::Alpn(chosen), Client::Alpn(offered)) => {
            // How many there are is told by itself, and what is there to be passed over.
            let [name] = &chosen.0[..] else { return false };
            !name.is_grease() && !offered.0.contains(name)
        }
        (Server::TokenBinding(chosen), Client::TokenBinding(offered)) => {
            beyond(&chosen.key_parameters_list.0, &offered.key_parameters_list.0)
        }
        (Server::CachedInfo(chosen), Client::CachedInfo(offered)) => {
            let offered = offered.0.iter().map(|object| object.cached_object_type);
            beyond(&chosen.0, &offered.collect::<Vec<_>>())
        }
        (Server::SupportedEktCiphers(chosen), Client::SupportedEktCiphers(offered)) => {
            !offered.0.contains(chosen)
        }
        (Server::TlsFlags(chosen), Client::TlsFlags(offered)) => {
            let offered = offered.0.iter().chain(iter::repeat(&0));
            chosen.0.iter().zip(offered).any(|(chosen, offered)| chosen & !offered != 0)
        }
        _ => false,
    }
}

/// Whether a server takes a version of Token Binding that its client does not have.
fn is_newer(answer: &ServerExtension, offer: &ClientExtension) -> bool {
    use {ClientExtension as Client, ServerExtension as Server};
    let (Server::TokenBinding(chosen), Client::TokenBinding(offered)) = (answer, offer) else {
        return false;
    };
    let [chosen, offered] = [chosen, offered].map(|it| &it.token_binding_version);
    (chosen.major, chosen.minor) > (offered.major, offered.minor)
}

/// A server chooses one of what a client lists.
fn sole(answer: &ServerExtension, say: &mut Say<'_>) {
    let (field, expected, found, reference) = match answer {
        ServerExtension::UseSrtp(chosen) => {
            let found = chosen.srtp_protection_profiles.0.len();
            ("srtp_protection_profiles", "one profile", found, "RFC 5764 4.1.1")
        }
        ServerExtension::TokenBinding(chosen) => {
            ("key_parameters_list", "one of them", chosen.key_parameters_list.0.len(), "RFC 8472 3")
        }
        _ => return,
    };
    if found > 1 {
        say.fault(field, Fault::Value { expected, found: found as u64 }, reference);
    }
}

/// Whether a server names the master key of media otherwise than its client.
fn has_another_name(answer: &ServerExtension, offer: &ClientExtension) -> bool {
    use {ClientExtension as Client, ServerExtension as Server};
    let (Server::UseSrtp(chosen), Client::UseSrtp(offered)) = (answer, offer) else { return false };
    !chosen.srtp_mki.0.is_empty() && chosen.srtp_mki != offered.srtp_mki
}

/// Whether something is chosen that is not among what was offered.
fn beyond<T: Eq + std::hash::Hash>(chosen: &[T], offered: &[T]) -> bool {
    let offered: HashSet<&T> = offered.iter().collect();
    !chosen.iter().all(|one| offered.contains(one))
}
