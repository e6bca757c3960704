//! Fingerprints of hellos, by which people know a client or a server again: JA3 and JA3S
//! (<https://github.com/salesforce/ja3>), and JA4 of TLS clients
//! (<https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md>).
//!
//! Each is a digest of a text that is made of a hello's numbers without GREASE; the text tells
//! more than the digest.

use md5::Md5;
use sha2::{Digest, Sha256};

use super::extension::{ClientExtension, Extension};
use super::handshake::Handshake;
use super::handshake::client_hello::ClientHello;
use super::text::hex;
use crate::names::{Code, ExtensionType, ProtocolVersion};

/// A fingerprint, and the text that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// What is compared: `cd08e31494f9531f560d64c695473da9`.
    pub value: String,
    /// What it is made of, in the form that its authors gave it.
    pub raw: String,
}

/// What a ClientHello goes over: the first letter of a JA4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TLS over TCP.
    Tcp,
    /// DTLS.
    Datagram,
    /// QUIC.
    Quic,
}

impl Transport {
    /// What a hello goes over, as it shows itself: only DTLS has a cookie field, and only QUIC may
    /// carry transport parameters (RFC 9001 section 8.2).
    pub fn of(hello: &ClientHello) -> Transport {
        let quic = ExtensionType::quic_transport_parameters;
        if !hello.cookie.is_absent() {
            Transport::Datagram
        } else if hello.extensions().iter().any(|extension| extension.extension_type() == quic) {
            Transport::Quic
        } else {
            Transport::Tcp
        }
    }
}

/// In which order JA4 takes suites and extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By their numbers, so that a client that shuffles them is known again: JA4 itself.
    Sorted,
    /// As the hello has them, all extensions included: what its authors call JA4_o.
    Original,
}

/// JA3 of a client: `version,suites,extensions,groups,point formats`, in decimal numbers.
///
/// Where an extension comes twice, its last list counts, as in the program of JA3's authors
/// (`process_extensions` in `python/ja3.py`). Wireshark puts each list into a field of its own, so
/// that its text has six fields, which JA3 has not.
pub fn ja3(hello: &ClientHello) -> Fingerprint {
    let mut groups = Vec::new();
    let mut formats = Vec::new();
    for extension in hello.extensions() {
        match extension {
            ClientExtension::SupportedGroups(list) => groups = numbers(&list.0),
            ClientExtension::EcPointFormats(list) => formats = numbers(&list.0),
            _ => {}
        }
    }
    let suites = numbers(&hello.cipher_suites.0);
    let lists = [suites, numbers(&types_of(hello.extensions())), groups, formats];
    by_md5(hello.legacy_version, &lists)
}

/// JA3S of a server's answer: `version,suite,extensions`, in decimal numbers. None for a message
/// that is no ServerHello; a HelloRetryRequest is one.
pub fn ja3s(message: &Handshake) -> Option<Fingerprint> {
    let (version, suite, types) = match message {
        Handshake::ServerHello(hello) => {
            (hello.legacy_version, hello.cipher_suite, types_of(hello.extensions()))
        }
        Handshake::HelloRetryRequest(retry) => (
            retry.legacy_version,
            retry.cipher_suite,
            types_of(retry.extensions.as_ref().map_or(&[], |block| &block.0)),
        ),
        Handshake::DraftServerHello(hello) => {
            (hello.version, hello.cipher_suite, types_of(&hello.extensions.0))
        }
        _ => return None,
    };
    Some(by_md5(version, &[vec![suite.0], types.iter().map(|one| one.0).collect()]))
}

fn by_md5(version: ProtocolVersion, lists: &[Vec<u16>]) -> Fingerprint {
    let decimal = |list: &Vec<u16>| {
        let numbers: Vec<String> = list.iter().map(u16::to_string).collect();
        numbers.join("-")
    };
    let parts: Vec<String> =
        [version.0.to_string()].into_iter().chain(lists.iter().map(decimal)).collect();
    let raw = parts.join(",");
    Fingerprint { value: hex(&Md5::digest(&raw)), raw }
}

/// JA4 of a client: what it is in ten letters, its suites, and its extensions with the signatures
/// that it takes.
pub fn ja4(hello: &ClientHello, transport: Transport, order: Order) -> Fingerprint {
    let suites = numbers(&hello.cipher_suites.0);
    let all = numbers(&types_of(hello.extensions()));
    let about = about(hello, transport, suites.len(), all.len());
    let schemes = hello.extensions().iter().find_map(|extension| match extension {
        ClientExtension::SignatureAlgorithms(list) => Some(numbers(&list.0)),
        _ => None,
    });
    let schemes = schemes.filter(|schemes| !schemes.is_empty());

    let (suites, extensions) = match order {
        Order::Original => (suites, all),
        Order::Sorted => {
            let said_before = [
                ExtensionType::server_name.0,
                ExtensionType::application_layer_protocol_negotiation.0,
            ];
            let others = all.into_iter().filter(|number| !said_before.contains(number)).collect();
            (sorted(suites), sorted(others))
        }
    };
    let suites = four_digits(&suites);
    let mut extensions = four_digits(&extensions);
    if let Some(schemes) = schemes {
        extensions = format!("{extensions}_{}", four_digits(&schemes));
    }
    Fingerprint {
        value: format!("{about}_{}_{}", twelve_digits(&suites), twelve_digits(&extensions)),
        raw: format!("{about}_{suites}_{extensions}"),
    }
}

/// `t13d1516h2`: transport, version, whether a host is named, how many suites and extensions, and
/// the first protocol.
fn about(hello: &ClientHello, transport: Transport, suites: usize, extensions: usize) -> String {
    let transport = match transport {
        Transport::Tcp => 't',
        Transport::Datagram => 'd',
        Transport::Quic => 'q',
    };
    let mut version = hello.legacy_version;
    let (mut host, mut protocol) = ('i', "00".to_owned());
    for extension in hello.extensions() {
        match extension {
            ClientExtension::SupportedVersions(list) => {
                let known = list.0.iter().filter(|version| !version.is_grease());
                version =
                    known.max_by_key(|version| version.as_tls().0).copied().unwrap_or(version);
            }
            ClientExtension::Alpn(names) => {
                protocol = names.0.first().map_or(protocol, |name| ends_of(&name.0.0));
            }
            other if other.extension_type() == ExtensionType::server_name => host = 'd',
            _ => {}
        }
    }
    let version = two_letters(version);
    format!("{transport}{version}{host}{:02}{:02}{protocol}", suites.min(99), extensions.min(99))
}

/// A version in two letters.
fn two_letters(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLS1_3 => "13",
        ProtocolVersion::TLS1_2 => "12",
        ProtocolVersion::TLS1_1 => "11",
        ProtocolVersion::TLS1_0 => "10",
        ProtocolVersion::SSL3_0 => "s3",
        ProtocolVersion::SSL2_0 => "s2",
        ProtocolVersion::DTLS1_0 => "d1",
        ProtocolVersion::DTLS1_2 => "d2",
        ProtocolVersion::DTLS1_3 => "d3",
        _ => "00",
    }
}

/// The first and the last letter of a protocol; of one that does not begin and end in letters or
/// digits, those of its hexadecimal form.
fn ends_of(protocol: &[u8]) -> String {
    let (Some(first), Some(last)) = (protocol.first(), protocol.last()) else {
        return "00".to_owned();
    };
    let plain = |byte: &u8| byte.is_ascii_alphanumeric();
    match plain(first) && plain(last) {
        true => format!("{}{}", char::from(*first), char::from(*last)),
        false => format!("{:x}{:x}", first >> 4, last & 0xf),
    }
}

/// The numbers of a list, without GREASE.
fn numbers<C: Code>(list: &[C]) -> Vec<u16> {
    list.iter().filter(|code| !code.is_grease()).map(|code| code.number()).collect()
}

fn types_of<E: Extension>(extensions: &[E]) -> Vec<ExtensionType> {
    extensions.iter().map(Extension::extension_type).collect()
}

fn sorted(mut numbers: Vec<u16>) -> Vec<u16> {
    numbers.sort_unstable();
    numbers
}

fn four_digits(numbers: &[u16]) -> String {
    let numbers: Vec<String> = numbers.iter().map(|number| format!("{number:04x}")).collect();
    numbers.join(",")
}

/// The first half of half a SHA-256, as JA4 has it; zeros for nothing.
fn twelve_digits(text: &str) -> String {
    if text.is_empty() {
        return "0".repeat(12);
    }
    let mut digits = hex(&Sha256::digest(text));
    digits.truncate(12);
    digits
}
