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
mod keys;
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

pub use application::*;
pub use block::{Block, Odd};
pub use cached_info::*;
pub use delegated_credential::*;
pub use dnssec_chain::*;
pub use encrypted_client_hello::*;
pub use encrypted_server_name::*;
pub use key_share::*;
pub use keys::keys_of;
pub use oid_filters::*;
pub use padding::*;
pub use password::*;
pub use pre_shared_key::*;
pub use quic_transport_parameters::*;
pub use server_name::*;
pub use srtp::*;
pub use status_request::*;
pub use table::Extension;
pub use tables::{
    ClientExtension, DraftServerExtension, EncryptedExtension, EntryExtension, HelloRetryExtension,
    RequestExtension, ServerExtension, TicketExtension,
};
pub use tack::*;
pub use ticket::*;
pub use tls_flags::*;
pub use token_binding::*;
pub use transparency_info::*;
pub use trust_anchors::*;
pub use trusted_ca_keys::*;
