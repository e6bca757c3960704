//! Whether a server's certificate is for the host that its client asked for: RFC 9525 section 6.3.

use std::net::IpAddr;

use super::{Review, Say};
use crate::names::ExtensionType;
use crate::wire::extension::ClientExtension;
use crate::wire::fault::Notices;
use crate::wire::x509::Identity;

impl Review {
    /// Whether the server's own certificate is for the host that the client asked for. One without
    /// names of hosts is told by itself.
    pub(super) fn covers(&self, certificate: &[u8], say: &mut Say<'_>) {
        let Some(host) = self.offered(ExtensionType::server_name).and_then(host) else { return };
        let names = Identity::read(certificate).dns_names;
        // What is not ASCII is no name of a host, and may be meant for one.
        let may_fit = |name: &String| !name.is_ascii() || fits(name, &host);
        if !names.is_empty() && !names.iter().any(may_fit) {
            say.of_item("certificate_list", 0, |say| {
                let expected = "a name that is the server_name of the hello";
                say.form("dNSName", expected, "others alone", "RFC 9525 6.3");
            });
        }
    }
}

/// The name of the host that a client asks for.
fn host(extension: &ClientExtension) -> Option<String> {
    let ClientExtension::ServerName(names) = extension else { return None };
    let name = std::str::from_utf8(&names.0.first()?.host_name.0).ok()?;
    // An address is told where it is asked for.
    let is_name = name.parse::<IpAddr>().is_err();
    is_name.then(|| name.trim_end_matches('.').to_ascii_lowercase())
}

/// Whether a host goes by a name that may begin with a wildcard, RFC 9525 section 6.3; whatever stands
/// beside a wildcard in its label.
fn fits(name: &str, host: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let behind_wildcard = name.split_once('.').filter(|(label, _)| label.contains('*'));
    match (behind_wildcard, host.split_once('.')) {
        (Some((_, own)), Some((_, behind))) => own == behind,
        (Some(_), None) => false,
        (None, _) => name == host,
    }
}
