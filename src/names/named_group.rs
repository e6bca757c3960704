//! Named groups, which before TLS 1.3 were named curves: RFC 8446 section 4.2.7, RFC 8422
//! section 5.1.1, RFC 7919 section 2, RFC 7027, RFC 8734, RFC 8998, RFC 9189; the IANA registry
//! "TLS Supported Groups".
//!
//! Not in the registry are experiments with post-quantum key agreement: `CECPQ2` of Google, three
//! of Cloudflare at 0xfe30 to 0xfe32 (the last was also Google's `CECPQ2b`), and Kyber of the third
//! round as Open Quantum Safe numbered it and Amazon offered it.

use super::code::{Aliases, registry};

/// What NIST (FIPS 186-4) and X9.62 call the curves that have a name of SEC 2 here.
const CURVES: Aliases = &[
    (0x0013, "P-192"),
    (0x0015, "P-224"),
    (0x0017, "P-256"),
    (0x0017, "prime256v1"),
    (0x0018, "P-384"),
    (0x0019, "P-521"),
];

registry! {
    /// A group in which keys are agreed on.
    NamedGroup(u16), item "named_group", grease TwoBytes, also [CURVES] {
        0x0001 sect163k1,
        0x0002 sect163r1,
        0x0003 sect163r2,
        0x0004 sect193r1,
        0x0005 sect193r2,
        0x0006 sect233k1,
        0x0007 sect233r1,
        0x0008 sect239k1,
        0x0009 sect283k1,
        0x000a sect283r1,
        0x000b sect409k1,
        0x000c sect409r1,
        0x000d sect571k1,
        0x000e sect571r1,
        0x000f secp160k1,
        0x0010 secp160r1,
        0x0011 secp160r2,
        0x0012 secp192k1,
        0x0013 secp192r1,
        0x0014 secp224k1,
        0x0015 secp224r1,
        0x0016 secp256k1,
        0x0017 secp256r1,
        0x0018 secp384r1,
        0x0019 secp521r1,
        0x001a brainpoolP256r1,
        0x001b brainpoolP384r1,
        0x001c brainpoolP512r1,
        0x001d x25519,
        0x001e x448,
        0x001f brainpoolP256r1tls13,
        0x0020 brainpoolP384r1tls13,
        0x0021 brainpoolP512r1tls13,
        0x0022 GC256A,
        0x0023 GC256B,
        0x0024 GC256C,
        0x0025 GC256D,
        0x0026 GC512A,
        0x0027 GC512B,
        0x0028 GC512C,
        0x0029 curveSM2,
        0x0100 ffdhe2048,
        0x0101 ffdhe3072,
        0x0102 ffdhe4096,
        0x0103 ffdhe6144,
        0x0104 ffdhe8192,
        0x0200 MLKEM512,
        0x0201 MLKEM768,
        0x0202 MLKEM1024,
        0x023a kyber512,
        0x023c kyber768,
        0x023d kyber1024,
        0x11eb SecP256r1MLKEM768,
        0x11ec X25519MLKEM768,
        0x11ed SecP384r1MLKEM1024,
        0x11ee curveSM2MLKEM768,
        0x2f39 x25519_kyber512,
        0x2f3a p256_kyber512,
        0x2f3c p384_kyber768,
        0x2f3d p521_kyber1024,
        0x4138 CECPQ2,
        0x6399 X25519Kyber768Draft00,
        0x639a SecP256r1Kyber768Draft00,
        0xfe30 X25519Kyber512Draft00,
        0xfe31 X25519Kyber768Draft00Old,
        0xfe32 P256Kyber768Draft00,
        0xff01 arbitrary_explicit_prime_curves,
        0xff02 arbitrary_explicit_char2_curves,
    }
}

impl NamedGroup {
    /// Whether RFC 8422 section 5.1.1 deprecates it: the small and the rare curves of RFC 4492, and
    /// those that are written out.
    pub fn is_deprecated(self) -> bool {
        matches!(self.0, 1..=22 | 0xff01..=0xff02)
    }

    /// Whether keys are agreed on in it in TLS 1.3 alone: the curves that RFC 8734 section 2 gives
    /// numbers of their own for that, and whatever encapsulates a key, which the messages before have
    /// no place for.
    pub fn is_of_tls13_alone(self) -> bool {
        let brainpool = matches!(self.0, 0x001f..=0x0021);
        let standard = matches!(self.0, 0x0200..=0x0202 | 0x11eb..=0x11ee);
        let experiments = matches!(
            self.0,
            0x023a..=0x023d | 0x2f39..=0x2f3d | 0x4138 | 0x6399..=0x639a | 0xfe30..=0xfe32
        );
        brainpool || standard || experiments
    }
}

/// Declares how many bytes a coordinate of a point has.
macro_rules! coordinates { ($($bytes:literal: $($group:ident)*;)*) => {
    impl NamedGroup {
        /// Bytes of each coordinate of a point, where the group is a curve whose points have two:
        /// those of SEC 2, RFC 5639 and RFC 8998.
        pub fn coordinate(self) -> Option<usize> {
            match self {
                $( $( NamedGroup::$group )|* => Some($bytes), )*
                _ => None,
            }
        }
    }
} }

coordinates! {
    20: secp160k1 secp160r1 secp160r2;
    21: sect163k1 sect163r1 sect163r2;
    24: secp192k1 secp192r1;
    25: sect193r1 sect193r2;
    28: secp224k1 secp224r1;
    30: sect233k1 sect233r1 sect239k1;
    32: secp256k1 secp256r1 brainpoolP256r1 brainpoolP256r1tls13 curveSM2;
    36: sect283k1 sect283r1;
    48: secp384r1 brainpoolP384r1 brainpoolP384r1tls13;
    52: sect409k1 sect409r1;
    64: brainpoolP512r1 brainpoolP512r1tls13;
    66: secp521r1;
    72: sect571k1 sect571r1;
}
