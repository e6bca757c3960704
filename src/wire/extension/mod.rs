//! Extensions: RFC 8446 section 4.2. Which body an extension has depends on the message in which
//! it stands, so there is one table for each kind of message ([`tables`]).
//!
//! To add an extension: declare its body where its subject is (or use a list of codes as it is),
//! and give it a line in the table of each message that may carry it. CONTRIBUTING.md shows how.

pub mod tables;

mod application;
mod block;
mod cached_info;
mod delegated_credential;
mod dnssec_chain;
mod encrypted_client_hello;
mod encrypted_server_name;
mod key_share;
mod misplaced;
mod oid_filters;
mod padding;
mod password;
mod pre_shared_key;
mod quic_transport_parameters;
mod sections;
mod server_name;
mod srtp;
mod status_request;
mod table;
mod tack;
mod ticket;
mod tls_flags;
mod token_binding;
mod transparency_info;
mod trust_anchors;
mod trusted_ca_keys;

pub use application::ProtocolName;
pub use block::{Block, Odd};
pub use cached_info::CachedObject;
pub use delegated_credential::{
    Credential, DelegatedCredential, DelegatedCredentialDraft, DelegatedCredentialRequest,
    SubjectPublicKeyInfo,
};
pub use dnssec_chain::{AuthenticationChain, DnssecChain};
pub use encrypted_client_hello::{
    EchClientHello, EchClientHelloDraft08, EchClientHelloDraft10, EchClientHelloOuter, EchConfig,
    EchConfigContents, EchConfigExtension, EchDraft08, EchDraft10, HpkeKeyConfig,
    HpkeSymmetricCipherSuite,
};
pub use encrypted_server_name::ClientEncryptedSni;
pub use key_share::{KeyShareEntry, KeyShareOld};
pub use oid_filters::{ExtensionOid, OidFilter};
pub use padding::Padding;
pub use password::{EcJpakeKeyKp, EcJpakeKeyKpPairList, PakeClientHello, PakeShare};
pub use pre_shared_key::{OfferedPsks, PskBinderEntry, PskIdentity};
pub use quic_transport_parameters::{
    DraftTransportParameter, DraftTransportParameters, ParameterValue, PreferredAddress,
    QuicVersion, TransportParameter, TransportParameterId, VersionInformation,
};
pub use server_name::ServerName;
pub use srtp::UseSrtpData;
pub use status_request::{
    CertificateStatus, CertificateStatusRequest, CertificateStatusRequestItemV2, OcspExtensions,
    OcspStatusRequest, ResponderId,
};
pub use table::Extension;
pub use tables::{
    ClientExtension, DraftServerExtension, EncryptedExtension, EntryExtension, HelloRetryExtension,
    RequestExtension, ServerExtension, TicketExtension,
};
pub use tack::{Tack, TackExtension};
pub use ticket::{ClientTicketPinning, ServerTicketPinning, TicketRequest};
pub use tls_flags::TlsFlags;
pub use token_binding::{TokenBindingParameters, TokenBindingVersion};
pub use transparency_info::{
    InclusionProof, NodeHash, SctExtension, SignedCertificateTimestamp, SignedTreeHead, TransItem,
    TreeHead,
};
pub use trust_anchors::TrustAnchorId;
pub use trusted_ca_keys::TrustedAuthority;
