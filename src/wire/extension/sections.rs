//! Where each extension is described: what a remark on its body names.

use crate::names::ExtensionType;

/// The section that describes an extension's body, `otherwise` where the type has none here.
pub(super) const fn section_of(
    extension_type: ExtensionType,
    otherwise: &'static str,
) -> &'static str {
    match extension_type {
        ExtensionType::server_name => "RFC 6066 3",
        ExtensionType::max_fragment_length => "RFC 6066 4",
        ExtensionType::client_certificate_url => "RFC 6066 5",
        ExtensionType::trusted_ca_keys => "RFC 6066 6",
        ExtensionType::truncated_hmac => "RFC 6066 7",
        ExtensionType::status_request => "RFC 6066 8",
        ExtensionType::user_mapping => "RFC 4681 2",
        ExtensionType::client_authz | ExtensionType::server_authz => "RFC 5878 2",
        ExtensionType::cert_type => "RFC 6091 3.1",
        ExtensionType::supported_groups => "RFC 8446 4.2.7",
        ExtensionType::ec_point_formats => "RFC 8422 5.1.2",
        ExtensionType::srp => "RFC 5054 2.8.1",
        ExtensionType::signature_algorithms | ExtensionType::signature_algorithms_cert => {
            "RFC 8446 4.2.3"
        }
        ExtensionType::use_srtp => "RFC 5764 4.1.1",
        ExtensionType::heartbeat => "RFC 6520 2",
        ExtensionType::application_layer_protocol_negotiation => "RFC 7301 3.1",
        ExtensionType::status_request_v2 => "RFC 6961 2.2",
        ExtensionType::signed_certificate_timestamp => "RFC 6962 3.3",
        ExtensionType::client_certificate_type | ExtensionType::server_certificate_type => {
            "RFC 7250 3"
        }
        ExtensionType::padding | ExtensionType::padding_old => "RFC 7685 3",
        ExtensionType::encrypt_then_mac => "RFC 7366 2",
        ExtensionType::extended_master_secret => "RFC 7627 5.1",
        ExtensionType::token_binding => "RFC 8472 2",
        ExtensionType::cached_info => "RFC 7924 3",
        ExtensionType::compress_certificate => "RFC 8879 3",
        ExtensionType::record_size_limit => "RFC 8449 4",
        ExtensionType::pwd_protect | ExtensionType::pwd_clear | ExtensionType::password_salt => {
            "RFC 8492 4"
        }
        ExtensionType::ticket_pinning => "RFC 8672 3",
        ExtensionType::tls_cert_with_extern_psk => "RFC 8773 5",
        ExtensionType::delegated_credential => "RFC 9345 4.1",
        ExtensionType::session_ticket => "RFC 5077 3.2",
        ExtensionType::supported_ekt_ciphers => "RFC 8870 5.2",
        ExtensionType::pre_shared_key => "RFC 8446 4.2.11",
        ExtensionType::early_data => "RFC 8446 4.2.10",
        ExtensionType::supported_versions => "RFC 8446 4.2.1",
        ExtensionType::cookie => "RFC 8446 4.2.2",
        ExtensionType::psk_key_exchange_modes => "RFC 8446 4.2.9",
        ExtensionType::certificate_authorities => "RFC 8446 4.2.4",
        ExtensionType::oid_filters => "RFC 8446 4.2.5",
        ExtensionType::post_handshake_auth => "RFC 8446 4.2.6",
        ExtensionType::key_share => "RFC 8446 4.2.8",
        ExtensionType::transparency_info => "RFC 9162 6.5",
        ExtensionType::connection_id => "RFC 9146 3",
        ExtensionType::external_id_hash => "RFC 8844 3",
        ExtensionType::external_session_id => "RFC 8844 4",
        ExtensionType::quic_transport_parameters => "RFC 9001 8.2",
        ExtensionType::ticket_request => "RFC 9149 3",
        ExtensionType::dnssec_chain => "RFC 9102 2",
        ExtensionType::ech_outer_extensions | ExtensionType::encrypted_client_hello => "RFC 9849 5",
        ExtensionType::renegotiation_info => "RFC 5746 3.2",
        _ => otherwise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Code;

    /// Where the registry names an earlier document.
    const OTHERS: [ExtensionType; 3] = [
        ExtensionType::supported_groups,
        ExtensionType::encrypted_client_hello,
        ExtensionType::ech_outer_extensions,
    ];

    #[test]
    fn iana_refers_to_the_same_documents() {
        let file = "testdata/registries/iana-tls-extensiontype-values-1.csv";
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let registry = std::fs::read_to_string(path).unwrap();
        let mut compared = 0;
        for line in registry.lines().skip(1) {
            let Some(number) = line.split(',').next().and_then(|number| number.parse().ok()) else {
                continue;
            };
            let section = section_of(ExtensionType(number), "");
            if section.is_empty() || OTHERS.contains(&ExtensionType(number)) {
                continue;
            }
            let document: Vec<&str> = section.split(' ').take(2).collect();
            let document = format!("[{}]", document.concat());
            let name = ExtensionType(number).name();
            assert!(line.contains(&document), "{name:?}: {document}, and IANA: {line}");
            compared += 1;
        }
        assert!(compared > 45, "{compared}");
    }
}
