//! Encrypted Client Hello: its own type, RFC 9849 section 5, and the algorithms of HPKE that it
//! names, RFC 9180 section 7 and draft-ietf-hpke-pq; the IANA registries "HPKE KEM Identifiers",
//! "HPKE KDF Identifiers" and "HPKE AEAD Identifiers".

use super::code::registry;

registry! {
    /// Which of the two hellos the extension encrypted_client_hello stands in.
    EchClientHelloType(u8), item "type", grease None {
        0 outer,
        1 inner,
    }
}

registry! {
    /// A key encapsulation mechanism of HPKE.
    HpkeKem(u16), item "kem_id", grease None {
        0x0010 DHKEM_P256_HKDF_SHA256 "DHKEM(P-256, HKDF-SHA256)",
        0x0011 DHKEM_P384_HKDF_SHA384 "DHKEM(P-384, HKDF-SHA384)",
        0x0012 DHKEM_P521_HKDF_SHA512 "DHKEM(P-521, HKDF-SHA512)",
        0x0013 DHKEM_CP256_HKDF_SHA256 "DHKEM(CP-256, HKDF-SHA256)",
        0x0014 DHKEM_CP384_HKDF_SHA384 "DHKEM(CP-384, HKDF-SHA384)",
        0x0015 DHKEM_CP521_HKDF_SHA512 "DHKEM(CP-521, HKDF-SHA512)",
        0x0016 DHKEM_secp256k1_HKDF_SHA256 "DHKEM(secp256k1, HKDF-SHA256)",
        0x0020 DHKEM_X25519_HKDF_SHA256 "DHKEM(X25519, HKDF-SHA256)",
        0x0021 DHKEM_X448_HKDF_SHA512 "DHKEM(X448, HKDF-SHA512)",
        0x0030 X25519Kyber768Draft00,
        0x0040 ML_KEM_512 "ML-KEM-512",
        0x0041 ML_KEM_768 "ML-KEM-768",
        0x0042 ML_KEM_1024 "ML-KEM-1024",
        0x0050 MLKEM768_P256 "MLKEM768-P256",
        0x0051 MLKEM1024_P384 "MLKEM1024-P384",
        0x647a MLKEM768_X25519 "MLKEM768-X25519",
    }
}

registry! {
    /// A key derivation function of HPKE.
    HpkeKdf(u16), item "kdf_id", grease None {
        0x0001 HKDF_SHA256 "HKDF-SHA256",
        0x0002 HKDF_SHA384 "HKDF-SHA384",
        0x0003 HKDF_SHA512 "HKDF-SHA512",
        0x0010 SHAKE128,
        0x0011 SHAKE256,
        0x0012 TurboSHAKE128,
        0x0013 TurboSHAKE256,
    }
}

registry! {
    /// An authenticated cipher of HPKE.
    HpkeAead(u16), item "aead_id", grease None {
        0x0001 AES_128_GCM "AES-128-GCM",
        0x0002 AES_256_GCM "AES-256-GCM",
        0x0003 ChaCha20Poly1305,
        0xffff ExportOnly "Export-only",
    }
}
