//! Values in a client's extensions that their documents do not allow, though the form is right.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Say, quic};
use crate::names::{Code, EcPointFormat};
use crate::wire::extension::{ClientExtension, ServerName};
use crate::wire::fault::Fault;
use crate::wire::side::Side;

/// The least `record_size_limit` that may be, RFC 8449 section 4.
const LEAST_RECORD_SIZE: u16 = 64;

pub(super) fn of_client(extensions: &[ClientExtension], say: &mut Say<'_>) {
    for extension in extensions {
        match extension {
            ClientExtension::ServerName(names) => server_names(&names.0, say),
            ClientExtension::QuicTransportParameters(parameters) => {
                quic::parameters(&parameters.0, Side::Client, say);
            }
            ClientExtension::EcPointFormats(formats)
                if !formats.0.is_empty() && !formats.0.contains(&EcPointFormat::uncompressed) =>
            {
                let found = "a list without it";
                say.form("ec_point_formats", "uncompressed", found, "RFC 8422 5.1.2");
            }
            ClientExtension::RecordSizeLimit(limit) if *limit < LEAST_RECORD_SIZE => {
                let fault = Fault::Value { expected: "at least 64", found: (*limit).into() };
                say.fault("record_size_limit", fault, "RFC 8449 4");
            }
            ClientExtension::MaxFragmentLength(length) if length.name().is_none() => {
                let fault = Fault::Value { expected: "1 to 4", found: length.number().into() };
                say.fault("max_fragment_length", fault, "RFC 6066 4");
            }
            ClientExtension::Heartbeat(mode) if mode.name().is_none() => {
                let fault = Fault::Value { expected: "1 or 2", found: mode.number().into() };
                say.fault("heartbeat", fault, "RFC 6520 2");
            }
            _ => {}
        }
    }
}

/// The names of hosts that a client asks for.
fn server_names(names: &[ServerName], say: &mut Say<'_>) {
    const REFERENCE: &str = "RFC 6066 3";
    if names.len() > 1 {
        say.form("server_name", "one name of a kind", "more than one", REFERENCE);
    }
    for name in names {
        let host = std::str::from_utf8(&name.host_name.0).unwrap_or_default();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = bare.unwrap_or(host);
        let is_address = host.parse::<Ipv4Addr>().is_ok() || host.parse::<Ipv6Addr>().is_ok();
        let (expected, found) = if is_address {
            ("a name of a host", "an address")
        } else if name.host_name.0.ends_with(b".") {
            ("a name without a dot at its end", "one with it")
        } else if name.host_name.0.split(|byte| *byte == b'.').any(<[u8]>::is_empty) {
            ("labels between the dots", "an empty one")
        } else if !name.host_name.0.iter().all(u8::is_ascii_graphic) {
            ("letters of ASCII", "others")
        } else {
            continue;
        };
        say.form("host_name", expected, found, REFERENCE);
    }
}
