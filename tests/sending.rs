//! A hello goes out as it is asked for, which the peer's kernel is asked: in how many segments, of
//! which size, from which address, with which TTL.

#![cfg(target_os = "linux")]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{ChildStdout, Command, Stdio};

use common::openssl::Folder;
use common::program::{Guard, run};
use common::{path, peers};
use helloscope::hello::HelloSpec;
use helloscope::hello::facts::segment_sizes;
use helloscope::hello::preset::Preset;
use serde_json::Value as Json;

/// A peer that tells how a hello arrived.
struct Peer {
    _process: Guard,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Peer {
    /// None where there is no Python.
    fn start(arguments: &[&str]) -> Option<Peer> {
        if peers::is_missing("python3") {
            return None;
        }
        let mut command = Command::new("python3");
        command.arg(path("tests/peers/segments.py")).args(arguments);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let process = Guard(process);
        let first: Json = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let address = format!("127.0.0.1:{}", first["port"]);
        Some(Peer { _process: process, lines, address })
    }

    /// What it told of each read.
    fn reads(self) -> Vec<Json> {
        self.lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
    }
}

/// A hello of which nothing is drawn, so that its length is known.
fn spec(preset: &str) -> HelloSpec {
    HelloSpec { fresh: Vec::new(), ..Preset::find(preset).unwrap().spec.clone() }
}

/// Sends a hello to a peer with these options. Returns what the peer told of each read.
fn send(spec: &HelloSpec, options: &[&str]) -> Option<Vec<Json>> {
    let folder = Folder::new();
    let file = folder.file("hello.toml");
    std::fs::write(&file, toml::to_string(spec).unwrap()).unwrap();
    let peer = Peer::start(&[&spec.flight().len().to_string()])?;
    let run = run(&[&["connect", &peer.address, "--hello", &file], options].concat());
    // It was taken to its end: the peer answers behind the last byte.
    assert!(run.stdout.contains("handshake_failure (40)"), "{run:?}");
    Some(peer.reads())
}

fn number(read: &Json, name: &str) -> usize {
    usize::try_from(read[name].as_u64().unwrap()).unwrap()
}

#[test]
fn as_many_segments_arrive_as_were_asked_for() {
    let hello = spec("openssl-1.0.1e");
    let many = vec![10; 25];
    for plan in [vec![], vec![5], vec![1, 4, 100], many] {
        let hello = HelloSpec { segments: plan, ..hello.clone() };
        let Some(reads) = send(&hello, &[]) else { return };
        let sizes = segment_sizes(hello.flight().len(), &hello.segments);
        let segments = number(reads.last().unwrap(), "data_segs_in");
        assert_eq!(segments, sizes.len(), "{sizes:?}: {reads:?}");
        // What was read at once may be several, if the peer had no time, but each is whole.
        let mut ends = sizes.iter().scan(0, |end, size| {
            *end += size;
            Some(*end)
        });
        let mut read = 0;
        for one in &reads {
            read += number(one, "bytes");
            assert!(ends.any(|end| end == read), "{sizes:?}: {reads:?}");
        }
    }
}

#[test]
fn with_a_delay_the_peer_reads_each_segment_by_itself() {
    let plan = vec![3, 2, 1, 200];
    let hello = HelloSpec { segments: plan, delay_ms: Some(400), ..spec("openssl-1.0.1e") };
    let Some(reads) = send(&hello, &[]) else { return };
    let read: Vec<_> = reads.iter().map(|read| number(read, "bytes")).collect();
    assert_eq!(read, [3, 2, 1, 200, 346 - 206]);
    let segments: Vec<_> = reads.iter().map(|read| number(read, "data_segs_in")).collect();
    assert_eq!(segments, [1, 2, 3, 4, 5]);
}

#[test]
fn segments_are_no_larger_than_the_mss_that_is_asked_for() {
    let hello = spec("openssl-3.5.8");
    assert_eq!(hello.flight().len(), 1594);
    let Some(whole) = send(&hello, &[]) else { return };
    assert_eq!(number(whole.last().unwrap(), "data_segs_in"), 1);
    for mss in [536, 200] {
        let reads = send(&hello, &["--mss", &mss.to_string()]).unwrap();
        let last = reads.last().unwrap();
        assert!(number(last, "data_segs_in") >= 1594_usize.div_ceil(mss), "{last}");
        assert!(number(last, "snd_mss") <= mss, "the peer was told: {last}");
    }
}

#[test]
fn the_peer_sees_the_address_that_was_asked_for() {
    let hello = spec("openssl-1.0.1e");
    for source in ["127.0.0.1", "127.0.0.77"] {
        let Some(reads) = send(&hello, &["--source", source]) else { return };
        assert_eq!(reads[0]["from"], source);
    }
}

#[test]
fn the_ttl_is_the_one_that_was_asked_for() {
    let connect = |ttl: &str, least: &str| {
        let peer = Peer::start(&["1", least])?;
        let options = ["--ttl", ttl, "--timeout", "0.7", "--format", "json"];
        let run = run(&[&["connect", &peer.address][..], &options].concat());
        Some(run.json()["summary"]["outcome"]["kind"].clone())
    };
    // The peer's kernel drops what may pass fewer routers.
    let Some(kind) = connect("200", "200") else { return };
    assert_eq!(kind, "alert");
    assert_eq!(connect("199", "200").unwrap(), "connect-timeout");
    assert_eq!(connect("200", "201").unwrap(), "connect-timeout");
}

#[test]
fn datagrams_have_the_ttl_and_the_source_too() {
    if peers::is_missing("python3") {
        return;
    }
    const PEER: &str = "
import socket, struct
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL
peer.bind(('127.0.0.1', 0))
print(peer.getsockname()[1], flush=True)
got, control, flags, address = peer.recvmsg(65535, 100)
print(len(got), struct.unpack('=i', control[0][2])[0], address[0], flush=True)
peer.sendto(bytes([21, 254, 253] + 9 * [0] + [2, 2, 40]), address)
";
    let mut command = Command::new("python3");
    command.args(["-c", PEER]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut process = Guard(command.spawn().unwrap());
    let mut lines = BufReader::new(process.0.stdout.take().unwrap()).lines();
    let address = format!("127.0.0.1:{}", lines.next().unwrap().unwrap());
    let options = ["--dtls", "--mtu", "120", "--ttl", "9", "--source", "127.0.0.5"];
    let run = run(&[&["connect", &address][..], &options].concat());
    assert_eq!(lines.next().unwrap().unwrap(), "120 9 127.0.0.5");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("handshake_failure (40)"), "{run:?}");
}

#[test]
fn what_cannot_be_set_is_told_in_one_line() {
    for command in ["connect", "diagnose"] {
        for (options, told) in [
            (["--source", "192.0.2.1"], "--source 192.0.2.1: Cannot assign requested address"),
            (["--source", "::1"], "--source ::1: it is of another family"),
            (["--mss", "3"], "--mss 3: this system takes segments of "),
            (["--ttl", "0"], "invalid value '0' for '--ttl"),
        ] {
            let run = run(&[&[command, "127.0.0.1:9"][..], &options].concat());
            assert_eq!(run.code, 2, "{run:?}");
            assert!(run.usage_error().contains(told), "{run:?}");
        }
    }
    for (options, told) in [
        (&["--mtu", "500"][..], "--mtu 500: only DTLS has datagrams"),
        (&["--dtls", "--mtu", "25", "--hello", "minimal"], "--mtu 25: at least 26 belong there"),
        (
            &["--dtls", "--mss", "500", "--hello", "minimal"],
            "--mss 500: datagrams are not cut into segments",
        ),
    ] {
        let run = run(&[&["connect", "127.0.0.1:9"][..], options].concat());
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.usage_error().contains(told), "{run:?}");
    }
}

#[test]
fn a_command_that_is_told_reaches_the_host_the_same_way() {
    let lab = common::program::Lab::start(&["--quirk", "f5-256-511"]);
    let options = ["--source", "127.0.0.3", "--ttl", "61", "--timeout", "0.3"];
    let hello = ["--hello", "openssl-1.0.1e", "--server-name", "shop.test.example"];
    let run = run(&[&["diagnose", lab.address()][..], &options, &hello].concat());
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("--source 127.0.0.3 --ttl 61"), "{run:?}");
}
