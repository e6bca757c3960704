//! Connections of Java's own TLS with OpenSSL, recorded on their way through a relay. What we read
//! is what OpenSSL's `-trace` says of records and messages, and what Java's debug log says of
//! messages. Java is heavy and asked for by nothing: where it is missing, that is said.

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::ends::{Files, Server, collect, is_sound, run, run_to_end, suite_of};
use common::openssl_trace::{self, same_on_the_wire};
use common::program::Guard;
use common::relay::Relay;
use common::{java, laws, openssl, peers};
use helloscope::capture;
use helloscope::transcript::Side;

const DEBUG: &str = "-Djavax.net.debug=ssl:handshake";

/// What OpenSSL's server is given, the version for Java's client, and the suite.
const CLIENTS: &[(&str, &str, &str)] = &[
    ("RSA", "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
    ("ECDSA -groups P-384", "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
    ("RSA", "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
];

#[test]
fn clients_of_java_are_as_both_say() {
    if openssl::is_missing() || peers::is_missing("java") {
        return;
    }
    let files = Files::new();
    for (server_options, version, suite) in CLIENTS {
        let name = format!("{server_options} / {version}");
        let server = Server::start(&files, server_options, 1);
        let relay = Relay::to(&server.address, 1);
        let (_, port) = relay.address.rsplit_once(':').unwrap();
        let mut command = Command::new("java");
        command.args([DEBUG, "tests/peers/Client.java", port, version]);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::piped());
        let (_, log) = run_to_end(&mut command, None);
        let flow = relay.flows().remove(0);
        let trace = openssl_trace::read(&server.trace(), Side::Server);
        let wire = is_sound(&flow, &name);
        assert_eq!(suite_of(&wire), Some(*suite), "{name}");
        same_on_the_wire(&wire, &trace, &name);
        java::same_messages(&wire, &java::read(&log, Side::Client), &name);
    }
}

/// The version for Java's server and whether it asks for a certificate, what OpenSSL's client is
/// given, and the suite.
const SERVERS: &[(&str, &str, &str)] = &[
    ("TLSv1.3", "-alpn h2", "TLS_AES_256_GCM_SHA384"),
    ("TLSv1.3 want", "RSA -groups P-384", "TLS_AES_256_GCM_SHA384"),
    ("TLSv1.2", "-cipher DHE -servername rsa.test", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
    ("TLSv1.2 want", "", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
];

#[test]
fn servers_of_java_are_as_both_say() {
    if openssl::is_missing() || peers::is_missing("java") {
        return;
    }
    let files = Files::new();
    let store = files.folder.file("store.p12");
    let (certificate, key) = (files.rsa.file("cert.pem"), files.rsa.file("key.pem"));
    let fixed = ["pkcs12", "-export", "-in", &certificate, "-inkey", &key, "-out", &store];
    openssl::openssl(&[&fixed[..], &["-passout", "pass:test"]].concat());
    for (server_options, client_options, suite) in SERVERS {
        let name = format!("{server_options} / {client_options}");
        // Twice: over the relay, and for the bytes of what was protected.
        let connect = |shown: &str, relayed: bool| {
            let mut command = Command::new("java");
            command.args([DEBUG, "tests/peers/Server.java", &store]);
            command.args(server_options.split(' ')).current_dir(env!("CARGO_MANIFEST_DIR"));
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut server = Guard(command.spawn().unwrap());
            let debug = collect(server.0.stderr.take().unwrap());
            let mut line = String::new();
            BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
            let address = line.trim().strip_prefix("ACCEPT ").unwrap();
            let relay = relayed.then(|| Relay::to(address, 1));
            let to = relay.as_ref().map_or(address, |relay| &relay.address);
            let options = format!("s_client -connect {to} -ign_eof {shown} {client_options}");
            let said = run("openssl", &files.words(&options));
            server.0.wait().unwrap();
            let debug = java::read(&debug.join().unwrap(), Side::Server);
            (said, debug, relay.map(|relay| relay.flows().remove(0)))
        };
        let (trace, debug, flow) = connect("-trace", true);
        let wire = is_sound(&flow.unwrap(), &name);
        assert_eq!(suite_of(&wire), Some(*suite), "{name}");
        same_on_the_wire(&wire, &openssl_trace::read(&trace, Side::Client), &name);
        java::same_messages(&wire, &debug, &name);

        let (log, debug, _) = connect("-msg", false);
        let log = capture::read(&name, log.as_bytes()).unwrap();
        assert_eq!(laws::remarks_of_form(&log), [], "{name}");
        java::same_messages(&log, &debug, &name);
    }
}
