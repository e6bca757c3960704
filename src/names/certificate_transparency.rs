//! Certificate Transparency: RFC 6962 sections 3.2 and 3.4, and its second version, RFC 9162
//! section 4.5 ("VersionedTransTypes"); and the extensions that C2SP's static-ct-api gave the first.

use super::code::registry;

registry! {
    /// The version of a SignedCertificateTimestamp. The second stands in a structure of its own.
    SctVersion(u8), item "sct_version", grease None {
        0 v1,
    }
}

registry! {
    /// An extension of a SignedCertificateTimestamp, static-ct-api.
    CtExtensionType(u8), item "extension_type", grease None {
        0 leaf_index,
    }
}

registry! {
    /// What a log signs.
    CtSignatureType(u8), item "signature_type", grease None {
        0 certificate_timestamp,
        1 tree_hash,
    }
}

registry! {
    /// What a log was given.
    CtLogEntryType(u16), item "entry_type", grease None {
        0 x509_entry,
        1 precert_entry,
    }
}

registry! {
    /// What an item of transparency_info is. Numbers below 0x0100 are reserved, since a timestamp of
    /// version 1 begins with a zero byte.
    VersionedTransType(u16), item "versioned_type", grease None {
        0x0100 x509_entry_v2,
        0x0101 precert_entry_v2,
        0x0102 x509_sct_v2,
        0x0103 precert_sct_v2,
        0x0104 signed_tree_head_v2,
        0x0105 consistency_proof_v2,
        0x0106 inclusion_proof_v2,
    }
}
