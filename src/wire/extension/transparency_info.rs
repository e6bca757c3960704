//! `transparency_info`, RFC 9162 section 6: what a certificate log of version 2 has to say on the
//! certificate beside which it stands. Hellos and requests have it without a body.

use crate::names::VersionedTransType;
use crate::wire::choice::choice;
use crate::wire::grammar::{List, Opaque, P8, P16, message, named};

choice! {
    /// An item of a log. Those that have no place in TLS have no form here.
    TransItem by versioned_type: VersionedTransType, item "trans_item", in "RFC 9162 4.5" {
        /// A timestamp for a certificate.
        x509_sct_v2 => X509Sct(SignedCertificateTimestamp),
        /// A timestamp for a precertificate.
        precert_sct_v2 => PrecertSct(SignedCertificateTimestamp),
        /// A state of the log.
        signed_tree_head_v2 => SignedTreeHead(SignedTreeHead),
        /// A proof that the certificate is in the log.
        inclusion_proof_v2 => InclusionProof(InclusionProof),
    }
}

message! {
    /// A log's promise to take a certificate in.
    SignedCertificateTimestamp, item "signed_certificate_timestamp", in "RFC 9162 4.8" {
        /// Which log, by an object identifier.
        log_id: Opaque<P8>,
        /// Milliseconds since 1970.
        timestamp: u64,
        /// Extensions.
        sct_extensions: List<P16, SctExtension>,
        /// The log's signature.
        signature: Opaque<P16>,
    }
}

message! {
    /// An extension of a timestamp or of a tree head.
    SctExtension, item "extension", in "RFC 9162 4.8" {
        /// Which it is.
        extension_type: u16,
        /// Its body.
        extension_data: Opaque<P16>,
    }
}

message! {
    /// A state of the log, signed.
    SignedTreeHead, item "signed_tree_head", in "RFC 9162 4.10" {
        /// Which log, by an object identifier.
        log_id: Opaque<P8>,
        /// The state.
        tree_head: TreeHead,
        /// The log's signature.
        signature: Opaque<P16>,
    }
}

message! {
    /// A state of the log.
    TreeHead, item "tree_head", in "RFC 9162 4.9" {
        /// Milliseconds since 1970.
        timestamp: u64,
        /// How many entries there are.
        tree_size: u64,
        /// The hash of them all.
        root_hash: NodeHash,
        /// Extensions.
        sth_extensions: List<P16, SctExtension>,
    }
}

message! {
    /// A way from an entry to the hash of all.
    InclusionProof, item "inclusion_proof", in "RFC 9162 4.12" {
        /// Which log, by an object identifier.
        log_id: Opaque<P8>,
        /// How many entries there are.
        tree_size: u64,
        /// Which entry it is.
        leaf_index: u64,
        /// The hashes on the way.
        inclusion_path: List<P16, NodeHash>,
    }
}

named! {
    /// `opaque NodeHash<32..2^8-1>`
    NodeHash(Opaque<P8>), item "node_hash"
}
