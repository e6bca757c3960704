//! The numbers of TLS and their names: one file a registry, one table each.
//!
//! A number from the wire is a newtype over its integer, with the registry's names as constants
//! beside it. An unknown number is a value like any other, so nothing that a peer sends is lost
//! or refused here. [`code`] has the trait and the macro that all tables share.
//!
//! - `alert`: levels and descriptions of alerts, and what each means
//! - [`alpn`]: protocols that ALPN selects
//! - `authorization`: formats of supplemental and authorization data
//! - `cached_info`: what a client has kept
//! - `certificate_transparency`: logs of certificates
//! - `certificate`: forms of certificates, their status and their compression
//! - `cipher_suite_aliases`: what OpenSSL and GnuTLS call them
//! - `cipher_suite`: cipher suites, and what their names tell
//! - `cipher`: what seals records: ciphers, MACs and hashes of suites
//! - `compression_method`: compression of records, before TLS 1.3
//! - `connection_id`: uses of connection ids in DTLS
//! - `content_type`: what a record carries
//! - `ech`: Encrypted Client Hello and the algorithms of HPKE
//! - `elliptic_curve`: how points and curves are written
//! - `extension_codes`: small registries that one extension alone uses
//! - `extension_type`: extensions
//! - `handshake_type`: handshake messages
//! - `hash_and_signature`: the two halves of a signature scheme
//! - `heartbeat`: modes and messages of heartbeats
//! - `key_exchange`: how a suite agrees on keys, and what proves the server
//! - `key_update`: requests in a KeyUpdate
//! - `max_fragment_length`: limits of that extension
//! - `named_group`: groups for key agreement
//! - [`oid`]: object identifiers in certificates, from the rows of `oid_table`
//! - `protocol_version`: versions of SSL, TLS and DTLS
//! - `psk_key_exchange_mode`: ways to use a pre-shared key
//! - [`quic`]: transport parameters and versions of QUIC
//! - `return_routability`: messages that ask whether a path leads to the other side
//! - `revocation`: OCSP and revocation; `time_stamp`: authorities for the time
//! - `server_name`: kinds of names in that extension
//! - `signature_scheme`: signature schemes, and the pairs of TLS 1.2
//! - `srtp`: protection profiles for media
//! - `ssl2`: SSL 2.0
//! - `token_binding`: keys that tokens are bound to

pub mod alpn;
pub mod code;
pub mod oid;
pub mod quic;

mod alert;
mod authorization;
mod cached_info;
mod certificate;
mod certificate_transparency;
mod cipher;
mod cipher_suite;
mod cipher_suite_aliases;
mod compression_method;
mod connection_id;
mod content_type;
mod ech;
mod elliptic_curve;
mod extension_codes;
mod extension_type;
mod handshake_type;
mod hash_and_signature;
mod heartbeat;
mod key_exchange;
mod key_update;
mod max_fragment_length;
mod named_group;
mod oid_table;
mod protocol_version;
mod psk_key_exchange_mode;
mod return_routability;
mod revocation;
mod server_name;
mod signature_scheme;
mod srtp;
mod ssl2;
mod time_stamp;
mod token_binding;

pub use alert::{AlertDescription, AlertLevel, AlertPlace};
pub use authorization::{AuthorizationDataFormat, SupplementalDataType, UserMappingType};
pub use cached_info::CachedInformationType;
pub use certificate::{
    CertChainType, CertificateCompressionAlgorithm, CertificateStatusType, CertificateType,
    ClientCertificateType, IdentifierType, OpenPgpCertDescriptorType,
};
pub use certificate_transparency::{
    CtExtensionType, CtLogEntryType, CtSignatureType, SctVersion, VersionedTransType,
};
pub use cipher::{Cipher, CipherAlgorithm, CipherMode, Hash, Mac};
pub use cipher_suite::CipherSuite;
pub use code::Code;
pub use compression_method::CompressionMethod;
pub use connection_id::ConnectionIdUsage;
pub use content_type::ContentType;
pub use ech::{EchClientHelloType, HpkeAead, HpkeKdf, HpkeKem};
pub use elliptic_curve::{EcBasisType, EcCurveType, EcPointFormat};
pub use extension_codes::{EchConfigVersion, EktCipherType, PakeScheme};
pub use extension_type::ExtensionType;
pub use handshake_type::HandshakeType;
pub use hash_and_signature::{HashAlgorithm, SignatureAlgorithm};
pub use heartbeat::{HeartbeatMessageType, HeartbeatMode};
pub use key_exchange::{Authentication, KeyExchange};
pub use key_update::KeyUpdateRequest;
pub use max_fragment_length::MaxFragmentLength;
pub use named_group::NamedGroup;
pub use protocol_version::ProtocolVersion;
pub use psk_key_exchange_mode::PskKeyExchangeMode;
pub use return_routability::RrcMessageType;
pub use revocation::{CrlReason, OcspResponseStatus};
pub use server_name::NameType;
pub use signature_scheme::SignatureScheme;
pub use srtp::SrtpProtectionProfile;
pub use ssl2::{
    Ssl2AuthenticationType, Ssl2CertificateType, Ssl2CipherKind, Ssl2Error, Ssl2MessageType,
};
pub use time_stamp::PkiStatus;
pub use token_binding::TokenBindingKeyParameters;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Calls a function for each registry.
    macro_rules! for_each_registry {
        ($check:ident) => {
            $check::<AlertDescription>();
            $check::<AlertLevel>();
            $check::<AuthorizationDataFormat>();
            $check::<CachedInformationType>();
            $check::<CertChainType>();
            $check::<CertificateCompressionAlgorithm>();
            $check::<CertificateStatusType>();
            $check::<CertificateType>();
            $check::<CipherSuite>();
            $check::<ClientCertificateType>();
            $check::<CompressionMethod>();
            $check::<ConnectionIdUsage>();
            $check::<ContentType>();
            $check::<CrlReason>();
            $check::<CtLogEntryType>();
            $check::<CtSignatureType>();
            $check::<EcBasisType>();
            $check::<EcCurveType>();
            $check::<EcPointFormat>();
            $check::<EchClientHelloType>();
            $check::<EchConfigVersion>();
            $check::<EktCipherType>();
            $check::<ExtensionType>();
            $check::<HandshakeType>();
            $check::<HashAlgorithm>();
            $check::<HeartbeatMessageType>();
            $check::<HeartbeatMode>();
            $check::<RrcMessageType>();
            $check::<HpkeAead>();
            $check::<HpkeKdf>();
            $check::<HpkeKem>();
            $check::<IdentifierType>();
            $check::<KeyUpdateRequest>();
            $check::<MaxFragmentLength>();
            $check::<NameType>();
            $check::<NamedGroup>();
            $check::<OcspResponseStatus>();
            $check::<PakeScheme>();
            $check::<PkiStatus>();
            $check::<ProtocolVersion>();
            $check::<PskKeyExchangeMode>();
            $check::<SctVersion>();
            $check::<CtExtensionType>();
            $check::<SignatureAlgorithm>();
            $check::<SignatureScheme>();
            $check::<SrtpProtectionProfile>();
            $check::<Ssl2AuthenticationType>();
            $check::<Ssl2CertificateType>();
            $check::<Ssl2Error>();
            $check::<Ssl2MessageType>();
            $check::<SupplementalDataType>();
            $check::<TokenBindingKeyParameters>();
            $check::<UserMappingType>();
            $check::<VersionedTransType>();
        };
    }

    #[test]
    fn numbers_stand_once_and_in_order_in_every_table() {
        fn check<C: Code>() {
            let numbers: Vec<u16> = C::all().iter().map(|&(number, _)| number).collect();
            assert!(numbers.is_sorted_by(|a, b| a < b), "{}: {numbers:04x?}", C::ITEM);
        }
        for_each_registry!(check);
    }

    #[test]
    fn no_name_stands_twice_in_a_table_in_any_case() {
        fn check<C: Code>() {
            let mut seen = HashSet::new();
            for (_, name) in C::all() {
                assert!(seen.insert(name.to_ascii_lowercase()), "{}: {name}", C::ITEM);
            }
        }
        for_each_registry!(check);
    }

    #[test]
    fn every_name_and_number_reads_back_as_its_code() {
        fn check<C: Code>() {
            for &(number, name) in C::all() {
                let code = C::from_number(number);
                assert_eq!(code.number(), number, "{}: {name} is too wide", C::ITEM);
                assert_eq!(code.name(), Some(name));
                for text in [
                    name,
                    &name.to_ascii_uppercase(),
                    &number.to_string(),
                    &format!("0x{number:x}"),
                ] {
                    assert!(C::parse(text) == Some(code), "{}: {text}", C::ITEM);
                }
            }
        }
        for_each_registry!(check);
    }

    #[test]
    fn no_number_with_a_name_is_reserved_to_be_ignored() {
        fn check<C: Code>() {
            let grease = |&&(number, _): &&(u16, &str)| C::from_number(number).is_grease();
            assert_eq!(C::all().iter().find(grease), None, "{}", C::ITEM);
        }
        for_each_registry!(check);
    }
}
