//! What a cipher suite's name tells of records: the cipher that seals them, what keeps them whole,
//! and the hash. RFC 5246 appendix C and the RFC of each; for suites of TLS 1.3 RFC 8446
//! appendix B.4, for those that only authenticate RFC 9150.

use std::fmt;

/// The cipher of a suite. Displays as the suites' names have it: `AES_128_GCM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cipher {
    /// Its name in the suites' names, with key length and mode.
    pub name: &'static str,
    /// The algorithm without them.
    pub algorithm: CipherAlgorithm,
    /// Bits of the key that are secret: 40 in an export suite, whatever the algorithm takes.
    pub key_bits: u16,
    /// How it is used on more than a block.
    pub mode: CipherMode,
}

impl Cipher {
    /// Whether it authenticates what it encrypts, and the suite needs no MAC beside it.
    pub const fn is_aead(self) -> bool {
        self.tag_bytes().is_some()
    }

    /// How long a tag it adds to a record, where it is one that authenticates. RFC 5116 section
    /// 5.1, RFC 6655 section 6.1, RFC 8439 section 2.8, RFC 9058 section 6, draft-irtf-cfrg-aegis.
    pub const fn tag_bytes(self) -> Option<u8> {
        match (self.mode, self.algorithm) {
            (CipherMode::Ccm8, _) => Some(8),
            (CipherMode::Mgm, CipherAlgorithm::Magma) => Some(8),
            (
                CipherMode::Gcm
                | CipherMode::Ccm
                | CipherMode::Mgm
                | CipherMode::Poly1305
                | CipherMode::Own,
                _,
            ) => Some(16),
            (CipherMode::None | CipherMode::Stream | CipherMode::Cbc | CipherMode::Ctr, _) => None,
        }
    }
}

impl fmt::Display for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The algorithm of a cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CipherAlgorithm {
    /// None: everybody reads along.
    Null,
    /// RC2.
    Rc2,
    /// RC4, which RFC 7465 forbids.
    Rc4,
    /// DES.
    Des,
    /// DES three times over.
    TripleDes,
    /// IDEA.
    Idea,
    /// Fortezza's Skipjack.
    Skipjack,
    /// AES.
    Aes,
    /// Camellia.
    Camellia,
    /// SEED, of Korea.
    Seed,
    /// ARIA, of Korea.
    Aria,
    /// ChaCha20.
    ChaCha20,
    /// Salsa20.
    Salsa20,
    /// SM1, of China, whose inside is not public.
    Sm1,
    /// SM4, of China.
    Sm4,
    /// AEGIS.
    Aegis,
    /// Ascon.
    Ascon,
    /// GOST 28147-89, of Russia.
    Gost28147,
    /// Kuznyechik, of GOST R 34.12-2015.
    Kuznyechik,
    /// Magma, of GOST R 34.12-2015.
    Magma,
}

/// How a cipher is used on more than a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CipherMode {
    /// There is no cipher.
    None,
    /// It yields a stream of bytes.
    Stream,
    /// Cipher block chaining.
    Cbc,
    /// A counter, and a MAC beside it.
    Ctr,
    /// Galois/counter mode.
    Gcm,
    /// Counter with CBC-MAC.
    Ccm,
    /// The same with a tag of eight bytes.
    Ccm8,
    /// Multilinear Galois mode.
    Mgm,
    /// A stream and Poly1305 over it.
    Poly1305,
    /// One of its own, which authenticates too.
    Own,
}

/// What keeps records whole. Displays as `HMAC-SHA1`, `AEAD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mac {
    /// Nothing, before keys are agreed on.
    Null,
    /// HMAC, and in SSL 3.0 what came before it.
    Hmac(Hash),
    /// The MAC of GOST 28147-89.
    Imit,
    /// OMAC with the suite's cipher.
    Omac,
    /// The cipher itself.
    Aead,
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mac::Null => f.write_str("NULL"),
            Mac::Hmac(hash) => write!(f, "HMAC-{hash}"),
            Mac::Imit => f.write_str("IMIT"),
            Mac::Omac => f.write_str("OMAC"),
            Mac::Aead => f.write_str("AEAD"),
        }
    }
}

/// A hash. Displays as `SHA256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SM3, of China.
    Sm3,
    /// Ascon-Hash256.
    AsconHash256,
    /// GOST R 34.11-94, of Russia.
    Gostr341194,
    /// GOST R 34.11-2012 of 256 bits, of Russia.
    Gostr34112012,
}

impl Hash {
    /// Its bytes.
    pub fn length(self) -> usize {
        match self {
            Hash::Md5 => 16,
            Hash::Sha1 => 20,
            Hash::Sha256
            | Hash::Sm3
            | Hash::AsconHash256
            | Hash::Gostr341194
            | Hash::Gostr34112012 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Hash::Md5 => "MD5",
            Hash::Sha1 => "SHA1",
            Hash::Sha256 => "SHA256",
            Hash::Sha384 => "SHA384",
            Hash::Sha512 => "SHA512",
            Hash::Sm3 => "SM3",
            Hash::AsconHash256 => "ASCONHASH256",
            Hash::Gostr341194 => "GOSTR3411-94",
            Hash::Gostr34112012 => "GOSTR3411-2012-256",
        })
    }
}

/// What a suite does to records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sealing {
    pub(super) cipher: Cipher,
    pub(super) mac: Mac,
    pub(super) hash: Option<Hash>,
}

/// Reads a suite's name in its two parts: what stands before `_WITH_` and what behind it.
pub(super) fn sealing(methods: &str, sealing: &str) -> Option<Sealing> {
    // RFC 9150 names an HMAC where others name a cipher.
    let authenticates = sealing.split_once('_').and_then(|(mac, other)| {
        let sealed = Sealing { cipher: NULL, mac: Mac::Hmac(hash(mac)?), hash: hash(other) };
        Some(sealed)
    });
    if authenticates.is_some() {
        return authenticates;
    }
    let (cipher, rest) = CIPHERS.iter().find_map(|cipher| {
        let rest = sealing.strip_prefix(cipher.name)?;
        Some((*cipher, rest.trim_start_matches('_')))
    })?;
    let gost = match methods {
        "GOSTR341094" | "GOSTR341001" => Hash::Gostr341194,
        _ => Hash::Gostr34112012,
    };
    let (mac, hash) = match rest {
        "NULL" => (Mac::Null, None),
        "GOSTR3411" => (Mac::Hmac(gost), Some(gost)),
        "IMIT" => (Mac::Imit, Some(gost)),
        "OMAC" => (Mac::Omac, Some(gost)),
        // RFC 9367 section 4: which keys are changed how often.
        "L" | "S" => (Mac::Aead, Some(gost)),
        // RFC 6655 section 3.
        "" => (Mac::Aead, Some(Hash::Sha256)),
        _ => {
            let hash = hash(rest)?;
            (if cipher.is_aead() { Mac::Aead } else { Mac::Hmac(hash) }, Some(hash))
        }
    };
    Some(Sealing { cipher, mac, hash })
}

fn hash(name: &str) -> Option<Hash> {
    Some(match name {
        "MD5" => Hash::Md5,
        "SHA" | "SHA1" => Hash::Sha1,
        "SHA256" => Hash::Sha256,
        "SHA384" => Hash::Sha384,
        "SHA512" => Hash::Sha512,
        "SM3" => Hash::Sm3,
        "ASCONHASH256" => Hash::AsconHash256,
        _ => return None,
    })
}

const fn cipher(
    name: &'static str,
    algorithm: CipherAlgorithm,
    key_bits: u16,
    mode: CipherMode,
) -> Cipher {
    Cipher { name, algorithm, key_bits, mode }
}

const NULL: Cipher = cipher("NULL", CipherAlgorithm::Null, 0, CipherMode::None);

/// All ciphers. Of two names that begin alike, the longer stands first.
const CIPHERS: &[Cipher] = &{
    use {CipherAlgorithm::*, CipherMode::*};
    [
        NULL,
        cipher("RC2_CBC_40", Rc2, 40, Cbc),
        cipher("RC2_CBC_56", Rc2, 56, Cbc),
        cipher("RC4_40", Rc4, 40, Stream),
        cipher("RC4_56", Rc4, 56, Stream),
        cipher("RC4_128", Rc4, 128, Stream),
        cipher("DES40_CBC", Des, 40, Cbc),
        cipher("DES_CBC_40", Des, 40, Cbc),
        cipher("DES_CBC", Des, 56, Cbc),
        cipher("3DES_EDE_CBC", TripleDes, 168, Cbc),
        cipher("IDEA_CBC", Idea, 128, Cbc),
        cipher("FORTEZZA_CBC", Skipjack, 80, Cbc),
        cipher("AES_128_CBC", Aes, 128, Cbc),
        cipher("AES_256_CBC", Aes, 256, Cbc),
        cipher("AES_128_GCM", Aes, 128, Gcm),
        cipher("AES_256_GCM", Aes, 256, Gcm),
        cipher("AES_128_CCM_8", Aes, 128, Ccm8),
        cipher("AES_256_CCM_8", Aes, 256, Ccm8),
        cipher("AES_128_CCM", Aes, 128, Ccm),
        cipher("AES_256_CCM", Aes, 256, Ccm),
        cipher("CAMELLIA_128_CBC", Camellia, 128, Cbc),
        cipher("CAMELLIA_256_CBC", Camellia, 256, Cbc),
        cipher("CAMELLIA_128_GCM", Camellia, 128, Gcm),
        cipher("CAMELLIA_256_GCM", Camellia, 256, Gcm),
        cipher("SEED_CBC", Seed, 128, Cbc),
        cipher("ARIA_128_CBC", Aria, 128, Cbc),
        cipher("ARIA_256_CBC", Aria, 256, Cbc),
        cipher("ARIA_128_GCM", Aria, 128, Gcm),
        cipher("ARIA_256_GCM", Aria, 256, Gcm),
        cipher("CHACHA20_POLY1305", ChaCha20, 256, Poly1305),
        cipher("ESTREAM_SALSA20", Salsa20, 256, Stream),
        cipher("SALSA20", Salsa20, 256, Stream),
        cipher("SM1", Sm1, 128, Cbc),
        cipher("SM4_CBC", Sm4, 128, Cbc),
        cipher("SM4_GCM", Sm4, 128, Gcm),
        cipher("SM4_CCM", Sm4, 128, Ccm),
        cipher("AEGIS_128L", Aegis, 128, Own),
        cipher("AEGIS_256", Aegis, 256, Own),
        cipher("ASCONAEAD128", Ascon, 128, Own),
        cipher("28147_CNT", Gost28147, 256, Ctr),
        cipher("KUZNYECHIK_CTR", Kuznyechik, 256, Ctr),
        cipher("KUZNYECHIK_MGM", Kuznyechik, 256, Mgm),
        cipher("MAGMA_CTR", Magma, 256, Ctr),
        cipher("MAGMA_MGM", Magma, 256, Mgm),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cipher_hides_a_longer_one_behind_it() {
        for (place, cipher) in CIPHERS.iter().enumerate() {
            let hidden =
                CIPHERS[place + 1..].iter().find(|later| later.name.starts_with(cipher.name));
            assert_eq!(hidden, None, "{cipher}");
        }
    }

    #[test]
    fn a_name_tells_its_own_key_length_except_for_ciphers_that_have_but_one() {
        for cipher in CIPHERS {
            let numbers = cipher.name.split('_').filter_map(|word| word.parse::<u16>().ok());
            for number in numbers.filter(|number| ![8, 28147].contains(number)) {
                assert_eq!(number, cipher.key_bits, "{cipher}");
            }
        }
    }

    #[test]
    fn tags_are_short_where_the_name_or_the_block_is() {
        let short: Vec<&str> = CIPHERS
            .iter()
            .filter(|cipher| cipher.tag_bytes() == Some(8))
            .map(|cipher| cipher.name)
            .collect();
        assert_eq!(short, ["AES_128_CCM_8", "AES_256_CCM_8", "MAGMA_MGM"]);
    }

    #[test]
    fn what_is_no_name_is_read_as_none() {
        for text in ["", "AES", "AES_128_GCM_SHA1024", "SHA256", "ROT13_CBC_SHA"] {
            assert_eq!(sealing("RSA", text), None, "{text}");
        }
    }
}
