//! Connections between real clients and real servers, recorded on their way through a relay. What
//! we read is what OpenSSL's `-trace` says at one end, record by record and field by field; and
//! between OpenSSL and OpenSSL also of what was protected, whose bytes the other end's `-msg` has.

mod common;

use std::process::{Command, Stdio};

use common::ends::{Files, Server, free_port, is_sound, run, suite_of};
use common::openssl;
use common::openssl_trace::{self, same_messages, same_on_the_wire};
use common::program::Guard;
use common::relay::Relay;
use common::{laws, peers};
use helloscope::capture;
use helloscope::transcript::{Side, Summary};

/// Between OpenSSL and OpenSSL: what the server is given, what the client is given, and the suite
/// on which they agree, or none where they do not.
const OPENSSL: &[(&str, &str, Option<&str>)] = &[
    (
        "RSA -cipher ALL:@SECLEVEL=0",
        "-tls1 -cipher DHE-RSA-AES128-SHA:@SECLEVEL=0",
        Some("TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
    ),
    (
        "ECDSA -cipher ALL:@SECLEVEL=0",
        "-tls1 -cipher ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0",
        Some("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
    ),
    (
        "RSA -cipher ALL:@SECLEVEL=0",
        "-tls1_1 -cipher AES256-SHA:@SECLEVEL=0",
        Some("TLS_RSA_WITH_AES_256_CBC_SHA"),
    ),
    (
        "RSA -Verify 1 -cipher ALL:@SECLEVEL=0",
        "-tls1_1 RSA -cipher ALL:@SECLEVEL=0",
        Some("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    ),
    ("RSA", "-tls1_2 -cipher AES128-SHA", Some("TLS_RSA_WITH_AES_128_CBC_SHA")),
    (
        "RSA",
        "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256",
        Some("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    ),
    (
        "RSA -alpn h2",
        "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256 -alpn h2,http/1.1",
        Some("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ),
    (
        "ECDSA",
        "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305",
        Some("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    ),
    ("ED25519", "-tls1_2", Some("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")),
    (
        "-nocert -cipher ALL:@SECLEVEL=0",
        "-tls1_2 -cipher ADH-AES128-SHA:@SECLEVEL=0",
        Some("TLS_DH_anon_WITH_AES_128_CBC_SHA"),
    ),
    (
        "-nocert -cipher ALL:@SECLEVEL=0",
        "-tls1_2 -cipher AECDH-AES128-SHA:@SECLEVEL=0",
        Some("TLS_ECDH_anon_WITH_AES_128_CBC_SHA"),
    ),
    (
        "-nocert -psk 1a2b -psk_hint here",
        "-tls1_2 -psk 1a2b -cipher PSK-AES128-CBC-SHA",
        Some("TLS_PSK_WITH_AES_128_CBC_SHA"),
    ),
    (
        "-nocert -psk 1a2b",
        "-tls1_2 -psk 1a2b -cipher DHE-PSK-AES128-CBC-SHA",
        Some("TLS_DHE_PSK_WITH_AES_128_CBC_SHA"),
    ),
    (
        "-nocert -psk 1a2b -psk_hint here",
        "-tls1_2 -psk 1a2b -cipher ECDHE-PSK-AES128-CBC-SHA256",
        Some("TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256"),
    ),
    (
        "RSA -psk 1a2b",
        "-tls1_2 -psk 1a2b -cipher RSA-PSK-AES128-CBC-SHA",
        Some("TLS_RSA_PSK_WITH_AES_128_CBC_SHA"),
    ),
    ("RSA -Verify 1", "-tls1_2 ECDSA", Some("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")),
    ("RSA -status_file OCSP", "-tls1_2 -status", Some("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")),
    ("RSA", "-tls1_2 -maxfraglen 512", Some("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")),
    (
        "RSA -no_ticket",
        "-tls1_2 -serverinfo 18 -noservername",
        Some("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    ),
    ("RSA", "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256", None),
    ("RSA", "-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256", Some("TLS_AES_128_GCM_SHA256")),
    ("ECDSA -alpn h2", "-tls1_3 -alpn h2", Some("TLS_AES_256_GCM_SHA384")),
    (
        "RSA -status_file OCSP",
        "-tls1_3 -status -ciphersuites TLS_CHACHA20_POLY1305_SHA256",
        Some("TLS_CHACHA20_POLY1305_SHA256"),
    ),
    ("ECDSA -Verify 1", "-tls1_3 RSA", Some("TLS_AES_256_GCM_SHA384")),
    ("ECDSA -groups P-384", "-tls1_3 -groups X25519:P-384", Some("TLS_AES_256_GCM_SHA384")),
    ("-nocert -psk 1a2b", "-tls1_3 -psk 1a2b", Some("TLS_CHACHA20_POLY1305_SHA256")),
    ("ECDSA -tls1_2", "-tls1_3", None),
];

#[test]
fn openssl_to_openssl_is_as_both_say() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    for (server_options, client_options, suite) in OPENSSL {
        let name = format!("{server_options} / {client_options}");
        let server = Server::start(&files, server_options, 1);
        let relay = Relay::to(&server.address, 1);
        let fixed = ["s_client", "-connect", &relay.address, "-msg", "-ign_eof"];
        let fixed = fixed.map(str::to_owned).to_vec();
        let named =
            if client_options.contains("-noservername") { "" } else { "-servername rsa.test" };
        let options = [files.words(client_options), files.words(named)].concat();
        let log = run("openssl", &[fixed, options].concat());
        let flow = relay.flows().remove(0);
        let trace = openssl_trace::read(&server.trace(), Side::Server);

        let wire = is_sound(&flow, &name);
        let agreed = suite_of(&wire);
        assert_eq!(agreed, *suite, "{name}");
        same_on_the_wire(&wire, &trace, &name);
        let log = capture::read(&name, log.as_bytes()).unwrap();
        assert_eq!(laws::remarks_of_form(&log), [], "{name}");
        for side in [Side::Client, Side::Server] {
            if suite.is_some() {
                same_messages(&log, &trace, side, &name);
            }
        }
    }
}

#[test]
fn a_session_that_goes_on_is_as_both_say() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    for version in ["-tls1_2", "-tls1_2 -no_ticket", "-tls1_3"] {
        let server = Server::start(&files, "ECDSA", 2);
        let relay = Relay::to(&server.address, 2);
        let connect = |session: &str| {
            let options = format!("s_client -connect {} -ign_eof {version}", relay.address);
            run("openssl", &files.words(&format!("{options} {session}")));
        };
        connect("-sess_out SESSION");
        connect("-sess_in SESSION");
        let flows = relay.flows();
        let all = server.trace();
        // The second connection begins with the last record that says hello.
        let (first, second) = all.split_at(all.rfind("    ClientHello, Length").unwrap());
        let (first, header) = first.split_at(first.rfind("Received Record").unwrap());
        let traces = [first.to_owned(), format!("{header}{second}")];
        for ((flow, trace), resumed) in flows.iter().zip(traces).zip([false, true]) {
            let wire = is_sound(flow, version);
            assert_eq!(Summary::of(&wire).resumed, resumed, "{version}");
            let trace = openssl_trace::read(&trace, Side::Server);
            same_on_the_wire(&wire, &trace, version);
        }
    }
}

/// Other clients to OpenSSL's server: the program, its arguments (`PORT`: the server's), and the
/// suite.
const CLIENTS: &[(&str, &str, &str)] = &[
    ("gnutls-cli", "--insecure --port PORT 127.0.0.1", "TLS_AES_256_GCM_SHA384"),
    (
        "gnutls-cli",
        "--insecure --port PORT --priority NORMAL:-VERS-ALL:+VERS-TLS1.2 127.0.0.1",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    ),
    (
        "gnutls-cli",
        "--insecure --port PORT --priority NORMAL:-KX-ALL:+RSA:-VERS-ALL:+VERS-TLS1.2 --alpn h2 127.0.0.1",
        "TLS_RSA_WITH_AES_256_GCM_SHA384",
    ),
    (
        "gnutls-cli",
        "--insecure --port PORT --priority NORMAL:-GROUP-ALL:+GROUP-FFDHE2048:-VERS-ALL:+VERS-TLS1.3 127.0.0.1",
        "TLS_AES_256_GCM_SHA384",
    ),
];

#[test]
fn other_clients_are_as_openssl_sees_them() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    for (program, arguments, suite) in CLIENTS {
        if peers::is_missing(program) {
            continue;
        }
        let name = format!("{program} {arguments}");
        let server = Server::start(&files, "RSA", 1);
        let relay = Relay::to(&server.address, 1);
        let (_, port) = relay.address.rsplit_once(':').unwrap();
        let arguments: Vec<_> =
            arguments.split(' ').map(|word| word.replace("PORT", port)).collect();
        run(program, &arguments);
        let flow = relay.flows().remove(0);
        let trace = openssl_trace::read(&server.trace(), Side::Server);
        let wire = is_sound(&flow, &name);
        let agreed = suite_of(&wire);
        assert_eq!(agreed, Some(*suite), "{name}");
        same_on_the_wire(&wire, &trace, &name);
    }
}

/// What gnutls-serv is given as its priorities, what OpenSSL's client is given, and the suite.
const GNUTLS: &[(&str, &str, &str)] = &[
    ("NORMAL", "-tls1_3 -alpn h2", "TLS_AES_256_GCM_SHA384"),
    ("NORMAL:-VERS-ALL:+VERS-TLS1.2", "", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    ("NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA", "", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
    (
        "NORMAL:-GROUP-ALL:+GROUP-SECP384R1",
        "-tls1_3 -groups X25519:P-384",
        "TLS_AES_256_GCM_SHA384",
    ),
];

#[test]
fn a_server_of_gnutls_is_as_openssl_sees_it() {
    if openssl::is_missing() || peers::is_missing("gnutls-serv") {
        return;
    }
    let files = Files::new();
    for (priority, options, suite) in GNUTLS {
        let name = format!("{priority} / {options}");
        let port = free_port();
        let mut command = Command::new("gnutls-serv");
        command.args(["--http", "--disable-client-cert", "--port", &port, "--priority", priority]);
        command.args(["--x509certfile", &files.rsa.file("cert.pem")]);
        command.args(["--x509keyfile", &files.rsa.file("key.pem")]).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let _server = Guard(command.spawn().unwrap());
        peers::wait_for(&port);
        let relay = Relay::to(&format!("127.0.0.1:{port}"), 1);
        let fixed = format!("s_client -connect {} -trace -ign_eof {options}", relay.address);
        let trace = run("openssl", &files.words(&fixed));
        let flow = relay.flows().remove(0);
        let trace = openssl_trace::read(&trace, Side::Client);
        let wire = is_sound(&flow, &name);
        let agreed = suite_of(&wire);
        assert_eq!(agreed, Some(*suite), "{name}");
        same_on_the_wire(&wire, &trace, &name);
    }
}
