//! How fast certificates are decoded: microseconds for one, ours with a tree of every byte and
//! x509-parser's, on the same bytes in the same run. `cargo bench --bench certificate` runs it.
//!
//! The two take turns for some rounds, so that whatever else the machine does falls on both
//! alike, and the median of the rounds counts.

use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{fs, path::Path};

use helloscope::wire::field::Tree;
use helloscope::wire::grammar::{Context, Reader};
use helloscope::wire::x509;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

const ROUNDS: usize = 21;
const ROUND: Duration = Duration::from_millis(50);

fn main() {
    println!("the median of {ROUNDS} rounds, in microseconds for one certificate");
    println!("{:<44}{:>7}{:>8}{:>14}{:>7}", "", "bytes", "tree", "x509-parser", "ratio");
    for name in ["many-names", "extensions", "zeek/certificate-with-sct", "zeek/ml-dsa-44-cert"] {
        let file = format!("testdata/certificates/{name}.der");
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let mut times = [tree, x509_parser].map(|decode| (decode, Vec::with_capacity(ROUNDS)));
        for _ in 0..ROUNDS {
            for (decode, times) in &mut times {
                times.push(time(&bytes, *decode));
            }
        }
        let [ours, theirs] = times.map(|(_, times)| median(times));
        let ratio = ours / theirs;
        println!("{name:<44}{:>7}{ours:>8.2}{theirs:>14.2}{ratio:>7.2}", bytes.len());
    }
}

/// Every byte in a named field, and every remark.
fn tree(der: &[u8]) {
    let mut reader = Reader::<Tree>::new(der, Context::default());
    x509::certificate(&mut reader);
    black_box(reader.finish());
}

fn x509_parser(der: &[u8]) {
    black_box(X509Certificate::from_der(der)).ok();
}

/// Microseconds for one, over as many as a round has time for.
fn time(der: &[u8], decode: fn(&[u8])) -> f64 {
    let start = Instant::now();
    let mut passes = 0;
    while start.elapsed() < ROUND {
        for _ in 0..16 {
            decode(black_box(der));
        }
        passes += 16;
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(passes)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
