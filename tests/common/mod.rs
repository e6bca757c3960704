//! The samples of `testdata/` for the tests of this folder. Each function panics where it finds
//! none, so that no test passes for want of samples.

#![allow(dead_code, reason = "each test file is a crate of its own and uses what it needs")]

pub mod connection;
pub mod der;
pub mod diagnosis;
pub mod ends;
pub mod flows;
pub mod gnutls;
pub mod java;
pub mod laws;
pub mod made;
pub mod nss;
pub mod old_openssl;
pub mod openssl;
pub mod openssl_names;
pub mod openssl_ocsp;
pub mod openssl_text;
pub mod openssl_trace;
pub mod other_records;
pub mod peers;
pub mod program;
pub mod registries;
pub mod relay;
pub mod relay_datagrams;
pub mod sides;
pub mod ssltap;
pub mod transcript_json;
pub mod tshark;
pub mod web_servers;

use std::fs;
use std::path::{Path, PathBuf};

use helloscope::names::ContentType;
use helloscope::wire::grammar::Context;
use helloscope::wire::handshake::claimed_length;
use helloscope::wire::stream::{Message, agree};

/// A file of samples: the name without its ending, and the bytes.
#[derive(Clone, Debug)]
pub struct Sample {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Where something of the repository is.
pub fn path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The files of a folder with this ending, in the order of their names.
pub fn samples(folder: &str, ending: &str) -> Vec<Sample> {
    let files = fs::read_dir(path(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension() == Some(ending.as_ref())).collect();
    files.sort();
    assert_ne!(files, [] as [PathBuf; 0], "no {ending} in {folder}");
    let sample = |file: &PathBuf| Sample {
        name: file.file_stem().unwrap().to_string_lossy().into_owned(),
        bytes: fs::read(file).unwrap(),
    };
    files.iter().map(sample).collect()
}

/// First hellos of real clients, each in its record.
pub fn hellos() -> Vec<Sample> {
    samples("testdata/hellos", "bin")
}

/// All that one side of a connection sent, a sample a side.
pub fn streams() -> Vec<Sample> {
    samples("testdata/flights", "bin")
}

/// The handshake messages of whole connections in clear, with what was agreed before each. What
/// several connections have in common is there once.
pub fn messages() -> Vec<(String, Context, Vec<u8>)> {
    let mut all: Vec<(String, Context, Vec<u8>)> = Vec::new();
    for Sample { name, bytes } in samples("testdata/flights", "handshake") {
        let mut context = Context::default();
        let mut rest = bytes.as_slice();
        while let Some(length) = claimed_length(rest) {
            let (message, behind) = rest.split_at(length);
            if !all.iter().any(|(_, agreed, other)| (*agreed, &other[..]) == (context, message)) {
                all.push((name.clone(), context, message.to_vec()));
            }
            agree(&Message::decode(ContentType::handshake, message, context), &mut context);
            rest = behind;
        }
        assert!(rest.is_empty(), "{name} ends within a message");
    }
    all
}

/// Certificates in DER: those made for the tests, and those of the article.
pub fn certificates() -> Vec<Sample> {
    let mut certificates = samples("testdata/certificates", "der");
    for Sample { name, bytes } in samples("testdata/seed", "pem") {
        let (_, pem) = x509_parser::pem::parse_x509_pem(&bytes).unwrap();
        certificates.push(Sample { name, bytes: pem.contents });
    }
    certificates
}

/// All certificates in DER: those, and those of captures from the Zeek project.
pub fn all_certificates() -> Vec<Sample> {
    let mut all = certificates();
    all.extend(samples("testdata/certificates/zeek", "der"));
    all
}
