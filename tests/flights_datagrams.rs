//! Connections over DTLS, recorded on their way through a relay that also loses, repeats and delays
//! datagrams. What we read is what OpenSSL's `-trace` says at its end of each: every record, and
//! every message that was put together from its parts.

mod common;

use std::process::{Command, Stdio};

use common::ends::{Files, Server, free_datagram_port, is_sound, run, run_to_end, suite_of};
use common::flows::Flow;
use common::nss::{self, Database};
use common::openssl_trace::{self, same_datagrams};
use common::program::{Guard, first_line};
use common::relay_datagrams::{Fate, Fates, Relay};
use common::{openssl, peers};
use helloscope::names::Code;
use helloscope::transcript::{Side, Summary};
use helloscope::wire::stream::Body;

/// What OpenSSL's server is given, what its client is given, version and suite.
const OPENSSL: &[(&str, &str, &str, &str)] = &[
    (
        "-dtls1 RSA -cipher ALL:@SECLEVEL=0",
        "-dtls1 -cipher ALL:@SECLEVEL=0",
        "DTLS 1.0",
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    ),
    (
        "-dtls ECDSA -mtu 300",
        "-dtls1_2 -mtu 300",
        "DTLS 1.2",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    ),
    (
        "-dtls1_2 RSA -mtu 256 -listen",
        "-dtls -mtu 256",
        "DTLS 1.2",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    ),
    (
        "-dtls1_2 RSA -mtu 400 -Verify 1",
        "-dtls1_2 ECDSA -mtu 256 -cipher DHE",
        "DTLS 1.2",
        "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
    ),
    (
        "-dtls1_2 -nocert -psk 1a2b -psk_hint here",
        "-dtls1_2 -psk 1a2b -cipher PSK-AES128-CBC-SHA",
        "DTLS 1.2",
        "TLS_PSK_WITH_AES_128_CBC_SHA",
    ),
];

#[test]
fn openssl_to_openssl_is_as_both_say() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    for (server_options, client_options, version, suite) in OPENSSL {
        let name = format!("{server_options} / {client_options}");
        let (flow, ours, theirs) = connect(&files, server_options, client_options, &[]);
        let wire = is_sound(&flow, &name);
        let agreed = Summary::of(&wire).version.and_then(|version| version.name());
        assert_eq!((agreed, suite_of(&wire)), (Some(*version), Some(*suite)), "{name}");
        for side in [Side::Client, Side::Server] {
            same_datagrams(&wire, &openssl_trace::read(&ours, Side::Client), side, &name);
            // While it only listens, the server tells nothing of what it sends.
            if side == Side::Client || !server_options.contains("-listen") {
                same_datagrams(&wire, &openssl_trace::read(&theirs, Side::Server), side, &name);
            }
        }
    }
}

/// Connects OpenSSL's client to its server. Returns what was passed on, and what each said.
fn connect(
    files: &Files,
    server_options: &str,
    client_options: &str,
    fates: &'static Fates,
) -> (Flow, String, String) {
    let server = Server::of_datagrams(files, server_options);
    let relay = Relay::to(&server.address, fates);
    let said = openssl_client(files, &relay, client_options);
    let trace = server.trace();
    (relay.flow(), said, trace)
}

/// What OpenSSL's client says of a connection that it ends at once.
fn openssl_client(files: &Files, relay: &Relay, options: &str) -> String {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &relay.address, "-trace"]).args(files.words(options));
    run_to_end(command.stderr(Stdio::null()), None).0
}

/// What becomes of datagrams, the server's in parts of at most 300 bytes.
const WAYS: &[&Fates] = &[
    &[(Side::Server, 3, Fate::Late)],
    &[(Side::Server, 1, Fate::Late), (Side::Server, 4, Fate::Late)],
    &[(Side::Client, 1, Fate::Twice), (Side::Server, 2, Fate::Twice)],
    // What is lost is sent again by itself.
    &[(Side::Client, 0, Fate::Lost)],
    &[(Side::Server, 3, Fate::Lost), (Side::Server, 5, Fate::Twice)],
];

#[test]
fn messages_are_put_together_whichever_way_their_parts_take() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    for &fates in WAYS {
        let name = format!("{fates:?}");
        let (flow, ours, theirs) =
            connect(&files, "-dtls1_2 RSA -mtu 300", "-dtls1_2 -mtu 300", fates);
        let wire = is_sound(&flow, &name);
        assert_eq!(suite_of(&wire), Some("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"), "{name}");
        // What arrived, as it was received.
        let ours = openssl_trace::read(&ours, Side::Client);
        same_datagrams(&wire, &ours, Side::Server, &name);
        let theirs = openssl_trace::read(&theirs, Side::Server);
        same_datagrams(&wire, &theirs, Side::Client, &name);
    }
}

/// Other clients to OpenSSL's server: what that is given, the program and what it is given, and the
/// suite.
const CLIENTS: &[(&str, &str, &str, &str)] = &[
    ("-dtls RSA -mtu 300", "gnutls-cli", "NORMAL", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    (
        "-dtls ECDSA -cipher ALL:@SECLEVEL=0",
        "gnutls-cli",
        "NORMAL:-VERS-ALL:+VERS-DTLS1.0",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    ),
    (
        "-dtls RSA -mtu 300",
        "tstclnt",
        "-P client -V tls1.1:tls1.2",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    ),
    (
        "-dtls ECDSA -Verify 1",
        "tstclnt",
        "-P client -V tls1.2:tls1.3 -n rsa",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    ),
];

#[test]
fn other_clients_are_as_openssl_sees_them() {
    if openssl::is_missing() || nss::is_missing() {
        return;
    }
    let files = Files::new();
    let database = Database::new(&files);
    for (server_options, program, options, suite) in CLIENTS {
        if peers::is_missing(program) {
            continue;
        }
        let name = format!("{server_options} / {program} {options}");
        let server = Server::of_datagrams(&files, server_options);
        let relay = Relay::to(&server.address, &[]);
        if *program == "tstclnt" {
            run(program, &database.client(&relay.address, options));
        } else {
            let (host, port) = relay.address.rsplit_once(':').unwrap();
            let mut command = Command::new(program);
            command.args(["--udp", "--insecure", "--port", port, "--priority", options, host]);
            run_to_end(command.stderr(Stdio::null()), None);
        }
        let trace = openssl_trace::read(&server.trace(), Side::Server);
        let wire = is_sound(&relay.flow(), &name);
        assert_eq!(suite_of(&wire), Some(*suite), "{name}");
        for side in [Side::Client, Side::Server] {
            same_datagrams(&wire, &trace, side, &name);
        }
    }
}

#[test]
fn a_server_of_gnutls_is_as_openssl_sees_it() {
    if openssl::is_missing() || peers::is_missing("gnutls-serv") {
        return;
    }
    let files = Files::new();
    let port = free_datagram_port();
    let mut command = Command::new("gnutls-serv");
    command.args(["--udp", "--mtu", "400", "--port", &port]);
    command.args(["--x509certfile", &files.rsa.file("cert.pem")]);
    command.args(["--x509keyfile", &files.rsa.file("key.pem")]).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let _server = Guard(command.spawn().unwrap());
    // A hello that comes before it listens is lost, and sent again.
    let relay = Relay::to(&format!("127.0.0.1:{port}"), &[]);
    let said = openssl_client(&files, &relay, "-dtls1_2 ECDSA");
    let trace = openssl_trace::read(&said, Side::Client);
    let wire = is_sound(&relay.flow(), "gnutls-serv");
    assert_eq!(suite_of(&wire), Some("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"));
    for side in [Side::Client, Side::Server] {
        same_datagrams(&wire, &trace, side, "gnutls-serv");
    }
}

/// `tstclnt` as a server for one client.
fn server_of_nss(database: &Database, options: &str) -> (Guard, String) {
    let address = format!("127.0.0.1:{}", free_datagram_port());
    let mut command = Command::new("tstclnt");
    command.args(database.client(&address, &format!("-P server -v {options}")));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = Guard(command.spawn().unwrap());
    let stderr = process.0.stderr.take().unwrap();
    // A hello that comes before it listens, which is next, is lost and sent again.
    let begun = first_line(stderr, |line| line.contains("connecting to"));
    assert!(begun.is_some(), "tstclnt {options} does not start");
    (process, address)
}

#[test]
fn a_server_of_nss_is_as_openssl_sees_it() {
    if openssl::is_missing() || nss::is_missing() {
        return;
    }
    let files = Files::new();
    let database = Database::new(&files);
    for (server_options, client_options, suite) in [
        (
            "-n ecdsa -V tls1.1:tls1.1",
            "-dtls1 -cipher ALL:@SECLEVEL=0",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        ),
        ("-n rsa -V tls1.2:tls1.3", "-dtls1_2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ] {
        let name = format!("{server_options} / {client_options}");
        let (_server, address) = server_of_nss(&database, server_options);
        let relay = Relay::to(&address, &[]);
        let said = openssl_client(&files, &relay, client_options);
        let trace = openssl_trace::read(&said, Side::Client);
        let wire = is_sound(&relay.flow(), &name);
        assert_eq!(suite_of(&wire), Some(suite), "{name}");
        for side in [Side::Client, Side::Server] {
            same_datagrams(&wire, &trace, side, &name);
        }
    }
}

/// No other peer speaks the DTLS 1.3 of NSS, which is the last draft, and neither end tells what it
/// sent: what is known is the order of the handshake, RFC 9147 section 5.
#[test]
fn dtls_1_3_of_nss_is_read_as_far_as_it_is_in_clear() {
    if openssl::is_missing() || nss::is_missing() {
        return;
    }
    let files = Files::new();
    let database = Database::new(&files);
    let (_server, address) = server_of_nss(&database, "-n ecdsa -V tls1.3:tls1.3");
    let relay = Relay::to(&address, &[]);
    run("tstclnt", &database.client(&relay.address, "-P client -V tls1.3:tls1.3"));
    let wire = is_sound(&relay.flow(), "DTLS 1.3");
    let version = Summary::of(&wire).version.and_then(|version| version.name());
    assert_eq!(
        (version, suite_of(&wire)),
        (Some("DTLS 1.3 draft 43"), Some("TLS_AES_128_GCM_SHA256"))
    );
    for (side, hello) in [(Side::Client, "client_hello"), (Side::Server, "server_hello")] {
        let clear = wire.from(side).filter(|message| message.body != Body::Encrypted);
        // An end that waited long sent its hello again.
        let mut names: Vec<_> = clear.map(|message| message.type_name()).collect();
        names.dedup();
        assert_eq!(names, [hello]);
        assert!(wire.from(side).any(|message| message.body == Body::Encrypted), "{side:?}");
    }
}
