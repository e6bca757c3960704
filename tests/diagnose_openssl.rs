//! Diagnoses of real servers: `openssl s_server`, set up so that it takes less than all.

mod common;

use common::diagnosis::{Found, diagnose, diagnose_host, other_name_than};
use common::openssl::{ECDSA, Identity, RSA, is_missing};
use serde_json::json;

/// What `diagnose` says of an `s_server` with a certificate for RSA and these options.
fn with_rsa(options: &[&str], hello: &str) -> Found {
    let identity = Identity::new(RSA, "/CN=localhost");
    let server = identity.serve(options);
    diagnose(&server.address, hello)
}

/// The same with a certificate for ECDSA on P-256.
fn with_ecdsa(options: &[&str], hello: &str) -> Found {
    let identity = Identity::new(ECDSA, "/CN=localhost");
    let server = identity.serve(options);
    diagnose(&server.address, hello)
}

#[test]
fn a_server_of_tls_1_3_alone_wants_what_an_old_hello_lacks() {
    if is_missing() {
        return;
    }
    for hello in ["openssl-1.0.1g", "openssl-1.0.0m"] {
        let found = with_rsa(&["-tls1_3"], hello);
        found.told("incompatible", &json!({"field": "supported_versions", "lacks": 772}));
        found.then_speaks("TLS 1.3");
    }
}

#[test]
fn a_server_of_tls_1_2_alone_wants_more_than_tls_1_0_and_less_than_tls_1_3() {
    if is_missing() {
        return;
    }
    let found = with_rsa(&["-tls1_2"], "openssl-1.0.0m");
    found.told("incompatible", &json!({"field": "legacy_version", "max": 770}));
    found.then_speaks("TLS 1.2");
    let only_tls13 = "openssl-3.0.19-s_client,-supported_versions.TLS 1.2,\
                      -supported_versions.TLS 1.1,-supported_versions.TLS 1.0";
    let found = with_rsa(&["-tls1_2"], only_tls13);
    found.told(
        "incompatible",
        &json!({"all": [
            {"field": "extensions", "has": 43},
            {"field": "supported_versions", "lacks": 771},
        ]}),
    );
    found.then_speaks("TLS 1.2");
}

#[test]
fn an_old_hello_is_told_with_the_version_of_what_it_lacks() {
    if is_missing() {
        return;
    }
    let below_tls12 = json!({"field": "legacy_version", "max": 770});
    let no_schemes = json!({"field": "extensions", "lacks": 13});
    let found = with_rsa(&["-tls1_2"], "ssl3");
    match found.json["verdict"].as_str() {
        Some("incompatible") => found.told("incompatible", &below_tls12),
        _ => found.told("cause", &json!({"any": [no_schemes, below_tls12]})),
    };
    found.then_speaks("TLS 1.2");
    let found = with_rsa(&["-tls1_3"], "ssl3");
    found.told("incompatible", &json!({"field": "supported_versions", "lacks": 772}));
    found.then_speaks("TLS 1.3");
    // Without signature_algorithms OpenSSL 3 takes a client to know SHA-1 alone, and refuses it.
    let no_suite = json!({"field": "cipher_suites", "lacks": 61});
    let found = with_rsa(&["-no_tls1_3", "-cipher", "AES256-SHA256"], "openssl-1.0.0m");
    found.told("cause", &json!({"any": [no_suite, below_tls12, no_schemes]}));
    found.then_speaks("TLS 1.2");
    // The suite needs groups, which no hello of this client had: with the other two alone it fails too.
    let no_suite = json!({"field": "cipher_suites", "lacks": 49199});
    let no_groups = json!({"field": "extensions", "lacks": 10});
    let found = with_rsa(&["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"], "minimal");
    found.told("cause", &json!({"any": [no_schemes, no_suite, no_groups]}));
    found.then_speaks("TLS 1.2");
}

#[test]
fn a_hello_of_ssl_2_0_is_told_by_its_frame_or_by_the_version_that_is_wanted() {
    if is_missing() {
        return;
    }
    let found = with_rsa(&[], "sslv2");
    found.told(
        "cause",
        &json!({"any": [
            {"field": "framing", "is": "sslv2"},
            {"field": "legacy_version", "max": 770},
        ]}),
    );
    found.then_speaks("TLS 1.2");
    let found = with_rsa(&["-tls1_3"], "sslv2");
    found.told("incompatible", &json!({"field": "supported_versions", "lacks": 772}));
    found.then_speaks("TLS 1.3");
}

#[test]
fn a_version_is_told_also_where_the_server_takes_little_of_it() {
    if is_missing() {
        return;
    }
    for options in [
        &["-no_tls1_3", "-cipher", "AES256-SHA256"][..],
        &["-no_tls1_3", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", "-groups", "X448"],
    ] {
        let found = with_rsa(options, "tls13-only");
        found.told(
            "incompatible",
            &json!({"all": [
                {"field": "extensions", "has": 43},
                {"field": "supported_versions", "lacks": 771},
            ]}),
        );
        found.then_speaks("TLS 1.2");
    }
    let one_of_each = &["-tls1_3", "-groups", "P-521", "-ciphersuites", "TLS_AES_128_CCM_SHA256"];
    let found = with_rsa(one_of_each, "openssl-1.0.2r");
    found.told("incompatible", &json!({"field": "supported_versions", "lacks": 772}));
    found.then_speaks("TLS 1.3");
}

#[test]
fn a_server_of_one_cipher_suite_is_told_by_that_suite() {
    if is_missing() {
        return;
    }
    for (options, hello, suite, code) in [
        (
            &["-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"][..],
            "gnutls-3.7.9",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            0xc030,
        ),
        (
            &["-tls1_2", "-cipher", "AES128-SHA"],
            "firefox-153esr",
            "TLS_RSA_WITH_AES_128_CBC_SHA",
            0x002f,
        ),
        (
            &["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"],
            "java-17.0.15",
            "TLS_CHACHA20_POLY1305_SHA256",
            0x1303,
        ),
    ] {
        let found = with_rsa(options, &format!("{hello},-cipher_suites.{suite}"));
        found.told("incompatible", &json!({"field": "cipher_suites", "lacks": code}));
        found.helped_by(&[&format!("+cipher_suites.{suite}")]);
    }
}

#[test]
fn a_server_of_both_versions_with_one_suite_of_tls_1_3_is_told_by_that_suite() {
    if is_missing() {
        return;
    }
    // It chooses the version first, and then finds no suite.
    let options = ["-ciphersuites", "TLS_AES_128_CCM_8_SHA256"];
    for hello in ["tls13-only", "curl-7.88.1"] {
        let found = with_rsa(&options, hello);
        found.told(
            "incompatible",
            &json!({"all": [
                {"field": "supported_versions", "has": 772},
                {"field": "cipher_suites", "lacks": 0x1305},
            ]}),
        );
        found.helped_by(&["+cipher_suites.TLS_AES_128_CCM_8_SHA256"]);
    }
}

#[test]
fn a_server_of_one_group_is_told_by_that_group() {
    if is_missing() {
        return;
    }
    let secp521r1 = json!({"field": "supported_groups", "lacks": 25});
    for (options, hello) in [
        (&["-tls1_3", "-groups", "P-521"][..], "openssl-3.0.19-s_client"),
        (
            &["-tls1_2", "-groups", "P-521", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"],
            "openssl-1.0.1g",
        ),
    ] {
        let found = with_rsa(options, &format!("{hello},-supported_groups.secp521r1"));
        found.told("cause", &secp521r1).helped_by(&["+supported_groups.secp521r1"]);
    }
    // A server that also speaks TLS 1.2 with keys by RSA fails it in TLS 1.3 alone; what helps there
    // is told before what gives TLS 1.3 up.
    let found = with_rsa(&["-groups", "P-521"], "chromium-156");
    let in_tls13 = json!({"all": [{"field": "supported_versions", "has": 772}, secp521r1]});
    found.told("cause", &in_tls13).helped_by(&["+supported_groups.secp521r1"]);
    found.then_speaks("TLS 1.3");
}

#[test]
fn a_server_of_one_signature_scheme_is_told_by_that_scheme() {
    if is_missing() {
        return;
    }
    for (options, hello, scheme, code) in [
        (
            ["-tls1_2", "-sigalgs", "RSA+SHA256"],
            "openssl-3.0.19-s_client",
            "rsa_pkcs1_sha256",
            0x0401,
        ),
        (["-tls1_2", "-sigalgs", "RSA+SHA512"], "go-1.19.8", "rsa_pkcs1_sha512", 0x0601),
        (
            ["-tls1_3", "-sigalgs", "rsa_pss_rsae_sha512"],
            "chromium-156",
            "rsa_pss_rsae_sha512",
            0x0806,
        ),
    ] {
        let found = with_rsa(&options, &format!("{hello},-signature_algorithms.{scheme}"));
        found.told("cause", &json!({"field": "signature_algorithms", "lacks": code}));
        found.helped_by(&[&format!("+signature_algorithms.{scheme}")]);
    }
}

#[test]
fn a_key_is_told_by_its_scheme_or_by_one_of_its_schemes_or_suites() {
    if is_missing() {
        return;
    }
    // TLS 1.3 binds the scheme of ECDSA to the curve of the key.
    let hello = "openssl-3.0.19-s_client,-signature_algorithms.ecdsa_secp256r1_sha256";
    let found = with_ecdsa(&["-tls1_3"], hello);
    found.told("cause", &json!({"field": "signature_algorithms", "lacks": 0x0403}));
    found.helped_by(&["+signature_algorithms.ecdsa_secp256r1_sha256"]);
    // Below, and of RSA, any of several would do.
    let found = with_ecdsa(&[], "tls12-only,cipher_suites-=TLS_ECDHE_ECDSA_*");
    found.helped_by_some(&["+cipher_suites.TLS_ECDHE_ECDSA_"]).then_speaks("TLS 1.2");
    let hello = "tls13-only,signature_algorithms=ecdsa_secp256r1_sha256,ecdsa_secp384r1_sha384";
    let found = with_rsa(&[], hello);
    found.helped_by_some(&["+signature_algorithms.rsa_pss_rsae_"]).then_speaks("TLS 1.3");
}

#[test]
fn a_server_that_wants_a_certificate_accepts_the_hello() {
    if is_missing() {
        return;
    }
    // That the client has none is nothing that the hello says.
    for verify in ["-verify", "-Verify"] {
        with_rsa(&[verify, "1"], "chromium-156").accepted("TLS 1.3");
        let found = with_rsa(&[verify, "1"], "openssl-1.0.1g");
        found.accepted("TLS 1.2");
        // Before TLS 1.3 it is seen that one is asked for.
        let note = found.json["notes"][0].as_str().unwrap_or_default();
        assert!(note.contains("asks for a client certificate"), "{note}");
    }
}

#[test]
fn a_server_of_another_protocol_inside_is_told_by_that_protocol_or_by_what_is_offered() {
    if is_missing() {
        return;
    }
    let found = with_rsa(&["-alpn", "h2"], "chromium-156,alpn=http/1.1");
    let no_h2 = json!({"all": [
        {"field": "extensions", "has": 16},
        {"field": "alpn", "lacks": "h2"},
    ]});
    found.told("cause", &no_h2);
    found.helped_by(&["-extensions.application_layer_protocol_negotiation"]);
    let found = with_rsa(&["-alpn", "spdy/9"], "chromium-156");
    // Not the extension, but the names in it; and which would do, the server does not tell.
    let edits = json!(["-extensions.application_layer_protocol_negotiation"]);
    assert_eq!(found.json["verdict"], "difference");
    assert_eq!(found.json["cause"]["edits"], edits);
    assert_eq!(found.json["reaction"]["name"], "no_application_protocol");
    assert!(found.json["notes"][0].as_str().unwrap().contains("none of the protocols"));
}

#[test]
fn a_server_of_one_name_is_told_by_the_wrong_name() {
    if is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=shop.test");
    let (certificate, key) = (identity.file("cert.pem"), identity.file("key.pem"));
    let strict = ["-servername", "shop.test", "-servername_fatal"];
    let server = identity.serve(&[&strict[..], &["-cert2", &certificate, "-key2", &key]].concat());
    let hello = "tls12-only,server_name=wrong.test";
    let found = diagnose_host("shop.test", &server.address, hello);
    assert_eq!(found.json["reaction"]["name"], "unrecognized_name");
    found.told("cause", &other_name_than("shop.test"));
    found.helped_by(&["server_name=shop.test"]);
}

/// Which names it serves, no hello finds out.
#[test]
fn a_server_that_knows_no_name_that_was_tried_is_told_by_what_its_alert_says() {
    if is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=good.test");
    let (certificate, key) = (identity.file("cert.pem"), identity.file("key.pem"));
    let strict = ["-servername", "good.test", "-servername_fatal"];
    let server = identity.serve(&[&strict[..], &["-cert2", &certificate, "-key2", &key]].concat());
    let found = diagnose_host("shop.test", &server.address, "curl-7.88.1");
    found.told("cause", &json!({"field": "extensions", "has": 0}));
    assert_eq!(found.json["known_as"], json!(["sni-unknown"]));
}

/// A hello of TLS 1.2 that has no suite for the server's key is not told to want TLS 1.3, which would
/// do as well.
#[test]
fn a_suite_that_is_missing_is_not_told_as_a_version() {
    if is_missing() {
        return;
    }
    let ecdsa = 0xc02b_u64;
    for hello in ["java-17.0.15", "go-1.19.8"] {
        let hello = format!("{hello},cipher_suites-=*ECDSA*,-supported_versions.1.3");
        let found = with_ecdsa(&[], &hello);
        found.verdict("incompatible");
        let cause = found.json["cause"].to_string();
        assert!(cause.contains(&ecdsa.to_string()), "{hello}: {cause}");
    }
}

/// The first hello has none of a family of which the server takes several: all of them are told.
#[test]
fn a_server_of_one_family_is_told_by_all_that_it_takes_of_it() {
    if is_missing() {
        return;
    }
    let without = |hello: &str, list: &str, members: &[&str]| {
        let edits: Vec<String> = members.iter().map(|one| format!(",-{list}.{one}")).collect();
        format!("{hello}{}", edits.concat())
    };
    let suites = [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    ];
    let hello = without("tls12-only", "cipher_suites", &suites);
    let ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:AES128-SHA";
    let found = with_ecdsa(&["-tls1_2", "-cipher", ciphers], &hello);
    found.verdict("incompatible").lacks_all("cipher_suites", &[0xc02b, 0xc02c]);

    let hello = without("go-1.19.8", "supported_groups", &["secp384r1", "secp521r1"]);
    let found = with_rsa(&["-tls1_3", "-groups", "P-521:P-384"], &hello);
    found.verdict("cause").lacks_all("supported_groups", &[24, 25]);

    let schemes = ["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"];
    let hello = without("firefox-153esr", "signature_algorithms", &schemes);
    let found = with_rsa(&["-tls1_3"], &hello);
    found.verdict("cause").lacks_all("signature_algorithms", &[0x0804, 0x0805, 0x0806]);
    assert_eq!(found.json["known_as"], json!(["pss-required"]));
}
