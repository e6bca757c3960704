//! The lists of numbers in a hello, whichever type their numbers have: what is in them, and what
//! is taken out or put in.

use super::vocabulary::List;
use crate::names::{Code, ProtocolVersion};
use crate::wire::extension::{ClientExtension, KeyShareEntry};
use crate::wire::grammar::CodeList;
use crate::wire::handshake::client_hello::ClientHello;

/// A list of numbers.
pub trait Numbers {
    /// The numbers, in order.
    fn numbers(&self) -> Vec<u16>;
    /// Keeps those for which `keep` holds.
    fn keep(&mut self, keep: &dyn Fn(u16) -> bool);
    /// Adds a number at the end, where a number is all that it takes.
    fn add(&mut self, number: u16) -> bool;
}

impl<C: Code> Numbers for CodeList<C> {
    fn numbers(&self) -> Vec<u16> {
        self.iter().map(|code| code.number()).collect()
    }

    fn keep(&mut self, keep: &dyn Fn(u16) -> bool) {
        self.retain(|code| keep(code.number()));
    }

    fn add(&mut self, number: u16) -> bool {
        self.push(C::from_number(number));
        true
    }
}

/// A share has a key beside its number.
impl Numbers for Vec<KeyShareEntry> {
    fn numbers(&self) -> Vec<u16> {
        self.iter().map(|share| share.group.0).collect()
    }

    fn keep(&mut self, keep: &dyn Fn(u16) -> bool) {
        self.retain(|share| keep(share.group.0));
    }

    fn add(&mut self, _: u16) -> bool {
        false
    }
}

/// Turns every version that a hello offers in its list into another.
pub fn map_versions(hello: &mut ClientHello, other: impl Fn(ProtocolVersion) -> ProtocolVersion) {
    for extension in hello.extensions.iter_mut().flat_map(|block| &mut block.0) {
        if let ClientExtension::SupportedVersions(versions) = extension {
            let mut mapped: Vec<ProtocolVersion> = Vec::new();
            for version in versions.0.iter().map(|version| other(*version)) {
                // Two of TLS may be one of DTLS.
                if !mapped.contains(&version) {
                    mapped.push(version);
                }
            }
            versions.0 = mapped.into();
        }
    }
}

/// Both ways to get at a list, from one table.
macro_rules! lists {
    ($( $list:ident in $variant:ident ),* $(,)?) => {
        /// A list of a hello, other than that of its extensions; none where the hello has none.
        pub fn numbers(hello: &ClientHello, list: List) -> Option<&dyn Numbers> {
            match list {
                List::CipherSuites => return Some(&hello.cipher_suites.0),
                List::CompressionMethods => return Some(&hello.legacy_compression_methods.0),
                _ => {}
            }
            hello.extensions().iter().find_map(|extension| match (list, extension) {
                $( (List::$list, ClientExtension::$variant(list)) => Some(&list.0 as &dyn Numbers), )*
                _ => None,
            })
        }

        /// The extension of a list without a member, where one carries it.
        pub fn empty(list: List) -> Option<ClientExtension> {
            match list {
                $( List::$list => Some(ClientExtension::$variant(Default::default())), )*
                _ => None,
            }
        }

        /// The same, to be changed.
        pub fn numbers_mut(hello: &mut ClientHello, list: List) -> Option<&mut dyn Numbers> {
            match list {
                List::CipherSuites => return Some(&mut hello.cipher_suites.0),
                List::CompressionMethods => return Some(&mut hello.legacy_compression_methods.0),
                _ => {}
            }
            let extensions = hello.extensions.as_mut()?;
            extensions.0.iter_mut().find_map(|extension| match (list, extension) {
                $( (List::$list, ClientExtension::$variant(list)) => {
                    Some(&mut list.0 as &mut dyn Numbers)
                } )*
                _ => None,
            })
        }
    };
}

lists! {
    SupportedGroups in SupportedGroups,
    SignatureAlgorithms in SignatureAlgorithms,
    SupportedVersions in SupportedVersions,
    KeyShare in KeyShare,
    EcPointFormats in EcPointFormats,
    PskModes in PskKeyExchangeModes,
    CompressCertificate in CompressCertificate,
}
