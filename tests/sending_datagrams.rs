//! `helloscope connect` over UDP, against DTLS servers of OpenSSL, GnuTLS and NSS: the hello in one
//! datagram and in fragments, a cookie brought back, a loss made good, and nobody there.

mod common;

use std::process::{Command, Stdio};

use common::ends::{Files, Server, free_datagram_port};
use common::nss::{self, Database};
use common::program::{Guard, Run, run};
use common::relay_datagrams::{Fate, Relay};
use common::transcript_json::{
    assert_no_remarks, assert_stream_is_covered, assert_trees_tile, message, types,
};
use common::{openssl, peers};
use helloscope::transcript::Side;
use serde_json::{Value as Json, json};

fn connect(address: &str, options: &[&str]) -> Run {
    let fixed = ["connect", address, "--dtls", "-q", "--format", "json", "--tree"];
    run(&[&fixed[..], options].concat())
}

/// What a server that accepts said; every byte of it must have its place and its name.
fn accepted(run: &Run) -> Json {
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let transcript = run.json();
    assert_trees_tile(&transcript);
    assert_no_remarks(&transcript);
    assert_stream_is_covered(&transcript, "client");
    assert_stream_is_covered(&transcript, "server");
    assert_eq!(transcript["summary"]["outcome"]["kind"], "accepted");
    transcript
}

/// The datagrams that the client sent: of each the parts of the hello that are told by themselves.
fn client_types(transcript: &Json) -> Vec<String> {
    types(transcript, "client").into_iter().map(str::to_owned).collect()
}

#[test]
fn openssl_accepts_it_whole_and_in_fragments() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    for (server_options, options, version) in [
        ("-dtls1_2 RSA", &[][..], 0xfefd),
        ("-dtls1_2 ECDSA -mtu 300", &["--mtu", "100"], 0xfefd),
        ("-dtls RSA -mtu 256", &["--mtu", "40"], 0xfefd),
        ("-dtls1 RSA -cipher ALL:@SECLEVEL=0", &["--hello", "openssl-1.0.1e"], 0xfeff),
        ("-dtls1_2 RSA", &["--hello", "chromium-156", "--mtu", "500"], 0xfefd),
    ] {
        let server = Server::of_datagrams(&files, server_options);
        let transcript = accepted(&connect(&server.address, options));
        assert_eq!(transcript["summary"]["version"], version, "{server_options}");
        let of_server = types(&transcript, "server");
        assert!(of_server.contains(&"server_hello"), "{of_server:?}");
        assert_eq!(of_server.last(), Some(&"server_hello_done"), "{of_server:?}");
    }
}

#[test]
fn a_cookie_is_brought_back() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    let server = Server::of_datagrams(&files, "-dtls1_2 RSA -listen");
    let transcript = accepted(&connect(&server.address, &[]));
    assert_eq!(client_types(&transcript), ["client_hello"; 2]);
    assert_eq!(types(&transcript, "server")[..2], ["hello_verify_request", "server_hello"]);
    let cookie = message(&transcript, "hello_verify_request")["values"]["cookie"].clone();
    let hellos = common::transcript_json::messages(&transcript);
    let cookies: Vec<_> = hellos
        .iter()
        .filter(|message| message["type"] == "client_hello")
        .map(|message| message["values"]["cookie"].clone())
        .collect();
    assert_eq!(cookies, [json!(""), cookie]);
}

#[test]
fn gnutls_accepts_it_by_its_cookie() {
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
    let address = format!("127.0.0.1:{port}");
    let transcript = accepted(&connect_soon(&address, &[]));
    assert_eq!(types(&transcript, "server")[..2], ["hello_verify_request", "server_hello"]);
    assert_eq!(transcript["summary"]["version"], 0xfefd);
}

/// Connects to what begins to listen about now.
fn connect_soon(address: &str, options: &[&str]) -> Run {
    for _ in 0..500 {
        let run = connect(address, options);
        if run.code != 3 {
            return run;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("nothing listens at {address}");
}

#[test]
fn nss_accepts_it() {
    if openssl::is_missing() || nss::is_missing() {
        return;
    }
    let files = Files::new();
    let database = Database::new(&files);
    let address = format!("127.0.0.1:{}", free_datagram_port());
    let mut command = Command::new("tstclnt");
    command.args(database.client(&address, "-P server -n rsa -V tls1.1:tls1.2"));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let _server = Guard(command.spawn().unwrap());
    let transcript = accepted(&connect_soon(&address, &["--mtu", "200"]));
    assert_eq!(transcript["summary"]["version"], 0xfefd);
}

#[test]
fn what_is_lost_goes_again() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    let server = Server::of_datagrams(&files, "-dtls1_2 RSA");
    let relay = Relay::to(&server.address, &[(Side::Client, 0, Fate::Lost)]);
    let transcript = accepted(&connect(&relay.address, &[]));
    // The server asks for a cookie besides.
    assert_eq!(client_types(&transcript), ["client_hello"; 3]);
    drop(server);
    drop(relay.flow());
}

#[test]
fn a_server_that_refuses_is_told_by_its_alert() {
    if openssl::is_missing() {
        return;
    }
    let files = Files::new();
    let server = Server::of_datagrams(&files, "-dtls1_2 RSA -cipher AES128-CCM8");
    let run = connect(&server.address, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    let outcome = json!(
        {"kind": "alert", "step": "client_hello", "level": 2, "code": 40, "name": "handshake_failure"}
    );
    assert_eq!(run.json()["summary"]["outcome"], outcome);
}

#[test]
fn nobody_there_is_refused_and_nobody_who_answers_is_silent() {
    // It belongs to a socket that hears from one address only, so that nobody else gets it.
    let deaf = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = deaf.local_addr().unwrap().to_string();
    let run = connect(&address, &["--timeout", "0.2"]);
    assert_eq!(run.code, 1);
    let silence = json!({"kind": "silence", "step": "client_hello"});
    assert_eq!(run.json()["summary"]["outcome"], silence);
    deaf.connect("127.0.0.1:9").unwrap();
    let run = connect(&address, &[]);
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(run.json()["summary"]["outcome"], json!({"kind": "refused", "step": "connect"}));
}
