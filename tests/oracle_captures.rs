//! What we read in captures, packet by packet where those are here, and in the first hellos of clients, against what tshark reads in them,
//! frame by frame and field by field.
//!
//! tshark is a witness and not the law: [`MEANT`] has what we mean to read otherwise, and why. A
//! difference that is not in it fails, and so does one in it that there is not.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use common::flows::Flow;
use common::tshark::{Value, facts};
use common::{laws, path, tshark};
use helloscope::transcript::Side;
use serde_json::{Map, Value as Json};

/// Where we read something else than tshark, and why.
struct Difference {
    capture: &'static str,
    frames: &'static [u32],
    /// The fields. None given stands for all, and says that tshark sees nothing in these frames.
    fields: &'static [&'static str],
    why: &'static str,
}

const SIGNATURES: &[&str] = &["handshake.sig_hash_alg"];
const LENGTH: &[&str] = &["record.length"];

const TIMESTAMPS: &str = "tshark counts the signatures of certificate timestamps among these";
const PROTECTED: &str = "tshark does not know what DTLS 1.3 protects";
const SSL2: &str = "tshark gives no length of what SSL 2.0 protects";

const MEANT: &[Difference] = &[
    Difference {
        capture: "certificate-with-sct",
        frames: &[10],
        fields: SIGNATURES,
        why: TIMESTAMPS,
    },
    Difference {
        capture: "client-certificate",
        frames: &[11],
        fields: SIGNATURES,
        why: TIMESTAMPS,
    },
    Difference {
        capture: "google-cert-repeat",
        frames: &[6, 20, 34, 48, 63, 78, 92, 108],
        fields: SIGNATURES,
        why: TIMESTAMPS,
    },
    Difference {
        capture: "signed_certificate_timestamp",
        frames: &[6, 9],
        fields: SIGNATURES,
        why: TIMESTAMPS,
    },
    Difference {
        capture: "signed_certificate_timestamp-2",
        frames: &[6, 9],
        fields: SIGNATURES,
        why: TIMESTAMPS,
    },
    Difference {
        capture: "tls-1.2-stream-keylog",
        frames: &[8],
        fields: SIGNATURES,
        why: TIMESTAMPS,
    },
    Difference { capture: "tls12-decryption", frames: &[6], fields: SIGNATURES, why: TIMESTAMPS },
    Difference {
        capture: "dtls13-cid",
        frames: &[
            8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
            41, 42, 43,
        ],
        fields: LENGTH,
        why: PROTECTED,
    },
    Difference {
        capture: "dtls13-wolfssl",
        frames: &[5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        fields: LENGTH,
        why: PROTECTED,
    },
    Difference {
        capture: "ssl-v2",
        frames: &[9, 10, 11, 13, 15, 17, 18],
        fields: LENGTH,
        why: SSL2,
    },
    Difference { capture: "ssl2", frames: &[8, 9, 10, 11], fields: LENGTH, why: SSL2 },
    Difference {
        capture: "dhe",
        frames: &[15],
        fields: &[],
        why: "a segment came again with more behind it, and tshark passes over all of it",
    },
    Difference {
        capture: "hrr",
        frames: &[11],
        fields: &[],
        why: "a segment came after the one behind it, and tshark passes over both",
    },
    Difference {
        capture: "ssl.v3",
        frames: &[230],
        fields: &["record.length", "record.version", "records of data"],
        why: "the end of the frame was left out",
    },
    Difference {
        capture: "ssl.v3",
        frames: &[251],
        fields: &[],
        why: "tshark has this alert in frame 215, before what it waits for",
    },
    Difference {
        capture: "irc-starttls",
        frames: &[8, 10, 12, 14, 17],
        fields: &[],
        why: "tshark does not look for TLS behind IRC's STARTTLS",
    },
    Difference {
        capture: "tls-fragmented-handshake",
        frames: &[410],
        fields: &["handshake.type", "handshake.length", "handshake.certificate_length"],
        why: "tshark puts no message of over 256 KiB together",
    },
    Difference {
        capture: "tls1.2-protocol-violation",
        frames: &[8],
        fields: &["handshake.certificate_length"],
        why: "tshark gives up on the list of certificates, whose length is a lie",
    },
];

impl Difference {
    fn fits(&self, capture: &str, frame: u32, name: &str, theirs: &[Value]) -> bool {
        let field = match self.fields {
            [] => theirs.is_empty(),
            fields => fields.contains(&name),
        };
        self.capture == capture && self.frames.contains(&frame) && field
    }
}

/// What a frame has under the name of a field.
type Fields = BTreeMap<String, Vec<Value>>;

#[test]
fn tshark_and_we_read_the_same() {
    let mut told = BTreeSet::new();
    let mut untold = Vec::new();
    let (mut frames, mut values, mut from_packets) = (0, 0, 0);
    for (capture, rows) in expected() {
        let read = Flow::of_packets(&capture);
        from_packets += usize::from(read.is_some());
        let flows = read.unwrap_or_else(|| Flow::of_capture(&capture));
        let (ours, theirs) = (our_frames(&capture, &flows), their_frames(&capture, &flows, &rows));
        for frame in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
            let none = Fields::new();
            let (ours, theirs) =
                (ours.get(frame).unwrap_or(&none), theirs.get(frame).unwrap_or(&none));
            frames += 1;
            for name in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
                let of = |fields: &Fields| fields.get(name).cloned().unwrap_or_default();
                let (ours, theirs) = (of(ours), of(theirs));
                values += ours.len();
                if ours == theirs {
                    continue;
                }
                let fits = |row: &Difference| row.fits(&capture, *frame, name, &theirs);
                match MEANT.iter().position(fits) {
                    Some(row) => drop(told.insert(row)),
                    None => untold.push(format!(
                        "{capture}, frame {frame}, {name}: {} and not {}",
                        words(&ours),
                        words(&theirs)
                    )),
                }
            }
        }
    }
    assert!(untold.is_empty(), "{} differences\n{}", untold.len(), untold.join("\n"));
    let idle = MEANT.iter().enumerate().filter(|(row, _)| !told.contains(row));
    let idle: Vec<_> = idle.map(|(_, row)| (row.capture, row.frames, row.why)).collect();
    assert!(idle.is_empty(), "there are no such differences: {idle:?}");
    assert!(frames > 500 && values > 10_000, "{frames} frames, {values} values");
    assert!(from_packets > 60, "{from_packets} captures were read packet by packet");
}

fn words(values: &[Value]) -> String {
    let word = |value: &Value| match value {
        Value::Number(number) => format!("{number:#x}"),
        Value::Text(text) => text.clone(),
    };
    format!("[{}]", values.iter().map(word).collect::<Vec<_>>().join(" "))
}

/// The captures, and the rows that tshark has for each.
fn expected() -> Vec<(String, Vec<Map<String, Json>>)> {
    let file = fs::read_to_string(path("testdata/captures/expected-tshark.jsonl")).unwrap();
    let captures = file.lines().map(|line| {
        let mut line: Json = serde_json::from_str(line).unwrap();
        let rows = line["frames"].take();
        (line["capture"].as_str().unwrap().to_owned(), serde_json::from_value(rows).unwrap())
    });
    captures.collect()
}

fn our_frames(capture: &str, flows: &[Flow]) -> BTreeMap<u32, Fields> {
    let mut frames: BTreeMap<u32, Fields> = BTreeMap::new();
    for flow in flows {
        for (frame, name, value) in facts(&flow.transcript(capture)) {
            let (frame, name) = place(flow, frame, name);
            add(frames.entry(frame).or_default(), &name, value);
        }
    }
    frames
}

fn their_frames(
    capture: &str,
    flows: &[Flow],
    rows: &[Map<String, Json>],
) -> BTreeMap<u32, Fields> {
    let mut frames: BTreeMap<u32, Fields> = BTreeMap::new();
    for row in rows {
        let text = |name: &str| row.get(name).and_then(Json::as_str);
        if text("tls.record.version").or(text("dtls.record.version")).is_none() {
            // What QUIC carries has no records.
            continue;
        }
        let frame: u32 = text("frame.number").unwrap().parse().unwrap();
        let Some(flow) = flow_of(flows, frame) else {
            let source = text("ip.src").or(text("ipv6.src")).unwrap();
            let port = text("tcp.srcport").or(text("udp.srcport")).unwrap();
            let is_cut = flows.iter().any(|flow| flow.was_cut_before(frame, source, port));
            assert!(is_cut, "{capture} lacks frame {frame}");
            continue;
        };
        for (name, values) in row {
            let Some(name) = name.strip_prefix("tls.").or(name.strip_prefix("dtls.")) else {
                continue;
            };
            if tshark::NAMES.contains(&name) || name == "record.opaque_type" {
                for value in values.as_str().unwrap().split('|') {
                    let (frame, place) = place(flow, frame, name);
                    add(frames.entry(frame).or_default(), &place, read(name, value));
                }
            }
        }
    }
    frames
}

/// The flow that has a frame.
fn flow_of(flows: &[Flow], frame: u32) -> Option<&Flow> {
    flows.iter().find(|flow| flow.pieces.iter().any(|piece| piece.frame == frame))
}

/// Where a value is compared: in its frame; but tshark has type and length for each part of a
/// message of DTLS where it stands, and we for the whole where it ends, so that they are compared
/// over all that a side sends.
fn place(flow: &Flow, frame: u32, name: &str) -> (u32, String) {
    let piece = flow.pieces.iter().find(|piece| piece.frame == frame).unwrap();
    match name {
        "handshake.type" | "handshake.length" if flow.datagrams => {
            (0, format!("{name} of the {}", piece.from.name()))
        }
        _ => (frame, name.to_owned()),
    }
}

/// A value in tshark's words.
fn read(name: &str, value: &str) -> Value {
    let number = match value.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => value.parse().ok(),
    };
    match number {
        Some(number) if !tshark::TEXTS.contains(&name) => Value::Number(number),
        _ => Value::Text(value.to_owned()),
    }
}

/// tshark has a name of its own for the type of a TLS 1.3 record of data, so that the order among
/// the types of a frame is not known: those of data are counted apart.
fn add(fields: &mut Fields, name: &str, value: Value) {
    let name = match (name, &value) {
        ("record.content_type" | "record.opaque_type", Value::Number(23)) => "records of data",
        _ => name,
    };
    fields.entry(name.to_owned()).or_default().push(value);
}

/// Another reader, `testdata/captures/extract.py`, finds the same pieces in the same packets.
#[test]
fn the_flows_in_packets_are_those_that_another_reader_finds() {
    let (mut pieces, mut captures) = (0, 0);
    for (capture, _) in expected() {
        let Some(ours) = Flow::of_packets(&capture) else { continue };
        captures += 1;
        let theirs = Flow::of_capture(&capture);
        assert_eq!(ours.len(), theirs.len(), "{capture}");
        for (ours, theirs) in ours.iter().zip(&theirs) {
            let ends = |flow: &Flow| (flow.datagrams, flow.client.clone(), flow.server.clone());
            assert_eq!(ends(ours), ends(theirs), "{capture}");
            assert_eq!(theirs.cut, [false; 2], "{capture}");
            // Segments that had waited for the same packet are one piece there.
            let (ours, theirs) = (by_frame(ours), by_frame(theirs));
            assert!(ours == theirs, "{capture}");
            pieces += ours.len();
        }
    }
    assert!(captures > 60 && pieces > 600, "{captures} captures, {pieces} pieces");
}

/// What each side said in each frame.
fn by_frame(flow: &Flow) -> Vec<(u32, Side, Vec<u8>)> {
    let mut frames: Vec<(u32, Side, Vec<u8>)> = Vec::new();
    for piece in &flow.pieces {
        match frames.last_mut() {
            Some((frame, from, bytes)) if (*frame, *from) == (piece.frame, piece.from) => {
                bytes.extend_from_slice(&piece.bytes);
            }
            _ => frames.push((piece.frame, piece.from, piece.bytes.clone())),
        }
    }
    frames
}

#[test]
fn the_laws_hold_for_every_capture() {
    for (capture, _) in expected() {
        for flow in Flow::of_capture(&capture) {
            laws::hold(&flow, &flow.transcript(&capture), &capture);
        }
    }
}

/// Captures in which something does not have its form: how many remarks say so, and what it is.
const BROKEN: &[(&str, usize, &str)] = &[
    ("ecdsa-cert", 1, "a certificate whose keyUsage ends in zeros, which DER forbids"),
    (
        "missing-intermediate",
        2,
        "a certificate with cA FALSE written out, which DER forbids, twice",
    ),
    ("ocsp-stapling", 1, "a response with version 1 written out, which DER forbids"),
    ("tls-early-alert", 1, "a certificate with cA FALSE written out, which DER forbids"),
    ("heartbleed-encrypted-success", 1, "the capture ends within a record"),
    ("openjdk-25.0.2-zeek.org", 1, "the capture ends within a record"),
    ("tls1.2-late-protocol-error", 3, "a record whose header is noise"),
    ("tls1.2-protocol-violation", 2, "the lengths of the server's and the client's messages lie"),
];

#[test]
fn only_what_is_broken_has_a_remark_of_form() {
    for (capture, _) in expected() {
        let flows = Flow::of_capture(&capture);
        let transcripts = flows.iter().map(|flow| flow.transcript(&capture));
        let remarks: Vec<_> = transcripts.flat_map(|it| laws::remarks_of_form(&it)).collect();
        let (_, known, _) = BROKEN.iter().find(|(of, ..)| *of == capture).unwrap_or(&("", 0, ""));
        assert_eq!(remarks.len(), *known, "{capture}: {remarks:?}");
    }
}
