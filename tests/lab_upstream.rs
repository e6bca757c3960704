//! The lab in front of a real server: what no rule strikes goes both ways as it is.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail")]

mod common;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use common::openssl::{ECDSA, Identity};
use common::program::Lab;
use helloscope::lab::{Rule, Server, Service};

fn hello(name: &str) -> Vec<u8> {
    fs::read(common::path(&format!("testdata/hellos/{name}.bin"))).unwrap()
}

/// A server that does this with one client.
fn upstream<R: Send + 'static>(
    talk: impl FnOnce(TcpStream) -> R + Send + 'static,
) -> (SocketAddr, JoinHandle<R>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    (address, thread::spawn(move || talk(listener.accept().unwrap().0)))
}

fn before(upstream: SocketAddr) -> Service {
    Service::before(vec![upstream])
}

fn client_of(service: Service) -> (Server, TcpStream) {
    let server = Server::start((Ipv4Addr::LOCALHOST, 0).into(), service).unwrap();
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    (server, stream)
}

#[test]
fn openssl_completes_its_handshake_through_the_lab_unless_a_rule_strikes() {
    if common::openssl::is_missing() {
        return;
    }
    let identity = Identity::new(ECDSA, "/CN=upstream.test");
    let server = identity.serve(&[]);
    let lab = Lab::start(&[
        "--upstream",
        &server.address,
        "--quirk",
        "sni-required",
        "--when",
        "alpn has h2",
        "--react",
        "alert:no_application_protocol",
    ]);
    assert_eq!(lab.said["upstream"], server.address.as_str());
    let client = |options: &[&str]| {
        let output = Command::new("openssl")
            .args(["s_client", "-connect", lab.address()])
            .args(options)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        [output.stdout, output.stderr]
            .map(|out| String::from_utf8_lossy(&out).into_owned())
            .concat()
    };
    let name = ["-servername", "upstream.test"];
    for version in ["TLSv1.3", "TLSv1.2"] {
        let option = format!("-{}", version.replace("TLSv", "tls").replace('.', "_"));
        let log = client(&[&[option.as_str()], &name[..]].concat());
        assert!(log.contains(&format!("New, {version}, Cipher is ")), "{log}");
        assert!(log.contains("CN=upstream.test") || log.contains("CN = upstream.test"), "{log}");
    }
    let log = client(&["-noservername"]);
    assert!(log.contains("alert unrecognized name") || log.contains("alert number 112"), "{log}");
    let log = client(&[&["-alpn", "h2"], &name[..]].concat());
    assert!(log.contains("alert number 120"), "{log}");
}

#[test]
fn all_bytes_go_both_ways_and_each_end_is_told_to_the_other() {
    let (address, server) = upstream(|mut stream| {
        let mut said = Vec::new();
        stream.read_to_end(&mut said).unwrap();
        // The client has ended, and is answered all the same.
        said.reverse();
        stream.write_all(&said).unwrap();
        said.len()
    });
    let (_lab, mut client) = client_of(before(address));
    let mut said = hello("openssl-3.0.19-s_client");
    said.extend((0..1_000_000_u32).map(|number| number.to_le_bytes()[0]));
    let (first, rest) = said.split_at(7);
    client.set_nodelay(true).unwrap();
    client.write_all(first).unwrap();
    client.write_all(rest).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut answered = Vec::new();
    client.read_to_end(&mut answered).unwrap();
    answered.reverse();
    assert_eq!(server.join().unwrap(), said.len());
    assert!(answered == said);
}

#[test]
fn what_is_no_tls_and_what_is_no_whole_hello_go_to_the_server_too() {
    for said in [&b"GET / HTTP/1.0\r\n\r\n"[..], &hello("openssl-1.0.1g")[..99], b""] {
        let (address, server) = upstream(|mut stream| {
            let mut said = Vec::new();
            stream.read_to_end(&mut said).unwrap();
            said
        });
        let (_lab, mut client) = client_of(before(address));
        client.write_all(said).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(server.join().unwrap(), said);
        assert_eq!(client.read(&mut [0; 1]).unwrap(), 0);
    }
}

#[test]
fn a_server_that_ends_first_still_hears_what_the_client_says() {
    let (address, server) = upstream(|mut stream| {
        stream.write_all(b"bye").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).unwrap();
        said
    });
    let (_lab, mut client) = client_of(before(address));
    let flight = hello("openssl-1.0.1g");
    client.write_all(&flight).unwrap();
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, b"bye");
    client.write_all(b"more").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.join().unwrap(), [&flight[..], b"more"].concat());
}

#[test]
fn a_reset_is_a_reset_for_both_and_a_server_that_is_not_there_is_one_too() {
    let (address, server) = upstream(|mut stream| {
        stream.read_exact(&mut [0; 5]).unwrap();
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    });
    let (_lab, mut client) = client_of(before(address));
    client.write_all(&hello("openssl-1.0.1g")).unwrap();
    let end = client.read(&mut [0; 1]).unwrap_err();
    assert_eq!(end.kind(), ErrorKind::ConnectionReset);
    server.join().unwrap();
    // Nobody listens there any more.
    let (_lab, mut client) = client_of(before(address));
    client.write_all(&hello("openssl-1.0.1g")).unwrap();
    let end = client.read(&mut [0; 1]).unwrap_err();
    assert_eq!(end.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_client_that_resets_resets_the_server() {
    let (address, server) = upstream(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(b"hi").unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).map_err(|error| error.kind())
    });
    let (_lab, mut client) = client_of(before(address));
    client.write_all(&hello("openssl-1.0.1g")).unwrap();
    client.read_exact(&mut [0; 2]).unwrap();
    socket2::SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
    drop(client);
    assert_eq!(server.join().unwrap(), Err(ErrorKind::ConnectionReset));
}

#[test]
fn a_stall_is_the_beginning_of_what_the_server_says_and_hides_its_end() {
    let (address, server) = upstream(|mut stream| {
        let mut first = [0; 5];
        stream.read_exact(&mut first).unwrap();
        stream.write_all(b"a long answer").unwrap();
    });
    let rule = Rule {
        condition: "flight.length>=1".parse().unwrap(),
        response: "stall:6".parse().unwrap(),
    };
    let (_lab, mut client) = client_of(before(address).with(rule));
    client.write_all(&hello("openssl-1.0.1g")).unwrap();
    let mut heard = [0; 6];
    client.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"a long");
    server.join().unwrap();
    client.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    for _ in 0..2 {
        let silence = client.read(&mut [0; 1]).unwrap_err().kind();
        assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silence}");
        client.write_all(b"still there?").unwrap();
    }
}
