//! Our table of cipher suites against others: IANA's registry, tls-parser, tshark, OpenSSL and
//! GnuTLS. Where one differs from us and we mean it, the test says so and why.

mod common;

use common::registries::{Row, differences, file, parse, said_by, tshark_rows};
use helloscope::names::{
    Authentication, CipherAlgorithm, CipherMode, CipherSuite, Code, Hash, KeyExchange, Mac,
    Ssl2CipherKind,
};
use tls_parser::{
    TlsCipherAu, TlsCipherEnc, TlsCipherEncMode, TlsCipherKx, TlsCipherMac, TlsCipherSuite, TlsPRF,
};

const TSHARK: &str = "tshark-4.0.17-values.tsv";

/// Value and description of each suite in IANA's registry.
fn iana() -> Vec<Row> {
    let rows: Vec<Row> = file("iana-tls-parameters-4.csv")
        .lines()
        .filter_map(|row| row.strip_prefix("\"0x")?.split_once("\",TLS_"))
        .map(|(bytes, row)| {
            let number = u32::from_str_radix(&bytes.replace(",0x", ""), 16).unwrap();
            let name = row.split(',').next().unwrap();
            (number, format!("TLS_{name}"))
        })
        .collect();
    assert_eq!(rows.len(), 356);
    rows
}

#[test]
fn every_suite_of_iana_is_here_by_its_name_and_those_of_no_registry_besides() {
    let iana = iana();
    for (number, name) in &iana {
        assert_eq!(CipherSuite(*number as u16).name(), Some(name.as_str()));
    }
    let more: Vec<u16> = CipherSuite::all()
        .iter()
        .map(|&(number, _)| number)
        .filter(|&number| !iana.iter().any(|&(registered, _)| registered == u32::from(number)))
        .collect();
    let known: Vec<u16> = [
        vec![0x001c, 0x001d],                                         // Fortezza
        (0x0060..=0x0066).collect(),                                  // EXPORT1024
        (0x0080..=0x0083).collect(),                                  // GOST R 34.10-94 and -2001
        (0x16b7..=0x16ba).collect(),                                  // CECPQ1
        vec![0xc0ff],                                                 // J-PAKE
        vec![0xcc13, 0xcc14, 0xcc15],                                 // ChaCha20 before RFC 7905
        vec![0xe001, 0xe003, 0xe005, 0xe007, 0xe009, 0xe00a],         // TLCP with SM1
        vec![0xe011, 0xe013, 0xe015, 0xe017, 0xe019, 0xe01a, 0xe01c], // TLCP with SM4 in CBC
        vec![0xe051, 0xe053, 0xe055, 0xe057, 0xe059, 0xe05a],         // TLCP with SM4 in GCM
        (0xe410..=0xe41f).collect(),                                  // Salsa20
        vec![0xfefe, 0xfeff],                                         // Netscape's FIPS
        vec![0xff85, 0xff87], // GOST R 34.12 before RFC 9189
        vec![0xffe0, 0xffe1], // Netscape's FIPS, older
    ]
    .concat();
    assert_eq!(more, known);
}

fn tls_parsers_suites() -> Vec<&'static TlsCipherSuite> {
    let suites: Vec<_> = (0..=0xffff).filter_map(TlsCipherSuite::from_id).collect();
    assert_eq!(suites.len(), 352);
    suites
}

#[test]
fn suites_are_called_as_tls_parser_calls_them() {
    for theirs in tls_parsers_suites() {
        assert_eq!(CipherSuite(theirs.id.0).name(), Some(theirs.name));
    }
}

/// What tls-parser's two attributes are in our words.
fn methods(theirs: &TlsCipherSuite) -> (KeyExchange, Authentication) {
    use {Authentication as A, KeyExchange as K, TlsCipherAu as Au, TlsCipherKx as Kx};

    // It tells neither export suites nor anonymous ones by its key exchange.
    let export = theirs.name.contains("_EXPORT");
    match (&theirs.kx, &theirs.au) {
        (Kx::Null, Au::Null) => (K::Null, A::Null),
        (Kx::Rsa, Au::Rsa) => (if export { K::RsaExport } else { K::Rsa }, A::Rsa),
        (Kx::Rsa, Au::Psk) => (K::RsaPsk, A::Psk),
        (Kx::Dh, Au::Dss) => (if export { K::DhExport } else { K::Dh }, A::Dss),
        (Kx::Dh, Au::Rsa) => (if export { K::DhExport } else { K::Dh }, A::Rsa),
        (Kx::Dh, Au::Null) => (if export { K::DhAnonExport } else { K::DhAnon }, A::Anon),
        (Kx::Dhe, Au::Dss) => (if export { K::DheExport } else { K::Dhe }, A::Dss),
        (Kx::Dhe, Au::Rsa) => (if export { K::DheExport } else { K::Dhe }, A::Rsa),
        (Kx::Dhe, Au::Psk) => (K::DhePsk, A::Psk),
        (Kx::Ecdh, Au::Ecdsa) => (K::Ecdh, A::Ecdsa),
        (Kx::Ecdh, Au::Rsa) => (K::Ecdh, A::Rsa),
        (Kx::Ecdh, Au::Null) => (K::EcdhAnon, A::Anon),
        (Kx::Ecdhe, Au::Ecdsa) => (K::Ecdhe, A::Ecdsa),
        (Kx::Ecdhe, Au::Rsa) => (K::Ecdhe, A::Rsa),
        (Kx::Ecdhe, Au::Psk) => (K::EcdhePsk, A::Psk),
        (Kx::Psk, Au::Psk) => (K::Psk, A::Psk),
        (Kx::Krb5, Au::Krb5) => (if export { K::Krb5Export } else { K::Krb5 }, A::Krb5),
        (Kx::Srp, Au::Srp) => (K::Srp, A::Srp),
        (Kx::Srp, Au::Srp_Rsa) => (K::Srp, A::Rsa),
        (Kx::Srp, Au::Srp_Dss) => (K::Srp, A::Dss),
        (Kx::Eccpwd, Au::Eccpwd) => (K::Eccpwd, A::Eccpwd),
        (Kx::Tls13, Au::Tls13) => (K::Tls13, A::Any),
        _ => (K::Unknown, A::Unknown),
    }
}

#[test]
fn key_exchange_and_authentication_are_tls_parsers_except_for_certificates_beside_a_psk() {
    let mut differing: Vec<&str> = Vec::new();
    for theirs in tls_parsers_suites() {
        let ours = CipherSuite(theirs.id.0);
        if (ours.key_exchange(), ours.authentication()) != methods(theirs) {
            differing.push(theirs.name);
        }
    }
    // RFC 4279 section 4: RSA_PSK has the server send a certificate; we count that.
    differing.retain(|name| !name.starts_with("TLS_RSA_PSK_WITH_"));
    // RFC 6655 section 5: another spelling of DHE_PSK, which tls-parser takes apart literally.
    let spelled = ["TLS_PSK_DHE_WITH_AES_128_CCM_8", "TLS_PSK_DHE_WITH_AES_256_CCM_8"];
    assert_eq!(differing, spelled);
}

/// Algorithm, key length and whether it is AEAD, as tls-parser has them.
fn cipher(theirs: &TlsCipherSuite) -> (CipherAlgorithm, u16, bool) {
    use {CipherAlgorithm as A, TlsCipherEnc as Enc};

    let algorithm = match theirs.enc {
        Enc::Null => A::Null,
        Enc::Des => A::Des,
        Enc::TripleDes => A::TripleDes,
        Enc::Rc2 => A::Rc2,
        Enc::Rc4 => A::Rc4,
        Enc::Aria => A::Aria,
        Enc::Idea => A::Idea,
        Enc::Seed => A::Seed,
        Enc::Aes => A::Aes,
        Enc::Camellia => A::Camellia,
        Enc::Chacha20_Poly1305 => A::ChaCha20,
        Enc::Sm4 => A::Sm4,
        Enc::Aegis => A::Aegis,
    };
    (algorithm, theirs.enc_size, theirs.mac == TlsCipherMac::Aead)
}

#[test]
fn ciphers_are_tls_parsers_except_chacha20_and_aegis() {
    let mut differing = Vec::new();
    for theirs in tls_parsers_suites() {
        let ours = CipherSuite(theirs.id.0);
        let Some(our) = ours.cipher() else {
            assert!(ours.is_signalling(), "{ours}");
            continue;
        };
        let our = (our.algorithm, our.key_bits, our.is_aead());
        if our != cipher(theirs) {
            differing.push((theirs.name, our, cipher(theirs)));
        }
        let mode = match theirs.enc_mode {
            TlsCipherEncMode::Cbc => Some(CipherMode::Cbc),
            TlsCipherEncMode::Gcm => Some(CipherMode::Gcm),
            TlsCipherEncMode::Null | TlsCipherEncMode::Ccm => None,
        };
        if mode.is_some() {
            assert_eq!(ours.cipher().map(|cipher| cipher.mode), mode, "{ours}");
        }
    }
    // RFC 7905 section 2: the key has 256 bits.
    differing.retain(|(name, ours, theirs)| {
        let lengths = (CipherAlgorithm::ChaCha20, 256, 128);
        !name.contains("CHACHA20") || (ours.0, ours.1, theirs.1) != lengths
    });
    // draft-irtf-cfrg-aegis-aead: AEGIS is an AEAD.
    let aegis =
        [("TLS_AEGIS_256_SHA512", 256), ("TLS_AEGIS_128L_SHA256", 128)].map(|(name, bits)| {
            let aead = |is_aead| (CipherAlgorithm::Aegis, bits, is_aead);
            (name, aead(true), aead(false))
        });
    assert_eq!(differing, aegis);
}

#[test]
fn hashes_and_macs_are_tls_parsers_except_for_aegis() {
    let mut differing = Vec::new();
    for theirs in tls_parsers_suites() {
        let ours = CipherSuite(theirs.id.0);
        let mac = match theirs.mac {
            TlsCipherMac::Null => Mac::Null,
            TlsCipherMac::HmacMd5 => Mac::Hmac(Hash::Md5),
            TlsCipherMac::HmacSha1 => Mac::Hmac(Hash::Sha1),
            TlsCipherMac::HmacSha256 => Mac::Hmac(Hash::Sha256),
            TlsCipherMac::HmacSha384 => Mac::Hmac(Hash::Sha384),
            TlsCipherMac::HmacSha512 => Mac::Hmac(Hash::Sha512),
            TlsCipherMac::Aead => Mac::Aead,
        };
        if ours.mac().is_some_and(|ours| ours != mac) {
            differing.push((theirs.name, ours.mac(), mac));
        }
        let prf = match theirs.prf {
            TlsPRF::Sha256 => Hash::Sha256,
            TlsPRF::Sha384 => Hash::Sha384,
            TlsPRF::Sha512 => Hash::Sha512,
            TlsPRF::Sm3 => Hash::Sm3,
            TlsPRF::Default | TlsPRF::Null | TlsPRF::Md5AndSha1 | TlsPRF::Sha1 => continue,
        };
        if mac == Mac::Aead {
            assert_eq!(ours.hash(), Some(prf), "{ours}");
        }
    }
    // As above.
    assert_eq!(
        differing,
        [
            ("TLS_AEGIS_256_SHA512", Some(Mac::Aead), Mac::Hmac(Hash::Sha512)),
            ("TLS_AEGIS_128L_SHA256", Some(Mac::Aead), Mac::Hmac(Hash::Sha256)),
        ]
    );
}

/// Names that tshark gives to two numbers each.
fn given_twice(number: u32) -> bool {
    match number {
        // RFC 7905 gave these names to 0xcca8 to 0xccaa, and not to the draft's numbers.
        0xcc13..=0xcc15 => true,
        // Netscape gave them to 0xfefe and 0xfeff, in place of these.
        0xffe0 | 0xffe1 => true,
        _ => false,
    }
}

#[test]
fn suites_are_called_as_tshark_calls_them_except_five_whose_names_stand_twice() {
    let theirs = tshark_rows(&file(TSHARK), "tls.handshake.ciphersuite");
    let numbers = |number: &u32| given_twice(*number);
    let differing: Vec<u32> =
        differences::<CipherSuite>(&theirs).iter().map(|&(number, _, _)| number.into()).collect();
    assert_eq!(differing.len(), 5);
    assert!(differing.iter().all(numbers), "{differing:04x?}");
}

#[test]
fn kinds_of_ssl_2_are_called_as_tshark_calls_them_except_for_numbers_of_a_draft() {
    let theirs = tshark_rows(&file(TSHARK), "tls.handshake.cipherspec");
    let mut differing = Vec::new();
    for (number, theirs) in theirs.into_iter().filter(|&(number, _)| !given_twice(number)) {
        let ours = Ssl2CipherKind(number).name().unwrap_or("");
        // The paper has SSL_CK_.
        if ours != theirs.replace("SSL2_", "SSL_CK_") {
            differing.push((number, ours));
        }
    }
    // draft-ietf-tls-ecc-01 had these for ECDH_ECDSA; RFC 4492 has 0xc001 and on.
    assert_eq!(differing, [0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c].map(|number| (number, "")));
}

/// A line of `openssl ciphers -V`.
struct OpenSsl<'l> {
    suite: CipherSuite,
    name: &'l str,
    key_exchange: &'l str,
    authentication: &'l str,
    cipher: &'l str,
    mac: &'l str,
}

impl<'l> OpenSsl<'l> {
    fn read(line: &'l str) -> OpenSsl<'l> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [bytes, "-", name, _, key_exchange, authentication, cipher, mac] = words[..] else {
            panic!("{line}");
        };
        let after = |word: &'l str, what| word.strip_prefix(what).unwrap();
        OpenSsl {
            suite: CipherSuite(parse(&bytes.replace(",0x", "")) as u16),
            name,
            key_exchange: after(key_exchange, "Kx="),
            authentication: after(authentication, "Au="),
            cipher: after(cipher, "Enc="),
            mac: after(mac, "Mac="),
        }
    }

    /// The suite's parts as OpenSSL would write what we say of them.
    fn as_we_say(suite: CipherSuite) -> (String, String, String, String) {
        use {Authentication as A, CipherAlgorithm as C, CipherMode as M, KeyExchange as K};

        let key_exchange = match suite.key_exchange() {
            K::Tls13 => "any",
            K::Rsa => "RSA",
            K::Dhe | K::DhAnon => "DH",
            K::Ecdhe | K::EcdhAnon => "ECDH",
            K::Psk => "PSK",
            K::DhePsk => "DHEPSK",
            K::EcdhePsk => "ECDHEPSK",
            K::RsaPsk => "RSAPSK",
            K::Srp => "SRP",
            K::Gost => "GOST",
            other => panic!("{suite}: {other:?}"),
        };
        let authentication = match suite.authentication() {
            A::Any => "any",
            A::Rsa => "RSA",
            A::Dss => "DSS",
            A::Ecdsa => "ECDSA",
            A::Anon => "None",
            A::Psk => "PSK",
            A::Srp => "SRP",
            A::Gost => "GOST12",
            other => panic!("{suite}: {other:?}"),
        };
        let cipher = suite.cipher().unwrap();
        let algorithm = match cipher.algorithm {
            C::Null => "None".to_owned(),
            C::ChaCha20 => format!("CHACHA20/POLY1305({})", cipher.key_bits),
            algorithm => {
                let algorithm = match algorithm {
                    C::Aes => "AES",
                    C::Aria => "ARIA",
                    C::Camellia => "Camellia",
                    C::TripleDes => "3DES",
                    C::Des => "DES",
                    C::Rc4 => "RC4",
                    C::Rc2 => "RC2",
                    C::Idea => "IDEA",
                    C::Seed => "SEED",
                    other => panic!("{suite}: {other:?}"),
                };
                let mode = match cipher.mode {
                    M::Gcm => "GCM",
                    M::Ccm => "CCM",
                    M::Ccm8 => "CCM8",
                    _ => "",
                };
                format!("{algorithm}{mode}({})", cipher.key_bits)
            }
        };
        let mac = suite.mac().unwrap().to_string().replace("HMAC-", "");
        (key_exchange.to_owned(), authentication.to_owned(), algorithm, mac)
    }
}

#[test]
fn suites_are_called_and_made_up_as_openssl_has_them() {
    let all = ["ciphers", "-V", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"];
    let Some(list) = said_by("openssl", &all, true) else { return };
    let rows: Vec<OpenSsl> =
        list.lines().filter(|line| !line.is_empty()).map(OpenSsl::read).collect();
    assert!(rows.len() > 30, "{list}");
    let mut differing = Vec::new();
    for theirs in &rows {
        let suite = theirs.suite;
        assert_eq!(suite.openssl_name(), Some(theirs.name), "{suite}");
        assert_eq!(CipherSuite::parse(theirs.name), Some(suite), "{}", theirs.name);
        let ours = OpenSsl::as_we_say(suite);
        let ours = [&ours.0, &ours.1, &ours.2, &ours.3].map(String::as_str);
        let theirs = [theirs.key_exchange, theirs.authentication, theirs.cipher, theirs.mac];
        if ours != theirs {
            differing.push((suite, ours.join(" "), theirs.join(" ")));
        }
    }
    assert_eq!(differing, []);
}

#[test]
fn suites_are_called_as_gnutls_calls_them() {
    let Some(list) = said_by("gnutls-cli", &["--list"], true) else { return };
    let rows: Vec<(CipherSuite, &str)> = list
        .lines()
        .skip_while(|line| *line != "Cipher suites:")
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            let (name, rest) = line.split_once(char::is_whitespace)?;
            let (high, rest) = rest.trim().strip_prefix("0x")?.split_once(", 0x")?;
            let number = parse(&format!("0x{high}{}", rest.get(..2)?));
            Some((CipherSuite(number as u16), name))
        })
        .collect();
    assert!(rows.len() > 30, "{list}");
    for (suite, name) in rows {
        assert_eq!(suite.gnutls_name(), Some(name), "{suite}");
        assert_eq!(CipherSuite::parse(name), Some(suite), "{name}");
    }
}
