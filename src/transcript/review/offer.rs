//! A client's hello as all that answers it is held against it. A server may answer as many extensions as
//! a hello has, so that none is searched for among all of them: the time would be that of both
//! multiplied.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;

use super::Review;
use crate::names::{
    CertificateStatusType, CipherSuite, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme,
};
use crate::wire::choice::Tagged;
use crate::wire::extension::{ClientExtension, EchClientHello, Extension};
use crate::wire::handshake::client_hello::ClientHello;

/// A client's hello, and where its extensions stand.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    hello: ClientHello,
    /// The first of each type that can be read.
    places: HashMap<ExtensionType, usize>,
    /// Whether it says by a suite that it renegotiates safely.
    signals: bool,
    /// Whether there may be another hello inside of it, sealed.
    hides_another: bool,
}

impl Deref for Offer {
    type Target = ClientHello;

    fn deref(&self) -> &ClientHello {
        &self.hello
    }
}

impl Offer {
    pub(super) fn of(hello: &ClientHello) -> Self {
        let mut places: HashMap<_, (usize, &ClientExtension)> = HashMap::new();
        for (index, extension) in hello.extensions().iter().enumerate() {
            let place = places.entry(extension.extension_type()).or_insert((index, extension));
            // One that cannot be read says nothing.
            if let (_, ClientExtension::Raw(..)) = place {
                *place = (index, extension);
            }
        }
        let places: HashMap<_, _> =
            places.into_iter().map(|(of, (index, _))| (of, index)).collect();
        let signal = CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV;
        let signals = hello.cipher_suites.0.contains(&signal)
            || places.contains_key(&ExtensionType::renegotiation_info);
        let hides_another = hides_another(hello);
        Offer { hello: hello.clone(), places, signals, hides_another }
    }

    /// The extension of a type.
    pub(super) fn extension(&self, extension_type: ExtensionType) -> Option<&ClientExtension> {
        self.hello.extensions().get(*self.places.get(&extension_type)?)
    }

    /// Whether it has an extension of a type.
    pub(super) fn has(&self, extension_type: ExtensionType) -> bool {
        self.places.contains_key(&extension_type)
    }

    /// Whether it says that it renegotiates safely, by an extension or by a suite that stands for it:
    /// RFC 5746 section 3.4.
    pub(super) fn signals_renegotiation(&self) -> bool {
        self.signals
    }

    /// Whether it offers what a server answers by an extension of this type.
    pub(super) fn asks_for(&self, extension_type: ExtensionType) -> bool {
        self.has(extension_type)
            || self.signals && extension_type == ExtensionType::renegotiation_info
    }

    /// What supported_groups offers.
    pub(super) fn groups(&self) -> Option<&[NamedGroup]> {
        match self.extension(ExtensionType::supported_groups)? {
            ClientExtension::SupportedGroups(groups) => Some(&groups.0),
            _ => None,
        }
    }

    /// What supported_versions offers.
    pub(super) fn versions(&self) -> Option<&[ProtocolVersion]> {
        match self.extension(ExtensionType::supported_versions)? {
            ClientExtension::SupportedVersions(versions) => Some(&versions.0),
            _ => None,
        }
    }

    /// By what a server may sign with a key that stands in for its certificate's.
    pub(super) fn delegated_schemes(&self) -> Option<&[SignatureScheme]> {
        match self.extension(ExtensionType::delegated_credential)? {
            ClientExtension::DelegatedCredential(schemes) => Some(&schemes.0),
            _ => None,
        }
    }

    /// The kinds of a certificate's status that it asks for.
    pub(super) fn status_types(&self) -> Vec<CertificateStatusType> {
        let one = match self.extension(ExtensionType::status_request) {
            Some(ClientExtension::StatusRequest(request)) => Some(request.tag()),
            _ => None,
        };
        let several = match self.extension(ExtensionType::status_request_v2) {
            Some(ClientExtension::StatusRequestV2(requests)) => &requests.0[..],
            _ => &[],
        };
        let kinds: BTreeSet<_> = one.into_iter().chain(several.iter().map(Tagged::tag)).collect();
        kinds.into_iter().collect()
    }

    /// What signature_algorithms offers.
    pub(super) fn schemes(&self) -> Option<&[SignatureScheme]> {
        match self.extension(ExtensionType::signature_algorithms)? {
            ClientExtension::SignatureAlgorithms(schemes) => Some(&schemes.0),
            _ => None,
        }
    }
}

impl Review {
    /// The client's hello, where it is the one that is answered: none is hidden inside, RFC 9849
    /// section 6.1, or what the server says shows that it did not open it. Nothing in a hello tells
    /// one that is sealed from GREASE.
    pub(super) fn sole_offer(&self) -> Option<&Offer> {
        // An inner hello offers TLS 1.3 and later alone.
        let is_older = self.version.is_some_and(|version| !version.is_tls13());
        self.offer.as_ref().filter(|offer| is_older || self.refuses_inner || !offer.hides_another)
    }

    /// What that offers by the extension of a type.
    pub(super) fn offered(&self, extension_type: ExtensionType) -> Option<&ClientExtension> {
        self.sole_offer()?.extension(extension_type)
    }
}

/// Whether there may be another hello inside of one, sealed.
fn hides_another(hello: &ClientHello) -> bool {
    let is_inner = |extension: &ClientExtension| match extension {
        ClientExtension::EncryptedClientHello(hello) => matches!(**hello, EchClientHello::Inner(_)),
        _ => false,
    };
    let hides = ExtensionType::encrypted_client_hello;
    hello.extensions().iter().any(|one| one.extension_type() == hides && !is_inner(one))
}

/// How many extensions of one type are read.
const OF_A_TYPE: usize = 4;

/// Extensions with their places; of those of one type the first few. That there are more is told by
/// itself, and each may have much to be held against.
pub(super) fn some_of_each<E: Extension>(extensions: &[E]) -> impl Iterator<Item = (usize, &E)> {
    let mut seen = BTreeMap::new();
    extensions.iter().enumerate().filter(move |(_, one)| {
        let count: &mut usize = seen.entry(one.extension_type()).or_default();
        *count += 1;
        *count <= OF_A_TYPE
    })
}
