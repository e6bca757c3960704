//! One connection: the hello out, the server's first flight in.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::datagrams;
use super::socket::SocketOptions;
use crate::conversation::{Conversation, Progress};
use crate::hello::facts::segment_sizes;
use crate::probe::{Observation, Probe};
use crate::transcript::{End, Kind, Reaction, Source, Step, Transcript};
use crate::wire::limits::ANSWERS;

/// Between two segments, so that no kernel joins them, and a peer that is busy has read the one
/// before the other comes.
const SEGMENT_PAUSE: Duration = Duration::from_millis(50);

/// How long is waited, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// For the connection.
    pub connect: Duration,
    /// For each answer; [`ANSWERS`] times as long for all of them.
    pub answer: Duration,
    /// For what comes after all is decided: protected records are shown, if they are soon there.
    pub linger: Duration,
}

/// Connects, sends, reads; or sends datagrams, where that is how the hello goes.
pub fn exchange(
    address: SocketAddr,
    probe: &Probe,
    deadlines: Deadlines,
    options: &SocketOptions,
) -> Observation {
    if let Some(spec) = &probe.by_datagrams {
        return datagrams::exchange(address, spec, deadlines, options);
    }
    let begun = Instant::now();
    let mut stream = match options.connect(address, deadlines.connect) {
        Ok(stream) => stream,
        Err(error) => return unreached(connect_failure(&error), begun),
    };
    let client = stream.local_addr();
    let sent = Instant::now();
    let mut conversation = Conversation::new(&probe.flight);
    // A peer that has closed already may still have said why: what it said is read all the same.
    let written = send(&mut stream, probe);
    let end = receive(&mut stream, &mut conversation, deadlines, sent);
    let seconds = sent.elapsed().as_secs_f64();
    let end = match (written, end) {
        (Err(_), End::Open) => End::Reset,
        (_, end) => end,
    };
    observed(conversation.finish(live(address), end), client, address, seconds)
}

/// Where a transcript of a live connection comes from.
pub(super) fn live(address: SocketAddr) -> Source {
    Source { name: address.to_string(), form: "live" }
}

/// What came of an exchange between these ends.
pub(super) fn observed(
    mut transcript: Transcript,
    client: io::Result<SocketAddr>,
    server: SocketAddr,
    seconds: f64,
) -> Observation {
    transcript.client = client.ok().map(|address| address.to_string());
    transcript.server = Some(server.to_string());
    let silence = Reaction { kind: Kind::Silence, step: Step::ClientHello };
    let reaction = Reaction::of(&transcript).unwrap_or(silence);
    Observation { reaction, seconds, transcript: Some(transcript) }
}

/// There was nobody.
pub(super) fn unreached(kind: Kind, begun: Instant) -> Observation {
    let reaction = Reaction { kind, step: Step::Connect };
    Observation { reaction, seconds: begun.elapsed().as_secs_f64(), transcript: None }
}

/// Sends the flight, a write for each segment.
fn send(stream: &mut TcpStream, probe: &Probe) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut left = probe.flight.as_slice();
    for (index, size) in segment_sizes(left.len(), &probe.segments).into_iter().enumerate() {
        if index > 0 {
            thread::sleep(probe.delay.unwrap_or(SEGMENT_PAUSE));
        }
        let (segment, rest) = left.split_at(size.min(left.len()));
        stream.write_all(segment)?;
        left = rest;
    }
    Ok(())
}

/// Reads until all is decided, the peer has closed, or the time is up. However the peer sends, the
/// time as a whole is bounded.
fn receive(
    stream: &mut TcpStream,
    conversation: &mut Conversation,
    deadlines: Deadlines,
    sent: Instant,
) -> End {
    let mut buffer = [0; 16 * 1024];
    let mut decided = None;
    // The time for answers begins when the last segment is out.
    let bound = sent.elapsed() + deadlines.answer * ANSWERS;
    loop {
        let elapsed = sent.elapsed();
        let wait = match conversation.progress() {
            Progress::Waiting => deadlines.answer.min(bound.saturating_sub(elapsed)),
            Progress::Decided => {
                let decided = *decided.get_or_insert(elapsed);
                (decided + deadlines.linger).saturating_sub(elapsed)
            }
            Progress::Full => return End::Full,
        };
        // A time of zero would wait for ever.
        if wait.is_zero() || stream.set_read_timeout(Some(wait)).is_err() {
            return End::Open;
        }
        match stream.read(&mut buffer) {
            Ok(0) => return End::Closed,
            Ok(length) => {
                let bytes = buffer.get(..length).unwrap_or_default();
                conversation.receive(sent.elapsed().as_secs_f64(), bytes);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                return match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => End::Open,
                    _ => End::Reset,
                };
            }
        }
    }
}

/// Why there is no connection.
pub fn connect_failure(error: &io::Error) -> Kind {
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Kind::Refused,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Kind::ConnectTimeout,
        _ => Kind::Unroutable,
    }
}
