//! Streams that hold both sides of a connection in the order in which they came, as Wireshark's
//! "Follow TCP stream" saves them raw: who sent which record is told as it was captured.

mod common;

use std::fs;

use common::flows::Flow;
use common::other_records::ssl2_client_hello;
use common::{hellos, path, streams};
use helloscope::capture;
use helloscope::transcript::{Side, Transcript};
use helloscope::wire::fault::Kind;
use helloscope::wire::stream::{Body, Message};

/// The flows of all captures, over TCP.
fn flows() -> Vec<(String, Flow)> {
    let mut flows = Vec::new();
    for file in fs::read_dir(path("testdata/captures")).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let Some((name, "" | ".gz")) = file.split_once(".flows") else { continue };
        let of_file = Flow::of_capture(name).into_iter().filter(|flow| !flow.datagrams);
        flows.extend(of_file.map(|flow| (name.to_owned(), flow)));
    }
    flows
}

/// Where the sides could not be told apart from on.
fn guess(transcript: &Transcript) -> Option<usize> {
    let is_guess = |message: &&Message| {
        message.tree.remarks.iter().any(|remark| {
            remark.kind == Kind::Assumption && remark.fault.expected().contains("which side")
        })
    };
    transcript.messages().position(|(_, message)| is_guess(&message))
}

/// What is not told apart: SSL 2.0, an answer that is none of TLS, and a client's record that came
/// in two pieces around the server's.
const NOT_TOLD: [&str; 4] =
    ["ssl-v2", "ssl2", "tls-1.2-protocol-error", "tls1.2-late-protocol-error"];

/// What nobody needs to tell apart to read it.
const OUTSIDE: [&str; 4] = ["alert", "encrypted", "change_cipher_spec", "heartbeat"];

/// The messages by their senders. What stands before STARTTLS is a single text here.
fn said(transcript: &Transcript, starttls: bool) -> Vec<(Side, &'static str, &[u8])> {
    let all =
        transcript.messages().filter(|(_, message)| !starttls || message.body != Body::Plaintext);
    all.map(|(event, message)| (event.from, message.type_name(), &message.bytes[..])).collect()
}

#[test]
fn both_sides_of_a_capture_are_told_apart() {
    let (mut flows_read, mut guesses) = (0, 0);
    for (name, flow) in flows() {
        let bytes: Vec<u8> = flow.pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
        let begins = flow.pieces.first().map(|piece| (piece.from, piece.bytes[0]));
        let starttls = name.ends_with("starttls");
        if NOT_TOLD.contains(&name.as_str()) || begins != Some((Side::Client, 22)) && !starttls {
            continue;
        }
        let (read, truth) = (capture::read(&name, &bytes).unwrap(), flow.transcript(&name));
        let (ours, theirs) = (said(&read, starttls), said(&truth, starttls));
        let guess = guess(&read).map(|at| at - (read.messages().count() - ours.len()));
        let sure = guess.unwrap_or(theirs.len());
        assert_eq!(ours[..sure.min(ours.len())], theirs[..sure], "{name}");
        // Whatever can be read is told apart all the same.
        let in_clear = |(_, name, _): &&(Side, &str, &[u8])| !OUTSIDE.contains(name);
        assert!(ours.iter().filter(in_clear).eq(theirs.iter().filter(in_clear)), "{name}");
        flows_read += 1;
        guesses += usize::from(guess.is_some());
    }
    assert!(flows_read > 90 && guesses > 60, "{flows_read} {guesses}");
}

#[test]
fn one_side_alone_is_never_taken_for_both() {
    let mut all: Vec<_> = streams().into_iter().map(|sample| (sample.name, sample.bytes)).collect();
    for (name, flow) in flows() {
        for side in [Side::Client, Side::Server] {
            all.push((format!("{name} {side:?}"), flow.bytes(side)));
        }
    }
    for (name, bytes) in all.into_iter().filter(|(_, bytes)| !bytes.is_empty()) {
        let read = capture::read(&name, &bytes).unwrap();
        let first = read.events[0].from;
        assert!(read.events.iter().all(|event| event.from == first), "{name}");
        assert_eq!(guess(&read), None, "{name}");
    }
}

/// The senders of what is said in these pieces, one behind the other.
fn senders(pieces: &[&[u8]]) -> String {
    let read = capture::read("it", &pieces.concat()).unwrap();
    let arrow = |side| if side == Side::Client { '>' } else { '<' };
    read.messages().map(|(event, _)| arrow(event.from)).collect()
}

#[test]
fn a_refusal_behind_a_hello_is_the_servers() {
    let hello = hellos().swap_remove(0).bytes;
    let alert = |description| [21, 3, 1, 0, 2, 2, description];
    assert_eq!(senders(&[&hello, &alert(40)]), "><");
    // Only who was shown certificates speaks of them: the server's words are not there.
    assert_eq!(senders(&[&hello, &alert(48)]), ">>");
    assert_eq!(senders(&[&hello, b"HTTP/1.1 400 Bad Request\r\n\r\n"]), "><");
    assert_eq!(senders(&[&ssl2_client_hello(), &alert(40)]), "><");
}
