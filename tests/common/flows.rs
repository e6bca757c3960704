//! Flows: what went over connections, piece by piece in the order in which it was seen. The files
//! of `testdata/captures` and `testdata/flights` hold them, in the form that the README of
//! `testdata/captures` describes.

use std::fs;
use std::io::Read;

use helloscope::capture::{self, connections};
use helloscope::transcript::{Recorder, Side, Source, Transcript};

/// What went over one connection.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Whether the pieces are datagrams.
    pub datagrams: bool,
    pub client: String,
    pub server: String,
    pub pieces: Vec<Piece>,
    /// Whether more followed from the client, and from the server.
    pub cut: [bool; 2],
}

/// Bytes that could be read at one time.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The number of the frame in the capture, or a count.
    pub frame: u32,
    pub from: Side,
    pub bytes: Vec<u8>,
}

impl Flow {
    /// The flows of a capture in `testdata/captures`, or a hello as `../hellos/NAME`.
    pub fn of_capture(name: &str) -> Vec<Flow> {
        if let Some(hello) = name.strip_prefix("../hellos/") {
            let file = super::path("testdata/hellos").join(format!("{hello}.bin"));
            let pieces =
                vec![Piece { frame: 1, from: Side::Client, bytes: fs::read(file).unwrap() }];
            return vec![Flow { pieces, ..Flow::default() }];
        }
        let file = super::path("testdata/captures").join(format!("{name}.flows"));
        let mut text = String::new();
        if let Ok(file) = fs::File::open(file.with_extension("flows.gz")) {
            flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
        } else if let Ok(mut file) = fs::File::open(file) {
            file.read_to_string(&mut text).unwrap();
        }
        Flow::read(&text)
    }

    /// The same flows as our own reader finds them in the packets, where those are here too.
    pub fn of_packets(name: &str) -> Option<Vec<Flow>> {
        let file = super::path("testdata/captures/packets").join(format!("{name}.pcap"));
        let found = connections(name, &fs::read(file).ok()?, None).unwrap_or_default();
        let captured = found.list.into_iter().map(|one| Flow::captured(&one.captured.unwrap().1));
        Some(captured.collect())
    }

    fn captured(flow: &capture::Flow) -> Flow {
        let pieces = flow.pieces.iter().map(|piece| Piece {
            frame: piece.packet,
            from: piece.from,
            bytes: flow.piece(piece).to_vec(),
        });
        Flow {
            datagrams: flow.datagrams,
            client: flow.client.to_string(),
            server: flow.server.to_string(),
            pieces: pieces.collect(),
            cut: [false; 2],
        }
    }

    /// The flows of a file.
    pub fn read(text: &str) -> Vec<Flow> {
        let mut flows: Vec<Flow> = Vec::new();
        for line in text.lines() {
            let words: Vec<_> = line.split(' ').collect();
            let [first, second, third] = match words[..] {
                ["cut", side] => ["cut", side, ""],
                [first, second, third] => [first, second, third],
                _ => panic!("{line}"),
            };
            if let "tcp" | "udp" = first {
                flows.push(Flow {
                    datagrams: first == "udp",
                    client: second.to_owned(),
                    server: third.to_owned(),
                    ..Flow::default()
                });
                continue;
            }
            let flow = flows.last_mut().unwrap();
            let from = match second {
                ">" => Side::Client,
                "<" => Side::Server,
                other => panic!("{other}"),
            };
            if first == "cut" {
                flow.cut[from as usize] = true;
            } else {
                let piece = Piece { frame: first.parse().unwrap(), from, bytes: unhex(third) };
                flow.pieces.push(piece);
            }
        }
        flows
    }

    /// The flow as [`read`](Flow::read) reads it.
    pub fn write(&self) -> String {
        let kind = if self.datagrams { "udp" } else { "tcp" };
        let mut text = format!("{kind} {} {}\n", self.client, self.server);
        for Piece { frame, from, bytes } in &self.pieces {
            let arrow = if *from == Side::Client { '>' } else { '<' };
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            text += &format!("{frame} {arrow} {hex}\n");
        }
        text
    }

    /// Whether what this end sent in this frame was left out.
    pub fn was_cut_before(&self, frame: u32, host: &str, port: &str) -> bool {
        let address = match host.contains(':') {
            true => format!("[{host}]:{port}"),
            false => format!("{host}:{port}"),
        };
        let side = match address {
            address if address == self.client => Side::Client,
            address if address == self.server => Side::Server,
            _ => return false,
        };
        let last = self.pieces.iter().rfind(|piece| piece.from == side);
        self.cut[side as usize] && last.is_some_and(|last| last.frame < frame)
    }

    /// All that one side sent.
    pub fn bytes(&self, from: Side) -> Vec<u8> {
        let pieces = self.pieces.iter().filter(|piece| piece.from == from);
        pieces.flat_map(|piece| piece.bytes.clone()).collect()
    }

    /// What we read in it. The time of an event is the number of the frame that completed it.
    pub fn transcript(&self, name: &str) -> Transcript {
        let mut recorder = Recorder::default();
        for Piece { frame, from, bytes } in &self.pieces {
            let time = Some(f64::from(*frame));
            if self.datagrams {
                recorder.push_datagram(*from, time, bytes);
            } else {
                recorder.push(*from, time, bytes);
            }
        }
        recorder.finish(Source { name: name.to_owned(), form: "flow" }, None)
    }
}

/// Bytes from their digits.
pub fn unhex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}
