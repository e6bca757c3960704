//! How fast hellos are decoded: bytes a second over all of `testdata/hellos`, ours without a tree
//! and with one, and tls-parser's, on the same bytes in the same run. `cargo bench` runs it.
//!
//! The three take turns for some rounds, so that whatever else the machine does falls on all
//! alike, and the median of the rounds counts.

use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{fs, path::Path};

use helloscope::wire::field::Tree;
use helloscope::wire::grammar::{Context, Reader};
use helloscope::wire::handshake::Handshake;
use tls_parser::{TlsMessage, TlsMessageHandshake};

/// What is measured: one message, decoded and dropped.
type Decode = fn(&[u8]);

const ROUNDS: usize = 21;
const ROUND: Duration = Duration::from_millis(100);

fn main() {
    let hellos = hellos();
    let bytes: usize = hellos.iter().map(Vec::len).sum();
    let contenders: [(&str, Decode); 3] =
        [("value", value), ("value and tree", value_and_tree), ("tls-parser", tls_parser)];

    let mut speeds = contenders.map(|_| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for ((_, decode), speeds) in contenders.iter().zip(&mut speeds) {
            speeds.push(speed(&hellos, bytes, *decode));
        }
    }

    let medians = speeds.map(median);
    let [.., theirs] = medians;
    println!("{} hellos, {bytes} bytes; the median of {ROUNDS} rounds", hellos.len());
    println!("{:<16}{:>10}{:>16}", "", "MB/s", "of tls-parser's");
    for ((name, _), speed) in contenders.iter().zip(medians) {
        println!("{name:<16}{:>10.0}{:>16.2}", speed / 1e6, speed / theirs);
    }
}

/// A hello is what it says, in types.
fn value(message: &[u8]) {
    black_box(Handshake::decode(message, Context::default()).ok());
}

/// The same, and every byte in a named field.
fn value_and_tree(message: &[u8]) {
    let mut reader = Reader::<Tree>::new(message, Context::default());
    black_box(Handshake::read(&mut reader).ok());
    black_box(reader.finish());
}

/// What tls-parser makes of the message and, in a second step, of its extensions.
fn tls_parser(message: &[u8]) {
    let parsed = tls_parser::parse_tls_message_handshake(message);
    if let Ok((_, TlsMessage::Handshake(TlsMessageHandshake::ClientHello(hello)))) = &parsed {
        black_box(hello.ext.map(tls_parser::parse_tls_client_hello_extensions)).map(Result::ok);
    }
    black_box(parsed).ok();
}

/// Bytes a second over as many passes as a round has time for.
fn speed(hellos: &[Vec<u8>], bytes: usize, decode: Decode) -> f64 {
    let start = Instant::now();
    let mut passes = 0;
    while start.elapsed() < ROUND {
        for hello in hellos {
            decode(black_box(hello));
        }
        passes += 1;
    }
    (passes * bytes) as f64 / start.elapsed().as_secs_f64()
}

fn median(mut speeds: Vec<f64>) -> f64 {
    speeds.sort_by(f64::total_cmp);
    speeds[speeds.len() / 2]
}

/// The handshake messages of all hellos, without their record's header.
fn hellos() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/hellos");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.extension() == Some("bin".as_ref())).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()[5..].to_vec()).collect()
}
