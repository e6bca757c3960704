//! How fast hellos are decoded: ours without a tree and with one, and tls-parser's with its
//! parsers of extensions, on the same bytes in the same run. `cargo bench` runs it, over one hello
//! of 2 KiB and over all of `testdata/hellos`.
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

/// A recorded hello of some 2 KiB, with a post-quantum key share.
const LARGE: &str = "chromium-156.bin";

fn main() {
    compare(&format!("{LARGE}, 2 KiB"), &hellos(|name| name == LARGE));
    compare("all hellos", &hellos(|_| true));
}

/// Runs the contenders on the same hellos, and prints how long they took.
fn compare(what: &str, hellos: &[Vec<u8>]) {
    let bytes: usize = hellos.iter().map(Vec::len).sum();
    let contenders: [(&str, Decode); 3] =
        [("value", value), ("value and tree", value_and_tree), ("tls-parser", tls_parser)];

    let mut times = contenders.map(|_| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for ((_, decode), times) in contenders.iter().zip(&mut times) {
            times.push(time(hellos, *decode));
        }
    }

    let medians = times.map(median);
    let [.., theirs] = medians;
    println!("{what}: {} of them, {bytes} bytes; the median of {ROUNDS} rounds", hellos.len());
    println!("{:<16}{:>12}{:>24}", "", "ns a hello", "of tls-parser's time");
    for ((name, _), time) in contenders.iter().zip(medians) {
        println!("{name:<16}{:>12.0}{:>24.2}", time * 1e9 / hellos.len() as f64, time / theirs);
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

/// Seconds that a pass takes, over as many passes as a round has time for.
fn time(hellos: &[Vec<u8>], decode: Decode) -> f64 {
    let start = Instant::now();
    let mut passes = 0;
    while start.elapsed() < ROUND {
        for _ in 0..(1 + 64 / hellos.len()) {
            for hello in hellos {
                decode(black_box(hello));
            }
            passes += 1;
        }
    }
    start.elapsed().as_secs_f64() / f64::from(passes)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The handshake messages of the hellos that are wanted, without their record's header.
fn hellos(wanted: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/hellos");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |file: &Path| file.file_name().unwrap().to_string_lossy().into_owned();
    let mut files: Vec<_> = files
        .filter(|file| file.extension() == Some("bin".as_ref()) && wanted(&name(file)))
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()[5..].to_vec()).collect()
}
