//! What the contents of certificates say, in words that are safe to print.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::names::{Code, CrlReason, ExtensionType, oid};
use crate::wire::der::words::{integer, named_bits};

/// `v3`.
pub fn version(content: &[u8]) -> Option<String> {
    match content {
        [number @ 0..=2] => Some(format!("v{}", number + 1)),
        _ => integer(content),
    }
}

/// A small serial number in decimal. A large one is told by its bytes; the words only say how long
/// it is.
pub fn serial_number(content: &[u8]) -> Option<String> {
    match content {
        [0x80..=0xff, _, _, _, _, _, _, _, _, ..] => Some("negative".to_owned()),
        [_, _, _, _, _, _, _, _, _, ..] => Some(format!("{} bytes", content.len())),
        _ => integer(content),
    }
}

/// KeyUsage, RFC 5280 section 4.2.1.3.
pub fn key_usage(content: &[u8]) -> Option<String> {
    const BITS: &[&str] = &[
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];
    named_bits(content, BITS)
}

/// ReasonFlags, RFC 5280 section 4.2.1.13.
pub fn reason_flags(content: &[u8]) -> Option<String> {
    const BITS: &[&str] = &[
        "unused",
        "keyCompromise",
        "cACompromise",
        "affiliationChanged",
        "superseded",
        "cessationOfOperation",
        "certificateHold",
        "privilegeWithdrawn",
        "aACompromise",
    ];
    named_bits(content, BITS)
}

/// CRLReason, RFC 5280 section 5.3.1.
pub fn reason(content: &[u8]) -> Option<String> {
    match content {
        [number] => Some(CrlReason(*number).to_string()),
        _ => integer(content),
    }
}

/// The bits of Netscape's certificate types.
pub fn netscape_cert_type(content: &[u8]) -> Option<String> {
    const BITS: &[&str] = &[
        "sslClient",
        "sslServer",
        "smime",
        "objectSigning",
        "reserved",
        "sslCA",
        "emailCA",
        "objectCA",
    ];
    named_bits(content, BITS)
}

/// The bits of Entrust's version information.
pub fn entrust_flags(content: &[u8]) -> Option<String> {
    const BITS: &[&str] = &[
        "keyUpdateAllowed",
        "newExtensions",
        "pKIXCertificate",
        "enterpriseCategory",
        "webCategory",
        "sETCategory",
    ];
    named_bits(content, BITS)
}

/// Microsoft's CA version: the low half counts certificates, the high half keys.
pub fn ms_ca_version(content: &[u8]) -> Option<String> {
    let number: i64 = integer(content)?.parse().ok()?;
    Some(format!("certificate {}, key {}", number & 0xffff, number >> 16))
}

/// A TLS extension that must be answered: RFC 7633 section 4.
pub fn tls_feature(content: &[u8]) -> Option<String> {
    let number: u16 = integer(content)?.parse().ok()?;
    Some(match ExtensionType::name_of(number) {
        Some(name) => format!("{name} ({number})"),
        None => number.to_string(),
    })
}

/// An address: RFC 5280 section 4.2.1.6.
pub fn ip_address(content: &[u8]) -> Option<String> {
    match content.len() {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(content).ok()?).to_string()),
        16 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(content).ok()?).to_string()),
        _ => None,
    }
}

/// An address and a mask: RFC 5280 section 4.2.1.10. As `192.0.2.0/24`, and where the mask is not
/// ones before zeros as `192.0.2.0/255.0.255.0`. By zeros alone no address is meant, but all of them.
pub fn ip_network(content: &[u8]) -> Option<String> {
    match content {
        [0, 0, 0, 0, 0, 0, 0, 0] => return Some("every IPv4 address".to_owned()),
        _ if *content == [0; 32] => return Some("every IPv6 address".to_owned()),
        _ => {}
    }
    let half = content.len() / 2;
    let (address, mask) = content.split_at(half);
    let (address, mask_words) = (ip_address(address)?, ip_address(mask)?);
    // Where ones come before zeros, the first ones are all of them.
    let whole = mask.iter().take_while(|&&byte| byte == 0xff).count();
    let length = whole as u32 * 8 + mask.get(whole).map_or(0, |byte| byte.leading_ones());
    let total: u32 = mask.iter().map(|byte| byte.count_ones()).sum();
    Some(if total == length {
        format!("{address}/{length}")
    } else {
        format!("{address}/{mask_words}")
    })
}

/// An identifier by its numbers alone.
pub fn registered_id(content: &[u8]) -> Option<String> {
    oid::dotted(content)
}
