//! `gnutls-serv` as a peer.

use std::process::{Command, Stdio};

use super::ends::free_port;
use super::openssl::Identity;
use super::peers;
use super::program::Guard;

/// A running `gnutls-serv`.
#[derive(Debug)]
pub struct GnutlsServ {
    _process: Guard,
    pub address: String,
}

/// A server of web pages with this certificate, this priority string and these options more.
pub fn serve(identity: &Identity, priority: &str, options: &[&str]) -> GnutlsServ {
    let port = free_port();
    let mut command = Command::new("gnutls-serv");
    command.args(["--http", "--port", &port, "--priority", priority]);
    command.args(["--x509certfile", &identity.file("cert.pem")]);
    command.args(["--x509keyfile", &identity.file("key.pem")]).args(options);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let process = Guard(command.spawn().unwrap());
    peers::wait_for(&port);
    GnutlsServ { _process: process, address: format!("127.0.0.1:{port}") }
}
