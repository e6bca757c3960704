//! What a cipher suite's name tells of the handshake: how keys are agreed on, and what the server
//! proves itself with. RFC 5246 section 7.4.2 and the RFC of each.

use std::fmt;

/// How a cipher suite agrees on keys. Displays as the suites' names have it: `ECDHE_PSK`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyExchange {
    /// None, before keys are agreed on.
    Null,
    /// The client encrypts a secret to the RSA key of the certificate.
    Rsa,
    /// The same with a short RSA key that the server signs.
    RsaExport,
    /// Diffie-Hellman with the key of the certificate.
    Dh,
    /// The same with a short key.
    DhExport,
    /// Diffie-Hellman with a fresh key that the server signs.
    Dhe,
    /// The same with a short key.
    DheExport,
    /// Diffie-Hellman with a fresh key that nobody signs.
    DhAnon,
    /// The same with a short key.
    DhAnonExport,
    /// Diffie-Hellman on a curve with the key of the certificate.
    Ecdh,
    /// Diffie-Hellman on a curve with a fresh key that the server signs.
    Ecdhe,
    /// Diffie-Hellman on a curve with a fresh key that nobody signs.
    EcdhAnon,
    /// A key shared beforehand, alone.
    Psk,
    /// A key shared beforehand and Diffie-Hellman.
    DhePsk,
    /// A key shared beforehand and Diffie-Hellman on a curve.
    EcdhePsk,
    /// A key shared beforehand and a secret encrypted to the RSA key of the certificate.
    RsaPsk,
    /// A Kerberos ticket.
    Krb5,
    /// The same with keys cut short.
    Krb5Export,
    /// A password, by SRP: RFC 5054.
    Srp,
    /// A password, by TLS-PWD: RFC 8492.
    Eccpwd,
    /// A password, by J-PAKE on a curve.
    Ecjpake,
    /// GOST R 34.10 with the key of the certificate.
    Gost,
    /// Fortezza's, of SSL 3.0.
    Fortezza,
    /// TLCP: the client encrypts a secret to the SM2 key of the second certificate.
    Sm2,
    /// TLCP: Diffie-Hellman of SM2, with the keys of the certificates beside fresh ones.
    Sm2Dhe,
    /// TLCP: the client encrypts a secret to the server's identity, by SM9.
    Ibc,
    /// TLCP: Diffie-Hellman of SM9.
    Ibsdh,
    /// New Hope beside X25519, Google's experiment of 2016.
    Cecpq1,
    /// TLS 1.3: supported_groups, key_share and pre_shared_key settle it.
    Tls13,
    /// The suite is not known.
    Unknown,
}

impl fmt::Display for KeyExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyExchange::Null => "NULL",
            KeyExchange::Rsa => "RSA",
            KeyExchange::RsaExport => "RSA_EXPORT",
            KeyExchange::Dh => "DH",
            KeyExchange::DhExport => "DH_EXPORT",
            KeyExchange::Dhe => "DHE",
            KeyExchange::DheExport => "DHE_EXPORT",
            KeyExchange::DhAnon => "DH_anon",
            KeyExchange::DhAnonExport => "DH_anon_EXPORT",
            KeyExchange::Ecdh => "ECDH",
            KeyExchange::Ecdhe => "ECDHE",
            KeyExchange::EcdhAnon => "ECDH_anon",
            KeyExchange::Psk => "PSK",
            KeyExchange::DhePsk => "DHE_PSK",
            KeyExchange::EcdhePsk => "ECDHE_PSK",
            KeyExchange::RsaPsk => "RSA_PSK",
            KeyExchange::Krb5 => "KRB5",
            KeyExchange::Krb5Export => "KRB5_EXPORT",
            KeyExchange::Srp => "SRP",
            KeyExchange::Eccpwd => "ECCPWD",
            KeyExchange::Ecjpake => "ECJPAKE",
            KeyExchange::Gost => "GOST",
            KeyExchange::Fortezza => "FORTEZZA_KEA",
            KeyExchange::Sm2 => "ECC",
            KeyExchange::Sm2Dhe => "SM2 ECDHE",
            KeyExchange::Ibc => "IBC",
            KeyExchange::Ibsdh => "IBSDH",
            KeyExchange::Cecpq1 => "CECPQ1",
            KeyExchange::Tls13 => "TLS 1.3",
            KeyExchange::Unknown => "unknown",
        })
    }
}

/// What the server proves itself with: its certificate's kind where the suite has one sent, else
/// the secret that both sides share. Displays as the suites' names have it: `ECDSA`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// Nothing, before keys are agreed on.
    Null,
    /// An RSA certificate, or one that RSA signed.
    Rsa,
    /// A DSS certificate, or one that DSS signed.
    Dss,
    /// An ECDSA or EdDSA certificate, or one that ECDSA signed.
    Ecdsa,
    /// A key shared beforehand.
    Psk,
    /// A Kerberos ticket.
    Krb5,
    /// A password, by SRP.
    Srp,
    /// A password, by TLS-PWD.
    Eccpwd,
    /// A password, by J-PAKE.
    Ecjpake,
    /// A GOST certificate.
    Gost,
    /// A Fortezza certificate.
    Fortezza,
    /// An SM2 certificate.
    Sm2,
    /// Its identity, which SM9 makes a key of.
    Ibc,
    /// Nothing at all.
    Anon,
    /// TLS 1.3: signature_algorithms and pre_shared_key settle it.
    Any,
    /// The suite is not known.
    Unknown,
}

impl fmt::Display for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Authentication::Null => "NULL",
            Authentication::Rsa => "RSA",
            Authentication::Dss => "DSS",
            Authentication::Ecdsa => "ECDSA",
            Authentication::Psk => "PSK",
            Authentication::Krb5 => "KRB5",
            Authentication::Srp => "SRP",
            Authentication::Eccpwd => "ECCPWD",
            Authentication::Ecjpake => "ECJPAKE",
            Authentication::Gost => "GOST",
            Authentication::Fortezza => "FORTEZZA",
            Authentication::Sm2 => "SM2",
            Authentication::Ibc => "IBC",
            Authentication::Anon => "anon",
            Authentication::Any => "any",
            Authentication::Unknown => "unknown",
        })
    }
}
