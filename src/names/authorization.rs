//! What users are told and allowed by, in messages before TLS 1.3: RFC 4680 section 3, RFC 4681
//! section 2, RFC 5878 section 3, RFC 6042; the IANA registries "TLS Supplemental Data Formats",
//! "TLS UserMappingType Values" and "TLS Authorization Data Formats".

use super::code::registry;

registry! {
    /// The format of an entry of a SupplementalData message.
    SupplementalDataType(u16), item "supp_data_type", grease None {
        0 user_mapping_data,
        16386 authz_data,
    }
}

registry! {
    /// How a user is named in user_mapping.
    UserMappingType(u8), item "user_mapping_version", grease None {
        64 upn_domain_hint,
    }
}

registry! {
    /// The format of an authorization.
    AuthorizationDataFormat(u8), item "authz_format", grease None {
        0 x509_attr_cert,
        1 saml_assertion,
        2 x509_attr_cert_url,
        3 saml_assertion_url,
        64 keynote_assertion_list,
        65 keynote_assertion_list_url,
        66 dtcp_authorization,
    }
}
