//! Records that are not those of TLS over TCP, made from a recorded hello.

use std::fs;
use std::io::Write;

use super::path;

fn hello() -> Vec<u8> {
    fs::read(path("testdata/hellos/openssl-1.0.1e.bin")).unwrap()
}

/// Bytes behind their length of three bytes.
pub fn sized(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..], bytes].concat()
}

/// The hello of OpenSSL 1.0.1e as DTLS 1.2 has it: with an empty cookie, in one part.
pub fn dtls_client_hello() -> Vec<u8> {
    let body = &hello()[9..];
    // Version and random; a session id, which is empty; the cookie, and the rest.
    assert_eq!(body[34], 0);
    let body = [&[0xfe, 0xfd], &body[2..35], &[0], &body[35..]].concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let message = [&[1], &length[1..], &[0, 0], &[0, 0, 0], &length[1..], body.as_slice()].concat();
    let length = u16::try_from(message.len()).unwrap().to_be_bytes();
    [&[22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0], &length[..], &message].concat()
}

/// A ClientHello of SSL 2.0: three ciphers, and a challenge.
pub fn ssl2_client_hello() -> Vec<u8> {
    let ciphers = [1, 0, 0x80, 7, 0, 0xc0, 6, 0, 0x40];
    let head = [1, 0, 2, 0, 9, 0, 0, 0, 16];
    let challenge: Vec<u8> = (0..16).map(|at| at * 7 + 3).collect();
    let hello = [&head[..], &ciphers, &challenge].concat();
    let length = 0x8000 | u16::try_from(hello.len()).unwrap();
    [&length.to_be_bytes()[..], &hello].concat()
}

/// A CompressedCertificate (RFC 8879) with the Certificate of TLS 1.3 of a recorded server in it.
pub fn compressed_certificate() -> Vec<u8> {
    let certificate = super::messages()
        .into_iter()
        .find(|(name, _, message)| name == "tls13-rsa" && message[0] == 11)
        .unwrap()
        .2;
    let body = &certificate[4..];
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    let length = &u32::try_from(body.len()).unwrap().to_be_bytes()[1..];
    let message = [&[0, 1], length, &sized(&encoder.finish().unwrap())].concat();
    [vec![25], sized(&message)].concat()
}
