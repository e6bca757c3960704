//! The fuzzers' corpus and all that they ever found, replayed on a stable compiler.
//!
//! `fuzz/corpus` is where a fuzzer begins; a find stays in `fuzz/regressions` for good.

mod common;

use std::fs;

use helloscope::fuzzing;

/// Hands each file of the target's corpus, and each of its old finds, to its function.
fn replay(target: &str, hold: fn(&[u8])) {
    for (kind, wanted) in [("corpus", true), ("regressions", false)] {
        let folder = common::path(&format!("fuzz/{kind}/{target}"));
        let Ok(entries) = fs::read_dir(&folder) else {
            assert!(!wanted, "no {}", folder.display());
            continue;
        };
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "nothing in {}", folder.display());
        for file in files {
            // Should it panic, the last line printed names the file.
            println!("{}", file.display());
            hold(&fs::read(file).unwrap());
        }
    }
}

#[test]
fn records_hold() {
    replay("records", fuzzing::records);
}

#[test]
fn handshake_messages_hold() {
    replay("handshake", fuzzing::handshake);
}

#[test]
fn extensions_hold() {
    replay("extensions", fuzzing::extensions);
}

#[test]
fn der_holds() {
    replay("der", fuzzing::der);
}

#[test]
fn certificates_hold() {
    replay("certificate", fuzzing::certificate);
}

#[test]
fn ocsp_messages_and_timestamps_hold() {
    replay("ocsp", fuzzing::ocsp);
}

#[test]
fn logs_hold() {
    replay("msg_log", fuzzing::msg_log);
}

#[test]
fn packets_hold() {
    replay("pcap", fuzzing::pcap);
}

#[test]
fn datagrams_hold() {
    replay("datagrams", fuzzing::datagrams);
}

#[test]
fn ssl_2_holds() {
    replay("ssl2", fuzzing::ssl2);
}

#[test]
fn specs_and_edits_hold() {
    replay("spec", fuzzing::spec);
}
