//! Cipher suites: RFC 8446 appendix B.4, RFC 5246 appendix A.5, RFC 8422 section 6 and many more;
//! the IANA registry "TLS Cipher Suites".
//!
//! Suites that IANA reserves, or whose number was never registered, stand under the name they were
//! known by: Fortezza (RFC 6101 appendix C), EXPORT1024 (draft-ietf-tls-56-bit-ciphersuites-01),
//! GOST (draft-chudov-cryptopro-cptls-04), the first ChaCha20 suites
//! (draft-agl-tls-chacha20poly1305-04; `…_draft` here, since the RFC gave the names to other
//! numbers), J-PAKE of Thread (draft-cragie-tls-ecjpake-01), Netscape's two pairs for FIPS, CECPQ1
//! of Google, TLCP of GM/T 0024-2014 and GB/T 38636-2020, Salsa20
//! (draft-josefsson-salsa20-tls-04), and the numbers that OpenSSL had for GOST R 34.12 before
//! RFC 9189.
//!
//! A suite's name tells how keys are agreed on, what the server proves itself with, and what seals
//! records. That is what [`CipherSuite::key_exchange`], [`CipherSuite::authentication`],
//! [`CipherSuite::cipher`], [`CipherSuite::mac`] and [`CipherSuite::hash`] read from it.

use super::cipher::{Cipher, Hash, Mac, Sealing, sealing};
use super::cipher_suite_aliases::{GNUTLS, OPENSSL};
use super::code::{Code, registry};
use super::key_exchange::{Authentication, KeyExchange};

registry! {
    /// A cipher suite.
    CipherSuite(u16), item "cipher_suite", grease TwoBytes, also [OPENSSL, GNUTLS] {
        0x0000 TLS_NULL_WITH_NULL_NULL,
        0x0001 TLS_RSA_WITH_NULL_MD5,
        0x0002 TLS_RSA_WITH_NULL_SHA,
        0x0003 TLS_RSA_EXPORT_WITH_RC4_40_MD5,
        0x0004 TLS_RSA_WITH_RC4_128_MD5,
        0x0005 TLS_RSA_WITH_RC4_128_SHA,
        0x0006 TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5,
        0x0007 TLS_RSA_WITH_IDEA_CBC_SHA,
        0x0008 TLS_RSA_EXPORT_WITH_DES40_CBC_SHA,
        0x0009 TLS_RSA_WITH_DES_CBC_SHA,
        0x000a TLS_RSA_WITH_3DES_EDE_CBC_SHA,
        0x000b TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA,
        0x000c TLS_DH_DSS_WITH_DES_CBC_SHA,
        0x000d TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA,
        0x000e TLS_DH_RSA_EXPORT_WITH_DES40_CBC_SHA,
        0x000f TLS_DH_RSA_WITH_DES_CBC_SHA,
        0x0010 TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA,
        0x0011 TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA,
        0x0012 TLS_DHE_DSS_WITH_DES_CBC_SHA,
        0x0013 TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA,
        0x0014 TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA,
        0x0015 TLS_DHE_RSA_WITH_DES_CBC_SHA,
        0x0016 TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,
        0x0017 TLS_DH_anon_EXPORT_WITH_RC4_40_MD5,
        0x0018 TLS_DH_anon_WITH_RC4_128_MD5,
        0x0019 TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA,
        0x001a TLS_DH_anon_WITH_DES_CBC_SHA,
        0x001b TLS_DH_anon_WITH_3DES_EDE_CBC_SHA,
        0x001c SSL_FORTEZZA_KEA_WITH_NULL_SHA,
        0x001d SSL_FORTEZZA_KEA_WITH_FORTEZZA_CBC_SHA,
        0x001e TLS_KRB5_WITH_DES_CBC_SHA,
        0x001f TLS_KRB5_WITH_3DES_EDE_CBC_SHA,
        0x0020 TLS_KRB5_WITH_RC4_128_SHA,
        0x0021 TLS_KRB5_WITH_IDEA_CBC_SHA,
        0x0022 TLS_KRB5_WITH_DES_CBC_MD5,
        0x0023 TLS_KRB5_WITH_3DES_EDE_CBC_MD5,
        0x0024 TLS_KRB5_WITH_RC4_128_MD5,
        0x0025 TLS_KRB5_WITH_IDEA_CBC_MD5,
        0x0026 TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA,
        0x0027 TLS_KRB5_EXPORT_WITH_RC2_CBC_40_SHA,
        0x0028 TLS_KRB5_EXPORT_WITH_RC4_40_SHA,
        0x0029 TLS_KRB5_EXPORT_WITH_DES_CBC_40_MD5,
        0x002a TLS_KRB5_EXPORT_WITH_RC2_CBC_40_MD5,
        0x002b TLS_KRB5_EXPORT_WITH_RC4_40_MD5,
        0x002c TLS_PSK_WITH_NULL_SHA,
        0x002d TLS_DHE_PSK_WITH_NULL_SHA,
        0x002e TLS_RSA_PSK_WITH_NULL_SHA,
        0x002f TLS_RSA_WITH_AES_128_CBC_SHA,
        0x0030 TLS_DH_DSS_WITH_AES_128_CBC_SHA,
        0x0031 TLS_DH_RSA_WITH_AES_128_CBC_SHA,
        0x0032 TLS_DHE_DSS_WITH_AES_128_CBC_SHA,
        0x0033 TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
        0x0034 TLS_DH_anon_WITH_AES_128_CBC_SHA,
        0x0035 TLS_RSA_WITH_AES_256_CBC_SHA,
        0x0036 TLS_DH_DSS_WITH_AES_256_CBC_SHA,
        0x0037 TLS_DH_RSA_WITH_AES_256_CBC_SHA,
        0x0038 TLS_DHE_DSS_WITH_AES_256_CBC_SHA,
        0x0039 TLS_DHE_RSA_WITH_AES_256_CBC_SHA,
        0x003a TLS_DH_anon_WITH_AES_256_CBC_SHA,
        0x003b TLS_RSA_WITH_NULL_SHA256,
        0x003c TLS_RSA_WITH_AES_128_CBC_SHA256,
        0x003d TLS_RSA_WITH_AES_256_CBC_SHA256,
        0x003e TLS_DH_DSS_WITH_AES_128_CBC_SHA256,
        0x003f TLS_DH_RSA_WITH_AES_128_CBC_SHA256,
        0x0040 TLS_DHE_DSS_WITH_AES_128_CBC_SHA256,
        0x0041 TLS_RSA_WITH_CAMELLIA_128_CBC_SHA,
        0x0042 TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA,
        0x0043 TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA,
        0x0044 TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA,
        0x0045 TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA,
        0x0046 TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA,
        0x0060 TLS_RSA_EXPORT1024_WITH_RC4_56_MD5,
        0x0061 TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5,
        0x0062 TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA,
        0x0063 TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA,
        0x0064 TLS_RSA_EXPORT1024_WITH_RC4_56_SHA,
        0x0065 TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA,
        0x0066 TLS_DHE_DSS_WITH_RC4_128_SHA,
        0x0067 TLS_DHE_RSA_WITH_AES_128_CBC_SHA256,
        0x0068 TLS_DH_DSS_WITH_AES_256_CBC_SHA256,
        0x0069 TLS_DH_RSA_WITH_AES_256_CBC_SHA256,
        0x006a TLS_DHE_DSS_WITH_AES_256_CBC_SHA256,
        0x006b TLS_DHE_RSA_WITH_AES_256_CBC_SHA256,
        0x006c TLS_DH_anon_WITH_AES_128_CBC_SHA256,
        0x006d TLS_DH_anon_WITH_AES_256_CBC_SHA256,
        0x006e TLS_ASCONAEAD128_ASCONHASH256,
        0x006f TLS_ASCONAEAD128_SHA256,
        0x0070 TLS_AES_128_GCM_ASCONHASH256,
        0x0071 TLS_AES_128_CCM_ASCONHASH256,
        0x0080 TLS_GOSTR341094_WITH_28147_CNT_IMIT,
        0x0081 TLS_GOSTR341001_WITH_28147_CNT_IMIT,
        0x0082 TLS_GOSTR341094_WITH_NULL_GOSTR3411,
        0x0083 TLS_GOSTR341001_WITH_NULL_GOSTR3411,
        0x0084 TLS_RSA_WITH_CAMELLIA_256_CBC_SHA,
        0x0085 TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA,
        0x0086 TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA,
        0x0087 TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA,
        0x0088 TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA,
        0x0089 TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA,
        0x008a TLS_PSK_WITH_RC4_128_SHA,
        0x008b TLS_PSK_WITH_3DES_EDE_CBC_SHA,
        0x008c TLS_PSK_WITH_AES_128_CBC_SHA,
        0x008d TLS_PSK_WITH_AES_256_CBC_SHA,
        0x008e TLS_DHE_PSK_WITH_RC4_128_SHA,
        0x008f TLS_DHE_PSK_WITH_3DES_EDE_CBC_SHA,
        0x0090 TLS_DHE_PSK_WITH_AES_128_CBC_SHA,
        0x0091 TLS_DHE_PSK_WITH_AES_256_CBC_SHA,
        0x0092 TLS_RSA_PSK_WITH_RC4_128_SHA,
        0x0093 TLS_RSA_PSK_WITH_3DES_EDE_CBC_SHA,
        0x0094 TLS_RSA_PSK_WITH_AES_128_CBC_SHA,
        0x0095 TLS_RSA_PSK_WITH_AES_256_CBC_SHA,
        0x0096 TLS_RSA_WITH_SEED_CBC_SHA,
        0x0097 TLS_DH_DSS_WITH_SEED_CBC_SHA,
        0x0098 TLS_DH_RSA_WITH_SEED_CBC_SHA,
        0x0099 TLS_DHE_DSS_WITH_SEED_CBC_SHA,
        0x009a TLS_DHE_RSA_WITH_SEED_CBC_SHA,
        0x009b TLS_DH_anon_WITH_SEED_CBC_SHA,
        0x009c TLS_RSA_WITH_AES_128_GCM_SHA256,
        0x009d TLS_RSA_WITH_AES_256_GCM_SHA384,
        0x009e TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
        0x009f TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
        0x00a0 TLS_DH_RSA_WITH_AES_128_GCM_SHA256,
        0x00a1 TLS_DH_RSA_WITH_AES_256_GCM_SHA384,
        0x00a2 TLS_DHE_DSS_WITH_AES_128_GCM_SHA256,
        0x00a3 TLS_DHE_DSS_WITH_AES_256_GCM_SHA384,
        0x00a4 TLS_DH_DSS_WITH_AES_128_GCM_SHA256,
        0x00a5 TLS_DH_DSS_WITH_AES_256_GCM_SHA384,
        0x00a6 TLS_DH_anon_WITH_AES_128_GCM_SHA256,
        0x00a7 TLS_DH_anon_WITH_AES_256_GCM_SHA384,
        0x00a8 TLS_PSK_WITH_AES_128_GCM_SHA256,
        0x00a9 TLS_PSK_WITH_AES_256_GCM_SHA384,
        0x00aa TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
        0x00ab TLS_DHE_PSK_WITH_AES_256_GCM_SHA384,
        0x00ac TLS_RSA_PSK_WITH_AES_128_GCM_SHA256,
        0x00ad TLS_RSA_PSK_WITH_AES_256_GCM_SHA384,
        0x00ae TLS_PSK_WITH_AES_128_CBC_SHA256,
        0x00af TLS_PSK_WITH_AES_256_CBC_SHA384,
        0x00b0 TLS_PSK_WITH_NULL_SHA256,
        0x00b1 TLS_PSK_WITH_NULL_SHA384,
        0x00b2 TLS_DHE_PSK_WITH_AES_128_CBC_SHA256,
        0x00b3 TLS_DHE_PSK_WITH_AES_256_CBC_SHA384,
        0x00b4 TLS_DHE_PSK_WITH_NULL_SHA256,
        0x00b5 TLS_DHE_PSK_WITH_NULL_SHA384,
        0x00b6 TLS_RSA_PSK_WITH_AES_128_CBC_SHA256,
        0x00b7 TLS_RSA_PSK_WITH_AES_256_CBC_SHA384,
        0x00b8 TLS_RSA_PSK_WITH_NULL_SHA256,
        0x00b9 TLS_RSA_PSK_WITH_NULL_SHA384,
        0x00ba TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256,
        0x00bb TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA256,
        0x00bc TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA256,
        0x00bd TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256,
        0x00be TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256,
        0x00bf TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256,
        0x00c0 TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256,
        0x00c1 TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA256,
        0x00c2 TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA256,
        0x00c3 TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256,
        0x00c4 TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256,
        0x00c5 TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256,
        0x00c6 TLS_SM4_GCM_SM3,
        0x00c7 TLS_SM4_CCM_SM3,
        0x00ff TLS_EMPTY_RENEGOTIATION_INFO_SCSV,
        0x1301 TLS_AES_128_GCM_SHA256,
        0x1302 TLS_AES_256_GCM_SHA384,
        0x1303 TLS_CHACHA20_POLY1305_SHA256,
        0x1304 TLS_AES_128_CCM_SHA256,
        0x1305 TLS_AES_128_CCM_8_SHA256,
        0x1306 TLS_AEGIS_256_SHA512,
        0x1307 TLS_AEGIS_128L_SHA256,
        0x16b7 TLS_CECPQ1_RSA_WITH_CHACHA20_POLY1305_SHA256,
        0x16b8 TLS_CECPQ1_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        0x16b9 TLS_CECPQ1_RSA_WITH_AES_256_GCM_SHA384,
        0x16ba TLS_CECPQ1_ECDSA_WITH_AES_256_GCM_SHA384,
        0x5600 TLS_FALLBACK_SCSV,
        0xc001 TLS_ECDH_ECDSA_WITH_NULL_SHA,
        0xc002 TLS_ECDH_ECDSA_WITH_RC4_128_SHA,
        0xc003 TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA,
        0xc004 TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA,
        0xc005 TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA,
        0xc006 TLS_ECDHE_ECDSA_WITH_NULL_SHA,
        0xc007 TLS_ECDHE_ECDSA_WITH_RC4_128_SHA,
        0xc008 TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA,
        0xc009 TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        0xc00a TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
        0xc00b TLS_ECDH_RSA_WITH_NULL_SHA,
        0xc00c TLS_ECDH_RSA_WITH_RC4_128_SHA,
        0xc00d TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA,
        0xc00e TLS_ECDH_RSA_WITH_AES_128_CBC_SHA,
        0xc00f TLS_ECDH_RSA_WITH_AES_256_CBC_SHA,
        0xc010 TLS_ECDHE_RSA_WITH_NULL_SHA,
        0xc011 TLS_ECDHE_RSA_WITH_RC4_128_SHA,
        0xc012 TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA,
        0xc013 TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        0xc014 TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        0xc015 TLS_ECDH_anon_WITH_NULL_SHA,
        0xc016 TLS_ECDH_anon_WITH_RC4_128_SHA,
        0xc017 TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA,
        0xc018 TLS_ECDH_anon_WITH_AES_128_CBC_SHA,
        0xc019 TLS_ECDH_anon_WITH_AES_256_CBC_SHA,
        0xc01a TLS_SRP_SHA_WITH_3DES_EDE_CBC_SHA,
        0xc01b TLS_SRP_SHA_RSA_WITH_3DES_EDE_CBC_SHA,
        0xc01c TLS_SRP_SHA_DSS_WITH_3DES_EDE_CBC_SHA,
        0xc01d TLS_SRP_SHA_WITH_AES_128_CBC_SHA,
        0xc01e TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA,
        0xc01f TLS_SRP_SHA_DSS_WITH_AES_128_CBC_SHA,
        0xc020 TLS_SRP_SHA_WITH_AES_256_CBC_SHA,
        0xc021 TLS_SRP_SHA_RSA_WITH_AES_256_CBC_SHA,
        0xc022 TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA,
        0xc023 TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
        0xc024 TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
        0xc025 TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256,
        0xc026 TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384,
        0xc027 TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
        0xc028 TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
        0xc029 TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256,
        0xc02a TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384,
        0xc02b TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        0xc02c TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        0xc02d TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256,
        0xc02e TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384,
        0xc02f TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        0xc030 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        0xc031 TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256,
        0xc032 TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384,
        0xc033 TLS_ECDHE_PSK_WITH_RC4_128_SHA,
        0xc034 TLS_ECDHE_PSK_WITH_3DES_EDE_CBC_SHA,
        0xc035 TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA,
        0xc036 TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA,
        0xc037 TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256,
        0xc038 TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384,
        0xc039 TLS_ECDHE_PSK_WITH_NULL_SHA,
        0xc03a TLS_ECDHE_PSK_WITH_NULL_SHA256,
        0xc03b TLS_ECDHE_PSK_WITH_NULL_SHA384,
        0xc03c TLS_RSA_WITH_ARIA_128_CBC_SHA256,
        0xc03d TLS_RSA_WITH_ARIA_256_CBC_SHA384,
        0xc03e TLS_DH_DSS_WITH_ARIA_128_CBC_SHA256,
        0xc03f TLS_DH_DSS_WITH_ARIA_256_CBC_SHA384,
        0xc040 TLS_DH_RSA_WITH_ARIA_128_CBC_SHA256,
        0xc041 TLS_DH_RSA_WITH_ARIA_256_CBC_SHA384,
        0xc042 TLS_DHE_DSS_WITH_ARIA_128_CBC_SHA256,
        0xc043 TLS_DHE_DSS_WITH_ARIA_256_CBC_SHA384,
        0xc044 TLS_DHE_RSA_WITH_ARIA_128_CBC_SHA256,
        0xc045 TLS_DHE_RSA_WITH_ARIA_256_CBC_SHA384,
        0xc046 TLS_DH_anon_WITH_ARIA_128_CBC_SHA256,
        0xc047 TLS_DH_anon_WITH_ARIA_256_CBC_SHA384,
        0xc048 TLS_ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256,
        0xc049 TLS_ECDHE_ECDSA_WITH_ARIA_256_CBC_SHA384,
        0xc04a TLS_ECDH_ECDSA_WITH_ARIA_128_CBC_SHA256,
        0xc04b TLS_ECDH_ECDSA_WITH_ARIA_256_CBC_SHA384,
        0xc04c TLS_ECDHE_RSA_WITH_ARIA_128_CBC_SHA256,
        0xc04d TLS_ECDHE_RSA_WITH_ARIA_256_CBC_SHA384,
        0xc04e TLS_ECDH_RSA_WITH_ARIA_128_CBC_SHA256,
        0xc04f TLS_ECDH_RSA_WITH_ARIA_256_CBC_SHA384,
        0xc050 TLS_RSA_WITH_ARIA_128_GCM_SHA256,
        0xc051 TLS_RSA_WITH_ARIA_256_GCM_SHA384,
        0xc052 TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256,
        0xc053 TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384,
        0xc054 TLS_DH_RSA_WITH_ARIA_128_GCM_SHA256,
        0xc055 TLS_DH_RSA_WITH_ARIA_256_GCM_SHA384,
        0xc056 TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256,
        0xc057 TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384,
        0xc058 TLS_DH_DSS_WITH_ARIA_128_GCM_SHA256,
        0xc059 TLS_DH_DSS_WITH_ARIA_256_GCM_SHA384,
        0xc05a TLS_DH_anon_WITH_ARIA_128_GCM_SHA256,
        0xc05b TLS_DH_anon_WITH_ARIA_256_GCM_SHA384,
        0xc05c TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256,
        0xc05d TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384,
        0xc05e TLS_ECDH_ECDSA_WITH_ARIA_128_GCM_SHA256,
        0xc05f TLS_ECDH_ECDSA_WITH_ARIA_256_GCM_SHA384,
        0xc060 TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256,
        0xc061 TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384,
        0xc062 TLS_ECDH_RSA_WITH_ARIA_128_GCM_SHA256,
        0xc063 TLS_ECDH_RSA_WITH_ARIA_256_GCM_SHA384,
        0xc064 TLS_PSK_WITH_ARIA_128_CBC_SHA256,
        0xc065 TLS_PSK_WITH_ARIA_256_CBC_SHA384,
        0xc066 TLS_DHE_PSK_WITH_ARIA_128_CBC_SHA256,
        0xc067 TLS_DHE_PSK_WITH_ARIA_256_CBC_SHA384,
        0xc068 TLS_RSA_PSK_WITH_ARIA_128_CBC_SHA256,
        0xc069 TLS_RSA_PSK_WITH_ARIA_256_CBC_SHA384,
        0xc06a TLS_PSK_WITH_ARIA_128_GCM_SHA256,
        0xc06b TLS_PSK_WITH_ARIA_256_GCM_SHA384,
        0xc06c TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256,
        0xc06d TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384,
        0xc06e TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256,
        0xc06f TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384,
        0xc070 TLS_ECDHE_PSK_WITH_ARIA_128_CBC_SHA256,
        0xc071 TLS_ECDHE_PSK_WITH_ARIA_256_CBC_SHA384,
        0xc072 TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256,
        0xc073 TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384,
        0xc074 TLS_ECDH_ECDSA_WITH_CAMELLIA_128_CBC_SHA256,
        0xc075 TLS_ECDH_ECDSA_WITH_CAMELLIA_256_CBC_SHA384,
        0xc076 TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256,
        0xc077 TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384,
        0xc078 TLS_ECDH_RSA_WITH_CAMELLIA_128_CBC_SHA256,
        0xc079 TLS_ECDH_RSA_WITH_CAMELLIA_256_CBC_SHA384,
        0xc07a TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256,
        0xc07b TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384,
        0xc07c TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256,
        0xc07d TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384,
        0xc07e TLS_DH_RSA_WITH_CAMELLIA_128_GCM_SHA256,
        0xc07f TLS_DH_RSA_WITH_CAMELLIA_256_GCM_SHA384,
        0xc080 TLS_DHE_DSS_WITH_CAMELLIA_128_GCM_SHA256,
        0xc081 TLS_DHE_DSS_WITH_CAMELLIA_256_GCM_SHA384,
        0xc082 TLS_DH_DSS_WITH_CAMELLIA_128_GCM_SHA256,
        0xc083 TLS_DH_DSS_WITH_CAMELLIA_256_GCM_SHA384,
        0xc084 TLS_DH_anon_WITH_CAMELLIA_128_GCM_SHA256,
        0xc085 TLS_DH_anon_WITH_CAMELLIA_256_GCM_SHA384,
        0xc086 TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256,
        0xc087 TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384,
        0xc088 TLS_ECDH_ECDSA_WITH_CAMELLIA_128_GCM_SHA256,
        0xc089 TLS_ECDH_ECDSA_WITH_CAMELLIA_256_GCM_SHA384,
        0xc08a TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256,
        0xc08b TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384,
        0xc08c TLS_ECDH_RSA_WITH_CAMELLIA_128_GCM_SHA256,
        0xc08d TLS_ECDH_RSA_WITH_CAMELLIA_256_GCM_SHA384,
        0xc08e TLS_PSK_WITH_CAMELLIA_128_GCM_SHA256,
        0xc08f TLS_PSK_WITH_CAMELLIA_256_GCM_SHA384,
        0xc090 TLS_DHE_PSK_WITH_CAMELLIA_128_GCM_SHA256,
        0xc091 TLS_DHE_PSK_WITH_CAMELLIA_256_GCM_SHA384,
        0xc092 TLS_RSA_PSK_WITH_CAMELLIA_128_GCM_SHA256,
        0xc093 TLS_RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384,
        0xc094 TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256,
        0xc095 TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384,
        0xc096 TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256,
        0xc097 TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384,
        0xc098 TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256,
        0xc099 TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384,
        0xc09a TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256,
        0xc09b TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384,
        0xc09c TLS_RSA_WITH_AES_128_CCM,
        0xc09d TLS_RSA_WITH_AES_256_CCM,
        0xc09e TLS_DHE_RSA_WITH_AES_128_CCM,
        0xc09f TLS_DHE_RSA_WITH_AES_256_CCM,
        0xc0a0 TLS_RSA_WITH_AES_128_CCM_8,
        0xc0a1 TLS_RSA_WITH_AES_256_CCM_8,
        0xc0a2 TLS_DHE_RSA_WITH_AES_128_CCM_8,
        0xc0a3 TLS_DHE_RSA_WITH_AES_256_CCM_8,
        0xc0a4 TLS_PSK_WITH_AES_128_CCM,
        0xc0a5 TLS_PSK_WITH_AES_256_CCM,
        0xc0a6 TLS_DHE_PSK_WITH_AES_128_CCM,
        0xc0a7 TLS_DHE_PSK_WITH_AES_256_CCM,
        0xc0a8 TLS_PSK_WITH_AES_128_CCM_8,
        0xc0a9 TLS_PSK_WITH_AES_256_CCM_8,
        0xc0aa TLS_PSK_DHE_WITH_AES_128_CCM_8,
        0xc0ab TLS_PSK_DHE_WITH_AES_256_CCM_8,
        0xc0ac TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
        0xc0ad TLS_ECDHE_ECDSA_WITH_AES_256_CCM,
        0xc0ae TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
        0xc0af TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8,
        0xc0b0 TLS_ECCPWD_WITH_AES_128_GCM_SHA256,
        0xc0b1 TLS_ECCPWD_WITH_AES_256_GCM_SHA384,
        0xc0b2 TLS_ECCPWD_WITH_AES_128_CCM_SHA256,
        0xc0b3 TLS_ECCPWD_WITH_AES_256_CCM_SHA384,
        0xc0b4 TLS_SHA256_SHA256,
        0xc0b5 TLS_SHA384_SHA384,
        0xc0ff TLS_ECJPAKE_WITH_AES_128_CCM_8,
        0xc100 TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC,
        0xc101 TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC,
        0xc102 TLS_GOSTR341112_256_WITH_28147_CNT_IMIT,
        0xc103 TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L,
        0xc104 TLS_GOSTR341112_256_WITH_MAGMA_MGM_L,
        0xc105 TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_S,
        0xc106 TLS_GOSTR341112_256_WITH_MAGMA_MGM_S,
        0xcc13 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256_draft,
        0xcc14 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256_draft,
        0xcc15 TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256_draft,
        0xcca8 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        0xcca9 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        0xccaa TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        0xccab TLS_PSK_WITH_CHACHA20_POLY1305_SHA256,
        0xccac TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
        0xccad TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
        0xccae TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256,
        0xd001 TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
        0xd002 TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
        0xd003 TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256,
        0xd005 TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256,
        0xe001 ECDHE_SM1_SM3,
        0xe003 ECC_SM1_SM3,
        0xe005 IBSDH_SM1_SM3,
        0xe007 IBC_SM1_SM3,
        0xe009 RSA_SM1_SM3,
        0xe00a RSA_SM1_SHA1,
        0xe011 ECDHE_SM4_CBC_SM3,
        0xe013 ECC_SM4_CBC_SM3,
        0xe015 IBSDH_SM4_CBC_SM3,
        0xe017 IBC_SM4_CBC_SM3,
        0xe019 RSA_SM4_CBC_SM3,
        0xe01a RSA_SM4_CBC_SHA1,
        0xe01c RSA_SM4_CBC_SHA256,
        0xe051 ECDHE_SM4_GCM_SM3,
        0xe053 ECC_SM4_GCM_SM3,
        0xe055 IBSDH_SM4_GCM_SM3,
        0xe057 IBC_SM4_GCM_SM3,
        0xe059 RSA_SM4_GCM_SM3,
        0xe05a RSA_SM4_GCM_SHA256,
        0xe410 TLS_RSA_WITH_ESTREAM_SALSA20_SHA1,
        0xe411 TLS_RSA_WITH_SALSA20_SHA1,
        0xe412 TLS_ECDHE_RSA_WITH_ESTREAM_SALSA20_SHA1,
        0xe413 TLS_ECDHE_RSA_WITH_SALSA20_SHA1,
        0xe414 TLS_ECDHE_ECDSA_WITH_ESTREAM_SALSA20_SHA1,
        0xe415 TLS_ECDHE_ECDSA_WITH_SALSA20_SHA1,
        0xe416 TLS_PSK_WITH_ESTREAM_SALSA20_SHA1,
        0xe417 TLS_PSK_WITH_SALSA20_SHA1,
        0xe418 TLS_ECDHE_PSK_WITH_ESTREAM_SALSA20_SHA1,
        0xe419 TLS_ECDHE_PSK_WITH_SALSA20_SHA1,
        0xe41a TLS_RSA_PSK_WITH_ESTREAM_SALSA20_SHA1,
        0xe41b TLS_RSA_PSK_WITH_SALSA20_SHA1,
        0xe41c TLS_DHE_PSK_WITH_ESTREAM_SALSA20_SHA1,
        0xe41d TLS_DHE_PSK_WITH_SALSA20_SHA1,
        0xe41e TLS_DHE_RSA_WITH_ESTREAM_SALSA20_SHA1,
        0xe41f TLS_DHE_RSA_WITH_SALSA20_SHA1,
        0xfefe SSL_RSA_FIPS_WITH_DES_CBC_SHA,
        0xfeff SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA,
        0xff85 TLS_GOSTR341112_256_WITH_28147_CNT_IMIT_draft,
        0xff87 TLS_GOSTR341112_256_WITH_NULL_GOSTR3411,
        0xffe0 SSL_RSA_OLDFIPS_WITH_3DES_EDE_CBC_SHA,
        0xffe1 SSL_RSA_OLDFIPS_WITH_DES_CBC_SHA,
    }
}

impl CipherSuite {
    /// How the suite agrees on keys.
    ///
    /// ```
    /// use helloscope::names::{CipherSuite, KeyExchange};
    ///
    /// let suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    /// assert_eq!(suite.key_exchange(), KeyExchange::Ecdhe);
    /// ```
    pub fn key_exchange(self) -> KeyExchange {
        self.methods().0
    }

    /// What the server proves itself with under this suite.
    pub fn authentication(self) -> Authentication {
        self.methods().1
    }

    /// Whether recorded traffic stays sealed if the server's long-term key is lost later. A suite
    /// of TLS 1.3 says so unless the handshake resumes by `psk_ke`.
    pub fn forward_secret(self) -> bool {
        use KeyExchange::*;

        matches!(
            self.key_exchange(),
            Dhe | DheExport
                | DhAnon
                | DhAnonExport
                | Ecdhe
                | EcdhAnon
                | DhePsk
                | EcdhePsk
                | Srp
                | Eccpwd
                | Ecjpake
                | Sm2Dhe
                | Ibsdh
                | Cecpq1
                | Tls13
        )
    }

    /// Whether it is no suite but a signal in the list of suites: RFC 5746 section 3.3, RFC 7507.
    pub const fn is_signalling(self) -> bool {
        matches!(self, Self::TLS_EMPTY_RENEGOTIATION_INFO_SCSV | Self::TLS_FALLBACK_SCSV)
    }

    /// Whether a session before TLS 1.3 may use it: no signal, no value of RFC 8701, and none of the
    /// suites that TLS 1.3 alone has.
    pub fn is_before_tls13(self) -> bool {
        !self.is_grease() && !self.is_signalling() && self.key_exchange() != KeyExchange::Tls13
    }

    /// Whether it came with TLS 1.2, as all with a younger hash and those that encrypt and
    /// authenticate in one did: RFC 5246 section 1.2, RFC 5288 section 4.
    ///
    /// ```
    /// use helloscope::names::CipherSuite;
    ///
    /// assert!(CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA256.is_since_tls12());
    /// assert!(CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256.is_since_tls12());
    /// assert!(!CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA.is_since_tls12());
    /// ```
    pub fn is_since_tls12(self) -> bool {
        match self.mac() {
            Some(Mac::Aead) => true,
            Some(Mac::Hmac(hash)) => !matches!(hash, Hash::Md5 | Hash::Sha1),
            _ => false,
        }
    }

    /// The cipher that seals records; none of a signal, and of a suite that is not known.
    ///
    /// ```
    /// use helloscope::names::{CipherSuite, Hash, Mac};
    ///
    /// let suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA;
    /// assert_eq!(suite.cipher().map(|cipher| cipher.key_bits), Some(128));
    /// assert_eq!(suite.mac(), Some(Mac::Hmac(Hash::Sha1)));
    /// ```
    pub fn cipher(self) -> Option<Cipher> {
        self.sealing().map(|sealing| sealing.cipher)
    }

    /// What keeps records whole.
    pub fn mac(self) -> Option<Mac> {
        self.sealing().map(|sealing| sealing.mac)
    }

    /// The hash of the suite: that of its MAC, and where its cipher needs none, that of the key
    /// derivation. Before TLS 1.2 keys are derived by MD5 and SHA-1 whatever the suite says.
    pub fn hash(self) -> Option<Hash> {
        self.sealing().and_then(|sealing| sealing.hash)
    }

    fn sealing(self) -> Option<Sealing> {
        let (methods, cipher) = self.parts()?;
        sealing(methods, cipher)
    }

    /// What stands before `_WITH_` in the name and what behind it. A name without it is one of
    /// TLS 1.3, which leaves the former to extensions, or one of TLCP, which leaves out the word.
    fn parts(self) -> Option<(&'static str, &'static str)> {
        if self.is_signalling() {
            return None;
        }
        let name = self.name()?.trim_end_matches("_draft");
        let tls = name.strip_prefix("TLS_").or_else(|| name.strip_prefix("SSL_"));
        match tls {
            Some(name) => Some(name.split_once("_WITH_").unwrap_or(("", name))),
            None => name.split_once('_'),
        }
    }

    fn methods(self) -> (KeyExchange, Authentication) {
        use {Authentication as A, KeyExchange as K};

        if self.is_signalling() {
            return (K::Null, A::Null);
        }
        let Some((methods, cipher)) = self.parts() else { return (K::Unknown, A::Unknown) };
        // RFC 9367's suites of TLS 1.3 have `_WITH_` nevertheless.
        if cipher.contains("_MGM_") {
            return (K::Tls13, A::Any);
        }
        match methods {
            "" => (K::Tls13, A::Any),
            "NULL" => (K::Null, A::Null),
            "RSA" | "RSA_FIPS" | "RSA_OLDFIPS" => (K::Rsa, A::Rsa),
            "RSA_EXPORT" | "RSA_EXPORT1024" => (K::RsaExport, A::Rsa),
            "DH_DSS" => (K::Dh, A::Dss),
            "DH_RSA" => (K::Dh, A::Rsa),
            "DH_DSS_EXPORT" => (K::DhExport, A::Dss),
            "DH_RSA_EXPORT" => (K::DhExport, A::Rsa),
            "DHE_DSS" => (K::Dhe, A::Dss),
            "DHE_RSA" => (K::Dhe, A::Rsa),
            "DHE_DSS_EXPORT" | "DHE_DSS_EXPORT1024" => (K::DheExport, A::Dss),
            "DHE_RSA_EXPORT" => (K::DheExport, A::Rsa),
            "DH_anon" => (K::DhAnon, A::Anon),
            "DH_anon_EXPORT" => (K::DhAnonExport, A::Anon),
            "ECDH_ECDSA" => (K::Ecdh, A::Ecdsa),
            "ECDH_RSA" => (K::Ecdh, A::Rsa),
            "ECDHE_ECDSA" => (K::Ecdhe, A::Ecdsa),
            "ECDHE_RSA" => (K::Ecdhe, A::Rsa),
            "ECDH_anon" => (K::EcdhAnon, A::Anon),
            "PSK" => (K::Psk, A::Psk),
            "DHE_PSK" | "PSK_DHE" => (K::DhePsk, A::Psk),
            "ECDHE_PSK" => (K::EcdhePsk, A::Psk),
            "RSA_PSK" => (K::RsaPsk, A::Rsa),
            "KRB5" => (K::Krb5, A::Krb5),
            "KRB5_EXPORT" => (K::Krb5Export, A::Krb5),
            "SRP_SHA" => (K::Srp, A::Srp),
            "SRP_SHA_RSA" => (K::Srp, A::Rsa),
            "SRP_SHA_DSS" => (K::Srp, A::Dss),
            "ECCPWD" => (K::Eccpwd, A::Eccpwd),
            "ECJPAKE" => (K::Ecjpake, A::Ecjpake),
            "GOSTR341094" | "GOSTR341001" | "GOSTR341112_256" => (K::Gost, A::Gost),
            "FORTEZZA_KEA" => (K::Fortezza, A::Fortezza),
            "CECPQ1_RSA" => (K::Cecpq1, A::Rsa),
            "CECPQ1_ECDSA" => (K::Cecpq1, A::Ecdsa),
            "ECC" => (K::Sm2, A::Sm2),
            "ECDHE" => (K::Sm2Dhe, A::Sm2),
            "IBC" => (K::Ibc, A::Ibc),
            "IBSDH" => (K::Ibsdh, A::Ibc),
            _ => (K::Unknown, A::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_with_a_name_has_a_key_exchange_and_an_authentication() {
        for &(number, name) in CipherSuite::all() {
            let (key_exchange, authentication) = CipherSuite(number).methods();
            assert_ne!(key_exchange, KeyExchange::Unknown, "{name}");
            assert_ne!(authentication, Authentication::Unknown, "{name}");
        }
        assert_eq!(CipherSuite(0x1234).key_exchange(), KeyExchange::Unknown);
        assert_eq!(CipherSuite(0x0a0a).authentication(), Authentication::Unknown);
    }

    #[test]
    fn every_suite_with_a_name_seals_and_all_but_the_first_have_a_hash() {
        for &(number, name) in CipherSuite::all() {
            let suite = CipherSuite(number);
            assert_eq!(suite.cipher().is_some(), !suite.is_signalling(), "{name}");
            assert_eq!(suite.mac().is_some(), suite.cipher().is_some(), "{name}");
            assert_eq!(suite.hash().is_some(), number != 0 && !suite.is_signalling(), "{name}");
            let aead = suite.cipher().is_some_and(Cipher::is_aead);
            assert_eq!(suite.mac() == Some(Mac::Aead), aead, "{name}");
        }
        assert_eq!(CipherSuite(0x1234).cipher(), None);
    }

    #[test]
    fn a_name_is_the_sum_of_its_parts() {
        for &(number, name) in CipherSuite::all() {
            let suite = CipherSuite(number);
            let (Some(cipher), Some((methods, _))) = (suite.cipher(), suite.parts()) else {
                continue;
            };
            assert!(name.contains(methods), "{name}");
            // RFC 9150's names have an HMAC in the cipher's place.
            let silent = matches!(number, 0xc0b4 | 0xc0b5);
            assert!(name.contains(cipher.name) || silent, "{name}: {cipher}");
        }
    }

    #[test]
    fn suites_of_tls_1_3_leave_both_to_the_extensions() {
        let suites: Vec<u16> = CipherSuite::all()
            .iter()
            .map(|&(number, _)| number)
            .filter(|&number| CipherSuite(number).key_exchange() == KeyExchange::Tls13)
            .collect();
        assert_eq!(
            suites,
            [
                0x006e, 0x006f, 0x0070, 0x0071, 0x00c6, 0x00c7, 0x1301, 0x1302, 0x1303, 0x1304,
                0x1305, 0x1306, 0x1307, 0xc0b4, 0xc0b5, 0xc103, 0xc104, 0xc105, 0xc106
            ]
        );
    }

    #[test]
    fn forward_secrecy_comes_from_fresh_keys() {
        assert!(CipherSuite::TLS_AES_128_GCM_SHA256.forward_secret());
        assert!(CipherSuite::TLS_DHE_RSA_WITH_AES_128_CBC_SHA.forward_secret());
        assert!(CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256.forward_secret());
        assert!(!CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256.forward_secret());
        assert!(!CipherSuite::TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256.forward_secret());
        assert!(!CipherSuite::TLS_RSA_PSK_WITH_AES_128_GCM_SHA256.forward_secret());
        assert!(!CipherSuite::TLS_FALLBACK_SCSV.forward_secret());
        assert!(!CipherSuite(0x1234).forward_secret());
    }

    #[test]
    fn two_suites_are_signals() {
        let signals: Vec<&str> = CipherSuite::all()
            .iter()
            .filter(|&&(number, _)| CipherSuite(number).is_signalling())
            .map(|&(_, name)| name)
            .collect();
        assert_eq!(signals, ["TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "TLS_FALLBACK_SCSV"]);
    }
}
