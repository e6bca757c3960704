//! Connections of NSS's programs, recorded on their way through a relay: with OpenSSL at the other
//! end, which tells by `-trace` what it sent and received, and with each other, where NSS's own
//! dissector tells. What we read is what they say, record by record and field by field.

mod common;

use common::ends::{Files, Server, is_sound, run, suite_of};
use common::nss::{self, Database};
use common::openssl_trace::{self, same_on_the_wire};
use common::relay::Relay;
use common::ssltap::SslTap;
use common::{laws, openssl, peers};
use helloscope::capture;
use helloscope::names::Code;
use helloscope::transcript::{Side, Summary, Transcript};

/// What `selfserv` is given, what `openssl s_client` is given, and the suite.
const SERVERS: &[(&str, &str, &str)] = &[
    ("-n rsa -V tls1.0:", "-tls1 -cipher ALL:@SECLEVEL=0", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (
        "-e ecdsa -V tls1.0:",
        "-tls1_1 -cipher ALL:@SECLEVEL=0",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    ),
    ("-n rsa", "-tls1_2 -cipher AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"),
    ("-n rsa -H 1", "-tls1_2 -cipher DHE", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    ("-n rsa -e ecdsa -u -Q", "-tls1_2 -alpn http/1.1", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    ("-n rsa -rr", "-tls1_2 ECDSA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ("-n rsa -T good -A rsa", "-tls1_2 -status", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ("-n rsa -V :tls1.3 -u", "-tls1_3", "TLS_AES_128_GCM_SHA256"),
    ("-e ecdsa -V :tls1.3 -Q", "-tls1_3 -alpn http/1.1", "TLS_AES_128_GCM_SHA256"),
    (
        "-n rsa -V :tls1.3 -I P384",
        "-tls1_3 -groups X25519:P-384 -servername rsa.test",
        "TLS_AES_128_GCM_SHA256",
    ),
    (
        "-e ecdsa -V :tls1.3 -rr",
        "-tls1_3 ECDSA -ciphersuites TLS_CHACHA20_POLY1305_SHA256",
        "TLS_CHACHA20_POLY1305_SHA256",
    ),
    ("-n rsa -V :tls1.3 -T good -A rsa", "-tls1_3 -status", "TLS_AES_128_GCM_SHA256"),
];

#[test]
fn servers_of_nss_are_as_openssl_sees_them() {
    if openssl::is_missing() || nss::is_missing() {
        return;
    }
    let files = Files::new();
    let database = Database::new(&files);
    for (server_options, client_options, suite) in SERVERS {
        let name = format!("{server_options} / {client_options}");
        let server = database.serve(server_options);
        let relay = Relay::to(&server.address, 1);
        let connect = |address: &str, shown: &str| {
            run(
                "openssl",
                &files.words(&format!(
                    "s_client -connect {address} -ign_eof {shown} {client_options}"
                )),
            )
        };
        let trace = openssl_trace::read(&connect(&relay.address, "-trace"), Side::Client);
        let wire = is_sound(&relay.flows().remove(0), &name);
        assert_eq!(suite_of(&wire), Some(*suite), "{name}");
        same_on_the_wire(&wire, &trace, &name);

        // Again, for the bytes of what was protected: the same messages, and all have their form.
        let log = capture::read(&name, connect(&server.address, "-msg").as_bytes()).unwrap();
        assert_eq!(laws::remarks_of_form(&log), [], "{name}");
        for side in [Side::Client, Side::Server] {
            let theirs = trace.iter().filter(|record| record.from == side);
            let theirs: Vec<_> =
                theirs.flat_map(|record| &record.messages).map(|said| said.name.as_str()).collect();
            assert_eq!(handshake_of(&log, side), theirs, "{name}");
        }
    }
}

/// The types of the handshake messages of one side, as they stand in the headers.
fn handshake_of(transcript: &Transcript, side: Side) -> Vec<&'static str> {
    let messages = transcript.from(side).filter_map(|message| message.handshake());
    messages.map(|handshake| handshake.msg_type().name().unwrap()).collect()
}

/// What `openssl s_server` is given, what `tstclnt` is given, and the suite; none where the server
/// refuses, as it does one that falls back to an older version.
const CLIENTS: &[(&str, &str, Option<&str>)] = &[
    ("RSA -cipher ALL:@SECLEVEL=0", "-V tls1.0:tls1.0", Some("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")),
    (
        "ECDSA -cipher ALL:@SECLEVEL=0",
        "-V tls1.1:tls1.1",
        Some("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    ),
    ("RSA", "-V tls1.2:tls1.2 -T -U", Some("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")),
    ("RSA", "-V tls1.2:tls1.2 -c :009E", Some("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")),
    (
        "RSA -status_file OCSP",
        "-V tls1.2:tls1.2 -T -u",
        Some("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ),
    ("RSA -Verify 1", "-V tls1.2:tls1.2 -n ecdsa", Some("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")),
    ("RSA", "-V tls1.0:tls1.2 -K -a rsa.test", None),
    ("RSA", "", Some("TLS_AES_128_GCM_SHA256")),
    ("ECDSA", "-V tls1.3: -B -U -T -u -e -a ecdsa.test", Some("TLS_AES_128_GCM_SHA256")),
    ("ECDSA -groups P-384", "-V tls1.3: -I x25519,P384", Some("TLS_AES_128_GCM_SHA256")),
    ("RSA -groups ffdhe2048", "-I FF2048", Some("TLS_AES_128_GCM_SHA256")),
    ("RSA -Verify 1", "-V tls1.3: -n rsa", Some("TLS_AES_128_GCM_SHA256")),
    ("RSA", "-V tls1.3: -i 100 -a rsa.test", Some("TLS_AES_128_GCM_SHA256")),
];

#[test]
fn clients_of_nss_are_as_openssl_sees_them() {
    if openssl::is_missing() || nss::is_missing() {
        return;
    }
    let files = Files::new();
    let database = Database::new(&files);
    for (server_options, client_options, suite) in CLIENTS {
        let name = format!("{server_options} / {client_options}");
        let server = Server::start(&files, server_options, 1);
        let relay = Relay::to(&server.address, 1);
        run("tstclnt", &database.client(&relay.address, client_options));
        let flow = relay.flows().remove(0);
        let trace = openssl_trace::read(&server.trace(), Side::Server);
        let wire = is_sound(&flow, &name);
        assert_eq!(suite_of(&wire), *suite, "{name}");
        same_on_the_wire(&wire, &trace, &name);
    }
}

#[test]
fn a_session_of_nss_that_goes_on_is_as_openssl_sees_it() {
    if openssl::is_missing() || nss::is_missing() {
        return;
    }
    let files = Files::new();
    let database = Database::new(&files);
    for (server_options, version) in
        [("-n rsa", "-tls1_2"), ("-n rsa -u", "-tls1_2"), ("-n rsa -u -V :tls1.3", "-tls1_3")]
    {
        let name = format!("{server_options} / {version}");
        let server = database.serve(server_options);
        for (session, resumed) in [("-sess_out SESSION", false), ("-sess_in SESSION", true)] {
            let relay = Relay::to(&server.address, 1);
            let options = format!("s_client -connect {} -ign_eof -trace", relay.address);
            let trace = run("openssl", &files.words(&format!("{options} {version} {session}")));
            let wire = is_sound(&relay.flows().remove(0), &name);
            assert_eq!(Summary::of(&wire).resumed, resumed, "{name}");
            same_on_the_wire(&wire, &openssl_trace::read(&trace, Side::Client), &name);
        }
    }
}

/// What `selfserv` is given, the client and what it is given, and the suite.
const BETWEEN: &[(&str, &str, &str, &str)] = &[
    ("-n rsa -V tls1.0:", "tstclnt", "-V tls1.0:tls1.0 -c v", "TLS_RSA_WITH_AES_128_CBC_SHA"),
    ("-n rsa", "tstclnt", "-V tls1.1:tls1.1", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (
        "-n rsa -e ecdsa -u -Q",
        "tstclnt",
        "-V tls1.2:tls1.2 -u",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    ),
    ("-n rsa -H 1", "tstclnt", "-V tls1.2:tls1.2 -c :009E", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    ("-n rsa -rr", "tstclnt", "-V tls1.2:tls1.2 -n ecdsa", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    (
        "-n rsa -T good -A rsa",
        "tstclnt",
        "-V tls1.2:tls1.2 -T",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    ),
    ("-n rsa -V :tls1.3", "tstclnt", "-V :tls1.3 -a rsa.test", "TLS_AES_128_GCM_SHA256"),
    ("-e ecdsa -V tls1.3:", "tstclnt", "-V tls1.3: -B -U -T -i 100", "TLS_AES_128_GCM_SHA256"),
    ("-n rsa -V tls1.3: -I P384", "tstclnt", "-V tls1.3:", "TLS_AES_128_GCM_SHA256"),
    (
        "-n rsa -V tls1.3: -z 0x1a2b3c4d5e6f:us",
        "tstclnt",
        "-V tls1.3: -z 0x1a2b3c4d5e6f:us",
        "TLS_AES_128_GCM_SHA256",
    ),
    (
        "-n rsa",
        "gnutls-cli",
        "NORMAL:-VERS-ALL:+VERS-TLS1.2",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    ),
    (
        "-e ecdsa -V tls1.3:",
        "gnutls-cli",
        "NORMAL:-VERS-ALL:+VERS-TLS1.3:%DISABLE_TLS13_COMPAT_MODE",
        "TLS_AES_128_GCM_SHA256",
    ),
];

#[test]
fn servers_of_nss_are_as_its_own_dissector_sees_them() {
    if openssl::is_missing() || nss::is_missing() {
        return;
    }
    let files = Files::new();
    let database = Database::new(&files);
    for (server_options, client, options, suite) in BETWEEN {
        if peers::is_missing(client) {
            continue;
        }
        let name = format!("{server_options} / {client} {options}");
        let server = database.serve(server_options);
        let tap = SslTap::to(&server.address);
        let relay = Relay::to(&tap.address, 1);
        match *client {
            "tstclnt" => run(client, &database.client(&relay.address, options)),
            _ => {
                let (host, port) = relay.address.rsplit_once(':').unwrap();
                let fixed = ["--insecure", "--port", port, "--priority", options, host];
                run(client, &fixed.map(str::to_owned))
            }
        };
        let wire = is_sound(&relay.flows().remove(0), &name);
        assert_eq!(suite_of(&wire), Some(*suite), "{name}");
        same_on_the_wire(&wire, &tap.records(), &name);
    }
}
