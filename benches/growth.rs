//! Whether a connection of twice the size takes twice the time, whatever it is long in: every item of a
//! list is held against what the other side said, and a list may be as long as a message. Each line is
//! one of them at four sizes, of which each is twice the one before, in time for an item, as parts of
//! that of the first: about 1 where time is linear, 2, 4 and 8 where it is quadratic.

use std::hint::black_box;
use std::time::Instant;

use helloscope::names::{CipherSuite, ContentType, ProtocolVersion};
use helloscope::transcript::{Recorder, Side, Source};
use helloscope::wire::record::records;

/// What is said in messages, with the number of items.
type Said = fn(usize) -> Vec<(Side, Vec<u8>)>;

const ROUNDS: usize = 5;
const SIZES: [usize; 4] = [1000, 2000, 4000, 8000];

fn main() {
    println!(
        "medians of {ROUNDS} rounds; the first in microseconds an item, the others as parts of it"
    );
    println!("{:<40}{:>8}{:>8}{:>8}{:>8}", "", "1000", "2000", "4000", "8000");
    for (name, said) in [
        ("extensions of a ServerHello", server_hello as Said),
        ("the same that nobody asked for", unasked),
        ("of EncryptedExtensions", encrypted),
        ("of a certificate", of_certificate),
        ("certificates", certificates),
        ("of a client's certificate", of_client),
        ("of a second hello", second_hello),
        ("keys of a hello", key_shares),
        ("tickets", tickets),
    ] {
        let each = SIZES.map(|size| time(&said(size)) / size as f64);
        let [first, others @ ..] = each;
        let [two, four, eight] = others.map(|it| it / first);
        println!("{name:<40}{:>8.2}{two:>8.2}{four:>8.2}{eight:>8.2}", first * 1e6);
    }
}

/// Seconds for which a connection is read.
fn time(said: &[(Side, Vec<u8>)]) -> f64 {
    let version = ProtocolVersion::TLS1_2;
    let sent: Vec<(Side, Vec<u8>)> = said
        .iter()
        .map(|(from, message)| (*from, records(ContentType::handshake, version, message, &[])))
        .collect();
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let mut recorder = Recorder::default();
            for (from, bytes) in &sent {
                recorder.push(*from, None, bytes);
            }
            black_box(recorder.finish(Source::default(), None));
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// Types of extensions that nobody knows.
fn types(count: usize) -> impl Iterator<Item = u16> {
    (0x4000..0x4000 + count as u16).filter(|of| of & 0x0f0f != 0x0a0a)
}

fn empty(types: impl Iterator<Item = u16>) -> Vec<u8> {
    types.flat_map(|of| extension(of, &[])).collect()
}

fn extension(of: u16, body: &[u8]) -> Vec<u8> {
    [&of.to_be_bytes()[..], &p16(body)].concat()
}

fn p16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn p24(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..], bytes].concat()
}

fn message(of: u8, body: &[u8]) -> Vec<u8> {
    [&[of][..], &p24(body)].concat()
}

fn client(extensions: &[u8]) -> (Side, Vec<u8>) {
    let suites = [CipherSuite::TLS_AES_128_GCM_SHA256.0, 0xc02f, 0x00ff];
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    let versions = extension(43, &[4, 3, 4, 3, 3]);
    let before = [&[3, 3][..], &[7; 32], &[0], &p16(&suites), &[1, 0]].concat();
    (Side::Client, message(1, &[&before[..], &p16(&[&versions[..], extensions].concat())].concat()))
}

fn server(suite: u16, extensions: &[u8]) -> (Side, Vec<u8>) {
    let before = [&[3, 3][..], &[8; 32], &[0], &suite.to_be_bytes(), &[0]].concat();
    (Side::Server, message(2, &[&before[..], &p16(extensions)].concat()))
}

/// A server that chooses TLS 1.3.
fn tls13() -> (Side, Vec<u8>) {
    server(0x1301, &extension(43, &[3, 4]))
}

fn server_hello(count: usize) -> Vec<(Side, Vec<u8>)> {
    vec![client(&empty(types(count))), server(0xc02f, &empty(types(count)))]
}

fn unasked(count: usize) -> Vec<(Side, Vec<u8>)> {
    vec![client(&[]), server(0xc02f, &empty(types(count)))]
}

fn encrypted(count: usize) -> Vec<(Side, Vec<u8>)> {
    let answers = message(8, &p16(&empty(types(count))));
    vec![client(&empty(types(count / 2))), tls13(), (Side::Server, answers)]
}

fn certificate(entries: &[u8]) -> Vec<u8> {
    message(11, &[&[0][..], &p24(entries)].concat())
}

fn of_certificate(count: usize) -> Vec<(Side, Vec<u8>)> {
    let entry = [p24(&[0x30, 0]), p16(&empty(types(count)))].concat();
    vec![client(&[]), tls13(), (Side::Server, certificate(&entry))]
}

fn certificates(count: usize) -> Vec<(Side, Vec<u8>)> {
    let entry = [p24(&[0x30, 0]), p16(&extension(0x4000, &[]))].concat();
    let hello = client(&empty(types(count).skip(1)));
    vec![hello, tls13(), (Side::Server, certificate(&entry.repeat(count)))]
}

fn of_client(count: usize) -> Vec<(Side, Vec<u8>)> {
    let request = message(13, &[&[0][..], &p16(&empty(types(count)))].concat());
    let entry = [p24(&[0x30, 0]), p16(&empty(types(count)))].concat();
    let answers = (Side::Server, message(8, &p16(&[])));
    let shown = (Side::Client, certificate(&entry));
    vec![client(&[]), tls13(), answers, (Side::Server, request), shown]
}

fn second_hello(count: usize) -> Vec<(Side, Vec<u8>)> {
    let before = [&[3, 3][..], &RETRY, &[0, 0x13, 1, 0]].concat();
    let retry = [before, p16(&extension(43, &[3, 4]))].concat();
    let hello = client(&empty(types(count)));
    vec![hello.clone(), (Side::Server, message(2, &retry)), hello]
}

/// The random of a HelloRetryRequest.
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

fn key_shares(count: usize) -> Vec<(Side, Vec<u8>)> {
    let shares: Vec<u8> = types(count).flat_map(|of| extension(of, &[7])).collect();
    let groups: Vec<u8> = types(count).flat_map(u16::to_be_bytes).collect();
    vec![client(&[extension(10, &p16(&groups)), extension(51, &p16(&shares))].concat())]
}

fn tickets(count: usize) -> Vec<(Side, Vec<u8>)> {
    let mut said = server_hello(count);
    let ticket = message(4, &[0, 0, 0, 1, 0, 1, 7]);
    said.extend((0..count).map(|_| (Side::Server, ticket.clone())));
    said
}
