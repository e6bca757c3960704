//! Protocol versions: RFC 8446 section 4.1.2 and appendix D, RFC 6101, RFC 2246, RFC 4346,
//! RFC 5246, and for DTLS RFC 4347, RFC 6347, RFC 9147. No registry of IANA lists them; RFC 8701
//! section 2 reserves values among them.
//!
//! Beside the standards stand what is met in the field: drafts of TLS 1.3 (0x7f and the draft's
//! number) and the one of DTLS 1.3 that NSS speaks, Facebook's variants of two of them, Google's experiments of 2017, the DTLS of OpenSSL
//! before 0.9.8f, and TLCP of GB/T 38636-2020.

use super::code::{Code, registry};

registry! {
    /// A version of SSL, TLS or DTLS.
    ProtocolVersion(u16), item "version", grease TwoBytes {
        0x0002 SSL2_0 "SSL 2.0",
        0x0100 DTLS1_0_OPENSSL "DTLS 1.0 of OpenSSL before 0.9.8f",
        0x0101 TLCP1_1 "TLCP 1.1",
        0x0300 SSL3_0 "SSL 3.0",
        0x0301 TLS1_0 "TLS 1.0",
        0x0302 TLS1_1 "TLS 1.1",
        0x0303 TLS1_2 "TLS 1.2",
        0x0304 TLS1_3 "TLS 1.3",
        0x7e01 TLS1_3_GOOGLE1 "TLS 1.3 Google experiment 1",
        0x7e02 TLS1_3_GOOGLE2 "TLS 1.3 Google experiment 2",
        0x7e03 TLS1_3_GOOGLE3 "TLS 1.3 Google experiment 3",
        0x7f0e TLS1_3_DRAFT14 "TLS 1.3 draft 14",
        0x7f0f TLS1_3_DRAFT15 "TLS 1.3 draft 15",
        0x7f10 TLS1_3_DRAFT16 "TLS 1.3 draft 16",
        0x7f11 TLS1_3_DRAFT17 "TLS 1.3 draft 17",
        0x7f12 TLS1_3_DRAFT18 "TLS 1.3 draft 18",
        0x7f13 TLS1_3_DRAFT19 "TLS 1.3 draft 19",
        0x7f14 TLS1_3_DRAFT20 "TLS 1.3 draft 20",
        0x7f15 TLS1_3_DRAFT21 "TLS 1.3 draft 21",
        0x7f16 TLS1_3_DRAFT22 "TLS 1.3 draft 22",
        0x7f17 TLS1_3_DRAFT23 "TLS 1.3 draft 23",
        0x7f18 TLS1_3_DRAFT24 "TLS 1.3 draft 24",
        0x7f19 TLS1_3_DRAFT25 "TLS 1.3 draft 25",
        0x7f1a TLS1_3_DRAFT26 "TLS 1.3 draft 26",
        0x7f1b TLS1_3_DRAFT27 "TLS 1.3 draft 27",
        0x7f1c TLS1_3_DRAFT28 "TLS 1.3 draft 28",
        0x7f2b DTLS1_3_DRAFT43 "DTLS 1.3 draft 43",
        0xfb17 TLS1_3_FACEBOOK23 "TLS 1.3 Facebook draft 23",
        0xfb1a TLS1_3_FACEBOOK26 "TLS 1.3 Facebook draft 26",
        0xfefc DTLS1_3 "DTLS 1.3",
        0xfefd DTLS1_2 "DTLS 1.2",
        0xfeff DTLS1_0 "DTLS 1.0",
    }
}

impl ProtocolVersion {
    /// The version of TLS whose messages it has: TLS 1.2 for DTLS 1.2, TLS 1.3 for its drafts.
    pub fn as_tls(self) -> Self {
        match self {
            ProtocolVersion::DTLS1_3 => ProtocolVersion::TLS1_3,
            ProtocolVersion::DTLS1_2 => ProtocolVersion::TLS1_2,
            ProtocolVersion::DTLS1_0 | ProtocolVersion::DTLS1_0_OPENSSL => ProtocolVersion::TLS1_1,
            ProtocolVersion(0x7e00..=0x7fff | 0xfb00..=0xfbff) => ProtocolVersion::TLS1_3,
            other => other,
        }
    }

    /// The version that a hello offers which has this in legacy_version and names none: TLS 1.2 at the
    /// most, whatever stands there (RFC 8446 section 4.2.1).
    ///
    /// ```
    /// use helloscope::names::ProtocolVersion;
    ///
    /// assert_eq!(ProtocolVersion::TLS1_3.as_legacy(), ProtocolVersion::TLS1_2);
    /// assert_eq!(ProtocolVersion(0x0500).as_legacy(), ProtocolVersion::TLS1_2);
    /// assert_eq!(ProtocolVersion::DTLS1_3.as_legacy(), ProtocolVersion::DTLS1_2);
    /// assert_eq!(ProtocolVersion::TLS1_0.as_legacy(), ProtocolVersion::TLS1_0);
    /// ```
    pub fn as_legacy(self) -> Self {
        match self {
            ProtocolVersion(0x0304..=0xfdff) => ProtocolVersion::TLS1_2,
            // DTLS counts downwards.
            ProtocolVersion(0xfe00..=0xfefc) => ProtocolVersion::DTLS1_2,
            other => other,
        }
    }

    /// Whether it is TLS 1.3, one of its drafts, or DTLS 1.3.
    pub fn is_tls13(self) -> bool {
        self.as_tls() == ProtocolVersion::TLS1_3
    }

    /// Reads a version as people write it: whatever [`Code::parse`] reads, and `1.2`, `tls1.2`,
    /// `TLSv1.2`, `TLS1_2`, `ssl3`, `dtls1`. A bare number with a dot is one of TLS.
    ///
    /// ```
    /// use helloscope::names::ProtocolVersion;
    ///
    /// assert_eq!(ProtocolVersion::from_text("TLSv1.2"), Some(ProtocolVersion::TLS1_2));
    /// assert_eq!(ProtocolVersion::from_text("ssl3"), Some(ProtocolVersion::SSL3_0));
    /// ```
    pub fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| {
            let written = essence(text);
            let meant = [format!("tls{written}"), format!("{written}.0"), written];
            Self::all()
                .iter()
                .find(|(_, name)| meant.contains(&essence(name)))
                .map(|&(number, _)| ProtocolVersion(number))
        })
    }
}

/// A version's name in small letters, without blanks and the `v` that some put before the number.
fn essence(name: &str) -> String {
    let name = name.to_ascii_lowercase().replace('_', ".");
    name.chars().filter(|letter| !matches!(letter, ' ' | 'v')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_people_write_it() {
        for (text, version) in [
            ("TLS 1.2", ProtocolVersion::TLS1_2),
            ("1.2", ProtocolVersion::TLS1_2),
            ("tls1.2", ProtocolVersion::TLS1_2),
            ("TLSv1.2", ProtocolVersion::TLS1_2),
            ("tls1_2", ProtocolVersion::TLS1_2),
            ("0x0303", ProtocolVersion::TLS1_2),
            ("771", ProtocolVersion::TLS1_2),
            ("TLSv1", ProtocolVersion::TLS1_0),
            ("ssl3", ProtocolVersion::SSL3_0),
            ("SSLv3.0", ProtocolVersion::SSL3_0),
            ("sslv2", ProtocolVersion::SSL2_0),
            ("dtls1", ProtocolVersion::DTLS1_0),
            ("DTLSv1.2", ProtocolVersion::DTLS1_2),
            ("TLS 1.3 draft 28", ProtocolVersion::TLS1_3_DRAFT28),
            ("0x1234", ProtocolVersion(0x1234)),
        ] {
            assert_eq!(ProtocolVersion::from_text(text), Some(version), "{text}");
        }
    }

    #[test]
    fn what_is_no_version_is_read_as_none() {
        for text in ["", "tls", "ssl", "1.4", "tls1.5", "v", "quic", "TLS 1.3 draft 99"] {
            assert_eq!(ProtocolVersion::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_draft_bears_its_number() {
        for draft in 14..=28 {
            let name = format!("TLS 1.3 draft {draft}");
            assert_eq!(ProtocolVersion(0x7f00 + draft).name(), Some(name.as_str()));
        }
    }
}
