//! Every preset is accepted by the servers that should accept it: OpenSSL 3, GnuTLS, NSS, over TCP
//! and by datagrams; those of SSL 2.0 and SSL 3.0 by an old OpenSSL, where there is one.

mod common;

use std::sync::Mutex;

use common::ends::{Files, Server as DatagramServer};
use common::nss::{self, Database};
use common::openssl::{self, Identity, RSA};
use common::program::run;
use common::{gnutls, old_openssl, peers};
use helloscope::hello::framing::Framing;
use helloscope::hello::preset::Preset;
use helloscope::names::ProtocolVersion;
use serde_json::Value as Json;

/// Presets whose version no newer server speaks.
const OLD: &[&str] = &["ssl3", "sslv2"];

/// What a server answers to a preset.
fn answer(address: &str, preset: &str) -> Json {
    let name = ["--server-name", "shop.test.example"];
    // A name is put also into a hello that had none: those go as they are.
    let id = preset.split(',').next().unwrap();
    // A hello in a record of SSL 2.0 has no place for one.
    let named =
        Preset::find(id).unwrap().spec.hello.extensions.is_some() && !preset.ends_with(",sslv2");
    let fixed = ["connect", address, "--hello", preset, "--format", "json"];
    let run = run(&[&fixed[..], if named { &name } else { &[] }].concat());
    let summary = run.json()["summary"].clone();
    assert_eq!(run.code == 0, summary["outcome"]["kind"] == "accepted", "{run:?}");
    summary
}

/// All presets that go over TCP and are not old, each at one of these servers. Says which are not
/// accepted, with what came instead.
fn refused(addresses: &[String], version: impl Fn(&Preset) -> Option<u16> + Sync) -> Vec<String> {
    let over_tcp =
        |preset: &&Preset| preset.spec.framing == Framing::Tls && !OLD.contains(&preset.id);
    let presets = Mutex::new(Preset::all().iter().filter(over_tcp));
    let next = || presets.lock().unwrap().next();
    let refused = Mutex::new(Vec::new());
    let work = |address: &String| {
        while let Some(preset) = next() {
            let summary = answer(address, preset.id);
            let expected = version(preset);
            let fits = expected.is_none_or(|version| summary["version"] == version);
            if summary["outcome"]["kind"] != "accepted" || !fits {
                refused.lock().unwrap().push(format!("{}: {}", preset.id, summary["outcome"]));
            }
        }
    };
    std::thread::scope(|scope| {
        for address in addresses {
            scope.spawn(|| work(address));
        }
    });
    refused.into_inner().unwrap()
}

/// The highest version that a preset offers.
fn highest(preset: &Preset) -> u16 {
    let tls13 = preset.spec.hello.extensions().iter().any(|extension| {
        use helloscope::wire::extension::ClientExtension::SupportedVersions;
        matches!(extension, SupportedVersions(list) if list.0.contains(&ProtocolVersion::TLS1_3))
    });
    if tls13 { 0x0304 } else { preset.spec.hello.legacy_version.0 }
}

#[test]
fn openssl_accepts_all_but_the_old_at_the_highest_version_that_they_offer() {
    if openssl::is_missing() {
        return;
    }
    let identity = Identity::new(RSA, "/CN=peer.test");
    // s_server serves one connection after the other.
    let servers: Vec<_> = (0..3).map(|_| identity.serve(&["-cipher", "ALL:@SECLEVEL=0"])).collect();
    let addresses: Vec<_> = servers.iter().map(|server| server.address.clone()).collect();
    assert_eq!(refused(&addresses, |preset| Some(highest(preset))), [] as [String; 0]);
    // It speaks neither.
    for id in OLD {
        assert_ne!(answer(&addresses[0], id)["outcome"]["kind"], "accepted", "{id}");
    }
}

#[test]
fn gnutls_accepts_all_but_the_old() {
    if openssl::is_missing() || peers::is_missing("gnutls-serv") {
        return;
    }
    let identity = Identity::new(RSA, "/CN=rsa.test");
    let priority = "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+SIGN-RSA-SHA1:%VERIFY_ALLOW_SIGN_WITH_SHA1";
    let server = gnutls::serve(&identity, priority, &[]);
    assert_eq!(
        refused(std::slice::from_ref(&server.address), |preset| Some(highest(preset))),
        [] as [String; 0]
    );
}

#[test]
fn nss_accepts_all_but_the_old() {
    if openssl::is_missing() || nss::is_missing() {
        return;
    }
    let files = Files::new();
    let database = Database::new(&files);
    let server = database.serve("-n rsa -V tls1.0:tls1.3");
    let addresses = [server.address.clone()];
    let refused = refused(&addresses, |preset| Some(highest(preset)));
    // NSS 3.87 does not let a client have certificate_authorities, which RFC 8446 4.2.4 does.
    let [everything] = &refused[..] else { panic!("{refused:?}") };
    assert!(everything.starts_with("everything: "), "{refused:?}");
    assert!(everything.contains("illegal_parameter"), "{refused:?}");
    let summary = answer(&server.address, "everything,-extensions.certificate_authorities");
    assert_eq!(summary["outcome"]["kind"], "accepted", "{summary}");
}

#[test]
fn datagrams_are_accepted_by_openssl() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    for preset in Preset::all().iter().filter(|preset| preset.spec.framing == Framing::Dtls) {
        let server = DatagramServer::of_datagrams(&files, "-dtls RSA");
        let summary = answer(&server.address, preset.id);
        assert_eq!(summary["outcome"]["kind"], "accepted", "{}", preset.id);
        assert_eq!(summary["version"], preset.spec.hello.legacy_version.0, "{}", preset.id);
    }
}

#[test]
fn an_old_openssl_accepts_the_old() {
    let Some(old) = old_openssl::find("0.9.8") else { return };
    let identity = Identity::new(RSA, "/CN=old.test");
    for (preset, method, version) in [
        ("ssl3", "SSLv3", 0x0300),
        ("sslv2", "SSLv2", 0x0002),
        // It answers a hello in a record of SSL 2.0 that offers more in TLS.
        ("ssl3,sslv2", "SSLv23", 0x0300),
        ("tls12-only,sslv2", "SSLv23", 0x0301),
    ] {
        let server = old.serve(&identity, method, "ALL");
        let summary = answer(&server.address, preset);
        assert_eq!(summary["outcome"]["kind"], "accepted", "{preset}: {summary}");
        assert_eq!(summary["version"], version, "{preset}");
    }
}
