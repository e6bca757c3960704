//! nginx and HAProxy as peers: each with a configuration of its own in a folder of the test.

use std::process::{Command, Stdio};

use super::ends::free_port;
use super::openssl::{Folder, Identity};
use super::peers;
use super::program::Guard;

/// A running server, which ends with the test.
#[derive(Debug)]
pub struct WebServer {
    _process: Guard,
    _folder: Folder,
    pub address: String,
}

/// An nginx whose every server has this certificate. Each server is given by its directives, the
/// first of them is what a hello gets that asks for none of their names.
pub fn nginx(identity: &Identity, servers: &[&str]) -> WebServer {
    let (folder, port) = (Folder::new(), free_port());
    let (certificate, key) = (identity.file("cert.pem"), identity.file("key.pem"));
    let mut config = String::from("daemon off; master_process off; pid nginx.pid; events {}\n");
    config += "http { access_log off;\n";
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        config += &format!("{kind}_temp_path {kind};\n");
    }
    config += &format!("ssl_certificate '{certificate}'; ssl_certificate_key '{key}';\n");
    for directives in servers {
        config += &format!("server {{ listen 127.0.0.1:{port} ssl; {directives} }}\n");
    }
    config += "}\n";
    let file = folder.file("nginx.conf");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new("nginx");
    command.args(["-p", &folder.file(""), "-e", &folder.file("error.log"), "-c", &file]);
    start(command, folder, &port)
}

/// An HAProxy that answers by itself, with this certificate, and what else stands in the line
/// `bind`.
pub fn haproxy(identity: &Identity, bind: &str) -> WebServer {
    let (folder, port) = (Folder::new(), free_port());
    let read = |name| std::fs::read_to_string(identity.file(name)).unwrap();
    let pem = folder.file("both.pem");
    std::fs::write(&pem, read("cert.pem") + &read("key.pem")).unwrap();
    let config = format!(
        "defaults\n mode http\n timeout client 9s\n timeout server 9s\n timeout connect 9s\n\
         frontend test\n bind 127.0.0.1:{port} ssl crt '{pem}' {bind}\n\
         http-request return status 200\n"
    );
    let file = folder.file("haproxy.cfg");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new("haproxy");
    command.args(["-db", "-f", &file]);
    start(command, folder, &port)
}

fn start(mut command: Command, folder: Folder, port: &str) -> WebServer {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let process = Guard(command.spawn().unwrap());
    peers::wait_for(port);
    WebServer { _process: process, _folder: folder, address: format!("127.0.0.1:{port}") }
}
