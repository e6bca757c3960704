//! SSL 2.0: the numbers of "The SSL Protocol" by Kipp Hickman (Netscape, 9 February 1995),
//! appendices A to C. RFC 6101 appendix E and RFC 5246 appendix E.2 have the hello of SSL 2.0 that
//! offers later versions; RFC 6176 forbids the protocol itself.
//!
//! What is not of that paper is of OpenSSL's `ssl2.h`: error 0, and the kinds of ciphers with SHA,
//! with 64-bit RC4 and from 0xff0800 on.

use std::fmt;

use super::cipher_suite::CipherSuite;
use super::code::{Code, registry, write_code};

registry! {
    /// What a message is.
    Ssl2MessageType(u8), item "msg_type", grease None {
        0 ERROR,
        1 CLIENT_HELLO "CLIENT-HELLO",
        2 CLIENT_MASTER_KEY "CLIENT-MASTER-KEY",
        3 CLIENT_FINISHED "CLIENT-FINISHED",
        4 SERVER_HELLO "SERVER-HELLO",
        5 SERVER_VERIFY "SERVER-VERIFY",
        6 SERVER_FINISHED "SERVER-FINISHED",
        7 REQUEST_CERTIFICATE "REQUEST-CERTIFICATE",
        8 CLIENT_CERTIFICATE "CLIENT-CERTIFICATE",
    }
}

registry! {
    /// What went wrong.
    Ssl2Error(u16), item "error_code", grease None {
        0x0000 UNDEFINED_ERROR "UNDEFINED-ERROR",
        0x0001 NO_CIPHER_ERROR "NO-CIPHER-ERROR",
        0x0002 NO_CERTIFICATE_ERROR "NO-CERTIFICATE-ERROR",
        0x0004 BAD_CERTIFICATE_ERROR "BAD-CERTIFICATE-ERROR",
        0x0006 UNSUPPORTED_CERTIFICATE_TYPE_ERROR "UNSUPPORTED-CERTIFICATE-TYPE-ERROR",
    }
}

registry! {
    /// The form of a certificate.
    Ssl2CertificateType(u8), item "certificate_type", grease None {
        1 SSL_X509_CERTIFICATE,
    }
}

registry! {
    /// How a client proves itself.
    Ssl2AuthenticationType(u8), item "authentication_type", grease None {
        1 SSL_AT_MD5_WITH_RSA_ENCRYPTION,
    }
}

/// The kind of a cipher: three bytes. One that begins with a zero byte is a suite of SSL 3.0 and
/// later in the two others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ssl2CipherKind(pub u32);

impl Ssl2CipherKind {
    /// Every kind of SSL 2.0's own that has a name.
    pub const fn all() -> &'static [(u32, &'static str)] {
        CIPHER_KINDS
    }

    /// The suite that it stands for, where it is one of SSL 3.0 and later.
    ///
    /// ```
    /// use helloscope::names::{CipherSuite, Ssl2CipherKind};
    ///
    /// let kind = Ssl2CipherKind(0x00_002f);
    /// assert_eq!(kind.suite(), Some(CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA));
    /// assert_eq!(Ssl2CipherKind(0x01_0080).suite(), None);
    /// ```
    pub fn suite(self) -> Option<CipherSuite> {
        u16::try_from(self.0).ok().map(CipherSuite)
    }

    /// Its name, where it has one: SSL 2.0's own, or the suite's.
    pub fn name(self) -> Option<&'static str> {
        match self.suite() {
            Some(suite) => suite.name(),
            None => {
                let row = CIPHER_KINDS.iter().find(|&&(number, _)| number == self.0);
                row.map(|&(_, name)| name)
            }
        }
    }

    /// What OpenSSL calls it, where it ever knew it.
    pub fn openssl_name(self) -> Option<&'static str> {
        match self.suite() {
            Some(suite) => suite.openssl_name(),
            None => {
                let row = OPENSSL.iter().find(|&&(number, _)| number == self.0);
                row.map(|&(_, name)| name)
            }
        }
    }

    /// Reads a name of SSL 2.0, of OpenSSL or of a suite (in any case), a number in decimal, or one
    /// in hexadecimal behind `0x`. Of the names that OpenSSL gave twice, SSL 2.0's own are meant.
    pub fn parse(text: &str) -> Option<Self> {
        let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => text.parse().ok(),
        };
        let mut rows = CIPHER_KINDS.iter().chain(OPENSSL);
        number
            .filter(|&number| number <= 0xff_ffff)
            .or_else(|| {
                let row = rows.find(|(_, name)| name.eq_ignore_ascii_case(text));
                row.map(|&(number, _)| number)
            })
            .or_else(|| CipherSuite::parse(text).map(|suite| suite.0.into()))
            .map(Ssl2CipherKind)
    }
}

impl fmt::Display for Ssl2CipherKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grease = self.suite().is_some_and(CipherSuite::is_grease);
        write_code(f, self.0, 3, self.name(), grease)
    }
}

impl fmt::Debug for Ssl2CipherKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const CIPHER_KINDS: &[(u32, &str)] = &[
    (0x01_0080, "SSL_CK_RC4_128_WITH_MD5"),
    (0x02_0080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5"),
    (0x03_0080, "SSL_CK_RC2_128_CBC_WITH_MD5"),
    (0x04_0080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"),
    (0x05_0080, "SSL_CK_IDEA_128_CBC_WITH_MD5"),
    (0x06_0040, "SSL_CK_DES_64_CBC_WITH_MD5"),
    (0x06_0140, "SSL_CK_DES_64_CBC_WITH_SHA"),
    (0x07_00c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"),
    (0x07_01c0, "SSL_CK_DES_192_EDE3_CBC_WITH_SHA"),
    (0x08_0080, "SSL_CK_RC4_64_WITH_MD5"),
    (0xff_0800, "SSL_CK_DES_64_CFB64_WITH_MD5_1"),
    (0xff_0810, "SSL_CK_NULL"),
];

/// OpenSSL's names. It gave some to suites of SSL 3.0 too.
const OPENSSL: &[(u32, &str)] = &[
    (0x01_0080, "RC4-MD5"),
    (0x02_0080, "EXP-RC4-MD5"),
    (0x03_0080, "RC2-CBC-MD5"),
    (0x04_0080, "EXP-RC2-CBC-MD5"),
    (0x05_0080, "IDEA-CBC-MD5"),
    (0x06_0040, "DES-CBC-MD5"),
    (0x06_0140, "DES-CBC-SHA"),
    (0x07_00c0, "DES-CBC3-MD5"),
    (0x07_01c0, "DES-CBC3-SHA"),
    (0x08_0080, "RC4-64-MD5"),
    (0xff_0800, "DES-CFB-M1"),
    (0xff_0810, "NULL"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_by_either_name_and_by_number() {
        for table in [CIPHER_KINDS, OPENSSL] {
            assert!(table.is_sorted_by_key(|&(number, _)| number));
            for &(number, name) in table {
                let kind = Ssl2CipherKind(number);
                for text in
                    [name, &name.to_lowercase(), &number.to_string(), &format!("0x{number:x}")]
                {
                    assert_eq!(Ssl2CipherKind::parse(text), Some(kind), "{text}");
                }
                assert!([kind.name(), kind.openssl_name()].contains(&Some(name)), "{name}");
            }
        }
    }

    #[test]
    fn the_second_and_third_byte_of_a_kind_tell_the_bits_of_its_key() {
        let paper = CIPHER_KINDS.iter().filter(|&&(number, _)| number & 0xff00 == 0);
        for &(number, name) in paper {
            let bits = number & 0xffff;
            // RC4_64 takes all 128 bits and sends half of them in clear.
            assert!(name.contains(&format!("_{bits}_")) || number == 0x08_0080, "{name}");
        }
    }

    #[test]
    fn a_kind_that_begins_with_zero_is_a_suite() {
        for &(number, name) in CipherSuite::all() {
            let kind = Ssl2CipherKind(number.into());
            assert_eq!(kind.name(), Some(name));
            assert_eq!(kind.suite(), Some(CipherSuite(number)));
            assert_eq!(Ssl2CipherKind::parse(name), Some(kind));
        }
    }

    #[test]
    fn a_kind_is_written_with_its_three_bytes() {
        let written =
            [0x01_0080, 0x00_002f, 0x00_0a0a, 0x12_3456].map(|n| Ssl2CipherKind(n).to_string());
        assert_eq!(
            written,
            [
                "SSL_CK_RC4_128_WITH_MD5 (0x010080)",
                "TLS_RSA_WITH_AES_128_CBC_SHA (0x00002f)",
                "GREASE (0x000a0a)",
                "unknown (0x123456)"
            ]
        );
    }

    #[test]
    fn what_is_no_kind_is_read_as_none() {
        for text in ["", "RC4", "0x1000000", "16777216", "0x", "-1"] {
            assert_eq!(Ssl2CipherKind::parse(text), None, "{text}");
        }
    }
}
