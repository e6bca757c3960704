//! Extension types: RFC 8446 section 4.2, RFC 6066 section 1.1 and the RFC of each extension; the
//! IANA registry "TLS ExtensionType Values".
//!
//! Some that are met in the field are not in the registry: those of drafts that never became an
//! RFC, and numbers that a draft used before it got its own (`…_old`, `…_draft`).

use super::code::registry;

registry! {
    /// Which extension it is.
    ExtensionType(u16), item "extension", grease TwoBytes {
        0 server_name,
        1 max_fragment_length,
        2 client_certificate_url,
        3 trusted_ca_keys,
        4 truncated_hmac,
        5 status_request,
        6 user_mapping,
        7 client_authz,
        8 server_authz,
        9 cert_type,
        10 supported_groups,
        11 ec_point_formats,
        12 srp,
        13 signature_algorithms,
        14 use_srtp,
        15 heartbeat,
        16 application_layer_protocol_negotiation,
        17 status_request_v2,
        18 signed_certificate_timestamp,
        19 client_certificate_type,
        20 server_certificate_type,
        21 padding,
        22 encrypt_then_mac,
        23 extended_master_secret,
        24 token_binding,
        25 cached_info,
        26 tls_lts,
        27 compress_certificate,
        28 record_size_limit,
        29 pwd_protect,
        30 pwd_clear,
        31 password_salt,
        32 ticket_pinning,
        33 tls_cert_with_extern_psk,
        34 delegated_credential,
        35 session_ticket,
        36 TLMSP,
        37 TLMSP_proxying,
        38 TLMSP_delegate,
        39 supported_ekt_ciphers,
        40 key_share_old,
        41 pre_shared_key,
        42 early_data,
        43 supported_versions,
        44 cookie,
        45 psk_key_exchange_modes,
        46 ticket_early_data_info,
        47 certificate_authorities,
        48 oid_filters,
        49 post_handshake_auth,
        50 signature_algorithms_cert,
        51 key_share,
        52 transparency_info,
        53 connection_id_deprecated,
        54 connection_id,
        55 external_id_hash,
        56 external_session_id,
        57 quic_transport_parameters,
        58 ticket_request,
        59 dnssec_chain,
        60 sequence_number_encryption_algorithms,
        61 rrc,
        62 tls_flags,
        13172 next_protocol_negotiation,
        17513 application_settings_old,
        17613 application_settings,
        30031 channel_id_old,
        30032 channel_id,
        0x8a3b pake,
        51764 trust_anchors,
        0xfd00 ech_outer_extensions,
        0xfe0d encrypted_client_hello,
        0xff01 renegotiation_info,
        0xffa5 quic_transport_parameters_draft,
        0xffce encrypted_server_name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::testing::differences;
    use tls_parser::TlsExtensionType;

    #[test]
    fn extensions_are_called_as_tls_parser_calls_them_except_four_and_grease() {
        let theirs = |number| format!("{}", TlsExtensionType(number));
        assert_eq!(
            differences::<ExtensionType>(theirs),
            [
                (2, "client_certificate_url", "ClientCertificate"),
                (35, "session_ticket", "SessionTicketTLS"),
                (45, "psk_key_exchange_modes", "PskExchangeModes"),
                (50, "signature_algorithms_cert", "SigAlgorithmsCert"),
                // One of sixteen, which we tell by RFC 8701's rule.
                (0xfafa, "", "Grease"),
            ]
            .map(|(number, ours, theirs)| (number, ours, theirs.to_owned()))
        );
    }
}
