//! What goes with an edit so that a hello stays legal: what depends on each other goes together,
//! RFC 8446 sections 4.2.8, 4.2.11 and 9.2.

use super::spec::HelloSpec;
use crate::names::{ExtensionType, ProtocolVersion};
use crate::wire::extension::{ClientExtension, Extension};

/// Takes out what an edit left without its ground: shares of groups that are not offered, TLS 1.3
/// without what RFC 8446 section 9.2 asks of it, lists without members. A pre_shared_key goes last.
pub fn keep_legal(spec: &mut HelloSpec) {
    let version = spec.hello.legacy_version;
    let Some(block) = &mut spec.hello.extensions else { return };
    let extensions = &mut block.0;
    let groups = extensions.iter().find_map(|extension| match extension {
        ClientExtension::SupportedGroups(groups) => Some(groups.0.clone()),
        _ => None,
    });
    for extension in extensions.iter_mut() {
        if let (ClientExtension::KeyShare(shares), Some(groups)) = (extension, &groups) {
            shares.0.retain(|share| groups.contains(&share.group));
        }
    }
    extensions.retain(|extension| !is_empty_list(extension));
    let has = |extensions: &[ClientExtension], wanted: ExtensionType| {
        extensions.iter().any(|extension| extension.extension_type() == wanted)
    };
    let tls13 = extensions.iter().any(|extension| match extension {
        ClientExtension::SupportedVersions(versions) => {
            versions.0.contains(&ProtocolVersion::TLS1_3)
                || versions.0.contains(&ProtocolVersion::DTLS1_3)
        }
        _ => false,
    });
    let needs = [
        ExtensionType::supported_groups,
        ExtensionType::key_share,
        ExtensionType::signature_algorithms,
    ];
    let lacks = needs.iter().any(|needed| !has(extensions, *needed));
    if tls13 && lacks || version.0 < ProtocolVersion::TLS1_2.0 {
        extensions.retain(|extension| {
            !matches!(
                extension.extension_type(),
                ExtensionType::supported_versions
                    | ExtensionType::key_share
                    | ExtensionType::pre_shared_key
                    | ExtensionType::psk_key_exchange_modes
                    | ExtensionType::early_data
                    | ExtensionType::cookie
            )
        });
    }
    if !has(extensions, ExtensionType::psk_key_exchange_modes) {
        extensions.retain(|e| e.extension_type() != ExtensionType::pre_shared_key);
    }
    // Its binders seal all before it.
    let psk = extensions.iter().position(|e| e.extension_type() == ExtensionType::pre_shared_key);
    if let Some(place) = psk {
        let psk = extensions.remove(place);
        extensions.push(psk);
    }
    if extensions.is_empty() {
        spec.hello.extensions = None;
    }
}

fn is_empty_list(extension: &ClientExtension) -> bool {
    match extension {
        ClientExtension::ServerName(list) => list.0.is_empty(),
        ClientExtension::SupportedGroups(list) => list.0.is_empty(),
        ClientExtension::EcPointFormats(list) => list.0.is_empty(),
        ClientExtension::SignatureAlgorithms(list) => list.0.is_empty(),
        ClientExtension::Alpn(list) => list.0.is_empty(),
        ClientExtension::SupportedVersions(list) => list.0.is_empty(),
        ClientExtension::PskKeyExchangeModes(list) => list.0.is_empty(),
        ClientExtension::CompressCertificate(list) => list.0.is_empty(),
        _ => false,
    }
}
