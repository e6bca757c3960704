//! NSS's programs as peers: `selfserv` and `tstclnt`, with a database that has the certificates of
//! the test.

use std::process::{Command, Stdio};

use super::ends::{Files, free_port};
use super::openssl::{Folder, Identity, openssl};
use super::peers;
use super::program::Guard;

/// Whether one of the programs is not installed.
pub fn is_missing() -> bool {
    ["certutil", "pk12util", "selfserv", "tstclnt", "ssltap"].into_iter().any(peers::is_missing)
}

/// A database of NSS, in which the certificates are called `rsa`, `ecdsa` and `authority`.
#[derive(Debug)]
pub struct Database(Folder);

impl Database {
    pub fn new(files: &Files) -> Database {
        let database = Database(Folder::new());
        nss("certutil", &["-N", "-d", &database.name(), "--empty-password"]);
        database.add("authority", &files.rsa, "ca-");
        database.add("rsa", &files.rsa, "");
        database.add("ecdsa", &files.ecdsa, "");
        database
    }

    fn add(&self, name: &str, identity: &Identity, prefix: &str) {
        let (packed, database) = (self.0.file("packed.p12"), self.name());
        let certificate = identity.file(&format!("{prefix}cert.pem"));
        let key = identity.file(&format!("{prefix}key.pem"));
        let files = ["-in", &certificate, "-inkey", &key];
        let out = ["-name", name, "-passout", "pass:test", "-out", &packed];
        openssl(&[&["pkcs12", "-export"][..], &files, &out].concat());
        nss("pk12util", &["-i", &packed, "-d", &database, "-W", "test", "-K", ""]);
        // As one that may sign others, so that it stands in requests for certificates.
        nss("certutil", &["-M", "-d", &database, "-n", name, "-t", "CTu,Cu,Cu"]);
    }

    /// What the programs call it.
    pub fn name(&self) -> String {
        format!("sql:{}", self.0.file("."))
    }

    /// A running `selfserv`.
    pub fn serve(&self, options: &str) -> SelfServ {
        let port = free_port();
        let mut command = Command::new("selfserv");
        command.args(["-d", &self.name(), "-p", &port]).args(options.split_whitespace());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Guard(command.spawn().unwrap());
        peers::wait_for(&port);
        SelfServ { _process: process, address: format!("127.0.0.1:{port}") }
    }

    /// What `tstclnt` is given to connect once, whatever the server's certificate.
    pub fn client(&self, address: &str, options: &str) -> Vec<String> {
        let (host, port) = address.rsplit_once(':').unwrap();
        let fixed = format!("-h {host} -p {port} -d {} -o -Q", self.name());
        format!("{fixed} {options}").split_whitespace().map(str::to_owned).collect()
    }
}

#[derive(Debug)]
pub struct SelfServ {
    _process: Guard,
    pub address: String,
}

/// Runs a program of NSS, which must succeed.
fn nss(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {error}");
}
