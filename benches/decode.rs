//! How fast hellos are decoded: ours without a tree and with one, and tls-parser's with its
//! parsers of extensions, on the same bytes in the same run. `cargo bench` runs it over the hellos
//! of `testdata/hellos`: each by itself of those that today's browsers and OpenSSL send, with
//! their post-quantum key shares, and all together.
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
const ROUND: Duration = Duration::from_millis(50);

/// Bytes from which on a hello is large: more than a hello without such a share has.
const LARGE: usize = 1500;

fn main() {
    println!("medians of {ROUNDS} rounds; tls-parser in ns a hello, ours as parts of its time");
    println!(
        "{:<26}{:>4}{:>8}{:>12}{:>8}{:>16}",
        "", "", "bytes", "tls-parser", "value", "value and tree"
    );
    let hellos = hellos();
    for (name, hello) in hellos.iter().filter(|(_, hello)| hello.len() >= LARGE) {
        compare(name, std::slice::from_ref(hello));
    }
    let (_, all): (Vec<_>, Vec<_>) = hellos.into_iter().unzip();
    let large: Vec<_> = all.iter().filter(|hello| hello.len() >= LARGE).cloned().collect();
    compare("the large ones", &large);
    compare("all hellos", &all);
}

/// Runs the contenders on the same hellos, and prints a line on how long they took.
fn compare(what: &str, hellos: &[Vec<u8>]) {
    let bytes: usize = hellos.iter().map(Vec::len).sum();
    let contenders: [Decode; 3] = [value, value_and_tree, tls_parser];

    let mut times = contenders.map(|_| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for (decode, times) in contenders.iter().zip(&mut times) {
            times.push(time(hellos, *decode));
        }
    }

    let [value, tree, theirs] = times.map(median);
    let each = 1e9 / hellos.len() as f64;
    println!(
        "{what:<26}{:>4}{bytes:>8}{:>12.0}{:>8.2}{:>16.2}",
        hellos.len(),
        theirs * each,
        value / theirs,
        tree / theirs
    );
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

/// The recorded hellos by name: the handshake messages, without their record's header.
fn hellos() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/hellos");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.extension() == Some("bin".as_ref()))
        .collect();
    files.sort();
    let name = |file: &Path| file.file_stem().unwrap().to_string_lossy().into_owned();
    files.iter().map(|file| (name(file), fs::read(file).unwrap()[5..].to_vec())).collect()
}
