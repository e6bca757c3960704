//! Fifteen servers with one quirk each, on which seven well-known tools were tried, and what
//! helloscope says of them.
//!
//! The letters are one person's reading of what each tool printed, who knew the quirk: `N` named,
//! `h` hinted at, `W` something false, `-` nothing, or all is well, `X` no end within 60 seconds or
//! a crash. Versions: OpenSSL 3.0.19 with default options and then with twelve sets of them,
//! gnutls-cli-debug 3.7.9, sslscan 2.0.7, sslyze 6.3.1, cryptolyzer 1.6.1 (`versions`), testssl.sh
//! 3.0.8 (`--grease`), nmap 7.93 (ssl-enum-ciphers); Debian 12, one run each.

use helloscope::hello::draw::Draw;
use helloscope::hello::named::NamedHello;
use helloscope::lab::{Rule, Service};

use crate::{HOST, cause, diagnosed};

/// What it is, when it strikes, what it does then, a hello that meets it, and the peers' letters
/// in the order of `PEERS`.
struct Server {
    title: &'static str,
    condition: &'static str,
    response: &'static str,
    hello: &'static str,
    peers: &'static str,
}

const PEERS: &str = "s_client, s_client with options, gnutls-cli-debug, sslscan, sslyze, \
                     cryptolyzer, testssl.sh, nmap";

const SERVERS: [Server; 15] = [
    server(
        "256 to 511 bytes",
        "handshake.length=256..511",
        "silence",
        "openssl-1.0.1e",
        "XhXXWWX-",
    ),
    server("two segments", "tcp.segments >= 2", "reset", "curl-7.88.1,segments=5,rest", "---X----"),
    server("padding", "extensions has padding", "close", "openssl-1.0.1g", "-h----W-"),
    server("TLS 1.2", "legacy_version >= 1.2", "close", "curl-7.88.1", "WhNWWWWW"),
    server("over 64 suites", "cipher_suites.count >= 65", "silence", "openssl-1.0.1e", "-h-WWWX-"),
    server(
        "GREASE",
        "extensions has grease",
        "alert:handshake_failure",
        "chromium-156",
        "------N-",
    ),
    server(
        "last extension empty",
        "extensions.last_empty is true",
        "close",
        "openssl-1.0.1e",
        "-W-W--N-",
    ),
    server(
        "no server_name",
        "server_name is null",
        "alert:unrecognized_name",
        "curl-7.88.1,-server_name",
        "hN--h---",
    ),
    server(
        "session_ticket",
        "extensions has session_ticket",
        "reset",
        "openssl-3.0.19-s_client",
        "-NWWW-W-",
    ),
    server(
        "X25519MLKEM768",
        "supported_groups has X25519MLKEM768",
        "silence",
        "openssl-3.5.8",
        "-----W--",
    ),
    server(
        "two records",
        "record.count >= 2",
        "alert:decode_error",
        "curl-7.88.1,split_records=100,rest",
        "-h------",
    ),
    server(
        "supported_versions",
        "extensions has supported_versions",
        "close",
        "curl-7.88.1",
        "-hWWWWWW",
    ),
    server("session id of 32", "session_id.length >= 32", "close", "curl-7.88.1", "-NWWW-W-"),
    server(
        "rsa_pss_rsae_sha256",
        "signature_algorithms has rsa_pss_rsae_sha256",
        "alert:handshake_failure",
        "curl-7.88.1",
        "-hWWWWW-",
    ),
    server(
        "h2 is wanted",
        "alpn lacks h2",
        "alert:handshake_failure",
        "openssl-3.0.19-s_client",
        "-NWWWWW-",
    ),
];

const fn server(
    title: &'static str,
    condition: &'static str,
    response: &'static str,
    hello: &'static str,
    peers: &'static str,
) -> Server {
    Server { title, condition, response, hello, peers }
}

/// Diagnoses each, and prints all in one table.
pub fn table() {
    println!("each letter a tool: {PEERS}");
    println!("quirk                  the tools   connections  seconds  helloscope");
    for server in &SERVERS {
        let condition = server.condition.parse().expect("a condition of the table");
        let response = server.response.parse().expect("a response of the table");
        let rule = Rule { condition, response };
        let hello = NamedHello::parse(server.hello).expect("a hello of the table");
        let drawn = hello.drawn(&mut Draw::seeded("peers"), Some(HOST)).expect("it is drawn");
        let (found, seconds) = diagnosed(Service::healthy().with(rule), server.hello, &drawn.spec);
        let said = cause(&found).map_or(found.verdict.word().to_owned(), ToString::to_string);
        println!(
            "{:22} {}   {:11}  {:7.2}  {said}",
            server.title, server.peers, found.connections, seconds
        );
    }
}
