//! `openssl s_server` and `s_client` as peers, with certificates made for the test.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::program::{Guard, first_line};

/// Whether there is no `openssl`, so that a test has nothing to speak to: it says so and is over,
/// unless `HELLOSCOPE_REQUIRE_PEERS=1`.
pub fn is_missing() -> bool {
    let run = Command::new("openssl").arg("version").output();
    match run {
        Ok(_) => false,
        Err(error) if std::env::var_os("HELLOSCOPE_REQUIRE_PEERS").is_some_and(|v| v == "1") => {
            panic!("openssl does not start: {error}")
        }
        Err(error) => {
            // Past the test harness, which keeps to itself what a test that passes prints.
            let _ = writeln!(std::io::stderr(), "not tested: openssl does not start: {error}");
            true
        }
    }
}

/// A folder for the files of one test, which goes with it.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("helloscope-{}-{count}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> String {
        self.0.join(name).into_os_string().into_string().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs `openssl`, which must succeed. Returns what it wrote to its standard output.
pub fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).stdin(Stdio::null()).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {error}");
    output.stdout
}

/// The arguments for a new key.
pub const RSA: &[&str] = &["-newkey", "rsa:2048"];
pub const ECDSA: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/// A certificate and its key, in PEM files.
#[derive(Debug)]
pub struct Identity {
    folder: Folder,
}

impl Identity {
    /// Signed by itself.
    pub fn new(key: &[&str], subject: &str) -> Identity {
        let identity = Identity { folder: Folder::new() };
        identity.make("", key, subject, &[]);
        identity
    }

    /// Signed by an authority, which stands behind it in the chain.
    pub fn with_authority(key: &[&str], subject: &str) -> Identity {
        let identity = Identity { folder: Folder::new() };
        identity.make("ca-", key, "/CN=authority.test", &[]);
        let (certificate, key_file) = (identity.file("ca-cert.pem"), identity.file("ca-key.pem"));
        identity.make("", key, subject, &["-CA", &certificate, "-CAkey", &key_file]);
        identity
    }

    fn make(&self, prefix: &str, key: &[&str], subject: &str, authority: &[&str]) {
        let key_file = self.file(&format!("{prefix}key.pem"));
        let out = self.file(&format!("{prefix}cert.pem"));
        let fixed =
            ["req", "-x509", "-noenc", "-days", "30", "-subj", subject, "-keyout", &key_file];
        openssl(&[&fixed[..], &["-out", &out], key, authority].concat());
    }

    /// The path of one of its files: `cert.pem`, `key.pem`, and of the authority `ca-cert.pem`,
    /// `ca-key.pem`.
    pub fn file(&self, name: &str) -> String {
        self.folder.file(name)
    }

    /// The certificate in DER.
    pub fn der(&self) -> Vec<u8> {
        openssl(&["x509", "-in", &self.file("cert.pem"), "-outform", "DER"])
    }

    /// A server that has it, on a port of loopback that was free.
    pub fn serve(&self, options: &[&str]) -> Server<'_> {
        let (certificate, key) = (self.file("cert.pem"), self.file("key.pem"));
        let mut arguments = vec!["s_server", "-accept", "127.0.0.1:0", "-www"];
        arguments.extend(["-cert", &certificate, "-key", &key]);
        let authority = self.file("ca-cert.pem");
        if Path::new(&authority).exists() {
            arguments.extend(["-cert_chain", &authority]);
        }
        arguments.extend(options);
        let mut command = Command::new("openssl");
        command.args(&arguments).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let process = Guard(child);
        let line = first_line(stdout, |line| line.starts_with("ACCEPT "));
        let line = line.unwrap_or_else(|| panic!("openssl {arguments:?} does not listen"));
        let (_, port) = line.rsplit_once(':').unwrap();
        let address = format!("127.0.0.1:{port}");
        Server { _process: process, address, _identity: self }
    }
}

/// A running `openssl s_server`.
#[derive(Debug)]
pub struct Server<'i> {
    _process: Guard,
    _identity: &'i Identity,
    pub address: String,
}

impl Server<'_> {
    /// The certificates that OpenSSL's own client gets from it, in DER.
    pub fn certificates_for_openssl(&self, options: &[&str]) -> Vec<Vec<u8>> {
        let mut arguments = vec!["s_client", "-connect", &self.address, "-showcerts"];
        arguments.extend(options);
        let output = Command::new("openssl").args(&arguments).stdin(Stdio::null()).output();
        let output = output.unwrap();
        let pems = x509_parser::pem::Pem::iter_from_buffer(&output.stdout);
        let ders: Vec<_> = pems.map(|pem| pem.unwrap().contents).collect();
        assert!(!ders.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        ders
    }
}
