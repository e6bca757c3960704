//! Extensions of hellos as tls-parser reads them: RFC 8446 section 4.2.

use std::collections::HashSet;

use nom::IResult;
use tls_parser::{
    TlsExtension, parse_tls_client_hello_extension, parse_tls_server_hello_extension,
};

use super::handshake::{numbers, sized};
use super::unread::kind_left;
use super::{Found, Kind, Parser, Part, faults, first_in, in_short, name, own, read_with};
use crate::names::{Code, ExtensionType};
use crate::wire::field::Field;
use crate::wire::stream::Message;
use crate::wire::text::count_of_bytes;

/// Holds what tls-parser reads of a hello's extensions against ours. `body` is the hello's field.
pub fn compare(message: &Message, body: usize, client: bool, found: &mut Found) {
    let tree = &message.tree;
    let mut blocks = tree.children(body).filter(|(_, part)| part.name == "extensions");
    let Some((block, _)) = blocks.next() else { return };
    let extensions: Vec<(usize, &Field)> =
        tree.children(block).filter(|(_, part)| !part.is_leaf()).collect();
    let faults = faults(tree);
    let mut seen = HashSet::new();
    for (place, (index, extension)) in extensions.iter().enumerate() {
        let parts: Vec<&Field> = tree.children(*index).map(|(_, part)| part).collect();
        let code = parts.first().and_then(|code| code.number(&message.bytes));
        let code = code.and_then(|number| number.try_into().ok()).map(ExtensionType);
        let what = match (code.and_then(Code::name), code) {
            (Some(name), _) => name.to_owned(),
            (None, Some(code)) => format!("extension {code}"),
            (None, None) => extension.name.to_owned(),
        };
        let data = parts.get(1).map_or(extension.end(), |length| length.end());
        let data = message.bytes.get(data..extension.end()).unwrap_or_default();
        let theirs = match parser(client)(own(message, extension)) {
            Ok((_, theirs)) => theirs,
            Err(error) => {
                // It reads them until the first that it refuses, and says nothing of the others.
                let lost = match extensions.len() - place - 1 {
                    0 => String::new(),
                    1 => ", and loses the one behind it".to_owned(),
                    lost => format!(", and loses the {lost} behind it"),
                };
                let error = format!("{}{lost}", name(&error));
                let ours = first_in(&faults, extension).map_or(in_short(data), read_with);
                found.add((Parser::Tls, Kind::Refuses), what, ours, error);
                return;
            }
        };
        let (Some(code), [_, _, rest @ ..]) = (code, parts.as_slice()) else { continue };
        if !seen.insert(code.0) {
            let ours = "there a second time, which is forbidden";
            found.add((Parser::Tls, Kind::Reads), &*what, ours, "one more, faultless");
        }
        let unread = |part: &&Field| part.name == "opaque" || part.name == "malformed";
        let known = !rest.iter().any(unread) && code.name().is_some();
        match theirs {
            TlsExtension::Grease(number, _) if !ExtensionType(number).is_grease() => {
                found.add((Parser::Tls, Kind::Reads), what, in_short(data), "GREASE");
            }
            theirs if kind_left(&theirs).is_some() && written(&theirs, data) == data => {
                let is_ours = code.name().is_some() && !code.is_grease();
                match first_in(&faults, extension).filter(|_| is_ours) {
                    Some(fault) => {
                        found.add((Parser::Tls, Kind::Reads), what, read_with(fault), "bytes");
                    }
                    None if known && !code.is_grease() && !data.is_empty() => {
                        let kind = kind_left(&theirs).unwrap_or_default();
                        let theirs = format!("{} of {kind}", count_of_bytes(data.len()));
                        found.add((Parser::Tls, Kind::Leaves), what, "read", theirs);
                    }
                    None => {}
                }
            }
            theirs => {
                let fault = first_in(&faults, extension);
                let ours = Part { bytes: data, range: extension.range(), fault };
                found.compare_part(&what, &ours, &written(&theirs, data));
            }
        }
    }
}

/// What it does with an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It looks in.
    Read,
    /// It hands on the body as bytes: where it does not know the type, and where it does not look
    /// in.
    AsBytes,
    /// It reads neither this one nor those behind it.
    Refused,
}

/// What it does with an extension of a hello.
pub fn treatment(extension: &[u8], client: bool) -> Treatment {
    match parser(client)(extension) {
        Ok((_, theirs)) if kind_left(&theirs).is_some() => Treatment::AsBytes,
        Ok(_) => Treatment::Read,
        Err(_) => Treatment::Refused,
    }
}

fn parser(client: bool) -> fn(&[u8]) -> IResult<&[u8], TlsExtension<'_>> {
    match client {
        true => parse_tls_client_hello_extension,
        false => parse_tls_server_hello_extension,
    }
}

/// What it read, as it would stand on the wire. Where two forms mean the same, it is `data`'s.
fn written(theirs: &TlsExtension<'_>, data: &[u8]) -> Vec<u8> {
    match theirs {
        TlsExtension::SNI(names) if names.is_empty() && data.is_empty() => Vec::new(),
        TlsExtension::SNI(names) => {
            let name = |(kind, name): &(tls_parser::SNIType, &[u8])| {
                [&[kind.0][..], &sized(2, name)].concat()
            };
            sized(2, &names.iter().flat_map(name).collect::<Vec<u8>>())
        }
        TlsExtension::MaxFragmentLength(number) | TlsExtension::Heartbeat(number) => vec![*number],
        TlsExtension::StatusRequest(None)
        | TlsExtension::EarlyData(None)
        | TlsExtension::SignedCertificateTimestamp(None)
        | TlsExtension::EncryptThenMac
        | TlsExtension::ExtendedMasterSecret
        | TlsExtension::PostHandshakeAuth
        | TlsExtension::NextProtocolNegotiation => Vec::new(),
        TlsExtension::StatusRequest(Some((kind, rest))) => [&[kind.0][..], rest].concat(),
        TlsExtension::EllipticCurves(groups) => {
            sized(2, &numbers(groups.iter().map(|group| group.0)))
        }
        TlsExtension::EcPointFormats(formats) => sized(1, formats),
        TlsExtension::SignatureAlgorithms(schemes) => sized(2, &numbers(schemes.iter().copied())),
        TlsExtension::RecordSizeLimit(limit) => limit.to_be_bytes().to_vec(),
        TlsExtension::EarlyData(Some(size)) => size.to_be_bytes().to_vec(),
        TlsExtension::SupportedVersions(versions) => {
            let list = numbers(versions.iter().map(|version| version.0));
            if data.len() == 2 { list } else { sized(1, &list) }
        }
        TlsExtension::PskExchangeModes(modes) => sized(1, modes),
        TlsExtension::ALPN(names) => {
            sized(2, &names.iter().flat_map(|name| sized(1, name)).collect::<Vec<u8>>())
        }
        TlsExtension::SignedCertificateTimestamp(Some(list)) => sized(2, list),
        TlsExtension::OidFilters(filters) => {
            let filter = |filter: &tls_parser::OidFilter<'_>| {
                [sized(1, filter.cert_ext_oid), sized(2, filter.cert_ext_val)].concat()
            };
            sized(2, &filters.iter().flat_map(filter).collect::<Vec<u8>>())
        }
        TlsExtension::RenegotiationInfo(info) => sized(1, info),
        TlsExtension::EncryptedServerName {
            ciphersuite,
            group,
            key_share,
            record_digest,
            encrypted_sni,
        } => [
            ciphersuite.0.to_be_bytes().to_vec(),
            group.0.to_be_bytes().to_vec(),
            sized(2, key_share),
            sized(2, record_digest),
            sized(2, encrypted_sni),
        ]
        .concat(),
        TlsExtension::SessionTicket(bytes)
        | TlsExtension::KeyShareOld(bytes)
        | TlsExtension::KeyShare(bytes)
        | TlsExtension::PreSharedKey(bytes)
        | TlsExtension::Cookie(bytes)
        | TlsExtension::Padding(bytes)
        | TlsExtension::Grease(_, bytes)
        | TlsExtension::Unknown(_, bytes) => bytes.to_vec(),
    }
}
